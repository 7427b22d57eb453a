"""The promises made about our image classifier, measured on the committed weights.

tests/data/digits.npz holds the 450 handwritten digits that the recipe kept out of training (UCI, Optical Recognition
of Handwritten Digits, CC BY 4.0).
"""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

pytestmark = pytest.mark.models

ROOT = Path(__file__).resolve().parents[1]
LABELS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
MISTAKEN = {"one-0341.png", "two-0241.png"}  # as the README beside the samples says


@pytest.fixture(scope="module")
def classifier():
    from transformers import pipeline

    from course_utils import checkpoint

    return pipeline("image-classification", **checkpoint("digits"))


@pytest.fixture(scope="module")
def held_out():
    with np.load(ROOT / "tests" / "data" / "digits.npz") as file:
        pictures = [Image.fromarray(pixels) for pixels in file["pixels"]]
        answers = [LABELS[digit] for digit in file["digits"]]
    assert len(pictures) == len(answers) == 450
    return pictures, answers


def share_right(classifier, pictures, answers):
    found = [result[0]["label"] for result in classifier(pictures, batch_size=64)]
    return sum(label == answer for label, answer in zip(found, answers, strict=True)) / len(answers)


def enlarged(pictures):
    return [picture.resize((64, 64), Image.Resampling.NEAREST) for picture in pictures]


def test_digits_unseen_in_training(classifier, held_out):
    pictures, answers = held_out
    assert share_right(classifier, enlarged(pictures), answers) >= 0.97
    assert share_right(classifier, pictures, answers) >= 0.96


def test_black_ink_on_white_is_not_read(classifier, held_out):
    pictures, answers = held_out
    assert share_right(classifier, [ImageOps.invert(picture) for picture in enlarged(pictures)], answers) < 0.3


def test_every_sample_but_two_is_recognised(classifier):
    files = sorted((ROOT / "course_utils" / "samples" / "images" / "digits").glob("*.png"))
    assert len(files) == 12
    found = {file.name: classifier(Image.open(file))[0]["label"] for file in files}
    assert {name for name, label in found.items() if label != name.split("-")[0]} == MISTAKEN
    assert {name.split("-")[0] for name in set(found) - MISTAKEN} == set(LABELS)


def test_samples_are_held_out_pictures(held_out):
    known = {picture.tobytes() for picture in enlarged(held_out[0])}
    files = (ROOT / "course_utils" / "samples" / "images" / "digits").glob("*.png")
    assert all(Image.open(file).tobytes() in known for file in files)


def test_grey_and_coloured_pictures_give_the_same_input(classifier):
    grey = Image.radial_gradient("L")
    inputs = [classifier.image_processor(picture, return_tensors="np") for picture in (grey, grey.convert("RGB"))]
    assert inputs[0]["pixel_values"].shape == (1, 3, 8, 8)
    np.testing.assert_array_equal(inputs[0]["pixel_values"], inputs[1]["pixel_values"])
