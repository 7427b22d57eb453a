"""5.5 Span corruption by hand."""

from course_utils.describing import attempt, shorten
from course_utils.exercises.answers import as_list, as_text, call, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed

_SPACES = "One space between two words, and none at the beginning or the end of a text."


_WORDS = ["the", "night", "train", "to", "Vienna", "leaves", "at", "ten", "from", "platform", "four"]


_CORRUPT = (
    "def corrupt(words, spans):\n"
    "    source, target, place = [], [], 0\n"
    "    for number, (start, length) in enumerate(spans):\n"
    '        sentinel = f"<extra_id_{number}>"\n'
    "        source += words[place:start] + [sentinel]\n"
    "        target += [sentinel] + words[start : start + length]\n"
    "        place = start + length\n"
    "    source += words[place:]\n"
    '    target.append(f"<extra_id_{len(spans)}>")\n'
    '    return " ".join(source), " ".join(target)'
)


def _corrupt(words: list[str], spans: list[tuple[int, int]]) -> list[str]:
    source, target, place = [], [], 0
    for number, (start, length) in enumerate(spans):
        source += [*words[place:start], f"<extra_id_{number}>"]
        target += [f"<extra_id_{number}>", *words[start : start + length]]
        place = start + length
    return [" ".join(source + words[place:]), " ".join([*target, f"<extra_id_{len(spans)}>"])]


def _check_corrupt(answer) -> str | None:
    spans = [(1, 2), (6, 1)]
    given = call(answer, list(_WORDS), spans)
    pair = as_list(given)
    if pair is not None and len(pair) == 2 and all(is_a(part, list) for part in pair):
        return 'Those are lists of words: join each with `" ".join(...)`.'
    texts = [as_text(part) for part in pair or ()]
    if len(texts) != 2 or None in texts:
        return f"Your function should return two texts, the input and the target; given: {describe(given)}."
    right = _corrupt(_WORDS, spans)
    if pair != right:
        if pair != [_single_spaced(part) for part in pair]:
            return _SPACES
        if texts == right[::-1]:
            return "The two are swapped: first the input, then the target."
        return _slip_in_source(texts[0], right[0]) or _slip_in_target(texts[1], right[1])
    return _other_texts(answer)


def _slip_in_source(source: str, right: str) -> str | None:
    """What is told of this input; the spans are (1, 2), `night train`, and (6, 1), `at`."""
    if source == right:
        return None
    slips = {
        "the <extra_id_0> <extra_id_1> to Vienna leaves <extra_id_2> ten from platform four": (
            "The span (1, 2) has two sentinels, one for each *word*; one stands for a whole span, whatever its length."
        ),
        "the <extra_id_1> to Vienna leaves <extra_id_2> ten from platform four": (
            "Your sentinels count from 1; the first one is `<extra_id_0>`."
        ),
        "the <extra_id_0> to Vienna leaves at <extra_id_1> from platform four": (
            "Not `at` is gone but `ten`, a place later. Where the first span is replaced in the list itself, all later "
            "places move: build a new list, or begin with the last span."
        ),
        "the <extra_id_0> Vienna leaves <extra_id_1> from platform four": (
            "In the input one word too many is gone from each span: `words[start : start + length]` leaves its end out."
        ),
        "the <extra_id_0> to Vienna leaves <extra_id_1>": "In the input the words after the last span are missing.",
        f"{right} <extra_id_2>": "The last sentinel, `<extra_id_2>`, belongs to the target only.",
    }
    if source in slips:
        return slips[source]
    if "<extra_id_" not in source:
        brackets = "is written with its brackets" if "extra_id_" in source else "stands for each missing span"
        return f"In the input a sentinel {brackets}, `<extra_id_0>`; given: {describe(source)}."
    if source.count("<extra_id_0>") > 1:
        return (
            f"`<extra_id_0>` stands in the input more than once: `{shorten(source, 90)}`. Each span has one sentinel, "
            "with a number of its own."
        )
    if source.startswith("the <extra_id_0> train"):
        return "Of the span (1, 2) `night` is gone, and `train` is still there: it is start and length, so two words."
    return f"For the spans (1, 2) and (6, 1) the input should be `{right}`; given: {describe(source)}."


def _slip_in_target(target: str, right: str) -> str:
    """What is told of this target; the input is right."""
    slips = {
        right.removesuffix(" <extra_id_2>"): (
            "The target lacks the last sentinel: one more, `<extra_id_2>` here, says that nothing follows."
        ),
        right.replace("<extra_id_2>", "<extra_id_1>"): (
            "The last sentinel of the target is one more, `<extra_id_2>` here, not the number of the last span again."
        ),
        right.replace("<extra_id_2>", "</s>"): (
            "The target ends with one more sentinel, `<extra_id_2>` here; `</s>` is added by the tokenizer."
        ),
        "night train at": "The target needs the sentinels, too: each stands in front of the words that it replaced.",
        "night train <extra_id_0> at <extra_id_1> <extra_id_2>": (
            "In the target a sentinel stands in front of its words, not behind them."
        ),
    }
    if "Vienna" in target:
        return "The target repeats words that the input still has: it holds the missing ones only."
    return slips.get(target) or f"The input is right; the target should be `{right}`, but it is {describe(target)}."


def _other_texts(answer) -> str | None:
    many = [f"w{i}" for i in range(40)]
    cases = (
        (_WORDS, [(0, 1), (3, 2), (9, 2)], "With a span at the start and one at the end"),
        (["no", "no", "no", "yes", "no"], [(1, 1)], "With words that repeat"),
        (["a", "rose", "is", "a", "rose"], [(1, 1), (3, 2)], "With words that repeat"),
        (["one", "word", "more"], [(0, 3)], "With one span over all words"),
        (["No"], [(0, 1)], "With a single word"),
        (many, [(3 * i, 1 + i % 2) for i in range(13)], "With 13 spans"),
    )
    for words, spans, what in cases:
        given, right = call(answer, list(words), spans), _corrupt(words, spans)
        pair = as_list(given)
        if pair != right:
            if attempt(lambda pair=pair: [_single_spaced(part) for part in pair]) == right:
                return _SPACES
            if words is many:
                return (
                    "It is right for up to three spans, but not for 13: their sentinels are `<extra_id_0>` to "
                    "`<extra_id_12>`, each before its words in the target, and `<extra_id_13>` ends it."
                )
            expected = f"For `{words}` and the spans `{spans}` expected `{tuple(right)}`"
            return f"{what} it goes wrong. {expected}; given: {describe(given)}."
    return None


def _single_spaced(text: str) -> str:
    return " ".join(text.split())


EXERCISE = Exercise(
    id="5.5",
    title="Span corruption by hand",
    minutes=12,
    difficulty="medium",
    starter="def corrupt(words, spans):\n    ...",
    answer="corrupt",
    check=_check_corrupt,
    expects="a function that returns two texts",
    hints=(
        "Do it by hand for five words and the span (1, 2): what does the input contain? And the target?",
        "Go through the spans with `enumerate`, and remember where the last one ended.",
        "For each: the input gets the words since the last span and the sentinel; the target gets the sentinel and "
        "`words[start : start + length]`. Afterwards the input gets the rest, the target one more sentinel.",
    ),
    solution=_CORRUPT,
    why=(
        "`place` is where the last span ended. Each span gives the input the words before it and one sentinel, and the "
        "target the same sentinel and the hidden words; nothing is replaced, so no place moves."
    ),
    wrong=(
        Wrong(changed(_CORRUPT, ('    target.append(f"<extra_id_{len(spans)}>")\n', "")), "lacks the last sentinel"),
        Wrong(changed(_CORRUPT, ("<extra_id_{number}>", "<extra_id_0>")), "stands in the input more than once"),
        Wrong(
            changed(_CORRUPT, ("<extra_id_{number}>", "<extra_id_{number + 1}>"), ("{len(spans)}", "{len(spans) + 1}")),
            "count from 1",
        ),
        Wrong(
            "def corrupt(words, spans):\n"
            "    missing = [i for start, length in spans for i in range(start, start + length)]\n"
            '    name = {i: f"<extra_id_{n}>" for n, i in enumerate(missing)}\n'
            '    source = " ".join(name.get(i, word) for i, word in enumerate(words))\n'
            '    target = " ".join(f"{name[i]} {words[i]}" for i in missing)\n'
            '    return source, target + f" <extra_id_{len(missing)}>"',
            "one for each *word*",
        ),
        Wrong(
            changed(
                _CORRUPT, ("[sentinel] + words[start : start + length]", "words[start : start + length] + [sentinel]")
            ),
            "not behind them",
        ),
        Wrong(
            changed(
                _CORRUPT,
                ("[sentinel] + words[start", "words[place:start] + [sentinel] + words[start"),
                ("words[place:start] + [sentinel] + words", "words[:start] + [sentinel] + words"),
            ),
            "that the input still has",
        ),
        Wrong(
            changed(_CORRUPT, ("words[place:start] + [sentinel]", "words[place:start]")), "stands for each missing span"
        ),
        Wrong(
            changed(_CORRUPT, ("start + length", "length")),
            "and `train` is still there",
        ),
        Wrong(changed(_CORRUPT, ("start + length", "start + length + 1")), "one word too many"),
        Wrong(changed(_CORRUPT, ('" ".join(target)', '" ".join(target) + " "')), "One space between two words"),
        Wrong(
            changed(_CORRUPT, ('" ".join(source), " ".join(target)', '" ".join(target), " ".join(source)')),
            "The two are swapped",
        ),
        Wrong(changed(_CORRUPT, ("    source += words[place:]\n", "")), "words after the last span"),
        Wrong(changed(_CORRUPT, ("<extra", "extra"), ("}>", "}")), "with its brackets"),
        Wrong(
            "def corrupt(words, spans):\n"
            "    source, target = list(words), []\n"
            "    for number, (start, length) in enumerate(spans):\n"
            '        target += [f"<extra_id_{number}>"] + words[start : start + length]\n'
            '        source[start : start + length] = [f"<extra_id_{number}>"]\n'
            '    return " ".join(source), " ".join(target + [f"<extra_id_{len(spans)}>"])',
            "all later places move",
        ),
        Wrong(
            "def corrupt(words, spans):\n"
            "    source, target = list(words), []\n"
            "    for number, (start, length) in enumerate(spans):\n"
            '        target += [f"<extra_id_{number}>"] + words[start : start + length]\n'
            "        first = source.index(words[start])\n"
            '        source[first : first + length] = [f"<extra_id_{number}>"]\n'
            '    return " ".join(source), " ".join(target + [f"<extra_id_{len(spans)}>"])',
            "With words that repeat",
        ),
    ),
    also_wrong=(
        changed(_CORRUPT, ("{len(spans)}", "{len(spans) - 1}")),
        changed(
            _CORRUPT, ('    return " ".join(source)', '    source.append(target[-1])\n    return " ".join(source)')
        ),
        changed(
            _CORRUPT, ("target += [sentinel] + words[start : start + length]", "target += [sentinel, words[start]]")
        ),
        changed(_CORRUPT, ("<extra_id_{number}>", "<extra_id_{number % 10}>")),
        changed(_CORRUPT, ("words[start : start + length]", "sorted(set(words[start : start + length]))")),
        "def corrupt(words, spans):\n"
        '    source, target = " ".join(words), ""\n'
        "    for number, (start, length) in enumerate(spans):\n"
        '        hidden = " ".join(words[start : start + length])\n'
        '        source = source.replace(hidden, f"<extra_id_{number}>", 1)\n'
        '        target += f"<extra_id_{number}> {hidden} "\n'
        '    return source, target + f"<extra_id_{len(spans)}>"',
    ),
    alternatives=(
        "def corrupt(words, spans):\n"
        "    source, target = list(words), []\n"
        "    for number in range(len(spans) - 1, -1, -1):  # from the end, so that the places stay\n"
        "        start, length = spans[number]\n"
        '        target = [f"<extra_id_{number}>", *words[start : start + length], *target]\n'
        '        source[start : start + length] = [f"<extra_id_{number}>"]\n'
        '    return [" ".join(source), " ".join([*target, f"<extra_id_{len(spans)}>"])]',
    ),
    note="A sentinel hides how long its span is; BERT's mask tokens, one a piece, give that away.",
)
