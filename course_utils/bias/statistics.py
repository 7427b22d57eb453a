"""What paired differences are worth: an interval, a p-value, and a p-value for having looked at many things at once.

A pair is the same template with two groups. Whoever writes two templates that hardly differ counts one template twice.
"""

from numbers import Integral

import numpy as np

from ..describing import describe
from ..errors import CourseError

_EXACT = 12  # up to so many pairs every pattern of signs is tried
_FLIPS = 10_000  # random patterns beyond that


def interval(differences, resamples: int = 2000, seed: int = 0) -> tuple[float, float]:
    """The 95 % bootstrap-t interval of the mean of paired differences (Efron and Tibshirani 1993, chapter 12).

    Pairs are drawn with replacement; each resample gives a t value, and their quantiles take the place of Student's.
    If all differences are equal the width is zero. With two or three pairs the ends are often infinite, with one they
    always are.

    Raises:
        CourseError: `differences` is not a list of finite numbers, or `resamples` is not from 100 to 1,000,000.
    """
    values = numbers(differences, 1)
    if not isinstance(resamples, Integral) or not 100 <= resamples <= 1_000_000:
        raise CourseError(
            f"Expected at least 100 resamples for an interval, and at most 1,000,000; given: {describe(resamples)}."
        )
    chance = _random(seed)
    count, mean = len(values), float(values.mean())
    if count == 1:
        return -np.inf, np.inf
    error = spread(values) / np.sqrt(count)
    if error == 0:
        return mean, mean
    drawn = values[chance.integers(count, size=(resamples, count))]
    shifts, errors = drawn.mean(1) - mean, spread(drawn) / np.sqrt(count)
    # One value drawn again and again has no error: its t is infinite and widens the interval, as it should.
    t = np.divide(shifts, errors, out=np.copysign(np.inf, shifts), where=errors > 0)
    # No interpolation between quantiles: it would subtract infinities.
    smallest, largest = np.quantile(t, 0.025, method="lower"), np.quantile(t, 0.975, method="higher")
    return float(mean - largest * error), float(mean - smallest * error)


def permutation_p(differences, seed: int = 0) -> float:
    """Two-sided p of the sign-flip test: how often is the mean as far from 0 if chance gives each difference its sign?

    Up to 12 pairs all 2^n patterns of signs are tried, so that p is at least 2 / 2^n; beyond, 10,000 random ones and
    the real one. Valid if pairs do not depend on each other and, without bias, either sign is as likely.

    Raises:
        CourseError: `differences` is not a list of finite numbers.
    """
    p, _ = flip_test(numbers(differences, 1)[None], seed)
    return float(p[0])


def flip_test(values, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """p of each row of `[things, pairs]`, and p corrected for all rows (max-T, Westfall and Young 1993).

    Corrected: how often is even the largest of all rows, under the same flips, as far from 0 as this row is?
    """
    chance, count = _random(seed), values.shape[1]
    if count <= _EXACT:
        signs = 1.0 - 2.0 * ((np.arange(2**count)[:, None] >> np.arange(count)) & 1)  # the first pattern flips nothing
    else:
        flips = chance.choice([-1.0, 1.0], size=(_FLIPS, count))
        signs = np.concatenate([np.ones((1, count)), flips])
    # Mean / root mean square puts flips in the same order as Student's t does, and is finite if all are equal.
    scale = np.sqrt((values**2).mean(1, keepdims=True))
    scaled = np.divide(values, scale, out=np.zeros_like(values), where=scale > 0)
    far = np.abs(signs @ scaled.T) / count  # [flips, things]
    reached = far[0] - 1e-9  # equal means are equal up to rounding only
    return (far >= reached).mean(0), (far.max(1, keepdims=True) >= reached).mean(0)


def _random(seed) -> np.random.Generator:
    if not isinstance(seed, Integral) or seed < 0:
        raise CourseError(f"Expected a whole number, 0 or more, as seed; given: {describe(seed)}.")
    return np.random.default_rng(int(seed))


def size(values) -> np.ndarray:
    """Mean / standard deviation of each row (Cohen's d_z): how far apart, in units of what templates disagree.

    Infinite if all differences of a row are equal; nan if they are all zero, or if there is one only.
    """
    if values.shape[1] == 1:
        return np.full(len(values), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        return values.mean(1) / spread(values)


def spread(values) -> np.ndarray:
    """The standard deviation along the last axis, and exactly 0 where there is no other than by rounding."""
    found = values.std(-1, ddof=1)
    return np.where(found > 1e-12 * np.abs(values).max(-1), found, 0.0)


def numbers(values, axes: int) -> np.ndarray:
    """A copy of `values` as finite floats with that many axes, none of them empty."""
    expected = "a list of numbers" if axes == 1 else "an array of numbers, [things, pairs],"
    try:
        if hasattr(values, "detach"):  # a tensor, perhaps in half precision, on another device or with a gradient
            values = values.detach().cpu().double().numpy()
        found = np.array(values, dtype=float)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        raise CourseError(f"Expected {expected} as differences; given: {describe(values)}.") from None
    if found.ndim != axes or not found.size:
        raise CourseError(f"Expected {expected} as differences; given: an array of shape {list(found.shape)}.")
    wrong = ~(np.abs(found) < 1e100)  # nan and infinity; far beyond, squares overflow
    if wrong.any():
        raise CourseError(
            f"Expected {expected} as differences, all finite; {int(wrong.sum())} are not, or far too large."
        )
    return found
