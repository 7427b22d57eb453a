"""7.2 An interval that stays below 1."""

from course_utils.exercises.answers import as_list, call, close, describe, shape
from course_utils.exercises.records import Exercise, Wrong, changed

_WILSON = (
    "def wilson(right, total):\n"
    "    a, z = right / total, 1.96\n"
    "    middle = a + z**2 / (2 * total)\n"
    "    half = z * (a * (1 - a) / total + z**2 / (4 * total**2)) ** 0.5\n"
    "    return (middle - half) / (1 + z**2 / total), (middle + half) / (1 + z**2 / total)"
)


def _wilson(right: int, total: int) -> tuple[float, float]:
    a, z = right / total, 1.96
    middle, half = a + z * z / (2 * total), z * (a * (1 - a) / total + z * z / (4 * total**2)) ** 0.5
    return (middle - half) / (1 + z * z / total), (middle + half) / (1 + z * z / total)


def _check_wilson(answer) -> str | None:
    value = call(answer, 9, 10)
    pair = as_list(value)
    if pair is None or shape(pair) != (2,):
        return f"Your function should return two numbers, the low and the high end; given: {describe(value)}."
    right = _wilson(9, 10)
    a, z, n = 0.9, 1.96, 10
    middle, shrunk = a + z * z / (2 * n), 1 + z * z / n
    plain, half = z * (a * (1 - a) / n) ** 0.5, z * (a * (1 - a) / n + z * z / (4 * n * n)) ** 0.5

    def around(middle, half, by=1.0):
        return [(middle - half) / by, (middle + half) / by]

    for guess, says in (
        (right[::-1], "The ends are swapped: return the low one first."),
        ([100 * end for end in right], "Those are percent; return shares."),
        (
            around(a, plain),
            f"That is the margin of notebook 01, and reaches {a + plain:.2f}: more than all. Use Wilson's formula.",
        ),
        (around(middle, half), "The last step is missing: divide both ends by 1 + z² / n."),
        (
            around(a, half, shrunk),
            "Your interval is centred on a itself: add z² / 2n first, which pulls it to one half.",
        ),
        (around(middle, plain, shrunk), "Under the root z² / 4n² is missing."),
        (around(middle, half**2 / z, shrunk), "The square root is missing."),
        (around(middle / shrunk, half), "Only the middle was divided by 1 + z² / n; divide the half width too."),
        ([middle / shrunk, half / shrunk], "Those are the middle and the half width; return the low and the high end."),
    ):
        if close(pair, guess, 5e-3):
            return says
    if not close(pair, right, 1e-3):
        near = " Take z = 1.96, and do not round." if close(pair, right, 1e-2) else ""
        return f"For 9 right of 10 expected {right[0]:.3f} and {right[1]:.3f}; given: {describe(value)}.{near}"
    value = call(answer, 50, 50)
    if not close(as_list(value), _wilson(50, 50), 1e-3):
        return f"For 50 right of 50 the interval is 0.93 to 1, by the same formula; given: {describe(value)}."
    return None


EXERCISE = Exercise(
    id="7.2",
    title="An interval that stays below 1",
    minutes=6,
    difficulty="easy",
    starter="def wilson(right, total):\n    ...",
    answer="wilson",
    check=_check_wilson,
    expects="a function that returns two numbers",
    hints=(
        "First `a = right / total`; then the middle, `a + z**2 / (2 * total)`.",
        "Both ends, the middle minus and plus the root times z, are divided by `1 + z**2 / total`.",
    ),
    solution=_WILSON,
    wrong=(
        Wrong(
            "def wilson(right, total):\n    a = right / total\n"
            "    m = 1.96 * (a * (1 - a) / total) ** 0.5\n    return a - m, a + m",
            "That is the margin of notebook 01",
        ),
        Wrong(changed(_WILSON, (" / (1 + z**2 / total)", "")), "The last step is missing"),
        Wrong(changed(_WILSON, ("middle = a + z**2 / (2 * total)", "middle = a")), "centred on a itself"),
        Wrong(changed(_WILSON, (" + z**2 / (4 * total**2)", "")), "Under the root"),
        Wrong(
            _WILSON.replace("(middle - half)", "(middle + half)", 1).replace(", (middle + half)", ", (middle - half)"),
            "The ends are swapped",
        ),
        Wrong(
            changed(
                _WILSON, ("return (middle - half)", "return 100 * (middle - half)"), (", (middle", ", 100 * (middle")
            ),
            "Those are percent",
        ),
        Wrong(
            changed(
                _WILSON,
                ("middle = a + z**2 / (2 * total)", "middle = (a + z**2 / (2 * total)) / (1 + z**2 / total)"),
                (
                    "(middle - half) / (1 + z**2 / total), (middle + half) / (1 + z**2 / total)",
                    "middle - half, middle + half",
                ),
            ),
            "Only the middle was divided",
        ),
        Wrong(changed(_WILSON, (" ** 0.5", "")), "The square root is missing"),
        Wrong(
            changed(_WILSON, ("(middle - half) /", "middle /"), ("(middle + half) /", "half /")),
            "Those are the middle and the half width",
        ),
        Wrong(changed(_WILSON, ("1.96", "2")), "do not round"),
        Wrong(changed(_WILSON, ("    a, z", "    total = 10\n    a, z")), "by the same formula"),
    ),
    alternatives=(
        "import numpy as np\n\ndef wilson(right, total):\n"
        "    # both ends p solve (right / total - p)² = z² p (1 - p) / total\n"
        "    a, z = right / total, 1.96\n"
        "    ends = np.roots([1 + z * z / total, -2 * a - z * z / total, a * a])\n"
        "    return sorted(ends.real)",
    ),
    note="Wilson published it in 1927; 97 right of 100 give 0.92 to 0.99.",
)
