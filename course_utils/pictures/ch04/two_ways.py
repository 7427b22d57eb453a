"""The two ways to learn from text: `lesson`, which tokens a model sees and which it guesses; then how well it did.

`chances_of_next` and `chances_of_hidden` ask a model for each token of a text, once for all. `token_chances` draws the
answers as bars, `both_ways` those of two models side by side.
"""

from collections.abc import Sequence

from ...describing import attempt, describe, is_a
from ...errors import CourseError
from ..charts import bars
from ..figures import Figure, Table, label, show
from ..style import ACCENT, COLOURS, INK, MUTED, PALE, WIDTH, canvas, plain_style, rectangle, tint, write

_MOST = 14  # tokens in a row
_ASKED = 16  # tokens of a text that a model is asked for
_LETTER, _HIGH = 0.086, 0.36  # inches
WAYS = ("next token", "hidden token")
_STATES = {"seen": "the model sees it", "guessed": "to guess", "not seen": "not seen yet"}


def lesson(tokens: Sequence[str], position: int, way: str = "next token") -> Figure:
    """Tokens in a row: those the model sees, the one it has to guess with its label below, and those it does not see.

    Args:
        tokens: 2 to 14 texts.
        position: the token to guess, counted from 0; for the next token at least 1.
        way: "next token", where only what comes before is seen, or "hidden token", where both sides are.
    """
    tokens = [] if is_a(tokens, str) else attempt(lambda: [str(token) for token in tokens]) or []
    if not 2 <= len(tokens) <= _MOST:
        raise CourseError(f"lesson() expects 2 to {_MOST} tokens; it got {describe(tokens)}.")
    if way not in WAYS:
        raise CourseError(f'A lesson is "{WAYS[0]}" or "{WAYS[1]}"; it is {describe(way)}.')
    first = 1 if way == WAYS[0] else 0
    if not is_a(position, int) or not first <= position < len(tokens):
        raise CourseError(f"The position is a number from {first} to {len(tokens) - 1}; it is {describe(position)}.")
    names = [label(token, 14) for token in tokens]
    states = ["seen" if way == WAYS[1] or i < position else "not seen" for i in range(len(names))]
    states[position] = "guessed"
    filled = [*names]
    filled[position] = "?" if way == WAYS[0] else "[MASK]"
    longest = [max(len(name), len(shown) + 1) for name, shown in zip(names, filled, strict=True)]
    widths = [0.14 + _LETTER * letters for letters in longest]
    gap = min(0.12, (WIDTH - 0.1 - sum(widths)) / (len(names) - 1))
    if gap < 0.03:
        raise CourseError("These tokens are too long to draw in one row. Take fewer, or shorter ones.")
    told = "Guess the next token: the model sees what stands before it"
    told = told if way == WAYS[0] else "Guess the hidden token: the model sees both sides"
    with plain_style():
        figure, axes = canvas(WIDTH, 1.72)
        write(axes, 0.05, 1.56, told, size=11, across="left")
        x = 0.05
        for name, state, width in zip(filled, states, widths, strict=True):
            _token(axes, x, 0.86, width, _HIGH, name, state)
            if state == "guessed":
                middle = min(max(x + width / 2, 0.75), WIDTH - 0.75)
                write(axes, middle, 0.62, f"label: {names[position]}", bold=True)
            x += width + gap
        x = 0.05
        for state in (state for state in _STATES if state in states):  # the legend
            _token(axes, x, 0.1, 0.24, 0.2, "", state)
            write(axes, x + 0.32, 0.2, _STATES[state], across="left", size=9.5)
            x += 0.62 + 0.075 * len(_STATES[state])
        rows = [(str(i), name, state) for i, (name, state) in enumerate(zip(names, states, strict=True))]
        seen = " ".join(name for name, state in zip(names, states, strict=True) if state == "seen")
        alt = f"Tokens in a row. The model sees: {seen}. It guesses token {position}; the label is {names[position]}."
        hidden = states.count("not seen")
        alt += f" The {hidden} after it are not seen yet." if hidden else ""
        return show(figure, alt=alt, table=Table(way, ("position", "token", "state"), rows), folded=True)


def _token(axes, x, y, width, high, name, state):
    blue = COLOURS["tokens"]
    inside, edge = {
        "seen": (tint(blue, 0.45), blue),
        "guessed": (tint(COLOURS["key"], 0.45), COLOURS["decoder"]),
        "not seen": ("#f4f5f7", PALE),
    }[state]
    rectangle(axes, x, y, width, high, inside, edge, line=1.8 if state == "guessed" else 1.2)
    if state == "not seen":  # crossed out, so that it can be told without colour
        axes.plot([x, x + width], [y, y + high], color=PALE, linewidth=1.2)
    look = {"color": MUTED if state == "not seen" else INK, "weight": "bold" if state == "guessed" else "normal"}
    axes.text(x + width / 2, y + high / 2, name, ha="center", va="center_baseline", parse_math=False, **look)


def token_chances(rows: Sequence[tuple[str, float, str]], title: str = "") -> Figure:
    """A bar for each token, the probability that a model gave to it; in brackets the model's own choice, if another.

    Args:
        rows: for each token its text, its probability, and the likeliest token in its place. Bars are dark where the
            token itself was the likeliest.
    """
    rows = attempt(lambda: [(str(a).strip(), float(b), str(c).strip()) for a, b, c in rows])
    if not rows:
        raise CourseError("There is nothing to guess yet: write two words or more.")
    found = [token.lower() == choice.lower() for token, _, choice in rows]
    named = [
        (token if right else f"{token} ({choice})", chance)
        for right, (token, chance, choice) in zip(found, rows, strict=True)
    ]
    lit = [name for right, (name, _) in zip(found, named, strict=True) if right]
    return bars(
        named,
        title=title,
        axis="probability of the token (dark: it was the model's own first choice)",
        limit=1,
        lit=lit,
    )


def chances_of_next(model, tokenizer, text: str) -> list[tuple[str, float, str]]:
    """For each token after the first: its text, the probability a decoder gave it beforehand, the likeliest token."""
    import torch

    ids = tokenizer(text, return_tensors="pt").input_ids[0, :_ASKED].to(model.device)
    with torch.no_grad():
        chances = model(ids[None]).logits[0].float().softmax(-1)
    return _rows(tokenizer, ids[1:], chances[:-1])  # row i of the chances is about token i + 1


def chances_of_hidden(model, tokenizer, text: str) -> list[tuple[str, float, str]]:
    """For each token of the text the same, from an encoder that reads copies, each with another token hidden."""
    import torch

    read = tokenizer(text, return_tensors="pt", truncation=True, max_length=_ASKED + 2).to(model.device)
    ids = read.input_ids[0]
    asked = torch.tensor([i for i, token in enumerate(ids.tolist()) if token not in tokenizer.all_special_ids])
    if not len(asked):
        return []
    copies, each = ids.repeat(len(asked), 1), torch.arange(len(asked))
    copies[each, asked] = tokenizer.mask_token_id
    with torch.no_grad():
        chances = model(copies).logits[each, asked].float().softmax(-1)
    return _rows(tokenizer, ids[asked], chances)


def _rows(tokenizer, tokens, chances):
    best = chances.argmax(-1).tolist()
    return [
        (tokenizer.decode([token]), chances[row, token].item(), tokenizer.decode([best[row]]))
        for row, token in enumerate(tokens.tolist())
    ]


def both_ways(decoder: Sequence, encoder: Sequence) -> Figure:
    """Two models on one sentence, the decoder on the left: rows as in `token_chances`, the last ones side by side."""
    halves = {"Decoder: sees what stands before": list(decoder), "Encoder: sees both sides": list(encoder)}
    most = max(map(len, halves.values()))
    if not min(map(len, halves.values())):
        raise CourseError("There is nothing to guess yet: write two words or more.")
    step, wide, foot, rows = 0.27, 1.45, 0.62, []
    legend = "Bar: the probability of the token. Dark and bold: it was the model's own first choice."
    with plain_style():
        figure, axes = canvas(WIDTH, 0.5 + foot + step * most)
        write(axes, 0.03, 0.28, legend, across="left", size=9.5)
        write(axes, 0.03, 0.08, "Otherwise its first choice stands in brackets.", across="left", size=9.5)
        for side, (title, given) in enumerate(halves.items()):
            start = 0.03 + 3.5 * side
            write(axes, start, foot + 0.36 + step * most, title, size=11, across="left")
            for number, (token, chance, choice) in enumerate(reversed(given)):
                token, choice, y = str(token).strip(), str(choice).strip(), foot + 0.08 + step * number
                right = token.lower() == choice.lower()
                name = token if right else f"{token} ({choice})"
                write(axes, start + 1.42, y + 0.1, label(name, 17), across="right", size=9.5)
                colour = ACCENT if right else PALE
                rectangle(axes, start + 1.5, y, max(0.02, wide * chance), 0.2, colour, MUTED, line=0.8)
                told = "<0.01" if chance < 0.005 else f"{chance:.2f}"
                write(axes, start + 1.55 + wide * chance, y + 0.1, told, across="left", size=9.5, bold=right)
                rows.append((title.split(":")[0], name, told))
            axes.plot([start + 1.5] * 2, [foot, foot + 0.15 + step * most], color=INK, linewidth=1)
            axes.plot([start + 1.5, start + 1.5 + wide], [foot, foot], color=INK, linewidth=1)
            for part in (0, 0.5, 1):
                x = start + 1.5 + wide * part
                axes.plot([x, x], [foot - 0.04, foot], color=INK, linewidth=1)
                write(axes, x, foot - 0.13, f"{part:g}", size=9)
    said = [
        f"{title}: " + ", ".join(f"{name} {told}" for who, name, told in reversed(rows) if title.startswith(who))
        for title in halves
    ]
    names = ("model", "token (first choice)", "probability of the token")
    table = Table("Two models, one sentence", names, rows[::-1])
    return show(figure, alt=f"Bars for each token. {'. '.join(said)}.", table=table, folded=True)
