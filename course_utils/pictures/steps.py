"""`pipeline_steps`: what a text-classification pipeline does with one text, drawn with the real numbers.

Step 1 is the tokenizer: tokens, ids, attention mask. Step 2 is the model: logits. Step 3 is softmax: scores, label.
The numbers come from the pipeline's own tokenizer and model, so they are those that one gets by hand.
"""

import math
from dataclasses import dataclass

from ..describing import attempt, describe
from ..errors import CourseError
from .figures import Figure, Table, label, readable, show
from .style import COLOURS, MUTED, PAPER, WIDTH, arrow, box, canvas, plain_style, rectangle, tint, write
from .tokens import Piece, pieces, rows_of, token_box

_MOST = 40  # tokens that a reader can follow
_LABELS = 5
_FOLDED = 0.28  # the height of a step that is not in focus
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
    """The three steps from a text to a label. `lit` is the step in focus, 1, 2 or 3: the others are folded up.

    The step before the one in focus still shows its result, in pale: the ids or the logits.

    Raises:
        CourseError: `classifier` is no text-classification pipeline with two to five labels, or the text is empty or
            has more than 40 tokens.
    """
    if lit not in (None, 1, 2, 3):
        raise CourseError(f"lit is the number of a step, 1, 2 or 3; it is {describe(lit)}.")
    run = _run(classifier, text)
    focus = {1, 2, 3} if lit is None else {lit}
    lines = rows_of(run.tokens, WIDTH - _LEFT - 0.08, 0.3)
    sizes = {1: 0.98 * len(lines) + 0.12, 2: 0.82, 3: 1.16}
    sizes = {number: size if number in focus else _FOLDED for number, size in sizes.items()}
    gap = 0.26 if lit is None else 0.2
    first, last = (0.38 if step in focus else _FOLDED for step in (1, 3))
    height = first + sum(sizes.values()) + 4 * gap + last + 0.08
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        y = height - 0.04 - first
        box(axes, 0.06, y, WIDTH - 0.12, first, label(run.text, 90), role="text", lit=1 in focus)
        for number, size in sizes.items():
            arrow(axes, (0.72, y - 0.02), (0.72, y - gap + 0.02))
            y -= gap + size
            if number in focus:
                _frame(axes, y, size, number, run)
                (_draw_tokens, _draw_logits, _draw_scores)[number - 1](axes, y + size, run, lines)
            elif lit and number == lit - 1:
                box(axes, 0.06, y, WIDTH - 0.12, size, lit=False)
                write(axes, 0.72, y + size / 2, f"Step {number}: {_STEPS[number - 1]}", lit=False, size=9)
                _draw_result(axes, y + size / 2, number, run, lines)
            else:
                box(axes, 0.06, y, WIDTH - 0.12, size, f"Step {number}: {_STEPS[number - 1]}", lit=False, size=9)
        arrow(axes, (0.72, y - 0.02), (0.72, y - gap + 0.02))
        answer = f"{run.names[run.best]} {run.scores[run.best]:.4f}"
        box(axes, 0.06, y - gap - last, WIDTH - 0.12, last, answer, role="answer", lit=3 in focus, bold=True)
        rows = [row for step in sorted(focus) for row in _rows(run)[step]]
        said = ". ".join(f"{name}: {value}" for name, value in rows)
        head = "The three steps of a pipeline" if lit is None else f"Step {lit} of a pipeline lit, {_STEPS[lit - 1]}"
        table = Table(head, ("what", "numbers"), [(name, value) for name, value in rows])
        return show(figure, alt=f"{head}. {said}.", table=table, folded=True)


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


def _frame(axes, y, height, number, run):
    """The box of one step, its name on the left."""
    colour = COLOURS[_ROLES[number - 1]]
    rectangle(axes, 0.06, y, WIDTH - 0.12, height, PAPER, colour)
    rectangle(axes, 0.06, y, 1.32, height, tint(colour, 0.3))
    write(axes, 0.72, y + height / 2 + 0.2, f"Step {number}", bold=True)
    write(axes, 0.72, y + height / 2, _STEPS[number - 1])
    if number == 2:
        write(axes, 0.72, y + height / 2 - 0.22, f"{run.weights / 1e6:.0f} million weights", size=9)


def _draw_tokens(axes, top, run, lines):
    place = 0
    for number, line in enumerate(lines):
        y = top - 0.06 - 0.98 * number
        for name, up in (("tokens", 0.2), ("ids", 0.54), ("mask", 0.8)):
            write(axes, _LEFT - 0.08, y - up, name, size=9, across="right")
        for piece, x, width in line:
            token_box(axes, piece, _LEFT + x, y - 0.35, width)
            for value, up in ((piece.id, 0.54), (run.mask[place], 0.8)):
                write(axes, _LEFT + x + width / 2, y - up, str(value), size=9)
            place += 1


def _columns(run):
    """The middle of the column of each label, and the width of a column."""
    width = min(1.5, (WIDTH - _LEFT - 0.1) / len(run.names))
    return [(number, _LEFT + width * (number + 0.5)) for number in range(len(run.names))], width


def _draw_logits(axes, top, run, lines):
    columns, width = _columns(run)
    write(axes, _LEFT - 0.08, top - 0.2, "labels", size=9, across="right")
    write(axes, _LEFT - 0.08, top - 0.54, "logits", size=9, across="right")
    for number, x in columns:
        write(axes, x, top - 0.2, label(run.names[number], 16), size=9)
        box(axes, x - width / 2 + 0.05, top - 0.72, width - 0.1, 0.34, f"{run.logits[number]:.3f}", role="model")
    _remark(axes, top - 0.54, run, "one number of any size\nfor each label")


def _draw_scores(axes, top, run, lines):
    columns, width = _columns(run)
    for name, up in (("e^logit", 0.2), ("scores", 0.52)):
        write(axes, _LEFT - 0.08, top - up, name, size=9, across="right")
    for number, x in columns:
        write(axes, x, top - 0.2, _power(run.logits[number]), size=9)
        write(axes, x, top - 0.52, f"{run.scores[number]:.4f}", bold=number == run.best)
        for share, colour in ((1, PAPER), (run.scores[number], COLOURS["answer"])):
            rectangle(axes, x - width / 2 + 0.05, top - 1.0, (width - 0.1) * share, 0.24, colour, MUTED)
    total = _short(sum(map(_raised, run.logits)))
    _remark(axes, top - 0.36, run, f"score: e^logit divided\nby their sum, {total}")


def _draw_result(axes, y, number, run, lines):
    """What a folded step hands on, in pale: the ids of the first line, or the logits."""
    write(axes, _LEFT - 0.08, y, ("ids", "logits")[number - 1], lit=False, size=9, across="right")
    if number == 1:
        for piece, x, width in lines[0]:
            write(axes, _LEFT + x + width / 2, y, str(piece.id), lit=False, size=9)
        if lines[1:]:
            write(axes, WIDTH - 0.1, y, "…", lit=False, size=9, across="right")
    else:
        for label_number, x in _columns(run)[0]:
            write(axes, x, y, f"{run.logits[label_number]:.3f}", lit=False, size=9)


def _remark(axes, y, run, text):
    """A few words right of the numbers, where there is room."""
    if len(run.names) <= 2:
        write(axes, _LEFT + 3.06, y, text, size=9, across="left")


def _raised(logit: float) -> float:
    """e to the logit as it is shown, with three decimals: so that a reader can check it."""
    return math.exp(min(round(logit, 3), 700))


def _power(logit: float) -> str:
    return _short(_raised(logit))


def _short(value: float) -> str:
    return f"{value:.4g}" if value < 1e4 else f"{value:.0e}"


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
        2: [("logits", pairs(run.logits, "{:.3f}".format))],
        3: [
            ("e to the logit", pairs(run.logits, _power)),
            ("scores", pairs(run.scores, "{:.4f}".format)),
            ("answer", f"{run.names[run.best]} {run.scores[run.best]:.4f}"),
        ],
    }
