"""The grid of calls in notebook 08 says what a model really reads, and what its cache really weighs."""

import pytest

from course_utils.errors import CourseError
from course_utils.exercises.chapters.ch08.tiny_llama import tiny_llama, watched
from course_utils.exercises.going_on import solved
from course_utils.exercises.shelf import find
from course_utils.pictures.ch08.caches import calls, weigh

IDS = [[5, 17, 80, 33, 2]]
NEW = 4
NAMES = [f"t{number}" for number in range(len(IDS[0]) + NEW)]


def column(figure, number: int) -> list[str]:
    return [row[number] for row in figure.table.rows]


def test_it_reads_what_a_loop_with_a_cache_reads():
    import torch

    _, read = watched(solved(find("8.7")), torch.tensor(IDS), NEW)
    assert column(calls(NAMES, prompt=5, steps=NEW - 1), 1) == [str(call.tokens) for call in read] == list("5111")


def test_without_a_cache_each_call_reads_all():
    figure = calls(NAMES, prompt=5, steps=3, cached=False, each=10)
    assert column(figure, 1) == list("5678")
    assert column(figure, 3) == ["nothing"] * 4
    assert "tokens read so far: 26" in figure.alt


def test_the_bytes_are_those_of_a_real_cache():
    import torch

    model = tiny_llama()
    config = model.config
    each = 2 * config.num_hidden_layers * config.num_key_value_heads * config.head_dim * model.dtype.itemsize
    with torch.no_grad():
        layers = model(torch.tensor(IDS)).past_key_values.layers
    measured = sum(layer.keys.nbytes + layer.values.nbytes for layer in layers)
    assert column(calls(NAMES, prompt=5, each=each), 3) == [f"{measured:,} bytes"]


def test_the_grid_fills_and_keeps_its_size():
    import io

    from PIL import Image

    figures = [calls(NAMES, prompt=5, steps=steps, cached=cached) for steps in (0, 3) for cached in (True, False)]
    assert len({figure.png for figure in figures}) == 4
    assert len({Image.open(io.BytesIO(figure.png)).size for figure in figures}) == 1
    assert column(figures[2], 2) == ["t5", "t6", "t7", "t8"]


@pytest.mark.parametrize("wrong", [{"prompt": 0}, {"prompt": 9}, {"prompt": 5, "steps": 4}, {"prompt": "5"}])
def test_it_says_what_it_needs(wrong):
    with pytest.raises(CourseError, match="draws a prompt"):
        calls(NAMES, **wrong)


def test_the_cache_beside_the_weights():
    less, more, much = (weigh(16.06e9, size, title="a model") for size in (0.54e9, 17e9, 90e9))
    assert column(less, 1) == ["16.06", "0.54"]
    assert "less than the weights" in less.alt
    assert "more than the weights" in more.alt
    assert "more than the weights" in much.alt


def test_the_bar_of_the_weights_stays_where_it_is():
    import io

    import numpy as np
    from PIL import Image

    small, large, equal = (
        np.array(Image.open(io.BytesIO(weigh(16e9, size).png)).convert("L"), int)[:115] for size in (1e9, 99e9, 16e9)
    )
    assert small.shape == large.shape
    for other in (large, equal):  # all above the bar of the cache; shades may differ a little
        assert abs(small - other).max() < 40


@pytest.mark.parametrize("wrong", [(0, 1), ("much", 1), (1, -1), (1, None)])
def test_it_weighs_numbers_only(wrong):
    with pytest.raises(CourseError, match="two numbers of bytes"):
        weigh(*wrong)
