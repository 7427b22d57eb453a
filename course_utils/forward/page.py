"""A forward pass as one page to step through with mouse and keyboard, and a picture with a table that need no script.

The page is one HTML fragment that asks for nothing elsewhere: a script (`SCRIPTS`) and the numbers, one byte each, both
packed with zlib. Where it would be too large, some layers keep only their weights and what they hand on; it says so.
"""

import json
from dataclasses import dataclass
from functools import cache
from html import escape

import numpy as np

from ..attention.exploring import script
from ..describing import describe, is_a
from ..errors import CourseError
from ..pictures import Figure, readable
from ..pictures.style import COLOURS
from ..shown import Shown
from .packing import chunks, encoded
from .recording import ForwardPass, Stage, Tower
from .static import picture
from .way import chosen, first_token, heads_of, is_scaled, words

SMALL, LARGE = 150_000, 1_000_000  # bytes of a page of up to 12 tokens, and of one of 32 tokens or more
TOP, GUESSES = 50, 3  # logits, and guesses after a layer, that are kept of each token
ROUNDING = 0.01  # of the largest number: bfloat16 has three digits
TEMPERATURES = [round(0.1 * step, 1) for step in range(1, 21)]
SCRIPTS = ("style.js", "unpacking.js", "drawing.js", "forward.js")  # each builds on those before it
# The script is packed as well: it would be a fourth of a small page.
STARTER = """(async () => {
const packed = Uint8Array.from(atob("%s"), letter => letter.charCodeAt(0)), script = document.createElement("script");
const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
script.textContent = await new Response(stream).text();
document.head.append(script);
script.remove();
})();"""
NO_OUTPUT = "This model has no output layer, so it makes no guess: the vectors after its last layer are its result."
MISSING = "The page to step through shows in a trusted notebook only: run this cell, and it appears here."


@dataclass(frozen=True, eq=False)
class Page(Shown):
    """What `page` shows: a sentence, the static picture with its table, and the interactive page."""

    text: str
    static: Figure | None
    data: str

    def __repr__(self) -> str:
        return self.text

    def plain(self) -> str:
        return self.text if self.static is None else f"{self.text}\n{self.static.plain()}"

    def html(self, bare: bool = False) -> str:
        """The page and the static picture; `bare`, without the picture, for where it stands elsewhere."""
        # Keys pressed here are not JupyterLab's shortcuts. The script closes what is open, and takes the sentence away.
        summary = "<summary>The way of one token through one layer as a picture and a table</summary>"
        static = (
            ""
            if bare or self.static is None
            else f"<p>{MISSING}</p><details open>{summary}{self.static.html()}</details>"
        )
        return (
            f'<div data-forward="{self.data}" data-lm-suppress-shortcuts="true" role="group" '
            f'aria-label="{escape(self.text)}">{static}</div><script>{_starter()}</script>'
        )


def page(
    run: ForwardPass,
    layers=None,
    *,
    layer: int | None = None,
    head: int | None = None,
    token: int | None = None,
    stage: str | None = None,
    most: int | None = None,
    still: bool = True,
) -> Page:
    """The page of a forward pass, opened at this layer, head, token (of the last tower) and stage ("weights").

    Of each layer in `layers` all stages are kept, of the others only the weights. Without `layers` as many are kept
    as fit into `most` bytes: 150 kB for up to 12 tokens, and up to 1 MB for 32. `still`: with the picture.

    Raises:
        CourseError: no such layer, head, token or stage.
    """
    way = chosen(run, layer, head, token)
    layers = _checked(run, layers)
    names = ", ".join(part.name for part in way.stages)
    if stage is not None and stage not in names.split(", "):
        raise CourseError(f"page() opens at a stage of the model: {names}; given: {describe(stage)}.")
    made = picture(run, layer, head, token) if still else None
    texts: dict[str, int] = {}  # each text once
    header = {
        "start": {"tower": len(run.towers) - 1, "layer": way.layer, "head": way.head, "token": way.token},
        "towers": [_described(tower, texts) for tower in run.towers],
        "logits": None if run.logits is None else _logits(run, texts),
        "temperatures": TEMPERATURES,
        "names": {name: [title, says, COLOURS[role]] for name, (title, says, role) in _words(run).items()},
        "title": _title(run),
        "end": NO_OUTPUT,
    }
    if {layer, head, token, stage} == {None}:  # from the very beginning
        header["start"] |= {"tower": 0, "token": first_token(run.towers[0])}
    header["start"]["stage"] = stage or "tokens"
    header["texts"] = list(texts)
    longest = max(len(tower.tokens) for tower in run.towers)
    room = most or min(LARGE, SMALL + (LARGE - SMALL) * max(0, longest - 12) // 20)
    kept, packed = chunks(run, layers, room - len(Page("", made, encoded(_json(header))).html()) - 500)
    for found, tower_kept in zip(header["towers"], kept, strict=True):
        found["kept"] = tower_kept
    header["note"] = note = _note(run, kept)
    text = f"{header['title']}, {longest} tokens. {note}".strip()
    return Page(text, made, ".".join([encoded(_json(header)), *packed]))


def _checked(run: ForwardPass, layers) -> list[int] | None:
    deepest = max(len(tower.blocks) for tower in run.towers)
    if layers is None:
        return None
    if not is_a(layers, list, tuple, range) or not layers or not all(is_a(n, int) and 0 <= n < deepest for n in layers):
        raise CourseError(f"page() keeps some of the layers 0 to {deepest - 1}: layers=[0]; given: {describe(layers)}.")
    return list(layers)


def _title(run: ForwardPass) -> str:
    parts = [
        f"{tower.kind} of {len(tower.blocks)} {'layer' if len(tower.blocks) == 1 else 'layers'} with {heads_of(tower)} "
        f"{'head' if heads_of(tower) == 1 else 'heads'}"
        for tower in run.towers
    ]
    return f"The forward pass of {run.model}, step by step: {' and '.join(parts)}"


@cache
def _starter() -> str:
    return STARTER % encoded(script(__package__, *SCRIPTS).encode())


# --- what the page says ---------------------------------------------------------------------------------------


def _words(run: ForwardPass) -> dict[str, tuple[str, str, str]]:
    used = [stage.name for tower in run.towers for block in tower.blocks for stage in block.stages]
    used += [stage.name for tower in run.towers for stage in (*tower.before, *tower.after)]
    used += ["dot product", "tokens", "logits", "probabilities", "guesses"]
    scaled = any(is_scaled(block, stage) for tower in run.towers for block in tower.blocks for stage in block.stages)
    return {name: words(name, scaled) for name in dict.fromkeys(used)}


def _described(tower: Tower, texts: dict[str, int]) -> dict:
    """All of a tower but its numbers."""
    incoming, blocks = tower.before[-1].values, []
    for block in tower.blocks:
        blocks.append({"stages": _stages(block.stages, incoming), "scaling": block.scaling})
        incoming = block.stages[-1].values
    guesses = [
        [
            [part for text, share in token[:GUESSES] for part in (_place(texts, text), round(1000 * float(share)))]
            for token in after
        ]
        for after in tower.guesses
    ]
    return {
        "kind": tower.kind,
        "tokens": [readable(token.text) for token in tower.tokens],
        "ids": [int(i) for i in getattr(tower, "ids", ())],
        "special": [i for i, token in enumerate(tower.tokens) if token.special],
        "before": _stages(tower.before, None),
        "blocks": blocks,
        "after": _stages(tower.after, incoming),
        "guesses": guesses,
    }


def _stages(stages: tuple[Stage, ...], incoming) -> list:
    """Of each stage its name, shape, the module that made it, and the stages whose sum it is (-1: what came in)."""
    described, vectors = [], {} if incoming is None else {-1: incoming}
    for at, stage in enumerate(stages):
        described.append([stage.name, list(stage.values.shape), stage.where, _summands(vectors, stage.values)])
        if stage.values.ndim == 2:
            vectors[at] = stage.values
    return described


def _summands(vectors: dict, total) -> list[int]:
    """Which of the vectors add up to `total`: the last one and one or two earlier ones, or all of them."""
    same = {at: values for at, values in vectors.items() if values.shape == total.shape}
    if total.ndim != 2 or len(same) < 2:
        return []
    *earlier, last = same
    groups = [(one, last) for one in reversed(earlier)] + [tuple(same)]
    groups += [(earlier[0], one, last) for one in earlier[1:]]  # both parts of a layer beside each other
    off = {group: float(np.abs(sum(same[at] for at in group) - total).max()) for group in groups}
    best = min(off, key=off.get)
    return list(best) if off[best] <= ROUNDING * np.abs(total).max() else []


def _place(texts: dict[str, int], text: str) -> int:
    return texts.setdefault(readable(text, 24), len(texts))


def _logits(run: ForwardPass, texts: dict[str, int]) -> list:
    """For each token: the largest logits with their texts, and the logarithm of what the rest adds to a softmax.

    The rest is one number for each temperature, so that the page's probabilities are right at each of them.
    """
    found = []
    for row in run.logits:
        order = np.argsort(-row, kind="stable")[:TOP]
        rest = np.delete(row, order).astype(np.float64)
        sums = [float(np.log(np.exp((rest - row.max()) / t).sum()) + row.max() / t) for t in TEMPERATURES if len(rest)]
        places = [_place(texts, run.vocabulary(int(i))) for i in order]
        found.append([places, *(np.round(np.array(part, float), 3).tolist() for part in (row[order], sums))])
    return found


def _note(run: ForwardPass, kept: list[list[int]]) -> str:
    """Which layers are not kept whole."""
    notes = [] if run.logits is not None else [NO_OUTPUT]
    for tower, levels in zip(run.towers, kept, strict=True):
        opened = [str(n) for n, level in enumerate(levels) if level == 2]
        if len(opened) < len(levels):
            rest = " or ".join(["the weights"] * (1 in levels) + ["what they hand on"] * (0 in levels))
            which = f"{'Layer' if len(opened) == 1 else 'Layers'} {', '.join(opened)} of the {tower.kind}"
            notes.append(f"{which} can be opened; of the others this page holds only {rest}.")
    if any(level < 2 for levels in kept for level in levels):
        notes.append("Choose others: run.page(layers=[…]).")
    return " ".join(notes)


def _json(value) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
