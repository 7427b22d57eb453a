"""8.4 Presence and frequency."""

from course_utils.exercises.answers import call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import TORCH, vector

_SCORES = [2.0, -1.0, 0.5, 0.0, 3.0]


_WRITTEN = [1, 4, 4, 1, 4]


_PENALISE = (
    "def penalise(scores, written, presence, frequency):\n"
    "    counts = torch.tensor([written.count(token) for token in range(len(scores))])\n"
    "    return scores - frequency * counts - presence * (counts > 0)"
)


def _penalised(scores, written, presence, frequency) -> list[float]:
    counts = [written.count(token) for token in range(len(scores))]
    return [s - frequency * count - presence * (count > 0) for s, count in zip(scores, counts, strict=True)]


def _check_penalise(answer) -> str | None:
    import torch

    value = call(answer, torch.tensor(_SCORES), _WRITTEN, 0.5, 0.25)
    found = vector(value, 5)
    if found is None:
        return f"Your function should return a tensor as long as `scores`; given: {describe(value)}."
    if not close(found, _penalised(_SCORES, _WRITTEN, 0.5, 0.25)):
        slips = (
            ([2, 0, 0.5, 0, 4.25], "The sign is wrong: you made the tokens likelier that were written already."),
            (_SCORES, "Nothing changed: tokens 1 and 4 were written, and lose some of their score."),
            ([2, -2.5, 0.5, 0, 0.75], "The presence penalty is taken once a token, however often it was written."),
            ([2, -1.75, 0.5, 0, 2.25], "The frequency penalty is taken once for *each time* a token was written."),
            ([2, -1.5, 0.5, 0, 2.25], "The presence penalty is missing from your scores."),
            ([2, -1.5, 0.5, 0, 2.5], "The frequency penalty is missing from your scores."),
            ([2, -1.6, 0.5, 0, 2.35], "You took the *share* of each token; asked is how many times it was written."),
            ([1.5, -2, 0, -0.5, 1.75], "Tokens that were never written lost the presence penalty, too."),
            ([2, 0, 0.5, 0, 1.75], "Negative scores went up: subtract from every score, whatever its sign."),
        )
        said = [sentence for slip, sentence in slips if close(found, slip)]
        right = _penalised(_SCORES, _WRITTEN, 0.5, 0.25)
        return said[0] if said else f"For scores {_SCORES}, written {_WRITTEN}, 0.5 and 0.25: {right}, not {found}."
    if not close(call(answer, torch.tensor(_SCORES), [], 0.5, 0.25), _SCORES):
        return "Before the first token is written no score changes."
    value = call(answer, torch.tensor(_SCORES), [0, 0, 2], -1.0, 2.0)
    if not close(value, _penalised(_SCORES, [0, 0, 2], -1.0, 2.0)):
        return f"With a presence penalty of -1 (it invites tokens back) and a frequency of 2: given {describe(value)}."
    return None


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
        "Count how often each token of the vocabulary stands in `written`; most counts are 0.",
        "`scores - frequency * counts - presence * (counts > 0)`, with `counts` as a tensor as long as `scores`.",
    ),
    solution=_PENALISE,
    wrong=(
        Wrong(changed(_PENALISE, ("- frequency", "+ frequency"), ("- presence", "+ presence")), "The sign is wrong"),
        Wrong(
            "def penalise(scores, written, presence, frequency):\n    return scores",
            "Nothing changed",
        ),
        Wrong(changed(_PENALISE, ("presence * (counts > 0)", "presence * counts")), "once a token"),
        Wrong(changed(_PENALISE, ("frequency * counts", "frequency * (counts > 0)")), "for *each time*"),
        Wrong(changed(_PENALISE, (" - presence * (counts > 0)", "")), "presence penalty is missing"),
        Wrong(changed(_PENALISE, (" - frequency * counts", "")), "frequency penalty is missing"),
        Wrong(changed(_PENALISE, ("* counts", "* counts / max(len(written), 1)")), "You took the *share*"),
        Wrong(changed(_PENALISE, ("presence * (counts > 0)", "presence")), "that were never written"),
        Wrong(
            "def penalise(scores, written, presence, frequency):\n"
            "    counts = torch.tensor([written.count(token) for token in range(len(scores))])\n"
            "    lost = frequency * counts + presence * (counts > 0)\n"
            "    return torch.where(scores < 0, scores + lost, scores - lost)",
            "Negative scores went up",
        ),
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
    ),
    note="So OpenAI's API defines the two; servers differ in whether the prompt counts as written.",
)
