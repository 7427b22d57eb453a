"""The steps of attention as tables: the numbers of the page, with the names of their rows and columns."""

import torch

from course_utils.pictures.ch06.mixing import (
    all_words,
    columns_beside,
    cut_picture,
    joined_heads,
    masked_looks,
    mix_picture,
    score_picture,
)

WORDS, KINDS, FACTS = ["this", "old", "house"], ["determiner", "adjective", "noun", "verb"], ["old", "feminine"]
QUERY = torch.tensor([[0.0, 0, 4, 0], [0, 0, 2, 0], [0, 2, 0, 2]])
KEY, VALUE = torch.eye(4)[:3], torch.tensor([[0.0, 0], [1, 0], [0, 1]])
SCORES = QUERY @ KEY.T / 2
WEIGHTS = SCORES.softmax(-1)


def test_a_score_is_a_sum_of_products():
    products = QUERY[0] * KEY[2]
    figure = score_picture("this", QUERY[0], "house", KEY[2], products, products.sum(), KINDS)
    for said in ("query of this", "key of house", "products", "score"):
        assert said in figure.alt
    assert "[]" not in figure.alt and "[4, 1]" not in figure.alt


def test_a_mix_shows_what_each_word_adds():
    figure = mix_picture(WEIGHTS[0], VALUE, WEIGHTS[0] @ VALUE, WORDS, FACTS)
    assert "value, weighted" in figure.alt and "0.79" in figure.alt


def test_weights_and_mixes_of_all_words():
    figure = all_words(SCORES, WEIGHTS, WEIGHTS @ VALUE, WORDS, FACTS)
    assert figure.alt.index("scores") < figure.alt.index("weights") < figure.alt.index("mixed")


def test_what_a_mask_leaves():
    past = torch.ones(3, 3).tril().bool()
    hidden = SCORES.masked_fill(~past, float("-inf"))
    figure = masked_looks(SCORES, hidden, hidden.softmax(-1), past, WORDS)
    assert "-inf" in figure.alt and "0.50" in figure.alt


def test_heads_side_by_side():
    mixes = [WEIGHTS @ VALUE[:, :1], WEIGHTS @ VALUE[:, 1:]]
    figure = joined_heads(mixes, torch.cat(mixes, dim=-1), WORDS, FACTS)
    assert "mix_0" in figure.alt and "mix_1" in figure.alt and "joined" in figure.alt


def test_a_table_cut_into_heads():
    figure = cut_picture(QUERY, QUERY.reshape(3, 2, 2).transpose(0, 1), WORDS, KINDS)
    assert "[3, 4]" in figure.alt and "[2, 3, 2]" in figure.alt


def test_columns_have_their_numbers_in_the_text_and_in_the_table():
    figure = columns_beside({"short": torch.tensor([0.25, 0.75]), "long": [0.0, 1.0]})
    assert figure.alt == "Columns beside each other. short: 0.25, 0.75; long: 0.00, 1.00."
    assert figure.table.header == ("chart", "key 0", "key 1") and figure.table.rows[1] == ("long", "0.00", "1.00")
    assert figure.png.startswith(b"\x89PNG") and figure.folded
