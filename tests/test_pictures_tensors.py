"""Tensors as pictures: what is drawn, lit and said agrees with what PyTorch computes, and bad input gets a sentence."""

import io

import matplotlib
import pytest
import torch
from PIL import Image

matplotlib.use("Agg")

from course_utils import CourseError  # noqa: E402 (the backend comes first)
from course_utils.pictures import Figure  # noqa: E402
from course_utils.pictures.ch00.tensor_views import (  # noqa: E402
    picked,
    product,
    reduced,
    reshaped,
    stretched,
    turned_or_cut,
)
from course_utils.pictures.grids import index_of, mask_of, tensors, texts_of  # noqa: E402

POINTS = torch.tensor([[3.0, 1, 4, 2], [0, 5, 2, 1], [6, 2, 2, 4]])
NAMES = {"rows": ["Ana", "Ben", "Cem"], "columns": ["chess", "darts", "cards", "quiz"]}


def rows(figure: Figure) -> list[tuple]:
    return list(figure.table.rows)


def test_the_package_offers_the_function():
    from course_utils.pictures import tensors as offered

    assert callable(offered)


@pytest.mark.parametrize("sizes", [(), (1,), (4,), (1, 1), (3, 4), (2, 3, 2), (4, 8, 12)])
def test_up_to_three_dimensions_are_drawn_with_shape_and_numbers(sizes):
    values = torch.arange(int(torch.tensor(sizes).prod())).reshape(sizes)
    figure = tensors(("x", values))
    assert f"x of the shape {list(sizes)}" in figure.alt
    assert rows(figure)[0][:2] == ("x", str(list(sizes)))
    assert Image.open(io.BytesIO(figure.png)).format == "PNG"


def test_a_picture_is_small_and_the_same_each_time():
    one, other = (tensors(("points", POINTS), "=", POINTS, **NAMES) for _ in range(2))
    assert one == other and len(one.png) < 12_000


def test_texts_stand_between_and_the_lit_numbers_are_said():
    figure = tensors(("points", POINTS, POINTS > 3), "points > 3", ("many", POINTS > 3), title="Many", **NAMES)
    assert figure.alt.startswith("Many: points of the shape [3, 4], [[3, 1, 4, 2], ")
    assert "in colour: 4, 5, 6, 4; points > 3; many" in figure.alt
    assert figure.table.caption == "Many" and [row[0] for row in rows(figure)] == ["points", "many"]


def test_lit_numbers_get_another_colour():
    def blue(figure):
        picture = Image.open(io.BytesIO(figure.png)).convert("RGB")
        return sum(number for number, (r, _, b) in picture.getcolors(1 << 20) if b > r + 40)

    plain, one, two = (blue(tensors(part)) for part in (POINTS, ("", POINTS, "0, 0"), ("", POINTS, "0, :2")))
    assert plain == 0 < one < two


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (torch.tensor([1, -2]), ["1", "-2"]),
        (torch.tensor([1.0, -2.0]), ["1", "-2"]),
        (torch.tensor([0.5, 2.0]), ["0.5", "2.0"]),
        (torch.tensor([1 / 3, -0.001]), ["0.33", "0.00"]),
        (torch.tensor([1.0, float("-inf")]), ["1", "-inf"]),
        (torch.tensor([1.5, float("nan")]), ["1.5", "nan"]),
        (torch.tensor([True, False]), ["True", "False"]),
        (torch.tensor([0.5, 1.0], dtype=torch.bfloat16), ["0.5", "1.0"]),
    ],
)
def test_numbers_are_short(values, said):
    assert texts_of(values) == said
    assert tensors(values).png


@pytest.mark.parametrize("text", ["0", "-1", "0, -1", ":, 1", "1:", "0:2, 1:3", ":, ::2"])
def test_an_index_as_text_is_the_index_in_code(text):
    assert torch.equal(POINTS[index_of(text)], eval(f"POINTS[{text}]"))
    assert sorted(POINTS[mask_of(POINTS, text)].tolist()) == sorted(POINTS[index_of(text)].flatten().tolist())


@pytest.mark.parametrize("text", ["", "a", "0, ", "0; 1", None])
def test_a_wrong_index_gets_a_sentence(text):
    with pytest.raises(CourseError, match="An index looks like"):
        index_of(text)


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ((), "at least one tensor"),
        (("+",), "at least one tensor"),
        (([1, 2],), "draws tensors, texts, and pairs"),
        ((("x", [1, 2]),), "draws tensors, texts, and pairs"),
        ((torch.zeros(2, 2, 2, 2),), "too large for a picture"),
        ((torch.zeros(3, 13),), "too large for a picture"),
        ((torch.zeros(0, 3),), "holds no number"),
        ((POINTS,) * 9, "too wide"),
        ((("x", POINTS, torch.zeros(3, 4)),), "True and False"),
        ((("x", POINTS, torch.ones(4, dtype=torch.bool)),), r"with the shape \[3, 4\]"),
    ],
)
def test_what_cannot_be_drawn_gets_a_sentence(parts, says):
    with pytest.raises(CourseError, match=says):
        tensors(*parts)


def test_a_picked_part_is_what_the_index_gives():
    assert rows(picked("points", POINTS, ":, 1", **NAMES))[1] == ("points[:, 1]", "[3]", "[1, 5, 2]")
    assert rows(picked("points", POINTS, "0, -1"))[1] == ("points[0, -1]", "[]", "2")
    with pytest.raises(CourseError, match="out of bounds"):
        picked("points", POINTS, "3")
    with pytest.raises(CourseError, match="is empty"):
        picked("points", POINTS, "3:")


@pytest.mark.parametrize("what", ["sum", "mean", "max"])
@pytest.mark.parametrize("dim", [0, 1, -1, -2])
@pytest.mark.parametrize("keepdim", [False, True])
def test_the_lit_numbers_make_the_lit_number(what, dim, keepdim):
    figure = reduced("points", POINTS, what, dim, keepdim, **NAMES)
    assert "in colour: 3, 0, 6; " in figure.alt if dim in (0, -2) else "in colour: 3, 1, 4, 2; " in figure.alt
    size = {0: [4], 1: [3]}[dim % 2] if not keepdim else {0: [1, 4], 1: [3, 1]}[dim % 2]
    assert rows(figure)[1][1] == str(size)


@pytest.mark.parametrize("extra", [5, [0, 0, 1, 0], [[2], [1], [0]], [[1] * 4] * 3])
@pytest.mark.parametrize("sign", ["+", "-", "*", "/"])
def test_a_stretched_tensor_gives_what_pytorch_gives(extra, sign):
    extra = torch.tensor(extra) + 1
    figure = stretched(("points", POINTS), sign, ("extra", extra), **NAMES)
    right = eval(f"POINTS {sign} extra")
    assert rows(figure)[2] == rows(tensors(("result", right)))[0]
    assert rows(figure)[1][1].startswith(str(list(extra.shape)))


def test_shapes_that_do_not_fit_get_no_result_and_a_title_that_says_why():
    figure = stretched(("points", POINTS), "+", ("extra", torch.tensor([2, 1, 0])), **NAMES)
    assert figure.alt.startswith("From the right, 4 meets 3: they differ, and neither is 1: ")
    assert figure.alt.endswith("=; ?.") and len(rows(figure)) == 2


def test_a_product_says_the_sum_of_the_chosen_number():
    weights = torch.tensor([[2.0, 0], [1, 2], [1, 1], [1, 1]])
    figure = product(("points", POINTS), ("weights", weights), 2, 1)
    assert figure.alt.startswith("6×0 + 2×2 + 2×1 + 4×1 = 10: ") and figure.alt.endswith("in colour: 10.")
    assert rows(figure)[2] == ("result", "[3, 2]", "[[13, 8], [8, 13], [20, 10]]")


@pytest.mark.parametrize("shape", ["2, 6", "3, 2, 2", "3, -1, 2", "6, -1", "2, 3, 2", "4, 3"])
def test_a_new_shape_keeps_the_order_and_lights_the_first_row(shape):
    figure = reshaped("points", POINTS, shape, **NAMES)
    right = POINTS.reshape(eval(shape))
    assert rows(figure)[1] == rows(tensors(("result", right)))[0]
    assert figure.alt.count("in colour: 3, 1, 4, 2") == 2


@pytest.mark.parametrize("shape", ["5, 2", "5, -1", "", "two"])
def test_a_shape_that_does_not_fit_gets_a_sentence(shape):
    with pytest.raises(CourseError, match="12 numbers do not fill"):
        reshaped("points", POINTS, shape)


def test_turned_and_cut_have_the_same_shape_and_other_numbers():
    _, turned, cut = rows(turned_or_cut("points", POINTS, **NAMES))
    assert turned[1] == cut[1] == "[4, 3]" and turned[2] != cut[2]
    assert turned[2] == "[[3, 0, 6], [1, 5, 2], [4, 2, 2], [2, 1, 4]]"


def test_a_picture_is_as_wide_as_its_title():
    narrow, wide = (
        Image.open(io.BytesIO(tensors(torch.tensor(1), title=title).png)).width for title in ("", "one number " * 4)
    )
    assert wide > narrow + 200


@pytest.fixture
def written(monkeypatch):
    def texts(draw):
        from course_utils.pictures import grids

        found = []
        with monkeypatch.context() as patch:
            patch.setattr(grids, "write", lambda axes, x, y, text, **_: found.append(text))
            draw()
        return found

    return texts


def test_a_column_and_its_copies_are_no_games(written):
    sums = ("sums", POINTS.sum(dim=1, keepdim=True))
    said = written(lambda: stretched(("points", POINTS), "/", sums, label="sum", **NAMES))
    assert said.count("sum") == 1 and said.count("chess") == 2 and said.count("Ana") == 1
    said = written(lambda: stretched(("points", POINTS), "+", ("extra", torch.tensor([0, 0, 1, 0])), **NAMES))
    assert said.count("chess") == 3


def test_sheets_that_were_rows_keep_their_names_and_reshape_to_the_turned_shape_has_none(written):
    pieces = {**NAMES, "pieces": ["before", "after"]}
    said = written(lambda: reshaped("points", POINTS, "3, 2, 2", **pieces))
    assert said.count("Ana") == 2 and said.count("before") == 3
    assert "before" not in written(lambda: reshaped("points", POINTS, "3, 4, 1", **pieces))
    assert written(lambda: turned_or_cut("points", POINTS, **NAMES)).count("no labels possible") == 1


def test_names_are_written_once_beside_each_other_and_again_behind_an_arrow(written):
    many = ("many", POINTS > 3)
    assert written(lambda: tensors(POINTS, "+", POINTS, **NAMES)).count("Ana") == 1
    assert written(lambda: tensors(POINTS, "points > 3", many, **NAMES)).count("Ana") == 2
    inner = {"rows": NAMES["rows"], "inner": NAMES["columns"], "columns": NAMES["rows"]}
    said = written(lambda: product(("points", POINTS), ("points.T", POINTS.T), **inner))
    assert said.count("chess") == 2 and said.count("Ana") == 4  # rows of two tables, columns of two tables
    sheets = ["Fri", "Sat"]
    said = written(lambda: tensors(POINTS, torch.stack([POINTS, POINTS]), **NAMES, sheets=sheets))
    assert said.count("Sat") == 1 and said.count("Ana") == 3
