"""Judging where Linux is not: no fork, so the page runs anew for each submission, in an ordinary process.

A second process judges. The clock, the memory and the end of all processes are watched from outside; files, the network
and other processes are as open to the code as to whoever grades, so a container is the better place.
`python -m course_utils.workshop.fresh ROLE` is one of the two; a first line on its standard input says all it needs.
"""

import base64
import contextlib
import io
import json
import queue
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from ..errors import CourseError
from .isolation import End, Limits, environment, new_folder, remove, verdict
from .pages import Page
from .probing import in_words

PAGE_SECONDS, GRACE, TICK, FAREWELL = 600.0, 15.0, 0.05, 0.3


class Fresh:
    """Asks a fresh process for the answers of one submission, in the order of the page."""

    pid = None

    def __init__(self, page: Page, limits: Limits):
        self.page, self.limits = page, limits
        self.notes: tuple[str, ...] = ()
        self.in_force, self.seconds, self.folder = in_words({}), 0.0, ""
        self._worker = self._judge = None

    def start(self) -> None:
        """Make the folder in which all happens."""
        self.folder = str(new_folder())

    def stop(self) -> None:
        """End all processes, delete the folder."""
        self.begin()
        if self.folder:
            remove(Path(self.folder))

    def begin(self) -> None:
        """A new submission: nothing of the one before may live on."""
        import psutil

        processes = [process for process in (self._worker, self._judge) if process is not None]
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                family = psutil.Process(process.pid).children(recursive=True)
                for member in family:
                    with contextlib.suppress(psutil.NoSuchProcess):
                        member.kill()
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    with contextlib.suppress(OSError):
                        pipe.close()
        if processes:
            self._control.close()
        self._worker = self._judge = None

    def ask(self, request: dict) -> dict:
        """{"status": …, "message": …, "seconds": …} of one answer."""
        try:
            self._go_to(request["id"])
        except (CourseError, OSError, ValueError, queue.Empty) as problem:
            self.begin()
            said = f"The page {self.page.name} does not come as far as this exercise: {problem}"
            return {"status": "look at it", "message": said[:300], "seconds": 0.0}
        started = time.monotonic()
        _write(self._judge.stdin, {"id": request["id"], "seconds": self.limits.clock + GRACE / 2})
        self._control.sendall(json.dumps(request).encode() + b"\n")
        text, end = self._watch(started)
        if end.reason != "done":
            self.begin()  # what is left of it is of no use
        return verdict(text, end, self.limits) | {"seconds": time.monotonic() - started}

    def _begin_processes(self) -> None:
        ids = self.page.exercises
        pairs = {id: socket.socketpair() for id in ids}
        self._control, worker_control = socket.socketpair()
        self._lines = self._control.makefile("r", encoding="utf-8")
        cells = [asdict(cell) for cell in self.page.up_to_the_last_exercise()]
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        theirs = {"control": worker_control} | {id: pair[1] for id, pair in pairs.items()}
        self._worker = _spawn("worker", folder, theirs, {"cells": cells}, subprocess.DEVNULL)
        self._judge = _spawn("judge", folder, {id: pair[0] for id, pair in pairs.items()}, {}, subprocess.PIPE)
        self._said: queue.Queue = queue.Queue()
        threading.Thread(target=_listen, args=(self._judge.stdout, self._said), daemon=True).start()
        self._control.settimeout(PAGE_SECONDS)
        self._said.get(timeout=PAGE_SECONDS)  # the judge is ready

    def _go_to(self, id: str) -> None:
        """Let the page run until this exercise; those before it that nobody asked for get their solution."""
        for _ in range(2):  # what the last answer left behind may have ended the process since
            if self._worker is None:
                self._begin_processes()
            while line := self._lines.readline():
                if json.loads(line) == id:
                    return
                self._control.sendall(b"null\n")
            self.begin()
        raise CourseError("its process ended.")

    def _watch(self, started: float) -> tuple[bytes, End]:
        import psutil

        before, reason = None, ""
        while not reason:
            with contextlib.suppress(queue.Empty):
                text = self._said.get(timeout=TICK)
                if json.loads(text)[0] != "correct":  # is it wrong, or is there nobody any more?
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        return text, _end(self._worker.wait(FAREWELL))
                return text, End("done")
            now = seconds = 0
            with contextlib.suppress(psutil.Error):
                worker = psutil.Process(self._worker.pid)
                family = (worker, *worker.children(recursive=True))
                now = sum(one.memory_info().rss for one in family)
                seconds = sum(sum(one.cpu_times()[:2]) for one in family)
            before = before or (now, seconds)
            if self._worker.poll() is not None:
                reason = "exit"
            elif seconds - before[1] > self.limits.seconds:
                reason = "time"
            elif time.monotonic() - started > self.limits.clock:
                reason = "clock"
            elif now - before[0] > self.limits.memory:
                reason = "memory"
        text = b""
        if reason == "exit":  # the judge says so, too, when it sees it; or it had its verdict just before
            with contextlib.suppress(queue.Empty):
                text = self._said.get(timeout=GRACE)
        return text, _end(self._worker.poll()) if reason == "exit" else End(reason)


def _end(status: int) -> End:
    return End("signal" if status < 0 else "exit", abs(status))


def _spawn(role: str, folder: Path, sockets: dict[str, socket.socket], more: dict, out) -> subprocess.Popen:
    """Start a process, give it the sockets, and keep none of them here."""
    command = [sys.executable, "-m", "course_utils.workshop.fresh", role]
    settings = {"cwd": folder, "env": environment(folder), "stdin": subprocess.PIPE, "stdout": out}
    if sys.platform != "win32":
        settings["pass_fds"] = [one.fileno() for one in sockets.values()]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, **settings)
    share = getattr(socket.socket, "share", None)  # Windows only
    given = {
        name: base64.b64encode(share(one, process.pid)).decode() if share else one.fileno()
        for name, one in sockets.items()
    }
    with contextlib.suppress(OSError):
        _write(process.stdin, {"sockets": given} | more)
    for one in sockets.values():
        one.close()
    return process


def _write(pipe, message: dict) -> None:
    with contextlib.suppress(OSError):  # it is gone: whoever waits for its answer will notice
        pipe.write(json.dumps(message).encode() + b"\n")
        pipe.flush()


def _listen(pipe, said: queue.Queue) -> None:
    for line in pipe:
        said.put(line)


# --- in the two processes ---------------------------------------------------------------------------------


def main(role: str) -> None:
    """Be the worker, or the judge."""
    order = json.loads(sys.stdin.readline())
    sockets = {
        name: socket.fromshare(base64.b64decode(one)) if isinstance(one, str) else socket.socket(fileno=one)
        for name, one in order["sockets"].items()
    }
    if role == "judge":
        _judge(sockets)
    else:
        _work(sockets, order["cells"])


def _work(sockets: dict[str, socket.socket], cells: list[dict]) -> None:
    from ..exercises.shelf import find
    from .remote import offer
    from .running import answer_of, new_shell, run_cell

    control, shell = sockets.pop("control"), new_shell()
    lines = control.makefile("r", encoding="utf-8")
    for cell in cells:
        if not cell["exercise"]:
            run_cell(shell, cell["code"])
            continue
        control.sendall(json.dumps(cell["exercise"]).encode() + b"\n")
        request = json.loads(lines.readline() or "null")
        if request is not None:
            offer(sockets[cell["exercise"]], answer_of(shell, request))
        sockets.pop(cell["exercise"]).close()
        run_cell(shell, find(cell["exercise"]).solution)


def _judge(sockets: dict[str, socket.socket]) -> None:
    from ..exercises.shelf import find
    from .remote import judge_remotely

    import_module("torch")  # what takes seconds goes before the clock runs
    records = {id: find(id) for id in sockets}
    print("ready", flush=True)
    for line in sys.stdin:
        order, said = json.loads(line), None
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                said = judge_remotely(records[order["id"]], sockets[order["id"]], seconds=order["seconds"])
            except CourseError as problem:
                said = "look at it", str(problem)
            except Exception as problem:
                said = "look at it", f"The judge stumbled over this answer ({type(problem).__name__})."
        sockets.pop(order["id"]).close()
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
