"""A committed notebook run afresh in a mode, beside a faithful Hub: for test_modes.py and test_modes_hub.py.

Two files, because the tests are divided file by file, and these are the longest.
"""

import nbformat
import pytest
from faithful_hub import faithful_hub

from course_utils.authoring import sources
from course_utils.authoring.notebooks import NOTEBOOKS, execute

NAMES = [source.stem for source in sources.select([])]
GIGABYTES = 1.6


@pytest.fixture(scope="module")
def beside_a_hub(tmp_path_factory, repositories):
    """The settings of a kernel that has a Hub, and a cache of it that all notebooks share."""
    with faithful_hub(folder=repositories) as server:
        yield {"HF_ENDPOINT": server.url, "HF_HOME": str(tmp_path_factory.mktemp("hf")), "NO_PROXY": "*"}


def run(name: str, record_property, *, more=(), **settings: str):
    """A committed notebook, and `more` cells, run afresh with these settings; a failing cell raises."""
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    notebook.cells += more
    cost = execute(notebook, settings=settings)
    gigabytes = cost.peak_bytes / 1e9
    kind = settings["COURSE_MODELS"] if "HF_HOME" in settings else "auto, no Hub"
    line = f"{name}: {kind}, {cost.seconds:.1f} s, {gigabytes:.2f} GB of {GIGABYTES}"
    record_property("budget", line)
    assert 0 < gigabytes <= GIGABYTES, line
    return notebook
