"""The model of exercise 8.7, and what a learner's loop gives it to read."""

import inspect
from dataclasses import dataclass
from functools import cache

from course_utils.describing import attempt
from course_utils.exercises.answers import Slip, call

END = 85  # the end token of the tiny model


@cache
def tiny_llama():
    """A Llama with large random weights: an error of one position changes what it writes."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    sizes = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "vocab_size": 97}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 64}
    torch.manual_seed(4)
    return LlamaForCausalLM(LlamaConfig(initializer_range=0.6, eos_token_id=END, **sizes, **heads)).eval()


def right_loop(ids, steps) -> list:
    import torch

    with torch.no_grad():
        for _ in range(steps):
            ids = torch.cat([ids, tiny_llama()(ids).logits[:, -1:].argmax(-1)], dim=1)
    return ids.tolist()


@dataclass(frozen=True)
class ReadCall:
    """What one call of the model was given."""

    rows: int
    tokens: int  # read in each row
    past: int  # tokens in the cache
    positions: set[int] | None
    last: list[int]  # the last token of each row


def watched(answer, ids, steps):
    """The value of the learner's loop, and its calls of the model."""
    import torch

    model, calls, generated = tiny_llama(), [], []
    forward, names = model.forward, inspect.signature(model.forward)

    def look(*args, **kwargs):
        given = names.bind_partial(*args, **kwargs).arguments
        read, positions = given.get("input_ids", given.get("inputs_embeds")), given.get("position_ids")
        past = attempt(lambda: given["past_key_values"].get_seq_length(), default=0)
        places = None if positions is None else set(positions.flatten().tolist())
        calls.append(ReadCall(*read.shape[:2], past, places, read[:, -1].tolist()))
        return forward(*args, **kwargs)

    def refuse(*args, **kwargs):
        generated.append(True)
        raise RuntimeError("`generate` is off limits")

    model.forward, model.generate = look, refuse
    try:
        with torch.no_grad():
            return call(answer, model, ids, steps), calls
    except Slip:
        if generated:
            raise Slip("not yet", "`generate` is off limits here: write the loop with calls of `model(...)`.") from None
        raise
    finally:
        del model.forward, model.generate
