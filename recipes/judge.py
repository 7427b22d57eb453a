"""Measure the position bias of a model that compares two answers: 40 pairs of answers, each in both orders.

    python recipes/judge.py --out course_utils/samples/tables/verdicts.csv

SmolLM2-135M-Instruct reads a question and two answers, A and B, and is asked which one is better. It counts how far
the logit of the first answer's letter is above that of the other one, after "The better answer is". One answer is
right and the other one wrong, so that a judge who reads them has an easy task. Two columns exchange the letters: the
first answer is called B. Two others need no order: the log-probability of each answer after the question alone.
Position bias of large judges: Zheng et al. 2023, arXiv 2306.05685. On one thread of a CPU it takes three minutes.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

COLUMNS = ["question", "better", "worse", "better_first", "worse_first", "better_first_ba", "worse_first_ba"]
COLUMNS += ["log_better", "log_worse"]
# A question, a right answer and a wrong one, of about the same length.
PAIRS = """What is the capital of France? | It is Paris. | It is Berlin.
How many legs has a spider? | A spider has eight legs. | A spider has three legs.
What colour is snow? | Snow is white. | Snow is green.
Which animal barks? | A dog barks. | A fish barks.
What is 2 + 2? | It is 4. | It is 9.
What do cows drink? | Cows drink water. | Cows drink sand.
Is the sun hot or cold? | The sun is hot. | The sun is cold.
What do we use to cut paper? | We use scissors. | We use soup.
In which season does it snow? | It snows in winter. | It snows in summer.
How many days has a week? | A week has seven days. | A week has twelve days.
What is ice made of? | Ice is made of water. | Ice is made of wood.
Where do fish live? | Fish live in water. | Fish live in trees.
Which is larger, a mouse or an elephant? | An elephant is larger. | A mouse is larger.
What do we wear on our feet? | We wear shoes. | We wear hats.
What is the opposite of up? | The opposite is down. | The opposite is blue.
What do bees make? | Bees make honey. | Bees make bread.
At what time of day do people have breakfast? | In the morning. | At midnight.
How many wheels has a bicycle? | A bicycle has two wheels. | A bicycle has nine wheels.
What language do people speak in Spain? | They speak Spanish. | They speak Japanese.
What do we use to write? | We use a pen. | We use a spoon.
Which planet do we live on? | We live on Earth. | We live on Saturn.
What falls from clouds? | Rain falls from clouds. | Bricks fall from clouds.
What do you need to open a locked door? | You need a key. | You need a banana.
Is a lemon sour or sweet? | A lemon is sour. | A lemon is sweet.
Who teaches at a school? | A teacher does. | A pilot does.
What is the first month of the year? | It is January. | It is August.
What is a baby cat called? | It is called a kitten. | It is called a puppy.
What do plants need to grow? | They need light and water. | They need paint and noise.
How many minutes has an hour? | An hour has 60 minutes. | An hour has 15 minutes.
Where can I borrow a book? | In a library. | In a swimming pool.
What is the colour of a ripe banana? | It is yellow. | It is purple.
What do we breathe? | We breathe air. | We breathe milk.
Which bird cannot fly? | A penguin cannot fly. | A swallow cannot fly.
What do you do with a hat? | You wear it on your head. | You eat it with a fork.
On which continent is Egypt? | Egypt is in Africa. | Egypt is in Europe.
What is used to tell the time? | A clock. | A pillow.
Which number comes after nine? | Ten comes after nine. | Four comes after nine.
What is the boss of a ship called? | A captain. | A dentist.
What is bread made from? | It is made from flour. | It is made from stone.
Which is faster, a plane or a bicycle? | A plane is faster. | A bicycle is faster."""


def pairs() -> list[tuple[str, str, str]]:
    """Question, better answer, worse answer."""
    return [tuple(part.strip() for part in line.split("|")) for line in PAIRS.splitlines()]


def lead(tokenizer, model, question: str, answers: tuple[str, str], letters: str) -> float:
    """How far the logit of the first answer's letter is above that of the second answer's letter."""
    import torch

    shown = "".join(f"Answer {letter}: {answer}\n" for letter, answer in zip(letters, answers, strict=True))
    asked = f"Question: {question}\n{shown}Which answer is better, A or B?"
    chat = [{"role": "system", "content": "You compare answers."}, {"role": "user", "content": asked}]
    text = tokenizer.apply_chat_template(chat, add_generation_prompt=True, tokenize=False) + "The better answer is"
    with torch.inference_mode():
        logits = model(**tokenizer(text, return_tensors="pt")).logits[0, -1]
    first, second = (tokenizer(f" {letter}").input_ids[0] for letter in letters)
    return (logits[first] - logits[second]).item()


def log_probability(tokenizer, model, question: str, answer: str) -> float:
    """The logarithm of the probability that the model gives to this answer in a chat, its end token included."""
    import torch

    chat = [{"role": "user", "content": question}]
    prompt = tokenizer.apply_chat_template(chat, add_generation_prompt=True, tokenize=False)
    start = len(tokenizer(prompt).input_ids)
    ids = tokenizer(f"{prompt}{answer}{tokenizer.eos_token}", return_tensors="pt").input_ids
    with torch.inference_mode():
        logs = model(ids).logits[0].log_softmax(-1)
    return sum(logs[place - 1, ids[0, place]].item() for place in range(start, ids.shape[1]))


def measure(tokenizer, model, question: str, better: str, worse: str) -> list[str]:
    """A row of the table."""
    orders = [(better, worse), (worse, better)]
    leads = [lead(tokenizer, model, question, order, letters) for letters in ("AB", "BA") for order in orders]
    likely = [log_probability(tokenizer, model, question, answer) for answer in orders[0]]
    return [question, better, worse, *(f"{number:.3f}" for number in leads), *(f"{number:.2f}" for number in likely)]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="the table, a CSV file")
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
    with open(options.out, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for question, better, worse in pairs():
            writer.writerow(row := measure(tokenizer, model, question, better, worse))
            print(*row, flush=True)


if __name__ == "__main__":
    main()
