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
    """Parameters, of them classifier 8 + 2, pooler 20; others have "classifier" in their names, or nearly a name."""
    from torch import nn

    body = nn.ModuleDict({"embeddings": nn.Embedding(10, 4), "old_classifier": nn.Linear(4, 3)})
    return nn.ModuleDict(
        {"body": body, "body_embeddings": nn.Embedding(3, 4), "pooler": nn.Linear(4, 4), "classifier": nn.Linear(4, 2)}
    )


def _trained(model) -> list[str]:
    return [name for name, weight in model.named_parameters() if weight.requires_grad]


def _size(model, some) -> int:
    return sum(weight.numel() for name, weight in model.named_parameters() if name in some)


def _check_freeze(answer) -> str | None:
    last, both = ["classifier.weight", "classifier.bias"], ["pooler.weight", "pooler.bias"]
    model = _small_model()
    every = [name for name, _ in model.named_parameters()]
    first = call(answer, model, ["classifier"])
    left = _trained(model)
    frozen = _small_model()
    for weight in frozen.parameters():
        weight.requires_grad_(False)
    second = call(answer, frozen, ["classifier", "pooler"])
    if left != last:
        return _slip(left, last, every, _trained(frozen))
    if not _trained(frozen):
        return "A model that was frozen before stays frozen: set `requires_grad` to True where it is wanted."
    if _trained(frozen) != both + last:
        return f"With the names `classifier` and `pooler` both should be trained; here it is {_trained(frozen)}."
    if says := _count(first, second, model):
        return says
    for names, right in (
        (["body.embeddings"], ["body.embeddings.weight"]),
        (["classifier.bias"], ["classifier.bias"]),
        (["class", "body.old"], ["body.old_classifier.weight", "body.old_classifier.bias", *last]),
        (["classifier", "classifier.bias"], last),
        (["Classifier"], []),
        ([], []),
    ):
        model = _small_model()
        number = call(answer, model, names)
        if _trained(model) != right:
            return (
                f"With `names` = {names} trained should be {right or 'nothing'}; here it is "
                f"{_trained(model) or 'nothing'}. Does its whole name, dots included, begin with one of these?"
            )
        if not close(as_number(number), _size(model, right)):
            return (
                f"With `names` = {names} it trains what it should, but the number is not right: expected "
                f"{_size(model, right)}; given: {describe(number)}. Every parameter counts once."
            )
    return None


def _slip(left, last, every, after_frozen) -> str:
    """A sentence for what is trained with `classifier`, where it should be its weight and bias only."""
    if left == every:
        if after_frozen and after_frozen != every:
            return (
                "What was trained before is still trained: set `requires_grad` to False for all parameters whose name "
                "does not fit."
            )
        return (
            "Every parameter is still trained: set `requires_grad` of each parameter, such as "
            "`weight.requires_grad = False`. To set it on a module, or to set another attribute, changes nothing."
        )
    if left == [name for name in every if name not in last]:
        return "It is the wrong way round: the named parameters are to be trained, all others frozen."
    if left == [name for name in every if "classifier" in name]:
        return "`body.old_classifier` is trained, too: a name should begin with `classifier`, not only contain it."
    if not left:
        return (
            "Nothing is trained any more. The names of parameters are longer than `classifier`, such as "
            "`classifier.weight`: they begin with it."
        )
    return f"With `names` = ['classifier'] trained should be {last}; here it is {left}."


def _count(first, second, model) -> str | None:
    """A sentence if the number for `classifier`, or for `classifier` and `pooler`, is wrong."""
    total = sum(weight.numel() for weight in model.parameters())
    given = [as_number(first), as_number(second)]
    for wrong, says in (
        ([2, 4], "Those are 2 tensors; return how many numbers they hold."),
        ([total, total], "You counted all parameters, the frozen ones, too."),
        ([total - 10, total - 30], "You counted the frozen parameters: count those that are trained."),
        ([8, 24], "You counted the weight and left out the bias."),
    ):
        if close(given, wrong):
            return says
    if not close(given[0], 10):
        return f"Ten numbers are trained here: 4 · 2 weights and 2 biases; given: {describe(first)}."
    if not close(given[1], 30):
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
        "Print the names of a small model: `for name, weight in model.named_parameters(): print(name)`. Which of them "
        "begin with `classifier`?",
        "Go through all parameters, and set each one to trained or frozen: then it does not matter what was before. "
        "Add up `weight.numel()`, how many numbers it has, of those that are trained.",
        "`weight.requires_grad = name.startswith(tuple(names))`; `startswith` takes a tuple of beginnings, not a list.",
    ),
    why="Each parameter is set to True or False, so it does not matter what was trained before. True counts as 1 and "
    "False as 0, so that the product adds the numbers of the trained parameters only.",
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
        Wrong(changed(_FREEZE, ("tuple(names)", "names[0]")), "`classifier` and `pooler` both should be trained"),
        Wrong(changed(_FREEZE, ("name.startswith(tuple(names))", "name in names")), "Nothing is trained any more"),
        Wrong(
            changed(_FREEZE, ("name.startswith(tuple(names))", 'name.split(".")[0] in names')),
            "its whole name, dots included",
        ),
        Wrong(changed(_FREEZE, ("return count", "return 10")), "30 numbers are trained"),
        Wrong(
            "def freeze(model, names):\n"
            "    for name, part in model.named_children():\n"
            "        part.requires_grad = name in names\n"
            "    return sum(p.numel() for p in model.parameters() if p.requires_grad)",
            "To set it on a module",
        ),
        Wrong(
            changed(
                _FREEZE,
                (
                    "        weight.requires_grad = name.startswith(tuple(names))\n",
                    "        if name.startswith(tuple(names)):\n            weight.requires_grad = True\n",
                ),
            ),
            "What was trained before is still trained",
        ),
        Wrong(
            "def freeze(model, names):\n"
            "    model.requires_grad_(False)\n"
            "    found = [w for start in names for n, w in model.named_parameters() if n.startswith(start)]\n"
            "    return sum(weight.requires_grad_(True).numel() for weight in found)",
            "Every parameter counts once",
        ),
        Wrong(changed(_FREEZE, ("* weight.requires_grad", "* (not weight.requires_grad)")), "You counted the frozen"),
        Wrong(changed(_FREEZE, ("numel()", "numel() * (weight.dim() > 1)")), "left out the bias"),
        Wrong(changed(_FREEZE, ("weight.numel()", "len(weight)")), "Ten numbers are trained here"),
    ),
    also_wrong=(
        changed(_FREEZE, ("name.startswith(tuple(names))", "any(name.startswith(n + '.') for n in names)")),
        changed(
            _FREEZE, ("name.startswith(tuple(names))", "__import__('re').match('|'.join(names), name) is not None")
        ),
        changed(
            _FREEZE, ("name.startswith(tuple(names))", "any(n and __import__('re').match(n, name) for n in names)")
        ),
        changed(_FREEZE, ("tuple(names)", "names")),
        changed(_FREEZE, ("weight.requires_grad =", "weight.trainable =")),
        "def freeze(model, names):\n"
        "    model.requires_grad_(False)\n"
        "    for name, child in model.named_children():\n"
        "        if name.startswith(tuple(names)):\n"
        "            child.requires_grad_(True)\n"
        "    return sum(w.numel() for w in model.parameters() if w.requires_grad)",
    ),
    alternatives=(
        "def freeze(model, names):\n"
        "    model.requires_grad_(False)\n"
        "    chosen = [w for n, w in model.named_parameters() if any(n.startswith(start) for start in names)]\n"
        "    return sum(weight.requires_grad_(True).numel() for weight in chosen)",
    ),
)
