"""3.5 How well do two boxes agree?"""

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import known_slip

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


_CASES = (  # two boxes, and where they lie
    (_box(0, 0, 4, 4), _box(2, 1, 6, 5), "that share an area of 6"),
    (_box(0, 0, 4, 4), _box(0, 0, 4, 4), "that are the same"),
    (_box(0, 0, 4, 4), _box(0, 0, 4, 3), "of which the second is most of the first"),
    (_box(1, 1, 4, 4), _box(6, 1, 9, 4), "side by side that do not touch"),
    (_box(1, 1, 4, 4), _box(1, 7, 4, 9), "above each other that do not touch"),
    (_box(1, 1, 4, 4), _box(6, 7, 9, 9), "apart in both directions"),
    (_box(2, 2, 5, 6), _box(5, 3, 8, 4), "that touch along an edge"),
    (_box(1, 0, 11, 2), _box(2, 0, 4, 2), "of which the second lies inside the first"),
    (_box(3, 3, 5, 4), _box(2, 1, 7, 8), "of which the first lies inside the second"),
    (_box(2, 5, 12, 7), _box(6, 1, 7, 10), "that cross like two bars"),
    (_box(-6, -5, -1, 3), _box(-4, -7, 2, -2), "with corners below zero"),
    (
        dict(reversed(_box(3, 2, 8, 9).items())),
        _box(1, 6, 5, 12),
        "of which the first dictionary has its keys in another order",
    ),
)


def _sides(one, other) -> tuple:
    """The width and the height of the shared part, negative where the boxes are apart."""
    return tuple(min(one[b], other[b]) - max(one[a], other[a]) for a, b in (("xmin", "xmax"), ("ymin", "ymax")))


def _shared(one, other):
    width, height = _sides(one, other)
    return max(width, 0) * max(height, 0)


def _area(box):
    return (box["xmax"] - box["xmin"]) * (box["ymax"] - box["ymin"])


def _share(one, other, shared) -> float:
    return shared / (_area(one) + _area(other) - shared)


def _with_border(one, other) -> float:
    larger = [{key: n + 1 if "max" in key else n for key, n in box.items()} for box in (one, other)]
    return _share(*larger, _shared(*larger))


def _around(one, other) -> float:
    low, high = ({key: pick(one[key], other[key]) for key in one} for pick in (min, max))
    return _shared(one, other) / ((high["xmax"] - low["xmin"]) * (high["ymax"] - low["ymin"]))


_SLIPS = (
    (
        lambda a, b: _shared(a, b) / (_area(a) + _area(b)),
        "Your union has the shared part in it twice: subtract it once from the sum of the two areas.",
    ),
    (_shared, "That is the shared area; divide it by the area that the two boxes cover together."),
    (
        lambda a, b: _shared(a, b) / _area(a),
        "You divided by the area of the first box; divide by the area that both cover together.",
    ),
    (
        lambda a, b: _shared(a, b) / _area(b),
        "You divided by the area of the second box; divide by the area that both cover together.",
    ),
    (
        lambda a, b: _shared(a, b) / min(_area(a), _area(b)),
        "You divided by the area of the smaller box; divide by the area that both cover together.",
    ),
    (
        lambda a, b: _shared(a, b) / max(_area(a), _area(b)),
        "You divided by the area of the larger box; divide by the area that both cover together.",
    ),
    (
        lambda a, b: 2 * _shared(a, b) / (_area(a) + _area(b)),
        "That is twice the shared area over the sum of both areas. Divide the shared area by the area that both cover "
        "together, where the shared part counts once.",
    ),
    (
        _around,
        "You divided by the area of the box around both: it holds corners that neither box covers. The area that both "
        "cover together is the sum of the two minus the shared part.",
    ),
    (
        lambda a, b: _share(a, b, _sides(a, b)[0] * _sides(a, b)[1]),
        "A side of the shared part came out negative: the boxes do not touch there. Cut each side off at 0.",
    ),
    (
        lambda a, b: _share(a, b, max(_sides(a, b)[0] * _sides(a, b)[1], 0)),
        "Boxes apart in both directions get a positive value: two negative sides multiply to a positive area. Cut each "
        "side off at 0 before you multiply.",
    ),
    (
        lambda a, b: _share(a, b, abs(_sides(a, b)[0]) * abs(_sides(a, b)[1])),
        "Boxes that are apart share nothing, but your function takes the gap between them for a shared part: "
        "give 0 there.",
    ),
    (
        _with_border,
        "Your boxes are one pixel too wide and too high (`+ 1` on each side): a box from 0 to 4 is 4 wide.",
    ),
    (
        lambda a, b: 1 - _share(a, b, _shared(a, b)),
        "That is 1 for boxes apart and 0 for the same box: return the rest, 1 minus it.",
    ),
    (lambda a, b: 100 * _share(a, b, _shared(a, b)), "Those are percent; return a number from 0 to 1."),
    (lambda a, b: _share(a, b, _shared(a, b)) // 1, "You dropped the fraction, as `//` does: use `/`."),
)


def _check_overlap(answer) -> str | None:
    pairs = [(one, other) for one, other, _ in _CASES]
    for one, other, where in _CASES:
        value = call(answer, one, other)
        shared = _shared(one, other)
        right = _share(one, other, shared)
        if as_number(value) is None:
            return f"Your function should return one number; given: {describe(value)}."
        if not close(as_number(value), right, 1e-7):
            return known_slip(answer, pairs, _SLIPS) or (
                f"For two boxes {where}, `{one}` and `{other}`, the result is {shared} / "
                f"{_area(one) + _area(other) - shared}, about {right:.4f}; given: {describe(value)}."
            )
    return None


EXERCISE = Exercise(
    id="3.5",
    title="How well do two boxes agree?",
    minutes=10,
    difficulty="medium",
    starter="def overlap(one, other):\n    ...",
    answer="overlap",
    check=_check_overlap,
    expects="a function that returns one number",
    why="The shared part begins at the larger of the two beginnings and ends at the smaller of the two ends, in each "
    "direction. Both areas together count it twice, so it is subtracted once.",
    hints=(
        "Draw the boxes from 0 to 4 and from 2 to 6 on one line. Where does the shared part begin, and where "
        "does it end?",
        "The shared part begins at the larger `xmin` and ends at the smaller `xmax`; the same for y. If a side "
        "comes out "
        "negative, the boxes do not touch.",
        "`max(side, 0)` cuts a side off at 0. The area that both cover together is the sum of the two areas minus the "
        "shared one.",
    ),
    solution=_OVERLAP,
    wrong=(
        Wrong(changed(_OVERLAP, (" - shared)", ")")), "the shared part in it twice"),
        Wrong(changed(_OVERLAP, ("shared / (area(one) + area(other) - shared)", "shared")), "That is the shared area"),
        Wrong(changed(_OVERLAP, ("(area(one) + area(other) - shared)", "area(one)")), "the area of the first box"),
        Wrong(changed(_OVERLAP, ("(area(one) + area(other) - shared)", "area(other)")), "the area of the second box"),
        Wrong(
            changed(_OVERLAP, ("(area(one) + area(other) - shared)", "min(area(one), area(other))")),
            "the area of the smaller box",
        ),
        Wrong(
            changed(_OVERLAP, ("(area(one) + area(other) - shared)", "max(area(one), area(other))")),
            "the area of the larger box",
        ),
        Wrong(
            changed(_OVERLAP, ("return shared", "return 2 * shared"), (" - shared)", ")")), "That is twice the shared"
        ),
        Wrong(changed(_OVERLAP, ("max(width, 0) * max(height, 0)", "width * height")), "came out negative"),
        Wrong(changed(_OVERLAP, ("max(width, 0) * max(height, 0)", "max(width * height, 0)")), "two negative sides"),
        Wrong(
            changed(_OVERLAP, ("max(width, 0) * max(height, 0)", "abs(width) * abs(height)")),
            "takes the gap between them",
        ),
        Wrong(
            "def overlap(one, other):\n"
            '    x = min(one["xmax"], other["xmax"]) - max(one["xmin"], other["xmin"]) + 1\n'
            '    y = min(one["ymax"], other["ymax"]) - max(one["ymin"], other["ymin"]) + 1\n'
            "    shared = max(x, 0) * max(y, 0)\n"
            '    area = lambda b: (b["xmax"] - b["xmin"] + 1) * (b["ymax"] - b["ymin"] + 1)\n'
            "    return shared / (area(one) + area(other) - shared)",
            "one pixel too wide",
        ),
        Wrong(changed(_OVERLAP, ("return shared", "return 1 - shared")), "1 minus it"),
        Wrong(changed(_OVERLAP, ("return shared", "return 100 * shared")), "Those are percent"),
        Wrong(changed(_OVERLAP, ("return shared /", "return shared //")), "as `//` does"),
        Wrong(
            "def overlap(one, other):\n"
            "    sides = []\n"
            '    for a, b in (("xmin", "xmax"), ("ymin", "ymax")):\n'
            "        sides.append((min(one[b], other[b]) - max(one[a], other[a]), max(one[b], other[b]) - "
            "min(one[a], other[a])))\n"
            "    (width, all_width), (height, all_height) = sides\n"
            "    return max(width, 0) * max(height, 0) / (all_width * all_height)",
            "the box around both",
        ),
    ),
    also_wrong=(
        "def area(b):\n"
        '    return (b["xmax"] - b["xmin"]) * (b["ymax"] - b["ymin"])\n'
        "def overlap(one, other):\n"
        '    dx, dy = one["xmin"], one["ymin"]\n'
        "    for b in (one, other):\n"
        '        b["xmin"] -= dx\n'
        '        b["xmax"] -= dx\n'
        '        b["ymin"] -= dy\n'
        '        b["ymax"] -= dy\n'
        '    w = max(0, min(one["xmax"], other["xmax"]) - max(0, other["xmin"]))\n'
        '    h = max(0, min(one["ymax"], other["ymax"]) - max(0, other["ymin"]))\n'
        "    return w * h / (area(one) + area(other) - w * h)",  # changes what it was given
        changed(_OVERLAP, ("return shared /", "return round(shared /"), ("- shared)", "- shared))")),
        # by the order of the entries, not by their names
        "def overlap(one, other):\n"
        "    a, b, c, d = one.values()\n"
        "    e, f, g, h = other.values()\n"
        "    shared = max(0, min(c, g) - max(a, e)) * max(0, min(d, h) - max(b, f))\n"
        "    return shared / ((c - a) * (d - b) + (g - e) * (h - f) - shared)",
        changed(_OVERLAP, ('max(one["xmin"]', 'max(0, one["xmin"]'), ('max(one["ymin"]', 'max(0, one["ymin"]')),
        # asks for a corner of the second box inside the first
        changed(
            _OVERLAP,
            (
                "    width",
                '    inside = any(one["xmin"] <= x <= one["xmax"] and one["ymin"] <= y <= one["ymax"]\n'
                '        for x in (other["xmin"], other["xmax"]) for y in (other["ymin"], other["ymax"]))\n'
                "    if not inside:\n"
                "        return 0.0\n"
                "    width",
            ),
        ),
        changed(_OVERLAP, ("return shared /", "return round(shared /"), ("- shared)", "- shared), 2)")),
    ),
    alternatives=(
        "def overlap(one, other):\n"
        "    def cells(box):\n"
        '        xs, ys = range(box["xmin"], box["xmax"]), range(box["ymin"], box["ymax"])\n'
        "        return {(x, y) for x in xs for y in ys}\n"
        "    return len(cells(one) & cells(other)) / len(cells(one) | cells(other))",
        "import torch\n\n"
        "def overlap(one, other):\n"
        '    low, high = (torch.tensor([[b["x" + end], b["y" + end]] for b in (one, other)]) for end in ("min", '
        '"max"))\n'
        "    shared = (high.amin(0) - low.amax(0)).clamp(min=0).prod()\n"
        "    return shared / ((high - low).prod(1).sum() - shared)",
    ),
    note="This is the intersection over union, IoU: detectors are graded by how often it reaches 0.5 or more.",
)
