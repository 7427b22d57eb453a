"""Numbers that describe attention heads: how they spread, how far they look, and which known pattern they follow.

Each function takes a `Record` or a `Map`, leaves padding out, and returns an array `[layers, heads]` unless it says
otherwise. A number describes a pattern; it does not say what the head is for.
"""

from dataclasses import replace

import numpy as np

from ..errors import CourseError
from .record import Map, Record, find_map


def entropy(source: Record | Map, kind: str | None = None) -> np.ndarray:
    """Bits of a row, averaged over the rows: 0 looks at one token only, log2(n) at n tokens alike.

    Rows are first scaled to sum to 1, so value-weighted maps may be measured too.
    """
    found = _real(source, kind)
    return np.array([[_bits(weights) for weights in layer] for layer in found.weights])


def distance(source: Record | Map, kind: str | None = None) -> np.ndarray:
    """How many tokens away a head looks: |query - key| weighted by attention, averaged over the rows."""
    found = _one_sequence(source, kind)
    position = np.arange(len(found.keys))
    away = np.abs(position[:, None] - position)  # [query, key]
    return (found.weights * away).sum(-1, dtype=float).mean(-1)


def previous_token(source: Record | Map, kind: str | None = None) -> np.ndarray:
    """The mean weight on the token before. The first row has none and does not count; nan if there is no other."""
    found = _one_sequence(source, kind)
    rows = range(1, len(found.keys))
    return _mean_weight(found, [(row, row - 1) for row in rows])


def first_token(source: Record | Map, kind: str | None = None) -> np.ndarray:
    """The mean weight on the first token, over all rows (in a decoder the first row can look at nothing else)."""
    found = _real(source, kind)
    return _mean_weight(found, [(row, 0) for row in range(len(found.queries))])


def induction(source: Record | Map, kind: str | None = None) -> np.ndarray:
    """The mean weight on the token that followed the current token's last earlier occurrence.

    On "A B C A" the row of the second A should look at B (Olsson et al. 2022, arXiv 2209.11895). Rows whose token did
    not occur before do not count; nan where no token repeats. Tokens are the same if their texts are.
    """
    found = _one_sequence(source, kind)
    pairs, latest = [], {}
    for row, token in enumerate(found.queries):
        if token.text in latest:
            pairs.append((row, latest[token.text] + 1))
        latest[token.text] = row
    return _mean_weight(found, pairs)


def rollout(source: Record | Map, kind: str | None = None) -> Map:
    """Attention followed down through all layers (Abnar & Zuidema 2020, arXiv 2005.00928): one layer, one head.

    Each layer is the mean over its heads, half of it replaced by the identity for the residual connection; the layers
    are multiplied, the last one first. Row i says how much each input token can have reached output i.
    """
    found = _one_sequence(source, kind)
    identity = np.eye(len(found.keys))
    product = identity
    for layer in found.weights.mean(1, dtype=float):  # [query, key]
        mixed = 0.5 * layer + 0.5 * identity
        product = mixed / mixed.sum(-1, keepdims=True) @ product
    return replace(found, weights=product[None, None], value_norms=None)


def value_weighted(source: Record | Map, kind: str | None = None) -> Map:
    """Each weight times the length of what its head passes on of that key (Kobayashi et al. 2020, arXiv 2004.10102).

    A large weight on a token whose value is short moves little. Rows no longer sum to 1.
    """
    found = _real(source, kind)
    if found.value_norms is None:
        raise CourseError(
            "This map has no value norms (merged words and rollout have none, nor models whose values cannot be read): "
            "take the map of tokens that `capture` returned."
        )
    return replace(found, weights=found.weights * found.value_norms[:, :, None, :], value_norms=None)


def _real(source: Record | Map, kind: str | None) -> Map:
    found = find_map(source, kind).trim()
    if not found.weights.size:
        raise CourseError("This map has no tokens to measure besides padding: capture a text that is not empty.")
    return found


def _one_sequence(source: Record | Map, kind: str | None) -> Map:
    found = _real(source, kind)
    if found.kind == "cross" or len(found.queries) != len(found.keys):
        raise CourseError(
            "This measure compares positions within one sequence, but here queries and keys belong to two: "
            'take kind="encoder" or kind="decoder".'
        )
    return found


def _bits(weights: np.ndarray) -> float:
    """The mean entropy of the rows of `[query, key]`."""
    shares = weights / weights.sum(-1, keepdims=True, dtype=float)
    logarithms = np.log2(shares, out=np.zeros_like(shares), where=shares > 0)  # 0 · log 0 counts as 0
    return float(-(shares * logarithms).sum(-1).mean()) + 0.0  # no -0.0


def _mean_weight(found: Map, pairs: list[tuple[int, int]]) -> np.ndarray:
    """The mean of the weights at these (row, column) pairs, `[layers, heads]`."""
    if not pairs:
        return np.full((found.layers, found.heads), np.nan)
    rows, columns = zip(*pairs, strict=True)
    return found.weights[:, :, list(rows), list(columns)].mean(-1, dtype=float)
