"""What 08b draws of rounded weights: a block of them on its levels, and what a classifier lost by it."""

import copy
from collections.abc import Mapping, Sequence

from ...describing import describe
from ...errors import CourseError
from ..figures import Figure, Table, label, show
from ..style import ACCENT, COLOURS, HATCHES, INK, MUTED, WIDTH, keep_width, plain_style


def on_levels(weights: Sequence[float], bits: int) -> Figure:
    """Each weight as a ring, the nearest of 2 to the power of `bits` levels as a dot, and the levels as lines."""
    weights = [float(number) for number in weights]
    if not 2 <= len(weights) <= 64 or not 1 <= bits <= 8:
        raise CourseError(f"on_levels() expects 2 to 64 weights and 1 to 8 bits; it got {describe(weights)}, {bits}.")
    low, step = min(weights), (max(weights) - min(weights)) / (2**bits - 1)
    after = [low + step * round((weight - low) / step) if step else low for weight in weights]
    errors = [abs(one - other) for one, other in zip(weights, after, strict=True)]
    with plain_style():
        from matplotlib.figure import Figure as Drawing

        figure = Drawing(figsize=(WIDTH, 2.9), dpi=100)
        keep_width(figure)
        axes = figure.add_axes([0.1, 0.15, 0.88, 0.73])
        for level in range(2**bits if bits < 6 else 0):
            axes.axhline(low + step * level, color=MUTED, linewidth=0.7, alpha=0.6, zorder=0)
        for place, (one, other) in enumerate(zip(weights, after, strict=True)):
            axes.plot([place, place], [one, other], color=COLOURS["wrong"], linewidth=1.6, zorder=1)
        axes.plot(weights, "o", markerfacecolor="none", color=MUTED, markersize=8, label="before")
        axes.plot(after, "o", color=ACCENT, markersize=4, label="after")
        axes.set(xlim=(-1, len(weights)), xlabel="place in the block", ylabel="weight")
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(length=0)
        told = f"{bits} bits: {2**bits} levels, largest error {max(errors):.4f}"
        axes.set_title(told.replace("1 bits", "1 bit"), loc="left", fontsize=11)
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncol=2, fontsize=9, frameon=False)
        rows = [(str(n), f"{a:.4f}", f"{b:.4f}") for n, (a, b) in enumerate(zip(weights, after, strict=True))]
        alt = f"{len(weights)} weights as rings, and beside each ring a dot on the nearest level. {told}."
        return show(figure, alt=alt, table=Table(told, ("place", "before", "after"), rows), folded=True)


def rounded_copy(model, bits: int):
    """A copy of a model whose matrices are rounded: each block of 32 numbers to 2 to the power of `bits` levels."""
    import torch

    model = copy.deepcopy(model)
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() == 2 and weight.numel() % 32 == 0:
                blocks = weight.reshape(-1, 32)
                low, high = blocks.amin(dim=1, keepdim=True), blocks.amax(dim=1, keepdim=True)
                step = (high - low).clamp(min=1e-12) / (2**bits - 1)
                weight.copy_((low + step * ((blocks - low) / step).round()).reshape(weight.shape))
    return model


def lost_and_won(changes: Mapping[str, tuple[int, int]], *, of: int, before: int) -> Figure:
    """For each way two bars from the middle: right answers that were lost to the left, won ones to the right.

    Args:
        changes: `{name: (lost, won)}`, against the model before.
        of: how many questions there were.
        before: how many the model had right before.
    """
    changes = {str(name): (int(lost), int(won)) for name, (lost, won) in changes.items()}
    before = int(before)
    if not changes or any(lost < 0 or won < 0 or lost > before or before + won > of for lost, won in changes.values()):
        raise CourseError(f"lost_and_won() expects how many of {of} each way lost and won; it got {describe(changes)}.")
    far = max(5, *(number + 1.5 for pair in changes.values() for number in pair))
    with plain_style():
        from matplotlib.figure import Figure as Drawing

        height = 0.95 + 0.36 * len(changes)
        figure = Drawing(figsize=(WIDTH, height), dpi=100)
        keep_width(figure)
        axes = figure.add_axes([0.02 + 0.014 * max(map(len, changes)), 0.5 / height, 0.6, 1 - 0.85 / height])
        rows = []
        for place, (name, (lost, won)) in enumerate(changes.items()):
            for number, sign, role in ((lost, -1, "wrong"), (won, 1, "right")):
                axes.barh(
                    place, sign * number, color=COLOURS[role], hatch=HATCHES.get(role), edgecolor="white", height=0.6
                )
                across = "right" if sign < 0 else "left"
                axes.text(sign * (number + 0.2), place, str(number), ha=across, va="center", color=INK)
            total = f"{before - lost + won} of {of} right"
            axes.text(1.04, place, total, transform=axes.get_yaxis_transform(), va="center", weight="bold")
            rows.append((name, str(lost), str(won), total))
        axes.axvline(0, color=INK, linewidth=1)
        axes.set(xlim=(-far, far), ylim=(len(changes) - 0.45, -0.55), xticks=[])
        axes.set_yticks(range(len(changes)), [label(name, 32) for name in changes], parse_math=False)
        axes.set_xlabel("lost  ←  against 32 bits  →  won")
        axes.spines[["top", "right", "left", "bottom"]].set_visible(False)
        axes.tick_params(length=0)
        said = "; ".join(f"{name}: {lost} lost, {won} won, {total}" for name, lost, won, total in rows)
        table = Table(f"Before: {before} of {of} right", ("way", "lost", "won", "right"), rows)
        return show(figure, alt=f"Before: {before} of {of} right. {said}.", table=table, folded=True)
