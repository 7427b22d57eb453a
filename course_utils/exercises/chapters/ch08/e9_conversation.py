"""8.9 A conversation that fits."""

from course_utils.describing import attempt
from course_utils.exercises.answers import as_list, as_number, call, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed

_FIT = (
    "def turns_kept(system, turns, limit, new):\n"
    "    room = limit - system - new\n"
    "    first = len(turns)\n"
    "    while first > 0 and sum(turns[first - 1 :]) <= room:\n"
    "        first -= 1\n"
    "    return list(range(first, len(turns)))"
)


def _check_fit(answer) -> str | None:
    def given(system, turns, limit, new):
        value = call(answer, system, turns, limit, new)
        found = list(value) if is_a(value, range) else as_list(value)
        return found, describe(value)

    turns = [30, 25, 60, 10, 20]
    found, shown = given(10, turns, 100, 20)  # 70 left: 20 + 10, then 60 is too long
    if found is None or not all(as_number(place) is not None for place in found):
        return f"Your function should return the list of the turns kept; given: {shown}."
    if found != [3, 4]:
        slips = {
            (2, 3, 4): "Too much is kept: 90 tokens, the system's 10 and the 20 still to be written make 120.",
            (4, 5): "The places are counted from 0: the first turn has place 0.",
            (1, 3, 4): "You left one turn out and took an older one: without what lies between, it makes no sense.",
            (0, 1): "You kept the oldest turns: the newest matter most.",
            (4, 3): "The right turns, but the newest first: keep them in their order.",
            (20, 10): "You return lengths; asked are the places of the turns, counted from 0.",
            (10, 20): "You return lengths; asked are the places of the turns, counted from 0.",
            (): "You gave up the whole conversation: drop turns one by one, the oldest first.",
        }
        said = attempt(lambda: slips.get(tuple(int(place) for place in found)))
        return said or f"System 10, turns {turns}, limit 100, 20 to write: turns 3 and 4 stay; given: {shown}."
    found, shown = given(40, [25, 20, 10], 100, 20)  # 40 left
    if found == [0, 1, 2]:
        return "Too much is kept: the system message fills part of the context, too."
    if found != [1, 2]:
        return f"System 40, turns [25, 20, 10], limit 100, 20 to write: turns 1 and 2 stay; given: {shown}."
    found, shown = given(10, [50, 20, 10], 100, 10)
    if found == [1, 2]:
        return "100 of 100 tokens is exactly full, and still fits."
    if found != [0, 1, 2]:
        return f"When everything fits, everything stays; given: {shown}."
    found, shown = given(10, [90], 100, 20)
    return None if found == [] else f"When not even the last turn fits, nothing stays; given: {shown}."


EXERCISE = Exercise(
    id="8.9",
    title="A conversation that fits",
    minutes=6,
    difficulty="medium",
    starter="def turns_kept(system, turns, limit, new):\n    ...",
    answer="turns_kept",
    check=_check_fit,
    expects="a function that returns a list of places",
    hints=(
        "The room for turns is what the limit leaves after the system message and the tokens to be written.",
        "Go from the newest turn back, adding up, and stop at the first that no longer fits.",
    ),
    solution=_FIT,
    wrong=(
        Wrong(changed(_FIT, (" - new", "")), "still to be written"),
        Wrong(changed(_FIT, (" - system", "")), "the system message fills"),
        Wrong(changed(_FIT, ("<= room", "< room")), "exactly full"),
        Wrong(changed(_FIT, ("range(first, len(turns))", "range(first + 1, len(turns) + 1)")), "has place 0"),
        Wrong(
            "def turns_kept(system, turns, limit, new):\n"
            "    room, kept = limit - system - new, []\n"
            "    for place in range(len(turns) - 1, -1, -1):\n"
            "        if turns[place] <= room:\n"
            "            kept.insert(0, place)\n"
            "            room -= turns[place]\n"
            "    return kept",
            "and took an older one",
        ),
        Wrong(
            "def turns_kept(system, turns, limit, new):\n"
            "    room, last = limit - system - new, 0\n"
            "    while last < len(turns) and sum(turns[: last + 1]) <= room:\n"
            "        last += 1\n"
            "    return list(range(last))",
            "You kept the oldest turns",
        ),
        Wrong(
            changed(_FIT, ("list(range(first, len(turns)))", "list(range(len(turns) - 1, first - 1, -1))")),
            "the newest first",
        ),
        Wrong(changed(_FIT, ("list(range(first, len(turns)))", "turns[first:]")), "You return lengths"),
        Wrong(
            "def turns_kept(system, turns, limit, new):\n"
            "    fits = system + sum(turns) + new <= limit\n"
            "    return list(range(len(turns))) if fits else []",
            "You gave up",
        ),
    ),
    alternatives=(
        "def turns_kept(system, turns, limit, new):\n"
        "    kept = list(range(len(turns)))\n"
        "    while kept and system + new + sum(turns[i] for i in kept) > limit:\n"
        "        kept.pop(0)\n"
        "    return kept",
    ),
    note="Dropping is the simplest remedy; others summarise the old turns, or look up what is needed.",
)
