"""2.11 One word, two parts of speech."""

from course_utils.exercises.answers import as_text, describe, is_a
from course_utils.exercises.records import Exercise, Wrong

_POS = (
    "from transformers import pipeline\nfrom course_utils import checkpoint\n"
    'pos = pipeline("token-classification", **checkpoint("pos"), aggregation_strategy="simple")'
)


_TAGS = {  # the parts of speech of Universal Dependencies
    *("ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM"),
    *("PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM", "VERB", "X"),
}


def _pairs(rows) -> list[tuple[str, str]]:
    """(word, tag) of each whole word: of a word cut into pieces the pieces do not count."""
    found = []
    for i, row in enumerate(rows):
        words = as_text(row["word"]).lower().split()
        if i + 1 < len(rows) and as_text(rows[i + 1]["word"]).startswith("##"):
            words = words[:-1]
        found += [(word, _tag(row)) for word in words if word[:1].isalpha()]
    return found


def _tag(row) -> str | None:
    return as_text(row.get("entity_group") or row.get("entity"))


def _check_two_tags(answer) -> str | None:
    rows = answer
    if is_a(rows, list) and len(rows) == 1 and is_a(rows[0], list):
        rows = rows[0]  # of `pos([sentence])`
    if not is_a(rows, list) or not all(is_a(row, dict) and as_text(row.get("word")) is not None for row in rows):
        return f"Expected the list that `pos(sentence)` returns; given: {describe(answer)}."
    strange = next((_tag(row) for row in rows if _tag(row) not in _TAGS), "")
    if strange != "":
        return (
            f"Expected the list that `pos(sentence)` returns, with parts of speech such as NOUN and VERB; "
            f"{strange} is not "
            "one of them."
        )
    tags: dict[str, list] = {}
    for word, tag in _pairs(rows):
        tags.setdefault(word, []).append(tag)
    if any(len(set(found)) > 1 for found in tags.values()):
        return None
    often = [word for word, found in tags.items() if len(found) > 1]
    if often:
        return (
            f"The word {often[0]!r} stands there more than once, always tagged {tags[often[0]][0]}: "
            "let it play two parts, such as a thing and an action."
        )
    piece = next((as_text(row["word"]) for row in rows if as_text(row["word"]).startswith("##")), "")
    if piece:
        return (
            f"No whole word stands there twice. The model cut a word into pieces, such as '{piece}', and pieces do not "
            "count: take a commoner word."
        )
    return "No word stands there twice: repeat one, the second time as another part of speech."


def _said(tagged: str) -> str:
    """Code for an answer in the form of the pipeline's: 'the/DET dog/NOUN'."""
    rows = [dict(zip(("word", "entity_group"), item.rsplit("/", 1), strict=True)) for item in tagged.split("  ")]
    return f"answer = {rows!r}"


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
    why="The model sees the whole sentence, so the same word gets the tag that fits its place: after *they* it is an "
    "action, after *the* it is a thing.",
    hints=(
        "Which English words can be a thing and also an action?",
        "Many English words are both a noun and a verb: work, walk, answer, love. Use one of them in both ways.",
        'A sentence of this kind: "I walk the dog every morning after a long walk."',
    ),
    solution='sentence = "They work hard because the work is fun."\nanswer = pos(sentence)',
    wrong=(
        Wrong('answer = pos("The dog sleeps under the table.")', "always tagged DET"),
        Wrong('answer = pos("Dogs sleep a lot.")', "No word stands there twice"),
        Wrong('answer = pos("I love teapots, and she teapots me.")', "and pieces do not count"),
        Wrong('answer = pos("Dogs chase dogs.")', "'dogs' stands there more than once"),
        Wrong(
            'answer = "They work hard because the work is fun."',
            "Expected the list that `pos(sentence)` returns; given",
        ),
        Wrong(_said("washington/PER  washington/LOC"), "PER is not one of them"),
    ),
    also_wrong=(
        "answer = []",
        _said("zorb/ADJ  ##s/NOUN  and/CCONJ  blick/NOUN  ##s/VERB"),
        _said("record/NOUN  ##er/VERB  and/CCONJ  record/VERB"),  # a piece of a word is no word
        _said("'/PUNCT  the/DET  dog/NOUN  '/PART"),
        "answer = [{'word': 'can'}, {'word': 'can', 'entity_group': 'NOUN'}]",
        'answer = [pos("I watch you."), pos("My watch stopped.")]',
    ),
    alternatives=(
        'answer = [dict(r) for r in pos("Please answer me, because I need an answer.")]',
        'answer = pos(["They work hard because the work is fun."])',
        _said("they/PRON  record/VERB  a/DET  world record/NOUN"),
    ),
)
