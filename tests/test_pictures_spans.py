"""Texts with marked parts, and bars above and below tokens: what is in the picture, in its table and in its text."""

import io
from operator import sub

import pytest
from PIL import Image, ImageColor

from course_utils import CourseError
from course_utils.pictures import Figure
from course_utils.pictures.ch02.spans import _kind, _pieces, _rows, _width, marked, start_and_end
from course_utils.pictures.style import COLOURS, WIDTH

TEXT = "Maria works for Siemens in Munich."
NAMES = [(27, 33, "LOC"), (0, 5, "PER"), (16, 23, "ORG")]
TOKENS = ["the", "shop", "opens", "at", "six", "in", "the", "morning", "."]


def size(figure: Figure) -> tuple[int, int]:
    return Image.open(io.BytesIO(figure.png)).size


def test_a_marked_text_says_in_the_order_of_the_text_what_is_marked():
    figure = marked(TEXT, NAMES, title="Names")
    rows = (("Maria", "PER", "0 to 5"), ("Siemens", "ORG", "16 to 23"), ("Munich", "LOC", "27 to 33"))
    assert figure.table.rows == rows and figure.table.caption == "Names"
    assert figure.alt == f"The text “{TEXT}”: Maria is marked PER, Siemens is marked ORG, Munich is marked LOC."


def test_a_text_without_marks_and_an_empty_one_are_drawn_too():
    assert "nothing is marked" in marked(TEXT, []).alt
    assert marked("", []).table.rows == ()


def test_a_long_text_gets_more_lines_and_no_more_width():
    short, long = size(marked(TEXT, NAMES)), size(marked(TEXT + " She likes her work there." * 9, NAMES))
    assert long[1] > short[1] + 40
    assert max(short[0], long[0]) <= 720


def test_equal_labels_have_one_colour_and_other_labels_another():
    def edges(labels) -> list[str]:
        spans = [(start, end, name) for (start, end, _), name in zip(sorted(NAMES), labels, strict=True)]
        drawn = {
            colour for _, colour in Image.open(io.BytesIO(marked(TEXT, spans).png)).convert("RGB").getcolors(10**6)
        }
        wanted = {role: ImageColor.getrgb(COLOURS[role]) for role in ("encoder", "key", "value")}
        return [role for role, rgb in wanted.items() if any(max(map(abs, map(sub, rgb, c))) < 3 for c in drawn)]

    assert edges("AAA") == ["encoder"]
    assert edges("AAB") == ["encoder", "key"]
    assert edges("ABC") == ["encoder", "key", "value"]


def test_a_wrong_label_is_said_to_be_wrong_with_the_right_one():
    figure = marked(TEXT, NAMES, wrong={1: "PER"})
    assert [row[1] for row in figure.table.rows] == ["PER", "ORG, wrong: PER is right", "LOC"]
    assert "Siemens is marked ORG, wrong: PER is right" in figure.alt and figure.png != marked(TEXT, NAMES).png


def test_a_beginning_and_its_continuation_have_the_colour_of_their_kind():
    assert [_kind(name) for name in ("B-PER", "I-PER", "PER", "PER → ORG", "answer 0.97")] == [*["PER"] * 4, "answer"]


def test_punctuation_stands_at_its_word_and_no_label_on_another():
    text, size = "He met Ann, Bo, Al.", 13
    spans = [(7, 10, "PERSON"), (12, 14, "PERSON"), (16, 18, "PERSON")]
    (row,) = _rows(_pieces(text, spans, [name for *_, name in spans]), size)
    assert [part for part, *_ in row] == ["He met", "Ann", ",", "Bo", ",", "Al", "."]
    ends = [left + width for _, _, left, width in row]
    assert all(row[i][2] - ends[i - 1] < 0.04 for i in (2, 4, 6))
    places = [(left + width / 2, _width(name, 9)) for _, name, left, width in row if name]
    assert all(b - a > (wide + other) / 2 for (a, wide), (b, other) in zip(places, places[1:], strict=False))


def test_a_long_part_goes_on_in_the_next_line():
    text = "She said that " + "very " * 40 + "much is true."
    rows = _rows(_pieces(text, [(9, 213, "answer")], ["answer 0.30"]), 11)
    assert len(rows) > 2 and all(left + width <= WIDTH for row in rows for _, _, left, width in row)
    assert "".join("".join(part for part, *_ in row) for row in rows).replace(" ", "") == text.replace(" ", "")


def test_only_a_line_with_labels_takes_room_for_them():
    text = "She likes her work there. " * 9
    plain, first, last = (size(marked(text, spans))[1] for spans in ([], [(0, 3, "PRON")], [(228, 233, "ADV")]))
    assert plain < first == last < plain + 40


def test_dollars_and_signs_of_other_scripts_are_drawn_as_they_are():
    assert "$5 and $6" in marked("$5 and $6 你", [(0, 2, "MONEY")]).alt


@pytest.mark.parametrize(
    "spans",
    [
        [(0, 99, "PER")],
        [(5, 5, "PER")],
        [(-1, 5, "PER")],
        [(0, 5)],
        ["PER"],
        [(0, 5.5, "PER")],
        [(0, 5, "A"), (4, 9, "B")],
    ],
)
def test_spans_that_are_none_are_refused_in_a_sentence(spans):
    with pytest.raises(CourseError, match="marked\\(\\) expects spans"):
        marked(TEXT, spans)


def test_the_bars_name_the_best_start_and_the_best_end():
    start, end = [0.02] * len(TOKENS), [0.01] * len(TOKENS)
    start[4], end[7] = 0.9, 0.8
    figure = start_and_end(TOKENS, start, end, title="When?")
    assert "for the start: six with 0.90; for the end: morning with 0.80" in figure.alt
    assert ("4 six", "0.90", "0.01") in figure.table.rows and len(figure.table.rows) == len(TOKENS)
    assert size(start_and_end(TOKENS * 4, start * 4, end * 4))[1] > size(figure)[1] + 90  # another line of the text


def test_a_line_without_bars_takes_room_for_its_words_only():
    one = [1.0] + [0.0] * (4 * len(TOKENS) - 1)
    everywhere = size(start_and_end(TOKENS * 4, [0.9] * len(one), [0.9] * len(one)))[1]
    assert size(start_and_end(TOKENS * 4, one, one))[1] < everywhere - 90


def test_tokens_that_are_out_of_the_question_are_not_in_the_table():
    start, end = [0.0] * len(TOKENS), [0.0] * len(TOKENS)
    start[4] = end[7] = 1.0
    assert [row[0] for row in start_and_end(TOKENS, start, end).table.rows] == ["4 six", "7 morning"]


@pytest.mark.parametrize("tokens, start", [([], []), (TOKENS, [0.1]), (["a"] * 61, [0.1] * 61)])
def test_bars_need_as_many_numbers_as_tokens_and_not_too_many(tokens, start):
    with pytest.raises(CourseError, match="start_and_end\\(\\) expects"):
        start_and_end(tokens, start, start)


def test_the_pictures_are_small_files():
    assert len(marked(TEXT, NAMES, title="Names").png) < 8_000
    assert len(start_and_end(TOKENS, [0.1] * len(TOKENS), [0.1] * len(TOKENS)).png) < 16_000
