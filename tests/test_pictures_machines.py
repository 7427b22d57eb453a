"""The picture of the whole machine: the same parts in every family, one of them lit, and one sentence for bad input."""

import pytest

from course_utils.errors import CourseError
from course_utils.pictures import block, machine
from course_utils.pictures.machines import PARTS


def rows(figure) -> list[str]:
    return [row[0] for row in figure.table.rows]


def test_the_whole_machine_has_every_part_but_the_mask_free_attention_of_a_decoder():
    assert set(rows(machine())) == set(PARTS)
    assert set(PARTS) - set(rows(machine("encoder"))) == {"masked attention", "cross-attention", "unembedding"}
    assert set(PARTS) - set(rows(machine("decoder"))) == {"attention", "cross-attention"}


def test_the_description_tells_the_order_and_what_is_lit():
    said = machine("decoder", lit="feed-forward").alt
    assert "masked attention, add and norm, feed-forward, add and norm, then unembedding" in said
    assert said.endswith("Lit: feed-forward.")
    assert "Lit" not in machine("decoder").alt


@pytest.mark.parametrize("part", [*PARTS, "encoder", "decoder"])
def test_one_part_lit_is_another_picture(part):
    assert machine(lit=part).png != machine().png


def test_attention_alone_lights_the_masked_attention_of_a_decoder():
    assert machine("decoder", lit="attention").png == machine("decoder", lit="masked attention").png


def test_a_layer_shows_its_shapes():
    figure = block(shapes={"attention": "9 heads of 64"}, lit=["attention", "output"], title="One layer")
    assert ("attention", "9 heads of 64") in figure.table.rows
    assert figure.alt.startswith("One layer. ") and figure.alt.endswith("Lit: attention, output.")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: machine("gpt"),
        lambda: machine(["encoder"]),
        lambda: machine(lit="softmax"),
        lambda: machine(lit=5),
        lambda: block(lit="cross-attention"),
        lambda: block(shapes={"head": "9"}),
        lambda: block(shapes=["attention"]),
    ],
)
def test_bad_input_gets_one_sentence(wrong):
    with pytest.raises(CourseError, match="it got") as said:
        wrong()
    assert "\n" not in str(said.value)
