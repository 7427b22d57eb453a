"""What an instructor gets from `grade`: `verdicts.csv`, `summary.csv` and `report.html`, a page that stands alone.

The tables are for a spreadsheet: UTF-8 with the mark that Excel looks for, and no cell that would be taken for a
formula. All texts in the page come from learners or from their code: the template escapes each.
"""

import csv
import os
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from ...exercises.display import CODE, clean, markup, unmarked
from ...exercises.shelf import all_exercises
from .isolation import Limits
from .submissions import Graded, Row

# status: (symbol, short words for a narrow cell, what it means)
STATUSES = {
    "correct": ("✓", "correct", "the check accepts it"),
    "not yet": ("↻", "not yet", "the check says what is wrong"),
    "error in your code": ("!", "error", "the code stopped with an error"),
    "not attempted": ("○", "not begun", "the starter, or no answer cell"),
    "stopped": ("■", "stopped", "a limit was reached, or the process ended"),
    "look at it": ("?", "look at it", "it cannot be judged by a program: please look yourself"),
}
LOOK = ("look at it", "stopped")
UNREAD = "not read"  # in the table: the file is no submission
_FORMULA = re.compile(r"^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]")
_FORMS = re.compile(r"0x[0-9a-f]{6,}|[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")


@dataclass(frozen=True)
class Learner:
    """All that one learner handed in. Of an exercise that came twice, the better verdict counts."""

    name: str
    graded: tuple[Graded, ...]

    @cached_property
    def best(self) -> dict[str, Row]:
        order, best = list(STATUSES), {}
        for row in (row for one in self.graded for row in one.rows):
            if row.id not in best or order.index(row.status) < order.index(best[row.id].status):
                best[row.id] = row
        return best

    @cached_property
    def counts(self) -> Counter:
        return Counter(row.status for row in self.best.values())

    @property
    def unread(self) -> int:
        return sum(not one.rows for one in self.graded)

    @property
    def look(self) -> int:
        """How many of its verdicts, and of its files without one, a person must look at."""
        return self.unread + sum(self.counts[status] for status in LOOK)


@dataclass(frozen=True)
class Said:
    """One exercise in a class: how often each status came, and the commonest sentences with their counts."""

    id: str
    title: str
    counts: Counter
    sentences: tuple[tuple[str, int], ...]


def write(out: Path, graded: Iterable[Graded], **about) -> dict[str, Path]:
    """Write the three reports into a folder; returns them by what they are. `about`: what `page` says besides."""
    graded = sorted(graded, key=lambda one: (one.learner.casefold(), one.notebook, one.file))
    learners = by_learner(graded)
    paths = {"Table": out / "verdicts.csv", "Summary": out / "summary.csv", "Page": out / "report.html"}
    _write(paths["Table"], _csv(verdict_rows(graded)), "utf-8-sig")
    _write(paths["Summary"], _csv(summary_rows(learners)), "utf-8-sig")
    _write(paths["Page"], page(learners, **about), "utf-8")
    return paths


def by_learner(graded: Iterable[Graded]) -> list[Learner]:
    """Everybody with all that is theirs, in the order given."""
    each: dict[str, list[Graded]] = {}
    for one in graded:
        each.setdefault(one.learner, []).append(one)
    return [Learner(name, tuple(theirs)) for name, theirs in each.items()]


# --- tables -----------------------------------------------------------------------------------------------


def verdict_rows(graded: Iterable[Graded]) -> list[list]:
    """A row for each learner and exercise, and one for each file that could not be read."""
    rows = [["learner", "file", "notebook", "exercise", "title", "status", "message", "seconds", "notes"]]
    titles = _titles()
    for one in graded:
        notes = " ".join(one.notes)
        if not one.rows:
            rows.append([one.learner, one.file, one.notebook, "", "", UNREAD, notes, "", ""])
        for row in one.rows:
            said = [titles.get(row.id, ""), row.status, unmarked(row.message), f"{row.seconds:.2f}", notes]
            rows.append([one.learner, one.file, one.notebook, row.id, *said])
    return rows


def summary_rows(learners: Iterable[Learner]) -> list[list]:
    """A row for each learner: files, and how many exercises got which status."""
    rows = [["learner", "files", "files not read", "exercises", *STATUSES]]
    for one in learners:
        counts = [one.counts[status] for status in STATUSES]
        rows.append([one.name, len(one.graded), one.unread, len(one.best), *counts])
    return rows


def _csv(rows: list[list]) -> str:
    import io

    text = io.StringIO(newline="")
    csv.writer(text).writerows([[_cell(value) for value in row] for row in rows])
    return text.getvalue()


def _cell(value) -> str:
    """A cell in one line, which no spreadsheet takes for a formula."""
    text = str(value)
    text = ("'" if _FORMULA.match(text) else "") + " ".join(clean(text).splitlines())
    return text[:32_000]  # Excel's cells end at 32,767


def _write(path: Path, text: str, encoding: str) -> None:
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(text, encoding, newline="")
    os.replace(draft, path)


# --- the page ---------------------------------------------------------------------------------------------


def page(learners: list[Learner], *, title: str, limits: Limits, edition: str, in_force: Iterable[str] = ()) -> str:
    """The report as one HTML page. `in_force`: which limits the machines really offer, a sentence each."""
    from jinja2 import Environment, FileSystemLoader
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["shown"] = lambda text: Markup(markup(text).replace(f' style="{CODE}"', ""))
    graded = [one for learner in learners for one in learner.graded]
    rows = [row for learner in learners for row in learner.best.values()]
    return environment.get_template("report.html").render(
        title=clean(title),
        when=datetime.now().strftime("%Y-%m-%d %H:%M"),
        edition=edition,
        limits=_limits(limits),
        in_force=list(in_force),
        learners=learners,
        unread=[one for one in graded if not one.rows],
        look=[(one, row) for one in graded for row in one.rows if row.status in LOOK],
        pages=_pages(learners),
        counts=Counter(row.status for row in rows),
        files=len(graded),
        statuses=STATUSES,
        titles=_titles(),
    )


def _pages(learners: list[Learner]) -> list[tuple[str, list[Learner], list[Said]]]:
    """(notebook, who handed it in, its exercises) for each page of the course, in its order."""
    names = sorted({one.notebook for learner in learners for one in learner.graded if one.rows})
    found = []
    for name in names:
        here = [learner for learner in learners if any(one.notebook == name and one.rows for one in learner.graded)]
        ids = dict.fromkeys(
            row.id for learner in here for one in learner.graded if one.notebook == name for row in one.rows
        )
        found.append((name, here, [_said(id, here) for id in ids]))
    return found


def _said(id: str, learners: list[Learner]) -> Said:
    rows = [learner.best[id] for learner in learners if id in learner.best]
    groups: dict[str, list[str]] = {}
    for row in rows:
        if row.status not in ("correct", "not attempted"):
            groups.setdefault(_FORMS.sub("#", row.message), []).append(row.message)
    commonest = sorted(groups.values(), key=len, reverse=True)[:5]
    sentences = tuple((Counter(group).most_common(1)[0][0], len(group)) for group in commonest)
    return Said(id, _titles().get(id, ""), Counter(row.status for row in rows), sentences)


def _limits(limits: Limits) -> str:
    return (
        f"{limits.seconds:g} seconds, {limits.memory / 1e9:g} GB of memory beyond the page's own, "
        f"{limits.disk / 1e6:g} MB of files, {limits.files} files open at once, {limits.threads} threads"
    )


def _titles() -> dict[str, str]:
    return {record.id: record.title for record in all_exercises()}
