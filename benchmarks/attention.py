"""What our views of attention cost beside bertviz's, in one run: `python benchmarks/attention.py`.

Real weights of MiniLM (6 layers × 12 heads); no network; one thread; CPU time unless said. Where a limit is promised, a
line says whether it is met. bertviz's own page is measured as it comes, and shown in chromium with our copies of its
libraries (`course_utils/attention/bridge.py`), because it draws nothing without a network.
"""

import io
import os
import re
import statistics
import sys
import time
import tracemalloc
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
os.environ |= {"COURSE_MODELS": "offline", "MPLBACKEND": "agg", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}

import bertviz  # noqa: E402 (the settings come first)
import lab  # noqa: E402
import matplotlib.pyplot as plt  # noqa: E402
import torch  # noqa: E402
from reporting import conclusion, report, title, verdict  # noqa: E402
from transformers import AutoModel, AutoTokenizer  # noqa: E402

from course_utils import CourseError, checkpoint  # noqa: E402
from course_utils.attention import (  # noqa: E402
    bertviz_view,
    bridge,
    browse,
    capture,
    entropy,
    explorer,
    head_grid,
    heat_map,
    overview,
    rollout,
    token_lines,
    value_weighted,
)

LENGTHS = (12, 64, 128)
SENTENCE = "The learner reads a page of the course, tries every example and asks what each head of the model looks at. "


def main() -> None:
    torch.set_num_threads(1)
    found = checkpoint("embeddings")
    tokenizer = AutoTokenizer.from_pretrained(found.path)
    model = AutoModel.from_pretrained(found.path, dtype=found.dtype)
    texts = {length: text_of(length, tokenizer) for length in (16, *LENGTHS, 512)}
    records = {length: capture(model, tokenizer, text) for length, text in texts.items()}
    warm_up(records[16])

    title("Size of the HTML, CPU time and peak memory to make it (6 layers × 12 heads)")
    for length in LENGTHS:
        compare_html(records[length], length)
    title("Shown by chromium without a network (wall time until drawn)")
    with lab.chromium() as browser:
        if browser is None:
            print("  left out: no chromium here")
        else:
            compare_in_browser(browser, records)
    title("All 72 heads × 16 tokens in one picture")
    compare_overview(records[16])
    title("Capture beside the model's own forward pass (sdpa), 128 tokens")
    compare_capture(model, tokenizer, texts[128])
    title("One redraw of browse()")
    for length in (16, 64):
        redraw(records[length], length)
    title("512 tokens: each view within 2 s and 5 MB, or a sentence that says what to choose")
    long_text(records[512])
    conclusion()


def compare_html(record, length: int) -> None:
    weights = record.map().weights
    layers = [torch.from_numpy(layer)[None] for layer in weights.copy()]
    tokens = [token.text for token in record.map().keys]

    def own(view):
        return lambda: view(layers, tokens, html_action="return").data

    print(f"  {length} tokens, {weights.size:,} weights")
    ours = measure("explorer", lambda: html_of(explorer(record)))
    head = measure("bertviz head view", own(bertviz.head_view))
    measure("bertviz model view", own(bertviz.model_view))
    measure("bertviz head view by our bridge", lambda: html_of(bridge_view(record, "head")))
    measure("bertviz model view by our bridge", lambda: html_of(bridge_view(record, "model")))
    page = len(without_pictures(ours))
    limit = 2 * weights.size + 20_000
    verdict(f"explorer of {length} tokens, without its static picture", page, limit, "bytes")
    if length > 12:
        ratio = len(head) / len(ours)
        verdict(f"bertviz head view ÷ explorer with picture, {length} tokens", ratio, 30, "times smaller", least=True)


def bridge_view(record, view: str):
    """`bertviz_view` without its limit."""
    found = record.map()
    text = bridge.page(found, view, "bertviz")
    return bridge.BertvizView("bertviz", text, bridge._size(found, view), overview(found))


def compare_in_browser(browser, records) -> None:
    for length in LENGTHS[1:]:
        record = records[length]
        ours, nodes = shown(browser, html_of(explorer(record)), EXPLORER_DRAWN, 3)
        report(f"explorer, {length} tokens", f"{ours:.2f} s, {nodes:,} DOM nodes")
        verdict(f"DOM nodes of the explorer, {length} tokens", nodes, 5_000, "nodes")
        for view in ("head", "model"):
            text = bridge.page(record.map(), view, "bertviz")
            theirs, nodes = shown(browser, text, BERTVIZ_DRAWN, 1)
            report(f"bertviz {view} view, {length} tokens", f"{theirs:.2f} s, {nodes:,} DOM nodes")
        verdict(f"explorer ÷ bertviz model view, {length} tokens", ours / theirs, 0.1, "of its time")


DEEP = """function all(root) {
  return [...root.querySelectorAll("*")].flatMap(e => [e, ...(e.shadowRoot ? all(e.shadowRoot) : [])]);
}"""
EXPLORER_DRAWN = f"() => {{ {DEEP} return all(document).filter(e => e.role === 'gridcell').length === 72; }}"
BERTVIZ_DRAWN = "() => document.querySelector('#bertviz line') !== null"


def shown(browser, text: str, drawn: str, runs: int) -> tuple[float, int]:
    """Seconds from an empty page until it is drawn, and its DOM nodes."""
    seconds = []
    for _ in range(runs):
        page = browser.new_page()
        start = time.perf_counter()
        page.set_content(text, timeout=120_000)
        page.wait_for_function(drawn, timeout=60_000)
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        seconds.append(time.perf_counter() - start)
        nodes = page.evaluate(f"() => {{ {DEEP} return all(document).length; }}")
        page.close()
    return statistics.median(seconds), nodes


def compare_overview(record) -> None:
    ours, theirs = alternate(lambda: overview(record), lambda: one_subplot_a_head(record), runs=3)
    size, size_of_subplots = len(overview(record).png), len(one_subplot_a_head(record))
    report("overview", f"{ours * 1000:.0f} ms, {size:,} bytes")
    report("one subplot a head", f"{theirs * 1000:.0f} ms, {size_of_subplots:,} bytes")
    verdict("one subplot a head ÷ overview", theirs / ours, 5, "times faster", least=True)
    verdict("PNG of the overview", size, 100_000, "bytes")


def one_subplot_a_head(record) -> bytes:
    weights = record.map().weights
    figure, axes = plt.subplots(*weights.shape[:2], figsize=(12, 6))
    for row, heads in zip(axes, weights, strict=True):
        for place, head in zip(row, heads, strict=True):
            place.imshow(head, cmap="Greys")
            place.set(xticks=[], yticks=[])
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=100, bbox_inches="tight")
    plt.close(figure)
    return buffer.getvalue()


def compare_capture(model, tokenizer, text: str) -> None:
    inputs = tokenizer(text, return_tensors="pt")
    model.set_attn_implementation("sdpa")

    def forward():
        with torch.no_grad():
            model(**inputs)

    ours, plain = alternate(lambda: capture(model, tokenizer, text), forward, runs=15)
    report("capture", f"{ours * 1000:.1f} ms")
    report("forward pass", f"{plain * 1000:.1f} ms")
    verdict("capture ÷ forward pass", ours / plain, 1.35, "times")


def redraw(record, length: int) -> None:
    browser = browse(record)
    heads = iter(range(1, 12))

    def choose():
        browser.head.value = next(heads)

    seconds = statistics.median(cpu_time(choose) for _ in range(7))
    verdict(f"redraw of browse(), {length} tokens", seconds * 1000, 150, "ms")


def long_text(record) -> None:
    views = {
        "heat_map": lambda: heat_map(record, 0, 0),
        "overview": lambda: overview(record),
        "token_lines": lambda: token_lines(record, 0, 0),
        "head_grid of the entropy": lambda: head_grid(entropy(record), "Entropy (bits)"),
        "heat_map of the rollout": lambda: heat_map(rollout(record), 0, 0),
        "heat_map of value_weighted": lambda: heat_map(value_weighted(record), 0, 0),
        "explorer": lambda: explorer(record),
        "browse": lambda: browse(record).first,
        "bertviz_view head": lambda: bertviz_view(record),
        "bertviz_view model": lambda: bertviz_view(record, "model"),
    }
    for name, view in views.items():
        start = time.process_time()
        try:
            size = len(html_of(view()))
        except CourseError as refused:
            report(name, f"says: {refused}")
            continue
        seconds = time.process_time() - start
        report(name, f"{seconds:.2f} s, {size / 1e6:.2f} MB")
        verdict(f"{name}, 512 tokens", max(seconds / 2, size / 5e6), 1, "of the time and size allowed")


# --- measuring ------------------------------------------------------------------------------------------------


def text_of(length: int, tokenizer) -> str:
    """A text of exactly this many tokens, the two special ones among them."""
    words = (SENTENCE * 40).split()
    counts = (count for count in range(1, length) if len(tokenizer(" ".join(words[:count])).input_ids) == length)
    return " ".join(words[: next(counts)])


def warm_up(record) -> None:
    """What is imported or looked up once should not be counted."""
    for shown_once in (explorer(record), bertviz_view(record.map().select(heads=[0])), browse(record).first):
        html_of(shown_once)
    one_subplot_a_head(record)


def html_of(shown_object) -> str:
    return shown_object._repr_mimebundle_()["text/html"]


def without_pictures(text: str) -> str:
    return re.sub(r"<figure>.*?</figure>", "", text, flags=re.DOTALL)


def cpu_time(act) -> float:
    start = time.process_time()
    act()
    return time.process_time() - start


def alternate(first, second, runs: int) -> tuple[float, float]:
    """The median CPU seconds of both, measured by turns, so that what disturbs one disturbs the other."""
    pairs = [(cpu_time(first), cpu_time(second)) for _ in range(runs)]
    return tuple(statistics.median(column) for column in zip(*pairs, strict=True))


def measure(name: str, make) -> str:
    seconds = cpu_time(make)
    tracemalloc.start()
    text = make()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    report(name, f"{len(text):>12,} bytes {seconds:8.2f} s {peak / 1e6:8.1f} MB")
    return text


if __name__ == "__main__":
    main()
