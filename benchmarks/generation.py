"""What generation costs on SmolLM2-135M, and what a cache saves, in one run: `python benchmarks/generation.py`.

Real weights, float32, no network, one thread; CPU time, because other programs on the machine hardly add to it. The
cached loop is the reference answer of exercise 8.7. Where a limit is promised, a line says whether it is met.
"""

import os
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ |= {"COURSE_MODELS": "offline", "HF_HUB_DISABLE_PROGRESS_BARS": "1", "TRANSFORMERS_VERBOSITY": "error"}

import torch  # noqa: E402 (the settings come first)
from reporting import conclusion, report, title, verdict  # noqa: E402
from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: E402

from course_utils import checkpoint  # noqa: E402
from course_utils.authoring.notebooks import peak_memory  # noqa: E402
from course_utils.exercises.shelf import find  # noqa: E402

PROMPTS = (
    "The old man opened the door and",
    "My favourite book is about a girl",
    "The scientist wrote a letter to her",
    "On Sunday my brother and I went",
    "Once there was a small town where",
)
NEW = 128


def main() -> None:
    torch.set_num_threads(1)
    found = checkpoint("chat")
    tokenizer = AutoTokenizer.from_pretrained(found.path)
    model = AutoModelForCausalLM.from_pretrained(found.path, dtype=found.dtype).eval()
    model(torch.tensor([text(8)]))  # what is touched or looked up once should not be counted

    title("The cached loop of exercise 8.7 beside generate: 50 tokens on five prompts")
    compare_loop(model, tokenizer)
    title(f"{NEW} tokens after a prompt of 7, with and without a cache")
    compare_cache(model, tokenizer)
    title("Prefill, and decode after it (median of 3; decode: 16 tokens)")
    for length in (32, 128, 512):
        phases(model, length)
    title("Throughput by batch: 16 tokens after a prompt of 32")
    batches(model)
    title("Memory of the keys and values beside 2 · layers · key/value heads · width · tokens · bytes")
    for length in (128, 512, 1024):
        memory(model, length)
    report("peak of the process", f"{peak_memory(os.getpid()) / 1e9:.2f} GB")
    conclusion()


def compare_loop(model, tokenizer) -> None:
    ids = tokenizer(list(PROMPTS), return_tensors="pt").input_ids
    expected = model.generate(ids, max_new_tokens=50, do_sample=False)
    mine = cached_greedy(model, ids, 50)
    same = (mine == expected).all(dim=1).sum().item() if mine.shape == expected.shape else 0
    verdict("prompts with the same 50 tokens as generate", same, len(PROMPTS), "prompts", least=True)


def compare_cache(model, tokenizer) -> None:
    ids = tokenizer(PROMPTS[0], return_tensors="pt").input_ids
    texts, seconds = {}, {}
    for name, settings in {"cache": {}, "no cache": {"use_cache": False}}.items():
        settings |= {"max_new_tokens": NEW, "min_new_tokens": NEW, "do_sample": False}
        seconds[name], texts[name] = cpu_time(lambda settings=settings: model.generate(ids, **settings))
        report(f"generate, {name}", f"{seconds[name]:6.2f} s, {NEW / seconds[name]:5.1f} tokens/s")
    own, mine = cpu_time(lambda: cached_greedy(model, ids, NEW))
    report("loop of exercise 8.7", f"{own:6.2f} s, {NEW / own:5.1f} tokens/s")
    same = sum(torch.equal(texts["cache"], other) for other in (texts["no cache"], mine))
    verdict("texts that equal that of generate with its cache", same, 2, "of 2", least=True)
    verdict(f"no cache ÷ the loop with a cache, {NEW} tokens", seconds["no cache"] / own, 2, "times faster", least=True)


def phases(model, length: int) -> None:
    ids = torch.tensor([text(length)])
    prefill = statistics.median(cpu_time(lambda: model(ids, logits_to_keep=1))[0] for _ in range(3))
    settings = {"max_new_tokens": 17, "min_new_tokens": 17, "do_sample": False}
    whole = statistics.median(cpu_time(lambda: model.generate(ids, **settings))[0] for _ in range(3))
    each = (whole - prefill) / 16
    report(f"{length} tokens", f"prefill {prefill:.2f} s, {length / prefill:.0f} tokens/s; decode {each:.3f} s a token")


def batches(model) -> None:
    rates = {}
    settings = {"max_new_tokens": 16, "min_new_tokens": 16, "do_sample": False}
    for batch in (1, 2, 4, 8):
        ids = torch.tensor([text(32, start) for start in range(batch)])
        seconds = statistics.median(cpu_time(lambda ids=ids: model.generate(ids, **settings))[0] for _ in range(3))
        rates[batch] = 16 * batch / seconds
        report(f"batch {batch}", f"{seconds:.2f} s, {rates[batch]:5.1f} tokens/s")
    report("batch 8 ÷ batch 1", f"{rates[8] / rates[1]:.1f} times the throughput")


def memory(model, length: int) -> None:
    config = model.config
    formula = (
        2 * config.num_hidden_layers * config.num_key_value_heads * config.head_dim * length * model.dtype.itemsize
    )
    cache = model(torch.tensor([text(length)]), logits_to_keep=1).past_key_values
    measured = sum(layer.keys.nbytes + layer.values.nbytes for layer in cache.layers)
    report(f"{length} tokens", f"measured {measured:,} bytes, formula {formula:,}")
    verdict(f"difference at {length} tokens", abs(measured - formula), 0, "bytes")


# --- measuring ------------------------------------------------------------------------------------------------


def reference() -> object:
    """The function that exercise 8.7 gives as its solution."""
    record = find("8.7")
    names = {}
    exec(record.context + record.solution, names)
    return names[record.answer]


cached_greedy = reference()


def text(length: int, start: int = 0) -> list[int]:
    """Token ids without meaning; the time does not depend on it."""
    return [1000 + (7 * start + 13 * i) % 20_000 for i in range(length)]


@torch.no_grad()
def cpu_time(act) -> tuple[float, object]:
    start = time.process_time()
    value = act()
    return time.process_time() - start, value


if __name__ == "__main__":
    with torch.no_grad():
        main()
