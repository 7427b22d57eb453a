"""3.4 Mean pooling with a mask."""

from course_utils.exercises.answers import as_list, call, close, describe, shape
from course_utils.exercises.records import Exercise, Wrong
from course_utils.exercises.slips import known_slip

_TORCH = "import torch"


def _cases() -> list[tuple]:
    """Small batches: padding behind, in front, between, in the first text; one text; a square result, or not."""
    import torch

    states = torch.tensor([[[1.0, 2.0], [3.0, 6.0], [8.0, -2.0]], [[2.0, 0.0], [4.0, 5.0], [90.0, 60.0]]])
    mask = torch.tensor([[1, 1, 1], [1, 1, 0]])
    one = torch.tensor([[[-1.0, 2.0, 0.0], [4.0, 1.0, 7.0], [-5.0, 50.0, 20.0], [29.0, 9.0, -8.0]]])
    three = torch.tensor([[[1.0, 4.0], [70.0, 80.0]], [[2.0, 3.0], [5.0, 9.0]], [[-6.0, 1.0], [0.0, 1.0]]])
    return [
        (states, mask),
        (states.flip(1), mask.flip(1)),
        (one, torch.tensor([[1, 0, 1, 1]])),
        (three, torch.tensor([[1, 0], [0, 1], [1, 1]])),
    ]


def _mean(states, mask):
    return (states * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True)


_SLIPS = (
    (lambda s, m: s.mean(1), "The padding was averaged too: take only the tokens whose mask is 1."),
    (
        lambda s, m: s.sum(1) / m.sum(1, keepdim=True),
        "You divide by the right number, but the sum has the padding in it: multiply by the mask first.",
    ),
    (
        lambda s, m: (s * m.unsqueeze(-1)).sum(1) / m.sum(),
        "You divided by the number of real tokens of all texts together: count them for each text.",
    ),
    (
        lambda s, m: (s * m.unsqueeze(-1)).sum(1) / m.sum(1),
        "Your division goes along the wrong dimension: `mask.sum(1, keepdim=True)` has the shape `[texts, 1]`.",
    ),
    (lambda s, m: (s * m.unsqueeze(-1)).sum(1), "That is the sum over the real tokens; divide by how many there are."),
    (
        lambda s, m: (s * m.unsqueeze(-1)).mean(1),
        "The padding is not in your sum, but it counts in your division: divide by the number of ones of each text's "
        "mask.",
    ),
    (lambda s, m: s[:, 0], "That is the first token, [CLS]: some models use it, this one was trained with the mean."),
    (
        lambda s, m: s.masked_fill(m.unsqueeze(-1) == 0, -1e9).amax(1),
        "That is the largest value of each dimension; take the mean.",
    ),
    (
        lambda s, m: [row[: int(real.sum())].mean(0).tolist() for row, real in zip(s, m, strict=True)],
        "You took the first tokens, as many as the mask has ones. Some tokenizers put the padding in front: use the "
        "places of the ones.",
    ),
    (lambda s, m: _mean(s, m).floor(), "You dropped the fraction, as `//` does: use `/`."),
    (
        lambda s, m: _mean(s, m).squeeze(),
        "A batch of one text lost its first dimension: `squeeze` without a number removes every dimension of size 1.",
    ),
    (lambda s, m: s.mean(-1), "You averaged over the numbers of each vector; the tokens are dimension 1."),
    (lambda s, m: s.mean(0), "You averaged over the texts; the tokens are dimension 1."),
)


def _plain(value):
    return as_list([value])[0]  # texts of numbers, whatever held them


def _check_pool(answer) -> str | None:
    cases = _cases()
    for states, mask in cases:
        value = call(answer, states, mask)
        right = _mean(states, mask)
        if close(value, right):
            continue
        slip = known_slip(answer, cases, _SLIPS, _plain)
        if slip:
            return slip
        wanted = f"For states of the shape `{list(states.shape)}`"
        if shape(value) != tuple(right.shape):
            given = f"the shape `{list(shape(value))}`" if shape(value) else describe(value)
            return f"{wanted} the result has the shape `{list(right.shape)}`; given: {given}."
        return f"With `states = {states.tolist()}` and `mask = {mask.tolist()}` the means are `{_rounded(right)}`; " + (
            f"given: `{_rounded(value)}`."
        )
    return None


def _rounded(value) -> list:
    return [[round(float(x), 3) for x in row] for row in as_list(value)]


_POOL = (
    "def mean_pool(states, mask):\n"
    "    real = mask.unsqueeze(-1)  # [texts, tokens, 1]\n"
    "    return (states * real).sum(dim=1) / real.sum(dim=1)  # [texts, numbers]"
)


def _returning(expression: str) -> str:
    return f"def mean_pool(states, mask):\n    return {expression}"


EXERCISE = Exercise(
    id="3.4",
    title="Mean pooling with a mask",
    minutes=12,
    difficulty="medium",
    starter="def mean_pool(states, mask):\n    ...",
    answer="mean_pool",
    check=_check_pool,
    context=_TORCH,
    expects="a function that takes states and mask and returns one vector per text",
    why="Multiplied by the mask, the vectors of the padding become zero and add nothing to the sum. The sum of "
    "the mask is "
    "the number of real tokens of each text, and that is what the sum must be divided by.",
    hints=(
        "A text has three tokens and a mask of 1, 1, 0. Which numbers go into its sum, and what do you divide by?",
        "A vector times 0 adds nothing to a sum. Give the mask a third dimension, `mask.unsqueeze(-1)`, and multiply.",
        "Sum over dimension 1, and divide by the number of real tokens of each text, `mask.sum(1, keepdim=True)`.",
    ),
    solution=_POOL,
    wrong=(
        Wrong(_returning("states.mean(dim=1)"), "The padding was averaged too"),
        Wrong(_returning("states[:, 0]"), "That is the first token"),
        Wrong(_returning("(states * mask.unsqueeze(-1)).sum(1)"), "divide by how many there are"),
        Wrong(_returning("(states * mask.unsqueeze(-1)).mean(1)"), "it counts in your division"),
        Wrong(_returning("(states * mask.unsqueeze(-1)).sum(1) / mask.sum(1)"), "along the wrong dimension"),
        Wrong(_returning("(states * mask.unsqueeze(-1)).sum(1) / mask.sum()"), "of all texts together"),
        Wrong(_returning("states.sum(1) / mask.sum(1, keepdim=True)"), "the sum has the padding in it"),
        Wrong(
            _returning("torch.stack([s[: m.sum()].mean(0) for s, m in zip(states, mask)])"), "You took the first tokens"
        ),
        Wrong(_returning("states.mean(dim=-1)"), "over the numbers of each vector"),
        Wrong(_returning("states.mean(dim=0)"), "You averaged over the texts"),
        Wrong(_returning("states.masked_fill(mask.unsqueeze(-1) == 0, -torch.inf).amax(1)"), "the largest value"),
        Wrong(_returning("(states * mask.unsqueeze(-1)).sum(1) // mask.sum(1, keepdim=True)"), "as `//` does"),
        Wrong(
            _returning("((states * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True)).squeeze()"),
            "A batch of one text lost",
        ),
        Wrong(_returning("states[:, mask[0].bool()].mean(1)"), "the means are `[["),
        Wrong(_returning("states[mask.bool()].mean(0)"), "the result has the shape"),
    ),
    also_wrong=(
        _returning("((states * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True)).round()"),
        # behind the last real token
        _returning("torch.stack([s[: m.nonzero().max() + 1].mean(0) for s, m in zip(states, mask)])"),
        _returning("torch.stack([s[m.argmax() : m.nonzero().max() + 1].mean(0) for s, m in zip(states, mask)])"),
        _returning("(states * mask.unsqueeze(-1)).sum(1) / ((states * mask.unsqueeze(-1)) != 0).sum(1).clamp(min=1)"),
        _returning("torch.stack([s[m].mean(0) for s, m in zip(states, mask)])"),
        _returning("(states * mask.unsqueeze(-1)).sum(1) / (mask.sum(1, keepdim=True) + 1)"),
        "def mean_pool(states, mask):\n    states *= mask.unsqueeze(-1)\n    return states.sum(1) / "
        "mask.sum(1)[:, None]",
    ),
    alternatives=(
        _returning("torch.stack([s[m.bool()].mean(0) for s, m in zip(states, mask)])"),
        "def mean_pool(states, mask):\n"
        '    total = torch.einsum("bth,bt->bh", states, mask.float())\n'
        "    return total / mask.sum(1)[:, None]",
        _returning("states.masked_fill(mask[..., None] == 0, torch.nan).nanmean(1).double().numpy()"),
        _returning("[s[m == 1].mean(0) for s, m in zip(states, mask)]"),
    ),
)
