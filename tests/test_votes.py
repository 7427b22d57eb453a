"""The tables of notebook 08b hold what their recipes ask, and the text of the page says what they hold."""

import importlib.util
import math
from collections import Counter
from pathlib import Path

import pytest
import torch

from course_utils.exercises.going_on import solved
from course_utils.exercises.shelf import find
from course_utils.pictures.ch08.assistants_votes import ballots, verdicts

ROOT = Path(__file__).parents[1]
TEXT = " ".join((ROOT / "notebooks" / "source" / "08b_base_to_assistant.md").read_text("utf-8").split())


def recipe(name: str):
    spec = importlib.util.spec_from_file_location(name, ROOT / "recipes" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("family", ["verbs", "sums"])
def test_the_table_has_every_task_of_the_recipe(family):
    asked = recipe("votes").tasks(family)
    assert [(task.task, task.truth) for task in ballots(family)] == asked
    assert len(set(asked)) == len(asked)
    assert all(len(task.answers) == 20 for task in ballots(family))


def test_the_truth_of_a_sum_is_its_sum():
    for task in ballots("sums"):
        assert int(task.truth) == sum(
            int(number) for number in task.task.replace("and", ",").split(",") if number.strip()
        )


@pytest.mark.parametrize(
    ("family", "text", "answer"),
    [
        ("verbs", " bought\nsee: saw", "bought"),
        ("verbs", " Bought.", "bought"),
        ("verbs", " \n", ""),
        ("sums", "7 + 8 = 15. 15 + 9 = 24. The answer is 24.", "24"),
        ("sums", "12\n13", "12"),
        ("sums", "I do not know.", ""),
    ],
)
def test_an_answer_is_found_in_its_line(family, text, answer):
    assert recipe("votes").answer_in(family, text) == answer


def test_the_page_says_what_the_votes_are():
    def rate(votes):
        return f"{100 * sum(votes) / len(votes):.0f} %"

    verbs = ballots("verbs")
    majority = [Counter(a for a in task.answers if a).most_common(1)[0][0] == task.truth for task in verbs]
    single = sum(task.share for task in verbs) / len(verbs)
    assert f"With one answer, {single:.0%} of the verbs".replace("%", " %") in TEXT
    assert f"The vote of twenty gets {rate(majority)}" in TEXT
    eat = next(task for task in verbs if task.task == "eat")
    assert 0 < eat.share < 0.5 and Counter(eat.answers).most_common(1)[0][0] == "eaten"
    scattered = next(task for task in ballots("sums") if task.task == "7, 8 and 9")
    assert scattered.greedy == "27" and Counter(scattered.answers).most_common(1)[0][0] == "24"


def test_the_judge_was_asked_about_these_pairs_and_goes_by_the_letter():
    assert [(row["question"], row["better"], row["worse"]) for row in verdicts()] == recipe("judge").pairs()
    assert all(row["better_first"] > 0 and row["worse_first"] > 0 for row in verdicts())
    assert all(row["better_first_ba"] < 0 and row["worse_first_ba"] < 0 for row in verdicts())


@pytest.mark.parametrize("beta", [0.05, 0.1, 1.0])
def test_the_dpo_loss_is_that_of_the_paper(beta):
    """Equation 7 of arXiv 2305.18290, written with shares: minus the log of chosen^b / (chosen^b + rejected^b)."""
    numbers = torch.tensor([-12.0, -15.5, -14.0, -13.0], dtype=torch.float64)
    chosen, rejected = (math.exp(beta * (numbers[k] - numbers[k + 2]).item()) for k in (0, 1))
    mine = solved(find("8b.3"))(*numbers, beta)
    assert mine.item() == pytest.approx(-math.log(chosen / (chosen + rejected)), rel=1e-9)


def test_labels_leave_a_model_the_same_loss_as_by_hand():
    """The labels of 8b.1 and the log-probability of 8b.2 are two sides of one sum."""
    from transformers import AutoModelForCausalLM, LlamaConfig

    torch.manual_seed(0)
    small = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    model = AutoModelForCausalLM.from_config(LlamaConfig(vocab_size=20, **small)).eval()
    ids = [5, 6, 7, 8, 9, 2, 2, 2]
    labels = solved(find("8b.1"))(ids, 3, 6)
    with torch.no_grad():
        loss = model(input_ids=torch.tensor([ids]), labels=torch.tensor([labels])).loss
        logits = model(torch.tensor([ids[:6]])).logits[0]
    total = solved(find("8b.2"))(logits, torch.tensor(ids[:6]), 3)
    assert total.item() == pytest.approx(-3 * loss.item(), rel=1e-4)
