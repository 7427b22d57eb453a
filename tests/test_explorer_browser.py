"""The explorer in a browser without a network: by mouse and keyboard, light and dark, in JupyterLab and elsewhere.

Screenshots are kept in `tests/artifacts` for people to look at.
"""

import re
from pathlib import Path

import lab as jupyter
import nbformat
import pytest
from attention_records import NASTY, explorer_bundle, record_of, sentence_map
from nbconvert import HTMLExporter

from course_utils.authoring.notebooks import METADATA

pytestmark = pytest.mark.browser

ARTIFACTS = Path(__file__).parent / "artifacts"
LIGHT, DARK = "color: rgba(0, 0, 0, .87); background: #fff", "color: rgba(255, 255, 255, .87); background: #111"
THREE_KINDS = (sentence_map(11), sentence_map(7, kind="decoder"), sentence_map(7, keys=11, kind="cross"))
STORED, LIVE = "explorer_stored.ipynb", "explorer_live.ipynb"
CODE = f"""import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from attention_records import record_of, sentence_map
from course_utils.attention import explorer
explorer(record_of(sentence_map(layers=6, heads=12)))"""


class Explorer:
    """One explorer on a page, as its reader meets it."""

    def __init__(self, scope):
        self.scope = scope.get_by_role("group", name="Attention explorer")
        self.said = self.scope.get_by_role("status")
        self.queries, self.keys = (self.scope.get_by_role("listbox", name=name) for name in ("Queries", "Keys"))
        self.heat = self.scope.get_by_label("A row for each query")

    def head(self, layer, head):
        return self.scope.get_by_role("gridcell", name=f"Layer {layer}, head {head}", exact=True)

    def token(self, side, index):
        return side.get_by_role("option").nth(index)

    def numbers(self, side):
        """The weights beside the tokens of one side; None where there is none."""
        return [float(text) if text else None for text in side.locator("span").all_inner_texts()]


def said(weight):
    """A weight as the page says it."""
    return f"{round(weight * 255) / 255:.2f}"


@pytest.fixture
def open_page(open_html):
    """open_page(fragment, style) -> a page with this HTML."""
    return lambda fragment, style=LIGHT, width=1000: open_html(fragment, style, width)


def test_the_mouse_chooses_a_head_and_points_at_tokens(open_page):
    record = record_of(sentence_map())
    page = open_page(explorer_bundle(record)["text/html"])
    view = Explorer(page)
    assert view.said.inner_text().startswith("Layer 0, head 0: strongest links ")
    view.head(1, 2).click()
    assert view.said.inner_text().startswith("Layer 1, head 2: ")
    row = record.map().weights[1, 2, 3]

    view.token(view.queries, 3).hover()
    assert view.numbers(view.keys) == pytest.approx(row, abs=0.008)
    best = record.map().keys[row.argmax()].text
    assert re.search(rf"every.* looks most at .{{2}}{re.escape(best)}.{{2}} {said(row.max())}", view.said.inner_text())
    page.screenshot(path=ARTIFACTS / "explorer_lines.png")

    view.token(view.keys, 5).hover()
    assert view.numbers(view.queries) == pytest.approx(record.map().weights[1, 2, :, 5], abs=0.008)
    assert "look" in view.said.inner_text() and "is looked at most by" in view.said.inner_text()

    page.mouse.move(5, 5)
    assert set(view.numbers(view.queries)) == set(view.numbers(view.keys)) == {None}
    view.token(view.queries, 3).click()
    page.mouse.move(5, 5)  # what was clicked stays
    assert view.numbers(view.keys) == pytest.approx(row, abs=0.008)


def test_the_keyboard_does_the_same(open_page):
    record = record_of(sentence_map())
    page = open_page(explorer_bundle(record)["text/html"])
    view, key = Explorer(page), page.keyboard.press
    page.get_by_role("radio", name="lines").focus()
    key("Tab")
    assert view.head(0, 0).evaluate(FOCUSED) and view.head(0, 0).evaluate(OUTLINE)
    for arrow in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown"):  # it stops at the last
        key(arrow)
    assert view.head(1, 2).evaluate(FOCUSED) and view.head(1, 2).get_attribute("aria-selected") == "true"
    key("Tab")
    for arrow in ("ArrowDown", "ArrowDown", "ArrowDown"):
        key(arrow)
    assert view.token(view.queries, 3).evaluate(FOCUSED) and view.token(view.queries, 3).evaluate(OUTLINE)
    assert view.numbers(view.keys) == pytest.approx(record.map().weights[1, 2, 3], abs=0.008)
    assert view.said.inner_text().startswith("Layer 1, head 2: ") and "every" in view.said.inner_text()
    key("ArrowRight")
    key("End")
    assert view.token(view.keys, 10).evaluate(FOCUSED)
    assert view.numbers(view.queries) == pytest.approx(record.map().weights[1, 2, :, 10], abs=0.008)
    key("Escape")
    assert "strongest links" in view.said.inner_text()


def test_the_heat_map_answers_to_mouse_and_keyboard(open_page):
    record = record_of(sentence_map())
    page = open_page(explorer_bundle(record)["text/html"])
    view = Explorer(page)
    page.get_by_role("radio", name="heat map").check()
    assert not view.queries.is_visible()
    box = view.heat.bounding_box()
    side = 24
    page.mouse.move(box["x"] + box["width"] - 2.5 * side, box["y"] + box["height"] - 8.5 * side)  # column 8, row 2
    weight = record.map().weights[0, 0, 2, 8]
    assert re.search(rf"lets.* gives .*the.* {said(weight)}", view.said.inner_text())
    page.screenshot(path=ARTIFACTS / "explorer_heat_map.png")
    page.mouse.move(5, 5)
    view.heat.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", *["ArrowRight"] * 8):  # the first enters
        page.keyboard.press(key)
    assert re.search(rf"lets.* gives .*the.* {said(weight)}", view.said.inner_text())


def test_another_kind_can_be_chosen(open_page):
    page = open_page(explorer_bundle(record_of(*THREE_KINDS))["text/html"], width=620)
    view = Explorer(page)
    assert page.get_by_role("radio", name="cross").is_checked()
    assert (view.queries.locator("bdi").count(), view.keys.locator("bdi").count()) == (7, 11)
    page.get_by_role("radio", name="decoder").check()
    assert (view.queries.locator("bdi").count(), view.keys.locator("bdi").count()) == (7, 7)
    view.token(view.queries, 0).hover()
    assert view.numbers(view.keys) == [1, 0, 0, 0, 0, 0, 0]  # nothing but itself lies behind it
    page.screenshot(path=ARTIFACTS / "explorer_kinds_narrow.png")


def test_128_tokens_are_few_nodes(open_page):
    page = open_page(explorer_bundle(record_of(sentence_map(128, layers=6, heads=12)))["text/html"])
    view = Explorer(page)
    view.token(view.queries, 20).hover()
    page.screenshot(path=ARTIFACTS / "explorer_128.png")
    assert 400 < page.evaluate(NODES) <= 5_000
    page.get_by_role("radio", name="heat map").check()
    page.screenshot(path=ARTIFACTS / "explorer_128_heat_map.png")


def test_512_tokens_open_and_say_what_is_missing(open_page):
    page = open_page(explorer_bundle(record_of(sentence_map(512, layers=6, heads=12)))["text/html"])
    view = Explorer(page)
    view.head(0, 11).click()
    assert view.said.inner_text().startswith("Layer 0, head 11: strongest links ")
    assert view.scope.get_by_text(re.compile(r"Of 512 × 512 tokens only \d of 6 layers fit here")).is_visible()


def test_tokens_are_text(open_page):
    page = open_page(explorer_bundle(record_of(sentence_map(len(NASTY), texts=NASTY)))["text/html"])
    view = Explorer(page)
    texts = view.queries.locator("bdi").all_inner_texts()
    assert texts[:4] == list(NASTY[:4]) and texts[5:8] == list(NASTY[5:8]) and texts[9] == NASTY[9]
    assert texts[8].startswith("w" * 39)
    view.token(view.keys, 0).hover()
    assert NASTY[0] in view.said.inner_text()
    page.screenshot(path=ARTIFACTS / "explorer_tokens.png")
    page.get_by_role("radio", name="heat map").check()


@pytest.mark.parametrize(("theme", "style"), [("light", LIGHT), ("dark", DARK)])
def test_texts_can_be_read_light_and_dark(open_page, theme, style):
    page = open_page(explorer_bundle(record_of(sentence_map(layers=6, heads=12)))["text/html"], style)
    view = Explorer(page)
    view.token(view.queries, 2).hover()
    page.screenshot(path=ARTIFACTS / f"explorer_{theme}.png")
    assert min(contrasts(view)) >= 4.5


def test_a_change_of_theme_repaints(open_page):
    page = open_page(explorer_bundle(record_of(sentence_map()))["text/html"])
    view = Explorer(page)
    before = view.head(0, 0).evaluate(INK)
    page.evaluate(f"document.body.style = '{DARK}'")
    page.wait_for_timeout(300)
    assert sum(before[:3]) < 300 < sum(view.head(0, 0).evaluate(INK)[:3])


def test_a_page_may_run_the_script_from_elsewhere(open_page):
    """VS Code writes an output into its page, then runs a copy of each script at the end of it."""
    page = open_page("<p role=status>empty</p>")
    page.evaluate(VS_CODE, explorer_bundle(record_of(sentence_map()))["text/html"])
    assert Explorer(page).said.inner_text().startswith("Layer 0, head 0: ")


def test_several_in_one_page_of_nbconvert_do_not_clash(browser):
    fragments = [explorer_bundle(record_of(sentence_map())), explorer_bundle(record_of(sentence_map(5, layers=1)))]
    source, _ = HTMLExporter().from_notebook_node(notebook(*fragments))
    empty, _ = HTMLExporter().from_notebook_node(notebook())
    asked = []
    for document in (empty, source):
        page = browser.new_page()
        page.route("**/*", lambda route: (asked[-1].add(route.request.url), route.abort()))
        asked.append(set())
        page.set_content(document)
    page.get_by_role("status").nth(1).wait_for()
    assert asked[0] == asked[1]  # what nbconvert itself wants
    first, second = (Explorer(page.locator(".jp-OutputArea-output").nth(n)) for n in (0, 1))
    second.head(0, 1).click()
    second.scope.get_by_role("radio", name="heat map").check()
    assert first.said.inner_text().startswith("Layer 0, head 0") and first.queries.is_visible()
    assert second.said.inner_text().startswith("Layer 0, head 1") and not second.queries.is_visible()
    page.screenshot(path=ARTIFACTS / "explorer_nbconvert.png", full_page=True)
    page.close()


@pytest.fixture(scope="module")
def server(browser, tmp_path_factory):
    """JupyterLab with a notebook whose stored explorer nobody has signed, and one to run."""
    folder = tmp_path_factory.mktemp("notebooks")
    nbformat.write(notebook(explorer_bundle(record_of(sentence_map(layers=6, heads=12)))), folder / STORED)
    nbformat.write(notebook({}), folder / LIVE)
    with jupyter.jupyterlab(folder, tmp_path_factory.mktemp("lab")) as running:
        yield running


def test_an_untrusted_notebook_keeps_picture_and_table(page):
    page.open(STORED)
    cell = page.cells.first
    picture, table = cell.get_by_role("img", name="Small heat maps of"), cell.get_by_role("table")
    assert picture.is_visible() and picture.evaluate("image => image.naturalWidth") > 200
    assert table.is_visible() and "Most focused heads" in table.inner_text()
    assert "shows in a trusted notebook only: run this cell" in cell.inner_text()
    assert cell.get_by_role("gridcell").count() == 0
    page.picture(ARTIFACTS / "explorer_untrusted.png")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_jupyterlab_runs_it_by_mouse_and_keyboard(page, server, theme):
    if theme == "JupyterLab Dark":
        page.page.set_viewport_size({"width": 700, "height": 1200})
    server.choose("apputils-extension/themes", {"theme": theme})
    page.open(LIVE)
    page.run(page.cells.first, CODE)
    view, key = Explorer(page.cells.first), page.page.keyboard.press
    view.said.wait_for()
    assert "trusted notebook" not in page.cells.first.inner_text()
    view.head(2, 3).click()
    cells = page.cells.count()
    for pressed in ("b", "ArrowRight"):  # JupyterLab's own shortcuts would add a cell, or go to another
        key(pressed)
    assert view.head(2, 4).evaluate(FOCUSED) and page.cells.count() == cells
    assert view.said.inner_text().startswith("Layer 2, head 4: ")
    view.token(view.queries, 1).click()
    key("ArrowDown")
    assert view.token(view.queries, 2).evaluate(FOCUSED)
    assert re.search("lets.*looks most at", view.said.inner_text())
    page.picture(ARTIFACTS / f"explorer_{theme.split()[1].lower()}_jupyterlab.png")
    assert min(contrasts(view)) >= 4.5


def notebook(*bundles):
    """A notebook of one code cell for each output; an empty one is not stored."""
    cells = [nbformat.v4.new_code_cell("explorer(record)") for _ in bundles]
    for cell, bundle in zip(cells, bundles, strict=True):
        cell.outputs = [nbformat.v4.new_output("execute_result", bundle, execution_count=1)] if bundle else []
    return nbformat.v4.new_notebook(cells=cells, metadata=METADATA)


def contrasts(view):
    texts = [view.said, *view.queries.locator("bdi").all(), *view.keys.locator("bdi, span").all()]
    return [text.evaluate(CONTRAST) for text in (*texts, view.scope.get_by_text("Weights are rounded"))]


FOCUSED = "element => element.getRootNode().activeElement === element"
# The contrast of a text against all that lies behind it, half transparent or not, as a canvas mixes colours.
CONTRAST = """element => {
  const context = new OffscreenCanvas(1, 1).getContext('2d'), behind = [];
  for (let e = element; e; e = e.parentElement ?? e.getRootNode().host) {
    behind.unshift(getComputedStyle(e).backgroundColor);
  }
  const light = colour => {
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)].map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
      .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  };
  const back = ['#fff', ...behind].map(light).at(-1), text = light(getComputedStyle(element).color);
  return (Math.max(back, text) + 0.05) / (Math.min(back, text) + 0.05);
}"""
OUTLINE = "e => getComputedStyle(e).outlineStyle === 'solid' && parseFloat(getComputedStyle(e).outlineWidth) >= 2"
NODES = """() => {
  const count = root => [...root.querySelectorAll('*')]
    .reduce((sum, e) => sum + 1 + (e.shadowRoot ? count(e.shadowRoot) : 0), 0);
  return count(document);
}"""
VS_CODE = """fragment => {
  document.body.innerHTML = fragment;
  for (const found of [...document.body.getElementsByTagName('script')]) {
    const copy = document.createElement('script');
    copy.text = found.innerText;
    document.body.appendChild(copy).remove();
  }
}"""
# The colour a thumbnail is painted in: that of its least transparent pixel.
INK = """canvas => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let best = 0;
  for (let i = 0; i < data.length; i += 4) if (data[i + 3] > data[best + 3]) best = i;
  return [...data.slice(best, best + 4)];
}"""
