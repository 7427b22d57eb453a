"""The sign-flip test, step by step: coins turn some numbers round, and the means pile up."""

from ...describing import attempt, describe
from ...errors import CourseError
from ..figures import Figure, Table, show
from ..likelier import told
from ..style import COLOURS, INK, plain_style
from .chance_hill import STEPS, far_hill, is_step, line, panels, times_axis


def flip(values, step: int = 1, groups=("women", "men")) -> Figure:
    """The numbers as bars from 0, those whose sign a coin has turned in another colour, and the means so far.

    Step 1 turns nothing: its mean is the observed one. The last step shows every pattern of signs (up to 12 numbers).
    """
    import numpy as np

    numbers = attempt(lambda: np.array([float(value) for value in values]))
    good = numbers is not None and 2 <= len(numbers) <= 12 and np.isfinite(numbers).all() and abs(numbers).max() > 1e-9
    if not good or not is_step(step):
        raise CourseError(
            f"flip() expects 2 to 12 numbers, not all 0, and a step from 1 to {len(STEPS)}; "
            f"it got {describe(values)} and {describe(step)}."
        )
    size = 2 ** len(numbers)
    signs = 1 - 2 * ((np.arange(size)[:, None] >> np.arange(len(numbers))) & 1)  # every pattern; the first turns none
    order = np.r_[0, 1 + np.random.default_rng(3).permutation(size - 1)]
    last = step == len(STEPS)
    count = size if last else min(STEPS[step - 1], size)
    place = 0 if last else count - 1
    means, turned = (signs[order] @ numbers) / len(numbers), signs[order][place] < 0
    observed, newest = numbers.mean(), means[place]
    reach, rank = 1.12 * abs(numbers).max(), np.argsort(numbers)
    said = f"toss {count:,}: {turned.sum()} of {len(numbers)} turned round (striped)"
    if place == 0:
        said = "the numbers as they are" if last else "toss 1: no bar turned round, the numbers as they are"
    said += f", mean {told(newest, groups)}"
    with plain_style():
        figure, (top, bottom) = panels((1.9, 1.5))
        _bars(top, numbers[rank], turned[rank], reach)
        line(top, newest)
        top.set_title(said, loc="left", fontsize=10, weight="bold", parse_math=False)
        text, words = f"the real mean: {told(observed, groups)}", ("means", "as far from equal as the real one")
        title, far = far_hill(bottom, means[:count], observed, reach, groups, text, words)
        alt = f"{len(numbers)} bars; {said}. Below, {title}. "
        alt += "Dashed lines stand at the real mean and at its mirror image."
        rows = [(f"{numbers[p]:+.2f}", "yes" if turned[p] else "no") for p in rank]
        rows += [("mean as it is", f"{observed:+.2f}"), ("mean now", f"{newest:+.2f}")]
        rows += [("as far", f"{far:,} of {count:,}")]
        return show(figure, alt=alt, table=Table(said, ("number, in nats", "turned round"), rows), folded=True)


def _bars(axes, numbers, turned, reach: float):
    """A bar for each number, from the bottom up; those that a coin has turned are striped."""
    for row, (value, other) in enumerate(zip(numbers, turned, strict=True)):
        bar = {"color": COLOURS["decoder" if other else "encoder"], "hatch": "///" if other else None}
        axes.barh(row, -value if other else value, height=0.72, edgecolor=INK, linewidth=0.6, **bar)
    axes.set(ylim=(-0.8, len(numbers) - 0.2))
    times_axis(axes, -reach, reach)
    axes.axvline(0, color=INK, linewidth=0.8)
