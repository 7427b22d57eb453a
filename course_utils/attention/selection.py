"""What a view shows of a map, computed without drawing: the part that fits, its names, its strongest links."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..describing import describe
from ..errors import CourseError
from ..pictures import label, readable
from .record import Map, Token

MOST_TOKENS = 64  # tokens a side whose labels can still be read
TOP = 10  # rows of a table


@dataclass(frozen=True)
class Part:
    """The rows and columns that a picture shows, as indices of the map; their names; and what is left out.

    `free`: the shown rows that have a choice (no padding, and not the first row of a decoder, which sees itself only).
    """

    rows: list[int]
    columns: list[int]
    free: list[int]
    query_labels: list[str]
    key_labels: list[str]
    query_names: list[str]
    key_names: list[str]
    note: str

    def cut(self, weights: np.ndarray) -> np.ndarray:
        """The shown part of `[..., query, key]`."""
        weights = weights[..., self.rows, :][..., self.columns]
        if not np.isfinite(weights).all():
            raise CourseError(
                "Expected finite weights, but this map holds NaN or infinity: capture again with the model in float32."
            )
        return weights

    def strongest(self, weights: np.ndarray) -> list[tuple[int, int, float]]:
        """The ten strongest links `(row, column, weight)` of `[query, key]`; equal ones in reading order."""
        free = self.free or range(len(self.rows))
        found = [(row, column, float(weights[row, column])) for row in free for column in np.flatnonzero(weights[row])]
        return sorted(((i, int(j), w) for i, j, w in found), key=lambda link: (-float(number(link[2])), *link))[:TOP]

    def in_words(self, links: list[tuple[int, int, float]]) -> str:
        named = (f"{quoted(self.query_names[i])} to {quoted(self.key_names[j])} {number(w)}" for i, j, w in links[:3])
        return f"Strongest links: {', '.join(named) or 'none'}."


def choose(
    found: Map, queries: slice | None, keys: slice | None, *, padding: bool = False, special: bool = True
) -> Part:
    """The first 64 queries and keys, or the first 64 of the chosen ones; positions count what may be shown."""
    rows, row_note = _fit(real(found.queries, padding, special), queries, "queries")
    columns, column_note = _fit(real(found.keys, padding, special), keys, "keys")
    note = " and ".join(filter(None, [row_note, column_note]))
    if note:
        example = ", ".join(f"{what}=slice({MOST_TOKENS}, {2 * MOST_TOKENS})" for what in ("queries", "keys"))
        note = f"Only {note} are shown; choose others with, for example, {example}."
    forced = real(found.queries)[:1] if found.kind == "decoder" else []
    free = [i for i, row in enumerate(rows) if row not in forced and not found.queries[row].padding]
    return Part(
        rows,
        columns,
        free,
        _names(found.queries, rows, label),
        _names(found.keys, columns, label),
        _names(found.queries, rows, readable),
        _names(found.keys, columns, readable),
        note,
    )


def real(tokens: tuple[Token, ...], padding: bool = False, special: bool = True) -> list[int]:
    """The indices of the tokens that may be shown."""
    return [i for i, t in enumerate(tokens) if (padding or not t.padding) and (special or t.padding or not t.special)]


def links(weights: np.ndarray, least: float) -> list[tuple[int, int, float]]:
    """All `(row, column, weight)` of at least this weight, the weakest first: the strongest are drawn on top."""
    found = [(int(i), int(j), float(weights[i, j])) for i, j in zip(*np.nonzero(weights >= least), strict=True)]
    return sorted(found, key=lambda link: link[2])


def lowest_first(scores: np.ndarray) -> list[tuple[int, int]]:
    """`(layer, head)` from the lowest score to the highest, without those that have none."""
    order = np.argsort(np.round(scores, 4), axis=None, kind="stable")
    places = [divmod(int(index), scores.shape[1]) for index in order]
    return [place for place in places if np.isfinite(scores[place])]


def mosaic(weights: np.ndarray) -> np.ndarray:
    """All heads side by side: `[layers, heads, query, key]` as one 2-D array of shades from 0 to 1, nan between heads.

    The shade is the square root of the weight, so that weak patterns show too; each weight is a square of equal dots,
    so many that a head has 64 to 192 a side.
    """
    layers, heads, rows, columns = weights.shape
    dots = max(1, min(192, max(64, 768 // heads)) // max(rows, columns))
    shades = np.sqrt(np.clip(weights, 0, None) / max(1.0, weights.max())).astype(np.float32)
    shades = shades.repeat(dots, axis=2).repeat(dots, axis=3)
    tiles = np.full((layers, heads, rows * dots + 1, columns * dots + 1), np.nan, np.float32)
    tiles[..., 1:, 1:] = shades
    return tiles.transpose(0, 2, 1, 3).reshape(layers * (rows * dots + 1), heads * (columns * dots + 1))


def number(value: float) -> str:
    """Two decimals, or two to three digits where those would say too little or too much; – for nan."""
    if np.isnan(value):
        return "–"
    if abs(value) < 0.01:
        return f"{value:.2g}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.3g}"


def quoted(name: str) -> str:
    return f"“{readable(name, 20)}”"


def _fit(candidates: list[int], chosen: slice | None, what: str) -> tuple[list[int], str]:
    if not candidates:
        raise CourseError(f"Expected a map with {what} to show, but there are none: capture a text that is not empty.")
    if not isinstance(chosen, slice | None):
        raise CourseError(f"Expected {what} as a slice such as slice(0, {MOST_TOKENS}); given: {describe(chosen)}.")
    try:
        positions = range(len(candidates))[chosen or slice(None)]
    except (TypeError, ValueError) as error:
        raise CourseError(f"Expected {what} as a slice of whole numbers; given: {describe(chosen)}.") from error
    if not positions:
        raise CourseError(
            f"Expected {what} between 0 and {len(candidates)}; {str(chosen)[:60]} holds none of them: "
            f"choose such as slice(0, {MOST_TOKENS})."
        )
    positions = positions[:MOST_TOKENS]
    shown = [candidates[position] for position in positions]
    if len(shown) == len(candidates):
        return shown, ""
    return shown, f"{len(shown)} of {len(candidates)} {what} ({positions[0]} to {positions[-1]})"


def _text(token: Token) -> str:
    return "[PAD]" if token.padding else token.text


def _names(tokens: tuple[Token, ...], shown: list[int], written: Callable[[str], str]) -> list[str]:
    """The texts of the shown tokens as `written`; one that is shown more than once gets its position."""
    texts = [written(_text(tokens[i])) for i in shown]
    often = Counter(texts)
    return [f"{text} ({i})" if often[text] > 1 else text for text, i in zip(texts, shown, strict=True)]
