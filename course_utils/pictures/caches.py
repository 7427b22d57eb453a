"""`calls`: which tokens a model reads in each call while it writes, with its cache or without, as a grid that fills."""

from ..describing import describe, is_a
from ..errors import CourseError
from .figures import Figure, Table, label, show
from .style import COLOURS, INK, MUTED, PALE, PAPER, WIDTH, canvas, keep_width, plain_style, rectangle, tint, write

_ROW, _HEAD, _FOOT = 0.34, 1.0, 0.95  # inches
_LEFT, _RIGHT = 0.95, 1.75
MOST = 16  # columns


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
            colour = INK if column < prompt + steps else PALE
            axes.text(_LEFT + wide * (column + 0.5), top + 0.08, label(token.strip(), 12), rotation=60, ha="left",
                      va="bottom", fontsize=9.5, color=colour, parse_math=False, rotation_mode="anchor")  # fmt: skip
        write(axes, WIDTH - _RIGHT + 0.12, top + 0.14, "writes", size=9, across="left", bold=True)
        write(axes, WIDTH - 0.02, top + 0.14, "cache" if cached else "keeps", size=9, across="right", bold=True)
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
    colour = COLOURS["decoder"] if here and new else tint(COLOURS["value"], 0.35) if here else PAPER
    rectangle(axes, x + 0.02, y + 0.03, wide - 0.04, _ROW - 0.06, colour, edge=MUTED if here else PALE, line=0.8)


def _key(axes, x, y, cached: bool):
    parts = [(COLOURS["decoder"], "read: goes through all layers")]
    parts += [(tint(COLOURS["value"], 0.35), "keys and values from the cache")] if cached else []
    for colour, text in parts:
        rectangle(axes, x, y, 0.24, 0.18, colour, edge=MUTED, line=0.8)
        write(axes, x + 0.32, y + 0.09, text, size=9.5, across="left")
        x += 0.6 + 0.075 * len(text)
