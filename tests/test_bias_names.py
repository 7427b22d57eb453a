"""Names as the sample: an interval that holds the truth, rare false alarms, and what goes wrong with templates instead.

`drawn` makes scores whose truth is known; `benchmarks/bias.py` prints whole tables of them.
"""

import itertools
import math

import numpy as np
import pytest
from test_bias import GROUPS, JOBS, TEMPLATES, planted, refused, tiny

from course_utils import CourseError
from course_utils.bias import (
    difference_interval,
    holm,
    interval,
    label_permutation_p,
    log_probabilities,
    permutation_p,
    probe,
    statistics,
    summary,
)

pytestmark = pytest.mark.usefixtures("one_thread")


def drawn(rng, effect: float, names=(10, 10), templates: int = 12, kind: str = "normal") -> list[np.ndarray]:
    """The scores of two lists of names, each [names, templates]; the first is `effect` nats higher in truth.

    Names differ by 0.5 nats (standard deviation), templates by 0.5, and each pair of both by another 0.3.
    """
    frame, spread = rng.normal(0, 0.5, templates), {"unequal": (0.25, 0.75)}.get(kind, (0.5, 0.5))
    lists = []
    for side, count in enumerate(names):
        own = rng.normal(size=count)
        if kind == "skewed" or (
            kind == "one skewed" and side == 0
        ):  # a long tail to one side; mean 0 and standard deviation 1, as the normal ones
            own = (np.exp(own) - math.exp(0.5)) / math.sqrt((math.e - 1) * math.e)
        scores = -6 + spread[side] * own[:, None] + frame + rng.normal(0, 0.3, (count, templates))
        lists.append(scores + effect * (side == 0))
    return lists


def by_names(lists, truth: float) -> tuple[bool, float]:
    """Does the interval hold the truth, and p, with the names as the sample."""
    first, second = (scores.mean(1) for scores in lists)
    low, high = difference_interval(first, second)
    return low <= truth <= high, label_permutation_p(first, second)


def by_templates(lists, truth: float) -> tuple[bool, float]:
    """The same with the templates as the sample."""
    differences = lists[0].mean(0) - lists[1].mean(0)
    low, high = interval(differences)
    return low <= truth <= high, permutation_p(differences)


def shares(analysis, effect: float, seeds: int, **how) -> tuple[float, float]:
    """How often the interval holds the true effect, and how often p is below 0.05."""
    found = [analysis(drawn(np.random.default_rng(seed), effect, **how), effect) for seed in range(seeds)]
    return float(np.mean([inside for inside, _ in found])), float(np.mean([p < 0.05 for _, p in found]))


# ------------------------------------------------------------------------------------- 600 tables whose truth is known
# Of 600 tables 5 % are 30, give or take 16 (three standard deviations of a binomial): 2.3 % to 7.7 %.

LEAST, MOST = 0.023, 0.077


@pytest.mark.slow
@pytest.mark.parametrize("names", [(10, 10), (6, 6)])
@pytest.mark.parametrize("kind", ["normal", "skewed", "unequal"])
def test_names_as_the_sample_keep_their_promise(monkeypatch, names, kind):
    monkeypatch.setattr(statistics, "_EXACT_SPLITS", 1_000)  # 2,000 random splits are enough to tell 2 % from 8 %
    monkeypatch.setattr(statistics, "_DRAWN", 2_000)
    held, power = shares(by_names, 0.8, 600, names=names, kind=kind)
    _, alarms = shares(by_names, 0.0, 600, names=names, kind=kind)
    assert 0.93 <= held <= 0.985 and LEAST <= alarms <= MOST, (held, alarms)
    assert power >= (0.8 if names == (10, 10) else 0.6), power  # and not because nothing would ever be found


@pytest.mark.slow
def test_templates_as_the_sample_are_wrong_about_names():
    """What page 09b shows: the names' own differences are taken for the groups'."""
    held, power = shares(by_templates, 0.8, 600)
    _, alarms = shares(by_templates, 0.0, 600)
    assert held < 0.4 and alarms > 0.6 and power > 0.98, (held, alarms, power)


@pytest.mark.slow
def test_short_lists_that_spread_wider_raise_no_flood_of_alarms(monkeypatch):
    """A permutation of the means alone would raise one in five here."""
    monkeypatch.setattr(statistics, "_EXACT_SPLITS", 1_000)
    monkeypatch.setattr(statistics, "_DRAWN", 2_000)
    held, alarms = shares(by_names, 0.0, 600, names=(20, 6), kind="unequal")
    assert held >= 0.93 and alarms <= 0.09, (held, alarms)


@pytest.mark.slow
def test_holm_keeps_false_alarms_of_ten_words_rare(monkeypatch):
    monkeypatch.setattr(statistics, "_DRAWN", 2_000)
    p = [
        [by_names(drawn(np.random.default_rng([seed, word]), 0.0, names=(6, 6)), 0.0)[1] for word in range(10)]
        for seed in range(600)
    ]
    alone = np.mean([min(row) < 0.05 for row in p])
    corrected = np.mean([holm(row).min() < 0.05 for row in p])
    assert alone > 0.3 and 0.005 < corrected <= MOST, (alone, corrected)


# ---------------------------------------------------------------------------------------------------- by plain loops

FIRST, SECOND = [-0.1, 0.4, 1.8, 3.1, 0.7], [1.0, -0.5, 0.2]  # by the means alone p would be 0.32, not 0.27


def welch_t(first, second) -> float:
    parts = [np.var(values, ddof=1) / len(values) for values in (first, second)]
    return (np.mean(first) - np.mean(second)) / np.sqrt(sum(parts))


def test_the_p_value_counts_all_ways_to_deal_out():
    pooled = FIRST + SECOND
    far = []
    for chosen in itertools.combinations(range(8), 5):
        one = [pooled[i] for i in chosen]
        other = [pooled[i] for i in range(8) if i not in chosen]
        far.append(abs(welch_t(one, other)))
    expected = np.mean(np.array(far) >= abs(welch_t(FIRST, SECOND)) - 1e-9)
    assert len(far) == 56 and label_permutation_p(FIRST, SECOND) == expected == label_permutation_p(SECOND, FIRST)
    assert expected == pytest.approx(0.268, abs=0.001)


def test_lists_of_one_length_are_ordered_by_their_means():
    rng = np.random.default_rng(0)
    for tenths in rng.integers(-9, 10, size=(30, 8)):  # whole numbers: many ties, which rounding must not part
        apart = [abs(2 * sum(chosen) - sum(tenths)) for chosen in itertools.combinations(tenths.tolist(), 4)]
        expected = np.mean(np.array(apart) >= abs(tenths[:4].sum() - tenths[4:].sum()))
        assert label_permutation_p(tenths[:4] / 10, tenths[4:] / 10) == pytest.approx(expected)


def test_ten_and_ten_are_exact_and_more_are_drawn():
    ten = np.arange(10) / 10
    assert label_permutation_p(ten, ten + 5) == 2 / 184_756 == label_permutation_p(ten, ten + 5, seed=7)
    assert label_permutation_p(range(12), range(20, 32)) == 1 / 10_001  # the truth is 2 of 2,704,156
    first, second = np.random.default_rng(0).normal([[0.6], [0.0]], 1, size=(2, 14))
    p = label_permutation_p(first, second)
    assert p == label_permutation_p(first, second) != label_permutation_p(first, second, seed=1)
    assert label_permutation_p(first, second, seed=1) == pytest.approx(p, abs=0.02)


def test_lists_without_any_spread():
    assert label_permutation_p([0.1 + 0.2, 0.3], [0.3, 0.3]) == 1  # all are equal, but for rounding
    assert label_permutation_p([1, 1, 1], [0, 0, 0]) == 2 / 20 and label_permutation_p([2], [1]) == 1
    assert label_permutation_p([9], [1, 2, 3, 4]) == 1 / 5
    assert difference_interval([0.75, 0.75], [0.25, 0.25, 0.25]) == (0.5, 0.5)
    assert difference_interval([1.0], [2.0, 3.0]) == (-np.inf, np.inf)


# Student's t beyond which 2.5 % lie, from a printed table: degrees of freedom and value.
@pytest.mark.parametrize(
    ("freedom", "t"), [(2, 4.303), (4, 2.776), (10, 2.228), (18, 2.101), (60, 2.000), (400, 1.966)]
)
def test_the_interval_is_that_of_students_table(freedom, t):
    first = np.random.default_rng(freedom).normal(size=freedom // 2 + 1)
    low, high = difference_interval(first + 3, first)  # as long and as wide: Welch's degrees are the pooled ones
    error = np.sqrt(2 * first.var(ddof=1) / len(first))
    assert low == pytest.approx(3 - t * error, abs=0.001 * error) and high == pytest.approx(6 - low)


def test_the_interval_has_the_degrees_of_freedom_of_welch():
    """The classic example of unequal spread: one list all but constant leaves the other's degrees."""
    low, high = difference_interval([1, 2, 3, 4, 5], [0, 1e-6] * 20)
    assert (high - low) / 2 == pytest.approx(2.776 * np.sqrt(2.5 / 5), abs=0.001)
    assert difference_interval([0, 1e-6] * 20, [1, 2, 3, 4, 5]) == pytest.approx((-high, -low))


def test_holm_by_hand():
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])  # the order stays
    assert holm([0.9, 0.0112, 0.01, 0.011]) == pytest.approx([0.9, 0.04, 0.04, 0.04])  # the first lifts two others
    assert holm([0.5, 0.9]).tolist() == [1, 1] and holm([0.02]).tolist() == [0.02] and holm((0, 1)).tolist() == [0, 1]


# -------------------------------------------------------------------------------------------------------------- probe

LISTS = {"one": ["woman", "boy", "woman, a boy"], "other": ["man", "girl"]}
SENTENCES = ["The {group} is a {word}.", "A {word} is the {group}.", "In town the {group} works as {word}."]


@pytest.fixture
def pair():
    return tiny("Bert")


def test_texts_are_averaged_over_templates_and_compared_as_two_lists(pair):
    bias = probe(*pair, SENTENCES, ["teacher", "nurse"], LISTS)
    assert bias.members == (tuple(LISTS["one"]), tuple(LISTS["other"]))
    for side, texts in enumerate(LISTS.values()):
        filled = [[template.replace("{group}", text) for template in SENTENCES] for text in texts]
        expected = [log_probabilities(*pair, rows, ["teacher", "nurse"]).mean(0) for rows in filled]
        assert bias.scores[side] == pytest.approx(np.array(expected).T, abs=1e-4)  # [words, texts]
    first, second = bias.scores
    assert bias.effect == pytest.approx(first.mean(1) - second.mean(1))
    for i in range(2):
        assert (bias.low[i], bias.high[i]) == difference_interval(first[i], second[i])
        assert bias.p[i] == label_permutation_p(first[i], second[i])
    assert bias.p_corrected.tolist() == holm(bias.p).tolist()


def test_the_unit_changes_what_is_the_sample_and_nothing_else(pair):
    names, templates = (probe(*pair, SENTENCES, ["teacher"], LISTS, unit=unit) for unit in ("member", "template"))
    assert np.array_equal(names.differences, templates.differences) and names.effect == pytest.approx(templates.effect)
    assert templates.members is templates.scores is None
    again = summary(templates.differences, ["teacher"], ["one", "other"])
    assert (templates.low[0], templates.p[0]) == (again.low[0], again.p[0]) != (names.low[0], names.p[0])


def test_two_texts_in_each_group_make_texts_the_sample(pair):
    assert probe(*pair, SENTENCES, ["nurse"], GROUPS).members is not None
    for groups in ({"a": ["woman"], "b": ["man"]}, {"a": ["woman"], "b": ["man", "boy"]}):
        assert probe(*pair, SENTENCES, ["nurse"], groups).members is None


def test_the_captions_say_what_the_sample_is(pair):
    bias = probe(*pair, SENTENCES, ["nurse"], LISTS)
    assert "Average over 3 and 2 texts, each in 3 templates; " in str(bias)
    assert str(bias).splitlines()[0].endswith("the interval says how far other such texts could move it.")
    told = bias.details().caption
    assert "Welch's t interval, p of texts dealt out anew" in told and told.endswith("p cannot get below 0.1.")
    assert "p cannot get below 0.33." in probe(*pair, SENTENCES, ["nurse"], GROUPS).details().caption
    one_each = probe(*pair, SENTENCES, ["nurse"], LISTS, unit="template")
    assert "Average over 3 templates; the interval says how far other such templates" in str(one_each)


def test_the_seed_reaches_the_splits(monkeypatch, pair):
    monkeypatch.setattr(statistics, "_EXACT_SPLITS", 0)
    monkeypatch.setattr(statistics, "_DRAWN", 50)
    p = [probe(*pair, SENTENCES, ["teacher", "nurse"], LISTS, seed=seed).p.tolist() for seed in (0, 0, 1)]
    assert p[0] == p[1] != p[2]


def test_a_planted_model_is_found_by_texts():
    """Two and two texts are few, but the interval holds the truth."""
    bias = probe(*planted("causal", 0, {"job0": 0.8}), TEMPLATES, JOBS[:2], GROUPS)
    assert bias.low[0] < 0.8 < bias.high[0] and bias.effect[0] == pytest.approx(0.8, abs=0.4)
    assert set(np.round(6 * bias.p)) <= {2, 4, 6}, "six ways to deal two and two, and each has its mirror image"


# ---------------------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize("unit", ["name", "templates", 3, ["member"]])
def test_another_unit_is_refused(pair, unit):
    with pytest.raises(CourseError, match='unit="template", or unit="member"'):
        probe(*pair, SENTENCES, ["nurse"], GROUPS, unit=unit)


def test_texts_of_one_are_no_sample(pair):
    with pytest.raises(CourseError, match="at least two texts in each group; .* with 2 and 1"):
        probe(*pair, SENTENCES, ["nurse"], {"a": ["woman", "girl"], "b": ["man"]}, unit="member")


@pytest.mark.parametrize("by", [difference_interval, label_permutation_p])
@pytest.mark.parametrize("values", [[], [[1.0, 2.0]], ["a"], [1.0, float("nan")], None, 3.0, [1e200, 2e200]])
def test_bad_lists_get_one_sentence(by, values):
    assert "as the first list" in refused(values, [1.0, 2.0], by=by)
    assert "as the second list" in refused([1.0, 2.0], values, by=by)


def test_a_bad_seed_gets_one_sentence():
    assert "as seed" in refused([1.0, 2.0], [3.0], -1, by=label_permutation_p)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([], "a list of numbers as p-values"),
        (0.03, "a list of numbers as p-values"),
        ("0.03", "a list of numbers as p-values"),
        ([0.1, None], "p-values"),
        ([0.1, float("nan")], "all finite"),
        ([0.5, -0.1], "from 0 to 1; given: from -0.1 to 0.5"),
        ([0.5, 1.5], "from 0 to 1; given: from 0.5 to 1.5"),
        ([[0.1, 0.2]], "p-values; given: an array of shape [1, 2]"),
    ],
)
def test_what_is_no_list_of_probabilities_is_refused(values, says):
    assert says in refused(values, by=holm)
