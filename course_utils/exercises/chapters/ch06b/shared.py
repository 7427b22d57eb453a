"""What the exercises of notebook 06b share: a check of tensors, and mistakes written as code."""

from collections.abc import Callable, Sequence
from functools import cache

from course_utils.describing import is_a
from course_utils.exercises.answers import as_list, call, close, describe, shape
from course_utils.exercises.records import Wrong, changed
from course_utils.exercises.slips import known_slip

TORCH = "import torch"
HELPERS = """import torch

def split(x, size):
    return x.reshape(len(x), -1, size).transpose(0, 1)

def join(x):
    return x.transpose(0, 1).reshape(x.shape[1], -1)
"""


@cache
def made(context: str, code: str, name: str) -> Callable:
    """The function that this code defines."""
    space: dict = {}
    exec(f"{context}\n{code}", space)
    return space[name]


def wrong_answers(solution: str, mistakes) -> tuple[Wrong, ...]:
    """A record's `wrong` from `(pairs of texts, sentence)`."""
    return tuple(Wrong(changed(solution, *pairs), says) for pairs, says in mistakes)


def check_tensor(answer, cases: Sequence[tuple], name: str, context: str, solution: str, mistakes, told: Callable):
    """None, or what is wrong in the first wrong case. The right tensor is that of the solution, its dtype too.

    `mistakes` are `(pairs of texts, sentence)`: the solution with each first text replaced makes this mistake.
    `told(*case)` says the input.
    """
    right = made(context, solution, name)
    slips = [(_mistaken(context, changed(solution, *pairs), name), says) for pairs, says in mistakes]
    for case in cases:
        value, expected = call(answer, *case), right(*case)
        if close(as_list(value), expected):
            continue
        if says := known_slip(answer, cases, slips, lambda value: _readable(as_list(value))):
            return says
        sizes = f"`{list(expected.shape)}`"
        if as_list(value) is None or shape(value) is None:  # or lists of lists of several lengths, or of texts
            return f"{told(*case)} a tensor of the shape {sizes} is expected; given: {describe(value)}."
        if shape(value) != tuple(expected.shape):
            return f"{told(*case)} the shape {sizes} is expected; yours has `{list(shape(value))}`."
        return f"{told(*case)} {_first_difference(as_list(value), as_list(expected))}"
    return _does_not_fit(value, expected)


def _does_not_fit(value, expected) -> str | None:
    """The numbers are right; but the page goes on with the result, so it must be a tensor of the type it works with."""
    import torch

    is_tensor = is_a(value, torch.Tensor)
    if is_tensor and value.dtype == expected.dtype:
        return None
    given = f"a tensor of `{value.dtype}`" if is_tensor else describe(value)
    return (
        f"The numbers are right. But the page goes on with tensors of `{expected.dtype}`: please return one, too; "
        f"given: {given}."
    )


def _mistaken(context: str, code: str, name: str) -> Callable:
    return lambda *case: _readable(as_list(made(context, code, name)(*case)))


def _first_difference(given, expected, place=()) -> str:
    for number, (one, other) in enumerate(zip(given, expected, strict=True)):
        if not close(one, other):
            if isinstance(other, list):
                return _first_difference(one, other, (*place, number))
            where = ", ".join(map(str, (*place, number)))
            return f"the number at `[{where}]` should be {other:.4g}; yours is {one if one is None else f'{one:.4g}'}."
    raise AssertionError("the same numbers")


def _readable(value):
    """Nested lists in which what is no number is the text "nan", so that two of them can be compared."""
    return [_readable(item) for item in value] if isinstance(value, list) else "nan" if value != value else value


def random(*sizes: int, seed: int = 0):
    """The same random numbers every time, without touching the learner's generator."""
    import torch

    return torch.randn(*sizes, generator=torch.Generator().manual_seed(100 * seed + sum(sizes)))


def turns(tokens: int, size: int, base: float = 100.0):
    """The cosines and sines of the first positions, each `[tokens, size]`, as RoPE has them."""
    import torch

    angles = torch.arange(tokens)[:, None] * base ** (-torch.arange(0, size, 2) / size)
    angles = torch.cat([angles, angles], dim=-1)
    return angles.cos(), angles.sin()


def tiny_layer(hidden: int = 12, heads: int = 3, sets: int = 1, size: int = 4, inner: int = 10, seed: int = 0) -> dict:
    """Random weights of one layer, with the names that SmolLM2's have."""
    sizes = {"q_proj": (heads * size, hidden), "k_proj": (sets * size, hidden), "v_proj": (sets * size, hidden)}
    sizes |= {"o_proj": (hidden, heads * size), "gate_proj": (inner, hidden), "up_proj": (inner, hidden)}
    sizes |= {"down_proj": (hidden, inner)}
    weights = {name: random(*two, seed=seed + number) * 0.5 for number, (name, two) in enumerate(sizes.items())}
    norms = ("input_layernorm", "post_attention_layernorm")
    return weights | {name: 1 + 0.3 * random(hidden, seed=seed + 20 + n) for n, name in enumerate(norms)}
