"""1.3 How sure is an accuracy?"""

from course_utils.exercises.answers import as_number, call, close, describe, is_a, shape
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import known_slip

_CASES = ((16, 20), (900, 1000), (2, 3), (19, 20), (5, 10), (1, 8), (20, 20), (0, 5), (1, 1))


def _right(right, total) -> float:
    a = right / total
    return 2 * (a * (1 - a) / total) ** 0.5


def _of(formula):
    """The same with the accuracy `a`, the number `n` of all and the number `r` of right ones."""
    return lambda right, total: formula(right / total, total, right)


_SLIPS = (
    (_of(lambda a, n, r: (a * (1 - a) / n) ** 0.5), "that is one standard error: take two."),
    (_of(lambda a, n, r: 2 * (a * (1 - a) / n)), "you left out the square root."),
    (_of(lambda a, n, r: (a * (1 - a) / n) ** 1), "did you write `** 1 / 2`? The power comes first; write `** 0.5`."),
    (_of(lambda a, n, r: 2 * ((1 - a) / n) ** 0.5), "you left out the factor `a`."),
    (_of(lambda a, n, r: 2 * (a * (1 - a) / r) ** 0.5), "you divided by `right`; divide by `total`."),
    (_of(lambda a, n, r: 2 * (a / n) ** 0.5), "you left out the factor `1 - a`."),
    (_of(lambda a, n, r: 2 * (a * (1 - a)) ** 0.5 / n), "the division by `total` belongs under the root."),
    (_of(lambda a, n, r: (2 * a * (1 - a) / n) ** 0.5), "the 2 stands before the root."),
    (
        _of(lambda a, n, r: 2 * (a * (1 - a) / (n - 1)) ** 0.5),
        "you divided by `total - 1`; here the formula has `total`.",
    ),
    (_of(lambda a, n, r: 1.96 * (a * (1 - a) / n) ** 0.5), "you took 1.96 standard errors; the formula has 2."),
    (_of(lambda a, n, r: 200 * (a * (1 - a) / n) ** 0.5), "that is in percent; return a share of 1."),
    (_of(lambda a, n, r: a), "that is the accuracy itself."),
    (_of(lambda a, n, r: n**-0.5), "you took an accuracy of one half; use the one that was measured."),
    (
        _of(lambda a, n, r: 2 * (a * (1 - a) / 20) ** 0.5),
        "you took 20 for the number of all; use `total`.",
    ),
    (
        lambda right, total: 0.0,
        "it is 0 in all cases of this check. `//` and `int` lose the decimals of the accuracy; `/` keeps them.",
    ),
    *(
        (lambda right, total, k=k: round(_right(right, total), k), "do not round it; the text asks for it unrounded.")
        for k in (2, 3, 4)
    ),
)


def _check_margin(answer) -> str | None:
    for case in _CASES:
        value, right = call(answer, *case), _right(*case)
        shown = f"For {case[0]} right of {case[1]} the margin is {right:.6g}"
        margin = as_number(value)
        if is_a(value, complex):
            return (
                f"{shown}; given: {describe(value)}. Such a number is the root of a negative one. Is your accuracy "
                "between 0 and 1?"
            )
        if margin is None:
            ends = " The margin is one number, not the two ends of an interval." if shape(value) == (2,) else ""
            return f"{shown}: return one number; given: {describe(value)}.{ends}"
        if not close(margin, right, 1e-6):
            says = known_slip(answer, _CASES, _SLIPS)
            return f"{shown}, and you have {describe(value)}" + (f": {says}" if says else ".")
    return None


_MARGIN = "def margin(right, total):\n"
_SOLUTION = _MARGIN + "    a = right / total\n    return 2 * (a * (1 - a) / total) ** 0.5"


EXERCISE = Exercise(
    id="1.3",
    title="How sure is an accuracy?",
    minutes=5,
    difficulty="easy",
    starter="def margin(right, total):\n    ...",
    answer="margin",
    check=_check_margin,
    expects="a function that takes two whole numbers and returns a number",
    hints=(
        "Compute *a* first. Which of the two numbers do you divide by the other?",
        "A square root is a power: `x ** 0.5`.",
        "Mind the brackets: the whole quotient stands under the root, and the 2 before it.",
    ),
    solution=_SOLUTION,
    why="The accuracy is the share of right answers. Under the root its spread is divided by the number of items, "
    "so four times as many items halve the margin.",
    wrong=(
        Wrong(changed(_SOLUTION, ("2 * ", "")), "that is one standard error"),
        Wrong(changed(_SOLUTION, (" ** 0.5", "")), "you left out the square root"),
        Wrong(changed(_SOLUTION, ("(1 - a) / total", "(1 - a) / right")), "you divided by `right`"),
        Wrong(changed(_SOLUTION, ("a * (1", "(1")), "you left out the factor `a`"),
        Wrong(changed(_SOLUTION, ("** 0.5", "** 1 / 2")), "The power comes first"),
        Wrong(changed(_SOLUTION, ("a * (1 - a)", "a")), "you left out the factor `1 - a`"),
        Wrong(changed(_SOLUTION, (" / total) ** 0.5", ") ** 0.5 / total")), "belongs under the root"),
        Wrong(changed(_SOLUTION, ("2 * (a", "(2 * a")), "the 2 stands before the root"),
        Wrong(changed(_SOLUTION, ("a) / total", "a) / (total - 1)")), "you divided by `total - 1`"),
        Wrong(changed(_SOLUTION, ("2 * ", "1.96 * ")), "1.96 standard errors"),
        Wrong(changed(_SOLUTION, ("2 * ", "200 * ")), "that is in percent"),
        Wrong(changed(_SOLUTION, ("2 * (a * (1 - a) / total) ** 0.5", "a")), "that is the accuracy itself"),
        Wrong(changed(_SOLUTION, ("a) / total", "a) / 20")), "you took 20 for the number of all"),
        Wrong(changed(_SOLUTION, ("right / total", "right // total")), "it is 0 in all cases"),
        Wrong(
            _MARGIN + "    a = right / total\n    m = 2 * (a * (1 - a) / total) ** 0.5\n    return a - m, a + m",
            "not the two ends of an interval",
        ),
        Wrong(_MARGIN + "    return 2 * (right * (1 - right) / total) ** 0.5", "the root of a negative one"),
        Wrong(_MARGIN + "    return 2 * (0.25 / total) ** 0.5", "an accuracy of one half"),
        Wrong(
            _MARGIN + "    a = right / total\n    return round(2 * (a * (1 - a) / total) ** 0.5, 3)", "do not round it"
        ),
    ),
    also_wrong=(
        changed(_SOLUTION, ("right / total", "round(right / total, 2)")),
        changed(_SOLUTION, ("right / total", "(right + 1) / (total + 2)"), ("a) / total", "a) / (total + 2)")),
        _MARGIN + "    a = right / total\n    return min(2 * (a * (1 - a) / total) ** 0.5, 1 - a)",
        _MARGIN + "    a = right / total\n    return round(2 * (a * (1 - a) / total) ** 0.5, 5)",
        _MARGIN + "    a = right / total\n    return max(2 * (a * (1 - a) / total) ** 0.5, 1 / total)",
        _MARGIN + "    return 0.17888543819998318",
    ),
    alternatives=(
        "import math\n\n" + _MARGIN + "    wrong = total - right\n    return 2 * math.sqrt(right * wrong / total**3)",
        "import numpy as np\n\n" + _MARGIN + "    hits = np.array([1.0] * right + [0.0] * (total - right))\n"
        "    return np.array([2 * hits.std() / total**0.5])",
        "import torch\n\n"
        + _MARGIN
        + "    a = torch.tensor(right / total)\n    return 2 * torch.sqrt(a * (1 - a) / total)",
    ),
)
