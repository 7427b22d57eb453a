"""What 08b draws of many answers: how right a vote is by their number; and the tables of votes and verdicts."""

import csv
import random
from dataclasses import dataclass
from functools import cache
from math import comb

from ...describing import describe
from ...errors import CourseError
from ...samples import sample
from ..figures import Figure, Table, show
from ..style import ACCENT, COLOURS, INK, WIDTH, keep_width, plain_style

COUNTS = (1, 2, 3, 5, 7, 10, 15, 20)
_CHOICES = 200  # random choices of some of the 20 answers of a task
_DRAWS = 1000  # random choices of tasks, some twice and some never


@dataclass(frozen=True)
class Ballot:
    """A task of the table: what was asked, the truth, the greedy answer, 20 sampled answers ("": no answer found)."""

    task: str
    truth: str
    greedy: str
    answers: tuple[str, ...]

    @property
    def share(self) -> float:
        """The share of the sampled answers that are right."""
        return self.answers.count(self.truth) / len(self.answers)


@cache
def ballots(family: str) -> tuple[Ballot, ...]:
    """The tasks of a family, "verbs" or "sums", as `recipes/votes.py` measured them."""
    with sample("tables/votes.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["family"] == family]
    if not rows:
        raise CourseError(f'ballots() knows "verbs" and "sums"; it got {describe(family)}.')
    return tuple(Ballot(row["task"], row["truth"], row["greedy"], tuple(row["answers"].split("|"))) for row in rows)


@cache
def verdicts() -> tuple[dict, ...]:
    """The 40 pairs of answers as `recipes/judge.py` measured them: texts, and as numbers how far a letter leads."""
    with sample("tables/verdicts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    texts = {"question", "better", "worse"}
    return tuple({name: text if name in texts else float(text) for name, text in row.items()} for row in rows)


def vote_curve(family: str, majority) -> Figure:
    """The share of right tasks by the number of answers: of a majority vote, with a band, and of *one is right*.

    The vote is a mean over random choices of so many of the 20 answers. The band, from the 2.5th to the 97.5th
    percentile, comes from drawing tasks with replacement, and for each of them one such choice of answers.
    """
    tasks = ballots(family)
    middle, low, high = _votes(family, majority)
    passed = [sum(_one_of(task, count) for task in tasks) / len(tasks) for count in COUNTS]
    greedy = sum(task.greedy == task.truth for task in tasks) / len(tasks)
    with plain_style():
        from matplotlib.figure import Figure as Drawing

        figure = Drawing(figsize=(WIDTH, 3.0), dpi=100)
        keep_width(figure)
        axes = figure.add_axes([0.09, 0.17, 0.88, 0.72])
        places = range(len(COUNTS))  # at equal distances: most happens between one answer and five
        axes.plot(places, passed, "^:", color=COLOURS["value"], linewidth=1.8, label="at least one is right (pass@k)")
        axes.fill_between(places, low, high, color=ACCENT, alpha=0.15, linewidth=0, label="95 % band of the vote")
        axes.plot(places, middle, "o-", color=ACCENT, linewidth=2.2, label="majority vote")
        axes.axhline(greedy, color=COLOURS["decoder"], linestyle="--", linewidth=1.5, label="one greedy answer")
        axes.text(len(COUNTS) - 0.9, middle[-1] - 0.03, f"{middle[-1]:.2f}", fontsize=9.5, color=INK)
        axes.text(0.05, middle[0] - 0.06, f"{middle[0]:.2f}", fontsize=9.5, color=INK)
        axes.set(xlim=(-0.3, len(COUNTS) - 0.4), ylim=(0.4, 1.02), xlabel="number of sampled answers")
        axes.set_xticks(places, COUNTS)
        axes.set_ylabel("share of tasks right")
        axes.set_title(f"{family}: {len(tasks)} tasks", loc="left", fontsize=11)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(loc="lower right", fontsize=9, frameon=False)
        rows = [(str(n), f"{m:.2f}", f"{a:.2f} to {b:.2f}", f"{p:.2f}")
                for n, m, a, b, p in zip(COUNTS, middle, low, high, passed, strict=True)]  # fmt: skip
        table = Table(f"{family}; greedy {greedy:.2f}", ("answers", "vote", "95 %", "at least one right"), rows)
        alt = (
            f"{family}: the share of {len(tasks)} tasks right by the number of answers. The vote rises from "
            f"{middle[0]:.2f} with one answer to {middle[-1]:.2f} with 20. At least one of 20 is right in "
            f"{passed[-1]:.2f}. A dashed line: greedy, {greedy:.2f}."
        )
        return show(figure, alt=alt, table=table, folded=True)


_kept: dict = {}


def _votes(family: str, majority):
    """Mean, 2.5th and 97.5th percentile for each number of answers; computed once for each function."""
    if (family, majority) not in _kept:
        tasks, rng, found = ballots(family), random.Random(0), []
        for count in COUNTS:
            shares = [  # for each task: how often the vote of so many answers is right
                sum(majority(_some(task.answers, count, rng)) == task.truth for _ in range(_CHOICES)) / _CHOICES
                for task in tasks
            ]
            spread = sorted(
                sum(rng.random() < share for share in rng.choices(shares, k=len(tasks))) / len(tasks)
                for _ in range(_DRAWS)
            )
            found.append((sum(shares) / len(tasks), spread[_DRAWS // 40], spread[-1 - _DRAWS // 40]))
        _kept[family, majority] = tuple(zip(*found, strict=True))
    return _kept[family, majority]


def _some(answers: tuple[str, ...], count: int, rng: random.Random) -> list[str]:
    """A random choice of the answers; all of them in their own order, because the order decides between equals."""
    return list(answers) if count == len(answers) else rng.sample(answers, count)


def _one_of(task: Ballot, count: int) -> float:
    """The chance that at least one of `count` of the 20 answers is right (Chen et al. 2021, arXiv 2107.03374)."""
    wrong = len(task.answers) - task.answers.count(task.truth)
    return 1 - comb(wrong, count) / comb(len(task.answers), count)
