"""The forward pass of any Hugging Face text model, opened: every step from the tokens to the guess, as numbers.

    from course_utils.forward import forward_pass
    run = forward_pass(model, tokenizer, "The cat sat on the mat")
    run.decoder.blocks[0]["query"]     # [heads, tokens, size]

`running` runs the model and `tracing` notes what its modules do, as `events`. `blocks`, `attending` and `ends` name the
steps, and `guessing` asks for the guess after each layer. `recording` says what is kept, `stages` explains each step,
`opened` shows all of it: as a picture (`static`), a page (`page`), or with a text box (`live`). `experiments` measures
a model that something was cut out of or hidden from (06c). Names are imported on first use.
"""

from ..lazy import lazy_names

_PUBLIC = {
    "STAGES": "stages",
    "Block": "recording",
    "ForwardPass": "recording",
    "Stage": "recording",
    "Tower": "recording",
    "forward_pass": "running",
    "live_attention": "live",
    "live_forward": "live",
}
__all__ = list(_PUBLIC)
__getattr__, __dir__ = lazy_names(__name__, _PUBLIC)
