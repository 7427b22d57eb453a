"""What stands, at the judge, for the things that live in the learner's process: functions, objects, models, tensors.

A stand-in has the name and the looks of the thing, as its process tells them, and reaches it through a `line` (see
`remote.py`): by a number, never by a name that is looked up here. A check can call it, ask for an attribute, and let
gradients flow back through it.
"""

import linecache
from functools import lru_cache
from itertools import count
from types import CoroutineType, FunctionType, GeneratorType, SimpleNamespace

from ...describing import attempt
from .wire import NAME, SHOWN, WireError
from .wire_reading import about_type, named_type

_LAST_LINE, _MOST_NAMES, _MOST_CALLED = 10_000, 300, 500
_OTHER = "What is told of a function is not as it was agreed."
_numbers = count(1)


class RemoteError(Exception):
    """The learner's code stopped with an exception; a subclass has the name of its type."""


class Thing:
    """Stands for an object of which only name and looks are known."""

    def __init__(self, line, number: int):
        self._line, self._number = line, number

    def __getattr__(self, name: str):
        if name.startswith("__"):
            raise AttributeError(name)
        return self._line.get(self._number, name)


class CallableThing(Thing):
    """Stands for an object that can be called."""

    def __call__(self, *args, **kwargs):
        return self._line.call(self._number, args, kwargs)


def thing(line, number: int, about, can_be_called: bool, own_name, base: str):
    """The stand-in for an object; `base` names a library's class that it belongs to, if it is one of `_KNOWN`."""
    kind = _KNOWN[base]() if base in _KNOWN else CallableThing if can_be_called is True else Thing
    made = named_type(kind, *about_type(about))(line, number)
    made.__dict__["_shown"] = about[2]
    if type(own_name) is str:
        made.__dict__["__name__"] = own_name[:NAME]
    return made


@lru_cache(maxsize=1)
def _model_card():
    from huggingface_hub import ModelCard

    def content(self):
        return self._line.get(self._number, "content")

    own = {"__init__": Thing.__init__, "__repr__": object.__repr__, "content": property(content)}
    return type("RemoteCard", (ModelCard,), own)


_KNOWN = {"huggingface_hub.repocard.ModelCard": _model_card}  # checks ask for these classes


# --- functions --------------------------------------------------------------------------------------------


def function(line, number: int, name, qualname, untouched: bool, unused, space: dict, used):
    """The stand-in for a plain function: a plain function, too, so that it looks like one.

    Behind it stands an empty function that nobody calls. `describing` follows `__wrapped__` to it and sees what is told
    of the code: whether it is still the starter's, and which parameter it never reads. `space` are its globals. `used`
    are the names in its code, and what the learner's globals have under them.
    """
    if {type(name), type(qualname), type(unused)} != {str} or max(map(len, (name, qualname, unused))) > NAME:
        raise WireError(_OTHER)

    def forward(*args, **kwargs):
        return line.call(number, args, kwargs)

    names, found = [], {}
    for known, module, its_name in used[:_MOST_NAMES]:
        if {type(known), type(module), type(its_name)} != {str}:
            raise WireError(_OTHER)
        names.append(known)
        found[known] = SimpleNamespace(__module__=module, __name__=its_name)
    code = forward.__code__.replace(co_names=(*forward.__code__.co_names, *names))
    made = FunctionType(code, found, name, None, forward.__closure__)
    made.__qualname__, made.__module__ = qualname, space["__name__"]
    empty = _untouched if untouched is True else _touched
    shadow = empty.__code__.replace(co_varnames=(unused or "_",))
    made.__wrapped__ = FunctionType(shadow, space, name)
    if name in found and found[name] == SimpleNamespace(__module__="", __name__="(itself)"):
        found[name] = made
    return made


def _untouched(given): ...


def _touched(given):
    return True


def error_of(name, text, place, spaces) -> RemoteError:
    """The exception that a learner's code stopped with, its traceback ending in the learner's own line.

    `place` is None or (number of the namespace, its name, line, text of the line); checks name that line.
    """
    if type(name) is not str or type(text) is not str or len(name) > NAME or len(text) > SHOWN + 1:
        raise WireError("What is told of an exception is not as it was agreed.")
    error = named_type(RemoteError, name.encode("utf-8", "replace").decode().replace("\0", "") or "Error", "", True)(
        text
    )
    if place is None:
        return error
    number, space_name, line, source = place
    if type(line) is not int or type(source) is not str or len(source) > SHOWN:
        raise WireError("What is told of an exception is not as it was agreed.")
    if not 0 < line <= _LAST_LINE:
        return error
    error.place = line, source
    file = f"<a learner's cell {next(_numbers)}>"
    linecache.cache[file] = (len(source), None, [""] * (line - 1) + [source], file)
    code = _RAISE.replace(co_filename=file, co_firstlineno=line)
    try:
        exec(code, spaces(number, space_name), {"error": error})
    except RemoteError as raised:
        return raised.with_traceback(raised.__traceback__.tb_next)
    raise AssertionError("it was raised")


_RAISE = compile("raise error", "<cell>", "exec")


def forget_cells() -> None:
    """Drop the lines of learners' cells that were kept for the sentences of a check."""
    for file in [file for file in linecache.cache if file.startswith("<a learner's cell ")]:
        del linecache.cache[file]


def watchers() -> list:
    """The modes of PyTorch in which a check watches what is called."""
    import torch

    return attempt(torch.overrides._get_current_function_mode_stack) or []


def replay(called: list) -> None:
    """Let the watching check see the names of the functions of PyTorch that were called at the other side."""
    if len(called) > _MOST_CALLED or {*map(type, called)} - {str} or max(map(len, called), default=0) > NAME:
        raise WireError(_OTHER)
    modes = watchers() if called else []
    for name in called if modes else ():

        def stand_in(*args, **kwargs):
            return None

        stand_in.__name__ = name
        modes[-1].__torch_function__(stand_in, (), (), None)


def lazy(is_coroutine, name):
    """A generator or coroutine of this name, in which there is nothing."""
    if type(name) is not str or len(name) > NAME:
        raise WireError(_OTHER)

    async def coroutine(): ...

    made: CoroutineType | GeneratorType = coroutine() if is_coroutine is True else (item for item in ())
    made.__qualname__ = name
    return made


# --- tensors and models -----------------------------------------------------------------------------------


def joined(line, number: int, tensor, name, inputs: list):
    """The tensor, through which gradients flow back to the judge's `inputs`, pairs of (tensor, its key).

    `name` is that of the step which made it, as its `repr` shows it.
    """
    import torch

    start = torch.zeros((), requires_grad=True)  # the way back exists also where no input of the judge has one
    keys = [key for _, key in inputs]
    name, *_ = about_type([name, "", None, False])
    return _way_back(name).apply(line, number, (tensor.detach(),), keys, start, *(given for given, _ in inputs))


@lru_cache(maxsize=256)
def _way_back(name: str):
    import torch

    class WayBack(torch.autograd.Function):
        @staticmethod
        def forward(ctx, line, number, tensor, keys, start, *inputs):
            ctx.line, ctx.number, ctx.keys, ctx.like = line, number, keys, [(i.shape, i.dtype) for i in inputs]
            return tensor[0]

        @staticmethod
        def backward(ctx, slope):
            slopes = ctx.line.slopes(ctx.number, slope, ctx.keys)
            if len(slopes) != len(ctx.like):
                raise WireError("The gradients that came are not as they were asked for.")
            for given, like in zip(slopes, ctx.like, strict=True):
                fits = given is None or isinstance(given, torch.Tensor) and (given.shape, given.dtype) == like
                if not fits:
                    raise WireError("The gradients that came are not as they were asked for.")
            return None, None, None, None, None, *slopes

    WayBack._backward_cls.__name__ = name
    return WayBack


def model(line, number: int, about, parameters, buffers, children, training, tensors):
    """The stand-in for a torch module: a module, too, with parameters of its own that go there before each call.

    `tensors` are pairs (tensor, key) of all tensors of the module and of the modules in it.
    """
    import torch

    made = named_type(_remote_module(), *about_type(about))()
    made.__dict__ |= {"_shown": about[2], "_line": line, "_number": number, "_tensors": tensors}
    made.training = training is True
    for held, pairs, kind in (
        (made._parameters, parameters, torch.nn.Parameter),
        (made._buffers, buffers, torch.Tensor),
        (made._modules, children, torch.nn.Module),
    ):
        for name, value in pairs:
            if type(name) is not str or not (value is None or isinstance(value, kind)):
                raise WireError("What is told of a model is not as it was agreed.")
            held[name] = value
    return made


@lru_cache(maxsize=1)
def _remote_module():
    import torch

    class RemoteModule(torch.nn.Module):
        def forward(self, *args, **kwargs):
            return self._line.call(self._number, args, kwargs, self._tensors)

        def __getattr__(self, name: str):
            try:
                return super().__getattr__(name)
            except AttributeError:
                if name.startswith("_"):
                    raise
            return self._line.get(self._number, name)

    return RemoteModule
