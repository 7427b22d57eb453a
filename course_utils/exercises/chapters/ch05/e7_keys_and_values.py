"""5.7 How many keys and values?"""

from course_utils.exercises.answers import Slip, as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed

_KEPT = (
    "def numbers_kept(config, tokens):\n"
    "    heads = config.num_attention_heads\n"
    '    sets = getattr(config, "num_key_value_heads", heads)\n'
    '    width = getattr(config, "head_dim", config.hidden_size // heads)\n'
    "    return 2 * config.num_hidden_layers * sets * width * tokens"
)

_HEAD_DIM = 'getattr(config, "head_dim", config.hidden_size // heads)'

_NONE_TOO = changed(
    _KEPT,
    ('getattr(config, "num_key_value_heads", heads)', 'getattr(config, "num_key_value_heads", None) or heads'),
    (_HEAD_DIM, 'getattr(config, "head_dim", None) or config.hidden_size // heads'),
)


def _configurations() -> tuple:
    """(what is special, configuration, tokens). Twelve heads in four sets, so that heads // sets is not sets."""
    from transformers import GPT2Config, PreTrainedConfig

    def sizes(layers, heads, hidden, **more):
        return PreTrainedConfig(num_hidden_layers=layers, num_attention_heads=heads, hidden_size=hidden, **more)

    return (
        ("", sizes(7, 12, 156, num_key_value_heads=4, head_dim=13), 11),
        ("`head_dim` is given, and it is not 320 / 8", sizes(4, 8, 320, num_key_value_heads=2, head_dim=64), 1),
        ("`head_dim` is missing", sizes(5, 6, 102, num_key_value_heads=2), 3),
        ("`num_key_value_heads` is missing", sizes(5, 6, 102, head_dim=19), 3),
        ("both are missing", sizes(3, 4, 20), 1000),
        ("it is that of a GPT-2 model, and both are missing", GPT2Config(n_layer=3, n_head=4, n_embd=20), 6),
        ("one set serves all heads", sizes(2, 10, 70, num_key_value_heads=1, head_dim=5), 5),
    )


def _expected(config, tokens: int) -> tuple[int, str]:
    """The number, and where it comes from."""
    heads = config.num_attention_heads
    sets = getattr(config, "num_key_value_heads", heads)
    width = getattr(config, "head_dim", config.hidden_size // heads)
    layers = config.num_hidden_layers
    text = f"2 · {layers} layers · {sets} sets · {width} numbers · {tokens} tokens make"
    return 2 * layers * sets * width * tokens, text


def _check_kept(answer) -> str | None:
    for special, config, tokens in _configurations():
        before = dict(vars(config))
        given = call(answer, config, tokens)
        value, (right, text) = as_number(given), _expected(config, tokens)
        if vars(config) != before:
            raise Slip(
                "not yet",
                "Your function changed the configuration that it was given. It should only read it: a model goes by "
                "its configuration.",
            )
        if value is None:
            return f"Your function should return one number; given: {describe(given)}."
        if not close(value, right, 1e-9):
            if special:
                return f"With a configuration where {special}: {text} {right:,}; given: {describe(given)}."
            meant = _slip(config, tokens, right, value)
            return f"{text} {right:,}; given: {describe(given)}. {meant}".rstrip()
    return None


def _slip(config, tokens: int, right: int, value: float) -> str:
    """What would give this number; said of the number, as other code may give it too."""
    heads, sets, layers, hidden = (
        config.num_attention_heads,
        config.num_key_value_heads,
        config.num_hidden_layers,
        config.hidden_size,
    )
    slips = (
        (right / tokens, "That is one token."),
        (right / 2, "That is half of it: keys and values are both kept, hence the factor 2."),
        (right / sets * heads, f"That is what {heads} sets would take, one for each head; the heads share {sets}."),
        (
            right / sets * (heads // sets),
            f"That comes out with {heads} // {sets} sets; `num_key_value_heads` is the sets.",
        ),
        (
            right / 2 / sets * (heads + 2 * sets),
            "That comes out when the queries count, too: only keys and values are kept.",
        ),
        (right / layers, "That is one layer; each layer keeps its own."),
        (
            right / config.head_dim,
            f"That comes out without `head_dim`: a key has so many numbers, here {config.head_dim}.",
        ),
        (
            right / config.head_dim * hidden,
            "That comes out with `hidden_size` numbers in each set; a head is not so wide.",
        ),
        (right * tokens, "That comes out with the tokens squared: each token keeps its own, once."),
        (right / tokens * (tokens - 1), "That is one token too few: all are kept."),
    )
    return next((sentence for slip, sentence in slips if close(value, slip, 1e-9)), "")


EXERCISE = Exercise(
    id="5.7",
    title="How many keys and values?",
    minutes=12,
    difficulty="medium",
    starter="def numbers_kept(config, tokens):\n    ...",
    answer="numbers_kept",
    check=_check_kept,
    expects="a function that returns one number",
    hints=(
        "What does one set of one layer keep for one token? And then: how many sets, layers and tokens are there?",
        "Keys and values, in each layer, in each set, for each token: a product of five factors.",
        '`getattr(config, "num_key_value_heads", heads)` takes the number from the configuration, or `heads` where '
        "it has none.",
    ),
    solution=_KEPT,
    why=(
        "Each layer keeps, for every token, the keys and the values (2) of each set, and each of these has `head_dim` "
        "numbers. `getattr` with a third argument fills in what a configuration lacks."
    ),
    wrong=(
        Wrong(changed(_KEPT, ("2 * ", "")), "That is half of it"),
        Wrong(changed(_KEPT, ("* sets", "* heads")), "one for each head"),
        Wrong(changed(_KEPT, ("* sets", "* (heads // sets)")), "12 // 4 sets"),
        Wrong(changed(_KEPT, ("* sets", "* (heads + 2 * sets)"), ("2 * config", "config")), "when the queries count"),
        Wrong(changed(_KEPT, ("config.num_hidden_layers * ", "")), "That is one layer"),
        Wrong(changed(_KEPT, ("* width ", "")), "comes out without `head_dim`"),
        Wrong(changed(_KEPT, (" * tokens", "")), "That is one token."),
        Wrong(changed(_KEPT, ("* tokens", "* (tokens - 1)")), "one token too few"),
        Wrong(changed(_KEPT, ("* tokens", "* tokens**2")), "tokens squared"),
        Wrong(changed(_KEPT, (_HEAD_DIM, "config.hidden_size")), "`hidden_size` numbers in each set"),
        Wrong(changed(_KEPT, (_HEAD_DIM, "config.hidden_size // heads")), "not 320 / 8"),
        Wrong(changed(_KEPT, ("config.hidden_size // heads", "64")), "where `head_dim` is missing"),
        Wrong(changed(_KEPT, ('heads", heads', 'heads", 1')), "where `num_key_value_heads` is missing"),
        Wrong(
            changed(_KEPT, ('getattr(config, "num_key_value_heads", heads)', "config.num_key_value_heads")),
            "no attribute 'num_key_value_heads'",
            status="error in your code",
        ),
        Wrong(
            changed(_KEPT, (_HEAD_DIM, "config.head_dim")),
            "no attribute 'head_dim'",
            status="error in your code",
        ),
        Wrong(
            "def numbers_kept(config, tokens):\n"
            '    if not hasattr(config, "num_key_value_heads"):\n'
            "        config.num_key_value_heads = config.num_attention_heads\n"
            '    if not hasattr(config, "head_dim"):\n'
            "        config.head_dim = config.hidden_size // config.num_attention_heads\n"
            "    return 2 * config.num_hidden_layers * config.num_key_value_heads * config.head_dim * tokens",
            "changed the configuration",
        ),
        Wrong(
            "def numbers_kept(config, tokens):\n"
            "    has = config.to_dict()\n"
            '    heads = has["num_attention_heads"]\n'
            '    width = has.get("head_dim", has["hidden_size"] // heads)\n'
            '    return 2 * tokens * has["num_hidden_layers"] * has.get("num_key_value_heads", heads) * width',
            "KeyError",
            status="error in your code",
        ),
    ),
    also_wrong=(
        changed(_KEPT, (_HEAD_DIM, f"max(0, {_HEAD_DIM}, config.hidden_size // heads)")),
        changed(_KEPT, ("config.hidden_size // heads", "config.hidden_size // sets")),
        changed(_KEPT, ("config.num_hidden_layers", "30")),
        changed(_KEPT, ("return 2 *", "return 8 *")),
        "def numbers_kept(config, tokens):\n    return 2 * config.num_hidden_layers * config.hidden_size * tokens",
        "def numbers_kept(config, tokens):\n"
        "    heads = config.num_attention_heads\n"
        "    try:\n"
        "        sets, width = config.num_key_value_heads, config.head_dim\n"
        "    except AttributeError:\n"
        "        sets, width = heads, config.hidden_size // heads\n"
        "    return 2 * config.num_hidden_layers * sets * width * tokens",
        "from transformers import LlamaConfig\n\n"
        "page = LlamaConfig(num_hidden_layers=30, num_attention_heads=9, num_key_value_heads=3, hidden_size=576)\n\n"
        + changed(_KEPT, ("    heads", "    config = page\n    heads")),
    ),
    alternatives=(
        _NONE_TOO,
        "def numbers_kept(config, tokens):\n"
        "    heads = config.num_attention_heads\n"
        '    if hasattr(config, "head_dim"):\n'
        "        width = config.head_dim\n"
        "    else:\n"
        "        width = config.hidden_size / heads\n"
        '    groups = config.num_key_value_heads if hasattr(config, "num_key_value_heads") else heads\n'
        "    return tokens * groups * width * config.num_hidden_layers * 2",
        _NONE_TOO.replace(
            "    return",
            '    window = getattr(config, "sliding_window", None)\n'
            "    tokens = min(tokens, window) if window else tokens\n"
            "    return",
        ),
    ),
    note="SmolLM2 keeps 11,520 numbers a token; with nine sets of keys and values it would be 34,560.",
)
