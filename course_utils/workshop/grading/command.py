"""`course.py grade FOLDER`: a table of verdicts on submitted notebooks, and a page to look at.

Finds the notebooks below the folder, reads them in a process that may die, has a crew judge what has no verdict yet
(`batch`), and writes the reports. `INSTRUCTOR.md` says how to collect notebooks, and how to grade in a container.
"""

import argparse
import hashlib
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from pathlib import Path

from ...errors import CourseError
from ...exercises.display import clean
from . import reports
from .batch import Task, Verdict, run
from .crews import Cluster, Here
from .isolation import Limits
from .submissions import Graded, Submission, read_submission
from .verdicts import Store, edition, key_of

READING_SECONDS = 60  # for one file
SANDBOX = "A limit is no sandbox: grade what strangers hand in inside a container (INSTRUCTOR.md has the recipe)."
_PASSED_OVER = (".", "__MACOSX")  # folders and files of the system, also copies made by Jupyter and macOS
_PACKED = (".zip", ".tar", ".gz", ".7z", ".rar")


def main(arguments: list[str]) -> int:
    """Grade a folder; 0 when every notebook has a verdict or a sentence."""
    options = _parser().parse_args(arguments)
    if sys.platform != "linux" and not options.scheduler:
        raise CourseError("Grading needs Linux, or a Dask cluster of it: INSTRUCTOR.md has a recipe for a container.")
    folder = options.folder.expanduser().resolve()
    if not folder.is_dir():
        raise CourseError(f"Expected a folder of submitted notebooks; {options.folder} is none: look at its name.")
    out = (options.out.expanduser() if options.out else folder.with_name(f"{folder.name}-graded")).resolve()
    limits = _limits(options)
    found = find(folder, out)
    if not found.paths:
        raise CourseError(f"There is no notebook below {folder}: files that end in .ipynb were expected.{found.packed}")
    store = Store(out / "verdicts")
    try:
        graded = _grade(folder, found, store, limits, options)
        written = reports.write(
            out, graded, title=folder.name, limits=limits, edition=edition(), in_force=store.in_force
        )
    finally:
        store.close()
    for what, path in written.items():
        print(f"{what + ':':10} {path}")
    print(SANDBOX)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="course.py grade", description="Verdicts on a folder of submitted notebooks.")
    usual = Limits()
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="notebooks lie anywhere below it")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the reports go (default: FOLDER-graded)")
    parser.add_argument("--workers", type=int, metavar="N", help="processes at once (default: one for each two cores)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="a Dask cluster instead, such as tcp://192.168.0.2:8786")
    parser.add_argument(
        "--seconds", type=float, default=usual.seconds, metavar="S", help="for one answer (%(default)g)"
    )
    parser.add_argument("--memory", type=float, default=usual.memory / 1e9, metavar="GB", help="too (%(default)g)")
    parser.add_argument("--again", action="store_true", help="judge everything anew")
    return parser


def _limits(options) -> Limits:
    if not 1 <= options.seconds <= 3600:
        raise CourseError(f"--seconds: expected 1 to 3600 for one answer; given: {options.seconds:g}.")
    if not 0.25 <= options.memory <= 1000:
        raise CourseError(f"--memory: expected 0.25 to 1000 GB for one answer; given: {options.memory:g}.")
    if options.workers is not None and not 1 <= options.workers <= 256:
        raise CourseError(f"--workers: expected 1 to 256 processes; given: {options.workers}.")
    return Limits(seconds=options.seconds, memory=int(options.memory * 1e9))


# --- find and read ----------------------------------------------------------------------------------------


@dataclass
class Found:
    """What lies below a folder: notebooks (or what is called so), packed files, links that are not followed."""

    paths: list[Path] = field(default_factory=list)
    zipped: int = 0
    links: int = 0

    @property
    def packed(self) -> str:
        if not self.zipped:
            return ""
        lie = "lies there: unpack it" if self.zipped == 1 else "lie there: unpack them"
        return f" {_count(self.zipped, 'packed file')} {lie} first."


def find(folder: Path, out: Path) -> Found:
    """Every file or folder below `folder` that is called like a notebook, `out` left out. Links are not followed."""
    found = Found()
    for here, folders, files in os.walk(folder):
        place = Path(here)
        found.links += sum((place / name).is_symlink() for name in folders)
        folders[:] = sorted(name for name in folders if not name.startswith(_PASSED_OVER) and place / name != out)
        for name in sorted([*folders, *files]):
            if name.lower().endswith(".ipynb") and not name.startswith(_PASSED_OVER):
                found.paths.append(place / name)
            found.zipped += name.lower().endswith(_PACKED)
    return found


def read(path: Path, folder: Path) -> tuple[str, Submission] | str:
    """(hash of its content, submission), or the sentence that says why it is none. Runs in a process that may die."""
    try:
        submission = read_submission(path, _pages(), folder)
        return hashlib.sha256(path.read_bytes()).hexdigest(), submission
    except CourseError as error:
        return str(error)


def _pages():
    global _known
    if _known is None:
        from .pages import Pages

        _known = Pages.of_course()
    return _known


_known = None


def _read_all(paths: list[Path], folder: Path) -> Iterator[tuple[Path, tuple[str, Submission] | str]]:
    crew = Here(1)
    try:
        for path in paths:
            future = crew.submit(0, read, path, folder)
            try:
                yield path, future.result(timeout=READING_SECONDS)
            except (BrokenProcessPool, TimeoutError) as error:
                crew.end(0, future)
                what = "took too long" if isinstance(error, TimeoutError) else "ended the process that read it"
                yield path, f"{clean(path.name)} could not be read: it {what}. Look at this file yourself."
    finally:
        crew.close()


# --- judge ------------------------------------------------------------------------------------------------


def _grade(folder: Path, found: Found, store: Store, limits: Limits, options) -> list[Graded]:
    graded, same = [], {}  # of each verdict's name, the submissions that it is for
    for path, answer in _read_all(found.paths, folder):
        file = clean(path.relative_to(folder).as_posix())
        if isinstance(answer, str):
            graded.append(Graded(_owner(path, folder), file, "", (), (answer,)))
        else:
            content, submission = answer
            same.setdefault(key_of(content, limits), []).append(replace(submission, file=file))
    _say_what_was_found(found, len(graded), same)
    _say_what_lies_together(same)
    if options.again:
        store.forget(same)
    tasks = []
    for key, submissions in same.items():
        known = store.read(key)
        graded += _for_each(known, submissions) if known else []
        tasks += [] if known else [Task(key, submissions[0])]
    kept = len(same) - len(tasks)
    if kept:
        print(f"{_count(kept, 'verdict')} from before; {len(tasks)} to judge.")
    progress = Progress(len(tasks))

    def heard(verdict: Verdict) -> None:
        if verdict.final:
            store.write(verdict.task.key, verdict.graded)
        store.note(verdict.in_force)
        graded.extend(_for_each(verdict.graded, same[verdict.task.key]))
        progress.step()

    if tasks:
        crew = Cluster(options.scheduler, edition) if options.scheduler else Here(options.workers or _workers())
        try:
            progress.begin(len(crew.slots()))
            run(tasks, crew, limits, heard)
        finally:
            crew.close()
            progress.end()
    return graded


def _for_each(verdict: Graded, submissions: list[Submission]) -> list[Graded]:
    """One verdict for all who handed in the very same file, each under the own name."""
    others = [one.file for one in submissions]
    copies = (f"The very same file was handed in {len(others)} times: {', '.join(others[:5])}.",) * (len(others) > 1)
    return [
        replace(verdict, learner=one.learner, file=one.file, notes=(*verdict.notes, *copies)) for one in submissions
    ]


def _owner(path: Path, folder: Path) -> str:
    parts = path.relative_to(folder).parts
    return clean(parts[0] if len(parts) > 1 else path.stem)


def _workers() -> int:
    """One for each two cores: a worker has a process that judges and one that runs the answer, in turn."""
    return max(1, (os.cpu_count() or 2) // 2)


# --- say --------------------------------------------------------------------------------------------------


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _say_what_was_found(found: Found, none: int, same: dict) -> None:
    pages = Counter(one.notebook for submissions in same.values() for one in submissions)
    each = ", ".join(f"{name.split('_')[0]}: {count}" for name, count in sorted(pages.items()))
    print(
        f"Found {_count(len(found.paths), 'file')} called .ipynb: {sum(pages.values())} submissions ({each or 'none'})."
    )
    if none:
        print(f"{_count(none, 'file')} cannot be read as a submission; the report says why.")
    if found.links:
        print(f"{_count(found.links, 'link')} to folders not followed.")
    if found.packed:
        print(found.packed.strip())


def _say_what_lies_together(same: dict) -> None:
    """A folder for a week, not for a learner: then all its files would count as one learner's."""
    found = Counter(
        (one.file.split("/")[0], one.notebook)
        for submissions in same.values()
        for one in submissions
        if "/" in one.file
    )
    for (place, notebook), count in found.items():
        if count > 3:
            print(
                f"{count} files of {notebook} lie in {place}, which counts as one learner. If they come from several, "
                "grade that folder by itself, or give each learner a folder."
            )


class Progress:
    """One line that says how far a run is: it is written over on a screen, and now and then anew in a file."""

    def __init__(self, total: int, stream=None):
        self._total, self._done, self._said = total, 0, 0.0
        self._stream = stream or sys.stdout
        self._start = time.monotonic()

    def begin(self, workers: int) -> None:
        self._start = time.monotonic()
        print(f"Judging {_count(self._total, 'submission')}, {workers} at once.", file=self._stream, flush=True)

    def step(self) -> None:
        self._done += 1
        now, on_screen = time.monotonic(), self._stream.isatty()
        if now - self._said > (0.2 if on_screen else 10) or self._done == self._total:
            self._said = now
            end, start = ("", "\r\x1b[K") if on_screen else ("\n", "")
            print(start + self.line(now), end=end, file=self._stream, flush=True)

    def line(self, now: float) -> str:
        """ "142 of 200, 31 a minute, about 2 minutes left"."""
        minutes = max(now - self._start, 1e-9) / 60
        rate = self._done / minutes
        left = (self._total - self._done) / rate
        text = f"{self._done} of {self._total}, {rate:.3g} a minute"
        if self._done == self._total:
            return f"{text}, {minutes:.1f} minutes in all"
        return f"{text}, " + ("less than a minute left" if left < 1 else f"about {_count(round(left), 'minute')} left")

    def end(self) -> None:
        if self._stream.isatty():
            print(file=self._stream)
