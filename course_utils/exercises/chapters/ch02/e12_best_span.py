"""2.12 The best pair of start and end."""

from course_utils.exercises.answers import Slip, as_list, as_number, call, describe
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import TORCH

_SPAN = (
    "def best_span(start, end, longest=15):\n"
    "    pairs = [(i, j) for i in range(len(start)) for j in range(i, min(i + longest, len(end)))]\n"
    "    return max(pairs, key=lambda pair: (start[pair[0]] + end[pair[1]]).item())"
)


def _check_best_span(answer) -> str | None:
    import torch

    start, end = torch.full((30,), -4.0), torch.full((30,), -4.0)
    start[9], start[4], start[2] = 5.0, 4.0, 4.5  # the best start has no good end after it
    end[3], end[6], end[25] = 6.0, 4.5, 5.0

    def run(a, b, *rest):
        value = call(answer, a, b, *rest)
        found = as_list(value)
        pair = [as_number(x) for x in found] if found is not None and len(found) == 2 else None
        if pair is None or None in pair:
            raise Slip("not yet", f"Return two positions `(i, j)`; given: {describe(value)}.")
        return tuple(int(x) for x in pair)

    got = run(start, end)
    if got == (9, 3):
        return "Your answer ends before it starts: the best start and the best end need not belong together."
    if got == (9, 25):
        return "From 9 to 25 are seventeen tokens: at most `longest` are allowed, the first and the last included."
    if got[0] == 9:
        return "You fixed the best start first; another start has a better sum with its end: compare all pairs."
    if got == (3, 2):
        return "Those are (end, start): return the start first."
    if got != (2, 3):
        return f"The best allowed pair of the test is (2, 3) with the sum 10.5; given: {got}."
    flat = torch.zeros(30)
    first, last = flat.clone(), flat.clone()
    first[5], last[19], last[20] = 3.0, 2.0, 9.0
    got = run(first, last)
    if got == (5, 20):
        return "From 5 to 20 are sixteen tokens, one more than `longest` allows: `j - i + 1` is the number of tokens."
    if got not in ((6, 20), *((i, 20) for i in range(6, 21))):
        return f"With the test's logits the best pairs end at 20 and start after 5; given: {got}."
    got = run(first, last, 16)
    if got != (5, 20):
        return f"With `longest=16` the pair (5, 20) is allowed and the best; given: {got}."
    first, last = flat - 20, flat - 20
    first[20], first[10], last[0], last[12] = -10.0, -11.0, -10.0, -17.0
    got = run(first, last)
    if got != (10, 12):
        return (
            "With logits that are all below zero the best pair is (10, 12), with -28: it holds neither the best start, "
            f"20, nor the best end, 0; given: {got}."
        )
    one = torch.tensor([0.0, 3.0, 0.0])
    got = run(one, one)
    return None if got == (1, 1) else f"An answer of one token is allowed, here (1, 1); given: {got}."


EXERCISE = Exercise(
    id="2.12",
    title="The best pair of start and end",
    minutes=10,
    difficulty="medium",
    starter="def best_span(start, end, longest=15):\n    ...",
    answer="best_span",
    check=_check_best_span,
    context=TORCH,
    expects="a function that returns two positions",
    hints=(
        "For each start `i` the ends to try are `i`, `i + 1`, … up to `i + longest - 1`, and not beyond the text.",
        "Keep the pair with the largest `start[i] + end[j]` so far.",
    ),
    solution=_SPAN,
    wrong=(
        Wrong(
            "def best_span(start, end, longest=15):\n    return start.argmax().item(), end.argmax().item()",
            "Your answer ends before it starts",
        ),
        Wrong(
            "def best_span(start, end, longest=15):\n"
            "    i = start.argmax().item()\n    return i, i + end[i : i + longest].argmax().item()",
            "You fixed the best start first",
        ),
        Wrong(
            "def best_span(start, end, longest=15):\n"
            "    i = start.argmax().item()\n    return i, i + end[i:].argmax().item()",
            "From 9 to 25 are seventeen tokens",
        ),
        Wrong(
            "def best_span(start, end, longest=15):\n"
            "    j = end.argmax().item()\n"
            "    first = max(0, j - longest + 1)\n"
            "    return first + start[first : j + 1].argmax().item(), j",
            "it holds neither the best start",
        ),
        Wrong(changed(_SPAN, ("i + longest,", "i + longest + 1,")), "one more than `longest` allows"),
        Wrong(changed(_SPAN, ("i + longest,", "i + 15,")), "With `longest=16`"),
        Wrong(changed(_SPAN, ("range(i, min", "range(i + 1, min")), "An answer of one token is allowed"),
        Wrong(changed(_SPAN, ("return max(", "i, j = max(")) + "\n    return j, i", "return the start first"),
    ),
    alternatives=(
        "def best_span(start, end, longest=15):\n"
        "    sums = start[:, None] + end[None, :]\n"
        "    allowed = torch.ones_like(sums).triu() * torch.ones_like(sums).tril(longest - 1)\n"
        "    best = sums.masked_fill(allowed == 0, -1e9).argmax()\n"
        "    return torch.stack([best // len(end), best % len(end)])",
    ),
)
