"""The parent's side of a warm page: starts its process (see `stations`), asks it, and ends all of it, come what may."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from ...authoring.notebooks import ROOT
from ...errors import CourseError
from .isolation import Limits, environment, new_folder, remove
from .pages import Page

PAGE_SECONDS = 600  # until a page stands; the slowest of the course takes about a minute
SPARE = 60.0  # seconds beyond the limit until a warm page that says nothing is given up


class Warm:
    """One page that runs once for all submissions."""

    def __init__(self, page: Page, limits: Limits):
        self.page, self.limits = page, limits
        self.notes: tuple[str, ...] = ()
        self.in_force: tuple[str, ...] = ()
        self.seconds, self.folder = 0.0, ""
        self._process = None

    @property
    def pid(self) -> int:
        """The page's main process; it leads the group of all its processes."""
        return self._process.pid

    def start(self) -> None:
        """Run the page. Raises CourseError where its process ends, or the page takes too long."""
        folder = new_folder()
        self.folder = str(folder)
        folder.chmod(0o711)  # a worker finds its own folder below, and sees no other
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "course_utils.workshop.grading.stations", str(theirs.fileno())],
                **{"pass_fds": [theirs.fileno()], "cwd": folder, "env": environment(folder), "start_new_session": True},
                **{"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE},
            )
        self._socket, self._lines = ours, ours.makefile("rb")
        cells = [asdict(cell) for cell in self.page.up_to_the_last_exercise()]
        order = {"cells": cells, "limits": asdict(self.limits), "readable": readable()}
        try:
            hello = self._exchange(order, PAGE_SECONDS)
        except CourseError:
            self.stop()
            raise
        self.seconds, self.notes, self.in_force = hello["ready"], tuple(hello["notes"]), tuple(hello["in_force"])

    def ask(self, request: dict) -> dict:
        """{"status": …, "message": …, "seconds": …} of one answer."""
        try:
            if self._process is None:
                self.start()
            return self._exchange(request, self.limits.clock + SPARE)
        except CourseError as problem:
            self.stop()  # the next answer gets a new one
            return {"status": "look at it", "message": str(problem), "seconds": 0.0}

    def _exchange(self, message: dict, seconds: float) -> dict:
        self._socket.settimeout(seconds)
        try:
            self._socket.sendall(json.dumps(message).encode() + b"\n")
            line = self._lines.readline()
        except TimeoutError:
            raise CourseError(f"The page {self.page.name} did not answer within {seconds:g} seconds.") from None
        except OSError:  # there is nobody at the other end
            line = b""
        if not line:
            raise CourseError(f"The process of the page {self.page.name} ended: {self._last_words()}")
        return json.loads(line)

    def _last_words(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired, OSError, ValueError):
            self._process.wait(5)
            lines = self._process.stderr.read().decode("utf-8", "replace").strip().splitlines()
            return lines[-1][:300] if lines else f"exit status {self._process.returncode}."
        return "it said nothing."

    def stop(self) -> None:
        """End every process of the page, delete its folder."""
        process, self._process = self._process, None
        if process is not None:
            self._socket.close()
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            process.stderr.close()
            self._lines.close()
        if self.folder:
            remove(Path(self.folder))
            self.folder = ""


def readable() -> list[str]:
    """What a worker may read: Python, its packages, the course and its models. Not the homes, nor other submissions."""
    from ...models.cache import cache_folder

    places = [sys.prefix, sys.base_prefix, str(ROOT / "course_utils"), str(cache_folder())]
    places += ["/usr", "/lib", "/lib64", "/proc", "/sys/devices/system", "/dev/urandom", "/dev/zero"]
    return [*places, *(f"/etc/{name}" for name in ("ld.so.cache", "localtime", "passwd", "fonts", "mime.types", "ssl"))]
