"""The models of `tables/history.csv`: `timeline`, when each came and of which family, and `model_sizes`.

A family has a colour and a sign, the same in both pictures. Each row of the table names its source. A size that was
never published is empty there; such a model stands above the dashed line.
"""

import csv

from ...describing import describe
from ...errors import CourseError
from ...samples import sample
from ..figures import Figure, Table, show
from ..style import COLOURS, INK, MUTED, PALE, WIDTH, keep_width, plain_style

FAMILIES = {"encoder": "s", "decoder": "o", "encoder-decoder": "D"}
_COLOURS = {"encoder": "#2f86c1", "decoder": COLOURS["decoder"], "encoder-decoder": COLOURS["model"]}
_START, _END = 2017, 2027
# What `model_sizes` shows, so few that each can have its name, and the side on which the name stands.
_SHOWN = {
    "Transformer": "right", "BERT": "above", "DistilBERT": "right", "GPT-2": "right", "T5": "right", "GPT-3": "above",
    "Switch-C": "above", "PaLM": "above", "Llama": "below", "Mistral 7B": "below", "Llama 3.1": "below",
    "SmolLM2": "right", "ModernBERT": "right", "DeepSeek-V3": "right", "gpt-oss": "right",
    "T5Gemma 2": "right", "DeepSeek-V4": "above", "ChatGPT": "left", "GPT-4": "right", "o1": "right",
}  # fmt: skip
_OURS = {"SmolLM2": ("SmolLM2, ours", "135e6")}  # the only model whose smallest version is shown


def models() -> list[dict]:
    """The rows of the table, the oldest first; `first` is the month of the release or the paper, what came earlier."""
    with sample("tables/history.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["first"] = min(filter(None, (row["released"], row["paper"])))  # "2019-08" < "2019-10"
    return sorted(rows, key=lambda row: row["first"])


def timeline(family: str = "all") -> Figure:
    """A lane for each family, its models from left to right by the month in which they came; one family may be lit."""
    if family != "all" and family not in FAMILIES:
        raise CourseError(f'timeline() shows "all", {", ".join(FAMILIES)}; it got {describe(family)}.')
    rows, lanes, bottom = models(), {}, 0
    places = {}
    for name in reversed(FAMILIES):
        ends: list[float] = []
        for model in (row for row in rows if row["family"] == name):
            x = _year(model["first"])
            width = 0.38 + 0.13 * len(model["name"])  # in years
            line = next((i for i, end in enumerate(ends) if end < x), len(ends))
            ends[line:] = [x + width, *ends[line + 1 :]]
            places[model["name"]] = (x, bottom + line)
        lanes[name] = (bottom, len(ends))
        bottom += len(ends) + 0.7
    with plain_style():
        figure, axes = _frame(0.78 + 0.21 * bottom, _START - 0.1, _END + 0.6)
        for start, lines in list(lanes.values())[:-1]:
            axes.axhline(start + lines - 0.15, color=MUTED, linewidth=0.8, linestyle=":")
        for model in rows:
            x, y = places[model["name"]]
            on = family in ("all", model["family"])
            axes.plot(x, y, FAMILIES[model["family"]], color=_COLOURS[model["family"]] if on else PALE, markersize=6)
            axes.text(x + 0.12, y, model["name"], va="center", fontsize=9, color=INK if on else MUTED)
        axes.set(ylim=(-0.9, bottom - 0.4), yticks=[])
        axes.spines["left"].set_visible(False)
        _legend(axes)
        said = "the height within a family means nothing"
        axes.text(1, 1.03, said, transform=axes.transAxes, ha="right", fontsize=9, color=MUTED)
        many = {name: sum(row["family"] == name for row in rows) for name in FAMILIES}
        told = "; ".join(
            f"{name}: {', '.join(row['name'] for row in rows if row['family'] == name)}" for name in FAMILIES
        )
        shown = [(row["name"], row["first"], row["source"].removeprefix("https://")) for row in rows]
        table = Table("Where each date comes from", ("model", "month", "source"), shown)
        alt = f"A timeline from 2017 to 2026 with {many['encoder']} encoders, {many['decoder']} decoders and "
        alt += f"{many['encoder-decoder']} encoder-decoders, each by date. {told}."
        return show(figure, alt=alt, table=table, folded=True)


def model_sizes() -> Figure:
    """The parameters of the largest version of some models by date; each line across is ten times the one below."""
    rows = [row for row in models() if row["name"] in _SHOWN]
    sides = {_OURS.get(name, (name,))[0]: side for name, side in _SHOWN.items()}
    for row in rows:
        row["name"], row["parameters"] = _OURS.get(row["name"], (row["name"], row["parameters"]))
    with plain_style():
        figure, axes = _frame(4.5, 2016.8, 2027.3)
        axes.set(yscale="log", ylim=(2.5e7, 1.6e13))
        axes.minorticks_off()
        axes.set_yticks(
            [1e8, 1e9, 1e10, 1e11, 1e12], ["100 million", "1 billion", "10 billion", "100 billion", "1 trillion"]
        )
        axes.grid(axis="y", color=PALE, linewidth=0.8)
        axes.text(-0.01, 1.03, "parameters", transform=axes.transAxes, ha="right", fontsize=10, weight="bold")
        axes.axhline(3.6e12, color=MUTED, linestyle="--", linewidth=1)
        axes.text(2016.9, 6.2e12, "size not published", va="center", fontsize=9, color=MUTED)
        for row in rows:
            x, y = _year(row["first"]), float(row["parameters"] or 6.2e12)
            axes.plot(x, y, FAMILIES[row["family"]], color=_COLOURS[row["family"]], markersize=6, mec="white", mew=0.5)
            shift, across, up = {
                "above": ((0, 5), "center", "bottom"), "below": ((0, -5), "center", "top"),
                "right": ((6, 0), "left", "center"), "left": ((-6, 0), "right", "center"),
            }[sides[row["name"]]]  # fmt: skip
            axes.annotate(row["name"], (x, y), shift, textcoords="offset points", ha=across, va=up, fontsize=9)
        _legend(axes)
        known = [row for row in rows if row["parameters"]]
        largest = max(known, key=lambda row: float(row["parameters"]))
        shown = [(row["name"], _size(row["parameters"])) for row in rows]
        table = Table("Parameters of the largest version; of SmolLM2 ours", ("model", "parameters"), shown)
        alt = (
            f"Parameters by date on a scale where each line is ten times the one below: {known[0]['name']} "
            f"{_size(known[0]['parameters'])} in 2017, GPT-3 175 billion in 2020, Switch-C 1.6 trillion in 2021, "
            f"{largest['name']} {_size(largest['parameters'])} in 2026. Small models are there in every year."
        )
        return show(figure, alt=alt, table=table, folded=True)


def _frame(height: float, start: float, end: float):
    from matplotlib.figure import Figure as Drawing

    figure = Drawing(figsize=(WIDTH, height), dpi=100)
    keep_width(figure)
    left = 0.15 if height != 4.5 else 0.95
    axes = figure.add_axes([left / WIDTH, 0.32 / height, 1 - (left + 0.1) / WIDTH, 1 - 0.62 / height])
    axes.set(xlim=(start, end))
    axes.set_xticks(range(_START, _END + 1), [str(year) for year in range(_START, _END + 1)], fontsize=9)
    axes.tick_params(length=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_axisbelow(True)
    return figure, axes


def _legend(axes):
    """Above the frame, where it covers nothing."""
    for family, sign in FAMILIES.items():
        axes.plot([], [], sign, color=_COLOURS[family], markersize=6, label=family)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncol=3, fontsize=9, frameon=False, borderaxespad=0.1)


def _year(month: str) -> float:
    return int(month[:4]) + (int(month[5:]) - 1) / 12  # "2017-07" is 2017.5


def _size(parameters: str) -> str:
    if not parameters:
        return "not published"
    number = float(parameters)
    unit, name = next((u, n) for u, n in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")) if number >= u)
    return f"{number / unit:.3g} {name}" if unit < 1e12 else f"{number / unit:.2g} {name}"
