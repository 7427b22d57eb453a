"""What learns and what stays: `ways`, a model three times with its weights to scale, and `low_rank`, LoRA's two strips.

Areas are numbers of weights, so that the eye can compare them. Counts come from the sizes of an encoder such as
MiniLM; `tests/test_pictures_learning.py` compares them with the model and with peft.
"""

from ...describing import describe, is_a
from ...errors import CourseError
from ..figures import Figure, Table, show
from ..style import COLOURS, HATCHES, INK, PAPER, WIDTH, canvas, keep_width, plain_style, tint, write

HIDDEN, INNER, LAYERS, VOCABULARY, PLACES, LABELS = 384, 1536, 6, 30_522, 512, 2  # of MiniLM, with two labels
_TALL, _WIDE = 3.1, 1.4  # inches of a model in the picture
_BLOCKS = 24  # rows and columns of the pattern in the square, in place of 384


def counts(rank: int = 8) -> dict[str, int]:
    """How many weights each part has: embeddings, one layer, the pooler, the head, and LoRA's strips of one layer."""
    norm = 2 * HIDDEN
    layer = 4 * (HIDDEN * HIDDEN + HIDDEN) + 2 * HIDDEN * INNER + INNER + HIDDEN + 2 * norm
    return {
        "embeddings": (VOCABULARY + PLACES + 2) * HIDDEN + norm,
        "layer": layer,
        "pooler": HIDDEN * HIDDEN + HIDDEN,
        "head": HIDDEN * LABELS + LABELS,
        "strips": rank * (4 * 2 * HIDDEN + 2 * (HIDDEN + INNER)),  # of one layer: four square matrices, two long ones
        "pooler strips": rank * 2 * HIDDEN,
    }


def ways(rank: int = 8) -> Figure:
    """Three models side by side, to scale: a head, LoRA and all weights, grey where frozen, coloured where trained."""
    size = counts(rank)
    body = size["embeddings"] + LAYERS * size["layer"] + size["pooler"]
    lora = LAYERS * size["strips"] + size["pooler strips"] + size["head"]
    learns = {"a head": size["head"], "LoRA": lora, "all weights": body + size["head"]}
    per_inch = body / _TALL  # weights in an inch of height
    with plain_style():
        figure, axes = canvas(WIDTH, _TALL + 1.25)
        for number, (name, many) in enumerate(learns.items()):
            left = 1.2 + number * 2.1
            y = 0.42
            for part, where in [("embeddings", ""), *(("layer", str(i)) for i in range(LAYERS)), ("pooler", "")]:
                high = size[part] / per_inch
                _part(axes, left, y, high, trained=name == "all weights")
                if name == "LoRA" and part == "layer":
                    strip = _WIDE * size["strips"] / size["layer"]
                    _fill(axes, left + _WIDE / 2 - strip / 2, y, strip, high, "trained")
                if number == 0 and part != "pooler":
                    write(axes, left - 0.12, y + high / 2, f"{part} {where}".strip(), across="right", size=9)
                y += high
            axes.plot([left, left + _WIDE], [y + 0.05, y + 0.05], color=COLOURS["trained"], linewidth=1.6)
            if number == 0:
                write(axes, left - 0.12, y + 0.18, "head", across="right", size=9)
                write(axes, left - 0.12, y + 0.03, "pooler", across="right", size=9)
            write(axes, left + _WIDE / 2, y + 0.54, name, bold=True, size=11)
            write(axes, left + _WIDE / 2, y + 0.28, f"{many:,} learn")
        for x, role in ((2.5, "frozen"), (3.9, "trained")):
            _fill(axes, x, 0.08, 0.26, 0.2, role, edge=INK)
            write(axes, x + 0.36, 0.18, role, size=9.5, across="left")
        rows = [(name, f"{many:,}", f"{many / (body + size['head']):.3%}") for name, many in learns.items()]
        table = Table("How many weights learn", ("way", "weights that learn", "as a share of the model"), rows)
        said = "; ".join(f"{name}: {many:,} weights learn" for name, many in learns.items())
        alt = f"MiniLM three times, area to scale, from the embeddings up to the head. {said}; all others are frozen."
        alt += " For a head only a line on top is coloured, for LoRA a narrow strip in each layer too."
        return show(figure, alt=alt, table=table, folded=True)


def low_rank(rank: int = 8, rows: int = HIDDEN, columns: int = HIDDEN) -> Figure:
    """A frozen matrix, and beside it the square that LoRA's two strips make; the strips stand at its edges, to scale.

    The pattern is that of two random strips: with rank 1 each row of the square is the same row, larger or smaller.
    """
    if not is_a(rank, int) or not 1 <= rank <= min(rows, columns):
        raise CourseError(f"The rank is a whole number from 1 to {min(rows, columns)}; it is {describe(rank)}.")
    import numpy as np

    inch = 2.1 / max(rows, columns)  # inches for each row or column
    wide, high, thin = columns * inch, rows * inch, rank * inch
    frozen, learning = rows * columns, rank * (rows + columns)
    random = np.random.default_rng(3)
    b, a = random.normal(size=(_BLOCKS, rank)), random.normal(size=(rank, _BLOCKS))
    with plain_style():
        figure, axes = canvas(WIDTH, 3.55)
        keep_width(figure)
        low, left = 0.45, 4.0  # of the square at the right
        middle = low + high / 2
        _fill(axes, 0.3, low, wide, high, "frozen")
        write(axes, 0.3 + wide / 2, middle, "W", size=16, bold=True)
        write(axes, 0.3 + wide / 2, 0.2, f"{rows} × {columns}: {frozen:,} frozen", size=9.5)
        write(axes, 2.85, middle, "+", size=18)
        _pattern(axes, left, low, wide, high, b @ a)
        _pattern(axes, left - 0.1 - thin, low, thin, high, b)
        _pattern(axes, left, low + high + 0.1, wide, thin, a)
        _plate(axes, left + wide / 2, middle)
        write(axes, left + wide / 2, middle, "B × A", size=15, bold=True)
        write(axes, left - 0.2 - thin, middle, "B", size=12, bold=True, across="right")
        write(axes, left + wide + 0.1, low + high + 0.1 + thin / 2, "A", size=12, bold=True, across="left")
        write(axes, left + wide / 2, 0.2, f"{rows} × {columns}: made of {learning:,}", size=9.5)
        told = f"rank {rank}: {learning:,} numbers learn, {learning / frozen:.1%} of {frozen:,}"
        write(axes, 0.3, 3.38, told, size=11, across="left")
        table = Table("LoRA beside one matrix", ("what", "shape", "numbers"), [
            ("W, frozen", f"{rows} × {columns}", f"{frozen:,}"),
            ("B, trained", f"{rows} × {rank}", f"{rows * rank:,}"),
            ("A, trained", f"{rank} × {columns}", f"{rank * columns:,}"),
        ])  # fmt: skip
        alt = "To scale: a grey square W, plus a square as large that is the product of an upright strip B at its "
        alt += f"left and a flat strip A on top of it; {told}."
        return show(figure, alt=alt, table=table, folded=True)


def _plate(axes, x, y):
    """A white ground for a short text on a pattern."""
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((x - 0.36, y - 0.17), 0.72, 0.34, facecolor=PAPER, edgecolor="none"))


def _pattern(axes, x, y, width, height, numbers):
    """Numbers as light and dark, from pale to the colour of what is trained."""
    from matplotlib.colors import LinearSegmentedColormap

    shades = LinearSegmentedColormap.from_list("trained", [tint(COLOURS["trained"], 0.12), COLOURS["trained"]])
    extent, limits = (x, x + width, y, y + height), (axes.get_xlim(), axes.get_ylim())
    axes.imshow(numbers, cmap=shades, extent=extent, aspect="auto", interpolation="nearest")
    axes.set(xlim=limits[0], ylim=limits[1])


def _part(axes, left, y, high, *, trained: bool):
    _fill(axes, left, y, _WIDE, high, "trained" if trained else "frozen", edge=INK)


def _fill(axes, x, y, width, height, role, edge="none"):
    """A plain area, hatched where it is frozen."""
    from matplotlib.patches import Rectangle

    colour = COLOURS[role]
    hatch = HATCHES.get(role)
    inside = tint(colour, 0.6) if hatch else colour
    axes.add_patch(Rectangle((x, y), width, height, facecolor=inside, edgecolor=colour, linewidth=0, hatch=hatch))
    if edge != "none":
        axes.add_patch(Rectangle((x, y), width, height, fill=False, edgecolor=edge, linewidth=0.7))
