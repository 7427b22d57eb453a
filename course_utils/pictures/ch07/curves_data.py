"""What `recipes/learning_curves.py` measured: `learning_curves` over the number of examples, and `price`."""

from collections.abc import Mapping, Sequence

from ...errors import CourseError
from ..curves_sure import frame
from ..figures import Figure, Table, show
from ..style import COLOURS, INK, MUTED, PALE, plain_style

# Name, colour, line and sign of each way; the last word of a line is its name, so that no colour is needed alone.
WAYS = {
    "words": ("words", COLOURS["text"], ":", "^"),
    "small": ("small, from scratch", COLOURS["negative"], ":", "v"),
    "scratch": ("from scratch", COLOURS["wrong"], "-.", "x"),
    "head": ("head", COLOURS["query"], "-", "o"),
    "lora": ("LoRA", COLOURS["value"], "--", "s"),
    "full": ("all weights", COLOURS["model"], "-", "D"),
}
NAMES = {way: look[0] for way, look in WAYS.items()}
_PROMPT = "SmolLM2, no label"
_TICKS = {0.001: "1 ms", 0.01: "10 ms", 0.1: "0.1 s", 1: "1 s", 10: "10 s", 60: "1 min", 600: "10 min", 3600: "1 h"}
_TICKS |= {36_000: "10 h"}


def scores(rows: Sequence[Mapping], way: str, examples: int, test: str) -> list[float]:
    """The accuracy of each seed, in percent, in the order of the table."""
    found = [r for r in rows if (r["method"], int(r["examples"])) == (way, examples)]
    return [float(row[f"accuracy_{test}"]) for row in found]


def sizes(rows: Sequence[Mapping], way: str) -> list[int]:
    return sorted({int(row["examples"]) for row in rows if row["method"] == way})


def learning_curves(rows: Sequence[Mapping], *, test: str = "films", lit: str | Sequence[str] = "all", at: int = 500):
    """A line for each way, the mean of its seeds, and from the worst to the best seed a shade; `at` is a dashed line.

    Args:
        rows: the table of the recipe.
        test: "films" or "everyday".
        lit: the ways in colour, or "all"; the others are pale.
        at: a number of examples; the ways measured there stand in the table below the picture.
    """
    if test not in ("films", "everyday"):
        raise CourseError(f'learning_curves() knows the tests "films" and "everyday"; it got {test!r}.')
    chosen = list(WAYS) if lit == "all" else [lit] if isinstance(lit, str) else list(lit)
    if unknown := [way for way in chosen if way not in WAYS]:
        raise CourseError(f"There is no way {unknown[0]!r}; there is: {', '.join(WAYS)}.")
    with plain_style():
        figure, axes = frame(3.9, left=0.65)
        ends = []
        for way, (name, colour, line, sign) in WAYS.items():
            here = sizes(rows, way)
            every = [scores(rows, way, size, test) for size in here]
            if not every:
                continue
            means, shown = [sum(some) / len(some) for some in every], way in chosen
            paint = {"color": colour if shown else PALE, "zorder": 3 if shown else 1}
            axes.plot(here, means, line, marker=sign, markersize=6, linewidth=2, **paint)
            if shown:
                axes.fill_between(here, list(map(min, every)), list(map(max, every)), color=colour, alpha=0.13, lw=0)
            ends.append((means[-1], name, paint["color"], sign, shown))
        for asked in scores(rows, "prompt", 0, test):
            axes.plot([14, 2150], [asked, asked], color=INK, linewidth=1, zorder=0)
            axes.text(14.5, asked + 0.5, _PROMPT, fontsize=9.5, va="bottom")
        for place, (_, name, colour, sign, shown) in zip(_apart([end[0] for end in ends]), ends, strict=True):
            axes.plot(2330, place, sign, color=colour, markersize=6)
            axes.text(2550, place, name, color=INK if shown else MUTED, va="center", fontsize=9.5)
        axes.axhline(50, color=MUTED, linestyle="--", linewidth=1)
        axes.text(8800, 48.4, "guessing", fontsize=9, color=MUTED, ha="right", va="center")
        axes.axvline(at, color=INK, linestyle="--", linewidth=1)
        axes.set(xscale="log", xlim=(14, 9000), ylim=(42, 97), ylabel="right, percent")
        axes.set_xlabel(f"labelled examples to learn from (test: {test})")
        axes.minorticks_off()
        axes.set_xticks([16, 32, 64, 125, 250, 500, 1000, 2000], [16, 32, 64, 125, 250, 500, "1,000", "2,000"])
        table = _at(rows, at, test)
        told = "; ".join(f"{row[0]} {row[1]}" for row in table.rows)
        alt = f"Curves: right answers in percent over the number of examples, test {test}. With {at:,}: {told}."
        return show(figure, alt=alt, table=table)


def _at(rows, at: int, test: str) -> Table:
    """What each way reached with so many examples: mean, worst and best seed."""
    found = [(WAYS[way][0], scores(rows, way, at, test)) for way in WAYS]
    found.append((_PROMPT, scores(rows, "prompt", 0, test)))
    filled = [(n, f"{sum(s) / len(s):.0f}", f"{min(s):.0f} to {max(s):.0f}", str(len(s))) for n, s in found if s]
    return Table(f"{at:,} examples, test: {test}", ("way", "right, percent", "worst to best seed", "seeds"), filled)


def price(rows: Sequence[Mapping], *, test: str = "films", seconds_a_label: float = 0.0) -> Figure:
    """Accuracy against seconds: of training, and of a person who gives the labels; a point a size, the mean of seeds.

    Args:
        seconds_a_label: what a label takes a person; 0 counts the training alone, and milligrams stand above.
    """
    watts, grams_a_kwh = 10, 56  # as in the recipe; the axis shows milligrams
    with plain_style():
        figure, axes = frame(3.9, left=0.65)
        axes.set_position([0.09, 0.135, 0.88, 0.73])  # room for the grams above
        told = []
        for way, (name, colour, line, sign) in WAYS.items():
            points = []
            for size in sizes(rows, way):
                spent = [float(r["seconds"]) for r in rows if (r["method"], int(r["examples"])) == (way, size)]
                found = scores(rows, way, size, test)
                seconds = max(sum(spent) / len(spent), 0.001) + size * seconds_a_label
                points.append((seconds, sum(found) / len(found)))
                told.append((name, f"{size:,}", _time(seconds), f"{points[-1][1]:.0f}"))
            if points:
                axes.plot(*zip(*points, strict=True), line, marker=sign, color=colour, linewidth=1.6, label=name)
        axes.axhline(50, color=MUTED, linestyle="--", linewidth=1)
        inside = axes.get_yaxis_transform()  # x from 0 to 1 across the plot
        axes.text(0.99, 48.4, "guessing", fontsize=9, color=MUTED, ha="right", va="center", transform=inside)
        axes.set(xscale="log", ylim=(42, 97), ylabel=f"right, percent ({test})")
        axes.set_xlabel("time: training" + (" and a person who labels" if seconds_a_label else ", one core"))
        start, end = axes.get_xlim()
        ticks = {t: name for t, name in _TICKS.items() if start <= t <= end}
        axes.set_xticks(list(ticks), list(ticks.values()))
        axes.minorticks_off()
        if not seconds_a_label:
            each = watts / 3.6e6 * grams_a_kwh * 1000
            above = axes.secondary_xaxis("top", functions=(lambda s: s * each, lambda g: g / each))
            grams = [t for t in (0.001, 0.01, 0.1, 1, 10, 100) if start * each <= t <= end * each]
            above.set_xticks(grams, [f"{t:g}" for t in grams])
            above.minorticks_off()
            above.set_xlabel("milligrams of CO2 equivalent")
        axes.legend(fontsize=9, frameon=False, loc="upper left")
        table = Table(f"Price, test: {test}", ("way", "examples", "time", "right, percent"), told)
        alt = f"Lines of right answers in percent, test {test}, over the seconds they cost, a point for each size. "
        alt += "; ".join(f"{n} with {size}: {right} in {time}" for n, size, time, right in told if size == "2,000")
        return show(figure, alt=alt + ".", table=table, folded=True)


def _time(seconds: float) -> str:
    if seconds < 1:
        return f"{seconds:.2g} s"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:,.0f} min"


def _apart(places: list[float], room: float = 3.4) -> list[float]:
    """The same heights, moved apart where two names would cover each other."""
    order, found = sorted(range(len(places)), key=places.__getitem__), list(places)
    for _ in range(50):
        for low, high in zip(order, order[1:], strict=False):
            if (short := room - (found[high] - found[low])) > 0:
                found[low], found[high] = found[low] - short / 2, found[high] + short / 2
    return found
