"""What is noted of a model while it runs, before its steps have names, and how its tensors are compared."""

from dataclasses import dataclass, field


@dataclass(eq=False)
class Event:
    """One step: a module was called, or attention was computed. Tensors are float32 copies, without the batch.

    kind: norm | linear | embedding | experts | attention | enter (an attention module begins) | head (the output layer)
    """

    kind: str
    name: str
    input: object = None
    output: object = None
    attention: dict = field(default_factory=dict)  # of the kind attention: what `attending.weighed` gives


@dataclass(eq=False)
class Layer:
    """One call of a layer: what came in, the steps inside in the order in which they ended, what came out."""

    tower: str  # encoder | decoder
    name: str
    input: object
    events: list[Event] = field(default_factory=list)
    output: object = None


def copied(tensor):
    """A float32 copy without the batch, `[tokens, features]` or 3-D: a model may write into its own tensors later."""
    import torch

    if not isinstance(tensor, torch.Tensor) or not tensor.is_floating_point():
        return None
    tensor = tensor.detach().to("cpu", torch.float32, copy=True)
    return tensor[0] if tensor.ndim > 3 else tensor.reshape(-1, tensor.shape[-1])


def same(one, other) -> bool:
    import torch

    return one is not None and other is not None and torch.equal(one, other)


def near(one, other, close: float) -> bool:
    """Whether two tensors differ by rounding only: by a share `close` of each number, or of 1."""
    return one.shape == other.shape and bool(((one - other).abs() <= close * (1 + other.abs())).all())


def adds_up(parts: list, total, close: float) -> bool:
    """Whether tensors sum to another one. What rounding may change depends on the size of the parts."""
    if any(part.shape != total.shape for part in parts):
        return False
    size = sum(part.abs() for part in parts)
    return bool(((sum(parts) - total).abs() <= close * size + 1e-9).all())
