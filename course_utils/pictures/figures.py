"""Show a matplotlib figure with a text, and if wanted a small table, for those who cannot see it.

A picture output of Jupyter has no place for alternative text, and SVG vanishes in a notebook that is not
trusted. A `<figure>` with a PNG and a table inside keeps all of it.
"""

import base64
import io
import unicodedata
from dataclasses import dataclass
from functools import cache
from html import escape

from ..describing import describe
from ..errors import CourseError
from ..shown import Shown

_SIGNS = {"\n": "↵", "\t": "⇥"}


@dataclass(frozen=True)
class Table(Shown):
    """A caption, a header and rows of texts, all as long as the header; the first column names the rows.

    Line breaks and other control characters become visible signs, and a text of over 80 characters loses its middle.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self):
        header, rows = tuple(self.header), tuple(tuple(row) for row in self.rows)
        if any(len(row) != len(header) for row in rows):
            raise CourseError(
                f"Each row of a table should have {len(header)} texts, as the header has, but the rows have "
                f"{', '.join(str(len(row)) for row in rows[:8])}."
            )
        object.__setattr__(self, "header", tuple(readable(text) for text in header))
        object.__setattr__(self, "rows", tuple(tuple(readable(text) for text in row) for row in rows))

    def plain(self) -> str:
        lines = [self.header, *self.rows]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.header))]
        padded = ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in lines]
        return "\n".join([self.caption, *(line.rstrip() for line in padded)])

    def html(self) -> str:
        header = "".join(f'<th scope="col">{escape(text)}</th>' for text in self.header)
        rows = "".join(f"<tr>{''.join(map(_cell, range(len(row)), row))}</tr>" for row in self.rows)
        return (
            f"<table><caption>{escape(self.caption)}</caption><thead><tr>{header}</tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )


@dataclass(frozen=True)
class Figure(Shown):
    """A PNG picture, its alternative text, and a table of what is in it (or None), `folded` where it only repeats."""

    png: bytes
    alt: str
    table: Table | None = None
    folded: bool = False

    def plain(self) -> str:
        return f"[picture: {self.alt}]" + ("" if self.table is None else f"\n{self.table}")

    def html(self) -> str:
        data = base64.b64encode(self.png).decode("ascii")
        picture = f'<img alt="{escape(self.alt)}" src="data:image/png;base64,{data}">'
        table = "" if self.table is None else self.table.html()
        if table and self.folded:
            table = f"<details><summary>The same as a table</summary>{table}</details>"
        return f"<figure>{picture}{table}</figure>"


def show(figure, alt: str, table: Table | None = None, *, folded: bool = False) -> Figure:
    """A matplotlib `figure` as a picture with the alternative text `alt`, above a `table`; end a cell with it.

    A table that only repeats what the picture says is `folded`: one click, or a screen reader, opens it.

    The figure is closed, so that Jupyter does not draw it a second time. Its background is white in
    light and dark themes alike, so axes and labels stay readable.

    Raises:
        CourseError: `figure` is not a matplotlib figure, `alt` is not a text that says something, or `table` is
            not a `Table`.
    """
    import matplotlib.pyplot as plt
    from matplotlib.figure import Figure as Drawing

    if not isinstance(figure, Drawing):
        raise CourseError(
            f"show() expects a matplotlib figure, but got {describe(figure)}: pass what `plt.figure()` or "
            "`plt.subplots()` gave you."
        )
    if not isinstance(alt, str) or not alt.strip():
        raise CourseError('show() expects a text that says what the picture shows: pass alt="...".')
    if table is not None and not isinstance(table, Table):
        raise CourseError(
            f"show() expects a Table, but got {describe(table)}: pass table=Table(caption, header, rows)."
        )
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=100, facecolor="white", bbox_inches="tight", metadata={"Software": None})
    plt.close(figure)
    return Figure(_smaller(buffer), alt.strip(), table, folded)


def _smaller(drawn: io.BytesIO) -> bytes:
    """The same picture with 128 colours: drawings have no more, and take a third of the bytes. A page holds many."""
    from PIL import Image

    small = io.BytesIO()
    Image.open(drawn).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(small, "png", compress_level=7)
    return small.getvalue()


def readable(text: str, limit: int = 80) -> str:
    """`text` on one line for a table or a sentence: control characters as visible signs, the middle cut at `limit`."""
    return _shorten([_visible(character) for character in text], limit)


def label(text: str, limit: int = 16) -> str:
    """`text` for a picture: as `readable`, and what the font of matplotlib lacks as its code point (`\\u4f60`).

    Draw it with `parse_math=False`, else matplotlib reads what stands between two dollar signs as a formula.
    """
    known = _glyphs()
    pieces = [_visible(c) if c in _SIGNS or (c.isprintable() and ord(c) in known) else _escaped(c) for c in text]
    return _shorten(pieces, limit)


def _shorten(pieces: list[str], limit: int) -> str:
    if not "".join(pieces).strip():
        pieces = ["␣"] * max(1, len(pieces))
    if unicodedata.combining(pieces[0][0]):
        pieces = ["◌", *pieces]  # a mark needs something to stand on
    if sum(map(len, pieces)) <= limit:
        return "".join(pieces)
    return _fitting(pieces, limit // 2) + "…" + _fitting(pieces[::-1], limit // 2 - 1, backwards=True)


def _fitting(pieces: list[str], room: int, backwards: bool = False) -> str:
    """As many whole pieces from the beginning as fit, at least one."""
    taken = pieces[:1]
    for piece in pieces[1:]:
        if sum(map(len, taken)) + len(piece) > room:
            break
        taken.append(piece)
    return "".join(taken[::-1] if backwards else taken)


def _visible(character: str) -> str:
    if character in _SIGNS:
        return _SIGNS[character]
    return _escaped(character) if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") else character


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


@cache
def _glyphs() -> frozenset[int]:
    """The code points that matplotlib's own font can draw."""
    from matplotlib import font_manager

    font = font_manager.get_font(font_manager.findfont("DejaVu Sans"))
    return frozenset(font.get_charmap())


def _cell(column: int, text: str) -> str:
    # `dir` keeps a text written from right to left from turning its neighbours round.
    opening, closing = ('th scope="row"', "th") if column == 0 else ("td", "td")
    return f'<{opening} dir="auto">{escape(text)}</{closing}>'
