"""7.5 Freeze all but the named."""

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed

_FREEZE = (
    "def freeze(model, names):\n"
    "    count = 0\n"
    "    for name, weight in model.named_parameters():\n"
    "        weight.requires_grad = name.startswith(tuple(names))\n"
    "        count += weight.numel() * weight.requires_grad\n"
    "    return count"
)


def _small_model():
    """Parameters, of them classifier 8 + 2, pooler 20; a part of the body has "classifier" in its name, too."""
    from torch import nn

    body = nn.ModuleDict({"embeddings": nn.Embedding(10, 4), "old_classifier": nn.Linear(4, 3)})
    return nn.ModuleDict({"body": body, "pooler": nn.Linear(4, 4), "classifier": nn.Linear(4, 2)})


def _trained(model) -> set[str]:
    return {name for name, weight in model.named_parameters() if weight.requires_grad}


def _check_freeze(answer) -> str | None:
    last, both = {"classifier.weight", "classifier.bias"}, {"pooler.weight", "pooler.bias"}
    model = _small_model()
    value = call(answer, model, ["classifier"])
    left = _trained(model)
    if left != last:
        if left == {name for name, _ in model.named_parameters()}:
            return (
                "Every parameter is still trained: set `requires_grad` of each parameter, "
                "not of a module, which has no such switch."
            )
        if left == {name for name, _ in model.named_parameters()} - last:
            return "It is the wrong way round: the named parameters are to be trained, all others frozen."
        if left == last | {"body.old_classifier.weight", "body.old_classifier.bias"}:
            return "`body.old_classifier` is trained, too: the name should begin with it, not only contain it."
        if not left:
            return "Nothing is trained any more: the names of parameters are longer, such as `classifier.weight`."
        return f"Trained should be {sorted(last)}; they are {sorted(left)}."
    model = _small_model()
    for weight in model.parameters():
        weight.requires_grad_(False)
    second = call(answer, model, ["classifier", "pooler"])
    if not _trained(model):
        return "A model that was frozen before stays frozen: set `requires_grad` to True where it is wanted."
    if _trained(model) != last | both:
        return f"With two names both should be trained; here it is only {sorted(_trained(model))}."
    call(answer, model, ["body.embeddings"])
    if _trained(model) != {"body.embeddings.weight"}:
        return (
            "With `body.embeddings` only `body.embeddings.weight` should be trained; here it is "
            f"{sorted(_trained(model)) or 'nothing'}: look at the whole name, dots included."
        )
    number = as_number(value)
    if close(number, 2):
        return "Those are 2 tensors; return how many numbers they hold."
    if close(number, 85):
        return "You counted all parameters, the frozen ones, too."
    if close(number, 8):
        return "You counted the weight and left out the bias."
    if not close(number, 10):
        return f"Ten numbers are trained here: 4 · 2 weights and 2 biases; given: {describe(value)}."
    if not close(as_number(second), 30):
        return f"With `classifier` and `pooler` 30 numbers are trained, 10 and 20; given: {describe(second)}."
    return None


EXERCISE = Exercise(
    id="7.5",
    title="Freeze all but the named",
    minutes=6,
    difficulty="easy",
    starter="def freeze(model, names):\n    ...",
    answer="freeze",
    check=_check_freeze,
    expects="a function that takes a model and a list of names and returns a number",
    hints=(
        "`model.named_parameters()` gives pairs of a name, such as `classifier.weight`, and a parameter, here "
        "`weight`; `weight.requires_grad = False` freezes it.",
        "`name.startswith(tuple(names))` tells whether it is wanted; `weight.numel()` is how many numbers it has.",
    ),
    solution=_FREEZE,
    wrong=(
        Wrong(
            changed(_FREEZE, ("name.startswith(tuple(names))", "any(n in name for n in names)")), "not only contain it"
        ),
        Wrong(
            changed(
                _FREEZE,
                (
                    "weight.requires_grad = name.startswith(tuple(names))",
                    "weight.requires_grad = not name.startswith(tuple(names))",
                ),
            ),
            "It is the wrong way round",
        ),
        Wrong(
            changed(
                _FREEZE,
                (
                    "        weight.requires_grad = name.startswith(tuple(names))\n",
                    "        if not name.startswith(tuple(names)):\n            weight.requires_grad = False\n",
                ),
            ),
            "stays frozen",
        ),
        Wrong(
            changed(_FREEZE, ("weight.numel() * weight.requires_grad", "weight.requires_grad")), "Those are 2 tensors"
        ),
        Wrong(
            changed(_FREEZE, ("weight.numel() * weight.requires_grad", "weight.numel()")), "You counted all parameters"
        ),
        Wrong(changed(_FREEZE, ("tuple(names)", "names[0]")), "With two names both should be trained"),
        Wrong(changed(_FREEZE, ("name.startswith(tuple(names))", "name in names")), "Nothing is trained any more"),
        Wrong(
            changed(_FREEZE, ("name.startswith(tuple(names))", 'name.split(".")[0] in names')),
            "look at the whole name",
        ),
        Wrong(changed(_FREEZE, ("return count", "return 10")), "30 numbers are trained"),
        Wrong(
            "def freeze(model, names):\n"
            "    for name, part in model.named_children():\n"
            "        part.requires_grad = name in names\n"
            "    return sum(p.numel() for p in model.parameters() if p.requires_grad)",
            "not of a module",
        ),
    ),
    alternatives=(
        "def freeze(model, names):\n"
        "    model.requires_grad_(False)\n"
        "    chosen = [w for n, w in model.named_parameters() if any(n.startswith(start) for start in names)]\n"
        "    return sum(weight.requires_grad_(True).numel() for weight in chosen)",
    ),
)
