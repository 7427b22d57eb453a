"""6.4 Multi-head attention, as in a real layer."""

import copy

from course_utils.exercises.answers import Slip, call, close, shape
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import first_slip

from .shared import TORCH, random, real_model, same, shaped

_MULTI_HEAD = (
    "def multi_head(states, query, key, value, output, heads):\n"
    "    batch, tokens, hidden = states.shape\n"
    "    def split(x):\n"
    "        return x.view(batch, tokens, heads, hidden // heads).transpose(1, 2)\n"
    "    q, k, v = split(query(states)), split(key(states)), split(value(states))\n"
    "    mixed = torch.nn.functional.scaled_dot_product_attention(q, k, v)  # [batch, heads, tokens, dim]\n"
    "    return output(mixed.transpose(1, 2).reshape(batch, tokens, hidden))"
)


def _check_multi_head(answer) -> str | None:
    import torch
    from torch.nn.functional import scaled_dot_product_attention as attend

    layers = [_linear(12, 12) for _ in range(4)]
    for number, layer in enumerate(layers):
        layer.weight.data.add_(random(12, 12).roll(number, 0), alpha=0.5)
    states = random(2, 5, 12)
    with torch.no_grad():
        got = _on_whole_states(answer, states, copy.deepcopy(layers))  # copies, as the answer may change them
        q, k, v = (layer(states).view(2, 5, 3, 4).transpose(1, 2) for layer in layers[:3])
        joined, output = attend(q, k, v).transpose(1, 2).reshape(2, 5, 12), layers[3]
        if shape(got) != (2, 5, 12):
            return f"Expected one vector for each token, `[2, 5, 12]`; given: {shaped(got)}."
        if same(got, output(joined)):
            return _on_real_layer(answer)
        return _slip(got, states, layers) or (
            "The shape is right, the numbers are not: apply the three linear layers, split, attend, swap back, join, "
            "then apply `output`."
        )


def _slip(got, states, layers) -> str | None:
    from torch.nn.functional import scaled_dot_product_attention as attend

    output = layers[3]
    wide = [layer(states) for layer in layers[:3]]
    q, k, v = (x.view(2, 5, 3, 4).transpose(1, 2) for x in wide)
    bare = states.view(2, 5, 3, 4).transpose(1, 2)
    biasless = [(x - layer.bias).view(2, 5, 3, 4).transpose(1, 2) for x, layer in zip(wide, layers, strict=False)]

    def join(mixed):
        return mixed.transpose(1, 2).reshape(2, 5, 12)

    bare_split = "Your split mixes tokens: first `[batch, tokens, heads, dim]`, then swap, as in 6.3."
    reshaped = attend(*(x.view(2, 3, 5, 4) for x in wide))
    every_third = join(attend(*(x.view(2, 5, 4, 3).permute(0, 3, 1, 2) for x in wide)))
    mixed = attend(q, k, v)
    return first_slip(
        got,
        (
            (output(attend(*wide)), "That is one large head: split queries, keys and values before you attend."),
            (join(mixed), "The last step is missing: `output` mixes what the heads found."),
            (
                output(mixed.reshape(2, 5, 12)),
                "You joined the heads without swapping heads and tokens back, so the tokens are mixed up.",
            ),
            (
                output(mixed.permute(0, 2, 3, 1).reshape(2, 5, 12)),
                "You joined the heads number by number: after the swap a token has the numbers of head 0 first.",
            ),
            (
                output(join(attend(q, k, v, scale=12**-0.5))),
                "You scaled by the full hidden size: each head has its own, smaller dimension.",
            ),
            (
                output(join(attend(q, k, v, scale=1))),
                "The scores are not scaled: divide by the square root of a head's dimension, as in 6.1.",
            ),
            (
                output(join(attend(k, q, v))),
                "Queries and keys are swapped: `query(states)` asks, `key(states)` is looked up.",
            ),
            (output(join(attend(q, v, k))), "Keys and values are swapped: PyTorch wants query, key, value."),
            (output(join(attend(q, k, bare))), "The heads mix the states themselves: mix `value(states)`."),
            (output(join(attend(bare, k, v))), "The states themselves ask: the queries are `query(states)`."),
            (output(join(attend(q, k, v, is_causal=True))), "Later tokens are hidden; in an encoder all are seen."),
            (output(join(attend(*biasless))), "The bias is missing: call the layers, as in `query(states)`."),
            (output(join(mixed)) + states, "You added the states: that comes after the attention layer."),
            (output(reshaped.reshape(2, 5, 12)), bare_split),
            (output(join(reshaped)), bare_split),
            (output(every_third), "Your heads hold every third number: each needs four in a row, as in 6.3."),
        ),
    )


def _on_whole_states(answer, states, layers):
    """The answer's value for three heads; a sentence of its own where it gives a layer something of another width."""
    widths = []
    for layer in layers[:3]:
        layer.register_forward_pre_hook(lambda _, given: widths.append(shape(given[0])[-1:]))
    try:
        return call(answer, states, *layers, 3)
    except Slip:
        if any(width != (12,) for width in widths):
            raise Slip("not yet", "Apply `query`, `key` and `value` to the whole `states`, then split.") from None
        raise


def _linear(size_in: int, size_out: int):
    import torch

    layer = torch.nn.Linear(size_in, size_out)
    layer.weight.data, layer.bias.data = random(size_out, size_in), random(size_out)
    return layer.eval()


def _on_real_layer(answer) -> str | None:
    """The same on the first layer of the course's MiniLM, against what the library itself computes."""
    import torch

    real = real_model()
    layer = copy.deepcopy(real["layer"])
    parts = (layer.self.query, layer.self.key, layer.self.value, layer.output.dense)
    with torch.no_grad():
        got = call(answer, real["states"], *parts, real["heads"])
    if close(got, real["expected"], 1e-3):
        return None
    return (
        "It is right for three heads on random weights, but not on the real layer, `[1, 16, 384]` with twelve heads: "
        "take every size from `states` and `heads`."
    )


EXERCISE = Exercise(
    id="6.4",
    title="Multi-head attention, as in a real layer",
    minutes=12,
    difficulty="hard",
    starter="def multi_head(states, query, key, value, output, heads):\n    ...",
    answer="multi_head",
    check=_check_multi_head,
    context=TORCH,
    expects="a function that returns a tensor [batch, tokens, hidden]",
    hints=(
        "Write down the shape after each step. At which step does `heads` come in, and where must it go again?",
        "Apply the three layers to the whole `states`, then split each as in 6.3. After attending, swap heads and "
        "tokens back before you join, and apply `output` last.",
        "`mixed.transpose(1, 2).reshape(batch, tokens, hidden)` joins the heads.",
    ),
    why="The linear layers make queries, keys and values for all heads at once; the split gives each head its part. "
    "After attending, the results of the heads are put side by side again for each token, and `output` mixes them.",
    solution=_MULTI_HEAD,
    wrong=(
        Wrong(
            changed(_MULTI_HEAD, ("heads, hidden // heads).transpose(1, 2)", "1, hidden).transpose(1, 2)")),
            "That is one large head",
        ),
        Wrong(changed(_MULTI_HEAD, ("return output(mixed", "return (mixed")), "The last step is missing"),
        Wrong(
            changed(_MULTI_HEAD, ("mixed.transpose(1, 2).reshape", "mixed.reshape")),
            "You joined the heads without swapping",
        ),
        Wrong(
            changed(_MULTI_HEAD, ("attention(q, k, v)", "attention(q, k, v, scale=hidden**-0.5)")),
            "You scaled by the full hidden size",
        ),
        Wrong(changed(_MULTI_HEAD, ("attention(q, k, v)", "attention(q, k, v, scale=1)")), "The scores are not scaled"),
        Wrong(changed(_MULTI_HEAD, ("attention(q, k, v)", "attention(k, q, v)")), "Queries and keys are swapped"),
        Wrong(
            changed(
                _MULTI_HEAD, ("tokens, heads, hidden // heads).transpose(1, 2)", "heads, tokens, hidden // heads)")
            ),
            "Your split mixes tokens",
        ),
        Wrong(changed(_MULTI_HEAD, ("return output", "return states + output")), "You added the states"),
        Wrong(changed(_MULTI_HEAD, ("value(states)", "states")), "The heads mix the states themselves"),
        Wrong(
            changed(
                _MULTI_HEAD,
                (
                    "split(query(states)), split(key(states)), split(value(states))",
                    "query(split(states)), key(split(states)), value(split(states))",
                ),
            ),
            "to the whole `states`, then split",
        ),
        Wrong(
            changed(_MULTI_HEAD, ("    def split", "    heads = 3\n    def split")),
            "but not on the real layer",
        ),
    ),
    also_wrong=(
        changed(_MULTI_HEAD, ("(q, k, v)  #", "(q, v, k)  #")),
        changed(_MULTI_HEAD, ("(q, k, v)  #", "(q, k, v, is_causal=True)  #")),
        changed(_MULTI_HEAD, ("split(query(states))", "split(states)")),
        changed(_MULTI_HEAD, ("split(query(states))", "split(states @ query.weight.T)")),
        changed(_MULTI_HEAD, ("mixed.transpose(1, 2)", "mixed.permute(0, 2, 3, 1)")),
        changed(_MULTI_HEAD, ("heads, hidden // heads).transpose(1, 2)", "heads, hidden // heads)")),
        changed(_MULTI_HEAD, ("batch, tokens, hidden = states.shape", "batch, tokens, hidden = 2, 5, 12")),
    ),
    alternatives=(
        "def multi_head(states, query, key, value, output, heads):\n"
        "    found, dim = [], states.shape[-1] // heads\n"
        "    for h in range(heads):\n"
        "        part = slice(h * dim, (h + 1) * dim)\n"
        "        q, k, v = (layer(states)[..., part] for layer in (query, key, value))\n"
        "        found.append((q @ k.mT / dim**0.5).softmax(-1) @ v)\n"
        "    return output(torch.cat(found, dim=-1))",
    ),
    note="Equal to layer 0 of MiniLM as the library computes it, with its twelve heads and its weights.",
)
