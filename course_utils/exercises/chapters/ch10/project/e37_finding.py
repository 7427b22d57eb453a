"""10.37 A finding inside a model."""

from functools import cache

from course_utils.describing import attempt
from course_utils.exercises.answers import describe, is_a, plain, shape
from course_utils.exercises.records import Exercise, Wrong, changed

_OTHERS = (
    "The heating in the workshop is off, we sat there in our coats.",
    "There is a mouse in the café kitchen, I saw it twice.",
    "Your website says you open at ten, but the door was locked until eleven.",
    "It smells of gas behind the boiler house.",
    "What a lovely museum, we will be back.",
    "Great value for six euros.",
)


_CONTEXT = """\
import csv

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from course_utils import checkpoint, sample

with sample("feedback/comments.csv").open(encoding="utf-8", newline="") as file:
    rows = list(csv.DictReader(file))
learn, test = ([(row["text"], row["kind"]) for row in rows if row["week"] in weeks] for weeks in ("123", "4"))
found = checkpoint("sentiment")
mood = AutoModelForSequenceClassification.from_pretrained(found.path, dtype=torch.float32).to(found.device).eval()
mood_tokenizer = AutoTokenizer.from_pretrained(found.path)


def margins(texts):
    inputs = mood_tokenizer(list(texts), padding=True, return_tensors="pt").to(mood.device)
    with torch.no_grad():
        logits = mood(**inputs).logits
    return logits[:, 1] - logits[:, 0]


bins = "The rubbish bins in the courtyard have not been emptied for days."
others = \"\"\"The heating in the workshop is off, we sat there in our coats.
There is a mouse in the café kitchen, I saw it twice.
Your website says you open at ten, but the door was locked until eleven.
It smells of gas behind the boiler house.
What a lovely museum, we will be back.
Great value for six euros.\"\"\".splitlines()"""


_FINDING = """\
finding = {
    "text": "The rubbish bins in the courtyard have not been emptied for days.",
    "heads": [(2, 1), (2, 10)],
}"""


@cache
def _mood():
    """The sentiment model that the page loads, and its tokenizer."""
    import contextlib
    import io

    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    from course_utils import checkpoint

    with contextlib.redirect_stdout(io.StringIO()):
        found = checkpoint("sentiment")
    model = AutoModelForSequenceClassification.from_pretrained(found.path, dtype="float32").eval()
    return model, AutoTokenizer.from_pretrained(found.path)


def _praise(texts, heads) -> list[float]:
    """How likely each text is praise, without these heads."""
    import torch

    from course_utils.attention import cut_heads

    model, tokenizer = _mood()
    inputs = tokenizer(list(texts), padding=True, truncation=True, return_tensors="pt")
    with cut_heads(model, heads), torch.no_grad():
        return model(**inputs).logits.softmax(-1)[:, 1].tolist()


@cache
def _comments() -> frozenset[str]:
    import csv

    from course_utils.samples import sample

    with sample("feedback/comments.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(" ".join(row["text"].split()) for row in csv.DictReader(file)) - {""}


def _check_finding(answer) -> str | None:
    from course_utils.errors import CourseError

    value = attempt(lambda: {key: list(part) if is_a(part, set) else part for key, part in dict.items(answer)})
    value = attempt(plain, value)
    if type(value) is not dict or value.keys() != {"text", "heads"} or type(value["text"]) is not str:
        return f'The answer should look like `{{"text": "…", "heads": [(0, 0)]}}`; given: {describe(answer)}.'
    text = " ".join(value["text"].split())
    if text not in _comments():
        return f"The text should be a comment of `rows`, as it stands there; given: {describe(answer['text'])}."
    if text in _OTHERS:
        return "This text is one of the six `others`, which should stay as they are: take another comment."
    heads, given = value["heads"], dict.__getitem__(answer, "heads")
    if type(heads) is not list or not heads:
        return f"`heads` should be a list of one to four pairs (layer, head); given: {describe(given)}."
    if not all(shape(pair) == (2,) for pair in heads):
        return f"`heads` should be a list of pairs, each (layer, head); given: {describe(given)}."
    heads = [[int(n) if n == n // 1 else n for n in pair] for pair in heads]  # NumPy's whole numbers arrive as floats
    count = len({tuple(pair) for pair in heads})
    if count > 4:
        return f"Those are {count} heads; up to four are allowed. Start with the ones that do most damage."
    try:
        before, after = _praise([text, *_OTHERS], []), _praise([text, *_OTHERS], heads)
    except CourseError as error:
        return str(error)
    if max(before[0], 1 - before[0]) < 0.9:
        return f"Here the model is not sure (praise {before[0]:.3f}): take a text with more than 0.9 or less than 0.1."
    flipped = [(one > 0.5) != (other > 0.5) for one, other in zip(before, after, strict=True)]
    if not flipped[0]:
        return f"The answer does not flip: praise {before[0]:.3f} before, {after[0]:.3f} without these heads."
    if any(flipped[1:]):
        return (
            f"It flips, but {sum(flipped[1:])} of the six others {'flips' if sum(flipped[1:]) == 1 else 'flip'}, too: "
            "try other heads among the dozen that do most damage."
        )
    return None


EXERCISE = Exercise(
    id="10.37",
    title="A finding inside a model",
    minutes=12,
    difficulty="medium",
    starter='finding = {"text": ..., "heads": ...}',
    answer="finding",
    check=_check_finding,
    context=_CONTEXT,
    expects='a dictionary `{"text": "…", "heads": [(0, 0)]}`',
    hints=(
        "Which heads matter for your comment, and which of these matter less for the others? Two grids tell.",
        "`head_damage(mood, lambda: margins([text])[0])` is `[layers, heads]`, as on the page. For a comment that is "
        "blamed, take the heads that bring the least.",
        "Loop over `itertools.combinations(dozen, 2)`. For each pair, compare `margins([bins, *others]) > 0` with and "
        "without the pair: the first of the seven should change, the other six should not. For the bins, one pair of "
        "layer 2 does it.",
    ),
    solution=_FINDING,
    why=(
        "This pair turns the bins, by a hair, and leaves the six others. It was the one of 66 pairs that did, so the "
        "seven are no test: of the 149 other labelled comments the same cut turns five. Section 9 asks new sentences."
    ),
    wrong=(
        Wrong(changed(_FINDING, ("The rubbish", "Rubbish")), "as it stands there"),
        Wrong(
            'finding = {"text": "Great value for six euros.", "heads": [(2, 1), (2, 10)]}',
            "one of the six `others`",
        ),
        Wrong(changed(_FINDING, ("(2, 10)", "(3, 9)")), "of the six others"),
        Wrong(changed(_FINDING, ("[(2, 1), (2, 10)]", "[(0, 0)]")), "The answer does not flip"),
        Wrong(changed(_FINDING, ("[(2, 1), ", "[(3, 9), (5, 0), (2, 0), (2, 1), ")), "up to four are allowed"),
        Wrong(changed(_FINDING, ("(2, 1)", "(7, 0)")), "Expected a layer from 0 to"),
        Wrong(changed(_FINDING, ("[(2, 1), (2, 10)]", "[2, 1]")), "a list of pairs, each (layer, head)"),
        Wrong(
            'finding = {"text": "One of the benches in the courtyard has a sharp nail sticking out.",\n'
            '           "heads": [(3, 2)]}',
            "the model is not sure",
        ),
    ),
    also_wrong=(
        changed(_FINDING, ("[(2, 1), (2, 10)]", "[(3, 9)] * 4")),
        changed(_FINDING, ("[(2, 1), (2, 10)]", "[]")),
        changed(_FINDING, ("[(2, 1), (2, 10)]", "['2.0', '2.1', '2.10']")),
        changed(_FINDING, ("[(2, 1), (2, 10)]", "(3, 12)")),
        "finding = {'text': [bins, *others], 'heads': [(2, 1), (2, 10)]}",
        "finding = {'text': 'The toilets are never cleaned.', 'heads': [(2, 1), (2, 10)]}",
    ),
    alternatives=(
        "finding = {'text': bins, 'heads': ((2, 10), (2, 1))}",
        "finding = {'text': bins, 'heads': [(2, 0), (2, 1), (2, 10)]}",
        "import numpy as np\n"
        "\n"
        'finding = {"text": "I paid the full price although I showed my student card.", '
        '"heads": np.array([[3, 6], [2, 10]])}',
        "import numpy as np\n\n"
        + changed(_FINDING, ("[(2, 1), (2, 10)]", "set(zip(*np.unravel_index([24, 25, 34], (6, 12))))")),
    ),
    note=(
        "Seven sentences chose these heads, so it is a hypothesis about one comment. The next cells ask sentences that "
        "chose nothing."
    ),
)
