"""`flow`: boxes from left to right joined by arrows, the whole way or with one step lit."""

import textwrap

from ..describing import describe, is_a
from ..errors import CourseError
from .figures import Figure, label, show
from .style import SIZE, WIDTH, arrow, box, canvas, plain_style, write

_GAP = 0.34  # between two boxes, where the arrow is
_LETTER = 0.083  # the width of a letter of SIZE points, in inches


def flow(steps, *, lit=None, title: str = "", roles=()) -> Figure:
    """Steps as boxes from left to right: a heading in bold, and below it a text, which may have several lines.

    Args:
        steps: pairs `(title, text)`, two to six.
        lit: the position of the step that the text is about, or several; the others are pale. None: all are lit.
        roles: for each step a name of `style.COLOURS`, or None for grey.
    """
    steps = [tuple(step) if is_a(step, tuple, list) else (step, "") for step in steps]
    if not 2 <= len(steps) <= 6 or any(len(step) != 2 or not all(is_a(x, str) for x in step) for step in steps):
        raise CourseError(f"flow() expects two to six pairs of texts, (title, text); it got {describe(steps)}.")
    chosen = set(range(len(steps))) if lit is None else {lit} if is_a(lit, int) else set(lit)
    roles = [*roles, *[None] * (len(steps) - len(roles))]
    width = (WIDTH - 0.04 - _GAP * (len(steps) - 1)) / len(steps)
    room = int((width - 0.16) / _LETTER)
    wrapped = [(_wrap(head, room - 1), _wrap(text, room)) for head, text in steps]
    heads, lines = max(len(head) for head, _ in wrapped), max(len(body) for _, body in wrapped)
    height = 0.22 * (heads + lines) + 0.36
    top = 0.34 if title else 0.04
    with plain_style():
        figure, axes = canvas(WIDTH, height + top + 0.04)
        if title:
            write(axes, 0.02, height + 0.24, label(title, 90), size=11, across="left")
        x = 0.02
        for number, (head, body) in enumerate(wrapped):
            on = number in chosen
            box(axes, x, 0.04, width, height - 0.08, role=roles[number], lit=on)
            middle = x + width / 2
            write(axes, middle, height - 0.16, "\n".join(head), lit=on, bold=True, up="top", size=SIZE)
            write(axes, middle, height - 0.26 - 0.22 * heads, "\n".join(body), lit=on, up="top", size=SIZE)
            if number + 1 < len(wrapped):
                arrow(axes, (x + width + 0.04, height / 2), (x + width + _GAP - 0.04, height / 2))
            x += width + _GAP
        said = " → ".join(f"{head}: {' '.join(text.split())}" if text else head for head, text in steps)
        focus = "" if lit is None else f" Lit: {', '.join(steps[number][0] for number in sorted(chosen))}."
        return show(figure, alt=f"{title + '. ' if title else ''}Boxes joined by arrows. {said}.{focus}")


def _wrap(text: str, room: int) -> list[str]:
    lines = [part for line in text.splitlines() for part in textwrap.wrap(line, room, break_long_words=True) or [""]]
    return [label(line, room + 2) for line in lines]
