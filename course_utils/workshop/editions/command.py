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
import subprocess
import time
import zipfile
from pathlib import Path

from ...authoring.notebooks import ROOT
from ...authoring.sources import build, load_records, read_course, select
from ...errors import CourseError
from .slides import build_slides
from .web import build_site

KINDS = ("web", "slides", "solutions", "learner")
# A learner's copy where there is no git to say what belongs to the course.
TOP = (
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "LICENSE-TEXT.md", "course.py", "pyproject.toml"),
    *("constraints.txt", "environment.yml", "conftest.py"),
)
FOLDERS = ("notebooks", "course_utils", "recipes", "tests", "binder", "docs", "benchmarks")
LEFT_OUT = {"__pycache__", ".ipynb_checkpoints", "artifacts", ".DS_Store"}


def main(arguments: list[str], *, root: Path = ROOT) -> int:
    """The command line; 0 when all went well. CourseError says what stands in the way."""
    parser = argparse.ArgumentParser(
        prog="course.py editions", description="Write the editions of the course that an instructor hands out."
    )
    parser.add_argument("kind", choices=[*KINDS, "all"], help="which edition")
    parser.add_argument("names", nargs="*", metavar="NN", help="which notebooks, for example 06 (default: all)")
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
        print(f"{kind}: {target} ({size(target) / 1e6:.1f} MB, {time.perf_counter() - start:.0f} s)", flush=True)
        if kind in ("web", "slides"):
            print(f"Open {target / 'index.html'}", flush=True)
    return int(bool(failed))


def write(kind: str, out: Path, names: list[str], root: Path) -> tuple[Path, int]:
    """Make one edition in `out`: where it is, and how many things went wrong, each said in a line."""
    notebooks, target = root / "notebooks", out / kind
    if kind == "web":
        warnings = build_site(target, names, notebooks)
        print(*warnings, sep="\n", end="\n" if warnings else "", flush=True)
        return target, len(warnings)
    if kind == "slides":
        print(f"{build_slides(target, names, notebooks)} slides", flush=True)
        return target, 0
    if kind == "solutions":
        return target, build_solutions(target, names, root)
    return pack(out / "learner.zip", root), 0


def outside(out: Path, root: Path) -> Path:
    """The folder as a full path; CourseError where it would mix with the course, or where a file is in its place."""
    full = out.expanduser().resolve()
    inside = [name for name in FOLDERS if full == (root / name).resolve() or (root / name).resolve() in full.parents]
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
            print(f"{source.stem}: {run.seconds:.0f} s", flush=True)
        except CourseError as problem:
            failed += 1
            print(f"{source.stem}: {problem}", flush=True)
    return failed


def pack(target: Path, root: Path = ROOT) -> Path:
    """One zip with what a learner needs: as `git archive` would, and without git what belongs to the course."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.draft")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in course_files(root):
            archive.write(path, Path("transformers-course") / path.relative_to(root))
    draft.replace(target)
    return target


def course_files(root: Path) -> list[Path]:
    """The files of the course: those that git knows here, or without git those of its folders."""
    try:
        command = ["git", "-C", str(root), "ls-files", "-z", "--", "."]
        listed = subprocess.run(command, capture_output=True, timeout=30, check=True).stdout.decode().split("\0")
        found = [root / name for name in listed if name]
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        found = []
    if not found:
        found = [root / name for name in TOP]
        found += [path for name in FOLDERS for path in (root / name).rglob("*")]
    return sorted(path for path in found if path.is_file() and not LEFT_OUT & set(path.relative_to(root).parts))


def size(path: Path) -> int:
    """Bytes of a file, or of all files in a folder."""
    files = [path] if path.is_file() else path.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file())
