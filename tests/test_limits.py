"""A check comes back, whatever the learner's code does: loops, sleeps, leaves, or prints without end."""

import contextlib
import io
import signal
import subprocess
import sys
import threading
import time

import pytest

from course_utils.exercises import Exercise, check, limits, shelf
from course_utils.exercises import progress_store as store
from course_utils.exercises.answers import call

ONE = Exercise(
    id="9.1",
    title="One",
    minutes=2,
    difficulty="easy",
    starter="def one():\n    ...",
    answer="one",
    check=lambda answer: None if [call(answer) for _ in range(6)] == [1] * 6 else "It should be 1.",
    hints=("Think.", "One."),
    solution="def one():\n    return 1",
    wrong=(),
    alternatives=(),
)


@pytest.fixture(autouse=True)
def one_exercise(tmp_path, monkeypatch):
    monkeypatch.setattr(shelf, "all_exercises", lambda: (ONE,))
    monkeypatch.setattr(shelf, "_files", dict)
    monkeypatch.setattr(store, "_unsaved", {})
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    monkeypatch.setenv("COURSE_CHECK_SECONDS", "0.3")


def endless():
    while True:
        pass


def stubborn():
    while True:
        with contextlib.suppress(BaseException):
            time.sleep(0.001)


def sleepy():
    time.sleep(60)


def slow_but_finite():
    time.sleep(0.1)  # six times is too long
    return 1


@pytest.mark.parametrize("function", [endless, stubborn, sleepy, slow_but_finite])
def test_it_comes_back_in_time(function):
    before = signal.getsignal(signal.SIGALRM) if hasattr(signal, "SIGALRM") else None
    start = time.monotonic()
    result = check("9.1", function)
    assert time.monotonic() - start < 3
    assert result.status == "not yet" and "after 0.3 seconds" in result.message and "never ends" in result.message
    if before is not None:
        assert signal.getsignal(signal.SIGALRM) is before
    assert check("9.1", lambda: 1).status == "correct", "the next check is not disturbed"


@pytest.mark.parametrize("function", [endless, stubborn])
def test_a_check_in_a_thread_comes_back_too(function):
    """As on Windows, where no signal can interrupt: the exception is raised in the thread."""
    results = []
    thread = threading.Thread(target=lambda: results.append(check("9.1", function)))
    thread.start()
    thread.join(10)
    assert [result.status for result in results] == ["not yet"]


def test_ctrl_c_still_works():
    def interrupt():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("9.1", interrupt)


def test_a_slow_check_gives_a_sign_of_life(monkeypatch, capsys):
    monkeypatch.setattr(limits, "PATIENCE", 0.1)
    check("9.1", sleepy)
    assert capsys.readouterr().out == "The check still runs. It stops by itself after 0.3 seconds.\n"


@pytest.mark.parametrize("asked", ["", "soon", "-1", "nan", "inf", "1e9"])
def test_a_limit_that_is_none_is_the_usual_one(monkeypatch, asked):
    monkeypatch.setenv("COURSE_CHECK_SECONDS", asked)
    with limits.contained() as found:
        assert found.seconds == limits.SECONDS


def test_ten_megabytes_of_print_become_a_line():
    def chatty():
        for _ in range(1000):
            print("x" * 10_000)
        print("to the errors", file=sys.stderr)
        return 1

    page, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(page), contextlib.redirect_stderr(errors):
        assert check("9.1", chatty).status == "correct"
    assert page.getvalue().startswith("x" * limits.MOST_PRINTED) and len(page.getvalue()) < limits.MOST_PRINTED + 100
    assert page.getvalue().endswith("more characters that your code printed are left out.\n")
    assert len(errors.getvalue()) <= limits.MOST_PRINTED


def test_a_short_print_is_shown_as_it_is():
    def debugging():
        print("here", 1)
        return 1

    page = io.StringIO()
    with contextlib.redirect_stdout(page):
        check("9.1", debugging)
    assert page.getvalue() == "here 1\n" * 6


def test_leaving_is_a_slip():
    for leave in (exit, quit, sys.exit):
        result = check("9.1", lambda leave=leave: leave())
        assert result.status == "error in your code" and "stopped with SystemExit" in result.message


SHELL = """
from IPython.core.interactiveshell import InteractiveShell
from course_utils.exercises.limits import contained
shell = InteractiveShell.instance()
asked = []
type(shell).ask_exit = lambda self: asked.append("exit")
shell.run_cell("exit()")
with contained():
    result = shell.run_cell("exit()")
assert type(result.error_in_exec) is SystemExit, result
shell.run_cell("exit()")
assert asked == ["exit", "exit"], asked
"""


def test_in_a_notebook_too(tmp_path):
    """There `exit` asks the shell to end the kernel after the cell, and raises nothing."""
    command = [sys.executable, "-c", SHELL]
    done = subprocess.run(command, capture_output=True, text=True, env={**_environment(), "IPYTHONDIR": str(tmp_path)})
    assert done.returncode == 0, done.stdout + done.stderr


CONSOLE = """
from course_utils import check, hint, solution
from course_utils.describing import say
say("ready …")
for shown in (check("2.2", 3), hint("2.2", 1), solution("2.2"), solution("6.1")):
    print(shown)
"""


@pytest.mark.parametrize("encoding", ["iso-8859-1", "ascii", "cp1252"])
def test_a_console_that_lacks_a_character_stops_nothing(encoding, tmp_path):
    environment = {**_environment(), "PYTHONIOENCODING": encoding, "COURSE_PROGRESS": str(tmp_path / "p.json")}
    done = subprocess.run([sys.executable, "-c", CONSOLE], capture_output=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert b"ready ?" in done.stdout or encoding == "cp1252"


def _environment() -> dict[str, str]:
    import os

    return {name: value for name, value in os.environ.items() if name != "COURSE_CHECK_SECONDS"}
