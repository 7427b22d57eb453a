"""2.9 How likely is a sentence?"""

import math

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import known_slip

from .shared import TORCH

_ROWS = ([0, 2, 1, 1, 0], [2, 1], [1, 0, 0, 2, 2, 0, 1], [0] * 300 + [2, 1])


def _toy_causal():
    """A causal model with three tokens: its logits depend on the sum of all tokens so far.

    So it is right whether it reads a sentence once or each of its beginnings, and every wrong shift shows.
    """
    import torch

    table = torch.tensor([[0.0, 1.0, 3.0], [2.0, 0.0, 1.0], [1.0, 4.0, 0.0]])

    class Toy(torch.nn.Module):
        device = torch.device("cpu")

        def forward(self, input_ids=None, labels=None, **options):
            from transformers.modeling_outputs import CausalLMOutput

            logits = table[input_ids.cumsum(-1) % 3]
            if labels is None:
                return CausalLMOutput(logits=logits)
            loss = torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten())
            return CausalLMOutput(loss=loss, logits=logits)

    return Toy()


def _steps(model, ids) -> list[float]:
    """The right logarithms, one for each token but the first."""
    return _picked(model(ids).logits[0, :-1].log_softmax(-1), ids[0, 1:])


def _picked(table, tokens) -> list[float]:
    return table.gather(1, tokens[:, None])[:, 0].tolist()


_SLIPS = (
    (
        lambda model, ids: -sum(_steps(model, ids)),
        "That is the loss, summed up: the log-likelihood is its negative.",
    ),
    (
        lambda model, ids: sum(_steps(model, ids)) / (ids.shape[1] - 1),
        "That is the mean over the tokens; the sum was asked for.",
    ),
    (
        lambda model, ids: -sum(_steps(model, ids)) / (ids.shape[1] - 1),
        "That is the mean loss of a token: the log-likelihood is the sum of the logarithms, which is negative.",
    ),
    (
        lambda model, ids: sum(_picked(model(ids).logits[0].log_softmax(-1), ids[0])),
        "You scored each token with the logits at its own place: those at position i are about token i + 1.",
    ),
    (
        lambda model, ids: sum(_picked(model(ids).logits[0, 1:].log_softmax(-1), ids[0, 1:])),
        "You left out the first token, and scored the others with the logits at their own place: those at "
        "position i are "
        "about token i + 1.",
    ),
    (
        lambda model, ids: sum(_picked(model(ids).logits[0, 1:].log_softmax(-1), ids[0, :-1])),
        "You shifted the wrong way: take `logits[:, :-1]` for the tokens `ids[:, 1:]`.",
    ),
    (
        lambda model, ids: sum(_picked(model(ids).logits[0, :-1], ids[0, 1:])),
        "You added the logits themselves: turn them into logarithms of probabilities with `log_softmax` first.",
    ),
    (
        lambda model, ids: sum(_picked(model(ids).logits[0, :-1].softmax(-1), ids[0, 1:])),
        "You added the probabilities; add their logarithms.",
    ),
    (
        lambda model, ids: math.exp(sum(_steps(model, ids))),
        "That is the probability of the sentence: it becomes 0 for long ones, so return its logarithm.",
    ),
    (
        lambda model, ids: sum(_steps(model, ids)) / math.log(2),
        "Your logarithms are those to the base 2; take the natural ones, as `log_softmax` does.",
    ),
    (lambda model, ids: sum(_steps(model, ids)[:-1]), "The last token is missing from your sum."),
    (
        lambda model, ids: sum(_steps(model, ids)[1:]),
        "The token at position 1 is missing from your sum: only the token at position 0 has nothing before it.",
    ),
    (
        lambda model, ids: model(ids).logits[0, :-1].log_softmax(-1).amax(-1).sum().item(),
        "You took the likeliest token at each step; take the token that stands in the sentence.",
    ),
    (
        lambda model, ids: sum(_picked(model(ids).logits[0, :-1].log_softmax(0), ids[0, 1:])),
        "Your softmax goes along the tokens of the sentence; it belongs along the vocabulary, the last dimension.",
    ),
)


def _check_log_likelihood(answer) -> str | None:
    import torch

    model = _toy_causal()
    cases = [(model, torch.tensor([row])) for row in _ROWS]
    for _, ids in cases:
        value = call(answer, model, ids)
        right = sum(_steps(model, ids))
        if as_number(value) is None:
            return f"Your function should return one number; given: {describe(value)}."
        if close(as_number(value), right, 1e-3):
            continue
        if slip := known_slip(answer, cases, _SLIPS):
            return slip
        if ids.shape[1] > 10:
            return (
                f"For a sentence of {ids.shape[1]} tokens the sum is {right:.1f}; given: {describe(value)}. A "
                f"product of "
                "so many probabilities is too small for a number of the computer: add the logarithms."
            )
        steps = ", ".join(f"{step:.3f}" for step in _steps(model, ids))
        return (
            f"For the ids `{ids.tolist()}` the logarithms of the tokens but the first are {steps}, and their sum is "
            f"{right:.3f}; given: {describe(value)}."
        )
    return None


_LIKELIHOOD = (
    "def log_likelihood(model, ids):\n"
    "    with torch.no_grad():\n"
    "        logits = model(ids).logits[0, :-1]  # [tokens - 1, vocabulary]\n"
    "    steps = logits.log_softmax(-1).gather(1, ids[0, 1:, None])  # [tokens - 1, 1]\n"
    "    return steps.sum().item()"
)

_LOOP = (
    "def log_likelihood(model, ids):\n"
    "    with torch.no_grad():\n"
    "        logs = model(ids).logits[0].log_softmax(-1)  # [tokens, vocabulary]\n"
    "    total = 0.0\n"
    "    for i, token in enumerate(ids[0, 1:].tolist()):  # row i is about the token after position i\n"
    "        total += logs[i, token].item()\n"
    "    return total"
)


EXERCISE = Exercise(
    id="2.9",
    title="How likely is a sentence?",
    minutes=15,
    difficulty="medium",
    starter="def log_likelihood(model, ids):\n    ...",
    answer="log_likelihood",
    check=_check_log_likelihood,
    context=TORCH,
    expects="a function that returns one number",
    why="The logits at position i are about token i + 1, so the last position and the first token have no partner. "
    "`log_softmax` gives the logarithms of all tokens, and the loop picks those of the sentence.",
    hints=(
        "Write down a sentence of four tokens. Which positions of the logits are about a token that is there?",
        "`log_softmax(-1)` turns logits into logarithms of probabilities; drop the last position: it is about a "
        "token that is not there.",
        "Go through `enumerate(ids[0, 1:].tolist())`, which gives 0, 1, 2 … with the tokens, and add up "
        "`logs[i, token].item()`.",
    ),
    solution=_LOOP,
    wrong=(
        Wrong(changed(_LIKELIHOOD, ("[0, :-1]", "[0]"), ("1:, None", ":, None")), "You scored each token"),
        Wrong(changed(_LIKELIHOOD, ("[0, :-1]", "[0, 1:]")), "You left out the first token"),
        Wrong(changed(_LIKELIHOOD, ("[0, :-1]", "[0, 1:]"), ("1:, None", ":-1, None")), "You shifted the wrong way"),
        Wrong(changed(_LIKELIHOOD, ("sum()", "mean()")), "That is the mean over the tokens"),
        Wrong(changed(_LIKELIHOOD, ("return steps.sum()", "return -steps.mean()")), "That is the mean loss"),
        Wrong(changed(_LIKELIHOOD, (".log_softmax(-1)", "")), "You added the logits themselves"),
        Wrong(changed(_LIKELIHOOD, ("log_softmax", "softmax")), "You added the probabilities"),
        Wrong(changed(_LIKELIHOOD, ("return ", "return -")), "That is the loss, summed up"),
        Wrong(changed(_LIKELIHOOD, ("steps.sum()", "steps.sum().exp()")), "That is the probability of the sentence"),
        Wrong(changed(_LIKELIHOOD, ("steps.sum()", "steps.exp().log2().sum()")), "to the base 2"),
        Wrong(changed(_LIKELIHOOD, ("steps.sum()", "steps[:-1].sum()")), "The last token is missing"),
        Wrong(changed(_LIKELIHOOD, ("steps.sum()", "steps[1:].sum()")), "The token at position 1 is missing"),
        Wrong(
            changed(_LIKELIHOOD, ("gather(1, ids[0, 1:, None])", "amax(-1)")),
            "You took the likeliest token at each step",
        ),
        Wrong(changed(_LIKELIHOOD, ("log_softmax(-1)", "log_softmax(0)")), "along the tokens of the sentence"),
        Wrong(changed(_LIKELIHOOD, ("steps.sum()", "steps.exp().prod().log()")), "A product of so many"),
        Wrong(changed(_LIKELIHOOD, ("model(ids)", "model(ids.flip(1))")), "For the ids `[[0, 2, 1, 1, 0]]`"),
    ),
    also_wrong=(
        changed(_LIKELIHOOD, ("return steps.sum().item()", "return abs(steps.sum().item())")),
        "def log_likelihood(model, ids):\n"
        "    logits = model(ids).logits[0, :-1]\n"
        "    return torch.nn.functional.cross_entropy(logits, ids[0, 1:], reduction='sum').item()",
        # each token after the one before it alone
        "def log_likelihood(model, ids):\n"
        "    pairs = [model(ids[:, i : i + 1]).logits[0, -1].log_softmax(-1) for i in range(ids.shape[1] - 1)]\n"
        "    return sum(row[token].item() for row, token in zip(pairs, ids[0, 1:]))",
        "def log_likelihood(model, ids):\n"
        "    logs, row = model(ids).logits[0].log_softmax(-1), ids[0].tolist()\n"
        "    return sum(logs[row.index(token, 1) - 1, token].item() for token in row[1:])",
        changed(_LIKELIHOOD, ("steps.sum()", "(steps.mean() * ids.shape[1])")),
        changed(_LIKELIHOOD, ("steps.sum().item()", "steps[:, 0].tolist()")),
        "import math\n"
        + changed(_LIKELIHOOD, ("steps.sum().item()", "math.log(math.prod(steps.exp().flatten().tolist()))")),
    ),
    alternatives=(
        _LIKELIHOOD,
        "def log_likelihood(model, ids):\n"
        "    logits = model(ids).logits\n"
        "    return -torch.nn.functional.cross_entropy(logits[0, :-1], ids[0, 1:], reduction='sum')",
        "def log_likelihood(model, ids):\n"
        "    logs = torch.log(torch.softmax(model(ids).logits[0], -1))\n"
        "    return sum(logs[i, token].item() for i, token in enumerate(ids[0, 1:]))",
        "@torch.no_grad()\n"
        "def log_likelihood(model, ids):\n"
        "    total = 0.0\n"
        "    for i in range(1, ids.shape[1]):\n"
        "        total += model(ids[:, :i]).logits[0, -1].log_softmax(-1)[ids[0, i]].item()\n"
        "    return total",
        "def log_likelihood(model, ids):\n    return -model(ids, labels=ids).loss.item() * (ids.shape[1] - 1)",
    ),
)
