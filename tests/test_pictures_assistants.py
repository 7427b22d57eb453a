"""What 08b draws: each picture says the numbers that it was made from, and they are right."""

import math

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.pictures.ch08.assistants import ROADS, counted, group, road
from course_utils.pictures.ch08.assistants_levels import lost_and_won, on_levels, rounded_copy
from course_utils.pictures.ch08.assistants_preferences import dpo_curve, moved
from course_utils.pictures.ch08.assistants_votes import COUNTS, ballots, verdicts, vote_curve


class Words:
    def convert_ids_to_tokens(self, ids):
        return [["Ġwhy", "Ċ", "<end>"][id] for id in ids]


def test_every_road_begins_with_pretraining_and_needs_ever_less():
    for model in ROADS:
        rows = road(model).table.rows
        assert rows[0][0] == "pretraining" and "illion tokens" in rows[0][2]
    assert [row[0] for row in road("Tülu 3 8B, 2024").table.rows][-1] == "verified rewards"
    with pytest.raises(CourseError, match="knows SmolLM2"):
        road("GPT-9")


def test_only_the_answer_counts():
    figure = counted(Words(), [0, 1, 0, 2, 2], 2, 4)
    assert [row[1] for row in figure.table.rows] == ["-100, does not count"] * 2 + ["0, counts", "2, counts"] + [
        "-100, does not count"
    ]
    assert "2 of them count in the loss: ␣why <end>." in figure.alt
    with pytest.raises(CourseError, match="start < length"):
        counted(Words(), [0, 1], 1, 3)


def test_advantages_of_a_group_sum_to_nothing():
    for right in range(9):
        rows = group(right).table.rows
        assert sum(float(row[2]) for row in rows) == pytest.approx(0, abs=0.05)
        assert sum(int(row[1]) for row in rows) == right
    assert "nothing is learned" in group(0).alt and "nothing is learned" in group(8).alt
    assert "Right answers get +0.88" in group(1).alt


def test_the_curve_is_the_loss_of_dpo():
    for margin, beta in ((0, 0.1), (-40, 0.2), (25, 0.05)):
        x = torch.tensor(beta * margin, dtype=torch.float64, requires_grad=True)
        loss = -torch.nn.functional.logsigmoid(x)
        loss.backward()
        figure = dpo_curve(margin, beta)
        assert f"loss {loss.item():.2f}, slope {beta * x.grad.item():.3f}" in figure.alt
    assert dict(dpo_curve(0, 0.1).table.rows)["+0"] == f"{math.log(2):.2f}"
    with pytest.raises(CourseError, match="beta above 0"):
        dpo_curve(1, 0)


def test_a_margin_is_gain_minus_gain():
    before = {"Why?": (torch.tensor(-20.0), -10.0)}
    figure = moved(before, {"Why?": [-15.0, torch.tensor(-30.0)]})
    assert "margin +25" in figure.alt
    assert figure.table.rows == (("Why? chosen", "-20.0", "-15.0"), ("Why? rejected", "-10.0", "-30.0"))
    with pytest.raises(CourseError, match="the same questions"):
        moved(before, {})


def first(answers):
    return next((answer for answer in answers if answer), None)


def test_one_answer_is_as_right_as_its_share():
    for family in ("verbs", "sums"):
        tasks = ballots(family)
        mean = sum(task.share for task in tasks) / len(tasks)
        rows = vote_curve(family, first).table.rows
        assert [int(row[0]) for row in rows] == list(COUNTS)
        assert float(rows[0][1]) == pytest.approx(mean, abs=0.01) == pytest.approx(float(rows[0][3]), abs=0.01)
        low, high = (float(end) for end in rows[0][2].split(" to "))
        assert high - low == pytest.approx(2 * 1.96 * math.sqrt(mean * (1 - mean) / len(tasks)), abs=0.03)
        at_all = sum(task.truth in task.answers for task in tasks) / len(tasks)
        assert float(rows[-1][3]) == pytest.approx(at_all, abs=0.006)
    with pytest.raises(CourseError, match='"verbs" and "sums"'):
        ballots("nouns")


def test_verdicts_are_numbers():
    assert len(verdicts()) == 40 and all(type(row["log_worse"]) is float for row in verdicts())


def test_levels_say_the_largest_error():
    figure = on_levels([0.0, 1.0, 0.4], 2)
    assert figure.alt.endswith("2 bits: 4 levels, largest error 0.0667.")
    with pytest.raises(CourseError, match="1 to 8 bits"):
        on_levels([0.0, 1.0], 9)


def test_a_rounded_copy_has_few_values_in_each_block_and_leaves_the_model_alone():
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(64, 8), torch.nn.Linear(8, 3))
    before = [weight.clone() for weight in model.parameters()]
    rounded = rounded_copy(model, 2)
    assert all(torch.equal(one, other) for one, other in zip(before, model.parameters(), strict=True))
    for block, exact in zip(rounded[0].weight.reshape(-1, 32), model[0].weight.reshape(-1, 32), strict=True):
        assert len(block.unique()) <= 4
        assert (block - exact).abs().max() <= (exact.max() - exact.min()) / 3 / 2 + 1e-6
    assert torch.equal(rounded[0].bias, model[0].bias)  # no matrix
    assert torch.equal(rounded[1].weight, model[1].weight)  # 24 numbers are no block


def test_what_was_lost_and_won_adds_up():
    figure = lost_and_won({"4 bits": (0, 0), "2 bits": (6, 1)}, of=100, before=torch.tensor(97))
    assert figure.table.rows == (("4 bits", "0", "0", "97 of 100 right"), ("2 bits", "6", "1", "92 of 100 right"))
    assert "2 bits: 6 lost, 1 won, 92 of 100 right" in figure.alt
    with pytest.raises(CourseError, match="how many of 10"):
        lost_and_won({"2 bits": (0, 4)}, of=10, before=7)
