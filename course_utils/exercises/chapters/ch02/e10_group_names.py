"""2.10 From labels to names."""

from course_utils.exercises.answers import as_list, as_number, as_text, attempt, call, describe, is_a
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


_CASES = tuple(  # the labels, and what to look at when the answer is wrong
    (labels.split(), look)
    for labels, look in (
        ("O B-PER I-PER O B-LOC O", "A name runs from its `B-` over all `I-` of its type."),
        ("B-ORG I-ORG O", "Here a name begins at position 0, and Python takes 0 for False."),
        ("O B-MISC I-MISC O", "The type is all that stands after `B-`, here MISC."),
        ("O B-LOC I-LOC", "Here a name is still open when the labels end."),
        (
            "B-PER B-PER I-PER O",
            "Here two names of the same type stand side by side, and a `B-` always begins a new one.",
        ),
        ("B-PER I-PER B-LOC O B-PER", "Here a `B-` ends the name before it, and the same label comes twice."),
        ("O B-WORK-OF-ART I-WORK-OF-ART O", "The type is all that stands after `B-`, here WORK-OF-ART."),
        (
            "B-BIRD I-BIRD O B-IDEA I-IDEA B-Sub-B-I-B I-Sub-B-I-B",
            "The type is all that stands after the first `B-`, here BIRD, IDEA and Sub-B-I-B. `strip`, `lstrip` and "
            "`replace` can take away more than these two characters.",
        ),
        ("B-PER I-LOC O", "An `I-` of another type does not continue the name."),
        ("B-PER I-PERSON O", "PERSON is another type than PER, so this `I-` does not continue the name."),
        ("B-Art I-ART O", "Art and ART are two types, so this `I-` does not continue the name."),
        ("B-PER O I-PER", "The O ends the name, and the `I-` after it is a stray."),
        (
            "B-PER I-LOC I-PER",
            "The first `I-` is of another type and ends the name, so the one after it is a stray too.",
        ),
        ("O I-PER I-PER B-PER", "A stray `I-` may be left out or begin a name, and the `B-` begins another one."),
        ("O O", "Without a name the list is empty."),
        ("", "Without a label the list is empty."),
    )
)


def _names(labels) -> list[tuple]:
    """The names that begin with a `B-`."""
    found = []
    for start, label in enumerate(labels):
        if label.startswith("B-"):
            end = start + 1
            while end < len(labels) and labels[end] == "I-" + label[2:]:
                end += 1
            found.append((label[2:], start, end))
    return found


def _spans(value) -> list[tuple] | None:
    rows = as_list(value)
    if rows is None or not all(is_a(row, list) and len(row) == 3 for row in rows):
        return None
    return [(as_text(kind), as_number(start), as_number(end)) for kind, start, end in rows]


def _fits(got, labels) -> bool:
    """All names that begin with a `B-`, in order, and besides them only names made of strays."""
    strays = [span for span in got if span not in _names(labels)]
    return (
        [span for span in got if span in _names(labels)] == _names(labels)
        and [span[1] for span in got] == sorted(span[1] for span in got)
        and all(_is_stray(span, labels) for span in strays)
    )


def _is_stray(span, labels) -> bool:
    kind, start, end = span
    inside = labels[int(start) : int(end)]
    covered = {i for _, first, last in _names(labels) for i in range(first, last)}
    return bool(inside) and set(inside) == {f"I-{kind}"} and not covered & set(range(int(start), int(end)))


_SLIPS = (  # what became of each right name
    (
        lambda kind, start, end, labels: (kind, start, end - 1),
        "Your `end` is the last word itself; it should be the position after it, as in a Python slice.",
    ),
    (
        lambda kind, start, end, labels: (labels[start], start, end),
        "The type is what follows the dash: `label[2:]` of `B-PER` is PER.",
    ),
    (
        lambda kind, start, end, labels: (kind, start, end - start),
        "Your third number is how many words the name has; it should be the position after the last word.",
    ),
)


def _known(answer) -> str | None:
    """The sentence of a slip that agrees with the answer on all labels that have names and no strays."""
    clean = [labels for labels, _ in _CASES[:8]]
    given = [attempt(lambda labels=labels: _spans(call(answer, labels))) for labels in clean]
    for slip, says in _SLIPS:
        if given == [[slip(*name, labels) for name in _names(labels)] for labels in clean]:
            return says
    each = [[(x[2:], i, i + 1) for i, x in enumerate(labels) if x != "O"] for labels in clean]
    return "Each word became a name of its own: an `I-` continues the name before it." if given == each else None


def _expected(labels) -> str:
    covered = {i for _, start, end in _names(labels) for i in range(start, end)}
    strays = any(label != "O" and i not in covered for i, label in enumerate(labels))
    return f"expected `{_names(labels)}`" + (", with or without names of strays" if strays else "")


def _look(got, labels, look) -> str:
    if attempt(sorted, got) == sorted(_names(labels)):
        return "Those are the names, but they should stand in the order of the text."
    return look


def _check_group(answer) -> str | None:
    for labels, look in _CASES:
        value = call(answer, labels)
        got = _spans(value)
        if got is None:
            return f"Return a list of triples `(type, start, end)`; given: {describe(value)}."
        if not attempt(_fits, got, labels, default=False):
            return (
                _known(answer)
                or f"For `{labels}` {_expected(labels)}; given: {describe(value)}. {_look(got, labels, look)}"
            )
    return None


EXERCISE = Exercise(
    id="2.10",
    title="From labels to names",
    minutes=15,
    difficulty="medium",
    starter="def group(labels):\n    ...",
    answer="group",
    check=_check_group,
    expects="a function that returns a list of triples",
    why="A name stays open until a label comes that does not continue it. Then it is noted down, with the "
    "position of that "
    "label as its end. One `O` more at the end closes a name that is still open there.",
    hints=(
        "Go through the labels of the example with a finger. At which label do you know where the name ends?",
        "Remember where the open name began; it ends at the first label that does not continue it.",
        "`label[:2]` is `B-` or `I-`, `label[2:]` the type. After the loop, a name may still be open.",
    ),
    solution=_GROUP,
    wrong=(
        Wrong(changed(_GROUP, ('labels + ["O"]', "labels")), "is still open when the labels end"),
        Wrong(changed(_GROUP, ("if start is not None and", "if start and")), "Python takes 0 for False"),
        Wrong(changed(_GROUP, ("start, i))", "start, i - 1))")), "Your `end` is the last word itself"),
        Wrong(changed(_GROUP, ("start, i))", "start, i - start))")), "how many words the name has"),
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
            "two names of the same type stand side by side",
        ),
        Wrong(
            changed(_GROUP, ('label != "I-" + labels[start][2:]', 'not label.startswith("I-")')),
            "An `I-` of another type does not continue",
        ),
        Wrong(changed(_GROUP, ("(labels[start][2:], start, i)", "(labels[start], start, i)")), "what follows the dash"),
        Wrong(changed(_GROUP, ("[2:], start, i)", "[2:5], start, i)")), "here MISC"),
        Wrong(
            changed(_GROUP, ('label != "I-" + labels[start][2:]', 'not label.startswith("I-" + labels[start][2:])')),
            "PERSON is another type",
        ),
        Wrong(
            changed(_GROUP, ("labels[start][2:], start", 'labels[start].split("-")[1], start')),
            "here WORK-OF-ART",
        ),
        Wrong(
            changed(_GROUP, ("(labels[start][2:], start", '(labels[start].lstrip("B-"), start')),
            "given: a list (`[('IRD', 0, 2), ('IDEA', 3, 5), ('Sub-B-I-B', 5, 7)]`).",
        ),
        Wrong(
            changed(_GROUP, ('label != "I-" + labels[start][2:]', 'label.upper() != "I-" + labels[start][2:].upper()')),
            "Art and ART are two types",
        ),
        Wrong(
            "def group(labels):\n"
            "    names = []\n"
            "    for i, label in enumerate(labels):\n"
            '        if label.startswith("B-"):\n'
            "            names.append((label[2:], i, i + 1))\n"
            '        elif label.startswith("I-") and names and names[-1][0] == label[2:]:\n'
            "            names[-1] = (label[2:], names[-1][1], i + 1)\n"
            "    return names",
            "The O ends the name",
        ),
        Wrong(changed(_GROUP, ("return names", "return sorted(names)")), "in the order of the text"),
        Wrong(
            "def group(labels):\n"
            "    names, open_name = [], None\n"
            '    for i, label in enumerate(labels + ["O"]):\n'
            '        if label == "O" or label.startswith("B-"):\n'
            "            names += [open_name] if open_name else []\n"
            "            open_name = None\n"
            '        if label.startswith("B-"):\n'
            "            open_name = (label[2:], i, i + 1)\n"
            '        elif open_name and label == "I-" + open_name[0]:\n'
            "            open_name = (*open_name[:2], i + 1)\n"
            "    return names",
            "so the one after it is a stray too",
        ),
        Wrong(
            changed(_GROUP, ("    names, start", "    first = labels[0]\n    names, start")),
            "IndexError",
            status="error in your code",
        ),
    ),
    also_wrong=(
        *(
            changed(_GROUP, ("(labels[start][2:], start", f"(labels[start]{kind}, start"))
            for kind in (
                '.strip("BI-")',
                '.lstrip("BI-")',
                '.replace("B-", "")',
                '.split("B-")[1]',
                '.split("B-")[-1]',
                "[2:].upper()",
                "[2:].title()",
            )
        ),
        # right as a type, but wrong where a label is compared with it
        changed(_GROUP, ('label != "I-" + labels[start][2:]', 'label.lstrip("I-") != labels[start][2:]')),
        changed(_GROUP, ('label != "I-" + labels[start][2:]', 'label.replace("I-", "") != labels[start][2:]')),
        changed(_GROUP, ("start, i))", "labels.index(labels[start]), i))")),
        changed(_GROUP, ("return names", "return dict((name[0], name) for name in names).values()")),
        changed(_GROUP, ("return names", 'return names if names else "[]"')),
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
        # a stray begins a name
        "def group(labels):\n"
        "    names, kind, start = [], None, 0\n"
        '    for i, label in enumerate([*labels, "O"]):\n'
        '        mark, _, new = label.partition("-")\n'
        '        if kind is not None and not (mark == "I" and new == kind):\n'
        "            names.append((kind, start, i))\n"
        "            kind = None\n"
        '        if mark in ("B", "I") and kind is None:\n'
        "            kind, start = new, i\n"
        "    return names",
    ),
)
