"""5.6 Would the weights fit?"""

from course_utils.describing import attempt, is_array
from course_utils.exercises.answers import call, describe, shape
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import TORCH

_FIT = (
    "def weights_fit(one, other):\n"
    "    shapes = [{name: w.shape for name, w in model.state_dict().items()} for model in (one, other)]\n"
    "    return shapes[0] == shapes[1]"
)


def _module(generator, **sizes):
    """A small model whose weights have these names and shapes, with random values."""
    import torch
    from transformers import PreTrainedConfig

    module = torch.nn.Module()
    for name, size in sizes.items():
        module.register_parameter(name, torch.nn.Parameter(torch.randn(size, generator=generator)))
    module.config = PreTrainedConfig()  # the same for all
    module.num_parameters = lambda: sum(weight.numel() for weight in module.parameters())
    return module


def _check_fit(answer) -> str | None:
    import torch

    random = torch.Generator().manual_seed(0)  # not the one that the learner's cells use
    base = {"embed": (6, 4), "head": (3, 4)}
    cases = (
        (base, base, True),
        (base, {"embed": (6, 4), "head": (4, 3)}, False),
        (base, {"embed": (6, 4), "output": (3, 4)}, False),
        (base, base | {"bias": (3,)}, False),
        (base | {"bias": (3,)}, base, False),
        (base, dict(reversed(base.items())), True),
        (base, {"embed": (3, 4), "head": (6, 4)}, False),
        (base, {"embed": (6, 4), "head": (3, 5)}, False),
    )
    given = []
    for one, other, _ in cases:
        value = call(answer, _module(random, **one), _module(random, **other))
        value = attempt(value.item) if is_array(value) and shape(value) == () else value
        if type(value) is not bool:
            return f"Your function should return True or False; given: {describe(value)}."
        given.append(value)
    slips = {
        (True, True, True, True, True): (
            "Yours says True to everything of the same class and configuration: they are the plan; compare the weights."
        ),
        (True, True, True, False, False): (
            "The number of parameters is not enough: 3 times 4 are as many as 4 times 3, and names may differ."
        ),
        (True, True, False, False, False): "The same names are not enough: `[3, 4]` does not fit into `[4, 3]`.",
        (True, False, True, False, False): "The same shapes are not enough: a weight goes where its *name* is.",
        (True, False, False, True, False): "The second model has a weight that the first lacks: it would stay random.",
        (True, False, False, False, True): "The first model has a weight for which the second has no place.",
        (True, False, False, True, True): "`zip` stops at the shorter of the two: a weight too many goes unnoticed.",
        (True, False, True, True, True): (
            "The shapes alone are not enough: a weight goes where its *name* is; and `zip` stops at the shorter."
        ),
    }
    if given == [not fits for _, _, fits in cases]:
        return "Turned round: True says that the weights fit."
    if not given[0]:
        return (
            "Two models with the same names and shapes fit, whatever their *values* are: that is what a checkpoint "
            "replaces."
        )
    if tuple(given[:5]) in slips:
        return slips[tuple(given[:5])]
    wrong = [(one, other, fits) for (one, other, fits), said in zip(cases, given, strict=True) if said != fits]
    if wrong == [cases[5]]:
        return "The order of the weights does not matter: each goes where its name is."
    if wrong:
        one, other, fits = wrong[0]
        return f"For weights `{one}` and `{other}` the answer is {fits}."
    return None


EXERCISE = Exercise(
    id="5.6",
    title="Would the weights fit?",
    minutes=6,
    difficulty="medium",
    starter="def weights_fit(one, other):\n    ...",
    answer="weights_fit",
    check=_check_fit,
    context=TORCH,
    expects="a function that returns True or False",
    hints=(
        "`model.state_dict()` is a dictionary from the name of each weight to its tensor.",
        "Make a dictionary from name to shape for each model, and compare the two.",
    ),
    solution=_FIT,
    wrong=(
        Wrong(
            "def weights_fit(one, other):\n"
            "    return type(one) is type(other) and one.config.to_dict() == other.config.to_dict()",
            "of the same class and configuration",
        ),
        Wrong(
            "def weights_fit(one, other):\n    return one.num_parameters() == other.num_parameters()",
            "The number of parameters",
        ),
        Wrong(
            "def weights_fit(one, other):\n"
            "    pairs = zip(one.state_dict().items(), other.state_dict().items())\n"
            "    return all(name == also and a.shape == b.shape for (name, a), (also, b) in pairs)",
            "a weight too many goes unnoticed",
        ),
        Wrong(
            "def weights_fit(one, other):\n"
            "    return all(a.shape == b.shape for a, b in zip(one.parameters(), other.parameters()))",
            "The shapes alone",
        ),
        Wrong(
            "def weights_fit(one, other):\n    return one.state_dict().keys() == other.state_dict().keys()",
            "The same names are not enough",
        ),
        Wrong(
            "def weights_fit(one, other):\n"
            "    shapes = [[w.shape for w in model.state_dict().values()] for model in (one, other)]\n"
            "    return shapes[0] == shapes[1]",
            "The same shapes are not enough",
        ),
        Wrong(
            "def weights_fit(one, other):\n"
            "    a, b = one.state_dict(), other.state_dict()\n"
            "    return all(name in b and b[name].shape == a[name].shape for name in a)",
            "that the first lacks",
        ),
        Wrong(
            "def weights_fit(one, other):\n"
            "    a, b = one.state_dict(), other.state_dict()\n"
            "    return all(name in a and b[name].shape == a[name].shape for name in b)",
            "has no place",
        ),
        Wrong(
            "def weights_fit(one, other):\n"
            "    a, b = one.state_dict(), other.state_dict()\n"
            "    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)",
            "whatever their *values* are",
        ),
        Wrong(changed(_FIT, ("return ", "return not ")), "Turned round"),
        Wrong(changed(_FIT, ("[{name: w.shape", "[[(name, w.shape)"), ("()} for", "()] for")), "The order of the"),
        Wrong(changed(_FIT, ("w.shape for", "w.shape[0] for")), "'head': (3, 5)"),
    ),
    alternatives=(
        "def weights_fit(one, other):\n"
        "    a, b = dict(one.named_parameters()), dict(other.named_parameters())\n"
        "    return set(a) == set(b) and all(a[name].shape == b[name].shape for name in a)",
    ),
    note=(
        "Fitting is not yet the same architecture: 12 heads of 32 and 6 of 64 have weights of the same shapes. "
        "So a checkpoint brings its config.json along."
    ),
)
