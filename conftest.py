"""What all tests and all notebooks under test share. It lies in the root because pytest shows the hooks of
a conftest.py only to the tests beside and below it, and the notebooks are not below `tests/`.

Kernels started by nbval inherit this process's environment, so it is set here, before any starts.
"""

import os
import tempfile
from pathlib import Path

import pytest

from course_utils.authoring.notebooks import kernel_environment

_scratch = tempfile.TemporaryDirectory(prefix="course-tests-")


def pytest_configure(config):
    environment = kernel_environment(Path(_scratch.name))
    for name in set(os.environ) - set(environment):
        del os.environ[name]
    os.environ.update(environment)
    # nbval reads this path relative to the folder pytest was started in.
    if config.option.nbval_sanitize_with:
        config.option.nbval_sanitize_with = str(config.rootpath / config.option.nbval_sanitize_with)


def pytest_unconfigure():
    _scratch.cleanup()


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.suffix == ".ipynb":
            item.add_marker("notebooks")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Each notebook under nbval gets a progress file of its own: the kernel starts with its first cell."""
    if item.path.suffix == ".ipynb":
        os.environ["COURSE_PROGRESS"] = str(Path(_scratch.name) / f"{item.path.stem}.json")


def pytest_terminal_summary(terminalreporter):
    """Print what tests/test_budget.py measured, whether it passed or failed."""
    reports = [r for kind in ("passed", "failed") for r in terminalreporter.stats.get(kind, ())]
    lines = [text for r in reports for name, text in getattr(r, "user_properties", ()) if name == "budget"]
    if lines:
        terminalreporter.section("time and memory of each notebook, offline")
        for line in sorted(lines):
            terminalreporter.line(line)
