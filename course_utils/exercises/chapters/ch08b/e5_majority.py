"""8b.5 The majority of many answers."""

from course_utils.describing import describe
from course_utils.exercises.answers import Slip, as_text, call
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import known_slip

from .shared import made, slips, wrong_answers

_MAJORITY = (
    "def majority(answers):\n"
    "    best, most = None, 0\n"
    "    for answer in answers:\n"
    '        if answer != "" and answers.count(answer) > most:\n'
    "            best, most = answer, answers.count(answer)\n"
    "    return best"
)
_EMPTY = 'answer != "" and '
_MISTAKES = (
    (((_EMPTY, ""),), 'You count the empty texts, too. An empty text "" means *no answer*, and does not vote.'),
    (
        (("answers.count(answer) > most", "answers.count(answer) >= most"),),
        "If two answers are equally frequent, you take the one that comes last. The one that comes first should win.",
    ),
    (
        ((_EMPTY, ""), ("answers.count(answer) > most", "answers.count(answer) >= most")),
        "Empty texts do not vote; and if two answers are equally frequent, the one that comes first should win.",
    ),
    (
        (("    return best", "    return most"),),
        "That is how often the answer was given. The answer itself is wanted.",
    ),
    (
        (("    return best", "    return best if most > len(answers) / 2 else None"),),
        "You ask for more than half of all votes. The most frequent answer wins, however few votes it has.",
    ),
    (
        (
            (
                "best, most = None, 0\n    for answer in answers",
                "best, most = None, 0\n    for answer in sorted(answers)",
            ),
        ),
        "If two answers are equally frequent, you take the first of the alphabet. The one that comes first in the list "
        "should win.",
    ),
    (
        (("    return best", "    return best or ''"),),
        "If nobody voted, the result should be None; yours is an empty text.",
    ),
    (
        (("answers.count(answer) > most", "(best is None or answers.count(answer) < most)"),),
        "You take the rarest answer; the most frequent one wins.",
    ),
    (
        (("best, most = answer", "return answer\n            best, most = answer"),),
        "That is the first answer of the list. Count all of them.",
    ),
)
_CASES = (
    (["ate", "eaten", "ate", "eat"],),
    (["9", "12", "12", "9"],),
    (["12", "9", "12", "9"],),
    (["", "", "", "7", "7", "8"],),
    ([],),
    (["", ""],),
    (["pear", "apple"],),
    (["b", "c", "c", "a", "a", "b", "b"],),
    (["x"],),
    (["5", "", "6", "6", "", ""],),
    (["apple", "pear"],),
    (["north", "west", "east", "south"],),
    (["12", "1", "12"],),  # one text stands in another
    (["Bee", "bee", "wasp", "wasp"],),
    (["z", "z", "y", "y", "y", "x", "x", "w"],),
)


def _read(value):
    return None if value is None else as_text(value) or describe(value)


def _given(answer, answers):
    """What the answer returns; None is a right answer here, which `call` takes for a forgotten `return`."""
    try:
        return call(answer, answers)
    except Slip as slip:
        if "returned None" in slip.message:
            return None
        raise


def _check(answer) -> str | None:
    if all(_given(answer, *case) is None for case in _CASES):
        call(answer, *_CASES[0])  # which says so
    for (answers,) in _CASES:
        value, right = _given(answer, answers), made(_MAJORITY, "majority")(answers)
        if _read(value) == right:
            continue
        known = [(lambda answers, f=f: _read(f(answers)), says) for f, says in slips(_MAJORITY, "majority", _MISTAKES)]
        return known_slip(answer, _CASES, known, _read) or (
            f"Of the answers {answers} the winner is {right!r}; given: {describe(value)}."
        )
    return None


EXERCISE = Exercise(
    id="8b.5",
    title="The majority of many answers",
    minutes=8,
    difficulty="easy",
    starter="def majority(answers):\n    ...",
    answer="majority",
    check=_check,
    expects="a function that takes a list of texts and returns one of them, or None",
    hints=(
        "Take the list `['', '9', '12', '12', '9']` on paper. Who votes, how many votes has each, who comes first?",
        'Leave out the empty texts: `voted = [answer for answer in answers if answer != ""]`. If none is left, return '
        "None.",
        "`max(voted, key=voted.count)` is the entry with the highest count, the first one if there are several.",
    ),
    solution=_MAJORITY,
    why="The loop goes through the list from the front and changes its mind only for an answer with more votes. So of "
    "two answers with the same number of votes, the earlier one stays.",
    wrong=(
        *wrong_answers(_MAJORITY, _MISTAKES),
        Wrong(
            "def majority(answers):\n    voted = [a for a in answers if a]\n    return max(voted, key=voted.count)",
            "ValueError",
            status="error in your code",
        ),
        Wrong(
            "def majority(answers):\n    return max(answers, default=None)",
            "the winner is 'ate'; given: text (`'eaten'`)",
        ),
        Wrong("def majority(answers):\n    max(answers, key=answers.count, default=None)", "did you forget `return`"),
        Wrong(changed(_MAJORITY, ("return best", "return [best]")), "is 'ate'; given: a list"),
    ),
    also_wrong=(
        "def majority(answers):\n    voted = sorted(a for a in answers if a)\n    return voted[len(voted) // 2]",
        "from collections import Counter\n\ndef majority(answers):\n    return Counter(answers).most_common(1)[0][0]",
        "def majority(answers):\n    voted = [a.lower() for a in answers if a]\n"
        "    return max(voted, key=voted.count, default=None)",
        "def majority(answers):\n    voted = [a for a in answers if a]\n"
        '    return max(voted, key="".join(voted).count, default=None)',
        changed(_MAJORITY, ("return best", "return best.upper() if best else None")),
    ),
    alternatives=(
        "from collections import Counter\n\ndef majority(answers):\n    votes = Counter(a for a in answers if a)\n"
        "    return votes.most_common(1)[0][0] if votes else None",
        'def majority(answers):\n    voted = [a for a in answers if a != ""]\n'
        "    return max(voted, key=voted.count, default=None)",
        "def majority(answers):\n    votes = {}\n    for answer in answers:\n        if answer:\n"
        "            votes[answer] = votes.get(answer, 0) + 1\n"
        "    ordered = sorted(votes.items(), key=lambda pair: -pair[1])\n    return ordered[0][0] if ordered else None",
    ),
    note="Sorting by votes is fine, too: Python's sort leaves entries with equal votes in their old order.",
)
