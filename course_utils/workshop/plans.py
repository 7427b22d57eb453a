"""What INSTRUCTOR.md promises, read and held against the pages: sections, exercises, minutes, clock times.

A plan is a table whose header begins `| time | min | where |` and ends in `| if late |`. Its heading says how long it
is, as in "Three hours: 180 minutes"; its last row has the time of the end and no minutes. `[06: 5. Several heads]`
names a page and one of its headings, `[06]` the page alone; `guide` makes the links. "Exercise 6.10 *Attention of one
text*" and "exercises 6.11 and 6.10" name exercises. In a table `| block | min | where |` the row "A, 15" begins a block
of 15 minutes to add to a plan, and rows with an empty first cell go on with it.
"""

import ast
import json
import re
import symtable
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..authoring.notebooks import NOTEBOOKS
from ..authoring.sources import select
from ..errors import CourseError
from ..exercises.records import Exercise
from ..exercises.shelf import all_exercises
from .grading.pages import exercise_of_id, names_bound

# How the headers of the three kinds of tables begin.
PLAN, GLANCE, BLOCKS = ("time", "min"), ("page", "teach", "practise"), ("block", "min")
LABEL = re.compile(r"\[(\d\d[a-z]?)(?:: ([^\[\]]+))?\](?!\()")
_DEFINED = re.compile(r"(?m)^\[[^\]]+\]: notebooks/\S+$")  # what `guide` makes of a label
_ID = r"\d+[a-z]?\.\d+"
_EXERCISES = re.compile(rf"\b[Ee]xercises? ((?:{_ID}(?:, | and | or | to )?)+)")


@dataclass(frozen=True)
class Page:
    """One notebook, as its source has it. `core` and `optional` are the ids of its exercises, in the page's order."""

    number: str  # "06", "06b"
    stem: str
    title: str
    headings: tuple[str, ...]
    core: tuple[str, ...]
    optional: tuple[str, ...]
    quiz: tuple[str, ...]  # topics of the quiz that stand there with buttons

    @property
    def exercises(self) -> tuple[str, ...]:
        return self.core + self.optional


def read_pages(notebooks: Path = NOTEBOOKS) -> dict[str, Page]:
    """Every page by its number, in the course's order. What stands below a heading with "(optional)" is optional."""
    pages = {}
    for source in select([], notebooks):
        headings, section, ids, quiz, fenced = [], "", {True: [], False: []}, [], False
        for line in source.read_text("utf-8").splitlines():
            if found := re.match(r'```python exercise="(.+?)"', line):
                ids["(optional)" in section].append(found[1])
            if found := re.match(r'```python quiz="(.+?)"', line):
                quiz.append(found[1])
            if line.startswith("```"):
                fenced = not fenced
            elif not fenced and (found := re.match(r"(#{1,4}) (.+)", line)):
                headings.append(found[2].strip())
                section = found[2] if len(found[1]) <= 2 else section
        number = source.stem.split("_")[0]
        core, optional = tuple(ids[False]), tuple(ids[True])
        pages[number] = Page(number, source.stem, headings[0], tuple(headings[1:]), core, optional, tuple(quiz))
    return pages


def labels(text: str) -> list[tuple[str, str]]:
    """Every (page, heading) that the text names, once, sorted; the heading is "" for a page alone."""
    named = LABEL.findall(_DEFINED.sub("", text))
    return sorted({(number, " ".join(heading.split())) for number, heading in named})


def named_exercises(text: str) -> list[str]:
    """The ids in "exercise 6.1", "exercises 6b.1 to 6b.3" and "exercises 6.1, 6.2 and 6.3", in their order."""
    found = []
    for run in _EXERCISES.findall(" ".join(text.split())):
        ids = re.findall(_ID, run)
        for id, between in zip(ids, [*re.findall(rf"(?<=\d)(, | and | or | to )(?={_ID})", run), ""], strict=False):
            found.append(id)
            if between == " to ":
                chapter, first = id.split(".")
                last = ids[ids.index(id) + 1].split(".")[1]
                found += [f"{chapter}.{number}" for number in range(int(first) + 1, int(last))]
    return found


def tables(text: str, *header: str) -> list[tuple[str, list[list[str]]]]:
    """(the heading above, the rows) of every table whose header begins with these words."""
    found, heading, rows = [], "", None
    for line in text.splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        if not line.startswith("|"):
            rows = None
            continue
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
        if rows is not None:
            rows.append(cells)
        elif tuple(cells[: len(header)]) == header:
            rows = []
            found.append((heading, rows))
    return [(heading, [row for row in rows if not re.fullmatch(":?-+:?", row[0])]) for heading, rows in found]


def problems(text: str, pages: dict[str, Page]) -> list[str]:
    """One sentence for each thing that INSTRUCTOR.md says and the pages do not have, or that does not add up."""
    records = {record.id: record for record in all_exercises()}
    found = []
    for number, heading in labels(text):
        if number not in pages:
            found.append(f"[{number}] names no page.")
        elif heading and (times := pages[number].headings.count(heading)) != 1:
            found.append(f"[{number}: {heading}]: page {number} has this heading {times} times; a link needs one.")
    found += [f"Exercise {id} does not exist." for id in named_exercises(text) if id not in records]
    for id, title in re.findall(rf"xercise ({_ID}) \*([^*|\n]+)\*", text):
        if id in records and records[id].title != title:
            found.append(f"Exercise {id} is called {records[id].title!r}, not {title!r}.")
    plans = tables(text, *PLAN)
    if not plans:
        found.append("There is no plan: no table begins with | time | min |.")
    for heading, rows in plans:
        found += _plan_problems(heading, rows, records)
    found += [each for heading, rows in tables(text, *BLOCKS) for each in _block_problems(heading, rows, records)]
    return found + _glance_problems(tables(text, *GLANCE), pages, records)


def _plan_problems(heading: str, rows: list[list[str]], records: dict) -> list[str]:
    found, total, clock = [], 0, None
    for row in rows:
        when, minutes = _clock(row[0]), row[1]
        if when is None or (minutes and not minutes.isdecimal()):
            wrong = f"{heading}: the row {row[0]!r}, {minutes!r} has no time such as 09:05 or no whole minutes."
            return [*found, wrong]
        if clock is not None and when != clock:
            found.append(f"{heading}: the row of {row[0]} should begin at {clock // 60:02}:{clock % 60:02}.")
        clock, total = when + int(minutes or 0), total + int(minutes or 0)
        found += _row_problems(f"{heading}: at {row[0]}", int(minutes or 0), row, records)
    if rows and rows[-1][1]:
        found.append(f"{heading}: the last row should be the end, with a time and no minutes.")
    said = re.search(r"(\d+) minutes", heading)
    if not said or int(said[1]) != total:
        found.append(f"{heading}: the rows take {total} minutes; the heading should say so.")
    return found


def _row_problems(where: str, minutes: int, row: list[str], records: dict) -> list[str]:
    """A row's exercises fit into it, and what it can save when late is no more than it takes."""
    found, named = [], named_exercises(LABEL.sub("", " ".join(row[3:-1])))
    if sum(records[id].minutes for id in set(named) & records.keys()) > minutes:
        found.append(f"{where} there are fewer minutes than the exercises of the row take.")
    saves = re.search(r"\(saves (\d+)\)$", row[-1])
    if saves and not 0 < int(saves[1]) <= minutes:
        found.append(f"{where} {saves[1]} minutes are saved of {minutes}.")
    elif not saves and not re.match("keep|$", row[-1]):
        found.append(f"{where} *if late* should end in how much it saves, as in (saves 4), or begin with *keep*.")
    return found


def _block_problems(heading: str, rows: list[list[str]], records: dict) -> list[str]:
    """Blocks to add to a plan: the rows of each take the minutes that its first cell says."""
    found, said, block = [], {}, ""
    for row in rows:
        block, minutes = row[0] or block, int(row[1] if row[1].isdecimal() else 0)
        said[block] = said.get(block, 0) + minutes
        found += _row_problems(f"{heading}: in block {block}", minutes, row, records)
    wrong = {block: total for block, total in said.items() if not block.endswith(f", {total}")}
    return found + [f"{heading}: the rows of block {block} take {total} minutes." for block, total in wrong.items()]


def _glance_problems(glances: list, pages: dict[str, Page], records: dict) -> list[str]:
    """The one table of all pages: each page once, in order, with time for the exercises that it lets practise."""
    if len(glances) != 1:
        return [f"Expected one table with | page | teach | practise |, but there are {len(glances)}."]
    found, seen = [], []
    for page, teach, practise, room, *_ in glances[0][1]:
        number = page.strip("[]")
        seen.append(number)
        ids = re.findall(_ID, room)
        own = pages[number].exercises if number in pages else ()
        wrong = [id for id in ids if id not in own]
        found += [f"The table of all pages lets {id} be practised on {number}, where it is not." for id in wrong]
        if not (teach.isdecimal() and practise.isdecimal()):
            found.append(f"The table of all pages has no whole minutes for {number}.")
        elif sum(records[id].minutes for id in ids if id in records) > int(practise):
            found.append(f"The table of all pages gives {number} fewer minutes to practise than its exercises take.")
    if seen != list(pages):
        found.append("The table of all pages should have each page once, in the order of the course.")
    return found


def _clock(text: str) -> int | None:
    """Minutes since midnight of a time such as 09:05."""
    found = re.fullmatch(r"(\d{1,2}):([0-5]\d)", text)
    return int(found[1]) * 60 + int(found[2]) if found else None


def link(page: Page, heading: str) -> str:
    """The link from the root of the repository to a heading of a page, or to the page."""
    from ..exercises.quiz_scores import link as to_section

    if heading and heading not in page.headings:
        raise CourseError(f"Page {page.number} has no heading {heading!r}.")
    return "notebooks/" + to_section(f"{page.stem}.ipynb" + (f"#{heading}" if heading else ""))


# --- which cells an exercise needs ------------------------------------------------------------------------


@cache
def cells_needed(page: Page, notebooks: Path = NOTEBOOKS) -> dict[str, list[str]]:
    """For each exercise with code: "*Step 2* (cell 2)" or "exercise 6b.1", what must run before our solution.

    Read off the names that code makes and uses. The set-up cell, which is always needed, is not among them.
    """
    records = {record.id: record for record in all_exercises() if isinstance(record, Exercise)}
    cells = _cells(notebooks / f"{page.stem}.ipynb")  # no exercise needs those that ask the Hub or a server
    cells = [cell for cell in cells if not re.search(r'source="hub"|find_endpoint', cell[2])]
    needed = {}
    for at, (_, id, _) in enumerate(cells):
        if id in records:
            names, found = _wanted(_tree(records[id].starter)) | _wanted(_tree(records[id].solution)), []
            for label, other, code in reversed(cells[:at]):
                tree = _tree(records[other].solution if other in records else code)
                made = names_bound(tree)
                if names & (made | (set() if other else _changed(tree))):
                    found.insert(0, label)
                    names = names - made | _wanted(tree)
            needed[id] = found
    return needed


def asks_the_hub(page: Page, notebooks: Path = NOTEBOOKS) -> list[str]:
    """The headings under which cells download a usual checkpoint."""
    cells = _cells(notebooks / f"{page.stem}.ipynb")
    return list(dict.fromkeys(label.rpartition(" (cell")[0] for label, _, code in cells if 'source="hub"' in code))


def _cells(notebook: Path) -> Iterator[tuple[str, str, str]]:
    """(label, exercise or "", code) of the code cells, without the set-up cell."""
    heading, count = "", 0
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            headings = re.findall(r"(?m)^#{1,4} (.+)$", re.sub(r"(?s)```.*?```", "", text))
            heading, count = (headings[-1], 0) if headings else (heading, count)
        elif cell["cell_type"] == "code" and cell.get("id") != "setup":
            id = exercise_of_id(cell.get("id")) or ""
            count += not id
            yield (f"exercise {id}" if id else f"*{heading}* (cell {count})"), id, text


def _tree(code: str) -> ast.Module:
    return ast.parse(re.sub(r"(?m)^(\s*)[%!].*$", r"\1pass", code))


def _wanted(tree: ast.AST) -> set[str]:
    """Names that must be there before this code runs: used, and not made by an earlier statement of it."""
    made, used, waiting = set(), set(), list(tree.body)
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, ast.For | ast.With):  # the head first
            waiting[:0], part = part.body, type(part)(**(vars(part) | {"body": [ast.Pass()]}))
        used |= _looked_up(ast.Module([part], [])) - made
        made |= names_bound(ast.Module([part], []))
    return used


def _looked_up(tree: ast.AST) -> set[str]:
    """Names of the module that code uses, also inside its functions; Python's own symbol table knows which."""

    def walk(table) -> set[str]:
        own = {name.get_name() for name in table.get_symbols() if name.is_referenced() and name.is_global()}
        return own.union(*map(walk, table.get_children()))

    # Inside a function, since from Python 3.12 on the module's table shows the names of its comprehensions as well.
    within = ast.Tuple([part.target for part in ast.walk(tree) if isinstance(part, ast.comprehension)])
    names = ", ".join(sorted(names_bound(tree) - names_bound(within)))
    code = textwrap.indent(ast.unparse(tree), " ")
    return walk(symtable.symtable(f"def cell():\n {f'global {names}' if names else 'pass'}\n{code}", "<cell>", "exec"))


def _changed(tree: ast.AST) -> set[str]:
    """Names whose value a cell changes: `names.append(…)`, `table["a"] = …`."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            node = node.value.func
        elif not (isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store)):
            continue
        while isinstance(node, ast.Subscript | ast.Attribute):
            node = node.value
            if isinstance(node, ast.Name):
                found.add(node.id)
    return found
