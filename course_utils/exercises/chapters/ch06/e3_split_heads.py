"""6.3 Split into heads."""

from course_utils.exercises.answers import call, shape
from course_utils.exercises.records import Exercise, Wrong
from course_utils.exercises.slips import first_slip

from .shared import TORCH, same, shaped


def _check_split(answer) -> str | None:
    import torch

    states = torch.arange(3 * 5 * 8.0).view(3, 5, 8)
    got = call(answer, states, 2)
    right = states.view(3, 5, 2, 4).transpose(1, 2)
    if shape(got) == (3, 5, 2, 4):
        return "Your heads come after the tokens, `[batch, tokens, heads, dim]`: swap these two dimensions."
    if shape(got) == (3, 4, 5, 2):
        return "You made four heads of two numbers; `heads` is how many, not how wide."
    if shape(got) != (3, 2, 5, 4):
        return f"`[3, 5, 8]` in two heads is `[3, 2, 5, 4]`; given: {shaped(got)}."
    if not same(got, right):
        return first_slip(
            got,
            (
                (
                    states.reshape(3, 2, 5, 4),
                    "The shape is right, but a bare reshape mixes tokens: head 0 needs the first 4 numbers of *each* "
                    "token.",
                ),
                (
                    states.view(3, 5, 4, 2).permute(0, 3, 1, 2),
                    "Head 0 got every second number: it needs the first 4 in a row, so put the heads before `dim`.",
                ),
                (right.flip(1), "The order of the heads is reversed: head 0 has the first numbers."),
            ),
        ) or ("The shape is right, the numbers are elsewhere: head h has the numbers h·4 to h·4 + 3 of each token.")
    for batch, tokens, hidden, heads in ((2, 3, 12, 4), (4, 4, 8, 4), (1, 1, 6, 6), (2, 1, 6, 1), (1, 2, 64, 4)):
        states = torch.arange(float(batch * tokens * hidden)).view(batch, tokens, hidden)
        dim = hidden // heads
        got = call(answer, states, heads)
        if not same(got, states.view(batch, tokens, heads, dim).transpose(1, 2)):
            fits = shape(got) == (batch, heads, tokens, dim)
            return (
                f"It is right for two heads of four numbers, but not for `[{batch}, {tokens}, {hidden}]` in {heads} "
                f"heads of {dim}, which is `[{batch}, {heads}, {tokens}, {dim}]`; given: {shaped(got)}"
                + (", but with the numbers elsewhere." if fits else ".")
            )
    return None


def _split(body: str) -> str:
    return f"def split_heads(states, heads):\n    batch, tokens, hidden = states.shape\n    return {body}"


EXERCISE = Exercise(
    id="6.3",
    title="Split into heads",
    minutes=12,
    difficulty="easy",
    starter="def split_heads(states, heads):\n    ...",
    answer="split_heads",
    check=_check_split,
    context=TORCH,
    expects="a function that returns a tensor [batch, heads, tokens, dim]",
    hints=(
        "Take one token of 8 numbers and two heads. Which numbers belong to head 0? At which positions are they?",
        "The numbers of one head are neighbours, so first cut the last dimension in two: heads, then the numbers of a "
        "head. Only then change the order of the dimensions.",
        "`states.reshape(batch, tokens, heads, hidden // heads)`, then `.transpose(1, 2)`.",
    ),
    why="`reshape` cuts the row of each token into heads and moves no number. Then the dimensions of tokens and heads "
    "are swapped, so that each head holds a table of its own, `[tokens, dim]`.",
    solution=_split("states.reshape(batch, tokens, heads, hidden // heads).transpose(1, 2)"),
    wrong=(
        Wrong(_split("states.view(batch, heads, tokens, hidden // heads)"), "a bare reshape mixes tokens"),
        Wrong(_split("states.view(batch, tokens, heads, hidden // heads)"), "Your heads come after the tokens"),
        Wrong(
            _split("states.view(batch, tokens, hidden // heads, heads).permute(0, 3, 1, 2)"),
            "Head 0 got every second number",
        ),
        Wrong(
            _split("states.view(batch, tokens, hidden // heads, heads).transpose(1, 2)"),
            "`heads` is how many, not how wide",
        ),
        Wrong(_split("states.view(batch, tokens, 2, hidden // 2).transpose(1, 2)"), "but not for `[2, 3, 12]` in 4"),
        Wrong(
            _split("states.view(batch, tokens, heads, -1).transpose(1, 2).flip(1)"),
            "The order of the heads is reversed",
        ),
        Wrong(
            _split("states.transpose(1, 2).reshape(batch, heads, tokens, hidden // heads)"), "the numbers are elsewhere"
        ),
        Wrong(
            _split("states.view(batch, tokens, heads, -1).transpose(1, 2).squeeze(1)"),
            "but not for `[2, 1, 6]` in 1",
        ),
    ),
    also_wrong=(
        _split("torch.stack(states.chunk(heads, dim=-1))"),
        _split("states[:, None, :, : hidden // heads].expand(batch, heads, tokens, hidden // heads)"),
        "def split_heads(states, heads):\n"
        "    return states.unsqueeze_(1).view(-1, states.shape[2], heads, states.shape[3] // heads).transpose(1, 2)",
    ),
    alternatives=(
        _split("torch.stack(states.chunk(heads, dim=-1), dim=1)"),
        _split("states.view(batch, tokens, heads, -1).permute(0, 2, 1, 3)"),
    ),
)
