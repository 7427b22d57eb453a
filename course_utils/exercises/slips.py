"""Which known mistake an answer makes: the one that gives the same as the answer on every case."""

from collections.abc import Callable, Iterable, Sequence

from ..describing import attempt
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
    for slip, says in slips:
        theirs = [attempt(slip, *case) for case in cases]
        if any(value is not None for value in theirs) and close(given, theirs):
            return says
    return None
