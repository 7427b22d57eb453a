"""`machine` and `block`: a whole Transformer, and one layer of it opened, drawn from one list of parts.

The same picture with one part lit is one call, `machine(lit="feed-forward")`, so that every page from 04 on shows the
same machine. `machine` is the plan of 2017 (arXiv 1706.03762, figure 1): add, then norm. `block` is a layer of today,
such as one of Llama or SmolLM2: the norm comes before each part, and the residual stream runs straight through.
"""

from ..describing import describe, is_a
from ..errors import CourseError
from .figures import Figure, Table, label, show
from .style import COLOURS, INK, MUTED, PALE, WIDTH, arrow, box, canvas, plain_style, tint, write

# name -> (role of its colour, what it does)
PARTS = {
    "embedding": ("tokens", "each token becomes a vector, looked up in a table"),
    "position": ("tokens", "tells each vector where its token stands"),
    "attention": ("query", "each token fetches information from the other tokens"),
    "masked attention": ("query", "attention that sees only the tokens written so far"),
    "cross-attention": ("value", "the decoder looks at the vectors of the encoder"),
    "add and norm": ("residual stream", "adds the result to the vector, evens out its size"),
    "feed-forward": ("feed-forward", "two or three matrices that work on each token alone"),
    "unembedding": ("answer", "one score, a logit, for each token of the vocabulary"),
}
GOOD_AT = {
    "encoder": "labels for a text or its words, vectors for a search",
    "decoder": "going on with a text: chats, code, stories",
    "encoder-decoder": "a new text from an old one: translation, speech to text",
}
_START = ("embedding", "position")
_HALVES = {
    "encoder": ("attention", "add and norm", "feed-forward", "add and norm"),
    "decoder": ("masked attention", "add and norm", "cross-attention", "add and norm", "feed-forward", "add and norm"),
}
_ALONE = tuple(name for name in _HALVES["decoder"] if name != "cross-attention")[:2] + _HALVES["decoder"][4:]
_WORDS = {"encoder": ("a text", "a vector for each token"), "decoder": ("tokens so far", "the next token")}
_HIGH, _GAP = 0.31, 0.19  # of a box, and between two boxes


def machine(family: str = "encoder-decoder", *, lit=None, title: str = "", layers: str = "N times") -> Figure:
    """A Transformer as boxes, read from bottom to top.

    Args:
        family: "encoder", "decoder", or "encoder-decoder", which has both halves side by side.
        lit: a name of `PARTS`, "encoder" or "decoder" for a whole half, or a list of them; the rest is pale. None: all
            are lit. "attention" lights every kind of attention in a decoder that stands alone.
        layers: what stands beside the frame of a layer.
    """
    if family not in ("encoder", "decoder", "encoder-decoder"):
        raise CourseError(f'machine() draws "encoder", "decoder" or "encoder-decoder"; it got {describe(family)}.')
    halves = family.split("-")
    chosen = _chosen(lit, {*PARTS, "encoder", "decoder"}, "machine")
    alone = len(halves) == 1
    inner = {half: _ALONE if alone and half == "decoder" else _HALVES[half] for half in halves}
    rows = max(len(parts) for parts in inner.values()) + 4 + ("decoder" in halves)
    height = rows * (_HIGH + _GAP) + 0.16 + (0.3 if title else 0)
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        if title:
            write(axes, 0.02, height - 0.15, label(title, 90), size=11, across="left")
        width, lefts = 2.0, ([0.75] if alone else [0.7, 4.15])
        tops = {}
        for half, left in zip(halves, lefts, strict=True):
            tops[half] = _tower(axes, half, inner[half], left, width, chosen, layers, notes=alone)
        if not alone:
            _bridge(axes, tops, lefts, width, chosen)
        focus = "" if chosen is None else f" Lit: {', '.join(sorted(chosen))}."
        said = " ".join(_said(half, inner[half]) for half in halves)
        bridge = "" if alone else " The vectors of the encoder go into every cross-attention."
        names = dict.fromkeys(name for half in halves for name in (*_START, *inner[half]))
        names |= dict.fromkeys(["unembedding"] if "decoder" in halves else [])
        table = Table("The parts", ("part", "what it does"), [(name, PARTS[name][1]) for name in names])
        alt = f"{title + '. ' if title else ''}A Transformer from bottom to top. {said}{bridge}{focus}"
        return show(figure, alt=alt, table=table, folded=True)


def _chosen(lit, names: set, what: str):
    if lit is None:
        return None
    wanted = list(lit) if is_a(lit, list, tuple, set) else [lit]
    if not all(is_a(name, str) and name in names for name in wanted):
        raise CourseError(f"{what}() can light {', '.join(sorted(names))}; it got {describe(lit)}.")
    return set(wanted)


def _said(half: str, parts) -> str:
    end = ", then unembedding" if half == "decoder" else ""
    return (
        f"The {half}: {_WORDS[half][0]}, embedding plus position, then in each of its layers {', '.join(parts)}{end}; "
        f"out comes {_WORDS[half][1]}."
    )


def _is_lit(chosen, name: str, half: str) -> bool:
    return chosen is None or name in chosen or half in chosen or ("attention" in chosen and name == "masked attention")


def _tower(axes, half, parts, left, width, chosen, layers, notes):
    """Draws one half; returns where its boxes are: name or "out" -> height of the middle, and the cross-attention's."""
    middle, step, y = left + width / 2, _HIGH + _GAP, 0.05
    places = {}

    def put(name, role=None, lit=True, note=""):
        nonlocal y
        box(axes, left, y, width, _HIGH, name, role=role, lit=lit)
        if notes and note:
            write(axes, left + width + 0.45, y + _HIGH / 2, note, lit=lit, across="left", size=9.5)
        places[name] = y + _HIGH / 2
        y += step

    def rise(lit=True):
        arrow(axes, (middle, y - _GAP + 0.02), (middle, y - 0.02), lit=lit)

    whole = chosen is None or half in chosen
    put(_WORDS[half][0], lit=whole)
    for name in _START:
        rise(whole)
        put(name, PARTS[name][0], _is_lit(chosen, name, half), PARTS[name][1])
    bottom = y - 0.15
    entry = y - _GAP / 2
    for name in parts:
        on = _is_lit(chosen, name, half)
        rise(whole)
        put(name, PARTS[name][0], on, PARTS[name][1] if places.get(name) is None else "")
        if name == "add and norm":
            _around(axes, left, entry, y - _GAP - _HIGH / 2, on)
            entry = y - _GAP / 2
    _frame(axes, left - 0.42, bottom, width + 0.55, y - _GAP + 0.08 - bottom, half, whole)
    beside = left - 0.53 if notes or half == "encoder" else left + width + 0.26  # there the bridge comes in
    _upright(axes, beside, (bottom + y) / 2, f"{half}, {layers}", INK)
    if half == "decoder":
        rise(whole)
        put("unembedding", PARTS["unembedding"][0], _is_lit(chosen, "unembedding", half), PARTS["unembedding"][1])
    rise(whole)
    put(_WORDS[half][1], lit=whole)
    return places


def _upright(axes, x, y, text, colour):
    axes.text(x, y, text, rotation=90, ha="center", va="center", fontsize=9.5, color=colour)


def _around(axes, left, start, end, lit):
    """The way around a part: the vector that came in is added to what the part made of it."""
    colour = COLOURS["residual stream"] if lit else PALE
    out = left - 0.22
    axes.plot([left + 1.0, out, out], [start, start, end], color=colour, linewidth=1.6, solid_joinstyle="round")
    style = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.6, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 10}
    axes.annotate("", xy=(left, end), xytext=(out, end), arrowprops=style)


def _frame(axes, x, y, width, height, role, lit):
    from matplotlib.patches import FancyBboxPatch

    colour = COLOURS[role] if lit else PALE
    shape = "round,pad=0,rounding_size=0.12"
    axes.add_patch(
        FancyBboxPatch(
            (x, y),
            width,
            height,
            boxstyle=shape,
            facecolor=tint(colour, 0.1),
            edgecolor=colour,
            linewidth=1.4,
            zorder=0,
        )
    )


def _bridge(axes, tops, lefts, width, chosen):
    """From the encoder's vectors to the decoder's cross-attention."""
    lit = chosen is None or bool(chosen & {"cross-attention", "decoder", "encoder"})
    colour = COLOURS["value"] if lit else PALE
    start, end = tops["encoder"][_WORDS["encoder"][1]], tops["decoder"]["cross-attention"]
    turn = lefts[0] + width + 0.42
    axes.plot([lefts[0] + width, turn, turn], [start, start, end], color=colour, linewidth=2)
    style = {"arrowstyle": "-|>", "color": colour, "linewidth": 2, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 12}
    axes.annotate("", xy=(lefts[1], end), xytext=(turn, end), arrowprops=style)


# --- one layer, opened ------------------------------------------------------------------------------------------

_BLOCK = {
    "residual stream": "the vector of one token, on its way up",
    "first norm": "brings the vector to a common scale",
    "query, key, value": "three matrices make three vectors",
    "attention": "scores, mask, softmax: a share of the values",
    "output": "a matrix joins what the heads have found",
    "first add": "the result is added to the stream",
    "second norm": "brings the sum to a common scale",
    "feed-forward": "three matrices, on this token alone",
    "second add": "added to the stream again",
}
_BLOCK_ROLES = {
    "query, key, value": "key",
    "attention": "query",
    "output": "value",
    "feed-forward": "feed-forward",
}


def block(*, lit=None, shapes=None, title: str = "") -> Figure:
    """One layer of a decoder of today, from bottom to top, with the residual stream straight through it.

    Args:
        lit: a name of the parts (first norm; query, key, value; attention; output; first add; second norm;
            feed-forward; second add; residual stream), or a list of them; the rest is pale. None: all are lit.
        shapes: a dictionary of part names and short texts that stand beside the parts, such as `{"attention": "9
            heads"}`, instead of what a part does.
    """
    chosen = _chosen(lit, set(_BLOCK), "block")
    notes = _BLOCK | _chosen_notes(shapes)
    rows = ["first norm", "query, key, value", "attention", "output", "first add"]
    rows += ["second norm", "feed-forward", "second add"]
    step = _HIGH + _GAP
    height = (len(rows) + 2) * step + (0.3 if title else 0)
    stream, left, width = 0.9, 1.75, 1.75
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        if title:
            write(axes, 0.02, height - 0.15, label(title, 90), size=11, across="left")
        on = chosen is None or "residual stream" in chosen
        colour, top = (COLOURS["residual stream"] if on else PALE), (len(rows) + 2) * step - 0.1
        style = {"arrowstyle": "-|>", "color": colour, "linewidth": 7, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 26}
        axes.annotate("", xy=(stream, top), xytext=(stream, 0.05), arrowprops=style)
        _upright(axes, stream - 0.28, top / 2, "residual stream", INK if on else MUTED)
        y = step * 0.9
        for name in rows:
            y = _step(axes, name, y, stream, left, width, chosen, notes)
        said = "; ".join(f"{name}: {notes[name]}" for name in rows)
        focus = "" if chosen is None else f" Lit: {', '.join(sorted(chosen))}."
        alt = (
            f"{title + '. ' if title else ''}One layer, from bottom to top, beside the residual stream. {said}.{focus}"
        )
        table = Table(
            "The parts of one layer",
            ("part", "beside it"),
            [(name, notes[name]) for name in ("residual stream", *rows)],
        )
        return show(figure, alt=alt, table=table, folded=True)


def _chosen_notes(shapes) -> dict:
    shapes = {} if shapes is None else shapes
    if not is_a(shapes, dict) or not all(is_a(text, str) and name in _BLOCK for name, text in shapes.items()):
        raise CourseError(f"block() expects shapes as texts for parts of {list(_BLOCK)}; it got {describe(shapes)}.")
    return {name: label(text, 50) for name, text in shapes.items()}


def _step(axes, name, y, stream, left, width, chosen, notes):
    """Draws one row of the block; returns where the next one begins."""
    from matplotlib.patches import Circle

    on, middle, half = chosen is None or name in chosen, y + _HIGH / 2, left + width / 2
    if name.endswith("add"):
        axes.add_patch(
            Circle((stream, middle), 0.15, facecolor="white", edgecolor=INK if on else PALE, linewidth=1.6, zorder=3)
        )
        write(axes, stream, middle, "+", lit=on, size=13, bold=True)
        axes.plot([half, half], [y - _GAP, middle], color=INK if on else PALE, linewidth=1.6)
        arrow(axes, (half, middle), (stream + 0.17, middle), lit=on)
    else:
        box(axes, left, y, width, _HIGH, name.replace("first ", "").replace("second ", ""), lit=on,
            role=_BLOCK_ROLES.get(name))  # fmt: skip
        if name.endswith("norm"):
            arrow(axes, (stream + 0.06, middle), (left - 0.02, middle), lit=on)
        else:
            arrow(axes, (half, y - _GAP + 0.02), (half, y - 0.02), lit=on)
    write(axes, left + width + 0.25, middle, notes[name], lit=on, across="left", size=9.5)
    return y + _HIGH + _GAP
