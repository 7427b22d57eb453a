"""2.12 The best pair of start and end."""

from course_utils.exercises.answers import Slip, as_list, as_number, call, describe
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import known_slip

from .shared import TORCH

_SPAN = (
    "def best_span(start, end, longest=15):\n"
    "    pairs = [(i, j) for i in range(len(start)) for j in range(i, min(i + longest, len(end)))]\n"
    "    return max(pairs, key=lambda pair: (start[pair[0]] + end[pair[1]]).item())"
)


_SMALL = (  # start, end, longest: one best pair each
    ([1, 0, 5, 2], [0, 6, 1, 0], 4),  # the best start behind the best end
    ([5, 4, 0, 0], [0, 6, 0, 7], 3),  # the best start, and an end that is too far away
    ([4, 5, 0, 0], [6, 0, 3, 0], 4),  # neither the best start nor an end after it
    ([3, 0, 0, 5], [0, 0, 1, 4], 4),  # the last token
    ([0, 3, 0], [0, 3, 0], 3),
    ([6, -5, 0], [5, 9, 0], 1),
    ([-7, -4, -9], [-3, -8, -5], 2),  # all below zero
    ([1.25, 1.75, 1.5], [0.5, 0.25, 0.75], 2),  # close to each other
    ([-8, -9, 7], [-9, -8, -6], 1),
    ([2], [-1], 5),
    ([9, 8, 7, 6, 5, 0, 1, 3], [-9, -9, -8, -9, -7, 6, 7, 0], 1),  # its start is not among the five best
)


def _long(*peaks: tuple[int, float, float]) -> tuple[list, list]:
    """Thirty tokens of low logits, with `(position, start, end)` above them."""
    start, end = [-4.0] * 30, [-4.0] * 30
    for i, a, b in peaks:
        start[i], end[i] = a, b
    return start, end


_DEFAULT = (  # without `longest`: the best of all pairs has fifteen tokens, sixteen, far too many
    _long((5, 3, -4), (19, -4, 2)),
    _long((5, 3, -4), (6, 2.5, -4), (20, -4, 9)),
    _long((2, 9, -4), (4, 3, -4), (11, -4, 5), (29, -4, 9)),
    _long((3, 2, 2), (27, 6, -4), (29, -4, 6)),
)
_TWENTY = _long(  # with `longest=20`: pairs of 3, 16, 19 and 20 tokens, each better than the last, and of 21
    (3, 6, -4), (5, -4, 2), (18, -4, 2.5), (21, -4, 3), (22, -4, 5), (23, -4, 9)
)


def _cases() -> list[tuple]:
    import torch

    small = [(torch.tensor(a).float(), torch.tensor(b).float(), longest) for a, b, longest in _SMALL]
    default = [(torch.tensor(a), torch.tensor(b)) for a, b in _DEFAULT]
    return [*small, *default, (*map(torch.tensor, _TWENTY), 20)]


def _best(start, end, longest=15, first=0, key=None) -> tuple[int, int]:
    """The right pair; with `first=1` without answers of one token, with `key` after another measure than the sum."""
    n = len(start)
    pairs = [(i, j) for i in range(n) for j in range(i + first, min(i + longest, n))]
    return max(pairs, key=lambda pair: (key or sum)((start[pair[0]].item(), end[pair[1]].item())))


def _start_first(start, end, longest=15) -> tuple[int, int]:
    i = start.argmax().item()
    return i, i + end[i : i + longest].argmax().item()


def _end_first(start, end, longest=15) -> tuple[int, int]:
    j = end.argmax().item()
    low = max(0, j - longest + 1)
    return low + start[low : j + 1].argmax().item(), j


_SLIPS = (
    (
        lambda start, end, longest=15: (start.argmax().item(), end.argmax().item()),
        "You took the best start and the best end by themselves: they need not belong together, and the end can stand "
        "before the start.",
    ),
    (
        _start_first,
        "You fixed the best start first; another start can have a better sum with its end: compare all pairs.",
    ),
    (_end_first, "You fixed the best end first; another end can have a better sum with its start: compare all pairs."),
    (
        lambda start, end, longest=15: _start_first(start, end, 30),
        "You fixed the best start first, and took any end after it: compare all pairs of at most `longest` tokens.",
    ),
    (
        lambda start, end, longest=15: _best(start, end, 30),
        "Your pairs can be of any length: at most `longest` are allowed.",
    ),
    (
        lambda start, end, longest=15: _best(start, end, longest + 1),
        "Your pairs can be one token too long: from `i` to `j` there are `j - i + 1` tokens.",
    ),
    (
        lambda start, end, longest=15: _best(start, end),
        "Your pairs can have 15 tokens whatever `longest` says: the third argument is the limit.",
    ),
    (
        lambda start, end, longest=15: _best(start, end, min(longest, 15)),
        "Your pairs never have more than 15 tokens: with `longest=20` they can have 20.",
    ),
    (
        lambda start, end, longest=15: _best(start, end, longest, first=1),
        "You left out answers of one token: `i` and `j` may be the same.",
    ),
    (
        lambda start, end, longest=15: _best(start, end, longest, key=lambda pair: pair[0] * pair[1]),
        "You multiplied the logits: two negative ones make a large product. Add them.",
    ),
    (
        lambda start, end, longest=15: _best(start, end, longest)[::-1],
        "Those are (end, start): return the start first.",
    ),
    (
        lambda start, end, longest=15: (_best(start, end, longest)[0], _best(start, end, longest)[1] + 1),
        "Your end is the position after the last token; the last token itself is asked for.",
    ),
)


def _pair(value) -> list[int] | None:
    found = as_list(value)
    numbers = [as_number(x) for x in found] if found is not None and len(found) == 2 else [None]
    return None if None in numbers or any(x % 1 for x in numbers) else [int(x) for x in numbers]


def _check_best_span(answer) -> str | None:
    for case in (cases := _cases()):
        start, end, longest = (*case, 15)[:3]
        value = call(answer, *case)
        got, best = _pair(value), _best(*case)
        if got is None:
            raise Slip("not yet", f"Return two positions `(i, j)`; given: {describe(value)}.")
        i, j = got
        top = (start[best[0]] + end[best[1]]).item()
        if 0 <= i <= j < len(start) and j - i < longest and (start[i] + end[j]).item() > top - 1e-4:
            continue
        if slip := known_slip(answer, cases, _SLIPS, _pair):
            return slip
        if len(start) < 10:
            asked = f"`start = {start.tolist()}`, `end = {end.tolist()}` and `longest = {longest}`"
        else:
            high = [
                f"`{name}[{k}]` = {x:g}"
                for name, row in (("start", start), ("end", end))
                for k, x in enumerate(row)
                if x > -4
            ]
            third = "without a third argument" if len(case) == 2 else f"and `longest = {longest}`"
            asked = f"30 tokens {third}, with logits of -4 but for {', '.join(high)},"
        return f"For {asked} the best allowed pair is {best} with the sum {top:g}; given: {describe(value)}."
    return None


_LOOPS = (
    "def best_span(start, end, longest=15):\n"
    '    best, largest = (0, 0), float("-inf")\n'
    "    for i in range(len(start)):\n"
    "        for j in range(i, min(i + longest, len(end))):\n"
    "            total = (start[i] + end[j]).item()\n"
    "            if total > largest:\n"
    "                best, largest = (i, j), total\n"
    "    return best"
)


EXERCISE = Exercise(
    id="2.12",
    title="The best pair of start and end",
    minutes=15,
    difficulty="medium",
    starter="def best_span(start, end, longest=15):\n    ...",
    answer="best_span",
    check=_check_best_span,
    context=TORCH,
    expects="a function that returns two positions",
    why="The best start and the best end alone may not fit together. With a few hundred tokens there are only "
    "some thousand "
    "allowed pairs, so it is easiest to try them all and keep the one with the largest sum.",
    hints=(
        "Take three tokens and `longest=2`, and write down all pairs that are allowed. Which is the last end "
        "for start 0?",
        "For each start `i` the ends to try are `i`, `i + 1`, … up to `i + longest - 1`, and not beyond the text.",
        "Keep the pair with the largest `start[i] + end[j]` so far. Two loops do it.",
    ),
    solution=_LOOPS,
    wrong=(
        Wrong(
            "def best_span(start, end, longest=15):\n    return start.argmax().item(), end.argmax().item()",
            "by themselves",
        ),
        Wrong(
            "def best_span(start, end, longest=15):\n"
            "    i = start.argmax().item()\n    return i, i + end[i : i + longest].argmax().item()",
            "You fixed the best start first; another start",
        ),
        Wrong(
            "def best_span(start, end, longest=15):\n"
            "    i = start.argmax().item()\n    return i, i + end[i:].argmax().item()",
            "and took any end after it",
        ),
        Wrong(
            "def best_span(start, end, longest=15):\n"
            "    j = end.argmax().item()\n"
            "    first = max(0, j - longest + 1)\n"
            "    return first + start[first : j + 1].argmax().item(), j",
            "You fixed the best end first",
        ),
        Wrong(changed(_SPAN, ("min(i + longest, len(end))", "len(end)")), "can be of any length"),
        Wrong(changed(_SPAN, ("i + longest,", "i + longest + 1,")), "one token too long"),
        Wrong(changed(_SPAN, ("i + longest,", "i + 15,")), "whatever `longest` says"),
        Wrong(changed(_SPAN, ("i + longest,", "i + min(longest, 15),")), "never have more than 15 tokens"),
        Wrong(changed(_SPAN, ("i + longest,", "i + min(longest, 19),")), "30 tokens and `longest = 20`"),
        Wrong(changed(_SPAN, ("range(i, min", "range(i + 1, min")), "You left out answers of one token"),
        Wrong(changed(_SPAN, ("start[pair[0]] + end", "start[pair[0]] * end")), "You multiplied the logits"),
        Wrong(changed(_SPAN, ("return max(", "i, j = max(")) + "\n    return j, i", "return the start first"),
        Wrong(
            changed(_SPAN, ("return max(", "i, j = max(")) + "\n    return i, j + 1",
            "the position after the last token",
        ),
        Wrong(changed(_SPAN, ("longest=15", "longest=10")), "without a third argument"),
        Wrong(changed(_SPAN, ("len(end))", "len(end) - 1)")), "`start = [3.0, 0.0, 0.0, 5.0]`"),
    ),
    also_wrong=(
        changed(
            _SPAN,
            ("[(i, j)", "top = min(5, len(start))\n    pairs = [(i, j)"),
            ("range(len(start))", "start.topk(top)[1].tolist()"),
        ),
        changed(_SPAN, ("range(i, min", "range(i + 1, min"), ("max(pairs", "max(pairs or [(0, 0)]")),
        changed(_SPAN, ("(start[pair[0]] + end[pair[1]]).item()", "int(start[pair[0]] + end[pair[1]])")),
        changed(_SPAN, ("longest=15", "longest=14")),
        changed(_SPAN, ("longest=15", "longest=16")),
        changed(_SPAN, ("longest=15", "longest")),
        "def best_span(start, end, longest=15):\n"
        "    sums = (start[:, None] + end).triu().tril(longest - 1)\n"
        "    return divmod(sums.argmax().item(), len(start))",
        "def best_span(start, end, longest=15):\n"
        "    return max((start[i] + end[j], i, j) for i in range(len(start)) for j in range(i, min(i + longest, "
        "len(end))))",
    ),
    alternatives=(
        _SPAN,
        "def best_span(start, end, longest=15):\n"
        "    sums = start[:, None] + end[None, :]\n"
        "    allowed = torch.ones_like(sums).triu() * torch.ones_like(sums).tril(longest - 1)\n"
        "    best = sums.masked_fill(allowed == 0, -1e9).argmax()\n"
        "    return torch.stack([best // len(end), best % len(end)])",
        "def best_span(start, end, longest=15):\n"
        "    chances = start.softmax(-1)[:, None] * end.softmax(-1)\n"
        "    best = chances.triu().tril(longest - 1).argmax()\n"
        "    return best // len(end), best % len(end)",
        "import numpy as np\n\n"
        "def best_span(start, end, longest=15):\n"
        "    sums = start.numpy()[:, None] + end.numpy()\n"
        "    i, j = np.indices(sums.shape)\n"
        "    sums = np.where((i <= j) & (j < i + longest), sums, -np.inf)\n"
        "    return np.unravel_index(sums.argmax(), sums.shape)",
    ),
)
