"""2.13 Numbers that came from nowhere."""

from course_utils.exercises.answers import Slip, as_list, call, close, describe, is_a
from course_utils.exercises.records import Exercise, Wrong

_NUMBERS = (
    "import re\n\n"
    "def numbers(text):\n"
    '    return re.findall(r"\\d+(?:\\.\\d+)?", text)\n\n'
    "def invented_numbers(source, summary):\n"
)


def _check_invented(answer) -> str | None:
    def run(source, summary):
        value = call(answer, source, summary)
        found = as_list(sorted(value) if is_a(value, set) else value)
        if found is None:
            raise Slip("not yet", f"Return a list of numbers as texts; given: {describe(value)}.")
        return found

    source = "In 2016 the plant had 40 workers and made 6.5 tons a day."
    got = run(source, "The plant has 40 workers, 16 machines, and output grew by 6.8 % to 12 tons.")
    if got == ["16", "6.8", "12"]:
        again = run("Sales fell.", "Sales fell by 3 % in May and by 3 % in June, or 3.5 in all.")
        if again not in (["3", "3", "3.5"], ["3", "3.5"]):
            return f"The second test's summary invents 3 and 3.5; given: {describe(again)}."
        kept = run("A ton costs 7.25 francs.", "It costs 7.25 francs.")
        if kept != []:
            return f"7.25 stands in both texts, so nothing is invented; given: {describe(kept)}."
        parts = run("It grew by 6.5 in 2016.", "It grew by 5 in 2016.")
        if parts != ["5"]:
            return f"5 is invented although the source has 6.5, and 2016 is not; given: {describe(parts)}."
        return None
    if got == []:
        return "The list is empty: for the test the invented numbers are 16, 6.8 and 12."
    if got == ["40"]:
        return "Those are the numbers that the source does have; return the others."
    if got == ["40", "16", "6.8", "12"]:
        return "Those are all numbers of the summary: leave out the ones that stand in the source."
    if got == ["6.8", "12"]:
        return "16 is missing: it is hidden in 2016, but as a number of its own the source does not have it."
    if close(got, [16.0, 6.8, 12.0]):
        return "Return the numbers as they are written, as texts: `'16'`, not 16."
    if got == ["2016", "6.5"]:
        return "Those are in the source and not in the summary: it is the other way round."
    if got and "6.8" not in got and {"6", "8"} & set(map(str, got)):
        return "6.8 fell into two numbers: the pattern needs its part for the decimals, `(?:\\.\\d+)?`."
    if sorted(map(str, got)) == ["12", "16", "6.8"]:
        return "The right numbers, but not in the order of the summary: a set forgets the order."
    return f"For the test the invented numbers are 16, 6.8 and 12; given: {describe(got)}."


EXERCISE = Exercise(
    id="2.13",
    title="Numbers that came from nowhere",
    minutes=6,
    difficulty="easy",
    starter="import re\n\n\ndef invented_numbers(source, summary):\n    ...",
    answer="invented_numbers",
    check=_check_invented,
    expects="a function that returns a list of texts",
    hints=(
        "Find the numbers of both texts with the same pattern, then compare the two lists.",
        'A number is invented if it is not in the *list* of the source: `"16" in "2016"` is True for texts.',
    ),
    solution=_NUMBERS + "    known = numbers(source)\n    return [n for n in numbers(summary) if n not in known]",
    wrong=(
        Wrong(
            _NUMBERS + "    return [n for n in numbers(summary) if n not in source]",
            "16 is missing",
        ),
        Wrong(
            _NUMBERS + "    return [n for n in numbers(summary) if n in numbers(source)]",
            "Those are the numbers that the source does have",
        ),
        Wrong(_NUMBERS + "    return numbers(summary)", "all numbers of the summary"),
        Wrong(
            _NUMBERS + "    return [n for n in numbers(summary) if n not in source.split()]",
            "5 is invented although the source has 6.5",
        ),
        Wrong(
            _NUMBERS + "    return [n for n in numbers(source) if n not in numbers(summary)]",
            "it is the other way round",
        ),
        Wrong(
            _NUMBERS + "    return [float(n) for n in numbers(summary) if n not in numbers(source)]",
            "as they are written",
        ),
        Wrong(
            (_NUMBERS + "    return [n for n in numbers(summary) if n not in numbers(source)]").replace(
                "(?:\\.\\d+)?", ""
            ),
            "fell into two numbers",
        ),
        Wrong(
            _NUMBERS + "    return sorted(set(numbers(summary)) - set(numbers(source)))",
            "not in the order of the summary",
        ),
    ),
    alternatives=(
        "import re\n\n"
        "def invented_numbers(source, summary):\n"
        "    found = lambda text: [m.group() for m in re.finditer(r'[0-9]+(\\.[0-9]+)?', text)]\n"
        "    rest = []\n"
        "    for number in found(summary):\n"
        "        if number not in set(found(source)) and number not in rest:\n"
        "            rest.append(number)\n"
        "    return rest",
    ),
)
