"""`calls`, a grid that fills: which tokens a model reads in each call; `weigh`: the cache beside the weights."""

from ...describing import describe, is_a
from ...errors import CourseError
from ..figures import Figure, Table, label, show
from ..style import COLOURS, INK, MUTED, PALE, PAPER, WIDTH, canvas, keep_width, plain_style, rectangle, tint, write

_ROW, _HEAD, _FOOT = 0.34, 1.0, 0.95  # inches
_LEFT, _RIGHT = 0.95, 1.75
MOST = 16  # columns
_CACHE = tint(COLOURS["value"], 0.35)
_ONCE, _ROOM = 2.45, 5.95  # inches: the bar of the weights, and the longest bar that fits


def calls(tokens, *, prompt: int, steps: int = 0, cached: bool = True, each: int = 0) -> Figure:
    """A row for each call of the model, a column for each token; the first call is the prefill.

    Args:
        tokens: the texts of all tokens, those of the prompt first.
        prompt: how many of them are the prompt.
        steps: how many decode steps have been done; the rows of the others are still empty.
        cached: whether keys and values are kept.
        each: the bytes that the cache keeps for one token.

    Raises:
        CourseError: there are more than 16 tokens, or no room for a prompt, a new token and the steps.
    """
    tokens = [str(token) for token in tokens]
    rows = len(tokens) - prompt if is_a(prompt, int) and prompt > 0 else 0
    if not (len(tokens) <= MOST and 0 <= steps < rows):
        raise CourseError(
            f"calls() draws a prompt and what was written after it, {MOST} tokens at most, and fewer steps than new "
            f"tokens; it got {len(tokens)} tokens, a prompt of {describe(prompt)}, {describe(steps)} steps."
        )
    read = [prompt if number == 0 else 1 if cached else prompt + number for number in range(rows)]
    kept = [each * (prompt + number) if cached else 0 for number in range(rows)]
    wide = (WIDTH - _LEFT - _RIGHT) / (len(tokens) - 1)  # the last token is written, and not read any more
    height = _HEAD + _ROW * rows + _FOOT
    names = ["prefill", *(f"decode {number}" for number in range(1, rows))]
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        keep_width(figure)
        top = height - _HEAD
        for column, token in enumerate(tokens[:-1]):
            colour = INK if column < prompt + steps else MUTED
            axes.text(_LEFT + wide * (column + 0.5), top + 0.08, label(token.strip(), 12), rotation=60, ha="left",
                      va="bottom", fontsize=9.5, color=colour, parse_math=False, rotation_mode="anchor")  # fmt: skip
        write(axes, WIDTH - _RIGHT + 0.12, top + 0.14, "writes", size=9, across="left", bold=True)
        write(axes, WIDTH - 0.02, top + 0.14, "cache after" if cached else "keeps", size=9, across="right", bold=True)
        for number in range(rows):
            y, done = top - _ROW * (number + 1), number <= steps
            write(axes, _LEFT - 0.1, y + _ROW / 2, names[number], across="right", lit=done, size=9.5)
            for column in range(len(tokens) - 1):
                here = column < prompt + number
                new = here and (column >= prompt + number - read[number])
                _cell(axes, _LEFT + wide * column, y, wide, done and here, new)
            if done:
                written = label(tokens[prompt + number].strip(), 11)
                write(axes, WIDTH - _RIGHT + 0.12, y + _ROW / 2, written, across="left", size=9.5)
                size = f"{kept[number] / 1000:,.0f} kB" if cached else "nothing"
                write(axes, WIDTH - 0.02, y + _ROW / 2, size, across="right", size=9.5)
        total = sum(read[: steps + 1])
        said = f"tokens read so far: {total}"
        write(axes, 0.02, 0.5, said, across="left", bold=True, size=11)
        _key(axes, 0.02, 0.1, cached)
        table = Table(
            "with the cache" if cached else "without the cache",
            ("call", "tokens read", "writes", "in the cache after it"),
            [
                (names[n], str(read[n]), tokens[prompt + n].strip(), f"{kept[n]:,} bytes" if cached else "nothing")
                for n in range(steps + 1)
            ],
        )
        how = "with the cache" if cached else "without a cache"
        alt = f"A row for each call {how}: it reads {', then '.join(map(str, read[: steps + 1]))} tokens; {said}."
        return show(figure, alt=alt, table=table, folded=True)


def _cell(axes, x, y, wide, here: bool, new: bool):
    colour = COLOURS["decoder"] if here and new else _CACHE if here else PAPER
    rectangle(axes, x + 0.02, y + 0.03, wide - 0.04, _ROW - 0.06, colour, edge=MUTED if here else PALE, line=0.8)


def _key(axes, x, y, cached: bool):
    parts = [(COLOURS["decoder"], "read: goes through all layers")]
    parts += [(_CACHE, "key and value from the cache; the query is not kept")] if cached else []
    for colour, text in parts:
        rectangle(axes, x, y, 0.24, 0.18, colour, edge=MUTED, line=0.8)
        write(axes, x + 0.32, y + 0.09, text, size=9.5, across="left")
        x += 0.6 + 0.075 * len(text)


def weigh(weights: float, cache: float, *, title: str = "") -> Figure:
    """Two bars of memory. That of the weights always has the same length; the cache is drawn in proportion to it.

    Args:
        weights: the bytes of the weights, more than 0.
        cache: the bytes of all that is kept of keys and values.

    Raises:
        CourseError: one of them is no such number.
    """
    if not (is_a(weights, int, float) and is_a(cache, int, float) and weights > 0 and cache >= 0):
        raise CourseError(f"weigh() needs two numbers of bytes; it got {describe(weights)} and {describe(cache)}.")
    share, left, height = cache / weights, 0.85, 1.75
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        keep_width(figure)
        write(axes, 0.02, height - 0.15, label(title, 90), size=11, across="left")
        rows = (("weights", weights, COLOURS["residual stream"], 0.75), ("cache", cache, _CACHE, 0.25))
        for name, size, colour, y in rows:
            long = min(_ONCE * size / weights, _ROOM)
            rectangle(axes, left, y, long, 0.36, colour, edge=MUTED)
            write(axes, left - 0.1, y + 0.18, name, across="right")
            text = f"{size / 1e9:,.2f} GB" if size < 1e10 else f"{size / 1e9:,.1f} GB"
            full = long == _ROOM  # more than fits: an arrow says so
            write(axes, left + (long - 0.12 if full else long + 0.08), y + 0.18, text + "  →" * full,
                  across="right" if full else "left", bold=True)  # fmt: skip
        axes.plot([left + _ONCE] * 2, [0.15, 1.22], color=INK, linestyle="--", linewidth=1.3)
        write(axes, left + _ONCE, 1.33, "as large as the weights", size=9)
        more = "more" if share > 1 else "less"
        said = f"weights {weights / 1e9:.2f} GB, cache {cache / 1e9:.2f} GB, {more} than the weights"
        table = Table(title or "memory", ("what", "GB"), [(name, f"{size / 1e9:.2f}") for name, size, _, _ in rows])
        return show(figure, alt=f"Two bars of memory ({title}): {said}.", table=table, folded=True)
