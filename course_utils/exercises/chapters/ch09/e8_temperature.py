"""9.8 Cool it down."""

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed

_HEAT = (
    "def temperature(logits, labels):\n"
    "    choices = torch.linspace(0.1, 10, 500)\n"
    "    losses = torch.stack([F.cross_entropy(logits / t, labels) for t in choices])\n"
    "    return choices[losses.argmin()].item()"
)


def _check_temperature(answer) -> str | None:
    import torch
    from torch.nn import functional as F

    generator = torch.Generator().manual_seed(2)
    labels, places = torch.randint(0, 2, (400,), generator=generator), torch.arange(400)
    # Half too sure, with 17 of 20 right, half too modest, with 19 of 20: the mean confidence, the Brier score and the
    # spread of the logits would each give a T far from that of the cross-entropy.
    margin = torch.where(places < 200, 6.0, 1.0) + 0.2 * torch.randn(400, generator=generator)
    chosen = torch.where(places % 20 >= torch.where(places < 200, 3, 1), labels, 1 - labels)
    soft = 3 * torch.randn(400, 1, generator=generator) + margin[:, None] * F.one_hot(chosen, 2)
    grid = torch.linspace(0.1, 10, 991)
    found = []
    for factor in (2.0, 0.25):
        value = call(answer, factor * soft, labels)
        number = as_number(value)
        if number is None or not number > 0:
            return f"Your function should return one number above 0; given: {describe(value)}."
        losses = torch.stack([F.cross_entropy(factor * soft / t, labels) for t in grid])
        found.append((number, grid[losses.argmin()].item(), losses.min().item()))
    (sharp, best, least), (flat, low, _) = found
    if abs(sharp - best) < 0.15 * best and abs(flat - low) < 0.15 * low:
        return None
    if abs(sharp - 1 / best) < 0.15 / best:
        return f"That is 1 / T: divide the logits by T, do not multiply. Expected about {best:.1f}; given: {sharp:.2f}."
    if close(sharp, least, 2e-2):
        return "You returned the lowest loss; return the T that reaches it."
    if close(sharp, flat, 1e-3):
        return (
            f"You returned {sharp:.3g} for two sets of logits, one eight times the other, but T grows with them: look "
            "at `F.cross_entropy(logits / T, labels)`; accuracy does not change with T."
        )
    if abs(sharp - best) < 0.15 * best:
        return f"Logits can be too small, too: T may be below 1. Expected about {low:.2f}; given: {flat:.2f}."
    if sharp < best and abs(flat - low) < 0.15 * low:
        return f"Search further: these logits need T of about {best:.1f}; given: {sharp:.2f}."
    return f"Expected a T of about {best:.1f}, where the mean cross-entropy is lowest; given: {sharp:.2f}."


EXERCISE = Exercise(
    id="9.8",
    title="Cool it down",
    minutes=8,
    difficulty="medium",
    starter="def temperature(logits, labels):\n    ...",
    answer="temperature",
    check=_check_temperature,
    context="import torch\nfrom torch.nn import functional as F",
    expects="a function that takes two tensors and returns a number",
    hints=(
        "Try many values of T, from 0.1 to 10, and keep the one with the lowest loss.",
        "The loss of one T is `F.cross_entropy(logits / T, labels)`.",
    ),
    solution=_HEAT,
    wrong=(
        Wrong(changed(_HEAT, ("logits / t", "logits * t")), "That is 1 / T"),
        Wrong(changed(_HEAT, ("choices[losses.argmin()]", "losses.min()")), "You returned the lowest loss"),
        Wrong(
            changed(
                _HEAT,
                (
                    "losses = torch.stack([F.cross_entropy(logits / t, labels) for t in choices])",
                    "shares = torch.stack([((logits / t).argmax(1) == labels).float().mean() for t in choices])",
                ),
                ("losses.argmin()", "shares.argmax()"),
            ),
            "accuracy does not change",
        ),
        Wrong(changed(_HEAT, ("linspace(0.1, 10, 500)", "linspace(1, 10, 500)")), "T may be below 1"),
        Wrong(changed(_HEAT, ("linspace(0.1, 10, 500)", "linspace(0.1, 2, 500)")), "Search further"),
        Wrong(
            changed(
                _HEAT,
                (
                    "F.cross_entropy(logits / t, labels)",
                    "((logits / t).softmax(1).amax(1).mean() - (logits.argmax(1) == labels).float().mean()).abs()",
                ),
            ),
            "where the mean cross-entropy is lowest",
        ),
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
    ),
    note="Choose T on sentences that are neither for training nor for the test: one number, but it is learned.",
)
