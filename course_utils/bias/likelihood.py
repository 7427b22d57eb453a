"""The log-probability that a causal or masked model gives to a whole word in a text, all its pieces together."""

import numpy as np

from ..describing import describe
from ..errors import CourseError
from ..models.loaded import evaluating, most_tokens, unwrapped_hint
from ..pictures import readable
from . import inputs

_BATCH_TOKENS = 256  # padding included; times the vocabulary this is the memory that the logits take


def log_probabilities(model, tokenizer, texts, words) -> np.ndarray:
    """Log-probability in nats of each whole word at the `{word}` of each text: `[texts, words]`.

    Causal model: the word's pieces, each given all to its left (chain rule); what follows the word does not count.
    Masked model: the pieces from left to right, this one and the later ones masked (PLL-word-l2r, Kauf and Ivanova
    2023, arXiv 2305.10588). The space before a word belongs to it; that the word ends after its last piece is not
    scored. The model is used in evaluation mode and left as it was.

    Raises:
        CourseError: a text has not exactly one `{word}` or is too long; a word is unknown to the tokenizer, or is the
            very first token of a causal model; the model has no head for words.
    """
    found = inputs.templates(texts, "texts", ["{word}"], unique=False)
    return score(model, tokenizer, [tuple(text.split("{word}")) for text in found], inputs.words(words))


def kind_of(model) -> str:
    """Whether `model` is "causal" or "masked", by the names of its class and of those that the class comes from."""
    whole = model.get_base_model() if hasattr(model, "get_base_model") else model  # of one with adapters
    names = " ".join(base.__name__ for base in type(whole).__mro__)
    if "MaskedLM" in names:
        return "masked"
    if "CausalLM" in names or "LMHead" in names:
        return "causal"
    hint = unwrapped_hint(model) or "; load it by AutoModelForCausalLM or AutoModelForMaskedLM"
    raise CourseError(f"Expected a causal or masked language model with its head; given: {describe(model)}{hint}.")


def score(model, tokenizer, sentences: list[tuple[str, str]], words: tuple[str, ...]) -> np.ndarray:
    """`[sentences, words]` in nats; a sentence is what stands left and what stands right of its word."""
    import torch

    rows = _rows(model, tokenizer, sentences, words)
    scores = np.zeros((len(sentences), len(words)))
    with evaluating(model), torch.no_grad():
        for batch in _batches(rows):
            found = model(**_padded(batch, tokenizer, next(model.parameters()).device)).logits
            for row, logits in zip(batch, found, strict=True):
                places, wanted, sentence, word = map(list, zip(*rows[row], strict=True))
                logarithms = torch.log_softmax(logits[places].float(), -1)  # [wanted, vocabulary]
                pieces = logarithms[range(len(wanted)), wanted]
                np.add.at(scores, (sentence, word), pieces.cpu().double().numpy())
    return scores


def _rows(model, tokenizer, sentences, words) -> dict[tuple[int, ...], list[tuple[int, int, int, int]]]:
    """What the model has to read, each row of ids once -> what to look up in its answer.

    A look-up is (place, id of a piece, sentence, word): the log-probability of that id at that place counts to the
    score of that word in that sentence.
    """
    masked = kind_of(model) == "masked"
    mask = getattr(tokenizer, "mask_token_id", None)
    if masked and mask is None:
        raise CourseError(
            "A masked model needs a tokenizer with a mask token: load it from the model's own checkpoint."
        )
    rows: dict[tuple[int, ...], list[tuple[int, int, int, int]]] = {}
    for sentence, (left, right) in enumerate(sentences):
        encoded = _encode(tokenizer, left, words, right if masked else "")
        for word, (ids, places) in enumerate(encoded):
            for i, place in enumerate(places):
                if masked:
                    row, answer = _masked(ids, places[i:], mask), place
                else:
                    row, answer = tuple(ids[: places[-1]]), place - 1  # the answer stands one place before
                rows.setdefault(row, []).append((answer, ids[place], sentence, word))
    _check_rows(rows, model, tokenizer)
    return rows


def _encode(tokenizer, left: str, words, right: str) -> list[tuple[list[int], list[int]]]:
    """For each word the ids of the sentence, and the places of the word's pieces among them."""
    if getattr(tokenizer, "is_fast", False) is not True:  # of the class it is a property
        raise CourseError(f"Expected a fast tokenizer of transformers; given: {describe(tokenizer)}.")
    encoded = tokenizer([left + word + right for word in words], return_offsets_mapping=True)
    begin = len(left.rstrip(" "))
    found = []
    for word, ids, spans in zip(words, encoded["input_ids"], encoded["offset_mapping"], strict=True):
        # Special tokens have the span (0, 0).
        places = [i for i, (start, end) in enumerate(spans) if end > begin and start < len(left + word)]
        if not places or tokenizer.unk_token_id in [ids[place] for place in places]:
            raise CourseError(f"The tokenizer does not know the word {readable(word)!r}: try another spelling.")
        found.append((ids, places))
    return found


def _masked(ids, places, mask) -> tuple[int, ...]:
    return tuple(mask if place in places else token for place, token in enumerate(ids))


def _check_rows(rows, model, tokenizer) -> None:
    if any(place < 0 for lookups in rows.values() for place, *_ in lookups):
        raise CourseError(
            "This causal model has no token for the beginning of a text, so nothing stands before a word that comes "
            "first: put some text before {word}."
        )
    limit, longest = most_tokens(model, tokenizer), max(map(len, rows))
    if limit and longest > limit:
        raise CourseError(f"The model reads at most {limit} tokens, but a text has {longest}: shorten it.")
    if max(map(max, rows)) >= model.config.vocab_size:
        raise CourseError("The tokenizer has ids that the model does not have: load both from the same checkpoint.")


def _batches(rows):
    """Rows of similar length together, at most `_BATCH_TOKENS` with their padding, or one row."""
    batch: list[tuple[int, ...]] = []
    for row in sorted(rows, key=len):
        if batch and (len(batch) + 1) * len(row) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(row)
    yield batch


def _padded(batch, tokenizer, device) -> dict:
    """Padding on the right: a causal model cannot see it from its left, and the mask hides it from a masked one."""
    import torch

    width, pad = max(map(len, batch)), tokenizer.pad_token_id or 0
    ids = [[*row, *[pad] * (width - len(row))] for row in batch]
    mask = [[1] * len(row) + [0] * (width - len(row)) for row in batch]
    return {"input_ids": torch.tensor(ids, device=device), "attention_mask": torch.tensor(mask, device=device)}
