"""9b.1 Deal the names."""

from itertools import combinations

from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import one_number

_DEAL = (
    "from itertools import combinations\n\n"
    "def deal_test(first, second):\n"
    "    names = list(first) + list(second)\n"
    "    observed = abs(np.mean(first) - np.mean(second))\n"
    "    far, ways = 0, 0\n"
    "    for pile in combinations(range(len(names)), len(first)):\n"
    "        one = [names[i] for i in pile]\n"
    "        other = [names[i] for i in range(len(names)) if i not in pile]\n"
    "        far += abs(np.mean(one) - np.mean(other)) >= observed - 1e-9\n"
    "        ways += 1\n"
    "    return far / ways"
)

# Two lists of scores each. The sums are exact, but for the last two: there some means agree only but for rounding.
_CASES = (
    ([1.0, 2.0, 4.0], [3.0, 6.0, 9.0]),
    ([5.0, 9.0, 7.0, 8.0], [1.0, 4.0, 6.0, 2.0]),
    ([1.0, 1.0, 5.0], [1.0, 6.0, 8.0]),  # equal scores are different names
    ([2.0, 12.0], [1.0, 3.0, 4.0, 5.0]),  # two and four names
    ([0.5, 4.0, 0.25], [8.0, 1.0]),
    ([3.0], [1.0]),
    ([4.0, 4.0], [4.0, 4.0]),
    ([2.0, 8.0], [6.0, 4.0]),  # no difference at all
    ([0.0005, 0.004], [0.002, 0.0075]),  # as small as some probabilities
    ([-0.6, -0.2, 0.2], [-0.4, 0.1, 0.4]),
    ([0.8, 0.5, 0.1], [-0.1, -0.9, 0.7]),
)
_ROUNDED = _CASES[-2:]


def _gaps(first, second) -> list[float]:
    """Mean of pile one minus mean of pile two, for every way to deal; the first way deals the lists as they are."""
    names, size = [*first, *second], len(first)
    total, rest = sum(names), len(names) - size
    sums = [sum(names[i] for i in pile) for pile in combinations(range(len(names)), size)]
    return [one / size - (total - one) / rest for one in sums]


def _share(gaps, far) -> float:
    return sum(map(far, gaps)) / len(gaps)


def _right(first, second) -> float:
    gaps = _gaps(first, second)
    return _share(gaps, lambda gap: abs(gap) >= abs(gaps[0]) - 1e-9)


def _strict(first, second) -> float:
    gaps = _gaps(first, second)
    return _share(gaps, lambda gap: abs(gap) > abs(gaps[0]) + 1e-9)


def _upper(first, second) -> float:
    gaps = _gaps(first, second)
    return _share(gaps, lambda gap: gap >= gaps[0] - 1e-9)


def _lower(first, second) -> float:
    gaps = _gaps(first, second)
    return _share(gaps, lambda gap: gap <= gaps[0] + 1e-9)


def _signed(first, second) -> float:
    gaps = _gaps(first, second)
    return _share(gaps, lambda gap: abs(gap) >= gaps[0] - 1e-9)


def _sums(first, second) -> float:
    names, size = [*first, *second], len(first)
    ones = [sum(names[i] for i in pile) for pile in combinations(range(len(names)), size)]
    gaps = [2 * one - sum(names) for one in ones]
    return _share(gaps, lambda gap: abs(gap) >= abs(gaps[0]) - 1e-9)


def _flips(first, second) -> float:
    """Pairs by position, each turned or not: for two lists that belong together."""
    differences = [a - b for a, b in zip(first, second, strict=True)]
    means = [0.0]
    for value in differences:
        means = [mean + sign * value for mean in means for sign in (1, -1)]
    return sum(abs(mean) >= abs(sum(differences)) - 1e-9 for mean in means) / len(means)


def _count(first, second) -> float:
    return _right(first, second) * len(_gaps(first, second))


def _nearer(first, second) -> float:
    gaps = _gaps(first, second)
    return _share(gaps, lambda gap: abs(gap) <= abs(gaps[0]) + 1e-9)


def _values(first, second) -> float:
    """The second pile by value: a score that stands in the first pile is gone, however often it is there."""
    names, seen = [*first, *second], abs(sum(first) / len(first) - sum(second) / len(second))
    piles = [(pile, [x for x in names if x not in pile]) for pile in combinations(names, len(first))]
    # An empty pile has no mean: NumPy's nan is never as far.
    far = [bool(b) and abs(sum(a) / len(a) - sum(b) / len(b)) >= seen - 1e-9 for a, b in piles]
    return sum(far) / len(far)


_ONE_SIDE = (
    "You looked at one side only. Pile one may be above or below pile two: take every difference without its sign."
)
_SLIPS = (
    (_strict, "You counted the ways that lie farther apart than the real lists. Count those that are as far, too."),
    (_upper, _ONE_SIDE),
    (_lower, _ONE_SIDE),
    (_signed, "You compared with the real difference as it is: take it without its sign, too."),
    (_sums, "You compared sums. Lists can have different lengths: compare the means of the two piles."),
    (_flips, "You swapped pairs, as in 9.4. Names are no pairs: any names may lie together in a pile."),
    (_count, "You returned how many ways are as far apart; divide by the number of all ways."),
    (_nearer, "You counted the ways that are at most as far apart; count those that are at least as far."),
    (
        _values,
        "Two names can have the same score, and they are two names all the same: deal positions, not scores.",
    ),
)


def _told(first, second) -> str:
    ways = len(_gaps(first, second))
    far = round(_right(first, second) * ways)
    close_by = ", some of them only but for rounding" if (first, second) in _ROUNDED else ""
    return (
        f"For {first} and {second}, {far} of {ways} ways are at least as far apart{close_by}: "
        f"a share of {far / ways:.6g}"
    )


def _check(answer) -> str | None:
    return one_number(answer, _CASES, _right, _SLIPS, _told)


_EVERY = "abs(np.mean(one) - np.mean(other)) >= observed - 1e-9"

EXERCISE = Exercise(
    id="9b.1",
    title="Deal the names",
    minutes=13,
    difficulty="medium",
    starter="from itertools import combinations\n\n\ndef deal_test(first, second):\n    ...",
    answer="deal_test",
    check=_check,
    context="import numpy as np\n",
    expects="a function that takes two lists of numbers and returns a number",
    hints=(
        "Take two lists of two: A, B and C, D. Write down by hand which two can lie in pile 1. There are six ways.",
        "Put all scores into one list. A pile is a choice of positions in it; the other pile is all positions that are "
        "left. Count how often the two means are as far apart as the real ones.",
        "`for pile in combinations(range(len(names)), len(first)):` goes through all ways. The other pile is "
        "`[names[i] for i in range(len(names)) if i not in pile]`.",
    ),
    why="If the lists made no difference, the names could as well lie in any two piles. So every way to deal is as "
    "likely as the real one, and the share of those that are as far apart is the chance of luck alone.",
    solution=_DEAL,
    wrong=(
        Wrong(changed(_DEAL, (">= observed - 1e-9", "> observed + 1e-9")), "Count those that are as far, too"),
        Wrong(
            changed(
                _DEAL,
                ("observed = abs(np.mean(first) - np.mean(second))", "observed = np.mean(first) - np.mean(second)"),
                (_EVERY, "np.mean(one) - np.mean(other) >= observed - 1e-9"),
            ),
            "You looked at one side only",
        ),
        Wrong(
            changed(
                _DEAL,
                ("observed = abs(np.mean(first) - np.mean(second))", "observed = np.mean(first) - np.mean(second)"),
            ),
            "without its sign, too",
        ),
        Wrong(
            changed(
                _DEAL,
                ("abs(np.mean(first) - np.mean(second))", "abs(sum(first) - sum(second))"),
                ("abs(np.mean(one) - np.mean(other))", "abs(sum(one) - sum(other))"),
            ),
            "You compared sums",
        ),
        Wrong(changed(_DEAL, ("return far / ways", "return far")), "divide by the number of all ways"),
        Wrong(changed(_DEAL, (">= observed - 1e-9", "<= observed + 1e-9")), "at most as far apart"),
        Wrong(
            changed(
                _DEAL,
                ("combinations(range(len(names)), len(first))", "combinations(names, len(first))"),
                ("[names[i] for i in pile]", "list(pile)"),
                ("[names[i] for i in range(len(names)) if i not in pile]", "[x for x in names if x not in pile]"),
            ),
            "deal positions, not scores",
        ),
        Wrong(
            "from itertools import product\n\n"
            "def deal_test(first, second):\n"
            "    d = np.array(first) - np.array(second)\n"
            "    means = [abs(np.mean(d * np.array(signs))) for signs in product((1, -1), repeat=len(d))]\n"
            "    return np.mean([mean >= abs(np.mean(d)) - 1e-9 for mean in means])",
            "You swapped pairs, as in 9.4",
        ),
        Wrong(changed(_DEAL, ("return far / ways", "return [far / ways]")), "should return one number"),
        Wrong(changed(_DEAL, ("observed - 1e-9", "observed + 0.5")), "ways are at least as far apart"),
    ),
    also_wrong=(
        changed(_DEAL, ("return far / ways", "return (far + 1) / (ways + 1)")),
        changed(_DEAL, ("observed - 1e-9", "observed")),
        changed(_DEAL, ("observed - 1e-9", "observed - 1e-2")),
        changed(_DEAL, ("return far / ways", "return 1 - far / ways")),
        changed(_DEAL, ("return far / ways", "return round(far / ways, 1)")),
    ),
    alternatives=(
        changed(_DEAL, ("len(first)):", "len(second)):")),  # the same ways, with the piles swapped
        "from itertools import permutations\n\n"
        "def deal_test(first, second):\n"
        "    k, every = len(first), [*first, *second]\n"
        "    seen, far, ways = abs(sum(first) / k - sum(second) / len(second)), 0, 0\n"
        "    for order in permutations(every):\n"
        "        far += abs(sum(order[:k]) / k - sum(order[k:]) / (len(order) - k)) > seen - 1e-9\n"
        "        ways += 1\n"
        "    return far / ways",
        "from itertools import combinations\n\n"
        "def deal_test(first, second):\n"
        "    scores, k = np.array([*first, *second]), len(first)\n"
        "    piles = np.array(list(combinations(range(len(scores)), k)))\n"
        "    sums = scores[piles].sum(1)\n"
        "    gaps = abs(sums / k - (scores.sum() - sums) / (len(scores) - k))\n"
        "    return (gaps >= gaps[0] - 1e-9).mean()",
    ),
    note="`label_permutation_p` gives the same for two lists of equal length; where there are too many ways, it "
    "shuffles 10,000 times. With unequal lengths it differs: it counts in standard errors how far apart the piles are.",
)
