"""Many words at once: in a world without any bias, how often does at least one word look sure?"""

from ...describing import describe, is_a
from ...errors import CourseError
from ..figures import Figure, Table, show
from ..style import COLOURS, INK, MUTED, PALE, plain_style
from .chance_hill import panels

MOST, _SHOWN, _TRIES = 40, 20, 1_000


def corrected(p):
    """Holm's correction of each row of `p`, `[tries, words]`."""
    import numpy as np

    order = p.argsort(axis=1)
    steps = np.take_along_axis(p, order, axis=1) * np.arange(p.shape[1], 0, -1)
    steps = np.maximum.accumulate(steps, axis=1).clip(max=1)
    found = np.empty_like(p)
    np.put_along_axis(found, order, steps, axis=1)
    return found


def luckiest(words: int = 20, holm: bool = False) -> Figure:
    """Twenty tables of `words` p-values that chance alone has made, a row each, and a count over 1,000 such tables.

    The tables are the same every time; more words are added at their end.
    """
    import numpy as np

    if not is_a(words, int) or is_a(words, bool) or not 1 <= words <= MOST:
        raise CourseError(f"luckiest() expects 1 to {MOST} words; it got {describe(words)}.")
    if not is_a(holm, bool):
        raise CourseError(f"luckiest() expects True or False for holm; it got {describe(holm)}.")
    p = np.random.default_rng(11).random((_TRIES, MOST))[:, :words]
    p = corrected(p) if holm else p
    winners = (p < 0.05).any(axis=1)
    with plain_style():
        figure, (axes,) = panels((3.3,), left=0.75)
        axes.axvspan(0.0003, 0.05, color=PALE, alpha=0.6, linewidth=0)
        axes.axvline(0.05, color=INK, linestyle="--", linewidth=1.2)
        for row in range(_SHOWN):
            far = p[row] < 0.05
            axes.plot(p[row][~far], [row] * (~far).sum(), "|", color=MUTED, markersize=7)
            axes.plot(p[row][far], [row] * far.sum(), "o", color=COLOURS["decoder"], markersize=7)
        axes.set(xscale="log", xlim=(0.0003, 1.15), ylim=(_SHOWN - 0.3, -0.8))
        ticks = [0.001, 0.01, 0.05, 0.2, 1]
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.minorticks_off()
        axes.set_yticks([0, 4, 9, 14, 19], ["table 1", "5", "10", "15", "20"], fontsize=9)
        whose = "p, corrected by Holm" if holm else "p of each word"
        axes.set_xlabel(f"{whose}; all is luck (this axis is stretched on the left)")
        shown = int(winners[:_SHOWN].sum())
        told = f"{shown} of these 20 tables hold a p below 0.05; of 1,000 tables {winners.sum():,} do"
        axes.set_title(told, loc="left", fontsize=10, weight="bold")
        what = f"Twenty rows of {words} p-value{'s' * (words > 1)} from luck alone{', corrected by Holm' * holm}"
        rows = [
            ("words", f"{words}"),
            ("corrected", "yes" if holm else "no"),
            ("tables with a false alarm", f"{winners.sum():,} of 1,000"),
        ]
        return show(figure, alt=f"{what}. {told}.", table=Table("Luck alone", ("", "number"), rows), folded=True)
