"""Two ways on the same sentences: `four_cells`, `coin_falls` (what luck alone would do), and many `differences`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import comb

from ..describing import attempt, describe, is_a
from ..errors import CourseError
from .curves_sure import frame
from .figures import Figure, Table, label, show
from .style import ACCENT, COLOURS, INK, MUTED, WIDTH, box, canvas, plain_style, write


def four_cells(first: str, one: Sequence[bool], second: str, other: Sequence[bool]) -> Figure:
    """Two ways on the same sentences as a table of four: both right, both wrong, and the two kinds of disagreement.

    Args:
        first, second: the names of the two ways.
        one, other: for each sentence, whether the way was right.
    """
    pairs = attempt(lambda: [(bool(a), bool(b)) for a, b in zip(one, other, strict=True)])
    if not pairs:
        raise CourseError("four_cells() expects two lists of right and wrong, as long as each other.")
    counts, names = Counter(pairs), (label(first, 18), label(second, 18))
    left, wide, high, gap = 1.7, 2.5, 0.78, 0.1
    with plain_style():
        figure, axes = canvas(WIDTH, 2.62)
        for column, is_right in enumerate((True, False)):
            x = left + column * (wide + gap) + wide / 2
            write(axes, x, 2.42, f"{names[1]} {'right' if is_right else 'wrong'}", bold=True)
        for row, a in enumerate((True, False)):
            y = 1.38 - row * (high + gap)
            write(axes, left - 0.15, y + high / 2, f"{names[0]} {'right' if a else 'wrong'}", across="right", bold=True)
            for column, b in enumerate((True, False)):
                role = ("query" if a else "decoder") if a != b else None
                x = left + column * (wide + gap)
                box(axes, x, y, wide, high, role=role)
                write(axes, x + wide / 2, y + 0.5, str(counts[a, b]), size=17, bold=a != b)
                told = ("both right", f"only {names[0]} right", f"only {names[1]} right", "both wrong")[
                    2 * row + column
                ]
                write(axes, x + wide / 2, y + 0.18, told, size=9)
        write(axes, left, 0.22, "Only the two coloured cells tell the ways apart.", across="left", size=9.5)
    kinds = [("both", (True, True)), (f"only {first}", (True, False)), (f"only {second}", (False, True))]
    rows = [(name, str(counts[kind])) for name, kind in [*kinds, ("neither", (False, False))]]
    said = ", ".join(f"{name} right: {count}" for name, count in rows)
    table = Table(f"{len(pairs)} sentences", ("right", "sentences"), rows)
    return show(figure, alt=f"A table of four cells for {len(pairs)} sentences: {said}.", table=table, folded=True)


def coin_falls(gained: int, lost: int) -> Figure:
    """How likely each split of the coins is, when sentences on which two ways differ are as fair coins.

    The splits that are as uneven as this one, or more, are in the colour of the picture.
    """
    if not all(is_a(n, int) and n >= 0 for n in (gained, lost)) or not 0 < gained + lost <= 400:
        raise CourseError("coin_falls() expects two whole numbers, together from 1 to 400.")
    coins, more = gained + lost, max(gained, lost)
    chances = [comb(coins, heads) / 2**coins for heads in range(coins + 1)]
    uneven = [max(heads, coins - heads) >= more for heads in range(coins + 1)]
    total = sum(chance for chance, far in zip(chances, uneven, strict=True) if far)
    with plain_style():
        figure, axes = frame(2.5)
        colours = [COLOURS["decoder"] if far else COLOURS["frozen"] for far in uneven]
        low = 0.012 * max(chances)  # a coloured end that is nearly nothing can be seen all the same
        heights = [max(chance, low) if far else chance for chance, far in zip(chances, uneven, strict=True)]
        axes.bar(range(coins + 1), heights, color=colours, width=0.9)
        axes.axvline(gained, color=INK, linestyle="--", linewidth=1.2)
        reach = max(2 * coins**0.5 + 2, abs(gained - coins / 2) + 0.35 * coins**0.5 + 4)
        axes.set(xlim=(max(coins / 2 - reach, -0.8), min(coins / 2 + reach, coins + 0.8)), yticks=[])
        right = gained >= coins / 2  # the name of the line stands outside the hill, the sum on the other side
        outside = right != (min(gained, lost) < 0.15 * coins)  # at the edge there is no room outside
        axes.text(gained, max(chances), f" {gained} heads ", ha="left" if outside else "right", va="top")
        where = {"x": 0.02 if right else 0.98, "ha": "left" if right else "right"}
        told = "below 0.001" if total < 0.001 else f"{total:.2g}"
        large = f"1 in {1 / total:,.0f}" if total < 0.001 else told
        axes.text(
            s=f"both coloured ends\ntogether: {large}",
            y=0.97,
            va="top",
            weight="bold",
            transform=axes.transAxes,
            **where,
        )
        axes.set_xlabel(f"heads of {coins} fair coins; coloured: as uneven as {gained} to {lost}, or more")
        alt = f"A hill of bars: how often {coins} fair coins show each number of heads. The bars as uneven as "
        alt += f"{gained} to {lost}, or more, are coloured. Together they are {told}."
        rows = [("coins", str(coins)), ("heads", str(gained)), ("as uneven or more", told)]
        return show(figure, alt=alt, table=Table("Fair coins", ("", "number"), rows), folded=True)


def differences(found: Mapping[str, Mapping[str, tuple[float, float]]], *, limit: float) -> Figure:
    """How many points one way is ahead of another, a row each; filled where it is shown, hollow where it may be luck.

    Args:
        found: `{pair: {test: (points, chance)}}`; below 0 the second way of the pair is ahead.
        limit: a difference is shown where luck alone does as much with a smaller chance.
    """
    groups = attempt(lambda: {p: [(str(n), *map(float, both)) for n, both in g.items()] for p, g in found.items()})
    if not groups or not all(len(row) == 3 for rows in groups.values() for row in rows):
        raise CourseError(f"differences() expects {{pair: {{test: (points, chance)}}}}; it got {describe(found)}.")
    rows = [(pair, *row) for pair, some in groups.items() for row in some]
    with plain_style():
        figure, axes = frame(0.75 + 0.25 * len(rows) + 0.38 * len(groups), left=2.1)
        ends = [0.0, *(row[2] for row in rows)]
        low, high, place, ticks, told = min(ends) - 1.5, max(ends) + 23, 0.0, {}, []
        for pair, some in groups.items():
            ticks[place] = pair
            place += 1
            for name, ahead, chance in some:
                shown = chance < limit
                colour = ACCENT if shown else MUTED
                axes.plot([0, ahead], [place, place], color=colour, linewidth=3 if shown else 1.2)
                axes.plot(ahead, place, "o", color=colour, markersize=8, markerfacecolor=colour if shown else "white")
                luck = "below 0.001" if chance < 0.001 else f"{chance:.2g}" if chance < 0.1 else f"{chance:.2f}"
                points = f"{round(ahead):+d}"
                axes.text(max(ahead, 0) + 0.9, place, f"{points}, chance {luck}", va="center", fontsize=9.5)
                ticks[place] = name
                told.append((pair, name, points, luck, "yes" if shown else "no"))
                place += 1
            place += 0.5
        axes.axvline(0, color=INK, linewidth=1)
        axes.set_yticks(list(ticks), list(ticks.values()), parse_math=False, fontsize=9.5)
        for name in axes.get_yticklabels():
            name.set_weight("bold" if name.get_text() in groups else "normal")
        axes.set(ylim=(place - 0.7, -0.7), xlim=(low, high), xlabel="points ahead (percent of the sentences)")
        axes.set_xticks(range(10 * round(min(ends) / 10), round(max(ends)) + 1, 10))
        table = Table(f"Differences; shown below {limit:g}", ("pair", "test", "points", "chance", "shown"), told)
        sure, luck = ([f"{p}, {n} {a}" for p, n, a, _, shown in told if shown == word] for word in ("yes", "no"))
        alt = f"Points ahead. Shown: {'; '.join(sure) or 'none'}. "
        alt += f"May be luck: {'; '.join(luck) or 'none'}."
        return show(figure, alt=alt, table=table, folded=True)
