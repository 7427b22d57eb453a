"""`word_by_word`: how the score of a text classifier changes as it gets more and more of a sentence."""

from ..describing import attempt, describe
from ..errors import CourseError
from .figures import Figure, Table, label, readable, show
from .style import COLOURS, INK, WIDTH, canvas, plain_style, tint, write

MOST_WORDS = 18
_ABOVE, _BELOW = COLOURS["encoder"], COLOURS["decoder"]  # the second label of a model, and its first


def word_by_word(classifier, text: str) -> Figure:
    """A curve of scores: of the first word of a text alone, of its first two words, and so on to the whole text.

    Up is the model's second label, POSITIVE, down its first. Each time the model gets the beginning anew: the curve
    says what each beginning means to the model, not in which order it reads.

    Raises:
        CourseError: `classifier` is no text classifier with two labels, or the text has not two to 18 words.
    """
    low, high = two_labels(classifier)
    words = text.split()
    if not 2 <= len(words) <= MOST_WORDS or len(text) > 300:
        raise CourseError(f"Write a sentence of 2 to {MOST_WORDS} words, then press Enter.")
    beginnings = [" ".join(words[: end + 1]) for end in range(len(words))]
    found = classifier(beginnings, top_k=None, batch_size=MOST_WORDS)
    scores = [next(row["score"] for row in rows if row["label"] == high) for rows in found]
    with plain_style():
        figure = _draw(words, scores, low, high)
        rows = [(word, high if score > 0.5 else low, f"{score:.2f}") for word, score in zip(words, scores, strict=True)]
        turns = [f"“{now[0]}” to {now[1]}" for before, now in zip(rows, rows[1:], strict=False) if before[1] != now[1]]
        said = f"It turns at {', '.join(turns)}." if turns else "It stays so to the end."
        alt = f"A curve: the score after each word of “{readable(text)}”. It begins as {rows[0][1]}. {said}"
        table = Table("Word by word", ("after the word", "label", f"score of {high}"), rows)
        return show(figure, alt=alt, table=table, folded=True)


def two_labels(classifier) -> tuple[str, str]:
    """The names of the labels of a text-classification pipeline, in the order of the model.

    Raises:
        CourseError: it is no such pipeline, or its model has not two labels.
    """
    names = attempt(lambda: [*map(str, dict(classifier.model.config.id2label).values())])
    if names is None or len(names) != 2 or attempt(lambda: classifier.tokenizer) is None:
        raise CourseError(
            f"This picture needs a text-classification pipeline with two labels; it got {describe(classifier)}."
        )
    return names[0], names[1]


def _draw(words, scores, low, high):
    from matplotlib.patches import Rectangle

    figure, axes = canvas(WIDTH, 2.95)
    ground, tall, left = 0.95, 1.92, 1.06
    wide = WIDTH - left - 0.06
    for bottom, name, colour in ((ground, low, _BELOW), (ground + tall / 2, high, _ABOVE)):
        axes.add_patch(Rectangle((left, bottom), wide, tall / 2, facecolor=tint(colour, 0.16), edgecolor="none"))
        write(axes, 0.86, bottom + tall / 4, label(name, 10), size=9, bold=True, across="right")
    heights = [ground + tall * (0.05 + 0.9 * score) for score in (0, 0.5, 1, *scores)]
    for score, y in zip((0, 0.5, 1), heights, strict=False):
        write(axes, left - 0.06, y, f"{score:g}", size=9, across="right")
    across, up = [left + wide * (place + 0.5) / len(words) for place in range(len(words))], heights[3:]
    axes.plot(across, up, color=INK, linewidth=1.4)
    for x, y, score, word in zip(across, up, scores, words, strict=True):
        sign, colour = ("^", _ABOVE) if score > 0.5 else ("v", _BELOW)
        axes.plot(x, y, sign, color=colour, markersize=11, mec=INK)
        turned = {"rotation": 38, "rotation_mode": "anchor", "ha": "right", "va": "top"}
        axes.text(x + 0.12, ground - 0.1, label(word, 13), color=INK, parse_math=False, **turned)
    return figure
