"""3.4 Mean pooling with a mask."""

from course_utils.exercises.answers import call, close, describe, shape
from course_utils.exercises.records import Exercise, Wrong

_TORCH = "import torch"


def _check_pool(answer) -> str | None:
    import torch

    states = torch.tensor([[[1.0, 2.0], [3.0, 6.0], [8.0, -2.0]], [[2.0, 0.0], [4.0, 4.0], [90.0, 60.0]]])
    mask = torch.tensor([[1, 1, 1], [1, 1, 0]])  # the last token of the second text is padding
    right = torch.tensor([[4.0, 2.0], [3.0, 2.0]])
    value = call(answer, states, mask)
    if shape(value) != (2, 2):
        given = f"the shape `{list(shape(value))}`" if shape(value) else describe(value)
        if shape(value) == (2, 3):
            return "You averaged over the hidden dimension; the tokens are dimension 1 of `[texts, tokens, hidden]`."
        if shape(value) == (3, 2):
            return "You averaged over the texts; the tokens are dimension 1 of `[texts, tokens, hidden]`."
        return f"Two texts with hidden size 2 should give `[2, 2]`; given: {given}."
    real = states * mask.unsqueeze(-1)
    if close(value, right, 1e-3):
        left = call(answer, states.flip(1), mask.flip(1))
        if close(left, right, 1e-3):
            return None
        return (
            "It goes wrong where the padding stands in front, as some tokenizers put it: "
            "use the mask itself, not only how many ones it has."
        )
    if close(value, real.sum(1) / mask.sum(1), 1e-3):
        return "Your division goes along the wrong dimension: `mask.sum(1, keepdim=True)` has the shape `[texts, 1]`."
    if close(value, states.sum(1) / mask.sum(1, keepdim=True), 1e-3):
        return "You divide by the right number, but the sum has the padding in it: multiply by the mask first."
    if close(value, real.sum(1) / mask.sum(), 1e-3):
        return "You divided by the number of tokens of both texts together: count them for each text, `mask.sum(1)`."
    if close(value, states.mean(1), 1e-3):
        return "The padding was averaged too: the second text has two real tokens, and its third holds only noise."
    if close(value, real.sum(1), 1e-3):
        return "That is the sum over the real tokens; divide by how many there are."
    if close(value, real.mean(1), 1e-3):
        return "You left the padding out of the sum but counted it in the division: count the ones of each text's mask."
    if close(value, states[:, 0], 1e-3):
        return "That is the first token, [CLS]: some models use it, this one was trained with the mean."
    if close(value, real.amax(1), 1e-3) or close(value, states.amax(1), 1e-3):
        return "That is the largest value of each dimension; take the mean."
    return f"Expected [[4, 2], [3, 2]] for the test states; given: {describe(value)}."


EXERCISE = Exercise(
    id="3.4",
    title="Mean pooling with a mask",
    minutes=8,
    difficulty="medium",
    starter="def mean_pool(states, mask):\n    ...",
    answer="mean_pool",
    check=_check_pool,
    context=_TORCH,
    expects="a function that takes states and mask and returns one vector per text",
    hints=(
        "Give the mask a third dimension, `mask.unsqueeze(-1)`, and multiply: padding becomes zero.",
        "Sum over dimension 1, and divide by the number of real tokens of each text, `mask.sum(1, keepdim=True)`.",
    ),
    solution=(
        "def mean_pool(states, mask):\n"
        "    real = mask.unsqueeze(-1)  # [texts, tokens, 1]\n"
        "    return (states * real).sum(dim=1) / real.sum(dim=1)  # [texts, hidden]"
    ),
    wrong=(
        Wrong("def mean_pool(states, mask):\n    return states.mean(dim=1)", "The padding was averaged too"),
        Wrong("def mean_pool(states, mask):\n    return states[:, 0]", "That is the first token"),
        Wrong(
            "def mean_pool(states, mask):\n    return (states * mask.unsqueeze(-1)).sum(1)",
            "divide by how many there are",
        ),
        Wrong(
            "def mean_pool(states, mask):\n    return (states * mask.unsqueeze(-1)).mean(1)",
            "counted it in the division",
        ),
        Wrong(
            "def mean_pool(states, mask):\n    return (states * mask.unsqueeze(-1)).sum(1) / mask.sum(1)",
            "along the wrong dimension",
        ),
        Wrong(
            "def mean_pool(states, mask):\n    return states.sum(1) / mask.sum(1, keepdim=True)",
            "the sum has the padding in it",
        ),
        Wrong(
            "def mean_pool(states, mask):\n"
            "    return torch.stack([s[: m.sum()].mean(0) for s, m in zip(states, mask)])",
            "the padding stands in front",
        ),
        Wrong("def mean_pool(states, mask):\n    return states.mean(dim=-1)", "over the hidden dimension"),
        Wrong("def mean_pool(states, mask):\n    return states.mean(dim=0)", "You averaged over the texts"),
    ),
    alternatives=(
        "def mean_pool(states, mask):\n    return torch.stack([s[m.bool()].mean(0) for s, m in zip(states, mask)])",
        "def mean_pool(states, mask):\n"
        '    total = torch.einsum("bth,bt->bh", states, mask.float())\n'
        "    return total / mask.sum(1)[:, None]",
    ),
)
