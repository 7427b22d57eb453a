"""2.9 How likely is a sentence?"""

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong

from .shared import TORCH


def _toy_causal():
    """Three tokens; the logits at a position depend on the token there, so that every shift shows."""
    import torch

    table = torch.tensor([[0.0, 1.0, 3.0], [2.0, 0.0, 1.0], [1.0, 4.0, 0.0]])

    class Toy(torch.nn.Module):
        device = torch.device("cpu")

        def forward(self, input_ids=None, labels=None, **options):
            from transformers.modeling_outputs import CausalLMOutput

            logits = table[input_ids]
            if labels is None:
                return CausalLMOutput(logits=logits)
            loss = torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten())
            return CausalLMOutput(loss=loss, logits=logits)

    return Toy(), table


def _check_log_likelihood(answer) -> str | None:
    import torch

    model, table = _toy_causal()
    row = [0, 2, 1, 1, 0]
    value = call(answer, model, torch.tensor([row]))
    got = as_number(value)
    logs = table.log_softmax(-1)
    steps = [logs[a, b].item() for a, b in zip(row, row[1:], strict=False)]
    if got is None:
        return f"Your function should return one number; given: {describe(value)}."
    if close(got, sum(steps), 1e-3):
        short = as_number(call(answer, model, torch.tensor([[2, 1]])))
        if close(short, logs[2, 1].item(), 1e-3):
            return None
        return f"For a sentence of two tokens there is one step, here {logs[2, 1]:.3f}; given: {short:g}."
    if close(got, -sum(steps), 1e-3):
        return "That is the loss: the log-likelihood is the sum without the minus sign."
    if close(got, sum(steps) / 4, 1e-3) or close(got, -sum(steps) / 4, 1e-3):
        return "That is the mean over the tokens; the sum was asked for, so that whole sentences can be compared."
    if close(got, sum(logs[a, a].item() for a in row), 1e-3):
        return "You scored each token with the logits at its own place: those at position i are about token i + 1."
    if close(got, sum(logs[b, a].item() for a, b in zip(row, row[1:], strict=False)), 1e-3):
        return "You shifted the wrong way: take `logits[:, :-1]` for the tokens `ids[:, 1:]`."
    if close(got, sum(table[a, b].item() for a, b in zip(row, row[1:], strict=False)), 1e-3):
        return "You added the logits themselves: turn them into logarithms of probabilities with `log_softmax` first."
    if close(got, sum(torch.tensor(steps).exp().tolist()), 1e-3):
        return "You added the probabilities; add their logarithms."
    if close(got, torch.tensor(steps).sum().exp().item(), 1e-3):
        return "That is the probability of the sentence: it becomes 0 for long ones, so return its logarithm."
    return f"For the test sentence the sum is {sum(steps):.3f}; given: {got:g}."


_LIKELIHOOD = "def log_likelihood(model, ids):\n    with torch.no_grad():\n"


EXERCISE = Exercise(
    id="2.9",
    title="How likely is a sentence?",
    minutes=12,
    difficulty="hard",
    starter="def log_likelihood(model, ids):\n    ...",
    answer="log_likelihood",
    check=_check_log_likelihood,
    context=TORCH,
    expects="a function that returns one number",
    hints=(
        "`log_softmax(-1)` turns logits into logarithms of probabilities; drop the last position: it is about a "
        "token that is not there.",
        "`table[0, range(n), ids[0, 1:]]` or `gather` picks one entry for each position; then `.sum().item()`.",
    ),
    solution=_LIKELIHOOD
    + (
        "        logits = model(ids).logits[0, :-1]  # [tokens - 1, vocabulary]\n"
        "    steps = logits.log_softmax(-1).gather(1, ids[0, 1:, None])  # [tokens - 1, 1]\n"
        "    return steps.sum().item()"
    ),
    wrong=(
        Wrong(
            _LIKELIHOOD
            + "        logs = model(ids).logits[0].log_softmax(-1)\n"
            + "    return logs.gather(1, ids[0, :, None]).sum().item()",
            "logits at its own place",
        ),
        Wrong(
            _LIKELIHOOD
            + "        logs = model(ids).logits[0, 1:].log_softmax(-1)\n"
            + "    return logs.gather(1, ids[0, :-1, None]).sum().item()",
            "You shifted the wrong way",
        ),
        Wrong(
            _LIKELIHOOD
            + "        logs = model(ids).logits[0, :-1].log_softmax(-1)\n"
            + "    return logs.gather(1, ids[0, 1:, None]).mean().item()",
            "That is the mean over the tokens",
        ),
        Wrong(
            _LIKELIHOOD
            + "        logs = model(ids).logits[0, :-1]\n"
            + "    return logs.gather(1, ids[0, 1:, None]).sum().item()",
            "the logits themselves",
        ),
        Wrong(
            _LIKELIHOOD
            + "        p = model(ids).logits[0, :-1].softmax(-1)\n"
            + "    return p.gather(1, ids[0, 1:, None]).sum().item()",
            "You added the probabilities",
        ),
        Wrong(
            _LIKELIHOOD
            + "        logs = model(ids).logits[0, :-1].log_softmax(-1)\n"
            + "    return -logs.gather(1, ids[0, 1:, None]).sum().item()",
            "without the minus sign",
        ),
        Wrong(
            _LIKELIHOOD
            + "        p = model(ids).logits[0, :-1].softmax(-1)\n"
            + "    return p.gather(1, ids[0, 1:, None]).prod().item()",
            "That is the probability of the sentence",
        ),
    ),
    alternatives=(
        _LIKELIHOOD
        + "        logits = model(ids).logits\n"
        + "    return -torch.nn.functional.cross_entropy(logits[0, :-1], ids[0, 1:], reduction='sum')",
        _LIKELIHOOD
        + "        logs = torch.log(torch.softmax(model(ids).logits[0], -1))\n"
        + "    return sum(logs[i, token].item() for i, token in enumerate(ids[0, 1:]))",
    ),
)
