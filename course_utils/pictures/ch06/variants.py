"""What decoders of today change, drawn for notebook 06b: how far a token sees, and experts behind a router."""

from ..figures import Figure, Table, label, show
from ..style import ACCENT, COLOURS, PALE, PAPER, WIDTH, arrow, box, canvas, keep_width, plain_style, tint, write


def reaching(reach, lit: int | None = None, title: str = "") -> Figure:
    """A square table of True and False, `[who looks, who is seen]`, as a grid; one row may be lit."""
    rows = [[bool(cell) for cell in row] for row in reach]
    count, cell = len(rows), 0.26
    left, top = 1.25, 0.55
    height = top + count * cell + 0.1
    with plain_style():
        from matplotlib.collections import PolyCollection

        figure, axes = canvas(WIDTH, height)
        keep_width(figure)
        cells, colours = [], []  # drawn as one thing: a slider moves this picture
        write(axes, left, height - 0.14, label(title, 80), across="left", size=11)
        for column in range(count):
            write(axes, left + (column + 0.5) * cell, height - 0.42, str(column), size=9, lit=False)
        for number, row in enumerate(rows):
            y = height - top - (number + 1) * cell
            on = lit is None or lit == number
            write(axes, left - 0.1, y + cell / 2, f"token {number}", across="right", size=9, lit=on, bold=lit == number)
            for column, seen in enumerate(row):
                x = left + column * cell
                cells.append([(x, y), (x + cell, y), (x + cell, y + cell), (x, y + cell)])
                colours.append((ACCENT if on else tint(ACCENT, 0.35)) if seen else PAPER)
            write(axes, left + count * cell + 0.15, y + cell / 2, f"{sum(row)} seen", across="left", size=9, lit=on)
        axes.add_collection(PolyCollection(cells, facecolors=colours, edgecolors=PALE, linewidths=1))
        table = Table(
            title or "Who sees whom",
            ("token", "sees"),
            [(f"{n}", ", ".join(str(c) for c, seen in enumerate(row) if seen) or "none") for n, row in enumerate(rows)],
        )
        said = "; ".join(f"token {n} sees {sum(row)}" for n, row in enumerate(rows))
        return show(figure, alt=f"{title + '. ' if title else ''}A grid: {said}.", table=table, folded=True)


def experts(shares, chosen: int = 2) -> Figure:
    """A router gives each expert a share of a token; the token goes to the `chosen` largest, the others rest.

    The shares of the chosen are scaled up to the sum 1, as in Mixtral (arXiv 2401.04088), and written above.
    """
    shares = [float(share) for share in shares]
    best = sorted(sorted(range(len(shares)), key=lambda i: -shares[i])[:chosen])
    parts = {i: shares[i] / sum(shares[j] for j in best) for i in best}
    added = " + ".join(f"{part:.2f} × expert {i}" for i, part in parts.items())
    room, wide = WIDTH / len(shares), 0.78
    with plain_style():
        figure, axes = canvas(WIDTH, 3.1)
        keep_width(figure)
        box(axes, WIDTH / 2 - 0.9, 0.04, 1.8, 0.34, "one token", role="residual stream")
        box(axes, 0.1, 0.62, 1.3, 0.34, "router", role="query")
        write(axes, 1.5, 0.79, "gives the shares", across="left", size=9.5)
        arrow(axes, (WIDTH / 2 - 0.92, 0.24), (1.1, 0.6))
        wider = 0.3 + 1.35 * len(best)
        box(axes, WIDTH / 2 - wider / 2, 2.7, wider, 0.34, added, role="residual stream")
        rows = []
        for number, share in enumerate(shares):
            x, on = room * (number + 0.5), number in best
            axes.plot([0.75, x], [0.98, 1.8], color=COLOURS["query"] if on else PALE, linewidth=1, linestyle="--")
            box(
                axes,
                x - wide / 2,
                1.8,
                wide,
                0.52,
                f"expert {number}\n{share:.2f}",
                role="feed-forward",
                lit=on,
                size=9,
                bold=on,
            )
            if on:
                arrow(axes, (WIDTH / 2, 0.4), (x, 1.78), width=0.8 + 5 * share)
                arrow(axes, (x, 2.34), (WIDTH / 2 + (x - WIDTH / 2) / 6, 2.68), width=0.8 + 5 * share)
            rows.append((f"expert {number}", f"{share:.2f}", f"works, × {parts[number]:.2f}" if on else "rests"))
        working = ", ".join(f"expert {number} with {shares[number]:.2f}" for number in best)
        alt = (
            f"A router reads the token and gives each of {len(shares)} experts a share; {working} get the token and "
            f"work, the others rest. Out comes {added}."
        )
        table = Table("The router's shares", ("expert", "share", "now"), rows)
        return show(
            figure, alt=f"{alt} get the token and work, the others rest. Out comes {added}.", table=table, folded=True
        )
