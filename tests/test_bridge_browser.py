"""bertviz's views of our records in a browser without a network: JupyterLab, its dark theme, a notebook that is not
trusted, and nbconvert's HTML. Screenshots are kept in `tests/artifacts` for people to look at.
"""

import json
from pathlib import Path

import lab as jupyter
import nbformat
import pytest
from attention_records import ODD_WORDS, odd_map
from nbconvert import HTMLExporter

from course_utils.attention import bertviz_view
from course_utils.authoring.notebooks import METADATA

pytestmark = pytest.mark.browser

ARTIFACTS = Path(__file__).parent / "artifacts"
NAMES = ("bertviz_live.ipynb", "bertviz_stored.ipynb")
SOURCES = (
    "from attention_records import ODD_WORDS, odd_map\nfrom course_utils.attention import bertviz_view\n"
    "encoder = odd_map(queries=ODD_WORDS)\n"
    "cross = odd_map('cross', queries=['sie', 'mag'], keys=['she', 'likes', 'it'])",
    "bertviz_view(encoder)",
    "bertviz_view(encoder, 'model')",
    "bertviz_view(cross)",
)


def notebook(*sources):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in sources], metadata=METADATA)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A notebook to run, and one with the same views stored; nobody has signed it, so JupyterLab does not trust it."""
    made = tmp_path_factory.mktemp("notebooks")
    paths = f"import sys\nsys.path.insert(0, {str(Path(__file__).parent)!r})\n"
    nbformat.write(notebook(paths + SOURCES[0], *SOURCES[1:]), made / NAMES[0])
    stored = notebook(*SOURCES[1:3])
    for cell, view in zip(stored.cells, ("head", "model"), strict=True):
        bundle = bertviz_view(odd_map(), view)._repr_mimebundle_()
        cell.outputs = [nbformat.v4.new_output("execute_result", bundle, execution_count=1)]
    nbformat.write(stored, made / NAMES[1])
    return made


@pytest.fixture(scope="module")
def server(browser, folder, tmp_path_factory):
    with jupyter.jupyterlab(folder, tmp_path_factory.mktemp("lab")) as running:
        yield running


def frame(cell):
    """The page inside a cell's iframe, once bertviz has drawn."""
    inside = cell.frame_locator("iframe")
    inside.locator("#bertviz svg text").first.wait_for(state="attached", timeout=20_000)
    return inside


def texts(inside):
    return inside.locator("svg text").all_text_contents()


def outside(inside):
    """How many pixels of the view lie right of, below and left of its frame."""
    return inside.locator("svg").evaluate(
        """svg => {
          const page = document.documentElement, texts = [...svg.querySelectorAll("text")];
          const left = Math.min(...texts.map(text => text.getBoundingClientRect().left));
          return [page.scrollWidth - innerWidth, page.scrollHeight - innerHeight, Math.max(0, -left)];
        }"""
    )


def empty(inside):
    """How many pixels are left below the view."""
    return inside.locator("svg").evaluate("svg => innerHeight - svg.getBoundingClientRect().bottom")


def test_both_views_draw_in_jupyterlab(page):
    page.open(NAMES[0])
    page.run_all()
    assert page.errors() == []
    shown = json.loads(bertviz_view(odd_map()).page.split("const params = ")[1].split(";\n")[0])
    labels = shown["attention"][0]["left_text"]

    assert [cell.locator("details[open]").count() for cell in page.cells.all()[1:4]] == [0, 0, 0]
    head = frame(page.cells.nth(1))
    assert texts(head) == labels * 2  # left and right, as text
    assert head.locator("#attention line").count() == 3 * len(ODD_WORDS) ** 2
    assert outside(head) == [0, 0, 0] and empty(head) < 60
    page.picture(ARTIFACTS / "bertviz_head.png", at=page.cells.nth(1))
    before = head.locator("#attention line").first.get_attribute("stroke-opacity")
    head.locator("svg > g").last.locator("rect").nth(0).click()  # switch off head 0
    assert head.locator("#attention line").first.get_attribute("stroke-opacity") != before
    head.locator("#layer").select_option("1")
    assert head.locator("#attention line").first.get_attribute("stroke-opacity") != before
    head.locator("#left text").nth(2).hover()
    assert head.locator("#attention line[visibility=visible]").count() == 3 * len(ODD_WORDS)

    model = frame(page.cells.nth(2))
    assert model.locator("svg line").count() == 2 * 3 * len(ODD_WORDS) ** 2
    assert outside(model) == [0, 0, 0] and empty(model) < 60
    model.locator("svg > g").nth(4).click()  # layer 1, head 1
    assert [t for t in texts(model) if t in labels] == labels * 2
    assert "Layer 1, Head 1" in texts(model)
    page.picture(ARTIFACTS / "bertviz_model.png", at=page.cells.nth(2))

    assert texts(frame(page.cells.nth(3))) == ["sie", "mag", "she", "likes", "it"]


def test_the_dark_theme_leaves_black_on_white(page, server):
    server.choose("apputils-extension/themes", {"theme": "JupyterLab Dark"})
    try:
        page.open(NAMES[0])
        page.run_all()
        for number in (1, 2):
            root = frame(page.cells.nth(number)).locator(":root")
            assert root.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 255, 255)"
            page.picture(ARTIFACTS / f"bertviz_dark_{number}.png", at=page.cells.nth(number))
    finally:
        server.choose("apputils-extension/themes", {})


def test_a_notebook_that_is_not_trusted_keeps_picture_and_table(page):
    page.open(NAMES[1])
    for cell in page.cells.all():
        output = cell.locator(".jp-OutputArea-output")
        assert output.locator("iframe").count() == 0
        assert "not trusted" in output.inner_text()
        assert output.locator("img").evaluate("i => i.complete && i.naturalWidth > 100")
        assert output.locator("img").get_attribute("alt")
        assert output.locator("table").is_visible()
    page.picture(ARTIFACTS / "bertviz_untrusted.png")


def test_both_views_draw_in_a_page_of_nbconvert(browser, folder, tmp_path):
    target = tmp_path / "page.html"
    target.write_text(HTMLExporter().from_filename(folder / NAMES[1])[0], "utf-8")
    context = browser.new_context(offline=True, viewport={"width": 1200, "height": 1400})
    opened = context.new_page()
    opened.goto(target.as_uri())
    cells = opened.locator(".jp-OutputArea-output")
    for number, lines in enumerate((3 * len(ODD_WORDS) ** 2, 2 * 3 * len(ODD_WORDS) ** 2)):
        assert frame(cells.nth(number)).locator("svg line").count() == lines
    opened.screenshot(path=ARTIFACTS / "bertviz_nbconvert.png")
    context.close()
