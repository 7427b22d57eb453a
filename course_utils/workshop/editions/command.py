"""`course.py editions`: the web pages, the slides, the solutions and a learner's copy, all from the one source.

    course.py editions web          every page as a site that is opened from its folder
    course.py editions slides 06    a reveal.js deck of notebook 06
    course.py editions solutions    the notebooks with every solution, run strictly: minutes
    course.py editions learner      one zip of what a learner needs
    course.py editions all          all of them

Nothing is executed for the web, the slides and the learner's copy: they show what the build stored. Everything is
written into `--out`, default `editions` in the folder where the command was given, never into the course itself.
"""

import argparse
import shutil
import tempfile
import time
from pathlib import Path

from ...authoring.notebooks import ROOT
from ...authoring.sources import build, load_records, read_course, select
from ...describing import say
from ...errors import CourseError
from ..carried import FOLDERS, copy_course
from ..resetting import is_pristine
from .slides import build_slides
from .web import build_site

KINDS = ("web", "slides", "solutions", "learner")
NAME = "transformers-course"  # the one folder in the learner's zip


def main(arguments: list[str], *, root: Path = ROOT) -> int:
    """The command line; 0 when all went well. CourseError says what stands in the way."""
    parser = argparse.ArgumentParser(
        prog="course.py editions", description="Write the editions of the course that an instructor hands out."
    )
    parser.add_argument("kind", choices=[*KINDS, "all"], help="which edition")
    parser.add_argument(
        "names", nargs="*", metavar="NN", help="which notebooks, such as 06 (default: all; a learner gets all)"
    )
    parser.add_argument("--out", type=Path, default=Path("editions"), metavar="DIR", help="where (default: ./editions)")
    options = parser.parse_args(arguments)
    out = outside(options.out, root)
    select(options.names, root / "notebooks")  # a wrong name is said before minutes of work
    failed = 0
    for kind in KINDS if options.kind == "all" else [options.kind]:
        start = time.perf_counter()
        try:
            target, troubles = write(kind, out, options.names, root)
        except OSError as problem:
            raise CourseError(f"{out} cannot be written ({problem}): choose another --out, or make room.") from problem
        failed += troubles
        say(f"{kind}: {target} ({size(target) / 1e6:.1f} MB, {time.perf_counter() - start:.0f} s)")
        if kind in ("web", "slides"):
            say(f"Open {target / 'index.html'}")
    return int(bool(failed))


def write(kind: str, out: Path, names: list[str], root: Path) -> tuple[Path, int]:
    """Make one edition in `out`: where it is, and how many things went wrong, each said in a line."""
    notebooks, target = root / "notebooks", out / kind
    if kind in ("web", "slides"):
        for name in changed(names, notebooks):
            say(f"{name}.ipynb was changed here, and is shown as it is; `course.py reset {name}` gives it back.")
    if kind == "web":
        warnings = build_site(target, names, notebooks)
        for warning in warnings:
            say(warning)
        return target, len(warnings)
    if kind == "slides":
        say(f"{build_slides(target, names, notebooks)} slides")
        return target, 0
    if kind == "solutions":
        return target, build_solutions(target, names, root)
    return pack(out / "learner.zip", root), 0


def changed(names: list[str], notebooks: Path) -> list[str]:
    """The notebooks that are not as the build wrote them: somebody's answers may stand in them."""
    paths = [notebooks / f"{source.stem}.ipynb" for source in select(names, notebooks)]
    return [path.stem for path in paths if path.is_file() and not is_pristine(path.read_text("utf-8", "replace"))]


def outside(out: Path, root: Path) -> Path:
    """The folder as a full path; CourseError where it would mix with the course, or where a file is in its place."""
    full = out.expanduser().resolve()
    folders = ("notebooks", *FOLDERS)
    inside = [name for name in folders if full == (root / name).resolve() or (root / name).resolve() in full.parents]
    if inside or full == root.resolve():
        place = f"{inside[0]}/" if inside else "the folder of the course"
        raise CourseError(
            f"Editions are written beside the course, and {out} lies in {place}: learners would find the solutions "
            "there. Choose another folder, for example --out ../editions."
        )
    if full.exists() and not full.is_dir():
        raise CourseError(f"--out should be a folder, and {out} is a file: choose another name.")
    return full


def build_solutions(out: Path, names: list[str], root: Path = ROOT) -> int:
    """The solution edition, every notebook run and every check strict; how many failed, each said in a line."""
    records, course, failed = load_records(), read_course(root / "pyproject.toml"), 0
    for source in select(names, root / "notebooks"):
        try:
            run = build(source, out / f"{source.stem}.ipynb", records=records, course=course, solutions=True)
            say(f"{source.stem}: {run.seconds:.0f} s")
        except CourseError as problem:
            failed += 1
            say(f"{source.stem}: {problem}")
    return failed


def pack(target: Path, root: Path = ROOT) -> Path:
    """One zip with the course as a bundle carries it: notebooks as they were built, nobody's answers."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="course-learner-") as scratch:
        copy_course(Path(scratch, NAME), root)
        draft = shutil.make_archive(str(target.with_name(f".{target.stem}.draft")), "zip", scratch, NAME)
    Path(draft).replace(target)
    return target


def size(path: Path) -> int:
    """Bytes of a file, or of all files in a folder."""
    files = [path] if path.is_file() else path.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file())
