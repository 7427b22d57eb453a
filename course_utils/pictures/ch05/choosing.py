"""`two_questions`: which family to try first for a task, as a way with two forks."""

from ..figures import Figure, Table, show
from ..style import INK, WIDTH, arrow, box, canvas, plain_style, write

_QUESTIONS = (
    ("Must the model write anything new?", "no", "encoder", "give a label, find words, make a vector"),
    (
        "Is it always the same task:\na whole input becomes another text?",
        "yes",
        "encoder-decoder",
        "translate, write down speech",
    ),
)
_LAST = ("decoder", "go on, answer, converse, new tasks by prompt")
_ROLES = {"encoder": "encoder", "encoder-decoder": "value", "decoder": "decoder"}


def two_questions() -> Figure:
    """The two questions from top to bottom, and beside them the family that an answer leads to."""
    high, step, wide, right = 0.5, 1.0, 3.3, 4.35
    height = step * 2 + high + 0.3
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        y = height - high - 0.1
        for question, answer, family, examples in _QUESTIONS:
            other = "yes" if answer == "no" else "no"
            box(axes, 0.05, y, wide, high, question)
            arrow(axes, (0.05 + wide + 0.04, y + high / 2), (right - 0.04, y + high / 2))
            write(axes, (0.05 + wide + right) / 2 - 0.05, y + high / 2 + 0.14, answer, size=9.5)
            _family(axes, right, y, high, family, examples)
            arrow(axes, (1.7, y - 0.03), (1.7, y - step + high + 0.03))
            write(axes, 1.82, y - (step - high) / 2, other, size=9.5, across="left")
            y -= step
        box(axes, 0.05, y, wide, high, _LAST[0], role=_ROLES[_LAST[0]], bold=True)
        write(axes, 0.15 + wide, y + high / 2, _LAST[1], size=9.5, across="left")
        rows = [(question.replace("\n", " "), *more) for question, *more in _QUESTIONS]
        rows.append(("otherwise", "–", *_LAST))
        said = "; ".join(f"{question} {answer}: {family}" for question, answer, family, _ in rows[:-1])
        table = Table("Which family first?", ("question", "answer", "family", "for example"), rows)
        return show(figure, alt=f"A way with two forks. {said}; otherwise: decoder.", table=table, folded=True)


def _family(axes, x, y, high, family, examples):
    box(axes, x, y, 1.75, high, family, role=_ROLES[family], bold=True)
    axes.text(x, y - 0.16, examples, ha="left", va="center", fontsize=9.5, color=INK)
