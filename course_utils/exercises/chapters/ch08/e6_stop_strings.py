"""8.6 Stop strings across tokens."""

from course_utils.exercises.answers import call, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed

_PIECES = ["Blue", ",", " I", " think", ".", "\n", "\n", "Question", ":", " And", " the", " sea", "?"]


_UNTIL = (
    "def until(pieces, stops):\n"
    '    text = "".join(pieces)\n'
    "    found = [text.find(stop) for stop in stops if stop in text]\n"
    "    return text[: min(found, default=len(text))]"
)


def _check_until(answer) -> str | None:
    value = call(answer, _PIECES, ["\n\nQuestion:"])
    if not is_a(value, str):
        return f"Your function should return one text; given: {describe(value)}."
    whole, right = "".join(_PIECES), "Blue, I think."
    if value != right:
        if value == whole:
            return "You searched piece by piece: this stop string is spread over four pieces, so join them first."
        if value == right + "\n\nQuestion:":
            return "The stop string itself is still there: the text ends *before* it."
        if value.strip() == right:
            return "Only what stands before the stop string is asked for, unchanged: neither more nor less white space."
        if value == right + "\n\nQuestion: And the sea?":
            return "Nothing was cut."
        return f"Before the stop string stands {right!r}; given: {describe(value)}."
    value = call(answer, _PIECES, ["sky", "zebra"])
    if value == whole[:-1]:
        return "Without a stop string in the text the last character is lost: `find` gives -1 when it finds nothing."
    if value != whole:
        return "Without a stop string in the text all of it is returned."
    if call(answer, _PIECES, ["?", " think", ","]) != "Blue":
        return "Several stop strings: the one that comes first in the *text* ends it, not the first of the list."
    if call(answer, _PIECES, []) != whole:
        return "With an empty list of stop strings nothing is cut."
    if call(answer, ["a b", " c b", "\n"], ["b"]) != "a ":
        return "A stop string that comes twice ends the text where it comes *first*; the space before it stays."
    if call(answer, ["\n", "a b "], ["c"]) != "\na b ":
        return "White space at the beginning and the end belongs to the text: leave it as it is."
    return None if call(answer, ["b", "a"], ["b"]) == "" else "The text may begin with a stop string: nothing is left."


EXERCISE = Exercise(
    id="8.6",
    title="Stop strings across tokens",
    minutes=6,
    difficulty="medium",
    starter="def until(pieces, stops):\n    ...",
    answer="until",
    check=_check_until,
    expects="a function that returns one text",
    hints=(
        'A stop string need not be one piece: join the pieces with `"".join(pieces)` first.',
        "`text.find(stop)` is the place where it begins, -1 if it is not there; cut at the smallest real place.",
    ),
    solution=_UNTIL,
    wrong=(
        Wrong(
            "def until(pieces, stops):\n"
            '    text = ""\n'
            "    for piece in pieces:\n"
            "        if any(stop in piece for stop in stops):\n"
            "            break\n"
            "        text += piece\n"
            "    return text",
            "You searched piece by piece",
        ),
        Wrong(
            "def until(pieces, stops):\n"
            '    text = ""\n'
            "    for piece in pieces:\n"
            "        text += piece\n"
            "        if any(stop in text for stop in stops):\n"
            "            break\n"
            "    return text",
            "is still there",
        ),
        Wrong(
            "def until(pieces, stops):\n"
            '    text = "".join(pieces)\n'
            "    return text[: min([text.find(stop) for stop in stops], default=len(text))]",
            "the last character is lost",
        ),
        Wrong(
            "def until(pieces, stops):\n"
            '    text = "".join(pieces)\n'
            "    for stop in stops:\n"
            "        if stop in text:\n"
            "            return text[: text.index(stop)]\n"
            "    return text",
            "not the first of the list",
        ),
        Wrong(changed(_UNTIL, ("text.find(stop)", "text.rfind(stop)")), "where it comes *first*"),
        Wrong(
            "def until(pieces, stops):\n"
            '    text = "".join(pieces)\n'
            "    found = [text.find(stop) for stop in stops]\n"
            "    return text[: min([place for place in found if place > 0], default=len(text))]",
            "may begin with a stop string",
        ),
        Wrong(changed(_UNTIL, ('"".join(pieces)', '"".join(pieces).strip()')), "White space at the beginning"),
        Wrong(changed(_UNTIL, ("default=len(text))]", "default=len(text))].split()")), "should return one text"),
        Wrong(changed(_UNTIL, (", default=len(text)", "")), "empty", status="error in your code"),
    ),
    alternatives=(
        "def until(pieces, stops):\n"
        '    text = "".join(pieces)\n'
        "    for stop in stops:\n"
        "        text = text.split(stop)[0]\n"
        "    return text",
        "def until(pieces, stops):\n"
        '    text = "".join(pieces)\n'
        "    for end in range(len(text)):\n"
        "        if any(text.startswith(stop, end) for stop in stops):\n"
        "            return text[:end]\n"
        "    return text",
    ),
    note="While streaming, the last characters must wait until they can no longer begin a stop string.",
)
