"""Forward passes made by hand, with numbers that fit together, so that the tests of picture and page need no model."""

import numpy as np

from course_utils.attention.record import Token
from course_utils.forward.opened import Opened
from course_utils.forward.recording import Block, Stage, Tower

SPECIAL = ("[CLS]", "[SEP]", "[MASK]", "<s>")
SENTENCE = ["the", "cat", "sat", "on", "the", "warm", "mat", "and", "looked", "at", "us"]


def tokens(texts) -> tuple[Token, ...]:
    return tuple(Token(text, word=i, special=text in SPECIAL) for i, text in enumerate(texts))


def softmax(scores):
    shares = np.exp(scores - scores.max(-1, keepdims=True))
    return shares / shares.sum(-1, keepdims=True)


class _Maker:
    """Draws numbers and keeps them as stages."""

    def __init__(self, seed: int, hidden: int, heads: int, shared: int, size: int):
        self.draw, self.hidden, self.heads, self.shared, self.size = (
            np.random.default_rng(seed),
            hidden,
            heads,
            shared,
            size,
        )

    def numbers(self, *shape):
        return self.draw.normal(size=shape).astype(np.float32)

    def attention(self, stream, source, prefix: str, causal: bool, turned: bool, where: str) -> list[Stage]:
        count, looked = len(stream), len(source)
        query = self.numbers(self.heads, count, self.size)
        key, value = (self.numbers(self.heads // self.shared, looked, self.size) for _ in range(2))
        stages = [("query", query), ("key", key), ("value", value)]
        if turned:
            query, key = query[..., ::-1].copy(), key[..., ::-1].copy()
            stages += [("rotated query", query), ("rotated key", key)]
        scores = query @ np.repeat(key, self.shared, 0).swapaxes(1, 2) * self.scaling
        mask = np.zeros_like(scores)
        if causal:
            mask[:, np.triu(np.ones((count, looked), bool), 1)] = np.finfo(np.float32).min
        weights = softmax(scores + mask)
        mix = weights @ np.repeat(value, self.shared, 0)
        output = self.numbers(count, self.hidden)
        stages += [("scores", scores), ("mask", mask), ("weights", weights), ("mix", mix), ("output", output)]
        stages.append(("residual", stream + output))
        return [Stage(prefix + name, values.astype(np.float32), f"{where}.{name}") for name, values in stages]

    @property
    def scaling(self) -> float:
        return self.size**-0.5

    def block(self, stream, layer: int, causal: bool, turned: bool, source=None) -> Block:
        where = f"model.layers.{layer}"
        stages = [Stage("norm", stream / stream.std(-1, keepdims=True), f"{where}.norm")]
        stages += self.attention(stream, stream, "", causal, turned, where)
        if source is not None:
            stages += self.attention(stages[-1].values, source, "cross-attention ", False, False, where)
        inner, output = self.numbers(len(stream), 3 * self.hidden), self.numbers(len(stream), self.hidden)
        stream = stages[-1].values
        stages += [Stage("feed-forward inner", np.maximum(inner, 0), where), Stage("feed-forward", output, where)]
        stages.append(Stage("feed-forward residual", stream + output, "stream + feed-forward"))
        return Block(tuple(stages), self.scaling)


def made_tower(maker: _Maker, texts, layers: int, kind: str, words=(), source=None) -> Tower:
    count, turned = len(texts), kind == "decoder" and source is None
    token, position = maker.numbers(count, maker.hidden), maker.numbers(count, maker.hidden)
    before = [Stage("token embedding", token, "model.embed_tokens")]
    if not turned:
        before += [Stage("position embedding", position, "model.positions")]
        before += [Stage("embedding sum", token + position, "token + position")]
    stream, blocks = before[-1].values, []
    for layer in range(layers):
        blocks.append(maker.block(stream, layer, kind == "decoder", turned, source))
        stream = blocks[-1].stages[-1].values
    after = (Stage("final norm", stream / stream.std(-1, keepdims=True), "model.norm"),)
    guesses = ()
    if words:
        shares = np.sort(maker.draw.dirichlet(np.ones(5), size=(layers + 1, count)))[..., ::-1]
        picks = maker.draw.integers(0, len(words), size=shares.shape)
        guesses = tuple(
            tuple(tuple((words[i], float(p)) for i, p in zip(*pair, strict=True)) for pair in zip(*both, strict=True))
            for both in zip(picks, shares, strict=True)
        )
    ids = tuple(100 + i for i in range(count))
    return Tower(kind, tokens(texts), tuple(before), tuple(blocks), after, guesses, ids)


def made_run(
    texts=None, layers=2, heads=4, kind="decoder", source=None, output=True, seed=0, hidden=80, shared=2, size=20
):
    """A forward pass; with `source` (a list of texts) of an encoder-decoder; without `output` there are no guesses."""
    texts = SENTENCE if texts is None else texts
    maker = _Maker(seed, hidden, heads, shared, size)
    words = [*SENTENCE, "<b>bold</b>", "🙂", *(f"word{i}" for i in range(300))] if output else []
    towers = [made_tower(maker, source, layers, "encoder")] if source else []
    read = towers[0].blocks[-1].stages[-1].values if source else None
    towers.append(made_tower(maker, texts, layers, kind, words, read))
    logits = 3 * maker.numbers(len(texts), len(words)) if output else None
    text = " ".join(source or texts)
    return Opened("TinyModel", text, None, tuple(towers), logits, words.__getitem__ if output else str)
