"""From the judge to the learner's process: arguments, and what happened to them there.

This direction is trusted, so the arguments of a call go as one pickle, and an optimizer keeps its model's parameters.
Functions that a check made stay here, and only their number goes. What comes back is for `remote_returning.py`.
"""

import io
import os
import sys
import tempfile
from collections import OrderedDict, deque
from collections.abc import Callable
from enum import Enum
from functools import partial
from types import BuiltinMethodType, CellType, FunctionType, MethodType, ModuleType

from ...describing import attempt, is_a
from ...errors import CourseError
from .wire_writing import tensor_bytes

_BY_NUMBER = (FunctionType, MethodType, BuiltinMethodType, partial)
_WATCHED = ("torch", "transformers", "course_utils")  # packages whose objects, when sent, may come back changed


class Unjudgeable(CourseError):
    """An answer, or what its check hands over, cannot be carried to another process: a person has to look."""


def pack(value, names: dict[int, tuple], own: Callable[[object], tuple]) -> tuple[bytes, dict[int, object], list[str]]:
    """(pickle, {number in the pickle: object that may come back changed}, folders that go with it).

    `names` has, by `id`, what the other side knows already; `own` gives a name to what stays here. Raises Unjudgeable
    where something cannot be pickled.
    """
    import cloudpickle

    names, folders = dict(names), []
    for part in _parts(value):
        if id(part) in names:
            continue
        if _stays(part):
            names[id(part)] = own(part)
        elif is_a(part, str) and _is_folder(part):
            names[id(part)] = "folder", len(folders)
            folders.append(part)

    class Pickler(cloudpickle.Pickler):
        def persistent_id(self, thing):
            return names.get(id(thing))

        def reducer_override(self, thing):
            return _reduced(thing) or super().reducer_override(thing)

    file = io.BytesIO()
    pickler = Pickler(file)
    try:
        pickler.dump(value)
    except Exception as error:
        raise Unjudgeable(
            f"The check hands over something that cannot be carried to another process ({error}): look at this answer "
            "yourself."
        ) from error
    memo, sent = pickler.memo.copy(), {}
    for thing in _reached(value, names):
        if id(thing) in memo:
            sent[memo[id(thing)][0]] = thing
    return file.getvalue(), sent, folders


def _parts(value) -> list:
    """Everything in plain containers, to any depth."""
    todo, found, seen = [value], [], set()
    while todo:
        part = todo.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if type(part) in (list, tuple, set, deque):
            todo.extend(part)
        elif type(part) in (dict, OrderedDict):
            todo.extend(part.values())
        else:
            found.append(part)
    return found


def _stays(thing) -> bool:
    """Is this called from there, rather than carried? Functions, and objects of the checks' own classes."""
    if isinstance(thing, _BY_NUMBER):
        return not (isinstance(thing, BuiltinMethodType) and isinstance(thing.__self__, ModuleType))
    torch = sys.modules.get("torch")
    mine = type(thing).__module__.startswith("course_utils.exercises.chapters")
    return mine and not (torch and isinstance(thing, torch.nn.Module)) and type(thing).__mro__[1:] == (object,)


def _is_folder(text: str) -> bool:
    """Is it a folder that the check made, among the temporary files?"""
    return "\0" not in text and text.startswith(tempfile.gettempdir() + os.sep) and os.path.isdir(text)


def _reduced(thing):
    """How tensors and optimizers are pickled, with what their own way leaves out: gradients and hooks."""
    torch = sys.modules.get("torch")
    if torch is None:
        return None
    if type(thing) in (torch.Tensor, torch.nn.Parameter) and thing.layout is torch.strided and not thing.is_quantized:
        grad = thing.grad if thing.is_leaf else None
        about = str(thing.dtype).removeprefix("torch."), tuple(thing.shape), thing.requires_grad
        return tensor_again, (type(thing) is torch.nn.Parameter, *about, tensor_bytes(thing), grad)
    if isinstance(thing, torch.optim.Optimizer):
        return object_again, (type(thing),), dict(vars(thing))
    return None


def tensor_again(parameter: bool, dtype: str, shape: tuple, requires_grad: bool, raw: bytes, grad):
    """The tensor that was pickled."""
    import torch

    kind = getattr(torch, dtype)
    tensor = torch.frombuffer(bytearray(raw), dtype=kind) if raw else torch.empty(0, dtype=kind)
    tensor = tensor.reshape(shape)
    tensor = torch.nn.Parameter(tensor, requires_grad) if parameter else tensor.requires_grad_(requires_grad)
    tensor.grad = grad
    return tensor


def object_again(kind: type):
    """An object without its attributes, which follow."""
    return kind.__new__(kind)


def _reached(value, names: dict[int, tuple]) -> list:
    """All that a learner's code can change of what it is given: also what hangs on models, hooks and closures.

    Never through the globals of a function: those are the judge's, and serve the next learner, too.
    """
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    arrays = tuple(kind for kind in (numpy and numpy.ndarray, torch and torch.Tensor) if kind)
    todo, found, seen = [value], [], {}
    while todo:
        thing = todo.pop()
        if id(thing) in seen or id(thing) in names:
            continue
        seen[id(thing)] = thing
        if isinstance(thing, arrays):
            found.append(thing)
            todo.append(getattr(thing, "grad", None) if getattr(thing, "is_leaf", False) else None)
        elif isinstance(thing, (list, tuple, set, frozenset, deque)):
            found.append(thing)
            todo.extend(thing)
        elif isinstance(thing, dict):
            found.append(thing)
            todo.extend((*thing.keys(), *thing.values()))
        elif isinstance(thing, FunctionType):
            todo.extend(thing.__closure__ or ())
        elif isinstance(thing, CellType):
            todo.append(attempt(lambda thing=thing: thing.cell_contents))
        elif isinstance(thing, MethodType):
            todo.extend((thing.__self__, thing.__func__))
        elif isinstance(thing, partial):
            todo.extend((thing.func, thing.args, thing.keywords))
        elif isinstance(thing, type):
            todo.extend(vars(thing).values() if "<locals>" in thing.__qualname__ else ())
        elif not isinstance(thing, (Enum, ModuleType)) and type(thing).__module__.split(".")[0] in _WATCHED:
            attributes = attempt(lambda thing=thing: vars(thing))
            if type(attributes) is dict:
                found.append(thing)
                todo.extend(attributes.values())
                todo.append(type(thing))
    return [thing for thing in found if not isinstance(thing, (tuple, frozenset))]
