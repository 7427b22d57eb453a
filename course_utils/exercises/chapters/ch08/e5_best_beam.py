"""8.5 The best beam."""

from course_utils.exercises.answers import as_number, call, describe
from course_utils.exercises.records import Exercise, Wrong, changed

_BEAMS = (
    ([[-0.9, -0.9], [-1.0, -0.5, -1.1], [-0.4, -0.3, -0.9, -0.9, -0.5]], 0.0, 0),
    ([[-0.9, -0.9], [-1.0, -0.5, -1.1], [-0.4, -0.3, -0.9, -0.9, -0.5]], 1.0, 2),
    ([[-0.2, -0.2], [-0.1, -0.1, -0.3], [-0.5, -0.5, -0.5, -0.5, -0.5]], 1.0, 1),
    ([[-0.2, -0.2], [-0.1, -0.1, -0.45], [-0.5, -0.5, -0.5, -0.5, -0.5]], 2.0, 1),
    ([[-0.6], [-0.2, -0.3]], 2.0, 1),
    ([[-0.3, -0.3], [-0.1, -0.1, -0.5]], -1.0, 0),
)


_RULES = (
    (lambda b, a: sum(b), "You compare the sums: each is divided by the length, to the power of `length_penalty`."),
    (lambda b, a: sum(b) / len(b), "You take the mean, whatever `length_penalty` says: it is the power of the length."),
    (lambda b, a: (sum(b) / len(b)) ** a, "You raised the mean to the power: only the length is raised."),
    (lambda b, a: sum(b) * len(b) ** a, "You multiply by the power of the length, and so punish long beams."),
    (
        lambda b, a: -sum(b) / len(b) ** a,
        "You chose the *worst* beam: log-probabilities are negative, the largest wins.",
    ),
    (lambda b, a: b[-1], "You look at the last token only: a beam counts with all its tokens."),
    (lambda b, a: max(b), "You look at the best token of each beam: a beam counts with all its tokens."),
    (lambda b, a: -len(b), "You took the shortest beam."),
    (lambda b, a: len(b), "You took the longest beam."),
    (lambda b, a: sum(2.718281828459045**x for x in b) / len(b) ** a, "You added probabilities; logarithms are added."),
)


_BEST_BEAM = (
    "def best_beam(beams, length_penalty):\n"
    "    scores = [sum(beam) / len(beam) ** length_penalty for beam in beams]\n"
    "    return scores.index(max(scores))"
)


def _check_beams(answer) -> str | None:
    found = []
    for beams, penalty, _ in _BEAMS:
        value = call(answer, beams, penalty)
        if as_number(value) not in range(len(beams)):
            return f"Your function should return the place of the best beam, 0, 1 or 2; given: {describe(value)}."
        found.append(int(as_number(value)))
    slips = {tuple(_place(rule, beams, penalty) for beams, penalty, _ in _BEAMS): sentence for rule, sentence in _RULES}
    right = tuple(place for _, _, place in _BEAMS)
    if tuple(found) == right:
        return None
    if said := slips.get(tuple(found)):
        return said
    wrong = next(i for i in range(len(_BEAMS)) if found[i] != right[i])
    beams, penalty, place = _BEAMS[wrong]
    return f"Of {beams} with a length penalty of {penalty}, beam {place} is best; given: {found[wrong]}."


def _place(rule, beams, penalty) -> int:
    scores = [rule(beam, penalty) for beam in beams]
    return scores.index(max(scores))


EXERCISE = Exercise(
    id="8.5",
    title="The best beam",
    minutes=5,
    difficulty="easy",
    starter="def best_beam(beams, length_penalty):\n    ...",
    answer="best_beam",
    check=_check_beams,
    expects="a function that returns the place of the best beam",
    hints=(
        "The score of one beam is `sum(beam) / len(beam) ** length_penalty`.",
        "Make the list of all scores, then `scores.index(max(scores))`.",
    ),
    solution=_BEST_BEAM,
    wrong=(
        Wrong(changed(_BEST_BEAM, (" / len(beam) ** length_penalty", "")), "You compare the sums"),
        Wrong(changed(_BEST_BEAM, (" ** length_penalty", "")), "You take the mean"),
        Wrong(changed(_BEST_BEAM, ("sum(beam) / len(beam) **", "(sum(beam) / len(beam)) **")), "You raised the mean"),
        Wrong(changed(_BEST_BEAM, (" / len", " * len")), "You multiply by"),
        Wrong(changed(_BEST_BEAM, ("max(", "min(")), "the *worst* beam"),
        Wrong(changed(_BEST_BEAM, ("sum(beam) / len(beam) ** length_penalty", "beam[-1]")), "the last token only"),
        Wrong(changed(_BEST_BEAM, ("sum(beam) / len(beam) ** length_penalty", "max(beam)")), "the best token of each"),
        Wrong(
            "import math\n" + changed(_BEST_BEAM, ("sum(beam)", "sum(math.exp(x) for x in beam)")),
            "You added probabilities",
        ),
    ),
    alternatives=(
        "def best_beam(beams, length_penalty):\n"
        "    best, place = None, None\n"
        "    for i, beam in enumerate(beams):\n"
        "        score = sum(beam) * len(beam) ** -length_penalty\n"
        "        if best is None or score > best:\n"
        "            best, place = score, i\n"
        "    return place",
    ),
    note="Sums are negative: dividing by more brings them nearer to 0, so a larger penalty favours *longer* texts.",
)
