"""`transformers serve` in a process of its own, pinned to one model, and started anew when it dies.

It listens to this machine only; who else may ask is the job of `guarding` and `serving`.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from threading import Event, Thread

from ..describing import say, shorten
from ..errors import CourseError
from ..models.devices import cores

LOOPBACK = "127.0.0.1"
START_SECONDS = 300  # for loading, on a slow disk
# The process ends when its standard input does: with this one, however that ends, so that no model stays in memory.
LAUNCH = """
import os, sys, threading
threading.Thread(target=lambda: (os.read(0, 1), os._exit(0)), daemon=True).start()
from transformers.cli.transformers import main
main()
"""
SERVE = (sys.executable, "-c", LAUNCH, "serve")
QUIET = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error"}
# The cache of keys and values: left alone, it takes nine tenths of the free memory, and each token becomes slow.
BATCHING = ("--continuous-batching", "--cb-block-size", "256", "--cb-num-blocks", "48", "--cb-max-batch-tokens", "512")


@dataclass(frozen=True)
class Model:
    """A model to serve: the name that learners see, its folder, and where and how precisely it runs."""

    name: str
    folder: Path
    device: str
    dtype: str


class RoomServer:
    """`transformers serve` in a process of its own, pinned to one model; started anew when it dies."""

    def __init__(self, model: Model, *, batching: bool = True):
        self.model, self.batching = model, batching
        self.address: str | None = None  # while it answers
        self._process: subprocess.Popen | None = None
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 (closed at the exit); no question is written there
        self._ending = Event()

    def __enter__(self) -> "RoomServer":
        return self

    def __exit__(self, *_) -> None:
        self._ending.set()
        self._stop()
        self._log.close()

    def start(self) -> None:
        """Load the model, wait until it answers, ask it once. Raises CourseError when it does not start."""
        with socket.socket() as free:
            free.bind((LOOPBACK, 0))
            port = free.getsockname()[1]
        self._log.truncate(0)
        self._log.seek(0)
        # The name under which it is pinned is what answers carry: a folder's name, and nothing of the path to it.
        command = [*SERVE, self.model.folder.name]
        command += ["--host", LOOPBACK, "--port", str(port), "--device", self.model.device, "--dtype", self.model.dtype]
        self._process = subprocess.Popen(
            [*command, *(BATCHING if self.batching else ())],
            cwd=self.model.folder.parent,
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,  # Ctrl+C is for this process, which then ends the other
            env={"OMP_NUM_THREADS": str(max(1, cores() - 1)), **os.environ, **QUIET},
        )
        address = f"http://{LOOPBACK}:{port}"
        self._wait(lambda: _answers(f"{address}/health"))
        # With continuous batching the first question decides for all how tokens are chosen: the likeliest, always.
        hello = {"messages": [{"role": "user", "content": "Hello"}], "temperature": 0, "max_tokens": 2}
        if not _answers(f"{address}/v1/chat/completions", hello, patience=120):
            self._stop()
            raise CourseError(f"{self.model.name} was loaded, but does not chat. It said last: {self._last_words()}")
        self.address = address

    def _wait(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + START_SECONDS
        while not done():
            if self._process.poll() is not None or time.monotonic() > end or self._ending.is_set():
                dead = self._process.poll() is not None
                self._stop()
                why = "its process ended" if dead else f"it did not answer within {START_SECONDS} seconds"
                raise CourseError(f"The model server should start, but {why}. It said last: {self._last_words()}")
            time.sleep(0.2)

    def _last_words(self) -> str:
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").split("\n")
        return shorten(" ".join(next((line for line in reversed(lines) if line.strip()), "nothing").split()), 300)

    def _stop(self) -> None:
        self.address = None
        if self._process is None or self._process.poll() is not None:
            return
        self._process.stdin.close()
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def watch(self, every: float = 2) -> None:
        """Look every so many seconds, in a thread, and start the model anew when it is ill."""

        def look() -> None:
            while not self._ending.wait(every):
                if self._process.poll() is None and _answers(f"{self.address}/health", patience=30):
                    continue
                say("The model's process is ill: starting it anew.")
                self._stop()
                try:
                    self.start()
                    say("It answers again.")
                except (CourseError, OSError) as reason:  # OSError: its folder or its memory is gone
                    if not self._ending.wait(10):
                        say(str(reason))

        Thread(target=look, daemon=True).start()


def _answers(url: str, question: dict | None = None, patience: float = 5) -> bool:
    """Whether a server on this machine answers within `patience` seconds, and well; no proxy is asked."""
    data = None if question is None else json.dumps(question).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=patience) as answer:
            return answer.status == 200
    except (OSError, HTTPException):  # refused, too late, a status that says no, or no HTTP at all
        return False
