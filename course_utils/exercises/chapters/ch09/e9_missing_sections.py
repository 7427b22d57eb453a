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

## Environmental impact
[More Information Needed]
About 3 grams, we think.
"""


_PARTS = ["Uses", "Training data", "Out-of-scope use", "Evaluation", "Environmental impact", "Bias and limits"]


_PARTS += ["Contact"]


_MISSING = (
    "def missing(card, parts):\n"
    "    texts = {}\n"
    '    for section in card.split("\\n## ")[1:]:\n'
    '        title, _, text = section.partition("\\n")\n'
    '        texts[title.strip()] = text.replace("[More Information Needed]", "").strip()\n'
    "    return [part for part in parts if not texts.get(part)]"
)


def _check_card(answer) -> str | None:
    value = call(answer, _CARD, _PARTS)
    found = as_list(value)
    if found is None or not all(as_text(part) is not None for part in found):
        return f"Your function should return a list of titles; given: {describe(value)}."
    found = [as_text(part) for part in found]
    right = ["Out-of-scope use", "Evaluation", "Bias and limits", "Contact"]
    if found == right:
        if as_list(call(answer, "# Two\n\n## Uses\nNone.\n\n## Limits\n", ["Limits", "Uses"])) == ["Limits"]:
            return None
        return "For a card of two parts it goes wrong: the last one, `Limits`, has no text."
    if found and not set(found) & set(right):
        return f"Those are the parts that are there; return the missing ones. Given: {describe(value)}."
    if set(found) <= {"Bias and limits", "Contact"}:
        return "You looked at the titles only; a part without a text is missing, too."
    if "Environmental impact" in found:
        return "`Environmental impact` has a sentence beside the empty words: it is not missing."
    for part, says in (
        ("Contact", "`Contact`, which has no title in the card at all (`Contact sheet` is another one), is missing."),
        ("Bias and limits", "A title is a line: `## Bias and limits` in the middle of a sentence is none."),
        ("Evaluation", "`Evaluation` has a title and nothing beneath: it is missing, too."),
        ("Out-of-scope use", "`[More Information Needed]` is no text: a part with nothing else is missing."),
    ):
        if part not in found:
            return says
    if extra := [part for part in _PARTS if part in found and part not in right]:
        return f"`{extra[0]}` has a text: it is not missing."
    if sorted(found) == sorted(right):
        return "Keep the order of `parts`."
    return f"Expected {right}; given: {describe(value)}."


EXERCISE = Exercise(
    id="9.9",
    title="What the card leaves out",
    minutes=8,
    difficulty="medium",
    starter="def missing(card, parts):\n    ...",
    answer="missing",
    check=_check_card,
    expects="a function that takes a text and a list and returns a list",
    hints=(
        'All titles here are lines that begin with "## ": `card.split("\\n## ")[1:]` cuts before each.',
        "Take the line of the title off, drop `[More Information Needed]`, and see whether anything is left.",
    ),
    solution=_MISSING,
    wrong=(
        Wrong(
            'def missing(card, parts):\n    return [part for part in parts if f"## {part}" not in card]',
            "You looked at the titles only",
        ),
        Wrong(
            changed(_MISSING, ('.replace("[More Information Needed]", "")', "")),
            "`[More Information Needed]` is no text",
        ),
        Wrong(
            changed(_MISSING, ("not texts.get(part)", "part in texts and not texts[part]")),
            "which has no title in the card at all",
        ),
        Wrong(changed(_MISSING, ("if not texts", "if texts")), "Those are the parts that are there"),
        Wrong(changed(_MISSING, ('"\\n## "', '"## "')), "in the middle of a sentence"),
        Wrong(
            changed(
                _MISSING,
                (
                    "return [part for part in parts if not texts.get(part)]",
                    "for part in parts:\n        if texts.get(part):\n            parts.remove(part)\n    return parts",
                ),
            ),
            "`Training data` has a text",
        ),
        Wrong(
            changed(_MISSING, ("return [part for part in parts", "return [part for part in sorted(parts)")),
            "Keep the order",
        ),
        Wrong(
            changed(
                _MISSING,
                (
                    'text.replace("[More Information Needed]", "").strip()',
                    '"" if "[More Information Needed]" in text else text.strip()',
                ),
            ),
            "has a sentence beside the empty words",
        ),
        Wrong(
            changed(
                _MISSING,
                ('.replace("[More Information Needed]", "")', ""),
                ("not texts.get(part)", 'texts.get(part, "[More Information Needed]") == "[More Information Needed]"'),
            ),
            "`Evaluation` has a title",
        ),
    ),
    alternatives=(
        "import re\n\ndef missing(card, parts):\n"
        "    found = []\n"
        "    for part in parts:\n"
        '        match = re.search(rf"(?ms)^## {re.escape(part)}\\s*\\n(.*?)(?=^## |\\Z)", card)\n'
        '        text = match.group(1) if match else ""\n'
        '        if not text.replace("[More Information Needed]", "").split():\n'
        "            found.append(part)\n"
        "    return found",
    ),
)
