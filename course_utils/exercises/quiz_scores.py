"""`scores()`: the quiz by topic, and which sections to read again."""

import re
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from ..errors import CourseError
from . import progress_store as store
from .display import CELL, Card, Shown, table, table_cell, table_row
from .records import Choice
from .shelf import all_exercises

_COLUMNS = ("Topic", "Questions", "Right", "At the first try", "Not tried yet", "Read again")


@dataclass(frozen=True)
class Score:
    """One topic: how many questions it has, and what became of them."""

    topic: str
    questions: int
    right: int
    first: int  # right at the first try
    untried: int
    again: tuple[str, ...] = ()  # sections of the questions that did not come right at the first try

    @property
    def counts(self) -> tuple[int, ...]:
        return self.questions, self.right, self.first, self.untried


@dataclass(frozen=True)
class Scores(Shown):
    """The topics of the quiz, and below them the total."""

    rows: tuple[Score, ...]
    notes: tuple[str, ...] = ()

    @property
    def total(self) -> Score:
        sums = map(sum, zip((0, 0, 0, 0), *(row.counts for row in self.rows), strict=True))
        return Score("All topics", *sums)

    @property
    def caption(self) -> str:
        total = self.total
        return f"Quiz: {total.right} of {total.questions} right, {total.first} of them at the first try"

    def plain(self) -> str:
        width = max(len(row.topic) for row in (*self.rows, self.total))
        lines = [self.caption, "  ".join([f"{_COLUMNS[0]:<{width}}", *_COLUMNS[1:5]])]
        for row in (*self.rows, self.total):
            counts = [f"{n:>{len(name)}}" for n, name in zip(row.counts, _COLUMNS[1:5], strict=True)]
            lines.append("  ".join([f"{row.topic:<{width}}", *counts]))
            lines += [f"  Read again: {title(section)}" for section in row.again]
        return "\n".join([*lines, *self.notes])

    def html(self) -> str:
        body = table_row([table_cell("th", name, 'scope="col"') for name in _COLUMNS])
        for row in (*self.rows, self.total):
            cells = [table_cell("td", str(n)) for n in row.counts]
            links = "<br>".join(
                f'<a href="{escape(link(section))}">{escape(title(section))}</a>' for section in row.again
            )
            cells.append(f'<td style="{CELL}">{links}</td>')
            body += table_row([table_cell("th", row.topic, 'scope="row"'), *cells])
        return table(self.caption, body, self.notes)


def link(section: str) -> str:
    """The relative link to a section."""
    notebook, _, heading = section.partition("#")
    return notebook + ("#" + quote(anchor(heading), safe="-.,:?'()") if heading else "")


def anchor(heading: str) -> str:
    """What JupyterLab makes of a heading: its text without marks, hyphens for spaces."""
    return re.sub(r"[*`]", "", heading).strip().replace(" ", "-")


def title(section: str) -> str:
    """The section for people: 'Notebook 05: 9. Choosing'."""
    notebook, _, heading = section.partition("#")
    return f"Notebook {notebook.split('_')[0]}" + (f": {heading}" if heading else "")


def scores() -> Scores | Card:
    """Your quiz, topic by topic: what is right, what was right at the first try, and what to read again.

    The links lead to the sections behind the questions that did not come right at the first try. Never
    raises: what went wrong is said in what it shows.
    """
    try:
        questions = [record for record in all_exercises() if isinstance(record, Choice) and record.topic]
    except CourseError as error:
        return Card(heading="Scores: not available", text=str(error))
    entries, notes = store.read()
    rows = []
    for topic in dict.fromkeys(record.topic for record in questions):
        asked = [record for record in questions if record.topic == topic]
        tried = [record for record in asked if entries.get(record.id, {}).get("tries")]
        right = [record for record in tried if entries[record.id]["status"] == "correct"]
        first = [record for record in right if entries[record.id]["tries"] == 1]
        again = dict.fromkeys(record.section for record in tried if record not in first)
        rows.append(Score(topic, len(asked), len(right), len(first), len(asked) - len(tried), tuple(again)))
    return Scores(tuple(rows), notes)
