"""2.3 From logits to the pipeline's answer."""

from course_utils.exercises.answers import as_text, call, close, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import known_slip

from .shared import TORCH

_MOODS = {0: "sad", 1: "calm", 2: "glad"}
_CASES = (
    ([[2.0, 1.0, -1.0], [-3.0, 0.5, 4.0]], _MOODS),
    ([[0.5, 2.5]], {0: "NEGATIVE", 1: "POSITIVE"}),
    ([[-4.0, 3.0, 1.0], [-1.0, -2.0, -5.0], [0.0, 0.1, 0.3]], {2: "law", 0: "art", 1: "sport"}),
    ([[1000.0, 999.0], [-1000.0, -1000.5]], {1: "yes", 0: "no"}),
    ([[1.5], [-2.0]], {0: "only"}),
)


def _answers(pick, score):
    """A function that takes the position `pick(logits)` and the score `score(logits)[row, position]` in each row."""

    def answers(logits, id2label):
        places, scores = pick(logits).tolist(), score(logits)
        return [{"label": id2label[place], "score": scores[row, place].item()} for row, place in enumerate(places)]

    return answers


def _best(z):
    return z.argmax(-1)


def _softmax(z):
    return z.softmax(-1)


_right = _answers(_best, _softmax)
_SLIPS = (
    (_answers(_best, lambda z: z), "The scores are the logits themselves; put them through softmax first."),
    (
        _answers(_best, lambda z: z.softmax(0)),
        "Softmax went down the columns, over the sentences; it belongs on the labels: `dim=-1`.",
    ),
    (
        _answers(lambda z: z.softmax(0).argmax(-1), lambda z: z.softmax(0)),
        "Softmax went down the columns, over the sentences; it belongs on the labels: `dim=-1`.",
    ),
    (_answers(_best, lambda z: z.sigmoid()), "The scores are sigmoids; softmax compares a label with the others."),
    (_answers(lambda z: z.argmin(-1), _softmax), "Those are the labels of the smallest logits; take the largest."),
    (
        _answers(lambda z: abs(z).argmax(-1), _softmax),
        "A negative logit is small, however large its size: use no `abs`.",
    ),
    (
        lambda z, names: _answers(_best, _softmax)(z, [*names.values()]),
        "The dictionary can stand in any order: look a label up with `id2label[position]`.",
    ),
    (
        lambda z, names: sorted(_right(z, names), key=lambda row: -row["score"]),
        "The rows of each result stand in the order of their scores; leave them in the order of the sentences.",
    ),
    (
        _answers(_best, lambda z: z.softmax(-1)[:, [1]].expand_as(z)),
        "Each score is that of position 1; take the score of the label that you return.",
    ),
    (
        _answers(_best, lambda z: z.topk(2).values.diff().neg().sigmoid().expand_as(z)),
        "The sigmoid of the gap between the two largest logits is the score for two labels only; use softmax.",
    ),
    *(
        (
            lambda z, names, k=k: [{**row, "score": round(row["score"], k)} for row in _right(z, names)],
            "Do not round the scores.",
        )
        for k in (2, 3, 4)
    ),
)


def _check_postprocess(answer) -> str | None:
    import torch

    cases = [(torch.tensor(logits), names) for logits, names in _CASES]
    # Numbers that stand nowhere on the page, from a generator of their own: an answer could set the common one.
    fresh = torch.randn(4, 5, generator=torch.Generator().manual_seed(23)) * 3
    cases.append((fresh, {i: f"label {i}" for i in range(5)}))
    for logits, names in cases:
        value, right = call(answer, logits, names), _right(logits, names)
        shown = f"For the logits `{[[round(x, 2) for x in row] for row in logits.tolist()]}` and the names `{names}`"
        if kind := _other_form(value, len(right)):
            return f"{shown} {kind}"
        for number, (row, wanted) in enumerate(zip(value, right, strict=True)):
            if not close(row, wanted, 1e-5):
                says = known_slip(answer, cases, _SLIPS, lambda rows: rows)
                return (
                    f"{shown} expected about `{ {**wanted, 'score': round(wanted['score'], 3)} }` for sentence "
                    f"{number}, "
                    f"counted from 0; given: {describe(row)}." + (f" {says}" if says else "")
                )
    return None


def _other_form(value, count: int) -> str | None:
    """What is wrong with the form of an answer, None if it is a list of `count` dictionaries of the right kind."""
    if is_a(value, dict):
        return (
            f"{count} row{'s' if count > 1 else ''} went in, and one dictionary came out: return a list, one for "
            f"each row."
        )
    if not is_a(value, list) or len(value) != count:
        return f"you should return a list with one dictionary for each row, {count} in all; given: {describe(value)}."
    for row in value:
        if not (is_a(row, dict) and set(row) == {"label", "score"}):
            return f'each item should be a dictionary with two keys, "label" and "score"; one is {describe(row)}.'
        if as_text(row["label"]) is None:
            return f"a label is {describe(row['label'])}: look up the name of the position in `id2label`."
        if is_a(row["score"], bool) or not is_a(row["score"], float, int):
            return f"a score is {describe(row['score'])}: make it a Python number, with `.item()` or `float()`."
    if any(row is other for i, row in enumerate(value) for other in value[:i]):
        return "the items are one and the same dictionary: make a new one for each row, inside the loop."
    return None


_HEAD = "def postprocess(logits, id2label):\n"
_SOLUTION = (
    _HEAD + "    scores, positions = torch.softmax(logits, dim=-1).max(dim=-1)  # each [sentences]\n"
    "    pairs = zip(scores.tolist(), positions.tolist())\n"
    '    return [{"label": id2label[position], "score": score} for score, position in pairs]'
)
_ROWS = (
    _HEAD + "    p = logits.softmax(-1)\n"
    '    return [{"label": id2label[r.argmax().item()], "score": r.max().item()} for r in p]'
)


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
        "In step 3 one cell prints the labels and the scores of two sentences. What would it have to collect instead?",
        "Softmax over the labels gives `[sentences, labels]`; `max(dim=-1)` gives score and position.",
        "Go through the rows: `id2label[position.item()]` is the label, `score.item()` the score.",
    ),
    solution=_SOLUTION,
    why="`max(dim=-1)` returns the largest share of each row together with its position. `tolist()` makes Python "
    "numbers of both, which fit into dictionaries and as keys of `id2label`.",
    wrong=(
        Wrong(changed(_ROWS, ("id2label[r.argmax().item()]", "r.argmax().item()")), "a label is a whole number"),
        Wrong(changed(_ROWS, ("p = logits.softmax(-1)", "p = logits")), "The scores are the logits themselves"),
        Wrong(changed(_ROWS, ("softmax(-1)", "softmax(0)")), "Softmax went down the columns"),
        Wrong(
            _HEAD + "    p = logits[0].softmax(-1)\n"
            '    return {"label": id2label[p.argmax().item()], "score": p.max().item()}',
            "one dictionary came out",
        ),
        Wrong(changed(_ROWS, ("softmax(-1)", "sigmoid()")), "The scores are sigmoids"),
        Wrong(
            changed(_ROWS, ("r.argmax()", "r.argmin()"), ("r.max()", "r.min()")),
            "the labels of the smallest logits",
        ),
        Wrong(
            _HEAD + "    k = logits.abs().argmax(-1)\n    p = logits.softmax(-1)\n"
            '    return [{"label": id2label[int(i)], "score": float(r[i])} for i, r in zip(k, p)]',
            "use no `abs`",
        ),
        Wrong(changed(_ROWS, ("id2label[", "list(id2label.values())[")), "can stand in any order"),
        Wrong(changed(_ROWS, ("r.max().item()}", "round(r.max().item(), 4)}")), "Do not round the scores"),
        Wrong(
            changed(_ROWS, ("return [", "return sorted(["), ("for r in p]", 'for r in p], key=lambda r: -r["score"])')),
            "leave them in the order of the sentences",
        ),
        Wrong(changed(_ROWS, ("r.max().item()}", "r[1].item()}")), "Each score is that of position 1"),
        Wrong(
            changed(
                _ROWS,
                ("p = logits.softmax(-1)", "p = logits"),
                ("r.max()", "(r.topk(2).values @ torch.tensor([1.0, -1.0])).sigmoid()"),
            ),
            "The sigmoid of the gap",
        ),
        Wrong(changed(_ROWS, ("r.max().item()}", "r.max()}")), "a score is a tensor"),
        Wrong(changed(_ROWS, ("r.max().item()}", "r.max().numpy()[()]}")), "a score is a float32"),
        Wrong(changed(_ROWS, ("logits.softmax(-1)", "logits.softmax(-1).squeeze()")), "`[[0.5, 2.5]]`"),
        Wrong(
            _HEAD
            + '    out, entry = [], {}\n    for r in logits.softmax(-1):\n        entry["score"] = r.max().item()\n'
            '        entry["label"] = id2label[r.argmax().item()]\n        out.append(entry)\n    return out',
            "one and the same dictionary",
        ),
    ),
    also_wrong=(
        _HEAD + '    return [{"label": "sad", "score": 0.7053845}, {"label": "glad", "score": 0.9698}]',
        _HEAD
        + '    return [{"label": id2label[i], "score": s} for i, s in ((0, 0.70538), (2, 0.96984))][: len(logits)]',
        changed(_ROWS, ("logits.softmax(-1)", "logits.exp() / logits.exp().sum(-1, keepdim=True)")),
        changed(
            _ROWS, ("return [", "out = ["), ("for r in p]", "for r in p]\n    return out[0] if len(out) == 1 else out")
        ),
        changed(_ROWS, ("r.max().item()}", 'f"{r.max().item():.4f}"}')),
        changed(
            _ROWS, ("r.max().item()}", "(r.topk(min(2, len(r))).values @ torch.tensor([1.0, -1.0])[: len(r)]).item()}")
        ),
        changed(_ROWS, ("id2label[r.argmax().item()]", 'id2label[r.argmax().item()], "id": 0')),
        changed(_ROWS, ("return [", "return tuple("), ("for r in p]", "for r in p)")),
        _HEAD + "    return [[{'label': id2label[i], 'score': s} for i, s in enumerate(r)] for r in "
        "logits.softmax(-1).tolist()]",
    ),
    alternatives=(
        _HEAD + "    answers = []\n"
        "    for row in logits.softmax(dim=1):\n"
        "        best = row.argmax()\n"
        '        answers.append({"score": float(row[best]), "label": id2label[int(best)]})\n'
        "    return answers",
        "import numpy as np\n\n" + _HEAD + "    z = np.asarray(logits.tolist())\n"
        "    e = np.exp(z - z.max(1, keepdims=True))\n    p = e / e.sum(1, keepdims=True)\n"
        '    return [{"label": id2label[int(k)], "score": p[i, k]} for i, k in enumerate(p.argmax(1))]',
        "import math\n\n" + _HEAD + "    answers = []\n    for row in logits.tolist():\n        top = max(row)\n"
        "        score = 1 / sum(math.exp(x - top) for x in row)\n"
        '        answers.append({"label": id2label[row.index(top)], "score": score})\n    return answers',
    ),
)
