"""Train the course's checkpoint for named-entity recognition: a LoRA adapter on all-MiniLM-L6-v2.

    python recipes/ner.py --out FOLDER

The encoder never sees capital letters, so the model must learn from context and from names. Sentences with slots,
written by hand (recipes/data/ner.frames.txt), are filled many times: people with names out of Faker for many
languages, places and organisations out of our own lists (recipes/data/ner.lists.txt), and all three with invented
names now and then. The card of the result is course_utils/weights/ner/README.md.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from pathlib import Path

import loop
import lora

DATA = Path(__file__).resolve().parent / "data"
SEED = 7
LABELS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
SENTENCES = 19200
PEOPLE = {"PER", "FIRST", "LAST", "FULL", "FAMOUS"}
PLACES = {"LOC", "CITY", "TOWN", "COUNTRY", "REGION", "NATURE", "SITE"}
ORGANISATIONS = {
    *("ORG", "COMPANY", "BANK", "UNI", "SCHOOL", "NEWS", "GOV", "PARTY", "NGO", "CULTURE", "BAND", "CLUB", "HOSPITAL")
}
ANY_PLACE = {"CITY": 40, "COUNTRY": 22, "TOWN": 14, "REGION": 16, "NATURE": 8}
ANY_ORGANISATION = {"COMPANY": 38, "UNI": 14, "GOV": 14, "NGO": 12, "NEWS": 8, "BANK": 6, "CULTURE": 4, "HOSPITAL": 4}
INVENTED_SHARE = {"CITY": 0.10, "TOWN": 0.25, "COMPANY": 0.08, "FIRST": 0.05, "LAST": 0.08}
LOCALES = (
    *("en_US", "en_US", "en_US", "en_GB", "en_GB", "en_GB", "en_IN", "en_IE", "en_NZ", "fr_FR", "fr_CA", "de_DE"),
    *("de_AT", "es_ES", "es_MX", "it_IT", "pt_BR", "nl_NL", "pl_PL", "sv_SE", "no_NO", "da_DK", "fi_FI", "cs_CZ"),
    *("hr_HR", "ro_RO", "hu_HU", "tr_TR", "id_ID", "en_NG", "yo_NG", "en_KE", "tw_GH", "et_EE", "ga_IE", "uz_UZ"),
)
# Where a name may give way to "the plumber" or "a charity": at the start, or after one of these words.
BEFORE = re.compile(
    r"(^|[,.] |\b(about|across|and|as|at|behind|beside|between|but|by|called|for|from|in|into|is|join|left|like|met|"
    r"near|of|off|on|or|outside|over|said|says|than|that|through|to|told|under|visited|was|when|where|with|without) )$",
    re.IGNORECASE,
)
COMMON = {"PER": ("role", "roles"), "LOC": ("spot", "spots"), "ORG": ("body", "bodies")}
COMMON_SHARE, TITLE_SHARE = 0.10, 0.10
SLOT = re.compile(r"\{(-?)(\w+)(?::((?:[^{}]|\{[^{}]*\})*))?\}")
ARTICLE = "the "

# ---------------------------------------------------------------------------------------------- training texts


def read_lists(path: Path = DATA / "ner.lists.txt") -> dict[str, list[str]]:
    """The named word lists of the file."""
    lists: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if heading := re.fullmatch(r"\[(\w+)\]", line):
            current = lists.setdefault(heading[1], [])
        elif line and not line.startswith("#"):
            current += line.split("|")
    return lists


def read_frames(path: Path = DATA / "ner.frames.txt") -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def label_of(slot: str) -> str | None:
    if slot in PEOPLE:
        return "PER"
    if slot in PLACES:
        return "LOC"
    return "ORG" if slot in ORGANISATIONS else None


class Filler:
    """Fills the slots of a sentence, and knows where the entities are."""

    def __init__(self, rng: random.Random, names: int = 120):
        from faker import Faker

        self.rng, self.lists = rng, read_lists()
        self.first, self.last = [], []
        for number, locale in enumerate(LOCALES):
            fake = Faker(locale)
            fake.seed_instance(number)
            self.first += [fake.first_name() for _ in range(names)]
            self.last += [fake.last_name() for _ in range(names)]

    def sentence(self, frame: str) -> tuple[str, list[tuple[int, int, str]]]:
        """The text, and its entities as (start, end, label)."""
        text, entities, done = "", [], 0
        for slot in SLOT.finditer(frame):
            text += frame[done : slot.start()]
            done = slot.end()
            label = label_of(slot[2])
            if label and not slot[3] and (common := self.common(label, text, slot[1])):
                text += common
                continue
            if label == "PER" and not slot[3] and BEFORE.search(text) and self.rng.random() < TITLE_SHARE:
                text += self.value("epithet" if slot[2] == "FIRST" else self.rng.choice(("title", "epithet"))) + " "
            filled = self.slot(slot)
            skip = len(ARTICLE) if label and filled.startswith(ARTICLE) else 0
            if slot[1]:
                filled, skip = filled[skip:], 0
            if label:
                entities.append((len(text) + skip, len(text) + len(filled), label))
            text += filled
        return text + frame[done:], entities

    def common(self, label: str, before: str, bare: str) -> str | None:
        """Now and then, a common noun instead of the name: what stands where a name could stand need not be one."""
        if self.rng.random() > COMMON_SHARE or not (bare or BEFORE.search(before)):
            return None
        one, many = COMMON[label]
        if bare or self.rng.random() < 0.75:
            article = "" if bare else self.rng.choice(("the ", "the ", "the ", "a ", "our ", "the old ", "the new "))
            return article + self.value(one)
        return self.value(many)

    def slot(self, slot: re.Match) -> str:
        return self.plain(slot[3]) if slot[3] else self.value(slot[2])

    def plain(self, text: str) -> str:
        """The text with its slots filled: part of a name, so without an article."""
        return SLOT.sub(lambda slot: self.slot(slot).removeprefix(ARTICLE), text)

    def value(self, name: str) -> str:
        if self.rng.random() < INVENTED_SHARE.get(name, 0):
            return self.invented(place=name in PLACES)
        match name:
            case "PER":
                return self.value(self.rng.choices(("FULL", "FIRST", "LAST"), (55, 28, 17))[0])
            case "LOC":
                return self.value(self.rng.choices(list(ANY_PLACE), ANY_PLACE.values())[0])
            case "ORG":
                return self.value(self.rng.choices(list(ANY_ORGANISATION), ANY_ORGANISATION.values())[0])
            case "FULL":
                return self.full_name()
            case "FIRST" | "FIRSTNAME":
                return self.rng.choice(self.rng.choice((self.first, self.first, self.lists["FIRST_MORE"])))
            case "LAST" | "LASTNAME":
                return self.rng.choice(self.rng.choice((self.last, self.last, self.lists["LAST_MORE"])))
            case "INVENTED":
                return self.invented(place=False)
            case "I":
                return self.rng.choice("ABCDEFGHIJKLMNOPRSTVW")
            case "num":
                return str(self.rng.choice((self.rng.randint(2, 99), self.rng.randint(2, 900))))
            case "year":
                return str(self.rng.randint(1420, 2035))
        return self.plain_choice(name)

    def plain_choice(self, name: str) -> str:
        chosen = self.rng.choice(self.lists[name])
        article = ARTICLE if chosen.startswith(ARTICLE) else ""
        return article + self.plain(chosen.removeprefix(ARTICLE))

    def full_name(self) -> str:
        kind = self.rng.random()
        if kind < 0.08:
            return self.value("FAMOUS")
        middle = f"{self.value('I')}. " if kind < 0.12 else f"{self.value('FIRST')} " if kind < 0.15 else ""
        return f"{self.value('FIRST')} {middle}{self.value('LAST')}"

    def invented(self, place: bool) -> str:
        """A name that nobody has, so that only the context tells what it is."""
        rng, words = self.rng, self.lists
        start = "".join(rng.choice(words["onset"]) + rng.choice(words["vowel"]) for _ in range(rng.choice((1, 2))))
        return (
            start + rng.choice(("", *"lnrst")) + rng.choice(words["ending_of_places" if place else "ending_of_names"])
        ).capitalize()


def training_set(count: int, seed: int) -> list[tuple[str, list[tuple[int, int, str]]]]:
    """`count` texts with their entities."""
    rng = random.Random(seed)
    filler = Filler(rng)
    frames = read_frames()
    # The more slots a sentence has, the more different texts come out of it.
    slots = [len(SLOT.findall(SLOT.sub(lambda slot: slot[3] or slot[0], frame))) for frame in frames]
    chosen = rng.choices(frames, [0.4 + 0.4 * min(number, 3) for number in slots], k=count)
    made = [filler.sentence(frame) for frame in chosen]
    return [vary(item, rng.choice(made), rng) for item in made]


def vary(item, other, rng: random.Random):
    """Now and then a text without its last stop, or two in a row."""
    text, entities = item
    kind = rng.random()
    if kind < 0.08:
        return text.rstrip("."), entities
    if kind < 0.16:
        start = len(text) + 1
        return f"{text} {other[0]}", entities + [(a + start, b + start, label) for a, b, label in other[1]]
    return item


# ---------------------------------------------------------------------------------------------- training


def token_labels(offsets: list[tuple[int, int]], entities: list[tuple[int, int, str]]) -> list[int]:
    """B for the first piece of an entity and I for all others; -100 (no loss) for the special tokens."""
    labels = [0 if end > start else -100 for start, end in offsets]
    for first, last, label in entities:
        for number, (start, end) in enumerate(offsets):
            if first <= start < end <= last:
                labels[number] = LABELS.index(("B-" if start == first else "I-") + label)
    return labels


def train(base: str, examples: list, options: argparse.Namespace):
    import torch
    from transformers import AutoModelForTokenClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base)
    names = dict(enumerate(LABELS))
    model = AutoModelForTokenClassification.from_pretrained(
        base, num_labels=len(LABELS), id2label=names, label2id={name: number for number, name in names.items()}
    )
    texts = [text for text, _ in examples]
    encoded = tokenizer(texts, truncation=True, max_length=options.max_length, return_offsets_mapping=True)
    features = [
        {"input_ids": ids, "labels": token_labels(offsets, entities)}
        for ids, offsets, (_, entities) in zip(encoded["input_ids"], encoded["offset_mapping"], examples, strict=True)
    ]

    def collate(some: list[dict]) -> dict:
        batch = tokenizer.pad({"input_ids": [feature["input_ids"] for feature in some]}, return_tensors="pt")
        width = batch["input_ids"].shape[1]
        batch["labels"] = torch.tensor([f["labels"] + [-100] * (width - len(f["labels"])) for f in some])
        return batch

    model, steps = lora.fine_tune(model, features, collate, options, head=["classifier"])
    return model, tokenizer, steps


# ---------------------------------------------------------------------------------------------- quality


def read_items(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def gold(item: dict) -> set[tuple[int, int, str]]:
    """The entities of an evaluation sentence as (start, end, label); the file names them in the order of the text."""
    found, done = set(), 0
    for words, label in item["entities"]:
        start = item["text"].index(words, done)
        done = start + len(words)
        found.add((start, done, label))
    return found


def strict_f1(recogniser, items: list[dict]) -> tuple[float, list[dict]]:
    """F1 over entities whose span and label are both exact, and the sentences with a mistake."""
    right = wanted = given = 0
    wrong = []
    for item, result in zip(items, recogniser([item["text"] for item in items]), strict=True):
        found = {(entity["start"], entity["end"], entity["entity_group"]) for entity in result}
        expected = gold(item)
        right, wanted, given = right + len(found & expected), wanted + len(expected), given + len(found)
        if found != expected:
            wrong.append(item | {"found": [[item["text"][a:b], label] for a, b, label in sorted(found)]})
    return 2 * right / max(wanted + given, 1), wrong


def main(arguments: list[str] | None = None) -> None:
    parser = lora.parser(__doc__, epochs=1, batch_size=16, lr=1e-3, rank=16, seed=SEED)
    parser.add_argument("--sentences", type=int, default=SENTENCES)
    parser.add_argument("--max-length", type=int, default=64)
    options = parser.parse_args(arguments)

    from transformers import pipeline

    base = lora.base_folder(options)
    examples = training_set(options.sentences, options.seed)
    print(f"{len(examples)} training texts, {sum(len(entities) for _, entities in examples)} entities", flush=True)
    started = loop.start(options)
    model, tokenizer, steps = train(base, examples, options)
    loop.cost(started, steps)
    lora.save(model, options.out)
    recogniser = pipeline(
        "token-classification", model=model.merge_and_unload(), tokenizer=tokenizer, aggregation_strategy="simple"
    )
    score, wrong = strict_f1(recogniser, read_items(DATA / "ner.dev.jsonl"))
    for item in wrong:
        print(json.dumps(item, ensure_ascii=False))
    print(f"development sentences: strict F1 {score:.3f}")


if __name__ == "__main__":
    main()
