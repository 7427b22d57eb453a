"""`effects`: a dot for a measured difference, a line between the ends of its interval, and zero to compare with."""

from collections.abc import Mapping

from ...describing import attempt, describe
from ...errors import CourseError
from ..figures import Figure, Table, label, show
from ..style import ACCENT, INK, MUTED, WIDTH, keep_width, plain_style


def effects(found: Mapping[str, tuple[float, float, float]], *, axis: str) -> Figure:
    """Differences with the low and the high end of their intervals: `{name: (effect, low, high)}`.

    Args:
        axis: what the numbers are.
    """
    from math import isfinite

    from matplotlib.figure import Figure as Drawing

    rows = attempt(lambda: [(str(name), *map(float, numbers)) for name, numbers in found.items()])
    if not rows or any(len(row) != 4 or not all(map(isfinite, row[1:])) for row in rows):
        raise CourseError(f"effects() expects {{name: (effect, low, high)}}, all finite; it got {describe(found)}.")
    height, left = 0.95 + 0.42 * len(rows), 0.3 + 0.085 * max(min(len(row[0]), 32) for row in rows)
    with plain_style():
        figure = Drawing(figsize=(WIDTH, height), dpi=100)
        keep_width(figure)
        axes = figure.add_axes([left / WIDTH, 0.5 / height, 0.98 - left / WIDTH, 1 - 0.82 / height])
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(length=0)
        axes.axvline(0, color=INK, linestyle="--", linewidth=1.2)
        for place, (_, effect, low, high) in enumerate(rows):
            axes.plot([low, high], [place, place], color=ACCENT, linewidth=3, solid_capstyle="butt")
            axes.plot(effect, place, "o", color=ACCENT, markersize=9)
            told = f"  {effect:.1f}, from {low:.1f} to {high:.1f}"
            axes.text(max(high, 0), place, told, va="center")
        start, end = min(0, *(row[2] for row in rows)), max(0, *(row[3] for row in rows))
        wide = max(end - start, 1e-6)
        axes.set(xlim=(start - 0.12 * wide, end + 0.75 * wide), ylim=(len(rows) - 0.5, -0.5))
        axes.set_xlabel(axis, parse_math=False)
        axes.set_yticks(range(len(rows)), [label(row[0], 32) for row in rows], parse_math=False)
        axes.text(0, -0.55, " no difference", color=MUTED, fontsize=9.5, va="bottom")
        shown = [(name, *(f"{number:.2f}" for number in numbers)) for name, *numbers in rows]
        said = "; ".join(f"{name}: {effect}, from {low} to {high}" for name, effect, low, high in shown)
        table = Table(axis, ("", "effect", "low end", "high end"), shown)
        alt = f"Dots with lines from low to high. {said}. 0 is no difference."
        return show(figure, alt=alt, table=table, folded=True)
