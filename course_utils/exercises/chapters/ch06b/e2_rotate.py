"""6b.2 Turn the pairs."""

from course_utils.exercises.records import Exercise, Wrong

from .shared import TORCH, check_tensor, random, turns, wrong_answers

_ROTATE = (
    "def rotate(x, cos, sin):\n"
    "    half = x.shape[-1] // 2\n"
    "    first, second = x[..., :half], x[..., half:]\n"
    "    crossed = torch.cat([-second, first], dim=-1)\n"
    "    return x * cos + crossed * sin"
)
_CROSSED = "torch.cat([-second, first], dim=-1)"
_MISTAKES = (
    (
        ((_CROSSED, "torch.cat([second, -first], dim=-1)"),),
        "Your pairs turn the other way. `crossed` is the second half with minus signs, then the first half; and "
        "`crossed * sin` is added.",
    ),
    (((_CROSSED, "torch.cat([second, first], dim=-1)"),), "A minus sign is missing: `crossed` begins with - second."),
    (
        ((_CROSSED, "torch.cat([-first, second], dim=-1)"),),
        "The halves keep their places. In `crossed` the second half, with its minus sign, comes first.",
    ),
    (
        ((_CROSSED, "torch.stack([-x[..., 1::2], x[..., 0::2]], dim=-1).flatten(-2)"),),
        "You paired neighbours, 0 with 1 and 2 with 3. In Llama and SmolLM2 a number is paired with the one half a "
        "vector further on.",
    ),
    (
        (("x * cos + crossed * sin", "x * sin + crossed * cos"),),
        "`cos` and `sin` are exchanged: at position 0 nothing should turn, and there `cos` is 1.",
    ),
    ((("x * cos + crossed * sin", "x * cos"),), "Only half of it: `crossed * sin` is missing."),
    ((("x * cos + crossed * sin", "crossed * sin"),), "Only half of it: `x * cos` is missing."),
    (
        (("x * cos + crossed * sin", "x * cos + x * sin"),),
        "Your result is `x * cos + x * sin`. But `sin` belongs to the crossed vector, in which the halves have changed "
        "places.",
    ),
    (
        (("x * cos + crossed * sin", "(x + crossed) * cos"),),
        "Your result is `x * cos + crossed * cos`. Multiply the crossed vector by `sin`.",
    ),
    (((_CROSSED, "-x.flip(-1)"),), "You turned the order of the numbers round; only the two halves change places."),
)


def _cases() -> list[tuple]:
    sizes = ((1, 3, 4), (3, 4, 6), (2, 5, 8), (2, 1, 4), (4, 2, 12))
    return [(random(*each, seed=number), *turns(each[1], each[2])) for number, each in enumerate(sizes)]


def _told(x, cos, sin) -> str:
    return f"For `x` of the shape {list(x.shape)}"


def _check(answer) -> str | None:
    return check_tensor(answer, _cases(), "rotate", TORCH, _ROTATE, _MISTAKES, _told)


EXERCISE = Exercise(
    id="6b.2",
    title="Turn the pairs",
    minutes=8,
    difficulty="medium",
    starter="def rotate(x, cos, sin):\n    ...",
    answer="rotate",
    check=_check,
    context=TORCH,
    expects="a function that returns a tensor of the same shape as `x`",
    hints=(
        "You need two vectors: `x` itself, and one in which the two halves have changed places. Where does the minus "
        "sign stand?",
        "With `half = x.shape[-1] // 2`, the first half is `x[..., :half]`. Build the crossed vector with `torch.cat`.",
        "`crossed = torch.cat([-second, first], dim=-1)`, then the sum of two products.",
    ),
    solution=_ROTATE,
    why="A pair (a, b) turned by an angle is (a·cos - b·sin, b·cos + a·sin). The first half of a vector holds every a, "
    "the second half every b, so one line does all pairs at once.",
    wrong=(
        *wrong_answers(_ROTATE, _MISTAKES),
        Wrong(
            _ROTATE.replace("x[..., :half], x[..., half:]", "x[:, :half], x[:, half:]"),
            "RuntimeError",
            status="error in your code",
        ),
        Wrong(_ROTATE.replace("x * cos", "x[0] * cos[None]")[:-15] + "+ (crossed * sin)[0]", "is expected; yours has"),
    ),
    also_wrong=(
        _ROTATE.replace("dim=-1)\n    return", "dim=-1)\n    x = x / 2\n    return"),
        _ROTATE.replace("x * cos +", "x * cos[:1] +"),
        _ROTATE.replace("x.shape[-1] // 2", "2"),
        _ROTATE.replace("x.shape[-1] // 2", "32"),
    ),
    alternatives=(
        "def rotate(x, cos, sin):\n"
        "    a, b = x.chunk(2, dim=-1)\n"
        "    c, s = cos[:, : a.shape[-1]], sin[:, : a.shape[-1]]\n"
        "    return torch.cat([a * c - b * s, b * c + a * s], dim=-1)",
        "def rotate(x, cos, sin):\n"
        "    half = x.shape[-1] // 2\n"
        "    a, b = x[..., :half], x[..., half:]\n"
        "    z = torch.complex(a, b) * torch.complex(cos[:, :half], sin[:, :half])\n"
        "    return torch.cat([z.real, z.imag], dim=-1)",
        "def rotate(x, cos, sin):\n"
        "    signs = torch.ones(x.shape[-1])\n"
        "    signs[: len(signs) // 2] = -1\n"
        "    return x * cos + x.roll(len(signs) // 2, dims=-1) * signs * sin",
    ),
    note="The length of each vector is the same as before. Only its direction has changed.",
)
