"""3.2 How long is the clip?"""

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong

_NUMPY = "import numpy as np"


def _check_seconds(answer) -> str | None:
    import numpy as np

    value = as_number(call(answer, np.zeros(24_000), 16_000))
    if value is None:
        return f"Your function should return one number; given: {describe(call(answer, np.zeros(24_000), 16_000))}."
    if close(value, 1.5):
        stereo = as_number(call(answer, np.zeros((20_000, 2)), 8_000))
        if close(stereo, 2.5):
            return None
        if close(stereo, 5.0):
            return "With two channels your clip is twice as long: count the rows of `[samples, channels]` only."
        if close(stereo, 0.00025):
            return "With two channels you counted the channels: the samples are the first dimension."
        if close(stereo, 1.25):
            return "You used 16,000 for every clip: the second argument says how many samples a second has."
        return f"20,000 samples in two channels at 8,000 a second last 2.5 seconds; given: {describe(stereo)}."
    if close(value, 1) or close(value, 2):
        return "24,000 samples at 16,000 a second are a second and a half: do not round (`//` does)."
    if close(value, 2 / 3, 1e-2):
        return "Upside down: divide the number of samples by the rate."
    if close(value, 1500):
        return "Those are milliseconds; return seconds."
    if close(value, 384_000_000):
        return "You multiplied; samples divided by samples a second gives seconds."
    return f"24,000 samples at 16,000 a second last 1.5 seconds; given: {describe(value)}."


EXERCISE = Exercise(
    id="3.2",
    title="How long is the clip?",
    minutes=3,
    difficulty="easy",
    starter="def seconds(samples, rate):\n    ...",
    answer="seconds",
    check=_check_seconds,
    context=_NUMPY,
    expects="a function that returns one number",
    hints=(
        "The rate says how many samples one second has.",
        "`len(samples)` or `samples.shape[0]` counts the first dimension only.",
    ),
    solution="def seconds(samples, rate):\n    return samples.shape[0] / rate",
    wrong=(
        Wrong("def seconds(samples, rate):\n    return samples.size / rate", "your clip is twice as long"),
        Wrong("def seconds(samples, rate):\n    return samples.shape[-1] / rate", "you counted the channels"),
        Wrong("def seconds(samples, rate):\n    return len(samples) // rate", "do not round"),
        Wrong("def seconds(samples, rate):\n    return rate / len(samples)", "Upside down"),
        Wrong("def seconds(samples, rate):\n    return len(samples) / 16_000", "You used 16,000 for every clip"),
        Wrong("def seconds(samples, rate):\n    return 1000 * len(samples) / rate", "Those are milliseconds"),
    ),
    alternatives=(
        "def seconds(samples, rate):\n    return len(samples) / rate",
        "def seconds(samples, rate):\n    return np.float32(sum(1 for row in samples) / rate)",
    ),
)
