"""6.2 Three masks."""

from course_utils.describing import attempt
from course_utils.exercises.answers import as_list, call, close
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import TORCH, shaped

_ALLOWED = (
    "def allowed(real, queries, causal):\n"
    "    batch, keys = real.shape\n"
    "    mask = real.bool()[:, None, None, :].expand(batch, 1, queries, keys)\n"
    "    if causal:\n"
    "        mask = mask & torch.ones(queries, keys).tril().bool()\n"
    "    return mask"
)


def _check_allowed(answer) -> str | None:
    import torch

    real = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0]])
    got = call(answer, real, 4, False)
    seen = real.bool()[:, None, None, :].expand(2, 1, 4, 4)
    past = torch.ones(4, 4).tril().bool()
    sizes = _sizes(got)
    if sizes == (2, 4, 4):
        return "The dimension of the heads is missing: `[batch, 1, queries, keys]`, so that all heads share one mask."
    # [2, 1, 1, 4] is enough as long as it is not causal: PyTorch repeats it for every query
    if sizes not in ((2, 1, 4, 4), (2, 1, 1, 4)):
        return f"For two texts of four tokens expected the shape `[2, 1, 4, 4]`; given: {shaped(got)}."
    if _lowest(got) < 0:
        return "Those are scores, 0 and minus infinity; asked are truth values, True where a query may look."
    if _table(got, 4) == (~seen).tolist():
        return "Inverted: True says that a query may look at this key; padding is False."
    if _table(got, 4) == seen.transpose(2, 3).tolist():
        return "You hid the rows of padding: hide its columns, so that no query looks at it."
    if _table(got, 4) == (seen & seen.transpose(2, 3)).tolist():
        return "Padding hides its rows, too, and an empty row gives NaN: hide its columns only."
    if _table(got, 4) != seen.tolist():
        return "With `causal=False` every query may look at every real key, and at no padding."
    causal = call(answer, real, 4, True)
    if not all(_are_truth_values(mask) for mask in (got, causal)):
        return "These are numbers, which PyTorch would add to the scores: make them truth values, `.bool()`."
    table = _table(causal, 4)
    if table == past.expand(2, 1, 4, 4).tolist() or close(causal, past):
        return "In the causal mask the padding is visible: a key must be real *and* not in the future."
    if table == (seen | past).tolist():
        return "You joined the two conditions with *or*: a key must be real and not in the future."
    if table == (seen & past.T).tolist():
        return "Your causal mask shows the future and hides the past: `torch.tril` keeps the lower triangle."
    if table == (seen & torch.ones(4, 4).tril(-1).bool()).tolist():
        return "A token may look at itself, too: keep the diagonal."
    if table != (seen & past).tolist():
        return "With `causal=True` query i may look at the real keys 0 to i."
    for rows in (3, 6):
        if _table(attempt(answer, real.clone(), rows, False), rows) != seen[:, :, :1].expand(2, 1, rows, 4).tolist():
            return f"In cross-attention there may be {rows} queries for 4 keys: use `queries` for the rows."
    real = torch.tensor([[0, 0, 1, 1, 1], [1, 1, 1, 1, 1], [0, 1, 1, 0, 0]])
    seen = real.bool()[:, None, None, :] & torch.ones(5, 5).tril().bool()
    if _table(call(answer, real, 5, True), 5) != seen.tolist():
        return "Three texts of five tokens, with padding in front, go wrong: ask `real` about each key, do not count."
    return None


def _sizes(mask) -> tuple[int, ...] | None:
    """The shape of a mask, which may be nested lists as well."""
    import numpy as np

    return attempt(lambda: np.array(as_list(mask)).shape)


def _table(mask, queries: int) -> list | None:
    """The mask as nested lists of truth values, one row for each query; None for anything else."""
    import numpy as np

    def repeated():
        rows = np.array(as_list(mask)) != 0
        return np.broadcast_to(rows, (*rows.shape[:2], queries, rows.shape[3])).tolist()

    return attempt(repeated)


def _lowest(mask) -> float:
    import numpy as np

    return attempt(lambda: float(np.array(as_list(mask)).min()), default=0)


def _are_truth_values(mask) -> bool:
    import numpy as np

    return attempt(lambda: np.array(as_list(mask)).dtype == bool, default=False)


EXERCISE = Exercise(
    id="6.2",
    title="Three masks",
    minutes=10,
    difficulty="medium",
    starter="def allowed(real, queries, causal):\n    ...",
    answer="allowed",
    check=_check_allowed,
    context=TORCH,
    expects="a function that returns a tensor of truth values [batch, 1, queries, keys]",
    hints=(
        "`real.bool()[:, None, None, :]` is `[batch, 1, 1, keys]`; `.expand(...)` repeats it for every query.",
        "`torch.ones(queries, keys).tril().bool()` is True where the key is not in the future; join both with `&`.",
    ),
    solution=_ALLOWED,
    wrong=(
        Wrong(changed(_ALLOWED, ("return mask", "return ~mask")), "Inverted: True says"),
        Wrong(
            changed(_ALLOWED, ("[:, None, None, :].expand(batch", "[:, None, :, None].expand(batch")),
            "You hid the rows of padding",
        ),
        Wrong(changed(_ALLOWED, ("mask & torch", "torch")), "In the causal mask the padding is visible"),
        Wrong(changed(_ALLOWED, ("mask & torch", "mask | torch")), "with *or*"),
        Wrong(changed(_ALLOWED, ("tril()", "triu()")), "shows the future and hides the past"),
        Wrong(changed(_ALLOWED, ("tril()", "tril(-1)")), "keep the diagonal"),
        Wrong(
            changed(_ALLOWED, ("expand(batch, 1, queries, keys)", "expand(batch, 1, keys, keys)")),
            "In cross-attention there may be",
        ),
        Wrong(changed(_ALLOWED, ("return mask", "return mask[:, 0]")), "The dimension of the heads is missing"),
        Wrong(
            changed(_ALLOWED, ("mask & torch", "mask * torch"), (".tril().bool()", ".tril()")),
            "These are numbers",
        ),
        Wrong(
            changed(_ALLOWED, ("return mask", "return torch.where(mask, 0.0, -1e9)")),
            "Those are scores, 0 and minus infinity",
        ),
        Wrong(
            changed(_ALLOWED, ("if causal:", "if keys == queries:\n        mask = mask & mask.mT\n    if causal:")),
            "Padding hides its rows, too",
        ),
        Wrong(
            changed(_ALLOWED, ("real.bool()[", "(torch.arange(keys) < real.sum(1, keepdim=True))[")),
            "with padding in front, go wrong",
        ),
    ),
    alternatives=(
        "def allowed(real, queries, causal):\n"
        "    rows, columns = torch.arange(queries)[:, None], torch.arange(real.shape[1])\n"
        "    past = columns <= rows if causal else columns >= 0 * rows\n"
        "    return (real[:, None] * past[None].int()).unsqueeze(1) == 1",
        "def allowed(real, queries, causal):\n"
        "    def seen(row, i):\n"
        "        return [yes == 1 and (not causal or j <= i) for j, yes in enumerate(row)]\n"
        "    return [[[seen(row, i) for i in range(queries)]] for row in real.tolist()]",
        "def allowed(real, queries, causal):\n"
        "    mask = real[:, None, None] > 0\n"
        "    return mask.logical_and(torch.ones(queries, queries).tril() > 0) if causal else mask",
    ),
    note="A padding mask, a causal mask and a cross mask are one thing: a table of who may look at whom.",
)
