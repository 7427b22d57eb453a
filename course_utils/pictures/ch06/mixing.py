"""The steps of attention as tables with the names of their rows and columns, as notebook 06 computes them.

Each function draws what the page has computed: the numbers come from the page.
"""

from ..figures import Figure, Table, show
from ..grids import Part, mask_of, tensors
from ..style import COLOURS, WIDTH, canvas, plain_style, rectangle, write
from .glances import few_colours

_NO_SHAPE = " "  # a single number has the shape [], which tells nobody anything


def score_picture(word: str, query, other: str, key, products, score, kinds) -> Figure:
    """A query and a key are multiplied number by number, and the products are added up to a score."""
    return _drawn(
        _column(f"query of {word}", query, kinds),
        "*",
        _column(f"key of {other}", key),
        "=",
        _column("products", products),
        "add up",
        Part("score", score, score != 0, shape=_NO_SHAPE),
    )


def mix_picture(weights, value, mix, words, facts) -> Figure:
    """Each row of `value` times the weight of its word, and the rows added up."""
    weighted = weights[:, None] * value
    return _drawn(
        _column("weights", weights, words, lit=False),
        "*",
        Part("value", value, value != 0, names=((), (), facts)),
        "=",
        Part("value, weighted", weighted, weighted != 0, names=((), (), facts)),
        "add up",
        Part("mix", mix, names=((), (), facts)),
    )


def all_words(scores, weights, mixed, words, facts) -> Figure:
    """The scores of all words, their weights, and the mixes; the largest weight of each row is lit."""
    most = weights == weights.max(dim=-1, keepdim=True).values
    return _drawn(
        Part("scores", scores, names=((), words, words)),
        "softmax",
        Part("weights", weights, lit=most, names=((), words, words)),
        "@ value",
        Part("mixed", mixed, names=((), (), facts)),
    )


def masked_looks(scores, hidden, weights, may_look, words) -> Figure:
    """Scores before and after a mask, and the weights; what the mask leaves is lit."""
    lit = [("scores", scores, None), ("hidden", hidden, may_look), ("masked_weights", weights, may_look)]
    first, second, third = [Part(*one, names=((), words, words)) for one in lit]
    return _drawn(first, "mask", second, "softmax", third)


def joined_heads(mixes, joined, words, facts) -> Figure:
    """The mixes of two heads, one fact from each, and both side by side in one table."""
    first, second = [
        Part(f"mix_{head}", mix, names=((), words, (fact,)))
        for head, (mix, fact) in enumerate(zip(mixes, facts, strict=True))
    ]
    return _drawn(first, " ", second, "side by side", Part("joined", joined, names=((), words, facts)))


def cut_picture(table, cut, words, kinds) -> Figure:
    """A table `[words, kinds]` cut into two heads `[heads, words, kinds / 2]`; what head 0 gets is lit."""
    lit = mask_of(table, f":, :{len(kinds) // 2}")
    return _drawn(
        Part("query", table, lit, names=((), words, kinds)),
        "cut, swap",
        Part("query_heads", cut, mask_of(cut, "0"), names=(("head 0", "head 1"), words, ())),
    )


def columns_beside(charts) -> Figure:
    """Shares as columns, for each title of a dictionary a row of them; all on one scale."""
    shares = {title: [float(share) for share in row] for title, row in charts.items()}
    room = WIDTH / len(shares)
    with plain_style():
        figure, axes = canvas(WIDTH, 1.95)
        for number, (title, row) in enumerate(shares.items()):
            left, each = number * room + 0.1, (room - 0.3) / len(row)
            write(axes, left + (room - 0.3) / 2, 1.82, title, bold=True)
            axes.plot([left, left + room - 0.3], [0.1, 0.1], color=COLOURS["residual stream"], linewidth=1)
            for place, share in enumerate(row):
                rectangle(axes, left + (place + 0.15) * each, 0.1, 0.7 * each, 1.3 * share, COLOURS["query"])
                write(axes, left + (place + 0.5) * each, 0.1 + 1.3 * share + 0.1, f"{share:.2f}", size=9)
        rows = [(title, *(f"{share:.2f}" for share in row)) for title, row in shares.items()]
        table = Table("Shares", ("chart", *(f"key {i}" for i in range(len(rows[0]) - 1))), rows)
        said = "; ".join(f"{title}: {', '.join(row)}" for title, *row in rows)
        return few_colours(show(figure, alt=f"Columns beside each other. {said}.", table=table, folded=True))


def _drawn(*parts) -> Figure:
    return few_colours(tensors(*parts))


def _column(name: str, vector, rows=(), lit: bool = True) -> Part:
    """A vector that stands upright; with `lit`, what is not 0 is lit."""
    column = vector[:, None]
    shape = str(list(vector.shape))
    return Part(name, column, column != 0 if lit else None, shape=shape, names=((), tuple(rows), ()))
