"""`checkpoint(task)`: the checkpoint for a task, chosen, verified and explained.

The choice, in this order: what the learner asks for; the checkpoint of the Hub if it lies on this machine, or
if the Hub answers and it is small enough; else the one that works offline. What comes back is a plain local
folder for the real API: `pipeline("text-classification", **checkpoint("sentiment"))`.
The catalogue says what exists, `hub` and `offline` make the folders.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..describing import describe, say
from ..errors import CourseError
from . import catalog, hub, offline
from .devices import Device, choose_device, free_memory

MODES = ("offline", "hub", "auto")
LARGEST_ON_CPU = 600  # MB; more takes minutes to download and seconds a sentence


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
            raise CourseError(f"checkpoint() expects {name} as text, but got {describe(value)}: leave it out.")
    if revision is not None and repo is None:
        raise CourseError("checkpoint() takes a revision only with repo='owner/name': name the repository too.")
    device = choose_device()
    if repo is not None:
        _see_that_it_is_a_name(repo)
        wished = catalog.Hub(repo=repo, revision=revision or "main", parameters=0, megabytes=0, licence="")
        if mode == "offline":
            raise CourseError(f"COURSE_MODELS=offline forbids the Hub, so {repo!r} was not loaded: unset it first.")
        path, what = _from_hub(wished)
        why = "you asked for it"
    else:
        path, what, why = _choose(entry, mode, device)
    explanation = f"{task}: {what}; {device.device}, {device.dtype}. Why: {why}."
    say(explanation)
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
    cached = hub.cached(entry.hub)
    reason = None if cached else _unsuitable(entry.hub, device) or hub.problem(entry.hub)
    if reason is None:
        where = "it is on this machine" if cached else "the Hub answers"
        try:
            return *_from_hub(entry.hub), f"the course text uses it, and {where}"
        except CourseError as error:
            reason = str(error).rstrip(".")
    return *_from_course(entry, reason), reason


def _unsuitable(wished: catalog.Hub, device: Device) -> str | None:
    if not wished.safetensors:
        return f"{wished.repo} has no safetensors"
    if device.device == "cpu" and wished.megabytes > LARGEST_ON_CPU:
        return f"{wished.repo} has {wished.megabytes:,} MB, more than the {LARGEST_ON_CPU} MB that suit a CPU"
    need, free = 1.3 * 4 * wished.parameters, free_memory(device.device)
    if need > free:
        return f"{wished.repo} needs about {need / 1e9:.1f} GB of memory, and {free / 1e9:.1f} GB are free"
    return None


def _from_course(entry: catalog.Task, why: str) -> tuple[Path, str]:
    found = entry.offline
    if found is None:
        raise CourseError(
            f"The task {entry.name!r} has no offline checkpoint, and the Hub was not used ({why}): connect to it and "
            f"set COURSE_MODELS=hub to load {entry.hub.repo} ({entry.hub.megabytes:,} MB)."
        )
    package = catalog.packages().get(found.package)
    sources = [f"package {package.name} {package.version}"] if package else []
    if found.weights:
        sources.append("an adapter of this repository" if package else "this repository")
    what = f"{found.name}, {_parameters(found.parameters)}, {found.megabytes} MB, from {' and '.join(sources)}"
    return offline.folder(found), f"{what} (SHA-256 {offline.pin(found)[:8]}…)"


def _from_hub(wished: catalog.Hub) -> tuple[Path, str]:
    path, unchecked = hub.folder(wished)
    size = f", {_parameters(wished.parameters)}, {wished.megabytes:,} MB" if wished.parameters else ""
    return path, f"{wished.repo}{size}, from the Hub (revision {wished.revision[:8]}){unchecked}"


def _parameters(number: int) -> str:
    return f"{number / 1e6:.0f}M parameters" if number >= 1e7 else f"{number:,} parameters"
