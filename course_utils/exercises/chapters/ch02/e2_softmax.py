"""2.2 Softmax by hand."""

from course_utils.describing import attempt
from course_utils.exercises.answers import Slip, as_list, call, close, describe, is_a, shape
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import known_slip

from .shared import TORCH

_HIDES_ONE = ("softm", "attention", "entropy")  # softmin is softmax with a minus
_LIBRARIES = ("scipy", "sklearn", "jax", "tensorflow", "keras")

_SMALL = (
    [1.0, 2.0, -0.5],
    [[2.0, 1.0, -1.0], [0.5, 0.5, 0.5]],
    [[0.5, 1.5, 3.0], [-1.0, 2.0, 0.5], [2.0, 2.0, -2.0]],
    [[3.0, 1.0, 0.0, -1.0]],
    [[1.0], [2.0]],
)
_LARGE = (
    ([1000.0, 1000.0, 0.0], [0.5, 0.5, 0.0]),
    ([1000.0, 999.0], [0.7311, 0.2689]),
    ([3000.0, 1.0], [1.0, 0.0]),
    ([-1000.0, -1000.0], [0.5, 0.5]),
    ([1000.0, 900.0, 0.0], [1.0, 0.0, 0.0]),
)
_APART = [[1000.0, 1000.0, 0.0], [0.0, 0.0, -1000.0], [-2000.0, -2000.0, -2999.0]]

_SLIPS = (
    (lambda z: z.exp(), "These numbers do not sum to 1: divide each `exp` by the sum of all."),
    (
        lambda z: z.sigmoid(),
        "That is the sigmoid, which looks at each logit alone; softmax shares out 1 among all labels.",
    ),
    (lambda z: z / z.sum(-1, keepdim=True), "You divided the logits by their sum: take `exp` first."),
    (lambda z: z.log_softmax(-1), "That is the logarithm of the softmax: no value is above zero."),
    (
        lambda z: z.softmax(0),
        "In a table `[sentences, labels]` your columns sum to 1; each row should (`dim=-1`).",
    ),
    (
        lambda z: z.flatten().softmax(0).reshape(z.shape),
        "In a table `[sentences, labels]` all your numbers together sum to 1; each row should (`dim=-1`).",
    ),
    (
        lambda z: (z - z.amax(-1, keepdim=True)).exp() / (z - z.amax(-1, keepdim=True)).exp().sum(),
        "You divided by the sum over the whole table; each row should be divided by its own sum (`dim=-1`).",
    ),
)


def _ask(answer, logits):
    """The tensor that the answer returns; Slip if it is none, or if a ready-made softmax is called under any name."""
    import torch
    from torch.overrides import TorchFunctionMode

    called = [*(attempt(_of_other_libraries, answer) or ())]

    class Watch(TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            called.append(getattr(func, "__name__", ""))
            return func(*args, **(kwargs or {}))

    with Watch():
        value = call(answer, logits)
    if name := next((name for name in called if any(part in name for part in _HIDES_ONE)), ""):
        raise Slip(
            "not yet",
            f"Your function calls a ready-made softmax (`{name}`), or something that calls it. Write it with `exp`, a "
            "sum and a division.",
        )
    if not is_a(value, torch.Tensor):
        raise Slip("not yet", f"Your function should return a tensor; given: {describe(value)}.")
    return value


def _of_other_libraries(answer) -> list[str]:
    """The names in the code of a function, if a library that has a softmax is among them. PyTorch needs no looking."""
    names = _names(answer.__code__)
    known = [answer.__globals__.get(name) for name in names]
    words = {name for name, thing in zip(names, known, strict=True) if thing is not answer}
    words |= {f"{getattr(thing, '__module__', '')}.{getattr(thing, '__name__', '')}".strip(".") for thing in known}
    return sorted(words) if any(word.startswith(_LIBRARIES) for word in words) else []


def _names(compiled) -> set[str]:
    inner = [const for const in compiled.co_consts if is_a(const, type(compiled))]
    return {*compiled.co_names}.union(*map(_names, inner))


def _check_softmax(answer) -> str | None:
    import torch

    small = [torch.tensor(case) for case in _SMALL]
    for logits in small:
        value, right = _ask(answer, logits), torch.softmax(logits, -1)
        if not close(value, right):
            says = known_slip(answer, [(case,) for case in small], _SLIPS, as_list)
            if says is None and shape(value) != tuple(logits.shape):
                says = f"The shape should stay {list(logits.shape)}."
            return _expected(logits, right, value, says)
    for row, right in _LARGE:
        value = _ask(answer, torch.tensor(row))
        if not close(value, right):
            return _expected(row, right, value, _large_slip(value))
    value, right = _ask(answer, torch.tensor(_APART)), [[0.5, 0.5, 0.0]] * 3
    if not close(value, right):
        says = "Subtract from each row the largest logit of that row: one number does not fit for all rows."
        return _expected(_APART, right, value, says)
    return None


def _large_slip(value) -> str:
    if any(number != number for number in as_list(value) or []):
        return (
            "The `nan` comes from a number too large for `exp`, which gives infinity, or from a sum of 0. If you "
            "subtract the largest logit first, the largest `exp` is 1."
        )
    return "Do you cut logits off? Subtract the largest instead, which keeps their differences."


def _expected(logits, right, value, says) -> str:
    shown = f"For the logits `{as_list(logits)}` expected about `{_rounded(as_list(right))}`; given: {describe(value)}."
    return f"{shown} {says}" if says else shown


def _rounded(numbers: list) -> list:
    return [_rounded(x) if is_a(x, list) else round(x, 3) for x in numbers]


_HEAD = "def softmax(logits):\n"
_SOLUTION = (
    _HEAD + "    shifted = logits - logits.max(dim=-1, keepdim=True).values  # exp cannot overflow now\n"
    "    exponentials = torch.exp(shifted)\n"
    "    return exponentials / exponentials.sum(dim=-1, keepdim=True)"
)
_RETURN = "return exponentials / exponentials.sum(dim=-1, keepdim=True)"
_SHIFT = "logits - logits.max(dim=-1, keepdim=True).values"


EXERCISE = Exercise(
    id="2.2",
    title="Softmax by hand",
    minutes=12,
    difficulty="medium",
    starter="def softmax(logits):\n    ...",
    answer="softmax",
    check=_check_softmax,
    context=TORCH,
    expects="a function that takes a tensor of logits and returns a tensor of the same shape",
    hints=(
        "Begin with one sentence and small logits: what does the formula do first, and what last?",
        "Three steps: subtract the largest logit, take `exp`, divide by the sum.",
        "`logits.max(dim=-1, keepdim=True).values` and `.sum(dim=-1, keepdim=True)` work for one sentence and for "
        "a batch.",
    ),
    solution=_SOLUTION,
    why="After the subtraction the largest logit of each row is 0, so `exp` gives at most 1 and never overflows. "
    "Above and below the bar the same factor is lost, so the shares stay the same.",
    wrong=(
        Wrong(_HEAD + "    return torch.exp(logits)", "These numbers do not sum to 1"),
        Wrong(_HEAD + "    return torch.sigmoid(logits)", "That is the sigmoid"),
        Wrong(_HEAD + "    return logits / logits.sum(-1, keepdim=True)", "You divided the logits by their sum"),
        Wrong(
            changed(_SOLUTION, (_SHIFT, "logits")), "expected about `[0.5, 0.5, 0.0]`; given: a tensor (`tensor([nan"
        ),
        Wrong(changed(_SOLUTION, ("dim=-1", "dim=0")), "your columns sum to 1"),
        Wrong(
            changed(_SOLUTION, (_SHIFT, "logits - logits.max()"), ("sum(dim=-1, keepdim=True)", "sum()")), "together"
        ),
        Wrong(changed(_SOLUTION, ("sum(dim=-1, keepdim=True)", "sum()")), "the sum over the whole table"),
        Wrong(changed(_SOLUTION, (_RETURN, _RETURN.replace("return ", "return torch.log(") + ")")), "the logarithm of"),
        Wrong(changed(_SOLUTION, (_SHIFT, "logits.clamp(-80, 80)")), "Do you cut logits off"),
        Wrong(changed(_SOLUTION, (_SHIFT, "logits - logits.max()")), "one number does not fit for all rows"),
        Wrong(changed(_SOLUTION, (_RETURN, f"{_RETURN[:6]} ({_RETURN[7:]}).tolist()")), "should return a tensor"),
        Wrong(_HEAD + "    return torch.softmax(logits, dim=-1)", "a ready-made softmax (`softmax`)"),
    ),
    also_wrong=(
        changed(_SOLUTION, ("    shifted", "    if logits.ndim > 1:\n        return logits.softmax(-1)\n    shifted")),
        "import types\n\nspecial = types.ModuleType('scipy.special')\n"
        "special.softmax = lambda z: (z - z.max()).exp()\n\n" + _HEAD + "    return special.softmax(logits)",
        "import torch.nn.functional as F\n\n" + _HEAD + "    return F.softmax(logits, dim=-1)",
        "from functools import partial\nsoftmax = partial(torch.softmax, dim=-1)",
        "from torch import softmax as shares\n\n" + _HEAD + "    return shares(logits, -1)",
        "softmax = torch.nn.Softmax(dim=-1)",
        _HEAD + "    return logits.softmax(-1)",
        _HEAD + '    return getattr(torch, "soft" + "max")(logits, -1)',
        _HEAD + "    return torch.log_softmax(logits, dim=-1).exp()",
        _HEAD
        + "    z, sdpa = logits.reshape(-1, 1, logits.shape[-1]), torch.nn.functional.scaled_dot_product_attention\n"
        "    eye = torch.eye(z.shape[-1])[None].expand(len(z), -1, -1)\n"
        "    return sdpa(torch.ones(len(z), 1, 1), z.mT, eye, scale=1.0).reshape(logits.shape)",
        _HEAD + "    return torch.nn.functional.softmin(-logits, dim=-1)",
        _HEAD + "    return torch.distributions.Categorical(logits=logits).probs",
        _HEAD + "    return torch.stack(list(map(lambda row: row.softmax(0), logits.reshape(-1, logits.shape[-1])))"
        ").reshape(logits.shape)",
        changed(_SOLUTION, (_SHIFT, "logits - logits.mean(dim=-1, keepdim=True)")),
        changed(_SOLUTION, (_SHIFT, "logits - 1000 * (logits.max() > 80)")),
        changed(_SOLUTION, (_SHIFT, "logits - logits.max(dim=0).values")),
        changed(_SOLUTION, ("sum(dim=-1, keepdim=True)", "sum(dim=-1)")),
        changed(_SOLUTION, (_RETURN, "return (exponentials / exponentials.sum(dim=-1, keepdim=True)).reshape(1, -1)")),
        changed(_SOLUTION, (_RETURN, "return (exponentials / exponentials.sum(dim=-1, keepdim=True)).numpy()")),
        _HEAD + "    logits -= logits.max(dim=-1, keepdim=True).values\n    e = logits.exp()\n"
        "    return e / e.sum(-1, keepdim=True)",
    ),
    alternatives=(
        _HEAD + "    return torch.exp(logits - torch.logsumexp(logits, dim=-1, keepdim=True))",
        _HEAD + "    z = logits\n    return 1 / torch.exp(z[..., None, :] - z[..., :, None]).sum(-1)",
        "import math\n\n"
        + _HEAD
        + "    if logits.dim() > 1:\n        return torch.stack([softmax(row) for row in logits])\n"
        "    powers = [math.exp(x - max(logits.tolist())) for x in logits.tolist()]\n"
        "    return torch.tensor([p / sum(powers) for p in powers])",
        "import numpy as np\n\n" + _HEAD + "    z = logits.double().numpy()\n"
        "    e = np.exp(z - z.max(axis=-1, keepdims=True))\n"
        "    return torch.from_numpy(e / e.sum(axis=-1, keepdims=True))",
    ),
)
