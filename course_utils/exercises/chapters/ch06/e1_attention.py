"""6.1 Scaled dot-product attention."""

import inspect

from course_utils.describing import attempt
from course_utils.exercises.answers import Slip, call, is_a, shape
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import TORCH, has_nan, random, same, shaped

_ATTENTION = (
    "def attention(query, key, value, mask=None):\n"
    "    scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5  # [batch, heads, query, key]\n"
    "    if mask is not None:\n"
    "        scores = scores.masked_fill(~mask, float('-inf'))\n"
    "    return scores.softmax(dim=-1) @ value  # [batch, heads, query, dim]"
)


def _check_attention(answer) -> str | None:
    import torch
    from torch.nn.functional import scaled_dot_product_attention

    if attempt(lambda: "scaled_dot_product_attention" in _names(answer)):
        return "PyTorch's `scaled_dot_product_attention` is what you rebuild here: write the four steps yourself."
    query, key, value = random(2, 3, 4, 16), random(2, 3, 5, 16), random(2, 3, 5, 6)
    mask = torch.tensor([[1, 1, 0, 1, 0], [1, 1, 1, 0, 1], [0, 1, 1, 1, 0], [1, 0, 1, 1, 1]]).bool()
    got = _on_every_head(answer, query, key, value)
    scores = query @ key.transpose(-2, -1)
    weights = (scores / 4).softmax(-1)
    if shape(got) != (2, 3, 4, 6):
        if shape(got) == (2, 3, 4, 5):
            return "Those are the weights, `[…, query, key]`: multiply them by the values."
        if is_a(got, list, tuple) and attempt(lambda: shape(got[0])) == (2, 3, 4, 6):
            return "You return more than one thing: return the mixed values only."
        return f"Expected the shape `[2, 3, 4, 6]`, a mean of values for each query; given: {shaped(got)}."
    if not same(got, weights @ value):
        return _slip_without_mask(got, scores, value)
    got = call(answer, query, key, value, mask)
    if not same(got, scaled_dot_product_attention(query, key, value, attn_mask=mask)):
        return _slip_with_mask(got, scores / 4, value, mask)
    query, key, value = random(3, 2, 2, 9), random(3, 2, 3, 9), random(3, 2, 3, 4)
    if not same(call(answer, query, key, value), scaled_dot_product_attention(query, key, value)):
        return "It is right for queries of 16 numbers, but not of 9: take the dimension from `query`, do not write it."
    query[..., 0], key[..., 0], mask = 10, torch.tensor([6.0, -9, -9]), torch.tensor([False, True, True]).expand(2, 3)
    if not same(call(answer, query, key, value, mask), scaled_dot_product_attention(query, key, value, mask)):
        return "With large scores a hidden key comes through: fill in minus infinity, not just a small number."
    return None


def _names(function) -> tuple[str, ...]:
    """The function's own name and those that its code uses."""
    used = attempt(lambda: inspect.unwrap(function).__code__.co_names, default=())
    return (function.__name__, *used)


def _slip_without_mask(got, scores, value) -> str:
    import torch

    if same(got, (scores / 4).softmax(-2) @ value):
        return "Your softmax runs over the queries: the weights of one query sum to 1 over the keys, `dim=-1`."
    if any(same(got, (scores / 4).softmax(dim) @ value) for dim in (0, 1)):
        return "Your softmax runs over the batch or the heads: it belongs over the keys, `dim=-1`."
    if same(got, torch.nn.functional.one_hot(scores.argmax(-1), 5).float() @ value):
        return "You took the value of the best key only (argmax): softmax mixes all values by their weights."
    if same(got, scores.softmax(-1) / 4 @ value):
        return "You scaled the weights, after softmax; divide the scores, before it."
    if any(same(got, scores / n @ value) for n in (1, 4, 16)):
        return "Softmax is missing: the scores become weights that sum to 1."
    scalings = {
        1: "The scores are not scaled: divide them by the square root of the dimension before softmax.",
        16: "You divided by the dimension itself; divide by its square root.",
        1 / 4: "You multiplied the scores by the square root; divide by it.",
    }
    wrong = "You scaled by the wrong dimension: take the last one of `query`, the length of a query."
    scalings |= {n**0.5: wrong for n in (2, 3, 4, 5, 6)}
    for divisor, sentence in scalings.items():  # perhaps with softmax over a wrong dimension as well
        if any(same(got, (scores / divisor).softmax(dim) @ value) for dim in range(4)):
            return sentence
    return "Not yet what PyTorch computes without a mask: softmax(query · key / √dimension) · value."


def _slip_with_mask(got, scores, value, mask) -> str:
    weights = scores.softmax(-1)
    if same(got, weights @ value):
        return "The mask changes nothing: where it is False, the score must become minus infinity."
    if same(got, scores.masked_fill(mask, float("-inf")).softmax(-1) @ value):
        return "Your mask is inverted: a query may look where the mask is True, and nowhere else."
    for used in (mask, ~mask):  # a second slip may be that it is inverted as well
        if same(got, (scores * used).softmax(-1) @ value):
            return (
                "You multiplied the scores by the mask (or filled in 0), but softmax gives a score of 0 a weight, too: "
                "fill in minus infinity."
            )
        if same(got, (weights * used) @ value):
            return (
                "You multiplied the weights by the mask, so a row no longer sums to 1: mask the scores, before softmax."
            )
        if same(got, (scores + used).softmax(-1) @ value):
            return "You added the mask as numbers, 1 for True and 0 for False: add 0 and minus infinity."
    if has_nan(got):
        return (
            "With the mask you get NaN, for example from minus infinity times 0: fill -inf into the scores, before "
            "softmax and where the mask is False, with `masked_fill`."
        )
    return "Without a mask it is right; with one, PyTorch gives other numbers: fill -inf where the mask is False."


def _on_every_head(answer, query, key, value):
    """The answer's value on a batch of heads; a sentence of its own where it works for a single head only."""
    try:
        return call(answer, query, key, value)
    except Slip as slip:
        if slip.status == "error in your code":
            single = attempt(answer, query[0, 0], key[0, 0], value[0, 0])
            if shape(single) is not None and len(shape(single)) == 2:
                raise Slip(
                    "not yet",
                    "It works for one head, but stops on `[batch, heads, tokens, dim]`: "
                    "swap the last two dimensions only.",
                ) from None
        raise


EXERCISE = Exercise(
    id="6.1",
    title="Scaled dot-product attention",
    minutes=12,
    difficulty="medium",
    starter="def attention(query, key, value, mask=None):\n    ...",
    answer="attention",
    check=_check_attention,
    context=TORCH,
    expects="a function that returns a tensor [batch, heads, queries, dim]",
    hints=(
        "Four steps: scores `query @ key.transpose(-2, -1)`, scaling, softmax over the keys, times `value`.",
        "`scores.masked_fill(~mask, float('-inf'))` comes before softmax: e to the power of minus infinity is 0.",
    ),
    solution=_ATTENTION,
    wrong=(
        Wrong(changed(_ATTENTION, (" / query.shape[-1] ** 0.5", "")), "The scores are not scaled"),
        Wrong(changed(_ATTENTION, (" ** 0.5", "")), "You divided by the dimension itself"),
        Wrong(changed(_ATTENTION, ("dim=-1", "dim=-2")), "Your softmax runs over the queries"),
        Wrong(changed(_ATTENTION, ("dim=-1", "dim=1")), "over the batch or the heads"),
        Wrong(
            changed(_ATTENTION, ("masked_fill(~mask, float('-inf'))", "mul(mask)")),
            "You multiplied the scores by the mask",
        ),
        Wrong(
            changed(
                _ATTENTION,
                (
                    "return scores.softmax(dim=-1) @ value",
                    "weights = (query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5).softmax(dim=-1)\n"
                    "    return (weights if mask is None else weights * mask) @ value",
                ),
            ),
            "You multiplied the weights by the mask",
        ),
        Wrong(changed(_ATTENTION, ("masked_fill(~mask, float('-inf'))", "add(mask)")), "You added the mask as numbers"),
        Wrong(changed(_ATTENTION, ("~mask", "mask")), "Your mask is inverted"),
        Wrong(changed(_ATTENTION, ("mask is not None", "False")), "The mask changes nothing"),
        Wrong(
            changed(
                _ATTENTION,
                ("scores.softmax(dim=-1)", "torch.nn.functional.one_hot(scores.argmax(-1), scores.shape[-1]).float()"),
            ),
            "You took the value of the best key only",
        ),
        Wrong(changed(_ATTENTION, ("key.transpose(-2, -1)", "key.transpose(0, 1)")), "It works for one head"),
        Wrong(
            changed(_ATTENTION, ("key.transpose(-2, -1)", "key.transpose(1, 2)")), "stopped with", "error in your code"
        ),
        Wrong(changed(_ATTENTION, (" @ value", "")), "Those are the weights"),
        Wrong(changed(_ATTENTION, ("query.shape[-1]", "query.shape[-2]")), "You scaled by the wrong dimension"),
        Wrong(changed(_ATTENTION, (".softmax(dim=-1)", "")), "Softmax is missing"),
        Wrong(changed(_ATTENTION, ("/ query", "* query")), "You multiplied the scores by the square root"),
        Wrong(changed(_ATTENTION, ("query.shape[-1] ** 0.5", "4")), "take the dimension from `query`"),
        Wrong(
            changed(_ATTENTION, (" / query.shape[-1] ** 0.5", ""), ("@ value", "/ query.shape[-1] ** 0.5 @ value")),
            "You scaled the weights, after softmax",
        ),
        Wrong(changed(_ATTENTION, ("float('-inf')", "-20.0")), "With large scores a hidden key comes through"),
        Wrong(
            changed(_ATTENTION, ("scores.masked_fill(~mask, float('-inf'))", "scores + ~mask * float('-inf')")),
            "With the mask you get NaN",
        ),
        Wrong(changed(_ATTENTION, ("@ value", "@ value, scores")), "You return more than one thing"),
        Wrong(
            "def attention(query, key, value, mask=None):\n"
            "    return torch.nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)",
            "is what you rebuild here",
        ),
    ),
    alternatives=(
        "def attention(query, key, value, mask=None):\n"
        "    scores = torch.einsum('bhqd,bhkd->bhqk', query, key) / query.size(-1) ** 0.5\n"
        "    if mask is not None:\n"
        "        scores = scores + torch.where(mask, 0.0, float('-inf'))\n"
        "    weights = scores.exp()\n"
        "    return torch.einsum('bhqk,bhkd->bhqd', weights / weights.sum(-1, keepdim=True), value)",
        "import numpy as np\n\n"
        "def attention(query, key, value, mask=None):\n"
        "    q, k, v = (tensor.double().numpy() for tensor in (query, key, value))\n"
        "    scores = np.einsum('...qd,...kd->...qk', q, k) / np.sqrt(q.shape[-1])\n"
        "    if mask is not None:\n"
        "        scores = np.where(mask, scores, -1e9)\n"
        "    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))\n"
        "    return (weights / weights.sum(axis=-1, keepdims=True)) @ v",
        "import math\n\n"
        "def attention(query, key, value, mask=None):\n"
        "    weights = torch.softmax(query @ key.mT / math.sqrt(query.shape[-1]), -1)\n"
        "    if mask is not None:\n"
        "        weights = weights * mask\n"
        "        weights = weights / weights.sum(-1, keepdim=True)\n"
        "    return weights @ value",
    ),
    note="Equal to `torch.nn.functional.scaled_dot_product_attention`, for a batch, several heads and a mask.",
)
