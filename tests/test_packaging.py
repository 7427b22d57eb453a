"""One set of requirements, stated in four places that must agree; and a package that imports at once."""

import os
import re
import statistics
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# How conda-forge calls them.
CONDA_NAMES = {"pytorch-cpu": "torch", "pysoundfile": "soundfile", "msgpack-python": "msgpack"}
# What Colab ships; a lower bound above it would replace a package there.
COLAB = {"transformers": "5.15", "torch": "2.11", "numpy": "2.1", "ipywidgets": "7.7", "ipython": "7.34"}


def ranges(lines):
    """{name: range} of requirement lines."""
    requirements = [Requirement(CONDA_NAMES.get(line, line)) for line in lines]
    return {CONDA_NAMES.get(r.name, canonicalize_name(r.name)): r.specifier for r in requirements}


def wanted(*extras):
    extra_lines = [line for extra in extras for line in PROJECT["optional-dependencies"][extra]]
    return ranges([*PROJECT["dependencies"], *extra_lines])


def conda(path):
    """{name: range} of an environment file, conda's and pip's part together, and the range of Python."""
    dependencies = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))["dependencies"]
    (pip_part,) = (part["pip"] for part in dependencies if isinstance(part, dict))
    lines = [re.sub(r"^(python)=(?=\d)", r"\1==", line) for line in dependencies if isinstance(line, str)]
    found = ranges([*lines, *pip_part])
    assert len(found) == len(lines) + len(pip_part), "a package is named twice"
    assert str(found.pop("pip")) == ""
    return found, found.pop("python")


def pins():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


# --- the four places agree


def test_environment_yml_states_the_ranges_of_pyproject():
    found, python = conda("environment.yml")
    assert found == wanted("lab", "test", "workshop")
    assert python == SpecifierSet(PROJECT["requires-python"])


def test_binder_states_the_ranges_of_pyproject_and_a_python_new_enough():
    found, python = conda("binder/environment.yml")
    assert found == wanted("lab")
    (version,) = python
    assert version.operator == "==" and version.version in SpecifierSet(PROJECT["requires-python"])


def test_the_packages_that_the_course_was_asked_to_use_are_there():
    asked = {"jupyterlab", "transformers", "torch", "matplotlib", "ipywidgets", "nbval", "bertviz"}
    assert asked <= conda("environment.yml")[0].keys()


def test_constraints_pin_every_requirement_within_its_range():
    exact = {canonicalize_name(pin.split("==")[0]): pin.split("==")[1] for pin in pins()}
    assert "hatchling" in exact and "editables" in exact  # course.py builds the package with these
    for name, allowed in wanted("lab", "test", "workshop").items():
        assert exact[name] in allowed, f"{name}=={exact[name]} is not in {allowed}"
    assert exact["torch"] == "2.13.0"  # newer ones come as a CUDA build of several GB


def test_constraints_are_plain_sorted_pins():
    for pin in pins():
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9a-z.]*", pin), f"no plain pin: {pin}"
    names = [canonicalize_name(pin.split("==")[0]) for pin in pins()]
    assert names == sorted(set(names))


@pytest.mark.parametrize("python", ["3.11.0", "3.12.0", "3.13.0"])
def test_every_pinned_package_runs_on_each_python(python):
    """Debian 12 has Python 3.11.2, and a package may ask for 3.11.5."""
    for pin in pins():
        name, version = pin.split("==")
        try:
            about = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue  # belongs to the other extras
        if Version(about["Version"]).public == version:
            assert python in SpecifierSet(about.get("Requires-Python") or ""), f"{pin} needs a newer Python"


@pytest.mark.parametrize("name", COLAB)
def test_lower_bounds_are_no_higher_than_what_colab_ships(name):
    bounds = [Version(s.version) for s in wanted()[name] if s.operator in (">=", "==", "~=", ">")]
    assert bounds and max(bounds) <= Version(COLAB[name])


def test_only_transformers_has_an_upper_bound():
    asked = wanted("lab", "test", "workshop")
    capped = {name for name, allowed in asked.items() if {s.operator for s in allowed} != {">="}}
    assert capped == {"transformers"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no executable bit")
@pytest.mark.parametrize("script", [".ci/run", "binder/postBuild", "binder/start"])
def test_scripts_can_be_run_and_stop_at_errors(script):
    path = ROOT / script
    text = path.read_text(encoding="utf-8")
    assert os.access(path, os.X_OK)
    assert re.search(r"^(set -e|set -euo pipefail)$", text, re.M) or text.rstrip().endswith('exec "$@"')
    subprocess.run(["bash", "-n", path], check=True)


# --- the package imports at once, with and without torch


def in_a_fresh_python(code):
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60).stdout.split()


def test_import_is_instant_and_loads_no_torch():
    code = (
        "import time; start = time.process_time(); import course_utils; used = time.process_time() - start\n"
        "import sys; print(used, 'torch' in sys.modules, 'transformers' in sys.modules)"
    )
    runs = [in_a_fresh_python(code) for _ in range(5)]
    assert {tuple(run[1:]) for run in runs} == {("False", "False")}
    assert statistics.median(float(run[0]) for run in runs) <= 0.2  # of the processor's seconds


def test_the_package_works_without_torch():
    code = (
        "import sys\n"
        "class NoTorch:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('torch', 'transformers'): raise ImportError('blocked: ' + name)\n"
        "sys.meta_path.insert(0, NoTorch())\n"
        "import course_utils\n"
        "from course_utils import CourseError, check, checkpoint\n"
        "report = str(course_utils.machine_report())\n"
        "print(check('0.0', ...).status.replace(' ', '-'), 'torch' in sys.modules, 'not known (ImportError)' in report)"
    )
    assert in_a_fresh_python(code) == ["unknown-exercise", "False", "True"]
