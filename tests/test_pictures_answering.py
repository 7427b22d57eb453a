"""The plan lights the steps it is asked to; the evidence holds every word of passages and answers."""

import pytest

from course_utils import CourseError
from course_utils.pictures.ch03.answering import evidence, plan

LONG = (
    "The picture of the lighthouse was painted by Clara Jensen, who had a bakery in this street, long ago, by the sea."
)
HITS = [{"similarity": 0.81, "text": LONG, "source": "memo.flac"}, {"similarity": -0.1, "text": "Tea.", "source": "a"}]


def test_the_plan_lights_its_steps_in_order():
    assert "Lit" not in plan().alt
    assert plan(lit=("search", "embed"), title="Now").alt.endswith("Lit: embed, search.")
    assert plan(lit=("search",)).png != plan().png


def test_the_evidence_cuts_nothing():
    figure = evidence("Who?", "Clara", HITS, {"copier": (LONG, True), "writer": ("", False)})
    assert figure.alt.count(LONG) == 2, "the passage and the answer, each in full"
    assert "copier, right" in figure.alt and "writer, wrong: (nothing)" in figure.alt


@pytest.mark.parametrize(
    "call",
    [
        lambda: plan(lit=("oven",)),
        lambda: evidence("?", "", [], {"a": ("b", True)}),
        lambda: evidence("?", "", HITS, {}),
    ],
)
def test_bad_input_gets_one_sentence(call):
    with pytest.raises(CourseError):
        call()
