"""Figures: the picture is a PNG of moderate size, the alternative text is there, and bad input gets a sentence."""

import base64
import re

import matplotlib
import pytest

matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402 (the backend comes first)

from course_utils import CourseError, show  # noqa: E402


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
