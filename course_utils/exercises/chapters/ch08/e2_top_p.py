"""8.2 Top-p, the nucleus."""

from course_utils.exercises.answers import call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import PROBS, TORCH, differs_from_library, filtered, kept, vector

_HALVES = [0.125, 0.5, 0.25, 0.125]


_TOP_P = (
    "def top_p(probabilities, p):\n"
    "    ordered, places = probabilities.sort(descending=True)\n"
    "    before = ordered.cumsum(0) - ordered  # the sum of all that are likelier\n"
    "    ordered[before >= p] = 0\n"
    "    kept = torch.zeros_like(probabilities)\n"
    "    kept[places] = ordered\n"
    "    return kept / kept.sum()"
)


def _check_top_p(answer) -> str | None:
    import torch
    from transformers import TopPLogitsWarper

    value = call(answer, torch.tensor(PROBS), 0.8)
    found = vector(value, 5)
    if found is None:
        return f"Your function should return a tensor as long as `probabilities`; given: {describe(value)}."
    if any(number != number for number in found) or not kept(found):
        return "No token is left: p bounds the *sum* of the likeliest tokens, not the probability of a single one."
    if not close(found, filtered(PROBS, {1, 3, 4})):
        slips = {
            frozenset({1, 3}): (
                "You dropped the token that crosses p: 0.4 and 0.3 sum to 0.7, less than 0.8, so 0.15 stays as well."
            ),
            frozenset({0, 1, 3, 4}): (
                "One token too many: 0.4, 0.3 and 0.15 have reached 0.8 already, so the next one goes."
            ),
            frozenset({0, 1, 2, 3}): "You added up in the order of the vocabulary: start at the likeliest token.",
            frozenset({0, 1, 2}): (
                "You removed by rank in a tensor that is not sorted: `places` says where each sorted token belongs."
            ),
            frozenset({1}): "You compared each token with the likeliest one; that is min-p.",
            frozenset({0, 1, 2, 3, 4}): "Every token is left: add up from the likeliest down, not from the rarest up.",
        }
        if close(found, [0, 0.4, 0, 0.3, 0.15]):
            return "What is left sums to 0.85: divide by that, so that it is a distribution again."
        if close(found, sorted(filtered(PROBS, {1, 3, 4}), reverse=True)):
            return "Your result is sorted, so nobody knows which token is which: put each back into its place."
        said = slips.get(frozenset(kept(found)))
        return said or f"Of {PROBS} with p = 0.8, tokens 1, 3 and 4 stay; given: {describe(value)}."
    found = vector(call(answer, torch.tensor(_HALVES), 0.75), 4) or []
    if not close(found, filtered(_HALVES, {1, 2})):
        return "0.5 and 0.25 reach p = 0.75 exactly: that is enough, and no further token stays."
    found = vector(call(answer, torch.tensor(PROBS), 0.1), 5)
    if not close(found, [0, 1, 0, 0, 0]):
        return "With p = 0.1 the likeliest token alone is more than p, and it stays."
    found = vector(call(answer, torch.tensor(PROBS), 1.0), 5)
    if not close(found, PROBS):
        return "With p = 1 nothing is removed."
    differs = differs_from_library(answer, TopPLogitsWarper, 0.9)
    return "On 300 tokens with p = 0.9 your result is not that of the library." if differs else None


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
        "`ordered, places = probabilities.sort(descending=True)`; `cumsum(0)` adds up. A token stays if the sum of "
        "those *before* it is still less than p.",
        "`ordered.cumsum(0) - ordered` is the sum before. `kept[places] = ordered` puts each back into its place.",
    ),
    solution=_TOP_P,
    wrong=(
        Wrong(changed(_TOP_P, ("ordered.cumsum(0) - ordered", "ordered.cumsum(0)")), "that crosses p"),
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
            "No token is left",
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
        Wrong(changed(_TOP_P, ("descending=True", "descending=False")), "not from the rarest up"),
        Wrong(changed(_TOP_P, (">= p", "> p")), "exactly: that is enough"),
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
    ),
    note="The set is called the nucleus, and the method nucleus sampling (arXiv 1904.09751).",
)
