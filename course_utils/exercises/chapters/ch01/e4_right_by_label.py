"""1.4 Right by label."""

from course_utils.exercises.answers import call, close, describe, is_a
from course_utils.exercises.records import Exercise, Wrong


def _check_by_label(answer) -> str | None:
    labels = ["positive"] * 4 + ["negative"] * 5
    answers = ["positive", "positive", "positive", "negative", "negative"] + ["positive"] * 4
    value = call(answer, labels, answers)
    shown = "With 3 of 4 positive and 1 of 5 negative texts right"
    if not is_a(value, dict):
        return f"{shown}, your function should return a dictionary from label to share; given: {describe(value)}."
    if close(value, {"positive": 3, "negative": 1}):
        return f"{shown}, you returned the counts: divide by how many texts have the label."
    if close(value, {"positive": 3 / 9, "negative": 1 / 9}, 6e-3):
        return f"{shown}, you divided by all nine texts: divide by the four positive or the five negative ones."
    if close(value, {"positive": 3 / 7, "negative": 1 / 2}, 6e-3):
        return f"{shown}, you divided by how often the model answered the label, not by how many texts have it."
    if close(value, {"positive": 0.25, "negative": 0.8}, 6e-3):
        return f"{shown}, you returned the shares of wrong answers."
    if close(value, {"positive": 7 / 9, "negative": 2 / 9}, 6e-3):
        return f"{shown}, you returned how often each label was answered; compare each answer with its label."
    if not close(value, {"positive": 0.75, "negative": 0.2}, 6e-3):
        return f"{shown}, the result is `{{'positive': 0.75, 'negative': 0.2}}`; given: {describe(value)}."
    topics = ["sport", "music", "food", "food"]
    value = call(answer, topics, ["sport", "food", "food", "art"])
    if not close(value, {"sport": 1.0, "music": 0.0, "food": 0.5}, 6e-3):
        return (
            "It must work for any labels: one key for each label that a text has, with 0.0 where no answer was right, "
            f"and none for a word that only the model said. For the labels {topics} you returned {describe(value)}."
        )
    return None


_SHARES = "def right_by_label(labels, answers):\n"


EXERCISE = Exercise(
    id="1.4",
    title="Right by label",
    minutes=6,
    difficulty="easy",
    starter="def right_by_label(labels, answers):\n    ...",
    answer="right_by_label",
    check=_check_by_label,
    note="With the last two examples swapped, the model finds all positive reviews and few of the negative ones.",
    expects="a function that takes two lists and returns a dictionary",
    hints=(
        "For each label in `set(labels)`, collect the answers to the texts that have it: "
        "`zip(labels, answers)` gives both together.",
        "The share is the number of those answers that equal the label, divided by how many there are.",
    ),
    solution=(
        _SHARES + "    shares = {}\n"
        "    for label in set(labels):\n"
        "        given = [b for a, b in zip(labels, answers) if a == label]\n"
        "        shares[label] = given.count(label) / len(given)\n"
        "    return shares"
    ),
    wrong=(
        Wrong(
            _SHARES + "    return {x: sum(a == b == x for a, b in zip(labels, answers)) for x in set(labels)}",
            "you returned the counts",
        ),
        Wrong(
            _SHARES + "    return {\n        x: sum(a == b == x for a, b in zip(labels, answers)) / len(labels)\n"
            "        for x in set(labels)\n    }",
            "divided by all nine texts",
        ),
        Wrong(
            _SHARES + "    return {\n        x: sum(a == b == x for a, b in zip(labels, answers)) / answers.count(x)\n"
            "        for x in set(labels)\n    }",
            "how often the model answered the label",
        ),
        Wrong(
            _SHARES + "    return {x: answers.count(x) / len(answers) for x in set(labels)}",
            "how often each label was answered",
        ),
        Wrong(
            _SHARES + "    right = [a for a, b in zip(labels, answers) if a == b]\n"
            "    return {x: right.count(x) / labels.count(x) for x in set(right)}",
            "It must work for any labels",
        ),
        Wrong(
            _SHARES + "    return sum(a == b for a, b in zip(labels, answers)) / len(labels)",
            "should return a dictionary",
        ),
    ),
    alternatives=(
        "from collections import Counter\n\n" + _SHARES + "    total = Counter(labels)\n"
        "    right = Counter(a for a, b in zip(labels, answers) if a == b)\n"
        "    return {label: round(right[label] / total[label], 2) for label in total}",
    ),
)
