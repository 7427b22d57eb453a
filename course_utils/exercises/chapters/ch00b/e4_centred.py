"""0b.4 Above or below one's own average."""

from course_utils.exercises.records import Exercise, Wrong

from .shared import TORCH, check_numbers, filled

_ROW = (
    "You took the mean of row 0 from *column* 0, and so on: without `keepdim=True` the means are a row of numbers, "
    "and PyTorch lays that row over each row. A square table has the sizes that fit, so no error warns you."
)
_SLIPS = (
    (lambda t: t - t.mean(dim=1), _ROW),
    (lambda t: t - t.mean(dim=0), "You subtracted the mean of each column. The numbers of each *row* should sum to 0."),
    (lambda t: t - t.mean(), "You subtracted one number, the mean of the whole table. Each row has its own mean."),
    (lambda t: t.mean(dim=1, keepdim=True) - t, "The signs are turned round: subtract the mean from the numbers."),
    (lambda t: t.mean(dim=1), "Those are the means. Subtract each from the numbers of its row."),
    (lambda t: t.mean(dim=1, keepdim=True), "Those are the means. Subtract each from the numbers of its row."),
    (lambda t: t - t.sum(dim=1, keepdim=True), "You subtracted the sum of each row; subtract its mean."),
    (lambda t: (t - t.mean(dim=1, keepdim=True)).abs(), "The minus signs are lost: below the average is negative."),
    (lambda t: t / t.mean(dim=1, keepdim=True), "You divided by the mean; subtract it."),
)


def _check_centred(answer) -> str | None:
    cases = [(filled(*sizes),) for sizes in ((3, 3), (3, 4), (4, 2), (1, 3), (2, 5), (2, 2))]
    return check_numbers(
        answer,
        cases,
        lambda t: t - t.mean(dim=1, keepdim=True),
        _SLIPS,
        lambda t: f"For the table `{t.tolist()}`, of the shape {list(t.shape)},",
    )


_HEAD = "def centred(table):\n"

EXERCISE = Exercise(
    id="0b.4",
    title="Above or below one's own average",
    minutes=4,
    difficulty="medium",
    starter="def centred(table):\n    ...",
    answer="centred",
    check=_check_centred,
    context=TORCH,
    expects="a function that takes a table and returns a table of the same shape",
    hints=(
        "First one mean for each row. Which shape must these means have, so that they stand beside the rows?",
        "They must stand in a column, `[rows, 1]`. Then PyTorch copies that column over all columns.",
        "`table.mean(dim=1, keepdim=True)` has the shape `[rows, 1]`. Subtract it from `table`.",
    ),
    solution=_HEAD + "    return table - table.mean(dim=1, keepdim=True)",
    why="With `keepdim=True` the means are a column, `[rows, 1]`. Broadcasting copies the column to all columns, so "
    "each row loses its own mean.",
    wrong=(
        Wrong(_HEAD + "    return table - table.mean(dim=1)", "PyTorch lays that row over each row"),
        Wrong(_HEAD + "    return table - table.mean(dim=0)", "the mean of each column"),
        Wrong(_HEAD + "    return table - table.mean()", "the mean of the whole table"),
        Wrong(_HEAD + "    return table.mean(dim=1, keepdim=True) - table", "The signs are turned round"),
        Wrong(_HEAD + "    return table.mean(dim=1, keepdim=True)", "Those are the means"),
        Wrong(_HEAD + "    return table - table.sum(dim=1, keepdim=True)", "You subtracted the sum of each row"),
        Wrong(_HEAD + "    return (table - table.mean(dim=1, keepdim=True)).abs()", "The minus signs are lost"),
        Wrong(_HEAD + "    return table / table.mean(dim=1, keepdim=True)", "You divided by the mean"),
        Wrong(
            _HEAD + "    table -= table.mean(dim=1, keepdim=True)\n    return table",
            "changed what it was given",
        ),
        Wrong(
            _HEAD + "    return table - table.mean(dim=1, keepdim=True).expand(3, 3)",
            "RuntimeError",
            status="error in your code",
        ),
        Wrong(_HEAD + "    return (table - table.mean(dim=1, keepdim=True)).flatten()", "is expected; yours has `[9]`"),
        Wrong(_HEAD + "    return table - table.amax(dim=1, keepdim=True)", "the numbers should be"),
    ),
    also_wrong=(
        _HEAD + "    return (table - table.mean(dim=1, keepdim=True)).round()",
        _HEAD + "    return table - table.median(dim=1, keepdim=True).values",
        _HEAD + "    return table - table[:, :1].mean(dim=1, keepdim=True)",
    ),
    alternatives=(
        _HEAD + "    return table - table.mean(dim=-1).unsqueeze(1)",
        _HEAD + "    return table - table.mean(dim=1)[:, None]",
        _HEAD + "    return torch.stack([row - row.mean() for row in table])",
        _HEAD + "    return (table.T - table.mean(dim=1)).T",
        _HEAD + "    a = table.numpy()\n    return a - a.mean(axis=1, keepdims=True)",
        _HEAD + "    rows = table.tolist()\n    return [[x - sum(row) / len(row) for x in row] for row in rows]",
    ),
)
