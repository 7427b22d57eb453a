"""Which limits this system really offers: a confined process tries what it must not do, before any learner's code runs.

`tried` runs in the worker, `in_words` is for the report. A limit that an attempt gets around is named as missing.
"""

import contextlib
import mmap
import os
import socket
from collections.abc import Callable, Mapping
from pathlib import Path

from .isolation import Limits

# What stands in the report where the limit is in force, and where this system does not offer it.
_SENTENCES = {
    "processes": ("It starts no process and no program.", "It can start processes and programs."),
    "network": ("It has no network.", "It has the network of this machine."),
    "writing": ("It writes only in a folder of its own.", "It can write wherever its account may."),
    "reading": ("It reads only Python, the course and its models.", "It can read whatever its account may."),
    "signals": ("It reaches no other process.", "It can send signals to other processes."),
    "account": ("It has an account without rights.", "It has the account of whoever grades."),
    "memory": ("The system counts its memory.", "Its memory is counted from outside only."),
}


def tried(limits: Limits, stranger: int) -> dict[str, bool]:
    """By limit: was every attempt refused? `stranger` is the number of a process that must be out of reach."""
    own = Path.cwd()
    attempts: dict[str, tuple[Callable, ...]] = {
        "processes": (_fork, lambda: os.posix_spawn("/bin/true", ["true"], {})),
        "network": (_reach_out,),
        "writing": tuple(lambda place=place: _write(place) for place in (own.parent, "/tmp", "/var/tmp", "/dev/shm")),
        "reading": (lambda: os.listdir("/"), lambda: os.listdir(own.parent), lambda: os.listdir("/home")),
        "signals": (lambda: os.kill(stranger, 0),),
        "account": (_has_rights,),
        "memory": (lambda: mmap.mmap(-1, limits.memory + 2**20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close(),),
    }
    return {name: all(map(_refused, several)) for name, several in attempts.items()}


def in_words(found: Mapping[str, bool]) -> tuple[str, ...]:
    """A sentence for each limit; those that this system does not offer come first, and say so."""
    missing = [
        f"Not offered by this system: {without}" for name, (_, without) in _SENTENCES.items() if not found.get(name)
    ]
    return (*missing, *(words for name, (words, _) in _SENTENCES.items() if found.get(name)))


def _refused(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except (OSError, ValueError, MemoryError):
        return True
    return False


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)
    os.wait()


def _reach_out() -> None:
    """Refused where no socket can be made, or where there is no way out of this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        way.connect(("192.0.2.1", 9))  # an address for examples; connecting sends nothing here


def _write(place: str | Path) -> None:
    path = Path(place, f"course-probe-{os.getpid()}-{os.urandom(4).hex()}")
    path.touch()
    with contextlib.suppress(OSError):
        path.unlink()


def _has_rights() -> None:
    """Refused (OSError) where this process is not root, and can change nothing that is not its own."""
    if os.getuid() == 0:
        return
    os.setuid(0)
