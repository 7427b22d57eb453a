"""6.7 Induction score."""

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed

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

    ids = [5, 9, 7, 5, 9, 2, 5, 9]
    weights = np.tril(np.abs(random(8, 8).numpy())) + 0.05 * np.tril(np.ones((8, 8)))
    weights = weights / weights.sum(1, keepdims=True)
    last = {3: 0, 4: 1, 6: 3, 7: 4}  # row: where its token stood before
    got = as_number(call(answer, weights, ids))
    if got is None:
        return f"Your function should return one number; given: {describe(call(answer, weights, ids))}."
    looks = {i: weights[i, j + 1] for i, j in last.items()}

    def mean(places, rows=None):
        return sum(places) / (rows or len(last))

    if close(got, mean(looks.values())):
        from course_utils.attention import induction

        record = real_record()
        words = [token.text for token in record.map().keys]
        numbers = [words.index(word) for word in words]
        if close(as_number(call(answer, record.map().head(1, 8), numbers)), float(induction(record)[1, 8]), 1e-3):
            twice = np.array([[1, 0, 0, 0], [0.3, 0.7, 0, 0], [0.2, 0.2, 0.6, 0], [0.1, 0.2, 0.3, 0.4]])
            if close(as_number(call(answer, twice, [4, 4, 6, 4])), 0.5):
                return None
            return "A token twice in a row goes wrong: the position after the earlier place may be the row's own."
        return (
            "It is right where each token comes back after three, but not on a real record, in which *the* comes "
            "back after six: look up where the token stood."
        )
    if close(got, mean(weights[i, j] for i, j in last.items())):
        return "That is the weight on the same token before; an induction head looks at the one *after* it."
    if close(got, mean(looks.values(), 8)):
        return "You divided by all rows: leave out those whose token is new."
    if close(got, mean(weights[i, j + 1] for i, j in {3: 0, 4: 1, 6: 0, 7: 1}.items())):
        return "For a token that came twice before you took the first place: take the previous one."
    everywhere = [weights[i, j + 1] for i in last for j in range(i) if ids[j] == ids[i]]
    if close(got, mean(everywhere, len(everywhere))):
        return "You averaged over all earlier places of a token: only the latest one counts."
    if close(got, mean(everywhere)):
        return "You added up all earlier places of a token: only the latest one counts."
    if close(got, sum(looks.values())):
        return "That is the sum over the rows; take the mean."
    if close(got, mean(weights[i, j - 1] for i, j in last.items())) or close(
        got, mean(weights[i, max(j - 1, 0)] for i, j in last.items())
    ):
        return "You went one token back from the earlier place; go one forward."
    if close(got, mean(weights[j + 1, i] for i, j in last.items())):
        return "Rows and columns are swapped: `weights[query, key]`."
    if close(got, max(looks.values())):
        return "That is the best row; take the mean over the rows."
    return f"Expected {mean(looks.values()):.3f} on a test of eight tokens, four of them seen before; given: {got:.3f}."


EXERCISE = Exercise(
    id="6.7",
    title="Induction score",
    minutes=10,
    difficulty="medium",
    starter="def induction_score(weights, ids):\n    ...",
    answer="induction_score",
    check=_check_induction,
    context=NUMPY,
    expects="a function that returns one number",
    hints=(
        "Walk through `ids` and keep in a dictionary where each token stood last.",
        "For row `i` whose token stood last at `j`, collect `weights[i, j + 1]`.",
    ),
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
        Wrong(changed(_INDUCTION, ("last[token] + 1", "i - 2")), "where each token comes back after three"),
        Wrong(changed(_INDUCTION, ("token in last:", "i > last.get(token, i) + 1:")), "A token twice in a row"),
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
