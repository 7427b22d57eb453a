"""The notebooks as a learner meets them: JupyterLab in a browser, without a network.

Screenshots are kept in `tests/artifacts` (ignored by git), for people to look at.
"""

from pathlib import Path

import lab as jupyter
import pytest

from course_utils.authoring import sources
from course_utils.exercises import Exercise

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[1]
ARTIFACTS = Path(__file__).parent / "artifacts"
FIRST, EXERCISES = "00_start_here", "02_pipelines"


@pytest.fixture(scope="module")
def server(browser, tmp_path_factory):
    with jupyter.jupyterlab(ROOT / "notebooks", tmp_path_factory.mktemp("lab")) as running:
        yield running


def test_the_first_notebook_shows_its_outputs_before_anything_runs(page):
    page.open(f"{FIRST}.ipynb")
    assert page.outputs() >= 5
    assert page.errors() == []
    page.picture(ARTIFACTS / "00_stored.png")


def test_the_first_notebook_runs_from_top_to_bottom(page):
    page.open(f"{FIRST}.ipynb")
    stored = page.outputs()
    page.run_all()
    assert page.prompts() == [f"[{n}]:" for n in range(1, len(page.prompts()) + 1)]
    assert page.outputs() == stored
    assert page.errors() == []
    page.picture(ARTIFACTS / "00_run.png")


def test_an_exercise_answers_three_wrong_tries_and_a_right_one(page):
    """Notebook 02 runs whole; then its first exercise is answered wrongly, and rightly, in the same cell."""
    page.open(f"{EXERCISES}.ipynb")
    page.run_all()
    assert page.errors() == []
    records = sources.load_records().values()
    record = next(r for r in records if r.id.startswith("2.") and isinstance(r, Exercise))
    slips = [wrong for wrong in record.wrong if wrong.status == "not yet"][:3]
    assert len(slips) == 3
    call = f'check("{record.id}", {record.answer})'

    for slip in slips:
        said = page.answer(record.id, f"{slip.code.rstrip()}\n\n{call}")
        assert f"Exercise {record.id}: not yet" in said
        assert slip.says.replace("`", "") in said
    page.picture(ARTIFACTS / "02_not_yet.png", at=page.exercise(record.id))

    said = page.answer(record.id, f"{record.solution.rstrip()}\n\n{call}")
    assert f"Exercise {record.id}: correct" in said
    page.picture(ARTIFACTS / "02_correct_light.png", at=page.exercise(record.id))


def test_an_error_on_the_page_is_seen(page):
    page.open(f"{FIRST}.ipynb")
    page.run(page.cells.first, "import sys\n\nprint('careful', file=sys.stderr)\n1 / 0")
    assert len(page.errors()) == 2 and "ZeroDivisionError" in "".join(page.errors())


def test_a_notebook_can_be_read_in_the_dark_theme(page, server):
    """Text and background differ enough everywhere that a result is shown (WCAG AA: 4.5 to 1)."""
    server.choose("apputils-extension/themes", {"theme": "JupyterLab Dark"})
    try:
        page.open(f"{FIRST}.ipynb")
        page.run_all()
        statuses = page.cells.get_by_role("status")
        assert statuses.count() >= 4
        ratios = [statuses.nth(n).evaluate(CONTRAST) for n in range(statuses.count())]
        page.picture(ARTIFACTS / "00_dark.png", at=statuses.first)
        assert min(ratios) >= 4.5, ratios
    finally:
        server.choose("apputils-extension/themes", {})


def test_a_request_to_elsewhere_is_noticed(browser, server):
    opened = jupyter.NotebookPage.new(browser, server)
    opened.page.goto(f"{server.address}/lab?token={server.token}")
    opened.page.evaluate("fetch('http://elsewhere.invalid/x').catch(() => 0)")
    assert opened.elsewhere == ["http://elsewhere.invalid/x"]
    opened.close()


# The contrast of an element's text against the first background behind it.
CONTRAST = """element => {
  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  let behind = element, back;
  do {
    back = channels(getComputedStyle(behind).backgroundColor);
    behind = behind.parentElement;
  } while (behind && back.length === 4 && back[3] === 0);
  const [high, low] = [light(channels(getComputedStyle(element).color)), light(back)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}"""
