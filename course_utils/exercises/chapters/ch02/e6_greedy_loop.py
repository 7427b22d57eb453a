"""2.6 The loop inside `generate`."""

from course_utils.exercises.answers import as_list, call, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import known_slip

from .shared import TORCH

_VOCABULARY = 11
_CASES = (  # prompt, steps
    ([4, 7, 2], 5),
    ([3], 2),
    ([5, 2], 4),  # the toy model writes 0, again and again
    ([1, 9, 4, 4, 6, 2, 8, 10, 3, 5, 7, 1], 10),
    ([6, 1, 8], 1),
    ([2, 5], 0),
)


def _likeliest(row: list[int]) -> int:
    return (3 * sum(row) + 1) % _VOCABULARY


def _height(sums):
    return 10 * (5 * sums % 7)


def _toy_model():
    """A causal model small enough to check by hand: after tokens of sum s it prefers token (3 s + 1) mod 11.

    It takes the ids and nothing else into account, and returns logits only. The logits of some positions are higher
    than those of others, as in a real model, so that the largest of all positions says nothing about the last one.
    """
    import torch
    from transformers.modeling_outputs import CausalLMOutput

    class ToyModel(torch.nn.Module):
        device = torch.device("cpu")
        generate_was_called = False

        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.ones(_VOCABULARY))

        def forward(self, input_ids, attention_mask=None, **options):
            sums = torch.arange(_VOCABULARY)[input_ids].cumsum(-1)  # fails for ids that are no whole numbers
            steps_away = (torch.arange(_VOCABULARY) - (3 * sums + 1).unsqueeze(-1)) % _VOCABULARY
            return CausalLMOutput(
                logits=_height(sums).unsqueeze(-1) - steps_away * self.weight
            )  # [batch, tokens, vocabulary]

        def generate(self, inputs=None, **options):
            self.generate_was_called = True
            return inputs

    return ToyModel()


def _written(choose):
    """A loop that appends `choose(ids so far, prompt)` in each step."""

    def write(model, ids, steps):
        prompt = ids[0].tolist()
        row = [*prompt]
        for _ in range(steps):
            row.append(choose(row, prompt))
        return [row]

    return write


def _highest(row: list[int]) -> int:
    """The first position at which the toy model has its largest logit."""
    return max(range(len(row)), key=lambda i: _height(sum(row[: i + 1])))


_right = _written(lambda row, prompt: _likeliest(row))
_SLIPS = (
    (
        lambda model, ids, steps: [_right(model, ids, steps)[0][ids.shape[1] :]],
        "Those are only the new tokens: return the prompt's tokens and the new ones together.",
    ),
    (lambda model, ids, steps: ids.tolist(), "The prompt came back unchanged: append each new token to the ids."),
    (lambda model, ids, steps: _right(model, ids, steps + 1), "That is one token too many."),
    (lambda model, ids, steps: _right(model, ids, max(0, steps - 1)), "That is one token too few."),
    (
        lambda model, ids, steps: _right(model, ids, max(1, steps)),
        "With 0 steps nothing is to be added.",
    ),
    (
        _written(lambda row, prompt: _likeliest(row[:1])),
        "Each new token was predicted from the first position: take the logits of the last one, `[:, -1]`.",
    ),
    (
        _written(lambda row, prompt: _likeliest(row[-1:])),
        "Each new token was predicted from the one before it alone: the model must see all ids, not only the last.",
    ),
    (
        _written(lambda row, prompt: _likeliest(row if len(row) == len(prompt) else row[-1:])),
        "After the first step the model sees the newest token alone: it must see all ids each time.",
    ),
    (
        _written(lambda row, prompt: _likeliest(prompt)),
        "Each new token was predicted from the prompt alone: give the longer ids back, and read their last position.",
    ),
    (
        _written(lambda row, prompt: _likeliest(row[: _highest(row) + 1])),
        "You took the largest logit of all positions; only the last one is about the next token.",
    ),
)


def _check_greedy(answer) -> str | None:
    import torch

    for prompt, steps in _CASES:
        model, ids = _toy_model(), torch.tensor([prompt])
        value, right = call(answer, model, ids, steps), _right(model, ids, steps)[0]
        if model.generate_was_called:
            return "That is `generate` itself; write its loop: call `model(ids)` once for each new token."
        shown = f"After the prompt `{prompt}` and {steps} step{'' if steps == 1 else 's'} with a toy model"
        if not is_a(value, torch.Tensor) or value.is_floating_point() or value.ndim != 2:
            return f"{shown} you should return whole numbers in a tensor `[1, tokens]`; given: {describe(value)}."
        if as_list(value) != [right]:
            everything = [(_toy_model(), torch.tensor([prompt]), steps) for prompt, steps in _CASES]
            says = known_slip(answer, everything, _SLIPS, as_list)
            if says is None and value.shape != (1, len(right)):
                says = f"The shape should be [1, {len(right)}]; yours is {list(value.shape)}."
            return f"{shown} the ids should be `{[right]}`; given: `{as_list(value)}`." + (f" {says}" if says else "")
    return None


_HEAD = "import torch\n\ndef greedy(model, ids, steps):\n"
_SOLUTION = _HEAD + (
    "    for _ in range(steps):\n"
    "        logits = model(ids).logits[:, -1]  # [1, vocabulary]\n"
    "        new = logits.argmax(dim=-1, keepdim=True)  # [1, 1]\n"
    "        ids = torch.cat([ids, new], dim=-1)\n"
    "    return ids"
)
_RETURN = "    return ids"


EXERCISE = Exercise(
    id="2.6",
    title="The loop inside `generate`",
    minutes=10,
    difficulty="medium",
    starter="def greedy(model, ids, steps):\n    ...",
    answer="greedy",
    check=_check_greedy,
    context=TORCH,
    expects="a function that returns the ids of the prompt and the new tokens",
    hints=(
        "Begin with one step: what do you give the model, and which of its many logits are about the next token?",
        "One step: `logits = model(ids).logits`, then the largest logit of the *last* position, `logits[:, -1]`.",
        "Append it with `torch.cat([ids, new], dim=-1)`, where `new` has the shape `[1, 1]`, and repeat.",
    ),
    solution=_SOLUTION,
    why="The last position has seen all tokens so far, so its logits are about the next one. Appending the winner "
    "and asking again is all that greedy generation does.",
    wrong=(
        Wrong(changed(_SOLUTION, ("[:, -1]", "[:, 0]")), "predicted from the first position"),
        Wrong(
            _HEAD
            + "    new = model(ids).logits[:, -1].argmax(-1, keepdim=True)\n"
            + "    return torch.cat([ids] + [new] * steps, -1)",
            "from the prompt alone",
        ),
        Wrong(
            changed(
                _SOLUTION, ("    for _", "    start = ids.shape[1]\n    for _"), (_RETURN, "    return ids[:, start:]")
            ),
            "Those are only the new tokens",
        ),
        Wrong(changed(_SOLUTION, ("range(steps)", "range(steps + 1)")), "one token too many"),
        Wrong(changed(_SOLUTION, ("range(steps)", "range(1, steps)")), "one token too few"),
        Wrong(changed(_SOLUTION, ("range(steps)", "range(max(1, steps))")), "With 0 steps"),
        Wrong(
            changed(
                _SOLUTION, ("logits[:, -1]", "logits"), ("argmax(dim=-1, keepdim=True)", "argmax().view(1, 1) % 11")
            ),
            "the largest logit of all positions",
        ),
        Wrong(changed(_SOLUTION, ("argmax", "argmin")), "given: `[[4, 7, 2, 6, 2,"),
        Wrong(changed(_SOLUTION, ("model(ids)", "model(ids[:, -1:])")), "the model must see all ids"),
        Wrong(
            _HEAD + "    out = new = ids\n    for _ in range(steps):\n"
            "        new = model(new).logits[:, -1].argmax(-1, keepdim=True)\n        out = torch.cat([out, new], -1)\n"
            "    return out",
            "the newest token alone",
        ),
        Wrong(_HEAD + "    return model.generate(ids, max_new_tokens=steps)", "That is `generate` itself"),
        Wrong(
            changed(_SOLUTION, ("        ids = torch.cat([ids, new], dim=-1)\n", "")), "The prompt came back unchanged"
        ),
        Wrong(changed(_SOLUTION, (_RETURN, "    return ids[0]")), "given: a tensor (`tensor([ 4, 7, 2"),
        Wrong(changed(_SOLUTION, (_RETURN, "    return ids.tolist()")), "given: a list"),
        Wrong(
            _HEAD + "    past, new = None, ids\n    for _ in range(steps):\n"
            "        output = model(new, past_key_values=past)\n        past = output.past_key_values\n"
            "        new = output.logits[:, -1].argmax(-1, keepdim=True)\n        ids = torch.cat([ids, new], -1)\n"
            "    return ids",
            "past_key_values",
            status="error in your code",
        ),
    ),
    also_wrong=(
        changed(_SOLUTION, ("model(ids)", "model(ids[:, -16:])")),
        changed(_SOLUTION, ("model(ids)", "model(ids[:, -8:])")),
        changed(_SOLUTION, ("        ids =", "        if new == ids[0, -1]:\n            break\n        ids =")),
        changed(_SOLUTION, ("dim=-1)\n    return", "dim=-1)\n        if new == 0:\n            break\n    return")),
        changed(_SOLUTION, (_RETURN, "    return ids.float()")),
        _HEAD
        + "    best = model(ids).logits[0, -1].topk(steps).indices\n    return torch.cat([ids, best[None]], dim=1)",
        changed(
            _SOLUTION,
            ("[:, -1]", "[:, -1].softmax(-1)"),
            ("logits.argmax(dim=-1, keepdim=True)", "torch.multinomial(logits, 1)"),
        ),
        changed(
            _SOLUTION, ("[:, -1]", "[:, -1].clone()"), ("        new", "        logits[0, ids[0]] = -1e9\n        new")
        ),
        changed(_SOLUTION, ("[ids, new]", "[new, ids]")),
        changed(_SOLUTION, ("logits.argmax(dim=-1, keepdim=True)", "logits.argmax(dim=-1, keepdim=True) * 1.0")),
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
        "def greedy(model, ids, steps):\n"
        "    if steps == 0:\n        return ids\n"
        "    new = model(ids, attention_mask=torch.ones_like(ids)).logits[:, -1:].argmax(-1)\n"
        "    return greedy(model, torch.cat([ids, new], 1), steps - 1)",
        _HEAD + "    n = ids.shape[1]\n    out = ids.new_zeros(1, n + steps)\n    out[:, :n] = ids\n"
        "    for i in range(n, n + steps):\n        out[0, i] = model(out[:, :i]).logits[0, i - 1].argmax()\n    "
        "return out",
    ),
)
