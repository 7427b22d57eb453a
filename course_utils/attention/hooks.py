"""Where the attention of a model is computed, and a way to step in there for a while.

Models of `transformers` 5 call an exchangeable function in each of their attention layers (`AttentionInterface`).
`stepped_in` exchanges it inside a `with` block, for any encoder, decoder or encoder-decoder, and puts everything back.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from ..describing import describe
from ..errors import CourseError
from ..models.loaded import unwrapped_hint

_NAME = "course_utils"  # the name of our function in the library's registers
_PROJECTIONS = ("o_proj", "out_proj", "c_proj", "o", "Wo", "out_lin", "dense")


@dataclass(frozen=True, eq=False)
class Site:
    """One attention module of a model: its kind, the number of its heads and its output projection (or None)."""

    module: object
    kind: str  # encoder | decoder | cross
    heads: int
    projection: object | None


def attention_sites(model) -> list[Site]:
    """Every attention module of a Hugging Face model, in the order of its layers.

    Raises:
        CourseError: `model` is no such model, has several parts such as one for text and one for pictures, or computes
            its attention in a way of its own.
    """
    from transformers import PreTrainedModel

    if not isinstance(model, PreTrainedModel):
        raise CourseError(
            "Expected a model of transformers, such as `AutoModel.from_pretrained(…)`; "
            f"given: {describe(model)}{unwrapped_hint(model)}."
        )
    both = writes_from_a_source(model)
    decoder = set(model.get_decoder().modules()) if both else set()
    sites = []
    for name, module in model.named_modules():
        if not hasattr(module, "is_causal") or not hasattr(_home(module), "eager_attention_forward"):
            continue
        cross = module in decoder or getattr(module, "is_cross_attention", False)
        kind = "decoder" if module.is_causal else "cross" if cross else "encoder"
        parent = model.get_submodule(name.rpartition(".")[0])
        sites.append(Site(module, kind, _heads(module), _projection(module, parent)))
    if not sites:
        raise CourseError(
            f"{type(model).__name__} has no attention that can be exchanged (no eager attention function): "
            "try a model of another family, such as BERT, Llama or T5."
        )
    kinds = {site.kind for site in sites}
    configs = {(site.kind, id(getattr(site.module, "config", None))) for site in sites}
    if len(kinds) != (3 if both else 1) or len(configs) != len(kinds):
        raise CourseError(
            f"{type(model).__name__} is neither one encoder, one decoder nor the two together in the usual form: "
            "give one of its parts if it has several, such as `model.text_model` or `model.vision_model`."
        )
    return sites


def writes_from_a_source(model) -> bool:
    """Whether this is an encoder-decoder: its encoder alone has the same config, which says that it is one."""
    return model.config.is_encoder_decoder and model.get_decoder() is not model


def layers_of(model, sites: list[Site]) -> dict[str, int]:
    """The number of attention layers of each kind: more than its modules where layers share one, as in ALBERT."""
    layers = Counter(site.kind for site in sites)
    if hasattr(model.config, "num_hidden_groups"):
        layers[sites[0].kind] = model.config.num_hidden_layers * model.config.inner_group_num
    return dict(layers)


@contextmanager
def stepped_in(model, function: Callable) -> Iterator[list[Site]]:
    """Let `function(site, layer, value, compute)` do the attention of `model` while the block runs.

    `compute()` gives what the model's own eager attention gives: the heads' outputs `[batch, query, heads, head size]`
    and the weights `[batch, heads, query, key]`; `function` returns such a pair. `compute.args` has the module, query,
    key, value `[batch, key-value heads, key, head size]` and mask. Blocks may be nested: the inner one sees the outer
    one's pair.
    """
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import eager_mask

    sites = attention_sites(model)
    layers, places, calls = layers_of(model, sites), Counter(), Counter()

    def step_in(site: Site):
        before = getattr(site.module, "_course_attention", None)
        own, places[site.kind] = places[site.kind], places[site.kind] + 1

        def attend(module, query, key, value, attention_mask, **options):
            inner = before or _home(module).eager_attention_forward
            layer = own
            if layers[site.kind] > places[site.kind]:  # modules that serve several layers: only the order tells which
                layer = calls[site.kind] % layers[site.kind]
                calls[site.kind] += 1
            return function(site, layer, value, partial(inner, module, query, key, value, attention_mask, **options))

        return before, attend

    AttentionInterface.register(_NAME, _dispatch)
    AttentionMaskInterface.register(_NAME, eager_mask)
    holders = [m.config for m in model.modules() if hasattr(getattr(m, "config", None), "_attn_implementation")]
    kept = [(config, config._attn_implementation) for config in {id(c): c for c in holders}.values()]
    stacked = [(site, *step_in(site)) for site in sites]
    try:
        for config, _ in kept:
            # The plain attribute: its public form would pass the name on to sub-configs as well.
            config._attn_implementation_internal = _NAME
        for site, _, attend in stacked:
            site.module._course_attention = attend
        yield sites
    finally:
        for config, name in kept:
            config._attn_implementation_internal = name
        for site, before, _ in stacked:
            if before is None:
                vars(site.module).pop("_course_attention", None)
            else:
                site.module._course_attention = before


def _dispatch(module, *arguments, **options):
    return module._course_attention(module, *arguments, **options)


def _home(module):
    """The Python module that defines a layer: there its eager attention function stands."""
    return sys.modules[type(module).__module__]


def _heads(module) -> int:
    for name in ("num_heads", "num_attention_heads", "n_heads"):
        if hasattr(module, name):
            return getattr(module, name)
    return module.config.num_attention_heads


def _projection(module, parent):
    """The linear layer that the joined heads go through; None if it is not where models usually have it."""
    from torch.nn import Linear
    from transformers.pytorch_utils import Conv1D

    homes = [getattr(module, name, None) for name in _PROJECTIONS]
    homes.append(getattr(getattr(parent, "output", None), "dense", None))  # BERT keeps it beside the attention
    # Nothing else, such as a layer with an adapter around it, shows all that it does in its weight.
    return next((found for found in homes if isinstance(found, Linear | Conv1D)), None)
