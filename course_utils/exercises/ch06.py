"""Exercises of notebook 06, attention: by hand, equal to PyTorch's and to a real layer, then measured and cut."""

import copy
import inspect
from functools import cache

from .answers import Slip, as_list, as_number, call, close, describe, is_a, shape
from .objects import attempt
from .records import Choice, Exercise, Option, Wrong


def _random(*sizes):
    """The same random numbers every time, without touching the learner's generator."""
    import torch

    return torch.randn(*sizes, generator=torch.Generator().manual_seed(sum(sizes)))


def _same(value, right) -> bool:
    return close(value, right, 1e-4)


def _shaped(value) -> str:
    return f"the shape `{list(shape(value))}`" if shape(value) else describe(value)


def _has_nan(value) -> bool:
    return "nan" in repr(as_list(value))


# --- 6.1 scaled dot-product attention -------------------------------------------------------------------------


def _check_attention(answer) -> str | None:
    import torch
    from torch.nn.functional import scaled_dot_product_attention

    if attempt(lambda: "scaled_dot_product_attention" in _names(answer)):
        return "PyTorch's `scaled_dot_product_attention` is what you rebuild here: write the four steps yourself."
    query, key, value = _random(2, 3, 4, 16), _random(2, 3, 5, 16), _random(2, 3, 5, 6)
    mask = torch.tensor([[1, 1, 0, 1, 0], [1, 1, 1, 0, 1], [0, 1, 1, 1, 0], [1, 0, 1, 1, 1]]).bool()
    got = _on_every_head(answer, query, key, value)
    scores = query @ key.transpose(-2, -1)
    weights = (scores / 4).softmax(-1)
    if shape(got) != (2, 3, 4, 6):
        if shape(got) == (2, 3, 4, 5):
            return "Those are the weights, `[…, query, key]`: multiply them by the values."
        if is_a(got, list, tuple) and attempt(lambda: shape(got[0])) == (2, 3, 4, 6):
            return "You return more than one thing: return the mixed values only."
        return f"Expected the shape `[2, 3, 4, 6]`, a mean of values for each query; given: {_shaped(got)}."
    if not _same(got, weights @ value):
        return _slip_without_mask(got, scores, value)
    got = call(answer, query, key, value, mask)
    if not _same(got, scaled_dot_product_attention(query, key, value, attn_mask=mask)):
        return _slip_with_mask(got, scores / 4, value, mask)
    query, key, value = _random(3, 2, 2, 9), _random(3, 2, 3, 9), _random(3, 2, 3, 4)
    if not _same(call(answer, query, key, value), scaled_dot_product_attention(query, key, value)):
        return "It is right for queries of 16 numbers, but not of 9: take the dimension from `query`, do not write it."
    query[..., 0], key[..., 0], mask = 10, torch.tensor([6.0, -9, -9]), torch.tensor([False, True, True]).expand(2, 3)
    if not _same(call(answer, query, key, value, mask), scaled_dot_product_attention(query, key, value, mask)):
        return "With large scores a hidden key comes through: fill in minus infinity, not just a small number."
    return None


def _names(function) -> tuple[str, ...]:
    """The function's own name and those that its code uses."""
    used = attempt(lambda: inspect.unwrap(function).__code__.co_names, default=())
    return (function.__name__, *used)


def _slip_without_mask(got, scores, value) -> str:
    import torch

    if _same(got, (scores / 4).softmax(-2) @ value):
        return "Your softmax runs over the queries: the weights of one query sum to 1 over the keys, `dim=-1`."
    if any(_same(got, (scores / 4).softmax(dim) @ value) for dim in (0, 1)):
        return "Your softmax runs over the batch or the heads: it belongs over the keys, `dim=-1`."
    if _same(got, torch.nn.functional.one_hot(scores.argmax(-1), 5).float() @ value):
        return "You took the value of the best key only (argmax): softmax mixes all values by their weights."
    if _same(got, scores.softmax(-1) / 4 @ value):
        return "You scaled the weights, after softmax; divide the scores, before it."
    if any(_same(got, scores / n @ value) for n in (1, 4, 16)):
        return "Softmax is missing: the scores become weights that sum to 1."
    scalings = {
        1: "The scores are not scaled: divide them by the square root of the dimension before softmax.",
        16: "You divided by the dimension itself; divide by its square root.",
        1 / 4: "You multiplied the scores by the square root; divide by it.",
    }
    wrong = "You scaled by the wrong dimension: take the last one of `query`, the length of a query."
    scalings |= {n**0.5: wrong for n in (2, 3, 4, 5, 6)}
    for divisor, sentence in scalings.items():  # perhaps with softmax over a wrong dimension as well
        if any(_same(got, (scores / divisor).softmax(dim) @ value) for dim in range(4)):
            return sentence
    return "Not yet what PyTorch computes without a mask: softmax(query · key / √dimension) · value."


def _slip_with_mask(got, scores, value, mask) -> str:
    weights = scores.softmax(-1)
    if _same(got, weights @ value):
        return "The mask changes nothing: where it is False, the score must become minus infinity."
    if _same(got, scores.masked_fill(mask, float("-inf")).softmax(-1) @ value):
        return "Your mask is inverted: a query may look where the mask is True, and nowhere else."
    for used in (mask, ~mask):  # a second slip may be that it is inverted as well
        if _same(got, (scores * used).softmax(-1) @ value):
            return (
                "You multiplied the scores by the mask (or filled in 0), but softmax gives a score of 0 a weight, too: "
                "fill in minus infinity."
            )
        if _same(got, (weights * used) @ value):
            return (
                "You multiplied the weights by the mask, so a row no longer sums to 1: mask the scores, before softmax."
            )
        if _same(got, (scores + used).softmax(-1) @ value):
            return "You added the mask as numbers, 1 for True and 0 for False: add 0 and minus infinity."
    if _has_nan(got):
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


# --- 6.2 masks ------------------------------------------------------------------------------------------------


def _check_allowed(answer) -> str | None:
    import torch

    real = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0]])
    got = call(answer, real, 4, False)
    seen = real.bool()[:, None, None, :].expand(2, 1, 4, 4)
    past = torch.ones(4, 4).tril().bool()
    sizes = _sizes(got)
    if sizes == (2, 4, 4):
        return "The dimension of the heads is missing: `[batch, 1, queries, keys]`, so that all heads share one mask."
    # [2, 1, 1, 4] is enough as long as it is not causal: PyTorch repeats it for every query
    if sizes not in ((2, 1, 4, 4), (2, 1, 1, 4)):
        return f"For two texts of four tokens expected the shape `[2, 1, 4, 4]`; given: {_shaped(got)}."
    if _lowest(got) < 0:
        return "Those are scores, 0 and minus infinity; asked are truth values, True where a query may look."
    if _table(got, 4) == (~seen).tolist():
        return "Inverted: True says that a query may look at this key; padding is False."
    if _table(got, 4) == seen.transpose(2, 3).tolist():
        return "You hid the rows of padding: hide its columns, so that no query looks at it."
    if _table(got, 4) == (seen & seen.transpose(2, 3)).tolist():
        return "Padding hides its rows, too, and an empty row gives NaN: hide its columns only."
    if _table(got, 4) != seen.tolist():
        return "With `causal=False` every query may look at every real key, and at no padding."
    causal = call(answer, real, 4, True)
    if not all(_are_truth_values(mask) for mask in (got, causal)):
        return "These are numbers, which PyTorch would add to the scores: make them truth values, `.bool()`."
    table = _table(causal, 4)
    if table == past.expand(2, 1, 4, 4).tolist() or close(causal, past):
        return "In the causal mask the padding is visible: a key must be real *and* not in the future."
    if table == (seen | past).tolist():
        return "You joined the two conditions with *or*: a key must be real and not in the future."
    if table == (seen & past.T).tolist():
        return "Your causal mask shows the future and hides the past: `torch.tril` keeps the lower triangle."
    if table == (seen & torch.ones(4, 4).tril(-1).bool()).tolist():
        return "A token may look at itself, too: keep the diagonal."
    if table != (seen & past).tolist():
        return "With `causal=True` query i may look at the real keys 0 to i."
    for rows in (3, 6):
        if _table(attempt(answer, real.clone(), rows, False), rows) != seen[:, :, :1].expand(2, 1, rows, 4).tolist():
            return f"In cross-attention there may be {rows} queries for 4 keys: use `queries` for the rows."
    real = torch.tensor([[0, 0, 1, 1, 1], [1, 1, 1, 1, 1], [0, 1, 1, 0, 0]])
    seen = real.bool()[:, None, None, :] & torch.ones(5, 5).tril().bool()
    if _table(call(answer, real, 5, True), 5) != seen.tolist():
        return "Three texts of five tokens, with padding in front, go wrong: ask `real` about each key, do not count."
    return None


def _sizes(mask) -> tuple[int, ...] | None:
    """The shape of a mask, which may be nested lists as well."""
    import numpy as np

    return attempt(lambda: np.array(as_list(mask)).shape)


def _table(mask, queries: int) -> list | None:
    """The mask as nested lists of truth values, one row for each query; None for anything else."""
    import numpy as np

    def repeated():
        rows = np.array(as_list(mask)) != 0
        return np.broadcast_to(rows, (*rows.shape[:2], queries, rows.shape[3])).tolist()

    return attempt(repeated)


def _lowest(mask) -> float:
    import numpy as np

    return attempt(lambda: float(np.array(as_list(mask)).min()), default=0)


def _are_truth_values(mask) -> bool:
    import numpy as np

    return attempt(lambda: np.array(as_list(mask)).dtype == bool, default=False)


# --- 6.3 split heads ------------------------------------------------------------------------------------------


def _check_split(answer) -> str | None:
    import torch

    states = torch.arange(3 * 5 * 8.0).view(3, 5, 8)
    got = call(answer, states, 2)
    right = states.view(3, 5, 2, 4).transpose(1, 2)
    if shape(got) == (3, 5, 2, 4):
        return "The heads come after the tokens: swap those two dimensions."
    if shape(got) == (3, 4, 5, 2):
        return "You made four heads of two numbers; `heads` is how many, not how wide."
    if shape(got) != (3, 2, 5, 4):
        return f"`[3, 5, 8]` in two heads is `[3, 2, 5, 4]`; given: {_shaped(got)}."
    if _same(got, right):
        wide = torch.arange(72.0).view(2, 3, 12)
        if _same(call(answer, wide, 4), wide.view(2, 3, 4, 3).transpose(1, 2)):
            return None
        return "It is right for two heads of four numbers, but not for four heads of three: use `heads` and the shape."
    if _same(got, states.reshape(3, 2, 5, 4)):
        return "The shape is right, but a bare reshape mixes tokens: head 0 needs the first 4 numbers of *each* token."
    if _same(got, states.view(3, 5, 4, 2).permute(0, 3, 1, 2)):
        return "Head 0 got every second number: it needs the first 4 in a row, so put the heads before `dim`."
    if _same(got, right.flip(1)):
        return "The order of the heads is reversed: head 0 has the first numbers."
    return "The shape is right, the numbers are elsewhere: head h has the numbers h·4 to h·4 + 3 of each token."


# --- 6.4 multi-head attention ---------------------------------------------------------------------------------


def _check_multi_head(answer) -> str | None:
    import torch
    from torch.nn.functional import scaled_dot_product_attention as attend

    layers = [_linear(12, 12) for _ in range(4)]
    for number, layer in enumerate(layers):
        layer.weight.data.add_(_random(12, 12).roll(number, 0), alpha=0.5)
    states = _random(2, 5, 12)
    with torch.no_grad():
        got = _on_whole_states(answer, states, copy.deepcopy(layers))  # copies, as the answer may change them
        q, k, v = (layer(states).view(2, 5, 3, 4).transpose(1, 2) for layer in layers[:3])
        mixed = attend(q, k, v)
        joined, output = mixed.transpose(1, 2).reshape(2, 5, 12), layers[3]
        if shape(got) != (2, 5, 12):
            return f"Expected one vector for each token, `[2, 5, 12]`; given: {_shaped(got)}."
        if _same(got, output(joined)):
            return _on_real_layer(answer)
        one = attend(*(layer(states) for layer in layers[:3]))
        if _same(got, output(one)):
            return "That is one large head: split queries, keys and values into `heads` before you attend."
        if _same(got, joined):
            return "The last step is missing: `output` mixes what the heads found."
        if _same(got, output(mixed.reshape(2, 5, 12))):
            return "You joined the heads without swapping heads and tokens back, so the tokens are mixed up."
        if _same(got, output(attend(q, k, v, scale=12**-0.5).transpose(1, 2).reshape(2, 5, 12))):
            return "You scaled by the full hidden size: each head has its own, smaller dimension."
        if _same(got, output(attend(q, k, v, scale=1).transpose(1, 2).reshape(2, 5, 12))):
            return "The scores are not scaled: divide by the square root of a head's dimension, as in 6.1."
        if _same(got, output(attend(k, q, v).transpose(1, 2).reshape(2, 5, 12))):
            return "Queries and keys are swapped: `query(states)` asks, `key(states)` is looked up."
        whole = states.view(2, 5, 3, 4).transpose(1, 2)
        if _same(got, output(attend(q, k, whole).transpose(1, 2).reshape(2, 5, 12))):
            return "The heads mix the states themselves: mix `value(states)`."
        if _same(got, output(joined) + states):
            return "You added the states: that residual connection comes after the attention layer."
        mixed = attend(*(layer(states).view(2, 3, 5, 4) for layer in layers[:3]))
        if any(_same(got, output(x.reshape(2, 5, 12))) for x in (mixed, mixed.transpose(1, 2))):
            return "Your split mixes tokens: first `[batch, tokens, heads, dim]`, then swap, as in 6.3."
    return "Not yet: apply the three linear layers, split, attend, swap back and join, then apply `output`."


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
    layer.weight.data, layer.bias.data = _random(size_out, size_in), _random(size_out)
    return layer.eval()


def _on_real_layer(answer) -> str | None:
    """The same on the first layer of the course's MiniLM, against what the library itself computes."""
    import torch

    real = _real_model()
    layer = copy.deepcopy(real["layer"])
    parts = (layer.self.query, layer.self.key, layer.self.value, layer.output.dense)
    with torch.no_grad():
        got = call(answer, real["states"], *parts, real["heads"])
    if close(got, real["expected"], 1e-3):
        return None
    return "It is right for three heads on random weights, but not on the real layer with twelve: use `heads`."


@cache
def _real_model() -> dict:
    """What MiniLM does with one sentence: the input of its first attention layer, what that layer passes on before the
    residual connection, the layer itself, the number of heads, and a record of all its attention."""
    import contextlib
    import io

    import torch
    from transformers import AutoModel, AutoTokenizer

    from ..attention import capture
    from ..checkpoints import checkpoint

    with contextlib.redirect_stdout(io.StringIO()):
        found = checkpoint("embeddings")
    model = AutoModel.from_pretrained(found.path, dtype="float32").eval()
    tokenizer = AutoTokenizer.from_pretrained(found.path)
    layer, seen = model.encoder.layer[0].attention, []
    handle = layer.output.dense.register_forward_hook(lambda module, given, result: seen.append(result))
    text = "The animal didn't cross the street because it was too tired."
    with torch.no_grad():
        states = model(**tokenizer(text, return_tensors="pt"), output_hidden_states=True).hidden_states[0]
    handle.remove()
    return {
        "states": states,
        "expected": seen[0],
        "layer": copy.deepcopy(layer),  # the layer itself would keep the memory of the whole model
        "heads": model.config.num_attention_heads,
        "record": capture(model, tokenizer, text),
    }


def _real_record():
    """The attention of MiniLM on one sentence, in which *the* comes twice."""
    return _real_model()["record"]


# --- 6.5 entropy ----------------------------------------------------------------------------------------------


def _check_entropy(answer) -> str | None:
    import numpy as np

    weights = np.array(
        [
            [[1, 0, 0, 0], [0.5, 0.5, 0, 0], [0.25, 0.25, 0.5, 0], [0.25, 0.25, 0.25, 0.25]],
            [[0.5, 0.25, 0.25, 0], [0.5, 0.5, 0, 0], [1, 0, 0, 0], [0.125, 0.125, 0.25, 0.5]],
        ]
    )
    rows = np.array([[0, 1, 1.5, 2], [1.5, 1, 0, 1.75]])
    got = call(answer, weights)
    if _has_nan(got):
        return "A weight of exactly 0 gives NaN (0 times minus infinity): it should add 0."
    if shape(got) == (2, 4) and close(got, rows):
        return "That is the entropy of each row: take the mean over the queries."
    if shape(got) != (2,):
        return f"Two heads should give two numbers; given: {_shaped(got)}."
    if close(got, rows.mean(1)):
        from ..attention import entropy

        record = _real_record()
        if close(call(answer, record.map().weights[2]), entropy(record)[2], 1e-3):
            if close(call(answer, np.array([[[0.5, 0.5]]])), [1]):
                return None
            return "For one query and two keys of 0.5 the entropy is 1 bit: add up over the keys, the last dimension."
        return "It is right for four tokens, but not for the sixteen of a real record: use the sizes of `weights`."
    if close(got, rows.mean(1)[::-1]):
        return "The heads come out in the reverse order."
    with np.errstate(divide="ignore", invalid="ignore"):
        bits = np.nan_to_num(-weights * np.log2(weights))
        average = weights.mean(1)
        blurred = np.nan_to_num(-average * np.log2(average)).sum(1)
    if close(got, rows.mean(1) * np.log(2)):
        return "Those are nats, from the natural logarithm: use log2 for bits."
    if close(got, -rows.mean(1)):
        return "The minus sign is missing: an entropy is never negative."
    if close(got, rows.sum(1)):
        return "You added up the rows: take their mean, so that long texts can be compared with short ones."
    if close(got, bits.mean((1, 2))):
        return "You averaged over the keys as well: within a row, add up."
    if close(got, blurred):
        return "You averaged the rows first: a head that is sharp in every row, each time elsewhere, then looks spread."
    return "For a row of 0.25, 0.25, 0.5, 0 the entropy is 1.5 bits; expected the mean over rows, 1.125 and 1.0625."


# --- 6.6 rollout ----------------------------------------------------------------------------------------------


def _check_rollout(answer) -> str | None:
    import numpy as np

    weights = np.abs(_random(3, 4, 4).numpy()) + 0.1
    weights = weights / weights.sum(-1, keepdims=True)
    one, two, three = 0.5 * weights + 0.5 * np.eye(4)
    got = call(answer, weights)
    if shape(got) != (4, 4):
        return f"Three layers of `[4, 4]` should give one `[4, 4]`; given: {_shaped(got)}."
    if close(got, three @ two @ one):
        from ..attention import rollout

        record = _real_record()
        real = call(answer, record.map().weights.mean(1))
        if close(real, rollout(record).head(0, 0), 1e-3):
            return None
        return "It is right for three layers, but not for the six of a real record: go through all of `weights`."
    if close(got, one @ two @ three):
        return "The order is upside down: the last layer stands on the left, `last @ … @ first`."
    if close(got, weights[2] @ weights[1] @ weights[0]):
        return "The residual connection is missing: mix each layer half and half with `np.eye`, a token keeps itself."
    if close(got, 8 * three @ two @ one):
        return "Your rows sum to 8: take *half* of the weights and half of the identity."
    if close(got, (one + two + three) / 3) or close(got, weights.mean(0)):
        return "That is the mean over the layers: follow the paths, with the matrix product."
    if close(got, three * two * one * np.eye(4)):
        return "`*` with `np.eye` leaves the diagonal only: chain the layers with the matrix product, `@`."
    if close(got, three * two * one):
        return "`*` multiplies entry by entry; a path through two layers is the matrix product `@`."
    ones = 0.5 * weights + 0.5
    if close(got, ones[2] @ ones[1] @ ones[0]):
        return "0.5 went to every entry: the identity, `np.eye`, has 1 on the diagonal only."
    if close(got, three):
        return "Only the last layer is in it: multiply all of them."
    if close(got, 0.5 * weights[2] @ weights[1] @ weights[0] + 0.5 * np.eye(4)):
        return "You added the identity once, at the end: every layer has its own residual connection."
    return "Not yet: with `mix = 0.5 * A + 0.5 * I` for each layer, the result is `mix[2] @ mix[1] @ mix[0]`."


# --- 6.7 induction --------------------------------------------------------------------------------------------


def _check_induction(answer) -> str | None:
    import numpy as np

    ids = [5, 9, 7, 5, 9, 2, 5, 9]
    weights = np.tril(np.abs(_random(8, 8).numpy())) + 0.05 * np.tril(np.ones((8, 8)))
    weights = weights / weights.sum(1, keepdims=True)
    last = {3: 0, 4: 1, 6: 3, 7: 4}  # row: where its token stood before
    got = as_number(call(answer, weights, ids))
    if got is None:
        return f"Your function should return one number; given: {describe(call(answer, weights, ids))}."
    looks = {i: weights[i, j + 1] for i, j in last.items()}

    def mean(places, rows=None):
        return sum(places) / (rows or len(last))

    if close(got, mean(looks.values())):
        from ..attention import induction

        record = _real_record()
        words = [token.text for token in record.map().keys]
        numbers = [words.index(word) for word in words]
        if close(as_number(call(answer, record.map().head(1, 8), numbers)), float(induction(record)[1, 8]), 1e-3):
            twice = np.array([[1, 0, 0, 0], [0.3, 0.7, 0, 0], [0.2, 0.2, 0.6, 0], [0.1, 0.2, 0.3, 0.4]])
            if close(as_number(call(answer, twice, [4, 4, 6, 4])), 0.5):
                return None
            return "A token twice in a row goes wrong: the position after the earlier place may be the row's own."
        return (
            "It is right where each token comes back after three, but not on a real record, in which *the* comes "
            "back after six: look up where the token stood."
        )
    if close(got, mean(weights[i, j] for i, j in last.items())):
        return "That is the weight on the same token before; an induction head looks at the one *after* it."
    if close(got, mean(looks.values(), 8)):
        return "You divided by all rows: leave out those whose token is new."
    if close(got, mean(weights[i, j + 1] for i, j in {3: 0, 4: 1, 6: 0, 7: 1}.items())):
        return "For a token that came twice before you took the first place: take the previous one."
    everywhere = [weights[i, j + 1] for i in last for j in range(i) if ids[j] == ids[i]]
    if close(got, mean(everywhere, len(everywhere))):
        return "You averaged over all earlier places of a token: only the latest one counts."
    if close(got, mean(everywhere)):
        return "You added up all earlier places of a token: only the latest one counts."
    if close(got, sum(looks.values())):
        return "That is the sum over the rows; take the mean."
    if close(got, mean(weights[i, j - 1] for i, j in last.items())) or close(
        got, mean(weights[i, max(j - 1, 0)] for i, j in last.items())
    ):
        return "You went one token back from the earlier place; go one forward."
    if close(got, mean(weights[j + 1, i] for i, j in last.items())):
        return "Rows and columns are swapped: `weights[query, key]`."
    if close(got, max(looks.values())):
        return "That is the best row; take the mean over the rows."
    return f"Expected {mean(looks.values()):.3f} on a test of eight tokens, four of them seen before; given: {got:.3f}."


# --- 6.8 damage -----------------------------------------------------------------------------------------------


class _Toy:
    """A stand-in for a model with heads: each cut head lowers its score by an amount of its own."""

    def __init__(self, cost):
        self.cost, self.missing, self.states = cost, [], set()

    def score(self) -> float:
        self.states.add(tuple(self.missing))
        return 0.9 - sum(self.cost[layer][head] for layer, head in self.missing)

    def cut(self, layer, head):
        if not (0 <= layer < len(self.cost) and 0 <= head < len(self.cost[0])):
            raise IndexError(f"cut(layer={layer}, head={head}): there is no such head")
        return _Cut(self, (layer, head))


class _Cut:
    """What `cut` returns: the head is gone inside `with` only."""

    def __init__(self, toy, which):
        self.toy, self.which = toy, which

    def __enter__(self):
        self.toy.missing.append(self.which)

    def __exit__(self, *error):
        self.toy.missing.remove(self.which)


def _check_damage(answer) -> str | None:
    import numpy as np

    cost = [[0.3, 0.0, -0.1], [0.05, 0.6, 0.2]]
    toy, right = _Toy(cost), np.array(cost)
    got = call(answer, toy.score, toy.cut, 2, 3)
    if toy.missing:
        return "After your function some heads are still cut: use `with cut(layer, head):`, which puts them back."
    if shape(got) == (3, 2) and close(got, right.T):
        return "Rows and columns are swapped: `[layers, heads]`."
    if shape(got) != (2, 3):
        return f"Two layers of three heads should give `[2, 3]`; given: {_shaped(got)}."
    if close(got, right):
        other = _Toy((0.1 - np.arange(12.0).reshape(3, 4) / 50).tolist())
        if close(call(answer, other.score, other.cut, 3, 4), other.cost):
            return None
        return "It is right for two layers of three heads, but not for three layers of four: use `layers` and `heads`."
    if close(got, -right):
        return "The sign is turned round: damage is positive where the score falls."
    if close(got, 0.9 - right):
        return "Those are the scores with each head cut; subtract them from the score of the whole model."
    if close(got, np.zeros((2, 3))) and len(toy.states) > 1:
        return "You took both scores in the same state: score the whole model once, before you cut anything."
    if close(got, np.zeros((2, 3))):
        return "Nothing was cut when you scored: `cut(layer, head)` acts inside its `with` block only."
    if close(got, right.cumsum().reshape(2, 3)) or close(got, right.cumsum(1)):
        return "Your cuts pile up: leave one `with` block before you enter the next."
    if close(got, abs(right)):
        return "Keep the sign: cutting a head can raise the score, and then its damage is negative."
    if close(got, right / 0.9, 1e-3):
        return "You divided by the score of the whole model: return the plain difference."
    if close(got, [[right[0, 0]] * 3, [right[1, 0]] * 3]) or close(got, [list(right[0])] * 2):
        return "Some heads were never cut: go through all pairs of layer and head."
    return f"Expected {right.tolist()} for a toy model; given: {describe(as_list(got))}."


_TORCH = "import torch"
_NUMPY = "import numpy as np"
_ATTENTION = (
    "def attention(query, key, value, mask=None):\n"
    "    scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5  # [batch, heads, query, key]\n"
    "    if mask is not None:\n"
    "        scores = scores.masked_fill(~mask, float('-inf'))\n"
    "    return scores.softmax(dim=-1) @ value  # [batch, heads, query, dim]"
)
_ALLOWED = (
    "def allowed(real, queries, causal):\n"
    "    batch, keys = real.shape\n"
    "    mask = real.bool()[:, None, None, :].expand(batch, 1, queries, keys)\n"
    "    if causal:\n"
    "        mask = mask & torch.ones(queries, keys).tril().bool()\n"
    "    return mask"
)
_MULTI_HEAD = (
    "def multi_head(states, query, key, value, output, heads):\n"
    "    batch, tokens, hidden = states.shape\n"
    "    def split(x):\n"
    "        return x.view(batch, tokens, heads, hidden // heads).transpose(1, 2)\n"
    "    q, k, v = split(query(states)), split(key(states)), split(value(states))\n"
    "    mixed = torch.nn.functional.scaled_dot_product_attention(q, k, v)  # [batch, heads, tokens, dim]\n"
    "    return output(mixed.transpose(1, 2).reshape(batch, tokens, hidden))"
)
_ENTROPY = (
    "def mean_entropy(weights):\n"
    "    logs = np.log2(np.where(weights > 0, weights, 1))  # log 1 = 0 stands in for log 0\n"
    "    return -(weights * logs).sum(axis=-1).mean(axis=-1)"
)
_ROLL_OUT = (
    "def roll_out(weights):\n"
    "    paths = np.eye(weights.shape[-1])\n"
    "    for layer in weights:  # [query, key]\n"
    "        paths = (0.5 * layer + 0.5 * np.eye(len(layer))) @ paths\n"
    "    return paths"
)
_INDUCTION = (
    "def induction_score(weights, ids):\n"
    "    last, found = {}, []\n"
    "    for i, token in enumerate(ids):\n"
    "        if token in last:\n"
    "            found.append(weights[i, last[token] + 1])\n"
    "        last[token] = i\n"
    "    return sum(found) / len(found)"
)
_DAMAGE = (
    "def damage_of(score, cut, layers, heads):\n"
    "    whole, damage = score(), np.zeros((layers, heads))\n"
    "    for layer in range(layers):\n"
    "        for head in range(heads):\n"
    "            with cut(layer, head):\n"
    "                damage[layer, head] = whole - score()\n"
    "    return damage"
)


def _split(body: str) -> str:
    return f"def split_heads(states, heads):\n    batch, tokens, hidden = states.shape\n    return {body}"


EXERCISES = [
    Exercise(
        id="6.1",
        title="Scaled dot-product attention",
        minutes=12,
        difficulty="medium",
        starter="def attention(query, key, value, mask=None):\n    ...",
        answer="attention",
        check=_check_attention,
        context=_TORCH,
        expects="a function that returns a tensor [batch, heads, queries, dim]",
        hints=(
            "Four steps: scores `query @ key.transpose(-2, -1)`, scaling, softmax over the keys, times `value`.",
            "`scores.masked_fill(~mask, float('-inf'))` comes before softmax: e to the power of minus infinity is 0.",
        ),
        solution=_ATTENTION,
        wrong=(
            Wrong(_ATTENTION.replace(" / query.shape[-1] ** 0.5", ""), "The scores are not scaled"),
            Wrong(_ATTENTION.replace(" ** 0.5", ""), "You divided by the dimension itself"),
            Wrong(_ATTENTION.replace("dim=-1", "dim=-2"), "Your softmax runs over the queries"),
            Wrong(_ATTENTION.replace("dim=-1", "dim=1"), "over the batch or the heads"),
            Wrong(
                _ATTENTION.replace("masked_fill(~mask, float('-inf'))", "mul(mask)"),
                "You multiplied the scores by the mask",
            ),
            Wrong(
                _ATTENTION.replace(
                    "return scores.softmax(dim=-1) @ value",
                    "weights = (query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5).softmax(dim=-1)\n"
                    "    return (weights if mask is None else weights * mask) @ value",
                ),
                "You multiplied the weights by the mask",
            ),
            Wrong(
                _ATTENTION.replace("masked_fill(~mask, float('-inf'))", "add(mask)"), "You added the mask as numbers"
            ),
            Wrong(_ATTENTION.replace("~mask", "mask"), "Your mask is inverted"),
            Wrong(_ATTENTION.replace("mask is not None", "False"), "The mask changes nothing"),
            Wrong(
                _ATTENTION.replace(
                    "scores.softmax(dim=-1)", "torch.nn.functional.one_hot(scores.argmax(-1), scores.shape[-1]).float()"
                ),
                "You took the value of the best key only",
            ),
            Wrong(_ATTENTION.replace("key.transpose(-2, -1)", "key.transpose(0, 1)"), "It works for one head"),
            Wrong(
                _ATTENTION.replace("key.transpose(-2, -1)", "key.transpose(1, 2)"), "stopped with", "error in your code"
            ),
            Wrong(_ATTENTION.replace(" @ value", ""), "Those are the weights"),
            Wrong(_ATTENTION.replace("query.shape[-1]", "query.shape[-2]"), "You scaled by the wrong dimension"),
            Wrong(_ATTENTION.replace(".softmax(dim=-1)", ""), "Softmax is missing"),
            Wrong(_ATTENTION.replace("/ query", "* query"), "You multiplied the scores by the square root"),
            Wrong(_ATTENTION.replace("query.shape[-1] ** 0.5", "4"), "take the dimension from `query`"),
            Wrong(
                _ATTENTION.replace(" / query.shape[-1] ** 0.5", "").replace(
                    "@ value", "/ query.shape[-1] ** 0.5 @ value"
                ),
                "You scaled the weights, after softmax",
            ),
            Wrong(_ATTENTION.replace("float('-inf')", "-20.0"), "With large scores a hidden key comes through"),
            Wrong(
                _ATTENTION.replace("scores.masked_fill(~mask, float('-inf'))", "scores + ~mask * float('-inf')"),
                "With the mask you get NaN",
            ),
            Wrong(_ATTENTION.replace("@ value", "@ value, scores"), "You return more than one thing"),
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
    ),
    Exercise(
        id="6.2",
        title="Three masks",
        minutes=10,
        difficulty="medium",
        starter="def allowed(real, queries, causal):\n    ...",
        answer="allowed",
        check=_check_allowed,
        context=_TORCH,
        expects="a function that returns a tensor of truth values [batch, 1, queries, keys]",
        hints=(
            "`real.bool()[:, None, None, :]` is `[batch, 1, 1, keys]`; `.expand(...)` repeats it for every query.",
            "`torch.ones(queries, keys).tril().bool()` is True where the key is not in the future; join both with `&`.",
        ),
        solution=_ALLOWED,
        wrong=(
            Wrong(_ALLOWED.replace("return mask", "return ~mask"), "Inverted: True says"),
            Wrong(
                _ALLOWED.replace("[:, None, None, :].expand(batch", "[:, None, :, None].expand(batch"),
                "You hid the rows of padding",
            ),
            Wrong(_ALLOWED.replace("mask & torch", "torch"), "In the causal mask the padding is visible"),
            Wrong(_ALLOWED.replace("mask & torch", "mask | torch"), "with *or*"),
            Wrong(_ALLOWED.replace("tril()", "triu()"), "shows the future and hides the past"),
            Wrong(_ALLOWED.replace("tril()", "tril(-1)"), "keep the diagonal"),
            Wrong(
                _ALLOWED.replace("expand(batch, 1, queries, keys)", "expand(batch, 1, keys, keys)"),
                "In cross-attention there may be",
            ),
            Wrong(_ALLOWED.replace("return mask", "return mask[:, 0]"), "The dimension of the heads is missing"),
            Wrong(
                _ALLOWED.replace("mask & torch", "mask * torch").replace(".tril().bool()", ".tril()"),
                "These are numbers",
            ),
            Wrong(
                _ALLOWED.replace("return mask", "return torch.where(mask, 0.0, -1e9)"),
                "Those are scores, 0 and minus infinity",
            ),
            Wrong(
                _ALLOWED.replace("if causal:", "if keys == queries:\n        mask = mask & mask.mT\n    if causal:"),
                "Padding hides its rows, too",
            ),
            Wrong(
                _ALLOWED.replace("real.bool()[", "(torch.arange(keys) < real.sum(1, keepdim=True))["),
                "with padding in front, go wrong",
            ),
        ),
        alternatives=(
            "def allowed(real, queries, causal):\n"
            "    rows, columns = torch.arange(queries)[:, None], torch.arange(real.shape[1])\n"
            "    past = columns <= rows if causal else columns >= 0 * rows\n"
            "    return (real[:, None] * past[None].int()).unsqueeze(1) == 1",
            "def allowed(real, queries, causal):\n"
            "    def seen(row, i):\n"
            "        return [yes == 1 and (not causal or j <= i) for j, yes in enumerate(row)]\n"
            "    return [[[seen(row, i) for i in range(queries)]] for row in real.tolist()]",
            "def allowed(real, queries, causal):\n"
            "    mask = real[:, None, None] > 0\n"
            "    return mask.logical_and(torch.ones(queries, queries).tril() > 0) if causal else mask",
        ),
        note="A padding mask, a causal mask and a cross mask are one thing: a table of who may look at whom.",
    ),
    Exercise(
        id="6.3",
        title="Split into heads",
        minutes=5,
        difficulty="easy",
        starter="def split_heads(states, heads):\n    ...",
        answer="split_heads",
        check=_check_split,
        context=_TORCH,
        expects="a function that returns a tensor [batch, heads, tokens, dim]",
        hints=(
            "First cut the last dimension in two: `states.view(batch, tokens, heads, dim)`.",
            "Then swap tokens and heads: `.transpose(1, 2)`.",
        ),
        solution=_split("states.view(batch, tokens, heads, hidden // heads).transpose(1, 2)"),
        wrong=(
            Wrong(_split("states.view(batch, heads, tokens, hidden // heads)"), "a bare reshape mixes tokens"),
            Wrong(_split("states.view(batch, tokens, heads, hidden // heads)"), "The heads come after the tokens"),
            Wrong(
                _split("states.view(batch, tokens, hidden // heads, heads).permute(0, 3, 1, 2)"),
                "Head 0 got every second number",
            ),
            Wrong(
                _split("states.view(batch, tokens, hidden // heads, heads).transpose(1, 2)"),
                "`heads` is how many, not how wide",
            ),
            Wrong(_split("states.view(batch, tokens, 2, hidden // 2).transpose(1, 2)"), "not for four heads of three"),
        ),
        alternatives=(
            _split("torch.stack(states.chunk(heads, dim=-1), dim=1)"),
            _split("states.reshape(batch, tokens, heads, -1).permute(0, 2, 1, 3)"),
        ),
    ),
    Exercise(
        id="6.4",
        title="Multi-head attention, as in a real layer",
        minutes=12,
        difficulty="hard",
        starter="def multi_head(states, query, key, value, output, heads):\n    ...",
        answer="multi_head",
        check=_check_multi_head,
        context=_TORCH,
        expects="a function that returns a tensor [batch, tokens, hidden]",
        hints=(
            "`query(states)` has the shape of `states`; split it as in 6.3, and the same for `key` and `value`.",
            "After attending, `mixed.transpose(1, 2).reshape(batch, tokens, hidden)` joins the heads; then `output`.",
        ),
        solution=_MULTI_HEAD,
        wrong=(
            Wrong(
                _MULTI_HEAD.replace("heads, hidden // heads).transpose(1, 2)", "1, hidden).transpose(1, 2)"),
                "That is one large head",
            ),
            Wrong(_MULTI_HEAD.replace("return output(mixed", "return (mixed"), "The last step is missing"),
            Wrong(
                _MULTI_HEAD.replace("mixed.transpose(1, 2).reshape", "mixed.reshape"),
                "You joined the heads without swapping",
            ),
            Wrong(
                _MULTI_HEAD.replace("attention(q, k, v)", "attention(q, k, v, scale=hidden**-0.5)"),
                "You scaled by the full hidden size",
            ),
            Wrong(
                _MULTI_HEAD.replace("attention(q, k, v)", "attention(q, k, v, scale=1)"), "The scores are not scaled"
            ),
            Wrong(_MULTI_HEAD.replace("attention(q, k, v)", "attention(k, q, v)"), "Queries and keys are swapped"),
            Wrong(
                _MULTI_HEAD.replace(
                    "tokens, heads, hidden // heads).transpose(1, 2)", "heads, tokens, hidden // heads)"
                ),
                "Your split mixes tokens",
            ),
            Wrong(_MULTI_HEAD.replace("return output", "return states + output"), "You added the states"),
            Wrong(_MULTI_HEAD.replace("value(states)", "states"), "The heads mix the states themselves"),
            Wrong(
                _MULTI_HEAD.replace(
                    "split(query(states)), split(key(states)), split(value(states))",
                    "query(split(states)), key(split(states)), value(split(states))",
                ),
                "to the whole `states`, then split",
            ),
            Wrong(
                _MULTI_HEAD.replace("    def split", "    heads = 3\n    def split"),
                "not on the real layer with twelve",
            ),
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
    ),
    Exercise(
        id="6.5",
        title="How spread is a head?",
        minutes=8,
        difficulty="medium",
        starter="def mean_entropy(weights):\n    ...",
        answer="mean_entropy",
        check=_check_entropy,
        context=_NUMPY,
        expects="a function that returns an array with one number for each head",
        hints=(
            "Two dimensions go: add up over the keys, the last one, then take the mean over the queries.",
            "`np.where(weights > 0, weights, 1)` keeps log2 away from 0 without changing the sum.",
        ),
        solution=_ENTROPY,
        wrong=(
            Wrong(_ENTROPY.replace("np.log2", "np.log"), "Those are nats"),
            Wrong(_ENTROPY.replace("return -", "return "), "The minus sign is missing"),
            Wrong(
                "def mean_entropy(weights):\n"
                "    with np.errstate(all='ignore'):\n"
                "        return -(weights * np.log2(weights)).sum(axis=-1).mean(axis=-1)",
                "gives NaN",
            ),
            Wrong(_ENTROPY.replace(".mean(axis=-1)", ".sum(axis=-1)"), "You added up the rows"),
            Wrong(_ENTROPY.replace("sum(axis=-1)", "sum(axis=-2)"), "For one query and two keys"),
            Wrong(_ENTROPY.replace(".sum(axis=-1)", ".mean(axis=-1)"), "You averaged over the keys as well"),
            Wrong(_ENTROPY.replace(".mean(axis=-1)", ""), "That is the entropy of each row"),
            Wrong(_ENTROPY.replace(".mean(axis=-1)", ".sum(axis=-1) / 4"), "not for the sixteen of a real record"),
            Wrong(
                "def mean_entropy(weights):\n"
                "    row = weights.mean(axis=1)\n"
                "    return -(row * np.log2(np.where(row > 0, row, 1))).sum(axis=-1)",
                "You averaged the rows first",
            ),
        ),
        alternatives=(
            "import math\n\n"
            "def mean_entropy(weights):\n"
            "    return [sum(sum(-w * math.log2(w) for w in row if w) for row in head) / len(head)\n"
            "            for head in weights.tolist()]",
            "def mean_entropy(weights):\n"
            "    tiny = np.finfo(float).tiny\n"
            "    return np.einsum('hqk,hqk->h', weights, -np.log2(weights + tiny)) / weights.shape[1]",
        ),
    ),
    Exercise(
        id="6.6",
        title="Rollout",
        minutes=8,
        difficulty="medium",
        starter="def roll_out(weights):\n    ...",
        answer="roll_out",
        check=_check_rollout,
        context=_NUMPY,
        expects="a function that returns one matrix [query, key]",
        hints=(
            "Mix each layer with the identity: `0.5 * layer + 0.5 * np.eye(len(layer))`.",
            "Start with the first layer and put every later one on the left: `paths = mixed @ paths`.",
        ),
        solution=_ROLL_OUT,
        wrong=(
            Wrong(_ROLL_OUT.replace("(0.5 * layer + 0.5 * np.eye(len(layer)))", "layer"), "The residual connection"),
            Wrong(
                _ROLL_OUT.replace("np.eye(len(layer))) @ paths", "np.eye(len(layer)))").replace(
                    "paths = (", "paths = paths @ ("
                ),
                "The order is upside down",
            ),
            Wrong(_ROLL_OUT.replace("0.5 * layer + 0.5 *", "layer +"), "Your rows sum to 8"),
            Wrong("def roll_out(weights):\n    return weights.mean(axis=0)", "That is the mean over the layers"),
            Wrong(
                _ROLL_OUT.replace("np.eye(weights.shape[-1])", "1").replace(") @ paths", ") * paths"),
                "a path through two layers is the matrix product",
            ),
            Wrong(_ROLL_OUT.replace(") @ paths", ") * paths"), "leaves the diagonal only"),
            Wrong(_ROLL_OUT.replace(" * np.eye(len(layer))", ""), "0.5 went to every entry"),
            Wrong(_ROLL_OUT.replace(" @ paths", ""), "Only the last layer is in it"),
            Wrong(_ROLL_OUT.replace("in weights:", "in weights[:3]:"), "not for the six of a real record"),
        ),
        alternatives=(
            "def roll_out(weights):\n"
            "    mixed = weights + np.eye(weights.shape[-1])\n"
            "    mixed = mixed / mixed.sum(axis=-1, keepdims=True)\n"
            "    return np.linalg.multi_dot(mixed[::-1])",
        ),
    ),
    Exercise(
        id="6.7",
        title="Induction score",
        minutes=10,
        difficulty="medium",
        starter="def induction_score(weights, ids):\n    ...",
        answer="induction_score",
        check=_check_induction,
        context=_NUMPY,
        expects="a function that returns one number",
        hints=(
            "Walk through `ids` and keep in a dictionary where each token stood last.",
            "For row `i` whose token stood last at `j`, collect `weights[i, j + 1]`.",
        ),
        solution=_INDUCTION,
        wrong=(
            Wrong(_INDUCTION.replace("last[token] + 1", "last[token]"), "an induction head looks at the one *after*"),
            Wrong(_INDUCTION.replace("len(found)", "len(ids)"), "You divided by all rows"),
            Wrong(
                _INDUCTION.replace("last[token] = i", "last.setdefault(token, i)"),
                "you took the first place",
            ),
            Wrong(
                "def induction_score(weights, ids):\n"
                "    pairs = [(i, j) for i in range(len(ids)) for j in range(i) if ids[i] == ids[j]]\n"
                "    return np.mean([weights[i, j + 1] for i, j in pairs])",
                "You averaged over all",
            ),
            Wrong(
                "def induction_score(weights, ids):\n"
                "    places = [[j + 1 for j in range(i) if ids[i] == ids[j]] for i in range(len(ids))]\n"
                "    return np.mean([weights[i, seen].sum() for i, seen in enumerate(places) if seen])",
                "You added up all",
            ),
            Wrong(_INDUCTION.replace(" / len(found)", ""), "That is the sum over the rows"),
            Wrong(_INDUCTION.replace("last[token] + 1", "max(last[token] - 1, 0)"), "You went one token back"),
            Wrong(_INDUCTION.replace("[i, last[token] + 1]", "[last[token] + 1, i]"), "Rows and columns are swapped"),
            Wrong(_INDUCTION.replace("sum(found) / len(found)", "max(found)"), "That is the best row"),
            Wrong(_INDUCTION.replace("last[token] + 1", "i - 2"), "where each token comes back after three"),
            Wrong(_INDUCTION.replace("token in last:", "i > last.get(token, i) + 1:"), "A token twice in a row"),
        ),
        alternatives=(
            "def induction_score(weights, ids):\n"
            "    ids = np.array(ids)\n"
            "    before = np.tril(ids[:, None] == ids, -1)  # [position, earlier place of the same token]\n"
            "    rows = np.flatnonzero(before.any(axis=1))\n"
            "    latest = len(ids) - 1 - before[rows, ::-1].argmax(axis=1)\n"
            "    return np.array([weights[rows, latest + 1].mean()])",
            "def induction_score(weights, ids):\n"
            "    rows = [i for i in range(len(ids)) if ids[i] in ids[:i]]\n"
            "    before = [max(j for j in range(i) if ids[j] == ids[i]) for i in rows]\n"
            "    return np.mean(weights[rows, np.array(before) + 1])",
        ),
    ),
    Exercise(
        id="6.8",
        title="Damage of every head",
        minutes=8,
        difficulty="medium",
        starter="def damage_of(score, cut, layers, heads):\n    ...",
        answer="damage_of",
        check=_check_damage,
        context=_NUMPY,
        expects="a function that returns an array [layers, heads]",
        hints=(
            "Score once with nothing cut. Then two loops, and inside them `with cut(layer, head):`.",
            "The damage is the score of the whole model minus the score inside the `with` block.",
        ),
        solution=_DAMAGE,
        wrong=(
            Wrong(_DAMAGE.replace("whole - score()", "score() - whole"), "The sign is turned round"),
            Wrong(_DAMAGE.replace("whole - score()", "score()"), "Those are the scores with each head cut"),
            Wrong(
                _DAMAGE.replace("            with cut(layer, head):\n    ", "            cut(layer, head)\n"),
                "Nothing was cut when you scored",
            ),
            Wrong(_DAMAGE.replace("whole - score()", "abs(whole - score())"), "Keep the sign"),
            Wrong(_DAMAGE.replace("whole - score()", "score() - score()"), "You took both scores in the same state"),
            Wrong(
                _DAMAGE.replace("((layers, heads))", "((2, 3))")
                .replace("range(layers)", "range(2)")
                .replace("range(heads)", "range(3)"),
                "not for three layers of four",
            ),
            Wrong(_DAMAGE.replace("return damage", "return damage.T"), "Rows and columns are swapped: `[layers"),
            Wrong(_DAMAGE.replace("return damage", "return damage / whole"), "You divided by the score"),
            Wrong(_DAMAGE.replace("with cut(layer, head):", "with cut(layer, 0):"), "Some heads were never cut"),
            Wrong(
                _DAMAGE.replace("with cut(layer, head):\n    ", "cut(layer, head).__enter__()\n"),
                "some heads are still cut",
            ),
            Wrong(
                "from contextlib import ExitStack\n\n"
                "def damage_of(score, cut, layers, heads):\n"
                "    whole, damage = score(), np.zeros((layers, heads))\n"
                "    with ExitStack() as stack:\n"
                "        for layer in range(layers):\n"
                "            for head in range(heads):\n"
                "                stack.enter_context(cut(layer, head))\n"
                "                damage[layer, head] = whole - score()\n"
                "    return damage",
                "Your cuts pile up",
            ),
        ),
        alternatives=(
            "def damage_of(score, cut, layers, heads):\n"
            "    def without(layer, head):\n"
            "        with cut(layer, head):\n"
            "            return score()\n"
            "    whole = score()\n"
            "    return [[whole - without(i, j) for j in range(heads)] for i in range(layers)]",
        ),
    ),
    Choice(
        id="6.9",
        title="What may you write?",
        minutes=3,
        difficulty="medium",
        question="Which sentence do the measurements of this notebook support?",
        options={
            "a": Option(
                "Heads 1.1 and 1.3 understand French gender.",
                "Nothing here measures understanding; say what changes when the heads are cut.",
            ),
            "b": Option(
                "In these sentences, *ce* and *cette* depend on what heads 1.1 and 1.3 bring from the noun.",
                "Both were cut, and then the noun made no difference: a statement about these sentences, with a test.",
                correct=True,
            ),
            "c": Option(
                "*Petite* does not depend on *house*, because its row gives *house* no weight.",
                "The garden made it *petit*: the noun arrives inside the state of *small*.",
            ),
            "d": Option(
                "*Course* explains 99 % of *cours*, because its weight there is 0.99.",
                "A weight is a share of attention, not of the reason: values and later layers decide, too.",
            ),
        },
        hints=(
            "Which one was tested by changing or cutting something?",
            "Beware of words such as *understand*, *explain* and *because*.",
        ),
    ),
]
