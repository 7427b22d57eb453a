"""What a model knows by heart: `prompter`, the guesses in one text, and `by_heart`, those in pairs of texts."""

from collections.abc import Mapping, Sequence

from ...describing import attempt
from ...errors import CourseError
from ..figures import Figure, Table, label, readable, show
from ..style import ACCENT, COLOURS, INK, MUTED, PALE, WIDTH, canvas, plain_style, rectangle, tint, write


def prompter(pieces: Sequence[str], right: Sequence[bool], *, given: int, title: str = "") -> Figure:
    """The tokens of a text as a row of boxes: given ones grey, guessed ones in colour, missed ones white.

    Args:
        pieces: the tokens of the text, as texts.
        right: for each token after the first `given` whether the model's first guess was this token.
    """
    from textwrap import shorten

    pieces = [readable(str(piece)) for piece in pieces]
    if len(pieces) != given + len(right):
        raise CourseError(
            f"prompter() expects True or False for each token after the first {given}: of {len(pieces)} tokens "
            f"{len(right)} have one."
        )
    x, rows, line = 0.02, [[]], 0.36
    for place, piece in enumerate(pieces):
        text = label(piece.strip() or "␣", 18)
        wide = 0.12 + 0.082 * len(text)
        if x + wide > WIDTH - 0.02:
            x, rows = 0.02, [*rows, []]
        rows[-1].append((x, wide, text, place))
        x += wide + 0.05
    height = line * len(rows) + 0.72
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        counted = f"{sum(right)} of {len(right)} guessed right"
        write(axes, 0.02, height - 0.16, f"{title}: {counted}" if title else counted, size=11, across="left", bold=True)
        for number, row in enumerate(rows):
            y = height - 0.36 - line * (number + 1)
            for left, wide, text, place in row:
                told = place < given
                hit = not told and right[place - given]
                face = PALE if told else tint(COLOURS["right"], 0.45) if hit else "white"
                rectangle(axes, left, y + 0.05, wide, line - 0.09, face, edge=INK if hit else MUTED)
                write(axes, left + wide / 2, y + line / 2, text, size=9.5, bold=hit)
        note = "grey: given · green and bold: the model's first guess was this token · white: another token"
        write(axes, 0.02, 0.13, note, size=9, across="left")
        found = "; ".join(piece.strip() for piece, hit in zip(pieces[given:], right, strict=True) if hit)
        alt = f"{title}: {counted}. Given: {''.join(pieces[:given])}. Guessed: {found or 'none'}."
        return show(figure, shorten(alt, 600))


def by_heart(rows: Mapping[str, tuple[Sequence[bool], Sequence[bool]]]) -> Figure:
    """Two bars of squares for each pair: the famous text on the left, ours on the right; full squares were guessed.

    Args:
        rows: `{name: (famous, ours)}`, for each token asked True where the first guess was right.
    """
    pairs = attempt(lambda: {str(n): ([bool(x) for x in a], [bool(x) for x in b]) for n, (a, b) in rows.items()})
    if not pairs or not all(a and b for a, b in pairs.values()):
        raise CourseError("by_heart() expects {name: (famous, ours)} with True or False for each token asked.")
    asked = len(next(iter(pairs.values()))[0])
    for name, both in pairs.items():
        if {*map(len, both)} != {asked}:
            found = " and ".join(str(len(hits)) for hits in both)
            raise CourseError(f"by_heart() expects {asked} tokens of each text, as in the first; {name!r} has {found}.")
    left, line = 2.15, 0.27
    wide = (WIDTH - left - 0.5) / 2
    height = line * len(pairs) + 0.62
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        for number, name in enumerate(("the famous text", "ours, in the same form")):
            write(axes, left + number * (wide + 0.25), height - 0.16, name, across="left", bold=True)
        for row, (name, both) in enumerate(pairs.items()):
            y = height - 0.36 - line * (row + 1)
            write(axes, left - 0.1, y + line / 2, label(name, 28), size=9.5, across="right")
            for number, hits in enumerate(both):
                start, side = left + number * (wide + 0.25), (wide - 0.3) / len(hits)
                for place, hit in enumerate(sorted(hits, reverse=True)):
                    colour = (ACCENT, COLOURS["key"])[number] if hit else "white"
                    rectangle(axes, start + side * place, y + 0.04, side * 0.82, line - 0.09, colour, MUTED, 0.6)
                write(axes, start + wide - 0.26, y + line / 2, str(sum(hits)), size=9.5, across="left", bold=True)
        write(axes, left, 0.12, f"a full square: one of {asked} tokens guessed right", size=9, across="left")
        told = [(name, str(sum(a)), str(sum(b))) for name, (a, b) in pairs.items()]
        said = "; ".join(f"{name} {a} and {b}" for name, a, b in told)
        table = Table(f"Tokens guessed, of {asked}", ("text", "famous", "ours"), told)
        return show(
            figure,
            f"Squares for {asked} tokens of each text, full where guessed. Famous and ours: {said}.",
            table,
            folded=True,
        )
