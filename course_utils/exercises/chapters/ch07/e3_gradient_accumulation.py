"""7.3 A batch that does not fit."""

import weakref

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


class _Kept:
    """A tensor that PyTorch keeps for `backward()`; gone as soon as PyTorch lets go of it."""

    def __init__(self, tensor):
        self.tensor = tensor


class _Try:
    """One call of the answer with a linear model of its own, and what was seen of it.

    Old gradients are left in the model, which begins in evaluation mode.
    """

    def __init__(self, answer, sizes, classes, seed):
        import torch
        from torch import nn

        generator = torch.Generator().manual_seed(seed)
        inputs = 3 * torch.randn(sum(sizes), 3, generator=generator)
        labels = torch.randint(classes, (sum(sizes),), generator=generator)
        self.inputs, self.labels, self.sizes = inputs, labels, sizes
        self.start, self.stale = torch.randn(2, classes, 3, generator=generator)
        self.modes, self.fed, self.steps = [], [], 0
        self.held = 0  # how many calls of the model were waiting for their `backward()` at once
        seen, calls = self, []

        class Watched(nn.Linear):
            def forward(self, x):
                calls.append(weakref.WeakSet())  # what PyTorch keeps of this call until `backward()` is through
                with torch.autograd.graph.saved_tensors_hooks(seen.keep(calls[-1]), lambda kept: kept.tensor):
                    result = super().forward(x)
                if result.requires_grad:
                    seen.modes.append(self.training)
                    seen.fed.append(len(x))
                    seen.held = max(seen.held, sum(len(kept) > 0 for kept in calls))
                return result

        model = Watched(3, classes, bias=False).eval()
        with torch.no_grad():
            model.weight.copy_(self.start)
        model.weight.grad = self.stale.clone()
        optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
        optimizer.register_step_post_hook(self.stepped)
        parts = list(zip(inputs.split(sizes), labels.split(sizes), strict=True))
        self.value = call(answer, model, optimizer, parts)
        self.moved = self.start - model.weight.detach()

    @staticmethod
    def keep(kept):
        def pack(tensor):
            held = _Kept(tensor)
            kept.add(held)
            return held

        return pack

    def stepped(self, *_) -> None:
        self.steps += 1

    def gradient(self, part=slice(None)):
        """Of the mean loss of these examples, at the weights of the beginning."""
        from torch.nn import functional as F

        weight = self.start.clone().requires_grad_()
        F.cross_entropy(self.inputs[part] @ weight.T, self.labels[part]).backward()
        return weight.grad

    def loss(self) -> float:
        from torch.nn import functional as F

        return F.cross_entropy(self.inputs @ self.start.T, self.labels).item()


def _check_parts(answer) -> str | None:
    for sizes, classes, seed in (([1, 2, 3], 2, 3), ([4, 1], 3, 5), ([5], 2, 7)):
        seen = _Try(answer, sizes, classes, seed)
        if says := _way(seen) or _step(seen):
            return says if sizes == [1, 2, 3] else f"With parts of {' and '.join(map(str, sizes))} examples: {says}"
        if not close(as_number(seen.value), seen.loss(), 1e-3):
            return (
                f"The step is right; return the mean loss over all {sum(sizes)} examples, before the step, here "
                f"{seen.loss():.2f}; given: {describe(seen.value)}."
            )
    return None


def _way(seen: _Try) -> str | None:
    """A sentence if the step was not made part by part."""
    if not seen.fed:
        return "The model was never called with gradients on."
    if max(seen.fed) > max(seen.sizes):
        return (
            f"The model got {max(seen.fed)} examples at once, but the largest part has {max(seen.sizes)}: give it one "
            "part at a time, or the memory will not do."
        )
    if seen.held > 1:
        return (
            f"{seen.held} calls of the model were kept in memory at once, for a later `backward()`: call it for each "
            "part before the model gets the next one, and without `retain_graph`."
        )
    if not seen.steps:
        return "The optimizer made no step: call `step()` of the one that was given, after the loop."
    if seen.steps > 1:
        return f"You took {seen.steps} steps, not one: collect the gradients of all parts, then call `step()` once."
    return None


def _step(seen: _Try) -> str | None:
    """A sentence if the step is another one than that of the whole batch."""
    moved, whole, stale, count = seen.moved, seen.gradient(), seen.stale, sum(seen.sizes)
    if close(moved, whole, 1e-3):
        if not all(seen.modes):
            return "The model was in evaluation mode, without dropout: call `model.train()` first."
        return None
    ends = [sum(seen.sizes[: i + 1]) for i in range(len(seen.sizes))]
    each = [seen.gradient(slice(end - size, end)) for end, size in zip(ends, seen.sizes, strict=True)]
    added = sum(each)

    def times(direction) -> float | None:
        """How many times `direction` the step was; None if it went another way."""
        factor = ((moved * direction).sum() / direction.square().sum()).item()
        return factor if factor > 0.01 and close(moved, factor * direction, 1e-3) else None

    if close(moved, 0 * whole, 1e-3):
        return "The weights did not move: the gradients were emptied before the step, or never computed."
    if close(moved, whole + stale, 1e-3):
        return "Gradients of an earlier step were still there and got added: `optimizer.zero_grad()` first."
    if len(each) > 1:
        if close(moved, added + stale, 1e-3) or close(moved, added / len(each) + stale, 1e-3):
            return "Two slips: gradients of an earlier step were added, and the parts not weighed by their sizes."
        if times(each[0]):
            return "Only the first part counted: is `return` inside the loop?"
        if times(each[-1]):
            return "Only the last part counted: `zero_grad()` belongs before the loop, `backward()` into it."
        if close(moved, added, 1e-3):
            return "You added up the means of the parts: weigh each by its share of all examples."
        if times(added):
            return f"Each part had the same weight, but they have {seen.sizes} examples: weigh them by that."
    if factor := times(whole):
        return (
            f"The step goes the right way, but is {factor:.2g} times as long as it should be: take the mean loss of "
            f"the {count} examples, and do nothing else to the gradients."
        )
    return "The step is not the one that the whole batch would give: the gradient of the mean loss of its examples."


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
        "`backward()` adds to the gradients that are there. What does that mean for `zero_grad()`, and how often must "
        "`backward()` and `step()` be called?",
        "Before the loop empty the gradients, in it go backwards, after it make the step. A part of 3 of 6 examples "
        "counts half: weigh the mean loss of a part by its share of all examples.",
        "`F.cross_entropy` is the mean of a part; times `len(labels)`, divided by the number of all examples, the "
        "parts add up to the mean of all.",
    ),
    why="`backward()` adds to the gradients that are there, so after the loop they are the sum over all parts. Each "
    "part is weighed by its share of the examples, and the sum is then the gradient of the mean over the whole batch.",
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
        Wrong(changed(_PARTS, (" * len(labels) / count", " * len(labels)")), "is 6 times as long"),
        Wrong(
            changed(
                _PARTS,
                (
                    "    optimizer.step()\n",
                    "    nn.utils.clip_grad_norm_(model.parameters(), 1.0)\n    optimizer.step()\n",
                ),
            ),
            "is 0.66 times as long",
        ),
        Wrong(changed(_PARTS, ("    model.train()\n", "")), "The model was in evaluation mode"),
        Wrong(changed(_PARTS, ("return total", "return loss.item()")), "return the mean loss over all 6 examples"),
        Wrong(
            "def big_step(model, optimizer, parts):\n"
            "    model.train()\n"
            "    optimizer.zero_grad()\n"
            "    loss = F.cross_entropy(model(torch.cat([x for x, _ in parts])), torch.cat([y for _, y in parts]))\n"
            "    loss.backward()\n"
            "    optimizer.step()\n"
            "    return loss.item()",
            "The model got 6 examples at once",
        ),
        Wrong(
            "def big_step(model, optimizer, parts):\n"
            "    model.train()\n"
            "    optimizer.zero_grad()\n"
            "    answers = torch.cat([model(inputs) for inputs, _ in parts])\n"
            "    loss = F.cross_entropy(answers, torch.cat([labels for _, labels in parts]))\n"
            "    loss.backward()\n"
            "    optimizer.step()\n"
            "    return loss",
            "3 calls of the model were kept in memory",
        ),
        Wrong(
            changed(_PARTS, ("sum(len(labels) for _, labels in parts)", "6")),
            "With parts of 4 and 1 examples: The step",
        ),
        Wrong("def big_step(model, optimizer, parts):\n    return optimizer.step() or 0.5", "was never called"),
    ),
    also_wrong=(
        changed(_PARTS, ("sum(len(labels) for _, labels in parts)", "len(parts) * len(parts[0][1])")),
        changed(_PARTS, ("model(inputs)", "model(inputs).softmax(-1)")),
        changed(_PARTS, ("    model.train()\n", ""), ("    optimizer.step", "    model.train()\n    optimizer.step")),
        changed(_PARTS, ("    model.train()\n", "    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)\n")),
        changed(
            _PARTS,
            ("        loss.backward()\n", ""),
            ("+= loss.item()", "+= loss"),
            ("    optimizer.step", "    total.backward()\n    optimizer.step"),
        ),
        changed(_PARTS, ("return total", "return total / len(parts)")),
    ),
    alternatives=(
        "def big_step(model, optimizer, parts):\n"
        "    count = sum(inputs.shape[0] for inputs, _ in parts)\n\n"
        "    def closure():\n"
        "        model.zero_grad()\n"
        "        total = 0\n"
        "        for x, y in parts:\n"
        "            loss = F.cross_entropy(model(x), y, reduction='sum')\n"
        "            loss.backward()\n"
        "            total += loss.detach()\n"
        "        for weight in model.parameters():\n"
        "            weight.grad /= count\n"
        "        return total / count\n\n"
        "    return optimizer.step(model.train() and closure)",
        "def big_step(model, optimizer, parts):\n"  # even smaller parts, and evaluation mode again at the end
        "    model.train().zero_grad()\n"
        "    losses = []\n"
        "    for inputs, labels in parts:\n"
        "        for x, y in zip(inputs, labels):\n"
        "            losses.append(F.cross_entropy(model(x[None]), y[None]))\n"
        "            (losses[-1] / sum(len(some) for some, _ in parts)).backward()\n"
        "    optimizer.step()\n"
        "    model.eval()\n"
        "    return sum(losses) / len(losses)",
    ),
    note="This is gradient accumulation; `Trainer` calls it `gradient_accumulation_steps`.",
)
