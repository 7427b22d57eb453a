"""1.7 Read a long text in pieces."""

from course_utils.exercises.answers import as_list, call, close, describe, is_a
from course_utils.exercises.records import Exercise, Wrong


def _check_windows(answer) -> str | None:
    ids = [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]
    right = [[10, 11, 12, 13], [13, 14, 15, 16], [16, 17, 18, 19]]
    value = call(answer, ids, 4, 1)
    got = [as_list(window) for window in value] if is_a(value, list, tuple) else as_list(value)
    shown = "For ten ids, windows of 4 and an overlap of 1"
    if got is None or not all(is_a(window, list) for window in got):
        return f"{shown} your function should return a list of lists; given: {describe(value)}."
    if close(got, [*right, [19]]):
        return f"{shown} your last window holds only the last id, which the one before has already: stop at the end."
    if close(got, [ids[i : i + 4] for i in range(10)]) or close(got, [ids[i : i + 4] for i in range(7)]):
        return f"{shown} yours move by one: the step is the size less the overlap, here 3."
    if close(got, [[10, 11, 12, 13], [14, 15, 16, 17], [18, 19]]):
        return f"{shown} yours do not overlap: each should begin with the last id of the one before."
    if close(got, [[10, 11, 12, 13]]):
        return f"{shown} you kept the first and lost the rest, just as the tokenizer does."
    if any(len(window) > 4 for window in got):
        return f"{shown} one of yours has {max(map(len, got))} ids, more than fit."
    if not close(got, right):
        return f"{shown} the first ids of the windows are 10, 13 and 16; given: {describe(value)}."
    tail = [[10, 11, 12, 13], [13, 14, 15, 16], [16, 17, 18, 19], [19, 20]]
    value = call(answer, [*ids, 20], 4, 1)
    if close(value, tail[:3]):
        return "With eleven ids you lose the last one: the last window may be shorter."
    if close(value, [*tail[:3], [17, 18, 19, 20]]):
        return "With eleven ids your last window goes back to be full: let it begin at 19 and be shorter."
    if not close(value, tail):
        return f"With eleven ids the last window is [19, 20]; given: {describe(value)}."
    wide = call(answer, [1, 2, 3, 4, 5, 6, 7], 5, 3)
    if not close(wide, [[1, 2, 3, 4, 5], [3, 4, 5, 6, 7]]):
        return f"With 7 ids, size 5 and overlap 3, expected [1..5] and [3..7]; given: {describe(wide)}."
    apart = call(answer, [1, 2, 3, 4, 5], 2, 0)
    if not close(apart, [[1, 2], [3, 4], [5]]):
        return (
            "With an overlap of 0 expected [[1, 2], [3, 4], [5]]: mind that `x[-0:]` is all of x; "
            f"given: {describe(apart)}."
        )
    short = call(answer, [7, 8, 9], 4, 1)
    if not close(short, [[7, 8, 9]]):
        return f"A text that fits is one window, `[[7, 8, 9]]`; given: {describe(short)}."
    return None


_WINDOWS = "def windows(ids, size, overlap):\n"


EXERCISE = Exercise(
    id="1.7",
    title="Read a long text in pieces",
    minutes=10,
    difficulty="medium",
    starter="def windows(ids, size, overlap):\n    ...",
    answer="windows",
    check=_check_windows,
    expects="a function that returns a list of lists",
    hints=(
        "A window that begins at `start` is `ids[start : start + size]`. The next begins `size - overlap` later.",
        "Stop as soon as a window reaches the end of `ids`: a next one would hold nothing new.",
    ),
    solution=(
        _WINDOWS + "    found, start = [], 0\n"
        "    while True:\n"
        "        found.append(ids[start : start + size])\n"
        "        if start + size >= len(ids):\n"
        "            return found\n"
        "        start += size - overlap"
    ),
    wrong=(
        Wrong(
            _WINDOWS + "    return [ids[i : i + size] for i in range(0, len(ids), size - overlap)]",
            "stop at the end",
        ),
        Wrong(_WINDOWS + "    return [ids[i : i + size] for i in range(0, len(ids), size)]", "do not overlap"),
        Wrong(_WINDOWS + "    return [ids[i : i + size] for i in range(0, len(ids), overlap)]", "yours move by one"),
        Wrong(_WINDOWS + "    return [ids[:size]]", "lost the rest"),
        Wrong(
            _WINDOWS + "    step = size - overlap\n"
            "    return [ids[i : i + size] for i in range(0, len(ids) - size + 1, step)]",
            "you lose the last one",
        ),
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
            _WINDOWS + "    out, step = [ids[:size]], size - overlap\n"
            "    for i in range(size, len(ids), step):\n"
            "        out.append(out[-1][-overlap:] + ids[i : i + step])\n"
            "    return out",
            "mind that `x[-0:]` is all of x",
        ),
    ),
    alternatives=(
        _WINDOWS + "    starts = range(0, max(1, len(ids) - overlap), size - overlap)\n"
        "    return tuple(tuple(ids[i : i + size]) for i in starts)",
    ),
)
