"""Runs the cells of a page, and on top of them the answers of a learner, in the process where this is called."""

import contextlib
import io
import linecache
import random
import sys
from collections.abc import Callable, Mapping

from ...exercises.engine import judge
from ...exercises.records import Exercise
from ...exercises.shelf import find


def new_shell():
    """IPython without a kernel: the page's cells find `get_ipython()`, and `display` has somewhere to go."""
    import torch
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    torch.set_num_threads(1)  # before the first operation: threads would not survive a fork
    config = Config()
    config.HistoryManager.enabled = False  # its thread would not either
    config.InteractiveShell.colors = "NoColor"
    return InteractiveShell.instance(config=config)


def run_cell(shell, code: str) -> BaseException | None:
    """Run a cell of the page; what it prints and shows goes nowhere. Returns its error."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        result = shell.run_cell(code, store_history=False, silent=True)
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")
    return result.error_before_exec or result.error_in_exec


def solve(shell, id: str) -> list[str]:
    """Run the reference solution, and judge it here, once: so what a check needs is loaded before judges are forked.

    Returns sentences: what is wrong with the page or with this machine.
    """
    record = find(id)
    error = run_cell(shell, record.solution)
    if error is not None:
        return [f"The solution of {id} failed here with {type(error).__name__}: {error}"[:300]]
    if isinstance(record, Exercise):
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            status, message = judge(record, eval(record.answer, shell.user_ns))
        if status != "correct":
            return [f"The solution of {id} is judged {status!r} here: {message}"[:400]]
    return []


def answer_of(shell, request: Mapping) -> Callable[[], object]:
    """What gives the answer: call it where the learner's code may run. `request` is what `ground.Ground` asks.

    Whatever the code raises, the call raises.
    """

    def answer():
        import numpy
        import torch

        record, space, given = find(request["id"]), shell.user_ns, {}
        space.update(dict.fromkeys(("hint", "solution", "progress", "quiz", "scores"), lambda *args, **named: None))
        space["check"] = lambda id=None, answer=..., **named: given.update({str(id).strip(): answer})
        for name in request["own"]:  # a name of the page or of our solutions must not pass for this answer
            space.pop(name, None)
        for id, code, ours in request["before"]:
            kept = {name: space[name] for name in ours if name in space}
            with contextlib.suppress(BaseException):
                execute(code, f"<answer to {id}>", space)
            space.update(kept)
        given.clear()
        random.seed(0), numpy.random.seed(0), torch.manual_seed(0)
        execute(request["code"], f"<answer to {record.id}>", space)
        return given[record.id] if given.get(record.id, ...) is not ... else eval(record.answer, space)

    return answer


def execute(code: str, name: str, space: dict) -> None:
    """Run a cell; `name` is what stands for its file, so that an error can quote its line."""
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    exec(compile(code, name, "exec"), space)
