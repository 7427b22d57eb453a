"""Records: parts of a map stay consistent, words are merged as promised, and bad input gets a sentence."""

import numpy as np
import pytest
from attention_records import make_map, random_map, record

from course_utils import CourseError
from course_utils.attention.record import Map, Record, Token, find_map


def spelled(pieces: str) -> tuple[Token, ...]:
    """Tokens from "[CLS]:- like:0 ##ly:0": text and index of the word; "-" for none."""
    pairs = [piece.split(":") for piece in pieces.split()]
    return tuple(
        Token(text, None if word == "-" else int(word), text == "[CLS]", text == "<pad>") for text, word in pairs
    )


def slow_merge(weights, queries, keys):
    """`[query, key]` by plain loops over words, which are lists of positions."""
    return [[sum(sum(weights[i][j] for j in key) for i in query) / len(query) for key in keys] for query in queries]


def test_merged_words_by_hand():
    tokens = spelled("[CLS]:- un:0 ##like:0 it:1")
    weights = [[0.4, 0.1, 0.2, 0.3], [0.0, 0.5, 0.1, 0.4], [0.2, 0.3, 0.1, 0.4], [0.1, 0.1, 0.1, 0.7]]
    merged = Map(kind="encoder", weights=np.array(weights)[None, None], queries=tokens, keys=tokens).merge_words()
    assert (
        [token.text for token in merged.queries] == [token.text for token in merged.keys] == ["[CLS]", "unlike", "it"]
    )
    expected = [[0.4, 0.3, 0.3], [0.1, 0.5, 0.4], [0.1, 0.2, 0.7]]
    np.testing.assert_allclose(merged.weights[0, 0], expected, atol=1e-6)


def test_merged_words_against_a_loop():
    queries, keys = spelled("a:0 b:0 c:1 [CLS]:- d:2 e:2 f:2 <pad>:-"), spelled("g:0 h:1 i:1 <pad>:- <pad>:-")
    weights = random_map(layers=2, heads=3, queries=8, keys=3, kind="cross").weights
    weights = np.concatenate([weights, np.zeros((2, 3, 8, 2))], -1)
    merged = Map(
        kind="cross", weights=weights, queries=queries, keys=keys, value_norms=np.ones((2, 3, 5))
    ).merge_words()
    assert [token.text for token in merged.queries] == ["ab", "c", "[CLS]", "def"]
    assert [token.text for token in merged.keys] == ["g", "hi"] and merged.value_norms is None
    for layer, head in np.ndindex(2, 3):
        expected = slow_merge(weights[layer, head], [[0, 1], [2], [3], [4, 5, 6]], [[0], [1, 2]])
        np.testing.assert_allclose(merged.weights[layer, head], expected, atol=1e-6)
    np.testing.assert_allclose(merged.weights.sum(-1), 1, atol=1e-6)


def test_merging_twice_changes_nothing():
    once = make_map(np.eye(3), "a b c").merge_words()
    twice = once.merge_words()
    assert twice.queries == once.queries and np.array_equal(twice.weights, once.weights)


def test_trim_drops_padding_on_either_side():
    weights = np.arange(16).reshape(4, 4)
    found = make_map(weights, "<pad> a b <pad>", value_norms=[[[0, 1, 2, 3]]]).trim()
    assert found.weights[0, 0].tolist() == [[5, 6], [9, 10]] and found.value_norms.tolist() == [[[1, 2]]]
    assert [token.text for token in found.queries] == [token.text for token in found.keys] == ["a", "b"]


def test_select_keeps_the_order_asked_for():
    found = random_map(layers=3, heads=4, norms=True)
    part = found.select(layers=[-1, 0], heads=2)
    assert np.array_equal(part.weights, found.weights[[2, 0]][:, [2]])
    assert np.array_equal(part.value_norms, found.value_norms[[2, 0]][:, [2]])
    assert np.array_equal(found.select().weights, found.weights)


def test_head_takes_numbers_and_means():
    found = random_map(layers=3, heads=4)
    assert np.array_equal(found.head(-1, 1), found.weights[2, 1])
    np.testing.assert_allclose(found.head("mean", 1), found.weights[:, 1].mean(0), rtol=1e-6)
    np.testing.assert_allclose(found.head("mean", "mean"), found.weights.mean((0, 1)), rtol=1e-6)


@pytest.mark.parametrize("layer", [3, -4, 1.0, "first", None, True])
def test_a_layer_that_is_not_there_gets_a_sentence(layer):
    with pytest.raises(CourseError, match="Expected a layer from 0 to 2"):
        random_map(layers=3).head(layer, 0)


def test_weights_are_a_read_only_copy():
    weights = np.eye(2, dtype=np.float32)[None, None]
    found = make_map(weights, "a b")
    with pytest.raises(ValueError, match="read-only"):
        found.weights[0, 0, 0, 0] = 5
    weights[...] = 7
    assert found.weights.max() == 1


@pytest.mark.parametrize(("shape", "kind"), [((1, 1, 2, 3), "encoder"), ((2, 2), "encoder"), ((1, 1, 2, 2), "self")])
def test_a_map_that_does_not_fit_its_tokens_gets_a_sentence(shape, kind):
    tokens = spelled("a:0 b:1")
    with pytest.raises(CourseError, match="A map should be of kind encoder, decoder, cross"):
        Map(kind=kind, weights=np.zeros(shape), queries=tokens, keys=tokens)


def test_a_record_finds_its_maps():
    only, cross = random_map(), random_map(kind="cross")
    several = Record(maps={"encoder": only, "cross": cross})
    assert find_map(record(only)) is only and find_map(several) is cross and find_map(several, "encoder") is only
    assert find_map(only) is only and find_map(only, "encoder") is only
    for wrong in (lambda: find_map(several, "decoder"), lambda: find_map(only, "cross"), lambda: find_map([only])):
        with pytest.raises(CourseError):
            wrong()


def test_parts_of_a_record_are_records():
    several = Record(
        maps={"cross": make_map(np.eye(2), "a <pad>", "b <pad>", "cross")}, text="b", target="a", model="M"
    )
    for part in (several.trim(), several.merge_words()):
        assert (part.map().weights.shape, part.text, part.target, part.model) == ((1, 1, 1, 1), "b", "a", "M")


def test_a_map_of_padding_has_no_words():
    pads = (Token("[PAD]", padding=True),) * 2
    empty = Map(kind="encoder", weights=np.zeros((1, 1, 2, 2)), queries=pads, keys=pads)
    with pytest.raises(CourseError, match="tokens that are not padding; given: encoder attention"):
        empty.merge_words()
