"""`LossCurve`: the loss of a training, drawn while it falls; `loss_lines`: one picture of several losses.

The picture that is there while a cell runs is replaced in place, with IPython's own display updates: they work in
JupyterLab, VS Code, Colab and nbconvert, and need no widget. What a notebook stores is the last picture.
"""

import math
import time
from collections.abc import Mapping

from ..describing import attempt, describe, is_a
from ..errors import CourseError
from .figures import Figure, Table, label, show
from .style import ACCENT, COLOURS, INK, MUTED, WIDTH, keep_width, plain_style

PAUSE = 1.0  # seconds between two pictures: drawing takes a tenth of a second, and the training waits for it
WINDOW = 5  # batches whose mean is the line
_LOOKS = ((ACCENT, "-"), (COLOURS["decoder"], "--"), (COLOURS["value"], "-."))


class LossCurve:
    """Call it at each step, `watch(step, loss)`: it draws the losses so far, at most once a second, and at the end.

    `losses` has them all, `seconds` is the time from the first step to the newest, and `figure` the last picture.

    Args:
        title: what is trained.
        steps: how many steps there will be.
        epoch: how many steps an epoch has; its end is marked.
        coin: the loss of a coin, a thin line.
    """

    def __init__(self, title: str, steps: int, *, epoch: int | None = None, coin: float | None = None):
        if not is_a(title, str) or not is_a(steps, int) or is_a(steps, bool) or steps < 1:
            raise CourseError(
                f"LossCurve() expects a title and a number of steps; it got {describe(title)}, {describe(steps)}."
            )
        self.title, self.steps, self._marks = title, steps, {"epoch": epoch, "coin": coin}
        self.losses: list[float] = []
        self.figure: Figure | None = None
        self.seconds = 0.0
        self._handle, self._drawn, self._start = None, -math.inf, 0.0

    def __call__(self, step: int, loss) -> None:
        """Note the loss of a step, a number or a tensor with one. Step 1 begins a new curve."""
        number = attempt(float, loss)
        if number is None:
            raise CourseError(f"watch(step, loss) expects the loss as a number; it got {describe(loss)}.")
        if step == 1 or not self.losses:
            self.losses, self._handle, self._drawn, self._start = [], None, -math.inf, time.monotonic()
        self.losses.append(number)
        self.seconds = time.monotonic() - self._start
        if step >= self.steps or time.monotonic() - self._drawn >= PAUSE:
            self._draw(step)

    def follow(self, trainer) -> None:
        """Draw the losses that a `Trainer` reports: a callback of ours, in the place of its own bars and printing."""
        from transformers import TrainerCallback
        from transformers.trainer import DEFAULT_PROGRESS_CALLBACK
        from transformers.trainer_callback import PrinterCallback

        watch = self

        class Draw(TrainerCallback):
            def on_log(self, args, state, control, logs=None, **_):
                if "loss" in (logs or {}):
                    watch(state.global_step, logs["loss"])

        for theirs in (PrinterCallback, DEFAULT_PROGRESS_CALLBACK):
            trainer.remove_callback(theirs)
        trainer.add_callback(Draw())

    def _draw(self, step: int):
        told = f"{self.title}: step {step} of {self.steps}"
        smooth = _means(self.losses)
        lines = {"one batch": self.losses, "mean of 5": smooth}
        self.figure = loss_lines(lines, title=told, steps=self.steps, least=0.9, **self._marks)
        self._drawn = time.monotonic()
        if _in_a_notebook():
            from IPython.display import display

            if self._handle is None:
                self._handle = display(self.figure, display_id=True)
            else:
                self._handle.update(self.figure)


def _means(losses: list[float]) -> list[float]:
    """For each step the mean of the last `WINDOW` losses."""
    return [sum(losses[max(0, i - WINDOW + 1) : i + 1]) / min(i + 1, WINDOW) for i in range(len(losses))]


def _in_a_notebook() -> bool:
    from IPython import get_ipython

    return get_ipython() is not None


def loss_lines(
    losses: Mapping[str, list],
    *,
    title: str = "",
    steps: int | None = None,
    limit: float | None = None,
    least: float = 0.75,
    epoch: int | None = None,
    coin: float | None = None,
) -> Figure:
    """Losses by step, a line for each name; "one batch" becomes dots, because single batches jump.

    Args:
        losses: `{name: list of numbers}`, one to four of them. What is not finite is left out of the picture.
        steps: where the axis ends; without it, at the last step.
        limit: the largest loss that is shown; without it, what comes is, and the axis reaches at least to `least`.
        epoch, coin: how many steps an epoch has, and the loss of a coin; they are marked.
    """
    lines = {str(name): [float(loss) for loss in some] for name, some in dict(losses).items()}
    if not lines or not all(lines.values()):
        raise CourseError(f"loss_lines() expects losses, a list of numbers for each name; it got {describe(losses)}.")
    longest = max(map(len, lines.values()))
    finite = [loss for some in lines.values() for loss in some if math.isfinite(loss)] or [1.0]
    top, last = limit or max(least, 1.08 * max(finite)), max(steps or longest, 2)
    with plain_style():
        from matplotlib.figure import Figure as Drawing

        figure = Drawing(figsize=(WIDTH, 2.7), dpi=100)
        keep_width(figure)
        axes = figure.add_axes([0.08, 0.19, 0.89, 0.68])
        looks = iter(_LOOKS)
        for name, some in lines.items():
            if name == "one batch":
                axes.plot(range(1, len(some) + 1), some, "o", color=MUTED, alpha=0.45, markersize=5, label=name)
            else:
                colour, style = next(looks)
                axes.plot(range(1, len(some) + 1), some, style, color=colour, linewidth=2.4, label=name)
                axes.plot(len(some), some[-1], "o", color=colour, markersize=7)
        _marks(axes, last, top, epoch, coin)
        axes.set(xlim=(0.5, last + 0.5), ylim=(0, top), xlabel="step", ylabel="loss")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(fontsize=9, frameon=False, loc="lower left")
        figure.text(0.01, 0.93, label(title, 90) if title else "", fontsize=11, color=INK, parse_math=False)
        table = Table(title or "Losses", ("step", *lines), _rows(lines, longest))
        said = ", ".join(f"{name} from {some[0]:.2f} to {some[-1]:.2f}" for name, some in lines.items())
        return show(figure, alt=f"{title or 'Losses'}. Loss by step: {said}.", table=table, folded=True)


def _marks(axes, last: int, top: float, epoch: int | None, coin: float | None):
    """Where each epoch ends, and the loss of a coin."""
    for number, step in enumerate(range(epoch, last, epoch) if epoch else (), 1):
        axes.axvline(step + 0.5, color=MUTED, linewidth=0.9, linestyle=":")
        axes.text(step + 0.4, 0.97 * top, f"end of epoch {number}", fontsize=9, color=MUTED, ha="right", va="top")
    if coin is not None:
        axes.axhline(coin, color=MUTED, linewidth=0.9)
        axes.text(last + 0.4, coin + 0.02 * top, f"a coin: {coin:.2f}", fontsize=9, color=MUTED, ha="right")


def _rows(lines: Mapping[str, list], longest: int) -> list[tuple[str, ...]]:
    """About eight steps of all of them, the first and the last among them."""
    shown = sorted({1, longest, *range(0, longest, max(1, longest // 7))} - {0})
    return [(str(i), *(f"{some[i - 1]:.2f}" if i <= len(some) else "" for some in lines.values())) for i in shown]
