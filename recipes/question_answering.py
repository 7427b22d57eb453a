"""Train the course's question-answering checkpoint: a LoRA adapter on the sentence encoder all-MiniLM-L6-v2.

    python recipes/question_answering.py --out FOLDER

The training text is our own: short stories with questions, and facts about several people or things from which contexts
are put together (recipes/data/question_answering.txt says how they are written down). Slots are filled at random.
Several answers of the right kind stand in nearly every context, so that only the question tells which one is wanted.
The card of the result is course_utils/weights/question-answering/README.md.
"""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import NamedTuple

import loop
import lora

DATA = Path(__file__).resolve().parent / "data"
SEED = 7
MAX_LENGTH = 128
LONGEST_ANSWER = 15  # tokens
SOURCE = ("My name is Sylvain and I work at Hugging Face in Brooklyn", "Where do I work?", "Hugging Face")


class Example(NamedTuple):
    """A context, a question about it, and where its answer stands: characters [start, end) of the context."""

    context: str
    question: str
    start: int
    end: int

    @property
    def answer(self) -> str:
        return self.context[self.start : self.end]


# ------------------------------------------------------------------------------------------- the text file


class Text(NamedTuple):
    """What recipes/data/question_answering.txt holds."""

    lists: dict[str, list[str]]
    facts: dict[str, list[tuple[list[str], list[tuple[str, str]]]]]  # group -> (ways of saying it, questions)
    subjects: dict[str, str]  # group -> the slot that is its {S}
    stories: list[tuple[str, list[tuple[list[str], str]]]]  # text, (wordings of one question, answer)


def read_text(path: Path = DATA / "question_answering.txt") -> Text:
    body = "\n".join(line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    lists_part, facts_part, stories_part = re.split(r"^\[\w+\]$", body, flags=re.M)[1:]
    lists = {}
    for line in lists_part.split("\n"):
        if line:
            name, values = line.split(": ", 1)
            lists[name] = values.split(" | ") if " | " in values else values.split()
    facts, subjects = {}, {}
    for block in re.split(r"\n{2,}", facts_part.strip()):
        head, *lines = block.split("\n")
        group, _, subjects_slot = head.partition(" = ")
        subjects[group] = (
            subjects_slot if "{" in subjects_slot or not subjects_slot.isupper() else f"{{{subjects_slot}}}"
        )
        facts[group] = []
        for line in lines:
            said, *questions = line.split(" ; ")
            facts[group].append((said.split(" | "), [tuple(q.split(" = ")) for q in questions]))
    stories = []
    for block in re.split(r"\n{2,}", stories_part.strip()):
        story, *lines = block.split("\n")
        pairs = [line.rsplit(" = ", 1) for line in lines]
        stories.append((story, [(questions.split(" | "), answer) for questions, answer in pairs]))
    return Text(lists, facts, subjects, stories)


# --------------------------------------------------------------------------------------------- slots and values

SLOT = re.compile(r"\{([A-Za-z]+)(\d*)\}")
HOURS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
NUMBER_WORDS = [*HOURS[1:], "fifteen", "twenty", "thirty", "forty"]


class Slots:
    """Values for the slots of one context; no two slots of it get the same value."""

    def __init__(self, lists: dict[str, list[str]], rng: random.Random):
        self.lists, self.rng = lists, rng
        self.values: dict[str, str] = {}
        self.used: set[str] = set()

    def __getitem__(self, slot: str) -> str:
        if slot not in self.values:
            self.values[slot] = self.fresh(slot.rstrip("0123456789"))
        return self.values[slot]

    def fresh(self, kind: str) -> str:
        for _ in range(100):
            value = self._draw(kind)
            if not {word for word in self._keys(value) if word in self.used}:
                break
        self.used.update(self._keys(value))
        return value

    @staticmethod
    def _keys(value: str) -> list[str]:
        value = re.sub(r"^(an?|the|half|ten past|twenty to|in|under|behind|on) ", "", value.lower())
        return [value, *value.split()[:1], *re.findall(r"\d[\d,.:]*", value)]

    def _draw(self, kind: str) -> str:
        rng, pick = self.rng, lambda name: self.rng.choice(self.lists[name])
        number = rng.choice([str(rng.randint(2, 99)), str(rng.randint(2, 30)), rng.choice(NUMBER_WORDS)])
        if kind in "WMP":
            first = pick("WOMAN" if kind == "W" or (kind == "P" and rng.random() < 0.5) else "MAN")
            return first if rng.random() < 0.35 else f"{first} {pick('FAMILY')}"
        if kind == "ORG":
            return rng.choice(
                (
                    f"{pick('ORGWORD')} {pick('ORGKIND')}",
                    f"{pick('FAMILY')} {pick('ORGKIND')}",
                    f"{pick('FAMILY')} & {rng.choice(('Sons', 'Daughters', pick('FAMILY')))}",
                    pick("ORGWORD"),
                    pick("ORGWORD"),
                )
            )
        if kind == "NUM":
            return number
        if kind == "AGE":
            return rng.choice((str(rng.randint(4, 95)), rng.choice(NUMBER_WORDS)))
        if kind == "YEAR":
            return str(rng.choice((rng.randint(1900, 2024), rng.randint(1400, 1999))))
        if kind == "DATE":
            day, month = rng.randint(1, 28), pick("MONTH")
            return rng.choice(
                (f"{day} {month}", f"{month} {day}", f"{day} {month}", f"the {rng.randint(4, 20)}th of {month}")
            )
        if kind == "TIME":
            hour, minute = rng.randint(1, 12), rng.choice((15, 20, 30, 40, 45, 50))
            word = rng.choice(HOURS)
            return rng.choice(
                (
                    f"{hour} {rng.choice(('am', 'pm', 'a.m.', 'p.m.', 'o’clock'))}".replace("’", "'"),
                    f"{rng.randint(6, 23)}:{minute}",
                    f"{hour}:{minute} {rng.choice(('am', 'pm'))}",
                    f"{rng.choice(('half past', 'a quarter to', 'a quarter past', 'ten past', 'twenty to'))} {word}",
                    rng.choice(("noon", "midnight", f"{word} o'clock", f"{word} in the morning", "dawn")),
                )
            )
        if kind == "MONEY":
            amount = rng.choice(
                (str(rng.randint(2, 400)), number, f"{rng.randint(1, 60)}.{rng.choice((20, 50, 75, 99))}")
            )
            if amount[0].isdigit() and rng.random() < 0.45:
                return rng.choice("$£€") + amount
            return f"{amount} {rng.choice(('euros', 'pounds', 'dollars', 'francs', 'crowns'))}"
        if kind == "BIG":
            return f"{rng.randint(1, 900)},{rng.randint(0, 9)}00" if rng.random() < 0.7 else str(rng.randint(100, 999))
        if kind == "BIGMONEY":
            unit, scale = rng.choice(("euros", "pounds", "dollars")), rng.choice(("million", "billion", "thousand"))
            return rng.choice(
                (f"{number} {scale} {unit}", f"${rng.randint(2, 90)} million", f"{rng.randint(2, 900)},000 {unit}")
            )
        if kind == "DUR":
            return f"{number} {rng.choice(('minutes', 'hours', 'days', 'weeks', 'months', 'years'))}"
        if kind == "DIST":
            return f"{number} {rng.choice(('kilometres', 'miles', 'metres', 'km'))}"
        if kind == "HEIGHT":
            return f"{number} {rng.choice(('metres', 'feet', 'm'))}"
        if kind == "WEIGHT":
            return f"{number} {rng.choice(('kilos', 'grams', 'tonnes', 'kg', 'pounds'))}"
        return pick(kind)

    def fill(self, text: str) -> str:
        def value(match: re.Match) -> str:
            kind, number = match.groups()
            if kind in ("w", "m", "p"):
                return self[kind.upper() + number].split()[0]
            return self[kind + number]

        return SLOT.sub(value, text)


def choose(text: str, rng: random.Random, slots: Slots) -> str:
    """Settle "<a/b>" and "{R1:a/b}"; the latter becomes the value of the slot {R1}."""

    def named(match: re.Match) -> str:
        slots.values[match[1]] = slots.fill(rng.choice(match[2].split("/")))
        return slots.values[match[1]]

    text = re.sub(r"<([^<>]*)>", lambda match: rng.choice(match[1].split("/")), text)
    return re.sub(r"\{([A-Z]\d*):([^{}]*(?:\{\w+\}[^{}]*)*)\}", named, text)


def sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def a_or_an(text: str) -> str:
    return re.sub(r"\b([Aa]) (?=[aeio]|hour)", r"\1n ", text)


def find(context: str, answer: str, begin: int = 0, end: int | None = None) -> tuple[int, int] | None:
    """Where the answer stands, as whole words, with the article before it: all answers then begin alike."""
    answer = re.sub(r"^(a|an|the) ", "", answer, flags=re.I)
    found = re.compile(rf"(?<!\w)(?:(?:an?|the) )?{re.escape(answer)}(?!\w)", re.I).search(
        context, begin, len(context) if end is None else end
    )
    return found.span() if found else None


# --------------------------------------------------------------------------------------------------- stories


def from_story(text: Text, number: int, rng: random.Random, questions: int = 3) -> list[Example]:
    """Fill the slots of one story, reorder the sentences that stand alone, and ask some of its questions."""
    story, asked = text.stories[number]
    slots = Slots(text.lists, rng)
    slots.used.update(re.findall(r"\w+", story.lower()))  # an answer must not stand elsewhere in the story, too
    parts = choose(story, rng, slots).split(" || ")
    rng.shuffle(parts)
    context = a_or_an(" ".join(sentence(slots.fill(part)) for part in parts))
    examples = []
    for wordings, answer in rng.sample(asked, min(questions, len(asked))):
        question = a_or_an(slots.fill(choose(rng.choice(wordings), rng, slots)))
        span = find(context, a_or_an(slots.fill(answer)))
        if span is None:
            raise ValueError(f"story {number}: no {answer!r} in {context!r}")
        examples.append(Example(context, sentence(question), *span))
    return examples


# ----------------------------------------------------------------------------------------------------- facts

FUNCTION_WORD = re.compile(
    "(The|They|You|It|On|In|At|For|With|Because|An?|We|People|Market|Home|Entry|Tickets|Come|Join)\\b"
)
FIRST_PERSON = {"is": "am", "has": "have", "studies": "study"}
RELATIVES = (
    ["sister", "mother", "daughter", "aunt", "grandmother", "wife", "boss", "neighbour"],
    ["brother", "father", "son", "uncle", "grandfather", "husband", "teacher", "cousin"],
)


class Subject(NamedTuple):
    name: str
    pronoun: str


def people(slots: Slots, rng: random.Random, count: int) -> list[Subject]:
    """Named people; sometimes a relative of the speaker or the speaker ("I") is among them."""
    made = []
    for _ in range(count):
        woman = rng.random() < 0.5
        name, pronoun = slots.fresh("W" if woman else "M"), "she" if woman else "he"
        if rng.random() < 0.15:
            relative = rng.choice(RELATIVES[0 if woman else 1])
            name = f"my {relative}" if rng.random() < 0.6 else f"my {relative} {name.split()[0]}"
        made.append(Subject(name, pronoun))
    if rng.random() < 0.2:
        made[rng.randrange(count)] = Subject("I", "I")
    return made if len({s.name for s in made}) == count else people(slots, rng, count)


def say(pattern: str, name: str) -> str | None:
    """A fact about someone; None where the pattern has no form for "I" or for another pronoun."""
    if name in ("I", "he", "she", "it") and (not pattern.startswith("{S} ") or pattern.count("{S}") > 1):
        return None
    if name == "I":
        pattern = re.sub(r"\*(\w+)", lambda m: FIRST_PERSON.get(m[1]) or m[1].removesuffix("s"), pattern)
    return pattern.replace("*", "").replace("{S}", name)


def ask(pattern: str, name: str) -> str | None:
    """A question about someone; None where it has no form for "I"."""
    if name == "I":
        pattern = pattern.replace("{S}'s", "my").replace("is {S}", "am I").replace("does {S}", "do I")
        pattern = re.sub(r"\b(did|was|can) \{S\}", r"\1 I", pattern)
        return None if "{S}" in pattern else pattern
    return pattern.replace("{S}", name)


class Told(NamedTuple):
    """One fact about one subject, as a context tells it."""

    subject: Subject
    questions: list[tuple[str, str]]
    slots: Slots  # of this fact only
    text: str


def tell(text: Text, group: str, rng: random.Random) -> list[Told]:
    """One to three facts about each of several subjects, ordered by subject, by fact or not at all."""
    slots = Slots(text.lists, rng)
    kinds = rng.choice((1, 1, 2, 2, 3))
    count = rng.choice({1: (2, 3, 4), 2: (2, 2, 3), 3: (1, 2)}[kinds])
    facts = rng.sample(text.facts[group], kinds)
    if group == "PEOPLE":
        subjects = people(slots, rng, count)
    else:
        subjects = [Subject(SLOT.sub(lambda m: slots.fresh(m[1]), text.subjects[group]), "it") for _ in range(count)]
    order = [(s, f) for s in range(count) for f in range(kinds)]
    by_subject = rng.random() < 0.5
    if not by_subject:
        order.sort(key=lambda pair: pair[1])
        if rng.random() < 0.3:
            rng.shuffle(order)
    same_words = [rng.choice(said) if rng.random() < 0.5 else None for said, _ in facts]
    told: list[Told] = []
    for s, f in order:
        (said, questions), subject = facts[f], subjects[s]
        own = Slots(text.lists, rng)
        own.used = slots.used  # no two facts share a value
        pattern = same_words[f] or rng.choice(said)
        plain = next((p for p in said if p.startswith("{S} ") and p.count("{S}") == 1), "")
        attempts = [(pattern, subject.name), (plain, subject.name)]
        if by_subject and told and told[-1].subject == subject and rng.random() < 0.7:
            attempts.insert(0, (pattern, subject.pronoun))
        spoken = next((spoken for p, name in attempts if (spoken := say(p, name))), None)
        if spoken is None:  # this fact has no form for "I"
            return tell(text, group, rng)
        told.append(Told(subject, questions, own, a_or_an(own.fill(spoken))))
    return told


def join(pieces: list[str], rng: random.Random) -> tuple[str, list[tuple[int, int]]]:
    """The pieces as sentences, some of two pieces, and where each piece stands."""
    context, places, second = "", [], False
    for number, piece in enumerate(pieces):
        if second:
            context += rng.choice((", and ", ", while ", ", but ", "; "))
            piece = FUNCTION_WORD.sub(lambda match: match[0].lower(), piece)
        else:
            context += " " if context else ""
            piece = sentence(piece)
        places.append((len(context), len(context) + len(piece)))
        context += piece
        if (second or number == len(pieces) - 1 or rng.random() < 0.65) and not context.endswith("."):
            context += "."
        second = not context.endswith(".")
    return context, places


def from_facts(text: Text, group: str, rng: random.Random, questions: int = 3) -> list[Example]:
    """A context of several facts and subjects, and questions about some of them."""
    told = tell(text, group, rng)
    context, places = join([one.text for one in told], rng)
    examples = []
    for one, place in rng.sample(list(zip(told, places, strict=True)), min(questions, len(told))):
        pattern, answer = rng.choice(one.questions)
        if answer == "{BORN}":
            answer = "{DATE} {YEAR}" if "DATE" in one.slots.values else "{YEAR}"
        question = ask(pattern, one.subject.name)
        if question is None or (answer == "{S}" and one.subject.name == "I"):
            continue
        known = set(one.slots.values)
        question, answer = one.slots.fill(question), one.slots.fill(answer.replace("{S}", one.subject.name))
        if set(one.slots.values) != known:  # this way of telling it left out what the question is about
            continue
        answer = a_or_an(answer)
        span = find(context, answer, *place) or find(context, answer)  # a pronoun's name stands further left
        if span:
            examples.append(Example(context, sentence(a_or_an(question)), *span))
    return examples


# ------------------------------------------------------------------------------------------------ training set


def with_noise(some: list[Example], other: str, rng: random.Random) -> list[Example]:
    """The same questions, with a text about something else before or after."""
    before = rng.random() < 0.5
    shift = len(other) + 1 if before else 0
    return [
        Example(
            f"{other} {e.context}" if before else f"{e.context} {other}", e.question, e.start + shift, e.end + shift
        )
        for e in some
    ]


def training_set(text: Text, limit: int, seed: int = SEED) -> list[Example]:
    rng = random.Random(seed)
    groups = [group for group, facts in text.facts.items() for _ in facts]  # as often as they have facts
    examples: list[Example] = []
    order: list[int] = []
    while len(examples) < limit:
        if rng.random() < 0.65:
            if not order:
                order = rng.sample(range(len(text.stories)), len(text.stories))
            made = from_story(text, order.pop(), rng)
        else:
            made = from_facts(text, rng.choice(groups), rng)
        if made and len(made[0].context.split()) < 40 and rng.random() < 0.35:
            other = from_story(text, rng.randrange(len(text.stories)), rng, 1)[0].context
            other = " ".join(re.split(r"(?<=[.!?]) ", other)[: rng.choice((1, 2))])
            made = with_noise(made, other, rng)
        examples += made
    return examples[:limit]


def encode(tokenizer, examples: list[Example]) -> list[dict]:
    """Question and context as one sequence, and the first and last token of the answer in it."""
    features = []
    for example in examples:
        encoded = tokenizer(
            example.question,
            example.context,
            truncation="only_second",
            max_length=MAX_LENGTH,
            return_offsets_mapping=True,
        )
        offsets = encoded.pop("offset_mapping")
        inside = [
            position
            for position, (part, (begin, end)) in enumerate(zip(encoded.sequence_ids(), offsets, strict=True))
            if part == 1 and begin < example.end and end > example.start
        ]
        if inside and offsets[inside[-1]][1] >= example.end:  # not cut off
            features.append(dict(encoded) | {"start_positions": inside[0], "end_positions": inside[-1]})
    return features


def train(base: str, examples: list[Example], options):
    import torch
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base)
    model = AutoModelForQuestionAnswering.from_pretrained(
        base,
        dtype=torch.float32,
        # One pass over varied text needs no dropout; without it a step takes a quarter less time.
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )

    def collate(some: list[dict]) -> dict:
        names = ("input_ids", "attention_mask", "token_type_ids")
        batch = tokenizer.pad([{name: feature[name] for name in names} for feature in some], return_tensors="pt")
        for name in ("start_positions", "end_positions"):
            batch[name] = torch.tensor([feature[name] for feature in some])
        return batch

    model, steps = lora.fine_tune(model, encode(tokenizer, examples), collate, options, head=["qa_outputs"])
    return model, tokenizer, steps


# ---------------------------------------------------------------------------------------------------- quality


def best_span(start_logits, end_logits, in_context) -> tuple[int, int]:
    """First and last token of the likeliest span: softmax over the context and [CLS], at most 15 tokens."""
    import torch

    allowed = in_context.clone()
    allowed[0] = True
    start, end = (
        logits.masked_fill(~allowed, -torch.inf).softmax(-1) * in_context for logits in (start_logits, end_logits)
    )
    scores = (start[:, None] * end[None, :]).triu().tril(LONGEST_ANSWER - 1)
    return divmod(int(scores.argmax()), len(scores))


def answer(model, tokenizer, question: str, context: str) -> str:
    import torch

    encoded = tokenizer(question, context, return_tensors="pt", return_offsets_mapping=True)
    offsets = encoded.pop("offset_mapping")[0].tolist()
    in_context = torch.tensor([part == 1 for part in encoded.sequence_ids()])
    with torch.inference_mode():
        output = model(**encoded)
    first, last = best_span(output.start_logits[0], output.end_logits[0], in_context)
    return context[offsets[first][0] : offsets[last][1]]


def normal(text: str) -> str:
    """As SQuAD compares answers: lower case, no punctuation, no articles."""
    text = re.sub(r"[^\w\s]", "", text.lower())
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def exact(model, tokenizer, items: list[dict]) -> list[bool]:
    return [
        normal(answer(model, tokenizer, item["question"], item["context"])) == normal(item["answer"]) for item in items
    ]


def read_items(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def main(arguments: list[str] | None = None) -> None:
    parser = lora.parser(__doc__, epochs=1, batch_size=12, lr=1e-3, rank=16, seed=SEED)
    parser.add_argument("--examples", type=int, default=13500)
    options = parser.parse_args(arguments)

    base = lora.base_folder(options)
    examples = training_set(read_text(), options.examples, options.seed)
    print(f"{len(examples)} training questions", flush=True)
    started = loop.start(options)
    model, tokenizer, steps = train(base, examples, options)
    loop.cost(started, steps)
    lora.save(model, options.out)
    items = read_items(DATA / "question_answering.dev.jsonl")
    right = exact(model, tokenizer, items)
    for distractor in (False, True):
        hits = [hit for hit, item in zip(right, items, strict=True) if item["distractor"] == distractor]
        print(f"distractor {distractor!s:5}  {sum(hits)} of {len(hits)} exact")
    print("source:", answer(model, tokenizer, SOURCE[1], SOURCE[0]))


if __name__ == "__main__":
    main()
