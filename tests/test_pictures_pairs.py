"""The picture of zero-shot classification holds the logits and scores of the model, a row for each label."""

from types import SimpleNamespace

import pytest
import torch
from test_pictures_tokens import word_piece
from transformers.modeling_outputs import SequenceClassifierOutput

from course_utils import CourseError
from course_utils.pictures.ch02.pairs import zero_shot_steps

LOGITS = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 4.0], [7.0, 8.0, -1.0]])


def zero_shot(kept=2, names=("contradiction", "neutral", "entailment")):
    model = SimpleNamespace(device=torch.device("cpu"), config=SimpleNamespace(id2label=dict(enumerate(names))))

    class Model(SimpleNamespace):
        def __call__(self, input_ids, **rest):
            return SequenceClassifierOutput(logits=LOGITS[: len(input_ids)])

    return SimpleNamespace(tokenizer=word_piece(), model=Model(**vars(model)), entailment_id=kept)


def test_the_scores_are_softmax_over_the_labels_of_the_logit_that_is_kept():
    figure = zero_shot_steps(zero_shot(), "i love tokenizers", ["x", "love", "!"])
    assert figure.table.header == ("label", "contradiction", "neutral", "entailment", "score")
    assert [row[3] for row in figure.table.rows] == ["3.00", "4.00", "-1.00"]
    right = torch.tensor([3.0, 4.0, -1.0]).softmax(0).tolist()
    assert [row[4] for row in figure.table.rows] == [f"{score:.2f}" for score in right]
    assert "love: entailment 4.00, score 0.73" in figure.alt


def test_a_model_that_keeps_another_logit_gets_its_own_picture():
    figure = zero_shot_steps(zero_shot(0, ("entailment", "neutral", "contradiction")), "i love", ["x", "love"])
    assert "love: entailment 4.00, score 0.95" in figure.alt
    assert zero_shot_steps(zero_shot(-1), "i love", ["x", "love"]).alt.count("entailment") == 2


@pytest.mark.parametrize("labels", [[], ["x"], "x, love", ["x"] * 7, None, [3, 4]])
def test_labels_that_cannot_be_drawn_get_a_sentence(labels):
    with pytest.raises(CourseError, match="a list of two to 6 labels"):
        zero_shot_steps(zero_shot(), "i love", labels)


def test_no_text_and_no_pipeline_get_a_sentence():
    with pytest.raises(CourseError, match="no text yet"):
        zero_shot_steps(zero_shot(), "  ", ["x", "love"])
    for given in (None, SimpleNamespace(model=3), zero_shot(2, ("no", "yes"))):
        with pytest.raises(CourseError, match="expects a zero-shot pipeline"):
            zero_shot_steps(given, "i love", ["x", "love"])


def test_long_and_strange_texts_are_drawn():
    for text in ("<b>$x$</b>", "i love " * 200, "你好"):
        assert len(zero_shot_steps(zero_shot(), text, ["x" * 50, "$y$"]).png) < 20_000
