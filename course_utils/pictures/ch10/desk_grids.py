"""Numbers in a grid: `counts`, any table of whole numbers, and `confusion_matrix`, what is right against what was said.

The more, the darker. In a confusion matrix a cell where both agree is green, and every other cell is red.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from ...describing import attempt, describe
from ...errors import CourseError
from ..figures import Figure, Table, label, show
from ..style import ACCENT, COLOURS, PAPER, WIDTH, canvas, plain_style, rectangle, tint, write

_HIGH, _TOP, _LEFT = 0.46, 0.34, 1.75  # inches: a row, the names of the columns, the names of the rows


def counts(rows: Mapping[str, Mapping[str, int]]) -> Figure:
    """A grid of whole numbers, `{row: {column: number}}`; all rows have the same columns."""
    table = attempt(lambda: {str(name): {str(k): int(v) for k, v in row.items()} for name, row in rows.items()})
    columns = list(next(iter(table.values()))) if table else []
    if not columns or any(list(row) != columns for row in table.values()):
        raise CourseError(
            f"counts() expects {{row: {{column: number}}}}, each row with the same columns; it got {describe(rows)}."
        )
    if least := min(0, *(number for row in table.values() for number in row.values())):
        raise CourseError(f"counts() expects numbers that are not negative; it got {least}.")
    said = "; ".join(
        f"{name}: {', '.join(f'{n} {column}' for column, n in row.items())}" for name, row in table.items()
    )
    return _grid(table, "", lambda row, column: ACCENT, f"A grid of numbers. {said}.")


def confusion_matrix(right: Sequence[str], said: Sequence[str], kinds: Sequence[str]) -> Figure:
    """A row for each right kind, a column for each kind that was said; in a cell is how many messages that were."""
    pairs = attempt(lambda: list(zip(map(str, right), map(str, said), strict=True)))
    kinds = [str(kind) for kind in kinds]
    if not pairs or not {kind for pair in pairs for kind in pair} <= set(kinds):
        raise CourseError(
            "confusion_matrix() expects two lists of kinds, as long as each other, and the list of all kinds; it got "
            f"{describe(right)} and {describe(said)}."
        )
    found = Counter(pairs)
    table = {f"right: {kind}": {f"said: {other}": found[kind, other] for other in kinds} for kind in kinds}
    hits = sum(found[kind, kind] for kind in kinds)
    missed = [f"{n} {kind} said to be {other}" for (kind, other), n in found.most_common() if kind != other]
    alt = f"A confusion matrix: {hits} of {len(pairs)} right. Mistakes: {', '.join(missed) or 'none'}."

    def colour(row, column):
        return COLOURS["right" if row == column else "wrong"]

    return _grid(table, f"{hits} of {len(pairs)} right", colour, alt)


def _grid(table, title, colour, alt) -> Figure:
    """Draw the numbers of `table`; `colour(row, column)` by position is the colour of a cell that is not empty."""
    columns = list(next(iter(table.values())))
    wide = min(1.28, (WIDTH - _LEFT - 0.05) / len(columns))
    most = max(1, *(number for row in table.values() for number in row.values()))
    top = 0.36 if title else 0.04
    height = _HIGH * len(table) + _TOP + top
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        if title:
            write(axes, 0.02, height - 0.17, label(title, 90), size=11, across="left")
        for place, column in enumerate(columns):
            x = _LEFT + wide * (place + 0.5)
            write(axes, x, height - top - 0.24, label(column, 18), bold=True, size=9.5, up="baseline")
        for line, (name, row) in enumerate(table.items()):
            y = height - top - _TOP - _HIGH * (line + 1)
            write(axes, _LEFT - 0.12, y + 0.17, label(name, 22), across="right", bold=True, size=9.5, up="baseline")
            for place, number in enumerate(row.values()):
                share = 0.12 + 0.5 * number / most if number else 0
                inside = tint(colour(line, place), share) if number else PAPER
                rectangle(
                    axes, _LEFT + wide * place + 0.03, y + 0.03, wide - 0.06, _HIGH - 0.06, inside, "#9aa3ad", 0.8
                )
                write(axes, _LEFT + wide * (place + 0.5), y + _HIGH / 2, str(number), size=12, lit=number > 0)
        rows = [(name, *map(str, row.values())) for name, row in table.items()]
        return show(figure, alt=alt, table=Table(title or "counts", ("", *columns), rows), folded=True)
