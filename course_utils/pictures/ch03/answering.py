"""Two pictures for answers from documents: the plan with its steps, and the evidence behind one answer."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence

from ...describing import describe
from ...errors import CourseError
from ..figures import Figure, label, show
from ..style import COLOURS, INK, MUTED, PALE, WIDTH, arrow, box, canvas, plain_style, write

# The two rows of the plan: first what is done once, with the collection; then what is done for each question.
_ONCE = (("sources", "texts, photos, spoken memos"), ("passages", "short texts"), ("index", "a vector for each"))
_EACH = (
    ("question", "spoken or typed"),
    ("embed", "one vector"),
    ("search", "the nearest passages"),
    ("model", "reads question and passages"),
    ("answer", "with its sources"),
)
_LETTERS = 68  # characters in a line of the evidence


def plan(*, lit: Iterable[str] | None = None, title: str = "") -> Figure:
    """How a collection answers: sources become passages and an index; a question is searched in it, a model answers.

    Args:
        lit: the names of the steps that the text is about, such as `("embed", "search")`; None: all.
    """
    known = [name for name, _ in (*_ONCE, *_EACH)]
    chosen = set(known if lit is None else lit)
    if unknown := sorted(chosen - set(known)):
        raise CourseError(f"plan() has no step {unknown[0]!r}; it has: {', '.join(known)}.")
    gap, height = 0.3, 0.98
    width = (WIDTH - 0.04 - gap * (len(_EACH) - 1)) / len(_EACH)
    upper = height + 0.32
    with plain_style():
        figure, axes = canvas(WIDTH, upper + height + (0.4 if title else 0.06))
        if title:
            write(axes, 0.02, upper + height + 0.24, label(title, 90), size=11, across="left")
        for y, row in ((upper, _ONCE), (0.04, _EACH)):
            for number, (name, text) in enumerate(row):
                x, on = 0.02 + number * (width + gap), name in chosen
                box(axes, x, y, width, height, lit=on, role="key" if row is _ONCE else "encoder")
                write(axes, x + width / 2, y + height - 0.25, name, lit=on, bold=True, up="baseline")
                if on:
                    write(axes, x + width / 2, y + (height - 0.3) / 2, textwrap.fill(text, 14), size=9)
                if number + 1 < len(row):
                    arrow(axes, (x + width + 0.04, y + height / 2), (x + width + gap - 0.04, y + height / 2))
        middle = 0.02 + 2 * (width + gap) + width / 2
        arrow(axes, (middle, upper - 0.02), (middle, height + 0.08))
        right = 0.02 + 3 * (width + gap)
        write(axes, right, upper + height / 2, "← done once", size=9, across="left", lit=False)
        write(axes, right, upper + height / 2 - 0.24, "↓ for each question", size=9, across="left", lit=False)
        said = "; ".join(" → ".join(f"{name} ({text})" for name, text in row) for row in (_ONCE, _EACH))
        focus = "" if lit is None else f" Lit: {', '.join(name for name in known if name in chosen)}."
        return show(figure, alt=f"{title + '. ' if title else ''}{said}. The index goes into the search.{focus}")


def evidence(question: str, key: str, passages: Sequence[Mapping], answers: Mapping[str, tuple[str, bool]]) -> Figure:
    """One question with all that led to its answers: the passages found, and what each system said, in full.

    Args:
        key: the piece that a right answer must hold.
        passages: what the search found, each with `similarity`, `text` and `source`.
        answers: for each system its answer, and whether it counts as right.
    """
    if not passages or not answers:
        raise CourseError(f"evidence() expects passages and answers; it got {describe(passages)}, {describe(answers)}.")
    found = [(hit["similarity"], textwrap.wrap(hit["text"], _LETTERS), hit["source"]) for hit in passages]
    said = [(name, textwrap.wrap(text, _LETTERS) or ["(nothing)"], right) for name, (text, right) in answers.items()]
    line, left = 0.2, 1.35
    height = line * (sum(len(text) + 1.45 for _, text, _ in found) + sum(len(text) + 0.6 for _, text, _ in said)) + 0.78
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        y = height - 0.18
        write(axes, 0.02, y, label(question, 60), size=12, bold=True, across="left")
        write(axes, WIDTH - 0.05, y, f"key: {label(key, 24)}", across="right")
        y -= 0.4
        for similarity, text, source in found:
            axes.plot([0.02, 0.72], [y, y], color=PALE, linewidth=8, solid_capstyle="butt")
            share = min(max(similarity, 0), 1)
            axes.plot([0.02, 0.02 + 0.7 * share], [y, y], color=COLOURS["encoder"], linewidth=8, solid_capstyle="butt")
            write(axes, 1.22, y, f"{similarity:.2f}", across="right")
            for part in (*text, label(source, 60)):
                write(axes, left, y, label(part, 90), across="left", size=9 if part == label(source, 60) else 10)
                y -= line
            y -= 0.45 * line
        axes.plot([0.02, WIDTH - 0.05], [y + 0.16, y + 0.16], color=MUTED, linewidth=0.8)
        y -= 0.14
        for name, text, right in said:
            sign, colour = ("✓", COLOURS["positive"]) if right else ("✗", COLOURS["wrong"])
            axes.text(0.1, y, sign, color=colour, size=13, ha="center", va="center")
            write(axes, left - 0.1, y, label(name, 14), across="right", bold=True)
            for part in text:
                axes.text(left, y, label(part, 90), va="center", color=INK, parse_math=False)
                y -= line
            y -= 0.6 * line
        alt = " ".join(f"{similarity:.2f}: {' '.join(text)} ({source})." for similarity, text, source in found)
        told = " ".join(f"{name}, {'right' if right else 'wrong'}: {' '.join(text)}" for name, text, right in said)
        return show(figure, alt=f"{question} Key: {key}. Found: {alt} Answers: {told}")
