"""4.5 Count a layer."""

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed

_LAYER = (
    "def layer_parameters(hidden, inner):\n"
    "    attention = 4 * (hidden * hidden + hidden)\n"
    "    feed_forward = (hidden * inner + inner) + (inner * hidden + hidden)\n"
    "    norms = 2 * (hidden + hidden)\n"
    "    return attention + feed_forward + norms"
)


def _check_layer(answer) -> str | None:
    value = as_number(call(answer, 7, 19))
    if value is None:
        return f"Your function should return one number; given: {describe(call(answer, 7, 19))}."
    if close(value, 544):
        real = as_number(call(answer, 384, 1536))
        if close(real, 1_774_464, 1e-9):
            return None
        return f"With 384 and 1,536 a layer has 1,774,464 parameters; given: {describe(real)}."
    slips = {
        462: "Those are the six matrices alone: add the biases and the two layer norms.",
        490: "Short by the biases of all six matrices, or by those of the feed-forward part and the layer norms.",
        516: "4 · hidden numbers are missing: either the biases of attention or the two layer norms.",
        518: "The biases of the feed-forward part are missing: `inner` and `hidden` numbers.",
        530: "The layer norms are counted by half: there are two, and each has a weight and a bias.",
        488: "You counted three square matrices: query, key, value and the output projection make four.",
        404: "The feed-forward part has a second matrix, back from `inner` to `hidden`.",
        532: "The bias of the first feed-forward matrix is as long as its output, `inner`.",
        556: "The bias of the second feed-forward matrix is as long as its output, `hidden`.",
        679: "You took `inner` for four times `hidden`; use the argument.",
        588: "12 · hidden² is the rule of thumb for `inner` four times `hidden`; here every number counts.",
    }
    for slip, sentence in slips.items():
        if close(value, slip):
            return sentence
    return f"With 7 and 19 a layer has 544 parameters; given: {describe(value)}."


EXERCISE = Exercise(
    id="4.5",
    title="Count a layer",
    minutes=10,
    difficulty="medium",
    starter="def layer_parameters(hidden, inner):\n    ...",
    answer="layer_parameters",
    check=_check_layer,
    expects="a function that returns one number",
    hints=(
        "A matrix from a to b has a · b weights and a bias of b numbers. Count the four of attention first.",
        "Feed-forward: `hidden * inner + inner`, and then back. The two norms have `2 * hidden` numbers each.",
    ),
    solution=_LAYER,
    wrong=(
        Wrong(
            "def layer_parameters(hidden, inner):\n    return 4 * hidden**2 + 2 * hidden * inner",
            "the six matrices alone",
        ),
        Wrong(
            "def layer_parameters(hidden, inner):\n    return 4 * hidden**2 + 2 * hidden * inner + 4 * hidden",
            "biases of all six",
        ),
        Wrong(changed(_LAYER, (" + norms", "")), "either the biases of attention or the two layer norms"),
        Wrong(
            changed(_LAYER, ("(hidden * inner + inner) + (inner * hidden + hidden)", "2 * hidden * inner")),
            "The biases of the feed-forward part are missing",
        ),
        Wrong(changed(_LAYER, ("2 * (hidden + hidden)", "2 * hidden")), "counted by half"),
        Wrong(changed(_LAYER, ("4 * (", "3 * (")), "three square matrices"),
        Wrong(changed(_LAYER, (" + (inner * hidden + hidden)", "")), "a second matrix, back"),
        Wrong(changed(_LAYER, ("hidden * inner + inner", "hidden * inner + hidden")), "first feed-forward matrix"),
        Wrong(changed(_LAYER, ("inner * hidden + hidden", "inner * hidden + inner")), "second feed-forward matrix"),
        Wrong("def layer_parameters(hidden, inner):\n    return 12 * hidden**2", "rule of thumb"),
        Wrong(_LAYER.replace("    attention", "    inner = 4 * hidden\n    attention", 1), "use the argument"),
    ),
    alternatives=(
        "def layer_parameters(hidden, inner):\n    return hidden * (4 * hidden + 2 * inner + 9) + inner",
        "import torch\n\n"
        "def layer_parameters(hidden, inner):\n"
        "    layer = torch.nn.TransformerEncoderLayer(hidden, nhead=1, dim_feedforward=inner)\n"
        "    return sum(tensor.numel() for tensor in layer.parameters())",
    ),
    note="The number of heads does not matter: heads share the same four matrices, each with its own slice.",
)
