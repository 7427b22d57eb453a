"""`arrows`: one word looks at other words, and the width of an arrow is the attention weight.

Nothing is scaled, so weights of different pictures can be compared. One rule for all: every weight is written, the
largest is bold, and one below 0.005 is grey and has no arrow. Used by notebook 06; `heads` draws those of real models.
"""

import io
from dataclasses import replace

from ...describing import attempt, describe, is_a
from ...errors import CourseError
from ..figures import Figure, Table, label, show
from ..style import COLOURS, WIDTH, canvas, plain_style, rectangle, tint, write

MOST = 40  # words
_WIDEST = 18.0  # points of an arrow of weight 1
_LEAST = 0.005  # a smaller weight is written as 0.00
_THIN = 0.03  # below this weight a line without a tip will do
_LETTER, _HIGH, _GAP = 0.085, 0.34, 0.22  # inches: a letter, a box, between two words


def arrows(words, weights, looks="", *, new: str = "", title: str = "", hidden=()) -> Figure:
    """One word looks at all words: an arrow to each, as wide as its weight.

    Args:
        words: texts, up to 40; where they do not fit side by side, they stand below each other.
        weights: a number from 0 to 1 for each word, a list or a tensor.
        looks: the word that looks, as its text (the first such word) or its position.
        new: instead of `looks`, a word that looks and is none of `words`.
        hidden: True or False for each word, or nothing: words that a mask hides get no arrow and a cross.
    """
    words = [str(word) for word in words]
    shares = attempt(lambda: [float(weight) for weight in weights])
    if not words or shares is None or len(shares) != len(words):
        raise CourseError(
            f"arrows() expects a weight for each of the {len(words)} words {words}; it got {describe(weights)}."
        )
    if len(words) > MOST:
        raise CourseError(f"Arrows have room for {MOST} tokens, and here are {len(words)}: take a shorter text.")
    row = None if new else position(words, looks)
    asks = new or words[row]
    covered = [bool(yes) for yes in hidden] or [False] * len(words)
    names = [label(word, 14) for word in words]
    wide = [max(0.5, _LETTER * len(name) + 0.24) for name in names]
    flat = sum(wide) + _GAP * (len(words) - 1) <= WIDTH - 1.2
    with plain_style():
        draw = _flat if flat else _upright
        figure, axes = draw(names, wide, shares, row, label(asks, 14), covered, title)
        rows = [
            (word, "hidden" if cover else f"{share:.2f}")
            for word, share, cover in zip(words, shares, covered, strict=True)
        ]
        table = Table(f"Where “{asks}” looks", ("word", "weight"), rows)
        said = ", ".join(f"{word} {share}" for word, share in rows)
        alt = f"{title + '. ' if title else ''}Arrows from {asks}, as wide as their weights: {said}."
        return few_colours(show(figure, alt=alt, table=table, folded=True))


def few_colours(drawing: Figure) -> Figure:
    """The same drawing with 24 colours, in three quarters of the bytes: a drawing of plain shapes needs no more."""
    from PIL import Image

    small = io.BytesIO()
    with Image.open(io.BytesIO(drawing.png)) as image:
        image.convert("RGB").quantize(24, dither=Image.Dither.NONE).save(small, "png", compress_level=9)
    return replace(drawing, png=small.getvalue())


def position(words, wanted) -> int:
    """Where a word stands, given as its text or as its position; a CourseError lists the words."""
    if is_a(wanted, int) and not is_a(wanted, bool) and 0 <= wanted < len(words):
        return wanted
    for same in (str(wanted).strip(), str(wanted).strip().lower()):
        if same in words:
            return words.index(same)
    raise CourseError(f"There is no {label(str(wanted), 30)!r} here. Choose one of: {', '.join(words[:MOST])}.")


def _flat(names, wide, shares, row, asks, covered, title):
    """Words side by side: above the one that looks, below those that are looked at."""
    step = _GAP if len(names) > 4 else 0.7
    top = 0.34 if title else 0.06
    figure, axes = canvas(WIDTH, 2.3 + top)
    _heading(axes, title, 2.3 + top)
    x = 1.15 + (WIDTH - 1.3 - sum(wide) - step * (len(names) - 1)) / 2
    middles = []
    for width in wide:
        middles.append(x + width / 2)
        x += width + step
    for text, height in (("looks", 2.13), ("is looked at", 0.53)):
        write(axes, 0.05, height, text, across="left", lit=False)
    from_x = (middles[0] + middles[-1]) / 2 if row is None else middles[row]
    wide_from = max(0.5, _LETTER * len(asks) + 0.24)
    _word(axes, from_x - wide_from / 2, 1.96, wide_from, asks, "query")
    for column, (name, share) in enumerate(zip(names, shares, strict=True)):
        x, width, on = middles[column], wide[column], not covered[column]
        if row not in (None, column):
            write(axes, x, 1.96 + _HIGH / 2, name, lit=False)
        _word(axes, x - width / 2, 0.36, width, name, "key" if on else None)
        _number(axes, x, 0.16, share, shares, on)
        if on:
            _ray(axes, (from_x, 1.94), (x, 0.72), share)
        else:
            write(axes, x, 0.84, "×", size=15)
    return figure, axes


def _upright(names, wide, shares, row, asks, covered, title):
    """Words below each other: on the left the one that looks, on the right those that are looked at."""
    step, top = 0.28, 0.34 if title else 0.06
    height = step * len(names) + 0.34 + top
    figure, axes = canvas(WIDTH - 1.4, height)
    _heading(axes, title, height)
    left, right, room = 1.5, 3.7, max(wide)
    row = len(names) // 2 if row is None else row
    write(axes, left - room / 2, height - top - 0.13, "looks", lit=False)
    write(axes, right + room / 2, height - top - 0.13, "is looked at", lit=False)
    start = height - top - 0.34 - step * (row + 0.5)
    _word(axes, left - room, start - 0.12, room, asks, "query", 0.24)
    for place, (name, share) in enumerate(zip(names, shares, strict=True)):
        y, on = height - top - 0.34 - step * (place + 0.5), not covered[place]
        _word(axes, right, y - 0.12, room, name, "key" if on else None, 0.24)
        _number(axes, right + room + 0.12, y, share, shares, on, across="left")
        if on:
            _ray(axes, (left + 0.03, start), (right - 0.04, y), share)
    return figure, axes


def _heading(axes, title, height):
    if title:
        write(axes, 0.02, height - 0.16, label(title, 90), size=11, across="left")


def _word(axes, x, y, width, name, role, height=_HIGH):
    if role:
        rectangle(axes, x, y, width, height, tint(COLOURS[role]), COLOURS[role], 1.8)
    write(axes, x + width / 2, y + height / 2, name, lit=role is not None, bold=role == "query")


def _number(axes, x, y, share, shares, on, across="center"):
    most = f"{share:.2f}" == f"{max(shares):.2f}"
    text = f"{share:.2f}" if on else "hidden"
    write(axes, x, y, text, across=across, bold=on and most, lit=on and share >= _LEAST)


def _ray(axes, start, end, share):
    if share < _LEAST:
        return
    width = _WIDEST * share
    if share < _THIN:
        axes.plot(*zip(start, end, strict=True), color=COLOURS["query"], linewidth=width)
        return
    style = {"arrowstyle": "-|>", "color": tint(COLOURS["query"], 0.8), "linewidth": width, "shrinkA": 0, "shrinkB": 0}
    tip = {"mutation_scale": 7 + 1.2 * width, "joinstyle": "miter"}
    axes.annotate("", xy=end, xytext=start, arrowprops=style | tip)
