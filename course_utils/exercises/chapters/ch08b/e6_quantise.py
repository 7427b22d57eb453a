"""8b.6 Thirty-two weights, sixteen levels."""

from course_utils.describing import attempt, describe, is_a
from course_utils.exercises.answers import as_list, as_number, call
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import known_slip

from .shared import TORCH, slips, wrong_answers

_QUANTISE = (
    "def quantise(weights):\n"
    "    low, high = min(weights), max(weights)\n"
    "    step = (high - low) / 15\n"
    "    if step == 0:\n"
    "        return [0] * len(weights), low, step\n"
    "    levels = [round((weight - low) / step) for weight in weights]\n"
    "    return levels, low, step"
)
_MISTAKES = (
    (
        (("/ 15", "/ 16"),),
        "Your step is a sixteenth of the range. Sixteen levels, 0 to 15, have fifteen steps between them.",
    ),
    (
        (("round(", "int("),),
        "Your levels are cut off, not rounded: 3.9 should become 4. So the error gets twice as large as it need be.",
    ),
    (
        (("round((weight - low) / step)", "int(-(-((weight - low) / step) // 1))"),),
        "Your levels are rounded up: 3.1 should become 3. So the error gets twice as large as it need be.",
    ),
    (
        (("round((weight - low) / step)", "round(weight / step)"),),
        "Subtract `low` first: the smallest weight has the level 0.",
    ),
    (
        (("round((weight - low) / step)", "(weight - low) / step"),),
        "Your levels are not rounded yet. A level is a whole number, else nothing is saved.",
    ),
    (
        (("round((weight - low) / step)", "round((weight - low) / step) + 1"),),
        "Your levels run from 1 to 16; they should run from 0 to 15.",
    ),
    (
        (("round((weight - low) / step)", "round((high - weight) / step)"),),
        "Your levels count down from the largest weight. Level 0 belongs to the smallest one.",
    ),
    (
        (("low, high = min(weights), max(weights)", "low, high = -max(map(abs, weights)), max(map(abs, weights))"),),
        "Your range is the same on both sides of 0. Take the smallest and the largest weight themselves.",
    ),
    (
        (
            ("[0] * len(weights)", "[low] * len(weights)"),
            ("return levels, low, step", "return [low + step * level for level in levels], low, step"),
        ),
        "Those are weights again. The levels are wanted, whole numbers from 0 to 15.",
    ),
    (
        (("/ 15", "/ 255"),),
        "Those are 256 levels, as with 8 bits. Here each weight gets one of sixteen.",
    ),
    (
        ((", low, step", ", step, low"),),
        "`low` and `step` are exchanged in what you return.",
    ),
    (
        ((", low, step", ", high, step"),),
        "The second number is the largest weight; the smallest, `low`, is wanted.",
    ),
)


def _cases() -> list[tuple]:
    import random

    rng = random.Random(4)
    made = [[0.0, 1.0, 0.52, 0.24], [-0.3, 0.45, 0.1, 0.02, -0.11]]
    made += [[rng.gauss(0, 0.1) for _ in range(32)], [rng.uniform(2, 5) for _ in range(32)]]
    made += [
        [x / 1000 for x in made[2]],
        [-x * x for x in made[2]],
        [0.25] * 4,
        [-7.5],
        [rng.gauss(0, 30) for _ in range(8)],
    ]
    return [(weights,) for weights in made]


def _read(value):
    """`[levels, low, step]` in plain Python, or None."""
    if not is_a(value, tuple, list) or attempt(len, value) != 3:
        return None
    levels, low, step = as_list(value[0]), as_number(value[1]), as_number(value[2])
    fine = levels is not None and low is not None and step is not None
    return [levels, low, step] if fine and all(as_number(level) is not None for level in levels) else None


def _problem(weights, value) -> str | None:
    """What is wrong with `[levels, low, step]` for these weights, if anything."""
    levels, low, step = value
    right = (max(weights) - min(weights)) / 15
    close_by = max(2e-4 * right, 1e-7 * abs(min(weights)), 1e-9)  # a part of the step, so for small weights, too
    if not abs(low - min(weights)) <= close_by:
        return f"`low` should be {min(weights):.4g}; yours is {low:.4g}."
    if not abs(step - right) <= close_by:
        return f"`step` should be {right:.4g}; yours is {step:.4g}."
    if len(levels) != len(weights):
        return f"{len(weights)} levels are expected; yours are {len(levels)}."
    for weight, level in zip(weights, levels, strict=True):
        if not 0 <= level <= 15 or level != int(level):
            return f"a level is a whole number from 0 to 15; one of yours is {level:.4g}."
        # half way between two levels, either is right
        if right and abs((weight - min(weights)) / right - level) > 0.5001:
            place = (weight - min(weights)) / right
            return f"the weight {weight:.4g} lies at {place:.2f} steps; its level is {place:.0f}, yours {level:.0f}."
        if not right and level:
            return f"all weights are equal, so each level is 0; one of yours is {level:.0f}."
    return None


def _check(answer) -> str | None:
    for (weights,) in _cases():
        value = call(answer, weights)
        if _read(value) is None:
            return (
                "Return three things, `levels, low, step`, the levels as a list of whole numbers; given: "
                f"{describe(value)}."
            )
        if said := _problem(weights, _read(value)):
            known = known_slip(answer, _cases(), slips(_QUANTISE, "quantise", _MISTAKES), _read)
            shown = [float(f"{weight:.3g}") for weight in weights[:4]]
            more = f" … ({len(weights)} weights)" if len(weights) > 4 else ""
            return known or f"For the weights {shown}{more}: {said}"
    return None


EXERCISE = Exercise(
    id="8b.6",
    title="Thirty-two weights, sixteen levels",
    minutes=10,
    difficulty="medium",
    starter="def quantise(weights):\n    ...\n    # return levels, low, step",
    answer="quantise",
    check=_check,
    context=TORCH,
    expects="a function that takes a list of numbers and returns a list of whole numbers and two numbers",
    hints=(
        "Think of a ruler with sixteen marks. The first mark lies on the smallest weight, the last mark on the largest "
        "one. How many gaps are between the marks?",
        "A gap is (largest - smallest) / 15. A weight lies (weight - smallest) / gap gaps above the first mark; round "
        "that. What if all weights are equal?",
        "`levels = [round((weight - low) / step) for weight in weights]`, and `[0] * len(weights)` if `step` is 0.",
    ),
    solution=_QUANTISE,
    why="Sixteen levels need four bits, because 2 to the power of 4 is 16. `low` and `step` are kept once for the "
    "whole block, and with them each level becomes a weight again: low + step * level.",
    wrong=(
        *wrong_answers(_QUANTISE, _MISTAKES),
        Wrong(
            changed(_QUANTISE, ("    if step == 0:\n        return [0] * len(weights), low, step\n", "")),
            "ZeroDivisionError",
            status="error in your code",
        ),
        Wrong(changed(_QUANTISE, ("return levels, low, step", "return levels")), "Return three things"),
        Wrong(changed(_QUANTISE, ("[0] * len(weights)", "[15] * len(weights)")), "all weights are equal, so each"),
        Wrong(changed(_QUANTISE, ("/ 15", "/ 14")), "`step` should be 0.06667; yours is 0.07143"),
    ),
    also_wrong=(
        changed(_QUANTISE, ("[0] * len(weights), low, step", "[0], low, step")),
        changed(_QUANTISE, ("round((weight - low) / step)", "min(14, round((weight - low) / step))")),
        changed(_QUANTISE, ("return levels, low, step", "return sorted(levels), low, step")),
        changed(_QUANTISE, ("step == 0", "step < 0.001")),
        "def quantise(weights):\n"
        "    w = torch.tensor(weights)\n"
        "    step = (w.max() - w.min()) / 15\n"
        "    return ((w - w.min()) / step).round(), w.min(), step",  # not a number where all are equal
    ),
    alternatives=(
        "def quantise(weights):\n"
        "    w = torch.tensor(weights, dtype=torch.float64)\n"
        "    low = w.min()\n"
        "    step = (w.max() - low) / 15\n"
        "    levels = torch.zeros_like(w) if step == 0 else ((w - low) / step).round()\n"
        "    return levels.int(), low, step",
        "import math\n\n"
        "def quantise(weights):\n"
        "    low = min(weights)\n"
        "    step = (max(weights) - low) / 15\n"
        "    levels = [min(15, math.floor((w - low) / (step or 1) + 0.5)) for w in weights]\n"
        "    return [levels, low, step]",
        "import numpy as np\n\n"
        "def quantise(weights):\n"
        "    marks = np.linspace(min(weights), max(weights), 16)\n"
        "    levels = [int(np.abs(marks - w).argmin()) for w in weights]\n"
        "    return levels, min(weights), (max(weights) - min(weights)) / 15",
    ),
    note="Four bits for each weight, and 16 bits each for `low` and `step`: 5 bits a weight in a block of 32.",
)
