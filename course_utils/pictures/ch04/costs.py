"""What models read and what their training caused: `tokens_per_parameter` and `footprints`, two charts of points.

Both are on a scale where each line is ten times the one before: there a bar has no honest length. Every number has
a source: the tonnes in `tables/footprint.csv`, the texts here. `ways_of_learning` are the trainings of one model.
"""

import csv

from ...describing import attempt, describe
from ...errors import CourseError
from ...samples import sample
from ..figures import Figure, Table, show
from ..style import ACCENT, COLOURS, INK, PALE, WIDTH, arrow, box, canvas, keep_width, plain_style, write

# name, parameters, tokens of training text, source
READ = (
    ("Gopher, 2021", 280e9, 300e9, "arXiv 2203.15556, table 1"),
    ("GPT-3, 2020", 175e9, 300e9, "arXiv 2005.14165"),
    ("Chinchilla, 2022", 70e9, 1.4e12, "arXiv 2203.15556, table 1"),
    ("Llama 2 7B, 2023", 7e9, 2e12, "arXiv 2307.09288"),
    ("Llama 3.1 8B, 2024", 8e9, 15e12, "arXiv 2407.21783"),
    ("SmolLM2 135M, 2024", 135e6, 2e12, "model card"),
)
# what a model of today goes through, in which colour, on how much: Tülu 3 8B, arXiv 2411.15124, begun as Llama 3.1
LEARNED = (
    ("pretraining", "guess the\nnext token", "15 trillion", "tokens", "text"),
    ("supervised\nfine-tuning", "copy good\nanswers", "939,000", "chats", "tokens"),
    ("preferences", "which answer\nis better?", "271,000", "pairs of answers", "model"),
    ("reinforcement\nlearning", "solve what can\nbe checked", "30,000", "tasks", "answer"),
)
BEST = 20  # tokens a parameter, for the lowest loss at a given price of training: arXiv 2203.15556


def tokens_per_parameter() -> Figure:
    """How many tokens six models read for each of their parameters, and the 20 of Chinchilla as a dashed line."""
    shares = {name: tokens / parameters for name, parameters, tokens, _ in READ}
    with plain_style():
        figure, axes = _points(shares, {name: "training" for name in shares}, limits=(0.5, 2e5), marks=_rounded)
        axes.axvline(BEST, color=INK, linestyle="--", linewidth=1.2)
        axes.text(BEST * 1.1, -0.85, f"Chinchilla's rule: {BEST}", fontsize=9)
        axes.set_xlabel("tokens read for each parameter; each vertical line is ten times the one before", fontsize=9.5)
        rows = [(name, f"{parameters / 1e9:g}", f"{tokens / 1e9:,g}", _rounded(shares[name]), source)
                for name, parameters, tokens, source in READ]  # fmt: skip
        header = ("model", "billion parameters", "billion tokens", "tokens for each parameter", "source")
        told = ", ".join(f"{name} {_rounded(share)}" for name, share in shares.items())
        alt = f"Points, tokens read for each parameter: {told}. A dashed line at {BEST}."
        return show(figure, alt=alt, table=Table("What six models read", header, rows), folded=True)


def footprints(more: dict | None = None) -> Figure:
    """The tonnes of CO2 equivalent of some trainings, and of everyday things to compare them with.

    Args:
        more: numbers of your own, `{what: tonnes}`.
    """
    with sample("tables/footprint.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    own = attempt(lambda: {str(name): float(tonnes) for name, tonnes in (more or {}).items()})
    if own is None or not all(0.001 <= tonnes <= 1e6 for tonnes in own.values()):
        raise CourseError(
            f"footprints() expects numbers of tonnes above 0.001, {{what: tonnes}}; got {describe(more)}."
        )
    found += [{"name": name, "tonnes": tonnes, "kind": "yours", "source": "your own"} for name, tonnes in own.items()]
    found.sort(key=lambda row: float(row["tonnes"]))
    tonnes = {row["name"]: float(row["tonnes"]) for row in found}
    kinds = {row["name"]: row["kind"] for row in found}
    with plain_style():
        figure, axes = _points(tonnes, kinds, limits=(min(0.3, *tonnes.values()) / 1.5, 2e5), marks=_tonnes)
        for kind, name in (
            ("training", "training of a model"),
            ("everyday", "everyday life (flight: one passenger)"),
            ("yours", "your own"),
        ):
            if kind in kinds.values():
                sign, colour = _SIGNS[kind]
                axes.plot([], [], sign, color=colour, markersize=8, label=name)
        axes.legend(loc="upper right", fontsize=9, framealpha=1, edgecolor=PALE)
        axes.set_xlabel("tonnes of CO2 equivalent; each vertical line is ten times the one before", fontsize=9.5)
        names = ("what", "kind", "tonnes", "source")
        rows = [(row["name"], row["kind"], f"{tonnes[row['name']]:,g}", row["source"].removeprefix("https://"))
                for row in found]  # fmt: skip
        told = "; ".join(f"{row['name']} ({row['kind']}) {tonnes[row['name']]:,g}" for row in found)
        table = Table("Tonnes of CO2 equivalent", names, rows)
        return show(figure, alt=f"Points, tonnes of CO2 equivalent: {told}.", table=table, folded=True)


def ways_of_learning() -> Figure:
    """The trainings of Tülu 3 from left to right, each with its task and the number of its examples."""
    gap, high = 0.3, 1.62
    width = (WIDTH - 0.04 - gap * (len(LEARNED) - 1)) / len(LEARNED)
    with plain_style():
        figure, axes = canvas(WIDTH, high + 0.08)
        for number, (name, task, many, what, role) in enumerate(LEARNED):
            x = 0.02 + number * (width + gap)
            box(axes, x, 0.04, width, high, role=role)
            middle = x + width / 2
            write(axes, middle, 1.38, name, bold=True)
            write(axes, middle, 0.87, task, size=9.5)
            write(axes, middle, 0.43, many, bold=True, size=12)
            write(axes, middle, 0.2, what, size=9.5)
            if number:
                arrow(axes, (x - gap + 0.03, 0.85), (x - 0.03, 0.85))
        rows = [
            (name.replace("\n", " "), task.replace("\n", " "), f"{many} {what}")
            for name, task, many, what, _ in LEARNED
        ]
        table = Table("The trainings of Tülu 3", ("training", "task", "how much"), rows)
        said = "; then ".join(f"{name}: {task}, {many}" for name, task, many in rows)
        return show(figure, alt=f"Four boxes from left to right. {said}.", table=table, folded=True)


_SIGNS = {"training": ("o", ACCENT), "everyday": ("s", COLOURS["key"]), "yours": ("D", COLOURS["decoder"])}


def _points(values: dict, kinds: dict, *, limits, marks):
    """A point for each value on a logarithmic scale, the first on top, with its number beside it."""
    from matplotlib.figure import Figure as Drawing

    height = 0.75 + 0.3 * len(values)
    left = 0.2 + 0.075 * max(map(len, values))
    figure = Drawing(figsize=(WIDTH, height), dpi=100)
    keep_width(figure)
    axes = figure.add_axes([left / WIDTH, 0.5 / height, 0.97 - left / WIDTH, 1 - 0.55 / height])
    for row, (name, value) in enumerate(values.items()):
        sign, colour = _SIGNS[kinds[name]]
        axes.axhline(row, color=PALE, linewidth=0.8, linestyle=":", zorder=0)
        axes.plot(value, row, sign, color=colour, markersize=8)
        axes.annotate(marks(value), (value, row), (9, 0), textcoords="offset points", va="center")
    axes.set(xscale="log", xlim=limits, ylim=(len(values) - 0.45, -1.1))
    axes.set_yticks(range(len(values)), list(values), parse_math=False)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,g}")
    axes.minorticks_off()
    axes.tick_params(length=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="x", color=PALE, linewidth=0.8)
    axes.set_axisbelow(True)
    return figure, axes


def _rounded(value: float) -> str:
    return f"{value:.2g}" if value < 10 else f"{float(f'{value:.2g}'):,.0f}"


def _tonnes(value: float) -> str:
    return f"{value:,.3g} t" if value < 1000 else f"{value:,.0f} t"
