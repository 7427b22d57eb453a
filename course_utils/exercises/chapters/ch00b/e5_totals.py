"""0b.5 Count it their way."""

from course_utils.exercises.records import Exercise, Wrong

from .shared import TORCH, check_numbers, filled

_SLIPS = (
    (
        lambda p, w: p @ w,
        "You took the columns of `weights`, but each *row* is one place: turn `weights` with `.T` first. The "
        "sizes fit here by chance.",
    ),
    (
        lambda p, w: w @ p.T,
        "The numbers are right, but the dimensions are swapped: return `[friends, places]`, a row for each friend.",
    ),
    (
        lambda p, w: p @ w.reshape(p.shape[1], len(w)),
        "`reshape` has the right shape and puts the weights into other places. Turn the table with `.T`.",
    ),
    (lambda p, w: p * w, "You multiplied number by number, and did not add up. `@` does the two steps."),
    (lambda p, w: p @ w[0], "You used the first place only; return one column for each place."),
    (lambda p, w: p.T @ w, "You turned `points`. Turn `weights`, so that a row of points meets a column of weights."),
    (lambda p, w: p.T @ w.T, "You turned the two tables. Turn `weights` only."),
    (
        lambda p, w: p @ w.T / p.shape[1],
        "You divided by the number of games. Return the weighted sums as they are.",
    ),
)


def _check_totals(answer) -> str | None:
    sizes = ((3, 3, 3), (3, 4, 2), (2, 5, 3), (1, 2, 4), (4, 3, 1), (2, 2, 2))
    cases = [(filled(friends, games), filled(places, games, seed=50)) for friends, games, places in sizes]
    cases.append((filled(2, 3) / 4, filled(2, 3, seed=9) / 4))  # with decimals
    return check_numbers(
        answer,
        cases,
        lambda p, w: p @ w.T,
        _SLIPS,
        lambda p, w: f"For points {list(p.shape)} and weights {list(w.shape)}, `{p.tolist()}` and `{w.tolist()}`,",
    )


_HEAD = "def totals(points, weights):\n"

EXERCISE = Exercise(
    id="0b.5",
    title="Count it their way",
    minutes=4,
    difficulty="easy",
    starter="def totals(points, weights):\n    ...",
    answer="totals",
    check=_check_totals,
    context=TORCH,
    expects="a function that takes two tables and returns a table `[friends, places]`",
    hints=(
        "Write the shapes side by side: `[friends, games]` and `[places, games]`. For `@`, the inner sizes must agree.",
        "Turn `weights` first, so that it is `[games, places]`.",
        "`points @ weights.T`",
    ),
    solution=_HEAD + "    return points @ weights.T",
    why="`weights.T` has the shape `[games, places]`, so a row of points meets a column with the weights of one place. "
    "Their products are added up, once for each friend and each place.",
    wrong=(
        Wrong(_HEAD + "    return points @ weights", "turn `weights` with `.T` first"),
        Wrong(_HEAD + "    return weights @ points.T", "the dimensions are swapped"),
        Wrong(_HEAD + "    return points @ weights.reshape(points.shape[1], -1)", "puts the weights into other places"),
        Wrong(_HEAD + "    return points * weights", "You multiplied number by number"),
        Wrong(_HEAD + "    return points @ weights[0]", "the first place only"),
        Wrong(_HEAD + "    return points.T @ weights", "You turned `points`"),
        Wrong(_HEAD + "    return points @ weights.T / points.shape[1]", "You divided by the number of games"),
        Wrong(_HEAD + "    return points @ weights.T + 1", "the numbers should be"),
    ),
    also_wrong=(
        _HEAD + "    return (points @ weights.T).flatten()",
        _HEAD + "    return points @ weights.T.abs()",
        _HEAD + "    return points.sum(dim=1, keepdim=True) * weights.sum(dim=1)",
    ),
    alternatives=(
        _HEAD + "    return points @ weights.transpose(0, 1)",
        _HEAD + "    return (weights @ points.T).T",
        _HEAD + "    return (points[:, None, :] * weights).sum(dim=-1)",
        _HEAD + "    return torch.stack([weights @ row for row in points])",
        _HEAD + "    return points.numpy() @ weights.numpy().T",
        _HEAD + "    return [[sum(a * b for a, b in zip(p, w)) for w in weights.tolist()] for p in points.tolist()]",
        _HEAD + "    return torch.nn.functional.linear(points, weights)",
    ),
)
