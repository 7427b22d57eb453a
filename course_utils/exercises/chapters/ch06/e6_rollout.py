"""6.6 Rollout."""

from course_utils.exercises.answers import call, close, shape
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import first_slip

from .shared import NUMPY, random, real_record, same, shaped

_ROLL_OUT = (
    "def roll_out(weights):\n"
    "    paths = np.eye(weights.shape[-1])\n"
    "    for layer in weights:  # [query, key]\n"
    "        paths = (0.5 * layer + 0.5 * np.eye(len(layer))) @ paths\n"
    "    return paths"
)


def _check_rollout(answer) -> str | None:
    import numpy as np

    weights = _layers(3, 4)
    one, two, three = 0.5 * weights + 0.5 * np.eye(4)
    right = three @ two @ one
    got = call(answer, weights)
    if shape(got) != (4, 4):
        return f"Three layers of `[4, 4]` should give one `[4, 4]`; given: {shaped(got)}."
    if not same(got, right):
        ones = 0.5 * weights + 0.5
        plain = weights[2] @ weights[1] @ weights[0]
        mean, kept = "That is the mean over the layers: follow the paths, with the matrix product.", 0.5 * np.eye(4)
        return (
            first_slip(
                got,
                (
                    (
                        one @ two @ three,
                        "The order is upside down: the last layer stands on the left, `last @ … @ first`.",
                    ),
                    (
                        right.T,
                        "Rows and columns are swapped: row i says where position i of the last layer comes from.",
                    ),
                    (
                        plain,
                        "The residual connection is missing: mix each layer half and half with `np.eye`, a token keeps "
                        "itself.",
                    ),
                    (8 * right, "Your rows sum to 8: take *half* of the weights and half of the identity."),
                    ((one + two + three) / 3, mean),
                    (weights.mean(0), mean),
                    (
                        three * two * one * np.eye(4),
                        "`*` with `np.eye` leaves the diagonal only: chain the layers with the matrix product, `@`.",
                    ),
                    (
                        three * two * one,
                        "`*` multiplies entry by entry; a path through two layers is the matrix product `@`.",
                    ),
                    (ones[2] @ ones[1] @ ones[0], "0.5 went to every entry: `np.eye` has 1 on the diagonal, else 0."),
                    (three, "Only the last layer is in it: multiply all of them."),
                    (two @ one, "The last layer is missing: multiply all of them."),
                    (three @ two, "The first layer is missing: multiply all of them."),
                    (three @ two @ weights[0], "The first layer is not mixed with `np.eye`; all are to be."),
                    (
                        0.5 * plain + kept,
                        "You added the identity once, at the end: every layer has its own residual connection.",
                    ),
                ),
            )
            or "Not yet: with `mix = 0.5 * A + 0.5 * I` for each layer, the result is `mix[2] @ mix[1] @ mix[0]`."
        )
    from course_utils.attention import rollout

    record = real_record()
    if not close(call(answer, record.map().weights.mean(1)), rollout(record).head(0, 0), 1e-3):
        return "It is right for three layers, but not for the six of a real record: go through all of `weights`."
    single = _layers(1, 5)
    if not same(call(answer, single), 0.5 * single[0] + 0.5 * np.eye(5)):
        return "It is right for several layers, but not for one: then the result is this layer, mixed with `np.eye`."
    return None


def _layers(layers: int, positions: int):
    """Random weights of which each row sums to 1."""
    import numpy as np

    weights = np.abs(random(layers, positions, positions).numpy()) + 0.1
    return weights / weights.sum(-1, keepdims=True)


EXERCISE = Exercise(
    id="6.6",
    title="Rollout",
    minutes=15,
    difficulty="medium",
    starter="def roll_out(weights):\n    ...",
    answer="roll_out",
    check=_check_rollout,
    context=NUMPY,
    expects="a function that returns one matrix [query, key]",
    hints=(
        "Take two layers. Position 2 of the upper layer looks at position 1 of the lower one: which row of the lower "
        "layer says what is in there? Which layer must then be on the left?",
        "Mix each layer with the identity, half and half. Begin with the first layer and put every later one on the "
        "left of what you have.",
        "In a loop over the layers: `paths = (0.5 * layer + 0.5 * np.eye(len(layer))) @ paths`.",
    ),
    why="Half of a position is what it looks at, the other half is itself: that is the mix with the identity. The "
    "matrix product adds up all paths through two layers. The last layer stands on the left: its rows are the result.",
    solution=_ROLL_OUT,
    wrong=(
        Wrong(changed(_ROLL_OUT, ("(0.5 * layer + 0.5 * np.eye(len(layer)))", "layer")), "The residual connection"),
        Wrong(
            changed(
                _ROLL_OUT, ("np.eye(len(layer))) @ paths", "np.eye(len(layer)))"), ("paths = (", "paths = paths @ (")
            ),
            "The order is upside down",
        ),
        Wrong(changed(_ROLL_OUT, ("0.5 * layer + 0.5 *", "layer +")), "Your rows sum to 8"),
        Wrong("def roll_out(weights):\n    return weights.mean(axis=0)", "That is the mean over the layers"),
        Wrong(
            changed(_ROLL_OUT, ("np.eye(weights.shape[-1])", "1"), (") @ paths", ") * paths")),
            "a path through two layers is the matrix product",
        ),
        Wrong(changed(_ROLL_OUT, (") @ paths", ") * paths")), "leaves the diagonal only"),
        Wrong(changed(_ROLL_OUT, (" * np.eye(len(layer))", "")), "0.5 went to every entry"),
        Wrong(changed(_ROLL_OUT, (" @ paths", "")), "Only the last layer is in it"),
        Wrong(changed(_ROLL_OUT, ("in weights:", "in weights[:3]:")), "not for the six of a real record"),
        Wrong(changed(_ROLL_OUT, ("return paths", "return paths.T")), "Rows and columns are swapped"),
        Wrong(changed(_ROLL_OUT, ("in weights:", "in weights[:-1]:")), "The last layer is missing"),
        Wrong(changed(_ROLL_OUT, ("in weights:", "in weights[1:]:")), "The first layer is missing"),
        Wrong(
            changed(_ROLL_OUT, ("np.eye(weights.shape[-1])", "weights[0]"), ("in weights:", "in weights[1:]:")),
            "The first layer is not mixed",
        ),
        Wrong(
            changed(
                _ROLL_OUT,
                ("(0.5 * layer + 0.5 * np.eye(len(layer)))", "layer"),
                ("return paths", "return 0.5 * paths + 0.5 * np.eye(len(paths))"),
            ),
            "You added the identity once",
        ),
        Wrong(
            changed(_ROLL_OUT, ("    return", "    if len(weights) == 1:\n        return weights[0]\n    return")),
            "right for several layers, but not for one",
        ),
        Wrong(
            changed(
                _ROLL_OUT,
                ("(0.5 * layer + 0.5 * np.eye(len(layer))) @ paths", "0.5 * layer @ paths + 0.5 * np.eye(len(layer))"),
            ),
            "for each layer, the result is",
        ),
    ),
    also_wrong=(
        "def roll_out(weights):\n"
        "    weights *= 0.5\n"
        "    weights += 0.5 * np.eye(weights.shape[-1])\n"
        "    paths = weights[0]\n"
        "    for layer in weights[1:]:\n"
        "        paths = layer @ paths\n"
        "    return paths",
        "def roll_out(weights):\n"  # stops for a single layer
        "    return np.linalg.multi_dot(list((weights + np.eye(weights.shape[-1]))[::-1] / 2))",
        changed(_ROLL_OUT, ("np.eye(len(layer))", "np.eye(len(weights))")),
    ),
    alternatives=(
        "def roll_out(weights):\n"
        "    mixed = weights + np.eye(weights.shape[-1])\n"
        "    mixed = mixed / mixed.sum(axis=-1, keepdims=True)\n"
        "    paths = mixed[0]\n"
        "    for layer in mixed[1:]:\n"
        "        paths = np.matmul(layer, paths)\n"
        "    return paths.tolist()",
        "from functools import reduce\n\n"
        "roll_out = lambda weights: reduce(np.matmul, (weights[::-1] + np.eye(weights.shape[1])) / 2)",
    ),
)
