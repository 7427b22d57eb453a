"""0b.6 Cut each row into pieces."""

from course_utils.exercises.records import Exercise, Wrong

from .shared import TORCH, check_numbers, filled

_SLIPS = (
    (
        lambda t, n: t.reshape(len(t), n, -1),
        "`size` is how many numbers a piece has, not how many pieces a row has: it is the last size of the new shape.",
    ),
    (
        lambda t, n: t.reshape(-1, n),
        "You lost the rows: the pieces of all rows follow one another. Keep the rows as dimension 0.",
    ),
    (
        lambda t, n: t.reshape(-1, len(t), n),
        "The pieces come first and the rows second. The rows stay in front: `[rows, pieces, size]`.",
    ),
    (
        lambda t, n: t.reshape(len(t), -1, n).transpose(0, 1),
        "The numbers are right, but rows and pieces are swapped: return `[rows, pieces, size]`.",
    ),
    (
        lambda t, n: t.reshape(len(t), n, -1).transpose(1, 2),
        "A piece should hold neighbours of its row; yours takes numbers that stand apart. `reshape` keeps the order.",
    ),
    (
        lambda t, n: t.T.reshape(len(t), -1, n),
        "You turned the table first, so numbers of other rows come in. `reshape` alone is enough.",
    ),
    (lambda t, n: t.reshape(len(t), -1, 2), "Your pieces always have two numbers; use `size`."),
    (lambda t, n: t.reshape(len(t), 3, -1), "You always make three pieces; their number depends on `size`."),
)


def _check_cut(answer) -> str | None:
    import torch

    sizes = ((2, 6, 2), (3, 6, 3), (2, 8, 4), (1, 4, 2), (4, 5, 1), (3, 4, 4), (2, 12, 3), (4, 4, 2))
    cases = [(torch.arange(float(rows * columns)).reshape(rows, columns), n) for rows, columns, n in sizes]
    cases.append((filled(3, 8), 2))
    return check_numbers(
        answer,
        cases,
        lambda t, n: t.reshape(len(t), -1, n),
        _SLIPS,
        lambda t, n: f"For a table of the shape {list(t.shape)} and the size {n}",
    )


_HEAD = "def cut_rows(table, size):\n"

EXERCISE = Exercise(
    id="0b.6",
    title="Cut each row into pieces",
    minutes=5,
    difficulty="medium",
    starter="def cut_rows(table, size):\n    ...",
    answer="cut_rows",
    check=_check_cut,
    context=TORCH,
    expects="a function that takes a table and a number, and returns a tensor of three dimensions",
    hints=(
        "Write the new shape in words first: how many rows, how many pieces in a row, how many numbers in a piece?",
        "`reshape` keeps the order of the numbers, and neighbours stay together in the last dimension. -1 lets PyTorch "
        "compute one size.",
        "`table.reshape(table.shape[0], -1, size)`",
    ),
    solution=_HEAD + "    return table.reshape(table.shape[0], -1, size)",
    why="`reshape` keeps the order of the numbers. The last dimension is filled first, so neighbours of a row stay "
    "together in one piece, and the rows stay apart in dimension 0.",
    wrong=(
        Wrong(_HEAD + "    return table.reshape(table.shape[0], size, -1)", "not how many pieces a row has"),
        Wrong(_HEAD + "    return table.reshape(-1, size)", "You lost the rows"),
        Wrong(
            _HEAD + "    return table.reshape(-1, table.shape[0], size)", "The pieces come first and the rows second"
        ),
        Wrong(
            _HEAD + "    return table.reshape(table.shape[0], -1, size).transpose(0, 1)", "rows and pieces are swapped"
        ),
        Wrong(
            _HEAD + "    return table.reshape(table.shape[0], size, -1).transpose(1, 2)",
            "takes numbers that stand apart",
        ),
        Wrong(_HEAD + "    return table.T.reshape(table.shape[0], -1, size)", "You turned the table first"),
        Wrong(_HEAD + "    return table.reshape(table.shape[0], -1, 2)", "always have two numbers"),
        Wrong(_HEAD + "    return table.reshape(2, 3, 2)", "RuntimeError", status="error in your code"),
        Wrong(_HEAD + "    return table", "the shape `[2, 3, 2]` is expected; yours has `[2, 6]`"),
        Wrong(_HEAD + "    return table.flip(1).reshape(table.shape[0], -1, size)", "the numbers should be"),
    ),
    also_wrong=(
        _HEAD + "    return [row.tolist() for row in table.reshape(-1, size)]",
        _HEAD + "    return table.reshape(len(table), -1, size).tolist()[0]",
        _HEAD + "    return [list(row.split(size)) for row in table][:1]",
    ),
    alternatives=(
        _HEAD + "    rows, columns = table.shape\n    return table.view(rows, columns // size, size)",
        _HEAD + "    return torch.stack([torch.stack(row.split(size)) for row in table])",
        _HEAD + "    return torch.stack(table.split(size, dim=1), dim=1)",
        _HEAD + "    return table.unflatten(1, (-1, size))",
        _HEAD + "    return table.numpy().reshape(len(table), -1, size)",
        _HEAD + "    return [[row[i : i + size] for i in range(0, len(row), size)] for row in table.tolist()]",
    ),
)
