"""Memory in four precisions, and a layer with its weights as lines: the numbers are right at each end of a control."""

import pytest
import torch

from course_utils import CourseError
from course_utils.pictures.ch00.sizes import memory, one_layer


def test_seven_billion_in_a_laptop():
    assert memory(7, 16).table.rows == (
        ("float32", "28 GB", "too large"),
        ("float16, bfloat16", "14 GB", "fits, barely"),
        ("int8", "7 GB", "fits"),
        ("int4", "3.5 GB", "fits"),
    )


def test_what_fills_the_memory_to_the_last_byte_does_not_fit():
    assert dict((name, fits) for name, _, fits in memory(8, 16).table.rows)["float16, bfloat16"] == "too large"


def test_only_a_quarter_of_the_memory_free_is_room_enough():
    assert [fits for _, _, fits in memory(6, 16).table.rows] == ["too large", "fits", "fits", "fits"]
    assert [fits for _, _, fits in memory(13, 16).table.rows] == ["too large", "too large", "fits, barely", "fits"]


@pytest.mark.parametrize("billions", [1, 14])
@pytest.mark.parametrize("laptop", [8, 16, 32, 64])
def test_every_state_of_the_controls_is_drawn_at_one_width(billions, laptop):
    import io

    from PIL import Image

    figure = memory(billions, laptop)
    assert f"{billions} billion" in figure.alt and f"{laptop} GB" in figure.alt
    assert Image.open(io.BytesIO(figure.png)).width == Image.open(io.BytesIO(memory().png)).width


def test_a_layer_has_a_line_for_each_weight():
    layer = torch.nn.Linear(3, 5)
    figure = one_layer(layer, lit=4)
    assert figure.table.rows == (("weight", "(5, 3)", "15"), ("bias", "(5,)", "5"))
    assert sum(int(row[2]) for row in figure.table.rows) == sum(tensor.numel() for tensor in layer.parameters())
    assert "15 lines" in figure.alt and "w1 to w3, and b" in figure.alt


@pytest.mark.parametrize("layer", [None, 3, torch.nn.ReLU(), torch.nn.Linear(9, 2), torch.nn.Linear(3, 5, bias=False)])
def test_what_is_no_small_layer_gets_a_sentence(layer):
    with pytest.raises(CourseError, match=r"one_layer\(\) expects"):
        one_layer(layer)


@pytest.mark.parametrize("lit", [-1, 5, "0", None])
def test_there_is_no_such_output(lit):
    with pytest.raises(CourseError, match="0 to 4"):
        one_layer(torch.nn.Linear(3, 5), lit=lit)
