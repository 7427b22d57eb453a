"""`before_after`: the likeliest next tokens before and after the scores were changed, with ten draws.

For temperature and filters under sliders: the page changes the logits, this module only draws the two vectors.
"""

import random
from itertools import accumulate

from ...describing import describe
from ...errors import CourseError
from ..figures import Figure, Table, label, readable, show
from ..style import ACCENT, INK, MUTED, PALE, WIDTH, canvas, keep_width, plain_style, rectangle, write

TAIL = 40  # places; what comes after them is called the tail
DRAWS = 10
_ROW, _LEFT, _LONG = 0.27, 1.8, 3.55  # inches: height of a row, where bars begin, a bar of probability 1
_BEFORE, _AFTER = 6.15, 6.93  # where the two columns of numbers end


def before_after(tokenizer, before, after, *, prompt: str = "", most: int = 8) -> Figure:
    """Bars of the likeliest next tokens, dotted before and filled after, how many tokens are left, and ten draws.

    The draws are the same each time the same `after` comes: a slider that goes back shows what it showed.

    Args:
        before: the logits as the model gave them, `[vocabulary]`.
        after: the logits after temperature and filters, as long; -inf is a token that was removed.
        prompt: the text so far, which becomes the title.
        most: how many tokens have a bar of their own; the rest of the first forty, and the tail, have one each.

    Raises:
        CourseError: the two are not equally long vectors, or no token is left.
    """
    if tuple(before.shape) != tuple(after.shape) or len(before.shape) != 1 or len(before) <= TAIL:
        raise CourseError(
            f"before_after() expects two vectors of logits, one number for each token of the vocabulary; it got the "
            f"shapes {list(before.shape)} and {list(after.shape)}."
        )
    old, new = (scores.float().softmax(-1) for scores in (before, after))
    if not bool(new.isfinite().all()):
        raise CourseError(f"before_after() needs one token at least that is left; it got {describe(after)}.")
    places = before.argsort(descending=True)
    left = int((after > -float("inf")).sum())
    names = [tokenizer.decode([token]) for token in places[:most].tolist()]
    names += [f"places {most + 1} to {TAIL}", f"the tail, {len(before) - TAIL:,} more"]
    pairs = [_groups(chances[places], most) for chances in (old, new)]
    drawn = [tokenizer.decode([token]).strip() or "␣" for token in _drawn(new.tolist())]
    said = f"{left:,} of {len(before):,} tokens left. Ten draws:"
    return _draw(names, pairs, said, drawn, prompt, most)


def _groups(chances, most: int) -> list[float]:
    """The likeliest tokens one by one, then the others up to the fortieth, then the tail."""
    return [*chances[:most].tolist(), chances[most:TAIL].sum().item(), chances[TAIL:].sum().item()]


def _drawn(chances: list[float]) -> list[int]:
    sums = list(accumulate(chances))
    return random.Random(77).choices(range(len(chances)), cum_weights=sums, k=DRAWS)


def _draw(names, pairs, said, drawn, prompt, most) -> Figure:
    title, height = f"{prompt} ___".strip(), 1.35 + _ROW * len(names)
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        keep_width(figure)
        write(axes, 0.02, height - 0.15, label(title, 62), size=11, across="left")
        _legend(axes, height - 0.36)
        axes.plot([_LEFT, _LEFT], [0.8, height - 0.46], color=INK, linewidth=1)
        for row, (name, old, new) in enumerate(zip(names, *pairs, strict=True)):
            y = height - 0.5 - _ROW * (row + 1)
            write(axes, _LEFT - 0.08, y + _ROW / 2, label(name, 24), across="right")
            rectangle(axes, _LEFT, y + 0.07, _LONG * new, _ROW - 0.14, ACCENT if row < most else MUTED)
            axes.add_patch(_dotted(_LEFT, y + 0.02, _LONG * old, _ROW - 0.04))
            axes.plot(
                [_LEFT + _LONG * max(old, new) + 0.08, _AFTER - 1.2], [y + _ROW / 2] * 2, color=PALE, linewidth=0.8
            )
            write(axes, _BEFORE, y + _ROW / 2, _short(old), size=9.5, across="right", lit=False)
            text = "removed" if new == 0 < old else _short(new)
            write(axes, _AFTER, y + _ROW / 2, text, size=9.5, across="right", lit=new > 0)
        write(axes, 0.02, 0.5, said, across="left", bold=True)
        rectangle(axes, 5.2, 0.44, 0.25, 0.12, MUTED)
        write(axes, _AFTER, 0.5, "many tokens together", size=9, across="right")
        write(axes, 0.02, 0.2, ", ".join(label(word, 11) for word in drawn), across="left", size=9.5)
        table = Table(
            title,
            ("next token", "before", "after"),
            [(name, f"{old:.3f}", f"{new:.3f}") for name, old, new in zip(names, *pairs, strict=True)],
        )
        top = ", ".join(f"{readable(name.strip() or '␣')} {new:.2f}" for name, new in zip(names, pairs[1], strict=True))
        alt = f"Bars of the next token after: {top}. {said} {', '.join(map(readable, drawn))}."
        return show(figure, alt=alt, table=table, folded=True)


def _short(chance: float) -> str:
    return f"{chance:.2f}" if chance >= 0.005 else "<0.01"


def _dotted(x, y, wide, high):
    from matplotlib.patches import Rectangle

    return Rectangle((x, y), wide, high, fill=False, edgecolor=INK, linestyle=":", linewidth=1.3)


def _legend(axes, y):
    """The heads of the two columns of numbers, each with the look of its bars."""
    axes.add_patch(_dotted(_BEFORE - 0.77, y - 0.08, 0.27, 0.16))
    write(axes, _BEFORE, y, "before", size=9.5, across="right")
    rectangle(axes, _AFTER - 0.64, y - 0.06, 0.27, 0.12, ACCENT)
    write(axes, _AFTER, y, "after", size=9.5, across="right")
