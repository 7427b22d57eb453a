"""The converter of the speech model, on small hand-made files: right ones, damaged ones and hostile ones."""

import json
import struct
import tracemalloc

import numpy as np
import pytest

from course_utils.errors import CourseError
from course_utils.models import whisper

TYPES = {"int8": 1, "int16": 2, "float16": 4}
ALIASES = [("decoder/projection/weight", "decoder/embeddings/weight")]
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


def head(version=6, kind="WhisperSpec", revision=3, count=1):
    return struct.pack("<I", version) + text(kind) + struct.pack("<II", revision, count)


def tail(aliases=ALIASES):
    return struct.pack("<I", len(aliases)) + b"".join(text(name) + text(target) for name, target in aliases)


def file_of(items):
    return head(count=len(items)) + b"".join(entry(name, value) for name, value in items) + tail()


SMALL = [
    ("encoder/conv1/bias", np.arange(6, dtype="<f2").reshape(2, 3)),
    ("decoder/num_heads", np.array(6, "<i2")),
    ("decoder/alibi", np.array(-1, "<i1")),
]


def refused(function, *values):
    """The sentence with which the function refuses; any other error fails the test."""
    with pytest.raises(CourseError) as caught:
        function(*values)
    sentence = str(caught.value)
    assert sentence.endswith("fetch it again.") and "\n" not in sentence and len(sentence) < 400
    return sentence


def test_tensors_come_back_with_name_shape_type_and_values():
    found = whisper.tensors(file_of(SMALL))
    assert list(found) == [name for name, _ in SMALL]
    for name, value in SMALL:
        assert (found[name].dtype, found[name].shape) == (value.dtype, value.shape)
        assert (found[name] == value).all()


def test_a_file_cut_off_at_any_byte_or_with_one_byte_more_is_refused():
    data = file_of(SMALL)
    for length in range(len(data)):
        refused(whisper.tensors, data[:length])
    assert "1 more bytes" in refused(whisper.tensors, data + b"\0")


def test_any_single_wrong_byte_is_refused_or_read_as_another_number():
    data = file_of(SMALL)
    refusals = 0
    for position in range(len(data)):
        for wrong in (data[position] ^ 1, data[position] ^ 0x80, 0, 0xFF):
            changed = data[:position] + bytes([wrong]) + data[position + 1 :]
            try:
                found = whisper.tensors(changed)
            except CourseError:
                refusals += 1
            else:
                assert sum(value.nbytes for value in found.values()) == 15  # nothing read twice or left out
    assert refusals > 300


def test_absurd_sizes_are_refused_before_memory_is_taken():
    most, name = 2**32 - 1, text("encoder/conv1/bias")
    huge = {
        "tensors": head(count=most),
        "bytes in a name": head() + struct.pack("<H", 65_535) + b"a" * 65_535,
        "axes": head() + name + b"\xff" + b"\xff" * 2000,
        "bytes for": head() + name + struct.pack("<BIIIIBI", 4, most, most, most, most, 4, most),
        "more bytes at": head() + name + struct.pack("<BIIBI", 2, 2**15, 2**15, 4, 2**31),
        "never none": head() + name + struct.pack("<BIIBI", 2, 0, most, 4, 0),
        "aliases": head(count=0) + struct.pack("<I", most),
    }
    tracemalloc.start()
    try:
        for part, data in huge.items():
            assert part in refused(whisper.tensors, data)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"", "4 more bytes at byte 0"),
        (b"PK\x03\x04" * 100, "at most 200"),
        (head(version=5) + tail(), "version 5"),
        (head(kind="TransformerSpec") + tail(), "TransformerSpec"),
        (head(revision=4) + tail(), "revision 4"),
        (head(count=2) + entry(*SMALL[0]) * 2 + tail(), "twice"),
        (head() + text("a") + struct.pack("<BBI", 0, 9, 1) + b"x" + tail(), "a type of number"),
        (head() + text("a") + struct.pack("<BBI", 0, 4, 3) + b"xyz" + tail(), "2 bytes"),
        (head() + text("no zero at the end", b"") + b"\0" * 99, "ends in a zero"),
        (head() + text("caf\u00e9") + b"\0" * 99, "printable"),
        (head() + text("line\nbreak") + b"\0" * 99, "printable"),
        (head(count=0) + tail([]), "aliases"),
        (head(count=0) + tail([("decoder/projection/weight", "elsewhere")]), "elsewhere"),
    ],
)
def test_what_is_wrong_is_said(data, part):
    assert part in refused(whisper.tensors, data)


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


def test_a_damaged_file_leaves_the_folder_as_it_was(folder):
    whole = (folder / "model.bin").read_bytes()
    (folder / "model.bin").write_bytes(whole[:-1])
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    refused(whisper.convert, folder)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_a_file_that_is_missing_empty_or_too_large_is_refused(folder, monkeypatch):
    monkeypatch.setattr(whisper, "LARGEST", 1000)
    assert "at most 1,000 bytes" in refused(whisper.convert, folder)
    (folder / "model.bin").write_bytes(b"")
    assert "0 bytes" in refused(whisper.convert, folder)
    (folder / "model.bin").unlink()
    assert "0 bytes" in refused(whisper.convert, folder)


def checked(items, model):
    shapes = {name: tuple(value.shape) for name, value in model.state_dict().items()}
    whisper.compare(shapes, whisper.state_dict(items))


def test_every_tensor_must_be_there_once_and_fit(as_ctranslate2, model):
    checked(as_ctranslate2, model)
    weights = [name for name, value in as_ctranslate2.items() if value.ndim]
    assert len(weights) == 139
    for name in weights:  # one missing, too long, too short, of another type
        others = {key: value for key, value in as_ctranslate2.items() if key != name}
        refused(checked, others, model)
        refused(checked, others | {name: np.concatenate([as_ctranslate2[name]] * 7)}, model)
        refused(checked, others | {name: as_ctranslate2[name][1:]}, model)  # stacked rows no longer divide
        refused(checked, others | {name: as_ctranslate2[name].astype("<i1")}, model)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("encoder/conv3/weight", np.zeros((2, 2), "<f2")),
        ("encoder/conv1/scale", np.zeros((2, 2), "<f2")),
        ("encoder/conv1/gamma", np.zeros((12, 8, 3), "<f2")),  # a second name for conv1's weight
        ("encoder/layer_4/ffn/linear_0/bias", np.zeros(16, "<f2")),
        ("encoder/layer_0/attention/linear_0/bias", np.zeros(12, "<f2")),  # the encoder has no such attention
        ("../outside/weight", np.zeros(1, "<f2")),
        ("decoder/num_heads", np.array(8, "<i2")),
        ("decoder/num_heads", np.array(np.nan, "<f2")),
        ("decoder/window", np.array(1, "<i1")),
    ],
)
def test_a_tensor_that_the_model_does_not_know_is_refused(as_ctranslate2, model, name, value):
    refused(checked, as_ctranslate2 | {name: value}, model)


def test_a_key_bias_that_is_not_zero_is_refused(as_ctranslate2, model):
    name = "decoder/layer_2/self_attention/linear_0/bias"
    bias = as_ctranslate2[name].copy()
    bias[12] = 1  # the first of the twelve in the middle
    assert "keys" in refused(checked, as_ctranslate2 | {name: bias}, model)


# --- config.json and tokenizer.json ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "changes",
    [
        {"suppress_ids": None},
        {"suppress_ids": []},
        {"suppress_ids": 5},
        {"suppress_ids": [-1]},
        {"suppress_ids": [51_864]},
        {"suppress_ids": [2**70]},
        {"suppress_ids": [1.5]},
        {"suppress_ids": [[1, 2], [3]]},
        {"suppress_ids_begin": ["220"]},
        {"alignment_heads": [1, 0]},
        {"alignment_heads": [[4, 0]]},
        {"alignment_heads": [[1, 0, 0]]},
    ],
)
def test_numbers_of_the_configuration_are_checked(changes):
    (name,) = changes
    good = whisper.generation_options(json.dumps(GOOD_CONFIG).encode())
    assert good["suppress_tokens"] == GOOD_CONFIG["suppress_ids"]
    sentence = refused(whisper.generation_options, json.dumps(GOOD_CONFIG | changes).encode())
    assert name in sentence


@pytest.mark.parametrize(
    "data", [b"", b"[1]", b"{", b"\xff\xfe\x00", b"[" * 100_000, b'{"suppress_ids": ' + b"9" * 5000]
)
def test_a_configuration_that_is_no_json_object_is_refused(data):
    assert "config.json" in refused(whisper.generation_options, data)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.update(added_tokens=None),
        lambda data: data.update(added_tokens=[1, {}]),
        lambda data: data["added_tokens"][0].update(id=7),
        lambda data: data.update(model={"type": "none of ours"}),
    ],
)
def test_a_tokenizer_that_does_not_fit_is_refused(folder, change):
    data = json.loads((folder / "tokenizer.json").read_text())
    change(data)
    (folder / "tokenizer.json").write_text(json.dumps(data))
    assert "tokenizer.json" in refused(whisper.load_tokenizer, folder)
