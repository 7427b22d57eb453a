"""The bridge: bertviz's own page with our weights and tokens in it, whole, escaped, and without a link to elsewhere."""

import base64
import gzip
import hashlib
import html
import json
import re
import subprocess
import sys
from importlib import resources

import numpy as np
import pytest
from attention_records import ODD_WORDS, elements, odd_map

from course_utils import CourseError
from course_utils.attention import bertviz_view
from course_utils.attention.bridge import page
from course_utils.attention.record import Map, Record, Token


def parts(shown):
    """The output as a notebook keeps it: its HTML, the iframe's attributes, and the page packed inside."""
    bundle = shown._repr_mimebundle_()["text/html"]
    attributes = dict(re.findall(r'(\w+)="([^"]*)"', re.match(r"<iframe ([^>]*)>", bundle)[1]))
    packed = re.search(r"data:application/gzip;base64,([\w+/=]+)", html.unescape(attributes["srcdoc"]))[1]
    return bundle, attributes, gzip.decompress(base64.b64decode(packed)).decode()


def parameters(text):
    found, end = json.JSONDecoder().raw_decode(text, text.index("const params = ") + len("const params = "))
    assert text[end] == ";"
    return found


@pytest.mark.parametrize("view", ["head", "model"])
def test_the_page_holds_the_weights_to_three_decimals_and_the_tokens(view):
    found = odd_map(queries=["the", "cat", "sat"])
    given = parameters(parts(bertviz_view(found, view))[2])
    (only,) = given["attention"]
    np.testing.assert_array_equal(np.array(only["attn"]), np.round(found.weights.astype(float), 3))
    assert only["left_text"] == only["right_text"] == ["the", "cat", "sat"]
    assert given["include_layers"] == [0, 1]


def test_weights_are_written_once_and_short():
    text = parts(bertviz_view(odd_map(queries=["token"] * 20), "model"))[2]
    values = text[text.index('"attn":') :]
    size = len(values[: values.index('"left_text"')])
    assert size < 6.5 * 2 * 3 * 20 * 20
    assert text.count('"attn":') == 1


@pytest.mark.parametrize("view", ["head", "model"])
def test_cross_attention_names_the_target_left_and_the_source_right(view):
    cross = odd_map("cross", queries=["sie", "mag"], keys=["she", "likes", "it"])
    (only,) = parameters(parts(bertviz_view(cross, view))[2])["attention"]
    assert only["left_text"] == ["sie", "mag"] and only["right_text"] == ["she", "likes", "it"]
    assert np.shape(only["attn"]) == (2, 3, 2, 3)


@pytest.mark.parametrize("layer", [1, -1])
def test_one_layer_alone_keeps_its_number_in_the_picture(layer):
    found = odd_map("cross", queries=["sie", "mag"], keys=["she", "likes", "it"])
    shown = bertviz_view(found, layer=layer)
    (only,) = parameters(shown.page)["attention"]
    np.testing.assert_array_equal(np.array(only["attn"]), np.round(found.weights[1:].astype(float), 3))
    assert [row[0] for row in shown.static.table.rows] == ["head 1.0", "head 1.1", "head 1.2"]


def test_a_record_opens_by_kind_and_padding_is_left_out():
    encoder, decoder = odd_map(queries=["a", "b"]), odd_map("decoder", queries=["x", "y", "z"])
    record = Record(maps={"encoder": encoder, "decoder": decoder}, text="a b")
    assert parameters(bertviz_view(record, kind="decoder").page)["attention"][0]["left_text"] == ["x", "y", "z"]
    tokens = (Token("a", 0), Token("[PAD]", padding=True))
    padded = Map(kind="encoder", weights=np.ones((1, 1, 2, 2)), queries=tokens, keys=tokens)
    assert parameters(bertviz_view(padded).page)["attention"][0]["left_text"] == ["a"]


def test_without_bertviz_there_is_one_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "bertviz", None)
    with pytest.raises(CourseError, match="run `%pip install bertviz==1.4.1` in a cell") as told:
        bertviz_view(odd_map())
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("view", ["head", "model"])
def test_nothing_is_asked_for_elsewhere(view):
    _, attributes, text = parts(bertviz_view(odd_map(), view))
    assert "default-src 'none'" in html.unescape(html.unescape(attributes["srcdoc"]))  # and nothing could be
    assert not re.search(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=", text)
    assert "cdnjs" not in text and "require.config(" not in text
    addresses = set(re.findall(r"https?://([\w.-]+)", text))
    # Names of XML languages, and credits in comments.
    assert addresses <= {"www.w3.org", "d3js.org", "github.com"}, addresses


@pytest.mark.parametrize("view", ["head", "model"])
def test_tokens_cannot_leave_their_script(view):
    bundle, attributes, text = parts(bertviz_view(odd_map(queries=[*ODD_WORDS, "</script>", "<!--"]), view))
    scripts = 2 if view == "head" else 3  # the libraries, bertviz's own, and one that fits the model view to the page
    assert elements(text).count("script") == scripts and "iframe" not in elements(text)
    assert [name for name in elements(bundle) if name in ("iframe", "script")] == ["iframe", "script"]
    shown = parameters(text)["attention"][0]["left_text"]
    assert shown[1:4] == ODD_WORDS[1:4] and shown[5:] == ["</script>", "<!--"]
    assert shown[0].startswith("<scrip") and shown[4].startswith("www") and len(shown[0]) == len(shown[4]) == 12
    assert "<" not in attributes["srcdoc"]


def test_a_token_that_looks_like_a_mark_of_bertviz_stays_a_token():
    words = ["Ġ", "▁", "</w>", "PYTHON", '"],', "\\n", "bertviz-"]
    assert parameters(bertviz_view(odd_map(queries=words)).page)["attention"][0]["left_text"] == words


def test_the_output_survives_where_iframes_do_not():
    found = odd_map()
    bundle, attributes, _ = parts(bertviz_view(found, "model"))
    without = re.sub(r"</?iframe[^>]*>", "", bundle)
    assert "not trusted" in without and "<img alt=" in without and "<table" in without and "<details open" in without
    assert "model view" in attributes["title"] and "2 layers × 3 heads" in attributes["title"]
    assert attributes["sandbox"] == "allow-scripts"  # it cannot reach the notebook around it
    assert "model view" in bertviz_view(found, "model")._repr_mimebundle_()["text/plain"]


def test_the_same_map_gives_the_same_bytes():
    first, second = (bertviz_view(odd_map())._repr_mimebundle_() for _ in range(2))
    assert first == second


def test_a_map_of_moderate_size_is_small():
    found = odd_map(layers=6, heads=12, queries=["token"] * 12)
    assert len(bertviz_view(found)._repr_mimebundle_()["text/html"]) < 200_000


@pytest.mark.parametrize(
    ("view", "shape"),
    [
        ("model", (6, 12, 64)),
        ("head", (2, 12, 128)),
        ("head", (40, 12, 60)),
        ("model", (1, 1, 512)),
        ("head", (1, 1, 512)),
    ],
)
def test_too_large_a_map_is_refused_with_a_part_that_can_be_drawn(view, shape):
    layers, heads, tokens = shape
    queries = tuple(Token(str(i), i) for i in range(tokens))
    weights = np.full((layers, heads, tokens, tokens), 1 / tokens, dtype=np.float32)
    found = Map(kind="encoder", weights=weights, queries=queries, keys=queries)
    with pytest.raises(CourseError, match=r"`explorer\(record\)`") as refused:
        bertviz_view(found, view)
    advised = re.search(r"bertviz_view\(record\.map\('encoder'\)(\.select\(.+?\)\)), '(\w+)'\)", str(refused.value))
    if tokens == 512:
        assert not advised and "at most 316 tokens" in str(refused.value)
    else:
        part = eval(f"found{advised[1]}", {"found": found, "range": range})
        assert part.layers * part.heads * tokens**2 > 50_000
        bertviz_view(part, advised[2])


@pytest.mark.parametrize("view", ["neuron", None, 3])
def test_another_view_gets_a_sentence(view):
    with pytest.raises(CourseError, match='has the views "head" and "model"; given'):
        bertviz_view(odd_map(), view)


def test_another_kind_and_something_else_get_a_sentence():
    with pytest.raises(CourseError, match="of kind 'encoder'"):
        bertviz_view(odd_map(), kind="cross")
    with pytest.raises(CourseError, match="Expected a record of attention; given: a list .*choose one"):
        bertviz_view([odd_map()])


def test_another_bertviz_gets_a_sentence(monkeypatch):
    import bertviz
    from IPython.display import HTML

    monkeypatch.setattr(bertviz, "head_view", lambda **options: HTML("<div>another page</div>"))
    with pytest.raises(CourseError, match=r"pip install bertviz==1\.4\.1"):
        page(odd_map(), "head", "a title")


def test_bertviz_is_imported_when_it_draws_and_not_before():
    code = (
        "import sys, course_utils.attention as a; a.bertviz_view; a.Map;"
        "print({'bertviz', 'torch', 'IPython'} & set(sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "set()\n"


def test_the_libraries_are_those_their_list_names():
    vendor = resources.files("course_utils.attention") / "vendor"
    listed = dict(re.findall(r"^\| (\S+\.js) \|.* ([0-9a-f]{64}) \|$", (vendor / "README.md").read_text("utf-8"), re.M))
    stored = {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in vendor.iterdir() if f.name.endswith(".js")}
    assert listed == stored and len(stored) == 3
