"""What a text becomes when a model learns from it: `next_word_lesson` for a decoder, `span_lesson` for T5.

`next_word_lesson` shows why a decoder must not look ahead: the answer to every word stands right behind it.
"""

from ...describing import describe, is_a
from ...errors import CourseError
from ..figures import Figure, Table, label, show
from ..style import COLOURS, INK, MUTED, PALE, PAPER, WIDTH, arrow, canvas, plain_style, rectangle, tint, write

_HIGH = 0.34
_SIDE = 1.2  # inches for the names at the left


def next_word_lesson(words, position: int = 0) -> Figure:
    """One sentence as a lesson: what goes in, with the mask and without, and below it what each word should predict.

    Args:
        words: two or more words.
        position: the word that predicts, counted from 0.
    """
    words = [str(word) for word in words] if is_a(words, list, tuple) else []
    last = len(words) - 1
    if not 2 <= len(words) <= 10 or not is_a(position, int) or not 0 <= position < last:
        raise CourseError(
            f"next_word_lesson() expects 2 to 10 words, and a position from 0 to the last but one; it got "
            f"{describe(words)} and {describe(position)}."
        )
    step, at = (WIDTH - _SIDE) / len(words), position
    width, height, below = step - 0.08, 2.75, 0.5
    inputs = (("without a mask", 1.95, False), ("with the mask", 1.35, True))
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        head = f"After “{words[at]}” the right word is “{words[position + 1]}”."
        write(axes, 0.02, height - 0.16, label(head, 90), size=11, across="left", bold=True)
        for name, above, _ in inputs:
            write(axes, 0.02, above + _HIGH / 2, name, across="left")
        write(axes, 0.02, below + _HIGH / 2, "should say", across="left")
        for place, word in enumerate(words):
            x, answer = _SIDE + place * step, place == at + 1
            for _, above, mask in inputs:
                hidden = mask and place > at
                _word(axes, x, above, width, word, "hidden" if hidden else "answer" if answer else "seen")
            if place < last:
                _word(axes, x, below, width, words[place + 1], "answer" if place == at else "later")
        middle = _SIDE + at * step + width / 2
        arrow(axes, (middle, 1.35 - 0.03), (middle, below + _HIGH + 0.03))
        end = "Without a mask the answer stands in the input: only copying. With the mask the model must predict."
        write(axes, 0.02, 0.2, end, size=9.5, across="left")
        rows = [
            ("goes in without a mask", " ".join(words)),
            ("goes in with the mask", (seen := " ".join(words[: at + 1]))),
            ("should say", words[at + 1]),
        ]
        alt = f"{head} With the mask the model sees: {seen}. {end}"
        return show(figure, alt=alt, table=Table(head, ("what", "words"), rows), folded=True)


def _word(axes, x, y, width, text, kind: str):
    """A word: blue where it is seen, hatched where it is hidden, green where it is the answer, pale elsewhere."""
    colour = {"seen": COLOURS["tokens"], "answer": COLOURS["answer"], "hidden": MUTED, "later": PALE}[kind]
    inside = {"seen": tint(colour, 0.5), "answer": tint(colour, 0.4), "hidden": PAPER, "later": PAPER}[kind]
    rectangle(axes, x, y, width, _HIGH, inside, colour, 1.8 if kind == "answer" else 1.2)
    if kind == "hidden":
        from matplotlib.patches import Rectangle

        faint = tint(MUTED, 0.45)
        axes.add_patch(Rectangle((x, y), width, _HIGH, fill=False, edgecolor=faint, hatch="////", linewidth=0))
        return
    ink = MUTED if kind == "later" else INK
    axes.text(x + width / 2, y + _HIGH / 2, label(text, 12), ha="center", va="center", color=ink, fontsize=10,
              parse_math=False)  # fmt: skip


def span_lesson(words, spans) -> Figure:
    """What T5 makes of a text: the text with its hidden spans, what the encoder reads, what the decoder writes.

    Args:
        words: the words of the text.
        spans: pairs `(start, length)` in the order of the text.
    """
    words, spans = list(words), [tuple(span) for span in spans]
    rows = {"text": [], "encoder reads": [], "decoder writes": []}
    place = 0
    for number, (start, length) in enumerate(spans):
        hidden, name = words[start : start + length], f"<{number}>"
        plain = [(word, "") for word in words[place:start]]
        rows["text"] += plain + [(word, "span") for word in hidden]
        rows["encoder reads"] += [*plain, (name, "mark")]
        rows["decoder writes"] += [(name, "mark"), *((word, "span") for word in hidden)]
        place = start + length
    rest = [(word, "") for word in words[place:]]
    rows["text"] += rest
    rows["encoder reads"] += rest
    rows["decoder writes"].append((f"<{len(spans)}>", "mark"))
    height = 0.5 * len(rows) + 0.12
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        for number, (name, parts) in enumerate(rows.items()):
            y, x = height - 0.44 - 0.5 * number, 1.25
            write(axes, 0.02, y + _HIGH / 2, name, across="left")
            for text, kind in parts:
                width = 0.14 + 0.08 * max(2, len(text))
                colour = {"": MUTED, "span": COLOURS["feed-forward"], "mark": COLOURS["key"]}[kind]
                inside = tint(colour, {"": 0.06, "span": 0.35, "mark": 0.5}[kind])
                rectangle(axes, x, y, width, _HIGH, inside, colour, 1.6 if kind else 1)
                write(axes, x + width / 2, y + _HIGH / 2, label(text, 14))
                x += width + 0.05
        said = {name: " ".join(text for text, _ in parts) for name, parts in rows.items()}
        alt = "; ".join(f"{name}: {text}" for name, text in said.items())
        table = Table("A lesson of T5", ("what", "words"), [*said.items()])
        return show(figure, alt=f"Span corruption. {alt}.", table=table, folded=True)
