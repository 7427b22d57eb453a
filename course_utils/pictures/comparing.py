"""Pictures that compare: bars side by side, a table of similarities as a heat map, before and after, and curves.

Each returns a `Figure` with its own alternative text and a folded table. `charts` has the plain ones.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby

from ..describing import attempt, describe
from ..errors import CourseError
from .figures import Figure, Table, label, readable, show
from .style import ACCENT, COLOURS, INK, MUTED, PALE, WIDTH, keep_width, plain_style

_LINES = ((ACCENT, "-", "o"), (COLOURS["decoder"], "--", "s"), (COLOURS["value"], ":", "^"))


def side_by_side(groups: Mapping[str, Mapping[str, float]], *, lit=None, axis: str = "probability") -> Figure:
    """Two or three charts of bars beside each other, on one scale, so that their lengths can be compared.

    Args:
        groups: for each chart its title and its bars, `{label: number}`.
        lit: the labels in the accent colour, in all charts; the others are pale. None: all have it.
    """
    bars = attempt(lambda: {str(title): {str(k): float(v) for k, v in one.items()} for title, one in groups.items()})
    if not bars or not 1 < len(bars) < 4 or not all(bars.values()):
        raise CourseError(f"side_by_side() expects two or three dictionaries of bars; it got {describe(groups)}.")
    limit = max(value for one in bars.values() for value in one.values()) * 1.25
    chosen = {name for one in bars.values() for name in one} if lit is None else set(lit)
    with plain_style():
        figure, frames = _frames(0.85 + 0.32 * max(map(len, bars.values())), len(bars), above=0.3)
        for axes, (title, one) in zip(frames, bars.items(), strict=True):
            colours = [ACCENT if name in chosen else PALE for name in one]
            axes.barh(range(len(one)), one.values(), color=colours, edgecolor=MUTED, linewidth=0.8, height=0.66)
            axes.set_yticks(range(len(one)), [label(name, 18) for name in one], parse_math=False)
            axes.set(xlim=(0, limit), ylim=(len(one) - 0.45, -0.55), xlabel=axis)
            axes.set_title(label(title, 44), loc="left", fontsize=10, parse_math=False)
            for row, value in enumerate(one.values()):
                axes.text(value, row, f" {_two(value)}", va="center")
    rows = [(title, name, _two(value)) for title, one in bars.items() for name, value in one.items()]
    said = "; ".join(
        f"{readable(title)}: {', '.join(f'{readable(k)} {_two(v)}' for k, v in one.items())}"
        for title, one in bars.items()
    )
    table = Table(axis, ("chart", "label", axis), rows)
    return show(figure, alt=f"Bars side by side. {said}.", table=table, folded=True)


def _two(value: float) -> str:
    """Two decimals; what is small but not 0 must not look like 0."""
    return "<0.01" if 0 < value < 0.005 else f"{value:.2f}"


def heat_map(names: Sequence[str], numbers) -> Figure:
    """A square table of similarities, one row and one column for each name: the darker, the more alike."""
    import numpy as np

    names, table = [str(name) for name in names], attempt(lambda: np.asarray(numbers, float).round(2) + 0.0)
    if table is None or table.shape != (len(names), len(names)) or not names:
        raise CourseError(f"heat_map() expects a row and a column for each name; it got {describe(numbers)}.")
    with plain_style():
        left = 0.3 + 0.078 * max(map(len, names))
        figure, (axes,) = _frames(0.4 + 0.36 * len(names), 1, left=left, below=0.1, above=0.3)
        axes.imshow(np.clip(table, 0, 1), cmap="Blues", vmin=0, vmax=1.15, aspect="auto")
        numbered = [f"{label(name, 40)}  {i}" for i, name in enumerate(names)]
        axes.set_yticks(range(len(names)), numbered, parse_math=False)
        axes.set_xticks(range(len(names)))
        axes.xaxis.tick_top()
        for (i, j), value in np.ndenumerate(table):
            ink = "white" if value > 0.7 else INK
            axes.text(j, i, f"{value:.2f}", ha="center", va="center", color=ink, fontsize=9)
    rows = [(name, *(f"{value:.2f}" for value in row)) for name, row in zip(names, table, strict=True)]
    np.fill_diagonal(table := table.copy(), -np.inf)
    best = "; ".join(f"row {i}, {name}: {row.argmax()}" for i, (name, row) in enumerate(zip(names, table, strict=True)))
    shown = Table("similarities", ("text", *(str(i) for i in range(len(names)))), rows)
    alt = f"A table of {len(names)} rows and columns. In each row the darkest beside the diagonal is, in {best}."
    return show(figure, alt=alt, table=shown, folded=True)


def shifts(kinds: Sequence[str], before: Sequence[float], after: Sequence[float], *, axis: str, line: float) -> Figure:
    """An arrow for each text, from a number before to the number after, in columns like those of `answer_squares`.

    Args:
        kinds: the kind of each text; texts of one kind should stand together.
        axis: what the numbers are, from 0 to 1.
        line: a dashed line across all columns.
    """
    pairs = attempt(lambda: [(float(a), float(b)) for a, b in zip(before, after, strict=True)])
    if not pairs or len(kinds) != len(pairs):
        raise CourseError("shifts() expects a kind, a number before and a number after for each text.")
    with plain_style():
        figure, (axes,) = _frames(2.9, 1, left=0.65, below=0.35)
        axes.axhline(line, color=INK, linestyle="--", linewidth=1)
        start = 0
        for number, (kind, same) in enumerate(groupby(kinds)):
            many = len(list(same))
            colour = COLOURS.get(kind, _LINES[number % 3][0])
            for x in range(start, start + many):
                style = {"arrowstyle": "-|>", "color": colour, "linewidth": 2, "shrinkA": 0, "shrinkB": 0}
                axes.plot(x, pairs[x][0], "o", color=colour, markersize=4)
                axes.annotate("", xy=(x, pairs[x][1]), xytext=(x, pairs[x][0]), arrowprops=style)
            axes.text(start + (many - 1) / 2, -0.06, f"{label(kind, 20)} texts", ha="center", va="top")
            start += many
        axes.set(xlim=(-0.7, len(pairs) - 0.3), ylim=(0, 1.02), xticks=[], ylabel=axis)
    up = sum(b > a for a, b in pairs)
    rows = [(str(i + 1), str(kinds[i]), f"{a:.2f}", f"{b:.2f}") for i, (a, b) in enumerate(pairs)]
    table = Table(axis, ("text", "kind", "before", "after"), rows)
    alt = f"An arrow for each of {len(pairs)} texts, from {axis} before to after: {up} go up. A line at {line:g}."
    return show(figure, alt=alt, table=table, folded=True)


def curves(
    lines: Mapping[str, Mapping[float, float]], *, across: str, up: str, marks: Mapping[str, float] | None = None
):
    """One to three curves through points `{x: y}`, y from 0 to 1; `across` names x, `up` y; `marks` are x, dashed."""
    drawn = attempt(lambda: {str(k): sorted((float(x), float(y)) for x, y in v.items()) for k, v in lines.items()})
    if not drawn or len(drawn) > 3 or not all(drawn.values()):
        raise CourseError(f"curves() expects one to three dictionaries of points; it got {describe(lines)}.")
    with plain_style():
        figure, (axes,) = _frames(2.9, 1, left=0.6, below=0.55)
        for (name, points), (colour, dash, sign) in zip(drawn.items(), _LINES, strict=False):
            xs, ys = zip(*points, strict=True)
            axes.plot(xs, ys, dash, marker=sign, color=colour, linewidth=2, label=label(name, 40))
        for name, x in (marks or {}).items():
            axes.axvline(x, color=INK, linestyle="--", linewidth=1.2)
            axes.text(x, 0.97, f" {label(name, 40)}", va="top", fontsize=9)
        axes.set(ylim=(0, 1.02), xlabel=across, ylabel=up)
        if len(drawn) > 1:
            axes.legend(frameon=False)
    rows = [(name, f"{x:g}", f"{y:.2f}") for name, points in drawn.items() for x, y in points]
    said = "; ".join(f"{name}: {', '.join(f'{y:.2f} at {x:g}' for x, y in points)}" for name, points in drawn.items())
    lined = "".join(f" A line at {x:g}: {name}." for name, x in (marks or {}).items())
    table = Table(across, ("curve", across, up), rows)
    return show(figure, alt=f"Curves of {up} over {across}. {said}.{lined}", table=table, folded=True)


def _frames(height: float, many: int, *, left: float = 0.95, below: float = 0.5, above: float = 0.1):
    """A figure as wide as a page with `many` plots in a row; the margins are inches, `left` is for labels."""
    from matplotlib.figure import Figure as Drawing

    figure = Drawing(figsize=(WIDTH, height), dpi=100)
    keep_width(figure)
    each, frames = WIDTH / many, []
    for number in range(many):
        start, size = (number * each + left) / WIDTH, (each - left - 0.1) / WIDTH
        axes = figure.add_axes([start, below / height, size, 1 - (below + above) / height])
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(length=0)
        frames.append(axes)
    return figure, frames
