"""What a prompt does: the likeliest next tokens after it, and right and wrong answers of prompts as squares.

`next_tokens` asks the model of a text-generation pipeline for probabilities, without writing anything; `answer_squares`
draws what came of it.
"""

from collections.abc import Mapping, Sequence

from ..describing import describe, is_a
from ..errors import CourseError
from .figures import Figure, Table, label, show
from .style import COLOURS, INK, WIDTH, canvas, plain_style, tint, write

_LONGEST = 2_000  # characters of a prompt: more would make a learner wait


def next_tokens(generator, prompt, *, top: int = 5, among: Sequence[str] | None = None) -> dict[str, float]:
    """The likeliest next tokens after a prompt with their probabilities, the likeliest first; ␣ stands for a space.

    Args:
        generator: a text-generation pipeline.
        prompt: a text, or a list of chat messages. If the last message is the assistant's, it is continued.
        top: how many tokens.
        among: words. Then these words, in this order, and what the model gives to the first token of each.

    Raises:
        CourseError: the prompt is empty or too long, or `top` is less than 1.
    """
    import torch

    tokenizer, model = generator.tokenizer, generator.model
    if not is_a(prompt, str):
        prompt = _chat(tokenizer, prompt)
    if not prompt.strip():
        raise CourseError("Write the beginning of a sentence, and the model will guess the next word.")
    if len(prompt) > _LONGEST:
        raise CourseError(f"Please write at most {_LONGEST:,} characters; this text has {len(prompt):,}.")
    if not is_a(top, int) or top < 1:
        raise CourseError(f"next_tokens() expects a whole number of tokens, 1 or more; it got {describe(top)}.")
    inputs = tokenizer(prompt, return_tensors="pt").to(model.device)
    with torch.no_grad():
        scores = model(**inputs, logits_to_keep=1).logits[0, -1].float()
    chances = scores.softmax(-1).cpu()
    if among is not None:
        return {word: chances[tokenizer(f" {word}").input_ids[0]].item() for word in among}
    best = chances.topk(top)
    tokens = [tokenizer.decode(token).replace(" ", "␣") for token in best.indices]
    return dict(zip(tokens, best.values.tolist(), strict=True))


def share_of(generator, prompt, word: str, other: str) -> float:
    """The probability that `word` comes next, as a share of the two words' probabilities: all other tokens are out."""
    chances = next_tokens(generator, prompt, among=[word, other])
    return chances[word] / (chances[word] + chances[other])


def _chat(tokenizer, messages) -> str:
    """The text that the tokenizer makes of chat messages, up to where the model writes on."""
    unfinished = messages[-1]["role"] == "assistant"
    return tokenizer.apply_chat_template(
        messages, tokenize=False, add_generation_prompt=not unfinished, continue_final_message=unfinished
    )


def answer_squares(labels: Sequence[str], answers: Mapping[str, Sequence[str]], *, title: str = "") -> Figure:
    """A square for each answer, a row for each prompt: green with a tick where it is right, red with a cross if wrong.

    Args:
        labels: the right label of each text; texts of one label stand together, in the order of their labels.
        answers: for each row its name and the answers, in the order of `labels`.
    """
    labels = [str(one) for one in labels]
    rows = {str(name): [str(one) for one in row] for name, row in answers.items()}
    if not labels or not rows or any(len(row) != len(labels) for row in rows.values()):
        raise CourseError(
            f"answer_squares() expects as many answers in each row as there are labels, {len(labels)}; it got "
            f"{', '.join(str(len(row)) for row in rows.values()) or 'no row'}."
        )
    kinds = list(dict.fromkeys(labels))
    order = [i for kind in kinds for i, one in enumerate(labels) if one == kind]
    left, right, gap = 1.25, 0.75, 0.15
    side = (WIDTH - left - right - gap * (len(kinds) - 1)) / len(labels)
    step = min(side, 0.4) + 0.12
    top = 0.34 if title else 0.04
    height = top + 0.3 + step * len(rows)
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        if title:
            write(axes, 0.02, height - 0.16, label(title, 90), size=11, across="left")
        places = [left + gap * kinds.index(labels[i]) + side * place for place, i in enumerate(order)]
        for kind in kinds:
            here = [x for x, i in zip(places, order, strict=True) if labels[i] == kind]
            middle = (here[0] + here[-1] + side) / 2
            write(axes, middle, height - top - 0.13, f"{label(kind, 20)} texts", size=9)
        for number, (name, row) in enumerate(rows.items()):
            y = height - top - 0.3 - step * (number + 1) + 0.06
            hits = [row[i] == labels[i] for i in order]
            for x, hit in zip(places, hits, strict=True):
                _square(axes, x, y, side - 0.03, step - 0.12, hit)
            write(axes, left - 0.1, y + (step - 0.12) / 2, label(name, 16), across="right")
            total = f"{sum(hits)} of {len(hits)}"
            write(axes, WIDTH - right + 0.08, y + (step - 0.12) / 2, total, across="left", bold=True)
    filled = [
        (name, str(_right(labels, row)), *(str(_right(labels, row, kind)) for kind in kinds))
        for name, row in rows.items()
    ]
    table = Table(title or "right answers", ("prompt", "right", *(f"right among {kind}" for kind in kinds)), filled)
    said = "; ".join(f"{name} {_right(labels, row)} of {len(labels)} right" for name, row in rows.items())
    wrong = "; ".join(
        f"{name} wrong at {', '.join(str(place + 1) for place, i in enumerate(order) if row[i] != labels[i]) or 'none'}"
        for name, row in rows.items()
    )
    return show(figure, alt=f"Squares, one for each answer. {said}. Counted from the left: {wrong}.", table=table)


def _right(labels, row, kind=None) -> int:
    return sum(a == b for a, b in zip(labels, row, strict=True) if kind in (None, a))


def _square(axes, x, y, width, height, hit: bool):
    from matplotlib.patches import Rectangle

    colour = COLOURS["right" if hit else "wrong"]
    inside = tint(colour, 0.3) if hit else colour
    axes.add_patch(Rectangle((x, y), width, height, facecolor=inside, edgecolor=colour, linewidth=1.2))
    ink = INK if hit else "white"
    axes.text(x + width / 2, y + height / 2, "✓" if hit else "✗", ha="center", va="center", fontsize=10, color=ink)
