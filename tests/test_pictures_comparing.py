"""Bars side by side, a heat map, shifts and curves: what they say is what they were given."""

import numpy as np
import pytest

from course_utils.errors import CourseError
from course_utils.pictures.comparing import curves, heat_map, shifts, side_by_side


def test_bars_side_by_side_share_one_scale():
    figure = side_by_side({"Moon": {"␣Neil": 0.42, "␣Y": 0.06}, "Mars": {"␣John": 0.07}}, lit=["␣Neil"])
    assert figure.table.rows == (("Moon", "␣Neil", "0.42"), ("Moon", "␣Y", "0.06"), ("Mars", "␣John", "0.07"))
    assert "Moon: ␣Neil 0.42, ␣Y 0.06; Mars: ␣John 0.07" in figure.alt
    assert side_by_side({"Moon": {"␣Neil": 0.42, "␣Y": 0.06}, "Mars": {"␣John": 0.07}}).png != figure.png


def test_what_is_small_does_not_look_like_nothing():
    figure = side_by_side({"one": {"a": 0.00001, "b": 0.0}, "two": {"a": 0.4}})
    assert figure.table.rows == (("one", "a", "<0.01"), ("one", "b", "0.00"), ("two", "a", "0.40"))


def test_a_heat_map_says_who_is_most_alike_and_leaves_its_numbers_alone():
    numbers = np.array([[1.0, 0.1, -0.002], [0.1, 1.0, 0.7], [-0.002, 0.7, 1.0]])
    before = numbers.copy()
    figure = heat_map(["one", "two", "three"], numbers)
    assert (numbers == before).all()
    assert figure.table.rows[0] == ("one", "1.00", "0.10", "0.00")  # never -0.00
    assert figure.alt.endswith("row 0, one: 1; row 1, two: 2; row 2, three: 1.")


def test_shifts_count_what_goes_up():
    figure = shifts(["positive", "positive", "b"], [0.2, 0.5, 0.9], [0.3, 0.8, 0.1], axis="share", line=0.5)
    assert figure.alt == "An arrow for each of 3 texts, from share before to after: 2 go up. A line at 0.5."
    assert figure.table.rows[2] == ("3", "b", "0.90", "0.10")


def test_curves_are_drawn_from_left_to_right():
    figure = curves({"a": {3: 0.5, 1: 0.25}, "b": {1: 0.1}}, across="tokens", up="similarity", marks={"the end": 2})
    assert figure.alt == (
        "Curves of similarity over tokens. a: 0.25 at 1, 0.50 at 3; b: 0.10 at 1. A line at 2: the end."
    )
    assert figure.table.rows == (("a", "1", "0.25"), ("a", "3", "0.50"), ("b", "1", "0.10"))
    assert figure.png.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "make, says",
    [
        (lambda: side_by_side({"one": {"a": 1}}), "two or three"),
        (lambda: side_by_side({"one": {"a": 1}, "two": {}}), "two or three"),
        (lambda: side_by_side({"one": {"a": "x"}, "two": {"a": 1}}), "two or three"),
        (lambda: heat_map(["one"], [[1, 2]]), "a row and a column"),
        (lambda: heat_map([], []), "a row and a column"),
        (lambda: shifts(["a"], [0.1, 0.2], [0.1, 0.2], axis="share", line=0.5), "for each text"),
        (lambda: shifts(["a"], [0.1], [], axis="share", line=0.5), "for each text"),
        (lambda: curves({}, across="x", up="y"), "dictionaries of points"),
        (lambda: curves({"a": {"x": 1}}, across="x", up="y"), "dictionaries of points"),
    ],
)
def test_bad_input_gets_a_sentence(make, says):
    with pytest.raises(CourseError, match=says):
        make()
