"""Checkpoints of the Hugging Face Hub as plain local folders: is it there, does it answer, download, verify.

It knows repositories and revisions, and no task of the course: choosing is the job of `checkpoints`. Leans on
huggingface_hub.
"""

import json
import threading
from pathlib import Path
from urllib.parse import quote

from ..describing import say
from ..errors import CourseError
from . import cache
from .catalog import Hub

PROBE_SECONDS = 3.0
_unreachable: list[str] = []  # why the Hub cannot be reached, once that is known
_WANTED = ["*.json", "*.txt", "*.model", "*.jinja", "*.safetensors"]
_NOT_WANTED = ["onnx/*", "openvino/*", "coreml/*", "flax*", "tf_*"]


def folder(hub: Hub) -> tuple[Path, str]:
    """A checkpoint of the Hub as a local folder, downloaded if need be, and what of it was not verified ("" or words).

    Raises:
        CourseError: no safetensors, no Hub, or weights that are not what their hash says.
    """
    if not hub.safetensors:
        raise CourseError(
            f"{hub.repo} holds its weights only in pickled form, which can run code: the course loads safetensors "
            "only. Choose another checkpoint with repo=, or set COURSE_MODELS=offline."
        )
    path = cached(hub)
    if path is None:
        if reason := problem(hub):
            raise CourseError(
                f"{hub.repo} should come from the Hub, but {reason}: check the network, or set COURSE_MODELS=offline."
            )
        path = _download(hub)
    return path, _verify_blobs(hub, path)


def cached(hub: Hub) -> Path | None:
    """The folder of a checkpoint whose files already lie in the Hub's cache, complete."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        path = Path(snapshot_download(hub.repo, revision=hub.revision or None, local_files_only=True))
    except (LocalEntryNotFoundError, ValueError) as error:
        # Recent clients object when any file of the repository is not there, a README too: _complete knows better.
        if (found := getattr(error, "snapshot_path", None)) is None:
            return None
        path = Path(found)
    return path if _complete(path) else None


def problem(hub: Hub) -> str | None:
    """Why the Hub cannot be used, or None; a "no" is remembered, and the question never takes over three seconds.

    Name resolution has no time limit of its own, so the question is put in a thread that may be left behind.
    """
    from huggingface_hub import constants
    from huggingface_hub.utils import get_session

    if constants.HF_HUB_OFFLINE:
        return "HF_HUB_OFFLINE is set"
    if _unreachable:
        return _unreachable[0]
    answer: list[str | None] = []
    revision = quote(hub.revision or "main", safe="")

    def ask() -> None:
        try:
            # The listing that the download starts with: the client would wait for it without a limit.
            url = f"{constants.ENDPOINT}/api/models/{hub.repo}/tree/{revision}"
            get_session().get(url, timeout=PROBE_SECONDS)
            # And a first file: some networks let the listing through and then say nothing.
            url = f"{constants.ENDPOINT}/{hub.repo}/resolve/{revision}/config.json"
            get_session().head(url, timeout=PROBE_SECONDS)
            answer.append(None)
        except Exception as error:  # whatever the client of the day raises, the reason is passed on
            answer.append(f"the Hub cannot be reached ({type(error).__name__})")

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(PROBE_SECONDS)
    reason = answer[0] if answer else f"the Hub did not answer within {PROBE_SECONDS:.0f} seconds"
    if reason:
        _unreachable.append(reason)
    return reason


def _download(hub: Hub) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError
    from tqdm import tqdm

    class Bar(tqdm):
        """Shown although the notebooks silence the other bars: a download may take minutes."""

        def __init__(self, *args, **kwargs):
            super().__init__(*args, **{**kwargs, "disable": cache.is_log()})

    size = f" ({hub.megabytes:,} MB)" if hub.megabytes else ""
    say(f"Downloading {hub.repo}{size} from the Hub, once.")
    try:
        path = Path(
            snapshot_download(
                hub.repo,
                revision=hub.revision or None,
                allow_patterns=_WANTED,
                ignore_patterns=_NOT_WANTED,
                tqdm_class=Bar,
            )
        )
    except Exception as error:  # the client of the day decides the type; the learner gets the sentence
        if not isinstance(error, HfHubHTTPError | ValueError):  # those are answers of a Hub that can be reached
            _unreachable.append(f"the Hub failed during a download ({type(error).__name__})")
        said = " ".join(str(error).split())[:200]
        raise CourseError(
            f"{hub.repo} could not be downloaded from the Hub ({type(error).__name__}: {said}): "
            "check the name, the revision and the network, or set COURSE_MODELS=offline."
        ) from error
    if not _complete(path):
        raise CourseError(
            f"{hub.repo} at revision {hub.revision[:8]} should hold its weights as safetensors, but does not; "
            "the course loads nothing else: choose another checkpoint, or set COURSE_MODELS=offline."
        )
    return path


def _complete(path: Path) -> bool:
    """Whether a folder holds a configuration, a tokenizer or processor, and all its safetensors."""
    index = path / "model.safetensors.index.json"
    shards = {"model.safetensors"}
    if index.exists():
        try:
            shards = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        except (ValueError, KeyError, TypeError, AttributeError):
            return False
    helpers = (
        "tokenizer.json",
        "vocab.txt",
        "vocab.json",
        "tokenizer_config.json",
        "preprocessor_config.json",
    )
    return (
        (path / "config.json").exists()
        and all((path / shard).exists() for shard in shards)
        and any((path / name).exists() for name in helpers)
    )


def _verify_blobs(hub: Hub, path: Path) -> str:
    """Hold each weights file against its SHA-256, which is the name of its blob in the Hub's cache.

    A cache without links (on Windows, say) keeps no such names; the words returned say so.
    """
    unchecked = ""
    for file in path.rglob("*.safetensors"):
        blob = file.resolve()
        if len(blob.name) != 64:
            unchecked = ", SHA-256 not checked"
        elif cache.hash_once(blob) != blob.name:
            raise CourseError(
                f"{file.name} of {hub.repo} in the Hub's cache is damaged: its SHA-256 is not {blob.name[:12]}…. "
                "Delete it there and load again."
            )
    return unchecked
