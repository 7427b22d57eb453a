"""9.4 Flip the signs."""

from course_utils.exercises.answers import as_number, call, describe
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import NUMPY

_FLIPS = (
    "from itertools import product\n\n"
    "def flip_test(differences):\n"
    "    observed = abs(np.mean(differences))\n"
    "    means = [abs(np.mean(differences * np.array(signs))) for signs in product((1, -1), repeat=len(differences))]\n"
    "    return np.mean(np.array(means) >= observed - 1e-9)"
)


def _check_flips(answer) -> str | None:
    import numpy as np

    # Sums of these numbers are exact, so that whoever compares without a tolerance is right, too.
    mixed = [2.0, 1.5, -0.25, -0.5, 1.75, -0.125, 0.25, -0.375]
    known = _share_of_flips(mixed)
    numbers = []
    for data in (mixed, [0.25, 1.125, 0.5, 0.75, 1.0, 0.375], [-1.0] * 6):
        value = call(answer, np.array(data))
        numbers.append(as_number(value))
        if numbers[-1] is None or not 0 <= numbers[-1] <= 1:
            return (
                f"Your function should return one number from 0 to 1, a share of all flips; given: {describe(value)}."
            )
    p, positive, negative = numbers
    if positive == 0 or negative == 0:
        return (
            "You returned 0, but no flip at all, which is one of the possible ones, already gives the observed mean: "
            "count means that are at least as large."
        )
    if positive > 0.99 and negative > 0.99:
        return (
            "Every trial was as far from 0 as the data: shuffling does not change a mean, nor does one sign for all; "
            "flip each sign on its own."
        )
    if abs(positive - 63 / 64) < 0.03 or abs(positive - 62 / 64) < 0.03:
        return "You counted the flips with a smaller mean; count those that are at least as extreme."
    if abs(positive - 1 / 64) < 0.009 and negative > 0.9:
        return "You looked at one side only, so that a negative difference never counts: compare without the sign."
    if max(abs(positive - 1 / 64), abs(negative - 1 / 64)) < 0.009 and abs(p - known / 2) < 0.02:
        return (
            "You looked at one side only: compare the means without their signs, `abs`. (And each sign is 1 or -1; "
            "with 1 and 0 it looks the same.)"
        )
    if max(abs(positive - 2 / 64), abs(negative - 2 / 64)) > 0.015:
        return f"For six positive differences 2 flips of 64 are as extreme, p = 0.031; given: {positive:.3f}."
    if abs(p - known) > 0.045:
        return f"For {mixed} expected {known:.3f}, or near it; given: {p:.3f}."
    return None


def _share_of_flips(values) -> float:
    from itertools import product

    means = [abs(sum(v * s for v, s in zip(values, signs, strict=True))) for signs in product((1, -1), repeat=8)]
    return sum(mean >= abs(sum(values)) - 1e-9 for mean in means) / len(means)


EXERCISE = Exercise(
    id="9.4",
    title="Flip the signs",
    minutes=8,
    difficulty="medium",
    starter="def flip_test(differences):\n    ...",
    answer="flip_test",
    check=_check_flips,
    context=NUMPY,
    expects="a function that takes an array and returns a number",
    hints=(
        "`itertools.product((1, -1), repeat=n)` gives all 2ⁿ rows of signs.",
        "Count how often the mean of `differences * signs`, without its sign, is at least as large as the observed "
        "one, and divide by the number of rows.",
    ),
    solution=_FLIPS,
    wrong=(
        Wrong(changed(_FLIPS, (">= observed - 1e-9", "> observed + 1e-9")), "You returned 0"),
        Wrong(
            "def flip_test(differences):\n    rng = np.random.default_rng(0)\n"
            "    means = [abs(rng.permutation(differences).mean()) for _ in range(2000)]\n"
            "    return np.mean(np.array(means) >= abs(differences.mean()) - 1e-9)",
            "shuffling does not change a mean",
        ),
        Wrong(
            changed(_FLIPS, ("abs(np.mean(differences * np.array(signs)))", "np.mean(differences * np.array(signs))")),
            "You looked at one side only: compare",
        ),
        Wrong(changed(_FLIPS, ("abs(", "(")), "so that a negative difference never counts"),
        Wrong(changed(_FLIPS, (">= observed - 1e-9", "< observed - 1e-9")), "with a smaller mean"),
        Wrong("def flip_test(differences):\n    return min(1, 2 * 0.5 ** len(differences))", "For [2.0, 1.5"),
        Wrong(
            changed(_FLIPS, ("in product(", "in list(product("), ("(differences))]", "(differences)))[1:]]")),
            "For six",
        ),
        Wrong("def flip_test(differences):\n    return float('nan')", "from 0 to 1"),
    ),
    alternatives=(
        "def flip_test(differences):\n"
        "    rng = np.random.default_rng(0)\n"
        "    signs = rng.choice([-1, 1], (20000, len(differences)))\n"
        "    sums = abs((signs * differences).sum(1))\n"
        "    return (1 + (sums >= abs(differences.sum()) - 1e-9).sum()) / 20001",
    ),
    note="With n templates p cannot fall below 2 / 2ⁿ: with four templates never below 0.125.",
)
