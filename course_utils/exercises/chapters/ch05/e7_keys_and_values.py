"""5.7 How many keys and values?"""

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed

_GROUPED = {"num_hidden_layers": 30, "num_attention_heads": 9, "num_key_value_heads": 3, "hidden_size": 576}


_WIDE = {"num_hidden_layers": 4, "num_attention_heads": 8, "num_key_value_heads": 2, "hidden_size": 320, "head_dim": 64}


_PLAIN = {"num_hidden_layers": 12, "num_attention_heads": 12, "hidden_size": 384}


_KEPT = (
    "def numbers_kept(config, tokens):\n"
    "    heads = config.num_attention_heads\n"
    '    pairs = getattr(config, "num_key_value_heads", heads)\n'
    '    width = getattr(config, "head_dim", config.hidden_size // heads)\n'
    "    return 2 * config.num_hidden_layers * pairs * width * tokens"
)


def _check_kept(answer) -> str | None:
    from transformers import PreTrainedConfig

    value = as_number(call(answer, PreTrainedConfig(**_GROUPED), 10))
    if value is None:
        shown = describe(call(answer, PreTrainedConfig(**_GROUPED), 10))
        return f"Your function should return one number; given: {shown}."
    if close(value, 11_520):
        return "That is one token: ten tokens need ten times as much."
    if close(value, 57_600):
        return "You counted keys or values; both are kept, hence the factor 2."
    if close(value, 345_600):
        return "That is nine heads of 64 (or three of 192): the keys and values have three, each 576 / 9 = 64 wide."
    if close(value, 288_000):
        return "You counted the queries, too: only keys and values are kept."
    if close(value, 3_840):
        return "You counted one layer; each layer keeps its own."
    if close(value, 1_800):
        return "You counted heads; each keeps `head_dim` numbers, here 576 / 9 = 64."
    if close(value, 2 * 30 * 576 * 10 * 9 * 3) or close(value, 2 * 30 * 3 * 576 * 10):
        return "A head is not as wide as the model: it has `hidden_size // num_attention_heads` numbers."
    if not close(value, 115_200):
        return f"30 layers, 3 key/value heads of 64 numbers and 10 tokens make 115,200; given: {describe(value)}."
    value = as_number(call(answer, PreTrainedConfig(**_WIDE), 1))
    if close(value, 2 * 4 * 2 * 40):
        return "This configuration names `head_dim`, 64: where it is given, it counts, not 320 / 8."
    if not close(value, 1_024):
        return f"4 layers, 2 key/value heads with a `head_dim` of 64, one token: 1,024; given: {describe(value)}."
    value = as_number(call(answer, PreTrainedConfig(**_PLAIN), 2))
    if close(value, 2 * 12 * 12 * 64 * 2):
        return "Without `head_dim` a head has `hidden_size // num_attention_heads` numbers; not every head has 64."
    if not close(value, 2 * 12 * 12 * 32 * 2):
        return (
            "Without `num_key_value_heads` in the configuration each of the 12 heads has keys and values of its own: "
            f"18,432 numbers for two tokens; given: {describe(value)}."
        )
    return None


EXERCISE = Exercise(
    id="5.7",
    title="How many keys and values?",
    minutes=6,
    difficulty="medium",
    starter="def numbers_kept(config, tokens):\n    ...",
    answer="numbers_kept",
    check=_check_kept,
    expects="a function that returns one number",
    hints=(
        "Keys and values, in each layer, in each key/value head, for each token: a product of five factors.",
        '`getattr(config, "num_key_value_heads", heads)` takes the number from the configuration, or `heads` where '
        "it has none.",
    ),
    solution=_KEPT,
    wrong=(
        Wrong(changed(_KEPT, ("2 * ", "")), "You counted keys or values"),
        Wrong(changed(_KEPT, ("* pairs", "* heads")), "That is nine heads of 64 (or three of 192)"),
        Wrong(changed(_KEPT, ("* pairs", "* (heads + 2 * pairs)"), ("2 * config", "config")), "the queries, too"),
        Wrong(changed(_KEPT, ("config.num_hidden_layers * ", "")), "You counted one layer"),
        Wrong(changed(_KEPT, ("* width ", "")), "You counted heads"),
        Wrong(changed(_KEPT, (" * tokens", "")), "That is one token"),
        Wrong(
            changed(_KEPT, ('getattr(config, "head_dim", config.hidden_size // heads)', "config.hidden_size")),
            "not as wide as the model",
        ),
        Wrong(
            changed(_KEPT, ('getattr(config, "head_dim", config.hidden_size // heads)', "config.hidden_size // heads")),
            "where it is given",
        ),
        Wrong(
            changed(_KEPT, ('"num_key_value_heads", heads', '"num_key_value_heads", 1')),
            "keys and values of its own",
        ),
        Wrong(
            changed(_KEPT, ('getattr(config, "num_key_value_heads", heads)', "config.num_key_value_heads")),
            "AttributeError",
            status="error in your code",
        ),
        Wrong(changed(_KEPT, ("config.hidden_size // heads", "64")), "not every head has 64"),
    ),
    alternatives=(
        "def numbers_kept(config, tokens):\n"
        "    has = config.to_dict()\n"
        '    heads = has["num_attention_heads"]\n'
        '    width = has.get("head_dim", has["hidden_size"] // heads)\n'
        '    return 2 * tokens * has["num_hidden_layers"] * has.get("num_key_value_heads", heads) * width',
        "def numbers_kept(config, tokens):\n"
        "    heads = config.num_attention_heads\n"
        '    if hasattr(config, "head_dim"):\n'
        "        width = config.head_dim\n"
        "    else:\n"
        "        width = config.hidden_size / heads\n"
        '    groups = config.num_key_value_heads if hasattr(config, "num_key_value_heads") else heads\n'
        "    return tokens * groups * width * config.num_hidden_layers * 2",
    ),
    note="SmolLM2 keeps 11,520 numbers a token; with nine sets of keys and values it would be 34,560.",
)
