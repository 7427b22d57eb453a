"""What a room of learners needs: megabytes through the line, gigabytes of disk and memory. Computed, not guessed.

    python -m course_utils.workshop.room 24 100      # 24 seats behind one line of 100 Mbit/s

The sizes of the weights come from the catalogue, those of the packages from `course.py`. The memory of each page was
measured. INSTRUCTOR.md shows the table for three sizes of a room; `guide` writes it there.
"""

import argparse
import sys
from dataclasses import dataclass

from ..authoring.notebooks import ROOT
from ..doctor import LEAST_MEMORY
from ..errors import CourseError
from ..models import catalog
from ..models.checkpoints import LARGEST_UNASKED
from ..pictures import Table
from .wheels import course_py

# What running all cells of a page takes, solutions included: seconds, and the most gigabytes that its Python process
# ever held. Printed by `python3 course.py test -k budget`; on two cores that other tests used as well, November 2026.
PAGES = {
    "00": (14, 0.62),
    "00b": (10, 0.42),
    "01": (58, 1.27),
    "02": (31, 1.53),
    "02b": (29, 1.40),
    "03": (54, 1.54),
    "04": (26, 1.32),
    "05": (62, 1.45),
    "06": (18, 0.65),
    "06b": (21, 1.32),
    "06c": (30, 1.47),
    "07": (56, 1.29),
    "07b": (16, 0.75),
    "08": (49, 1.32),
    "08b": (66, 1.35),
    "09": (62, 1.44),
    "09b": (48, 1.25),
    "10": (10, 0.49),
    "10b": (31, 1.01),
}


@dataclass(frozen=True)
class Needs:
    """What `seats` learners need together; all sizes are decimal, as those of shops: a GB is 1,000 MB."""

    seats: int
    mbit: float  # what the one line to the internet carries, in megabits a second
    packages_mb: int
    weights_mb: int
    usual_mb: int  # the usual checkpoints, if every cell that asks for one is run

    @property
    def seat_mb(self) -> int:
        return self.packages_mb + self.weights_mb

    @property
    def minutes(self) -> float:
        """Until everybody has everything, were the line never slower than it says."""
        return self.minutes_for(self.seat_mb)

    def minutes_for(self, seat_mb: float) -> float:
        return self.seats * seat_mb * 8 / self.mbit / 60

    def memory_gb(self, *pages: str) -> float:
        """All kernels on one machine, each learner with these pages open ("06", "06b"); at most: all at their peaks."""
        return self.seats * sum(PAGES[page][1] for page in pages)


def _course() -> dict:
    """The constants of course.py: what it says before it downloads."""
    if not (ROOT / "course.py").exists():
        raise CourseError("The size of the packages stands in course.py, and there is none beside course_utils here.")
    return vars(course_py())


def needs(seats: int, mbit: float) -> Needs:
    """What a room of `seats` needs behind a line of `mbit` megabits a second.

    Raises:
        CourseError: a number that is not above 0, or no course.py beside the package.
    """
    if not (seats > 0 and mbit > 0):
        raise CourseError(f"Expected seats and megabits above 0, for example 30 50; given: {seats} and {mbit:g}.")
    course, usual = _course(), 0
    for task in catalog.tasks().values():
        first = next(iter(task.hubs), None)
        if first and first.safetensors and first.megabytes <= LARGEST_UNASKED:
            usual += first.megabytes
    weights = sum(package.wheel_megabytes for package in catalog.packages().values())
    return Needs(seats, mbit, course["PACKAGES_MB"] + course["TORCH_MB"], weights, usual)


def room_table(seats: int, mbit: float) -> Table:
    """The same as a table: what, for a seat, for the room."""
    room = needs(seats, mbit)
    disk, heaviest = _course()["DISK_GB"], max(PAGES, key=lambda page: PAGES[page][1])
    rows = [
        ("download: packages with PyTorch", f"{room.packages_mb} MB", f"{seats * room.packages_mb / 1000:.1f} GB"),
        ("download: weights and texts", f"{room.weights_mb} MB", f"{seats * room.weights_mb / 1000:.1f} GB"),
        ("both, at the full rate of the line", f"{room.seat_mb} MB", _duration(room.minutes)),
        ("with a bundle on a stick", "0 MB", "0 minutes"),
        (
            "the usual checkpoints, where nobody forbids them",
            f"{room.usual_mb / 1000:.1f} GB more",
            f"{_duration(room.minutes_for(room.usual_mb))} more",
        ),
        ("free disk before the start", f"{disk} GB", "on each laptop"),
        ("free memory", f"{LEAST_MEMORY:.0f} GB", "on each laptop"),
        *(
            (
                f"one machine for all: memory with page {page} open",
                f"{PAGES[page][1]:.2f} GB",
                f"{room.memory_gb(page):.0f} GB",
            )
            for page in ("06", heaviest)
        ),
    ]
    return Table(f"{seats} seats, one line of {mbit:g} Mbit/s", ("what", "a seat", "the room"), tuple(rows))


def _duration(minutes: float) -> str:
    return f"{minutes:.0f} minutes" if minutes < 120 else f"{minutes / 60:.1f} hours"


def main(arguments: list[str]) -> int:
    """The command line; 0 when all went well."""
    parser = argparse.ArgumentParser(
        prog="python -m course_utils.workshop.room", description="What a room of learners needs."
    )
    parser.add_argument("seats", type=int, help="how many learners")
    parser.add_argument("mbit", type=float, help="the line to the internet, in megabits a second")
    options = parser.parse_args(arguments)
    try:
        print(room_table(options.seats, options.mbit).plain())
    except CourseError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
