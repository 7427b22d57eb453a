"""7.1 A split that does not leak."""

from course_utils.exercises.answers import Slip, as_list, as_number, as_text, call, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed

_SPLIT = (
    "import random\n\n"
    "def split(examples, share):\n"
    "    groups = {}\n"
    "    for text, label in examples:\n"
    '        groups.setdefault(" ".join(text.lower().split()), []).append((text, label))\n'
    "    keys = list(groups)\n"
    "    while True:  # until the test holds both labels\n"
    "        random.shuffle(keys)\n"
    "        train, test = [], []\n"
    "        for key in keys:\n"
    "            side = test if len(test) < share * len(examples) else train\n"
    "            side.extend(groups[key])\n"
    "        if len({label for _, label in test}) == 2:\n"
    "            return train, test"
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


def _short_lists() -> list[list[tuple[str, int]]]:
    """Sorted lists of different texts, some with few of one label: a shuffle alone often gives a list of one label."""
    few = [
        [(f"Hotel {n} is {'fine' if n >= zeros else 'poor'}.", int(n >= zeros)) for n in range(20)] for zeros in (2, 18)
    ]
    even = [
        [(f"Meal {n} is {'fine' if n >= half else 'poor'}.", int(n >= half)) for n in range(2 * half)]
        for half in range(10, 20)
    ]
    return few + even


def _check_split(answer) -> str | None:
    examples = _copied_examples()
    sides = []
    for share in (0.25, 0.5):
        train, test = _both(answer, examples, share)
        if says := _lost(examples, train, test):
            return says
        sides.append((train, test))
    for train, test in sides:
        if says := _leak(train, test):
            return says
    total, size, half = len(examples), len(sides[0][1]), len(sides[1][1])
    if 0.65 <= size / total <= 0.85:
        return (
            f"With a share of 0.25 your second list has {size} of the {total} examples: the training list comes first, "
            "and `share` is the part of the test."
        )
    for share, given in ((0.25, size), (0.5, half)):
        if abs(given / total - share) > 0.1:
            return (
                f"With a share of {share} the test should have about {share * total:.0f} of the {total} examples, a "
                f"tenth of all more or less; given: {given}."
            )
    for _, test in sides:
        if says := _one_label(test, f"For {total} examples, sorted by label,"):
            return says
    for examples in _short_lists():
        train, test = _both(answer, examples, 0.1)
        if says := _lost(examples, train, test):
            return says
        few = min(sum(label for _, label in examples), sum(1 - label for _, label in examples))
        about = f"For {len(examples)} examples, {few} of them with the rarer label, and a share of 0.1,"
        if says := _one_label(test, about):
            return says
    return None


def _both(answer, examples, share) -> tuple[list, list]:
    """The two lists, as pairs of text and number."""
    value = call(answer, examples, share)
    both = as_list(value)
    if both is None or len(both) != 2 or not all(is_a(side, list) and all(map(_is_pair, side)) for side in both):
        raise Slip(
            "not yet", f"Your function should return two lists of pairs `(text, label)`; given: {describe(value)}."
        )
    train, test = ([(text, label) for text, label in side] for side in both)
    return train, test


def _lost(examples, train, test) -> str | None:
    if sorted(train + test) == sorted(examples):
        return None
    if len(train + test) > len(examples):
        return f"Your two lists have {len(train + test)} examples together, but only {len(examples)} were given."
    if len(train + test) < len(examples) and {_key(t) for t, _ in train + test} == {_key(t) for t, _ in examples}:
        return (
            f"Of {len(examples)} examples {len(examples) - len(train + test)} are lost, all of them copies: every "
            "example is kept, and copies stay together."
        )
    return f"Each of the {len(examples)} examples should be in one of the lists, as it was given; that is not so."


def _leak(train, test) -> str | None:
    if twice := set(train) & set(test):
        return f"The same text is in both lists: {min(twice)[0]!r}. Divide the texts, not the examples."
    if twice := {text for text, _ in train} & {text for text, _ in test}:
        return f"{min(twice)!r} is in both lists, once with each label: divide by the text alone."
    by_key = [{_key(text): text for text, _ in side} for side in (train, test)]
    if twice := by_key[0].keys() & by_key[1].keys():
        one, other = (side[min(twice)] for side in by_key)
        return f"One list has {one!r}, the other {other!r}: apart from capitals and spaces they are the same text."
    return None


def _one_label(test, about: str) -> str | None:
    labels = {label for _, label in test}
    if len(labels) == 2:
        return None
    has = f"only the label {labels.pop():g}" if labels else "no example"
    return (
        f"{about} your test has {has}. It needs both labels: shuffle before you divide, and see to it that chance "
        "cannot leave one out."
    )


def _is_pair(pair) -> bool:
    return is_a(pair, list) and len(pair) == 2 and as_text(pair[0]) is not None and as_number(pair[1]) is not None


EXERCISE = Exercise(
    id="7.1",
    title="A split that does not leak",
    minutes=15,
    difficulty="hard",
    starter="def split(examples, share):\n    ...",
    answer="split",
    check=_check_split,
    expects="a function that returns two lists of pairs",
    hints=(
        "What must be shuffled and divided, so that copies stay together: the examples, or something larger?",
        "Collect the examples in a dictionary first: all copies of a text under one key, its words in small letters. "
        "Shuffle the keys, then give whole groups to the test until it is large enough.",
        "Does the test list contain both labels? If not, shuffle again: `while True:` around it, and `return` as soon "
        "as it does. `text.lower().split()` gives the words.",
    ),
    why="Copies of a text share one key, so whole groups go to one side and nothing leaks. Chance may leave out a "
    "label, above all in a short list, so the groups are shuffled again until the test holds both.",
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
            "apart from capitals and spaces they are the same text",
        ),
        Wrong(
            changed(_SPLIT, ("        random.shuffle(keys)\n", ""), ("if len({", "if True or len({")),
            "For 410 examples, sorted by label, your test has only the label 0",
        ),
        Wrong(
            changed(_SPLIT, ("random.shuffle", "random.Random(0).shuffle"), ("if len({", "if True or len({")),
            "and a share of 0.1, your",
        ),
        Wrong(
            changed(_SPLIT, ("setdefault(", "setdefault((label, "), ("split()), [])", "split())), [])")),
            "once with each label",
        ),
        Wrong(changed(_SPLIT, ("return train, test", "return test, train")), "the training list comes first"),
        Wrong(changed(_SPLIT, ("side.extend(groups[key])", "side.append(groups[key][0])")), "all of them copies"),
        Wrong(changed(_SPLIT, ("return train, test", "return examples, test")), "but only 410 were given"),
        Wrong(changed(_SPLIT, ("share *", "0.25 *")), "With a share of 0.5 the test should have about 205"),
        Wrong(changed(_SPLIT, ("append((text, label))", "append((text.lower(), label))")), "as it was given; that"),
        Wrong(changed(_SPLIT, ("return train, test", "return test")), "should return two lists of pairs"),
    ),
    also_wrong=(
        "import random\n"
        "def split(examples, share):\n"
        '    key = lambda e: "".join(e[0].lower().split())\n'
        "    for seed in range(1000):\n"
        "        random.Random(seed).shuffle(examples)\n"
        "        groups = {}\n"
        "        for e in examples:\n"
        "            groups.setdefault(key(e), []).append(e)\n"
        "        train, test = [], []\n"
        "        for g in groups.values():\n"
        "            (test if len(test) < share * len(examples) else train).extend(g)\n"
        "        if len({y for _, y in test}) == 2:\n"
        "            break\n"
        "    return train, test",  # changes what it was given
        changed(_SPLIT, ('" ".join(text.lower().split())', '"".join(text.split())')),
        changed(_SPLIT, ('" ".join(text.lower().split())', "text.strip().lower()")),
        changed(_SPLIT, ("in examples:", "in set(examples):")),
        changed(_SPLIT, ("< share *", "< (1 - share) *")),
    ),
    alternatives=(
        "import zlib\n\ndef split(examples, share):\n"  # a hash, salted until the test holds both labels
        '    def place(text):\n        return zlib.crc32(" ".join(text.lower().split()).encode()) % 1000\n'
        "    for salt in range(10_000):\n"
        "        in_test = {t: (place(t) * 7919 + salt * 101) % 1000 < 1000 * share for t, _ in examples}\n"
        "        sides = [[e for e in examples if in_test[e[0]] is test] for test in (False, True)]\n"
        "        if len({label for _, label in sides[1]}) == 2:\n"
        "            return sides",
        "import random\n\ndef split(examples, share):\n"  # label by label, without spaces
        "    groups, kinds, train, test = {}, {}, [], []\n"
        "    for text, label in examples:\n"
        '        groups.setdefault(text.casefold().replace(" ", ""), []).append((text, label))\n'
        "    for group in groups.values():\n"
        "        kinds.setdefault(frozenset(label for _, label in group), []).append(group)\n"
        "    for some in kinds.values():\n"
        "        random.shuffle(some)\n"
        "        taken = 0\n"
        "        for group in some:\n"
        "            fits = taken == 0 or taken + len(group) <= share * sum(map(len, some))\n"
        "            (test if fits else train).extend(group)\n"
        "            taken += len(group) if fits else 0\n"
        "    return (train, test)",
    ),
    note="With a hash of the text instead of a shuffle, a text stays on its side when new examples arrive.",
)
