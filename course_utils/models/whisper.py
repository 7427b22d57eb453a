"""Whisper tiny.en out of a CTranslate2 file, as a checkpoint that `from_pretrained` reads.

The file comes from outside, so it is read with care: every length is checked against what is left before it is
used, nothing is copied that the file does not hold, and in the end every name and shape must be one that the model
of transformers expects. Whatever does not fit is one `CourseError`.
"""

import json
import math
import re
import struct
from pathlib import Path

from ..errors import CourseError

WEIGHTS = "model.bin"
LARGEST, LARGEST_JSON = 100_000_000, 10_000_000  # bytes; tiny.en has 75,537,502 and 2,128,466
MOST_TENSORS, LONGEST_NAME, HIGHEST_RANK = 1000, 200, 4
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
    from transformers import GenerationConfig, WhisperFeatureExtractor, WhisperForConditionalGeneration

    options = generation_options(_read(folder / "config.json", LARGEST_JSON))
    tokenizer = load_tokenizer(folder)
    config = configuration()
    with torch.device("meta"):  # shapes only, no memory
        model = WhisperForConditionalGeneration(config)
    weights = state_dict(tensors(_read(folder / WEIGHTS, LARGEST)))
    compare({name: tuple(value.shape) for name, value in model.state_dict().items()}, weights)
    model.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in weights.items()}, assign=True)
    model.tie_weights()
    model.generation_config = GenerationConfig(**options)
    tokenizer.save_pretrained(folder)
    WhisperFeatureExtractor(feature_size=config.num_mel_bins).save_pretrained(folder)
    model.save_pretrained(folder)
    (folder / WEIGHTS).unlink()


class Reader:
    """The bytes of a file from front to back, never past its end."""

    def __init__(self, data: bytes):
        self.data, self.at = memoryview(data), 0

    def take(self, size: int) -> memoryview:
        if size > len(self.data) - self.at:
            raise _refusal(f"{size:,} more bytes at byte {self.at:,}", f"{len(self.data) - self.at:,}")
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self, kind: str) -> int:
        """One unsigned number, little-endian: "B" of one byte, "H" of two, "I" of four."""
        return struct.unpack("<" + kind, self.take(struct.calcsize(kind)))[0]

    def at_most(self, most: int, kind: str, what: str) -> int:
        found = self.number(kind)
        if found > most:
            raise _refusal(f"at most {most} {what}", f"{found:,}")
        return found

    def text(self) -> str:
        raw = bytes(self.take(self.at_most(LONGEST_NAME, "H", "bytes in a name")))
        if not raw.endswith(b"\0") or not raw[:-1].isascii() or not raw[:-1].decode("ascii").isprintable():
            raise _refusal("a printable name that ends in a zero", repr(raw[:40]))
        return raw[:-1].decode("ascii")


def tensors(data: bytes) -> dict:
    """Every tensor of a CTranslate2 Whisper file by its name, as read-only numpy views of `data`."""
    import numpy as np

    reader = Reader(data)
    version, kind, revision = reader.number("I"), reader.text(), reader.number("I")
    if (version, kind, revision) != (6, "WhisperSpec", 3):
        raise _refusal("version 6, WhisperSpec, revision 3", f"version {version}, {kind}, revision {revision}")
    found = {}
    for _ in range(reader.at_most(MOST_TENSORS, "I", "tensors")):
        name = reader.text()
        shape = tuple(reader.number("I") for _ in range(reader.at_most(HIGHEST_RANK, "B", "axes")))
        number, size = reader.number("B"), reader.number("I")
        if name in found:
            raise _refusal("every name once", f"{name} twice")
        if number not in NUMBERS:
            raise _refusal(f"a type of number among {list(NUMBERS)}", f"{number} for {name}")
        dtype = np.dtype(NUMBERS[number])
        wanted = math.prod(shape) * dtype.itemsize
        if size != wanted or not size:
            raise _refusal(f"{wanted:,} bytes for {name} {shape} and never none", f"{size:,}")
        found[name] = np.frombuffer(reader.take(size), dtype).reshape(shape)
    aliases = [(reader.text(), reader.text()) for _ in range(reader.at_most(MOST_TENSORS, "I", "aliases"))]
    if aliases != [("decoder/projection/weight", "decoder/embeddings/weight")]:
        raise _refusal("an output tied to the embeddings", f"the aliases {aliases[:3]}")
    if reader.at != len(data):
        raise _refusal("the end of the file after the aliases", f"{len(data) - reader.at:,} more bytes")
    return found


def state_dict(found: dict) -> dict:
    """The tensors under the names of `WhisperForConditionalGeneration`, stacked matrices taken apart."""
    import numpy as np

    flags = {name: value.item() for name, value in found.items() if not value.shape}
    if flags != FLAGS:
        odd = sorted(dict(FLAGS.items() ^ flags.items()))
        raise _refusal("the settings of Whisper tiny.en", f"other ones in {', '.join(odd[:3])}")
    weights = {}
    for name, tensor in found.items():
        if name in flags:
            continue
        parts, ending = _translate(name)
        if len(tensor) % len(parts):
            raise _refusal(f"{len(parts)} equal parts in {name}", f"{len(tensor):,} rows")
        for part, rows in zip(parts, np.split(tensor, len(parts)), strict=True):
            ours = f"model.{part}.{ending}"
            if ours in weights:
                raise _refusal("every tensor once", f"{name} besides another name for it")
            weights[ours] = rows
    for name in [name for name in weights if name.endswith("k_proj.bias")]:  # Whisper has none: zeros are stored
        if weights.pop(name).any():
            raise _refusal("zeros where the keys have no bias", f"others in {name}")
    if "model.decoder.embed_tokens.weight" in weights:
        weights["proj_out.weight"] = weights["model.decoder.embed_tokens.weight"]
    return weights


def compare(expected: dict, weights: dict) -> None:
    """Refuse weights unless exactly the expected names come, in the expected shapes and in half precision."""
    if weights.keys() != expected.keys():
        odd = sorted(weights.keys() ^ expected.keys())
        raise _refusal(f"{len(expected)} tensors", f"{len(weights)}; missing or too many are {', '.join(odd[:3])}")
    for name, shape in expected.items():
        if weights[name].shape != shape or weights[name].dtype != "<f2":
            raise _refusal(f"{name} as float16 {shape}", f"{weights[name].dtype} {weights[name].shape}")


def configuration():
    """Whisper tiny.en: the defaults of transformers are those of tiny, which knows one token more."""
    from transformers import WhisperConfig

    return WhisperConfig(vocab_size=VOCABULARY)


def generation_options(data: bytes) -> dict:
    """What `generate` must know about tiny.en, half of it from CTranslate2's `config.json`."""
    config = _parse(data, "config.json")
    return {
        "suppress_tokens": _numbers(config, "suppress_ids", VOCABULARY - 1),
        "begin_suppress_tokens": _numbers(config, "suppress_ids_begin", VOCABULARY - 1),
        # Pairs of layer and head: the attention heads that follow the sound, for the time of each word.
        "alignment_heads": _numbers(config, "alignment_heads", (3, 5)),
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


def load_tokenizer(folder: Path):
    """The tokenizer, once its special tokens are seen to have the numbers that the weights expect."""
    from transformers import WhisperTokenizer

    added = _parse(_read(folder / "tokenizer.json", LARGEST_JSON), "tokenizer.json").get("added_tokens")
    added = [token if isinstance(token, dict) else {} for token in (added if isinstance(added, list) else [])]
    numbers = {str(token.get("content")): token.get("id") for token in added}
    for token, number in SPECIAL.items():
        if numbers.get(token) != number:
            raise _refusal(f"{token} as token {number}", f"{numbers.get(token)}", "tokenizer.json")
    try:
        return WhisperTokenizer.from_pretrained(folder, pad_token="<|endoftext|>", model_max_length=448)
    except Exception as error:  # the library behind it raises nothing more particular
        raise _refusal("a tokenizer that can be built", f"{error}"[:80], "tokenizer.json") from error


def _translate(name: str) -> tuple[list[str], str]:
    """CTranslate2's name of a tensor in ours: "encoder/conv1/bias" is (["encoder.conv1"], "bias")."""
    stem, _, ending = name.rpartition("/")
    layer = re.fullmatch(r"(encoder|decoder)/layer_([0-9]+)/(.+)", stem)
    ours = LAYER_NAMES.get(layer[3]) if layer else NAMES.get(stem)
    if ours is None or ending not in ENDINGS:
        raise _refusal("the tensors of Whisper", f"one named {name!r}")
    parts = ours if isinstance(ours, list) else [ours]
    prefix = f"{layer[1]}.layers.{layer[2]}." if layer else ""
    return [prefix + part for part in parts], ENDINGS[ending]


def _read(path: Path, largest: int) -> bytes:
    size = path.stat().st_size if path.is_file() else 0
    if not 0 < size <= largest:
        raise _refusal(f"a file of at most {largest:,} bytes", f"{size:,} bytes", path.name)
    return path.read_bytes()


def _parse(data: bytes, name: str) -> dict:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise _refusal("a JSON object", repr(bytes(data[:40])), name)
    return value


def _numbers(config: dict, name: str, most: int | tuple[int, int]) -> list:
    """The list of whole numbers, or of pairs where `most` is a pair, that the configuration has under `name`."""
    import numpy as np

    try:
        found = np.array(config.get(name))
    except ValueError:  # lists of unequal lengths
        found = np.array(None)
    shaped = found.dtype.kind == "i" and found.ndim and found.shape[1:] == np.shape(most)
    if not shaped or found.min() < 0 or (found > most).any():
        raise _refusal(f"numbers from 0 to {most} as {name}", repr(config.get(name))[:60], "config.json")
    return found.tolist()


def _refusal(expected: str, found: str, name: str = WEIGHTS) -> CourseError:
    return CourseError(
        f"The speech model's {name} should have {expected}, but has {found}: "
        "the file is damaged or another one; delete it from the course's cache and fetch it again."
    )
