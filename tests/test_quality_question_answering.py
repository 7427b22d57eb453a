"""The promise made about our own question-answering checkpoint, measured on the committed weights."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.models

ROOT = Path(__file__).resolve().parents[1]
RECIPE = "question_answering"


@pytest.fixture(scope="module")
def blind(recipe):
    """Questions by somebody who knew neither the model nor what it was trained on."""
    return recipe.read_items(ROOT / "tests" / "data" / "question_answering.jsonl")


@pytest.fixture(scope="module")
def ask(recipe):
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    from course_utils import checkpoint

    folder = str(checkpoint("question-answering").path)
    model, tokenizer = (
        AutoModelForQuestionAnswering.from_pretrained(folder).eval(),
        AutoTokenizer.from_pretrained(folder),
    )
    return lambda question, context: recipe.answer(model, tokenizer, question, context)


def test_exact_answers_to_questions_that_no_template_made(recipe, ask, blind):
    assert len({(item["context"], item["question"]) for item in blind}) >= 50
    assert sum(item["distractor"] for item in blind) >= len(blind) / 2
    found = [ask(item["question"], item["context"]) for item in blind]
    right = [recipe.normal(f) == recipe.normal(item["answer"]) for f, item in zip(found, blind, strict=True)]
    assert sum(right) / len(right) >= 0.75


def test_the_question_of_the_source(recipe, ask):
    context, question, expected = recipe.SOURCE
    assert ask(question, context) == expected


@pytest.mark.parametrize(
    ("context", "answers"),
    [
        (
            "The castle was built in 1320 and burned down in 1755.",
            {"When was the castle built?": "1320", "When did the castle burn down?": "1755"},
        ),
        (
            "Ruth is a nurse and Oscar is a carpenter.",
            {"Who is the nurse?": "Ruth", "Who is the carpenter?": "Oscar"},
        ),
        (
            "A ticket costs 9 euros for adults and 4 euros for children.",
            {"How much does an adult pay?": "9 euros", "How much does a child pay?": "4 euros"},
        ),
    ],
)
def test_the_question_decides(ask, context, answers):
    assert {question: ask(question, context) for question in answers} == answers


def test_a_span_lies_in_the_context_does_not_run_backwards_and_is_short(recipe):
    import torch

    def logits(**high):
        return torch.tensor([high.get(f"t{position}", 0.0) for position in range(30)])

    in_context = torch.arange(30) >= 5
    assert recipe.best_span(logits(t7=9.0), logits(t9=9.0), in_context) == (7, 9)
    assert recipe.best_span(logits(t0=20.0, t2=20.0, t7=9.0), logits(t1=20.0, t9=9.0), in_context) == (7, 9)
    assert recipe.best_span(logits(t9=9.0, t6=5.0), logits(t7=9.0), in_context) == (6, 7)  # not from 9 back to 7
    assert recipe.best_span(logits(t5=9.0), logits(t29=9.0, t10=5.0), in_context) == (5, 10)  # not 25 tokens
    assert recipe.best_span(logits(t5=9.0), logits(t19=9.0), in_context) == (5, 19)  # exactly 15


def test_every_answer_of_the_training_text_is_found(recipe):
    text = recipe.read_text()
    rng = recipe.random.Random(5)
    assert len(text.stories) >= 150
    for number, (_, asked) in enumerate(text.stories):
        examples = recipe.from_story(text, number, rng, questions=99)
        assert len(examples) == len(asked)
        assert all(example.answer.strip() and "{" not in example.context + example.question for example in examples)


def test_the_context_alone_does_not_tell_the_answer(recipe):
    text = recipe.read_text()
    rng = recipe.random.Random(5)
    made = [recipe.from_facts(text, group, rng) for group in text.facts for _ in range(30)]
    several = [examples for examples in made if len({example.start for example in examples}) > 1]
    assert len(several) > len(made) / 2
    assert all(len({e.question for e in examples}) >= len({e.start for e in examples}) for examples in several)


def test_no_training_text_repeats_an_evaluation_context(recipe, blind):
    def runs(text):
        words = re.findall(r"[\w']+", text.lower())
        return {tuple(words[i : i + 6]) for i in range(len(words) - 5)}

    items = blind + recipe.read_items(recipe.DATA / "question_answering.dev.jsonl")
    wanted = set().union(*(runs(item["context"]) for item in items), runs(recipe.SOURCE[0]))
    examples = recipe.training_set(recipe.read_text(), 3000)
    assert [example.context for example in examples if runs(example.context) & wanted] == []
