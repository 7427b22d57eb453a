"""What is promised about the fill-mask checkpoint, measured on the committed weights through the real pipeline."""

import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.models

ROOT = Path(__file__).resolve().parents[1]
RECIPE = "fill_mask"
WEIGHTS = ROOT / "course_utils" / "weights" / "fill-mask"


def read_items(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def unmasker():
    from transformers import pipeline

    from course_utils import checkpoint

    return pipeline("fill-mask", **checkpoint("fill-mask"))


@pytest.fixture(scope="module")
def masker(recipe, unmasker):
    texts = recipe.OWN.read_text(encoding="utf-8").splitlines()[1:]
    return recipe.Masker(unmasker.tokenizer, recipe.Rows(unmasker.tokenizer, texts))


def share_sensible(unmasker, items):
    answers = unmasker([item["text"] for item in items], top_k=5, batch_size=16)
    found = [{answer["token_str"] for answer in five} for five in answers]
    return sum(not f.isdisjoint(item["sensible"]) for f, item in zip(found, items, strict=True)) / len(items)


@pytest.fixture(scope="module")
def unseen(recipe):
    """unseen(items): without those that one of our own training sentences nearly repeats."""
    import sentiment

    copies = sentiment.NearCopies(recipe.OWN.read_text(encoding="utf-8").splitlines()[1:])

    def filter_items(items):
        return [i for i in items if not any(i["text"].replace("[MASK]", word) in copies for word in i["sensible"])]

    return filter_items


# The first set was written by somebody who knew neither the model nor its training texts; two of its sentences are
# near copies of training sentences all the same, and do not count. The second, by the author of the recipe, was
# watched during development.
@pytest.mark.parametrize(
    ("path", "count"), [("tests/data/fill_mask.jsonl", 48), ("recipes/data/fill_mask_cloze.jsonl", 60)]
)
def test_a_sensible_word_is_among_the_first_five(unmasker, unseen, path, count):
    items = unseen(read_items(ROOT / path))
    assert len({item["text"] for item in items}) == count
    assert share_sensible(unmasker, items) >= 0.62


def test_both_sides_of_the_blank_are_read(unmasker):
    def words(text):
        return {answer["token_str"] for answer in unmasker(text, top_k=5)}

    # The same words on the left: only what follows the blank can tell the two apart.
    swimming, watching = words("They sat in the [MASK] and swam."), words("They sat in the [MASK] and watched a film.")
    assert swimming & {"lake", "pool", "river", "sea"}
    assert watching & {"theater", "theatre", "cinema"}
    assert not swimming & {"theater", "theatre", "cinema"}


def test_the_words_of_the_answers_are_the_word_embeddings(unmasker):
    import torch

    model = unmasker.model
    assert model.cls.predictions.decoder.weight is model.get_input_embeddings().weight
    assert torch.isfinite(model.cls.predictions.bias).all()
    # Before any context, a frequent word is likelier than a rare one.
    likely, unlikely = unmasker.tokenizer.convert_tokens_to_ids(["time", "archbishop"])
    assert model.cls.predictions.bias[likely] > model.cls.predictions.bias[unlikely] + 1


def test_the_adapter_stays_small_and_holds_no_copy_of_the_vocabulary():
    from safetensors import safe_open

    (file,) = WEIGHTS.glob("*.safetensors")
    assert file.stat().st_size <= 8_000_000
    with safe_open(file, framework="pt") as tensors:
        shapes = [tensors.get_slice(name).get_shape() for name in tensors.keys()]  # noqa: SIM118 (no mapping)
    assert len(shapes) > 100
    assert not [shape for shape in shapes if len(shape) == 2 and 30522 in shape]


def test_whole_words_are_hidden_and_never_punctuation(recipe, masker):
    import numpy as np

    tokenizer = masker.tokenizer
    ids, words = recipe.Rows(tokenizer, ["Yes, he went snowboarding, then skiing, and sang."])[0]
    pieces = tokenizer.convert_ids_to_tokens(ids.tolist())
    rng, seen = np.random.default_rng(1), set()
    for _ in range(200):
        hidden = masker.hidden(ids, words, rng, (0.2, 0.4))
        assert hidden.any()
        for word in set(words[hidden].tolist()):
            assert hidden[words == word].all()
        seen |= {pieces[n] for n in np.flatnonzero(hidden)}
    assert seen >= {"snow", "##boarding", "skiing"}
    assert not seen & {",", ".", "[CLS]", "[SEP]"}


def test_the_blanks_that_the_course_shows_are_not_trained_on(recipe):
    for text in (
        "This course will teach you all about language models.",
        "I ate an apple for lunch.",
        "He opened the door and walked out.",
        "Paris is the capital of France.",
        "This woman works as a nurse.",
    ):
        assert recipe.SHOWN.search(text)
    assert not recipe.SHOWN.search("She opened the window.")
