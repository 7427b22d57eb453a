"""`course.py` does what it promises on machines we do not have: nothing is installed, nothing leaves here."""

import ast
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "course.py"


@pytest.fixture
def course(tmp_path, monkeypatch):
    """course.py as a module whose folder is an empty one with the two files it reads."""
    spec = importlib.util.spec_from_file_location("course_under_test", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    (tmp_path / "pyproject.toml").write_text('dependencies = [\n  "torch>=2.11",\n]\n')
    (tmp_path / "constraints.txt").write_text("numpy==2.4.6\ntorch==2.13.0\ntorchvision==1\n")
    return module


@pytest.fixture
def pip_calls(course, monkeypatch):
    """Every `pip install` that would run, and a machine without torch, driver or network."""
    calls = []

    def pip(*arguments):
        calls.append([str(argument) for argument in arguments])

    monkeypatch.setattr(course, "pip", pip)
    monkeypatch.setattr(course, "installed_torch", lambda: None)
    monkeypatch.setattr(course, "nvidia_driver", lambda: False)
    monkeypatch.setattr(course, "answers", lambda url: False)
    monkeypatch.setattr(course.sys, "platform", "linux")
    monkeypatch.setattr(course.shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(9e11, 1e11, 8e11))
    (course.VENV).mkdir(exist_ok=True)
    return calls


def say_nothing_else(text):
    """The whole output of a failure: no traceback, and a next step."""
    assert "Traceback" not in text
    return text.strip()


# --- Python and arguments


def test_an_old_python_can_read_the_file_and_is_named_in_one_sentence(course):
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 7))
    assert course.python_problem((3, 11, 0)) is None
    assert course.python_problem((3, 14, 1)) is None
    sentence = course.python_problem((3, 9, 18))
    assert "3.11 or newer" in sentence and "this is 3.9" in sentence and sentence.count("\n") == 0


def test_main_stops_at_an_old_python_before_anything_else(course, monkeypatch, capsys):
    monkeypatch.setattr(course.sys, "version_info", (3, 8, 0))
    assert course.main(["open"]) == 1
    assert "3.11 or newer" in say_nothing_else(capsys.readouterr().out)


def test_pytest_gets_every_argument_after_test(course, monkeypatch):
    seen = []
    monkeypatch.setattr(course, "run_tests", lambda arguments: seen.append(arguments) or 5)
    assert course.main(["test", "-k", "not browser", "--maxfail=1", "-h"]) == 5
    assert seen == [["-k", "not browser", "--maxfail=1", "-h"]]


def test_the_fast_tests_fetch_no_model(course, monkeypatch):
    seen = []
    monkeypatch.setattr(course, "prepare", seen.append)
    monkeypatch.setattr(course, "fetch_models", lambda: seen.append("models"))
    monkeypatch.setattr(course, "follow", lambda *command: seen.append(command[1:]) or 0)
    assert course.main(["test", "--fast", "-x"]) == 0
    assert seen == [{"lab", "test"}, ("-m", "pytest", "-m", course.FAST, "-x")]


def test_without_a_command_the_help_is_shown(course, capsys):
    assert course.main([]) == 2
    assert "doctor" in capsys.readouterr().out


def test_the_exit_status_of_pytest_passes_on(course, monkeypatch):
    monkeypatch.setattr(course, "prepare", lambda extras: None)
    monkeypatch.setattr(course, "fetch_models", lambda: True)
    monkeypatch.setattr(course, "follow", lambda *command: 3)
    monkeypatch.setenv("COURSE_MODELS", "hub")
    monkeypatch.setenv("COURSE_DEVICE", "cuda")
    assert course.main(["test"]) == 3
    assert os.environ["COURSE_MODELS"] == "offline"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(13, "Permission denied"), "cannot be written"),
        (OSError(30, "Read-only file system"), "cannot be written"),
        (OSError(28, "No space left on device"), "disk is full"),
        (RuntimeError("a surprise"), "a surprise"),
    ],
)
def test_every_failure_is_a_sentence(course, monkeypatch, capsys, error, words):
    def fail(extras):
        raise error

    monkeypatch.setattr(course, "prepare", fail)
    assert course.main(["doctor"]) == 1
    assert words in say_nothing_else(capsys.readouterr().out)


def test_ctrl_c_says_how_to_go_on(course, monkeypatch, capsys):
    def interrupted(extras):
        raise KeyboardInterrupt

    monkeypatch.setattr(course, "prepare", interrupted)
    assert course.main(["doctor"]) == 130
    assert "Run the same command again" in say_nothing_else(capsys.readouterr().out)


# --- the stamp


@pytest.fixture
def installs(course, monkeypatch):
    """The extras of every installation that `prepare` asks for."""
    asked = []
    course.VENV.mkdir()
    monkeypatch.setattr(course, "make_environment", lambda: (3, 12, 1))
    monkeypatch.setattr(course, "install", lambda extras: asked.append(sorted(extras)))
    return asked


def test_a_second_run_installs_nothing(course, installs):
    course.prepare({"lab"})
    course.prepare({"lab"})
    assert installs == [["lab"]]


def test_open_after_test_installs_nothing_and_test_after_open_keeps_both(course, installs):
    course.prepare({"lab"})
    course.prepare({"lab", "test"})
    course.prepare({"lab"})
    assert installs == [["lab"], ["lab", "test"]]


@pytest.mark.parametrize("file", ["pyproject.toml", "constraints.txt"])
def test_changed_requirements_install_again(course, installs, file):
    course.prepare({"lab", "test"})
    (course.ROOT / file).write_text("changed")
    course.prepare({"lab"})
    assert installs == [["lab", "test"], ["lab", "test"]]


def test_another_python_installs_again(course, installs, monkeypatch):
    course.prepare({"lab"})
    monkeypatch.setattr(course, "make_environment", lambda: (3, 13, 0))
    course.prepare({"lab"})
    assert len(installs) == 2


def test_a_folder_that_was_moved_installs_again(course, installs, monkeypatch):
    course.prepare({"lab"})
    moved = course.ROOT.rename(course.ROOT.with_name("elsewhere"))
    monkeypatch.setattr(course, "ROOT", moved)
    monkeypatch.setattr(course, "VENV", moved / ".venv")
    course.prepare({"lab"})
    assert len(installs) == 2


@pytest.mark.parametrize("damage", ["", "[1]", '{"fingerprint": 1}', "\x00"])
def test_a_damaged_stamp_installs_again(course, installs, damage):
    course.prepare({"lab"})
    (course.VENV / "course-stamp.json").write_text(damage)
    course.prepare({"lab"})
    assert len(installs) == 2


def test_an_interrupted_installation_leaves_no_stamp_that_counts(course, installs, monkeypatch):
    course.prepare({"lab"})

    def interrupted(extras):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(course, "install", interrupted)
        with pytest.raises(KeyboardInterrupt):
            course.prepare({"lab", "test"})
    course.prepare({"lab"})
    assert installs == [["lab"], ["lab"]]


def test_a_missing_file_of_the_course_is_named(course, installs):
    (course.ROOT / "constraints.txt").unlink()
    with pytest.raises(course.Stop, match="constraints.txt is missing"):
        course.prepare({"lab"})


# --- .venv


def make_venv(course):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", course.VENV], check=True, timeout=60)


def test_a_sound_environment_is_used_as_it_is(course):
    make_venv(course)
    (course.VENV / "mine").write_text("kept")
    assert course.make_environment() == sys.version_info[:3]
    assert (course.VENV / "mine").exists()


def empty_folder(course):
    course.VENV.mkdir()


def without_python(course):
    make_venv(course)
    for python in course.python().parent.glob("python*"):
        python.unlink()


def with_a_python_that_does_not_start(course):
    make_venv(course)
    course.python().unlink()
    course.python().write_text("#!/nowhere/python\n")
    course.python().chmod(0o755)


def interrupted_before_pip(course):
    make_venv(course)
    (course.VENV / "course-unfinished").write_text("")


def that_is_the_system_python_in_disguise(course):
    make_venv(course)
    (course.VENV / "pyvenv.cfg").unlink()


@pytest.mark.parametrize(
    "damage",
    [
        empty_folder,
        without_python,
        with_a_python_that_does_not_start,
        interrupted_before_pip,
        that_is_the_system_python_in_disguise,
    ],
)
def test_a_broken_environment_is_made_anew_and_that_is_said(course, monkeypatch, capsys, damage):
    damage(course)
    (course.VENV / "rubbish").write_text("")
    monkeypatch.setattr(course, "ensure_pip", lambda: None)
    assert course.make_environment() == sys.version_info[:3]
    assert "not usable" in capsys.readouterr().out
    assert not (course.VENV / "rubbish").exists()
    assert not (course.VENV / "course-unfinished").exists()


def test_an_interruption_before_pip_is_ready_is_remembered(course, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(course, "ensure_pip", interrupted)
    with pytest.raises(KeyboardInterrupt):
        course.make_environment()
    assert course.inspect_environment() == (None, "its making was interrupted")


def test_a_file_called_venv_is_not_deleted(course):
    course.VENV.write_text("somebody's")
    with pytest.raises(course.Stop, match="move it away"):
        course.make_environment()
    assert course.VENV.read_text() == "somebody's"


@pytest.fixture
def children(course, monkeypatch):
    """Child processes answered from a list of (part of the command, status, words); returns what was run."""
    script, ran = [], []

    def run(*command, show=False):
        line = " ".join(str(part) for part in command)
        ran.append(line)
        return next(((status, words) for part, status, words in script if part in line), (0, ""))

    monkeypatch.setattr(course, "run", run)
    return script, ran


def test_without_ensurepip_the_pip_of_this_python_serves(course, children):
    script, ran = children
    script.append(("-m ensurepip", 1, "No module named ensurepip"))
    course.ensure_pip()
    assert ran[-1] == f"{sys.executable} -m pip --python {course.python()} install pip"


@pytest.mark.parametrize("words", ["No module named pip", "no such option: --python"])
def test_without_any_pip_the_sentence_says_what_to_install(course, children, words):
    script, _ = children
    script += [("-m ensurepip", 1, "No module named ensurepip"), ("--python", 1, words)]
    with pytest.raises(course.Stop, match="python3-venv"):
        course.ensure_pip()


def test_without_venv_the_sentence_says_what_to_install(course, children):
    script, _ = children
    script.append(("-m venv", 1, "No module named venv"))
    with pytest.raises(course.Stop, match="python3-venv"):
        course.make_environment()


def test_windows_has_its_python_elsewhere(course, monkeypatch):
    monkeypatch.setattr(course, "WINDOWS", True)
    assert course.python() == course.VENV / "Scripts" / "python.exe"


# --- torch and pip


def test_a_torch_that_is_there_is_kept(course, pip_calls, monkeypatch, capsys):
    monkeypatch.setattr(course, "installed_torch", lambda: "2.12.1+cu130")
    course.install({"lab"})
    written = Path(pip_calls[-1][-1]).read_text()
    assert written == "numpy==2.4.6\ntorch==2.12.1+cu130\ntorchvision==1\n"
    assert "2.12.1+cu130 is installed and stays" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "version"),
    [("2.13.0+cpu\n", "2.13.0+cpu"), ("2.11.0\n", "2.11.0"), ("2.9.1\n", None), ("PackageNotFoundError", None)],
)
def test_only_a_torch_that_the_course_can_use_is_kept(course, children, words, version):
    script, _ = children
    script.append(("importlib.metadata", 0 if words[0] == "2" else 1, words))
    assert course.installed_torch() == version


def test_with_an_nvidia_driver_the_default_build_comes(course, pip_calls, monkeypatch, capsys):
    monkeypatch.setattr(course, "nvidia_driver", lambda: True)
    monkeypatch.setattr(course, "answers", lambda url: pytest.fail("no need to ask"))
    course.install({"lab"})
    assert not any(course.CPU_INDEX in call for call in pip_calls)
    assert ".[lab]" in pip_calls[-1]
    assert "3000 MB" in capsys.readouterr().out


def test_without_a_driver_the_cpu_build_comes_alone_from_its_index(course, pip_calls, monkeypatch):
    monkeypatch.setattr(course, "answers", lambda url: True)
    course.install({"lab", "test"})
    assert pip_calls[0] == ["--index-url", course.CPU_INDEX, "--no-deps", "torch==2.13.0"]
    assert not any(course.CPU_INDEX in call for call in pip_calls[1:])
    assert ".[lab,test]" in pip_calls[-1]


def test_a_silent_index_means_the_default_build_with_its_size_said_first(course, pip_calls, capsys):
    course.install({"lab"})
    assert not any(course.CPU_INDEX in call for call in pip_calls)
    said = capsys.readouterr().out
    assert "does not answer" in said and "3000 MB" in said


def test_other_systems_take_the_default_build(course, pip_calls, monkeypatch):
    monkeypatch.setattr(course, "answers", lambda url: pytest.fail("no need to ask"))
    for system in ("darwin", "win32"):
        monkeypatch.setattr(course.sys, "platform", system)
        assert course.choose_torch(None)[0] == "default"


def test_an_index_that_hangs_costs_no_more_than_asked(course, monkeypatch):
    """Name resolution may hang for long and knows no time-out: the question is left behind in its thread."""
    released = threading.Event()

    def hang(*request, **options):
        released.wait(30)
        raise OSError("too late")

    monkeypatch.setattr(course.urllib.request, "urlopen", hang)
    started = time.monotonic()
    assert not course.answers("http://127.0.0.1/", seconds=0.2)
    assert time.monotonic() - started < 5
    released.set()


def test_too_small_a_disk_is_said_before_anything_is_fetched(course, pip_calls, monkeypatch):
    monkeypatch.setattr(course.shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(9e9, 8e9, 1e9))
    with pytest.raises(course.Stop, match="Only 1.0 GB"):
        course.install({"lab"})
    assert pip_calls == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "disk is full"),
        ("WARNING: Retrying (Retry(total=0)) after NewConnectionError: Name or service not known", "network"),
        ("ReadTimeoutError: Read timed out.", "network"),
        ("ssl.SSLCertVerificationError: CERTIFICATE_VERIFY_FAILED", "certificate"),
        ("ERROR: [Errno 13] Permission denied: 'x'", "cannot be written"),
        ("ERROR: No matching distribution found for torch==2.13.0", "64-bit Python 3.11"),
        ("ERROR: something never seen", "something never seen"),
    ],
)
def test_a_failing_pip_becomes_a_sentence_its_last_words_and_the_log(course, children, words, sentence):
    script, _ = children
    script.append(("pip install", 1, f"Collecting numpy\n{words}\n"))
    with pytest.raises(course.Stop) as stop:
        course.pip("-e", ".[lab]")
    text = say_nothing_else(str(stop.value))
    assert sentence in text and f"pip: {words}" in text and "course.log" in text and "again" in text
    assert "Collecting" not in text or "ERROR" not in words


def test_a_package_that_was_being_written_is_installed_again(course):
    site = course.VENV / "lib" / "python3.12" / "site-packages"
    for name in ("whole-1.dist-info", "half-1.dist-info"):
        (site / name).mkdir(parents=True)
    (site / "whole-1.dist-info" / "INSTALLER").write_text("pip")
    course.drop_half_installed()
    assert [folder.name for folder in site.iterdir()] == ["whole-1.dist-info"]


def test_children_do_not_inherit_another_environment(course, monkeypatch):
    for name in ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "JUPYTER_PATH"):
        monkeypatch.setenv(name, "elsewhere")
    monkeypatch.setenv("VIRTUAL_ENV", "elsewhere")
    monkeypatch.setenv("PIP_USER", "1")
    clean = course.environment()
    assert "elsewhere" not in clean.values()
    assert clean["PIP_USER"] == "0" and clean["VIRTUAL_ENV"] == str(course.VENV)


def test_children_run_in_the_folder_of_the_course_wherever_the_learner_is(course, monkeypatch):
    monkeypatch.chdir(Path(course.ROOT.anchor))
    code, text = course.run(sys.executable, "-c", "import os; print(os.getcwd())")
    assert code == 0 and Path(text.strip()).samefile(course.ROOT)


# --- JupyterLab


def test_the_next_port_is_taken_when_the_first_is_not_free(course, monkeypatch):
    monkeypatch.setattr(course, "is_free", lambda port: port >= 8890)
    assert course.free_port(None) == 8890
    assert course.free_port(9000) == 9000


@pytest.mark.parametrize("port", [0, -1, 70000, 8889])
def test_a_port_that_cannot_be_used_is_refused(course, monkeypatch, port):
    monkeypatch.setattr(course, "is_free", lambda port: False)
    with pytest.raises(course.Stop, match="--port"):
        course.free_port(port)


def test_a_port_in_use_is_seen(course):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert not course.is_free(port)
    assert course.is_free(port)


SERVER = """
import http.server, json, os, sys
print("said by the server", flush=True)
if "fail" in os.environ: sys.exit(1)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); os._exit(0)
    def log_message(self, *rest): pass
json.dump(sys.argv, open("arguments.json", "w"))
port = next(int(a.split("=")[1]) for a in sys.argv if a.startswith("--ServerApp.port="))
http.server.HTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""


@pytest.fixture
def fake_lab(course, monkeypatch):
    """A server in JupyterLab's place, which answers once and ends."""
    (course.ROOT / "jupyterlab.py").write_text(SERVER)
    (course.ROOT / "notebooks").mkdir()
    (course.ROOT / "notebooks" / "00_start here.ipynb").write_text("{}")
    course.VENV.mkdir()
    monkeypatch.setattr(course, "python", lambda: Path(sys.executable))
    monkeypatch.delenv("JUPYTER_TOKEN", raising=False)
    monkeypatch.setenv("no_proxy", "*")
    yield course
    os.environ.pop("JUPYTER_TOKEN", None)


def test_the_address_is_said_once_jupyterlab_answers(fake_lab, monkeypatch, capsys):
    monkeypatch.setattr(fake_lab, "answers_locally", lambda port: (fake_lab.ROOT / "arguments.json").exists())
    monkeypatch.setattr(fake_lab.subprocess.Popen, "wait", lambda self, timeout=None: self.kill() or 0)
    assert fake_lab.serve(8891, browser=False) == 0
    said = capsys.readouterr().out
    page = "/lab/tree/notebooks/00_start%20here.ipynb"
    assert f"JupyterLab answers at http://127.0.0.1:8891{page}?token={os.environ['JUPYTER_TOKEN']}" in said
    arguments = json.loads((fake_lab.ROOT / "arguments.json").read_text())
    assert "--LabApp.news_url=None" in arguments and "--ServerApp.open_browser=False" in arguments
    assert not any(os.environ["JUPYTER_TOKEN"] in argument for argument in arguments)
    rootless = hasattr(os, "geteuid") and os.geteuid() != 0
    assert ("--ServerApp.allow_root=True" in arguments) != rootless or sys.platform == "win32"


def test_a_jupyterlab_that_does_not_start_is_a_sentence(fake_lab, monkeypatch):
    monkeypatch.setenv("fail", "1")
    with pytest.raises(fake_lab.Stop, match="jupyterlab.log says why"):
        fake_lab.serve(fake_lab.free_port(None), browser=False)
    assert "said by the server" in (fake_lab.VENV / "jupyterlab.log").read_text()
