"""What the attention lab measures: entropy of a row, the best heads and their controls, surprise, the next word."""

import numpy as np
import pytest
import torch

from course_utils.errors import CourseError
from course_utils.forward.experiments import (
    bits,
    head_table,
    least_of_same_layers,
    next_word,
    repeated,
    surprise,
    surprise_after,
    top_heads,
)

SCORES = np.array([[0.1, 0.9, 0.3], [0.8, np.nan, 0.2]])


def test_the_best_heads_come_first_and_those_without_a_number_never():
    assert top_heads(SCORES, 2) == [(0, 1), (1, 0)]
    assert len(top_heads(SCORES, 9)) == 5
    with pytest.raises(CourseError, match=r"scores \[layers, heads\]"):
        top_heads([0.1, 0.2])


def test_a_control_has_as_many_heads_of_each_layer():
    scores = np.array([[0.1, 0.9, 0.3, 0.8], [0.7, 0.5, 0.2, 0.6]])
    assert least_of_same_layers(scores, [(0, 1), (0, 3), (1, 0)]) == [(0, 0), (0, 2), (1, 2)]


@pytest.mark.parametrize("row, expected", [([1, 0, 0], 0), ([0.5, 0.5], 1), ([0.25] * 4, 2), ([2, 2], 1)])
def test_bits_are_the_entropy_of_a_row(row, expected):
    assert bits(row) == pytest.approx(expected)


def test_a_table_has_a_row_for_each_head():
    table = head_table("best", {"score": SCORES}, [(0, 1), (1, 0)])
    assert table.header == ("head", "score")
    assert table.rows == (("0.1", "0.90"), ("1.0", "0.80"))


@pytest.fixture(scope="module")
def decoder():
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    return LlamaForCausalLM(LlamaConfig(vocab_size=20, initializer_range=0.5, **sizes)).eval()


def test_surprise_is_minus_the_logarithm_of_the_probability(decoder):
    ids = torch.tensor([[3, 7, 7, 1], [1, 2, 3, 4]])
    found = surprise(decoder, ids)
    assert found.shape == (2, 3)
    with torch.no_grad():
        chances = decoder(ids[:1]).logits[0].softmax(-1)
    assert found[0, 0] == pytest.approx(-np.log2(chances[0, 7].item()), abs=1e-4)
    assert found[0, 2] == pytest.approx(-np.log2(chances[2, 1].item()), abs=1e-4)


def test_a_hidden_token_changes_only_what_may_not_look_at_it(decoder):
    ids = torch.tensor([[3, 7, 5, 1, 9]])
    whole, hidden = surprise(decoder, ids)[0], surprise(decoder, ids, hide=0, after=2)[0]
    assert np.allclose(whole[:2], hidden[:2], atol=1e-5)  # the tokens at 0 and 1 predict these
    assert not np.allclose(whole[2:], hidden[2:], atol=1e-3)


def test_the_mean_surprise_leaves_out_the_words_that_may_see_all(decoder):
    ids = torch.tensor([[3, 7, 5, 1, 9, 4]])
    hidden = surprise(decoder, ids, hide=0, after=2)[0]
    assert surprise_after(decoder, ids, hide=0, after=2) == pytest.approx(hidden[2:].mean(), abs=1e-5)


def test_repeated_words_come_twice_and_are_the_same_for_one_seed():
    class Vocabulary:
        def get_vocab(self):
            return {"Ġtree": 0, "Ġhouse": 1, "Ġcat": 2, "Ġwater": 3, "stone": 4}  # too short, and not after a space

    words = repeated(Vocabulary(), count=3, seed=0).split()
    assert words[:3] == words[3:] and sorted(words[:3]) == ["house", "tree", "water"]
    assert words == repeated(Vocabulary(), count=3, seed=0).split()


class Words:
    """A tokenizer of whole words: the letter says the id, and a target ends in </s>."""

    def __call__(self, texts=None, text_target=None, return_tensors="pt"):
        from transformers import BatchEncoding

        rows = [[ord(word[0]) - ord("a") + 3 for word in text.split()] + [1] for text in texts or text_target]
        ids = torch.tensor(rows)
        return BatchEncoding({"input_ids": ids, "attention_mask": torch.ones_like(ids)})

    def convert_tokens_to_ids(self, word):
        return ord(word[0]) - ord("a") + 3


@pytest.fixture(scope="module")
def translator():
    from transformers import BartConfig, BartForConditionalGeneration

    torch.manual_seed(0)
    sizes = {"d_model": 16, "encoder_layers": 1, "decoder_layers": 1, "max_position_embeddings": 32}
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2, "encoder_ffn_dim": 16, "decoder_ffn_dim": 16}
    settings = BartConfig(vocab_size=40, init_std=0.5, decoder_start_token_id=2, **sizes, **heads)
    return BartForConditionalGeneration(settings).eval()


def test_the_next_word_is_what_the_model_gives_after_the_beginning(translator):
    found = next_word(translator, Words(), ["a b c"], ["d e"], ["f", "g"])
    with torch.no_grad():
        logits = translator(input_ids=torch.tensor([[3, 4, 5, 1]]), decoder_input_ids=torch.tensor([[2, 6, 7]])).logits
    assert list(found) == ["f", "g"]
    assert found["f"] == pytest.approx(logits[0, -1].softmax(-1)[8].item(), abs=1e-5)


def test_several_sources_give_the_mean_and_hiding_a_source_word_changes_it(translator):
    one, two, both = [
        next_word(translator, Words(), sources, ["d e"] * len(sources), ["f"])["f"]
        for sources in (["a b c"], ["c b a"], ["a b c", "c b a"])
    ]
    assert both == pytest.approx((one + two) / 2, abs=1e-6)
    assert next_word(translator, Words(), ["a b c"], ["d e"], ["f"], hide=1)["f"] != pytest.approx(one, abs=1e-4)


def test_several_source_words_can_be_hidden(translator):
    one = next_word(translator, Words(), ["a b c"], ["d e"], ["f"], hide=1)["f"]
    two = next_word(translator, Words(), ["a b c"], ["d e"], ["f"], hide=[0, 1])["f"]
    assert one != pytest.approx(two, abs=1e-4)
