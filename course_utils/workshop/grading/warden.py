"""Holds a process that runs a learner's code, on Linux: time, memory, files, processes, network.

`supervise` runs in a process of its own, the warden. It forks the worker, which puts the limits on itself before any
code of the learner runs; it watches the worker from outside, and leaves nothing of it alive.
"""

import contextlib
import os
import resource
import select
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from . import linux
from .isolation import End, Limits

_DONE, _UNCONFINED, _BROKEN = 96, 97, 98  # how a worker ends; 0 would be what `os._exit(0)` in an answer says, too
TICK = 0.025  # seconds between two looks at a worker
FAREWELL = 0.3  # seconds for a worker to end by itself
MOST_FILES = 5_000  # in its folder
DEEPEST = 40  # folders in folders
_FIRST_UID, _UIDS = 64_000, 1_000  # accounts that nobody uses; one for each worker at a time


# --- in the worker, before the learner's code --------------------------------------------------------------


def confine(folder: Path, limits: Limits, readable: Iterable[str], keep: int) -> None:
    """Put this process under the limits, for good. `keep` is the only descriptor that stays open besides 0, 1 and 2.

    What the system does not offer is left out: `probing` says what is in force.
    """
    with contextlib.suppress(OSError):
        os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.closerange(3, keep)
    os.closerange(keep + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    os.chdir(folder)
    os.umask(0o077)
    os.environ.update(HOME=str(folder), TMPDIR=str(folder))
    tempfile.tempdir = None
    _set_limits(limits)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")  # if memory gets short, this process goes first
    with contextlib.suppress(OSError):
        linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    with contextlib.suppress(OSError):
        linux.landlock(readable, [str(folder)], ["/dev/null"])
    _become_nobody(folder, readable)
    with contextlib.suppress(OSError):
        linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)  # changing the account would undo it
    with contextlib.suppress(OSError):
        linux.refuse_calls()


def limit_memory(more: int) -> None:
    """Let this process take that many bytes more than it has; then Python raises MemoryError."""
    _set(resource.RLIMIT_DATA, _status("self").get("VmData", 0) + more)


def _set(kind: int, most: int) -> None:
    hard = resource.getrlimit(kind)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(kind, (most, most))


def _set_limits(limits: Limits) -> None:
    limit_memory(limits.memory)
    ceilings = {
        resource.RLIMIT_CPU: int(limits.seconds) + 10,  # only if the warden should fail
        resource.RLIMIT_FSIZE: limits.disk,
        resource.RLIMIT_NOFILE: limits.files,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_AS: _status("self").get("VmSize", 0) + 4 * limits.memory,  # mapped files, shared memory
    }
    if os.getuid() == 0:  # for an account of its own; else the instructor's own processes would count
        ceilings[resource.RLIMIT_NPROC] = limits.threads
    for kind, most in ceilings.items():
        _set(kind, most)


def _become_nobody(folder: Path, readable: Iterable[str]) -> None:
    """As root: an account that owns nothing but `folder`. Everybody: no capability but, for root, to read files."""
    reading = (1 << linux.CAP_DAC_READ_SEARCH) & _status("self", 16).get("CapPrm", 0)
    if os.getuid() == 0 and (reading or all(map(_open_to_all, readable))):
        uid = _FIRST_UID + os.stat(folder).st_ino % _UIDS
        with contextlib.suppress(OSError):
            os.chown(folder, uid, uid)
            linux.prctl(linux.PR_SET_KEEPCAPS, 1)
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
    with contextlib.suppress(OSError):
        linux.keep_only_capabilities(reading if os.getuid() else 0)


def _open_to_all(path: str) -> bool:
    """Can every account read below this path?"""
    try:
        place = Path(path).resolve()
        return all(os.stat(part).st_mode & 0o001 for part in place.parents) and bool(os.stat(place).st_mode & 0o004)
    except OSError:
        return True  # not there: nobody needs it


# --- in the warden -----------------------------------------------------------------------------------------


def supervise(
    work: Callable[[socket.socket], None],
    channel: socket.socket,
    leash: socket.socket,
    folder: Path,
    limits: Limits,
    readable: Iterable[str],
) -> None:
    """Run `work(channel)` in a confined child, watch it, kill it, and say on `leash` how it ended (an `End`, as JSON).

    When the other end of `leash` stops sending, the worker is ended at once. Call this in a fork of one thread.
    """
    with contextlib.suppress(OSError):
        linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
        linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
    _new_namespaces()
    started = time.monotonic()
    pid = os.fork()
    if pid == 0:
        status = _UNCONFINED  # then nothing of the learner's runs
        try:
            confine(folder, limits, readable, channel.fileno())
            status = _BROKEN
            work(channel)
            status = _DONE
        finally:
            os._exit(status)
    channel.close()
    end = _watch(pid, leash, folder, limits, started)
    with contextlib.suppress(OSError):
        leash.sendall(end.to_json())


def _new_namespaces() -> None:
    """Of its own: process numbers, network, shared memory. Ending the first process of such a place ends all in it."""
    others = linux.NEW_PID | linux.NEW_NET | linux.NEW_IPC
    uid, gid = os.getuid(), os.getgid()
    if uid == 0:
        for kind in (linux.NEW_PID, linux.NEW_NET, linux.NEW_IPC):
            with contextlib.suppress(OSError):
                linux.unshare(kind)
        return
    with contextlib.suppress(OSError):
        linux.unshare(linux.NEW_USER | others)
        linux.prctl(linux.PR_SET_DUMPABLE, 1)  # else the files of /proc/self belong to root
        linux.identity_map(uid, gid)
    with contextlib.suppress(OSError):
        linux.prctl(linux.PR_SET_DUMPABLE, 0)


def _watch(pid: int, leash: socket.socket, folder: Path, limits: Limits, started: float) -> End:
    before, reason, status, looks = _status(pid).get("VmRSS", 0), "", None, 0
    poller = select.poll()
    poller.register(leash, select.POLLIN)
    with contextlib.suppress(OSError):  # without it, an end is noticed at the next look
        poller.register(os.pidfd_open(pid), select.POLLIN)
    while True:
        ready = [handle for handle, _ in poller.poll(TICK * 1000)]
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            break
        looks += 1
        now = _status(pid)
        if leash.fileno() in ready:
            poller.unregister(leash)
            poller.poll(FAREWELL * 1000)  # the judge has closed the channel: a worker that is in order ends by itself
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                break
            reason = "told"
        elif _processor_seconds(pid) > limits.seconds:
            reason = "time"
        elif time.monotonic() - started > limits.clock:
            reason = "clock"
        elif now.get("VmRSS", 0) - before > limits.memory:
            reason = "memory"
        elif now.get("Threads", 0) > limits.threads:
            reason = "threads"
        elif looks % 4 == 0 and disk_used(folder) > limits.disk:
            reason = "disk"
        if reason:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            break
    _end_orphans()
    seconds = time.monotonic() - started
    if reason:
        return End(reason, 0, seconds)
    if os.WIFSIGNALED(status):
        return End("signal", os.WTERMSIG(status), seconds)
    code = os.WEXITSTATUS(status)
    return End({_DONE: "done", _UNCONFINED: "unconfined", _BROKEN: "lost"}.get(code, "exit"), code, seconds)


def _processor_seconds(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0
    fields = text.rpartition(")")[2].split()  # the name before may hold anything
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _end_orphans() -> None:
    """Kill whatever the worker left behind: it came to this process, which reaps its orphans."""
    for _ in range(1000):
        try:
            children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        except OSError:
            return
        if not children:
            return
        for child in map(int, children):
            with contextlib.suppress(OSError):
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)


def disk_used(folder: Path) -> int:
    """Bytes on the disk below a folder; counts as endless where there are too many files, or folders too deep."""
    total, seen, waiting = 0, 0, [(str(folder), 0)]
    while waiting:
        place, depth = waiting.pop()
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    facts, seen = entry.stat(follow_symlinks=False), seen + 1
                    total += facts.st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append((entry.path, depth + 1))
                    if seen > MOST_FILES or depth > DEEPEST:
                        return 1 << 62
        except FileNotFoundError:  # gone since
            continue
        except PermissionError:
            with contextlib.suppress(OSError):
                os.chmod(place, 0o700)
    return total


def _status(pid: int | str, base: int = 10) -> dict[str, int]:
    """The numbers in /proc/PID/status: bytes where it says kB. Empty where there is no such process."""
    found = {}
    with contextlib.suppress(OSError), open(f"/proc/{pid}/status") as file:
        for line in file:
            name, _, value = line.partition(":")
            words = value.split()
            with contextlib.suppress(ValueError):
                found[name] = int(words[0], base) * (1024 if words[1:] == ["kB"] else 1) if words else 0
    return found
