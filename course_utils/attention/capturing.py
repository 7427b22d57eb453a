"""Run a model and keep its attention weights, with the tokens they belong to.

The model is used as it is, for one forward pass (`capture`) or one generation (`capture_generation`): in evaluation
mode, with the library's own eager attention, because the fast kinds return no weights. Afterwards it is as before.
"""

from collections.abc import Sequence
from contextlib import contextmanager
from itertools import accumulate

import numpy as np

from ..errors import CourseError
from ..models.loaded import evaluating
from .hooks import stepped_in, writes_from_a_source
from .inputs import (
    MOST_BYTES,
    call,
    check_size,
    checked_targets,
    decoder_inputs_of,
    generated,
    inputs_of,
    labels_of,
    rows_of,
)
from .record import Map, Record, Token
from .tokens import numbered, tokens_of

SUM_ERROR = 0.02  # of a row; bfloat16 and float16 round


def capture(model, tokenizer, text, target=None) -> Record | tuple[Record, ...]:
    """The attention weights of one forward pass.

    Args:
        model: any encoder, decoder or encoder-decoder of transformers.
        tokenizer: its tokenizer.
        text: a text, a list of texts (one batch, shorter ones padded on the right), or prepared inputs: what a
            tokenizer, image processor or feature extractor returned.
        target: of an encoder-decoder, the text to write, or a list of them. Without one the model writes it, greedily.

    Returns:
        A `Record`; for a list of texts, or prepared inputs with several rows, a tuple of them, in which padding is
        marked and its rows and columns are zero. In an encoder-decoder, row i of "cross" is the step that writes the
        target token i, and is labelled with it; rows and columns of "decoder" are labelled with the tokens read.

    Raises:
        CourseError: no such model, no text, too long a text, a target for a model that takes none, or weights that
            are no map of the tokens, such as those of models that attend to blocks or to more than the text.
    """
    import torch

    inputs, texts = inputs_of(model, tokenizer, text)
    targets = checked_targets(model, target, rows_of(inputs))
    labels = None
    with evaluating(model), torch.no_grad():
        check_size(model, inputs)
        if writes_from_a_source(model):
            labels = labels_of(model, tokenizer, inputs, targets)
            inputs |= decoder_inputs_of(model, labels)
            check_size(model, inputs)
        with _weights_of(model) as steps:
            call(model, model, inputs)
    maps = {kind: _assembled(model, steps.pop(kind)) for kind in tuple(steps)}
    records = _records(model, tokenizer, inputs, labels, maps, texts, targets)
    return tuple(records) if len(records) > 1 or isinstance(text, list | tuple) else records[0]


def capture_generation(model, tokenizer, text, **generate) -> Record:
    """The attention weights while `model.generate` continues one text, step by step, in one map.

    `generate` takes the settings of `model.generate`, by name or as `generation_config`. Where they do not ask for
    sampling, it writes greedily, whatever the model's own settings. The first rows are those of the prompt, then comes
    one row a step; the last token written is never read, so it has no row. A map is what `capture` gives for the prompt
    and its continuation, but for the last digits.

    Raises:
        CourseError: several texts, or beams and the like: there would be no single sequence to show, step by step.
    """
    import torch

    inputs, texts = inputs_of(model, tokenizer, text)
    if rows_of(inputs) != 1:
        raise CourseError(f"Expected one text to continue; given: {rows_of(inputs)}. Capture one at a time.")
    check_size(model, inputs)
    with evaluating(model), torch.no_grad(), _weights_of(model) as steps:
        ids = generated(model, {**inputs, **generate, "use_cache": True}, tokenizer)[0]  # the cache: one row a step
    _drop_surplus(steps, len(ids) - 1)
    maps = {kind: _assembled(model, steps.pop(kind)) for kind in tuple(steps)}
    prefix = "decoder_" if writes_from_a_source(model) else ""
    read = {f"{prefix}input_ids": ids[None, :-1], f"{prefix}attention_mask": torch.ones_like(ids[None, :-1])}
    return _records(model, tokenizer, inputs | read, ids[None, 1:] if prefix else None, maps, texts, None)[0]


# --- the model ------------------------------------------------------------------------------------------------


@contextmanager
def _weights_of(model):
    """Inside the block every layer's weights are noted: kind -> layer -> (weights, value norms) of each call."""
    steps: dict[str, dict[int, list]] = {}
    size = 0

    def note(site, layer, value, compute):
        nonlocal size
        output, weights = compute()  # weights: [batch, heads, query, key]
        size += 4 * weights.numel()
        if size > MOST_BYTES:
            raise CourseError(
                f"The weights of {type(model).__name__} on these inputs take more than {MOST_BYTES / 1e9:.0f} GB: "
                "give it less at once, or write fewer tokens."
            )
        norms = _value_norms(site, value)
        steps.setdefault(site.kind, {}).setdefault(layer, []).append((weights.float().cpu(), norms))
        return output, weights

    with stepped_in(model, note):
        yield steps


def _value_norms(site, value):
    """‖v W_O‖ `[batch, heads, key]` of each key: what a head passes on of it, after its slice of the projection."""
    if site.projection is None:
        return None
    size, weight = value.shape[-1], site.projection.weight
    if type(site.projection).__name__ != "Conv1D":  # GPT-2 keeps its weights the other way round
        weight = weight.T
    if weight.shape[0] != site.heads * size or not weight.is_floating_point():  # quantized weights are packed
        return None
    slices = weight.reshape(site.heads, size, -1).float()
    # Grouped-query attention: several heads share one value.
    value = value.float().repeat_interleave(site.heads // value.shape[1], dim=1)
    # ‖v W‖² = v (W Wᵀ) vᵀ, without the long vectors v W
    return ((value @ (slices @ slices.mT)) * value).sum(-1).clamp(min=0).sqrt().cpu()


def _drop_surplus(steps: dict[str, dict[int, list]], rows: int) -> None:
    """Keep the steps that make the first `rows` rows of the text written, in place.

    On Apple's GPU the library sees one step late that a text has ended: it runs the model once more, for nothing.
    """
    for kind in steps.keys() - {"encoder"}:
        for layer, calls in steps[kind].items():
            ends = accumulate(weights.shape[2] for weights, _ in calls)
            steps[kind][layer] = [step for step, end in zip(calls, ends, strict=True) if end <= rows]


# --- the record -----------------------------------------------------------------------------------------------


def _assembled(model, layers: dict[int, list]):
    """All steps of all layers: weights `[batch, layers, heads, query, key]`, norms `[batch, layers, heads, key]`.

    A forward pass is one step. In a generation each step adds its rows below, and sees keys that those before did not.
    """
    import torch

    weights, norms = [], []
    for _, steps in sorted(layers.items()):
        rows = [step for step, _ in steps]
        if len(rows) > 1:
            keys = rows[-1].shape[3]
            rows = [torch.cat([torch.nn.functional.pad(row, (0, keys - row.shape[3])) for row in rows], dim=2)]
        weights += rows
        norms.append(steps[-1][1])
    if len({layer.shape for layer in weights}) > 1:
        raise _no_map(model)
    return torch.stack(weights, 1), None if any(n is None for n in norms) else torch.stack(norms, 1)


def _no_map(model) -> CourseError:
    return CourseError(
        f"What {type(model).__name__} did here is no map of its tokens, with rows that sum to 1: attention to blocks, "
        "to a sink beside the tokens or in a window of the cache, and speculative generation cannot be shown."
    )


def _records(model, tokenizer, inputs, labels, maps, texts, targets) -> list[Record]:
    records = []
    for row in range(rows_of(inputs)):
        tokens = _tokens(tokenizer, inputs, labels, row, maps)
        of_row = {}
        for kind, (weights, norms) in maps.items():
            queries, keys = tokens[kind]
            real = np.array([not token.padding for token in keys], dtype=np.float32)
            both = np.array([[not token.padding] for token in queries]) * real
            if weights.shape[0] != rows_of(inputs) or weights.shape[3:] != both.shape:
                raise _no_map(model)
            of_tokens = weights[row].numpy()
            of_tokens *= both  # in place: long texts make large maps
            if not (np.abs(of_tokens.sum(-1) - both.max(-1)) <= SUM_ERROR).all():
                raise _no_map(model)
            passed = None if norms is None else norms[row].numpy() * real
            of_row[kind] = Map(kind=kind, weights=of_tokens, queries=queries, keys=keys, value_norms=passed)
        text = texts[row] if texts else _joined(tokens["encoder" if labels is not None else next(iter(maps))][1])
        target = targets[row] if targets else None if labels is None else _joined(tokens["cross"][0])
        records.append(Record(maps=of_row, text=text, target=target, model=type(model).__name__))
    return records


def _tokens(tokenizer, inputs, labels, row: int, maps) -> dict[str, tuple[tuple[Token, ...], tuple[Token, ...]]]:
    """The tokens of the rows and columns of each kind of map, for one row of the batch."""

    def named(prefix: str, count: int) -> tuple[Token, ...]:
        if f"{prefix}input_ids" not in inputs:
            return numbered(count)
        return tokens_of(tokenizer, inputs[f"{prefix}input_ids"][row], inputs[f"{prefix}attention_mask"][row])

    keys = {kind: weights.shape[-1] for kind, (weights, _) in maps.items()}
    if labels is None:
        return {kind: (found := named("", count), found) for kind, count in keys.items()}
    source, read = named("", keys["encoder"]), named("decoder_", keys["decoder"])
    written = tokens_of(tokenizer, labels[row].clamp(min=0), labels[row] >= 0)
    return {"encoder": (source, source), "decoder": (read, read), "cross": (written, source)}


def _joined(tokens: Sequence[Token]) -> str:
    return " ".join(token.text for token in tokens if not token.special and not token.padding)
