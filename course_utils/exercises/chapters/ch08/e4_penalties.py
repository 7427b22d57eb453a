"""8.4 Presence and frequency."""

from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import TORCH, Numbers, as_long, compare

_SCORES = Numbers([2.0, -1.0, 0.5, 0.0, 3.0])


_PENALISE = (
    "def penalise(scores, written, presence, frequency):\n"
    "    counts = torch.tensor([written.count(token) for token in range(len(scores))])\n"
    "    return scores - frequency * counts - presence * (counts > 0)"
)

_CASES = (
    (_SCORES, [1, 4, 4, 1, 4], 0.5, 0.25),
    (_SCORES, [3], 0.75, 0.25),
    (_SCORES, [1, 4, 4], 1.0, 0.0),
    (_SCORES, [1, 4, 4], 0.0, 0.5),
    (_SCORES, [0, 0, 2], -1.0, 2.0),
    (Numbers([-3.0, -0.5, 4.0, 1.0, -2.0, 0.25, 7.0, 0.75]), [5, 0, 5, 7, 2, 5, 0] * 6, 0.6, 0.3),
    (_SCORES, [], 0.5, 0.25),
)


def _each(loss):
    """The scores after each token's `loss(score, count, presence, frequency, length of the text)`."""

    def rule(scores, written, presence, frequency):
        return [s - loss(s, written.count(token), presence, frequency, len(written)) for token, s in enumerate(scores)]

    return rule


def _lost(s, count, presence, frequency, length=0) -> float:
    return frequency * count + presence * (count > 0)


_RULES = (
    (_each(lambda s, *rest: -_lost(s, *rest)), "The sign is wrong: you made the tokens likelier that were written."),
    (_each(lambda *rest: 0), "Nothing changed: the tokens that were written lose some of their score."),
    (
        _each(lambda s, n, p, f, length: (p + f) * n),
        "The presence penalty is taken once a token, however often it was written.",
    ),
    (
        _each(lambda s, n, p, f, length: (p + f) * (n > 0)),
        "The frequency penalty is taken once for *each time* a token was written.",
    ),
    (_each(lambda s, n, p, f, length: f * n), "The presence penalty is missing from your scores."),
    (_each(lambda s, n, p, f, length: p * (n > 0)), "The frequency penalty is missing from your scores."),
    (
        _each(lambda s, n, p, f, length: f * n / max(length, 1) + p * (n > 0)),
        "You took the *share* of each token; asked is how many times it was written.",
    ),
    (
        _each(lambda s, n, p, f, length: f * (n - 1) * (n > 0) + p * (n > 0)),
        "The frequency penalty counts every time, the first one, too.",
    ),
    (
        _each(lambda s, n, p, f, length: p * n + f * (n > 0)),
        "The two penalties have changed places: presence counts once a token, frequency each time.",
    ),
    (
        _each(lambda s, n, p, f, length: f * n + p),
        "Tokens that were never written lost the presence penalty, too.",
    ),
    (
        _each(lambda s, *rest: -_lost(s, *rest) if s < 0 else _lost(s, *rest)),
        "Where a score is negative you added the penalty: subtract it from every score, whatever its sign.",
    ),
    (
        _each(lambda s, *rest: _lost(s, *rest) if s > 0 else -_lost(s, *rest)),
        "Only positive scores lost the penalty, the others gained it: subtract it from every score, whatever its sign.",
    ),
    (
        _each(lambda s, n, *rest: s - max(s - _lost(s, n, *rest), 0) if n else 0),
        "In your result the tokens that were written have no score below 0: a score may be negative.",
    ),
)


def _check_penalise(answer) -> str | None:
    expects = "as many numbers as `scores` has, one for each token"
    return compare(answer, _CASES, _each(_lost), _RULES, as_long, expects)


EXERCISE = Exercise(
    id="8.4",
    title="Presence and frequency",
    minutes=7,
    difficulty="medium",
    starter="def penalise(scores, written, presence, frequency):\n    ...",
    answer="penalise",
    check=_check_penalise,
    context=TORCH,
    expects="a function that returns a tensor of scores",
    hints=(
        "With written = [2, 2, 7], presence 1 and frequency 0.5: how much does token 2 lose, how much token 7, and how "
        "much token 3?",
        "Count how often each token of the vocabulary occurs in `written`; most counts are 0. The frequency penalty is "
        "multiplied by the count; for the presence penalty it matters only whether the count is above 0.",
        "`scores - frequency * counts - presence * (counts > 0)`, with `counts` as a tensor as long as `scores`.",
    ),
    solution=_PENALISE,
    why="One count for each token of the vocabulary is all that both penalties need: `counts` for each time, `counts > "
    "0` for once. Where the count is 0 both terms are 0, so an empty text needs no case of its own.",
    wrong=(
        Wrong(changed(_PENALISE, ("- frequency", "+ frequency"), ("- presence", "+ presence")), "The sign is wrong"),
        Wrong("def penalise(scores, written, presence, frequency):\n    return scores", "Nothing changed"),
        Wrong(changed(_PENALISE, ("presence * (counts > 0)", "presence * counts")), "once a token, however"),
        Wrong(changed(_PENALISE, ("frequency * counts", "frequency * (counts > 0)")), "for *each time*"),
        Wrong(changed(_PENALISE, (" - presence * (counts > 0)", "")), "presence penalty is missing"),
        Wrong(changed(_PENALISE, (" - frequency * counts", "")), "frequency penalty is missing"),
        Wrong(changed(_PENALISE, ("* counts", "* counts / max(len(written), 1)")), "You took the *share*"),
        Wrong(changed(_PENALISE, ("frequency * counts", "frequency * (counts - 1).clamp(min=0)")), "the first one"),
        Wrong(
            changed(_PENALISE, ("frequency *", "f *"), ("presence *", "frequency *"), ("f * c", "presence * c")),
            "have changed places",
        ),
        Wrong(changed(_PENALISE, ("presence * (counts > 0)", "presence")), "that were never written"),
        Wrong(
            "def penalise(scores, written, presence, frequency):\n"
            "    counts = torch.tensor([written.count(token) for token in range(len(scores))])\n"
            "    lost = frequency * counts + presence * (counts > 0)\n"
            "    return torch.where(scores < 0, scores + lost, scores - lost)",
            "Where a score is negative",
        ),
        Wrong(
            "def penalise(scores, written, presence, frequency):\n"
            "    counts = torch.tensor([written.count(token) for token in range(len(scores))])\n"
            "    lost = frequency * counts + presence * (counts > 0)\n"
            "    return torch.where(scores > 0, scores - lost, scores + lost)",
            "Only positive scores lost",
        ),
        Wrong(
            "def penalise(scores, written, presence, frequency):\n"
            "    counts = torch.tensor([written.count(token) for token in range(len(scores))])\n"
            "    lost = frequency * counts + presence * (counts > 0)\n"
            "    return torch.where(counts > 0, (scores - lost).clamp(min=0), scores)",
            "no score below 0",
        ),
        Wrong(
            "def penalise(scores, written, presence, frequency):\n"
            "    for token in set(written):\n"
            "        scores[token] -= presence + frequency * written.count(token)\n"
            "    return scores",
            "in place",
        ),
        Wrong(
            "def penalise(scores, written, presence, frequency):\n"
            "    counts = torch.bincount(torch.tensor(written), minlength=len(scores))\n"
            "    return scores - frequency * counts - presence * (counts > 0)",
            "not implemented",
            status="error in your code",
        ),
    ),
    also_wrong=(
        changed(
            _PENALISE,
            ("    counts", "    if not (written and presence and frequency):\n        return scores\n    counts"),
        ),
        changed(_PENALISE, ("- presence", "- max(presence, 0)")),
        changed(_PENALISE, ("frequency *", "0.25 *"), ("presence *", "0.5 *")),
        changed(_PENALISE, ("counts > 0", "counts > 1")),
    ),
    alternatives=(
        "from collections import Counter\n"
        "def penalise(scores, written, presence, frequency):\n"
        "    scores = scores.clone()\n"
        "    for token, count in Counter(written).items():\n"
        "        scores[token] -= presence + frequency * count\n"
        "    return scores",
        "def penalise(scores, written, presence, frequency):\n"
        "    counts = torch.bincount(torch.tensor(written, dtype=torch.long), minlength=len(scores))\n"
        "    return scores - frequency * counts - presence * counts.clamp(max=1)",
        "def penalise(scores, written, presence, frequency):\n"
        "    if not written:\n"
        "        return scores\n"
        "    return [s - presence * (i in written) - frequency * written.count(i) for i, s in enumerate(scores)]",
    ),
    note="So OpenAI's API defines the two; servers differ in whether the prompt counts as written.",
)
