"""Token ids as readable rows and columns: text, word, special or padding, for any tokenizer of transformers."""

import re
import unicodedata

from .record import Token

_SIGNS = {" ": "␣", "\n": "⏎", "\t": "⇥", "\r": "␍"}
_SPACES = "Ġ", "▁"  # byte-level, SentencePiece: a piece that begins with one begins a word
_SYMBOLS = "$+<=>^`|~"  # of ASCII; Unicode counts them as symbols, not as punctuation


def tokens_of(tokenizer, ids, mask=None) -> tuple[Token, ...]:
    """One `Token` for each id of a sequence; where `mask` is 0 it is padding."""
    ids = [int(i) for i in ids]
    mask = [1] * len(ids) if mask is None else [int(m) for m in mask]
    # What cuts words into pieces: a WordPiece, WordLevel, BPE or Unigram; None for a tokenizer in pure Python.
    model = tokenizer.backend_tokenizer.model if getattr(tokenizer, "is_fast", False) else None
    # An id beyond the tokenizer's vocabulary, which a model may have room for, has no text.
    pieces = [piece or f"<{i}>" for i, piece in zip(ids, tokenizer.convert_ids_to_tokens(ids), strict=True)]
    texts = [tokenizer.decode([i]) for i in ids]
    specials = _specials(tokenizer, model, dict(zip(ids, texts, strict=True)))
    outside = [i in specials or not m for i, m in zip(ids, mask, strict=True)]
    words = _words(tokenizer, model and type(model).__name__, pieces, texts, outside)
    return tuple(
        Token(
            text=piece if i in specials and _visible(piece) else _readable(piece, text),
            word=word,
            special=i in specials and bool(m),
            padding=not m,
        )
        for i, m, piece, text, word in zip(ids, mask, pieces, texts, words, strict=True)
    )


def numbered(count: int) -> tuple[Token, ...]:
    """Tokens of something without text, such as the patches of a picture: their places, from 0."""
    return tuple(Token(str(i), word=i) for i in range(count))


def _specials(tokenizer, model, texts: dict[int, str]) -> set[int]:
    """The ids of marks. An unknown word is a word, though its token counts as special in the library."""
    left_out = {i for i, text in texts.items() if text and not tokenizer.decode([i], skip_special_tokens=True)}
    others = [token for role, token in tokenizer.special_tokens_map.items() if role != "unk_token"]
    # In GPT-2 the same token marks the end. Where letters are bytes no word is unknown: the token can only be a mark.
    is_mark = tokenizer.unk_token in others or not getattr(model, "unk_token", True)
    return (left_out | set(tokenizer.all_special_ids)) - (set() if is_mark else {tokenizer.unk_token_id})


def _readable(piece: str, text: str) -> str:
    """What to show of a piece that the tokenizer decodes to `text`; never empty."""
    if "\N{REPLACEMENT CHARACTER}" not in text:
        if _visible(text):
            return text.strip()
        blanks = text or piece.replace("▁", " ")
        if not blanks.strip(" \n\t\r"):
            return "".join(_SIGNS[letter] for letter in blanks)
        if _visible(piece) and piece.isascii():  # decoding leaves some out, such as the times in Whisper
            return piece
    # A part of a character, such as half an emoji, or something that nobody can see: its bytes.
    return f"<{_bytes(piece).hex(' ').upper()}>"


def _visible(text: str) -> bool:
    return any(letter.isprintable() and not letter.isspace() for letter in text)


def _bytes(piece: str) -> bytes:
    """The bytes that a piece stands for."""
    from transformers.convert_slow_tokenizer import bytes_to_unicode

    if found := re.fullmatch("<0x([0-9A-F]{2})>", piece):  # SentencePiece, for what its vocabulary lacks
        return bytes.fromhex(found[1])
    letters = {letter: byte for byte, letter in bytes_to_unicode().items()}  # byte-level: one letter for each byte
    if all(letter in letters for letter in piece):
        return bytes(letters[letter] for letter in piece)
    return piece.encode("latin-1" if len(piece) == 1 and ord(piece) < 256 else "utf-8")  # ByT5: a byte as chr(byte)


def _words(tokenizer, model: str | None, pieces: list[str], texts: list[str], outside: list[bool]) -> list[int | None]:
    """The index of the word that each piece belongs to; None for special tokens and padding."""
    words, count, before = [], -1, None  # before: the piece to the left and its text, if it is part of a word
    for piece, text, apart in zip(pieces, texts, outside, strict=True):
        first = before is None or model == "WordLevel" or _begins(tokenizer, model, before, (piece, text))
        count += first and not apart
        words.append(None if apart else count)
        before = None if apart else (piece, text)
    return words


def _begins(tokenizer, model: str | None, left: tuple[str, str], right: tuple[str, str]) -> bool:
    """Whether the right one of two neighbours, each a piece and its text, begins a word."""
    (before, text_before), (piece, text) = left, right
    if piece.startswith("##") and model in ("WordPiece", None) and piece != "##":
        return False
    if model == "WordPiece" or piece.startswith(("Ġ", "▁")) or before.endswith("</w>"):
        return True
    if before in _SPACES:  # alone: it belongs to what is behind it (`##` would be lost when the word is joined)
        return text.isspace() or piece == "##"
    if model is None and re.search(r"\S\s+\S", tokenizer.convert_tokens_to_string([before, piece])):
        return True
    if tokenizer.unk_token in (before, piece) or _breaks(piece, text) or _breaks(before, text_before):
        return True
    marks = [_is_mark(letter) for letter in text.strip()]
    marks_before = [_is_mark(letter) for letter in text_before.strip()]
    return (bool(marks) and marks[0]) or (bool(marks_before) and all(marks_before))


def _breaks(piece: str, text: str) -> bool:
    """Whether a piece stands apart: white space, but for a single space, or a whole piece that decoding leaves out."""
    return piece not in _SPACES and (text.isspace() or (not text and piece.isascii()))


def _is_mark(letter: str) -> bool:
    return letter in _SYMBOLS or unicodedata.category(letter).startswith("P")
