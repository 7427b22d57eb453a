"""Static views: what they say, what they draw, how fast, and that no token, text length or bad input breaks them."""

import html
import io
import re
import subprocess
import sys
import time

import matplotlib

matplotlib.use("Agg")

import numpy as np  # noqa: E402 (the backend comes first)
import pytest  # noqa: E402
from attention_records import make_map, random_map, record, tokens  # noqa: E402
from matplotlib import pyplot as plt  # noqa: E402
from PIL import Image  # noqa: E402

from course_utils import CourseError, show  # noqa: E402
from course_utils.attention import views  # noqa: E402
from course_utils.attention.drawing import FRAME  # noqa: E402
from course_utils.attention.record import Record  # noqa: E402
from course_utils.attention.selection import choose, links, lowest_first, mosaic, number  # noqa: E402
from course_utils.attention.statistics import entropy, rollout, value_weighted  # noqa: E402
from course_utils.attention.views import alignment, head_grid, heat_map, overview, token_lines  # noqa: E402

pytestmark = pytest.mark.filterwarnings("error")

ODD = [
    "<script>alert(1)</script>",
    "&amp;",
    "$x^2$",
    "$",
    "_",
    "$\\frac{1$",
    "שלום",
    "مرحبا",
    "🤗",
    "👩‍💻",
    "你好",
    "Ġthe",
    "Ã©",
    "▁",
    " ",
    "a\nb\tc",
    "w" * 300,
    "e\u0301",
    "\u0301",
    "\u202eabc",
    "\ud800",
    "\x00",
    "%s",
    "{0}",
]
CAT = make_map(
    [[0.9, 0.1, 0, 0], [0.1, 0.2, 0.7, 0], [0, 0.85, 0.05, 0.1], [0.25, 0.25, 0.25, 0.25]], "[CLS] the cat [SEP]"
)
VIEWS = {
    "heat_map": lambda source, **options: heat_map(source, 0, 0, **options),
    "overview": overview,
    "token_lines": lambda source, **options: token_lines(source, 0, 0, **options),
    "alignment": lambda source, **options: alignment(source, 0, 0, **options),
}
every_view = pytest.mark.parametrize("view", VIEWS)


def fitting(view: str, **options):
    """A random map of the kind that this view draws."""
    return random_map(**{"kind": "cross" if view == "alignment" else "encoder", **options})


def bundle(figure) -> dict[str, str]:
    return figure._repr_mimebundle_()


def written(picture) -> list[str]:
    """The texts inside the frame of a matplotlib figure, in the order in which they were written."""
    return [text.get_text() for text in picture.axes[0].texts]


@pytest.fixture
def drawn(monkeypatch):
    """drawn() -> the matplotlib figure that a view handed to `show` last."""
    shown = []
    monkeypatch.setattr(views, "show", lambda picture, *more: shown.append(picture) or show(picture, *more))
    return lambda: shown[-1]


def cpu_seconds(action, times=3) -> float:
    """The fastest of some runs, in CPU time of this process."""
    spent = []
    for _ in range(times):
        start = time.process_time()
        action()
        spent.append(time.process_time() - start)
    return min(spent)


# What a view says


def test_heat_map_says_what_it_shows():
    figure = heat_map(record(CAT, "BertModel"), 0, -1)
    assert figure.alt.strip() == (
        "Heat map of Encoder self-attention, layer 0, head 0 of BertModel: 4 queries × 4 keys. "
        "Strongest links: “[CLS]” to “[CLS]” 0.90, “cat” to “the” 0.85, “the” to “cat” 0.70."
    )
    assert figure.table.caption == "Strongest links."
    assert figure.table.header == ("Query", "Key", "Weight")
    assert figure.table.rows[:4] == (
        ("[CLS]", "[CLS]", "0.90"),
        ("cat", "the", "0.85"),
        ("the", "cat", "0.70"),
        ("[SEP]", "[CLS]", "0.25"),
    )
    assert len(figure.table.rows) == 10


def test_layers_and_heads_counted_from_the_end_get_their_number():
    assert "layer 1, head 2" in heat_map(random_map(layers=2, heads=3), -1, -1).alt


def test_mean_over_layers_and_heads():
    found = random_map(layers=2, heads=3, queries=2, texts=["a", "b"])
    figure = heat_map(found, "mean", "mean")
    assert "mean of the layers, mean of the heads" in figure.alt
    mean = found.weights.mean((0, 1))
    assert dict((row[:2], row[2]) for row in figure.table.rows) == {
        (a, b): f"{mean[i, j]:.2f}" for i, a in enumerate("ab") for j, b in enumerate("ab")
    }


def test_the_first_row_of_a_decoder_is_no_finding():
    found = make_map([[1, 0, 0], [0.4, 0.6, 0], [0.2, 0.3, 0.5]], "a b c", kind="decoder")
    assert heat_map(found, 0, 0).table.rows[0] == ("b", "b", "0.60")
    assert heat_map(random_map(queries=1, kind="decoder"), 0, 0).table.rows == (("t0", "t0", "1.00"),)


def test_a_token_that_occurs_twice_is_told_apart():
    figure = heat_map(make_map([[0.1, 0.2, 0.7]] * 3, "the cat the"), 0, 0)
    assert figure.table.rows[0] == ("the (0)", "the (2)", "0.70")


def test_overview_names_the_most_focused_heads():
    found = random_map(layers=6, heads=12, queries=16)
    figure = overview(found)
    bits = entropy(found)
    layer, head = np.unravel_index(bits.argmin(), bits.shape)
    assert f"Most focused: layer {layer} head {head} ({bits.min():.2f} bits)" in figure.alt
    query, key = np.unravel_index(found.weights[layer, head].argmax(), (16, 16))
    expected = (str(layer), str(head), f"{bits.min():.2f}", f"t{query}", f"t{key}")
    assert figure.table.rows[0][:5] == expected
    column = [float(row[2]) for row in figure.table.rows]
    assert column == sorted(column) and len(column) == 10


def test_token_lines_of_one_query():
    figure = token_lines(CAT, 0, 0, token=2)
    assert "Only the lines of “cat” are drawn." in figure.alt
    assert figure.table.rows == (("cat", "the", "0.85"), ("cat", "[SEP]", "0.10"), ("cat", "cat", "0.05"))
    assert token_lines(CAT, 0, 0, token=-2).table == figure.table


def test_alignment_of_words():
    found = make_map(
        [
            [0.70, 0.10, 0.05, 0.05, 0.10],  # Vous
            [0.00, 0.05, 0.80, 0.00, 0.15],  # aim
            [0.00, 0.05, 0.60, 0.00, 0.35],  # ez
            [0.05, 0.04, 0.05, 0.00, 0.86],  # !
            [0.00, 0.00, 0.00, 0.00, 1.00],  # </s>
        ],
        "Vous aim ez ! </s>",
        "You li ke um </s>",
        kind="cross",
    )
    pieces = tokens("You li ke um </s>")
    keys = (pieces[0], pieces[1], type(pieces[2])("ke", word=1), *pieces[3:])
    rows = (found.queries[0], found.queries[1], type(pieces[2])("ez", word=1), *found.queries[3:])
    found = type(found)(kind="cross", weights=found.weights, queries=rows, keys=keys)
    figure = alignment(found, 0, 0)
    none = ("–", "–")
    assert figure.table.rows == (
        ("Vous", "You", "0.70", *none),
        ("aimez", "like", "0.75", *none),
        ("!", "∅", "–", *none),
    )
    assert "3 target words × 3 source words" in figure.alt and "Without a link: “!”." in figure.alt


def test_alignment_names_a_second_source_word_that_has_a_fifth_of_the_weight():
    found = make_map([[0.5, 0.4, 0.1], [0.2, 0.3, 0.5], [0.1, 0.81, 0.19]], "ce ton vert", "this course green", "cross")
    figure = alignment(found, 0, 0)
    assert figure.table.header == ("Target", "Source", "Weight", "Second source", "Its weight")
    assert figure.table.rows == (
        ("ce", "this", "0.50", "course", "0.40"),
        ("ton", "green", "0.50", "course", "0.30"),
        ("vert", "course", "0.81", "–", "–"),
    )
    named = (
        "“ce” from “this” 0.50 and “course” 0.40, “ton” from “green” 0.50 and “course” 0.30, “vert” from “course” 0.81"
    )
    assert f"Links: {named}. Without a link: none." in figure.alt


def test_head_grid_shows_nan_as_a_dash():
    figure = head_grid([[0.5, np.nan], [2.25, -1]], "Induction")
    assert figure.table.rows == (("1", "0", "2.25"), ("0", "0", "0.50"), ("1", "1", "-1.00"))
    assert figure.alt == "Induction: 2 layers × 2 heads. Highest: layer 1 head 0, 2.25; lowest: layer 1 head 1, -1.00."


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1, "1.00"), (0.012, "0.01"), (0.0054321, "0.0054"), (-0.5, "-0.50"), (12.345, "12.3"), (512, "512")],
)
def test_numbers_are_short(value, text):
    assert number(value) == text


# What a view draws


def test_mosaic_puts_each_weight_in_its_place():
    found = random_map(layers=2, heads=3, queries=4, keys=5, kind="cross")
    picture = mosaic(found.weights)
    dots = 192 // 5
    assert picture.shape == (2 * (4 * dots + 1), 3 * (5 * dots + 1))
    for layer, head, query, key in np.ndindex(found.weights.shape):
        y, x = layer * (4 * dots + 1) + 1 + query * dots, head * (5 * dots + 1) + 1 + key * dots
        expected = np.sqrt(found.weights[layer, head, query, key])
        np.testing.assert_allclose(picture[y : y + dots, x : x + dots], expected, rtol=1e-6)
    assert np.isnan(picture[0]).all() and np.isnan(picture[:, 0]).all()


@pytest.mark.parametrize(("layers", "heads", "queries"), [(6, 12, 16), (2, 4, 11), (6, 12, 64)])
def test_overview_draws_the_mosaic(layers, heads, queries):
    found = random_map(layers, heads, queries)
    expected = mosaic(found.weights)
    picture = np.array(Image.open(io.BytesIO(overview(found).png)).convert("RGB")).astype(int)
    rows, columns = np.nonzero((picture == FRAME).all(-1))
    top, left = rows.min(), columns.min()  # the lines around the first head
    height, width = expected.shape
    drawn = picture[top : top + height, left : left + width].mean(-1)
    between = np.isnan(expected)
    right = np.abs(drawn - 255 * (1 - expected))[~between] < 17  # there are 17 shades
    assert right.mean() > 0.99


def test_heat_map_draws_the_weights_with_their_tokens(drawn):
    found = random_map(queries=3, keys=4, texts=["$x$", "b", "<pad>"], kind="cross")
    heat_map(found, 1, 2, padding=True)
    (axes, _), (image,) = drawn().axes, drawn().axes[0].images
    assert np.array_equal(image.get_array(), found.weights[1, 2])
    assert (image.norm.vmin, image.norm.vmax) == (0, found.weights[1, 2].max())
    assert [text.get_text() for text in axes.get_yticklabels()] == ["$x$", "b", "[PAD]"]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["s0", "s1", "s2", "s3"]


def test_head_grid_hatches_what_is_no_number(drawn):
    head_grid([[0.5, np.nan], [2.25, -1]], "Induction")
    image = drawn().axes[0].images[0]
    assert image.get_array().mask.tolist() == [[False, True], [False, False]]
    assert (image.norm.vmin, image.norm.vmax) == (-1, 2.25) and drawn().axes[0].patch.get_hatch()


def test_no_text_is_read_as_a_formula(drawn):
    for picture in (
        lambda: heat_map(make_map(np.eye(2), ["$x$", "b"]), 0, 0),
        lambda: token_lines(make_map(np.eye(2), ["$x$", "b"]), 0, 0),
        lambda: head_grid([[1.0]], "$x$"),
    ):
        picture()
        texts = [text for text in drawn().findobj(matplotlib.text.Text) if text.get_text() == "$x$"]
        assert texts and not any(text.get_parse_math() for text in texts)


def test_token_lines_run_from_query_to_key(drawn):
    token_lines(make_map([[0, 1, 0], [0, 0.25, 0.75], [0.995, 0.005, 0]], "a b c"), 0, 0)
    (lines,) = drawn().axes[0].collections
    ends = [tuple(int(y) for _, y in segment) for segment in lines.get_segments()]
    assert ends == [(1, 1), (1, 2), (2, 0), (0, 1)]  # the weakest first; 0.005 would not be seen
    assert all(segment[:, 0].tolist() == [0, 1] for segment in lines.get_segments())
    for values in (lines.get_linewidths(), lines.get_colors()[:, 3]):
        assert list(values) == sorted(values) and values[0] < values[1] < values[2]
    assert written(drawn()) == ["query", "a", "b", "c", "key", "a", "b", "c"]


def test_labels_of_a_token_that_occurs_twice_are_told_apart_as_in_the_table(drawn):
    figure = token_lines(make_map([[0.1, 0.2, 0.7]] * 3, "the cat the"), 0, 0, token=1)
    assert written(drawn()) == ["query", "the (0)", "cat", "the (2)", "key", "the (0)", "cat", "the (2)"]
    assert {key for _, key, _ in figure.table.rows} == {"the (0)", "cat", "the (2)"}


def test_alignment_draws_targets_left_and_marks_words_without_a_link(drawn):
    alignment(make_map([[0.05, 0.85, 0.1], [0.09, 0.01, 0.9]], "x y", "a b </s>", kind="cross"), 0, 0)
    (lines,) = drawn().axes[0].collections
    assert [segment.tolist() for segment in lines.get_segments()] == [[[0, 0], [1, 1]]]  # x – b
    assert written(drawn()) == ["target", "x", "∅ y", "source", "∅ a", "b"]


def test_up_to_8_by_8_the_weights_are_printed(drawn):
    for picture, count in (
        (lambda: heat_map(random_map(queries=8), 0, 0), 64),
        (lambda: heat_map(random_map(queries=9), 0, 0), 0),
        (lambda: head_grid(np.ones((12, 12)), "all"), 144),
        (lambda: head_grid(np.ones((12, 13)), "too many"), 0),
    ):
        picture()
        assert len(written(drawn())) == count
    head_grid([[0.25, np.nan]], "with a dash")
    assert written(drawn()) == ["0.25", "–"]


def test_links_come_weakest_first():
    assert links(np.array([[0.5, 0.05], [0.2, 0.3]]), 0.2) == [(1, 0, 0.2), (1, 1, 0.3), (0, 0, 0.5)]


def test_lowest_first_leaves_out_what_is_no_number():
    assert lowest_first(np.array([[3, np.nan], [1, 2], [np.inf, 1]])) == [(1, 0), (2, 1), (1, 1), (0, 0)]


def test_pictures_are_grey_on_white_in_any_style():
    found = random_map(queries=10)
    with plt.style.context("dark_background"):
        dark = heat_map(found, 0, 0)
    assert dark.png == heat_map(found, 0, 0).png
    colours = np.array(Image.open(io.BytesIO(dark.png)).convert("RGB")).astype(int)
    assert np.ptp(colours, axis=2).max() == 0 and (colours[0, 0] == 255).all()
    assert plt.get_fignums() == []


# Padding, long texts, speed and size


@every_view
def test_padding_is_left_out(view):
    inner = fitting(view, queries=3, keys=3, texts=["a", "b", "c"])
    weights = np.zeros((2, 3, 5, 5))
    weights[:, :, 2:, 2:] = inner.weights
    keys = [token.text for token in inner.keys]
    padded = make_map(weights, ["<pad>", "<pad>", "a", "b", "c"], ["<pad>", "<pad>", *keys], inner.kind)
    expected, figure = VIEWS[view](inner), VIEWS[view](padded)
    assert (figure.alt, figure.table, figure.png) == (expected.alt, expected.table, expected.png)


def test_heat_map_shows_padding_when_asked():
    weights = [[0.5, 0.5, 0], [0.25, 0.75, 0], [0.2, 0.2, 0.6]]
    found = make_map(weights, ["a", "b", "<pad>"])
    figure = heat_map(found, 0, 0, padding=True)
    assert "3 queries × 3 keys" in figure.alt
    assert choose(found, None, None, padding=True).key_labels == ["a", "b", "[PAD]"]
    assert all(row[0] != "[PAD]" for row in figure.table.rows)  # a padded row says nothing


@every_view
def test_of_a_long_text_a_part_is_shown_and_the_rest_named(view):
    keys, size = (100, "64 target words × 64 source words") if view == "alignment" else (70, "64 queries × 64 keys")
    figure = VIEWS[view](fitting(view, layers=1, heads=2, queries=70, keys=keys))
    assert size in figure.alt
    for text in (figure.alt, figure.table.caption):
        assert f"Only 64 of 70 queries (0 to 63) and 64 of {keys} keys (0 to 63) are shown" in text
        assert "choose others with, for example, queries=slice(64, 128), keys=slice(64, 128)." in text


@every_view
def test_another_part_can_be_chosen(view):
    found = fitting(view, layers=1, heads=1, queries=100, keys=100)
    figure = VIEWS[view](found, queries=slice(90, None), keys=slice(0, 100, 10))
    assert "10 of 100 queries (90 to 99) and 10 of 100 keys (0 to 90)" in figure.alt
    prefix = "s" if view == "alignment" else "t"
    columns = {"overview": (3, 4), "alignment": (0, 1)}.get(view, (0, 1))
    for row in figure.table.rows:
        assert row[columns[0]] in {f"t{i}" for i in range(90, 100)}
        assert row[columns[1]] in {f"{prefix}{i}" for i in range(0, 100, 10)} | {"∅"}


def test_the_part_around_a_token_is_shown():
    found = random_map(layers=1, heads=1, queries=200)
    figure = token_lines(found, 0, 0, token=150)
    assert "“t150”" in figure.alt and "64 of 200 queries (118 to 181) and 64 of 200 keys (118 to 181)" in figure.alt
    assert "(136 to 199)" in token_lines(found, 0, 0, token=-1).alt
    with pytest.raises(CourseError, match="Query 150 is not in the chosen part"):
        token_lines(found, 0, 0, token=150, queries=slice(0, 10))


@every_view
@pytest.mark.slow
def test_512_tokens_take_at_most_2_seconds_and_5_megabytes(view):
    found = fitting(view, layers=6, heads=12, queries=512, keys=512)
    figure = VIEWS[view](found)
    assert cpu_seconds(lambda: VIEWS[view](found)) <= 2
    assert len(bundle(figure)["text/html"]) <= 5_000_000


def test_overview_of_72_heads_is_small():
    """And fast, which benchmarks/attention.py shows."""
    assert len(overview(random_map(layers=6, heads=12, queries=16)).png) <= 100_000


# Odd tokens


@every_view
def test_odd_tokens_show_as_text(view):
    count = len(ODD)
    found = fitting(view, layers=2, heads=2, queries=count, keys=5 if view == "alignment" else None, texts=ODD)
    figure = VIEWS[view](found)
    shown = bundle(figure)
    assert "<script" not in shown["text/html"] and len(figure.png) > 1000
    shown["text/html"].encode("utf-8")
    assert len(shown["text/plain"].splitlines()) == 3 + len(figure.table.rows)
    text = html.unescape(re.sub(r"<[^>]+>", "\n", shown["text/html"].partition("<table>")[2]))
    for row in figure.table.rows:
        assert all(cell in text for cell in row)


def test_the_table_keeps_the_true_text():
    names = choose(make_map(np.eye(len(ODD)), ODD), None, None).query_names
    changed = {text: name for text, name in zip(ODD, names, strict=True) if text != name}
    assert changed == {
        " ": "␣",
        "a\nb\tc": "a↵b⇥c",
        "w" * 300: "w" * 40 + "…" + "w" * 39,
        "\u0301": "◌\u0301",
        "\ud800": "\\ud800",
        "\x00": "\\x00",
    }


def test_odd_titles_and_models():
    figure = head_grid([[1.0]], "<b>$x$</b>\n" + "t" * 300)
    assert "<b>" not in bundle(figure)["text/html"]
    assert "<i>" not in bundle(heat_map(record(CAT, "<i>$m$"), 0, 0))["text/html"]


# Smallest and other maps


@every_view
@pytest.mark.parametrize("kind", ["encoder", "decoder", "cross"])
def test_one_token(view, kind):
    if (view == "alignment") == (kind == "cross"):
        assert VIEWS[view](fitting(view, layers=1, heads=1, queries=1, keys=1, kind=kind)).alt


def test_computed_maps_can_be_drawn():
    found = random_map(queries=6, norms=True, kind="decoder")
    for view in ("heat_map", "overview", "token_lines"):
        assert VIEWS[view](rollout(found)).table.rows
        assert VIEWS[view](value_weighted(found)).table.rows
        assert VIEWS[view](found.merge_words()).table.rows


# Bad inputs


@every_view
@pytest.mark.parametrize("source", [None, "text", 3, np.eye(2)])
def test_something_else_than_a_record_gets_a_sentence(view, source):
    with pytest.raises(CourseError, match="Expected a record of attention; given: "):
        VIEWS[view](source)


@pytest.mark.parametrize("view", [heat_map, token_lines])
@pytest.mark.parametrize(
    ("layer", "head", "word"), [(99, 0, "layer"), (0, "x", "head"), (-3, 0, "layer"), (0, 1.5, "head")]
)
def test_a_layer_or_head_that_is_not_there_gets_a_sentence(view, layer, head, word):
    with pytest.raises(CourseError, match=f"Expected a {word} from 0"):
        view(random_map(), layer, head)


def test_a_missing_kind_gets_a_sentence():
    with pytest.raises(CourseError, match="kinds of attention in this record"):
        alignment(record(random_map()))
    with pytest.raises(CourseError, match="of kind 'encoder'"):
        alignment(random_map())
    with pytest.raises(CourseError, match="kinds of attention"):
        overview(Record(maps={}))


@every_view
@pytest.mark.parametrize("texts", [[], ["<pad>", "<pad>"]])
def test_an_empty_map_gets_a_sentence(view, texts):
    found = make_map(
        np.zeros((1, 1, len(texts), len(texts))), texts, texts, "cross" if view == "alignment" else "encoder"
    )
    with pytest.raises(CourseError, match="queries to show, but there are none"):
        VIEWS[view](found)


def test_words_without_any_but_special_tokens_get_a_sentence():
    with pytest.raises(CourseError, match="queries to show, but there are none"):
        alignment(make_map([[1.0]], ["</s>"], ["</s>"], "cross"))


@pytest.mark.parametrize("token", [5, -6, "cat", 1.0, True])
def test_a_token_that_is_not_there_gets_a_sentence(token):
    with pytest.raises(CourseError, match="Expected a token from 0 to 4"):
        token_lines(random_map(queries=5), 0, 0, token=token)


@every_view
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_no_numbers_get_a_sentence(view, value):
    found = fitting(view)
    weights = found.weights.copy()
    weights[0, 0, 1, 1] = value
    with pytest.raises(CourseError, match="Expected finite weights"):
        VIEWS[view](type(found)(kind=found.kind, weights=weights, queries=found.queries, keys=found.keys))


@every_view
@pytest.mark.parametrize("part", [3, "0:4", [0, 1], slice("a"), slice(0, 4, 0), slice(50, 60), slice(2, 2)])
def test_a_part_that_is_none_gets_a_sentence(view, part):
    for side in ("queries", "keys"):
        with pytest.raises(CourseError, match=f"Expected {side} "):
            VIEWS[view](fitting(view), **{side: part})


@pytest.mark.parametrize("scores", [[1.0, 2.0], 3.0, [], [[]], np.ones((2, 3, 4)), [["a"]], [[1], [1, 2]], None, {}])
def test_head_grid_refuses_other_shapes(scores):
    with pytest.raises(CourseError, match=r"expects (numbers \[layers, heads\]|a number for at least one head)"):
        head_grid(scores, "Scores")


@pytest.mark.parametrize("title", ["", " ", None, 3])
def test_head_grid_needs_a_title(title):
    with pytest.raises(CourseError, match="expects a title"):
        head_grid([[1.0]], title)


def test_head_grid_without_any_number_gets_a_sentence():
    with pytest.raises(CourseError, match="none is finite"):
        head_grid(np.full((2, 2), np.nan), "Induction")


def test_importing_the_views_loads_nothing_heavy():
    code = (
        "import sys, course_utils.attention.views, course_utils.pictures\n"
        "print({'torch', 'matplotlib', 'transformers', 'IPython'} & {*sys.modules})"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"
