"""While a check runs a learner's code: it comes back in time, `exit()` ends no kernel, and print fills no page.

`contained()` stands around a whole check. An endless loop is ended by an exception. Where a signal can interrupt (the
main thread on Linux and macOS) a sleep ends at once, too; elsewhere the exception comes at the next line of Python.
"""

import contextlib
import ctypes
import os
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..describing import say

SECONDS = 60.0  # for one check; the slowest solution of the course takes a third of a second
PATIENCE = 10.0  # after these the learner hears that the check still runs
MOST_PRINTED = 2_000  # characters
_AGAIN = 0.05  # seconds: code that catches every exception gets it again and again


class TimeUp(BaseException):
    """The time of a check is over."""


@dataclass
class Contained:
    """What `contained` gives: the seconds allowed, whether they are over, and how many characters went unprinted."""

    seconds: float
    late: bool = False
    left_out: int = 0
    _over: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)


@contextlib.contextmanager
def contained(seconds: float | None = None) -> Iterator[Contained]:
    """Run the block with a limit on its time and on what it prints; `exit()` in it raises SystemExit, as in a script.

    `COURSE_CHECK_SECONDS` decides the time where `seconds` is not given. When it is over, the block ends without an
    exception, and `late` is true.
    """
    state = Contained(seconds or _seconds_asked())
    with _short_prints(state), _no_exit(), contextlib.suppress(TimeUp), _alarm(state):
        yield state


def _seconds_asked() -> float:
    try:
        asked = float(os.environ.get("COURSE_CHECK_SECONDS", ""))
    except ValueError:
        return SECONDS
    return asked if 0 < asked < 1e6 else SECONDS


# --- time -------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _alarm(state: Contained) -> Iterator[None]:
    thread = threading.get_ident()
    by_signal = hasattr(signal, "pthread_kill") and threading.current_thread() is threading.main_thread()

    class Insisting(TimeUp):
        """Code that catches everything catches this, too, but then meets TimeUp at its next line, in the handler."""

        def __init__(self):
            _raise_at_the_next_line(sys._getframe(1), state)

    def ring(number, frame) -> None:
        if not state._over.is_set():
            raise Insisting

    tracing = sys.gettrace()
    before = signal.signal(signal.SIGALRM, ring) if by_signal else None
    call = _by_signal if by_signal else lambda thread: _raise_in(thread, Insisting)
    threading.Thread(target=_watch, args=(state, thread, call, sys.stdout), daemon=True).start()
    try:
        yield
    finally:
        sys.settrace(tracing)  # first, so that nothing below is interrupted by a line of its own
        _end(state)
        if by_signal:
            signal.signal(signal.SIGALRM, before or signal.SIG_DFL)


def _watch(state: Contained, thread: int, call, page) -> None:
    """Wait; say once that the check still runs; then call the checking thread until its block is over."""
    if state._over.wait(min(PATIENCE, state.seconds)):
        return
    if state.seconds > PATIENCE:
        print(f"The check still runs. It stops by itself after {state.seconds:g} seconds.", file=page, flush=True)
        if state._over.wait(state.seconds - PATIENCE):
            return
    state.late = True
    while True:
        with state._lock:  # so that nothing is raised once the block is over
            if state._over.is_set():
                return
            call(thread)
        state._over.wait(_AGAIN)


def _end(state: Contained) -> None:
    """Note that the block is over, even while TimeUp is being raised here."""
    while True:
        try:
            with state._lock:
                state._over.set()
            for _ in range(10):  # one that is on its way arrives here
                pass
            return
        except TimeUp:
            continue


def _by_signal(thread: int) -> None:
    signal.pthread_kill(thread, signal.SIGALRM)


def _raise_in(thread: int, exception: type[BaseException]) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(exception))


def _raise_at_the_next_line(frame, state: Contained) -> None:
    """TimeUp at the next line of the learner's code, once, also where no `try` of that code is around it."""

    def trace(frame, event, argument):
        if state._over.is_set() or _is_ours(frame):
            return None
        if event == "line":
            raise TimeUp
        return trace

    sys.settrace(trace)
    while frame is not None and _is_ours(frame):  # the handler of the signal
        frame = frame.f_back
    while frame is not None and not _is_ours(frame):
        frame.f_trace = trace
        frame = frame.f_back


def _is_ours(frame) -> bool:
    """Frames that must end in order, so that everything is put back."""
    return str(frame.f_globals.get("__name__")).startswith(("course_utils", "contextlib", "threading"))


# --- exit and print ---------------------------------------------------------------------------------------


@contextlib.contextmanager
def _no_exit() -> Iterator[None]:
    """In a notebook `exit` raises nothing: it asks the shell to end the kernel after the cell. Here it raises."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        yield
        return

    def refuse() -> None:
        raise SystemExit

    shell.ask_exit = refuse
    try:
        yield
    finally:
        del shell.ask_exit  # the class has its own


@contextlib.contextmanager
def _short_prints(state: Contained) -> Iterator[None]:
    """Only the first `MOST_PRINTED` characters reach the page; the last line says how many more there were."""
    out, err = _Short(sys.stdout, state), _Short(sys.stderr, state)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        yield
    if state.left_out:
        say(f"\n… {state.left_out:,} more characters that your code printed are left out.")


class _Short:
    """A stream that lets the first characters through, counts the others, and in all else is the one it stands for."""

    room = MOST_PRINTED

    def __init__(self, stream, state: Contained):
        self._stream, self._state = stream, state

    def write(self, text: str) -> int:
        shown = text[: self.room]
        self.room -= len(shown)
        self._state.left_out += len(text) - len(shown)
        if shown:
            self._stream.write(shown)
        return len(text)

    def writelines(self, lines) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str):
        return getattr(self._stream, name)
