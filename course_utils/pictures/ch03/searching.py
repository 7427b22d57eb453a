"""Two pictures for a search with answers: where a threshold cuts, and which system is right on which question."""

from collections.abc import Mapping, Sequence

from ...describing import attempt, describe
from ...errors import CourseError
from ..figures import Figure, Table, label, show
from ..style import ACCENT, COLOURS, INK, MUTED, PALE, WIDTH, canvas, plain_style, tint, write


def threshold_line(has_answer: Mapping[str, float], no_answer: Mapping[str, float], threshold: float) -> Figure:
    """Questions as marks along the similarity of their best passage, and a line: what is right of it gets an answer.

    Args:
        has_answer: for each question that the passages do answer, the similarity of its best passage.
        no_answer: the same for questions that they do not answer.
        threshold: where the line stands.
    """
    groups = [attempt(lambda g=group: {str(k): float(v) for k, v in g.items()}) for group in (has_answer, no_answer)]
    if not all(groups):
        raise CourseError(
            f"threshold_line() expects two dictionaries of questions and numbers; it got {describe(groups)}."
        )
    lost = [q for q, value in groups[0].items() if value < threshold]
    let = [q for q, value in groups[1].items() if value >= threshold]
    rows = [(q, value, "yes") for q, value in groups[0].items()] + [(q, value, "no") for q, value in groups[1].items()]
    left, line, foot = 3.1, 0.27, 0.62
    top = foot + line * (len(rows) + 2.2)
    wide = WIDTH - left - 0.15
    with plain_style():
        figure, axes = canvas(WIDTH, top + 0.62)
        counts = f"{_times(len(lost), 'good question')} refused, {_times(len(let), 'hopeless one')} answered"
        write(axes, 0.02, top + 0.48, f"Threshold {threshold:.2f}: {counts}", size=11, across="left")
        x = left + wide * threshold
        axes.plot([x, x], [foot, top + 0.12], color=ACCENT, linewidth=2.5)
        axes.text(x + 0.08, top + 0.08, "answer →", va="center", color=ACCENT, size=9)
        axes.text(x - 0.08, top + 0.08, "← refuse", va="center", ha="right", color=ACCENT, size=9)
        for number, (question, value, kind) in enumerate(rows):
            y = top - line * (number + 1.4 + (kind == "no"))
            if number in (0, len(groups[0])):
                words = "a passage answers these" if kind == "yes" else "no passage answers these"
                write(axes, left - 0.12, y + 0.95 * line, words, size=9, across="right", bold=True)
            bad = question in (lost if kind == "yes" else let)
            write(axes, left - 0.12, y, label(question, 34), across="right")
            axes.plot([left, left + wide], [y, y], color=PALE, linewidth=0.8, zorder=0)
            colour = COLOURS["wrong" if bad else "right"]
            axes.plot(left + wide * value, y, "X" if bad else "o", markersize=10, color=colour, markeredgecolor=INK)
        for tick in range(6):
            write(axes, left + wide * tick / 5, foot - 0.12, f"{tick / 5:.1f}", size=9)
        axes.plot([left, left + wide], [foot, foot], color=MUTED, linewidth=1)
        write(axes, left + wide / 2, foot - 0.42, "similarity of the best passage")
        said = [(q, f"{value:.2f}", kind, "answer" if value >= threshold else "refuse") for q, value, kind in rows]
        table = Table(f"Threshold {threshold:.2f}", ("question", "similarity", "has an answer", "the system"), said)
        alt = f"A row for each question, a mark at its similarity, and a line at {threshold:.2f}; {counts}."
        return show(figure, alt=alt, table=table, folded=True)


def right_or_wrong(
    questions: Sequence[str], verdicts: Mapping[str, Sequence[bool]], *, title: str = "", refuse: Sequence[str] = ()
) -> Figure:
    """A row for each question, a column for each system: green with a tick where it is right, red with a cross if not.

    Args:
        questions: the texts of the rows.
        verdicts: for each system its name and True or False for each question.
        refuse: the questions to which "no answer found" is the right answer; they get a mark.
    """
    names, columns = [str(q) for q in questions], {str(k): [bool(v) for v in row] for k, row in verdicts.items()}
    if not names or not columns or any(len(column) != len(names) for column in columns.values()):
        raise CourseError(
            f"right_or_wrong() expects a verdict of each system on each question; it got {len(names)} questions and "
            f"{', '.join(str(len(column)) for column in columns.values()) or 'no'} verdicts."
        )
    from matplotlib.patches import Rectangle

    left, line, top = 3.5, 0.3, 0.75 if title else 0.42
    wide = (WIDTH - left) / len(columns)
    height = top + line * (len(names) + 1) + 0.1
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        if title:
            write(axes, 0.02, height - 0.18, label(title, 90), size=11, across="left")
        for number, (system, column) in enumerate(columns.items()):
            x = left + wide * number
            write(axes, x + wide / 2, height - top + 0.2, label(system, 24), size=9, bold=True, up="baseline")
            for row, hit in enumerate(column):
                _verdict(axes, x + 0.06, height - top - line * (row + 1), wide - 0.12, line - 0.06, hit)
            write(axes, x + wide / 2, 0.2, f"{sum(column)} of {len(column)}", bold=True)
        for row, question in enumerate(names):
            y = height - top - line * (row + 1)
            if question in refuse:
                axes.add_patch(
                    Rectangle((0, y + 0.01), WIDTH, line - 0.04, facecolor=tint(COLOURS["key"], 0.35), zorder=0)
                )
            write(axes, left - 0.12, y + 0.4 * line, label(question, 46), size=9.5, across="right")
        write(axes, left - 0.12, 0.2, "right", across="right", bold=True)
        if refuse:
            axes.add_patch(Rectangle((0.02, 0.1), 0.2, 0.18, facecolor=tint(COLOURS["key"], 0.35)))
            write(axes, 0.3, 0.2, "right answer: no answer found", size=9, across="left")
        rows = [
            (q, *("right" if column[row] else "wrong" for column in columns.values())) for row, q in enumerate(names)
        ]
        said = "; ".join(f"{system} is right on {sum(column)} of {len(column)}" for system, column in columns.items())
        told = f" Right is no answer found: {'; '.join(refuse)}" if refuse else ""
        table = Table(title or "right or wrong", ("question", *columns), rows)
        return show(figure, alt=f"A grid of verdicts, a row for each question. {said}.{told}", table=table, folded=True)


def _times(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _verdict(axes, x, y, width, height, hit: bool):
    from matplotlib.patches import Rectangle

    colour = COLOURS["right" if hit else "wrong"]
    face = tint(colour, 0.3) if hit else colour
    axes.add_patch(Rectangle((x, y), width, height, facecolor=face, edgecolor=MUTED, linewidth=0.8))
    axes.text(
        x + width / 2, y + height / 2, "✓" if hit else "✗", ha="center", va="center", color=INK if hit else "white"
    )
