"""`paired_bars`: a few bars for each model, a colour and a gap for each, negative numbers to the left of zero."""

from collections.abc import Mapping

from ..figures import Figure, Table, label, show
from ..style import COLOURS, INK, MUTED, WIDTH, canvas, plain_style, rectangle, tint, write

_ROLES = ("query", "value", "key", "feed-forward")
_HIGH, _STEP, _GAP = 0.3, 0.42, 0.2  # inches: a bar, from bar to bar, between two groups
_ZERO, _ONE = 4.7, 1.75  # where 0 stands, and how long 1 is


def paired_bars(groups: Mapping[str, Mapping[str, float]], *, axis: str) -> Figure:
    """Numbers from -1 to 1 as bars, in groups: `{group: {label: number}}`; a label may have two lines."""
    count = sum(map(len, groups.values()))
    height = _STEP * count + _GAP * (len(groups) - 1) + 0.75
    said, rows = [], []
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        y = height - 0.1
        for number, (group, values) in enumerate(groups.items()):
            colour = COLOURS[_ROLES[number % len(_ROLES)]]
            write(axes, 0.02, y - _STEP * len(values) / 2, label(group, 16), bold=True, across="left")
            for name, value in values.items():
                y -= _STEP
                start, end = sorted((_ZERO, _ZERO + _ONE * value))
                rectangle(axes, start, y, end - start, _HIGH, tint(colour, 0.75), MUTED, 0.8)
                lines = name.split("\n")
                text, name = "\n".join(label(line, 24) for line in lines), " / ".join(lines)
                write(axes, 1.3, y + _HIGH / 2, text, across="left", size=9)
                beside, side = (start - 0.06, "right") if value < 0 else (end + 0.06, "left")
                write(axes, beside, y + _HIGH / 2, f"{value:.2f}", across=side)
                rows.append((f"{group}: {name}", f"{value:.2f}"))
            said.append(f"{group}: " + ", ".join(f"{k} {v:.2f}".replace("\n", " / ") for k, v in values.items()))
            y -= _GAP
        bottom = y + _GAP - 0.06
        axes.plot([_ZERO, _ZERO], [bottom, height - 0.05], color=INK, linewidth=1.2)
        axes.plot([_ZERO - _ONE, _ZERO + _ONE], [bottom, bottom], color=INK, linewidth=1)
        for value in (-1, 0, 1):
            write(axes, _ZERO + _ONE * value, bottom - 0.14, f"{value}", size=9)
        write(axes, _ZERO, bottom - 0.36, axis, size=9)
        table = Table(axis, ("what", axis), rows)
        return show(figure, alt=f"Bars of the {axis}. {'; '.join(said)}.", table=table, folded=True)
