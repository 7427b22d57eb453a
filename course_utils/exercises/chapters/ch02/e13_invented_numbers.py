"""2.13 Numbers that came from nowhere."""

import re

from course_utils.exercises.answers import as_list, call, close, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import known_slip

_CASES = (
    (
        "In 2016 the plant had 40 workers and made 6.5 tons a day.",
        "The plant has 40 workers, 16 machines, and output grew by 6.8 % to 12 tons.",
    ),
    ("It grew by 6.5 in 2016.", "It grew by 5 in 2016."),
    ("Sales fell.", "Sales fell by 3 % in May and by 3 % in June, or 4.5 in all."),
    ("A ton costs 7.25 francs in 1931.", "In 1931 a ton costs 7.25, and 7.25 in 1931."),
    ("The 5km run of 2009.", "From 2009-2015 it grew by 12% to 6km and a score of 90."),
    ("One, two.", "Three, then three."),
)


def _numbers(text, pattern=r"\d+(?:\.\d+)?") -> list[str]:
    return re.findall(pattern, text)


def _invented(source, summary, pattern=r"\d+(?:\.\d+)?") -> list[str]:
    known = _numbers(source, pattern)
    return [number for number in _numbers(summary, pattern) if number not in known]


_SLIPS = (
    (
        lambda source, summary: [n for n in _numbers(summary) if n not in source],
        "You looked for each number in the text of the source: `'16' in '2016'` is True. Look for it in the "
        "list of the "
        "source's numbers.",
    ),
    (
        lambda source, summary: [n for n in _numbers(summary) if n in _numbers(source)],
        "Those are the numbers that the source does have; return the others.",
    ),
    (
        lambda source, summary: _numbers(summary),
        "Those are all numbers of the summary: leave out the ones that stand in the source.",
    ),
    (
        lambda source, summary: _invented(summary, source),
        "Those are in the source and not in the summary: it is the other way round.",
    ),
    (
        lambda source, summary: [float(n) for n in _invented(source, summary)],
        "Return the numbers as they are written, as texts: `'16'`, not 16.0.",
    ),
    (
        lambda source, summary: _invented(source, summary, r"\d+"),
        "6.8 falls into two numbers, 6 and 8: the pattern needs its part for the decimals, `(?:\\.\\d+)?`.",
    ),
    (
        lambda source, summary: _invented(source, summary, r"\d+(\.\d+)?"),
        "With a group in round brackets `findall` returns the group alone: write `(?:` and not `(`, as in the text.",
    ),
    (
        lambda source, summary: sorted(_invented(source, summary)),
        "The right numbers, but sorted as texts: keep the order of the summary.",
    ),
    (
        lambda source, summary: _invented(source, summary)[:1],
        "Only the first invented number is there; return them all.",
    ),
)


def _fits(got, right) -> bool:
    """All the invented numbers in summary order; one that stands there twice may be listed once or twice."""
    left = iter(right)
    return set(got) == set(right) and all(number in left for number in got)


def _check_invented(answer) -> str | None:
    for source, summary in _CASES:
        value = call(answer, source, summary)
        got, right = as_list(value), _invented(source, summary)
        if got is None and not is_a(value, set, frozenset):
            return f"Return a list of numbers as texts; given: {describe(value)}."
        if got is not None and all(is_a(number, str) for number in got) and _fits(got, right):
            continue
        if slip := known_slip(answer, _CASES, _SLIPS, as_list):
            return slip
        order = ""
        if is_a(value, set, frozenset):
            order = " A set has no order: return a list."
        elif close(sorted(map(str, got)), sorted(right)) and right:
            order = " The numbers are right, but not as the text asks: in the order of the summary, as texts."
        return (
            f"For the source {source!r} and the summary {summary!r} the invented numbers are `{right}`; given: "
            f"{describe(value)}.{order}"
        )
    return None


_INVENTED = (
    "import re\n\n"
    "def numbers(text):\n"
    '    return re.findall(r"\\d+(?:\\.\\d+)?", text)\n\n'
    "def invented_numbers(source, summary):\n"
    "    known = numbers(source)\n"
    "    return [n for n in numbers(summary) if n not in known]"
)


EXERCISE = Exercise(
    id="2.13",
    title="Numbers that came from nowhere",
    minutes=8,
    difficulty="easy",
    starter="import re\n\n\ndef invented_numbers(source, summary):\n    ...",
    answer="invented_numbers",
    check=_check_invented,
    expects="a function that returns a list of texts",
    why="Both texts are cut into numbers with the same pattern, so that whole numbers are compared with whole "
    "numbers. Going through the list of the summary keeps its order.",
    note="In the summary of the museum's notice your function finds no invented number, although nobody wrote of "
    "*seven* days: that number stands there as a word. A check finds only what it looks for.",
    hints=(
        "Is 16 a number of the text *In 2016 it rained*? What does Python say to `'16' in '2016'`?",
        "Find the numbers of both texts with the same pattern, then compare the two lists.",
        "A number is invented if it is not in the *list* of the source's numbers. A list comprehension over the "
        "numbers of "
        "the summary keeps their order.",
    ),
    solution=_INVENTED,
    wrong=(
        Wrong(changed(_INVENTED, ("not in known", "not in source")), "in the text of the source"),
        Wrong(changed(_INVENTED, ("not in known", "in known")), "the source does have"),
        Wrong(changed(_INVENTED, (" if n not in known", "")), "all numbers of the summary"),
        Wrong(changed(_INVENTED, ("numbers(source)", "source.split()")), "'It grew by 5 in 2016.'"),
        Wrong(changed(_INVENTED, ("(source, summary)", "(summary, source)")), "it is the other way round"),
        Wrong(changed(_INVENTED, ("[n for", "[float(n) for")), "as they are written"),
        Wrong(changed(_INVENTED, ("(?:\\.\\d+)?", "")), "falls into two numbers"),
        Wrong(changed(_INVENTED, ("(?:", "(")), "returns the group alone"),
        Wrong(changed(_INVENTED, ("return [n", "return sorted([n"), ("in known]", "in known])")), "sorted as texts"),
        Wrong(changed(_INVENTED, ("[n for", "{n for"), ("in known]", "in known}")), "A set has no order"),
        Wrong(changed(_INVENTED, ("in known]", "in known][:1]")), "Only the first invented number"),
        Wrong(changed(_INVENTED, ("in known]", "in known][::-1]")), "The numbers are right, but"),
    ),
    also_wrong=(
        changed(_INVENTED, ("not in known", "not in known and numbers(summary).count(n) == 1")),
        "import re\nfrom collections import Counter\n\n"
        "def invented_numbers(source, summary):\n"
        '    found = [re.findall(r"\\d+(?:\\.\\d+)?", text) for text in (source, summary)]\n'
        "    return list((Counter(found[1]) - Counter(found[0])).elements())",
        "def invented_numbers(source, summary):\n"
        "    words = summary.split()\n"
        '    return [w for w in words if w.replace(".", "", 1).isdigit() and w not in source.split()]',
        changed(_INVENTED, ('r"\\d+(?:\\.\\d+)?"', 'r"[\\d.]*\\d[\\d.]*"')),
        changed(_INVENTED, ('r"\\d+(?:\\.\\d+)?"', 'r"\\b\\d+(?:\\.\\d+)?\\b"')),
        changed(_INVENTED, ('r"\\d', 'r"-?\\d')),
        changed(_INVENTED, ('r"\\d', 'r"\\d\\d')),
        # takes out of the list while going over it
        changed(
            _INVENTED,
            (
                "return [n for n in numbers(summary) if n not in known]",
                "found = numbers(summary)\n    for n in found:\n        if n in known:\n            "
                "found.remove(n)\n    return found",
            ),
        ),
        changed(_INVENTED, ("return [n for n", "found = [n for n")) + "\n    if found:\n        return found",
    ),
    alternatives=(
        "import re\n\n"
        "def invented_numbers(source, summary):\n"
        "    found = lambda text: [m.group() for m in re.finditer(r'[0-9]+(\\.[0-9]+)?', text)]\n"
        "    rest = []\n"
        "    for number in found(summary):\n"
        "        if number not in set(found(source)) and number not in rest:\n"
        "            rest.append(number)\n"
        "    return tuple(rest)",
        changed(_INVENTED, ("[n for", "list(dict.fromkeys(n for"), ("in known]", "in known))")),
    ),
)
