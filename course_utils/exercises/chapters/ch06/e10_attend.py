"""6.10 Attention of one text."""

from course_utils.exercises.answers import as_list, shape
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import known_slip

from .e1_attention import own
from .shared import TORCH, random, same, shaped

_ATTEND = (
    "def attend(query, key, value):\n"
    "    scores = query @ key.T / query.shape[-1] ** 0.5  # [queries, keys]\n"
    "    return scores.softmax(dim=-1) @ value  # [queries, numbers]"
)
_SIZES = ((3, 4, 9, 2), (2, 5, 16, 3), (1, 3, 6, 4), (4, 4, 4, 4))  # queries, keys, dim, numbers of a value


def _check_attend(answer) -> str | None:
    cases = [
        (random(queries, dim), 2 * random(keys, dim), random(keys, numbers + 1)[:, 1:])
        for queries, keys, dim, numbers in _SIZES
    ]
    for (queries, keys, dim, numbers), case in zip(_SIZES, cases, strict=True):
        got, right = own(answer, *case), _mixed(*case, case[0].shape[-1] ** 0.5)
        if same(got, right):
            continue
        if says := known_slip(answer, cases, _SLIPS, as_list):
            return says
        sizes = f"a query of the shape `[{queries}, {dim}]`, a key `[{keys}, {dim}]` and a value `[{keys}, {numbers}]`"
        if shape(got) != (queries, numbers):
            return f"For {sizes} the result has the shape `[{queries}, {numbers}]`; given: {shaped(got)}."
        return (
            f"For {sizes} the shape is right, but the numbers are not. The steps are: scores, divided by the root of "
            f"{dim}; softmax along each row; the weights times the values."
        )
    return None


def _mixed(query, key, value, root):
    return (query @ key.T / root).softmax(-1) @ value


def _best(query, key, value):
    return value[(query @ key.T).argmax(-1)]


_SLIPS = (
    (
        lambda q, k, v: _mixed(q, k, v, 1),
        "You do not scale: divide the scores by the root of the length of a query, before softmax.",
    ),
    (
        lambda q, k, v: _mixed(q, k, v, q.shape[-1]),
        "You divide the scores by the length of a query; divide by the square root of this length.",
    ),
    (
        lambda q, k, v: _mixed(q, k, v, 2),
        "You divide by 2 in every case. That is right for queries of four numbers only: here they have another length.",
    ),
    (
        lambda q, k, v: _mixed(q, k, v, len(k) ** 0.5),
        "You divide by the root of the number of keys; divide by the root of the length of a query.",
    ),
    (
        lambda q, k, v: _mixed(q, k, v, len(q) ** 0.5),
        "You divide by the root of the number of queries, `len(query)`; the length of one query is `query.shape[-1]`.",
    ),
    (
        lambda q, k, v: (q @ k.T / q.shape[-1] ** 0.5).softmax(0) @ v,
        "Your softmax runs down the columns. The weights of one query sum to 1, so it runs along the row: `dim=-1`.",
    ),
    (
        lambda q, k, v: q @ k.T / q.shape[-1] ** 0.5 @ v,
        "Softmax is missing: you mix the values by the scores, and the scores are no shares that sum to 1.",
    ),
    (
        lambda q, k, v: (q @ k.T / q.shape[-1] ** 0.5).softmax(-1),
        "Those are the weights, one for each query and key. The last step is missing: mix the values with them.",
    ),
    (
        lambda q, k, v: q @ k.T / q.shape[-1] ** 0.5,
        "Those are the scaled scores. Two steps are missing: softmax, and the mix of the values.",
    ),
    (
        lambda q, k, v: (q @ k.T).softmax(-1) / q.shape[-1] ** 0.5 @ v,
        "You scale after softmax, so the weights no longer sum to 1: divide the scores, before softmax.",
    ),
    (_best, "You return the value of the best key only; softmax mixes the values of all keys."),
)

EXERCISE = Exercise(
    id="6.10",
    title="Attention of one text",
    minutes=8,
    difficulty="easy",
    starter="def attend(query, key, value):\n    ...",
    answer="attend",
    check=_check_attend,
    context=TORCH,
    expects="a function that returns a tensor [queries, numbers]",
    hints=(
        "Three lines of *All words at once* do it. Which number in them is true for our queries only?",
        "The 4 under the root is the length of a query: `query.shape[-1]`.",
        "`scores = query @ key.T / query.shape[-1] ** 0.5`, then `.softmax(dim=-1)`, then `@ value`.",
    ),
    why="One product compares each query with each key. Softmax makes shares of each row. The second product mixes "
    "the values: a row of weights meets each column of `value`.",
    solution=_ATTEND,
    wrong=(
        Wrong(changed(_ATTEND, (" / query.shape[-1] ** 0.5", "")), "You do not scale"),
        Wrong(changed(_ATTEND, (" ** 0.5", "")), "You divide the scores by the length of a query"),
        Wrong(changed(_ATTEND, ("query.shape[-1]", "4")), "You divide by 2 in every case"),
        Wrong(changed(_ATTEND, ("query.shape[-1]", "len(key)")), "root of the number of keys"),
        Wrong(changed(_ATTEND, ("query.shape[-1]", "len(query)")), "root of the number of queries"),
        Wrong(changed(_ATTEND, ("dim=-1", "dim=0")), "Your softmax runs down the columns"),
        Wrong(changed(_ATTEND, (".softmax(dim=-1)", "")), "Softmax is missing"),
        Wrong(changed(_ATTEND, (" @ value", "")), "Those are the weights"),
        Wrong(changed(_ATTEND, (".softmax(dim=-1) @ value", "")), "Those are the scaled scores"),
        Wrong(
            changed(_ATTEND, (" / query.shape[-1] ** 0.5", ""), ("@ value", "/ query.shape[-1] ** 0.5 @ value")),
            "You scale after softmax",
        ),
        Wrong(
            changed(_ATTEND, ("scores.softmax(dim=-1) @ value", "value[scores.argmax(dim=-1)]")), "the best key only"
        ),
        Wrong(changed(_ATTEND, ("@ value", "@ value.T")), "stopped with", status="error in your code"),
        Wrong(
            "def attend(query, key, value):\n"
            "    return torch.nn.functional.scaled_dot_product_attention(query, key, value)",
            "is what you rebuild here",
        ),
        Wrong(changed(_ATTEND, ("@ value", "@ value[:, :2]")), "the result has the shape"),
        Wrong(changed(_ATTEND, ("query @", "-query @")), "the shape is right, but the numbers are not"),
    ),
    also_wrong=(
        changed(_ATTEND, ("key.T", "key.reshape(key.shape[1], key.shape[0])")),
        changed(_ATTEND, ("return", "query /= 2\n    return")),
    ),
    alternatives=(
        "import math\n\n"
        "def attend(query, key, value):\n"
        "    rows = []\n"
        "    for q in query:\n"
        "        powers = [math.exp(float(q @ k) / math.sqrt(len(q))) for k in key]\n"
        "        rows.append(sum(p / sum(powers) * v for p, v in zip(powers, value)))\n"
        "    return torch.stack(rows)",
        "import numpy as np\n\n"
        "def attend(query, key, value):\n"
        "    powers = np.exp(query.numpy() @ key.numpy().T / np.sqrt(key.shape[1]))\n"
        "    return powers / powers.sum(axis=1, keepdims=True) @ value.numpy()",
        "def attend(query, key, value):\n"
        "    return torch.softmax(torch.einsum('qd,kd->qk', query, key) * query.size(1) ** -0.5, 1) @ value",
    ),
)
