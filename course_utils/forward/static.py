"""The way of one token through one layer as a picture, for where no script runs, and its steps as a table."""

import io
from dataclasses import replace

import numpy as np

from ..pictures import Figure, Table, label, readable, show
from ..pictures.style import COLOURS, INK, MUTED, PALE, PAPER, WIDTH, canvas, plain_style, rectangle, tint, write
from .recording import ForwardPass, Stage
from .way import CELLS, KEYS, MAPS, Way, chosen, is_map, is_scaled, thinned

BOXES = 7  # guesses that fit side by side
LEFT, RIGHT, ROW, STREAM = 2.3, 6.1, 0.36, 0.2  # where numbers and the stream stand, the height of a row, in inches


def picture(run: ForwardPass, layer: int | None = None, head: int | None = None, token: int | None = None) -> Figure:
    """The way of one token through one layer of the last tower, and the guess after each layer where there is one.

    Without a layer or head it is the first one; without a token a blank to fill, else the last token of the text.

    Raises:
        CourseError: no such layer, head or token.
    """
    way = chosen(run, layer, head, token)
    with plain_style():
        figure = _drawn(way)
    return _lean(show(figure, _told(way), _table(way), folded=True))


def _lean(made: Figure) -> Figure:
    """The same picture in three quarters of the bytes: of its colours the common ones, as every page carries it."""
    from PIL import Image

    whole, palette, small = Image.open(io.BytesIO(made.png)).convert("RGB"), Image.new("P", (1, 1)), io.BytesIO()
    common = sorted(whole.getcolors(1 << 24), reverse=True)[:32]
    palette.putpalette([part for _, colour in common for part in colour])
    whole.quantize(palette=palette, dither=Image.Dither.NONE).save(small, "png", optimize=True)
    return replace(made, png=small.getvalue())


# --- the picture ----------------------------------------------------------------------------------------------


def _drawn(way: Way):
    """From top to bottom; `y` is where the next row begins."""
    first, last = len(way.tower.before), len(way.tower.blocks) - 1
    after = first + len(way.inside)
    bars = _bars_are(way)
    remarks = len(bars) + (way.layer > 0) + (way.layer < last)
    headings = 2 + (after < len(way.stages)) + bool(way.tower.guesses)
    keys = sum(stage.name.endswith("weights") for stage in way.inside)
    height = 0.55 + (len(way.stages) + remarks + headings + keys) * ROW + 0.8 * bool(way.tower.guesses)
    figure, axes = canvas(WIDTH, height)
    y = _tokens(axes, height - 0.1, way)
    for line in bars:
        y = _remark(axes, y, line)
    top = y
    for at, stage in enumerate(way.stages):
        if at == first:
            if way.layer > 0:
                y = _remark(axes, y, f"… {_left_out(0, way.layer - 1)}: the same steps …")
            y = _heading(axes, y, f"Layer {way.layer} (of 0 to {last}), head {way.head}")
        elif at == after:
            y = _end(axes, y, way)
            y = _heading(axes, y, "After the last layer")
        before = way.stages[at - 1].name if at else ""
        if is_map(stage) and not before.endswith(MAPS):
            y = _keys(axes, y, way, stage)
        y = _stage(axes, y, way, stage)
    if after == len(way.stages):
        y = _end(axes, y, way)
    axes.plot([STREAM, STREAM], [top, y + 0.08], color=COLOURS["residual stream"], linewidth=5, zorder=0, alpha=0.45)
    if way.tower.guesses:
        _guesses(axes, y, way)
    return figure


def _tokens(axes, y: float, way: Way) -> float:
    """The token and its neighbours."""
    tokens = way.tower.tokens
    start = max(0, min(way.token - 4, len(tokens) - 9))
    shown = range(start, min(len(tokens), start + 9))
    each = (WIDTH - 0.2) / len(shown)
    for place, i in enumerate(shown):
        lit = i == way.token
        left = 0.1 + place * each
        colour, edge = tint(COLOURS["tokens"], 0.9 if lit else 0.3), INK if lit else "none"
        rectangle(axes, left, y - 0.3, each - 0.06, 0.28, colour, edge)
        write(axes, left + each / 2 - 0.03, y - 0.16, label(tokens[i].text, int(each * 11)), size=9, bold=lit)
    return _heading(axes, y - 0.32, f"The way of “{label(tokens[way.token].text, 20)}”, token {way.token}")


def _heading(axes, y: float, text: str) -> float:
    write(axes, 0.45, y - 0.2, text, bold=True, across="left")
    return y - ROW


def _remark(axes, y: float, text: str) -> float:
    write(axes, 0.45, y - 0.18, text, size=9, across="left", lit=False)
    return y - ROW


def _end(axes, y: float, way: Way) -> float:
    last = len(way.tower.blocks) - 1
    return y if way.layer == last else _remark(axes, y, f"… {_left_out(way.layer + 1, last)} …")


def _left_out(first: int, last: int) -> str:
    return f"{f'layer {first}' if first == last else f'layers {first} to {last}'} left out"


def _bars_are(way: Way) -> list[str]:
    """What one bar is: of long vectors only some numbers are drawn."""
    vectors = [stage for stage in way.stages if not is_map(stage)]
    sizes = {"a vector": next(stage.values.shape[-1] for stage in vectors if stage.values.ndim == 2)}
    sizes["a head"] = next(stage.values.shape[-1] for stage in vectors if stage.values.ndim == 3)
    if inner := [stage.values.shape[-1] for stage in vectors if stage.name == "feed-forward inner"]:
        sizes["feed-forward, inside"] = inner[0]
    parts = []
    for what, size in sizes.items():
        step = -(-size // CELLS[3 if what == "a head" else 2])
        parts.append(f"{'each' if step == 1 else f'every {_th(step)}'} of {size:,} in {what}")
    lines = [f"A bar is one number: {', '.join(parts[:2])}", *parts[2:]]
    return [", and ".join(lines) + "."] if len(", and ".join(lines)) < 84 else [f"{lines[0]},", f"and {lines[1]}."]


def _th(number: int) -> str:
    ending = "th" if number // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _stage(axes, y: float, way: Way, stage: Stage) -> float:
    title, _, role = way.words(stage)
    middle, colour = y - ROW / 2, COLOURS[role]
    if stage.name.endswith(("residual", "sum")):  # here something is added to the stream
        axes.plot([STREAM], [middle], marker="o", markersize=13, color=PAPER, markeredgecolor=INK)
        write(axes, STREAM, middle, "+", bold=True)
    rectangle(axes, 0.45, middle - 0.1, 0.09, 0.2, colour)
    if is_scaled(way.block, stage):
        title = f"{title} (× {way.block.scaling:.3g})"
    write(axes, 0.62, middle, title, size=9, across="left")
    size = " × ".join(map(str, stage.values.shape))
    write(axes, WIDTH - 0.02, middle, size, size=9, across="right", lit=False)
    numbers = way.row(stage)
    if is_map(stage):
        _pairs(axes, middle, way, stage, numbers, colour)
    else:
        _bars(axes, middle, thinned(numbers, CELLS[stage.values.ndim]), CELLS[stage.values.ndim], colour)
    return y - ROW


def _bars(axes, middle: float, numbers, room: int, colour) -> None:
    """Numbers as bars that stand up from a line or hang from it."""
    from matplotlib.collections import PolyCollection

    each, most = (RIGHT - LEFT) / room, np.abs(numbers).max() or 1
    axes.plot([LEFT, LEFT + each * len(numbers)], [middle, middle], color=MUTED, linewidth=0.6)
    lefts, tops = LEFT + each * (np.arange(len(numbers)) + 0.1), middle + 0.155 * numbers / most
    corners = [
        [(x, middle), (x, top), (x + 0.8 * each, top), (x + 0.8 * each, middle)]
        for x, top in zip(lefts, tops, strict=True)
    ]
    axes.add_collection(PolyCollection(corners, facecolors=colour, edgecolors=INK, linewidths=0.3))


def _keys(axes, y: float, way: Way, stage: Stage) -> float:
    """The names of the tokens that are looked at, above what they get."""
    cross, keys, each = stage.name.startswith("cross"), way.keys(stage), (RIGHT - LEFT) / KEYS
    count = stage.values.shape[-1]
    text = "The token looks at" if len(keys) == count else f"{KEYS} of {count}, most looked at"
    write(axes, 0.62, y - 0.2, text, size=9, across="left", lit=False)
    for place, (i, name) in enumerate(keys):
        itself = i == way.token and not cross
        write(axes, LEFT + (place + 0.5) * each, y - 0.22, label(name, 6), size=9, bold=itself)
    return y - ROW


def _pairs(axes, middle: float, way: Way, stage: Stage, numbers, colour) -> None:
    """One number for each token that is looked at."""
    each, weights = (RIGHT - LEFT) / KEYS, stage.name.endswith("weights")
    for place, (i, _) in enumerate(way.keys(stage)):
        left = LEFT + place * each + 0.02
        rectangle(axes, left, middle - 0.14, each - 0.04, 0.28, tint(PALE, 0.4), "none")
        if weights:
            rectangle(axes, left, middle - 0.14, each - 0.04, 0.28 * float(numbers[i]), tint(colour, 0.5))
        text = f"{numbers[i]:.2f}" if abs(numbers[i]) < 100 else f"{numbers[i]:.0f}"
        if stage.name.endswith("mask"):
            text = _seen(numbers[i])
        elif not numbers[i]:  # only what is hidden gets a weight of exactly 0
            text = "0"
        write(axes, left + each / 2 - 0.02, middle, text.replace("-0.00", "0.00"), size=9)


def _seen(number: float) -> str:
    """What a number of a mask means: it is added to a score, so 0 changes nothing."""
    return "hidden" if number < -1e4 else "sees"


def _guesses(axes, y: float, way: Way) -> None:
    """What the model would say if it ended after some of the layers, the first and the last among them."""
    after = way.tower.guesses
    layers = sorted({round(i * (len(after) - 1) / (BOXES - 1)) for i in range(BOXES)})
    y = _heading(axes, y, "The likeliest token, if the model ended there")
    each = (WIDTH - 0.45) / len(layers)
    for place, layer in enumerate(layers):
        text, share = after[layer][way.token][0]
        left = 0.45 + place * each
        colour = tint(COLOURS["answer"], 0.1 + 0.6 * float(share))
        rectangle(axes, left, y - 0.77, each - 0.06, 0.77, colour, MUTED, 0.6)
        when = f"after\nlayer {layer - 1}" if layer else "before\nlayer 0"
        lines = [when, label(text, 11), f"{100 * share:.0f} %"]
        write(axes, left + each / 2 - 0.03, y - 0.385, "\n".join(lines), size=9)


# --- the same in words ----------------------------------------------------------------------------------------


def _told(way: Way) -> str:
    token = way.tower.tokens[way.token]
    text = f"The way of “{readable(token.text)}” through layer {way.layer} of {way.run.model}, head {way.head}: "
    text += ", ".join(dict.fromkeys(way.words(stage)[0].lower() for stage in way.stages)) + "."
    stage = next(stage for stage in way.block.stages if stage.name.endswith("weights"))
    weights = way.row(stage)
    best = int(weights.argmax())
    keys = way.run.towers[0].tokens if stage.name.startswith("cross") else way.tower.tokens
    text += f" The token looks most at “{readable(keys[best].text)}”, with the weight {weights[best]:.2f}."
    if way.tower.guesses:
        guess, share = way.tower.guesses[-1][way.token][0]
        text += f" After the last layer the likeliest token is “{readable(guess)}”, with {100 * share:.0f} percent."
    return text


def _table(way: Way) -> Table:
    """Each stage with its shape, the first three of the token's numbers, and what happens there."""
    caption = (
        f"“{readable(way.tower.tokens[way.token].text)}” (token {way.token}) in layer {way.layer}, head {way.head}: "
        "each step with the first three of the token's numbers"
    )
    rows, last = [], len(way.tower.blocks) - 1
    for stage in way.stages:
        tell = _seen if stage.name.endswith("mask") else "{:.3g}".format
        shape, numbers = " × ".join(map(str, stage.values.shape)), ", ".join(map(tell, way.row(stage)[:3]))
        title, says, _ = way.words(stage)
        rows.append((title, shape, numbers, says))
    first = len(way.tower.before)
    gaps = {first + len(way.inside): (way.layer + 1, last), first: (0, way.layer - 1)}  # from the end: places stay
    for place, (low, high) in gaps.items():
        if low <= high:
            rows.insert(place, (_left_out(low, high), "…", "…", "the same steps"))
    return Table(caption, ("step", "shape", "first three numbers", "what happens"), rows)
