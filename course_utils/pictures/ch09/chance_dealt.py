"""The label permutation test, step by step: names are shuffled and dealt to two piles, and the differences pile up."""

from functools import cache
from itertools import chain, combinations
from math import comb

from ...errors import CourseError
from ..figures import Figure, Table, label, show
from ..style import ACCENT, INK, plain_style
from .chance_hill import STEPS, hill, in_words, line, panels, so_far, times_axis
from .names_ranked import SIGNS, score_axis, two_groups

_EXACT, _RANDOM = 200_000, 10_000


def dealt(groups, step: int = 1, *, kind: str = "chance") -> Figure:
    """Two piles of names after a shuffle, in the colours of the lists they come from, and the differences so far.

    Step 1 deals the names as they are; the last step has every way to deal, or 10,000 where there are too many.

    Args:
        groups: `{group: {name: score}}`, two groups; the scores are natural logarithms.
    """
    import numpy as np

    found = two_groups(groups)
    if not 1 <= step <= len(STEPS):
        raise CourseError(f"dealt() expects a step from 1 to {len(STEPS)}; it got {step}.")
    (first, one), (second, two) = found.items()
    scores = np.array([*one.values(), *two.values()])
    piles = _piles(len(scores), len(one))
    last = step == len(STEPS)
    count = len(piles) if last else STEPS[step - 1]
    sums = scores[piles[:count]].sum(axis=1)
    gaps = sums / len(one) - (scores.sum() - sums) / len(two)
    newest = 0 if last else count - 1
    taken = np.isin(np.arange(len(scores)), piles[newest])
    low, high = scores.min() - 0.2, scores.max() + 0.2
    with plain_style():
        figure, (top, bottom) = panels((1.35, 1.5), gap=0.7, left=1.0)
        for place, score in enumerate(scores):
            mark, colour = SIGNS[int(place >= len(one))]
            row = 1 if taken[place] else 0
            top.plot(score, row + 0.1 * (place % 3 - 1), mark, color=colour, markersize=8)
        for row in (0, 1):
            mean = scores[taken == bool(row)].mean()
            top.plot([mean, mean], [row - 0.36, row + 0.36], color=INK, linewidth=2)
        top.set(ylim=(-0.55, 1.6), xlim=(low, high))
        top.set_yticks([1, 0], ["pile 1", "pile 2"])
        score_axis(top.xaxis, low, high, kind)
        names = (f"pile 1 ({label(first, 24)})", f"pile 2 ({label(second, 24)})")
        moved = int((~taken[: len(one)]).sum())
        told = f"shuffle {count:,}: {moved} names of each list changed places"
        told = "the lists as they are (shuffle 1)" if newest == 0 else told
        told += f"; on average {in_words(gaps[newest], ('pile 1', 'pile 2'))}"
        top.set_title(told, loc="left", fontsize=10, weight="bold")
        reach = max(1.05 * abs(gaps[0]), 1.2 * (high - low) / 2)
        share = hill(bottom, gaps, -reach, reach, beyond=gaps[0])
        what = "more likely" if kind == "chance" else "higher odds"
        times_axis(bottom, -reach, reach, ("pile 1", "pile 2"), what)
        for end in (-gaps[0], gaps[0]):
            bottom.axvline(end, color=ACCENT, linestyle="--", linewidth=1.5)
        line(bottom, gaps[0], f"the real lists: {in_words(gaps[0], ('', '')).split(', ')[-1]}", left=gaps[0] < 0)
        far = round(share * count)
        title = so_far(count, far, "ways to deal", "as far apart as the real lists")
        bottom.set_title(title, loc="left", fontsize=10, weight="bold")
        rows = [("as they are", in_words(gaps[0], names)), ("now", in_words(gaps[newest], names))]
        rows += [("as far apart", f"{far:,} of {count:,}")]
        alt = f"Two piles of dots; {told}. Below, {title}. Dashed lines: the real difference and its mirror image."
        return show(figure, alt=alt, table=Table("Names dealt to two piles", ("", ""), rows), folded=True)


@cache
def _piles(total: int, size: int):
    """Which names go to the first pile, `[ways, size]`: the first row deals them as they are."""
    import numpy as np

    rng = np.random.default_rng(8)
    if comb(total, size) > _EXACT:
        shuffles = [rng.permutation(total)[:size] for _ in range(_RANDOM)]
        return np.array([np.arange(size), *shuffles])
    every = np.fromiter(chain.from_iterable(combinations(range(total), size)), dtype=np.int16).reshape(-1, size)
    return every[np.r_[0, 1 + rng.permutation(len(every) - 1)]]
