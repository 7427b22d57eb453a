"""8.2 Top-p, the nucleus."""

from itertools import accumulate

from course_utils.exercises.answers import call, describe
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import (
    AS_MANY,
    PROBS,
    TORCH,
    Numbers,
    as_long,
    by_rank,
    compare,
    filtered,
    keeps_the_likeliest,
    kept,
    random_probabilities,
    unscaled,
    vector,
)

_EXACT = [0.0625, 0.5, 0.25, 0.1875]  # sums without rounding


_TOP_P = (
    "def top_p(probabilities, p):\n"
    "    ordered, places = probabilities.sort(descending=True)\n"
    "    before = ordered.cumsum(0) - ordered  # the sum of all that are likelier\n"
    "    ordered[before >= p] = 0\n"
    "    kept = torch.zeros_like(probabilities)\n"
    "    kept[places] = ordered\n"
    "    return kept / kept.sum()"
)

_CASES = (  # nothing equal at the edge
    (Numbers(PROBS), 0.8),
    (Numbers(PROBS), 0.6),
    (Numbers(PROBS), 0.12),
    (Numbers(PROBS), 0.96),
    (Numbers(_EXACT), 0.75),
    (Numbers(_EXACT), 0.5),
    (Numbers([0.02, 0.08, 0.2, 0.3, 0.4]), 0.65),
    (random_probabilities(300), 0.9),
    (Numbers(PROBS), 1.0),
    (Numbers([0.2, 0.3, 0.4999999]), 1.0),  # the sum stays below 1
)

_TIES = (
    ([0.2, 0.4, 0.2, 0.2], 0.5),
    ([0.2, 0.4, 0.2, 0.2], 0.75),
    ([0.25, 0.25, 0.25, 0.25], 0.6),
    ([0.1, 0.3, 0.3, 0.3], 0.2),
)


def _count(numbers, p) -> int:
    """How many of the numbers, added up in their order, it takes to reach p; all if they never do."""
    return sum(total < p for total in accumulate(numbers[:-1])) + 1


def _nucleus(numbers, p) -> list[int]:
    """The places that stay, by rank."""
    ranked = by_rank(numbers)
    return ranked[: _count([numbers[i] for i in ranked], p)]


def _short(numbers, p, least) -> list[float]:
    """Without the token that crosses p; `least` tokens stay at any rate."""
    ranked = by_rank(numbers)
    sums = accumulate(numbers[i] for i in ranked)
    return filtered(numbers, ranked[: max(least, sum(total <= p for total in sums))])


def _too_long(numbers, p) -> list[float]:
    """The sum before a token may be as large as p."""
    ranked = by_rank(numbers)
    before = [0, *accumulate(numbers[i] for i in ranked)]
    return filtered(numbers, [i for i, total in zip(ranked, before, strict=False) if total <= p])


_CROSSING = (
    f"You dropped the token that crosses p: of {PROBS} with p = 0.8, 0.4 and 0.3 sum to 0.7 only, so 0.15 stays "
    "as well."
)
_RULES = (
    (lambda n, p: _short(n, p, 0), _CROSSING),
    (lambda n, p: _short(n, p, 1), _CROSSING),
    (
        lambda n, p: filtered(n, by_rank(n)[: len(_nucleus(n, p)) + 1]),
        "One token too many stays: once the sum has reached p, the next token goes.",
    ),
    (
        _too_long,
        f"Of {_EXACT} with p = 0.75, 0.5 and 0.25 reach p exactly: that is enough, and no further token stays.",
    ),
    (
        lambda n, p: unscaled(n, _nucleus(n, p)),
        f"Of {PROBS} with p = 0.8, your result sums to 0.85: divide by the sum of what is left.",
    ),
    (
        lambda n, p: sorted(filtered(n, _nucleus(n, p)), reverse=True),
        "Your result is sorted, so nobody knows which token is which: put each back into its place.",
    ),
    (
        lambda n, p: filtered(n, range(len(_nucleus(n, p)))),
        "You keep the right *number* of tokens, but the first ones of the vocabulary: `places` says where each of the "
        "sorted tokens belongs.",
    ),
    (
        lambda n, p: filtered(n, [i for i, number in enumerate(n) if number >= p]),
        "You compared each token with p: p bounds the *sum* of the likeliest tokens.",
    ),
    (
        lambda n, p: filtered(n, [i for i, number in enumerate(n) if number >= p * max(n)]),
        "You compared each token with the likeliest one; that is min-p.",
    ),
    (
        lambda n, p: filtered(n, range(_count(n, p))),
        "You added up in the order of the vocabulary: start at the likeliest token.",
    ),
    (
        lambda n, p: filtered(n, by_rank(n)[::-1][: _count(sorted(n), p)]),
        "You added up from the rarest token: start at the likeliest one.",
    ),
    (lambda n, p: n, f"Your result is the input: of {PROBS} with p = 0.8, the two rarest tokens get 0."),
    (
        lambda n, p: filtered(n, _nucleus(n, p) if p < 1 else by_rank(n)[:-1]),
        "With p = 1 all tokens stay, the rarest one, too.",
    ),
)


def _check_top_p(answer) -> str | None:
    if said := compare(answer, _CASES, lambda n, p: filtered(n, _nucleus(n, p)), _RULES, as_long, AS_MANY):
        return said
    import torch

    for numbers, p in _TIES:
        value = call(answer, torch.tensor(numbers), p)
        found = vector(value, len(numbers)) or []
        left, needed = kept(found), len(_nucleus(numbers, p))
        if left and len(left) != needed:
            return (
                f"Some of the tokens {numbers} are equal, and with p = {p} you kept {len(left)}: {needed} of them "
                "reach p already, whichever of the equals."
                if len(left) > needed
                else f"Of the tokens {numbers} it takes {needed} to reach p = {p}; you kept {len(left)}."
            )
        if not keeps_the_likeliest(found, numbers):
            return f"Of the tokens {numbers} with p = {p}, the {needed} likeliest stay; given: {describe(value)}."
    return None


EXERCISE = Exercise(
    id="8.2",
    title="Top-p, the nucleus",
    minutes=10,
    difficulty="medium",
    starter="def top_p(probabilities, p):\n    ...",
    answer="top_p",
    check=_check_top_p,
    context=TORCH,
    expects="a function that returns a tensor of probabilities",
    hints=(
        "Take [0.1, 0.4, 0.3, 0.2] and p = 0.6, with a pencil: in which order do you add up, and after how many tokens "
        "do you stop?",
        "In sorted order, a token stays if the sum of those *before* it is still less than p. At the end, each has to "
        "go back to the position it came from.",
        "`ordered, places = probabilities.sort(descending=True)`; `ordered.cumsum(0) - ordered` is the sum before. "
        "`kept[places] = ordered` puts each back into its position.",
    ),
    solution=_TOP_P,
    why="In sorted order the sum before a token decides: while it is less than p, the token is still needed. So the "
    "one that crosses p stays. `kept[places] = ordered` undoes the sorting.",
    wrong=(
        Wrong(changed(_TOP_P, ("ordered[before >= p]", "ordered[ordered.cumsum(0) > p]")), "that crosses p"),
        Wrong(
            "def top_p(probabilities, p):\n"
            "    ordered, places = probabilities.sort(descending=True)\n"
            "    count = int((ordered.cumsum(0) < p).sum()) + 2\n"
            "    kept = torch.zeros_like(probabilities)\n"
            "    kept[places[:count]] = ordered[:count]\n"
            "    return kept / kept.sum()",
            "One token too many",
        ),
        Wrong(changed(_TOP_P, (" / kept.sum()", "")), "sums to 0.85"),
        Wrong(
            "def top_p(probabilities, p):\n"
            "    ordered = probabilities.sort(descending=True).values\n"
            "    kept = torch.where(ordered.cumsum(0) - ordered < p, probabilities, 0)\n"
            "    return kept / kept.sum()",
            "`places` says where",
        ),
        Wrong(changed(_TOP_P, ("kept[places] = ordered", "kept = ordered")), "Your result is sorted"),
        Wrong(
            "def top_p(probabilities, p):\n"
            "    kept = torch.where(probabilities >= p, probabilities, 0)\n"
            "    return kept / kept.sum()",
            "You compared each token with p",
        ),
        Wrong(
            "def top_p(probabilities, p):\n"
            "    kept = torch.where(probabilities >= p * probabilities.max(), probabilities, 0)\n"
            "    return kept / kept.sum()",
            "that is min-p",
        ),
        Wrong(
            "def top_p(probabilities, p):\n"
            "    before = probabilities.cumsum(0) - probabilities\n"
            "    kept = torch.where(before < p, probabilities, 0)\n"
            "    return kept / kept.sum()",
            "order of the vocabulary",
        ),
        Wrong(changed(_TOP_P, ("descending=True", "descending=False")), "from the rarest"),
        Wrong(changed(_TOP_P, (">= p", "> p")), "exactly: that is enough"),
        Wrong("def top_p(probabilities, p):\n    return probabilities", "result is the input"),
        Wrong(
            "def top_p(probabilities, p):\n"
            "    ordered = probabilities.sort(descending=True).values\n"
            "    edge = ordered[min(int((ordered.cumsum(0) < p).sum()), len(ordered) - 1)]\n"
            "    kept = torch.where(probabilities >= edge, probabilities, 0)\n"
            "    return kept / kept.sum()",
            "reach p already",
        ),
        Wrong(
            "def top_p(probabilities, p):\n"
            "    ordered, places = probabilities.sort(descending=True)\n"
            "    last = (ordered.cumsum(0) >= p).nonzero()[0].item()\n"
            "    kept = torch.zeros_like(probabilities)\n"
            "    kept[places[: last + 1]] = ordered[: last + 1]\n"
            "    return kept / kept.sum()",
            "IndexError",
            status="error in your code",
        ),
        Wrong(
            "def top_p(probabilities, p):\n"
            "    ordered, places = probabilities.sort(descending=True)\n"
            "    probabilities[places[ordered.cumsum(0) - ordered >= p]] = 0\n"
            "    return probabilities / probabilities.sum()",
            "in place",
        ),
    ),
    also_wrong=(
        changed(_TOP_P, (">= p", ">= 0.8")),
        "def top_p(probabilities, p):\n"
        "    ordered, places = probabilities.sort(descending=True)\n"
        "    ordered[ordered.cumsum(0) > p] = 0\n"
        "    ordered[0] = probabilities.max()\n"
        "    kept = torch.zeros_like(probabilities)\n"
        "    kept[places] = ordered\n"
        "    return kept / kept.sum()",
        "def top_p(probabilities, p):\n"
        "    ordered, places = probabilities.sort()\n"
        "    kept = probabilities.clone()\n"
        "    kept[places[ordered.cumsum(0) < 1 - p]] = 0\n"
        "    return kept / kept.sum()",
        "def top_p(probabilities, p):\n    return torch.zeros_like(probabilities)",
    ),
    alternatives=(
        "def top_p(probabilities, p):\n"
        "    kept, total = torch.zeros_like(probabilities), 0.0\n"
        "    for i in probabilities.argsort(descending=True):\n"
        "        if total < p:\n"
        "            kept[i] = probabilities[i]\n"
        "            total += probabilities[i].item()\n"
        "    return kept / kept.sum()",
        "def top_p(probabilities, p):\n"
        "    ordered, places = probabilities.sort(descending=True)\n"
        "    count = int((ordered.cumsum(0) < p).sum()) + 1\n"
        "    kept = torch.zeros_like(probabilities).index_copy(0, places[:count], ordered[:count])\n"
        "    return kept / kept.sum()",
        "from transformers import TopPLogitsWarper\n"
        "def top_p(probabilities, p):\n"
        "    return TopPLogitsWarper(p)(None, probabilities.log()[None]).softmax(-1)[0]",
    ),
    note="The set is called the nucleus, and the method nucleus sampling (arXiv 1904.09751).",
)
