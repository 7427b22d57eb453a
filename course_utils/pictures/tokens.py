"""`token_strip`: the pieces into which a tokenizer cuts a text, as boxes with their ids below.

`pieces`, `rows_of` and `token_box` are for other pictures that draw tokens, such as `steps`. Nothing here loads a
model.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ..describing import describe, is_a
from ..errors import CourseError
from .figures import Figure, Table, label, show
from .style import COLOURS, INK, MUTED, WIDTH, canvas, plain_style, tint, write

LIMIT = 60  # pieces in one picture
_CUT = "▯"  # in place of a piece that is only a part of a character
_LETTERS = 2_000  # of a text, so that a whole book does not stop the page
_NOTES = {
    "[UNK]": "[UNK] stands for what the vocabulary lacks",
    "##": "## continues the word before",
    "␣": "␣ is the space in front of a word",
    "▁": "▁ is the space in front of a word",
    _CUT: f"{_CUT} is a part of one character",
    "↵": "↵ is a line break",
}


@dataclass(frozen=True)
class Piece:
    """One token as it is drawn: its text, its id, whether it is a special token, and how it stands to its word."""

    text: str
    id: int
    special: bool
    starts: bool  # a word begins here
    whole: bool  # its word is this one piece


def token_strip(tokenizer, text, *, title: str = "") -> Figure:
    """The pieces of a text from left to right, their ids below. A word in several pieces is dark, a whole one light.

    Special tokens, which the tokenizer adds, are grey. After 60 pieces a strip stops, and says so.

    Args:
        tokenizer: a tokenizer of transformers, or a dictionary `{name: tokenizer}`: then a strip for each.
        text: a text, or a dictionary `{name: text}`: then a strip for each.
        title: what stands on top.

    Raises:
        CourseError: `text` is no text, or an empty one.
    """
    named = {name: pieces(one, line) for name, (one, line) in _pairs(tokenizer, text).items()}
    strips = {name: (found, rows_of(found[:LIMIT], WIDTH - 0.1)) for name, found in named.items()}
    shown = [piece for found, _ in strips.values() for piece in found[:LIMIT]]
    notes = _notes(shown)
    if len(strips) == 1:
        notes[0] = " ".join([*(_count(found) + "." for found, _ in strips.values()), notes[0]]).strip()
    notes = [note for note in notes if note]
    notes = [" ".join(notes)] if 0 < sum(map(len, notes)) < 100 else notes
    top, step, above = (0.34 if title else 0.06), 0.66, (0.3 if len(strips) > 1 else 0)
    height = top + sum(above + step * len(lines) for _, lines in strips.values()) + 0.22 * len(notes) + 0.1
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        if title:
            write(axes, 0.05, height - 0.17, label(title, 90), size=11, across="left")
        y = height - top
        for name, (found, lines) in strips.items():
            if above:
                write(axes, 0.05, y - 0.13, f"{label(name, 40)}: {_count(found)}", across="left")
                y -= above
            for line in lines:
                _draw(axes, line, y)
                y -= step
        for number, note in enumerate(reversed(notes)):
            write(axes, 0.05, 0.14 + 0.22 * number, note, size=9, across="left")
        said = ". ".join(f"{f'{name}: ' if name else ''}{_said(found)}" for name, (found, _) in strips.items())
        what = f"{title}. " if title else ""
        alt = f"{what}Tokens as boxes: {said}. {' '.join(notes)}"
        return show(figure, alt=alt, table=_table(strips, title), folded=True)


def _pairs(tokenizer, text) -> dict:
    """Name → tokenizer and text, for each strip."""
    if is_a(text, Mapping) and text:
        return {str(name): (tokenizer, line) for name, line in text.items()}
    if is_a(tokenizer, Mapping) and tokenizer:
        return {str(name): (one, text) for name, one in tokenizer.items()}
    return {"": (tokenizer, text)}


def pieces(tokenizer, text: str) -> list[Piece]:
    """The tokens of a text, with the special ones.

    Raises:
        CourseError: `text` is no text, or an empty one.
    """
    if not is_a(text, str):
        raise CourseError(f"A tokenizer cuts a text, but got {describe(text)}.")
    if not text.strip():
        raise CourseError("There is no text yet: write a few words.")
    encoded = tokenizer(text[:_LETTERS])
    ids, tokens = encoded["input_ids"], tokenizer.convert_ids_to_tokens(encoded["input_ids"])
    words = encoded.word_ids() if getattr(encoded, "is_fast", False) else [*range(len(ids))]
    special = set(tokenizer.all_special_ids) - {tokenizer.unk_token_id}
    readable = _bytes_read(tokenizer) if _is_byte_level(tokenizer) else str
    made = []
    for place, (token, number) in enumerate(zip(tokens, ids, strict=True)):
        mine = words[place]
        starts = mine is None or place == 0 or words[place - 1] != mine
        whole = mine is None or words.count(mine) == 1
        added = number in special
        made.append(Piece(label(token if added else readable(token), 24), number, added, starts, whole))
    return made


def rows_of(found: list[Piece], room: float, least: float = 0.0) -> list[list[tuple[Piece, float, float]]]:
    """The pieces on lines `room` inches wide, each with its left edge and its width, at least `least`."""
    widths = [max(_width(piece.text), _width(str(piece.id), 9), least) + 0.12 for piece in found]
    lines, x = [[]], 0.0
    for number, piece in enumerate(found):
        x += 0.09 if lines[-1] and piece.starts else 0.0
        end = number + 1
        while piece.starts and end < len(found) and not found[end].starts:
            end += 1  # a word stays on one line, if a line can hold it
        whole = sum(widths[number:end]) + 0.025 * (end - number - 1)
        if lines[-1] and x + (whole if whole <= room else widths[number]) > room:
            lines.append([])
            x = 0.0
        lines[-1].append((piece, x, widths[number]))
        x += widths[number] + 0.025
    return lines


def token_box(axes, piece: Piece, x: float, y: float, width: float, height: float = 0.3, lit: bool = True):
    """One piece as a box: grey for a special token, dark for a piece of a word, light for a whole word."""
    from matplotlib.patches import Rectangle

    inside = "#e6e8eb" if piece.special else tint(COLOURS["tokens"], 0.25 if piece.whole else 0.85)
    edge = MUTED if piece.special or not lit else COLOURS["query"]
    axes.add_patch(Rectangle((x, y), width, height, facecolor=inside if lit else "white", edgecolor=edge, linewidth=1))
    colour = INK if lit else MUTED
    axes.text(x + width / 2, y + height / 2, piece.text, ha="center", va="center", color=colour, parse_math=False)


def _draw(axes, line, y: float):
    for piece, x, width in line:
        token_box(axes, piece, 0.05 + x, y - 0.34, width)
        write(axes, 0.05 + x + width / 2, y - 0.46, str(piece.id), size=9)


def _count(found: list[Piece]) -> str:
    """How many tokens, and how many of them the picture shows."""
    special = sum(piece.special for piece in found)
    own = len(found) - special
    count = f"{own} token{'s' if own != 1 else ''}" + (f" and {special} special ones (grey)" if special else "")
    return count + (f". The picture shows the first {LIMIT}" if len(found) > LIMIT else "")


def _notes(shown: list[Piece]) -> list[str]:
    """What stands below the boxes: what dark boxes mean, and each sign in them."""
    signs = [note for sign, note in _NOTES.items() if any(sign in piece.text for piece in shown if not piece.special)]
    cut = "Dark: a word in several pieces." if any(not piece.whole for piece in shown) else ""
    return [cut, f"{'; '.join(signs)}." if signs else ""]


def _said(found: list[Piece]) -> str:
    return f"{_count(found)}: {' | '.join(piece.text for piece in found[:LIMIT])}"


def _table(strips, title: str) -> Table:
    """Two rows for each strip, tokens and ids, filled up to the longest."""
    longest = max(len(found[:LIMIT]) for found, _ in strips.values())
    rows = []
    for name, (found, _) in strips.items():
        for what in ("token", "id"):
            cells = [str(piece.text if what == "token" else piece.id) for piece in found[:LIMIT]]
            row = f"{name}: {what}" if name else what
            rows.append((row, *cells, *["–"] * (longest - len(cells))))
    return Table(title or "The tokens", ("", *(str(number + 1) for number in range(longest))), tuple(rows))


def _bytes_read(tokenizer):
    """A byte-level tokenizer writes bytes as odd letters, `Ã¶` for ö: back to the letters, a space as ␣."""

    def read(token: str) -> str:
        text = tokenizer.convert_tokens_to_string([token])
        return _CUT if "�" in text else text.replace(" ", "␣")

    return read


def _is_byte_level(tokenizer) -> bool:
    return "ByteLevel" in repr(getattr(getattr(tokenizer, "backend_tokenizer", None), "decoder", ""))


@cache
def _width(text: str, size: float = 10) -> float:
    """How wide a text is drawn, in inches. matplotlib's own measuring is right too, and fifty times slower."""
    from matplotlib import font_manager

    font = font_manager.get_font(font_manager.findfont("DejaVu Sans"))
    font.set_size(size, 720)  # fine dots, so that rounding to dots does not matter
    font.set_text(text, 0)
    return max(font.get_width_height()[0] / 64 / 720, 0.1)
