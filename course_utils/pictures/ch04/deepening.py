"""How a decoder comes to its next token: `guess_by_layer`, its guess after each layer, and `adding_up`, one layer.

For a guess the last steps, norm and output, are applied to the vectors in between. The field calls this the *logit
lens*. Only the last token is asked, so that a text box answers at once; `course_utils.forward` has all the others.
`adding_up` draws numbers that it recorded: the vector that comes in, and what each part of the layer adds.
"""

from ...describing import attempt, describe, is_a
from ...errors import CourseError
from ..figures import Figure, Table, label, readable, show
from ..style import ACCENT, COLOURS, INK, MUTED, PALE, WIDTH, arrow, box, canvas, plain_style, rectangle, write

_MOST = 64  # tokens of a text: what comes before is cut off
_STEP, _LEFT, _WIDE = 0.27, 1.3, 3.9  # inches: from row to row, before the bars, for a bar of 1
_NUMBERS = 24  # of a vector that are drawn


def guess_by_layer(model, tokenizer, text: str) -> Figure:
    """A bar for the likeliest next token after some of the layers, the embeddings at the bottom, as in a machine.

    The bars of the token that wins in the end are dark.

    Raises:
        CourseError: there is no text, or the model is no decoder whose last norm and output layer can be found.
    """
    if not is_a(text, str) or not text.strip():
        raise CourseError("Write the beginning of a sentence, and the model will guess the next word.")
    best = _best(model, tokenizer, text.strip())
    last = len(best) - 1
    shown = sorted({round(last * part / 6) for part in range(6)} | {*range(max(0, last - 5), last + 1)})
    final = best[-1][0]
    gap = next((row for row in range(1, len(shown)) if shown[row] - shown[row - 1] == 1), 0)
    height = 0.78 + _STEP * len(shown)
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        write(axes, 0.02, height - 0.15, f"{label(text.strip(), 50)} ___", size=11, across="left")
        for x, colour, told in ((4.35, ACCENT, "the final guess"), (5.75, PALE, "another guess")):
            rectangle(axes, x, height - 0.22, 0.16, 0.14, colour, MUTED, line=0.8)
            write(axes, x + 0.24, height - 0.15, told, across="left", size=9)
        note = "each bar: the likeliest next token, and its probability"
        note += "; below the dotted line only some layers" if gap > 1 else ""
        write(axes, 0.02, height - 0.42, note, across="left", size=9, lit=False)
        if gap > 1:
            y = 0.03 + _STEP * gap
            axes.plot([0.1, WIDTH - 0.1], [y, y], color=MUTED, linewidth=1.2, linestyle=":")
        for row, layer in enumerate(shown):
            token, chance = best[layer]
            y = 0.08 + _STEP * row
            name = "embedding" if layer == 0 else f"after {layer} layer{'s' if layer > 1 else ''}"
            write(axes, _LEFT - 0.08, y + 0.1, name, across="right", size=9.5)
            colour = ACCENT if token == final else PALE
            rectangle(axes, _LEFT, y, max(0.02, _WIDE * chance), 0.2, colour, MUTED, line=0.8)
            told = f"{label(_plain(token), 18)}  {chance:.2f}"
            write(axes, _LEFT + _WIDE * chance + 0.08, y + 0.1, told, across="left", bold=token == final)
        axes.plot([_LEFT, _LEFT], [0.03, height - 0.6], color=INK, linewidth=1)
        rows = tuple((str(layer), readable(_plain(best[layer][0])), f"{best[layer][1]:.2f}") for layer in shown)
        said = ", ".join(f"after {layer} layers {token} {chance}" for layer, token, chance in rows)
        table = Table(f"{readable(text)} ___", ("layers", "likeliest next token", "probability"), rows)
        alt = f"Bars from bottom to top, the likeliest token after {readable(text)}: {said}. 0 layers: the embedding."
        return show(figure, alt=alt, table=table, folded=True)


def _best(model, tokenizer, text: str) -> list[tuple[str, float]]:
    """For the embeddings and each layer the likeliest next token and its probability."""
    import torch

    norm, output = _ends(model)
    ids = tokenizer(text, return_tensors="pt").input_ids[:, -_MOST:].to(model.device)
    with torch.no_grad():
        states = model(ids, output_hidden_states=True, logits_to_keep=1).hidden_states
        vectors = torch.stack([state[0, -1] for state in states])  # [layers + 1, numbers]
        vectors[:-1] = norm(vectors[:-1])  # the last one has been through the norm already
        chances = output(vectors).float().softmax(-1)
    best = chances.max(-1)
    return [
        (tokenizer.decode([token]), chance)
        for token, chance in zip(best.indices.tolist(), best.values.tolist(), strict=True)
    ]


def _ends(model):
    """The last norm and the output layer of a decoder."""
    norm = attempt(lambda: model.base_model.norm) or attempt(lambda: model.base_model.ln_f)  # so GPT-2 calls it
    output = attempt(lambda: model.get_output_embeddings())
    if norm is None or output is None:
        raise CourseError(f"This picture expects a decoder such as SmolLM2; it got {describe(model)}.")
    return norm, output


def _guess(model, tokenizer, vector) -> str:
    """The likeliest token, if the model stopped at this vector."""
    import torch

    norm, output = _ends(model)
    with torch.no_grad():
        best = output(norm(torch.tensor(vector, dtype=model.dtype, device=model.device))).argmax().item()
    return label(_plain(tokenizer.decode([best])), 14)


def _plain(token: str) -> str:
    """Without the space in front of a word; a space alone is drawn as ␣."""
    return token.strip(" ") or "␣"


def adding_up(run, model, tokenizer, layer: int = 1) -> Figure:
    """One layer, from bottom to top: the vector of the last token, and what attention and feed-forward add to it.

    Args:
        run: what `forward_pass` recorded of a decoder that adds twice in a layer, such as SmolLM2.
        model, tokenizer: the decoder itself, which is asked for its guess between the two parts.
        layer: counted from 1, as in "after 1 layer".
    """
    tower = attempt(lambda: run.decoder)
    if tower is None:
        raise CourseError(f"adding_up() expects what forward_pass() made of a decoder; it got {describe(run)}.")
    last = len(tower.blocks)
    if not is_a(layer, int) or not 1 <= layer <= last:
        raise CourseError(f"The layer is a number from 1 to {last}; it is {describe(layer)}.")
    names = ("output", "residual", "feed-forward", "feed-forward residual")
    vectors = [tower.stream(layer - 1)[-1], *(tower.blocks[layer - 1][name][-1] for name in names)]
    before, after = (tower.guesses[place][-1][0] for place in (layer - 1, layer))
    last_token = label(tower.tokens[-1].text, 16)
    told = (
        f"“{last_token}” comes in\nthe guess here: {label(before[0], 14)}",
        "attention adds", f"the sum\nthe guess here: {_guess(model, tokenizer, vectors[2])}", "feed-forward adds",
        f"the sum goes on\nthe guess here: {label(after[0], 14)}",
    )  # fmt: skip
    shown = [vector[:: max(1, len(vector) // _NUMBERS)][:_NUMBERS] for vector in vectors]
    largest = max(abs(vector).max() for vector in shown)
    step, stream, left, high = 0.68, 0.45, 3.1, 0.3
    with plain_style():
        figure, axes = canvas(WIDTH, 0.5 + step * len(told))
        top = 0.5 + step * len(told)
        write(axes, 0.02, top - 0.15, f"Layer {layer} of {last}", size=11, across="left")
        style = {"arrowstyle": "-|>", "color": COLOURS["residual stream"], "linewidth": 7, "mutation_scale": 26}
        axes.annotate("", xy=(stream, top - 0.32), xytext=(stream, 0.02), arrowprops=style | {"shrinkA": 0})
        for row, (name, vector) in enumerate(zip(told, shown, strict=True)):
            y = 0.4 + step * row
            if name.endswith("adds"):
                role = "query" if row == 1 else "feed-forward"
                box(axes, 1.1, y - 0.16, 1.75, 0.32, name, role=role)
                arrow(axes, (1.08, y), (stream + 0.18, y))
                _plus(axes, stream, y)
            else:
                role = "residual stream"
                write(axes, 0.85, y, name, across="left", size=9.5)
            axes.plot([left, WIDTH - 0.1], [y, y], color=PALE, linewidth=0.8)
            each = (WIDTH - 0.1 - left) / len(vector)
            for place, number in enumerate(vector):
                rectangle(axes, left + each * place, y, 0.75 * each, high * number / largest, COLOURS[role])
        rows = [(name.replace("\n", ", "), *(f"{number:.2f}" for number in vector[:3]))
                for name, vector in zip(told, shown, strict=True)]  # fmt: skip
        table = Table(f"Layer {layer}: three of {len(vectors[0])} numbers", ("what", "first", "second", "third"), rows)
        alt = f"Layer {layer} of {last} from bottom to top, a grey stream with two plus signs. "
        alt += "; ".join(row[0] for row in rows) + ". Each with its numbers as bars, up or down."
        return show(figure, alt=alt, table=table, folded=True)


def _plus(axes, x: float, y: float) -> None:
    from matplotlib.patches import Circle

    axes.add_patch(Circle((x, y), 0.15, facecolor="white", edgecolor=INK, linewidth=1.6, zorder=3))
    for across, up in ((0.08, 0), (0, 0.08)):
        axes.plot([x - across, x + across], [y - up, y + up], color=INK, linewidth=1.8, zorder=4)
