"""Tensors drawn as grids of numbers with their shape below: `tensors(("points", points), "@", weights)`.

A tensor of one dimension is a row, one of three dimensions is a few sheets in brackets. `tensor_views` draws single
operations.
"""

from dataclasses import dataclass

from ..describing import describe, is_a
from ..errors import CourseError
from .figures import Figure, Table, show
from .style import ACCENT, INK, MUTED, PALE, PAPER, WIDTH, canvas, plain_style, tint, write

CELL, LETTER, STEP, GAP = 0.3, 0.08, 0.16, 0.16  # inches: height of a cell, width of a letter, between sheets, parts
BRACKET = 0.16  # inches on each side of sheets
MOST = (4, 8, 12)  # sheets, rows, columns


@dataclass(frozen=True)
class Part:
    """One tensor of a picture: `lit` and `copied` are tensors of True and False, as large as `values`, or None."""

    name: str
    values: object
    lit: object = None
    copied: object = None  # drawn with dashes: numbers that PyTorch does not really copy
    shape: str = ""  # written below instead of the shape of `values`
    names: tuple | None = None  # of its own sheets, rows and columns; None: the picture's, where as many fit
    note: str = ""  # written where the names of the columns would stand

    @property
    def size(self) -> str:
        return self.shape or str(list(self.values.shape))

    @property
    def sheets(self) -> tuple[int, int, int]:
        return (1, 1, 1, *self.values.shape)[-3:]

    def cells(self, tensor=None) -> list:
        """What stands in the cells, as sheets of rows."""
        return (self.values if tensor is None else tensor).reshape(self.sheets).tolist()


def tensors(*parts, title: str = "", rows=(), columns=(), sheets=()) -> Figure:
    """Draw tensors from left to right.

    Args:
        parts: each is a tensor of at most three dimensions, a pair `(name, tensor)`, or `(name, tensor, lit)`. `lit`
            says which numbers are in colour: an index as text, such as `"0, 1:"`, or a tensor of True and False. A text
            of up to three characters is a sign between two tensors; a longer one is written above an arrow.
        rows, columns, sheets: names, written at each dimension that has as many entries.

    Raises:
        CourseError: a part is none of these, or the picture would be too large.
    """
    found = [part if is_a(part, str, Part) else _part(part) for part in parts]
    if not any(is_a(part, Part) for part in found):
        raise CourseError("tensors() expects at least one tensor to draw, and got none.")
    given = tuple(tuple(map(str, each)) for each in (sheets, rows, columns))
    names = [_names(part, given) for part in found]
    names = [_not_twice(i, found, names) for i in range(len(found))]
    places, width, height, middle = _layout(found, names, title)
    with plain_style():
        figure, axes = canvas(width, height)
        if title:
            write(axes, 0.08, height - 0.16, title, across="left", bold=True)
        for part, (left, wide), own in zip(found, places, names, strict=True):
            if is_a(part, Part):
                _draw(axes, part, left, wide, middle, own)
            elif len(part) <= 3:
                write(axes, left + wide / 2, middle, part, size=15)
            else:
                write(axes, left + wide / 2, middle + 0.2, part)
                axes.annotate(
                    "",
                    (left + wide - 0.04, middle),
                    (left + 0.04, middle),
                    arrowprops={"arrowstyle": "-|>", "color": INK},
                )
        return show(figure, alt=_alt(found, title), table=_table(found, title), folded=True)


def mask_of(tensor, lit):
    """True for the numbers that an index as text, such as `":, 1"`, picks from a tensor."""
    import torch

    if is_a(lit, torch.Tensor):
        if lit.dtype != torch.bool or lit.shape != tensor.shape:
            raise CourseError(f"The lit numbers are a tensor of True and False with the shape {list(tensor.shape)}.")
        return lit
    mask = torch.zeros(tensor.shape, dtype=torch.bool)
    mask[index_of(lit)] = True
    return mask


def index_of(text: str) -> tuple:
    """`"0, 1:"` as Python's `(0, slice(1, None))`."""
    try:
        steps = [[int(end) if end.strip() else None for end in step.split(":")] for step in text.split(",")]
        if any(step == [None] for step in steps):
            raise ValueError
    except (ValueError, AttributeError):
        raise CourseError(f'An index looks like "0, 1:" or ":, -1"; given: {describe(text)}.') from None
    return tuple(step[0] if len(step) == 1 else slice(*step) for step in steps)


def texts_of(values) -> list[str]:
    """The numbers of a tensor as short texts: all with as many decimals, at most two."""
    numbers = values.flatten().tolist()
    if values.dtype.is_floating_point:
        known = [number for number in numbers if abs(number) < float("inf")]
        decimals = next((d for d in (0, 1) if all(abs(n - round(n, d)) < 0.004 for n in known)), 2)
        return [f"{n if n not in known else round(n, decimals) + 0.0:.{decimals}f}" for n in numbers]
    return [str(number) for number in numbers]


def _part(given) -> Part:
    import torch

    parts = tuple(given) if is_a(given, tuple) else ("", given)
    if not 2 <= len(parts) <= 3 or not is_a(parts[0], str) or not is_a(parts[1], torch.Tensor):
        raise CourseError(
            f"tensors() draws tensors, texts, and pairs such as (name, tensor); given: {describe(given)}."
        )
    values = parts[1].detach().cpu()
    if values.dim() > 3 or any(n > most for n, most in zip(Part("", values).sheets, MOST, strict=True)):
        raise CourseError(
            f"A tensor of the shape {list(values.shape)} is too large for a picture: at most {MOST[0]} sheets "
            f"of {MOST[1]} rows and {MOST[2]} columns fit."
        )
    if not values.numel():
        raise CourseError(f"A tensor of the shape {list(values.shape)} holds no number that could be drawn.")
    return Part(parts[0], values, mask_of(values, parts[2]) if len(parts) == 3 else None)


def _layout(parts, names, title):
    """(left, width) of each part, the size of the canvas, and the height of the middle line."""
    places, left = [], 0.08
    for part, own in zip(parts, names, strict=True):
        wide = _width(part, own)
        places.append((left, wide))
        left += wide + GAP
    if left > WIDTH + 0.6:
        raise CourseError(f"These {len(parts)} parts are too wide for one picture: draw fewer, or smaller ones.")
    high = [
        (_height(part) / 2, bool(own[2] or part.note))
        for part, own in zip(parts, names, strict=True)
        if is_a(part, Part)
    ]
    above, below = max(half + 0.28 + 0.22 * headed for half, headed in high), max(half for half, _ in high)
    return places, max(left, 0.24 + LETTER * len(title)), above + 0.3 * bool(title) + below + 0.36, 0.34 + below


def _width(part, names) -> float:
    if is_a(part, str):
        return 0.3 if len(part) <= 3 else 0.25 + LETTER * len(part)
    grid = part.sheets[2] * _cell(part, names)
    return _left(names) + 2 * _bracket(part) + max(grid, 1.1 * LETTER * max(len(part.name), len(part.size)))


def _left(names) -> float:
    """The room for the names of rows and sheets."""
    sheets, rows = [max(map(len, each), default=0) for each in names[:2]]
    return LETTER * (sheets + rows) + 0.08 * (bool(sheets) + bool(rows))


def _bracket(part) -> float:
    return BRACKET if part.sheets[0] > 1 else 0


def _cell(part, names) -> float:
    digits, letters = [max(map(len, texts), default=0) for texts in (texts_of(part.values), names[2])]
    return max(0.36, LETTER * digits + 0.08, 0.9 * LETTER * letters + 0.06)


def _height(part) -> float:
    sheets, rows, _ = part.sheets
    return sheets * rows * CELL + STEP * (sheets - 1)


def _names(part, names) -> tuple:
    """The names of sheets, rows and columns that this part has: as many as entries, or none."""
    if is_a(part, str):
        return (), (), ()
    if part.names is not None:
        return tuple(tuple(map(str, each)) for each in part.names)
    if part.values.dim() == 1 and len(part.values) == len(names[1]) != len(names[2]):
        return (), (), names[1]  # a row, named as the rows of the tables beside it
    has = [part.values.dim() >= 3 - axis and part.sheets[axis] == len(names[axis]) for axis in range(3)]
    return tuple(each if fits else () for each, fits in zip(names, has, strict=True))


def _not_twice(i, parts, names) -> tuple:
    """The names of part i without those of its rows, where a sign or nothing parts it from the same rows."""
    before = next((j for j in reversed(range(i)) if is_a(parts[j], Part)), i)
    if before == i or is_a(parts[i], str) or any(len(part) > 3 for part in parts[before + 1 : i]):
        return names[i]
    same = names[i][1] == names[before][1] and parts[i].sheets[0] == parts[before].sheets[0]
    return (names[i][0], (), names[i][2]) if same else names[i]


def _draw(axes, part, left, room, middle, names):
    from matplotlib.patches import Rectangle

    wide, top, (sheets, rows, columns) = _cell(part, names), middle + _height(part) / 2, part.sheets
    grid, texts = columns * wide, iter(texts_of(part.values))
    x = left + _left(names) + (room - _left(names) - grid) / 2
    if sheets > 1:  # one bracket on each side: these sheets are one tensor
        bottom = top - _height(part) - 0.05
        for edge, inside in ((x - _left(names) - BRACKET, 0.08), (x + grid + 0.1, -0.08)):
            corners = [edge + inside, edge, edge, edge + inside], [top + 0.05, top + 0.05, bottom, bottom]
            axes.plot(*corners, color=INK, linewidth=1.4)
    lit, copied = [None if mask is None else part.cells(mask) for mask in (part.lit, part.copied)]
    for s in range(sheets):
        y = top - s * (rows * CELL + STEP)
        if names[0]:
            beside = x - 0.07 - _left(((), names[1]))
            write(axes, beside, y - rows * CELL / 2, names[0][s], size=9, across="right", bold=bool(names[1]))
        for r in range(rows):
            if names[1]:
                write(axes, x - 0.07, y - (r + 0.5) * CELL, names[1][r], size=9, across="right")
            for c in range(columns):
                colour = None if lit is None else bool(lit[s][r][c])
                ghost = copied is not None and copied[s][r][c]
                edges, letters = _look(colour, ghost)
                axes.add_patch(Rectangle((x + c * wide, y - (r + 1) * CELL), wide, CELL, **edges))
                spot = (x + (c + 0.5) * wide, y - (r + 0.5) * CELL)
                axes.text(*spot, next(texts), ha="center", va="center", zorder=5, **letters)
    if names[2]:
        for c, text in enumerate(names[2]):
            write(axes, x + (c + 0.5) * wide, top + 0.07, text, size=9, up="baseline")
    middle_x = x + grid / 2
    write(axes, middle_x, top + 0.07, part.note, size=9, up="baseline", lit=False)
    write(axes, middle_x, top + (0.34 if names[2] or part.note else 0.13), part.name, bold=True)
    write(axes, middle_x, top - _height(part) - 0.17, part.size, lit=False)


def _look(lit: bool | None, ghost: bool) -> tuple[dict, dict]:
    """How a cell and its number look. `lit` is None where the whole tensor is in the same quiet colour."""
    edge, face = {None: (MUTED, tint(MUTED, 0.1)), True: (ACCENT, tint(ACCENT, 0.35)), False: (PALE, PAPER)}[lit]
    cell = {"edgecolor": edge, "facecolor": PAPER if ghost else face, "linestyle": "--" if ghost else "-"}
    cell |= {"linewidth": 1.8 if lit else 1, "zorder": 3 if lit else 2}
    return cell, {"color": MUTED if ghost or lit is False else INK, "weight": "bold" if lit else "normal"}


def _alt(parts, title: str) -> str:
    said = []
    for part in parts:
        if is_a(part, str):
            said += [part] if part.strip() else []
            continue
        note = f" ({part.note})" if part.note else ""
        text = f"{part.name or 'a tensor'}{note} of the shape {part.size}, {_written(part)}"
        if part.lit is not None:
            chosen = [
                number for number, on in zip(texts_of(part.values), part.lit.flatten().tolist(), strict=True) if on
            ]
            text += f", in colour: {', '.join(chosen) if 0 < len(chosen) <= 12 else len(chosen)}"
        said.append(text)
    return f"{title + ': ' if title else ''}{'; '.join(said)}."


def _table(parts, title: str) -> Table:
    rows = [(part.name or "tensor", part.size, _written(part)) for part in parts if is_a(part, Part)]
    return Table(title or "The tensors of the picture", ("tensor", "shape", "numbers"), rows)


def _written(part) -> str:
    """The numbers as PyTorch would write them, without the word `tensor`."""
    texts = iter(texts_of(part.values))

    def nested(sizes) -> str:
        return next(texts) if not sizes else f"[{', '.join(nested(sizes[1:]) for _ in range(sizes[0]))}]"

    return nested(tuple(part.values.shape))
