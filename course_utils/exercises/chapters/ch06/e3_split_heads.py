"""6.3 Split into heads."""

from course_utils.exercises.answers import call, shape
from course_utils.exercises.records import Exercise, Wrong

from .shared import TORCH, same, shaped


def _check_split(answer) -> str | None:
    import torch

    states = torch.arange(3 * 5 * 8.0).view(3, 5, 8)
    got = call(answer, states, 2)
    right = states.view(3, 5, 2, 4).transpose(1, 2)
    if shape(got) == (3, 5, 2, 4):
        return "The heads come after the tokens: swap those two dimensions."
    if shape(got) == (3, 4, 5, 2):
        return "You made four heads of two numbers; `heads` is how many, not how wide."
    if shape(got) != (3, 2, 5, 4):
        return f"`[3, 5, 8]` in two heads is `[3, 2, 5, 4]`; given: {shaped(got)}."
    if same(got, right):
        wide = torch.arange(72.0).view(2, 3, 12)
        if same(call(answer, wide, 4), wide.view(2, 3, 4, 3).transpose(1, 2)):
            return None
        return "It is right for two heads of four numbers, but not for four heads of three: use `heads` and the shape."
    if same(got, states.reshape(3, 2, 5, 4)):
        return "The shape is right, but a bare reshape mixes tokens: head 0 needs the first 4 numbers of *each* token."
    if same(got, states.view(3, 5, 4, 2).permute(0, 3, 1, 2)):
        return "Head 0 got every second number: it needs the first 4 in a row, so put the heads before `dim`."
    if same(got, right.flip(1)):
        return "The order of the heads is reversed: head 0 has the first numbers."
    return "The shape is right, the numbers are elsewhere: head h has the numbers h·4 to h·4 + 3 of each token."


def _split(body: str) -> str:
    return f"def split_heads(states, heads):\n    batch, tokens, hidden = states.shape\n    return {body}"


EXERCISE = Exercise(
    id="6.3",
    title="Split into heads",
    minutes=5,
    difficulty="easy",
    starter="def split_heads(states, heads):\n    ...",
    answer="split_heads",
    check=_check_split,
    context=TORCH,
    expects="a function that returns a tensor [batch, heads, tokens, dim]",
    hints=(
        "First cut the last dimension in two: `states.view(batch, tokens, heads, dim)`.",
        "Then swap tokens and heads: `.transpose(1, 2)`.",
    ),
    solution=_split("states.view(batch, tokens, heads, hidden // heads).transpose(1, 2)"),
    wrong=(
        Wrong(_split("states.view(batch, heads, tokens, hidden // heads)"), "a bare reshape mixes tokens"),
        Wrong(_split("states.view(batch, tokens, heads, hidden // heads)"), "The heads come after the tokens"),
        Wrong(
            _split("states.view(batch, tokens, hidden // heads, heads).permute(0, 3, 1, 2)"),
            "Head 0 got every second number",
        ),
        Wrong(
            _split("states.view(batch, tokens, hidden // heads, heads).transpose(1, 2)"),
            "`heads` is how many, not how wide",
        ),
        Wrong(_split("states.view(batch, tokens, 2, hidden // 2).transpose(1, 2)"), "not for four heads of three"),
    ),
    alternatives=(
        _split("torch.stack(states.chunk(heads, dim=-1), dim=1)"),
        _split("states.reshape(batch, tokens, heads, -1).permute(0, 2, 1, 3)"),
    ),
)
