"""Every notebook runs top to bottom in the mode `hub`, beside a faithful Hub. What the Hub's models say is random."""

import pytest
from mode_runs import NAMES, beside_a_hub, run

from course_utils.authoring.rules import code_cells

pytestmark = [pytest.mark.notebooks, pytest.mark.slow]
hub = beside_a_hub


@pytest.mark.parametrize("name", NAMES)
def test_hub_mode_runs_to_the_end(name, hub, record_property):
    notebook = run(name, record_property, COURSE_MODELS="hub", **hub)
    (setup,) = (cell for cell in code_cells(notebook) if cell.id == "setup")
    assert "COURSE_MODELS=hub" in setup.outputs[0].text
