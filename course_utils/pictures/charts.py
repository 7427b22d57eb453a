"""Charts that pages and widgets use: `bars`, `meter` on a scale, and `text_map`, texts as points on a plane.

Each returns a `Figure` that carries its own alternative text and its numbers as a table.
"""

import math
from collections.abc import Mapping, Sequence

from ..describing import attempt, describe
from ..errors import CourseError
from .figures import Figure, Table, label, readable, show
from .style import ACCENT, COLOURS, INK, MUTED, PALE, WIDTH, keep_width, plain_style

# A sign and a colour for each group of a map.
_GROUPS = (("o", COLOURS["key"]), ("s", COLOURS["decoder"]), ("^", COLOURS["value"]), ("D", COLOURS["feed-forward"]))

_DARK = {ACCENT, *(COLOURS[role] for role in ("query", "positive", "wrong"))}  # white can be read on these


def bars(
    values,
    *,
    title: str = "",
    axis: str = "probability",
    limit: float | None = None,
    lit=None,
    roles: Mapping[str, str] | None = None,
    marks: Mapping[str, float] | None = None,
    alt: str = "",
) -> Figure:
    """Horizontal bars, the first on top.

    Args:
        values: a dictionary `{label: number}` or a list of pairs.
        axis: what the numbers are.
        limit: where the axis ends; without it, just beyond the longest bar (and at 1 for probabilities above 0.6).
        lit: the label, or the labels, in the accent colour; all others are pale. None: all have it.
        roles: colours by meaning, `{label: role}`, as {"NEGATIVE": "negative"}; the roles are those of the course.
        marks: numbers to compare with, `{label: number}`, each a dashed line across the bars.
    """
    given = values.items() if isinstance(values, Mapping) else values
    pairs = attempt(lambda: [(str(name), value) for name, value in given])
    if not pairs:
        raise CourseError(f"bars() expects a dictionary of labels and numbers, one or more; got {describe(values)}.")
    pairs = [(name, _number(value)) for name, value in pairs]
    chosen = {lit} if isinstance(lit, str) else set(lit) if lit is not None else {name for name, _ in pairs}
    names, numbers = [label(name, 32) for name, _ in pairs], [value for _, value in pairs]
    whole = axis != "probability" and all(value == int(value) for value in numbers)
    shown = [_short(value, whole) for value in numbers]
    marks = {str(name): _number(value) for name, value in (marks or {}).items()}
    roles = {str(name): str(role) for name, role in (roles or {}).items()}
    if unknown := sorted({*roles.values()} - COLOURS.keys()):
        raise CourseError(f"There is no role {unknown[0]!r}; there is: {', '.join(COLOURS)}.")
    if limit is None:
        top = max(*numbers, *marks.values(), 0)
        limit = 1.0 if axis == "probability" and top > 0.6 else max(top * 1.15, 1e-9)
    with plain_style():
        figure, axes = _axes(0.75 + 0.32 * (len(pairs) + bool(marks)), title, left=0.2 + 0.085 * max(map(len, names)))
        meant = [COLOURS[roles[name]] if name in roles else ACCENT for name, _ in pairs]
        colours = [colour if name in chosen else PALE for (name, _), colour in zip(pairs, meant, strict=True)]
        axes.barh(range(len(pairs)), numbers, color=colours, edgecolor=MUTED, linewidth=0.8, height=0.66)
        axes.set_yticks(range(len(pairs)), names, parse_math=False)
        axes.set(
            ylim=(len(pairs) - 0.45, -0.95 if marks else -0.55), xlim=(min(0, *numbers) * 1.15, limit), xlabel=axis
        )
        for row, value in enumerate(numbers):
            # Inside the bar where there is no room beside it.
            inside = value > 0.85 * limit
            colour = "white" if inside and colours[row] in _DARK else INK
            text = f" {shown[row]} "
            axes.text(max(value, 0), row, text, va="center", ha="right" if inside else "left", color=colour)
        for name, value in marks.items():
            axes.axvline(value, color=INK, linestyle="--", linewidth=1.2)
            axes.text(value, -0.6, f" {label(name, 32)} ", ha="right" if value > limit / 2 else "left", fontsize=9)
        rows = tuple((name, text) for (name, _), text in zip(pairs, shown, strict=True))
        rows += tuple((name, _short(value, whole)) for name, value in marks.items())
        said = ", ".join(f"{readable(name)} {text}" for name, text in rows)
        table = Table(title or axis, ("label", axis), rows)
        return show(figure, alt=alt or f"Bars{f' ({title})' if title else ''}: {said}.", table=table, folded=True)


def meter(value, *, low: float = -1, high: float = 1, title: str = "", marks: Mapping[str, float] | None = None):
    """One number on a scale from `low` to `high`, with other numbers to compare it with in `marks`."""
    value, marks = _number(value), {str(name): _number(mark) for name, mark in (marks or {}).items()}
    with plain_style():
        figure, axes = _axes(1.85, title, left=0.3)
        axes.plot([low, high], [0, 0], color=PALE, linewidth=9, solid_capstyle="round")
        place = min(max(value, low), high)
        axes.plot([min(max(0, low), high), place], [0, 0], color=ACCENT, linewidth=9, solid_capstyle="butt")
        axes.plot([place, place], [-0.2, 0.2], color=INK, linewidth=2)  # a needle; a round knob would ask to be dragged
        axes.plot(place, 0.24, "v", color=INK, markersize=8)
        axes.annotate(_short(value), (place, 0.6), ha="center", color=INK, fontsize=13, weight="bold")
        for number, (name, mark) in enumerate(sorted(marks.items(), key=lambda pair: pair[1])):
            axes.plot(mark, 0, "|", color=INK, markersize=16)
            # Neighbours take turns on two lines, so that their names do not run into each other.
            below = -0.95 if number % 2 == 0 else -1.5
            axes.annotate(f"{label(name, 28)} {_short(mark)}", (mark, below), ha="center", fontsize=9, color=MUTED)
        axes.set(xlim=(low - 0.05 * (high - low), high + 0.05 * (high - low)), ylim=(-1.7, 1.1), yticks=[])
        axes.spines["left"].set_visible(False)
        said = "".join(f" For comparison: {name} {_short(mark)}." for name, mark in marks.items())
        rows = (("this", _short(value)), *((name, _short(mark)) for name, mark in marks.items()))
        alt = f"{title + ': ' if title else ''}{_short(value)} on a scale from {low:g} to {high:g}.{said}"
        return show(figure, alt=alt, table=Table(title or "on the scale", ("what", "number"), rows), folded=True)


def text_map(texts, vectors, *, lit=(), title: str = "", fixed: int | None = None, groups: Sequence = ()) -> Figure:
    """Texts as points: the two directions in which their vectors `[texts, numbers]` differ most.

    These are the first two principal components of the vectors, each scaled to length 1, so that neighbours on the
    map are texts of high cosine similarity as far as two dimensions can show it. The share of the variance that the
    plane keeps stands under the map.

    Args:
        lit: the positions of texts to mark.
        fixed: how many of the first texts make the map. It stays still, and a text after them is put on it, with a
            dashed line to the most similar of the first ones.
        groups: for each of the first texts the group it belongs to; a group has its own sign and colour.
    """
    import numpy as np

    texts, points = [str(text) for text in texts], np.asarray(vectors, dtype=float)
    if points.ndim != 2 or len(points) != len(texts) or len(texts) < 3:
        raise CourseError(
            f"text_map() expects three texts or more and one vector for each, [texts, numbers]; it got {len(texts)} "
            f"texts and vectors of the shape {list(points.shape)}."
        )
    if fixed is not None and not 3 <= fixed <= len(texts):
        raise CourseError(f"text_map() makes its map of three texts or more; fixed is {describe(fixed)}.")
    points = points / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-12)
    flat, kept = on_a_plane(points, fixed)
    kinds = list(dict.fromkeys(groups))
    with plain_style():
        figure, axes = _axes(4.2, title, frame=True)
        for number, (x, y) in enumerate(flat):
            sign, colour, size = "o", MUTED, 7
            if number < len(groups):
                sign, colour = _GROUPS[kinds.index(groups[number]) % len(_GROUPS)]
            if number in set(lit):
                sign, colour, size = "*", ACCENT, 16
            axes.plot(x, y, sign, color=colour, markersize=size)
        # What an eye takes from the map: who is near whom. The numbers are of the vectors, not of the plane.
        alike = points @ points.T - 3 * np.eye(len(points))
        lines = []
        told = f"near: similar for the model. The map keeps {kept:.0%} of the differences."
        for number in range(len(flat) if fixed is None else fixed, len(flat)):
            best = alike[number, :fixed].argmax()
            lines.append((flat[number], flat[best]))
            axes.plot(*zip(*lines[-1], strict=True), "--", color=ACCENT, linewidth=1, zorder=1)
            told = (
                f"{told}\n{label(texts[number], 30)} Most similar: {label(texts[best], 30)} {alike[number, best]:.2f}"
            )
        _name_points(axes, flat, [label(text, 30) for text in texts], fixed or len(texts), lines)
        axes.set(xticks=[], yticks=[])
        axes.set_xlabel(told, fontsize=9, parse_math=False)
        rows = [(text, texts[row.argmax()], f"{row.max():.2f}") for text, row in zip(texts, alike, strict=True)]
        table = Table(title or "the map", ("text", "most similar text", "cosine similarity"), rows)
        pairs = "; ".join(f"most similar to {readable(text)} is {readable(other)}" for text, other, _ in rows)
        return show(
            figure, alt=f"A map of {len(texts)} texts as points: {pairs.rstrip('.')}.", table=table, folded=True
        )


def on_a_plane(points, fixed: int | None = None):
    """`[points, 2]`, the first two principal components, and the share of the variance that they keep.

    They are those of the first `fixed` points; the others are projected onto the same plane.
    """
    import numpy as np

    known = points[:fixed]
    _, strengths, directions = np.linalg.svd(known - known.mean(axis=0), full_matrices=False)
    flat = (points - known.mean(axis=0)) @ directions[:2].T
    # A principal direction has no sign of its own: the point that lies furthest out is put on the positive side.
    flat *= np.where(flat[np.abs(flat[:fixed]).argmax(axis=0), [0, 1]] < 0, -1, 1)
    return flat, float((strengths[:2] ** 2).sum() / max((strengths**2).sum(), 1e-12))


def _name_points(axes, flat, names, fixed, lines):
    """Write each name beside its point, on the side and the height where it covers no other name, sign or line.

    The first `fixed` points alone decide where the map ends, unless another lies outside.
    """
    from matplotlib.patheffects import withStroke

    known = flat[:fixed]
    spread = known.max(axis=0) - known.min(axis=0) + 1e-9
    start = (known.min(axis=0) - [0.35, 0.12] * spread).clip(max=flat.min(axis=0) - 0.05 * spread)
    end = (known.max(axis=0) + [0.35, 0.12] * spread).clip(min=flat.max(axis=0) + 0.05 * spread)
    axes.set(xlim=(start[0], end[0]), ylim=(start[1], end[1]))
    wide, high = 1.7 * spread[0], 1.24 * spread[1]
    letter, line = wide * 0.0125, high * 0.052  # what a letter and a line take, in units of the axes
    taken = [(x - 0.8 * letter, x + 0.8 * letter, y - line / 3, y + line / 3) for x, y in flat]
    for one, other in lines:  # in small steps
        for x, y in [one + (other - one) * step / 24 for step in range(25)]:
            taken.append((x, x, y, y))
    for (x, y), name in zip(flat, names, strict=True):
        length, gap = letter * len(name), 1.3 * letter
        options = []
        for shift in (0, 1, -1, 2, -2, 3, -3):
            up = y + 0.8 * shift * line
            options += [(x + gap, "left", up, x + gap, x + gap + length)]
            options += [(x - gap, "right", up, x - gap - length, x - gap)]

        def cost(option):
            _, _, up, left, right = option
            space = (left, right, up - line / 2, up + line / 2)
            crossed = sum(min(right, b) > max(left, a) and min(space[3], d) > max(space[2], c) for a, b, c, d in taken)
            beyond = left < axes.get_xlim()[0] or right > axes.get_xlim()[1]
            return 2 * crossed + 3 * beyond

        at, side, up, left, right = min(options, key=cost)
        taken.append((left, right, up - line / 2, up + line / 2))
        if up != y:
            axes.plot([x, at], [y, up], color=MUTED, linewidth=0.7)
        text = axes.text(at, up, name, ha=side, va="center", fontsize=9, color=INK, parse_math=False)
        text.set_path_effects([withStroke(linewidth=3, foreground="white")])  # readable on a line or a sign


def _axes(height: float, title: str, *, left: float = 0.15, frame: bool = False):
    """A figure of one frame, which leaves `left` inches for labels; always as wide as a page, so that nothing jumps."""
    from matplotlib.figure import Figure as Drawing

    figure = Drawing(figsize=(WIDTH, height), dpi=100)
    keep_width(figure)
    start = left / WIDTH
    axes = figure.add_axes([start, 0.5 / height, 0.97 - start, max(0.1, 1 - (0.5 + 0.32 * bool(title)) / height)])
    axes.spines[["top", "right"]].set_visible(frame)
    axes.tick_params(length=0)
    if title:
        axes.set_title(label(title, 90), loc="left", fontsize=11, parse_math=False)
    return figure, axes


def _number(value) -> float:
    number = attempt(float, value)
    if number is None or not math.isfinite(number):
        raise CourseError(f"A chart needs a number here, and got {describe(value)}.")
    return number


def _short(value: float, whole: bool = False) -> str:
    if 0 < value < 0.005 and not whole:
        return "<0.01"  # small, and not nothing
    return f"{value:,.0f}" if whole or abs(value) >= 100 else f"{value:.2f}"
