"""`course.py serve`: one chat model for the whole room, on this machine.

The model runs in a process of its own (`room_server.py`), which listens to this machine only. What the room reaches is
the guard before it (`guarding.py`).
"""

import argparse
import contextlib
import signal
import socket
import sys
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

import psutil

from ..describing import say, shorten
from ..errors import CourseError
from .guarding import MOST_TOKENS, guard
from .room_server import LOOPBACK, Model, RoomServer

PORT = 8000
EVERYWHERE = "0.0.0.0"


def main(arguments: list[str]) -> int:
    """Serve until Ctrl+C. 0 when it was stopped so.

    Raises:
        CourseError: a port that is taken, a model that cannot be had or does not start.
    """
    parser = argparse.ArgumentParser(prog="course.py serve", description="One chat model for the whole room.")
    parser.add_argument("--port", type=int, default=PORT, help=f"where it listens (default: {PORT}; 0: any free one)")
    parser.add_argument(
        "--address",
        default=LOOPBACK,
        help=f"{LOOPBACK}: this machine only (default); {EVERYWHERE}: everybody in your network",
    )
    parser.add_argument("--model", help="a folder, or owner/name on the Hub (default: the course's own chat model)")
    parser.add_argument("--one-by-one", action="store_true", help="no continuous batching: one answer after the other")
    options = parser.parse_args(arguments)
    for name in ("SIGTERM", "SIGHUP"):  # as Ctrl+C: the model's process must not outlive this one
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)
    with _listening(options.address, options.port) as door:
        model = choose_model(options.model)
        with RoomServer(model, batching=not options.one_by_one) as server:
            server.start()
            return _open(door, model, server)


def choose_model(wish: str | None) -> Model:
    """The course's own chat model, a folder of yours, or one of the Hub. Raises CourseError."""
    from ..models import checkpoint, choose_device
    from ..models.catalog import task

    if wish is None:
        found = checkpoint("chat", source="course")
        return Model(task("chat").offline.name, Path(found.path), found.device, found.dtype)
    folder = Path(wish).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file() or not list(folder.glob("*.safetensors")):
            raise CourseError(
                f"--model expects a folder with config.json and weights as safetensors, but {folder.name!r} lacks "
                "them: name the folder that save_pretrained wrote."
            )
        return Model(folder.resolve().name, folder.resolve(), choose_device().device, "auto")
    if wish.count("/") != 1 or wish.startswith((".", "/", "~")):
        raise CourseError(
            f"--model expects a folder, or owner/name of the Hub, but {shorten(wish, 80)!r} is neither: check it."
        )
    found = checkpoint("chat", repo=wish)
    return Model(wish, Path(found.path), found.device, found.dtype)


def counter(folder: Path) -> Callable[[str], int]:
    """A function that counts the tokens of a text; bytes, where the tokenizer is of an old kind: never too few."""
    if not (file := folder / "tokenizer.json").is_file():
        return lambda text: len(text.encode())
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(file))
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False))


def _listening(address: str, port: int) -> socket.socket:
    """The room's door, bound before anything is loaded, so that a taken port costs no waiting."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":  # there it would let two servers share the port
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((address, port))
        door.listen(128)
    except (OSError, OverflowError) as error:
        door.close()
        raise CourseError(
            f"The model server should listen at {shorten(address, 60)}, port {port}, but cannot "
            f"({getattr(error, 'strerror', None) or error}): try --port {PORT + 1}, or another --address."
        ) from error
    return door


# --- the door ---------------------------------------------------------------------------------------------


def _open(door: socket.socket, model: Model, server: RoomServer) -> int:
    """Let the room in until somebody stops it."""
    import uvicorn

    app = guard(model.name, lambda: server.address, model.folder.name, counter(model.folder))
    # No log: one of requests would name who asked, and one of errors shows every answer that is cut off at the end.
    settings = uvicorn.Config(app, log_level="critical", access_log=False, timeout_graceful_shutdown=2)
    server.watch()
    address, port = door.getsockname()[:2]
    say(announcement(model, urls(address, port), open_to_all=not ip_address(address).is_loopback))
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn passes it on when it has closed its connections
        uvicorn.Server(settings).run(sockets=[door])
    say(f"\nStopped; {app.state.asked} questions were passed on.")
    return 0


def urls(address: str, port: int) -> list[str]:
    """The addresses under which a server that listens at `address` is reached; the likeliest first."""
    hosts = [address]
    if address in (EVERYWHERE, "::"):
        up = {name for name, state in psutil.net_if_stats().items() if state.isup}
        known = {name: rows for name, rows in psutil.net_if_addrs().items() if name in up}
        # Networks of containers and of virtual machines come last: they end on this machine.
        order = sorted(known, key=lambda name: name.startswith(("docker", "br-", "veth", "virbr", "vEthernet")))
        hosts = [row.address for name in order for row in known[name] if row.family == socket.AF_INET]
        hosts = [host for host in hosts if not host.startswith(("127.", "169.254."))] or [LOOPBACK]
    return [f"http://{f'[{host}]' if ':' in host else host}:{port}" for host in hosts]


def announcement(model: Model, addresses: list[str], *, open_to_all: bool) -> str:
    """What the instructor reads: the line for the board, what is not protected, and how to stop."""
    more = f" (or {', '.join(addresses[1:])})" if addresses[1:] else ""
    who = "everybody in your network" if open_to_all else "every user of this machine"
    lines = [
        f"\n{model.name} answers ({model.dtype}, on {model.device}). Write this line on the board{more}:\n",
        f"    COURSE_ENDPOINT={addresses[0]}\n",
        f"In a notebook, a cell does it: %env COURSE_ENDPOINT={addresses[0]}",
        f"Not protected: {who} can ask it, without a password, and nothing on the way is encrypted.",
        f"It passes on questions to this one model only, and keeps none. An answer has at most {MOST_TOKENS} tokens.",
    ]
    if not open_to_all:
        lines.append(f"Other machines do not reach it: `--address {EVERYWHERE}` lets your network in.")
    return "\n".join([*lines, "Stop it with Ctrl+C.\n"])
