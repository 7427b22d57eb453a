"""Run a model once and keep every step of it: `forward_pass`.

The model is used as it is: in evaluation mode, with the library's own eager attention, with hooks that note what goes
in and comes out. Afterwards it is as before, also after an error. Every sum and every softmax is checked on the way.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from ..attention.hooks import writes_from_a_source
from ..attention.inputs import call, check_size, checked_targets, decoder_inputs_of, inputs_of, labels_of, rows_of
from ..attention.tokens import numbered, tokens_of
from ..describing import describe
from ..errors import CourseError
from ..models.loaded import evaluating
from . import ends
from .blocks import block_of
from .events import Layer, same
from .guessing import guesses, leaving_out
from .opened import Opened
from .recording import ForwardPass, Tower
from .tracing import output_layer, traced

MOST_TOKENS = 128  # what is kept grows with the text, scores and weights with its square: 0.2 GB for SmolLM2 here
ROUNDING = {"float16": 4e-3, "bfloat16": 3e-2}  # how far a sum may be off, as a share of it
FINE = 1e-5  # the same in float32


def forward_pass(model, tokenizer, text, target=None) -> ForwardPass:
    """Every step of a model on one text: embeddings, queries, keys, values, scores, weights, …, and its guesses.

    Args:
        model: any encoder, decoder or encoder-decoder of transformers that reads text.
        tokenizer: its tokenizer.
        text: a text, or prepared inputs with one row: what a tokenizer or feature extractor returned.
        target: of an encoder-decoder, the text to write. Without one the model writes it, greedily.

    Returns:
        A `ForwardPass`: `run.decoder.blocks[0]["query"]` are numbers, `run.decoder.guesses[layer][token]` guesses.

    Raises:
        CourseError: no such model, not one text, too long a text, a target for a model that takes none, or a model
            that computes something else than the usual steps.
    """
    import torch

    inputs, target = _checked(model, tokenizer, text, target)
    close = ROUNDING.get(str(model.dtype).removeprefix("torch."), FINE)
    blocks = {}

    def close_layer(layer: Layer) -> int:
        block = block_of(layer, type(model).__name__, close)
        blocks[layer] = block
        layer.events.clear()
        return sum(stage.values.nbytes for stage in block.stages)

    with evaluating(model), torch.no_grad():
        labels = None
        if writes_from_a_source(model):
            labels = labels_of(model, tokenizer, inputs, None if target is None else [target])
            inputs |= decoder_inputs_of(model, labels)
        _check_length(model, inputs)
        with traced(model, close_layer) as trace:
            output = call(model, model, inputs)
        logits = _logits(model, output)
        vocabulary = _vocabulary(tokenizer)
        towers = _towers(model, tokenizer, inputs, trace, blocks, logits, close)
        if logits is not None:
            towers[-1] = _with_guesses(model, inputs, trace, towers[-1], output, vocabulary)
    return Opened(
        model=type(model).__name__,
        text=text if isinstance(text, str) else _text(tokenizer, towers[0].ids),
        target=target if target is not None or labels is None else _text(tokenizer, labels[0].tolist()),
        towers=tuple(towers),
        logits=logits,
        vocabulary=vocabulary,
    )


# --- what is given --------------------------------------------------------------------------------------------


def _checked(model, tokenizer, text, target) -> tuple[dict, str | None]:
    if not isinstance(text, str | Mapping) or isinstance(text, str) and not text.strip():
        hint = " Open the texts one at a time." if isinstance(text, list | tuple) else ""
        raise CourseError(f"Expected one text with words; given: {describe(text)}.{hint}")
    if target is not None and not isinstance(target, str):
        raise CourseError(f"Expected one text as target; given: {describe(target)}.")
    if getattr(model, "main_input_name", None) == "pixel_values":
        raise CourseError(
            f"{type(model).__name__} reads pictures: forward_pass opens models that read text. `capture` of "
            "course_utils.attention shows the attention of models that read pictures."
        )
    inputs, _ = inputs_of(model, tokenizer, text)
    if rows_of(inputs) != 1:
        raise CourseError(f"Expected one text; given: prepared inputs with {rows_of(inputs)} rows. Open one at a time.")
    checked_targets(model, target, 1)
    return inputs, target


def _check_length(model, inputs) -> None:
    check_size(model, inputs)
    for name in ("input_ids", "decoder_input_ids"):
        if name in inputs and (count := inputs[name].shape[1]) > MOST_TOKENS:
            raise CourseError(
                f"Expected at most {MOST_TOKENS} tokens, because every step of each is kept; given: {count}. "
                "Shorten the text."
            )


# --- what comes out -------------------------------------------------------------------------------------------


def _logits(model, output):
    """`[tokens, vocabulary]`; None for a model without an output layer over the vocabulary."""
    if output_layer(model) is None or output.get("logits") is None:
        return None
    return output["logits"][0].float().cpu().numpy()


def _vocabulary(tokenizer):
    """A function that gives the readable text of an id."""

    @cache
    def text(id: int) -> str:
        return tokens_of(tokenizer, [id])[0].text

    return text


def _towers(model, tokenizer, inputs, trace, blocks, logits, close) -> list[Tower]:
    towers = []
    kinds = [kind for kind in ("encoder", "decoder") if kind in trace.owners]
    names = {module: name for name, module in model.named_modules()}
    rest = trace.steps
    for kind in kinds:
        layers = trace.layers(kind)
        _check_chain(model, layers)
        first, last = rest.index(layers[0]), rest.index(layers[-1])
        owner = trace.owners[kind]
        owned = {names[module] for module in owner.modules()}
        ours = [event for event in rest[last + 1 :] if not isinstance(event, Layer)]
        if kind != kinds[-1]:  # of an encoder only its norms follow; then the decoder begins
            ours = [event for event in ours if event.kind == "norm" and event.name in owned]
        prefix = "decoder_" if kind == "decoder" and len(kinds) > 1 else ""
        ids = tuple(inputs[f"{prefix}input_ids"][0].tolist()) if f"{prefix}input_ids" in inputs else ()
        mask = inputs.get(f"{prefix}attention_mask")
        count = len(layers[0].input)
        towers.append(
            Tower(
                kind=kind,
                tokens=tokens_of(tokenizer, ids, None if mask is None else mask[0]) if ids else numbered(count),
                before=ends.before(rest[:first], layers[0], float(getattr(owner, "embed_scale", 1)), close),
                blocks=tuple(blocks[layer] for layer in layers),
                after=ends.after(ours, layers[-1], owned, logits if kind == kinds[-1] else None),
                ids=ids,
            )
        )
        rest = [step for step in rest[last + 1 :] if not any(step is event for event in ours)]
    return towers


def _check_chain(model, layers) -> None:
    """Each layer must take what the one before gave: a layer without attention in between would not be seen."""
    for before, after in zip(layers, layers[1:], strict=False):
        if not same(before.output, after.input):
            raise CourseError(
                f"{type(model).__name__} does something between {before.name} and {after.name} that is not opened "
                "here: try a model such as BERT, GPT-2, Llama or T5."
            )


def _with_guesses(model, inputs, trace, tower: Tower, output, vocabulary) -> Tower:
    import torch
    from transformers.modeling_outputs import BaseModelOutput

    owner, modules = trace.owners[tower.kind], dict(model.named_modules())
    own = set(owner.modules())
    # What the tower itself does after its last layer: a norm, as a rule.
    tail = [modules[stage.where] for stage in tower.after if modules.get(stage.where) in own]

    def ended(streams):
        for module in tail:
            streams = module(streams)
        return streams

    streams = [torch.tensor(tower.stream(layer)) for layer in range(len(tower.blocks) + 1)]
    streams = torch.stack(streams).to(model.device, model.dtype)
    if not same(ended(streams[-1:]), trace.owner_output[0]):
        return tower
    if writes_from_a_source(model):  # what was read needs no second reading
        inputs = inputs | {"encoder_outputs": BaseModelOutput(last_hidden_state=output["encoder_last_hidden_state"])}
    with leaving_out(owner, trace.owner_output) as set_streams:

        def run_head(some):
            set_streams(ended(some))
            return call(model, model, inputs)["logits"].float().cpu()

        return replace(tower, guesses=guesses(run_head, streams, vocabulary, output["logits"].shape[-1]))


def _text(tokenizer, ids) -> str:
    return tokenizer.decode(list(ids), skip_special_tokens=True)
