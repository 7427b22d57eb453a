"""`hill`: the loss of one weight as a curve, and a ball on it that has rolled downhill step by step."""

import math

from ...describing import attempt, describe
from ...errors import CourseError
from ..figures import Figure, Table, label, show
from ..style import ACCENT, COLOURS, INK, MUTED, WIDTH, keep_width, plain_style

_HIGH = 3.0  # inches


def hill(loss, path, *, low: float = -1.0, high: float = 7.0, name: str = "weight") -> Figure:
    """The curve of a loss, and a ball where the weight is now; smaller dots where it has been.

    Args:
        loss: a function of one number.
        path: the weights so far, the newest last.
        low, high: the weights at both ends of the picture. A ball outside of them is drawn at the edge.
        name: what the weight is.
    """
    weights = attempt(lambda: [float(weight) for weight in path])
    if not weights or not all(map(math.isfinite, weights)):
        raise CourseError(f"hill() expects the weights so far, one finite number or more; it got {describe(path)}.")
    places = [low + (high - low) * i / 160 for i in range(161)]
    heights = [float(loss(place)) for place in places]
    top = max(heights) * 1.12
    now, cost, slope = weights[-1], float(loss(weights[-1])), _slope(loss, weights[-1])
    with plain_style():
        from matplotlib.figure import Figure as Drawing
        from matplotlib.patheffects import withStroke

        figure = Drawing(figsize=(WIDTH, _HIGH), dpi=100)
        keep_width(figure)
        axes = figure.add_axes([0.08, 0.17, 0.89, 0.71])
        axes.plot(places, heights, color=COLOURS["residual stream"], linewidth=2)
        _steps(axes, [(weight, float(loss(weight))) for weight in weights], low, high, top)
        if low <= now <= high:
            reach = min(1.0, 0.3 * top / max(abs(slope), 1e-9))
            ends = [now - reach, now + reach]
            axes.plot(ends, [cost + slope * (x - now) for x in ends], color=COLOURS["decoder"], linewidth=2.2)
            axes.plot(now, cost, "o", color=ACCENT, markersize=13, markeredgecolor="white", zorder=5)
            lower, side = (ends[1], "right") if slope < 0 else (ends[0], "left")
            height = cost - abs(slope) * reach
            if height > 0.15 * top:  # below the curve there is room
                text = axes.text(lower, height - 0.02 * top, "slope  " if slope < 0 else "  slope", va="top", ha=side)
            else:
                text = axes.text(now, cost + 0.16 * top, "slope", ha="center")
            text.set(fontsize=10, color=COLOURS["decoder"])
            text.set_path_effects([withStroke(linewidth=3, foreground="white")])
        else:
            edge, sign, side = (high, ">", "right") if now > high else (low, "<", "left")
            axes.plot(edge, 0.9 * top, sign, color=ACCENT, markersize=13, clip_on=False, zorder=5)
            axes.text(edge, 0.74 * top, "  the ball is out here  ", ha=side, fontsize=10, color=INK)
        axes.set(xlim=(low, high), ylim=(-0.06 * top, top), xlabel=label(name, 60), ylabel="loss")
        axes.spines[["top", "right"]].set_visible(False)
        taken = len(weights) - 1
        told = f"after {taken} step{'s' if taken != 1 else ''}: weight {_short(now)}, loss {_short(cost)}"
        told = f"{told}, slope {_short(slope)}"
        figure.text(0.01, 0.94, told, fontsize=11, color=INK)
        rows = [(str(i), _short(w), _short(float(loss(w)))) for i, w in enumerate(weights)]
        table = Table("The way of the weight", ("step", "weight", "loss"), rows)
        where = "on the curve" if low <= now <= high else "outside of the picture"
        return show(figure, alt=f"A curve with one valley, and a ball {where}, {told}.", table=table, folded=True)


def _steps(axes, points, low, high, top):
    """Where the ball has been, each place joined to the next: only what lies inside the picture."""
    for (x, y), (next_x, next_y) in zip(points, points[1:], strict=False):
        if low <= x <= high:
            axes.plot(x, y, "o", color=MUTED, markersize=6, zorder=4)
        axes.plot([x, next_x], [y, next_y], color=MUTED, linewidth=1, linestyle=":", zorder=3)


def _slope(loss, weight: float) -> float:
    step = 1e-4 * max(1.0, abs(weight))
    return (float(loss(weight + step)) - float(loss(weight - step))) / (2 * step)


def _short(number: float) -> str:
    if abs(number) >= 1e5:
        return f"{number:.1e}"
    if abs(number) >= 100:
        return f"{number:,.0f}"
    return f"{number + 0.0:.2f}".replace("-0.00", "0.00")
