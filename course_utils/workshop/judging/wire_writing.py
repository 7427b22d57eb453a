"""The writing of a message: a value becomes a table of nodes and raw bytes.

Objects are looked at as `describing` does: by their real type, through the methods of the type below them, and without
believing what they say of themselves. What is more than data (a function, an object) is for the subclasses.
"""

import sys
from collections import deque
from fractions import Fraction

from ...describing import attempt, is_a, shorten
from .wire import (
    LONGEST_NUMBER,
    LONGEST_RANGE,
    NAME,
    NUMBERS,
    RAW,
    SHOWN,
    STRUCTURE,
    TOO_MUCH,
    TORCH_NUMBERS,
    WireError,
)

_HOLDERS = (("l", list), ("d", dict), ("s", set), ("t", tuple), ("z", frozenset), ("q", deque))
_PLAIN = {str: str.__str__, int: int.__int__, float: float.__float__, bytes: lambda value: bytes.join(b"", [value])}


class Encoder:
    """Makes bytes of one value; a new one for each message. WireError where a value is too deep or too large."""

    most = STRUCTURE  # bytes

    def __init__(self):
        self.nodes, self._raw, self._seen, self._open = [], [], {}, deque()
        self._size = self._parts = 0

    def encode(self, value) -> tuple[bytes, bytes]:
        """(structure, raw bytes) of the value."""
        import msgpack

        try:
            root = self.item(value)
            while self._open:
                node, items = self._open.popleft()
                node[1] = [self.item(item) for item in items]
        except RecursionError:
            raise WireError(TOO_MUCH["deep"]) from None
        structure = msgpack.packb([root, self.nodes], unicode_errors="surrogatepass")
        if len(structure) > self.most:
            raise WireError(TOO_MUCH["parts"])
        return structure, b"".join(self._raw)

    def item(self, value):
        """The value itself where it is a small thing, else `[number of its node]`."""
        if value is None or type(value) in (bool, float, str, bytes) or (type(value) is int and _is_short(value)):
            return value
        if id(value) not in self._seen:
            node = self.known(value) or self._data(value) or self.other(value)
            if id(value) not in self._seen:  # lists stand in the table before they are filled
                self._add(value, node)
        return [self._seen[id(value)][0]]

    def known(self, value) -> list | None:
        """The node of what the other side has already; None for all else."""
        return None

    def other(self, value) -> list:
        """The node of what is no data."""
        raise WireError("Only data can be sent.")

    def extra(self, tensor):
        """What is said of a tensor beside its numbers."""
        return None

    def _add(self, value, node: list) -> list:
        self._seen[id(value)] = len(self.nodes), value  # kept, so that no other object gets its id
        self.nodes.append(node)
        return node

    def _data(self, value) -> list | None:
        if value is ... or value is NotImplemented:
            return ["e", value is ...]
        if type(value) is complex:
            return ["c", value.real, value.imag]
        if type(value) is Fraction:
            return ["f", self.item(value.numerator), self.item(value.denominator)]
        if type(value) is bytearray:
            return ["y", bytes(value)]
        if type(value) is range:
            short = attempt(len, value, default=LONGEST_RANGE + 1) <= LONGEST_RANGE
            return ["r", *map(self.item, (value.start, value.stop, value.step))] if short else None
        if (make := self._of_array(value)) is not None:
            return make(value)
        for tag, kind in _HOLDERS:
            if is_a(value, kind):
                return self._holder(tag, kind, value)
        return next((self._small(kind, value) for kind in _PLAIN if is_a(value, kind)), None)

    def _small(self, kind: type, value) -> list | None:
        about = None if type(value) is kind else facts(value, kind)
        plain = _PLAIN[kind](value)
        if kind is not int or _is_short(plain):
            return ["v", plain, about]
        length = plain.bit_length() // 8 + 1
        return ["i", plain.to_bytes(length, "little", signed=True), about] if length <= LONGEST_NUMBER else None

    def _holder(self, tag: str, kind: type, value) -> list:
        about = None if type(value) is kind else facts(value, kind)
        self._parts += kind.__len__(value)
        if self._parts > self.most:
            raise WireError(TOO_MUCH["parts"])
        if tag in "tz":  # what they hold must be there first
            return [tag, [self.item(item) for item in kind.__iter__(value)], about]
        node = self._add(value, [tag, None, about])
        pairs = dict.items(value) if kind is dict else ()
        self._open.append((node, [part for pair in pairs for part in pair] or list(kind.__iter__(value))))
        return node

    # --- arrays -------------------------------------------------------------------------------------------

    def _of_array(self, value):
        """What writes this array; None for all else, and for arrays whose numbers cannot be sent."""
        np, torch = sys.modules.get("numpy"), sys.modules.get("torch")
        if np and is_a(value, np.ndarray, np.generic):
            if value.dtype.kind in "UO":
                return self._things if value.size <= LONGEST_RANGE else None
            return self._numpy if value.dtype.name in NUMBERS and value.nbytes <= RAW else None
        if torch and is_a(value, torch.Tensor):
            dense = value.layout is torch.strided and value.device.type != "meta" and not value.is_quantized
            known = str(value.dtype).removeprefix("torch.") in TORCH_NUMBERS
            return self._torch if dense and known and value.numel() * value.element_size() <= RAW else None
        return None

    def _things(self, value) -> list:
        import numpy as np

        if value.dtype.kind == "U":
            return ["u", list(value.shape), [str(text) for text in np.asarray(value).flat], is_a(value, np.generic)]
        return ["o", list(value.shape), [self.item(thing) for thing in np.asarray(value).flat]]

    def _numpy(self, value) -> list:
        import numpy as np

        array = np.asarray(value)
        self._keep(np.ascontiguousarray(array, array.dtype.newbyteorder("=")).tobytes())
        return ["n", array.dtype.name, list(array.shape), is_a(value, np.generic)]

    def _torch(self, value) -> list:
        import torch

        self._keep(tensor_bytes(value))
        name, extra = str(value.dtype).removeprefix("torch."), self.item(self.extra(value))
        return ["T", name, list(value.shape), bool(value.requires_grad), type(value) is torch.nn.Parameter, extra]

    def _keep(self, raw: bytes) -> None:
        self._size += len(raw)
        if self._size > RAW:
            raise WireError(TOO_MUCH["numbers"])
        self._raw.append(raw)


def tensor_bytes(tensor) -> bytes:
    """The numbers of a tensor, row after row, as they lie in memory."""
    import torch

    plain = tensor.detach().resolve_conj().resolve_neg()
    flat = torch.empty(plain.numel(), dtype=plain.dtype).copy_(plain.reshape(-1))  # a view may have odd strides
    return flat.view(torch.uint8).numpy().tobytes() if flat.numel() else b""


def facts(value, kind: type = object) -> list:
    """[name of its type, module, how it is shown, is that unusual]: all that is told of an object.

    Objects that are shown as those of `kind` are tell nothing of how; nor do those that cannot be shown.
    """
    own = type(value)
    usual = attempt(lambda: own.__repr__ is kind.__repr__, default=False)
    shown = None if usual else attempt(lambda: str.__str__(repr(value)))
    if shown is not None and len(shown) > SHOWN:
        shown = shown[: SHOWN // 2] + ("\n" if "\n" in shown else "") + shown[-(SHOWN // 2) :]
    name = attempt(lambda: type.__dict__["__name__"].__get__(own)) or "object"
    module = attempt(lambda: str.__str__(own.__module__)) or ""
    return [shorten(name, NAME), shorten(module, NAME), shown, not usual]


def _is_short(number: int) -> bool:
    return -(1 << 63) <= number < 1 << 63
