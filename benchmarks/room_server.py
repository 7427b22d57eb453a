"""Twenty clients at once on `course.py serve`: `python benchmarks/room_server.py [CLIENTS [TOKENS]]`.

The course's chat model on this machine alone, once with continuous batching and once answer after answer. Each client
is a thread with an `InferenceClient` of its own that reads a stream, and none begins before all are ready. Without
numbers: 20 clients, 24 tokens. It ends within four minutes.
"""

import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path
from threading import Barrier, Thread

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ |= {"COURSE_MODELS": "offline", "COURSE_DEVICE": "cpu", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}

import psutil  # noqa: E402 (the settings come first)
from huggingface_hub import InferenceClient  # noqa: E402
from reporting import conclusion, report, title, verdict  # noqa: E402

PATIENCE = 100  # seconds for all clients of one way
CITIES = ("Paris", "Rome", "Oslo", "Cairo", "Lima", "Tokyo", "Delhi", "Athens", "Berlin", "Madrid", "Vienna", "Quito")
MODEL = "SmolLM2-135M-Instruct"


def main(clients: int = 20, tokens: int = 24) -> None:
    for name, options in (("with continuous batching", []), ("one by one", ["--one-by-one"])):
        title(f"{clients} clients at once, {tokens} tokens each, {name}")
        measure(clients, tokens, options)
    conclusion()


def measure(clients: int, tokens: int, options: list[str]) -> None:
    command = [sys.executable, "-m", "course_utils.workshop", "serve", "--port", "0", *options]
    begun = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=quick()) as server:
        try:
            address = next(found[1] for line in server.stdout if (found := re.search(r"ENDPOINT=(\S+)", line)))
            report("ready after", f"{time.monotonic() - begun:.1f} s")
            alone = ask(address, "What is the capital of France?", tokens)
            report("one client alone: first, all", f"{alone[0]:.2f} s, {alone[1]:.2f} s")
            report("memory before", f"{memory(server.pid):.2f} GB")
            together(address, clients, tokens, batching=not options)
            report("memory after", f"{memory(server.pid):.2f} GB")
        finally:
            server.terminate()
            report("", server.stdout.read().strip().rpartition("\n")[2])


def quick() -> dict[str, str]:
    return {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}


def together(address: str, clients: int, tokens: int, batching: bool) -> None:
    gate, results, failed = Barrier(clients), [], []

    def client(number: int) -> None:
        question = f"Tell me something about {CITIES[number % len(CITIES)]}. I am learner number {number}."
        gate.wait()
        try:
            results.append(ask(address, question, tokens))
        except Exception as error:
            failed.append(f"{type(error).__name__}: {' '.join(str(error).split())[:100]}")

    begun = time.monotonic()
    threads = [Thread(target=client, args=(number,), daemon=True) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0, begun + PATIENCE - time.monotonic()))
    took = time.monotonic() - begun
    done = list(results)
    report(
        "answered", f"{len(done)} of {clients}, {len(failed)} failed, {clients - len(done) - len(failed)} still wait"
    )
    for reason in sorted(set(failed)):
        report("", reason)
    for name, column in (("first token", 0), ("whole answer", 1)):
        values = [row[column] for row in done] or [float("nan")]
        report(f"{name}, median and worst", f"{statistics.median(values):.1f} s, {max(values):.1f} s")
    pieces = sum(row[2] for row in done)
    report("together", f"{pieces} pieces of text in {took:.1f} s, {pieces / took:.1f} a second")
    if batching:
        verdict("clients that got a whole answer", len(done), clients, "clients", least=True)


def ask(address: str, question: str, tokens: int) -> tuple[float, float, int]:
    """Seconds until the first piece of text, and until the last; how many came."""
    client = InferenceClient(base_url=address, token="none", timeout=PATIENCE)
    begun, first, pieces = time.monotonic(), None, 0
    messages = [{"role": "user", "content": question}]
    for part in client.chat_completion(model=MODEL, messages=messages, max_tokens=tokens, stream=True):
        if part.choices and part.choices[0].delta.content:
            first, pieces = first or time.monotonic() - begun, pieces + 1
    if first is None:
        raise RuntimeError("an empty answer")
    return first, time.monotonic() - begun, pieces


def memory(pid: int) -> float:
    """Gigabytes of a process and its children."""
    process = psutil.Process(pid)
    return sum(one.memory_info().rss for one in (process, *process.children(recursive=True))) / 1e9


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
