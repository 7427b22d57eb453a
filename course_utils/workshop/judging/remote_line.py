"""The judge's end of a line to the learner's process: asks what a check wants to know, and answers what is asked here.

Both sides call things by number. A message is looked at before anything is done with it; whatever is not as agreed ends
all talk on the line, and is the verdict, whatever the check makes of the exception.
"""

import contextlib
import functools
import os
import sys
from types import FunctionType, MappingProxyType, MethodType

from ...exercises.limits import TimeUp
from . import remote_objects
from .remote_returning import chance, files_of, put, set_chance, write_files
from .remote_sending import Unjudgeable, pack
from .wire import MOST_THINGS, NAME, TOO_MUCH, Wire, WireError
from .wire_reading import Decoder
from .wire_writing import Encoder

_MOST_SPACES = 100
_NOT_AGREED = "What came is not a message as it was agreed."
_NOT_GIVEN = "The code asked for something that it was not given."


def _whole(method):
    """A conversation that the clock cuts short cannot be taken up again."""

    @functools.wraps(method)
    def talk(line, *args):
        try:
            return method(line, *args)
        except TimeUp:
            line.late = True
            raise

    return talk


class Line:
    """The judge's end: asks for what the check wants to know, and keeps what both sides call by number."""

    def __init__(self, sock):
        self.wire = Wire(sock)
        self.problem: Exception | None = None  # whatever the check makes of it, this is the verdict
        self.theirs: dict[int, object] = {}  # stand-ins, by the number of the other side
        self.sent: list[dict[int, object]] = []  # what went with each call, by its number in the pickle
        self.own: list = []  # what stays here and can be called from there
        self.names: dict[int, tuple] = {}  # by id: the name, in a pickle, of what both sides know
        self.spaces: dict[int, dict] = {}  # the namespaces of the learner's functions, of which only names are known
        self.inputs: list[tuple] = []  # (tensor, key): through which a gradient of the present call may flow
        self.same_chance: tuple | None = None  # the random numbers, when both sides last agreed
        self.undo: list = []
        self.late = False

    def hello(self, starter: str):
        """The answer, or what stands for it."""
        with self._in_order():
            self._send("hello", starter)
        return self._await()

    def put_back(self) -> None:
        """Take back all changes to the judge's own objects, the last one first."""
        while self.undo:
            self.undo.pop()()

    # --- what stand-ins ask for ---------------------------------------------------------------------------

    @_whole
    def call(self, number: int, args: tuple, kwargs: dict, tensors: list = ()):
        """What the thing of this number returns; `tensors`, pairs (tensor, key), it sees as they are here."""
        with self._in_order():
            packed, sent, folders = pack((args, kwargs), self.names, self._own)
            call = len(self.sent)
            self.sent.append(sent)
            known = {(call, place): thing for place, thing in sent.items()} | {key: t for t, key in tensors}
            self.inputs = [(thing, key) for key, thing in known.items() if getattr(thing, "requires_grad", False)]
            pushed = [(key, tensor.detach(), tensor.requires_grad) for tensor, key in tensors]
            files = [(os.path.basename(folder), files_of(folder)) for folder in folders]
            self._send("call", number, packed, [*known], pushed, files, self._settings())
        return self._await(known, folders)

    @_whole
    def get(self, number: int, name: str):
        """An attribute of the thing; AttributeError where there is none."""
        with self._in_order():
            self._send("get", number, name)
        try:
            return self._await()
        except remote_objects.RemoteError as error:
            raise AttributeError(name) from error

    @_whole
    def slopes(self, number: int, slope, keys: list) -> list:
        """The gradients for the tensors of these keys, when `slope` is that of the tensor of this number."""
        with self._in_order():
            self._send("slopes", number, slope, keys)
        found = self._await()
        if type(found) is not list:
            raise self._broken("The gradients that came are not as they were asked for.")
        return found

    # --- messages -----------------------------------------------------------------------------------------

    def _send(self, *message) -> None:
        self.wire.send(*_Encoder().encode(message))

    def _await(self, known=MappingProxyType({}), folders=()):
        """The value that the other side comes back with; meanwhile it may ask for something here.

        `known` are the things, by key, and `folders` the folders that may have changed there.
        """
        while True:
            with self._in_order():
                message = _JudgeDecoder(self).decode(*self.wire.receive())
                kind, *parts = message if type(message) is tuple and message else (None,)
                if kind == "refused" and parts[0] in TOO_MUCH.values():
                    raise WireError(parts[0])
                if kind == "unable":
                    raise Unjudgeable("The answer cannot be carried to the judge's process: look at it yourself.")
                if kind not in ("value", "error", "ask") or len(parts) != (4 if kind == "ask" else 5):
                    raise WireError(_NOT_AGREED)
                if kind != "ask":
                    return self._taken(kind, *parts, known, folders)
            self._answer(*parts)

    def _taken(self, kind: str, value, changes, state, called, files, known, folders):
        if {type(changes), type(called), type(files)} != {list} or len(files) != len(folders):
            raise WireError(_NOT_AGREED)
        for key, new in changes:
            self.undo.append(put(known[key], new))  # a KeyError, too, is a message that was not agreed
        if state is not None:
            set_chance(state)
        self.same_chance = chance()
        for folder, content in zip(folders, files, strict=True):
            write_files(folder, content)
        remote_objects.replay(called)
        if kind == "error":
            raise remote_objects.error_of(*value, self.space)
        return value

    def _answer(self, number, how, args, kwargs) -> None:
        """Run something of the judge's own, with data from the other side."""
        if type(number) is not int or not 0 <= number < len(self.own) or (type(args), type(kwargs)) != (tuple, dict):
            raise self._broken(_NOT_GIVEN)
        thing = self.own[number]
        if how not in (("call",) if _is_function(thing) else _hows(thing)):
            raise self._broken(_NOT_GIVEN)
        try:
            run = thing if how == "call" else getattr(thing, f"__{how}__")
            reply = "returned", run(*args, **kwargs)
        except Exception as error:
            reply = "raised", error.with_traceback(None)
        with self._in_order():
            self._send(reply[0], pack(reply[1], self.names, self._own)[0])

    @contextlib.contextmanager
    def _in_order(self):
        """Whatever goes wrong on the line ends all talk on it; nothing here counts as the learner's own doing."""
        torch = sys.modules.get("torch")
        try:
            with torch._C.DisableTorchFunction() if torch else contextlib.nullcontext():  # no check watches this
                if self.problem is not None:
                    raise self.problem
                if self.late:
                    raise TimeUp
                yield
        except remote_objects.RemoteError:
            raise
        except (WireError, Unjudgeable) as error:
            self.problem = self.problem or error
            raise
        except Exception as error:
            raise self._broken(_NOT_AGREED) from error

    def _broken(self, sentence: str) -> WireError:
        self.problem = self.problem or WireError(sentence)
        return self.problem

    # --- what both sides know -----------------------------------------------------------------------------

    def _own(self, thing) -> tuple:
        """The name, in a pickle, of something that stays here."""
        if id(thing) not in self.names:
            self.names[id(thing)] = "ours", len(self.own), type(thing).__name__, _hows(thing)
            self.own.append(thing)
        return self.names[id(thing)]

    def stands_for(self, number, made):
        """Note the stand-in of a thing of the other side."""
        if type(number) is not int or len(self.theirs) >= MOST_THINGS:
            raise WireError("More functions and objects came than any answer has.")
        self.theirs[number] = made
        self.names[id(made)] = "theirs", number
        return made

    def space(self, number, name) -> dict:
        """The globals of functions that share a namespace of the learner."""
        if type(number) is not int or type(name) is not str or len(name) > NAME or len(self.spaces) > _MOST_SPACES:
            raise WireError("What is told of a function is not as it was agreed.")
        return self.spaces.setdefault(number, {"__name__": name})

    def _settings(self) -> tuple:
        """(gradients on?, is PyTorch watched?, the random numbers if they moved on)."""
        torch, now = sys.modules.get("torch"), chance()
        state = None if now == self.same_chance else now
        return torch and torch.is_grad_enabled(), bool(torch and remote_objects.watchers()), state


class _Encoder(Encoder):
    most = 1 << 60


class _JudgeDecoder(Decoder):
    """Data as it is; for what is more, a stand-in."""

    def __init__(self, line: Line):
        self.line = line

    def special(self, tag: str, parts: list):
        line = self.line
        if tag in ("ours", "sent") and (type(parts[0]) is not int or parts[0] < 0):
            raise WireError(_NOT_AGREED)
        if tag == "ours":
            return line.own[parts[0]]
        if tag == "sent":
            return line.sent[parts[0]][parts[1]]
        if tag == "lazy":
            return remote_objects.lazy(*parts)
        number, *told = parts
        if number in line.theirs:
            return line.theirs[number]
        if tag == "function":
            names, (space, space_name), used = told[:4], told[4:6], told[6]
            made = remote_objects.function(line, number, *names, line.space(space, space_name), used)
        elif tag == "object":
            made = remote_objects.thing(line, number, *told[:4])
            made.__dict__["_empty"] = told[4] is True
        elif tag == "module":
            about, *pairs, training, keys = told
            pairs = [[(name, self.item(value)) for name, value in some] for some in pairs]
            tensors = [(self.item(tensor), (call, place)) for tensor, call, place in keys]
            made = remote_objects.model(line, number, about, *pairs, training, tensors)
        else:
            raise WireError(_NOT_AGREED)
        return line.stands_for(number, made)

    def tensor(self, tensor, extra):
        import torch

        if extra is None:
            return tensor
        number, way_back = extra
        if way_back is not None:
            if not torch.is_grad_enabled():
                return tensor.detach()
            return remote_objects.joined(self.line, number, tensor, way_back, self.line.inputs)
        return self.line.theirs[number] if number in self.line.theirs else self.line.stands_for(number, tensor)


def _is_function(thing) -> bool:
    return isinstance(thing, (FunctionType, MethodType)) or not type(thing).__module__.startswith("course_utils")


def _hows(thing) -> tuple[str, ...]:
    """What the other side may do with something that stays here."""
    if _is_function(thing):
        return ("function",)
    return tuple(how for how in ("call", "enter", "exit") if hasattr(type(thing), f"__{how}__"))
