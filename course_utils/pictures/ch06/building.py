"""What notebook 06b draws while it builds a decoder.

Two orders of words, the norm, heads that share, the feed-forward part and its gate, and how an answer climbs.
"""

import math

from ...errors import CourseError
from ..figures import Figure, Table, label, readable, show
from ..grids import Part, mask_of, tensors
from ..style import (
    ACCENT,
    COLOURS,
    INK,
    MUTED,
    PALE,
    WIDTH,
    arrow,
    box,
    canvas,
    keep_width,
    plain_style,
    rectangle,
    tint,
    write,
)


def two_orders(first, second, *, count: int = 5, lit: str = "") -> Figure:
    """What the words of a sentence get in two orders: pairs of a sentence and a tensor `[words, numbers]`.

    The first `count` numbers are drawn, and the row of the word `lit` (by default the first) is in colour in both.
    """
    word = lit or first[0].split()[0]
    drawn = []
    for sentence, values in (first, second):
        words, shown = sentence.split(), 100 * values[:, :count]
        row = mask_of(shown, f"{words.index(word)}, :")
        drawn.append(Part(sentence, shown, row, names=((), words, ()), shape=f"{count} of {values.shape[1]} numbers"))
    return tensors(drawn[0], "other order", drawn[1], title="The first numbers, each times 100")


def levelled(times: float = 1.0) -> Figure:
    """A vector of four numbers as bars, before and after it is divided by its root mean square."""
    before = [times * number for number in (2.0, -1.0, 0.5, 0.0)]
    size = (sum(number**2 for number in before) / 4) ** 0.5
    after = [number / size for number in before]
    with plain_style():
        from matplotlib.figure import Figure as Drawing

        figure = Drawing(figsize=(WIDTH, 2.3), dpi=100)
        keep_width(figure)
        for left, numbers, top, title in (
            (0.07, before, 12.5, f"before: root mean square {size:.2f}"),
            (0.57, after, 2.3, "divided by it: root mean square 1.00"),
        ):
            axes = figure.add_axes([left, 0.08, 0.42, 0.76])
            axes.bar(range(4), numbers, color=COLOURS["residual stream"], width=0.6)
            axes.axhline(0, color=MUTED, linewidth=1)
            axes.set(ylim=(-top, top), xticks=[])
            axes.set_title(title, fontsize=10)
            for place, number in enumerate(numbers):
                up = "top" if number < 0 else "bottom"
                axes.text(place, number, f"{number:.2f}", ha="center", va=up, fontsize=9)
        rows = [(f"number {n}", f"{a:.2f}", f"{b:.2f}") for n, (a, b) in enumerate(zip(before, after, strict=True))]
        alt = f"Bars of four numbers. Before: {', '.join(r[1] for r in rows)}. After: {', '.join(r[2] for r in rows)}."
        table = Table("Before and after", ("place", "before", "after"), rows)
        return show(figure, alt=alt, table=table, folded=True)


def sharing(heads: int = 9, sets: int = 3) -> Figure:
    """Heads above, sets of keys and values below, and a line from each head to the set that it uses."""
    if heads % sets:
        raise CourseError(f"sharing() needs sets that divide the heads; {sets} do not divide {heads}.")
    wide, room = 0.56, (WIDTH - 1.2) / heads
    group = heads // sets
    with plain_style():
        figure, axes = canvas(WIDTH, 1.75)
        keep_width(figure)
        write(axes, 0.02, 1.42, "queries", across="left", bold=True)
        write(axes, 0.02, 0.5, "keys and\nvalues", across="left", bold=True)
        for head in range(heads):
            x = 1.1 + room * (head + 0.5)
            middle = 1.1 + room * group * (head // group + 0.5)
            axes.plot([x, middle], [1.24, 0.72], color=MUTED, linewidth=1.4)
            box(axes, x - wide / 2, 1.24, wide, 0.36, f"{head}", role="query")
        for number in range(sets):
            middle = 1.1 + room * group * (number + 0.5)
            box(axes, middle - 0.62, 0.34, 0.58, 0.38, "key", role="key", size=9)
            box(axes, middle + 0.04, 0.34, 0.58, 0.38, "value", role="value", size=9)
            write(axes, middle, 0.16, f"set {number}", size=9, lit=False)
        rows = [(f"head {head}", f"set {head // group}") for head in range(heads)]
        said = "; ".join(
            f"heads {n * group} to {n * group + group - 1}: set {n}" if group > 1 else f"head {n}: set {n}"
            for n in range(sets)
        )
        alt = f"{heads} heads with their own queries share {sets} sets of keys and values: {said}."
        return show(figure, alt=alt, table=Table("Which set a head uses", ("head", "set"), rows), folded=True)


def gate_and_up(hidden: int = 576, inner: int = 1536) -> Figure:
    """The feed-forward part of SmolLM2 opened, from bottom to top: two matrices side by side, then a third."""
    left, right, wide, high = 1.0, 3.7, 1.6, 0.34
    with plain_style():
        figure, axes = canvas(WIDTH, 3.55)
        keep_width(figure)
        middle = (left + right + wide) / 2
        box(axes, middle - 1.3, 0.06, 2.6, high, "one token, after the norm", role="residual stream")
        for x, name in ((left, "gate_proj"), (right, "up_proj")):
            arrow(axes, (middle, 0.42), (x + wide / 2, 0.76))
            box(axes, x, 0.78, wide, high, name, role="feed-forward")
            write(axes, x + wide + 0.12, 0.95, f"{hidden:,} → {inner:,}", across="left", size=9.5)
        arrow(axes, (left + wide / 2, 1.14), (left + wide / 2, 1.38))
        box(axes, left, 1.4, wide, high, "silu", role="feed-forward")
        write(axes, left + wide + 0.12, 1.57, "of each gate", across="left", size=9.5)
        for x, y in ((left + wide / 2, 1.76), (right + wide / 2, 1.14)):
            arrow(axes, (x, y), (middle + (0.17 if x > middle else -0.17), 2.12))
        write(axes, 2.1, 2.08, "the volume, one for each number", across="right", size=9.5, lit=False)
        write(axes, 4.25, 1.7, "the numbers", across="left", size=9.5, lit=False)
        write(axes, left - 0.1, 0.95, "the gates", across="right", size=9.5, lit=False)
        axes.plot(middle, 2.2, "o", color="white", markeredgecolor=INK, markersize=19, markeredgewidth=1.6)
        write(axes, middle, 2.2, "×", size=14, bold=True)
        write(axes, middle + 0.3, 2.25, f"number by number: {inner:,}", across="left", size=9.5)
        arrow(axes, (middle, 2.36), (middle, 2.54))
        box(axes, middle - wide / 2, 2.56, wide, high, "down_proj", role="feed-forward")
        write(axes, middle + wide / 2 + 0.12, 2.73, f"{inner:,} → {hidden:,}", across="left", size=9.5)
        arrow(axes, (middle, 2.92), (middle, 3.12))
        write(axes, middle, 3.25, "added to the residual stream")
        rows = (
            ("gate_proj", f"{hidden:,} → {inner:,}"),
            ("silu", f"bends each of these {inner:,} gates"),
            ("up_proj", f"{hidden:,} → {inner:,}"),
            ("×", "each number of up_proj times silu of its gate"),
            ("down_proj", f"{inner:,} → {hidden:,}"),
        )
        alt = (
            "The feed-forward part from bottom to top. The normed vector goes into gate_proj and into up_proj, "
            f"{hidden:,} → {inner:,} each. Each gate that gate_proj makes goes through silu. The two are multiplied "
            f"number by number, and down_proj leads back to {hidden:,}, which are added to the residual stream."
        )
        return show(figure, alt=alt, table=Table("The feed-forward part", ("step", "what it does"), rows), folded=True)


def gated(gate: float = 2.0, up: float = 1.0) -> Figure:
    """The curve of silu with one gate marked on it, and what the gate lets through of the number `up`."""

    def silu(x):
        return x / (1 + math.exp(-x))

    opened = silu(gate)
    xs = [x / 10 for x in range(-60, 61)]
    with plain_style():
        from matplotlib.figure import Figure as Drawing

        figure = Drawing(figsize=(WIDTH, 2.5), dpi=100)
        keep_width(figure)
        axes = figure.add_axes([0.09, 0.2, 0.42, 0.72])
        axes.plot([0, 6], [0, 6], color=MUTED, linestyle=":", linewidth=1.4)
        axes.text(-5.6, 4.4, "dotted:\nthe gate itself", fontsize=9, color=MUTED)
        axes.plot(xs, [silu(x) for x in xs], color=COLOURS["feed-forward"], linewidth=2.4)
        axes.plot([gate, gate], [min(0, opened), max(0, opened)], color=MUTED, linestyle="--", linewidth=1.2)
        axes.plot(gate, opened, "o", color=ACCENT, markersize=9)
        axes.axhline(0, color=PALE, linewidth=1)
        axes.axvline(0, color=PALE, linewidth=1)
        axes.set(xlabel="gate", ylabel="silu(gate)", xlim=(-6, 6), ylim=(-1, 6))
        side = figure.add_axes([0.55, 0.05, 0.44, 0.9])
        side.set(xlim=(0, 3.1), ylim=(0, 2.25))
        side.axis("off")
        rows = (("gate", gate), ("silu(gate)", opened), ("up", up), ("silu(gate) × up", opened * up))
        for line, (what, number) in enumerate(rows):
            write(side, 0.35, 1.85 - 0.5 * line, what, across="left", bold=line == 3)
            write(side, 2.7, 1.85 - 0.5 * line, f"{number:.2f}", across="right", bold=line == 3, size=12)
        table = Table("One number behind its gate", ("what", "number"), [(name, f"{n:.2f}") for name, n in rows])
        alt = (
            f"The curve of silu: near 0 on the left, a straight rise on the right. At the gate {gate:.2f} it is "
            f"{opened:.2f}; times up, {up:.2f}, that is {opened * up:.2f}."
        )
        return show(figure, alt=alt, table=table, folded=True)


def climbing(logits, tokenizer, every: int = 3) -> Figure:
    """Which place the final answer has after each `every` layers, among all tokens, and which token is the likeliest.

    `logits` is `[streams, vocabulary]`: the first row belongs to the embeddings, the last to the finished model. Places
    are rounded to two digits, because the last ones of a large place differ between processors.
    """
    answer = int(logits[-1].argmax())
    places = [_round(place) for place in ((logits > logits[:, answer, None]).sum(dim=-1) + 1).tolist()]
    firsts = [_seen(tokenizer.decode([number])) for number in logits.argmax(dim=-1).tolist()]
    share, words = float(logits[-1].softmax(dim=-1)[answer]), logits.shape[1]
    names = [f"after {n * every} layers" if n else "embedding" for n in range(len(places))]
    left, room, step = 2.75, 3.3, 0.27
    top = step * len(places) + 0.1
    with plain_style():
        figure, axes = canvas(WIDTH, top + 0.72)
        keep_width(figure)
        title = f"The climb of {firsts[-1]}; at the end its probability is {share:.2f}"
        write(axes, 0.02, top + 0.56, title, across="left", size=11)
        write(axes, 1.3, top + 0.16, "likeliest", across="left", size=9, lit=False)
        heading = f"place of {firsts[-1]} among {words:,} tokens (log scale)"
        write(axes, left, top + 0.16, heading, across="left", size=9, lit=False)
        for row, (name, first, place) in enumerate(zip(names, firsts, places, strict=True)):
            y = top - step * (row + 0.5)
            length = room * (1 - math.log(place) / math.log(words)) + 0.02
            write(axes, 1.2, y, name, across="right", size=9)
            write(axes, 1.3, y, first, across="left", bold=place == 1)
            colour = COLOURS["answer"] if place == 1 else tint(COLOURS["answer"], 0.45)
            rectangle(axes, left, y - 0.09, length, 0.18, colour, MUTED, 0.8)
            write(axes, left + length + 0.08, y, f"{place:,}", across="left", bold=place == 1)
        rows = [(n, f, f"{p:,}") for n, f, p in zip(names, firsts, places, strict=True)]
        said = ", ".join(f"{name} {place}" for name, _, place in rows)
        alt = f"The place of {readable(firsts[-1])} among {words:,} tokens: {said}."
        table = Table(title, ("where", "likeliest token", f"place of {firsts[-1]}"), rows)
        return show(figure, alt=alt, table=table, folded=True)


def _seen(token: str) -> str:
    """A token as it is drawn: a mark such as a full stop stands in quotation marks, or it would be a mere dot."""
    word = token.strip()
    mark = len(word) == 1 and not word.isalnum()
    return label(f"“{word}”" if mark else word or token.replace(" ", "␣"), 12)


def _round(place: int) -> int:
    return round(place, 2 - len(str(place)))
