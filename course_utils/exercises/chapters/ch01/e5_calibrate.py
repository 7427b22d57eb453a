"""1.5 Take the leaning out."""

from course_utils.exercises.answers import as_list, call, close, describe, shape
from course_utils.exercises.records import Exercise, Wrong


def _check_calibrate(answer) -> str | None:
    value = call(answer, [0.72, 0.28], [0.9, 0.1])
    got = as_list(value)
    if shape(got) != (2,):
        return f"Two shares went in; your function should return a list of two; given: {describe(value)}."
    if close(got, [0.8, 2.8], 6e-3):
        return "The quotients are right, 0.8 and 2.8, but shares sum to 1: divide both by their sum."
    if close(got, [-0.18, 0.18], 6e-3):
        return "You subtracted, and a share became negative: divide by the leaning."
    if close(got, [0.959, 0.041], 6e-3):
        return "You multiplied by the leaning, which doubles it: divide."
    if close(got, [0.778, 0.222], 6e-3):
        return "You divided the wrong way round: the share stands above, the leaning below."
    if close(got, [0.119, 0.881], 6e-3):
        return "You took the softmax of the quotients; dividing by their sum is enough."
    if close(got, [0.72, 0.28], 6e-3):
        return "The shares came back unchanged: use the second list."
    if not close(got, [0.222, 0.778], 6e-3):
        return f"For [0.72, 0.28] and [0.9, 0.1] expected about [0.222, 0.778]; given: {describe(value)}."
    value = call(answer, [0.5, 0.3, 0.2], [0.25, 0.25, 0.5])
    if not close(value, [0.556, 0.333, 0.111], 6e-3):
        return f"It must work for three labels too: expected about [0.556, 0.333, 0.111]; given: {describe(value)}."
    return None


_CALIBRATE = "def calibrate(shares, leaning):\n"


EXERCISE = Exercise(
    id="1.5",
    title="Take the leaning out",
    minutes=6,
    difficulty="medium",
    starter="def calibrate(shares, leaning):\n    ...",
    answer="calibrate",
    check=_check_calibrate,
    note="With the offline model 18 of the 20 are right again. The leaning was measured without any label; we only "
    "had to know that the reviews are half and half.",
    expects="a function that takes two lists of numbers and returns one",
    hints=(
        "Lists cannot be divided by lists: go through both with `zip(shares, leaning)`.",
        "The quotients no longer sum to 1. Divide each by `sum(quotients)`.",
    ),
    solution=(
        _CALIBRATE + "    quotients = [a / b for a, b in zip(shares, leaning)]\n"
        "    return [quotient / sum(quotients) for quotient in quotients]"
    ),
    wrong=(
        Wrong(_CALIBRATE + "    return [a / b for a, b in zip(shares, leaning)]", "divide both by their sum"),
        Wrong(_CALIBRATE + "    return [a - b for a, b in zip(shares, leaning)]", "You subtracted"),
        Wrong(
            _CALIBRATE + "    q = [a * b for a, b in zip(shares, leaning)]\n    return [x / sum(q) for x in q]",
            "which doubles it",
        ),
        Wrong(
            _CALIBRATE + "    q = [b / a for a, b in zip(shares, leaning)]\n    return [x / sum(q) for x in q]",
            "the wrong way round",
        ),
        Wrong(
            "import torch\n\n" + _CALIBRATE + "    q = torch.tensor(shares) / torch.tensor(leaning)\n"
            "    return q.softmax(0)",
            "softmax of the quotients",
        ),
        Wrong(
            _CALIBRATE + "    x, y = shares[0] / leaning[0], shares[1] / leaning[1]\n"
            "    return [x / (x + y), y / (x + y)]",
            "three labels too",
        ),
        Wrong(_CALIBRATE + "    q = shares / leaning\n    return q / sum(q)", "TypeError", status="error in your code"),
    ),
    alternatives=(
        "import torch\n\n" + _CALIBRATE + "    q = torch.tensor(shares) / torch.tensor(leaning)\n"
        "    return q / q.sum()",
    ),
)
