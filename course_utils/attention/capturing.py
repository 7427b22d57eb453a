"""Run a model and keep its attention weights, with the tokens they belong to.

The model is used as it is, for one forward pass (`capture`) or one generation (`capture_generation`): in evaluation
mode, with the library's own eager attention, because the fast kinds return no weights. Afterwards it is as before.
"""

import math
from collections.abc import Mapping, Sequence
from contextlib import contextmanager

import numpy as np

from ..errors import CourseError
from .models import stepped_in
from .record import Map, Record, Token
from .tokens import numbered, tokens_of

MOST_BYTES = 1e9  # of weights in one capture
TARGET_TOKENS = 64  # at most, when an encoder-decoder writes the target itself


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
        CourseError: no such model, no text, too long a text, or a target for a model that takes none.
    """
    import torch

    inputs, texts = _inputs(model, tokenizer, text)
    targets = _checked_targets(model, target, texts)
    labels = None
    with _evaluating(model), torch.no_grad():
        _check_size(model, inputs)
        if model.config.is_encoder_decoder:
            labels = _labels(model, tokenizer, inputs, targets)
            inputs |= _decoder_inputs(model, labels)
            _check_size(model, inputs)
        with _weights_of(model) as steps:
            _call(model, inputs)
    maps = {kind: _assembled(layers) for kind, layers in steps.items()}
    records = _records(model, tokenizer, inputs, labels, maps, texts, targets)
    return tuple(records) if len(records) > 1 or isinstance(text, list | tuple) else records[0]


def capture_generation(model, tokenizer, text, **generate) -> Record:
    """The attention weights while `model.generate` continues one text, step by step, in one map.

    `generate` takes the settings of `model.generate`; without any, it writes greedily. The first rows are those of the
    prompt, then comes one row a step. The last token written is never read, so it has no row. A map is what `capture`
    gives for the prompt and its continuation, but for the last digits.

    Raises:
        CourseError: several texts, or beams or several sequences: there would be no single sequence to show.
    """
    import torch

    if generate.get("num_beams", 1) != 1 or generate.get("num_return_sequences", 1) != 1:
        raise CourseError("Expected one sequence: attention of a generation is captured without beams; leave them out.")
    inputs, texts = _inputs(model, tokenizer, text)
    if _rows(inputs) != 1:
        raise CourseError(f"Expected one text to continue; given: {_rows(inputs)}. Capture one at a time.")
    if not model.can_generate():
        raise CourseError(
            f"{type(model).__name__} writes no text: load the model with `AutoModelForCausalLM`, for example."
        )
    _check_size(model, inputs)
    settings = {"do_sample": False, "num_beams": 1, **generate, "use_cache": True}  # one row a step
    with _evaluating(model), torch.no_grad(), _weights_of(model) as steps:
        ids = model.generate(**inputs, **settings)[0]
    maps = {kind: _assembled(layers) for kind, layers in steps.items()}
    prefix = "decoder_" if model.config.is_encoder_decoder else ""
    read = {f"{prefix}input_ids": ids[None, :-1], f"{prefix}attention_mask": torch.ones_like(ids[None, :-1])}
    [record] = _records(model, tokenizer, inputs | read, ids[None, 1:] if prefix else None, maps, texts, None)
    return record


# --- the model ------------------------------------------------------------------------------------------------


@contextmanager
def _evaluating(model):
    """Evaluation mode: in training mode attention comes after dropout. Each part's own mode is put back."""
    before = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in before:
            module.training = training


@contextmanager
def _weights_of(model):
    """Inside the block every layer's weights are noted: kind -> layer -> (weights, value norms) of each call."""
    steps: dict[str, dict[int, list]] = {}

    def note(site, layer, value, compute):
        output, weights = compute()  # weights: [batch, heads, query, key]
        norms = _value_norms(site, value)
        steps.setdefault(site.kind, {}).setdefault(layer, []).append((weights.float().cpu(), norms))
        return output, weights

    with stepped_in(model, note):
        yield steps


def _value_norms(site, value):
    """‖v W_O‖ `[batch, heads, key]` of each key: what a head passes on of it, after its slice of the projection."""
    if site.projection is None:
        return None
    size = value.shape[-1]
    weight = site.projection.weight
    if type(site.projection).__name__ != "Conv1D":  # GPT-2 keeps its weights the other way round
        weight = weight.T
    if weight.shape[0] != site.heads * size:
        return None
    slices = weight.reshape(site.heads, size, -1).float()
    shared = site.heads // value.shape[1]  # grouped-query attention: several heads share one value
    value = value.float().repeat_interleave(shared, dim=1)
    # ‖v W‖² = v (W Wᵀ) vᵀ, without the long vectors v W
    return ((value @ (slices @ slices.mT)) * value).sum(-1).clamp(min=0).sqrt().cpu()


def _call(model, inputs) -> None:
    try:
        model(**inputs)
    except (TypeError, ValueError, IndexError, RuntimeError) as error:
        given = ", ".join(inputs)
        raise CourseError(
            f"{type(model).__name__} does not take these inputs ({given}): take the tokenizer or processor that "
            f"belongs to it. It said: {str(error).splitlines()[0][:200]}"
        ) from error


def _check_size(model, inputs) -> None:
    config = model.config.get_text_config(decoder=True)
    lengths = {name: inputs[name].shape[1] for name in ("input_ids", "decoder_input_ids") if name in inputs}
    limit = getattr(config, "max_position_embeddings", None) or math.inf
    for name, length in lengths.items():
        if length > limit:
            raise CourseError(
                f"Expected at most {limit} tokens, the length {type(model).__name__} was built for; given: {length} "
                f"({name}). Shorten the text."
            )
    layers, heads = config.num_hidden_layers, config.num_attention_heads
    size = 4 * _rows(inputs) * layers * heads * max(lengths.values(), default=0) ** 2
    if size > MOST_BYTES:
        raise CourseError(
            f"Weights for {max(lengths.values())} tokens in {layers} layers of {heads} heads would take "
            f"{size / 1e9:.1f} GB; at most {MOST_BYTES / 1e9:.0f} GB are kept. Shorten the text, or give fewer at once."
        )


# --- the inputs -----------------------------------------------------------------------------------------------


def _inputs(model, tokenizer, text) -> tuple[dict, list[str]]:
    """The model's inputs as tensors, and the texts."""
    import torch

    if isinstance(text, Mapping):
        inputs = {name: value.to(model.device) for name, value in text.items() if isinstance(value, torch.Tensor)}
        main = inputs.get(getattr(model, "main_input_name", "input_ids"))
        if main is None:
            raise CourseError(
                f'Expected prepared inputs with a tensor "{model.main_input_name}": use `return_tensors="pt"`; '
                f"given: {', '.join(map(str, text)) or 'nothing'}."
            )
        if "input_ids" in inputs:
            inputs.setdefault("attention_mask", torch.ones_like(inputs["input_ids"]))
        return inputs, []
    if not hasattr(model, "config"):
        raise CourseError(
            f"Expected a model, its tokenizer and a text, in this order; given: a {type(model).__name__} first."
        )
    texts = [text] if isinstance(text, str) else list(text) if isinstance(text, list | tuple) else [None]
    if not texts or not all(isinstance(one, str) and one.strip() for one in texts):
        raise CourseError(
            f"Expected a text, a list of texts, or what the tokenizer returned; given: {str(text)[:40]!r}."
        )
    if not callable(tokenizer) or not hasattr(tokenizer, "convert_ids_to_tokens"):
        raise CourseError(
            "Expected the model's tokenizer, such as `AutoTokenizer.from_pretrained(…)`; "
            f"given: a {type(tokenizer).__name__}."
        )
    rows = [tokenizer(one, return_tensors="pt") for one in texts]
    for one, row in zip(texts, rows, strict=True):
        if row["input_ids"].shape[1] == 0:
            raise CourseError(f"The tokenizer makes no token of {one[:40]!r}: give it a text with words.")
    return {name: _padded([row[name][0] for row in rows]).to(model.device) for name in rows[0]}, texts


def _padded(rows: Sequence):
    """Tensors of several lengths as one, zeros on the right: the attention mask is zero there as well."""
    from torch.nn.utils.rnn import pad_sequence

    return pad_sequence(list(rows), batch_first=True)


def _rows(inputs) -> int:
    return len(next(iter(inputs.values())))


def _checked_targets(model, target, texts) -> list[str] | None:
    if target is None:
        return None
    if not getattr(getattr(model, "config", None), "is_encoder_decoder", False):
        raise CourseError(f"{type(model).__name__} takes no target: only an encoder-decoder writes one. Leave it out.")
    targets = [target] if isinstance(target, str) else list(target) if isinstance(target, list | tuple) else [None]
    if not all(isinstance(one, str) and one.strip() for one in targets):
        raise CourseError(f"Expected a text as target, or a list of them; given: {str(target)[:40]!r}.")
    if texts and len(targets) != len(texts):
        raise CourseError(f"Expected one target for each of the {len(texts)} texts; given: {len(targets)}.")
    return targets


def _labels(model, tokenizer, inputs, targets):
    """The tokens to write, `[batch, target]`, padded with -1. Without targets the model writes them, greedily."""
    import torch

    start, end = _start(model), _ends(model)
    if targets is None:
        if not model.can_generate():
            raise CourseError(
                f"{type(model).__name__} writes no text: give a target, or load it with a language-model head."
            )
        taken = {name: value for name, value in inputs.items() if not name.startswith("decoder_")}
        written = model.generate(**taken, do_sample=False, num_beams=1, max_new_tokens=TARGET_TOKENS)
        rows = [_until_end(row[1:], end) for row in written]
    else:
        rows = [tokenizer(text_target=one, return_tensors="pt")["input_ids"][0] for one in targets]
        rows = [row[1:] if len(row) > 1 and row[0] == start else row for row in rows]  # it is put in front below
    if not all(len(row) for row in rows):
        raise CourseError("The tokenizer makes no token of the target: give a target with words.")
    return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=-1).to(model.device)


def _decoder_inputs(model, labels) -> dict:
    """What the decoder reads to write the labels: the same, one step later, after the start token."""
    import torch

    start = torch.full_like(labels[:, :1], _start(model))
    read = torch.cat([start, labels[:, :-1]], dim=1)
    return {"decoder_input_ids": read.clamp(min=0), "decoder_attention_mask": (read >= 0).long()}


def _start(model) -> int:
    for config in (getattr(model, "generation_config", None), model.config):
        if getattr(config, "decoder_start_token_id", None) is not None:
            return config.decoder_start_token_id
    raise CourseError(
        f"{type(model).__name__} does not say which token its decoder starts with: set decoder_start_token_id."
    )


def _ends(model) -> set[int]:
    ends = getattr(getattr(model, "generation_config", None), "eos_token_id", None)
    return set(ends) if isinstance(ends, list | tuple) else {ends}


def _until_end(ids, ends: set[int]):
    """The ids up to the end token, itself included: after it a batch is padded."""
    found = next((i for i, token in enumerate(ids.tolist()) if token in ends), len(ids))
    return ids[: found + 1]


# --- the record -----------------------------------------------------------------------------------------------


def _assembled(layers: dict[int, list]):
    """All steps of all layers: weights `[batch, layers, heads, query, key]`, norms `[batch, layers, heads, key]`.

    A forward pass is one step. In a generation each step adds its rows below, and sees keys that those before did not.
    """
    import torch

    weights, norms = [], []
    for _, steps in sorted(layers.items()):
        keys = steps[-1][0].shape[3]
        weights.append(torch.cat([torch.nn.functional.pad(w, (0, keys - w.shape[3])) for w, _ in steps], dim=2))
        norms.append(steps[-1][1])
    return torch.stack(weights, 1), None if any(n is None for n in norms) else torch.stack(norms, 1)


def _records(model, tokenizer, inputs, labels, maps, texts, targets) -> list[Record]:
    records = []
    for row in range(_rows(inputs)):
        tokens = _tokens(tokenizer, inputs, labels, row, maps)
        of_row = {}
        for kind, (weights, norms) in maps.items():
            queries, keys = tokens[kind]
            real = np.array([not token.padding for token in keys], dtype=np.float32)
            both = np.array([[not token.padding] for token in queries]) * real
            of_row[kind] = Map(
                kind=kind,
                weights=weights[row].numpy() * both,
                queries=queries,
                keys=keys,
                value_norms=None if norms is None else norms[row].numpy() * real,
            )
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
