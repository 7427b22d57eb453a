"""Effects, a row each: `draws`, many trainings with the pairs of each, and `effects`, numbers with their intervals."""

from math import inf

from ...describing import attempt, describe
from ...errors import CourseError
from ..figures import Figure, Table, label, show
from ..likelier import told
from ..style import ACCENT, COLOURS, INK, MUTED, plain_style
from .chance_hill import panels, plainly, times_axis


def draws(found, groups=("women", "men"), *, each: str = "a pair") -> Figure:
    """A row for each model: a hollow dot for each number, and a line at their mean.

    Args:
        found: `{model: differences}`, differences of logarithms of odds, first group minus second.
        each: what a dot is.
    """
    import numpy as np

    rows = attempt(lambda: {str(name): np.array([float(x) for x in values]) for name, values in found.items()})
    if not rows or not all(len(values) and np.isfinite(values).all() for values in rows.values()):
        raise CourseError(f"draws() expects {{model: differences}}, all finite; it got {describe(found)}.")
    reach = 1.08 * max(0.1, *(abs(values).max() for values in rows.values()))
    colour = COLOURS["decoder"]
    with plain_style():
        left = 0.2 + 0.085 * min(32, max(map(len, rows)))
        figure, (axes,) = panels((0.42 * len(rows) + 0.1,), left=left, right=1.5)
        axes.axvline(0, color=INK, linewidth=1)
        for row, values in enumerate(rows.values()):
            many = len(values) > 20
            places = row + (np.arange(len(values)) % (7 if many else 3) - (3 if many else 1)) * (0.09 if many else 0.16)
            ring = {"markerfacecolor": "none", "markeredgecolor": MUTED, "markersize": 3 if many else 6}
            axes.plot([values.mean()] * 2, [row - 0.36, row + 0.36], color=colour, linewidth=4, zorder=1)
            axes.plot(values, places if len(values) > 1 else [row], "o", zorder=2, **ring)
            axes.text(reach, row, f" {told(values.mean(), groups)}", va="center", fontsize=9.5, parse_math=False)
        axes.plot([], [], "o", markerfacecolor="none", markeredgecolor=MUTED, label=each)
        axes.plot([], [], color=colour, linewidth=4, label="mean")
        plainly(axes.legend(loc="lower left", bbox_to_anchor=(0, 0.98), ncols=2, frameon=False, fontsize=9.5))
        axes.set(ylim=(len(rows) - 0.4, -0.6))
        axes.set_yticks(range(len(rows)), [label(name, 32) for name in rows], parse_math=False)
        times_axis(axes, -reach, reach, groups, "higher odds")
        shown = [(n, told(v.mean(), groups), f"{v.min():+.2f} to {v.max():+.2f}") for n, v in rows.items()]
        alt = "A row of dots for each model, a line at the mean: " + "; ".join(f"{n}: {t}" for n, t, _ in shown) + "."
        table = Table("Odds of POSITIVE", ("", "mean", "from … to, in logarithms"), shown)
        return show(figure, alt=alt, table=table, folded=True)


def effects(found, groups) -> Figure:
    """A dot and the line of its interval for each effect; filled where the interval leaves out "equal".

    Args:
        found: `{name: (effect, low, high)}`, natural logarithms, first group minus second.
    """
    rows = attempt(lambda: [(str(name), *map(float, numbers)) for name, numbers in found.items()])
    if not rows or not all(len(row) == 4 and -inf < row[2] <= row[1] <= row[3] < inf for row in rows):
        raise CourseError(f"effects() expects {{name: (effect, low, high)}}, all finite; it got {describe(found)}.")
    reach = 1.15 * max(0.2, *(abs(end) for row in rows for end in row[1:]))
    with plain_style():
        left = 0.2 + 0.082 * min(34, max(len(row[0]) for row in rows))
        figure, (axes,) = panels((0.42 * len(rows) + 0.15,), left=left, right=1.5)
        axes.axvline(0, color=INK, linewidth=1)
        shown = []
        for place, (name, effect, low, high) in enumerate(rows):
            sure = low > 0 or high < 0
            axes.plot([low, high], [place, place], color=ACCENT if sure else MUTED, linewidth=2.5)
            face = ACCENT if sure else "white"
            axes.plot(effect, place, "o", color=ACCENT if sure else MUTED, markerfacecolor=face, markersize=9)
            said = told(effect, groups)
            axes.text(reach, place, f" {said}", va="center", ha="left", fontsize=9.5, parse_math=False)
            shown.append((name, said, f"{told(low, groups)} to {told(high, groups)}", "yes" if sure else "no"))
        axes.set(ylim=(len(rows) - 0.4, -0.6))
        axes.set_yticks(range(len(rows)), [label(row[0], 34) for row in rows], parse_math=False)
        times_axis(axes, -reach, reach, groups, "higher odds")
        alt = "A dot and a line for each effect: " + "; ".join(f"{n}: {t}, interval {i}" for n, t, i, _ in shown) + "."
        header = ("", "effect", "95 % interval", "leaves out equal")
        return show(figure, alt=alt, table=Table("Effects", header, shown), folded=True)
