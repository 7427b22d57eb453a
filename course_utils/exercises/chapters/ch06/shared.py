"""What several exercises of notebook 06, attention share."""

import copy
from functools import cache

from course_utils.exercises.answers import as_list, close, describe, shape


def random(*sizes):
    """The same random numbers every time, without touching the learner's generator."""
    import torch

    return torch.randn(*sizes, generator=torch.Generator().manual_seed(sum(sizes)))


def same(value, right) -> bool:
    return close(value, right, 1e-4)


def shaped(value) -> str:
    return f"the shape `{list(shape(value))}`" if shape(value) else describe(value)


def has_nan(value) -> bool:
    return "nan" in repr(as_list(value))


@cache
def real_model() -> dict:
    """What MiniLM does with one sentence: the input of its first attention layer, what that layer passes on before the
    residual connection, the layer itself, the number of heads, and a record of all its attention."""
    import contextlib
    import io

    import torch
    from transformers import AutoModel, AutoTokenizer

    from course_utils import checkpoint
    from course_utils.attention import capture

    with contextlib.redirect_stdout(io.StringIO()):
        found = checkpoint("embeddings")
    model = AutoModel.from_pretrained(found.path, dtype="float32").eval()
    tokenizer = AutoTokenizer.from_pretrained(found.path)
    layer, seen = model.encoder.layer[0].attention, []
    handle = layer.output.dense.register_forward_hook(lambda module, given, result: seen.append(result))
    text = "The animal didn't cross the street because it was too tired."
    with torch.no_grad():
        states = model(**tokenizer(text, return_tensors="pt"), output_hidden_states=True).hidden_states[0]
    handle.remove()
    return {
        "states": states,
        "expected": seen[0],
        "layer": copy.deepcopy(layer),  # the layer itself would keep the memory of the whole model
        "heads": model.config.num_attention_heads,
        "record": capture(model, tokenizer, text),
    }


def real_record():
    """The attention of MiniLM on one sentence, in which *the* comes twice."""
    return real_model()["record"]


TORCH = "import torch"


NUMPY = "import numpy as np"
