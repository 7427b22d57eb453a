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
    if not close(pair, right):
        if says := _slip(pair, right):
            return says
        near = " Take z = 1.96, and do not round." if close(pair, right, 1e-2) else ""
        return f"For 9 right of 10 expected {right[0]:.4f} and {right[1]:.4f}; given: {describe(value)}.{near}"
    for count, total in ((50, 50), (0, 8), (3, 1000), (1, 2)):
        value, right = call(answer, count, total), _wilson(count, total)
        if not close(as_list(value), right):
            return (
                f"It is right for 9 of 10, but not for {count} right of {total}: by the same formula expected "
                f"{right[0]:.4f} and {right[1]:.4f}; given: {describe(value)}."
            )
    return None


def _slip(pair, right) -> str | None:
    """The sentence of a known slip in the interval of 9 right of 10."""
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
            f"That is the margin of exercise 1.3, and reaches {a + plain:.2f}: more than all. Use Wilson's formula.",
        ),
        ([a - plain, 1], "That is the margin of 1.3, cut off at 1. Use Wilson's formula."),
        (around(middle, half), "The last step is missing: divide both ends by 1 + z² / n."),
        (
            around(a, half, shrunk),
            "Your interval is centred on a itself: add z² / 2n first, which pulls it to one half.",
        ),
        (around(middle, plain, shrunk), "Under the root z² / 4n² is missing."),
        (around(middle, half / z, shrunk), "The z in front of the root is missing."),
        (around(middle, half**2 / z, shrunk), "The square root is missing."),
        (around(middle / shrunk, half), "Only the middle was divided by 1 + z² / n; divide the half width too."),
        (around(middle, half / shrunk), "Only the half width was divided by 1 + z² / n; divide the middle too."),
        ([middle / shrunk, half / shrunk], "Those are the middle and the half width; return the low and the high end."),
    ):
        if close(pair, guess):
            return says
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
        "Build the formula from the inside. Which parts do both ends share? Try each with 9 right of 10, by hand.",
        "Compute the middle, a + z² / 2n, and the half width, z times the root. The ends are the middle minus and plus "
        "the half width, both divided by 1 + z² / n.",
        "`a = right / total`, `middle = a + z**2 / (2 * total)`; a root is `(...) ** 0.5`. Mind the brackets: "
        "`z**2 / 2 * total` multiplies by `total`.",
    ),
    why="The ends are the shares from which a result such as ours would just lie 1.96 standard errors away. Solving "
    "this for the share gives the formula: it pulls the middle towards one half and never leaves 0 to 1.",
    solution=_WILSON,
    wrong=(
        Wrong(
            "def wilson(right, total):\n    a = right / total\n"
            "    m = 1.96 * (a * (1 - a) / total) ** 0.5\n    return a - m, a + m",
            "That is the margin of exercise 1.3",
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
        Wrong(changed(_WILSON, ("    a, z", "    total = 10\n    a, z")), "but not for 50 right of 50"),
        Wrong(
            changed(_WILSON, ("    a, z", "    if right == 0:\n        return 0, 0\n    a, z")),
            "but not for 0 right of 8",
        ),
        Wrong(
            "def wilson(right, total):\n    a = right / total\n"
            "    m = 1.96 * (a * (1 - a) / total) ** 0.5\n    return max(0, a - m), min(1, a + m)",
            "cut off at 1",
        ),
        Wrong(changed(_WILSON, ("half = z * (", "half = (")), "The z in front of the root is missing"),
        Wrong(
            changed(
                _WILSON,
                ("total**2)) ** 0.5", "total**2)) ** 0.5 / (1 + z**2 / total)"),
                (
                    "(middle - half) / (1 + z**2 / total), (middle + half) / (1 + z**2 / total)",
                    "middle - half, middle + half",
                ),
            ),
            "Only the half width was divided",
        ),
    ),
    also_wrong=(
        changed(_WILSON, ("(4 * total**2)", "(4 * total)")),
        changed(
            _WILSON,
            (
                "return (middle - half) / (1 + z**2 / total), ",
                "return round((middle - half) / (1 + z**2 / total), 3), ",
            ),
            (", (middle + half) / (1 + z**2 / total)", ", round((middle + half) / (1 + z**2 / total), 3)"),
        ),
        changed(_WILSON, ("right / total", "right // total")),
        changed(_WILSON, ("    a, z", "    if right == total:\n        return 1, 1\n    a, z")),
    ),
    alternatives=(
        "import numpy as np\n\ndef wilson(right, total):\n"
        "    # both ends p solve (right / total - p)² = z² p (1 - p) / total\n"
        "    a, z = right / total, 1.96\n"
        "    ends = np.roots([1 + z * z / total, -2 * a - z * z / total, a * a])\n"
        "    return sorted(ends.real)",
        "from statistics import NormalDist\n\ndef wilson(right, total, z=NormalDist().inv_cdf(0.975)):\n"
        "    k = z * z / total\n"
        "    root = (k * k / 4 + k * right / total * (1 - right / total)) ** 0.5\n"
        "    return tuple((right / total + k / 2 + sign * root) / (1 + k) for sign in (-1, 1))",
    ),
    note="Wilson published it in 1927; 97 right of 100 give 0.92 to 0.99.",
)
