"""4.6 How long does training take?"""

import math

from course_utils.exercises.answers import as_number, call, describe
from course_utils.exercises.records import Exercise, Wrong, changed

_HOURS = (
    "def gpu_hours(parameters, tokens, peak, share):\n"
    "    seconds = 6 * parameters * tokens / (peak * share)\n"
    "    return seconds / 3600"
)


def _check_hours(answer) -> str | None:
    # The first numbers are odd ones, so that each mistake gives a value of its own; the others: many hours, a tenth of
    # one, a share of 1, whole numbers.
    cases = (
        (1.3e9, 2.7e10, 1.1e14, 0.35),
        (7e9, 2e12, 312e12, 0.5),
        (1e6, 3e8, 1.7e13, 0.3),
        (5e8, 7e9, 2e13, 1.0),
        (135_000_000, 2_000_000_000, 10**13, 0.25),
    )
    for case in cases:
        parameters, tokens, peak, share = case
        given = call(answer, *case)
        value, right = as_number(given), 6 * parameters * tokens / (peak * share) / 3600
        if value is None:
            return f"Your function should return one number; given: {describe(given)}."
        if not math.isclose(value, right, rel_tol=1e-7):
            shown = ", ".join(f"{number:g}" for number in case)
            text = f"For `{shown}` it takes {right:.6g} hours; given: {describe(given)}."
            meant = _slip(case, value, right) if case is cases[0] else ""
            return f"{text} {meant}".rstrip()
    return None


def _slip(case: tuple, value: float, right: float) -> str:
    """What would give this value; said of the value, as other code may give it too."""
    parameters, tokens, peak, share = case
    slips = (
        (right * 3600, "Those are seconds: an hour has 3,600."),
        (right * 60, "Those are minutes: an hour has 60 of them, 3,600 seconds."),
        (right / 24, "Those are days."),
        (right * 3600 * 3600, "That comes from seconds times 3,600; an hour has 3,600 seconds: divide."),
        (right / 6, "That is a sixth of it: training takes six operations for each parameter and token."),
        (right / 3, "That is a third of it: two operations are for generating; training takes six."),
        (right * share, "That comes out without the share: a GPU reaches only a part of its peak."),
        (right * share**2, "That comes out when the share is multiplied: the smaller it is, the longer it takes."),
        (
            right * share / (1 - share),
            "That comes out with 1 - share; `share` is the part that the GPU does reach.",
        ),
        (right * share / 0.4, f"That comes out with a share of 0.4; here it is {share}."),
        (right / tokens, "That comes out without the tokens: each of them costs six operations a parameter."),
        (right / parameters, "That comes out without the parameters: each takes part in six operations a token."),
        (1 / right / 3600**2, "That is upside down: operations divided by operations a second are seconds."),
        (round(right), "That is rounded; give the hours as they are, as small models take few."),
        (math.ceil(right), "That is rounded up; give the hours as they are, as small models take few."),
        (math.floor(right), "That is rounded down; give the hours as they are, as small models take few."),
    )
    return next((sentence for slip, sentence in slips if math.isclose(value, slip, rel_tol=1e-6)), "")


EXERCISE = Exercise(
    id="4.6",
    title="How long does training take?",
    minutes=6,
    difficulty="medium",
    starter="def gpu_hours(parameters, tokens, peak, share):\n    ...",
    answer="gpu_hours",
    check=_check_hours,
    expects="a function that returns one number",
    hints=(
        "How many operations in all, and how many does one GPU really do in a second?",
        "Operations divided by operations a second are seconds. Of its peak the GPU reaches only the share.",
        "It really does `peak * share` operations a second; an hour has 3,600 seconds.",
    ),
    solution=_HOURS,
    why=(
        "Training takes 6 · parameters · tokens operations. One GPU does `peak * share` of them in a second, so the "
        "quotient is the seconds; 3,600 of them are an hour."
    ),
    wrong=(
        Wrong(changed(_HOURS, (" / 3600", "")), "Those are seconds"),
        Wrong(changed(_HOURS, ("/ 3600", "* 3600")), "seconds times 3,600"),
        Wrong(changed(_HOURS, ("6 * ", "")), "a sixth of it"),
        Wrong(changed(_HOURS, ("3600", "60")), "Those are minutes"),
        Wrong(changed(_HOURS, ("6 *", "2 *")), "a third of it"),
        Wrong(changed(_HOURS, ("(peak * share)", "peak")), "without the share"),
        Wrong(changed(_HOURS, ("/ (peak * share)", "/ peak * share")), "the share is multiplied"),
        Wrong(changed(_HOURS, ("peak * share", "peak * (1 - share)")), "with 1 - share"),
        Wrong(changed(_HOURS, ("peak * share", "peak * 0.4")), "with a share of 0.4"),
        Wrong(changed(_HOURS, (" * tokens", "")), "without the tokens"),
        Wrong(changed(_HOURS, (" * parameters", "")), "without the parameters"),
        Wrong(
            changed(_HOURS, ("6 * parameters * tokens / (peak * share)", "peak * share / (6 * parameters * tokens)")),
            "upside down",
        ),
        Wrong(changed(_HOURS, ("seconds / 3600", "round(seconds / 3600)")), "is rounded;"),
        Wrong("import math\n\n" + changed(_HOURS, ("seconds / 3600", "math.ceil(seconds / 3600)")), "is rounded up"),
        Wrong(changed(_HOURS, ("/ 3600", "/ 3600 / 24")), "Those are days"),
    ),
    also_wrong=(
        changed(_HOURS, ("seconds / 3600", "int(seconds / 3600)")),
        changed(_HOURS, ("seconds / 3600", "round(seconds / 3600, 2)")),
        changed(_HOURS, ("seconds / 3600", "f'{seconds / 3600:,.0f} hours'")),
        changed(_HOURS, ("peak * share", "312e12 * share")),
        changed(_HOURS, ("peak * share", "peak * share / 100")),
        changed(_HOURS, ("peak * share", "peak * min(share, 0.5)")),
        changed(_HOURS, ("6 *", "8 *")),
        changed(_HOURS, ("seconds / 3600", "max(1, seconds / 3600)")),
        "counted = 134_515_008  # that of the page\n\n" + changed(_HOURS, ("* parameters", "* counted")),
    ),
    alternatives=(
        "def gpu_hours(parameters, tokens, peak, share):\n"
        "    tokens_per_hour = peak * share * 3600 / (6 * parameters)\n"
        "    return tokens / tokens_per_hour",
        "import torch\n\n"
        "def gpu_hours(parameters, tokens, peak, share=0.4):\n"
        "    return torch.tensor(6.0, dtype=torch.float64) * parameters * tokens / (peak * share) / 3600",
    ),
    note="With 7e9, 2e12, 312e12 (an A100) and 0.4 it gives about 187,000; the paper on Llama 2 7B counts 184,320.",
)
