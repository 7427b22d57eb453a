"""Exercises of notebook 07, transfer learning: splits, intervals, freezing, LoRA by hand, steps and schedules."""

from .answers import as_list, as_number, as_text, call, close, describe, is_a, shape
from .objects import attempt
from .records import Choice, Exercise, Option, Wrong

# --- 7.1 split without leakage --------------------------------------------------------------------------------


def _key(text: str) -> str:
    return " ".join(text.lower().split())


def _copied_examples() -> list[tuple[str, int]]:
    """410 examples, sorted by label: enough that drawing text by text comes near to any share.

    110 repeat another one: 50 as it is, 50 with other capitals or spaces, 10 with the other label.
    """
    texts = [[f"Film {number} is {word}." for number in range(150)] for word in ("poor", "fine")]
    found = []
    for label in (0, 1):
        own = texts[label]
        copies = own[:25] + [text.upper() for text in own[25:37]]
        copies += ["  " + text.replace(" ", "   ") for text in own[37:50]] + texts[1 - label][-5:]
        found += [(text, label) for text in own + copies]
    return found


def _check_split(answer) -> str | None:
    examples = _copied_examples()
    sides = []
    for share in (0.25, 0.5):
        value = call(answer, examples, share)
        both = as_list(value)
        if both is None or len(both) != 2 or not all(is_a(side, list) and all(map(_is_pair, side)) for side in both):
            return f"Your function should return two lists of pairs `(text, label)`; given: {describe(value)}."
        train, test = ([(text, label) for text, label in side] for side in both)
        if sorted(train + test) != sorted(examples):
            if len(train + test) > len(examples):
                return "Together the two lists are longer than the examples: something was put in twice."
            if len(train + test) < len(examples) and {_key(text) for text, _ in train + test} == {
                _key(text) for text, _ in examples
            }:
                return "You dropped the copies; here every example is kept, and copies stay together."
            return f"Each of the {len(examples)} examples should be in one of the lists, as it was given."
        sides.append((train, test))
    for train, test in sides:
        if twice := set(train) & set(test):
            return f"The same text is in both lists: {min(twice)[0]!r}. Divide the texts, not the examples."
    for train, test in sides:
        if twice := {text for text, _ in train} & {text for text, _ in test}:
            return f"{min(twice)!r} is in both lists, once with each label: divide by the text alone."
        if {_key(text) for text, _ in train} & {_key(text) for text, _ in test}:
            return "Copies that differ in capitals or spaces are in both lists: use `' '.join(text.lower().split())`."
    total, size, half = len(examples), len(sides[0][1]), len(sides[1][1])
    if 0.63 <= size / total <= 0.87:
        return "The sides are swapped: return the training list first, and `share` is the part of the test."
    if not 0.13 <= size / total <= 0.37:
        return f"With a share of 0.25 the test should have about {total // 4} of the {total} examples; given: {size}."
    if not 0.35 <= half / total <= 0.65:
        return (
            f"With a share of 0.5 the test should have about {total // 2} of the {total}; given: {half}. Use `share`."
        )
    for _, test in sides:
        praise = sum(label for _, label in test) / len(test)
        if not 0.2 <= praise <= 0.8:
            return (
                f"Label 1 has {100 * praise:.0f} % of the test, but half of all: the list was sorted by label, so "
                "shuffle before you divide."
            )
    return None


def _is_pair(pair) -> bool:
    return is_a(pair, list) and len(pair) == 2 and as_text(pair[0]) is not None and as_number(pair[1]) is not None


# --- 7.2 Wilson interval --------------------------------------------------------------------------------------


def _wilson(right: int, total: int) -> tuple[float, float]:
    a, z = right / total, 1.96
    middle, half = a + z * z / (2 * total), z * (a * (1 - a) / total + z * z / (4 * total**2)) ** 0.5
    return (middle - half) / (1 + z * z / total), (middle + half) / (1 + z * z / total)


def _check_wilson(answer) -> str | None:
    value = call(answer, 9, 10)
    pair = as_list(value)
    if pair is None or shape(pair) != (2,):
        return f"Your function should return two numbers, the low and the high end; given: {describe(value)}."
    right = _wilson(9, 10)
    a, z, n = 0.9, 1.96, 10
    middle, shrunk = a + z * z / (2 * n), 1 + z * z / n
    plain, half = z * (a * (1 - a) / n) ** 0.5, z * (a * (1 - a) / n + z * z / (4 * n * n)) ** 0.5

    def around(middle, half, by=1.0):
        return [(middle - half) / by, (middle + half) / by]

    for guess, says in (
        (right[::-1], "The ends are swapped: return the low one first."),
        ([100 * end for end in right], "Those are percent; return shares."),
        (
            around(a, plain),
            f"That is the margin of notebook 01, and reaches {a + plain:.2f}: more than all. Use Wilson's formula.",
        ),
        (around(middle, half), "The last step is missing: divide both ends by 1 + z² / n."),
        (
            around(a, half, shrunk),
            "Your interval is centred on a itself: add z² / 2n first, which pulls it to one half.",
        ),
        (around(middle, plain, shrunk), "Under the root z² / 4n² is missing."),
        (around(middle, half**2 / z, shrunk), "The square root is missing."),
        (around(middle / shrunk, half), "Only the middle was divided by 1 + z² / n; divide the half width too."),
        ([middle / shrunk, half / shrunk], "Those are the middle and the half width; return the low and the high end."),
    ):
        if close(pair, guess, 5e-3):
            return says
    if not close(pair, right, 1e-3):
        near = " Take z = 1.96, and do not round." if close(pair, right, 1e-2) else ""
        return f"For 9 right of 10 expected {right[0]:.3f} and {right[1]:.3f}; given: {describe(value)}.{near}"
    value = call(answer, 50, 50)
    if not close(as_list(value), _wilson(50, 50), 1e-3):
        return f"For 50 right of 50 the interval is 0.93 to 1, by the same formula; given: {describe(value)}."
    return None


# --- 7.3 a batch in parts -------------------------------------------------------------------------------------


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


# --- 7.4 warm-up ----------------------------------------------------------------------------------------------


def _check_rate(answer) -> str | None:
    places = (0, 5, 10, 28, 55, 100)
    value = [as_number(call(answer, step, 100, 10, 2.0)) for step in places]
    if None in value:
        return "Your function should return one number for every step."
    if close(value, [0, 1, 2, 1.6, 1, 0], 1e-3):
        for step, right, says in (
            (0, 1, "step 0 has the peak already"),
            (25, 0.5, "the rate falls from step 0 on, to half the peak at step 25 of 50"),
        ):
            flat = call(answer, step, 50, 0, 1.0)
            if not close(as_number(flat), right):
                return f"Without warm-up, `warmup=0`, {says}; given: {describe(flat)}."
        late = call(answer, 120, 100, 10, 2.0)
        return None if close(as_number(late), 0) else f"After the last step the rate stays 0; given: {describe(late)}."
    if close(value[:2], [0.2, 1.2], 1e-3):
        return "You count from one: at step 0 the rate is 0."
    if close(value, [2, 1.9, 1.8, 1.44, 0.9, 0], 1e-3):
        return "There is no warm-up: the rate should begin at 0 and reach the peak at step `warmup`."
    if close(value, [0, 1, 2, 2, 2, 2], 1e-3):
        return "After the warm-up the rate should fall, in a straight line, to 0 at the last step."
    if close(value[3:], [1.44, 0.9, 0], 1e-3):
        return "At the end of the warm-up it leaps: the way down begins at `warmup`, and takes `steps - warmup` steps."
    if close(value[3:], [1.64, 1.1, 0.2], 1e-3):
        return "It never reaches 0: the way down takes `steps - warmup` steps, not `steps`."
    if close(value, [0, 0.5, 1, 0.8, 0.5, 0], 1e-3):
        return "That is a share; multiply it by `peak`."
    shown = ", ".join(f"{number:.4g}" for number in value)
    return (
        f"Expected 0, 1, 2, 1.6, 1, 0, in straight lines, at the steps {places} of 100 with 10 of warm-up and peak 2; "
        f"given: {shown}."
    )


# --- 7.5 freeze -----------------------------------------------------------------------------------------------


def _small_model():
    """Parameters, of them classifier 8 + 2, pooler 20; a part of the body has "classifier" in its name, too."""
    from torch import nn

    body = nn.ModuleDict({"embeddings": nn.Embedding(10, 4), "old_classifier": nn.Linear(4, 3)})
    return nn.ModuleDict({"body": body, "pooler": nn.Linear(4, 4), "classifier": nn.Linear(4, 2)})


def _trained(model) -> set[str]:
    return {name for name, weight in model.named_parameters() if weight.requires_grad}


def _check_freeze(answer) -> str | None:
    last, both = {"classifier.weight", "classifier.bias"}, {"pooler.weight", "pooler.bias"}
    model = _small_model()
    value = call(answer, model, ["classifier"])
    left = _trained(model)
    if left != last:
        if left == {name for name, _ in model.named_parameters()}:
            return (
                "Every parameter is still trained: set `requires_grad` of each parameter, "
                "not of a module, which has no such switch."
            )
        if left == {name for name, _ in model.named_parameters()} - last:
            return "It is the wrong way round: the named parameters are to be trained, all others frozen."
        if left == last | {"body.old_classifier.weight", "body.old_classifier.bias"}:
            return "`body.old_classifier` is trained, too: the name should begin with it, not only contain it."
        if not left:
            return "Nothing is trained any more: the names of parameters are longer, such as `classifier.weight`."
        return f"Trained should be {sorted(last)}; they are {sorted(left)}."
    model = _small_model()
    for weight in model.parameters():
        weight.requires_grad_(False)
    second = call(answer, model, ["classifier", "pooler"])
    if not _trained(model):
        return "A model that was frozen before stays frozen: set `requires_grad` to True where it is wanted."
    if _trained(model) != last | both:
        return f"With two names both should be trained; here it is only {sorted(_trained(model))}."
    call(answer, model, ["body.embeddings"])
    if _trained(model) != {"body.embeddings.weight"}:
        return (
            "With `body.embeddings` only `body.embeddings.weight` should be trained; here it is "
            f"{sorted(_trained(model)) or 'nothing'}: look at the whole name, dots included."
        )
    number = as_number(value)
    if close(number, 2):
        return "Those are 2 tensors; return how many numbers they hold."
    if close(number, 85):
        return "You counted all parameters, the frozen ones, too."
    if close(number, 8):
        return "You counted the weight and left out the bias."
    if not close(number, 10):
        return f"Ten numbers are trained here: 4 · 2 weights and 2 biases; given: {describe(value)}."
    if not close(as_number(second), 30):
        return f"With `classifier` and `pooler` 30 numbers are trained, 10 and 20; given: {describe(second)}."
    return None


# --- 7.6 LoRA by hand -----------------------------------------------------------------------------------------


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


_SPLIT = (
    "import random\n\n"
    "def split(examples, share):\n"
    "    groups = {}\n"
    "    for text, label in examples:\n"
    '        groups.setdefault(" ".join(text.lower().split()), []).append((text, label))\n'
    "    keys = list(groups)\n"
    "    random.Random(0).shuffle(keys)\n"
    "    train, test = [], []\n"
    "    for key in keys:\n"
    "        side = test if len(test) < share * len(examples) else train\n"
    "        side.extend(groups[key])\n"
    "    return train, test"
)
_WILSON = (
    "def wilson(right, total):\n"
    "    a, z = right / total, 1.96\n"
    "    middle = a + z**2 / (2 * total)\n"
    "    half = z * (a * (1 - a) / total + z**2 / (4 * total**2)) ** 0.5\n"
    "    return (middle - half) / (1 + z**2 / total), (middle + half) / (1 + z**2 / total)"
)
_FREEZE = (
    "def freeze(model, names):\n"
    "    count = 0\n"
    "    for name, weight in model.named_parameters():\n"
    "        weight.requires_grad = name.startswith(tuple(names))\n"
    "        count += weight.numel() * weight.requires_grad\n"
    "    return count"
)
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
_RATE = (
    "def learning_rate(step, steps, warmup, peak):\n"
    "    if step < warmup:\n"
    "        return peak * step / warmup\n"
    "    return peak * max(0, steps - step) / (steps - warmup)"
)
_NN = "import torch\nfrom torch import nn\nfrom torch.nn import functional as F"

EXERCISES = [
    Exercise(
        id="7.1",
        title="A split that does not leak",
        minutes=10,
        difficulty="medium",
        starter="def split(examples, share):\n    ...",
        answer="split",
        check=_check_split,
        expects="a function that returns two lists of pairs",
        hints=(
            "Collect the examples in a dictionary first: all copies of a text under one key, small letters and single "
            "spaces.",
            "Shuffle the keys, then give whole groups to the test until it is large enough.",
        ),
        solution=_SPLIT,
        wrong=(
            Wrong(
                "import random\n\ndef split(examples, share):\n"
                "    mixed = random.Random(0).sample(examples, len(examples))\n"
                "    size = round(share * len(mixed))\n"
                "    return mixed[size:], mixed[:size]",
                "The same text is in both lists",
            ),
            Wrong(
                _SPLIT.replace('" ".join(text.lower().split())', "text"),
                "Copies that differ in capitals or spaces",
            ),
            Wrong(
                _SPLIT.replace("    random.Random(0).shuffle(keys)\n", ""),
                "so shuffle before you divide",
            ),
            Wrong(
                _SPLIT.replace("setdefault(", "setdefault((label, ").replace("split()), [])", "split())), [])"),
                "once with each label",
            ),
            Wrong(_SPLIT.replace("return train, test", "return test, train"), "The sides are swapped"),
            Wrong(_SPLIT.replace("side.extend(groups[key])", "side.append(groups[key][0])"), "You dropped the copies"),
            Wrong(_SPLIT.replace("return train, test", "return examples, test"), "something was put in twice"),
            Wrong(_SPLIT.replace("share *", "0.25 *"), "Use `share`"),
        ),
        alternatives=(
            "import zlib\n\ndef split(examples, share):\n"
            '    def in_test(text):\n        key = " ".join(text.lower().split())\n'
            "        return zlib.crc32(key.encode()) % 1000 < 1000 * share\n"
            "    return [e for e in examples if not in_test(e[0])], [e for e in examples if in_test(e[0])]",
            "import random\n\ndef split(examples, share):\n"
            "    known, sides = {}, ([], [])\n"
            "    for text, label in examples:\n"
            '        key = text.casefold().replace(" ", "")\n'
            "        sides[known.setdefault(key, random.random() < share)].append((text, label))\n"
            "    return sides",
        ),
        note="With a hash of the text instead of a shuffle, a text stays on its side when new examples arrive.",
    ),
    Exercise(
        id="7.2",
        title="An interval that stays below 1",
        minutes=6,
        difficulty="easy",
        starter="def wilson(right, total):\n    ...",
        answer="wilson",
        check=_check_wilson,
        expects="a function that returns two numbers",
        hints=(
            "First `a = right / total`; then the middle, `a + z**2 / (2 * total)`.",
            "Both ends, the middle minus and plus the root times z, are divided by `1 + z**2 / total`.",
        ),
        solution=_WILSON,
        wrong=(
            Wrong(
                "def wilson(right, total):\n    a = right / total\n"
                "    m = 1.96 * (a * (1 - a) / total) ** 0.5\n    return a - m, a + m",
                "That is the margin of notebook 01",
            ),
            Wrong(_WILSON.replace(" / (1 + z**2 / total)", ""), "The last step is missing"),
            Wrong(_WILSON.replace("middle = a + z**2 / (2 * total)", "middle = a"), "centred on a itself"),
            Wrong(_WILSON.replace(" + z**2 / (4 * total**2)", ""), "Under the root"),
            Wrong(
                _WILSON.replace("(middle - half)", "(middle + half)", 1).replace(
                    ", (middle + half)", ", (middle - half)"
                ),
                "The ends are swapped",
            ),
            Wrong(
                _WILSON.replace("return (middle - half)", "return 100 * (middle - half)").replace(
                    ", (middle", ", 100 * (middle"
                ),
                "Those are percent",
            ),
            Wrong(
                _WILSON.replace(
                    "middle = a + z**2 / (2 * total)", "middle = (a + z**2 / (2 * total)) / (1 + z**2 / total)"
                ).replace(
                    "(middle - half) / (1 + z**2 / total), (middle + half) / (1 + z**2 / total)",
                    "middle - half, middle + half",
                ),
                "Only the middle was divided",
            ),
            Wrong(_WILSON.replace(" ** 0.5", ""), "The square root is missing"),
            Wrong(
                _WILSON.replace("(middle - half) /", "middle /").replace("(middle + half) /", "half /"),
                "Those are the middle and the half width",
            ),
            Wrong(_WILSON.replace("1.96", "2"), "do not round"),
            Wrong(_WILSON.replace("    a, z", "    total = 10\n    a, z"), "by the same formula"),
        ),
        alternatives=(
            "import numpy as np\n\ndef wilson(right, total):\n"
            "    # both ends p solve (right / total - p)² = z² p (1 - p) / total\n"
            "    a, z = right / total, 1.96\n"
            "    ends = np.roots([1 + z * z / total, -2 * a - z * z / total, a * a])\n"
            "    return sorted(ends.real)",
        ),
        note="Wilson published it in 1927; 97 right of 100 give 0.92 to 0.99.",
    ),
    Exercise(
        id="7.3",
        title="A batch that does not fit",
        minutes=10,
        difficulty="medium",
        starter="def big_step(model, optimizer, parts):\n    ...",
        answer="big_step",
        check=_check_parts,
        context=_NN,
        expects="a function that takes a model, an optimizer and a list of parts and returns a number",
        hints=(
            "`backward()` adds to the gradients that are there: call it once a part, `zero_grad()` before and `step()` "
            "after the loop.",
            "`F.cross_entropy` is the mean of a part; times `len(labels)`, divided by the size of the whole batch, the "
            "parts add up to the mean of all.",
        ),
        solution=_PARTS,
        wrong=(
            Wrong(_PARTS.replace("    optimizer.zero_grad()\n", ""), "Gradients of an earlier step"),
            Wrong(_PARTS.replace("    optimizer.step()\n", ""), "The optimizer made no step"),
            Wrong(
                _PARTS.replace("    optimizer.step()\n", "    optimizer.zero_grad()\n    optimizer.step()\n"),
                "The weights did not move",
            ),
            Wrong(_PARTS.replace("    optimizer.zero_grad()\n", "").replace(" * len(labels) / count", ""), "Two slips"),
            Wrong(
                _PARTS.replace("    optimizer.step()\n", "")
                .replace(
                    "        total +=", "        optimizer.step()\n        optimizer.zero_grad()\n        total +="
                )
                .replace(" * len(labels) / count", ""),
                "You took 3 steps",
            ),
            Wrong(
                _PARTS.replace("        loss.backward()\n", "        optimizer.zero_grad()\n        loss.backward()\n"),
                "Only the last part counted",
            ),
            Wrong(
                _PARTS.replace(
                    "    optimizer.step()\n    return total", "        optimizer.step()\n        return total"
                ),
                "Only the first part counted",
            ),
            Wrong(_PARTS.replace(" * len(labels) / count", " / len(parts)"), "Each part had the same weight"),
            Wrong(_PARTS.replace(" * len(labels) / count", ""), "You added up the means"),
            Wrong(_PARTS.replace(" * len(labels) / count", " * len(labels)"), "divide the sum of the losses"),
            Wrong(_PARTS.replace("    model.train()\n", ""), "The model was in evaluation mode"),
            Wrong(_PARTS.replace("return total", "return loss.item()"), "return the mean loss over all examples"),
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
    ),
    Exercise(
        id="7.4",
        title="Warm up, then slow down",
        minutes=6,
        difficulty="easy",
        starter="def learning_rate(step, steps, warmup, peak):\n    ...",
        answer="learning_rate",
        check=_check_rate,
        expects="a function that returns one number",
        hints=(
            "Two cases: before `warmup` the share `step / warmup` of the peak.",
            "After it, `(steps - step) / (steps - warmup)` falls from 1 to 0.",
        ),
        solution=_RATE,
        wrong=(
            Wrong(
                "def learning_rate(step, steps, warmup, peak):\n    return peak * max(0, steps - step) / steps",
                "There is no warm-up",
            ),
            Wrong(
                _RATE.replace("peak * max(0, steps - step) / (steps - warmup)", "peak"),
                "After the warm-up the rate should fall",
            ),
            Wrong(_RATE.replace("(steps - warmup)", "steps"), "At the end of the warm-up it leaps"),
            Wrong(
                _RATE.replace("peak * step / warmup", "peak * (step + 1) / warmup").replace(
                    "steps - step)", "steps - step - 1)"
                ),
                "You count from one",
            ),
            Wrong(_RATE.replace("steps - step", "100 - step").replace("(steps - w", "(100 - w"), "to half the peak"),
            Wrong(_RATE.replace("peak * ", ""), "That is a share"),
            Wrong(_RATE.replace("max(0, steps - step)", "(steps - step)"), "After the last step the rate stays 0"),
            Wrong(
                "def learning_rate(step, steps, warmup, peak):\n"
                "    return peak * max(0, min(step / warmup, (steps - step) / (steps - warmup)))",
                "stopped with ZeroDivisionError",
                status="error in your code",
            ),
            Wrong(
                "def learning_rate(step, steps, warmup, peak):\n"
                "    up = step / max(1, warmup)\n"
                "    return peak * max(0, min(up, (steps - step) / (steps - warmup)))",
                "step 0 has the peak already",
            ),
            Wrong(
                _RATE.replace("max(0, steps - step) / (steps - warmup)", "max(0, 1 - (step - warmup) / steps)"),
                "It never reaches 0",
            ),
        ),
        alternatives=(
            "def learning_rate(step, steps, warmup, peak):\n"
            "    up = step / max(warmup, 1) if step < warmup else 1\n"
            "    return peak * max(0, min(up, (steps - step) / (steps - warmup)))",
            "import numpy as np\n\n"
            "def learning_rate(step, steps, warmup, peak):\n"
            "    if not warmup:\n"
            "        return np.interp(step, [0, steps], [peak, 0])\n"
            "    return np.interp(step, [0, warmup, steps], [0, peak, 0])",
        ),
        note="It is what `get_linear_schedule_with_warmup` computes.",
    ),
    Exercise(
        id="7.5",
        title="Freeze all but the named",
        minutes=6,
        difficulty="easy",
        starter="def freeze(model, names):\n    ...",
        answer="freeze",
        check=_check_freeze,
        expects="a function that takes a model and a list of names and returns a number",
        hints=(
            "`model.named_parameters()` gives pairs of a name, such as `classifier.weight`, and a parameter, here "
            "`weight`; `weight.requires_grad = False` freezes it.",
            "`name.startswith(tuple(names))` tells whether it is wanted; `weight.numel()` is how many numbers it has.",
        ),
        solution=_FREEZE,
        wrong=(
            Wrong(
                _FREEZE.replace("name.startswith(tuple(names))", "any(n in name for n in names)"), "not only contain it"
            ),
            Wrong(
                _FREEZE.replace(
                    "weight.requires_grad = name.startswith(tuple(names))",
                    "weight.requires_grad = not name.startswith(tuple(names))",
                ),
                "It is the wrong way round",
            ),
            Wrong(
                _FREEZE.replace(
                    "        weight.requires_grad = name.startswith(tuple(names))\n",
                    "        if not name.startswith(tuple(names)):\n            weight.requires_grad = False\n",
                ),
                "stays frozen",
            ),
            Wrong(
                _FREEZE.replace("weight.numel() * weight.requires_grad", "weight.requires_grad"), "Those are 2 tensors"
            ),
            Wrong(
                _FREEZE.replace("weight.numel() * weight.requires_grad", "weight.numel()"), "You counted all parameters"
            ),
            Wrong(_FREEZE.replace("tuple(names)", "names[0]"), "With two names both should be trained"),
            Wrong(_FREEZE.replace("name.startswith(tuple(names))", "name in names"), "Nothing is trained any more"),
            Wrong(
                _FREEZE.replace("name.startswith(tuple(names))", 'name.split(".")[0] in names'),
                "look at the whole name",
            ),
            Wrong(_FREEZE.replace("return count", "return 10"), "30 numbers are trained"),
            Wrong(
                "def freeze(model, names):\n"
                "    for name, part in model.named_children():\n"
                "        part.requires_grad = name in names\n"
                "    return sum(p.numel() for p in model.parameters() if p.requires_grad)",
                "not of a module",
            ),
        ),
        alternatives=(
            "def freeze(model, names):\n"
            "    model.requires_grad_(False)\n"
            "    chosen = [w for n, w in model.named_parameters() if any(n.startswith(start) for start in names)]\n"
            "    return sum(weight.requires_grad_(True).numel() for weight in chosen)",
        ),
    ),
    Exercise(
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
        context=_NN,
        expects="a class that is made with a linear layer, r and alpha",
        hints=(
            "In `__init__`: keep the layer, frozen with `linear.requires_grad_(False)`; `nn.Parameter(torch.zeros(…))` "
            "for B, `torch.randn` for A.",
            "A batch has its vectors in rows, so B A x becomes `x @ self.A.T @ self.B.T`, times alpha / r.",
        ),
        solution=_LORA,
        wrong=(
            Wrong(_LORA.replace("self.scale * x", "x"), "The scaling is missing"),
            Wrong(_LORA.replace("alpha / r", "alpha"), "You scaled by alpha alone"),
            Wrong(_LORA.replace("alpha / r", "r / alpha"), "Your scaling is upside down"),
            Wrong(
                _LORA.replace("r, linear.in_features", "linear.in_features, r")
                .replace("linear.out_features, r", "r, linear.out_features")
                .replace("self.A.T @ self.B.T", "self.A @ self.B"),
                "Expected A [r, inputs] and B [outputs, r]",
            ),
            Wrong(_LORA.replace("torch.zeros(linear", "torch.randn(linear"), "before any training"),
            Wrong(
                _LORA.replace("torch.randn(r, linear.in_features) / r", "torch.zeros(r, linear.in_features)"),
                "nothing is ever learned",
            ),
            Wrong(
                _LORA.replace("torch.randn(r", "torch.zeros(r").replace("torch.zeros(linear", "torch.randn(linear"),
                "A begins random and B at zero",
            ),
            Wrong(_LORA.replace("torch.randn(", "torch.ones("), "All numbers of A are equal"),
            Wrong(
                _LORA.replace("x @ self.A.T @ self.B.T", "(self.B @ self.A @ x.t()).t()"),
                "but not for [2, 2, 5]",
            ),
            Wrong(_LORA.replace("self.A.T @ self.B.T", "self.A.data.T @ self.B.T"), "gets no gradient"),
            Wrong(
                _LORA.replace(
                    "        return self.linear(x) + self.scale * x @ self.A.T @ self.B.T",
                    "        self.linear.weight.data += self.scale * self.B @ self.A\n        return self.linear(x)",
                ),
                "changed the weight of the linear layer",
            ),
            Wrong(_LORA.replace(".requires_grad_(False)", ""), "The linear layer is still trained"),
            Wrong(_LORA.replace("self.linear(x) + ", ""), "With B at zero the output should be"),
            Wrong(
                _LORA.replace("self.linear(x) + self.scale * x @ self.A.T @ self.B.T", "self.linear(x)"),
                "does not use A and B",
            ),
            Wrong(
                _LORA.replace(
                    "nn.Parameter(torch.zeros(linear.out_features, r))", "torch.zeros(linear.out_features, r)"
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
    ),
    Choice(
        id="7.7",
        title="Which way for the museum?",
        minutes=3,
        difficulty="easy",
        question=(
            "A museum already turns every letter into a vector with MiniLM, for its search. Now it wants five "
            "yes-or-no answers about each, has 500 labelled letters for each, and one small computer. What first?"
        ),
        options={
            "a": Option(
                "Train five models from scratch, so that nothing foreign is in them",
                "From scratch, 500 examples teach almost nothing: that is the lowest curve.",
            ),
            "b": Option(
                "Fine-tune all weights on the first question, then on the next, and so on",
                "The body changes each time: it forgets the questions before, and the search gets worse.",
            ),
            "c": Option(
                "Five linear heads on the vectors that are there",
                "The vectors are paid for already, each head costs under a second, and the search stays as it was. If "
                "one is not good enough, try LoRA for that one.",
                correct=True,
            ),
            "d": Option(
                "Prompt SmolLM2 five times for each letter",
                "It may work without labels, but an answer takes over ten times as long as a vector, and the labels "
                "lie idle. Good for a first look, not first for every letter.",
            ),
        },
        hints=("What has been computed already, and what can be used again?", "Which way leaves the body as it is?"),
    ),
]
