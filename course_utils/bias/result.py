"""The outcome of a probe: arrays with one entry a word, shown as a table in words and drawn as intervals."""

from dataclasses import dataclass, field
from math import comb

import numpy as np

from ..errors import CourseError
from ..pictures import Figure, Table, readable, show
from ..pictures.likelier import likelier, times, told
from ..shown import Shown


@dataclass(frozen=True, eq=False)
class Bias(Shown):
    """Differences between two groups, first minus second, and what they are worth; words in the order given.

    `members` and `scores` are None unless the groups' texts are the sample: `scores` has two arrays `[words, texts]`.
    """

    words: tuple[str, ...]
    groups: tuple[str, str]
    differences: np.ndarray = field(repr=False)  # [words, templates]
    effect: np.ndarray  # [words], the mean difference
    low: np.ndarray  # [words], the 95 % interval of the effect
    high: np.ndarray
    p: np.ndarray  # [words], each word on its own
    p_corrected: np.ndarray  # [words], by Holm, for having looked at all of them
    unit: str = "nats"
    axes: tuple[str, str] = ("word", "template")  # what the rows and columns of the differences are
    members: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    scores: tuple[np.ndarray, np.ndarray] | None = field(default=None, repr=False)

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

    @property
    def clear(self) -> np.ndarray:
        """[words], whether the 95 % interval leaves out "equal"."""
        return (self.low > 0) | (self.high < 0)

    def plot(self) -> Figure:
        """A dot and the interval of each word, sorted by effect; filled where the interval leaves out "equal"."""
        return show(self.drawn(), self._alt(), self.table(), folded=True)

    def drawn(self):
        """The plot as a figure of matplotlib."""
        numbers = (values[self.order] for values in (self.effect, self.low, self.high))
        return likelier([self.words[i] for i in self.order], self.groups, *numbers, self.unit)

    def table(self) -> Table:
        """Each word, how many times as likely it is and with which group, and the interval in the same terms."""
        if self.unit == "nats":
            means, spans = map(self._likelier, self.effect, self.effect), map(self._likelier, self.low, self.high)
            return self._sorted(0, {self.axes[0]: self.words, "times as likely": means, "95 % interval": spans})
        means = map(_signed, self.effect)
        return self._sorted(0, {self.axes[0]: self.words, self.unit: means, "95 % interval": self._spans()})

    def details(self) -> Table:
        """All numbers, p-values included; "times as likely" speaks of the group that the row names."""
        columns = {self.axes[0]: self.words, "towards": map(self._towards, self.effect)}
        if self.unit == "nats":
            columns["times as likely"] = map(times, self.effect)
        columns |= {self.unit: map(_signed, self.effect), f"95 % interval ({self.unit})": self._spans()}
        for name, values in (("p", self.p), ("p corrected", self.p_corrected)):
            columns[name] = ["< 0.001" if value < 0.001 else f"{value:.3f}" for value in values]
        return self._sorted(1, columns)

    def plain(self) -> str:
        return str(self.table())

    def html(self) -> str:
        return self.table().html()

    def _sorted(self, caption: int, columns: dict) -> Table:
        rows = list(zip(*columns.values(), strict=True))
        return Table(self._captions()[caption], tuple(columns), tuple(rows[i] for i in self.order))

    def _spans(self) -> list[str]:
        return [f"{_signed(low)} to {_signed(high)}" for low, high in zip(self.low, self.high, strict=True)]

    def _towards(self, nats: float) -> str:
        return self.groups[int(nats < 0)] if nats else "neither"

    def _likelier(self, low: float, high: float) -> str:
        """'6.1 to 20 times', or each end with its group if they differ; 'women, 11 times' for a single number."""
        first, second = (told(nats, self.groups) for nats in (low, high))
        if low == high:
            return first
        if low < 0 < high:
            return f"{first}, to {second}"
        return "{} to {} times".format(*map(times, sorted((low, high), key=abs)))

    def _captions(self) -> tuple[str, str]:
        """Of the table and of the details."""
        pairs, others, how = self.differences.shape[1], self.axes[1], "bootstrap-t interval, sign-flip p"
        averaged, ways = f"{pairs} {others}{'s' * (pairs > 1)}", 2 ** (pairs - 1)
        if self.members:
            first, second = map(len, self.members)
            averaged, others = f"{first} and {second} texts, each in {averaged}", "text"
            how, ways = "Welch's t interval, p of texts dealt out anew", comb(first + second, first)
            ways //= 1 + (first == second)
        few = f" With so few, p cannot get below {1 / ways:.2g}." if ways < 20 else ""
        table = minus = f"{self.groups[0]} minus {self.groups[1]}, in {self.unit}"
        if self.unit == "nats":
            table = f"How many times as likely each {self.axes[0]} is, and with which group: {' or '.join(self.groups)}"
        table += f". Average over {averaged}; the interval says how far other such {others}s could move it."
        return table, f"{minus}. Average over {averaged}; {how}; p corrected by Holm.{few}"

    def _alt(self) -> str:
        rows, clear = self.table().rows, [readable(self.words[i]) for i in self.order if self.clear[i]]
        ends = " down to ".join(f"{row[0]} ({row[1]})" for row in dict.fromkeys((rows[0], rows[-1])))
        text = f"A dot for each {self.axes[0]}, {self.groups[0]} right, {self.groups[1]} left: from {ends}. A line is "
        return f"{text}the 95 % interval; filled dots, where it leaves out equal: {', '.join(clear) or 'none'}."


def _signed(value: float) -> str:
    return f"{round(float(value), 2) + 0.0:+.2f}".replace("-", "−").replace("inf", "∞")  # + 0.0: no −0.00
