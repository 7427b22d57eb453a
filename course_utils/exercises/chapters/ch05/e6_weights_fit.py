"""5.6 Would the weights fit?"""

from course_utils.describing import attempt, is_array
from course_utils.exercises.answers import Slip, call, describe, shape
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import TORCH

_FIT = (
    "def weights_fit(one, other):\n"
    "    shapes = [{name: w.shape for name, w in model.state_dict().items()} for model in (one, other)]\n"
    "    return shapes[0] == shapes[1]"
)

_BOTH_WAYS = (
    "def weights_fit(one, other):\n"
    "    a, b = one.state_dict(), other.state_dict()\n"
    "    return a.keys() == b.keys() and all(a[name].shape == b[name].shape for name in a)"
)

_BASE = {"embed": (6, 4), "head": (3, 4)}

# names and shapes of two models, do they fit, why
_CASES = (
    (
        _BASE,
        _BASE,
        True,
        "Names and shapes are the same, only the *values* differ: these are what loading replaces.",
    ),
    (_BASE, _BASE | {"head": (4, 3)}, False, "`head` has 12 numbers in both, but `(3, 4)` is not `(4, 3)`."),
    (
        _BASE,
        {"embed": (6, 4), "output": (3, 4)},
        False,
        "The shapes are the same, but not the names: a weight goes where its *name* is.",
    ),
    (_BASE, _BASE | {"bias": (3,)}, False, "The first model has nothing for `bias` of the second."),
    (_BASE | {"bias": (3,)}, _BASE, False, "The second model has no place for `bias` of the first."),
    (_BASE, {"embed": (3, 4), "head": (6, 4)}, False, "The two shapes have changed places: each goes with its name."),
    (_BASE, _BASE | {"head": (3, 5)}, False, "`head` is of another width."),
    (_BASE, _BASE | {"head": (3, 4, 1)}, False, "`head` has one dimension more."),
    (_BASE, dict(reversed(_BASE.items())), True, "The order does not matter: each weight goes where its name is."),
    ({"embed": (1, 4)}, {"embed": (5, 4)}, False, "One row is not five."),
    ({"scale": (2,)}, {"shift": (2,), "scale": (2,)}, False, "The first model has nothing for `shift`."),
)


def _module(generator, sizes: dict, **options):
    """A small model whose weights have these names and shapes, with random values."""
    import torch
    from transformers import PreTrainedConfig

    module = torch.nn.Module()
    for name, size in sizes.items():
        weight = torch.nn.Parameter(torch.randn(size, generator=generator))
        module.register_parameter(name, weight)
    module.config = PreTrainedConfig()  # the same for all
    module.num_parameters = lambda: sum(weight.numel() for weight in module.parameters())
    return module.to(**options) if options else module


def _check_fit(answer) -> str | None:
    import torch

    random = torch.Generator().manual_seed(0)  # not the one that the learner's cells use
    for one, other, fits, reason in _CASES:
        said = _said(answer, _module(random, one), _module(random, other))
        if said != fits:
            return f"For weights `{one}` and `{other}` the answer is {fits}, not {said}. {reason}"
    if not _said(answer, _module(random, _BASE), _module(random, _BASE, dtype=torch.float16)):
        return (
            "Two models with the same names and shapes fit, also where one is in float16: loading converts the numbers."
        )
    frozen, wider = _module(random, _BASE), _module(random, _BASE | {"head": (3, 5)})
    if _said(answer, frozen.requires_grad_(False), wider.requires_grad_(False)):
        return "Two models whose weights are frozen, `requires_grad=False`, do not fit where a shape differs."
    if not _said(answer, frozen, _module(random, _BASE)):
        return "Two models with the same names and shapes fit, also where the weights of one are frozen."
    counting = _module(random, _BASE)
    counting.register_buffer("steps", torch.zeros(3))
    if _said(answer, counting, _module(random, _BASE)):
        return "`state_dict()` of one model has an entry more, `steps`, which is no parameter: then they do not fit."
    return None


def _said(answer, one, other) -> bool:
    """What the function says of the two; ends the check when it says anything else, or changes a model."""
    before = [{name: weight.clone() for name, weight in model.state_dict().items()} for model in (one, other)]
    given = call(answer, one, other)
    for number, model, weights in zip(("first", "second"), (one, other), before, strict=True):
        if not attempt(_same, weights, model.state_dict(), default=False):
            raise Slip(
                "not yet",
                f"Your function changed the weights of the {number} model. It should only look at the two: whoever "
                "called it needs both as they were.",
            )
    value = attempt(given.item) if is_array(given) and shape(given) == () else given
    if type(value) is not bool:
        raise Slip("not yet", f"Your function should return True or False every time; given: {describe(given)}.")
    return value


def _same(before: dict, after: dict) -> bool:
    import torch

    same = [*before] == [*after] and all(before[name].dtype == after[name].dtype for name in before)
    return same and all(torch.equal(before[name], after[name]) for name in before)


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
        "Look at `list(encoder.state_dict())[:3]`. What do you need to know of each weight, and what not?",
        "The values do not matter, nor does the order. What does is which shape goes with which name, in both models.",
        "Make a dictionary from name to shape for each model, and compare the two.",
    ),
    solution=_FIT,
    why=(
        "Two dictionaries are equal when they have the same keys with the same values, in any order. With names as "
        "keys and shapes as values, one comparison finds every difference."
    ),
    wrong=(
        Wrong(
            "def weights_fit(one, other):\n    return one.num_parameters() == other.num_parameters()",
            "`head` has 12 numbers in both",
        ),
        Wrong(
            "def weights_fit(one, other):\n"
            "    shapes = [[w.shape for w in model.state_dict().values()] for model in (one, other)]\n"
            "    return shapes[0] == shapes[1]",
            "but not the names",
        ),
        Wrong(
            "def weights_fit(one, other):\n"
            "    a, b = one.state_dict(), other.state_dict()\n"
            "    return all(name in b and b[name].shape == a[name].shape for name in a)",
            "nothing for `bias`",
        ),
        Wrong(
            "def weights_fit(one, other):\n"
            "    a, b = one.state_dict(), other.state_dict()\n"
            "    return all(name in a and b[name].shape == a[name].shape for name in b)",
            "no place for `bias`",
        ),
        Wrong(
            changed(_BOTH_WAYS, ("a[name].shape == b[name].shape", "torch.equal(a[name], b[name])")),
            "what loading replaces",
        ),
        Wrong(
            changed(
                _BOTH_WAYS,
                (
                    "all(a[name].shape == b[name].shape for name in a)",
                    "sorted(w.shape for w in a.values()) == sorted(w.shape for w in b.values())",
                ),
            ),
            "changed places",
        ),
        Wrong(changed(_FIT, ("w.shape for", "w.shape[0] for")), "another width"),
        Wrong(
            changed(
                _BOTH_WAYS, ("a[name].shape == b[name].shape", "a[name].squeeze().shape == b[name].squeeze().shape")
            ),
            "one dimension more",
        ),
        Wrong(changed(_FIT, ("[{name: w.shape", "[[(name, w.shape)"), ("()} for", "()] for")), "The order does not"),
        Wrong(
            "def weights_fit(one, other):\n"
            "    try:\n"
            "        one.load_state_dict(other.state_dict())\n"
            "    except RuntimeError:\n"
            "        return False\n"
            "    return True",
            "changed the weights of the first",
        ),
        Wrong(
            "def weights_fit(one, other):\n"
            "    try:\n"
            "        other.load_state_dict(one.state_dict())\n"
            "    except RuntimeError:\n"
            "        return False\n"
            "    return True",
            "changed the weights of the second",
        ),
        Wrong(changed(_FIT, ("name: w.shape", "name: (w.shape, w.dtype)")), "also where one is in float16"),
        Wrong(
            changed(_FIT, ("model.state_dict().items()", "model.named_parameters() if w.requires_grad")),
            "do not fit where a shape differs",
        ),
        Wrong(
            changed(
                _FIT,
                ("name: w.shape", "name: (w.shape, w.requires_grad)"),
                ("state_dict().items()", "named_parameters()"),
            ),
            "where the weights of one are frozen",
        ),
        Wrong(
            "def weights_fit(one, other):\n    return [name for name in one.state_dict() if name in dir(other)]",
            "True or False every time",
        ),
    ),
    also_wrong=(
        changed(_FIT, ("state_dict().items()", "named_parameters()")),
        "def weights_fit(one, other):\n"
        "    return type(one) is type(other) and one.config.to_dict() == other.config.to_dict()",
        "def weights_fit(one, other):\n"
        "    pairs = zip(one.state_dict().items(), other.state_dict().items())\n"
        "    return all(name == also and a.shape == b.shape for (name, a), (also, b) in pairs)",
        "def weights_fit(one, other):\n"
        "    return all(a.shape == b.shape for a, b in zip(one.parameters(), other.parameters()))",
        "def weights_fit(one, other):\n    return one.state_dict().keys() == other.state_dict().keys()",
        changed(_FIT, ("return ", "return not ")),
        changed(_FIT, ("w.shape", "w.dim()")),
        changed(_FIT, ("w.shape", "w.numel()")),
        "import copy\n\n"
        "def weights_fit(one, other):\n"
        "    try:\n"
        "        copy.deepcopy(one).load_state_dict(other.state_dict(), strict=False)\n"
        "    except RuntimeError:\n"
        "        return False\n"
        "    return True",
        "def weights_fit(one, other):\n"
        "    with torch.no_grad():\n"
        "        for weight in one.parameters():\n"
        "            weight += 1\n" + _FIT.split("\n", 1)[1],
        changed(_FIT, ("return shapes[0] == shapes[1]", "if shapes[0] == shapes[1]:\n        return True")),
        "bodies = {'a': torch.nn.Linear(2, 3), 'b': torch.nn.Linear(2, 3)}  # as on the page\n\n"
        "def weights_fit(one, other):\n"
        "    a, b = bodies['a'].state_dict(), bodies['b'].state_dict()\n"
        "    return {name: w.shape for name, w in a.items()} == {name: w.shape for name, w in b.items()}",
    ),
    alternatives=(
        _BOTH_WAYS,
        "import copy\n\n"
        "def weights_fit(one, other):\n"
        "    try:\n"
        "        copy.deepcopy(one).load_state_dict(other.state_dict())\n"
        "    except RuntimeError:\n"
        "        return False\n"
        "    return True",
    ),
    note=(
        "Fitting is not yet the same architecture: 12 heads of 32 and 6 of 64 have weights of the same shapes. "
        "So a checkpoint brings its config.json along."
    ),
)
