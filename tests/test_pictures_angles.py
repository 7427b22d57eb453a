"""Arrows whose angle is that of a cosine: the table says both, and what is no cosine gets a sentence."""

import pytest

from course_utils.errors import CourseError
from course_utils.pictures.angles import angles


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


@pytest.mark.parametrize(
    "given", [{}, None, [0.5], {"a": 1.2}, {"a": "x"}, {"a": float("nan")}, dict.fromkeys("abcdefg", 0)]
)
def test_what_is_no_cosine_gets_a_sentence(given):
    with pytest.raises(CourseError, match=r"angles\(\) expects"):
        angles(given)
