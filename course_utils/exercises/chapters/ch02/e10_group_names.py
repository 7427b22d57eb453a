"""2.10 From labels to names."""

from course_utils.exercises.answers import as_list, as_number, as_text, call, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed

_GROUP = (
    "def group(labels):\n"
    "    names, start = [], None\n"
    '    for i, label in enumerate(labels + ["O"]):  # the last O closes an open name\n'
    '        if start is not None and label != "I-" + labels[start][2:]:\n'
    "            names.append((labels[start][2:], start, i))\n"
    "            start = None\n"
    '        if label.startswith("B-"):\n'
    "            start = i\n"
    "    return names"
)


def _spans(value) -> list[tuple] | None:
    rows = as_list(value)
    if rows is None or not all(is_a(row, list) and len(row) == 3 for row in rows):
        return None
    return [(as_text(kind), as_number(start), as_number(end)) for kind, start, end in rows]


def _check_group(answer) -> str | None:
    def run(*labels):
        value = call(answer, list(labels))
        return value, _spans(value)

    value, got = run("O", "B-PER", "I-PER", "O", "B-LOC", "O")
    if got is None:
        return f"Return a list of tuples `(type, start, end)`; given: {describe(value)}."
    if got == [("PER", 1, 2), ("LOC", 4, 4)]:
        return "Your `end` is the last word itself; it should be the position after it, as in a Python slice."
    if got == [("PER", 1, 2), ("PER", 2, 3), ("LOC", 4, 5)]:
        return "Each word became a name of its own: an `I-` continues the name before it."
    if got == [("B-PER", 1, 3), ("B-LOC", 4, 5)]:
        return "The type is what follows the dash: `label[2:]` of `B-PER` is PER."
    if got != [("PER", 1, 3), ("LOC", 4, 5)]:
        return f"O B-PER I-PER O B-LOC O holds a person, words 1 to 3, and a place, 4 to 5; given: {describe(value)}."
    value, got = run("B-ORG", "I-ORG", "O")
    if got != [("ORG", 0, 2)]:
        return (
            f"A name that begins at position 0 is lost: 0 counts as False, ask `is not None`; given: {describe(value)}."
        )
    value, got = run("O", "B-ORG", "I-ORG")
    if got != [("ORG", 1, 3)]:
        return f"A name that reaches the end is lost: after the loop one may still be open; given: {describe(value)}."
    value, got = run("B-PER", "B-PER", "I-PER")
    if got != [("PER", 0, 1), ("PER", 1, 3)]:
        return f"Two names of the same type side by side became one: a `B-` begins a new one; given: {describe(value)}."
    value, got = run("B-PER", "I-LOC", "O")
    if got is None or any(span == ("PER", 0, 2) for span in got):
        return "B-PER followed by I-LOC became one person: an `I-` of another type does not continue the name."
    if ("PER", 0, 1) not in got:
        return f"In B-PER I-LOC O, the person at word 0 is lost or has another type; given: {describe(value)}."
    value, got = run("B-PER", "O", "I-PER")
    if got is None or ("PER", 0, 1) not in got:
        return (
            f"In B-PER O I-PER the name ends at the O: an `I-` continues the label before it; given: {describe(value)}."
        )
    value, got = run("O", "O")
    return None if got == [] else f"Without any name the list is empty; given: {describe(value)}."


EXERCISE = Exercise(
    id="2.10",
    title="From labels to names",
    minutes=12,
    difficulty="hard",
    starter="def group(labels):\n    ...",
    answer="group",
    check=_check_group,
    expects="a function that returns a list of tuples",
    hints=(
        "Remember where the open name began; it ends at the first label that does not continue it.",
        "`label[:2]` is `B-` or `I-`, `label[2:]` the type. After the loop, a name may still be open.",
    ),
    solution=_GROUP,
    wrong=(
        Wrong(changed(_GROUP, ('labels + ["O"]', "labels")), "A name that reaches the end"),
        Wrong(changed(_GROUP, ("if start is not None and", "if start and")), "A name that begins at position 0"),
        Wrong(changed(_GROUP, ("start, i))", "start, i - 1))")), "`end` is the last word itself"),
        Wrong(
            'def group(labels):\n    return [(x[2:], i, i + 1) for i, x in enumerate(labels) if x != "O"]',
            "Each word became a name of its own",
        ),
        Wrong(
            "def group(labels):\n"
            "    names, kind, start = [], None, 0\n"
            '    for i, label in enumerate(labels + ["O"]):\n'
            "        if label[2:] != (kind or ''):\n"
            "            if kind:\n"
            "                names.append((kind, start, i))\n"
            "            kind, start = label[2:], i\n"
            "    return names",
            "Two names of the same type side by side",
        ),
        Wrong(
            changed(_GROUP, ('label != "I-" + labels[start][2:]', 'not label.startswith("I-")')),
            "B-PER followed by I-LOC",
        ),
        Wrong(changed(_GROUP, ("(labels[start][2:], start, i)", "(labels[start], start, i)")), "what follows the dash"),
    ),
    alternatives=(
        "def group(labels):\n"
        "    names = []\n"
        "    for i, label in enumerate(labels):\n"
        "        mark, _, kind = label.partition('-')\n"
        "        if mark == 'B':\n"
        "            names.append([kind, i, i + 1])\n"
        "        elif mark == 'I' and names and names[-1][0] == kind and names[-1][2] == i:\n"
        "            names[-1][2] = i + 1\n"
        "    return names",
    ),
)
