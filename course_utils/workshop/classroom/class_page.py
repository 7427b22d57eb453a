"""`course.py class FOLDER`: a page in the browser that shows where the class stands, renewed every few seconds.

It reads the codes that learners share with `progress().share()`; `class_state` reads and counts, `class_view` writes
the HTML. The server answers this machine only, and only under its own name, so that no page from elsewhere can read it.
"""

import argparse
import re
import secrets
import sys
import threading
import time
import webbrowser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

from ...describing import say
from ...errors import CourseError
from . import class_view
from .class_state import Class, Folder

PORT = 8787
_OURS = re.compile(r"(127\.0\.0\.1|localhost)(:\d+)?")  # of another port, too: that of an SSH tunnel
_FRESH = 1.0  # seconds that one look at the folder serves all who ask


class Server(ThreadingHTTPServer):
    """Shows one folder on 127.0.0.1; `port` 0 takes any free one."""

    daemon_threads = True
    allow_reuse_address = sys.platform != "win32"  # there it would let two pages share the port

    def __init__(self, folder: Folder, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.folder, self.nonce = folder, secrets.token_urlsafe(12)
        self._lock, self._state, self._at = threading.Lock(), Class(), float("-inf")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"

    def state(self) -> Class:
        """The class as it was at most `_FRESH` seconds ago."""
        with self._lock:
            if time.monotonic() - self._at > _FRESH:
                self._state, self._at = self.folder.look(), time.monotonic()
            return self._state

    def handle_error(self, request, client_address) -> None:
        if not isinstance(sys.exc_info()[1], OSError):  # a browser that hangs up is no error
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version, sys_version = "course", ""
    timeout = 20  # seconds for a request that never ends

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if not _OURS.fullmatch(self.headers.get("Host", "")):
            return self._answer(403, "This page answers under 127.0.0.1 only.", "text/plain")
        if path not in ("/", "/part"):
            return self._answer(404, "There is nothing here: see /.", "text/plain")
        asked = parse_qs(query)
        chapter, labels = asked.get("chapter", [""])[-1], asked.get("labels", [""])[-1] == "1"
        try:
            shown = self.server.state(), chapter, labels, self.server.folder.path.name
            html = class_view.page(*shown, self.server.nonce) if path == "/" else class_view.part(*shown)
        except Exception as error:  # nothing in the folder should do that; the next look may go well again
            return self._answer(500, f"The page could not be made ({type(error).__name__}).", "text/plain")
        self._answer(200, html, "text/html")

    do_HEAD = do_GET

    def _answer(self, status: int, text: str, kind: str) -> None:
        body, nonce = text.encode("utf-8", "replace"), self.server.nonce
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        policy = f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; "
        self.send_header("Content-Security-Policy", policy + "img-src data:; frame-ancestors 'none'; base-uri 'none'")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *arguments) -> None:
        """Nobody wants a line every three seconds."""


def main(arguments: list[str]) -> int:
    """Serve the page until Ctrl+C. Raises CourseError for a folder or a port that cannot be used."""
    parser = argparse.ArgumentParser(prog="course.py class", description="Show where the class stands.")
    parser.add_argument("folder", help="where learners share: progress().share(FOLDER), or a chat saved as a text file")
    parser.add_argument("--port", type=int, help=f"port of the page (default: {PORT}, or a free one)")
    parser.add_argument("--no-browser", action="store_true", help="print the address, open no browser")
    parser.add_argument("--minutes", type=int, default=10, help="who has been silent for so long waits (default: 10)")
    options = parser.parse_args(arguments)
    folder = Path(options.folder).expanduser().absolute()
    if not folder.is_dir():
        raise CourseError(f"Expected a folder with codes of learners; {options.folder!r} is none: make it first.")
    if not 1 <= options.minutes <= 180:
        raise CourseError(f"Expected 1 to 180 minutes; given: {options.minutes}.")
    with _server(Folder(folder, options.minutes), options.port) as server:
        say(f"The page of the class: {server.address}   (Ctrl+C ends it)")
        say(f'Learners who want to share run progress().share("{folder.name}"), with the name that this folder has on')
        say("their machines, or they paste the code of progress().share() into the chat: save the chat in the folder.")
        if not options.no_browser:
            threading.Thread(target=webbrowser.open, args=(server.address,), daemon=True).start()
        server.serve_forever(poll_interval=0.2)
    return 0


def _server(folder: Folder, port: int | None) -> Server:
    for wanted in (PORT, 0) if port is None else (port,):
        try:
            return Server(folder, wanted)
        except (OSError, OverflowError):
            continue
    raise CourseError(
        f"Expected a free port, 1024 to 65535; {port} cannot be used: leave --port out to get a free one."
    )
