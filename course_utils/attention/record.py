"""What a capture returns: attention weights with the tokens they belong to, as plain numpy arrays.

A `Record` holds one `Map` for each kind of attention a model has. Nothing here knows a model or draws anything:
`capture` fills records, `statistics` and the views read them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..describing import describe
from ..errors import CourseError

KINDS = ("encoder", "decoder", "cross")


@dataclass(frozen=True)
class Token:
    """One row or column: its readable text, the index of its word (None: none), and two marks."""

    text: str
    word: int | None = None
    special: bool = False
    padding: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Map:
    """The attention weights of one kind.

    weights: float32 `[layers, heads, query, key]`, read-only. Each row that is not padding sums to 1.
    queries, keys: the tokens of the rows and of the columns.
    value_norms: float32 `[layers, heads, key]`, the length of what each head passes on of each key, after its slice
        of the output projection (Kobayashi et al. 2020, arXiv 2004.10102); None where it cannot be known.
    """

    kind: str
    weights: np.ndarray
    queries: tuple[Token, ...]
    keys: tuple[Token, ...]
    value_norms: np.ndarray | None = None

    def __post_init__(self):
        weights, norms = _frozen(self.weights), _frozen(self.value_norms)
        layers_heads, expected = weights.shape[:2], (len(self.queries), len(self.keys))
        if weights.ndim != 4 or weights.shape[2:] != expected or self.kind not in KINDS:
            raise CourseError(
                f"A map should be of kind {', '.join(KINDS)} with weights [layers, heads, {expected[0]}, "
                f"{expected[1]}] for its tokens, but got {self.kind!r} with {list(weights.shape)}: "
                "take records from `capture`."
            )
        if norms is not None and norms.shape != (*layers_heads, expected[1]):
            raise CourseError(
                f"value_norms should be [layers, heads, key], here {[*layers_heads, expected[1]]}, but got "
                f"{list(norms.shape)}: take records from `capture`."
            )
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "value_norms", norms)

    def __repr__(self) -> str:
        layers, heads, query, key = self.weights.shape
        return f"{self.kind} attention: {layers} layers × {heads} heads, {query} queries × {key} keys"

    @property
    def layers(self) -> int:
        return self.weights.shape[0]

    @property
    def heads(self) -> int:
        return self.weights.shape[1]

    def head(self, layer: int | str, head: int | str) -> np.ndarray:
        """The weights `[query, key]` of one head. Both count from 0 (-1: the last); "mean" averages."""
        part = self.weights[self._chosen(layer, self.layers, "layer")]  # [layers, heads, query, key]
        return part[:, self._chosen(head, self.heads, "head")].mean((0, 1))

    def select(self, layers: Sequence[int] | None = None, heads: Sequence[int] | None = None) -> "Map":
        """The same map with these layers and heads only, in this order; in it they count from 0 again."""
        rows = range(self.layers) if layers is None else [self._one(i, self.layers, "layer") for i in _several(layers)]
        columns = range(self.heads) if heads is None else [self._one(i, self.heads, "head") for i in _several(heads)]
        picked = np.ix_(list(rows), list(columns))
        norms = None if self.value_norms is None else self.value_norms[picked]
        return replace(self, weights=self.weights[picked], value_norms=norms)

    def trim(self) -> "Map":
        """The same map without the rows and columns of padding."""
        rows = [i for i, token in enumerate(self.queries) if not token.padding]
        columns = [i for i, token in enumerate(self.keys) if not token.padding]
        if (len(rows), len(columns)) == self.weights.shape[2:]:
            return self
        return replace(
            self,
            weights=self.weights[:, :, rows][..., columns],
            queries=tuple(self.queries[i] for i in rows),
            keys=tuple(self.keys[i] for i in columns),
            value_norms=None if self.value_norms is None else self.value_norms[..., columns],
        )

    def merge_words(self) -> "Map":
        """The same map with one row and one column for each word, without padding.

        The weights of a word's pieces are added over its columns and averaged over its rows (Clark et al. 2019,
        arXiv 1906.04341), so rows still sum to 1. Value norms belong to single tokens and are dropped.
        """
        trimmed = self.trim()
        if not trimmed.queries or not trimmed.keys:
            raise CourseError(f"Expected a map with tokens that are not padding; given: {self!r}.")
        (rows, queries), (columns, keys) = _words(trimmed.queries), _words(trimmed.keys)
        weights = np.add.reduceat(trimmed.weights, columns, axis=3)
        sizes = np.diff([*rows, len(trimmed.queries)]).astype(np.float32)
        weights = np.add.reduceat(weights, rows, axis=2) / sizes[:, None]
        return replace(trimmed, weights=weights, queries=queries, keys=keys, value_norms=None)

    def _chosen(self, which, count: int, what: str) -> slice:
        if isinstance(which, str) and which == "mean":
            return slice(None)
        index = self._one(which, count, what)
        return slice(index, index + 1)

    def _one(self, index, count: int, what: str) -> int:
        if not isinstance(index, int | np.integer) or isinstance(index, bool) or not -count <= index < count:
            raise CourseError(
                f'Expected a {what} from 0 to {count - 1} (or -1 for the last, or "mean" where one is drawn); '
                f"given: {describe(index)}."
            )
        return int(index) % count


@dataclass(frozen=True, eq=False, kw_only=True)
class Record:
    """What `capture` saw on one text: `maps` by kind, the text, the target of an encoder-decoder, the model's class."""

    maps: dict[str, Map]
    text: str = ""
    target: str | None = None
    model: str = ""

    def __repr__(self) -> str:
        return "\n".join([f"Attention of {self.model or 'a model'}", *(f"  {found!r}" for found in self.maps.values())])

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(self.maps)

    def map(self, kind: str | None = None) -> Map:
        """The map of this kind; without a kind the only one, or "cross" where there are several."""
        if kind is None:
            kind = self.kinds[0] if len(self.maps) == 1 else "cross"
        if kind not in self.kinds:
            raise CourseError(
                f"Expected one of the kinds of attention in this record ({', '.join(self.kinds)}); "
                f"given: {describe(kind)}."
            )
        return self.maps[kind]

    def trim(self) -> "Record":
        """The same record without padding."""
        return replace(self, maps={kind: found.trim() for kind, found in self.maps.items()})

    def merge_words(self) -> "Record":
        """The same record with whole words in place of tokens, without padding."""
        return replace(self, maps={kind: found.merge_words() for kind, found in self.maps.items()})


def find_map(source: Record | Map, kind: str | None = None) -> Map:
    """The map to look at: `source` itself if it is one, else the record's map of this kind."""
    if isinstance(source, Map):
        if kind not in (None, source.kind):
            raise CourseError(
                f"This map is of kind {source.kind!r}, but {str(kind)[:40]!r} was asked for: leave `kind` out."
            )
        return source
    if isinstance(source, Record):
        return source.map(kind)
    hint = (
        "choose one with `[0]`"
        if isinstance(source, list | tuple)
        else "make one with `capture(model, tokenizer, text)`"
    )
    raise CourseError(f"Expected a record of attention; given: {describe(source)}; {hint}.")


def _frozen(array: np.ndarray | None) -> np.ndarray | None:
    if array is None:
        return None
    array = np.array(array, dtype=np.float32)
    array.flags.writeable = False
    return array


def _several(indices) -> list:
    return list(indices) if isinstance(indices, Sequence | np.ndarray) else [indices]


def _words(tokens: tuple[Token, ...]) -> tuple[list[int], tuple[Token, ...]]:
    """Where each word begins, and the words as tokens. A token without a word stands for itself."""
    starts = [i for i, t in enumerate(tokens) if i == 0 or t.word is None or t.word != tokens[i - 1].word]
    ends = [*starts[1:], len(tokens)]
    words = [replace(tokens[i], text=_joined(tokens[i:end])) for i, end in zip(starts, ends, strict=True)]
    return starts, tuple(words)


def _joined(pieces: tuple[Token, ...]) -> str:
    """The word that the pieces make up. Pieces of a character, given as bytes such as <F0 9F>, become one again."""
    first, *others = [piece.text for piece in pieces]
    if not others:
        return first
    text = first.removeprefix("␣") + "".join(piece.removeprefix("##") for piece in others)
    return re.sub(r"<([0-9A-F]{2}(?:[ ><]+[0-9A-F]{2})*)>", _characters, text) or text


def _characters(match: re.Match) -> str:
    try:
        return bytes.fromhex(re.sub(r"[ ><]+", "", match[1])).decode().strip()
    except UnicodeDecodeError:
        return match[0]
