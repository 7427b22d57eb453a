"""What a recorded forward pass holds: towers of blocks, blocks of stages, stages of numbers. Plain numpy, no model.

`running` fills it, the picture and the page read it. The order of the stages is the order in which the model does them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ..errors import CourseError


@dataclass(frozen=True, eq=False)
class Stage:
    """One step and its numbers.

    name: a key of `stages.STAGES`, the same for every model: "query", "scores", "residual"; in a decoder that reads an
        encoder also "cross-attention query" and so on.
    values: float32, read-only. `[tokens, hidden]` for vectors of tokens, `[heads, tokens, size]` for queries, keys,
        values and mixes, `[heads, query, key]` for scores, masks and weights. A mask is what is added to the scores.
        With grouped-query attention keys and values have fewer heads: several queries share one.
    where: the module of the model that made it, such as "model.layers.0.self_attn.q_proj", or how it was computed.
    """

    name: str
    values: np.ndarray
    where: str

    def __post_init__(self):
        self.values.setflags(write=False)

    def __repr__(self) -> str:
        return f"{self.name} {list(self.values.shape)} of {self.where}"


@dataclass(frozen=True, eq=False)
class Block:
    """One layer: its stages in order. The last one is the stream that the next layer gets.

    scaling: what the dot products of queries and keys are multiplied by to get the scores.
    """

    stages: tuple[Stage, ...]
    scaling: float = 1.0

    def __getitem__(self, name: str) -> np.ndarray:
        """The numbers of a stage, by its name."""
        return _found(self.stages, name, "This layer").values

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(stage.name for stage in self.stages)


@dataclass(frozen=True, eq=False)
class Tower:
    """An encoder or a decoder: tokens, what happens before the first layer, the layers, what happens after the last.

    ids: the number of each token in the vocabulary; empty where the model reads something else, such as sound.
    guesses: for each layer, from the embeddings (0) to the last, and each token, the likeliest tokens if the model
        ended there: `[layers + 1][tokens]` lists of (text, probability). Empty for a tower without an output layer,
        and for one that does more after its last layer than is noted here.
    """

    kind: str  # encoder | decoder
    tokens: tuple
    before: tuple[Stage, ...]
    blocks: tuple[Block, ...]
    after: tuple[Stage, ...]
    guesses: tuple = ()
    ids: tuple[int, ...] = ()

    def __getitem__(self, name: str) -> np.ndarray:
        """The numbers of a stage before the first or after the last layer, by its name."""
        return _found(self.before + self.after, name, f"The {self.kind}, outside its layers,").values

    def __repr__(self) -> str:
        return f"{self.kind} of {len(self.blocks)} layers, {len(self.tokens)} tokens"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(stage.name for stage in self.before + self.after)

    def stream(self, layer: int) -> np.ndarray:
        """The vectors `[tokens, hidden]` that enter the first layer (0), or leave layer 1, 2, … counted from 1."""
        if not 0 <= layer <= len(self.blocks):
            raise CourseError(f"Expected a layer from 0 (before the first) to {len(self.blocks)}; given: {layer!r}.")
        return (self.blocks[layer - 1].stages if layer else self.before)[-1].values


@dataclass(frozen=True, eq=False, repr=False)
class ForwardPass:
    """A forward pass of a model over one text, stage by stage. `opened` says how it shows itself.

    logits: `[tokens, vocabulary]` of the last tower, None for a model without an output layer.
    vocabulary: what each of the logits stands for, as readable text, found when asked (`vocabulary(id)`).
    """

    model: str
    text: str
    target: str | None
    towers: tuple[Tower, ...]
    logits: np.ndarray | None
    vocabulary: Callable[[int], str] = field(default=str)

    def __repr__(self) -> str:
        return f"Forward pass of {self.model}: {'; '.join(map(repr, self.towers))}"

    @property
    def encoder(self) -> Tower | None:
        return next((tower for tower in self.towers if tower.kind == "encoder"), None)

    @property
    def decoder(self) -> Tower | None:
        return next((tower for tower in self.towers if tower.kind == "decoder"), None)


def _found(stages: tuple[Stage, ...], name: str, whose: str) -> Stage:
    stage = next((stage for stage in stages if stage.name == name), None)
    if stage is None:
        names = ", ".join(stage.name for stage in stages)
        raise CourseError(f"{whose} has no stage {name!r}; it has: {names}.")
    return stage
