"""`checkpoint_table()`: the catalogue as a table to look up, pins, precision and origin included."""

from ..describing import describe, is_a
from ..errors import CourseError
from ..pictures import Table
from . import catalog, offline
from .checkpoints import SOURCES


def checkpoint_table(source: str = "course") -> Table:
    """Every checkpoint of the course's own ("course"), or every usual one of the Hub ("hub").

    Raises:
        CourseError: another source.
    """
    if not is_a(source, str) or str.__str__(source) not in SOURCES:
        raise CourseError(f'checkpoint_table() expects "course" or "hub", but got {describe(source)}.')
    return _of_the_course() if str.__str__(source) == "course" else _of_the_hub()


def _of_the_course() -> Table:
    tasks, rows = catalog.tasks(), []
    for entry in {task.offline.name: task.offline for task in tasks.values() if task.offline}.values():
        package = catalog.packages().get(entry.package)
        adapter = " and an adapter" if package and entry.weights else ""
        rows.append(
            (
                entry.name,
                ", ".join(name for name, task in tasks.items() if task.offline == entry),
                f"{entry.megabytes:g}",
                f"{package.origin}{adapter}" if package else "nothing: trained by this course",
                (package.precision if package else "") or f"{16 if catalog.saved_in_half(entry) else 32} bits",
                offline.pin(entry)[:12],
                entry.licence,
            )
        )
    header = ("checkpoint", "tasks", "MB on disk", "made from", "a number in the file", "SHA-256", "licence")
    return Table("The course's own checkpoints. All run in float32.", header, tuple(rows))


def _of_the_hub() -> Table:
    rows = [
        (
            name,
            row.repo,
            f"{row.parameters / 1e6:,.0f}",
            f"{row.megabytes:,}" if row.safetensors else "a pickle",
            row.revision[:12],
            row.licence or "none declared",
        )
        for name, task in catalog.tasks().items()
        for row in task.hubs
    ]
    header = ("task", "checkpoint", "million parameters", "MB to download", "commit", "licence")
    return Table("The usual checkpoints, of the Hugging Face Hub.", header, tuple(rows))
