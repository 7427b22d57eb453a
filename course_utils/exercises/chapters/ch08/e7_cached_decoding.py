"""8.7 Decode with a cache."""

from course_utils.exercises.answers import as_list, describe, shape
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import TORCH
from .tiny_llama import right_loop, watched

_PROMPTS = (  # prompts, steps
    ([[5, 17, 80, 33, 2], [61, 9, 9, 44, 71]], 8),
    ([[0, 7, 3]], 6),  # writes the end token, and one token several times
    ([[7, 30], [8, 31], [9, 32], [66, 1]], 1),
    ([[5, 17, 80], [61, 9, 9]], 0),
)


_LOOP = (
    "@torch.no_grad()\n"
    "def cached_greedy(model, ids, steps):\n"
    "    out = model(ids)\n"
    "    for step in range(steps):\n"
    "        new = out.logits[:, -1:].argmax(-1)  # [rows, 1]\n"
    "        ids = torch.cat([ids, new], dim=1)\n"
    "        if step < steps - 1:\n"
    "            out = model(new, past_key_values=out.past_key_values)\n"
    "    return ids"
)


def _check_loop(answer) -> str | None:
    import torch

    for prompts, steps in _PROMPTS:
        ids = torch.tensor(prompts)
        value, calls = watched(answer, ids, steps)
        if said := _of_shape(value, prompts, steps):
            return said
        found, right = as_list(value), right_loop(ids, steps)
        if said := steps and _of_calls(calls, prompts, found == right):
            return said
        if found != right:
            return _of_tokens(found, right, calls, prompts)
    return None


def _of_shape(value, prompts, steps) -> str | None:
    rows, length = len(prompts), len(prompts[0])
    if steps and shape(value) == (rows, steps):
        return "You return the new tokens only: the prompt comes first, `[rows, tokens + steps]`."
    if len(shape(value) or ()) != 2 or len(as_list(value) or ()) != rows:
        return f"Your function should return a tensor `[rows, tokens + steps]`; given: {describe(value)}."
    new = shape(value)[1] - length
    if new != steps:
        return (
            f"With `steps` = {steps}, each row should have {length + steps} tokens, {length} of the prompt and {steps} "
            f"new ones; yours have {length + new}."
        ) + (" Write on after an end token, too, and after a token that comes again." if 0 < new < steps else "")
    return None


def _of_calls(calls, prompts, right: bool) -> str | None:
    """A sentence about what the model was given to read, if it was not as it should be."""
    rows, length = len(prompts), len(prompts[0])
    praise = "The tokens are right, but " if right else ""
    if not calls:
        return "`model(...)` was never called: the first call reads the prompts, `model(ids)`."
    if wrong := [c.rows for c in calls if c.rows != rows]:
        return f"{praise}each call should read all the rows at once, here {rows}; one of yours read {wrong[0]}."
    if max(c.tokens for c in calls) < length:
        if right:
            return "The tokens are right, but the prompt went in in several calls: prefill reads all of it in one."
        return "The prompt never went into the model as a whole: the first call reads all of it."
    for step, c in enumerate(calls[1:]):
        if c.tokens > 1 and c.tokens != length + step + 1:
            return f"{praise}a later call read {c.tokens} tokens a row: each reads one, the newest."
        if c.tokens > 1 and c.past:
            return "You gave the cache *and* the whole text: what is cached must not be read again. Read one token."
        if c.tokens > 1:
            return f"{praise}a later call read the whole text again: hand on `past_key_values`, and read one token."
        if not c.past:
            return "A step read its token without the cache: the model saw that token and nothing before it."
        if c.positions is not None and c.positions != {c.past}:
            return (
                f"Your position is off: with {c.past} tokens in the cache the new one stands at position {c.past}, "
                f"because counting begins at 0, not at {max(c.positions)}."
            )
        if c.past != length + step:
            return (
                f"After {step + 1} new tokens the cache should hold {length + step} tokens a row, all but the newest; "
                f"yours holds {c.past}. Hand every call the cache of the call before."
            )
    return None


def _of_tokens(found, right, calls, prompts) -> str:
    length = len(prompts[0])
    if [row[:length] for row in found] != prompts:
        return "The first tokens of each row should be those of its prompt, unchanged."
    if len(calls) > 1 and calls[1].last == [row[-1] for row in prompts]:
        return "Your first decode call reads the prompt's last token again; its logits came with the prefill already."
    if found[0][length:-1] == right[0][length + 1 :]:
        return "The first new token is missing: the logits of the prefill choose it already."
    if found[0] == right[0]:
        return "The first row is right, the others are not: does each row get its *own* best token?"
    return f"For the first prompt expected {right[0][length:]} as new tokens; given: {found[0][length:]}."


EXERCISE = Exercise(
    id="8.7",
    title="Decode with a cache",
    minutes=15,
    difficulty="hard",
    starter="@torch.no_grad()\ndef cached_greedy(model, ids, steps):\n    ...",
    answer="cached_greedy",
    check=_check_loop,
    context=TORCH,
    expects="a function that returns the ids of the prompts and of the new tokens",
    hints=(
        "Count for two new tokens: which calls of the model are needed, how many tokens does each read, and which of "
        "them chooses the first new token?",
        "Prefill reads the prompts; the logits of its last position choose the first new token. Then each call reads "
        "the token that was just chosen, and gets the cache of the call before. The model knows the position "
        "by the cache.",
        "`new = out.logits[:, -1:].argmax(-1)` is `[rows, 1]`, and `torch.cat([ids, new], dim=1)` joins it. Decode: "
        "`out = model(new, past_key_values=out.past_key_values)`.",
    ),
    solution=_LOOP,
    why="The prefill leaves the keys and values of the prompt in the cache, and its last logits choose the first "
    "token. Every later call reads that one token; all before it is in the cache. `-1:` instead of `-1` keeps the "
    "dimension that `cat` needs.",
    wrong=(
        Wrong(
            changed(_LOOP, ("model(new, past_key_values=out.past_key_values)", "model(ids)")),
            "a later call read the whole text again",
        ),
        Wrong(changed(_LOOP, ("model(new, ", "model(ids, ")), "*and* the whole text"),
        Wrong(changed(_LOOP, (", past_key_values=out.past_key_values", "")), "without the cache: the model saw"),
        Wrong(
            changed(
                _LOOP,
                ("model(new, ", "model(new, position_ids=torch.full_like(new, ids.shape[1]), "),
            ),
            "Your position is off",
        ),
        Wrong(changed(_LOOP, ("out.logits[:, -1:]", "out.logits[:, :1]")), "expected"),
        Wrong(
            "import copy\n"
            + changed(
                _LOOP,
                ("model(ids)\n", "model(ids)\n    first = copy.deepcopy(out.past_key_values)\n"),
                ("=out.past_key_values", "=copy.deepcopy(first)"),
            ),
            "yours holds 5",
        ),
        Wrong(
            "@torch.no_grad()\n"
            "def cached_greedy(model, ids, steps):\n"
            "    texts = []\n"
            "    for row in ids.split(1):\n"
            "        out = model(row)\n"
            "        for _ in range(steps):\n"
            "            new = out.logits[:, -1:].argmax(-1)\n"
            "            row = torch.cat([row, new], dim=1)\n"
            "            out = model(new, past_key_values=out.past_key_values)\n"
            "        texts.append(row)\n"
            "    return torch.cat(texts)",
            "all the rows at once",
        ),
        Wrong(
            changed(_LOOP, ("out.logits[:, -1:].argmax(-1)", "out.logits[:1, -1:].argmax(-1).repeat(len(ids), 1)")),
            "its *own* best token",
        ),
        Wrong(
            "@torch.no_grad()\n"
            "def cached_greedy(model, ids, steps):\n"
            "    cache = model(ids).past_key_values\n"
            "    for _ in range(steps):\n"
            "        out = model(ids[:, -1:], past_key_values=cache)\n"
            "        ids = torch.cat([ids, out.logits.argmax(-1)], dim=1)\n"
            "    return ids",
            "the prompt's last token again",
        ),
        Wrong(
            "@torch.no_grad()\n"
            "def cached_greedy(model, ids, steps):\n"
            "    out = model(ids)\n"
            "    for _ in range(steps):\n"
            "        new = out.logits[:, -1:].argmax(-1)\n"
            "        out = model(new, past_key_values=out.past_key_values)\n"
            "        ids = torch.cat([ids, out.logits.argmax(-1)], dim=1)\n"
            "    return ids",
            "The first new token is missing",
        ),
        Wrong(changed(_LOOP, ("return ids", "return ids[:, -steps:]")), "the new tokens only"),
        Wrong(
            changed(_LOOP, ("torch.cat([ids, new], dim=1)", "torch.cat([ids, new])")),
            "in line 6 of the cell: `ids = torch.cat",
            status="error in your code",
        ),
        Wrong(changed(_LOOP, ("range(steps)", "range(steps - 1)")), "yours have 12"),
        Wrong(
            changed(_LOOP, ("    return ids", "    return ids[0]")),
            "should return a tensor",
        ),
        Wrong(
            changed(
                _LOOP,
                (
                    "    out = model(ids)\n",
                    "    out = model(ids[:, :1])\n"
                    "    for i in range(1, ids.shape[1]):\n"
                    "        out = model(ids[:, i : i + 1], past_key_values=out.past_key_values)\n",
                ),
            ),
            "went in in several calls",
        ),
        Wrong(
            changed(_LOOP, ("    out = model(ids)\n", "    out = model(ids[:, -1:])\n")),
            "never went into the model as a whole",
        ),
        Wrong(
            "def cached_greedy(model, ids, steps):\n"
            "    return model.generate(ids, max_new_tokens=steps, do_sample=False)",
            "is off limits here",
        ),
    ),
    also_wrong=(
        changed(
            _LOOP,
            ("        ids = torch.cat", "        if (new == 85).all():\n            break\n        ids = torch.cat"),
        ),
        changed(
            _LOOP,
            (
                "        ids = torch.cat",
                "        if (new == ids[:, -1:]).all():\n            break\n        ids = torch.cat",
            ),
        ),
        changed(_LOOP, ("range(steps)", "range(max(steps, 1))")),
        changed(_LOOP, ("range(steps)", "range(8)")),
        changed(_LOOP, ("model(new, ", "model(ids[:, -2:], ")),
        changed(_LOOP, ("torch.cat([ids, new], dim=1)", "torch.cat([ids.flip(0), new], dim=1)")),
        changed(_LOOP, ("[:, -1:].argmax(-1)", "[:, -1].softmax(-1).multinomial(1)")),
    ),
    alternatives=(
        changed(
            _LOOP, ("model(new, past_key_values=out.past_key_values)", "model(new, None, None, out.past_key_values)")
        ),
        changed(_LOOP, ("model(", "model.forward("), ("model.forward(ids)", "model(ids)")),
        changed(_LOOP, ("        if step < steps - 1:\n    ", "")),
        "from transformers import DynamicCache\n"
        "def cached_greedy(model, ids, steps):\n"
        "    cache, new = DynamicCache(), ids\n"
        "    for _ in range(steps):\n"
        "        with torch.no_grad():\n"
        "            logits = model(input_ids=new, past_key_values=cache, use_cache=True).logits\n"
        "        new = logits[:, -1].argmax(-1, keepdim=True)\n"
        "        ids = torch.cat([ids, new], dim=-1)\n"
        "    return ids",
        "@torch.no_grad()\n"
        "def cached_greedy(model, ids, steps):\n"
        "    out, written = model(ids, logits_to_keep=1), [ids]\n"
        "    for step in range(steps):\n"
        "        written.append(out.logits[:, -1:].argmax(-1))\n"
        "        place = torch.full_like(written[-1], ids.shape[1] + step)\n"
        "        out = model(written[-1], past_key_values=out.past_key_values, position_ids=place)\n"
        "    return torch.cat(written, dim=1)",
    ),
    note="Checked on a tiny Llama with random weights; the next cell holds it against `generate` on SmolLM2.",
)
