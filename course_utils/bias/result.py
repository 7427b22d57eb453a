"""The outcome of a probe: arrays with one entry a word, shown as a table and drawn as intervals."""

from dataclasses import dataclass, field

import numpy as np

from ..errors import CourseError
from ..pictures import Figure, Table, label, readable, show
from ..shown import Shown


@dataclass(frozen=True, eq=False)
class Bias(Shown):
    """Differences between two groups, first minus second, and what they are worth; words in the order given.

    Displayed it is a table sorted by effect. `size` is infinite where all templates agree exactly, and nan where they
    agree on zero or there is one template only.
    """

    words: tuple[str, ...]
    groups: tuple[str, str]
    differences: np.ndarray = field(repr=False)  # [words, templates]
    effect: np.ndarray  # [words], the mean difference
    low: np.ndarray  # [words], the 95 % interval of the effect
    high: np.ndarray
    p: np.ndarray  # [words], each word on its own
    p_corrected: np.ndarray  # [words], for having looked at all of them
    size: np.ndarray  # [words], effect / standard deviation of the differences (Cohen's d_z)
    unit: str = "nats"
    axes: tuple[str, str] = ("word", "template")  # what the rows and columns of the differences are

    @property
    def ratio(self) -> np.ndarray:
        """e^effect: how many times as likely with the first group; the geometric mean over the templates.

        Raises:
            CourseError: the differences are not log-probabilities.
        """
        if self.unit != "nats":
            raise CourseError(f"A ratio needs differences of log-probabilities in nats, but these are in {self.unit}.")
        return np.exp(self.effect)

    @property
    def order(self) -> list[int]:
        """The places of the words sorted by effect: first those that lean most towards the first group."""
        return np.argsort(-self.effect, kind="stable").tolist()

    def plot(self) -> Figure:
        """The intervals sorted by effect, filled markers where the corrected p is below 0.05, and the table below."""
        return show(draw(self), self._alt(), self.table())

    def table(self) -> Table:
        """The words sorted by effect; "times as likely" speaks of the group that the row names."""
        columns = {self.axes[0]: self.words, "towards": map(self._towards, self.effect)}
        if self.unit == "nats":
            columns["times as likely"] = map(_times, np.exp(np.abs(self.effect)))
        columns |= {
            self.unit: map(_signed, self.effect),
            "95 % interval": (f"{_signed(a)} to {_signed(b)}" for a, b in zip(self.low, self.high, strict=True)),
            "p": map(_probability, self.p),
            "p corrected": map(_probability, self.p_corrected),
            "size": map(_signed, self.size),
        }
        rows = list(zip(*columns.values(), strict=True))
        return Table(self._caption(), tuple(columns), tuple(rows[i] for i in self.order))

    def plain(self) -> str:
        return str(self.table())

    def html(self) -> str:
        return self.table().html()

    def _towards(self, effect: float) -> str:
        return "neither" if effect == 0 else self.groups[int(effect < 0)]

    def _caption(self) -> str:
        things, pairs = self.differences.shape
        text = (
            f"{self.groups[0]} minus {self.groups[1]} in {self.unit}: mean of {_count(pairs, self.axes[1])}, "
            f"bootstrap-t interval, sign-flip p; p corrected for {_count(things, self.axes[0])}"
        )
        if pairs < 6:
            text += f". With {_count(pairs, self.axes[1])} p cannot get below 2/2^{pairs} = {2 / 2**pairs:.2g}"
        return f"{text}."

    def _alt(self) -> str:
        order = self.order
        ends = [f"{readable(self.words[i])} {_signed(self.effect[i])}" for i in dict.fromkeys((order[0], order[-1]))]
        clear = [readable(self.words[i]) for i in order if self.p_corrected[i] < 0.05]
        names = f": {', '.join(clear)}" if clear else ""
        return (
            f"Differences {self.groups[0]} minus {self.groups[1]} in {self.unit} with 95 % intervals, from "
            f"{' down to '.join(ends)}. Corrected p below 0.05 (filled markers): {len(clear)} of {len(order)}{names}."
        )


def draw(bias: Bias):
    """One horizontal interval a word, the largest effect on top; an infinite one runs to the edge."""
    import matplotlib.pyplot as plt
    from matplotlib.figure import Figure as Drawing

    order, plain = bias.order, {"parse_math": False}
    effect, low, high, clear = (a[order] for a in (bias.effect, bias.low, bias.high, bias.p_corrected < 0.05))
    ends = np.concatenate([effect, low[np.isfinite(low)], high[np.isfinite(high)], [0.0]])
    margin = 0.05 * np.ptp(ends) or 1.0
    edges, places = (ends.min() - margin, ends.max() + margin), np.arange(len(order))
    with plt.style.context("default"):
        figure = Drawing(figsize=(6, 0.5 + 0.26 * len(order)), dpi=100)
        frame = figure.add_axes([0, 0, 1, 1])  # labels stand outside and are kept by the tight box of `show`
        frame.axvline(0, color="0.4", linewidth=1, linestyle="--")
        frame.hlines(places, np.clip(low, *edges), np.clip(high, *edges), color="black", linewidth=1.5)
        for chosen, colour, text in ((clear, "black", "p corrected < 0.05"), (~clear, "white", "p corrected ≥ 0.05")):
            style = {"s": 36, "color": colour, "edgecolors": "black", "zorder": 3, "label": text}
            frame.scatter(effect[chosen], places[chosen], **style)
        frame.set_yticks(places, [label(bias.words[i], 24) for i in order], **plain)
        frame.set(xlim=edges, ylim=(len(order) - 0.5, -0.5))
        first, second = (label(name, 24) for name in bias.groups)
        frame.set_xlabel(f"← {second}     {label(bias.unit, 24)}     {first} →", **plain)
        frame.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False)
        return figure


def _count(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"


def _signed(value: float) -> str:
    if np.isnan(value):
        return "–"
    return f"{round(float(value), 2) + 0.0:+.2f}".replace("-", "−").replace("inf", "∞")  # + 0.0: no −0.00


def _times(value: float) -> str:
    return f"{value:.1f}" if value < 9.95 else f"{value:,.0f}"


def _probability(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"
