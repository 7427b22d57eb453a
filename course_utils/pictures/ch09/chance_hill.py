"""What the pictures of chance on 09b share: an axis of "times as likely", and a hill that grows from many means."""

from math import log

from ...describing import is_a
from ..style import ACCENT, COLOURS, INK, MUTED, WIDTH, keep_width

STEPS = (1, 2, 3, 4, 5, 10, 30, 100, 300, 1_000, 2_000)  # how many means lie on the hill after each step of a slider
_TIMES = (1.2, 1.5, 2, 3, 5, 10, 20, 50, 100)


def is_step(step) -> bool:
    """Is this a step of a slider: a whole number, and in range?"""
    return is_a(step, int) and not is_a(step, bool) and 1 <= step <= len(STEPS)


def panels(heights, gap: float = 0.62, left: float = 0.3, bottom: float = 0.5, right: float = 0.14):
    """A figure as wide as a page with one plot above the other, `heights` inches high, the first on top.

    `left`, `right` and `bottom` are inches kept free for words.
    """
    from matplotlib.figure import Figure as Drawing

    total = bottom + sum(heights) + gap * (len(heights) - 1) + 0.3
    figure = Drawing(figsize=(WIDTH, total), dpi=100)
    keep_width(figure)
    found, y = [], total - 0.3
    for height in heights:
        y -= height
        axes = figure.add_axes([left / WIDTH, y / total, 1 - (left + right) / WIDTH, height / total])
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(length=0)
        axes.set_yticks([])
        found.append(axes)
        y -= gap
    return figure, found


def times_axis(axes, low: float, high: float, groups=("", ""), what: str = "more likely"):
    """An axis of natural logarithms whose ticks say how many times as likely, and with which of the two groups."""
    first, second = groups
    room = 0.68 * (high - low) / (axes.get_position().width * WIDTH)  # what a label needs
    shown, last = {0.0: "equal"}, 0.0
    for times in _TIMES:
        place = log(times)
        if place - last >= room:
            shown |= {-place: f"{times:g} times", place: f"{times:g} times"}
            last = place
    shown = {place: text for place, text in shown.items() if low <= place <= high}
    axes.set_xticks(list(shown), list(shown.values()))
    axes.set_xlim(low, high)
    if first:
        between = " " if len(first + second) < 20 else "\n"
        for place, text in ((0.0, f"← {what} with{between}{second}"), (1.0, f"{what} with{between}{first} →")):
            axes.annotate(
                text,
                (place, 0),
                xytext=(0, -20),
                xycoords="axes fraction",
                textcoords="offset points",
                ha="right" if place else "left",
                va="top",
                fontsize=9.5,
                parse_math=False,
            )


def plainly(legend):
    """No formula in the texts of a legend: a name may hold dollar signs."""
    for text in legend.get_texts():
        text.set_parse_math(False)


def so_far(count: int, far: int, what: str, reach: str) -> str:
    """The title of a hill: how many of its means reach as far as the real one, which is always the first of them."""
    if far == 1:
        alone = f"only the real one itself is {reach.split(' as ')[0]}"
        return "the real one" if count == 1 else f"{count:,} {what}; {alone}"
    return f"{count:,} {what}; {far:,} of them {reach}" + (f": {far / count:.3f}" if count >= 100 else "")


def hill(axes, means, low: float, high: float, *, middle: bool = False, beyond: float | None = None):
    """The means so far: as dots, or as bars when there are many.

    Args:
        middle: colour the middle 95 percent; returns its two ends.
        beyond: colour the means that are at least as far from 0 as this one; returns their share.
    """
    import numpy as np

    means = np.asarray(means, dtype=float)
    edges = np.linspace(low, high, 72)
    wide = edges[1] - edges[0]
    places = np.clip(((means - low) / wide).astype(int), 0, len(edges) - 2)
    answer = None
    lit = np.zeros(len(means), dtype=bool)
    if middle:
        answer = np.percentile(means, [2.5, 97.5])
        lit = (means >= answer[0]) & (means <= answer[1])
    if beyond is not None:
        lit = abs(means) >= abs(beyond) - 1e-9
        answer = float(lit.mean())
    colour = ACCENT if middle else COLOURS["decoder"]
    if len(means) <= 30:
        height: dict[int, int] = {}
        for mean, place, far in zip(means, places, lit, strict=True):
            height[place] = height.get(place, 0) + 1
            axes.plot(mean, height[place], "o", color=colour if far else MUTED, markersize=7)
        top = 8
    else:
        plain, marked = (np.bincount(places[chosen], minlength=len(edges) - 1) for chosen in (~lit, lit))
        axes.stairs(marked + plain, edges, fill=True, color=COLOURS["frozen"])  # one shape: quicker than many bars
        axes.stairs(marked, edges, fill=True, color=colour)
        top = 1.2 * (plain + marked).max()
    axes.set(ylim=(0, top), xlim=(low, high))
    return answer


def far_hill(axes, means, real: float, reach: float, groups, text: str, words) -> tuple[str, int]:
    """The hill of the means around equal, `text` at the real one, and dashed lines there and at its mirror image.

    Returns the title, `so_far` with these `words`, and how many means are at least as far from equal.
    """
    far = round(hill(axes, means, -reach, reach, beyond=real) * len(means))
    times_axis(axes, -reach, reach, groups)
    for end in (-real, real):
        axes.axvline(end, color=ACCENT, linestyle="--", linewidth=1.5)
    line(axes, real, text, left=real < 0)
    title = so_far(len(means), far, *words)
    axes.set_title(title, loc="left", fontsize=10, weight="bold")
    return title, far


def line(axes, x: float, text: str = "", *, left: bool = False):
    """A dashed line at `x`, with a text beside it."""
    axes.axvline(x, color=INK, linestyle="--", linewidth=1.2)
    if text:
        axes.annotate(
            f" {text} ",
            (x, 0.98),
            xycoords=("data", "axes fraction"),
            ha="right" if left else "left",
            va="top",
            fontsize=9.5,
            color=INK,
            parse_math=False,
        )
