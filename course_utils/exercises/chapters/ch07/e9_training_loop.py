"""7.9 The loop, by you."""

from course_utils.exercises.answers import Slip, as_list, as_number, call, close, describe, is_array, shape
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import NN

# Texts, numbers of a vector, labels, rounds, optimizer; the head has gradients from before.
_CASES = (
    (6, 4, 2, 3, "SGD"),
    (9, 5, 3, 5, "AdamW"),
    (4, 3, 2, 1, "momentum"),
    (5, 3, 4, 4, "momentum"),
    (3, 2, 2, 2, "SGD"),
    (8, 2, 3, 12, "momentum"),
)


def _outcome(train, case):
    """What a function returns in a case, and the weights and the bias of the head afterwards."""
    import torch
    from torch import nn

    texts, numbers, classes, rounds, kind = case
    generator = torch.Generator().manual_seed(10 * texts + rounds)
    vectors = 2 * torch.randn(texts, numbers, generator=generator)
    labels = torch.randint(classes, (texts,), generator=generator)
    head = nn.Linear(numbers, classes)
    with torch.no_grad():
        for weight in head.parameters():
            weight.copy_(torch.randn(weight.shape, generator=generator))
            weight.grad = torch.randn(weight.shape, generator=generator)
    optimizer = {
        "SGD": lambda some: torch.optim.SGD(some, lr=1.0),
        "momentum": lambda some: torch.optim.SGD(some, lr=0.5, momentum=0.9),
        "AdamW": lambda some: torch.optim.AdamW(some, lr=0.1),
    }[kind](head.parameters())
    value = train(head, optimizer, vectors, labels, rounds)
    return value, [weight.detach().clone() for weight in head.parameters()]


def _loop(first="zero", softmax=False, total=False, after=False, once=False):
    """A loop with a mistake in it; `first`: when the gradients are forgotten, if at all; "still": no step is made."""

    def train(head, optimizer, vectors, labels, rounds):
        from torch.nn import functional as F

        losses = []
        if once:
            optimizer.zero_grad()
        for _ in range(rounds):
            logits = head(vectors)
            loss = F.cross_entropy(
                logits.softmax(-1) if softmax else logits, labels, reduction="sum" if total else "mean"
            )
            if first in ("zero", "still"):
                optimizer.zero_grad()
            loss.backward()
            if first != "still":
                optimizer.step()
            if first == "end":
                optimizer.zero_grad()
            losses.append((F.cross_entropy(head(vectors), labels) if after else loss).item())
        return losses

    return train


_SLIPS = (
    (
        _loop("still"),
        "The head does not learn: it has the same weights as before. Each round needs `loss.backward()` and then "
        "`optimizer.step()`, and nothing may forget the gradients between the two.",
    ),
    (
        _loop("never"),
        "`backward()` adds to the gradients that are there, so those of earlier rounds still count. Call "
        "`optimizer.zero_grad()` in each round before `backward()`.",
    ),
    (
        _loop("never", once=True),
        "You forget the gradients only once, at the beginning, so those of earlier rounds are added up. Call "
        "`optimizer.zero_grad()` in each round.",
    ),
    (
        _loop("end"),
        "The head came with gradients from before, and they count in your first round. Call `optimizer.zero_grad()` "
        "before the first `backward()`.",
    ),
    (_loop(softmax=True), "Give `F.cross_entropy` the logits as they are: it applies softmax itself."),
    (_loop(total=True), "Those are sums over all texts. Take the mean, as `F.cross_entropy` gives it."),
    (_loop(after=True), "The head learns, but your losses are from after the step. Note the loss before it."),
)  # fmt: skip


def _same(one, other) -> bool:
    return close(one[0], other[0], 1e-4) and all(close(a, b, 1e-3) for a, b in zip(one[1], other[1], strict=True))


def _called(answer, *given):
    """As `call`, but a sentence shows the names of what was given: an optimizer and two tensors fill a line."""
    try:
        return call(answer, *given)
    except Slip as slip:
        if not slip.message.startswith("`"):
            raise
        _, shown, told = slip.message.split("`", 2)
        shown = f"{shown.partition('(')[0]}(head, optimizer, vectors, labels, {given[-1]})"
        raise Slip(slip.status, f"`{shown}`{told}") from None


def _check(answer) -> str | None:
    given = [_outcome(lambda *all: _called(answer, *all), case) for case in _CASES]
    for (value, _), case in zip(given, _CASES, strict=True):
        rounds = case[3]
        if shape(value) == ():
            return f"Return a list with the loss of every round; given: {describe(value)}."
        losses = as_list(value)
        if losses is None or any(as_number(loss) is None for loss in losses):
            return f"Return a list of numbers, the loss of every round; given: {describe(value)}."
        if len(losses) != rounds:
            return f"With `rounds` {rounds} the list should have {rounds} losses; yours has {len(losses)}."
        if getattr(value, "requires_grad", False):
            return "Your tensor still hangs on the whole computation. Note each loss as a Python number: `loss.item()`."
        if not is_array(value) and any(hasattr(loss, "backward") for loss in value):
            return "The list contains tensors. Note each loss as a Python number: `loss.item()`."
    right = [_outcome(_loop(), case) for case in _CASES]
    if all(map(_same, given, right)):
        return None
    for slip, says in _SLIPS:
        if all(map(_same, given, [_outcome(slip, case) for case in _CASES])):
            return says
    return _first_difference(given, right)


def _first_difference(given, right) -> str:
    for case, mine, theirs in zip(_CASES, given, right, strict=True):
        if _same(mine, theirs):
            continue
        texts, numbers, classes, rounds, kind = case
        where = f"With {texts} vectors of {numbers} numbers, {classes} labels, {rounds} rounds and {kind}"
        if not close(mine[0], theirs[0], 1e-4):
            expected, shown = (", ".join(f"{loss:.3f}" for loss in as_list(some[0])) for some in (theirs, mine))
            return f"{where} the losses should be {expected}; yours are {shown}."
        return f"{where} the losses are right, but afterwards the weights of the head are not what they should be."
    raise AssertionError("they are the same")


_SOLUTION = (
    "def train_head(head, optimizer, vectors, labels, rounds):\n"
    "    losses = []\n"
    "    for _ in range(rounds):\n"
    "        loss = F.cross_entropy(head(vectors), labels)\n"
    "        optimizer.zero_grad()\n"
    "        loss.backward()\n"
    "        optimizer.step()\n"
    "        losses.append(loss.item())\n"
    "    return losses"
)

EXERCISE = Exercise(
    id="7.9",
    title="The loop, by you",
    minutes=10,
    difficulty="medium",
    starter="def train_head(head, optimizer, vectors, labels, rounds):\n    losses = []\n    ...\n    return losses",
    answer="train_head",
    check=_check,
    context=NN,
    expects="a function that trains a head and returns a list of losses",
    hints=(
        "Say it in words first: what happens in one round? Forward, loss, backward, step, as in the picture.",
        "Begin with `for _ in range(rounds):`. In the loop, `head(vectors)` makes the logits, and "
        "`F.cross_entropy(logits, labels)` the loss. Forget the old gradients before you make new ones.",
        "After the loss: `optimizer.zero_grad()`, `loss.backward()`, `optimizer.step()`, and "
        "`losses.append(loss.item())`, in this order.",
    ),
    why="The loss is computed with the weights before the step. `backward()` adds to gradients that are there, so the "
    "old ones go first. The optimizer knows which weights it may move: the caller gave them to it.",
    solution=_SOLUTION,
    wrong=(
        Wrong(changed(_SOLUTION, ("        optimizer.zero_grad()\n", "")), "those of earlier rounds still count"),
        Wrong(
            changed(
                _SOLUTION,
                ("        optimizer.zero_grad()\n", ""),
                ("    losses = []\n", "    losses = []\n    optimizer.zero_grad()\n"),
            ),
            "only once, at the beginning",
        ),
        Wrong(
            changed(
                _SOLUTION,
                ("        optimizer.zero_grad()\n", ""),
                ("optimizer.step()\n", "optimizer.step()\n        optimizer.zero_grad()\n"),
            ),
            "The head came with gradients from before",
        ),
        Wrong(changed(_SOLUTION, ("        optimizer.step()\n", "")), "it has the same weights as before"),
        Wrong(changed(_SOLUTION, ("head(vectors)", "head(vectors).softmax(-1)")), "it applies softmax itself"),
        Wrong(changed(_SOLUTION, (", labels)\n", ', labels, reduction="sum")\n')), "Those are sums"),
        Wrong(
            changed(_SOLUTION, ("append(loss.item())", "append(F.cross_entropy(head(vectors), labels).item())")),
            "from after the step",
        ),
        Wrong(changed(_SOLUTION, ("loss.item()", "loss.detach()")), "The list contains tensors"),
        Wrong(
            changed(_SOLUTION, ("    return losses", "    return loss.item()")),
            "Return a list with the loss of every round",
        ),
        Wrong(changed(_SOLUTION, ("    return", "        return")), "should have 3 losses; yours has 1"),
        Wrong(
            changed(_SOLUTION, ("head(vectors), labels", "head(labels), vectors")),
            "stopped with",
            status="error in your code",
        ),
        Wrong(
            changed(
                _SOLUTION,
                ("    losses = []\n", "    losses = []\n    optimizer = torch.optim.SGD(head.parameters(), lr=1.0)\n"),
            ),
            "With 9 vectors of 5 numbers",
        ),
    ),
    also_wrong=(
        changed(_SOLUTION, ("        loss.backward()\n", "")),
        changed(
            _SOLUTION,
            ("        optimizer.zero_grad()\n", ""),
            ("loss.backward()\n", "loss.backward()\n        optimizer.zero_grad()\n"),
        ),
        changed(_SOLUTION, ("optimizer.step()", "optimizer.step()\n        optimizer.step()")),
        changed(_SOLUTION, ("range(rounds)", "range(3)")),
        changed(
            _SOLUTION,
            ("append(loss.item())\n", "append(loss.item())\n        if min(losses) < losses[-1]:\n            break\n"),
        ),
        changed(_SOLUTION, ("append(loss.item())", "append(loss)"), ("return losses", "return torch.stack(losses)")),
        changed(_SOLUTION, ("losses.append(loss.item())", "losses.append(round(loss.item(), 1))")),
    ),
    alternatives=(
        changed(
            _SOLUTION,
            ("        optimizer.zero_grad()\n", ""),
            ("    losses = []\n", "    losses = []\n    optimizer.zero_grad()\n"),
            ("optimizer.step()\n", "optimizer.step()\n        optimizer.zero_grad()\n"),
        ),
        "def train_head(head, optimizer, vectors, labels, rounds):\n"
        "    def one():\n"
        "        head.zero_grad()\n"
        "        chances = head(vectors).log_softmax(dim=1)\n"
        "        loss = -chances[torch.arange(len(labels)), labels].mean()\n"
        "        loss.backward()\n"
        "        optimizer.step()\n"
        "        return float(loss)\n"
        "    return [one() for _ in range(rounds)]",
        changed(_SOLUTION, ("return losses", "return torch.tensor(losses)")),
    ),
    note="Each training on this page is this loop: only the model and the batches differ.",
)
