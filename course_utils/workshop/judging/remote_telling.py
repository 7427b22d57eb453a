"""What the learner's process tells of its things: data as it is; of all else a number, a name and how it looks."""

import inspect
import sys
from types import CodeType, CoroutineType, FunctionType, GeneratorType

from ...describing import attempt, is_a, shorten, untouched, unused_parameter
from .wire import NAME
from .wire_writing import Encoder, facts

_CARD = "huggingface_hub.repocard.ModelCard"
_ABOUT = ("__module__", "__name__")


class Teller(Encoder):
    """Data as it is; what is more, as a number with all that is told of it."""

    def __init__(self, worker):
        super().__init__()
        self.worker = worker

    def known(self, value) -> list | None:
        if (number := self.worker.numbers_of_stubs.get(id(value))) is not None:
            return ["ours", number]
        call, number = self.worker.from_judge.get(id(value), (None, None))
        if call is None or (call != len(self.worker.sent) - 1 and not _is_module(value)):
            return None  # a list of an earlier call may be another one by now
        return ["sent", call, number]

    def extra(self, tensor):
        import torch

        if type(tensor) is torch.nn.Parameter or tensor.grad_fn is not None:
            name = None if tensor.grad_fn is None else shorten(type(tensor.grad_fn).__name__, NAME)
            return self.worker.number(tensor), name
        return None

    def other(self, value) -> list:
        if type(value) in (GeneratorType, CoroutineType):
            return ["lazy", type(value) is CoroutineType, shorten(text_of(value.__qualname__), NAME)]
        number = self.worker.number(value)
        if type(value) is FunctionType:
            return self._function(number, value)
        if _is_module(value) and (node := attempt(self._module, number, value)):
            return node
        base = _CARD if any(f"{kind.__module__}.{kind.__qualname__}" == _CARD for kind in type(value).__mro__) else ""
        name = shorten(attempt(lambda: text_of(value.__name__)) or "", NAME) or None
        empty = is_a(value, type) and untouched(value, self.worker.starter)
        return ["object", number, facts(value), attempt(callable, value, default=False), name, base, empty]

    def _function(self, number: int, function: FunctionType) -> list:
        space = attempt(lambda: inspect.unwrap(function).__globals__, default=function.__globals__)
        names = shorten(function.__name__, NAME), shorten(function.__qualname__, NAME)
        told = untouched(function, self.worker.starter), shorten(unused_parameter(function), NAME)
        own = self.worker.number(space), text_of(space.get("__name__"))
        return ["function", number, *names, *told, *own, attempt(_used, function, default=[])]

    def _module(self, number: int, module) -> list:
        pairs = [
            [[name, self.item(value)] for name, value in held.items()]
            for held in (module._parameters, module._buffers, module._modules)
        ]
        tensors = {id(tensor): tensor for tensor in (*module.parameters(), *module.buffers())}
        keys = [[self.item(tensor), *self.worker.key(tensor)] for tensor in tensors.values()]
        return ["module", number, facts(module), *pairs, bool(module.training), keys]


def _is_module(value) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and is_a(value, torch.nn.Module)


def _used(function: FunctionType) -> list[list[str]]:
    """The names in the code of a function, with module and name of what the learner's globals have under them."""
    todo, names = [function.__code__], {}
    while todo:
        code = todo.pop()
        names |= dict.fromkeys(code.co_names)
        todo += [const for const in code.co_consts if type(const) is CodeType]
    found = []
    for name in [*names][:200]:
        thing = function.__globals__.get(name)
        about = ["", "(itself)"] if thing is function else [getattr(thing, part, "") for part in _ABOUT]
        found.append([shorten(text_of(text), NAME) for text in (name, *about)])
    return found


def text_of(value) -> str:
    return str.__str__(value) if is_a(value, str) else ""
