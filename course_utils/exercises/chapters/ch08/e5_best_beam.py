"""8.5 The best beam."""

import math

from course_utils.exercises.answers import as_number
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import TORCH, compare

_THREE = [[-0.9, -0.9], [-1.0, -0.5, -1.1], [-0.4, -0.3, -0.9, -0.9, -0.5]]

_CASES = (  # no two beams equally good
    (_THREE, 0.0),
    (_THREE, 1.0),
    ([[-0.2, -0.2], [-0.1, -0.1, -0.3], [-0.5, -0.5, -0.5, -0.5, -0.5]], 1.0),
    ([[-0.2, -0.2], [-0.1, -0.1, -0.45], [-0.5, -0.5, -0.5, -0.5, -0.5]], 2.0),
    ([[-0.6], [-0.2, -0.3]], 2.0),
    ([[-0.3, -0.3], [-0.1, -0.1, -0.3]], -1.0),
    ([[-30.0, -40.0], [-25.0, -20.0], [-90.0]], 1.0),
    ([[-500.0, -700.0], [-4000.0], [-300.0, -200.0, -400.0]], 0.0),
    ([[-0.7]], 1.0),
    ([[-1.2, -0.4], [-2.1], [-0.5, -0.3, -0.2, -0.6], [-0.8, -0.3, -0.9], [-0.1, -2.2]], 0.5),
    ([[-0.9, -0.7], [-1.4], [-0.8, -0.6], [-2.0], [-0.6, -0.2, -0.1]], 1.0),
    ([[-0.4, -0.3, -0.2, -0.5, -0.6], [-0.3, -0.8], [-0.9, -0.2, -0.4, -0.1]], 0.6),
    ([[-1.5, -0.2], [-0.2, -0.3, -0.4, -0.6, -0.4, -0.7], [-0.4, -1.4]], 0.75),
)


def _best(score):
    """The place of the beam with the highest `score(beam, length_penalty)`."""

    def rule(beams, penalty):
        scores = [score(beam, penalty) for beam in beams]
        return scores.index(max(scores))

    return rule


_right = _best(lambda b, a: sum(b) / len(b) ** a)

_RULES = (
    (
        _best(lambda b, a: sum(b)),
        "You compare the sums: each is divided by the length, to the power of `length_penalty`.",
    ),
    (
        _best(lambda b, a: sum(b) / len(b)),
        "You take the mean, whatever `length_penalty` says: it is the power of the length.",
    ),
    (
        lambda beams, a: _best(lambda b, a: sum(b) / len(b) ** a)(beams, a or 1.0),
        "With a `length_penalty` of 0 the length does not matter: length ** 0 is 1, so the sums are compared.",
    ),
    (
        _best(lambda b, a: sum(b) * len(b) ** a),
        "You multiply by the power of the length, and so punish long beams.",
    ),
    (
        _best(lambda b, a: -sum(b) / len(b) ** a),
        "You chose the *worst* beam: log-probabilities are negative, the largest wins.",
    ),
    (_best(lambda b, a: b[-1]), "You look at the last token only: a beam counts with all its tokens."),
    (_best(lambda b, a: max(b)), "You look at the best token of each beam: a beam counts with all its tokens."),
    (_best(lambda b, a: -len(b)), "You took the shortest beam."),
    (_best(lambda b, a: len(b)), "You took the longest beam."),
    (
        _best(lambda b, a: sum(map(math.exp, b)) / len(b) ** a),
        "You added probabilities; logarithms are added.",
    ),
    (
        _best(lambda b, a: math.exp(sum(b)) / len(b) ** a),
        "You divided the *probability* of the beam: divide the sum of the logarithms.",
    ),
    (lambda beams, a: _right(beams, a) + 1, "The places are counted from 0: the first beam has place 0."),
    (
        lambda beams, a: 0,
        "Your function returned 0 every time. All scores are negative: with what is the first one compared?",
    ),
)


def _place(value, *case) -> int | None:
    number = as_number(value)
    return None if number is None or number != number // 1 else int(number)


def _check_beams(answer) -> str | None:
    return compare(answer, _CASES, _right, _RULES, _place, "one whole number, the place of the best beam")


_BEST_BEAM = (
    "def best_beam(beams, length_penalty):\n"
    "    scores = [sum(beam) / len(beam) ** length_penalty for beam in beams]\n"
    "    return scores.index(max(scores))"
)

EXERCISE = Exercise(
    id="8.5",
    title="The best beam",
    minutes=5,
    difficulty="easy",
    starter="def best_beam(beams, length_penalty):\n    ...",
    answer="best_beam",
    check=_check_beams,
    context=TORCH,
    expects="a function that returns the position of the best beam",
    hints=(
        "Take the beams [-1.0] and [-0.6, -0.6] with a pencil: which is better with the penalty 0, which with 1?",
        "First one score for each beam, by the rule of the text. Then look for the position of the largest score; all "
        "of them are negative.",
        "The score of one beam is `sum(beam) / len(beam) ** length_penalty`. With the list of all scores, "
        "`scores.index(max(scores))` is the position.",
    ),
    solution=_BEST_BEAM,
    why="Adding logarithms multiplies the probabilities. Dividing by a power of the length makes beams of different "
    "lengths comparable: 0 leaves the sum, 1 makes it the mean. `index(max(...))` turns the best score into its place.",
    wrong=(
        Wrong(changed(_BEST_BEAM, (" / len(beam) ** length_penalty", "")), "You compare the sums"),
        Wrong(changed(_BEST_BEAM, (" ** length_penalty", "")), "You take the mean"),
        Wrong(changed(_BEST_BEAM, ("** length_penalty", "** (length_penalty or 1)")), "length ** 0 is 1"),
        Wrong(
            changed(_BEST_BEAM, ("sum(beam) / len(beam) **", "(sum(beam) / len(beam)) **")),
            "'complex'",
            status="error in your code",
        ),
        Wrong(changed(_BEST_BEAM, (" / len", " * len")), "You multiply by"),
        Wrong(changed(_BEST_BEAM, ("max(", "min(")), "the *worst* beam"),
        Wrong(changed(_BEST_BEAM, ("sum(beam) / len(beam) ** length_penalty", "beam[-1]")), "the last token only"),
        Wrong(changed(_BEST_BEAM, ("sum(beam) / len(beam) ** length_penalty", "max(beam)")), "the best token of each"),
        Wrong(
            "import math\n" + changed(_BEST_BEAM, ("sum(beam)", "sum(math.exp(x) for x in beam)")),
            "You added probabilities",
        ),
        Wrong(
            "import math\n" + changed(_BEST_BEAM, ("sum(beam)", "math.exp(sum(beam))")), "the *probability* of the beam"
        ),
        Wrong(changed(_BEST_BEAM, ("index(max(scores))", "index(max(scores)) + 1")), "counted from 0"),
        Wrong(
            "def best_beam(beams, length_penalty):\n"
            "    best, place = 0, 0\n"
            "    for i, beam in enumerate(beams):\n"
            "        if sum(beam) / len(beam) ** length_penalty > best:\n"
            "            best, place = sum(beam) / len(beam) ** length_penalty, i\n"
            "    return place",
            "returned 0 every time",
        ),
        Wrong(
            changed(_BEST_BEAM, ("scores.index(max(scores))", "beams[scores.index(max(scores))]")), "should return one"
        ),
        Wrong(
            changed(_BEST_BEAM, ("len(beam) ** l", "(len(beam) * l"), ("penalty for", "penalty) for")),
            "ZeroDivision",
            status="error in your code",
        ),
    ),
    also_wrong=(
        "def best_beam(beams, length_penalty):\n"
        "    best, place = -10, 0\n"
        "    for i, beam in enumerate(beams):\n"
        "        score = sum(beam) / len(beam) ** length_penalty\n"
        "        if score > best:\n"
        "            best, place = score, i\n"
        "    return place",
        changed(_BEST_BEAM, ("** length", "** -length")),
        changed(_BEST_BEAM, ("len(beam) ** length_penalty", "len(beams) ** length_penalty")),
        changed(_BEST_BEAM, ("** length_penalty", "** round(length_penalty)")),
        changed(_BEST_BEAM, ("** length_penalty", "** max(length_penalty, 0)")),
    ),
    alternatives=(
        "def best_beam(beams, length_penalty):\n"
        "    best, place = None, None\n"
        "    for i, beam in enumerate(beams):\n"
        "        score = sum(beam) * len(beam) ** -length_penalty\n"
        "        if best is None or score > best:\n"
        "            best, place = score, i\n"
        "    return place",
        "def best_beam(beams, length_penalty):\n"
        "    return torch.tensor([torch.tensor(b).sum() / len(b) ** length_penalty for b in beams]).argmax()",
        "import numpy as np\n"
        "best_beam = lambda beams, a: np.argmax([np.mean(beam) * len(beam) ** (1 - a) for beam in beams])",
    ),
    note="Sums are negative: dividing by more brings them nearer to 0, so a larger penalty favours *longer* texts.",
)
