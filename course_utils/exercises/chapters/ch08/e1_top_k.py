"""8.1 Top-k, and exactly k."""

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
    softmax,
    unscaled,
    vector,
)

_TOP_K = (
    "def top_k(probabilities, k):\n"
    "    best = probabilities.topk(min(k, len(probabilities))).indices\n"
    "    kept = torch.zeros_like(probabilities)\n"
    "    kept[best] = probabilities[best]\n"
    "    return kept / kept.sum()"
)

_CASES = (  # nothing equal at the edge
    (Numbers(PROBS), 2),
    (Numbers(PROBS), 1),
    (Numbers(PROBS), 4),
    (Numbers(PROBS), 5),
    (Numbers([0.02, 0.08, 0.2, 0.3, 0.4]), 3),
    (Numbers([0.2501, 0.2498, 0.2502, 0.2499]), 2),
    (Numbers([0.6, 0.0, 0.4, 0.0]), 2),
    (random_probabilities(300), 40),
    (Numbers(PROBS), 9),
)

_TIES = (
    ([0.3, 0.2, 0.2, 0.2, 0.1], 2),
    ([0.3, 0.2, 0.2, 0.2, 0.1], 3),
    ([0.1, 0.1, 0.4, 0.4], 1),
    ([0.25, 0.25, 0.25, 0.25], 3),
    ([0.05, 0.15, 0.15, 0.25, 0.2, 0.2], 4),
)


def _best(p, k) -> list[int]:
    return by_rank(p)[:k]


def _softmax_of_kept(p, k) -> list[float]:
    shares = softmax([p[i] for i in _best(p, k)])
    return [shares[_best(p, k).index(i)] if i in _best(p, k) else 0.0 for i in range(len(p))]


def _spread(p, k) -> list[float]:
    best = _best(p, k)
    rest = (1 - sum(p[i] for i in best)) / len(best)
    return [p[i] + rest if i in best else 0.0 for i in range(len(p))]


_RULES = (
    (
        lambda p, k: unscaled(p, _best(p, k)),
        f"Of {PROBS} with k = 2, your result sums to 0.7: divide by the sum of what is left.",
    ),
    (
        lambda p, k: sorted(filtered(p, _best(p, k)), reverse=True),
        "Your result is sorted, so nobody knows which token is which: keep the places.",
    ),
    (lambda p, k: filtered(p, by_rank(p)[::-1][:k]), "You kept the *least* likely tokens."),
    (
        lambda p, k: filtered(p, range(min(k, len(p)))),
        "You kept the first k tokens of the vocabulary: the k likeliest stay, wherever they are.",
    ),
    (
        _softmax_of_kept,
        "The right tokens are left, but their ratio changed, as a softmax of probabilities does: 0.4 to 0.3 stays "
        "4 to 3.",
    ),
    (
        lambda p, k: softmax(unscaled(p, _best(p, k))),
        "No token has 0, because softmax gives every number a share: divide by the sum instead.",
    ),
    (
        _spread,
        "Each token that is left gets an equal part of the rest, so their ratio changed: 0.4 to 0.3 stays 4 to 3.",
    ),
    (lambda p, k: p, "Your result is the input: with k = 2, three of the five tokens get 0."),
    (lambda p, k: filtered(p, _best(p, k - 1)), "One token too few stays."),
    (lambda p, k: filtered(p, _best(p, k + 1)), "One token too many stays: exactly k are asked for."),
    (
        lambda p, k: filtered(p, _best(p, min(k, len(p) - 1))),
        "One token always gets 0: with k as large as the vocabulary, or larger, all stay.",
    ),
)


def _check_top_k(answer) -> str | None:
    if said := compare(answer, _CASES, lambda p, k: filtered(p, _best(p, k)), _RULES, as_long, AS_MANY):
        return said
    import torch

    for numbers, k in _TIES:
        value = call(answer, torch.tensor(numbers), k)
        found = vector(value, len(numbers)) or []
        left = kept(found)
        if left and len(left) != k:
            return (
                f"Some of the tokens {numbers} are equal, and with k = {k} you kept {len(left)}: exactly k stay, "
                "whichever of the equals."
            )
        if not keeps_the_likeliest(found, numbers):
            return f"Of the tokens {numbers} the {k} likeliest stay, divided by their sum; given: {describe(value)}."
    return None


EXERCISE = Exercise(
    id="8.1",
    title="Top-k, and exactly k",
    minutes=8,
    difficulty="medium",
    starter="def top_k(probabilities, k):\n    ...",
    answer="top_k",
    check=_check_top_k,
    context=TORCH,
    expects="a function that returns a tensor of probabilities",
    hints=(
        "Take [0.1, 0.4, 0.3, 0.2] and k = 2, with a pencil: which positions stay, what is their sum, what comes out?",
        "Work with the *positions* of the k largest, not with a lowest value: equal tokens have different positions. "
        "Never ask for more positions than there are.",
        "`min(k, len(probabilities))` is never too large. Begin with `torch.zeros_like(probabilities)`, copy the k "
        "best into their positions, divide by the sum.",
    ),
    solution=_TOP_K,
    why="`topk` names exactly k places, also where tokens are equal. Only these are copied into a tensor of zeros, so "
    "every token keeps its place. Dividing by the sum keeps the ratios and makes the sum 1.",
    wrong=(
        Wrong(changed(_TOP_K, (" / kept.sum()", "")), "sums to 0.7"),
        Wrong(
            "def top_k(probabilities, k):\n"
            "    best = probabilities.topk(min(k, len(probabilities))).values\n"
            "    return best / best.sum()",
            "one for each token; given",
        ),
        Wrong(
            "def top_k(probabilities, k):\n"
            "    ordered = probabilities.sort(descending=True).values\n"
            "    ordered[k:] = 0\n"
            "    return ordered / ordered.sum()",
            "is sorted",
        ),
        Wrong(changed(_TOP_K, ("len(probabilities))", "len(probabilities)), largest=False")), "*least* likely tokens"),
        Wrong(
            "def top_k(probabilities, k):\n"
            "    kept = probabilities.clone()\n"
            "    kept[k:] = 0\n"
            "    return kept / kept.sum()",
            "first k tokens of the vocabulary",
        ),
        Wrong(
            "def top_k(probabilities, k):\n"
            "    edge = probabilities.topk(min(k, len(probabilities))).values[-1]\n"
            "    scores = probabilities.masked_fill(probabilities < edge, -torch.inf)\n"
            "    return scores.softmax(-1)",
            "as a softmax of probabilities does",
        ),
        Wrong(
            changed(_TOP_K, ("kept / kept.sum()", "kept + (kept > 0) * (1 - kept.sum()) / len(best)")),
            "an equal part of the rest",
        ),
        Wrong(changed(_TOP_K, ("kept / kept.sum()", "kept.softmax(-1)")), "No token has 0"),
        Wrong("def top_k(probabilities, k):\n    return probabilities / probabilities.sum()", "result is the input"),
        Wrong(changed(_TOP_K, ("min(k, ", "min(k + 1, ")), "One token too many"),
        Wrong(changed(_TOP_K, ("min(k, len(probabilities))", "min(k, len(probabilities) - 1)")), "always gets 0"),
        Wrong(
            "def top_k(probabilities, k):\n"
            "    edge = probabilities.topk(min(k, len(probabilities))).values[-1]\n"
            "    kept = torch.where(probabilities >= edge, probabilities, 0)\n"
            "    return kept / kept.sum()",
            "with k = 2 you kept 4",
        ),
        Wrong(
            "def top_k(probabilities, k):\n"
            "    if k >= len(probabilities):\n"
            "        return probabilities / probabilities.sum()\n"
            "    edge = probabilities.sort(descending=True).values[k]\n"
            "    kept = torch.where(probabilities > edge, probabilities, 0)\n"
            "    return kept / kept.sum()",
            "with k = 2 you kept 1",
        ),
        Wrong(changed(_TOP_K, ("min(k, len(probabilities))", "k")), "out of range", status="error in your code"),
        Wrong(
            "def top_k(probabilities, k):\n"
            "    probabilities[probabilities.argsort(descending=True)[k:]] = 0\n"
            "    return probabilities / probabilities.sum()",
            "in place",
        ),
    ),
    also_wrong=(
        changed(_TOP_K, ("min(k, len(probabilities))", "2")),
        changed(_TOP_K, ("probabilities.topk", "(probabilities - 0.001 * torch.arange(len(probabilities))).topk")),
        changed(_TOP_K, ("probabilities.topk", "probabilities.round(decimals=2).topk")),
        "def top_k(probabilities, k):\n"
        "    levels = probabilities.unique().flip(0)[:k]\n"
        "    kept = torch.where(torch.isin(probabilities, levels), probabilities, 0)\n"
        "    return kept / kept.sum()",
        "def top_k(probabilities, k):\n"
        "    edge = probabilities.sort(descending=True).values[min(k, len(probabilities)) - 1]\n"
        "    kept = torch.where(probabilities > edge, probabilities, 0)\n"
        "    return kept / kept.sum()",
    ),
    alternatives=(
        "def top_k(probabilities, k):\n"
        "    order = sorted(range(len(probabilities)), key=lambda i: -probabilities[i])\n"
        "    kept = [p.item() if i in order[:k] else 0.0 for i, p in enumerate(probabilities)]\n"
        "    return torch.tensor([p / sum(kept) for p in kept])",
        "def top_k(probabilities, k):\n"
        "    place = probabilities.argsort(descending=True).argsort()\n"
        "    kept = probabilities * (place < k)\n"
        "    return kept / kept.sum()",
        "def top_k(probabilities, k):\n"
        "    scores = probabilities.log()\n"
        "    scores[scores.argsort(descending=True)[k:]] = -torch.inf\n"
        "    return scores.softmax(-1)",
    ),
    note="transformers compares with the k-th score and keeps all that equal it: among real scores, ties are rare.",
)
