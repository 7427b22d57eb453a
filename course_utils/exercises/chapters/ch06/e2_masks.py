"""6.2 Three masks."""

from course_utils.describing import attempt
from course_utils.exercises.answers import as_list, call
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
    if sizes == (2, 1, 1, 4):
        return (
            "PyTorch would repeat your one row for every query, but asked is the shape `[batch, 1, queries, keys]`, "
            "here `[2, 1, 4, 4]`: `expand` repeats a dimension of size 1."
        )
    if sizes != (2, 1, 4, 4):
        return f"For two texts of four tokens expected the shape `[2, 1, 4, 4]`; given: {shaped(got)}."
    if _lowest(got) < 0:
        return "Some of your numbers are below 0. Asked are truth values: True where a query may look, else False."
    table = _table(got)
    for wrong, says in (
        (~seen, "Inverted: True says that a query may look at this key; padding is False."),
        (seen.mT, "You hid the rows of padding: hide its columns, so that no query looks at it."),
        (seen & seen.mT, "Padding hides its rows, too, and an empty row gives NaN: hide its columns only."),
        (seen & past, "With `causal=False` nothing later is hidden, but your mask hides it."),
    ):
        if table == wrong.tolist():
            return says
    if table != seen.tolist():
        return "With `causal=False` every query may look at every real key, and at no padding."
    causal = call(answer, real, 4, True)
    if not all(_are_truth_values(mask) for mask in (got, causal)):
        return "1 and 0 are numbers; asked are truth values, True and False: `x.bool()` makes them, or a comparison."
    table = _table(causal)
    for wrong, says in (
        (past.expand(2, 1, 4, 4), "In the causal mask the padding is visible: a key must be real *and* not later."),
        (seen, "With `causal=True` your mask still shows what comes later."),
        (seen | past, "You joined the two conditions with *or*: a key must be real and not later."),
        (seen & past.T, "Your causal mask shows what comes later and hides what comes before: turn it round."),
        (seen & torch.ones(4, 4).tril(-1).bool(), "A token may look at itself, too: keep the diagonal."),
    ):
        if table == wrong.tolist():
            return says
    if table != (seen & past).tolist():
        return f"With `causal=True` query i may look at the real keys 0 to i; given for a text of four: {table[0][0]}."
    return _other_sizes(answer)


def _other_sizes(answer) -> str | None:
    """Several lengths, several numbers of texts, and padding where it was not before."""
    import torch

    for rows in (3, 6, 1):
        real = torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0]])
        got = call(answer, real, rows, False)
        if _sizes(got) != (2, 1, rows, 4):
            return f"In cross-attention there may be {rows} queries for 4 keys; given: {shaped(got)}."
        if _table(got) != real.bool()[:, None, None, :].expand(2, 1, rows, 4).tolist():
            return (
                f"For {rows} queries and 4 keys, not causal, every query may look at every real key, and at no padding."
            )
    for ones, where in (
        ([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [1, 0, 0, 0, 0]], "at the end"),
        ([[0, 0, 1, 1, 1], [1, 1, 1, 1, 1], [0, 1, 1, 0, 1]], "in front and inside"),
        ([[1]], "nowhere"),
    ):
        real = torch.tensor(ones)
        for causal in (False, True):
            keys = real.shape[1]
            right = real.bool()[:, None, None, :].expand(-1, 1, keys, -1)
            right = right & torch.ones(keys, keys).tril().bool() if causal else right
            got = call(answer, real, keys, causal)
            if _sizes(got) != tuple(right.shape) or _table(got) != right.tolist():
                return (
                    f"For `real` = {ones}, with padding {where}, and `causal={causal}` it is not right. A key may be "
                    "seen where `real` is 1" + (", and where it is not later than the query." if causal else ".")
                )
    return None


def _sizes(mask) -> tuple[int, ...] | None:
    """The shape of a mask, which may be nested lists as well."""
    import numpy as np

    return attempt(lambda: np.array(as_list(mask)).shape)


def _table(mask) -> list | None:
    """The mask as nested lists of truth values; None for anything else."""
    import numpy as np

    return attempt(lambda: (np.array(as_list(mask)) != 0).tolist())


def _lowest(mask) -> float:
    import numpy as np

    return attempt(lambda: float(np.array(as_list(mask)).min()), default=0)


def _are_truth_values(mask) -> bool:
    import numpy as np

    return attempt(lambda: np.array(as_list(mask)).dtype == bool, default=False)


EXERCISE = Exercise(
    id="6.2",
    title="Three masks",
    minutes=15,
    difficulty="medium",
    starter="def allowed(real, queries, causal):\n    ...",
    answer="allowed",
    check=_check_allowed,
    context=TORCH,
    expects="a function that returns truth values [batch, 1, queries, keys]",
    hints=(
        "Begin without `causal`. Which keys may query 0 see, which query 1? What does that say about the rows?",
        "Give `real` two dimensions of size 1 in the middle, then repeat its row for every query. A causal mask is the "
        "lower triangle; where both are True, a query may look.",
        "`real.bool()[:, None, None, :].expand(batch, 1, queries, keys)`, and "
        "`torch.ones(queries, keys).tril().bool()` for the triangle; join both with `&`.",
    ),
    why="Padding hides columns, the same for every query, so one row of `real` is repeated. The causal triangle is the "
    "same for every text. A query may look where both allow it, and `&` fits the sizes to each other.",
    solution=_ALLOWED,
    wrong=(
        Wrong(changed(_ALLOWED, ("return mask", "return ~mask")), "Inverted: True says"),
        Wrong(
            changed(_ALLOWED, ("[:, None, None, :].expand(batch", "[:, None, :, None].expand(batch")),
            "You hid the rows of padding",
        ),
        Wrong(
            changed(_ALLOWED, ("mask & torch", "torch"), (".tril().bool()", ".tril().bool().expand_as(mask)")),
            "In the causal mask the padding is visible",
        ),
        Wrong(changed(_ALLOWED, ("mask & torch", "mask | torch")), "with *or*"),
        Wrong(changed(_ALLOWED, ("tril()", "triu()")), "turn it round"),
        Wrong(changed(_ALLOWED, ("tril()", "tril(-1)")), "keep the diagonal"),
        Wrong(changed(_ALLOWED, ("if causal", "if False")), "your mask still shows what comes later"),
        Wrong(changed(_ALLOWED, ("if causal", "if queries == keys")), "nothing later is hidden"),
        Wrong(
            changed(_ALLOWED, ("expand(batch, 1, queries, keys)", "expand(batch, 1, keys, keys)")),
            "In cross-attention there may be",
        ),
        Wrong(changed(_ALLOWED, ("return mask", "return mask[:, 0]")), "The dimension of the heads is missing"),
        Wrong(changed(_ALLOWED, (".expand(batch, 1, queries, keys)", "")), "PyTorch would repeat your one row"),
        Wrong(
            changed(_ALLOWED, ("mask & torch", "mask * torch"), (".tril().bool()", ".tril()")),
            "1 and 0 are numbers",
        ),
        Wrong(
            changed(_ALLOWED, ("return mask", "return torch.where(mask, 0.0, -1e9)")),
            "Some of your numbers are below 0",
        ),
        Wrong(
            changed(_ALLOWED, ("if causal:", "if keys == queries:\n        mask = mask & mask.mT\n    if causal:")),
            "Padding hides its rows, too",
        ),
        Wrong(
            changed(_ALLOWED, ("real.bool()[", "(torch.arange(keys) < real.sum(1, keepdim=True))[")),
            "with padding in front and inside",
        ),
        Wrong(
            changed(_ALLOWED, ("    if causal:", "    if causal and keys == 5:\n        return mask\n    if causal:")),
            "with padding at the end",
        ),
    ),
    also_wrong=(
        "def allowed(real, queries, causal):\n"  # a row of False may not be filled in
        "    mask = real.bool()[:, None, None, :].repeat(1, 1, queries, 1)\n"
        "    if causal:\n"
        "        mask = mask & torch.ones(queries, queries).tril().bool() | torch.eye(queries).bool()\n"
        "    return mask",
        "def allowed(real, queries, causal):\n"  # the padding of the first text for all
        "    mask = real[0].bool().expand(len(real), 1, queries, real.shape[1])\n"
        "    return mask.tril() if causal else mask",
        "def allowed(real, queries, causal):\n"
        "    real.unsqueeze_(1).unsqueeze_(2)\n"
        "    mask = real.bool().expand(-1, 1, queries, -1)\n"
        "    return mask.tril() if causal else mask",
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
        "    mask = real[:, None, None].repeat(1, 1, queries, 1) > 0\n"
        "    return mask.tril() if causal else mask",
        "import numpy as np\n\n"
        "def allowed(real, queries, causal):\n"
        "    mask = np.broadcast_to(real.numpy()[:, None, None] == 1, (len(real), 1, queries, real.shape[1]))\n"
        "    return np.tril(mask) if causal else mask",
    ),
    note="A padding mask, a causal mask and a cross mask are one thing: a table of who may look at whom.",
)
