"""The reading of a message: bytes that nobody need trust become a value, or one sentence.

Each tag of a node has a builder that looks at what it got. Nothing is looked up by a name that came, nothing is called,
and what is kept in memory is no more than a small multiple of what arrived.
"""

import math
from collections import deque
from fractions import Fraction
from functools import lru_cache

from .wire import DEPTH, LONGEST_NUMBER, LONGEST_RANGE, MOST_THINGS, NAME, NUMBERS, RAW, SHOWN, TORCH_NUMBERS, WireError

_SMALL = (bool, int, float, str, bytes, type(None))
_NOT_AGREED = "What came is not a message as it was agreed."


class Decoder:
    """Makes the value of one message. Raises WireError for everything that an Encoder would not have written."""

    def decode(self, structure: bytes, raw: bytes):
        """The value. Lists, dicts and sets are made empty first and filled at the end, so they may hold themselves."""
        import msgpack

        self.values, self._levels, self._fill = [], [], []
        self._raw, self._place, self._kinds = memoryview(raw), 0, 0
        try:
            root, nodes = msgpack.unpackb(structure, unicode_errors="surrogatepass", max_map_len=0, max_ext_len=0)
            for tag, *parts in nodes:
                self._level = 0
                self.values.append(_BUILDERS[tag](self, *parts) if tag in _BUILDERS else self.special(tag, parts))
                if self._level >= DEPTH:
                    raise WireError("What came is nested too deeply.")
                self._levels.append(0 if tag in ("l", "d", "s", "q") else self._level + 1)
            for put, items in self._fill:
                put([self.item(item) for item in items])
            value = self.item(root)
        except WireError:
            raise
        except Exception as error:  # whatever it tripped over: it is not as agreed
            raise WireError(_NOT_AGREED) from error
        if self._place != len(raw):
            raise WireError("More raw bytes came than any array needs.")
        return value

    def item(self, item):
        """A small value as it stands, or that of an earlier node."""
        if type(item) in _SMALL:
            return item
        (number,) = item
        if type(item) is not list or type(number) is not int or number < 0:
            raise WireError(_NOT_AGREED)
        value = self.values[number]
        if number < len(self._levels):
            self._level = max(self._level, self._levels[number])
        return value

    def special(self, tag: str, parts: list):
        """The value of a node that is more than data."""
        raise WireError(_NOT_AGREED)

    def tensor(self, tensor, extra):
        """The tensor, or what stands for it; `extra` is what was said of it beside its numbers."""
        return tensor

    def _kind(self, base: type, about) -> type:
        """The base itself, or a type below it of which only name and looks are known."""
        if about is None:
            return base
        self._kinds += 1
        if self._kinds > MOST_THINGS:
            raise WireError("More objects came than any answer has.")
        return named_type(base, *about_type(about))

    # --- one builder for each tag -------------------------------------------------------------------------

    def _list(self, items, about=None):
        made = self._kind(list, about)()
        self._fill.append((lambda found: list.extend(made, found), items))
        return _shown(made, about)

    def _queue(self, items, about=None):
        made = self._kind(deque, about)()
        self._fill.append((lambda found: deque.extend(made, found), items))
        return _shown(made, about)

    def _dict(self, items, about=None):
        made = self._kind(dict, about)()

        def put(found):
            for key, value in zip(found[::2], found[1::2], strict=True):  # a loop that the clock can interrupt
                dict.__setitem__(made, key, value)

        self._fill.append((put, items))
        return _shown(made, about)

    def _set(self, items, about=None):
        made = self._kind(set, about)()

        def put(found):
            for item in found:
                set.add(made, item)

        self._fill.append((put, items))
        return _shown(made, about)

    def _tuple(self, items, about=None):
        kind = self._kind(tuple, about)
        return _shown(tuple.__new__(kind, [self.item(item) for item in items]), about)

    def _frozenset(self, items, about=None):
        kind = self._kind(frozenset, about)
        return _shown(frozenset.__new__(kind, [self.item(item) for item in items]), about)

    def _value(self, value, about=None):
        if type(value) not in (str, int, float, bytes):
            raise WireError(_NOT_AGREED)
        kind = self._kind(type(value), about)
        return _shown(type(value).__new__(kind, value), about)

    def _integer(self, digits, about=None):
        if type(digits) is not bytes or len(digits) > LONGEST_NUMBER:
            raise WireError("A whole number came that is too long.")
        value = int.from_bytes(digits, "little", signed=True)
        return _shown(int.__new__(self._kind(int, about), value), about)

    def _range(self, *ends):
        ends = [self.item(end) for end in ends]
        made = range(*ends)
        if {*map(type, ends)} != {int} or len(made) > LONGEST_RANGE:
            raise WireError("A range came that is too long.")
        return made

    def _fraction(self, *parts):
        return Fraction(*(_whole(self.item(part)) for part in parts))

    def _complex(self, *parts):
        return complex(*parts)

    def _bytearray(self, data):
        return bytearray(data) if type(data) is bytes else _whole(data)

    def _marker(self, is_ellipsis):
        return ... if is_ellipsis is True else NotImplemented

    def _array(self, name, shape, scalar):
        import numpy as np

        if name not in NUMBERS:
            raise WireError("An array came with numbers of a kind that is not known.")
        dtype = np.dtype(name)
        array = np.frombuffer(self._take(_count(shape) * dtype.itemsize), dtype).reshape(shape).copy()
        return array[()] if scalar is True and not shape else array

    def _texts(self, shape, texts, scalar):
        import numpy as np

        longest = max((len(text) for text in texts if type(text) is str), default=1)
        if {*map(type, texts)} - {str} or 4 * longest * len(texts) > RAW or len(texts) != _count(shape):
            raise WireError("An array of texts came that is no such array.")
        array = np.array(texts, dtype=f"U{max(longest, 1)}").reshape(shape)
        return array[()] if scalar is True and not shape else array

    def _objects(self, shape, items):
        import numpy as np

        if len(items) != _count(shape):
            raise WireError("An array of objects came that is no such array.")
        array = np.empty(len(items), dtype=object)
        for place, item in enumerate(items):
            array[place] = self.item(item)
        return array.reshape(shape)

    def _tensor(self, name, shape, requires_grad, parameter, extra):
        import torch

        if name not in TORCH_NUMBERS:
            raise WireError("A tensor came with numbers of a kind that is not known.")
        dtype = getattr(torch, name)
        taken = bytearray(self._take(_count(shape) * dtype.itemsize))
        tensor = torch.frombuffer(taken, dtype=dtype) if taken else torch.empty(0, dtype=dtype)
        tensor = tensor.reshape(shape)
        if parameter is True:
            tensor = torch.nn.Parameter(tensor, requires_grad=requires_grad is True)
        elif requires_grad is True:
            tensor.requires_grad_()
        return self.tensor(tensor, self.item(extra))

    def _take(self, size: int) -> memoryview:
        if size > len(self._raw) - self._place:
            raise WireError("An array came with fewer numbers than its shape says.")
        self._place += size
        return self._raw[self._place - size : self._place]


_BUILDERS = {
    "l": Decoder._list,
    "q": Decoder._queue,
    "d": Decoder._dict,
    "s": Decoder._set,
    "t": Decoder._tuple,
    "z": Decoder._frozenset,
    "v": Decoder._value,
    "i": Decoder._integer,
    "r": Decoder._range,
    "f": Decoder._fraction,
    "c": Decoder._complex,
    "y": Decoder._bytearray,
    "e": Decoder._marker,
    "n": Decoder._array,
    "u": Decoder._texts,
    "o": Decoder._objects,
    "T": Decoder._tensor,
}


def _whole(value) -> int:
    if type(value) is not int:
        raise WireError(_NOT_AGREED)
    return value


def _count(shape) -> int:
    """How many numbers an array of this shape has; WireError for what is no shape."""
    if type(shape) is not list or len(shape) > 32 or any(type(n) is not int or not 0 <= n < 1 << 31 for n in shape):
        raise WireError("An array came with a shape that is none.")
    return math.prod(shape)


# --- types that are only known by name --------------------------------------------------------------------


@lru_cache(maxsize=256)
def named_type(base: type, name: str, module: str, usual: bool) -> type:
    """A type of this name, shown as its objects say; `usual`: shown as any object of the base is."""
    return type(name, (base,), {"__module__": module} | ({} if usual else {"__repr__": lambda self: self._shown}))


def _shown(made, about):
    if about is not None and about[2] is not None:
        made.__dict__["_shown"] = about[2]
    return made


def about_type(about) -> tuple[str, str, bool]:
    """(name, module, shown as usual) out of what was told of an object, each looked at."""
    name, module, shown, unusual = about
    texts = (name, module, "" if shown is None else shown)
    if {*map(type, texts)} != {str} or type(unusual) is not bool or max(map(len, texts[:2])) > NAME:
        raise WireError("What is told of an object is not as it was agreed.")
    if len(texts[2]) > SHOWN + 1:
        raise WireError("What is told of an object is too long.")
    return name.encode("utf-8", "replace").decode().replace("\0", "") or "object", module, not unusual
