"""Token ids as readable rows and columns: text, word, special or padding, for any tokenizer of transformers."""

import re

from .record import Token

# How the usual vocabularies mark the first piece of a word; WordPiece marks the others instead, with "##".
_BEGINS = ("Ġ", "▁", "Ċ", "ĉ")
_INVISIBLE = {" ": "␣", "\n": "⏎", "\t": "⇥", "\r": "␍"}


def tokens_of(tokenizer, ids, mask=None) -> tuple[Token, ...]:
    """One `Token` for each id of a sequence; where `mask` is 0 it is padding."""
    ids = [int(i) for i in ids]
    mask = [1] * len(ids) if mask is None else [int(m) for m in mask]
    # An unknown word is a word, though its token counts as special in the library.
    specials = set(tokenizer.all_special_ids) - {tokenizer.unk_token_id}
    # An id beyond the tokenizer's vocabulary, which a model may have room for, has no text.
    pieces = [piece or f"<{i}>" for i, piece in zip(ids, tokenizer.convert_ids_to_tokens(ids), strict=True)]
    words = _words(pieces, [i in specials or not m for i, m in zip(ids, mask, strict=True)], _model_of(tokenizer))
    return tuple(
        Token(
            text=piece if i in specials else _readable(tokenizer, i, piece),
            word=word,
            special=i in specials and bool(m),
            padding=not m,
        )
        for i, m, piece, word in zip(ids, mask, pieces, words, strict=True)
    )


def numbered(count: int) -> tuple[Token, ...]:
    """Tokens of something without text, such as the patches of a picture: their places, from 0."""
    return tuple(Token(str(i), word=i) for i in range(count))


def _readable(tokenizer, token_id: int, piece: str) -> str:
    if piece.isascii() and piece.strip():
        return piece
    text = tokenizer.decode([token_id])
    if "\N{REPLACEMENT CHARACTER}" in text:  # a piece of a character, such as half an emoji: its bytes
        return f"<{_bytes(piece).hex(' ').upper()}>"
    return text.strip() or "".join(_INVISIBLE.get(letter, letter) for letter in text) or piece


def _bytes(piece: str) -> bytes:
    """The bytes that a piece of a byte-level vocabulary stands for; its letters stand for one byte each."""
    from transformers.convert_slow_tokenizer import bytes_to_unicode

    letters = {letter: byte for byte, letter in bytes_to_unicode().items()}
    return bytes(letters[x] for x in piece) if all(x in letters for x in piece) else piece.encode()


def _model_of(tokenizer) -> str:
    """The kind of vocabulary: WordPiece, WordLevel, BPE, Unigram, or "" for a tokenizer in pure Python."""
    return type(tokenizer.backend_tokenizer.model).__name__ if getattr(tokenizer, "is_fast", False) else ""


def _words(pieces: list[str], outside: list[bool], model: str) -> list[int | None]:
    """The index of the word that each piece belongs to; None for special tokens and padding."""
    words, count, before = [], -1, None  # before: the piece to the left, if it is part of a word
    for piece, apart in zip(pieces, outside, strict=True):
        if apart:
            words.append(None)
            before = None
            continue
        count += _begins(piece, before, model)
        words.append(count)
        before = piece
    return words


def _begins(piece: str, before: str | None, model: str) -> bool:
    if before is None or model == "WordLevel":
        return True
    if model == "WordPiece":
        return not piece.startswith("##")
    if piece.startswith(_BEGINS) or before.endswith("</w>"):
        return True
    return bool(re.match(r"[!-/:-@\[-`{-~]", piece)) or bool(re.fullmatch(r"[Ġ▁]?[!-/:-@\[-`{-~]+", before))
