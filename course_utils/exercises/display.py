"""How results look: complete plain text, and HTML that reads well in a light or dark notebook.

Nothing here knows what an exercise is. The HTML has no script, no SVG and no id; it says a status in
words (the symbol is hidden from screen readers), takes its colours from the notebook, and still makes
sense when a viewer strips every style.
"""

import re
from dataclasses import dataclass
from html import escape

from ..shown import Shown

STATUSES = {  # status: (symbol, a colour that stands out against white and against black alike)
    "not attempted": ("○", "#3b82c4"),
    "correct": ("✓", "#2e8b57"),
    "not yet": ("↻", "#b8730a"),
    "error in your code": ("!", "#d9423b"),
    "unknown exercise": ("?", "#3b82c4"),
}
TEXT = "color:var(--jp-content-font-color1, inherit)"
CELL = "text-align:left;padding:.15em .8em;border-bottom:1px solid var(--jp-border-color2, rgba(127,127,127,.4))"
CODE = "color:inherit;background:var(--jp-layout-color2, rgba(127,127,127,.16))"
_EMPHASIS = re.compile(r"(?<![\w*])\*([^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])")
# Control characters, halves of a character and text-direction marks: a notebook cannot store or show them.
_UNSHOWABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, kw_only=True)
class Card(Shown):
    """A heading, a text, perhaps code, and notes below: a hint, a solution, or the body of a result."""

    heading: str
    text: str = ""
    code: str = ""
    notes: tuple[str, ...] = ()
    symbol: str = "•"
    colour: str = "#3b82c4"

    def plain(self) -> str:
        code = "\n".join(f"    {line}".rstrip() for line in self.code.splitlines())
        above, below = map(unmarked, (f"{self.heading}\n{self.text}".strip(), "\n".join(self.notes)))
        return clean("\n".join(part for part in (above, code, below) if part))

    def html(self) -> str:
        rows = [f'<span aria-hidden="true">{escape(self.symbol)}</span> <strong>{markup(self.heading)}</strong>']
        rows += [markup(part) for part in self.text.split("\n") if part]
        body = "".join(f'<p style="margin:.2em 0">{row}</p>' for row in rows)
        if self.code:
            wrapped = f"{CODE};padding:.5em;white-space:pre-wrap;overflow-wrap:anywhere"
            body += f'<pre style="{wrapped}">{escape(clean(self.code))}</pre>'
        body += "".join(f'<p style="margin:.2em 0">{markup(note)}</p>' for note in self.notes)
        frame = f"border-left:4px solid {self.colour};padding:.3em .9em;margin:.3em 0"
        return f'<div role="status" style="{frame};{TEXT}">{body}</div>'


@dataclass(frozen=True)
class Result(Shown):
    """What `check` found: one of the five statuses, and the sentence that helps on."""

    id: str
    status: str
    message: str
    notes: tuple[str, ...] = ()

    def plain(self) -> str:
        return self._card().plain()

    def html(self) -> str:
        return self._card().html()

    def _card(self) -> Card:
        symbol, colour = STATUSES[self.status]
        return Card(
            heading=f"Exercise {self.id}: {self.status}",
            text=self.message,
            notes=self.notes,
            symbol=symbol,
            colour=colour,
        )


def markup(text: str) -> str:
    """Text as HTML: escaped first, then `code` in backticks, and *emphasis* outside of it."""
    parts = re.split(r"`([^`\n]+)`", escape(clean(text)))
    parts[::2] = [_EMPHASIS.sub(r"<em>\1</em>", part) for part in parts[::2]]
    parts[1::2] = [f'<code style="{CODE}">{part}</code>' for part in parts[1::2]]
    return "".join(parts)


def unmarked(text: str) -> str:
    """Text without the stars of *emphasis*, for where nothing can be slanted."""
    parts = re.split(r"(`[^`\n]+`)", text)
    parts[::2] = [_EMPHASIS.sub(r"\1", part) for part in parts[::2]]
    return "".join(parts)


def table(caption: str, body: str, notes: tuple[str, ...] = ()) -> str:
    """An HTML table: rows made by `table_row`, a caption above, notes below."""
    head = f'<caption style="text-align:left;color:inherit">{escape(caption)}</caption>'
    below = "".join(f"<p>{markup(note)}</p>" for note in notes)
    return f'<table style="border-collapse:collapse;{TEXT}">{head}<tbody>{body}</tbody></table>{below}'


def table_row(cells: list[str]) -> str:
    return f"<tr>{''.join(cells)}</tr>"


def table_cell(tag: str, text: str, attributes: str = "") -> str:
    return f'<{tag} {attributes} style="{CELL}">{escape(text)}</{tag}>'


def clean(text: str) -> str:
    """The text without characters that would break a stored notebook."""
    return _UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", text)
