"""3.3 Word error rate."""

from collections import Counter

from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import one_number

_ERRORS = (
    "def word_error_rate(said, heard):\n"
    "    row = list(range(len(heard) + 1))  # from no word said to each beginning of heard\n"
    "    for i, word in enumerate(said, 1):\n"
    "        above, row = row, [i]\n"
    "        for j, other in enumerate(heard, 1):\n"
    "            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (word != other)))\n"
    "    return row[-1] / len(said)"
)


_CASES = tuple(
    (said.split(), heard.split())
    for said, heard in (
        ("ask not what your country can do", "ask not what your country can do"),
        ("ask not what your country can do", "ask what your county can do it"),
        ("thank you", "thank you so very much"),  # more errors than words
        ("come in", "in come"),
        ("yes yes", "yes"),
        ("bye bye", "by bye"),
        ("no no no", "no so no"),
        ("no no no", "go no so"),
        ("no", "well oh no"),  # two words ahead
        ("a b c x y", "x y a b c"),
        ("Is it May", "is it may"),
        ("stop.", "stop"),
        ("hello you", ""),
        ("a b c b", "b c b d"),
    )
)


def _edits(said, heard, replaced=1, added=1) -> int:
    """The cheapest way from one to the other, with these prices for a replaced and an added word."""
    row = [j * added for j in range(len(heard) + 1)]
    for i, word in enumerate(said, 1):
        above, row = row, [i]
        for j, other in enumerate(heard, 1):
            row.append(min(above[j] + 1, row[j - 1] + added, above[j - 1] + replaced * (word != other)))
    return row[-1]


def _by_position(said, heard) -> float:
    return (sum(a != b for a, b in zip(said, heard, strict=False)) + abs(len(said) - len(heard))) / len(said)


def _bags(said, heard) -> float:
    lost, added = Counter(said) - Counter(heard), Counter(heard) - Counter(said)
    return max(lost.total(), added.total()) / len(said)


_SLIPS = (
    (_edits, "That is the number of errors; divide it by the number of words that were said."),
    (lambda s, h: 100 * _edits(s, h) / len(s), "Those are percent: return the share, without `100 *`."),
    (
        lambda s, h: _edits(s, h) / len(h),
        "You divided by the number of words heard; divide by the number of words said.",
    ),
    (
        lambda s, h: _edits(s, h) / max(len(s), len(h)),
        "You divided by the length of the longer list; divide by the number of words said.",
    ),
    (
        lambda s, h: min(1, _edits(s, h) / len(s)),
        "A rate may be above 1: three words added to two make 1.5. Do not cut it off.",
    ),
    (
        _by_position,
        "You compared position by position: after one lost word every word stands one place too early, and each counts "
        "as an error. Allow deletions and insertions.",
    ),
    (
        lambda s, h: _edits(s, h, replaced=2) / len(s),
        "You counted a replaced word as two errors, one deleted and one inserted; a replacement is one.",
    ),
    (lambda s, h: _edits(s, h, added=0) / len(s), "Words that were heard and not said are errors too: count them."),
    (
        lambda s, h: sum(word not in h for word in s) / len(s),
        "You counted the words that were not heard at all. Words in the wrong place, heard too seldom or added are "
        "errors too.",
    ),
    (_bags, "The order counts: *in come* for *come in* is not a perfect transcript."),
    (
        lambda s, h: len(set(s) ^ set(h)) / len(s),
        "Sets of words forget the order and how often a word stands there, and a replaced word counts twice.",
    ),
    (
        lambda s, h: _edits([w.lower() for w in s], [w.lower() for w in h]) / len(s),
        "Your function takes words that differ in their capitals for the same. Here they are different words.",
    ),
)


def _check_errors(answer) -> str | None:
    def right(said, heard) -> float:
        return _edits(said, heard) / len(said)

    def told(said, heard) -> str:
        rate = f"{_edits(said, heard)} / {len(said)} = {right(said, heard):.4g}"
        return f"For said `{said}` and heard `{heard}` the rate is {rate}"

    return one_number(answer, _CASES, right, _SLIPS, told)


EXERCISE = Exercise(
    id="3.3",
    title="Word error rate",
    minutes=15,
    difficulty="hard",
    starter="def word_error_rate(said, heard):\n    ...",
    answer="word_error_rate",
    check=_check_errors,
    expects="a function that returns one number",
    why="Each entry of the table is the cheapest of three ways: a word lost, a word added, or both lists one "
    "word further. "
    "So the last entry holds the fewest errors for the whole lists. The solution keeps only two rows of the table.",
    hints=(
        "Begin with the edges of the table. How many errors are there if two words were said and nothing was heard? If "
        "nothing was said and three words were heard?",
        "`errors[i][0]` is `i`, and `errors[0][j]` is `j`. Every other entry comes from three neighbours: the word was "
        "lost (from above), a word was added (from the left), or both lists go on by one word (from above left).",
        "`errors[i][j]` is the smallest of `errors[i - 1][j] + 1`, `errors[i][j - 1] + 1`, and "
        "`errors[i - 1][j - 1]` plus 1 if the two words differ.",
    ),
    solution=_ERRORS,
    wrong=(
        Wrong(changed(_ERRORS, (" / len(said)", "")), "That is the number of errors"),
        Wrong(changed(_ERRORS, ("return row[-1]", "return 100 * row[-1]")), "Those are percent"),
        Wrong(changed(_ERRORS, ("/ len(said)", "/ len(heard)")), "by the number of words heard"),
        Wrong(changed(_ERRORS, ("/ len(said)", "/ max(len(said), len(heard))")), "the length of the longer list"),
        Wrong(changed(_ERRORS, ("+ (word != other)", "+ 2 * (word != other)")), "You counted a replaced word as two"),
        Wrong(
            changed(_ERRORS, ("return row[-1] / len(said)", "return min(1, row[-1] / len(said))")),
            "A rate may be above 1",
        ),
        Wrong(
            "def word_error_rate(said, heard):\n"
            "    wrong = sum(a != b for a, b in zip(said, heard)) + abs(len(said) - len(heard))\n"
            "    return wrong / len(said)",
            "You compared position by position",
        ),
        Wrong(
            "def word_error_rate(said, heard):\n    return sum(word not in heard for word in said) / len(said)",
            "You counted the words that were not heard",
        ),
        Wrong(
            changed(
                _ERRORS, ("row[j - 1] + 1", "row[j - 1]"), ("list(range(len(heard) + 1))", "[0] * (len(heard) + 1)")
            ),
            "heard and not said",
        ),
        Wrong(
            "from collections import Counter\n\n"
            "def word_error_rate(said, heard):\n"
            "    one, other = Counter(said), Counter(heard)\n"
            "    return max((one - other).total(), (other - one).total()) / len(said)",
            "The order counts",
        ),
        Wrong(
            "def word_error_rate(said, heard):\n    return len(set(said) ^ set(heard)) / len(said)",
            "Sets of words forget",
        ),
        Wrong(changed(_ERRORS, ("(word != other)", "(word.lower() != other.lower())")), "differ in their capitals"),
    ),
    also_wrong=(
        # the longest common piece first: not always the fewest errors
        "from difflib import SequenceMatcher\n\n"
        "def word_error_rate(said, heard):\n"
        "    codes = SequenceMatcher(None, said, heard, autojunk=False).get_opcodes()\n"
        '    return sum(max(b - a, d - c) for op, a, b, c, d in codes if op != "equal") / len(said)',
        # looks one word ahead only
        "def word_error_rate(said, heard):\n"
        "    i = j = errors = 0\n"
        "    while i < len(said) and j < len(heard):\n"
        "        lost = said[i + 1 : i + 2] == [heard[j]]\n"
        "        added = heard[j + 1 : j + 2] == [said[i]]\n"
        "        errors += said[i] != heard[j]\n"
        "        if said[i] == heard[j] or not (lost or added):\n"
        "            i, j = i + 1, j + 1\n"
        "        elif lost:\n"
        "            i += 1\n"
        "        else:\n"
        "            j += 1\n"
        "    return (errors + len(said) - i + len(heard) - j) / len(said)",
        changed(_ERRORS, ("    row = list(", "    first = heard[0]\n    row = list(")),
        changed(_ERRORS, ("return row[-1] / len(said)", "return round(row[-1] / len(said), 2)")),
        changed(_ERRORS, ("(word != other)", "(word.strip('.') != other.strip('.'))")),
        changed(_ERRORS, ("list(range(len(heard) + 1))", "[0] * (len(heard) + 1)")),
    ),
    alternatives=(
        "from functools import cache\n\n"
        "def word_error_rate(said, heard):\n"
        "    @cache\n"
        "    def errors(i, j):\n"
        "        if not i or not j:\n"
        "            return i + j\n"
        "        same = errors(i - 1, j - 1) + (said[i - 1] != heard[j - 1])\n"
        "        return min(same, errors(i - 1, j) + 1, errors(i, j - 1) + 1)\n"
        "    return errors(len(said), len(heard)) / len(said)",
        "def word_error_rate(said, heard):\n"
        "    def errors(a, b):\n"
        "        if not a or not b:\n"
        "            return len(a) + len(b)\n"
        "        rest = errors(a[1:], b[1:]) + (a[0] != b[0])\n"
        "        return min(rest, errors(a[1:], b) + 1, errors(a, b[1:]) + 1)\n"
        "    return errors(said, heard) / len(said)",
    ),
    note="Before counting, people put both texts into small letters and drop the punctuation.",
)
