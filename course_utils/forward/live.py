"""The opened forward pass, and the attention explorer, of the learner's own sentence: a text box above the page.

A script does not run in the HTML of a widget, but in a frame it does. The frame takes colours and font from the page
around it and grows with what is in it. Below it stands the static picture, for a notebook that is not trusted.
"""

from dataclasses import dataclass
from html import escape

from ..pictures import try_it
from ..shown import Shown
from .page import LARGE

AUTO = "…"  # in the box of the target: the model writes it
FRAME = """<!doctype html><meta charset="utf-8"><style>body { margin: 0; font: 13px sans-serif; overflow-y: hidden }
</style><body>%s<script>(() => {
const frame = window.frameElement, outside = frame?.ownerDocument, view = outside?.defaultView;
if (!frame) return;
const dress = () => {
  const { color, colorScheme, fontFamily } = view.getComputedStyle(frame), own = document.documentElement.style;
  document.body.style.color = color;
  own.colorScheme = colorScheme; // the same as outside, else the frame is not transparent
  own.setProperty("--jp-ui-font-family", fontFamily);
};
const grow = () => { frame.style.height = `${document.body.scrollHeight + 4}px`; };
dress();
const themes = new MutationObserver(dress);
for (const part of [outside.body, outside.documentElement]) themes.observe(part, { attributes: true });
new ResizeObserver(grow).observe(document.body);
})();</script></body>"""


@dataclass(frozen=True, eq=False)
class Framed(Shown):
    """A page in a frame of its own, and its static picture."""

    page: Shown

    def plain(self) -> str:
        return self.page.plain()

    def html(self) -> str:
        document = escape(FRAME % self.page.html(bare=True))
        frame = (
            f'<iframe title="{escape(self.page.text)}" srcdoc="{document}" '
            'style="width: 100%; height: 900px; border: 0; display: block"></iframe>'
        )
        summary = "<summary>The same as a picture and a table</summary>"
        static = self.page.static and f"<details>{summary}{self.page.static.html()}</details>"
        return f"{frame}{static or ''}"


def live_forward(model, tokenizer, text: str, target: str | None = None, **options):
    """The forward pass of any text that is written into the box; for an encoder-decoder also of any target.

    `options` go to `page`: which layers it keeps, and where it opens. While the target is "…" the model writes it.

    Raises:
        CourseError: as `forward_pass` does for the model.
    """
    from ..attention.hooks import attention_sites, writes_from_a_source
    from .running import forward_pass

    attention_sites(model)  # says so if this is no model to look into
    first = True

    def opened(text, target=None) -> Framed:
        nonlocal first
        # The first page is stored in the notebook, so it is small and has a picture; the next ones have room.
        room, first = {} if first else {"most": LARGE, "still": False}, False
        return Framed(forward_pass(model, tokenizer, text, target=target).page(**room | options))

    if not writes_from_a_source(model):
        return try_it(lambda text: opened(text), text=text)
    return try_it(
        lambda text, target: opened(text, None if target.strip() == AUTO else target), text=text, target=target or AUTO
    )


def live_attention(model, tokenizer, text: str, **options):
    """The attention explorer of any text that is written into the box; `options` go to `explorer`."""
    from ..attention import capture, explorer

    return try_it(lambda text: Framed(explorer(capture(model, tokenizer, text), **options)), text=text)
