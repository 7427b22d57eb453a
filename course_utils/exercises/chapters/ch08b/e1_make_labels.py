"""8b.1 What counts in the loss."""

from course_utils.exercises.answers import as_list
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import check_values, wrong_answers

_LABELS = (
    "def make_labels(ids, start, length):\n"
    "    labels = []\n"
    "    for position, id in enumerate(ids):\n"
    "        counts = start <= position < length\n"
    "        labels.append(id if counts else -100)\n"
    "    return labels"
)
_COUNTS = "start <= position < length"
_MISTAKES = (
    (((_COUNTS, "position < length"),), "Your labels count the question, too. Only the tokens of the answer count."),
    (((_COUNTS, "start <= position"),), "Your labels count the padding. It is no part of the answer: -100."),
    (((_COUNTS, "True"),), "Your labels are the ids themselves: the question and the padding count, too."),
    (
        ((_COUNTS, "start <= position and id != 2"),),
        "The end token of the answer has -100, so the model would never learn to stop. It has the same id as the "
        "padding, so go by the positions.",
    ),
    (
        ((_COUNTS, "position < length and id != 2"),),
        "The question counts, and every token with the id 2 has -100. Go by the positions `start` and `length`.",
    ),
    (
        ((_COUNTS, "start <= position < length - 1"),),
        "The last token of the answer has -100. Position `length - 1` counts, too: it is the end token, from which the "
        "model learns to stop.",
    ),
    (((_COUNTS, "start < position < length"),), "The first token of the answer has -100; it stands at `start`."),
    (((_COUNTS, "start <= position <= length"),), "One token of padding counts: position `length` is the first of it."),
    (((_COUNTS, "position < start"),), "It is turned round: you count the question and leave out the answer."),
    (((_COUNTS, "not start <= position < length"),), "It is turned round: the answer has -100, and all others count."),
    (
        (("return labels", "return [*labels[1:], -100]"),),
        "Your labels are shifted by one place to the left. The model shifts them itself; shifted twice, it would learn "
        "to skip a token.",
    ),
    (
        (("return labels", "return [-100, *labels[:-1]]"),),
        "Your labels are shifted by one place to the right. Each label stands at the place of its own token.",
    ),
    ((("-100)", "0)"),), "Tokens that do not count should have -100; yours have 0, and 0 is a token like any other."),
    ((("-100)", "-1)"),), "Tokens that do not count should have -100, not -1: only -100 is left out of the loss."),
    ((("-100)", "2)"),), "Tokens that do not count should have -100; yours have the id of the padding."),
    (
        (("return labels", "return labels[start:length]"),),
        "Those are the labels of the answer alone. The list should be as long as `ids`.",
    ),
    (
        (("return labels", "return labels[:length]"),),
        "The padding at the end is missing: your list should be as long as `ids`.",
    ),
    (
        (("start <= position < length", "start <= position < start + length"),),
        "You took `length` as the length of the answer. It counts all tokens of the chat, the question too.",
    ),
)
_CASES = (
    ([7, 8, 9, 4, 5, 2, 2, 2], 3, 6),
    ([1, 11, 2, 1, 30, 31, 32, 2, 2, 2, 2], 4, 8),
    ([1, 11, 12, 2, 1, 40, 2], 5, 7),
    ([1, 2, 1, 2, 2, 2], 3, 4),
    ([5, 6, 2, 7, 8, 2, 9, 9, 2, 2], 6, 9),
    ([7, 8, 4, 2, 5, 2, 2, 2], 2, 6),  # the id of the padding within the answer
    ([3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2], 1, 5),
)


def _told(ids, start, length) -> str:
    return f"For `ids = {ids}`, `start = {start}` and `length = {length}`"


def _check(answer) -> str | None:
    return check_values(answer, _CASES, _LABELS, "make_labels", _MISTAKES, as_list, _told)


EXERCISE = Exercise(
    id="8b.1",
    title="What counts in the loss",
    minutes=6,
    difficulty="easy",
    starter="def make_labels(ids, start, length):\n    ...",
    answer="make_labels",
    check=_check,
    expects="a function that returns a list of ids and -100",
    hints=(
        "Three parts stand one behind the other: question, answer, padding. Which of them counts, and at which "
        "position does it begin and end?",
        "Build the list from three pieces: `start` times -100, a slice of `ids`, and -100 for what is left.",
        "`[-100] * start + list(ids[start:length]) + [-100] * (len(ids) - length)`",
    ),
    solution=_LABELS,
    why="The loss leaves out every label of -100, so the model is not trained to write questions or padding. The end "
    "token keeps its id, because the model must learn when an answer is over.",
    wrong=(
        *wrong_answers(_LABELS, _MISTAKES),
        Wrong(changed(_LABELS, ("append(id", "append(str(id)")), "`[-100, -100, -100, 4, 5, 2, -100, -100]`; given:"),
        Wrong(
            "def make_labels(ids, start, length):\n"
            "    ids[:start] = [-100] * start\n"
            "    ids[length:] = [-100] * (len(ids) - length)\n"
            "    return ids",
            "in place",
        ),
    ),
    also_wrong=(
        changed(_LABELS, (_COUNTS, "start <= position <= ids.index(2, start)")),
        changed(_LABELS, (_COUNTS, "start <= position and (id != 2 or position == length - 1)")),
        changed(_LABELS, (_COUNTS, "3 <= position < length")),
        changed(_LABELS, (_COUNTS, "start <= position < 6")),
        changed(_LABELS, (_COUNTS, "position >= start and 2 not in ids[start:position]"), ("-100)", "-100.5)")),
        "def make_labels(ids, start, length):\n    return {i: ids[i] for i in range(start, length)}",
    ),
    alternatives=(
        "def make_labels(ids, start, length):\n"
        "    return [-100] * start + ids[start:length] + [-100] * (len(ids) - length)",
        "def make_labels(ids, start, length):\n"
        "    labels = torch.full((len(ids),), -100)\n"
        "    labels[start:length] = torch.tensor(ids[start:length])\n"
        "    return labels",
        "def make_labels(ids, start, length):\n"
        "    return tuple(x if i in range(start, length) else -100 for i, x in enumerate(ids))",
        "def make_labels(ids, start, length):\n"
        "    labels = list(ids)\n"
        "    for i in [*range(start), *range(length, len(ids))]:\n"
        "        labels[i] = -100\n"
        "    return labels",
    ),
    context="import torch",
    note="The model shifts the labels itself: the logits at one place are compared with the token at the next place.",
)
