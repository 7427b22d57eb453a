"""What the exercises of notebook 00b, tensors share."""

from collections.abc import Callable, Sequence

from course_utils.exercises.answers import as_list, as_number, call, close, describe, shape
from course_utils.exercises.slips import known_slip

TORCH = "import torch"


def check_numbers(answer, cases: Sequence[tuple], right: Callable, slips, told: Callable) -> str | None:
    """The check of a function that returns a tensor, an array or lists: None, or what is wrong in the first wrong case.

    `right(*case)` is the tensor, `told(*case)` says the input: "For a table `[3, 4]`".
    """
    slips = [(lambda *case, slip=slip: _plain(slip(*case)), says) for slip, says in slips]
    for case in cases:
        value, expected = call(answer, *case), right(*case)
        if close(as_list(value), expected):
            continue
        if says := known_slip(answer, cases, slips, _plain):
            return says
        sizes = f"shape `{list(expected.shape)}`"
        if as_list(value) is None:
            return f"{told(*case)} a tensor or a list of the {sizes} is expected; given: {describe(value)}."
        if shape(value) != tuple(expected.shape):
            return f"{told(*case)} the {sizes} is expected; yours has {_size(value)}: {describe(value)}."
        return f"{told(*case)} the numbers should be `{_short(expected)}`; given: {describe(value)}."
    return None


def _plain(value):
    """Lists, or the number that a tensor without dimensions holds; "nan" for what is no number, to compare it."""
    return _readable(as_number(value) if shape(value) == () else as_list(value))


def _readable(value):
    return [_readable(item) for item in value] if isinstance(value, list) else "nan" if value != value else value


def _size(value) -> str:
    found = shape(value)
    return "no even shape" if found is None else f"`{list(found)}`"


def _short(expected) -> str:
    return str(_rounded(as_list(expected)))


def _rounded(value):
    return [_rounded(item) for item in value] if isinstance(value, list) else round(value, 3)


def filled(*sizes: int, seed: int = 0):
    """A table of whole numbers from -9 to 9 as floats, the same every time."""
    import torch

    numbers = torch.randint(-9, 10, sizes, generator=torch.Generator().manual_seed(seed + sum(sizes)))
    return numbers.float()
