"""The pictures of chance on 09b: what they count is what exact tests count, and every step is the same every time."""

import numpy as np
import pytest
import torch

from course_utils.bias import holm, label_permutation_p, permutation_p
from course_utils.errors import CourseError
from course_utils.exercises.going_on import solved
from course_utils.exercises.shelf import find
from course_utils.pictures.ch09 import chance_trust
from course_utils.pictures.ch09.chance_dealt import dealt
from course_utils.pictures.ch09.chance_hill import STEPS, so_far
from course_utils.pictures.ch09.chance_luckiest import corrected, luckiest
from course_utils.pictures.ch09.chance_redraw import redraw
from course_utils.pictures.ch09.chance_signs import flip
from course_utils.pictures.ch09.chance_trust import trust

VALUES = [-0.9, -0.5, -0.4, -0.3, -0.2, -0.1, 0.1, 0.3]
LISTS = {"A": {"Ada": -8.0, "Bo": -7.5, "Cy": -7.0}, "B": {"Di": -6.5, "Ed": -7.2, "Flo": -6.0, "Gus": -6.9}}
LAST = len(STEPS)


def cell(figure, name):
    return next(row[-1] for row in figure.table.rows if row[0] == name)


def test_a_draw_takes_as_many_values_as_there_are_and_its_mean_is_theirs():
    for step in (1, 4, LAST):
        *rows, mean = [row for row in redraw(VALUES, step).table.rows if "95 %" not in row[0]]
        counts = [int(count) for _, count in rows]
        assert sum(counts) == len(VALUES) and 0 in counts
        assert float(mean[1]) == pytest.approx(np.dot(counts, VALUES) / len(VALUES), abs=0.0051)
        assert redraw(VALUES, step).png == redraw(VALUES, step).png
    assert redraw(VALUES, 1).png != redraw(VALUES, 2).png


def test_the_middle_of_the_draws_is_that_of_exercise_9_3():
    low, high = map(float, redraw(VALUES, LAST).table.rows[-1][1].split(" to "))
    theirs = solved(find("9.3"))(np.array(VALUES))
    assert [low, high] == pytest.approx(theirs, abs=0.03)


def test_flips_count_what_the_exact_test_counts():
    far, total = cell(flip(VALUES, LAST), "as far").split(" of ")
    assert total == "256"
    assert int(far) / 256 == pytest.approx(permutation_p(VALUES)) == solved(find("9.4"))(np.array(VALUES))
    assert cell(flip(VALUES, 1), "mean now") == cell(flip(VALUES, 1), "mean as it is") == "-0.25"


def test_a_dealing_counts_what_the_exact_test_counts():
    far, total = cell(dealt(LISTS, LAST), "as far apart").split(" of ")
    assert total == "35"  # 3 of 7
    first, second = ([*names.values()] for names in LISTS.values())
    assert int(far) / 35 == pytest.approx(solved(find("9b.1"))(first, second))
    even = {"A": LISTS["A"], "B": dict(list(LISTS["B"].items())[:3])}
    far, total = cell(dealt(even, LAST), "as far apart").split(" of ")
    assert int(far) / 20 == pytest.approx(label_permutation_p(first, second[:3]))
    assert cell(dealt(LISTS, 1), "now") == cell(dealt(LISTS, 1), "as they are")


def test_false_alarms_grow_with_the_words_and_holm_keeps_them_down():
    alarms = {
        n: int(cell(luckiest(n), "tables with a false alarm").split(" of ")[0].replace(",", "")) for n in (1, 20, 40)
    }
    for n, count in alarms.items():  # binomial: three standard errors of 1,000 tables
        right = 1 - 0.95**n
        assert abs(count - 1000 * right) < 3 * (1000 * right * (1 - right)) ** 0.5
    for n in (5, 20, 40):
        kept = int(cell(luckiest(n, True), "tables with a false alarm").split(" of ")[0])
        assert kept < 50 + 3 * 47.5**0.5


def test_its_correction_is_holms():
    p = np.random.default_rng(0).random((30, 7)) ** 3
    assert corrected(p) == pytest.approx(np.array([holm(list(row)) for row in p]))


def test_trust_is_the_calibration_error_of_exercise_9_7():
    logits = torch.randn(200, 2, generator=torch.Generator().manual_seed(0)) * 2
    labels = torch.randint(0, 2, (200,), generator=torch.Generator().manual_seed(1))
    for temperature in (0.7, 2.0):
        sure, chosen = (logits / temperature).softmax(-1).max(-1)
        right = solved(find("9.7"))(sure.numpy().astype(float), (chosen == labels).numpy())
        figure = trust(logits, labels.tolist(), temperature)
        assert figure.table.caption.endswith(f"error {right:.3f}")
        assert sum(int(row[1]) for row in figure.table.rows) == 200


def test_the_first_toss_is_the_real_one_and_says_so():
    assert "only the real one itself is as far from equal" in flip(VALUES, 3).alt
    assert "only the real one itself is as far apart" in dealt(LISTS, 2).alt
    assert so_far(200, 5, "means", "as far") == "200 means; 5 of them as far: 0.025"


def test_one_name_is_no_names():
    single = {"A": {"Ada": -8.0}, "B": {"Di": -6.5}}
    assert "shuffle 2: 1 name of each list changed places" in dealt(single, 2).alt


def test_a_dollar_in_the_name_of_a_group_is_a_dollar():
    odd = (r"$\a$", r"$\b$")  # else matplotlib reads a formula
    for make in (redraw, flip):
        assert odd[1] in make(VALUES, 1, groups=odd).alt and make(VALUES, LAST, groups=odd).png
    assert dealt(dict(zip(odd, LISTS.values(), strict=True))).png


def test_a_bin_far_below_guessing_stays_in_the_picture(monkeypatch):
    monkeypatch.setattr(chance_trust, "show", lambda figure, **rest: figure)
    low = {right: trust([[5.0, 0.0]] * 60, [1 - right] * 60).axes[0].get_ylim()[0] for right in (0, 1)}
    assert low[0] < 0.01 and low[1] == 0.3


@pytest.mark.parametrize(
    "make, says",
    [
        (lambda: redraw([1.0], 1), "three numbers"),
        (lambda: redraw(VALUES, 99), "step from 1 to"),
        (lambda: redraw(VALUES, 2.0), "step from 1 to"),
        (lambda: redraw([0.5] * 4), "not all equal"),
        (lambda: flip(VALUES * 2, 1), "2 to 12 numbers"),
        (lambda: flip([0.0] * 4), "not all 0"),
        (lambda: flip(VALUES, "2"), "step from 1 to"),
        (lambda: dealt({"A": {"a": 1.0}}, 1), "two groups"),
        (lambda: dealt(LISTS, 0), "step from 1 to"),
        (lambda: dealt(LISTS, True), "step from 1 to"),
        (lambda: luckiest(0), "1 to 40 words"),
        (lambda: luckiest(True), "1 to 40 words"),
        (lambda: luckiest(5, "yes"), "True or False for holm"),
        (lambda: trust([[1.0, 2.0]], [0, 1]), "a label for each"),
        (lambda: trust([[1.0, 2.0, 3.0]], [0]), r"\[sentences, 2\]"),
        (lambda: trust([[1.0, float("inf")]], [0]), "all finite"),
        (lambda: trust([[1.0, 2.0]], [0], 0.0), "above 0"),
    ],
)
def test_bad_input_gets_a_sentence(make, says):
    with pytest.raises(CourseError, match=says):
        make()
