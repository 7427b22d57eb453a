"""9.1 A word of several pieces."""

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed

_WORD = (
    "def log_probability(model, context, word):\n"
    "    with torch.no_grad():\n"
    "        logits = model(torch.tensor([context + word])).logits[0]  # [tokens, vocabulary]\n"
    "    scores = logits.log_softmax(-1)\n"
    "    start = len(context) - 1\n"
    "    return sum(scores[start + i, piece].item() for i, piece in enumerate(word))"
)


def _toy_model():
    """A causal model over twelve tokens whose logits depend on every token read so far, the last most."""
    from types import SimpleNamespace

    import torch

    generator = torch.Generator().manual_seed(9)
    table = 3 * torch.randn(12, 12, generator=generator)

    class Toy(torch.nn.Module):
        device = table.device

        def __init__(self):
            super().__init__()
            self.table = torch.nn.Parameter(table)  # some ask the parameters for the device

        def forward(self, input_ids, **others):
            read = table[input_ids]  # [batch, tokens, vocabulary]
            before = read.cumsum(1) - read
            return SimpleNamespace(logits=read + before.roll(1, -1) / 2)

    return Toy()


def _check_word(answer) -> str | None:
    import torch

    model, context, word = _toy_model(), [3, 8, 1, 5], [7, 2, 10]
    value = call(answer, model, context, word)
    number = as_number(value)
    if number is None:
        return f"Your function should return one number, the log-probability of the word; given: {describe(value)}."
    steps = model(torch.tensor([context + word])).logits[0].log_softmax(-1)
    pieces = [steps[3 + i, piece].item() for i, piece in enumerate(word)]
    inside = [steps[i, token].item() for i, token in enumerate(context[1:])]
    late = [steps[4 + i, piece].item() for i, piece in enumerate(word)]
    alone = model(torch.tensor([word])).logits[0].log_softmax(-1)
    apart = [steps[3, piece].item() for piece in word]
    raw = model(torch.tensor([context + word])).logits[0]
    for guess, says in (
        (pieces[0], "That is the first piece only; a word of three pieces is three steps: add them all."),
        (
            sum(pieces) / 3,
            "That is the mean of the pieces; the probability of the word is the product, so add the logs.",
        ),
        (sum(pieces) + sum(inside), "You scored the context, too: add only the pieces of the word."),
        (sum(late), "You look one place too far: the logits at position i are about token i + 1."),
        (sum(apart), "All pieces were scored right after the context; each must see the pieces before it."),
        (sum(alone[i, piece].item() for i, piece in enumerate(word[1:])), "The context is missing: put it in front."),
        (-sum(pieces), "That is the loss; the log-probability of a word is below zero."),
        (sum(pieces) / 0.6931472, "Those are bits; use the natural logarithm, as `log_softmax` does."),
        (sum(raw[3 + i, piece].item() for i, piece in enumerate(word)), "Those are logits: `log_softmax` first."),
        (sum(torch.tensor(pieces).exp()).item(), "You added probabilities; add their logarithms."),
        (torch.tensor(pieces).sum().exp().item(), "That is the probability; return its natural logarithm."),
    ):
        if close(number / guess, 1, 1e-3):  # relative: a probability is nearly 0
            return says
    if not close(number, sum(pieces), 1e-3):
        return f"Expected {sum(pieces):.3f} for a word of three pieces after four tokens; given: {describe(value)}."
    if not close(as_number(call(answer, model, [4], [6])), model(torch.tensor([[4]])).logits[0, 0].log_softmax(-1)[6]):
        return "For a word of one piece after a single token it goes wrong."
    return None


EXERCISE = Exercise(
    id="9.1",
    title="A word of several pieces",
    minutes=8,
    difficulty="medium",
    starter="def log_probability(model, context, word):\n    ...",
    answer="log_probability",
    check=_check_word,
    context="import torch",
    expects="a function that takes a model and two lists of token ids and returns a number",
    hints=(
        "One call is enough: `model(torch.tensor([context + word])).logits[0]` holds all the steps.",
        "The first piece is predicted at the last place of the context, `len(context) - 1`; add the `log_softmax` "
        "of each piece at the place before it.",
    ),
    solution=_WORD,
    wrong=(
        Wrong(
            changed(
                _WORD,
                (
                    "sum(scores[start + i, piece].item() for i, piece in enumerate(word))",
                    "scores[start, word[0]].item()",
                ),
            ),
            "That is the first piece only",
        ),
        Wrong(_WORD + " / len(word)", "That is the mean of the pieces"),
        Wrong(
            changed(
                _WORD, ("start = len(context) - 1", "start = 0"), ("enumerate(word)", "enumerate((context + word)[1:])")
            ),
            "You scored the context, too",
        ),
        Wrong(changed(_WORD, ("len(context) - 1", "len(context)")), "You look one place too far"),
        Wrong(changed(_WORD, ("start + i, piece", "start, piece")), "All pieces were scored right after the context"),
        Wrong(
            changed(
                _WORD,
                ("[context + word]", "[word]"),
                ("len(context) - 1", "0"),
                ("enumerate(word)", "enumerate(word[1:])"),
            ),
            "The context is missing",
        ),
        Wrong(changed(_WORD, ("return sum", "return -sum")), "That is the loss"),
        Wrong(changed(_WORD, ("logits.log_softmax(-1)", "logits")), "Those are logits"),
        Wrong(changed(_WORD, ("log_softmax", "softmax")), "You added probabilities"),
    ),
    alternatives=(
        "def log_probability(model, context, word):\n"
        "    total = 0.0\n"
        "    for i, piece in enumerate(word):\n"
        "        logits = model(torch.tensor([context + word[:i]])).logits[0, -1]\n"
        "        total = total + logits.log_softmax(-1)[piece].detach()\n"
        "    return total",
    ),
    note="Scored by its first piece, a rare word would share the score of all words that begin like it.",
)
