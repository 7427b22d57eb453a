"""From Markdown and stored outputs to the HTML of one slide: which sentences, which blocks, in which size."""

import re
from base64 import b64decode
from dataclasses import dataclass, field
from html import escape

from . import fitting
from .reading import mathml

LEAD, LEAD_ALONE, ITEM = 170, 300, 150  # characters
WHOLE = 24  # pixels: a text that is not cut goes on with a second slide rather than below this
ASKING = ' class="ask"'
Block = tuple[str, str]  # what markdown-it calls it, and its Markdown


@dataclass
class Part:
    """A heading and the blocks below it; what stands before the first heading has level 0."""

    level: int
    heading: str
    blocks: list[Block] = field(default_factory=list)

    @property
    def source(self) -> str:
        """The Markdown below the heading."""
        return "\n\n".join(text for _, text in self.blocks)


def parts(markdown: str) -> list[Part]:
    """A Markdown cell, cut at its headings."""
    lines, found = markdown.splitlines(), [Part(0, "")]
    for token in _markdown().parse(markdown):
        if token.level or not token.map:
            continue
        text = "\n".join(lines[slice(*token.map)]).strip()
        if token.type == "heading_open":
            found.append(Part(int(token.tag[1]), text.lstrip("# ")))
        else:
            found[-1].blocks.append((token.type.removesuffix("_open"), text))
    return [part for part in found if part.heading or part.blocks]


def _markdown():
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    def formula(tex: str, options: dict) -> str:
        return mathml(tex, block=options["display_mode"])

    return MarkdownIt("commonmark").enable("table").use(dollarmath_plugin, renderer=formula)


def render(markdown: str) -> str:
    """Markdown as HTML, formulas as MathML."""
    return _markdown().render(markdown)


def inline(markdown: str) -> str:
    """A line of Markdown as HTML, without a paragraph around it."""
    return _markdown().renderInline(markdown)


# ---------------------------------------------------------------- texts


def brief(texts: list[str]) -> list[str]:
    """Paragraphs in one or two: how the first begins, and what the last one asks."""
    if not texts:
        return []
    question = fitting.ask(texts[-1])
    first = " ".join(texts[0].split())
    first = first.partition(question)[0].strip() if question else first
    return [text for text in (fitting.lead(first, LEAD) if first else "", question) if text]


def paragraphs(texts: list[str]) -> str:
    """Lines of Markdown as paragraphs; what asks the room is marked."""
    return "".join(f"<p{ASKING if fitting.asks(text) else ''}>{inline(text)}</p>" for text in texts)


def bodies(blocks: list[Block], room: float, *, whole: bool = False) -> list[str]:
    """Blocks of Markdown as the bodies of slides, each in the largest size that fits into `room` pixels.

    Paragraphs and lists are cut to their first sentences unless `whole`. A table stands with its sentence alone.
    """
    slides: list[list[Block]] = [[]]
    for block in blocks if whole else [_shorter(*block) for block in blocks]:
        now = slides[-1]
        if block[0] == "table":
            short = len(now) <= 1 and all(fitting.plain_length(text) <= LEAD_ALONE for _, text in now)
            slides += [[block], []] if not short else [[]]
            if short:
                now.append(block)
        elif now and sum(_height(*one, WHOLE) for one in [*now, block]) > room:
            slides.append([block])
        else:
            now.append(block)
    return [_body(slide, room) for slide in slides if slide] or [""]


def _body(blocks: list[Block], room: float) -> str:
    sizes = [size for size in fitting.SIZES if sum(_height(*block, size) for block in blocks) <= room]
    size = sizes[0] if sizes else fitting.SMALLEST
    others = sum(_height(*block, size) for block in blocks if block[0] != "table")
    html = "".join(
        fitting.fit_table(render(text), room - others - 10) if kind == "table" else _block(kind, text)
        for kind, text in blocks
    )
    return f'<div style="font-size:{size}px">{html}</div>'


def _shorter(kind: str, text: str) -> Block:
    if kind == "paragraph":
        question = fitting.ask(text)
        first = fitting.lead(text, LEAD_ALONE)
        return kind, first if not question or question in first else f"{first} {question}"
    if kind in ("bullet_list", "ordered_list"):
        return kind, "\n".join(fitting.lead(item, ITEM) for item in _items(text))
    return kind, text


def _items(text: str) -> list[str]:
    return [item for item in re.split(r"(?m)^(?=(?:[-*]|\d+\.) )", text) if item.strip()]


def _block(kind: str, text: str) -> str:
    return printed_block(_fence(text)) if kind == "fence" else render(text)


def _fence(text: str) -> fitting.Block:
    return fitting.fit_lines("\n".join(text.splitlines()[1:-1]), 0.6 * fitting.HEIGHT)


def _height(kind: str, text: str, size: int) -> float:
    """How high a block becomes; a table takes what is left, and at least three rows."""
    if kind == "table":
        return 180
    if kind == "fence":
        return _fence(text).height + 20
    if kind == "math_block":
        return 4.5 * size
    return fitting.prose_height(_items(text) if "list" in kind else [text], size, indent=40 if "list" in kind else 0)


# ---------------------------------------------------------------- code and outputs


def seen(output) -> tuple[str, str]:
    """What a slide shows of an output: ("rich", HTML), ("aside", HTML) or ("text", plain text)."""
    if output.output_type == "error":
        return "text", f"{output.ename}: {output.evalue}"
    data = output.get("data", {})
    html = data.get("text/html", "")
    if html.startswith('<p class="in-the-notebook">'):
        return "aside", html
    open_html = re.sub(r"(?s)<details\b.*?</details>", "", html)  # the same as a table, folded
    pictures = re.findall(r"(?s)<img\b[^>]*>|<audio\b.*?</audio>", open_html) or re.findall(r"(?s)<img\b[^>]*>", html)
    if pictures:
        return "rich", f'<div class="pictures">{"".join(pictures[:3])}</div>'
    if "<table" in open_html:
        return "rich", open_html
    return "text", output.get("text") or data.get("text/plain", "")


def is_tall(html: str) -> bool:
    """Whether a stored picture is so high that words stand better beside it."""
    found = re.search(r'src="data:image/png;base64,([A-Za-z0-9+/]{40})', html)
    if not found or html.count("<img") > 1:
        return False
    head = b64decode(found[1])  # a PNG says its width and height in its first 24 bytes
    return int.from_bytes(head[20:24], "big") > 0.55 * int.from_bytes(head[16:20], "big")


def code_block(block: fitting.Block) -> str:
    """Python in colour."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_by_name

    coloured = highlight(block.text, get_lexer_by_name("ipython3"), HtmlFormatter(nowrap=True)).rstrip()
    pre = f'<pre style="font-size:{block.size}px"><code class="python">{coloured}</code></pre>'
    return pre + fitting.more(block.left_out, "lines")


def printed_block(block: fitting.Block) -> str:
    """What a cell printed, or a text whose lines stay as they are."""
    pre = f'<pre class="printed" style="font-size:{block.size}px">{escape(block.text)}</pre>'
    return pre + fitting.more(block.left_out, "lines")
