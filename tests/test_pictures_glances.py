"""Arrows as wide as their weights, and the three vectors of a word: what table and text say, what gets a sentence."""

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.pictures.ch06.glances import arrows, few_colours
from course_utils.pictures.ch06.made import three_vectors

WORDS = ["this", "old", "house"]


def test_the_weights_stand_in_the_table_and_in_the_text():
    figure = arrows(WORDS, torch.tensor([0.106, 0.106, 0.788]), looks="this")
    assert figure.table.rows == (("this", "0.11"), ("old", "0.11"), ("house", "0.79"))
    assert "Arrows from this" in figure.alt and "house 0.79" in figure.alt
    assert figure.png.startswith(b"\x89PNG")


def test_another_word_looks():
    assert arrows(WORDS, [0.2, 0.5, 0.3], "old").png != arrows(WORDS, [0.2, 0.5, 0.3], "this").png
    assert arrows(WORDS, [0.2, 0.5, 0.3], 1).png == arrows(WORDS, [0.2, 0.5, 0.3], "old").png


def test_a_hidden_word_has_no_weight():
    figure = arrows(WORDS, [0.5, 0.5, 0], "old", hidden=torch.tensor([False, False, True]))
    assert figure.table.rows[2] == ("house", "hidden") and "house hidden" in figure.alt


def test_many_words_stand_below_each_other():
    from io import BytesIO

    from PIL import Image

    words = [f"word{i}" for i in range(16)]
    sizes = [Image.open(BytesIO(arrows(some, [1 / len(some)] * len(some), 0).png)).size for some in (words, words[:4])]
    assert sizes[0][1] > 1.5 * sizes[1][1]


def test_a_word_twice_is_the_first():
    assert "Arrows from the" in arrows(["the", "the"], [0.9, 0.1], "the").alt


@pytest.mark.parametrize("weights", [[0.5, 0.5], None, "abc", [0.5, "x", 0.1]])
def test_weights_that_do_not_fit_get_a_sentence(weights):
    with pytest.raises(CourseError, match="a weight for each of the 3 words"):
        arrows(WORDS, weights, "this")


def test_a_word_that_is_not_there_gets_a_sentence():
    with pytest.raises(CourseError, match="no 'garden' here. Choose one of: this, old, house"):
        arrows(WORDS, [0.3, 0.3, 0.4], "garden")


def test_too_many_words_get_a_sentence():
    with pytest.raises(CourseError, match="room for 40 tokens, and here are 41"):
        arrows(["word"] * 41, [0] * 41, 0)


def test_a_new_word_looks():
    figure = arrows(WORDS, [0.2, 0.5, 0.3], new="garden")
    assert "Arrows from garden" in figure.alt and figure.table.caption == "Where “garden” looks"
    assert arrows([f"word{i}" for i in range(16)], [1 / 16] * 16, new="garden").png.startswith(b"\x89PNG")


def test_few_colours_keep_text_and_table():
    figure = arrows(WORDS, [0.2, 0.5, 0.3], 0)
    same = few_colours(figure)
    assert (same.alt, same.table) == (figure.alt, figure.table) and len(same.png) <= len(figure.png)


def test_only_numbers_that_are_not_0_are_named():
    figure = three_vectors("house", [0, 2.0], [0, 0], [1, 0.5], ["noun", "adjective"], ["feminine", "old"])
    assert [row[0] for row in figure.table.rows] == ["query", "key", "value"]
    assert [row[2] for row in figure.table.rows] == ["adjective 2", "nothing", "feminine 1, old 0.5"]


def test_without_numbers_the_vectors_have_their_questions():
    figure = three_vectors("house")
    assert figure.table is None and figure.alt.endswith("The value matrix makes its value: What can I tell?")
