"""2.4 Your own labels."""

from course_utils.exercises.answers import Slip, as_list, as_text, describe, is_a
from course_utils.exercises.records import Exercise, Wrong

_ZERO_SHOT = (
    "from transformers import pipeline\nfrom course_utils import checkpoint\n"
    'zero_shot = pipeline("zero-shot-classification", **checkpoint("zero-shot"))'
)


def _check_own_labels(answer) -> str | None:
    if is_a(answer, list) and answer and all(is_a(item, dict) and "labels" in item for item in answer):
        return "That is a list of results: hand over one of the dictionaries in it, or give the pipeline one text."
    if not (is_a(answer, dict) and {"sequence", "labels", "scores"} <= set(answer)):
        raise Slip(
            "not yet", f"Expected what `zero_shot(text, candidate_labels=labels)` returns; given: {describe(answer)}."
        )
    labels, scores = as_list(answer["labels"]), as_list(answer["scores"])
    if len(labels) < 3:
        return f"Give at least three labels, so that there is something to choose; yours are {len(labels)}."
    if {"education", "politics", "business"} <= {(as_text(label) or "").lower() for label in labels}:
        return "Those labels are the example's: think of your own, and of a text that fits one of them."
    if abs(sum(scores) - 1) > 0.02:
        return (
            f"Your scores sum to {sum(scores):.2f}, not to 1: with `multi_label=True` each label is judged alone. "
            "Leave it out here."
        )
    if scores[0] < 0.5:
        return (
            f"The best label scores {scores[0]:.2f}: the model hardly prefers one. "
            "Choose labels that lie further apart, or a text with a clearer topic."
        )
    return None


EXERCISE = Exercise(
    id="2.4",
    title="Your own labels",
    minutes=5,
    difficulty="easy",
    starter="text = ...\nlabels = ...\nanswer = ...  # zero_shot(text, candidate_labels=labels)",
    answer="answer",
    check=_check_own_labels,
    context=_ZERO_SHOT,
    expects="what `zero_shot(text, candidate_labels=labels)` returns",
    hints=(
        "Topics work best: a sentence about food, and labels such as cooking, law and music.",
        'Call `zero_shot("...", candidate_labels=["...", "...", "..."])` and hand the result over as it is.',
    ),
    solution=(
        'text = "Simmer the onions until they are golden."\n'
        'labels = ["cooking", "law", "music"]\n'
        "answer = zero_shot(text, candidate_labels=labels)"
    ),
    wrong=(
        Wrong(
            'labels = ["cooking", "law", "music"]\n'
            'answer = zero_shot("Simmer the onions.", candidate_labels=labels, multi_label=True)',
            "each label is judged alone",
        ),
        Wrong(
            'answer = zero_shot("Simmer the onions.", candidate_labels=["cooking", "law"])',
            "Give at least three labels",
        ),
        Wrong(
            'answer = zero_shot("This is a course about the Transformers library", '
            'candidate_labels=["education", "politics", "business"])',
            "Those labels are the example's",
        ),
        Wrong(
            'answer = zero_shot("It is what it is.", candidate_labels=["one", "two", "three", "four", "five"])',
            "the model hardly prefers one",
        ),
        Wrong(
            'answer = zero_shot("Simmer the onions.", candidate_labels=["cooking", "law", "music"])["labels"]',
            "Expected what `zero_shot",
        ),
    ),
    alternatives=(
        'answer = zero_shot("We missed our connecting flight in Lisbon.", '
        'candidate_labels="travel, cooking, football")',
    ),
)
