"""7.1 A split that does not leak."""

from course_utils.exercises.answers import as_list, as_number, as_text, call, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed

_SPLIT = (
    "import random\n\n"
    "def split(examples, share):\n"
    "    groups = {}\n"
    "    for text, label in examples:\n"
    '        groups.setdefault(" ".join(text.lower().split()), []).append((text, label))\n'
    "    keys = list(groups)\n"
    "    random.Random(0).shuffle(keys)\n"
    "    train, test = [], []\n"
    "    for key in keys:\n"
    "        side = test if len(test) < share * len(examples) else train\n"
    "        side.extend(groups[key])\n"
    "    return train, test"
)


def _key(text: str) -> str:
    return " ".join(text.lower().split())


def _copied_examples() -> list[tuple[str, int]]:
    """410 examples, sorted by label: enough that drawing text by text comes near to any share.

    110 repeat another one: 50 as it is, 50 with other capitals or spaces, 10 with the other label.
    """
    texts = [[f"Film {number} is {word}." for number in range(150)] for word in ("poor", "fine")]
    found = []
    for label in (0, 1):
        own = texts[label]
        copies = own[:25] + [text.upper() for text in own[25:37]]
        copies += ["  " + text.replace(" ", "   ") for text in own[37:50]] + texts[1 - label][-5:]
        found += [(text, label) for text in own + copies]
    return found


def _check_split(answer) -> str | None:
    examples = _copied_examples()
    sides = []
    for share in (0.25, 0.5):
        value = call(answer, examples, share)
        both = as_list(value)
        if both is None or len(both) != 2 or not all(is_a(side, list) and all(map(_is_pair, side)) for side in both):
            return f"Your function should return two lists of pairs `(text, label)`; given: {describe(value)}."
        train, test = ([(text, label) for text, label in side] for side in both)
        if sorted(train + test) != sorted(examples):
            if len(train + test) > len(examples):
                return "Together the two lists are longer than the examples: something was put in twice."
            if len(train + test) < len(examples) and {_key(text) for text, _ in train + test} == {
                _key(text) for text, _ in examples
            }:
                return "You dropped the copies; here every example is kept, and copies stay together."
            return f"Each of the {len(examples)} examples should be in one of the lists, as it was given."
        sides.append((train, test))
    for train, test in sides:
        if twice := set(train) & set(test):
            return f"The same text is in both lists: {min(twice)[0]!r}. Divide the texts, not the examples."
    for train, test in sides:
        if twice := {text for text, _ in train} & {text for text, _ in test}:
            return f"{min(twice)!r} is in both lists, once with each label: divide by the text alone."
        if {_key(text) for text, _ in train} & {_key(text) for text, _ in test}:
            return "Copies that differ in capitals or spaces are in both lists: use `' '.join(text.lower().split())`."
    total, size, half = len(examples), len(sides[0][1]), len(sides[1][1])
    if 0.63 <= size / total <= 0.87:
        return "The sides are swapped: return the training list first, and `share` is the part of the test."
    if not 0.13 <= size / total <= 0.37:
        return f"With a share of 0.25 the test should have about {total // 4} of the {total} examples; given: {size}."
    if not 0.35 <= half / total <= 0.65:
        return (
            f"With a share of 0.5 the test should have about {total // 2} of the {total}; given: {half}. Use `share`."
        )
    for _, test in sides:
        praise = sum(label for _, label in test) / len(test)
        if not 0.2 <= praise <= 0.8:
            return (
                f"Label 1 has {100 * praise:.0f} % of the test, but half of all: the list was sorted by label, so "
                "shuffle before you divide."
            )
    return None


def _is_pair(pair) -> bool:
    return is_a(pair, list) and len(pair) == 2 and as_text(pair[0]) is not None and as_number(pair[1]) is not None


EXERCISE = Exercise(
    id="7.1",
    title="A split that does not leak",
    minutes=10,
    difficulty="medium",
    starter="def split(examples, share):\n    ...",
    answer="split",
    check=_check_split,
    expects="a function that returns two lists of pairs",
    hints=(
        "Collect the examples in a dictionary first: all copies of a text under one key, small letters and single "
        "spaces.",
        "Shuffle the keys, then give whole groups to the test until it is large enough.",
    ),
    solution=_SPLIT,
    wrong=(
        Wrong(
            "import random\n\ndef split(examples, share):\n"
            "    mixed = random.Random(0).sample(examples, len(examples))\n"
            "    size = round(share * len(mixed))\n"
            "    return mixed[size:], mixed[:size]",
            "The same text is in both lists",
        ),
        Wrong(
            changed(_SPLIT, ('" ".join(text.lower().split())', "text")),
            "Copies that differ in capitals or spaces",
        ),
        Wrong(
            changed(_SPLIT, ("    random.Random(0).shuffle(keys)\n", "")),
            "so shuffle before you divide",
        ),
        Wrong(
            changed(_SPLIT, ("setdefault(", "setdefault((label, "), ("split()), [])", "split())), [])")),
            "once with each label",
        ),
        Wrong(changed(_SPLIT, ("return train, test", "return test, train")), "The sides are swapped"),
        Wrong(changed(_SPLIT, ("side.extend(groups[key])", "side.append(groups[key][0])")), "You dropped the copies"),
        Wrong(changed(_SPLIT, ("return train, test", "return examples, test")), "something was put in twice"),
        Wrong(changed(_SPLIT, ("share *", "0.25 *")), "Use `share`"),
    ),
    alternatives=(
        "import zlib\n\ndef split(examples, share):\n"
        '    def in_test(text):\n        key = " ".join(text.lower().split())\n'
        "        return zlib.crc32(key.encode()) % 1000 < 1000 * share\n"
        "    return [e for e in examples if not in_test(e[0])], [e for e in examples if in_test(e[0])]",
        "import random\n\ndef split(examples, share):\n"
        "    known, sides = {}, ([], [])\n"
        "    for text, label in examples:\n"
        '        key = text.casefold().replace(" ", "")\n'
        "        sides[known.setdefault(key, random.random() < share)].append((text, label))\n"
        "    return sides",
    ),
    note="With a hash of the text instead of a shuffle, a text stays on its side when new examples arrive.",
)
