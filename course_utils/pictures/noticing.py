"""Who may look at whom, measured: replace one token, and see which hidden states change.

`traces` does it for every token of a text, for any of the three families; `who_noticed` draws what it found for one
word, `mask_grids` of `masks` for all tokens. It proves what a model can see, not how much it looks: for that there is
`course_utils.attention`.
"""

import re
from dataclasses import dataclass

from ..errors import CourseError
from .figures import Figure, Table, label, show
from .style import COLOURS, INK, MUTED, PALE, PAPER, WIDTH, canvas, plain_style, rectangle, tint, write

OTHER = 1000  # the id of the token that is put in place of another
CHANGED = 1e-5  # a hidden state that moves less has not changed: only its last digits, by rounding
_HIGH = 0.3


@dataclass(frozen=True)
class Traces:
    """What came out: `seen[state][token]` is True where the state changed when the token was replaced.

    The tokens of the source stand first, then those of the target. `source` is the number of source tokens, 0 in a
    decoder. `words` has each word of both texts with the positions of its tokens.
    """

    tokens: tuple[str, ...]
    seen: object  # a tensor of True and False, [state, replaced token]
    source: int
    words: tuple[tuple[str, tuple[int, ...]], ...]


def traces(model, tokenizer, text: str, target: str = "") -> Traces:
    """Replaces each token of a text in turn, and notes which hidden states of the last layer change.

    Args:
        model: an encoder, a decoder, or an encoder-decoder.
        target: for an encoder-decoder the text that its decoder reads while it writes.
    """
    import torch

    ids = tokenizer(text, return_tensors="pt").input_ids
    words, n = _places(text, tokenizer(text, return_offsets_mapping=True).offset_mapping, 0), ids.shape[1]
    both = model.config.is_encoder_decoder
    if both:
        if not target.strip():
            raise CourseError("An encoder-decoder reads two texts: pass the second one as `target`.")
        wanted = tokenizer(text_target=target, return_tensors="pt", return_offsets_mapping=True)
        words += _places(target, wanted.offset_mapping[0].tolist(), n + 1)  # one more: the start token
        ids = torch.cat([ids, model.prepare_decoder_input_ids_from_labels(wanted.input_ids)], dim=1)
    ids = ids.to(model.device)

    def states(rows):
        if not both:
            return model.base_model(rows).last_hidden_state
        out = model.base_model(input_ids=rows[:, :n], decoder_input_ids=rows[:, n:])
        return torch.cat([out.encoder_last_hidden_state, out.last_hidden_state], dim=1)

    names = [tokenizer.decode([number]).strip() or "␣" for number in ids[0].tolist()]
    if both:
        names[n] = "start"
    source = 0 if model.can_generate() and not both else n
    return Traces(tuple(names), seen_by(states, ids), source, tuple(words))


def seen_by(states, ids):
    """`[state, replaced token]`: does it change? `states` makes hidden states `[texts, tokens, width]` of ids."""
    import torch

    n = ids.shape[1]
    texts = ids.repeat(n + 1, 1)  # text 0 stays as it is
    for place in range(n):  # in text 1 + place, one token is replaced
        texts[1 + place, place] = OTHER if ids[0, place] != OTHER else OTHER + 1
    with torch.no_grad():
        found = states(texts)
    largest = (found[1:] - found[0]).abs().amax(dim=-1)  # [replaced token, state]: the largest change of any number
    return (largest > CHANGED).T.cpu()


def _places(text: str, offsets, first: int) -> list[tuple[str, tuple[int, ...]]]:
    """Each word of a text with the positions of its tokens; `first` is the position of the first token."""
    found = []
    for word in re.finditer(r"\w+", text):
        inside = [first + i for i, (a, b) in enumerate(offsets) if a < word.end() and word.start() < b]
        found.append((word[0], tuple(inside)))
    return found


def who_noticed(found: dict[str, Traces], word: str, *, sides=("source", "target")) -> Figure:
    """The tokens of each model as boxes: which one was replaced, and whose hidden states changed.

    Args:
        found: name of a family → its traces.
        word: a word of the text, or of the target.
        sides: what the two texts of an encoder-decoder are called, such as English and French.
    """
    rows = []  # (name, row of tokens, first position)
    for name, one in found.items():
        cuts = [0, one.source] if 0 < one.source < len(one.tokens) else [0]
        for number, cut in enumerate(cuts):
            stop = [*cuts[1:], len(one.tokens)][number]
            head = name if len(cuts) == 1 else f"{name}, {sides[0]}" if number == 0 else str(sides[1])
            rows.append((name, f"{head}:", range(cut, stop)))
    where = {name: next((at for one_word, at in one.words if one_word == word), ()) for name, one in found.items()}
    if not any(where.values()):
        known = dict.fromkeys(one_word for one in found.values() for one_word, _ in one.words)
        raise CourseError(f"The word {word!r} is in none of the texts; there is: {', '.join(known)}.")
    step, top, below = 0.56, 0.4, 0.45
    height = top + step * len(rows) + below
    said, listed = [], []
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        write(axes, 0.02, height - 0.16, f"Replaced: {label(word, 24)}", size=11, across="left", bold=True)
        _key(axes, 0.08)
        y = height - top - _HIGH
        for name, head, places in rows:
            one, at = found[name], where[name]
            changed = {p for p in range(len(one.tokens)) if any(one.seen[p, other] for other in at)}
            write(axes, 0.02, y + _HIGH / 2, head, across="left")
            x = 1.95
            for place in places:
                text = label(one.tokens[place], 12)
                width = 0.16 + 0.082 * max(2, len(text))
                _token(axes, x, y, width, text, "replaced" if place in at else "changed" if place in changed else "")
                x += width + 0.06
            mine = [one.tokens[p] for p in places if p in changed]
            quiet = [one.tokens[p] for p in places if p not in changed]
            if at:
                said.append(f"{head} changed: {', '.join(mine) or 'none'}; unchanged: {', '.join(quiet) or 'none'}")
            else:
                said.append(f"{head} the word is not in its text")
            listed.append((head.rstrip(":"), ", ".join(mine) or "–", ", ".join(quiet) or "–"))
            y -= step
        table = Table(f"Replaced: {word}", ("text", "changed", "unchanged"), listed)
        return show(figure, alt=f"The word {word} is replaced. {'. '.join(said)}.", table=table, folded=True)


def _key(axes, y):
    x = 0.6
    for kind, text in (("replaced", "replaced (changes too)"), ("changed", "its vector changed"), ("", "no change")):
        _token(axes, x, y, 0.28, "", kind)
        write(axes, x + 0.36, y + _HIGH / 2, text, across="left", size=9)
        x += 0.62 + 0.076 * len(text)


def _token(axes, x, y, width, text, kind: str):
    """A token: dark where it was replaced, blue with a thick edge where its vector changed, pale where not."""
    inside = {"replaced": INK, "changed": tint(COLOURS["query"], 0.35), "": PAPER}[kind]
    edge = {"replaced": INK, "changed": COLOURS["query"], "": PALE}[kind]
    rectangle(axes, x, y, width, _HIGH, inside, edge, 1.8 if kind else 1.2)
    colour = PAPER if kind == "replaced" else INK if kind else MUTED
    axes.text(x + width / 2, y + _HIGH / 2, text, ha="center", va="center", color=colour, parse_math=False)
