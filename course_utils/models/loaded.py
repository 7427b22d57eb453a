"""What other packages need of a model in memory: its mode kept, its limit, and what to take out of a wrapper."""

from collections.abc import Iterator
from contextlib import contextmanager

_WRAPPERS = {  # an attribute that tells what was given -> what to take instead
    "get_base_model": "; of a model with adapters, take its `.get_base_model()`",
    "task": "; of a pipeline, take its `.model`",
}


@contextmanager
def evaluating(model) -> Iterator[None]:
    """Evaluation mode inside the block: no dropout. Each part's own mode is put back."""
    before = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in before:
            module.training = training


def unwrapped_hint(thing) -> str:
    """What to take out of an object that only wraps a model, for the end of a sentence; "" for anything else."""
    return next((hint for name, hint in _WRAPPERS.items() if hasattr(thing, name)), "")


def most_tokens(model, tokenizer=None) -> int | None:
    """The number of tokens that the model was built for, or None where nothing says it.

    The smaller of the model's positions and the tokenizer's own limit; -1 and huge numbers mean "no limit".
    """
    sizes = [getattr(model.config.get_text_config(decoder=True), "max_position_embeddings", None)]
    sizes.append(getattr(tokenizer, "model_max_length", None))
    return min((size for size in sizes if size and 0 < size < 10**9), default=None)
