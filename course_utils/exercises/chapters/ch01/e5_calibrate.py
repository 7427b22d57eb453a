"""1.5 Take the prior out."""

import math

from course_utils.exercises.answers import as_list, call, close, describe, shape
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import known_slip

_CASES = (
    ([0.72, 0.28], [0.9, 0.1]),
    ([0.5, 0.3, 0.2], [0.25, 0.25, 0.5]),
    ([0.4, 0.6], [0.83, 0.17]),
    ([0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]),
    ([0.9, 0.1], [0.5, 0.5]),
    ([0.0, 1.0], [0.3, 0.7]),
    ([1 / 3, 2 / 3], [0.6, 0.4]),
)


def _quotients(shares, prior) -> list[float]:
    return [a / b for a, b in zip(shares, prior, strict=True)]


def _to_one(numbers) -> list[float]:
    return [number / sum(numbers) for number in numbers]


def _right(shares, prior) -> list[float]:
    return _to_one(_quotients(shares, prior))


_SLIPS = (
    (_quotients, "These are the quotients, but shares sum to 1: divide each quotient by the sum of all."),
    (
        lambda s, g: [a - b for a, b in zip(s, g, strict=True)],
        "You subtracted, and a share became negative: divide by the prior.",
    ),
    (
        lambda s, g: _to_one([a * b for a, b in zip(s, g, strict=True)]),
        "You multiplied by the prior, which makes it stronger: divide.",
    ),
    (
        lambda s, g: _to_one(_quotients(g, s)),
        "You divided the wrong way round: the share stands above, the prior below.",
    ),
    (
        lambda s, g: _to_one([math.exp(q) for q in _quotients(s, g)]),
        "You took the softmax of the quotients; dividing by their sum is enough.",
    ),
    (
        lambda s, g: [q / max(_quotients(s, g)) for q in _quotients(s, g)],
        "You divided by the largest quotient; divide by the sum of all.",
    ),
    (lambda s, g: s, "The shares came back unchanged: divide each by its prior."),
    (
        lambda s, g: sorted(_right(s, g), reverse=True),
        "The right numbers, but sorted by size: leave them in the order of the labels.",
    ),
    (lambda s, g: sorted(_right(s, g)), "The right numbers, but sorted: leave them in the order of the labels."),
    *(
        (lambda s, g, k=k: [round(x, k) for x in _right(s, g)], "Do not round them; the text asks for them unrounded.")
        for k in (2, 3, 4)
    ),
)


def _check_calibrate(answer) -> str | None:
    for shares, prior in _CASES:
        value, right = call(answer, shares, prior), _right(shares, prior)
        if not close(value, right, 1e-6):
            says = known_slip(answer, _CASES, _SLIPS, as_list)
            if says is None and shape(value) != (len(shares),):
                says = "Return one number for each label."
            shown = f"For the shares {_short(shares)} and the prior {_short(prior)} expected about {_short(right)}"
            return f"{shown}; given: {describe(value)}." + (f" {says}" if says else "")
    return None


def _short(numbers) -> str:
    return f"`{[float(f'{number:.4f}') for number in numbers]}`"


_CALIBRATE = "def calibrate(shares, prior):\n"
_SOLUTION = (
    _CALIBRATE + "    quotients = [a / b for a, b in zip(shares, prior)]\n"
    "    return [quotient / sum(quotients) for quotient in quotients]"
)


EXERCISE = Exercise(
    id="1.5",
    title="Take the prior out",
    minutes=8,
    difficulty="medium",
    starter="def calibrate(shares, prior):\n    ...",
    answer="calibrate",
    check=_check_calibrate,
    note="With the offline model 18 of the 20 are right again. The prior was measured without any label; we only "
    "had to know that the reviews are half and half.",
    expects="a function that takes two lists of numbers and returns one",
    hints=(
        "Do it on paper first: shares 0.72 and 0.28, prior 0.9 and 0.1. What are the two quotients, and their sum?",
        "Lists cannot be divided by lists: go through both with `zip(shares, prior)`.",
        "The quotients no longer sum to 1. Divide each by `sum(quotients)`.",
    ),
    solution=_SOLUTION,
    why="A label that the model prefers has a large prior, and dividing by it makes its share smaller. The "
    "division by the sum only makes shares of the quotients again.",
    wrong=(
        Wrong(_CALIBRATE + "    return [a / b for a, b in zip(shares, prior)]", "These are the quotients"),
        Wrong(_CALIBRATE + "    return [a - b for a, b in zip(shares, prior)]", "You subtracted"),
        Wrong(changed(_SOLUTION, ("a / b", "a * b")), "You multiplied by the prior"),
        Wrong(changed(_SOLUTION, ("a / b", "b / a if a else 1 / 0")), "the wrong way round"),
        Wrong(
            "import torch\n\n" + _CALIBRATE + "    q = torch.tensor(shares) / torch.tensor(prior)\n"
            "    return q.softmax(0)",
            "softmax of the quotients",
        ),
        Wrong(changed(_SOLUTION, ("/ sum(", "/ max(")), "by the largest quotient"),
        Wrong(_CALIBRATE + "    return [a / sum(shares) for a in shares]", "came back unchanged"),
        Wrong(
            changed(_SOLUTION, ("[quotient /", "sorted([quotient /"), ("in quotients]", "in quotients])[::-1]")),
            "sorted by size",
        ),
        Wrong(
            changed(_SOLUTION, ("[quotient / sum(quotients)", "[round(quotient / sum(quotients), 2)")), "Do not round"
        ),
        Wrong(
            _CALIBRATE + "    x, y = shares[0] / prior[0], shares[1] / prior[1]\n    return [x / (x + y), y / (x + y)]",
            "Return one number for each label",
        ),
        Wrong(_CALIBRATE + "    q = shares / prior\n    return q / sum(q)", "TypeError", status="error in your code"),
    ),
    also_wrong=(
        _CALIBRATE + "    for i, b in enumerate(prior):\n        shares[i] /= b\n"
        "    total = sum(shares)\n    return [x / total for x in shares]",
        changed(_SOLUTION, ("a / b", "a / (b + 0.01)")),
        changed(_SOLUTION, ("a / b", "a / b - 1")),
        _CALIBRATE + "    q = [a / b for a, b in zip(shares, prior)]\n    for i in range(len(q)):\n"
        "        q[i] /= sum(q)\n    return q",
        "import math\n\n" + changed(_SOLUTION, ("a / b", "math.exp(math.log(a) - math.log(b))")),
        _CALIBRATE + "    prior = [0.83, 0.17]\n    q = [a / b for a, b in zip(shares, prior)]\n"
        "    return [x / sum(q) for x in q]",
        _CALIBRATE + "    return [0.2222222222222222, 0.7777777777777778]",
        _CALIBRATE + '    return {"positive": shares[0], "negative": shares[1]}',
    ),
    alternatives=(
        "import torch\n\n" + _CALIBRATE + "    q = torch.tensor(shares) / torch.tensor(prior)\n    return q / q.sum()",
        "import numpy as np\n\n" + _CALIBRATE + "    q = np.divide(shares, prior)\n    return list(q / q.sum())",
        changed(_SOLUTION, ("[quotient /", "tuple(quotient /"), ("in quotients]", "in quotients)")),
    ),
)
