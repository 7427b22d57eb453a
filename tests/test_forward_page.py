"""The opened forward pass as a picture and as a page: what it holds, how large it is, what it says about bad input."""

import base64
import html
import json
import re
import zlib
from dataclasses import replace

import numpy as np
import pytest
from attention_records import NASTY, record_of, sentence_map
from forward_runs import SENTENCE, made_run, softmax

from course_utils import CourseError
from course_utils.attention import explorer
from course_utils.forward.page import TEMPERATURES
from course_utils.forward.way import CELLS, thinned
from course_utils.pictures.style import COLOURS

BOTH = {"source": ["the", "cat", "sleeps", "."], "texts": ["<s>", "le", "chat", "dort"]}
RUNS = {
    "decoder": {},
    "encoder": {"kind": "encoder", "texts": ["[CLS]", "a", "[MASK]", "b", "[SEP]"]},
    "encoder-decoder": BOTH,
    "without output": {"kind": "encoder", "output": False},
}


def opened(page) -> tuple[dict, list[bytes]]:
    """The data of a page, as its script reads them."""
    header, *chunks = (zlib.decompress(base64.b64decode(text)) for text in page.data.split("."))
    return json.loads(header), chunks


def unpacked(values, packed: bytes, steps: int) -> tuple[np.ndarray, bytes]:
    """What the script makes of a stage with this shape, and the rest of the bytes."""
    rows = values.reshape(-1, values.shape[-1])
    bounds = np.frombuffer(packed[: 4 * len(rows)], "<u2").astype(np.uint32) << 16
    low, high = bounds.view(np.float32).reshape(2, -1, 1)
    codes = np.frombuffer(packed[4 * len(rows) : 4 * len(rows) + rows.size], np.uint8).reshape(rows.shape)
    return (low + (high - low) * codes / steps).reshape(values.shape), packed[4 * len(rows) + rows.size :]


@pytest.mark.parametrize("name", RUNS)
def test_the_page_holds_every_number_to_half_a_step(name):
    run = made_run(**RUNS[name])
    header, chunks = opened(run.page(most=10**7, still=False))
    assert all(level == 2 for tower in header["towers"] for level in tower["kept"])
    for tower in run.towers:
        blocks = [block.stages for block in tower.blocks]
        for stages in (tower.before, *blocks, tower.after):
            packed = chunks.pop(0)
            for stage in stages:
                wanted, ending = stage.values, stage.name.split()[-1]
                if ending == "mix":  # the page computes it
                    continue
                if ending in ("mask", "weights"):
                    codes, packed = np.frombuffer(packed[: wanted.size], np.uint8), packed[wanted.size :]
                    found = codes.reshape(wanted.shape)
                    exact = wanted < -1e4 if ending == "mask" else wanted * 255
                    assert np.abs(found - exact).max() <= 0.501
                    continue
                steps = 255 if ending == "scores" else 127
                wanted = wanted if ending == "scores" else thinned(wanted, CELLS[wanted.ndim])
                found, packed = unpacked(wanted, packed, steps)
                span = wanted.max(-1) - wanted.min(-1)
                assert (np.abs(found - wanted).max(-1) <= 0.55 * span / steps + 1e-6).all(), stage
            assert packed == b""
    assert chunks == []


def test_sums_are_found():
    header, _ = opened(made_run(**BOTH).page(still=False))
    encoder, decoder = header["towers"]
    sums = {name: parts for name, _, _, parts in decoder["blocks"][1]["stages"] if parts}
    names = [name for name, *_ in decoder["blocks"][1]["stages"]]
    assert sums == {
        "residual": [-1, names.index("output")],
        "cross-attention residual": [names.index("residual"), names.index("cross-attention output")],
        "feed-forward residual": [names.index("cross-attention residual"), names.index("feed-forward")],
    }
    assert [parts for *_, parts in encoder["before"]] == [[], [], [0, 1]]


def test_the_rest_of_the_vocabulary_is_right_at_every_temperature():
    run = made_run()
    header, _ = opened(run.page(still=False))
    for row, (places, logits, rest) in zip(run.logits, header["logits"], strict=True):
        assert len(places) == 50 and [header["texts"][i] for i in places[:3]] == [
            run.vocabulary(i) for i in np.argsort(-row)[:3]
        ]
        for temperature, sum_of_rest in zip(TEMPERATURES, rest, strict=True):
            total = np.exp(np.array(logits) / temperature).sum() + np.exp(sum_of_rest)
            exact = softmax(row.astype(float) / temperature)
            assert np.exp(logits[0] / temperature) / total == pytest.approx(exact.max(), abs=0.005)


# --- size -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "most"), [(12, 150_000), (16, 320_000), (32, 1_000_000), (128, 1_000_000)])
def test_a_page_of_many_layers_stays_small_and_says_what_it_leaves_out(count, most):
    layers = 30 if count < 100 else 12
    run = made_run([f"t{i}" for i in range(count)], layers=layers, heads=9, hidden=576, shared=3, size=64)
    page = run.page()
    assert len(page.html().encode()) <= most
    (tower,) = opened(page)[0]["towers"]
    whole = [n for n, level in enumerate(tower["kept"]) if level == 2]
    assert whole[0] == 0 and len(whole) < layers
    listed = ", ".join(map(str, whole))
    assert f"Layer{'s' * (len(whole) > 1)} {listed} of the decoder can be opened" in page.plain()
    assert count == 128 or min(tower["kept"]) == 1  # of the others the weights are there
    assert count == 128 or len(whole) >= 3


def test_layers_that_are_asked_for_are_kept():
    run = made_run(["t"] * 12, layers=30, heads=9, hidden=576, shared=3, size=64)
    assert [
        n
        for n, level in enumerate(
            opened(run.page(layers=[3, 17, 29], most=100_000, still=False))[0]["towers"][0]["kept"]
        )
        if level == 2
    ] == [
        3,
        17,
        29,
    ]


# --- what it shows --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RUNS)
def test_html_has_picture_and_table_for_where_no_script_runs(name):
    run = made_run(**RUNS[name])
    bundle = run._repr_mimebundle_()
    assert bundle["text/plain"].startswith("The forward pass of TinyModel, step by step: ")
    static = re.search(r"<details open>(.*)</details>", bundle["text/html"], re.DOTALL)[1]
    assert re.search(r'<img alt="[^"]{80,}" src="data:image/png;base64,', static) and "<table>" in static
    assert ("makes no guess" in bundle["text/plain"]) == (run.logits is None)
    assert run._repr_mimebundle_() == bundle


@pytest.mark.parametrize("name", RUNS)
def test_the_picture_is_as_wide_as_a_page(name):
    png = made_run(**RUNS[name]).picture(layer=1).png
    width = int.from_bytes(png[16:20], "big")
    assert 680 <= width <= 720  # 7 inches


@pytest.mark.parametrize("name", RUNS)
def test_the_table_has_the_numbers(name):
    run = made_run(**RUNS[name])
    tower, (layer, head, token) = run.towers[-1], (1, 3, 2)
    table = run.picture(layer, head, token).table
    rows = {row[0]: row[1:] for row in reversed(table.rows)}  # of cross-attention the names come once more
    weights = tower.blocks[1]["weights"]
    assert rows["Attention weights"][0] == " × ".join(map(str, weights.shape))
    assert [float(text) for text in rows["Attention weights"][1].split(", ")] == pytest.approx(
        weights[3, 2, :3], rel=0.01
    )
    key = tower.blocks[1]["key"]  # two heads share a key
    assert [float(text) for text in rows["Key"][1].split(", ")] == pytest.approx(key[1, 2, :3], rel=0.01)
    assert len(table.rows) >= len(tower.before) + len(tower.blocks[1].stages)


def test_the_table_is_folded_and_says_which_layers_it_leaves_out():
    run = made_run(layers=4)
    figure = run.picture(layer=1)
    assert figure.folded and all(len(row[-1]) <= 80 and "…" not in row[-1] for row in figure.table.rows)
    names = [row[0] for row in figure.table.rows]
    first, last = names.index("layer 0 left out"), names.index("layers 2 to 3 left out")
    assert names[first - 1 : first + 2] == ["Token embedding", "layer 0 left out", "Norm"]
    assert names[last - 1 : last + 2] == ["Add to the stream", "layers 2 to 3 left out", "Last norm"]
    assert not [row for row in run.picture(layer=0).table.rows if row[0].startswith("layer 0")]


def test_scores_that_nothing_divides_are_not_called_scaled():
    run = made_run()
    assert "Scaled scores" in (names := [row[0] for row in run.picture().table.rows]) and "Query · key" in names
    tower = replace(run.decoder, blocks=tuple(replace(block, scaling=1.0) for block in run.decoder.blocks))
    plain = replace(run, towers=(tower,))
    names = [row[0] for row in plain.picture().table.rows]
    assert "Scores" in names and not {"Scaled scores", "Query · key"} & set(names)
    assert opened(plain.page(still=False))[0]["names"]["scores"][0] == "Scores"


def test_the_picture_says_what_it_shows():
    run = made_run()
    figure = run.picture(layer=1, head=2, token=4)
    weights = run.decoder.blocks[1]["weights"][2, 4]
    assert "“the” through layer 1 of TinyModel, head 2" in figure.alt
    assert f"looks most at “{SENTENCE[weights.argmax()]}”, with the weight {weights.max():.2f}" in figure.alt
    assert "After the last layer the likeliest token is" in figure.alt


def test_it_begins_with_a_blank_or_with_the_last_word():
    assert opened(made_run(**RUNS["encoder"]).page(still=False))[0]["start"]["token"] == 2
    assert opened(made_run().page(still=False))[0]["start"] == {
        "tower": 0,
        "layer": 0,
        "head": 0,
        "token": 10,
        "stage": "tokens",
    }
    start = opened(made_run(**BOTH).page(layer=1, stage="weights", still=False))[0]["start"]
    assert start == {"tower": 1, "layer": 1, "head": 0, "token": 3, "stage": "weights"}


def test_tokens_are_text():
    run = made_run(texts=list(NASTY))
    fragment = re.sub(r"<details.*?</details>", "", run.page(still=False).html(), flags=re.DOTALL)
    assert fragment.count("<script") == fragment.count("</script") == 1  # ours
    assert "alert" not in fragment and "<!--" not in fragment
    header, _ = opened(run.page(still=False))
    assert header["towers"][0]["tokens"][:4] == list(NASTY[:4]) and "<b>bold</b>" in header["texts"]
    static = run.page().static.html()
    assert "<script" not in static and html.escape(NASTY[0]) in run.picture(token=0).html()


def test_it_asks_for_nothing_elsewhere_and_has_no_ids():
    fragment = made_run().html()
    script = zlib.decompress(base64.b64decode(re.search(r'atob\("([^"]+)"', fragment)[1])).decode()
    assert not re.search(
        r"https?:(?!//www\.w3\.org/2000/svg)|@import|url\(|\bfetch\(|XMLHttpRequest|import\(", fragment + script
    )
    assert not re.search(r"\sid=", fragment)


def test_every_step_has_words_and_a_colour():
    for options in RUNS.values():
        header, _ = opened(made_run(**options).page(still=False))
        for name, (title, says, colour) in header["names"].items():
            assert title and says.endswith(".") and colour in COLOURS.values(), name


def test_the_attention_explorer_opens_where_the_text_looks():
    record = record_of(sentence_map())
    assert explorer(record).page["start"] == [0, 0, None]
    assert explorer(record, layer=1, head=2, token=3).page["start"] == [1, 2, 3]
    for wrong in ({"layer": 2}, {"head": -1}, {"token": 11}, {"layer": "0"}):
        with pytest.raises(CourseError, match=f"opens at a {[*wrong][0]} from 0 to"):
            explorer(record, **wrong)


# --- bad input ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda run: run.picture(layer=2), "Expected a layer from 0 to 1"),
        (lambda run: run.picture(head=-1), "Expected a head from 0 to 3"),
        (lambda run: run.picture(token=11), "Expected a token from 0 to 10"),
        (lambda run: run.picture(layer="first"), "Expected a layer from 0 to 1, as this decoder has; given: "),
        (lambda run: run.page(layers=[]), "some of the layers 0 to 1"),
        (lambda run: run.page(layers=[0, 2]), "some of the layers 0 to 1"),
        (lambda run: run.page(layers=1), "some of the layers 0 to 1"),
        (lambda run: run.page(stage="attention"), "opens at a stage of the model: token embedding, norm, query"),
    ],
)
def test_bad_input_gets_a_sentence(call, says):
    with pytest.raises(CourseError, match=says):
        call(made_run())
