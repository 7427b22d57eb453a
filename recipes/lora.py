"""What the recipes of adapters share: LoRA on the sentence encoder all-MiniLM-L6-v2. Not a recipe itself."""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable
from pathlib import Path

import loop

BASE = "sentence-transformers/all-MiniLM-L6-v2"


def parser(doc: str, *, epochs: int, batch_size: int, lr: float, rank: int = 8, seed: int = 7):
    """The options that every recipe of an adapter has; a recipe adds its own."""
    made = loop.parser(doc, lr=lr, seed=seed, epochs=epochs, batch_size=batch_size, rank=rank)
    made.add_argument("--base", help="folder of all-MiniLM-L6-v2 (default: the course's own copy)")
    return made


def base_folder(options: argparse.Namespace) -> str:
    """The encoder that all recipes start from, fetched and verified by the course's own function."""
    from course_utils.models import offline, tasks

    return options.base or str(offline.folder(tasks()["embeddings"].offline))


def fine_tune(
    model, features: list[dict], collate: Callable[[list[dict]], dict], options: argparse.Namespace, *, head: list[str]
):
    """Train an adapter on all linear layers of `model`, and the modules named by `head` in full.

    `features` holds one dict a training text, with "input_ids"; `collate` makes a batch with labels of some of them.
    Returns the adapted model in evaluation mode and the number of steps.
    """
    from peft import LoraConfig, get_peft_model
    from torch.optim import AdamW
    from torch.utils.data import DataLoader
    from transformers import get_linear_schedule_with_warmup

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
    batches = [b for _ in range(options.epochs) for b in loop.length_batches(lengths, options.batch_size, rng)]
    optimizer = AdamW((p for p in model.parameters() if p.requires_grad), lr=options.lr, weight_decay=0.01)
    schedule = get_linear_schedule_with_warmup(optimizer, len(batches) // 20, len(batches))
    loader = DataLoader(batches, batch_size=None, collate_fn=lambda numbers: collate([features[n] for n in numbers]))
    return loop.train(model, loader, optimizer, schedule, options)


def save(model, folder: Path) -> None:
    """Write adapter_config.json and adapter_model.safetensors; the base is named as on the Hub, not as a path.

    Of several processes, only the first one writes.
    """
    if not loop.is_main():
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
