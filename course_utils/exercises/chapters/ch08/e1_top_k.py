"""8.1 Top-k, and exactly k."""

from course_utils.exercises.answers import call, close, describe, shape
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import PROBS, TORCH, differs_from_library, filtered, kept, vector

_TOP_K = (
    "def top_k(probabilities, k):\n"
    "    best = probabilities.topk(min(k, len(probabilities))).indices\n"
    "    kept = torch.zeros_like(probabilities)\n"
    "    kept[best] = probabilities[best]\n"
    "    return kept / kept.sum()"
)


def _check_top_k(answer) -> str | None:
    import torch
    from transformers import TopKLogitsWarper

    value = call(answer, torch.tensor(PROBS), 2)
    found = vector(value, 5)
    if found is None:
        if shape(value) == (2,):
            return "You return the two largest only: all five tokens keep their places, the others with 0."
        return f"Your function should return a tensor as long as `probabilities`; given: {describe(value)}."
    if any(number != number for number in found):
        return "There is a NaN in your result: it comes from dividing zero by zero, or from infinities."
    if not close(found, filtered(PROBS, {1, 3})):
        if close(found, [0, 0.4, 0, 0.3, 0]):
            return "What is left sums to 0.7: divide by that, so that it is a distribution again."
        if close(found, [4 / 7, 3 / 7, 0, 0, 0]):
            return "Your result is sorted, so nobody knows which token is which: keep the places."
        if kept(found) == {0, 2}:
            return "You kept the two *least* likely tokens."
        if kept(found) == {1, 3}:
            return "The right tokens are left, but their ratio changed: 0.4 to 0.3 stays 4 to 3 (no second softmax)."
        if len(kept(found)) == 5:
            return "No token was removed: with k = 2, three of the five get exactly 0."
        return f"Of {PROBS} with k = 2, tokens 1 and 3 stay, with 4/7 and 3/7; given: {describe(value)}."
    tied = [0.3, 0.2, 0.2, 0.2, 0.1]
    found = vector(call(answer, torch.tensor(tied), 2), 5) or []
    if len(kept(found)) == 4:
        return "Three tokens share the second place, and you kept all of them: exactly k stay, whichever of the equals."
    if len(kept(found)) == 1:
        return "Three tokens share the second place, and you dropped all of them: exactly k stay, k = 2 here."
    if len(kept(found)) != 2 or not close(found, filtered(tied, kept(found))) or 0 not in kept(found):
        return f"Of {tied} with k = 2, token 0 and one of the three equals stay; given: {describe(found)}."
    found = vector(call(answer, torch.tensor(PROBS), 9), 5)
    if not close(found, PROBS):
        return "With k larger than the vocabulary nothing is removed."
    differs = differs_from_library(answer, TopKLogitsWarper, 40)
    return "On 300 tokens with k = 40 your result is not that of the library." if differs else None


EXERCISE = Exercise(
    id="8.1",
    title="Top-k, and exactly k",
    minutes=7,
    difficulty="medium",
    starter="def top_k(probabilities, k):\n    ...",
    answer="top_k",
    check=_check_top_k,
    context=TORCH,
    expects="a function that returns a tensor of probabilities",
    hints=(
        "`probabilities.topk(k).indices` names exactly k places, also when several are equal; k may be too large.",
        "Begin with `torch.zeros_like(probabilities)`, copy the k best into their places, divide by the sum.",
    ),
    solution=_TOP_K,
    wrong=(
        Wrong(changed(_TOP_K, (" / kept.sum()", "")), "sums to 0.7"),
        Wrong(
            "def top_k(probabilities, k):\n    best = probabilities.topk(k).values\n    return best / best.sum()",
            "the two largest only",
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
            "    edge = probabilities.topk(min(k, len(probabilities))).values[-1]\n"
            "    scores = probabilities.masked_fill(probabilities < edge, -torch.inf)\n"
            "    return scores.softmax(-1)",
            "no second softmax",
        ),
        Wrong(
            changed(_TOP_K, ("kept / kept.sum()", "kept.softmax(-1)")),
            "No token was removed",
        ),
        Wrong(
            "def top_k(probabilities, k):\n"
            "    edge = probabilities.topk(min(k, len(probabilities))).values[-1]\n"
            "    kept = torch.where(probabilities >= edge, probabilities, 0)\n"
            "    return kept / kept.sum()",
            "and you kept all of them",
        ),
        Wrong(
            "def top_k(probabilities, k):\n"
            "    edge = probabilities.sort(descending=True).values[min(k, len(probabilities) - 1)]\n"
            "    kept = torch.where(probabilities > edge, probabilities, 0)\n"
            "    return kept / kept.sum()",
            "and you dropped all of them",
        ),
        Wrong(changed(_TOP_K, ("min(k, len(probabilities))", "k")), "out of range", status="error in your code"),
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
    ),
    note="transformers compares with the k-th score and keeps all that equal it: among real scores, ties are rare.",
)
