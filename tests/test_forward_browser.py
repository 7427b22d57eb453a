"""The page of a forward pass in a browser without a network: step by step with mouse and keyboard, light and dark, in
JupyterLab, and with the learner's own sentence. Screenshots are kept in `tests/artifacts` for people to look at.
"""

import re
import time
from pathlib import Path

import lab as jupyter
import nbformat
import numpy as np
import pytest
from attention_records import NASTY
from axe_playwright_python.sync_playwright import Axe
from forward_runs import SENTENCE, made_run, softmax

from course_utils.authoring.notebooks import METADATA
from course_utils.forward.way import CELLS, thinned, words

pytestmark = pytest.mark.browser

ARTIFACTS = Path(__file__).parent / "artifacts"
THEMES = {
    "light": "color: rgba(0, 0, 0, .87); background: #fff",
    "dark": "color: rgba(255, 255, 255, .87); background: #111; color-scheme: dark",
    "grey": "color: rgba(0, 0, 0, .87); background: #fff; filter: grayscale(1)",
}
BOTH = {"source": ["the", "cat", "sleeps", "."], "texts": ["<s>", "le", "chat", "dort"]}
STORED, LIVE = "forward_stored.ipynb", "forward_live.ipynb"
CODE = """from transformers import AutoModelForSeq2SeqLM, AutoTokenizer
from course_utils import checkpoint
from course_utils.forward import live_attention, live_forward
found = checkpoint("translation-en-fr")
model = AutoModelForSeq2SeqLM.from_pretrained(found.path, dtype=found.dtype)
tokenizer = AutoTokenizer.from_pretrained(found.path)
"""


class Walk:
    """One page of a forward pass, as its reader meets it."""

    def __init__(self, scope):
        self.scope = scope.get_by_role("group", name="The forward pass of")
        self.said = self.scope.get_by_role("status")
        self.title = self.scope.get_by_role("heading", level=3)
        self.map = self.scope.get_by_role("navigation", name="All steps")
        self.back, self.next = (self.scope.get_by_role("button", name=name) for name in ("Back", "Next"))
        self.layer = self.scope.get_by_role("slider", name="Layer")
        self.tokens = self.scope.get_by_role("listbox", name="Token that is followed").get_by_role("option")
        self.heat = self.scope.get_by_role("application")

    def open(self, name, which=0):
        self.map.get_by_role("button", name=words(name)[0], exact=True).nth(which).click()

    def head(self, head):
        return self.scope.get_by_role("radio", name=f"head {head}", exact=True)

    def says(self, text) -> bool:
        return self.scope.get_by_text(text).first.is_visible()

    def column(self, name) -> list[str]:
        """A column of the table beside a heat map, by the name of its stage."""
        table = self.scope.get_by_role("region", name="The row of the chosen token").get_by_role("table")
        names = table.get_by_role("columnheader").all_inner_texts()
        return table.locator(f"tbody tr > :nth-child({names.index(words(name)[0]) + 1})").all_inner_texts()

    def numbers(self) -> list[float]:
        """The numbers behind the bars of the chosen token."""
        self.scope.get_by_text(re.compile("numbers of")).first.click()
        return [
            number(text) for text in self.scope.locator("details[open]").last.inner_text().split("\n")[1].split(", ")
        ]


def number(text: str) -> float:
    return float(text.replace("−", "-").replace("±", ""))


@pytest.fixture
def open_page(open_html):
    """open_page(run, theme, width) -> a page with it."""

    def opened(run, theme="light", width=1100, **options):
        fragment = run if isinstance(run, str) else run.page(still=False, **options).html()
        return open_html(fragment, THEMES[theme], width)

    return opened


def test_one_walks_through_all_steps_with_the_keyboard(open_page):
    run = made_run(texts=SENTENCE[:4])
    page = open_page(run)
    walk, titles = Walk(page), []
    walk.next.focus()
    assert walk.back.is_disabled()
    while True:
        titles.append(walk.title.inner_text())
        if walk.next.is_disabled():
            break
        page.keyboard.press("ArrowRight")
    inside = [name for name in run.decoder.blocks[0].names]
    inside.insert(inside.index("scores"), "dot product")
    expected = ["tokens", "token embedding", *inside, *inside, "final norm", "logits", "probabilities"]
    assert titles == [words(name)[0] for name in expected]
    for title in reversed(titles[:-1]):
        page.keyboard.press("ArrowLeft")
        assert walk.title.inner_text() == title
    assert walk.back.is_disabled()


def test_buttons_and_the_map_do_the_same(open_page):
    walk = Walk(open_page(made_run()))
    walk.next.click()
    assert walk.title.inner_text() == "Token embedding"
    walk.open("feed-forward residual", -1)
    assert walk.map.locator("[aria-current]").inner_text() == words("feed-forward residual")[0]
    walk.next.click()
    assert walk.layer.input_value() == "1" and walk.title.inner_text() == words("norm")[0]
    walk.back.click()
    assert walk.layer.input_value() == "0"
    assert walk.says("If the model ended here, it would guess")


def test_layer_head_and_token_are_chosen_by_mouse_and_keyboard(open_page):
    run = made_run()
    page = open_page(run)
    walk = Walk(page)
    walk.open("weights")
    walk.layer.focus()
    page.keyboard.press("ArrowRight")
    assert walk.title.inner_text() == words("weights")[0]  # another layer, the same step
    walk.head(2).click()
    page.keyboard.press("ArrowRight")
    walk.tokens.nth(4).click()
    page.keyboard.press("ArrowLeft")
    weights = run.decoder.blocks[1]["weights"][3, 3]
    assert [number(text) for text in walk.column("weights")] == pytest.approx(weights, abs=0.004)
    best = SENTENCE[weights.argmax()]
    assert re.fullmatch(
        rf"“.on.” gives “.{best}.” the weight {weights.max():.3f}"[:-1] + r"\d, of 1 together\.", walk.said.inner_text()
    )
    page.screenshot(path=ARTIFACTS / "forward_weights.png", full_page=True)


def test_the_table_shows_scores_becoming_weights(open_page):
    run = made_run()
    walk = Walk(open_page(run, token=3))
    block = run.decoder.blocks[0]
    for step, columns in (("dot product", 1), ("scores", 2), ("mask", 3), ("weights", 4)):
        walk.open(step)
        table = walk.scope.get_by_role("region", name="The row of the chosen token").get_by_role("table")
        assert table.get_by_role("columnheader").count() == 1 + columns
    scores = block["scores"][0, 3]
    assert [number(text) for text in walk.column("scores")] == pytest.approx(scores, abs=0.02)
    assert [number(text) for text in walk.column("dot product")] == pytest.approx(scores / block.scaling, abs=0.1)
    assert walk.column("mask") == ["sees"] * 4 + ["hidden"] * 7
    walk.open("scores")
    assert re.search(r"× 0\.22\d* = ", walk.said.inner_text())


def test_the_heat_map_answers_to_mouse_and_keyboard(open_page):
    run = made_run()
    page = open_page(run, token=3)
    walk = Walk(page)
    walk.open("weights")
    weights = run.decoder.blocks[0]["weights"][0]
    walk.heat.focus()
    start = int(weights[3].argmax())
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft" if start else "ArrowRight")
    k = start - 1 if start else 1
    assert walk.tokens.nth(4).get_attribute("aria-selected") == "true"
    assert re.search(rf"“.the.” gives “.{SENTENCE[k]}.”", walk.said.inner_text())
    assert number(re.search(r"weight ([\d.]+)", walk.said.inner_text())[1].rstrip(".")) == pytest.approx(
        weights[4, k], abs=0.004
    )
    assert walk.heat.evaluate("e => e.getRootNode().activeElement === e")
    box = walk.heat.bounding_box()
    page.mouse.click(
        box["x"] + box["width"] - 2 - 22 * 10.5, box["y"] + box["height"] - 2 - 22 * 1.5
    )  # row 9, column 0
    assert re.search(rf"“.{SENTENCE[9]}.” gives “.the.”", walk.said.inner_text())
    page.mouse.move(box["x"] + box["width"] - 2 - 22 * 9.5, box["y"] + box["height"] - 2 - 22 * 2.5)  # row 8, column 1
    assert re.search(rf"“.{SENTENCE[8]}.” gives “.cat.”", walk.said.inner_text())


@pytest.mark.parametrize("name", ["token embedding", "query", "key", "rotated key", "output", "residual", "mix"])
def test_bars_are_the_models_numbers(open_page, name):
    run = made_run()
    walk = Walk(open_page(run, token=5, head=3))
    walk.open(name)
    values = run.decoder["token embedding"] if name == "token embedding" else run.decoder.blocks[0][name]
    values = thinned(values, CELLS[values.ndim])
    wanted = values[5] if values.ndim == 2 else values[3 * len(values) // 4][5]
    if name == "mix":  # its strip has no list: the bars themselves
        path = walk.scope.locator(".mix svg.on path").first.get_attribute("d")
        heights = np.array([-float(height) for height in re.findall(r" 1v(-?[\d.e-]+)h", path)])
        assert heights / np.abs(heights).max() == pytest.approx(wanted / np.abs(wanted).max(), abs=0.03)
        return
    assert walk.numbers() == pytest.approx(wanted, abs=0.6 * float(np.ptp(wanted)) / 127 + 0.006)


def test_a_bar_can_be_read(open_page):
    run = made_run()
    page = open_page(run, token=5)
    walk = Walk(page)
    walk.open("residual")
    box = walk.scope.locator(".sum svg").last.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 2.5 / 27, box["y"] + 5)  # 80 numbers, every third
    assert re.match(r"= the stream, number 7 of 80: ", walk.said.inner_text())
    assert number(walk.said.inner_text().split(": ")[1]) == pytest.approx(
        run.decoder.blocks[0]["residual"][5, 6], abs=0.05
    )


SETTINGS = [(1.0, 51, 1.0), (0.3, 51, 1.0), (2.0, 5, 1.0), (1.0, 51, 0.6), (1.4, 20, 0.8), (0.1, 1, 0.05)]


def reference(logits, temperature, top_k, top_p) -> np.ndarray:
    """The probabilities as `generate` draws from them."""
    scaled = logits.astype(float) / temperature
    if top_k <= 50:
        scaled[np.argsort(-scaled, kind="stable")[top_k:]] = -np.inf
    order = np.argsort(-scaled, kind="stable")
    before = np.cumsum(softmax(scaled)[order]) - softmax(scaled)[order]
    scaled[order[before >= top_p]] = -np.inf
    return softmax(scaled)


def test_the_sliders_agree_with_a_reference(open_page):
    run = made_run()
    walk = Walk(open_page(run))
    walk.open("probabilities")
    order = np.argsort(-run.logits[10], kind="stable")
    for settings in SETTINGS:
        for name, value in zip(("temperature", "top-k", "top-p"), settings, strict=True):
            walk.scope.get_by_role("slider", name=name).fill(str(value))
        shares = reference(run.logits[10], *settings)
        rows = walk.scope.locator(".probs > *").all_inner_texts()
        names, seen = rows[0::3], rows[2::3]
        assert names == [*(run.vocabulary(int(i)) for i in order[:15]), "all others"]
        wanted = [*shares[order[:15]], shares[order[15:]].sum()]
        for text, share in zip(seen, wanted, strict=True):
            found = (
                {"left out": 0, "< 0.1 %": 0.0005}.get(text)
                if "%" not in text or "<" in text
                else number(text[:-2]) / 100
            )
            assert found == pytest.approx(share, abs=0.0055), (settings, text, share)
    assert walk.scope.get_by_role("slider", name="top-k").get_attribute("aria-valuetext") == "1"


def test_tokens_are_drawn_by_their_probabilities(open_page):
    run = made_run()
    walk = Walk(open_page(run))
    walk.open("probabilities")
    walk.scope.get_by_role("slider", name="top-k").fill("2")
    for _ in range(20):
        walk.scope.get_by_role("button", name="Draw a token").click()
    order = np.argsort(-run.logits[10], kind="stable")
    drawn = walk.scope.locator(".drawn bdi").all_inner_texts()
    assert len(drawn) == 20 and set(drawn) <= {run.vocabulary(int(i)) for i in order[:2]}


def test_guesses_after_every_layer(open_page):
    run = made_run()
    page = open_page(run)
    walk = Walk(page)
    walk.tokens.nth(2).click()
    region = walk.scope.get_by_role("region", name="The guess after every layer")
    rows = [row.inner_text().split("\t") for row in region.locator("tbody tr").all()]
    assert [row[0].strip() for row in rows] == ["before layer 0", "after layer 0", "after layer 1"]
    for row, guesses in zip(rows, run.decoder.guesses, strict=True):
        for text, (word, share) in zip(row[1:], guesses[2], strict=False):
            assert text.startswith(f"{word} ") and number(text[len(word) : -2]) / 100 == pytest.approx(share, abs=0.006)
    region.get_by_role("button", name="after layer 1").click()
    assert walk.layer.input_value() == "1" and walk.title.inner_text() == words("feed-forward residual")[0]


def test_an_encoder_decoder_has_two_parts(open_page):
    run = made_run(**BOTH)
    page = open_page(run)
    walk = Walk(page)
    assert walk.scope.get_by_role("radio", name="encoder").is_checked()
    walk.open("final norm")
    assert walk.says("These vectors are what the decoder reads.")
    walk.next.click()
    assert walk.scope.get_by_role("radio", name="decoder").is_checked() and walk.title.inner_text() == "Tokens"
    walk.open("cross-attention weights", -1)
    weights = run.decoder.blocks[0]["cross-attention weights"][0, 3]
    assert [number(text) for text in walk.column("weights")] == pytest.approx(weights, abs=0.004)
    walk.open("cross-attention key")
    assert walk.scope.locator(".rows .whose").all_inner_texts() == BOTH["source"]
    page.screenshot(path=ARTIFACTS / "forward_cross.png", full_page=True)


def test_a_model_without_output_says_so(open_page):
    page = open_page(made_run(kind="encoder", output=False))
    walk = Walk(page)
    walk.open("final norm")
    assert walk.next.is_disabled()
    assert walk.says("This model has no output layer")
    assert not walk.scope.get_by_role("region", name="The guess").is_visible()


@pytest.mark.parametrize(("most", "kept"), [(1, "feed-forward residual"), (60_000, "weights")])
def test_a_layer_that_is_not_kept_has_its_last_step_or_its_weights(open_page, most, kept):
    run = made_run(layers=4)
    walk = Walk(open_page(run, layers=[3], most=most))
    walk.layer.fill("2")
    walk.open(kept)
    assert walk.says("this page has only its") and walk.says("Choose others: run.page")
    assert walk.map.get_by_role("button").count() == 6  # tokens, embedding, this one, norm, logits, probabilities
    walk.next.click()
    walk.open("residual")  # what came in is shown, though it may not be stored
    block, stream = run.decoder.blocks[3], run.decoder.stream(3)[10]
    box = walk.scope.locator(".sum svg").first.bounding_box()
    walk.scope.page.mouse.move(box["x"] + box["width"] * 2.5 / 27, box["y"] + 5)
    assert number(walk.said.inner_text().split(": ")[1]) == pytest.approx(stream[6], abs=0.1)
    assert block["residual"][10, 6] == pytest.approx(stream[6] + block["output"][10, 6], abs=1e-5)


def test_tokens_are_text(open_page):
    page = open_page(made_run(texts=list(NASTY)))
    walk = Walk(page)
    assert walk.tokens.all_inner_texts()[:4] == list(NASTY[:4])
    walk.open("weights")
    assert "w" * 40 in walk.tokens.nth(8).inner_text()
    page.screenshot(path=ARTIFACTS / "forward_tokens.png", full_page=True)
    walk.open("probabilities")


@pytest.mark.parametrize(("theme", "width"), [*((theme, 1100) for theme in THEMES), ("light", 700), ("dark", 700)])
def test_texts_can_be_read(open_page, theme, width):
    page = open_page(made_run(), theme, width)
    walk = Walk(page)
    for step in ("tokens", "residual", "weights", "mix", "probabilities"):
        walk.open(step)
        if width == 1100 or step == "weights":
            page.screenshot(path=ARTIFACTS / f"forward_{step}_{theme}_{width}.png", full_page=True)
        smallest, contrast, wide = walk.scope.evaluate(TEXTS)
        assert smallest >= 12 and wide <= 0
        assert theme == "grey" or contrast >= 4.5


def test_axe_finds_nothing_serious(open_page):
    page = open_page(made_run(**BOTH))
    walk = Walk(page)
    for step in ("tokens", "query", "weights", "mix"):
        walk.open(step)
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        assert [
            (r["id"], n["html"][:120]) for r in found if r["impact"] in ("serious", "critical") for n in r["nodes"]
        ] == []


def test_a_page_may_run_the_script_from_elsewhere_and_several_do_not_clash(open_page):
    """VS Code writes an output into its page, then runs a copy of each script at the end of it."""
    page = open_page("<p role=status>empty</p>")
    page.evaluate(VS_CODE, made_run().page(still=False).html() + made_run(**BOTH).page(still=False).html())
    page.get_by_role("status").nth(1).wait_for()
    assert page.get_by_role("navigation", name="All steps").count() == 2
    assert page.evaluate("Object.keys(window).filter(name => /forward|stage|walk/i.test(name))") == []


def test_a_large_page_is_there_at_once(open_page, record_property):
    run = made_run([f"t{i}" for i in range(32)], layers=30, heads=9, hidden=576, shared=3, size=64)
    fragment = run.page(still=False).html()
    started = time.monotonic()
    page = open_page(fragment)
    record_property(
        "budget", f"forward: a page of 32 tokens, 30 layers is there after {1000 * (time.monotonic() - started):.0f} ms"
    )
    walk = Walk(page)
    walk.open("weights")
    milliseconds = page.evaluate(MOVES)
    assert milliseconds < 500
    page.screenshot(path=ARTIFACTS / "forward_32.png", full_page=True)


# --- JupyterLab -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(browser, tmp_path_factory):
    """JupyterLab with a notebook whose stored page nobody has signed, and one to run."""
    folder = tmp_path_factory.mktemp("notebooks")
    cells = [nbformat.v4.new_code_cell(text) for text in ("run", "live", "attention")]
    cells[0].outputs = [nbformat.v4.new_output("execute_result", made_run()._repr_mimebundle_(), execution_count=1)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells[:1], metadata=METADATA), folder / STORED)
    nbformat.write(nbformat.v4.new_notebook(cells=cells[1:], metadata=METADATA), folder / LIVE)
    with jupyter.jupyterlab(folder, tmp_path_factory.mktemp("lab")) as running:
        yield running


def test_an_untrusted_notebook_keeps_picture_and_table(page):
    page.open(STORED)
    cell = page.cells.first
    picture, table = cell.get_by_role("img", name="The way of"), cell.get_by_role("table")
    assert picture.is_visible() and picture.evaluate("image => image.naturalWidth") > 600
    cell.get_by_text("The same as a table").click()
    assert table.is_visible() and "first three numbers" in table.inner_text()
    assert "shows in a trusted notebook only: run this cell" in cell.inner_text()
    page.picture(ARTIFACTS / "forward_untrusted.png")


@pytest.mark.models
def test_a_learners_own_sentence(page, server):
    """Through the model, and to the attention explorer: in one notebook, as starting a kernel takes longest."""
    server.choose("apputils-extension/themes", {"theme": "JupyterLab Dark"})
    page.open(LIVE)
    page.page.set_viewport_size({"width": 1200, "height": 1300})
    page.run(page.cells.first, CODE + 'live_forward(model, tokenizer, text="The cat sleeps.")')
    cell = page.cells.first
    frame = cell.locator("iframe:visible")
    inside = frame.content_frame
    walk = Walk(inside)
    walk.said.wait_for(timeout=30_000)
    assert walk.tokens.first.inner_text() == "The"
    walk.open("weights")
    text, target = (cell.get_by_role("textbox", name=name) for name in ("text", "target"))

    def write(box, words, expected):
        box.fill(words)
        box.press("Enter")
        page.wait(expected, f"{words!r} changes nothing")

    write(text, "A <b>dog</b> 🙂 runs.", lambda: "dog" in " ".join(walk.tokens.all_inner_texts()))
    assert walk.title.inner_text() == words("weights")[0]  # the place is kept
    write(text, "  ", lambda: "Write something into the box 'text'" in cell.inner_text())
    write(text, "word " * 300, lambda: "Try one of up to 1,000" in cell.inner_text())
    write(text, "The cat sleeps.", lambda: walk.tokens.count() == 5)
    walk.scope.get_by_role("radio", name="decoder").check()
    write(target, "Le chat", lambda: walk.tokens.all_inner_texts()[1:] == ["Le", "chat"])
    page.wait(
        lambda: frame.evaluate("f => Math.abs(f.clientHeight - f.contentDocument.body.scrollHeight) < 12"), "height"
    )
    colour = frame.evaluate("f => f.contentWindow.getComputedStyle(f.contentDocument.body).color")
    assert min(map(int, re.findall(r"\d+", colour)[:3])) > 128  # light on dark, as the page around it
    page.picture(ARTIFACTS / "forward_live.png")
    server.choose("apputils-extension/themes", {})

    page.run(page.cells.nth(1), 'live_attention(model, tokenizer, "The cat sleeps.", kind="encoder", layer=1, head=2)')
    cell = page.cells.nth(1)
    said = cell.locator("iframe:visible").content_frame.get_by_role("status")
    said.wait_for(timeout=30_000)
    assert said.inner_text().startswith("Layer 1, head 2: ")
    options = cell.locator("iframe:visible").content_frame.get_by_role("option")
    write(
        cell.get_by_role("textbox", name="text"),
        "Dogs run.",
        lambda: "run" in " ".join(options.all_inner_texts()).lower(),
    )
    assert page.errors() == []


# The smallest size of a text, the lowest contrast, and how many pixels stand out at the right.
TEXTS = """host => {
  const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const light = colours => {
    context.clearRect(0, 0, 1, 1);
    for (const colour of colours) { context.fillStyle = colour; context.fillRect(0, 0, 1, 1); }
    return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)].map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
      .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  };
  let size = 99, contrast = 21;
  const texts = [...host.shadowRoot.querySelectorAll('*')].filter(e => e.localName !== 'style' && e.checkVisibility()
    && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()));
  for (const e of texts) {
    const behind = ['#fff'], style = getComputedStyle(e), chain = [];
    for (let p = e; p; p = p.parentElement ?? p.getRootNode().host) chain.unshift(getComputedStyle(p).backgroundColor);
    const svg = e.localName === 'text', colour = svg ? style.fill : style.color;
    const [back, text] = [light([...behind, ...chain]), light([...behind, ...chain, colour])];
    size = Math.min(size, parseFloat(style.fontSize));
    if (e.closest('[aria-disabled=true], .gone')) continue;
    contrast = Math.min(contrast, (Math.max(back, text) + .05) / (Math.min(back, text) + .05));
  }
  return [size, contrast, document.documentElement.scrollWidth - innerWidth];
}"""
VS_CODE = """fragment => {
  document.body.innerHTML = fragment;
  for (const found of [...document.body.getElementsByTagName('script')]) {
    const copy = document.createElement('script');
    copy.text = found.innerText;
    document.body.appendChild(copy).remove();
  }
}"""
MOVES = """() => {
  const root = document.querySelector('[role=group]').shadowRoot, heads = root.querySelectorAll('.heads > *');
  const started = performance.now();
  for (let i = 0; i < 20; i++) heads[i % 9].click();
  return (performance.now() - started) / 20;
}"""
