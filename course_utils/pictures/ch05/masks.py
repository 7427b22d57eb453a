"""`mask_grids`: who sees whom, a grid for each model, from the traces of `noticing` or of a window (`windowed`)."""

from ..figures import Figure, Table, label, show
from ..noticing import Traces
from ..style import COLOURS, INK, PALE, PAPER, WIDTH, canvas, plain_style, rectangle, tint, write

_CELL = 0.2  # inches: one cell of a grid
_HEAD = 0.3  # above a grid, for its name
_GAP = 0.25
_CROSS = "cross-attention: the whole source"


def mask_grids(found: dict[str, Traces], *, framed: str = "") -> Figure:
    """A grid for each model: a row for each hidden state, a column for each replaced token, filled where it changed.

    Args:
        framed: a word of the texts; a dark frame stands around its columns.
    """
    sizes = {name: _HEAD + _names(one) + _CELL * len(one.tokens) for name, one in found.items()}
    many = len(found) == 3 and sum(sizes.values()) > WIDTH  # then the first two stand below each other
    columns = [[*found][:-1], [*found][-1:]] if many else [[name] for name in found]
    tall = [sum(sizes[name] + _GAP for name in names) for names in columns]
    key = any(0 < one.source < len(one.tokens) for one in found.values())
    height, x, said, rows = max(tall) + 0.35 + 0.3 * key, 0.05, [], []
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        for names in columns:
            y = height - 0.05
            for name in names:
                _grid(axes, x, y, name, found[name], framed)
                y -= sizes[name] + _GAP
            x += max(sizes[name] for name in names) + _GAP
        write(axes, 0.05, 0.12, "Row: the token that looks. Column: the token that was replaced. Filled: it was seen.",
              size=9, across="left")  # fmt: skip
        if key:
            _key(axes, 0.34)
        for name, one in found.items():
            for place, token in enumerate(one.tokens):
                seen = [other for other, yes in zip(one.tokens, one.seen[place].tolist(), strict=True) if yes]
                rows.append((f"{name}: {token}", ", ".join(seen)))
            n, size = one.source, len(one.tokens)
            said.append(f"{name}, {size} tokens{f', of them {n} in the source' if 0 < n < size else ''}: {_shape(one)}")
        alt = f"Grids of who sees whom, a row for each token that looks. {'. '.join(said)}."
        alt += f" A frame stands around the column of {framed}." if framed else ""
        return show(figure, alt=alt, table=Table("Who sees whom", ("token", "sees"), rows), folded=True)


def _key(axes, y):
    x = 0.05
    for role, text in (("encoder", "encoder: both ways"), ("decoder", "decoder: only back"), ("value", _CROSS)):
        rectangle(axes, x, y, _CELL, _CELL, tint(COLOURS[role], 0.75), PALE, 0.8)
        write(axes, x + 0.28, y + _CELL / 2, text, size=9, across="left")
        x += 0.55 + 0.078 * len(text)


def _shape(one: Traces) -> str:
    if one.seen.all():
        return "all is filled"
    if not one.seen.triu(1).any():
        full = one.seen.sum() == one.seen.tril().bool().sum() == len(one.tokens) * (len(one.tokens) + 1) // 2
        return "filled on the diagonal and " + ("everywhere below it" if full else "in a band below it")
    if 0 < one.source < len(one.tokens):
        band = "fully" if one.seen[: one.source, : one.source].all() else "in a band"
        return (
            f"source by source filled {band}, target by source fully, target by target on and below the diagonal, "
            "source by target empty"
        )
    return "a band along the diagonal"


def _grid(axes, x, y, name, one: Traces, framed: str):
    """One grid with its names and a frame around a column; (x, y) is the upper left corner."""
    write(axes, x, y - 0.12, name, bold=True, across="left")
    names = _names(one)
    left, top = x + names, y - _HEAD - names
    for row, token in enumerate(one.tokens):
        middle = top - (row + 0.5) * _CELL
        write(axes, left - 0.06, middle, label(token, 9), size=9, across="right")
        across = left + (row + 0.5) * _CELL
        axes.text(across, top + 0.06, label(token, 9), rotation=90, ha="center", va="bottom", fontsize=9, color=INK,
                  parse_math=False)  # fmt: skip
        for column in range(len(one.tokens)):
            side = "encoder" if row < one.source else "decoder" if column >= one.source else "value"
            colour = tint(COLOURS[side], 0.75) if one.seen[row, column] else PAPER
            rectangle(axes, left + column * _CELL, top - (row + 1) * _CELL, _CELL, _CELL, colour, PALE, 0.8)
    size, cut = _CELL * len(one.tokens), _CELL * one.source
    if 0 < one.source < len(one.tokens):
        axes.plot([left, left + size], [top - cut, top - cut], color=INK, linewidth=1.6)
        axes.plot([left + cut, left + cut], [top, top - size], color=INK, linewidth=1.6)
    for place in (place for word, places in one.words if framed and word == framed for place in places):
        start, end = left + place * _CELL, left + (place + 1) * _CELL
        axes.plot([start, end, end, start, start], [top, top, top - size, top - size, top], color=INK, linewidth=2.4)


def _names(one: Traces) -> float:
    """Inches for the names of its tokens."""
    return 0.12 + 0.078 * max(len(label(token, 9)) for token in one.tokens)


def windowed(source: int, target: int, *, back: int, ahead: int = 0) -> Traces:
    """The traces of a model whose tokens look at near tokens of their own text only, `back` and `ahead` of them.

    A target looks back only, and at the whole source.
    """
    import torch

    n = source + target
    seen = torch.zeros(n, n, dtype=torch.bool)
    for state in range(n):
        for token in range(n):
            near = -back <= token - state <= (ahead if state < source else 0)
            same = (state < source) == (token < source)
            seen[state, token] = (same and near) or (state >= source > token)
    return Traces(tuple(str(place) for place in range(n)), seen, source, ())
