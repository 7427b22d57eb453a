"""Reads what a learner handed in: which page it is, whose, and the code of each answer cell. Runs nothing.

Outputs, metadata and all other cells are never looked at: an output can be forged, and the instructor's own copy has
the rest of the page. What was odd is said in a sentence (`Submission.notes`), for the report.
"""

import json
import os
import re
import stat
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ...describing import shorten
from ...errors import CourseError
from ...exercises.display import clean
from ...exercises.shelf import find
from .cells import Answer, checked_ids, names_in, read_code, same_code
from .pages import Page, Pages, exercise_of_id, names_bound, names_made, names_used

LARGEST = 20_000_000  # bytes of one notebook; with all pictures ours have at most 400 kB
MOST_CELLS = 5_000


@dataclass(frozen=True)
class Row:
    """The verdict on one exercise. `status`: those of `check`, "stopped" (by a limit), or "look at it" (a person)."""

    id: str
    status: str
    message: str
    seconds: float = 0.0


@dataclass(frozen=True)
class Graded:
    """All verdicts on one notebook; plain data."""

    learner: str
    file: str
    notebook: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Graded":
        """Back from `to_json`. Raises CourseError for any other text."""
        try:
            data = json.loads(text)
            rows = tuple(Row(**row) for row in data.pop("rows"))
            return cls(rows=rows, notes=tuple(data.pop("notes")), **data)
        except (ValueError, TypeError, KeyError, AttributeError) as problem:
            raise CourseError(f"Expected a verdict that `to_json` wrote; this is none: {problem}.") from None


@dataclass(frozen=True)
class Submission:
    """What one learner handed in for one page. `answers` has the exercises that were found, in the page's order.

    `elsewhere` has, by exercise, the names that its answer uses and that only a cell of the learner's own makes.
    """

    learner: str
    file: str
    notebook: str
    answers: dict[str, Answer]
    notes: tuple[str, ...] = field(default=())
    elsewhere: dict[str, tuple[str, ...]] = field(default_factory=dict)


def read_submission(path: Path, pages: Pages, folder: Path | None = None) -> Submission:
    """The answers in a notebook file. `folder` is where all submissions lie: names are read off the way from there.

    Raises:
        CourseError: it is no notebook of this course, in one sentence.
    """
    path, shown = Path(path), clean(Path(path).name)
    cells = _code_cells(_notebook(path, folder, shown), shown)
    found = [(cell, _exercises(cell)) for cell in cells]
    page = _page_of([id for _, (ids, _) in found for id in ids], path, pages, shown)
    answers, notes = _answers([(cell, ids) for cell, (ids, _) in found], page)
    notes += _oddities(found, page, pages)
    elsewhere = _helpers_elsewhere(answers, [code for (_, code), (ids, _) in found if not ids], page)
    notes += [_of_helpers(id, names) for id, names in elsewhere.items()]
    if page.quiz:
        notes.append(
            f"{page.name} has {len(page.quiz)} questions with buttons. Their answers are in the learner's progress "
            "file, not in the notebook, so they are not graded here."
        )
    file = clean(path.relative_to(folder).as_posix() if folder else path.name)
    return Submission(learner_of(path, page, folder), file, page.name, answers, tuple(notes), elsewhere)


# --- the file ---------------------------------------------------------------------------------------------


def _notebook(path: Path, folder: Path | None, shown: str) -> dict:
    home = (folder or path.parent).resolve()
    try:
        if not path.resolve(strict=True).is_relative_to(home):
            raise CourseError(f"{shown} is a link to somewhere outside the folder of submissions: it was not read.")
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(handle, "rb") as file:
            facts = os.fstat(handle)
            if not stat.S_ISREG(facts.st_mode):
                raise CourseError(f"Expected a notebook; {shown} is no ordinary file.")
            if facts.st_size > LARGEST:
                size = f"{facts.st_size / 1e6:,.0f} MB"
                raise CourseError(f"{shown} has {size}; a notebook may have {LARGEST / 1e6:.0f} MB: clear its outputs.")
            raw = file.read(LARGEST + 1)
    except IsADirectoryError:
        raise CourseError(f"Expected a notebook; {shown} is a folder.") from None
    except (OSError, RuntimeError) as problem:  # RuntimeError: a circle of links, in Python before 3.13
        reason = getattr(problem, "strerror", None) or "its links go in a circle"
        raise CourseError(f"{shown} cannot be read: {reason}.") from None
    if not raw.strip():
        raise CourseError(f"{shown} is empty: ask for it again.")
    try:
        notebook = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise CourseError(f"Expected a notebook; {shown} is not text in UTF-8.") from None
    except (ValueError, RecursionError) as problem:
        where = f"line {problem.lineno}" if isinstance(problem, json.JSONDecodeError) else "its depth"
        raise CourseError(f"{shown} is no notebook: its JSON breaks off or has an error ({where}).") from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise CourseError(f"{shown} is JSON, but no notebook of format 4: it has no list of cells.")
    return notebook


def _code_cells(notebook: dict, shown: str) -> list[tuple[str | None, str]]:
    """(cell id, source) of every code cell that is well formed; others are passed over."""
    if len(notebook["cells"]) > MOST_CELLS:
        raise CourseError(f"{shown} has {len(notebook['cells']):,} cells; expected at most {MOST_CELLS:,}.")
    cells = []
    for cell in notebook["cells"]:
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source", "")
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        if isinstance(source, str):
            cells.append((cell.get("id"), source))
    return cells


# --- the page ---------------------------------------------------------------------------------------------


def _exercises(cell: tuple[str | None, str]) -> tuple[list[str], str | None]:
    """The exercises that a cell answers, and the one that its id names: the call of `check` is believed first."""
    named = exercise_of_id(cell[0])
    checked = checked_ids(cell[1])
    return checked or ([named] if named else []), named


def _page_of(ids: list[str], path: Path, pages: Pages, shown: str) -> Page:
    votes = Counter(pages.home[id] for id in set(ids) if id in pages.home)
    if not votes:
        other = f" Its exercises ({', '.join(sorted(set(ids))[:5])}) are of another edition." if ids else ""
        raise CourseError(f"{shown} has no exercise of this edition of the course.{clean(other)}")
    most = max(votes.values())
    best = [name for name, count in votes.items() if count == most]
    return pages[next((name for name in best if name in path.stem), best[0])]


def learner_of(path: Path, page: Page, folder: Path | None = None) -> str:
    """Whose it is: the folder below `folder` in which the file lies, else the file's name without the page's."""
    parts = path.relative_to(folder).parts if folder else path.parts[-2:]
    own = re.sub(r"\.ipynb$", "", path.name, flags=re.IGNORECASE).replace(page.name, "").strip(" _-.()")
    in_folder = parts[0] if len(parts) > 1 else ""
    name = in_folder if folder or not own else own
    return shorten(clean(name or own or path.stem).replace("\n", " ").strip() or "(no name)", 80)


# --- the answers ------------------------------------------------------------------------------------------


def _answers(cells: list, page: Page) -> tuple[dict[str, Answer], list[str]]:
    answers, notes = {}, []
    for id in page.exercises:
        record = find(id)
        written = [code for (_, code), ids in cells if id in ids]
        touched = [code for code in written if not same_code(code, record.starter, record.answer)]
        different = list(dict.fromkeys(code.strip() for code in touched))
        if len(different) > 1:
            notes.append(f"{id} is answered in {len(different)} different cells: the last one counts.")
        if touched:
            answers[id], odd = read_code(id, touched[-1])
            notes += odd
        elif written:
            answers[id] = Answer(written[-1], attempted=False)
    return answers, notes


def _oddities(found: list, page: Page, pages: Pages) -> list[str]:
    notes = []
    for (cell_id, _), (ids, named) in found:
        if named and named not in ids:
            notes.append(f"A cell with the id of {named} checks {', '.join(ids)}: it counts for what it checks.")
        elif not named and any(id in page.exercises for id in ids) and cell_id is not None:
            notes.append(f"The cell that checks {', '.join(ids)} has lost its id: it was found by its call of `check`.")
    ids = list(dict.fromkeys(id for _, (ids, _) in found for id in ids))
    if moved := [f"{id} (now on {pages.home[id]})" for id in ids if pages.home.get(id, page.name) != page.name]:
        notes.append(f"From another page or edition, not graded here: {', '.join(moved[:10])}.")
    if unknown := [id for id in ids if id not in pages.home and id not in page.quiz]:
        notes.append(f"This edition has no exercise {', '.join(unknown[:10])}: the cell was left out.")
    return [shorten(clean(note), 400) for note in dict.fromkeys(notes)][:20]


def _helpers_elsewhere(answers: dict[str, Answer], others: list, page: Page) -> dict[str, tuple[str, ...]]:
    """By exercise, the names that only another cell of the learner makes: that cell is not run."""
    of_page = {name for cell in page.cells if not cell.exercise for name in names_in(names_bound, cell.code)}
    of_answers = {name for answer in answers.values() for name in names_in(names_bound, answer.code)}
    made = {name for code in others for name in names_in(names_bound, code)} - of_page - of_answers
    lacks = {id: names_in(names_used, one.code) - names_in(names_made, one.code) for id, one in answers.items()}
    return {id: tuple(sorted(names & made)) for id, names in lacks.items() if names & made}


def _of_helpers(id: str, names: tuple[str, ...]) -> str:
    note = f"{id} uses `{'`, `'.join(names[:5])}`, which a cell of the learner's own makes. Only answer cells are run."
    return shorten(clean(note), 400)
