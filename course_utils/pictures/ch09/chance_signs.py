"""The sign-flip test, step by step: coins turn some numbers round, and the means pile up."""

from ...describing import attempt, describe
from ...errors import CourseError
from ..figures import Figure, Table, show
from ..style import ACCENT, COLOURS, INK, plain_style
from .chance_hill import STEPS, hill, in_words, line, panels, so_far, times_axis


def flip(values, step: int = 1, groups=("women", "men")) -> Figure:
    """The numbers as bars from 0, those whose sign a coin has turned in another colour, and the means so far.

    Step 1 turns nothing: its mean is the observed one. The last step shows every pattern of signs (up to 12 numbers).
    """
    import numpy as np

    numbers = attempt(lambda: np.array([float(value) for value in values]))
    if numbers is None or not 2 <= len(numbers) <= 12 or not np.isfinite(numbers).all() or not 1 <= step <= len(STEPS):
        raise CourseError(
            f"flip() expects 2 to 12 numbers, and a step from 1 to {len(STEPS)}; "
            f"it got {describe(values)} and {describe(step)}."
        )
    size = 2 ** len(numbers)
    signs = 1 - 2 * ((np.arange(size)[:, None] >> np.arange(len(numbers))) & 1)  # every pattern; the first turns none
    order = np.r_[0, 1 + np.random.default_rng(3).permutation(size - 1)]
    count = size if step == len(STEPS) else min(STEPS[step - 1], size)
    means, turned = (signs[order] @ numbers) / len(numbers), signs[order][count - 1] < 0
    if step == len(STEPS):
        turned = np.zeros(len(numbers), dtype=bool)
    observed, newest = numbers.mean(), means[0 if step == len(STEPS) else count - 1]
    reach, rank = 1.12 * abs(numbers).max(), np.argsort(numbers)
    with plain_style():
        figure, (top, bottom) = panels((1.9, 1.5))
        for row, place in enumerate(rank):
            value = -numbers[place] if turned[place] else numbers[place]
            colour = COLOURS["decoder"] if turned[place] else COLOURS["encoder"]
            bar = {"color": colour, "height": 0.72, "edgecolor": INK, "linewidth": 0.6}
            top.barh(row, value, hatch="///" if turned[place] else None, **bar)
        top.set(ylim=(-0.8, len(numbers) - 0.2))
        times_axis(top, -reach, reach)
        top.axvline(0, color=INK, linewidth=0.8)
        line(top, newest)
        if step == len(STEPS):
            told = "the numbers as they are"
        elif count == 1:
            told = "toss 1: no bar turned round, the numbers as they are"
        else:
            told = f"toss {count:,}: {turned.sum()} of {len(numbers)} turned round (striped)"
        told += f", mean {in_words(newest, groups)}"
        top.set_title(told, loc="left", fontsize=10, weight="bold")
        share = hill(bottom, means[:count], -reach, reach, beyond=observed)
        times_axis(bottom, -reach, reach, groups)
        for end in (-observed, observed):
            bottom.axvline(end, color=ACCENT, linewidth=1.5, linestyle="--")
        line(bottom, observed, f"the real mean: {in_words(observed, groups)}", left=observed < 0)
        far = round(share * count)
        title = so_far(count, far, "means", "as far from equal as the real one")
        bottom.set_title(title, loc="left", fontsize=10, weight="bold")
        alt = (
            f"{len(numbers)} bars; {told}. Below, {title}. Dashed lines stand at the real mean and at its mirror image."
        )
        rows = [(f"{numbers[p]:+.2f}", "yes" if turned[p] else "no") for p in rank]
        rows += [
            ("mean as it is", f"{observed:+.2f}"),
            ("mean now", f"{newest:+.2f}"),
            ("as far", f"{far:,} of {count:,}"),
        ]
        table = Table(told, ("number, in nats", "turned round"), rows)
        return show(figure, alt=alt, table=table, folded=True)
