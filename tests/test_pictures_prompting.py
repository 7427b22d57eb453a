"""Next tokens, and answers as squares: the numbers are the model's own, and the picture says what is right."""

from types import SimpleNamespace

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.pictures.prompting import answer_squares, next_tokens, share_of

VOCABULARY = ["<pad>", "hello", "▁good", "▁bad", "▁night", "now"]
SCORES = torch.tensor([0.0, 1.0, 3.0, 2.0, 5.0, -1.0])


class Inputs(dict):
    input_ids = property(lambda self: self["input_ids"])

    def to(self, device):
        return self


class Tokenizer:
    """Words are tokens; what was asked is kept."""

    def __call__(self, text, return_tensors=None):
        self.asked = text
        ids = [VOCABULARY.index(f"▁{word}") if f"▁{word}" in VOCABULARY else 1 for word in text.split()]
        return Inputs(input_ids=torch.tensor([ids]) if return_tensors else ids)

    def decode(self, token):
        return VOCABULARY[int(token)].replace("▁", " ")

    def apply_chat_template(self, messages, tokenize, add_generation_prompt, continue_final_message):
        assert not tokenize and add_generation_prompt != continue_final_message
        text = " ".join(f"{message['role']}: {message['content']}" for message in messages)
        return text + (" assistant:" if add_generation_prompt else "")


class Model:
    device = "cpu"

    def __call__(self, input_ids, logits_to_keep):
        other = torch.zeros_like(SCORES)  # only the last position counts
        return SimpleNamespace(logits=torch.stack([other, SCORES])[None])


def generator():
    return SimpleNamespace(tokenizer=Tokenizer(), model=Model())


def test_the_likeliest_tokens_come_first_with_their_probabilities():
    found = next_tokens(generator(), "say", top=3)
    assert list(found) == ["␣night", "␣good", "␣bad"]  # the space is seen
    assert list(found.values()) == pytest.approx(SCORES.softmax(-1)[[4, 2, 3]].tolist())
    assert all(type(value) is float for value in found.values())


def test_among_asks_for_words_in_their_order():
    found = next_tokens(generator(), "say", among=["bad", "good"])
    assert list(found) == ["bad", "good"]
    assert found["bad"] == pytest.approx(SCORES.softmax(-1)[3].item())


def test_a_share_leaves_all_other_tokens_out():
    good, bad = SCORES.exp()[[2, 3]].tolist()
    assert share_of(generator(), "say", "good", "bad") == pytest.approx(good / (good + bad))


@pytest.mark.parametrize(
    "messages, text",
    [
        ([("user", "hi")], "user: hi assistant:"),
        ([("user", "hi"), ("assistant", "oh")], "user: hi assistant: oh"),
    ],
)
def test_a_chat_is_continued_where_the_model_writes(messages, text):
    one = generator()
    next_tokens(one, [{"role": role, "content": content} for role, content in messages])
    assert one.tokenizer.asked == text


@pytest.mark.parametrize(
    "prompt, options, says",
    [
        ("", {}, "Write the beginning"),
        ("  \n", {}, "Write the beginning"),
        ("x" * 2001, {}, "at most 2,000"),
        ("x", {"top": 0}, "1 or more"),
        ("x", {"top": "2"}, "1 or more"),
    ],
)
def test_what_cannot_be_asked_gets_a_sentence(prompt, options, says):
    with pytest.raises(CourseError, match=says):
        next_tokens(generator(), prompt, **options)


def test_squares_say_how_many_are_right_and_which_are_wrong():
    figure = answer_squares(["a", "b", "a"], {"first": ["a", "b", "a"], "second": ["a", "b", "b"]}, title="T")
    assert figure.table.rows == (("first", "3", "2", "1"), ("second", "2", "1", "1"))
    assert "first 3 of 3 right; second 2 of 3 right" in figure.alt
    assert "second wrong at 2" in figure.alt  # texts of one label stand together
    assert figure.png.startswith(b"\x89PNG")


@pytest.mark.parametrize("labels, rows", [([], {}), (["a"], {}), (["a", "b"], {"x": ["a"]})])
def test_squares_need_as_many_answers_as_labels(labels, rows):
    with pytest.raises(CourseError, match="as many answers"):
        answer_squares(labels, rows)
