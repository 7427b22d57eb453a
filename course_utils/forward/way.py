"""The way of one token through one layer: its stages, and the numbers of each that belong to the token.

Picture and page both go this way.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..describing import describe
from ..errors import CourseError
from .recording import Block, ForwardPass, Stage, Tower
from .stages import STAGES

CELLS = {2: 32, 3: 16}  # at most so many numbers are drawn of a vector, and of one in a head
KEYS = 8  # tokens looked at that fit side by side
MAPS = ("scores", "dot product", "mask", "weights", "bias")  # endings of what has a number for each pair of tokens
# A step that is shown but not recorded, because it follows from what is; and scores that are the same as it (T5).
PRODUCT = ("Query · key", "Query and key are multiplied number by number, and the products added up.", "query")
UNSCALED = ("Scores", "Query times key, number by number, added up; the mask is added later.", "query")


@dataclass(frozen=True)
class Way:
    """What happens to one token in one layer of the last tower, in one head."""

    run: ForwardPass
    layer: int
    head: int
    token: int

    @property
    def tower(self) -> Tower:
        return self.run.towers[-1]

    @property
    def block(self) -> Block:
        return self.tower.blocks[self.layer]

    @cached_property
    def inside(self) -> tuple[Stage, ...]:
        """The stages of the layer, with the dot products before they are scaled."""
        found = []
        for stage in self.block.stages:
            if is_scaled(self.block, stage):
                name, where = stage.name.replace("scores", "dot product"), "query · key"
                found.append(Stage(name, stage.values / self.block.scaling, where))
            found.append(stage)
        return tuple(found)

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        return self.tower.before + self.inside + tuple(s for s in self.tower.after if s.name != "logits")

    def words(self, stage: Stage) -> tuple[str, str, str]:
        return words(stage.name, abs(self.block.scaling - 1) > 1e-6)

    def row(self, stage: Stage) -> np.ndarray:
        """The token's numbers, in the head chosen; where several heads share one key, in that one."""
        values, at = stage.values, self.token
        if values.ndim == 3:
            values = values[self.head * len(values) // heads_of(self.tower)]
        if stage.name in ("cross-attention key", "cross-attention value"):  # of the token read that is looked at most
            at = int(self.block["cross-attention weights"][self.head, self.token].argmax())
        return values[at]

    def keys(self, stage: Stage) -> list[tuple[int, str]]:
        """The tokens with the largest weights, in the order of the text: no more than a row has room for."""
        cross = stage.name.startswith("cross-attention")
        weights = self.row(next(s for s in self.block.stages if s.name == f"{'cross-attention ' * cross}weights"))
        tokens = (self.run.towers[0] if cross else self.tower).tokens
        return [(int(i), tokens[i].text) for i in sorted(np.argsort(-weights, kind="stable")[:KEYS])]


def chosen(run: ForwardPass, layer, head, token) -> Way:
    """The layer, head and token, each checked, or chosen where it is None."""
    tower = run.towers[-1]
    counts = {"layer": len(tower.blocks), "head": heads_of(tower), "token": len(tower.tokens)}
    given = {"layer": layer or 0, "head": head or 0, "token": first_token(tower) if token is None else token}
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or not 0 <= value < counts[name]:
            raise CourseError(
                f"Expected a {name} from 0 to {counts[name] - 1}, as this {tower.kind} has; given: {describe(value)}."
            )
    return Way(run, *map(int, given.values()))


def first_token(tower: Tower) -> int:
    """The token that is looked at first: a blank to fill, else the last one that is no special token."""
    blanks = [i for i, token in enumerate(tower.tokens) if token.special and "mask" in token.text.lower()]
    last = [i for i, token in enumerate(tower.tokens) if not token.special]
    return (blanks or last[-1:] or [len(tower.tokens) - 1])[0]


def heads_of(tower: Tower) -> int:
    return max(stage.values.shape[0] for block in tower.blocks for stage in block.stages if stage.values.ndim == 3)


def is_scaled(block: Block, stage: Stage) -> bool:
    return stage.name in ("scores", "cross-attention scores") and abs(block.scaling - 1) > 1e-6


def is_map(stage: Stage) -> bool:
    return stage.name.endswith(MAPS)


def thinned(values: np.ndarray, most: int) -> np.ndarray:
    """At most so many of the numbers of vectors: every second, third, …, so that sums stay sums."""
    return values[..., :: -(-values.shape[-1] // most)]


def words(name: str, scaled: bool = True) -> tuple[str, str, str]:
    """Title, sentence and colour of a stage. `scaled`: whether the model divides its scores."""
    part = name.removeprefix("cross-attention ")
    own = PRODUCT if part == "dot product" else UNSCALED if part == "scores" and not scaled else None
    return own or STAGES.get(name) or (name.capitalize(), "A step of this model.", "residual stream")
