"""The slides: one reveal.js deck for each notebook, opened from a folder, readable from the last row.

A column of slides for each `##`, downwards what belongs to it. A slide has the heading, the first sentences and the
picture or table; the code is a slide of its own; the whole text goes to the speaker's notes (press S). Exercises have
their text, never a solution. `fitting.py` has the rules by which something is cut.
"""

import re
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from importlib.util import find_spec
from pathlib import Path
from string import Template

from ...authoring.notebooks import NOTEBOOKS
from ...authoring.sources import load_records
from ...errors import CourseError
from . import fitting
from .reading import CREDITS, Page, chosen_pages, course_title, is_exercise, relink, replace, shown_outputs
from .slide_text import Part, bodies, brief, code_block, inline, is_tall, paragraphs, parts, printed_block, render, seen

THEME = Path(__file__).with_name("theme") / "slides"
# What a deck needs of reveal.js; sphinx-revealjs carries a copy of all of it.
REVEAL = ("LICENSE", "dist/reset.css", "dist/reveal.css", "dist/reveal.js", "plugin/notes/notes.js")
STYLES = ("a11y-high-contrast-light", "a11y-high-contrast-dark")
FROM_WHERE = re.compile(r".+: \S+, [\d.,]+ [kMG]B, from .+, on \w+")  # which checkpoint a cell loads
UNTAUGHT = re.compile(r"(?:\[?Open in|Glossary)\b|\*\*Where next")  # paragraphs that are links for a reader


@dataclass
class Slide:
    """One slide: HTML below a heading, and the speaker's notes as HTML."""

    heading: str
    body: str
    kicker: str = ""  # the section, where the heading is one of its parts
    kind: str = "text"
    notes: str = ""

    def html(self) -> str:
        kicker = f'<p class="kicker">{self.kicker}</p>' if self.kicker else ""
        notes = f'<aside class="notes">{self.notes}</aside>' if self.notes else ""
        level = "h1" if self.kind == "title" else "h2"
        return (
            f'<section><div class="slide {self.kind}">{kicker}<{level}>{self.heading}</{level}>'
            f'<div class="body">{self.body}</div></div>{notes}</section>'
        )


def build_slides(out: Path, names: Iterable[str] = (), notebooks: Path = NOTEBOOKS) -> int:
    """Write the decks and their start page into the folder `out`, which is replaced; returns the number of slides."""
    package = find_spec("sphinx_revealjs")
    if package is None:
        raise CourseError(
            "No module named sphinx_revealjs: `python3 course.py editions slides` installs what the slides need."
        )
    reveal = Path(package.origin).parent / "_static" / "revealjs"
    chosen, count = chosen_pages(names, notebooks), 0
    deck, start = (Template((THEME / name).read_text("utf-8")) for name in ("deck.html", "index.html"))
    with tempfile.TemporaryDirectory(prefix="course-slides-") as scratch:
        folder = Path(scratch) / "slides"
        for name in REVEAL:
            (folder / "reveal" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(reveal / name, folder / "reveal" / name)
        (folder / "deck.css").write_text((THEME / "deck.css").read_text("utf-8") + code_colours(), "utf-8")
        shutil.copyfile(CREDITS, folder / "CREDITS.md")
        for page in chosen:
            columns = slides_of(page)
            count += sum(map(len, columns))
            html = "\n".join(f"<section>{''.join(slide.html() for slide in column)}</section>" for column in columns)
            title = escape(f"{page.number} {page.title}")
            (folder / f"{page.stem}.html").write_text(deck.substitute(title=title, slides=html), "utf-8")
        rows = "".join(
            f'<li><a href="{escape(page.stem)}.html">{escape(f"{page.number} {page.title}")}</a></li>'
            for page in chosen
        )
        title = escape(course_title(notebooks))
        (folder / "index.html").write_text(start.substitute(title=title, decks=rows), "utf-8")
        replace(folder, out)
    return count


def code_colours() -> str:
    """The colours of code, light and dark, as a style sheet."""
    from pygments.formatters import HtmlFormatter

    light, dark = (HtmlFormatter(style=style).get_style_defs("code.python") for style in STYLES)
    night = re.sub(r"(?m)^code\.python", ":root[data-theme=dark] code.python", dark)
    auto = re.sub(r"(?m)^code\.python", ":root:not([data-theme=light]) code.python", dark)
    return f"\n{light}\n@media (prefers-color-scheme: dark) {{\n{auto}\n}}\n{night}\n"


def slides_of(page: Page) -> list[list[Slide]]:
    """The deck of a notebook: columns of slides, the title first."""
    deck = Deck(load_records())
    for cell in page.read().cells:
        if cell.cell_type == "markdown":
            for part in parts(relink(cell.source, lambda link: None)):
                deck.text(part)
        elif cell.cell_type == "code" and cell.get("id") != "setup" and not is_exercise(cell):
            deck.code(cell)
    deck.close()
    return [column for column in deck.columns if column]


class Deck:
    """Takes the cells of a notebook one after the other and makes columns of slides."""

    def __init__(self, records: dict):
        self.columns: list[list[Slide]] = [[]]
        self.records = records
        self.section = self.heading = ""
        self.waiting: Part | None = None  # a text whose picture may come in the next cell

    @property
    def room(self) -> float:
        """What is left below the heading, in pixels."""
        return fitting.room_below(self.heading)

    def add(self, body: str, *, kind: str = "text", notes: str = "") -> None:
        kicker = self.section if self.heading != self.section else ""
        self.columns[-1].append(Slide(self.heading, body, kicker, kind, notes))

    def add_text(self, part: Part, *, kind: str = "text", whole: bool = False) -> None:
        """As many slides as the text needs; the notes, which have all of it, come with the first."""
        notes = render(part.source)
        for body in bodies(part.blocks, self.room, whole=whole):
            self.add(body, kind=kind, notes=notes)
            notes = ""

    def close(self) -> None:
        """Make the slide of a text that no code follows."""
        part, self.waiting = self.waiting, None
        if part and part.blocks:
            self.add_text(part)

    def text(self, part: Part) -> None:
        """A heading with its text, or a text alone."""
        self.close()
        part.blocks = [block for block in part.blocks if not UNTAUGHT.match(block[1])]
        if part.level:
            self.heading = inline(part.heading)
        if part.level in (1, 2):
            self.section = self.heading
            self.columns.append([])
        if part.level == 1:
            self.add_text(part, kind="title", whole=True)
        elif part.heading.startswith("Exercise "):
            self.add_text(part, kind="exercise", whole=True)
        else:
            self.waiting = part

    def code(self, cell) -> None:
        """The picture with the text before it, then the code with what it prints; of a quiz its questions."""
        if "questions" in cell.metadata:
            self.close()
            for id in cell.metadata["questions"]:
                self.question(self.records[id])
            return
        outputs = [seen(output) for output in shown_outputs(cell)]
        rich = [html for kind, html in outputs if kind == "rich"]
        aside = "".join(html for kind, html in outputs if kind == "aside")
        texts = [line for kind, text in outputs if kind == "text" for line in text.rstrip().splitlines()]
        printed = "\n".join(line for line in texts if not FROM_WHERE.fullmatch(line)).strip("\n")
        if rich:
            self.picture(rich, aside)
        lines = [line for line in cell.source.splitlines() if line.strip() and not re.match(r"(?:from|import) ", line)]
        if rich and not printed and len(lines) == 1:  # a picture's name says no more than the picture
            self.columns[-1][-1].notes += f"<pre>{escape(cell.source)}</pre>"
        else:
            self.run(cell.source, printed, [] if rich else self.words(cell.source, printed))

    def words(self, source: str, printed: str) -> list[str]:
        """The waiting text in short, where it fits above its cell; else it gets its own slide, and nothing is left."""
        part = self.waiting
        if part and all(kind == "paragraph" for kind, _ in part.blocks) and 0 < len(part.blocks) <= 2:
            texts = brief([text for _, text in part.blocks])
            left = self.room - fitting.prose_height(texts, 28) - self.needed(printed) - 14
            if left > 80 and not fitting.fit_lines(source, left).left_out:
                return texts
        self.close()
        return []

    def needed(self, printed: str) -> float:
        """The least height in which the printed lines, or as many as half a slide takes, can be read."""
        return fitting.fit_lines(printed, self.room / 2, least=True).height + 20 if printed else 0

    def picture(self, rich: list[str], aside: str) -> None:
        """The first picture or table with the words before it, the others alone."""
        part, self.waiting = self.waiting, None
        plain = [text for kind, text in part.blocks if kind == "paragraph"] if part else []
        words, notes = brief(plain), render(part.source) if part else ""
        if part and (len(plain) < len(part.blocks) or len(plain) > 2):
            self.add_text(part)  # lists, formulas and long texts have a slide of their own
            words, notes = [text for text in words if fitting.asks(text)], ""
        for html in rich:
            kind = "picture beside" if words and is_tall(html) else "picture"
            used = fitting.prose_height(words, 28) + 40 * bool(aside)
            shown = html if "<img" in html or "<audio" in html else fitting.fit_table(html, self.room - used)
            text = f"<div>{paragraphs(words)}{aside}</div>" if words or aside else ""
            self.add(text + shown if words else shown + text, kind=kind, notes=notes)
            words, notes, aside = [], "", ""

    def run(self, source: str, printed: str, words: list[str]) -> None:
        """A cell with what it prints, below the words that lead to it; what is printed may need a slide of its own."""
        room = self.room - (fitting.prose_height(words, 28) + 14 if words else 0)
        code = fitting.fit_lines(source, room - self.needed(printed))
        together = bool(printed) and not code.left_out
        if not together:
            code = fitting.fit_lines(source, room)
        result = fitting.fit_lines(printed, room - code.height - 20 if together else self.room)
        together = together and not result.left_out
        part, self.waiting = (self.waiting, None) if words else (None, self.waiting)
        notes = render(part.source) if part else ""
        notes += f"<pre>{escape(source)}</pre>" if code.left_out else ""
        body = paragraphs(words) + code_block(code) + (printed_block(result) if together else "")
        self.add(body, kind="code", notes=notes)
        if printed and not together:
            self.add(printed_block(fitting.fit_lines(printed, self.room)), kind="code")

    def question(self, record) -> None:
        """A question of the quiz with its choices, for a vote in the room."""
        choices = "\n".join(f"- **{key}.** {option.text}" for key, option in record.options.items())
        several = " · several choices are right" if record.several else ""
        text = f"*{record.minutes} minutes{several}*\n\n{record.question}\n\n{choices}"
        self.heading = inline(f"{record.id}: {record.title}")
        self.add_text(parts(text)[0], kind="exercise", whole=True)
