"""What all recipes share: their options, and one training loop that runs in one process or in several.

Not a recipe itself. One thread and one seed, so that two runs on one machine give the same file. Under
`accelerate launch` the processes share each batch; README.md tells how.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path


def parser(doc: str, *, lr: float, seed: int, **numbers: int) -> argparse.ArgumentParser:
    """The options that every recipe has, and `numbers`, such as epochs=2: whole numbers with their defaults.

    A recipe adds its own. Of several processes, only the first one prints.
    """
    if not is_main():
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - until the process ends
    made = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--out", type=Path, required=True, help="folder for the checkpoint")
    made.add_argument("--lr", type=float, default=lr)
    for name, default in {**numbers, "seed": seed, "threads": 1}.items():
        made.add_argument(f"--{name.replace('_', '-')}", type=int, default=default)
    made.add_argument("--report", type=int, default=200, help="steps between two printed losses")
    return made


def is_main() -> bool:
    """Whether this process is the only one, or the first of those that `accelerate launch` or `torchrun` started."""
    return os.environ.get("RANK", "0") == "0"


def start(options: argparse.Namespace) -> float:
    """Fix the threads and the seed, before the model with its new head is made; returns the CPU time so far."""
    import torch
    from accelerate.utils import set_seed

    torch.set_num_threads(options.threads)
    set_seed(options.seed)
    return time.process_time()


def length_batches(lengths: list[int], size: int, rng: random.Random) -> list[list[int]]:
    """Random batches whose texts have about the same length: less padding, so less work."""
    order = list(range(len(lengths)))
    rng.shuffle(order)
    batches = []
    for start in range(0, len(order), size * 40):
        chunk = sorted(order[start : start + size * 40], key=lengths.__getitem__)
        batches += [chunk[i : i + size] for i in range(0, len(chunk), size)]
    rng.shuffle(batches)
    return batches


def train(
    model,
    batches: Iterable[dict],
    optimizer,
    schedule,
    options: argparse.Namespace,
    *,
    loss_of: Callable = lambda model, batch: model(**batch).loss,
    watch: Callable[[int], None] = lambda step: None,
):
    """Train `model` on `batches`, one a step, and return it in evaluation mode on the CPU, with the number of steps.

    A batch maps names to tensors [examples, …]; every process gets the same batches and takes its own part of each.
    `loss_of(model, batch)` is the mean over what `judged` counts. `watch(step)` is called in the first process.
    """
    import torch
    from accelerate import Accelerator
    from accelerate.utils import send_to_device, set_seed

    class Objective(torch.nn.Module):  # several processes average the gradients of what `forward` does
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, batch):
            return loss_of(self.model, batch)

    accelerator = Accelerator()
    rank, processes = accelerator.process_index, accelerator.num_processes
    # The schedule is not prepared: accelerate would step it once a process.
    objective, optimizer = accelerator.prepare(Objective(), optimizer)
    if rank:  # each process drops out other units; the weights are those of the first process
        set_seed(options.seed + rank)
    objective.train()
    started, mean, step = time.process_time(), None, 0
    for step, whole in enumerate(batches, start=1):
        part = {name: values[rank::processes] for name, values in whole.items()}
        count = judged(part)
        # Where there are fewer examples than processes, some have none: they take one that counts nothing.
        part = part if count else {name: values[:1] for name, values in whole.items()}
        # Gradients are averaged over the processes: with this weight the average is the gradient of the whole batch.
        loss = objective(send_to_device(part, accelerator.device)) * (processes * count / judged(whole))
        accelerator.backward(loss)
        accelerator.clip_grad_norm_(objective.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        now = accelerator.reduce(loss.detach(), "mean").item()
        mean = now if mean is None else 0.98 * mean + 0.02 * now
        if step % options.report == 0:
            print(f"step {step}  loss {mean:.4f}  CPU {time.process_time() - started:.0f} s", flush=True)
        if rank == 0:
            watch(step)
    model = accelerator.unwrap_model(objective).model.eval().cpu()  # where the recipes judge it
    # Whatever refers to the process group goes first: freed after its end, it can wait for itself for ever.
    objective, optimizer = accelerator.free_memory(objective, optimizer)
    accelerator.end_training()
    return model, step


def smoothed(model, batch: dict):
    """Cross entropy that asks for 95 percent, not for certainty."""
    from torch.nn.functional import cross_entropy

    inputs = {name: values for name, values in batch.items() if name != "labels"}
    return cross_entropy(model(**inputs).logits, batch["labels"], label_smoothing=0.05)


def judged(batch: dict) -> int:
    """How many labels the loss of a batch is the mean of: one an example, or one a token that has one."""
    return int((batch["labels"] != -100).sum()) if "labels" in batch else len(batch["input_ids"])


def cost(started: float, steps: int) -> None:
    """Print what the training took; `started` is what `start` returned."""
    from course_utils.authoring.notebooks import peak_memory

    seconds, peak = time.process_time() - started, peak_memory(os.getpid()) / 1e9
    print(f"{steps} steps, {seconds:.0f} CPU seconds, peak memory {peak:.2f} GB")
