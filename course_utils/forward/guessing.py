"""What the model would guess if it ended after a layer ("logit lens"): its own last steps, applied to the stream there.

The head is not rebuilt. The model itself runs again, but its layers are left out: what runs them gives the streams of
some layers at once, normalized as after the last. So every detail of a head is the model's own.
"""

from contextlib import contextmanager

BEST = 5  # guesses kept for each token
MOST_BYTES = 80e6  # of logits at once: all layers of a short text, some of a long one; each call has its cost


def guesses(run_head, streams, vocabulary, words: int) -> tuple:
    """For each stream `[tokens, hidden]`, each token's likeliest tokens with their probabilities.

    `run_head` gives the logits of several streams, `words` says how many there are for a token.
    """
    import torch

    rows = []
    together = max(1, int(MOST_BYTES / (4 * words * streams.shape[1])))
    for some in streams.split(together):
        chances, ids = torch.softmax(run_head(some), dim=-1).topk(min(BEST, words))
        for of_layer in zip(ids.tolist(), chances.tolist(), strict=True):
            pairs = zip(*of_layer, strict=True)
            rows.append(tuple(tuple((vocabulary(i), p) for i, p in zip(*pair, strict=True)) for pair in pairs))
    return tuple(rows)


@contextmanager
def leaving_out(owner, output):
    """Inside the block the module that runs the layers runs nothing: it gives `output`, with other streams put in.

    Yields a function that sets the streams `[layers, tokens, hidden]`: to the model they are a batch of texts.
    """
    before, put = vars(owner).get("forward"), [output[0]]

    def forward(*_, **__):
        if isinstance(output, tuple):
            return (put[0], *output[1:])
        return type(output)(**{**output, "last_hidden_state": put[0]})

    def set_streams(streams) -> None:
        put[0] = streams

    owner.forward = forward
    try:
        yield set_streams
    finally:
        if before is None:
            del owner.forward
        else:
            owner.forward = before
