"""What a model takes: a text, a target or prepared tensors as its inputs, or one sentence on why they do not fit."""

from collections.abc import Callable, Mapping, Sequence

from ..describing import describe
from ..errors import CourseError
from ..models.loaded import most_tokens
from .hooks import attention_sites, layers_of, writes_from_a_source

MOST_BYTES = 1e9  # of weights in one capture
TARGET_TOKENS = 64  # at most, when an encoder-decoder writes the target itself
# Settings of `generate` with which it does more than write one sequence, token by token; and what each is without.
OTHER_WAYS = {"num_beams": 1, "num_return_sequences": 1, "num_beam_groups": 1, "guidance_scale": 1, "use_mtp": None}
OTHER_WAYS |= dict.fromkeys(("constraints", "force_words_ids", "penalty_alpha", "dola_layers", "token_healing"))
OTHER_WAYS |= dict.fromkeys(("prompt_lookup_num_tokens", "assistant_model", "assistant_early_exit"))


def call(model, function: Callable, inputs: dict):
    """What the model, or a method of it, gives for these inputs."""
    try:
        return function(**inputs)
    except (TypeError, ValueError, IndexError, RuntimeError, AttributeError, KeyError, AssertionError) as error:
        given, said = ", ".join(inputs), " ".join(str(error).split())[:200]
        raise CourseError(
            f"{type(model).__name__} does not take these inputs ({given}): check them, and that the tokenizer or "
            f"processor belongs to this model. It said: {said or type(error).__name__}"
        ) from error


def generated(model, inputs: dict, tokenizer=None):
    """What `model.generate` writes for inputs and settings, `[batch, token]`, after its prompt or its start token."""
    if not model.can_generate():
        raise CourseError(
            f"{type(model).__name__} writes no text: load it with a language-model head, as `AutoModelForCausalLM` "
            "does; or, if it is an encoder-decoder, give a target."
        )
    own = model.generation_config
    if isinstance(config := inputs.get("generation_config"), type(own)):  # the same as its settings given by name
        inputs = {k: v for k, v in vars(config).items() if v is not None and hasattr(own, k)} | inputs
        inputs["generation_config"] = None
    if others := [name for name, without in OTHER_WAYS.items() if inputs.get(name) and inputs[name] != without]:
        raise CourseError(
            "Expected one sequence, written greedily or by sampling: attention of a generation is captured without "
            f"beams and the like; leave out {', '.join(others)}."
        )
    # What the model's own settings ask for beside that is set aside.
    fixed = {name: without for name, without in OTHER_WAYS.items() if hasattr(own, name)}
    fixed |= {"return_dict_in_generate": False, "output_attentions": False}
    if inputs.get("stop_strings", own.stop_strings):
        fixed["tokenizer"] = tokenizer  # it finds them
    written = call(model, lambda **given: model.generate(**{"do_sample": False, **given, **fixed}), inputs)
    if writes_from_a_source(model) and (written[:, 0] != (inputs.get("decoder_start_token_id") or _start(model))).any():
        raise CourseError(
            f"{type(model).__name__} does not return the tokens that it began with: give the text as `target`."
        )
    return written


def check_size(model, inputs) -> None:
    sites = attention_sites(model)
    lengths = {name: inputs[name].shape[1] for name in ("input_ids", "decoder_input_ids") if name in inputs}
    limit = most_tokens(model)
    for name, length in lengths.items():
        if limit and length > limit:
            raise CourseError(
                f"Expected at most {limit} tokens, the length {type(model).__name__} was built for; given: {length} "
                f"({name}). Shorten the text."
            )
    layers, heads = max(layers_of(model, sites).values()), max(site.heads for site in sites)
    size = 4 * rows_of(inputs) * layers * heads * max(lengths.values(), default=0) ** 2
    if size > MOST_BYTES:
        raise CourseError(
            f"Weights for {max(lengths.values())} tokens in {layers} layers of {heads} heads would take "
            f"{size / 1e9:.1f} GB; at most {MOST_BYTES / 1e9:.0f} GB are kept. Shorten the text, or give fewer at once."
        )


def inputs_of(model, tokenizer, text) -> tuple[dict, list[str]]:
    """The model's inputs as tensors, and the texts."""
    attention_sites(model)  # says so if this is no model to look into
    if isinstance(text, Mapping):
        inputs = _prepared(model, text)
        if "input_ids" in inputs or writes_from_a_source(model):
            _check_tokenizer(tokenizer)
        return inputs, []
    texts = [text] if isinstance(text, str) else list(text) if isinstance(text, list | tuple) else [None]
    if not texts or not all(isinstance(one, str) and one.strip() for one in texts):
        raise CourseError(f"Expected a text, a list of texts, or what the tokenizer returned; given: {describe(text)}.")
    _check_tokenizer(tokenizer)
    rows = [tokenizer(one, return_tensors="pt") for one in texts]
    for one, row in zip(texts, rows, strict=True):
        if row["input_ids"].shape[1] == 0:
            raise CourseError(f"The tokenizer makes no token of {one[:40]!r}: give it a text with words.")
    return {name: _padded([row[name][0] for row in rows]).to(model.device) for name in rows[0]}, texts


def _prepared(model, given: Mapping) -> dict:
    """The tensors of what a tokenizer or processor returned, checked."""
    import torch

    inputs = {name: value.to(model.device) for name, value in given.items() if isinstance(value, torch.Tensor)}
    if inputs.get(model.main_input_name) is None:
        raise CourseError(
            f'Expected prepared inputs with a tensor "{model.main_input_name}": use `return_tensors="pt"`; '
            f"given: {', '.join(map(str, given)) or 'nothing'}."
        )
    if writes_from_a_source(model) and inputs.keys() & {"labels", "decoder_input_ids"}:
        raise CourseError("Expected inputs without labels and without decoder_input_ids: give the text as `target`.")
    if "input_ids" in inputs:
        ids = inputs["input_ids"]
        mask = inputs.setdefault("attention_mask", torch.ones_like(ids))
        if ids.ndim != 2 or not ids.numel() or mask.shape != ids.shape or not mask.any(dim=1).all():
            raise CourseError(
                "Expected input_ids and attention_mask of the shape [texts, tokens], no text all padding; "
                f"given: {list(ids.shape)} and {list(mask.shape)}."
            )
    return inputs


def _check_tokenizer(tokenizer) -> None:
    if not callable(tokenizer) or not hasattr(tokenizer, "convert_ids_to_tokens"):
        raise CourseError(
            f"Expected the model's tokenizer, such as `AutoTokenizer.from_pretrained(…)`; given: {describe(tokenizer)}."
        )


def _padded(rows: Sequence, value: int = 0):
    """Tensors of several lengths as one, filled up on the right: by default with zeros, also in the attention mask."""
    from torch.nn.utils.rnn import pad_sequence

    return pad_sequence(list(rows), batch_first=True, padding_value=value)


def rows_of(inputs) -> int:
    return len(next(iter(inputs.values())))


def checked_targets(model, target, count: int) -> list[str] | None:
    if target is None:
        return None
    if not writes_from_a_source(model):
        raise CourseError(f"{type(model).__name__} takes no target: only an encoder-decoder writes one. Leave it out.")
    targets = [target] if isinstance(target, str) else list(target) if isinstance(target, list | tuple) else [None]
    if not all(isinstance(one, str) and one.strip() for one in targets):
        raise CourseError(f"Expected a text as target, or a list of them; given: {describe(target)}.")
    if len(targets) != count:
        raise CourseError(f"Expected one target for each of the {count} texts; given: {len(targets)}.")
    return targets


def labels_of(model, tokenizer, inputs, targets):
    """The tokens to write, `[batch, target]`, padded with -1. Without targets the model writes them, greedily."""
    start, end = _start(model), _ends(model)
    if targets is None:
        written = generated(model, {**inputs, "max_new_tokens": TARGET_TOKENS}, tokenizer)
        rows = [_until_end(row[1:], end) for row in written]
    else:
        rows = [tokenizer(text_target=one, return_tensors="pt")["input_ids"][0] for one in targets]
        rows = [row[1:] if len(row) > 1 and row[0] == start else row for row in rows]  # it is put in front below
    if not all(len(row) for row in rows):
        raise CourseError("The tokenizer makes no token of the target: give a target with words.")
    return _padded(rows, -1).to(model.device)


def decoder_inputs_of(model, labels) -> dict:
    """What the decoder reads to write the labels: the same, one step later, after the start token."""
    read = labels.roll(1, dims=1)
    read[:, 0] = _start(model)
    # The last token of each target is written, never read: in a batch, shorter targets end one step before it too.
    return {"decoder_input_ids": read.clamp(min=0), "decoder_attention_mask": (labels >= 0).long()}


def _start(model) -> int:
    for config in (getattr(model, "generation_config", None), model.config):
        if getattr(config, "decoder_start_token_id", None) is not None:
            return config.decoder_start_token_id
    raise CourseError(
        f"{type(model).__name__} does not say which token its decoder starts with: "
        "if it writes text, set `model.config.decoder_start_token_id`."
    )


def _ends(model) -> set[int]:
    ends = getattr(getattr(model, "generation_config", None), "eos_token_id", None)
    return set(ends) if isinstance(ends, list | tuple) else {ends}


def _until_end(ids, ends: set[int]):
    """The ids up to the end token, itself included: after it a batch is padded."""
    found = next((i for i, token in enumerate(ids.tolist()) if token in ends), len(ids))
    return ids[: found + 1]
