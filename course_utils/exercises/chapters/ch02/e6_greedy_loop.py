"""2.6 The loop inside `generate`."""

from course_utils.exercises.answers import as_list, call, describe, is_a, shape
from course_utils.exercises.records import Exercise, Wrong

from .shared import TORCH


def _toy_model():
    """A causal model small enough to check by hand: after tokens of sum s it prefers token (3 s + 1) mod 11."""
    import torch
    from transformers.modeling_outputs import CausalLMOutputWithPast

    class ToyModel(torch.nn.Module):
        device = torch.device("cpu")
        generate_was_called = False

        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.ones(11))

        def forward(self, input_ids=None, attention_mask=None, past_key_values=None, **options):
            sums = torch.arange(11)[input_ids].cumsum(-1)  # the look-up fails for ids that are no whole numbers
            if past_key_values is not None:
                sums = sums + past_key_values
            steps_away = (torch.arange(11) - (3 * sums + 1).unsqueeze(-1)) % 11
            logits = -steps_away * self.weight  # [batch, tokens, vocabulary]
            return CausalLMOutputWithPast(logits=logits, past_key_values=sums[:, -1:])

        def generate(self, inputs=None, **options):
            self.generate_was_called = True
            return inputs

    return ToyModel()


def _check_greedy(answer) -> str | None:
    import torch

    model = _toy_model()
    value = call(answer, model, torch.tensor([[4, 7, 2]]), 5)
    if model.generate_was_called:
        return "That is `generate` itself; write its loop: call `model(ids)` once for each new token."
    got = as_list(value)
    if got is not None and len(shape(value) or ()) == 1:
        got = [got]
    if got is None or len(got) != 1:
        return f"Your function should return the ids as a tensor `[1, tokens]`; given: {describe(value)}."
    right = [4, 7, 2, 7, 6, 2, 8, 10]
    row = got[0] if is_a(got[0], list) else []
    if row == right:
        other = as_list(call(answer, model, torch.tensor([[3]]), 2))
        if other in ([[3, 10, 7]], [3, 10, 7]):
            return None
        return (
            "It works for three tokens and five steps, but not for one token and two steps: "
            f"after [3] the toy model writes [10, 7]; given: {describe(other)}."
        )
    if row == right[3:]:
        return "Those are only the new tokens: return the prompt's tokens and the new ones together."
    if row == [4, 7, 2]:
        return "The prompt came back unchanged: append each new token to the ids."
    if len(row) == 3 * 2**5:
        return "You appended one token for every position: take the logits of the last position alone, `logits[:, -1]`."
    if len(row) != 8:
        return f"Three tokens and five new ones make eight; yours are {len(row)}."
    if row[3:] == [2] * 5:
        return "Every new token was predicted from the first position: take the logits of the last one, `[:, -1]`."
    if row[3:] == [7, 0, 1, 4, 2]:
        return (
            "Every new token was predicted from the one before it alone: the model must see all ids, not only the last."
        )
    if row[3:] == [7] * 5:
        return (
            "The same token five times: each step must see the tokens written so far, so feed the longer ids back in."
        )
    return (
        f"After [4, 7, 2] the likeliest tokens of the toy model are {right[3:]}; yours are {row[3:]}. "
        "Greedy means the largest logit of the last position, with nothing random."
    )


_GREEDY = "import torch\n\n@torch.no_grad()\ndef greedy(model, ids, steps):\n"


EXERCISE = Exercise(
    id="2.6",
    title="The loop inside `generate`",
    minutes=12,
    difficulty="hard",
    starter="@torch.no_grad()\ndef greedy(model, ids, steps):\n    ...",
    answer="greedy",
    check=_check_greedy,
    context=TORCH,
    expects="a function that returns the ids of the prompt and the new tokens",
    hints=(
        "One step: `logits = model(ids).logits`, then the largest logit of the *last* position, `logits[:, -1]`.",
        "Append it with `torch.cat([ids, new], dim=-1)`, where `new` has the shape `[1, 1]`, and repeat.",
    ),
    solution=_GREEDY
    + (
        "    for _ in range(steps):\n"
        "        logits = model(ids).logits[:, -1]  # [1, vocabulary]\n"
        "        new = logits.argmax(dim=-1, keepdim=True)  # [1, 1]\n"
        "        ids = torch.cat([ids, new], dim=-1)\n"
        "    return ids"
    ),
    wrong=(
        Wrong(
            _GREEDY
            + "    for _ in range(steps):\n"
            + "        new = model(ids).logits[:, 0].argmax(-1, keepdim=True)\n"
            + "        ids = torch.cat([ids, new], -1)\n    return ids",
            "predicted from the first position",
        ),
        Wrong(
            _GREEDY
            + "    new = model(ids).logits[:, -1].argmax(-1, keepdim=True)\n"
            + "    return torch.cat([ids] + [new] * steps, -1)",
            "The same token five times",
        ),
        Wrong(
            _GREEDY
            + "    start = ids.shape[1]\n    for _ in range(steps):\n"
            + "        ids = torch.cat([ids, model(ids).logits[:, -1].argmax(-1, keepdim=True)], -1)\n"
            + "    return ids[:, start:]",
            "Those are only the new tokens",
        ),
        Wrong(
            _GREEDY
            + "    for _ in range(steps + 1):\n"
            + "        ids = torch.cat([ids, model(ids).logits[:, -1].argmax(-1, keepdim=True)], -1)\n"
            + "    return ids",
            "five new ones make eight",
        ),
        Wrong(
            _GREEDY
            + "    for _ in range(steps):\n"
            + "        new = model(ids).logits[:, -1].argmin(-1, keepdim=True)\n"
            + "        ids = torch.cat([ids, new], -1)\n    return ids",
            "Greedy means the largest logit",
        ),
        Wrong(
            _GREEDY
            + "    for _ in range(steps):\n"
            + "        new = model(ids[:, -1:]).logits[:, -1].argmax(-1, keepdim=True)\n"
            + "        ids = torch.cat([ids, new], -1)\n    return ids",
            "the model must see all ids",
        ),
        Wrong(_GREEDY + "    return model.generate(ids, max_new_tokens=steps)", "That is `generate` itself"),
        Wrong(
            _GREEDY + "    for _ in range(steps):\n        model(ids).logits[:, -1].argmax(-1)\n    return ids",
            "The prompt came back unchanged",
        ),
    ),
    alternatives=(
        "def greedy(model, ids, steps):\n"
        "    row = ids[0].tolist()\n"
        "    while steps:\n"
        "        with torch.inference_mode():\n"
        "            output = model(input_ids=torch.tensor([row]))\n"
        "        row.append(int(output.logits[0, -1].softmax(-1).argmax()))\n"
        "        steps -= 1\n"
        "    return torch.tensor([row])",
    ),
)
