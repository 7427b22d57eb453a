"""6.5 How spread is a head?"""

from course_utils.exercises.answers import call, close, shape
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import NUMPY, has_nan, real_record, shaped

_ENTROPY = (
    "def mean_entropy(weights):\n"
    "    logs = np.log2(np.where(weights > 0, weights, 1))  # log 1 = 0 stands in for log 0\n"
    "    return -(weights * logs).sum(axis=-1).mean(axis=-1)"
)


def _check_entropy(answer) -> str | None:
    import numpy as np

    weights = np.array(
        [
            [[1, 0, 0, 0], [0.5, 0.5, 0, 0], [0.25, 0.25, 0.5, 0], [0.25, 0.25, 0.25, 0.25]],
            [[0.5, 0.25, 0.25, 0], [0.5, 0.5, 0, 0], [1, 0, 0, 0], [0.125, 0.125, 0.25, 0.5]],
        ]
    )
    rows = np.array([[0, 1, 1.5, 2], [1.5, 1, 0, 1.75]])
    got = call(answer, weights)
    if has_nan(got):
        return "A weight of exactly 0 gives NaN (0 times minus infinity): it should add 0."
    if shape(got) == (2, 4) and close(got, rows):
        return "That is the entropy of each row: take the mean over the queries."
    if shape(got) != (2,):
        return f"Two heads should give two numbers; given: {shaped(got)}."
    if close(got, rows.mean(1)):
        from course_utils.attention import entropy

        record = real_record()
        if close(call(answer, record.map().weights[2]), entropy(record)[2], 1e-3):
            if close(call(answer, np.array([[[0.5, 0.5]]])), [1]):
                return None
            return "For one query and two keys of 0.5 the entropy is 1 bit: add up over the keys, the last dimension."
        return "It is right for four tokens, but not for the sixteen of a real record: use the sizes of `weights`."
    if close(got, rows.mean(1)[::-1]):
        return "The heads come out in the reverse order."
    with np.errstate(divide="ignore", invalid="ignore"):
        bits = np.nan_to_num(-weights * np.log2(weights))
        average = weights.mean(1)
        blurred = np.nan_to_num(-average * np.log2(average)).sum(1)
    if close(got, rows.mean(1) * np.log(2)):
        return "Those are nats, from the natural logarithm: use log2 for bits."
    if close(got, -rows.mean(1)):
        return "The minus sign is missing: an entropy is never negative."
    if close(got, rows.sum(1)):
        return "You added up the rows: take their mean, so that long texts can be compared with short ones."
    if close(got, bits.mean((1, 2))):
        return "You averaged over the keys as well: within a row, add up."
    if close(got, blurred):
        return "You averaged the rows first: a head that is sharp in every row, each time elsewhere, then looks spread."
    return "For a row of 0.25, 0.25, 0.5, 0 the entropy is 1.5 bits; expected the mean over rows, 1.125 and 1.0625."


EXERCISE = Exercise(
    id="6.5",
    title="How spread is a head?",
    minutes=8,
    difficulty="medium",
    starter="def mean_entropy(weights):\n    ...",
    answer="mean_entropy",
    check=_check_entropy,
    context=NUMPY,
    expects="a function that returns an array with one number for each head",
    hints=(
        "Two dimensions go: add up over the keys, the last one, then take the mean over the queries.",
        "`np.where(weights > 0, weights, 1)` keeps log2 away from 0 without changing the sum.",
    ),
    solution=_ENTROPY,
    wrong=(
        Wrong(changed(_ENTROPY, ("np.log2", "np.log")), "Those are nats"),
        Wrong(changed(_ENTROPY, ("return -", "return ")), "The minus sign is missing"),
        Wrong(
            "def mean_entropy(weights):\n"
            "    with np.errstate(all='ignore'):\n"
            "        return -(weights * np.log2(weights)).sum(axis=-1).mean(axis=-1)",
            "gives NaN",
        ),
        Wrong(changed(_ENTROPY, (".mean(axis=-1)", ".sum(axis=-1)")), "You added up the rows"),
        Wrong(changed(_ENTROPY, ("sum(axis=-1)", "sum(axis=-2)")), "For one query and two keys"),
        Wrong(changed(_ENTROPY, (".sum(axis=-1)", ".mean(axis=-1)")), "You averaged over the keys as well"),
        Wrong(changed(_ENTROPY, (".mean(axis=-1)", "")), "That is the entropy of each row"),
        Wrong(changed(_ENTROPY, (".mean(axis=-1)", ".sum(axis=-1) / 4")), "not for the sixteen of a real record"),
        Wrong(
            "def mean_entropy(weights):\n"
            "    row = weights.mean(axis=1)\n"
            "    return -(row * np.log2(np.where(row > 0, row, 1))).sum(axis=-1)",
            "You averaged the rows first",
        ),
    ),
    alternatives=(
        "import math\n\n"
        "def mean_entropy(weights):\n"
        "    return [sum(sum(-w * math.log2(w) for w in row if w) for row in head) / len(head)\n"
        "            for head in weights.tolist()]",
        "def mean_entropy(weights):\n"
        "    tiny = np.finfo(float).tiny\n"
        "    return np.einsum('hqk,hqk->h', weights, -np.log2(weights + tiny)) / weights.shape[1]",
    ),
)
