"""1.4 Right by label."""

from course_utils.exercises.answers import call, close, describe, is_a, plain
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import known_slip

_CASES = (
    (["yes"] * 4 + ["no"] * 5, ["yes"] * 3 + ["no"] * 2 + ["yes"] * 4),
    (["bad", "good", "bad", "bad", "good"], ["good", "good", "bad", "bad", "bad"]),
    (["A", "a", "c", "a", "c", "c", "a"], ["A", "a", "c", "A", "c", "a", "c"]),
)
_OTHER_WORDS = (["sport", "music", "food", "food"], ["sport", "food", "food", "art"])


def _shares(labels, answers) -> dict[str, float]:
    return {x: _hits(labels, answers, x) / labels.count(x) for x in labels}


def _hits(labels, answers, x) -> int:
    return sum(a == b == x for a, b in zip(labels, answers, strict=True))


def _each(formula):
    """A dictionary with `formula(labels, answers, label)` for each label."""
    return lambda labels, answers: {x: formula(labels, answers, x) for x in labels}


_SLIPS = (
    (_each(_hits), "these are the counts: divide by how many texts have the label."),
    (
        _each(lambda y, z, x: _hits(y, z, x) / len(y)),
        "you divided by the number of all texts: divide by how many have the label.",
    ),
    (
        _each(lambda y, z, x: _hits(y, z, x) / z.count(x)),
        "you divided by how often the model gave the label, not by how many texts have it.",
    ),
    (_each(lambda y, z, x: 1 - _hits(y, z, x) / y.count(x)), "these are the shares of wrong answers."),
    (
        _each(lambda y, z, x: z.count(x) / len(z)),
        "this is how often each label was answered; compare each answer with its label.",
    ),
    (
        _each(lambda y, z, x: z.count(x) / y.count(x)),
        "you count the answers wherever they stand; compare each answer with the label of its own text.",
    ),
    (
        lambda y, z: {x: round(share, 2) for x, share in _shares(y, z).items()},
        "do not round the shares; the text asks for them unrounded.",
    ),
)


def _read(value) -> dict | None:
    return plain(value) if is_a(value, dict) else None


def _check_by_label(answer) -> str | None:
    for labels, answers in _CASES:
        value, right = call(answer, labels, answers), _shares(labels, answers)
        shown = f"For the labels {labels} and the answers {answers}"
        if not is_a(value, dict):
            return f"{shown} you should return a dictionary from label to share; given: {describe(value)}."
        if not close(value, right, 1e-6):
            says = known_slip(answer, _CASES, _SLIPS, _read)
            rounded = {label: float(f"{share:.4f}") for label, share in sorted(right.items())}  # as `describe` sorts
            return f"{shown} the result is `{rounded}`; given: {describe(value)}" + (f": {says}" if says else ".")
    value = call(answer, *_OTHER_WORDS)
    if not close(value, _shares(*_OTHER_WORDS), 1e-6):
        return (
            "There should be one key for each label that a text has, with 0.0 where no answer was right, and none for "
            f"a word that only the model said. For the labels {_OTHER_WORDS[0]} and the answers {_OTHER_WORDS[1]} you "
            f"returned {describe(value)}."
        )
    return None


_HEAD = "def right_by_label(labels, answers):\n"
_FORM = (
    _HEAD + "    return {x: sum(a == b == x for a, b in zip(labels, answers)) / labels.count(x) for x in set(labels)}"
)


EXERCISE = Exercise(
    id="1.4",
    title="Right by label",
    minutes=8,
    difficulty="easy",
    starter="def right_by_label(labels, answers):\n    ...",
    answer="right_by_label",
    check=_check_by_label,
    note="With the last two examples swapped, the model finds all positive reviews and few of the negative ones.",
    expects="a function that takes two lists and returns a dictionary",
    hints=(
        "Take one label, and only the texts that have it. How many are there, and how many were answered right?",
        "For each label in `set(labels)`, collect the answers to the texts that have it: "
        "`zip(labels, answers)` gives both together.",
        "The share is the number of those answers that equal the label, divided by how many there are.",
    ),
    solution=(
        _HEAD + "    shares = {}\n"
        "    for label in set(labels):\n"
        "        given = [b for a, b in zip(labels, answers) if a == label]\n"
        "        shares[label] = given.count(label) / len(given)\n"
        "    return shares"
    ),
    why="`given` holds the answers to the texts of one label, right or wrong. Those that equal the label are "
    "right, and since the label comes from `labels`, the list is never empty.",
    wrong=(
        Wrong(changed(_FORM, (" / labels.count(x)", "")), "these are the counts"),
        Wrong(changed(_FORM, ("labels.count(x)", "len(labels)")), "the number of all texts"),
        Wrong(changed(_FORM, ("labels.count(x)", "answers.count(x)")), "how often the model gave the label"),
        Wrong(changed(_FORM, ("a == b == x", "a == x != b")), "the shares of wrong answers"),
        Wrong(
            _HEAD + "    return {x: answers.count(x) / len(answers) for x in set(labels)}", "how often each label was"
        ),
        Wrong(
            _HEAD + "    return {x: answers.count(x) / labels.count(x) for x in set(labels)}",
            "the label of its own text",
        ),
        Wrong(
            _HEAD + "    share = lambda x: sum(a == b == x for a, b in zip(labels, answers)) / labels.count(x)\n"
            "    return {x: round(share(x), 2) for x in labels}",
            "do not round the shares",
        ),
        Wrong(
            _HEAD + "    right = [a for a, b in zip(labels, answers) if a == b]\n"
            "    return {x: right.count(x) / labels.count(x) for x in set(right)}",
            "There should be one key for each label",
        ),
        Wrong(
            _HEAD + "    return sum(a == b for a, b in zip(labels, answers)) / len(labels)",
            "should return a dictionary",
        ),
    ),
    also_wrong=(
        _HEAD
        + "    labels = [x.lower() for x in labels]\n    answers = [x.lower() for x in answers]\n"
        + _FORM.removeprefix(_HEAD),
        changed(_FORM, ("set(labels)", '["positive", "negative"]')),
        changed(_FORM, ("/ labels.count(x)", "/ max(1, labels.count(x))"), ("set(labels)", "labels + answers")),
        _HEAD + "    return {a: float(a == b) for a, b in zip(labels, answers)}",
        _HEAD + "    return {x: min(1.0, answers.count(x) / labels.count(x)) for x in labels}",
        _HEAD
        + "    groups = {}\n    for a, b in zip(labels, answers):\n        groups.setdefault(b, []).append(a == b)\n"
        "    return {x: sum(g) / len(g) for x, g in groups.items()}",
        changed(_FORM, ("labels.count(x)", "(len(labels) / len(set(labels)))")),
        _HEAD + '    return {"yes": 0.75, "no": 0.2}',
    ),
    alternatives=(
        "from collections import Counter\n\n" + _HEAD + "    total = Counter(labels)\n"
        "    right = Counter(a for a, b in zip(labels, answers) if a == b)\n"
        "    return {label: right[label] / total[label] for label in total}",
        "from collections import defaultdict\nimport numpy as np\n\n"
        + _HEAD
        + "    y, z, table = np.array(labels, dtype=object), np.array(answers, dtype=object), defaultdict(float)\n"
        "    for x in labels:\n        table[x] = (z[y == x] == x).mean()\n    return table",
        "from fractions import Fraction\n\n"
        + changed(_FORM, ("sum(a", "Fraction(sum(a"), (") / labels.count(x)", "), labels.count(x))")),
    ),
)
