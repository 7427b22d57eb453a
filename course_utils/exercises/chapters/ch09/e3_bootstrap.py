"""9.3 How far the mean may lie off."""

from functools import cache

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


_ONE_OF_TEN = [0.0] * 9 + [1.0]  # means are 0, 0.1, 0.2 …, a skew that no interval of mean and standard error shows


@cache
def _data():
    """Skewed values, negative ones, evenly spread ones, of three sizes; and for each 20,000 means of draws."""
    import numpy as np

    data = [np.array(_SKEWED), -5 - np.tile(_SKEWED, 4), np.linspace(-1, 3, 25)]
    return data, [np.random.default_rng(1).choice(values, (20_000, len(values))).mean(1) for values in data]


def _check_bootstrap(answer) -> str | None:
    import numpy as np

    data, draws = _data()
    found = []
    for values in (*data, np.array(_ONE_OF_TEN)):
        value = call(answer, values)
        if shape(as_list(value)) != (2,):
            return f"Your function should return two numbers, the low and the high end; given: {describe(value)}."
        found.append(np.array(as_list(value), dtype=float))
    *ends, few = found
    right = [np.percentile(means, [2.5, 97.5]) for means in draws]
    if not _agree(ends, right, draws):
        if says := next((says for guesses, says in _slips(data, draws) if _agree(ends, guesses, draws)), None):
            return says
        off = [max(abs(pair - best)) / means.std() for pair, best, means in zip(ends, right, draws, strict=True)]
        i = off.index(max(off))
        first = ", ".join(f"{value:.2f}" for value in data[i][:3])
        return (
            f"For {len(data[i])} values, {first} and so on, expected about {_two(right[i])}; given: {_two(ends[i])}."
            + _seen(ends, data)
        )
    if not max(abs(few - [0, 0.3])) < 1e-6:
        return (
            f"For nine zeros and a one expected 0.00 and 0.30; given: {_two(few)}. Return percentiles of the means "
            "themselves: of 2,000 means, each of ten values that were drawn with replacement."
        )
    return None


def _agree(ends, guesses, draws) -> bool:
    """Do the ends agree, as far as the chance in 2,000 draws allows? One end wanders by 0.06 standard errors or so."""
    import numpy as np

    off = np.array([(pair - guess) / means.std() for pair, guess, means in zip(ends, guesses, draws, strict=True)])
    return bool(abs(off).max() < 0.4 and abs((off[:, 1] - off[:, 0]).mean()) < 0.3)


def _slips(data, draws):
    import numpy as np

    def middle(low, high):
        return [np.percentile(means, [low, high]) for means in draws]

    return (
        (middle(97.5, 2.5), "The ends are swapped: return the low one first."),
        (middle(5, 95), "Your interval holds the middle 90 %: for 95 % cut off 2.5 % on each side."),
        (
            middle(16, 84),
            "Your interval holds about the middle 68 %, one standard error to each side: for 95 % cut off 2.5 % on "
            "each side.",
        ),
        (
            [pair - values.mean() for pair, values in zip(middle(2.5, 97.5), data, strict=True)],
            "Your interval is that of the errors, centred on 0: return the ends of the means themselves.",
        ),
    )


def _seen(ends, data) -> str:
    """What is plain to see in all of the intervals, with usual reasons, no more."""
    pairs = [(pair[0], pair[1], values) for pair, values in zip(ends, data, strict=True)]
    if all(low > high for low, high, _ in pairs):
        return " The first number is the larger one: return the low end first."
    if all(high - low < 0.01 * values.std() for low, high, values in pairs):
        return (
            " Your two ends are nearly the same. Two usual reasons: values drawn without replacement, whose mean is "
            "always the same; or a generator made anew for every draw, which draws the same each time."
        )
    if all(high < values.mean() or low > values.mean() for low, high, values in pairs):
        return (
            " Both of your ends lie on the same side of the mean. A usual reason: `np.percentile` counts from 0 to "
            "100, `np.quantile` from 0 to 1."
        )
    if all(high - low > 0.75 * (values.max() - values.min()) for low, high, values in pairs):
        return (
            " Your interval is about as wide as the single values are spread. Take the mean of each draw, and the ends "
            "of these means."
        )
    return ""


def _two(pair) -> str:
    return f"{pair[0]:.2f} and {pair[1]:.2f}"


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
        "Do it once: draw, and take the mean. What must change from one draw to the next, and what must not?",
        "Make one generator, and collect 2,000 means in a list. Half of the 5 % that stay outside lie at each side.",
        "One mean is `rng.choice(differences, len(differences)).mean()`; the ends are `np.percentile(means, [2.5, "
        "97.5])`.",
    ),
    solution=_BOOT,
    why="Each draw is a set of templates as it might have come out, some twice, some not at all. The means of many "
    "such sets show how far the mean moves by chance, and the middle 95 % of them is the interval.",
    wrong=(
        Wrong(changed(_BOOT, ("len(differences))", "len(differences), replace=False)")), "without replacement, whose"),
        Wrong(
            changed(
                _BOOT,
                (
                    "np.percentile(means, 2.5), np.percentile(means, 97.5)",
                    "np.percentile(differences, 2.5), np.percentile(differences, 97.5)",
                ),
            ),
            "as the single values are spread",
        ),
        Wrong(changed(_BOOT, ("2.5)", "5)"), ("97.5", "95")), "the middle 90 %"),
        Wrong(
            changed(
                _BOOT,
                (
                    "return np.percentile(means, 2.5), np.percentile(means, 97.5)",
                    "return np.mean(means) - np.std(means), np.mean(means) + np.std(means)",
                ),
            ),
            "about the middle 68 %",
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
        Wrong(changed(_BOOT, ("2.5)", "0.025)"), ("97.5", "0.975")), "`np.percentile` counts from 0 to 100"),
        Wrong(
            "def bootstrap(differences):\n"
            "    error = np.std(differences) / len(differences) ** 0.5\n"
            "    return np.mean(differences) - 1.96 * error, np.mean(differences) + 1.96 * error",
            "For nine zeros and a one",
        ),
    ),
    also_wrong=(
        changed(_BOOT, ("differences, len(differences)", "differences, 12")),
        changed(_BOOT, ("differences, len(differences)", "differences, 16")),
        changed(_BOOT, ("differences, len(differences)", "differences, 2000")),
        changed(_BOOT, ("differences, len(differences)", "differences, 10")),
        changed(_BOOT, ("rng.choice", "np.random.default_rng(0).choice")),
        changed(_BOOT, (".mean()", ""))
        .replace("means = [", "means = np.mean([")
        .replace("(2000)]", "(2000)], axis=0)"),
        changed(_BOOT, ("rng.choice(differences, len(differences)).mean()", "np.median(rng.choice(differences, 16))")),
        changed(
            _BOOT,
            (
                "return np.percentile(means, 2.5), np.percentile(means, 97.5)",
                "return 2 * np.mean(differences) - np.percentile(means, [97.5, 2.5])",
            ),
        ),
        "def bootstrap(differences):\n    return 0.62, 1.56",
        "def bootstrap(differences):\n    from course_utils.bias import interval\n\n    return interval(differences)",
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
