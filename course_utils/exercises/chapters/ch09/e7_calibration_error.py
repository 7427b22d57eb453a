"""9.7 Expected calibration error."""

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import first_slip

from .shared import NUMPY

_ECE = (
    "def calibration_error(confidence, right):\n"
    "    edges, error = np.arange(11) / 10, 0\n"
    "    for low, high in zip(edges, edges[1:]):\n"
    "        inside = (confidence > low) & (confidence <= high)\n"
    "        if inside.any():\n"
    "            error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())\n"
    "    return error"
)


# Groups of sentences: a confidence, how many are right, how many there are.
_CASES = (
    # In the second bin, and between the second and third, wider or narrower bins give something else.
    [(0.55, 8, 10), (0.81, 8, 10), (0.89, 10, 10), (0.97, 48, 60)],
    [(0.04, 2, 5), (0.12, 0, 4), (0.18, 3, 4), (0.33, 1, 7), (0.45, 3, 4), (0.66, 1, 5), (0.74, 3, 3), (1.0, 2, 3)],
    [(0.5, 4, 4), (0.55, 0, 6), (0.61, 3, 4), (0.7, 0, 3), (0.75, 4, 5), (0.9, 1, 2), (0.93, 4, 4)],  # on the edges
)


# Exactly on each edge: 0.7 + 0.1 is a little below 0.8, and 0.1 added up ends a little below 1.
_EDGES = [(k / 10, k % 2, 1) for k in range(1, 11)]


def _check_calibration(answer) -> str | None:
    cases = [*_CASES[:2], *([(edge, 0, 2)] for edge, _, _ in _EDGES), _EDGES, _CASES[2]]
    values = [call(answer, *_arrays(case)) for case in cases]
    numbers = [as_number(value) for value in values]
    if None in numbers:
        return f"Your function should return one number; given: {describe(values[numbers.index(None)])}."
    slips = zip(*(_slips(*_arrays(case)) for case in _CASES), strict=True)
    known = [([guess for guess, _ in slip], slip[0][1]) for slip in slips]
    if says := first_slip([abs(number) for number in (*numbers[:2], numbers[-1])], known, 1e-5):
        return says
    for case, value, number in zip(cases, values, numbers, strict=True):
        right = _error(*_arrays(case))
        if close(number, right, 1e-5):
            continue
        groups = ", ".join(f"{hits} of {count} right at {sure:g}" for sure, hits, count in case)
        says = f"Expected {right:.4f} for {groups}; given: {describe(value)}."
        if number != number:
            return f"{says} The mean of an empty bin is not a number (NaN): leave empty bins out."
        if case not in _CASES[:2]:
            return (
                f"{says} The edge k / 10 belongs to the bin below it. Computers round: 0.7 + 0.1 is less than 0.8, and "
                "0.7 in float32 is not 0.7 in float64. Compare with k / 10."
            )
        return says
    return None


def _arrays(case):
    import numpy as np

    sure = np.concatenate([[sure] * count for sure, _, count in case])
    right = np.concatenate([[True] * hits + [False] * (count - hits) for _, hits, count in case])
    order = np.random.default_rng(0).permutation(len(sure))
    return sure[order], right[order]


def _gaps(sure, right, bins):
    """Of each bin that is not empty: mean confidence minus share right, and the number of sentences."""
    import numpy as np

    inside = [bins == number for number in np.unique(bins)]
    gaps = np.array([sure[mask].mean() - right[mask].mean() for mask in inside])
    return gaps, np.array([mask.sum() for mask in inside])


def _bins(sure):
    import numpy as np

    return np.ceil((10 * sure).round(6))


def _error(sure, right, bins=None) -> float:
    gaps, sizes = _gaps(sure, right, _bins(sure) if bins is None else bins)
    return (abs(gaps) * sizes).sum() / len(sure)


def _slips(sure, right) -> list[tuple[float, str]]:
    gaps, sizes = _gaps(sure, right, _bins(sure))
    upper_half = sure > 0.5
    return [
        (abs(gaps).mean(), "Every bin counted the same; weigh each gap by the share of the sentences in its bin."),
        (abs(gaps).sum() / 10, "You divided by ten bins; weigh each gap by the share of the sentences in its bin."),
        (abs(gaps).sum(), "You added up the gaps; weigh each one by the share of the sentences in its bin."),
        (abs(gaps).max(), "That is the largest gap; the mean over all sentences is wanted."),
        (
            abs((gaps * sizes).sum()) / len(sure),
            "Gaps of opposite sign cancelled out: take the gap of each bin without its sign first.",
        ),
        ((abs(gaps) * sizes).sum(), "Divide by the number of all sentences."),
        (100 * _error(sure, right), "Those are percent: leave the factor 100 out."),
        ((gaps**2 * sizes).sum() / len(sure), "You squared the gaps; take them without their sign."),
        (abs(sure - right).mean(), "Compare bins, not single sentences: one answer is either right or wrong."),
        (
            _error(sure, right, (10 * sure).round(6).astype(int).clip(max=9)),
            "The lower edge of a bin was counted in: a confidence of exactly 0.7 belongs with 0.65, not with 0.75.",
        ),
        (
            _error(sure[upper_half], right[upper_half]) * upper_half.mean(),
            "Confidences of 0.5 and less count, too: there are ten bins, from 0 to 1.",
        ),
    ]


EXERCISE = Exercise(
    id="9.7",
    title="Expected calibration error",
    minutes=12,
    difficulty="medium",
    starter="def calibration_error(confidence, right):\n    ...",
    answer="calibration_error",
    check=_check_calibration,
    context=NUMPY,
    expects="a function that takes two arrays and returns a number",
    hints=(
        "Take one bin. Which sentences are in it, what is their mean confidence, and which share of them is right?",
        "For each bin make a mask of its sentences, and leave the bin out if the mask is empty. Its gap counts "
        "as much as its share of all sentences.",
        "The mask is `(confidence > low) & (confidence <= high)` with `low = k / 10`, `high = (k + 1) / 10`; its share "
        "of all sentences is `mask.mean()`.",
    ),
    solution=_ECE,
    why="A mean over a mask of True and False is a share, of the sentences in a bin and of the right ones among them. "
    "Weighing each gap by the share of its bin makes the sum a mean over all sentences.",
    wrong=(
        Wrong(changed(_ECE, ("inside.mean() * ", "0.1 * ")), "You divided by ten bins"),
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
        Wrong(changed(_ECE, ("inside.mean() * ", "inside.sum() * ")), "Divide by the number of all sentences"),
        Wrong(changed(_ECE, ("return error", "return 100 * error")), "Those are percent"),
        Wrong(
            changed(
                _ECE,
                (
                    "abs(right[inside].mean() - confidence[inside].mean())",
                    "(right[inside].mean() - confidence[inside].mean()) ** 2",
                ),
            ),
            "You squared the gaps",
        ),
        Wrong(
            "def calibration_error(confidence, right):\n    return abs(confidence - right).mean()",
            "Compare bins, not single sentences",
        ),
        Wrong(changed(_ECE, ("        if inside.any():\n    ", "")), "leave empty bins out"),
        Wrong(
            changed(
                _ECE,
                (
                    "(confidence > low) & (confidence <= high)",
                    "(confidence >= low) & ((confidence < high) | (high == 1))",
                ),
            ),
            "The lower edge of a bin was counted in",
        ),
        Wrong(changed(_ECE, ("np.arange(11)", "np.arange(5, 11)")), "Confidences of 0.5 and less count"),
        Wrong(changed(_ECE, ("confidence <= high", "confidence <= low + 0.1")), "Computers round"),
        Wrong(changed(_ECE, ("return error", "return [error]")), "should return one number"),
        Wrong(
            changed(
                _ECE,
                ("inside.mean() * ", "0.1 * "),
                ("return error", "n = len(set(np.ceil(confidence * 10)))\n    return error * 10 / n"),
            ),
            "Every bin counted the same",
        ),
    ),
    also_wrong=(
        changed(_ECE, ("arange(11) / 10", "arange(16) / 15")),
        changed(_ECE, ("(confidence > low) & (confidence <= high)", "(confidence >= low) & (confidence < high)")),
        changed(_ECE, ("(confidence > low) & (confidence <= high)", "(confidence.round(1) == high)")),
        changed(_ECE, ("confidence[inside].mean()", "(low + 0.05)")),
        changed(_ECE, ("inside.mean()", "len(confidence) / 90 * inside.mean()")),
        "def calibration_error(confidence, right):\n    return 0.1522",
        "from itertools import groupby\n\ndef calibration_error(confidence, right):\n"  # without sorting
        "    groups = groupby(zip(confidence, right), lambda pair: np.ceil(10 * pair[0]))\n"
        "    return sum(abs(sum(sure - hit for sure, hit in group)) for _, group in groups) / len(right)",
        "import torch\n\ndef calibration_error(confidence, right):\n"
        "    bins = torch.bucketize(torch.tensor(confidence), torch.arange(1, 10) / 10).numpy()  # edges in float32\n"
        "    return sum(abs((confidence - right)[bins == b].sum()) for b in set(bins)) / len(right)",
        # 0.1 added up to 1
        changed(_ECE, ("edges, error = np.arange(11) / 10, 0", "edges, error = np.cumsum([0] + [0.1] * 10), 0")),
    ),
    alternatives=(
        "def calibration_error(confidence, right):\n"
        "    bins = np.ceil(np.asarray(confidence) * 10).astype(int)\n"
        "    sums = np.bincount(bins, np.asarray(right, float) - np.asarray(confidence, float))\n"
        "    return np.abs(sums).sum() / len(bins)",
        "import torch\n\ndef calibration_error(confidence, right):\n"
        "    sure, hit = torch.tensor(confidence), torch.tensor(right).double()\n"
        "    bins = torch.bucketize(sure, torch.arange(1, 10).double() / 10)\n"
        "    total = 0\n"
        "    for b in bins.unique():\n"
        "        total = total + (bins == b).double().mean() * (sure[bins == b].mean() - hit[bins == b].mean()).abs()\n"
        "    return total",
        "def calibration_error(confidence, right):\n"
        "    bins = np.digitize(confidence, np.linspace(0, 1, 11), right=True)\n"
        "    return sum(abs((confidence - right)[bins == b].sum()) for b in set(bins)) / len(right)",
    ),
    note="Guo et al. 2017 (arXiv 1706.04599) use 15 bins; name the number of bins with the result.",
)
