"""`token_strip`: the pieces into which a tokenizer cuts a text, as boxes with their ids below.

`pieces`, `rows_of`, `token_box` and `smaller` are for other pictures that draw tokens, such as `steps`. Nothing here
loads a model.
"""

import io
from dataclasses import dataclass, replace
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
    "Ġ": "Ġ stands for a space in front",
    "▁": "▁ stands for a space in front",
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


def token_strip(tokenizer, text: str, *, title: str = "") -> Figure:
    """The pieces of a text from left to right, their ids below. A word in several pieces is dark, a whole one light.

    Special tokens, which the tokenizer adds, are grey. After 60 pieces the picture stops, and says so.

    Raises:
        CourseError: `text` is no text, or an empty one.
    """
    found = pieces(tokenizer, text)
    shown = found[:LIMIT]
    lines = rows_of(shown, WIDTH - 0.1)
    notes = _notes(found, shown)
    top, step = (0.34 if title else 0.06), 0.66
    height = top + step * len(lines) + 0.22 * len(notes) + 0.1
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        if title:
            write(axes, 0.05, height - 0.17, label(title, 90), size=11, across="left")
        for number, line in enumerate(lines):
            y = height - top - step * number
            for piece, x, width in line:
                token_box(axes, piece, 0.05 + x, y - 0.34, width)
                write(axes, 0.05 + x + width / 2, y - 0.46, str(piece.id), size=9)
        for number, note in enumerate(reversed(notes)):
            write(axes, 0.05, 0.14 + 0.22 * number, note, size=9, across="left")
        said = " | ".join(piece.text for piece in shown)
        header = ("", *(str(number + 1) for number in range(len(shown))))
        rows = (("token", *(piece.text for piece in shown)), ("id", *(str(piece.id) for piece in shown)))
        what = f"{title}. " if title else ""
        table = Table(title or "The tokens", header, rows)
        return smaller(show(figure, alt=f"{what}Tokens as boxes: {said}. {' '.join(notes)}", table=table, folded=True))


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


def smaller(figure: Figure) -> Figure:
    """The same picture in 64 colours: a drawing of boxes needs no more, and its file is smaller."""
    from PIL import Image

    buffer = io.BytesIO()
    picture = Image.open(io.BytesIO(figure.png)).convert("RGB")
    picture.quantize(64, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
    return replace(figure, png=buffer.getvalue())


def _notes(found: list[Piece], shown: list[Piece]) -> list[str]:
    """What stands below the boxes: how many tokens, and what each sign in them means."""
    special = sum(piece.special for piece in found)
    own = len(found) - special
    count = f"{own} token{'s' if own != 1 else ''}" + (f" and {special} special ones (grey)." if special else ".")
    if len(shown) < len(found):
        count += f" The picture shows the first {len(shown)}."
    signs = [note for sign, note in _NOTES.items() if any(sign in piece.text for piece in shown if not piece.special)]
    cut = ["Dark: a word in several pieces."] if any(not piece.whole for piece in shown) else []
    return [" ".join([count, *cut]), *([f"{'; '.join(signs)}."] if signs else [])]


def _bytes_read(tokenizer):
    """A byte-level tokenizer writes bytes as odd letters, `Ã¶` for ö: back to the letters, the space in front as Ġ."""

    def read(token: str) -> str:
        text = tokenizer.convert_tokens_to_string([token])
        return _CUT if "�" in text else text.replace(" ", "Ġ")

    return read


def _is_byte_level(tokenizer) -> bool:
    return "ByteLevel" in repr(getattr(getattr(tokenizer, "backend_tokenizer", None), "decoder", ""))


@cache
def _width(text: str, size: float = 10) -> float:
    """How wide a text is drawn, in inches."""
    from matplotlib.textpath import TextPath

    return TextPath((0, 0), text, size=size).get_extents().width / 72 if text.strip() else 0.1
