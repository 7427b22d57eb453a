"""10.36 An honest grade."""

from course_utils.describing import attempt
from course_utils.exercises.answers import call, close, describe, plain
from course_utils.exercises.records import Exercise, Wrong, changed

_RIGHT = ["fault"] * 8 + ["wish"] * 6 + ["thanks"] * 4 + ["question"] * 2


_SAID = ["fault"] * 3 + ["thanks"] * 5 + ["wish"] * 2 + ["thanks"] * 8 + ["question", "fault"]


_GRADE = {"accuracy": 0.5, "always": 0.4, "weakest": "wish"}


_GRADED = """\
def grade(right, said):
    found = {}
    for kind, answer in zip(right, said):
        found.setdefault(kind, []).append(answer == kind)
    share = {kind: sum(hits) / len(hits) for kind, hits in found.items()}
    return {
        "accuracy": sum(map(sum, found.values())) / len(right),
        "always": max(map(len, found.values())) / len(right),
        "weakest": min(share, key=share.get),
    }"""


def _check_grade(answer) -> str | None:
    value = attempt(plain, call(answer, _RIGHT, _SAID))
    if type(value) is not dict or not value.keys() >= _GRADE.keys():
        return f"Your function should return a dictionary with {', '.join(_GRADE)}; given: {describe(value)}."
    if close(value["accuracy"], 50):
        return "Accuracy in percent; return a share, from 0 to 1."
    if close(value["accuracy"], 10):
        return "That is how many are right; divide by how many there are."
    if not close(value["accuracy"], _GRADE["accuracy"]):
        return f"10 of 20 are right, so accuracy should be 0.5; given: {describe(value['accuracy'])}."
    if close(value["always"], 13 / 20):
        return "You counted what the model says most often: the lazy answer is the most frequent of the *right* kinds."
    if close(value["always"], 0.25):
        return "One in four is guessing by chance. Always saying the most frequent kind is right more often, here 0.4."
    if not close(value["always"], _GRADE["always"]):
        return f"8 of 20 are faults: always saying fault is right in 0.4; given: {describe(value['always'])}."
    weakest = value["weakest"]
    if weakest == "fault":
        return "Fault has the most misses, but it has the most messages, too: compare shares."
    if weakest == "question":
        return "Half of the questions were found. Few right ones are not few found: divide by how many there are."
    if weakest == "thanks":
        return "All thanks were found. Look at each *right* kind: which share of it did the model find?"
    if weakest != "wish":
        return f"`weakest` should be the kind with the smallest share found, here wish; given: {describe(weakest)}."
    again = attempt(plain, call(answer, ["wish", "wish", "fault"], ["fault", "wish", "idea"]))
    right = {"accuracy": 1 / 3, "always": 2 / 3, "weakest": "fault"}
    if type(again) is dict and all(close(again.get(key), wanted, 0.005) for key, wanted in right.items()):
        return None  # rounded to two digits, too
    return (
        f"It is right for the first twenty, but not for three messages with kinds wish, wish, fault: {describe(again)}."
    )


EXERCISE = Exercise(
    id="10.36",
    title="An honest grade",
    minutes=8,
    difficulty="easy",
    starter="def grade(right, said):\n    ...",
    answer="grade",
    check=_check_grade,
    expects="a function that returns a dictionary with accuracy, always and weakest",
    hints=(
        "For every kind in `right`, collect for each of its messages whether `said` agrees.",
        "`always` needs `right` only: the most frequent kind, `collections.Counter(right)`, divided by all.",
    ),
    solution=_GRADED,
    wrong=(
        Wrong(
            changed(
                _GRADED,
                ("sum(map(sum, found.values())) / len(right)", "100 * sum(map(sum, found.values())) / len(right)"),
            ),
            "Accuracy in percent",
        ),
        Wrong(
            changed(_GRADED, ("sum(map(sum, found.values())) / len(right)", "sum(map(sum, found.values()))")),
            "That is how many are right",
        ),
        Wrong(
            changed(_GRADED, ("max(map(len, found.values())) / len(right)", "max(map(said.count, said)) / len(said)")),
            "You counted what the model says",
        ),
        Wrong(
            changed(_GRADED, ("max(map(len, found.values())) / len(right)", "1 / len(found)")),
            "One in four is guessing",
        ),
        Wrong(changed(_GRADED, ("sum(hits) / len(hits)", "sum(hits)")), "Few right ones are not few found"),
        Wrong(changed(_GRADED, ("sum(hits) / len(hits)", "-hits.count(False)")), "it has the most messages, too"),
        Wrong(
            changed(
                _GRADED,
                ("found.setdefault(kind, [])", "found.setdefault(answer, [])"),
                ("max(map(len, found.values()))", "max(map(right.count, right))"),
            ),
            "Look at each *right* kind",
        ),
    ),
    alternatives=(
        "from collections import Counter\n"
        "\n"
        "def grade(right, said):\n"
        "    asked = Counter(right)\n"
        "    hit = Counter(r for r, s in zip(right, said) if r == s)\n"
        "    worst = sorted(asked, key=lambda kind: hit[kind] / asked[kind])[0]\n"
        "    most = asked.most_common(1)[0][1]\n"
        "    return dict(accuracy=hit.total() / len(right), always=most / len(right), weakest=worst)",
        "import numpy as np\n"
        "\n"
        "def grade(right, said):\n"
        "    right, said = np.array(right), np.array(said)\n"
        "    names, counts = np.unique(right, return_counts=True)\n"
        "    shares = [float((said[right == name] == name).mean()) for name in names]\n"
        "    hits, most = round((right == said).mean(), 2), round(counts.max() / len(right), 2)\n"
        "    return dict(accuracy=hits, always=most, weakest=names[np.argmin(shares)], shares=shares)",
    ),
    note="The share found of a kind is its *recall*.",
)
