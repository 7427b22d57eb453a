"""1.2 The most alike pair."""

from course_utils.exercises.answers import Slip, as_list, as_number, call, describe, shape
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import known_slip


def _table(n: int, **pairs: float) -> tuple:
    """A symmetric table of n sentences with 1 on its diagonal: `p13=0.85` is the entry of sentences 1 and 3."""
    import torch

    table = torch.eye(n)
    for name, value in pairs.items():
        i, j = map(int, name[1:])
        table[i, j] = table[j, i] = value
    return (table,)


def _cases() -> list:
    """Tables, the right pair of each, and what to look at where only this one goes wrong."""
    return [
        (_table(4, p01=0.6, p02=-0.95, p03=0.2, p12=0.1, p13=0.85, p23=0.4), (1, 3), ""),
        (_table(5, p01=0.1, p02=0.2, p03=0.3, p04=0.698, p12=0.5, p13=0.702, p14=0.4, p23=0.6, p24=0.1), (1, 3), ""),
        (_table(3, p01=0.2, p02=0.9, p12=0.4), (0, 2), ""),
        (
            _table(3, p01=-0.3, p02=-0.1, p12=-0.2),
            (0, 2),
            "All pairs are below zero. Is there a 0 in your search that is larger?",
        ),
        (
            _table(2, p01=-1.0),
            (0, 1),
            "An entry can be as low as -1: do you start from -1, or write it on the diagonal? Go lower.",
        ),
        (
            _table(4, p01=0.3, p02=0.1, p03=1.0, p12=0.9, p13=0.3, p23=0.1),
            (0, 3),
            "Two of these sentences are the same, and their entry is 1, too. Do you leave the diagonal out by its "
            "positions (i = j)?",
        ),
    ]


def _best(table, pairs):
    return max(pairs, key=lambda pair: float(table[pair]))


def _all_pairs(table) -> list[tuple[int, int]]:
    return [(i, j) for i in range(len(table)) for j in range(i + 1, len(table))]


_SLIPS = (
    (
        lambda t: divmod(int(t.argmax()), len(t)),
        "On the diagonal each sentence meets itself, and is most alike there: leave it out.",
    ),
    (lambda t: _best(t, _all_pairs(t))[::-1], "The right pair, but the wrong way round: the smaller position first."),
    (
        lambda t: _best(abs(t), _all_pairs(t)),
        "A negative number means less alike: the largest number wins, not its size.",
    ),
    (lambda t: _best(-t, _all_pairs(t)), "That is the pair that is least alike: take the largest entry."),
    (lambda t: _best(t, [(i, i + 1) for i in range(len(t) - 1)]), "You compare neighbours only; all pairs count."),
    (lambda t: tuple(k + 1 for k in _best(t, _all_pairs(t))), "You count from one; positions in Python start at zero."),
    (
        lambda t: _all_pairs(t)[-1],
        "Your function always returns the last pair. If it keeps the best entry so far, does it also update it?",
    ),
)


def _read(value) -> list | None:
    """Two whole numbers in a list; None for anything else."""
    got = as_list(value)
    return got if shape(got) == (2,) and all(k == int(k) for k in got) else None


def _check_pair(answer) -> str | None:
    cases = _cases()
    for (table,), right, look in cases:
        shown = f"For the table {_shown(table)} the most alike pair is `{right}`, with {table[right]:g}"
        try:
            value = call(answer, table)
        except Slip as slip:
            if "returned None" not in slip.message:
                raise
            return f"{shown}; your function found none and returned `None`. {look or 'Did you forget `return`?'}"
        got = _read(value)
        if got is None and as_number(value) is not None:
            return f"Return two positions, `(i, j)`, and not the number that stands there; given: {describe(value)}."
        if got is None:
            return f"Return two positions, `(i, j)`, as whole numbers; given: {describe(value)}."
        if got == list(right):
            continue
        says = known_slip(answer, [case for case, _, _ in cases], _SLIPS, _read)
        if says is None and got[0] == got[1]:
            says = "That is a sentence with itself."
        return " ".join(filter(None, (f"{shown}; given: {describe(value)}.", says, look)))
    return None


def _shown(table) -> str:
    return "`[" + ", ".join(str([round(x, 3) for x in row]) for row in table.tolist()) + "]`"


_PAIR = "def most_alike(similarities):\n"
_MINUS = "import torch\n\n" + _PAIR + "    s = similarities - 5 * torch.eye(len(similarities))\n"
_FLAT = "    return divmod(s.argmax().item(), len(s))"
_LOOP = (
    _PAIR + "    best, found = -2, None\n    for i in range(len(similarities)):\n"
    "        for j in range(i + 1, len(similarities)):\n"
    "            if similarities[i, j] > best:\n"
    "                best, found = similarities[i, j], (i, j)\n    return found"
)


EXERCISE = Exercise(
    id="1.2",
    title="The most alike pair",
    minutes=10,
    difficulty="medium",
    starter="def most_alike(similarities):\n    ...",
    answer="most_alike",
    check=_check_pair,
    note="For the eight sentences of the page it is `(0, 1)`: the two about food, with 0.61.",
    expects="a function that takes a square table and returns two positions",
    hints=(
        "Which entries are on the diagonal, from the top left to the bottom right, and why must they not count?",
        "Two loops do it: `for i in range(n)`, and inside `for j in range(i + 1, n)`. Then i is never j.",
        "`max(pairs, key=lambda pair: similarities[pair])` finds the pair whose entry is largest.",
    ),
    solution=(
        _PAIR + "    n = len(similarities)\n"
        "    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]\n"
        "    return max(pairs, key=lambda pair: similarities[pair])"
    ),
    why="The list holds each pair of two different sentences once, with the smaller position first. No entry is "
    "compared with a start value, so it works for negative numbers, too.",
    wrong=(
        Wrong(
            "import torch\n\n" + _PAIR + "    return divmod(similarities.argmax().item(), len(similarities))",
            "On the diagonal each sentence meets itself",
        ),
        Wrong(_MINUS + "    i, j = divmod(s.argmax().item(), len(s))\n    return j, i", "the wrong way round"),
        Wrong(
            "import torch\n\n" + _PAIR + "    s = similarities.abs() - 5 * torch.eye(len(similarities))\n" + _FLAT,
            "A negative number means less alike",
        ),
        Wrong(
            _PAIR + "    s = similarities\n    return divmod(s.argmin().item(), len(s))", "the pair that is least alike"
        ),
        Wrong(
            _PAIR + "    n = len(similarities)\n"
            "    return max([(i, i + 1) for i in range(n - 1)], key=lambda p: similarities[p])",
            "neighbours only",
        ),
        Wrong(_MINUS + "    i, j = divmod(s.argmax().item(), len(s))\n    return i + 1, j + 1", "You count from one"),
        Wrong(changed(_LOOP, ("best, found = similarities[i, j], (i, j)", "found = (i, j)")), "does it also update it"),
        Wrong(
            "import torch\n\n" + _PAIR + "    s = similarities * (1 - torch.eye(len(similarities)))\n" + _FLAT,
            "sentence with itself. All pairs are below zero",
        ),
        Wrong(changed(_LOOP, ("best, found = -2", "best, found = 0")), "returned `None`. All pairs are below zero"),
        Wrong(changed(_LOOP, ("best, found = -2", "best, found = -1")), "do you start from -1"),
        Wrong(
            _PAIR + "    s = similarities.masked_fill(similarities > 0.999, -5)\n" + _FLAT,
            "Two of these sentences are the same",
        ),
        Wrong(_MINUS + "    return s.max().item()", "not the number that stands there"),
    ),
    also_wrong=(
        changed(_LOOP, ("similarities[i, j]", "round(float(similarities[i, j]), 2)")),
        _PAIR + "    similarities.fill_diagonal_(-2)\n    s = similarities\n" + _FLAT,
        _PAIR + "    return 1, 3",
        changed(_LOOP, ("range(len(similarities))", "range(8)"), ("i + 1, len(similarities)", "i + 1, 8")),
        changed(_LOOP, ("i + 1, len(similarities)", "i + 1, len(similarities) - 1")),
        _PAIR + "    v = similarities.topk(2, dim=1).values[:, 1]\n    i = v.argmax().item()\n"
        "    j = (similarities[i] == v[i]).int().argmax().item()\n    return min(i, j), max(i, j)",
        changed(_LOOP, ("    return found", "    return found[0] + 0.5, found[1]")),
    ),
    alternatives=(
        "import torch\n\n" + _PAIR + "    s = similarities.clone().fill_diagonal_(-2)\n"
        "    i, j = divmod(int(s.argmax()), len(s))\n    return [min(i, j), max(i, j)]",
        "import numpy as np\n\n" + _PAIR + "    a = similarities.numpy()\n    i, j = np.triu_indices(len(a), k=1)\n"
        "    k = np.argmax(a[i, j])\n    return i[k], j[k]",
        changed(_LOOP, ("> best", ">= best")),
    ),
)
