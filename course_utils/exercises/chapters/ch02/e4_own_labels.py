"""2.4 Your own labels."""

import re

from course_utils.exercises.answers import as_list, as_number, as_text, code, describe, is_a, safe_repr
from course_utils.exercises.records import Exercise, Wrong

_ZERO_SHOT = (
    "from transformers import pipeline\nfrom course_utils import checkpoint\n"
    'zero_shot = pipeline("zero-shot-classification", **checkpoint("zero-shot"))'
)


_EXAMPLE = {"delivery", "payment", "password", "sport", "cooking", "technology", "travel"}  # `desks` and `topics`
_OF_THE_PAGE = {
    "my parcel has not arrived yet",
    "you charged my credit card twice",
    "i cannot log in any more",
    "we watched the football final in a hotel bar in lisbon",
    "this article is about sport",
    "my phone fell into the soup",
    "this is a course about the transformers library",
    "this article is not about sport",
    "the goalkeeper saved two penalties in the final",
}


def _check_own_labels(answer) -> str | None:
    if is_a(answer, list) and answer and all(is_a(item, dict) and "labels" in item for item in answer):
        return "That is a list of results: hand over one of the dictionaries in it, or give the pipeline one text."
    if not (is_a(answer, dict) and {"sequence", "labels", "scores"} <= set(answer)):
        return f"Expected the dictionary that `zero_shot` returns; given: {describe(answer)}."
    text, labels, scores = as_text(answer["sequence"]), as_list(answer["labels"]), as_list(answer["scores"])
    names = [as_text(label) for label in labels or []]
    shares = [as_number(score) for score in scores or []]
    if not text or None in names or None in shares or len(names) != len(shares):
        return (
            f"Expected one text, and as many labels as scores, as `zero_shot` returns them; given: {describe(answer)}."
        )
    if " ".join(re.findall(r"\w+", text.lower())) in _OF_THE_PAGE:
        return f"The text {code(safe_repr(text, 80))} is one of this page: think of your own."
    names = {name.lower() for name in names if name}
    if len(names) < 3:
        return f"Give at least three different labels, so that there is something to choose; yours are {len(names)}."
    if len(names - _EXAMPLE) < 3:
        example = ", ".join(sorted(names & _EXAMPLE))
        return (
            f"At least three labels should be your own; yours are {len(names - _EXAMPLE)}. In `desks` or `topics` "
            f"there is already: {example}."
        )
    if abs(sum(shares) - 1) > 0.02:
        return (
            f"Your scores sum to {sum(shares):.2f}, not to 1. With `multi_label=True` each label is judged alone, "
            "and the scores need not sum to 1. Is it in your call?"
        )
    if max(shares) < 0.5:
        return (
            f"The best label scores {max(shares):.4g}, which is less than 0.5. Choose labels that lie further "
            "apart, or a text with a clearer topic."
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
        "What is your text about, in one word? Which labels would nobody give it?",
        "A clear topic works best: a sentence about onions, and labels such as food, law and music.",
        'Call `zero_shot("...", candidate_labels=["...", "...", "..."])` and put the result into `answer`.',
    ),
    solution=(
        'text = "Simmer the onions until they are golden."\n'
        'labels = ["food", "law", "music"]\n'
        "answer = zero_shot(text, candidate_labels=labels)"
    ),
    why="The sentence names onions, and a model that measures what a text is about puts it near *food* and far "
    "from the other two labels.",
    wrong=(
        Wrong(
            'labels = ["food", "law", "music"]\n'
            'answer = zero_shot("Simmer the onions.", candidate_labels=labels, multi_label=True)',
            "each label is judged alone",
        ),
        Wrong(
            'answer = zero_shot("Simmer the onions.", candidate_labels=["food", "law"])',
            "Give at least three different labels",
        ),
        Wrong(
            'answer = zero_shot("The parcel is late.", candidate_labels=["delivery", "Payment", "sport"])',
            "At least three labels should be your own; yours are 0",
        ),
        Wrong(
            'answer = zero_shot("The recipe needs two eggs.", candidate_labels=["food", "football", "cooking"])',
            "yours are 2. In `desks` or `topics` there is already: cooking",
        ),
        Wrong(
            'labels = ["library", "fishing", "weather"]\n'
            'answer = zero_shot("This is a course about the Transformers library", candidate_labels=labels)',
            "is one of this page",
        ),
        Wrong(
            'answer = zero_shot("It is what it is.", candidate_labels=["one", "two", "three", "four", "five"])',
            "which is less than 0.5",
        ),
        Wrong(
            'answer = zero_shot("Simmer the onions.", candidate_labels=["food", "law", "music"])["labels"]',
            "Expected the dictionary that",
        ),
    ),
    also_wrong=(
        'labels = ["food"] * 3\nanswer = zero_shot("Simmer the onions until they are golden.", '
        "candidate_labels=labels)",
        'answer = zero_shot("Simmer the onions.", candidate_labels=["food", "Food ", "law"])',
        'labels = ["sport", "cooking", "technology", "travel"]\n'
        'answer = zero_shot("This article is not about sport.", candidate_labels=labels)',
        'answer = zero_shot(["Simmer the onions.", "A fine song."], candidate_labels=["food", "law", "music"])',
        'answer = {"sequence": "Simmer the onions.", "labels": ["food", "law", "music"], "scores": "high"}',
    ),
    alternatives=(
        'labels = ["cooking", "law", "music", "education", "business"]\n'
        'answer = zero_shot("Simmer the onions until they are golden.", candidate_labels=labels)',
        'answer = zero_shot("We missed our connecting flight in Lisbon.", '
        'candidate_labels="holidays, plants, football")',
    ),
)
