"""Every notebook runs top to bottom in the mode `auto`, beside a faithful Hub and without one.

What the Hub says is random, so what is compared is this: in `auto`, a cell that asks for no usual checkpoint prints
what the stored notebook shows. The figures are printed at the end of the test run.
"""

import configparser
import re
from pathlib import Path

import nbformat
import pytest
from loopback_hub import closed_port
from mode_runs import NAMES, beside_a_hub, run
from page_controls import driving_cell, moves, problems

from course_utils.authoring.notebooks import NOTEBOOKS
from course_utils.authoring.rules import code_cells

pytestmark = [pytest.mark.notebooks, pytest.mark.slow]
hub = beside_a_hub


@pytest.fixture(scope="module")
def sanitize():
    """What nbval leaves out of a comparison is left out here, too."""
    settings = configparser.ConfigParser(interpolation=None)
    settings.read(Path(__file__).with_name("sanitize.cfg"), encoding="utf-8")
    rules = [(section["regex"], section["replace"]) for section in map(settings.__getitem__, settings.sections())]

    def cleaned(cell) -> list[str]:
        texts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]
        for regex, replace in rules:
            texts = [re.sub(regex, replace, text) for text in texts]
        return texts

    return cleaned


def asks_the_hub(cell) -> bool:
    """Also where it only uses what the cell above it loaded."""
    return 'source="hub"' in cell.source or cell.source.startswith("if larger:")


@pytest.mark.parametrize("name", NAMES)
def test_auto_with_a_hub_prints_what_the_page_shows(name, hub, sanitize, record_property):
    stored = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    controls = sum("try_it(" in cell.source for cell in code_cells(stored))
    more = [driving_cell()] if controls else []
    notebook = run(name, record_property, more=more, COURSE_MODELS="auto", **hub)
    if controls:  # they work for whoever runs all cells first, and then comes back
        cell = notebook.cells.pop()
        assert problems(cell) == [] and len(moves(cell)) >= 2 * controls
        slowest = max(moves(cell), key=lambda move: move[2])
        record_property("budget", f"{name}: slowest of {len(moves(cell))} moves {slowest[2]} ms ({slowest[0]})")
    compared = 0
    for cell, before in zip(code_cells(notebook), code_cells(stored), strict=True):
        if asks_the_hub(cell) or "nbval-ignore-output" in cell.metadata.get("tags", ()):
            continue
        assert sanitize(cell) == sanitize(before), cell.source
        compared += 1
    assert compared >= 8


# Without a Hub `checkpoint(…, source="hub")` gives what it gives offline, where nbval runs every page: one shows it.
@pytest.mark.parametrize("name", ["00_start_here"])
def test_auto_without_a_hub_runs_to_the_end(name, tmp_path, record_property):
    notebook = run(name, record_property, COURSE_MODELS="auto", HF_ENDPOINT=closed_port(), NO_PROXY="*")
    said = "".join(
        output.text
        for cell in code_cells(notebook)
        if asks_the_hub(cell)
        for output in cell.outputs
        if "text" in output
    )
    assert "was not loaded" in said
