"""Byte-pair encoding on one line: `join`, one merge in one word, and `merged`, the line after some merges.

Ties go to the pair that comes first in the line, as exercise 2.15 asks. Real libraries break them in other ways.
"""

from collections import Counter

from ...describing import describe, is_a
from ...errors import CourseError
from ..figures import Figure, Table, label, show
from ..style import WIDTH, canvas, plain_style, write
from ..tokens import Piece, rows_of, token_box

_STEP = 0.42  # from one row of boxes to the next


def join(pieces, pair) -> list[str]:
    """The pieces of a word with `pair` joined, from left to right, at every place where it stands."""
    joined, place = [], 0
    while place < len(pieces):
        if tuple(pieces[place : place + 2]) == tuple(pair):
            joined.append(pieces[place] + pieces[place + 1])
            place += 2
        else:
            joined.append(pieces[place])
            place += 1
    return joined


def merged(line: str, merges: int = 1) -> Figure:
    """The pieces of a line after so many merges, fewer where nothing is left to join; the merges stand on top.

    Raises:
        CourseError: the line is no text with words in it, or `merges` is no whole number.
    """
    if not is_a(line, str) or not line.split():
        raise CourseError("There is no line yet: write a few words.")
    if not is_a(merges, int) or merges < 0:
        raise CourseError(f"The number of merges is 0 or more; it is {describe(merges)}.")
    words, done = [list(word) for word in line.split()], []
    while len(done) < merges:
        counts = Counter(pair for word in words for pair in zip(word, word[1:], strict=False))
        if not counts:
            break
        done.append(max(counts, key=counts.get))  # of several the one that was counted first
        words = [join(word, done[-1]) for word in words]
    drawn = [Piece(label(part, 24), 0, False, not at, len(word) == 1) for word in words for at, part in enumerate(word)]
    lines = rows_of(drawn, WIDTH - 0.1)
    named = ", ".join(f"{left}+{right}" for left, right in done) or "none yet"
    head = f"{len(done)} merge{'s' if len(done) != 1 else ''}: {named}"
    height = 0.66 + _STEP * len(lines)
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        write(axes, 0.05, height - 0.17, label(head, 90), size=11, across="left")
        for number, row in enumerate(lines):
            for piece, x, width in row:
                token_box(axes, piece, 0.05 + x, height - 0.72 - _STEP * number, width)
        write(axes, 0.05, 0.14, f"{len(drawn)} pieces. Light: a whole word.", size=9, across="left")
        rows = tuple((str(number), " ".join(word)) for number, word in enumerate(words, 1))
        table = Table(head, ("word", "pieces"), rows)
        said = " / ".join(" ".join(word) for word in words)
        return show(figure, alt=f"{head}. {len(drawn)} pieces: {said}.", table=table, folded=True)
