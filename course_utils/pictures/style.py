"""The visual language of the course: which colour stands for what, and how a box, an arrow and a strip look.

Everything that draws a diagram or a chart starts here, so that a query is the same blue on every page. Lengths are
inches; the origin is the lower left corner; a page is `WIDTH` wide. `tests/test_pictures_style.py` measures that
colours which meet in one picture differ in grey too and for colour-blind readers, and draws the gallery.
"""

from contextlib import contextmanager

WIDTH = 7.0
SIZE = 10  # points of a text; nothing is below 9
INK, MUTED, PALE, PAPER = "#1f2933", "#5b6673", "#d5dbe3", "#ffffff"
ACCENT = "#0b62a4"  # what a picture is about
COLOURS = {
    "query": "#1f5fa8",
    "key": "#f0b43c",
    "value": "#2bb58a",
    "residual stream": "#6b7280",
    "feed-forward": "#c77bb5",
    "encoder": "#7cc4ee",
    "decoder": "#c4511c",
    "frozen": "#c9cdd3",
    "trained": "#a87300",
    "text": "#6b7280",
    "tokens": "#a6d8f5",
    "model": "#7b5ea7",
    "answer": "#2bb58a",
    "right": "#2bb58a",
    "wrong": "#a33a12",
    "positive": "#12876a",  # what a text says, not whether an answer is right
    "negative": "#e59a3c",
}
# Roles that meet in one picture, so must be told apart.
TOGETHER = (
    ("query", "key", "value"),
    ("encoder", "decoder"),
    ("frozen", "trained"),
    ("residual stream", "feed-forward"),
    ("tokens", "model", "answer"),
    ("right", "wrong"),
    ("positive", "negative"),
)
HATCHES = {"frozen": "///", "wrong": "xx"}  # a second sign beside the colour


@contextmanager
def plain_style():
    """Our own settings of matplotlib, whatever style the learner's notebook has set."""
    import matplotlib.pyplot as plt

    with plt.style.context(["default", {"font.size": SIZE, "text.color": INK, "axes.labelcolor": INK}]):
        yield


def canvas(width: float = WIDTH, height: float = 2.0):
    """`(figure, axes)` measured in inches, without a frame."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=100)
    axes = figure.add_axes([0, 0, 1, 1])
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    return figure, axes


def tint(colour: str, share: float = 0.25) -> tuple[float, float, float]:
    """A colour mixed with white, for the inside of a box: dark text stays readable on it."""
    from matplotlib.colors import to_rgb

    return tuple(1 - share * (1 - part) for part in to_rgb(colour))


def box(axes, x, y, width, height, text="", *, role=None, lit=True, size=SIZE, bold=False):
    """A rounded box with its lower left corner at (x, y) and a text in the middle; unlit it is pale."""
    from matplotlib.patches import FancyBboxPatch

    colour = COLOURS.get(role, MUTED) if lit else PALE
    inside = tint(colour, 0.25 if role else 0.06) if lit else PAPER
    shape = f"round,pad=0,rounding_size={min(0.08, width / 4, height / 4)}"
    hatch = HATCHES.get(role) if lit else None  # fainter than the edge, so that a text on it can be read
    faint = tint(colour, 0.45)
    axes.add_patch(
        FancyBboxPatch(
            (x, y), width, height, boxstyle=shape, facecolor=inside, edgecolor=faint, linewidth=0, hatch=hatch
        )
    )
    edge = {"fill": False, "edgecolor": colour, "linewidth": 1.8 if lit else 1.2}
    axes.add_patch(FancyBboxPatch((x, y), width, height, boxstyle=shape, **edge))
    write(axes, x + width / 2, y + height / 2, text, lit=lit, size=size, bold=bold)


def rectangle(axes, x, y, width, height, colour, edge="none", line=1.2):
    """A plain box with its lower left corner at (x, y): a cell of a table, a bar, a sheet."""
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((x, y), width, height, facecolor=colour, edgecolor=edge, linewidth=line))


def keep_width(figure):
    """An invisible frame around a figure, because `show` cuts off empty margins, and widgets should not jump."""
    from matplotlib.patches import Rectangle

    figure.add_artist(Rectangle((0, 0), 1, 1, transform=figure.transFigure, fill=False, edgecolor="none"))


def write(axes, x, y, text, *, lit=True, size=SIZE, bold=False, across="center", up="center"):
    """A text at a point; `across` and `up` say which side of it is there."""
    weight = "bold" if bold else "normal"
    colour = INK if lit else MUTED
    axes.text(
        x, y, text, ha=across, va=up, fontsize=size, color=colour, weight=weight, parse_math=False, linespacing=1.35
    )


def arrow(axes, start, end, *, lit=True, width=1.6):
    """An arrow from one point to another; its width may carry a number."""
    colour = INK if lit else PALE
    style = {"arrowstyle": "-|>", "color": colour, "linewidth": width, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 12}
    axes.annotate("", xy=end, xytext=start, arrowprops=style)


def legend(axes, x, y, roles):
    """A row of small boxes with the names of roles, from (x, y) to the right."""
    for role in roles:
        box(axes, x, y, 0.22, 0.18, role=role)
        write(axes, x + 0.3, y + 0.09, role, size=9, across="left")
        x += 0.55 + 0.078 * len(role)
