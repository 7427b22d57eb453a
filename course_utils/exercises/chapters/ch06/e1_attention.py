"""6.1 Scaled dot-product attention."""

from course_utils.describing import attempt
from course_utils.exercises.answers import Slip, call, is_a, shape
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import first_slip

from .shared import TORCH, has_nan, random, same, shaped

_ATTENTION = (
    "def attention(query, key, value, mask=None):\n"
    "    scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5  # [batch, heads, query, key]\n"
    "    if mask is not None:\n"
    "        scores = scores.masked_fill(~mask, float('-inf'))\n"
    "    return scores.softmax(dim=-1) @ value  # [batch, heads, query, dim]"
)
_SIZES = (  # batch, heads, queries, keys, dim, and what is new in this case
    (3, 2, 5, 7, 9, "vectors of 9 numbers instead of 16"),
    (1, 1, 1, 3, 16, "one text, one head, one query and three keys"),
    (2, 4, 6, 6, 8, "as many queries as keys"),
)


def _check_attention(answer) -> str | None:
    from torch.nn.functional import scaled_dot_product_attention as right

    query, key, value = _tensors(3, 2, 5, 7, 16)
    got = _on_every_head(answer, query, key, value)
    if shape(got) != (3, 2, 5, 16):
        if shape(got) == (3, 2, 5, 7):
            return "Those are the weights, `[…, query, key]`: multiply them by the values."
        if is_a(got, list, tuple) and attempt(lambda: shape(got[0])) == (3, 2, 5, 16):
            return "You return more than one thing: return the mixed values only."
        return f"Expected the shape `[3, 2, 5, 16]`, a mean of values for each query; given: {shaped(got)}."
    if not same(got, right(query, key, value)):
        return _slip_without_mask(got, query @ key.transpose(-2, -1), value)
    mask = random(5, 7) < 0.3
    got = own(answer, query, key, value, mask)
    if not same(got, right(query, key, value, attn_mask=mask)):
        return _slip_with_mask(got, query @ key.transpose(-2, -1) / 4, value, mask)
    for *sizes, new in _SIZES:
        query, key, value = _tensors(*sizes)
        hidden = random(sizes[2] + 1, sizes[3])[1:] < 0.3
        hidden[:, -1] = True
        for mask in (None, hidden):
            if not same(own(answer, query, key, value, mask), right(query, key, value, attn_mask=mask)):
                return (
                    f"It is right in the first test, but not for {new} ({'no' if mask is None else 'with a'} mask). "
                    "Does something in your code fit only the sizes of the first test?"
                )
    return _weak_mask(answer)


def _tensors(batch: int, heads: int, queries: int, keys: int, dim: int):
    return random(batch, heads, queries, dim), *random(2, batch, heads, keys, dim)


def own(answer, *args):
    """The answer's value; a sentence of its own if PyTorch's attention did the work, under whatever name."""
    from torch.overrides import TorchFunctionMode

    used = []

    class Watch(TorchFunctionMode):
        def __torch_function__(self, function, types, args=(), kwargs=None):
            used.append(getattr(function, "__name__", ""))
            return function(*args, **(kwargs or {}))

    with Watch():
        value = call(answer, *args)
    if theirs := [name for name in used if "attention" in name]:
        raise Slip("not yet", f"PyTorch's `{theirs[0]}` is what you rebuild here: write the steps yourself.")
    return value


def _on_every_head(answer, query, key, value):
    """The answer's value on a batch of heads; a sentence of its own where it is right for a single head only."""
    try:
        return own(answer, query, key, value)
    except Slip as stopped:
        if stopped.status == "error in your code":
            q, k, v = query[0, 0], key[0, 0], value[0, 0]
            if same(attempt(answer, q, k, v), (q @ k.T / 4).softmax(-1) @ v):
                raise Slip(
                    "not yet",
                    f"It is right for one head, `[tokens, dim]`. But {stopped.message} The tensors have four "
                    "dimensions: swap the last two of `key`, and let the others stand.",
                ) from None
        raise


def _slip_without_mask(got, scores, value) -> str:
    import torch

    best = torch.nn.functional.one_hot(scores.argmax(-1), 7).float()
    root = "The scores should be divided by 4, the square root of 16, the length of a query; you divided them by "
    scalings = {
        1: "The scores are not scaled: divide them by the square root of the dimension before softmax.",
        16: "You divided by the dimension itself; divide by its square root.",
        1 / 4: "You multiplied the scores by the square root; divide by it.",
        2: root + "2, as in section 3, where the length is 4.",
        **{n**0.5: f"{root}the square root of {n}." for n in (3, 5, 7, 2)},
    }
    table = [
        ((scores / 4).softmax(-2) @ value, "Your softmax runs over the queries: a query's weights sum to 1, `dim=-1`."),
        *[
            (
                (scores / 4).softmax(d) @ value,
                "Your softmax runs over the batch or the heads: it belongs over the keys, the last.",
            )
            for d in (0, 1)
        ],
        (best @ value, "You took the value of the best key only (argmax): softmax mixes all values by their weights."),
        (scores.softmax(-1) / 4 @ value, "You scaled the weights, after softmax; divide the scores, before it."),
        *[(scores / n @ value, "Softmax is missing: the scores become weights that sum to 1.") for n in (1, 4, 16)],
        *[((scores / n).softmax(-1) @ value, says) for n, says in scalings.items()],
    ]
    return first_slip(got, table) or (
        "The shape is right, the numbers are not yet those of PyTorch, without a mask: "
        "softmax(query · key / √dimension) · value."
    )


def _slip_with_mask(got, scores, value, mask) -> str:
    weights, nothing = scores.softmax(-1), float("-inf")
    zero = (
        "You multiplied the scores by the mask (or filled in 0), but softmax gives a score of 0 a weight, too: fill "
        "in minus infinity."
    )
    late = "You multiplied the weights by the mask, so a row no longer sums to 1: mask the scores, before softmax."
    added = "You added the mask as numbers, 1 for True and 0 for False: add 0 and minus infinity."
    table = [
        (weights @ value, "The mask changes nothing: where it is False, the score must become minus infinity."),
        (
            scores.masked_fill(mask, nothing).softmax(-1) @ value,
            "Your mask is inverted: a query may look where the mask is True, and nowhere else.",
        ),
    ]
    for used in (mask, ~mask):  # a second slip may be that it is inverted as well
        table += [((scores * used).softmax(-1) @ value, zero), ((weights * used) @ value, late)]
        table += [((scores + used).softmax(-1) @ value, added)]
    if says := first_slip(got, table):
        return says
    if has_nan(got):
        return (
            "With the mask you get NaN, for example from minus infinity times 0: fill -inf into the scores, before "
            "softmax and where the mask is False, with `masked_fill`."
        )
    return "Without a mask it is right; with one, PyTorch gives other numbers: fill -inf where the mask is False."


def _weak_mask(answer) -> str | None:
    """Hidden keys whose values are huge, while the keys that may be seen have scores near -80; and high scores."""
    import torch

    query, key, value = torch.zeros(1, 1, 2, 4), torch.zeros(1, 1, 3, 4), random(1, 1, 3, 4)
    query[..., 0], key[..., 0] = 16, torch.tensor([0.0, -10, -10.1])
    value[..., 0, :] = 1e9
    mask = torch.tensor([[False, True, True]] * 2)
    weights = torch.tensor([0.0, -80, -80.8]).masked_fill(~mask, float("-inf")).softmax(-1)
    if not same(own(answer, query, key, value, mask), weights @ value):
        return (
            "Where the keys that may be seen have low scores, -80 and -80.8, a hidden key comes through: its score "
            "must be minus infinity, which is lower than any other."
        )
    if not same(own(answer, query, -10 * key, value), torch.tensor([[0.0, 800, 808]] * 2).softmax(-1) @ value):
        return "With high scores, 0, 800 and 808, it is not right: does `exp` overflow? `.softmax(-1)` sees to that."
    return None


EXERCISE = Exercise(
    id="6.1",
    title="Attention with heads and a mask",
    minutes=15,
    difficulty="medium",
    starter="def attention(query, key, value, mask=None):\n    ...",
    answer="attention",
    check=_check_attention,
    context=TORCH,
    expects="a function that returns a tensor [batch, heads, queries, dim]",
    hints=(
        "Begin with your solution of 6.10. Which of its lines must change for two more dimensions in front?",
        "Three steps: scaled scores, softmax over the keys, times `value`. The mask comes before softmax.",
        "`query @ key.transpose(-2, -1)` gives the scores. `scores.masked_fill(~mask, float('-inf'))` hides: e to the "
        "power of minus infinity is 0. Ask `if mask is not None:` before.",
    ),
    why="Each query is compared with each key, softmax turns the scores of a row into shares that sum to 1, and these "
    "shares mix the values. A score of minus infinity becomes a share of 0, so the mask must come before softmax.",
    solution=_ATTENTION,
    wrong=(
        Wrong(changed(_ATTENTION, (" / query.shape[-1] ** 0.5", "")), "The scores are not scaled"),
        Wrong(changed(_ATTENTION, (" ** 0.5", "")), "You divided by the dimension itself"),
        Wrong(changed(_ATTENTION, ("query.shape[-1] ** 0.5", "4**0.5")), "as in section 3"),
        Wrong(changed(_ATTENTION, ("query.shape[-1]", "key.shape[-2]")), "the square root of 7."),
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
        Wrong(changed(_ATTENTION, ("key.transpose(-2, -1)", "key.transpose(0, 1)")), "It is right for one head"),
        Wrong(changed(_ATTENTION, (" @ value", "")), "Those are the weights"),
        Wrong(changed(_ATTENTION, (".softmax(dim=-1)", "")), "Softmax is missing"),
        Wrong(changed(_ATTENTION, ("/ query", "* query")), "You multiplied the scores by the square root"),
        Wrong(changed(_ATTENTION, ("query.shape[-1] ** 0.5", "4")), "not for vectors of 9 numbers"),
        Wrong(
            changed(_ATTENTION, (" / query.shape[-1] ** 0.5", ""), ("@ value", "/ query.shape[-1] ** 0.5 @ value")),
            "You scaled the weights, after softmax",
        ),
        Wrong(changed(_ATTENTION, ("float('-inf')", "-100.0")), "a hidden key comes through"),
        Wrong(
            changed(_ATTENTION, ("scores.softmax(dim=-1)", "scores.exp() / scores.exp().sum(-1, keepdim=True)")),
            "With high scores",
        ),
        Wrong(
            changed(_ATTENTION, ("scores.masked_fill(~mask, float('-inf'))", "scores + ~mask * float('-inf')")),
            "With the mask you get NaN",
        ),
        Wrong(changed(_ATTENTION, ("@ value", "@ value, scores")), "You return more than one thing"),
        Wrong(
            "from torch.nn.functional import scaled_dot_product_attention as attend\n\n"
            "def attention(query, key, value, mask=None):\n"
            "    return attend(query, key, value, attn_mask=mask)",
            "is what you rebuild here",
        ),
        Wrong(
            changed(
                _ATTENTION,
                (
                    "    if mask",
                    "    if mask is None and scores.shape[-1] == scores.shape[-2]:\n"
                    "        mask = torch.ones(scores.shape[-2:]).tril().bool()\n    if mask",
                ),
            ),
            "but not for as many queries as keys",
        ),
        Wrong(changed(_ATTENTION, ("float('-inf')", "-5.0")), "with one, PyTorch gives other numbers"),
        Wrong(
            changed(_ATTENTION, ("key.transpose(-2, -1)", "key.reshape(*key.shape[:2], key.shape[3], key.shape[2])")),
            "The shape is right, the numbers are not yet",
        ),
    ),
    also_wrong=(
        changed(_ATTENTION, ("key.transpose(-2, -1)", "key.transpose(1, 2)")),
        changed(_ATTENTION, ("    scores =", "    query /= 2\n    query *= 2.5\n    scores =")),
        "def attention(query, key, value, mask=None):\n"
        "    return torch.ops.aten.scaled_dot_product_attention(query, key, value, mask)",
        changed(_ATTENTION, ("@ value  #", "@ value).squeeze(0)  #"), ("return scores", "return (scores")),
    ),
    alternatives=(
        "def attention(query, key, value, mask=None):\n"
        "    scores = torch.einsum('bhqd,bhkd->bhqk', query, key) / query.size(-1) ** 0.5\n"
        "    if mask is not None:\n"
        "        scores = scores + torch.where(mask, 0.0, float('-inf'))\n"
        "    weights = (scores - scores.amax(-1, keepdim=True)).exp()\n"
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
        "def scaled_dot_product_attention(query, key, value, mask=None):  # a name of one's own\n"
        "    scores = query @ key.mT * query.shape[-1] ** -0.5\n"
        "    scores = scores if mask is None else torch.where(mask, scores, float('-inf'))\n"
        "    return scores.softmax(-1) @ value\n\n"
        "attention = scaled_dot_product_attention",
    ),
    note="Equal to `torch.nn.functional.scaled_dot_product_attention`, for a batch, several heads and a mask.",
)
