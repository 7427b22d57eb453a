"""What a model takes: `one_layer`, each weight as a line, and `memory`, its gigabytes in four precisions."""

from ...describing import attempt, describe, is_a
from ...errors import CourseError
from ..figures import Figure, Table, show
from ..style import ACCENT, INK, MUTED, PALE, PAPER, WIDTH, canvas, plain_style, rectangle, tint, write

_BITS = {"float32": 32, "float16, bfloat16": 16, "int8": 8, "int4": 4}
_MOST = 8


def memory(billions: float = 7, laptop: float = 16) -> Figure:
    """The gigabytes that so many billion parameters take in each precision, and which fit into a laptop's memory.

    Above three quarters of the memory they just fit: the system and the text that is worked on need memory, too.
    """
    left, wide, limit = 1.42, 3.95, min(2 * laptop, 66)  # inches before the bars, inches for them, gigabytes at the end
    rows = []
    with plain_style():
        figure, axes = canvas(WIDTH, 2.62)
        write(axes, 0.06, 2.46, f"{billions:g} billion parameters", size=11, across="left")
        edge = left + wide * min(laptop, limit) / limit
        rectangle(axes, left, 0.1, edge - left, 1.92, tint(ACCENT, 0.1))
        axes.plot([edge, edge], [0.1, 2.06], color=INK, linewidth=1.4, linestyle="--")
        write(axes, edge, 2.18, f"{laptop:g} GB of memory", size=9)
        for number, (name, bits) in enumerate(_BITS.items()):
            size, y = billions * bits / 8, 1.6 - 0.47 * number
            fits = "too large" if size >= laptop else "fits, barely" if size > 0.75 * laptop else "fits"
            colour = {"too large": PALE, "fits, barely": tint(ACCENT, 0.55), "fits": ACCENT}[fits]
            rectangle(axes, left, y, wide * min(size, limit) / limit, 0.32, colour, MUTED)
            if size > limit:  # a bar that goes on beyond the picture
                write(axes, left + wide - 0.16, y + 0.16, "»", size=13, bold=True)
            write(axes, left - 0.08, y + 0.16, name, across="right")
            said = f"{size:.3g} GB"
            write(axes, WIDTH - 1.52, y + 0.16, said, across="left", bold=True)
            write(axes, WIDTH - 0.76, y + 0.16, fits, across="left")
            rows.append((name, said, fits))
        alt = f"{billions:g} billion parameters and {laptop:g} GB of memory. "
        alt += "; ".join(f"{name}: {size}, {fits}" for name, size, fits in rows) + "."
        table = Table(f"{billions:g} billion parameters", ("precision", "weights", f"in {laptop:g} GB"), tuple(rows))
        return show(figure, alt=alt, table=table, folded=True)


def one_layer(layer, lit: int = 0) -> Figure:
    """A linear layer: its inputs and outputs joined by lines, one for each weight, and beside them its two tensors.

    Args:
        layer: a `torch.nn.Linear` with up to 8 inputs and outputs, and a bias.
        lit: the output, counted from 0, whose weights are in the accent colour.

    Raises:
        CourseError: it is no such layer, or there is no such output.
    """
    outputs, inputs = attempt(lambda: tuple(layer.weight.shape)) or (0, 0)
    if not (0 < inputs <= _MOST and 0 < outputs <= _MOST) or attempt(lambda: layer.bias.numel()) != outputs:
        raise CourseError(f"one_layer() expects a small linear layer with a bias; it got {describe(layer)}.")
    if not (is_a(lit, int) and 0 <= lit < outputs):
        raise CourseError(f"lit is one of the outputs, 0 to {outputs - 1}; it is {describe(lit)}.")
    step, side = 0.4, 0.34
    height = step * max(inputs, outputs) + 1.05
    middle = height / 2 + 0.06
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        left, right = _column(0.75, inputs, middle, step), _column(2.55, outputs, middle, step)
        for number, (x, y) in enumerate(right):
            colour, thick = (ACCENT, 2.2) if number == lit else (tint(MUTED, 0.55), 1.0)
            for a, b in left:
                axes.plot([a, x], [b, y], color=colour, linewidth=thick, zorder=2 if number == lit else 1)
        for number, (x, y) in enumerate([*left, *right]):
            on = number - inputs == lit
            axes.plot(x, y, "o", markersize=17, color=ACCENT if on else PAPER, mec=ACCENT if on else INK, zorder=3)
        for x, text in ((0.75, f"{inputs} inputs"), (2.55, f"{outputs} outputs")):
            write(axes, x, height - 0.16, text, bold=True)
        for number, (x, y) in enumerate(left if inputs <= 4 else ()):
            write(axes, x - 0.2, y, f"in{number + 1}", size=9, across="right")
        for x, name, columns in ((3.85, "× weight", inputs), (5.75, "+ bias", 1)):
            for number, (_, y) in enumerate(right):
                for column in range(columns):
                    on = (tint(ACCENT, 0.55), ACCENT) if number == lit else (PAPER, MUTED)
                    rectangle(axes, x + step * column, y - side / 2, side, side, *on)
                    if number == lit:
                        name_in = f"w{column + 1}" if name == "× weight" else "b"
                        write(axes, x + step * column + side / 2, y, name_in, size=9)
            centre = x + (step * columns - step + side) / 2
            shape = f"({outputs}, {inputs})" if name == "× weight" else f"({outputs},)"
            write(axes, centre, height - 0.16, name, bold=True)
            write(axes, centre, 0.32, f"{shape}\n{outputs * columns} numbers", size=9.5)
        write(axes, 1.65, 0.32, f"{inputs} × {outputs} lines,\none for each weight", size=9.5)
        rows = (
            ("weight", f"({outputs}, {inputs})", str(outputs * inputs)),
            ("bias", f"({outputs},)", str(outputs)),
        )
        alt = (
            f"{inputs} inputs, each joined to {outputs} outputs by a line: {inputs * outputs} lines. One output and "
            f"its {inputs} lines are lit. Times a table of {outputs} rows with {inputs} cells, the weight, plus a "
            f"column of {outputs} cells, the bias. In each, the row of the lit output is lit: w1 to w{inputs}, and b."
        )
        table = Table("The tensors of the layer", ("tensor", "shape", "numbers"), rows)
        return show(figure, alt=alt, table=table, folded=True)


def _column(x: float, count: int, middle: float, step: float) -> list[tuple[float, float]]:
    return [(x, middle + step * ((count - 1) / 2 - number)) for number in range(count)]
