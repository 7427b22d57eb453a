"""The visual language, the charts and the diagrams: colours that can be told apart, true numbers, kind sentences."""

import io
import itertools

import numpy as np
import pytest
from PIL import Image

from course_utils import CourseError
from course_utils.pictures import Figure, bars, flow, meter, style, text_map
from course_utils.pictures.charts import on_a_plane

TEXTS = ["I am hungry.", "I need something to eat.", "The bank refused my loan.", "She broke her leg."]
VECTORS = np.array([[1, 0.1, 0], [0.9, 0.3, 0], [-0.5, 1, 0.2], [-0.5, 0.2, 1]])
# How a colour looks without receptors for red, green or blue: Machado, Oliveira and Fernandes (2009), severity 1.
BLINDNESS = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(colour) -> np.ndarray:
    from matplotlib.colors import to_rgb

    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lightness(rgb) -> float:
    """CIE L*, 0 to 100, of linear red, green and blue."""
    y = float(np.dot([0.2126, 0.7152, 0.0722], rgb))
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


def contrast(one, other) -> float:
    high, low = sorted((float(np.dot([0.2126, 0.7152, 0.0722], linear(c))) for c in (one, other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("roles", style.TOGETHER, ids=" ".join)
def test_roles_of_one_picture_differ_in_grey_and_for_colour_blind_readers(roles):
    for one, other in itertools.combinations(roles, 2):
        colours = [linear(style.COLOURS[role]) for role in (one, other)]
        assert abs(lightness(colours[0]) - lightness(colours[1])) > 10, (one, other)
        for name, matrix in BLINDNESS.items():
            seen = [np.clip(np.array(matrix) @ colour, 0, 1) for colour in colours]
            assert np.abs(seen[0] - seen[1]).max() > 0.08 or abs(lightness(seen[0]) - lightness(seen[1])) > 15, name


def test_texts_can_be_read_on_what_lies_below_them():
    for role, colour in style.COLOURS.items():
        assert contrast(style.INK, style.tint(colour)) >= 7, role
    assert contrast(style.MUTED, style.PAPER) >= 4.5 and contrast(style.ACCENT, "white") >= 4.5
    assert style.SIZE >= 9


def test_bars_say_their_numbers_in_the_picture_the_text_and_the_table():
    figure = bars({"POSITIVE": 0.987, "NEGATIVE": 0.013}, title="I loved it", lit="POSITIVE")
    assert isinstance(figure, Figure)
    assert figure.alt == "Bars (I loved it): POSITIVE 0.99, NEGATIVE 0.01."
    assert figure.table.rows == (("POSITIVE", "0.99"), ("NEGATIVE", "0.01"))
    assert Image.open(io.BytesIO(figure.png)).width > 400
    assert bars([("\n", 0.5), ("$x$", 0.2)]).table.rows == (("↵", "0.50"), ("$x$", "0.20"))
    assert bars({"SmolLM2": 135_000_000}, axis="parameters").table.rows[0][1] == "135,000,000"
    tiny = bars({"year": 0.004, "age": 0.005, "never": 0.0, "less": -0.004})
    assert [number for _, number in tiny.table.rows] == ["<0.01", "0.01", "0.00", "-0.00"]


def test_bars_are_compared_with_marks():
    figure = bars({"in float32": 28}, axis="GB", marks={"a laptop's memory": 16})
    assert figure.alt == "Bars: in float32 28, a laptop's memory 16."
    assert figure.table.rows == (("in float32", "28"), ("a laptop's memory", "16"))
    assert bars({"in float32": 28}, axis="GB").png != figure.png


def test_bars_have_the_colour_of_their_role():
    scores = {"POSITIVE": 0.1, "NEGATIVE": 0.9}
    figure = bars(scores, roles={"NEGATIVE": "negative"})
    picture = Image.open(io.BytesIO(figure.png)).convert("RGB")
    colours = {colour for count, colour in picture.getcolors(10**6) if count > 200}
    for colour in (style.COLOURS["negative"], style.ACCENT):  # a label without a role keeps the accent colour
        rgb = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
        assert min(max(abs(a - b) for a, b in zip(rgb, seen, strict=True)) for seen in colours) < 6, colour
    assert figure.table == bars(scores).table
    with pytest.raises(CourseError, match="There is no role 'happy'"):
        bars(scores, roles={"POSITIVE": "happy"})


def test_the_same_numbers_give_the_same_picture_whatever_style_is_set():
    import matplotlib.pyplot as plt

    first = bars({"a": 0.2, "b": 0.1})
    with plt.style.context("dark_background"):
        assert bars({"a": 0.2, "b": 0.1}).png == first.png
    assert bars({"a": 0.2, "b": 0.1}, lit="b").png != first.png


def test_a_meter_compares():
    figure = meter(0.61, title="similarity", marks={"two rivers": 0.72})
    assert figure.alt == "similarity: 0.61 on a scale from -1 to 1. For comparison: two rivers 0.72."
    assert figure.table.rows == (("this", "0.61"), ("two rivers", "0.72"))


def test_a_map_puts_similar_texts_side_by_side():
    figure = text_map(TEXTS, VECTORS)
    assert "most similar to I am hungry. is I need something to eat.;" in figure.alt
    cosine = VECTORS[0] @ VECTORS[1] / np.linalg.norm(VECTORS[0]) / np.linalg.norm(VECTORS[1])
    assert figure.table.rows[0] == (*TEXTS[:2], f"{cosine:.2f}")
    flat, kept = on_a_plane(VECTORS)
    near, far = (np.hypot(*(flat[0] - flat[i])) for i in (1, 2))
    assert near < far / 3 and 0.7 < kept < 1
    # Turned round, the vectors give the same plane: a direction has no sign, and one is chosen.
    mirrored, _ = on_a_plane(VECTORS * [1, 1, -1])
    assert np.allclose(np.abs(mirrored), np.abs(flat))
    assert text_map(TEXTS, VECTORS).png == figure.png
    assert text_map(TEXTS, VECTORS, lit=[2]).png != figure.png
    assert text_map(TEXTS, VECTORS, groups=["a", "a", "b", "b"]).png != figure.png


def test_a_map_can_stand_still_while_a_text_is_put_on_it():
    flat, kept = on_a_plane(VECTORS)
    for new in ([0.2, 0.2, 0.9], [5, 5, 5]):
        with_new, kept_then = on_a_plane(np.vstack([VECTORS, new]), len(VECTORS))
        assert np.allclose(with_new[:4], flat) and kept_then == kept
    figure = text_map([*TEXTS, "I could eat."], np.vstack([VECTORS, VECTORS[1]]), fixed=4)
    assert figure.table.rows[4][:2] == ("I could eat.", "I need something to eat.")


def test_a_flow_lights_one_step():
    steps = [("Text", "I loved it."), ("Model", "logits\n-4.2 4.4"), ("Answer", "POSITIVE 0.99")]
    whole, one = flow(steps), flow(steps, lit=1)
    assert whole.alt == "Boxes joined by arrows. Text: I loved it. → Model: logits -4.2 4.4 → Answer: POSITIVE 0.99."
    assert one.alt == f"{whole.alt} Lit: Model." and one.png != whole.png
    assert Image.open(io.BytesIO(one.png)).size == Image.open(io.BytesIO(whole.png)).size  # "the same picture"


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: bars({}), "one or more; got"),
        (lambda: bars(3), "expects a dictionary of labels and numbers"),
        (lambda: bars({"a": "many"}), "needs a number here"),
        (lambda: bars({"a": float("nan")}), "needs a number here"),
        (lambda: meter(None), "needs a number here"),
        (lambda: text_map(TEXTS[:2], VECTORS[:2]), "three texts or more"),
        (lambda: text_map(TEXTS, VECTORS, fixed=2), "three texts or more; fixed is"),
        (lambda: text_map(TEXTS, VECTORS[:3]), "it got 4 texts and vectors of the shape \\[3, 3\\]"),
        (lambda: flow([("one", "")]), "two to six pairs of texts"),
        (lambda: flow([("one", 1), ("two", 2)]), "two to six pairs of texts"),
    ],
)
def test_bad_input_gets_a_sentence(make, says):
    with pytest.raises(CourseError, match=says):
        make()
