"""How sure a model is and how often it is right: `reliability` over the whole range, `promise` above one line."""

from ...describing import attempt, describe
from ...errors import CourseError
from ..figures import Figure, Table, show
from ..style import ACCENT, COLOURS, INK, MUTED, WIDTH, canvas, keep_width, plain_style, rectangle, write

_EDGES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


def reliability(confidence, right, *, title: str = "") -> Figure:
    """The share of right answers against the confidence: a dot for each of five groups; its area is how many.

    Args:
        confidence: the probability of the chosen label of each text, of two labels: 0.5 to 1.
        right: for each text True or False.
    """
    from matplotlib.figure import Figure as Drawing

    sure, hits = _pairs(confidence, right)
    bins = []
    for low, high in zip(_EDGES, _EDGES[1:], strict=False):
        here = [i for i, value in enumerate(sure) if low < value <= high or value <= low == 0.5]
        if here:
            bins.append((low, high, _mean(sure, here), _mean(hits, here), len(here)))
    floor = min(0.38, *(kept - 0.06 for _, _, _, kept, _ in bins))
    with plain_style():
        figure = Drawing(figsize=(WIDTH, 3.9), dpi=100)
        keep_width(figure)
        axes = figure.add_axes([0.1, 0.14, 0.55, 0.76])
        axes.spines[["top", "right"]].set_visible(False)
        axes.fill_between([0.5, 1], [0.5, 1], [floor - 0.03] * 2, color=COLOURS["wrong"], alpha=0.1, linewidth=0)
        axes.vlines(_EDGES, floor, 1.02, color=MUTED, linewidth=0.8, linestyles=":", zorder=0)
        axes.plot([0.5, 1], [0.5, 1], "--", color=INK, linewidth=1.3)
        axes.text(0.835, 0.885, "promised = kept", rotation=38, ha="center", va="center", fontsize=9.5)
        axes.text(0.85, 0.55, "too sure", ha="center", color=COLOURS["wrong"], fontsize=9.5, weight="bold")
        for low, high, said, kept, count in bins:
            axes.plot([said, said], [said, kept], color=COLOURS["wrong"], linewidth=1.5, zorder=1)
            axes.scatter(said, kept, s=20 + 2.4 * count, color=ACCENT, edgecolors="white", zorder=2)
            axes.text((low + high) / 2, floor + 0.02, str(count), ha="center", va="center", fontsize=9.5)
        _, _, said, kept, count = bins[-1]
        note = f"{count} sentences:\nthe model says {100 * said:.1f} %,\n{100 * kept:.1f} % are right"
        style = {"arrowstyle": "-", "color": MUTED, "shrinkB": 8}
        axes.annotate(note, (said, kept), (1.09, kept - 0.08), fontsize=10, va="center", arrowprops=style)
        axes.text(1.06, floor + 0.02, "how many sentences", va="center", fontsize=9.5)
        axes.set(xlim=(0.49, 1.02), ylim=(floor, 1.02), xlabel="how sure the model is", ylabel="right answers")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
        axes.set_title(title or "Promised and kept", loc="left", fontsize=11, parse_math=False)
        rows = [(f"{a:.1f} to {b:.1f}", f"{100 * p:.1f} %", f"{100 * k:.1f} %", str(n)) for a, b, p, k, n in bins]
        told = "; ".join(f"{said} promised, {kept} right, {n} texts" for _, said, kept, n in rows)
        header = ("group", "promised", "right", "texts")
        alt = f"Dots for share right against confidence, below the diagonal where the model is too sure. {told}."
        return show(figure, alt, Table(title or "Promised and kept", header, rows), folded=True)


def promise(confidence, right, at_least: float) -> Figure | Table:
    """Only answers of at least this confidence: how sure the model is of them, and how many of them are right."""
    sure, hits = _pairs(confidence, right)
    here = [i for i, value in enumerate(sure) if value >= at_least]
    if not here:
        return Table(f"No answer is as sure as {at_least:.3g}.", ("answers", "right"), (("0", "0"),))
    said, kept, wrong = _mean(sure, here), _mean(hits, here), len(here) - sum(hits[i] for i in here)
    left, room = 2.0, WIDTH - 2.9
    with plain_style():
        figure, axes = canvas(WIDTH, 1.8)
        title = f"Answers with a confidence of {at_least:.3g} or more: {len(here)} of {len(sure)}"
        write(axes, 0.02, 1.63, title, size=11, across="left", bold=True)
        bars = (("the model promises", said, "model"), ("it keeps", kept, "right"))
        for row, (name, value, role) in enumerate(bars):
            y = 1.03 - 0.42 * row
            write(axes, left - 0.1, y + 0.15, name, across="right")
            rectangle(axes, left, y, room, 0.3, "white", edge=MUTED, line=0.8)
            rectangle(axes, left, y, room * value, 0.3, COLOURS[role])
            if role == "right":
                rectangle(axes, left + room * value, y, room * (1 - value), 0.3, COLOURS["wrong"])
            write(axes, left + room + 0.08, y + 0.15, f"{100 * value:.1f} %", across="left", bold=True)
        y = 0.05
        write(axes, left - 0.1, y + 0.12, "a person reads", across="right")
        rest = len(sure) - len(here)
        rectangle(axes, left, y, room, 0.24, "white", edge=MUTED, line=0.8)
        rectangle(axes, left, y, room * rest / len(sure), 0.24, COLOURS["frozen"])
        write(axes, left + room + 0.08, y + 0.12, f"{rest}", across="left", bold=True)
        write(axes, left + room, 0.45, f"wrong answers that pass: {wrong}", across="right", bold=True)
        rows = (("promised", f"{100 * said:.1f} %"), ("right", f"{100 * kept:.1f} %"))
        rows += (("wrong", str(wrong)), ("left over", str(rest)))
        told = ", ".join(f"{name} {value}" for name, value in rows)
        return show(figure, f"{title}. Bars: {told}.", Table(title, ("what", "how much"), rows), folded=True)


def _pairs(confidence, right):
    sure = attempt(lambda: [float(value) for value in confidence])
    hits = attempt(lambda: [bool(value) for value in right])
    if not sure or not hits or len(sure) != len(hits):
        raise CourseError(
            "Expected the confidence of each answer, and for each answer whether it is right: two lists of one "
            f"length; given: {describe(confidence)} and {describe(right)}."
        )
    if wrong := [value for value in sure if not 0.499 <= value <= 1.001]:
        raise CourseError(f"Expected the confidence of each answer, of two labels, from 0.5 to 1; given: {wrong[0]:g}.")
    return [min(value, 1.0) for value in sure], hits


def _mean(values, places) -> float:
    return sum(values[i] for i in places) / len(places)
