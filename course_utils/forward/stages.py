"""What each step of a forward pass is called and what happens there: one title, one short sentence, one colour.

The names are the same for every model. A model goes through some of the steps only: no model has all of them.
A sentence has up to 80 characters, what a cell of a table shows.
"""

_ATTENTION = {
    "norm": ("Norm", "Each vector is scaled to a common size, for the next step.", "residual stream"),
    "query": ("Query", "What each token looks for: its vector times a matrix of learned weights.", "query"),
    "key": ("Key", "What each token has to offer: its vector times another learned matrix.", "key"),
    "value": ("Value", "What each token passes on to those who look at it: a third learned matrix.", "value"),
    "query norm": ("Norm of the query", "Each query is scaled to a common size.", "query"),
    "key norm": ("Norm of the key", "Each key is scaled to a common size.", "key"),
    "value norm": ("Norm of the value", "Each value is scaled to a common size.", "value"),
    "scaled query": ("Scale the query", "Each query times a fixed number, so that no score grows too large.", "query"),
    "scaled key": ("Scale the key", "Each key times a fixed number, so that no score grows too large.", "key"),
    "rotated query": (
        "Rotate the query",
        "Each query is turned by its position, so that scores feel the distance.",
        "query",
    ),
    "rotated key": ("Rotate the key", "Each key is turned by its position, in the same way as the queries.", "key"),
    "scores": ("Scaled scores", "Divided by the root of the head's size; the mask is added later.", "query"),
    "capped scores": ("Cap the scores", "Very high and very low scores are pressed back below a fixed limit.", "query"),
    "position bias": (
        "Position bias",
        "A learned number for the distance of two tokens is added to their score.",
        "query",
    ),
    "mask": ("Mask", "0 is added where the token may look, minus infinity where it is hidden.", "frozen"),
    "weights": (
        "Attention weights",
        "Softmax turns the scores into shares that sum to 1; what is hidden gets 0.",
        "query",
    ),
    "mix": ("Mix the values", "Each token gets the values of those it looks at, each times its weight.", "value"),
    "output": (
        "Output of attention",
        "The mixes of all heads side by side, times one matrix of learned weights.",
        "value",
    ),
    "output norm": ("Norm of the output", "The output of attention is scaled to a common size.", "value"),
    "residual": (
        "Add to the stream",
        "The output of attention is added to what came in: nothing is replaced.",
        "residual stream",
    ),
}
_PREPARED = ("query norm", "key norm", "value norm", "scaled query", "scaled key", "rotated query", "rotated key")
_CROSS = {
    "norm": _ATTENTION["norm"],
    "query": ("Query to the text read", "What each token being written looks for in the text read.", "query"),
    "key": ("Key of the text read", "What each token of the text read has to offer.", "key"),
    "value": ("Value of the text read", "What each token of the text read passes on.", "value"),
    **{name: _ATTENTION[name] for name in (*_PREPARED, "scores", "capped scores", "position bias", "mask")},
    "weights": ("Attention weights", "Softmax turns the scores into shares of the text read that sum to 1.", "query"),
    "mix": ("Mix the values", "Each token being written gets the values read, each times its weight.", "value"),
    **{name: _ATTENTION[name] for name in ("output", "output norm")},
    "residual": (
        "Add to the stream",
        "What was found in the text read is added to each token's vector.",
        "residual stream",
    ),
}
STAGES = {
    "tokens": ("Tokens", "The text is cut into tokens; each has a number in the vocabulary.", "tokens"),
    "token embedding": ("Token embedding", "Each token's learned vector is looked up in a table.", "tokens"),
    "scaled embedding": ("Scale the embedding", "Each token's vector is multiplied by one fixed number.", "tokens"),
    "position embedding": ("Position embedding", "Each position in the text has a vector of its own.", "tokens"),
    "type embedding": ("Type embedding", "A vector that says: first text or second text.", "tokens"),
    "embedding sum": ("Sum of the embeddings", "The vectors of each token are added up to one.", "residual stream"),
    "embedding norm": ("Norm", "Each vector is scaled to a common size, before the first layer.", "residual stream"),
    "embedding projection": (
        "Change the width",
        "A matrix of learned weights makes each vector as long as the layers need it.",
        "residual stream",
    ),
    **_ATTENTION,
    **{f"cross-attention {name}": about for name, about in _CROSS.items()},
    "feed-forward norm": ("Norm", "Each vector is scaled to a common size once more.", "residual stream"),
    "feed-forward inner": (
        "Feed-forward, inside",
        "Each vector gets much longer; a curve lets some of its numbers through.",
        "feed-forward",
    ),
    "feed-forward": (
        "Feed-forward, output",
        "A second matrix makes it short again. No token looks at another here.",
        "feed-forward",
    ),
    "feed-forward output norm": (
        "Norm of the output",
        "The output of the feed-forward part is scaled to a common size.",
        "feed-forward",
    ),
    "feed-forward residual": (
        "Add to the stream",
        "The feed-forward output is added: this is what the next layer gets.",
        "residual stream",
    ),
    "final norm": ("Last norm", "After the last layer each vector is scaled to a common size.", "residual stream"),
    "output transform": ("Prepare for the output", "A last step before the comparison with the vocabulary.", "model"),
    "logits": ("Logits", "Each vector is compared with the vocabulary: one number for each token in it.", "model"),
    "probabilities": ("Probabilities", "Softmax turns the logits into probabilities that sum to 1.", "answer"),
    "guesses": (
        "The guess after every layer",
        "The model's last steps, applied to the stream after each layer.",
        "answer",
    ),
}
