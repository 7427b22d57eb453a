"""1.6 An overlooked "not"."""

from course_utils.exercises.answers import as_list, as_text, describe, is_a
from course_utils.exercises.records import Exercise, Wrong

_CLASSIFIER = (
    "from transformers import pipeline\nfrom course_utils import checkpoint\n"
    'classifier = pipeline("text-classification", **checkpoint("sentiment"))'
)


def _words(text: str) -> list[str]:
    import re

    spelled = text.lower().replace("’", "'")
    for short, full in (("can't", "can not"), ("cannot", "can not"), ("won't", "will not"), ("shan't", "shall not")):
        spelled = re.sub(rf"\b{short}\b", full, spelled)
    return re.findall(r"[a-z0-9]+", spelled.replace("n't", " not").replace("'", ""))


def _check_negation(answer) -> str | None:
    parts = as_list(answer) if not is_a(answer, list, tuple) else list(answer)
    if parts is None or len(parts) != 2:
        return f"Expected your two sentences and what the classifier says to them; given: {describe(answer)}."
    pair, results = parts
    texts = [as_text(text) for text in pair] if is_a(pair, list, tuple) else []
    if len(texts) != 2 or None in texts:
        return f"`pair` should be a list of two sentences; it is {describe(pair)}."
    if not (is_a(results, list) and len(results) == 2 and all(is_a(r, dict) and "label" in r for r in results)):
        return f"`results` should be what `classifier(pair)` returns, a list of two; it is {describe(results)}."
    plain, negated = map(_words, texts)
    if plain == negated:
        return "The two sentences are the same: put one *not* into the second."
    shorter = [[w for j, w in enumerate(negated) if j != i] for i, word in enumerate(negated) if word == "not"]
    if plain not in shorter:
        if any(negated == [w for j, w in enumerate(plain) if j != i] for i, word in enumerate(plain) if word == "not"):
            return "The sentence with *not* comes second; swap the two."
        if "not" not in negated:
            return "There is no *not* in the second sentence; other ways to deny are for another day."
        return (
            "Apart from one *not*, the two sentences must be the same word for word. *Don't* counts as *do not*, so a "
            "*do* has to stand in both."
        )
    labels = [as_text(result["label"]) for result in results]
    if None in labels:
        return f"The labels should be texts; they are {describe(labels)}."
    if labels[0] != labels[1]:
        return (
            f"The model changed its answer, from {labels[0]} to {labels[1]}: this *not* it noticed. "
            "Try one that turns a sentence about feelings round without a plain *good* or *bad* beside it."
        )
    return None


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
        "Beside *good* or *bad*, the model knows what *not* does. Look for sentences that name no such word.",
        "Comparisons are hard: who *could be* better off is not well off, and who *could not be*, is.",
    ),
    solution='pair = ["I could be happier.", "I could not be happier."]\nresults = classifier(pair)',
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
            "word for word",
        ),
        Wrong(
            'pair = ["I could not be happier.", "I could be happier."]\nresults = classifier(pair)',
            "swap the two",
        ),
        Wrong(
            'pair = ["I could be happier.", "I could not be happier."]\nresults = classifier(pair)[0]',
            "returns, a list of two; it is",
        ),
        Wrong('pair = "I could not be happier."\nresults = classifier(pair)', "a list of two sentences"),
    ),
    alternatives=(
        'pair = ("The fire could spread", "The fire couldn\'t spread")\nresults = classifier(list(pair))',
        'pair = ["I can wait to see them.", "I can’t wait to see them."]\nresults = classifier(pair)',
    ),
    note="Both labels cannot be right. A pair of sentences that differ in one word is the smallest test there is.",
)
