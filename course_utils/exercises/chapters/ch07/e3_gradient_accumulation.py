"""7.3 A batch that does not fit."""

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import NN

_PARTS = (
    "def big_step(model, optimizer, parts):\n"
    "    model.train()\n"
    "    optimizer.zero_grad()\n"
    "    count, total = sum(len(labels) for _, labels in parts), 0.0\n"
    "    for inputs, labels in parts:\n"
    "        loss = F.cross_entropy(model(inputs), labels) * len(labels) / count\n"
    "        loss.backward()\n"
    "        total += loss.item()\n"
    "    optimizer.step()\n"
    "    return total"
)


def _check_parts(answer) -> str | None:
    import torch
    from torch import nn
    from torch.nn import functional as F

    generator = torch.Generator().manual_seed(3)
    inputs, labels = torch.randn(6, 3, generator=generator), torch.tensor([0, 1, 1, 0, 1, 1])
    parts = [(inputs[:1], labels[:1]), (inputs[1:3], labels[1:3]), (inputs[3:], labels[3:])]
    start, stale = torch.randn(2, 3, generator=generator), torch.randn(2, 3, generator=generator)

    class Watched(nn.Linear):
        modes = []

        def forward(self, x):
            self.modes.append(self.training)
            return super().forward(x)

    model = Watched(3, 2, bias=False).eval()
    with torch.no_grad():
        model.weight.copy_(start)
    model.weight.grad = stale.clone()
    optimizer, steps = torch.optim.SGD(model.parameters(), lr=1.0), []
    optimizer.register_step_post_hook(lambda *_: steps.append(1))
    value = call(answer, model, optimizer, parts)
    if not model.modes:
        return "The model was never called."
    if not steps:
        return "The optimizer made no step: call `step()` of the one that was given, after the loop."
    if len(steps) > 1:
        return f"You took {len(steps)} steps, not one: collect the gradients of all parts, then call `step()` once."
    moved = start - model.weight.detach()

    def gradient(some):
        weight = start.clone().requires_grad_()
        F.cross_entropy(some[0] @ weight.T, some[1]).backward()
        return weight.grad

    def times(direction) -> float | None:
        """How many times `direction` the step was; None if it went another way."""
        factor = ((moved * direction).sum() / direction.square().sum()).item()
        return factor if factor > 0.01 and close(moved, factor * direction, 1e-3) else None

    whole, each = gradient((inputs, labels)), [gradient(part) for part in parts]
    added = sum(each)
    if not close(moved, whole, 1e-3):
        if close(moved, 0 * whole, 1e-3):
            return "The weights did not move: the gradients were emptied before the step, or never computed."
        if close(moved, whole + stale, 1e-3):
            return "Gradients of an earlier step were still there and got added: `optimizer.zero_grad()` first."
        if close(moved, added + stale, 1e-3) or close(moved, added / 3 + stale, 1e-3):
            return "Two slips: gradients of an earlier step were added, and the parts not weighed by their sizes."
        if times(each[0]):
            return "Only the first part counted: is `return` inside the loop?"
        if times(each[-1]):
            return "Only the last part counted: `zero_grad()` belongs before the loop, `backward()` into it."
        if close(moved, added, 1e-3):
            return "You added up the means of the parts: the step is about three times too long."
        if times(added):
            return "Each part had the same weight, but they have 1, 2 and 3 examples: weigh them by that."
        if factor := times(whole):
            return (
                f"The step is {factor:.2g} times as long as it should be: divide the sum of the losses by their number."
            )
        return "The step is not the one that the whole batch would give: the gradient of the mean loss of its examples."
    if not all(model.modes):
        return "The model was in evaluation mode, without dropout: call `model.train()` first."
    right = F.cross_entropy(inputs @ start.T, labels).item()
    if not close(as_number(value), right, 1e-3):
        return f"The step is right; return the mean loss over all examples, here {right:.2f}; given: {describe(value)}."
    return None


EXERCISE = Exercise(
    id="7.3",
    title="A batch that does not fit",
    minutes=10,
    difficulty="medium",
    starter="def big_step(model, optimizer, parts):\n    ...",
    answer="big_step",
    check=_check_parts,
    context=NN,
    expects="a function that takes a model, an optimizer and a list of parts and returns a number",
    hints=(
        "`backward()` adds to the gradients that are there: call it once a part, `zero_grad()` before and `step()` "
        "after the loop.",
        "`F.cross_entropy` is the mean of a part; times `len(labels)`, divided by the size of the whole batch, the "
        "parts add up to the mean of all.",
    ),
    solution=_PARTS,
    wrong=(
        Wrong(changed(_PARTS, ("    optimizer.zero_grad()\n", "")), "Gradients of an earlier step"),
        Wrong(changed(_PARTS, ("    optimizer.step()\n", "")), "The optimizer made no step"),
        Wrong(
            changed(_PARTS, ("    optimizer.step()\n", "    optimizer.zero_grad()\n    optimizer.step()\n")),
            "The weights did not move",
        ),
        Wrong(changed(_PARTS, ("    optimizer.zero_grad()\n", ""), (" * len(labels) / count", "")), "Two slips"),
        Wrong(
            changed(
                _PARTS,
                ("    optimizer.step()\n", ""),
                ("        total +=", "        optimizer.step()\n        optimizer.zero_grad()\n        total +="),
                (" * len(labels) / count", ""),
            ),
            "You took 3 steps",
        ),
        Wrong(
            changed(_PARTS, ("        loss.backward()\n", "        optimizer.zero_grad()\n        loss.backward()\n")),
            "Only the last part counted",
        ),
        Wrong(
            changed(
                _PARTS, ("    optimizer.step()\n    return total", "        optimizer.step()\n        return total")
            ),
            "Only the first part counted",
        ),
        Wrong(changed(_PARTS, (" * len(labels) / count", " / len(parts)")), "Each part had the same weight"),
        Wrong(changed(_PARTS, (" * len(labels) / count", "")), "You added up the means"),
        Wrong(changed(_PARTS, (" * len(labels) / count", " * len(labels)")), "divide the sum of the losses"),
        Wrong(changed(_PARTS, ("    model.train()\n", "")), "The model was in evaluation mode"),
        Wrong(changed(_PARTS, ("return total", "return loss.item()")), "return the mean loss over all examples"),
    ),
    alternatives=(
        "def big_step(model, optimizer, parts):\n"
        "    optimizer.zero_grad()\n"
        "    model.train()\n"
        "    answers = torch.cat([model(inputs) for inputs, _ in parts])\n"
        "    loss = F.cross_entropy(answers, torch.cat([labels for _, labels in parts]))\n"
        "    loss.backward()\n"
        "    optimizer.step()\n"
        "    return loss",
        "def big_step(model, optimizer, parts):\n"
        "    count = sum(inputs.shape[0] for inputs, _ in parts)\n\n"
        "    def closure():\n"
        "        model.zero_grad()\n"
        "        losses = [F.cross_entropy(model(x), y, reduction='sum') for x, y in parts]\n"
        "        for loss in losses:\n"
        "            loss.backward()\n"
        "        for weight in model.parameters():\n"
        "            weight.grad /= count\n"
        "        return sum(losses) / count\n\n"
        "    return optimizer.step(model.train() and closure)",
    ),
    note="This is gradient accumulation; `Trainer` calls it `gradient_accumulation_steps`.",
)
