"""The code of an answer cell: which exercise it checks, whether it is still the starter, and what of it can be run.

Code is parsed, never compiled or run here. IPython's `%time` goes as if it were not there; other magics and `!commands`
are left out, and a note says so.
"""

import ast
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from ...describing import code as in_backticks
from ...describing import one_line, shorten
from ...exercises.display import clean

LONGEST = 100_000  # characters of one cell
_CALL = re.compile(r"""\bcheck\s*\(\s*["']\s*(\d{1,3}[a-z]?\.\d{1,3})\s*["']""")
_CELL_MAGIC = re.compile(r"\s*%%(\w+)[^\n]*")
_AS_IF_NOT_THERE = ("time", "capture")
_NO_COMMAND = ("time", "timeit", "matplotlib", "pinfo", "pinfo2", "config", "load_ext", "autoreload", "who", "whos")


@dataclass(frozen=True)
class Answer:
    """The code of one exercise, ready to run; or a `problem`, a sentence that says why it cannot run.

    `attempted` is false where the cell still is the starter.
    """

    code: str
    problem: str = ""
    attempted: bool = True


def parse(code: str) -> ast.Module | None:
    """The tree of Python code; None for what is none, or is too long or too deep to be an answer."""
    if len(code) > LONGEST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid "\d" in a learner's text is no news for the instructor
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def names_in(find_names: Callable[[ast.AST], set[str]], code: str) -> set[str]:
    """What `find_names` finds in the tree of the code; nothing in what is no Python."""
    tree = parse(code)
    return find_names(tree) if tree else set()


def checked_ids(code: str) -> list[str]:
    """The exercises that a cell checks: the first argument of each `check("6.3", …)`. Code that is no Python counts."""
    if "check" not in code:
        return []
    tree = parse(code)
    if tree is None:
        return list(dict.fromkeys(_CALL.findall(code[: 10 * LONGEST])))
    ids = [call.args[0].value.strip() for call in ast.walk(tree) if _is_check(call)]
    return [id for id in dict.fromkeys(ids) if re.fullmatch(r"\d{1,3}[a-z]?\.\d{1,3}", id)]


def _is_check(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name == "check" and isinstance(node.args[0].value, str)


def same_code(code: str, starter: str, answer: str) -> bool:
    """Is a cell still the starter, or empty? Comments, spaces and the usual call of `check` make no difference."""
    tree, original = parse(code), parse(starter)
    if tree is None or original is None:
        return False
    usual = f"({', '.join(map(ast.unparse, _parts(answer)))})"
    body = [statement for statement in tree.body if not _is_usual_check(statement, usual)]
    return not body or [*map(ast.dump, body)] == [*map(ast.dump, original.body)]


def _parts(answer: str) -> list[ast.expr]:
    expression = ast.parse(answer, mode="eval").body
    return expression.elts if isinstance(expression, ast.Tuple) else [expression]


def _is_usual_check(statement: ast.stmt, usual: str) -> bool:
    if not (isinstance(statement, ast.Expr) and _is_check(statement.value)):
        return False
    given = statement.value.args[1:]
    parts = given[0].elts if len(given) == 1 and isinstance(given[0], ast.Tuple) else given
    return not given or f"({', '.join(map(ast.unparse, parts))})" == usual


def read_code(id: str, code: str) -> tuple[Answer, list[str]]:
    """The answer in a cell, and sentences on what was left out of it."""
    if len(code) > LONGEST:
        return Answer("", f"The cell has {len(code):,} characters; an answer may have {LONGEST:,}."), []
    magic = _CELL_MAGIC.match(code)
    if magic and magic[1] not in _AS_IF_NOT_THERE:
        return Answer("", f"The cell begins with `%%{magic[1]}`, so it is not run as Python."), []
    if magic:
        code = code[: magic.start(1) - 2] + code[magic.end() :]  # its line stays, so that lines keep their numbers
    code, left_out = _without_magics(code)
    notes = []
    if left_out:
        notes.append(f"{id}: {in_backticks(left_out[0], 80)} is a command to the system, which is not run here.")
    if problem := _problem(code):
        return Answer(code, problem), notes
    return Answer(code), notes


def _problem(code: str) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(code)
    except SyntaxError as error:
        line = f", in line {error.lineno} of the cell" if error.lineno else ""
        text = (error.text or "").strip()
        shown = f": {in_backticks(clean(text), 120)}" if text else ""
        kind = type(error).__name__
        return f"The cell is no Python: {kind}: {shorten(clean(one_line(error.msg)), 200)}{line}{shown}."
    except (ValueError, RecursionError, MemoryError) as error:
        return f"The cell cannot be read as Python: {type(error).__name__}."
    return ""


def _without_magics(code: str) -> tuple[str, list[str]]:
    """The code as plain Python, line by line as before, and the commands to the system that it no longer has."""
    if not re.search(r"(?m)^\s*[%!?]|=\s*[%!]|\?\s*$|get_ipython", code):
        return code, []
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        tree = parse(changed := TransformerManager().transform_cell(code))
    except (SyntaxError, RecursionError):
        return code, []
    if tree is None:
        return code, []
    lines, left_out = changed.splitlines(), []
    calls = [node for node in ast.walk(tree) if _of_ipython(node)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset), reverse=True):  # from the end
        words = [part.value for part in call.args if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        magic = call.func.attr == "run_line_magic"
        timed = magic and words[:1] == ["time"] and len(words) > 1
        if not magic or words[:1] and words[0] not in _NO_COMMAND:
            left_out.insert(0, f"%{' '.join(words)}" if magic else f"!{' '.join(words)}")
        first, last = call.lineno - 1, call.end_lineno - 1
        before = lines[first].encode()[: call.col_offset].decode()
        after = lines[last].encode()[call.end_col_offset :].decode()
        lines[first : last + 1] = [before + (words[1] if timed else "None") + after] + [""] * (last - first)
    return "\n".join(lines), left_out


def _of_ipython(node: ast.AST) -> bool:
    """`get_ipython().anything(…)`: what IPython makes of a magic."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    inner = node.func.value
    return isinstance(inner, ast.Call) and getattr(inner.func, "id", "") == "get_ipython"
