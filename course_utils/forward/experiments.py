"""What the attention lab (notebook 06c) measures besides weights: how surprised a model is, and its next words.

Each function is a few lines around a model of Hugging Face, and none changes it, so that `cut_heads` can stand around
any of them.
"""

import random
import re
from collections.abc import Sequence

import numpy as np

from ..describing import describe
from ..errors import CourseError
from ..pictures import Table


def top_heads(scores: np.ndarray, count: int = 3) -> list[tuple[int, int]]:
    """The heads with the highest scores, best first, as pairs (layer, head) such as `cut_heads` takes.

    `scores` has one number for each head, `[layers, heads]`; a head without a number (nan) is never among them.
    """
    scores = np.asarray(scores, dtype=float)
    if scores.ndim != 2:
        raise CourseError(f"top_heads() expects scores [layers, heads]; given: {describe(scores)}.")
    order = np.argsort(-np.round(scores, 4), axis=None, kind="stable")  # nan comes last
    places = [(int(i) // scores.shape[1], int(i) % scores.shape[1]) for i in order]
    return [place for place in places if np.isfinite(scores[place])][:count]


def least_of_same_layers(scores: np.ndarray, heads: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """A control for a cut: as many heads of the same layers as `heads` has, those with the lowest scores."""
    layers = [layer for layer, _ in heads]
    return [
        (layer, int(head))
        for layer in dict.fromkeys(layers)
        for head in np.argsort(np.round(scores[layer], 4), kind="stable")[: layers.count(layer)]
    ]


def bits(weights) -> float:
    """The entropy of one row of weights: 0 if one key has all the weight, 3 if eight keys share it evenly."""
    row = np.asarray(weights, dtype=float)
    row = row[row > 0] / row.sum()
    return abs(float((row * np.log2(row)).sum()))


def head_table(title: str, columns: dict[str, np.ndarray], heads: Sequence[tuple[int, int]]) -> Table:
    """A table with one row for each of these heads, and one column for each `[layers, heads]` of scores."""
    rows = [
        (f"{layer}.{head}", *(f"{scores[layer, head]:.2f}" for scores in columns.values())) for layer, head in heads
    ]
    return Table(title, ("head", *columns), rows)


def random_words(tokenizer, count: int, seed: int) -> list[str]:
    """Small words of four letters or more, each one token after a space, drawn from the vocabulary."""
    known = sorted(token[1:] for token in tokenizer.get_vocab() if re.fullmatch("Ġ[a-z]{4,}", token))
    return random.Random(seed).sample(known, count)


def repeated(tokenizer, count: int, seed: int) -> str:
    """A text of `count` random words, then the same words again; each word is one token."""
    return " " + " ".join(2 * random_words(tokenizer, count, seed))


def surprise(model, ids, hide: int | None = None, after: int = 1) -> np.ndarray:
    """How many bits each token is worth to a decoder, from position 1 on: `[texts, tokens - 1]`.

    A token that had the probability 1 is worth 0 bits, and one bit more each time the probability is halved.

    Args:
        ids: the token ids, a tensor `[texts, tokens]` without padding.
        hide: a position that the tokens from position `after` on may not look at.
    """
    import torch

    count = ids.shape[1]
    allowed = torch.ones(count, count, dtype=torch.bool).tril()  # [query, key]: the causal mask
    if hide is not None:
        allowed[after:, hide] = False
    mask = torch.zeros(1, 1, count, count, dtype=model.dtype).masked_fill(~allowed, torch.finfo(model.dtype).min)
    mask = mask.to(model.device).expand(len(ids), -1, -1, -1)
    with torch.no_grad():
        logits = model(input_ids=ids.to(model.device), attention_mask=mask).logits[:, :-1].float()
    nats = torch.nn.functional.cross_entropy(logits.mT, ids[:, 1:].to(model.device), reduction="none")
    return nats.cpu().numpy() / np.log(2)


def surprise_after(model, ids, hide: int | None = None, after: int = 4) -> float:
    """The mean bits of the words after position `after`, while the tokens from there on may not look at `hide`."""
    return float(surprise(model, ids, hide=hide, after=after)[:, after:].mean())


def next_word(
    model, tokenizer, sources: Sequence[str], beginnings: Sequence[str], words: Sequence[str], hide=None
) -> dict[str, float]:
    """The mean probability that an encoder-decoder gives to each of these next words.

    Args:
        beginnings: what has been written so far, one text for each source. All sources must have one number of tokens,
            and all beginnings too: they are computed together.
        hide: a position of the source, or a list of them, that the decoder may not look at. The encoder reads all.
    """
    import torch

    read = tokenizer(list(sources), return_tensors="pt").to(model.device)
    written = tokenizer(text_target=list(beginnings), return_tensors="pt").input_ids[:, :-1].to(model.device)  # no </s>
    start = torch.full_like(written[:, :1], model.config.decoder_start_token_id)
    with torch.no_grad():
        encoded = model.get_encoder()(**read)
        mask = read.attention_mask.clone()
        if hide is not None:
            mask[:, hide] = 0
        begun = {
            "encoder_outputs": encoded,
            "attention_mask": mask,
            "decoder_input_ids": torch.cat([start, written], 1),
        }
        logits = model(**begun).logits[:, -1]  # [sources, vocabulary]
    chances = logits.float().softmax(-1).mean(0)
    return {word: chances[tokenizer.convert_tokens_to_ids(word)].item() for word in words}
