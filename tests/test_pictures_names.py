"""The pictures of names on 09b say what they were given, and a new head learns the same every time."""

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.pictures.ch09.names_draws import draws, effects
from course_utils.pictures.ch09.names_heads import last_vectors, new_head
from course_utils.pictures.ch09.names_ranked import by_pieces, ranked

GROUPS = {"A": {"Ada": -8.0, "Bo": -7.0}, "E": {"Di": -6.0, "Ed": -7.5}}


def test_names_stand_in_the_order_of_their_scores():
    figure = ranked(GROUPS, what="a chance")
    assert [row[0] for row in figure.table.rows] == ["Di", "Bo", "Ed", "Ada"]
    assert "On average 2.1 times as likely with E." in figure.alt  # e^0.75
    assert "On average equally likely." in ranked({"A": {"x": 2.0}, "E": {"y": 2.0}}).alt
    assert "over a million times as likely with A." in ranked({"A": {"x": 0.0}, "E": {"y": -900.0}}).alt


def test_tokens_are_counted_for_each_name():
    figure = by_pieces(GROUPS, {"Ada": 3, "Bo": 2, "Di": 1, "Ed": 1})
    assert "A, 2.5 tokens on average; E, 1.0 tokens on average" in figure.alt
    assert ("Ada", "A", "3", "-8.00") in figure.table.rows


def test_a_row_for_each_model_and_for_each_effect():
    figure = draws({"head 1": [-1.2, -1.3], "fine-tuned": [0.1, -0.1]})
    assert "head 1: men, 3.5 times; fine-tuned: equal." in figure.alt
    figure = effects({"before": (-0.7, -1.1, -0.3), "after": (0.0, -0.2, 0.2)}, ("A", "E"))
    assert [row[3] for row in figure.table.rows] == ["yes", "no"]
    assert figure.table.rows[0][1:3] == ("E, 2.0 times", "E, 3.0 times to E, 1.3 times")
    assert draws({"nothing": [0.0, 0.0]}).table.rows[0][1] == "equal"


def test_a_dollar_in_a_name_is_a_dollar_and_a_long_name_is_cut():
    odd, long = (r"$\a$", r"$\b$"), "x" * 300
    both = dict(zip(odd, GROUPS.values(), strict=True))
    assert ranked(both, what=odd[0]).png and by_pieces(both, {"Ada": 3, "Bo": 2, "Di": 1, "Ed": 1}).png
    assert draws({long: [0.1, 0.2]}, odd, each=odd[0]).png and effects({long: (0.2, 0.1, 0.3)}, odd).png


def test_a_head_learns_the_same_every_time_and_leaves_the_random_numbers_alone():
    rows = torch.randn(40, 6, generator=torch.Generator().manual_seed(0))
    labels = (rows[:, 0] > 0).long()
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    head = new_head(rows, labels)
    assert torch.equal(torch.rand(1), expected)
    assert torch.equal(head.weight, new_head(rows, labels.tolist()).weight)
    assert (head(rows).argmax(-1) == labels).float().mean() > 0.9


class Classifier(torch.nn.Module):
    """The vector of a text is its number of letters and its number of a's."""

    device = torch.device("cpu")

    def __init__(self):
        super().__init__()
        self.classifier = torch.nn.Linear(2, 2)

    def forward(self, letters):
        return self.classifier(letters)


class Letters(dict):
    def to(self, device):
        return self


def test_the_last_vectors_are_those_of_the_texts_in_their_order():
    texts = [f"{'a' * (i % 5)}{'b' * (i * 7 % 40)}" for i in range(70)]  # more than one batch, lengths mixed
    model = Classifier()

    def tokenizer(some, **options):
        return Letters(letters=torch.tensor([[float(len(text)), float(text.count("a"))] for text in some]))

    expected = [[float(len(text)), float(text.count("a"))] for text in texts]
    assert last_vectors(tokenizer, model, texts).tolist() == expected
    assert not model.classifier._forward_pre_hooks, "the hook is gone"


@pytest.mark.parametrize(
    "make, says",
    [
        (lambda: ranked({"A": {}, "E": {"x": 1.0}}), "two groups"),
        (lambda: ranked({"A": {"y": float("nan")}, "E": {"x": 1.0}}), "all finite"),
        (lambda: by_pieces(GROUPS, {"Ada": 1}), "number of tokens"),
        (lambda: draws({}), r"\{model: differences\}"),
        (lambda: draws({"a": [1.0, float("inf")]}), "all finite"),
        (lambda: effects({"a": (0.0, float("-inf"), 2.0)}, ("A", "E")), "all finite"),
        (lambda: effects({"a": (0.0, 1.0, 2.0)}, ("A", "E")), r"\(effect, low, high\)"),
    ],
)
def test_bad_input_gets_a_sentence(make, says):
    with pytest.raises(CourseError, match=says):
        make()
