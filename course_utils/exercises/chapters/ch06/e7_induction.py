"""6.7 Induction score."""

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import first_slip

from .shared import NUMPY, random, real_record

_INDUCTION = (
    "def induction_score(weights, ids):\n"
    "    last, found = {}, []\n"
    "    for i, token in enumerate(ids):\n"
    "        if token in last:\n"
    "            found.append(weights[i, last[token] + 1])\n"
    "        last[token] = i\n"
    "    return sum(found) / len(found)"
)


def _check_induction(answer) -> str | None:
    import numpy as np

    ids = [0, 9, 7, 0, 2, 9, 0, 8, 0, 9]  # 0 comes four times, 9 three times
    weights = np.abs(random(10, 10).numpy()) + 0.05  # not only below the diagonal, or swapped ones would all be 0
    weights = weights / weights.sum(1, keepdims=True)
    last = {3: 0, 5: 1, 6: 3, 8: 6, 9: 5}  # row: where its token stood before
    looks = [weights[i, j + 1] for i, j in last.items()]
    got = call(answer, weights, ids)
    number = as_number(got)
    if number is None:
        return f"Your function should return one number; given: {describe(got)}."
    if not close(number, np.mean(looks)):
        earlier = {i: [j for j in range(i) if ids[j] == ids[i]] for i in last}
        everywhere = [weights[i, j + 1] for i in last for j in earlier[i]]
        each = [np.mean([weights[i, j + 1] for i, j in last.items() if ids[i] == token]) for token in (0, 9)]
        back = "You went one token back from the earlier place; go one forward."
        return first_slip(
            number,
            (
                (
                    np.mean([weights[i, j] for i, j in last.items()]),
                    "That is the weight on the same token before; an induction head looks at the one *after* it.",
                ),
                (sum(looks) / 10, "You divided by all rows: leave out those whose token is new."),
                (
                    np.mean([weights[i, earlier[i][0] + 1] for i in last]),
                    "For a token that came several times you took the first place: take the latest one before the row.",
                ),
                (
                    np.mean(everywhere),
                    "You averaged over all earlier places of a token: only the latest one counts.",
                ),
                (
                    sum(everywhere) / 5,
                    "You added up all earlier places of a token: only the latest one counts.",
                ),
                (
                    np.mean(each),
                    "That is the mean of the means of the two tokens: take the mean over the five positions.",
                ),
                (sum(looks), "That is the sum over the rows; take the mean."),
                (np.mean([weights[i, j - 1] for i, j in last.items()]), back),
                (np.mean([weights[i, max(j - 1, 0)] for i, j in last.items()]), back),
                (
                    np.mean([weights[j + 1, i] for i, j in last.items()]),
                    "Rows and columns are swapped: `[query, key]`.",
                ),
                (max(looks), "That is the best row; take the mean over the rows."),
            ),
        ) or (
            f"For `ids` = {ids} five positions have a token that stood earlier; expected the mean of five weights, "
            f"{np.mean(looks):.4f}; given: {describe(got)}."
        )
    from course_utils.attention import induction

    record = real_record()
    words = [token.text for token in record.map().keys]
    numbers = [words.index(word) for word in words]
    if not close(as_number(call(answer, record.map().head(1, 8), numbers)), float(induction(record)[1, 8]), 1e-3):
        return (
            "It is right on a test of ten tokens, but not on a real record of sixteen, where only *the* comes twice: "
            "does your code use a number that fits the test only?"
        )
    twice = np.array([[1, 0, 0, 0], [0.3, 0.7, 0, 0], [0.2, 0.2, 0.6, 0], [0.1, 0.2, 0.3, 0.4]])
    got = call(answer, twice, [4, 4, 6, 4])
    if not close(as_number(got), 0.5):
        return (
            f"For `ids` = [4, 4, 6, 4] expected the mean of `weights[1, 1]` and `weights[3, 2]`, 0.5; given: "
            f"{describe(got)}. After a token that comes twice in a row, the position after the earlier place is the "
            "row's own."
        )
    return None


EXERCISE = Exercise(
    id="6.7",
    title="Induction score",
    minutes=15,
    difficulty="medium",
    starter="def induction_score(weights, ids):\n    ...",
    answer="induction_score",
    check=_check_induction,
    context=NUMPY,
    expects="a function that returns one number",
    hints=(
        "Write down `ids` = [5, 9, 7, 5, 9]. For which positions is there a weight to take, and which one is it?",
        "Walk through `ids` and keep in a dictionary the latest position of each token. Read it before you write "
        "the new position into it.",
        "For position `i`, whose token occurred last at `j`, collect `weights[i, j + 1]`.",
    ),
    why="The dictionary always knows the latest place of each token, because it is overwritten at every step. It is "
    "read before it is written, so a row never finds itself; new tokens give no row, and the mean leaves them out.",
    solution=_INDUCTION,
    wrong=(
        Wrong(changed(_INDUCTION, ("last[token] + 1", "last[token]")), "an induction head looks at the one *after*"),
        Wrong(changed(_INDUCTION, ("len(found)", "len(ids)")), "You divided by all rows"),
        Wrong(
            changed(_INDUCTION, ("last[token] = i", "last.setdefault(token, i)")),
            "you took the first place",
        ),
        Wrong(
            "def induction_score(weights, ids):\n"
            "    pairs = [(i, j) for i in range(len(ids)) for j in range(i) if ids[i] == ids[j]]\n"
            "    return np.mean([weights[i, j + 1] for i, j in pairs])",
            "You averaged over all",
        ),
        Wrong(
            "def induction_score(weights, ids):\n"
            "    places = [[j + 1 for j in range(i) if ids[i] == ids[j]] for i in range(len(ids))]\n"
            "    return np.mean([weights[i, seen].sum() for i, seen in enumerate(places) if seen])",
            "You added up all",
        ),
        Wrong(changed(_INDUCTION, (" / len(found)", "")), "That is the sum over the rows"),
        Wrong(changed(_INDUCTION, ("last[token] + 1", "max(last[token] - 1, 0)")), "You went one token back"),
        Wrong(changed(_INDUCTION, ("[i, last[token] + 1]", "[last[token] + 1, i]")), "Rows and columns are swapped"),
        Wrong(changed(_INDUCTION, ("sum(found) / len(found)", "max(found)")), "That is the best row"),
        Wrong(changed(_INDUCTION, ("len(found)", "5")), "but not on a real record"),
        Wrong(changed(_INDUCTION, ("last[token] + 1", "i - 2")), "five positions have a token that stood earlier"),
        Wrong(
            "def induction_score(weights, ids):\n"
            "    last, found = {}, {}\n"
            "    for i, token in enumerate(ids):\n"
            "        if token in last:\n"
            "            found.setdefault(token, []).append(weights[i, last[token] + 1])\n"
            "        last[token] = i\n"
            "    return np.mean([np.mean(some) for some in found.values()])",
            "the mean of the means of the two tokens",
        ),
        Wrong(changed(_INDUCTION, ("return sum(found) / len(found)", "return found")), "should return one number"),
        Wrong(
            changed(_INDUCTION, ("token in last:", "i > last.get(token, i) + 1:")),
            "After a token that comes twice in a row",
        ),
    ),
    also_wrong=(
        changed(_INDUCTION, ("if token in last", "if token and token in last")),
        changed(_INDUCTION, ("if token in last", "if last.get(token)")),
        changed(_INDUCTION, ("enumerate(ids)", "enumerate(ids[:-1])")),
        changed(_INDUCTION, ("weights[i, last[token] + 1]", "weights[i].argmax() == last[token] + 1")),
        "def induction_score(weights, ids):\n"
        "    half = len(ids) // 2\n"
        "    return np.mean([weights[i, i - half + 1] for i in range(half, len(ids))])",
        "def induction_score(weights, ids):\n"
        "    found = []\n"
        "    while ids:\n"
        "        token = ids.pop()\n"
        "        if token in ids:\n"
        "            found.append(weights[len(ids), len(ids) - ids[::-1].index(token)])\n"
        "    return np.mean(found)",
    ),
    alternatives=(
        "def induction_score(weights, ids):\n"
        "    ids = np.array(ids)\n"
        "    before = np.tril(ids[:, None] == ids, -1)  # [position, earlier place of the same token]\n"
        "    rows = np.flatnonzero(before.any(axis=1))\n"
        "    latest = len(ids) - 1 - before[rows, ::-1].argmax(axis=1)\n"
        "    return np.array([weights[rows, latest + 1].mean()])",
        "def induction_score(weights, ids):\n"
        "    rows = [i for i in range(len(ids)) if ids[i] in ids[:i]]\n"
        "    before = [max(j for j in range(i) if ids[j] == ids[i]) for i in rows]\n"
        "    return np.mean(weights[rows, np.array(before) + 1])",
    ),
)
