"""Measure how much data and work each of seven ways to a sentiment classifier needs.

    python recipes/learning_curves.py --out course_utils/samples/tables/learning_curves.csv

All learn from the same film sentences (Rotten Tomatoes) and are judged on the same sentences kept out: 100 from
everyday life and 400 about films. The table also says of each test sentence whether it was answered rightly, so that
two ways can be compared on the same sentences. Each measurement is appended when it is done, so that a run that was
interrupted goes on where it stopped. On one thread of a CPU the whole grid takes about an hour.

    words     no network: naive Bayes over words and pairs of words
    small     a network of two layers with random weights, trained until it no longer improves
    scratch   the same with the architecture of all-MiniLM-L6-v2
    head      its pretrained weights frozen: the mean of its outputs, computed once a sentence, and a linear layer on it
    lora      a LoRA adapter on them (Hu et al. 2021, arXiv 2106.09685)
    full      all of the pretrained weights trained
    prompt    SmolLM2-135M-Instruct, nothing trained: it reads four labelled examples, or none (Brown et al. 2020,
              arXiv 2005.14165)

The two networks with random weights keep a fifth of their sentences to see when to stop. What they lost on both parts
after every epoch goes into a second table beside the first, whose name ends in _epochs.
"""

from __future__ import annotations

import argparse
import copy
import csv
import math
import random
import re
import time
from collections import Counter
from pathlib import Path

import loop

SIZES = (16, 32, 64, 125, 250, 500, 1000, 2000)  # of the two ways that cost nearly nothing
TRAINED_SIZES = (32, 125, 500, 2000)  # of those that train a network
COLUMNS = ["method", "examples", "seed", "accuracy_everyday", "accuracy_films", "seconds", "grams", "steps", "settings"]
COLUMNS += ["right_everyday", "right_films"]  # one figure a test sentence, in the order of the tests: 1 right, 0 wrong
EPOCH_COLUMNS = ["method", "examples", "seed", "epoch", "loss_training", "loss_validation", "right_validation"]
SEEDS = {"words": 5, "small": 3, "scratch": 3, "head": 5, "lora": 3, "full": 3, "prompt": 3}
FILMS = 400
MAX_LENGTH = 48
# A busy core of a CPU takes about 10 W; a kilowatt-hour in France causes about 56 g of CO2 equivalent.
WATTS, GRAMS_PER_KWH = 10, 56
# Passes over the data: few examples are read more often, so that there are enough steps to learn something.
EPOCHS = {32: 12, 125: 5, 500: 2, 2000: 1}
# From scratch, the most passes; a third of them without a better score on the validation sentences ends the training.
MOST_EPOCHS = {32: 40, 125: 30, 500: 20, 2000: 12}
# Learning rates. Those of lora and full were chosen on film sentences that are not among those kept out; for small,
# 3e-4 and 1e-3 were level there. That of scratch was not searched for: with it, losses fall near 0 in nine epochs.
RATES = {"small": 3e-4, "scratch": 1e-4, "lora": 2e-3, "full": 2e-4}
FROM_SCRATCH = {
    "scratch": {},
    "small": {"num_hidden_layers": 2, "hidden_size": 128, "num_attention_heads": 2, "intermediate_size": 512},
}
PENALTY = 0.01  # of the head: this times the sum of its squared weights is added to its loss

Example = tuple[str, int]


def load(name: str):
    """Tokenizer and folder of the course's checkpoint for a task."""
    from transformers import AutoTokenizer

    from course_utils.models import offline, tasks

    folder = str(offline.folder(tasks()[name].offline))
    return AutoTokenizer.from_pretrained(folder), folder


def by_length(tokenizer, texts: list[str], size: int = 32):
    """Batches of texts of about the same length: their numbers in `texts`, and the model's inputs."""
    order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
    for start in range(0, len(order), size):
        numbers = order[start : start + size]
        chosen = [texts[number] for number in numbers]
        yield numbers, tokenizer(chosen, truncation=True, max_length=MAX_LENGTH, padding=True, return_tensors="pt")


def answered(found: list[int], items: list[Example]) -> str:
    """A figure a sentence: 1 where the label found is the right one, else 0."""
    return "".join(str(int(label == right)) for label, (_, right) in zip(found, items, strict=True))


# ---------------------------------------------------------------------------------------------------------- words


def words_of(text: str) -> set[str]:
    """The words of a text and the pairs of neighbours, each once."""
    words = re.findall("[a-z']+", text.lower())
    return {*words, *map(" ".join, zip(words, words[1:], strict=False))}


def fit_words(examples: list[Example]) -> dict[str, float]:
    """Naive Bayes: for each word, the logarithm of how many times likelier it is in praise than in blame.

    A word's chance is the share of the sentences of a label that hold it, with one added to the count and two to the
    number of sentences, so that no chance is 0.
    """
    counts, totals = (Counter(), Counter()), Counter(label for _, label in examples)
    for text, label in examples:
        counts[label].update(words_of(text))
    chances = [{w: (counts[y][w] + 1) / (totals[y] + 2) for w in counts[0] | counts[1]} for y in (0, 1)]
    return {word: math.log(chances[1][word]) - math.log(chances[0][word]) for word in chances[0]}


def praise(scores: dict[str, float], text: str) -> int:
    """1 where the scores of the words sum to more than 0; rounding cannot turn a tie, and a tie is blame."""
    return int(round(math.fsum(scores.get(word, 0) for word in words_of(text)), 9) > 0)


def words_row(size: int, seed: int, tests: dict[str, list[Example]]) -> dict:
    from course_utils.training import reviews

    examples, started = reviews(size, seed), time.process_time()
    scores = fit_words(examples)
    seconds = time.process_time() - started
    right = {name: answered([praise(scores, text) for text, _ in items], items) for name, items in tests.items()}
    return row("words", size, seed, right, seconds, 1, f"naive Bayes, {len(scores)} words and pairs")


# ---------------------------------------------------------------------------------------------------- linear head


def features(tokenizer, model, texts: list[str]):
    """The mean of the frozen encoder's outputs over the tokens of each text: [texts, hidden]."""
    import torch

    found = torch.empty(len(texts), model.config.hidden_size)
    with torch.inference_mode():
        for numbers, batch in by_length(tokenizer, texts):
            mask = batch["attention_mask"].unsqueeze(-1)
            found[numbers] = (model(**batch).last_hidden_state * mask).sum(1) / mask.sum(1)
    return found


def fit_head(vectors, labels: list[int], steps: int = 100):
    """The linear layer with the least mean cross-entropy on the vectors, plus the penalty; there is only one."""
    import torch

    head = torch.nn.Linear(vectors.shape[1], 2)
    torch.nn.init.zeros_(head.weight)
    torch.nn.init.zeros_(head.bias)
    optimizer = torch.optim.LBFGS(head.parameters(), max_iter=steps)
    target = torch.tensor(labels)

    def closure():
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(head(vectors), target) + PENALTY * head.weight.square().sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    return head, optimizer.state_dict()["state"][0]["n_iter"]


def head_rows(sizes: list[int], seed: int, tests: dict[str, list[Example]]):
    """A row a size. The sentences of a larger size begin with those of a smaller: their features are computed once."""
    import torch
    from transformers import AutoModel

    from course_utils.training import reviews

    tokenizer, folder = load("embeddings")
    model = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
    tested = {name: features(tokenizer, model, [text for text, _ in items]) for name, items in tests.items()}
    vectors, spent = torch.empty(0, model.config.hidden_size), 0.0
    for size in sorted(sizes):
        examples = reviews(size, seed)
        started = time.process_time()
        vectors = torch.cat([vectors, features(tokenizer, model, [text for text, _ in examples[len(vectors) :]])])
        spent += time.process_time() - started
        started = time.process_time()
        head, steps = fit_head(vectors, [label for _, label in examples])
        seconds = spent + time.process_time() - started
        right = {name: answered(head(tested[name]).argmax(-1).tolist(), items) for name, items in tests.items()}
        yield row("head", size, seed, right, seconds, steps, f"LBFGS, penalty {PENALTY}")


# ------------------------------------------------------------------------------------------------- trained weights


def classifier(method: str, seed: int):
    """Tokenizer and model for a method that trains weights, before the training."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoConfig, AutoModelForSequenceClassification

    tokenizer, folder = load("embeddings")
    torch.manual_seed(seed)
    # Few passes over the data need no dropout, and without it a step takes a quarter less time.
    if method in FROM_SCRATCH:
        config = AutoConfig.from_pretrained(folder, num_labels=2, dtype=torch.float32, **FROM_SCRATCH[method])
        return tokenizer, AutoModelForSequenceClassification.from_config(config)
    config = AutoConfig.from_pretrained(
        folder, num_labels=2, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, dtype=torch.float32
    )
    model = AutoModelForSequenceClassification.from_pretrained(folder, config=config, dtype=torch.float32)
    if method == "lora":
        targets = ["query", "key", "value", "dense"]
        adapter = LoraConfig(r=8, lora_alpha=16, target_modules=targets, modules_to_save=["classifier"])
        model = get_peft_model(model, adapter)
    return tokenizer, model


class Data:
    """Examples, and the model's inputs for some of them."""

    def __init__(self, tokenizer, examples: list[Example]):
        import torch

        self.tokenizer, self.texts = tokenizer, [text for text, _ in examples]
        self.labels = torch.tensor([label for _, label in examples])
        cut = tokenizer(self.texts, truncation=True, max_length=MAX_LENGTH)["input_ids"]
        self.lengths = [len(ids) for ids in cut]

    def batch(self, numbers: list[int]) -> dict:
        chosen = [self.texts[number] for number in numbers]
        inputs = self.tokenizer(chosen, truncation=True, max_length=MAX_LENGTH, padding=True, return_tensors="pt")
        return {**inputs, "labels": self.labels[numbers]}


def adamw(model, lr: float):
    import torch

    trained = [weight for weight in model.parameters() if weight.requires_grad]
    return torch.optim.AdamW(trained, lr=lr, weight_decay=0.01, fused=True)  # a seventh of the plain one's time


def train(tokenizer, model, examples: list[Example], *, epochs: int, batch_size: int, lr: float, seed: int):
    """AdamW with warm-up and linear decay; returns the model in evaluation mode and the number of steps."""
    from transformers import get_linear_schedule_with_warmup

    data, rng = Data(tokenizer, examples), random.Random(seed)
    batches = [b for _ in range(epochs) for b in loop.length_batches(data.lengths, batch_size, rng)]
    optimizer = adamw(model, lr)
    schedule = get_linear_schedule_with_warmup(optimizer, len(batches) // 10, len(batches))
    silent = argparse.Namespace(seed=seed, report=len(batches) + 1)
    return loop.train(model, map(data.batch, batches), optimizer, schedule, silent)


def train_until_it_stops(tokenizer, model, examples: list[Example], *, epochs: int, batch_size: int, lr: float, seed):
    """AdamW, warm-up in the first epoch; the weights of the epoch that did best on a fifth of the examples, kept out.

    Best: most right, and where two epochs are level the one with the lower loss. Returns the model, the number of
    steps and a dictionary an epoch.
    """
    import torch
    from transformers import get_constant_schedule_with_warmup

    cut = len(examples) - len(examples) // 5
    data, rng, validation = Data(tokenizer, examples[:cut]), random.Random(seed), examples[cut:]
    optimizer, steps, log, best = adamw(model, lr), 0, [], (-1.0, 0.0, 0)
    schedule = get_constant_schedule_with_warmup(optimizer, -(-cut // batch_size))
    for epoch in range(1, epochs + 1):
        model.train()
        lost = 0.0
        for numbers in loop.length_batches(data.lengths, batch_size, rng):
            loss = model(**data.batch(numbers)).loss
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            lost, steps = lost + loss.item() * len(numbers), steps + 1
        found, validation_loss = answers(tokenizer, model, validation)
        share = answered(found, validation).count("1") / len(validation)
        log.append({"epoch": epoch, "loss_training": f"{lost / cut:.3f}", "loss_validation": f"{validation_loss:.3f}"})
        log[-1]["right_validation"] = f"{share:.3f}"
        if (share, -validation_loss) > best[:2]:
            best = (share, -validation_loss, epoch)
            kept = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        elif epoch - best[2] >= epochs // 3:
            break
    model.load_state_dict(kept)
    return model.eval(), steps, log


def answers(tokenizer, model, items: list[Example]) -> tuple[list[int], float]:
    """The label that the model gives each text, and its mean loss."""
    import torch

    model.eval()
    found, lost, data = [0] * len(items), 0.0, Data(tokenizer, items)
    with torch.inference_mode():
        for numbers, _ in by_length(tokenizer, data.texts):
            out = model(**data.batch(numbers))
            lost += out.loss.item() * len(numbers)
            for number, label in zip(numbers, out.logits.argmax(-1).tolist(), strict=True):
                found[number] = label
    return found, lost / len(items)


def trained_row(method: str, size: int, seed: int, tests: dict[str, list[Example]]) -> tuple[dict, list[dict]]:
    """The row, and the rows of the second table: an epoch each, for a network from scratch."""
    from course_utils.training import reviews

    examples, log = reviews(size, seed), []
    tokenizer, model = classifier(method, seed)
    options = {"batch_size": 8 if size < 250 else 16, "lr": RATES[method], "seed": seed}
    started = time.process_time()
    if method in FROM_SCRATCH:
        model, steps, log = train_until_it_stops(tokenizer, model, examples, epochs=MOST_EPOCHS[size], **options)
    else:
        model, steps = train(tokenizer, model, examples, epochs=EPOCHS[size], **options)
    seconds = time.process_time() - started
    right = {name: answered(answers(tokenizer, model, items)[0], items) for name, items in tests.items()}
    settings = f"AdamW {RATES[method]:g}, batch {options['batch_size']}, epochs {len(log) or EPOCHS[size]}"
    settings += {"lora": "; r 8", "full": ""}.get(method, "; the best on a fifth kept out")
    new = row(method, size, seed, right, seconds, steps, settings)
    return new, [{"method": method, "examples": size, "seed": seed} | epoch for epoch in log]


# --------------------------------------------------------------------------------------------------------- prompt


def prompt_row(shots: int, seed: int, tests: dict[str, list[Example]]) -> dict:
    """No training: which of two words does the language model find likelier after the sentence?"""
    import torch
    from transformers import AutoModelForCausalLM

    from course_utils.training import reviews

    tokenizer, folder = load("chat")
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    words = [tokenizer(f" {word}")["input_ids"][0] for word in ("negative", "positive")]
    shown = [f"Review: {text}\nSentiment: {('negative', 'positive')[y]}\n\n" for text, y in reviews(4, seed)[:shots]]
    prefix = "Decide whether each review is positive or negative.\n\n" + "".join(shown)
    right, started = {}, time.process_time()
    with torch.inference_mode():
        read = model(**tokenizer(prefix, return_tensors="pt")).past_key_values  # the examples are read once
        seconds = time.process_time() - started
        for name, items in tests.items():
            found = []
            for text, _ in items:
                ids = tokenizer(f"Review: {text}\nSentiment:", return_tensors="pt")["input_ids"]
                logits = model(input_ids=ids, past_key_values=copy.deepcopy(read)).logits[0, -1]
                found.append(int(logits[words[1]] > logits[words[0]]))
            right[name] = answered(found, items)
    each = (time.process_time() - started - seconds) / sum(map(len, tests.values()))
    return row("prompt", shots, seed, right, seconds, 0, f"SmolLM2-135M-Instruct; an answer takes {each:.2f} s")


# ---------------------------------------------------------------------------------------------------------- table


def row(method: str, examples: int, seed: int, right: dict[str, str], seconds: float, steps: int, settings: str):
    """One line of the table; accuracies in percent, CPU seconds of the learning alone, grams of CO2 equivalent."""
    made = {"method": method, "examples": examples, "seed": seed, "seconds": f"{seconds:.4g}"}
    made |= {f"accuracy_{name}": f"{100 * figures.count('1') / len(figures):.1f}" for name, figures in right.items()}
    made |= {f"right_{name}": figures for name, figures in right.items()}
    made |= {"grams": f"{seconds * WATTS / 3.6e6 * GRAMS_PER_KWH:.2g}", "steps": steps, "settings": settings}
    return {name: made[name] for name in COLUMNS}


def read_table(path: Path) -> list[dict]:
    if not path.exists():
        return []
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict], mode: str, columns: list[str] = COLUMNS) -> None:
    with open(path, mode, encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        if mode == "w":
            writer.writeheader()
        writer.writerows(rows)


def measure(methods: list[str], sizes: list[int], seeds: int | None, done: set, tests: dict[str, list[Example]]):
    """The rows that are still missing, seed by seed, each with its rows of the second table."""
    for seed in range(seeds or max(SEEDS.values())):
        for method in methods:
            if seed >= (seeds or SEEDS[method]):
                continue
            possible = SIZES if method in ("head", "words") else TRAINED_SIZES
            wanted = [0, 4] if method == "prompt" else [size for size in sizes if size in possible]
            missing = [size for size in wanted if (method, str(size), str(seed)) not in done]
            if method == "head":
                yield from ((new, []) for new in head_rows(missing, seed, tests))
            elif method == "words":
                yield from ((words_row(size, seed, tests), []) for size in missing)
            elif method == "prompt":
                # Without examples nothing is drawn: one seed is all there is.
                yield from ((prompt_row(shots, seed, tests), []) for shots in missing if shots or seed == 0)
            else:
                yield from (trained_row(method, size, seed, tests) for size in missing)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="the table, a CSV file; what it holds is not repeated")
    parser.add_argument("--methods", nargs="+", choices=SEEDS, default=list(SEEDS))
    parser.add_argument("--sizes", nargs="+", type=int, choices=SIZES, default=list(SIZES))
    parser.add_argument("--seeds", type=int, help="how many (default: 3 or 5, as SEEDS says)")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)

    import torch

    from course_utils.training import everyday, reviews

    torch.set_num_threads(options.threads)
    tests = {"everyday": everyday(), "films": reviews(FILMS, held_out=True)}
    epochs = options.out.with_name(f"{options.out.stem}_epochs.csv")
    rows = read_table(options.out)
    done = {(r["method"], r["examples"], r["seed"]) for r in rows}
    if not rows:
        write(options.out, [], "w")
        write(epochs, [], "w", EPOCH_COLUMNS)
    for new, log in measure(options.methods, options.sizes, options.seeds, done, tests):
        write(epochs, log, "a", EPOCH_COLUMNS)  # first: a row of the table says that all of it is there
        write(options.out, [new], "a")
        print("  ".join(str(new[name]) for name in COLUMNS[:9]), flush=True)
    write(options.out, in_order(read_table(options.out)), "w")
    write(epochs, in_order(read_table(epochs)), "w", EPOCH_COLUMNS)


def in_order(rows: list[dict]) -> list[dict]:
    """By method, size, seed and epoch, each once: an interrupted measurement may have left its epochs twice."""
    order = {method: number for number, method in enumerate(SEEDS)}
    keys = ("examples", "seed", "epoch")
    by_key = {(order[r["method"]], *(int(r.get(name, 0)) for name in keys)): r for r in rows}
    return [by_key[key] for key in sorted(by_key)]


if __name__ == "__main__":
    main()
