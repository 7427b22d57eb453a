"""Values between two processes of which one is not trusted: what arrives is data, and nothing in it is ever run.

A message is one value. Its structure is MessagePack: a table of nodes, so that a list may hold itself and depth costs
no stack. The numbers of arrays and tensors follow as raw bytes. Here are the limits and the socket; `wire_writing.py`
makes bytes of a value, and `wire_reading.py` a value of bytes, of which it believes nothing.
"""

import socket
import struct
import time

from ...errors import CourseError

STRUCTURE, RAW, TOTAL = 2 << 20, 64 << 20, 128 << 20  # bytes: of one message, of its arrays, of all that is read
DEPTH, LONGEST_RANGE, LONGEST_NUMBER = 100, 1_000_000, 4096  # levels of tuples; numbers; bytes of a whole number
MOST_THINGS = 10_000  # functions and objects, each with a name of its type
NAME, SHOWN = 200, 4000  # characters of a name, and of what `repr` says
NUMBERS = ("bool", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)))
NUMBERS += ("float16", "float32", "float64", "complex64", "complex128")
TORCH_NUMBERS = (*NUMBERS, "bfloat16", "float8_e4m3fn", "float8_e5m2")
TOO_MUCH = {  # what an honest other side says instead of a value
    "deep": "The value is nested too deeply to be sent.",
    "parts": "The value has too many parts to be sent.",
    "numbers": f"The numbers of arrays and tensors fill more than {RAW >> 20} MiB.",
    "files": "The code wrote more into its folder than can be carried.",
}
_HEAD = struct.Struct(">IQ")
_TICK = 0.2  # seconds: so often a waiting process looks at its clock


class WireError(CourseError):
    """What came over the wire is not what was agreed, is too much, or did not come."""


class Ended(WireError):
    """The other process is gone."""


class Wire:
    """A socket that carries messages: a structure and raw bytes, each within its limit (in bytes).

    `until` is the time, as `time.monotonic()` has it, at which waiting ends with a WireError; None waits for ever.
    """

    def __init__(self, sock: socket.socket, structure: int = STRUCTURE, raw: int = RAW, total: int = TOTAL):
        self.sock, self.structure, self.raw, self.left = sock, structure, raw, total
        self.until: float | None = None
        sock.settimeout(_TICK)

    def send(self, structure: bytes, raw: bytes) -> None:
        """Send one message. Raises Ended when nobody listens any more, WireError when nobody reads in time."""
        for part in (_HEAD.pack(len(structure), len(raw)) + structure, raw):
            view = memoryview(part)
            while view:
                try:
                    view = view[self.sock.send(view) :]
                except TimeoutError:
                    self._look_at_the_clock()
                except OSError as error:
                    raise Ended("The other process is gone.") from error

    def receive(self) -> tuple[bytes, bytes]:
        """(structure, raw bytes) of the next message; the lengths are looked at before anything is kept."""
        structure, raw = _HEAD.unpack(self._read(_HEAD.size))
        if structure > self.structure or raw > self.raw or structure + raw > self.left:
            raise WireError(f"A message of {structure + raw:,} bytes came, which is more than any answer needs.")
        self.left -= structure + raw
        return self._read(structure), self._read(raw)

    def _read(self, size: int) -> bytes:
        parts = []
        while size:
            try:
                part = self.sock.recv(min(size, 1 << 20))
            except TimeoutError:
                self._look_at_the_clock()
                continue
            except OSError as error:
                raise Ended("The other process is gone.") from error
            if not part:
                raise Ended("The other process is gone.")
            parts.append(part)
            size -= len(part)
            self._look_at_the_clock()  # who sends one byte a second is late, too
        return b"".join(parts)

    def _look_at_the_clock(self) -> None:
        if self.until is not None and time.monotonic() > self.until:
            raise WireError("Nothing came in time.")
