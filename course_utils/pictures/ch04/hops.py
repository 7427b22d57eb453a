"""`two_paths`: the way of one word's information to the last word, word by word or in one step.

A recurrent network hands a vector from each word to the next. Attention joins any two words directly.
"""

from ...describing import describe, is_a
from ...errors import CourseError
from ..figures import Figure, Table, label, show
from ..style import ACCENT, PALE, WIDTH, box, canvas, plain_style, write

_MOST = 12  # words in a row
_LETTER, _HIGH = 0.088, 0.32


def two_paths(text: str, start: int = 0) -> Figure:
    """Words in a row, attention above, a recurrent network below; the way from word `start` to the last is lit.

    Raises:
        CourseError: the text has fewer than 2 words or more than 12, or there is no such word before the last.
    """
    words = text.split() if is_a(text, str) else []
    if not 2 <= len(words) <= _MOST:
        raise CourseError(f"two_paths() expects a text of 2 to {_MOST} words; it got {describe(text)}.")
    last = len(words) - 1
    if not is_a(start, int) or not 0 <= start < last:
        raise CourseError(f"The way starts at a word from 0 to {last - 1}; start is {describe(start)}.")
    names = [label(word, 14) for word in words]
    widths = [0.16 + _LETTER * len(name) for name in names]
    gap = min(0.3, (WIDTH - 0.1 - sum(widths)) / last)
    if gap < 0.1:
        raise CourseError("These words are too long to draw in one row. Take fewer, or shorter ones.")
    lefts = [0.05 + sum(widths[:i]) + gap * i for i in range(len(words))]
    middles = [x + width / 2 for x, width in zip(lefts, widths, strict=True)]
    steps = last - start
    chain = f"recurrent network: {steps} step{'s' if steps != 1 else ''} from {names[start]} to {names[-1]}"
    direct = f"attention: 1 step from {names[start]} to {names[-1]}"
    y = 0.78
    with plain_style():
        figure, axes = canvas(WIDTH, 2.16)
        for i, name in enumerate(names):
            box(axes, lefts[i], y, widths[i], _HIGH, name, role="tokens", lit=i in (start, last))
        _arc(axes, middles[start], middles[last], y + _HIGH)
        for i in range(last):
            _hand_on(axes, middles[i], middles[i + 1], y - 0.06, i >= start)
        write(axes, 0.05, 2.0, f"A{direct[1:]}", across="left", bold=True)
        write(axes, 0.05, 0.16, f"R{chain[1:]}", across="left", bold=True)
        alt = f"The words {' '.join(names)}. Above them {direct}, an arc. Below them a {chain}, an arrow for each."
        rows = (("recurrent network", str(steps)), ("attention", "1"))
        return show(figure, alt=alt, table=Table("The way", ("network", "steps"), rows), folded=True)


def _hand_on(axes, start, end, y, lit):
    """An arrow from below one word to below the next."""
    colour = ACCENT if lit else PALE
    style = {"arrowstyle": "-|>", "color": colour, "linewidth": 2.4 if lit else 1.2, "shrinkA": 0, "shrinkB": 0}
    style |= {"mutation_scale": 9, "connectionstyle": "arc3,rad=0.45"}
    axes.annotate("", xy=(end - 0.05, y), xytext=(start + 0.05, y), arrowprops=style)


def _arc(axes, start, end, y):
    """Half an ellipse from one word to another, over the words between them."""
    import numpy as np

    turn = np.linspace(np.pi, 0, 40)
    high = 0.16 + 0.75 * (end - start) / WIDTH
    x, up = (start + end) / 2 + (end - start) / 2 * np.cos(turn), y + high * np.sin(turn)
    axes.plot(x, up, color=ACCENT, linewidth=2.4)
    axes.plot(end, y + 0.03, "v", color=ACCENT, markersize=7)
