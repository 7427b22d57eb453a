"""Cut attention heads and see what changes: the test that a look at attention weights cannot replace.

A cut head passes on zeros, which equals zeroing its slice of the output projection's weights. (`head_mask`, the way
of older courses, is accepted by transformers 5 and does nothing.)
"""

import math
import numbers
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from ..describing import describe
from ..errors import CourseError
from .hooks import attention_sites, layers_of, stepped_in


@contextmanager
def cut_heads(model, heads: Collection[tuple[int, int]], kind: str | None = None) -> Iterator[None]:
    """Inside the block these heads of `model` pass on nothing; after it the model is as before.

    Args:
        heads: pairs (layer, head), counted from 0; an empty list cuts nothing.
        kind: "encoder", "decoder" or "cross"; needed where a model has several.

    Raises:
        CourseError: there is no such head or kind.

    Source: Michel et al. 2019, arXiv 1905.10650.
    """
    kind, sizes = _sizes(model, kind)
    chosen: dict[int, set[int]] = {}
    for pair in _pairs(heads):
        layer, head = pair
        if not (0 <= layer < len(sizes) and 0 <= head < sizes[layer]):
            raise CourseError(
                f"Expected a layer from 0 to {len(sizes) - 1} and a head from 0 to {max(sizes) - 1} "
                f"({kind} attention of {type(model).__name__}); given: ({layer}, {head})."
            )
        chosen.setdefault(layer, set()).add(head)

    def cut(site, layer, value, compute):
        output, weights = compute()  # output: [batch, query, heads, head size]
        if site.kind == kind and layer in chosen:
            output = output.clone()
            output[:, :, sorted(chosen[layer])] = 0
        return output, weights

    with stepped_in(model, cut):
        yield


def head_damage(model, score: Callable[[], float], kind: str | None = None):
    """How much worse `score()` gets without each head: whole score minus score without it, `[layers, heads]`.

    `score` takes nothing, runs the model and returns one number, the higher the better, such as the probability of the
    right answer. It is called once for each head, and once before.

    Raises:
        CourseError: there is no such kind, or `score` is not a function that returns a number.
    """
    import numpy as np

    kind, sizes = _sizes(model, kind)
    if not callable(score):
        raise CourseError(f"Expected a function without arguments as score; given: {describe(score)}.")
    whole = _number(score())
    damage = np.full((len(sizes), max(sizes)), np.nan)
    for layer, count in enumerate(sizes):
        for head in range(count):
            with cut_heads(model, [(layer, head)], kind):
                damage[layer, head] = whole - _number(score())
    return damage


def _sizes(model, kind: str | None) -> tuple[str, list[int]]:
    """The kind to work on, and the number of heads in each of its layers."""
    sites = attention_sites(model)
    layers = layers_of(model, sites)
    if kind is None and len(layers) == 1:
        kind = sites[0].kind
    if kind not in list(layers):
        given = "none" if kind is None else repr(str(kind)[:40])
        raise CourseError(f"Expected the kind of attention to cut, one of {', '.join(layers)}; given: {given}.")
    heads = [site.heads for site in sites if site.kind == kind]
    return kind, heads * (layers[kind] // len(heads))


def _pairs(heads) -> list[tuple[int, int]]:
    heads = heads.tolist() if hasattr(heads, "tolist") else heads  # an array, such as np.argwhere(damage < 0)
    pairs = list(heads) if isinstance(heads, list | tuple | set | frozenset) else [None]
    for pair in pairs:
        if not isinstance(pair, list | tuple) or len(pair) != 2 or not all(map(_is_index, pair)):
            raise CourseError(f"Expected a list of pairs such as `[(3, 7)]` (layer, head); given: {describe(heads)}.")
    return [(int(layer), int(head)) for layer, head in pairs]


def _is_index(value) -> bool:
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def _number(value) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, RuntimeError):
        raise CourseError(f"Expected `score()` to return one number; it returned a {type(value).__name__}.") from None
    if not math.isfinite(number):
        raise CourseError(f"Expected `score()` to return a finite number; it returned {number}.")
    return number
