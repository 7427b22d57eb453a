"""The threshold and the grid of verdicts: they count what stands on the wrong side, and what is right."""

import pytest

from course_utils import CourseError
from course_utils.pictures.ch03.searching import right_or_wrong, threshold_line

YES, NO = {"fare?": 0.6, "dog?": 0.4}, {"bus?": 0.3, "ghost?": 0.5}


@pytest.mark.parametrize("threshold, refused, answered", [(0.35, 0, 1), (0.45, 1, 1), (0.55, 1, 0), (0.1, 0, 2)])
def test_the_line_counts_both_mistakes(threshold, refused, answered):
    figure = threshold_line(YES, NO, threshold)
    good, hopeless = "question" + "s" * (refused != 1), "one" + "s" * (answered != 1)
    assert f"{refused} good {good} refused, {answered} hopeless {hopeless} answered" in figure.alt
    said = {row[0]: row[3] for row in figure.table.rows}
    assert said == {q: "answer" if value >= threshold else "refuse" for q, value in (YES | NO).items()}


def test_a_similarity_on_the_line_gets_an_answer():
    assert "0 good questions refused, 0 hopeless ones answered" in threshold_line({"a": 0.5}, {"b": 0.4}, 0.5).alt


def test_the_grid_counts_what_is_right():
    figure = right_or_wrong(["a", "b", "c"], {"one": [True, False, True], "none": [False] * 3})
    assert "one is right on 2 of 3; none is right on 0 of 3" in figure.alt
    assert figure.table.rows == (("a", "right", "wrong"), ("b", "wrong", "wrong"), ("c", "right", "wrong"))


def test_questions_without_an_answer_are_marked():
    plain, marked = (right_or_wrong(["a", "b"], {"one": [True, False]}, refuse=rows) for rows in ((), ("b",)))
    assert "no answer found" not in plain.alt and marked.alt.endswith("no answer found: b")
    assert plain.png != marked.png


@pytest.mark.parametrize(
    "call",
    [
        lambda: threshold_line({}, NO, 0.3),
        lambda: threshold_line(YES, {"a": "b"}, 0.3),
        lambda: right_or_wrong([], {}),
        lambda: right_or_wrong(["a"], {"one": [True, False]}),
    ],
)
def test_bad_input_gets_one_sentence(call):
    with pytest.raises(CourseError):
        call()
