"""0.3 Count the parameters."""

from course_utils.exercises.answers import as_number, call, describe
from course_utils.exercises.records import Exercise, Wrong
from course_utils.exercises.slips import known_slip


def _cases() -> list:
    """Models, what is special about each, and how many parameters it has."""
    import torch
    from torch import nn

    linear = nn.Linear(3, 5)
    shared = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    shared[1].weight = shared[0].weight
    odd = nn.ParameterList([nn.Parameter(torch.tensor(2.0)), nn.Parameter(torch.zeros(2, 3, 4))])
    return [
        (linear, "one layer", 20),
        (nn.Sequential(nn.Linear(2, 4), nn.Linear(4, 1, bias=False)), "two layers, the second without a bias", 16),
        (nn.Sequential(nn.Sequential(nn.Linear(3, 3)), nn.Linear(3, 3)), "two layers of the same size", 24),
        (odd, "a tensor of three dimensions, and a single number, which has none", 25),
        (nn.Linear(3, 5).requires_grad_(False), "a frozen layer, which training leaves as it is", 20),
        (nn.Linear(3, 5).half(), "a layer in float16, two bytes a number", 20),
        (nn.BatchNorm1d(6), "a layer that also keeps numbers which `model.parameters()` does not list", 12),
        (shared, "two layers that share one tensor, which `model.parameters()` lists once", 24),
        (nn.ReLU(), "a layer without parameters", 0),
    ]


_SLIPS = (
    (lambda m: len(list(m.parameters())), "that counts the tensors, not the numbers in them. Try `numel()`."),
    (lambda m: sum(p.nbytes for p in m.parameters()), "those are bytes; count the numbers, whatever their precision."),
    (lambda m: 4 * sum(p.numel() for p in m.parameters()), "that is four times too many. Do you count bytes?"),
    (
        lambda m: sum(p.numel() for p in m.parameters() if p.requires_grad),
        "frozen parameters (`requires_grad=False`) belong to the model too.",
    ),
    (lambda m: next(m.parameters()).numel(), "that is the first tensor alone. Add up all of them."),
    (
        lambda m: sum(p.numel() for p in m.parameters() if p.ndim > 1),
        "that leaves out the tensors with fewer than two dimensions, such as a bias. Add up all of them.",
    ),
    (
        lambda m: sum(v.numel() for v in m.state_dict().values()),
        "what `model.parameters()` does not list, such as buffers, does not count.",
    ),
    (
        lambda m: sum(p.numel() for p in m.parameters(recurse=False)),
        "that leaves out the parameters of the layers inside the model.",
    ),
    (lambda m: sum(sum(p.shape) for p in m.parameters()), "you added up the sizes of each tensor; multiply them."),
)


def _check_count(answer) -> str | None:
    for model, what, right in _cases():
        value = call(answer, model)
        count = as_number(value)
        if count is None:
            return f"For a model with {right} parameters you should return a whole number; given: {describe(value)}."
        if count != right:
            says = known_slip(answer, [(model,) for model, _, _ in _cases()], _SLIPS)
            return f"For a model with {right} parameters ({what}) your function returned {describe(value)}" + (
                f": {says}" if says else "."
            )
    return None


_HEAD = "def count_parameters(model):\n"
_SOLUTION = _HEAD + "    return sum(tensor.numel() for tensor in model.parameters())"


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
        "How many numbers are in a tensor with 5 rows of 3? And in two such tensors together?",
        "`model.parameters()` goes through the tensors of a model one by one.",
        "Each tensor knows how many numbers it holds: `tensor.numel()`. Add them up with `sum`.",
    ),
    solution=_SOLUTION,
    why="`model.parameters()` lists every tensor of the model once, also those of the layers inside it, and "
    "`numel()` multiplies the sizes of a tensor however many it has. The sum of these products is the count.",
    wrong=(
        Wrong(_HEAD + "    return len(list(model.parameters()))", "counts the tensors, not the numbers in them"),
        Wrong(_HEAD + "    return sum(t.nbytes for t in model.parameters())", "those are bytes"),
        Wrong(_HEAD + "    return sum(4 * t.numel() for t in model.parameters())", "four times too many"),
        Wrong(
            _HEAD + "    return sum(t.numel() for t in model.parameters() if t.requires_grad)",
            "frozen parameters (",
        ),
        Wrong(_HEAD + "    for t in model.parameters():\n        return t.numel()", "the first tensor alone"),
        Wrong(
            _HEAD + "    return sum(t.numel() for n, t in model.named_parameters() if len(t.shape) > 1)",
            "fewer than two dimensions",
        ),
        Wrong(
            _HEAD + "    return sum(t.numel() for t in model.state_dict().values())",
            "such as buffers",
        ),
        Wrong(
            _HEAD + "    return sum(t.numel() for t in model.parameters(recurse=False))",
            "leaves out the parameters of the layers inside",
        ),
        Wrong(_HEAD + "    return sum(sum(t.shape) for t in model.parameters())", "added up the sizes"),
        Wrong(
            "import math\n\n" + _HEAD + "    return sum(map(math.prod, {tuple(t.shape) for t in model.parameters()}))",
            "two layers of the same size) your function returned a whole number (`12`).",
        ),
    ),
    also_wrong=(
        _HEAD + "    return 20",
        _HEAD + "    return sum(len(t) for t in model.parameters())",
        _HEAD + "    return sum(t.shape[0] * (t.shape[1] if len(t.shape) > 1 else 1) for t in model.parameters())",
        _HEAD + "    return sum(t.numel() for _, t in model.named_parameters(remove_duplicate=False))",
        _HEAD + "    return sum(t.numel() for c in model.children() for t in c.parameters(recurse=False))",
        _HEAD + "    return [t.numel() for t in model.parameters()]",
        _HEAD + '    return f"{sum(t.numel() for t in model.parameters()):,}"',
    ),
    alternatives=(
        _HEAD + "    total = 0\n"
        "    for name, tensor in model.named_parameters():\n"
        "        total += tensor.shape.numel()\n"
        "    return total",
        "import torch\n\n"
        + _HEAD
        + "    return sum((torch.tensor(t.numel()) for t in model.parameters()), torch.tensor(0))",
        "import numpy as np\n\n" + _HEAD + "    return sum(np.prod(tuple(t.shape)) for t in model.parameters())",
    ),
)
