"""Two pictures for a search with answers: where a threshold cuts, and which system is right on which question."""

from collections.abc import Mapping, Sequence

from ..describing import attempt, describe
from ..errors import CourseError
from .figures import Figure, Table, label, show
from .style import ACCENT, COLOURS, INK, MUTED, WIDTH, canvas, plain_style, tint, write


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
    with plain_style():
        from matplotlib.figure import Figure as Drawing

        figure = Drawing(figsize=(WIDTH, 2.3), dpi=100)
        axes = figure.add_axes([0.21, 0.22, 0.76, 0.56])
        for row, (group, wrong) in enumerate(zip(groups, (lost, let), strict=True)):
            for question, value in group.items():
                bad = question in wrong
                colour = COLOURS["wrong" if bad else "right"]
                axes.plot(value, 1 - row, "X" if bad else "o", markersize=12, color=colour, markeredgecolor=INK)
        axes.axvline(threshold, color=ACCENT, linewidth=2.5)
        axes.set(xlim=(0, 1), ylim=(-0.6, 1.6), yticks=[1, 0], xlabel="similarity of the best passage")
        axes.set_yticklabels(["has an answer", "has no answer"])
        axes.spines[["top", "right"]].set_visible(False)
        axes.text(threshold + 0.012, 1.5, "answer →", va="center", color=ACCENT, size=9)
        axes.text(threshold - 0.012, 1.5, "← refuse", va="center", ha="right", color=ACCENT, size=9)
        counts = f"{len(lost)} refused and {len(let)} answered by mistake"
        axes.set_title(f"Threshold {threshold:.2f}: {counts}", loc="left", fontsize=10, pad=10)
        rows = [
            (question, f"{value:.2f}", kind, "answer" if value >= threshold else "refuse")
            for group, kind in zip(groups, ("yes", "no"), strict=True)
            for question, value in group.items()
        ]
        table = Table(f"Threshold {threshold:.2f}", ("question", "similarity", "has an answer", "the system"), rows)
        alt = f"Two rows of marks along the similarity, and a line at {threshold:.2f}; {counts}."
        return show(figure, alt=alt, table=table, folded=True)


def right_or_wrong(questions: Sequence[str], verdicts: Mapping[str, Sequence[bool]], *, title: str = "") -> Figure:
    """A row for each question, a column for each system: green with a tick where it is right, red with a cross if not.

    Args:
        questions: the texts of the rows.
        verdicts: for each system its name and True or False for each question.
    """
    names, columns = [str(q) for q in questions], {str(k): [bool(v) for v in row] for k, row in verdicts.items()}
    if not names or not columns or any(len(column) != len(names) for column in columns.values()):
        raise CourseError(
            f"right_or_wrong() expects a verdict of each system on each question; it got {len(names)} questions and "
            f"{', '.join(str(len(column)) for column in columns.values()) or 'no'} verdicts."
        )
    left, line, top = 3.5, 0.3, 0.75 if title else 0.42
    wide = (WIDTH - left) / len(columns)
    height = top + line * (len(names) + 1) + 0.1
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        if title:
            write(axes, 0.02, height - 0.18, label(title, 90), size=11, across="left")
        for number, (system, column) in enumerate(columns.items()):
            x = left + wide * number
            write(axes, x + wide / 2, height - top + 0.2, label(system, 24), size=9, bold=True)
            for row, hit in enumerate(column):
                _verdict(axes, x + 0.06, height - top - line * (row + 1), wide - 0.12, line - 0.06, hit)
            write(axes, x + wide / 2, 0.2, f"{sum(column)} of {len(column)}", bold=True)
        for row, question in enumerate(names):
            write(axes, left - 0.12, height - top - line * (row + 0.6), label(question, 46), size=9.5, across="right")
        write(axes, left - 0.12, 0.2, "right", across="right", bold=True)
        rows = [
            (q, *("right" if column[row] else "wrong" for column in columns.values())) for row, q in enumerate(names)
        ]
        said = "; ".join(f"{system} is right on {sum(column)} of {len(column)}" for system, column in columns.items())
        table = Table(title or "right or wrong", ("question", *columns), rows)
        return show(figure, alt=f"A grid of verdicts, a row for each question. {said}.", table=table, folded=True)


def _verdict(axes, x, y, width, height, hit: bool):
    from matplotlib.patches import Rectangle

    colour = COLOURS["right" if hit else "wrong"]
    face = tint(colour, 0.3) if hit else colour
    axes.add_patch(Rectangle((x, y), width, height, facecolor=face, edgecolor=MUTED, linewidth=0.8))
    axes.text(
        x + width / 2, y + height / 2, "✓" if hit else "✗", ha="center", va="center", color=INK if hit else "white"
    )
