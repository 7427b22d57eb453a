"""9.1 A word of several pieces."""

from math import inf, isclose

from course_utils.exercises.answers import as_number, call, describe
from course_utils.exercises.records import Exercise, Wrong, changed

_WORD = (
    "def log_probability(model, context, word):\n"
    "    with torch.no_grad():\n"
    "        logits = model(torch.tensor([context + word])).logits[0]  # [tokens, vocabulary]\n"
    "    scores = logits.log_softmax(-1)\n"
    "    start = len(context) - 1\n"
    "    return sum(scores[start + i, piece].item() for i, piece in enumerate(word))"
)


_CASES = (
    ([3, 8, 1, 5], [7, 2, 10]),
    ([1, 3, 2, 3], [3, 4, 3]),  # who looks for a piece by `index` finds another one
    ([4], [6]),
    ([2, 11], [5, 0, 9, 3] * 5),  # a probability that float32 cannot hold
)


def _toy_model():
    """A causal model over twelve tokens whose logits depend on every token read so far, the last most."""
    from collections import namedtuple

    import torch

    Output = namedtuple("Output", "logits")  # like the outputs of Transformers it has `.logits` and `[0]`
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
            return Output(read + before.roll(1, -1) / 2)

    return Toy()


def _check_word(answer) -> str | None:
    model = _toy_model()
    values = [call(answer, model, context, word) for context, word in _CASES]
    numbers = [as_number(value) for value in values]
    if None in numbers:
        wrong = values[numbers.index(None)]
        return f"Your function should return one number, the log-probability of the word; given: {describe(wrong)}."
    # One number may come about in many ways; two words of several pieces that agree tell which slip it was.
    for (first, says), (second, _) in zip(*(_slips(model, *case) for case in _CASES[:2]), strict=True):
        if isclose(numbers[0], first, rel_tol=1e-3) and isclose(numbers[1], second, rel_tol=1e-3):
            return says
    for (context, word), number, value in zip(_CASES, numbers, values, strict=True):
        right = sum(_pieces(model, context, word))
        if number == -inf:
            return (
                f"For a word of {len(word)} pieces -inf came out. For a computer the product of many small "
                "probabilities is 0: add logarithms instead."
            )
        if not isclose(number, right, rel_tol=1e-3):
            return (
                f"For the word {word} after the context {context} expected {right:.3f}; given: {describe(value)}. "
                "The check asks a made-up model of twelve tokens."
            )
    return None


def _pieces(model, context, word) -> list[float]:
    import torch

    steps = model(torch.tensor([context + word])).logits[0].log_softmax(-1)
    return [steps[len(context) - 1 + i, piece].item() for i, piece in enumerate(word)]


def _slips(model, context, word) -> list[tuple[float, str]]:
    import torch

    raw, last = model(torch.tensor([context + word])).logits[0], len(context) - 1
    steps, pieces = raw.log_softmax(-1), torch.tensor(_pieces(model, context, word))
    alone = model(torch.tensor([word])).logits[0].log_softmax(-1)
    total, places = pieces.sum(), range(last, last + len(word))
    slips = [
        (pieces[0], "That is the first piece only; a word of three pieces is three steps: add them all."),
        (
            pieces.mean(),
            "That is the mean of the pieces; the word's probability is the product, so add the logarithms.",
        ),
        (
            total + steps[range(last), context[1:]].sum(),
            "You scored the context, too: add only the pieces of the word.",
        ),
        (
            steps[[i + 1 for i in places], word].sum(),
            "You look one place too far: the logits at position i are about token i + 1.",
        ),
        (
            steps[last, word].sum(),
            "All pieces were scored right after the context; each must see the pieces before it.",
        ),
        (alone[range(len(word) - 1), word[1:]].sum(), "The context is missing: put it in front."),
        (-total, "The sign is turned round, as in a loss: the logarithm of a probability is never above zero."),
        (total / torch.tensor(2.0).log(), "Those are bits; use the natural logarithm, as `log_softmax` does."),
        (
            total / torch.tensor(10.0).log(),
            "That is a logarithm to base 10; use the natural one, as `log_softmax` does.",
        ),
        (raw[places, word].sum(), "Those are logits: `log_softmax` first."),
        (pieces.exp().sum(), "You added probabilities; add their logarithms."),
        (total.exp(), "That is the probability; return its natural logarithm."),
    ]
    return [(number.item(), says) for number, says in slips]


EXERCISE = Exercise(
    id="9.1",
    title="A word of several pieces",
    minutes=12,
    difficulty="hard",
    starter="def log_probability(model, context, word):\n    ...",
    answer="log_probability",
    check=_check_word,
    context="import torch",
    expects="a function that takes a model and two lists of token ids and returns a number",
    hints=(
        "Start with a word of one piece. Which row of the logits says what follows the context?",
        "One call is enough: the model reads context and word together, and its logits hold all the steps. The first "
        "piece is predicted at the last position of the context; each other piece one position before its own.",
        "`logits[0].log_softmax(-1)` is `[tokens, vocabulary]`. Add the numbers at `[len(context) - 1 + i, word[i]]`.",
    ),
    solution=_WORD,
    why="The logits at one place are about the token after it. The model reads context and word at once, and the "
    "log-probabilities of the pieces, each looked up one place before the piece, are added up.",
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
        Wrong(changed(_WORD, ("return sum", "return -sum")), "The sign is turned round"),
        Wrong(changed(_WORD, ("logits.log_softmax(-1)", "logits.softmax(-1).log2()")), "Those are bits"),
        Wrong(changed(_WORD, ("logits.log_softmax(-1)", "logits.softmax(-1).log10()")), "base 10"),
        Wrong(changed(_WORD, ("logits.log_softmax(-1)", "logits")), "Those are logits"),
        Wrong(changed(_WORD, ("log_softmax", "softmax")), "You added probabilities"),
        Wrong(
            changed(
                _WORD, ("return sum(scores", "return torch.tensor([scores"), ("(word))", "(word)]).sum().exp().item()")
            ),
            "That is the probability",
        ),
        Wrong(
            changed(_WORD, ("start + i, piece", "(context + word).index(piece) - 1, piece")),
            "For the word [3, 4, 3] after the context [1, 3, 2, 3]",
        ),
        Wrong(
            changed(
                _WORD,
                ("logits.log_softmax(-1)", "logits.softmax(-1)"),
                ("return sum(", "return torch.tensor(["),
                ("(word))", "(word)]).prod().log().item()"),
            ),
            "-inf came out",
        ),
        Wrong(changed(_WORD, ("log_softmax(-1)", "log_softmax(0)")), "For the word [7, 2, 10] after"),
    ),
    also_wrong=(
        changed(_WORD, ("context + word", "context[-1:] + word"), ("len(context) - 1", "0")),
        changed(_WORD, ("enumerate(word)", "enumerate(word[:2])")),
        changed(_WORD, ("logits.log_softmax(-1)", "(logits.softmax(-1) + 1e-9).log()")),
        changed(
            _WORD, ("    with torch", "    context += word[:-1]\n    with torch")
        ),  # in place, and twice in the model
        "def log_probability(model, context, word):\n    return -30.603",
        "def log_probability(model, context, word):\n    return 0.0",
    ),
    alternatives=(
        "def log_probability(model, context, word):\n"
        "    total = 0.0\n"
        "    for i, piece in enumerate(word):\n"
        "        logits = model(torch.tensor([context + word[:i]])).logits[0, -1]\n"
        "        total = total + logits.log_softmax(-1)[piece].detach()\n"
        "    return total",
        "def log_probability(model, context, word):\n"
        "    ids = torch.tensor([context + word]).to(model.device)\n"
        "    logits = model(input_ids=ids)[0][0, len(context) - 1 : -1].double()\n"
        "    return -torch.nn.functional.cross_entropy(logits, torch.tensor(word), reduction='sum')",
    ),
    note="Scored by its first piece, a rare word would share the score of all words that begin like it.",
)
