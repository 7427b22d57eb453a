"""`angles`: what a cosine similarity means, as pairs of arrows; `same_word`: one word in several sentences."""

import math
from collections.abc import Mapping
from itertools import combinations

from ...describing import attempt, describe, is_a
from ...errors import CourseError
from ..charts import bars
from ..figures import Figure, Table, label, readable, show
from ..style import ACCENT, INK, MUTED, WIDTH, canvas, plain_style, write


def angles(cosines: Mapping[str, float], *, title: str = "", dark: str = "") -> Figure:
    """Pairs of arrows, side by side: the smaller the angle between two arrows, the larger the cosine below them.

    Args:
        cosines: for each pair a name and a number from -1 (opposite directions) to 1 (the same direction); one to six.
        dark: the name of the dark arrow, where it is the same in all pairs.
    """
    if not is_a(cosines, Mapping) or not 1 <= len(cosines) <= 6:
        raise CourseError(f"angles() expects a dictionary of one to six pairs; it got {describe(cosines)}.")
    pairs = {str(name): attempt(float, value) for name, value in cosines.items()}
    for name, value in pairs.items():
        if value is None or not -1.0001 <= value <= 1.0001:
            raise CourseError(f"angles() expects cosines from -1 to 1; for {name!r} it got {describe(cosines[name])}.")
    width, top = WIDTH / len(pairs), 0.34 if title else 0.04
    long = min(0.78, 0.42 * width)
    height = top + long + 0.86
    with plain_style():
        figure, axes = canvas(WIDTH, height)
        if title:
            write(axes, 0.02, height - 0.16, label(title, 90), size=11, across="left")
        for number, (name, value) in enumerate(pairs.items()):
            x, y = width * (number + 0.5), 0.74
            half = math.acos(max(-1.0, min(1.0, value))) / 2
            side = 0.03 if value > 0.999 else 0.0  # two arrows of one direction lie side by side
            for sign, colour in ((1, ACCENT), (-1, INK)):
                # The pair is turned so that its middle points up; opposite arrows then lie flat.
                end = (x + sign * (long * math.sin(half) + side), y + long * math.cos(half))
                start = (x + sign * side, y)
                style = {"arrowstyle": "-|>", "color": colour, "linewidth": 2.2, "shrinkA": 0, "shrinkB": 0}
                axes.annotate("", xy=end, xytext=start, arrowprops=style | {"mutation_scale": 14})
            if dark:  # beside the tip of the dark arrow, which points to the left
                tip = (x - long * math.sin(half) - side - 0.06, y + long * math.cos(half))
                write(axes, *tip, label(dark, 24), size=9, across="right")
            axes.plot(x, y, "o", color=MUTED, markersize=4)
            write(axes, x, 0.44, f"{value:.2f}", bold=True, size=12)
            write(axes, x, 0.16, label(name, max(8, int(width / 0.078))), size=9)
        said = ", ".join(f"{name} {value:.2f}" for name, value in pairs.items())
        rows = tuple(
            (name, f"{value:.2f}", f"{math.degrees(math.acos(max(-1, min(1, value)))):.0f}°")
            for name, value in pairs.items()
        )
        table = Table(title or "cosine and angle", ("pair", "cosine", "angle"), rows)
        named = f" The dark arrow: {readable(dark)}" if dark else ""
        return show(
            figure, alt=f"Pairs of arrows; the wider the angle, the smaller the cosine: {said}.{named}", table=table
        )


def same_word(encoder, word: str, texts: Mapping[str, str]) -> Figure:
    """How alike the vectors of one word are in several sentences, each sentence with each other, as bars.

    Args:
        encoder: a feature-extraction pipeline, whose tokenizer puts one start token in front of a text.
        word: it must be one token of each text; of several, the first counts.
        texts: two or three sentences, each under a short name.
    """
    import torch

    vectors = {}
    for name, text in texts.items():
        tokens = encoder.tokenizer.tokenize(text)
        if word not in tokens:
            raise CourseError(f"same_word() finds no token {word!r} in {text!r}; its tokens are: {' '.join(tokens)}.")
        vectors[name] = encoder(text, return_tensors=True)[0][tokens.index(word) + 1]  # + 1: the start token
    pairs = {f"{one} and {other}": (vectors[one], vectors[other]) for one, other in combinations(vectors, 2)}
    alike = {name: torch.cosine_similarity(a, b, dim=0).item() for name, (a, b) in pairs.items()}
    return bars(alike, title=f"How alike are the vectors of {word!r}?", axis="cosine similarity", limit=1)
