"""`word_by_word`: how the score of a text classifier changes as it gets more and more of a sentence."""

from ...describing import attempt, describe
from ...errors import CourseError
from ..figures import Figure, Table, label, readable, show
from ..style import COLOURS, INK, WIDTH, canvas, plain_style, tint, write

MOST_WORDS = 18
_ABOVE, _BELOW = COLOURS["positive"], COLOURS["negative"]  # the second label of a model, and its first
_AT_ONCE = 5  # beginnings of nearly the same length: little of a batch is filling


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
    found = classifier(beginnings, top_k=None, batch_size=_AT_ONCE)
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
    ground, tall, left = 0.88, 1.78, 1.06
    wide = WIDTH - left - 0.06
    write(
        axes,
        0.06,
        2.81,
        f"score for {label(high, 20)}: 1 is surely {label(high, 20)}, 0 is surely {label(low, 20)}",
        across="left",
    )
    for bottom, name, colour in ((ground, low, _BELOW), (ground + tall / 2, high, _ABOVE)):
        axes.add_patch(Rectangle((left, bottom), wide, tall / 2, facecolor=tint(colour, 0.16), edgecolor="none"))
        write(axes, 0.8, bottom + tall / 4, label(name, 10), size=9, bold=True, across="right")

    def height(score):
        return ground + 0.3 + (tall - 0.6) * score  # room above and below for a number

    for score in (0, 0.5, 1):
        write(axes, left - 0.06, height(score), f"{score:g}", size=9, across="right")
    step = (wide - 0.3) / len(words)
    places = [(left + step * (number + 0.5), height(score)) for number, score in enumerate(scores)]
    axes.plot(*zip(*places, strict=True), color=INK, linewidth=1.4)
    for sign, colour, up in (("^", _ABOVE, True), ("v", _BELOW, False)):
        chosen = [place for place, score in zip(places, scores, strict=True) if (score > 0.5) == up]
        axes.plot([x for x, _ in chosen], [y for _, y in chosen], sign, color=colour, markersize=10, mec=INK)
    for (x, _), word in zip(places, words, strict=True):
        turned = {"rotation": 38, "rotation_mode": "anchor", "ha": "right", "va": "top"}
        axes.text(x + 0.12, ground - 0.1, label(word, 13), color=INK, parse_math=False, **turned)
    lowest = next(place for place, score in enumerate(scores) if score < min(scores) + 0.005)
    if lowest != len(scores) - 1:  # below a lowest mark there is no line
        write(axes, places[lowest][0], places[lowest][1] - 0.19, f"{scores[lowest]:.2f}", size=9)
    x, y = places[-1]
    write(axes, x + 0.12, y, f"{scores[-1]:.2f}", size=9, bold=True, across="left")
    return figure
