"""1.7 Read a long text in pieces."""

from course_utils.exercises.answers import as_list, call, close, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import known_slip

_TEN = [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]
_CASES = (
    (_TEN, 4, 1),
    ([*_TEN, 20], 4, 1),
    ([1, 2, 3, 4, 5, 6, 7], 5, 3),
    ([1, 2, 3, 4, 5], 2, 0),
    ([7, 8, 9], 4, 1),
    ([1, 2, 3, 4], 4, 1),
    ([1, 2], 5, 3),
    ([1, 2, 3, 4], 3, 2),
    ([1, 2, 3], 1, 0),
    ([7, 1, 2, 7, 3, 7, 7], 2, 0),
    ([5, 5, 5, 5, 5], 3, 1),
)
_LOOK = {  # what to think of where only this case goes wrong
    3: "Do you use `x[-overlap:]`? With an overlap of 0 that is all of x.",
    4: "A text that fits is one window.",
    5: "A text that fits exactly is one window.",
    6: "The first window must come even where the text is shorter than the overlap.",
    9: "The same id can stand in a text twice: go by positions, not by values.",
    10: "The same id can stand in a text twice: go by positions, not by values.",
}


def _right(ids, size, overlap) -> list[list[int]]:
    last = max(len(ids) - overlap, 1)
    return [ids[i : i + size] for i in range(0, last, size - overlap)]


def _fit_only(ids, size, overlap) -> list[list[int]]:
    return [ids[i : i + size] for i in range(0, len(ids) - size + 1, size - overlap)]


def _moved_back(ids, size, overlap) -> list[list[int]]:
    last = max(0, len(ids) - size)
    return [ids[i : i + size] for i in [*range(0, last, size - overlap), last]]


_SLIPS = (
    (
        lambda ids, size, overlap: [ids[i : i + size] for i in range(0, len(ids), size - overlap)],
        "Your last window can hold only ids that the one before has already: stop when a window reaches the end.",
    ),
    (
        lambda ids, size, overlap: [ids[i : i + size] for i in range(0, len(ids), size)],
        "Yours do not overlap: each should begin with the last ids of the one before.",
    ),
    (
        lambda ids, size, overlap: [ids[i : i + size] for i in range(0, len(ids), overlap)],
        "Yours move on by the overlap: the next window begins `size - overlap` later.",
    ),
    (
        lambda ids, size, overlap: [ids[i : i + size] for i in range(len(ids))],
        "Yours move on by one: the next window begins `size - overlap` later.",
    ),
    (
        lambda ids, size, overlap: [ids[:size]],
        "You kept the first window and lost the rest, just as the tokenizer does.",
    ),
    (_fit_only, "You lose the last ids: the last window may be shorter."),
    (_moved_back, "Your last window goes back to be full: let it begin where the step puts it, and be shorter."),
    (
        lambda ids, size, overlap: [ids[max(0, i - overlap) : i + size] for i in range(0, len(ids), size)],
        "Some of yours are longer than `size`: the overlap counts too.",
    ),
)


def _read(value) -> list | None:
    got = [as_list(window) for window in value] if is_a(value, list, tuple) else as_list(value)
    return got if got is not None and all(is_a(window, list) for window in got) else None


def _check_windows(answer) -> str | None:
    for number, case in enumerate(_CASES):
        ids, size, overlap = case
        value, right = call(answer, *case), _right(*case)
        got = _read(value)
        shown = f"For the ids {ids}, windows of {size} and an overlap of {overlap}"
        if got is None:
            return f"{shown} your function should return a list of lists; given: {describe(value)}."
        if close(got, right):
            continue
        says = known_slip(answer, _CASES, _SLIPS, _read) or _LOOK.get(number)
        if says is None and any(len(window) > size for window in got):
            says = f"One of yours has {max(map(len, got))} ids, more than fit."
        return f"{shown} expected `{right}`; given: {describe(value)}." + (f" {says}" if says else "")
    return None


_WINDOWS = "def windows(ids, size, overlap):\n"
_SOLUTION = (
    _WINDOWS + "    found, start = [], 0\n"
    "    while True:\n"
    "        found.append(ids[start : start + size])\n"
    "        if start + size >= len(ids):\n"
    "            return found\n"
    "        start += size - overlap"
)
_RANGE = _WINDOWS + "    return [ids[i : i + size] for i in range(0, len(ids), size - overlap)]"


EXERCISE = Exercise(
    id="1.7",
    title="Read a long text in pieces",
    minutes=12,
    difficulty="medium",
    starter="def windows(ids, size, overlap):\n    ...",
    answer="windows",
    check=_check_windows,
    expects="a function that returns a list of lists",
    hints=(
        "Ten ids, windows of 4, an overlap of 1: at which positions do the windows begin? How far apart are they?",
        "A window that begins at `start` is `ids[start : start + size]`. The next begins `size - overlap` later.",
        "Stop as soon as a window reaches the end of `ids`: one more window would add nothing new.",
    ),
    solution=_SOLUTION,
    why="Each window begins `size - overlap` after the one before, so that `overlap` ids are in both. The loop "
    "ends with the first window that reaches the end, because everything after it has been read.",
    wrong=(
        Wrong(_RANGE, "stop when a window reaches the end"),
        Wrong(changed(_RANGE, ("size - overlap", "size")), "do not overlap"),
        Wrong(changed(_RANGE, ("size - overlap", "overlap or 1 / 0")), "Yours move on by the overlap"),
        Wrong(changed(_RANGE, ("size - overlap", "1")), "Yours move on by one"),
        Wrong(_WINDOWS + "    return [ids[:size]]", "lost the rest"),
        Wrong(changed(_RANGE, ("len(ids)", "len(ids) - size + 1")), "You lose the last ids"),
        Wrong(
            _WINDOWS + "    step = size - overlap\n"
            "    last = max(0, len(ids) - size)\n"
            "    return [ids[i : i + size] for i in [*range(0, last, step), last]]",
            "goes back to be full",
        ),
        Wrong(
            _WINDOWS + "    step = size - overlap\n"
            "    return [ids[i : i + size + overlap] for i in range(0, len(ids) - overlap, step)]",
            "more than fit",
        ),
        Wrong(
            _WINDOWS + "    return [ids[max(0, i - overlap) : i + size] for i in range(0, len(ids), size)]",
            "Some of yours are longer",
        ),
        Wrong(
            _WINDOWS + "    out, step = [ids[:size]], size - overlap\n"
            "    for i in range(size, len(ids), step):\n"
            "        out.append(out[-1][-overlap:] + ids[i : i + step])\n"
            "    return out",
            "With an overlap of 0 that is all of x",
        ),
        Wrong(changed(_RANGE, ("len(ids)", "len(ids) - overlap")), "even where the text is shorter than the overlap"),
        Wrong(
            changed(_SOLUTION, ("start + size >= len(ids)", "ids[-1] in found[-1]")),
            "For the ids [7, 1, 2, 7, 3, 7, 7], windows of 2",
        ),
    ),
    also_wrong=(
        changed(_SOLUTION, (">= len(ids)", "> len(ids)")),
        _WINDOWS + "    pieces = [ids[i : i + size] for i in range(0, len(ids), size - overlap)]\n"
        "    return [piece for piece in pieces if len(piece) > overlap]",
        _WINDOWS
        + "    found = []\n    for i in range(0, len(ids), size - overlap):\n        piece = ids[i : i + size]\n"
        "        if not found or found[-1][-len(piece) :] != piece:\n            found.append(piece)\n    return found",
        _WINDOWS
        + "    found = []\n    while ids:\n        found.append(ids[:size])\n        del ids[: size - overlap]\n"
        "    return found",
        changed(_SOLUTION, ("ids[start : start + size]", "(ids[start : start + size] + [0] * size)[:size]")),
        changed(_SOLUTION, ("return found", "return [id for window in found for id in window]")),
    ),
    alternatives=(
        _WINDOWS + "    starts = range(0, max(1, len(ids) - overlap), size - overlap)\n"
        "    return tuple(tuple(ids[i : i + size]) for i in starts)",
        _WINDOWS + "    if len(ids) <= size:\n        return [list(ids)]\n"
        "    return [ids[:size]] + windows(ids[size - overlap :], size, overlap)",
    ),
)
