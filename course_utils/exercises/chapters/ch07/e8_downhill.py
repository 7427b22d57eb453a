"""7.8 Roll downhill."""

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import known_slip


class _Slope:
    """A function of the weight that is shown as its formula."""

    def __init__(self, formula: str, compute):
        self.formula, self.compute = formula, compute

    def __call__(self, weight):
        return self.compute(weight)

    def __repr__(self):
        return f"weight → {self.formula}"


_Slope.__name__ = "function"  # a TypeError of the learner names the type

_CUP = _Slope("2 * (weight - 3)", lambda weight: 2 * (weight - 3))
_STEEP = _Slope("4 * weight ** 3", lambda weight: 4 * weight**3)
_RAMP = _Slope("-1.5", lambda weight: -1.5)
_CASES = (
    (0.0, _CUP, 0.1, 1),
    (0.0, _CUP, 0.1, 5),
    (7.0, _CUP, 0.3, 3),
    (1.0, _STEEP, 0.05, 4),
    (2.0, _RAMP, 0.5, 6),
    (-2.0, _CUP, 1.1, 3),
    (0.5, _CUP, 0.2, 0),
    (3.0, _CUP, 0.4, 2),
    (4, _CUP, 0.25, 2),
    (0.0, _CUP, 0.02, 60),
)


def _right(weight, slope, rate, steps):
    for _ in range(steps):
        weight = weight - rate * slope(weight)
    return weight


def _uphill(weight, slope, rate, steps):
    for _ in range(steps):
        weight = weight + rate * slope(weight)
    return weight


def _whole_slope(weight, slope, rate, steps):
    return _right(weight, slope, 1, steps)


def _same_slope(weight, slope, rate, steps):
    return weight - steps * rate * slope(weight)


def _lost(weight, slope, rate, steps):
    for _ in range(steps):
        weight = -rate * slope(weight)
    return weight


def _bare_rate(weight, slope, rate, steps):
    return weight - steps * rate


def _only_one(weight, slope, rate, steps):
    return _right(weight, slope, rate, min(steps, 1))


def _always_one(weight, slope, rate, steps):
    return _right(weight, slope, rate, 1)


def _left_early(weight, slope, rate, steps):
    if not steps:
        raise ValueError
    return _right(weight, slope, rate, 1)


_ONE = "You take one step only. Is your `return` inside the loop? It should stand below the loop, not in it."
_NO_LOOP = "You take one step, whatever `steps` is. Repeat it in a loop: `for _ in range(steps):`."
_SLIPS = (
    (_uphill, "You walk uphill: the step goes against the slope, so subtract `rate * slope(weight)`."),
    (_whole_slope, "You subtract the whole slope: multiply it by `rate`."),
    (
        _same_slope,
        "You use the slope of the first place for all steps. The slope changes on the way: call `slope` again with "
        "the new weight before each step.",
    ),
    (_lost, "The old weight is lost: the new weight is the old weight minus `rate * slope(weight)`."),
    (_bare_rate, "You subtract the rate alone: multiply it by `slope(weight)`."),
    (_only_one, _ONE),
    (_always_one, _NO_LOOP),
    (_left_early, _ONE),
    (lambda w, s, r, n: _right(w, s, r, n + 1), "You take one step too many: `steps` steps are wanted."),
    (lambda w, s, r, n: _right(w, s, r, max(0, n - 1)), "You take one step too few: `steps` steps are wanted."),
)


def _told(weight, slope, rate, steps) -> str:
    return (
        f"With `weight` {weight:g}, the slope `{slope.formula}`, `rate` {rate:g} and `steps` {steps} the last weight "
        f"is {_right(weight, slope, rate, steps):.6g}"
    )


def _check(answer) -> str | None:
    for case in _CASES:
        value = call(answer, *case)
        if as_number(value) is None:
            return f"Your function should return one number; given: {describe(value)}."
        if not close(as_number(value), _right(*case), 1e-6):  # a tensor has seven digits
            return known_slip(answer, _CASES, _SLIPS) or f"{_told(*case)}; given: {describe(value)}."
    return None


_SOLUTION = (
    "def descend(weight, slope, rate, steps):\n"
    "    for _ in range(steps):\n"
    "        weight = weight - rate * slope(weight)\n"
    "    return weight"
)

EXERCISE = Exercise(
    id="7.8",
    title="Roll downhill",
    minutes=5,
    difficulty="easy",
    starter="def descend(weight, slope, rate, steps):\n    ...",
    answer="descend",
    check=_check,
    expects="a function that returns the last weight",
    hints=(
        "One step first: what is the new weight, if the weight is 0, the slope there is -6, and the rate is 0.1?",
        "The rule is: new weight = weight - rate * slope. Put it into a loop, `for _ in range(steps):`, and store the "
        "new weight under the old name.",
        "`weight = weight - rate * slope(weight)`, and after the loop `return weight`.",
    ),
    why="Each step asks for the slope at the place where the ball is now, and goes a part of it in the other "
    "direction. This is gradient descent; an optimizer does the same for millions of weights at once.",
    solution=_SOLUTION,
    wrong=(
        Wrong(changed(_SOLUTION, ("weight - rate", "weight + rate")), "You walk uphill"),
        Wrong(changed(_SOLUTION, ("rate * slope", "slope")), "You subtract the whole slope"),
        Wrong(
            "def descend(weight, slope, rate, steps):\n    return weight - steps * rate * slope(weight)",
            "You use the slope of the first place",
        ),
        Wrong(changed(_SOLUTION, ("weight - rate", "-rate")), "The old weight is lost"),
        Wrong(changed(_SOLUTION, (" * slope(weight)", "")), "You subtract the rate alone"),
        Wrong(changed(_SOLUTION, ("    return", "        return")), "You take one step only"),
        Wrong(
            "def descend(weight, slope, rate, steps):\n    return weight - rate * slope(weight)",
            "You take one step, whatever `steps` is",
        ),
        Wrong(changed(_SOLUTION, ("range(steps)", "range(steps + 1)")), "one step too many"),
        Wrong(changed(_SOLUTION, ("range(steps)", "range(1, steps)")), "one step too few"),
        Wrong(
            changed(_SOLUTION, ("return weight", "return [weight]"), ("    for", "    weight = weight + 0.0\n    for")),
            "should return one number",
        ),
        Wrong(changed(_SOLUTION, ("slope(weight)", "slope")), "stopped with TypeError", status="error in your code"),
        Wrong(changed(_SOLUTION, ("return weight", "return round(weight, 2)")), "the last weight is 2.01696"),
    ),
    also_wrong=(
        changed(_SOLUTION, ("slope(weight)", "2 * (weight - 3)")),
        changed(_SOLUTION, ("slope(weight)", "min(6, max(-6, slope(weight)))")),
        changed(_SOLUTION, ("rate *", "0.1 *")),
        changed(_SOLUTION, ("range(steps)", "range(min(steps, 20))")),
    ),
    alternatives=(
        "def descend(weight, slope, rate, steps):\n"
        "    if steps == 0:\n        return weight\n"
        "    return descend(weight - rate * slope(weight), slope, rate, steps - 1)",
        "def descend(weight, slope, rate, steps):\n"
        "    path = [weight]\n"
        "    while len(path) <= steps:\n        path.append(path[-1] - slope(path[-1]) * rate)\n"
        "    return path[-1]",
        "import numpy as np\n\n"
        "def descend(weight, slope, rate, steps):\n"
        "    place = np.array(weight)\n"
        "    for _ in range(steps):\n        place = place - rate * slope(place)\n"
        "    return place",
        "import torch\n\n"
        "def descend(weight, slope, rate, steps):\n"
        "    place = torch.tensor(float(weight))\n"
        "    for _ in range(steps):\n        place = place - rate * slope(place)\n"
        "    return place.item()",
    ),
)
