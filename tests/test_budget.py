"""Each notebook stays within 90 seconds and 1.5 GB: mybinder gives a learner 2 GB and a slow processor.

Measured on the execution of the solution edition (see `solve` in conftest.py), which does all that the learner's
edition does and solves the exercises besides. Seconds are those from starting the kernel to its end; memory is
the highest the kernel's process ever held, as the system kept it (VmHWM on Linux). The figures are printed at
the end of the test run.
"""

import subprocess
import sys

import pytest

from course_utils.authoring import sources
from course_utils.authoring.notebooks import peak_memory

pytestmark = [pytest.mark.notebooks, pytest.mark.alone]

SECONDS = 90
GIGABYTES = 1.5


@pytest.mark.parametrize("name", [source.stem for source in sources.select([])])
def test_notebook_is_within_its_budget(name, solve, record_property):
    cost = solve(name).execution
    gigabytes = cost.peak_bytes / 1e9
    line = f"{name}: {cost.seconds:.1f} s of {SECONDS}, {gigabytes:.2f} GB of {GIGABYTES}"
    record_property("budget", line)
    assert cost.seconds <= SECONDS and 0 < gigabytes <= GIGABYTES, line


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux and Windows keep the peak of a process")
def test_the_peak_is_seen_after_it_has_passed():
    code = "b = bytearray(300_000_000); del b; print(flush=True); input()"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code], **pipes) as process:
        process.stdout.readline()
        peak = peak_memory(process.pid)
        process.communicate(b"\n")
    assert 300e6 <= peak <= 400e6
