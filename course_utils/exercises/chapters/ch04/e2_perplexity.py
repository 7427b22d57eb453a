"""4.2 Perplexity by hand."""

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed

_TORCH = "import torch\nfrom torch.nn import functional as F"


_PERPLEXITY = (
    "def perplexity(logits, labels):\n"
    "    loss = F.cross_entropy(logits[:-1], labels[1:])  # leaves out labels of -100\n"
    "    return loss.exp().item()"
)


_BY_HAND = (
    "def perplexity(logits, labels):\n"
    "    logits, labels = logits[:-1], labels[1:]\n"
    "    counted = labels != -100\n"
    "    logs = logits.log_softmax(-1)[counted]\n"
    "    losses = -logs[torch.arange(len(logs)), labels[counted]]\n"
    "    return losses.mean().exp().item()"
)


def _mean(scores, targets):
    """The mean of the scores of the targets that count."""
    return sum(scores[i, t] for i, t in enumerate(targets.tolist()) if t >= 0) / int((targets >= 0).sum())


def _check_perplexity(answer) -> str | None:
    import torch

    logits = torch.tensor(
        [
            [2.0, 0.5, -1.0, 0.0],
            [0.0, 1.5, 0.3, -0.7],
            [1.0, -2.0, 0.4, 0.9],
            [-0.5, 0.8, 2.2, 0.1],
            [0.3, 0.2, -1.2, 1.7],
        ]
    )  # [tokens, vocabulary]
    labels = torch.tensor([1, 0, -100, 2, 3])
    given = call(answer, logits, labels)
    value = as_number(given)
    if value is None:
        return f"Your function should return one number; given: {describe(given)}."
    loss = -_mean(logits.log_softmax(-1)[:-1], labels[1:])
    if not close(value, loss.exp().item(), 1e-4):
        meant = _slip(logits, labels, loss, value)
        text = f"For five tokens with the labels `{labels.tolist()}` it is {loss.exp().item():.3f}"
        return f"{text}; given: {describe(given)}. {meant}".rstrip()
    return _other_texts(answer, logits)


def _slip(logits, labels, loss, value) -> str:
    """What would give this value: said of the value, as other code may give it too."""
    logs, columns, chances = logits.log_softmax(-1), logits.log_softmax(0), logits.softmax(-1)
    kept, over_tokens = labels >= 0, "the softmax goes over the tokens; it should go over the vocabulary, `dim=-1`."
    slips = (
        (loss, "That is the loss, the mean negative logarithm: the perplexity is `exp` of it."),
        (1 / loss.exp(), "That is 1 divided by it: is there a minus before the logarithms?"),
        (
            (-_mean(logs[:-1], labels[1:].where(labels[1:] != 0, -100))).exp(),
            "That comes out when token 0 is left out, too: only labels of -100 do not count.",
        ),
        (
            2**loss,
            "That is 2 to the power of the loss. The loss is made with the logarithm to the base *e*: use `exp`.",
        ),
        (-_mean(logs, labels), "That is the mean loss without a shift, and without `exp`."),
        (
            (-_mean(logs, labels)).exp(),
            "That comes out without a shift: logits at place i are about the label at i + 1.",
        ),
        (
            (-_mean(logs[1:], labels[:-1])).exp(),
            "That comes out with a shift the other way: drop the last logits and the first label.",
        ),
        ((-_mean(columns[:-1], labels[1:])).exp(), f"That comes out when {over_tokens}"),
        ((-_mean(logits[:-1].log_softmax(0), labels[1:])).exp(), f"That comes out after the shift when {over_tokens}"),
        ((3 * loss).exp(), "That comes out when the losses are added up: take their mean before `exp`."),
        ((loss * 3 / 4).exp(), "That comes out when the sum is divided by all labels: those of -100 do not count."),
        (
            (-_mean(logs[:-1], labels[1:].clamp(min=0))).exp(),
            "That comes out when -100 counts as token 0: leave these places out.",
        ),
        (
            (-_mean(logs[kept][:-1], labels[kept][1:])).exp(),
            "That comes out when -100 is left out before the shift: then logits and labels of different places meet.",
        ),
        (_mean((-logs[:-1]).exp(), labels[1:]), "That is the mean of the `exp`: take the mean first, then `exp`."),
        (
            1 / _mean(chances[:-1], labels[1:]),
            "That comes from the mean of the probabilities: average their logarithms.",
        ),
        (
            (-_mean(chances[:-1].log_softmax(-1), labels[1:])).exp(),
            "That comes out when softmax is applied twice: `cross_entropy` wants logits.",
        ),
    )
    return next((sentence for slip, sentence in slips if close(value, float(slip), 1e-4)), "")


def _other_texts(answer, logits) -> str | None:
    """All labels count; the first is -100 (it never counts); -100 twice in a row; one counts; more tokens and ids."""
    import torch

    long = torch.linspace(-3, 3, 12 * 9).reshape(12, 9).sin() * 4
    cases = (
        (logits.flip(1)[[4, 0, 2]] * 3, [2, 3, 0]),
        (logits, [-100, 3, 2, 0, -100]),
        (logits.flip(0), [-100, -100, -100, 1, 1]),
        (logits[:2], [3, 2]),
        (long, [8, -100, 0, 4, 4, -100, -100, 7, 8, 0, 3, -100]),
    )
    for scores, ids in cases:
        labels = torch.tensor(ids)
        right = (-_mean(scores.log_softmax(-1)[:-1], labels[1:])).exp().item()
        given = call(answer, scores, labels)
        if not close(as_number(given), right, 1e-4):
            return (
                f"It is right for one text; but for another, of {len(ids)} tokens with the labels `{ids}`, it is "
                f"{right:.3f}; given: {describe(given)}."
            )
    return None


EXERCISE = Exercise(
    id="4.2",
    title="Perplexity by hand",
    minutes=15,
    difficulty="medium",
    starter="def perplexity(logits, labels):\n    ...",
    answer="perplexity",
    check=_check_perplexity,
    context=_TORCH,
    expects="a function that takes logits and labels and returns one number",
    hints=(
        "Which row of logits has no label that it is about, and which label has no row? What remains without both?",
        "Drop the last logits and the first label. The mean negative logarithm of what remains is the loss.",
        "`F.cross_entropy(logits, labels)` makes the loss from what remains, and ignores labels of -100; `.exp()` "
        "turns the loss into the perplexity.",
    ),
    solution=_PERPLEXITY,
    why=(
        "Without the last logits and the first label, row i of the logits meets the label it is about. `cross_entropy` "
        "is the mean negative logarithm over the labels that count, and `exp` of it is the perplexity."
    ),
    wrong=(
        Wrong(changed(_PERPLEXITY, ("[:-1]", ""), ("[1:]", "")), "comes out without a shift"),
        Wrong(changed(_PERPLEXITY, ("logits[:-1], labels[1:]", "logits[1:], labels[:-1]")), "a shift the other way"),
        Wrong(changed(_PERPLEXITY, ("loss.exp()", "loss")), "That is the loss"),
        Wrong(changed(_PERPLEXITY, ("loss.exp().item()", "2 ** loss.item()")), "2 to the power of the loss"),
        Wrong(changed(_PERPLEXITY, ("labels[1:])", 'labels[1:], reduction="sum")')), "the losses are added up"),
        Wrong(
            changed(_PERPLEXITY, ("labels[1:])", 'labels[1:], reduction="none").mean()')), "is divided by all labels"
        ),
        Wrong(changed(_PERPLEXITY, ("(logits[:-1]", "(logits[:-1].softmax(-1)")), "softmax is applied twice"),
        Wrong(changed(_BY_HAND, ("log_softmax(-1)", "log_softmax(0)")), "after the shift when the softmax"),
        Wrong(
            changed(
                _BY_HAND,
                ("    logits, labels", "    logits = logits.log_softmax(0)\n    logits, labels"),
                ("logits.log_softmax(-1)[", "logits["),
            ),
            "comes out when the softmax goes over",
        ),
        Wrong(
            changed(
                _BY_HAND,
                ("log_softmax(-1)", "softmax(-1)"),
                ("losses.mean().exp().item()", "1 / -losses.mean().item()"),
            ),
            "the mean of the probabilities",
        ),
        Wrong(changed(_BY_HAND, ("= -logs", "= logs")), "1 divided by it"),
        Wrong(changed(_BY_HAND, ("!= -100", "> 0")), "when token 0 is left out"),
        Wrong(changed(_PERPLEXITY, ("labels[1:])", 'labels[1:], reduction="sum") / 3')), "of 3 tokens with the labels"),
        Wrong(
            "def perplexity(logits, labels):\n    return F.cross_entropy(logits, labels).item()",
            "without a shift, and without",
        ),
        Wrong(changed(_PERPLEXITY, ("labels[1:])", "labels[1:].clamp(min=0))")), "counts as token 0"),
        Wrong(
            "def perplexity(logits, labels):\n"
            "    logits, labels = logits[labels != -100], labels[labels != -100]\n"
            "    return F.cross_entropy(logits[:-1], labels[1:]).exp().item()",
            "left out before the shift",
        ),
        Wrong(changed(_BY_HAND, ("losses.mean().exp()", "losses.exp().mean()")), "the mean of the `exp`"),
    ),
    also_wrong=(
        changed(_PERPLEXITY, ("loss.exp().item()", "round(loss.exp().item(), 1)")),
        changed(_PERPLEXITY, ("labels[1:])", "labels[1:], ignore_index=labels.min().item())")),
        changed(_PERPLEXITY, ("    loss", "    labels = labels[: labels.tolist().index(-100) + 1]\n    loss")),
        changed(_BY_HAND, ("counted = labels != -100", "counted = labels != -100\n    labels = labels % 4")),
        "ids, pages = torch.tensor([[1, 2, 3, 0, 1]]), torch.ones(1, 5, 4)  # those of the page\n\n"
        "def perplexity(logits, labels):\n"
        "    return F.cross_entropy(pages[0, :-1], ids[0, 1:]).exp().item()",
    ),
    alternatives=(
        _BY_HAND,
        "def perplexity(logits, labels):\n"
        "    total, count = 0.0, 0\n"
        "    for row, label in zip(logits, labels[1:].tolist()):\n"
        "        if label >= 0:\n"
        "            total += row.logsumexp(0) - row[label]\n"
        "            count += 1\n"
        "    return torch.exp(total / count)",
    ),
    note="A model that finds all 49,152 tokens of SmolLM2 equally likely would have a perplexity of 49,152.",
)
