"""Opens a record in bertviz's own head view and model view, without a network.

bertviz writes a page that loads d3, jQuery and a loader from elsewhere. Here its page comes in an `<iframe>` with
both libraries inside (`vendor/`), packed with gzip. Our picture and table stay beside it: in a notebook that is not
trusted they are what is left.
"""

import base64
import gzip
import json
import math
import re
from dataclasses import dataclass
from html import escape
from importlib import resources

import numpy as np

from ..describing import describe
from ..errors import CourseError
from ..pictures import Figure, readable
from ..pictures.looking import small_maps
from ..shown import Shown
from .record import Map, Record, find_map
from .views import overview

# Each weight is one SVG line, and chromium draws 100,000 of them in about two seconds. The head view draws one layer
# and carries the others.
LINES, CARRIED = 100_000, 1_000_000
DIGITS = 3
VENDORED = ("d3-selection.min.js", "d3-color.min.js", "jquery.slim.min.js")
LABEL = 12  # characters that fit into bertviz's columns
# What bertviz asks its loader for. It calls the colours in the order of the heads, from 0.
LOADER = """
d3.schemeCategory10 = ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f",
  "#bcbd22", "#17becf"];
d3.scaleOrdinal = colours => index => colours[index % colours.length];
const requirejs = (names, draw) => draw(jQuery, d3);
"""
# No request can leave the page, whatever a later bertviz asks for.
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'"
UNPACK = """<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}"><body>
<script>
const packed = atob("data:application/gzip;base64,{data}".split(",")[1]);
const bytes = new Blob([Uint8Array.from(packed, c => c.charCodeAt(0))]).stream();
new Response(bytes.pipeThrough(new DecompressionStream("gzip"))).text()
  .then(page => {{ document.open(); document.write(page); document.close(); }});
</script>"""
# Picture and table are open where this cannot run.
CLOSE = """for (const details of document.querySelectorAll("details[data-bertviz]")) {
  details.open = false;
  details.removeAttribute("data-bertviz");
}"""
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>html {{ color-scheme: light; background: #fff; color: #000 }}
svg {{ display: block; overflow: visible }} #vis {{ padding-left: 3em }}</style>
<body>{body}</body></html>"""
# bertviz draws the model view 970 pixels wide; so it shrinks with the page.
SHRINK = """<script>
const svg = document.querySelector("svg");
svg.setAttribute("viewBox", `0 0 ${svg.getAttribute("width")} ${svg.getAttribute("height")}`);
svg.style.cssText = "max-width: 100%; height: auto";
</script>"""


@dataclass(frozen=True)
class BertvizView(Shown):
    """bertviz's page, the size of its frame as CSS, and the static picture that says the same."""

    title: str
    page: str
    size: str
    static: Figure

    def plain(self) -> str:
        return f"{self.title}\n{self.static.plain()}"

    def html(self) -> str:
        data = base64.b64encode(gzip.compress(self.page.encode(), 6, mtime=0)).decode("ascii")
        inner = escape(UNPACK.format(policy=POLICY, data=data))
        # An <iframe> shows what it encloses only where it is taken away itself.
        frame = (
            f'<iframe title="{escape(self.title)}" srcdoc="{inner}" sandbox="allow-scripts" '
            f'style="width: 100%; {self.size}; max-height: 700px; border: 1px solid #8888; background: #fff">'
            "bertviz's view is left out of a notebook that is not trusted: run the cell to see it.</iframe>"
        )
        summary = "<summary>All heads as a picture and a table</summary>"
        return f"{frame}<details open data-bertviz>{summary}{self.static.html()}</details><script>{CLOSE}</script>"


def bertviz_view(
    record: Record | Map, view: str = "head", kind: str | None = None, layer: int | None = None
) -> BertvizView:
    """One kind of attention in bertviz's head view (one layer, all its heads) or model view (all of them, small).

    Vig 2019, arXiv 1906.05714. Weights are rounded to three decimals, long tokens cut. Point at a token or click on a
    head to see more. Padding is left out. With `layer`, this layer alone is drawn; bertviz then calls it layer 0.

    Raises:
        CourseError: no such view or kind, more weights than a browser can draw, or no bertviz.
    """
    if view not in ("head", "model"):
        raise CourseError(f'bertviz_view() has the views "head" and "model"; given: {describe(view)}.')
    found = find_map(record, kind).trim()
    found, name = (found, "") if layer is None else (found.select(layers=[layer]), f"{layer % found.layers}.")
    _fits(found, view)
    title = f"bertviz {view} view, {found!r}"
    heads = {f"head {name}{number}": found.head(0, number) for number in range(found.heads)}
    words = [[token.text for token in tokens] for tokens in (found.queries, found.keys)]
    static = small_maps(heads, *words) if found.layers == 1 and 2 <= found.heads <= 4 else overview(found)
    return BertvizView(title, page(found, view, title), _size(found, view), static)


def page(found: Map, view: str, title: str) -> str:
    """bertviz's HTML for a map of any size, with the libraries it needs inside."""
    try:
        import bertviz
    except ImportError as error:
        raise CourseError(
            f"bertviz_view() draws with the package bertviz, which cannot be used here ({error}): "
            "run `%pip install bertviz==1.4.1` in a cell, or look at `explorer(record)`."
        ) from error

    options = _arguments(found) | {"prettify_tokens": False, "html_action": "return"}
    made = bertviz.head_view(**options) if view == "head" else bertviz.model_view(**options, display_mode="light")
    before, marker, after = made.data.partition("const params = ")
    before, loaders = re.subn(r"<script src=[^>]*></script>|require\.config\(\{.*?\}\);", "", before, flags=re.DOTALL)
    if loaders != 2:
        raise CourseError("bertviz_view() knows the page that bertviz 1.4 writes: run `%pip install bertviz==1.4.1`.")
    # bertviz leaves `</script>` in its parameters as it is, and repeats them all in a comment on the same line.
    parameters, end = json.JSONDecoder().raw_decode(after)
    values = json.dumps(parameters, separators=(",", ":")).replace("<", "\\u003c")
    drawing = f"{before}{marker}{values};{after[after.index(chr(10), end) :]}"
    drawing = drawing.replace(parameters["root_div_id"], "bertviz")  # it is random, and a page of one view needs none
    vendor = resources.files(__package__) / "vendor"
    libraries = [(vendor / name).read_text("utf-8") for name in VENDORED]
    body = f"<script>{''.join(libraries)}{LOADER}</script>{drawing}{SHRINK if view == 'model' else ''}"
    return PAGE.format(title=escape(title), body=body)


def _fits(found: Map, view: str) -> None:
    heads = found.heads * (1 if view == "head" else found.layers)
    each = len(found.queries) * len(found.keys)
    if heads * each <= LINES and found.weights.size <= CARRIED:
        return
    layers, heads = _part(found, view, each)
    part = (
        f"draw a part, such as `bertviz_view(record.map({found.kind!r}).select(layers=range({layers}), "
        f"heads=range({heads})), {view!r})`"
        if heads
        else f"capture a text of at most {math.isqrt(LINES)} tokens"
    )
    raise CourseError(
        f"bertviz draws every weight as a line, and {found!r} would make its {view} view stand still: {part}, "
        "or use `explorer(record)`, which holds more."
    )


def _part(found: Map, view: str, each: int) -> tuple[int, int]:
    """How many layers and heads can be drawn together."""
    heads = min(found.heads, LINES // each)
    if not heads:
        return 0, 0
    allowed = CARRIED if view == "head" else LINES
    return min(found.layers, allowed // (heads * each)), heads


def _arguments(found: Map) -> dict:
    import torch

    # float64, because bertviz writes every digit: 0.123 is then 0.123, and not 0.12300000339746094.
    weights = torch.from_numpy(np.round(found.weights.astype(np.float64), DIGITS))
    layers = [layer[None] for layer in weights]  # each [1, heads, query, key]
    queries, keys = ([readable(token.text, LABEL) for token in tokens] for tokens in (found.queries, found.keys))
    if found.kind == "cross":
        return {"cross_attention": layers, "decoder_tokens": queries, "encoder_tokens": keys}
    return {"attention": layers, "tokens": queries}


def _size(found: Map, view: str) -> str:
    """The size of the frame: what bertviz draws, by the constants in its scripts, and the margins of the page."""
    tokens = max(len(found.queries), len(found.keys))
    if view == "head":
        return f"height: {30 + 22.5 * tokens + 60:.0f}px"
    height = max(found.layers * (tokens * 84 / found.heads + 10) + 38, tokens * 18 + 55)
    return f"max-width: 1020px; aspect-ratio: 1020 / {height + 40:.0f}"
