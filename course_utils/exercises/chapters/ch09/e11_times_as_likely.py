"""9.11 How many times, on average?"""

import math

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import known_slip

_CASES = (
    ([0.4, 0.1], [0.1, 0.4]),
    ([0.02, 0.03, 0.01, 0.08], [0.01, 0.01, 0.02, 0.005]),
    ([0.2, 0.2], [0.1, 0.05]),
    ([0.001, 0.004, 0.002], [0.01, 0.003, 0.006]),
    ([0.3], [0.1]),
    ([0.5, 0.25, 0.125, 0.0625, 0.03125], [0.25, 0.25, 0.25, 0.25, 0.25]),
    ([0.2, 0.2, 0.2, 0.1], [0.1, 0.1, 0.1, 0.4]),  # equal ratios are different wordings
    ([0.0002, 0.0001, 0.0003], [0.9, 0.8, 0.5]),  # small: here rounding shows
)


def _ratios(first, second) -> list[float]:
    return [a / b for a, b in zip(first, second, strict=True)]


def _right(first, second) -> float:
    return math.exp(_mean_log(first, second))


def _mean_log(first, second) -> float:
    logs = [math.log(ratio) for ratio in _ratios(first, second)]
    return sum(logs) / len(logs)


def _middle(values) -> float:
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


_SLIPS = (
    (
        lambda a, b: sum(_ratios(a, b)) / len(a),
        "That is the ordinary mean of the ratios: 4 times and a quarter of a time do not cancel in it. Take the mean "
        "of the logarithms.",
    ),
    (
        lambda a, b: sum(a) / sum(b),
        "You divided the sums, or the means, of the probabilities. Then the wording with large probabilities counts "
        "most; make one ratio for each wording first.",
    ),
    (_mean_log, "That is the mean of the logarithms. The last step is missing: `math.exp` makes a ratio again."),
    (
        lambda a, b: 1 / _right(a, b),
        "That is how many times as likely the word is with the second group: divide the first by the second.",
    ),
    (
        lambda a, b: math.prod(_ratios(a, b)),
        "That is the product of all ratios: divide the sum of the logarithms by how many wordings there are.",
    ),
    (
        lambda a, b: _middle(_ratios(a, b)),
        "That is the median, the ratio in the middle. It does not see how far away the other ratios are.",
    ),
    (
        lambda a, b: 10 ** _mean_log(a, b),
        "`math.log` and `10 **` do not belong together: `math.exp` undoes `math.log`.",
    ),
    (lambda a, b: _ratios(a, b)[0], "That is the ratio of the first wording only: use all of them."),
    (lambda a, b: _ratios(a, b)[-1], "That is the ratio of the last wording only: use all of them."),
)


def _check(answer) -> str | None:
    for first, second in _CASES:
        value, right = call(answer, first, second), _right(first, second)
        if as_number(value) is None:
            return f"Your function should return one number; given: {describe(value)}."
        if not close(as_number(value) / right, 1.0, 1e-5):  # a tensor of float32 has seven digits
            told = f"For {first} and {second} the word is {right:.6g} times as likely; given: {describe(value)}."
            return known_slip(answer, _CASES, _SLIPS) or told
    return None


_HEAD = "import math\n\n\ndef times_as_likely(first, second):\n"
_SOLUTION = (
    _HEAD + "    logs = [math.log(one / other) for one, other in zip(first, second)]\n"
    "    return math.exp(sum(logs) / len(logs))"
)


EXERCISE = Exercise(
    id="9.11",
    title="How many times, on average?",
    minutes=8,
    difficulty="easy",
    starter="import math\n\n\ndef times_as_likely(first, second):\n    ...",
    answer="times_as_likely",
    check=_check,
    expects="a function that takes two lists of probabilities and returns a number",
    hints=(
        "Begin with one ratio for each wording. `zip` walks through two lists at once.",
        "Make a list of `math.log(one / other)`, take its mean with `sum` and `len`, and give the mean to `math.exp`.",
    ),
    solution=_SOLUTION,
    why="In logarithms, 4 times and a quarter of a time are equally far from 0, on two sides. So they cancel, and the "
    "mean favours neither group. This is the geometric mean, and `probe` uses it, too.",
    wrong=(
        Wrong(
            _HEAD + "    return sum(a / b for a, b in zip(first, second)) / len(first)", "ordinary mean of the ratios"
        ),
        Wrong(_HEAD + "    return sum(first) / sum(second)", "You divided the sums"),
        Wrong(changed(_SOLUTION, ("math.exp(", "(")), "The last step is missing"),
        Wrong(changed(_SOLUTION, ("one / other", "other / one")), "with the second group"),
        Wrong(changed(_SOLUTION, (" / len(logs)", "")), "the product of all ratios"),
        Wrong(
            "import statistics\n\n\ndef times_as_likely(first, second):\n"
            "    return statistics.median(a / b for a, b in zip(first, second))",
            "the median",
        ),
        Wrong(
            changed(_SOLUTION, ("math.exp(sum(logs) / len(logs))", "10 ** (sum(logs) / len(logs))")), "do not belong"
        ),
        Wrong(_HEAD + "    return first[0] / second[0]", "the first wording only"),
        Wrong(
            changed(_SOLUTION, ("return math", "return [math"), ("len(logs))", "len(logs)) for one in logs]")),
            "one number",
        ),
    ),
    also_wrong=(
        changed(
            _SOLUTION,
            ("    return math.exp(sum(logs) / len(logs))", "    return round(math.exp(sum(logs) / len(logs)))"),
        ),
        _HEAD + "    return 1.0",
        changed(_SOLUTION, ("math.exp(sum(logs)", "math.exp(abs(sum(logs))")),
        changed(_SOLUTION, ("/ len(logs)", "/ 2")),
        changed(_SOLUTION, ("math.exp(sum(logs) / len(logs))", "round(math.exp(sum(logs) / len(logs)), 6)")),
        changed(_SOLUTION, ("sum(logs) / len(logs)", "sum(set(logs)) / len(set(logs))")),
        _HEAD + "    other = dict(zip(first, second))\n    logs = [math.log(one / other[one]) for one in other]\n"
        "    return math.exp(sum(logs) / len(logs))",
    ),
    alternatives=(
        "import statistics\n\n\ndef times_as_likely(first, second):\n"
        "    return statistics.geometric_mean([a / b for a, b in zip(first, second)])",
        "import numpy as np\n\n\ndef times_as_likely(first, second):\n"
        "    return np.exp(np.mean(np.log(first) - np.log(second)))",
        _HEAD + "    product = 1\n    for one, other in zip(first, second):\n        product *= one / other\n"
        "    return product ** (1 / len(first))",
        "import torch\n\n\ndef times_as_likely(first, second):\n"
        "    one, other = torch.tensor(first), torch.tensor(second)\n"
        "    return (one / other).log().mean().exp()",
        _HEAD + "    total = sum(math.log10(first[i]) - math.log10(second[i]) for i in range(len(first)))\n"
        "    return 10 ** (total / len(first))",
    ),
)
