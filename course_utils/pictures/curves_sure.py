"""How sure is one score: `luck`, many tests of one model, and `intervals`, scores with both ends of Wilson's."""

import random
from collections import Counter
from collections.abc import Mapping

from ..describing import attempt, describe, is_a
from ..errors import CourseError
from .figures import Figure, Table, label, show
from .style import ACCENT, INK, MUTED, WIDTH, keep_width, plain_style

_TESTS = 40


def luck(sentences: int = 100, share: float = 0.85) -> Figure:
    """Forty tests of one imagined model that is right on `share` of all sentences: a dot is the score of one test.

    Each test draws as many other sentences. The draws are the same every time.
    """
    if not is_a(sentences, int) or not 1 <= sentences <= 10_000 or not 0 < share < 1:
        raise CourseError(f"luck() expects 1 to 10,000 sentences and a share between 0 and 1; got {sentences}.")
    rng = random.Random(sentences)
    scores = sorted(sum(rng.random() < share for _ in range(sentences)) / sentences for _ in range(_TESTS))
    seen, heights = Counter(), []
    for score in scores:  # what is nearly the same is stacked
        place = round(score * 100)
        heights.append(seen[place])
        seen[place] += 1
    with plain_style():
        figure, axes = frame(2.6)
        axes.axvline(share, color=INK, linestyle="--", linewidth=1.2)
        axes.plot(scores, heights, "o", color=ACCENT, markersize=7, markeredgecolor="white", markeredgewidth=0.6)
        top = max(8, max(heights) + 3)
        axes.text(share, top, f"the truth: {share:.2f} ", ha="right", va="top")
        told = f"lowest {scores[0]:.2f}, highest {scores[-1]:.2f}"
        axes.text(0.51, top, told, ha="left", va="top", weight="bold")
        axes.set(xlim=(0.5, 1.01), ylim=(-0.8, top), yticks=[])
        axes.set_xlabel(f"score of one test with {sentences:,} sentence{'s' * (sentences > 1)}")
        rows = [("the truth", f"{share:.2f}"), ("lowest score", f"{scores[0]:.2f}"), ("highest", f"{scores[-1]:.2f}")]
        alt = f"Forty dots, each the score of one test with {sentences:,} sentences of the same model: {told}. "
        alt += f"A line at the truth, {share:.2f}."
        return show(figure, alt=alt, table=Table("Forty tests of one model", ("", "score"), rows), folded=True)


def wilson(right: int, total: int) -> tuple[float, float]:
    """The ends of Wilson's interval of 95 percent for a share."""
    a, z = right / total, 1.96
    middle, half = a + z * z / (2 * total), z * (a * (1 - a) / total + z * z / (4 * total**2)) ** 0.5
    return (middle - half) / (1 + z * z / total), (middle + half) / (1 + z * z / total)


def intervals(scores: Mapping[str, tuple[int, int]], *, guess: float | None = 0.5) -> Figure:
    """A dot for each score and a line from the low to the high end of its interval; `guess` is a dashed line.

    Args:
        scores: `{name: (right, total)}`.
    """
    pairs = attempt(lambda: [(str(name), int(right), int(total)) for name, (right, total) in scores.items()])
    if not pairs or not all(0 <= right <= total and total for _, right, total in pairs):
        raise CourseError(f"intervals() expects {{name: (right, total)}}; it got {describe(scores)}.")
    rows = [(name, right / total, *wilson(right, total), total) for name, right, total in pairs]
    with plain_style():
        figure, axes = frame(0.75 + 0.4 * len(rows), left=0.3 + 0.085 * max(len(row[0]) for row in rows))
        for place, (_, share, low, high, _total) in enumerate(rows):
            axes.plot([low, high], [place, place], color=ACCENT, linewidth=3, solid_capstyle="butt")
            axes.plot(share, place, "o", color=ACCENT, markersize=9)
            axes.text(high, place, f"  {low:.2f} to {high:.2f}", va="center")
        if guess is not None:
            axes.axvline(guess, color=MUTED, linestyle="--", linewidth=1.2)
            axes.text(guess, len(rows) - 0.55, " guessing", color=MUTED, fontsize=9.5, va="bottom")
        start = min([row[2] for row in rows] + ([guess] if guess is not None else []))
        axes.set_yticks(range(len(rows)), [label(row[0], 34) for row in rows], parse_math=False)
        axes.set(xlim=(max(0, start - 0.02), 1.12), ylim=(len(rows) - 0.5, -0.6), xlabel="right answers, share")
        axes.set_xticks([tick / 10 for tick in range(11) if tick / 10 >= start - 0.02])
        told = [(name, f"{share:.2f}", f"{low:.2f}", f"{high:.2f}", str(n)) for name, share, low, high, n in rows]
        table = Table("Scores and their intervals", ("", "score", "low end", "high end", "sentences"), told)
        said = "; ".join(f"{name}: {share}, from {low} to {high}" for name, share, low, high, _ in told)
        return show(figure, alt=f"Dots with lines from low to high. {said}.", table=table, folded=True)


def frame(height: float, left: float = 0.3):
    """A figure as wide as a page with one plot; `left` inches are kept free for names."""
    from matplotlib.figure import Figure as Drawing

    figure = Drawing(figsize=(WIDTH, height), dpi=100)
    keep_width(figure)
    axes = figure.add_axes([left / WIDTH, 0.5 / height, 0.98 - left / WIDTH, 1 - 0.62 / height])
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=0)
    return figure, axes
