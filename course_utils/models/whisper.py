"""Whisper tiny.en out of a CTranslate2 file, as a checkpoint that `from_pretrained` reads.

The SHA-256 of each file was checked when it was fetched (`cache.fetch`), so this reader trusts what it reads. That
every weight of the model was found, in its shape, is what `load_state_dict(strict=True)` sees to.
"""

import json
import re
import struct
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from ..errors import CourseError

WEIGHTS = "model.bin"
NUMBERS = {1: "<i1", 2: "<i2", 4: "<f2"}  # CTranslate2's types that this model uses, as numpy writes them

# What tiny.en calls its own; every other field of the configuration is the default of transformers.
VOCABULARY = 51_864  # with 1,501 time stamps, which the tokenizer file leaves out
SPECIAL = {
    "<|endoftext|>": 50_256,
    "<|startoftranscript|>": 50_257,
    "<|startofprev|>": 50_360,
    "<|notimestamps|>": 50_362,
}
# Single numbers about the architecture: nothing to convert, but the model must mean the same by them.
FLAGS = {
    "encoder/num_heads": 6,
    "decoder/num_heads": 6,
    "decoder/pre_norm": 1,
    "decoder/activation": 3,  # GELU
    "decoder/alibi": 0,
    "decoder/alignment_heads": 1,
    "decoder/alignment_layer": -1,
    "decoder/scale_embeddings": 0,
    "decoder/start_from_zero_embedding": 0,
}

# CTranslate2's name of a layer and ours. A list: the rows of several matrices, stacked in this order.
NAMES = {
    "encoder/conv1": "encoder.conv1",
    "encoder/conv2": "encoder.conv2",
    "encoder/layer_norm": "encoder.layer_norm",
    "encoder/position_encodings": "encoder.embed_positions",
    "decoder/embeddings": "decoder.embed_tokens",
    "decoder/layer_norm": "decoder.layer_norm",
    "decoder/position_encodings": "decoder.embed_positions",
}
LAYER_NAMES = {
    "self_attention/layer_norm": "self_attn_layer_norm",
    "self_attention/linear_0": ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
    "self_attention/linear_1": "self_attn.out_proj",
    "attention/layer_norm": "encoder_attn_layer_norm",
    "attention/linear_0": "encoder_attn.q_proj",
    "attention/linear_1": ["encoder_attn.k_proj", "encoder_attn.v_proj"],
    "attention/linear_2": "encoder_attn.out_proj",
    "ffn/layer_norm": "final_layer_norm",
    "ffn/linear_0": "fc1",
    "ffn/linear_1": "fc2",
}
ENDINGS = {"weight": "weight", "bias": "bias", "gamma": "weight", "beta": "bias", "encodings": "weight"}


def convert(folder: Path) -> None:
    """Turn `model.bin`, `config.json` and `tokenizer.json` in `folder` into a transformers checkpoint in place.

    The weights stay the half-precision numbers that they are; `model.bin` is removed at the end.
    """
    import torch
    from transformers import (
        GenerationConfig,
        WhisperFeatureExtractor,
        WhisperForConditionalGeneration,
        WhisperTokenizer,
    )

    options = generation_options(json.loads((folder / "config.json").read_text("utf-8")))
    tokenizer = WhisperTokenizer.from_pretrained(folder, pad_token="<|endoftext|>", model_max_length=448)
    config = configuration()
    with torch.device("meta"):  # shapes only, no memory
        model = WhisperForConditionalGeneration(config)
    weights = state_dict(dict(tensors((folder / WEIGHTS).read_bytes())))
    model.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in weights.items()}, assign=True)
    model.tie_weights()
    model.generation_config = GenerationConfig(**options)
    tokenizer.save_pretrained(folder)
    WhisperFeatureExtractor(feature_size=config.num_mel_bins).save_pretrained(folder)
    model.save_pretrained(folder)
    (folder / WEIGHTS).unlink()


def tensors(data: bytes) -> Iterator[tuple]:
    """Every tensor of a CTranslate2 file with its name: version, kind, revision, count, then one after the other.

    Source: `Model::load` in CTranslate2's src/models/model.cc. All numbers are little-endian; a text is its length and
    that many bytes, the last one zero.
    """
    import numpy as np

    file = BytesIO(data)

    def number(kind: str) -> int:  # "B" of one byte, "H" of two, "I" of four
        return struct.unpack(f"<{kind}", file.read(struct.calcsize(kind)))[0]

    def text() -> str:
        return file.read(number("H"))[:-1].decode("ascii")

    number("I"), text(), number("I")
    for _ in range(number("I")):
        name = text()
        shape = tuple(number("I") for _ in range(number("B")))
        dtype, size = NUMBERS[number("B")], number("I")
        yield name, np.frombuffer(file.read(size), dtype).reshape(shape)


def state_dict(found: dict) -> dict:
    """The tensors under the names of `WhisperForConditionalGeneration`, stacked matrices taken apart.

    Raises:
        CourseError: a setting of the architecture is another one, so that the same weights would mean another model.
    """
    import numpy as np

    flags = {name: value.item() for name, value in found.items() if not value.shape}
    if flags != FLAGS:
        odd = ", ".join(sorted(dict(FLAGS.items() ^ flags.items()))[:3])
        raise CourseError(
            f"The speech model's {WEIGHTS} should have the settings of Whisper tiny.en, but has others in {odd}: "
            "please report it."
        )
    weights = {}
    for name, tensor in found.items():
        if name not in flags:
            parts, ending = _translate(name)
            for part, rows in zip(parts, np.split(tensor, len(parts)), strict=True):
                weights[f"model.{part}.{ending}"] = rows
    for name in [name for name in weights if name.endswith("k_proj.bias")]:
        del weights[name]  # Whisper's keys have no bias; CTranslate2 stores zeros
    return weights | {"proj_out.weight": weights["model.decoder.embed_tokens.weight"]}


def _translate(name: str) -> tuple[list[str], str]:
    """CTranslate2's name of a tensor in ours: "encoder/conv1/bias" is (["encoder.conv1"], "bias")."""
    stem, _, ending = name.rpartition("/")
    layer = re.fullmatch(r"(encoder|decoder)/layer_([0-9]+)/(.+)", stem)
    ours = LAYER_NAMES[layer[3]] if layer else NAMES[stem]
    parts = ours if isinstance(ours, list) else [ours]
    prefix = f"{layer[1]}.layers.{layer[2]}." if layer else ""
    return [prefix + part for part in parts], ENDINGS[ending]


def configuration():
    """Whisper tiny.en: the defaults of transformers are those of tiny, which knows one token more."""
    from transformers import WhisperConfig

    return WhisperConfig(vocab_size=VOCABULARY)


def generation_options(config: dict) -> dict:
    """What `generate` must know about tiny.en, half of it from CTranslate2's `config.json`."""
    return {
        "suppress_tokens": config["suppress_ids"],
        "begin_suppress_tokens": config["suppress_ids_begin"],
        # Pairs of layer and head: the attention heads that follow the sound, for the time of each word.
        "alignment_heads": config["alignment_heads"],
        "is_multilingual": False,  # so no language and no task in the prompt
        "return_timestamps": False,
        "max_initial_timestamp_index": 50,
        "max_length": 448,
        "decoder_start_token_id": SPECIAL["<|startoftranscript|>"],
        "bos_token_id": SPECIAL["<|startoftranscript|>"],
        "eos_token_id": SPECIAL["<|endoftext|>"],
        "pad_token_id": SPECIAL["<|endoftext|>"],
        "prev_sot_token_id": SPECIAL["<|startofprev|>"],
        "no_timestamps_token_id": SPECIAL["<|notimestamps|>"],
    }
