"""9.3 How far the mean may lie off."""

from course_utils.exercises.answers import as_list, call, describe, shape
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import NUMPY

_SKEWED = [0.1, 0.3, 0.2, 0.9, 1.4, 0.6, 0.4, 2.8, 0.7, 1.1, 0.5, 1.9, 0.8, 3.6, 0.2, 1.2]


_BOOT = (
    "def bootstrap(differences):\n"
    "    rng = np.random.default_rng(0)\n"
    "    means = [rng.choice(differences, len(differences)).mean() for _ in range(2000)]\n"
    "    return np.percentile(means, 2.5), np.percentile(means, 97.5)"
)


def _check_bootstrap(answer) -> str | None:
    import numpy as np

    values = np.array(_SKEWED)
    value = call(answer, values)
    ends = as_list(value)
    if ends is None or shape(ends) != (2,) or not np.isfinite(np.array(ends, dtype=float)).all():
        return f"Your function should return two numbers, the low and the high end; given: {describe(value)}."
    low, high = (float(end) for end in ends)
    error = values.std() / len(values) ** 0.5
    wide, middle = (high - low) / error, (low + high) / 2 - values.mean()
    if low > high:
        return "The ends are swapped: return the low one first."
    if wide < 0.05:
        return "Both ends are the same: draw with replacement, so that some values come twice and others not at all."
    if abs(middle + values.mean()) < 0.35 * error:
        return "Your interval is centred on 0, and so is about the errors; return the percentiles of the means."
    if wide > 8:
        return "That is the spread of the values; take the mean of each resample, and the percentiles of the means."
    expected = f"Expected about 0.62 and 1.56 for {_SKEWED[:4]} and so on; given: {low:.2f} and {high:.2f}."
    if abs(middle) > 0.5 * error:
        return expected
    if wide > 5.2:
        return "The interval is too wide: each resample should be as large as the data."
    if wide < 1.5:
        return "The interval is far too narrow: each resample should have as many values as the data, not more."
    if wide < 2.6:
        return "That is one standard error to each side, about 68 %; 95 % lie between the percentiles 2.5 and 97.5."
    if wide < 3.55:
        return "That is a 90 % interval: cut off 2.5 % on each side."
    if wide > 4.4:
        return expected
    for data, says, (bottom, low), (high, top) in (
        # One of sixteen: means are 0, 1/16, 2/16 …, a skew that no interval of mean and standard error shows.
        ([0.0] * 15 + [1.0], "fifteen zeros and a one expected 0.00 and 0.19", (-1e-6, 1e-6), (0.15, 0.3)),
        (np.tile(values, 4) + 100, "64 values expected about 100.80 and 101.29", (100.75, 100.86), (101.22, 101.36)),
    ):
        value = call(answer, np.array(data))
        ends = as_list(value)
        if shape(ends) != (2,) or not (bottom <= ends[0] <= low and high <= ends[1] <= top):
            return (
                f"For {says}; given: {describe(ends or value)}. Return the percentiles of the means themselves, each "
                "of as many values as there are, drawn with replacement."
            )
    return None


EXERCISE = Exercise(
    id="9.3",
    title="How far the mean may lie off",
    minutes=8,
    difficulty="medium",
    starter="def bootstrap(differences):\n    ...",
    answer="bootstrap",
    check=_check_bootstrap,
    context=NUMPY,
    expects="a function that takes an array and returns two numbers",
    hints=(
        "`np.random.default_rng(0).choice(differences, len(differences))` draws with replacement.",
        "Keep the mean of each of 2,000 draws; `np.percentile(means, [2.5, 97.5])` are the ends.",
    ),
    solution=_BOOT,
    wrong=(
        Wrong(changed(_BOOT, ("len(differences))", "len(differences), replace=False)")), "draw with replacement"),
        Wrong(
            changed(
                _BOOT,
                (
                    "np.percentile(means, 2.5), np.percentile(means, 97.5)",
                    "np.percentile(differences, 2.5), np.percentile(differences, 97.5)",
                ),
            ),
            "That is the spread of the values",
        ),
        Wrong(changed(_BOOT, ("2.5)", "5)"), ("97.5", "95")), "That is a 90 % interval"),
        Wrong(
            changed(
                _BOOT,
                (
                    "return np.percentile(means, 2.5), np.percentile(means, 97.5)",
                    "return np.mean(means) - np.std(means), np.mean(means) + np.std(means)",
                ),
            ),
            "one standard error to each side",
        ),
        Wrong(
            changed(
                _BOOT,
                (
                    "np.percentile(means, 2.5), np.percentile(means, 97.5)",
                    "np.percentile(means, 97.5), np.percentile(means, 2.5)",
                ),
            ),
            "The ends are swapped",
        ),
        Wrong(
            changed(
                _BOOT,
                (
                    "rng.choice(differences, len(differences)).mean()",
                    "rng.choice(differences - np.mean(differences), len(differences)).mean()",
                ),
            ),
            "centred on 0",
        ),
        Wrong(
            changed(_BOOT, ("rng.choice(differences, len(differences))", "rng.choice(differences, 10)"), ("10)", "8)")),
            "each resample should be as large as the data",
        ),
        Wrong(
            changed(_BOOT, ("rng.choice(differences, len(differences))", "rng.choice(differences, 2000)")),
            "far too narrow",
        ),
        Wrong(
            "def bootstrap(differences):\n"
            "    error = np.std(differences) / len(differences) ** 0.5\n"
            "    return np.mean(differences) - 1.96 * error, np.mean(differences) + 1.96 * error",
            "For fifteen zeros and a one",
        ),
        Wrong(changed(_BOOT, ("differences, len(differences)", "differences, 16")), "For 64 values"),
    ),
    alternatives=(
        "def bootstrap(differences):\n"
        "    places = np.random.randint(0, len(differences), (4000, len(differences)))\n"
        "    return np.quantile(differences[places].mean(axis=1), [0.025, 0.975])",
        "import random\n\ndef bootstrap(differences):\n"
        "    n = len(differences)\n"
        "    means = sorted(sum(random.choices(list(differences), k=n)) / n for _ in range(2000))\n"
        "    return [means[50], means[-51]]",
    ),
    note="`bias.interval` goes one step further: it divides each mean by its own standard error (bootstrap-t), "
    "which is truer for few values.",
)
