"""The converter of the speech model, on a small hand-made file. That a damaged one never gets here: test_cache.py."""

import json
import struct

import numpy as np
import pytest

from course_utils.errors import CourseError
from course_utils.models import whisper

TYPES = {"int8": 1, "int16": 2, "float16": 4}
GOOD_CONFIG = {
    "suppress_ids": [1, 50_361],
    "suppress_ids_begin": [220],
    "alignment_heads": [[1, 0], [3, 5]],
    "lang_ids": [],
}


def text(name, end=b"\0"):
    raw = name.encode() + end
    return struct.pack("<H", len(raw)) + raw


def entry(name, value):
    head = struct.pack("<B", value.ndim) + struct.pack(f"<{value.ndim}I", *value.shape)
    return text(name) + head + struct.pack("<BI", TYPES[value.dtype.name], value.nbytes) + value.tobytes()


def file_of(items):
    head = struct.pack("<I", 6) + text("WhisperSpec") + struct.pack("<II", 3, len(items))
    tail = struct.pack("<I", 1) + text("decoder/projection/weight") + text("decoder/embeddings/weight")
    return head + b"".join(entry(name, value) for name, value in items) + tail


SMALL = [
    ("encoder/conv1/bias", np.arange(6, dtype="<f2").reshape(2, 3)),
    ("decoder/num_heads", np.array(6, "<i2")),
    ("decoder/alibi", np.array(-1, "<i1")),
]


def test_tensors_come_back_with_name_shape_type_and_values():
    found = dict(whisper.tensors(file_of(SMALL)))
    assert list(found) == [name for name, _ in SMALL]
    for name, value in SMALL:
        assert (found[name].dtype, found[name].shape) == (value.dtype, value.shape)
        assert (found[name] == value).all()


# --- names and shapes ------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def model():
    """A Whisper of the same layers that is 32 times narrower, with weights at random."""
    import torch
    from transformers import WhisperConfig, WhisperForConditionalGeneration

    sizes = {"d_model": 12, "encoder_ffn_dim": 16, "decoder_ffn_dim": 16, "num_mel_bins": 8}
    torch.manual_seed(3)
    return WhisperForConditionalGeneration(WhisperConfig(vocab_size=whisper.VOCABULARY, **sizes)).half().eval()


@pytest.fixture(scope="module")
def as_ctranslate2(model):
    """The model's weights as CTranslate2 names and stacks them, written down a second time on purpose."""
    state = {name.removeprefix("model."): value.numpy() for name, value in model.state_dict().items()}
    items = {
        name: np.array(value, "<i2" if name.endswith("num_heads") else "<i1") for name, value in whisper.FLAGS.items()
    }

    def add(name, *parts, ends=("weight", "bias"), as_ends=("weight", "bias")):
        for end, as_end in zip(ends, as_ends, strict=True):
            rows = [state.get(f"{part}.{end}", np.zeros(12, "<f2")) for part in parts]
            items[f"{name}/{as_end}"] = np.concatenate(rows)

    def norm(name, part):
        add(name, part, as_ends=("gamma", "beta"))

    add("encoder/conv1", "encoder.conv1")
    add("encoder/conv2", "encoder.conv2")
    add("decoder/embeddings", "decoder.embed_tokens", ends=("weight",), as_ends=("weight",))
    for side in ("encoder", "decoder"):
        add(f"{side}/position_encodings", f"{side}.embed_positions", ends=("weight",), as_ends=("encodings",))
        norm(f"{side}/layer_norm", f"{side}.layer_norm")
        for number in range(4):
            to, of = f"{side}/layer_{number}", f"{side}.layers.{number}"
            norm(f"{to}/self_attention/layer_norm", f"{of}.self_attn_layer_norm")
            add(f"{to}/self_attention/linear_0", *(f"{of}.self_attn.{part}_proj" for part in "qkv"))
            add(f"{to}/self_attention/linear_1", f"{of}.self_attn.out_proj")
            norm(f"{to}/ffn/layer_norm", f"{of}.final_layer_norm")
            add(f"{to}/ffn/linear_0", f"{of}.fc1")
            add(f"{to}/ffn/linear_1", f"{of}.fc2")
            if side == "decoder":
                norm(f"{to}/attention/layer_norm", f"{of}.encoder_attn_layer_norm")
                add(f"{to}/attention/linear_0", f"{of}.encoder_attn.q_proj")
                add(f"{to}/attention/linear_1", f"{of}.encoder_attn.k_proj", f"{of}.encoder_attn.v_proj")
                add(f"{to}/attention/linear_2", f"{of}.encoder_attn.out_proj")
    return items


@pytest.fixture
def folder(tmp_path, model, as_ctranslate2, monkeypatch):
    """What a wheel holds, small, and the converter told to expect the small sizes."""
    special = dict(enumerate(["<|endoftext|>", "<|startoftranscript|>"], 50_256)) | {50_360: "<|startofprev|>"}
    names = [(number, special.get(number, f"<|{number}|>")) for number in range(50_256, 50_362)]
    names.append((50_362, "<|notimestamps|>"))
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    words = {"h": 0, "i": 1, "hi": 2} | {f"word{number}": number for number in range(3, 50_256)}
    tokenizer = {
        "version": "1.0",
        "added_tokens": [{"id": number, "content": name, **flags} for number, name in names],
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {"type": "BPE", "vocab": words, "merges": ["h i"]},
    }
    (tmp_path / "model.bin").write_bytes(file_of(list(as_ctranslate2.items())))
    (tmp_path / "config.json").write_text(json.dumps(GOOD_CONFIG))
    (tmp_path / "tokenizer.json").write_text(json.dumps(tokenizer))
    monkeypatch.setattr(whisper, "configuration", lambda: model.config)
    return tmp_path


def test_the_converted_checkpoint_is_the_same_model(folder, model):
    import torch
    from transformers import AutoFeatureExtractor, AutoTokenizer, WhisperForConditionalGeneration

    whisper.convert(folder)
    assert not (folder / "model.bin").exists()
    found, notes = WhisperForConditionalGeneration.from_pretrained(folder, output_loading_info=True)
    assert not any(notes.values())
    wanted = model.state_dict()
    assert found.state_dict().keys() == wanted.keys()
    for name, value in found.state_dict().items():
        assert value.dtype == torch.float16 and torch.equal(value, wanted[name]), name
    options = found.generation_config
    assert options.suppress_tokens == [1, 50_361] and options.alignment_heads == [[1, 0], [3, 5]]
    assert options.no_timestamps_token_id == 50_362 and not options.is_multilingual
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert type(tokenizer).__name__ == "WhisperTokenizer"
    assert tokenizer.convert_ids_to_tokens([50_257, 50_362]) == ["<|startoftranscript|>", "<|notimestamps|>"]
    assert tokenizer.decode([50_257, 2, 50_256], skip_special_tokens=True) == "hi"
    assert AutoFeatureExtractor.from_pretrained(folder).feature_size == 8


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda items: items.pop("encoder/conv1/weight"), RuntimeError),  # torch: missing key
        (lambda items: items.update({"encoder/conv1/bias": np.zeros(5, "<f2")}), RuntimeError),  # torch: size mismatch
        (lambda items: items.update({"decoder/num_heads": np.array(8, "<i2")}), CourseError),
        (lambda items: items.update({"decoder/window": np.array(1, "<i1")}), CourseError),
    ],
    ids=["a weight is missing", "another shape", "another number of heads", "a setting nobody knows"],
)
def test_another_model_is_no_whisper_tiny(folder, as_ctranslate2, change, error):
    items = dict(as_ctranslate2)
    change(items)
    (folder / "model.bin").write_bytes(file_of(list(items.items())))
    with pytest.raises(error):
        whisper.convert(folder)
