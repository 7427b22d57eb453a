"""The pages in a browser: pictures in light, dark and grey, controls that move, nothing that axe-core calls serious.

Screenshots are kept in `tests/artifacts` (ignored by git), for people to look at.
"""

from pathlib import Path

import lab as jupyter
import nbformat
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook

from course_utils import sample
from course_utils.authoring import sources
from course_utils.authoring.notebooks import METADATA, NOTEBOOKS, clean, execute
from course_utils.pictures import bars, flow, listen, meter, show, style, text_map

pytestmark = pytest.mark.browser

ARTIFACTS = Path(__file__).parent / "artifacts"
THEMES = {
    "light": "color: #222; background: #fff",
    "dark": "color: #ddd; background: #111",
    "grey": "color: #222; background: #fff; filter: grayscale(1)",
}
# Links are not underlined: that is Jupyter's style sheet.
OF_THE_THEME = {"link-in-text-block"}
STORED, WIDGET = "stored.ipynb", "live.ipynb"
CODE = """from course_utils.pictures import bars, try_it


def view(word, share=0.3):
    return bars({word: share})


try_it(view, word="tea", share=(0.0, 1.0, 0.1))"""


def gallery() -> list:
    """One of each kind of picture, and every colour with its name."""
    figure, axes = style.canvas(style.WIDTH, 0.35 * len(style.COLOURS) + 0.35)
    for row, role in enumerate(style.COLOURS):
        style.box(axes, 0.1, 0.35 * row + 0.04, 2.2, 0.27, role, role=role)
        style.box(axes, 2.6, 0.35 * row + 0.04, 2.2, 0.27, "not lit", role=role, lit=False)
        style.arrow(axes, (4.9, 0.35 * row + 0.17), (5.6, 0.35 * row + 0.17), lit=row % 2 == 0)
    style.legend(axes, 0.1, 0.35 * len(style.COLOURS) + 0.08, ("encoder", "decoder"))
    colours = show(figure, alt="The colours of the course with their names.")
    vectors = np.random.default_rng(0).normal(size=(5, 8))
    return [
        colours,
        bars({"POSITIVE": 0.9, "NEGATIVE": 0.1}, lit="POSITIVE", title="bars"),
        meter(0.6, title="meter", marks={"two rivers": 0.7}),
        text_map(["one", "two", "three", "four", "five"], vectors, lit=[2], title="text_map"),
        flow([("Text", "I loved it."), ("Model", "logits"), ("Answer", "POSITIVE")], lit=1, title="flow"),
        listen(sample("audio/robot_1.flac"), caption="a voice"),
    ]


@pytest.mark.parametrize("theme", THEMES)
def test_the_gallery_is_seen_whole_in_every_theme(browser, theme):
    """All kinds of pictures on one page of the width of a notebook: loaded, not cropped, on white."""
    page = browser.new_page(viewport={"width": 900, "height": 1200})
    body = "\n".join(shown.html() for shown in gallery())
    page.set_content(f"<!doctype html><meta charset=utf-8><body style='{THEMES[theme]}; font: 14px sans-serif'>{body}")
    sizes = page.locator("img").evaluate_all("all => all.map(i => [i.naturalWidth, i.clientWidth, i.alt.length])")
    assert len(sizes) == len(gallery()) - 1
    assert all(300 < natural <= 760 and shown == natural and alt > 20 for natural, shown, alt in sizes), sizes
    assert (
        page.locator("audio").evaluate(
            "a => new Promise(r => a.duration > 0 ? r(a.duration) : a.onloadedmetadata = () => r(a.duration))"
        )
        > 1
    )
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"gallery_{theme}.png", full_page=True)
    page.close()


@pytest.fixture(scope="module")
def server(browser, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    notebook = new_notebook(cells=[new_code_cell(CODE)], metadata=METADATA)
    nbformat.write(notebook, folder / WIDGET)
    execute(notebook)
    nbformat.write(clean(notebook), folder / STORED)
    with jupyter.jupyterlab(folder, tmp_path_factory.mktemp("lab")) as running:
        yield running


def test_a_page_that_was_only_opened_shows_the_picture_and_says_how_to_get_the_controls(page):
    """Nobody has run or trusted this notebook."""
    page.open(STORED)
    cell = page.cells.first
    assert cell.locator("img").get_attribute("alt") == "Bars: tea 0.30."
    assert "Run this cell to get the controls: word, share." in cell.inner_text()
    page.picture(ARTIFACTS / "widget_stored.png")


def test_controls_move_the_picture(page):
    page.open(WIDGET)
    page.run_all()
    cell = page.cells.first
    slider, box = cell.get_by_role("slider"), cell.get_by_role("textbox", name="word")
    box.wait_for(timeout=20_000)

    def seen() -> list[str]:
        return cell.locator("img:visible").evaluate_all("all => all.map(i => i.alt)")

    page.wait(lambda: seen() == ["Bars: tea 0.30."], "the first state is not seen once")
    slider.press("ArrowRight")
    page.wait(lambda: seen() == ["Bars: tea 0.40."], "the slider moved nothing")
    box.fill("<b>coffee")
    box.press("Enter")
    page.wait(lambda: seen() == ["Bars: <b>coffee 0.40."], "the text box moved nothing")
    page.page.set_viewport_size({"width": 700, "height": 900})
    # No wider than the cell, also in a narrow window.
    fits = "i => i.getBoundingClientRect().right <= i.closest('.jp-OutputArea').getBoundingClientRect().right"
    page.wait(lambda: cell.locator("img:visible").first.evaluate(fits), "the picture is cut off")
    assert page.errors() == []
    page.picture(ARTIFACTS / "widget_live.png")


@pytest.mark.parametrize("source", sources.select([]), ids=lambda source: source.stem)
def test_axe_finds_nothing_serious_on_a_page(browser, source):
    """axe-core on the page as nbconvert renders it; what only nbconvert's own frame does is not ours."""
    html, _ = HTMLExporter(template_name="lab").from_filename(str(NOTEBOOKS / f"{source.stem}.ipynb"))
    page = browser.new_page()
    page.route("**/*", lambda route: route.abort())  # the template would fetch mathematics from elsewhere
    page.set_content(html, wait_until="domcontentloaded")
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    ours = [
        (rule["id"], node["target"], node["html"][:200])
        for rule in found
        if rule["impact"] in ("serious", "critical") and rule["id"] not in OF_THE_THEME
        for node in rule["nodes"]
        if page.locator(str(node["target"][0])).first.evaluate("e => !!e.closest('.jp-RenderedHTMLCommon')")
    ]
    page.close()
    assert ours == []
