"""Statistics of attention heads: numbers worked out by hand, and random maps against a slow loop."""

from math import log2

import numpy as np
import pytest
from attention_records import make_map, random_map, record

from course_utils import CourseError
from course_utils.attention import statistics
from course_utils.attention.statistics import (
    distance,
    entropy,
    first_token,
    induction,
    previous_token,
    rollout,
    value_weighted,
)

HAND = make_map([[1, 0, 0], [0.5, 0.5, 0], [0.25, 0.25, 0.5]], "a b c", kind="decoder")
ALL = [entropy, distance, previous_token, first_token, induction]


def by_loop(found, value):
    """The mean over the rows of `value(row, weights of the row)`, rows with None left out: `[layers, heads]`."""
    result = np.full((found.layers, found.heads), np.nan)
    for layer in range(found.layers):
        for head in range(found.heads):
            values = [value(i, [float(w) for w in row]) for i, row in enumerate(found.weights[layer, head])]
            values = [v for v in values if v is not None]
            if values:
                result[layer, head] = sum(values) / len(values)
    return result


def test_by_hand():
    assert entropy(HAND) == pytest.approx(np.array([[(0 + 1 + 1.5) / 3]]))
    assert distance(HAND) == pytest.approx(np.array([[(0 + 0.5 + 0.25 * 2 + 0.25) / 3]]))
    assert previous_token(HAND) == pytest.approx(np.array([[(0.5 + 0.25) / 2]]))
    assert first_token(HAND) == pytest.approx(np.array([[(1 + 0.5 + 0.25) / 3]]))


@pytest.mark.parametrize("n", [1, 2, 7])
def test_entropy_of_a_uniform_row_is_log2_n_and_of_a_one_hot_row_0(n):
    names = [f"t{i}" for i in range(n)]
    assert entropy(make_map(np.full((n, n), 1 / n), names)) == pytest.approx(np.array([[log2(n)]]), abs=1e-6)
    one_hot = entropy(make_map(np.eye(n), names))
    assert one_hot.tolist() == [[0.0]] and not np.signbit(one_hot).any()


@pytest.mark.parametrize("kind", ["encoder", "decoder"])
def test_random_maps_against_a_loop(kind):
    found = random_map(layers=3, heads=2, queries=6, kind=kind)
    expected = {
        entropy: lambda i, row: -sum(w * log2(w) for w in row if w),
        distance: lambda i, row: sum(w * abs(i - j) for j, w in enumerate(row)),
        previous_token: lambda i, row: row[i - 1] if i else None,
        first_token: lambda i, row: row[0],
    }
    for measure, value in expected.items():
        assert measure(found).shape == (3, 2)
        np.testing.assert_allclose(measure(found), by_loop(found, value), rtol=1e-5)


def test_induction_looks_for_what_followed_the_last_earlier_occurrence():
    texts = "x a b a c a"
    found = random_map(queries=6, texts=texts, kind="decoder")
    #   second a (3): after the a at 1 comes b (2); third a (5): after the a at 3 comes c (4)
    target = {3: 2, 5: 4}
    expected = by_loop(found, lambda i, row: row[target[i]] if i in target else None)
    np.testing.assert_allclose(induction(found), expected, rtol=1e-6)


def test_a_perfect_induction_head():
    weights = np.eye(6)[[0, 1, 2, 1, 2, 3]]  # on the second "a b c" every row looks one after its twin
    assert induction(make_map(weights, "a b c a b c", kind="decoder")).tolist() == [[1.0]]
    assert previous_token(make_map(weights, "a b c a b c", kind="decoder")).tolist() == [[0.0]]


def test_nothing_to_measure_is_nan_without_a_warning():
    assert np.isnan(induction(make_map(np.eye(3), "a b c"))).all()
    assert np.isnan(previous_token(make_map([[1]], "a"))).all()
    assert first_token(make_map([[1]], "a")).tolist() == [[1.0]]


@pytest.mark.parametrize("measure", ALL)
@pytest.mark.parametrize("left", [True, False])
def test_padding_is_left_out(measure, left):
    inner = random_map(queries=5, texts="a b a b c", kind="decoder")
    weights = np.full((2, 3, 7, 7), 1 / 7)
    places = range(2, 7) if left else range(5)
    weights[np.ix_(range(2), range(3), places, places)] = inner.weights
    texts = ["<pad>"] * 2 * left + list("ababc") + ["<pad>"] * 2 * (not left)
    np.testing.assert_allclose(measure(make_map(weights, texts, kind="decoder")), measure(inner))


def test_rollout_of_identity_is_identity():
    identity = make_map(np.broadcast_to(np.eye(4), (3, 2, 4, 4)), "a b c d")
    assert np.array_equal(rollout(identity).weights, np.eye(4)[None, None])


def test_rollout_by_hand():
    first, second = [[1, 0], [1, 0]], [[0, 1], [1, 0]]  # half of each is the identity
    found = make_map(np.array([[first], [second]]), "a b")
    expected = np.array([[0.5, 0.5], [0.5, 0.5]]) @ np.array([[1, 0], [0.5, 0.5]])
    np.testing.assert_allclose(rollout(found).weights[0, 0], expected)


def test_rollout_against_a_loop():
    found = random_map(layers=4, heads=3, queries=5, kind="decoder", norms=True)
    expected = np.eye(5)
    for layer in range(4):
        mean = sum(found.weights[layer, head].astype(float) for head in range(3)) / 3
        expected = (0.5 * mean + 0.5 * np.eye(5)) @ expected
    rolled = rollout(found)
    assert (rolled.layers, rolled.heads, rolled.queries, rolled.value_norms) == (1, 1, found.queries, None)
    np.testing.assert_allclose(rolled.weights[0, 0], expected, atol=1e-6)
    np.testing.assert_allclose(rolled.weights.sum(-1), 1, atol=1e-6)


def test_value_weighted_multiplies_each_column():
    found = random_map(queries=3, keys=4, kind="cross", norms=True)
    weighted = value_weighted(found)
    for place in np.ndindex(found.weights.shape):
        layer, head, _, key = place
        assert weighted.weights[place] == pytest.approx(found.weights[place] * found.value_norms[layer, head, key])
    assert weighted.value_norms is None  # so that it cannot happen twice


def test_entropy_of_a_value_weighted_map_scales_its_rows():
    found = make_map([[0.5, 0.5], [0.5, 0.5]], "a b", value_norms=[[[3.0, 1.0]]])
    assert entropy(value_weighted(found)) == pytest.approx(np.array([[-0.75 * log2(0.75) - 0.25 * log2(0.25)]]))


def test_value_norms_are_needed():
    with pytest.raises(CourseError, match="no value norms"):
        value_weighted(random_map())


def test_a_record_and_its_map_give_the_same():
    found = random_map(kind="cross", keys=7)
    assert np.array_equal(entropy(record(found), kind="cross"), entropy(found))


@pytest.mark.parametrize("measure", [distance, previous_token, induction, rollout])
def test_positions_need_one_sequence(measure):
    with pytest.raises(CourseError, match="within one sequence.*kind="):
        measure(random_map(kind="cross"))


@pytest.mark.parametrize("measure", [*ALL, rollout, value_weighted])
@pytest.mark.parametrize("texts", [[], ["<pad>", "<pad>"]])
def test_an_empty_map_gets_a_sentence(measure, texts):
    with pytest.raises(CourseError, match="no tokens to measure"):
        measure(make_map(np.zeros((1, 1, len(texts), len(texts))), texts))


@pytest.mark.parametrize("name", ["entropy", "distance", "previous_token", "first_token", "induction", "rollout"])
@pytest.mark.parametrize("source", [None, [], "text", np.eye(3)])
def test_something_else_than_a_record_gets_a_sentence(name, source):
    with pytest.raises(CourseError, match="Expected a record of attention"):
        getattr(statistics, name)(source)
