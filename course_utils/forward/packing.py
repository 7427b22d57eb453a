"""The numbers of a forward pass as texts for its page: a byte a number, as many layers as there is room for."""

import base64
import zlib

import numpy as np

from .recording import Block, ForwardPass, Stage
from .way import CELLS, is_map, thinned


def chunks(run: ForwardPass, layers, room: int) -> tuple[list[list[int]], list[str]]:
    """How much is kept of each layer (2: all, 1: the weights, 0: the last stage), and all as texts."""
    kept = [[0] * len(tower.blocks) for tower in run.towers]
    made = [[_layer(block, 0) for block in tower.blocks] for tower in run.towers]
    ends = [[encoded(b"".join(map(_packed, part))) for part in (tower.before, tower.after)] for tower in run.towers]
    room -= sum(map(len, sum(made + ends, [])))

    def grow(level: int, t: int, n: int, surely: bool = False) -> bool:
        """Keep more of a layer, if there is room."""
        nonlocal room
        text = _layer(run.towers[t].blocks[n], level) if kept[t][n] < level else made[t][n]
        more = len(text) - len(made[t][n])
        if surely or more <= room:
            room, made[t][n], kept[t][n] = room - more, text, max(level, kept[t][n])
            return True
        return False

    order = layers or _spread(max(len(tower.blocks) for tower in run.towers))
    whole = [(t, n) for n in order for t, tower in enumerate(run.towers) if n < len(tower.blocks)]
    # The first layer whole, or those asked for; the weights of all; then whole layers: the last, and what lies between.
    sure = len(whole) if layers else len(run.towers)
    for t, n in whole[:sure]:
        grow(2, t, n, surely=bool(layers))
    for t, tower in enumerate(run.towers):
        for n in range(len(tower.blocks)):
            grow(1, t, n)
    for t, n in whole[sure:]:
        if not grow(2, t, n):
            break  # they are all about as large
    return kept, [text for (before, after), blocks in zip(ends, made, strict=True) for text in (before, *blocks, after)]


def _spread(count: int) -> list[int]:
    """0, the last, the one in the middle, and so on: each far from those before it."""
    order = [0, count - 1][:count]
    while len(order) < count:
        order.append(max(range(count), key=lambda n: (min(abs(n - taken) for taken in order), -n)))
    return order


def _layer(block: Block, level: int) -> str:
    parts = [
        _packed(stage)
        for at, stage in enumerate(block.stages)
        if (level == 2 or (stage.name.endswith("weights") if level else at == len(block.stages) - 1))
        and not stage.name.endswith("mix")  # the page mixes the values itself
    ]
    return encoded(b"".join(parts))


def _packed(stage: Stage) -> bytes:
    """The numbers of a stage: of each row the smallest and the largest, then where between them each number lies."""
    if stage.name.endswith("mask"):
        return (stage.values < -1e4).astype(np.uint8).tobytes()  # 1: hidden
    values = stage.values if is_map(stage) else thinned(stage.values, CELLS[stage.values.ndim])
    if stage.name.endswith("weights"):
        return np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8).tobytes()
    rows = np.ascontiguousarray(values, np.float32).reshape(-1, values.shape[-1])
    low, high = _half(rows.min(1), -1), _half(rows.max(1), 1)
    steps = 255 if is_map(stage) else 127  # bars need less, and there are many
    step = (_whole(high) - _whole(low)) / steps
    codes = np.rint((rows - _whole(low)[:, None]) / np.where(step > 0, step, 1)[:, None])
    return np.stack([low, high]).astype("<u2").tobytes() + np.clip(codes, 0, steps).astype(np.uint8).tobytes()


def _half(numbers, side: int):
    """The upper 16 bits of float32 numbers, of the nearest such number below (-1) or above (1)."""
    upper = (numbers.view(np.uint32) >> 16).astype(np.uint16)
    beyond = (_whole(upper) - numbers) * side < 0  # cutting moves towards zero
    return upper + beyond.astype(np.uint16)


def _whole(upper):
    return (upper.astype(np.uint32) << 16).view(np.float32)


def encoded(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data, 9)).decode("ascii")
