"""`course.py reset NN`: a notebook as it was, with its stored outputs; the learner's own is kept beside it as a copy.

A built notebook carries a digest of itself, so every candidate can be held against it: what git has, the copy that
`course.py open` put into .venv where there is no git, and at last the notebook as its source says it, without outputs.
"""

import argparse
import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from ..authoring.notebooks import NOTEBOOKS, to_text
from ..authoring.sources import digest, expand, load_records, read_course, select
from ..describing import say
from ..errors import CourseError

KEPT = Path(sys.prefix) / "notebooks"  # in .venv: gone when that is
COMMITS = 50  # how far back to look for a commit in which the notebook is as it was built
NO_OUTPUTS = "its stored outputs are missing, and come back when you run its cells"


def main(arguments: list[str]) -> int:
    """The command line; 0 when every notebook that was named is as it was."""
    parser = argparse.ArgumentParser(
        prog="course.py reset",
        description="A notebook as it was; yours is kept beside it, as 06_attention.mine-1.ipynb.",
    )
    parser.add_argument("names", nargs="*", metavar="NN", help="for example 06 or 06b; all: every notebook")
    parser.add_argument("--keep", action="store_true", help=argparse.SUPPRESS)  # for `course.py open`
    options = parser.parse_args(arguments)
    if options.keep:
        keep(NOTEBOOKS, KEPT)
        return 0
    if not options.names:
        raise CourseError("reset expects the number of a notebook: for example `reset 06`.")
    changed = False
    for source in select([] if "all" in options.names else options.names):
        changed |= reset(source, NOTEBOOKS)
    if changed:
        say("A page that is open in JupyterLab still shows the old one: File > Reload Notebook from Disk there.")
        say("What `progress()` counts stays as it is.")
    return 0


def reset(source: Path, notebooks: Path) -> bool:
    """Give back one notebook and say what was done; whether anything was.

    Raises:
        CourseError: nothing has the notebook as it was, or the folder cannot be written. Nothing was changed then.
    """
    target = notebooks / f"{source.stem}.ipynb"
    if is_pristine(_read(target)):
        say(f"{target.name} is as it was: nothing to do.")
        return False
    text, note = pristine(source, notebooks)
    copy = None
    try:
        if target.exists():
            copy = _keep_mine(target)
        draft = target.with_name(f".{target.name}.draft")
        try:
            draft.write_text(text, "utf-8", newline="\n")
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        if copy:
            copy.unlink(missing_ok=True)
        step = "close it in every other program, or see who may write into the folder `notebooks`"
        raise CourseError(f"{target.name} could not be written ({error.strerror}): {step}, then try again.") from error
    say(f"{target.name} is as it was{f'; {note}' if note else ''}." + (f" Yours is {copy.name}." if copy else ""))
    return True


def pristine(source: Path, notebooks: Path = NOTEBOOKS) -> tuple[str, str]:
    """The text of a notebook as it was built, and what to say of it ("" when nothing is missing).

    Raises:
        CourseError: neither git nor .venv has it, and jupytext, which reads the source, is not installed.
    """
    name = f"{source.stem}.ipynb"
    for text in [*_committed(notebooks / name), _read(KEPT / name)]:
        if is_pristine(text):
            return text, ""
    try:
        notebook = expand(source, records=load_records(), course=read_course())
    except ModuleNotFoundError as missing:
        raise CourseError(
            f"Neither git nor .venv has {name} as it was, and its source cannot be read without {missing.name}: "
            f"get it with `python -m pip install {missing.name}`, with the Python of .venv, or take {name} from a "
            "fresh copy of the course."
        ) from missing
    return to_text(notebook), NO_OUTPUTS


def is_pristine(text: str | None) -> bool:
    """Whether a notebook is what the build wrote, outputs included: then it carries the digest of itself."""
    import nbformat

    try:
        notebook = nbformat.reads(text or "", as_version=4)
        return notebook.metadata["course"]["digest"] == digest(notebook)
    except Exception:  # no notebook, half a notebook, no digest: it is not what the build wrote
        return False


def keep(notebooks: Path, folder: Path) -> None:
    """Copy the notebooks that are as they were built into `folder`, for a later `reset`; whatever fails is left out."""
    with contextlib.suppress(OSError):
        folder.mkdir(exist_ok=True)
        for source in select([], notebooks):
            notebook = notebooks / f"{source.stem}.ipynb"
            if is_pristine(_read(notebook)):
                shutil.copyfile(notebook, folder / notebook.name)


def _committed(notebook: Path) -> Iterator[str]:
    """The versions of a notebook that git has, the newest first; none where there is no git."""
    shown = f"./{notebook.name}"
    commits = _git(notebook.parent, "log", f"--max-count={COMMITS}", "--format=%H", "--", shown).split()
    for commit in commits:
        yield _git(notebook.parent, "show", f"{commit}:{shown}")


def _git(folder: Path, *arguments: str) -> str:
    try:
        command = ["git", "-C", str(folder), *arguments]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def _keep_mine(target: Path) -> Path:
    """A copy of the learner's notebook under the first free name; no earlier copy is touched."""
    number = 1
    while True:
        copy = target.with_name(f"{target.stem}.mine-{number}.ipynb")
        try:
            with copy.open("xb") as file:
                file.write(target.read_bytes())
            return copy
        except FileExistsError:
            number += 1
        except OSError:
            copy.unlink(missing_ok=True)
            raise


def _read(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError):
        return None


if __name__ == "__main__":  # `--keep`, for course.py
    sys.exit(main(sys.argv[1:]))
