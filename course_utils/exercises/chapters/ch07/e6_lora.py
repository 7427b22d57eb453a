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

    linear = nn.Linear(5, 3)
    with torch.no_grad():
        linear.weight.copy_(torch.arange(15.0).view(3, 5) / 10)
        linear.bias.copy_(torch.tensor([1.0, -1.0, 0.5]))
    x, weight = torch.linspace(-1, 2, 20).view(4, 5), linear.weight.detach().clone()
    base = linear(x).detach()
    layer = call(answer, linear, 2, 6)
    if not is_a(layer, nn.Module):
        return f"`LoraLinear(linear, 2, 6)` should be an `nn.Module`; given: {describe(layer)}."
    a, b = (attempt(getattr, layer, name) for name in "AB")
    if not (is_a(a, nn.Parameter) and is_a(b, nn.Parameter)):
        return "Store `self.A` and `self.B` as `nn.Parameter`: only then will an optimizer find them."
    if shape(a) != (2, 5) or shape(b) != (3, 2):
        given = f"{list(shape(a))} and {list(shape(b))}"
        return f"Expected A [r, inputs] and B [outputs, r], here [2, 5] and [3, 2]; given: {given}."
    zeros = close(a, torch.zeros(2, 5)), close(b, torch.zeros(3, 2))
    if all(zeros):
        return "A and B are both zero: then the gradients of both are zero, and nothing is ever learned. Make A random."
    if zeros == (True, False):
        return "It is the wrong way round: A begins random and B at zero."
    if not zeros[1]:
        return "The new layer changes the output before any training: begin with B all zero."
    if a.min() == a.max():
        return "All numbers of A are equal, so that its rows would always learn the same: make A random."
    first = call(layer, x)
    if shape(first) != (4, 3) or not close(first, base):
        return f"With B at zero the output should be that of the linear layer, bias included; given: {describe(first)}."
    with torch.no_grad():
        a.copy_(torch.tensor([[1.0, 0, 2, 0, 0], [0, 1, 0, 0, -1]]))
        b.copy_(torch.tensor([[1.0, 0], [0, 2], [1, 1]]))
    update = x @ a.detach().T @ b.detach().T
    right = base + 3 * update
    value = call(layer, x)
    for factor, says in (
        (0, "Your forward does not use A and B."),
        (1, "The scaling is missing: multiply B A x by alpha / r, here 3."),
        (6, "You scaled by alpha alone; it is alpha / r."),
        (1 / 3, "Your scaling is upside down: alpha / r, not r / alpha."),
    ):
        if close(value, base + factor * update, 1e-3):
            return says
    if close(value, 3 * update, 1e-3):
        return "The output of the frozen layer is missing in the sum."
    if not close(value, right, 1e-3):
        return "With A and B of the test the output is not W x + alpha / r · B A x."
    if not close(linear.weight, weight):
        return "`forward` changed the weight of the linear layer, so the next call would add B A once more."
    if not close(attempt(layer, x.view(2, 2, 5)), right.view(2, 2, 3), 1e-3):
        return (
            "It works for `x` [4, 5], but not for [2, 2, 5]: the vectors lie along the last dimension, as in a matrix."
        )
    attempt(lambda: value.sum().backward())
    if a.grad is None or b.grad is None:
        return "A or B gets no gradient, so it never learns: no `detach`, `.data`, `no_grad` or freezing for these two."
    if any(weight.requires_grad for weight in layer.parameters() if weight is not a and weight is not b):
        return "The linear layer is still trained: freeze its weight and its bias; A and B alone are 16 numbers."
    return None


EXERCISE = Exercise(
    id="7.6",
    title="LoRA by hand",
    minutes=12,
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
        "In `__init__`: keep the layer, frozen with `linear.requires_grad_(False)`; `nn.Parameter(torch.zeros(…))` "
        "for B, `torch.randn` for A.",
        "A batch has its vectors in rows, so B A x becomes `x @ self.A.T @ self.B.T`, times alpha / r.",
    ),
    solution=_LORA,
    wrong=(
        Wrong(changed(_LORA, ("self.scale * x", "x")), "The scaling is missing"),
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
        Wrong(changed(_LORA, ("torch.randn(", "torch.ones(")), "All numbers of A are equal"),
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
            "changed the weight of the linear layer",
        ),
        Wrong(changed(_LORA, (".requires_grad_(False)", "")), "The linear layer is still trained"),
        Wrong(changed(_LORA, ("self.linear(x) + ", "")), "With B at zero the output should be"),
        Wrong(
            changed(_LORA, ("self.linear(x) + self.scale * x @ self.A.T @ self.B.T", "self.linear(x)")),
            "does not use A and B",
        ),
        Wrong(
            changed(
                _LORA, ("nn.Parameter(torch.zeros(linear.out_features, r))", "torch.zeros(linear.out_features, r)")
            ),
            "only then will an optimizer find them",
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
    ),
    note="After training, W + alpha / r · B A can be written into W: the adapted model is then as fast as before.",
)
