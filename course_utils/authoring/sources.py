"""The notebooks that learners open, from the text sources in `notebooks/source`.

A source is jupytext Markdown plus a few special forms (set-up cell, exercises, badges) that are filled in
from the exercise records and `pyproject.toml`.
"""

import hashlib
import json
import re
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import CourseError
from ..exercises import Choice
from .notebooks import METADATA, NOTEBOOKS, ROOT, Execution, clean, execute, to_text
from .rules import objections

# What Colab lacks. Installed there without dependencies, so that torch and numpy are never touched.
COLAB_EXTRAS = "gguf bertviz codecarbon py-cpuinfo pycountry rapidfuzz"
# One text for every notebook and machine: the address is its only variable part, so who reads a copy without one can
# fill it in. torchao goes because Colab's is too old for peft, which would refuse to work, and nothing here uses it.
# A UsageError is IPython's own error of one line: no traceback, and "Run all" stops there.
SETUP = """\
from IPython.core.error import UsageError

repo = "{repository}"  # OWNER/NAME on GitHub, for Colab
if "google.colab" in str(get_ipython()) and repo:
    %pip install -q --no-deps git+https://github.com/{{repo}}@{ref} {extras}
    %pip uninstall -qqy torchao
    print("Optional GPU: Runtime > Change runtime type. Files end with the session: notebook 00 says how to keep them.")
try:
    from course_utils import check, checkpoint, hint, progress, setup, solution
except ModuleNotFoundError as missing:
    raise UsageError(f'{{missing}}. Choose the kernel .venv, made by course.py (Colab: repo = "OWNER/NAME").') from None
setup()"""
BADGES = """\
[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]\
(https://colab.research.google.com/github/{repository}/blob/{ref}/notebooks/{name}.ipynb)
[![Open in Binder](https://mybinder.org/badge_logo.svg)]\
(https://mybinder.org/v2/gh/{repository}/{ref}?urlpath=lab%2Ftree%2Fnotebooks%2F{name}.ipynb)"""
GLOSSARY = "[Glossary](glossary.md)"
# Colab opens a link to a notebook beside this one, but no Markdown file.
ON_GITHUB = " (in Colab: [on GitHub](https://github.com/{repository}/blob/{ref}/notebooks/glossary.md))"
NAME = r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}?"  # OWNER/NAME


@dataclass(frozen=True)
class Course:
    """The public address of the course, from `[tool.course]` in pyproject.toml. Empty: not public yet."""

    repository: str = ""
    ref: str = "main"


def read_course(pyproject: Path = ROOT / "pyproject.toml") -> Course:
    settings = tomllib.loads(pyproject.read_text("utf-8")).get("tool", {}).get("course", {})
    return Course(settings.get("repository", ""), settings.get("ref", "main"))


def remote_repository(folder: Path = ROOT) -> str:
    """OWNER/NAME of the git remote `origin` of a folder; "" where there is none on github.com.

    The build never takes it by itself: what is committed must not depend on where a clone came from.
    """
    try:
        command = ["git", "-C", str(folder), "remote", "get-url", "origin"]
        url = subprocess.run(command, capture_output=True, text=True, timeout=10).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):  # no git here: then there is no remote either
        return ""
    # The address may hold a user's token, so nothing but the name leaves this function.
    found = re.fullmatch(rf"(?:(?:https|ssh)://)?(?:[^@/]+@)?github\.com[:/]({NAME})(?:\.git)?/?", url)
    return found[1] if found else ""


def set_repository(repository: str, pyproject: Path = ROOT / "pyproject.toml") -> None:
    """Write the public address OWNER/NAME into pyproject.toml (an empty one takes it out again)."""
    if repository and not re.fullmatch(NAME, repository):
        raise CourseError(f"The repository is written OWNER/NAME, for example ada/course; got {repository!r}.")
    text, changed = re.subn(r'(?m)^repository = ".*"$', f'repository = "{repository}"', pyproject.read_text("utf-8"))
    if changed != 1:
        raise CourseError(f'{pyproject.name} should hold one line `repository = "…"`; it holds {changed}.')
    pyproject.write_text(text, "utf-8", newline="\n")


def load_records() -> dict:
    """Every exercise record of the course, by id."""
    from ..exercises import all_exercises

    return {record.id: record for record in all_exercises()}


def expand(source: Path, *, records: Mapping, course: Course, solutions: bool = False):
    """The notebook (not executed) that a source stands for."""
    import jupytext
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    cells, used, written = [], Counter(), source.read_text("utf-8")
    if solutions:  # the quiz question by question, each with its answer and the reason
        written = re.sub(r'(?m)^```python quiz="(.+)"\n```$', lambda m: _spelled_out(m[1], records, source), written)
    for cell in jupytext.reads(written, fmt="md").cells:
        metadata = dict(cell.metadata)
        exercise, topic = metadata.pop("exercise", None), metadata.pop("quiz", None)
        if cell.cell_type != "code":
            name, text = None, _markdown(cell.source, source, records, course)
        elif "setup" in metadata:
            name, text = "setup", setup_code(course)
            del metadata["setup"]
        elif exercise is not None:
            if not any(re.search(rf"(?m)^### Exercise {re.escape(str(exercise))}\b", cell.source) for cell in cells):
                raise CourseError(
                    f"{source.name}: exercise {exercise} needs a heading above: `### Exercise {exercise}`."
                )
            name = f"exercise-{exercise}".replace(".", "-")
            text = exercise_code(_record(records, exercise, source), solutions=solutions)
        elif topic is not None:
            if solutions or cell.source.strip():
                raise CourseError(f"{source.name}: a quiz cell is empty, and says nothing beside quiz={topic!r}.")
            name, text = None, f'quiz("{topic}")'
            metadata["questions"] = _questions(topic, records, source)
        else:
            name, text = None, cell.source
        # Ids come from the content, so that an inserted cell leaves the ids of all others as they are.
        name = name or hashlib.sha256(f"{cell.cell_type}\n{text}".encode()).hexdigest()[:12]
        used[name] += 1
        cell_id = name if used[name] == 1 else f"{name}-{used[name]}"
        new = new_code_cell if cell.cell_type == "code" else new_markdown_cell
        cells.append(new(text, id=cell_id, metadata=metadata))
    return new_notebook(cells=cells, metadata=json.loads(json.dumps(METADATA)), nbformat_minor=5)


def setup_code(course: Course) -> str:
    return SETUP.format(repository=course.repository, ref=course.ref, extras=COLAB_EXTRAS)


def exercise_code(record, *, solutions: bool = False) -> str:
    """The code of an exercise cell: starter (or reference solution), then the check."""
    code = (record.solution if solutions else record.starter).rstrip()
    gap = "\n\n" if code.splitlines()[-1].startswith(" ") else "\n"
    return f'{code}{gap}check("{record.id}", {record.answer})'


def _markdown(text: str, source: Path, records: Mapping, course: Course) -> str:
    badges = BADGES.format(repository=course.repository, ref=course.ref, name=source.stem)
    elsewhere = ON_GITHUB.format(repository=course.repository, ref=course.ref)
    links = f"{badges}\n{GLOSSARY}{elsewhere}" if course.repository else GLOSSARY
    text = re.sub(r"(?m)^\{badges\}$", links, text)
    ids = re.findall(r"(?m)^### Exercise (\S+)[ \t]*$", text)
    for exercise in ids:
        record = _record(records, exercise, source)
        effort = f"*{record.minutes} minutes · {record.difficulty}*"
        head = f"### Exercise {exercise}: {record.title}\n\n{effort}\n"
        text = re.sub(rf"(?m)^### Exercise {re.escape(exercise)}[ \t]*$", lambda _, head=head: head, text)
        if isinstance(record, Choice):
            choices = "\n".join(f"- **{key}.** {option.text}" for key, option in record.options.items())
            text = f"{text.rstrip()}\n\n{record.question}\n\n{choices}"
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _questions(topic: str, records: Mapping, source: Path) -> list[str]:
    """The ids of a topic of the quiz."""
    found = [id for id, record in records.items() if getattr(record, "topic", "") == topic]
    if not found:
        raise CourseError(f"{source.name} uses the quiz {topic!r}, which no question has as its topic.")
    return found


def _spelled_out(topic: str, records: Mapping, source: Path) -> str:
    ids = _questions(topic, records, source)
    return "\n\n".join(f'### Exercise {id}\n\n```python exercise="{id}"\n```' for id in ids)


def _record(records: Mapping, exercise, source: Path):
    if str(exercise) not in records:
        raise CourseError(f"{source.name} uses exercise {exercise}, which no record in course_utils/exercises has.")
    return records[str(exercise)]


def digest(notebook) -> str:
    """A fingerprint of everything in a notebook but the fingerprint itself: a hand edit changes it."""
    content = json.loads(json.dumps(notebook))
    content["metadata"].pop("course", None)
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def build(source: Path, target: Path, *, records: Mapping, course: Course, solutions: bool = False) -> Execution:
    """Make, execute and write one notebook. On any problem: CourseError, and `target` stays as it was."""
    notebook = expand(source, records=records, course=course, solutions=solutions)
    execution = execute(notebook, folder=source.parent.parent, strict=solutions)
    if found := objections(clean(notebook), target.stem):
        raise CourseError("not written:\n" + "\n".join(f"- {problem}" for problem in found))
    notebook.metadata["course"] = {"digest": digest(notebook)}
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.draft")
    draft.write_text(to_text(notebook), "utf-8", newline="\n")
    draft.replace(target)
    return execution


def check(sources: Iterable[Path], notebooks: Path, *, records: Mapping, course: Course) -> list[str]:
    """Every notebook that is missing, stale, edited by hand or without a source, and why."""
    import nbformat

    found = []
    for source in sources:
        target = notebooks / f"{source.stem}.ipynb"
        if not target.exists():
            found.append(f"{target.name} is missing")
            continue
        written = nbformat.reads(target.read_text("utf-8"), as_version=4)
        expected = expand(source, records=records, course=course)
        pairs = zip(map(_essence, expected.cells), map(_essence, written.cells), strict=False)
        different = next((i for i, (a, b) in enumerate(pairs) if a != b), None)
        if different is not None:
            found.append(f"{target.name} is stale: cell {different} differs from its source, records or set-up")
        elif len(expected.cells) != len(written.cells):
            n, m = len(written.cells), len(expected.cells)
            found.append(f"{target.name} is stale: it has {n} cells, its source has {m}")
        elif written.metadata.get("course", {}).get("digest") != digest(written):
            found.append(f"{target.name} was changed by hand after it was built")
    for target in sorted(notebooks.glob("*.ipynb")):
        if not (notebooks / "source" / f"{target.stem}.md").exists():
            found.append(f"{target.name} has no source")
    return found


def _essence(cell) -> tuple:
    return cell.cell_type, cell.id, cell.source, json.dumps(cell.metadata, sort_keys=True)


def select(names: Iterable[str], notebooks: Path = NOTEBOOKS) -> list[Path]:
    """The sources with these names (all, when none is named): a file name, a stem, or its number."""
    sources = sorted((notebooks / "source").glob("[0-9][0-9]*_*.md"))
    chosen = []
    for name in names:
        stem = Path(name).stem
        match = [s for s in sources if s.stem == stem or s.stem.split("_")[0] == stem]
        if not match:
            known = ", ".join(s.stem for s in sources) or "none yet"
            raise CourseError(f"No notebook source is called {name!r}; there is: {known}.")
        chosen += match
    return chosen or sources
