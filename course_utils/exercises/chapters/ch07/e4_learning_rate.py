"""7.4 Warm up, then slow down."""

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed

_RATE = (
    "def learning_rate(step, steps, warmup, peak):\n"
    "    if step < warmup:\n"
    "        return peak * step / warmup\n"
    "    return peak * max(0, steps - step) / (steps - warmup)"
)


def _check_rate(answer) -> str | None:
    places = (0, 5, 10, 28, 55, 100)
    value = [as_number(call(answer, step, 100, 10, 2.0)) for step in places]
    if None in value:
        return "Your function should return one number for every step."
    if close(value, [0, 1, 2, 1.6, 1, 0], 1e-3):
        for step, right, says in (
            (0, 1, "step 0 has the peak already"),
            (25, 0.5, "the rate falls from step 0 on, to half the peak at step 25 of 50"),
        ):
            flat = call(answer, step, 50, 0, 1.0)
            if not close(as_number(flat), right):
                return f"Without warm-up, `warmup=0`, {says}; given: {describe(flat)}."
        late = call(answer, 120, 100, 10, 2.0)
        return None if close(as_number(late), 0) else f"After the last step the rate stays 0; given: {describe(late)}."
    if close(value[:2], [0.2, 1.2], 1e-3):
        return "You count from one: at step 0 the rate is 0."
    if close(value, [2, 1.9, 1.8, 1.44, 0.9, 0], 1e-3):
        return "There is no warm-up: the rate should begin at 0 and reach the peak at step `warmup`."
    if close(value, [0, 1, 2, 2, 2, 2], 1e-3):
        return "After the warm-up the rate should fall, in a straight line, to 0 at the last step."
    if close(value[3:], [1.44, 0.9, 0], 1e-3):
        return "At the end of the warm-up it leaps: the way down begins at `warmup`, and takes `steps - warmup` steps."
    if close(value[3:], [1.64, 1.1, 0.2], 1e-3):
        return "It never reaches 0: the way down takes `steps - warmup` steps, not `steps`."
    if close(value, [0, 0.5, 1, 0.8, 0.5, 0], 1e-3):
        return "That is a share; multiply it by `peak`."
    shown = ", ".join(f"{number:.4g}" for number in value)
    return (
        f"Expected 0, 1, 2, 1.6, 1, 0, in straight lines, at the steps {places} of 100 with 10 of warm-up and peak 2; "
        f"given: {shown}."
    )


EXERCISE = Exercise(
    id="7.4",
    title="Warm up, then slow down",
    minutes=6,
    difficulty="easy",
    starter="def learning_rate(step, steps, warmup, peak):\n    ...",
    answer="learning_rate",
    check=_check_rate,
    expects="a function that returns one number",
    hints=(
        "Two cases: before `warmup` the share `step / warmup` of the peak.",
        "After it, `(steps - step) / (steps - warmup)` falls from 1 to 0.",
    ),
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
        Wrong(changed(_RATE, ("(steps - warmup)", "steps")), "At the end of the warm-up it leaps"),
        Wrong(
            changed(
                _RATE, ("peak * step / warmup", "peak * (step + 1) / warmup"), ("steps - step)", "steps - step - 1)")
            ),
            "You count from one",
        ),
        Wrong(changed(_RATE, ("steps - step", "100 - step"), ("(steps - w", "(100 - w")), "to half the peak"),
        Wrong(changed(_RATE, ("peak * ", "")), "That is a share"),
        Wrong(changed(_RATE, ("max(0, steps - step)", "(steps - step)")), "After the last step the rate stays 0"),
        Wrong(
            "def learning_rate(step, steps, warmup, peak):\n"
            "    return peak * max(0, min(step / warmup, (steps - step) / (steps - warmup)))",
            "stopped with ZeroDivisionError",
            status="error in your code",
        ),
        Wrong(
            "def learning_rate(step, steps, warmup, peak):\n"
            "    up = step / max(1, warmup)\n"
            "    return peak * max(0, min(up, (steps - step) / (steps - warmup)))",
            "step 0 has the peak already",
        ),
        Wrong(
            changed(_RATE, ("max(0, steps - step) / (steps - warmup)", "max(0, 1 - (step - warmup) / steps)")),
            "It never reaches 0",
        ),
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
