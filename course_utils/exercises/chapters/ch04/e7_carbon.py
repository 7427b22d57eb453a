"""4.7 The carbon of a run."""

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed

_CARBON = (
    "def carbon(watts, hours, intensity, pue):\n"
    "    energy = watts / 1000 * hours * pue  # kWh\n"
    "    return energy * intensity"
)


def _check_carbon(answer) -> str | None:
    value = as_number(call(answer, 300, 10, 50, 1.5))
    if value is None:
        return f"Your function should return one number; given: {describe(call(answer, 300, 10, 50, 1.5))}."
    if close(value, 225, 1e-6):
        other = as_number(call(answer, 25, 0.5, 700, 1.0))
        if close(other, 8.75, 1e-6):
            return None
        return f"25 W for half an hour at 700 g per kWh and a PUE of 1 are 8.75 g; given: {describe(other)}."
    slips = {
        225_000: "A thousand times too much: 300 W are 0.3 kW.",
        150: "The PUE is missing: the building needs power, too.",
        150_000: "A thousand times too much, and without the PUE: 300 W are 0.3 kW.",
        100: "You divided by the PUE; it makes the bill larger: multiply.",
        0.225: "Those are kilograms; return grams.",
        4.5: "That is the energy in kWh: multiply it by the carbon intensity.",
        4500: "Watts times hours are Wh: divide by 1,000, then multiply by the intensity.",
        22.5: "The hours are missing.",
        375: "A PUE of 1.5 is a factor, not an extra 150 %.",
        0.09: "You divided by the intensity; kWh times g per kWh gives g.",
        810_000: "You turned the hours into seconds; kW times hours gives kWh.",
    }
    for slip, sentence in slips.items():
        if close(value, slip, 1e-6):
            return sentence
    return f"300 W for ten hours at 50 g per kWh and a PUE of 1.5 are 225 g; given: {describe(value)}."


EXERCISE = Exercise(
    id="4.7",
    title="The carbon of a run",
    minutes=5,
    difficulty="easy",
    starter="def carbon(watts, hours, intensity, pue):\n    ...",
    answer="carbon",
    check=_check_carbon,
    expects="a function that returns one number",
    hints=(
        "First the energy, in kWh: a kilowatt is a thousand watts, and kWh are kilowatts times hours.",
        "Energy times PUE is what the meter of the building counts; times the intensity gives grams.",
    ),
    solution=_CARBON,
    wrong=(
        Wrong(changed(_CARBON, ("watts / 1000", "watts")), "A thousand times too much: 300 W"),
        Wrong(changed(_CARBON, (" * pue", "")), "The PUE is missing"),
        Wrong(changed(_CARBON, ("watts / 1000", "watts"), (" * pue", "")), "and without the PUE"),
        Wrong(changed(_CARBON, ("* pue", "/ pue")), "You divided by the PUE"),
        Wrong(changed(_CARBON, ("energy * intensity", "energy * intensity / 1000")), "Those are kilograms"),
        Wrong(changed(_CARBON, ("energy * intensity", "energy")), "That is the energy"),
        Wrong(changed(_CARBON, ("energy * intensity", "energy"), (" / 1000", "")), "hours are Wh"),
        Wrong(changed(_CARBON, (" * hours", "")), "The hours are missing"),
        Wrong(changed(_CARBON, ("* pue", "* (1 + pue)")), "not an extra 150 %"),
        Wrong(changed(_CARBON, ("energy * intensity", "energy / intensity")), "You divided by the intensity"),
        Wrong(changed(_CARBON, ("* hours", "* hours * 3600")), "hours into seconds"),
    ),
    alternatives=(
        "def carbon(watts, hours, intensity, pue):\n"
        "    joules = watts * hours * 3600\n"
        "    return joules / 3.6e6 * intensity * pue",
    ),
    note=(
        "BLOOM took 1,082,990 hours of GPUs of 400 W at 57 g per kWh: with a PUE of 1 these are the 24.7 tonnes of "
        "its paper (arXiv 2211.02001). SmolLM2-135M comes to a third of a tonne at 369 g and a PUE of 1.1; "
        "or to more, as small models reach less than 0.4 of the peak."
    ),
)
