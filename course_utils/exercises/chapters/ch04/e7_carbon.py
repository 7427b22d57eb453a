"""4.7 The carbon of a run."""

import math

from course_utils.exercises.answers import as_number, call, describe
from course_utils.exercises.records import Exercise, Wrong, changed

_CARBON = (
    "def carbon(watts, hours, intensity, pue):\n"
    "    energy = watts / 1000 * hours * pue  # kWh\n"
    "    return energy * intensity"
)


def _check_carbon(answer) -> str | None:
    # The first numbers are odd ones, so that each mistake gives a value of its own; the others: parts of an hour and of
    # a gram, a PUE of 1, kilowatts.
    cases = ((270, 7, 53, 1.3), (25, 0.37, 713, 1.0), (3.1, 0.02, 56, 1.05), (2700, 1.75, 369, 1.1))
    for case in cases:
        watts, hours, intensity, pue = case
        given = call(answer, *case)
        value, right = as_number(given), watts * hours * intensity * pue / 1000
        if value is None:
            return f"Your function should return one number; given: {describe(given)}."
        if not math.isclose(value, right, rel_tol=1e-7):
            text = f"{watts} W for {hours} hours at {intensity} g per kWh and a PUE of {pue} are {right:.8g} g"
            meant = _slip(case, value, right) if case is cases[0] else ""
            return f"{text}; given: {describe(given)}. {meant}".rstrip()
    return None


def _slip(case: tuple, value: float, right: float) -> str:
    """What would give this value; said of the value, as other code may give it too."""
    watts, hours, intensity, pue = case
    slips = (
        (right * 1000, "That is a thousand times too much: 1,000 W are 1 kW."),
        (right / pue, "That comes out without the PUE: the building needs power, too."),
        (right / pue * 1000, "That is a thousand times too much, and without the PUE: 1,000 W are 1 kW."),
        (right / pue**2, "That comes out when you divide by the PUE; it makes the bill larger: multiply."),
        (right / 1000, "Those are kilograms; return grams."),
        (right / intensity, "That is the energy in kWh: multiply it by the carbon intensity."),
        (right / intensity * 1000, "Watts times hours are Wh: divide by 1,000, then multiply by the intensity."),
        (right / hours, "That comes out without the hours."),
        (right / pue * (1 + pue), "That comes out with 1 + PUE; the PUE is already the factor for the whole building."),
        (right / pue * (pue - 1), "That is the part that the building adds; with the PUE as a factor you get all."),
        (right / intensity**2, "That comes out when you divide by the intensity; kWh times g per kWh gives g."),
        (right * 3600, "That is 3,600 times too much, as with seconds; kW times hours gives kWh."),
        (right / 3600, "That is 3,600 times too little, as with seconds; `hours` are hours already."),
        (round(right), "That is rounded; give the grams as they are, as a short run makes few."),
    )
    return next((sentence for slip, sentence in slips if math.isclose(value, slip, rel_tol=1e-6)), "")


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
        "The intensity is in grams per kWh. Which unit does the energy need, then, and which unit has `watts`?",
        "First the energy, in kWh: a kilowatt is a thousand watts, and kWh are kilowatts times hours.",
        "Energy times PUE is what the meter of the building counts; times the intensity gives grams.",
    ),
    solution=_CARBON,
    why=(
        "Watts divided by 1,000 are kilowatts, and times hours they are kWh. The PUE makes the energy of the whole "
        "building of it, and each kWh stands for `intensity` grams."
    ),
    wrong=(
        Wrong(changed(_CARBON, ("watts / 1000", "watts")), "a thousand times too much: 1,000 W"),
        Wrong(changed(_CARBON, (" * pue", "")), "comes out without the PUE"),
        Wrong(changed(_CARBON, ("watts / 1000", "watts"), (" * pue", "")), "and without the PUE"),
        Wrong(changed(_CARBON, ("* pue", "/ pue")), "divide by the PUE"),
        Wrong(changed(_CARBON, ("energy * intensity", "energy * intensity / 1000")), "Those are kilograms"),
        Wrong(changed(_CARBON, ("energy * intensity", "energy")), "That is the energy"),
        Wrong(changed(_CARBON, ("energy * intensity", "energy"), (" / 1000", "")), "hours are Wh"),
        Wrong(changed(_CARBON, (" * hours", "")), "without the hours"),
        Wrong(changed(_CARBON, ("* pue", "* (1 + pue)")), "with 1 + PUE"),
        Wrong(changed(_CARBON, ("* pue", "* (pue - 1)")), "the part that the building adds"),
        Wrong(changed(_CARBON, ("energy * intensity", "energy / intensity")), "divide by the intensity"),
        Wrong(changed(_CARBON, ("* hours", "* hours * 3600")), "times too much, as with seconds"),
        Wrong(changed(_CARBON, ("* hours", "* hours / 3600")), "times too little, as with seconds"),
        Wrong(changed(_CARBON, ("energy * intensity", "round(energy * intensity)")), "is rounded"),
    ),
    also_wrong=(
        changed(_CARBON, ("* pue", "* max(pue, 1.1)")),
        changed(_CARBON, ("* pue", "* 1.1")),
        changed(_CARBON, ("watts / 1000", "watts // 1000")),
        changed(_CARBON, ("* hours", "* int(hours)")),
        changed(_CARBON, ("* hours", "* max(hours, 1)")),
        changed(_CARBON, ("energy * intensity", "round(energy * intensity, 2)")),
        changed(_CARBON, ("watts / 1000", "0.7")),
        changed(_CARBON, ("* intensity", "* 369")),
    ),
    alternatives=(
        "def carbon(watts, hours, intensity, pue):\n"
        "    joules = watts * hours * 3600\n"
        "    return joules / 3.6e6 * intensity * pue",
        "import numpy as np\n\n"
        "def carbon(watts, hours, pue, intensity=369):\n"
        "    return np.prod([watts, hours, pue, intensity]) / 1000",
    ),
    note=(
        "BLOOM took 1,082,990 hours of GPUs of 400 W at 57 g per kWh: with a PUE of 1 these are the 24.7 tonnes of "
        "its paper (arXiv 2211.02001). SmolLM2-135M comes to a third of a tonne at 369 g and a PUE of 1.1; "
        "or to more, as small models reach less than 0.4 of the peak."
    ),
)
