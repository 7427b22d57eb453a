"""7b.3 When to stop."""

from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import one_number

_STOP = (
    "def best_epoch(losses, patience):\n"
    "    best = 1\n"
    "    for epoch, loss in enumerate(losses, start=1):\n"
    "        if loss < losses[best - 1]:\n"
    "            best = epoch\n"
    "        elif epoch - best == patience:\n"
    "            break\n"
    "    return best"
)

_COUNT = (
    "def best_epoch(losses, patience):\n"
    "    lowest, bad, best = losses[0], 0, 1\n"
    "    for epoch, loss in enumerate(losses, start=1):\n"
    "        bad = bad + 1 if loss >= lowest and epoch > 1 else 0\n"
    "        if loss < lowest:\n"
    "            lowest, best = loss, epoch\n"
    "        if bad == patience:\n"
    "            break\n"
    "    return best"
)

_CASES = (
    ([0.69, 0.6, 0.7, 0.8, 0.5], 2),
    ([0.69, 0.6, 0.7, 0.8, 0.5], 3),
    ([0.7, 0.5, 0.6, 0.4, 0.5, 0.6, 0.3], 2),
    ([0.7, 0.6, 0.6, 0.6, 0.2], 2),
    ([0.5, 0.6, 0.7, 0.1], 2),
    ([0.9, 0.8, 0.7], 1),
    ([0.9, 0.8, 0.85, 0.7], 1),
    ([0.8, 0.7, 0.75, 0.72, 0.6, 0.9], 3),
    ([0.9, 0.5, 0.8, 0.6], 5),
    ([0.5, 0.6, 0.7, 0.8, 0.1], 2),
    ([0.7, 0.8, 0.6, 0.65, 0.5], 2),
    ([0.4], 3),
    ([0.6, 0.5, 0.5, 0.7], 3),
    ([0.9, 0.8, 0.7, 0.6], 2),
    ([0.5, 0.7, 0.6, 0.7, 0.4], 2),
    ([320.0, 250.5, 260.0, 240.0], 2),
    ([0.50002, 0.50001, 0.5, 0.6], 2),
)


def _walk(losses, patience, better=lambda loss, best, before: loss < best, late=0):
    """The best epoch and the last one seen, with another rule of what is better, or another number of epochs."""
    best, before, epoch = 1, None, 1
    for epoch, loss in enumerate(losses, start=1):
        if epoch > 1 and better(loss, losses[best - 1], before):
            best = epoch
        elif epoch - best >= patience + late:
            break
        before = loss
    return best, epoch


def _right(losses, patience) -> int:
    return _walk(losses, patience)[0]


def _bad_epochs(losses, patience) -> int:
    """Counts all epochs without a better loss, not those in a row."""
    best, bad = 1, 0
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1] or epoch == 1:
            best = epoch
        elif (bad := bad + 1) >= patience:
            break
    return best


def _in_a_row(counts):
    """Counts the epochs for which `counts(loss, lowest, before)`, and begins again after any other epoch."""

    def walk(losses, patience):
        best, bad, before = 1, 0, losses[0]
        for epoch, loss in enumerate(losses[1:], start=2):
            lowest = losses[best - 1]
            bad = bad + 1 if counts(loss, lowest, before) else 0
            best = epoch if loss < lowest else best
            if bad >= patience:
                break
            before = loss
        return best

    return walk


def _equal_skipped(losses, patience):
    """An equal loss neither counts nor begins the count again."""
    best, bad = 1, 0
    for epoch, loss in enumerate(losses[1:], start=2):
        if loss < losses[best - 1]:
            best, bad = epoch, 0
        elif loss > losses[best - 1] and (bad := bad + 1) >= patience:
            break
    return best


_NO_FALL = "Your count begins again when a loss is below the one before. Only a new lowest loss begins it again."
_EQUAL = "You do not count an epoch with an equal loss. It brought no new lowest loss, so it counts."
_SLIPS = (
    (
        lambda losses, p: losses.index(min(losses)) + 1,
        "That is the best of all epochs. Training stops before it sees them all.",
    ),
    (lambda losses, p: _right(losses, p) - 1, "You count from 0: the first epoch has the number 1."),
    (lambda losses, p: _walk(losses, p)[1], "That is the last epoch that was trained. Return the best one before it."),
    (
        lambda losses, p: losses[_right(losses, p) - 1],
        "That is the lowest loss that was seen; return the number of its epoch.",
    ),
    (
        lambda losses, p: _walk(losses, p, lambda loss, best, before: loss <= best)[0],
        "An equal loss is not better: the earlier epoch stays the best.",
    ),
    (
        lambda losses, p: _walk(losses, p, lambda loss, best, before: loss < before)[0],
        "You compare with the epoch before. Compare with the best so far.",
    ),
    (lambda losses, p: _walk(losses, p, late=1)[0], "You stop one epoch too late."),
    (lambda losses, p: _walk(losses, p, late=-1)[0], "You stop one epoch too early."),
    (_in_a_row(lambda loss, lowest, before: loss >= before), _NO_FALL),
    (_in_a_row(lambda loss, lowest, before: loss > before), _NO_FALL),
    (_in_a_row(lambda loss, lowest, before: loss > lowest), _EQUAL),
    (_equal_skipped, _EQUAL),
    (_bad_epochs, "You count all epochs without a lower loss. After a new best the count begins again at 0."),
)


def _told(losses, patience) -> str:
    return f"For the losses {losses} and a patience of {patience} the best epoch is number {_right(losses, patience)}"


def _check(answer) -> str | None:
    return one_number(answer, _CASES, _right, _SLIPS, _told)


EXERCISE = Exercise(
    id="7b.3",
    title="When to stop",
    minutes=8,
    difficulty="easy",
    starter="def best_epoch(losses, patience):\n    ...",
    answer="best_epoch",
    check=_check,
    expects="a function that takes a list of losses and a whole number, and returns a whole number",
    hints=(
        "Keep one thing while you walk through the losses: the number of the best epoch so far.",
        "`enumerate(losses, start=1)` gives the number and the loss of each epoch. How many epochs ago was the best?",
        "A loss below the best one: its epoch is the new best. Else, if `epoch - best == patience`: `break`.",
    ),
    why="The walk sees one loss at a time, as a training does, and remembers the best. It gives up when the best is "
    "`patience` epochs old, so a late miracle is never seen: that is the price of stopping early.",
    solution=_STOP,
    wrong=(
        Wrong("def best_epoch(losses, patience):\n    return losses.index(min(losses)) + 1", "the best of all epochs"),
        Wrong(changed(_STOP, ("return best", "return best - 1")), "You count from 0"),
        Wrong(changed(_STOP, ("return best", "return epoch")), "the last epoch that was trained"),
        Wrong(changed(_STOP, ("return best", "return losses[best - 1]")), "the lowest loss that was seen"),
        Wrong(changed(_STOP, ("loss < losses[best - 1]", "loss <= losses[best - 1]")), "An equal loss is not better"),
        Wrong(changed(_STOP, ("losses[best - 1]", "losses[max(epoch - 2, 0)]")), "You compare with the epoch before"),
        Wrong(changed(_STOP, ("== patience", "> patience")), "one epoch too late"),
        Wrong(
            changed(
                _STOP, ("        elif epoch - best == patience", "        elif epoch - best >= max(patience - 1, 0)")
            ),
            "one epoch too early",
        ),
        Wrong(
            "def best_epoch(losses, patience):\n"
            "    best, bad = 0, 0\n"
            "    for i in range(1, len(losses)):\n"
            "        if losses[i] < losses[best]:\n"
            "            best = i\n"
            "        else:\n"
            "            bad += 1\n"
            "            if bad == patience:\n"
            "                break\n"
            "    return best + 1",
            "the count begins again at 0",
        ),
        Wrong(
            changed(_COUNT, ("if loss >= lowest", "if loss >= losses[epoch - 2]")), "begins again when a loss is below"
        ),
        Wrong(changed(_COUNT, ("if loss >= lowest", "if loss > lowest")), "You do not count an epoch"),
        Wrong(changed(_STOP, ("    return best", "    return [best]")), "should return one number"),
        Wrong(changed(_STOP, ("best = 1", "best = 2")), "IndexError", status="error in your code"),
    ),
    also_wrong=(
        changed(_STOP, ("== patience", "== 2")),
        changed(_STOP, ("loss < losses", "loss > losses")),
        "def best_epoch(losses, patience):\n    return 2",
        changed(_STOP, ("loss < losses[best - 1]", "loss < losses[best - 1] - 1e-4")),
        changed(_STOP, ("    best = 1\n", "    losses = [round(x, 3) for x in losses]\n    best = 1\n")),
        changed(_COUNT, ("lowest, bad, best = losses[0]", "lowest, bad, best = 1.0")),
        changed(_COUNT, ("lowest, bad, best = losses[0]", "lowest, bad, best = 100.0")),
    ),
    alternatives=(
        _COUNT,
        "def best_epoch(losses, patience):\n"
        "    lowest, bad, best = float('inf'), 0, 0\n"
        "    for i, loss in enumerate(losses):\n"
        "        bad += 1\n"
        "        if loss < lowest:\n"
        "            lowest, bad, best = loss, 0, i + 1\n"
        "        if bad == patience:\n"
        "            return best\n"
        "    return best",
        "import numpy as np\n\n"
        "def best_epoch(losses, patience):\n"
        "    for end in range(1, len(losses) + 1):\n"
        "        best = int(np.argmin(losses[:end]))\n"
        "        if end - 1 - best >= patience:\n"
        "            break\n"
        "    return np.int64(best + 1)",
    ),
    note="`Trainer` has the same as `EarlyStoppingCallback(early_stopping_patience=…)`.",
)
