"""The three kinds of pictures that the views draw with matplotlib: a grid, a mosaic, two columns with lines.

Shades of grey on white, whatever style the learner's notebook has set; no text is read as a formula.
"""

import numpy as np

from .selection import mosaic, number

FRAME = (115, 153, 191)  # between the heads of a mosaic; its grey differs from the frequent light shades
PLAIN = {"parse_math": False}


def grid(values, rows, columns, *, title, axes, bar, printed, cell=None):
    """`[rows, columns]` as squares with labels; `printed` writes the numbers in; what is not finite is hatched."""
    with _default_style():
        side = cell or min(0.5, max(0.14, 5 / max(values.shape)))  # inches
        width, height = side * len(columns), side * len(rows)
        figure, frame = _figure(width, height, title)
        size = 10 if side > 0.2 else 7
        finite = np.where(np.isfinite(values), values, np.nan)
        low, high = min(0.0, np.nanmin(finite)), np.nanmax(finite)
        high = high if high > low else low + 1
        frame.patch.set(hatch="////", edgecolor="0.7")  # seen where there is no number
        image = frame.imshow(finite, cmap="Greys", vmin=low, vmax=high, aspect="auto")
        frame.set_ylabel(axes[0])
        frame.set_xlabel(axes[1])
        frame.xaxis.set_label_position("top")
        turned = 0 if max(map(len, columns)) <= 2 else 90
        frame.xaxis.tick_top()
        frame.set_yticks(range(len(rows)), rows, fontsize=size, **PLAIN)
        frame.set_xticks(range(len(columns)), columns, fontsize=size, rotation=turned, **PLAIN)
        if printed:
            texts = {place: number(value) for place, value in np.ndenumerate(values)}
            size = 8 if max(map(len, texts.values())) <= 5 else 6.5
            for (row, column), text in texts.items():
                colour = "white" if (finite[row, column] - low) / (high - low) > 0.62 else "black"
                frame.text(column, row, text, ha="center", va="center", color=colour, fontsize=size)
        scale = figure.colorbar(image, cax=figure.add_axes([1 + 0.1 / width, 0, 0.12 / width, 1]))
        scale.set_label(bar)
        return figure


def overview(weights, *, title):
    """The mosaic of all heads of `[layers, heads, query, key]`."""
    with _default_style():
        shades = mosaic(weights)
        height, width = shades.shape
        dots = np.repeat(255 - np.uint8(np.nan_to_num(np.round(shades * 16) * 15.9))[..., None], 3, axis=2)
        dots[np.isnan(shades)] = FRAME
        figure, frame = _figure(width / 100, height / 100)  # one dot of the mosaic is one of the picture
        frame.axis("off")  # plain texts are drawn faster than ticks
        frame.imshow(dots, aspect="auto", interpolation="nearest")
        frame.text(0, -48, title, fontsize=11, **PLAIN)
        frame.text(width / 2, -26, "head", ha="center")
        frame.text(-38, height / 2, "layer", ha="center", va="center", rotation=90)
        layers, heads = weights.shape[:2]
        for layer in range(layers):
            frame.text(-6, (layer + 0.5) * height / layers, layer, ha="right", va="center")
        for head in range(heads):
            frame.text((head + 0.5) * width / heads, -6, head, ha="center")
        return figure


def two_columns(left, right, lines, *, title, heads):
    """Two columns of labels and lines `(left, right, strength 0–1)` between them, thicker and darker with strength."""
    from matplotlib.collections import LineCollection

    with _default_style():
        longest = max(len(left), len(right))
        figure, frame = _figure(3, 0.24 * longest, title)
        ends = [[(0, row), (1, column)] for row, column, _ in lines]
        widths = [0.4 + 3.6 * strength for *_, strength in lines]
        colours = [(0, 0, 0, 0.08 + 0.92 * strength) for *_, strength in lines]
        frame.add_collection(LineCollection(ends, linewidths=widths, colors=colours))
        frame.set(xlim=(0, 1), ylim=(longest - 0.5, -1.5))
        frame.axis("off")
        for place, side, texts in ((-0.02, "right", left), (1.02, "left", right)):
            frame.text(place, -1, heads[0] if side == "right" else heads[1], ha=side, va="center", style="italic")
            for row, text in enumerate(texts):
                frame.text(place, row, text, ha=side, va="center", fontsize=9, **PLAIN)
        return figure


def _figure(width, height, title=""):
    """A figure of one frame that fills it; labels stand outside and are kept by the tight box of `show`."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=100)
    frame = figure.add_axes([0, 0, 1, 1])
    frame.set_title(title, fontsize=11, loc="left", **PLAIN)
    return figure, frame


def _default_style():
    import matplotlib.pyplot as plt

    return plt.style.context("default")
