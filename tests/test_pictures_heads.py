"""One head of a captured model: its arrows, one weight, and who looks at a word most."""

from types import SimpleNamespace

import numpy as np
import pytest

from course_utils.errors import CourseError
from course_utils.pictures.ch06.heads import head_arrows, lookers, most, weight

WORDS = ["this", "old", "house"]


def record(words=WORDS):
    weights = np.zeros((2, 2, 3, 3))
    weights[1, 0] = [[0.1, 0.2, 0.7], [0.3, 0.3, 0.4], [1, 0, 0]]
    found = SimpleNamespace(
        keys=[SimpleNamespace(text=word) for word in words], head=lambda layer, head: weights[layer, head]
    )
    return SimpleNamespace(map=lambda: found)


def test_a_head_of_a_record():
    figure = head_arrows(record(), 1, 0, " This ")
    assert figure.alt.startswith("Layer 1, head 0: where “this” looks")
    assert figure.table.rows[2] == ("house", "0.70")


def test_one_weight_of_a_record():
    assert weight(record(), 1, 0, "this", "house") == 0.7


def test_those_who_look_at_a_word_most():
    assert lookers(record(), 1, 0, "house") == ["this", "old"]
    assert lookers(record(), 1, 0, "old") == []


def test_the_word_that_is_looked_at_most():
    assert [most(record(), 1, 0, word) for word in WORDS] == ["house", "house", "this"]


def test_a_word_that_occurs_twice_has_its_position():
    twice = record(["the", "the", "house"])
    assert lookers(twice, 1, 0, "house") == ["the (0)", "the (1)"]
    assert most(twice, 1, 0, "house") == "the (0)"


@pytest.mark.parametrize("ask", [head_arrows, lookers, most])
def test_a_word_that_is_not_there_gets_a_sentence(ask):
    with pytest.raises(CourseError, match="no 'garden' here. Choose one of: this, old, house"):
        ask(record(), 1, 0, "garden")
