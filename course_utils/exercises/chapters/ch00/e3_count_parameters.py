"""0.3 Count the parameters."""

from course_utils.exercises.answers import as_number, call, describe
from course_utils.exercises.records import Exercise, Wrong


def _check_count(answer) -> str | None:
    import torch
    from torch import nn

    linear = nn.Linear(3, 5)  # 15 weights and 5 biases
    pair = nn.Sequential(nn.Linear(2, 4), nn.Linear(4, 1, bias=False))  # 8 + 4, then 4
    frozen = nn.Linear(3, 5).requires_grad_(False)
    cube = nn.ParameterList([nn.Parameter(torch.zeros(2, 3, 4))])
    half, norm = nn.Linear(3, 5).half(), nn.BatchNorm1d(6)  # two bytes a number; 13 more numbers that are no parameters
    for model, right in ((linear, 20), (pair, 16), (cube, 24), (frozen, 20), (half, 20), (norm, 12)):
        value = call(answer, model)
        count = as_number(value)
        shown = f"For a model with {right} parameters your function"
        if count is None:
            return f"{shown} should return a whole number; given: {describe(value)}."
        if count == right:
            continue
        sizes = [parameter.numel() for parameter in model.parameters()]
        if count == len(sizes):
            return f"{shown} returned {count:.0f}: that counts the tensors, not the numbers in them. Try `numel()`."
        if count == 4 * right:
            return f"{shown} returned {count:.0f}: those are bytes. A parameter in float32 takes four."
        if model is cube:
            return f"{shown} returned {count:g}: its tensor has three dimensions. `numel()` counts whatever the shape."
        if count == sum(len(p) for p in model.parameters()):
            return f"{shown} returned {count:.0f}: that counts only the rows of a tensor."
        if model is linear and count in sizes:
            return f"{shown} returned {count:.0f}: that is one of its two tensors, weights and biases. Add up both."
        if model is frozen:
            return f"{shown} returned {count:.0f}: frozen parameters (`requires_grad=False`) belong to the model too."
        if model is half:
            return f"{shown} returned {count:g}: its numbers take two bytes each (float16). Do not count by bytes."
        if model is norm:
            return (
                f"{shown} returned {count:g}: what `model.parameters()` does not list, such as buffers, does not count."
            )
        return f"{shown} returned {count:g}."
    return None


EXERCISE = Exercise(
    id="0.3",
    title="Count the parameters",
    minutes=5,
    difficulty="easy",
    starter="def count_parameters(model):\n    ...",
    answer="count_parameters",
    check=_check_count,
    expects="a function that takes a model and returns a whole number",
    hints=(
        "`model.parameters()` goes through the tensors of a model one by one.",
        "Each tensor knows how many numbers it holds: `tensor.numel()`. Add them up with `sum`.",
    ),
    solution="def count_parameters(model):\n    return sum(tensor.numel() for tensor in model.parameters())",
    wrong=(
        Wrong(
            "def count_parameters(model):\n    return len(list(model.parameters()))",
            "that counts the tensors, not the numbers in them",
        ),
        Wrong(
            "def count_parameters(model):\n    return sum(len(t) for t in model.parameters())",
            "counts only the rows of a tensor",
        ),
        Wrong(
            "def count_parameters(model):\n    return sum(t.nbytes for t in model.parameters())",
            "those are bytes",
        ),
        Wrong(
            "def count_parameters(model):\n    return sum(t.numel() for t in model.parameters() if t.requires_grad)",
            "frozen parameters",
        ),
    ),
    alternatives=(
        "def count_parameters(model):\n"
        "    total = 0\n"
        "    for name, tensor in model.named_parameters():\n"
        "        total += tensor.shape.numel()\n"
        "    return total",
    ),
)
