"""5.5 Span corruption by hand."""

from course_utils.describing import attempt
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


def _check_corrupt(answer) -> str | None:
    value = call(answer, list(_WORDS), [(1, 2), (6, 1)])
    pair = as_list(value)
    if pair is None or len(pair) != 2:
        return f"Your function should return two texts, the input and the target; given: {describe(value)}."
    if any(is_a(part, list) for part in pair):
        return 'Those are lists of words: join each with `" ".join(...)`.'
    source, target = (as_text(part) for part in pair)
    if source is None or target is None:
        return f"Your function should return two texts, the input and the target; given: {describe(value)}."
    if list(pair) != [_single_spaced(part) for part in pair]:
        return _SPACES
    full = "<extra_id_0> night train <extra_id_1> at <extra_id_2>"
    if "<extra_id_" not in source and "extra_id_" in source:
        return "A sentinel is written with its brackets, `<extra_id_0>`."
    if "<extra_id_" not in source:
        return "The input has no sentinels: each missing span leaves one `<extra_id_…>` behind."
    if source.startswith(("the <extra_id_0> <extra_id_1> to", "the <extra_id_0> <extra_id_0> to")):
        return "You put a sentinel for every *word*; one stands for a whole span, whatever its length."
    if source.count("<extra_id_0>") > 1:
        return "The same sentinel stands for both spans: number them, or the target cannot say which is which."
    if source == "the <extra_id_1> to Vienna leaves <extra_id_2> ten from platform four":
        return "Your sentinels count from 1; the first one is `<extra_id_0>`."
    if source.startswith("the <extra_id_0> train"):
        return "Of the span (1, 2) only `night` is gone: a span is start and length, not start and end, so two words."
    if source == "the <extra_id_0> Vienna leaves <extra_id_1> from platform four":
        return "Your spans are one word too long: `words[start : start + length]` leaves its end out."
    if source == "the <extra_id_0> to Vienna leaves at <extra_id_1> from platform four":
        return "After the first replacement the places have moved: build a new list, or begin with the last span."
    if source == "the <extra_id_0> to Vienna leaves <extra_id_1>":
        return "The words after the last span are missing."
    if source == full:
        return "The two are swapped: first the input, then the target."
    if source != "the <extra_id_0> to Vienna leaves <extra_id_1> ten from platform four":
        return f"For the spans (1, 2) and (6, 1) the input is not right: {describe(source)}."
    if "Vienna" in target:
        return "The target repeats words that the input still has: it holds the missing ones only."
    if target == full.removesuffix(" <extra_id_2>"):
        return "The target lacks the last sentinel: one more, `<extra_id_2>` here, says that nothing follows."
    if "<extra_id_" not in target:
        return "The target needs the sentinels, too: each stands in front of the words that it replaced."
    if target.startswith("night"):
        return "In the target a sentinel stands in front of its words, not behind them."
    if target.endswith("</s>"):
        return "The target ends with one more sentinel, `<extra_id_2>` here; `</s>` is added by the tokenizer."
    if target != full:
        return f"The input is right; the target should not be {describe(target)}."
    edges = as_list(call(answer, list(_WORDS), [(0, 1), (3, 2), (9, 2)]))
    right = [
        "<extra_id_0> night train <extra_id_1> leaves at ten from <extra_id_2>",
        "<extra_id_0> the <extra_id_1> to Vienna <extra_id_2> platform four <extra_id_3>",
    ]
    if edges != right:
        if attempt(lambda: [_single_spaced(part) for part in edges]) == right:
            return _SPACES
        return f"Three spans, one at the start and one at the end, go wrong: {describe(edges)}."
    again = as_list(call(answer, ["no", "no", "no", "yes", "no"], [(1, 1)]))
    if again != ["no <extra_id_0> no yes no", "<extra_id_0> no <extra_id_1>"]:
        return "When a word comes more than once it goes wrong: replace by place, not by the word itself."
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
        "Go through the spans with `enumerate`, and remember where the last one ended.",
        "For each: the input gets the words since the last span and the sentinel; the target gets the sentinel and "
        "`words[start : start + length]`. Afterwards the input gets the rest, the target one more sentinel.",
    ),
    solution=_CORRUPT,
    wrong=(
        Wrong(changed(_CORRUPT, ('    target.append(f"<extra_id_{len(spans)}>")\n', "")), "lacks the last sentinel"),
        Wrong(changed(_CORRUPT, ("<extra_id_{number}>", "<extra_id_0>")), "The same sentinel stands for both"),
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
            "for every *word*",
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
            changed(_CORRUPT, ("words[place:start] + [sentinel]", "words[place:start]")), "The input has no sentinels"
        ),
        Wrong(
            changed(_CORRUPT, ("start + length", "length")),
            "start and length, not start and end",
        ),
        Wrong(changed(_CORRUPT, ("start + length", "start + length + 1")), "one word too long"),
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
            "the places have moved",
        ),
        Wrong(
            "def corrupt(words, spans):\n"
            "    source, target = list(words), []\n"
            "    for number, (start, length) in enumerate(spans):\n"
            '        target += [f"<extra_id_{number}>"] + words[start : start + length]\n'
            "        first = source.index(words[start])\n"
            '        source[first : first + length] = [f"<extra_id_{number}>"]\n'
            '    return " ".join(source), " ".join(target + [f"<extra_id_{len(spans)}>"])',
            "replace by place",
        ),
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
