"""A training from outside: `fitting` and `descents`, its losses; `processes`, a batch shared by several."""

import math
from collections.abc import Mapping, Sequence

from ...describing import is_a
from ...errors import CourseError
from ..curves_sure import frame
from ..figures import Figure, Table, show
from ..style import COLOURS, INK, MUTED, WIDTH, arrow, box, canvas, plain_style, write


def fitting(rows: Sequence[Mapping], way: str, examples: int, seed: int = 0) -> Figure:
    """The loss on the sentences a network learns from, and on those kept out, after each epoch.

    Two epochs are marked: the one with most of those kept out right, and the one with the lowest loss on them.

    Args:
        rows: the second table of `recipes/learning_curves.py`.
        way: "small" or "scratch".
    """
    wanted = (way, str(examples), str(seed))
    found = [r for r in rows if (r["method"], r["examples"], r["seed"]) == wanted]
    if not found:
        raise CourseError(f"The table has no training {way!r} with {examples} examples and seed {seed}.")
    epochs = [int(row["epoch"]) for row in found]
    learned, kept = ([float(row[name]) for row in found] for name in ("loss_training", "loss_validation"))
    right = [100 * float(row["right_validation"]) for row in found]
    best = max(range(len(found)), key=lambda i: (right[i], -kept[i]))
    with plain_style():
        figure, axes = frame(3.2, left=0.65)
        axes.plot(epochs, learned, "-o", color=COLOURS["trained"], linewidth=2)
        axes.plot(epochs, kept, "--s", color=COLOURS["query"], linewidth=2)
        axes.axhline(0.693, color=MUTED, linestyle=":", linewidth=1.2)
        axes.axvline(epochs[best], ymax=0.88, color=INK, linestyle="--", linewidth=1)
        top = max(1.5, *kept, *learned) * 1.08
        axes.set(ylim=(0, top), xlim=(0.6, epochs[-1] + 0.12 * len(epochs) + 1.2), xlabel="epoch", ylabel="loss")
        axes.set_xticks(range(1, epochs[-1] + 1, 1 if epochs[-1] <= 12 else 2))
        low = kept.index(min(kept))
        axes.plot(epochs[low], kept[low], "o", color=INK, markersize=14, markerfacecolor="none", markeredgewidth=1.4)
        where = {"ha": "right" if low > 2 else "center", "va": "bottom", "fontsize": 9.5}
        axes.text(epochs[low], kept[low] + 0.07 * top, f"lowest loss:\nepoch {epochs[low]}", **where)
        for losses, name in ((learned, "sentences\nlearned from"), (kept, "sentences\nkept out")):
            height = max(losses[-1], 0.1 * top)  # two lines of text stay above the axis
            axes.text(epochs[-1] + 0.03 * len(epochs) + 0.1, height, name, va="center", fontsize=9.5)
        axes.text(axes.get_xlim()[1], 0.7, "guessing 0.69", va="bottom", ha="right", fontsize=9, color=MUTED)
        told = f"epoch {epochs[best]}: best on those kept out, {right[best]:.0f} % right"
        axes.text(0.02, 0.99, told, va="top", weight="bold", transform=axes.transAxes)
        numbers = zip(epochs, learned, kept, right, strict=True)
        filled = [(str(e), f"{a:.2f}", f"{b:.2f}", f"{c:.0f}") for e, a, b, c in numbers]
        header = ("epoch", "loss, learned from", "loss, kept out", "right of those kept out, percent")
        alt = f"Two losses over {epochs[-1]} epochs. On the sentences learned from: {learned[0]:.2f} to "
        alt += f"{learned[-1]:.2f}. On those kept out: {kept[0]:.2f} to {kept[-1]:.2f}, lowest {min(kept):.2f} after "
        alt += f"epoch {epochs[low]}. "
        alt += f"Marked: {told}."
        return show(figure, alt=alt, table=Table(f"{way}, {examples:,} examples", header, filled), folded=True)


def processes(count: int = 2, batch: int = 8) -> Figure:
    """Data parallel training: a batch is cut, each process works on its part, and the gradients are averaged."""
    if not is_a(count, int) or not 1 <= count <= 4:
        raise CourseError("processes() draws 1 to 4 processes.")
    apart = {1: 0, 2: 1.0, 3: 0.75, 4: 0.62}[count]
    rows = [1.05 + apart * ((count - 1) / 2 - number) for number in range(count)]
    high = 0.46
    middle = sum(rows) / count + high / 2
    with plain_style():
        figure, axes = canvas(WIDTH, 3.0)
        heads = ("one batch", "its part", "a copy of\nthe model", "gradients", "average", "the same\nstep")
        places = ((0.1, 1.0), (1.35, 0.95), (2.5, 1.3), (4.0, 0.95), (5.15, 0.8), (6.1, 0.8))
        for name, (x, wide) in zip(heads, places, strict=True):
            write(axes, x + wide / 2, 2.78, name, size=9.5, bold=True)
        box(axes, 0.1, middle - 0.3, 1.0, 0.6, f"{batch} sentences", role="tokens")
        box(axes, 5.15, middle - 0.3, 0.8, 0.6, "mean", role="value")
        for number, y in enumerate(rows):
            part = batch // count + (number < batch % count)
            centre = y + high / 2
            box(axes, 1.35, y, 0.95, high, f"{part} of {batch}", role="tokens")
            box(axes, 2.5, y, 1.3, high, f"process {number}", role="trained")
            box(axes, 4.0, y, 0.95, high, "its own", role="key")
            box(axes, 6.1, y, 0.8, high, "step", role="trained")
            arrow(axes, (1.12, middle), (1.33, centre))
            arrow(axes, (2.32, centre), (2.48, centre))
            arrow(axes, (3.82, centre), (3.98, centre))
            arrow(axes, (4.97, centre), (5.13, middle))
            arrow(axes, (5.97, middle), (6.08, centre))
        alt = f"One batch of {batch} sentences is cut into {count}. Each of {count} processes has a copy of the model, "
        alt += "works on its part and has gradients of its own. Their mean goes back to every process, and all take "
        alt += "the same step."
        steps = [("1", "the batch is cut into parts"), ("2", "each process: loss and gradients of its part")]
        steps += [("3", "the gradients are averaged"), ("4", "every process takes the same step")]
        return show(figure, alt=alt, table=Table("Data parallel", ("step", "what happens"), steps), folded=True)


def descents(runs: Mapping[str, Sequence[float]]) -> Figure:
    """The losses of one or more short trainings, step by step; what leaves the picture, or is no number, is said.

    Args:
        runs: `{name: losses}`, one to four.
    """
    looks = (("trained", "-o"), ("query", "--s"), ("wrong", "-.x"), ("model", ":^"))
    if not runs or len(runs) > len(looks) or not all(runs.values()):
        raise CourseError("descents() expects one to four lists of losses, each with a name.")
    with plain_style():
        figure, axes = frame(2.8, left=0.65)
        axes.axhline(math.log(2), color=MUTED, linestyle=":", linewidth=1.2)
        rows = []
        for (role, look), (name, losses) in zip(looks, runs.items(), strict=False):
            good = [loss for loss in losses if math.isfinite(loss)]
            axes.plot(range(1, len(good) + 1), good, look, color=COLOURS[role], linewidth=1.8, label=name, markersize=5)
            end = f"{losses[-1]:.2f}" if len(good) == len(losses) else f"no number, at step {len(good) + 1}"
            if len(good) < len(losses):
                axes.text(len(good) + 0.3, good[-1] + 0.12, f"step {len(good) + 1}: no number", fontsize=9.5)
            rows.append((name, f"{losses[0]:.2f}", f"{max(good):.2f}", end))
        longest, highest = max(map(len, runs.values())), max(float(row[2]) for row in rows)
        top = 1.0 if highest < 0.95 and "no number" not in str(rows) else 2.0
        axes.set(ylim=(0, top), xlim=(0.5, longest + 0.5), xlabel="step", ylabel="loss")
        axes.text(1.01, math.log(2), "guessing\n0.69", va="center", transform=axes.get_yaxis_transform(), color=MUTED)
        axes.xaxis.get_major_locator().set_params(integer=True)
        if highest > top:
            axes.text(0.99, 0.97, "↑ goes on above the picture", ha="right", va="top", transform=axes.transAxes)
        axes.legend(fontsize=9, frameon=False, loc="lower left", bbox_to_anchor=(0, 1), ncols=len(runs))
        said = "; ".join(f"{name}: first {first}, highest {high}, last {end}" for name, first, high, end in rows)
        table = Table("Losses", ("training", "first", "highest", "last"), rows)
        return show(figure, alt=f"Losses step by step. {said}.", table=table, folded=True)
