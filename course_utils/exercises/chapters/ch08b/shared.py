"""What the exercises of notebook 08b share: mistakes written as code, and a check that runs them."""

from collections.abc import Callable, Sequence
from functools import cache

from course_utils.describing import attempt, is_a
from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Wrong, changed
from course_utils.exercises.slips import known_slip

TORCH = "import torch"


@cache
def made(code: str, name: str) -> Callable:
    """The function that this code defines; torch is there."""
    space: dict = {}
    exec(f"{TORCH}\n{code}", space)
    return space[name]


def wrong_answers(solution: str, mistakes) -> tuple[Wrong, ...]:
    """A record's `wrong` from `(pairs of texts, sentence)`."""
    return tuple(Wrong(changed(solution, *pairs), says) for pairs, says in mistakes)


def slips(solution: str, name: str, mistakes) -> list[tuple[Callable, str]]:
    """The mistakes as functions, for `known_slip`."""
    return [(made(changed(solution, *pairs), name), says) for pairs, says in mistakes]


def check_values(answer, cases: Sequence[tuple], solution: str, name: str, mistakes, read: Callable, told: Callable):
    """None, or what is wrong in the first wrong case: a known mistake, else input, expected value and what came.

    `read` makes plain values of what a function returns, None where it cannot; `told(*case)` says the input.
    """
    right = made(solution, name)
    for case in cases:
        value, expected = call(answer, *case), read(right(*case))
        if close(read(value), expected, 1e-5):
            continue
        return known_slip(answer, cases, slips(solution, name, mistakes), read) or (
            f"{told(*case)} the result should be `{_short(expected)}`; given: {_given(value, read)}."
        )
    return None


def check_trainable(answer, case: tuple) -> str | None:
    """The number is right; but the page trains with it, so it must be a tensor that still knows where it came from."""
    import torch

    value = call(answer, *case)
    if not is_a(value, torch.Tensor):
        return (
            f"The number is right. But the page trains with it: return a tensor with one number; given: "
            f"{describe(value)}."
        )
    copies = {}  # `call` hands copies of the inputs over, and the slopes are those of the copies

    def watched(*args):
        copies["inputs"] = [given for given in args if is_a(given, torch.Tensor) and given.requires_grad]
        return answer(*args)

    value = call(watched, *case)
    slopes = [None]
    if value.requires_grad:
        slopes = attempt(lambda: torch.autograd.grad(value.sum(), copies["inputs"], allow_unused=True), default=slopes)
    if all(slope is None for slope in slopes):
        return (
            "The number is right. But your tensor has lost the way back to its input, so nothing can be trained with "
            "it: leave out `.item()`, `.detach()`, `torch.tensor(…)` and `no_grad`."
        )
    if any(slope is None for slope in slopes):
        return (
            "The number is right. But the way back leads to one of the two policy numbers only, so the other answer "
            "would not be trained: leave out `.item()`, `.detach()`, `torch.tensor(…)` and `no_grad`."
        )
    return None


def one_number(value) -> float | None:
    """The number of a tensor that may carry a gradient, or a plain number."""
    return as_number(value.detach() if hasattr(value, "detach") else value)


def _given(value, read) -> str:
    """A short list of numbers in full, because the wrong one may stand at its end; else what `describe` says."""
    numbers = read(value)
    if type(numbers) is list and len(numbers) <= 12 and all(type(number) in (int, float) for number in numbers):
        return f"`{numbers}`"
    return describe(value)


def _short(value):
    return float(f"{value:.4g}") if isinstance(value, float) else value
