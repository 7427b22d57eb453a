"""The promise made about the checkpoint for named-entity recognition, measured on the committed weights."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.models

ROOT = Path(__file__).resolve().parents[1]
RECIPE = "ner"
SOURCE_SENTENCE = "My name is Sylvain and I work at Hugging Face in Brooklyn."


@pytest.fixture(scope="module")
def blind(recipe):
    """Sentences by somebody who knew neither the model nor what it was trained on."""
    return recipe.read_items(ROOT / "tests" / "data" / "ner.jsonl")


@pytest.fixture(scope="module")
def load():
    from transformers import pipeline

    from course_utils import checkpoint

    chosen = checkpoint("ner")
    return lambda strategy: pipeline("token-classification", aggregation_strategy=strategy, **chosen)


def test_strict_f1_on_sentences_that_no_template_made(recipe, load, blind):
    assert len({item["text"] for item in blind}) >= 50
    score, wrong = recipe.strict_f1(load("simple"), blind)
    assert score >= 0.85, wrong


@pytest.mark.parametrize("strategy", ["simple", "first"])
def test_the_sentence_of_the_source(load, strategy):
    found = load(strategy)(SOURCE_SENTENCE)
    words = [(SOURCE_SENTENCE[entity["start"] : entity["end"]], entity["entity_group"]) for entity in found]
    assert words == [("Sylvain", "PER"), ("Hugging Face", "ORG"), ("Brooklyn", "LOC")]


def test_capital_letters_make_no_difference(load, blind):
    recognise = load("simple")

    def spans(text):
        return [(entity["start"], entity["end"], entity["entity_group"]) for entity in recognise(text)]

    texts = [item["text"] for item in blind[:10] if item["text"].isascii()]
    assert texts
    assert [spans(text.lower()) for text in texts] == [spans(text) for text in texts]


def test_strict_f1_counts_only_exact_spans_with_the_right_label(recipe):
    item = {
        "text": "Ada Lovelace met Ada in Paris.",
        "entities": [["Ada Lovelace", "PER"], ["Ada", "PER"], ["Paris", "LOC"]],
    }
    assert recipe.gold(item) == {(0, 12, "PER"), (17, 20, "PER"), (24, 29, "LOC")}

    def answers(*spans):
        return lambda texts: [[dict(zip(("start", "end", "entity_group"), span, strict=True)) for span in spans]]

    assert recipe.strict_f1(answers(*recipe.gold(item)), [item]) == (1.0, [])
    # One right of three, and two wrong ones: a span too short, and a place called an organisation.
    score, wrong = recipe.strict_f1(answers((0, 3, "PER"), (17, 20, "PER"), (24, 29, "ORG")), [item])
    assert score == pytest.approx(1 / 3)
    assert len(wrong) == 1


def test_no_training_text_repeats_an_evaluation_text(recipe, blind):
    # Not even a run of six words, with whatever names in it.
    def runs(text):
        words = re.findall(r"[a-z0-9']+", text.lower())
        return {tuple(words[i : i + 6]) for i in range(len(words) - 5)}

    evaluation = [item["text"] for item in blind + recipe.read_items(recipe.DATA / "ner.dev.jsonl")] + [SOURCE_SENTENCE]
    wanted = set().union(*map(runs, evaluation))
    trained = [text for text, _ in recipe.training_set(recipe.SENTENCES, recipe.SEED)]
    assert len(set(trained)) > 15000
    assert [text for text in trained if runs(text) & wanted] == []


def test_labels_of_a_filled_sentence(recipe):
    import random

    filler = recipe.Filler(random.Random(1), names=2)
    text, entities = filler.sentence("{PER:Ada {I}. {LASTNAME}} of {LOC:the Alps} wrote on {day} to a {-GOV} clerk.")
    labels = [label for _, _, label in entities]
    assert labels in (["PER", "LOC", "ORG"], ["PER", "LOC"])  # a common noun may stand for the last name
    assert text[entities[0][0] : entities[0][1]].startswith("Ada ")
    assert text[entities[1][0] : entities[1][1]] == "Alps"
    offsets = [(0, 0), *[match.span() for match in re.finditer(r"\w+|[^\w\s]", text)], (0, 0)]
    tags = recipe.token_labels(offsets, entities)
    assert tags[0] == tags[-1] == -100
    assert [recipe.LABELS[tag] for tag in tags[1:5]] == ["B-PER", "I-PER", "I-PER", "I-PER"]
