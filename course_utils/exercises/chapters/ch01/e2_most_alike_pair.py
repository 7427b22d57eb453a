"""1.2 The most alike pair."""

from course_utils.exercises.answers import Slip, as_list, as_number, call, close, describe, shape
from course_utils.exercises.records import Exercise, Wrong


def _check_pair(answer) -> str | None:
    import torch

    similarities = torch.tensor(
        [[1.0, 0.30, -0.95, 0.20], [0.30, 1.0, 0.10, 0.85], [-0.95, 0.10, 1.0, 0.40], [0.20, 0.85, 0.40, 1.0]]
    )
    value = call(answer, similarities)
    got = as_list(value)
    if as_number(value) is not None:
        return f"Your function returned one number, {as_number(value):g}: return two positions, `(i, j)`."
    if got is None or shape(got) != (2,):
        return f"Your function should return two positions, `(i, j)`; given: {describe(value)}."
    if got[0] == got[1]:
        return f"You returned {describe(value)}: a sentence is always most like itself. Leave out the diagonal."
    if close(got, [3, 1]):
        return "The right pair, but the wrong way round: the smaller position comes first."
    if close(sorted(got), [0, 2]):
        return "You chose the pair with -0.95: that is the least alike of all. The largest number wins, not its size."
    if close(got, [2, 3]):
        return "You compared neighbours only; all pairs count, also sentences 1 and 3."
    if not close(got, [1, 3]):
        return f"In the test table the most alike pair is `(1, 3)`, with 0.85; given: {describe(value)}."
    apart = torch.tensor([[1.0, -0.3, -0.1], [-0.3, 1.0, -0.2], [-0.1, -0.2, 1.0]])
    if not close(call(answer, apart), [0, 2]):
        return "It goes wrong where all pairs are below zero: set the diagonal lower than -1, not to 0."
    opposite = torch.tensor([[1.0, -1.0], [-1.0, 1.0]])
    try:
        found = call(answer, opposite)
    except Slip:  # nothing was found, and so nothing returned
        found = None
    if not close(found, [0, 1]):
        return "It goes wrong where the best pair has -1: start from a number below it, or fill the diagonal with one."
    twins = torch.tensor([[1.0, 0.3, 0.1, 1.0], [0.3, 1.0, 0.9, 0.3], [0.1, 0.9, 1.0, 0.1], [1.0, 0.3, 0.1, 1.0]])
    if not close(call(answer, twins), [0, 3]):
        return "It goes wrong where two sentences are the same: leave out positions with i = j, not every 1.0."
    return None


_PAIR = "def most_alike(similarities):\n"


EXERCISE = Exercise(
    id="1.2",
    title="The most alike pair",
    minutes=8,
    difficulty="medium",
    starter="def most_alike(similarities):\n    ...",
    answer="most_alike",
    check=_check_pair,
    expects="a function that takes a square table and returns two positions",
    hints=(
        "Two loops do it: `for i in range(n)`, and inside `for j in range(i + 1, n)`. Then i is never j.",
        "`max(pairs, key=lambda pair: similarities[pair])` finds the pair whose entry is largest.",
    ),
    solution=(
        _PAIR + "    n = len(similarities)\n"
        "    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]\n"
        "    return max(pairs, key=lambda pair: similarities[pair])"
    ),
    wrong=(
        Wrong(
            "import torch\n\n"
            + _PAIR
            + "    i = similarities.argmax().item()\n    return divmod(i, len(similarities))",
            "a sentence is always most like itself",
        ),
        Wrong(
            "import torch\n\n" + _PAIR + "    s = similarities - 5 * torch.eye(len(similarities))\n"
            "    i, j = divmod(s.argmax().item(), len(s))\n    return j, i",
            "the wrong way round",
        ),
        Wrong(
            "import torch\n\n" + _PAIR + "    s = similarities.abs() - 5 * torch.eye(len(similarities))\n"
            "    return divmod(s.argmax().item(), len(s))",
            "the least alike of all",
        ),
        Wrong(
            _PAIR + "    n = len(similarities)\n"
            "    return max([(i, i + 1) for i in range(n - 1)], key=lambda p: similarities[p])",
            "neighbours only",
        ),
        Wrong(
            "import torch\n\n" + _PAIR + "    s = similarities * (1 - torch.eye(len(similarities)))\n"
            "    return divmod(s.argmax().item(), len(s))",
            "lower than -1, not to 0",
        ),
        Wrong(
            _PAIR + "    best, found = -1, None\n    for i in range(len(similarities)):\n"
            "        for j in range(i + 1, len(similarities)):\n"
            "            if similarities[i, j] > best:\n"
            "                best, found = similarities[i, j], (i, j)\n    return found",
            "where the best pair has -1",
        ),
        Wrong(
            _PAIR + "    s = similarities.masked_fill(similarities > 0.999, -5)\n"
            "    return divmod(s.argmax().item(), len(s))",
            "where two sentences are the same",
        ),
        Wrong(
            "import torch\n\n" + _PAIR + "    s = similarities - 5 * torch.eye(len(similarities))\n"
            "    return s.max().item()",
            "returned one number",
        ),
    ),
    alternatives=(
        "import torch\n\n" + _PAIR + "    s = similarities.clone().fill_diagonal_(-2)\n"
        "    i, j = divmod(int(s.argmax()), len(s))\n    return [min(i, j), max(i, j)]",
    ),
)
