"""0b.2 How many are above the limit?"""

from course_utils.exercises.records import Exercise, Wrong

from .shared import TORCH, check_numbers, filled

_SLIPS = (
    (
        lambda t, n: (t > n).sum(dim=0),
        "That is one count for each column. The dimension that you name is the one that disappears.",
    ),
    (lambda t, n: (t > n).sum(), "That is one count for the whole table: without `dim`, all of them are added up."),
    (lambda t, n: (t > n).any(dim=1), "That says whether there is such a number in the row. Count how many there are."),
    (lambda t, n: t > n, "That is the mask. The sum of each of its rows is what you want."),
    (lambda t, n: (t >= n).sum(dim=1), "You also counted the numbers that are equal to the limit: *greater* is `>`."),
    (lambda t, n: (t < n).sum(dim=1), "You counted the numbers below the limit. *Greater* is `>`."),
    (lambda t, n: (t <= n).sum(dim=1), "You counted the numbers that are not above the limit. *Greater* is `>`."),
    (
        lambda t, n: (t * (t > n)).sum(dim=1),
        "You added up the numbers above the limit. Count them: the sum of the mask itself.",
    ),
    (
        lambda t, n: (t > n).float().mean(dim=1),
        "That is the share of each row that is above the limit. Count: use `sum` in place of `mean`.",
    ),
    (
        lambda t, n: (t > n).sum(dim=1, keepdim=True),
        "The numbers are right, but your shape is `[rows, 1]`: `keepdim=True` keeps the dimension. Leave it out here.",
    ),
    (lambda t, n: (t > 3).sum(dim=1), "You always compare with 3; compare with `limit`."),
    (lambda t, n: t.sum(dim=1) > n, "You compared the sum of each row with the limit. Compare each number first."),
)


def _check_counts(answer) -> str | None:
    sizes = ((3, 4, 3), (2, 6, 0), (4, 3, -2), (1, 5, 3), (3, 3, 1.5), (2, 1, 9))
    cases = [(filled(rows, columns), limit) for rows, columns, limit in sizes]
    cases.append((filled(2, 4) * 0 + 2, 2))  # all are equal to the limit
    cases.append((filled(2, 5) / 4, 1.5))
    return check_numbers(
        answer,
        cases,
        lambda t, n: (t > n).sum(dim=1),
        _SLIPS,
        lambda t, n: f"For the table `{t.tolist()}` and the limit {n},",
    )


_HEAD = "def count_above(table, limit):\n"

EXERCISE = Exercise(
    id="0b.2",
    title="How many are above the limit?",
    minutes=3,
    difficulty="easy",
    starter="def count_above(table, limit):\n    ...",
    answer="count_above",
    check=_check_counts,
    context=TORCH,
    expects="a function that takes a table and a number, and returns one count for each row",
    hints=(
        "First ask every number the question: that gives a mask. `True` counts as 1.",
        "The mask is `[rows, columns]`, and the result is `[rows]`. Which dimension disappears in the sum?",
        "`(table > limit).sum(dim=1)`, or with `dim=-1`.",
    ),
    solution=_HEAD + "    return (table > limit).sum(dim=1)",
    why="The comparison gives a mask of the same shape. In its sum over dimension 1 the columns disappear, and each "
    "`True` counts as 1, so one count for each row is left.",
    wrong=(
        Wrong(_HEAD + "    return (table > limit).sum(dim=0)", "one count for each column"),
        Wrong(_HEAD + "    return (table > limit).sum()", "one count for the whole table"),
        Wrong(_HEAD + "    return (table > limit).any(dim=1)", "whether there is such a number"),
        Wrong(_HEAD + "    return table > limit", "That is the mask"),
        Wrong(_HEAD + "    return (table >= limit).sum(dim=1)", "equal to the limit: *greater*"),
        Wrong(_HEAD + "    return (table < limit).sum(dim=1)", "the numbers below the limit"),
        Wrong(_HEAD + "    return (table <= limit).sum(dim=1)", "that are not above the limit"),
        Wrong(_HEAD + "    return (table * (table > limit)).sum(dim=1)", "You added up the numbers"),
        Wrong(_HEAD + "    return (table > limit).float().mean(dim=1)", "That is the share of each row"),
        Wrong(_HEAD + "    return (table > limit).sum(dim=1, keepdim=True)", "`keepdim=True` keeps the dimension"),
        Wrong(_HEAD + "    return (table > 3).sum(dim=1)", "You always compare with 3"),
        Wrong(_HEAD + "    return table.sum(dim=1) > limit", "the sum of each row with the limit"),
        Wrong(_HEAD + "    return (table > limit).sum(dim=1) + 1", "the numbers should be"),
        Wrong(_HEAD + "    return (table > limit).mean(dim=1)", "RuntimeError", status="error in your code"),
    ),
    also_wrong=(
        _HEAD + "    return (table > limit).sum(dim=1).tolist()[0]",
        _HEAD + "    return (table.abs() > limit).sum(dim=1)",
        _HEAD + "    return torch.tensor([1, 1, 2])",
    ),
    alternatives=(
        _HEAD + "    return (table > limit).sum(dim=-1)",
        _HEAD + "    return torch.count_nonzero(table > limit, dim=1)",
        _HEAD + "    return (limit < table).float().sum(dim=1)",
        _HEAD + "    return [(row > limit).sum() for row in table]",
        _HEAD + "    return [sum(x > limit for x in row) for row in table.tolist()]",
        _HEAD + "    return (table.numpy() > limit).sum(axis=1)",
        _HEAD + "    return [len(row[row > limit]) for row in table]",
    ),
)
