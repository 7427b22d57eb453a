"""Arrows whose angle is that of a cosine: the table says both, and what is no cosine gets a sentence."""

from types import SimpleNamespace

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.pictures.ch01.angles import angles, same_word


def test_the_angle_is_that_of_the_cosine():
    figure = angles({"same": 1, "apart": 0.0, "half": 0.5, "opposite": -1})
    assert figure.table.rows == (
        ("same", "1.00", "0°"),
        ("apart", "0.00", "90°"),
        ("half", "0.50", "60°"),
        ("opposite", "-1.00", "180°"),
    )
    assert "half 0.50" in figure.alt and figure.png.startswith(b"\x89PNG")


def test_a_cosine_a_hair_above_1_is_drawn():
    assert angles({"a": 1.0000001}).table.rows == (("a", "1.00", "0°"),)


def test_the_dark_arrow_can_have_a_name():
    plain, named = angles({"other": 0.5}), angles({"other": 0.5}, dark="I am hungry.")
    assert named.png != plain.png and named.alt == f"{plain.alt} The dark arrow: I am hungry."


@pytest.mark.parametrize(
    "given", [{}, None, [0.5], {"a": 1.2}, {"a": "x"}, {"a": float("nan")}, dict.fromkeys("abcdefg", 0)]
)
def test_what_is_no_cosine_gets_a_sentence(given):
    with pytest.raises(CourseError, match=r"angles\(\) expects"):
        angles(given)


class Encoder:
    """A vector for each word: the same for one word, turned a little by the word before it."""

    tokenizer = SimpleNamespace(tokenize=str.split)

    def __call__(self, text, return_tensors):
        words = ["start", *text.split()]
        return torch.tensor([[[len(word), float(words[i - 1] == "river")] for i, word in enumerate(words)]])


def test_the_vectors_of_one_word_are_compared():
    figure = same_word(Encoder(), "bank", {"a": "a river bank", "b": "the river bank", "c": "my bank"})
    assert figure.table.rows == (("a and b", "1.00"), ("a and c", "0.97"), ("b and c", "0.97"))


def test_a_word_that_is_not_there_gets_a_sentence():
    with pytest.raises(CourseError, match="no token 'bank' in 'a river'; its tokens are: a river"):
        same_word(Encoder(), "bank", {"one": "a bank", "two": "a river"})
