"""Which known mistake an answer makes: the one that gives the same as the answer, if possible on several cases."""

from collections.abc import Callable, Iterable, Sequence

from ..describing import attempt, describe
from .answers import as_number, call, close


def known_slip(
    answer: Callable,
    cases: Sequence[tuple],
    slips: Iterable[tuple[Callable, str]],
    read: Callable = as_number,
) -> str | None:
    """The sentence of the first `(function, sentence)` that agrees with the answer on all cases, None if none does.

    One value can come from several mistakes, so that one case alone would blame the wrong one. A case on which both
    stop with an error agrees too. `read` makes plain values of what the answer returns.
    """
    given = [attempt(lambda case=case: read(call(answer, *case))) for case in cases]
    table = (([attempt(slip, *case) for case in cases], says) for slip, says in slips)
    return first_slip(given, ((theirs, says) for theirs, says in table if any(value is not None for value in theirs)))


def one_number(answer: Callable, cases: Sequence[tuple], right: Callable, slips, told: Callable) -> str | None:
    """The check of a function that returns one number: None, or what is wrong in the first case that is not right.

    `right(*case)` is the number, `told(*case)` the sentence that says the input and the number, without a full stop.
    """
    for case in cases:
        value = call(answer, *case)
        if as_number(value) is None:
            return f"Your function should return one number; given: {describe(value)}."
        if not close(as_number(value), right(*case), 1e-7):
            return known_slip(answer, cases, slips) or f"{told(*case)}; given: {describe(value)}."
    return None


def first_slip(value, table: Iterable[tuple[object, str]], tol: float = 1e-4) -> str | None:
    """The sentence beside the first wrong value that is `value`, which may be a list of results on several cases."""
    return next((says for wrong, says in table if close(value, wrong, tol)), None)
