"""8.7 Decode with a cache."""

from functools import cache

from course_utils.exercises.answers import as_list, call, describe, shape
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import TORCH

_STEPS = 8


_LOOP = (
    "@torch.no_grad()\n"
    "def cached_greedy(model, ids, steps):\n"
    "    out = model(ids)\n"
    "    for step in range(steps):\n"
    "        new = out.logits[:, -1:].argmax(-1)  # [rows, 1]\n"
    "        ids = torch.cat([ids, new], dim=1)\n"
    "        if step < steps - 1:\n"
    "            out = model(new, past_key_values=out.past_key_values)\n"
    "    return ids"
)


@cache
def _tiny_llama():
    """A Llama with large random weights: an error of one position changes what it writes."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    sizes = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "vocab_size": 97}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 64}
    torch.manual_seed(4)
    model = LlamaForCausalLM(LlamaConfig(initializer_range=0.6, eos_token_id=None, **sizes, **heads)).eval()
    ids = torch.tensor([[5, 17, 80, 33, 2], [61, 9, 9, 44, 71]])
    with torch.no_grad():
        right = ids
        for _ in range(_STEPS):
            right = torch.cat([right, model(right).logits[:, -1:].argmax(-1)], dim=1)
    return model, ids, right.tolist()


def _watched(answer):
    """The value of the learner's loop, and of each call of the model: tokens read, cached, positions, last tokens."""
    import torch

    model, ids, _ = _tiny_llama()
    calls = []

    def look(module, args, kwargs):
        read = args[0] if args else kwargs.get("input_ids", kwargs.get("inputs_embeds"))
        past, positions = kwargs.get("past_key_values"), kwargs.get("position_ids")
        given = None if positions is None else set(positions.flatten().tolist())
        calls.append((read.shape[1], 0 if past is None else past.get_seq_length(), given, read[:, -1].tolist()))

    def refuse(*args, **kwargs):
        raise RuntimeError("this exercise writes the loop itself, without `generate`")

    watch, model.generate = model.register_forward_pre_hook(look, with_kwargs=True), refuse
    try:
        with torch.no_grad():
            return call(answer, model, ids, _STEPS), calls
    finally:
        watch.remove()
        del model.generate


def _check_loop(answer) -> str | None:
    _, ids, right = _tiny_llama()
    value, calls = _watched(answer)
    found, prompt = as_list(value), ids.shape[1]
    if shape(value) == (len(ids), _STEPS):
        return "You return the new tokens only: the prompt comes first, `[rows, tokens + steps]`."
    if shape(value) is None or len(shape(value)) != 2 or len(found) != len(ids):
        return f"Your function should return a tensor `[rows, tokens + steps]`; given: {describe(value)}."
    if len(found[0]) != prompt + _STEPS:
        return f"{_STEPS} new tokens were asked for; yours has {len(found[0]) - prompt}."
    read = [tokens for tokens, *_ in calls]
    later = calls[1:]
    if max(read, default=0) < prompt or sum(read) == 0:
        if found == right:
            return "The tokens are right, but the prompt went in piece by piece: prefill reads all of it in one call."
        return "The prompt never went into the model as a whole: the first call reads all of it."
    if any(past and tokens > 1 for tokens, past, *_ in later):
        return "You gave the cache *and* the whole text: what is cached must not be read again, only the new token."
    if any(tokens > 1 for tokens, *_ in later):
        if found == right:
            return "The tokens are right, but every step read the whole text again: hand on `past_key_values`."
        return "Every step read the whole text again, without a cache."
    if any(past == 0 for _, past, *_ in later):
        return "A step read its token without the cache: the model saw that token and nothing before it."
    for _, past, positions, _ in later:
        if positions is not None and positions != {past}:
            return (
                f"Your position is off: with {past} tokens in the cache the new one stands at position {past}, "
                f"because counting begins at 0, not at {max(positions)}."
            )
    if any(past != prompt + step for step, (_, past, *_) in enumerate(later)):
        return "The cache does not grow by one each step: hand every call the cache of the call before."
    if found == right:
        return None
    if later and later[0][3] == ids[:, -1].tolist():
        return "Your first decode call reads the prompt's last token again; its logits came with the prefill already."
    if found[0][prompt:-1] == right[0][prompt + 1 :]:
        return "The first new token is missing: the logits of the prefill choose it already."
    if found[0][prompt:] == right[0][prompt:]:
        return "The first row is right, the second is not: take the best token of *each* row."
    return f"For the first prompt expected {right[0][prompt:]} as new tokens; given: {found[0][prompt:]}."


EXERCISE = Exercise(
    id="8.7",
    title="Decode with a cache",
    minutes=12,
    difficulty="hard",
    starter="@torch.no_grad()\ndef cached_greedy(model, ids, steps):\n    ...",
    answer="cached_greedy",
    check=_check_loop,
    context=TORCH,
    expects="a function that returns the ids of the prompts and of the new tokens",
    hints=(
        "Prefill: `out = model(ids)`. Then each step: `new = out.logits[:, -1:].argmax(-1)`, `[rows, 1]`, joined "
        "to `ids` with `torch.cat([ids, new], dim=1)`.",
        "Decode: `out = model(new, past_key_values=out.past_key_values)` reads one token a row; the model knows "
        "its position by the length of the cache.",
    ),
    solution=_LOOP,
    wrong=(
        Wrong(
            changed(_LOOP, ("model(new, past_key_values=out.past_key_values)", "model(ids)")),
            "read the whole text again: hand on",
        ),
        Wrong(changed(_LOOP, ("model(new, ", "model(ids, ")), "*and* the whole text"),
        Wrong(changed(_LOOP, (", past_key_values=out.past_key_values", "")), "without the cache: the model saw"),
        Wrong(
            changed(
                _LOOP,
                ("model(new, ", "model(new, position_ids=torch.full_like(new, ids.shape[1]), "),
            ),
            "Your position is off",
        ),
        Wrong(changed(_LOOP, ("out.logits[:, -1:]", "out.logits[:, :1]")), "expected"),
        Wrong(
            changed(_LOOP, ("out.logits[:, -1:].argmax(-1)", "out.logits[:1, -1:].argmax(-1).repeat(len(ids), 1)")),
            "take the best token of *each* row",
        ),
        Wrong(
            "@torch.no_grad()\n"
            "def cached_greedy(model, ids, steps):\n"
            "    cache = model(ids).past_key_values\n"
            "    for _ in range(steps):\n"
            "        out = model(ids[:, -1:], past_key_values=cache)\n"
            "        ids = torch.cat([ids, out.logits.argmax(-1)], dim=1)\n"
            "    return ids",
            "the prompt's last token again",
        ),
        Wrong(
            "@torch.no_grad()\n"
            "def cached_greedy(model, ids, steps):\n"
            "    out = model(ids)\n"
            "    for _ in range(steps):\n"
            "        new = out.logits[:, -1:].argmax(-1)\n"
            "        out = model(new, past_key_values=out.past_key_values)\n"
            "        ids = torch.cat([ids, out.logits.argmax(-1)], dim=1)\n"
            "    return ids",
            "The first new token is missing",
        ),
        Wrong(changed(_LOOP, ("return ids", "return ids[:, -steps:]")), "the new tokens only"),
        Wrong(changed(_LOOP, ("range(steps)", "range(steps - 1)")), "new tokens were asked for"),
        Wrong(
            changed(_LOOP, ("    return ids", "    return ids[0]")),
            "should return a tensor",
        ),
        Wrong(
            changed(
                _LOOP,
                (
                    "    out = model(ids)\n",
                    "    out = model(ids[:, :1])\n"
                    "    for i in range(1, ids.shape[1]):\n"
                    "        out = model(ids[:, i : i + 1], past_key_values=out.past_key_values)\n",
                ),
            ),
            "went in piece by piece",
        ),
        Wrong(
            changed(_LOOP, ("    out = model(ids)\n", "    out = model(ids[:, -1:])\n")),
            "never went into the model as a whole",
        ),
        Wrong(
            "def cached_greedy(model, ids, steps):\n"
            "    return model.generate(ids, max_new_tokens=steps, do_sample=False)",
            "without `generate`",
            status="error in your code",
        ),
    ),
    alternatives=(
        "from transformers import DynamicCache\n"
        "def cached_greedy(model, ids, steps):\n"
        "    cache, new = DynamicCache(), ids\n"
        "    for _ in range(steps):\n"
        "        with torch.no_grad():\n"
        "            logits = model(input_ids=new, past_key_values=cache, use_cache=True).logits\n"
        "        new = logits[:, -1].argmax(-1, keepdim=True)\n"
        "        ids = torch.cat([ids, new], dim=-1)\n"
        "    return ids",
        "@torch.no_grad()\n"
        "def cached_greedy(model, ids, steps):\n"
        "    out, written = model(ids, logits_to_keep=1), [ids]\n"
        "    for step in range(steps):\n"
        "        written.append(out.logits[:, -1:].argmax(-1))\n"
        "        place = torch.full_like(written[-1], ids.shape[1] + step)\n"
        "        out = model(written[-1], past_key_values=out.past_key_values, position_ids=place)\n"
        "    return torch.cat(written, dim=1)",
    ),
    note="Checked on a tiny Llama with random weights; the next cell holds it against `generate` on SmolLM2.",
)
