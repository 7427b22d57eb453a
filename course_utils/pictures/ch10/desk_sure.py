"""`sure_line`: messages along the model's confidence, and a threshold below which a person looks."""

from collections.abc import Sequence

from ...describing import attempt, describe, is_a
from ...errors import CourseError
from ..figures import Figure, Table, show
from ..style import ACCENT, COLOURS, INK, MUTED, WIDTH, canvas, plain_style, rectangle, tint, write

_LEFT, _WIDE = 0.75, 6.0  # inches: where 0 stands, and how long 1 is
_FOOT, _STEP = 0.62, 0.17  # the axis, and from dot to dot


def sure_line(confidences: Sequence[float], hits: Sequence[bool], threshold: float) -> Figure:
    """A dot for each message where its confidence is, a cross where the model is wrong, and a line at the threshold.

    Args:
        confidences: the largest chance that the model gave to each message, from 0 to 1.
        hits: whether its answer was right.
        threshold: a person reads the messages whose confidence is lower.
    """
    pairs = attempt(lambda: [(float(sure), bool(hit)) for sure, hit in zip(confidences, hits, strict=True)])
    if not pairs or not all(0 <= sure <= 1 + 1e-6 for sure, _ in pairs):
        raise CourseError("sure_line() expects confidences from 0 to 1, and as many True or False: was it right?")
    if not is_a(threshold, int, float) or not 0 <= threshold <= 1:
        raise CourseError(f"sure_line() expects a threshold from 0 to 1; it got {describe(threshold)}.")
    people = [hit for sure, hit in pairs if sure < threshold]
    desk = [hit for sure, hit in pairs if sure >= threshold]
    piles = {}
    for sure, hit in sorted(pairs, key=lambda pair: (pair[1], pair[0])):  # the wrong ones lie at the bottom
        piles.setdefault(min(int(sure * 20), 19), []).append(hit)
    high = max(map(len, piles.values())) * _STEP
    told = f"A person reads {len(people)} of {len(pairs)}. "
    told += f"The desk sorts {len(desk)}, {desk.count(False)} of them wrongly."
    with plain_style():
        figure, axes = canvas(WIDTH, _FOOT + high + 0.95)
        x = _LEFT + _WIDE * threshold
        rectangle(axes, _LEFT, _FOOT, _WIDE * threshold, high + 0.3, tint(COLOURS["key"], 0.3))
        for place, pile in piles.items():
            for row, hit in enumerate(pile):
                at = (_LEFT + _WIDE * (place + 0.5) / 20, _FOOT + 0.12 + _STEP * row)
                sign = {"marker": "o" if hit else "X", "color": COLOURS["right" if hit else "wrong"]}
                axes.plot(*at, **sign, markersize=8.5 if hit else 10, markeredgecolor=INK, markeredgewidth=0.7)
        axes.plot([x, x], [_FOOT, _FOOT + high + 0.3], color=ACCENT, linewidth=2.5)
        write(axes, 0.02, _FOOT + high + 0.78, told, size=11, across="left")
        write(axes, x - 0.08, _FOOT + high + 0.44, "← a person looks", size=9.5, across="right")
        write(axes, x + 0.08, _FOOT + high + 0.44, "the desk sorts →", size=9.5, across="left")
        axes.plot([_LEFT, _LEFT + _WIDE], [_FOOT, _FOOT], color=MUTED, linewidth=1)
        for tick in range(6):
            write(axes, _LEFT + _WIDE * tick / 5, _FOOT - 0.14, f"{tick / 5:.1f}", size=9)
        write(
            axes,
            _LEFT + _WIDE / 2,
            _FOOT - 0.42,
            "confidence: the largest of the four chances    ● right    ✖ wrong",
            size=9.5,
        )
        rows = [("a person", len(people), people.count(False)), ("the desk", len(desk), desk.count(False))]
        rows = [(who, str(count), str(wrong)) for who, count, wrong in rows]
        table = Table(f"Threshold {threshold:.2f}", ("who reads", "messages", "wrong for the model"), rows)
        alt = f"A mark for each message along the confidence of the model, a line at {threshold:.2f}. {told}"
        return show(figure, alt=alt, table=table, folded=True)
