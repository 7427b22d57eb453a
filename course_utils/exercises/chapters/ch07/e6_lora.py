"""7.6 LoRA by hand."""

from course_utils.describing import attempt
from course_utils.exercises.answers import call, close, describe, is_a, shape
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import NN

_LORA = (
    "class LoraLinear(nn.Module):\n"
    "    def __init__(self, linear, r, alpha):\n"
    "        super().__init__()\n"
    "        self.linear = linear.requires_grad_(False)\n"
    "        self.A = nn.Parameter(torch.randn(r, linear.in_features) / r)\n"
    "        self.B = nn.Parameter(torch.zeros(linear.out_features, r))\n"
    "        self.scale = alpha / r\n"
    "\n"
    "    def forward(self, x):\n"
    "        return self.linear(x) + self.scale * x @ self.A.T @ self.B.T"
)


def _check_lora(answer) -> str | None:
    import torch
    from torch import nn

    linear, x = _linear(5, 3), torch.linspace(-1, 2, 20).view(4, 5)
    weight, base = linear.weight.detach().clone(), linear(x).detach()
    layer = call(answer, linear, 2, 3)
    if not is_a(layer, nn.Module):
        return f"`LoraLinear(linear, 2, 3)` should be an `nn.Module`; given: {describe(layer)}."
    if says := _beginning(layer, call(answer, _linear(5, 3), 2, 3)):
        return says
    first = call(layer, x)
    if shape(first) != (4, 3) or not close(first, base):
        return f"With B at zero the output should be that of the linear layer, bias included; given: {describe(first)}."
    a, b = layer.A, layer.B
    with torch.no_grad():
        a.copy_(torch.tensor([[1.0, 0, 2, 0, 0], [0, 1, 0, 0, -1]]))
        b.copy_(torch.tensor([[1.0, 0], [0, 2], [1, 1]]))
    update = x @ a.detach().T @ b.detach().T
    right = base + 1.5 * update
    value = call(layer, x)
    for wrong, says in (
        (base, "Your forward does not use A and B as they are now: training them would change nothing."),
        (
            base + update,
            "The update is not scaled by 1.5: multiply B A x by alpha / r, here 3 / 2, a number with a point.",
        ),
        (base + 3 * update, "You scaled by alpha alone; it is alpha / r."),
        (base + 2 / 3 * update, "Your scaling is upside down: alpha / r, not r / alpha."),
        (1.5 * update, "The output of the frozen layer is missing in the sum."),
    ):
        if close(value, wrong, 1e-3):
            return says
    if not close(value, right, 1e-3):
        return "With A and B of the test the output is not W x + bias + alpha / r · B A x."
    if not (close(linear.weight, weight) and close(call(layer, x), right, 1e-3)):
        return "`forward` changed a weight of the layer, so the next call adds B A once more."
    for some, wanted in ((x.view(2, 2, 5), right.view(2, 2, 3)), (x[0], right[0])):
        if not close(attempt(layer, some), wanted, 1e-3):
            return (
                f"It works for `x` [4, 5], but not for {list(some.shape)}: the vectors lie along the last "
                "dimension, as in a matrix."
            )
    return _gradients(layer, x, weight + 1.5 * b.detach() @ a.detach()) or _other_sizes(answer)


def _linear(size_in: int, size_out: int):
    import torch
    from torch import nn

    linear = nn.Linear(size_in, size_out)
    with torch.no_grad():
        linear.weight.copy_(torch.arange(float(size_in * size_out)).view(size_out, size_in) / 10)
        linear.bias.copy_(torch.linspace(1, -1, size_out))
    return linear


def _beginning(layer, another) -> str | None:
    """A sentence if A and B are not what they should be in a new layer of 5 to 3, r = 2."""
    import torch
    from torch import nn

    a, b = (attempt(getattr, layer, name) for name in "AB")
    if not (is_a(a, nn.Parameter) and is_a(b, nn.Parameter)):
        return "Store `self.A` and `self.B` as `nn.Parameter`: only then will an optimizer find them."
    if shape(a) != (2, 5) or shape(b) != (3, 2):
        given = f"{list(shape(a))} and {list(shape(b))}"
        return f"Expected A [r, inputs] and B [outputs, r], here [2, 5] and [3, 2]; given: {given}."
    zeros = not a.any(), not b.any()  # exactly: small random numbers are none
    if all(zeros):
        return "A and B are both zero: then the gradients of both are zero, and nothing is ever learned. Make A random."
    if zeros == (True, False):
        return "It is the wrong way round: A begins random and B at zero."
    if not zeros[1]:
        return "The new layer changes the output before any training: begin with B all zero."
    if torch.equal(a[0], a[1]):
        return "The rows of A are equal, so that they would always learn the same: make A random."
    if torch.equal(a, another.A):
        return "Two new layers have the same A: make it of random numbers, new ones for each layer."
    return None


def _gradients(layer, x, joined) -> str | None:
    """A sentence if the wrong things learn; `joined` is W + alpha / r · B A, by which the gradient of x is known."""
    x = x.clone().requires_grad_()
    a, b = layer.A, layer.B
    attempt(lambda: layer(x).sum().backward())
    if a.grad is None or b.grad is None:
        return "A or B gets no gradient, so it never learns: no `detach`, `.data`, `no_grad` or freezing for these two."
    if x.grad is None or not close(x.grad, joined.sum(0).expand(4, 5), 1e-3):
        return (
            "The gradient of `x` is not that of the whole sum, so layers below would learn wrongly: `no_grad` and "
            "`detach` have no place in `forward`. Freezing stops the gradient of W, not that of `x`."
        )
    others = [
        name
        for name, weight in layer.named_parameters()
        if weight.requires_grad and weight is not a and weight is not b
    ]
    if others:
        return f"Other parameters than A and B are trained, too: {others}. Freeze all others."
    return None


def _other_sizes(answer) -> str | None:
    import torch

    for size_in, size_out, r, alpha in ((4, 4, 3, 1), (2, 6, 1, 0.5)):
        linear, x = _linear(size_in, size_out), torch.linspace(-1, 1, 3 * size_in).view(3, size_in)
        base = linear(x).detach()
        layer = call(answer, linear, r, alpha)
        with torch.no_grad():
            layer.B.copy_(torch.ones(size_out, r))
        right = base + alpha / r * x @ layer.A.detach().T @ layer.B.detach().T
        if not close(call(layer, x), right, 1e-3):
            return (
                f"It is right for 5 inputs and 3 outputs, but not for {size_in} and {size_out}, with r {r} and alpha "
                f"{alpha}. Take all sizes from `linear`, and alpha / r as it is given."
            )
    return None


EXERCISE = Exercise(
    id="7.6",
    title="LoRA by hand",
    minutes=15,
    difficulty="hard",
    starter=(
        "class LoraLinear(nn.Module):\n"
        "    def __init__(self, linear, r, alpha):\n"
        "        super().__init__()\n"
        "        ...\n"
        "\n"
        "    def forward(self, x):\n"
        "        ..."
    ),
    answer="LoraLinear",
    check=_check_lora,
    context=NN,
    expects="a class that is made with a linear layer, r and alpha",
    hints=(
        "Which of the four, W, the bias, A and B, may an optimizer change? What must hold, so that a new layer gives "
        "what the old one gave?",
        "In `__init__`: keep the layer, frozen with `linear.requires_grad_(False)`. Make A of `torch.randn` and B of "
        "`torch.zeros`, both as parameters. In `forward`: the output of the layer, plus the update, scaled.",
        "A batch has its vectors in rows, so B A x becomes `x @ self.A.T @ self.B.T`, times alpha / r.",
    ),
    why="The frozen layer gives W x and the bias; A squeezes x to r numbers, B spreads them to the outputs. B begins "
    "at zero, so nothing changes at first, and A is random, so that the rows of it can learn different things.",
    solution=_LORA,
    wrong=(
        Wrong(changed(_LORA, ("self.scale * x", "x")), "The update is not scaled by 1.5"),
        Wrong(changed(_LORA, ("alpha / r", "alpha")), "You scaled by alpha alone"),
        Wrong(changed(_LORA, ("alpha / r", "r / alpha")), "Your scaling is upside down"),
        Wrong(
            changed(
                _LORA,
                ("r, linear.in_features", "linear.in_features, r"),
                ("linear.out_features, r", "r, linear.out_features"),
                ("self.A.T @ self.B.T", "self.A @ self.B"),
            ),
            "Expected A [r, inputs] and B [outputs, r]",
        ),
        Wrong(changed(_LORA, ("torch.zeros(linear", "torch.randn(linear")), "before any training"),
        Wrong(
            changed(_LORA, ("torch.randn(r, linear.in_features) / r", "torch.zeros(r, linear.in_features)")),
            "nothing is ever learned",
        ),
        Wrong(
            changed(_LORA, ("torch.randn(r", "torch.zeros(r"), ("torch.zeros(linear", "torch.randn(linear")),
            "A begins random and B at zero",
        ),
        Wrong(changed(_LORA, ("torch.randn(", "torch.ones(")), "The rows of A are equal"),
        Wrong(
            changed(_LORA, ("x @ self.A.T @ self.B.T", "(self.B @ self.A @ x.t()).t()")),
            "but not for [2, 2, 5]",
        ),
        Wrong(changed(_LORA, ("self.A.T @ self.B.T", "self.A.data.T @ self.B.T")), "gets no gradient"),
        Wrong(
            changed(
                _LORA,
                (
                    "        return self.linear(x) + self.scale * x @ self.A.T @ self.B.T",
                    "        self.linear.weight.data += self.scale * self.B @ self.A\n        return self.linear(x)",
                ),
            ),
            "`forward` changed a weight",
        ),
        Wrong(changed(_LORA, (".requires_grad_(False)", "")), "Other parameters than A and B are trained"),
        Wrong(changed(_LORA, ("self.linear(x) + ", "")), "With B at zero the output should be"),
        Wrong(
            changed(_LORA, ("self.linear(x) + self.scale * x @ self.A.T @ self.B.T", "self.linear(x)")),
            "does not use A and B as they are now",
        ),
        Wrong(
            changed(
                _LORA, ("nn.Parameter(torch.zeros(linear.out_features, r))", "torch.zeros(linear.out_features, r)")
            ),
            "only then will an optimizer find them",
        ),
        Wrong(
            changed(
                _LORA, ("torch.randn(r, linear.in_features)", "torch.arange(r * linear.in_features * 1.0).view(r, -1)")
            ),
            "Two new layers have the same A",
        ),
        Wrong(
            changed(
                _LORA,
                (
                    "        return self.linear(x) +",
                    "        with torch.no_grad():\n            base = self.linear(x)\n        return base +",
                ),
            ),
            "The gradient of `x`",
        ),
        Wrong(
            changed(_LORA, ("self.linear(x) + ", "(0 if self.B.any() else self.linear(x)) + ")),
            "The output of the frozen",
        ),
        Wrong(
            changed(_LORA, ("self.scale * x", "min(self.scale, 2) * x"), ("alpha / r", "max(alpha / r, 1)")),
            "but not for 4 and 4",
        ),
    ),
    also_wrong=(
        changed(_LORA, ("alpha / r", "alpha // r")),
        changed(_LORA, ("alpha / r", "1.5")),
        changed(_LORA, ("torch.randn(", "torch.rand(1, 1) * torch.ones(")),
        changed(_LORA, ("linear.requires_grad_(False)", "linear\n        linear.weight.requires_grad_(False)")),
        changed(_LORA, ("self.linear(x) +", "F.linear(x, self.linear.weight) +")),
        changed(_LORA, ("self.linear(x) + self.scale * x", "self.scale * (self.linear(x) + x"), ("B.T", "B.T)")),
        changed(_LORA, ("self.linear = linear", "self.linear = nn.Linear(linear.in_features, linear.out_features)")),
        changed(
            _LORA,
            (
                "        self.scale =",
                "        self.W = (linear.weight + alpha / r * self.B @ self.A).detach()\n        self.scale =",
            ),
            ("self.linear(x) + self.scale * x @ self.A.T @ self.B.T", "F.linear(x, self.W, self.linear.bias)"),
        ),
    ),
    alternatives=(
        "class LoraLinear(nn.Module):\n"
        "    def __init__(self, linear, r, alpha):\n"
        "        super().__init__()\n"
        "        self.A = nn.Parameter(nn.init.kaiming_uniform_(torch.empty(r, linear.in_features)))\n"
        "        self.B = nn.Parameter(torch.zeros(linear.out_features, r))\n"
        "        self.register_buffer('W', linear.weight.detach())\n"
        "        self.register_buffer('b', linear.bias.detach())\n"
        "        self.r, self.alpha = r, alpha\n"
        "\n"
        "    def forward(self, x):\n"
        "        return F.linear(x, self.W + self.alpha / self.r * (self.B @ self.A), self.b)",
        "class LoraLinear(nn.Module):\n"
        "    def __init__(self, linear, r, alpha=1.0):\n"
        "        super().__init__()\n"
        "        for weight in linear.parameters():\n"
        "            weight.requires_grad = False\n"
        "        self.base, like = linear, linear.weight\n"
        "        self.A = nn.Parameter(like.new_empty(r, like.shape[1]).uniform_(-0.1, 0.1))\n"
        "        self.B = nn.Parameter(like.new_zeros(like.shape[0], r))\n"
        "        self.register_buffer('scale', torch.tensor(alpha / r))\n"
        "\n"
        "    def forward(self, x):\n"
        "        return F.linear(F.linear(x, self.A), self.B) * self.scale + self.base(x)",
    ),
    note="After training, W + alpha / r · B A can be written into W: the adapted model is then as fast as before.",
)
