"""10.40 An effect with its interval."""

from course_utils.exercises.answers import as_list, call, close, describe, shape
from course_utils.exercises.records import Exercise, Wrong, changed

_AUDIT = """\
import numpy as np
from course_utils.bias import interval, permutation_p

def audit(pairs, score):
    firsts, seconds = zip(*pairs)
    differences = np.asarray(score(list(firsts))) - np.asarray(score(list(seconds)))
    low, high = interval(differences)
    return differences.mean(), low, high, permutation_p(differences)"""


def _planted(effect: float, spread: float):
    """Twelve pairs, and a score with this mean difference: the messages differ much, the two of a pair little."""
    import numpy as np

    rng = np.random.default_rng(7)
    level, noise = rng.normal(0, 2, 12), rng.normal(0, spread, 12)
    noise -= noise.mean()
    first = level + effect + noise
    values = {f"Message {i} by A.": first[i] for i in range(12)} | {f"Message {i} by B.": level[i] for i in range(12)}

    def score(texts):
        """One number a text, as an array `[texts]`."""
        return np.array([values[text] for text in texts])

    pairs = [(f"Message {i} by A.", f"Message {i} by B.") for i in range(12)]
    return pairs, score, effect + noise, first, level


def _check_audit(answer) -> str | None:
    import numpy as np

    from course_utils.bias import interval, permutation_p

    pairs, score, differences, first, second = _planted(0.3, 0.1)
    value = call(answer, pairs, score)
    got = as_list(value)
    if got is None or shape(got) != (4,):
        return f"Your function should return four numbers, effect, low, high and p; given: {describe(value)}."
    effect, low, high, p = got
    if not all(type(number) in (int, float) and abs(number) < 1e9 for number in got):
        return f"One of the four is not a number, or has no end: {describe(value)}."
    right_low, right_high = interval(differences)
    if close(effect, -0.3, 0.01):
        return "The sign is turned round: the effect is the first of each pair minus the second."
    if close(effect, float(np.exp(0.3)), 0.01):
        return "That is e to the effect; return the mean difference itself, here 0.30."
    if not close(effect, 0.3, 0.01):
        return f"A bias of 0.30 was planted, and your effect is {effect:.2f}: take the mean of the pairs' differences."
    if low > high:
        return "The ends are swapped: low comes before high."
    width, right_width = high - low, right_high - right_low
    loose = 2 * 2.2 * float(np.hypot(first.std(), second.std())) / 12**0.5
    if width > 0.5 * loose:
        return (
            f"The interval, {low:.2f} to {high:.2f}, treats the two sides as strangers. The messages differ, the two "
            "of a pair hardly: take the interval of the *differences*."
        )
    if width > 2.2 * right_width:
        return f"The interval, {low:.2f} to {high:.2f}, shows how single pairs scatter; for the mean divide by √12."
    if not (low < 0.3 < high and 0.6 * right_width < width < 1.6 * right_width):
        return f"The interval should be about {right_low:.2f} to {right_high:.2f}; given: {low:.2f} to {high:.2f}."
    if close(p, permutation_p(-differences) / 2, 1e-4):
        return "Half as much: a bias may go either way, so count the sign flips on both sides."
    if not 0 <= p <= 1:
        return f"p is a probability; given: {p:.2f}."
    if p > 0.01:
        return f"All twelve pairs lean the same way, which is rare by chance: p should be below 0.01; given: {p:.2f}."
    pairs, score, *_ = _planted(0.0, 0.1)
    none = as_list(call(answer, pairs, score))
    if shape(none) != (4,) or not none[1] < 0 < none[2]:
        return f"Without any bias the interval should hold 0; given: {describe(none)}."
    if not 0.05 <= none[3] <= 1:
        return f"Without any bias p should be large; given: {none[3]:.3f}."
    pairs, score, differences, *_ = _planted(0.15, 0.35)  # pairs that scatter more, and an effect in doubt
    doubt = as_list(call(answer, pairs, score))
    right_low, right_high = interval(differences)
    if shape(doubt) != (4,) or not 0.6 < (doubt[2] - doubt[1]) / (right_high - right_low) < 1.6:
        return (
            "When the pairs scatter more, the interval should be wider, here about "
            f"{right_low:.2f} to {right_high:.2f}; given: {describe(doubt)}."
        )
    right_p = permutation_p(differences)
    if not 0.65 * right_p < doubt[3] < 1.6 * right_p:
        return f"For an effect in doubt p should be about {right_p:.2f}, both sides counted; given: {doubt[3]:.3f}."
    return None


EXERCISE = Exercise(
    id="10.40",
    title="An effect with its interval",
    minutes=10,
    difficulty="medium",
    starter="def audit(pairs, score):\n    ...",
    answer="audit",
    check=_check_audit,
    expects="a function that returns four numbers",
    hints=(
        "Score all first texts in one call and all second texts in another, and subtract: one difference a pair.",
        "`interval(differences)` and `permutation_p(differences)` of `course_utils.bias` do the rest.",
    ),
    solution=_AUDIT,
    wrong=(
        Wrong(
            changed(
                _AUDIT,
                (
                    "score(list(firsts))) - np.asarray(score(list(seconds)))",
                    "score(list(seconds))) - np.asarray(score(list(firsts)))",
                ),
            ),
            "The sign is turned round",
        ),
        Wrong(
            changed(_AUDIT, ("return differences.mean()", "return np.exp(differences.mean())")),
            "That is e to the effect",
        ),
        Wrong(
            "import numpy as np\n"
            "from course_utils.bias import permutation_p\n"
            "\n"
            "def audit(pairs, score):\n"
            "    a, b = (np.array(score([pair[side] for pair in pairs])) for side in (0, 1))\n"
            "    half = 1.96 * (a.var() / len(a) + b.var() / len(b)) ** 0.5\n"
            "    effect = a.mean() - b.mean()\n"
            "    return effect, effect - half, effect + half, permutation_p(a - b)",
            "treats the two sides as strangers",
        ),
        Wrong(
            changed(
                _AUDIT,
                (
                    "low, high = interval(differences)",
                    "low, high = differences.mean() + 1.96 * differences.std() * np.array([-1, 1])",
                ),
            ),
            "shows how single pairs scatter",
        ),
        Wrong(changed(_AUDIT, ("low, high =", "high, low =")), "The ends are swapped"),
        Wrong(changed(_AUDIT, ("permutation_p(differences)", "permutation_p(differences) / 2")), "Half as much"),
        Wrong(
            changed(_AUDIT, ("interval(differences)", "differences.mean() - 0.06, differences.mean() + 0.06")),
            "the interval should be wider",
        ),
        Wrong(
            changed(_AUDIT, ("permutation_p(differences)", "0.0 if low > 0 or high < 0 else 1.0")),
            "an effect in doubt",
        ),
        Wrong(
            changed(_AUDIT, ("permutation_p(differences)", "np.mean(differences < differences.mean())")),
            "lean the same way",
        ),
    ),
    alternatives=(
        "import numpy as np\n"
        "\n"
        "def audit(pairs, score):\n"
        "    d = np.array([score([one])[0] - score([other])[0] for one, other in pairs])\n"
        "    rng = np.random.default_rng(0)\n"
        "    means = rng.choice(d, (4000, len(d))).mean(1)\n"
        "    flipped = (d * rng.choice([-1, 1], (4000, len(d)))).mean(1)\n"
        "    low, high = np.quantile(means, [0.025, 0.975])\n"
        "    return np.array([d.mean(), low, high, np.mean(abs(flipped) >= abs(d.mean()))])",
    ),
    note="A bias of 0.30 was planted in one test and none in another; your audit told them apart.",
)
