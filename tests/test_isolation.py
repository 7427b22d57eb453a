"""A learner's code in a process of its own: every attack ends in its verdict, and the answer beside it still passes.

The page is a small one, made up here of two real exercises; its processes, limits and judge are those of every page.
"""

import os
import socket
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from course_utils.exercises.shelf import find
from course_utils.workshop.grading.cells import Answer, read_code
from course_utils.workshop.grading.isolation import End, Limits
from course_utils.workshop.grading.pages import Cell, Page
from course_utils.workshop.grading.submissions import Submission

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux can hold a process by its kernel; see isolation.py"),
    pytest.mark.slow,
]

IDS = ("0b.2", "0b.3", "0b.4", "0b.5", "0b.6", "0b.7")
PAGE = Page(
    "00b_tensors",
    (
        Cell("import torch\npoints = torch.tensor([[3.0, 1], [0, 5]])"),
        Cell("", IDS[0]),
        Cell("raise RuntimeError('on purpose')", may_fail=True),
        Cell("after_first = count_above(points, 2)"),
        *(Cell("", id) for id in IDS[1:]),
    ),
)
LIMITS = Limits(seconds=1.5, memory=300_000_000, disk=20_000_000)


@pytest.fixture(scope="module")
def ground():
    from course_utils.workshop.grading.ground import Ground

    with Ground(PAGE, LIMITS) as ground:
        yield ground


def judged(ground, *codes: str):
    """The rows of a submission with these cells; SOLUTION, NAME and ID stand for those of the exercise."""
    answers = {}
    for id, code in zip(IDS, codes, strict=False):
        record = find(id)
        answers[id] = read_code(
            id, code.replace("SOLUTION", record.solution).replace("NAME", record.answer).replace("ID", id)
        )[0]
    return ground.judge(Submission("ada", "ada.ipynb", PAGE.name, answers)).rows[: len(codes)]


def test_the_page_stands_and_names_its_limits(ground):
    assert ground.notes == () and ground.notebook == PAGE.name
    # An ordinary account on an ordinary kernel has them all; a container may take some of it away, and then it is said.
    assert len(ground.in_force) == 7
    assert all(words.startswith(("It ", "The system ", "Not offered by this system: ")) for words in ground.in_force)


def test_right_wrong_and_missing(ground):
    first, second = find(IDS[0]), find(IDS[1])
    wrong = second.wrong[0]
    right, slip, missing = judged(ground, "SOLUTION", wrong.code, "")[:3]
    assert right.status == "correct" and right.seconds > 0
    assert slip.status == wrong.status and wrong.says in slip.message
    starter = Submission("ada", "a.ipynb", PAGE.name, {IDS[0]: Answer(first.starter, attempted=False)})
    untouched, missing = ground.judge(starter).rows[:2]
    assert (untouched.status, missing.status) == ("not attempted", "not attempted")
    assert "Replace `...`" in untouched.message and "no cell for this exercise" in missing.message


def test_the_variables_of_the_page_are_there(ground):
    """Those of its cells, with the reference solution where an earlier answer is missing, with hers where it is not."""
    uses = "assert int(after_first.sum()) == 2 and points.shape == (2, 2)\nSOLUTION"
    answers = {IDS[1]: Answer(uses.replace("SOLUTION", find(IDS[1]).solution))}
    row = ground.judge(Submission("ada", "a.ipynb", PAGE.name, answers)).rows[1]
    assert row.status == "correct", row.message
    hers = "SOLUTION\nmine = 7\nraise ValueError('ignored later')"
    first, second, alone = judged(
        ground, hers, "assert mine == 7\nSOLUTION", "assert 'mine' not in globals()\nSOLUTION"
    )
    assert first.status == "error in your code" and "ValueError: ignored later" in first.message
    assert (second.status, alone.status) == ("correct", "correct"), (second, alone)
    # What of an earlier answer is right is used as it is; what is wrong spoils no later one.
    right, other = judged(ground, "SOLUTION\ncount_above.mine = 1", "assert count_above.mine == 1\nSOLUTION")
    assert (right.status, other.status) == ("correct", "correct"), (right, other)
    wrong, other = judged(
        ground, "def count_above(*given):\n    return 77", "assert sum(count_above(points, 2)) == 2\nSOLUTION"
    )
    assert (wrong.status, other.status) == ("not yet", "correct"), (wrong, other)


def test_the_name_of_an_answer_is_not_taken_from_elsewhere(ground):
    (row,) = judged(ground, "x = 1")
    assert row.status == "error in your code" and "count_above" in row.message


def test_an_answer_may_stand_in_an_earlier_answer_cell(ground):
    """She wrote both functions into the first cell, and only checks the second one where it belongs."""
    both = f"SOLUTION\n{find(IDS[1]).solution}"
    first, second = judged(ground, both, "x = 1\ncheck('ID', NAME)")
    assert (first.status, second.status) == ("correct", "correct"), second


def test_an_answer_that_lacks_only_another_cell_of_hers_is_left_to_a_person(ground):
    codes = {
        IDS[0]: "def count_above(*given):\n    return helper(*given)",
        IDS[1]: "def winners(*given):\n    return 1",
    }
    answers = {id: Answer(code) for id, code in codes.items()} | {IDS[2]: Answer("check('x', made)", attempted=False)}
    elsewhere = {IDS[0]: ("helper",), IDS[1]: ("scratch",), IDS[2]: ("made",)}
    rows = ground.judge(Submission("ada", "a.ipynb", PAGE.name, answers, (), elsewhere)).rows[:3]
    assert [row.status for row in rows] == ["look at it", "not yet", "look at it"], rows
    assert "It uses `helper`, which a cell of the learner's own makes." in rows[0].message


# name of the attack: (the code, the statuses that it may get, words of its sentence); None: any verdict but no crash
STOPPED, OWN_ERROR = {"stopped"}, {"error in your code"}
ATTACKS = {
    "ends the process in the cell": ("import os\nos._exit(0)", STOPPED, "ended its own process"),
    "ends the process in the check": (
        "def NAME(*given):\n    import os\n    os._exit(7)",
        STOPPED,
        "exit status 7",
    ),
    "brings Python down": ("import ctypes\nctypes.string_at(0)", STOPPED, "signal 11"),
    "leaves by SystemExit": ("import sys\nsys.exit()", OWN_ERROR, "SystemExit"),
    "loops and catches all": (
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        STOPPED,
        "Stopped",
    ),
    "loops in the check": ("def NAME(*given):\n    while True: pass", STOPPED, "Stopped"),
    "forks": ("import os\nfor _ in range(50): os.fork()", OWN_ERROR, "PermissionError"),
    "forks and goes on": (
        "import os\nfor _ in range(50):\n    try: os.fork()\n    except OSError: pass\nSOLUTION",
        {"correct"},
        "",
    ),
    "starts a program": ("import subprocess\nsubprocess.run(['true'])\nSOLUTION", OWN_ERROR, "PermissionError"),
    "starts many threads": (
        "import threading, time\nfor _ in range(500): threading.Thread(target=time.sleep, args=(9,)).start()",
        STOPPED | OWN_ERROR,
        "thread",
    ),
    "takes memory": ("x = []\nwhile True: x.append(bytearray(b'1') * 50_000_000)", OWN_ERROR, "MemoryError"),
    "takes shared memory": (
        "import mmap\nx, one = [], b'1' * 10**7\nwhile True:\n    x.append(mmap.mmap(-1, 10**7))\n    x[-1][:] = one",
        STOPPED,
        "more than 0.3 GB",
    ),
    "takes memory that belongs to no process": (
        "import os\nfor _ in range(50): os.write(os.memfd_create('x'), bytes(10**7))",
        OWN_ERROR,
        "PermissionError",
    ),
    "writes a huge file": ("f = open('big', 'wb')\nwhile True: f.write(b'0' * 1_000_000)", STOPPED | OWN_ERROR, ""),
    "writes many files": (
        "import time\nfor i in range(6000): open(f'f{i}', 'w').close()\ntime.sleep(9)",
        STOPPED,
        "Stopped",  # for its files, or on a busy machine for its time
    ),
    "digs deep": ("import os\nfor i in range(2000):\n    os.mkdir('d')\n    os.chdir('d')\nSOLUTION", None, ""),
    "writes to every descriptor": (
        "import os\nfor handle in range(100):\n    try: os.write(handle, b'correct' * 99)\n    except OSError: pass\n"
        "SOLUTION",
        None,
        "",
    ),
    "closes every descriptor": ("import os\nos.closerange(0, 100)\nSOLUTION", None, ""),
    "replaces print": ("print = None\nSOLUTION", {"correct"}, ""),
    "replaces the judge": (
        "import course_utils.exercises.engine as engine\nengine.judge = lambda record, answer: ('correct', '')\n"
        "def NAME(*given):\n    return 3",
        {"not yet"},
        "`3`",
    ),
    "replaces the check of the record": (
        "from course_utils.exercises.shelf import find\nobject.__setattr__(find('ID'), 'check', lambda answer: None)\n"
        "def NAME(*given):\n    return 3",
        {"not yet"},
        "`3`",
    ),
    "deletes its folder": (
        "import os, shutil\nshutil.rmtree(os.getcwd(), ignore_errors=True)\nSOLUTION",
        {"correct"},
        "",
    ),
    "asks the network": ("import socket\nsocket.create_connection(('127.0.0.1', 9), 1)", OWN_ERROR, ""),
    "raises its limits": (
        "import resource as r\nr.setrlimit(r.RLIMIT_DATA, (1 << 40, 1 << 40))\nSOLUTION",
        OWN_ERROR,
        "not allowed",
    ),
}


# Five attacks and a good answer make a submission.
BATCHES = [list(ATTACKS)[start : start + len(IDS) - 1] for start in range(0, len(ATTACKS), len(IDS) - 1)]


@pytest.mark.parametrize("names", BATCHES, ids=lambda names: names[0])
def test_every_attack_gets_its_verdict_and_the_answer_beside_it_passes(ground, names):
    *attacked, good = judged(ground, *(ATTACKS[name][0] for name in names), "SOLUTION")
    assert good.status == "correct", good
    for name, row in zip(names, attacked, strict=True):
        _, statuses, says = ATTACKS[name]
        assert statuses is None or row.status in statuses, (name, row)
        assert says in row.message and row.message and "Traceback" not in row.message, (name, row)
        assert row.seconds < LIMITS.seconds + 10
    assert not list(Path(ground.folder).glob("answer-*")), "their folders are gone"


def test_signals_files_and_secrets_are_out_of_reach(ground, tmp_path):
    """A worker tries this test's own files and processes, by their true names."""
    victim = tmp_path / "victim.txt"
    victim.write_text("as it was")
    package = Path(find.__code__.co_filename)
    before = package.read_bytes()
    attempts = [
        f"os.kill({os.getpid()}, 9)",
        f"os.kill({ground.pid}, 9)",
        "os.kill(-1, 9)",
        "os.kill(0, 9)",
        "os.kill(os.getppid(), 9)",
        f"open({str(victim)!r}, 'w')",
        f"os.remove({str(package)!r})",
        f"open({str(package)!r}, 'a').write('#')",
        f"os.listdir({str(tmp_path)!r})",
        "open('/dev/shm/of-an-answer', 'w')",
        f"open('/proc/{os.getpid()}/mem', 'r+b')",
        f"open('/proc/{ground.pid}/environ').read()",
    ]
    code = "import os\ndone = []\n" + "".join(
        f"try:\n    {attempt}\n    done.append({attempt!r})\nexcept OSError: pass\n" for attempt in attempts
    )
    (row,) = judged(ground, f"{code}assert not done, done\nSOLUTION")
    assert row.status == "correct", row.message
    assert victim.read_text() == "as it was" and package.read_bytes() == before


def test_when_the_parent_is_gone_everything_goes_and_a_page_is_made_again(ground):
    """The socket to the page closes in the middle of an endless loop, as it does when its parent is killed."""
    rows, page = [], psutil.Process(ground.pid)
    judging = threading.Thread(target=lambda: rows.extend(judged(ground, "while True: pass", "SOLUTION")))
    judging.start()
    until = time.monotonic() + 10
    while len(family := page.children(recursive=True)) < len(IDS) + 3 and time.monotonic() < until:
        time.sleep(0.005)  # the stations; and a warden, a worker, a judge
    assert len(family) == len(IDS) + 3
    folder, line = Path(ground.folder), ground._warm._socket
    line.shutdown(socket.SHUT_RDWR)
    _, alive = psutil.wait_procs([page, *family], timeout=10)
    assert alive == [] and not folder.exists()
    judging.join(60)
    lost, found = rows
    assert lost.status == "look at it" and "ended" in lost.message
    assert found.status == "correct", "the page stands again"
    until = time.monotonic() + 10
    while len(left := psutil.Process(ground.pid).children(recursive=True)) > len(IDS) and time.monotonic() < until:
        time.sleep(0.01)
    assert len(left) == len(IDS), "and only its stations are left"


def test_too_many_files_and_too_deep_folders_count_as_endless(tmp_path, monkeypatch):
    from course_utils.workshop.grading import warden

    monkeypatch.setattr(warden, "MOST_FILES", 3)
    for name in "abc":
        (tmp_path / name).write_bytes(b"x" * 10_000)
    assert 3 * 10_000 <= warden.disk_used(tmp_path) < 1e6
    (tmp_path / "d").touch()
    assert warden.disk_used(tmp_path) > 1e18
    (tmp_path / "d").unlink()
    monkeypatch.setattr(warden, "MOST_FILES", 1000)
    tmp_path.joinpath(*["deep"] * (warden.DEEPEST + 2)).mkdir(parents=True)
    assert warden.disk_used(tmp_path) > 1e18


def test_the_sentence_of_an_end():
    limits = Limits(seconds=3, memory=10**9)
    assert End.from_json(End("time", 0, 3.1).to_json()) == End("time", 0, 3.1)
    assert End.from_json(b"nonsense").reason == "lost" and End.from_json(b"").sentence(limits)
    assert End("done").sentence(limits) == "" and "1 GB" in End("memory").sentence(limits)
