"""3.5 How well do two boxes agree?"""

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed

_OVERLAP = (
    "def overlap(one, other):\n"
    '    width = min(one["xmax"], other["xmax"]) - max(one["xmin"], other["xmin"])\n'
    '    height = min(one["ymax"], other["ymax"]) - max(one["ymin"], other["ymin"])\n'
    "    shared = max(width, 0) * max(height, 0)\n"
    '    area = lambda box: (box["xmax"] - box["xmin"]) * (box["ymax"] - box["ymin"])\n'
    "    return shared / (area(one) + area(other) - shared)"
)


def _box(xmin, ymin, xmax, ymax) -> dict:
    return {"xmin": xmin, "ymin": ymin, "xmax": xmax, "ymax": ymax}


def _check_overlap(answer) -> str | None:
    one, other = _box(0, 0, 4, 4), _box(2, 1, 6, 5)  # 16 and 16 points, 6 of them shared
    value = as_number(call(answer, one, other))
    if value is None:
        return f"Your function should return one number; given: {describe(call(answer, one, other))}."
    if close(value, 6 / 32, 1e-3):
        return "Your union has the shared part in it twice: subtract it once from the sum of the two areas."
    if close(value, 6):
        return "That is the shared area; divide it by the area that the two boxes cover together."
    if close(value, 6 / 16, 1e-3):
        return "You divided by the area of one box; divide by the area that both cover together."
    if close(value, 12 / 38, 1e-2):
        return "You counted the border points twice (`+ 1` on each side); these boxes are measured without it."
    if not close(value, 6 / 26, 1e-3):
        return f"For boxes of 16 points each that share 6, expected 6 / 26, about 0.23; given: {describe(value)}."
    if not close(as_number(call(answer, one, one)), 1):
        return "A box and itself should give 1."
    for apart, where in ((_box(6, 0, 9, 4), "side by side"), (_box(0, 7, 4, 9), "above each other")):
        value = as_number(call(answer, one, apart))
        if value is not None and value < 0:
            return f"Boxes {where} that do not touch give {value:.2f}: a side of the shared part cannot be negative."
        if not close(value, 0):
            return f"Boxes {where} that do not touch give 0; given: {describe(value)}."
    value = as_number(call(answer, one, _box(6, 7, 9, 9)))
    if not close(value, 0):
        return (
            f"Boxes that are apart both ways give {describe(value)}: two negative sides multiply to a positive area. "
            "Cut each side off at 0."
        )
    if not close(as_number(call(answer, _box(0, 0, 10, 2), _box(1, 0, 3, 2))), 0.2, 1e-3):
        return "For a box inside another, 4 points of 20, expected 0.2: use all eight corner numbers."
    return None


EXERCISE = Exercise(
    id="3.5",
    title="How well do two boxes agree?",
    minutes=8,
    difficulty="medium",
    starter="def overlap(one, other):\n    ...",
    answer="overlap",
    check=_check_overlap,
    expects="a function that returns one number",
    hints=(
        "The shared part begins at the larger `xmin` and ends at the smaller `xmax`; the same for y.",
        "If a side of the shared part comes out negative, the boxes do not touch: use `max(side, 0)`.",
    ),
    solution=_OVERLAP,
    wrong=(
        Wrong(changed(_OVERLAP, (" - shared)", ")")), "the shared part in it twice"),
        Wrong(changed(_OVERLAP, ("shared / (area(one) + area(other) - shared)", "shared")), "That is the shared area"),
        Wrong(changed(_OVERLAP, ("(area(one) + area(other) - shared)", "area(one)")), "by the area of one box"),
        Wrong(
            changed(_OVERLAP, ("max(width, 0) * max(height, 0)", "width * height")),
            "cannot be negative",
        ),
        Wrong(
            changed(_OVERLAP, ("max(width, 0) * max(height, 0)", "max(width * height, 0)")),
            "two negative sides",
        ),
        Wrong(
            "def overlap(one, other):\n"
            '    x = min(one["xmax"], other["xmax"]) - max(one["xmin"], other["xmin"]) + 1\n'
            '    y = min(one["ymax"], other["ymax"]) - max(one["ymin"], other["ymin"]) + 1\n'
            "    shared = max(x, 0) * max(y, 0)\n"
            '    area = lambda b: (b["xmax"] - b["xmin"] + 1) * (b["ymax"] - b["ymin"] + 1)\n'
            "    return shared / (area(one) + area(other) - shared)",
            "the border points",
        ),
    ),
    alternatives=(
        "def overlap(one, other):\n"
        "    def cells(box):\n"
        '        xs, ys = range(box["xmin"], box["xmax"]), range(box["ymin"], box["ymax"])\n'
        "        return {(x, y) for x in xs for y in ys}\n"
        "    return len(cells(one) & cells(other)) / len(cells(one) | cells(other))",
    ),
    note="This is the intersection over union, IoU: detectors are graded by how often it reaches 0.5 or more.",
)
