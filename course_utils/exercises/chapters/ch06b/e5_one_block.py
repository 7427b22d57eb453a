"""6b.5 One whole layer."""

from course_utils.exercises.records import Exercise, Wrong

from .e1_rms_norm import _NORM
from .e2_rotate import _ROTATE
from .e3_grouped_attention import _GROUPED
from .e4_swiglu import _SWIGLU
from .shared import HELPERS, check_tensor, random, tiny_layer, turns, wrong_answers

CONTEXT = "\n\n".join([HELPERS, _NORM, _ROTATE, _GROUPED, _SWIGLU])
BLOCK = (
    "def one_block(x, w, cos, sin):\n"
    "    size = cos.shape[-1]\n"
    '    seen = rms_norm(x, w["input_layernorm"])\n'
    '    query = rotate(split(seen @ w["q_proj"].T, size), cos, sin)\n'
    '    key = rotate(split(seen @ w["k_proj"].T, size), cos, sin)\n'
    '    value = split(seen @ w["v_proj"].T, size)\n'
    '    x = x + join(grouped_attention(query, key, value)) @ w["o_proj"].T\n'
    '    seen = rms_norm(x, w["post_attention_layernorm"])\n'
    '    return x + swiglu(seen, w["gate_proj"], w["up_proj"], w["down_proj"])'
)
_QUERY = 'rotate(split(seen @ w["q_proj"].T, size), cos, sin)'
_KEY = 'rotate(split(seen @ w["k_proj"].T, size), cos, sin)'
_VALUE = 'split(seen @ w["v_proj"].T, size)'
_FIRST, _SECOND = 'rms_norm(x, w["input_layernorm"])', 'rms_norm(x, w["post_attention_layernorm"])'
_FEED = 'swiglu(seen, w["gate_proj"], w["up_proj"], w["down_proj"])'
_ATTEND = 'join(grouped_attention(query, key, value)) @ w["o_proj"].T'
_MISTAKES = (
    (
        ((_VALUE, f"rotate({_VALUE}, cos, sin)"),),
        "The values are turned, too. Positions count in the scores only: turn queries and keys, and leave the values.",
    ),
    (
        ((_QUERY, 'split(seen @ w["q_proj"].T, size)'), (_KEY, 'split(seen @ w["k_proj"].T, size)')),
        "Nothing is turned: `rotate` the queries and the keys.",
    ),
    (((_KEY, 'split(seen @ w["k_proj"].T, size)'),), "Only the queries are turned; turn the keys as well."),
    (((_QUERY, 'split(seen @ w["q_proj"].T, size)'),), "Only the keys are turned; turn the queries as well."),
    (
        ((f"x = x + {_ATTEND}", f"x = {_ATTEND}"),),
        "After the attention the stream is lost: add its result to `x`.",
    ),
    (((f"return x + {_FEED}", f"return {_FEED}"),), "At the end the stream is lost: add the feed-forward part to `x`."),
    (
        ((f"x = x + {_ATTEND}", f"x = {_ATTEND}"), (f"return x + {_FEED}", f"return {_FEED}")),
        "Both additions are missing: each half of the layer adds its result to the stream.",
    ),
    (
        (
            (_FIRST, "x"),
            (f"x = x + {_ATTEND}", f'x = rms_norm(x + {_ATTEND}, w["input_layernorm"])'),
            (_SECOND, "x"),
            (f"return x + {_FEED}", f'return rms_norm(x + {_FEED}, w["post_attention_layernorm"])'),
        ),
        "Your norms come after the additions, as in the plan of 2017. In SmolLM2 a norm stands before each half.",
    ),
    (((_FIRST, "x"),), "The first norm is missing: the attention reads the stream through `input_layernorm`."),
    (
        ((_SECOND, "x"),),
        "The second norm is missing: the feed-forward part reads the stream through `post_attention_layernorm`.",
    ),
    (((_FIRST, "x"), (_SECOND, "x")), "Both norms are missing: each half reads the stream through a norm."),
    (
        (
            (_FIRST, 'rms_norm(x, w["post_attention_layernorm"] )'),
            (_SECOND, 'rms_norm(x, w["input_layernorm"])'),
        ),
        "The weights of the two norms are exchanged: `input_layernorm` comes first.",
    ),
    (
        ((_SECOND, 'rms_norm(x, w["input_layernorm"])'),),
        "The second norm uses the weight of the first; it has its own, `post_attention_layernorm`.",
    ),
    (
        ((f"    seen = {_SECOND}\n", ""),),
        "The feed-forward part reads what the attention read. It should read the stream after the first addition, "
        "through the second norm.",
    ),
    (
        (
            (f"    x = x + {_ATTEND}\n    seen = {_SECOND}\n", f"    y = x + {_ATTEND}\n    seen = {_SECOND}\n"),
            (_SECOND, 'rms_norm(y, w["post_attention_layernorm"])'),
        ),
        "The second addition adds to the stream as it came in, so the work of the attention is lost.",
    ),
    (
        ((f"x = x + {_ATTEND}", f"old, x = x, x + {_ATTEND}"), (_SECOND, _SECOND.replace("(x", "(old"))),
        "The second norm reads the stream as it came in. It should read the new one, after the first addition.",
    ),
    (
        ((f"x = x + {_ATTEND}", f"got = {_ATTEND}\n    x = x + got"), (_SECOND, _SECOND.replace("(x", "(got"))),
        "The second norm reads what the attention made. It should read the whole stream, after the first addition.",
    ),
    (((' @ w["o_proj"].T', ""),), "`o_proj` is missing: after `join`, the heads go through it."),
    (((' @ w["o_proj"].T', ' @ w["o_proj"]'),), "`o_proj` is not transposed: it is stored as `[out, in]`."),
    (((' @ w["q_proj"].T', ' @ w["q_proj"]'),), "`q_proj` is not transposed: it is stored as `[out, in]`."),
    (
        (("join(grouped_attention(query, key, value))", "grouped_attention(query, key, value).reshape(len(x), -1)"),),
        "The heads are joined without swapping heads and tokens back: `join` does both.",
    ),
    (
        (('seen @ w["q_proj"].T', 'x @ w["q_proj"].T'), ('seen @ w["k_proj"].T', 'x @ w["k_proj"].T')),
        "Queries and keys come from the stream itself; they should come from the normed vectors, as the values do.",
    ),
    (((_VALUE, 'split(x @ w["v_proj"].T, size)'),), "The values come from the stream itself, not from the norm."),
    (
        (('seen @ w["k_proj"].T', 'seen @ w["v_proj"].T '), ('seen @ w["v_proj"].T,', 'seen @ w["k_proj"].T,')),
        "`k_proj` and `v_proj` are exchanged.",
    ),
    (
        (("(query, key, value)", "(query, value, key)"),),
        "Keys and values are exchanged when the attention is called: query, key, value is the order.",
    ),
    (
        (('w["gate_proj"], w["up_proj"]', 'w["up_proj"], w["gate_proj"]'),),
        "`gate_proj` and `up_proj` are exchanged when `swiglu` is called.",
    ),
    (
        ((f"    x = x + {_ATTEND}\n", ""),),
        "The attention is missing: its result must be added to the stream.",
    ),
    (((f"return x + {_FEED}", "return x"),), "The second half is missing: the feed-forward part."),
    (
        ((f"return x + {_FEED}", f"return seen + {_FEED}"),),
        "At the end you added to the normed vectors. Add to the stream.",
    ),
    ((("x = x + join", "x = seen + join"),), "The attention was added to the normed vectors. Add it to the stream."),
)


def _cases() -> list[tuple]:
    plans = (
        (3, {"hidden": 12, "heads": 3, "sets": 1, "size": 4}),
        (5, {"hidden": 8, "heads": 4, "sets": 2, "size": 2}),
        (1, {"hidden": 16, "heads": 2, "sets": 1, "size": 8}),
        (4, {"hidden": 12, "heads": 2, "sets": 2, "size": 6}),
    )
    loud = (1, 0.03, 1, 1)  # the second stream is so small that `eps` counts
    return [
        (
            loud[n] * random(tokens, plan["hidden"], seed=n),
            tiny_layer(**plan, seed=50 * n),
            *turns(tokens, plan["size"]),
        )
        for n, (tokens, plan) in enumerate(plans)
    ]


def _told(x, w, cos, sin) -> str:
    return (
        f"For {len(x)} tokens of {x.shape[1]} numbers, heads of {cos.shape[-1]} numbers and {len(w['gate_proj'])} "
        "numbers inside the feed-forward part"
    )


def _check(answer) -> str | None:
    return check_tensor(answer, _cases(), "one_block", CONTEXT, BLOCK, _MISTAKES, _told)


EXERCISE = Exercise(
    id="6b.5",
    title="One whole layer",
    minutes=12,
    difficulty="hard",
    starter="def one_block(x, w, cos, sin):\n    ...",
    answer="one_block",
    check=_check,
    context=CONTEXT,
    expects="a function that returns a tensor `[tokens, hidden]`",
    hints=(
        "Go up the picture, one box after the other, and write one line for each. What goes into a box, and what "
        "comes out?",
        "First half: norm, three matrices, split, rotate two of the three, attend, join, `o_proj`, add. Second half: "
        "norm of the new stream, `swiglu`, add.",
        'The queries are `rotate(split(seen @ w["q_proj"].T, size), cos, sin)`, where `seen` is the normed stream.',
    ),
    solution=BLOCK,
    why="Each half reads the stream through a norm, does its work, and adds the result to the stream. So the second "
    "norm reads the new stream. Nothing is ever overwritten: every layer only adds.",
    wrong=(
        *wrong_answers(BLOCK, _MISTAKES),
        Wrong(
            BLOCK.replace('split(seen @ w["q_proj"].T, size)', '(seen @ w["q_proj"].T)'),
            "RuntimeError",
            status="error in your code",
        ),
        Wrong(BLOCK.replace('w["o_proj"]', 'w["out_proj"]'), "KeyError", status="error in your code"),
        Wrong(BLOCK.replace("return x +", "return x[:1] +")[:-1] + ")[:1]", "is expected; yours has"),
        Wrong(BLOCK.replace("return x +", "return 2 * x +"), "the number at"),
    ),
    also_wrong=(
        BLOCK.replace("cos.shape[-1]", "4"),
        BLOCK.replace("return x +", "return x -"),
        BLOCK.replace(', w["input_layernorm"])', ", torch.ones(x.shape[-1]))"),
        BLOCK.replace(', w["input_layernorm"])', ', w["input_layernorm"], 1e-6)'),
    ),
    alternatives=(
        "def one_block(x, w, cos, sin):\n"
        "    def project(seen, name):\n"
        "        return split(torch.nn.functional.linear(seen, w[name]), cos.shape[-1])\n"
        '    seen = rms_norm(x, w["input_layernorm"])\n'
        '    q, k, v = (project(seen, name) for name in ("q_proj", "k_proj", "v_proj"))\n'
        "    mix = grouped_attention(rotate(q, cos, sin), rotate(k, cos, sin), v)\n"
        '    middle = x + join(mix) @ w["o_proj"].T\n'
        '    parts = [w[name] for name in ("gate_proj", "up_proj", "down_proj")]\n'
        '    return middle + swiglu(rms_norm(middle, w["post_attention_layernorm"]), *parts)',
    ),
    note="Now compare it with the real layer, below.",
)
