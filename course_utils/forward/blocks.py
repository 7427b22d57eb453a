"""From what was noted in a layer to its stages: which step was the query, which the residual, which the feed-forward.

Roles follow from the numbers, not from the family. A norm whose input is the stream stands before its part, one whose
input is a sum stands behind it. Each sum is checked: what came in, and what was computed, must give what comes out.
"""

from ..errors import CourseError
from .attending import attention_stages
from .events import Event, Layer, adds_up, same
from .recording import Block, Stage


def block_of(layer: Layer, model: str, close: float) -> Block:
    """The stages of one layer. `close`: how far a sum may be off, as a share of its parts."""
    return _Walk(layer, model, close).block()


class _Walk:
    """Goes through the events of a layer.

    stream: what was added up so far. branches: what waits to be added to it, by the name of its stage.
    """

    def __init__(self, layer: Layer, model: str, close: float):
        self.layer, self.model, self.close = layer, model, close
        self.stages: list[Stage] = []
        self.stream, self.branches = layer.input, {}
        self.scaling = 1.0
        self.part = ""  # the beginning of the names: of attention, cross-attention or feed-forward
        self.norm = self.attention = self.last = None  # events that wait for what follows
        norms = [event for event in layer.events if event.kind == "norm"]
        self.norm_is_last = bool(norms) and same(norms[-1].output, layer.output)

    def block(self) -> Block:
        inside = None  # the events since an attention module began, until it attends
        for event in self.layer.events:
            if event.kind == "enter":
                inside = []
            elif event.kind == "attention":
                self._finish()
                self._attend(event, inside or [])
                inside = None
            elif inside is not None:
                inside.append(event)
            elif event.kind == "norm":
                self._normalize(event)
            elif event.kind == "experts":
                self.last = event
            elif event.kind == "linear":
                if self.attention is not None and same(event.input, self._joined):
                    self.attention = event  # with an adapter around it, the one that ends last
                else:
                    self._finish_attention()
                    self._begin_bare(event)
                    self.last = event
        self._finish()
        if self.branches:
            self._sum(self.layer.output)
        if not same(self.stream, self.layer.output):
            raise self._unknown()
        return Block(tuple(self.stages), self.scaling)

    def add(self, name: str, values, where: str) -> None:
        self.stages.append(Stage(name, values.numpy(), where))

    # --- the parts ---

    def _attend(self, event: Event, inside: list[Event]) -> None:
        self.part = "cross-attention " if event.attention["kind"] == "cross" else ""
        self._place_norm()
        if not self.part:
            self.scaling = event.attention["scaling"]
        for name, values, where in attention_stages(event, inside, self.close, self.model):
            self.add(self.part + name, values, where)
        mix = event.attention["mix"]
        self._joined = mix.transpose(0, 1).reshape(mix.shape[1], -1)
        self.attention = event

    def _finish_attention(self) -> None:
        """The output projection has ended: its output waits to be added."""
        if self.attention is None:
            return
        if self.attention.kind == "attention":
            raise self._unknown()
        self.add(f"{self.part}output", self.attention.output, self.attention.name)
        self.branches[f"{self.part}output"] = self.attention.output
        self.attention = None

    def _begin_bare(self, event: Event) -> None:
        """A feed-forward part without a norm before it takes the sum itself, which shows here first (OLMo 2)."""
        bare = self.last is None and self.norm is None and self.branches
        if bare and self._adds_up(event.input):
            self._sum(event.input)

    def _finish(self) -> None:
        self._finish_attention()
        if self.last is None:
            return
        self.part = "feed-forward "
        self._place_norm()
        if self.last.kind == "linear":
            self.add("feed-forward inner", self.last.input, f"input of {self.last.name}")
        self.add("feed-forward", self.last.output, self.last.name)
        self.branches["feed-forward"] = self.last.output
        self.last = None

    def _normalize(self, event: Event) -> None:
        self._finish()
        if same(event.input, self.stream):
            self.norm = event
        elif self.branches and same(event.input, list(self.branches.values())[-1]):
            self.branches.popitem()
            self.branches[f"{self.part}output norm"] = event.output
            self.add(f"{self.part}output norm", event.output, event.name)
        else:
            self._sum(event.input)
            if self.norm_is_last:
                self.add(f"{self.part}norm", event.output, event.name)
                self.stream = event.output
            else:
                self.norm = event

    def _place_norm(self) -> None:
        """A norm that stands before its part gets its name when that part begins."""
        if self.norm is not None:
            self.add(f"{self.part}norm", self.norm.output, self.norm.name)
            self.norm = None

    def _adds_up(self, total) -> bool:
        return adds_up([self.stream, *self.branches.values()], total, self.close)

    def _sum(self, total) -> None:
        if not self.branches or not self._adds_up(total):
            raise self._unknown()
        self.add(f"{self.part}residual", total, " + ".join(["stream", *self.branches]))
        self.stream, self.branches = total, {}

    def _unknown(self) -> CourseError:
        return CourseError(
            f"The steps of {self.model} cannot be told apart: {self.layer.name} adds up something else than the "
            "outputs of its attention and its feed-forward part. Try a model such as BERT, GPT-2, Llama or T5."
        )
