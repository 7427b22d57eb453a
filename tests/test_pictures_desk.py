"""The pictures of the feedback desk: grids of numbers, a threshold on confidence, and effects with their intervals."""

import pytest

from course_utils import CourseError
from course_utils.pictures.ch10.desk_effects import effects
from course_utils.pictures.ch10.desk_grids import confusion_matrix, counts
from course_utils.pictures.ch10.desk_sure import sure_line

KINDS = ["a", "b", "c"]
RIGHT, SAID = list("aaabbc"), list("aabcbc")


def test_a_confusion_matrix_has_the_right_kind_in_the_row_and_the_said_one_in_the_column():
    figure = confusion_matrix(RIGHT, SAID, KINDS)
    assert figure.table.rows == (
        ("right: a", "2", "1", "0"),
        ("right: b", "0", "1", "1"),
        ("right: c", "0", "0", "1"),
    )
    assert figure.table.header[1:] == ("said: a", "said: b", "said: c")
    assert "4 of 6 right" in figure.alt and "1 a said to be b" in figure.alt


def test_all_right_has_no_mistakes_and_another_picture():
    perfect = confusion_matrix(RIGHT, RIGHT, KINDS)
    assert perfect.alt.endswith("Mistakes: none.") and perfect.png != confusion_matrix(RIGHT, SAID, KINDS).png


def test_counts_keep_their_rows_and_columns():
    figure = counts({"week 1": {"a": 3, "b": 0}, "week 2": {"a": 1, "b": 12}})
    assert figure.table.rows == (("week 1", "3", "0"), ("week 2", "1", "12"))


@pytest.mark.parametrize(
    "threshold, people, desk, wrong", [(0.0, 0, 4, 2), (0.5, 1, 3, 1), (0.8, 2, 2, 1), (1.0, 4, 0, 0)]
)
def test_the_threshold_divides_people_from_desk(threshold, people, desk, wrong):
    figure = sure_line([0.3, 0.5, 0.8, 0.9], [False, True, True, False], threshold)  # on the line: the desk sorts
    assert f"A person reads {people} of 4. The desk sorts {desk}, {wrong} of them wrongly." in figure.alt


def test_effects_tell_both_ends():
    figure = effects({"one": (1.5, 1.0, 2.0), "other": (-0.25, -0.5, 0.25)}, axis="points")
    assert figure.table.rows == (("one", "1.50", "1.00", "2.00"), ("other", "-0.25", "-0.50", "0.25"))
    assert "0 is no difference" in figure.alt
    assert effects({"one": (1.5, 1.0, 2.0)}, axis=r"$\a$").png  # no formula of matplotlib


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: confusion_matrix([], [], KINDS), "two lists of kinds"),
        (lambda: confusion_matrix(RIGHT, SAID[:-1], KINDS), "as long as each other"),
        (lambda: confusion_matrix(RIGHT, SAID, ["a", "b"]), "the list of all kinds"),
        (lambda: counts({}), "each row with the same columns"),
        (lambda: counts({"one": {"a": 1}, "other": {"b": 1}}), "each row with the same columns"),
        (lambda: counts(7), "each row with the same columns"),
        (lambda: counts({"one": {"a": 1, "b": -2}}), "not negative; it got -2"),
        (lambda: sure_line([], [], 0.5), "confidences from 0 to 1"),
        (lambda: sure_line([0.5, 1.5], [True, True], 0.5), "confidences from 0 to 1"),
        (lambda: sure_line([0.5], [True, True], 0.5), "as many True or False"),
        (lambda: sure_line([0.5], [True], "0.5"), "a threshold from 0 to 1"),
        (lambda: sure_line([0.5], [True], 1.2), "a threshold from 0 to 1"),
        (lambda: effects({}, axis="points"), r"\{name: \(effect, low, high\)\}"),
        (lambda: effects({"one": (1.0, 2.0)}, axis="points"), r"\(effect, low, high\)"),
        (lambda: effects({"one": (1.0, float("-inf"), 2.0)}, axis="points"), "all finite"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_one_sentence(call, says):
    with pytest.raises(CourseError, match=says):
        call()
