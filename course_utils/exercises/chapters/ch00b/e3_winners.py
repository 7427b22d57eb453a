"""0b.3 Who won which game?"""

from course_utils.exercises.answers import as_list, call, close, describe
from course_utils.exercises.records import Exercise, Wrong
from course_utils.exercises.slips import known_slip

from .shared import TORCH

_CASES = (
    ([[3.0, 1.0, 4.0, 2.0], [0.0, 5.0, 2.0, 1.0], [6.0, 2.0, 2.0, 4.0]], ["Ana", "Ben", "Cem"]),
    ([[7.0, 1.0], [2.0, 8.0], [1.0, 3.0]], ["Dina", "Emil", "Fay"]),
    ([[-1.0, -9.0, 0.5, 2.0, 1.0], [-3.0, -2.0, 0.0, 3.0, 4.0]], ["Gus", "Hana"]),
    ([[1.0, 2.0, 9.0]], ["Ida"]),
    ([[2.0], [9.0], [4.0], [3.0]], ["Max", "Lea", "Kim", "Jon"]),
)


def _named(positions, friends) -> list:
    return [friends[i] for i in positions]


_SLIPS = (
    (
        lambda p, f: _named(p.argmax(dim=1), f),
        "You searched along the rows, so you have the best game of each friend. Name the dimension that disappears: "
        "the friends, dimension 0.",
    ),
    (
        lambda p, f: _named(p.argmin(dim=0), f),
        "Those are the friends with the fewest points: `argmin` finds the smallest.",
    ),
    (lambda p, f: p.argmax(dim=0).tolist(), "Those are positions. Look up the friend at each position."),
    (
        lambda p, f: p.argmax(dim=1).tolist(),
        "Those are positions, and along the rows. Return names, one for each game.",
    ),
    (lambda p, f: p.max(dim=0).values.tolist(), "Those are the points of the winners. Return their names."),
    (
        lambda p, f: _named([p.sum(dim=1).argmax()], f),
        "That is one friend, the one with the most points in all. Each game has its own winner.",
    ),
    (
        lambda p, f: _named([p.sum(dim=1).argmax()] * p.shape[1], f),
        "You name the friend with the most points in all for every game. Each game has its own winner.",
    ),
    (
        lambda p, f: [f[i] for i in sorted(set(p.argmax(dim=0).tolist()))],
        "You name each winner once. Return one name for each game, in the order of the games.",
    ),
)


def _check_winners(answer) -> str | None:
    import torch

    cases = [(torch.tensor(points), friends) for points, friends in _CASES]
    for points, friends in cases:
        value, right = call(answer, points, friends), _named(points.argmax(dim=0), friends)
        if not close(as_list(value), right):
            shown = f"For the points `{points.tolist()}` of {', '.join(friends)} the winners are `{right}`"
            return known_slip(answer, cases, _SLIPS, as_list) or f"{shown}; given: {describe(value)}."
    return None


_HEAD = "def winners(points, friends):\n"

EXERCISE = Exercise(
    id="0b.3",
    title="Who won which game?",
    minutes=4,
    difficulty="easy",
    starter="def winners(points, friends):\n    ...",
    answer="winners",
    check=_check_winners,
    context=TORCH,
    expects="a function that takes a table and a list of names, and returns a list of names",
    hints=(
        "Begin with the positions: for each game, the row with the most points. Which dimension disappears?",
        "The friends disappear, and they are dimension 0. `.tolist()` makes a Python list of the positions.",
        "`[friends[row] for row in points.argmax(dim=0).tolist()]`",
    ),
    solution=_HEAD + "    rows = points.argmax(dim=0).tolist()  # for each game, the row of the winner\n"
    "    return [friends[row] for row in rows]",
    why="`argmax(dim=0)` looks down each column and says in which row the largest number stands. These positions are "
    "the indices of the names.",
    wrong=(
        Wrong(_HEAD + "    return [friends[i] for i in points.argmax(dim=1)]", "You searched along the rows"),
        Wrong(
            _HEAD + "    return [friends[i + 1] for i in points.argmax(dim=0)]",
            "IndexError",
            status="error in your code",
        ),
        Wrong(_HEAD + "    return [friends[i] for i in points.argmin(dim=0)]", "with the fewest points"),
        Wrong(_HEAD + "    return points.argmax(dim=0)", "Look up the friend at each position"),
        Wrong(_HEAD + "    return points.max(dim=0).values", "the points of the winners"),
        Wrong(_HEAD + "    return [friends[points.sum(dim=1).argmax()]]", "That is one friend"),
        Wrong(
            _HEAD + "    return [friends[points.sum(dim=1).argmax()]] * points.shape[1]",
            "the most points in all for every",
        ),
        Wrong(
            _HEAD + "    found = []\n    for i in points.argmax(dim=0):\n"
            "        if friends[i] not in found:\n            found.append(friends[i])\n    return found",
            "the winners are `['Cem', 'Ben', 'Ana', 'Cem']`",
        ),
    ),
    also_wrong=(
        _HEAD + "    return ' '.join(friends[i] for i in points.argmax(dim=0))",
        _HEAD + "    return ['Cem', 'Ben', 'Ana', 'Cem']",
        _HEAD + "    return [friends[i] for i in points.abs().argmax(dim=0)]",
        _HEAD + "    return [friends[i] for i in points.argmax(dim=1) if i < len(friends)]",
    ),
    alternatives=(
        _HEAD + "    return [friends[row] for row in points.argmax(dim=0)]",
        _HEAD + "    return [friends[row] for row in points.max(dim=0).indices]",
        "import numpy as np\n\n" + _HEAD + "    return np.array(friends)[points.numpy().argmax(axis=0)]",
        _HEAD + "    columns = zip(*points.tolist())\n"
        "    return tuple(friends[column.index(max(column))] for column in columns)",
    ),
)
