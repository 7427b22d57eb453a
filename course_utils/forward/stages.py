"""What each step of a forward pass is called and what happens there: one title, one plain sentence, one colour.

The names are the same for every model. A model goes through some of the steps only: no model has all of them.
"""

_ATTENTION = {
    "norm": (
        "Normalize",
        "Each vector is scaled to a common size, so that the next step gets numbers it can work with.",
        "residual stream",
    ),
    "query": (
        "Query",
        "Each token asks what it is looking for: its vector times a matrix of learned weights.",
        "query",
    ),
    "key": ("Key", "Each token says what it has to offer: its vector times another matrix of learned weights.", "key"),
    "value": ("Value", "Each token prepares what it passes on to those who look at it.", "value"),
    "query norm": ("Normalize the query", "Each query is scaled to a common size.", "query"),
    "key norm": ("Normalize the key", "Each key is scaled to a common size.", "key"),
    "value norm": ("Normalize the value", "Each value is scaled to a common size.", "value"),
    "scaled query": (
        "Scale the query",
        "Each query is made smaller by a fixed number, so that the scores do not grow too large.",
        "query",
    ),
    "scaled key": ("Scale the key", "Each key is made smaller by a fixed number, for the same reason.", "key"),
    "rotated query": (
        "Turn the query",
        "Each query is turned by an angle that depends on its position, so that the scores feel the distance.",
        "query",
    ),
    "rotated key": (
        "Turn the key",
        "Each key is turned by an angle that depends on its position, in the same way as the queries.",
        "key",
    ),
    "scores": (
        "Scores",
        "Each query is multiplied with each key and the result is scaled: a high score means that the two fit well.",
        "query",
    ),
    "capped scores": ("Cap the scores", "Very high and very low scores are pressed back below a fixed limit.", "query"),
    "position bias": (
        "Position bias",
        "A learned number for each distance between two tokens is added to their score.",
        "query",
    ),
    "mask": (
        "Mask",
        "A huge negative number is added to each score that must not count, such as that of a token still to come.",
        "frozen",
    ),
    "weights": (
        "Attention weights",
        "Softmax turns the scores of each token into shares that are 0 or more and sum to 1.",
        "key",
    ),
    "mix": ("Mix the values", "Each token gets the values of the others, each multiplied by its weight.", "value"),
    "output": (
        "Output of attention",
        "The mixes of all heads are put side by side and multiplied by one matrix of learned weights.",
        "value",
    ),
    "output norm": (
        "Normalize the output",
        "The output of attention is scaled to a common size before it is added.",
        "value",
    ),
    "residual": (
        "Add to the stream",
        "The output of attention is added to the vector that came into the layer: nothing is replaced.",
        "residual stream",
    ),
}
_PREPARED = ("query norm", "key norm", "value norm", "scaled query", "scaled key", "rotated query", "rotated key")
_CROSS = {
    "norm": _ATTENTION["norm"],
    "query": ("Query to the text read", "Each token being written asks what it looks for in the text read.", "query"),
    "key": ("Key of the text read", "Each token of the text read says what it has to offer.", "key"),
    "value": ("Value of the text read", "Each token of the text read prepares what it passes on.", "value"),
    **{name: _ATTENTION[name] for name in _PREPARED},
    "scores": (
        "Scores with the text read",
        "Each query of the text being written is multiplied with each key of the text read, and scaled.",
        "query",
    ),
    **{name: _ATTENTION[name] for name in ("capped scores", "position bias")},
    "mask": (
        "Mask",
        "A huge negative number is added for padding; the rest of the text read is open to all.",
        "frozen",
    ),
    "weights": ("Attention weights", "Softmax turns the scores into shares of the text read that sum to 1.", "key"),
    "mix": ("Mix the values", "Each token being written gets the values of the text read, by their weights.", "value"),
    **{name: _ATTENTION[name] for name in ("output", "output norm")},
    "residual": (
        "Add to the stream",
        "What was found in the text read is added to the vector of each token.",
        "residual stream",
    ),
}
STAGES = {
    "tokens": ("Tokens", "The text is cut into tokens, and each token has a number in the vocabulary.", "tokens"),
    "token embedding": ("Token embedding", "Each token's learned vector is looked up in a table.", "tokens"),
    "scaled embedding": ("Scale the embedding", "Each token's vector is multiplied by one fixed number.", "tokens"),
    "position embedding": ("Position embedding", "Each position in the text has a vector of its own.", "tokens"),
    "type embedding": (
        "Type embedding",
        "A vector says whether a token belongs to the first or second text.",
        "tokens",
    ),
    "embedding sum": ("Sum of the embeddings", "The vectors of each token are added up to one.", "residual stream"),
    "embedding norm": (
        "Normalize",
        "Each vector is scaled to a common size before the first layer.",
        "residual stream",
    ),
    "embedding projection": (
        "Change the width",
        "A matrix of learned weights turns each vector into one as long as the layers need it.",
        "residual stream",
    ),
    **_ATTENTION,
    **{f"cross-attention {name}": about for name, about in _CROSS.items()},
    "feed-forward norm": ("Normalize", "Each vector is scaled to a common size once more.", "residual stream"),
    "feed-forward inner": (
        "Feed-forward, inside",
        "Each vector is made much longer by learned weights, and a curve lets some of its numbers through.",
        "feed-forward",
    ),
    "feed-forward": (
        "Feed-forward, output",
        "A second matrix makes each vector as short as before. No token has looked at another here.",
        "feed-forward",
    ),
    "feed-forward output norm": (
        "Normalize the output",
        "The output of the feed-forward part is scaled to a common size before it is added.",
        "feed-forward",
    ),
    "feed-forward residual": (
        "Add to the stream",
        "The output of the feed-forward part is added to the vector: this is what the next layer gets.",
        "residual stream",
    ),
    "final norm": (
        "Last normalization",
        "After the last layer each vector is scaled to a common size.",
        "residual stream",
    ),
    "output transform": (
        "Prepare for the output",
        "A small last step prepares each vector for the comparison with the vocabulary.",
        "model",
    ),
    "logits": (
        "Logits",
        "Each vector is compared with the whole vocabulary: each token there gets one number.",
        "model",
    ),
    "probabilities": ("Probabilities", "Softmax turns the logits into probabilities that sum to 1.", "answer"),
    "guesses": (
        "The guess after every layer",
        "The stream after each layer goes through the last steps of the model, as if this layer were the last.",
        "answer",
    ),
}
