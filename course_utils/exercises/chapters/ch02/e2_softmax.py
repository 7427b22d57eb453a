"""2.2 Softmax by hand."""

from course_utils.exercises.answers import as_list, call, close, describe, shape
from course_utils.exercises.records import Exercise, Wrong

from .shared import TORCH


def _check_softmax(answer) -> str | None:
    import torch

    logits = torch.tensor([1.0, 2.0, -0.5])
    right = torch.tensor([0.2537, 0.6897, 0.0566])
    value = call(answer, logits)
    if shape(value) != (3,):
        return f"For a tensor of three logits your function should return three numbers; given: {describe(value)}."
    if not close(value, right, 1e-3):
        total = sum(as_list(value))
        if total > 0 and close([x / total for x in as_list(value)], right, 1e-3):
            return f"Your numbers sum to {total:.3f}, not to 1: take `exp` of each logit and divide by their sum."
        if close(value, torch.sigmoid(logits), 1e-3):
            return "That is the sigmoid, which looks at each logit alone; softmax shares out 1 among all classes."
        if close(value, logits / logits.sum(), 1e-3):
            return "You divided the logits by their sum, and one of them became negative: take `exp` first."
        if close(value, torch.log_softmax(logits, -1), 1e-3):
            return "That is the logarithm of the softmax: all values are negative."
        return f"For the logits [1, 2, -0.5] the right answer is about [0.254, 0.690, 0.057]; given: {describe(value)}."
    large = call(answer, torch.tensor([1000.0, 1000.0, 0.0]))
    if not close(large, [0.5, 0.5, 0.0], 1e-3):
        return (
            "For the logits [1000, 1000, 0] the result is not [0.5, 0.5, 0]: `exp(1000)` overflows to infinity. "
            "Subtract the largest logit first; it changes nothing else."
        )
    if not close(call(answer, torch.tensor([1000.0, 900.0, 0.0])), [1.0, 0.0, 0.0], 1e-3):
        return "For the logits [1000, 900, 0] the result is not [1, 0, 0]: do not cut logits off, subtract the largest."
    batch = torch.tensor([[2.0, 1.0, -1.0], [0.0, 0.0, 0.0]])
    value = call(answer, batch)
    rows = torch.softmax(batch, -1)
    if close(value, rows, 1e-3):
        apart = torch.tensor([[1000.0, 1000.0, 0.0], [0.0, 0.0, -1000.0]])
        if close(call(answer, apart), [[0.5, 0.5, 0.0]] * 2, 1e-3):
            return None
        return (
            "In a batch, subtract from each row the largest logit of that row, not of the whole batch: "
            "beside a row of 1000s, all of `exp` becomes 0 in a row of zeros."
        )
    if shape(value) == (2, 3) and close([sum(column) for column in zip(*as_list(value), strict=True)], [1.0] * 3, 1e-3):
        return (
            "In a batch `[sentences, classes]` you normalised over the sentences; each row should sum to 1 (`dim=-1`)."
        )
    if shape(value) == (2, 3) and close(sum(map(sum, as_list(value))), 1.0, 1e-3):
        return "In a batch all numbers together sum to 1; each row should (`dim=-1`, `keepdim=True`)."
    return f"A batch `[2, 3]` of logits should give `[2, 3]` with rows that sum to 1; given: {describe(value)}."


EXERCISE = Exercise(
    id="2.2",
    title="Softmax by hand",
    minutes=8,
    difficulty="medium",
    starter="def softmax(logits):\n    ...",
    answer="softmax",
    check=_check_softmax,
    context=TORCH,
    expects="a function that takes a tensor of logits and returns a tensor of the same shape",
    hints=(
        "Three steps: subtract the largest logit, take `exp`, divide by the sum.",
        "`logits.max(dim=-1, keepdim=True).values` and `.sum(dim=-1, keepdim=True)` work for one sentence and for "
        "a batch.",
    ),
    solution=(
        "def softmax(logits):\n"
        "    shifted = logits - logits.max(dim=-1, keepdim=True).values  # exp cannot overflow now\n"
        "    exponentials = torch.exp(shifted)\n"
        "    return exponentials / exponentials.sum(dim=-1, keepdim=True)"
    ),
    wrong=(
        Wrong("def softmax(logits):\n    return torch.exp(logits)", "divide by their sum"),
        Wrong("def softmax(logits):\n    return torch.sigmoid(logits)", "That is the sigmoid"),
        Wrong("def softmax(logits):\n    return logits / logits.sum(-1, keepdim=True)", "take `exp` first"),
        Wrong(
            "def softmax(logits):\n    e = torch.exp(logits)\n    return e / e.sum(-1, keepdim=True)",
            "overflows to infinity",
        ),
        Wrong("def softmax(logits):\n    return torch.softmax(logits, dim=0)", "normalised over the sentences"),
        Wrong(
            "def softmax(logits):\n    e = torch.exp(logits - logits.max())\n    return e / e.sum()",
            "In a batch all numbers together sum to 1",
        ),
        Wrong("def softmax(logits):\n    return torch.log_softmax(logits, -1)", "That is the logarithm"),
        Wrong("def softmax(logits):\n    return torch.softmax(logits.clamp(max=50), -1)", "do not cut logits off"),
        Wrong(
            "def softmax(logits):\n    e = (logits - logits.max()).exp()\n    return e / e.sum(-1, keepdim=True)",
            "not of the whole batch",
        ),
    ),
    alternatives=(
        "def softmax(logits):\n    return torch.exp(logits - torch.logsumexp(logits, dim=-1, keepdim=True))",
        "def softmax(logits):\n    return torch.nn.functional.softmax(logits, dim=-1)",
    ),
)
