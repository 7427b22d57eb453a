"""Judging an answer that lives in another process: `judge_remotely` here, `offer` where the learner's code runs.

The judge runs the check of the record as always, on a stand-in of the answer. It takes nothing from the other process
but data, with limits on bytes and seconds, and runs nothing of it. What a hostile process can do is to answer wrongly,
as any wrong code does. It could also falsify what a check counts inside a toy model that was sent (2.6, 7.3, 8.7).
"""

import contextlib
import io
import os
import sys
import time
from pathlib import Path

from ...describing import code, one_line, shorten, type_name
from ...exercises import engine
from ...exercises.records import Choice, Exercise
from .remote_line import Line
from .remote_objects import RemoteError, forget_cells
from .remote_returning import chance, set_chance
from .remote_sending import Unjudgeable
from .remote_worker import Worker
from .wire import Ended, WireError

__all__ = ["Unjudgeable", "judge_remotely", "offer"]

_CLOCK = "COURSE_CHECK_SECONDS"  # the engine's own clock goes by it
_ERROR = "error in your code"
_MOST_MEMORY = 1 << 30  # bytes
_ENDED = (
    "The process in which your code ran ended before the check was through. Does the code end it, as `os._exit` does, "
    "or need more memory than there is?"
)


def offer(sock, compute) -> None:
    """Evaluate the answer, `compute()`, and serve the judge's requests until it closes the socket.

    For the learner's process, after its limits are set. What `compute` raises is the learner's: the judge makes a
    sentence of it. Lines are named where the learner's globals have `__name__` "__main__", as in a notebook.
    """
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)  # a forked process has no other threads, and would wait for them
    Worker(sock).serve(compute)


def judge_remotely(record: Exercise | Choice, sock, *, seconds: float) -> tuple[str, str]:
    """(status, message) of the answer at the other end of the socket, as `engine.judge` says them of an answer here.

    `seconds` are for the evaluation of the answer, and once more for the check. To be called in the main thread, one at
    a time in a process. Random numbers, settings and all objects of the check are afterwards as they were before. The
    caller ends the other process, whatever comes out.

    Raises:
        Unjudgeable: the answer cannot be carried over, so that a person has to look at it.
    """
    line, before, clock = Line(sock), chance(), os.environ.get(_CLOCK)
    os.environ[_CLOCK] = str(seconds)
    try:
        with _little_memory(), contextlib.redirect_stdout(io.StringIO()):  # the engine says when a check takes long
            return _judge(record, line, seconds)
    finally:
        os.environ.pop(_CLOCK)
        os.environ |= {} if clock is None else {_CLOCK: clock}
        line.put_back()
        set_chance(before)
        forget_cells()


def _judge(record: Exercise | Choice, line: Line, seconds: float) -> tuple[str, str]:
    line.wire.until = time.monotonic() + seconds
    try:
        answer = line.hello(record.starter)
    except RemoteError as error:
        text = shorten(one_line(str(error)), 200).rstrip(".")
        return _ERROR, f"The cell stopped with {type_name(error)}{': ' if text else ''}{text}{_where(error)}."
    except Ended:
        return _ERROR, _ENDED
    except WireError as error:
        if time.monotonic() < line.wire.until:
            return _ERROR, _unreadable(error)
        return _ERROR, f"The cell was stopped: after {seconds:g} seconds it had not come to its end."
    if getattr(answer, "__dict__", {}).get("_empty"):
        answer = ...  # a class that is still the starter's
    line.wire.until = time.monotonic() + seconds + 5  # the engine's clock rings before
    verdict = engine.judge(record, answer)
    if isinstance(line.problem, Unjudgeable):
        raise line.problem
    if line.problem is None:
        return verdict
    return _ERROR, _ENDED if isinstance(line.problem, Ended) else _unreadable(line.problem)


@contextlib.contextmanager
def _little_memory():
    """No more memory than `_MOST_MEMORY` above what is in use, on Linux: a check can be led to build huge texts."""
    try:
        import resource

        lines = Path("/proc/self/status").read_text("utf-8").splitlines()
        used = next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmData:"))
        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        wanted = used + _MOST_MEMORY
        resource.setrlimit(resource.RLIMIT_DATA, (wanted if soft < 0 else min(soft, wanted), hard))
    except (ImportError, OSError, StopIteration, ValueError):
        yield
        return
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _where(error: RemoteError) -> str:
    line, source = getattr(error, "place", (0, ""))
    return f", in line {line} of the cell{f': {code(source)}' if source else ''}" if line else ""


def _unreadable(error: Exception) -> str:
    return f"What your code gives back cannot be judged. {error}"
