"""The pictures of notebook 08: what filters leave, ten draws, and a beam search as a tree."""

import pytest

from course_utils.errors import CourseError
from course_utils.pictures.ch08.sampling import TAIL, before_after
from course_utils.pictures.ch08.sampling_beams import beam_tree

SIZE = 300
LEVELS = [
    [(0, " stepped", -1.8), (0, " let", -2.8), (0, " cre", -3.1), (0, " the", -3.3)],
    [(0, " into", -3.1), (2, "pt", -3.2), (0, " out", -3.3), (1, " the", -3.8)],
    [(0, " the", -3.2), (2, " into", -3.8), (1, " out", -4.6), (2, " onto", -4.9)],
    [(1, " the", -3.8), (0, " room", -5.1), (2, ".", -6.1), (0, " garden", -6.2)],
]


class Words:
    """A tokenizer of as many words as there are ids."""

    def decode(self, ids):
        return f" w{ids[0]}"


@pytest.fixture(scope="module")
def logits():
    import torch

    return torch.randn(SIZE, generator=torch.Generator().manual_seed(1)) * 3


def rows(figure) -> list[tuple[str, ...]]:
    return [tuple(text.strip() for text in row) for row in figure.table.rows]


def draws(figure) -> list[int]:
    return [int(word.strip(" .w")) for word in figure.alt.split("Ten draws: ")[1].split(",")]


def test_the_bars_are_those_of_the_library(logits):
    from transformers import MinPLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

    for warper in (TopKLogitsWarper(3), TopPLogitsWarper(0.7), MinPLogitsWarper(0.1)):
        after = warper(None, logits[None] / 0.8)[0]
        chances, left = after.softmax(-1), int(after.isfinite().sum())
        figure = before_after(Words(), logits, after)
        places = logits.argsort(descending=True).tolist()
        for place, (name, before, now) in zip(places, rows(figure)[:8], strict=False):
            assert name == f"w{place}"
            assert (before, now) == (f"{logits.softmax(-1)[place]:.3f}", f"{chances[place]:.3f}")
        assert f"{left} of {SIZE} tokens left" in figure.alt
        assert len(draws(figure)) == 10
        assert all(chances[token] > 0 for token in draws(figure))


def test_all_tokens_are_in_some_row(logits):
    table = rows(before_after(Words(), logits, logits / 2, prompt="a cup of"))
    assert [row[0] for row in table[8:]] == [f"places 9 to {TAIL}", f"the tail, {SIZE - TAIL} more"]
    for column in (1, 2):
        assert sum(float(row[column]) for row in table) == pytest.approx(1, abs=0.006)
    flat = logits.softmax(-1).sort(descending=True).values
    assert table[9][1] == f"{flat[TAIL:].sum():.3f}"
    assert float(table[9][2]) > float(table[9][1])  # hotter: the tail gains


def test_the_same_place_of_a_slider_draws_the_same(logits):
    hot, cold = (before_after(Words(), logits, logits / temperature) for temperature in (2.0, 0.3))
    assert draws(hot) == draws(before_after(Words(), logits, logits / 2.0))
    assert len(set(draws(hot))) > len(set(draws(cold)))


def test_it_says_what_it_needs(logits):
    with pytest.raises(CourseError, match="two vectors"):
        before_after(Words(), logits, logits[None])
    with pytest.raises(CourseError, match="one token at least"):
        before_after(Words(), logits, logits - float("inf"))


def test_a_tree_says_what_was_kept_and_whose_child_it_is():
    figure = beam_tree(LEVELS, width=3, start="… and")
    assert "step 2: into, pt, out; step 3" in figure.alt
    assert ("2", "pt", "3", "-3.20", "yes") in rows(figure)
    assert ("2", "the", "2", "-3.80", "no") in rows(figure)
    assert len(rows(figure)) == 16


def test_a_tree_grows_in_a_picture_that_stays_as_large():
    import io

    from PIL import Image

    short, long = (beam_tree(LEVELS, width=3, start="… and", steps=steps) for steps in (2, 4))
    assert len(rows(short)) == 8
    assert short.png != long.png
    assert len({Image.open(io.BytesIO(figure.png)).size for figure in (short, long)}) == 1


def test_the_best_path_can_change():
    from course_utils.pictures.ch08.sampling_beams import _path

    assert _path(LEVELS[:3]) == [0, 0, 0]
    assert _path(LEVELS) == [0, 2, 1, 0]  # stepped, out, into, the


def test_the_way_of_greedy_ends_where_it_is_cut_off():
    from course_utils.pictures.ch08.sampling_beams import _greedy

    assert _greedy(LEVELS) == [0, 0, 0, 1]  # stepped into the room
    cut = [*LEVELS[:1], [(1, " the", -3.0), (2, "pt", -3.1), (1, " her", -3.2), (0, " into", -3.3)], *LEVELS[2:]]
    assert _greedy(cut) == [0, 3]


@pytest.mark.parametrize("levels", [[], [[(0, "a", -1.0)]]])
def test_a_tree_needs_beams(levels):
    with pytest.raises(CourseError, match="3 beams or more"):
        beam_tree(levels, width=3, start="")
