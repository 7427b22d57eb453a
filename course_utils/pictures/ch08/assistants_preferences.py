"""What 08b draws of preferences: the DPO loss as a curve, and where log-probabilities went in training."""

import math
from collections.abc import Mapping

from ...describing import describe, is_a
from ...errors import CourseError
from ..figures import Figure, Table, label, show
from ..style import ACCENT, COLOURS, INK, MUTED, PALE, WIDTH, keep_width, plain_style


def dpo_curve(margin: float = 0.0, beta: float = 0.1) -> Figure:
    """The DPO loss for every margin from -40 to 40, with one point on it and the slope there as a short line."""
    if not (is_a(margin, int, float) and is_a(beta, int, float) and beta > 0):
        raise CourseError(f"dpo_curve() expects a margin and a beta above 0; it got {describe((margin, beta))}.")
    places = [number / 2 for number in range(-80, 81)]
    top = _loss(-40 * beta)
    loss, slope = _loss(beta * margin), -beta / (1 + math.exp(beta * margin))
    with plain_style():
        from matplotlib.figure import Figure as Drawing

        figure = Drawing(figsize=(WIDTH, 2.7), dpi=100)
        keep_width(figure)
        axes = figure.add_axes([0.09, 0.2, 0.88, 0.75])
        axes.plot(places, [_loss(beta * x) for x in places], color=COLOURS["residual stream"], linewidth=2)
        axes.axvline(0, color=PALE, linewidth=1)
        axes.plot([margin - 9, margin + 9], [loss - 9 * slope, loss + 9 * slope], color=ACCENT, linewidth=2)
        axes.plot(margin, loss, "o", color=ACCENT, markersize=9)
        told = f"margin {margin:.0f}, beta {beta:.2f}:  loss {loss:.2f}, slope {slope + 0.0:.3f}"
        axes.text(0.98, 0.92, told, transform=axes.transAxes, ha="right", fontsize=11, weight="bold", color=INK)
        axes.set(
            xlim=(-40, 40), ylim=(-0.05 * top, 1.15 * top), xlabel="margin: what chosen has gained more than rejected"
        )
        axes.set_ylabel("loss")
        axes.spines[["top", "right"]].set_visible(False)
        rows = [(f"{x:+d}", f"{_loss(beta * x):.2f}") for x in (-40, -20, -10, 0, 10, 20, 40)]
        alt = f"A curve that falls from left to right and flattens at 0. A point on it with its slope. {told}."
        table = Table(f"The loss for beta {beta:.2f}", ("margin", "loss"), rows)
        return show(figure, alt=alt, table=table, folded=True)


def _loss(x: float) -> float:
    return math.log1p(math.exp(-x)) if x > -30 else -x


def moved(before: Mapping, after: Mapping) -> Figure:
    """For each question two arrows on a scale of log-probabilities: where chosen and rejected were, and are now.

    Args:
        before: `{question: (chosen, rejected)}`, numbers or tensors with one number.
        after: the same questions.
    """
    if not before or list(before) != list(after):
        raise CourseError(f"moved() expects the same questions twice; it got {describe(before)}, {describe(after)}.")
    pairs = {
        question: [(float(start), float(end)) for start, end in zip(before[question], after[question], strict=True)]
        for question in before
    }
    rows, said = [], []
    with plain_style():
        from matplotlib.figure import Figure as Drawing

        height = 1.05 + 0.78 * len(pairs)
        figure = Drawing(figsize=(WIDTH, height), dpi=100)
        keep_width(figure)
        axes = figure.add_axes([0.02, 0.5 / height, 0.96, 1 - 0.82 / height])
        lows = [min(*chosen, *rejected) for chosen, rejected in pairs.values()]
        low = 10 * math.floor(min(lows) / 10) - 4
        for number, (name, (chosen, rejected)) in enumerate(pairs.items()):
            axes.text(low, number - 0.36, label(name, 60), fontsize=9.5, va="center", color=INK, parse_math=False)
            for line, (what, (start, end)) in enumerate((("chosen", chosen), ("rejected", rejected))):
                y, colour = number + 0.26 * line - 0.06, COLOURS["right" if what == "chosen" else "wrong"]
                axes.annotate("", (end, y), (start, y), arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 2.2})
                axes.plot(start, y, "o" if what == "chosen" else "s", color=colour, markersize=6)
                side = 1 if end >= start else -1
                axes.text(
                    end + 0.8 * side, y, f"{end:.0f}", ha="left" if side > 0 else "right", va="center", fontsize=9
                )
                rows.append((f"{name} {what}", f"{start:.1f}", f"{end:.1f}"))
            margin = (chosen[1] - chosen[0]) - (rejected[1] - rejected[0])
            axes.text(6, number - 0.36, f"margin {margin:+.0f}", ha="right", va="center", fontsize=9.5, weight="bold")
            said.append(f"{name} chosen {chosen[0]:.0f} to {chosen[1]:.0f}, rejected {rejected[0]:.0f} to "
                        f"{rejected[1]:.0f}, margin {margin:+.0f}")  # fmt: skip
        for what, sign in (("chosen", "o"), ("rejected", "s")):
            colour = COLOURS["right" if what == "chosen" else "wrong"]
            axes.plot([], [], sign, color=colour, markersize=6, label=f"{what}, before")
        axes.plot([], [], marker=">", color=INK, linewidth=2, markersize=6, label="arrow tip: after")
        axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncol=3, fontsize=9, frameon=False)
        axes.set(xlim=(low - 1, 7), ylim=(len(pairs) - 0.45, -0.6), yticks=[])
        axes.set_xlabel("log-probability of the answer: further right is likelier", fontsize=9.5)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.grid(axis="x", color=PALE, linewidth=0.8)
        axes.tick_params(length=0, labelcolor=MUTED)
        table = Table("Log-probabilities before and after", ("answer", "before", "after"), rows)
        return show(figure, alt=f"Arrows on a scale. {'; '.join(said)}.", table=table, folded=True)
