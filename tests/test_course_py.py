"""`course.py` does what it promises on machines we do not have: nothing is installed, nothing leaves here."""

import ast
import contextlib
import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import types
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
    """Every `pip install` that would run, and a machine without uv, torch, driver or network."""
    calls = []

    def pip(*arguments):
        calls.append([str(argument) for argument in arguments])

    monkeypatch.setattr(course, "pip", pip)
    monkeypatch.setattr(course, "find_uv", lambda: None)
    monkeypatch.delenv("COURSE_DEVICE", raising=False)
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
    assert "3.11 to 3.14" in sentence and "this is 3.9" in sentence and sentence.count("\n") == 0


def test_a_python_that_pytorch_has_no_build_for_is_told_which_to_start(course, monkeypatch):
    sentence = course.python_problem((3, 15, 0))
    assert "this is 3.15" in sentence and "`python3.13 course.py open`" in sentence
    monkeypatch.setattr(course, "WINDOWS", True)
    assert "`py -3.13 course.py open`" in course.python_problem((3, 15, 0))


@pytest.mark.parametrize("version", [(3, 8, 0), (3, 15, 2)])
def test_main_stops_at_a_wrong_python_before_anything_else(course, monkeypatch, capsys, version):
    monkeypatch.setattr(course.sys, "version_info", version)
    monkeypatch.setattr(course, "prepare", lambda extras: pytest.fail("nothing may be made"))
    assert course.main(["open"]) == 1
    assert "3.11 to 3.14" in say_nothing_else(capsys.readouterr().out)
    assert not course.VENV.exists()


INTEL_MAC = {"sys.platform": "darwin", "machine": "x86_64", "mac_ver": "15.1", "build": "macosx-10.13-universal2"}
APPLE_MAC = {**INTEL_MAC, "machine": "arm64"}
WINDOWS_PC = {"sys.platform": "win32", "WINDOWS": True, "machine": "AMD64", "build": "win-amd64"}


@pytest.mark.parametrize(
    ("machine", "words"),
    [
        (INTEL_MAC, "Intel Macs: take conda"),
        ({**APPLE_MAC, "mac_ver": "13.6"}, "needs macOS 14 or newer, and this is 13"),
        ({**WINDOWS_PC, "machine": "ARM64", "build": "win-arm64"}, "install 64-bit (x64) Python 3.13"),
        ({**WINDOWS_PC, "build": "win32"}, "install 64-bit (x64) Python 3.13"),
        (
            {**WINDOWS_PC, "ROOT": "C:\\Users\\maria.gonzalez\\Downloads\\" + "transformers-course-main\\" * 2},
            "C:\\course",
        ),
        (APPLE_MAC, None),
        ({**APPLE_MAC, "mac_ver": "10.16"}, None),
        ({**WINDOWS_PC, "ROOT": "C:\\course"}, None),
        ({**WINDOWS_PC, "machine": "ARM64", "ROOT": "C:\\course"}, None),  # an x64 Python on ARM: it runs
        ({"sys.platform": "linux", "machine": "aarch64", "build": "linux-aarch64"}, None),
    ],
)
def test_a_machine_that_cannot_run_the_course_hears_it_before_anything_is_made(course, monkeypatch, machine, words):
    monkeypatch.setattr(course.sys, "platform", machine["sys.platform"])
    monkeypatch.setattr(course.platform, "machine", lambda: machine["machine"])
    monkeypatch.setattr(course.platform, "mac_ver", lambda: (machine.get("mac_ver", ""), ("", "", ""), ""))
    monkeypatch.setattr(course.sysconfig, "get_platform", lambda: machine["build"])
    monkeypatch.setattr(course, "WINDOWS", machine.get("WINDOWS", False))
    monkeypatch.setattr(course, "ROOT", machine.get("ROOT", course.ROOT))
    monkeypatch.setattr(course, "long_paths_enabled", lambda: False)
    assert (course.machine_problem() is None) == (words is None)
    if words:
        monkeypatch.setattr(course, "make_environment", lambda: pytest.fail("nothing may be made"))
        with pytest.raises(course.Stop) as stop:
            course.prepare({"lab"})
        assert words in str(stop.value)


@pytest.mark.parametrize("enabled", [0, 1])
def test_long_paths_that_windows_was_told_to_allow_are_no_problem(course, monkeypatch, enabled):
    registry = types.SimpleNamespace(HKEY_LOCAL_MACHINE=1, OpenKey=lambda *path: contextlib.nullcontext())
    registry.QueryValueEx = lambda key, name: (enabled, 4) if name == "LongPathsEnabled" else pytest.fail(name)
    monkeypatch.setitem(sys.modules, "winreg", registry)
    assert course.long_paths_enabled() == bool(enabled)
    registry.OpenKey = lambda *path: (course.ROOT / "no such key").read_text()
    assert not course.long_paths_enabled()


def test_on_windows_every_sentence_says_py(monkeypatch, capsys):
    monkeypatch.setattr(sys, "platform", "win32")
    spec = importlib.util.spec_from_file_location("course_on_windows", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.PYTHON == "py"
    assert module.main([]) == 2
    said = capsys.readouterr().out
    assert "py course.py open" in said and "python3" not in said
    told = [line for line in SCRIPT.read_text("utf-8").splitlines() if "python3 " in line]
    assert len(told) == 2, told  # the docstring, and its replacement


def test_pytest_gets_every_argument_after_test(course, monkeypatch):
    seen = []
    monkeypatch.setattr(course, "run_tests", lambda arguments: seen.append(arguments) or 5)
    assert course.main(["test", "-k", "not browser", "--maxfail=1", "-h"]) == 5
    assert seen == [["-k", "not browser", "--maxfail=1", "-h"]]


def test_the_fast_tests_fetch_no_model(course, monkeypatch):
    seen = []
    monkeypatch.setattr(course, "prepare", seen.append)
    monkeypatch.setattr(course, "fetch_models", lambda *tasks: seen.append("models"))
    monkeypatch.setattr(course, "follow", lambda *command: seen.append(command[1:]) or 0)
    assert course.main(["test", "--fast", "-x"]) == 0
    assert seen == [{"lab", "test", "workshop"}, ("-m", "pytest", "-m", course.FAST, "-x")]


@pytest.mark.parametrize(
    ("first", "second", "status", "runs"),
    [(0, 0, 0, 2), (1, 0, 1, 2), (0, 1, 1, 2), (2, 0, 2, 1)],  # 2: somebody interrupted it
)
def test_what_measures_seconds_runs_alone_afterwards(course, monkeypatch, first, second, status, runs):
    seen, statuses = [], [first, second]
    monkeypatch.setattr(course, "prepare", lambda extras: None)
    monkeypatch.setattr(course, "fetch_models", lambda: True)
    monkeypatch.setattr(course, "follow", lambda *command: seen.append(command[1:]) or statuses.pop(0))
    monkeypatch.setenv("COURSE_MODELS", "offline")
    monkeypatch.setenv("COURSE_DEVICE", "cpu")
    assert course.main(["test"]) == status
    divided = ("-m", "pytest", "-m", "not alone", "-n", "2", "--dist", "loadfile")
    assert seen == [divided, ("-m", "pytest", "-m", "alone")][:runs]


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


def test_an_environment_of_a_python_that_pytorch_lacks_is_made_anew(course, children):
    make_venv(course)
    script, _ = children
    script.append(("sys.version_info[:3]", 0, "3 15 1\n"))
    assert course.inspect_environment() == (None, "it was made with Python 3.15")


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


def test_the_pip_of_this_python_puts_pip_and_uv_into_the_environment(course, children, monkeypatch):
    _, ran = children
    monkeypatch.setattr(course.shutil, "which", lambda name: None)
    course.ensure_pip()
    assert len(ran) == 1 and ran[0].startswith(f"{sys.executable} -m pip --python {course.python()} install")
    assert ran[0].endswith(f"pip {course.UV}")


@pytest.mark.parametrize("words", ["No module named pip", "no such option: --python", "Name or service not known"])
def test_without_the_pip_of_this_python_ensurepip_serves(course, children, words):
    script, ran = children
    script.append(("--python", 1, words))
    course.ensure_pip()
    assert ran[-1] == f"{course.python()} -m ensurepip --default-pip"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("No module named pip", "python3-venv"),
        ("no such option: --python", "python3-venv"),
        ("Name or service not known", "network"),
    ],
)
def test_without_any_pip_the_sentence_says_what_to_do(course, children, words, sentence):
    script, _ = children
    script += [("-m ensurepip", 1, "No module named ensurepip"), ("--python", 1, words)]
    with pytest.raises(course.Stop, match=sentence):
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


@pytest.mark.parametrize("driver", [True, False])
def test_who_asks_for_the_cpu_gets_the_cpu_build_whatever_card_there_is(course, pip_calls, monkeypatch, driver):
    monkeypatch.setenv("COURSE_DEVICE", " CPU ")
    monkeypatch.setattr(course, "nvidia_driver", lambda: driver)
    monkeypatch.setattr(course, "answers", lambda url: True)
    course.install({"lab"})
    assert pip_calls[0][:2] == ["--index-url", course.CPU_INDEX]


def test_an_index_that_hangs_costs_no_more_than_asked(course):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        assert not course.answers(f"http://127.0.0.1:{silent.getsockname()[1]}/", seconds=0.5)
        assert time.monotonic() - started < 10


def test_an_index_that_answers_is_seen_and_one_that_refuses_too(course, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    from http.server import HTTPServer, SimpleHTTPRequestHandler
    from threading import Thread

    with HTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        assert course.answers(address + "/", seconds=30)
        assert not course.answers(address + "/no-such-page", seconds=30)
        server.shutdown()


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
        ("ERROR: No matching distribution found for torch==2.13.0", "64-bit Python 3.11 to 3.14"),
        (
            "HINT: This error might have occurred since this system does not have Windows Long Path support",
            "C:\\course",
        ),
        ("ERROR: something never seen", "something never seen"),
    ],
)
def test_a_failing_pip_becomes_a_sentence_its_last_words_and_the_log(course, children, words, sentence):
    script, _ = children
    script.append(("pip install", 1, f"Collecting numpy\n{words}\n"))
    with pytest.raises(course.Stop) as stop:
        course.pip("-e", ".[lab]")
    text = say_nothing_else(str(stop.value))
    assert sentence in text and f"pip: {words}" in text and "again" in text
    assert "Collecting" not in text or "ERROR" not in words


def test_a_package_that_was_being_written_is_installed_again(course):
    site = course.VENV / "lib" / "python3.12" / "site-packages"
    for name in ("whole-1.dist-info", "half-1.dist-info"):
        (site / name).mkdir(parents=True)
    (site / "whole-1.dist-info" / "INSTALLER").write_text("pip")
    course.drop_half_installed()
    assert [folder.name for folder in site.iterdir()] == ["whole-1.dist-info"]


# --- uv

PIP_CONFIG = """:env:.disable-pip-version-check='1'
:env:.find-links='/wheels /more'
download.proxy='http://not.for.us'
global.cert='/etc/own.pem'
global.extra-index-url='file:///a/simple\\nfile:///b/simple'
global.find-links='/overruled'
global.index-url='https://ada:secret@mirror/simple'
global.proxy="http://it's.me:3128"
install.constraint='/etc/limits.txt'
WARNING: a line of another kind"""


def test_what_pip_was_told_uv_is_told(course, children, monkeypatch):
    script, _ = children
    script.append(("pip config list", 0, PIP_CONFIG))
    for name in [name for name in os.environ if name.startswith("UV_")]:
        monkeypatch.delenv(name)
    options, variables = course.uv_settings()
    assert options == ["-c", "/etc/limits.txt", "-f", "/wheels", "-f", "/more"]
    assert variables == {
        "UV_DEFAULT_INDEX": "https://ada:secret@mirror/simple",
        "UV_INDEX": "file:///a/simple file:///b/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_SYSTEM_CERTS": "1",
        "SSL_CERT_FILE": "/etc/own.pem",
        "HTTP_PROXY": "http://it's.me:3128",
        "HTTPS_PROXY": "http://it's.me:3128",
    }


def test_what_uv_itself_was_told_stands(course, children, monkeypatch):
    script, _ = children
    script.append(("pip config list", 0, PIP_CONFIG))
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://uv.example/simple")
    assert "UV_DEFAULT_INDEX" not in course.uv_settings()[1]


@pytest.mark.parametrize(
    "line", ["global.trusted-host='mirror'", "install.require-hashes='true'", ":env:.only-binary=':all:'"]
)
def test_a_setting_that_uv_lacks_means_pip(course, children, capsys, line):
    script, ran = children
    script.append(("pip config list", 0, line))
    assert course.find_uv() is None
    assert line.partition("=")[0].rpartition(".")[2] in capsys.readouterr().out
    assert len(ran) == 1


@pytest.mark.parametrize(("value", "options"), [("1", ["--no-index"]), ("true", ["--no-index"]), ("0", [])])
def test_where_pip_asks_no_index_uv_asks_none(course, children, value, options):
    script, _ = children
    script.append(("pip config list", 0, f":env:.config-file='/own.ini'\n:env:.no-index='{value}'"))
    assert course.uv_settings()[0] == options


def test_a_uv_that_cannot_be_had_means_pip(course, children, monkeypatch, capsys):
    script, _ = children
    script.append(("pip install", 1, "no network"))
    monkeypatch.setattr(course.shutil, "which", lambda name, path: None)
    assert course.find_uv() is None
    assert "pip installs, in some minutes" in say_nothing_else(capsys.readouterr().out)


@pytest.fixture
def uv(course, monkeypatch):
    """A uv in .venv that notes how it is called and ends with the status in the file `status`; and pip's calls."""
    pip_calls = []
    monkeypatch.setattr(course, "pip", lambda *arguments: pip_calls.append([str(word) for word in arguments]))
    course.VENV.mkdir()
    script = course.VENV / "uv.py"
    script.write_text(
        "import json, os, sys\n"
        "json.dump([sys.argv[1:], os.environ.get('UV_INDEX')], open('called.json', 'w'))\n"
        "sys.exit(int(open('status').read()))\n"
    )
    (course.ROOT / "status").write_text("0")
    real = course.follow
    monkeypatch.setattr(course, "follow", lambda uv, *rest, more: real(sys.executable, uv, *rest, more=more))
    return (script, ["-c", "limits.txt"], {"UV_INDEX": "extra"}), pip_calls


def test_uv_installs_into_the_environment_with_the_arguments_of_pip(course, uv):
    uv, pip_calls = uv
    course.add(uv, "--index-url", course.CPU_INDEX, "--no-deps", "torch==2.13.0")
    called, index = json.loads((course.ROOT / "called.json").read_text())
    where = ["--python", str(course.python()), "-c", "limits.txt"]
    assert [word for word in called if word != "--quiet"] == [
        *("pip", "install", *where, "--default-index", course.CPU_INDEX, "--no-deps", "torch==2.13.0")
    ]
    assert index == "extra" and pip_calls == []


def test_when_uv_fails_pip_takes_over_without_what_uv_left_half_done(course, uv, capsys):
    uv, pip_calls = uv
    (course.ROOT / "status").write_text("2")
    half = course.VENV / "lib" / "python3.12" / "site-packages" / "half-1.dist-info"
    half.mkdir(parents=True)
    course.add(uv, "numpy", "-c", course.ROOT / "c.txt")
    assert pip_calls == [["numpy", "-c", str(course.ROOT / "c.txt")]]
    assert not half.exists() and "pip tries it" in capsys.readouterr().out


def test_children_do_not_inherit_another_environment(course, monkeypatch):
    for name in ("PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "JUPYTER_PATH", "UV_PYTHON", "PYTHONDONTWRITEBYTECODE"):
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


@pytest.fixture
def course_utils_beside(course):
    """A package in the place of ours: its doctor speaks, and its models wait to be ended."""
    package = course.ROOT / "course_utils"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "doctor.py").write_text("print('this machine is well')")
    (package / "models.py").write_text(
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *rest: (open('cleared', 'w'), sys.exit(130)))\n"
        "print('MB to download', flush=True)\n"
        "time.sleep(60)\n"
    )


def test_the_address_is_said_once_jupyterlab_answers(fake_lab, course_utils_beside, monkeypatch, capsys):
    """And then: the check of the machine; the other models are fetched beside it, and end with it."""
    written = fake_lab.ROOT / "arguments.json"
    log = fake_lab.VENV / "models.log"

    def wait(process, timeout=None):
        deadline = time.monotonic() + 30
        while "jupyterlab" in process.args and process.poll() is None and time.monotonic() < deadline:
            if log.read_text() and "being fetched" in capture():
                process.kill()
                return 0
            time.sleep(0.05)
        return real_wait(process, timeout)

    said = []

    def capture():
        said.append(capsys.readouterr().out)
        return "".join(said)

    real_wait = subprocess.Popen.wait
    monkeypatch.setattr(fake_lab, "answers_locally", lambda port: written.exists())
    monkeypatch.setattr(fake_lab.subprocess.Popen, "wait", wait)
    assert fake_lab.serve(8891, browser=False) == 0
    page = "/lab/tree/notebooks/00_start%20here.ipynb"
    address = f"JupyterLab answers at http://127.0.0.1:8891{page}?token={os.environ['JUPYTER_TOKEN']}"
    assert re.search(f"{re.escape(address)}.*this machine is well.*being fetched", capture(), re.S)
    assert "MB to download" in log.read_text()
    assert (fake_lab.ROOT / "cleared").exists() or sys.platform == "win32"
    arguments = json.loads(written.read_text())
    assert "--LabApp.news_url=None" in arguments and "--ServerApp.open_browser=False" in arguments
    assert not any(os.environ["JUPYTER_TOKEN"] in argument for argument in arguments)
    rootless = hasattr(os, "geteuid") and os.geteuid() != 0
    assert ("--ServerApp.allow_root=True" in arguments) != rootless or sys.platform == "win32"


def test_jupyterlab_opens_after_what_its_first_notebook_needs(course, monkeypatch):
    seen = []
    monkeypatch.setattr(course, "free_port", lambda port: 8888)
    monkeypatch.setattr(course, "prepare", lambda extras: seen.append(sorted(extras)))
    monkeypatch.setattr(course, "start", lambda *command, **streams: subprocess.Popen([sys.executable, "-c", ""]))
    monkeypatch.setattr(course, "follow", lambda *command: seen.append(command[1:]) or 1)
    monkeypatch.setattr(course, "serve", lambda port, browser: seen.append((port, browser)) or 0)
    assert course.main(["open", "--no-browser"]) == 0
    assert seen == [["lab"], ("-m", "course_utils.models", *course.FIRST), (8888, False)]


def test_with_from_everything_comes_out_of_the_bundle_first(course, monkeypatch):
    seen = []
    monkeypatch.chdir(course.ROOT)
    monkeypatch.setattr(course, "free_port", lambda port: 8888)
    monkeypatch.setattr(course, "set_up_from", lambda bundle: seen.append(bundle))
    monkeypatch.setattr(course, "prepare", lambda extras: seen.append(sorted(extras)))
    monkeypatch.setattr(course, "fetch_models", lambda *tasks: True)
    monkeypatch.setattr(course, "run", lambda *command: seen.append(command[1:]) or (0, ""))
    monkeypatch.setattr(course, "serve", lambda port, browser: 0)
    assert course.main(["open", "--from", "my stick"]) == 0
    keep = ("-m", "course_utils.workshop.resetting", "--keep")  # without git, `reset` will need it
    assert seen == [course.ROOT / "my stick", ["lab"], keep]
    (course.ROOT / ".git").mkdir()
    assert course.main(["open", "--from", str(course.ROOT) + '"']) == 0
    assert seen[3:] == [course.ROOT, ["lab"]]


def test_from_a_bundle_nothing_is_said_of_downloads(course, pip_calls, monkeypatch, capsys):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setattr(course, "answers", lambda url: pytest.fail("no need to ask"))
    course.install({"lab"})
    said = capsys.readouterr().out
    assert "download" not in said and "the build in the bundle" in said
    assert pip_calls[-1][:3] == ["--no-build-isolation", "-e", ".[lab]"]


def test_the_pip_of_a_bundle_serves_where_this_python_has_none(course, children, monkeypatch):
    _, ran = children
    monkeypatch.setattr(course, "PIP", ["/stick/wheels/pip-1-py3-none-any.whl/pip"])
    course.ensure_pip()
    assert ran[0].startswith(f"{sys.executable} /stick/wheels/pip-1-py3-none-any.whl/pip --python {course.python()}")


@pytest.mark.parametrize(
    ("machine", "name"),
    [
        ({**APPLE_MAC, "WINDOWS": False}, "macos-arm64 3.13"),
        (WINDOWS_PC, "windows-x86_64 3.13"),
        ({**WINDOWS_PC, "machine": "ARM64"}, "windows-x86_64 3.13"),  # an x64 Python: no other one gets this far
        ({"sys.platform": "linux", "machine": "aarch64"}, "linux-aarch64 3.13"),
    ],
)
def test_a_bundle_names_machines_as_course_py_does(course, monkeypatch, machine, name):
    from course_utils.workshop.wheels import PLATFORMS

    monkeypatch.setattr(course.sys, "platform", machine["sys.platform"])
    monkeypatch.setattr(course.platform, "machine", lambda: machine["machine"])
    monkeypatch.setattr(course, "WINDOWS", machine.get("WINDOWS", False))
    assert course.this_target((3, 13, 2)) == name and name.split()[0] in PLATFORMS


def test_the_first_notebook_loads_no_other_model(course):
    from course_utils.models import catalog

    text = next(SCRIPT.parent.glob("notebooks/source/00_*.md")).read_text("utf-8")
    loaded = set(re.findall(r"""checkpoint\(["']([\w-]+)["'](?!, source)""", text)) & set(catalog.tasks())
    assert loaded == set(course.FIRST)


def test_a_jupyterlab_that_does_not_start_is_a_sentence(fake_lab, monkeypatch):
    monkeypatch.setenv("fail", "1")
    with pytest.raises(fake_lab.Stop, match="jupyterlab.log says why"):
        fake_lab.serve(fake_lab.free_port(None), browser=False)
    assert "said by the server" in (fake_lab.VENV / "jupyterlab.log").read_text()


# --- the check before a class


def test_the_check_for_a_class_fetches_everything_and_ends_with_the_line(course, monkeypatch):
    seen = []
    monkeypatch.setattr(course, "prepare", lambda extras: seen.append(sorted(extras)))
    monkeypatch.setattr(course, "follow", lambda *command: seen.append(command[1:]) or 1)
    assert course.main(["doctor", "--class"]) == 1
    assert seen == [["lab"], ("-m", "course_utils.models"), ("-m", "course_utils.workshop.readiness")]


@pytest.mark.parametrize("ours", [True, False])
def test_a_machine_where_nothing_can_be_installed_has_a_line_to_send_too(course, monkeypatch, capsys, ours):
    def stop(extras):
        if not ours:
            raise PermissionError(13, "Permission denied", str(course.VENV))
        raise course.Stop(f"  pip: ERROR: no\n{course.ROOT} cannot be written: copy the course, then run it again.")

    monkeypatch.setattr(course, "prepare", stop)
    assert course.main(["doctor", "--class"]) == 1
    said = say_nothing_else(capsys.readouterr().out)
    assert said.splitlines()[-1].startswith("NOT READY: ") and "cannot be written: copy" in said.splitlines()[-1]
    assert str(course.ROOT) not in said


def found(*attention):
    """The doctor's table: two good lines, a note, and these (name, text, step)."""
    from course_utils.doctor import Finding

    good = [Finding("Python", "ok", "3.13.1 in /home/ada/course/.venv"), Finding("memory", "note", "1.0 GB", "close")]
    return [*good, *(Finding(name, "attention", text, step) for name, text, step in attention)]


def test_the_line_says_ready_and_what_the_machine_has():
    from course_utils.workshop import readiness

    line = readiness.summary(found())
    pattern = r"READY \d{4}-\d\d-\d\d \w+ \w+, Python 3\.\d+, \d+ cores, [\d.]+ GB memory and \d+ GB disk free"
    assert re.fullmatch(pattern + r" \(edition \w{6}\)", line) and str(Path.home()) not in line


@pytest.mark.parametrize(
    ("attention", "words"),
    [
        (("weights", "not here yet: a, b (248 MB)", "`x` fetches them"), "models are missing (248 MB): run this again"),
        (("kernel", "it does not answer", "delete the folder .venv, then run `a`"), "kernel: delete the folder .venv"),
        (("disk", "/home/ada/.cache cannot be written", ""), "disk: … cannot be written"),
        (("device", "C:\\Users\\ada\\x is odd, ~/ada too", ""), "device: … is odd, … too"),
    ],
)
def test_the_line_says_the_first_thing_to_do_and_names_nobody(attention, words):
    from course_utils.workshop import readiness

    line = readiness.summary(found(attention, ("packages", "later", "later")))
    assert line.startswith("NOT READY: ") and words in line and "ada" not in line and "later" not in line


def test_the_edition_is_the_same_on_every_system_and_another_for_other_pages(tmp_path):
    from course_utils.workshop import readiness

    (tmp_path / "source").mkdir()
    page, pins = tmp_path / "source" / "00_start.md", tmp_path / "constraints.txt"
    page.write_bytes(b"a\nb\n")
    pins.write_bytes(b"torch==1\n")
    first = readiness.edition(tmp_path, tmp_path)
    pins.write_bytes(b"torch==1\r\n")
    assert readiness.edition(tmp_path, tmp_path) == first
    page.write_bytes(b"a\nc\n")
    assert readiness.edition(tmp_path, tmp_path) != first
