"""4.6 How long does training take?"""

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed

_HOURS = (
    "def gpu_hours(parameters, tokens, peak, share):\n"
    "    seconds = 6 * parameters * tokens / (peak * share)\n"
    "    return seconds / 3600"
)


def _check_hours(answer) -> str | None:
    value = as_number(call(answer, 1e9, 2e10, 1e14, 0.4))
    if value is None:
        return f"Your function should return one number; given: {describe(call(answer, 1e9, 2e10, 1e14, 0.4))}."
    right = 6 * 1e9 * 2e10 / (1e14 * 0.4) / 3600
    if close(value, right, 1e-6):
        other = as_number(call(answer, 7e9, 2e12, 312e12, 0.5))
        if close(other, 6 * 7e9 * 2e12 / 156e12 / 3600, 1e-6):
            return None
        return f"It is right for one case and not for another: use all four arguments; given: {describe(other)}."
    slips = (
        (right * 3600, "Those are seconds: an hour has 3,600."),
        (right * 60, "Those are minutes: an hour has 3,600 seconds."),
        (right / 24, "Those are days."),
        (right * 3600 * 3600, "You multiplied by 3,600; an hour has 3,600 seconds: divide."),
        (right / 6, "The six is missing: six operations for each parameter and token."),
        (right / 3, "Two operations per parameter and token are for generating; training takes six."),
        (right * 0.4, "The share is missing: a GPU reaches only a part of its peak."),
        (right * 0.16, "You multiplied by the share; the smaller it is, the longer it takes: divide."),
        (right / 2e10, "The tokens are missing: every one of them costs six operations a parameter."),
        (right / 1e9, "The parameters are missing: each takes part in six operations a token."),
        (1 / right / 3600**2, "Upside down: operations divided by operations a second are seconds."),
        (round(right), "Do not round: one hour more or less matters for a small model."),
    )
    for slip, sentence in slips:
        if close(value / slip, 1, 1e-6):  # the quotient, as some are tiny
            return sentence
    return f"The first test takes {right:.1f} hours; given: {describe(value)}."


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
        "`peak * share` operations a second; an hour has 3,600 seconds.",
    ),
    solution=_HOURS,
    wrong=(
        Wrong(changed(_HOURS, (" / 3600", "")), "Those are seconds"),
        Wrong(changed(_HOURS, ("/ 3600", "* 3600")), "You multiplied by 3,600"),
        Wrong(changed(_HOURS, ("6 * ", "")), "The six is missing"),
        Wrong(changed(_HOURS, ("3600", "60")), "Those are minutes"),
        Wrong(changed(_HOURS, ("6 *", "2 *")), "training takes six"),
        Wrong(changed(_HOURS, ("(peak * share)", "peak")), "The share is missing"),
        Wrong(changed(_HOURS, ("/ (peak * share)", "/ peak * share")), "You multiplied by the share"),
        Wrong(changed(_HOURS, (" * tokens", "")), "The tokens are missing"),
        Wrong(changed(_HOURS, (" * parameters", "")), "The parameters are missing"),
        Wrong(
            changed(_HOURS, ("6 * parameters * tokens / (peak * share)", "peak * share / (6 * parameters * tokens)")),
            "Upside down",
        ),
        Wrong(changed(_HOURS, ("seconds / 3600", "round(seconds / 3600)")), "Do not round"),
        Wrong(changed(_HOURS, ("/ 3600", "/ 3600 / 24")), "Those are days"),
    ),
    alternatives=(
        "def gpu_hours(parameters, tokens, peak, share):\n"
        "    tokens_per_hour = peak * share * 3600 / (6 * parameters)\n"
        "    return tokens / tokens_per_hour",
    ),
    note="With 7e9, 2e12, 312e12 (an A100) and 0.4 it gives about 187,000; the paper on Llama 2 7B counts 184,320.",
)
