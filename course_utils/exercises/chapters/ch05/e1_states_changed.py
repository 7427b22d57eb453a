"""5.1 Which states change?"""

from course_utils.exercises.answers import as_list, as_number, call, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed

_CHANGED = (
    "def states_changed(source, target, place):\n"
    "    everything = list(range(source + target))\n"
    "    return everything if place < source else everything[place:]"
)


# (source, target, place), {the numbers given: what is told of them}
_SLIPS = (
    (
        (4, 0, 1),
        {
            (1,): "That is the replaced token only; the other states that look at it change, too.",
            (0, 2, 3): "The state of the replaced token itself is missing: every token looks at itself, too.",
            (1, 2, 3): "In an encoder every state looks both ways: those before the replaced token change as well.",
        },
    ),
    (
        (0, 5, 2),
        {
            (0, 1, 2, 3, 4): "A state of a decoder looks back only: those before the replaced token cannot know of it.",
            (0, 1, 2): "Those are the tokens that state 2 looks at; asked are the states that look at token 2.",
            (3, 4): "In the decoder, too, the replaced token's own state changes.",
        },
    ),
    (
        (3, 4, 1),
        {
            (0, 1, 2): "Every state of the decoder looks at all of the encoder's: those of the decoder change as well.",
            (
                0,
                1,
                2,
                4,
                5,
                6,
            ): "Every state of the decoder looks at all of the encoder's, also the first one, number 3.",
        },
    ),
    (
        (3, 4, 5),
        {
            (
                0,
                1,
                2,
                5,
                6,
            ): "The encoder never sees the target: a change there leaves the source's states as they are.",
            (0, 1, 2, 3, 4, 5, 6): "A change in the target reaches only its own place and the later ones.",
            (2, 3): "The numbers go on after the source: the first token of the target has the number `source`, not 0.",
        },
    ),
    ((3, 4, 3), {(0, 1, 2, 3, 4, 5, 6): "Place 3 is the first of the target, as the source has the places 0 to 2."}),
)


def _numbers(value) -> list | None:
    """The numbers of a list, tuple, set or range in rising order; None for anything else."""
    items = list(value) if is_a(value, set, frozenset, range) else as_list(value)
    if items is None or not all(as_number(item) is not None for item in items):
        return None
    return sorted(as_number(item) for item in items)


def _check_changed(answer) -> str | None:
    everywhere = [(s, t, place) for s in range(5) for t in range(5) for place in range(s + t)]
    slips = dict(_SLIPS)
    for source, target, place in [*slips, *everywhere, (9, 12, 8), (9, 12, 9), (1, 30, 17)]:
        value = call(answer, source, target, place)
        found, shown = _numbers(value), f"`states_changed({source}, {target}, {place})` gives {describe(value)}"
        if found is None:
            return f"Your function should return a list of whole numbers, but {shown}."
        right = [*range(0 if place < source else place, source + target)]
        if found != right:
            meant = slips.get((source, target, place), {}).get(tuple(found), "")
            return f"The states that change are `{right}`, but {shown}. {meant}".rstrip()
    return None


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
        "Look at the grid of the encoder-decoder: which cells are filled in a column of the source, and in one of "
        "the target?",
        "There are two cases: the replaced token belongs to the source, when `place` is smaller than `source`, or "
        "to the target.",
        "A change in the source reaches all states; one in the target reaches its own state and the later ones.",
    ),
    solution=_CHANGED,
    why=(
        "All states look at the whole source, so a change there reaches all of them. At a token of the target only its "
        "own state and the later ones look: the slice from `place` on."
    ),
    wrong=(
        Wrong(changed(_CHANGED, ("everything if place < source else ", "")), "every state looks both ways"),
        Wrong(changed(_CHANGED, (" if place < source else everything[place:]", "")), "looks back only"),
        Wrong("def states_changed(source, target, place):\n    return [place]", "the replaced token only"),
        Wrong(
            "def states_changed(source, target, place):\n"
            "    return [state for state in range(source + target) if state != place]",
            "every token looks at itself",
        ),
        Wrong(
            changed(_CHANGED, ("everything[place:]", "everything[source : place + 1]")),
            "the tokens that state 2 looks at",
        ),
        Wrong(changed(_CHANGED, ("everything if", "everything[:source] if")), "those of the decoder change as well"),
        Wrong(
            changed(_CHANGED, ("everything if", "everything[:source] + everything[source + place :] if")),
            "also the first one, number 3",
        ),
        Wrong(
            changed(_CHANGED, ("else everything[place:]", "else everything[:source] + everything[place:]")),
            "The encoder never sees the target",
        ),
        Wrong(changed(_CHANGED, ("place < source", "source")), "only its own place and the later ones"),
        Wrong(changed(_CHANGED, ("else everything[place:]", "else everything[place + 1 :]")), "own state changes"),
        Wrong(changed(_CHANGED, ("place < source", "place <= source")), "the first of the target"),
        Wrong(
            "def states_changed(source, target, place):\n"
            "    if place < source:\n"
            "        return list(range(source + target))\n"
            "    return list(range(place - source, target))",
            "The numbers go on after the source",
        ),
    ),
    also_wrong=(
        "n = 7  # the length of the page's source\n\n" + changed(_CHANGED, ("place < source", "place < n")),
        changed(_CHANGED, ("place < source", "place < source - 1")),
        changed(_CHANGED, ("place < source", "place == 1 or source == 4")),
        changed(_CHANGED, ("range(source + target)", "range(source + target - 1)")),
        changed(_CHANGED, ("place < source", "not source or place < source")),
        changed(_CHANGED, ("place < source", "target and place < source")),
        changed(_CHANGED, ("everything if", "[place] + everything[source:] if")),
        changed(_CHANGED, ("everything[place:]", "list(range(place, target))")),
        "def states_changed(source, target, place):\n"
        "    return [place < source or state >= place for state in range(source + target)]",
        changed(_CHANGED, ("everything[place:]", "everything[place:] * 2")),
    ),
    alternatives=(
        "def states_changed(source, target, place):\n"
        "    return {state for state in range(source + target) if place < source or state >= place}",
        "def states_changed(source, target, place):\n    return range(0 if place < source else place, source + target)",
        "import torch\n\n"
        "def states_changed(source, target, place):\n"
        "    mask = torch.ones(source + target, source + target).tril()\n"
        "    mask[:source, :source] = 1\n"
        "    return mask[:, place].nonzero().flatten()",
    ),
    note="Mask and changes are two sides of one thing: a row says what a state sees, a column who sees the token.",
)
