"""The rules a committed notebook must keep, beside its outputs being true (that is nbval's job).

Each rule is a function from a notebook (and where it matters its name) to a list of problems; an empty list means it
is kept. The build refuses a notebook that breaks one of `EVERYWHERE`; the tests apply `RULES`, which has those of a
whole page of the course too, and show that each one can fail.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from ..exercises.quiz_scores import anchor
from ..exercises.shelf import chapter_name
from .notebooks import machine_paths, to_text

LINES = 12
SHARE_COMPARED = 0.9
MAX_BYTES = 400_000
UNCOMPARED = {"nbval-ignore-output", "nbval-skip"}
RULES = []
EVERYWHERE = []  # those that hold for any notebook, short ones and the solution edition too


def rule(function):
    EVERYWHERE.append(function)
    RULES.append(function)
    return function


def page_rule(function):
    RULES.append(function)
    return function


def objections(notebook, name: str) -> list[str]:
    """Why an executed notebook must not be committed."""
    return [problem for kept in EVERYWHERE for problem in kept(notebook, name)]


def code_cells(notebook) -> list:
    return [c for c in notebook.cells if c.cell_type == "code"]


def outputs(notebook):
    """(cell number, cell, output) of every stored output."""
    for index, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", ()):
            yield index, cell, output


def output_text(output) -> str:
    """All the text of an output: streams, errors, and every form that is not a picture."""
    forms = [str(v) for k, v in output.get("data", {}).items() if not k.startswith("image/")]
    return "\n".join([output.get("text", ""), output.get("evalue", ""), *output.get("traceback", ()), *forms])


def tags(cell) -> set:
    return set(cell.metadata.get("tags", ()))


def markdown(notebook) -> list[str]:
    """The text of the Markdown cells, without fenced code."""
    texts = [c.source for c in notebook.cells if c.cell_type == "markdown"]
    return [re.sub(r"(?ms)^```.*?^```", "", text) for text in texts]


def headings(notebook) -> list[tuple[int, str]]:
    """Level and text of each heading."""
    found = [pair for text in markdown(notebook) for pair in re.findall(r"(?m)^(#{1,6}) (.+?) *$", text)]
    return [(len(marks), text) for marks, text in found]


def anchors(notebook) -> list[str]:
    """What a link to each heading ends in."""
    return [anchor(text) for _, text in headings(notebook)]


def exercise_ids(notebook) -> list[str]:
    """The ids of the exercise cells, in order, and of the questions in a cell of the quiz."""
    found = []
    for cell in code_cells(notebook):
        if cell.id.startswith("exercise-"):
            found.append(cell.id.removeprefix("exercise-").replace("-", "."))
        found += cell.metadata.get("questions", ())
    return found


@rule
def executed_in_order(notebook, name):
    counts = [c.execution_count for c in code_cells(notebook)]
    return [] if counts == list(range(1, len(counts) + 1)) else [f"execution counts are {counts}"]


@rule
def errors_are_announced(notebook, name):
    raised = {i for i, _, o in outputs(notebook) if o.output_type == "error"}
    announced = {i for i, c in enumerate(notebook.cells) if "raises-exception" in tags(c)}
    return [f"cell {i} stores an error and is not tagged raises-exception" for i in sorted(raised - announced)] + [
        f"cell {i} is tagged raises-exception and raises nothing" for i in sorted(announced - raised)
    ]


@rule
def nothing_on_stderr(notebook, name):
    found = [(i, o.text.strip()[:200]) for i, _, o in outputs(notebook) if o.get("name") == "stderr"]
    return [f"cell {i} writes to stderr: {text}" for i, text in found]


@page_rule
def outputs_are_compared(notebook, name):
    cells = code_cells(notebook)
    compared = sum(not _is_uncompared(c) for c in cells)
    share = compared / max(len(cells), 1)
    return [] if share >= SHARE_COMPARED else [f"only {share:.0%} of the code cells are compared by nbval"]


def _is_uncompared(cell) -> bool:
    marked = re.search(r"(?m)^\s*#\s*(NBVAL_(IGNORE_OUTPUT|SKIP)|PYTEST_VALIDATE_IGNORE_OUTPUT)", cell.source)
    return bool(tags(cell) & UNCOMPARED or marked)


@page_rule
def one_title_first(notebook, name):
    levels = [level for level, _ in headings(notebook)]
    first = notebook.cells[0] if notebook.cells else None
    if levels.count(1) != 1:
        return [f"{levels.count(1)} headings of level 1, one is needed"]
    return [] if first.cell_type == "markdown" and first.source.startswith("# ") else ["the title is not first"]


@page_rule
def headings_do_not_leap(notebook, name):
    levels = [level for level, _ in headings(notebook)]
    return [
        f"a heading of level {b} follows one of level {a}"
        for a, b in zip(levels, levels[1:], strict=False)
        if b > a + 1
    ]


@rule
def no_sentence_becomes_a_list(notebook, name):
    """A line that begins with "1. " or "- " in the middle of a paragraph would be shown as a list."""
    item = r"(?:\d+[.)]|[-+*]) \S.*"
    found = [re.findall(rf"(?m)^(?! *{item}$)(?![ |>])(\S.*)\n({item})$", text) for text in markdown(notebook)]
    return [f"a list begins inside a paragraph: {line[:40]!r}" for pairs in found for _, line in pairs]


@rule
def pictures_have_alt_text(notebook, name):
    found = []
    for text in markdown(notebook):
        found += [f"no alt text: ![]({to[:40]})" for alt, to in _images(text) if not alt.strip()]
        found += [f"no alt text: {tag[:60]}" for tag in _bare_tags(text)]
    for index, _, output in outputs(notebook):
        data = output.get("data", {})
        html = str(data.get("text/html", ""))
        found += [f"cell {index} shows {tag[:60]} without alt text" for tag in _bare_tags(html)]
        if any(form.startswith("image/") for form in data) and not re.search(r"<img\b", html):
            found.append(f"cell {index} shows a bare picture: use <figure><img alt=…>")
    return found


def _images(text: str) -> list[tuple[str, str]]:
    return re.findall(r"!\[([^\]]*)\]\(([^)\s]*)[^)]*\)", text)


def _bare_tags(html: str) -> list[str]:
    tagged = re.findall(r"<img\b[^>]*>", html)
    return [tag for tag in tagged if not re.search(r"""\balt=(["'])\s*[^"'\s].*?\1""", tag, re.S)]


@page_rule
def cells_are_short(notebook, name):
    lengths = {i: len(c.source.splitlines()) for i, c in enumerate(notebook.cells) if c.cell_type == "code"}
    return [f"cell {i} has {n} lines, at most {LINES} are wanted" for i, n in lengths.items() if n > LINES]


@rule
def no_widget_state(notebook, name):
    """A widget lives in a kernel: `clean` takes its view out, and what stands beside it is kept."""
    found = [
        f"cell {i} stores a widget" for i, _, o in outputs(notebook) if "jupyter.widget" in str([*o.get("data", ())])
    ]
    return found + ["metadata.widgets is stored"] * ("widgets" in notebook.metadata)


@rule
def small_enough(notebook, name):
    size = len(to_text(notebook).encode())
    return [] if size <= MAX_BYTES else [f"{size:,} bytes, more than {MAX_BYTES:,}"]


@rule
def nothing_nbval_trips_over(notebook, name):
    found = []
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            lines = cell.source.rstrip().splitlines()
            found += [f"cell {index} ends in `;`"] * bool(lines and lines[-1].rstrip().endswith(";"))
            found += [f"cell {index} uses {word}" for word in ("clear_output", "Output(") if word in cell.source]
    return found


@rule
def no_progress_bars(notebook, name):
    bar = re.compile(r"\d+%\|.*\||\b\d+(\.\d+)?(it|B|kB|MB)/s\b|\d+%[ |]*[█▏▎▍▌▋▊▉]")
    found = {i for i, _, o in outputs(notebook) if bar.search(output_text(o))}
    return [f"cell {i} stores a console progress bar" for i in sorted(found)]


@rule
def no_machine_paths(notebook, name):
    found = {(i, path) for i, _, o in outputs(notebook) for path in machine_paths(output_text(o))}
    found |= {(i, p) for i, c in enumerate(notebook.cells) for p in machine_paths(c.source)}
    return [f"cell {i} shows a path of this machine: {path}" for i, path in sorted(found)]


def dead_links(notebook, folder: Path, root: Path) -> list[str]:
    """Relative links that lead nowhere, or out of the repository."""
    found = []
    for text in markdown(notebook):
        targets = re.findall(r"\]\(<?([^)\s>]+)", text) + re.findall(r"""(?:href|src)=["']([^"']+)""", text)
        for target in targets:
            if re.match(r"[a-z][a-z0-9+.-]*:|#", target, re.I):
                continue
            path = (folder / unquote(target.split("#")[0])).resolve()
            if not path.exists() or not path.is_relative_to(root.resolve()):
                found.append(f"dead link: {target}")
    return found


def misplaced_exercises(notebook, name: str, all_ids) -> list[str]:
    """Exercises of another chapter or page, repeated ones, and fewer than four.

    A page with a letter may hold exercises of its chapter and of those before: an exercise that moves there keeps its
    number.
    """
    here, page = exercise_ids(notebook), chapter_name(name.split("_")[0])
    chapter = page.rstrip("abcdefgh")
    moved = set() if chapter == page else {str(earlier) for earlier in range(int(chapter) + 1)}
    found = [f"exercise {i} belongs to another chapter" for i in here if i.split(".")[0] not in {page, *moved}]
    found += [f"exercise {i} is not known" for i in here if i not in all_ids]
    found += [f"exercise {i} comes {here.count(i)} times" for i in dict.fromkeys(here) if here.count(i) != 1]
    return found + ([f"{len(here)} exercises, at least four are wanted"] if len(here) < 4 else [])


def homeless_exercises(notebooks: Mapping, all_ids) -> list[str]:
    """Every exercise stands on one page of the course."""
    pages = {id: [name for name in notebooks if id in exercise_ids(notebooks[name])] for id in all_ids}
    return [f"exercise {id} is on {', '.join(names) or 'no page'}" for id, names in pages.items() if len(names) != 1]


def different_setups(notebooks: dict) -> list[str]:
    """The set-up cell must be there once, and the same in all notebooks."""
    found, seen = [], set()
    for name, notebook in notebooks.items():
        cells = [c.source for c in code_cells(notebook) if c.id == "setup"]
        found += [f"{name} has {len(cells)} set-up cells, one is needed"] * (len(cells) != 1)
        seen.update(cells)
    return found + [f"{len(seen)} different set-up cells"] * (len(seen) > 1)
