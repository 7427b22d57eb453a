"""8.6 Stop strings across tokens."""

import random

from course_utils.exercises.answers import is_a
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import compare

_PIECES = ["Blue", ",", " I", " think", ".", "\n", "\n", "Question", ":", " And", " the", " sea", "?"]


_UNTIL = (
    "def until(pieces, stops):\n"
    '    text = "".join(pieces)\n'
    "    found = [text.find(stop) for stop in stops if stop in text]\n"
    "    return text[: min(found, default=len(text))]"
)


def _random_cases(count: int) -> list:
    """Short texts of few letters, in which stop strings overlap and come again."""
    chance = random.Random(8)

    def strings(longest, most):
        words = ("".join(chance.choices("abA. ", k=chance.randint(1, longest))) for _ in range(chance.randint(1, most)))
        return list(dict.fromkeys(words))

    return [(strings(3, 8), strings(3, 3)) for _ in range(count)]


_CASES = (
    (_PIECES, ["\n\nQuestion:"]),
    (_PIECES, ["sky", "zebra"]),
    (_PIECES, ["?", " think", ","]),
    (_PIECES, []),
    (["a b", " c b", "\n"], ["b"]),
    (["\n", "a b "], ["c"]),
    (["b", "a"], ["b"]),
    (["At the end: EN", "D."], ["END", "."]),
    (["ab", "cd"], ["cd", "bc"]),
    (["abc", "d"], ["c", "bcd"]),
    (["x", "aa", "ab", "ab"], ["aab", "abab"]),
    ([], ["a"]),
    ([*"All is well. ENDOFTEXT and more"], ["ENDOFTEXT", "(", "a+b"]),
    (["1", "", "+(", "", "2"], ["1+2", "+(2"]),
    *_random_cases(30),
)


def _until(pieces, stops) -> str:
    text = "".join(pieces)
    return text[: min([text.find(stop) for stop in stops if stop in text], default=len(text))]


def _by_piece(pieces, stops, inside=False) -> str:
    """Up to the first piece that has a stop string in it; `inside`: up to the stop string in this piece."""
    text = ""
    for piece in pieces:
        if any(stop in piece for stop in stops):
            return text + (_until([piece], stops) if inside else "")
        text += piece
    return text


def _with_stop(pieces, stops) -> str:
    text, right = "".join(pieces), _until(pieces, stops)
    here = [stop for stop in stops if text.startswith(stop, len(right))]
    return right + min(here, key=len, default="")


def _in_turn(pieces, stops) -> str:
    text = "".join(pieces)
    for stop in stops:
        text = text.split(stop)[0]
    return text


def _ends_first(pieces, stops) -> str:
    text = "".join(pieces)
    ends = [(text.find(stop) + len(stop), text.find(stop)) for stop in stops if stop in text]
    return text[: min(ends)[1]] if ends else text


def _growing(pieces, stops) -> str:
    text = ""
    for piece in pieces:
        text += piece
        if any(stop in text for stop in stops):
            break
    return _until([text], stops)


def _first_of_list(pieces, stops) -> str:
    text = "".join(pieces)
    return next((text[: text.find(stop)] for stop in stops if stop in text), text)


def _minus_one(pieces, stops) -> str:
    text = "".join(pieces)
    return text[: min([text.find(stop) for stop in stops], default=len(text))]


def _last(pieces, stops) -> str:
    text = "".join(pieces)
    return text[: min([text.rfind(stop) for stop in stops if stop in text], default=len(text))]


def _not_at_the_start(pieces, stops) -> str:
    text = "".join(pieces)
    return text[: min([text.find(stop) for stop in stops if text.find(stop) > 0], default=len(text))]


def _any_capitals(pieces, stops) -> str:
    text = "".join(pieces)
    return text[: len(_until([text.lower()], [stop.lower() for stop in stops]))]


_BY_PIECE = "You search each piece by itself: a stop string can be spread over several pieces, so join them first."
_EARLIER = (
    "Two stop strings overlap in some of the test texts. The one that *begins* first decides, even where another one "
    "ends first: look for each of them in the whole text."
)
_RULES = (
    (_by_piece, _BY_PIECE),
    (lambda pieces, stops: _by_piece(pieces, stops, inside=True), _BY_PIECE),
    (lambda pieces, stops: "".join(pieces), "Nothing was cut: your function always returns the whole text."),
    (_with_stop, "The stop string itself is still there: the text ends *before* it."),
    (_minus_one, "Where a stop string is missing, `find` gives -1, and `text[:-1]` lacks the last character."),
    (
        _first_of_list,
        "Several stop strings: the one that comes first in the *text* ends it, not the first of the list.",
    ),
    (_in_turn, _EARLIER),
    (_ends_first, _EARLIER),
    (_growing, _EARLIER),
    (_last, "A stop string that comes twice ends the text where it comes *first*."),
    (_not_at_the_start, "The text may begin with a stop string: nothing is left."),
    (_any_capitals, "Capitals matter: END is another stop string than end."),
    (
        lambda pieces, stops: _until(pieces, stops).strip(),
        "White space at the beginning and the end belongs to the text: leave it as it is.",
    ),
    (
        lambda pieces, stops: _until(pieces, stops).rstrip(),
        "White space at the end belongs to the text: leave it as it is.",
    ),
)


def _text(value, *case) -> str | None:
    return str.__str__(value) if is_a(value, str) else None


def _check_until(answer) -> str | None:
    return compare(answer, _CASES, _until, _RULES, _text, "one text")


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
        'In which piece of `["a", "EN", "D b"]` is the stop string `"END"`? And where does the text `"abcd"` end, if '
        'the stop strings are `"cd"` and `"bc"`?',
        "A stop string need not be one piece: make one text of the pieces first. Then look in this text for each of "
        "the stop strings, and compare the positions where they begin.",
        '`"".join(pieces)` is the text. `text.find(stop)` is the position where a stop string begins, -1 if it is not '
        "there; cut at the smallest real position.",
    ),
    solution=_UNTIL,
    why="In the joined text a stop string is whole, however it was cut into pieces. Each one is looked for in all of "
    "the text, and the smallest place decides; where none is found, the default is the length, so nothing is cut.",
    wrong=(
        Wrong(
            "def until(pieces, stops):\n"
            '    text = ""\n'
            "    for piece in pieces:\n"
            "        if any(stop in piece for stop in stops):\n"
            "            break\n"
            "        text += piece\n"
            "    return text",
            "You search each piece",
        ),
        Wrong('def until(pieces, stops):\n    return "".join(pieces)', "Nothing was cut"),
        Wrong(
            "def until(pieces, stops):\n"
            '    text = "".join(pieces)\n'
            "    found = [(text.find(stop), text.find(stop) + len(stop)) for stop in stops if stop in text]\n"
            "    return text[: min(found)[1]] if found else text",
            "is still there",
        ),
        Wrong(
            "def until(pieces, stops):\n"
            '    text = "".join(pieces)\n'
            "    return text[: min([text.find(stop) for stop in stops], default=len(text))]",
            "lacks the last character",
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
        Wrong(
            "def until(pieces, stops):\n"
            '    text = "".join(pieces)\n'
            "    for stop in stops:\n"
            "        text = text.split(stop)[0]\n"
            "    return text",
            "even where another one ends first",
        ),
        Wrong(changed(_UNTIL, ("text.find(stop)", "text.rfind(stop)")), "where it comes *first*"),
        Wrong(
            "def until(pieces, stops):\n"
            '    text = "".join(pieces)\n'
            "    found = [text.find(stop) for stop in stops]\n"
            "    return text[: min([place for place in found if place > 0], default=len(text))]",
            "may begin with a stop string",
        ),
        Wrong(
            "def until(pieces, stops):\n"
            '    text = "".join(pieces)\n'
            "    small = text.lower()\n"
            "    found = [small.find(stop.lower()) for stop in stops if stop.lower() in small]\n"
            "    return text[: min(found, default=len(text))]",
            "Capitals matter",
        ),
        Wrong(_UNTIL + ".strip()", "White space at the beginning"),
        Wrong(_UNTIL + ".rstrip()", "White space at the end belongs"),
        Wrong(changed(_UNTIL, ("default=len(text))]", "default=len(text))].split()")), "should return one text"),
        Wrong(changed(_UNTIL, (", default=len(text)", "")), "empty", status="error in your code"),
    ),
    also_wrong=(
        "def until(pieces, stops):\n"
        '    text = ""\n'
        '    for letter in "".join(pieces):\n'
        "        text += letter\n"
        "        for stop in stops:\n"
        "            if text.endswith(stop):\n"
        "                return text[: -len(stop)]\n"
        "    return text",
        "def until(pieces, stops):\n"
        '    text = ""\n'
        "    for piece in pieces:\n"
        "        text += piece\n"
        "        found = [text.find(stop) for stop in stops if stop in text]\n"
        "        if found:\n"
        "            return text[: min(found)]\n"
        "    return text",
        "def until(pieces, stops):\n"
        '    text = ""\n'
        "    for piece in pieces:\n"
        "        text += piece\n"
        "        if any(stop in text for stop in stops):\n"
        "            break\n"
        "    return text",
        "import re\n"
        "def until(pieces, stops):\n"
        '    return re.split("|".join(stops), "".join(pieces))[0] if stops else "".join(pieces)',
        changed(_UNTIL, ('"".join(pieces)', '" ".join(pieces)')),
        changed(_UNTIL, ("in stops if", "in stops[:1] if")),
        changed(_UNTIL, ("in stops if", "in sorted(stops, key=len)[-1:] if")),
    ),
    alternatives=(
        "def until(pieces, stops):\n"
        '    text = "".join(pieces)\n'
        "    return min([text, *(text.split(stop)[0] for stop in stops)], key=len)",
        "def until(pieces, stops):\n"
        '    text = "".join(pieces)\n'
        "    for end in range(len(text)):\n"
        "        if any(text.startswith(stop, end) for stop in stops):\n"
        "            return text[:end]\n"
        "    return text",
        "import re\n"
        "def until(pieces, stops):\n"
        '    found = re.search("|".join(map(re.escape, stops)), "".join(pieces)) if stops else None\n'
        '    return "".join(pieces)[: found.start() if found else None]',
    ),
    note="While streaming, the last characters must wait until they can no longer begin a stop string.",
)
