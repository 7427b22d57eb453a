"""4.3 Hide tokens, keep the answers."""

from course_utils.exercises.answers import as_list, call, close, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed

_MASKING = (
    "def mask_tokens(ids, positions, mask_id):\n"
    "    inputs = [mask_id if i in positions else token for i, token in enumerate(ids)]\n"
    "    labels = [token if i in positions else -100 for i, token in enumerate(ids)]\n"
    "    return inputs, labels"
)


def _check_masking(answer) -> str | None:
    ids, positions, mask = [101, 15, 15, 8, 40, 102], [2, 4], 103
    hidden = [101, 15, 103, 8, 103, 102]
    labels = [-100, -100, 15, -100, 40, -100]
    value = as_list(call(answer, ids, positions, mask))
    if close(value, [list(pair) for pair in zip(hidden, labels, strict=True)]):
        return "Return two lists, not a list of pairs: `return inputs, labels`."
    if value is None or len(value) != 2:
        return f"Your function should return two lists, inputs and labels; given: {describe(value)}."
    if close(value, [labels, hidden]):
        return "The two are swapped: first the inputs, then the labels."
    inputs, targets = value
    if not all(is_a(part, list) for part in value):
        return f"Your function should return two lists, inputs and labels; given: {describe(value)}."
    if close(inputs, targets) and not close(inputs, ids):
        return "Inputs and labels are one and the same list: make two."
    if not close(inputs, hidden):
        slips = (
            (ids, "The inputs still show the hidden tokens: put `mask_id` at each position."),
            ([101, 103, 103, 8, 103, 102], "You hid every 15: go by position, not by token."),
            ([101, 103, 15, 103, 40, 102], "You hid one place too early: positions count from 0."),
            ([101, 15, 103, 8, 40, 102], "Only the first position is hidden: go through all of them."),
            ([101, 15, 103, 103, 103, 102], "You hid what lies between as well: only the places in `positions`."),
            ([101, 103, 15, 8, 103, 102], "You looked a token up with `index`, which finds its first place only."),
            ([103, 103, 15, 103, 40, 103], "You hid the tokens that should stay visible, and the other way round."),
        )
        for slip, sentence in slips:
            if close(inputs, slip):
                return sentence
        return f"The inputs should be `{hidden}`; given: {describe(inputs)}."
    slips = (
        (ids, "Your labels name every token: the visible ones would count, too. They get -100."),
        ([0, 0, 15, 0, 40, 0], "A label of 0 is a token like any other; `cross_entropy` leaves out -100."),
        ([101, 15, -100, 8, -100, 102], "Your labels name the visible tokens; the hidden ones are to be guessed."),
        (
            [-100, -100, 103, -100, 103, -100],
            "Your labels hold the mask token: read the originals before you hide them.",
        ),
        ([-100, 15, 15, -100, 40, -100], "A token that is hidden in one place only has one label: go by position."),
        ([15, 40], "The labels need one entry for each token, -100 where nothing is hidden."),
    )
    for slip, sentence in slips:
        if close(targets, slip):
            return sentence
    if not close(targets, labels):
        return f"The labels should be `{labels}`; given: {describe(targets)}."
    again = as_list(call(answer, [5, 9, 9, 4, 9], [4, 1], 50))
    if not close(again, [[5, 50, 9, 4, 50], [-100, 9, -100, -100, 9]]):
        return (
            f"For `[5, 9, 9, 4, 9]`, the positions `[4, 1]` and a mask of 50 it goes wrong; given: {describe(again)}."
        )
    none = as_list(call(answer, [7, 9], [], 3))
    if not close(none, [[7, 9], [-100, -100]]):
        return f"With no position nothing is hidden and all labels are -100; given: {describe(none)}."
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
        "Both lists are as long as `ids`. At a hidden position, what does each of them hold? And elsewhere?",
        "`[... if i in positions else ... for i, token in enumerate(ids)]`, twice.",
    ),
    solution=_MASKING,
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
            "def mask_tokens(ids, positions, mask_id):\n"
            "    inputs = ids\n"
            "    for i in positions:\n"
            "        inputs[i] = mask_id\n"
            "    return inputs, [ids[i] if i in positions else -100 for i in range(len(ids))]",
            "Your labels hold the mask token",
        ),
        Wrong(changed(_MASKING, ("[mask_id if i in positions else token", "[token")), "still show the hidden tokens"),
        Wrong(
            changed(_MASKING, ("mask_id if i in positions", "mask_id if token in [ids[p] for p in positions]")),
            "You hid every 15",
        ),
        Wrong(changed(_MASKING, ("enumerate(ids)", "enumerate(ids, 1)")), "positions count from 0"),
        Wrong(changed(_MASKING, ("[mask_id if", "[103 if")), "a mask of 50"),
        Wrong(changed(_MASKING, ("i in positions", "min(positions) <= i <= max(positions)")), "what lies between"),
        Wrong(
            changed(
                _MASKING,
                (
                    "inputs = [mask_id if i in positions",
                    "p = [ids.index(ids[i]) for i in positions]\n    inputs = [mask_id if i in p",
                ),
            ),
            "with `index`",
        ),
        Wrong(changed(_MASKING, ("return inputs, labels", "return list(zip(inputs, labels))")), "not a list of pairs"),
        Wrong(
            "def mask_tokens(ids, positions, mask_id):\n"
            "    inputs = labels = list(ids)\n"
            "    for i, token in enumerate(ids):\n"
            "        inputs[i] = mask_id if i in positions else token\n"
            "        labels[i] = token if i in positions else -100\n"
            "    return inputs, labels",
            "one and the same list",
        ),
        Wrong(changed(_MASKING, ("return inputs, labels", "return labels, inputs")), "The two are swapped"),
        Wrong(
            changed(_MASKING, ("return inputs, labels", "return inputs, [ids[i] for i in positions]")),
            "one entry for each token",
        ),
    ),
    alternatives=(
        "def mask_tokens(ids, positions, mask_id):\n"
        "    inputs, labels = list(ids), [-100] * len(ids)\n"
        "    for i in positions:\n"
        "        inputs[i], labels[i] = mask_id, ids[i]\n"
        "    return [inputs, labels]",
        "import torch\n\n"
        "def mask_tokens(ids, positions, mask_id):\n"
        "    inputs, labels = torch.tensor(ids), torch.full((len(ids),), -100)\n"
        "    labels[positions] = inputs[positions]\n"
        "    inputs[positions] = mask_id\n"
        "    return inputs, labels",
    ),
    note="-100 is what PyTorch's `cross_entropy` ignores; the data collators of transformers use it, too.",
)
