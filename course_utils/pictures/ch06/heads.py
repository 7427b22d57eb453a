"""One head of a real model, of what `capture` keeps: its arrows, single weights, and who looks at a word most."""

from ..figures import Figure
from .glances import arrows, position


def head_arrows(record, layer: int, head: int, word: str) -> Figure:
    """Where the first token `word` looks, in one head of a captured model."""
    names, table = _table(record, layer, head)
    row = position(names, word)
    return arrows(names, table[row], row, title=f"Layer {layer}, head {head}: where “{names[row]}” looks")


def weight(record, layer: int, head: int, word: str, seen: str) -> float:
    """The weight that the first token `word` gives to the first token `seen`, in one head of a captured model."""
    names, table = _table(record, layer, head)
    return float(table[position(names, word), position(names, seen)])


def most(record, layer: int, head: int, word: str) -> str:
    """The token that the first token `word` looks at most, in one head of a captured model."""
    names, table = _table(record, layer, head)
    return _place(names, int(table[position(names, word)].argmax()))


def lookers(record, layer: int, head: int, seen: str) -> list[str]:
    """The tokens that look at the first token `seen` more than at any other, in one head of a captured model.

    A token whose text occurs more than once has its position behind it, as in `the (7)`.
    """
    names, table = _table(record, layer, head)
    column = position(names, seen)
    return [_place(names, row) for row, best in enumerate(table.argmax(axis=1)) if best == column]


def _place(names, row: int) -> str:
    return f"{names[row]} ({row})" if names.count(names[row]) > 1 else names[row]


def _table(record, layer: int, head: int):
    found = record.map()
    return [token.text for token in found.keys], found.head(layer, head)
