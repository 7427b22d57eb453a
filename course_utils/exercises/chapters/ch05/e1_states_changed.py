"""5.1 Which states change?"""

from course_utils.exercises.answers import as_list, as_number, call, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed

_CHANGED = (
    "def states_changed(source, target, place):\n"
    "    everything = list(range(source + target))\n"
    "    return everything if place < source else everything[place:]"
)


def _numbers(value) -> list | None:
    """The numbers of a list, tuple, set or range in rising order; None for anything else."""
    items = list(value) if is_a(value, set, frozenset, range) else as_list(value)
    if items is None or not all(as_number(item) is not None for item in items):
        return None
    return sorted(as_number(item) for item in items)


def _check_changed(answer) -> str | None:
    def given(source, target, place):
        value = call(answer, source, target, place)
        found = _numbers(value)
        return found, f"`states_changed({source}, {target}, {place})` gives {describe(value)}"

    value, shown = given(4, 0, 1)
    if value is None:
        return f"Your function should return a list of whole numbers, but {shown}."
    if value == [1]:
        return "You return the replaced token only; the other states that look at it change, too."
    if value == [0, 2, 3]:
        return "The state of the replaced token itself is missing: every token looks at itself, too."
    if value == [1, 2, 3]:
        return "In an encoder every state looks both ways: those before the replaced token change as well."
    if value != [0, 1, 2, 3]:
        return f"With four tokens in an encoder all four states change, but {shown}."
    value, shown = given(0, 5, 2)
    if value == [0, 1, 2, 3, 4]:
        return "A state of a decoder looks back only: those before the replaced token cannot know of it."
    if value == [0, 1, 2]:
        return "Those are the tokens that state 2 looks at; asked are the states that look at token 2."
    if value == [3, 4]:
        return "In the decoder the replaced token's own state is missing: it changes, and the later ones."
    if value != [2, 3, 4]:
        return f"In a decoder alone the states 2, 3 and 4 change, but {shown}."
    value, shown = given(3, 4, 1)
    if value == [0, 1, 2]:
        return "Every state of the decoder looks at the encoder's: after a change in the source they change as well."
    if value != [0, 1, 2, 3, 4, 5, 6]:
        return f"After a change in the source all seven states change, but {shown}."
    value, shown = given(3, 4, 5)
    if value in ([0, 1, 2, 5, 6], [0, 1, 2, 3, 4, 5, 6]):
        return "The encoder never sees the target: a change there leaves the source's states as they are."
    if value == [2, 3]:
        return "The numbering goes on after the source: the first target token has the number `source`, not 0."
    if value != [5, 6]:
        return f"After a change at place 5, in the target, the states 5 and 6 change, but {shown}."
    value, shown = given(3, 4, 3)
    return (
        None if value == [3, 4, 5, 6] else f"Place 3 is the first token of the target, so 3 to 6 change, but {shown}."
    )


EXERCISE = Exercise(
    id="5.1",
    title="Which states change?",
    minutes=8,
    difficulty="medium",
    starter="def states_changed(source, target, place):\n    ...",
    answer="states_changed",
    check=_check_changed,
    expects="a function that returns a list of whole numbers",
    hints=(
        "Two cases: `place` lies in the source (`place < source`), or in the target.",
        "A change in the source reaches everything; one in the target reaches its own place and those after it.",
    ),
    solution=_CHANGED,
    wrong=(
        Wrong(changed(_CHANGED, ("everything if place < source else ", "")), "every state looks both ways"),
        Wrong(changed(_CHANGED, (" if place < source else everything[place:]", "")), "looks back only"),
        Wrong("def states_changed(source, target, place):\n    return [place]", "the replaced token only"),
        Wrong(
            changed(_CHANGED, ("everything[place:]", "everything[source : place + 1]")),
            "the tokens that state 2 looks at",
        ),
        Wrong(changed(_CHANGED, ("everything if", "everything[:source] if")), "Every state of the decoder looks"),
        Wrong(
            changed(_CHANGED, ("else everything[place:]", "else everything[:source] + everything[place:]")),
            "The encoder never sees the target",
        ),
        Wrong(changed(_CHANGED, ("else everything[place:]", "else everything[place + 1 :]")), "later ones"),
        Wrong(changed(_CHANGED, ("place < source", "place <= source")), "so 3 to 6 change"),
        Wrong(
            "def states_changed(source, target, place):\n"
            "    if place < source:\n"
            "        return list(range(source + target))\n"
            "    return list(range(place - source, target))",
            "The numbering goes on after the source",
        ),
    ),
    alternatives=(
        "def states_changed(source, target, place):\n"
        "    return {state for state in range(source + target) if place < source or state >= place}",
        "def states_changed(source, target, place):\n    return range(0 if place < source else place, source + target)",
    ),
    note="Mask and changes are two sides of one thing: a row says what a state sees, a column who sees the token.",
)
