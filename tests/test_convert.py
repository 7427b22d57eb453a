"""Making a checkpoint out of a GGUF file, on every version of transformers that the course allows.

The real conversion takes half a minute and runs in tests/versions.py; here transformers is a stand-in that notes what
it is asked for, and writes what an old version writes.
"""

import importlib.util
import json

import pytest

from course_utils.errors import CourseError
from course_utils.models import cache, catalog, convert

ENTRY = catalog.task("chat").offline
PACKAGE = catalog.packages()[ENTRY.package]


class Asked:
    """A class of transformers: `from_pretrained` notes its arguments, `save_pretrained` writes the files of 5.15."""

    class config:
        max_position_embeddings = 8192

    def __init__(self, files: dict):
        self.files, self.arguments = files, {}

    def from_pretrained(self, folder, **arguments):
        self.arguments = arguments
        return self

    def save_pretrained(self, folder):
        for name, content in self.files.items():
            (folder / name).write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def asked(monkeypatch):
    """The stand-in for the model's class, after its GGUF file was fetched."""
    model = Asked({"config.json": {"rope_parameters": {"rope_theta": 100000.0}}})
    tokenizer = Asked({"tokenizer_config.json": {"tokenizer_class": "TokenizersBackend", "eos_token": "<|im_start|>"}})
    monkeypatch.setattr("transformers.AutoModelForCausalLM", model)
    monkeypatch.setattr("transformers.AutoTokenizer", tokenizer)
    monkeypatch.setattr(cache, "fetch", lambda package, into, **more: [(into / f).touch() for f in package.files])
    return model


@pytest.mark.parametrize("has_config", [True, False], ids=["5.17 and newer", "5.15 and 5.16"])
def test_gguf_on_new_and_old_transformers(asked, monkeypatch, tmp_path, has_config):
    if not has_config:
        monkeypatch.setattr("transformers.GgufConfig", None)
    convert.gguf(ENTRY, PACKAGE, None, tmp_path)
    assert ("quantization_config" in asked.arguments) == has_config
    assert asked.arguments["gguf_file"].endswith(".gguf")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.json", "tokenizer_config.json"], "no GGUF stays"
    written = json.loads((tmp_path / "tokenizer_config.json").read_text(encoding="utf-8"))
    assert (written["eos_token"], written["pad_token"]) == ("<|im_end|>", "<|im_end|>")
    assert written["tokenizer_class"] == "PreTrainedTokenizerFast"
    assert json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))["rope_theta"] == 100000.0


def test_without_the_package_gguf_nothing_is_downloaded(asked, monkeypatch, tmp_path):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CourseError, match="pip install gguf"):
        convert.gguf(ENTRY, PACKAGE, None, tmp_path)
    assert list(tmp_path.iterdir()) == []
