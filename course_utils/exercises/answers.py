"""What the check of a record needs: read an answer, compare it, call it, whatever it is.

Import these in the `chapters` instead of using `==`, `len` or `float` on an answer: a learner may hand
over a generator, a list that contains itself, or an object that equals everything.
"""

import inspect
import math
import numbers
from types import CoroutineType, GeneratorType

from ..describing import (
    attempt,
    code,
    describe,
    has_ellipsis,
    is_a,
    is_array,
    one_line,
    safe_repr,
    shorten,
    size,
    type_name,
)
from .limits import TimeUp

_BUDGET = 1_000_000  # numbers or items looked at in one answer


class Slip(Exception):
    """Ends a check early. `status` is one of the statuses of a Result, the text is its message."""

    def __init__(self, status: str, message: str):
        super().__init__(message)
        self.status, self.message = status, message


# --- read -------------------------------------------------------------------------------------------------


def as_text(answer) -> str | None:
    """The text without the spaces around it; None for anything that is not text."""
    return str.__str__(answer).strip() if is_a(answer, str) else None


def as_number(answer) -> float | None:
    """A number, also from an array or tensor with one element; None for anything else (text, True, ...)."""
    if is_a(answer, bool):
        return None
    if is_a(answer, numbers.Real):
        return attempt(float, answer)
    return as_number(attempt(answer.item)) if is_array(answer) and attempt(size, answer) == 1 else None


def as_list(answer) -> list | None:
    """A list, tuple, array or tensor as (nested) Python lists; None for anything else."""
    if not (is_a(answer, list, tuple) or is_array(answer)):
        return None
    value = attempt(plain, answer)
    return value if type(value) is list else None


def shape(answer) -> tuple[int, ...] | None:
    """The shape of an array, a tensor or evenly nested lists; () for a number; None for anything else."""
    if is_array(answer):
        return attempt(lambda: tuple(int(n) for n in answer.shape))
    value = as_list(answer)
    if value is None:
        return None if as_number(answer) is None else ()
    inner = {shape(item) for item in value}
    if len(inner) > 1 or None in inner:
        return None
    return (len(value), *(inner.pop() if inner else ()))


def plain(answer, _left: list | None = None):
    """Numbers, text, lists, dicts and sets in plain Python; ValueError for any other object.

    Tuples, arrays and tensors become lists. A list that contains itself is an error too.
    """
    left = [_BUDGET] if _left is None else _left
    left[0] -= 1
    if left[0] < 0:
        raise ValueError("too large, or a list that contains itself")
    if answer is None or type(answer) in (bool, int, float):
        return answer
    if is_a(answer, str):
        return str.__str__(answer)
    if is_a(answer, numbers.Real):
        return float(answer)
    if is_array(answer):
        if size(answer) > left[0]:
            raise ValueError("too large")
        value = answer.tolist()
        return plain(value, left) if getattr(answer.dtype, "hasobject", False) else value
    if is_a(answer, list, tuple):
        return [plain(item, left) for item in (list if is_a(answer, list) else tuple).__iter__(answer)]
    if is_a(answer, dict):
        return {plain(key, left): plain(value, left) for key, value in dict.items(answer)}
    if type(answer) in (set, frozenset):
        return {plain(item, left) for item in answer}
    raise ValueError(f"not plain data: {describe(answer)}")


# --- compare ----------------------------------------------------------------------------------------------


def close(answer, right, tol: float = 1e-4) -> bool:
    """Are two numbers, texts, lists, arrays, tensors or dicts the same, numbers within `tol`?

    `tol` is absolute below 1 and relative above. Shapes must agree; NaN is close to nothing.
    """
    return attempt(lambda: _close(plain(answer), plain(right), tol), default=False)


def _close(a, b, tol) -> bool:
    if type(a) is list and type(b) is list:
        return len(a) == len(b) and all(_close(x, y, tol) for x, y in zip(a, b, strict=True))
    if type(a) is dict and type(b) is dict:
        return a.keys() == b.keys() and all(_close(a[key], b[key], tol) for key in a)
    if {type(a), type(b)} <= {int, float}:
        return math.isclose(a, b, rel_tol=tol, abs_tol=tol)
    return type(a) is type(b) and a == b


# --- call -------------------------------------------------------------------------------------------------


def call(function, /, *args, **kwargs):
    """The value of the learner's function on copies of the arguments.

    Ends the check with a sentence of its own when the answer is no function, stops with an exception,
    still returns `...`, or returns None, a generator or a coroutine.
    """
    if not callable(function):
        raise Slip("not yet", f"The answer should be a function; given: {describe(function)}.")
    shown = _shown_call(function, args, kwargs)
    given, named = [*map(_copy, args)], {key: _copy(value) for key, value in kwargs.items()}
    try:
        value = function(*given, **named)
    except (KeyboardInterrupt, TimeUp):
        raise
    except BaseException as error:  # SystemExit too: a learner's `exit()` must not end the kernel
        text = shorten(one_line(attempt(str, error) or ""), 200).rstrip(".")
        what = type_name(error) + (f": {text}" if text and text != "None" else "")
        message = f"{shown} stopped with {what}{_own_line(error, function)}."
        raise Slip("error in your code", message) from None
    if has_ellipsis(value):
        raise Slip("not attempted", f"{shown} still returns `...`: put your own code in its place.")
    if value is None:
        raise Slip("not yet", f"{shown} returned None: did you forget `return`?")
    for before, after in zip((*args, *kwargs.values()), (*given, *named.values()), strict=True):
        if not unchanged(before, after):
            raise Slip(
                "not yet",
                f"{shown} changed what it was given, {code(safe_repr(before, 60))}, in place: whoever called it would "
                "find other data there. Work on a copy, or build something new.",
            )
    if type(value) is CoroutineType:
        value.close()  # otherwise Python warns, some cells later, that it was never awaited
        raise Slip("not yet", f"{shown} returned a coroutine: write `def`, not `async def`.")
    if type(value) is GeneratorType:
        raise Slip(
            "not yet", f"{shown} returned a generator: use `return`, not `yield`, and square brackets, not round ones."
        )
    return value


def unchanged(before, after) -> bool:
    """Is what a function was given still the same? Models, files and other objects are not looked into."""
    return attempt(_unchanged, before, after, default=True)


def _unchanged(before, after) -> bool:
    if type(before) in (list, tuple):
        same = type(before) is type(after) and len(before) == len(after)
        return same and all(map(_unchanged, before, after))
    if type(before) is dict:
        return [*before] == [*after] and all(map(_unchanged, before.values(), after.values()))
    if type(before) is set:
        return before == after
    if is_array(before):
        same = before.shape == after.shape and before.dtype == after.dtype
        return same and bool(((before == after) | ((before != before) & (after != after))).all())
    if before is None or type(before) in (bool, int, float, str):
        return type(before) is type(after) and (before == after or before != before)
    return True


def _shown_call(function, args, kwargs) -> str:
    name = attempt(lambda: as_text(function.__name__)) or "answer"
    parts = [safe_repr(arg, 60) for arg in args] + [f"{k}={safe_repr(v, 60)}" for k, v in kwargs.items()]
    return code(f"{'your function' if name == '<lambda>' else name}({', '.join(parts)})", 160)


def _own_line(error: BaseException, function) -> str:
    """', in line 3 of the cell: `x / 0`': the last frame that runs in the learner's own namespace."""
    place = own_place(error, function)
    if place is None:
        return ""
    _, number, line = place
    return f", in line {number} of the cell" + (f": {code(line, 120)}" if line else "")


def own_place(error: BaseException, function) -> tuple[dict, int, str] | None:
    """(namespace, line number, text of the line) where the learner's own code stopped; None if it did not."""
    import linecache

    own = attempt(lambda: inspect.unwrap(function).__globals__)  # not those of a decorator such as no_grad
    found, trace = None, error.__traceback__
    while trace is not None:
        space = trace.tb_frame.f_globals
        if space is own or space.get("__name__") == "__main__":
            found = trace
        trace = trace.tb_next
    if found is None:
        return None
    line = linecache.getline(found.tb_frame.f_code.co_filename, found.tb_lineno).strip()
    return found.tb_frame.f_globals, found.tb_lineno, line


def _copy(value):
    """A copy of what a function could change in place; models and tokenizers are passed as they are."""
    if type(value) in (list, tuple, set):
        return type(value)(map(_copy, value))
    if type(value) is dict:
        return {key: _copy(item) for key, item in value.items()}
    if is_array(value):
        if hasattr(value, "detach"):
            return value.detach().clone().requires_grad_(value.requires_grad)
        return value.copy()
    return value
