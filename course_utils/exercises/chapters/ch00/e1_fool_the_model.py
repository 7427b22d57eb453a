"""0.1 Fool the model."""

import re

from course_utils.describing import attempt, code, shorten
from course_utils.exercises.answers import as_number, as_text, describe, plain
from course_utils.exercises.records import Exercise, Wrong, changed

_LABELS = ("POSITIVE", "NEGATIVE")
_NOT_YOURS = {  # the page's sentences and the starter's, without capitals and signs
    "first sentence",
    "second sentence",
    "third sentence",
    "we queued for two hours in the pouring rain and the concert was wonderful",
    "the soup was cold but the dessert made me smile",
    "i love this song",
    "the soup was cold and the waiter was rude",
    "i was afraid of the exam but i passed",
    "what a wonderful surprise",
    "ich liebe dieses lied",
    "great my phone is broken again",
    "nobody in this room was bored",
    "i ve been waiting for a huggingface course my whole life",
}


def _check_fooled(answer) -> str | None:
    parts = attempt(plain, answer)
    if type(parts) is not list or len(parts) != 2:
        return f"Expected `(mine, results)`; given: {describe(answer)}."
    mine = [*parts[0].items()] if type(parts[0]) is dict else parts[0]
    if type(mine) is not list or not all(type(pair) in (list, tuple) and len(pair) == 2 for pair in mine):
        return "`mine` should be a dictionary, each sentence with the label that you mean, in curly brackets."
    return _about_the_sentences(mine) or _compared(mine, _best(parts[1]))


def _about_the_sentences(mine: list) -> str | None:
    """What is wrong with her own part, before any result is looked at."""
    seen = set()
    for sentence, meant in mine:
        if as_text(sentence) is None:
            return f"Each sentence should be text in quotation marks; given: {describe(sentence)}."
        words = " ".join(re.findall(r"\w+", sentence.casefold()))
        if words in _NOT_YOURS:
            return f"{_quoted(sentence)} stands on this page. Put a sentence of your own in its place."
        if words in seen:
            return f"{_quoted(sentence)} is there twice, if capitals and signs do not count. Write another sentence."
        if sum(any(map(str.isalnum, part)) for part in sentence.split()) < 3:
            return f"{_quoted(sentence)} has fewer than three words. Make it longer."
        if _label(meant) not in _LABELS:
            return f'What do you mean with {_quoted(sentence)}, "POSITIVE" or "NEGATIVE"? Given: {describe(meant)}.'
        seen.add(words)
    if len(mine) < 3:
        return f"Expected three sentences or more, and `mine` has {len(mine)}. Each sentence needs its own wording."
    return None


def _compared(mine: list, results: list | None) -> str | None:
    if results is None:
        return "`results` should be what `classifier(list(mine))` returns: leave that line as it is."
    if len(results) != len(mine):
        return f"`mine` has {len(mine)} sentences and `results` has {len(results)}: run `classifier(list(mine))` again."
    for label, _ in results:
        if label not in _LABELS:
            return f"Our classifier knows POSITIVE and NEGATIVE, but one label in `results` is {code(label, 40)}."
    if any(_label(meant) != label for (_, meant), (label, _) in zip(mine, results, strict=True)):
        return None
    score, sentence = min((score, sentence) for (sentence, _), (_, score) in zip(mine, results, strict=True))
    return (
        f"The model agrees with you on all {len(mine)} sentences. Its lowest score, {score:.2f}, is that of "
        f"{_quoted(sentence)}. Try again with a joke, with irony, or with words such as *not* and *nobody*."
    )


def _best(results) -> list[tuple[str, float]] | None:
    """The label with the highest score for each sentence, whether the classifier gave one or all; None: unreadable."""
    if type(results) is not list:
        return None
    best = []
    for rows in results:
        rows = rows if type(rows) is list else [rows]
        pairs = [(_label(row.get("label")), as_number(row.get("score"))) for row in rows if type(row) is dict]
        if not pairs or len(pairs) != len(rows) or any(label is None or score is None for label, score in pairs):
            return None
        best.append(max(pairs, key=lambda pair: pair[1]))
    return best


def _label(given) -> str | None:
    text = as_text(given)
    return None if text is None else text.upper()


def _quoted(sentence: str) -> str:
    return f"“{shorten(' '.join(sentence.split()), 60)}”"


_SOLUTION = (
    "mine = {\n"
    '    "Oh great, more rain.": "NEGATIVE",\n'
    '    "I laughed so hard that I spilled my tea.": "POSITIVE",\n'
    '    "My neighbours are kind and helpful.": "POSITIVE",\n'
    "}\n"
    "results = classifier(list(mine))"
)
_AGREED = (
    'mine = {"I love my job.": "POSITIVE", "We hated every minute of it.": "NEGATIVE", '
    '"The holiday was perfect.": "POSITIVE"}\nresults = classifier(list(mine))'
)


EXERCISE = Exercise(
    id="0.1",
    title="Fool the model",
    minutes=8,
    difficulty="easy",
    starter="mine = {\n"
    '    "first sentence": ...,  # "POSITIVE" or "NEGATIVE": what you mean\n'
    '    "second sentence": ...,\n'
    '    "third sentence": ...,\n'
    "}\n"
    "results = classifier(list(mine))  # list(mine): the sentences",
    answer="(mine, results)",
    check=_check_fooled,
    expects="`(mine, results)`: your sentences with what you mean, and the results of the classifier",
    note="You fooled it: for at least one sentence, the model's label is not what you mean. Look at the score, too: "
    "print(results).",
    hints=(
        "Three ways: irony, a happy sentence full of sad words, or a word that turns the meaning round, such as "
        "*nobody* or *hardly*.",
        "For irony, begin with *Great* or *Wonderful*, then say what went wrong. Or praise something with *nobody* and "
        "a sad word: nobody was sad, nobody left early.",
        "Watch your sentence word by word in the box above. Where the curve jumps the right way, take another word.",
    ),
    context="from transformers import pipeline\n\nfrom course_utils import checkpoint\n\n"
    'classifier = pipeline("text-classification", **checkpoint("sentiment"))',
    solution=_SOLUTION,
    why="The model learned from film reviews and everyday sentences. Irony turns the meaning round, and every single "
    "word still looks friendly. In a happy sentence with sad words it is the other way round.",
    wrong=(
        Wrong(_AGREED, "agrees with you on all 3 sentences. Its lowest score, 1.00, is that of"),
        Wrong(changed(_SOLUTION, ('    "My neighbours are kind and helpful.": "POSITIVE",\n', "")), "and `mine` has 2"),
        Wrong(changed(_SOLUTION, ("My neighbours are kind and helpful.", "oh GREAT, more rain!")), "is there twice"),
        Wrong(changed(_SOLUTION, ("My neighbours are kind and helpful.", "I love this song!")), "stands on this page"),
        Wrong(changed(_SOLUTION, ("My neighbours are kind and helpful.", "Lovely day")), "fewer than three words"),
        Wrong(changed(_SOLUTION, ('"NEGATIVE"', '"ironic"')), "or \"NEGATIVE\"? Given: text (`'ironic'`)"),
        Wrong(_SOLUTION + "[:2]", "`mine` has 3 sentences and `results` has 2"),
        Wrong(changed(_SOLUTION, ("classifier(list(mine))", "classifier")), "Expected `(mine, results)`; given"),
        Wrong(changed(_SOLUTION, ("classifier(list(mine))", "list(mine.values())")), "leave that line as it is"),
        Wrong(
            changed(_SOLUTION, ("classifier(list(mine))", 'classifier(list(mine))\nmine = "Oh great, more rain."')),
            "`mine` should be a dictionary",
        ),
    ),
    also_wrong=(
        changed(_SOLUTION, ("classifier(list(mine))", "[{'label': 'LABEL_0', 'score': 0.9}] * 3")),
        _SOLUTION + '\nmine = {1: "NEGATIVE", 2: "POSITIVE", 3: "POSITIVE"}',
        'mine = {"first sentence": "POSITIVE", "second sentence": "POSITIVE", "third sentence": "NEGATIVE"}\n'
        "results = classifier(list(mine))",
        "mine = {}\nresults = []",
    ),
    alternatives=(
        changed(_SOLUTION, ("NEGATIVE", "negative"), ("list(mine)", "list(mine), top_k=None")),
        changed(_SOLUTION, ("classifier(list(mine))", "[classifier(sentence) for sentence in mine]")),
        changed(_AGREED, ('"POSITIVE", "We', '"NEGATIVE", "We')),  # who judges is the learner
        changed(_SOLUTION, ("Oh great, more rain.", "Oh... great, more rain...")),  # dots are text, not the starter's
        'mine = [("Oh great, more rain.", "NEGATIVE"), ("Never again will I eat anywhere else.", "POSITIVE"), '
        '("My cat is asleep.", "POSITIVE"), ("What a day it was!", "POSITIVE")]\n'
        "results = classifier([sentence for sentence, meant in mine])",
    ),
)
