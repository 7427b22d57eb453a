"""All heads of a record in one page that answers to mouse and keyboard, and a picture with a table that need no script.

The page is one HTML fragment that asks for nothing elsewhere: `explorer.js` and the weights, one byte each, packed with
zlib. It works without a kernel and without a network in JupyterLab, Colab, VS Code and in HTML made by nbconvert.
"""

import base64
import json
import re
import zlib
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import resources

import numpy as np

from ..describing import describe
from ..errors import CourseError
from ..pictures import Figure, readable
from ..shown import Shown
from .record import Map, Record, Token, find_map

MOST_PAGE_BYTES = 4_500_000  # bytes that the packed weights of an explorer may take
STEPS = 255
MISSING = "The interactive explorer shows in a trusted notebook only: run this cell, and it appears here."


@dataclass(frozen=True)
class Explorer(Shown):
    """What `explorer` shows: a sentence, the static picture with its table, and the interactive page."""

    text: str
    static: Figure
    page: dict

    def __repr__(self) -> str:
        return self.text

    def plain(self) -> str:
        return f"{self.text}\n{self.static.plain()}"

    def html(self, bare: bool = False) -> str:
        """The page and the static picture; `bare`, without the picture, for where it stands elsewhere."""
        data = escape(json.dumps(self.page, separators=(",", ":")))
        title, kind = escape(self.page["title"]), self.page["maps"][self.page["first"]]["kind"]
        # Keys pressed here are not JupyterLab's shortcuts. The script closes what is open, and takes the sentence away.
        summary = f"<summary>All heads of {kind} attention as a picture and a table</summary>"
        static = "" if bare else f"<p>{MISSING}</p><details open>{summary}{self.static.html()}</details>"
        return (
            f'<div data-attention="{data}" data-lm-suppress-shortcuts="true" role="group" aria-label="{title}">'
            f"{static}</div><script>{script(__package__, 'explorer.js')}</script>"
        )


def explorer(
    record: Record | Map, kind: str | None = None, *, layer: int = 0, head: int = 0, token: int | None = None
) -> Explorer:
    """An interactive view of all heads: choose one and point at a token to see where it looks, as lines or a heat map.

    It opens at this layer and head, and at the token that looks. Without a `kind` it holds every kind of attention in
    the record. Padding is left out. Weights are rounded to 1/255 (of the largest, if that is over 1). Layers that would
    make the page larger than 5 MB are left out, and it says so.

    Raises:
        CourseError: no record, no such kind or place, weights that cannot be shown, or more tokens than fit.
    """
    from .views import overview

    first = find_map(record, kind)
    chosen = [first] if isinstance(record, Map) or kind is not None else list(record.maps.values())
    maps = [found.trim() for found in chosen]
    packed = [_packed(found, MOST_PAGE_BYTES // len(maps)) for found in maps]
    opened = maps[chosen.index(first)]
    places = {"layer": (layer, opened.layers), "head": (head, opened.heads), "token": (token or 0, len(opened.queries))}
    for name, (given, count) in places.items():
        if type(given) is not int or not 0 <= given < count:
            raise CourseError(f"explorer() opens at a {name} from 0 to {count - 1}; given: {describe(given)}.")
    title = f"Attention explorer of {getattr(record, 'model', '') or 'a model'}"
    notes = " ".join(dict.fromkeys(part["note"] for part in packed))
    page = {"title": title, "first": chosen.index(first), "start": [layer, head, token], "maps": packed}
    return Explorer(f"{title}, {'; '.join(map(repr, maps))}. {notes}", overview(first), page)


def _packed(found: Map, limit: int) -> dict:
    """What the page needs of one kind: tokens, and as many layers of weights as fit into `limit` bytes of base64."""
    weights = found.weights
    if not weights.size:
        raise CourseError(f"An explorer needs at least one layer, head and token, but this is {found!r}.")
    if not np.isfinite(weights).all() or weights.min() < 0:
        raise CourseError(
            f"An explorer shows weights of 0 or more, but this {found.kind} attention holds negative or missing "
            "numbers: capture again with the model in float32."
        )
    largest = float(weights.max())
    scale = 1.0 if largest <= 1.001 else largest  # a sum of float32 may be a little over 1
    layers, room = [], limit
    for layer in weights:
        rounded = np.rint(np.minimum(layer / scale, 1) * STEPS).astype(np.uint8)
        text = base64.b64encode(zlib.compress(rounded.tobytes(), 5)).decode("ascii")
        room -= len(text)
        if room < 0:
            break
        layers.append(text)
    if not layers:
        raise CourseError(
            f"One layer of this {found!r} is more than an explorer can hold: choose some heads, "
            f"such as `explorer(record.map({found.kind!r}).select(heads=[0, 1]))`, or take a shorter text."
        )
    part = {"kind": found.kind, "heads": found.heads, "scale": scale, "note": _note(found, scale, len(layers))}
    part["queries"] = _tokens(found.queries)
    if found.keys != found.queries:
        part["keys"] = _tokens(found.keys)
    return part | {"weights": layers}


def _note(found: Map, scale: float, kept: int) -> str:
    step = "1/255" if scale == 1 else f"{scale:.2g}/255"
    note = f"Weights are rounded to steps of {step}."
    if kept < found.layers:
        others = f"explorer(record.map({found.kind!r}).select(layers=[{found.layers - 1}]))"
        size = f"{len(found.queries)} × {len(found.keys)} tokens"
        note += f" Of {size} only {kept} of {found.layers} layers fit here, from layer 0: choose others with {others}."
    return note


def _tokens(tokens: tuple[Token, ...]) -> dict:
    return {
        "texts": [readable(token.text) for token in tokens],
        "special": [i for i, token in enumerate(tokens) if token.special],
    }


@cache
def script(package: str, *names: str) -> str:
    """Files of a room as one script, behind what all share, without comments, indentation and empty lines."""
    files = (resources.files(__package__) / "shared.js", *(resources.files(package) / name for name in names))
    source = "".join(file.read_text("utf-8") for file in files)
    source = re.sub(r"\n+", "\n", re.sub(r"(?m)^ *// .*$|^ +| // .*$", "", source)).strip()
    return f'(() => {{\n"use strict";\n{source}\n}})();'
