"""Byte-pair encoding on one line: the merges are those of exercise 2.15, and the picture says what they leave."""

import pytest

from course_utils import CourseError
from course_utils.exercises.chapters.ch02 import e15_byte_pairs
from course_utils.pictures.ch02.merging import join, merged

LINE = "tea tea tea team teapot seat seats"


def pieces(figure) -> str:
    return " / ".join(row[1] for row in figure.table.rows)


@pytest.mark.parametrize("merges, words", [(0, "t e a"), (1, "t ea"), (2, "tea"), (9, "tea")])
def test_the_pieces_after_some_merges(merges, words):
    assert pieces(merged(LINE, merges)).startswith(f"{words} / {words} / ")


def test_the_merges_on_top_are_what_the_exercise_asks_for():
    scope = {}
    exec(f"{e15_byte_pairs.EXERCISE.context}\n{e15_byte_pairs.EXERCISE.solution}", scope)
    for line in (LINE, "low lower lowest new newer newest", "xy b ab ab ab xy xy", "aaaaa aaa aaaa"):
        for count in range(8):
            done = scope["learn_merges"](line, count)
            named = ", ".join(f"{left}+{right}" for left, right in done) or "none yet"
            assert merged(line, count).alt.startswith(f"{len(done)} merge{'s' if len(done) != 1 else ''}: {named}. ")


def test_it_ends_where_nothing_is_left_to_join():
    assert merged("ab ab", 50).alt.startswith("1 merge: a+b. 2 pieces")


def test_join_works_from_left_to_right_at_every_place():
    assert join(["t", "e", "a", "m"], ("e", "a")) == ["t", "ea", "m"]
    assert join(list("aaa"), ("a", "a")) == ["aa", "a"] and join(list("abab"), ["a", "b"]) == ["ab", "ab"]
    assert join([], ("a", "b")) == []


def test_nothing_to_cut_gets_a_sentence():
    for line, merges, says in (
        (" ", 1, "no line yet"),
        (3, 1, "no line yet"),
        (LINE, -1, "0 or more"),
        (LINE, 1.5, "0"),
    ):
        with pytest.raises(CourseError, match=says):
            merged(line, merges)
