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
    equal = nn.Sequential(nn.LayerNorm(4), nn.LayerNorm(4))  # ones and zeros, in each of them
    return [
        (linear, "one layer", 20),
        (nn.Sequential(nn.Linear(2, 4), nn.Linear(4, 1, bias=False)), "two layers, the second without a bias", 16),
        (nn.Sequential(nn.Sequential(nn.Linear(3, 3)), nn.Linear(3, 3)), "two layers of the same size", 24),
        (odd, "a tensor of three dimensions, and a single number, which has none", 25),
        (nn.Linear(3, 5).requires_grad_(False), "a frozen layer, which training leaves as it is", 20),
        (nn.Linear(3, 5).half(), "a layer in float16, two bytes a number", 20),
        (nn.BatchNorm1d(6), "a layer that also keeps numbers which `model.parameters()` does not list", 12),
        (shared, "two layers that share one tensor, which `model.parameters()` lists once", 24),
        (equal, "two layers with equal numbers, each in tensors of its own", 16),
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


def _state(model) -> dict[str, dict]:
    """What a function could change in a model: of each tensor the kind, the numbers, and whether it is frozen."""
    named = [*model.named_parameters(remove_duplicate=False), *model.named_buffers()]
    return {
        name: {
            "`dtype`": str(t.dtype),
            "`requires_grad`": t.requires_grad,
            "the shape": [*t.shape],
            "the numbers": t.detach().tolist(),
        }
        for name, t in named
    }


def _what_changed(before: dict, after: dict) -> str | None:
    """A sentence on the first difference between two states, None if there is none."""
    if before == after:
        return None
    head = "Your function changed the model that it was given:"
    tail = "Count without changing anything: whoever called the function still needs the model as it was."
    if before.keys() != after.keys():
        return f"{head} its tensors were `{[*before]}` before the call and `{[*after]}` after it. {tail}"
    name, what = next(
        (name, what) for name in before for what in before[name] if before[name][what] != after[name][what]
    )
    if what == "the numbers":
        return f"{head} the numbers of `{name}` are other ones after the call. {tail}"
    old, new = before[name][what], after[name][what]
    return f"{head} {what} of `{name}` was `{old}` before the call and `{new}` after it. {tail}"


def _check_count(answer) -> str | None:
    for model, what, right in _cases():
        before = _state(model)
        value = call(answer, model)
        if changed_it := _what_changed(before, _state(model)):
            return changed_it
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
_BODY = "    return sum(tensor.numel() for tensor in model.parameters())"
_SOLUTION = _HEAD + _BODY


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
        "Each tensor knows how many numbers it contains: `tensor.numel()`. Add them up with `sum`.",
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
        Wrong(  # tensors of equal values as one
            _HEAD + "    seen = []\n"
            "    for t in model.parameters():\n"
            "        if not any(t.shape == s.shape and (t == s).all() for s in seen):\n"
            "            seen.append(t)\n"
            "    return sum(t.numel() for t in seen)",
            "two layers with equal numbers, each in tensors of its own) your function returned a whole number (`8`).",
        ),
        Wrong(
            _HEAD + "    for t in model.parameters():\n        t.requires_grad_(True)\n" + _BODY,
            "`requires_grad` of `weight` was `False` before the call and `True` after it",
        ),
        Wrong(
            _HEAD + "    return sum(t.numel() for t in model.half().parameters())",
            "`dtype` of `weight` was `torch.float32` before",
        ),
        Wrong(
            _HEAD + "    return sum(t.detach().fill_(1).sum().item() for t in model.parameters())",
            "the numbers of `weight` are other ones",
        ),
    ),
    also_wrong=(
        _HEAD + "    return 20",
        _HEAD + "    return sum(t.requires_grad_(False).numel() for t in model.parameters())",
        _HEAD + "    return sum(t.numel() for t in model.float().parameters())",
        _HEAD + "    model.double()\n" + _BODY,
        _HEAD + "    return sum(model._parameters.pop(n).numel() for n, _ in [*model.named_parameters()])",
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
        "import copy\n\n" + _HEAD + "    model = copy.deepcopy(model).half()\n" + _BODY,
        _HEAD + "    return sum({id(t): t.numel() for m in model.modules() for t in m.parameters()}.values())",
    ),
)
