"""Token strips: every piece with its id, special tokens apart, odd signs explained, long and strange texts drawn.

The tokenizers are made here, so that nothing is fetched: one with `##` and special tokens, one on bytes.
"""

import io

import pytest
from PIL import Image
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

from course_utils import CourseError
from course_utils.pictures import token_strip
from course_utils.pictures.tokens import LIMIT, _width, pieces, rows_of

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "i", "love", "token", "##izer", "##s", "!", "$", "x"]


def word_piece():
    made = Tokenizer(models.WordPiece({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.decoder = decoders.WordPiece(prefix="##")
    made.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    special = {"unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]"}
    return PreTrainedTokenizerFast(tokenizer_object=made, **special)


def byte_level():
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    lines = ["the cat sat on the mat, schön schön schön"] * 3
    made.train_from_iterator(lines, trainers.BpeTrainer(vocab_size=300, initial_alphabet=alphabet, show_progress=False))
    return PreTrainedTokenizerFast(tokenizer_object=made)


def size(figure):
    return Image.open(io.BytesIO(figure.png)).size


def test_pieces_and_ids_are_those_of_the_tokenizer():
    tokenizer = word_piece()
    figure = token_strip(tokenizer, "i love tokenizers !")
    names, ids = (row[1:] for row in figure.table.rows)
    assert [*names] == ["[CLS]", "i", "love", "token", "##izer", "##s", "!", "[SEP]"]
    assert [int(number) for number in ids] == tokenizer("i love tokenizers !").input_ids
    assert "6 tokens and 2 special ones" in figure.alt and "## continues" in figure.alt


def test_special_tokens_and_words_in_several_pieces_are_known():
    found = pieces(word_piece(), "i love tokenizers")
    assert [piece.special for piece in found] == [True, False, False, False, False, False, True]
    assert [piece.whole for piece in found] == [True, True, True, False, False, False, True]
    assert [piece.starts for piece in found] == [True, True, True, True, False, False, True]


def test_an_unknown_word_is_no_special_token():
    figure = token_strip(word_piece(), "i love 你")
    assert "[UNK] stands for what the vocabulary lacks" in figure.alt
    assert [piece.text for piece in pieces(word_piece(), "i love 你") if not piece.special][-1] == "[UNK]"


def test_bytes_become_letters_again_and_a_space_stays_visible():
    tokenizer = byte_level()
    found = [piece.text for piece in pieces(tokenizer, "the cat schön")]
    assert "Ã" not in "".join(found)
    assert "".join(found) == "the␣cat␣schön"
    assert "␣ is the space in front of a word" in token_strip(tokenizer, "the cat").alt


def test_a_part_of_a_character_is_said_to_be_one():
    figure = token_strip(byte_level(), "你")
    assert "3 tokens" in figure.alt and "▯ is a part of one character" in figure.alt


def test_a_long_text_wraps_and_the_picture_says_where_it_stops():
    short, long = token_strip(word_piece(), "i"), token_strip(word_piece(), "i love tokenizers ! " * 40)
    assert size(long)[1] > 3 * size(short)[1] and size(long)[0] <= 720
    assert len(long.table.header) == LIMIT + 1 and f"The picture shows the first {LIMIT}." in long.alt


def test_a_word_stays_on_one_line_where_a_line_can_hold_it():
    lines = rows_of(pieces(word_piece(), "i love i love tokenizers"), 3.2)
    assert len(lines) > 1
    for line in lines:
        assert line[0][0].starts and line[-1][1] + line[-1][2] <= 3.2


@pytest.mark.parametrize("text", ["i love $x$ !", "<b>i</b>", "a\tb\nc", "🙂🙄", "x" * 5_000])
def test_strange_texts_are_drawn(text):
    for tokenizer in (word_piece(), byte_level()):
        assert size(token_strip(tokenizer, text, title=text[:20]))[0] > 100


@pytest.mark.parametrize("text, says", [("", "no text yet"), ("   ", "no text yet"), (3, "got a whole number")])
def test_no_text_gets_a_sentence(text, says):
    with pytest.raises(CourseError, match=says):
        token_strip(word_piece(), text)


def test_the_same_text_gives_the_same_bytes_in_a_small_file():
    figures = [token_strip(word_piece(), "i love tokenizers !", title="twice") for _ in range(2)]
    assert figures[0].png == figures[1].png and len(figures[0].png) < 12_000


def test_two_texts_or_two_tokenizers_are_two_strips_in_one_picture():
    one, two = word_piece(), byte_level()
    texts = token_strip(two, {"short": "the cat", "long": "the cat sat on the mat"})
    assert "short: 2 tokens: the | ␣cat. long: 6 tokens: the | ␣cat" in texts.alt
    names = [row[0] for row in texts.table.rows]
    assert names == ["short: token", "short: id", "long: token", "long: id"]
    assert texts.table.rows[0][1:] == ("the", "␣cat", "–", "–", "–", "–")
    both = token_strip({"pieces": one, "bytes": two}, "i love tokenizers")
    assert "pieces: 5 tokens and 2 special ones (grey): [CLS] | i" in both.alt and "bytes: " in both.alt
    assert size(both)[1] > size(token_strip(one, "i love tokenizers"))[1] + 60


def test_a_box_is_as_wide_as_its_text():
    from matplotlib.textpath import TextPath

    for text in ("unbelievable", "##izer", "mm␣", "19204"):
        drawn = TextPath((0, 0), text, size=10).get_extents().width / 72
        assert drawn <= _width(text) <= 1.1 * drawn + 0.03
