"""Does the judge in another process say what the judge beside the code says? `python benchmarks/remote.py [ids …]`.

The starter, the solution, the alternatives and the wrong answers of every record are judged twice: here by
`engine.judge`, and by `judge_remotely` on a forked process. Each disagreement is listed. Two sentences are the same
when they differ in the name of a temporary folder alone. Needs Linux or macOS, and the models of the course.
"""

import collections
import itertools
import linecache
import os
import random
import re
import signal
import socket
import statistics
import sys
import time
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]
os.environ |= {"COURSE_MODELS": "offline", "COURSE_DEVICE": "cpu", "TOKENIZERS_PARALLELISM": "false"}
os.environ |= {"HF_HUB_DISABLE_PROGRESS_BARS": "1", "MPLBACKEND": "agg"}

import torch  # noqa: E402 (the settings come first)
from reporting import report, title  # noqa: E402

from course_utils.exercises import all_exercises  # noqa: E402
from course_utils.exercises.engine import judge  # noqa: E402
from course_utils.workshop.judging.remote import Unjudgeable, judge_remotely, offer  # noqa: E402

SECONDS = 60.0
_cells = itertools.count(1)


def main(ids: list[str]) -> int:
    torch.set_num_threads(1)  # a forked process has no other threads
    records = [record for record in all_exercises() if not ids or record.id in ids]
    title("Judged twice: beside the code, and from another process")
    counts, differences, times = collections.Counter(), [], collections.defaultdict(list)
    for record in records:
        for kind, code in codes(record):
            here, there, seconds = both(record, code)
            counts[kind] += 1
            times[record.id].append(seconds)
            if here != there:
                differences.append((record.id, kind, here, there))
                print(f"{record.id} {kind}\n  here:  {here}\n  there: {there}", flush=True)
                if "-v" in sys.argv:
                    print(code)
    for kind, count in counts.items():
        report(kind, f"{count:,} answers")
    title("Slowest in another process (s, the fork and the evaluation of the answer included)")
    for name, some in sorted(times.items(), key=lambda pair: -max(pair[1]))[:5]:
        report(name, f"median {statistics.median(some):.3f}, most {max(some):.3f}")
    every = [seconds for some in times.values() for seconds in some]
    report("all", f"median {statistics.median(every):.3f}, in all {sum(every):.0f}")
    print(f"\n{sum(counts.values()):,} answers to {len(records)} records: {len(differences)} judged otherwise")
    return 1 if differences else 0


def codes(record):
    """(what it is, code) of all answers that a record knows."""
    yield "starter", record.starter
    yield "solution", record.solution
    yield from (("alternative", code) for code in record.alternatives)
    yield from (("wrong", wrong.code) for wrong in record.wrong)
    yield from (("also wrong", code) for code in getattr(record, "also_wrong", ()))


def both(record, code: str) -> tuple:
    """What the two judges say, and the seconds of the second one."""
    torch.manual_seed(0)
    here = judge(record, answer_of(record, code))
    start = time.perf_counter()
    there = remotely(record, lambda: answer_of(record, code))
    return comparable(here), comparable(there), time.perf_counter() - start


def remotely(record, compute, seconds: float = SECONDS) -> tuple[str, str]:
    """The verdict on an answer that a forked process computes."""
    ours, theirs = socket.socketpair()
    sys.stdout.flush()
    process = os.fork()
    if not process:
        try:
            ours.close()
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            offer(theirs, compute)
        finally:
            os._exit(0)
    theirs.close()
    try:
        return judge_remotely(record, ours, seconds=seconds)
    except Unjudgeable as sentence:
        return "unjudgeable", str(sentence)
    finally:
        ours.close()
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)


def answer_of(record, code: str):
    """The answer a learner would hand in with this code, run as a cell of the notebook."""
    namespace = dict(_context(record.context))
    name = f"<cell {next(_cells)} of {record.id}>"
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    torch.manual_seed(0)  # some answers are sampled
    random.seed(0)  # Python gives each forked process a seed of its own
    exec(compile(code, name, "exec"), namespace)
    return eval(record.answer, namespace)


@cache
def _context(code: str) -> dict:
    namespace = {"__name__": "notebook"}
    exec(compile(code, "<context>", "exec"), namespace)
    return namespace


def comparable(verdict: tuple[str, str]) -> tuple[str, str]:
    return verdict[0], re.sub(r"/tmp/\w+", "/tmp/…", verdict[1])


if __name__ == "__main__":
    sys.exit(main([word for word in sys.argv[1:] if word[0] != "-"]))
