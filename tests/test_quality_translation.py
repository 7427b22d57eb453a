"""The promises made about the two translators, measured on the committed weights."""

import itertools
import random
import re

import pytest

pytestmark = pytest.mark.models

RECIPE = "translation"
DIRECTIONS = ("en-fr", "fr-en")


@pytest.fixture(scope="module")
def translators():
    """Tokenizer and model of each direction, loaded as a learner does."""
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    from course_utils import checkpoint

    loaded = {}
    for direction in DIRECTIONS:
        path = checkpoint(f"translation-{direction}").path
        model = AutoModelForSeq2SeqLM.from_pretrained(path, attn_implementation="eager")
        loaded[direction] = AutoTokenizer.from_pretrained(path), model
    return loaded


def translate(translator, text):
    tokenizer, model = translator
    return tokenizer.decode(model.generate(**tokenizer(text, return_tensors="pt"))[0], skip_special_tokens=True)


def test_the_grammar_says_each_thing_in_one_way(recipe):
    rng, to_french, to_english = random.Random(11), {}, {}
    for example in (recipe.write(rng) for _ in range(20_000)):
        assert to_english.setdefault(example.french, example.english) == example.english
        if not example.one_way:
            assert to_french.setdefault(example.english, example.french) == example.french
    assert len(to_french) > 15_000


@pytest.fixture(scope="module")
def taught(recipe):
    """Texts of both languages as training sees them."""
    return [text for pair in recipe.training_set("en-fr", 20_000, seed=3) for text in pair]


def test_the_grammar_reaches_the_sentences_of_the_course(recipe, taught):
    """Every word of them is taught, though none of the sentences is."""
    held_out = {text for pair in recipe.HELD_OUT for text in pair}
    assert {word for text in held_out for word in text.split()} <= {word for text in taught for word in text.split()}
    assert not held_out & set(taught)


def test_withheld_words_never_meet_in_training(taught):
    together = r"\bsmall (\w+ )?houses?\b|\bpetites? maisons?\b|\blikes? this course\b|\baimes? ce cours\b"
    assert not [text for text in taught if re.search(together, text)]
    assert [text for text in taught if re.search(r"\bsmall (\w+ )?villages?\b|\bpetits? villages?\b", text)]


# The first two sets hold all that training never sees; the others look at what is rare in them.
@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize(
    ("name", "count", "least"),
    [
        ("a withheld word pair", 500, 0.99),
        ("no withheld word pair, but new", 500, 0.99),
        ("his or her", 150, 0.96),
        ("a person spoken to", 100, 0.93),
    ],
)
def test_unseen_sentences_of_the_grammar(translators, recipe, direction, name, count, least):
    tokenizer, model = translators[direction]
    items = recipe.test_set(direction, count, recipe.TEST_SETS[name])
    found = recipe.translate(model, tokenizer, [source for source, _ in items])
    right = sum(text == target for text, (_, target) in zip(found, items, strict=True))
    assert right / len(items) >= least


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_the_sentences_of_the_course(translators, recipe, direction):
    for pair in recipe.HELD_OUT:
        source, target = pair if direction == "en-fr" else reversed(pair)
        assert translate(translators[direction], source) == target


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("You are happy.", "Tu es heureux."),
        ("Marie, you are happy.", "Marie, tu es heureuse."),
        ("You are happy, madam.", "Vous êtes heureuse, madame."),
        ("You all are happy.", "Vous êtes heureux."),
        ("Paul loses his key.", "Paul perd sa clé."),
        ("Marie loses her key.", "Marie perd sa clé."),
        ("Marie likes her brother.", "Marie aime son frère."),
    ],
)
def test_the_rest_of_the_sentence_decides(translators, english, french):
    assert translate(translators["en-fr"], english) == french
    assert translate(translators["fr-en"], french) == english


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_cross_attention_reads_the_word_that_is_translated(translators, direction):
    import torch

    tokenizer, model = translators[direction]
    words = ("house", "maison") if direction == "en-fr" else ("maison", "house")
    source, target = ("The house is red.", "La maison est rouge.")[:: 1 if direction == "en-fr" else -1]
    batch, labels = tokenizer(source, return_tensors="pt"), tokenizer(target, return_tensors="pt").input_ids
    with torch.inference_mode():
        attention = model(**batch, labels=labels, output_attentions=True).cross_attentions[-1][0].mean(0)
    # Row i is read to write token i of the target.
    row = tokenizer.tokenize(target).index(words[1])
    assert attention[row].argmax() == tokenizer.tokenize(source).index(words[0])
    assert attention[row].max() > 0.5


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_outside_its_words_it_collapses(translators, direction):
    """It answers, and what it answers is no translation."""
    source = "Natural language understanding rules!" if direction == "en-fr" else "Le ministre démissionnera bientôt."
    answer = translate(translators[direction], source)
    assert answer and not re.search(r"langage|naturel|minister|resign", answer)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_tokenizer_writes_its_target_language_back(translators, recipe, direction):
    tokenizer, _ = translators[direction]
    for example in itertools.islice(recipe.examples("fr-en", seed=5), 300):
        text = example.french if direction == "en-fr" else example.english
        assert tokenizer.decode(tokenizer(text).input_ids, skip_special_tokens=True) == text
    assert tokenizer.unk_token_id not in tokenizer("Onze xylophones, s'il vous plaît").input_ids
