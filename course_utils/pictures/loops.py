"""`loop`: boxes from left to right, and an arrow that leads from the last one back to the first."""

from ..describing import describe, is_a
from ..errors import CourseError
from .diagrams import _wrap
from .figures import Figure, label, show
from .style import WIDTH, arrow, box, canvas, plain_style, write

_GAP = 0.4  # between two boxes, where the arrow is
_LETTER = 0.078  # the width of a letter, in inches


def loop(steps, *, back: str, title: str = "", roles=()) -> Figure:
    """Steps that are done again and again: boxes joined by arrows, and below them the way back.

    Args:
        steps: pairs `(title, text)`, two to four.
        back: what happens on the way from the last box to the first.
        roles: for each step a name of `style.COLOURS`, or None for grey.
    """
    steps = [tuple(step) for step in steps] if is_a(steps, list, tuple) else []
    if not 2 <= len(steps) <= 4 or any(len(step) != 2 or not all(is_a(x, str) for x in step) for step in steps):
        raise CourseError(f"loop() expects two to four pairs of texts, (title, text); it got {describe(steps)}.")
    roles = [*roles, *[None] * (len(steps) - len(roles))]
    width = (WIDTH - 0.04 - _GAP * (len(steps) - 1)) / len(steps)
    bodies = [_wrap(text, int((width - 0.16) / _LETTER)) for _, text in steps]
    height = 0.22 * max(map(len, bodies)) + 0.6
    low = 0.62  # of the boxes; below them runs the way back
    with plain_style():
        figure, axes = canvas(WIDTH, low + height + 0.06 + 0.3 * bool(title))
        if title:
            write(axes, 0.02, low + height + 0.22, label(title, 90), size=11, across="left")
        for number, ((head, _), body) in enumerate(zip(steps, bodies, strict=True)):
            x = 0.02 + number * (width + _GAP)
            box(axes, x, low, width, height, role=roles[number])
            write(axes, x + width / 2, low + height - 0.12, label(head, 30), bold=True, up="top")
            write(axes, x + width / 2, low + height - 0.44, "\n".join(body), up="top")
            if number + 1 < len(steps):
                arrow(axes, (x + width + 0.04, low + height / 2), (x + width + _GAP - 0.04, low + height / 2))
        first, last, floor = width / 2, WIDTH - width / 2, 0.32
        axes.plot([last, last, first], [low - 0.04, floor, floor], color="#1f2933", linewidth=1.6)
        arrow(axes, (first, floor), (first, low - 0.02))
        write(axes, WIDTH / 2, 0.13, label(back, 80))
        said = " → ".join(f"{head}: {' '.join(text.split())}" for head, text in steps)
        start = f"{title.rstrip('.')}. " if title else ""
        return show(figure, alt=f"{start}Boxes joined by arrows. {said} → back to the first box: {back}.")
