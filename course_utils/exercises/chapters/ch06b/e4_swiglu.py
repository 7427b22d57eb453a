"""6b.4 A gate for each number."""

from course_utils.exercises.records import Exercise, Wrong

from .shared import TORCH, check_tensor, random, wrong_answers

_SWIGLU = (
    "def swiglu(x, gate, up, down):\n"
    "    opened = torch.nn.functional.silu(x @ gate.T)\n"
    "    inner = opened * (x @ up.T)\n"
    "    return inner @ down.T"
)
_OPENED, _INNER = "torch.nn.functional.silu(x @ gate.T)", "opened * (x @ up.T)"
_MISTAKES = (
    (
        (("x @ gate.T", "x @ up.T "), ("(x @ up.T)", "(x @ gate.T)")),
        "`gate` and `up` are exchanged: silu belongs to what `gate` computes.",
    ),
    (
        ((_INNER, "torch.nn.functional.silu((x @ gate.T) * (x @ up.T))"),),
        "You applied silu to the product. Only the gate goes through silu, before the product.",
    ),
    (
        ((_INNER, "opened * torch.nn.functional.silu(x @ up.T)"),),
        "Both went through silu. What `up` computes stays as it is.",
    ),
    (((_OPENED, "x @ gate.T"),), "silu is missing: what `gate` computes goes through it before the product."),
    ((("opened *", "opened +"),), "You added the two; multiply them number by number."),
    (
        ((_OPENED, "(x @ gate.T).sigmoid()"),),
        "Your gate is a sigmoid, from 0 to 1. silu(g) is g times sigmoid(g).",
    ),
    (((_OPENED, "(x @ gate.T).relu()"),), "Your gate is relu, which cuts off all that is negative; use silu."),
    (((_OPENED, "torch.nn.functional.gelu(x @ gate.T)"),), "Your gate is GELU, the curve of GPT-2; use silu."),
    (((" @ down.T", ""),), "The last step is missing: `down` leads back to the size of the stream."),
    (((_INNER, "opened"),), "`up` is missing: the gate is multiplied by what `up` computes."),
    (((_INNER, "x @ up.T"),), "`gate` is missing: nothing is opened or closed."),
    (
        ((_OPENED, "x @ gate.T"), ("return inner @ down.T", "return torch.nn.functional.silu(inner @ down.T)")),
        "You applied silu at the very end. It belongs to what `gate` computes.",
    ),
    ((("return inner @ down.T", "return x + inner @ down.T"),), "You added `x`. That comes later, in the whole layer."),
)


def _cases() -> list[tuple]:
    sizes = ((3, 4, 6), (1, 5, 3), (4, 2, 7), (2, 6, 4))  # tokens, hidden, inner
    return [
        (
            random(tokens, hidden, seed=n),
            *(random(inner, hidden, seed=n + m) for m in (10, 20)),
            random(hidden, inner, seed=n + 30),
        )
        for n, (tokens, hidden, inner) in enumerate(sizes)
    ]


def _told(x, gate, up, down) -> str:
    return f"For {len(x)} tokens, {x.shape[1]} numbers in the stream and {len(gate)} inside"


def _check(answer) -> str | None:
    return check_tensor(answer, _cases(), "swiglu", TORCH, _SWIGLU, _MISTAKES, _told)


EXERCISE = Exercise(
    id="6b.4",
    title="A gate for each number",
    minutes=6,
    difficulty="easy",
    starter="def swiglu(x, gate, up, down):\n    ...",
    answer="swiglu",
    check=_check,
    context=TORCH,
    expects="a function that returns a tensor `[tokens, hidden]`",
    hints=(
        "Write down the two vectors that meet, and their shape. One of them goes through silu first.",
        "A weight matrix is stored as `[out, in]`, so `x` meets its transpose, as in 0b.5.",
        "The gate is `torch.nn.functional.silu(x @ gate.T)`; multiply it by `x @ up.T`, and lead back with `down`.",
    ),
    solution=_SWIGLU,
    why="The gate decides for each inner number how much of it may pass, and the token itself makes the gate. `down` "
    "writes what has passed back to the stream.",
    wrong=(
        *wrong_answers(_SWIGLU, _MISTAKES),
        Wrong(_SWIGLU.replace("gate.T", "gate"), "shapes cannot be multiplied", status="error in your code"),
        Wrong(_SWIGLU.replace("inner @ down.T", "(inner @ down.T)[0]"), "is expected; yours has"),
        Wrong(_SWIGLU.replace("inner @ down.T", "inner @ down.T / 2"), "the number at"),
    ),
    also_wrong=(
        _SWIGLU.replace("inner @ down.T", "opened @ down.T"),
        _SWIGLU.replace("silu(x @ gate.T)", "silu(2 * x @ gate.T)"),
    ),
    alternatives=(
        "def swiglu(x, gate, up, down):\n"
        "    g = x @ gate.T\n"
        "    return (g / (1 + torch.exp(-g)) * (x @ up.T)) @ down.T",
        "def swiglu(x, gate, up, down):\n"
        "    F = torch.nn.functional\n"
        "    return F.linear(F.silu(F.linear(x, gate)) * F.linear(x, up), down)",
        "def swiglu(x, gate, up, down):\n"
        "    g, u = (x @ torch.cat([gate, up]).T).chunk(2, dim=-1)\n"
        "    return (down @ (g * g.sigmoid() * u).T).T",
    ),
    note="These three matrices hold three quarters of the numbers of a layer.",
)
