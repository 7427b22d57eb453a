"""6.5 How spread is a head?"""

from course_utils.exercises.answers import call, close, describe, shape
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import first_slip

from .shared import NUMPY, has_nan, real_record, same, shaped

_ENTROPY = (
    "def mean_entropy(weights):\n"
    "    logs = np.log2(np.where(weights > 0, weights, 1))  # log 1 = 0 stands in for log 0\n"
    "    return -(weights * logs).sum(axis=-1).mean(axis=-1)"
)


def _check_entropy(answer) -> str | None:
    import numpy as np

    weights = np.array(
        [
            [[1, 0, 0, 0, 0], [0.5, 0.5, 0, 0, 0], [0.25, 0.25, 0.5, 0, 0]],
            [[0.5, 0.25, 0.25, 0, 0], [0.001, 0.002, 0.003, 0.494, 0.5], [0.2, 0.2, 0.2, 0.2, 0.2]],
        ]
    )
    bits = -weights * np.log2(np.where(weights > 0, weights, 1))
    rows = bits.sum(-1)
    got = call(answer, weights)
    if has_nan(got):
        return "A weight of exactly 0 gives NaN (0 times minus infinity): it should add 0."
    if shape(got) == (2, 3) and same(got, rows):
        return "That is the entropy of each row: take the mean over the queries."
    if shape(got) != (2,):
        return f"Two heads should give two numbers; given: {shaped(got)}."
    if not same(got, rows.mean(1)):
        average = weights.mean(1)
        blurred = -(average * np.log2(np.where(average > 0, average, 1))).sum(1)
        return first_slip(
            got,
            (
                (rows.mean(1)[::-1], "The heads come out in the reverse order."),
                (rows.mean(1) * np.log(2), "Those are nats, from the natural logarithm: use log2 for bits."),
                (-rows.mean(1), "The minus sign is missing: an entropy is never negative."),
                (rows.sum(1), "You added up the rows: take their mean, so that texts of any length can be compared."),
                (bits.mean((1, 2)), "You averaged over the keys as well: within a row, add up."),
                (bits.sum(1).mean(1), "You added up over the queries and averaged over the keys: turn that round."),
                (blurred, "You averaged the rows first: a head that is sharp, each time elsewhere, then looks spread."),
                (rows.mean(1) / np.log2(5), "You divided by the entropy of an even row: return plain bits."),
            ),
        ) or (
            f"For a head with the rows {weights[0].tolist()} the entropies are 0, 1 and 1.5 bits, and their mean is "
            f"0.8333; given: {describe(got)} for two heads, of which this is the first."
        )
    from course_utils.attention import entropy

    record = real_record()
    if not close(call(answer, record.map().weights[2]), entropy(record)[2], 1e-3):
        return "It is right for two small heads, but not for the twelve of a real record: use the sizes of `weights`."
    even = call(answer, np.full((1, 1, 8), 0.125))
    return (
        None if same(even, [3]) else f"One head, one query, eight even keys: expected `[3.0]`; given: {describe(even)}."
    )


EXERCISE = Exercise(
    id="6.5",
    title="How spread is a head?",
    minutes=12,
    difficulty="medium",
    starter="def mean_entropy(weights):\n    ...",
    answer="mean_entropy",
    check=_check_entropy,
    context=NUMPY,
    expects="a function that returns an array with one number for each head",
    hints=(
        "`[heads, query, key]` becomes `[heads]`: two dimensions go. Which one is added up? Which one is averaged?",
        "Add up over the keys, the last dimension, then take the mean over the queries. But keep log2 away from 0.",
        "`np.where(weights > 0, weights, 1)` puts 1 in the place of 0: log2 of it is 0, and 0 times 0 adds nothing.",
    ),
    why="Each row is added up over its keys, which gives its entropy, and then the rows of a head are averaged. A "
    "weight of 0 should add nothing, so it is replaced by 1 inside the logarithm only.",
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
        Wrong(changed(_ENTROPY, ("sum(axis=-1)", "sum(axis=-2)")), "You added up over the queries"),
        Wrong(changed(_ENTROPY, (".sum(axis=-1)", ".mean(axis=-1)")), "You averaged over the keys as well"),
        Wrong(changed(_ENTROPY, (".mean(axis=-1)", "")), "That is the entropy of each row"),
        Wrong(changed(_ENTROPY, (".mean(axis=-1)", ".sum(axis=-1) / 3")), "not for the twelve of a real record"),
        Wrong(
            "def mean_entropy(weights):\n"
            "    row = weights.mean(axis=1)\n"
            "    return -(row * np.log2(np.where(row > 0, row, 1))).sum(axis=-1)",
            "You averaged the rows first",
        ),
        Wrong(changed(_ENTROPY, ("mean(axis=-1)", "mean(axis=-1)[::-1]")), "in the reverse order"),
        Wrong(
            changed(_ENTROPY, (".mean(axis=-1)", ".mean(axis=-1) / np.log2(weights.shape[-1])")), "return plain bits"
        ),
        Wrong(changed(_ENTROPY, ("weights > 0", "weights > 0.01")), "the entropies are 0, 1 and 1.5 bits"),
        Wrong(changed(_ENTROPY, (".mean(axis=-1)", ".mean(axis=-1).squeeze()")), "One head, one query"),
    ),
    also_wrong=(
        changed(_ENTROPY, (".mean(axis=-1)", ".sum(axis=-1) / 16")),
        changed(_ENTROPY, (".mean(axis=-1)", ".mean()")),
        "def mean_entropy(weights):\n"
        "    with np.errstate(all='ignore'):\n"
        "        return np.nanmean(-(weights * np.log2(weights)).sum(axis=-1), axis=-1)",
        "def mean_entropy(weights):\n"
        "    weights[weights == 0] = 1\n"
        "    return -(weights * np.log2(weights)).sum(axis=-1).mean(axis=-1)",
        "def mean_entropy(weights):\n    return -(weights * np.log2(weights + 0.01)).sum(axis=-1).mean(axis=-1)",
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
