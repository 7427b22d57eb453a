"""Writes into a shared folder, which may be a network drive that is gone or never answers.

One thread does one thing after the other, and of what waits only the newest counts. Whoever asks hears what went wrong,
in words, "" if nothing did, or None if that is not known after the seconds that it waited.
"""

import contextlib
import os
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

_SOON = 0.1  # seconds: a folder that is silent for longer is not waited for again


@dataclass
class _Order:
    work: Callable[[], None]
    done: threading.Event = field(default_factory=threading.Event)
    trouble: str = ""


class _Messenger:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next: _Order | None = None
        self.busy_since: float | None = None

    def send(self, work: Callable[[], None], seconds: float) -> str | None:
        order = _Order(work)
        with self._lock:
            silent = waited() > _SOON
            self._next = order
            if self.busy_since is None:
                self.busy_since = time.monotonic()
                # A daemon: the kernel may end while a drive is silent.
                threading.Thread(target=self._run, daemon=True).start()
        order.done.wait(0 if silent else seconds)
        return order.trouble if order.done.is_set() else None

    def _run(self) -> None:
        while True:
            with self._lock:
                order, self._next = self._next, None
                self.busy_since = None if order is None else time.monotonic()
            if order is None:
                return
            try:
                order.work()
            except FileNotFoundError:
                order.trouble = "is not there"
            except Exception as error:
                order.trouble = f"cannot be written ({type(error).__name__})"
            order.done.set()


_messenger = _Messenger()


def put(path: Path, text: str, seconds: float) -> str | None:
    """Replace the file at `path`; its folder must be there."""
    return _messenger.send(lambda: _put(path, text), seconds)


def take_back(path: Path, seconds: float) -> str | None:
    """Remove the file at `path`, if it is there."""
    return _messenger.send(lambda: path.unlink(missing_ok=True), seconds)


def waited() -> float:
    """Since how many seconds the folder has not answered; 0 while nothing is asked of it."""
    since = _messenger.busy_since
    return 0.0 if since is None else time.monotonic() - since


def replace_text(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a file in one step. What somebody put in its place, such as a link to elsewhere, is replaced, not followed.

    Raises OSError.
    """
    temporary = path.with_name(f".{path.stem}-{secrets.token_hex(4)}.tmp")
    try:
        with open(temporary, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        with contextlib.suppress(OSError):
            os.chmod(temporary, mode)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _put(path: Path, text: str) -> None:
    for pause in (0.02, 0.1, None):
        try:
            # On a shared machine the one who leads the class is another user, who must be able to read it.
            return replace_text(path, text, 0o644)
        except PermissionError:  # Windows, while somebody reads the file
            if pause is None:
                raise
            time.sleep(pause)
