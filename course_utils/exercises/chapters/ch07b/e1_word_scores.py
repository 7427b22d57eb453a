"""7b.1 A score for every word."""

import math
from collections import Counter

from course_utils.exercises.answers import call, close, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import known_slip

_SCORES = (
    "import math\n\n"
    "def word_scores(examples):\n"
    "    counts, totals = [{}, {}], [0, 0]\n"
    "    for words, label in examples:\n"
    "        totals[label] += 1\n"
    "        for word in words:\n"
    "            counts[label][word] = counts[label].get(word, 0) + 1\n"
    "    scores = {}\n"
    "    for word in {**counts[0], **counts[1]}:\n"
    "        praise = (counts[1].get(word, 0) + 1) / (totals[1] + 2)\n"
    "        blame = (counts[0].get(word, 0) + 1) / (totals[0] + 2)\n"
    "        scores[word] = math.log(praise / blame)\n"
    "    return scores"
)

_CASES = (
    (
        [
            ({"a", "fine", "film"}, 1),
            ({"fine", "songs"}, 1),
            ({"a", "dull", "film"}, 0),
            ({"a", "long", "dull", "film"}, 0),
        ],
    ),
    ([({"good", "fun"}, 1), ({"good"}, 1), ({"good", "long"}, 1), ({"bad"}, 0)],),
    ([({"no", "yes"}, 0), ({"no"}, 0), ({"no", "way"}, 0), ({"no"}, 0), ({"yes"}, 1)],),
    ([({"bad"}, 0), (set(), 1)],),
    ([({"good"}, 1)],),
    ([({"not bad", "not", "bad"}, 1), ({"Bad", "badly"}, 0), ({"bad", "Not"}, 0)],),
    ([({"good"}, 1)] * 30 + [({"bad"}, 0)] * 25,),
    ([],),
)


def _counted(examples):
    counts, totals = (Counter(), Counter()), [0, 0]
    for words, label in examples:
        counts[label].update(words)
        totals[label] += 1
    return counts, totals


def _made(formula):
    """A function that gives each word `formula(in praise, in blame, praising sentences, blaming sentences)`."""

    def scores(examples):
        counts, totals = _counted(examples)
        return {w: formula(counts[1][w], counts[0][w], totals[1], totals[0]) for w in counts[0] | counts[1]}

    return scores


def _right(a, b, praise, blame) -> float:
    return math.log((a + 1) / (praise + 2)) - math.log((b + 1) / (blame + 2))


_NO_TWO = "below the line 2 is missing: the number of sentences plus 2."
_SLIPS = (
    (
        _made(lambda a, b, p, q: -_right(a, b, p, q)),
        "the sign is turned: a word of praise should have a score above 0. Divide praise by blame.",
    ),
    (
        _made(lambda a, b, p, q: math.exp(_right(a, b, p, q))),
        "that is the quotient itself. The last step is missing: its logarithm, `math.log`.",
    ),
    (
        _made(lambda a, b, p, q: _right(a, b, p, q) / math.log(2)),
        "that is the logarithm to base 2. `math.log(x)` takes the natural one.",
    ),
    (
        _made(lambda a, b, p, q: _right(a, b, p, q) / math.log(10)),
        "that is the logarithm to base 10. `math.log(x)` takes the natural one.",
    ),
    (
        _made(lambda a, b, p, q: math.log((a + 1) / (b + 1))),
        "your scores are those of the counts plus 1, as if praise and blame had equally many sentences. Divide each by "
        "its own number of sentences plus 2.",
    ),
    (
        _made(lambda a, b, p, q: math.log((a + 1) / max(p, 1)) - math.log((b + 1) / max(q, 1))),
        _NO_TWO,
    ),
    (_made(lambda a, b, p, q: math.log((a + 1) / p / ((b + 1) / q))), _NO_TWO),
    (
        _made(lambda a, b, p, q: math.log((a + 1) / (p + 1)) - math.log((b + 1) / (q + 1))),
        "you added 1 below the line, too; there it is 2.",
    ),
    (
        _made(lambda a, b, p, q: (a + 1) / (p + 2) - (b + 1) / (q + 2)),
        "you subtracted the shares. Divide one by the other, then take the logarithm.",
    ),
)


def _check(answer) -> str | None:
    for (examples,) in _CASES:
        value, right = call(answer, examples), _made(_right)(examples)
        counts, (blames, praises) = _counted(examples)
        told = f"With {praises} praising and {blames} blaming sentences,"
        if not is_a(value, dict):
            return f"{told} your function should return a dictionary of words and scores; given: {describe(value)}."
        given = dict(value)
        if missing := sorted(right.keys() - given.keys()):
            side = "praise" if missing[0] not in counts[0] else "blame" if missing[0] not in counts[1] else "both"
            return (
                f"{told} the word {missing[0]!r} has no score. It stands in {side}; every word that stands in a "
                "sentence needs one."
            )
        if more := [word for word in given if word not in right]:
            return f"{told} {describe(more[0])} has a score, and is no word of these sentences."
        if not close(given, right, 1e-6):
            says = known_slip(answer, _CASES, _SLIPS, lambda v: dict(v) if is_a(v, dict) else None)
            word = next(word for word in sorted(right) if not close(given[word], right[word], 1e-6))
            shown = (
                f"{told} a word in {counts[1][word]} of praise and {counts[0][word]} of blame, here {word!r}, has the "
                f"score {right[word]:.3f}, and you have {describe(given[word])}"
            )
            return f"{shown}: {says}" if says else f"{shown}."
    return None


EXERCISE = Exercise(
    id="7b.1",
    title="A score for every word",
    minutes=12,
    difficulty="medium",
    starter="def word_scores(examples):\n    ...",
    answer="word_scores",
    check=_check,
    expects="a function that takes a list of pairs of words and label, and returns a dictionary",
    hints=(
        "First count, then compute. How many praising sentences hold the word? How many blaming ones?",
        "Two dictionaries for the counts, one for each label, and two numbers for the sentences. `counts.get(word, 0)` "
        "is 0 for a word that the dictionary does not have.",
        "`math.log(((praise.get(word, 0) + 1) / (praises + 2)) / ((blame.get(word, 0) + 1) / (blames + 2)))`, for "
        "every word of either dictionary.",
    ),
    why="Each word is compared with itself: how common is it in praise, how common in blame? The added 1 and 2 keep a "
    "share from being 0, which has no logarithm. Logarithms turn the product of many words into a sum.",
    solution=_SCORES,
    wrong=(
        Wrong(changed(_SCORES, ("praise / blame", "blame / praise")), "the sign is turned"),
        Wrong(changed(_SCORES, ("math.log(praise / blame)", "praise / blame")), "that is the quotient itself"),
        Wrong(changed(_SCORES, ("math.log(", "math.log2(")), "the logarithm to base 2"),
        Wrong(changed(_SCORES, ("math.log(", "math.log10(")), "the logarithm to base 10"),
        Wrong(
            changed(_SCORES, (" / (totals[1] + 2)", ""), (" / (totals[0] + 2)", "")),
            "as if praise and blame had equally many",
        ),
        Wrong(
            changed(_SCORES, ("totals[1] + 2", "totals[1] + 1"), ("totals[0] + 2", "totals[0] + 1")), "there it is 2"
        ),
        Wrong(
            changed(_SCORES, ("totals[1] + 2", "max(totals[1], 1)"), ("totals[0] + 2", "max(totals[0], 1)")),
            "below the line 2 is missing",
        ),
        Wrong(changed(_SCORES, ("math.log(praise / blame)", "praise - blame")), "you subtracted the shares"),
        Wrong(changed(_SCORES, ("in {**counts[0], **counts[1]}", "in counts[1]")), "It stands in blame"),
        Wrong(changed(_SCORES, ("in {**counts[0], **counts[1]}", "in counts[0]")), "It stands in praise"),
        Wrong(changed(_SCORES, ("return scores", "return sorted(scores)")), "should return a dictionary"),
        Wrong(
            changed(_SCORES, ("word, 0) + 1) / (totals[0]", "word, 0)) / (totals[0]")),
            "ZeroDivisionError",
            status="error in your code",
        ),
        Wrong(changed(_SCORES, ("return scores", "return {**scores, 'the end': 0.0}")), "and is no word of these"),
        Wrong(changed(_SCORES, ("totals[1] + 2", "2 + 2"), ("totals[0] + 2", "3 + 2")), "you have a number (`-0.18"),
    ),
    also_wrong=(
        changed(_SCORES, ("totals[1] + 2", "sum(totals) + 2"), ("totals[0] + 2", "sum(totals) + 2")),
        changed(_SCORES, ("math.log(praise / blame)", "round(math.log(praise / blame), 2)")),
        changed(_SCORES, ("math.log(praise / blame)", "max(math.log(praise / blame), 0)")),
        changed(_SCORES, (", 0) + 1) / (totals[1]", ", 0) + 2) / (totals[1]")),
        changed(_SCORES, ("math.log(praise / blame)", "min(2, math.log(praise / blame))")),
        changed(_SCORES, ("scores[word]", "scores[word.lower()]")),
        changed(_SCORES, ("for word in words:", "for word in ' '.join(words).split():")),
    ),
    alternatives=(
        "import math\nfrom collections import Counter\n\n"
        "def word_scores(examples):\n"
        "    praise = Counter(word for words, label in examples if label == 1 for word in words)\n"
        "    blame = Counter(word for words, label in examples if label == 0 for word in words)\n"
        "    n1 = len([label for _, label in examples if label])\n"
        "    n0 = len(examples) - n1\n"
        "    return {w: math.log(praise[w] + 1) - math.log(n1 + 2) - math.log(blame[w] + 1) + math.log(n0 + 2)\n"
        "            for w in praise | blame}",
        "import numpy as np\n\n"
        "def word_scores(examples):\n"
        "    scores = {}\n"
        "    for word in set().union(*(words for words, _ in examples)):\n"
        "        shares = []\n"
        "        for side in (0, 1):\n"
        "            some = [words for words, label in examples if label == side]\n"
        "            shares.append((sum(word in words for words in some) + 1) / (len(some) + 2))\n"
        "        scores[word] = np.log(shares[1]) - np.log(shares[0])\n"
        "    return scores",
        "import torch\n\n"
        "def word_scores(examples):\n"
        "    labels = torch.tensor([label for _, label in examples], dtype=torch.float64)\n"
        "    found = {}\n"
        "    for word in {w for words, _ in examples for w in words}:\n"
        "        has = torch.tensor([float(word in words) for words, _ in examples], dtype=torch.float64)\n"
        "        praise = ((has * labels).sum() + 1) / (labels.sum() + 2)\n"
        "        blame = ((has * (1 - labels)).sum() + 1) / ((1 - labels).sum() + 2)\n"
        "        found[word] = (praise / blame).log().item()\n"
        "    return found",
    ),
    note="You have trained a classifier, without one gradient. It is called naive Bayes.",
)
