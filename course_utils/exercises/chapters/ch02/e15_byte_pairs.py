"""2.15 The training of a tokenizer."""

from collections import Counter

from course_utils.exercises.answers import as_list, as_text, call, close, code, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import known_slip

_JOIN = "from course_utils.pictures.ch02.merging import join"  # what the page gives
_CASES = (
    ("tea tea eat", 2),
    ("tea tea team", 2),  # two pairs with the same count at once
    ("tea tea tea team teapot teaspoon seat seats", 10),
    ("low lower lowest new newer newest", 6),
    ("xy b ab ab ab xy xy", 2),  # two pairs with the same count
    ("aaaaa aaa aaaa", 3),
    ("ada and Ada and DAD and dad", 4),
    ("to be or not to be", 20),  # fewer pairs than asked for
    ("a b  a", 2),
    ("", 3),
    ("tea tea team", 0),
    ("ab ab ab aaa aaa", 2),
    ("abxabyab cd cd", 1),
    ("te te te tea ea ea", 3),
    ("grün,\tfür grün,\tfür", 6),
    ("banana", 9),
)


def _join(pieces, pair, first_only=False) -> list[str]:
    joined, i, done = [], 0, False
    while i < len(pieces):
        if tuple(pieces[i : i + 2]) == pair and not (first_only and done):
            joined.append(pieces[i] + pieces[i + 1])
            i, done = i + 2, True
        else:
            joined.append(pieces[i])
            i += 1
    return joined


def _first(counts):
    return max(counts, key=counts.get)  # of those with the highest count the one that was met first


def _learn(line, count, cut=str.split, choose=_first, join=_join, count_in=list) -> list[list[str]]:
    words, pairs = [list(word) for word in cut(line)], []
    while len(pairs) < count:
        counts = Counter(pair for word in words for pair in count_in(zip(word, word[1:], strict=False)))
        if not counts:
            break
        pairs.append(choose(counts))
        words = [join(word, pairs[-1]) for word in words]
    return [list(pair) for pair in pairs]


def _last(counts):
    return max(reversed(counts), key=counts.get)


def _at_once(line, count) -> list[list[str]]:
    counts = Counter(pair for word in line.split() for pair in zip(word, word[1:], strict=False))
    return [list(pair) for pair, _ in counts.most_common(count)]


def _without_overlap(line, count) -> list[list[str]]:
    """As the right answer, but in `aaa` the pair `a`, `a` stands once."""
    words, pairs = [list(word) for word in line.split()], []
    while len(pairs) < count:
        counts = Counter()
        for word in words:
            for pair in dict.fromkeys(zip(word, word[1:], strict=False)):
                counts[pair] += len(word) - len(_join(word, pair))
        if not counts:
            break
        pairs.append(_first(counts))
        words = [_join(word, pairs[-1]) for word in words]
    return [list(pair) for pair in pairs]


_SLIPS = (
    (
        _at_once,
        "Your pairs are the most frequent pairs of single letters. Count again after each merge: the new piece has "
        "neighbours of its own.",
    ),
    (
        lambda line, count: _learn(line, count, cut=lambda text: dict.fromkeys(text.split())),
        "You count each word once. A word that stands in the line three times counts three times.",
    ),
    (
        lambda line, count: _learn(line, count, cut=lambda text: [text]),
        "Your pairs go over the spaces. Cut the line into words first: no pair goes from one word into the next.",
    ),
    (
        lambda line, count: _learn(line, count, choose=_last),
        "Where several pairs have the highest count, you take the last of them; take the first one in the line.",
    ),
    (
        lambda line, count: _learn(line, count, choose=lambda counts: max(counts, key=lambda p: (counts[p], p))),
        "Where several pairs have the highest count, you take the last one of the alphabet; the first one in the line "
        "is asked for.",
    ),
    (
        lambda line, count: _learn(line, count, choose=lambda counts: min(counts, key=lambda p: (-counts[p], p))),
        "Where several pairs have the highest count, you take the first one of the alphabet; the first one in the "
        "line is asked for.",
    ),
    (
        lambda line, count: _learn(line, count, choose=lambda counts: min(counts, key=counts.get)),
        "You join the rarest pair; the most frequent one is asked for.",
    ),
    (
        lambda line, count: _learn(line, count, join=lambda word, pair: _join(word, pair, first_only=True)),
        "You join a pair once in each word; join it at every place where it stands.",
    ),
    (
        lambda line, count: _learn(line, count, count_in=dict.fromkeys),
        "You count a pair once in each word; count it as often as it stands there.",
    ),
    (_without_overlap, "In `aaa` you count the pair `a`, `a` once; neighbours that overlap count too, so it is twice."),
    (
        lambda line, count: _learn(line.lower(), count),
        "You made all letters small. Keep capital letters as they are.",
    ),
    (
        lambda line, count: _learn(line, count)[:1],
        "You return the first merge only. Go on until `count` pairs are joined.",
    ),
    (lambda line, count: _learn(line, count + 1), "You join one pair too many."),
    (lambda line, count: _learn(line, max(count - 1, 0)), "You join one pair too few."),
)


def _check_merges(answer) -> str | None:
    for line, count in _CASES:
        value, right = call(answer, line, count), _learn(line, count)
        got = as_list(value)
        shown = f"For {code(repr(line))} and {count} the merges are {code(str([tuple(pair) for pair in right]), 300)}"
        if got is None:
            return f"Your function should return a list of pairs; given: {describe(value)}."
        if got and all(as_text(pair) is not None for pair in got):
            return f"{shown}; you return texts, {describe(value)}. Return each pair as `(left, right)`."
        if close(got, right):
            continue
        if got and all(is_a(pair, list) and len(pair) == 2 and is_a(pair[0], list) for pair in got):
            return f"{shown}; your list has something besides the pairs: {describe(value)}."
        return known_slip(answer, _CASES, _SLIPS, as_list) or f"{shown}; given: {describe(value)}."
    return None


_HEAD = "def learn_merges(line, count):\n"
_SOLUTION = (
    "from collections import Counter\n\n\n"
    + _HEAD
    + (
        "    words = [list(word) for word in line.split()]\n"
        "    merges = []\n"
        "    while len(merges) < count:\n"
        "        counts = Counter()\n"
        "        for word in words:\n"
        "            counts.update(zip(word, word[1:]))\n"
        "        if not counts:\n"
        "            break\n"
        "        pair = counts.most_common(1)[0][0]\n"
        "        merges.append(pair)\n"
        "        words = [join(word, pair) for word in words]\n"
        "    return merges"
    )
)


EXERCISE = Exercise(
    id="2.15",
    title="The training of a tokenizer",
    minutes=15,
    difficulty="hard",
    starter="def learn_merges(line, count):\n    ...",
    answer="learn_merges",
    check=_check_merges,
    context=_JOIN,
    expects="a function that takes a line and a number and returns a list of pairs",
    hints=(
        "Do two merges of the example with a pencil. What do you count, what do you change, and what do you note down?",
        "The cell of the chart counts the pairs of letters. Put this counting into a loop, with the words as they are "
        "by then.",
        "`counts.most_common(1)` gives the pair with the highest count; of several it gives the one counted first. "
        "After that, every word becomes `join(word, pair)`.",
        "Without a pair `counts` is empty: test it with `if not counts`, and end the loop with `break`.",
    ),
    solution=_SOLUTION,
    why="Each round counts the neighbours anew, because the piece of the last merge has new neighbours. The list of "
    "merges is the whole tokenizer: whoever applies it in this order cuts any text in the same way.",
    wrong=(
        Wrong(
            _HEAD + "    from collections import Counter\n    counts = Counter()\n    for word in line.split():\n"
            "        counts.update(zip(word, word[1:]))\n    return [pair for pair, _ in counts.most_common(count)]",
            "the most frequent pairs of single letters",
        ),
        Wrong(changed(_SOLUTION, ("in line.split()", "in dict.fromkeys(line.split())")), "You count each word once"),
        Wrong(
            changed(_SOLUTION, ("(zip(word, word[1:]))", "(list(dict.fromkeys(zip(word, word[1:]))))")),
            "You count a pair once in each word",
        ),
        Wrong(
            changed(
                _SOLUTION,
                (
                    "            counts.update(zip(word, word[1:]))\n",
                    "            i = 0\n            while i < len(word) - 1:\n"
                    "                counts[word[i], word[i + 1]] += 1\n"
                    "                i += 2 if word[i : i + 3] == 3 * [word[i]] else 1\n",
                ),
            ),
            "neighbours that overlap count too",
        ),
        Wrong(changed(_SOLUTION, ("[list(word) for word in line.split()]", "[list(line)]")), "go over the spaces"),
        Wrong(
            changed(_SOLUTION, ("counts.most_common(1)[0][0]", "max(counts, key=lambda p: (counts[p], p))")),
            "the last one of the alphabet",
        ),
        Wrong(
            changed(_SOLUTION, ("counts.most_common(1)[0][0]", "min(counts, key=lambda p: (-counts[p], p))")),
            "the first one of the alphabet",
        ),
        Wrong(
            changed(_SOLUTION, ("counts.most_common(1)[0][0]", "sorted(counts, key=counts.get)[-1]")),
            "you take the last of them",
        ),
        Wrong(
            changed(_SOLUTION, ("counts.most_common(1)[0][0]", "min(counts, key=counts.get)")), "You join the rarest"
        ),
        Wrong(changed(_SOLUTION, ("append(pair)", "append(pair[0] + pair[1])")), "you return texts"),
        Wrong(
            changed(_SOLUTION, ("[0][0]\n", "[0]\n"), ("join(word, pair)", "join(word, pair[0])")), "besides the pairs"
        ),
        Wrong(changed(_SOLUTION, ("line.split()", "line.lower().split()")), "You made all letters small"),
        Wrong(changed(_SOLUTION, ("< count", "<= count")), "one pair too many"),
        Wrong(
            changed(_SOLUTION, ("        if not counts:\n            break\n", "")),
            "IndexError",
            status="error in your code",
        ),
        Wrong(changed(_SOLUTION, ("    return merges", "    return merges[:1]")), "the first merge only"),
    ),
    also_wrong=(
        changed(_SOLUTION, ("counts.most_common(1)[0][0]", "counts.most_common()[-1][0]")),
        changed(_SOLUTION, ("    return merges", "    return words")),
        changed(
            _SOLUTION,  # `te a` holds "e a", but not the pair e, a
            ("join(word, pair) for", '" ".join(word).replace(" ".join(pair), "".join(pair)).split(" ") for'),
        ),
        changed(_SOLUTION, ("    return merges", "    return merges[::-1]")),
        changed(_SOLUTION, ("    return merges", "    return set(merges)")),
        changed(_SOLUTION, ("line.split()", 'line.split(" ", 3)')),
        changed(_SOLUTION, ("join(word, pair) for word in words", "join(word, pair) for word in words[:2]")),
    ),
    alternatives=(
        _HEAD + "    words, merges = [list(word) for word in line.split()], []\n"
        "    for _ in range(count):\n"
        "        counts = {}\n"
        "        for word in words:\n"
        "            for i in range(len(word) - 1):\n"
        "                pair = (word[i], word[i + 1])\n"
        "                counts[pair] = counts.get(pair, 0) + 1\n"
        "        if len(counts) == 0:\n"
        "            return merges\n"
        "        best = max(counts, key=counts.get)\n"
        "        merges.append([best[0], best[1]])\n"
        "        for number, word in enumerate(words):\n"
        "            i = 0\n"
        "            while i < len(word) - 1:\n"
        "                if (word[i], word[i + 1]) == best:\n"
        "                    word[i : i + 2] = [word[i] + word[i + 1]]\n"
        "                i += 1\n"
        "    return merges",
        "from collections import Counter\n\n" + _HEAD + "    words = [tuple(word) for word in line.split()]\n"
        "    pairs = [pair for word in words for pair in zip(word, word[1:])]\n"
        "    if count == 0 or not pairs:\n        return ()\n"
        "    done = []\n"
        "    while pairs and len(done) < count:\n"
        "        best = max(dict.fromkeys(pairs), key=pairs.count)\n"
        "        done.append(best)\n"
        "        words = [join(word, best) for word in words]\n"
        "        pairs = [pair for word in words for pair in zip(word, word[1:])]\n"
        "    return tuple(done)",
    ),
)
