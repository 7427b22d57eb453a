"""Looking at any object without tripping over it: name it, show it, see whether it is still the starter.

Nothing here believes an object about itself: `==`, `repr`, `len`, even `__class__` may raise or lie. Neither
torch nor numpy is imported: a tensor can only come from a learner who imported torch already.
"""

import math
import re
import sys
from types import CodeType, FunctionType

_WORDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "a truth value",
    "function": "a function",
    "ndarray": "a NumPy array",
    "Tensor": "a tensor",
}


def attempt(function, *args, default=None):
    """function(*args), or the default if that raises anything but KeyboardInterrupt."""
    try:
        return function(*args)
    except KeyboardInterrupt:
        raise
    except BaseException:
        return default


def is_a(answer, *types) -> bool:
    """`isinstance` by the real type: it believes no `__class__` and cannot raise."""
    return attempt(issubclass, type(answer), types, default=False)


def describe(answer) -> str:
    """What was given, in words: 'a list (`[1, 2]`)'."""
    if answer is None:
        return "`None`"
    name = type_name(answer)
    article = "an" if name[:1].lower() in "aeiou" else "a"
    kind = _WORDS.get(name, f"{article} {name}")
    plain = attempt(lambda: type(answer).__repr__ is object.__repr__, default=False)
    if plain or (not _has_parts(answer) and "\n" in (attempt(repr, answer) or "")):
        return kind  # nothing to show, or pages, as of a model
    return f"{kind} ({code(safe_repr(answer, 80), 80)})"


def _has_parts(answer) -> bool:
    return is_a(answer, str, list, tuple, dict, set, frozenset) or is_array(answer)


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, the middle left out."""
    if len(text) <= limit:
        return text
    half = (limit - 3) // 2
    return f"{text[: limit - 3 - half]} … {text[-half:]}"


def say(text: str) -> None:
    """Print a notice at once, also on a console that cannot show all of its characters."""
    print(for_console(text), flush=True)


def for_console(text: str) -> str:
    """The text with `?` for what the encoding of standard output lacks: a notice must never stop the work."""
    encoding = attempt(lambda: sys.stdout.encoding) or "utf-8"
    return attempt(lambda: text.encode(encoding, "replace").decode(encoding), default=text)


def type_name(answer) -> str:
    """The name of the type, without its module."""
    name = attempt(lambda: type.__dict__["__name__"].__get__(type(answer)))
    return shorten(one_line(name or "object").replace("`", "'"), 40)


def safe_repr(answer, limit: int = 120) -> str:
    """`repr` on one line, the middle left out when long, without memory addresses; never raises."""
    import reprlib

    show = reprlib.Repr()
    show.maxstring = show.maxother = show.maxlong = limit
    text = attempt(show.repr, answer)
    if not is_a(text, str):
        return f"<{type_name(answer)} that cannot be shown>"
    return shorten(one_line(text), limit)


def code(text: str, limit: int = 120) -> str:
    """The text in backticks, so that a Result shows it as code."""
    return f"`{shorten(one_line(text).replace('`', chr(39)), limit)}`"


def one_line(text: str) -> str:
    return re.sub(r" at 0x[0-9a-fA-F]+| id='\d+'", "", " ".join(str.__str__(text).split()))


def is_array(answer) -> bool:
    known = (("torch", "Tensor"), ("numpy", "ndarray"), ("numpy", "generic"))
    loaded = [getattr(sys.modules.get(module), name, None) for module, name in known]
    return is_a(answer, *[kind for kind in loaded if kind is not None])


def size(array) -> int:
    return int(math.prod(array.shape))


# --- not attempted ----------------------------------------------------------------------------------------


def untouched(answer, starter: str = "") -> bool:
    """Is this the starter: `...`, something that contains `...`, or a function nobody filled in?"""
    return attempt(_untouched, answer, starter, default=False)


def has_ellipsis(answer) -> bool:
    """Is the answer `...`, or a list, tuple, set or dict with `...` anywhere inside?"""
    todo, seen = [answer], set()
    while todo and len(seen) < 10_000:
        item = todo.pop()
        if item is ...:
            return True
        if type(item) in (list, tuple, set, frozenset, dict) and id(item) not in seen:
            seen.add(id(item))
            todo.extend(item.values() if type(item) is dict else item)
    return False


def _untouched(answer, starter: str) -> bool:
    if has_ellipsis(answer) or (is_a(answer, str) and str.strip(answer) in ("...", "…")):
        return True
    if is_a(answer, type):
        functions = [value for value in vars(answer).values() if type(value) is FunctionType]
        return bool(functions) and all(_untouched(function, starter) for function in functions)
    while type(answer) is FunctionType and "__wrapped__" in answer.__dict__:  # @torch.no_grad() and the like
        answer = answer.__dict__["__wrapped__"]
    if type(answer) is not FunctionType:
        return False
    empty = _functions_in("def f(): ...\ndef g(): return ...\n")
    return _steps(answer.__code__) in empty + _functions_in(starter)


def unused_parameter(answer) -> str:
    """The name of the first parameter that a function never reads, "" if it reads all or is no plain function."""
    return attempt(_unused_parameter, answer, default="")


def _unused_parameter(answer) -> str:
    while type(answer) is FunctionType and "__wrapped__" in answer.__dict__:
        answer = answer.__dict__["__wrapped__"]
    if type(answer) is not FunctionType:
        return ""
    names = answer.__code__.co_varnames[: answer.__code__.co_argcount + answer.__code__.co_kwonlyargcount]
    used = _names_in(answer.__code__)
    if used & {"locals", "vars", "eval", "exec"}:  # these can read every name
        return ""
    return next((name for name in names if name not in used and name not in ("self", "_")), "")


def _names_in(compiled: CodeType) -> set[str]:
    """Every name that the code and the functions in it read, whatever it is: a variable, an attribute, a global."""
    import dis

    read = {str(s.argval) for s in dis.get_instructions(compiled) if not s.opname.startswith(("STORE", "DELETE"))}
    pairs = [s.argval for s in dis.get_instructions(compiled) if isinstance(s.argval, tuple)]  # 3.13 reads two at once
    read |= {str(name) for pair in pairs for name in pair}
    inner = [const for const in compiled.co_consts if type(const) is CodeType]
    return read.union(*map(_names_in, inner))


def _functions_in(source: str) -> list:
    """The steps of every function in a piece of code; none if it cannot be compiled."""
    todo, found = [attempt(compile, source, "<starter>", "exec")], []
    while todo:
        inner = [const for const in getattr(todo.pop(), "co_consts", ()) if type(const) is CodeType]
        found += map(_steps, inner)
        todo += inner
    return found


def _steps(compiled: CodeType) -> list:
    """What a function does, whatever its name, place and docstring. Read with `dis`, because the bytes
    themselves move with every Python release and with the docstring."""
    import dis

    skip = {"RESUME", "NOP", "CACHE", "MAKE_CELL", "COPY_FREE_VARS"}
    return [
        (step.opname, _steps(step.argval) if type(step.argval) is CodeType else repr(step.argval))
        for step in dis.get_instructions(compiled)
        if step.opname not in skip
    ]
