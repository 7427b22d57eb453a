"""0b.2 One average for each row."""

from course_utils.exercises.records import Exercise, Wrong

from .shared import TORCH, check_numbers, filled

_SLIPS = (
    (
        lambda t: t.mean(dim=0),
        "That is one mean for each column. The dimension that you name is the one that disappears.",
    ),
    (lambda t: t.mean(), "That is one number for the whole table: without `dim`, all numbers are averaged."),
    (lambda t: [t.mean()], "That is one number for the whole table: without `dim`, all numbers are averaged."),
    (lambda t: t.sum(dim=1), "Those are the sums of the rows. Divide each by the number of columns, or use `mean`."),
    (
        lambda t: t.sum(dim=1) / len(t),
        "You divided by the number of rows. Each row has as many numbers as there are columns.",
    ),
    (
        lambda t: t.mean(dim=1, keepdim=True),
        "The numbers are right, but your shape is `[rows, 1]`: `keepdim=True` keeps the dimension. Leave it out here.",
    ),
    (lambda t: t.max(dim=1).values, "Those are the largest numbers of the rows, not the means."),
    (
        lambda t: t.median(dim=1).values,
        "That is the median, the number in the middle. The mean is the sum by the count.",
    ),
    (lambda t: t.mean(dim=1).round(), "You rounded: return the means as they are."),
    (lambda t: t.sum(dim=1) // t.shape[1], "You rounded down, as `//` does: use `/`, or `mean`."),
)


def _check_means(answer) -> str | None:
    cases = [(filled(*sizes),) for sizes in ((3, 4), (2, 5), (4, 3), (1, 3), (3, 3), (2, 1))]
    return check_numbers(
        answer,
        cases,
        lambda t: t.mean(dim=1),
        _SLIPS,
        lambda t: f"For the table `{t.tolist()}`, of the shape {list(t.shape)},",
    )


_HEAD = "def row_means(table):\n"

EXERCISE = Exercise(
    id="0b.2",
    title="One average for each row",
    minutes=2,
    difficulty="easy",
    starter="def row_means(table):\n    ...",
    answer="row_means",
    check=_check_means,
    context=TORCH,
    expects="a function that takes a table and returns one mean for each row",
    hints=(
        "The shape goes from `[rows, columns]` to `[rows]`. Which dimension disappears?",
        "The columns disappear. They are dimension 1, the last one.",
        "`table.mean(dim=1)`, or with `dim=-1`.",
    ),
    solution=_HEAD + "    return table.mean(dim=1)",
    why="The dimension that you name disappears. Dimension 1 counts the columns, so the numbers of each row are "
    "averaged, and one number for each row is left.",
    wrong=(
        Wrong(_HEAD + "    return table.mean(dim=0)", "one mean for each column"),
        Wrong(_HEAD + "    return table.mean()", "one number for the whole table"),
        Wrong(_HEAD + "    return table.sum(dim=1)", "Those are the sums of the rows"),
        Wrong(_HEAD + "    return table.mean(dim=1, keepdim=True)", "`keepdim=True` keeps the dimension"),
        Wrong(_HEAD + "    return table.sum(dim=1) / len(table)", "You divided by the number of rows"),
        Wrong(_HEAD + "    return table.amax(dim=1)", "the largest numbers of the rows"),
        Wrong(_HEAD + "    return table.median(dim=1).values", "That is the median"),
        Wrong(_HEAD + "    return table.sum(dim=1) // table.shape[1]", "as `//` does"),
        Wrong(_HEAD + "    return table.sum(dim=1) / 4", "the numbers should be"),
        Wrong(_HEAD + "    return table.mean(dim=2)", "IndexError", status="error in your code"),
    ),
    also_wrong=(
        _HEAD + "    return table.mean(dim=1).round(decimals=1)",
        _HEAD + "    return table.mean(dim=1).tolist()[0]",
        _HEAD + "    return table.mean(dim=1).abs()",
    ),
    alternatives=(
        _HEAD + "    return table.mean(dim=-1)",
        _HEAD + "    return table.sum(dim=1) / table.shape[1]",
        _HEAD + "    return [row.mean() for row in table]",
        _HEAD + "    return [sum(row) / len(row) for row in table.tolist()]",
        _HEAD + "    return table.numpy().mean(axis=1)",
        _HEAD + "    return table @ torch.full((table.shape[1],), 1 / table.shape[1])",
    ),
)
