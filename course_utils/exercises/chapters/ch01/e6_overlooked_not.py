"""1.6 An overlooked "not"."""

from course_utils.exercises.answers import as_list, as_number, as_text, describe, is_a
from course_utils.exercises.records import Exercise, Wrong

_CLASSIFIER = (
    "from transformers import pipeline\nfrom course_utils import checkpoint\n"
    'classifier = pipeline("text-classification", **checkpoint("sentiment"))'
)


def _words(text: str) -> list[str]:
    """The words in small letters, without punctuation, with a *not* of its own for *n't* and *cannot*."""
    import re

    spelled = text.lower().replace("’", "'")
    for short, full in (("can't", "can not"), ("cannot", "can not"), ("won't", "will not"), ("shan't", "shall not")):
        spelled = re.sub(rf"\b{short}\b", full, spelled)
    return re.findall(r"\w+", spelled.replace("n't", " not").replace("'", ""))


def _without_one_not(words: list[str]) -> list[list[str]]:
    return [words[:i] + words[i + 1 :] for i, word in enumerate(words) if word == "not"]


def _check_negation(answer) -> str | None:
    parts = as_list(answer) if not is_a(answer, list, tuple) else list(answer)
    if parts is None or len(parts) != 2:
        return f"Expected your two sentences and what the classifier says to them; given: {describe(answer)}."
    pair, results = parts
    texts = [as_text(text) for text in pair] if is_a(pair, list, tuple) else []
    if len(texts) != 2 or None in texts:
        return f"`pair` should be a list of two sentences; it is {describe(pair)}."
    if not (is_a(results, list) and len(results) == 2 and all(map(_is_result, results))):
        return (
            "`results` should be what `classifier(pair)` returns, a list of two dictionaries with a label and a score; "
            f"it is {describe(results)}."
        )
    plain, negated = map(_words, texts)
    if len(plain) < 2:
        return f"`pair` should hold sentences of two words or more; the first is {describe(texts[0])}."
    if plain == negated:
        return "The two sentences are the same: put one *not* into the second."
    if plain not in _without_one_not(negated):
        if negated in _without_one_not(plain):
            return "The sentence with one *not* more comes second; swap the two."
        if "not" not in negated:
            return "There is no *not* in the second sentence. Other ways to deny do not count here."
        if "do" in negated and "do" not in plain:
            return (
                "A *do* has to stand in both sentences, as every other word but the *not*. *Don't* counts as *do not*."
            )
        return "Apart from one *not*, the two sentences must be the same word for word."
    labels = [as_text(result["label"]) for result in results]
    if labels[0] != labels[1]:
        return (
            f"The model changed its answer, from {labels[0]} to {labels[1]}: this *not* it noticed. "
            "Try one that turns a sentence about feelings round without a plain *good* or *bad* beside it."
        )
    return None


def _is_result(result) -> bool:
    if not (is_a(result, dict) and {"label", "score"} <= set(result)):
        return False
    score = as_number(result["score"])
    return as_text(result["label"]) is not None and score is not None and 0 <= score <= 1


EXERCISE = Exercise(
    id="1.6",
    title='An overlooked "not"',
    minutes=8,
    difficulty="medium",
    starter='pair = ...  # two sentences, the second with one "not" more\nresults = ...  # what the model says',
    answer="(pair, results)",
    check=_check_negation,
    expects="two sentences and what the classifier returns for them",
    context=_CLASSIFIER,
    hints=(
        "Beside *good* or *bad* the model often notices a *not*. Can you say something good or bad without such a "
        "word?",
        "Comparisons are hard. Somebody who *could be happier* is not quite happy. And somebody who could not be?",
        "Try words such as *could*, *can* or *wait* in your first sentence, and put the *not* behind the verb.",
    ),
    solution='pair = ["I could be happier.", "I could not be happier."]\nresults = classifier(pair)',
    why="*I could be happier* says that something is missing, and *I could not be happier* that nothing is. A "
    "model that goes by the word *happier* gives both the same label.",
    wrong=(
        Wrong(
            'pair = ["The soup is good.", "The soup is not good."]\nresults = classifier(pair)',
            "this *not* it noticed",
        ),
        Wrong(
            'pair = ["I could be happier.", "Nobody could be happier than me."]\nresults = classifier(pair)',
            "There is no *not*",
        ),
        Wrong(
            'pair = ["I could be happier.", "I could not be much happier."]\nresults = classifier(pair)',
            "must be the same word for word",
        ),
        Wrong(
            'pair = ["I hate this song.", "I don\'t hate this song."]\nresults = classifier(pair)',
            "A *do* has to stand in both",
        ),
        Wrong('pair = ["Sad.", "Not sad."]\nresults = classifier(pair)', "sentences of two words or more"),
        Wrong(
            'pair = ["I could not be happier.", "I could be happier."]\nresults = classifier(pair)',
            "swap the two",
        ),
        Wrong(
            'pair = ["I could be happier.", "I could not be happier."]\nresults = classifier(pair)[0]',
            "with a label and a score; it is",
        ),
        Wrong('pair = "I could not be happier."\nresults = classifier(pair)', "a list of two sentences"),
    ),
    also_wrong=(
        'pair = ["I could be happier.", "I could not not be happier."]\nresults = classifier(pair)',
        'pair = ["", "not"]\nresults = classifier(["not", "not"])',
        'pair = ["I could be happier.", "I could be happier."]\nresults = classifier(pair)',
        'pair = ["I could be happier.", "I could not be happier."]\n'
        'results = [result["label"] for result in classifier(pair)]',
        'pair = ["I tied a rope.", "I tied a knot rope."]\nresults = classifier(pair)',
    ),
    alternatives=(
        'pair = ("The fire could spread", "The fire couldn\'t spread")\nresults = classifier(list(pair))',
        'pair = ["I can wait to see them.", "I can’t wait to see them."]\nresults = classifier(pair)',
        'pair = ["I could not be sure that I could be happier.", "I could not be sure that I could not be happier."]\n'
        "results = classifier(pair)",
        'pair = ["You can miss this awful film!", "You CANNOT miss this awful film."]\nresults = classifier(pair)',
    ),
    note="If your *not* turns the meaning round, one of the two labels is wrong. A pair of sentences that differ "
    "in one word is the smallest test there is.",
)
