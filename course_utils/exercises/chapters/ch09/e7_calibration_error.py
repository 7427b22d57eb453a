"""9.7 Expected calibration error."""

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import NUMPY

_ECE = (
    "def calibration_error(confidence, right):\n"
    "    error = 0\n"
    "    for low in np.arange(10) / 10:\n"
    "        inside = (confidence > low) & (confidence <= low + 0.1)\n"
    "        if inside.any():\n"
    "            error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())\n"
    "    return error"
)


def _check_calibration(answer) -> str | None:
    import numpy as np

    # Three bins; in the second, and between the second and third, wider or narrower bins give something else.
    sure = np.array([0.55] * 10 + [0.81] * 10 + [0.89] * 10 + [0.97] * 60)
    right = np.array([1] * 8 + [0] * 2 + [1] * 18 + [0] * 2 + [1] * 48 + [0] * 12)
    value = call(answer, sure, right)
    number = as_number(value)
    if number is None:
        return f"Your function should return one number; given: {describe(value)}."
    gaps, sizes = np.array([0.25, 0.05, -0.17]), np.array([10, 20, 60])  # share right minus confidence
    for guess, says in (
        (abs(gaps).mean(), "Every bin counted the same; weigh each gap by the share of the sentences in its bin."),
        (
            abs(gaps).sum() / 10,
            "You divided by the number of bins; weigh each gap by the share of the sentences in it.",
        ),
        (abs(gaps).sum(), "You added up the gaps; weigh each one by the share of the sentences in its bin."),
        (abs(gaps).max(), "That is the largest gap; the mean over all sentences is wanted."),
        (abs((gaps * sizes).sum()) / 90, "Gaps of opposite sign cancelled out: take each one without its sign first."),
        ((gaps * sizes).sum() / 90, "Gaps of opposite sign cancelled out: take each one without its sign first."),
        (-(gaps * sizes).sum() / 90, "Gaps of opposite sign cancelled out: take each one without its sign first."),
        ((abs(gaps) * sizes).sum(), "Divide by the number of all sentences."),
        ((gaps**2 * sizes).sum() / 90, "You squared the gaps; take them without their sign."),
        (abs(sure - right).mean(), "Compare bins, not single sentences: one answer is either right or wrong."),
    ):
        if close(number, guess, 1e-3):
            return says
    if number != number:
        return "NaN came out: an empty bin has no mean, so leave it out."
    if not close(number, (abs(gaps) * sizes).sum() / 90, 1e-3):
        return f"Expected {(abs(gaps) * sizes).sum() / 90:.3f} here, with bins of a tenth each; given: {number:.3f}."
    if not close(as_number(call(answer, np.array([1.0, 1.0, 0.55, 0.55]), np.array([1, 0, 1, 1]))), 0.475, 1e-3):
        return "A confidence of exactly 1 belongs to the last bin; yours leaves it out."
    return None


EXERCISE = Exercise(
    id="9.7",
    title="Expected calibration error",
    minutes=8,
    difficulty="medium",
    starter="def calibration_error(confidence, right):\n    ...",
    answer="calibration_error",
    check=_check_calibration,
    context=NUMPY,
    expects="a function that takes two arrays and returns a number",
    hints=(
        "For each bin a mask: `(confidence > low) & (confidence <= low + 0.1)`; skip it if `not mask.any()`.",
        "Add `mask.mean()`, the share of the sentences in the bin, times the gap between the two means, `abs`.",
    ),
    solution=_ECE,
    wrong=(
        Wrong(changed(_ECE, ("inside.mean() * ", "0.1 * ")), "You divided by the number of bins"),
        Wrong(changed(_ECE, ("inside.mean() * ", "")), "You added up the gaps"),
        Wrong(
            changed(
                _ECE,
                ("error += inside.mean() * abs(", "error = max(error, abs("),
                ("inside].mean())\n", "inside].mean()))\n"),
            ),
            "That is the largest gap",
        ),
        Wrong(changed(_ECE, ("abs(right", "(right")), "Gaps of opposite sign"),
        Wrong(changed(_ECE, ("arange(10) / 10", "arange(15) / 15"), ("+ 0.1", "+ 1 / 15")), "bins of a tenth each"),
        Wrong(changed(_ECE, ("inside.mean() * ", "inside.sum() * ")), "Divide by the number of all sentences"),
        Wrong(
            "def calibration_error(confidence, right):\n    return abs(confidence - right).mean()",
            "Compare bins, not single sentences",
        ),
        Wrong(
            changed(_ECE, ("        if inside.any():\n    ", ""), ("error += inside", "error += inside")),
            "NaN came out",
        ),
        Wrong(
            changed(
                _ECE,
                ("(confidence > low) & (confidence <= low + 0.1)", "(confidence >= low) & (confidence < low + 0.1)"),
            ),
            "A confidence of exactly 1",
        ),
    ),
    alternatives=(
        "def calibration_error(confidence, right):\n"
        "    bins = np.minimum((np.asarray(confidence) * 10).astype(int), 9)\n"
        "    sums = np.bincount(bins, np.asarray(right, float) - np.asarray(confidence, float))\n"
        "    return np.abs(sums).sum() / len(bins)",
    ),
    note="Guo et al. 2017 (arXiv 1706.04599) use 15 bins; name the number of bins with the result.",
)
