"""A heat map with controls, for a notebook with a running kernel: kind, layer, head, tokens or whole words.

It is an HTML table and not a picture, because matplotlib needs a quarter of a second for each redraw. Controls end with
their kernel, so the picture of `heat_map` is stored beside them. The `explorer` needs none and can do more.
"""

from functools import cache
from html import escape

from ..pictures import readable
from .record import Map, Record, find_map
from .selection import Part, choose, number
from .views import heat_map

PRINTED = 16  # tokens a side up to which the weights are written into the cells


class Browser:
    """What `browse` returns: the ipywidgets `kind`, `layer`, `head`, `words` and `table`, and the `first` picture."""

    def __init__(self, record: Record | Map, kind: str | None):
        from ipywidgets import HTML, Checkbox, Dropdown, HBox, VBox

        start = find_map(record, kind)
        kinds = (start.kind,) if isinstance(record, Map) else record.kinds

        @cache
        def chosen(kind: str, words: bool) -> tuple[Map, Part]:
            found = find_map(record, kind)
            found = found.merge_words() if words else found
            return found, choose(found, None, None)

        self._chosen = chosen
        self.first = heat_map(start, 0, 0)
        self.kind = Dropdown(description="kind", options=kinds, value=start.kind, disabled=len(kinds) == 1)
        self.layer, self.head = (Dropdown(description=name, options=[0]) for name in ("layer", "head"))
        self.words = Checkbox(description="whole words", value=False)
        self.table = HTML()
        self._fill()
        self._draw()
        self.kind.observe(self._fill, "value")
        for control in (self.kind, self.layer, self.head, self.words):
            control.observe(self._draw, "value")
        self.controls = VBox([HBox([self.kind, self.layer, self.head, self.words]), self.table])

    def _fill(self, change=None) -> None:
        """Offer the layers and heads of the chosen kind; kinds may differ in both."""
        found, _ = self._chosen(self.kind.value, False)
        self.layer.options, self.head.options = [*range(found.layers), "mean"], [*range(found.heads), "mean"]

    def _draw(self, change=None) -> None:
        found, part = self._chosen(self.kind.value, self.words.value)
        weights = part.cut(found.head(self.layer.value, self.head.value))
        title = f"{found.kind} attention, layer {self.layer.value}, head {self.head.value}. {part.note}".strip()
        self.table.value = _table(weights, part, title)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        still = self.first._repr_mimebundle_()
        summary = "<summary>The first head as a picture</summary>"
        still["text/html"] = f"<details>{summary}{still['text/html']}</details>"
        display(still, raw=True)
        display(self.controls)


def browse(record: Record | Map, kind: str | None = None) -> Browser:
    """Controls for kind, layer, head, and words instead of tokens, above a heat map: the darker the more weight.

    A row for each query, a column for each key, the first 64 of each. Needs a running kernel.
    """
    return Browser(record, kind)


def _table(weights, part: Part, title: str) -> str:
    queries, keys = ([escape(readable(name, 20)) for name in names] for names in (part.query_names, part.key_names))
    printed = max(weights.shape) <= PRINTED
    shades = (255 * (1 - weights / (weights.max() or 1))).astype(int)  # 255 is white

    def cell(row: int, column: int) -> str:
        shade, weight = shades[row, column], weights[row, column]
        style = f"padding: 4px; background: rgb({shade}, {shade}, {shade}); color: {'#000' if shade > 120 else '#fff'}"
        title = f"{queries[row]} → {keys[column]}: {number(weight)}"
        return f'<td style="{style}" title="{title}">{f"{weight:.2f}" if printed else ""}</td>'

    plain = "font-weight: normal; white-space: nowrap"
    turned = f"{plain}; writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; padding: 4px 0"
    head = "".join(f'<th scope="col" style="{turned}"><bdi>{key}</bdi></th>' for key in keys)
    rows = [
        f'<tr><th scope="row" style="{plain}; text-align: right; padding: 0 4px"><bdi>{query}</bdi></th>'
        f"{''.join(cell(row, column) for column in range(len(keys)))}</tr>"
        for row, query in enumerate(queries)
    ]
    return (
        '<table style="border-spacing: 0; line-height: 1.2; text-align: center; font-size: 12px">'
        f'<caption style="text-align: left">{escape(title)} A row for each query, a column for each key.</caption>'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )
