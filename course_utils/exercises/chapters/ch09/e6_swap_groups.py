"""9.6 Swap the groups."""

from course_utils.exercises.answers import call, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed

_PEOPLE = {"woman": "man", "she": "he", "her": "his", "mother": "father", "girl": "boy"}


# Partners, a text, what becomes of it, and the rule of the exercise that it is about.
_CASES = (
    (
        _PEOPLE,
        "a woman walks home.",
        "a man walks home.",
        "Each word becomes its partner, once: what was swapped must not be swapped back.",
    ),
    (_PEOPLE, "a boy sings.", "a girl sings.", "The swap goes both ways."),
    (
        _PEOPLE,
        "one woman and one man and one woman",
        "one man and one woman and one man",
        "Every word of the text counts, not only the first one.",
    ),
    (
        _PEOPLE,
        "other humans, the mankind theme",
        "other humans, the mankind theme",
        "Whole words only: *the* holds *he*, *other* holds *he* and *her*, *humans* holds *man*.",
    ),
    (_PEOPLE, "Then She met a Boy", "Then He met a Girl", "The partner of a word with a first capital has one, too."),
    (_PEOPLE, "WOMAN AND BOY", "MAN AND GIRL", "The partner of a word all in capitals is all in capitals."),
    (
        _PEOPLE,
        "a she-wolf; \"she's\" 'his' (her)",
        "a he-wolf; \"he's\" 'her' (his)",
        "A word is a run of letters: it ends at every mark, also at a hyphen and an apostrophe.",
    ),
    (_PEOPLE, "Mané saw the girl", "Mané saw the boy", "A letter with an accent is a letter, too: *Mané* is one word."),
    (_PEOPLE, " A  boy\tand\nhis dog\n", " A  girl\tand\nher dog\n", "Spaces, tabs and line breaks stay as they are."),
    (
        _PEOPLE,
        "McDonald asked NASA and the Girl",
        "McDonald asked NASA and the Boy",
        "A word without a partner stays as it is.",
    ),
    (
        {"queen": "king", "lady": "gentleman"},
        "The queen, a gentleman and a girl",
        "The king, a lady and a girl",
        "Only the dictionary given says which words are partners.",
    ),
)


_SWAP = (
    "import re\n\n"
    "def swap(text, partners):\n"
    "    both = partners | {b: a for a, b in partners.items()}\n"
    "    def other(match):\n"
    "        word = match.group()\n"
    "        if word.lower() not in both:\n"
    "            return word\n"
    "        new = both[word.lower()]\n"
    "        return new.upper() if word.isupper() else new.capitalize() if word.istitle() else new\n"
    '    return re.sub(r"\\w+", other, text)'
)


def _check_swap(answer) -> str | None:
    for partners, text, right, rule in _CASES:
        value = call(answer, text, partners)
        if not is_a(value, str):
            return f"Your function should return a text; given: {describe(value)}."
        if str.__str__(value) != right:
            where = "" if partners is _PEOPLE else f" with the partners {partners}"
            return f"{text!r} should become {right!r}{where}; given: {describe(value)}. {rule}"
    return None


EXERCISE = Exercise(
    id="9.6",
    title="Swap the groups",
    minutes=15,
    difficulty="hard",
    starter="import re\n\n\ndef swap(text, partners):\n    ...",
    answer="swap",
    check=_check_swap,
    expects="a function that takes a text and a dictionary and returns a text",
    hints=(
        'What happens to "a woman and a man" when you first replace every *woman* and then every *man*?',
        "Turn the dictionary round, too, and go through the text once, word by word. Look up the word in small "
        "letters, then give the partner the capitals of the old word.",
        '`re.sub(r"\\w+", function, text)` calls your function with each word and puts in what it returns. '
        "The word is `match.group()`; `isupper` and `istitle` tell its capitals.",
    ),
    solution=_SWAP,
    why="The text is read once, so that no word is swapped back. For each word the function looks up the "
    "partner in a dictionary that holds both directions, and copies the capitals.",
    wrong=(
        Wrong(
            "import re\n\ndef swap(text, partners):\n    both = partners | {b: a for a, b in partners.items()}\n"
            "    return re.sub('|'.join(both), lambda match: both[match.group()], text)",
            "Whole words only",
        ),
        Wrong(
            "import re\n\ndef swap(text, partners):\n"
            "    for a, b in partners.items():\n"
            '        text = re.sub(rf"\\b{b}\\b", a, re.sub(rf"\\b{a}\\b", b, text))\n'
            "    return text",
            "must not be swapped back",
        ),
        Wrong(
            changed(_SWAP, ("partners | {b: a for a, b in partners.items()}", "partners")),
            "The swap goes both ways",
        ),
        Wrong(changed(_SWAP, ("new.capitalize() if word.istitle() else new", "new")), "with a first capital has one"),
        Wrong(changed(_SWAP, (r"\w+", r"[\w'-]+")), "A word is a run of letters"),
        Wrong(
            changed(_SWAP, ("new.upper() if word.isupper() else ", ""), ("word.istitle()", "word[0].isupper()")),
            "is all in capitals",
        ),
        Wrong(changed(_SWAP, ("other, text)", "other, text, count=4)")), "not only the first one"),
        Wrong(changed(_SWAP, (r"\w+", "[A-Za-z]+")), "A letter with an accent"),
        Wrong(
            changed(_SWAP, ("re.sub(", "' '.join(re.sub("), ("other, text)", "other, part) for part in text.split())")),
            "line breaks stay",
        ),
        Wrong(
            changed(
                _SWAP,
                ("        if word.lower() not in both:\n            return word\n", ""),
                ("both[word.lower()]", "both.get(word.lower(), word.lower())"),
            ),
            "A word without a partner stays",
        ),
        Wrong(
            changed(_SWAP, ("partners | {b", 'partners | {"girl": "boy", "boy": "girl"} | {b')), "Only the dictionary"
        ),
        Wrong(
            changed(_SWAP, ("    return re.sub", "    return list(re.sub"), ("text)", "text))")), "should return a text"
        ),
    ),
    also_wrong=(
        "def swap(text, partners):\n    return text",
        changed(_SWAP, ("both = partners | ", "both = partners\n    both |= ")),
        changed(_SWAP, ("new.upper() if word.isupper()", "new.upper() if word != word.lower()")),
        changed(_SWAP, ("other, text)", "other, text).strip()")),
        'def swap(text, partners):\n    return text.replace("woman", "man")',
    ),
    alternatives=(
        "import re\n\ndef swap(text, partners):\n"
        "    both = dict(partners)\n"
        "    both.update((b, a) for a, b in partners.items())\n"
        "    for case in (str.upper, str.capitalize):\n"
        "        both.update({case(a): case(b) for a, b in list(both.items()) if a.islower()})\n"
        '    return "".join(both.get(piece, piece) for piece in re.split(r"(\\W+)", text))',
        "def swap(text, partners):\n"
        "    both, out, word = {**partners, **dict(map(reversed, partners.items()))}, '', ''\n"
        "    for sign in text + '\\0':\n"
        "        if sign.isalpha():\n"
        "            word += sign\n"
        "            continue\n"
        "        new = both.get(word.lower(), word)\n"
        "        if word.lower() in both and word[0].isupper():\n"
        "            new = new.upper() if word.isupper() else new[0].upper() + new[1:]\n"
        "        out, word = out + new + sign, ''\n"
        "    return out[:-1]",
    ),
    note="One list of partners is a choice, too: *her* is also *him*, and many people are in no pair at all.",
)
