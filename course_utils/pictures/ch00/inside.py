"""`inside`: the way of a text through a classifier, with its real pieces and numbers, for a first look.

`steps` draws the same way in detail, with logits and softmax, for the page that goes through it.
"""

from collections.abc import Mapping

from ...describing import attempt
from ...errors import CourseError
from ..figures import Figure, Table, label, readable, show
from ..style import COLOURS, MUTED, WIDTH, arrow, box, canvas, plain_style, rectangle, tint, write
from ..tokens import pieces, rows_of, token_box
from .word_scores import two_labels

MOST_PIECES = 32
_NAME, _GAP, _LINE, _SHEET = 0.92, 0.22, 0.58, 0.4  # inches: a step's name, between steps, a line of pieces, a file


def inside(classifier, text: str, *, files: Mapping[str, str] | None = None) -> Figure:
    """The way of a text from top to bottom: text, pieces with their numbers, model, scores.

    Args:
        files: file names and their sizes as texts. Each file is drawn beside the step that reads it.

    Raises:
        CourseError: `classifier` is no text classifier with two labels, or the text is empty or has over 32 pieces.
    """
    low, high = two_labels(classifier)
    files = files or {}
    found = pieces(classifier.tokenizer, text)
    if len(found) > MOST_PIECES:
        raise CourseError(f"This text has {len(found)} pieces, too many to draw. Write a shorter one.")
    left = 2.15 if files else 0.06  # where the steps begin
    middle = left + _NAME + 0.1  # and where their contents
    lines = rows_of(found, WIDTH - middle - 0.04)
    heights = (0.36, max(_LINE * len(lines), 0.9 * bool(files)) + 0.08, 0.9 if files else 0.64, 0.7)
    weights = sum(tensor.numel() for tensor in classifier.model.parameters())
    scores = sorted(((row["score"], str(row["label"])) for row in classifier(text, top_k=None)), reverse=True)
    with plain_style():
        y = sum(heights) + 3 * _GAP + 0.06
        figure, axes = canvas(WIDTH, y + 0.06)
        for step, role, tall in zip(
            ("text", "tokenizer", "model", "scores"), ("text", "tokens", "model", "text"), heights, strict=True
        ):
            box(axes, left, y - tall, _NAME, tall, step, role=role, bold=True)
            _sheets(axes, [name for name in files if _reads(name) == step], files, y - tall / 2, left)
            if step == "text":
                write(axes, middle, y - tall / 2, label(" ".join(text.split()), 62 if files else 76), across="left")
            elif step == "tokenizer":
                _pieces(axes, lines, middle, y)
            elif step == "model":
                _model(axes, classifier.model, f"{weights:,} numbers", middle, y - tall / 2)
            else:
                _scores(axes, scores, {low: "negative", high: "positive"}, middle, y)
            y -= tall + _GAP
            if step != "scores":
                arrow(axes, (left + _NAME / 2, y + _GAP - 0.02), (left + _NAME / 2, y + 0.02))
        fours = [found[start : start + 4] for start in range(0, len(found), 4)]  # so that no row of the table is cut
        rows = [
            ("text", readable(text)),
            *(("pieces", ", ".join(f"{piece.text} {piece.id}" for piece in four)) for four in fours),
            ("model", f"{weights:,} numbers"),
            ("scores", ", ".join(f"{name} {score:.2f}" for score, name in scores)),
            *((name, f"{size}, read by the {_reads(name)}") for name, size in files.items()),
        ]
        alt = "The way of a text through a model. " + "; ".join(f"{name}: {value}" for name, value in rows) + "."
        return show(figure, alt=alt, table=Table("The way of a text", ("what", "value"), rows), folded=True)


def _pieces(axes, lines, middle, y):
    for number, line in enumerate(lines):
        top = y - _LINE * number
        for piece, x, width in line:
            token_box(axes, piece, middle + x, top - 0.36, width)
            write(axes, middle + x + width / 2, top - 0.48, str(piece.id), size=9)


def _model(axes, model, says: str, middle, y):
    """A strip for each layer, and how many numbers there are in all."""
    layers = attempt(lambda: int(model.config.num_hidden_layers)) or 0
    strips = [(middle + 0.2 * number, 0.13) for number in range(min(layers, 12))]
    axes.broken_barh(strips, (y - 0.26, 0.52), facecolors=tint(COLOURS["model"], 0.6))
    write(axes, middle + 0.2 * min(layers, 12) + 0.1, y, f"{layers} layers,\n{says}", across="left")


def _scores(axes, scores, roles, middle, y):
    room = WIDTH - middle - 1.8
    for number, (score, name) in enumerate(scores):
        bottom, best = y - 0.31 - 0.32 * number, number == 0
        write(axes, middle, bottom + 0.11, label(name, 14), size=9, bold=best, across="left")
        rectangle(axes, middle + 1.2, bottom, max(0.02, room * score), 0.24, COLOURS[roles[name]], line=1)
        write(axes, middle + 1.28 + room * score, bottom + 0.12, f"{score:.2f}", size=9, across="left")


def _reads(name: str) -> str:
    """The step that reads a file of a checkpoint."""
    return "tokenizer" if "token" in name or "vocab" in name else "model"


def _sheets(axes, names, files, y, left):
    """Files as sheets of paper, one below the other around the height `y`, with an arrow to their step."""
    wide = left - 0.42
    for number, name in enumerate(names):
        bottom = y + (_SHEET + 0.04) * (len(names) / 2 - number - 1) + 0.02
        rectangle(axes, 0.06, bottom, wide, _SHEET, "#fffdf2", MUTED, line=1)
        write(axes, 0.06 + wide / 2, bottom + _SHEET / 2, f"{label(name, 22)}\n{label(files[name], 22)}", size=9)
    if names:
        arrow(axes, (left - 0.32, y), (left - 0.03, y))
