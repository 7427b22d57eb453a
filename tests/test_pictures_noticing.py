"""`traces` measures who sees whom, and the pictures of page 05 say what it found."""

import pytest
import torch
from tiny_models import decoder, encoder, encoder_decoder, tokenizer

from course_utils.errors import CourseError
from course_utils.pictures.ch05.choosing import two_questions
from course_utils.pictures.ch05.lessons import next_word_lesson, span_lesson
from course_utils.pictures.ch05.masks import mask_grids, windowed
from course_utils.pictures.ch05.paired import paired_bars
from course_utils.pictures.noticing import OTHER, seen_by, traces, who_noticed

TEXT, TARGET = "w1 w2 w3 w4", "w5 w6 w7"


@pytest.fixture(autouse=True)
def a_word_of_the_small_vocabulary(monkeypatch):
    monkeypatch.setattr("course_utils.pictures.noticing.OTHER", 40)
    assert OTHER == 1000


@pytest.fixture(scope="module")
def found():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("course_utils.pictures.noticing.OTHER", 40)
        return {
            "encoder": traces(encoder("Bert").model.eval(), tokenizer(), TEXT),
            "decoder": traces(decoder("Llama").model.eval(), tokenizer(), TEXT),
            "encoder-decoder": traces(encoder_decoder("Bart").model.eval(), tokenizer(), TEXT, TARGET),
        }


def test_the_three_families_leave_their_traces(found):
    assert found["encoder"].seen.all() and found["encoder"].source == len(found["encoder"].tokens)
    back = found["decoder"].seen
    assert torch.equal(back, torch.ones_like(back).tril()) and found["decoder"].source == 0
    both, n = found["encoder-decoder"].seen, found["encoder-decoder"].source
    assert both[:n, :n].all() and not both[:n, n:].any() and both[n:, :n].all()
    assert torch.equal(both[n:, n:], torch.ones_like(both[n:, n:]).tril())
    assert found["encoder-decoder"].tokens[n] == "start"


def test_a_state_that_does_not_look_does_not_change():
    own = torch.nn.Embedding(50, 4)
    assert torch.equal(seen_by(own, torch.tensor([[5, 6, 40]])), torch.eye(3, dtype=torch.bool))


def test_an_encoder_decoder_needs_its_second_text():
    with pytest.raises(CourseError, match="two texts"):
        traces(encoder_decoder("Bart").model, tokenizer(), TEXT)


def test_the_picture_says_who_noticed(found):
    said = who_noticed(found, "w3").alt
    assert "decoder: changed: w3, w4" in said and "unchanged: " in said
    assert who_noticed(found, "w6", sides=("English", "French")).alt.count("the word is not in its text") == 2
    with pytest.raises(CourseError, match="in none of the texts"):
        who_noticed(found, "tea")


def test_grids_say_their_shape(found):
    said = mask_grids(found).alt
    assert "all is filled" in said and "everywhere below it" in said and "source by target empty" in said
    assert mask_grids(found, framed="w3").alt == f"{said} A frame stands around the column of w3."
    near = mask_grids({"encoder": windowed(6, 0, back=2, ahead=1), "decoder": windowed(0, 6, back=1)})
    assert "a band along the diagonal" in near.alt and "in a band below it" in near.alt


def test_a_window_is_one():
    seen = windowed(3, 2, back=1, ahead=1).seen.int().tolist()
    assert seen == [[1, 1, 0, 0, 0], [1, 1, 1, 0, 0], [0, 1, 1, 0, 0], [1, 1, 1, 1, 0], [1, 1, 1, 1, 1]]


def test_the_mask_hides_the_answer():
    words = ["She", "drinks", "tea"]
    shown = next_word_lesson(words, 1)
    assert "With the mask the model sees: She drinks. Without a mask the answer stands in the input" in shown.alt
    assert dict(shown.table.rows)["goes in without a mask"] == "She drinks tea"
    for wrong in (([], 1), (words, -1), (words, 2), ("She drinks", 1)):
        with pytest.raises(CourseError, match="2 to 10 words"):
            next_word_lesson(*wrong)


def test_spans_are_those_of_exercise_5_5():
    from course_utils.exercises.chapters.ch05.e5_span_corruption import EXERCISE

    scope = {}
    exec(EXERCISE.solution, scope)
    words, spans = ["see", "you", "next", "week", "Anna"], [(0, 1), (2, 2)]
    table = dict(span_lesson(words, spans).table.rows)
    reads, writes = [text.replace("extra_id_", "") for text in scope["corrupt"](words, spans)]
    assert (table["encoder reads"], table["decoder writes"]) == (reads, writes)


def test_two_questions_lead_to_three_families():
    families = [row[2] for row in two_questions().table.rows]
    assert families == ["encoder", "encoder-decoder", "decoder"]


def test_paired_bars_say_every_number():
    shown = paired_bars({"one": {"a": 0.5, "b": -0.6}, "two": {"a": 1}}, axis="similarity")
    assert shown.alt == "Bars of the similarity. one: a 0.50, b -0.60; two: a 1.00."
    assert shown.table.rows[1] == ("one: b", "-0.60")
    assert "one: a / b 0.50." in paired_bars({"one": {"a\nb": 0.5}}, axis="similarity").alt
