"""From what was noted outside the layers to the stages before the first and after the last."""

from .events import Event, Layer, adds_up, same
from .recording import Stage

_POSITIONS = ("pos", "wpe")  # in the name of a table of positions


def before(events: list[Event], first: Layer, scale: float, close: float) -> tuple[Stage, ...]:
    """From the tables of embeddings to what the first layer takes. `scale`: a factor that some models put on tokens."""
    stages, parts = [], []  # parts: the stages that wait to be added up, with their tensors

    def add(name, tensor, where):
        stages.append(Stage(name, tensor.numpy(), where))
        return stages[-1], tensor

    def add_sum(total):
        """What was looked up so far adds up to this; some models multiply the tokens first."""
        tensors = [tensor for _, tensor in parts]
        if parts and not adds_up(tensors, total, close) and adds_up([parts[0][1] * scale, *tensors[1:]], total, close):
            token, tensor = parts[0]
            scaled = Stage("scaled embedding", (tensor * scale).numpy(), f"{token.where} × {scale:.4g}")
            stages.insert(stages.index(token) + 1, scaled)
        if len(parts) > 1:
            add("embedding sum", total, " + ".join(stage.name for stage, _ in parts))
        parts.clear()

    for event in events:
        if event.kind == "embedding" and event.output is not None:
            parts.append(add(_embedding(event.name), event.output, event.name))
        elif event.kind == "norm" and stages:
            add_sum(event.input)
            add("embedding norm", event.output, event.name)
        elif event.kind == "linear" and stages:
            if parts and same(event.input, parts[0][1]):  # only the tokens are short, not the positions (OPT)
                parts[0] = add("embedding projection", event.output, event.name)
            else:
                add_sum(event.input)
                add("embedding projection", event.output, event.name)
    add_sum(first.input)
    if not stages or stages[-1].values.shape != first.input.shape or (stages[-1].values != first.input.numpy()).any():
        add("embedding sum", first.input, f"input of {first.name}")
    return tuple(stages)


def after(events: list[Event], last: Layer, owned: set[str], logits) -> tuple[Stage, ...]:
    """From the last layer to the logits. `owned`: the names of the modules that belong to the tower itself."""
    stages, stream = [], last.output
    for event in events:
        if event.kind in ("norm", "linear") and event.name in owned and same(event.input, stream):
            stream = event.output
            name = "final norm" if event.kind == "norm" else "output transform"
            stages.append(Stage(name, stream.numpy(), event.name))
        elif event.kind == "head" and logits is not None:
            if not same(event.input, stream):
                stages.append(Stage("output transform", event.input.numpy(), f"input of {event.name}"))
            stages.append(Stage("logits", logits, event.name))
    return tuple(stages)


def _embedding(name: str) -> str:
    last = name.rpartition(".")[2]
    if any(part in last for part in _POSITIONS):
        return "position embedding"
    return "type embedding" if "type" in last else "token embedding"
