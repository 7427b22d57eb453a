"""`beam_tree`: a beam search as a tree, step by step: what was kept, and what was cut off."""

from ...describing import describe
from ...errors import CourseError
from ..figures import Figure, Table, label, readable, show
from ..style import ACCENT, COLOURS, INK, MUTED, PAPER, WIDTH, canvas, keep_width, plain_style, tint, write

_ROW, _TOP = 0.42, 0.55  # inches
_LEFT, _STEP = 1.78, 1.45  # inches: the first step, and from step to step
_BAND = tint(COLOURS["key"], 0.55)  # the way of greedy


def beam_tree(levels, *, width: int, start: str, steps: int | None = None) -> Figure:
    """One column for each step; boxes are kept beams, best first, and dotted lines lead to what was cut off.

    The best beam so far is blue; a broad yellow band is what greedy writes, as far as it was kept.

    Args:
        levels: for each step the longer beams, best first, as triples `(parent, token, sum)`: the number of the kept
            beam of the step before, the text of the new token, and the sum of the logarithms.
        width: how many of them are kept.
        start: the text before the first step.
        steps: how many of the steps to draw; None: all. The picture stays as large as with all.

    Raises:
        CourseError: there is no step, or a step has fewer than `width` beams.
    """
    levels = [[(int(parent), str(token), float(total)) for parent, token, total in level] for level in levels]
    if not levels or any(len(level) < width for level in levels):
        raise CourseError(f"beam_tree() expects steps with {width} beams or more in each; it got {describe(levels)}.")
    drawn = levels[:steps]
    rows = max(map(len, levels))
    height, step = _TOP + _ROW * rows + 0.35, min((WIDTH - _LEFT - 0.8) / max(len(levels) - 1, 1), _STEP)
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        keep_width(figure)
        middle = height - _TOP - _ROW * (width / 2)
        places, path, greedy = (
            [(0.5, middle, _half(label(start, 14)))],
            _path(drawn),
            _greedy(drawn),
        )  # places: of the kept beams, best first
        for number, level in enumerate(drawn):
            x, next_places = _LEFT + number * step, []
            write(axes, x, height - 0.2, f"step {number + 1}", size=9.5, lit=False)
            for row, (parent, token, total) in enumerate(level):
                y, kept = height - _TOP - _ROW * (row + 0.5), row < width
                text, (before, level_of, half) = f"{label(token.strip(), 9)}  {total:.1f}", places[parent]
                line = {"color": INK, "linewidth": 1.6} if kept else {"color": MUTED, "linestyle": ":"}
                if row == path[number]:
                    line = {"color": ACCENT, "linewidth": 3}
                across, up = [before + half, x - _half(text)], [level_of, y]  # from beside a text to beside the next
                if greedy[number : number + 1] == [row]:
                    band = {"color": _BAND, "linewidth": 11, "zorder": 0}
                    axes.plot([before, *across, x], [level_of, *up, y], **band)
                axes.plot(across, up, zorder=1, **line)
                _node(axes, x, y, text, kept, best=row == path[number])
                next_places.append((x, y, _half(text)))
            places = next_places[:width]
        _node(axes, 0.5, middle, label(start, 14), kept=True)
        note = (
            "box: kept    blue: best so far    yellow band: greedy    dotted: cut off    number: sum of the logarithms"
        )
        write(axes, 0.02, 0.14, note, size=9, across="left")
        table = Table(
            f"A beam search of width {width}",
            ("step", "new token", "after beam", "sum", "kept"),
            [
                (str(n + 1), token, str(parent + 1) if n else "-", f"{total:.2f}", "yes" if row < width else "no")
                for n, level in enumerate(drawn)
                for row, (parent, token, total) in enumerate(level)
            ],
        )
        said = "; ".join(
            f"step {n + 1}: {', '.join(readable(token.strip()) for _, token, _ in level[:width])}"
            for n, level in enumerate(drawn)
        )
        return show(figure, alt=f"A tree. Kept at each step, best first: {said}.", table=table, folded=True)


def _path(levels) -> list[int]:
    """The row of each step on the way to the best beam of the last one."""
    rows = [0]
    for level in levels[:0:-1]:
        rows.insert(0, level[rows[0]][0])
    return rows


def _greedy(levels) -> list[int]:
    """The row of each step on the way of greedy, the best child each time, until it is cut off."""
    rows, row = [], 0
    for level in levels:
        row = next((place for place, (parent, _, _) in enumerate(level) if parent == row), None)
        if row is None:
            break
        rows.append(row)
    return rows


def _half(text: str) -> float:
    """Half of the width of a text in inches, more or less."""
    return 0.037 * len(text) + 0.03


def _node(axes, x, y, text, kept: bool, best: bool = False):
    box = {"facecolor": PAPER, "edgecolor": ACCENT if best else INK if kept else "none", "boxstyle": "round"}
    box["linewidth"] = 2.2 if best else 1.2
    colour = ACCENT if best else INK if kept else MUTED
    axes.text(x, y, text, ha="center", va="center", fontsize=9.5, color=colour, bbox=box, zorder=3,
              weight="bold" if best else "normal", parse_math=False)  # fmt: skip
