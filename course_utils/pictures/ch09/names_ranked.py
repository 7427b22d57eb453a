"""Names, words or people of two groups, each with its score: `ranked`, a row each, and `by_pieces`."""

from collections.abc import Mapping
from math import isfinite, log

from ...describing import attempt, describe
from ...errors import CourseError
from ..figures import Figure, Table, label, show
from ..likelier import times
from ..style import COLOURS, PALE, plain_style
from .chance_hill import panels, plainly

SIGNS = (("o", COLOURS["decoder"]), ("s", COLOURS["query"]))
_ROUND = [digit * 10**power for power in range(7) for digit in (1, 2, 5)]


def two_groups(groups) -> dict[str, dict[str, float]]:
    """The groups as plain numbers; CourseError for anything else."""
    found = attempt(lambda: {str(g): {str(n): float(x) for n, x in some.items()} for g, some in groups.items()})
    if not found or len(found) != 2 or not all(some and all(map(isfinite, some.values())) for some in found.values()):
        raise CourseError(f"Expected two groups, {{group: {{name: score}}}}, all finite; given: {describe(groups)}.")
    return found


def score_axis(axis, low: float, high: float):
    """Ticks for scores that are logarithms of a probability."""
    places = {-log(number): number for number in _ROUND if low <= -log(number) <= high}
    chosen = list(places)[:: 1 + len(places) // 7]
    axis.set_ticks(chosen, [f"1 in {places[place]:,}" for place in chosen])


def ranked(groups: Mapping[str, Mapping[str, float]], *, what: str = "") -> Figure:
    """Each member of two groups on a row of its own, the highest score on top, and the mean of each group.

    Args:
        groups: `{group: {name: score}}`, two groups; the scores are natural logarithms of probabilities.
        what: what the scores are of, for the axis.
    """
    found = two_groups(groups)
    rows = sorted(((x, n, g) for g, some in found.items() for n, x in some.items()), reverse=True)
    low, high = rows[-1][0] - 0.15, rows[0][0] + 0.15
    means = {g: sum(some.values()) / len(some) for g, some in found.items()}
    with plain_style():
        figure, (axes,) = panels((0.19 * len(rows) + 0.3,), left=1.3)
        axes.hlines(range(len(rows)), low, [x for x, *_ in rows], color=PALE, linewidth=1, zorder=1)
        for (mark, colour), (g, mean) in zip(SIGNS, means.items(), strict=True):
            own = [(x, row) for row, (x, _, group) in enumerate(rows) if group == g]
            axes.plot(*zip(*own, strict=True), mark, color=colour, markersize=7.5, zorder=3)
            axes.axvline(mean, color=colour, linestyle="--" if mark == "o" else "-", linewidth=1.6, zorder=2)
            axes.plot([], [], mark, color=colour, label=f"{label(g, 30)} (line: mean)")
        axes.set(xlim=(low, high), ylim=(len(rows) - 0.4, -0.8))
        axes.set_yticks(range(len(rows)), [label(n, 20) for _, n, _ in rows], parse_math=False, fontsize=9)
        score_axis(axes.xaxis, low, high)
        axes.set_xlabel(what, parse_math=False)
        plainly(axes.legend(loc="upper left", edgecolor="white", framealpha=1, borderpad=0.1, fontsize=9))
        first, second = means
        gap = means[first] - means[second]
        told = f"{times(gap)} times as likely with {first if gap > 0 else second}"
        told = "equally likely" if times(gap) == "1.00" else told
        axes.set_title(f"on average {label(told, 70)}", loc="left", fontsize=10, weight="bold", parse_math=False)
        shown = [(n, g, f"{x:+.2f}") for x, n, g in rows]
        alt = f"{len(rows)} names, each a dot, from {rows[0][1]} ({rows[0][2]}) down to {rows[-1][1]} ({rows[-1][2]}). "
        alt += f"On average {told}."
        return show(figure, alt=alt, table=Table(what or "scores", ("name", "group", "score"), shown), folded=True)


def by_pieces(groups: Mapping[str, Mapping[str, float]], pieces: Mapping[str, int], *, what: str = "") -> Figure:
    """The score of each name over the number of its tokens, and the mean of each column: a second difference?"""
    found = two_groups(groups)
    counts = attempt(lambda: {n: int(pieces[n]) for some in found.values() for n in some})
    if counts is None:
        raise CourseError(f"by_pieces() expects the number of tokens of each name; it got {describe(pieces)}.")
    with plain_style():
        figure, (axes,) = panels((2.7,), left=0.95)
        axes.spines["left"].set_visible(True)
        every = [x for some in found.values() for x in some.values()]
        low, high = min(every) - 0.2, max(every) + 0.2
        for side, ((mark, colour), (g, some)) in enumerate(zip(SIGNS, found.items(), strict=True)):
            columns: dict[int, list[float]] = {}
            for n, x in some.items():
                columns.setdefault(counts[n], []).append(x)
            for count, column in columns.items():
                for number, x in enumerate(column):
                    shift = (0.08 + 0.3 * number / max(len(column) - 1, 1)) * (1 if side else -1)
                    axes.plot(count + shift, x, mark, color="white", markeredgecolor=colour, markersize=7)
                ends = [count + end * (1 if side else -1) for end in (0.03, 0.43)]
                axes.plot(ends, [sum(column) / len(column)] * 2, color=colour, linewidth=2, zorder=1)
            mean = sum(counts[n] for n in some) / len(some)
            named = f"{label(g, 30)}: {mean:.1f} tokens a name"
            axes.plot([], [], mark, color=colour, markerfacecolor="white", label=named)
        axes.set(xlim=(0.5, max(counts.values()) + 0.5), ylim=(low, high + 0.28 * (high - low)))
        axes.set_xticks(range(1, max(counts.values()) + 1))
        axes.set_xlabel("tokens of the name")
        axes.set_ylabel(what, fontsize=9, parse_math=False)
        score_axis(axes.yaxis, low, high)
        axes.tick_params(axis="y", labelsize=9)
        plainly(axes.legend(loc="upper center", ncols=2, frameon=False, fontsize=9))
        rows = [(n, g, str(counts[n]), f"{x:+.2f}") for g, some in found.items() for n, x in some.items()]
        means = [sum(counts[n] for n in some) / len(some) for some in found.values()]
        alt = "Score over number of tokens, a dot for each name: "
        alt += "; ".join(f"{g}, {mean:.1f} tokens on average" for g, mean in zip(found, means, strict=True)) + "."
        table = Table(what or "scores", ("name", "group", "tokens", "score"), rows)
        return show(figure, alt=alt, table=table, folded=True)
