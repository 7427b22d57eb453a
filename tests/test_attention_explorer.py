"""The explorer's data: what its HTML holds, how large it is, what it leaves out, and what it says about bad input."""

import base64
import html
import json
import re
import time
import zlib

import numpy as np
import pytest
from attention_records import NASTY, SENTENCE, explorer_bundle, make_map, record_of, sentence_map

from course_utils import CourseError
from course_utils.attention import Map, Token, explorer
from course_utils.attention.exploring import MOST_PAGE_BYTES


def part(fragment):
    """The HTML without the picture and the table: what the explorer itself takes."""
    return re.sub(r"<details.*?</details>", "", fragment, flags=re.DOTALL)


def page(fragment):
    """The data in the HTML, as the script reads them."""
    return json.loads(html.unescape(re.search(r'data-attention="([^"]*)"', fragment)[1]))


def unpacked(found):
    """uint8 `[layers, heads, query, key]` of one kind of a page."""
    shape = (found["heads"], len(found["queries"]["texts"]), len(found.get("keys", found["queries"])["texts"]))
    layers = [np.frombuffer(zlib.decompress(base64.b64decode(text)), np.uint8) for text in found["weights"]]
    return np.stack([layer.reshape(shape) for layer in layers])


@pytest.mark.parametrize("kind", ["encoder", "decoder"])
def test_the_page_holds_every_weight_to_half_a_step(kind):
    record = record_of(sentence_map(kind=kind))
    (found,) = page(explorer_bundle(record)["text/html"])["maps"]
    assert found["queries"] == {"texts": SENTENCE, "special": [0, 10]} and "keys" not in found
    assert np.abs(unpacked(found) / 255 - record.map().weights).max() <= 0.5 / 255 + 1e-6
    assert found["scale"] == 1 and "Weights are rounded to steps of 1/255." in found["note"]


def test_all_kinds_are_there_and_cross_attention_comes_first():
    record = record_of(sentence_map(7), sentence_map(4, kind="decoder"), sentence_map(4, keys=7, kind="cross", heads=2))
    found = page(explorer_bundle(record)["text/html"])
    assert [part["kind"] for part in found["maps"]] == ["encoder", "decoder", "cross"] and found["first"] == 2
    assert unpacked(found["maps"][2]).shape == (2, 2, 4, 7)
    assert found["maps"][2]["keys"]["texts"] == [f"s{i}" for i in range(7)]


def test_one_kind_or_one_map_can_be_chosen():
    record = record_of(sentence_map(7), sentence_map(4, kind="decoder"), sentence_map(4, keys=7, kind="cross"))
    for chosen in (
        page(explorer_bundle(record, "decoder")["text/html"]),
        page(explorer_bundle(record.map("decoder"))["text/html"]),
    ):
        assert [found["kind"] for found in chosen["maps"]] == ["decoder"] and chosen["first"] == 0


def test_padding_is_left_out():
    found = sentence_map(5)
    padded = (*found.queries[:4], Token("[PAD]", padding=True))
    record = record_of(Map(kind="encoder", weights=found.weights, queries=padded, keys=padded))
    fragment = explorer_bundle(record)["text/html"]
    assert unpacked(page(fragment)["maps"][0]).shape == (2, 3, 4, 4) and "[PAD]" not in fragment


def test_weights_over_one_are_measured_by_the_largest():
    found = sentence_map()
    large = Map(kind="encoder", weights=found.weights * 4, queries=found.queries, keys=found.keys)
    (data,) = page(explorer_bundle(record_of(large))["text/html"])["maps"]
    assert (
        data["scale"] == pytest.approx(large.weights.max()) and "/255" in data["note"] and " 1/255" not in data["note"]
    )
    assert np.abs(unpacked(data) * data["scale"] / 255 - large.weights).max() <= data["scale"] * 0.501 / 255


def test_it_shows_a_sentence_and_a_picture_with_text_and_table():
    bundle = explorer_bundle(record_of(sentence_map()))
    assert bundle["text/plain"].startswith(
        "Attention explorer of TinyModel, encoder attention: 2 layers × 3 heads, 11 queries × 11 keys. "
    )
    static = re.search(r"<details open>(.*)</details>", bundle["text/html"], re.DOTALL)[1]
    assert re.search(r'<img alt="[^"]{40,}" src="data:image/png;base64,', static) and "<table>" in static


def test_the_same_record_gives_the_same_page_without_ids():
    record = record_of(sentence_map())
    assert explorer_bundle(record) == explorer_bundle(record)
    assert not re.search(r"\sid=", explorer_bundle(record)["text/html"])


def test_tokens_are_text():
    fragment = part(explorer_bundle(record_of(sentence_map(len(NASTY), texts=NASTY)))["text/html"])
    assert fragment.count("<script") == fragment.count("</script") == 1  # ours
    assert "<!--" not in fragment
    data = re.search(r'data-attention="([^"]*)"', fragment)[1]
    assert data.isascii() and not set(data) & set("<>'")
    texts = page(fragment)["maps"][0]["queries"]["texts"]
    assert texts[0] == NASTY[0] and texts[5:7] == list(NASTY[5:7]) and texts[8].count("w") >= 70


def test_it_asks_for_nothing_elsewhere():
    fragment = explorer_bundle(record_of(sentence_map()))["text/html"]
    assert not re.search(r"https?:|\bsrc=(?!\"data:)|@import|url\(|\bfetch\(|XMLHttpRequest|import\(", fragment)


@pytest.mark.parametrize("count", [12, 64, 128])
def test_it_takes_two_bytes_a_weight_and_twenty_thousand(count):
    size = len(part(explorer_bundle(record_of(sentence_map(count, layers=6, heads=12)))["text/html"]).encode())
    assert size <= 2 * 72 * count**2 + 20_000


@pytest.mark.parametrize("count", [64, 128])
def test_it_is_thirty_times_smaller_than_the_head_view_of_bertviz(count):
    import bertviz
    import torch

    found = sentence_map(count, layers=6, heads=12)
    layers = [torch.from_numpy(layer[None].copy()) for layer in found.weights]
    theirs = bertviz.head_view(layers, [token.text for token in found.queries], html_action="return").data
    assert len(theirs.encode()) >= 30 * len(part(explorer_bundle(record_of(found))["text/html"]).encode())


def test_what_does_not_fit_is_left_out_and_said():
    """512 tokens of weights so even that they hardly pack."""
    found = sentence_map(512, layers=6, heads=12)
    found = Map(kind="encoder", weights=np.minimum(found.weights * 60, 1), queries=found.queries, keys=found.keys)
    started = time.process_time()
    bundle = explorer_bundle(record_of(found))
    assert time.process_time() - started <= 2
    assert len(bundle["text/html"].encode()) <= 5_000_000
    (data,) = page(bundle["text/html"])["maps"]
    kept = len(data["weights"])
    assert 1 <= kept < 6
    said = f"Of 512 × 512 tokens only {kept} of 6 layers fit here, from layer 0: "
    assert said in data["note"] and said in bundle["text/plain"]
    assert "explorer(record.map('encoder').select(layers=[5]))" in data["note"]


def test_kinds_share_the_room():
    whole = sentence_map(300, kind="encoder", layers=8, heads=12)
    both = explorer_bundle(
        record_of(whole, Map(kind="cross", weights=whole.weights, queries=whole.queries, keys=whole.keys))
    )
    sizes = [sum(map(len, found["weights"])) for found in page(both["text/html"])["maps"]]
    assert max(sizes) <= MOST_PAGE_BYTES / 2 and len(both["text/html"]) <= 5_000_000


def test_a_layer_that_is_too_large_gets_a_sentence():
    weights = np.random.default_rng(0).random((1, 6, 1000, 1000), dtype="f4")
    large = make_map(weights, ["word"] * 1000)
    with pytest.raises(CourseError, match="One layer of this .* choose some heads"):
        explorer(large)


@pytest.mark.parametrize("weight", [np.nan, np.inf, -0.1])
def test_weights_that_cannot_be_shown_get_a_sentence(weight):
    weights = np.full((1, 1, 2, 2), weight)
    with pytest.raises(CourseError, match="negative or missing numbers"):
        explorer(make_map(weights, "a b"))


def test_bad_input_gets_a_sentence():
    record = record_of(sentence_map())
    with pytest.raises(CourseError, match="at least one layer, head and token"):
        explorer(record.map().select(layers=[]))
    with pytest.raises(CourseError, match="one of the kinds"):
        explorer(record, "cross")
    with pytest.raises(CourseError, match="choose one with"):
        explorer([record])
    with pytest.raises(CourseError, match="a record of attention"):
        explorer("text")
