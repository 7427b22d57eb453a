"""4.1 Labels out of a text."""

from course_utils.exercises.answers import as_list, call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed


def _check_pairs(answer) -> str | None:
    ids = [12, 7, 7, 30]
    right = [[ids[:i], ids[i]] for i in range(1, 4)]
    value = call(answer, ids)
    if as_list(value) is None:
        return f"Your function should return a list of pairs; given: {describe(value)}."
    if not close(value, right):
        slips = (
            ([[[], 12], *right], "The first pair has an empty context: begin with the second token as the label."),
            (right[:-1], "The last pair is missing: the last token is a label, too."),
            (
                [[ids[: i + 1], ids[i]] for i in range(1, 4)],
                "The label stands in its own context: end the slice one earlier.",
            ),
            (
                [[ids[:i], ids[i - 1]] for i in range(1, 4)],
                "Your labels are the last token of the context, not the next one.",
            ),
            (
                [[[ids[i - 1]], ids[i]] for i in range(1, 4)],
                "Your contexts hold one token; they hold all tokens so far.",
            ),
            ([[ids[i - 1], ids[i]] for i in range(1, 4)], "Your contexts hold one token; they hold all tokens so far."),
            ([[ids, ids[i]] for i in range(1, 4)], "Every context is the whole text: the model would see the answers."),
            (
                [[ids[:3], ids[i]] for i in range(1, 4)],
                "All contexts are one and the same list, which grew: copy it for each pair.",
            ),
            (
                [[ids[:i], ids[i + 1]] for i in range(3)],
                "Your contexts are one token too short: the token just before the label belongs to them.",
            ),
            ([[ids[i], ids[:i]] for i in range(1, 4)], "The two sides are swapped: first the context, then the label."),
            (
                [[ids[i:], ids[i - 1]] for i in range(1, 4)],
                "Your contexts are what comes after; take what comes before.",
            ),
        )
        for slip, sentence in slips:
            if close(value, slip):
                return sentence
        return f"For `{ids}` the pairs are `{[(c, label) for c, label in right]}`; given: {describe(value)}."
    longer = list(range(20, 32))
    if not close(call(answer, longer), [[longer[:i], longer[i]] for i in range(1, 12)]):
        return "It is right for four tokens, but not for twelve: every context holds *all* tokens so far."
    if not close(call(answer, [5]), []):
        return f"One token alone gives no pair, an empty list; given: {describe(call(answer, [5]))}."
    return None


_PAIRS = "def causal_pairs(ids):\n    return [(ids[:i], ids[i]) for i in range(1, len(ids))]"


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
        "`ids[:i]` are the tokens before position i. At which position does the first label stand?",
        "A loop over `range(1, len(ids))`; each pair is a slice and one token.",
    ),
    solution=_PAIRS,
    wrong=(
        Wrong(changed(_PAIRS, ("range(1, ", "range(")), "empty context"),
        Wrong(changed(_PAIRS, ("len(ids))", "len(ids) - 1)")), "The last pair is missing"),
        Wrong(changed(_PAIRS, ("ids[:i]", "ids[:i + 1]")), "stands in its own context"),
        Wrong(changed(_PAIRS, ("ids[i])", "ids[i - 1])")), "the last token of the context, not the next"),
        Wrong("def causal_pairs(ids):\n    return list(zip(ids, ids[1:]))", "Your contexts hold one token"),
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
            "one and the same list",
        ),
        Wrong(changed(_PAIRS, ("(ids[:i], ids[i])", "(ids[i], ids[:i])")), "The two sides are swapped"),
        Wrong(changed(_PAIRS, ("(ids[:i], ids[i])", "(ids[i:], ids[i - 1])")), "what comes after"),
        Wrong(changed(_PAIRS, ("ids[:i]", "ids[max(0, i - 8) : i]")), "not for twelve"),
    ),
    alternatives=(
        "def causal_pairs(ids):\n"
        "    pairs, context = [], []\n"
        "    for token in ids:\n"
        "        if context:\n"
        "            pairs.append([list(context), token])\n"
        "        context.append(token)\n"
        "    return pairs",
    ),
    note="A model computes all pairs of a text at once: the causal mask of notebook 05 keeps the future hidden.",
)
