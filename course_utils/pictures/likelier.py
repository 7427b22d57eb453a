"""`likelier`: how many times as likely each word is with one of two groups, a dot and an interval a word.

`times` and `told` say a difference of logarithms in words, the same ones wherever it is said.
"""

from math import exp, isfinite, log

from .figures import label
from .style import ACCENT, MUTED, PALE, WIDTH, keep_width, plain_style


def times(nats: float) -> str:
    """How many times, e^|nats|, with the digits that tell it from equal."""
    nats = abs(nats)
    if nats > log(1e6):
        return "over a million" if isfinite(nats) else "any number of"
    value = exp(nats)
    return f"{value:,.{0 if value >= 9.95 else 1 if value >= 1.05 else 2}f}"


def told(nats: float, groups) -> str:
    """A difference of logarithms, first group minus second: "men, 1.3 times"; "equal" if that is 1.00 times."""
    number = times(nats)
    return "equal" if number == "1.00" else f"{groups[int(nats < 0)]}, {number} times"


def likelier(words, groups, effect, low, high, unit: str = "nats"):
    """A figure of matplotlib: one horizontal interval a word, in the order given; an infinite one runs to the edge.

    Args:
        effect, low, high: `[words]`, first group minus second. In nats the axis says how many times as likely.

    Filled dots: the interval leaves out 0, which is "equal".
    """
    import numpy as np
    from matplotlib.figure import Figure as Drawing

    effect, low, high = map(np.asarray, (effect, low, high))
    clear, plain, nats = (low > 0) | (high < 0), {"parse_math": False}, unit == "nats"
    ends = np.concatenate([effect, low[np.isfinite(low)], high[np.isfinite(high)], [0.0]])
    margin, places = 0.06 * np.ptp(ends) or 0.1, np.arange(len(words))
    edges = ends.min() - margin, ends.max() + margin
    names = [label(word, 24) for word in words]
    height, left = 1.0 + 0.25 * len(words), (0.2 + 0.085 * max(map(len, names))) / WIDTH
    with plain_style():
        figure = Drawing(figsize=(WIDTH, height), dpi=100)
        keep_width(figure)
        frame = figure.add_axes([left, 0.6 / height, 0.98 - left, 1 - 0.95 / height])
        frame.spines[["top", "right", "left"]].set_visible(False)
        frame.axvline(0, color=MUTED, linewidth=1.4)
        frame.hlines(places, np.clip(low, *edges), np.clip(high, *edges), color=ACCENT, linewidth=2)
        for chosen, inside, text in ((clear, ACCENT, "leaves out “equal”"), (~clear, "white", "reaches “equal”")):
            style = {"s": 46, "color": inside, "edgecolors": ACCENT, "linewidths": 1.6, "zorder": 3}
            frame.scatter(effect[chosen], places[chosen], label=f"interval {text}", **style)
        frame.set_yticks(places, names, **plain)
        frame.set(xlim=edges, ylim=(len(words) - 0.5, -0.6))
        if nats:
            ticks = _ticks(*edges)
            frame.set_xticks(list(ticks), ticks.values())
            frame.grid(axis="x", color=PALE, linewidth=0.8)
        frame.tick_params(length=0)
        first, second = (f"{'likelier with ' if nats else ''}{label(name, 24)}" for name in groups)
        texts = {"left": f"← {second}", "center": "" if nats else label(unit, 24), "right": f"{first} →"}
        for x, (side, text) in zip((0.02, 0.5, 0.98), texts.items(), strict=True):
            frame.text(x, 0.25 / height, text, transform=figure.transFigure, ha=side, va="top", **plain)
        frame.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False, handletextpad=0.2)
        return figure


def _ticks(low: float, high: float) -> dict[float, str]:
    """Places in nats and how many times as likely they are, the same on both sides of equal."""
    near, wide = (1.1, 1.2, 1.5, 2), (100, 10**4, 10**6, 10**8, 10**10)
    factors = near if high - low < 1 else wide if high - low > 9 else (2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
    ticks = {0.0: "equal"} | {side * log(factor): f"×{factor:,}" for factor in factors for side in (1, -1)}
    return {place: text for place, text in ticks.items() if low <= place <= high}
