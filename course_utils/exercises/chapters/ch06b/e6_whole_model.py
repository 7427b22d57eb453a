"""6b.6 From ids to logits."""

from course_utils.exercises.records import Exercise, Wrong

from .e5_one_block import BLOCK
from .e5_one_block import CONTEXT as PARTS
from .shared import check_tensor, random, tiny_layer, turns, wrong_answers

_CONTEXT = f"{PARTS}\n\n{BLOCK}"
_MODEL = (
    "def whole_model(ids, embedding, layers, norm, cos, sin):\n"
    "    x = embedding[ids]\n"
    "    for w in layers:\n"
    "        x = one_block(x, w, cos, sin)\n"
    "    return rms_norm(x, norm) @ embedding.T"
)
_STEP = "x = one_block(x, w, cos, sin)"
_MISTAKES = (
    ((("rms_norm(x, norm)", "x"),), "The last norm is missing: the stream goes through `norm` before the logits."),
    (
        ((_STEP, "x = one_block(embedding[ids], w, cos, sin)"),),
        "Your result is that of the last layer alone, on the embeddings. Use all layers, and let each read what the "
        "one before it returned.",
    ),
    (((_STEP, "x = x + one_block(x, w, cos, sin)"),), "You added the stream once more: `one_block` has it inside."),
    ((("in layers:", "in layers[::-1]:"),), "The layers are used from the last to the first."),
    ((("in layers:", "in layers[:-1]:"),), "The last layer is left out."),
    ((("in layers:", "in layers[1:]:"),), "The first layer is left out."),
    ((("in layers:", "in layers[:1]:"),), "Only the first layer is used."),
    ((("in layers:", "in layers[:0]:"),), "No layer counts: the embeddings went straight to the last norm."),
    (
        (("@ embedding.T", "@ embedding.T).softmax(dim=-1)"), ("return rms", "return (rms")),
        "Those are probabilities. The logits are wanted: leave out softmax.",
    ),
    ((("    return", "    x = x[-1:]\n    return"),), "Those are the logits of the last token; all are wanted."),
    (((" @ embedding.T", ""),), "Those are the vectors after the last norm. The embedding table makes logits of them."),
    (
        ((_STEP, "x = rms_norm(one_block(x, w, cos, sin), norm)"), ("rms_norm(x, norm) @", "x @")),
        "The last norm comes after every layer. It comes once, after all of them.",
    ),
)


def _cases() -> list[tuple]:
    found = []
    for number, (tokens, words, count) in enumerate(((4, 9, 3), (2, 7, 2), (6, 20, 4))):
        layers = [tiny_layer(seed=60 * number + 3 * layer) for layer in range(count)]
        ids = (random(tokens, seed=number).abs() * 5).long() % words
        found.append((ids, random(words, 12, seed=number), layers, 1 + random(12, seed=number) / 3, *turns(tokens, 4)))
    return found


def _told(ids, embedding, layers, norm, cos, sin) -> str:
    return f"For {len(ids)} tokens, {len(embedding)} tokens in the vocabulary and {len(layers)} layers"


def _check(answer) -> str | None:
    return check_tensor(answer, _cases(), "whole_model", _CONTEXT, _MODEL, _MISTAKES, _told)


EXERCISE = Exercise(
    id="6b.6",
    title="From ids to logits",
    minutes=6,
    difficulty="easy",
    starter="def whole_model(ids, embedding, layers, norm, cos, sin):\n    ...",
    answer="whole_model",
    check=_check,
    context=_CONTEXT,
    expects="a function that returns a tensor `[tokens, vocabulary]`",
    hints=(
        "Three parts: look up, go through all layers, come back to the vocabulary. The middle part is a loop.",
        "`embedding[ids]` looks up all tokens at once. In the loop, the result of a layer is what the next one reads.",
        "At the end: `rms_norm(x, norm) @ embedding.T`.",
    ),
    solution=_MODEL,
    why="The table of embeddings is used twice: on the way in to look up a vector, and on the way out to compare the "
    "final vector with the vector of every token of the vocabulary.",
    wrong=(
        *wrong_answers(_MODEL, _MISTAKES),
        Wrong(_MODEL.replace("@ embedding.T", "@ embedding"), "cannot be multiplied", status="error in your code"),
        Wrong(_MODEL.replace("x = embedding[ids]", "x = ids"), "Got: Long", status="error in your code"),
        Wrong(_MODEL.replace("@ embedding.T", "@ embedding.T * 2"), "the number at"),
    ),
    also_wrong=(_MODEL.replace("in layers:", "in layers[:2]:"), _MODEL.replace("[ids]", "[ids.flip(0)]")),
    alternatives=(
        "def whole_model(ids, embedding, layers, norm, cos, sin):\n"
        "    x = torch.nn.functional.embedding(ids, embedding)\n"
        "    for number in range(len(layers)):\n"
        "        x = one_block(x, layers[number], cos, sin)\n"
        "    return torch.nn.functional.linear(rms_norm(x, norm), embedding)",
        "from functools import reduce\n\n\n"
        "def whole_model(ids, embedding, layers, norm, cos, sin):\n"
        "    x = torch.stack([embedding[i] for i in ids])\n"
        "    x = reduce(lambda x, w: one_block(x, w, cos, sin), layers, x)\n"
        "    return (embedding @ rms_norm(x, norm).T).T",
    ),
    note="That is a whole language model, in five lines of yours.",
)
