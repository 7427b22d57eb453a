"""Measure how much data and work each of five ways to a sentiment classifier needs.

    python recipes/learning_curves.py --out course_utils/samples/tables/learning_curves.csv

All five learn from the same film sentences (Rotten Tomatoes) and are judged on the same sentences kept out: 100 from
everyday life and 200 about films. Each measurement is appended to the table when it is done, so that a run that was
interrupted goes on where it stopped. On one thread of a CPU the whole grid takes about an hour.

    scratch   the architecture of all-MiniLM-L6-v2 with random weights, all of them trained
    head      its weights frozen: the mean of its outputs, computed once a sentence, and a linear layer on top
    lora      a LoRA adapter on it (Hu et al. 2021, arXiv 2106.09685)
    full      all of its weights trained
    prompt    SmolLM2-135M-Instruct, nothing trained: it reads four labelled examples, or none (Brown et al. 2020,
              arXiv 2005.14165)
"""

from __future__ import annotations

import argparse
import copy
import csv
import random
import time
from pathlib import Path

import loop

SIZES = (16, 32, 64, 125, 250, 500, 1000, 2000)
COLUMNS = ["method", "examples", "seed", "accuracy_everyday", "accuracy_films", "seconds", "grams", "steps", "settings"]
SEEDS = {"scratch": 3, "head": 5, "lora": 3, "full": 3, "prompt": 3}
FILMS = 200
MAX_LENGTH = 48
# A busy core of a CPU takes about 10 W; a kilowatt-hour in France causes about 56 g of CO2 equivalent.
WATTS, GRAMS_PER_KWH = 10, 56
# Passes over the data: few examples are read more often, so that there are enough steps to learn something.
EPOCHS = {16: 16, 32: 12, 64: 8, 125: 5, 250: 3, 500: 2, 1000: 1, 2000: 1}
# Learning rates, chosen on film sentences that are not among those kept out. So few steps from scratch teach
# nearly nothing; five passes over 2,000 at 1e-4, 269 CPU seconds, gave 57 % everyday and 64.5 % films (seed 0).
RATES = {"scratch": 3e-4, "lora": 2e-3, "full": 2e-4}
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
        right = {
            name: (head(tested[name]).argmax(-1) == torch.tensor([label for _, label in items])).float().mean().item()
            for name, items in tests.items()
        }
        yield row("head", size, seed, right, seconds, steps, f"LBFGS, penalty {PENALTY}")


# ------------------------------------------------------------------------------------------------- trained weights


def classifier(method: str, seed: int):
    """Tokenizer and model for a method that trains it, before the training."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoConfig, AutoModelForSequenceClassification

    tokenizer, folder = load("embeddings")
    torch.manual_seed(seed)
    # Few passes over the data need no dropout, and without it a step takes a quarter less time.
    config = AutoConfig.from_pretrained(
        folder, num_labels=2, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, dtype=torch.float32
    )
    if method == "scratch":
        return tokenizer, AutoModelForSequenceClassification.from_config(config)
    model = AutoModelForSequenceClassification.from_pretrained(folder, config=config, dtype=torch.float32)
    if method == "lora":
        targets = ["query", "key", "value", "dense"]
        adapter = LoraConfig(r=8, lora_alpha=16, target_modules=targets, modules_to_save=["classifier"])
        model = get_peft_model(model, adapter)
    return tokenizer, model


def train(tokenizer, model, examples: list[Example], *, epochs: int, batch_size: int, lr: float, seed: int):
    """AdamW with warm-up and linear decay; returns the model in evaluation mode and the number of steps."""
    import torch
    from transformers import get_linear_schedule_with_warmup

    texts, labels = [text for text, _ in examples], torch.tensor([label for _, label in examples])
    lengths = [len(ids) for ids in tokenizer(texts, truncation=True, max_length=MAX_LENGTH)["input_ids"]]
    rng = random.Random(seed)
    batches = [b for _ in range(epochs) for b in loop.length_batches(lengths, batch_size, rng)]
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr, weight_decay=0.01, fused=True)  # a seventh of the plain one's time
    schedule = get_linear_schedule_with_warmup(optimizer, len(batches) // 10, len(batches))

    def batch(numbers: list[int]) -> dict:
        chosen = [texts[number] for number in numbers]
        inputs = tokenizer(chosen, truncation=True, max_length=MAX_LENGTH, padding=True, return_tensors="pt")
        return {**inputs, "labels": labels[numbers]}

    silent = argparse.Namespace(seed=seed, report=len(batches) + 1)
    return loop.train(model, map(batch, batches), optimizer, schedule, silent)


def share_right(tokenizer, model, items: list[Example]) -> float:
    import torch

    right = 0
    with torch.inference_mode():
        for numbers, batch in by_length(tokenizer, [text for text, _ in items]):
            found = model(**batch).logits.argmax(-1).tolist()
            right += sum(answer == items[number][1] for number, answer in zip(numbers, found, strict=True))
    return right / len(items)


def trained_row(method: str, size: int, seed: int, tests: dict[str, list[Example]]) -> dict:
    from course_utils.training import reviews

    examples = reviews(size, seed)
    tokenizer, model = classifier(method, seed)
    lr, epochs, batch_size = RATES[method], EPOCHS[size], 8 if size < 250 else 16
    started = time.process_time()
    model, steps = train(tokenizer, model, examples, epochs=epochs, batch_size=batch_size, lr=lr, seed=seed)
    seconds = time.process_time() - started
    right = {name: share_right(tokenizer, model, items) for name, items in tests.items()}
    settings = f"AdamW {lr:g}, batch {batch_size}, epochs {epochs}" + ("; r 8" if method == "lora" else "")
    return row(method, size, seed, right, seconds, steps, settings)


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
            answers = []
            for text, _ in items:
                ids = tokenizer(f"Review: {text}\nSentiment:", return_tensors="pt")["input_ids"]
                logits = model(input_ids=ids, past_key_values=copy.deepcopy(read)).logits[0, -1]
                answers.append(int(logits[words[1]] > logits[words[0]]))
            right[name] = sum(a == label for a, (_, label) in zip(answers, items, strict=True)) / len(items)
    each = (time.process_time() - started - seconds) / sum(map(len, tests.values()))
    return row("prompt", shots, seed, right, seconds, 0, f"SmolLM2-135M-Instruct; an answer takes {each:.2f} s")


# ---------------------------------------------------------------------------------------------------------- table


def row(method: str, examples: int, seed: int, right: dict[str, float], seconds: float, steps: int, settings: str):
    """One line of the table; accuracies in percent, CPU seconds of the learning alone, grams of CO2 equivalent."""
    accuracies = {f"accuracy_{name}": f"{100 * share:.1f}" for name, share in right.items()}
    grams = seconds * WATTS / 3.6e6 * GRAMS_PER_KWH
    return {"method": method, "examples": examples, "seed": seed, **accuracies} | {
        "seconds": f"{seconds:.2f}",
        "grams": f"{grams:.2g}",
        "steps": steps,
        "settings": settings,
    }


def read_table(path: Path) -> list[dict]:
    if not path.exists():
        return []
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict], mode: str) -> None:
    with open(path, mode, encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if mode == "w":
            writer.writeheader()
        writer.writerows(rows)


def measure(methods: list[str], sizes: list[int], seeds: int | None, done: set, tests: dict[str, list[Example]]):
    """The rows that are still missing, one after the other, seed by seed."""
    for seed in range(seeds or max(SEEDS.values())):
        for method in methods:
            if seed >= (seeds or SEEDS[method]):
                continue
            wanted = [0, 4] if method == "prompt" else sizes
            missing = [size for size in wanted if (method, str(size), str(seed)) not in done]
            if method == "head":
                yield from head_rows(missing, seed, tests)
            elif method == "prompt":
                # Without examples nothing is drawn: one seed is all there is.
                yield from (prompt_row(shots, seed, tests) for shots in missing if shots or seed == 0)
            else:
                yield from (trained_row(method, size, seed, tests) for size in missing)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="the table, a CSV file; what it holds is not repeated")
    parser.add_argument("--methods", nargs="+", choices=SEEDS, default=list(SEEDS))
    parser.add_argument("--sizes", nargs="+", type=int, choices=SIZES, default=list(SIZES))
    parser.add_argument("--seeds", type=int, help="how many (default: 5 for the head, 3 for the others)")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)

    import torch

    from course_utils.training import everyday, reviews

    torch.set_num_threads(options.threads)
    tests = {"everyday": everyday(), "films": reviews(FILMS, held_out=True)}
    rows = read_table(options.out)
    done = {(r["method"], r["examples"], r["seed"]) for r in rows}
    if not rows:
        write(options.out, [], "w")
    for new in measure(options.methods, options.sizes, options.seeds, done, tests):
        write(options.out, [new], "a")
        print("  ".join(str(value) for value in new.values()), flush=True)
    order = {method: number for number, method in enumerate(SEEDS)}
    rows = sorted(read_table(options.out), key=lambda r: (order[r["method"]], int(r["examples"]), int(r["seed"])))
    write(options.out, rows, "w")


if __name__ == "__main__":
    main()
