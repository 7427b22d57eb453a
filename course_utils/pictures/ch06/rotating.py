"""RoPE in pictures: one pair of numbers turned, many pairs as clocks, and which numbers of a vector make a pair.

What notebook 06b draws of rotary position embeddings (arXiv 2104.09864).
"""

import math

from ...describing import describe, is_a
from ...errors import CourseError
from ..figures import Figure, Table, show
from ..style import COLOURS, INK, MUTED, PALE, WIDTH, canvas, keep_width, plain_style, rectangle, tint, write

# A query and a key of two numbers, before they are turned; each has the length 1. On paper the first number points up
# and the second to the right, so that a turn is clockwise, as on a clock.
_QUERY, _KEY = (0.96, -0.28), (0.96, 0.28)


def turned(query_at: int = 3, key_at: int = 1, step: float = 25.0) -> Figure:
    """A query and a key of two numbers, each turned clockwise by `step` degrees a position, and their dot product."""
    query, key = _turn(_QUERY, query_at * step), _turn(_KEY, key_at * step)
    product = query[0] * key[0] + query[1] * key[1]
    width, radius, x, y = 4.4, 1.05, 1.75, 1.55
    between = math.degrees(math.atan2(query[0] * key[1] - query[1] * key[0], product))  # from the query to the key
    aside = max(0.0, 14 - abs(between) / 2)  # where the arrows are close, the names move apart along the circle
    away = {"query": -aside if between >= 0 else aside, "key": aside if between >= 0 else -aside}
    with plain_style():
        figure, axes = canvas(WIDTH, 3.1)
        keep_width(figure)
        _circle(axes, x, y, radius)
        for name, start, end in (("query", _QUERY, query), ("key", _KEY, key)):
            _hand(axes, x, y, start, radius, COLOURS[name], faint=True)
            _hand(axes, x, y, end, radius, COLOURS[name])
            up, right = _turn(end, away[name])
            write(axes, x + 1.27 * radius * right, y + 1.15 * radius * up, name, bold=True)
        rows = (
            ("position of the query", f"{query_at}", f"turned by {query_at * step:g}°"),
            ("position of the key", f"{key_at}", f"turned by {key_at * step:g}°"),
            ("distance", f"{query_at - key_at}", "query minus key"),
            ("dot product", f"{product:.2f}", "of the dark arrows"),
        )
        for line, (what, number, note) in enumerate(rows):
            height = 2.4 - 0.55 * line
            write(axes, width - 0.75, height, what, across="left", bold=line == 3)
            write(axes, width + 1.25, height, number, across="right", bold=line >= 2, size=12)
            write(axes, width + 1.4, height, note, across="left", size=9, lit=False)
        write(axes, width - 0.75, 2.88, "both arrows have the length 1", across="left", size=9, lit=False)
        alt = (
            "Two arrows of the length 1 from one point, turned clockwise. "
            f"The query at position {query_at} is turned by {query_at * step:g} degrees, "
            f"the key at position {key_at} by {key_at * step:g}. Their dot product is {product:.2f}."
        )
        table = Table("The two arrows", ("what", "number", "meaning"), rows)
        return show(figure, alt=alt, table=table, folded=True)


def clocks(position: int = 40, jump: int = 0, *, theta: float = 100_000.0, size: int = 64, shown: int = 6) -> Figure:
    """Some of the pairs of a vector of `size` numbers as clocks: where each hand stands at `position + jump`.

    Pair number i turns by `theta ** (-2 i / size)` radians for each position, clockwise from twelve.
    """
    position += jump
    pairs = [round(i * (size // 2 - 1) / (shown - 1)) for i in range(shown)]
    speeds = [theta ** (-2 * pair / size) for pair in pairs]
    room = WIDTH / shown
    rows = []
    with plain_style():
        figure, axes = canvas(WIDTH, 2.3)
        keep_width(figure)
        write(axes, 0.02, 2.16, f"A token at position {position:,}", across="left", size=11)
        for number, (pair, speed) in enumerate(zip(pairs, speeds, strict=True)):
            x, y, radius = room * (number + 0.5), 1.1, 0.42
            _circle(axes, x, y, radius)
            axes.plot([x, x], [y, y + radius], color=PALE, linewidth=2)
            _hand(axes, x, y, _turn((1, 0), math.degrees(position * speed)), radius, COLOURS["query"])
            write(axes, x, 1.78, f"pair {pair}", bold=True)
            turns, once = position * speed / math.tau, math.tau / speed
            whole = f"{once:,.0f}" if once >= 10 else f"{once:.1f}"
            write(axes, x, 0.34, f"once round in\n{whole} tokens", size=9, lit=False)
            rows.append((f"pair {pair}", f"{math.degrees(position * speed) % 360:.0f}°", f"{turns:.2f}", whole))
        header = ("pair", "angle", "turns so far", "tokens for one turn")
        said = ", ".join(f"{name} at {angle}" for name, angle, *_ in rows)
        alt = f"Clocks for {shown} pairs of numbers at position {position:,}, hands turned from twelve: {said}."
        return show(figure, alt=alt, table=Table(f"At position {position:,}", header, rows), folded=True)


def halves(size: int = 8) -> Figure:
    """Which numbers of a vector are turned together: each of the first half with the one half a vector further on."""
    if not is_a(size, int) or not 4 <= size <= 12 or size % 2:
        raise CourseError(f"halves() draws an even number of cells from 4 to 12; it got {describe(size)}.")
    half, cell = size // 2, min(0.62, 5.4 / size)
    left = (WIDTH - size * cell) / 2
    palette = [COLOURS[name] for name in ("query", "key", "value", "feed-forward", "decoder", "tokens")]

    def row(axes, y, texts, pairs):
        for place, (text, pair) in enumerate(zip(texts, pairs, strict=True)):
            colour = palette[pair]
            rectangle(axes, left + place * cell, y, cell, 0.4, tint(colour, 0.4), colour, 1.6)
            write(axes, left + (place + 0.5) * cell, y + 0.2, text, size=11)

    with plain_style():
        figure, axes = canvas(WIDTH, 2.45)
        row(axes, 1.3, [f"x{i}" for i in range(size)], [i % half for i in range(size)])
        for i in range(half):
            start, end = left + (i + 0.5) * cell, left + (i + half + 0.5) * cell
            style = {"arrowstyle": "<|-|>", "color": palette[i], "linewidth": 1.6, "mutation_scale": 9}
            style |= {"connectionstyle": "arc3,rad=-0.35", "shrinkA": 1, "shrinkB": 1}
            axes.annotate("", xy=(end, 1.72), xytext=(start, 1.72), arrowprops=style)
        second = [f"-x{i}" for i in range(half, size)] + [f"x{i}" for i in range(half)]
        row(axes, 0.25, second, [i % half for i in range(size)])
        write(axes, left - 0.12, 1.5, "x", across="right", bold=True)
        write(axes, left - 0.12, 0.45, "crossed", across="right", bold=True)
        write(axes, left + half * cell / 2, 1.12, "first half", size=9, lit=False)
        write(axes, left + 1.5 * half * cell, 1.12, "second half", size=9, lit=False)
        pairs = ", ".join(f"x{i} with x{i + half}" for i in range(half))
        alt = (
            f"A vector of {size} numbers; these make pairs: {pairs}. Below, the crossed vector: first the second half "
            "with minus signs, then the first half."
        )
        rows = [("x", ", ".join(f"x{i}" for i in range(size))), ("crossed", ", ".join(second))]
        return show(figure, alt=alt, table=Table("The two vectors", ("vector", "numbers"), rows), folded=True)


def _turn(point, degrees: float) -> tuple[float, float]:
    """A pair of numbers after RoPE has turned it."""
    angle = math.radians(degrees)
    return (
        point[0] * math.cos(angle) - point[1] * math.sin(angle),
        point[1] * math.cos(angle) + point[0] * math.sin(angle),
    )


def _circle(axes, x, y, radius):
    from matplotlib.patches import Circle

    axes.add_patch(Circle((x, y), radius, fill=False, edgecolor=PALE, linewidth=1.4))


def _hand(axes, x, y, point, radius, colour, faint=False):
    colour = tint(colour, 0.35) if faint else colour
    style = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.4 if faint else 2.6, "shrinkA": 0, "shrinkB": 0}
    style |= {"mutation_scale": 10 if faint else 16, "linestyle": "--" if faint else "-"}
    axes.annotate("", xy=(x + radius * point[1], y + radius * point[0]), xytext=(x, y), arrowprops=style)
    axes.plot(x, y, "o", color=INK if not faint else MUTED, markersize=3)
