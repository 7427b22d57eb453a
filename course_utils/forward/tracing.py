"""Note what the parts of a model do while it runs: each layer's input and output, and every step inside, in order.

Nothing here knows a family. A part is told by what it is: a norm by the name of its class, a linear layer by its number
of outputs, an embedding by its class, the place of attention by `attention.hooks`.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from ..attention.hooks import stepped_in
from ..attention.inputs import MOST_BYTES
from ..errors import CourseError
from .attending import weighed
from .events import Event, Layer, copied


@dataclass(eq=False)
class Trace:
    """Everything noted in one run: `steps` holds layers, and the events outside of them, in order."""

    steps: list = field(default_factory=list)
    owners: dict = field(default_factory=dict)  # kind of tower -> the module that runs its layers
    owner_output: object = None  # what the module that runs the last tower's layers gave, as it was

    def layers(self, kind: str) -> list[Layer]:
        return [step for step in self.steps if isinstance(step, Layer) and step.tower == kind]


@contextmanager
def traced(model, close) -> Iterator[Trace]:
    """Note what happens inside the block; `close(layer)` keeps of each layer what is needed and gives its bytes."""
    trace, open_layers, size = Trace(), [], 0

    def note(event: Event) -> None:
        (open_layers[-1].events if open_layers else trace.steps).append(event)

    def attend(site, _, value, compute):
        mixed, weights = compute()
        _, query, key, _, mask = compute.args
        attention = weighed(query, key, value, mask, compute.keywords, mixed, weights)
        note(Event("attention", names[site.module], attention=attention | {"kind": site.kind, "module": site.module}))
        return mixed, weights

    def opens(kind, name):
        def hook(module, args, options):
            open_layers.append(Layer(kind, name, copied(_first(args, options))))

        return hook

    def closes(module, args, output):
        nonlocal size
        layer = open_layers.pop()
        layer.output = copied(output[0] if isinstance(output, tuple) else output)
        trace.steps.append(layer)
        size += close(layer)
        if size > MOST_BYTES:
            raise CourseError(
                f"The numbers inside {type(model).__name__} on this text take more than {MOST_BYTES / 1e9:.0f} GB: "
                "shorten the text, or take a smaller model."
            )

    def begins(name):
        return lambda module, args: note(Event("enter", name))

    def heads(name):
        return lambda module, args: note(Event("head", name, copied(args[0])))

    def notes(kind, name):
        def hook(module, args, options, output):
            given = _first(args, options)
            note(Event(kind, name, None if kind == "embedding" else copied(given), copied(output)))

        return hook

    names = {module: name for name, module in model.named_modules()}
    with ExitStack() as stack:

        def keep(handle):
            stack.callback(handle.remove)

        sites = stack.enter_context(stepped_in(model, attend))
        layers = _layers(model, names, sites)
        trace.owners = {kind: owner for _, kind, owner in layers.values()}
        for module, (name, kind, _) in layers.items():
            keep(module.register_forward_pre_hook(opens(kind, name), with_kwargs=True))
            keep(module.register_forward_hook(closes))
        for site in sites:
            keep(site.module.register_forward_pre_hook(begins(names[site.module])))
        head = output_layer(model)
        for name, module, kind in _steps(names):
            if module is not head:
                keep(module.register_forward_hook(notes(kind, name), with_kwargs=True))
        if head is not None and head in names:
            keep(head.register_forward_pre_hook(heads(names[head])))
        last = trace.owners["decoder" if "decoder" in trace.owners else "encoder"]
        keep(last.register_forward_hook(lambda _, __, output: setattr(trace, "owner_output", output)))
        yield trace


def output_layer(model):
    """The layer that gives a number for each token of the vocabulary; None for a model without one."""
    try:
        return model.get_output_embeddings()
    except (AttributeError, NotImplementedError):
        return None


def _first(args, options):
    """What a module works on: its first argument, by whatever name."""
    return args[0] if args else options.get("hidden_states", next(iter(options.values()), None))


def _steps(names: dict) -> Iterator[tuple]:
    """Name, module and kind of the modules that are one step, whatever they are made of."""
    inside = ()
    for module, name in names.items():  # a module comes before its parts
        if not name.startswith(inside) and (kind := _kind(module)):
            inside += (f"{name}.",)
            yield name, module, kind


def _kind(module) -> str | None:
    from torch.nn import Embedding

    if hasattr(module, "experts"):
        return "experts"
    if isinstance(module, Embedding):
        return "embedding"
    if "norm" in type(module).__name__.lower() and not list(module.children()):
        return "norm"
    # nn.Linear and its relatives, such as quantized ones and those with an adapter, and GPT-2's Conv1D
    return "linear" if hasattr(module, "out_features") or type(module).__name__ == "Conv1D" else None


def _layers(model, names, sites) -> dict:
    """The module of each layer -> its name, the kind of its tower, and the module that runs the layers."""
    from torch.nn import ModuleList

    layers, holds = {}, {}

    def held(path: str) -> list:
        """The attention modules in a module: their names say it, and asking each of its parts takes long."""
        if path not in holds:
            holds[path] = [site for site in sites if f"{names[site.module]}.".startswith(f"{path}.")]
        return holds[path]

    for site in sites:
        parts = names[site.module].split(".")
        paths = [".".join(parts[:i]) for i in range(2, len(parts) + 1)]
        paths = [path for path in paths if isinstance(model.get_submodule(path.rpartition(".")[0]), ModuleList)]
        # T5 keeps a list in each layer, ALBERT may keep several layers in one: the outermost with one attention a kind.
        name = next((path for path in paths if sum(other.kind == site.kind for other in held(path)) == 1), None)
        if name is None:
            raise CourseError(f"{type(model).__name__} keeps no list of its layers: try BERT, GPT-2, Llama or T5.")
        siblings = [names[item] for item in model.get_submodule(name.rpartition(".")[0])]
        others = [path for path in siblings if not held(path)]
        if others:
            raise CourseError(
                f"{type(model).__name__} has layers without attention, such as {others[0]}: what they do is not "
                "opened here. Try a model such as BERT, GPT-2, Llama or T5."
            )
        kind = "decoder" if site.kind == "cross" else site.kind
        owner = paths[0].rpartition(".")[0].rpartition(".")[0]
        layers.setdefault(model.get_submodule(name), (name, kind, model.get_submodule(owner)))
    return layers
