"""Attention records made by hand, so that the tests of statistics, views and browsers need no model."""

from html.parser import HTMLParser

import numpy as np

from course_utils.attention.record import Map, Record, Token


def tokens(texts: str | list[str]) -> tuple[Token, ...]:
    """A token for each text (a string is split at spaces): `[CLS]`, `</s>` are special, `<pad>` is padding."""
    texts = texts.split() if isinstance(texts, str) else texts
    special = ("[CLS]", "[SEP]", "</s>", "<s>", "<pad>")
    return tuple(
        Token(text, None if text in special else i, special=text in special, padding=text == "<pad>")
        for i, text in enumerate(texts)
    )


def make_map(weights, queries, keys=None, kind="encoder", value_norms=None) -> Map:
    """`weights` may be `[query, key]`, for one layer with one head."""
    weights = np.array(weights, np.float32)
    weights = weights[None, None] if weights.ndim == 2 else weights
    queries = tokens(queries)
    keys = queries if keys is None else tokens(keys)
    return Map(kind=kind, weights=weights, queries=queries, keys=keys, value_norms=value_norms)


def random_map(layers=2, heads=3, queries=5, keys=None, kind="encoder", seed=0, texts=None, norms=False) -> Map:
    """Rows drawn from a softmax with a few large weights, under a causal mask if `kind` is "decoder"."""
    draw = np.random.default_rng(seed)
    keys = keys or queries
    weights = np.exp(2 * draw.normal(size=(layers, heads, queries, keys)))
    if kind == "decoder":
        weights = np.tril(weights)
    weights /= weights.sum(-1, keepdims=True)
    rows = texts or [f"t{i}" for i in range(queries)]
    columns = rows if kind != "cross" else [f"s{i}" for i in range(keys)]
    value_norms = draw.uniform(0.5, 2, (layers, heads, keys)) if norms else None
    return make_map(weights, rows, columns, kind, value_norms)


def record(found: Map, model: str = "TinyModel") -> Record:
    return Record(maps={found.kind: found}, model=model)


# --- words that could break a page ------------------------------------------------------------------------

ODD_WORDS = ["<script>alert(1)</script>", "&amp;", "שלום", "🙂", "w" * 300]
SENTENCE = ["[CLS]", "attention", "lets", "every", "word", "look", "at", "all", "the", "others", "[SEP]"]
NASTY = (
    "<script>alert(1)</script>",
    "&amp;",
    "</script>",
    "<!--",
    "a\u2028b",
    "שלום",
    "🙂",
    "Ġcourse",
    "w" * 300,
    "'\"",
)


def odd_map(kind="encoder", layers=2, heads=3, queries=ODD_WORDS, keys=None):
    columns = len(queries if keys is None else keys)
    weights = np.random.default_rng(0).dirichlet(np.ones(columns), size=(layers, heads, len(queries)))
    return make_map(weights, queries, keys, kind)


def sentence_map(queries=11, texts=SENTENCE, **options):
    return random_map(queries=queries, texts=[texts[i % len(texts)] for i in range(queries)], **options)


def record_of(*maps):
    return Record(maps={found.kind: found for found in maps}, text="…", model="TinyModel")


def explorer_bundle(record, kind=None) -> dict[str, str]:
    """What a notebook stores of an explorer."""
    from course_utils.attention import explorer

    return explorer(record, kind)._repr_mimebundle_()


def elements(text):
    """The names of the elements that a browser finds."""
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda name, attributes: found.append(name)
    parser.feed(text)
    return found
