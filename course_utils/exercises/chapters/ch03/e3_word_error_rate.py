"""3.3 Word error rate."""

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed

_ERRORS = (
    "def word_error_rate(said, heard):\n"
    "    row = list(range(len(heard) + 1))  # from no word said to each beginning of heard\n"
    "    for i, word in enumerate(said, 1):\n"
    "        above, row = row, [i]\n"
    "        for j, other in enumerate(heard, 1):\n"
    "            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (word != other)))\n"
    "    return row[-1] / len(said)"
)


def _check_errors(answer) -> str | None:
    said = ["ask", "not", "what", "your", "country", "can", "do"]
    heard = ["ask", "what", "your", "county", "can", "do", "it"]
    value = as_number(call(answer, said, said))
    if value is None or not close(value, 0):
        return f"A perfect transcript has a rate of 0; given: {describe(call(answer, said, said))}."
    value = as_number(call(answer, said, heard))
    if close(value, 3):
        return "That is the number of errors; divide it by the number of words that were said."
    if close(value, 6 / 7, 1e-2):
        return (
            "You compared word by word: after the lost *not* every word stands one place too early. "
            "Allow deletions and insertions."
        )
    if close(value, 4 / 7, 1e-2):
        return "You counted a replaced word as two errors, one deleted and one inserted; a replacement is one."
    if close(value, 2 / 7, 1e-2):
        return "You counted the words that are missing; the *it* that nobody said is an error, too."
    if not close(value, 3 / 7, 1e-2):
        return f"Here one word is lost, one replaced and one added: 3 / 7, about 0.43; given: {describe(value)}."
    value = as_number(call(answer, ["thank", "you"], ["thank", "you", "so", "very", "much"]))
    if close(value, 3 / 5, 1e-2):
        return "You divided by the number of words heard; divide by the number of words said."
    if close(value, 1):
        return "A rate may be above 1: three words added to two make 1.5. Do not cut it off."
    if not close(value, 1.5, 1e-2):
        return f"Three words added to two that were said make a rate of 1.5; given: {describe(value)}."
    value = as_number(call(answer, ["a", "b"], ["b", "a"]))
    if close(value, 0):
        return "The order counts: *b a* for *a b* is not a perfect transcript."
    if not close(value, 1):
        return f"For *a b* heard as *b a* the rate is 1 (two words replaced); given: {describe(value)}."
    if not close(as_number(call(answer, ["yes", "yes"], ["yes"])), 0.5):
        return "A word that is said twice and heard once is an error: do not use sets of words."
    return None


EXERCISE = Exercise(
    id="3.3",
    title="Word error rate",
    minutes=15,
    difficulty="hard",
    starter="def word_error_rate(said, heard):\n    ...",
    answer="word_error_rate",
    check=_check_errors,
    expects="a function that returns one number",
    hints=(
        "Keep a table: `errors[i][j]` for the first `i` words said against the first `j` words heard. "
        "`errors[i][0]` is `i`, `errors[0][j]` is `j`.",
        "`errors[i][j]` is the smallest of `errors[i - 1][j] + 1` (lost), `errors[i][j - 1] + 1` (added), and "
        "`errors[i - 1][j - 1]` plus 1 if the two words differ.",
    ),
    solution=_ERRORS,
    wrong=(
        Wrong(changed(_ERRORS, (" / len(said)", "")), "That is the number of errors"),
        Wrong(changed(_ERRORS, ("/ len(said)", "/ len(heard)")), "by the number of words heard"),
        Wrong(changed(_ERRORS, ("+ (word != other)", "+ 2 * (word != other)")), "You counted a replaced word as two"),
        Wrong(
            changed(_ERRORS, ("return row[-1] / len(said)", "return min(1, row[-1] / len(said))")),
            "A rate may be above 1",
        ),
        Wrong(
            "def word_error_rate(said, heard):\n"
            "    wrong = sum(a != b for a, b in zip(said, heard)) + abs(len(said) - len(heard))\n"
            "    return wrong / len(said)",
            "You compared word by word",
        ),
        Wrong(
            "def word_error_rate(said, heard):\n    return sum(word not in heard for word in said) / len(said)",
            "You counted the words that are missing",
        ),
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
    ),
    note="Before counting, people put both texts into small letters and drop the punctuation.",
)
