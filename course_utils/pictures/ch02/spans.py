"""`marked`, a text with some of its parts in colour and named, and `start_and_end`, bars above and below its tokens.

For tasks that find something in a text: names, parts of speech, an answer. The labels are written out below the
words, so that no colour has to be told apart.
"""

import re
from functools import cache

from ...describing import describe, is_a
from ...errors import CourseError
from ..figures import Figure, Table, label, readable, show
from ..style import ACCENT, COLOURS, MUTED, PALE, SIZE, WIDTH, box, canvas, plain_style, tint, write

_ROLES = ("encoder", "key", "value", "feed-forward", "decoder", "query", "residual stream")
_OFTEN = {  # labels that come in several pictures of a page look the same in each
    **{"PER": "encoder", "ORG": "key", "LOC": "value"},
    **{"NOUN": "encoder", "VERB": "decoder", "ADJ": "value", "ADP": "key", "DET": "feed-forward", "PRON": "query"},
    **{"NUM": "trained", "PUNCT": "text", "answer": "answer"},
}
_RATHER = " → "  # between a wrong label and the right one
_SIZES, _SEVERAL = (13, 12, 11, 10), 11  # points: the largest at which all fits into one line; for several lines
_LONGEST = 60  # tokens
_TOKEN, _SIDE = 10, 0.85  # points; inches for the names at the left
_HIGH, _WIDE = 0.48, 0.16  # inches: a bar of 1.00, and every bar
_WORDS, _NUMBER, _GAP = 0.26, 0.2, 0.24  # inches: the words, the number at a bar, between two lines
_DRAWN = 0.04  # a smaller probability gets no bar


def marked(text: str, spans, *, title: str = "", wrong=None) -> Figure:
    """`text` with its `spans` in coloured boxes, the label of each below it.

    Args:
        spans: triples `(start, end, label)`, where `text[start:end]` is the part that has the label. They must not
            overlap. Equal labels get the same colour.
        wrong: the spans to mark as wrong, counted from 0 in the order of the text, each with its right label, as in
            `{7: "NOUN"}`.
    """
    spans = sorted(_triple(span, text) for span in spans)
    if any(left[1] > right[0] for left, right in zip(spans, spans[1:], strict=False)):
        raise CourseError(f"marked() expects spans that do not overlap; it got {describe(spans)}.")
    wrong = wrong or {}
    names = [f"{name}{_RATHER}{wrong[i]}" if i in wrong else name for i, (_, _, name) in enumerate(spans)]
    said = [f"{name}, wrong: {wrong[i]} is right" if i in wrong else name for i, (_, _, name) in enumerate(spans)]
    pieces = _pieces(text, spans, names)
    size, rows = next(
        (found for found in ((size, _rows(pieces, size)) for size in _SIZES) if len(found[1]) == 1),
        (_SEVERAL, _rows(pieces, _SEVERAL)),
    )
    unit = size / SIZE
    # From one line of words to the next, in inches: only a line with labels needs room for them.
    lines = [(0.58 if any(name for _, name, *_ in row) else 0.34) * unit for row in rows]
    y = sum(lines)
    with plain_style():
        figure, axes = canvas(WIDTH, y + (0.36 if title else 0.04))
        if title:
            write(axes, 0.02, y + 0.18, label(title, 90), size=11, across="left")
        kinds = list(dict.fromkeys(_kind(name) for name in names))
        for row, line in zip(rows, lines, strict=True):
            y -= line
            for part, name, x, width in row:
                middle, kind = x + width / 2, _kind(name)
                if name:
                    role = _OFTEN.get(kind, _ROLES[kinds.index(kind) % len(_ROLES)])
                    place = (x, y + line - 0.31 * unit, width, 0.29 * unit)
                    if _RATHER in name:
                        _wrong_box(axes, *place)
                    else:
                        box(axes, *place, role=role)
                    write(axes, middle, y + line - 0.49 * unit, label(name, 24), size=9, up="baseline")
                write(axes, middle, y + line - 0.215 * unit, part, size=size, up="baseline")
        alt = ", ".join(f"{readable(text[a:b])} is marked {name}" for (a, b, _), name in zip(spans, said, strict=True))
        table = Table(
            title or "marked in the text",
            ("text", "label", "characters"),
            tuple((text[a:b], name, f"{a} to {b}") for (a, b, _), name in zip(spans, said, strict=True)),
        )
        alt = f"The text “{readable(text, 300)}”: {alt or 'nothing is marked'}."
        return show(figure, alt=alt, table=table, folded=True)


def start_and_end(tokens, start, end, *, title: str = "") -> Figure:
    """The tokens as a text: above each, how likely the answer starts there, below, how likely it ends there."""
    tokens, rows = [str(token) for token in tokens], [[float(x) for x in row] for row in (start, end)]
    if not 1 <= len(tokens) <= _LONGEST or any(len(row) != len(tokens) for row in rows):
        raise CourseError(
            f"start_and_end() expects 1 to {_LONGEST} tokens and two numbers for each; it got {len(tokens)} tokens and "
            f"{len(rows[0])} and {len(rows[1])} numbers."
        )
    lines, taken = [[]], 0.0  # the tokens of each line, as (number, width)
    for number, token in enumerate(tokens):
        width = max(0.2, _width(label(token, 30), _TOKEN) + 0.11)
        if taken + width > WIDTH - _SIDE:
            lines, taken = [*lines, []], 0.0
        lines[-1].append((number, width))
        taken += width
    best = [max(range(len(row)), key=row.__getitem__) for row in rows]
    # Above and below each line: how much room do its bars take? None, if it has none.
    rooms = []
    for line in lines:
        drawn = [[row[n] for n, _ in line if row[n] >= _DRAWN or n == top] for row, top in zip(rows, best, strict=True)]
        rooms.append([_HIGH * max(found) + _NUMBER if found else 0 for found in drawn])
    y = sum(sum(room) + _WORDS + _GAP for room in rooms)
    with plain_style():
        figure, axes = canvas(WIDTH, y + (0.54 if title else 0.24))
        if title:
            write(axes, 0.02, y + 0.39, label(title, 90), size=11, across="left")
        _bar(axes, 0.02, y + 0.04, 0.16, ACCENT)
        write(axes, 0.24, y + 0.12, "blue: the largest", size=9, across="left")
        for line, room in zip(lines, rooms, strict=True):
            x, y = _SIDE, y - _GAP / 2 - room[0] - _WORDS / 2  # the middle of the words
            for row, sign, top, name, there in zip(
                rows, (1, -1), best, ("starts here", "ends here"), room, strict=True
            ):
                if there:
                    write(axes, 0.02, y + sign * 0.24, name, size=9, across="left")
                    foot, at = y + sign * _WORDS / 2, x
                    axes.plot([x, x + sum(width for _, width in line)], [foot, foot], color=PALE, linewidth=1)
                    for number, width in line:
                        at, middle = at + width, at + width / 2
                        if row[number] >= _DRAWN:
                            colour = ACCENT if number == top else MUTED
                            _bar(axes, middle - _WIDE / 2, foot, sign * _HIGH * row[number], colour)
                        if row[number] >= 0.1 or number == top:
                            up = foot + sign * (_HIGH * row[number] + 0.085)
                            write(axes, middle, up, f"{row[number]:.2f}", size=9)
            for number, width in line:
                write(axes, x + width / 2, y - 0.045, label(tokens[number], 30), size=_TOKEN, up="baseline")
                x += width
            y -= _WORDS / 2 + room[1] + _GAP / 2
        first, last = best
        alt = (
            f"A text of {len(tokens)} tokens, with bars above and below. Highest for the start: "
            f"{tokens[first]} with {rows[0][first]:.2f}; for the end: {tokens[last]} with {rows[1][last]:.2f}."
        )
        numbered = [(f"{i} {token}", f"{rows[0][i]:.2f}", f"{rows[1][i]:.2f}") for i, token in enumerate(tokens)]
        likely = [row for row in numbered if row[1:] != ("0.00", "0.00")]
        return show(figure, alt=alt, table=Table("tokens above 0.00", ("token", "starts here", "ends here"), likely))


def _bar(axes, x, y, high, colour):
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((x, y), _WIDE, high, color=colour, linewidth=0))


def _triple(span, text: str) -> tuple[int, int, str]:
    parts = tuple(span) if is_a(span, tuple, list) else ()
    if len(parts) != 3 or not (is_a(parts[0], int) and is_a(parts[1], int) and 0 <= parts[0] < parts[1] <= len(text)):
        raise CourseError(
            f"marked() expects spans (start, end, label) inside a text of {len(text)} characters; it got "
            f"{describe(span)}."
        )
    return parts[0], parts[1], str(parts[2])


def _wrong_box(axes, x, y, width, height):
    """Dashed, and not hatched as elsewhere: lines behind a short word make it hard to read."""
    from matplotlib.patches import FancyBboxPatch

    colour = COLOURS["wrong"]
    look = {"facecolor": tint(colour, 0.12), "edgecolor": colour, "linewidth": 2, "linestyle": (0, (3, 1.5))}
    axes.add_patch(FancyBboxPatch((x, y), width, height, boxstyle="round,pad=0,rounding_size=0.05", **look))


def _kind(name: str) -> str:
    """What the colour stands for: PER for `B-PER`, `I-PER` and `PER → ORG`, answer for `answer 0.97`."""
    return name.removeprefix("B-").removeprefix("I-").split(" ")[0]


def _pieces(text: str, spans, said) -> list[tuple[str, str, bool]]:
    """The text as words, `(word, "", gap)`, and marked parts, `(part, label, gap)`: is there a space before it?"""
    pieces, place = [], 0

    def words(until):
        for word in re.finditer(r"\S+", text[place:until]):
            at = place + word.start()
            pieces.append((word[0], "", text[at - 1 : at].isspace()))

    for (start, end, _), name in zip(spans, said, strict=True):
        words(start)
        pieces.append((text[start:end], name, text[start - 1 : start].isspace()))
        place = end
    words(len(text))
    return pieces


def _rows(pieces, size: int) -> list[list]:
    """The lines: of each piece the text, the label, where its box begins and how wide that is, in inches."""
    rows, x, free, waiting = [[]], 0.0, 0.0, list(pieces)  # the next piece begins at x; the labels end at `free`
    while waiting:
        part, name, gap = waiting.pop(0)
        part = " ".join(label(word, 70) if word else "" for word in part.split(" "))
        width = _width(part, size) + (0.012 * size if name else 0)
        overhang = max(0.0, (_width(name, 9) - width) / 2) if name else 0.0
        left = max(x + (0.0045 * size if gap else 0.02), free + overhang if name else 0)
        room = WIDTH - 0.02 - left
        if width + overhang > room:
            words = part.split(" ") if name and width > WIDTH / 2 else []
            fits = [n for n in range(1, len(words)) if _width(" ".join(words[:n]), size) + 0.012 * size <= room]
            if fits:  # a long part goes on in the next line
                n = fits[-1]
                waiting[:0] = [
                    (" ".join(words[:n]), name, gap),
                    (" ".join(words[n:]), f"{_kind(name)} (goes on)", True),
                ]
                continue
            if rows[-1]:
                waiting.insert(0, (part, name, False))
                rows, x, free = [*rows, []], 0.0, 0.0
                continue
        before = rows[-1].pop() if rows[-1] and not name and not rows[-1][-1][1] else None
        if before:  # words without a label are drawn together: a long text has hundreds
            rows[-1].append((f"{before[0]}{' ' * gap}{part}", "", before[2], left + width - before[2]))
        else:
            rows[-1].append((part, name, left, width))
        x = left + width
        free = x + overhang + 0.09 if name else free
    return rows


def _width(text: str, size: int) -> float:
    """How far a text moves the pen, in inches."""
    return _width_of_ten_points(text) * size / 10


@cache
def _width_of_ten_points(text: str) -> float:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    def extent(text):
        return TextPath((0, 0), text, prop=FontProperties(size=10), usetex=False).get_extents().width / 72

    return extent(f"|{text}|") - extent("||")
