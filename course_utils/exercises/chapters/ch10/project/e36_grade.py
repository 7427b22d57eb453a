"""10.36 An honest grade."""

from course_utils.describing import describe, is_a
from course_utils.exercises.answers import as_number, as_text, call, close
from course_utils.exercises.records import Exercise, Wrong, changed

_GRADED = """\
def grade(right, said):
    found = {}
    for kind, answer in zip(right, said):
        found.setdefault(kind, []).append(answer == kind)
    share = {kind: sum(hits) / len(hits) for kind, hits in found.items()}
    return {
        "accuracy": sum(map(sum, found.values())) / len(right),
        "always": max(map(len, found.values())) / len(right),
        "weakest": min(share, key=share.get),
    }"""


_ACCURACY, _ALWAYS = "sum(map(sum, found.values())) / len(right)", "max(map(len, found.values())) / len(right)"


_KEYS = ("accuracy", "always", "weakest")


# (right, said, accuracy, always, weakest)
_TESTS = (
    (
        ["fault"] * 8 + ["wish"] * 6 + ["thanks"] * 4 + ["question"] * 2,
        ["fault"] * 3 + ["thanks"] * 5 + ["wish"] * 2 + ["thanks"] * 8 + ["question", "fault"],
        (10 / 20, 8 / 20, "wish"),
    ),
    (["wish", "fault", "wish"], ["fault", "idea", "wish"], (1 / 3, 2 / 3, "fault")),
    (list("babaccb"), list("baddccd"), (4 / 7, 3 / 7, "b")),  # 1 of 3 b, 1 of 2 a; d is said, never right
    (["thanks"] * 3, ["wish"] * 3, (0.0, 1.0, "thanks")),
    (list("aaaaab"), list("aaaabb"), (5 / 6, 5 / 6, "a")),
)


def _fewest(score, kinds) -> set:
    """All the kinds with the lowest score."""
    return {kind for kind in kinds if score(kind) == min(map(score, kinds))}


def _hits(right, said, kind=None) -> int:
    return sum(r == s and kind in (None, r) for r, s in zip(right, said, strict=True))


# What a wrong answer may have counted, said only if it agrees with the answer in all five tests.
_SLIPS = {
    "accuracy": (
        (lambda r, s: {100 * _hits(r, s) / len(r)}, "Your accuracy is in percent; return a share, from 0 to 1."),
        (lambda r, s: {_hits(r, s)}, "Your accuracy is how many are right; divide by how many there are."),
    ),
    "always": (
        (
            lambda r, s: {max(map(s.count, s)) / len(s)},
            "Your `always` is the share of the kind that was said most often; take that of the *right* kinds.",
        ),
        (
            lambda r, s: {1 / len(set(r))},
            "Your `always` is 1 by the number of kinds, as by guessing; the most frequent kind is right more often.",
        ),
        (
            lambda r, s: {max(map(r.count, r))},
            "Your `always` is a number of messages; divide it by how many there are.",
        ),
    ),
    "weakest": (
        (
            lambda r, s: _fewest(lambda kind: _hits(r, s, kind), set(r)),
            "Your `weakest` has the fewest messages that were found. A rare kind has few anyway: compare shares.",
        ),
        (
            lambda r, s: _fewest(lambda kind: _hits(r, s, kind) - r.count(kind), set(r)),
            "Your `weakest` has the most misses. A frequent kind has many anyway: compare shares.",
        ),
        (
            lambda r, s: _fewest(lambda kind: _hits(r, s, kind) / max(1, s.count(kind)), set(s)),
            "Your `weakest` is the kind that is least often right *when it is said*. Ask which share of each right "
            "kind was found.",
        ),
        (
            lambda r, s: _fewest(lambda kind: _hits(r, s, kind) / max(1, r.count(kind)), set(r + s)),
            "Your `weakest` may be a kind that is said and never right: there was nothing of it to find. Compare the "
            "kinds in `right`.",
        ),
        (
            lambda r, s: _fewest(lambda kind: -_hits(r, s, kind) / r.count(kind), set(r)),
            "Your `weakest` is the kind of which the *largest* share was found.",
        ),
    ),
}


def _check_grade(answer) -> str | None:
    given = []
    for right, said, _ in _TESTS:
        value = call(answer, right, said)
        if not is_a(value, dict) or not set(_KEYS) <= set(dict.keys(value)):
            return f"Your function should return a dictionary with {', '.join(_KEYS)}; given: {describe(value)}."
        given.append([dict.__getitem__(value, key) for key in _KEYS])
    for place, key in enumerate(_KEYS):
        mine = [row[place] for row in given]
        wrong = [n for n, (*_, wanted) in enumerate(_TESTS) if not _same(mine[n], wanted[place])]
        if wrong:
            for counted, sentence in _SLIPS[key]:
                if all(any(_same(m, c) for c in counted(r, s)) for m, (r, s, _) in zip(mine, _TESTS, strict=True)):
                    return sentence
            return _sentence(key, *_TESTS[wrong[0]], mine[wrong[0]])
    return None


def _same(given, wanted) -> bool:
    if type(wanted) is str:
        return as_text(given) == wanted
    return close(as_number(given), float(wanted), 0.005)  # two decimals are enough


def _sentence(key: str, right, said, wanted, mine) -> str:
    kinds = list(dict.fromkeys(right))
    if key == "weakest":
        fact = ", ".join(f"{_hits(right, said, kind)} of {right.count(kind)} {kind}" for kind in kinds)
        fact = f"{wanted[2]!r}: found were {fact}"
    elif key == "always":
        most = max(kinds, key=right.count)
        fact = f"{wanted[1]:.2f}: {right.count(most)} of {len(right)} right kinds are {most}, the most frequent"
    else:
        fact = f"{wanted[0]:.2f}: {_hits(right, said)} of {len(right)} are right"
    asked = f"right={right}, said={said}" if len(right) < 10 else "twenty messages"
    return f"For {asked}, `{key}` should be {fact}. Given: {describe(mine)}."


EXERCISE = Exercise(
    id="10.36",
    title="An honest grade",
    minutes=8,
    difficulty="easy",
    starter="def grade(right, said):\n    ...",
    answer="grade",
    check=_check_grade,
    expects="a function that returns a dictionary with accuracy, always and weakest",
    hints=(
        "Take five messages of two kinds and grade them by hand. Which of the three results needs `right` only?",
        "For every kind in `right`, collect for each of its messages whether `said` agrees.",
        "`always` needs `right` only: the most frequent kind, `collections.Counter(right)`, divided by all.",
    ),
    solution=_GRADED,
    why=(
        "For each right kind a list of hits is enough: all hits by all messages are the accuracy, the longest list is "
        "the lazy answer, and the lowest mean of a list is the weakest kind."
    ),
    wrong=(
        Wrong(changed(_GRADED, (_ACCURACY, "100 * " + _ACCURACY)), "in percent"),
        Wrong(changed(_GRADED, (_ACCURACY, "sum(map(sum, found.values()))")), "how many are right; divide"),
        Wrong(changed(_GRADED, (_ACCURACY, "sum(map(sum, found.values())) / 40")), "10 of 20 are right"),
        Wrong(
            changed(_GRADED, (_ALWAYS, "max(map(said.count, said)) / len(said)")), "the kind that was said most often"
        ),
        Wrong(changed(_GRADED, (_ALWAYS, "1 / len(found)")), "as by guessing"),
        Wrong(changed(_GRADED, (_ALWAYS, "max(map(len, found.values()))")), "a number of messages"),
        Wrong(changed(_GRADED, (_ALWAYS, "right.count('fault') / len(right)")), "2 of 3 right kinds are wish"),
        Wrong(changed(_GRADED, ("sum(hits) / len(hits)", "sum(hits)")), "the fewest messages that were found"),
        Wrong(changed(_GRADED, ("sum(hits) / len(hits)", "-hits.count(False)")), "has the most misses"),
        Wrong(
            changed(
                _GRADED,
                ("found.setdefault(kind, [])", "found.setdefault(answer, [])"),
                ("max(map(len, found.values()))", "max(map(right.count, right))"),
            ),
            "*when it is said*",
        ),
        Wrong(
            changed(
                _GRADED, ("    return {", "    share |= {kind: 0 for kind in said if kind not in right}\n    return {")
            ).replace("min(share", "min(sorted(share, reverse=True)"),
            "there was nothing of it to find",
        ),
        Wrong(changed(_GRADED, ("min(share", "max(share")), "the *largest* share"),
        Wrong(changed(_GRADED, ("min(share, key=share.get)", "min(share.values())")), "found were 3 of 8 fault"),
    ),
    also_wrong=(
        changed(_GRADED, (_ALWAYS, "right.count(max(said, key=said.count)) / len(right)")),
        changed(
            _GRADED, ("    return {", "    share |= {kind: 0 for kind in said if kind not in right}\n    return {")
        ),
        changed(
            _GRADED,
            ("    found = {}", "    found = {kind: [False] for kind in ('question', 'fault', 'wish', 'thanks')}"),
        ),
    ),
    alternatives=(
        "from collections import Counter\n"
        "\n"
        "def grade(right, said):\n"
        "    asked = Counter(right)\n"
        "    hit = Counter(r for r, s in zip(right, said) if r == s)\n"
        "    worst = sorted(asked, key=lambda kind: hit[kind] / asked[kind])[0]\n"
        "    most = asked.most_common(1)[0][1]\n"
        "    return dict(accuracy=hit.total() / len(right), always=most / len(right), weakest=worst)",
        "import numpy as np\n"
        "\n"
        "def grade(right, said):\n"
        "    right, said = np.array(right), np.array(said)\n"
        "    names, counts = np.unique(right, return_counts=True)\n"
        "    shares = [float((said[right == name] == name).mean()) for name in names]\n"
        "    hits, most = round((right == said).mean(), 2), round(counts.max() / len(right), 2)\n"
        "    return dict(accuracy=hits, always=most, weakest=names[np.argmin(shares)], shares=shares)",
    ),
    note="The share found of a kind is its *recall*.",
)
