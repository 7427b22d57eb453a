"""Static pictures of attention: each view is a PNG with alternative text and a small table, so nothing needs a script.

Every view takes a `Record` or a `Map` and counts layers, heads and tokens from 0, padding left out. A picture holds at
most 64 queries and 64 keys: the first ones, or the first of those that `queries=slice(...)` and `keys=slice(...)`
choose. What is left out is said in the text. A step samples a long text: `slice(0, 512, 8)`.
"""

from dataclasses import replace

import numpy as np

from ..describing import describe
from ..errors import CourseError
from ..pictures import Figure, Table, label, readable, show
from . import drawing
from .record import Map, Record, find_map
from .selection import MOST_TOKENS, TOP, Part, choose, links, lowest_first, number, quoted, real
from .statistics import entropy

FAINT = 0.01  # thinner lines would not be seen
UNALIGNED = 0.1  # a word whose best link is weaker has no link worth naming
SECOND = 0.2  # a second link of this weight is named, too
NAMES = {"encoder": "Encoder self-attention", "decoder": "Decoder self-attention", "cross": "Cross-attention"}


def heat_map(
    source: Record | Map,
    layer: int | str,
    head: int | str,
    kind: str | None = None,
    *,
    queries: slice | None = None,
    keys: slice | None = None,
    padding: bool = False,
) -> Figure:
    """One head as a grid: a row for each query, a column for each key, the darker the more weight.

    `layer` and `head` may be "mean". Up to 8 × 8 the weights are printed. `padding` keeps padding in, marked [PAD].
    """
    found = find_map(source, kind)
    matrix = found.head(layer, head)
    part = choose(found, queries, keys, padding=padding)
    weights = part.cut(matrix)
    picture = drawing.grid(
        weights,
        part.query_labels,
        part.key_labels,
        title=_title(found, layer, head),
        axes=("query (looks)", "key (is looked at)"),
        bar="weight",
        printed=max(weights.shape) <= 8,
    )
    best = part.strongest(weights)
    alt = f"Heat map of {_about(source, part, _title(found, layer, head))} {part.in_words(best)} {part.note}"
    return show(picture, alt, _link_table(best, part))


def overview(
    source: Record | Map, kind: str | None = None, *, queries: slice | None = None, keys: slice | None = None
) -> Figure:
    """All heads in one picture, layers from top to bottom, heads from left to right; the darker the more weight.

    Darkness is the square root of the weight, so that weak patterns show too. The table names the most focused heads:
    those of the lowest entropy over the whole text.
    """
    found = find_map(source, kind)
    part = choose(found, queries, keys)
    weights = part.cut(found.weights)
    bits = entropy(found)
    focused = lowest_first(bits)[:TOP]
    rows = []
    for place in focused:
        link = next(iter(part.strongest(weights[place])), None)
        named = (part.query_names[link[0]], part.key_names[link[1]], number(link[2])) if link else ("–", "–", "–")
        rows.append((*map(str, place), number(bits[place]), *named))
    header = ("Layer", "Head", "Entropy (bits)", "Strongest link: query", "Key", "Weight")
    table = Table(f"Most focused heads. {part.note}".strip(), header, rows)
    size = f"{NAMES[found.kind]}, {found.layers} layers × {found.heads} heads"
    named = ", ".join(f"layer {i} head {j} ({number(bits[i, j])} bits)" for i, j in focused[:3])
    alt = f"Small heat maps of {_about(source, part, size)} Most focused: {named}. {part.note}"
    return show(drawing.overview(weights, title=NAMES[found.kind]), alt, table)


def token_lines(
    source: Record | Map,
    layer: int | str,
    head: int | str,
    kind: str | None = None,
    token: int | None = None,
    *,
    queries: slice | None = None,
    keys: slice | None = None,
) -> Figure:
    """One head as lines from the queries on the left to the keys on the right, the thicker and darker the more weight.

    `token`: the position of the one query whose lines are drawn (-1: the last); of a long text the part around it is
    shown then.
    """
    found = find_map(source, kind)
    weights = found.head(layer, head)
    if token is not None:
        row = _query(found, token)
        weights = np.where(np.arange(len(weights))[:, None] == row, weights, 0)
        around = _around(found, row)
        queries = queries or around
        keys = keys or (None if found.kind == "cross" else around)
    part = choose(found, queries, keys)
    weights = part.cut(weights)
    only = ""
    if token is not None:
        if row not in part.rows:
            raise CourseError(
                f"Query {token} is not in the chosen part: leave `queries` out or choose it around {token}."
            )
        name = part.query_names[part.rows.index(row)]
        only, part = f" Only the lines of {quoted(name)} are drawn.", replace(part, free=[part.rows.index(row)])
    scale = max(1.0, float(weights.max()))  # value-weighted weights may be over 1
    picture = drawing.two_columns(
        part.query_labels,
        part.key_labels,
        [(row, column, weight / scale) for row, column, weight in links(weights, FAINT * scale)],
        title=_title(found, layer, head),
        heads=("query", "key"),
    )
    best = part.strongest(weights)
    about = _about(source, part, _title(found, layer, head))
    return show(picture, f"Lines of {about}{only} {part.in_words(best)} {part.note}", _link_table(best, part))


def alignment(
    source: Record | Map,
    layer: int | str = -1,
    head: int | str = "mean",
    *,
    queries: slice | None = None,
    keys: slice | None = None,
) -> Figure:
    """Cross-attention between whole words: target words on the left, the source words that they look at on the right.

    A word without a link of at least 0.1 is marked ∅. Special tokens such as `</s>` are left out, though much of the
    weight often rests on them.
    """
    found = find_map(source, "cross")
    choose(found, None, None, special=False)  # refuses an empty map, which has no words to merge
    words = replace(found, weights=found.head(layer, head)[None, None], value_norms=None).merge_words()
    part = choose(words, queries, keys, special=False)
    weights = part.cut(words.weights[0, 0])  # [target, source]
    lines = links(weights, UNALIGNED)
    picture = drawing.two_columns(
        _marked(part.query_labels, {row for row, _, _ in lines}),
        _marked(part.key_labels, {column for _, column, _ in lines}),
        lines,
        title=_title(found, layer, head),
        heads=("target", "source"),
    )
    rows, unlinked = [], [("∅", "–"), ("–", "–")]
    for target, row in zip(part.query_names, weights, strict=True):
        order = zip(np.argsort(-row, kind="stable"), (UNALIGNED, SECOND), strict=False)
        best = [(part.key_names[i], number(row[i])) for i, least in order if row[i] >= least]
        first, second = best + unlinked[len(best) :]
        rows.append((target, *first, *second))
    caption = (
        f"Each target word, its source word of most weight (∅: none shown has {UNALIGNED}) "
        f"and a second one if it has {SECOND}. {part.note}"
    )
    header = ("Target", "Source", "Weight", "Second source", "Its weight")
    named = _several([_linked(*row) for row in rows if row[2] != "–"])
    missing = _several([quoted(row[0]) for row in rows if row[2] == "–"])
    about = _about(source, part, _title(found, layer, head), ("target words", "source words"))
    alt = f"Alignment of words by {about} Links: {named}. Without a link: {missing}."
    return show(picture, f"{alt} {part.note}", Table(caption.strip(), header, rows))


def head_grid(scores: np.ndarray, title: str) -> Figure:
    """One number for each head, `[layers, heads]`: the darker the higher, printed up to 144 heads; nan is –."""
    if not isinstance(title, str) or not title.strip():
        raise CourseError('head_grid() expects a title that says what the numbers are, such as "Entropy (bits)".')
    try:
        scores = np.array(scores, dtype=float)
    except (TypeError, ValueError) as error:
        raise CourseError(f"head_grid() expects numbers [layers, heads]; given: {describe(scores)}.") from error
    if scores.ndim != 2 or not scores.size:
        raise CourseError(f"head_grid() expects numbers [layers, heads]; given: the shape {list(scores.shape)}.")
    ranked = lowest_first(scores)[::-1]
    if not ranked:
        raise CourseError(
            "head_grid() expects a number for at least one head, but none is finite: "
            "try a text that holds what is measured."
        )
    name = readable(title)
    picture = drawing.grid(
        scores,
        [str(layer) for layer in range(scores.shape[0])],
        [str(head) for head in range(scores.shape[1])],
        title=label(title, 60),
        axes=("layer", "head"),
        bar="",
        printed=scores.size <= 144,
        cell=0.45,
    )
    rows = [(*map(str, place), number(scores[place])) for place in ranked]
    first, last = (f"layer {layer} head {head}, {value}" for layer, head, value in (rows[0], rows[-1]))
    alt = f"{name}: {scores.shape[0]} layers × {scores.shape[1]} heads. Highest: {first}; lowest: {last}."
    return show(picture, alt, Table(f"{name}: the highest heads", ("Layer", "Head", "Value"), rows[:TOP]))


def _title(found: Map, layer: int | str, head: int | str) -> str:
    layer = "mean of the layers" if layer == "mean" else f"layer {layer % found.layers}"
    head = "mean of the heads" if head == "mean" else f"head {head % found.heads}"
    return f"{NAMES[found.kind]}, {layer}, {head}"


def _about(source: Record | Map, part: Part, what: str, names: tuple[str, str] = ("queries", "keys")) -> str:
    """The beginning of an alternative text: `what` is shown, of which model, at what size."""
    model = f" of {readable(source.model, 40)}" if isinstance(source, Record) and source.model else ""
    return f"{what}{model}: {len(part.rows)} {names[0]} × {len(part.columns)} {names[1]}."


def _link_table(best: list[tuple[int, int, float]], part: Part) -> Table:
    rows = [(part.query_names[row], part.key_names[column], number(weight)) for row, column, weight in best]
    return Table(f"Strongest links. {part.note}".strip(), ("Query", "Key", "Weight"), rows)


def _marked(labels: list[str], linked: set[int]) -> list[str]:
    return [text if i in linked else f"∅ {text}" for i, text in enumerate(labels)]


def _linked(target: str, first: str, weight: str, second: str, its_weight: str) -> str:
    more = "" if its_weight == "–" else f" and {quoted(second)} {its_weight}"
    return f"{quoted(target)} from {quoted(first)} {weight}{more}"


def _several(items: list[str]) -> str:
    more = f" and {len(items) - TOP} more" if len(items) > TOP else ""
    return (", ".join(items[:TOP]) or "none") + more


def _query(found: Map, token: int) -> int:
    """The row of the query at this position, padding not counted."""
    rows = real(found.queries)
    if not isinstance(token, int | np.integer) or isinstance(token, bool) or not -len(rows) <= token < len(rows):
        raise CourseError(f"Expected a token from 0 to {len(rows) - 1} (or -1 for the last); given: {describe(token)}.")
    return rows[token]


def _around(found: Map, row: int) -> slice:
    rows = real(found.queries)
    start = max(0, min(rows.index(row) - MOST_TOKENS // 2, len(rows) - MOST_TOKENS))
    return slice(start, start + MOST_TOKENS)
