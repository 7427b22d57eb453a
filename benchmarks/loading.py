"""What `checkpoint()` adds to the load of a model, warm: `python benchmarks/loading.py [TASK …]`.

The course's own checkpoints of two sizes, and the usual ones of the tasks that are named, which must lie in the Hub's
cache already (`HF_HOME`). Both ways load the same folder, in turn, in one process. A ratio is taken pair by pair; shown
is the median of the ratios with their quartiles. The first call of a process hashes the weights, once: it stands apart.
"""

import os
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ |= {"HF_HUB_DISABLE_PROGRESS_BARS": "1", "TRANSFORMERS_VERBOSITY": "error", "COURSE_DEVICE": "cpu"}

from reporting import conclusion, report, title, verdict  # noqa: E402 (the settings come first)
from transformers import AutoModel  # noqa: E402

from course_utils import checkpoint  # noqa: E402

PAIRS = 21
OWN = ("embeddings", "chat")


def main(usual: list[str]) -> None:
    for task in OWN:
        compare(task, lambda task=task: checkpoint(task))
    for task in usual:
        compare(f"{task}, the usual one", lambda task=task: checkpoint(task, source="hub"))
    conclusion()


def compare(name: str, choose) -> None:
    title(f"{name}: from_pretrained alone, and with checkpoint() before it ({PAIRS} pairs)")
    first, found = timed(choose)
    plain, both = [], []
    AutoModel.from_pretrained(found.path, dtype=found.dtype)  # its files are in memory now
    for turn in range(PAIRS):
        ways = [(plain, lambda: found), (both, choose)]
        for times, way in ways if turn % 2 else ways[::-1]:
            times.append(timed(lambda way=way: AutoModel.from_pretrained(way().path, dtype=found.dtype))[0])
    low, ratio, high = statistics.quantiles([b / p for b, p in zip(both, plain, strict=True)], n=4)
    report("first checkpoint() of the process", f"{first:.2f} s")
    report("from_pretrained, median", f"{statistics.median(plain):.3f} s")
    report("ratio, median and quartiles", f"{ratio:.3f} ({low:.3f} to {high:.3f})")
    verdict("checkpoint() and from_pretrained", ratio, 1.05, "times")


def timed(call):
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


if __name__ == "__main__":
    main(sys.argv[1:])
