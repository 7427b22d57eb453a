"""9.8 Cool it down."""

from functools import cache

from course_utils.exercises.answers import as_number, call, describe
from course_utils.exercises.records import Exercise, Wrong, changed

_HEAT = (
    "def temperature(logits, labels):\n"
    "    best, lowest = None, float('inf')\n"
    "    for step in range(1, 101):\n"
    "        loss = F.cross_entropy(logits / (step / 10), labels).item()\n"
    "        if loss < lowest:\n"
    "            best, lowest = step / 10, loss\n"
    "    return best"
)


@cache
def _cases():
    """Logits that are too large, too small, and of three labels, with their labels and the loss for T = 0.1, 0.11, …"""
    import torch
    from torch.nn import functional as F

    generator = torch.Generator().manual_seed(2)
    labels, places = torch.randint(0, 2, (400,), generator=generator), torch.arange(400)
    # Half too sure, with 17 of 20 right, half too modest, with 19 of 20: the mean confidence, the Brier score and the
    # spread of the logits would each give a T far from that of the cross-entropy.
    margin = torch.where(places < 200, 6.0, 1.0) + 0.2 * torch.randn(400, generator=generator)
    chosen = torch.where(places % 20 >= torch.where(places < 200, 3, 1), labels, 1 - labels)
    soft = 3 * torch.randn(400, 1, generator=generator) + margin[:, None] * F.one_hot(chosen, 2)
    three = torch.randint(0, 3, (300,), generator=generator)
    wide = 6 * (F.one_hot(three, 3) + 0.7 * torch.randn(300, 3, generator=generator))
    cases = (2.0 * soft, labels), (0.25 * soft, labels), (wide, three)
    return [(logits, right, _losses(logits, right)) for logits, right in cases]


def _grid():
    import torch

    return torch.linspace(0.1, 10, 991)


def _losses(logits, labels):
    import torch
    from torch.nn import functional as F

    return torch.stack([F.cross_entropy(logits / t, labels) for t in _grid()])


def _check_temperature(answer) -> str | None:
    values = [call(answer, logits, labels) for logits, labels, _ in _cases()]
    found = [as_number(value) for value in values]
    if None in found:
        return f"Your function should return one number; given: {describe(values[found.index(None)])}."
    rights = [_grid()[losses.argmin()].item() for *_, losses in _cases()]
    near = [_near(number, right) for number, right in zip(found, rights, strict=True)]
    if all(near):
        return None
    i = near.index(False)
    expected = (
        f"For {len(_cases()[i][1])} sentences and {_cases()[i][0].shape[1]} classes expected a T of about "
        f"{rights[i]:.2f}, where the mean cross-entropy is lowest; given: {describe(values[i])}."
    )
    if all(_near(number, 1 / right, 0.02) for number, right in zip(found, rights, strict=True)):
        return f"{expected} Yours is 1 / T: divide the logits by T, do not multiply."
    if all(abs(number - losses.min()) < 0.02 for number, (*_, losses) in zip(found, _cases(), strict=True)):
        return f"{expected} You returned the lowest loss; return the T that reaches it."
    if found[0] == found[1]:
        return (
            f"{expected} The first logits of the check are eight times the second ones, and so is the best T, but you "
            "returned the same T for both."
        )
    if near[0] and near[2]:
        return f"{expected} Logits can be too small, too: look below 1 as well."
    if near[1] and found[0] < rights[0]:
        return f"{expected} Yours is too low there: look further."
    return expected


def _near(number, right, step=0.1) -> bool:
    """Steps of 0.1 are fine enough, and a search by gradients may stop a little early."""
    return abs(number - right) < max(step, 1.5 * step * right)


EXERCISE = Exercise(
    id="9.8",
    title="Cool it down",
    minutes=8,
    difficulty="medium",
    starter="from torch.nn import functional as F\n\n\ndef temperature(logits, labels):\n    ...",
    answer="temperature",
    check=_check_temperature,
    context="import torch\nfrom torch.nn import functional as F",
    expects="a function that takes two tensors and returns a number",
    hints=(
        "You know how to find the loss for one T. How would you find the T with the lowest loss if you had much time?",
        "Try all values of T from 0.1 to 10 in steps of 0.1, and keep the one with the lowest loss.",
        "The loss of one T is `F.cross_entropy(logits / T, labels)`.",
    ),
    solution=f"from torch.nn import functional as F\n\n\n{_HEAT}",
    why="The cross-entropy is lowest where the probabilities fit the labels best. There is only one number to choose, "
    "so that a hundred values can simply be tried.",
    wrong=(
        Wrong(changed(_HEAT, ("logits / (step / 10)", "logits * (step / 10)")), "Yours is 1 / T"),
        Wrong(changed(_HEAT, ("return best", "return lowest")), "You returned the lowest loss"),
        Wrong(
            changed(
                _HEAT,
                ("F.cross_entropy(logits / (step / 10), labels).item()", "-(logits.argmax(1) == labels).sum().item()"),
            ),
            "you returned the same T for both",
        ),
        Wrong(changed(_HEAT, ("range(1, 101)", "range(10, 101)")), "look below 1 as well"),
        Wrong(changed(_HEAT, ("range(1, 101)", "range(1, 21)")), "look further"),
        Wrong(changed(_HEAT, ("return best", "return [best]")), "should return one number"),
        Wrong(
            changed(
                _HEAT,
                (
                    "F.cross_entropy(logits / (step / 10), labels).item()",
                    "F.cross_entropy(logits[:, :2] / (step / 10), (labels == 1).long()).item()",
                ),
            ),
            "For 300 sentences and 3 classes expected",
        ),
    ),
    also_wrong=(
        changed(
            _HEAT,
            (
                "F.cross_entropy(logits / (step / 10), labels).item()",
                "abs((logits / (step / 10)).softmax(1).amax(1).mean() - (logits.argmax(1) == labels).float().mean())",
            ),
        ),
        changed(
            _HEAT,
            (
                "F.cross_entropy(logits / (step / 10), labels).item()",
                "((logits / (step / 10)).softmax(1) - F.one_hot(labels)).square().mean()",
            ),
        ),
        changed(_HEAT, ("logits / (step / 10)", "(logits / (step / 10)).softmax(1)")),
        changed(_HEAT, ("F.cross", "-F.cross")),
        changed(_HEAT, ("logits / (step / 10), labels", "logits / (step / 10), logits.argmax(1)")),
        changed(_HEAT, ("step / 10", "step / 1")),
        changed(_HEAT, ("return best", "return 10 * best")),
        changed(_HEAT, ("        loss", "        logits /= step / 10\n        loss")),
        "def temperature(logits, labels):\n    return 5.3",
        "def temperature(logits, labels):\n    return float('nan')",
    ),
    alternatives=(
        "def temperature(logits, labels):\n"
        "    scale = torch.zeros(1, requires_grad=True)\n"
        "    optimizer = torch.optim.LBFGS([scale], max_iter=100)\n"
        "    def closure():\n"
        "        optimizer.zero_grad()\n"
        "        loss = F.cross_entropy(logits / scale.exp(), labels)\n"
        "        loss.backward()\n"
        "        return loss\n"
        "    optimizer.step(closure)\n"
        "    return scale.exp()",
        "def temperature(logits, labels):\n"
        "    choices = torch.linspace(0.1, 10, 500)\n"
        "    losses = torch.stack([F.cross_entropy(logits / t, labels) for t in choices])\n"
        "    return choices[losses.argmin()].item()",
    ),
    note="Choose T on sentences that are neither for training nor for the test: one number, but it is learned.",
)
