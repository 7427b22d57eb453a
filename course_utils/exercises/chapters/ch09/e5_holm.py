"""9.5 Many words at once."""

from course_utils.exercises.answers import as_list, call, close, describe, shape
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import first_slip

_HOLM = (
    "def holm(p):\n"
    "    corrected, largest = [0] * len(p), 0\n"
    "    for rank, i in enumerate(sorted(range(len(p)), key=lambda i: p[i])):\n"
    "        largest = max(largest, min(1, p[i] * (len(p) - rank)))\n"
    "        corrected[i] = largest\n"
    "    return corrected"
)


_CASES = (
    [0.04, 0.001, 0.3, 0.012, 0.011, 0.6],
    [0.02, 0.5, 0.02],  # two equal ones
    [0.9, 0.0112, 0.01, 0.011],  # the first lifts two others
    [0.8, 0.9, 0.7],
    [0.02, 1.0],
    [0.0123456],
)


def _check_holm(answer) -> str | None:
    values = [call(answer, p) for p in _CASES]
    found = [as_list(value) for value in values]
    for p, numbers, value in zip(_CASES, found, values, strict=True):
        if shape(numbers) != (len(p),):
            return f"For {p} your function should return a list of {len(p)} numbers; given: {describe(value)}."
    rights = [_holm(p) for p in _CASES]
    wrong = [i for i, right in enumerate(rights) if not close(found[i], right)]
    if not wrong:
        return None
    says = first_slip(found, [([slip(p) for p in _CASES], says) for slip, says in _SLIPS], 1e-6) or ""
    i = wrong[0]
    right = [round(number, 4) for number in rights[i]]
    return f"{says}{' ' if says else ''}For {_CASES[i]} expected {right}; given: {describe(values[i])}."


def _steps(p, factor, lift=lambda before, number: max(before, number), top=1.0) -> list[float]:
    """Each p, from the smallest, times `factor(n, rank)`, at most `top`; `lift` sees the result before it."""
    result, before = [0.0] * len(p), 0.0
    for rank, i in enumerate(sorted(range(len(p)), key=p.__getitem__)):
        before = result[i] = min(top, lift(before, p[i] * factor(len(p), rank)))
    return result


def _falling(n, rank):
    return n - rank


def _holm(p) -> list[float]:
    return _steps(p, _falling)


def _alone(before, number):
    return number


def _in_list_order(p):
    alone = _steps(p, _falling, _alone)
    return [max(alone[: i + 1]) for i in range(len(p))]


def _step_up(p, factor):
    """The smallest of the products from here on, as Hochberg and Benjamini-Hochberg take it."""
    alone = _steps(p, factor, _alone, 1e9)
    return [min(1.0, *(alone[j] for j in range(len(p)) if p[j] >= p[i])) for i in range(len(p))]


def _per_rank(n, rank):
    return n / (rank + 1)


_DISCOVERY = "That is n / rank, as for false discoveries (Benjamini-Hochberg); Holm multiplies by n, n - 1, n - 2."


_SLIPS = (
    (lambda p: p, "Nothing was corrected: the smallest of n values is multiplied by n."),
    (lambda p: [min(1.0, len(p) * x) for x in p], "That is Bonferroni, every p times n; Holm: n, n - 1, n - 2."),
    (lambda p: [len(p) * x for x in p], "Every p was multiplied by n, even beyond 1; Holm: n, n - 1, n - 2."),
    (lambda p: sorted(_holm(p)), "Your results are sorted by size; keep the order of the list."),
    (
        lambda p: _steps(p, _falling, _alone),
        "A larger p came out below a smaller one: from the smallest p on, take the largest result so far.",
    ),
    (_in_list_order, "You took the largest so far in the order of the list; take it by size, smallest p first."),
    (lambda p: _steps(p, _falling, top=1e9), "No probability is above 1."),
    (lambda p: _steps(p, lambda n, rank: n - rank - 1), "The factors start at n, not at n - 1."),
    (lambda p: _steps(p, lambda n, rank: rank + 1), "You multiplied the largest p by n; start with the smallest."),
    (lambda p: _steps(p, lambda n, rank: rank + 1, _alone, 1e9), "You multiplied the smallest p by 1; start with n."),
    (
        lambda p: _step_up(p, _falling),
        "You took the smallest so far, from the large end; take the largest so far, from the small end.",
    ),
    (lambda p: _steps(p, _per_rank, _alone), _DISCOVERY),
    (lambda p: _steps(p, _per_rank, _alone, 1e9), _DISCOVERY),
    (lambda p: _step_up(p, _per_rank), _DISCOVERY),
)  # fmt: skip


EXERCISE = Exercise(
    id="9.5",
    title="Many words at once",
    minutes=12,
    difficulty="medium",
    starter="def holm(p):\n    ...",
    answer="holm",
    check=_check_holm,
    expects="a function that takes a list of numbers and returns a list of numbers",
    hints=(
        "Do it by hand for 0.03, 0.01 and 0.02. Which one comes first, and at which position does its result belong?",
        "Sort the positions, not the numbers. Go through them from the smallest p on, keep the largest product so far, "
        "at most 1, and write it to the position of that p.",
        "`sorted(range(len(p)), key=lambda i: p[i])` gives the positions, smallest p first.",
    ),
    solution=_HOLM,
    why="The places are sorted by their p, so that each result can be written back to where its p stood. The largest "
    "product so far is carried along: no word may look surer than one with a smaller p.",
    wrong=(
        Wrong("def holm(p):\n    return [min(1, x * len(p)) for x in p]", "That is Bonferroni"),
        Wrong(
            changed(_HOLM, ("max(largest, min(1, p[i] * (len(p) - rank)))", "min(1, p[i] * (len(p) - rank))")),
            "A larger p came out below a smaller one",
        ),
        Wrong(changed(_HOLM, ("return corrected", "return sorted(corrected)")), "sorted by size"),
        Wrong(
            changed(_HOLM, ("min(1, p[i] * (len(p) - rank))", "p[i] * (len(p) - rank)")), "No probability is above 1"
        ),
        Wrong(changed(_HOLM, ("(len(p) - rank)", "(rank + 1)")), "You multiplied the largest p by n"),
        Wrong(changed(_HOLM, ("(len(p) - rank)", "(len(p) - rank - 1)")), "The factors start at n"),
        Wrong(
            changed(_HOLM, ("max(largest, min(1, p[i] * (len(p) - rank)))", "p[i] * len(p) / (rank + 1)")),
            "as for false discoveries",
        ),
        Wrong("def holm(p):\n    return p", "Nothing was corrected"),
        Wrong(
            changed(_HOLM, ("sorted(range(len(p)), key=lambda i: p[i])", "map(p.index, sorted(p))")),
            "For [0.02, 0.5, 0.02] expected",
        ),
        Wrong(
            "def holm(p):\n"
            "    corrected, largest = [], 0\n"
            "    for x in p:\n"
            "        largest = max(largest, min(1, x * (len(p) - sorted(p).index(x))))\n"
            "        corrected.append(largest)\n"
            "    return corrected",
            "in the order of the list; take",
        ),
        Wrong(
            changed(
                _HOLM,
                ("corrected, largest = [0] * len(p), 0", "corrected, before = [0] * len(p), 0"),
                ("largest = max(largest, min(1, p[i] * (len(p) - rank)))", "product = min(1, p[i] * (len(p) - rank))"),
                ("corrected[i] = largest", "corrected[i], before = max(before, product), product"),
            ),
            "For [0.9, 0.0112, 0.01, 0.011] expected",
        ),
        Wrong("def holm(p):\n    return len(p)", "should return a list of 6 numbers"),
    ),
    also_wrong=(
        changed(_HOLM, ("corrected, largest = [0] * len(p), 0", "corrected, largest = p, 0")),  # in place
        "def holm(p):\n"
        "    results, largest = {}, 0\n"
        "    for rank, x in enumerate(sorted(set(p))):  # equal ones share a rank\n"
        "        largest = results[x] = max(largest, min(1, x * (len(p) - rank)))\n"
        "    return [results[x] for x in p]",
        changed(_HOLM, ("corrected[i] = largest", "corrected[i] = round(largest, 3)")),
        changed(_HOLM, ("len(p) - rank", "20 - rank")),
        changed(_HOLM, ("len(p) - rank", "sum(x < 1 for x in p) - rank")),
        changed(_HOLM, ("return corrected", "yield from corrected")),
        "def holm(p):\n    return [0.12, 0.006, 0.6, 0.055, 0.055, 0.6]",
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
        "def holm(p):\n"
        "    def product(x):\n"
        "        return x * (len(p) - sum(other < x for other in p))\n"
        "    return tuple(min(1, max(product(y) for y in p if y <= x)) for x in p)",
    ),
    note="`p_corrected` of `probe` is Holm's, too. It holds whether the words are related or not.",
)
