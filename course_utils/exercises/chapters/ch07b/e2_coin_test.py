"""7b.2 Luck, or more than luck?"""

from math import comb

from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import one_number

_COINS = (
    "from math import comb\n\n"
    "def coin_test(one, other):\n"
    "    pairs = list(zip(one, other))\n"
    "    gained = sum(b and not a for a, b in pairs)\n"
    "    lost = sum(a and not b for a, b in pairs)\n"
    "    coins, more = gained + lost, max(gained, lost)\n"
    "    ways = sum(comb(coins, heads) for heads in range(more, coins + 1))\n"
    "    return min(1, 2 * ways / 2**coins)"
)


def _lists(both: int, only_one: int, only_other: int, neither: int) -> tuple[list[bool], list[bool]]:
    counts = (both, only_one, only_other, neither)
    kinds = [(True, True), (True, False), (False, True), (False, False)]
    pairs = [kind for kind, count in zip(kinds, counts, strict=True) for _ in range(count)]
    return [a for a, _ in pairs], [b for _, b in pairs]


_CASES = tuple(
    _lists(*counts)
    for counts in (
        (3, 2, 8, 7),
        (4, 9, 1, 2),
        (5, 3, 3, 0),
        (2, 0, 6, 1),
        (6, 1, 0, 1),
        (0, 20, 31, 0),
        (3, 0, 0, 2),
        (120, 28, 45, 7),  # more coins than a whole number of NumPy has bits
    )
)


def _parts(one, other) -> tuple[int, int, int]:
    pairs = list(zip(one, other, strict=True))
    return sum(b and not a for a, b in pairs), sum(a and not b for a, b in pairs), len(pairs)


def _tail(more: int, coins: int) -> float:
    return sum(comb(coins, heads) for heads in range(more, coins + 1)) / 2**coins


def _right(one, other) -> float:
    gained, lost, _ = _parts(one, other)
    return min(1.0, 2 * _tail(max(gained, lost), gained + lost))


def _of(formula):
    """`formula(gained, lost, all)` of two lists."""
    return lambda one, other: formula(*_parts(one, other))


_SLIPS = (
    (
        _of(lambda g, n, all: _tail(max(g, n), g + n)),
        "That is one side only. Heads and tails can both win: times 2.",
    ),
    (
        _of(lambda g, n, all: 2 * _tail(max(g, n), g + n)),
        "With as many heads as tails your result is above 1; a chance is at most 1.",
    ),
    (
        _of(lambda g, n, all: min(1, 2 * comb(g + n, max(g, n)) / 2 ** (g + n))),
        "That is the chance of exactly this split. Add those that are even more uneven.",
    ),
    (
        _of(lambda g, n, all: min(1, 2 * _tail(max(g, n) + 1, g + n))),
        "You count what is more uneven, and leave out this split itself: begin at the larger number.",
    ),
    (
        _of(lambda g, n, all: min(1, 2 * (_tail(max(g, n), g + n) - 0.5 ** (g + n)))),
        "Your sum stops one too early: the last number of heads is `coins` itself.",
    ),
    (
        _of(lambda g, n, all: min(1, 2 * _tail(g, g + n))),
        "You begin at the sentences that only the second way had right. Begin at the larger of the two numbers.",
    ),
    (
        _of(lambda g, n, all: min(1, 2 * _tail(n, g + n))),
        "You begin at the sentences that only the first way had right. Begin at the larger of the two numbers.",
    ),
    (
        _of(lambda g, n, all: min(1, 2 * _tail(max(g, n), all))),
        "You toss a coin for every sentence. Only those on which the two ways differ are coins.",
    ),
    (_of(lambda g, n, all: 1 - _right_of(g, n)), "That is the chance of a more even split: 1 minus yours."),
    (_of(lambda g, n, all: 100 * _right_of(g, n)), "Those are percent; return a chance from 0 to 1."),
)


def _right_of(gained: int, lost: int) -> float:
    return min(1.0, 2 * _tail(max(gained, lost), gained + lost))


def _told(one, other) -> str:
    gained, lost, all = _parts(one, other)
    return (
        f"For {all} sentences, {lost} of them right in `one` only and {gained} in `other` only, the chance is "
        f"{_right(one, other):.6g}"
    )


def _check(answer) -> str | None:
    return one_number(answer, _CASES, _right, _SLIPS, _told)


EXERCISE = Exercise(
    id="7b.2",
    title="Luck, or more than luck?",
    minutes=10,
    difficulty="medium",
    starter="def coin_test(one, other):\n    ...",
    answer="coin_test",
    check=_check,
    expects="a function that takes two lists of True and False and returns a number",
    hints=(
        "Which sentences are coins? Those where one list has True and the other False. Count each kind.",
        "`zip(one, other)` gives the two answers for each sentence, side by side. `sum` of True and False counts the "
        "True ones.",
        "With the larger number `more` of `coins`: `2 * sum(comb(coins, h) for h in range(more, coins + 1)) / "
        "2**coins`, and then `min(1, …)`.",
    ),
    why="Sentences on which both ways agree say nothing about the difference. If the ways were equally good, each "
    "other sentence would be a fair coin. The sum says how often coins fall that unevenly, to either side.",
    solution=_COINS,
    wrong=(
        Wrong(changed(_COINS, ("min(1, 2 * ways / 2**coins)", "ways / 2**coins")), "That is one side only"),
        Wrong(changed(_COINS, ("min(1, 2 * ways / 2**coins)", "2 * ways / 2**coins")), "a chance is at most 1"),
        Wrong(changed(_COINS, ("range(more, coins + 1)", "[more]")), "the chance of exactly this split"),
        Wrong(changed(_COINS, ("range(more,", "range(more + 1,")), "leave out this split itself"),
        Wrong(changed(_COINS, ("range(more, coins + 1)", "range(more, coins)")), "Your sum stops one too early"),
        Wrong(changed(_COINS, ("max(gained, lost)", "gained")), "that only the second way had right"),
        Wrong(changed(_COINS, ("max(gained, lost)", "lost")), "that only the first way had right"),
        Wrong(changed(_COINS, ("gained + lost, max", "len(pairs), max")), "a coin for every sentence"),
        Wrong(
            changed(_COINS, ("return min(1, 2 * ways / 2**coins)", "return 1 - min(1, 2 * ways / 2**coins)")), "1 minus"
        ),
        Wrong(changed(_COINS, ("return min(1, ", "return 100 * min(1, ")), "Those are percent"),
        Wrong(
            changed(_COINS, ("return min(1, 2 * ways / 2**coins)", "return gained, lost")), "should return one number"
        ),
        Wrong(
            changed(_COINS, ("2 * ways / 2**coins", "2 * ways / 1024")),
            "3 in `other` only, the chance is 1; given: a number",
        ),
    ),
    also_wrong=(
        changed(_COINS, ("return min(1, 2 * ways / 2**coins)", "return round(min(1, 2 * ways / 2**coins), 3)")),
        "def coin_test(one, other):\n    return 0.109375",
        "import numpy as np\n" + changed(_COINS, ("sum(b and", "np.int64(0) + sum(b and")),
    ),
    alternatives=(
        "from math import comb\n\n"
        "def coin_test(one, other):\n"
        "    gained = lost = 0\n"
        "    for a, b in zip(one, other):\n"
        "        if b > a:\n"
        "            gained += 1\n"
        "        elif a > b:\n"
        "            lost += 1\n"
        "    coins = gained + lost\n"
        "    uneven = [h for h in range(coins + 1) if abs(2 * h - coins) >= abs(gained - lost)]\n"
        "    return sum(comb(coins, h) for h in uneven) / 2**coins",
        "import numpy as np\nfrom math import factorial as f\n\n"
        "def coin_test(one, other):\n"
        "    one, other = np.array(one, dtype=bool), np.array(other, dtype=bool)\n"
        "    fewer = int(min((one & ~other).sum(), (other & ~one).sum()))\n"
        "    coins = int((one != other).sum())\n"
        "    low = sum(f(coins) // f(k) // f(coins - k) for k in range(fewer + 1))\n"
        "    return np.float64(min(2**coins, 2 * low)) / 2**coins",
    ),
    note="This is McNemar's test, exact to the last coin.",
)
