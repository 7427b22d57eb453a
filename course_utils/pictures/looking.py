"""What notebook 06c draws of heads: numbers as squares, patterns beside each other, one word's looks as arcs."""

from collections.abc import Mapping, Sequence

from ..describing import attempt, describe
from ..errors import CourseError
from .figures import Figure, Table, label, readable, show
from .style import ACCENT, MUTED, WIDTH, box, canvas, keep_width, plain_style, write

_FAINT = 0.03  # thinner arcs would not be seen
_LETTER = 0.085  # inches of a letter of 10 points


def squares(
    numbers, rows: Sequence[str], columns: Sequence[str], *, title: str, axes=("", ""), most=None, digits=2
) -> Figure:
    """Numbers as squares, one row and one column for each name: the darker, the larger.

    Args:
        numbers: `[rows, columns]`, none of them below 0 by much.
        axes: what the rows are and what the columns are, such as ("layer", "head").
        most: the number of the darkest square; without it the largest number. `digits`: decimals that are written.
    """
    import numpy as np
    from matplotlib.figure import Figure as Drawing

    table = attempt(lambda: np.asarray(numbers, dtype=float).round(digits) + 0.0)
    rows, columns = list(map(str, rows)), list(map(str, columns))
    if table is None or table.shape != (len(rows), len(columns)) or not table.size:
        raise CourseError(f"squares() expects a row and a column for each name; it got {describe(numbers)}.")
    left = 0.25 + 0.085 * max(map(len, rows)) + 0.3 * bool(axes[0])
    height = 0.68 + 0.24 * bool(axes[1]) + 0.32 * len(rows)
    wide = min(WIDTH - left - 0.1, 1.6 * len(columns))
    most = float(most or table.max() or 1)
    with plain_style():
        figure = Drawing(figsize=(WIDTH, height), dpi=100)
        keep_width(figure)
        frame = figure.add_axes([left / WIDTH, 0.05 / height, wide / WIDTH, 0.32 * len(rows) / height])
        frame.imshow(np.clip(table / most, 0, 1), cmap="Blues", vmin=0, vmax=1.1, aspect="auto")
        frame.xaxis.tick_top()
        frame.xaxis.set_label_position("top")
        frame.set_xticks(range(len(columns)), columns, parse_math=False)
        frame.set_yticks(range(len(rows)), rows, parse_math=False)
        frame.set(xlabel=axes[1], ylabel=axes[0])
        frame.tick_params(length=0)
        figure.text(0.02 / WIDTH, 1 - 0.14 / height, label(title, 90), fontsize=11, va="center", parse_math=False)
        for (row, column), value in np.ndenumerate(table):
            ink = "white" if value > 0.77 * most else "black"  # both can be read there
            frame.text(column, row, f"{value:.{digits}f}", ha="center", va="center", color=ink, fontsize=9.5)
        lines = [(name, *(f"{value:.2f}" for value in row)) for name, row in zip(rows, table, strict=True)]
        top = np.unravel_index(table.argmax(), table.shape)
        alt = f"{readable(title)}. Largest: {readable(rows[top[0]])}, {readable(columns[top[1]])}, {table[top]:.2f}."
        return show(figure, alt=alt, table=Table(title, (axes[0] or "", *columns), lines), folded=True)


def small_maps(maps: Mapping[str, Sequence], tokens: Sequence[str], keys: Sequence[str] | None = None) -> Figure:
    """Two to four heads as grids beside each other: a row for each query, a column for each key, dark is much weight.

    Args:
        maps: for each grid its title and its weights `[query, key]`.
        tokens: the texts of the queries; the rows carry them.
        keys: the texts of the keys; without them the keys are the queries, and the columns carry their places only.
    """
    import numpy as np
    from matplotlib.figure import Figure as Drawing

    grids = attempt(lambda: {str(name): np.asarray(one, dtype=float) for name, one in maps.items()})
    rows = [f"{place} {token}" for place, token in enumerate(tokens)] if keys is None else list(map(str, tokens))
    columns = [str(place) for place in range(len(rows))] if keys is None else list(map(str, keys))
    size = (len(rows), len(columns))
    if not grids or not 2 <= len(grids) <= 4 or any(one.shape != size for one in grids.values()):
        raise CourseError(f"small_maps() expects two to four grids {list(size)}, one for each title; it got {maps}.")
    left = 1.2
    side, high = (WIDTH - left - 0.15 * len(grids)) / len(grids), 0.17 * len(rows)
    above = 0.5 if keys is None else 1.0
    step = 1 if keys is not None or side / size[1] > 0.2 else 2  # two digits need 0.2 inches
    below = 0.36  # the legend
    height = high + above + below
    names = [label(row, 13) for row in rows] if len(rows) <= 24 else [""] * len(rows)
    with plain_style():
        figure = Drawing(figsize=(WIDTH, height), dpi=100)
        keep_width(figure)
        for number, (name, one) in enumerate(grids.items()):
            start = left + number * (side + 0.15)
            axes = figure.add_axes([start / WIDTH, below / height, side / WIDTH, high / height])
            axes.imshow(np.sqrt(one), cmap="Blues", vmin=0, vmax=1, aspect="auto")  # the root shows weak patterns too
            middle = {"fontsize": 10, "ha": "center", "va": "center", "parse_math": False}
            figure.text((start + side / 2) / WIDTH, 1 - 0.12 / height, label(name, 34), **middle)
            axes.xaxis.tick_top()
            places = range(0, size[1], step) if size[1] <= 24 else []
            turned = 0 if keys is None else 90
            shown = [label(columns[i], 11) for i in places]
            axes.set_xticks(places, shown, rotation=turned, fontsize=9, parse_math=False)
            axes.set_yticks(
                range(len(rows)) if number == 0 else [], names if number == 0 else [], fontsize=9, parse_math=False
            )
            axes.tick_params(length=0)
        _weights(figure, left, height)
        lines, columns = [], list(map(str, tokens if keys is None else keys))
        for name, one in grids.items():
            row, column = np.unravel_index(one.argmax(), one.shape)
            lines.append((name, str(tokens[row]), columns[column], f"{one[row, column]:.2f}"))
        table = Table("The strongest look of each head", ("head", "query", "key", "weight"), lines)
        said = "; ".join(f"{readable(n)}: {readable(q)} to {readable(k)} {w}" for n, q, k, w in lines)
        alt = f"Weights as grids, queries from top to bottom, keys from left to right. Strongest: {said}."
        return show(figure, alt=alt, table=table, folded=True)


def _weights(figure, x, height):
    """A legend below the grids of `small_maps`: four weights and their blues, from `x` to the right, in inches."""
    from matplotlib import colormaps
    from matplotlib.patches import Rectangle

    said = {"fontsize": 9, "va": "center"}
    figure.text((x - 0.1) / WIDTH, 0.14 / height, "weight", ha="right", **said)
    for weight in (0, 0.05, 0.25, 1):
        blue = {"facecolor": colormaps["Blues"](weight**0.5), "edgecolor": MUTED, "linewidth": 0.8}
        corner, size = (x / WIDTH, 0.05 / height), (0.3 / WIDTH, 0.18 / height)
        figure.add_artist(Rectangle(corner, *size, transform=figure.transFigure, **blue))
        figure.text((x + 0.38) / WIDTH, 0.14 / height, str(weight), **said)
        x += 0.95


def arcs(words: Sequence[str], weights: Sequence[float], query: int = -1, *, title: str = "", lit=()) -> Figure:
    """A row of words, and arcs from one of them to those it looks at: the width of an arc is the weight.

    Args:
        words: up to about sixty letters together, so that they fit on one line.
        weights: for each word how much of the attention it gets.
        query: the position of the word that looks; -1 is the last.
        lit: positions of more words to colour, such as the same word before.
    """
    from matplotlib.patches import FancyArrowPatch

    words, numbers = [str(word) for word in words], attempt(lambda: [float(weight) for weight in weights])
    if not words or numbers is None or len(numbers) != len(words) or not -len(words) <= query < len(words):
        raise CourseError(f"arcs() expects one weight for each of {len(words)} words; it got {describe(weights)}.")
    query %= len(words)
    shown = [label(word, 14) for word in words]
    room = sum(map(len, shown)) * _LETTER + 0.14 * len(words)
    scale = min(1.0, (WIDTH - 0.1) / room)
    if scale < 0.8:
        raise CourseError("arcs() draws words on one line, and these are too long for it: choose a shorter text.")
    height, top = 2.3, 0.3 if title else 0
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        keep_width(figure)
        x, middles = 0.05, []
        for number, word in enumerate(shown):
            width = (len(word) * _LETTER + 0.14) * scale
            role = "query" if number == query else "key" if number in lit else None
            weight = numbers[number]
            if role is None and weight >= 0.1:
                role = "value"
            box(axes, x + 0.015, 0.32, width - 0.03, 0.34, role=role)
            write(axes, x + width / 2, 0.45, word, size=9.5 * max(scale, 0.95), up="baseline")  # all on one line
            if weight >= _FAINT:
                write(axes, x + width / 2, 0.16, f"{weight:.2f}", size=9)
            middles.append(x + width / 2)
            x += width
        for number, weight in enumerate(numbers):
            if weight >= _FAINT and number != query:
                far = abs(middles[number] - middles[query])
                bend = min(0.5, (height - top - 0.9) / max(far, 0.1) * 1.9)
                bend = bend if middles[number] < middles[query] else -bend
                look = {"arrowstyle": "-|>", "mutation_scale": 11, "color": ACCENT, "linewidth": 0.6 + 5 * weight}
                start, end = (middles[query], 0.68), (middles[number], 0.68)
                axes.add_patch(FancyArrowPatch(start, end, connectionstyle=f"arc3,rad={bend}", **look))
        if title:
            write(axes, 0.02, height - 0.14, label(title, 90), size=11, across="left")
        best = sorted(range(len(words)), key=lambda i: -numbers[i])[:3]
        said = ", ".join(f"{readable(words[i])} {numbers[i]:.2f}" for i in best)
        rows = [(f"{i}: {word}", f"{weight:.2f}") for i, (word, weight) in enumerate(zip(words, numbers, strict=True))]
        table = Table(title or f"Where {words[query]} looks", ("word", "weight"), rows)
        alt = f"{title + '. ' if title else ''}Arcs from {readable(words[query])} to the words it looks at: {said}."
        return show(figure, alt=alt, table=table, folded=True)
