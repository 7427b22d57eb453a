"""9.9 What the card leaves out."""

from course_utils.exercises.answers import as_list, as_text, call, describe
from course_utils.exercises.records import Exercise, Wrong, changed

_CARD = """---
license: mit
---
# A model of letters

## Uses
Sorts letters of one museum.

## Out-of-scope use

[More Information Needed]

## Training data
4,000 letters; their authors are under ## Bias and limits
of the sheet.

## Evaluation

## Contact sheet
One page a letter.

## Licence

[CC BY 4.0](https://creativecommons.org/licenses/by/4.0/)

## Who (and when)?
### People
[More Information Needed]
Two students, in 2024.

## Environmental impact
[More Information Needed]
About 3 grams, we think.
"""


# Parts of the card, and what there is to say when an answer has them wrong.
_MISSING_THERE = {
    "Out-of-scope use": "has nothing but `[More Information Needed]`, which is no text",
    "Evaluation": "has a title, and nothing but an empty line up to the next one",
    "Bias and limits": "stands in the middle of a line, and a title is a line of its own",
    "Contact": "is no title of the card: `## Contact sheet` is another one",
}


_WITH_TEXT = {
    "Uses": "has a line of text",
    "Training data": "has two lines of text",
    "Licence": "has a text, a link, below an empty line",
    "Who (and when)?": "has a text below `### People`, and only a line that begins with `## ` ends a part",
    "Environmental impact": "has a sentence beside `[More Information Needed]`",
}


# Neither in the order of the card nor in that of the alphabet.
_PARTS = ["Uses", "Training data", "Evaluation", "Contact", "Out-of-scope use", "Licence"]


_PARTS += ["Bias and limits", "Environmental impact", "Who (and when)?"]


# More cards, their parts, the missing ones, and what there is to say.
_MORE = (
    ("## Uses\nNone.\n\n## Limits\n", ["Limits", "Uses"], ["Limits"], "The first line of this card is a title."),
    ("# Two\n\n## Uses\n\n## Limits\nMany.", ["Limits", "Uses"], ["Uses"], "The last part of this card has a text."),
    (
        "## Data\n### Sources\n## Sources\n",
        ["Data", "Sources"],
        ["Sources"],
        "A line that begins with `###` is text, too.",
    ),
    ("## Uses\n# Letters\nOld ones.\n", ["Uses"], [], "Only a line that begins with `## ` ends a part."),
    ("Just a text.\n", ["Uses", "Limits"], ["Uses", "Limits"], "A part without a title in the card is missing."),
    ("## Uses\nNone.\n", [], [], "Nothing was asked for, so nothing is missing."),
    (
        "## Uses\n[More Information Needed]\n\n[More Information Needed]\n",
        ["Uses"],
        ["Uses"],
        "`[More Information Needed]` twice is no text either.",
    ),
    ("## Uses\n  ## Limits\nMany.\n", ["Limits"], ["Limits"], "Its second line begins with spaces, not with `## `."),
)


_MISSING = (
    "def missing(card, parts):\n"
    "    texts, title = {}, None\n"
    '    for line in card.split("\\n"):\n'
    '        if line.startswith("## "):\n'
    "            title = line[3:].strip()\n"
    '            texts.setdefault(title, "")\n'
    "        elif title is not None:\n"
    '            texts[title] += line.replace("[More Information Needed]", "").strip()\n'
    "    return [part for part in parts if not texts.get(part)]"
)


def _check_card(answer) -> str | None:
    value = call(answer, _CARD, _PARTS)
    found = _titles(value)
    if found is None:
        return f"Your function should return a list of titles; given: {describe(value)}."
    right = [part for part in _PARTS if part in _MISSING_THERE]
    if found == [part for part in _PARTS if part in _WITH_TEXT]:
        return "Those are the parts that have a text; return the others."
    for part in _PARTS:
        if part in _WITH_TEXT and part in found:
            return f"`{part}` is not missing: it {_WITH_TEXT[part]}. You returned {describe(value)}."
        if part in _MISSING_THERE and part not in found:
            return f"`{part}` is missing: it {_MISSING_THERE[part]}. You returned {describe(value)}."
    if sorted(found) == sorted(right) and found != right:
        return f"Keep the order of `parts`: expected {right}; given: {describe(value)}."
    if found != right:
        return f"Expected {right}; given: {describe(value)}."
    for card, parts, right, says in _MORE:
        value = call(answer, card, parts)
        if _titles(value) != right:
            return f"For the card {card!r} and the parts {parts} expected {right}; given: {describe(value)}. {says}"
    return None


def _titles(value) -> list[str] | None:
    found = as_list(value)
    return None if found is None or any(as_text(part) is None for part in found) else [as_text(part) for part in found]


EXERCISE = Exercise(
    id="9.9",
    title="What the card leaves out",
    minutes=12,
    difficulty="medium",
    starter="def missing(card, parts):\n    ...",
    answer="missing",
    check=_check_card,
    expects="a function that takes a text and a list and returns a list",
    hints=(
        "First make a dictionary from each title of the card to its text. Which part of a line is the title?",
        "Go through the lines and remember the title you are under. Any other line adds to the text of that title, "
        "without `[More Information Needed]` and without the spaces around it.",
        '`line.startswith("## ")` tells a title, and `texts.get(part)` is `None` for a part that has none.',
    ),
    solution=_MISSING,
    why="One pass over the lines collects the text below each title, and what is no text is dropped on the way. A part "
    "is missing if its text is empty or its title was never seen.",
    wrong=(
        Wrong(changed(_MISSING, ('.replace("[More Information Needed]", "")', "")), "`Out-of-scope use` is missing"),
        Wrong(
            'def missing(card, parts):\n    texts = {}\n    for part in card.split("## ")[1:]:\n'
            '        title, _, text = part.partition("\\n")\n'
            '        texts[title] = text.replace("[More Information Needed]", "").strip()\n'
            "    return [part for part in parts if not texts.get(part)]",
            "`Bias and limits` is missing",
        ),
        Wrong(changed(_MISSING, ("if not texts", "if texts")), "Those are the parts that have a text"),
        Wrong(
            'def missing(card, parts):\n    texts = {}\n    for part in ("\\n" + card).split("\\n## ")[1:]:\n'
            '        title, _, text = part.partition("\\n")\n'
            '        texts[title] = text.replace("[More Information Needed]", "").strip()\n'
            "    return [p for p in parts if not any(text for title, text in texts.items() if title.startswith(p))]",
            "`Contact` is missing",
        ),
        Wrong(
            changed(_MISSING, ("return [part for part in parts", "return [part for part in sorted(parts)")),
            "Keep the order",
        ),
        Wrong(
            changed(_MISSING, ("not texts.get(part)", 'not texts.get(part) or part == "Environmental impact"')),
            "it has a sentence beside",
        ),
        Wrong(
            changed(
                _MISSING,
                ('.replace("[More Information Needed]", "")', ""),
                ("not texts.get(part)", 'texts.get(part, "[More Information Needed]") == "[More Information Needed]"'),
            ),
            "`Evaluation` is missing",
        ),
        Wrong(changed(_MISSING, ("[3:]", "")), "`Uses` is not missing"),
        Wrong(
            changed(_MISSING, ('line.startswith("## ")', 'line.startswith("##")'), ("line[3:]", 'line.strip("#")')),
            "it has a text below `### People`",
        ),
        Wrong(
            changed(_MISSING, ("title is not None", 'title and not line.startswith("#")')),
            "A line that begins with `###` is text, too",
        ),
        Wrong(
            changed(
                _MISSING,
                (
                    'line.replace("[More Information Needed]", "").strip()',
                    '__import__("re").sub(r"\\[.*?\\](\\(.*?\\))?", "", line).strip()',
                ),
            ),
            "a link, below an empty line",
        ),
        Wrong(
            'def missing(card, parts):\n    texts = {}\n    for part in card.split("\\n## ")[1:]:\n'
            '        title, _, text = part.partition("\\n")\n'
            '        texts[title] = text.replace("[More Information Needed]", "").strip()\n'
            "    return [part for part in parts if not texts.get(part)]",
            "The first line of this card is a title",
        ),
        Wrong(
            "import re\n\ndef missing(card, parts):\n"
            '    texts = dict(re.findall(r"(?ms)^## ([^\\n]*)\\n(.*?)(?=^## |\\n\\Z)", card))\n'
            '    empty = ("", "[More Information Needed]")\n'
            '    return [part for part in parts if texts.get(part, "").strip() in empty]',
            "The last part of this card has a text",
        ),
        Wrong(
            changed(_MISSING, ("return [part", "return len([part"), ("(part)]", "(part)])")),
            "should return a list of titles",
        ),
    ),
    also_wrong=(
        'def missing(card, parts):\n    return [part for part in parts if f"## {part}" not in card]',
        changed(_MISSING, ("not texts.get(part)", "part in texts and not texts[part]")),
        changed(_MISSING, ("[part for part in parts if", "[part for part in sorted(parts, key=card.find) if")),
        changed(_MISSING, ("[3:].strip()", "[3:].split()[0]")),
        changed(_MISSING, ('in card.split("\\n")', 'in map(str.strip, card.split("\\n"))')),
        changed(
            _MISSING,
            ('.replace("[More Information Needed]", "").strip()', ""),
            ("not texts.get(part)", 'texts.get(part, "").strip() in ("", "[More Information Needed]")'),
        ),
        changed(
            _MISSING,
            (
                "return [part for part in parts if not texts.get(part)]",
                "for part in parts:\n        if texts.get(part):\n            parts.remove(part)\n    return parts",
            ),
        ),
        changed(
            _MISSING,
            (
                'line.replace("[More Information Needed]", "").strip()',
                '"" if "[More Information Needed]" in line else line.strip()',
            ),
            ("not texts.get(part)", 'not texts.get(part) or f"## {part}\\n[More" in card'),
        ),
        "def missing(card, parts):\n"
        "    known = ['Out-of-scope use', 'Evaluation', 'Bias and limits', 'Contact']\n"
        "    return [part for part in parts if part in known]",
    ),
    alternatives=(
        "import re\n\ndef missing(card, parts):\n"
        "    found = []\n"
        "    for part in parts:\n"
        '        match = re.search(rf"(?ms)^## {re.escape(part)}\\s*?\\n(.*?)(?=^## |\\Z)", card)\n'
        '        text = match.group(1) if match else ""\n'
        '        if not text.replace("[More Information Needed]", "").split():\n'
        "            found.append(part)\n"
        "    return found",
        "def missing(card, parts):\n"
        "    filled = set()\n"
        '    for section in ("\\n" + card).split("\\n## ")[1:]:\n'
        '        title, _, text = section.partition("\\n")\n'
        '        if text.replace("[More Information Needed]", "").strip():\n'
        "            filled.add(title.strip().lower())\n"
        "    return tuple(part for part in parts if part.lower() not in filled)",
    ),
)
