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
    logs = logits.log_softmax(-1)

    def mean(scores, targets):
        return sum(scores[i, t] for i, t in enumerate(targets.tolist()) if t >= 0) / int((targets >= 0).sum())

    loss = -mean(logs[:-1], labels[1:])
    value = as_number(call(answer, logits, labels))
    if value is None:
        return f"Your function should return one number; given: {describe(call(answer, logits, labels))}."
    if close(value, loss.exp().item(), 1e-4):
        other, ids = logits.flip(1)[[4, 0, 2]] * 3, torch.tensor([2, 3, 0])
        wanted = (-mean(other.log_softmax(-1)[:-1], ids[1:])).exp().item()
        again = as_number(call(answer, other, ids))
        if close(again, wanted, 1e-4):
            return None
        return f"For a text of three tokens, all of which count, it is {wanted:.3f}; given: {describe(again)}."
    kept = labels >= 0
    columns = logits.log_softmax(0)
    chances = logits.softmax(-1)
    slips = (
        (loss, "That is the loss, the mean negative logarithm: the perplexity is `exp` of it."),
        (1 / loss.exp(), "Upside down: take the logarithms with a minus sign."),
        (
            (-mean(logs[:-1], labels[1:].where(labels[1:] != 0, -100))).exp(),
            "Token 0 is a token like any other: only labels of -100 do not count.",
        ),
        (2**loss, "You took the logarithm to the base e and raised 2 to it: use `exp`."),
        (-mean(logs, labels), "No shift, and no `exp`: the logits at position i are about the label at i + 1."),
        ((-mean(logs, labels)).exp(), "There is no shift: the logits at position i are about the label at i + 1."),
        ((-mean(logs[1:], labels[:-1])).exp(), "You shifted the other way: drop the last logits and the first label."),
        (
            (-mean(columns[:-1], labels[1:])).exp(),
            "Your softmax goes over the tokens; it should go over the vocabulary, `dim=-1`.",
        ),
        (
            (-mean(logits[:-1].log_softmax(0), labels[1:])).exp(),
            "Your softmax goes over the tokens; it should go over the vocabulary, `dim=-1`.",
        ),
        ((3 * loss).exp(), "You added the losses up: take their mean before `exp`."),
        ((loss * 3 / 4).exp(), "You divided by all labels: those of -100 do not count."),
        ((-mean(logs[:-1], labels[1:].clamp(min=0))).exp(), "You turned -100 into token 0: leave those positions out."),
        (
            (-mean(logs[kept][:-1], labels[kept][1:])).exp(),
            "Shift first, then leave out -100: else logits and labels of different places meet.",
        ),
        (mean((-logs[:-1]).exp(), labels[1:]), "Take the mean first, then `exp`."),
        (1 / mean(chances[:-1], labels[1:]), "You averaged the probabilities; average their logarithms."),
        (
            (-mean(chances[:-1].log_softmax(-1), labels[1:])).exp(),
            "Softmax was applied twice: `cross_entropy` wants logits.",
        ),
    )
    for slip, sentence in slips:
        if close(value, float(slip), 1e-4):
            return sentence
    return f"For the five tokens of the test it is {loss.exp().item():.3f}; given: {describe(value)}."


EXERCISE = Exercise(
    id="4.2",
    title="Perplexity by hand",
    minutes=12,
    difficulty="medium",
    starter="def perplexity(logits, labels):\n    ...",
    answer="perplexity",
    check=_check_perplexity,
    context=_TORCH,
    expects="a function that takes logits and labels and returns one number",
    hints=(
        "Shift first: which row of logits has no label, and which label has no row? Drop both.",
        "`F.cross_entropy(logits, labels)` is the mean of the negative logarithms of the labels' probabilities, "
        "and leaves out labels of -100. What turns it into a perplexity?",
    ),
    solution=_PERPLEXITY,
    wrong=(
        Wrong(changed(_PERPLEXITY, ("[:-1]", ""), ("[1:]", "")), "There is no shift"),
        Wrong(changed(_PERPLEXITY, ("logits[:-1], labels[1:]", "logits[1:], labels[:-1]")), "shifted the other way"),
        Wrong(changed(_PERPLEXITY, ("loss.exp()", "loss")), "That is the loss"),
        Wrong(changed(_PERPLEXITY, ("loss.exp().item()", "2 ** loss.item()")), "to the base e and raised 2"),
        Wrong(changed(_PERPLEXITY, ("labels[1:])", 'labels[1:], reduction="sum")')), "You added the losses up"),
        Wrong(
            changed(_PERPLEXITY, ("labels[1:])", 'labels[1:], reduction="none").mean()')), "You divided by all labels"
        ),
        Wrong(changed(_PERPLEXITY, ("(logits[:-1]", "(logits[:-1].softmax(-1)")), "Softmax was applied twice"),
        Wrong(changed(_BY_HAND, ("log_softmax(-1)", "log_softmax(0)")), "over the tokens"),
        Wrong(
            changed(
                _BY_HAND,
                ("log_softmax(-1)", "softmax(-1)"),
                ("losses.mean().exp().item()", "1 / -losses.mean().item()"),
            ),
            "You averaged the probabilities",
        ),
        Wrong(changed(_BY_HAND, ("= -logs", "= logs")), "Upside down"),
        Wrong(changed(_BY_HAND, ("!= -100", "> 0")), "Token 0 is a token like any other"),
        Wrong(
            changed(_PERPLEXITY, ("labels[1:])", 'labels[1:], reduction="sum") / 3')),
            "three tokens, all of which count",
        ),
        Wrong(
            "def perplexity(logits, labels):\n    return F.cross_entropy(logits, labels).item()",
            "No shift, and no `exp`",
        ),
        Wrong(changed(_PERPLEXITY, ("labels[1:])", "labels[1:].clamp(min=0))")), "You turned -100 into token 0"),
        Wrong(
            "def perplexity(logits, labels):\n"
            "    logits, labels = logits[labels != -100], labels[labels != -100]\n"
            "    return F.cross_entropy(logits[:-1], labels[1:]).exp().item()",
            "Shift first, then leave out",
        ),
        Wrong(changed(_BY_HAND, ("losses.mean().exp()", "losses.exp().mean()")), "Take the mean first"),
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
