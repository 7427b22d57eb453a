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
    # With 60 and 167 each mistake gives a number of its own. Twelve heads, BERT's default, divide every `hidden`.
    for hidden, inner in ((60, 167), (384, 1536), (24, 7), (12, 12), (1_500, 6_007)):
        given = call(answer, hidden, inner)
        value, right = as_number(given), 4 * hidden**2 + 2 * hidden * inner + 9 * hidden + inner
        if value is None:
            return f"Your function should return one number; given: {describe(given)}."
        if not close(value, right, 1e-9):
            meant = _slip(hidden, inner, value) if inner == 167 else ""
            text = f"With {hidden} and {inner:,} a layer has {right:,} parameters; given: {describe(given)}."
            return f"{text} {meant}".rstrip()
    return None


def _slip(hidden: int, inner: int, value: float) -> str:
    """What would give this number; said of the number, as other code may give it too."""
    right = 4 * hidden**2 + 2 * hidden * inner + 9 * hidden + inner
    slips = {
        right - 9 * hidden - inner: "These are the six matrices alone: add the biases and the two layer norms.",
        right - 5 * hidden - inner: (
            "`5 · hidden + inner` numbers are missing. So many are the biases of all six matrices together, and so "
            "many numbers have the two layer norms and the biases of the feed-forward part together."
        ),
        right - 4 * hidden: "`4 · hidden` numbers are missing: the biases of attention, or the two layer norms.",
        right - 8 * hidden: "`8 · hidden` numbers are missing: the biases of attention and the two layer norms.",
        right - 3 * hidden: "`3 · hidden` numbers are missing: four biases in attention, not one for all of them?",
        right - hidden - inner: "`hidden + inner` numbers are missing: the biases of the feed-forward part.",
        right - 2 * hidden: (
            "`2 · hidden` numbers are missing, half of what the layer norms have: they are two, each with a weight and "
            "a bias."
        ),
        right
        - hidden**2
        - hidden: "One square matrix and its bias are missing: query, key, value and output make four.",
        right - hidden**2: "One square matrix is missing: query, key, value and output make four.",
        right
        - hidden * inner
        - hidden: "The second matrix of the feed-forward part, `inner` to `hidden`, and its bias are missing.",
        right
        + hidden
        - inner: "That comes out with two feed-forward biases of `hidden`: a bias is as long as the output.",
        right
        - hidden
        + inner: "That comes out with two feed-forward biases of `inner`: a bias is as long as the output.",
        right - 2 * hidden + 2 * inner: "That comes out with a norm as long as `inner`: both have `hidden` numbers.",
        12 * hidden**2 + 13 * hidden: "That comes out with 4 · `hidden` instead of `inner`: use the argument.",
        12 * hidden**2: "12 · hidden² is the rule of thumb for `inner` four times `hidden`; here every number counts.",
        4 * inner**2 + 2 * hidden * inner + 9 * inner + hidden: "That comes out with `hidden` and `inner` swapped.",
    }
    return next((sentence for slip, sentence in slips.items() if close(value, slip, 1e-9)), "")


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
        "How many numbers are in a matrix from 3 to 5, and how long is its bias? Then write the parts on paper.",
        "A matrix from a to b has a · b weights and a bias of b numbers. There are six matrices and two norms.",
        "Feed-forward: the first matrix and its bias have `hidden * inner + inner` numbers. A norm has `2 * hidden`.",
    ),
    solution=_LAYER,
    why=(
        "A matrix from a to b holds a · b numbers and its bias b. Four are `hidden` by `hidden`, one goes to `inner`, "
        "one comes back; each norm adds a weight and a bias of `hidden` numbers."
    ),
    wrong=(
        Wrong(
            "def layer_parameters(hidden, inner):\n    return 4 * hidden**2 + 2 * hidden * inner",
            "the six matrices alone",
        ),
        Wrong(
            "def layer_parameters(hidden, inner):\n    return 4 * hidden**2 + 2 * hidden * inner + 4 * hidden",
            "biases of all six",
        ),
        Wrong(changed(_LAYER, (" + norms", "")), "the biases of attention, or the two layer norms"),
        Wrong(changed(_LAYER, (" + norms", ""), ("hidden * hidden + hidden", "hidden * hidden")), "`8 · hidden`"),
        Wrong(changed(_LAYER, ("4 * (hidden * hidden + hidden)", "4 * hidden * hidden + hidden")), "`3 · hidden`"),
        Wrong(
            changed(_LAYER, ("(hidden * inner + inner) + (inner * hidden + hidden)", "2 * hidden * inner")),
            "missing: the biases of the feed-forward part",
        ),
        Wrong(changed(_LAYER, ("2 * (hidden + hidden)", "2 * hidden")), "half of what the layer norms have"),
        Wrong(changed(_LAYER, ("4 * (", "3 * (")), "One square matrix and its bias"),
        Wrong(
            changed(_LAYER, ("4 * (hidden * hidden +", "3 * hidden * hidden + 4 * (")), "One square matrix is missing"
        ),
        Wrong(changed(_LAYER, (" + (inner * hidden + hidden)", "")), "`inner` to `hidden`"),
        Wrong(
            changed(_LAYER, ("hidden * inner + inner", "hidden * inner + hidden")),
            "two feed-forward biases of `hidden`",
        ),
        Wrong(
            changed(_LAYER, ("inner * hidden + hidden", "inner * hidden + inner")), "two feed-forward biases of `inner`"
        ),
        Wrong(changed(_LAYER, ("2 * (hidden + hidden)", "2 * (hidden + inner)")), "a norm as long as `inner`"),
        Wrong("def layer_parameters(hidden, inner):\n    return 12 * hidden**2", "rule of thumb"),
        Wrong(_LAYER.replace("    attention", "    inner = 4 * hidden\n    attention", 1), "use the argument"),
        Wrong(changed(_LAYER, ("(hidden, inner)", "(inner, hidden)")), "swapped"),
    ),
    also_wrong=(
        "def layer_parameters(hidden, inner):\n    return 1774464",
        "def layer_parameters(hidden, inner):\n    return 4 * (hidden ^ 2) + 2 * hidden * inner + 9 * hidden + inner",
        changed(_LAYER, ("return attention", "return '%d' % attention"), (" + feed_forward + norms", "")),
        _LAYER.replace("    attention", "    hidden, inner = min(hidden, inner), max(hidden, inner)\n    attention", 1),
        changed(_LAYER, ("    return", "    if hidden == inner: norms = 0\n    return")),
        changed(_LAYER, ("norms = 2 * (hidden + hidden)", "norms = 6 * hidden")),
    ),
    alternatives=(
        "def layer_parameters(hidden, inner):\n    return hidden * (4 * hidden + 2 * inner + 9) + inner",
        "import torch\n\n"
        "def layer_parameters(hidden, inner):\n"
        "    layer = torch.nn.TransformerEncoderLayer(hidden, nhead=1, dim_feedforward=inner)\n"
        "    return sum(tensor.numel() for tensor in layer.parameters())",
        "import torch\n"
        "from transformers import BertConfig\n"
        "from transformers.models.bert.modeling_bert import BertLayer\n\n"
        "def layer_parameters(hidden, inner):\n"
        "    layer = BertLayer(BertConfig(hidden_size=hidden, intermediate_size=inner))\n"
        "    return torch.tensor(sum(tensor.numel() for tensor in layer.parameters()))",
        "def layer_parameters(hidden, inner):\n"
        "    return 4.0 * hidden**2 + 2.0 * hidden * inner + 9.0 * hidden + inner",
    ),
    note="The number of heads does not matter: heads share the same four matrices, each with its own slice.",
)
