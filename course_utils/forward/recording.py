"""What a recorded forward pass holds: towers of blocks, blocks of stages, stages of numbers. Plain numpy, no model.

`running` fills it, the picture and the page read it. The order of the stages is the order in which the model does them.
"""

from dataclasses import dataclass

import numpy as np

from ..shown import Shown


@dataclass(frozen=True, eq=False)
class Stage:
    """One step and its numbers.

    name: a key of `stages.STAGES`, the same for every model: "query", "scores", "residual"; in a decoder that reads an
        encoder also "cross-attention query" and so on.
    values: float32, read-only. `[tokens, hidden]` for vectors of tokens, `[heads, tokens, size]` for queries, keys,
        values and mixes, `[heads, query, key]` for scores, masks and weights. A mask is what is added to the scores.
    where: the module of the model that made it, such as "model.layers.0.self_attn.q_proj", or how it was computed.
    """

    name: str
    values: np.ndarray
    where: str


@dataclass(frozen=True, eq=False)
class Block:
    """One layer: its stages in order."""

    stages: tuple[Stage, ...]

    def __getitem__(self, name: str) -> np.ndarray:
        """The numbers of a stage, by its name."""
        return next(stage.values for stage in self.stages if stage.name == name)


@dataclass(frozen=True, eq=False)
class Tower:
    """An encoder or a decoder: tokens, what happens before the first layer, the layers, what happens after the last.

    guesses: for each layer, from the embeddings (0) to the last, and each token, the likeliest tokens if the model ended
        there: `[layers + 1][tokens]` lists of (text, probability). Empty for a tower that has no output layer.
    """

    kind: str  # encoder | decoder
    tokens: tuple
    before: tuple[Stage, ...]
    blocks: tuple[Block, ...]
    after: tuple[Stage, ...]
    guesses: tuple = ()


@dataclass(frozen=True, eq=False)
class ForwardPass(Shown):
    """A forward pass of a model over one text, stage by stage.

    logits: `[tokens, vocabulary]` of the last tower, None for a model without an output layer.
    vocabulary: what each of the logits stands for, as readable text, found when asked (`vocabulary(id)`).
    """

    model: str
    text: str
    target: str | None
    towers: tuple[Tower, ...]
    logits: np.ndarray | None
