"""9.6 Swap the groups."""

from course_utils.exercises.answers import as_text, call
from course_utils.exercises.records import Exercise, Wrong, changed

_SWAPS = {"woman": "man", "she": "he", "her": "his", "mother": "father", "girl": "boy"}


_SWAPPED = (
    ("The woman walks home.", "The man walks home."),
    ("My father cooks.", "My mother cooks."),
    ("She knows that he is here.", "He knows that she is here."),
    ("Another human theme: the she-wolf.", "Another human theme: the he-wolf."),
    ("A boy, his  mother\nand her friend.", "A girl, her  father\nand his friend."),
    ("WOMAN AND BOY", "MAN AND GIRL"),
)


_SWAP = (
    "import re\n\n"
    "def swap(text, partners):\n"
    "    both = partners | {b: a for a, b in partners.items()}\n"
    "    def other(match):\n"
    "        word = match.group()\n"
    "        new = both.get(word.lower(), word)\n"
    "        if new == word:\n"
    "            return word\n"
    "        return new.upper() if word.isupper() and len(word) > 1 else new.capitalize() if word.istitle() else new\n"
    '    return re.sub(r"\\w+", other, text)'
)


def _check_swap(answer) -> str | None:
    results = [as_text(call(answer, text, _SWAPS)) for text, _ in _SWAPPED]
    if None in results:
        return "Your function should return a text."
    if max(map(len, results)) > 200:
        return "Your function should return the text once, with some words swapped; a far longer one came out."
    rights = [right for _, right in _SWAPPED]
    if results == rights:
        other = as_text(call(answer, "A girl sees the queen.", {"queen": "king"}))
        if other != "A girl sees the king.":
            return f'Swap what `partners` says: with {{"queen": "king"}} "A girl sees the queen." became {other!r}.'
        return None
    if any(part in result.lower() for result in results for part in ("tshe", "sshe", "hise", "wowo", "huwo")):
        return f"Whole words only: *she* and *the* hold *he*, *woman* holds *man*; given: {results[0]!r}."
    if results[0].lower() == _SWAPPED[0][0].lower():
        return f"Nothing was swapped in {_SWAPPED[0][0]!r}, or swapped and swapped back: go through the text once."
    if results[1] == _SWAPPED[1][0]:
        return f"{_SWAPPED[1][0]!r} should become {rights[1]!r}: the swap goes both ways."
    if results[2].lower() == rights[2].lower() and results[2] != rights[2] or results[2].startswith("She"):
        return f"A capital was lost, or hid a word from you: {_SWAPPED[2][0]!r} became {results[2]!r}."
    if "she-wolf" in results[3]:
        return f"A word may also end at a hyphen or a comma: {_SWAPPED[3][0]!r} became {results[3]!r}."
    if results[:5] == rights[:5]:
        return f"A word all in capitals keeps them: {_SWAPPED[5][0]!r} became {results[5]!r}."
    i = next(i for i, result in enumerate(results) if result != rights[i])
    return f"{_SWAPPED[i][0]!r} should become {rights[i]!r}; given: {results[i]!r}."


EXERCISE = Exercise(
    id="9.6",
    title="Swap the groups",
    minutes=12,
    difficulty="hard",
    starter="def swap(text, partners):\n    ...",
    answer="swap",
    check=_check_swap,
    expects="a function that takes a text and a dictionary and returns a text",
    hints=(
        "Turn the dictionary round, too, and go through the text once: "
        '`re.sub(r"\\w+", function, text)` calls your function with each whole word, `match.group()`.',
        "Look up `word.lower()`, then give the new word the capitals of the old (`isupper`, `istitle`).",
    ),
    solution=_SWAP,
    wrong=(
        Wrong(
            "import re\n\ndef swap(text, partners):\n    both = partners | {b: a for a, b in partners.items()}\n"
            "    return re.sub('|'.join(both), lambda match: both[match.group()], text)",
            "Whole words only",
        ),
        Wrong(
            "import re\n\ndef swap(text, partners):\n"
            "    for a, b in list(partners.items()) + [(b, a) for a, b in partners.items()]:\n"
            '        text = re.sub(rf"\\b{a}\\b", b, text)\n'
            "    return text",
            "Nothing was swapped",
        ),
        Wrong(
            changed(_SWAP, ("partners | {b: a for a, b in partners.items()}", "partners")),
            "the swap goes both ways",
        ),
        Wrong(changed(_SWAP, ("new.capitalize() if word.istitle() else new", "new")), "A capital was lost"),
        Wrong(changed(_SWAP, (r"\w+", r"\S+")), "A word may also end at a hyphen"),
        Wrong(
            changed(
                _SWAP,
                ("new.upper() if word.isupper() and len(word) > 1 else ", ""),
                ("word.istitle()", "word[0].isupper()"),
            ),
            "A word all in capitals",
        ),
        Wrong(
            changed(_SWAP, ("re.sub(", "' '.join(re.sub("), ("other, text)", "other, part) for part in text.split())")),
            "mother\\nand",
        ),
        Wrong(changed(_SWAP, ("partners | {b", 'partners | {"girl": "boy"} | {b')), "Swap what `partners` says"),
    ),
    alternatives=(
        "import re\n\ndef swap(text, partners):\n"
        "    both = dict(partners)\n"
        "    both.update((b, a) for a, b in partners.items())\n"
        "    for case in (str.upper, str.capitalize):\n"
        "        both.update({case(a): case(b) for a, b in list(both.items()) if a.islower()})\n"
        '    return "".join(both.get(piece, piece) for piece in re.split(r"(\\W+)", text))',
    ),
    note="One list of partners is a choice, too: *her* is also *him*, and many people are in no pair at all.",
)
