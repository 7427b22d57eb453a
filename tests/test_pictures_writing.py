"""The slider of greedy generation shows the text so far and the likeliest tokens after it, up to the end token."""

from types import SimpleNamespace

import pytest
import torch
from test_pictures_tokens import byte_level
from transformers import LlamaConfig, LlamaForCausalLM

from course_utils import CourseError
from course_utils.pictures.ch02.writing import writing


@pytest.fixture(scope="module")
def generator():
    torch.manual_seed(0)
    tokenizer = byte_level()
    tokenizer.add_special_tokens({"eos_token": "<end>"})
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2
    )
    return SimpleNamespace(tokenizer=tokenizer, model=LlamaForCausalLM(config).eval())


def by_hand(generator, prompt, tokens):
    ids = generator.tokenizer(prompt, return_tensors="pt").input_ids
    for _ in range(tokens):
        ids = torch.cat([ids, generator.model(ids).logits[:, -1:].argmax(-1)], 1)
    chances = generator.model(ids).logits[0, -1].softmax(-1)
    return generator.tokenizer.decode(ids[0]), chances.max().item()


def test_each_move_shows_the_text_and_the_chances_that_the_loop_gives(generator):
    view = writing(generator, "the cat", most=5)
    for tokens in range(6):
        text, chance = by_hand(generator, "the cat", tokens)
        figure = view(tokens)
        assert figure.table.caption.startswith(text[:20].replace("\n", "↵")[:10]) and len(figure.table.rows) == 5
        assert figure.table.rows[0][1] == (f"{chance:.2f}" if chance >= 0.005 else "<0.01")
    assert view(99).png == view(5).png and view(-1).png == view(0).png


def test_it_stops_at_the_end_token_and_does_not_write_it(generator):
    end = by_hand(generator, "the cat", 3)[0]
    ids = generator.tokenizer("the cat", return_tensors="pt").input_ids
    third = generator.model.generate(ids, max_new_tokens=3, do_sample=False)[0, -1].item()
    tokenizer = SimpleNamespace(eos_token_id=third, decode=generator.tokenizer.decode)

    class Tokenizer(SimpleNamespace):
        def __call__(self, *texts, **options):
            return generator.tokenizer(*texts, **options)

    view = writing(SimpleNamespace(tokenizer=Tokenizer(**vars(tokenizer)), model=generator.model), "the cat", most=8)
    assert view(8).png == view(2).png and end not in view(8).alt


@pytest.mark.parametrize("prompt, most", [("", 3), ("  ", 3), (None, 3), ("a", 0), ("a", 2.5)])
def test_bad_input_gets_a_sentence(generator, prompt, most):
    with pytest.raises(CourseError):
        writing(generator, prompt, most=most)
