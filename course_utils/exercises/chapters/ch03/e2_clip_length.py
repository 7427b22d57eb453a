"""3.2 How long is the clip?"""

from course_utils.exercises.records import Exercise, Wrong
from course_utils.exercises.slips import one_number

_NUMPY = "import numpy as np"


_SIZES = (  # the shape of the samples, the rate; one is a stereo clip of a single sample
    ((24_000,), 16_000),
    ((20_000, 2), 8_000),
    ((7,), 16),
    ((30, 4), 8),
    ((12, 1), 8),
    ((1, 2), 4),
    ((13,), 44_100),
)


_SLIPS = (
    (
        lambda s, rate: s.size / rate,
        "You counted the numbers of all channels: a clip with two channels comes out twice as long. Count the first "
        "dimension of `[samples, channels]` only.",
    ),
    (
        lambda s, rate: s.shape[-1] / rate,
        "You counted the last dimension. In `[samples, channels]` these are the channels; the samples are the first.",
    ),
    (
        lambda s, rate: len(s) / (1 if s.ndim == 1 else s.shape[1]) / rate,
        "With several channels you divided by their number: they sound at the same time, so it does not matter.",
    ),
    (lambda s, rate: len(s) // rate, "You dropped the fraction, as `//` does: a clip of 1.5 seconds is not 1 second."),
    (lambda s, rate: round(len(s) / rate), "You rounded to whole seconds: a clip of 1.5 seconds is not 2 seconds."),
    (lambda s, rate: round(len(s) / rate, 1), "You rounded to one digit: return the exact number."),
    (lambda s, rate: rate / len(s), "Upside down: divide the number of samples by the rate."),
    (
        lambda s, rate: len(s) / 16_000,
        "You used 16,000 for every clip: the second argument says how many samples a second has.",
    ),
    (lambda s, rate: 1000 * len(s) / rate, "Those are milliseconds; return seconds."),
    (lambda s, rate: len(s) * rate, "You multiplied; samples divided by samples a second gives seconds."),
    (lambda s, rate: (len(s) - 1) / rate, "You count one sample too few: `len(samples)` is the number of samples."),
)


def _check_seconds(answer) -> str | None:
    import numpy as np

    def right(samples, rate) -> float:
        return len(samples) / rate

    def told(samples, rate) -> str:
        what = f"An array of the shape `{list(samples.shape)}` at {rate:,} samples a second"
        return f"{what} lasts {right(samples, rate)} seconds"

    cases = [(np.arange(np.prod(size)).reshape(size) % 3, rate) for size, rate in _SIZES]
    return one_number(answer, cases, right, _SLIPS, told)


EXERCISE = Exercise(
    id="3.2",
    title="How long is the clip?",
    minutes=4,
    difficulty="easy",
    starter="def seconds(samples, rate):\n    ...",
    answer="seconds",
    check=_check_seconds,
    context=_NUMPY,
    expects="a function that returns one number",
    why="One second has `rate` samples, so the number of samples divided by the rate gives seconds. The "
    "channels stand in "
    "the second dimension and sound at the same time, so only the first dimension counts.",
    hints=(
        "How long is a clip of 32,000 samples if one second has 16,000? And if those samples come in two channels?",
        "Divide the number of samples by the rate. Which dimension of the array holds the samples?",
        "`len(samples)` or `samples.shape[0]` counts the first dimension only.",
    ),
    solution="def seconds(samples, rate):\n    return samples.shape[0] / rate",
    wrong=(
        Wrong("def seconds(samples, rate):\n    return samples.size / rate", "the numbers of all channels"),
        Wrong("def seconds(samples, rate):\n    return samples.shape[-1] / rate", "You counted the last dimension"),
        Wrong(
            "def seconds(samples, rate):\n    return len(samples) ** 2 / samples.size / rate",
            "you divided by their number",
        ),
        Wrong("def seconds(samples, rate):\n    return len(samples) // rate", "as `//` does"),
        Wrong("def seconds(samples, rate):\n    return round(len(samples) / rate, 1)", "You rounded to one digit"),
        Wrong("def seconds(samples, rate):\n    return rate / len(samples)", "Upside down"),
        Wrong("def seconds(samples, rate):\n    return len(samples) / 16_000", "You used 16,000 for every clip"),
        Wrong("def seconds(samples, rate):\n    return 1000 * len(samples) / rate", "Those are milliseconds"),
        Wrong("def seconds(samples, rate):\n    return len(samples) * rate", "You multiplied"),
        Wrong("def seconds(samples, rate):\n    return (len(samples) - 1) / rate", "one sample too few"),
    ),
    also_wrong=(
        "def seconds(samples, rate):\n    return max(samples.shape) / rate",
        "def seconds(samples, rate):\n    return len(samples.squeeze()) / rate",
        "def seconds(samples, rate):\n    return samples.size / samples.ndim / rate",
        "def seconds(samples, rate):\n    return np.count_nonzero(samples) / rate",
        "def seconds(samples, rate):\n    return round(len(samples) / rate, 3)",
    ),
    alternatives=(
        "def seconds(samples, rate):\n    return len(samples) / rate",
        "def seconds(samples, rate):\n    return np.float32(sum(1 for row in samples) / rate)",
        "def seconds(samples, rate):\n"
        "    channels = 1 if samples.ndim == 1 else samples.shape[1]\n"
        "    return samples.size / channels / rate",
    ),
)
