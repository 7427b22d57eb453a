"""10.38 A model of your own."""

from itertools import permutations

from course_utils.exercises.answers import as_list, as_text, call, close, describe, shape
from course_utils.exercises.records import Exercise, Wrong, changed

_KINDS = ("question", "fault", "wish", "thanks")


# Written after the comments of the sample and kept apart from them: no learner's model can have seen these.
_UNSEEN = {
    "question": (
        "Which floor is the pottery course on?",
        "Are there any vegan dishes on the menu?",
        "Can I pay by card at the shop?",
        "Was the building ever used as a prison?",
        "I would be glad to hear when the next printing course takes place.",
        "What happened to the workers after the fire of 1931?",
        "Do you lend objects to other museums?",
        "Is there parking for a coach nearby?",
        "How heavy is the anchor in the courtyard?",
        "My question is whether twelve-year-olds need a ticket.",
    ),
    "fault": (
        "The tap in the ladies' toilet cannot be turned off.",
        "Room three was freezing because the radiator is cold.",
        "The projector shows everything upside down.",
        "A cable lies across the corridor and I nearly fell.",
        "The cash desk gave me the wrong change.",
        "The reading glasses in the archive have a cracked lens.",
        "The automatic door shuts too fast and hit my arm.",
        "The page for booking tickets online shows an error.",
        "The drinking fountain is clogged and the water runs over.",
        "The captions in room five belong to other pictures.",
    ),
    "wish": (
        "I would be delighted to see a course about knots for adults.",
        "Please sell the soup recipe as a postcard.",
        "A bench half way up the stairs would help older people.",
        "Why don't you build a model of the whole harbour?",
        "It might be worth having a smaller audio guide for children.",
        "You should stay open until eight in summer.",
        "Perhaps a guest book in the entrance hall?",
        "More colour on the walls of the history room, please.",
        "It would be wonderful if the telescope could be used at night.",
        "How about a discount for people from the neighbourhood?",
    ),
    "thanks": (
        "An enchanting place with warm and clever staff.",
        "We laughed so much in the printing workshop, thank you all.",
        "The restored crane is magnificent.",
        "I am still smiling about our guide's stories.",
        "Hats off to the volunteers, what a treasure you have saved.",
        "A delightful afternoon from the first room to the last.",
        "Your kindness to my mother meant the world to us.",
        "The chocolate cake was heavenly.",
        "I have rarely seen an exhibition made with so much love.",
        "Everything worked perfectly with my wheelchair, I am impressed.",
    ),
}


_CHANCES_CONTEXT = """\
import csv

import torch
from torch import nn
from torch.nn import functional as F
from transformers import AutoModel, AutoTokenizer

from course_utils import checkpoint, sample

torch.set_num_threads(1)
kinds = ["question", "fault", "wish", "thanks"]
with sample("feedback/comments.csv").open(encoding="utf-8", newline="") as file:
    rows = list(csv.DictReader(file))
learn, test = ([(row["text"], row["kind"]) for row in rows if row["week"] in weeks] for weeks in ("123", "4"))
found = checkpoint("embeddings")
tokenizer = AutoTokenizer.from_pretrained(found.path)
body = AutoModel.from_pretrained(found.path, dtype=torch.float32).to(found.device).eval()


def embed(texts):
    inputs = tokenizer(list(texts), padding=True, truncation=True, return_tensors="pt").to(body.device)
    with torch.no_grad():
        states = body(**inputs).last_hidden_state
    mask = inputs["attention_mask"].unsqueeze(-1)
    return ((states * mask).sum(1) / mask.sum(1)).cpu()"""


_CHANCES = """\
torch.manual_seed(0)
vectors = embed([text for text, _ in learn])
labels = torch.tensor([kinds.index(kind) for _, kind in learn])
own_head = nn.Linear(vectors.shape[1], len(kinds))
optimizer = torch.optim.Adam(own_head.parameters(), lr=0.02)
for _ in range(200):
    loss = F.cross_entropy(own_head(vectors), labels) + 0.01 * own_head.weight.square().sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

def chances(texts):
    with torch.no_grad():
        return own_head(embed(texts)).softmax(-1)"""


def _check_chances(answer) -> str | None:
    pairs = sorted((text, kind) for kind, texts in _UNSEEN.items() for text in texts)  # no pattern in the kinds
    value = call(answer, [text for text, _ in pairs])
    rows = as_list(value)
    if rows and all(as_text(row) is not None for row in rows):
        return "Your function returns kinds; the next steps need the four chances of each text, `[texts, 4]`."
    if rows is None or shape(rows) != (40, 4):
        return f"For 40 texts expected chances `[40, 4]`; given: {shape(value) or describe(value)}."
    if not all(number == number and -1e-6 <= number <= 1 + 1e-6 for row in rows for number in row):
        return "Chances lie from 0 to 1; these do not: the last step is a softmax over the four kinds."
    if not close([sum(row) for row in rows], [1.0] * 40, 1e-2):
        return "The four chances of a text should add up to 1: take the softmax over the kinds, the last dimension."
    texts = [text for text, _ in pairs]
    apart = [as_list(call(answer, part)) for part in (texts[:1], texts[1:8])]
    if list(map(shape, apart)) != [(1, 4), (7, 4)] or not close(apart[0] + apart[1], rows[:8], 0.02):
        return (
            "The same text gets other chances alone than in a batch: do the rows come back in the order of the texts? "
            "Is padding counted, or a mean over the batch, or is dropout still on (`.eval()`)?"
        )
    if all(row == rows[0] for row in rows):
        return "Your model gives every text the same chances: the answer should depend on the text."
    said = [max(range(4), key=row.__getitem__) for row in rows]
    if len(set(said)) == 1:
        return f"For each of the 40 texts {_KINDS[said[0]]} has the highest chance."
    found = {kind: sum(_KINDS[s] == kind == k for s, (_, k) in zip(said, pairs, strict=True)) for kind in _KINDS}
    right = sum(found.values())
    if right < 30:
        agree = [[0] * 4 for _ in _KINDS]
        for s, (_, kind) in zip(said, pairs, strict=True):
            agree[s][_KINDS.index(kind)] += 1
        if max(sum(agree[i][k] for i, k in enumerate(order)) for order in permutations(range(4))) >= 30:
            return f"{right} of 40 are right; with the kinds in another order most would be: keep the order of `kinds`."
        return (
            f"Of 40 sentences that your model never saw {right} are right; wanted are 30. The labels of weeks 1 to 3 "
            "can teach more: is every comment of `learn` used, and the loss small at the end?"
        )
    weakest = min(found, key=found.get)
    if found[weakest] < 6:
        return f"{right} of 40 are right, but only {found[weakest]} of the ten of kind {weakest}; wanted are 6 of each."
    return None


EXERCISE = Exercise(
    id="10.38",
    title="A model of your own",
    minutes=15,
    difficulty="medium",
    starter="def chances(texts):\n    ...",
    answer="chances",
    check=_check_chances,
    context=_CHANCES_CONTEXT,
    expects="a function that returns four chances for each text",
    hints=(
        "Which of the ways of notebook 07 needs least time, and what has to be computed only once for it?",
        "The quickest way is a head, as in notebook 07, section 3: `embed` all texts of `learn` once, then fit "
        "`nn.Linear(384, 4)` to them with the cross-entropy.",
        "`chances` embeds the new texts, applies the head and takes `.softmax(-1)`. Train outside of it, once.",
    ),
    solution=_CHANCES,
    why=(
        "The frozen body already puts texts of one kind near each other, so a linear layer on its vectors is enough "
        "for 116 labels. The small penalty on the weights keeps the head from learning them by heart."
    ),
    wrong=(
        Wrong(
            "def chances(texts):\n    return [[0.1, 0.7, 0.1, 0.1] for text in texts]",
            "gives every text the same chances",
        ),
        Wrong(
            "def chances(texts):\n    return [[0, 0.7 + 0.1 / len(text), 0.3 - 0.1 / len(text), 0] for text in texts]",
            "fault has the highest chance",
        ),
        Wrong(
            changed(
                _CHANCES,
                (
                    "return own_head(embed(texts)).softmax(-1)",
                    "return [kinds[i] for i in own_head(embed(texts)).argmax(-1)]",
                ),
            ),
            "Your function returns kinds",
        ),
        Wrong(changed(_CHANCES, (".softmax(-1)", "")), "Chances lie from 0 to 1"),
        Wrong(changed(_CHANCES, (".softmax(-1)", ".softmax(0)")), "add up to 1"),
        Wrong(changed(_CHANCES, ("kinds.index(kind)", "sorted(kinds).index(kind)")), "keep the order of `kinds`"),
        Wrong(changed(_CHANCES, ("in learn", "in learn[:6]")), "The labels of weeks 1 to 3"),
        Wrong(
            'names = ["asking a question", "reporting something broken", "suggesting something new"]\n'
            'names = [f"This visitor is {name}." for name in [*names, "praise and thanks"]]\n'
            "\n"
            "def chances(texts):\n"
            "    likeness = F.normalize(embed(texts), dim=-1) @ F.normalize(embed(names), dim=-1).T\n"
            "    return (20 * likeness).softmax(-1)",
            "of the ten of kind question",
        ),
        Wrong(
            changed(
                _CHANCES, ("own_head(embed(texts))", "own_head(embed(texts) - embed(texts).mean(0) + vectors.mean(0))")
            ),
            "other chances alone than in a batch",
        ),
        Wrong(
            changed(_CHANCES, ("own_head(embed(texts)).softmax(-1)", "own_head(embed(texts)).argmax(-1)")),
            "given: (40,)",
        ),
    ),
    also_wrong=(
        "def chances(texts):\n    return [[0.25] * 4 for text in texts]",
        changed(_CHANCES, ("embed(texts)", "embed(sorted(texts, key=len))")),
        changed(_CHANCES, (".softmax(-1)", ".sigmoid()")),
        changed(_CHANCES, ("    optimizer.step()\n", "")),
        "def chances(texts):\n    return [[1.0, 0, 0, 0] if '?' in text else [0, 1.0, 0, 0] for text in texts]",
    ),
    alternatives=(
        "vectors = F.normalize(embed([text for text, _ in learn]), dim=-1)\n"
        "middles = torch.stack([\n"
        "    vectors[[i for i, (_, kind) in enumerate(learn) if kind == name]].mean(0) for name in kinds\n"
        "])\n"
        "\n"
        "def chances(texts):\n"
        "    likeness = F.normalize(embed(texts), dim=-1) @ F.normalize(middles, dim=-1).T\n"
        "    return (20 * likeness).softmax(-1).tolist()",
        "vectors = F.normalize(embed([text for text, _ in learn]), dim=-1)\n"
        "labels = F.one_hot(torch.tensor([kinds.index(kind) for _, kind in learn]), 4).float()\n"
        "\n"
        "def chances(texts):\n"
        "    nearest = (F.normalize(embed(texts), dim=-1) @ vectors.T).topk(7).indices\n"
        "    return [labels[row].mean(0) for row in nearest]",
    ),
    note="These 40 sentences were never on the page. How sure is the share? Exercise 7.2.",
)
