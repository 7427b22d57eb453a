"""9.4 Flip the signs."""

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import first_slip

from .shared import NUMPY

_FLIPS = (
    "from itertools import product\n\n"
    "def flip_test(differences):\n"
    "    observed = abs(np.mean(differences))\n"
    "    means = [abs(np.mean(differences * np.array(signs))) for signs in product((1, -1), repeat=len(differences))]\n"
    "    return np.mean(np.array(means) >= observed - 1e-9)"
)


_CASES = (
    [2.0, 1.5, -0.25, -0.5, 1.75, -0.125, 0.25, -0.375],
    [1.0, 2.0, 4.0],
    [-1.0] * 6,  # many patterns with the same mean
    [-2.0, -1.0, 0.25, -0.5],
    [0.3125, 2**-13],  # near each other, but no tie
    [4.0, -3.0, 0.25],
    [1.0, -0.5, -0.5],  # a mean of 0
    [0.5],
    [1.0, 2**-20],  # nearer than many a tolerance, but no tie
)


# The sums of the numbers above are exact. Here some means agree but for rounding, in whatever order one adds.
_ROUNDED = ([0.1, 0.1, 0.1, 0.4], [-0.3, -0.1, 0.1], [0.1, 0.2, -0.3, 0.7])


def _check_flips(answer) -> str | None:
    import numpy as np

    values, numbers, right = [], [], []
    for data in (*_CASES, *_ROUNDED):
        values.append(call(answer, np.array(data)))
        numbers.append(as_number(values[-1]))
        if numbers[-1] is None:
            return f"Your function should return one number, a share of all patterns; given: {describe(values[-1])}."
        right.append(_far(data).mean())
    exact = numbers[: len(_CASES)]
    slips = zip(*map(_slips, _CASES), strict=True)
    if says := first_slip(exact, [([number for number, _ in slip], slip[0][1]) for slip in slips], 1e-6):
        return says
    for data, value, number, share in zip((*_CASES, *_ROUNDED), values, numbers, right, strict=True):
        if close(number, share, 1e-6):
            continue
        says = (
            f"For {data} {_far(data).sum()} of the {2 ** len(data)} patterns count, a share of {share:g}; given: "
            f"{describe(value)}."
        )
        if data in _ROUNDED:
            return says + (
                " Some of these means agree but for rounding: count a mean that is at most 1e-9 nearer to 0 than the "
                "observed one, too."
            )
        if abs(number - share) < 0.05:
            return says + " Near, but the share is exact: are all patterns there, once, and none of them rounded?"
        return says
    return None


def _sums(values):
    """The sum for each pattern of signs; all plus comes first."""
    from itertools import product

    import numpy as np

    patterns = product((1, -1), repeat=len(values))
    return np.array([sum(v * s for v, s in zip(values, signs, strict=True)) for signs in patterns])


def _far(values):
    return abs(_sums(values)) >= abs(sum(values)) - 1e-9


def _slips(values) -> list[tuple[float, str]]:
    sums, seen, far = _sums(values), sum(values), _far(values)
    one_side = (
        "You looked at one side only: take both means, the observed one and that of a pattern, without their sign."
    )
    return [
        (
            (abs(sums) > abs(seen)).mean(),
            "You counted the patterns that lie farther than the observed mean. Count those that are as far, too: the "
            "pattern without any flip is one of them.",
        ),
        ((sums >= seen).mean(), one_side),
        ((sums >= abs(seen)).mean(), one_side),
        ((abs(sums) >= seen).mean(), "You compared with the observed mean as it is: take it without its sign, too."),
        (
            (abs(sums + seen) / 2 >= abs(seen)).mean(),
            "You left numbers out instead of turning them round: a sign is 1 or -1, not 1 or 0.",
        ),
        ((~far).mean(), "You counted the patterns with a mean nearer to 0; count those that are at least as far."),
        (
            (abs(sums) <= abs(seen)).mean(),
            "You counted the means that are at most as far; count those at least as far.",
        ),
        (far.sum(), "You returned how many patterns count; divide by the number of all patterns."),
        (
            (far.sum() + 1) / (len(far) + 1),
            "You added one above and below. That is for patterns drawn at random; here all of them are counted.",
        ),
        (
            (far.sum() - 1) / (len(far) - 1),
            "One pattern is left out. The one without any flip counts, too, and so does the one that flips all.",
        ),
        (
            1.0,
            "For you every pattern is as far from 0 as the data. To shuffle the numbers does not change their mean, "
            "nor does one sign for all: each number gets a sign of its own.",
        ),
    ]


EXERCISE = Exercise(
    id="9.4",
    title="Flip the signs",
    minutes=8,
    difficulty="medium",
    starter="import itertools\n\n\ndef flip_test(differences):\n    ...",
    answer="flip_test",
    check=_check_flips,
    context=NUMPY,
    expects="a function that takes an array and returns a number",
    hints=(
        "Take two differences, 1 and 3, and write down all patterns by hand. How many are there, and how many of their "
        "means are as far from 0 as the observed one?",
        "Count how often the mean of `differences * signs`, without its sign, is at least as large as the observed "
        "one, and divide by the number of patterns. Leave room for rounding.",
        "`itertools.product((1, -1), repeat=n)` gives all 2ⁿ patterns; compare with `>= observed - 1e-9`.",
    ),
    solution=_FLIPS,
    why="If the group made no difference, each sign could as well be the other one, and all patterns were equally "
    "likely. The share of patterns with a mean as far from 0 says how easily chance alone gets there.",
    wrong=(
        Wrong(changed(_FLIPS, (">= observed - 1e-9", "> observed + 1e-9")), "that lie farther than the observed"),
        Wrong(
            "def flip_test(differences):\n    rng = np.random.default_rng(0)\n"
            "    means = [abs(rng.permutation(differences).mean()) for _ in range(200)]\n"
            "    return np.mean(np.array(means) >= abs(differences.mean()) - 1e-9)",
            "For you every pattern is as far",
        ),
        Wrong(
            changed(_FLIPS, ("abs(np.mean(differences * np.array(signs)))", "np.mean(differences * np.array(signs))")),
            "You looked at one side only",
        ),
        Wrong(changed(_FLIPS, ("abs(np.mean(differences))", "np.mean(differences)")), "take it without its sign, too"),
        Wrong(changed(_FLIPS, (">= observed - 1e-9", "< observed - 1e-9")), "with a mean nearer to 0"),
        Wrong(changed(_FLIPS, (">= observed - 1e-9", "<= observed + 1e-9")), "the means that are at most as far"),
        Wrong(changed(_FLIPS, ("product((1, -1)", "product((1, 0)")), "a sign is 1 or -1"),
        Wrong(changed(_FLIPS, ("return np.mean", "return np.sum")), "You returned how many patterns"),
        Wrong(
            changed(_FLIPS, ("in product(", "in list(product("), ("(differences))]", "(differences)))[1:]]")),
            "One pattern is left out",
        ),
        Wrong(
            changed(
                _FLIPS,
                (
                    "np.mean(np.array(means) >= observed - 1e-9)",
                    "(sum(np.array(means) >= observed - 1e-9) + 1) / (len(means) + 1)",
                ),
            ),
            "You added one above and below",
        ),
        Wrong(
            "def flip_test(differences):\n"
            "    signs = np.random.default_rng(0).choice([-1, 1], (20000, len(differences)))\n"
            "    sums = abs((signs * differences).sum(1))\n"
            "    return (sums >= abs(differences.sum()) - 1e-9).mean()",
            "but the share is exact",
        ),
        Wrong(
            "from itertools import product\n\ndef flip_test(differences):\n"
            "    signs = np.array(list(product([1, -1], repeat=len(differences))))\n"
            "    return (abs(signs @ differences / len(differences)) >= abs(differences.mean())).mean()",
            "Some of these means agree but for rounding",
        ),
        Wrong("def flip_test(differences):\n    return [0.25]", "should return one number"),
    ),
    also_wrong=(
        "def flip_test(differences):\n    return min(1, 2 * 0.5 ** len(differences))",
        changed(_FLIPS, (" - 1e-9", "")),
        changed(_FLIPS, (" - 1e-9", " * (1 - 1e-5)")),  # as np.isclose
        changed(_FLIPS, ("np.array(means) >= observed - 1e-9", "np.round(means, 3) >= round(observed, 3)")),
        changed(_FLIPS, ("abs(", "(")),
        changed(_FLIPS, ("np.array(means) >= observed - 1e-9", "np.round(means, 1) >= round(observed, 1)")),
        changed(_FLIPS, ("np.array(means) >=", "np.array(list(set(means))) >=")),
        changed(_FLIPS, ("abs(np.mean(differences))", "np.mean(abs(differences))")),
        changed(
            _FLIPS,
            ("product((1, -1), repeat=", "combinations_with_replacement((1, -1), "),
            ("import product", "import combinations_with_replacement"),
        ),
        "def flip_test(differences):\n    return float('nan')",
    ),
    alternatives=(
        "def flip_test(differences):\n"
        "    n = len(differences)\n"
        "    flips = np.arange(2**n)[:, None] >> np.arange(n) & 1\n"
        "    sums = abs(((1 - 2 * flips) * differences).sum(1))\n"
        "    seen = abs(differences.sum())\n"
        "    return ((sums > seen) | np.isclose(sums, seen, rtol=0, atol=1e-9)).mean()",
        "from fractions import Fraction\nfrom itertools import product\n\ndef flip_test(differences):\n"
        "    first, *rest = (Fraction(str(float(d))) for d in differences)\n"
        "    sums = [first + sum(signs) for signs in product(*((d, -d) for d in rest))]\n"
        "    return Fraction(sum(abs(s) >= abs(first + sum(rest)) for s in sums), len(sums))",
    ),
    note="With n sentences p cannot fall below 2 / 2ⁿ: with four sentences never below 0.125.",
)
