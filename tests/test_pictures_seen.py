"""Digits, patches, photos, spectrograms: each picture holds what its numbers say; bad input gets one sentence."""

import io

import numpy as np
import pytest
from PIL import Image

from course_utils import CourseError, sample
from course_utils.pictures.seen import boxes, digits, patches, photo, spectrogram


def opened(figure):
    return np.asarray(Image.open(io.BytesIO(figure.png)).convert("L"), dtype=float)


@pytest.fixture
def four():
    return Image.open(sample("images/digits/four-0014.png"))


def test_digits_are_named_and_small_enough_for_a_page(four):
    figure = digits([four, four], ["one 0.50", "two 0.25"])
    assert "one 0.50; two 0.25" in figure.alt and "8 by 8" in figure.alt
    assert len(figure.png) < 25_000


def test_what_is_bright_in_the_file_is_bright_in_the_picture():
    half = Image.new("L", (64, 64))
    half.paste(255, (0, 0, 32, 64))
    seen = opened(digits([half], ["half"]))[60:-60]
    sharp, pixels = seen[:, 20:220], seen[:, 285:480]
    for part in (sharp, pixels):
        assert part[:, :60].mean() > 200 and part[:, -60:].mean() < 60


def test_patches_count_the_squares():
    pixels = np.arange(64.0).reshape(8, 8)
    assert "16 numbered patches of 2 by 2" in patches(pixels, 2).alt
    assert "4 numbered patches of 4 by 4" in patches(pixels, 4).alt


def test_a_spectrogram_shows_only_the_seconds_with_sound():
    features = np.zeros((80, 3000))
    features[:, 100:200] = 1
    figure = spectrogram(features, seconds=2)
    assert "2.0 seconds" in figure.alt
    columns = opened(figure)[60:-90, 90:-20].mean(axis=0)
    assert columns[-100:].mean() > columns[:100].mean() + 100, "the second second is loud"


def test_words_stand_above_a_spectrogram_and_only_long_gaps_are_pauses():
    words = [(0, 0.5, "one"), (0.6, 1, "two"), (2, 2.5, "three")]
    said = spectrogram(np.zeros((80, 300)), seconds=3, words=words).alt
    assert "0.0 to 0.5: one." in said and "1.0 to 2.0: pause." in said and said.count("pause") == 1, (
        "a tenth of a second is none"
    )


def test_boxes_say_what_they_share():
    one, other = ({"xmin": x, "ymin": 0, "xmax": x + 2, "ymax": 2} for x in (0, 1))
    assert "shared xmin 1, ymin 0, xmax 2, ymax 2" in boxes(one, other).alt


def test_a_photo_becomes_small():
    figure = photo(Image.new("RGB", (400, 800), "red"), alt="red", height=100)
    assert Image.open(io.BytesIO(figure.png)).size == (50, 100) and figure.alt == "red"


@pytest.mark.parametrize(
    "call",
    [
        lambda: digits([], []),
        lambda: digits([Image.new("L", (8, 8))], ["a", "b"]),
        lambda: patches(np.zeros((8, 7)), 2),
        lambda: patches("no pixels", 2),
        lambda: spectrogram([1, 2, 3], 1),
    ],
)
def test_bad_input_gets_one_sentence(call):
    with pytest.raises(CourseError) as caught:
        call()
    assert len(str(caught.value)) < 300
