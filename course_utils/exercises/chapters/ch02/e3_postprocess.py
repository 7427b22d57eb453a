"""2.3 From logits to the pipeline's answer."""

from course_utils.exercises.answers import as_number, as_text, call, close, describe, is_a
from course_utils.exercises.records import Exercise, Wrong

from .shared import TORCH


def _check_postprocess(answer) -> str | None:
    import torch

    logits = torch.tensor([[2.0, 1.0, -1.0], [-3.0, 0.5, 4.0]])
    names = {0: "sad", 1: "calm", 2: "glad"}
    value = call(answer, logits, names)
    if is_a(value, dict):
        return (
            "Two sentences went in, one dictionary came out: return a list with one dictionary per row of the logits."
        )
    rows = value if is_a(value, list, tuple) else None
    if rows is None or len(rows) != 2:
        return f"Two rows of logits should give a list of two dictionaries; given: {describe(value)}."
    if not all(is_a(row, dict) and set(row) == {"label", "score"} for row in rows):
        return f'Each item should be a dictionary with two keys, "label" and "score"; the first is {describe(rows[0])}.'
    if rows[0] is rows[1]:
        return "Both items are one and the same dictionary: make a new one for each row, inside the loop."
    labels, scores = [row["label"] for row in rows], [as_number(row["score"]) for row in rows]
    if any(as_text(label) is None for label in labels):
        return f"The label should be the name of the class, but is {describe(labels[0])}: look it up in `id2label`."
    if None in scores:
        wrong = rows[scores.index(None)]["score"]
        return f"The score should be one number, but is {describe(wrong)}."
    if labels == ["glad", "sad"]:
        return "Your labels are those of the smallest logits; take the largest."
    if labels != ["sad", "glad"]:
        return f"The classes with the largest logits are sad and glad; given: {', '.join(map(str, labels))}."
    if close(scores, [2.0, 4.0], 1e-3):
        return "The scores are the logits themselves; put them through softmax first."
    if close(scores, [0.9933, 0.9933], 1e-3):
        return "Softmax went down the columns (over the sentences); it belongs on the classes: `dim=-1`."
    if close(scores, [0.8808, 0.9820], 1e-3):
        return "The scores are sigmoids of the logits; softmax compares a class with the others."
    if not close(scores, [0.7054, 0.9698], 6e-3):  # rounded to two digits is fine
        return f"The scores should be about 0.705 and 0.970; given: {describe(scores)}."
    return None


EXERCISE = Exercise(
    id="2.3",
    title="From logits to the pipeline's answer",
    minutes=8,
    difficulty="medium",
    starter="def postprocess(logits, id2label):\n    ...",
    answer="postprocess",
    check=_check_postprocess,
    context=TORCH,
    expects="a function that returns a list of dictionaries with label and score",
    hints=(
        "Softmax over the classes gives `[sentences, classes]`; `max(dim=-1)` gives score and position.",
        "Go through the rows: `id2label[position.item()]` is the label, `score.item()` the score.",
    ),
    solution=(
        "def postprocess(logits, id2label):\n"
        "    scores, positions = torch.softmax(logits, dim=-1).max(dim=-1)  # each [sentences]\n"
        "    pairs = zip(scores.tolist(), positions.tolist())\n"
        '    return [{"label": id2label[position], "score": score} for score, position in pairs]'
    ),
    wrong=(
        Wrong(
            "def postprocess(logits, id2label):\n"
            "    p = logits.softmax(-1)\n"
            '    return [{"label": r.argmax().item(), "score": r.max().item()} for r in p]',
            "look it up in `id2label`",
        ),
        Wrong(
            "def postprocess(logits, id2label):\n"
            '    return [{"label": id2label[r.argmax().item()], "score": r.max().item()} for r in logits]',
            "The scores are the logits themselves",
        ),
        Wrong(
            "def postprocess(logits, id2label):\n"
            "    p = logits.softmax(0)\n"
            '    return [{"label": id2label[r.argmax().item()], "score": r.max().item()} for r in p]',
            "Softmax went down the columns",
        ),
        Wrong(
            "def postprocess(logits, id2label):\n"
            "    p = logits[0].softmax(-1)\n"
            '    return {"label": id2label[p.argmax().item()], "score": p.max().item()}',
            "one dictionary came out",
        ),
        Wrong(
            "def postprocess(logits, id2label):\n"
            "    p = logits.sigmoid()\n"
            '    return [{"label": id2label[r.argmax().item()], "score": r.max().item()} for r in p]',
            "The scores are sigmoids",
        ),
        Wrong(
            "def postprocess(logits, id2label):\n"
            "    p = logits.softmax(-1)\n"
            '    return [{"label": id2label[r.argmin().item()], "score": r.max().item()} for r in p]',
            "smallest logits",
        ),
    ),
    alternatives=(
        "def postprocess(logits, id2label):\n"
        "    answers = []\n"
        "    for row in logits.softmax(dim=1):\n"
        "        best = row.argmax()\n"
        '        answers.append({"score": row[best], "label": id2label[int(best)]})\n'
        "    return answers",
    ),
)
