"""The pictures of notebook 06c: grids beside each other, arcs over a row of words, three roads to one word."""

import numpy as np
import pytest

from course_utils.errors import CourseError
from course_utils.pictures.ch06.ways import roads
from course_utils.pictures.looking import arcs, small_maps, squares

WORDS = ["A", "B", "C", "A"]


def test_small_maps_tell_the_strongest_look_of_each_head():
    drawn = small_maps({"before": np.eye(4, k=-1), "even": np.full((4, 4), 0.25)}, WORDS)
    assert drawn.table.rows[0] == ("before", "B", "A", "1.00")
    assert "before: B to A 1.00" in drawn.alt
    assert drawn.png != small_maps({"before": np.eye(4), "even": np.full((4, 4), 0.25)}, WORDS).png


def test_small_maps_have_a_legend_of_their_blues():
    said = []
    maps = {"before": np.eye(4, k=-1), "even": np.full((4, 4), 0.25)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("course_utils.pictures.looking.show", lambda figure, **_: said.extend(figure.texts))
        small_maps(maps, WORDS)
    assert [text.get_text() for text in said][-5:] == ["weight", "0", "0.05", "0.25", "1"]


def test_small_maps_take_keys_of_their_own():
    drawn = small_maps({"a": np.eye(4, 2), "b": np.ones((4, 2)) / 2}, WORDS, ["x", "y"])
    assert drawn.table.rows[0] == ("a", "A", "x", "1.00")
    with pytest.raises(CourseError, match=r"two to four grids \[4, 3\]"):
        small_maps({"a": np.eye(4), "b": np.eye(4)}, WORDS, ["x", "y", "z"])


def test_squares_name_the_largest_number_and_write_all_into_the_table():
    drawn = squares([[0.5, 0.25], [0.125, 2]], ["this", "that"], [0, 1], title="Words", axes=("word", "head"))
    assert drawn.alt == "Words. Largest: that, 1, 2.00."
    assert drawn.table.header == ("word", "0", "1") and drawn.table.rows[1] == ("that", "0.12", "2.00")


def test_squares_keep_their_scale_where_it_is_given():
    one, two = [[0.2, 0.1]], [[0.4, 0.2]]
    names = {"rows": ["a"], "columns": ["b", "c"], "title": "T"}
    assert squares(one, **names).png != squares(one, **names, most=1).png
    assert squares(two, **names, digits=1).table.rows == (("a", "0.40", "0.20"),)


@pytest.mark.parametrize("numbers", [[[1, 2]], "x", [[1], [2]], []])
def test_squares_say_what_they_expect(numbers):
    with pytest.raises(CourseError, match="a row and a column for each name"):
        squares(numbers, ["a", "b"], ["c", "d"], title="T")


@pytest.mark.parametrize("maps", [{"one": np.eye(4)}, {"a": np.eye(3), "b": np.eye(4)}, {"a": "x", "b": "y"}, 7])
def test_small_maps_say_what_they_expect(maps):
    with pytest.raises(CourseError, match=r"two to four grids \[4, 4\]"):
        small_maps(maps, WORDS)


def test_arcs_name_where_the_word_looks():
    drawn = arcs(WORDS, [0.1, 0.8, 0.1, 0.0], title="A looks")
    assert drawn.alt.startswith("A looks. Arcs from A to the words it looks at: B 0.80")
    assert drawn.table.rows[1] == ("1: B", "0.80")
    assert drawn.png != arcs(WORDS, [0.8, 0.1, 0.1, 0.0], title="A looks").png


def test_one_more_word_coloured_is_another_picture():
    assert arcs(WORDS, [0, 1, 0, 0], lit=[0]).png != arcs(WORDS, [0, 1, 0, 0]).png


@pytest.mark.parametrize(
    "words, weights, query", [(WORDS, [1.0], -1), ([], [], -1), (WORDS, "abcd", 0), (WORDS, [1] * 4, 4)]
)
def test_arcs_say_what_they_expect(words, weights, query):
    with pytest.raises(CourseError, match="one weight for each"):
        arcs(words, weights, query)


def test_arcs_refuse_a_text_that_does_not_fit():
    with pytest.raises(CourseError, match="shorter text"):
        arcs(["elephant"] * 20, [0.05] * 20)


@pytest.mark.parametrize("lit, said", [("source noun", "A: "), ("source adjective", "B: "), ("target", "C: ")])
def test_one_road_lit_is_another_picture_and_only_that_road_is_told(lit, said):
    assert roads(lit).png != roads().png
    assert [row[0] for row in roads(lit).table.rows] == [said[0]]
    assert said in roads(lit).alt and len(roads().table.rows) == 3


def test_roads_know_their_names():
    with pytest.raises(CourseError, match="roads\\(\\) can light"):
        roads("motorway")
