"""The way of a text through a classifier and its scores word by word: what is drawn is what the model gives.

The classifier is made here, with random weights, so that nothing is fetched.
"""

import io

import pytest
import torch
from PIL import Image
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast, pipeline

from course_utils import CourseError
from course_utils.pictures.ch00.inside import MOST_PIECES, inside
from course_utils.pictures.ch00.word_scores import MOST_WORDS, two_labels, word_by_word

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "soup", "was", "cold", "queue", "##d", "."]


def made(labels=("NEGATIVE", "POSITIVE")):
    tokens = Tokenizer(models.WordPiece({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokens.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokens.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    special = {"unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]"}
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=tokens, **special)
    torch.manual_seed(1)
    sizes = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 3, "num_attention_heads": 2}
    config = BertConfig(vocab_size=len(WORDS), id2label=dict(enumerate(labels)), **sizes)
    return pipeline("text-classification", model=BertForSequenceClassification(config).eval(), tokenizer=tokenizer)


@pytest.fixture(scope="module")
def classifier():
    return made()


def test_pieces_scores_and_the_number_of_weights_are_the_models(classifier):
    figure = inside(classifier, "the soup queued .")
    rows = dict(figure.table.rows[-2:])
    weights = sum(tensor.numel() for tensor in classifier.model.parameters())
    assert rows["model"] == f"{weights:,} numbers"
    for row in classifier("the soup queued .", top_k=None):
        assert f"{row['label']} {row['score']:.2f}" in rows["scores"]
    listed = ", ".join(value for name, value in figure.table.rows if name == "pieces")
    assert listed == "[CLS] 2, the 4, soup 5, queue 8, ##d 9, . 10, [SEP] 3"


def test_each_file_stands_beside_the_step_that_reads_it(classifier):
    files = {"config.json": "1 kB", "model.safetensors": "9 MB", "tokenizer.json": "7 kB", "vocab.txt": "2 kB"}
    rows = dict(inside(classifier, "the soup", files=files).table.rows)
    assert rows["model.safetensors"] == "9 MB, read by the model"
    assert rows["config.json"].endswith("the model")
    assert rows["tokenizer.json"].endswith("the tokenizer") and rows["vocab.txt"].endswith("the tokenizer")


@pytest.mark.parametrize("text", ["", "  \n", "cold " * MOST_PIECES, "the . " * 5_000, None, 3])
def test_what_cannot_be_drawn_gets_a_sentence(classifier, text):
    with pytest.raises(CourseError) as caught:
        inside(classifier, text)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("text", ["<b>there</b> $x$ \\frac", "Zwölf Boxkämpfer 😀", "the"])
def test_odd_signs_are_drawn(classifier, text):
    assert inside(classifier, text).png.startswith(b"\x89PNG")


def test_the_curve_has_the_score_of_every_beginning(classifier):
    words = ["the", "soup", "was", "cold", "."]
    figure = word_by_word(classifier, " ".join(words))
    for end, (word, name, score) in enumerate(figure.table.rows, 1):
        best = classifier(" ".join(words[:end]))[0]
        positive = best["score"] if best["label"] == "POSITIVE" else 1 - best["score"]
        assert (word, name) == (words[end - 1], best["label"])
        assert abs(float(score) - positive) < 0.006


def test_the_text_of_the_curve_says_where_it_turns():
    class Answers:
        tokenizer, model = made().tokenizer, made().model

        def __call__(self, texts, **settings):
            scores = [0.9, 0.7] if len(texts) == 2 else [0.9, 0.2, 0.1, 0.8]
            return [[{"label": "NEGATIVE", "score": 1 - s}, {"label": "POSITIVE", "score": s}] for s in scores]

    alt = word_by_word(Answers(), "a b c d").alt
    assert "begins as POSITIVE" in alt and "“b” to NEGATIVE, “d” to POSITIVE" in alt
    assert "stays so to the end" in word_by_word(Answers(), "a b").alt


def test_each_label_has_one_colour_in_both_pictures(classifier):
    from course_utils.pictures.style import COLOURS

    def has(figure, role):
        seen = Image.open(io.BytesIO(figure.png)).convert("RGB").getcolors(10**6)
        rgb = [int(COLOURS[role][place : place + 2], 16) for place in (1, 3, 5)]
        return any(count > 30 and max(abs(a - b) for a, b in zip(rgb, c, strict=True)) < 6 for count, c in seen)

    class Answers:
        tokenizer, model = classifier.tokenizer, classifier.model

        def __call__(self, texts, **settings):
            rows = [{"label": "NEGATIVE", "score": 0.7}, {"label": "POSITIVE", "score": 0.3}]
            return (
                rows if isinstance(texts, str) else [[*rows], [*rows[::-1]]][: len(texts)] + [rows] * (len(texts) - 2)
            )

    assert has(inside(Answers(), "the soup"), "negative") and has(inside(Answers(), "the soup"), "positive")
    assert has(word_by_word(Answers(), "the soup"), "negative")
    assert not has(word_by_word(Answers(), "the soup"), "positive")


@pytest.mark.parametrize("text", ["", "one", "word " * (MOST_WORDS + 1), "x" * 200 + " " + "y" * 200])
def test_too_few_or_too_many_words_get_a_sentence(classifier, text):
    with pytest.raises(CourseError, match=f"2 to {MOST_WORDS} words"):
        word_by_word(classifier, text)


@pytest.mark.parametrize("given", [None, 3, "text", made(("A", "B", "C"))], ids=["none", "number", "text", "three"])
def test_only_a_classifier_with_two_labels_is_drawn(given):
    for draw in (inside, word_by_word):
        with pytest.raises(CourseError, match="two labels"):
            draw(given, "the soup was cold")


def test_the_labels_are_those_of_the_model_in_its_order(classifier):
    assert two_labels(classifier) == ("NEGATIVE", "POSITIVE")
