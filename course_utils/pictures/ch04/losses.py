"""From guesses to one number: `shift`, which logits belong to which label, `loss_curve`, and `surprises` of texts."""

from collections.abc import Mapping, Sequence

from ...describing import attempt, describe, is_a
from ...errors import CourseError
from ..charts import bars
from ..figures import Figure, Table, label, show
from ..style import ACCENT, COLOURS, INK, WIDTH, arrow, box, canvas, keep_width, plain_style, write

_MOST = 32  # tokens of a text that a model is asked for: what comes later is cut off


def shift(tokens: Sequence[str]) -> Figure:
    """Three rows: tokens, the logits after each, and the labels, each joined to the logits that are about it.

    Args:
        tokens: 2 to 6 texts.
    """
    tokens = [] if is_a(tokens, str) else attempt(lambda: [str(token) for token in tokens]) or []
    if not 2 <= len(tokens) <= 6:
        raise CourseError(f"shift() expects 2 to 6 tokens; it got {describe(tokens)}.")
    names = [label(token, 10) for token in tokens]
    last, left, gap, high = len(names) - 1, 0.95, 0.12, 0.36
    width = (WIDTH - left - 0.05) / len(names) - gap
    middles = [left + (width + gap) * i + width / 2 for i in range(len(names))]
    rows = {"tokens": 0.08, "logits": 0.88, "labels": 2.0}
    with plain_style():
        figure, axes = canvas(WIDTH, 2.78)
        for row, y in rows.items():
            write(axes, 0.03, y + high / 2, row, across="left", bold=True)
        for i, name in enumerate(names):
            x = middles[i] - width / 2
            box(axes, x, rows["tokens"], width, high, name, role="tokens")
            box(axes, x, rows["logits"], width, high, f"after {name}", role="answer", lit=i < last, size=9.5)
            box(axes, x, rows["labels"], width, high, name, role="key", lit=i > 0)
            arrow(axes, (middles[i], rows["tokens"] + high + 0.03), (middles[i], rows["logits"] - 0.03))
            if i:
                arrow(axes, (middles[i - 1], rows["logits"] + high + 0.03), (middles[i], rows["labels"] - 0.03))
        write(axes, middles[0] - width / 2, 2.58, "no logits are about the first label", across="left", size=9.5)
        write(axes, middles[-1] + width / 2, 1.4, "no label", across="right", size=9.5)
        pairs = [(f"after {a}", b) for a, b in zip(names, names[1:], strict=False)]
        told = ", ".join(f"those {after} to {right}" for after, right in pairs)
        alt = f"Three rows: tokens, above them logits, above these labels. Arrows lead from logits to a label: {told}"
        alt += f". No logits are about the first label, {names[0]}. The last logits, after {names[-1]}, have no label."
        return show(figure, alt=alt, table=Table("Logits and labels", ("logits", "label"), pairs), folded=True)


def surprises(model, tokenizer, texts: Mapping[str, str]) -> Figure:
    """A bar for each text, its perplexity for a decoder; of a long text the first 32 tokens count.

    Args:
        texts: a dictionary `{name: text}`.
    """
    import torch

    found = {}
    for name, text in texts.items():
        ids = tokenizer(text, return_tensors="pt").input_ids[:, :_MOST].to(model.device)
        if ids.shape[1] < 2:
            raise CourseError("There is nothing to guess yet: write two words or more.")
        with torch.no_grad():
            found[str(name)] = model(ids, labels=ids).loss.exp().item()
    return bars(found, axis="perplexity: the longer the bar, the greater the surprise")


def loss_curve(probability: float, loss: float) -> Figure:
    """The loss of one token for every probability from 0.005 to 1 as a curve, and one point on it with its numbers."""
    import numpy as np
    from matplotlib.figure import Figure as Drawing

    if not (is_a(probability, int, float) and is_a(loss, int, float) and 0 < probability <= 1):
        raise CourseError(f"loss_curve() expects a probability above 0, up to 1; it got {describe(probability)}.")
    with plain_style():
        figure = Drawing(figsize=(WIDTH, 2.5), dpi=100)
        keep_width(figure)
        axes = figure.add_axes([0.09, 0.2, 0.88, 0.76])
        places = np.linspace(0.005, 1, 200)
        axes.plot(places, -np.log(places), color=COLOURS["residual stream"], linewidth=2)
        axes.plot([probability, probability], [0, loss], color=ACCENT, linewidth=1.4, linestyle="--")
        axes.plot(probability, loss, "o", color=ACCENT, markersize=9)
        told = f"probability {probability:.2f}, loss {loss + 0.0:.2f}"  # + 0.0, because minus 0 looks odd
        axes.plot(0.01, -np.log(0.01), "o", color=INK, markersize=5)
        axes.text(0.03, 4.6, "0.01 costs 4.6", va="center", fontsize=9.5, color=INK)
        axes.text(0.99, 4.9, told, ha="right", fontsize=12, weight="bold", color=INK)
        axes.set(xlim=(0, 1.005), ylim=(0, 5.6), xlabel="probability of the right token", ylabel="loss")
        axes.spines[["top", "right"]].set_visible(False)
        rows = [(f"{p:g}", f"{abs(np.log(p)):.2f}") for p in (0.01, 0.1, 0.25, 0.5, 0.75, 1)]
        table = Table("What a probability costs", ("probability", "loss"), rows)
        alt = f"A curve that falls from above 5 to 0, slower and slower. A point at {told}."
        return show(figure, alt=alt, table=table, folded=True)
