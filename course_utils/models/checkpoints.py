"""`checkpoint(task)`: the checkpoint for a task, chosen, verified and explained.

Without a wish it is the course's own, the same on every machine: its answers are those that the text describes.
`source="hub"` asks for the usual checkpoint of the Hub. What comes back is a plain local folder for the real API:
`pipeline("text-classification", **checkpoint("sentiment"))`.
The catalogue says what exists, `hub` and `offline` make the folders.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..describing import describe, is_a, say
from ..errors import CourseError
from . import catalog, hub, offline
from .devices import Device, choose_device, free_memory, release

MODES = ("auto", "offline", "hub")
SOURCES = ("course", "hub")
LARGEST_UNASKED = 750  # MB; without a graphics card more takes minutes to download and seconds a sentence


@dataclass(frozen=True)
class Checkpoint(Mapping):
    """A checkpoint ready to load: `**` gives `model`, `device` and `dtype`, as `pipeline` expects them.

    For the classes under the pipeline, take the attributes:
    `AutoModel.from_pretrained(c.path, dtype=c.dtype).to(c.device)`. `why` says all that is known of it: what it was
    made from, its fingerprint or revision, its licence, and why it was chosen.
    """

    task: str
    path: str
    device: str
    dtype: str
    line: str
    why: str

    def __getitem__(self, key: str) -> str:
        return {"model": self.path, "device": self.device, "dtype": self.dtype}[key]

    def __iter__(self) -> Iterator[str]:
        return iter(("model", "device", "dtype"))

    def __len__(self) -> int:
        return 3

    def __repr__(self) -> str:
        return self.line


class Elsewhere(Mapping):
    """What `checkpoint(task, source="hub")` gives where that checkpoint cannot be had.

    It is false, so that a page can go on: `if usual: …`. Any use of it raises the sentence that was printed.
    """

    def __init__(self, why: str):
        self.why = why

    def _refuse(self, *_):
        raise CourseError(self.why)

    __getitem__ = __iter__ = __len__ = _refuse

    def __getattr__(self, name: str):
        if name.startswith("_"):  # asked by Python and IPython, not by a learner
            raise AttributeError(name)
        self._refuse()

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return self.why


def checkpoint(
    task: str, *, source: str | None = None, repo: str | None = None, revision: str | None = None
) -> Checkpoint | Elsewhere:
    """Choose the checkpoint for `task`, see that its weights are whole, and print which one it is.

    Args:
        task: a name of the catalogue, such as "sentiment".
        source: "hub" asks for the usual checkpoint; where it cannot be had, a sentence is printed, and what comes back
            is false. "course" asks for the course's own, even where `COURSE_MODELS=hub` puts the usual one first.
        repo: a checkpoint of the Hub of your own choice, "owner/name"; it must hold safetensors.
        revision: its commit, branch or tag; name one, or the model may change under you.

    Raises:
        CourseError: unknown task or wish, no way to get the weights, or weights that are not what they should be.
    """
    entry = catalog.task(task)
    mode = _mode()
    _see_that_the_wish_makes_sense(source, repo, revision)
    device = choose_device()
    if repo is not None:
        found = _wished(entry, repo, revision, mode, device)
    elif source == "hub":
        try:
            found = _usual(entry, mode, device)
        except CourseError as reason:
            found = Elsewhere(f"{task}: {reason}")
            say(found.why)
            return found
    elif source == "course" or (entry.offline and mode != "hub"):
        found = _own(entry, device)
    elif entry.offline is None:
        found = _usual(entry, mode, device)
    else:
        found = _usual_or_own(entry, mode, device)
    say(found.line)
    return found


def _see_that_the_wish_makes_sense(source, repo, revision) -> None:
    for name, value in (("source", source), ("repo", repo), ("revision", revision)):
        if value is not None and not is_a(value, str):
            raise CourseError(f"checkpoint() expects {name} as text, but got {describe(value)}: leave it out.")
    if source is not None and str.__str__(source) not in SOURCES:
        raise CourseError(f'checkpoint() expects source="hub" or source="course", but got {source[:40]!r}.')
    if revision is not None and repo is None:
        raise CourseError("checkpoint() takes a revision only with repo='owner/name': name the repository too.")
    if repo is not None and source == "course":
        raise CourseError("checkpoint() takes a repo from the Hub, and source='course' is not the Hub: leave one out.")
    if repo is not None:
        _see_that_it_is_a_name(repo)


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
    mode = hub.mode()
    if mode not in MODES:
        raise CourseError(f"COURSE_MODELS should be auto, offline or hub, but is {mode[:40]!r}: set one of the three.")
    return mode


# --- the three kinds --------------------------------------------------------------------------------------


def _own(entry: catalog.Task, device: Device) -> Checkpoint:
    """The course's own: float32 on every device, so that the printed digits hold on a graphics card too."""
    found = entry.offline
    if found is None:
        raise CourseError(
            f'The course has no checkpoint of its own for {entry.name!r}: ask for checkpoint("{entry.name}", '
            'source="hub").'
        )
    why = (
        f"{found.name}: {_parameters(found.parameters)}, used as float32. Made from {_origin(found)}; SHA-256 "
        f"{offline.pin(found)}; licence {found.licence}. It is the course's own, the same on every machine."
    )
    line = f"{entry.name}: {found.name}, {found.megabytes} MB, from the course, on {device.device}"
    return Checkpoint(entry.name, str(offline.folder(found)), device.device, "float32", line, why)


def _origin(found: catalog.Offline) -> str:
    """What an own checkpoint is made from, in words."""
    package = catalog.packages().get(found.package)
    if package is None:
        return "this repository"
    coarse = f" with {package.precision} a number" if package.precision else ""
    adapter = " and an adapter of this repository" if found.weights else ""
    return f"{package.origin}{coarse}, out of the package {package.name} {package.version}{adapter}"


def _usual(entry: catalog.Task, mode: str, device: Device) -> Checkpoint:
    """The usual checkpoint: of several, the largest that suits the machine. Raises CourseError with the reason."""
    if not entry.hubs:
        raise CourseError(f"Only the course has a checkpoint for {entry.name!r}: leave out source='hub'.")
    suitable = [row for row in entry.hubs if _too_much(row, device) is None and row.safetensors]
    row = suitable[-1] if suitable else entry.hubs[0]
    if not row.safetensors:
        reason = "its weights are a pickle, which can run code, and the course loads safetensors only"
    elif mode == "offline":
        reason = "COURSE_MODELS=offline forbids the Hub"
    else:
        reason = _too_much(row, device, asked=mode == "hub")
    if reason:
        raise CourseError(f"{row.repo} ({row.megabytes:,} MB) was not loaded: {reason}.")
    return _from_hub(entry, row, device, "it is the one that most tutorials use")


def _usual_or_own(entry: catalog.Task, mode: str, device: Device) -> Checkpoint:
    """`COURSE_MODELS=hub`: the usual one, and where it cannot be had the course's own, with a sentence."""
    if not entry.hubs:
        return _own(entry, device)
    try:
        return _usual(entry, mode, device)
    except CourseError as reason:
        say(f"{entry.name}: {reason} The course's own takes its place.")
        return _own(entry, device)


def _wished(entry: catalog.Task, repo: str, revision: str | None, mode: str, device: Device) -> Checkpoint:
    if mode == "offline":
        raise CourseError(f"COURSE_MODELS=offline forbids the Hub, so {repo!r} was not loaded: unset it first.")
    row = catalog.Hub(repo=repo, revision=revision or "main", parameters=0, megabytes=0, licence="")
    if revision is None:  # one of the catalogue is pinned there
        row = next((known for known in entry.hubs if known.repo == repo), row)
    if reason := _too_much(row, device, asked=True):
        raise CourseError(f"{repo} was not loaded: {reason}.")
    return _from_hub(entry, row, device, "you asked for it")


def _from_hub(entry: catalog.Task, row: catalog.Hub, device: Device, why: str) -> Checkpoint:
    path, unchecked = hub.folder(row)
    dtype = _precision(row, device)
    size = f", {row.megabytes:,} MB" if row.megabytes else ""
    # A branch may move; the folder is named after the commit that it was at the download.
    moving = f" ({row.revision[:20]}, commit {path.name[:8]})" if path.name != row.revision else ""
    line = f"{entry.name}: {row.repo}{size}, from the Hub{moving}, on {device.device}"
    numbers = f"{_parameters(row.parameters)}, " if row.parameters else ""
    licence = f"; licence {row.licence}" if row.licence else ""
    text = (
        f"{row.repo}: {numbers}used as {dtype}. Revision {path.name}{unchecked}{licence}. It was chosen because {why}."
    )
    return Checkpoint(entry.name, str(path), device.device, dtype, line, text)


def _precision(row: catalog.Hub, device: Device) -> str:
    """Half on a graphics card; on a CPU as it was saved, since float32 would double the memory of a model in half."""
    return "bfloat16" if device.device == "cpu" and catalog.saved_in_half(row) else device.dtype


def _too_much(row: catalog.Hub, device: Device, asked: bool = False) -> str | None:
    """Why a checkpoint is too much for this machine, and what to do; None where it suits."""
    if device.device != "cuda" and row.megabytes > LARGEST_UNASKED and not asked:
        return (
            f"without a graphics card the course downloads at most {LARGEST_UNASKED} MB unasked. Pass "
            f'repo="{row.repo}" in place of source="hub" to load it all the same'
        )
    each = 4 if _precision(row, device) == "float32" else 2
    need = 1.3 * each * row.parameters
    if need > free_memory(device.device):
        release()  # what a page has just thrown away counts as free
    free = free_memory(device.device)
    if need > free:
        return f"it needs about {need / 1e9:.1f} GB of memory, and {free / 1e9:.1f} GB are free"
    return None


def _parameters(number: int) -> str:
    return f"{number / 1e6:.0f}M parameters" if number >= 1e7 else f"{number:,} parameters"
