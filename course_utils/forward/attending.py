"""The steps of one attention, from the query to the mix, with a check that the weights follow from the scores."""

from ..errors import CourseError
from .events import Event, copied, near, same
from .stages import STAGES

_NAMES = {  # of the projections, in the models of transformers; others keep all three in one
    "query": ("q_proj", "query", "q", "q_lin", "q_attn"),
    "key": ("k_proj", "key", "k", "k_lin"),
    "value": ("v_proj", "value", "v", "v_lin"),
}


def weighed(query, key, value, mask, options: dict, mixed, weights) -> dict:
    """Copies of what attention works on and gives, and its scores: computed as the library does, in its own type."""
    import torch

    # Where the model does not say how to scale, the library divides by the root of the size.
    scaling = query.shape[-1] ** -0.5 if options.get("scaling") is None else float(options["scaling"])
    scores = query @ key.repeat_interleave(query.shape[1] // key.shape[1], dim=1).mT * scaling
    softcap, bias = options.get("softcap"), options.get("position_bias")
    capped = None if softcap is None else torch.tanh(scores / softcap) * softcap
    bias = None if bias is None or not bias.any() else bias
    mask = torch.zeros_like(scores[:, :1, :1]) if mask is None else mask[..., : scores.shape[-1]]
    total = scores if capped is None else capped
    for added in (bias, mask):
        total = total if added is None else total + added
    tensors = {"query": query, "key": key, "value": value, "scores": scores, "capped scores": capped}
    tensors |= {"position bias": bias, "mask": mask, "softmax": total.float().softmax(-1), "weights": weights}
    kept = {name: copied(tensor) for name, tensor in tensors.items()}
    return kept | {"mix": copied(mixed.transpose(1, 2)), "scaling": scaling}


def attention_stages(event: Event, inside: list[Event], close: float, model: str) -> list:
    """Name, values and origin of the steps from the query to the mix. `inside`: what happened before, in the module."""
    given, name = event.attention, event.name
    if not near(given["softmax"], given["weights"], close):
        raise CourseError(
            f"The attention of {model} cannot be opened: its weights are not the softmax of its scores and its mask, "
            "because something else is added there. Try a model such as BERT, GPT-2, Llama or T5."
        )
    stages = [stage for role in _NAMES for stage in _projected(role, given, inside, name, close)]
    stages.sort(key=lambda stage: list(STAGES).index(stage[0]))
    shape = given["scores"].shape
    wheres = {
        "scores": f"query · key × {given['scaling']:.4g}",
        "capped scores": "scores, capped",
        "position bias": name,
        "mask": "made before the first layer",
        "weights": name,
        "mix": "weights · value",
    }
    for step, where in wheres.items():
        if given[step] is not None:
            values = given[step] if step == "mix" else given[step].expand(shape)  # often all heads share a mask
            stages.append((step, values, where))
    return stages


def _projected(role: str, given: dict, inside: list[Event], name: str, close: float) -> list:
    """A query, key or value from its projection to what attention takes, which may be normalized and turned."""
    used = given[role]  # [heads, tokens, size]
    made, where = _made(role, given, inside)
    stages = [(role, made, where)]
    for norm in (event for event in inside if event.kind == "norm"):
        normed = _normed(norm, made)
        if normed is not None:
            made = normed
            stages.append((f"{role} norm", made, norm.name))
    if not same(made, used):
        scaling = getattr(given["module"], "scaling", None)
        if scaling and near(made * scaling, used, close):
            stages.append((f"scaled {role}", used, f"{where} × {scaling:.4g}"))
        elif near(made.norm(dim=-1), used.norm(dim=-1), close):  # turning changes no length
            stages.append((f"rotated {role}", used, f"inside {name}"))
        else:
            return [(role, used, f"inside {name}")]
    return stages if all(stage in STAGES for stage, _, _ in stages) else [(role, used, f"inside {name}")]


def _made(role: str, given: dict, inside: list[Event]):
    """What the projection of a role gave, `[heads, tokens, size]`, and its name; else what attention takes."""
    used = given[role]
    heads, tokens, size = used.shape
    counts = [given[name].shape[0] for name in _NAMES]
    for event in reversed(inside):
        if event.kind == "linear" and event.name.split(".")[-1] in _NAMES[role]:
            if event.output.numel() == used.numel():
                return event.output.reshape(tokens, heads, size).transpose(0, 1), event.name
        elif event.kind == "linear" and event.output.numel() == sum(counts) * tokens * size:
            # One projection for all three: side by side, or turn by turn for each head. The value shows which.
            layouts = [event.output.reshape(tokens, sum(counts), size).split(counts, dim=1)]
            if len(set(counts)) == 1:
                layouts.append(event.output.reshape(tokens, heads, 3, size).unbind(2))
            for parts in layouts:
                if same(parts[2].transpose(0, 1), given["value"]):
                    return parts[list(_NAMES).index(role)].transpose(0, 1), event.name
    return used, "inside the attention"


def _normed(norm: Event, made):
    """What a norm made of these queries or keys, `[heads, tokens, size]`; None if it worked on something else."""
    if norm.input.numel() != made.numel():
        return None
    heads, tokens, size = made.shape
    for shape, swap in (((heads, tokens, size), False), ((tokens, heads, size), True)):
        read, gave = norm.input.reshape(shape), norm.output.reshape(shape)
        if swap:
            read, gave = read.transpose(0, 1), gave.transpose(0, 1)
        if same(read, made):
            return gave
    return None
