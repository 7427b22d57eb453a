"""`loop`: boxes, and the way back to the first."""

import pytest

from course_utils.errors import CourseError
from course_utils.pictures.loops import loop

STEPS = [("text so far", "Once"), ("model", "a probability for every token"), ("likeliest token", "␣upon")]


def test_a_loop_says_where_it_goes_back_to():
    figure = loop(STEPS, back="is added to the text", roles=["text"])
    assert figure.alt == (
        "Boxes joined by arrows. text so far: Once → model: a probability for every token → likeliest token: ␣upon "
        "→ back to the first box: is added to the text."
    )
    assert figure.png.startswith(b"\x89PNG")
    assert loop(STEPS, back="is added to the text", title="One round").alt.startswith("One round. Boxes")


@pytest.mark.parametrize("steps", [[], [("one", "")], [("one", 1), ("two", 2)], None, [("a", "")] * 5])
def test_bad_input_gets_a_sentence(steps):
    with pytest.raises(CourseError, match="two to four pairs"):
        loop(steps, back="")
