"""4.3 Hide tokens, keep the answers."""

from course_utils.exercises.answers import as_list, attempt, call, close, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed

_MASKING = (
    "def mask_tokens(ids, positions, mask_id):\n"
    "    inputs = [mask_id if i in positions else token for i, token in enumerate(ids)]\n"
    "    labels = [token if i in positions else -100 for i, token in enumerate(ids)]\n"
    "    return inputs, labels"
)

_LOOP = (
    "def mask_tokens(ids, positions, mask_id):\n"
    "    inputs, labels = list(ids), [-100] * len(ids)\n"
    "    for i in positions:\n"
    "        inputs[i], labels[i] = mask_id, ids[i]\n"
    "    return [inputs, labels]"
)


def _masked(ids: list[int], positions: list[int], mask: int) -> tuple[list[int], list[int]]:
    inputs = [mask if i in positions else token for i, token in enumerate(ids)]
    return inputs, [token if i in positions else -100 for i, token in enumerate(ids)]


def _check_masking(answer) -> str | None:
    ids, positions, mask = [101, 15, 15, 8, 40, 102], [2, 4], 103
    hidden, labels = _masked(ids, positions, mask)
    given = call(answer, ids, positions, mask)
    value = as_list(given)
    if close(value, [list(pair) for pair in zip(hidden, labels, strict=True)]):
        return "Return two lists, not a list of pairs: `return inputs, labels`."
    if value is None or len(value) != 2 or not all(is_a(part, list) for part in value):
        return f"Your function should return two lists, inputs and labels; given: {describe(given)}."
    if close(value, [labels, hidden]):
        return "The two are swapped: first the inputs, then the labels."
    if not close(value, [hidden, labels]):
        return _slip(ids, hidden, labels, *attempt(list, given, default=value))
    return _other_texts(answer)


def _slip(ids, hidden, labels, inputs, targets) -> str:
    """For places 2 and 4 of `[101, 15, 15, 8, 40, 102]`: what is told of the lists, never of the code."""
    if close(inputs, targets) and not close(inputs, ids):
        return "Inputs and labels hold the same numbers: they should be two lists, and each needs its own numbers."
    if not close(inputs, hidden):
        slips = (
            (ids, "The inputs still show the hidden tokens: put `mask_id` at each place."),
            (
                [101, 103, 103, 8, 103, 102],
                f"For `{ids}` and the places 2 and 4 you hid both tokens 15; that at place 1 should stay: go by place.",
            ),
            ([101, 103, 15, 103, 40, 102], "The places 1 and 3 are hidden instead of 2 and 4: places count from 0."),
            ([101, 15, 103, 8, 40, 102], "Place 2 is hidden, and place 4 is not: each of the places should be."),
            (
                [101, 15, 103, 103, 103, 102],
                "Place 3, between the two, is hidden too; only those in `positions` should be.",
            ),
            (
                [101, 103, 15, 8, 103, 102],
                "Place 1 is hidden instead of place 2. Both hold 15, and `ids.index(15)` finds the first one: go by "
                "the place.",
            ),
            ([103, 103, 15, 103, 40, 103], "The visible tokens are hidden, and those to hide are visible."),
        )
        meant = next((sentence for slip, sentence in slips if close(inputs, slip)), None)
        return meant or f"For `{ids}` and the places 2 and 4 the inputs are `{hidden}`; given: {describe(inputs)}."
    slips = (
        (ids, "Your labels name every token; those of the visible ones should be -100, so that they do not count."),
        ([0, 0, 15, 0, 40, 0], "A label of 0 is a token like any other; `cross_entropy` leaves out -100."),
        ([101, 15, -100, 8, -100, 102], "Your labels name the visible tokens; the hidden ones are to be guessed."),
        ([-100, -100, 103, -100, 103, -100], "Your labels hold the mask; they should hold the tokens that it hides."),
        ([-100, 15, 15, -100, 40, -100], "Both tokens 15 have a label, and only place 2 is hidden: go by the place."),
        ([15, 40], "The labels need one entry for each token, -100 where nothing is hidden."),
    )
    meant = next((sentence for slip, sentence in slips if close(targets, slip)), None)
    return meant or f"For `{ids}` and the places 2 and 4 the labels are `{labels}`; given: {describe(targets)}."


def _other_texts(answer) -> str | None:
    """Another mask, places unsorted; token 0; the mask in the text already; nothing, one, all and many hidden."""
    many = [(7 * i) % 50 for i in range(120)]
    cases = (
        ([5, 9, 9, 4, 9], [4, 1], 50),
        ([0, 3, 0, 6], [0, 3], 4),
        ([4, 8, 4, 2], [2, 3], 4),
        ([7, 9], [], 3),
        ([7], [0], 3),
        ([6, 2, 6], [2, 0, 1], 9),
        (many, [*range(1, 120, 2)][::-1], 51),  # chance cannot get sixty places right
    )
    for ids, positions, mask in cases:
        given = call(answer, ids, positions, mask)
        if not close(given, _masked(ids, positions, mask)):
            if ids is many:
                return (
                    "It is right for few places, but not with sixty of 120: each should become `mask_id`, every time."
                )
            right = f"`{_masked(ids, positions, mask)}`"
            return f"For `{ids}`, the places `{positions}` and the mask {mask} it is {right}; given: {describe(given)}."
    return None


EXERCISE = Exercise(
    id="4.3",
    title="Hide tokens, keep the answers",
    minutes=8,
    difficulty="medium",
    starter="def mask_tokens(ids, positions, mask_id):\n    ...",
    answer="mask_tokens",
    check=_check_masking,
    expects="a function that returns two lists",
    hints=(
        "Both lists are as long as `ids`. At a hidden position, what does each list contain? And at other positions?",
        "Inputs: the mask or the token. Labels: the token or -100. The *position* decides.",
        "`[... if i in positions else ... for i, token in enumerate(ids)]`, twice.",
    ),
    solution=_MASKING,
    why=(
        "`enumerate` gives each token with its position, and the position alone decides. Both lists are new and read "
        "from `ids`, so a label is the token itself and never the mask."
    ),
    wrong=(
        Wrong(
            changed(
                _MASKING,
                ("labels = [token if i in positions else -100 for i, token in enumerate(ids)]", "labels = list(ids)"),
            ),
            "Your labels name every token",
        ),
        Wrong(changed(_MASKING, ("else -100", "else 0")), "A label of 0 is a token"),
        Wrong(
            changed(_MASKING, ("[token if i in positions else -100", "[-100 if i in positions else token")),
            "Your labels name the visible tokens",
        ),
        Wrong(
            changed(_LOOP, ("inputs[i], labels[i] = mask_id, ids[i]", "inputs[i] = labels[i] = mask_id")),
            "Your labels hold the mask",
        ),
        Wrong(changed(_MASKING, ("[mask_id if i in positions else token", "[token")), "still show the hidden tokens"),
        Wrong(
            changed(_MASKING, ("mask_id if i in positions", "mask_id if token in [ids[p] for p in positions]")),
            "you hid both tokens 15",
        ),
        Wrong(
            changed(_MASKING, ("token if i in positions", "token if token in [ids[p] for p in positions]")),
            "Both tokens 15 have a label",
        ),
        Wrong(changed(_MASKING, ("enumerate(ids)", "enumerate(ids, 1)")), "places count from 0"),
        Wrong(changed(_MASKING, ("[mask_id if", "[103 if")), "the mask 50"),
        Wrong(changed(_MASKING, ("i in positions", "min(positions) <= i <= max(positions)")), "between the two"),
        Wrong(
            changed(
                _MASKING,
                (
                    "inputs = [mask_id if i in positions",
                    "p = [ids.index(ids[i]) for i in positions]\n    inputs = [mask_id if i in p",
                ),
            ),
            "`ids.index(15)` finds",
        ),
        Wrong(changed(_LOOP, ("    return", "        return")), "and place 4 is not"),
        Wrong(changed(_MASKING, ("return inputs, labels", "return list(zip(inputs, labels))")), "not a list of pairs"),
        Wrong(
            changed(_LOOP, ("inputs, labels = list(ids), [-100] * len(ids)", "inputs = labels = [-100] * len(ids)")),
            "hold the same numbers",
        ),
        Wrong(changed(_MASKING, ("return inputs, labels", "return labels, inputs")), "The two are swapped"),
        Wrong(
            changed(_MASKING, ("return inputs, labels", "return inputs, [ids[i] for i in positions]")),
            "one entry for each token",
        ),
        Wrong(
            changed(_MASKING, ("return inputs, labels", 'return {"inputs": inputs, "labels": labels}')),
            "given: a dict",
        ),
        Wrong(changed(_LOOP, ("ids[i]\n", "ids[i] or -100\n")), "For `[0, 3, 0, 6]`"),
        Wrong(
            changed(
                _MASKING, ("[token if i in positions else -100 for i,", "[t if t != token else -100 for t,")
            ).replace("enumerate(ids)]\n    return", "zip(ids, inputs)]\n    return"),
            "For `[4, 8, 4, 2]`",
        ),
        Wrong(changed(_LOOP, ("in positions:", "in positions[:50]:")), "not with sixty of 120"),
    ),
    also_wrong=(
        "def mask_tokens(ids, positions, mask_id):\n"
        "    labels = [-100] * len(ids)\n"
        "    inputs = ids\n"
        "    for p in positions:\n"
        "        labels[p] = ids[p]\n"
        "        inputs[p] = mask_id\n"
        "    return inputs, labels",  # changes what it was given
        "def mask_tokens(ids, positions, mask_id):\n"
        "    positions.sort()\n"
        "    inputs, labels = list(ids), [-100] * len(ids)\n"
        "    for p in positions:\n"
        "        inputs[p], labels[p] = mask_id, ids[p]\n"
        "    return inputs, labels",  # changes what it was given
        "import random\n\n"
        + changed(_LOOP, ("= mask_id,", "= random.choice([mask_id] * 8 + [random.randrange(50), inputs[i]]),")),
        changed(_MASKING, ("[token if i in positions", "[token if inputs[i] == mask_id")),
        changed(_LOOP, ("in positions:", "in sorted(positions)[:2]:")),
        changed(_LOOP, ("        inputs", "        if 0 < i < len(ids) - 1: inputs")),
        changed(_MASKING, ("return inputs, labels", "return [inputs]")),
    ),
    alternatives=(
        _LOOP,
        "import torch\n\n"
        "def mask_tokens(ids, positions, mask_id):\n"
        "    inputs, labels = torch.tensor(ids), torch.full((len(ids),), -100)\n"
        "    labels[positions] = inputs[positions]\n"
        "    inputs[positions] = mask_id\n"
        "    return inputs, labels",
        "def mask_tokens(ids, positions, mask_id):\n"
        "    pairs = [(mask_id, t) if i in positions else (t, -100) for i, t in enumerate(ids)]\n"
        "    inputs, labels = zip(*pairs)\n"
        "    return inputs, labels",
        changed(_LOOP, ("inputs[i], labels[i] = mask_id, ids[i]", "labels[i], inputs[i] = inputs[i], mask_id")),
    ),
    note="-100 is what PyTorch's `cross_entropy` ignores; the data collators of transformers use it, too.",
)
