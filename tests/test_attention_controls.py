"""browse(): each control redraws the table with the weights of the chosen head; a picture stays without a kernel."""

import re
import subprocess
import sys
import time

import IPython.display
import numpy as np
import pytest
from attention_records import ODD_WORDS, elements, odd_map

from course_utils import CourseError
from course_utils.attention import browse, heat_map
from course_utils.attention.record import Map, Record, Token


def html_of(figure):
    return figure._repr_mimebundle_()["text/html"]


def two_kinds():
    cross = odd_map("cross", layers=1, heads=5, queries=["sie", "mag"], keys=["she", "likes", "it"])
    return Record(maps={"encoder": odd_map(layers=2, heads=3, queries=["she", "likes", "it"]), "cross": cross})


def shown_weights(shown):
    """What the table says: the weights [query, key], the labels of its rows and columns, its caption."""
    text = shown.table.value
    rows = [re.findall(r"<td style=[^>]*>([^<]+)</td>", row) for row in text.split("<tr>")[2:]]
    keys, queries = (re.findall(f'<th scope="{scope}"[^>]*><bdi>(.*?)</bdi>', text) for scope in ("col", "row"))
    return np.array(rows, dtype=float), queries, keys, re.search("<caption[^>]*>(.*?)</caption>", text)[1]


def assert_shows(shown, weights):
    np.testing.assert_allclose(shown_weights(shown)[0], weights, atol=0.006)


def test_it_starts_with_the_first_head():
    found = odd_map(queries=["she", "likes", "it"])
    shown = browse(found)
    assert_shows(shown, found.weights[0, 0])
    _, queries, keys, caption = shown_weights(shown)
    assert queries == keys == ["she", "likes", "it"]
    assert caption == "encoder attention, layer 0, head 0. A row for each query, a column for each key."
    assert html_of(shown.first) == html_of(heat_map(found, 0, 0))


def test_each_control_redraws_the_table():
    found = odd_map()
    shown = browse(found)
    assert shown.layer.options == (0, 1, "mean") and shown.head.options == (0, 1, 2, "mean")
    shown.layer.value = 1
    assert_shows(shown, found.weights[1, 0])
    shown.head.value = "mean"
    assert_shows(shown, found.weights[1].mean(0))
    assert "layer 1, head mean" in shown_weights(shown)[3]


def test_the_darker_the_more_weight():
    shades = re.findall(r"rgb\((\d+), \1, \1\); color: (#...)\" title=\"[^:]*: ([\d.]+)", browse(odd_map()).table.value)
    by_weight = sorted((float(weight), -int(shade)) for shade, _, weight in shades)
    assert [shade for _, shade in by_weight] == sorted(shade for _, shade in by_weight)
    assert {colour for shade, colour, _ in shades if int(shade) < 100} == {"#fff"}
    assert {colour for shade, colour, _ in shades if int(shade) > 150} == {"#000"}


def test_words_in_place_of_tokens():
    pieces = [Token("un", 0), Token("##kind", 0), Token("word", 1)]
    found = odd_map(queries=["a", "b", "c"])
    found = Map(kind="encoder", weights=found.weights, queries=tuple(pieces), keys=tuple(pieces))
    shown = browse(found)
    shown.words.value = True
    assert_shows(shown, found.merge_words().weights[0, 0])
    assert shown_weights(shown)[1] == ["unkind", "word"]
    shown.words.value = False
    assert_shows(shown, found.weights[0, 0])


def test_another_kind_brings_its_own_layers_and_heads():
    record = two_kinds()
    shown = browse(record)
    assert shown.kind.options == ("encoder", "cross") and shown.kind.value == "cross"
    shown.kind.value = "encoder"
    assert_shows(shown, record.map("encoder").weights[0, 0])
    shown.kind.value = "cross"
    shown.head.value = 4
    shown.kind.value = "encoder"
    assert (shown.layer.options, shown.head.options) == ((0, 1, "mean"), (0, 1, 2, "mean"))
    assert_shows(shown, record.map("encoder").weights[0, 0])
    shown.layer.value = 1
    shown.kind.value = "cross"
    assert_shows(shown, record.map("cross").weights[0, 0])
    assert shown_weights(shown)[1:3] == (["sie", "mag"], ["she", "likes", "it"])


def test_a_long_text_shows_its_beginning_and_says_so():
    shown = browse(odd_map(layers=1, heads=1, queries=[f"t{n}" for n in range(100)]))
    assert shown.table.value.count("<td style") == 64 * 64
    assert "64 of 100 queries" in shown.table.value
    assert re.search(r"<td style=[^>]* title=.t3 → t60: [^>]*></td>", shown.table.value)


def test_a_single_map_leaves_no_choice_of_kind():
    assert browse(odd_map()).kind.disabled and not browse(two_kinds()).kind.disabled
    assert browse(two_kinds(), kind="encoder").kind.value == "encoder"


def test_a_picture_with_its_table_comes_before_the_controls(monkeypatch):
    """Two outputs: where no kernel runs, only the second one is lost."""
    outputs = []
    monkeypatch.setattr(IPython.display, "display", lambda shown, raw=False: outputs.append((shown, raw)))
    shown = browse(odd_map())
    shown._ipython_display_()
    (still, raw), (controls, _) = outputs
    assert raw and controls is shown.controls
    assert "<img alt=" in still["text/html"] and "<table" in still["text/html"]
    assert still["text/plain"] == shown.first._repr_mimebundle_()["text/plain"]


def test_tokens_are_text():
    text = browse(odd_map(queries=[*ODD_WORDS, '"><img src=x>'])).table.value
    assert not {"script", "img"} & set(elements(text))
    assert "&lt;script&gt;al…&lt;/script&gt;" in text and "&amp;amp;" in text and "&quot;&gt;&lt;img" in text


@pytest.mark.parametrize("tokens", [16, 64])
def test_a_redraw_takes_at_most_150_ms(tokens):
    shown = browse(odd_map(layers=6, heads=12, queries=["token"] * tokens))

    def seconds(head):
        start = time.process_time()
        shown.head.value = head
        return time.process_time() - start

    assert min(seconds(head) for head in range(1, 10)) <= 0.150


@pytest.mark.parametrize(("given", "said"), [("a text", "given: text"), ([odd_map()], "given: a list")])
def test_something_else_than_a_record_gets_a_sentence(given, said):
    with pytest.raises(CourseError, match=said):
        browse(given)
    with pytest.raises(CourseError, match="given: text .`'decoder'`"):
        browse(two_kinds(), kind="decoder")


def test_ipywidgets_is_imported_by_browse_and_not_before():
    code = (
        "import sys; from course_utils.attention import browse; print({'ipywidgets', 'matplotlib'} & set(sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "set()\n"
