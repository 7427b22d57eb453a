"""The promises made about our own checkpoints, measured on the committed weights.

The film sentences belong to their authors and are not in the repository: they come out of the reviews package that
set-up fetches into the course's cache.
"""

import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.models

ROOT = Path(__file__).resolve().parents[1]
RECIPE = "sentiment"
DATA = ROOT / "tests" / "data"


def read_items(name):
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def own_evaluation_texts():
    names = ("sentiment_clear.jsonl", "sentiment_everyday.jsonl")
    return [item["text"] for name in names for item in read_items(name)]


@pytest.fixture(scope="module")
def review_rows(recipe):
    from course_utils.models.offline import data_file

    return recipe.read_reviews(data_file("movie-reviews"))


@pytest.fixture(scope="module")
def sentiment():
    from transformers import pipeline

    from course_utils import checkpoint

    return pipeline("text-classification", **checkpoint("sentiment"))


@pytest.fixture(scope="module")
def zero_shot():
    from transformers import pipeline

    from course_utils import checkpoint

    return pipeline("zero-shot-classification", **checkpoint("zero-shot"))


def share_right(classifier, items):
    found = classifier([text for text, _ in items], batch_size=16)
    return sum(result["label"] == label for result, (_, label) in zip(found, items, strict=True)) / len(items)


# Two sets of our own. "clear" was written by somebody who knew neither the model nor its training sentences.
# "everyday" is harder: understatement, double negation and situations that take knowledge of the world to judge.
@pytest.mark.parametrize(("name", "least"), [("sentiment_clear.jsonl", 0.92), ("sentiment_everyday.jsonl", 0.78)])
def test_sentences_of_our_own(sentiment, name, least):
    items = [(item["text"], item["label"]) for item in read_items(name)]
    assert len({text for text, _ in items}) >= 60
    assert share_right(sentiment, items) >= least


def test_film_sentences_unseen_in_training(sentiment, recipe, review_rows):
    items = [(row["text"], recipe.LABELS[row["label"]]) for row in recipe.held_out_movies(review_rows)]
    assert len({text for text, _ in items}) == 400
    assert share_right(sentiment, items) >= 0.82


def test_the_two_sentences_of_the_source(sentiment, recipe):
    texts = [text for text, _ in recipe.SOURCE_SENTENCES]
    assert [result["label"] for result in sentiment(texts)] == ["POSITIVE", "NEGATIVE"]


def test_own_training_sentences_repeat_no_evaluation_sentence(recipe):
    # Only a shared run of six words or the whole sentence counts here: "I hate the pizza." may stay.
    wanted = own_evaluation_texts()
    wanted += [text for text, _ in recipe.SOURCE_SENTENCES]
    copies = recipe.NearCopies(wanted)
    made = recipe.everyday_sentences(recipe.random.Random(recipe.SEED), limit=10**9)
    assert len(made) > 1000
    assert [text for text, _ in made if text in copies] == []


def test_no_training_text_repeats_an_evaluation_text(recipe, review_rows):
    examples = recipe.training_set(review_rows)
    wanted = own_evaluation_texts()
    wanted += [text for text, _ in recipe.SOURCE_SENTENCES]
    wanted += [row["text"] for row in recipe.held_out_movies(review_rows)]
    copies = recipe.NearCopies(wanted)
    assert [text for text, _ in examples if text in copies] == []
    # Not even the frame of the source's first sentence with something else in it.
    joined = [" ".join(recipe.words(text)) for text, _ in examples]
    assert not [text for text in joined if "waiting for" in text and "my whole life" in text]
    assert not [text for text in joined if text.startswith("i hate") and text.endswith("so much")]


def test_near_copies_are_recognised(recipe):
    copies = recipe.NearCopies(["The old bakery on the corner has closed for good."])
    assert "the OLD bakery on the corner has closed for good" in copies
    assert "They say the old bakery on the corner moved." in copies  # six words in a row
    assert "The bakery on the corner has closed for ever." in copies  # mostly the same words
    assert "The bakery is lovely." not in copies


def test_zero_shot(zero_shot):
    items = read_items("zero_shot.jsonl")
    assert len(items) >= 30
    best = [zero_shot(item["text"], candidate_labels=item["labels"])["labels"][0] for item in items]
    assert sum(found == item["answer"] for found, item in zip(best, items, strict=True)) / len(items) >= 0.90


def test_zero_shot_is_a_softmax_over_cosines(zero_shot):
    import torch
    from transformers import AutoModel, AutoTokenizer

    from course_utils import checkpoint

    folder = str(checkpoint("embeddings").path)
    tokenizer, encoder = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()

    def embed(text):
        with torch.inference_mode():
            mean = encoder(**tokenizer(text, return_tensors="pt")).last_hidden_state[0].mean(0)
        return mean / mean.norm()

    text, labels = "This is a course about the Transformers library", ["education", "politics", "business"]
    cosines = torch.stack([embed(text) @ embed(f"This example is {label}.") for label in labels])
    expected = dict(zip(labels, (20 * cosines).softmax(0).tolist(), strict=True))
    result = zero_shot(text, candidate_labels=labels)
    assert result["labels"][0] == "education"
    for label, score in zip(result["labels"], result["scores"], strict=True):
        assert score == pytest.approx(expected[label], abs=1e-4)


def test_zero_shot_judges_a_single_label_by_its_own_cosine(zero_shot):
    text = "Simmer the onions in butter until they are golden."
    assert zero_shot(text, candidate_labels=["cooking"])["scores"][0] > 0.5
    assert zero_shot(text, candidate_labels=["astronomy"])["scores"][0] < 0.5
    several = zero_shot(text, candidate_labels=["cooking", "astronomy"], multi_label=True)
    assert several["labels"] == ["cooking", "astronomy"]
    assert several["scores"][0] > 0.5 > several["scores"][1]


def test_zero_shot_embeds_each_half_alone_whatever_the_padding(zero_shot):
    import torch

    pairs = [["Rain.", "This example is weather."], ["A somewhat longer text about whales and ships.", "Yes."]]
    tokenizer, model = zero_shot.tokenizer, zero_shot.model
    with torch.inference_mode():
        alone = torch.cat([model(**tokenizer(*pair, return_tensors="pt").to(model.device)).logits for pair in pairs])
        padded = model(**tokenizer(pairs, padding=True, return_tensors="pt").to(model.device)).logits
    assert torch.allclose(alone, padded, atol=1e-4)
