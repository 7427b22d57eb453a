"""9.5 Many words at once."""

from course_utils.exercises.answers import as_list, call, close, describe, shape
from course_utils.exercises.records import Exercise, Wrong, changed

_HOLM = (
    "def holm(p):\n"
    "    corrected, largest = [0] * len(p), 0\n"
    "    for rank, i in enumerate(sorted(range(len(p)), key=lambda i: p[i])):\n"
    "        largest = max(largest, min(1, p[i] * (len(p) - rank)))\n"
    "        corrected[i] = largest\n"
    "    return corrected"
)


def _check_holm(answer) -> str | None:
    p = [0.04, 0.001, 0.3, 0.012, 0.011, 0.6]
    right = [0.12, 0.006, 0.6, 0.055, 0.055, 0.6]
    value = call(answer, p)
    found = as_list(value)
    if found is None or shape(found) != (6,):
        return f"Your function should return as many numbers as it gets; given: {describe(value)}."
    order = sorted(range(6), key=lambda i: p[i])
    uncapped = [0.12, 0.006, 0.6, 0.055, 0.055, 0.6]
    for guess, says in (
        (p, "Nothing was corrected: with six words the smallest p is multiplied by 6."),
        ([min(1, 6 * x) for x in p], "That is Bonferroni, every p times 6; Holm multiplies the next ones by 5, 4, 3 …"),
        ([6 * x for x in p], "Every p was multiplied by 6, even beyond 1; Holm multiplies the next ones by 5, 4, 3 …"),
        ([right[i] for i in order], "Your results are sorted by size; keep the order in which the p came."),
        ([0.12, 0.006, 0.6, 0.048, 0.055, 0.6], "A larger p came out below a smaller one: take the largest so far."),
        (
            [0.16, 0.001, 1.5, 0.036, 0.022, 3.6],
            "You multiplied the smallest by 1 and the largest by 6: the other way.",
        ),
        ([0.06, 0.006, 0.36, 0.024, 0.033, 0.6], "That is n / rank, as for false discoveries (Benjamini-Hochberg)."),
        ([0.06, 0.006, 0.36, 0.024, 0.024, 0.6], "That is n / rank, as for false discoveries (Benjamini-Hochberg)."),
    ):
        if close(found, guess, 1e-4):
            return says
    if not close(found, uncapped, 1e-4):
        return f"For {p} expected {right}; given: {describe(value)}."
    many = call(answer, [0.9, 0.8, 0.7])
    if not close(many, [1, 1, 1]):
        return f"No probability is above 1: for 0.9, 0.8 and 0.7 all three are 1; given: {describe(many)}."
    equal = call(answer, [0.02, 0.5, 0.02])
    if not close(equal, [0.06, 0.5, 0.06]):
        return f"For two equal p in [0.02, 0.5, 0.02] expected [0.06, 0.5, 0.06]; given: {describe(equal)}."
    return None


EXERCISE = Exercise(
    id="9.5",
    title="Many words at once",
    minutes=8,
    difficulty="medium",
    starter="def holm(p):\n    ...",
    answer="holm",
    check=_check_holm,
    expects="a function that takes a list of numbers and returns a list of numbers",
    hints=(
        "`sorted(range(len(p)), key=lambda i: p[i])` gives the places, smallest p first; the factor is n for the "
        "first, n - 1 for the second, and so on.",
        "Keep the largest product so far, at most 1, and write it to the place where that p stood.",
    ),
    solution=_HOLM,
    wrong=(
        Wrong("def holm(p):\n    return [min(1, x * len(p)) for x in p]", "That is Bonferroni"),
        Wrong(
            changed(_HOLM, ("max(largest, min(1, p[i] * (len(p) - rank)))", "min(1, p[i] * (len(p) - rank))")),
            "take the largest so far",
        ),
        Wrong(changed(_HOLM, ("return corrected", "return sorted(corrected)")), "sorted by size"),
        Wrong(
            changed(_HOLM, ("min(1, p[i] * (len(p) - rank))", "p[i] * (len(p) - rank)")), "No probability is above 1"
        ),
        Wrong(changed(_HOLM, ("max(largest, min(1, p[i] * (len(p) - rank)))", "p[i] * (rank + 1)")), "the other way"),
        Wrong(
            changed(_HOLM, ("max(largest, min(1, p[i] * (len(p) - rank)))", "p[i] * len(p) / (rank + 1)")),
            "as for false discoveries",
        ),
        Wrong("def holm(p):\n    return p", "Nothing was corrected"),
        Wrong(
            changed(_HOLM, ("sorted(range(len(p)), key=lambda i: p[i])", "map(p.index, sorted(p))")),
            "For two equal p",
        ),
    ),
    alternatives=(
        "import numpy as np\n\n"
        "def holm(p):\n"
        "    p = np.array(p)\n"
        "    order = p.argsort()\n"
        "    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)).clip(max=1)\n"
        "    corrected = np.empty(len(p))\n"
        "    corrected[order] = steps\n"
        "    return corrected",
    ),
    note="The tables of `probe` use max-T, which also takes into account that the words are related.",
)
