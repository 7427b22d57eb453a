"""What several exercises of notebook 08, text generation share."""

import math

from course_utils.describing import attempt, code
from course_utils.exercises.answers import as_list, call, describe, shape

TORCH = "import torch\n"

AS_MANY = "as many numbers as `probabilities` has, one for each token"
PROBS = [0.1, 0.4, 0.05, 0.3, 0.15]

_LONGEST = 12  # numbers that a sentence shows


# --- one answer against a table of cases ------------------------------------------------------------------


def compare(answer, cases, right, rules, read, expects: str) -> str | None:
    """None if the answer does as `right` does in every case; else the sentence that is true of it.

    `rules` are pairs (what a slip would give, its sentence). A sentence is said only to an answer that gives what
    the slip gives in *every* case: one value alone can come from several slips. A slip may give `...` where anything
    may come. To other answers it is said what was expected, and what came, in the first case that is not right.
    `read(value, *case)` is the value in plain Python, None if it is of another kind than `expects` says.
    """
    values, found = [], []
    for case in cases:
        values.append(call(answer, *map(_tensor, case)))
        found.append(read(values[-1], *case))
        if found[-1] is None:
            return f"{_call(answer, case)} should return {expects}; given: {describe(values[-1])}."

    def differing(rule) -> list[int]:
        return [i for i, case in enumerate(cases) if not alike(found[i], attempt(rule, *case))]

    failed = differing(right)
    if not failed:
        return None
    for rule, sentence in rules:
        if not differing(rule):
            return sentence
    first = failed[0]
    return expected(answer, cases[first], right(*cases[first]), values[first], found[first])


class Numbers(list):
    """Numbers that the answer gets as a tensor."""


def _tensor(argument):
    if type(argument) is not Numbers:
        return argument
    import torch

    return torch.tensor(argument)


def expected(answer, case, right, value, found) -> str:
    """What a call should have returned and what it did; of many numbers only the first that differs."""
    if any(type(argument) is Numbers and len(argument) > _LONGEST for argument in case):
        place = next(i for i, pair in enumerate(zip(found, right, strict=True)) if not alike(*pair))
        rest = ", ".join(map(repr, case[1:]))
        return (
            f"With {len(case[0])} random numbers, and then {rest}, the result should have {right[place]:.4g} at place "
            f"{place}; yours has {found[place]:.4g}."
        )
    return f"For {_call(answer, case)} expected {code(_shown(right), 240)}; given: {describe(value)}."


def _call(answer, case) -> str:
    name = attempt(lambda: answer.__name__)
    name = name if type(name) is str and name != "<lambda>" else "your function"
    return code(f"{name}({', '.join(map(repr, case))})", 240)


def _shown(value) -> str:
    """Python's own form, numbers with four digits."""
    if type(value) is float:
        return f"{value:.4g}" if value != round(value) else repr(value)
    if isinstance(value, (list, tuple)):
        inner = ", ".join(map(_shown, value))
        return f"({inner})" if type(value) is tuple else f"[{inner}]"
    return repr(value)


def alike(a, b) -> bool:
    """The same, numbers within 0.01 percent; NaN is like NaN, for a slip may give it, and `...` is like anything."""
    if b is ...:
        return True
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(map(alike, a, b))
    if {type(a), type(b)} <= {int, float}:
        return math.isclose(a, b, rel_tol=1e-4, abs_tol=1e-6) or (a != a and b != b)
    return type(a) is type(b) and a == b


# --- distributions ----------------------------------------------------------------------------------------


def vector(value, length: int) -> list | None:
    """The numbers of a list or tensor `[length]`; None for anything else."""
    numbers = as_list(value)
    if shape(value) != (length,) or numbers is None:
        return None
    return [float(number) for number in numbers]


def as_long(value, numbers, *rest) -> list | None:
    """`read` of an answer that returns as many numbers as it was given first."""
    return vector(value, len(numbers))


def kept(numbers) -> set[int]:
    return {i for i, number in enumerate(numbers) if number > 0 or number < 0}  # NaN is nothing


def by_rank(numbers) -> list[int]:
    """The places, that of the largest number first."""
    return sorted(range(len(numbers)), key=lambda i: -numbers[i])


def filtered(probabilities, kept) -> list[float]:
    """Zero outside `kept`, scaled to sum to 1; NaN as in PyTorch where nothing is left."""
    total = sum(probabilities[i] for i in kept)
    if not total:
        return [math.nan] * len(probabilities)
    return [probability / total if i in kept else 0.0 for i, probability in enumerate(probabilities)]


def keeps_the_likeliest(found, probabilities) -> bool:
    """Is what is not 0 in `found` the largest probabilities, whichever of the equal ones, scaled to sum to 1?"""
    left = kept(found)
    lowest = min((probabilities[i] for i in left), default=0)
    others = {*range(len(probabilities))} - left
    return alike(found, filtered(probabilities, left)) and all(probabilities[i] <= lowest for i in others)


def unscaled(probabilities, kept) -> list[float]:
    return [probability if i in kept else 0.0 for i, probability in enumerate(probabilities)]


def softmax(numbers) -> list[float]:
    powers = [math.exp(number) for number in numbers]
    return [power / sum(powers) for power in powers]


def random_probabilities(count: int) -> Numbers:
    """A distribution like a model's, with no two equal tokens, the same in every run."""
    import random

    chance = random.Random(1)
    return Numbers(softmax([chance.gauss(0, 3) for _ in range(count)]))
