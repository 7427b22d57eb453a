"""The pictures of 07b: what they say is what they were given, and the interval is Wilson's."""

import pytest

from course_utils.errors import CourseError
from course_utils.exercises.going_on import solved
from course_utils.exercises.shelf import find
from course_utils.pictures.ch07.curves_data import WAYS, learning_curves, price
from course_utils.pictures.ch07.curves_training import descents, fitting, processes
from course_utils.pictures.ch07.curves_words import word_counts
from course_utils.pictures.curves_paired import coin_falls, differences, four_cells
from course_utils.pictures.curves_sure import intervals, luck, wilson


def row(method, examples, seed, everyday, films, seconds="2.00"):
    made = {"method": method, "examples": str(examples), "seed": str(seed), "seconds": seconds}
    return made | {"accuracy_everyday": str(everyday), "accuracy_films": str(films)}


ROWS = [row("head", 500, 0, 88, 72), row("head", 500, 1, 90, 70), row("head", 2000, 0, 91, 73, "20.00")]
ROWS += [row("words", 500, 0, 55, 61, "0.00"), row("prompt", 0, 0, 94, 71)]


def test_luck_gets_smaller_with_more_sentences_and_is_the_same_every_time():
    spreads = []
    for sentences in (20, 100, 2_000):
        figure = luck(sentences)
        low, high = (float(row[1]) for row in figure.table.rows[1:])
        assert low < 0.85 < high and f"lowest {low:.2f}, highest {high:.2f}" in figure.alt
        spreads.append(high - low)
        assert figure.png == luck(sentences).png
    assert spreads == sorted(spreads, reverse=True)


def test_the_interval_is_wilsons_and_stays_between_0_and_1():
    assert wilson(88, 100) == pytest.approx((0.802, 0.930), abs=0.001)
    assert 0 <= wilson(0, 8)[0] <= 1e-12 and wilson(20, 20)[1] <= 1 + 1e-12
    theirs = solved(find("7.2"))  # what the learner writes gives the same
    for right, total in ((88, 100), (0, 10), (10, 10), (3, 7)):
        assert wilson(right, total) == pytest.approx(theirs(right, total))
    figure = intervals({"everyday": (88, 100)})
    assert figure.table.rows == (("everyday", "0.88", "0.80", "0.93", "100"),)
    assert figure.alt == "Dots with lines from low to high. everyday: 0.88, from 0.80 to 0.93."


def test_words_are_counted_in_praise_and_in_blame():
    figure = word_counts({"bad": (3, 15), "better": (0, 7)}, of=250)
    assert (
        figure.alt
        == "Two bars for each word, of 250 sentences of praise and 250 of blame: bad 3 and 15, better 0 and 7."
    )
    assert figure.table.rows == (("bad", "3", "15"), ("better", "0", "7"))


def test_four_cells_count_each_kind():
    figure = four_cells("head", [True, True, False, False, True], "LoRA", [True, False, True, False, False])
    kinds = ("both", "only head", "only LoRA", "neither")
    assert figure.table.rows == tuple(zip(kinds, ("1", "2", "1", "1"), strict=True))
    assert "for 5 sentences: both right: 1, only head right: 2, only LoRA right: 1, neither right: 1." in figure.alt


def test_coins_add_up_to_mcnemars_chance():
    assert coin_falls(8, 2).table.rows == (("coins", "10"), ("heads", "8"), ("as uneven or more", "0.11"))
    assert coin_falls(2, 8).table.rows[2] == ("as uneven or more", "0.11")
    assert coin_falls(5, 5).table.rows[2] == ("as uneven or more", "1")
    assert coin_falls(40, 2).table.rows[2] == ("as uneven or more", "below 0.001")


def test_differences_say_which_may_be_luck():
    found = {"a minus b": {"films": (12.3, 0.0001), "days": (1.2, 0.0412)}, "b minus c": {"films": (-4.0, 0.2)}}
    figure = differences(found, limit=0.003)
    assert (
        figure.alt == "Points ahead. Shown: a minus b, films +12. May be luck: a minus b, days +1; b minus c, films -4."
    )
    assert figure.table.rows == (
        ("a minus b", "films", "+12", "below 0.001", "yes"),
        ("a minus b", "days", "+1", "0.041", "no"),
        ("b minus c", "films", "-4", "0.20", "no"),
    )
    assert figure.png != differences(found, limit=0.3).png


def test_a_learning_curve_says_what_each_way_reached():
    figure = learning_curves(ROWS, test="everyday", at=500)
    assert figure.table.rows == (
        ("words", "55", "55 to 55", "1"),
        ("head", "89", "88 to 90", "2"),
        ("SmolLM2, no label", "94", "94 to 94", "1"),
    )
    assert "With 500: words 55; head 89; SmolLM2, no label 94." in figure.alt
    assert learning_curves(ROWS, lit="head").png != learning_curves(ROWS, lit="words").png


def test_what_a_way_costs_is_training_and_if_wanted_labels():
    rows = price(ROWS, test="films").table.rows
    assert ("head", "500", "2 s", "71") in rows and ("head", "2,000", "20 s", "73") in rows
    rows = price(ROWS, test="films", seconds_a_label=10).table.rows
    assert ("head", "500", "83 min", "71") in rows  # 5,000 s of a person and 2 s of a computer
    assert "SmolLM2" not in str(rows)  # it has no price here: nothing is trained


def epoch(number, learned, kept, right):
    made = {"method": "small", "examples": "500", "seed": "0", "epoch": str(number)}
    return made | {"loss_training": str(learned), "loss_validation": str(kept), "right_validation": str(right)}


def test_the_best_epoch_is_the_one_with_most_right_and_then_the_lower_loss():
    rows = [epoch(1, 0.7, 0.69, 0.5), epoch(2, 0.4, 0.66, 0.7), epoch(3, 0.1, 0.9, 0.7)]
    figure = fitting(rows, "small", 500)
    assert "Marked: epoch 2: best on those kept out, 70 % right." in figure.alt
    assert "On those kept out: 0.69 to 0.90, lowest 0.66 after epoch 2." in figure.alt
    assert figure.table.rows[2] == ("3", "0.10", "0.90", "70")
    with pytest.raises(CourseError, match="no training 'small' with 125 examples"):
        fitting(rows, "small", 125)


def test_a_loss_that_is_no_number_is_said():
    figure = descents({"1e30": [0.7, float("nan")], "0.1": [0.7, 9.0, 0.9]})
    assert figure.table.rows == (("1e30", "0.70", "0.70", "no number, at step 2"), ("0.1", "0.70", "9.00", "0.90"))


def test_each_process_gets_its_part():
    assert processes(3, 8).alt.startswith("One batch of 8 sentences is cut into 3. Each of 3 processes")
    assert processes(1).png != processes(2).png != processes(4).png


@pytest.mark.parametrize(
    "make, says",
    [
        (lambda: luck(0), "1 to 10,000"),
        (lambda: intervals({}), r"\{name: \(right, total\)\}"),
        (lambda: intervals({"a": (3, 2)}), r"\{name: \(right, total\)\}"),
        (lambda: four_cells("a", [True], "b", []), "as long as each other"),
        (lambda: coin_falls(0, 0), "together from 1 to 400"),
        (lambda: differences({"a": 3}, limit=0.1), r"\{pair: \{test: \(points, chance\)\}\}"),
        (lambda: learning_curves(ROWS, test="music"), "films"),
        (lambda: learning_curves(ROWS, lit="magic"), "no way 'magic'"),
        (lambda: word_counts({"a": 3}, of=4), r"\{word: \(in praise, in blame\)\}"),
        (lambda: descents({}), "one to four"),
        (lambda: processes(9), "1 to 4"),
    ],
)
def test_bad_input_gets_a_sentence(make, says):
    with pytest.raises(CourseError, match=says):
        make()


def test_every_way_has_a_sign_and_a_line_of_its_own():
    assert len({sign for _, _, _, sign in WAYS.values()}) == len(WAYS)
    assert len({colour for _, colour, _, _ in WAYS.values()}) == len(WAYS)
