"""`intervals`: shares of right answers as dots, each on the line of what the true share may be."""

import math
from collections.abc import Mapping

from ..describing import attempt, describe, is_a
from ..errors import CourseError
from .figures import Figure, Table, label, show
from .style import ACCENT, INK, MUTED, WIDTH, keep_width, plain_style


def intervals(right: Mapping[str, int], of: int = 100, *, title: str = "", guessing: float | None = 0.5) -> Figure:
    """A dot for each share of right answers, on a line: its 95 % interval by Wilson's formula (exercise 7.2).

    Args:
        right: how many answers were right, `{name: number}`.
        of: how many questions there were.
        guessing: the share that guessing gives, a dashed line; None leaves it out.
    """
    found = attempt(lambda: {str(name): int(number) for name, number in right.items()})
    if not found or not is_a(of, int) or not all(0 <= number <= of for number in found.values()):
        raise CourseError(f"intervals() expects right answers of {describe(of)}, by name; it got {describe(right)}.")
    with plain_style():
        from matplotlib.figure import Figure as Drawing

        height = 1.05 + 0.42 * len(found)
        figure = Drawing(figsize=(WIDTH, height), dpi=100)
        keep_width(figure)
        start = (0.25 + 0.085 * max(map(len, found))) / WIDTH
        axes = figure.add_axes([start, 0.5 / height, 0.97 - start, 1 - 0.85 / height])
        rows = []
        for row, (name, number) in enumerate(found.items()):
            low, high = wilson(number, of)
            axes.plot([low, high], [row, row], color=MUTED, linewidth=5, alpha=0.5, solid_capstyle="butt")
            axes.plot(number / of, row, "o", color=ACCENT, markersize=10)
            axes.text(high + 0.012, row, f"{number} of {of}", va="center", fontsize=10, color=INK)
            rows.append((name, f"{number} of {of}", f"{low:.0%} to {high:.0%}"))
        axes.set_yticks(range(len(found)), [label(name, 32) for name in found], parse_math=False)
        axes.set(
            ylim=(len(found) - 0.4, -0.6), xlim=(0.4, 1.13), xlabel="share of right answers, with its 95 % interval"
        )
        axes.set_xticks([0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
        if guessing is not None:
            axes.axvline(guessing, color=INK, linestyle="--", linewidth=1.2)
            axes.text(guessing, -0.5, " guessing", fontsize=9, color=INK, va="top")
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines["bottom"].set_bounds(0.4, 1.0)  # a share ends at 1; what is to the right is room for the texts
        axes.tick_params(length=0)
        figure.text(
            0.01, 1 - 0.18 / height, label(title, 90) if title else "", fontsize=11, color=INK, parse_math=False
        )
        said = "; ".join(f"{name} {count}, interval {between}" for name, count, between in rows)
        table = Table(title or "Right answers", ("which", "right", "95 % interval"), rows)
        return show(figure, alt=f"{title or 'Right answers'}. {said}.", table=table, folded=True)


def wilson(right: int, total: int) -> tuple[float, float]:
    """The ends of the interval that contains the true share in about 95 of 100 tests (Wilson 1927)."""
    z, share = 1.96, right / total
    middle, half = share + z * z / (2 * total), z * math.sqrt(share * (1 - share) / total + (z / total) ** 2 / 4)
    return (middle - half) / (1 + z * z / total), (middle + half) / (1 + z * z / total)
