"""The bootstrap, step by step: some numbers are drawn again, with replacement, and the means pile up."""

from collections import Counter

from ...describing import attempt, describe
from ...errors import CourseError
from ..figures import Figure, Table, show
from ..likelier import told
from ..style import ACCENT, COLOURS, INK, MUTED, plain_style
from .chance_hill import STEPS, hill, is_step, line, panels, times_axis


def redraw(values, step: int = 1, groups=("women", "men")) -> Figure:
    """The numbers, which of them the newest draw took and how often, and the means of all draws so far.

    Args:
        values: differences of natural logarithms, at least 3, and not all equal.
        step: 1 to 11; after the last one there are 2,000 draws. The draws are the same every time.
        groups: the group of a difference above 0, and that of one below.
    """
    import numpy as np

    numbers = attempt(lambda: np.array([float(value) for value in values]))
    good = numbers is not None and len(numbers) >= 3 and np.isfinite(numbers).all() and np.ptp(numbers) > 1e-9
    if not good or not is_step(step):
        raise CourseError(
            f"redraw() expects three numbers or more, not all equal, and a step from 1 to {len(STEPS)}; "
            f"it got {describe(values)} and {describe(step)}."
        )
    count, rng = STEPS[step - 1], np.random.default_rng(7)
    places = rng.integers(len(numbers), size=(STEPS[-1], len(numbers)))
    means = numbers[places].mean(axis=1)
    taken = Counter(places[count - 1].tolist())
    low, high = (f(numbers) + s * 0.12 * np.ptp(numbers) for f, s in ((np.min, -1), (np.max, 1)))
    newest, left_out = means[count - 1], len(numbers) - len(taken)
    with plain_style():
        figure, (top, bottom) = panels((1.55, 1.5))
        _this_draw(top, numbers, taken, low, high)
        line(top, newest, f"mean of this draw: {told(newest, groups)}", left=newest > (low + high) / 2)
        title = f"draw {count:,}:  {left_out} of {len(numbers)} left out, one drawn {max(taken.values())} times"
        top.set_title(title, loc="left", fontsize=10, weight="bold")
        ends, said = _all_draws(bottom, means[:count], low, high, groups)
        alt = f"{len(numbers)} numbers as hollow dots. Draw {count:,} left {left_out} of them out and took others "
        alt += f"twice or more; its mean is {told(newest, groups)}. Below, the means of all draws so far"
        alt += f" form a hill; the middle 95 % go from {said}." if said else "."
        rows = [(f"{value:+.2f}", str(taken[place])) for place, value in enumerate(numbers)]
        rows += [("mean of this draw", f"{newest:+.2f}")]
        rows += [(f"middle 95 % of {count:,} means", f"{ends[0]:+.2f} to {ends[1]:+.2f}")] if said else []
        table = Table(f"Draw {count:,}, in nats", ("number", "how often drawn"), rows)
        return show(figure, alt=alt, table=table, folded=True)


def _this_draw(axes, numbers, taken: Counter, low: float, high: float):
    """Each number as a hollow dot, and above it a full one for each time that the draw took it."""
    heights: Counter = Counter()
    for place, value in enumerate(numbers):
        axes.plot(value, 0, "o", color="white", markeredgecolor=MUTED, markersize=9)
        slot = round(40 * (value - low) / (high - low))  # neighbours share a pile
        for _ in range(taken[place]):
            heights[slot] += 1
            axes.plot(value, heights[slot], "o", color=COLOURS["decoder"], markersize=9)
    axes.set(ylim=(-0.8, max(6, max(heights.values()) + 1.5)))
    times_axis(axes, low, high)


def _all_draws(axes, means, low: float, high: float, groups):
    """The means of all draws so far; of 300 or more also the two ends of the middle 95 %, returned, and in words."""
    many, said = len(means) >= 300, ""
    ends = hill(axes, means, low, high, middle=many)
    times_axis(axes, low, high, groups)
    title = "its mean" if len(means) == 1 else f"the means of {len(means):,} draws"
    if many:
        said = f"{told(ends[0], groups)}, to {told(ends[1], groups)}"
        title += f"; the middle 95 %: {said}"
        for end in ends:
            axes.axvline(end, color=ACCENT, linewidth=1.5)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_title(title, loc="left", fontsize=10, weight="bold", parse_math=False)
    return ends, said
