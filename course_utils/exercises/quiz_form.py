"""`quiz("Attention")`: the questions of a topic, answered by mouse or keyboard; every choice explains itself.

The cell stores the questions with their choices as text and says how to answer by letter, so that a page without
widgets loses nothing. Where a kernel and ipywidgets are there, each question gets its choices and a button. Choosing
alone is no try: only the button is. By keyboard, Tab goes from choice to choice and the space bar chooses.
"""

import re
from dataclasses import dataclass, field, replace
from html import escape

from ..describing import describe, shorten
from ..errors import CourseError
from ..pictures.trying import Still
from . import progress_store as store
from .answers import as_text
from .display import CODE, TEXT, Card, Shown, markup, unmarked
from .engine import check, hint
from .records import Choice
from .shelf import all_exercises

_ALL = '<details {open}><summary>All choices, one by one</summary><ul style="margin:.2em 0">{rows}</ul></details>'


@dataclass(frozen=True)
class Questions(Shown):
    """The stored form: questions and choices, and how to answer without buttons."""

    records: tuple[Choice, ...]

    @property
    def _how(self) -> str:
        id = self.records[0].id
        one = next((f'`check("{record.id}", "a")`' for record in self.records if not record.several), None)
        more = next((f'`check("{record.id}", "a, b")`' for record in self.records if record.several), None)
        ways = ", or ".join(way for way in (one, more) if way)
        text = f"No buttons here? Answer by letter in a cell of your own: {ways}."
        return f'{text} `hint("{id}")` helps, and `solution("{id}")` explains every choice.'

    def plain(self) -> str:
        parts = []
        for record in self.records:
            choices = "\n".join(f"  {key}. {unmarked(option.text)}" for key, option in record.options.items())
            question = unmarked(re.sub(r"(?m)^```.*\n?", "", record.question)).strip()
            several = "\nSeveral choices are right." if record.several else ""
            parts.append(f"{heading(record)}\n{question}{several}\n{choices}")
        return "\n\n".join([*parts, self._how])

    def html(self) -> str:
        parts = []
        for record in self.records:
            choices = "".join(
                f"<li><strong>{key}.</strong> {markup(option.text)}</li>" for key, option in record.options.items()
            )
            choices = f'<ul style="list-style:none;margin:.2em 0 1.2em;padding-left:1.2em">{choices}</ul>'
            parts.append(f"<p><strong>{escape(heading(record))}</strong></p>{question_html(record)}{choices}")
        return f'<div style="{TEXT}">{"".join(parts)}<p>{markup(self._how)}</p></div>'


@dataclass
class Question:
    """One question alive: its controls, and below them what `check` says."""

    record: Choice
    said: object = None  # the last Result or Card
    controls: dict = field(default_factory=dict)  # letter -> check box, or "choice" -> radio buttons

    def __post_init__(self):
        import ipywidgets as widgets

        record, wide = self.record, widgets.Layout(width="auto", max_width="100%")
        labels = {f"{key}. {plain_label(option.text)}": key for key, option in record.options.items()}
        look = {"layout": wide, "style": {"description_width": "0px"}}
        if record.several:
            self.controls = {
                key: widgets.Checkbox(description=text, value=False, indent=False, layout=wide)
                for text, key in labels.items()
            }
        else:
            self.controls = {"choice": widgets.RadioButtons(options=list(labels.items()), value=None, **look)}
        self.button = widgets.Button(description=f"Check {record.id}", tooltip=f"Check your answer to {record.id}")
        self.help = widgets.Button(description=f"Hint for {record.id}", tooltip=f"The next hint for {record.id}")
        self.button.on_click(lambda _: self.answer())
        self.help.on_click(lambda _: self.ask())
        self._verdict, self._hint = widgets.HTML(), widgets.HTML()
        done = store.read()[0].get(record.id, {}).get("status") == "correct"
        note = "<p><em>You have answered this question before.</em></p>" if done else ""
        title = f"<p><strong>{escape(heading(record))}</strong></p>"
        question = widgets.HTML(f'<div style="{TEXT}">{title}{question_html(record)}{note}</div>')
        buttons = widgets.HBox([self.button, self.help])
        self.box = widgets.VBox([question, *self.controls.values(), buttons, self._verdict, self._hint])

    @property
    def chosen(self) -> list[str]:
        if self.record.several:
            return [key for key, box in self.controls.items() if box.value]
        choice = self.controls["choice"].value
        return [choice] if choice else []

    def answer(self) -> None:
        if not self.chosen:
            what = "one or more choices" if self.record.several else "a choice"
            self.said = Card(heading="Nothing chosen yet", text=f"Choose {what}, then press the button again.")
            self._verdict.value = self.said.html()
            return
        said = check(self.record.id, self.chosen)
        notes = tuple(note for note in said.notes if not note.startswith("Need help?"))  # there is a button for that
        self.said = replace(said, notes=notes)
        self._verdict.value = self.said.html() + self._explained()

    def ask(self) -> None:
        """The next hint, below the verdict, which stays."""
        self._hint.value = hint(self.record.id).html()

    def _explained(self) -> str:
        """Why each choice is right or wrong: open after a right answer, folded after a wrong one."""
        right = self.said.status == "correct"
        rows = [
            f"<li><strong>{key}: {'' if option.correct else 'not '}right.</strong> {markup(option.explanation)}</li>"
            for key, option in self.record.options.items()
        ]
        return f'<div style="{TEXT}">{_ALL.format(open="open" if right else "", rows="".join(rows))}</div>'


class Quiz:
    """What `quiz` returns: shows itself in a cell. `questions` are the live ones, by id, for tests."""

    def __init__(self, records: tuple[Choice, ...]):
        self.records = records
        self.questions: dict[str, Question] = {}

    def __repr__(self) -> str:
        return Questions(self.records).plain()

    def live(self):
        """The widget of all questions; each call makes a new one, as running a cell again does."""
        import ipywidgets as widgets

        self.questions = {record.id: Question(record) for record in self.records}
        self._still = Still(Questions(self.records))
        # A fixed height would cut long choices off on a narrow screen.
        style = "<style>.course-quiz label{height:auto;white-space:normal}</style>"
        box = widgets.VBox(
            [widgets.HTML(self._still.aside + style), *(question.box for question in self.questions.values())]
        )
        box.add_class("course-quiz")
        return box

    def _ipython_display_(self):
        box = self.live()
        self._still.display_with(box, "Run this cell to answer by buttons.")


def quiz(topic=None) -> Quiz | Card:
    """The questions of a topic of the quiz, with buttons: `quiz("Attention")`, or one question: `quiz("6.9")`.

    Never raises: what is no topic gets a sentence that names all of them.
    """
    try:
        records = [record for record in all_exercises() if isinstance(record, Choice)]
    except CourseError as error:
        return Card(heading="Quiz: not available", text=str(error))
    text = as_text(topic)
    wanted = text.strip().casefold() if text is not None else None
    found = tuple(record for record in records if wanted in (record.id, record.topic.casefold()) and wanted)
    if found:
        return Quiz(found)
    topics = ", ".join(dict.fromkeys(f'"{record.topic}"' for record in records if record.topic))
    return Card(heading="Quiz: no such topic", text=f"Expected one of {topics}; given: {shorten(describe(topic), 80)}.")


def heading(record: Choice) -> str:
    return f"{record.id} {record.title}"


def plain_label(text: str) -> str:
    """A choice as the text of a radio button, which shows no marks."""
    return unmarked(text).replace("`", "")


def question_html(record: Choice) -> str:
    """The question: paragraphs with their marks, and code as code."""
    parts = re.split(r"(?ms)^```\w*\n(.*?)^```\s*?$", record.question)
    for i, part in enumerate(parts):
        if i % 2:
            parts[i] = f'<pre style="{CODE};padding:.5em;white-space:pre-wrap">{escape(part.rstrip())}</pre>'
        else:
            parts[i] = "".join(f"<p>{markup(' '.join(p.split()))}</p>" for p in part.split("\n\n") if p.strip())
    several = "<p><em>Several choices are right.</em></p>" if record.several else ""
    return "".join(parts) + several
