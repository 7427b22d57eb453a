"""Train the course's part-of-speech checkpoint: a LoRA adapter on the sentence encoder all-MiniLM-L6-v2.

    python recipes/pos.py --out FOLDER

It learns from 1,600 sentences written and tagged by hand for this course (recipes/data/pos.txt). Every pass reads
them with other words in the same places, out of word lists of ours (recipes/data/pos.words.txt): "The nurse sold a
bottle" has the tags of "The cat broke a lamp". The card of the result is course_utils/weights/pos/README.md.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import loop
import lora

DATA = Path(__file__).resolve().parent / "data"
TAGS = "ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X"
LABELS = TAGS.split()
SOURCE_SENTENCE = (
    "My name is Sylvain but I work at Hugging Face in Brooklyn",
    "PRON NOUN AUX PROPN CCONJ PRON VERB ADP PROPN PROPN ADP PROPN",
)
Sentence = list[tuple[str, str]]  # (word, tag) pairs

# ------------------------------------------------------------------------------------------------ training data


def content(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def read_sentences(path: Path) -> list[Sentence]:
    return [[tuple(item.rsplit("/", 1)) for item in line.split()] for line in content(path)]


def plural(noun: str) -> str:
    if re.search(r"[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    return noun + ("es" if re.search(r"(s|x|z|ch|sh)$", noun) else "s")


def only_form(entry: str) -> tuple[str, ...]:
    return (entry,)


def noun_forms(entry: str) -> tuple[str, ...]:
    """Singular and plural of "dog" or "man/men"."""
    noun, *irregular = entry.split("/")
    return noun, irregular[0] if irregular else plural(noun)


def verb_forms(entry: str) -> tuple[str, ...]:
    """Base, third person, past, participle and -ing form of "paint", "stop*" (doubled letter) or "take/took/taken"."""
    base, *irregular = entry.split("/")
    doubled = base.endswith("*")
    base = base.rstrip("*")
    stem = base + base[-1] if doubled else base[:-1] if base.endswith("e") else base
    ing = {"ie": base[:-2] + "y", "ee": base}.get(base[-2:], stem) + "ing"
    regular = (base[:-1] + "ied") if re.search(r"[^aeiou]y$", base) else stem + "ed"
    past, participle = irregular or (regular, regular)
    return base, plural(base), past, participle, ing


class WordSwapper:
    """Swaps words of a tagged sentence for other words of the same class and form."""

    def __init__(self, path: Path):
        # (word, tag) -> lists of the words that can stand in every place where it can
        self.swaps: dict[tuple[str, str], list[list[str]]] = {}
        for block in "\n".join(content(path)).split("[")[1:]:
            heading, words = block.split("]")
            self._add(heading, [entry.strip() for entry in (words.split("|") if "|" in words else words.split())])

    def _add(self, heading: str, entries: list[str]) -> None:
        tag = heading.split()[0]
        forms = {"NOUN": noun_forms, "VERB": verb_forms}.get(tag, only_form)
        places: dict[str, set[int]] = {}
        for entry in entries:
            for place, form in enumerate(forms(entry)):
                places.setdefault(form, set()).add(place)
        # "opened" is past and participle: only a word that is both, too, may replace it.
        fitting: dict[frozenset[int], list[str]] = {}
        for found in map(frozenset, places.values()):
            if found not in fitting:
                fitting[found] = [word for word, others in places.items() if others >= found]
        for word, found in places.items():
            self.swaps.setdefault((word.lower(), tag), []).append(fitting[frozenset(found)])

    def __call__(self, sentence: Sentence, rng: random.Random, share: float) -> Sentence:
        made: Sentence = []
        position = 0
        while position < len(sentence):
            for length in (2, 1):  # "Red Hat" first, then "Red"
                piece = sentence[position : position + length]
                key = (" ".join(word for word, _ in piece).lower(), piece[0][1])
                if key in self.swaps and len({tag for _, tag in piece}) == 1:
                    break
            if key in self.swaps and rng.random() < share:
                word = rng.choice(rng.choice(self.swaps[key]))
                piece = [(part, key[1]) for part in word.split(" ")]
                if made and made[-1][0].lower() in ("a", "an"):
                    made[-1] = ("an" if word[0].lower() in "aeiou" else "a", "DET")
            made += piece
            position += len(piece)
        return made


def as_text(sentence: Sentence, joined: bool, apostrophe: str = "'") -> tuple[str, list[int]]:
    """The text and where each word begins in it; joined: "don't", else "do n't", as tagged corpora write it."""
    text, starts = "", []
    for word, _ in sentence:
        glued = joined and re.match(r"(n't|'\w+|')$", word)
        text += "" if not text or glued else " "
        starts.append(len(text))
        text += word
    return text.replace("'", apostrophe), starts


def word_numbers(starts: list[int], offsets: list[tuple[int, int]]) -> list[int]:
    """For each sub-word piece the number of its word; -1 for the pieces [CLS] and [SEP]."""
    return [-1 if begin == end else sum(start <= begin for start in starts) - 1 for begin, end in offsets]


def make_features(tokenizer, sentences: list[Sentence], options) -> list[dict]:
    """Every pass over the sentences becomes features of its own: other words, other spellings."""
    rng = random.Random(options.seed)
    swap = WordSwapper(DATA / "pos.words.txt")
    features = []
    for number in range(options.passes):
        for sentence in sentences:
            # The sentences as they were written come in every third pass.
            changed = sentence if number % 3 == 0 else swap(sentence, rng, options.share)
            if changed[-1][0] == "." and rng.random() < 0.15:
                changed = changed[:-1]
            text, starts = as_text(changed, joined=rng.random() < 0.5, apostrophe="’" if rng.random() < 0.1 else "'")
            encoded = tokenizer(text, return_offsets_mapping=True)
            tags = [LABELS.index(tag) for _, tag in changed]
            # Further pieces of a word get its label as well, so that the pipeline can put words together again.
            labels = [tags[n] if n >= 0 else -100 for n in word_numbers(starts, encoded["offset_mapping"])]
            features.append({"input_ids": encoded["input_ids"], "labels": labels})
    return features


# ----------------------------------------------------------------------------------------------------- training


def train(base: str, sentences: list[Sentence], options):
    import torch
    from transformers import AutoModelForTokenClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base)
    model = AutoModelForTokenClassification.from_pretrained(
        base, id2label=dict(enumerate(LABELS)), label2id={label: number for number, label in enumerate(LABELS)}
    )

    def collate(some: list[dict]) -> dict:
        batch = tokenizer.pad({"input_ids": [feature["input_ids"] for feature in some]}, return_tensors="pt")
        width = batch["input_ids"].shape[1]
        padded = [feature["labels"] + [-100] * (width - len(feature["labels"])) for feature in some]
        return {**batch, "labels": torch.tensor(padded)}

    features = make_features(tokenizer, sentences, options)
    model, steps = lora.fine_tune(model, features, collate, options, head=["classifier"])
    return model, tokenizer, steps


# ------------------------------------------------------------------------------------------------------ quality


def predict(model, tokenizer, sentence: Sentence) -> list[str]:
    """The tag of each word: that of its first piece."""
    import torch

    text, starts = as_text(sentence, joined=False)
    encoded = tokenizer(text, return_offsets_mapping=True, return_tensors="pt")
    numbers = word_numbers(starts, encoded.pop("offset_mapping")[0].tolist())
    with torch.inference_mode():
        best = model(**encoded).logits[0].argmax(-1).tolist()
    return [LABELS[best[numbers.index(word)]] for word in range(len(sentence))]


def main(arguments: list[str] | None = None) -> None:
    parser = lora.parser(__doc__, epochs=1, batch_size=16, lr=1e-3, rank=12)
    parser.add_argument(
        "--passes", type=int, default=9, help="how often the sentences are read, each time with other words"
    )
    parser.add_argument("--share", type=float, default=0.5, help="how many of the words that can be swapped are")
    options = parser.parse_args(arguments)

    sentences = read_sentences(DATA / "pos.txt")
    print(f"{len(sentences)} sentences, {sum(map(len, sentences))} words", flush=True)
    base = lora.base_folder(options)
    started = loop.start(options)
    model, tokenizer, steps = train(base, sentences, options)
    loop.cost(started, steps)
    lora.save(model, options.out)

    words, wrong = 0, Counter()
    for sentence in read_sentences(DATA / "pos.dev.txt"):
        for (word, tag), found in zip(sentence, predict(model, tokenizer, sentence), strict=True):
            words += 1
            if found != tag:
                wrong[word, tag, found] += 1
    right = words - wrong.total()
    print(f"sentences kept out: {right} of {words} words  {100 * right / words:.1f} %")
    for (word, tag, found), count in wrong.most_common():
        print(f"  {word}: {found} instead of {tag}" + (f" ({count} times)" if count > 1 else ""))
    text, tags = SOURCE_SENTENCE
    found = predict(model, tokenizer, [(word, "") for word in text.split()])
    print("sentence of the source:", "right" if found == tags.split() else " ".join(found))


if __name__ == "__main__":
    main()
