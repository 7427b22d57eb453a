"""The picture of a pipeline's three steps holds the real numbers, with one step lit or all of them."""

import io
import math
import re
from types import SimpleNamespace

import pytest
import torch
from PIL import Image
from test_pictures_tokens import word_piece
from transformers.modeling_outputs import SequenceClassifierOutput

from course_utils import CourseError
from course_utils.pictures import pipeline_steps


class Model(torch.nn.Module):
    """Its logits are 1, 2, 3, … plus the number of tokens that the mask shows."""

    device = torch.device("cpu")

    def __init__(self, labels=("NEGATIVE", "POSITIVE")):
        super().__init__()
        self.config = SimpleNamespace(id2label=dict(enumerate(labels)))
        self.weight = torch.nn.Parameter(torch.ones(3_000_000))

    def forward(self, input_ids, attention_mask, **rest):
        first = torch.arange(1, len(self.config.id2label) + 1)
        return SequenceClassifierOutput(logits=attention_mask.sum(-1, keepdim=True) + first)


def classifier(*labels):
    return SimpleNamespace(tokenizer=word_piece(), model=Model(*([labels] if labels else [])))


def numbers(figure) -> dict[str, str]:
    return dict(figure.table.rows)


def test_the_numbers_are_those_of_the_tokenizer_and_the_model():
    shown = numbers(pipeline_steps(classifier(), "i love tokenizers !"))
    assert shown["tokens"] == "[CLS] i love token ##izer ##s ! [SEP]"
    assert shown["ids"] == "2 4 5 6 7 8 9 3" and shown["attention mask"] == "1 1 1 1 1 1 1 1"
    assert shown["logits"] == "NEGATIVE 9.000, POSITIVE 10.000"
    assert shown["scores"] == "NEGATIVE 0.2689, POSITIVE 0.7311"
    assert shown["answer"] == "POSITIVE 0.7311"


def test_one_lit_step_is_said_and_its_numbers_alone_are_listed():
    rows = [set(numbers(pipeline_steps(classifier(), "i love", lit=step))) for step in (1, 2, 3)]
    assert rows == [{"text", "tokens", "ids", "attention mask"}, {"logits"}, {"e to the logit", "scores", "answer"}]
    assert "Step 2 of a pipeline lit" in pipeline_steps(classifier(), "i love", lit=2).alt


def test_steps_that_are_not_lit_are_folded_up():
    figures = [pipeline_steps(classifier(), "i love tokenizers !", lit=step) for step in (None, 1, 2, 3)]
    assert len({figure.png for figure in figures}) == 4
    (width, whole), *lit = [Image.open(io.BytesIO(figure.png)).size for figure in figures]
    assert all(one[0] == width and one[1] < 0.75 * whole for one in lit)
    assert all(len(figure.png) < 25_000 for figure in figures)


def test_the_result_of_the_step_before_is_drawn_too(monkeypatch):
    from course_utils.pictures import steps

    drawn = []
    monkeypatch.setattr(steps, "write", lambda axes, x, y, text, **style: drawn.append((text, style.get("lit", True))))
    pipeline_steps(classifier(), "i love", lit=2)
    assert all((number, False) in drawn for number in ("2", "4", "5", "3"))
    drawn.clear()
    pipeline_steps(classifier(), "i love", lit=3)
    assert ("5.000", False) in drawn and ("6.000", False) in drawn and ("4", False) not in drawn
    drawn.clear()
    pipeline_steps(classifier(), "i love " * 15, lit=2)
    assert ("…", False) in drawn


def test_the_powers_are_those_of_the_logits_that_are_shown():
    model = Model()
    model.forward = lambda **rest: SequenceClassifierOutput(logits=torch.tensor([[-2.9902, 3.5947]]))
    shown = numbers(pipeline_steps(SimpleNamespace(tokenizer=word_piece(), model=model), "i love"))
    assert shown["logits"] == "NEGATIVE -2.990, POSITIVE 3.595"
    assert shown["e to the logit"] == f"NEGATIVE {math.exp(-2.990):.4g}, POSITIVE {math.exp(3.595):.4g}"


def test_a_longer_text_takes_more_lines_and_too_long_a_one_gets_a_sentence():
    heights = [Image.open(io.BytesIO(pipeline_steps(classifier(), "i love " * n).png)).size[1] for n in (2, 15)]
    assert heights[1] > heights[0] + 80
    with pytest.raises(CourseError, match=re.escape("This text has 102 tokens; up to 40")):
        pipeline_steps(classifier(), "i love " * 50)


def test_up_to_five_labels_are_drawn():
    assert "e 0.6364" in numbers(pipeline_steps(classifier("a", "b", "c", "d", "e"), "i love"))["scores"]
    for labels in (("one",), tuple("abcdef")):
        with pytest.raises(CourseError, match="two to 5 labels"):
            pipeline_steps(classifier(*labels), "i love")


@pytest.mark.parametrize("given", [None, 3, "classifier", SimpleNamespace(model=3)])
def test_something_else_than_a_pipeline_gets_a_sentence(given):
    with pytest.raises(CourseError, match="expects a text-classification pipeline"):
        pipeline_steps(given, "i love")


@pytest.mark.parametrize("lit", [0, 4, "1"])
def test_a_step_that_does_not_exist_gets_a_sentence(lit):
    with pytest.raises(CourseError, match="1, 2 or 3"):
        pipeline_steps(classifier(), "i love", lit=lit)


def test_no_text_gets_a_sentence():
    with pytest.raises(CourseError, match="no text yet"):
        pipeline_steps(classifier(), " ")
