"""The doctor: each thing that can be wrong is one line of its table, with a next step that helps."""

import importlib
import importlib.metadata
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from loopback_hub import is_sentence, run_python

from course_utils import doctor
from course_utils.errors import CourseError
from course_utils.models import cache, devices

prefetch = importlib.import_module("course_utils.models.prefetch")  # `models.prefetch` is the function
ASKED = ["transformers<6,>=5.15", "torch>=2.11", "jupyterlab>=4.2; extra == 'lab'"]
GOOD = {"transformers": "5.23.0", "torch": "2.13.0+cpu"}


@pytest.fixture
def installed(monkeypatch):
    """`installed(torch="2.2.0")`: what `pip list` would show, and None for what is not there."""

    def build(**versions):
        found = {**GOOD, **versions}
        monkeypatch.setattr(doctor, "requires", lambda name: {"course-utils": ASKED}[name])
        monkeypatch.setattr(doctor, "_installed", found.get)
        return doctor._packages()

    return build


@pytest.fixture
def weights(monkeypatch):
    """`weights("digits")`: that set of files is missing, and one other is here."""

    def build(*missing):
        rows = [SimpleNamespace(name="MiniLM", problem=None, download_mb=0)]
        rows += [SimpleNamespace(name=name, problem="missing", download_mb=7) for name in missing]
        monkeypatch.setattr(prefetch, "status", lambda: rows)
        monkeypatch.setattr(prefetch, "being_fetched", lambda: False)

    return build


# --- packages ---


@pytest.mark.parametrize("version", ["5.15.0", "5.23.0", "5.16.0.dev0", "5.99"])
def test_versions_that_the_course_takes_are_ok(installed, version):
    found = installed(transformers=version)
    assert (found.status, found.step) == ("ok", "") and version in found.text


@pytest.mark.parametrize(
    ("versions", "says", "repair"),
    [
        (
            {"transformers": "4.57.0"},
            "transformers 4.57.0 is here, and the course needs >=5.15,<6",
            'pip install "transformers>=5.15,<6"',
        ),
        ({"transformers": "6.0"}, "transformers 6.0 is here", '"transformers>=5.15,<6"'),
        ({"torch": None}, "torch is not installed", 'pip install "torch>=2.11"'),
        (
            {"torch": "2.10.1+cu128", "transformers": "4.0"},
            "and the course needs >=5.15,<6; torch 2.10.1+cu128 is here",
            'pip install "transformers>=5.15,<6" "torch>=2.11"',
        ),
    ],
)
def test_a_version_that_does_not_fit_is_one_line_with_a_step(installed, monkeypatch, versions, says, repair):
    found = installed(**versions)
    assert found.status == "attention" and says in found.text and is_sentence(found.text)
    monkeypatch.setattr(doctor.sys, "prefix", "/usr")
    assert repair in installed(**versions).step
    monkeypatch.setattr(doctor.sys, "prefix", str(Path(doctor.__file__).parents[1] / ".venv"))
    assert installed(**versions).step == doctor.REINSTALL, "its own environment is made again as a whole"


def test_a_folder_that_was_never_installed_claims_nothing(monkeypatch):
    def nothing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(doctor, "requires", nothing)
    assert doctor._packages().status == "note"


def test_a_package_that_is_half_installed_is_not_installed(monkeypatch, tmp_path):
    (tmp_path / "halfway-1.0.dist-info").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    assert doctor._installed("halfway") is None
    assert doctor._installed("no-such-package-at-all") is None


def test_the_table_has_every_package_that_the_course_asks_for_here():
    found = doctor._packages()
    assert found.status == "ok", found
    asked = [line for line in importlib.metadata.requires("course-utils") if "extra" not in line]
    assert f"all {len(asked)} that the" in found.text


# --- device and forward pass ---


def test_a_forward_pass_that_fails_on_a_graphics_card_says_cpu(monkeypatch):
    """The "meta" device of torch computes nothing: bringing a result back fails, as on a card without code."""
    monkeypatch.setattr(devices, "choose_device", lambda: devices.Device("meta", "float32", "a test"))
    found = doctor._forward()
    assert (found.status, found.step) == ("attention", "set COURSE_DEVICE=cpu")
    assert found.text.startswith("on meta: NotImplementedError: ") and is_sentence(found.text)


def test_a_forward_pass_that_fails_on_the_cpu_is_no_matter_of_the_device(monkeypatch):
    monkeypatch.setattr(devices, "choose_device", lambda: devices.Device("cpu", "float33", "a test"))
    found = doctor._safely("forward pass", doctor._forward)
    assert found.status == "attention" and "float33" in found.text and doctor.REINSTALL in found.step


# --- disk and weights ---


@pytest.mark.parametrize(("missing", "status"), [([], "ok"), (["digits"], "attention")])
def test_a_cache_that_cannot_be_written_spoils_nothing_if_all_is_there(monkeypatch, weights, tmp_path, missing, status):
    weights(*missing)
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.setattr(doctor.os, "access", lambda path, mode: False)
    found = doctor._disk()
    assert found.status == status and str(tmp_path) in found.text
    assert ("COURSE_CACHE" in found.step) == bool(missing)


def test_weights_that_are_missing_are_named(weights, monkeypatch):
    weights()
    assert doctor._weights().status == "ok"
    weights("digits", "SmolLM2")
    found = doctor._weights()
    assert found.status == "attention" and "not here yet: digits, SmolLM2 (14 MB)" in found.text
    assert found.step == f"{doctor.OPEN} fetches them"
    monkeypatch.setattr(prefetch, "being_fetched", lambda: True)
    found = doctor._weights()
    assert found.status == "note" and found.text.endswith("digits, SmolLM2 (14 MB), being fetched")
    assert "waits for it" in found.step


def test_the_disk_is_measured_where_the_cache_will_be(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "not" / "there"))
    monkeypatch.setattr(cache, "free_disk", lambda path: 0.7e9)
    found = doctor._disk()
    assert found.status == "note" and "0.7 GB" in found.text and "COURSE_CACHE" in found.step


# --- what is printed ---


@pytest.mark.parametrize(("system", "command"), [("win32", "`py course.py"), ("linux", "`python3 course.py")])
def test_commands_are_those_of_the_system(monkeypatch, weights, system, command):
    """On Windows `python3` opens the shop."""
    with monkeypatch.context() as patch:
        patch.setattr(sys, "platform", system)
        importlib.reload(doctor)
    try:
        weights("digits")
        monkeypatch.setitem(sys.modules, "jupyter_client.manager", None)
        found = [doctor._weights(), doctor._kernel(), doctor._safely("x", lambda: 1 / 0)]
        steps = [finding.step for finding in found]
        assert all(command in step for step in steps), steps
    finally:
        importlib.reload(doctor)


def test_the_doctor_reports_everything_and_stops_at_nothing(monkeypatch, capsys):
    def broken():
        raise RuntimeError("a surprise\nwith a second line")

    def missing():
        raise ImportError("No module named 'torch'")

    def said():
        raise CourseError("COURSE_DEVICE should name a device.")

    monkeypatch.setattr(doctor, "_memory", broken)
    monkeypatch.setattr(doctor, "_device", said)
    monkeypatch.setattr(doctor, "_forward", missing)
    monkeypatch.setattr(doctor, "_weights", lambda: doctor.Finding("weights", "ok", "all"))
    monkeypatch.setattr(doctor, "_kernel", lambda: doctor.Finding("kernel", "note", "none"))
    assert doctor.main() == 1
    lines = capsys.readouterr().out.splitlines()
    rows = [line.split()[0] for line in lines if not line.startswith(" ")]
    assert " ".join(rows) == "Python packages memory disk device forward weights kernel Some"
    text = "\n".join(lines)
    assert "RuntimeError: a surprise" in text and "second line" not in text and "Traceback" not in text
    assert "missing or broken: No module named 'torch'" in text and "should name a device" in text


def test_a_warning_of_zmq_is_not_shown():
    code = """
import warnings
from course_utils import doctor
def examine():
    warnings.warn("Proactor event loop does not implement add_reader family of methods", RuntimeWarning)
    return []
doctor.examine = examine
doctor.main()
"""
    done = run_python(code)
    assert (done.stdout.strip(), done.stderr) == ("This machine is ready.", "")


@pytest.mark.slow
@pytest.mark.models
def test_this_machine_is_ready():
    done = subprocess.run([sys.executable, "-m", "course_utils.doctor"], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout.splitlines()[-1] == "This machine is ready."
