"""What 06b draws while it builds: the numbers in a picture are those that its table says, and they are right."""

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.pictures.ch06.building import climbing, gate_and_up, gated, levelled, sharing, two_orders
from course_utils.pictures.ch06.variants import experts, reaching


def test_two_orders_light_the_same_word():
    values = torch.tensor([[0.01, 0.02], [0.03, 0.04], [0.05, 0.06]])
    figure = two_orders(("dog bites man", values), ("man bites dog", values.flip(0)), count=2)
    assert figure.alt.count("in colour: 1, 2") == 2


def test_the_norm_takes_the_size_away():
    small, large = levelled(1.0).table.rows, levelled(8.0).table.rows
    assert [row[2] for row in small] == [row[2] for row in large]
    assert small[0][1] == "2.00" and large[0][1] == "16.00"


def test_heads_side_by_side_share_a_set():
    rows = dict(sharing(9, 3).table.rows)
    assert [rows[f"head {head}"] for head in (0, 2, 3, 8)] == ["set 0", "set 0", "set 1", "set 2"]
    assert "head 1: set 1" in sharing(2, 2).alt
    with pytest.raises(CourseError, match="4 do not divide 9"):
        sharing(9, 4)


def test_a_gate_is_silu():
    rows = dict(gated(2.0, -1.5).table.rows)
    assert rows["silu(gate)"] == f"{torch.nn.functional.silu(torch.tensor(2.0)):.2f}"
    assert rows["silu(gate) × up"] == "-2.64"
    assert dict(gated(-6.0, 2.0).table.rows)["silu(gate) × up"] == "-0.03"


def test_the_feed_forward_part_has_three_matrices():
    rows = dict(gate_and_up(576, 1536).table.rows)
    assert rows["gate_proj"] == rows["up_proj"] == "576 → 1,536" and rows["down_proj"] == "1,536 → 576"


class Words:
    def decode(self, ids):
        return [" of", " ", "\n", " Paris"][ids[0]]


def test_the_place_of_the_answer_after_every_third_layer():
    figure = climbing(torch.tensor([[3.0, 2.0, 1.0, 0.0], [0.0, 2.0, 1.0, 1.5], [0.0, 1.0, 2.0, 3.0]]), Words())
    assert figure.table.rows == (
        ("embedding", "of", "4"),
        ("after 3 layers", "␣", "2"),
        ("after 6 layers", "Paris", "1"),
    )
    assert figure.alt.startswith("The place of Paris among 4 tokens: embedding 4,")


def test_an_answer_of_white_space_has_a_sign():
    assert climbing(torch.tensor([[0.0, 0.0, 3.0, 0.0]]), Words()).table.rows == (("embedding", "↵", "1"),)


def test_a_grid_says_who_sees_whom():
    figure = reaching(torch.ones(3, 3).tril() > 0, lit=2, title="past")
    assert figure.table.rows == (("0", "0"), ("1", "0, 1"), ("2", "0, 1, 2"))
    assert figure.alt.startswith("past. A grid: token 0 sees 1")
    assert reaching([[False]]).table.rows == (("0", "none"),)


def test_the_largest_shares_work():
    figure = experts([0.1, 0.5, 0.15, 0.25], chosen=2)
    assert [row[2] for row in figure.table.rows] == ["rests", "works, × 0.67", "rests", "works, × 0.33"]
    assert figure.alt.endswith("Out comes 0.67 × expert 1 + 0.33 × expert 3.")
    assert "expert 1 with 0.50, expert 3 with 0.25 get the token and work" in figure.alt
