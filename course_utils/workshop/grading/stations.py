"""The warm process of one page: runs it once, keeps a fork of it at each exercise, and judges answers there.

`python -m course_utils.workshop.grading.stations FD` is started by `warm.Warm`, which talks to it in lines of
JSON over the socket FD. At each exercise the process forks a *station*: it has every variable of the page there,
waits, and forks a *warden* for each answer (see `warden`), whose child, the *worker*, runs the learner's code. The
*judge* is a fork of the main process, one for each answer: a judge that breaks costs one verdict, and the worker has
no way to reach it but one socket.
"""

import contextlib
import gc
import io
import json
import os
import select
import signal
import socket
import struct
import sys
import tempfile
import threading
import time
from pathlib import Path

from ...errors import CourseError
from ...exercises.shelf import find
from ..judging.remote import judge_remotely, offer
from . import linux
from .isolation import End, Limits, remove, verdict
from .probing import in_words, tried
from .running import answer_of, new_shell, run_cell, solve
from .warden import limit_memory, supervise

GRACE = 15.0  # seconds that a judge may take beyond the worker's time


def main(handle: int) -> None:
    """Serve `warm.Warm` over the socket `handle` until it closes."""
    parent = socket.socket(fileno=handle)
    with contextlib.suppress(OSError):
        linux.prctl(linux.PR_SET_DUMPABLE, 0)  # nobody of the same account looks into this process or its forks
    lines = parent.makefile("r", encoding="utf-8")
    order = json.loads(lines.readline())
    shell, notes = new_shell(), []
    stations: dict[str, tuple[int, socket.socket]] = {}
    started = time.monotonic()
    for cell in order["cells"]:
        if select.select([parent], [], [], 0)[0]:  # nobody waits any more
            _leave()
        if cell["exercise"]:
            stations[cell["exercise"]] = _station(shell, stations, parent)
            notes += solve(shell, cell["exercise"])
        else:
            error = run_cell(shell, cell["code"])
            if error is not None and not cell["may_fail"]:
                notes.append(f"A cell of the page failed with {type(error).__name__}: {error}"[:300])
    gc.collect()
    gc.freeze()
    limits, readable = Limits(**order["limits"]), order["readable"]
    _say(parent, {"ready": time.monotonic() - started, "notes": notes, "in_force": _in_force(limits, readable, parent)})
    for line in lines:
        request = json.loads(line)
        _say(parent, _answer(request, stations, limits, readable, parent))
    _leave()


def _say(parent: socket.socket, message: dict) -> None:
    parent.sendall(json.dumps(message).encode() + b"\n")


# --- stations ---------------------------------------------------------------------------------------------


def _station(shell, others: dict, parent: socket.socket) -> tuple[int, socket.socket]:
    """Fork a station from here: (its pid, the socket to it)."""
    _settle()
    ours, theirs = socket.socketpair()
    main_pid, pid = os.getpid(), os.fork()
    if pid:
        theirs.close()
        return pid, ours
    try:
        with contextlib.suppress(OSError):
            linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
            linux.prctl(linux.PR_SET_DUMPABLE, 0)
        _close(ours, parent, *(channel for _, channel in others.values()))
        if os.getppid() == main_pid:
            gc.freeze()
            _wait_for_answers(shell, theirs)
    finally:
        os._exit(0)


def _settle() -> None:
    """Wait for threads that are about to end: a fork copies only the one that forks, with all locks as they are."""
    until = time.monotonic() + 1
    while threading.active_count() > 1 and time.monotonic() < until:
        time.sleep(0.002)


def _wait_for_answers(shell, channel: socket.socket) -> None:
    while True:
        head, handles, _, _ = socket.recv_fds(channel, 8, 2)
        if len(head) < 8 or len(handles) < 2:
            return
        request = json.loads(_exactly(channel, struct.unpack("Q", head)[0]))
        pid = os.fork()
        if pid == 0:
            try:
                _close(channel)
                _hold(shell, request, *(socket.socket(fileno=handle) for handle in handles))
            finally:
                os._exit(0)
        for handle in handles:
            os.close(handle)
        os.waitpid(pid, 0)


def _hold(shell, request: dict, judge_side: socket.socket, leash: socket.socket) -> None:
    """Be the warden of one answer."""
    answer, folder, limits = answer_of(shell, request), Path(request["folder"]), Limits(**request["limits"])
    supervise(lambda channel: offer(channel, answer), judge_side, leash, folder, limits, request["readable"])


def _close(*sockets: socket.socket) -> None:
    """Really close them, also where a file stands on one."""
    for one in sockets:
        os.close(one.detach())


def _exactly(channel: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size and (part := channel.recv(size - len(parts))):
        parts += part
    return bytes(parts)


# --- an answer --------------------------------------------------------------------------------------------


def _answer(request: dict, stations: dict, limits: Limits, readable: list[str], parent: socket.socket) -> dict:
    """Have one answer worked out and judged: {"status": …, "message": …, "seconds": …}."""
    started = time.monotonic()
    _, station = stations[request["id"]]
    folder = Path(tempfile.mkdtemp(prefix="answer-"))
    for_judge, for_worker = socket.socketpair()
    leash, for_warden = socket.socketpair()
    heard, says = os.pipe()
    request |= {"folder": str(folder), "limits": limits.__dict__, "readable": readable}
    try:
        body = json.dumps(request).encode()
        socket.send_fds(station, [struct.pack("Q", len(body))], [for_worker.fileno(), for_warden.fileno()])
        station.sendall(body)
        for_worker.close(), for_warden.close()
        pid = _fork_judge(request["id"], for_judge, says, limits, [parent, leash, *(s for _, s in stations.values())])
        for_judge.close(), os.close(says)
        text = _read(heard, limits.clock + GRACE, parent)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        with contextlib.suppress(OSError):
            leash.shutdown(socket.SHUT_WR)
        end = End.from_json(_read(leash.fileno(), GRACE, parent))
    finally:
        for thing in (for_judge, for_worker, leash, for_warden):
            thing.close()
        os.close(heard)
        remove(folder)
    return verdict(text, end, limits) | {"seconds": time.monotonic() - started}


def _read(handle: int, seconds: float, parent: socket.socket) -> bytes:
    """All bytes until the other side ends; what came so far, when the time is over. Leaves when the parent is gone."""
    until, parts = time.monotonic() + seconds, bytearray()
    while (left := until - time.monotonic()) > 0:
        ready = select.select([handle, parent], [], [], left)[0]
        if parent in ready:
            _leave()  # it says nothing while it waits, so it is gone
        if handle in ready:
            part = os.read(handle, 65536)
            if not part:
                break
            parts += part
    return bytes(parts)


def _leave() -> None:
    """End this process and all that it started, and take its folder along: the parent can no longer do that."""
    for child in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        os.kill(int(child), signal.SIGKILL)  # wardens and workers go with their station
    with contextlib.suppress(OSError):
        while True:
            os.wait()
    remove(Path.cwd())
    os._exit(1)


def _fork_judge(id: str, channel: socket.socket, says: int, limits: Limits, others: list) -> int:
    _settle()
    pid = os.fork()
    if pid:
        return pid
    try:
        with contextlib.suppress(OSError):
            linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
            linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
            linux.refuse_calls()  # a check needs none of them, and so neither does what might misuse it
        limit_memory(2 * limits.memory)
        _close(*others)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            try:
                said = judge_remotely(find(id), channel, seconds=limits.clock + GRACE / 2)
            except CourseError as problem:  # Unjudgeable: it cannot be carried over
                said = "look at it", str(problem)
            except Exception as problem:
                said = "look at it", f"The judge stumbled over this answer ({type(problem).__name__})."
        os.write(says, json.dumps(said).encode())
    finally:
        os._exit(0)


def _in_force(limits: Limits, readable: list[str], parent: socket.socket) -> tuple[str, ...]:
    """Sentences on the limits, from a worker that tries to get around them."""
    me, folder = os.getpid(), Path(tempfile.mkdtemp(prefix="answer-"))
    ours, for_worker = socket.socketpair()
    leash, for_warden = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        try:
            ours.close(), leash.close()
            work = lambda channel: channel.sendall(json.dumps(tried(limits, me)).encode())  # noqa: E731
            supervise(work, for_worker, for_warden, folder, limits, readable)
        finally:
            os._exit(0)
    with ours, leash:
        for_worker.close(), for_warden.close()
        found = _read(ours.fileno(), GRACE, parent)
    os.waitpid(pid, 0)
    remove(folder)
    return in_words(json.loads(found or b"{}"))


if __name__ == "__main__":
    main(int(sys.argv[1]))
