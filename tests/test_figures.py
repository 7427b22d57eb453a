"""Figures: the picture is a PNG of moderate size, text and table are there, and bad input gets a sentence."""

import base64
import re

import matplotlib
import pytest

matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402 (the backend comes first)

from course_utils import CourseError, show  # noqa: E402
from course_utils.pictures import Table, label, readable  # noqa: E402

TABLE = Table("Weights", ("Query", "Weight"), [("cat", "0.75"), ("a cat", "0.25")])


def bars():
    figure, axes = plt.subplots(figsize=(4, 2))
    axes.barh(["one", "two"], [0.3, 0.7])
    return figure


def test_a_figure_shows_as_png_with_its_text():
    shown = show(bars(), alt="Two bars: one 0.3, two 0.7.")._repr_mimebundle_()
    assert shown["text/plain"] == "[picture: Two bars: one 0.3, two 0.7.]"
    picture = re.fullmatch(
        r'<figure><img alt="Two bars: one 0.3, two 0.7." src="data:image/png;base64,([A-Za-z0-9+/=]+)"></figure>',
        shown["text/html"],
    )
    png = base64.b64decode(picture[1])
    assert png.startswith(b"\x89PNG") and 1_000 < len(png) < 60_000


def test_the_text_is_escaped():
    html = show(bars(), alt='"><script>alert(1)</script>')._repr_mimebundle_()["text/html"]
    assert "<script>" not in html and "&quot;&gt;&lt;script&gt;" in html


def test_the_same_figure_gives_the_same_bytes_and_is_closed():
    assert show(bars(), alt="a").png == show(bars(), alt="a").png
    assert plt.get_fignums() == []


@pytest.mark.parametrize("alt", ["", "  ", None, 3])
def test_a_picture_without_text_is_refused(alt):
    with pytest.raises(CourseError, match="says what the picture shows"):
        show(bars(), alt=alt)
    plt.close("all")


def test_something_else_than_a_figure_gets_a_sentence():
    with pytest.raises(CourseError, match="expects a matplotlib figure, but got a list"):
        show([1, 2], alt="numbers")


def test_a_table_follows_the_picture_as_text_and_as_html():
    shown = show(bars(), alt="Two bars.", table=TABLE)._repr_mimebundle_()
    assert shown["text/plain"].splitlines() == [
        "[picture: Two bars.]",
        "Weights",
        "Query  Weight",
        "cat    0.75",
        "a cat  0.25",
    ]
    assert shown["text/html"].endswith(
        '"><table><caption>Weights</caption>'
        '<thead><tr><th scope="col">Query</th><th scope="col">Weight</th></tr></thead><tbody>'
        '<tr><th scope="row" dir="auto">cat</th><td dir="auto">0.75</td></tr>'
        '<tr><th scope="row" dir="auto">a cat</th><td dir="auto">0.25</td></tr></tbody></table></figure>'
    )


def test_a_table_is_escaped_everywhere():
    bad = "<script>alert(1)</script>&amp;"
    text = Table(bad, (bad, "b"), [(bad, "1"), ("2", bad)]).html()
    assert "<script>" not in text and text.count("&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;") == 4


def test_a_row_of_a_table_stays_one_line_and_is_cut_in_the_middle():
    table = Table("c", ("Token", "Weight"), [("a\nb\tc\x00", "1"), ("begin" + "w" * 290 + "final", "1")])
    assert [len(row[0]) for row in table.rows] == [9, 80]
    assert table.rows[0][0] == "a↵b⇥c\\x00"
    assert table.rows[1][0].startswith("beginww") and "w…w" in table.rows[1][0] and table.rows[1][0].endswith("wfinal")
    assert len(str(table).splitlines()) == 4


def test_a_table_with_uneven_rows_gets_a_sentence():
    with pytest.raises(CourseError, match="should have 2 texts"):
        Table("c", ("a", "b"), [("1", "2"), ("1",)])


@pytest.mark.parametrize("table", ["text", [["a"]], 0])
def test_something_else_than_a_table_gets_a_sentence(table):
    with pytest.raises(CourseError, match="expects a Table, but got "):
        show(bars(), alt="a", table=table)
    plt.close("all")


@pytest.mark.parametrize(
    ("text", "in_a_table", "in_a_picture"),
    [
        ("cat", "cat", "cat"),
        ("$x^2$", "$x^2$", "$x^2$"),
        ("שלום", "שלום", "שלום"),
        ("😀", "😀", "😀"),
        ("你好", "你好", "\\u4f60\\u597d"),
        ("🤗", "🤗", "\\U0001f917"),
        ("👩\u200d💻", "👩\u200d💻", "\\U0001f469…\\U0001f4bb"),
        ("\u202eabc", "\u202eabc", "\\u202eabc"),
        ("", "␣", "␣"),
        ("  ", "␣␣", "␣␣"),
        ("\n", "↵", "↵"),
        ("\ud800", "\\ud800", "\\ud800"),
        ("\u0301x", "◌\u0301x", "◌\u0301x"),
        ("internationalisation", "internationalisation", "internat…isation"),
    ],
)
def test_odd_texts_are_made_visible(text, in_a_table, in_a_picture):
    assert readable(text) == in_a_table
    assert label(text) == in_a_picture
    readable(text).encode("utf-8")


@pytest.mark.parametrize("limit", [8, 9, 16, 80])
@pytest.mark.parametrize("text", ["w" * 300, "你" * 300, "e\u0301" * 150, "\u0301" * 300])
def test_long_texts_fit(text, limit):
    assert len(readable(text, limit)) <= limit
    assert "…" in readable(text, limit)
    assert len(label(text, limit)) <= max(limit, 13)  # one code point at each end always stays


def test_what_matplotlib_draws_of_a_label_needs_no_warning(recwarn):
    figure, axes = plt.subplots()
    for row, text in enumerate(["你好", "🤗", "$x^2$", "$", "\\frac{", "שלום", "مرحبا", "a\x00b", "\ud800", "\u0301"]):
        axes.text(0, row / 10, label(text), parse_math=False)
    assert show(figure, "odd texts").png and not recwarn.list
