"""A Hub for tests that has every repository of the catalogue: the true architecture, layers, heads, kind of tokenizer,
processor, labels and generation settings, with random weights.

    with faithful_hub() as server:      # in about half a minute; server.url is the HF_ENDPOINT of a fresh process

`width="small"` narrows widths and vocabularies, so that a repository is one or two megabytes and a whole notebook runs
fast. `width="true"` narrows nothing and saves in the true precision: that is for measurements of memory, and large.
"""

import contextlib
import functools
import json
import mmap
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from faithful_tokenizers import MAKERS, write
from faithful_truth import TRUTH, Truth
from filelock import FileLock
from loopback_hub import Hub, send

from course_utils.models import catalog

# What lies beside the weights on the Hub, and is of no use to the course.
BESIDES = ("README.md", "tf_model.h5", "onnx/model.onnx", "onnx/config.json")
PICKLE = "pytorch_model.bin"
WIDTHS = ("small", "true")
HALF = [0.5, 0.5, 0.5]
COLOURS = {"image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}


# --- the files of one repository --------------------------------------------------------------------------


def row_of(repo: str) -> catalog.Hub:
    """The row of the catalogue for a repository."""
    return next(row for task in catalog.tasks().values() for row in task.hubs if row.repo == repo)


def configuration(truth: Truth, made: dict | None = None, width: str = "true"):
    """The configuration of a checkpoint; `made` is what its tokenizer says of vocabulary and special tokens."""
    from transformers import AutoConfig

    made = {name: value for name, value in (made or {}).items() if name not in ("generation", "words")}
    sizes = dict(truth.sizes)
    if width == "small":
        sizes = narrow(truth.kind, sizes)
    else:
        made.pop("vocab_size", None)
    if truth.kind == "idefics3":
        text = {name: value for name, value in made.items() if name != "image_token_id"}
        sizes["text_config"] = {**sizes["text_config"], **text}
        made = {name: made[name] for name in ("image_token_id", "pad_token_id") if name in made}
    if truth.labels:
        names = list(enumerate(truth.labels))
        made |= {"id2label": dict(names), "label2id": {label: number for number, label in names}}
    return AutoConfig.for_model(truth.kind, **{**sizes, **made}, architectures=[truth.model])


def narrow(kind: str, sizes: dict) -> dict:
    """The same number of layers and heads, each head two or four numbers wide."""
    match kind:
        case "distilbert":
            return {**sizes, "dim": 4 * sizes["n_heads"], "hidden_dim": 64}
        case "gpt2":
            return {**sizes, "n_embd": 4 * sizes["n_head"]}
        case "bart" | "marian" | "whisper":
            wide = {name: 64 for name in ("encoder_ffn_dim", "decoder_ffn_dim")}
            return {**sizes, "d_model": _wide(sizes["encoder_attention_heads"]), **wide}
        case "t5":
            return {**sizes, "d_model": 32, "d_kv": 4, "d_ff": 64}
        case "llama" | "qwen2" | "qwen3":
            wide = {"hidden_size": 2 * sizes["num_attention_heads"], "intermediate_size": 64}
            return {**sizes, **wide, **({"head_dim": 2} if "head_dim" in sizes else {})}
        case "idefics3":
            text, vision = narrow("llama", sizes["text_config"]), narrow("vit", sizes["vision_config"])
            return {**sizes, "text_config": text, "vision_config": vision}
        case "vits":
            return {**sizes, "hidden_size": 16, "ffn_dim": 32, "flow_size": 16, "upsample_initial_channel": 64}
    return {**sizes, "hidden_size": _wide(sizes["num_attention_heads"]), "intermediate_size": 64}


def _wide(heads: int) -> int:
    return heads * (4 if heads < 16 else 2)


def processor(name: str, folder: Path, truth: Truth) -> None:
    """`preprocessor_config.json`, and what else the repository has of that kind."""
    settings = {
        "vit": {
            **{"image_processor_type": "ViTImageProcessor", "do_normalize": True, "do_rescale": True},
            **{"do_resize": True, "image_mean": HALF, "image_std": HALF, "rescale_factor": 1 / 255, "resample": 2},
            "size": {"height": 224, "width": 224},
        },
        "yolos": {
            **{"image_processor_type": "YolosImageProcessor", "do_normalize": True, "do_rescale": True, **COLOURS},
            **{"do_resize": True, "do_pad": True, "format": "coco_detection", "resample": 2},
            "size": {"shortest_edge": 512, "longest_edge": 864},
        },
        "smolvlm": {
            **{"image_processor_type": "Idefics3ImageProcessor", "processor_class": "Idefics3Processor"},
            **{"do_convert_rgb": True, "do_image_splitting": True, "do_normalize": True, "do_pad": True},
            **{"do_rescale": True, "do_resize": True, "image_mean": HALF, "image_std": HALF, "resample": 1},
            **{"max_image_size": {"longest_edge": 512}, "size": {"longest_edge": 2048}, "rescale_factor": 1 / 255},
        },
        "whisper": {
            **{"feature_extractor_type": "WhisperFeatureExtractor", "processor_class": "WhisperProcessor"},
            **{"chunk_length": 30, "hop_length": 160, "n_fft": 400, "n_samples": 480000, "nb_max_frames": 3000},
            **{"padding_side": "right", "padding_value": 0.0, "return_attention_mask": False, "sampling_rate": 16000},
            "feature_size": truth.sizes.get("num_mel_bins"),
        },
        "ast": {
            **{"feature_extractor_type": "ASTFeatureExtractor", "do_normalize": True, "feature_size": 1},
            **{"max_length": 128, "mean": -6.845978, "std": 5.5654526, "num_mel_bins": 128, "padding_side": "right"},
            **{"padding_value": 0.0, "return_attention_mask": False, "sampling_rate": 16000},
        },
    }
    write(folder, "preprocessor_config.json", settings[name])
    if name == "smolvlm":
        write(folder, "processor_config.json", {"image_seq_len": 64, "processor_class": "Idefics3Processor"})


def build(repo: str, folder: Path, width: str = "small", truth: Truth | None = None) -> Path:
    """Write the files of a repository into `folder`, an empty one: what `TRUTH`, or `truth`, says of it."""
    import torch
    import transformers

    assert width in WIDTHS, f"width should be one of {WIDTHS}, but is {width!r}"
    truth, row = truth or TRUTH[repo], row_of(repo)
    folder.mkdir(parents=True)
    made = MAKERS[truth.tokenizer](folder, truth.longest) if truth.tokenizer else {}
    if truth.processor:
        processor(truth.processor, folder, truth)
    config = configuration(truth, made, width)
    if row.safetensors:
        dtype = torch.bfloat16 if catalog.saved_in_half(row) else torch.float32
        torch.manual_seed(0)
        model = getattr(transformers, truth.model)._from_config(config, dtype=dtype)
        _settings(model, truth, made)
        if made.get("words") and (tokens := model.get_output_embeddings()) is not None:
            with torch.no_grad():
                tokens.weight[made["words"]] *= 4  # they are the likely ones: what a random model says can be read
        if truth.kind in ("marian", "whisper"):
            _let_it_end(model.model.decoder, made["eos_token_id"])
        if truth.kind == "vits":  # as short as speech is: random durations give a minute for a sentence
            torch.nn.init.constant_(model.duration_predictor.flows[0].translate, 3.0)
        size = sum(weight.numel() * weight.element_size() for weight in model.parameters())
        model.save_pretrained(folder, max_shard_size=size // truth.shards + size // 100 if truth.shards > 1 else "50GB")
    else:
        config.save_pretrained(folder)
    for name in (PICKLE, *BESIDES, *truth.besides):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"{}" if name.endswith(".json") else b"not for the course")
    return folder


def _settings(model, truth: Truth, made: dict) -> None:
    from transformers import GenerationConfig

    if not model.can_generate():
        return
    ids = {name: value for name, value in made.items() if name.endswith("_token_id") and name != "image_token_id"}
    if truth.kind in ("qwen2", "qwen3"):
        ids["eos_token_id"] = [made["eos_token_id"], made["pad_token_id"]]
    model.generation_config = GenerationConfig(**{**ids, **made.get("generation", {}), **truth.generation})


def _let_it_end(decoder, end: int, length: int = 12) -> None:
    """The end comes at position `length`. Without that a random model with beams, or Whisper, which tries anew what
    does not end, writes for minutes; the true ones end by themselves.
    """
    import torch

    with torch.no_grad():
        positions, tokens = decoder.embed_positions.weight, decoder.embed_tokens.weight
        direction = torch.ones_like(tokens[0])
        direction[::2] = -1  # a layer norm would take a mean away
        positions[:length] -= direction
        positions[length:] += direction
        tokens[end] = direction


# --- all of them, served ----------------------------------------------------------------------------------


@functools.cache
def _own_folder() -> tempfile.TemporaryDirectory:
    """Where repositories lie when nobody names a folder: built once a process, gone with it."""
    return tempfile.TemporaryDirectory(prefix="faithful-hub-", ignore_cleanup_errors=True)


def repository(repo: str, width: str = "small", folder: Path | None = None) -> Path:
    """The folder of a repository, built if it is not there yet; of two processes one builds it."""
    place = Path(folder or _own_folder().name) / width / repo.replace("/", "--")
    part = place.with_name(f"{place.name}.part")
    part.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{part}.lock"):
        if not place.exists():
            shutil.rmtree(part, ignore_errors=True)  # of a run that was interrupted
            build(repo, part, width)
            part.rename(place)
    return place


def _read(file: Path) -> bytes | mmap.mmap:
    """A file as something to send; large ones stay on the disk."""
    if file.stat().st_size < 1e7:
        return file.read_bytes()
    with file.open("rb") as opened:
        return mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)


class FaithfulHub(Hub):
    """The loopback Hub with a commit of its own for each repository, the one that the catalogue pins."""

    def __init__(self, folders: dict[str, Path]):
        super().__init__(
            {
                repo: {file.relative_to(folder).as_posix(): _read(file) for file in folder.rglob("*") if file.is_file()}
                for repo, folder in folders.items()
            }
        )
        self._hashes: dict[tuple[str, int], str] = {}

    def answer(self, request, path: str) -> None:
        parts = path.removeprefix("/api/models").strip("/").split("/")
        repo, rest = "/".join(parts[:2]), parts[2:]
        if repo not in self.repos:
            return super().answer(request, path)
        commit, files = row_of(repo).revision, self.repos[repo]
        if len(rest) > 1 and rest[1] not in ("main", commit):
            return self._error(request, "RevisionNotFound", f"Invalid rev id: {rest[1]}")
        match rest:
            case [] | ["revision", _]:
                return self._json(request, {"id": repo, "sha": commit, "siblings": [{"rfilename": f} for f in files]})
            case ["tree", _]:
                return self._json(request, [self._entry(name, body) for name, body in files.items()])
            case ["resolve", _, *name] if (name := "/".join(name)) in files:
                etag = f'"{self._etag(name, files[name])}"'
                return send(request, files[name], X_Repo_Commit=commit, ETag=etag)
        return self._error(request, "EntryNotFound", "Entry not found")

    def _json(self, request, value: object) -> None:
        send(request, json.dumps(value).encode(), kind="application/json")

    def _etag(self, name: str, body) -> str:
        """Hashed once: a true width has gigabytes."""
        key = name, id(body)
        if key not in self._hashes:
            self._hashes[key] = super()._etag(name, body)
        return self._hashes[key]


@contextlib.contextmanager
def faithful_hub(
    width: str = "small", folder: Path | None = None, repos: tuple[str, ...] = tuple(TRUTH)
) -> Iterator[FaithfulHub]:
    """A Hub with `repos`, in one process built once; what is built in a `folder` is there for other processes too."""
    with FaithfulHub({repo: repository(repo, width, folder) for repo in repos}) as server:
        yield server
