"""`pipeline_steps`: what a text-classification pipeline does with one text, drawn with the real numbers.

Step 1 is the tokenizer: tokens, ids, attention mask. Step 2 is the model: logits. Step 3 is softmax: scores, label.
The numbers come from the pipeline's own tokenizer and model, so they are those that one gets by hand.
"""

import math
from dataclasses import dataclass

from ..describing import attempt, describe
from ..errors import CourseError
from .figures import Figure, Table, label, readable, show
from .style import COLOURS, MUTED, PALE, PAPER, WIDTH, arrow, box, canvas, plain_style, tint, write
from .tokens import Piece, pieces, rows_of, smaller, token_box

_MOST = 40  # tokens that a reader can follow
_LABELS = 5
_LEFT = 2.05  # where the numbers begin; left of them stand the step and the names of the rows
_STEPS = ("tokenizer", "model", "softmax")
_ROLES = ("tokens", "model", "answer")


@dataclass(frozen=True)
class _Run:
    """One text on its way through a pipeline."""

    text: str
    tokens: list[Piece]
    mask: list[int]
    weights: int
    names: list[str]
    logits: list[float]
    scores: list[float]

    @property
    def best(self) -> int:
        return self.scores.index(max(self.scores))


def pipeline_steps(classifier, text: str, *, lit: int | None = None) -> Figure:
    """The three steps from a text to a label. `lit` is the step in focus, 1, 2 or 3; None: all of them.

    Raises:
        CourseError: `classifier` is no text-classification pipeline with two to five labels, or the text is empty or
            has more than 40 tokens.
    """
    if lit not in (None, 1, 2, 3):
        raise CourseError(f"lit is the number of a step, 1, 2 or 3; it is {describe(lit)}.")
    run = _run(classifier, text)
    focus = {1, 2, 3} if lit is None else {lit}
    lines = rows_of(run.tokens, WIDTH - _LEFT - 0.08, 0.3)
    one, two, three = 0.98 * len(lines) + 0.12, 0.82, 1.16  # the heights of the steps
    height = 0.44 + one + two + three + 4 * 0.26 + 0.42
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        y = height - 0.44
        box(axes, 0.06, y, WIDTH - 0.12, 0.38, label(run.text, 90), role="text", lit=1 in focus)
        for number, size in enumerate((one, two, three), 1):
            arrow(axes, (0.72, y - 0.02), (0.72, y - 0.24), lit=True)
            y -= 0.26 + size
            _frame(axes, y, size, number, run, number in focus)
            draw = (_draw_tokens, _draw_logits, _draw_scores)[number - 1]
            draw(axes, y + size, run, lines, number in focus)
        arrow(axes, (0.72, y - 0.02), (0.72, y - 0.24), lit=True)
        answer = f"{run.names[run.best]} {run.scores[run.best]:.4f}"
        box(axes, 0.06, y - 0.64, WIDTH - 0.12, 0.38, answer, role="answer", lit=3 in focus, bold=True)
        rows = [row for step in sorted(focus) for row in _rows(run)[step]]
        said = ". ".join(f"{name}: {value}" for name, value in rows)
        head = "The three steps of a pipeline" if lit is None else f"Step {lit} of a pipeline lit, {_STEPS[lit - 1]}"
        table = Table(head, ("what", "numbers"), [(name, value) for name, value in rows])
        return smaller(show(figure, alt=f"{head}. {said}.", table=table, folded=True))


def _run(classifier, text: str) -> _Run:
    import torch

    tokenizer, model = attempt(lambda: classifier.tokenizer), attempt(lambda: classifier.model)
    names = attempt(lambda: model.config.id2label)
    if tokenizer is None or not names or not 2 <= len(names) <= _LABELS:
        raise CourseError(
            f"pipeline_steps() expects a text-classification pipeline with two to {_LABELS} labels; it got "
            f"{describe(classifier)}."
        )
    tokens = pieces(tokenizer, text)
    if len(tokens) > _MOST:
        raise CourseError(f"This text has {len(tokens)} tokens; up to {_MOST} can be drawn: write a shorter one.")
    inputs = tokenizer(text, return_tensors="pt")
    with torch.no_grad():
        logits = model(**inputs.to(model.device)).logits[0].float().cpu()
    return _Run(
        text=text.strip(),
        tokens=tokens,
        mask=inputs["attention_mask"][0].tolist(),
        weights=sum(weights.numel() for weights in model.parameters()),
        names=[str(names[number]) for number in range(len(names))],
        logits=logits.tolist(),
        scores=logits.softmax(-1).tolist(),
    )


def _frame(axes, y, height, number, run, on):
    """The box of one step, its name on the left."""
    colour = COLOURS[_ROLES[number - 1]]
    _rectangle(axes, 0.06, y, WIDTH - 0.12, height, PAPER, colour if on else PALE)
    _rectangle(axes, 0.06, y, 1.32, height, tint(colour, 0.3) if on else "#f4f5f7")
    write(axes, 0.72, y + height / 2 + 0.2, f"Step {number}", lit=on, bold=True)
    write(axes, 0.72, y + height / 2, _STEPS[number - 1], lit=on)
    if number == 2:
        write(axes, 0.72, y + height / 2 - 0.22, f"{run.weights / 1e6:.0f} million weights", lit=on, size=9)


def _draw_tokens(axes, top, run, lines, on):
    place = 0
    for number, line in enumerate(lines):
        y = top - 0.06 - 0.98 * number
        for name, up in (("tokens", 0.2), ("ids", 0.54), ("mask", 0.8)):
            write(axes, _LEFT - 0.08, y - up, name, lit=on, size=9, across="right")
        for piece, x, width in line:
            token_box(axes, piece, _LEFT + x, y - 0.35, width, lit=on)
            for value, up in ((piece.id, 0.54), (run.mask[place], 0.8)):
                write(axes, _LEFT + x + width / 2, y - up, str(value), lit=on, size=9)
            place += 1


def _columns(run):
    """The middle of the column of each label, and the width of a column."""
    width = min(1.5, (WIDTH - _LEFT - 0.1) / len(run.names))
    return [(number, _LEFT + width * (number + 0.5)) for number in range(len(run.names))], width


def _draw_logits(axes, top, run, lines, on):
    columns, width = _columns(run)
    write(axes, _LEFT - 0.08, top - 0.2, "labels", lit=on, size=9, across="right")
    write(axes, _LEFT - 0.08, top - 0.54, "logits", lit=on, size=9, across="right")
    for number, x in columns:
        write(axes, x, top - 0.2, label(run.names[number], 16), lit=on, size=9)
        box(
            axes, x - width / 2 + 0.05, top - 0.72, width - 0.1, 0.34, f"{run.logits[number]:.2f}", role="model", lit=on
        )
    _remark(axes, top - 0.54, run, "one number of any size\nfor each label", on)


def _draw_scores(axes, top, run, lines, on):
    columns, width = _columns(run)
    for name, up in (("e^logit", 0.2), ("scores", 0.52)):
        write(axes, _LEFT - 0.08, top - up, name, lit=on, size=9, across="right")
    for number, x in columns:
        write(axes, x, top - 0.2, _power(run.logits[number]), lit=on, size=9)
        write(axes, x, top - 0.52, f"{run.scores[number]:.4f}", lit=on, bold=on and number == run.best)
        for share, colour in ((1, PAPER), (run.scores[number], COLOURS["answer"] if on else PALE)):
            _rectangle(
                axes, x - width / 2 + 0.05, top - 1.0, (width - 0.1) * share, 0.24, colour, MUTED if on else PALE
            )
    total = _power(math.log(sum(math.exp(min(logit, 700)) for logit in run.logits)))
    _remark(axes, top - 0.36, run, f"e^logit, divided by\nthe sum of the row, {total}", on)


def _remark(axes, y, run, text, on):
    """A few words right of the numbers, where there is room."""
    if len(run.names) <= 2:
        write(axes, _LEFT + 3.1, y, text, lit=on, size=9, across="left")


def _rectangle(axes, x, y, width, height, inside, edge="none"):
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((x, y), width, height, facecolor=inside, edgecolor=edge, linewidth=1.2))


def _power(logit: float) -> str:
    value = math.exp(min(logit, 700))
    return f"{value:.3g}" if value < 1e5 else f"{value:.0e}"


def _rows(run) -> dict[int, list[tuple[str, str]]]:
    """Step → what the picture shows there, as names and texts."""

    def pairs(numbers, form):
        return ", ".join(f"{name} {form(number)}" for name, number in zip(run.names, numbers, strict=True))

    return {
        1: [
            ("text", readable(run.text)),
            ("tokens", " ".join(piece.text for piece in run.tokens)),
            ("ids", " ".join(str(piece.id) for piece in run.tokens)),
            ("attention mask", " ".join(map(str, run.mask))),
        ],
        2: [("logits", pairs(run.logits, "{:.2f}".format))],
        3: [
            ("e to the logit", pairs(run.logits, _power)),
            ("scores", pairs(run.scores, "{:.4f}".format)),
            ("answer", f"{run.names[run.best]} {run.scores[run.best]:.4f}"),
        ],
    }
