"""How far a classifier's confidence can be trusted: confidence against the share of right answers, at a temperature."""

from ...describing import attempt, is_a
from ...errors import CourseError
from ..curves_sure import wilson
from ..figures import Figure, Table, show
from ..style import ACCENT, INK, MUTED, PALE, plain_style
from .chance_hill import panels


def trust(logits, labels, temperature: float = 1.0) -> Figure:
    """A dot for each bin of confidence, with the interval of its share of right answers, and the calibration error.

    Args:
        logits: `[sentences, 2]`.
        labels: the number of the right class of each sentence.
        temperature: divides the logits; 1 leaves them as they are.
    """
    import numpy as np

    scores = attempt(lambda: np.array(logits.tolist() if hasattr(logits, "tolist") else logits, dtype=float))
    truth = attempt(lambda: np.array([int(x) for x in labels]))
    if scores is None or truth is None or scores.shape != (len(truth), 2) or not np.isfinite(scores).all():
        raise CourseError("trust() expects logits [sentences, 2], all finite, and a label for each sentence.")
    if not is_a(temperature, int, float) or not temperature > 0:
        raise CourseError(f"trust() expects a temperature above 0; it got {temperature}.")
    scores = scores / temperature
    shares = np.exp(scores - scores.max(1, keepdims=True))
    confidence, right = (shares / shares.sum(1, keepdims=True)).max(1), scores.argmax(1) == truth
    bins = []
    for number in range(10):
        inside = (confidence > number / 10) & (confidence <= (number + 1) / 10)
        if inside.any():
            total, hits = int(inside.sum()), int(right[inside].sum())
            bins.append((number / 10, total, hits, confidence[inside].mean(), *wilson(hits, total)))
    floor = min(0.3, *(low for *_, low, _ in bins))
    error = sum(total * abs(sure - hits / total) for _, total, hits, sure, *_ in bins) / len(truth)
    with plain_style():
        figure, (axes,) = panels((3.2,), left=0.7, bottom=0.55)
        axes.spines["left"].set_visible(True)
        axes.plot([0.5, 1], [0.5, 1], "--", color=MUTED, linewidth=1.4, label="honest: as often right as sure")
        for start, total, hits, sure, low, high in bins:
            axes.bar(start + 0.05, 0.28 * total / len(truth), bottom=floor, width=0.096, color=PALE)
            axes.text(start + 0.05, floor + 0.005, f"{total}", ha="center", fontsize=9.5)
            axes.plot([sure, sure], [low, high], color=ACCENT, linewidth=2)
            axes.plot([sure, sure], [sure, hits / total], ":", color=INK, linewidth=1.6)
            axes.plot(sure, hits / total, "o", color=ACCENT, markersize=9)
        axes.set(xlim=(0.49, 1.02), ylim=(floor, 1.1), xlabel="confidence of the model", ylabel="share right")
        axes.legend(loc="upper left", frameon=False, fontsize=9.5)
        axes.set_xticks([0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
        axes.set_yticks([tick / 10 for tick in range(11) if tick / 10 > floor + 0.05])
        axes.tick_params(labelsize=9.5)
        told = f"T = {temperature:g}: sure {confidence.mean():.2f} on average, right {right.mean():.2f}"
        told += f"; calibration error {error:.3f}"
        axes.set_title(told, loc="left", fontsize=10, weight="bold")
        rows = [
            (
                f"{start:.1f} to {start + 0.1:.1f}",
                str(total),
                f"{sure:.2f}",
                f"{hits / total:.2f}",
                f"{low:.2f} to {high:.2f}",
            )
            for start, total, hits, sure, low, high in bins
        ]
        header = ("confidence", "sentences", "mean confidence", "share right", "95 % interval")
        alt = f"Dots of confidence against share right, and a dashed diagonal. {told}."
        return show(figure, alt=alt, table=Table(told, header, rows), folded=True)
