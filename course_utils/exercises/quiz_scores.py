"""`scores()`: the quiz by topic, and a page of sections to read again, in the order of the course."""

import re
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from ..errors import CourseError
from . import progress_store as store
from .display import TEXT, Card, Shown, markup, table, table_cell, table_row
from .records import Choice
from .shelf import all_exercises

_COLUMNS = ("Topic", "Questions", "Right", "At the first try", "Not tried yet")
_AGAIN = "Read this again, in the order of the course:"


@dataclass(frozen=True)
class Score:
    """One topic: how many questions it has, and what became of them."""

    topic: str
    questions: int
    right: int
    first: int  # right at the first try
    untried: int

    @property
    def counts(self) -> tuple[int, ...]:
        return self.questions, self.right, self.first, self.untried


@dataclass(frozen=True)
class Again:
    """One section to read again, and the questions that led to it: "10.19 A weight of 0.8 (not right yet)"."""

    section: str
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Scores(Shown):
    """The topics of the quiz with the total, and below them what to read again."""

    rows: tuple[Score, ...]
    again: tuple[Again, ...] = ()
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
        lines = [self.caption, "  ".join([f"{_COLUMNS[0]:<{width}}", *_COLUMNS[1:]])]
        for row in (*self.rows, self.total):
            counts = [f"{n:>{len(name)}}" for n, name in zip(row.counts, _COLUMNS[1:], strict=True)]
            lines.append("  ".join([f"{row.topic:<{width}}", *counts]))
        lines += [_AGAIN] * bool(self.again)
        lines += [f"  {title(place.section)}: {'; '.join(place.questions)}" for place in self.again]
        return "\n".join([*lines, *self.notes])

    def html(self) -> str:
        body = table_row([table_cell("th", name, 'scope="col"') for name in _COLUMNS])
        for row in (*self.rows, self.total):
            cells = [table_cell("td", str(n)) for n in row.counts]
            body += table_row([table_cell("th", row.topic, 'scope="row"'), *cells])
        return table(self.caption, body) + self._list() + "".join(f"<p>{markup(note)}</p>" for note in self.notes)

    def _list(self) -> str:
        if not self.again:
            return ""
        items = (
            f'<li><a href="{escape(link(place.section))}">{escape(title(place.section))}</a>: '
            f"{escape('; '.join(place.questions))}</li>"
            for place in self.again
        )
        return f'<div style="{TEXT}"><p><strong>{_AGAIN}</strong></p><ul>{"".join(items)}</ul></div>'


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
    rows, again = [], {}
    for topic in dict.fromkeys(record.topic for record in questions):
        asked = [record for record in questions if record.topic == topic]
        tried = [record for record in asked if entries.get(record.id, {}).get("tries")]
        right = [record for record in tried if entries[record.id]["status"] == "correct"]
        first = [record for record in right if entries[record.id]["tries"] == 1]
        for record in tried:
            if record not in first:
                said = "right, but not at the first try" if record in right else "not right yet"
                again.setdefault(record.section, []).append(f"{record.id} {record.title} ({said})")
        rows.append(Score(topic, len(asked), len(right), len(first), len(asked) - len(tried)))
    # By the notebook; within one by the order of the questions.
    places = sorted(again.items(), key=lambda place: place[0].split("#")[0])
    return Scores(tuple(rows), tuple(Again(section, tuple(said)) for section, said in places), notes)
