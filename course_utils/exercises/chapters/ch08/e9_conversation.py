"""8.9 A conversation that fits."""

from course_utils.exercises.answers import as_list, as_number, is_a
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import TORCH, compare

_FIT = (
    "def turns_kept(system, turns, limit, new):\n"
    "    room = limit - system - new\n"
    "    first = len(turns)\n"
    "    while first > 0 and sum(turns[first - 1 :]) <= room:\n"
    "        first -= 1\n"
    "    return list(range(first, len(turns)))"
)

_CASES = (  # system, turns, limit, new
    (10, [30, 25, 60, 10, 20], 100, 20),
    (40, [25, 20, 10], 100, 20),
    (10, [50, 20, 10], 100, 10),  # exactly full
    (10, [50, 20, 10], 100, 5),  # room is left
    (5, [40, 20, 30, 20, 30, 20], 120, 10),  # turns of equal length
    (50, [8, 3, 12, 7, 9, 4, 11, 6], 90, 5),
    (12, [90, 4, 3], 40, 21),  # exactly full again
    (1, [2, 3, 1, 4, 2, 5, 1, 3], 100, 10),
    (10, [90], 100, 20),
    (60, [5, 5], 100, 50),  # no room, whatever the turns
    (10, [], 100, 20),
)


def _kept(turns, room) -> list[int]:
    first = len(turns)
    while first > 0 and sum(turns[first - 1 :]) <= room:
        first -= 1
    return list(range(first, len(turns)))


def _right(system, turns, limit, new) -> list[int]:
    return _kept(turns, limit - system - new)


def _with_gaps(system, turns, limit, new) -> list[int]:
    room, kept = limit - system - new, []
    for place in range(len(turns) - 1, -1, -1):
        if turns[place] <= room:
            kept.insert(0, place)
            room -= turns[place]
    return kept


def _oldest(system, turns, limit, new) -> list[int]:
    return [i for i in range(len(turns)) if system + sum(turns[: i + 1]) + new <= limit]


def _and_one_more(system, turns, limit, new) -> list[int]:
    """Ends only when the limit is reached or passed."""
    first, total = len(turns), system + new
    while first > 0 and total < limit:
        first -= 1
        total += turns[first]
    return list(range(first, len(turns)))


_RULES = (
    (
        lambda system, turns, limit, new: _kept(turns, limit - system),
        "Too much is kept: the `new` tokens that are still to be written need room, too.",
    ),
    (
        lambda system, turns, limit, new: _kept(turns, limit - new),
        "Too much is kept: the system message fills part of the context, too.",
    ),
    (
        lambda system, turns, limit, new: _kept(turns, limit),
        "Too much is kept: the system message and the `new` tokens need room, too.",
    ),
    (
        lambda system, turns, limit, new: _kept(turns, limit - system - new - 1),
        "A context of 100 tokens with 100 in it is exactly full, and that still fits.",
    ),
    (
        lambda *case: [place + 1 for place in _right(*case)],
        "The places are counted from 0: the first turn has place 0.",
    ),
    (
        lambda system, turns, *rest: [place - len(turns) for place in _right(system, turns, *rest)],
        "Your places count from the end: they are counted from 0, and the first turn has place 0.",
    ),
    (
        _with_gaps,
        "You left one turn out and took an older one: without what lies between, it makes no sense.",
    ),
    (_oldest, "You kept the oldest turns: the newest matter most."),
    (
        lambda *case: _right(*case)[::-1],
        "The right turns, but the newest first: the text asks for the oldest of them first.",
    ),
    (
        lambda system, turns, *rest: [turns[place] for place in _right(system, turns, *rest)],
        "You return lengths; asked are the places of the turns, counted from 0.",
    ),
    (
        lambda system, turns, *rest: [turns.index(turns[place]) for place in _right(system, turns, *rest)],
        "Two turns can be equally long, and `turns.index(...)` finds the first of them: count the places yourself.",
    ),
    (
        lambda system, turns, limit, new: [*range(len(turns))] if system + sum(turns) + new <= limit else [],
        "You gave up the whole conversation: drop turns one by one, the oldest first.",
    ),
    (
        lambda system, turns, *rest: _right(system, turns, *rest) or [*range(len(turns))][-1:],
        "When not even the last turn fits, nothing stays: the result is an empty list.",
    ),
    (
        lambda system, turns, *rest: _right(system, turns, *rest) or [*range(len(turns))],
        "When not even the last turn fits, nothing stays; you kept all. Does a slice `[-0:]` do that?",
    ),
    (_and_one_more, "One turn too many is kept: the one with which the limit is passed no longer fits."),
    (
        lambda *case: [place for place in _right(*case) if place],
        "Place 0 is never kept: when all turns fit, all stay, the first one, too.",
    ),
)


def _places(value, *case) -> list | None:
    places = list(value) if is_a(value, range) else as_list(value)
    numbers = None if places is None else [as_number(place) for place in places]
    return None if numbers is None or None in numbers else numbers


def _check_fit(answer) -> str | None:
    return compare(answer, _CASES, _right, _RULES, _places, "a list of places")


EXERCISE = Exercise(
    id="8.9",
    title="A conversation that fits",
    minutes=6,
    difficulty="medium",
    starter="def turns_kept(system, turns, limit, new):\n    ...",
    answer="turns_kept",
    check=_check_fit,
    context=TORCH,
    expects="a function that returns a list of positions",
    hints=(
        "With limit 100, system 10 and 20 tokens to write: what is left for the turns [30, 25, 60, 10, 20]?",
        "Go from the newest turn back, adding up, and stop at the first that no longer fits. What comes out if it is "
        "the newest one that does not fit?",
        "`room = limit - system - new`. Lower `first`, at the beginning `len(turns)`, while `first` is above 0 and the "
        "sum of `turns[first - 1 :]` fits; `list(range(first, len(turns)))` are the positions.",
    ),
    solution=_FIT,
    why="The turns that stay are always the end of the list, so one number says which: the place of the oldest that "
    "stays. It goes down as long as the sum from there to the end still fits.",
    wrong=(
        Wrong(changed(_FIT, (" - new", "")), "that are still to be written"),
        Wrong(changed(_FIT, (" - system", "")), "the system message fills"),
        Wrong(changed(_FIT, (" - system - new", "")), "system message and the `new` tokens"),
        Wrong(changed(_FIT, ("<= room", "< room")), "exactly full"),
        Wrong(
            changed(_FIT, ("range(first, len(turns))", "range(first + 1, len(turns) + 1)")),
            "The places are counted from 0",
        ),
        Wrong(changed(_FIT, ("range(first, len(turns))", "range(first - len(turns), 0)")), "count from the end"),
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
            changed(_FIT, ("list(range(first, len(turns)))", "[turns.index(n) for n in turns[first:]]")),
            "can be equally long",
        ),
        Wrong(
            "def turns_kept(system, turns, limit, new):\n"
            "    fits = system + sum(turns) + new <= limit\n"
            "    return list(range(len(turns))) if fits else []",
            "You gave up",
        ),
        Wrong(
            "def turns_kept(system, turns, limit, new):\n"
            "    first = 0\n"
            "    while first < len(turns) - 1 and system + sum(turns[first:]) + new > limit:\n"
            "        first += 1\n"
            "    return list(range(first, len(turns)))",
            "the result is an empty list",
        ),
        Wrong(
            changed(_FIT, ("list(range(first, len(turns)))", "list(range(len(turns)))[-(len(turns) - first) :]")),
            "you kept all",
        ),
        Wrong(
            "def turns_kept(system, turns, limit, new):\n"
            "    kept, total = [], system + new\n"
            "    for place in reversed(range(len(turns))):\n"
            "        if total >= limit:\n"
            "            break\n"
            "        total += turns[place]\n"
            "        kept.insert(0, place)\n"
            "    return kept",
            "One turn too many",
        ),
        Wrong(changed(_FIT, ("first > 0", "first > 1")), "Place 0 is never kept"),
        Wrong(
            changed(_FIT, ("list(range(first, len(turns)))", "set(range(first, len(turns)))")),
            "should return a list of places",
        ),
        Wrong(
            "def turns_kept(system, turns, limit, new):\n"
            "    total, first = system + sum(turns) + new, 0\n"
            "    while total > limit:\n"
            "        total -= turns[first]\n"
            "        first += 1\n"
            "    return list(range(first, len(turns)))",
            "IndexError",
            status="error in your code",
        ),
    ),
    also_wrong=(
        changed(_FIT, ("limit - ", "8192 - ")),
        changed(_FIT, ("first > 0 and", "first > 0 and turns[first - 1] <= 20 and")),
        "def turns_kept(system, turns, limit, new):\n"
        "    kept, room = [], limit - system - new\n"
        "    while turns and turns[-1] <= room:\n"
        "        room -= turns.pop()\n"
        "        kept.insert(0, len(turns))\n"
        "    return kept",
    ),
    alternatives=(
        "def turns_kept(system, turns, limit, new):\n"
        "    kept = list(range(len(turns)))\n"
        "    while kept and system + new + sum(turns[i] for i in kept) > limit:\n"
        "        kept.pop(0)\n"
        "    return kept",
        "def turns_kept(system, turns, limit, new):\n"
        "    fits = [system + sum(turns[i:]) + new <= limit for i in range(len(turns))] + [True]\n"
        "    return range(fits.index(True), len(turns))",
    ),
    note="Dropping is the simplest remedy; others summarise the old turns, or look up what is needed.",
)
