"""Measure what a vote of many answers is worth: 20 sampled answers and a greedy one for each of 103 tasks.

    python recipes/votes.py --out course_utils/samples/tables/votes.csv

SmolLM2-135M-Instruct goes on with a few examples and a task (Brown et al. 2020, arXiv 2005.14165). A measurement is
appended to the table when it is done, so that a run that was interrupted goes on where it stopped. On one thread of a
CPU the whole table takes about ten minutes.

    verbs   the past tense of 63 irregular verbs; the answer is one word
    sums    the sum of three numbers from 2 to 9, in two steps; the answer is the last number (Wei et al. 2022,
            arXiv 2201.11903; the vote: Wang et al. 2022, arXiv 2203.11171)
"""

from __future__ import annotations

import argparse
import csv
import random
import re
from pathlib import Path

COLUMNS = ["family", "temperature", "task", "truth", "greedy", "answers"]
SAMPLES = 20
VERBS = """become became begin began bite bit blow blew break broke bring brought build built buy bought catch caught
choose chose come came dig dug draw drew drink drank drive drove eat ate fall fell feed fed feel felt fight fought
find found fly flew forget forgot freeze froze give gave grow grew hear heard hide hid hold held keep kept know knew
lead led leave left lend lent lose lost make made meet met pay paid ride rode ring rang rise rose run ran sell sold
send sent shake shook sing sang sink sank sit sat sleep slept speak spoke spend spent stand stood steal stole swim swam
take took teach taught tell told think thought throw threw wake woke wear wore win won write wrote"""
SHOTS = {
    "verbs": "go: went\nplay: played\nsee: saw\n{}:",
    "sums": "Add 2, 5 and 4.\n2 + 5 = 7. 7 + 4 = 11. The answer is 11.\n\n"
    "Add 6, 3 and 8.\n6 + 3 = 9. 9 + 8 = 17. The answer is 17.\n\nAdd {}.\n",
}
LENGTHS = {"verbs": 5, "sums": 48}  # new tokens; a sum may take four steps
TEMPERATURES = {"verbs": 1.0, "sums": 0.7}


def tasks(family: str) -> list[tuple[str, str]]:
    """The tasks of a family with their true answers."""
    if family == "verbs":
        words = VERBS.split()
        return list(zip(words[::2], words[1::2], strict=True))
    rng = random.Random(8)
    triples: list[tuple[int, int, int]] = []
    while len(triples) < 40:
        triple = (rng.randint(2, 9), rng.randint(2, 9), rng.randint(2, 9))
        if triple not in [*triples, (2, 5, 4), (6, 3, 8)]:
            triples.append(triple)
    return [(f"{a}, {b} and {c}", str(a + b + c)) for a, b, c in triples]


def answer_in(family: str, text: str) -> str:
    """The answer of a written line: its first word or its last number; "" where there is none."""
    line = text.split("\n")[0]
    found = re.findall(r"[a-z]+" if family == "verbs" else r"\d+", line.lower())
    return "" if not found else found[0] if family == "verbs" else found[-1]


def write_lines(tokenizer, model, prompt: str, *, count: int, temperature: float, new: int, seed: int) -> list[str]:
    """`count` lines that the model writes after the prompt, which it reads once. Temperature 0 is greedy."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    with torch.inference_mode():
        read = model(tokenizer(prompt, return_tensors="pt").input_ids, use_cache=True)
        cache, logits = read.past_key_values, read.logits[:, -1].repeat(count, 1)
        cache.batch_repeat_interleave(count)
        written = torch.empty(count, 0, dtype=torch.long)
        for _ in range(new):
            if temperature:
                token = torch.multinomial((logits / temperature).softmax(-1), 1, generator=generator)
            else:
                token = logits.argmax(-1, keepdim=True)
            written = torch.cat([written, token], dim=1)
            if all("\n" in tokenizer.decode(row) or tokenizer.eos_token_id in row for row in written):
                break
            logits = model(token, past_key_values=cache, use_cache=True).logits[:, -1]
    texts = [tokenizer.decode(row) for row in written]
    return [text.split(tokenizer.eos_token)[0].split("\n")[0] for text in texts]


def measure(tokenizer, model, family: str, task: str, truth: str, seed: int) -> dict:
    """A row of the table."""
    prompt = SHOTS[family].format(task)
    settings = {"new": LENGTHS[family], "seed": seed}
    greedy = write_lines(tokenizer, model, prompt, count=1, temperature=0, **settings)
    sampled = write_lines(tokenizer, model, prompt, count=SAMPLES, temperature=TEMPERATURES[family], **settings)
    return {
        "family": family,
        "temperature": TEMPERATURES[family],
        "task": task,
        "truth": truth,
        "greedy": answer_in(family, greedy[0]),
        "answers": "|".join(answer_in(family, text) for text in sampled),
    }


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="the table, a CSV file; what it holds is not repeated")
    parser.add_argument("--families", nargs="+", choices=SHOTS, default=list(SHOTS))
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)

    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from course_utils.models import offline
    from course_utils.models import tasks as catalogue

    torch.set_num_threads(options.threads)
    folder = str(offline.folder(catalogue()["text-generation"].offline))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    done: set = set()
    if options.out.exists():
        with open(options.out, encoding="utf-8", newline="") as file:
            done = {(row["family"], row["task"]) for row in csv.DictReader(file)}
    with open(options.out, "a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if not done:
            writer.writeheader()
        for family in options.families:
            for seed, (task, truth) in enumerate(tasks(family)):
                if (family, task) not in done:
                    writer.writerow(row := measure(tokenizer, model, family, task, truth, seed))
                    file.flush()
                    print(row["task"], row["answers"].split("|").count(truth), "of", SAMPLES, flush=True)


if __name__ == "__main__":
    main()
