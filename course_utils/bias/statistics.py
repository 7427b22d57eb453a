"""What differences are worth: an interval, a p-value, and p-values for having looked at many things at once.

A pair is the same template with two groups. Whoever writes two templates, or names, that hardly differ counts double.
"""

from functools import lru_cache
from itertools import combinations
from math import comb
from numbers import Integral

import numpy as np

from ..describing import describe
from ..errors import CourseError

# All signs of 12 pairs are tried, and all 184,756 ways to deal out ten and ten; beyond, so many random ones.
_EXACT, _EXACT_SPLITS, _DRAWN = 12, 200_000, 10_000


def interval(differences, resamples: int = 2000, seed: int = 0) -> tuple[float, float]:
    """The 95 % bootstrap-t interval of the mean of paired differences (Efron and Tibshirani 1993, chapter 12).

    Pairs are drawn with replacement; each resample gives a t value, and their quantiles take the place of Student's.
    If all differences are equal the width is zero. Of two or three pairs the ends are often infinite, of one always.

    Raises:
        CourseError: `differences` is no list of finite numbers, or `resamples` is not from 100 to 1,000,000.
    """
    values, chance = numbers(differences, 1), _random(seed)
    if not isinstance(resamples, Integral) or not 100 <= resamples <= 1_000_000:
        raise CourseError(f"Expected from 100 to 1,000,000 resamples for an interval; given: {describe(resamples)}.")
    count, mean = len(values), float(values.mean())
    if count == 1:
        return -np.inf, np.inf
    error = _spread(values) / np.sqrt(count)
    if error == 0:
        return mean, mean
    drawn = values[chance.integers(count, size=(resamples, count))]
    shifts, errors = drawn.mean(1) - mean, _spread(drawn) / np.sqrt(count)
    # One value drawn again and again has no error: its t is infinite and widens the interval, as it should.
    t = np.divide(shifts, errors, out=np.copysign(np.inf, shifts), where=errors > 0)
    # No interpolation between quantiles: it would subtract infinities.
    smallest, largest = np.quantile(t, 0.025, method="lower"), np.quantile(t, 0.975, method="higher")
    return float(mean - largest * error), float(mean - smallest * error)


def difference_interval(first, second) -> tuple[float, float]:
    """The 95 % interval of the mean of `first` minus that of `second`, two independent lists (Welch's t, 1947).

    The lists may spread unequally and may be unequally long. With one number in a list the ends are infinite.

    Raises:
        CourseError: one of the two is no list of finite numbers.
    """
    lists = numbers(first, 1, "the first list"), numbers(second, 1, "the second list")
    middle, counts = float(lists[0].mean() - lists[1].mean()), np.array([len(values) for values in lists])
    if counts.min() == 1:
        return -np.inf, np.inf
    errors = np.array([_spread(values) for values in lists]) ** 2 / counts
    if not errors.any():
        return middle, middle
    freedom = 1 / ((errors / errors.sum()) ** 2 / (counts - 1)).sum()
    angles = np.linspace(0, np.pi / 2, 20_001)  # Student's t is √freedom · tan(angle), and its angle has these heights
    heights = np.cos(angles) ** (freedom - 1)
    shares = np.cumsum(heights) - (heights + heights[0]) / 2
    half = float(np.sqrt(freedom * errors.sum()) * np.tan(np.interp(0.95, shares / shares[-1], angles)))
    return middle - half, middle + half


def permutation_p(differences, seed: int = 0) -> float:
    """Two-sided p of the sign-flip test: how often is the mean as far from 0 if chance gives each difference its sign?

    Up to 12 pairs all 2^n patterns of signs are tried, so that p is at least 2 / 2^n; beyond, 10,000 random ones and
    the real one. Valid if pairs do not depend on each other and, without bias, either sign is as likely.

    Raises:
        CourseError: `differences` is no list of finite numbers.
    """
    values, chance = numbers(differences, 1), _random(seed)
    if (count := len(values)) <= _EXACT:
        signs = 1.0 - 2.0 * ((np.arange(2**count)[:, None] >> np.arange(count)) & 1)  # the first pattern flips nothing
    else:
        signs = np.concatenate([np.ones((1, count)), chance.choice([-1.0, 1.0], size=(_DRAWN, count))])
    far = np.abs(signs @ (values / (np.abs(values).max() or 1))) / count
    return float((far >= far[0] - 1e-9).mean())  # equal means are equal up to rounding only


def label_permutation_p(first, second, seed: int = 0) -> float:
    """Two-sided p of two independent lists: how often are the means as far apart if chance deals the numbers out anew?

    Up to 200,000 ways all are tried, else 10,000 random ones and the real one. How far apart is counted in standard
    errors (Welch's t), else lists of unequal length and spread give false alarms; with equal lengths it is the same.

    Raises:
        CourseError: one of the two is no list of finite numbers.
    """
    lists = numbers(first, 1, "the first list"), numbers(second, 1, "the second list")
    pooled, counts, chance = np.concatenate(lists), np.array([[len(values)] for values in lists]), _random(seed)
    values = pooled - pooled.mean()
    largest = np.abs(values).max()
    if largest <= 1e-12 * np.abs(pooled).max():
        return 1.0  # all numbers are equal
    if comb(len(values), len(lists[0])) <= _EXACT_SPLITS:
        dealt = _splits(len(values), len(lists[0]))
    else:
        order = chance.random((_DRAWN, len(values))).argsort(1)
        dealt = np.concatenate([np.arange(len(values))[None], order]) < counts[0]
    powers = np.stack([values / largest, (values / largest) ** 2], 1)
    sums = dealt.astype(float) @ powers
    sums = np.stack([sums, powers.sum(0) - sums])  # [lists, ways, powers]
    means = sums[..., 0] / counts
    errors = np.maximum(sums[..., 1] / counts - means**2, 0) / np.maximum(counts - 1, 1)
    apart = (means[0] - means[1]) ** 2
    far = apart / (apart + errors.sum(0))  # t² / (t² + 1): the order of |t|, and finite without any spread
    return float((far >= far[0] - 1e-9).mean())


def holm(p_values) -> np.ndarray:
    """Holm's correction (1979) of p-values from 0 to 1 for having looked at all of them, in the order given.

    Without any effect, at most 5 of 100 such lists then have a p below 0.05.

    Raises:
        CourseError: `p_values` is no list of numbers from 0 to 1.
    """
    values = numbers(p_values, 1, "p-values")
    if values.min() < 0 or values.max() > 1:
        raise CourseError(f"Expected p-values from 0 to 1; given: from {values.min():g} to {values.max():g}.")
    order, corrected = np.argsort(values, kind="stable"), np.empty_like(values)
    corrected[order] = np.minimum(np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1)), 1)
    return corrected


@lru_cache(maxsize=1)
def _splits(numbers: int, chosen: int) -> np.ndarray:
    """Every way to choose so many of the numbers, `[ways, numbers]`; the first way chooses the first ones."""
    ways = np.zeros((comb(numbers, chosen), numbers), dtype=bool)
    np.put_along_axis(ways, np.array(list(combinations(range(numbers), chosen))), True, 1)
    return ways


def _random(seed) -> np.random.Generator:
    if not isinstance(seed, Integral) or seed < 0:
        raise CourseError(f"Expected a whole number, 0 or more, as seed; given: {describe(seed)}.")
    return np.random.default_rng(int(seed))


def _spread(values) -> np.ndarray:
    """The standard deviation along the last axis, and exactly 0 where there is no other than by rounding."""
    found = values.std(-1, ddof=1)
    return np.where(found > 1e-12 * np.abs(values).max(-1), found, 0.0)


def numbers(values, axes: int, what: str = "differences") -> np.ndarray:
    """A copy of `values` as finite floats with that many axes, none of them empty."""
    expected = f"{'a list of numbers' if axes == 1 else 'an array of numbers, [things, pairs],'} as {what}"
    try:
        if hasattr(values, "detach"):  # a tensor, perhaps in half precision, on another device or with a gradient
            values = values.detach().cpu().double().numpy()
        found = np.array(values, dtype=float)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        raise CourseError(f"Expected {expected}; given: {describe(values)}.") from None
    if found.ndim != axes or not found.size:
        raise CourseError(f"Expected {expected}; given: an array of shape {list(found.shape)}.")
    wrong = ~(np.abs(found) < 1e100)  # nan and infinity; far beyond, squares overflow
    if wrong.any():
        raise CourseError(f"Expected {expected}, all finite; {int(wrong.sum())} are not, or far too large.")
    return found
