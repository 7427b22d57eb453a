"""7.4 Warm up, then slow down."""

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed

_RATE = (
    "def learning_rate(step, steps, warmup, peak):\n"
    "    if step < warmup:\n"
    "        return peak * step / warmup\n"
    "    return peak * max(0, steps - step) / (steps - warmup)"
)


def _right(step, steps, warmup, peak) -> float:
    return peak * (step / warmup if step < warmup else max(0, steps - step) / (steps - warmup))


def _check_rate(answer) -> str | None:
    places = (0, 5, 9, 10, 28, 55, 97, 100)
    got = [call(answer, step, 100, 10, 3.0) for step in places]
    value = [as_number(rate) for rate in got]
    if None in value:
        i = value.index(None)
        return f"Your function should return one number for every step; given at step {places[i]}: {describe(got[i])}."
    if not close(value, [_right(step, 100, 10, 3.0) for step in places]):
        return _slip(places, value)
    for steps, warmup, peak, some in (
        (50, 0, 1.0, (0, 1, 25, 49, 50)),
        (40, 30, 0.5, (0, 1, 29, 30, 31, 39, 40)),
        (1000, 100, 3e-5, (1, 50, 99, 100, 101, 500, 999)),
        (100, 10, 3.0, (101, 120, 5000)),
    ):
        for step in some:
            given, right = call(answer, step, steps, warmup, peak), _right(step, steps, warmup, peak)
            number = as_number(given)
            if number is None or not close(number / peak, right / peak):
                late = " After the last step the rate stays 0." if step > steps else ""
                bare = " Without warm-up it begins at the peak and falls at once." if warmup == 0 else ""
                return (
                    f"At step {step} of {steps}, with `warmup` {warmup} and the peak {peak:g}, expected {right:.4g}; "
                    f"given: {describe(given)}.{late}{bare}"
                )
    return None


def _slip(places, value) -> str:
    right = [_right(step, 100, 10, 3.0) for step in places]
    down = [3 * (100 - step) / 100 for step in places]
    long = [3 * (1 - (step - 10) / 100) for step in places]
    for wrong, says in (
        ([number / 3 for number in right], "That is a share; multiply it by `peak`."),
        (down, "There is no warm-up: the rate should begin at 0 and reach the peak at step `warmup`."),
        (right[:4] + [3] * 4, "After the warm-up the rate should fall, in a straight line, to 0 at the last step."),
    ):
        if close(value, wrong):
            return says
    if close(value[:2], [0.3, 1.8]):
        return "You count from one: at step 0 the rate is 0."
    if close(value[:3], right[:3]) and close(value[4:], down[4:]):
        return "After the warm-up your line falls as if it began at step 0: it takes `steps - warmup` steps to fall."
    if close(value[:3], right[:3]) and close(value[4:], long[4:]):
        return "At step 100 of 100 your rate is not 0 yet: the way down takes `steps - warmup` steps, not `steps`."
    return (
        f"Expected {_shown(right)}, in straight lines, at the steps {places} of 100 with 10 of warm-up and peak 3; "
        f"given: {_shown(value)}."
    )


def _shown(numbers) -> str:
    return ", ".join(f"{number:.4g}" for number in numbers)


EXERCISE = Exercise(
    id="7.4",
    title="Warm up, then slow down",
    minutes=8,
    difficulty="easy",
    starter="def learning_rate(step, steps, warmup, peak):\n    ...",
    answer="learning_rate",
    check=_check_rate,
    expects="a function that returns one number",
    hints=(
        "Draw it for 100 steps, of which 10 are warm-up. Which share of the way up is done at step 5? Which share of "
        "the way down is left at step 55?",
        "Two cases. Before `warmup` the share is the step divided by `warmup`. After it, the steps that are left are "
        "divided by all steps of the way down, and never less than 0.",
        "`max(0, steps - step) / (steps - warmup)` falls from 1 to 0. With `step < warmup` as the first case nothing "
        "is divided by a `warmup` of 0.",
    ),
    why="Both lines are shares of the peak: the share of the warm-up that is done, or the share of the way down that "
    "is left. `max` keeps the second one from falling below 0 after the last step.",
    solution=_RATE,
    wrong=(
        Wrong(
            "def learning_rate(step, steps, warmup, peak):\n    return peak * max(0, steps - step) / steps",
            "There is no warm-up",
        ),
        Wrong(
            changed(_RATE, ("peak * max(0, steps - step) / (steps - warmup)", "peak")),
            "After the warm-up the rate should fall",
        ),
        Wrong(changed(_RATE, ("(steps - warmup)", "steps")), "falls as if it began at step 0"),
        Wrong(
            changed(
                _RATE, ("peak * step / warmup", "peak * (step + 1) / warmup"), ("steps - step)", "steps - step - 1)")
            ),
            "You count from one",
        ),
        Wrong(
            changed(_RATE, ("steps - step", "100 - step"), ("(steps - w", "(100 - w")),
            "Without warm-up it begins at the peak and falls at once.",
        ),
        Wrong(changed(_RATE, ("peak * ", "")), "That is a share"),
        Wrong(changed(_RATE, ("max(0, steps - step)", "(steps - step)")), "After the last step the rate stays 0"),
        Wrong(
            "def learning_rate(step, steps, warmup, peak):\n"
            "    return peak * max(0, min(step / warmup, (steps - step) / (steps - warmup)))",
            "stopped with ZeroDivisionError",
            status="error in your code",
        ),
        Wrong(
            changed(
                _RATE,
                ("    return peak * max", "    if step >= steps:\n        return 0\n    return peak * max"),
                ("max(0, steps - step)", "max(0.1 * (steps - warmup), steps - step)"),
            ),
            "Expected 0, 1.5, 2.7, 3",
        ),
        Wrong(
            changed(_RATE, ("    return peak * step / warmup", "    return [peak * step / warmup]")),
            "for every step; given",
        ),
        Wrong(
            changed(
                _RATE, ("    return peak * step", "    return round(peak * step"), ("/ warmup\n", "/ warmup, 5)\n")
            ),
            "and the peak 3e-05",
        ),
        Wrong(
            changed(_RATE, ("max(0, steps - step) / (steps - warmup)", "max(0, 1 - (step - warmup) / steps)")),
            "At step 100 of 100 your rate is not 0 yet",
        ),
    ),
    also_wrong=(
        "def learning_rate(step, steps, warmup, peak):\n"
        "    up = step / max(1, warmup)\n"
        "    return peak * max(0, min(up, (steps - step) / (steps - warmup)))",
        changed(_RATE, ("step < warmup", "step < steps // 10"), ("/ warmup", "/ (steps // 10)")),
        changed(_RATE, ("max(0, steps - step)", "abs(steps - step)")),
        changed(_RATE, ("    if", "    if step > 2 * steps:\n        return peak\n    if")),
        "import math\n\n"
        "def learning_rate(step, steps, warmup, peak):\n"
        "    if step < warmup:\n        return peak * step / warmup\n"
        "    way = min(1, (step - warmup) / (steps - warmup))\n"
        "    return peak * (1 + math.cos(math.pi * way)) / 2",
    ),
    alternatives=(
        "def learning_rate(step, steps, warmup, peak):\n"
        "    up = step / max(warmup, 1) if step < warmup else 1\n"
        "    return peak * max(0, min(up, (steps - step) / (steps - warmup)))",
        "import numpy as np\n\n"
        "def learning_rate(step, steps, warmup, peak):\n"
        "    if not warmup:\n"
        "        return np.interp(step, [0, steps], [peak, 0])\n"
        "    return np.interp(step, [0, warmup, steps], [0, peak, 0])",
    ),
    note="It is what `get_linear_schedule_with_warmup` computes.",
)
