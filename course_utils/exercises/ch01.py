"""Exercises of notebook 01, language and LLMs: similarities, prompts and their score, negation, context windows."""

from .answers import Slip, as_list, as_number, as_text, call, close, describe, is_a, shape
from .records import Choice, Exercise, Option, Wrong

# --- 1.2 the most alike pair -----------------------------------------------------------------------------------


def _check_pair(answer) -> str | None:
    import torch

    similarities = torch.tensor(
        [[1.0, 0.30, -0.95, 0.20], [0.30, 1.0, 0.10, 0.85], [-0.95, 0.10, 1.0, 0.40], [0.20, 0.85, 0.40, 1.0]]
    )
    value = call(answer, similarities)
    got = as_list(value)
    if as_number(value) is not None:
        return f"Your function returned one number, {as_number(value):g}: return two positions, `(i, j)`."
    if got is None or shape(got) != (2,):
        return f"Your function should return two positions, `(i, j)`; given: {describe(value)}."
    if got[0] == got[1]:
        return f"You returned {describe(value)}: a sentence is always most like itself. Leave out the diagonal."
    if close(got, [3, 1]):
        return "The right pair, but the wrong way round: the smaller position comes first."
    if close(sorted(got), [0, 2]):
        return "You chose the pair with -0.95: that is the least alike of all. The largest number wins, not its size."
    if close(got, [2, 3]):
        return "You compared neighbours only; all pairs count, also sentences 1 and 3."
    if not close(got, [1, 3]):
        return f"In the test table the most alike pair is `(1, 3)`, with 0.85; given: {describe(value)}."
    apart = torch.tensor([[1.0, -0.3, -0.1], [-0.3, 1.0, -0.2], [-0.1, -0.2, 1.0]])
    if not close(call(answer, apart), [0, 2]):
        return "It goes wrong where all pairs are below zero: set the diagonal lower than -1, not to 0."
    opposite = torch.tensor([[1.0, -1.0], [-1.0, 1.0]])
    try:
        found = call(answer, opposite)
    except Slip:  # nothing was found, and so nothing returned
        found = None
    if not close(found, [0, 1]):
        return "It goes wrong where the best pair has -1: start from a number below it, or fill the diagonal with one."
    twins = torch.tensor([[1.0, 0.3, 0.1, 1.0], [0.3, 1.0, 0.9, 0.3], [0.1, 0.9, 1.0, 0.1], [1.0, 0.3, 0.1, 1.0]])
    if not close(call(answer, twins), [0, 3]):
        return "It goes wrong where two sentences are the same: leave out positions with i = j, not every 1.0."
    return None


# --- 1.3 margin ------------------------------------------------------------------------------------------------


def _check_margin(answer) -> str | None:
    value = call(answer, 16, 20)
    margin = as_number(value)
    shown = "For 16 right of 20 the margin is 0.18"
    if margin is None:
        return f"{shown}: return one number, not the ends of an interval or text; given: {describe(value)}."
    slips = (
        (0.0894, "that is one standard error: take two."),
        (0.0160, "you left out the square root."),
        (0.0080, "`** 1 / 2` halves, because the power comes first; write `** 0.5`."),
        (0.2000, "you left out the factor `a`, or divided by `right`, which comes to the same; divide by `total`."),
        (0.4000, "you left out the factor `1 - a`."),
        (0.0400, "the division by `total` belongs under the root."),
        (0.1265, "the 2 stands before the root."),
        (0.1835, "you divided by `total - 1`; here the formula has `total`."),
        (17.889, "that is in percent; return a share of 1."),
        (0.8000, "that is the accuracy itself."),
        (0.2236, "you assumed an accuracy of one half; use the one that was measured."),
    )
    for wrong, why in slips:
        if abs(margin - wrong) < 6e-4 * max(1, wrong):
            return f"{shown}, and you have {margin:.4g}: {why}"
    if not close(margin, 0.1789, 6e-3):
        return f"{shown}; given: {margin:.4g}."
    value = call(answer, 900, 1000)
    if not close(value, 0.01897, 6e-4):
        return f"For 900 right of 1000 the margin is 0.019; given: {describe(value)}."
    return None


# --- 1.4 right by label ----------------------------------------------------------------------------------------


def _check_by_label(answer) -> str | None:
    labels = ["positive"] * 4 + ["negative"] * 5
    answers = ["positive", "positive", "positive", "negative", "negative"] + ["positive"] * 4
    value = call(answer, labels, answers)
    shown = "With 3 of 4 positive and 1 of 5 negative texts right"
    if not is_a(value, dict):
        return f"{shown}, your function should return a dictionary from label to share; given: {describe(value)}."
    if close(value, {"positive": 3, "negative": 1}):
        return f"{shown}, you returned the counts: divide by how many texts have the label."
    if close(value, {"positive": 3 / 9, "negative": 1 / 9}, 6e-3):
        return f"{shown}, you divided by all nine texts: divide by the four positive or the five negative ones."
    if close(value, {"positive": 3 / 7, "negative": 1 / 2}, 6e-3):
        return f"{shown}, you divided by how often the model answered the label, not by how many texts have it."
    if close(value, {"positive": 0.25, "negative": 0.8}, 6e-3):
        return f"{shown}, you returned the shares of wrong answers."
    if close(value, {"positive": 7 / 9, "negative": 2 / 9}, 6e-3):
        return f"{shown}, you returned how often each label was answered; compare each answer with its label."
    if not close(value, {"positive": 0.75, "negative": 0.2}, 6e-3):
        return f"{shown}, the result is `{{'positive': 0.75, 'negative': 0.2}}`; given: {describe(value)}."
    topics = ["sport", "music", "food", "food"]
    value = call(answer, topics, ["sport", "food", "food", "art"])
    if not close(value, {"sport": 1.0, "music": 0.0, "food": 0.5}, 6e-3):
        return (
            "It must work for any labels: one key for each label that a text has, with 0.0 where no answer was right, "
            f"and none for a word that only the model said. For the labels {topics} you returned {describe(value)}."
        )
    return None


# --- 1.5 calibrate ---------------------------------------------------------------------------------------------


def _check_calibrate(answer) -> str | None:
    value = call(answer, [0.72, 0.28], [0.9, 0.1])
    got = as_list(value)
    if shape(got) != (2,):
        return f"Two shares went in; your function should return a list of two; given: {describe(value)}."
    if close(got, [0.8, 2.8], 6e-3):
        return "The quotients are right, 0.8 and 2.8, but shares sum to 1: divide both by their sum."
    if close(got, [-0.18, 0.18], 6e-3):
        return "You subtracted, and a share became negative: divide by the leaning."
    if close(got, [0.959, 0.041], 6e-3):
        return "You multiplied by the leaning, which doubles it: divide."
    if close(got, [0.778, 0.222], 6e-3):
        return "You divided the wrong way round: the share stands above, the leaning below."
    if close(got, [0.119, 0.881], 6e-3):
        return "You took the softmax of the quotients; dividing by their sum is enough."
    if close(got, [0.72, 0.28], 6e-3):
        return "The shares came back unchanged: use the second list."
    if not close(got, [0.222, 0.778], 6e-3):
        return f"For [0.72, 0.28] and [0.9, 0.1] expected about [0.222, 0.778]; given: {describe(value)}."
    value = call(answer, [0.5, 0.3, 0.2], [0.25, 0.25, 0.5])
    if not close(value, [0.556, 0.333, 0.111], 6e-3):
        return f"It must work for three labels too: expected about [0.556, 0.333, 0.111]; given: {describe(value)}."
    return None


# --- 1.6 negation ----------------------------------------------------------------------------------------------


def _words(text: str) -> list[str]:
    import re

    spelled = text.lower().replace("’", "'")
    for short, full in (("can't", "can not"), ("cannot", "can not"), ("won't", "will not"), ("shan't", "shall not")):
        spelled = re.sub(rf"\b{short}\b", full, spelled)
    return re.findall(r"[a-z0-9]+", spelled.replace("n't", " not").replace("'", ""))


def _check_negation(answer) -> str | None:
    parts = as_list(answer) if not is_a(answer, list, tuple) else list(answer)
    if parts is None or len(parts) != 2:
        return f"Expected your two sentences and what the classifier says to them; given: {describe(answer)}."
    pair, results = parts
    texts = [as_text(text) for text in pair] if is_a(pair, list, tuple) else []
    if len(texts) != 2 or None in texts:
        return f"`pair` should be a list of two sentences; it is {describe(pair)}."
    if not (is_a(results, list) and len(results) == 2 and all(is_a(r, dict) and "label" in r for r in results)):
        return f"`results` should be what `classifier(pair)` returns, a list of two; it is {describe(results)}."
    plain, negated = map(_words, texts)
    if plain == negated:
        return "The two sentences are the same: put one *not* into the second."
    shorter = [[w for j, w in enumerate(negated) if j != i] for i, word in enumerate(negated) if word == "not"]
    if plain not in shorter:
        if any(negated == [w for j, w in enumerate(plain) if j != i] for i, word in enumerate(plain) if word == "not"):
            return "The sentence with *not* comes second; swap the two."
        if "not" not in negated:
            return "There is no *not* in the second sentence; other ways to deny are for another day."
        return (
            "Apart from one *not*, the two sentences must be the same word for word. *Don't* counts as *do not*, so a "
            "*do* has to stand in both."
        )
    labels = [as_text(result["label"]) for result in results]
    if None in labels:
        return f"The labels should be texts; they are {describe(labels)}."
    if labels[0] != labels[1]:
        return (
            f"The model changed its answer, from {labels[0]} to {labels[1]}: this *not* it noticed. "
            "Try one that turns a sentence about feelings round without a plain *good* or *bad* beside it."
        )
    return None


# --- 1.7 windows -----------------------------------------------------------------------------------------------


def _check_windows(answer) -> str | None:
    ids = [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]
    right = [[10, 11, 12, 13], [13, 14, 15, 16], [16, 17, 18, 19]]
    value = call(answer, ids, 4, 1)
    got = [as_list(window) for window in value] if is_a(value, list, tuple) else as_list(value)
    shown = "For ten ids, windows of 4 and an overlap of 1"
    if got is None or not all(is_a(window, list) for window in got):
        return f"{shown} your function should return a list of lists; given: {describe(value)}."
    if close(got, [*right, [19]]):
        return f"{shown} your last window holds only the last id, which the one before has already: stop at the end."
    if close(got, [ids[i : i + 4] for i in range(10)]) or close(got, [ids[i : i + 4] for i in range(7)]):
        return f"{shown} yours move by one: the step is the size less the overlap, here 3."
    if close(got, [[10, 11, 12, 13], [14, 15, 16, 17], [18, 19]]):
        return f"{shown} yours do not overlap: each should begin with the last id of the one before."
    if close(got, [[10, 11, 12, 13]]):
        return f"{shown} you kept the first and lost the rest, just as the tokenizer does."
    if any(len(window) > 4 for window in got):
        return f"{shown} one of yours has {max(map(len, got))} ids, more than fit."
    if not close(got, right):
        return f"{shown} the first ids of the windows are 10, 13 and 16; given: {describe(value)}."
    tail = [[10, 11, 12, 13], [13, 14, 15, 16], [16, 17, 18, 19], [19, 20]]
    value = call(answer, [*ids, 20], 4, 1)
    if close(value, tail[:3]):
        return "With eleven ids you lose the last one: the last window may be shorter."
    if close(value, [*tail[:3], [17, 18, 19, 20]]):
        return "With eleven ids your last window goes back to be full: let it begin at 19 and be shorter."
    if not close(value, tail):
        return f"With eleven ids the last window is [19, 20]; given: {describe(value)}."
    wide = call(answer, [1, 2, 3, 4, 5, 6, 7], 5, 3)
    if not close(wide, [[1, 2, 3, 4, 5], [3, 4, 5, 6, 7]]):
        return f"With 7 ids, size 5 and overlap 3, expected [1..5] and [3..7]; given: {describe(wide)}."
    apart = call(answer, [1, 2, 3, 4, 5], 2, 0)
    if not close(apart, [[1, 2], [3, 4], [5]]):
        return (
            "With an overlap of 0 expected [[1, 2], [3, 4], [5]]: mind that `x[-0:]` is all of x; "
            f"given: {describe(apart)}."
        )
    short = call(answer, [7, 8, 9], 4, 1)
    if not close(short, [[7, 8, 9]]):
        return f"A text that fits is one window, `[[7, 8, 9]]`; given: {describe(short)}."
    return None


_CLASSIFIER = (
    "from transformers import pipeline\nfrom course_utils import checkpoint\n"
    'classifier = pipeline("text-classification", **checkpoint("sentiment"))'
)
_PAIR = "def most_alike(similarities):\n"
_SHARES = "def right_by_label(labels, answers):\n"
_CALIBRATE = "def calibrate(shares, leaning):\n"
_MARGIN = "def margin(right, total):\n"
_WINDOWS = "def windows(ids, size, overlap):\n"

EXERCISES = [
    Choice(
        id="1.1",
        title="Which family?",
        minutes=2,
        difficulty="easy",
        question=(
            "A doctor types a question. A program should underline the passage of the patient's file that answers it, "
            "and must not add a word of its own. Which family of task is that?"
        ),
        options={
            "a": Option(
                "Classify a whole text",
                "A class for the whole file would not say where the answer stands.",
            ),
            "b": Option(
                "Label every word",
                "Close: a place in the text is found. But labels such as *person* or *noun* are fixed beforehand; here "
                "the question decides.",
            ),
            "c": Option(
                "Extract an answer from a text",
                "Right: text and question go in, and a span of the text comes out, copied and never written.",
                correct=True,
            ),
            "d": Option(
                "Generate text",
                "A generating model writes its answer word by word and may add what the file does not say.",
            ),
        },
        hints=(
            "What goes in: one text, or a text and something else?",
            "Underlining is copying. Two families find places in a text; only one of them is asked a question.",
        ),
    ),
    Exercise(
        id="1.2",
        title="The most alike pair",
        minutes=8,
        difficulty="medium",
        starter="def most_alike(similarities):\n    ...",
        answer="most_alike",
        check=_check_pair,
        expects="a function that takes a square table and returns two positions",
        hints=(
            "Two loops do it: `for i in range(n)`, and inside `for j in range(i + 1, n)`. Then i is never j.",
            "`max(pairs, key=lambda pair: similarities[pair])` finds the pair whose entry is largest.",
        ),
        solution=(
            _PAIR + "    n = len(similarities)\n"
            "    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]\n"
            "    return max(pairs, key=lambda pair: similarities[pair])"
        ),
        wrong=(
            Wrong(
                "import torch\n\n"
                + _PAIR
                + "    i = similarities.argmax().item()\n    return divmod(i, len(similarities))",
                "a sentence is always most like itself",
            ),
            Wrong(
                "import torch\n\n" + _PAIR + "    s = similarities - 5 * torch.eye(len(similarities))\n"
                "    i, j = divmod(s.argmax().item(), len(s))\n    return j, i",
                "the wrong way round",
            ),
            Wrong(
                "import torch\n\n" + _PAIR + "    s = similarities.abs() - 5 * torch.eye(len(similarities))\n"
                "    return divmod(s.argmax().item(), len(s))",
                "the least alike of all",
            ),
            Wrong(
                _PAIR + "    n = len(similarities)\n"
                "    return max([(i, i + 1) for i in range(n - 1)], key=lambda p: similarities[p])",
                "neighbours only",
            ),
            Wrong(
                "import torch\n\n" + _PAIR + "    s = similarities * (1 - torch.eye(len(similarities)))\n"
                "    return divmod(s.argmax().item(), len(s))",
                "lower than -1, not to 0",
            ),
            Wrong(
                _PAIR + "    best, found = -1, None\n    for i in range(len(similarities)):\n"
                "        for j in range(i + 1, len(similarities)):\n"
                "            if similarities[i, j] > best:\n"
                "                best, found = similarities[i, j], (i, j)\n    return found",
                "where the best pair has -1",
            ),
            Wrong(
                _PAIR + "    s = similarities.masked_fill(similarities > 0.999, -5)\n"
                "    return divmod(s.argmax().item(), len(s))",
                "where two sentences are the same",
            ),
            Wrong(
                "import torch\n\n" + _PAIR + "    s = similarities - 5 * torch.eye(len(similarities))\n"
                "    return s.max().item()",
                "returned one number",
            ),
        ),
        alternatives=(
            "import torch\n\n" + _PAIR + "    s = similarities.clone().fill_diagonal_(-2)\n"
            "    i, j = divmod(int(s.argmax()), len(s))\n    return [min(i, j), max(i, j)]",
        ),
    ),
    Exercise(
        id="1.3",
        title="How sure is an accuracy?",
        minutes=5,
        difficulty="easy",
        starter="def margin(right, total):\n    ...",
        answer="margin",
        check=_check_margin,
        expects="a function that takes two whole numbers and returns a number",
        hints=(
            "First the accuracy, `a = right / total`.",
            "A square root is a power: `x ** 0.5`. Mind the brackets: the whole quotient stands under the root.",
        ),
        solution=_MARGIN + "    a = right / total\n    return 2 * (a * (1 - a) / total) ** 0.5",
        wrong=(
            Wrong(
                _MARGIN + "    a = right / total\n    return (a * (1 - a) / total) ** 0.5",
                "that is one standard error",
            ),
            Wrong(
                _MARGIN + "    a = right / total\n    return 2 * (a * (1 - a) / total)",
                "you left out the square root",
            ),
            Wrong(
                _MARGIN + "    a = right / total\n    return 2 * (a * (1 - a) / right) ** 0.5",
                "or divided by `right`",
            ),
            Wrong(
                _MARGIN + "    a = right / total\n    return 2 * (a * (1 - a) / total) ** 1 / 2",
                "because the power comes first",
            ),
            Wrong(
                _MARGIN + "    a = right / total\n    return 2 * (a / total) ** 0.5",
                "you left out the factor `1 - a`",
            ),
            Wrong(
                _MARGIN + "    a = right / total\n    return 2 * (a * (1 - a)) ** 0.5 / total",
                "the division by `total` belongs under the root",
            ),
            Wrong(
                _MARGIN + "    a = right / total\n    return (2 * a * (1 - a) / total) ** 0.5",
                "the 2 stands before the root",
            ),
            Wrong(
                _MARGIN + "    a = right / total\n    return 200 * (a * (1 - a) / total) ** 0.5",
                "that is in percent",
            ),
            Wrong(
                _MARGIN + "    a = right / total\n    m = 2 * (a * (1 - a) / total) ** 0.5\n    return a - m, a + m",
                "not the ends of an interval",
            ),
            Wrong(_MARGIN + "    return 2 * (0.25 / total) ** 0.5", "an accuracy of one half"),
        ),
        alternatives=(
            "import math\n\n" + _MARGIN + "    wrong = total - right\n"
            "    return round(2 * math.sqrt(right * wrong / total**3), 3)",
        ),
    ),
    Exercise(
        id="1.4",
        title="Right by label",
        minutes=6,
        difficulty="easy",
        starter="def right_by_label(labels, answers):\n    ...",
        answer="right_by_label",
        check=_check_by_label,
        note="With the last two examples swapped, the model finds all positive reviews and few of the negative ones.",
        expects="a function that takes two lists and returns a dictionary",
        hints=(
            "For each label in `set(labels)`, collect the answers to the texts that have it: "
            "`zip(labels, answers)` gives both together.",
            "The share is the number of those answers that equal the label, divided by how many there are.",
        ),
        solution=(
            _SHARES + "    shares = {}\n"
            "    for label in set(labels):\n"
            "        given = [b for a, b in zip(labels, answers) if a == label]\n"
            "        shares[label] = given.count(label) / len(given)\n"
            "    return shares"
        ),
        wrong=(
            Wrong(
                _SHARES + "    return {x: sum(a == b == x for a, b in zip(labels, answers)) for x in set(labels)}",
                "you returned the counts",
            ),
            Wrong(
                _SHARES + "    return {\n        x: sum(a == b == x for a, b in zip(labels, answers)) / len(labels)\n"
                "        for x in set(labels)\n    }",
                "divided by all nine texts",
            ),
            Wrong(
                _SHARES
                + "    return {\n        x: sum(a == b == x for a, b in zip(labels, answers)) / answers.count(x)\n"
                "        for x in set(labels)\n    }",
                "how often the model answered the label",
            ),
            Wrong(
                _SHARES + "    return {x: answers.count(x) / len(answers) for x in set(labels)}",
                "how often each label was answered",
            ),
            Wrong(
                _SHARES + "    right = [a for a, b in zip(labels, answers) if a == b]\n"
                "    return {x: right.count(x) / labels.count(x) for x in set(right)}",
                "It must work for any labels",
            ),
            Wrong(
                _SHARES + "    return sum(a == b for a, b in zip(labels, answers)) / len(labels)",
                "should return a dictionary",
            ),
        ),
        alternatives=(
            "from collections import Counter\n\n" + _SHARES + "    total = Counter(labels)\n"
            "    right = Counter(a for a, b in zip(labels, answers) if a == b)\n"
            "    return {label: round(right[label] / total[label], 2) for label in total}",
        ),
    ),
    Exercise(
        id="1.5",
        title="Take the leaning out",
        minutes=6,
        difficulty="medium",
        starter="def calibrate(shares, leaning):\n    ...",
        answer="calibrate",
        check=_check_calibrate,
        note="With the offline model 18 of the 20 are right again. The leaning was measured without any label; we only "
        "had to know that the reviews are half and half.",
        expects="a function that takes two lists of numbers and returns one",
        hints=(
            "Lists cannot be divided by lists: go through both with `zip(shares, leaning)`.",
            "The quotients no longer sum to 1. Divide each by `sum(quotients)`.",
        ),
        solution=(
            _CALIBRATE + "    quotients = [a / b for a, b in zip(shares, leaning)]\n"
            "    return [quotient / sum(quotients) for quotient in quotients]"
        ),
        wrong=(
            Wrong(_CALIBRATE + "    return [a / b for a, b in zip(shares, leaning)]", "divide both by their sum"),
            Wrong(_CALIBRATE + "    return [a - b for a, b in zip(shares, leaning)]", "You subtracted"),
            Wrong(
                _CALIBRATE + "    q = [a * b for a, b in zip(shares, leaning)]\n    return [x / sum(q) for x in q]",
                "which doubles it",
            ),
            Wrong(
                _CALIBRATE + "    q = [b / a for a, b in zip(shares, leaning)]\n    return [x / sum(q) for x in q]",
                "the wrong way round",
            ),
            Wrong(
                "import torch\n\n" + _CALIBRATE + "    q = torch.tensor(shares) / torch.tensor(leaning)\n"
                "    return q.softmax(0)",
                "softmax of the quotients",
            ),
            Wrong(
                _CALIBRATE + "    x, y = shares[0] / leaning[0], shares[1] / leaning[1]\n"
                "    return [x / (x + y), y / (x + y)]",
                "three labels too",
            ),
            Wrong(
                _CALIBRATE + "    q = shares / leaning\n    return q / sum(q)", "TypeError", status="error in your code"
            ),
        ),
        alternatives=(
            "import torch\n\n" + _CALIBRATE + "    q = torch.tensor(shares) / torch.tensor(leaning)\n"
            "    return q / q.sum()",
        ),
    ),
    Exercise(
        id="1.6",
        title='An overlooked "not"',
        minutes=8,
        difficulty="medium",
        starter='pair = ...  # two sentences, the second with one "not" more\nresults = ...  # what the model says',
        answer="(pair, results)",
        check=_check_negation,
        expects="two sentences and what the classifier returns for them",
        context=_CLASSIFIER,
        hints=(
            "Beside *good* or *bad*, the model knows what *not* does. Look for sentences that name no such word.",
            "Comparisons are hard: who *could be* better off is not well off, and who *could not be*, is.",
        ),
        solution='pair = ["I could be happier.", "I could not be happier."]\nresults = classifier(pair)',
        wrong=(
            Wrong(
                'pair = ["The soup is good.", "The soup is not good."]\nresults = classifier(pair)',
                "this *not* it noticed",
            ),
            Wrong(
                'pair = ["I could be happier.", "Nobody could be happier than me."]\nresults = classifier(pair)',
                "There is no *not*",
            ),
            Wrong(
                'pair = ["I could be happier.", "I could not be much happier."]\nresults = classifier(pair)',
                "word for word",
            ),
            Wrong(
                'pair = ["I could not be happier.", "I could be happier."]\nresults = classifier(pair)',
                "swap the two",
            ),
            Wrong(
                'pair = ["I could be happier.", "I could not be happier."]\nresults = classifier(pair)[0]',
                "returns, a list of two; it is",
            ),
            Wrong('pair = "I could not be happier."\nresults = classifier(pair)', "a list of two sentences"),
        ),
        alternatives=(
            'pair = ("The fire could spread", "The fire couldn\'t spread")\nresults = classifier(list(pair))',
            'pair = ["I can wait to see them.", "I can’t wait to see them."]\nresults = classifier(pair)',
        ),
        note="Both labels cannot be right. A pair of sentences that differ in one word is the smallest test there is.",
    ),
    Exercise(
        id="1.7",
        title="Read a long text in pieces",
        minutes=10,
        difficulty="medium",
        starter="def windows(ids, size, overlap):\n    ...",
        answer="windows",
        check=_check_windows,
        expects="a function that returns a list of lists",
        hints=(
            "A window that begins at `start` is `ids[start : start + size]`. The next begins `size - overlap` later.",
            "Stop as soon as a window reaches the end of `ids`: a next one would hold nothing new.",
        ),
        solution=(
            _WINDOWS + "    found, start = [], 0\n"
            "    while True:\n"
            "        found.append(ids[start : start + size])\n"
            "        if start + size >= len(ids):\n"
            "            return found\n"
            "        start += size - overlap"
        ),
        wrong=(
            Wrong(
                _WINDOWS + "    return [ids[i : i + size] for i in range(0, len(ids), size - overlap)]",
                "stop at the end",
            ),
            Wrong(_WINDOWS + "    return [ids[i : i + size] for i in range(0, len(ids), size)]", "do not overlap"),
            Wrong(
                _WINDOWS + "    return [ids[i : i + size] for i in range(0, len(ids), overlap)]", "yours move by one"
            ),
            Wrong(_WINDOWS + "    return [ids[:size]]", "lost the rest"),
            Wrong(
                _WINDOWS + "    step = size - overlap\n"
                "    return [ids[i : i + size] for i in range(0, len(ids) - size + 1, step)]",
                "you lose the last one",
            ),
            Wrong(
                _WINDOWS + "    step = size - overlap\n"
                "    last = max(0, len(ids) - size)\n"
                "    return [ids[i : i + size] for i in [*range(0, last, step), last]]",
                "goes back to be full",
            ),
            Wrong(
                _WINDOWS + "    step = size - overlap\n"
                "    return [ids[i : i + size + overlap] for i in range(0, len(ids) - overlap, step)]",
                "more than fit",
            ),
            Wrong(
                _WINDOWS + "    out, step = [ids[:size]], size - overlap\n"
                "    for i in range(size, len(ids), step):\n"
                "        out.append(out[-1][-overlap:] + ids[i : i + step])\n"
                "    return out",
                "mind that `x[-0:]` is all of x",
            ),
        ),
        alternatives=(
            _WINDOWS + "    starts = range(0, max(1, len(ids) - overlap), size - overlap)\n"
            "    return tuple(tuple(ids[i : i + size]) for i in starts)",
        ),
    ),
]
