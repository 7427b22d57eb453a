"""One word in many wordings: a dot for each, on a scale of "how many times as likely"."""

from ...describing import describe
from ...errors import CourseError
from ..figures import Figure, Table, label, readable, show
from ..likelier import told
from ..style import ACCENT, COLOURS, INK, MUTED, PALE, WIDTH, canvas, plain_style, write

_TICKS = (1, 3, 10, 30, 100)


def wordings(bias, templates, word: str) -> Figure:
    """A row for each template, a dot where it puts the word: right is the first group, left is the second.

    Args:
        bias: what `probe` returned, in nats.
        templates: the templates it was given, in their order.
        word: one of its words.
    """
    import numpy as np

    if word not in bias.words:
        raise CourseError(f"There is no word {describe(word)}; there is: {', '.join(bias.words)}.")
    values = bias.differences[bias.words.index(word)]
    if len(values) != len(templates):
        raise CourseError(f"wordings() expects the {len(values)} templates of the probe; it got {len(templates)}.")
    order = np.argsort(-values, kind="stable")
    first, second = bias.groups
    edge = max(np.log(4), 1.08 * float(np.abs(bias.differences).max()))  # the same for every word of the probe
    left, line, foot = 3.3, 0.27, 0.62
    wide, top = WIDTH - left - 0.2, foot + line * len(values)
    counts = [int((values > 0).sum()), int((values < 0).sum())]

    def x(nats):
        return left + wide * (nats / edge + 1) / 2

    with plain_style():
        figure, axes = canvas(WIDTH, top + 0.72)
        title = f"{label(word, 30)}: {counts[0]} of {len(values)} wordings say {first}, {counts[1]} say {second}"
        write(axes, 0.02, top + 0.56, title, size=11, across="left", bold=True)
        write(axes, x(0) - 0.1, top + 0.2, f"← {label(second, 22)}", size=9.5, across="right")
        write(axes, x(0) + 0.1, top + 0.2, f"{label(first, 22)} →", size=9.5, across="left")
        for tick in _TICKS:
            for sign in (-1, 1) if tick > 1 else (1,):
                if np.log(tick) < edge:
                    place = x(sign * np.log(tick))
                    axes.plot([place, place], [foot, top], color=PALE, linewidth=0.8, zorder=0)
                    write(axes, place, foot - 0.14, f"{tick}" if tick > 1 else "equal", size=9)
        axes.plot([x(0), x(0)], [foot, top + 0.08], color=INK, linewidth=1.4, zorder=1)
        for row, place in enumerate(order):
            y, value = top - line * (row + 0.5), float(values[place])
            text = readable(templates[place]).replace("{group}", "…").replace("{word}", "…")
            write(axes, left - 0.1, y, label(text, 48), size=9, across="right")
            colour = ACCENT if value > 0 else COLOURS["decoder"]
            axes.plot([x(0), x(value)], [y, y], color=colour, linewidth=1.4, zorder=1)
            axes.plot(x(value), y, "o" if value > 0 else "s", color=colour, markersize=8, zorder=2)
        mean = float(values.mean())
        axes.plot([x(mean)] * 2, [foot, top], color=MUTED, linestyle="--", linewidth=1.4)
        foot_text = f"how many times as likely (each step multiplies); dashed: the average, {told(mean, bias.groups)}"
        write(axes, 0.02, 0.16, foot_text, size=9, across="left")
        rows = [(templates[i], told(float(values[i]), bias.groups)) for i in order]
        ends = f"from {rows[0][1]} down to {rows[-1][1]}"
        alt = f"{title}, {ends}. A dot for each wording; the mean is {told(mean, bias.groups)}."
        return show(
            figure, alt, Table(f"{word} in {len(values)} wordings", ("wording", "times as likely"), rows), folded=True
        )
