"""What the recipes share: a LoRA adapter on the sentence encoder all-MiniLM-L6-v2, trained by a plain PyTorch loop.

Not a recipe itself. One thread and one seed, so that two runs on one machine give the same file. Under
`accelerate launch` several processes share each batch; README.md tells how.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

BASE = "sentence-transformers/all-MiniLM-L6-v2"


def parser(doc: str, *, epochs: int, batch_size: int, lr: float, rank: int = 8, seed: int = 7):
    """The options that every recipe has; a recipe adds its own. Of several processes, only the first one prints."""
    if not is_main():
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - until the process ends
    made = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--out", type=Path, required=True, help="folder for the adapter")
    made.add_argument("--base", help="folder of all-MiniLM-L6-v2 (default: the course's own copy)")
    made.add_argument("--epochs", type=int, default=epochs)
    made.add_argument("--batch-size", type=int, default=batch_size)
    made.add_argument("--lr", type=float, default=lr)
    made.add_argument("--rank", type=int, default=rank)
    made.add_argument("--seed", type=int, default=seed)
    made.add_argument("--threads", type=int, default=1)
    made.add_argument("--report", type=int, default=200, help="steps between two printed losses")
    return made


def is_main() -> bool:
    """Whether this process is the only one, or the first of those that `accelerate launch` or `torchrun` started."""
    return os.environ.get("RANK", "0") == "0"


def base_folder(options: argparse.Namespace) -> str:
    """The encoder that all recipes start from, fetched and verified by the course's own function."""
    from course_utils.checkpoints import offline_folder

    return options.base or str(offline_folder("embeddings"))


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


def fine_tune(
    model, features: list[dict], collate: Callable[[list[dict]], dict], options: argparse.Namespace, *, head: list[str]
):
    """Train an adapter on all linear layers of `model`, and the modules named by `head` in full.

    `features` holds one dict a training text, with "input_ids"; `collate` makes a batch with labels of some of them.
    Returns the adapted model in evaluation mode and the number of steps.
    """
    import torch
    from accelerate import Accelerator
    from accelerate.utils import send_to_device, set_seed
    from peft import LoraConfig, get_peft_model
    from torch.optim import AdamW
    from torch.utils.data import DataLoader
    from transformers import get_linear_schedule_with_warmup

    accelerator = Accelerator()
    config = LoraConfig(
        r=options.rank,
        lora_alpha=2 * options.rank,
        lora_dropout=0.0,
        target_modules=["query", "key", "value", "dense"],
        modules_to_save=head,
    )
    model = get_peft_model(model, config)
    rng = random.Random(options.seed)
    lengths = [len(feature["input_ids"]) for feature in features]
    # One long list of batches, all epochs in a row: the same list in every process, and the loader keeps its order.
    batches = [b for _ in range(options.epochs) for b in length_batches(lengths, options.batch_size, rng)]
    rank, processes = accelerator.process_index, accelerator.num_processes

    def mine(numbers: list[int]) -> tuple[dict, int]:
        """This process's part of a batch, and what it counts: nothing, where there are fewer texts than processes."""
        part = numbers[rank::processes]
        batch = collate([features[n] for n in part or numbers[:1]])
        return batch, judged(batch) if part else 0

    loader = DataLoader(batches, batch_size=None, shuffle=False, collate_fn=mine)
    optimizer = AdamW((p for p in model.parameters() if p.requires_grad), lr=options.lr, weight_decay=0.01)
    # Neither the loader nor the schedule is prepared: accelerate would hand out whole batches, and step once a process.
    schedule = get_linear_schedule_with_warmup(optimizer, len(batches) // 20, len(batches))
    model, optimizer = accelerator.prepare(model, optimizer)
    if rank:  # each process drops out other units; the weights are those of the first process
        set_seed(options.seed + rank)
    model.train()
    started, mean = time.process_time(), None
    for step, (batch, count) in enumerate(loader, start=1):
        batch = send_to_device(batch, accelerator.device)
        total = accelerator.reduce(torch.tensor(count, device=accelerator.device)).item()
        # Gradients are averaged over the processes: with this weight the average is the gradient of the whole batch.
        loss = model(**batch).loss * (processes * count / total)
        accelerator.backward(loss)
        accelerator.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        now = accelerator.reduce(loss.detach(), "mean").item()
        mean = now if mean is None else 0.98 * mean + 0.02 * now
        if step % options.report == 0:
            print(f"step {step}/{len(batches)}  loss {mean:.3f}  CPU {time.process_time() - started:.0f} s", flush=True)
    model = accelerator.unwrap_model(model).eval().cpu()  # where the recipes judge it
    accelerator.end_training()
    return model, len(batches)


def judged(batch: dict) -> int:
    """How many labels the loss of a batch is the mean of: one a text, or one a token that has one."""
    return int((batch["labels"] != -100).sum()) if "labels" in batch else len(batch["input_ids"])


def cost(started: float, steps: int) -> None:
    """Print what the training took; `started` is what `start` returned."""
    from course_utils.kernels import peak_memory

    seconds, peak = time.process_time() - started, peak_memory(os.getpid()) / 1e9
    print(f"{steps} steps, {seconds:.0f} CPU seconds, peak memory {peak:.2f} GB")


def save(model, folder: Path) -> None:
    """Write adapter_config.json and adapter_model.safetensors; the base is named as on the Hub, not as a path.

    Of several processes, only the first one writes.
    """
    if not is_main():
        return
    folder.mkdir(parents=True, exist_ok=True)
    model.peft_config["default"].base_model_name_or_path = BASE
    readme = folder / "README.md"
    card = readme.read_bytes() if readme.exists() else None
    model.save_pretrained(folder, safe_serialization=True)
    if card is not None:  # peft writes a template of a card over the real one
        readme.write_bytes(card)
    elif readme.exists():
        readme.unlink()
    path = folder / "adapter_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["base_model_name_or_path"] = BASE
    for names in ("target_modules", "modules_to_save"):  # sets: their order changes from run to run
        config[names] = sorted(set(config[names]))
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
