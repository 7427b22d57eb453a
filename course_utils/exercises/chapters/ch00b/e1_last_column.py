"""0b.1 The last column."""

from course_utils.exercises.records import Exercise, Wrong

from .shared import TORCH, check_numbers, filled

_SLIPS = (
    (lambda t: t[-1], "That is the last row. The first place in the brackets is for rows, the second one for columns."),
    (lambda t: t[:, 0], "That is the first column. The last one has the index -1."),
    (lambda t: t[:, -1:], "The numbers are right, but your shape is `[rows, 1]`: a slice keeps the dimension."),
    (lambda t: t[-1:, :], "That is the last row, as a table with one row. Take all rows and one column."),
    (lambda t: t[:, -2], "That is the column before the last one: -1 is the last, -2 the one before."),
    (lambda t: t[0], "That is the first row. Take all rows (`:`) and one column."),
    (lambda t: t[-1, -1], "That is a single number, the one in the last row. Take all rows (`:`)."),
    (lambda t: t[0, -1], "That is a single number, the one in the first row. Take all rows (`:`)."),
)


def _check_column(answer) -> str | None:
    cases = [(filled(*sizes),) for sizes in ((3, 4), (3, 2), (2, 5), (1, 3), (4, 3), (3, 3))]
    return check_numbers(
        answer,
        cases,
        lambda t: t[:, -1],
        _SLIPS,
        lambda t: f"For the table `{t.tolist()}`, of the shape {list(t.shape)},",
    )


_HEAD = "def last_column(table):\n"

EXERCISE = Exercise(
    id="0b.1",
    title="The last column",
    minutes=2,
    difficulty="easy",
    starter="def last_column(table):\n    ...",
    answer="last_column",
    check=_check_column,
    context=TORCH,
    expects="a function that takes a table and returns its last column",
    hints=(
        "Two places in the brackets: the first for rows, the second for columns. You want all rows.",
        "A colon means *all*. The index of the last one is -1.",
        "`table[:, -1]`",
    ),
    solution=_HEAD + "    return table[:, -1]",
    why="The colon takes all rows, and -1 takes the last column, however many there are. An index that is one number "
    "removes its dimension, so a tensor of one dimension is left.",
    wrong=(
        Wrong(_HEAD + "    return table[-1]", "That is the last row. The first place"),
        Wrong(_HEAD + "    return table[:, 0]", "That is the first column"),
        Wrong(_HEAD + "    return table[:, -1:]", "a slice keeps the dimension"),
        Wrong(_HEAD + "    return table[:, -2]", "the column before the last one"),
        Wrong(_HEAD + "    return table[-1, -1]", "the one in the last row"),
        Wrong(_HEAD + "    return table[0, -1]", "the one in the first row"),
        Wrong(_HEAD + "    return table[0]", "That is the first row"),
        Wrong(_HEAD + "    return table[:, 1]", "the numbers should be"),
        Wrong(_HEAD + "    return table[:, 3]", "IndexError", status="error in your code"),
        Wrong(_HEAD + "    return [row[-1].item() for row in table][::2]", "is expected; yours has `[2]`"),
    ),
    also_wrong=(
        _HEAD + "    return table[:, table.shape[0]] if table.shape[1] > table.shape[0] else table[:, -1:]",
        _HEAD + "    return 3.0",
        _HEAD + "    return 'column'",
    ),
    alternatives=(
        _HEAD + "    return table[:, table.shape[1] - 1]",
        _HEAD + "    return [row[-1] for row in table]",
        _HEAD + "    return [row[-1] for row in table.tolist()]",
        _HEAD + "    return table.numpy()[:, -1]",
        _HEAD + "    return table.T[-1]",
        _HEAD + "    return table[..., -1].clone()",
    ),
)
