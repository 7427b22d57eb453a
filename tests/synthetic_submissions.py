"""Makes submissions of a class that never was, with the verdict that each one should get.

    python tests/synthetic_submissions.py FOLDER [COUNT [SEED]]

Most are learner notebooks with right, wrong and untouched answers from the records. The others are what a grader
must survive: see `FILES` (what is no notebook, or an odd one) and `ATTACKS` (code that harms). An attack that succeeds
shows in its verdict, and nothing here harms a machine without limits: each is bounded, and deletes or
writes nothing but what it made itself and the file `of the instructor.txt`, which `make` puts there for it.
"""

import json
import os
import random
import sys
from collections.abc import Callable, Container
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import nbformat

from course_utils.authoring import sources
from course_utils.authoring.notebooks import NOTEBOOKS
from course_utils.exercises import Choice
from course_utils.exercises.display import unmarked

PAGES = (
    *("00_start_here", "00b_tensors", "01_language_and_llms", "02_pipelines"),
    *("04_how_transformers_work", "06_attention", "08_text_generation"),
)
# Where the attacks stand: first, in the middle and last on a page that is quickly made.
ATTACKED = (("00b_tensors", "0b.1"), ("04_how_transformers_work", "4.5"), ("00b_tensors", "0b.6"))
NAMES = [
    "Ada",
    "Bilal",
    "Chen",
    "Dora",
    "Emre",
    "Fatma",
    "Goran",
    "Hana",
    "Ivo",
    "Jun",
    "Kofi",
    "Lena",
    "Mina",
    "Nils",
    "Olu",
    "Pia",
    "Qiu",
    "Rosa",
    "Sami",
    "Tove",
    "Uma",
]
# What a table, a page and a spreadsheet must not take for more than a name.
ODD_NAMES = (
    "Zoë Müller",
    "李雷",
    "O'Brien, Pat",
    "=1+1",
    "+cmd",
    "@sum",
    "-2",
    "<b>Bob",
    'Eve "x" onload=alert(1)',
)
FORK = "synthetic-fork"  # what a process that an attack made calls itself; Linux keeps 15 letters of a name
CANARY = "of the instructor.txt"
OPEN = frozenset({"stopped", "look at it", "error in your code", "not yet"})  # anything but a pass


@dataclass(frozen=True)
class Expected:
    """One submission: its file below the folder, and what should be said about it.

    `rows`: for each exercise of its page the statuses that are right, and words that its sentence holds.
    `says`: words that one of the notes holds. `rows` is empty for what is no submission.
    """

    file: str
    kind: str
    notebook: str = ""
    rows: dict[str, tuple[frozenset[str], str]] = field(default_factory=dict)
    says: str = ""


def differences(expected: Expected, graded) -> list[str]:
    """What is not as expected in a `Graded` (or its absence)."""
    if graded is None:
        return [f"{expected.kind}: {expected.file}: no verdict"]
    here, found = f"{expected.kind}: {expected.file}: ", []
    rows = {row.id: row for row in graded.rows}
    if rows.keys() != expected.rows.keys():
        found.append(f"{here}judged {sorted(rows)}, expected {sorted(expected.rows)}")
    for id, (statuses, words) in expected.rows.items():
        row = rows.get(id)
        if row and (row.status not in statuses or _flat(words) not in _flat(row.message)):
            found.append(
                f"{here}{id} is {row.status} ({row.message}); expected {' or '.join(sorted(statuses))}: {words}"
            )
    notes = " ".join(graded.notes)
    if expected.says not in notes:
        found.append(f"{here}expected a note with {expected.says!r}; given: {notes!r}")
    return found


def _flat(text: str) -> str:
    """A sentence as a table has it: in one line, without marks for slanted words."""
    return " ".join(unmarked(text).split())


# --- notebooks --------------------------------------------------------------------------------------------


@cache
def records() -> dict:
    return sources.load_records()


@cache
def _page(name: str):
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)


def exercises(name: str) -> list[str]:
    """The ids of a page's exercise cells, from top to bottom."""
    return [cell.id[9:].replace("-", ".") for cell in _page(name).cells if cell.id.startswith("exercise-")]


def cell_of(notebook, id: str):
    return next(cell for cell in notebook.cells if cell.id == f"exercise-{id.replace('.', '-')}")


def with_check(code: str, record, answer: str = "") -> str:
    return f'{code.rstrip()}\n\ncheck("{record.id}", {answer or record.answer})'


def submission(name: str, answers: dict[str, str]):
    """The learner's notebook of a page with these answers in its cells."""
    notebook = deepcopy(_page(name))
    for id, code in answers.items():
        cell_of(notebook, id).source = with_check(code, records()[id])
    return notebook


def right(name: str, only: Container[str] = ()) -> tuple[dict[str, str], dict]:
    """The answers of a page from its solutions, and what is expected of them; those not in `only` are not begun."""
    done = {id: not only or id in only for id in exercises(name)}
    answers = {id: records()[id].solution if done[id] else records()[id].starter for id in done}
    return answers, {id: (frozenset({"correct" if done[id] else "not attempted"}), "") for id in done}


def mixed(name: str, chance: random.Random, only: Container[str] = ()) -> tuple[dict[str, str], dict]:
    """Answers of a page as a class has them: mostly right, some wrong, some not begun."""
    answers, rows = {}, {}
    for id in exercises(name):
        record, kind = records()[id], chance.choices(("right", "wrong", "starter"), (6, 3, 1))[0]
        kind = kind if not only or id in only else "starter"
        if kind == "right":
            code, row = chance.choice((record.solution, *record.alternatives)), ("correct", "")
        elif kind == "wrong":
            wrong = chance.choice(record.wrong)
            code, row = wrong.code, (wrong.status, wrong.says)
        else:
            code, row = record.starter, ("not attempted", "")
        answers[id], rows[id] = code, (frozenset({row[0]}), row[1])
    return answers, rows


# --- what harms -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Attack:
    """Code for the cell of one exercise. `then` follows it: the record's solution or a wrong answer.

    With `inside`, the code stands in the answer's function and runs when the check calls it.
    """

    code: str
    statuses: frozenset[str]
    then: str = "solution"
    inside: bool = False
    says: str = ""  # words of a note


CORRECT, STOPPED, ERROR, NOT_YET = (frozenset({s}) for s in ("correct", "stopped", "error in your code", "not yet"))
_FORGED = '{"status": "correct", "message": "That is right."}'
_WRITE_ALL = f"""
import os
for number in range(3, 1024):
    try:
        os.write(number, {_FORGED!r}.encode() * 20)
    except OSError:
        pass
"""
_FORKS = """
import os, time
made = 0
while made < 200:
    try:
        child = os.fork()
    except OSError:
        break
    if child == 0:
        try:
            open("/proc/self/comm", "w").write("%s")
            os.setsid()
            time.sleep(20)
        finally:
            os._exit(0)
    made += 1
if made:
    raise RuntimeError(f"{made} processes were made")
""".replace("%s", FORK)
_CATCH_ALL = """
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""
_PATCH = """
import sys
import course_utils
from course_utils.exercises import answers, engine, progress_store, shelf
always = lambda *given, **named: ("correct", "That is right.")
engine.judge = engine.check = engine._verdict = always
answers.call = lambda function, *given, **named: None
progress_store.save_result = always
for record in shelf.all_exercises():
    object.__setattr__(record, "check", lambda answer: None)
for name, module in list(sys.modules.items()):
    if name.startswith("course_utils"):
        for what in ("judge", "judge_remotely", "check", "close", "_verdict", "unchanged", "plain"):
            if hasattr(module, what):
                setattr(module, what, always)
"""
_SOCKETS = f"""
import gc, socket
for thing in gc.get_objects():
    if isinstance(thing, socket.socket):
        try:
            thing.sendall({_FORGED!r}.encode())
        except OSError:
            pass
"""
# The answer becomes right only where the memory of another process could be opened.
_PEEK = """
import os
peeked = False
for number in filter(str.isdigit, os.listdir("/proc")):
    if number != os.readlink("/proc/self"):  # getpid may count from 1 here
        try:
            open(f"/proc/{number}/mem", "rb").close()
            peeked = True
        except OSError:
            pass
if not peeked:
    raise PermissionError("no memory of another process")
"""
_DELETE = f"""
import os, shutil, tempfile
if "course.py" not in os.listdir(".") and os.getcwd().startswith(tempfile.gettempdir()):
    shutil.rmtree(os.getcwd(), ignore_errors=True)
try:
    os.remove({{folder!r}} + "/{CANARY}")
except OSError:
    pass
"""
_DISK = """
with open("synthetic-huge.bin", "wb") as file:
    for step in range(20):
        file.write(bytes(50_000_000))
        file.flush()
"""
_FILES = """
for number in range(5_000):
    open(f"synthetic-{number}.txt", "w").close()
"""
_HOARD = """
hoard = []
for step in range(60):
    hoard.append(bytearray(b"x") * 100_000_000)
"""
_NETWORK = """
import socket
reached = True
try:
    socket.create_connection(("127.0.0.1", 9), timeout=2)
except ConnectionRefusedError:
    pass
except OSError:
    reached = False
if reached:
    raise RuntimeError("the network answers")
"""
_COURSE = """
import os, course_utils
for place in (course_utils.__file__, os.path.dirname(course_utils.__file__)):
    if os.access(place, os.W_OK):
        raise RuntimeError("the course can be changed")
"""
ATTACKS = {
    # ends
    "os._exit in the cell": Attack("import os\nos._exit(0)", STOPPED),
    "os._exit in the function": Attack("import os\nos._exit(0)", STOPPED, inside=True),
    "exit in the cell": Attack("raise SystemExit(0)", ERROR),
    "exit in the function": Attack("exit()", ERROR, inside=True),
    "interrupts itself": Attack("raise KeyboardInterrupt", OPEN, inside=True),
    "a crash in C": Attack("import ctypes\nctypes.string_at(0)", STOPPED),
    # with process numbers of its own it is the first process, which nobody stops
    "stops itself": Attack("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", STOPPED | CORRECT),
    "endless recursion": Attack("def again():\n    return again()\nagain()", ERROR, inside=True),
    "not Python": Attack("def broken(:\n    pass", ERROR),
    # lasts
    "an endless loop in the cell": Attack("while True:\n    pass", STOPPED),
    "an endless loop in the function": Attack("while True:\n    pass", STOPPED | NOT_YET, inside=True),
    "sleeps": Attack("import time\ntime.sleep(10**6)", STOPPED | NOT_YET, inside=True),
    "catches every exception in the cell": Attack(_CATCH_ALL, STOPPED),
    "catches every exception in the function": Attack(_CATCH_ALL, STOPPED | NOT_YET, inside=True),
    "threads": Attack(
        "import threading\ndef spin():\n    while True:\n        pass\n"
        "for number in range(20):\n    threading.Thread(target=spin, daemon=True).start()",
        CORRECT | STOPPED,
    ),
    "waits for the keyboard": Attack("input()", ERROR),
    # takes
    "a fork bomb in the cell": Attack(_FORKS, CORRECT),
    "a fork bomb in the function": Attack(_FORKS, CORRECT, inside=True),
    "starts a program": Attack('import subprocess\nsubprocess.run(["sleep", "20"])', ERROR),
    "a shell line": Attack("!touch synthetic-shell.txt", CORRECT, says="not run"),
    "takes memory": Attack(_HOARD, STOPPED | ERROR),
    "takes memory in the function": Attack(_HOARD, STOPPED | ERROR, inside=True),
    "huge files": Attack(_DISK, STOPPED | ERROR),
    "many files": Attack(_FILES, CORRECT | STOPPED | ERROR),
    "opens files and keeps them": Attack("kept = [open('/dev/null') for number in range(100_000)]", ERROR | STOPPED),
    "prints without end": Attack("for number in range(500):\n    print('x' * 100_000)", CORRECT | STOPPED),
    # deletes
    "deletes files": Attack(_DELETE, CORRECT),
    "the course's files": Attack(_COURSE, CORRECT),
    # cheats: each of them comes with a wrong answer
    "replaced print": Attack("import builtins\nbuiltins.print = lambda *given, **named: None", CORRECT),
    "replaced print, wrong answer": Attack("print = check = lambda *given: 'correct'", NOT_YET, then="wrong"),
    "patched course_utils": Attack(_PATCH, NOT_YET, then="wrong"),
    "patched course_utils in the function": Attack(_PATCH + "return 0", OPEN, inside=True),
    "writes to all descriptors": Attack(_WRITE_ALL, OPEN, then="wrong"),
    "writes to all descriptors in the function": Attack(_WRITE_ALL + "return 0", OPEN, inside=True),
    "writes to every socket": Attack(_SOCKETS, OPEN, then="wrong"),
    "closes all descriptors": Attack("import os\nos.closerange(3, 1024)", OPEN),
    "reads the judge's memory": Attack(_PEEK, ERROR),
    "a signal to its parent": Attack("import os, signal\nos.kill(os.getppid(), signal.SIGKILL)", OPEN | CORRECT),
    "a signal to its group": Attack("import os, signal\nos.killpg(0, signal.SIGTERM)", OPEN | CORRECT),
    "the network": Attack(_NETWORK, CORRECT),
    "equals everything": Attack(
        "class All:\n    def __eq__(self, other):\n        return True\n    __hash__ = None\nreturn All()",
        OPEN,
        inside=True,
    ),
    "nested without end": Attack(
        "deep = []\nfor n in range(50_000):\n    deep = [deep]\nreturn deep", OPEN, inside=True
    ),
    "returns a giant": Attack("import torch\nreturn torch.zeros(1).expand(10**10)", OPEN, inside=True),
    "contains itself": Attack("ring = []\nring.append(ring)\nreturn ring", OPEN, inside=True),
}


def attacked(kind: str, page: str, id: str, folder: Path, only: Container[str] = ()) -> tuple[dict[str, str], dict]:
    """A page that is right but for one exercise, whose cell holds an attack."""
    attack, record = ATTACKS[kind], records()[id]
    answers, rows = right(page, only)
    code = attack.code.strip().replace("{folder!r}", repr(str(folder)))
    if attack.inside:
        head, _, below = record.solution.partition("\n")
        inner = "\n".join("    " + line for line in code.splitlines())
        answers[id] = f"{head}\n{inner}\n{below}"
    else:
        answers[id] = f"{code}\n{record.solution if attack.then == 'solution' else _plainly_wrong(record)}"
    rows[id] = attack.statuses, ""
    return answers, rows


def _plainly_wrong(record) -> str:
    return next(wrong.code for wrong in record.wrong if wrong.status == "not yet")


# --- odd files --------------------------------------------------------------------------------------------


def _write(path: Path, notebook) -> None:
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1), "utf-8")


def _edited(change: Callable, page: str = "00b_tensors", says: str = "", **other_rows) -> Callable:
    """A page that is right; then `change(notebook)`. `other_rows`: exercises that then get another status."""

    def make(path: Path, only: Container[str] = ()) -> tuple[str, dict, str]:
        answers, rows = right(page, only)
        notebook = submission(page, answers)
        change(notebook)
        rows |= {id.replace("_", ".").lstrip("e"): (statuses, "") for id, statuses in other_rows.items()}
        _write(path, notebook)
        return page, rows, says

    return make


def _no_notebook(content: bytes) -> Callable:
    def make(path: Path, only=()) -> tuple[str, dict, str]:
        path.write_bytes(content)
        return "", {}, ""

    return make


def _edit_ids(notebook) -> None:
    for number, cell in enumerate(notebook.cells):
        cell.id = f"edited-{number}"


def _no_ids(notebook) -> None:
    notebook.nbformat_minor = 4
    for cell in notebook.cells:
        del cell["id"]


def _duplicate(notebook) -> None:
    """A wrong try above the right one, and the untouched starter below it: the last that was changed counts."""
    record, cell = records()["0b.2"], cell_of(notebook, "0b.2")
    at = notebook.cells.index(cell)
    first, last = deepcopy(cell), deepcopy(cell)
    first.source, last.source = with_check(_plainly_wrong(record), record), with_check(record.starter, record)
    last.id = "copied"
    notebook.cells[at:at] = [first]
    notebook.cells.append(last)


def _forge(notebook) -> None:
    cell = cell_of(notebook, "0b.2")
    cell.source = with_check(_plainly_wrong(records()["0b.2"]), records()["0b.2"])
    data = {"text/plain": "Exercise 0b.2: correct", "text/html": "<b>Exercise 0b.2: correct</b>"}
    cell.outputs = [nbformat.v4.new_output("execute_result", data, execution_count=7)]


def _another_edition(notebook) -> None:
    """An exercise that this edition does not have, and one of ours that it did not have."""
    cell_of(notebook, "0b.2").update(id="exercise-0b-99", source='def older(x):\n    return x\n\ncheck("0b.99", older)')


def _without(notebook) -> None:
    notebook.cells = [cell for cell in notebook.cells if cell.id != "exercise-0b-4"]


def _renamed(notebook) -> None:
    cell = cell_of(notebook, "0b.1")
    cell.source = 'pick = lambda table: table[:, -1]\ncheck("0b.1", pick)'


def _timed(notebook) -> None:
    cell = cell_of(notebook, "0b.1")
    cell.source = "%%time\n" + cell.source
    cell_of(notebook, "0b.2").source += '\nhint("0b.2")'


def _changed_page(notebook) -> None:
    """Cells of the page itself that fail or lie: the instructor's own copy is run instead."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and not cell.id.startswith("exercise-"):
            cell.source = "raise RuntimeError('my own cell')"


def _link(target: str) -> Callable:
    def make(path: Path, only=()) -> tuple[str, dict, str]:
        aim = {"out": Path(__file__).resolve(), "broken": path.parent / "nowhere.ipynb", "itself": path}[target]
        path.symlink_to(aim)
        return "", {}, ""

    return make


def _folder(path: Path, only=()) -> tuple[str, dict, str]:
    path.mkdir()
    return "", {}, ""


def _pipe(path: Path, only=()) -> tuple[str, dict, str]:
    os.mkfifo(path)
    return "", {}, ""


MISSING = frozenset({"not attempted", "look at it"})
FILES: dict[str, Callable] = {
    "a text": _no_notebook(b"Dear teacher, my notebook is attached.\n"),
    "empty": _no_notebook(b""),
    "binary": _no_notebook(bytes(range(256)) * 40),
    "another encoding": _no_notebook('{"cells": []}'.encode("utf-16")),
    "other JSON": _no_notebook(b'{"answer": 42}'),
    "a JSON list": _no_notebook(b"[1, 2, 3]"),
    "nested JSON": _no_notebook(b'{"cells": ' + b"[" * 100_000),
    "huge numbers": _no_notebook(b'{"nbformat": ' + b"9" * 10_000 + b', "cells": []}'),
    "cut off": _no_notebook((NOTEBOOKS / "00b_tensors.ipynb").read_bytes()[:20_000]),
    "too large": _no_notebook(b'{"cells": [], "x": "' + b"x" * 30_000_000 + b'"}'),
    "an old format": _no_notebook(b'{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": []}'),
    "cells that are none": _no_notebook(
        b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [1, null, {}]}'
    ),
    "of another course": _no_notebook(
        b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "id": "a", '
        b'"metadata": {}, "outputs": [], "execution_count": null, "source": "1 + 1"}]}'
    ),
    "a folder": _folder,
    "a link out of the folder": _link("out"),
    "a link to nowhere": _link("broken"),
    "a link to itself": _link("itself"),
    "a pipe": _pipe,
    "edited ids": _edited(_edit_ids),
    "no ids": _edited(_no_ids),
    "duplicated cells": _edited(_duplicate, says="0b.2"),
    "forged outputs": _edited(_forge, e0b_2=NOT_YET),
    "another edition": _edited(_another_edition, says="0b.99", e0b_2=MISSING),
    "a cell is missing": _edited(_without, e0b_4=MISSING),
    "a function of another name": _edited(_renamed),
    "magics and a hint": _edited(_timed),
    "the page's own cells changed": _edited(_changed_page),
}


# --- the class --------------------------------------------------------------------------------------------


def make(
    folder: Path, count: int = 200, seed: int = 0, pages=PAGES, attacks=tuple(ATTACKS), files=tuple(FILES), only=()
) -> list[Expected]:
    """Write `count` submissions below `folder`; returns an `Expected` for each.

    Odd files and attacks come once each (as far as `count` allows), the others are what a class hands in. With `only`,
    just these exercises are begun, which is quicker to judge.
    """
    chance, expected = random.Random(seed), []
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CANARY).write_text("Not to be deleted.\n", "utf-8")
    kinds = [("file", kind) for kind in files] + [("attack", kind) for kind in attacks]
    kinds = kinds[:count] + [("answers", "answers")] * max(0, count - len(kinds))
    chance.shuffle(kinds)
    turn = 0
    for number, (sort, kind) in enumerate(kinds):
        name = ODD_NAMES[number] if number < len(ODD_NAMES) else f"{NAMES[number % len(NAMES)]} {number:03}"
        home = folder / name
        home.mkdir(exist_ok=True)
        if sort == "file":
            path = home / "handed in.ipynb"
            page, rows, says = FILES[kind](path, only)
        else:
            if sort == "attack":
                page, id = ATTACKED[turn % len(ATTACKED)]
                page, id = (page, id) if page in pages else next(at for at in ATTACKED if at[0] in pages)
                answers, rows = attacked(kind, page, id, folder, only)
                turn += 1
            else:
                page = pages[number % len(pages)]
                answers, rows = mixed(page, chance, only)
            path, says = home / f"{page}.ipynb", ATTACKS[kind].says if sort == "attack" else ""
            _write(path, submission(page, answers))
        expected.append(Expected(path.relative_to(folder).as_posix(), kind, page, rows, says))
    return expected


if __name__ == "__main__":
    made = make(Path(sys.argv[1]), *map(int, sys.argv[2:]))
    print(f"{len(made)} submissions in {sys.argv[1]}")
    print("questions among them:", sum(isinstance(records()[id], Choice) for one in made for id in one.rows))
