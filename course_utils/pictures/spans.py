"""`marked`, a text with some of its parts in colour and named, and `start_and_end`, two rows of columns over tokens.

For tasks that find something in a text: names, parts of speech, an answer. The labels are written out below the
words, so that no colour has to be told apart.
"""

from functools import cache

from ..describing import describe, is_a
from ..errors import CourseError
from .figures import Figure, Table, label, readable, show
from .style import ACCENT, INK, MUTED, PALE, SIZE, WIDTH, box, canvas, plain_style, write

_ROLES = ("encoder", "key", "value", "feed-forward", "decoder", "query", "residual stream")
_OFTEN = {  # labels that come in several pictures of a page look the same in each
    **{"PER": "encoder", "ORG": "key", "LOC": "value"},
    **{"NOUN": "encoder", "VERB": "decoder", "ADJ": "value", "ADP": "key", "DET": "feed-forward", "PRON": "query"},
    **{"NUM": "residual stream", "PUNCT": "text"},
}
_LINE = 0.62  # from one line of words to the next, in inches
_LONGEST = 60  # tokens


def marked(text: str, spans, *, title: str = "") -> Figure:
    """`text` with its `spans` in coloured boxes, the label of each below it.

    Args:
        spans: triples `(start, end, label)`, where `text[start:end]` is the part that has the label. They must not
            overlap. Equal labels get the same colour.
    """
    spans = sorted(_triple(span, text) for span in spans)
    if any(left[1] > right[0] for left, right in zip(spans, spans[1:], strict=False)):
        raise CourseError(f"marked() expects spans that do not overlap; it got {describe(spans)}.")
    labels = list(dict.fromkeys(name for _, _, name in spans))
    rows, used = [[]], 0.0  # of each line the pieces: text, label, where it begins, how wide it is
    for part, name in _pieces(text, spans):
        width = max(_width(part, SIZE) + (0.12 if name else 0.05), _width(name, 9) + 0.06 if name else 0)
        if used + width > WIDTH - 0.1 and rows[-1]:
            rows.append([])
            used = 0.0
        rows[-1].append((part, name, used, width))
        used += width + 0.03
    heights = [_LINE if any(name for _, name, *_ in row) else _LINE / 2 for row in rows]
    y = sum(heights)
    with plain_style():
        figure, axes = canvas(WIDTH, y + (0.34 if title else 0.04))
        if title:
            write(axes, 0.02, y + 0.18, label(title, 90), size=11, across="left")
        for row, height in zip(rows, heights, strict=True):
            y -= height
            for part, name, x, width in row:
                middle = x + 0.02 + width / 2
                if name:
                    role = _OFTEN.get(name, _ROLES[labels.index(name) % len(_ROLES)])
                    box(axes, x + 0.02, y + height - 0.3, width, 0.28, role=role)
                    write(axes, middle, y + height - 0.5, label(name, 24), size=9, up="baseline")
                write(axes, middle, y + height - 0.21, label(part, 60), up="baseline")
        said = ", ".join(f"{readable(text[start:end])} is marked {name}" for start, end, name in spans)
        table = Table(
            title or "marked in the text",
            ("text", "label", "characters"),
            tuple((text[start:end], name, f"{start} to {end}") for start, end, name in spans),
        )
        alt = f"The text “{readable(text, 300)}”: {said or 'nothing is marked'}."
        return show(figure, alt=alt, table=table)


def start_and_end(tokens, start, end, *, title: str = "") -> Figure:
    """How likely each token is as the first and as the last of the answer: two rows of columns, the largest lit."""
    tokens, rows = [str(token) for token in tokens], [[float(x) for x in row] for row in (start, end)]
    if not 1 <= len(tokens) <= _LONGEST or any(len(row) != len(tokens) for row in rows):
        raise CourseError(
            f"start_and_end() expects 1 to {_LONGEST} tokens and two numbers for each; it got {len(tokens)} tokens and "
            f"{len(rows[0])} and {len(rows[1])} numbers."
        )
    with plain_style():
        from matplotlib.figure import Figure as Drawing

        figure = Drawing(figsize=(WIDTH, 3.0), dpi=100)
        upper, lower = figure.subplots(2, 1, sharex=True)
        figure.subplots_adjust(left=0.09, right=0.99, top=0.86, bottom=0.3, hspace=0.35)
        for axes, row, what in ((upper, rows[0], "starts here"), (lower, rows[1], "ends here")):
            best = max(range(len(row)), key=row.__getitem__)
            colours = [ACCENT if i == best else PALE for i in range(len(row))]
            axes.bar(range(len(row)), row, color=colours, edgecolor=MUTED, linewidth=0.8)
            axes.text(best, row[best], f"{row[best]:.2f}", ha="center", va="bottom", color=INK)
            axes.set(ylim=(0, 1.3), yticks=[0, 1], xlim=(-0.7, len(row) - 0.3))
            axes.set_ylabel(what.replace(" ", "\n"), rotation=0, ha="right", va="center")
            axes.spines[["top", "right"]].set_visible(False)
            axes.tick_params(length=0)
        names = [label(token, 16) for token in tokens]
        turn, up = (60, "top") if len(tokens) <= 40 else (90, "center")
        lower.set_xticks(
            range(len(tokens)), names, rotation=turn, ha="right", va=up, rotation_mode="anchor", parse_math=False
        )
        if title:
            upper.set_title(label(title, 90), loc="left", fontsize=11, parse_math=False)
        first, last = (max(range(len(row)), key=row.__getitem__) for row in rows)
        alt = (
            f"Two rows of columns over {len(tokens)} tokens. Highest for the start: {tokens[first]} with "
            f"{rows[0][first]:.2f}; for the end: {tokens[last]} with {rows[1][last]:.2f}."
        )
        numbered = [(f"{i} {token}", f"{rows[0][i]:.2f}", f"{rows[1][i]:.2f}") for i, token in enumerate(tokens)]
        likely = [row for row in numbered if row[1:] != ("0.00", "0.00")]
        return show(figure, alt=alt, table=Table("tokens above 0.00", ("token", "starts here", "ends here"), likely))


def _triple(span, text: str) -> tuple[int, int, str]:
    parts = tuple(span) if is_a(span, tuple, list) else ()
    if len(parts) != 3 or not (is_a(parts[0], int) and is_a(parts[1], int) and 0 <= parts[0] < parts[1] <= len(text)):
        raise CourseError(
            f"marked() expects spans (start, end, label) inside a text of {len(text)} characters; it got "
            f"{describe(span)}."
        )
    return parts[0], parts[1], str(parts[2])


def _pieces(text: str, spans) -> list[tuple[str, str]]:
    """The text as words, `(word, "")`, and marked parts, `(part, label)`."""
    pieces, place = [], 0
    for start, end, name in spans:
        pieces += [(word, "") for word in text[place:start].split()]
        pieces.append((text[start:end], name))
        place = end
    return pieces + [(word, "") for word in text[place:].split()]


@cache
def _width(text: str, size: int) -> float:
    """How wide a text is in inches."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    if not text.strip():
        return 0.0
    return TextPath((0, 0), label(text, 60), prop=FontProperties(size=size), usetex=False).get_extents().width / 72
