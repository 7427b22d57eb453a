"""1.3 How sure is an accuracy?"""

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong


def _check_margin(answer) -> str | None:
    value = call(answer, 16, 20)
    margin = as_number(value)
    shown = "For 16 right of 20 the margin is 0.18"
    if margin is None:
        return f"{shown}: return one number, not the ends of an interval or text; given: {describe(value)}."
    slips = (
        (0.0894, "that is one standard error: take two."),
        (0.0160, "you left out the square root."),
        (0.0080, "`** 1 / 2` halves, because the power comes first; write `** 0.5`."),
        (0.2000, "you left out the factor `a`, or divided by `right`, which comes to the same; divide by `total`."),
        (0.4000, "you left out the factor `1 - a`."),
        (0.0400, "the division by `total` belongs under the root."),
        (0.1265, "the 2 stands before the root."),
        (0.1835, "you divided by `total - 1`; here the formula has `total`."),
        (17.889, "that is in percent; return a share of 1."),
        (0.8000, "that is the accuracy itself."),
        (0.2236, "you assumed an accuracy of one half; use the one that was measured."),
    )
    for wrong, why in slips:
        if abs(margin - wrong) < 6e-4 * max(1, wrong):
            return f"{shown}, and you have {margin:.4g}: {why}"
    if not close(margin, 0.1789, 6e-3):
        return f"{shown}; given: {margin:.4g}."
    value = call(answer, 900, 1000)
    if not close(value, 0.01897, 6e-4):
        return f"For 900 right of 1000 the margin is 0.019; given: {describe(value)}."
    return None


_MARGIN = "def margin(right, total):\n"


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
        "First the accuracy, `a = right / total`.",
        "A square root is a power: `x ** 0.5`. Mind the brackets: the whole quotient stands under the root.",
    ),
    solution=_MARGIN + "    a = right / total\n    return 2 * (a * (1 - a) / total) ** 0.5",
    wrong=(
        Wrong(
            _MARGIN + "    a = right / total\n    return (a * (1 - a) / total) ** 0.5",
            "that is one standard error",
        ),
        Wrong(
            _MARGIN + "    a = right / total\n    return 2 * (a * (1 - a) / total)",
            "you left out the square root",
        ),
        Wrong(
            _MARGIN + "    a = right / total\n    return 2 * (a * (1 - a) / right) ** 0.5",
            "or divided by `right`",
        ),
        Wrong(
            _MARGIN + "    a = right / total\n    return 2 * (a * (1 - a) / total) ** 1 / 2",
            "because the power comes first",
        ),
        Wrong(
            _MARGIN + "    a = right / total\n    return 2 * (a / total) ** 0.5",
            "you left out the factor `1 - a`",
        ),
        Wrong(
            _MARGIN + "    a = right / total\n    return 2 * (a * (1 - a)) ** 0.5 / total",
            "the division by `total` belongs under the root",
        ),
        Wrong(
            _MARGIN + "    a = right / total\n    return (2 * a * (1 - a) / total) ** 0.5",
            "the 2 stands before the root",
        ),
        Wrong(
            _MARGIN + "    a = right / total\n    return 200 * (a * (1 - a) / total) ** 0.5",
            "that is in percent",
        ),
        Wrong(
            _MARGIN + "    a = right / total\n    m = 2 * (a * (1 - a) / total) ** 0.5\n    return a - m, a + m",
            "not the ends of an interval",
        ),
        Wrong(_MARGIN + "    return 2 * (0.25 / total) ** 0.5", "an accuracy of one half"),
    ),
    alternatives=(
        "import math\n\n" + _MARGIN + "    wrong = total - right\n"
        "    return round(2 * math.sqrt(right * wrong / total**3), 3)",
    ),
)
