"""What one answer may use, how its process ended, and the verdict that follows from that.

A limit is no sandbox: whoever grades strangers' code does it in a container as well. `warden` puts the limits on a
process, which only Linux can; `probing` says which of them this system really puts in force.
"""

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from ...authoring.notebooks import kernel_environment

PATIENCE = 3
_FOLDER, _FORGOTTEN = "course-ground-", 3600.0  # how a page's folder begins; seconds
_KEPT = (
    *("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "SYSTEMROOT", "USERPROFILE", "LOCALAPPDATA"),
    *("PYTHONPATH", "PYTHONHASHSEED", "IPYTHONDIR", "CUDA_VISIBLE_DEVICES"),
    *("COURSE_MODELS", "COURSE_DEVICE", "COURSE_PROGRESS", "COURSE_CACHE"),
)


@dataclass(frozen=True)
class Limits:
    """What one answer may use."""

    seconds: float = 30.0  # of one processor, for making the answer and for being checked; by the clock PATIENCE times
    memory: int = 2_000_000_000  # bytes, beyond what the page itself takes
    disk: int = 100_000_000  # bytes in its own folder, and in one file; a deleted file that is still open has no folder
    files: int = 100  # open at once
    threads: int = 32

    @property
    def clock(self) -> float:
        """Seconds by the clock: a machine that is busy with others must not spoil an answer."""
        return PATIENCE * self.seconds


@dataclass(frozen=True)
class End:
    """How a worker ended. `reason`: done, told, exit, signal, time, clock, memory, disk, threads, or unconfined."""

    reason: str
    number: int = 0  # of the exit status or the signal
    seconds: float = 0.0

    def to_json(self) -> bytes:
        return json.dumps([self.reason, self.number, self.seconds]).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "End":
        """Back from `to_json`; of anything else, an end of the reason "lost"."""
        try:
            reason, number, seconds = json.loads(text)
            return cls(str(reason), int(number), float(seconds))
        except (ValueError, TypeError):
            return cls("lost")

    def sentence(self, limits: Limits) -> str:
        """What stopped it, for the report; "" where it came to its end, or was told to."""
        return {
            "time": f"Stopped after {limits.seconds:g} seconds: is there a loop that never ends, or far more work than "
            "the exercise needs?",
            "clock": f"Stopped: after {limits.clock:g} seconds by the clock it was not through. Is there a loop that "
            "never ends, or does it wait for something?",
            "memory": f"Stopped: it took more than {limits.memory / 1e9:g} GB of memory.",
            "disk": f"Stopped: it wrote more than {limits.disk / 1e6:g} MB, or thousands of files.",
            "threads": f"Stopped: it started more than {limits.threads} threads.",
            "exit": f"The code ended its own process (exit status {self.number}), so nothing was left to check.",
            "signal": f"The code brought Python down (signal {self.number}), so nothing was left to check.",
            "unconfined": "The limits could not be put on it, so it was not run: see what the report says of limits.",
            "lost": "Its process was lost: grade it once more, or look at it yourself.",
        }.get(self.reason, "")


def new_folder() -> Path:
    """A temporary folder for a page; those of processes that were killed long ago are deleted on the way."""
    sweep(_FOLDER, _FORGOTTEN)
    return Path(tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-"))


def sweep(prefix: str, age: float = 0.0) -> None:
    """Delete temporary folders `PREFIX<process>-…` whose process has gone, if they are `age` seconds old."""
    import psutil

    for old in Path(tempfile.gettempdir()).glob(f"{prefix}*-*"):
        owner = old.name.removeprefix(prefix).split("-")[0]
        with contextlib.suppress(OSError):
            is_old = time.time() - old.stat().st_mtime >= age
            if is_old and owner.isdigit() and not psutil.pid_exists(int(owner)):
                remove(old)


def remove(folder: Path) -> None:
    """Delete a worker's folder, whatever it left there."""
    with contextlib.suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        subprocess.run(["rm", "-rf", "--", str(folder)], stderr=subprocess.DEVNULL, timeout=60)


def verdict(text: bytes, end: End, limits: Limits) -> dict:
    """What counts: a right answer is right, however its process ended; else a limit or a crash is the reason."""
    status, message = json.loads(text) if text else ("", "")
    if status != "correct" and (end.reason not in ("done", "told") or not status):
        message = end.sentence(limits)
        status = "look at it" if end.reason in ("lost", "unconfined") or not message else "stopped"
        message = message or "The judge came to no verdict in time: look at this answer yourself."
    return {"status": status, "message": message}


def environment(folder: Path) -> dict[str, str]:
    """The variables of the page's processes: offline, on the CPU, one thread; nothing of the instructor's shell."""
    ours = kernel_environment(folder)
    threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"), "1")
    return {
        **{name: ours[name] for name in _KEPT if name in ours},
        **threads,
        **{"MPLBACKEND": "Agg", "MPLCONFIGDIR": str(folder / "matplotlib"), "TOKENIZERS_PARALLELISM": "false"},
        **{"TMPDIR": str(folder), "TEMP": str(folder), "PYTHONNOUSERSITE": "1"},
    }
