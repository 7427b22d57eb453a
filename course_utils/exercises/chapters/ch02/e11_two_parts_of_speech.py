"""2.11 One word, two parts of speech."""

from course_utils.exercises.answers import as_text, describe, is_a
from course_utils.exercises.records import Exercise, Wrong

_POS = (
    "from transformers import pipeline\nfrom course_utils import checkpoint\n"
    'pos = pipeline("token-classification", **checkpoint("pos"), aggregation_strategy="simple")'
)


def _check_two_tags(answer) -> str | None:
    rows = answer if is_a(answer, list) else None
    if rows is None or not all(is_a(row, dict) and "word" in row for row in rows):
        return f"Expected the list that `pos(sentence)` returns; given: {describe(answer)}."
    pairs = [
        (word, as_text(row.get("entity_group") or row.get("entity")))
        for row in rows
        for word in (as_text(row["word"]) or "").lower().split()
    ]
    tags: dict[str, set] = {}
    for word, tag in pairs:
        tags.setdefault(word, set()).add(tag)
    if any(len(found) > 1 and word[:1].isalpha() for word, found in tags.items()):
        return None
    often = [word for word in tags if word[:1].isalpha() and [w for w, _ in pairs].count(word) > 1]
    if often:
        return (
            f"The word {often[0]!r} stands there more than once, always tagged {next(iter(tags[often[0]]))}: "
            "let it play two parts, such as a thing and an action."
        )
    return "No word stands there twice: repeat one, the second time as another part of speech."


EXERCISE = Exercise(
    id="2.11",
    title="One word, two parts of speech",
    minutes=5,
    difficulty="easy",
    starter='answer = ...  # pos("your sentence")',
    answer="answer",
    check=_check_two_tags,
    context=_POS,
    expects="the list that `pos(sentence)` returns",
    hints=(
        "Many English words are both a noun and a verb: work, walk, answer, love.",
        'Put them into different places: "I walk the dog every morning after a long walk."',
    ),
    solution='sentence = "They work hard because the work is fun."\nanswer = pos(sentence)',
    wrong=(
        Wrong('answer = pos("The dog sleeps under the table.")', "always tagged DET"),
        Wrong('answer = pos("Dogs sleep a lot.")', "No word stands there twice"),
        Wrong('answer = pos("Dogs chase dogs.")', "'dogs' stands there more than once"),
        Wrong('answer = "They work hard because the work is fun."', "Expected the list that `pos(sentence)` returns"),
    ),
    alternatives=('answer = [dict(r) for r in pos("Please answer me, because I need an answer.")]',),
)
