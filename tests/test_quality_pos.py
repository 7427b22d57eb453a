"""The promise made about our own part-of-speech checkpoint, measured on the committed weights."""

import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.models

ROOT = Path(__file__).resolve().parents[1]
RECIPE = "pos"
DATA = ROOT / "tests" / "data"


def words_of(text):
    return [word.strip(".,?!;:\"'").lower() for word in text.split()]


@pytest.fixture(scope="module")
def items():
    return [json.loads(line) for line in (DATA / "pos.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def tagger():
    from transformers import pipeline

    from course_utils import checkpoint

    return pipeline("token-classification", **checkpoint("pos"))


def tags_by_word(tagger, sentences):
    """For each sentence, a list of words, the tag of each word's first piece, found by where the word begins."""
    found = []
    for words, pieces in zip(sentences, tagger([" ".join(words) for words in sentences], batch_size=16), strict=True):
        starts = [len(" ".join(words[:number])) + (number > 0) for number in range(len(words))]
        by_start = {piece["start"]: piece["entity"] for piece in pieces}
        found.append([by_start[start] for start in starts])
    return found


def test_words_of_sentences_of_our_own(tagger, items):
    assert len({" ".join(item["words"]) for item in items}) >= 60
    found = tags_by_word(tagger, [item["words"] for item in items])
    pairs = [pair for item, tags in zip(items, found, strict=True) for pair in zip(item["tags"], tags, strict=True)]
    assert sum(expected == tag for expected, tag in pairs) / len(pairs) >= 0.92


def test_the_sentence_of_the_source(tagger, recipe):
    text, tags = recipe.SOURCE_SENTENCE
    assert tags_by_word(tagger, [text.split()]) == [tags.split()]


@pytest.mark.parametrize(
    ("first", "second", "word", "tags"),
    [
        ("We work on Sundays .", "The work was hard .", "work", ["VERB", "NOUN"]),
        ("I know that she is ill .", "I know that man .", "that", ["SCONJ", "DET"]),
        ("She wants to swim .", "She drove to Seville .", "to", ["PART", "ADP"]),
    ],
)
def test_the_same_word_gets_the_tag_of_its_sentence(tagger, first, second, word, tags):
    sentences = [first.split(), second.split()]
    found = tags_by_word(tagger, sentences)
    assert [found[n][sentences[n].index(word)] for n in (0, 1)] == tags


def test_no_training_sentence_repeats_an_evaluation_sentence(recipe, items):
    texts = [" ".join(item["words"]) for item in items] + [recipe.SOURCE_SENTENCE[0]]
    texts += [" ".join(word for word, _ in s) for s in recipe.read_sentences(recipe.DATA / "pos.dev.txt")]
    wanted = {" ".join(filter(None, words_of(text))) for text in texts}
    trained = recipe.read_sentences(recipe.DATA / "pos.txt")
    assert len(trained) > 1000
    assert not wanted & {" ".join(filter(None, words_of(" ".join(word for word, _ in s)))) for s in trained}


def test_every_label_is_taught(recipe):
    trained = recipe.read_sentences(recipe.DATA / "pos.txt")
    assert {tag for sentence in trained for _, tag in sentence} == set(recipe.LABELS)


def test_swapped_words_keep_class_and_form(recipe):
    swap = recipe.WordSwapper(recipe.DATA / "pos.words.txt")
    sentence = [("An", "DET"), ("owl", "NOUN"), ("has", "AUX"), ("seen", "VERB"), ("Oslo", "PROPN"), (".", "PUNCT")]
    for seed in range(50):
        changed = swap(sentence, recipe.random.Random(seed), share=1.0)
        tags = [tag for _, tag in changed]
        assert tags[:4] == ["DET", "NOUN", "AUX", "VERB"] and set(tags[4:-1]) == {"PROPN"}
        assert changed[0][0] == ("an" if changed[1][0][0].lower() in "aeiou" else "a")
        assert changed[3][0] in swap.swaps["seen", "VERB"][0]
    assert recipe.verb_forms("stop*") == ("stop", "stops", "stopped", "stopped", "stopping")
    assert recipe.verb_forms("take/took/taken") == ("take", "takes", "took", "taken", "taking")
