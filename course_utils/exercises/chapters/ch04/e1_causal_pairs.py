"""4.1 Labels out of a text."""

from course_utils.exercises.answers import as_list, call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed


def _pairs(ids: list[int]) -> list[tuple[list[int], int]]:
    return [(ids[:i], ids[i]) for i in range(1, len(ids))]


def _check_pairs(answer) -> str | None:
    ids = [12, 7, 7, 0, 30]
    given = call(answer, ids)
    value = as_list(given)
    if value is None:
        return f"Your function should return a list of pairs; given: {describe(given)}."
    if not close(value, _pairs(ids)):
        return _slip(ids, value) or f"For `{ids}` the pairs are `{_pairs(ids)}`; given: {describe(given)}."
    longer = [0, 0, *range(20, 27), 0, 21, 5]
    given = call(answer, longer)
    if not close(given, _pairs(longer)):
        return f"It is right for `{ids}`, but not for `{longer}`: {_first_difference(given, _pairs(longer))}."
    for ids, right in (([5], []), ([8, 3], [([8], 3)])):
        given = call(answer, ids)
        if not close(given, right):
            return f"For `{ids}` the pairs are `{right}`; given: {describe(given)}."
    return None


def _slip(ids: list[int], value: list) -> str | None:
    """What is told of the value, never of the code: the same value may come from other code."""
    places = range(1, len(ids))
    slips = (
        ([([], ids[0]), *_pairs(ids)], "The first pair has an empty context: the second token is the first label."),
        (_pairs(ids)[:-1], "The last pair is missing: the last token is a label, too."),
        (
            _pairs(ids)[::-1],
            "The pairs stand in reverse: give them in the order of the text, the shortest context first.",
        ),
        ([(ids[: i + 1], ids[i]) for i in places], "Each context ends with its own label: it should end one earlier."),
        ([(ids[:i], ids[i - 1]) for i in places], "Your labels are the last token of the context, not the next one."),
        ([([ids[i - 1]], ids[i]) for i in places], "Your contexts hold one token; they should hold all tokens so far."),
        ([(ids[i - 1], ids[i]) for i in places], "Your contexts are one token; they should be all tokens so far."),
        ([(ids, ids[i]) for i in places], "Every context is the whole text: the model would see the answers."),
        (
            [(ids[:-1], ids[i]) for i in places],
            f"All your contexts are the same, `{ids[:-1]}`; each should hold the tokens before its label only. If you "
            "append to one list, all pairs show it as it is at the end: put a copy of it into each pair.",
        ),
        (
            [(ids[:i], ids[i + 1]) for i in range(len(ids) - 1)],
            "Your contexts are one token too short: the token just before the label belongs to them.",
        ),
        ([(ids[i], ids[:i]) for i in places], "The two sides are swapped: first the context, then the label."),
        (
            [(ids[i:], ids[i - 1]) for i in places],
            "Your contexts are what comes after the label; they should be what comes before it.",
        ),
        ([(ids[:i], [ids[i]]) for i in places], "Each label should be one token id; yours are lists of one."),
        (
            [(ids[:i], ids[i]) for i in places if ids[i]],
            "The token 0 is never a label in your pairs; it is a token like any other. In Python 0 counts as false.",
        ),
    )
    return next((sentence for slip, sentence in slips if close(value, slip)), None)


def _first_difference(given, right: list) -> str:
    pairs = as_list(given)
    if pairs is None or len(pairs) != len(right):
        return f"there are {len(right)} pairs; given: {describe(given)}"
    number = next(i for i, pair in enumerate(right) if not close(pairs[i], pair))
    return f"pair {number + 1} should be `{right[number]}`; given: {describe(list(given)[number])}"


_PAIRS = "def causal_pairs(ids):\n    return [(ids[:i], ids[i]) for i in range(1, len(ids))]"

_LOOP = (
    "def causal_pairs(ids):\n"
    "    pairs, context = [], []\n"
    "    for token in ids:\n"
    "        if context:\n"
    "            pairs.append([list(context), token])\n"
    "        context.append(token)\n"
    "    return pairs"
)


EXERCISE = Exercise(
    id="4.1",
    title="Labels out of a text",
    minutes=6,
    difficulty="easy",
    starter="def causal_pairs(ids):\n    ...",
    answer="causal_pairs",
    check=_check_pairs,
    expects="a function that returns a list of pairs",
    hints=(
        "Write the pairs of `[5, 6, 7, 8]` on paper. At which position is the first label, and what is before it?",
        "`ids[:i]` are the token ids before position i, and `ids[i]` is the one at position i. The first label is at "
        "position 1.",
        "A loop over `range(1, len(ids))`; each pair is a slice and one token.",
    ),
    solution=_PAIRS,
    why=(
        "At each position i from 1 on, the label is the token there, and the context is the slice before it. A slice "
        "is a new list, so the pairs do not change each other."
    ),
    wrong=(
        Wrong(changed(_PAIRS, ("range(1, ", "range(")), "empty context"),
        Wrong(changed(_PAIRS, ("len(ids))", "len(ids) - 1)")), "The last pair is missing"),
        Wrong(changed(_PAIRS, ("range(1, len(ids))", "range(len(ids) - 1, 0, -1)")), "stand in reverse"),
        Wrong(changed(_PAIRS, ("ids[:i]", "ids[:i + 1]")), "ends with its own label"),
        Wrong(changed(_PAIRS, ("ids[i])", "ids[i - 1])")), "the last token of the context, not the next"),
        Wrong("def causal_pairs(ids):\n    return list(zip(ids, ids[1:]))", "Your contexts are one token;"),
        Wrong(changed(_PAIRS, ("ids[:i]", "ids[i - 1 : i]")), "Your contexts hold one token"),
        Wrong(
            changed(_PAIRS, ("ids[i]) for i in range(1, len(ids))", "ids[i + 1]) for i in range(len(ids) - 1)")),
            "one token too short",
        ),
        Wrong(changed(_PAIRS, ("ids[:i]", "ids")), "Every context is the whole text"),
        Wrong(
            "def causal_pairs(ids):\n"
            "    pairs, context = [], []\n"
            "    for before, after in zip(ids, ids[1:]):\n"
            "        context.append(before)\n"
            "        pairs.append((context, after))\n"
            "    return pairs",
            "put a copy of it",
        ),
        Wrong(changed(_PAIRS, ("(ids[:i], ids[i])", "(ids[i], ids[:i])")), "The two sides are swapped"),
        Wrong(changed(_PAIRS, ("(ids[:i], ids[i])", "(ids[i:], ids[i - 1])")), "what comes after"),
        Wrong(changed(_PAIRS, (", ids[i])", ", ids[i : i + 1])")), "lists of one"),
        Wrong(changed(_LOOP, ("if context:", "if context and token:")), "counts as false"),
        Wrong(changed(_PAIRS, ("ids[:i]", "ids[max(0, i - 8) : i]")), "pair 9 should be"),
    ),
    also_wrong=(
        "def causal_pairs(ids):\n    return zip([ids[:i] for i in range(1, len(ids))], ids[1:])",
        "def causal_pairs(ids):\n    return [(ids[: ids.index(label)], label) for label in ids[1:]]",
        "def causal_pairs(ids):\n    return list({ids[i]: (ids[:i], ids[i]) for i in range(1, len(ids))}.values())",
        changed(_LOOP, ("if context:", "if context and context[0]:")),
        changed(_LOOP, ("if context:", "if any(context):")),
        changed(_PAIRS, ("    return", "    if len(ids) == 1:\n        return [([], ids[0])]\n    return")),
        changed(_PAIRS, ("range(1, len(ids))]", "range(1, len(ids)) if ids[i] not in ids[1:i]]")),
    ),
    alternatives=(
        _LOOP,
        changed(_PAIRS, ("(ids[:i]", "(tuple(ids[:i])")),
        "import numpy as np\n\n"
        "def causal_pairs(ids):\n"
        "    ids = np.array(ids)\n"
        "    return tuple((ids[:i], ids[i]) for i in range(1, len(ids)))",
    ),
    note="A model computes all pairs of a text at once: the causal mask of notebook 05 keeps the future hidden.",
)
