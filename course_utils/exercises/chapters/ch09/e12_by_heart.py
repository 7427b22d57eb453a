"""9.12 How far by heart?"""

from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import one_number

_CASES = (
    ([5, 8, 2, 9], [5, 8, 7, 9]),
    ([3, 1, 4, 1, 5, 9, 2, 6], [3, 1, 4, 7, 5, 9, 2, 6]),
    ([7, 7, 7], [7, 7, 7]),
    ([1, 2, 3, 4, 5], [1, 2, 3]),
    ([4, 6], [4, 6, 8, 9]),
    ([9, 1, 2], [8, 1, 2]),
    ([2, 3, 2, 3], [3, 2, 3, 2]),
    ([], [1, 2]),
    ([1, 2], []),
    ([], []),
    ([11, 12, 13, 14, 15, 16], [11, 12, 13, 14, 0, 16]),
    ([0, 0, 5], [0, 0, 6]),
    ([1, 2, 3, 4, 5, 6, 7], [1, 2, 9, 4, 5, 8, 7]),
    ([*range(3000, 3025)], [*range(3000, 3020), 7, *range(3021, 3025)]),  # long, and no two equal ids are one object
)


def _right(original, written) -> int:
    count = 0
    for one, other in zip(original, written, strict=False):
        if one != other:
            break
        count += 1
    return count


def _equal(original, written) -> int:
    return sum(one == other for one, other in zip(original, written, strict=False))


def _same_object(original, written) -> int:
    count = 0
    for one, other in zip(original, written, strict=False):
        if one is not other:
            break
        count += 1
    return count


def _longest(original, written) -> int:
    best = run = 0
    for one, other in zip(original, written, strict=False):
        run = run + 1 if one == other else 0
        best = max(best, run)
    return best


_SLIPS = (
    (
        _equal,
        "You count every place where the two are equal. After the first difference the model goes its own way, and an "
        "equal token later may be luck: stop there.",
    ),
    (_longest, "That is the longest run of equal tokens anywhere. Only the run at the beginning counts."),
    (lambda a, b: _right(a, b) + 1, "That is one too many, for two empty lists, too: begin to count at 0."),
    (
        lambda a, b: _right(a, b) + (_right(a, b) < min(len(a), len(b))),
        "You count the first different token, too. Stop before it.",
    ),
    (
        _same_object,
        "Is there an `is` in your code? It asks whether two numbers are one object in memory, and large numbers may be "
        "equal and still be two objects. `==` asks whether they are equal.",
    ),
    (
        lambda a, b: min(len(a), len(b)) - _equal(a, b),
        "You count the places that differ. Wanted are the equal ones, up to the first difference.",
    ),
    (
        lambda a, b: len(set(a) & set(b)),
        "You count tokens that stand in both lists, wherever they stand. Compare place by place.",
    ),
    (
        lambda a, b: _right(a, b) / len(a) if a else 0,
        "That is a share of the original. Wanted is the number of tokens.",
    ),
    (lambda a, b: 0, "You always return 0, also where the first tokens are equal."),
)


def _check(answer) -> str | None:
    def told(original, written) -> str:
        number = _right(original, written)
        return f"For {original} and {written} the result is {number}"

    return one_number(answer, _CASES, _right, _SLIPS, told)


_HEAD = "def copied(original, written):\n"
_SOLUTION = (
    _HEAD + "    count = 0\n"
    "    for one, other in zip(original, written):\n"
    "        if one != other:\n"
    "            break\n"
    "        count += 1\n"
    "    return count"
)


EXERCISE = Exercise(
    id="9.12",
    title="How far by heart?",
    minutes=6,
    difficulty="easy",
    starter="def copied(original, written):\n    ...",
    answer="copied",
    check=_check,
    expects="a function that takes two lists of token ids and returns a number",
    hints=(
        "Walk through both lists at once, and count. When do you have to stop?",
        "`for one, other in zip(original, written):` ends with the shorter list. `break` leaves the loop at the first "
        "difference.",
    ),
    solution=_SOLUTION,
    why="`zip` pairs the tokens and ends with the shorter list, so no list needs a test of its own. The loop ends at "
    "the first difference, because what is equal behind it may be luck.",
    wrong=(
        Wrong(
            _HEAD + "    return sum(one == other for one, other in zip(original, written))",
            "You count every place where the two are equal",
        ),
        Wrong(
            _HEAD + "    best = run = 0\n    for one, other in zip(original, written):\n"
            "        run = run + 1 if one == other else 0\n        best = max(best, run)\n    return best",
            "the longest run of equal tokens anywhere",
        ),
        Wrong(changed(_SOLUTION, ("count = 0", "count = 1")), "one too many"),
        Wrong(
            _HEAD + "    count = 0\n    for one, other in zip(original, written):\n        count += 1\n"
            "        if one != other:\n            break\n    return count",
            "You count the first different token, too",
        ),
        Wrong(changed(_SOLUTION, ("one != other", "one is not other")), "one object in memory"),
        Wrong(
            _HEAD + "    return sum(one != other for one, other in zip(original, written))",
            "You count the places that differ",
        ),
        Wrong(_HEAD + "    return len(set(original) & set(written))", "wherever they stand"),
        Wrong(
            changed(_SOLUTION, ("return count", "return count / len(original) if original else 0")),
            "a share of the original",
        ),
        Wrong(changed(_SOLUTION, ("            break", "            return 0")), "the result is"),
        Wrong(
            _HEAD + "    count = 0\n    while original[count] == written[count]:\n        count += 1\n    return count",
            "IndexError",
            status="error in your code",
        ),
        Wrong(changed(_SOLUTION, ("return count", "return original[:count]")), "should return one number"),
    ),
    also_wrong=(
        changed(_SOLUTION, ("zip(original, written)", "zip(original[1:], written[1:])")),
        _HEAD + "    return 2",
        changed(_SOLUTION, ("zip(original, written)", "zip(original[:18], written[:18])")),
        changed(
            _SOLUTION,
            ("count = 0", "count = gaps = 0"),
            (
                "            break",
                "            gaps += 1\n            if gaps == 2:\n                break\n            continue",
            ),
        ),
        changed(_SOLUTION, ("    count = 0\n", "    count = 0\n    if original == written:\n        return 0\n")),
    ),
    alternatives=(
        _HEAD + "    size = 0\n"
        "    while size < min(len(original), len(written)) and original[size] == written[size]:\n        size += 1\n"
        "    return size",
        "from itertools import takewhile\n\n\n"
        + _HEAD
        + "    return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(original, written))))",
        "import torch\n\n\n" + _HEAD + "    size = min(len(original), len(written))\n"
        "    if size == 0:\n        return 0\n"
        "    same = torch.tensor(original[:size]) == torch.tensor(written[:size])\n"
        "    return same.int().cumprod(0).sum()",
        "import os\n\n\n" + _HEAD + "    return len(os.path.commonprefix([original, written]))",
    ),
)
