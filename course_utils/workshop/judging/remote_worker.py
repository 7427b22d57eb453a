"""The learner's side of the wire: evaluates the answer, and does what the judge asks for until the judge hangs up.

It runs in the process that runs the learner's code, so nothing here is safe from that code, and nothing depends on it:
the judge takes from here data only. Printing goes elsewhere; the socket is used for nothing else.
"""

import io
import pickle
import sys
import tempfile
import threading
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ...describing import attempt, shorten, type_name
from ...exercises.answers import own_place
from .remote_returning import chance, change, differs, files_of, photo, set_chance, write_files
from .remote_telling import Teller, text_of
from .wire import NAME, SHOWN, Ended, Wire, WireError
from .wire_reading import Decoder

_ANY = 1 << 60  # bytes: what the judge sends is not limited
_AS_IT_IS = (None, False, None)


class Worker:
    """The things of the learner's process that the judge knows by number, and the conversation about them."""

    def __init__(self, sock):
        self.wire = Wire(sock, _ANY, _ANY, _ANY)
        self.starter = ""
        self.things: list = []  # by number; kept, so that ids stay unique
        self.numbers: dict[int, int] = {}
        self.sent: list[dict[int, object]] = []  # what came in each call, by its number in the pickle
        self.from_judge: dict[int, tuple[int, int]] = {}  # by id: the call and the number there
        self.stubs: dict[int, object] = {}  # for what stays at the judge, by the judge's number
        self.numbers_of_stubs: dict[int, int] = {}
        self.same_chance: tuple | None = None  # the random numbers, when both sides last agreed
        self.lock = threading.RLock()

    def serve(self, compute) -> None:
        """Answer the judge until it hangs up."""
        try:
            _, self.starter = self.read()
            self._reply(compute)
            while True:
                self._do(self.read())
        except Ended:
            return

    # --- messages -----------------------------------------------------------------------------------------

    def read(self) -> tuple:
        return Decoder().decode(*self.wire.receive())

    def send(self, *message) -> None:
        self.wire.send(*Teller(self).encode(message))

    def ask(self, number: int, how: str, args: tuple, kwargs: dict):
        """Let the judge run something of its own; meanwhile it may ask for something here."""
        with self.lock:
            self.send("ask", number, how, args, kwargs)
            while True:
                kind, *parts = message = self.read()
                if kind == "returned":
                    return self.load(*parts)
                if kind == "raised":
                    raise self.load(*parts)
                self._do(message)

    def _do(self, request: tuple) -> None:
        kind, *parts = request
        {"call": self._call, "get": self._get, "slopes": self._slopes}[kind](*parts)

    def _reply(self, compute, target=None, watched=(), settings=_AS_IT_IS, places=()) -> None:
        """Run the learner's code; tell what it returned or how it stopped, what it changed, and what it wrote."""
        called: list[str] = []
        try:
            photos = [(key, self.find(key), photo(self.find(key))) for key in watched]
            with self._as_at_the_judge(*settings, called):
                reply = "value", compute()
        except Ended:
            raise
        except BaseException as error:  # SystemExit and KeyboardInterrupt, too
            text = text_of(attempt(str, error))
            reply = "error", (shorten(type_name(error), NAME), shorten(text, SHOWN), self.place(error, target))
        try:
            changes = [(key, change(thing, before)) for key, thing, before in photos if differs(thing, before)]
            now, before = chance(), self.same_chance
            self.same_chance = now
            self.send(*reply, changes, None if now == before else now, called, [files_of(place) for place in places])
        except Ended:
            raise
        except WireError as error:
            self.send("refused", str(error))
        except Exception as error:  # an object of a kind that nobody thought of
            self.send("unable", shorten(type_name(error), NAME))

    @contextmanager
    def _as_at_the_judge(self, grad, watch, state, called: list[str]):
        """Gradients on or off and the random numbers, as they are at the judge; notes what of PyTorch is called."""
        torch = sys.modules.get("torch")
        if state is not None:
            set_chance(state)
            self.same_chance = chance()
        with ExitStack() as settings:
            if torch and grad is not None:
                settings.enter_context(torch.set_grad_enabled(grad))
            if torch and watch:
                from torch.overrides import TorchFunctionMode

                class Watch(TorchFunctionMode):
                    def __torch_function__(self, function, types, args=(), kwargs=None):
                        name = getattr(function, "__name__", "")
                        if name not in called and len(called) < 500:
                            called.append(name)
                        return function(*args, **(kwargs or {}))

                settings.enter_context(Watch())
            yield

    def _call(self, number, packed, watched, pushed, folders, settings) -> None:
        places, target = [], self.things[number]
        with ExitStack() as rooms:
            for name, files in folders:  # the code writes into a folder of its own, and the judge gets a copy
                places.append(Path(rooms.enter_context(tempfile.TemporaryDirectory()), name))
                places[-1].mkdir()
                write_files(places[-1], files)
            for key, data, requires_grad in pushed:
                _push(self.find(key), data, requires_grad)
            self.sent.append({})
            args, kwargs = self.load(packed, [key[1] for key in watched if key[0] == len(self.sent) - 1], places)
            self._reply(lambda: target(*args, **kwargs), target, watched, settings, places)

    def _get(self, number, name) -> None:
        self._reply(lambda: getattr(self.things[number], name))

    def _slopes(self, number, slope, keys) -> None:
        def compute():
            import torch

            inputs = [self.find(key) for key in keys]
            some = [given for given in inputs if given.requires_grad]
            found = torch.autograd.grad([self.things[number]], some, [slope], retain_graph=True, allow_unused=True)
            left = iter(found)
            return [next(left) if given.requires_grad else None for given in inputs]

        self._reply(compute)

    # --- what has a number --------------------------------------------------------------------------------

    def number(self, thing) -> int:
        """The number under which the judge knows this thing from now on."""
        if id(thing) not in self.numbers:
            self.numbers[id(thing)] = len(self.things)
            self.things.append(thing)
        return self.numbers[id(thing)]

    def find(self, key):
        """The thing of a key: (call, number in its pickle), or (-1, number)."""
        call, number = key
        return self.things[number] if call < 0 else self.sent[call][number]

    def key(self, thing) -> tuple[int, int]:
        """The key of a thing, as `find` reads it."""
        return self.from_judge.get(id(thing)) or (-1, self.number(thing))

    def load(self, packed: bytes, numbers=(), places=()):
        """What the judge packed; the things in it that have these numbers can be found later."""
        unpickler = _Unpickler(io.BytesIO(packed), self, [str(place) for place in places])
        value = unpickler.load()
        if numbers:
            memo, call = unpickler.memo.copy(), len(self.sent) - 1
            self.sent[call] = {number: memo[number] for number in numbers}
            self.from_judge |= {id(thing): (call, number) for number, thing in self.sent[call].items()}
        return value

    def stub(self, number: int, name: str, hows: tuple):
        """What stands here for a function or object of the judge."""
        if number not in self.stubs:
            made = _stub(self, number, name, hows)
            self.stubs[number], self.numbers_of_stubs[id(made)] = made, number
        return self.stubs[number]

    def place(self, error: BaseException, target) -> tuple | None:
        """(namespace, its name, line, text): where the learner's own code stopped; None if it did not."""
        place = own_place(error, target)
        if place is None:
            return None
        space, number, line = place
        return self.number(space), text_of(space.get("__name__")), number, shorten(line, SHOWN)


class _Unpickler(pickle.Unpickler):
    """Reads what the judge packed: a name stands for what is here already, or for what stays at the judge."""

    def __init__(self, file, worker: Worker, places: list[str]):
        super().__init__(file)
        self.worker, self.places = worker, places

    def persistent_load(self, name: tuple):
        kind, *parts = name
        if kind == "theirs":
            return self.worker.things[parts[0]]
        return self.places[parts[0]] if kind == "folder" else self.worker.stub(*parts)


def _stub(worker: Worker, number: int, name: str, hows: tuple):
    if hows == ("function",):

        def made(*args, **kwargs):
            return worker.ask(number, "call", args, kwargs)

        made.__name__ = made.__qualname__ = name
        return made

    def method(how):
        return lambda self, *args, **kwargs: worker.ask(number, how, args, kwargs)

    return type(name, (), {f"__{how}__": method(how) for how in hows})()


def _push(tensor, data, requires_grad: bool) -> None:
    tensor.data.copy_(data) if tensor.shape == data.shape else setattr(tensor, "data", data)
    if tensor.is_leaf:
        tensor.requires_grad_(requires_grad)
