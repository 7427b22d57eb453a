"""RoPE in pictures: only the distance counts, clocks turn at their speeds, and pairs are half a vector apart."""

import pytest

from course_utils.errors import CourseError
from course_utils.pictures.ch06.rotating import clocks, halves, turned


def product(figure) -> str:
    return dict(row[:2] for row in figure.table.rows)["dot product"]


def test_the_dot_product_depends_on_the_distance_only():
    assert product(turned(3, 1)) == product(turned(12, 10)) != product(turned(3, 2))
    assert product(turned(0, 0)) == "0.84"  # 0.96 · 0.96 - 0.28 · 0.28


def test_the_positions_are_in_the_text_and_in_the_table():
    figure = turned(3, 1)
    assert "turned by 75 degrees" in figure.alt
    assert ("position of the key", "1", "turned by 25°") in figure.table.rows
    assert ("distance", "2", "query minus key") in figure.table.rows


def test_clocks_have_the_speeds_of_smollm2():
    rows = {row[0]: row[1:] for row in clocks(5).table.rows}
    assert rows["pair 0"] == ("286°", "0.80", "6.3")  # 5 radians, 2π tokens for one turn
    assert rows["pair 31"] == ("0°", "0.00", "438,460")
    assert [row[1] for row in clocks(0).table.rows] == ["0°"] * 6
    assert clocks(5, jump=1000).table == clocks(1005).table
    assert "position 1,005" in clocks(1005).alt


def test_pairs_are_half_a_vector_apart():
    figure = halves(6)
    assert "x0 with x3, x1 with x4, x2 with x5" in figure.alt
    assert figure.table.rows[1] == ("crossed", "-x3, -x4, -x5, x0, x1, x2")


@pytest.mark.parametrize("size", [5, 2, 14, "8"])
def test_other_sizes_get_a_sentence(size):
    with pytest.raises(CourseError, match=r"halves\(\) draws an even number"):
        halves(size)
