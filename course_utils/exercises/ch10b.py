"""Milestones of the closing project in notebook 10: the feedback desk of the museum, from raw messages to a model card.

Most have many right answers, so the checks look at properties: a model is asked about sentences that nobody saw, an
audit is tried on scores whose bias is known, a card is written twice with different numbers.
"""

from functools import cache

from .answers import Slip, as_list, as_text, call, close, describe, is_a, plain, shape
from .objects import attempt, untouched
from .records import Exercise, Wrong

_KINDS = ("question", "fault", "wish", "thanks")


def _is_function(answer) -> bool:
    return attempt(callable, answer, default=False) is True


# --- 10.34 one list out of three sources ----------------------------------------------------------------------

_ROWS = [
    {"week": "1", "text": " Is it   open? ", "kind": "question"},
    {"week": "4", "text": "The lamp is out.", "kind": "fault"},
    {"week": "5", "text": "", "kind": ""},
    {"week": "5", "text": "  ", "kind": ""},
    {"week": "5", "text": "THE LAMP IS  OUT.", "kind": ""},
    {"week": "5", "text": "Lovely!", "kind": ""},
]
_CARDS = [
    {"picture": "a.png", "note": "The lamp is out."},
    {"picture": "b.png", "note": "The lamp is out."},
    {"picture": "a.png", "note": "The lamp is out. "},
]
_CALLS = ["one.flac", "two.flac"]
_SEEN = {"a.png": "three", "b.png": "seven"}
_HEARD = {"one.flac": " Is it open?", "two.flac": "May I come?"}
_RECORDS = [
    ("Is it open?", "comment", "question"),
    ("The lamp is out.", "comment", "fault"),
    ("Lovely!", "comment", None),
    ("Room three: The lamp is out.", "card", None),
    ("Room seven: The lamp is out.", "card", None),
    ("May I come?", "call", None),
]


def _check_gather(answer) -> str | None:
    value = call(answer, _ROWS, _CARDS, _CALLS, _SEEN.get, _HEARD.get)
    rows = as_list(value)
    keys = {"text", "source", "kind"}
    if rows is None or not all(type(row) is dict and row.keys() >= keys for row in rows):
        return (
            f"Your function should return a list of dictionaries with text, source and kind; given: {describe(value)}."
        )
    got = [(row["text"], row["source"], row["kind"]) for row in rows]
    if got == _RECORDS:
        return None
    texts = [text for text, _, _ in got]
    if not all(as_text(text) is not None for text in texts):
        return "Every `text` should be text."
    if not all(type(source) is str for _, source, _ in got):
        return "Every `source` should be text: comment, card or call."
    if any(text != " ".join(text.split()) for text in texts):
        return "Some texts keep spaces at their ends, or several in a row: `' '.join(text.split())` leaves one."
    if any(not text.strip() for text in texts):
        return "There is a record without any text: leave empty messages out."
    if any(kind == "" for _, _, kind in got):
        return "A message without a label should have the kind None; yours has an empty text."
    if len(set(texts)) < len(texts):
        return "The same text is there twice: keep the first only, also when the copies come from different sources."
    if len({text.lower() for text in texts}) < len(texts):
        return "Two texts differ in capitals only: compare `text.lower()`, and keep the first."
    if not rows:
        return "Your list is empty: there are comments, cards and calls to put into it."
    small = [text.lower() for text in texts]
    if not any("three" in text for text in small):
        return (
            "The number of the room is missing: a card's text is `Room three: The lamp is out.`, with what `see` says."
        )
    if sum("lamp" in text for text in small) < 3:
        return "Two cards with the same note about different rooms are two faults: add the room, then look for copies."
    if "may i come?" not in small:
        return "The calls are missing: their text is what `hear(call)` returns."
    if sorted(text for text, _, _ in _RECORDS) != sorted(texts):
        return f"Expected the texts {[text for text, _, _ in _RECORDS]}; given: {texts}."
    if {source for _, source, _ in got} != {"comment", "card", "call"}:
        return "`source` should say where a message came from: comment, card or call."
    if sorted(got, key=str) != sorted(_RECORDS, key=str):
        return "The texts are right; `source` or `kind` is not that of its message."
    return "All records are there; put them in the order comments, cards, calls."


# --- 10.35 a checkpoint for every job -------------------------------------------------------------------------

_BUDGET = 300  # MB
_FREE = ("apache-2.0", "mit")
_ENCODES = ("feature-extraction", "fill-mask", "text-classification", "token-classification", "question-answering")
_JOBS = {
    "hear": ("automatic-speech-recognition",),
    "see": ("image-classification",),
    "first try": ("zero-shot-classification", "text-generation"),
    "learn": (*_ENCODES, "zero-shot-classification"),
}


@cache
def _checkpoints() -> dict[str, tuple[float, str, bool, frozenset[str]]]:
    """Of every checkpoint of the catalogue: megabytes, licence, whether there are safetensors, and its pipelines."""
    from ..catalog import tasks

    found: dict[str, tuple] = {}
    for task in tasks().values():
        for row, name, safe in (
            (task.hub, getattr(task.hub, "repo", ""), getattr(task.hub, "safetensors", True)),
            (task.offline, getattr(task.offline, "name", ""), True),
        ):
            if row is not None:
                known = found.get(name, (0, "", True, frozenset()))[3]
                found[name] = (row.megabytes, row.licence, safe, known | {task.pipeline})
    return found


def _check_choice(answer) -> str | None:
    chosen = attempt(plain, answer)
    if type(chosen) is not dict or chosen.keys() != _JOBS.keys():
        return f"The answer should be a dictionary with the four jobs {', '.join(_JOBS)}; given: {describe(answer)}."
    for job, pair in chosen.items():
        if type(pair) is not list or len(pair) != 2 or not all(type(part) is str for part in pair):
            return f"Each job gets a pair of texts, `(checkpoint, reason)`; for {job}: {describe(pair)}."
    for job, (name, reason) in chosen.items():
        if len(name + reason) > 1000:
            return f"The reason for {job} is long: one sentence is enough."
        if problem := _unfit(job, name.strip(), reason):
            return problem
    if len({" ".join(reason.lower().split()) for _, reason in chosen.values()}) < len(chosen):
        return "The same reason stands twice: what speaks for this one?"
    total = sum(_checkpoints()[name][0] for name in {name.strip() for name, _ in chosen.values()})
    if total > _BUDGET:
        return f"Together they have {total:,.0f} MB, and the desk has room for {_BUDGET}: take a smaller one."
    return None


def _unfit(job: str, name: str, reason: str) -> str | None:
    """What speaks against this checkpoint for this job, or against its reason; None: nothing."""
    import re

    from ..catalog import tasks

    if name in tasks():
        return f"{name!r} is a task of the course; write the name of a checkpoint, the last column of the table."
    if name not in _checkpoints():
        return f"The catalogue has no checkpoint {name[:60]!r} for {job}: copy a name out of the table."
    megabytes, licence, safe, pipelines = _checkpoints()[name]
    if not pipelines & set(_JOBS[job]):
        return f"{name} is for {', '.join(sorted(pipelines))}: it cannot do the job {job!r}."
    if job == "see" and name != "digits-vit":
        return f"{name} knows a thousand things, but handwritten digits are none of them: read what its labels are."
    if not licence:
        return f"For {name} no licence is declared, and without one nobody may use it: choose another for {job}."
    if licence not in _FREE:
        return f"{name} has the licence {licence}; the museum asks for a permissive one, {' or '.join(_FREE)}."
    if not safe:
        return f"{name} has no safetensors, and the course loads nothing else."
    if len(reason.split()) < 4:
        return f"Give a reason for {job}, a sentence of four words or more; given: {reason!r}."
    if not _names_size(reason, megabytes) and not re.search(rf"\b{licence.split('-')[0]}\b", reason.lower()):
        return f"The reason for {job} should hold a fact that can be looked up: the megabytes or the licence of {name}."
    return None


def _names_size(text: str, megabytes: float) -> bool:
    """Does it name the megabytes, "76 MB", "76MB" or rounded to "80"?"""
    import re

    words = re.findall(r"(?<![\w.-])\d+(?:\.\d+)?(?=mb\b|megabytes?\b|(?![\w-]))", text.lower().replace(",", ""))
    return any(abs(float(word) - megabytes) <= 0.1 * megabytes for word in words)


# --- 10.36 an honest grade ------------------------------------------------------------------------------------

_RIGHT = ["fault"] * 8 + ["wish"] * 6 + ["thanks"] * 4 + ["question"] * 2
_SAID = ["fault"] * 3 + ["thanks"] * 5 + ["wish"] * 2 + ["thanks"] * 8 + ["question", "fault"]
_GRADE = {"accuracy": 0.5, "always": 0.4, "weakest": "wish"}


def _check_grade(answer) -> str | None:
    value = attempt(plain, call(answer, _RIGHT, _SAID))
    if type(value) is not dict or not value.keys() >= _GRADE.keys():
        return f"Your function should return a dictionary with {', '.join(_GRADE)}; given: {describe(value)}."
    if close(value["accuracy"], 50):
        return "Accuracy in percent; return a share, from 0 to 1."
    if close(value["accuracy"], 10):
        return "That is how many are right; divide by how many there are."
    if not close(value["accuracy"], _GRADE["accuracy"]):
        return f"10 of 20 are right, so accuracy should be 0.5; given: {describe(value['accuracy'])}."
    if close(value["always"], 13 / 20):
        return "You counted what the model says most often: the lazy answer is the most frequent of the *right* kinds."
    if close(value["always"], 0.25):
        return "One in four is guessing by chance. Always saying the most frequent kind is right more often, here 0.4."
    if not close(value["always"], _GRADE["always"]):
        return f"8 of 20 are faults: always saying fault is right in 0.4; given: {describe(value['always'])}."
    weakest = value["weakest"]
    if weakest == "fault":
        return "Fault has the most misses, but it has the most messages, too: compare shares."
    if weakest == "question":
        return "Half of the questions were found. Few right ones are not few found: divide by how many there are."
    if weakest == "thanks":
        return "All thanks were found. Look at each *right* kind: which share of it did the model find?"
    if weakest != "wish":
        return f"`weakest` should be the kind with the smallest share found, here wish; given: {describe(weakest)}."
    again = attempt(plain, call(answer, ["wish", "wish", "fault"], ["fault", "wish", "idea"]))
    right = {"accuracy": 1 / 3, "always": 2 / 3, "weakest": "fault"}
    if type(again) is dict and all(close(again.get(key), wanted, 0.005) for key, wanted in right.items()):
        return None  # rounded to two digits, too
    return (
        f"It is right for the first twenty, but not for three messages with kinds wish, wish, fault: {describe(again)}."
    )


# --- 10.37 inside a model -------------------------------------------------------------------------------------

_OTHERS = (
    "The heating in the workshop is off, we sat there in our coats.",
    "There is a mouse in the café kitchen, I saw it twice.",
    "Your website says you open at ten, but the door was locked until eleven.",
    "It smells of gas behind the boiler house.",
    "What a lovely museum, we will be back.",
    "Great value for six euros.",
)


@cache
def _mood():
    """The sentiment model that the page loads, and its tokenizer."""
    import contextlib
    import io

    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    from ..checkpoints import checkpoint

    with contextlib.redirect_stdout(io.StringIO()):
        found = checkpoint("sentiment")
    model = AutoModelForSequenceClassification.from_pretrained(found.path, dtype="float32").eval()
    return model, AutoTokenizer.from_pretrained(found.path)


def _praise(texts, heads) -> list[float]:
    """How likely each text is praise, without these heads."""
    import torch

    from ..attention import cut_heads

    model, tokenizer = _mood()
    inputs = tokenizer(list(texts), padding=True, truncation=True, return_tensors="pt")
    with cut_heads(model, heads), torch.no_grad():
        return model(**inputs).logits.softmax(-1)[:, 1].tolist()


@cache
def _comments() -> frozenset[str]:
    import csv

    from ..samples import sample

    with sample("feedback/comments.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(" ".join(row["text"].split()) for row in csv.DictReader(file)) - {""}


def _check_finding(answer) -> str | None:
    from ..errors import CourseError

    value = attempt(lambda: {key: list(part) if is_a(part, set) else part for key, part in dict.items(answer)})
    value = attempt(plain, value)
    if type(value) is not dict or value.keys() != {"text", "heads"} or type(value["text"]) is not str:
        return f'The answer should look like `{{"text": "…", "heads": [(0, 0)]}}`; given: {describe(answer)}.'
    text = " ".join(value["text"].split())
    if text not in _comments():
        return f"The text should be one of the comments in `rows`, as it stands there; given: {text[:80]!r}."
    if text in _OTHERS:
        return "This text is one of the six `others`, which should stay as they are: take another comment."
    heads = value["heads"]
    if type(heads) is not list or not heads:
        return f"`heads` should be a list of one to four pairs (layer, head); given: {describe(heads)}."
    if not all(shape(pair) == (2,) for pair in heads):
        return f"Each head is a pair, (layer, head); given: {describe(heads)}."
    heads = [[int(n) if n == n // 1 else n for n in pair] for pair in heads]  # NumPy's whole numbers arrive as floats
    if len({tuple(pair) for pair in heads}) > 4:
        return f"Those are {len(heads)} heads; up to four are allowed. Start with the ones that do most damage."
    try:
        before, after = _praise([text, *_OTHERS], []), _praise([text, *_OTHERS], heads)
    except CourseError as error:
        return str(error)
    if max(before[0], 1 - before[0]) < 0.9:
        return f"Here the model is not sure (praise {before[0]:.2f}): take a text with more than 0.9 or less than 0.1."
    flipped = [(one > 0.5) != (other > 0.5) for one, other in zip(before, after, strict=True)]
    if not flipped[0]:
        return f"The answer does not flip: praise {before[0]:.2f} before, {after[0]:.2f} without these heads."
    if any(flipped[1:]):
        return (
            f"It flips, but {sum(flipped[1:])} of the six others flip, too: try other heads among the dozen that do "
            "most damage; three of them can be enough."
        )
    return None


# --- 10.38 a model of your own --------------------------------------------------------------------------------

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
    said = [max(range(4), key=row.__getitem__) for row in rows]
    if len(set(said)) == 1:
        return f"Your model says {_KINDS[said[0]]} to everything."
    found = {kind: sum(_KINDS[s] == kind == k for s, (_, k) in zip(said, pairs, strict=True)) for kind in _KINDS}
    right = sum(found.values())
    if right < 30:
        agree = [[0] * 4 for _ in _KINDS]
        for s, (_, kind) in zip(said, pairs, strict=True):
            agree[s][_KINDS.index(kind)] += 1
        if sum(max(row) for row in agree) >= 30:
            return f"{right} of 40 are right; with the kinds in another order most would be: keep the order of `kinds`."
        return (
            f"Of 40 sentences that your model never saw {right} are right; wanted are 30. The labels of weeks 1 to 3 "
            "can teach more: is every comment of `learn` used, and the loss small at the end?"
        )
    weakest = min(found, key=found.get)
    if found[weakest] < 6:
        return f"{right} of 40 are right, but only {found[weakest]} of the ten of kind {weakest}; wanted are 6 of each."
    texts = [text for text, _ in pairs]
    apart = [as_list(call(answer, part)) for part in (texts[:1], texts[1:8])]
    if list(map(shape, apart)) != [(1, 4), (7, 4)] or not close(apart[0] + apart[1], rows[:8], 0.02):
        return (
            "The same text gets other chances alone than in a batch: is padding counted, or a mean over the batch, "
            "or is dropout still on (`.eval()`)?"
        )
    return None


# --- 10.39 pairs ----------------------------------------------------------------------------------------------


_PRONOUNS = {"he", "she", "they", "him", "her", "them", "his", "hers", "their", "theirs", "himself", "herself"}


def _swapped(one: str, other: str) -> tuple[tuple[str, str], tuple] | None:
    """The two names or groups, and the words around them; None: more than that differs.

    A name may come twice, and pronouns may follow it: "Mrs Hill lost her bag", "Mr Hill lost his bag".
    """
    import re
    from difflib import SequenceMatcher

    def bare(words):
        return " ".join(word.strip('.,;:!?()"').lower() for word in words)

    def words_of(text):
        return re.sub(r"\b(Mr|Mrs|Ms|Miss)\b\.? ", r"\1~", text).split()  # a title belongs to its name

    one, other = words_of(one), words_of(other)

    parts = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    changed = [(bare(one[a:b]), bare(other[c:d])) for kind, a, b, c, d in parts if kind != "equal"]
    names = {swap for swap in changed if not _PRONOUNS.issuperset(swap)} or set(changed[:1])
    around = tuple(" ".join(one[a:b]) for kind, a, b, _, _ in parts if kind == "equal")
    if len(names) > 1:  # "uses a wheelchair" and "rides a bicycle" share a word, but are one thing each
        first, last = parts[0][0] == "equal", parts[-1][0] == "equal"
        a, c = (parts[0][2], parts[0][4]) if first else (0, 0)
        b, d = (parts[-1][1], parts[-1][3]) if last else (len(one), len(other))
        names, around = {(bare(one[a:b]), bare(other[c:d]))}, (" ".join(one[:a]), " ".join(one[b:]))
    swap = names.pop()
    return None if max(len(words.split()) for words in swap) > 3 else (swap, around)


def _check_pairs(answer) -> str | None:
    value = as_list(answer)
    if value is None or not all(type(p) is list and len(p) == 2 and all(type(t) is str for t in p) for p in value):
        return f"The answer should be a list of pairs of texts; given: {describe(answer)}."
    pairs = [[" ".join(text.split()) for text in pair] for pair in value[:200]]
    if any(len(text) > 400 for pair in pairs for text in pair):
        return "One text has more than 400 characters: short messages show what a single word does."
    if len(pairs) < 10:
        return f"Those are {len(pairs)} pairs; take at least 10, or chance cannot be told from bias."
    if any(one == other for one, other in pairs):
        return "One pair has the same text twice: nothing in it can differ."
    swaps, frames = set(), set()
    for one, other in pairs:
        changed = _swapped(one, other)
        if changed is None:
            return (
                f"More than one thing differs between {one!r} and {other!r}: swap one name or group, up to three words."
            )
        swap, frame = changed
        if swap[0] == swap[1]:
            return f"Nothing can differ between {one!r} and {other!r}: no name or group is swapped."
        swaps.add(swap)
        frames.add(frame)
    if len(frames) < len(pairs):
        return (
            f"Of your {len(pairs)} pairs only {len(frames)} have a message of their own around the swapped words. The "
            "same message with other names is hardly new evidence, but would make the interval narrower: use each once."
        )
    firsts, seconds = {one for one, _ in swaps}, {other for _, other in swaps}
    if firsts & seconds:
        return (
            f"{sorted(firsts & seconds)[0]!r} is first in one pair and second in another: keep each group on its side."
        )
    if min(len(firsts), len(seconds)) < 2:
        return "One side has a single name or word only: you would measure that word, not a group. Take two or more."
    return None


# --- 10.40 the effect, with its interval ----------------------------------------------------------------------


def _planted(effect: float, spread: float):
    """Twelve pairs, and a score with this mean difference: the messages differ much, the two of a pair little."""
    import numpy as np

    rng = np.random.default_rng(7)
    level, noise = rng.normal(0, 2, 12), rng.normal(0, spread, 12)
    noise -= noise.mean()
    first = level + effect + noise
    values = {f"Message {i} by A.": first[i] for i in range(12)} | {f"Message {i} by B.": level[i] for i in range(12)}

    def score(texts):
        """One number a text, as an array `[texts]`."""
        return np.array([values[text] for text in texts])

    pairs = [(f"Message {i} by A.", f"Message {i} by B.") for i in range(12)]
    return pairs, score, effect + noise, first, level


def _check_audit(answer) -> str | None:
    import numpy as np

    from ..bias import interval, permutation_p

    pairs, score, differences, first, second = _planted(0.3, 0.1)
    value = call(answer, pairs, score)
    got = as_list(value)
    if got is None or shape(got) != (4,):
        return f"Your function should return four numbers, effect, low, high and p; given: {describe(value)}."
    effect, low, high, p = got
    if not all(type(number) in (int, float) and abs(number) < 1e9 for number in got):
        return f"One of the four is not a number, or has no end: {describe(value)}."
    right_low, right_high = interval(differences)
    if close(effect, -0.3, 0.01):
        return "The sign is turned round: the effect is the first of each pair minus the second."
    if close(effect, float(np.exp(0.3)), 0.01):
        return "That is e to the effect; return the mean difference itself, here 0.30."
    if not close(effect, 0.3, 0.01):
        return f"A bias of 0.30 was planted, and your effect is {effect:.2f}: take the mean of the pairs' differences."
    if low > high:
        return "The ends are swapped: low comes before high."
    width, right_width = high - low, right_high - right_low
    loose = 2 * 2.2 * float(np.hypot(first.std(), second.std())) / 12**0.5
    if width > 0.5 * loose:
        return (
            f"The interval, {low:.2f} to {high:.2f}, treats the two sides as strangers. The messages differ, the two "
            "of a pair hardly: take the interval of the *differences*."
        )
    if width > 2.2 * right_width:
        return f"The interval, {low:.2f} to {high:.2f}, shows how single pairs scatter; for the mean divide by √12."
    if not (low < 0.3 < high and 0.6 * right_width < width < 1.6 * right_width):
        return f"The interval should be about {right_low:.2f} to {right_high:.2f}; given: {low:.2f} to {high:.2f}."
    if close(p, permutation_p(-differences) / 2, 1e-4):
        return "Half as much: a bias may go either way, so count the sign flips on both sides."
    if not 0 <= p <= 1:
        return f"p is a probability; given: {p:.2f}."
    if p > 0.01:
        return f"All twelve pairs lean the same way, which is rare by chance: p should be below 0.01; given: {p:.2f}."
    pairs, score, *_ = _planted(0.0, 0.1)
    none = as_list(call(answer, pairs, score))
    if shape(none) != (4,) or not none[1] < 0 < none[2]:
        return f"Without any bias the interval should hold 0; given: {describe(none)}."
    if not 0.05 <= none[3] <= 1:
        return f"Without any bias p should be large; given: {none[3]:.3f}."
    pairs, score, differences, *_ = _planted(0.15, 0.35)  # pairs that scatter more, and an effect in doubt
    doubt = as_list(call(answer, pairs, score))
    right_low, right_high = interval(differences)
    if shape(doubt) != (4,) or not 0.6 < (doubt[2] - doubt[1]) / (right_high - right_low) < 1.6:
        return (
            "When the pairs scatter more, the interval should be wider, here about "
            f"{right_low:.2f} to {right_high:.2f}; given: {describe(doubt)}."
        )
    right_p = permutation_p(differences)
    if not 0.65 * right_p < doubt[3] < 1.6 * right_p:
        return f"For an effect in doubt p should be about {right_p:.2f}, both sides counted; given: {doubt[3]:.3f}."
    return None


# --- 10.41 the card -------------------------------------------------------------------------------------------

_MEASURED = (
    {"accuracy": 0.83, "tested": 47, "effect": -0.62, "low": -0.91, "high": -0.34},
    {"accuracy": 0.71, "tested": 53, "effect": 0.18, "low": -0.07, "high": 0.43},
)


def _card_parts(value) -> tuple[dict, str] | None:
    """The settings on top of a card, and its text; None if it has no such top."""
    import yaml

    text = as_text(attempt(lambda: value.content)) or as_text(value)
    if text is None or not text.startswith("---") or len(text) > 50_000:
        return None
    top, mark, body = text[3:].partition("\n---")
    data = attempt(yaml.safe_load, top)
    return (data, body) if mark and type(data) is dict else None


def _holds(body: str, number: float) -> bool:
    """Is the number there, as a share or in percent, rounded to any decimals, with either minus sign?"""
    import re

    for word in re.findall(r"(?<!\w)(?<!\d\.)-?\d+(?:\.\d+)?", body.replace("−", "-")):
        found, decimals = float(word), len(word.partition(".")[2])
        half = 0.5 * 10**-decimals + 1e-9
        if (decimals or number == int(number)) and abs(found - number) <= half or abs(found - 100 * number) <= half:
            return True
    return False


_PARTS = (
    (("comment", "feedback", "message"), "what the model learned from: the museum's comments"),
    (("weeks", "week 1", "week one", "116", "hundred"), "how much it learned from: weeks 1 to 3, 116 comments"),
    (
        ("not for", "not be used", "not use", "n't use", "must not", "may not", "out of scope", "never", "unsuitable")
        + ("not intended", "not meant", "not suit", "not to be", "not made for", "no use for"),
        "what it is not for",
    ),
    (
        ("limit", "fail", "cannot", "can't", "does not", "weak", "mistake", "problem", "struggle")
        + ("wrong ", "wrong.", "miss"),
        "where it fails, its limits",
    ),
)


def _check_card(answer) -> str | None:
    for measured in _MEASURED:
        value = call(answer, measured)
        parts = attempt(_card_parts, value)
        if parts is None:
            return (
                f"Return a `ModelCard`, or text that begins with settings between two `---`; given: {describe(value)}."
            )
        data, body = parts
        if "more information needed" in body.lower():
            return "There is a field nobody filled in: [More Information Needed]."
        if as_text(data.get("license")) is None:
            return "The card has no licence: `license=` in `ModelCardData`."
        if as_text(data["license"]).lower() not in ("apache-2.0", "mit", "cc-by-4.0"):
            return f"The licence {data['license']!r} does not fit: MiniLM is apache-2.0, the comments are cc-by-4.0."
        if "minilm" not in str(data.get("base_model", "")).lower():
            return "The settings should name the body that was taken: `base_model=` with all-MiniLM-L6-v2."
        said = "\n".join(line for line in body.splitlines() if not line.startswith("# "))  # a title is no statement
        said = " ".join(said.lower().replace("-", " ").replace("’", "'").split())
        for words, what in _PARTS:
            if not any(word in said for word in words):
                return f"The text does not say {what}."
        for name, number in measured.items():
            if not _holds(body, number):
                other = next(m for m in _MEASURED if m is not measured)
                if measured is _MEASURED[1] and _holds(body, other[name]):
                    return f"The number for {name!r} does not change with what was measured: read it from `measured`."
                return f"The text does not hold {name!r}, here {number}: it needs all five numbers of `measured`."
    return None


# --- 10.42 keep it --------------------------------------------------------------------------------------------


def _check_keep(answer) -> str | None:
    import tempfile
    from pathlib import Path

    import torch

    if not (is_a(answer, tuple, list) and len(answer) == 2 and all(map(_is_function, answer))):
        return f"The answer should be the two functions, `(save, load)`; given: {describe(answer)}."
    if any(map(untouched, answer)):
        raise Slip("not attempted", "Replace `...` in both functions and run this cell again.")
    save, load = answer
    kinds = ["fault", "wish", "question"]  # another number and order than the project's
    head, later = _any_head(3, seed=2), _any_head(2, seed=3)
    texts = torch.randn(5, 384, generator=torch.Generator().manual_seed(1))  # [texts, hidden]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        places = [Path(place, name) for name in ("first", "second")]
        for folder in places:
            folder.mkdir()
        right, last, bias = head(texts).detach(), later(texts).detach(), head.bias.detach().clone()
        call(_returning(save), head, kinds, str(places[0]))
        if problem := _unsafe(places[0]):
            return problem
        call(_returning(save), later, ["thanks", "fault"], str(places[1]))
        with torch.no_grad():  # what is loaded must come from the folder
            for parameter in (*head.parameters(), *later.parameters()):
                parameter.zero_()
        value = call(load, str(places[0]))
        pair = list(value) if is_a(value, tuple, list) else []
        if len(pair) != 2 or as_list(pair[1]) is None:
            return f"`load` should return the head and the kinds; given: {describe(value)}."
        if not _is_function(pair[0]):
            return f"The first that `load` returns should be a head that can be called; given: {describe(pair[0])}."
        with torch.no_grad():
            again = call(pair[0], texts)
    if close(again, last, 1e-4) or as_list(pair[1]) == ["thanks", "fault"]:
        return "Two heads were saved in two folders, and `load` gives the last one for the first folder, too."
    if as_list(pair[1]) != kinds:
        return f"The kinds should come back as {kinds}, or nobody knows what 0 means; given: {describe(pair[1])}."
    if close(again, right, 1e-4):
        return None
    if close(again, right - bias, 1e-3):
        return "The bias is lost: save it beside the weight."
    if shape(again) in ((5, 3), (5, 2)) and close(again, torch.zeros(*shape(again))):
        return "The loaded head is the very object that was saved, not what lies in the folder."
    return "The loaded head does not give the same logits as the one that was saved."


def _any_head(kinds: int, seed: int):
    """A linear head with weights of its own, and a bias that cannot be overlooked."""
    import torch

    head, random = torch.nn.Linear(384, kinds), torch.Generator().manual_seed(seed)
    with torch.no_grad():
        head.weight.copy_(torch.randn(kinds, 384, generator=random))
        head.bias.copy_(7 * torch.randn(kinds, generator=random))
    return head


def _unsafe(folder) -> str | None:
    """What speaks against the files that were saved; None: nothing."""
    from safetensors import safe_open

    files = [path for path in folder.rglob("*") if path.is_file()]
    if not files:
        return "`save` wrote nothing into the folder that it was given."
    others = [path for path in files if not attempt(lambda path=path: list(safe_open(path, "pt").keys()))]
    for path in others:
        start = path.read_bytes()[:4096]
        if start[:2] in (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05") or b"data.pkl" in start:
            return "One file is a pickle, as `torch.save` writes them: it can run code when loaded. Use safetensors."
    if any(path.suffix == ".safetensors" for path in set(files) - set(others)):
        return None
    names = ", ".join(sorted(path.name for path in files))[:200]
    return f"Expected a file that ends in .safetensors, as `save_file` writes it, with the weights; given: {names}."


def _returning(function):
    """The function, whose None is all right: what `save` returns is its own business."""

    from functools import partial

    def run(*args):
        function(*args)
        return True

    named = partial(run)  # it has no lines that an error message could mistake for the learner's
    named.__name__ = "save"
    return named


# --- records --------------------------------------------------------------------------------------------------

_GATHER = """\
def gather(rows, cards, calls, see, hear):
    found = [(row["text"], "comment", row["kind"] or None) for row in rows]
    found += [(f"Room {see(card['picture'])}: {card['note']}", "card", None) for card in cards]
    found += [(hear(call), "call", None) for call in calls]
    records, known = [], {""}
    for text, source, kind in found:
        text = " ".join(text.split())
        if text.lower() not in known:
            known.add(text.lower())
            records.append({"text": text, "source": source, "kind": kind})
    return records"""
_CHOICE = """\
choice = {
    "hear": ("whisper-tiny.en", "76 MB only, and the callers speak English"),
    "see": ("digits-vit", "it knows the ten digits and has 0.6 MB"),
    "first try": ("minilm-similarity", "needs no labels, and is apache-2.0"),
    "learn": ("all-MiniLM-L6-v2", "one vector a text from 91 MB, enough for a head"),
}"""
_GRADED = """\
def grade(right, said):
    found = {}
    for kind, answer in zip(right, said):
        found.setdefault(kind, []).append(answer == kind)
    share = {kind: sum(hits) / len(hits) for kind, hits in found.items()}
    return {
        "accuracy": sum(map(sum, found.values())) / len(right),
        "always": max(map(len, found.values())) / len(right),
        "weakest": min(share, key=share.get),
    }"""
_FINDING = """\
finding = {
    "text": "The rubbish bins in the courtyard have not been emptied for days.",
    "heads": [(2, 0), (2, 1), (2, 10)],
}"""
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
    learn = [(row["text"], row["kind"]) for row in csv.DictReader(file) if row["week"] in "123"]
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
_PAIRS = """\
messages = [
    "The lift is very small.",
    "I could not read the label in room two.",
    "The audio guide speaks rather fast.",
    "I waited at the ticket desk for ten minutes.",
    "There is one chair in the film room.",
    "The stairs to the terrace are steep.",
    "I asked about the pottery course.",
    "The café was full at noon.",
    "Somebody helped me with the locker.",
    "I looked for the crane in the courtyard.",
]
words = 5 * [("blind", "tall"), ("deaf", "old")]
pairs = [(f"I am {one}. {text}", f"I am {other}. {text}") for text, (one, other) in zip(messages, words)]"""
_AUDIT = """\
import numpy as np
from course_utils.bias import interval, permutation_p

def audit(pairs, score):
    firsts, seconds = zip(*pairs)
    differences = np.asarray(score(list(firsts))) - np.asarray(score(list(seconds)))
    low, high = interval(differences)
    return differences.mean(), low, high, permutation_p(differences)"""
_CARD = """\
from huggingface_hub import ModelCard, ModelCardData

def write_card(measured):
    about = ModelCardData(
        license="apache-2.0", language="en", base_model="sentence-transformers/all-MiniLM-L6-v2"
    )
    text = f\"\"\"# Feedback desk: question, fault, wish or thanks

Data: a linear head on MiniLM, from 116 invented comments to a museum, weeks 1 to 3, CC BY 4.0.
Quality: accuracy {measured['accuracy']:.2f} on {measured['tested']} comments of week 4.
Bias: {measured['effect']:.2f}, 95 % interval {measured['low']:.2f} to {measured['high']:.2f}.
Limits: short English comments only; irony fails; what was heard or read wrongly stays wrong.
Not for decisions about people.
\"\"\"
    return ModelCard(f"---\\n{about}\\n---\\n{text}")"""
_KEEP = """\
import json
from pathlib import Path

from safetensors.torch import load_file, save_file

def save(head, kinds, folder):
    save_file(head.state_dict(), Path(folder) / "head.safetensors")
    (Path(folder) / "kinds.json").write_text(json.dumps(kinds), encoding="utf-8")

def load(folder):
    kinds = json.loads((Path(folder) / "kinds.json").read_text(encoding="utf-8"))
    weights = load_file(Path(folder) / "head.safetensors")
    head = nn.Linear(weights["weight"].shape[1], len(kinds))
    head.load_state_dict(weights)
    return head, kinds"""

EXERCISES = [
    Exercise(
        id="10.34",
        title="One list out of three sources",
        minutes=10,
        difficulty="medium",
        starter="def gather(rows, cards, calls, see, hear):\n    ...",
        answer="gather",
        check=_check_gather,
        expects="a function that returns a list of dictionaries",
        hints=(
            "First make one list of triples (text, source, kind) out of all three, then clean and sift it in one loop.",
            "`' '.join(text.split())` cleans; a set of the texts seen so far, in small letters, finds copies. If that "
            "set begins as `{''}`, empty messages go, too.",
        ),
        solution=_GATHER,
        wrong=(
            Wrong(_GATHER.replace('{""}', "set()"), "There is a record without any text"),
            Wrong(_GATHER.replace('" ".join(text.split())', "text"), "Some texts keep spaces"),
            Wrong(_GATHER.replace(" or None) for row", ") for row"), "A message without a label should have"),
            Wrong(_GATHER.replace("            known.add(text.lower())\n", ""), "The same text is there twice"),
            Wrong(_GATHER.replace("text.lower()", "text"), "Two texts differ in capitals only"),
            Wrong(
                _GATHER.replace("f\"Room {see(card['picture'])}: {card['note']}\"", 'card["note"]'),
                "The number of the room",
            ),
            Wrong(
                "def gather(rows, cards, calls, see, hear):\n"
                "    notes = {card['note'].strip(): card['picture'] for card in reversed(cards)}\n"
                "    sources = [(row['text'], 'comment', row['kind'] or None) for row in rows]\n"
                "    sources += [(f'Room {see(picture)}: {note}', 'card', None) for note, picture in notes.items()]\n"
                "    sources += [(hear(call), 'call', None) for call in calls]\n"
                "    records = {}\n"
                "    for text, source, kind in sources:\n"
                "        text = ' '.join(text.split())\n"
                "        if text:\n"
                "            records.setdefault(text.lower(), {'text': text, 'source': source, 'kind': kind})\n"
                "    return list(records.values())",
                "are two faults",
            ),
            Wrong(
                _GATHER.replace('    found += [(hear(call), "call", None) for call in calls]\n', ""),
                "The calls are missing",
            ),
            Wrong(_GATHER.replace('"source": source', '"source": "comment"'), "`source` should say"),
            Wrong(_GATHER.replace('"text": text,', '"text": text.lower(),'), "Expected the texts"),
        ),
        alternatives=(
            "def gather(rows, cards, calls, see, hear):\n"
            "    records = {}\n"
            "    def add(text, source, kind=None):\n"
            "        text = ' '.join(text.split())\n"
            "        if text:\n"
            "            records.setdefault(text.lower(), dict(text=text, source=source, kind=kind or None))\n"
            "    for row in rows:\n"
            "        add(row['text'], 'comment', row['kind'])\n"
            "    for card in cards:\n"
            "        add('Room ' + see(card['picture']) + ': ' + card['note'], 'card')\n"
            "    for call in calls:\n"
            "        add(hear(call), 'call')\n"
            "    return list(records.values())",
        ),
        note="A copy in both halves of a split would have been a leak (exercise 7.1).",
    ),
    Exercise(
        id="10.35",
        title="A checkpoint for every job",
        minutes=8,
        difficulty="easy",
        starter=(
            "choice = {\n"
            '    "hear": ...,  # (name of the checkpoint, your reason)\n'
            '    "see": ...,\n'
            '    "first try": ...,\n'
            '    "learn": ...,\n'
            "}"
        ),
        answer="choice",
        check=_check_choice,
        expects="a dictionary from each job to a pair of texts",
        hints=(
            "Strike out what is too large for 300 MB together, what has no licence, and what has another than MIT or "
            "Apache.",
            'A reason that can be looked up names the megabytes or the licence: `"76 MB only, and …"`.',
        ),
        solution=_CHOICE,
        wrong=(
            Wrong(_CHOICE.replace('"whisper-tiny.en"', '"speech-recognition"'), "is a task of the course"),
            Wrong(_CHOICE.replace('"whisper-tiny.en"', '"whisper"'), "The catalogue has no checkpoint"),
            Wrong(_CHOICE.replace('"all-MiniLM-L6-v2"', '"digits-vit"'), "it cannot do the job 'learn'"),
            Wrong(_CHOICE.replace('"digits-vit"', '"google/vit-base-patch16-224"'), "knows a thousand things"),
            Wrong(
                _CHOICE.replace('"all-MiniLM-L6-v2"', '"dbmdz/bert-large-cased-finetuned-conll03-english"'),
                "no licence is declared",
            ),
            Wrong(_CHOICE.replace('"all-MiniLM-L6-v2"', '"minilm-fill-mask"'), "has the licence cc-by-sa-4.0"),
            Wrong(_CHOICE.replace("it knows the ten digits and has 0.6 MB", "good"), "Give a reason for see"),
            Wrong(
                _CHOICE.replace("it knows the ten digits and has 0.6 MB", "its licence may permit all of that"),
                "The reason for see should hold a fact",
            ),
            Wrong(_CHOICE.replace("76 MB only", "Small"), "The reason for hear should hold a fact"),
            Wrong(
                _CHOICE.replace('"all-MiniLM-L6-v2"', '"distilbert/distilbert-base-cased"').replace(
                    "one vector a text from 91 MB", "distilled, apache-2.0"
                ),
                "Together they have 431 MB",
            ),
        ),
        alternatives=(
            _CHOICE.replace('"all-MiniLM-L6-v2"', '"minilm-sentiment"'),
            _CHOICE.replace("76 MB only", "about 80MB").replace("and is apache-2.0", "and has the Apache licence"),
            _CHOICE.replace(
                '"all-MiniLM-L6-v2", "one vector a text from 91 MB, enough for a head"',
                '"minilm-similarity", "the same as above: another 91 MB are not needed"',
            ),
        ),
        note="Write the reasons down where others find them: half of it will stand in the model card.",
    ),
    Exercise(
        id="10.36",
        title="An honest grade",
        minutes=8,
        difficulty="easy",
        starter="def grade(right, said):\n    ...",
        answer="grade",
        check=_check_grade,
        expects="a function that returns a dictionary with accuracy, always and weakest",
        hints=(
            "For every kind in `right`, collect for each of its messages whether `said` agrees.",
            "`always` needs `right` only: the most frequent kind, `collections.Counter(right)`, divided by all.",
        ),
        solution=_GRADED,
        wrong=(
            Wrong(
                _GRADED.replace(
                    "sum(map(sum, found.values())) / len(right)", "100 * sum(map(sum, found.values())) / len(right)"
                ),
                "Accuracy in percent",
            ),
            Wrong(
                _GRADED.replace("sum(map(sum, found.values())) / len(right)", "sum(map(sum, found.values()))"),
                "That is how many are right",
            ),
            Wrong(
                _GRADED.replace("max(map(len, found.values())) / len(right)", "max(map(said.count, said)) / len(said)"),
                "You counted what the model says",
            ),
            Wrong(
                _GRADED.replace("max(map(len, found.values())) / len(right)", "1 / len(found)"),
                "One in four is guessing",
            ),
            Wrong(_GRADED.replace("sum(hits) / len(hits)", "sum(hits)"), "Few right ones are not few found"),
            Wrong(_GRADED.replace("sum(hits) / len(hits)", "-hits.count(False)"), "it has the most messages, too"),
            Wrong(
                _GRADED.replace("found.setdefault(kind, [])", "found.setdefault(answer, [])").replace(
                    "max(map(len, found.values()))", "max(map(right.count, right))"
                ),
                "Look at each *right* kind",
            ),
        ),
        alternatives=(
            "from collections import Counter\n"
            "\n"
            "def grade(right, said):\n"
            "    asked = Counter(right)\n"
            "    hit = Counter(r for r, s in zip(right, said) if r == s)\n"
            "    worst = sorted(asked, key=lambda kind: hit[kind] / asked[kind])[0]\n"
            "    most = asked.most_common(1)[0][1]\n"
            "    return dict(accuracy=hit.total() / len(right), always=most / len(right), weakest=worst)",
            "import numpy as np\n"
            "\n"
            "def grade(right, said):\n"
            "    right, said = np.array(right), np.array(said)\n"
            "    names, counts = np.unique(right, return_counts=True)\n"
            "    shares = [float((said[right == name] == name).mean()) for name in names]\n"
            "    hits, most = round((right == said).mean(), 2), round(counts.max() / len(right), 2)\n"
            "    return dict(accuracy=hits, always=most, weakest=names[np.argmin(shares)], shares=shares)",
        ),
        note="The share found of a kind is its *recall*.",
    ),
    Exercise(
        id="10.37",
        title="A finding inside a model",
        minutes=15,
        difficulty="hard",
        starter='finding = {"text": ..., "heads": ...}',
        answer="finding",
        check=_check_finding,
        expects='a dictionary `{"text": "…", "heads": [(0, 0)]}`',
        hints=(
            "`head_damage(mood, lambda: margins([text])[0])` is `[layers, heads]`; `numpy.argsort` of its `.ravel()` "
            "sorts the heads by what they bring. (For a comment that is blamed, take those that bring the least.)",
            "Take the dozen with most damage, try all threes (`itertools.combinations`), and keep those that leave "
            "`others` as they were. For the bins, look in layer 2.",
        ),
        solution=_FINDING,
        wrong=(
            Wrong(_FINDING.replace("The rubbish", "Rubbish"), "as it stands there"),
            Wrong(
                'finding = {"text": "Great value for six euros.", "heads": [(2, 0), (2, 1), (2, 10)]}',
                "one of the six `others`",
            ),
            Wrong(_FINDING.replace("[(2, 0), (2, 1), (2, 10)]", "[(3, 9), (2, 1)]"), "of the six others"),
            Wrong(_FINDING.replace("[(2, 0), (2, 1), (2, 10)]", "[(0, 0)]"), "The answer does not flip"),
            Wrong(_FINDING.replace("[(2, 0), ", "[(3, 9), (5, 0), (2, 0), "), "up to four are allowed"),
            Wrong(_FINDING.replace("(2, 0)", "(7, 0)"), "Expected a layer from 0 to"),
            Wrong(_FINDING.replace("[(2, 0), (2, 1), (2, 10)]", "[2, 1]"), "Each head is a pair"),
            Wrong(
                'finding = {"text": "One of the benches in the courtyard has a sharp nail sticking out.",\n'
                '           "heads": [(3, 2)]}',
                "the model is not sure",
            ),
        ),
        alternatives=(
            "import numpy as np\n"
            "\n"
            'finding = {"text": "I paid the full price although I showed my student card.", '
            '"heads": np.array([[3, 6], [2, 10]])}',
            "import numpy as np\n\n"
            + _FINDING.replace("[(2, 0), (2, 1), (2, 10)]", "set(zip(*np.unravel_index([24, 25, 34], (6, 12))))"),
        ),
        note="It is a finding about one sentence. Is it a repair? Cut these heads and grade all faults again.",
    ),
    Exercise(
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
            "The quickest way is a head, as in notebook 07, section 1: `embed` all texts of `learn` once, then fit "
            "`nn.Linear(384, 4)` to them with the cross-entropy.",
            "`chances` embeds the new texts, applies the head and takes `.softmax(-1)`. Train outside of it, once.",
        ),
        solution=_CHANCES,
        wrong=(
            Wrong(
                "def chances(texts):\n    return [[0.1, 0.7, 0.1, 0.1] for text in texts]",
                "Your model says fault to everything",
            ),
            Wrong(
                _CHANCES.replace(
                    "return own_head(embed(texts)).softmax(-1)",
                    "return [kinds[i] for i in own_head(embed(texts)).argmax(-1)]",
                ),
                "Your function returns kinds",
            ),
            Wrong(_CHANCES.replace(".softmax(-1)", ""), "Chances lie from 0 to 1"),
            Wrong(_CHANCES.replace(".softmax(-1)", ".softmax(0)"), "add up to 1"),
            Wrong(_CHANCES.replace("kinds.index(kind)", "sorted(kinds).index(kind)"), "keep the order of `kinds`"),
            Wrong(_CHANCES.replace("in learn", "in learn[:6]"), "The labels of weeks 1 to 3"),
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
                _CHANCES.replace(
                    "own_head(embed(texts))", "own_head(embed(texts) - embed(texts).mean(0) + vectors.mean(0))"
                ),
                "other chances alone than in a batch",
            ),
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
    ),
    Exercise(
        id="10.39",
        title="Pairs that differ in one thing",
        minutes=10,
        difficulty="easy",
        starter="pairs = ...",
        answer="pairs",
        check=_check_pairs,
        expects="a list of pairs of texts",
        hints=(
            'Write ten short messages, and fill the gap twice: `f"I am {one}. {text}"`, `f"I am {other}. {text}"`.',
            'Each group needs two or more words: `zip(messages, 5 * [("…", "…"), ("…", "…")])` takes turns.',
        ),
        solution=_PAIRS,
        wrong=(
            Wrong(_PAIRS.replace("in zip(messages,", "in zip(messages[:8],"), "take at least 10"),
            Wrong(_PAIRS.replace('f"I am {other}. {text}"', 'f"I am {one}. {text}"'), "nothing in it can differ"),
            Wrong(_PAIRS.replace('{other}. {text}"', '{other}! {text} Bye."'), "More than one thing differs"),
            Wrong(_PAIRS.replace("zip(messages, words)", "zip(2 * messages[:5], words)"), "is hardly new evidence"),
            Wrong(_PAIRS.replace("{one}. {text}", "Blind. {text}").replace("{other}", "blind"), "is swapped"),
            Wrong(_PAIRS.replace('("deaf", "old")', '("tall", "blind")'), "keep each group on its side"),
            Wrong(_PAIRS.replace('("deaf", "old")', '("blind", "old")'), "a single name or word only"),
        ),
        alternatives=(
            'one, other = 5 * ["Aisha", "Fatima"], 5 * ["Emily", "Sarah"]\n'
            'texts = "The door was open.|I came at noon.|It was full.|I saw it.|We ate.|It rained.|We sat.|"\n'
            'texts = (texts + "It is far.|I read it.|We waited.").split("|")\n'
            'pairs = [[f"{t} Regards, {a}", f"{t} Regards, {b}"] for t, a, b in zip(texts, one, other)]',
            _PAIRS.replace("words = ", "people = ")
            .replace('("blind", "tall")', '(("Mrs Hill", "her"), ("Mr Hill", "his"))')
            .replace('("deaf", "old")', '(("Ms Khan", "her"), ("Mr Khan", "his"))')
            .replace('f"I am {one}. {text}"', 'f"{one[0]} lost {one[1]} bag. {text} {one[0]}"')
            .replace('f"I am {other}. {text}"', 'f"{other[0]} lost {other[1]} bag. {text} {other[0]}"')
            .replace("(messages, words)", "(messages, people)"),
            _PAIRS.replace('("deaf", "old")', '("a blind old man", "a tall old woman")'),
        ),
        note="Which groups matter is not for a check to say: ask who writes to your desk.",
    ),
    Exercise(
        id="10.40",
        title="An effect with its interval",
        minutes=10,
        difficulty="medium",
        starter="def audit(pairs, score):\n    ...",
        answer="audit",
        check=_check_audit,
        expects="a function that returns four numbers",
        hints=(
            "Score all first texts in one call and all second texts in another, and subtract: one difference a pair.",
            "`interval(differences)` and `permutation_p(differences)` of `course_utils.bias` do the rest.",
        ),
        solution=_AUDIT,
        wrong=(
            Wrong(
                _AUDIT.replace(
                    "score(list(firsts))) - np.asarray(score(list(seconds)))",
                    "score(list(seconds))) - np.asarray(score(list(firsts)))",
                ),
                "The sign is turned round",
            ),
            Wrong(
                _AUDIT.replace("return differences.mean()", "return np.exp(differences.mean())"),
                "That is e to the effect",
            ),
            Wrong(
                "import numpy as np\n"
                "from course_utils.bias import permutation_p\n"
                "\n"
                "def audit(pairs, score):\n"
                "    a, b = (np.array(score([pair[side] for pair in pairs])) for side in (0, 1))\n"
                "    half = 1.96 * (a.var() / len(a) + b.var() / len(b)) ** 0.5\n"
                "    effect = a.mean() - b.mean()\n"
                "    return effect, effect - half, effect + half, permutation_p(a - b)",
                "treats the two sides as strangers",
            ),
            Wrong(
                _AUDIT.replace(
                    "low, high = interval(differences)",
                    "low, high = differences.mean() + 1.96 * differences.std() * np.array([-1, 1])",
                ),
                "shows how single pairs scatter",
            ),
            Wrong(_AUDIT.replace("low, high =", "high, low ="), "The ends are swapped"),
            Wrong(_AUDIT.replace("permutation_p(differences)", "permutation_p(differences) / 2"), "Half as much"),
            Wrong(
                _AUDIT.replace("interval(differences)", "differences.mean() - 0.06, differences.mean() + 0.06"),
                "the interval should be wider",
            ),
            Wrong(
                _AUDIT.replace("permutation_p(differences)", "0.0 if low > 0 or high < 0 else 1.0"),
                "an effect in doubt",
            ),
            Wrong(
                _AUDIT.replace("permutation_p(differences)", "np.mean(differences < differences.mean())"),
                "lean the same way",
            ),
        ),
        alternatives=(
            "import numpy as np\n"
            "\n"
            "def audit(pairs, score):\n"
            "    d = np.array([score([one])[0] - score([other])[0] for one, other in pairs])\n"
            "    rng = np.random.default_rng(0)\n"
            "    means = rng.choice(d, (4000, len(d))).mean(1)\n"
            "    flipped = (d * rng.choice([-1, 1], (4000, len(d)))).mean(1)\n"
            "    low, high = np.quantile(means, [0.025, 0.975])\n"
            "    return np.array([d.mean(), low, high, np.mean(abs(flipped) >= abs(d.mean()))])",
        ),
        note="A bias of 0.30 was planted in one test and none in another; your audit told them apart.",
    ),
    Exercise(
        id="10.41",
        title="The model card",
        minutes=12,
        difficulty="medium",
        starter="def write_card(measured):\n    ...",
        answer="write_card",
        check=_check_card,
        expects="a function that takes a dictionary and returns a ModelCard",
        hints=(
            "As in notebook 07, section 4: `ModelCardData(license=…, base_model=…)` between two `---`, then text.",
            "All five numbers of `measured` belong into the text, as `{measured['low']:.2f}` in an f-string; then say "
            "what it learned from, its limits, and what it is not for.",
        ),
        solution=_CARD,
        wrong=(
            Wrong(
                _CARD.replace("---\\n{about}\\n---\\n", "").replace("return ModelCard(", "return ("),
                "begins with settings",
            ),
            Wrong(_CARD.replace('license="apache-2.0", ', ""), "The card has no licence"),
            Wrong(_CARD.replace('"apache-2.0"', '"gpl-3.0"'), "does not fit"),
            Wrong(
                _CARD.replace('base_model="sentence-transformers/all-MiniLM-L6-v2"', "library_name='torch'"),
                "should name the body",
            ),
            Wrong(_CARD.replace("Not for decisions about people.", ""), "what it is not for"),
            Wrong(
                _CARD.replace(
                    "Limits: short English comments only; irony fails; what was heard or read wrongly stays wrong.", ""
                ),
                "where it fails, its limits",
            ),
            Wrong(_CARD.replace("Limits:", "[More Information Needed] Limits:"), "nobody filled in"),
            Wrong(
                _CARD.replace(
                    "from 116 invented comments to a museum, weeks 1 to 3, CC BY 4.0", "from data of a museum"
                )
                .replace("comments of week 4", "sentences")
                .replace("short English comments", "English")
                .replace("Feedback desk", "Desk"),
                "what the model learned from",
            ),
            Wrong(_CARD.replace("from 116 invented comments to a museum, weeks 1 to 3", "for a museum"), "how much it"),
            Wrong(_CARD.replace("{measured['effect']:.2f}", "{abs(measured['effect']):.2f}"), "does not hold 'effect'"),
            Wrong(_CARD.replace("{measured['accuracy']:.2f}", "0.83"), "does not change with what was measured"),
            Wrong(
                _CARD.replace(", 95 % interval {measured['low']:.2f} to {measured['high']:.2f}", ""),
                "The text does not hold 'low'",
            ),
        ),
        alternatives=(
            "def write_card(measured):\n"
            "    lines = ['---', 'license: mit', 'base_model: all-MiniLM-L6-v2', '---', '# Sorter']\n"
            "    lines += ['From comments, weeks 1 to 3.', 'Must not be used for staff.', 'Cannot see irony.']\n"
            "    lines += [f'{name}: {100 * value:.0f} %' for name, value in measured.items()]\n"
            "    return '\\n'.join([*lines, f\"Tested: {measured['tested']}.\"])",
            "def write_card(measured):\n"
            "    top = '---\\nlicense: MIT\\nbase_model: [sentence-transformers/all-MiniLM-L6-v2]\\n---\\n'\n"
            "    found = ' '.join(f'{name} {round(value, 1):+}' for name, value in measured.items())\n"
            "    found = found.replace('accuracy', f\"accuracy {measured['accuracy']:.0%}\")\n"
            "    text = '## Training data\\nMessages of the first three weeks.\\n## Out-of-Scope Use\\nPeople.\\n'\n"
            "    return top + text + 'It gets irony wrong.\\n' + found",
        ),
        note="Read it as a stranger would: could you decide with it whether to use this model?",
    ),
    Exercise(
        id="10.42",
        title="Keep it, and load it again",
        minutes=8,
        difficulty="easy",
        starter="def save(head, kinds, folder):\n    ...\n\ndef load(folder):\n    ...",
        answer="(save, load)",
        check=_check_keep,
        context="import torch\nfrom torch import nn",
        expects="the two functions, `(save, load)`",
        hints=(
            "`safetensors.torch` has `save_file(head.state_dict(), path)` and `load_file(path)`; the kinds fit into a "
            "JSON file beside it.",
            "`load` makes a fresh `nn.Linear`, its sizes from the shape of the weight, and `load_state_dict` fills it.",
        ),
        solution=_KEEP,
        wrong=(
            Wrong(
                "def save(head, kinds, folder):\n    return head, kinds\n\n"
                "def load(folder):\n    return save(nn.Linear(384, 3), ['fault', 'wish', 'question'], folder)",
                "wrote nothing into the folder",
            ),
            Wrong(
                "def save(head, kinds, folder):\n    torch.save((head.state_dict(), kinds), f'{folder}/head.pt')\n\n"
                "def load(folder):\n    return torch.load(f'{folder}/head.pt')",
                "One file is a pickle",
            ),
            Wrong(_KEEP.replace("    head.load_state_dict(weights)\n", ""), "does not give the same logits"),
            Wrong(_KEEP.replace("return head, kinds", "return head"), "should return the head and the kinds"),
            Wrong(
                _KEEP.replace("return head, kinds", 'return head, ["question", "fault", "wish", "thanks"]'),
                "The kinds should come back",
            ),
            Wrong(
                _KEEP.replace("head.state_dict()", '{"weight": head.weight.detach()}').replace(
                    "head.load_state_dict(weights)",
                    "head.load_state_dict(weights, strict=False)\n    nn.init.zeros_(head.bias)",
                ),
                "The bias is lost",
            ),
            Wrong(
                _KEEP.replace(
                    "def save(head, kinds, folder):", "def save(head, kinds, folder):\n    global kept\n    kept = head"
                ).replace("return head, kinds", "return kept, kinds"),
                "the very object that was saved",
            ),
            Wrong(
                _KEEP.replace(
                    "def save(head, kinds, folder):",
                    "import copy\n\ndef save(head, kinds, folder):\n    global kept\n    kept = copy.deepcopy(head)",
                ).replace("return head, kinds", "return kept, kinds"),
                "Two heads were saved in two folders",
            ),
            Wrong(_KEEP.replace("return head, kinds", "return weights, kinds"), "a head that can be called"),
            Wrong(
                "import json\n\n"
                "def save(head, kinds, folder):\n"
                "    with open(f'{folder}/head.json', 'w') as file:\n"
                "        json.dump([head.weight.tolist(), head.bias.tolist(), kinds], file)\n\n"
                "def load(folder):\n    return json.load(open(f'{folder}/head.json'))",
                "ends in .safetensors",
            ),
        ),
        alternatives=(
            "from safetensors import safe_open\n"
            "from safetensors.torch import save_model\n"
            "\n"
            "def save(head, kinds, folder):\n"
            "    save_model(head, f'{folder}/model.safetensors', metadata={'kinds': ','.join(kinds)})\n"
            "    return folder\n"
            "\n"
            "def load(folder):\n"
            "    with safe_open(f'{folder}/model.safetensors', 'pt') as file:\n"
            "        kinds = file.metadata()['kinds'].split(',')\n"
            "        weight, bias = file.get_tensor('weight'), file.get_tensor('bias')\n"
            "    return (lambda x: x @ weight.T + bias), kinds",
        ),
    ),
]
