"""6b.1 The norm of SmolLM2."""

from course_utils.exercises.records import Exercise, Wrong

from .shared import TORCH, check_tensor, random, wrong_answers

_NORM = (
    "def rms_norm(x, weight, eps=1e-5):\n"
    "    mean_square = x.pow(2).mean(dim=-1, keepdim=True)\n"
    "    return x / (mean_square + eps).sqrt() * weight"
)
_SQUARES = "x.pow(2).mean(dim=-1, keepdim=True)"
_MISTAKES = (
    (
        ((_SQUARES, "x.mean(dim=-1, keepdim=True)"),),
        "That is the root of the mean of the numbers themselves. Square the numbers first: negative numbers and "
        "positive ones would cancel each other.",
    ),
    (
        ((_SQUARES, "x.abs().mean(dim=-1, keepdim=True)"),),
        "That takes the mean of the sizes without their signs. Here the numbers are squared before the mean.",
    ),
    (
        (("(mean_square + eps).sqrt()", "(mean_square.sqrt() + eps)"),),
        "You added `eps` after the root. It belongs under the root, beside the mean of the squares.",
    ),
    (
        ((" + eps", ""),),
        "`eps` is missing: a vector of zeros gives 0 divided by 0. Add `eps` to the mean of the squares.",
    ),
    (((" * weight", ""),), "The last step is missing: multiply the result by `weight`."),
    (((" * weight", " / weight"),), "You divided by `weight`; multiply by it."),
    (((".mean(dim", ".sum(dim"),), "You took the sum of the squares; take their mean."),
    (((".sqrt()", ""),), "The root is missing: divide by the square root of the mean of the squares plus `eps`."),
    (
        ((_SQUARES, "x.pow(2).mean()"),),
        "You took one mean for all tokens together. Each token has a mean of its own: name the last dimension.",
    ),
    (
        ((_SQUARES, "x.pow(2).mean(dim=0, keepdim=True)"),),
        "You took the mean over dimension 0. Each token has a mean over its own numbers, the last dimension.",
    ),
    (
        ((_SQUARES, "x.var(dim=-1, keepdim=True, correction=0)"), ("return x /", "return (x - x.mean(-1, True)) /")),
        "That is LayerNorm: it subtracts the mean first. RMSNorm leaves that step out.",
    ),
    (
        ((_SQUARES, "x.var(dim=-1, keepdim=True, correction=0)"),),
        "You divided by the standard deviation, which subtracts the mean of the numbers before it squares them.",
    ),
    ((("return x / (mean_square + eps).sqrt()", "return (mean_square + eps).sqrt()"),), "That is what to divide by."),
    ((("x / (mean_square + eps)", "x * (mean_square + eps)"),), "You multiplied by the root; divide by it."),
)


def _cases() -> list[tuple]:
    import torch

    weight = [random(size, seed=9) for size in (4, 6, 5)]
    return [
        (random(3, 4), weight[0]),
        (torch.cat([random(2, 6), torch.zeros(1, 6)]), weight[1]),
        (0.01 * random(2, 4, seed=3), weight[0]),
        (random(1, 5) + 1, weight[2], 0.3),
        (random(2, 3, 4, seed=5) * 8, weight[0], 0.1),
    ]


def _told(x, weight, eps=1e-5) -> str:
    return f"For `x` of the shape {list(x.shape)} and eps {eps:g},"


def _check(answer) -> str | None:
    return check_tensor(answer, _cases(), "rms_norm", TORCH, _NORM, _MISTAKES, _told)


EXERCISE = Exercise(
    id="6b.1",
    title="The norm of SmolLM2",
    minutes=6,
    difficulty="easy",
    starter="def rms_norm(x, weight, eps=1e-5):\n    ...",
    answer="rms_norm",
    check=_check,
    context=TORCH,
    expects="a function that returns a tensor of the same shape as `x`",
    hints=(
        "Three words, read from the back: first the Squares, then their Mean, then the Root. Which dimension is the "
        "mean taken over, and must it stay?",
        "The mean must be a column beside the tokens, so keep the dimension. `eps` is added before the root.",
        "`x / (x.pow(2).mean(dim=-1, keepdim=True) + eps).sqrt()`, and then the weight.",
    ),
    solution=_NORM,
    why="Each vector is divided by its own typical size, so the next matrix meets numbers of a known size. `weight` "
    "then makes each of the 576 places louder or quieter, in the same way for every token.",
    wrong=(
        *wrong_answers(_NORM, _MISTAKES),
        Wrong(_NORM.replace("weight, eps=1e-5", "weight"), "name 'eps' is not defined", status="error in your code"),
        Wrong(_NORM.replace("eps=1e-5):", "eps=1e-5):\n    eps = 1e-5"), "and eps 0.3,"),
        Wrong(_NORM.replace("* weight", "@ weight"), "is expected; yours has"),
        Wrong(_NORM + ".double()", "given: a tensor of `torch.float64`"),
        Wrong(_NORM.replace("return ", "return (") + ").tolist()", "please return one, too; given: a list"),
        Wrong(
            "def rms_norm(x, weight, eps=1e-5):\n    return (x**2).mean(-1).item()",
            "RuntimeError",
            status="error in your code",
        ),
    ),
    also_wrong=(
        _NORM.replace(", keepdim=True", ""),
        _NORM.replace("x.pow(2)", "x.pow(3)"),
        "def rms_norm(x, weight, eps=1e-5):\n    return torch.nn.functional.normalize(x, dim=-1) * weight",
    ),
    alternatives=(
        "def rms_norm(x, weight, eps=1e-5):\n    return weight * x * torch.rsqrt((x * x).mean(-1, True) + eps)",
        "def rms_norm(x, weight, eps=1e-5):\n    return torch.nn.functional.rms_norm(x, (x.shape[-1],), weight, eps)",
        "def rms_norm(x, weight, eps=1e-5):\n"
        "    size = x.shape[-1]\n"
        "    length = torch.sqrt((x**2).sum(-1) / size + eps)\n"
        "    return x / length[..., None] * weight",
    ),
    note="All vectors now have about the same size, and their directions are kept.",
)
