"""The label permutation test, step by step: names are shuffled and dealt to two piles, and the differences pile up."""

from functools import cache
from itertools import chain, combinations
from math import comb

from ...describing import describe
from ...errors import CourseError
from ..figures import Figure, Table, label, show
from ..likelier import told
from ..style import INK, plain_style
from .chance_hill import STEPS, far_hill, is_step, panels
from .names_ranked import SIGNS, score_axis, two_groups

_EXACT, _RANDOM = 200_000, 10_000
_PILES = ("pile 1", "pile 2")


def dealt(groups, step: int = 1) -> Figure:
    """Two piles of names after a shuffle, in the colours of the lists they come from, and the differences so far.

    Step 1 deals the names as they are; the last step has every way to deal, or 10,000 where there are too many.

    Args:
        groups: `{group: {name: score}}`, two groups; the scores are natural logarithms of probabilities.
    """
    import numpy as np

    found = two_groups(groups)
    if not is_step(step):
        raise CourseError(f"dealt() expects a step from 1 to {len(STEPS)}; it got {describe(step)}.")
    (first, one), (second, two) = found.items()
    scores = np.array([*one.values(), *two.values()])
    piles = _piles(len(scores), len(one))
    last = step == len(STEPS)
    count = len(piles) if last else min(STEPS[step - 1], len(piles))
    sums = scores[piles[:count]].sum(axis=1)
    gaps = sums / len(one) - (scores.sum() - sums) / len(two)
    newest = 0 if last else count - 1
    taken = np.isin(np.arange(len(scores)), piles[newest])
    low, high = scores.min() - 0.2, scores.max() + 0.2
    moved = int((~taken[: len(one)]).sum())
    said = f"shuffle {count:,}: {moved} name{'s' * (moved != 1)} of each list changed places"
    said = "the lists as they are (shuffle 1)" if newest == 0 else said
    said += f"; on average {told(gaps[newest], _PILES)}"
    with plain_style():
        figure, (top, bottom) = panels((1.35, 1.5), gap=0.7, left=1.0)
        _two_piles(top, scores, taken, len(one), (low, high))
        top.set_title(said, loc="left", fontsize=10, weight="bold")
        reach = max(1.05 * abs(gaps[0]), 1.2 * (high - low) / 2)
        text = f"the real lists: {told(gaps[0], ('', '')).removeprefix(', ')}"
        words = ("ways to deal", "as far apart as the real lists")
        title, far = far_hill(bottom, gaps, gaps[0], reach, _PILES, text, words)
        names = (f"pile 1 ({label(first, 24)})", f"pile 2 ({label(second, 24)})")
        rows = [("as they are", told(gaps[0], names)), ("now", told(gaps[newest], names))]
        rows += [("as far apart", f"{far:,} of {count:,}")]
        alt = f"Two piles of dots; {said}. Below, {title}. Dashed lines: the real difference and its mirror image."
        return show(figure, alt=alt, table=Table("Names dealt to two piles", ("", ""), rows), folded=True)


def _two_piles(axes, scores, taken, size: int, ends):
    """A dot for each name, those in the first pile on top, and the mean of each pile."""
    for place, score in enumerate(scores):
        mark, colour = SIGNS[int(place >= size)]
        row = 1 if taken[place] else 0
        axes.plot(score, row + 0.1 * (place % 3 - 1), mark, color=colour, markersize=8)
    for row in (0, 1):
        mean = scores[taken == bool(row)].mean()
        axes.plot([mean, mean], [row - 0.36, row + 0.36], color=INK, linewidth=2)
    axes.set(ylim=(-0.55, 1.6), xlim=ends)
    axes.set_yticks([1, 0], _PILES)
    score_axis(axes.xaxis, *ends)


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
