"""6b.3 Three heads, one set of keys and values."""

from course_utils.exercises.records import Exercise, Wrong

from .shared import TORCH, check_tensor, random, wrong_answers

_GROUPED = (
    "def grouped_attention(query, key, value):\n"
    "    group = len(query) // len(key)\n"
    "    key = key.repeat_interleave(group, dim=0)\n"
    "    value = value.repeat_interleave(group, dim=0)\n"
    "    scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5\n"
    "    visible = torch.ones(scores.shape[-2:]).tril().bool()\n"
    '    weights = scores.masked_fill(~visible, float("-inf")).softmax(dim=-1)\n'
    "    return weights @ value"
)
_KEYS, _VALUES = "key.repeat_interleave(group, dim=0)", "value.repeat_interleave(group, dim=0)"
_SCALE = " / query.shape[-1] ** 0.5"
_MISTAKES = (
    (
        ((_KEYS, "key.repeat(group, 1, 1)"), (_VALUES, "value.repeat(group, 1, 1)")),
        "The heads got the sets in the order 0, 1, 0, 1: that is `repeat`. Heads side by side share a set, 0, 0, 1, 1: "
        "`repeat_interleave`.",
    ),
    (
        ((_KEYS, "key[:1]"), (_VALUES, "value[:1]")),
        "All heads use the first set of keys and values. Each group of heads has a set of its own.",
    ),
    (
        ((_KEYS, "key.mean(0, keepdim=True)"), (_VALUES, "value.mean(0, keepdim=True)")),
        "All heads use the mean of all sets. Each group of heads has a set of its own.",
    ),
    (
        ((_VALUES, "value.repeat(group, 1, 1)"),),
        "The keys are shared rightly; the values come in another order. Repeat both in the same way.",
    ),
    (
        ((_KEYS, "key.repeat(group, 1, 1)"),),
        "The values are shared rightly; the keys come in another order. Repeat both in the same way.",
    ),
    (((_SCALE, ""),), "The scores are not scaled: divide them by the square root of the size of a query."),
    (((_SCALE, " / query.shape[-1]"),), "You divided the scores by the size of a query; divide by its square root."),
    (
        ((_SCALE, " / (query.shape[0] * query.shape[-1]) ** 0.5"),),
        "You scaled by the numbers of all heads together. Each head scales by the size of its own query.",
    ),
    (
        (('scores.masked_fill(~visible, float("-inf"))', "scores"),),
        "The causal mask is missing: your tokens see tokens that come later.",
    ),
    ((("~visible", "visible"),), "The mask is turned round: it hides the past and the token itself."),
    (((".tril()", ".triu()"),), "Your tokens see themselves and what comes later. They should see what came before."),
    ((("(scores.shape[-2:]).tril()", "(scores.shape[-2:]).tril(-1)"),), "Each token should see itself, too."),
    (
        (('float("-inf")', "0"),),
        "A hidden score became 0, and 0 still gets a share of the attention. Minus infinity gets none.",
    ),
    (
        (
            (
                'scores.masked_fill(~visible, float("-inf")).softmax(dim=-1)',
                "scores.softmax(dim=-1).masked_fill(~visible, 0)",
            ),
        ),
        "You hid the future after softmax, so the weights that are left no longer sum to 1. Mask the scores.",
    ),
    ((("softmax(dim=-1)", "softmax(dim=-2)"),), "Your weights sum to 1 over the queries; they should over the keys."),
    ((("softmax(dim=-1)", "softmax(dim=0)"),), "Your weights sum to 1 over the heads; they should over the keys."),
    ((("return weights @ value", "return weights"),), "Those are the weights. The last step mixes the values."),
    ((("weights @ value", "weights @ key"),), "You mixed the keys; mix the values."),
)


def _cases() -> list[tuple]:
    sizes = ((4, 2, 3, 4), (6, 2, 5, 6), (6, 3, 4, 2), (3, 1, 2, 8), (2, 2, 3, 4))  # heads, sets, tokens, size
    return [
        (random(heads, tokens, size, seed=n), *(random(sets, tokens, size, seed=n + more) for more in (10, 20)))
        for n, (heads, sets, tokens, size) in enumerate(sizes)
    ]


def _told(query, key, value) -> str:
    heads, tokens, size = query.shape
    return f"For {heads} heads, {len(key)} sets, {tokens} tokens and queries of {size} numbers"


def _check(answer) -> str | None:
    return check_tensor(answer, _cases(), "grouped_attention", TORCH, _GROUPED, _MISTAKES, _told)


EXERCISE = Exercise(
    id="6b.3",
    title="Heads that share",
    minutes=10,
    difficulty="medium",
    starter="def grouped_attention(query, key, value):\n    ...",
    answer="grouped_attention",
    check=_check,
    context=TORCH,
    expects="a function that returns a tensor `[heads, tokens, size]`",
    hints=(
        "Make as many keys and values as there are heads. After that, everything is as in 6.1.",
        "How many heads share a set? `len(query) // len(key)`. Then: scores, scale, mask, softmax, mix.",
        "`torch.ones(tokens, tokens).tril().bool()` is True where a query may look; `masked_fill(~visible, "
        'float("-inf"))` hides the rest.',
    ),
    solution=_GROUPED,
    why="Once each head has keys and values, it is the attention of notebook 06. The copies cost nothing to keep: the "
    "model stores the sets, and repeats them only while it computes.",
    wrong=(
        *wrong_answers(_GROUPED, _MISTAKES),
        Wrong(
            _GROUPED.replace(_KEYS, "key").replace(_VALUES, "value"),
            "must match the size",
            status="error in your code",
        ),
        Wrong(_GROUPED.replace("    return weights @ value", "    return (weights @ value)[0]"), "is expected; yours"),
        Wrong(_GROUPED.replace("weights @ value", "weights @ value + query"), "the number at"),
    ),
    also_wrong=(
        _GROUPED.replace("len(query) // len(key)", "3"),
        _GROUPED.replace("len(query) // len(key)", "len(key)"),
        _GROUPED.replace("torch.ones(scores.shape[-2:])", "torch.ones(3, 3)"),
    ),
    alternatives=(
        "def grouped_attention(query, key, value):\n"
        "    return torch.nn.functional.scaled_dot_product_attention(\n"
        "        query[None], key[None], value[None], is_causal=True, enable_gqa=True\n"
        "    )[0]",
        "def grouped_attention(query, key, value):\n"
        "    found, tokens = [], query.shape[1]\n"
        "    for head in range(len(query)):\n"
        "        which = head * len(key) // len(query)\n"
        "        scores = query[head] @ key[which].T / query.shape[-1] ** 0.5\n"
        "        scores = scores + torch.full((tokens, tokens), float('-inf')).triu(1)\n"
        "        found.append(scores.softmax(-1) @ value[which])\n"
        "    return torch.stack(found)",
        "def grouped_attention(query, key, value):\n"
        "    heads, tokens, size = query.shape\n"
        "    q = query.reshape(len(key), -1, tokens, size)\n"
        "    scores = q @ key[:, None].mT / size**0.5\n"
        "    hidden = torch.ones(tokens, tokens, dtype=torch.bool).triu(1)\n"
        "    weights = scores.masked_fill(hidden, -torch.inf).softmax(-1)\n"
        "    return (weights @ value[:, None]).reshape(heads, tokens, size)",
    ),
    note="This is all the attention of SmolLM2, in one function.",
)
