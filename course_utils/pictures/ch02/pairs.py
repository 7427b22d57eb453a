"""`zero_shot_steps`: what a zero-shot pipeline does with one text and its labels, drawn with the real numbers.

Each label becomes a sentence, the hypothesis. The model returns three logits for each pair of text and hypothesis; the
pipeline keeps one of them, entailment, and takes softmax over the labels.
"""

from ...describing import attempt, describe, is_a
from ...errors import CourseError
from ..figures import Figure, Table, label, show
from ..style import COLOURS, INK, MUTED, PAPER, WIDTH, arrow, box, canvas, plain_style, write

_MOST = 6  # labels in one picture
_COLUMNS = (3.04, 3.83, 4.6)  # the middles of the three logits
_BAR = (5.68, 1.24)  # where the bar of a score begins, and how long a score of 1 is
_STEP = 0.46  # from one label to the next


def zero_shot_steps(zero_shot, text: str, labels) -> Figure:
    """A text, the hypotheses of its labels, three logits for each pair, and the scores.

    Raises:
        CourseError: `zero_shot` is no zero-shot pipeline, or the labels are not two to six texts, or the text is empty.
    """
    labels = [name for name in labels if is_a(name, str) and name.strip()] if is_a(labels, list, tuple) else []
    if not 2 <= len(labels) <= _MOST:
        raise CourseError(f"zero_shot_steps() expects a list of two to {_MOST} labels.")
    if not is_a(text, str) or not text.strip():
        raise CourseError("There is no text yet: write a few words.")
    hypotheses, names, logits, kept = _run(zero_shot, text, labels)
    scores = logits[:, kept].softmax(0).tolist()
    best = scores.index(max(scores))
    height = 1.24 + _STEP * len(labels)
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        box(axes, 0.06, height - 0.4, WIDTH - 0.12, 0.36, f"premise: {label(text.strip(), 80)}", role="text")
        last = height - 1.46 - _STEP * (len(labels) - 1)
        axes.plot([0.14, 0.14], [height - 0.41, last], color=INK, linewidth=1.6, solid_capstyle="butt")
        _heads(axes, height - 0.82, names, kept)
        for number, hypothesis in enumerate(hypotheses):
            y = height - 1.46 - _STEP * number
            arrow(axes, (0.14, y), (0.33, y))  # the premise goes with each hypothesis
            box(axes, 0.34, y - 0.18, 2.18, 0.36, label(hypothesis, 28), role="tokens")
            for place, x in enumerate(_COLUMNS):
                shown = f"{logits[number, place]:.2f}"
                if place == kept:
                    box(axes, x - 0.33, y - 0.17, 0.66, 0.34, shown, role="model")
                else:
                    write(axes, x, y, shown, lit=False)
            write(axes, 5.32, y, f"{scores[number]:.2f}", bold=number == best)
            _bar(axes, y, scores[number])
        rows = [
            (name, *(f"{value:.2f}" for value in logits[number].tolist()), f"{scores[number]:.2f}")
            for number, name in enumerate(labels)
        ]
        said = "; ".join(f"{name}: {names[kept]} {row[kept]}, score {row[-1]}" for name, *row in rows)
        table = Table(f"premise: {label(text.strip(), 60)}", ("label", *names, "score"), rows)
        alt = f"The steps of zero-shot classification for: {label(text.strip(), 80)}. {said}."
        return show(figure, alt=alt, table=table, folded=True)


def _run(zero_shot, text, labels):
    """Hypotheses, the names of the logits, the logits [labels, 3], and which of the three the pipeline keeps."""
    import torch

    tokenizer, model = attempt(lambda: zero_shot.tokenizer), attempt(lambda: zero_shot.model)
    names, kept = attempt(lambda: dict(model.config.id2label)), attempt(lambda: zero_shot.entailment_id)
    if tokenizer is None or not names or len(names) != len(_COLUMNS) or kept is None:
        raise CourseError(f"zero_shot_steps() expects a zero-shot pipeline; it got {describe(zero_shot)}.")
    hypotheses = [f"This example is {name}." for name in labels]
    pairs = tokenizer([text] * len(labels), hypotheses, padding=True, truncation="only_first", return_tensors="pt")
    with torch.no_grad():
        logits = model(**pairs.to(model.device)).logits.float().cpu()
    return hypotheses, [str(names[number]) for number in range(len(names))], logits, kept % len(names)


def _heads(axes, y, names, kept):
    """The names of the columns."""
    write(axes, 1.43, y - 0.22, "hypotheses", size=9)
    write(axes, _COLUMNS[1], y, "model: 3 logits for each pair", size=9, bold=True)
    for place, x in enumerate(_COLUMNS):
        write(axes, x, y - 0.22, label(names[place], 14), size=9, lit=place == kept)
    write(axes, WIDTH - 0.08, y, "softmax over labels", size=9, bold=True, across="right")
    write(axes, 6.1, y - 0.22, "score", size=9)
    axes.plot([0.34, WIDTH - 0.06], [y - 0.36] * 2, color=MUTED, linewidth=0.7)


def _bar(axes, y, score):
    from matplotlib.patches import Rectangle

    start, full = _BAR
    for share, inside in ((1, PAPER), (score, COLOURS["answer"])):
        axes.add_patch(Rectangle((start, y - 0.11), full * share, 0.22, facecolor=inside, edgecolor=INK, linewidth=0.8))
