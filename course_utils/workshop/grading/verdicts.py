"""Verdicts on disk: each is one small file, written at once, so that a run which was stopped goes on where it was.

A file is named by a hash of what was handed in, the edition of the course and the limits. So a verdict counts only
for exactly the same; and what two learners hand in alike is judged once.
"""

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

from ... import __version__
from ...authoring.notebooks import NOTEBOOKS
from ...errors import CourseError
from .isolation import Limits
from .submissions import Graded

PACKAGE = Path(__file__).parents[2]
_IN_FORCE = "in_force.txt"
_NO_JUDGES = {"batch", "command", "crews", "reports", "verdicts"}  # these hand out, keep and show verdicts


@cache
def edition() -> str:
    """The version of the course, and a fingerprint of all of it that a verdict depends on."""
    digest = hashlib.sha256()
    for path in sorted(_judging()):
        digest.update("/".join(path.parts[-3:]).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return f"{__version__}+{digest.hexdigest()[:16]}"


def _judging() -> list[Path]:
    """The files that make a verdict: pages, questions, models, the package; of the workshop what judges."""
    files = [*NOTEBOOKS.glob("*.ipynb"), *PACKAGE.glob("exercises/quiz/*.md"), PACKAGE / "models" / "catalog.toml"]
    for path in PACKAGE.rglob("*.py"):
        room, *below = path.relative_to(PACKAGE).parts
        judges = below and below[0].startswith(("grading", "judging"))
        if room != "workshop" or judges and path.stem not in _NO_JUDGES:
            files.append(path)
    return files


def key_of(content: str, limits: Limits) -> str:
    """The name of a verdict: of a submission with this hash, in this edition, within these limits."""
    return hashlib.sha256("\n".join((content, edition(), repr(limits))).encode()).hexdigest()


class Store:
    """The folder of verdicts, for one run at a time.

    Raises:
        CourseError: the folder cannot be written, or another run is at it.
    """

    def __init__(self, folder: Path):
        from filelock import FileLock, Timeout

        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(folder / ".lock", timeout=0)
            self._lock.acquire()
        except Timeout:
            raise CourseError(f"Another `grade` is at work in {folder}: wait for it, or name another --out.") from None
        except OSError as error:
            raise CourseError(f"{folder} cannot be written ({error.strerror}): name another folder by --out.") from None

    def close(self) -> None:
        self._lock.release()

    def read(self, key: str) -> Graded | None:
        """The verdict of this name; None where there is none, or a broken one."""
        with suppress(OSError, UnicodeDecodeError, CourseError):
            return Graded.from_json(self._path(key).read_text("utf-8"))
        return None

    def write(self, key: str, graded: Graded) -> None:
        """Keep a verdict: after this it is there whole, whatever happens to this process."""
        self._write(self._path(key), graded.to_json())

    @property
    def in_force(self) -> tuple[str, ...]:
        """The limits of the machines that judged, as far as they were noted."""
        with suppress(OSError, UnicodeDecodeError):
            return tuple((self._folder / _IN_FORCE).read_text("utf-8").splitlines())
        return ()

    def note(self, in_force: Iterable[str]) -> None:
        """Add to the limits of the machines that judged."""
        if new := [line for line in in_force if line not in self.in_force]:
            self._write(self._folder / _IN_FORCE, "\n".join([*self.in_force, *new]))

    def forget(self, keys: Iterable[str]) -> None:
        """Begin anew with these."""
        for key in keys:
            self._path(key).unlink(missing_ok=True)

    def _write(self, path: Path, text: str) -> None:
        draft = path.with_name(f".{path.name[:32]}.draft")
        with open(draft, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.json"
