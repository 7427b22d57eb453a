"""What a call leaves behind on the other side, put into the judge's own objects: data only, and until the check ends.

A learner's function may change what it is given: a list, a model that it trains, a counter in a toy model. `put` gives
the judge's object the state that came, and gives back what undoes that: no submission leaves a trace for the next one.
The generators of random numbers go along both ways, so that a check draws what it would draw in one process.
"""

import random
import shutil
import struct
import sys
from collections import OrderedDict, deque
from collections.abc import Callable
from pathlib import Path

from .wire import TOO_MUCH, WireError
from .wire_writing import tensor_bytes

_MOST_FILES, _MOST_BYTES = 200, 1 << 20
_HOLDERS = (  # a kind, what it is sent as, how it is filled
    (list, list, list.extend),
    (deque, deque, deque.extend),
    (set, set, set.update),
    (OrderedDict, dict, OrderedDict.update),
    (dict, dict, dict.update),
)
_OTHER = "What was given to the code came back as something else."


def put(thing, state) -> Callable[[], None]:
    """Give the judge's object the state that it has on the other side; returns what undoes that.

    Raises WireError for a state that the object cannot have. Attributes are set without running any code of the object.
    """
    try:
        return _put(thing, state)
    except WireError:
        raise
    except Exception as error:
        raise WireError(_OTHER) from error


def _put(thing, state) -> Callable[[], None]:
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    if torch and isinstance(thing, torch.Tensor):
        return _put_tensor(thing, *state)
    if numpy and isinstance(thing, numpy.ndarray):
        before = thing.copy()
        if before.dtype != state.dtype or before.size != state.size:
            raise WireError("An array that was given came back with another kind of numbers.")
        thing.shape = state.shape
        thing[...] = state
        return lambda: (setattr(thing, "shape", before.shape), thing.__setitem__(..., before))
    for kind, plain, fill in _HOLDERS:
        if isinstance(thing, kind):
            before = plain(thing)
            if type(state) is not plain:
                raise WireError(_OTHER)
            kind.clear(thing), fill(thing, state)
            return lambda: (kind.clear(thing), fill(thing, before))
    changed, gone = state
    attributes = vars(thing)
    before = dict(attributes)
    if type(changed) is not dict or {*map(type, (*changed, *gone))} - {str}:
        raise WireError(_OTHER)
    attributes.update(changed)
    for name in gone:
        attributes.pop(name, None)
    return lambda: (attributes.clear(), attributes.update(before))


def _put_tensor(tensor, data, requires_grad, grad) -> Callable[[], None]:
    import torch

    before = tensor.detach().clone(), tensor.requires_grad, tensor.grad

    def turn(data, requires_grad, grad):
        with torch.no_grad():
            if data.shape == tensor.shape and data.dtype == tensor.dtype:
                tensor.data.copy_(data)
            else:
                tensor.data = data
            if tensor.is_leaf:
                tensor.requires_grad_(requires_grad)
                tensor.grad = grad

    turn(data.detach(), requires_grad is True, None if grad is None else grad.detach())
    return lambda: turn(*before)


# --- at the other side ------------------------------------------------------------------------------------


def photo(thing) -> tuple | list:
    """What is needed to see later whether the thing has changed: its numbers, or the very things in it."""
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    if torch and isinstance(thing, torch.Tensor):
        grad = thing.grad if thing.is_leaf else None
        numbers = [None if some is None else tensor_bytes(some) for some in (thing, grad)]
        return thing.dtype, thing.shape, thing.requires_grad, *numbers
    if numpy and isinstance(thing, numpy.ndarray):
        return thing.dtype, thing.shape, thing.tobytes()
    held = thing if _plain(thing) else vars(thing)
    return [part for pair in held.items() for part in pair] if isinstance(held, dict) else [*held]


def differs(thing, before) -> bool:
    """Has the thing changed since the photo?"""
    now = photo(thing)
    if type(now) is tuple:
        return now != before
    return len(now) != len(before) or any(one is not other for one, other in zip(now, before, strict=True))


def change(thing, before):
    """The new state of a thing, as `put` reads it."""
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    if torch and isinstance(thing, torch.Tensor):
        return thing.detach(), thing.requires_grad, thing.grad if thing.is_leaf else None
    if numpy and isinstance(thing, numpy.ndarray):
        return thing.copy()
    if plain := _plain(thing):
        return plain(thing)
    old, now = dict(zip(before[::2], before[1::2], strict=True)), vars(thing)
    changed = {name: value for name, value in now.items() if name not in old or old[name] is not value}
    return changed, [name for name in old if name not in now]


def _plain(thing) -> type | None:
    return next((plain for kind, plain, _ in _HOLDERS if isinstance(thing, kind)), None)


# --- random numbers ---------------------------------------------------------------------------------------


def chance() -> tuple:
    """Where the generators of Python, NumPy and PyTorch stand, as plain data that can be compared."""
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    version, numbers, gauss = random.getstate()
    of_numpy = None
    if numpy and "numpy.random" in sys.modules:
        _, keys, *rest = numpy.random.get_state()
        of_numpy = keys.tobytes(), *rest
    return (struct.pack("625I", *numbers), gauss), of_numpy, torch.get_rng_state().numpy().tobytes() if torch else None


def set_chance(state) -> None:
    """Put the generators where those of the other side stand. Raises WireError for what is no such state."""
    try:
        (numbers, gauss), of_numpy, of_torch = state
        random.setstate((3, struct.unpack("625I", numbers), None if gauss is None else float(gauss)))
        if of_numpy is not None:
            import numpy

            keys, place, has_gauss, cached = of_numpy
            if not 0 <= place <= 624:
                raise ValueError("no place in a table of 624 numbers")
            keys = numpy.frombuffer(keys, numpy.uint32, 624)
            numpy.random.set_state(("MT19937", keys, place, int(has_gauss == 1), float(cached)))
        if of_torch is not None:
            import torch

            torch.set_rng_state(torch.frombuffer(bytearray(of_torch), dtype=torch.uint8))
    except WireError:
        raise
    except Exception as error:
        raise WireError("The state of the random numbers that came is none.") from error


# --- folders ----------------------------------------------------------------------------------------------


def files_of(folder: str | Path) -> dict[str, bytes]:
    """Name and bytes of the files in a folder, those of folders in it, too; links and devices are left out."""
    found, size = {}, 0
    for path in sorted(Path(folder).rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        size += path.stat().st_size
        if size > _MOST_BYTES or len(found) >= _MOST_FILES:
            raise WireError(TOO_MUCH["files"])
        found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return found


def write_files(folder: str | Path, files) -> None:
    """Make the folder hold these files and no others. Raises WireError for names that lead out of it."""
    folder = Path(folder)
    if type(files) is not dict or len(files) > _MOST_FILES or {*map(type, (*files, *files.values()))} - {str, bytes}:
        raise WireError("What the code wrote into its folder came back as something else.")
    for name in files:
        parts = Path(name).parts
        if not parts or len(parts) > 10 or {"..", "/"} & {*parts} or Path(name).is_absolute() or len(name) > 200:
            raise WireError("The code wrote a file whose name leads out of its folder.")
    for old in folder.iterdir():
        shutil.rmtree(old) if old.is_dir() and not old.is_symlink() else old.unlink()
    try:
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    except (OSError, ValueError, TypeError) as error:
        raise WireError("What the code wrote into its folder cannot be written here.") from error
