"""The instructor's own copy: which exercises a page has, and the cells that make its variables.

`Pages.of_course()` reads `notebooks/*.ipynb` of this checkout. A page is plain data, so it can go to another process.
"""

import ast
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ...authoring.notebooks import NOTEBOOKS
from ...errors import CourseError

_ID = re.compile(r"exercise-(\d+[a-z]?)-(\d+)(?:-\d+)?")  # as authoring.sources.expand writes it
EXPECTED_ERROR = "raises-exception"


@dataclass(frozen=True)
class Cell:
    """One code cell of a page: `exercise` is the id where it is an answer cell, else ""."""

    code: str
    exercise: str = ""
    may_fail: bool = False  # the page shows an error here on purpose


@dataclass(frozen=True)
class Page:
    """One notebook of the course: its code cells in order."""

    name: str  # "06_attention"
    cells: tuple[Cell, ...]
    quiz: tuple[str, ...] = ()  # ids of questions that are answered by buttons

    @property
    def exercises(self) -> tuple[str, ...]:
        """The ids of its exercises, in the order of the page."""
        return tuple(cell.exercise for cell in self.cells if cell.exercise)

    def up_to_the_last_exercise(self) -> tuple[Cell, ...]:
        """What comes after it makes nothing that an answer could use."""
        last = max((number for number, cell in enumerate(self.cells) if cell.exercise), default=-1)
        return self.cells[: last + 1]


@dataclass(frozen=True)
class Pages:
    """All pages; `home[id]` is the name of the page on which an exercise stands."""

    by_name: Mapping[str, Page]
    home: Mapping[str, str] = field(init=False)

    def __post_init__(self):
        home = {id: page.name for page in self.by_name.values() for id in page.exercises}
        object.__setattr__(self, "home", home)

    @classmethod
    def of(cls, pages: Iterable[Page]) -> "Pages":
        return cls({page.name: page for page in pages})

    @classmethod
    def of_course(cls, folder: Path = NOTEBOOKS) -> "Pages":
        """Every notebook of a checkout. Raises CourseError where there is none."""
        pages = [read_page(path) for path in sorted(folder.glob("[0-9][0-9]*_*.ipynb"))]
        if not pages:
            raise CourseError(
                f"Expected the notebooks of the course in {folder}, found none: run this in its checkout."
            )
        return cls.of(pages)

    def __getitem__(self, name: str) -> Page:
        try:
            return self.by_name[name]
        except KeyError:
            known = ", ".join(self.by_name)
            raise CourseError(f"There is no page {name!r} in this edition; there is: {known}.") from None


def read_page(path: Path) -> Page:
    """A page of the course from its built notebook."""
    notebook, cells, quiz = json.loads(path.read_text("utf-8")), [], []
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        quiz += cell["metadata"].get("questions", [])
        may_fail = EXPECTED_ERROR in cell["metadata"].get("tags", [])
        cells.append(Cell("".join(cell["source"]), exercise_of_id(cell.get("id")) or "", may_fail))
    return Page(path.stem, tuple(cells), tuple(quiz))


def exercise_of_id(cell_id) -> str | None:
    """The exercise that a cell id of ours stands for: "6.3" of `exercise-6-3`."""
    found = _ID.fullmatch(cell_id) if isinstance(cell_id, str) else None
    return f"{found[1]}.{found[2]}" if found else None


# --- names in code ----------------------------------------------------------------------------------------


def names_bound(tree: ast.AST) -> set[str]:
    """The names that a cell gives a value at its top level, roughly: functions, classes, assignments, imports."""
    found = set()
    waiting = list(ast.iter_child_nodes(tree))
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
            continue  # what stands inside is its own
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= names_imported(node)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        waiting += ast.iter_child_nodes(node)
    return found


def names_made(tree: ast.AST) -> set[str]:
    """The names that code gives a value anywhere, also inside its functions: their parameters, too."""
    nodes = [*ast.walk(tree)]
    found = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    found |= {node.arg for node in nodes if isinstance(node, ast.arg)} | names_imported(tree)
    return found | {
        node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    }


def names_imported(tree: ast.AST) -> set[str]:
    """The names that a cell imports."""
    imports = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    return {alias.asname or alias.name.split(".")[0] for node in imports for alias in node.names}


def names_used(tree: ast.AST) -> set[str]:
    """The names that a cell looks up anywhere, also inside its functions."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
