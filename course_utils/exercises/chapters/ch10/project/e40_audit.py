"""10.40 An effect with its interval."""

import math

from course_utils.exercises.answers import as_list, call, close, describe, shape
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import known_slip

_AUDIT = """\
import numpy as np
from course_utils.bias import interval, permutation_p

def audit(pairs, score):
    firsts, seconds = zip(*pairs)
    differences = np.asarray(score(list(firsts))) - np.asarray(score(list(seconds)))
    low, high = interval(differences)
    return differences.mean(), low, high, permutation_p(differences)"""


# Effect, spread of the differences, number of pairs, and whether texts stand in two pairs.
_CASES = (
    (0.3, 0.1, 12, False),
    (-0.13, 0.35, 10, False),
    (0.0, 0.1, 12, False),
    (0.6, 1.6, 14, False),
    (0.4, 0.9, 12, True),
)


def _planted(effect: float, spread: float, count: int, shared: bool):
    """Pairs, and a score with this mean difference: the messages differ much, the two of a pair little.

    The differences lean to one side, so that their median is not their mean. `shared`: two pairs each have their first
    text in common, in the second half of the pairs their second text.
    """
    import numpy as np
    import torch

    rng = np.random.default_rng(7)
    level, noise = rng.normal(0, 2, count), rng.gamma(3, spread / 3**0.5, count)
    differences = effect + noise - noise.mean()
    numbers = [[i, i] for i in range(count)]
    values = {}
    for i, difference in enumerate(differences):
        side = int(i >= count // 2)
        numbers[i][side] -= i % 2 if shared else 0
        known = level[numbers[i][side]]
        values[f"Message {numbers[i][0]} by A."] = known if side == 0 else known + difference
        values[f"Message {numbers[i][1]} by B."] = known if side == 1 else known - difference
    pairs = [(f"Message {one} by A.", f"Message {other} by B.") for one, other in numbers]

    def score(texts):
        """One number a text, as a tensor `[texts]`."""
        if isinstance(texts, str):
            raise TypeError("score takes a list of texts, not a single text")
        return torch.tensor([values[text] for text in texts])

    return pairs, score, differences, (2 * level.var() + noise.var()) ** 0.5


def _slip(change, says: str):
    """A mistake in the differences, as a function of pairs and score, with the sentence for it."""

    def slip(pairs, score):
        from course_utils.bias import interval, permutation_p

        differences = change(*(score([pair[side] for pair in pairs]) for side in (0, 1))).numpy()
        return [float(differences.mean()), *interval(differences), permutation_p(differences)]

    return slip, says


_SLIPS = (
    _slip(lambda a, b: (a - b).abs(), "The differences lost their signs: a minus and a plus must cancel in the mean."),
    _slip(lambda a, b: a.sort()[0] - b.sort()[0], "Sorted scores lose the pairs: subtract in the order of the texts."),
)


def _check_audit(answer) -> str | None:
    from course_utils.bias import permutation_p

    cases = [_planted(*case) for case in _CASES]
    for (effect, _, count, shared), (pairs, score, differences, apart) in zip(_CASES, cases, strict=True):
        value = call(answer, pairs, score)
        got = as_list(value)
        if got is None or shape(got) != (4,):
            return f"Your function should return four numbers, effect, low, high and p; given: {describe(value)}."
        if not all(type(number) in (int, float) and abs(number) < 1e9 for number in got):
            return f"One of the four is no finite number: {describe(value)}."
        problem = _wrong_effect(effect, got[0]) or _wrong_interval(differences, effect, apart, *got[1:3])
        if problem or (problem := _wrong_p(got[3], permutation_p(differences))):
            problem = known_slip(answer, [case[:2] for case in cases], _SLIPS, as_list) or problem
            some = ", some of which share a text" if shared else ""
            return f"A bias of {effect:g} was planted in {count} pairs{some}. {problem}"
    return None


def _wrong_effect(planted: float, effect: float) -> str | None:
    if close(effect, planted, 0.01):
        return None
    if close(effect, -planted, 0.01):
        return "The sign is turned round: the effect is the first of each pair minus the second."
    if close(effect, math.exp(planted), 0.01):
        return f"Your effect is {effect:.2f}, e to the {planted:g}; return the mean difference itself."
    return f"Your effect is {effect:.2f}: take the mean of the pairs' differences."


def _wrong_interval(differences, effect: float, apart: float, low: float, high: float) -> str | None:
    if low > high:
        return f"The ends are swapped, {low:.2f} and {high:.2f}: low comes before high."
    count, width = len(differences), high - low
    half = 2.2 * differences.std() / count**0.5
    if 0.6 < width / (2 * half) < 1.7 and abs(low + high - 2 * effect) < half:
        return None
    given = f"Your interval is {low:.2f} to {high:.2f}; it should be about {effect - half:.2f} to {effect + half:.2f}."
    if 0.7 < width / (2 * 2.1 * apart / count**0.5) < 1.4:
        return f"{given} So wide it is for two groups of strangers: take the interval of the *differences*."
    if 0.7 < width / (2 * 2.1 * differences.std()) < 1.4:
        return f"{given} So wide do single pairs scatter; their mean scatters less, by √{count}."
    return given


def _wrong_p(p: float, right: float) -> str | None:
    if not 0 <= p <= 1:
        return f"p is a probability; given: {p:.2f}."
    if 0.65 * right < p < 1.6 * right or abs(p - right) < 0.006:  # drawn flips differ a little
        return None
    return f"p should be about {right:.2g}: how often the mean is as far from 0, on either side. Given: {p:.2g}."


EXERCISE = Exercise(
    id="10.40",
    title="An effect with its interval",
    minutes=5,
    difficulty="easy",
    starter="def audit(pairs, score):\n    ...",
    answer="audit",
    check=_check_audit,
    expects="a function that returns four numbers",
    hints=(
        "How many differences are there for ten pairs? First get these; what do the four results need besides them?",
        "Score all first texts in one call and all second texts in another, and subtract: one difference a pair.",
        "`interval(differences)` and `permutation_p(differences)` of `course_utils.bias` do the rest.",
    ),
    solution=_AUDIT,
    why=(
        "What a message says is the same on both sides and drops out of the difference, so little scatter is left. "
        "Mean, interval and p are then those of one list of differences."
    ),
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
            "e to the 0.3;",
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
            "for two groups of strangers",
        ),
        Wrong(
            changed(
                _AUDIT,
                (
                    "low, high = interval(differences)",
                    "low, high = differences.mean() + 1.96 * differences.std() * np.array([-1, 1])",
                ),
            ),
            "So wide do single pairs scatter",
        ),
        Wrong(changed(_AUDIT, ("low, high =", "high, low =")), "The ends are swapped"),
        Wrong(
            changed(_AUDIT, ("permutation_p(differences)", "permutation_p(differences) / 2")),
            "Given: 0.053",
        ),
        Wrong(
            changed(_AUDIT, ("interval(differences)", "differences.mean() - 0.06, differences.mean() + 0.06")),
            "Your interval is -0.19 to -0.07",
        ),
        Wrong(
            changed(_AUDIT, ("permutation_p(differences)", "0.0 if low > 0 or high < 0 else 1.0")),
            "on either side. Given: 1.",
        ),
        Wrong(
            changed(_AUDIT, ("differences = ", "differences = np.abs("), ("(list(seconds)))", "(list(seconds))))")),
            "lost their signs",
        ),
        Wrong(
            changed(
                _AUDIT,
                ("score(list(firsts))", "np.sort(score(list(firsts)))"),
                ("np.asarray(score(list(sec", "np.sort(score(list(sec"),
            ),
            "Sorted scores lose the pairs",
        ),
        Wrong(changed(_AUDIT, ("zip(*pairs)", "zip(*dict(pairs).items())")), "some of which share a text"),
    ),
    also_wrong=(
        changed(_AUDIT, ("permutation_p(differences)", "np.mean(differences < differences.mean())")),
        changed(_AUDIT, ("differences.mean(), low", "np.median(differences), low")),
        changed(_AUDIT, ("zip(*pairs)", "zip(*{second: (first, second) for first, second in pairs}.values())")),
        changed(_AUDIT, ("zip(*pairs)", "zip(*{first: (first, second) for first, second in pairs[::-1]}.values())")),
        changed(_AUDIT, ("differences.mean(), low, high, p", "differences.mean(), (low, high), p")),
        changed(_AUDIT, ("differences.mean(), low", "differences.sum() / 10, low")),
        changed(_AUDIT, ("list(seconds)", "list(firsts)")),
        changed(_AUDIT, ("permutation_p(differences)", "permutation_p(abs(differences))")),
    ),
    alternatives=(
        "from course_utils.bias import interval, permutation_p\n\n"
        "def audit(pairs, score):\n"
        "    values = score([text for pair in pairs for text in pair]).view(-1, 2)\n"
        "    d = values[:, 0] - values[:, 1]\n"
        "    return [d.mean(), *interval(d), permutation_p(d)]",
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
    note="Five biases were planted, one of them 0; your audit told what is clear from what is in doubt.",
)
