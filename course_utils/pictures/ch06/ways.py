"""`roads`: the ways that the gender of *house* can take to *petite* in a translation, for notebook 06c."""

from ...describing import describe, is_a
from ...errors import CourseError
from ..figures import Figure, Table, show
from ..style import COLOURS, PALE, WIDTH, arrow, box, canvas, keep_width, plain_style, write

_ROADS = {"source noun": "query", "source adjective": "value", "target": "decoder"}  # a colour for each


def roads(lit: str | None = None) -> Figure:
    """Which ways *house* can take to *petite*, in the translation of *The house is small.*, as arrows.

    `lit`: "source noun" (cross-attention to the noun), "source adjective" (the encoder first, then cross-attention to
    the adjective), "target" (the French noun, in the decoder), or None for all three.
    """
    names = ("source noun", "source adjective", "target")
    if lit is not None and not (is_a(lit, str) and lit in names):
        raise CourseError(f"roads() can light {', '.join(names)}; it got {describe(lit)}.")
    english, french = ("The", "house", "is", "small"), ("La", "maison", "est", "petite")
    with plain_style():
        figure, axes = canvas(WIDTH, 3.6)
        keep_width(figure)
        rows = ((3.1, english, "English words", "tokens"), (2.0, english, "after the encoder", "encoder"))
        for y, words, name, role in (*rows, (0.45, french, "French words", "decoder")):
            write(axes, 0.05, y + 0.18, name, across="left", size=9.5)
            for number, word in enumerate(words):
                box(axes, 1.75 + 1.35 * number, y, 1.05, 0.36, word, role=role)
        at = [2.275 + 1.35 * number for number in range(4)]
        ways = {
            "source noun": [((at[1] + 0.1, 1.98), (at[3] - 0.35, 0.83))],
            "source adjective": [
                ((at[1] + 0.25, 3.08), (at[3] - 0.2, 2.38)),
                ((at[3] + 0.15, 1.98), (at[3] + 0.15, 0.83)),
            ],
            "target": [((at[1] + 0.2, 0.43), (at[3] - 0.2, 0.43))],
        }
        for number in range(4):
            arrow(axes, (at[number], 3.08), (at[number], 2.38), lit=False)
        for name in names:
            for start, end in ways[name]:
                on = lit in (None, name)
                colour = COLOURS[_ROADS[name]] if on else PALE
                bent = "arc3,rad=0.25" if name == "target" else "arc3,rad=0"
                look = {"arrowstyle": "-|>", "color": colour, "linewidth": 2.4 if on else 1.4, "mutation_scale": 14}
                axes.annotate("", xy=end, xytext=start, arrowprops={**look, "connectionstyle": bent})
        for text, x, y, name in (
            ("A", 4.0, 1.25, "source noun"),
            ("B", at[2] - 0.62, 2.62, "source adjective"),
            ("B", at[3] + 0.35, 1.4, "source adjective"),
            ("C", at[2] + 0.3, 0.06, "target"),
        ):
            write(axes, x, y, text, bold=True, size=12, lit=lit in (None, name))
    said = {
        "source noun": "A: petite looks at house itself",
        "source adjective": "B: small fetches from house in the encoder, then petite looks at small",
        "target": "C: petite looks back at maison",
    }
    chosen = names if lit is None else (lit,)
    table = Table("Three roads to petite", ("road", "way"), [tuple(said[name].split(": ")) for name in chosen])
    alt = f"The house is small, La maison est petite. {'. '.join(said[name] for name in chosen)}."
    return show(figure, alt=alt, table=table, folded=True)
