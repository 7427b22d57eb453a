"""Checkpoints of the Hugging Face Hub as plain local folders: is it there, does it answer, download, verify.

It knows repositories and revisions, and no task of the course: choosing is the job of `checkpoints`. Leans on
huggingface_hub.
"""

import json
import os
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from pathlib import Path
from threading import Event, Thread
from urllib.parse import quote

from ..describing import say
from ..errors import CourseError
from . import cache
from .catalog import Hub

# What the client reads when it is imported.
SETTINGS = {
    "HF_HUB_DOWNLOAD_TIMEOUT": "4",  # of silence; it tries six times, a second apart: half a minute in all
    "HF_HUB_DISABLE_XET": "1",  # its other way to download, which has been seen to stand still for hours
    "HF_HUB_DISABLE_TELEMETRY": "1",  # saves a question before the first one
    "HF_HUB_DISABLE_SYMLINKS_WARNING": "1",  # it tells Windows users to become administrators
}
PROBE_SECONDS = 3.0
LISTING_SECONDS = 20.0  # for the client to list the files; it would wait for ever
STANDSTILL_SECONDS = 30.0  # from then on, without a byte that arrives
AWAY_SECONDS = 60.0
_away = ("", 0.0)  # why the Hub cannot be reached, and until when that is believed
_WANTED = ["*.json", "*.txt", "*.model", "*.spm", "*.jinja", "*.safetensors"]
_NOT_WANTED = ["onnx/*", "openvino/*", "coreml/*", "flax*", "tf_*", "*fp32*"]


def mode() -> str:
    """What `COURSE_MODELS` says of the Hub, as it was written: whether it is one of the modes, `checkpoints` sees."""
    return os.environ.get("COURSE_MODELS", "").strip().lower() or "auto"


def folder(hub: Hub) -> tuple[Path, str]:
    """A checkpoint of the Hub as a local folder, downloaded if need be, and what of it was not verified ("" or words).

    What was downloaded once is used from then on, of a branch too: it works without the Hub, and stays as it is.

    Raises:
        CourseError: no safetensors, no Hub, no room, or weights that are not what their hash says.
    """
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    try:
        path = cached(hub)
        if path is None:
            if reason := problem(hub):
                raise CourseError(f"{hub.repo} was not loaded: {reason}.")
            path = _download(hub)
        return path, _verify_blobs(hub, path)
    except CourseError:
        raise
    except Exception as error:  # a revision that no text can hold, a cache somebody wrote into, an odd setting
        said = f"{type(error).__name__}: {' '.join(str(error).split())[:150]}"
        raise CourseError(
            f"{hub.repo} was not loaded ({said}). Check its name and revision, HF_HOME and HF_ENDPOINT."
        ) from error


def cached(hub: Hub) -> Path | None:
    """The folder of a checkpoint whose files already lie in the Hub's cache, complete."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        path = Path(snapshot_download(hub.repo, revision=hub.revision, local_files_only=True))
    except (LocalEntryNotFoundError, ValueError) as error:
        # Recent clients object when any file of the repository is not there, a README too: _complete knows better.
        if (found := getattr(error, "snapshot_path", None)) is None:
            return None
        path = Path(found)
    return path if _complete(path) else None


def problem(hub: Hub) -> str | None:
    """Why a checkpoint cannot be downloaded, or None. The question never takes over three seconds.

    It asks what the client would ask first, because the client repeats a question that fails, and waits without a
    limit. And it asks for a first file: some networks let the listing through and then say nothing. A Hub that is
    away is remembered for a minute, so that a notebook pays for it once.
    """
    from huggingface_hub import constants
    from huggingface_hub.utils import build_hf_headers, get_session

    if constants.HF_HUB_OFFLINE:
        return "HF_HUB_OFFLINE is set, which forbids the Hub"
    if time.monotonic() < _away[1]:
        return _away[0]
    revision = quote(hub.revision, safe="")

    def ask(method: str, path: str):
        url = f"{constants.ENDPOINT}/{path}"  # the headers in here too: for them the client may ask a first question
        return get_session().request(method, url, headers=build_hf_headers(), timeout=PROBE_SECONDS)

    asked = [
        _started(ask, "GET", f"api/models/{hub.repo}/tree/{revision}"),
        _started(ask, "HEAD", f"{hub.repo}/resolve/{revision}/config.json"),
    ]
    if wait(asked, PROBE_SECONDS).not_done:
        return _remember(f"the Hub did not answer within {PROBE_SECONDS:.0f} seconds")
    try:
        return _refusal(hub, *(answer.result() for answer in asked))
    except Exception as error:  # whatever the client of the day raises, the reason is passed on
        return _broken(error, "the Hub cannot be reached")


def _started(call: Callable, *arguments, **named) -> Future:
    """The future result of a call, in a thread that may be left behind: name resolution has no time limit."""
    future: Future = Future()

    def run() -> None:
        try:
            future.set_result(call(*arguments, **named))
        except BaseException as error:
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    return future


def _remember(reason: str) -> str:
    global _away
    _away = (f"{reason}. Check the network, then try again after a minute", time.monotonic() + AWAY_SECONDS)
    return _away[0]


def _refusal(hub: Hub, listing, file) -> str | None:
    """What the Hub's two answers say against a download of this checkpoint, in words."""
    for answer in (listing, file):
        if answer.headers.get("X-Error-Code") == "GatedRepo":
            return "it is gated. Agree to its terms on its page on the Hub, then run: hf auth login"
        if answer.status_code in (401, 403):
            return "it is private, or does not exist. Check its name"
        if answer.status_code == 404 and answer is listing:
            return (
                f"the Hub has no such repository, or no revision {hub.revision[:12]} of it. Check its page on the Hub"
            )
        if answer.status_code == 429:
            pause = answer.headers.get("Retry-After", "")
            pause = f"{pause} seconds" if pause.isdigit() else "a few minutes"
            return f"the Hub has had too many requests from this network. Try again in {pause}"
        if answer.status_code >= 500:
            return f"the Hub has trouble of its own (error {answer.status_code}). Try again later"
        if "html" in answer.headers.get("Content-Type", "") and answer.status_code == 200:
            return "a web page answered in place of the Hub. Open a browser: the network may want you to sign in"
    return None


def _download(hub: Hub) -> Path:
    from huggingface_hub import constants

    free = cache.free_disk(Path(constants.HF_HUB_CACHE)) // cache.MB
    if free < 1.1 * hub.megabytes:
        raise CourseError(
            f"{hub.repo} has {hub.megabytes:,} MB, but the disk of the Hub's cache has {free:,} MB free: free some, or "
            "set HF_HOME to a folder on a larger disk."
        )
    size = f" ({hub.megabytes:,} MB)" if hub.megabytes else ""
    say(f"Downloading {hub.repo}{size} from the Hub, once.")
    try:
        path = _snapshot(hub)
    except Exception as error:  # the client of the day decides the type; the learner gets the sentence
        if cache.is_full(error):
            raise CourseError(
                f"The disk is full: {hub.repo} could not be downloaded. Free some space, then run the cell again."
            ) from error
        raise CourseError(
            f"{hub.repo} could not be downloaded: {_broken(error, 'it broke off')}. Files that arrived whole are kept."
        ) from error
    if not _complete(path):
        raise CourseError(
            f"{hub.repo} at revision {hub.revision[:8]} should hold its weights as safetensors, but does not. The "
            "course loads nothing else, because other formats can run code: choose another checkpoint."
        )
    return path


def _snapshot(hub: Hub) -> Path:
    """The client's own download, given up when it stands still. Raises TimeoutError then, or what the client raises."""
    from huggingface_hub import constants, snapshot_download
    from huggingface_hub.utils import logging
    from tqdm import tqdm

    given_up, deadline = Event(), [time.monotonic() + LISTING_SECONDS]

    class Silent(tqdm):
        """In place of the client's bars, which are many and red in a notebook; the first says that it has begun."""

        def __init__(self, *args, **kwargs):
            super().__init__(*args, **{**kwargs, "disable": True})
            deadline[0] = time.monotonic() + STANDSTILL_SECONDS

        def update(self, n=1):
            if given_up.is_set():  # ends the threads of a download that nobody waits for any more
                raise InterruptedError

    logging.set_verbosity_error()  # it would show each new attempt in red, with the whole address
    wanted = {"allow_patterns": _WANTED, "ignore_patterns": _NOT_WANTED, "tqdm_class": Silent}
    download = _started(snapshot_download, hub.repo, revision=hub.revision, **wanted)
    arriving = Path(constants.HF_HUB_CACHE) / f"models--{hub.repo.replace('/', '--')}"
    before = arrived = cache.size(arriving)
    try:
        with cache.progress_bar(hub.repo, hub.megabytes) as bar:
            while wait([download], 0.2).not_done:
                if (size := cache.size(arriving)) != arrived:
                    arrived, deadline[0] = size, time.monotonic() + STANDSTILL_SECONDS
                    bar.update((arrived - before) // cache.MB - bar.n)
                if time.monotonic() > deadline[0]:
                    raise TimeoutError
    finally:
        given_up.set()
    return Path(download.result())


def _broken(error: Exception, said: str) -> str:
    """Why the client failed, and what to do, in words. A Hub that fell silent is remembered as away."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status:
        return f"the Hub answered with error {status}. Try again later"
    if isinstance(error, OSError) and error.filename:
        return f"{error.strerror} ({error.filename}). Set HF_HOME to a folder that you may write to"
    return _remember(f"{said} ({type(error).__name__})")


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

    A damaged one is taken away, so that the next attempt fetches it anew. A cache without links (on Windows, say)
    keeps no such names; the words returned say so.
    """
    unchecked = ""
    for file in path.rglob("*.safetensors"):
        # One step, not all: a file that several repositories share is a link again, named after another kind of hash.
        blob = file.parent / file.readlink() if file.is_symlink() else file
        if len(blob.name) != 64:
            unchecked = ", SHA-256 not checked"
        elif cache.hash_once(blob) != blob.name:
            for damaged in (blob.resolve(), blob, file):
                damaged.unlink(missing_ok=True)
            raise CourseError(
                f"{file.name} of {hub.repo} is damaged: its SHA-256 is not {blob.name[:12]}…. It was taken out of the "
                "Hub's cache: run the cell again to download it anew."
            )
    return unchecked
