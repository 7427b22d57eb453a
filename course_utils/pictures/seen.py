"""What a model gets of a picture and of a sound: digits smoothed for our eyes, their patches, a photo, a spectrogram.

For the pages on pictures and speech. The models read the files themselves; smoothing is only for people.
"""

import textwrap

from ..describing import attempt, describe
from ..errors import CourseError
from .figures import Figure, label, show
from .style import ACCENT, COLOURS, INK, MUTED, WIDTH, canvas, plain_style, tint, write

_MOST = 6  # digits side by side
_PAUSE = 0.8  # seconds between two words that are called a pause


def digits(pictures, names) -> Figure:
    """Handwritten digits side by side, smoothed, so that an eye can read them; the name of each stands above it."""
    pictures, names = list(pictures), [str(name) for name in names]
    if not 1 <= len(pictures) == len(names) <= _MOST:
        raise CourseError(f"digits() expects one to {_MOST} pictures and a name for each; it got {len(pictures)}.")
    step = min(2.1, WIDTH / len(pictures))
    side = step - 0.3
    with plain_style():
        figure, axes = canvas(step * len(pictures), side + 0.4)
        for number, (picture, name) in enumerate(zip(pictures, names, strict=True)):
            left = step * number + 0.15
            _image(axes, _smooth(picture), left, 0.08, side)
            write(axes, left + side / 2, side + 0.24, label(name, 26), bold=True)
        return show(figure, alt=f"Handwritten digits: {'; '.join(names)}.")


def patches(picture, pixels, patch: int) -> Figure:
    """A digit three times: for our eyes, as the model's pixels `[height, width]`, and cut into numbered patches."""
    import numpy as np

    seen = attempt(lambda: np.asarray(pixels, dtype="float64"))
    if seen is None or seen.ndim != 2 or seen.shape[0] % patch or seen.shape[1] % patch:
        raise CourseError(
            f"patches() expects pixels [height, width] in whole patches of {patch}; got {describe(pixels)}."
        )
    height, width = seen.shape
    side, gap = 1.9, 0.55
    with plain_style():
        figure, axes = canvas(WIDTH, side + 0.5)
        titles = (
            "for our eyes",
            f"for the model: {height} × {width} pixels",
            f"{_count(seen, patch)} patches = tokens",
        )
        left = 0.1
        for number, title in enumerate(titles):
            _image(axes, _smooth(picture) if number == 0 else _grey(seen), left, 0.08, side)
            write(axes, left + side / 2, side + 0.28, title, size=9.5, bold=True)
            if number == 2:
                _cut(axes, left, side, height // patch, width // patch)
            left += side + gap
        alt = f"A digit three times: smooth; as {height} by {width} grey pixels; and cut into {_count(seen, patch)} "
        return show(figure, alt=f"{alt}numbered patches of {patch} by {patch} pixels, row by row.")


def spectrogram(features, seconds: float, *, title: str = "", words=()) -> Figure:
    """The part of a log-mel spectrogram `[pitches, hundredths of a second]` in which there is sound.

    Args:
        words: what is said when, as `(start, end, text)` in seconds: it stands above the picture, as do long pauses.
    """
    import numpy as np

    strength = attempt(lambda: np.asarray(features, dtype="float64"))
    if strength is None or strength.ndim != 2:
        raise CourseError(f"spectrogram() expects numbers [pitches, moments]; it got {describe(features)}.")
    heard = _coarse(strength[:, : max(4, round(100 * seconds))])
    words = [(float(start), float(end), str(text)) for start, end, text in words]
    gaps = [(one[1], other[0], "pause") for one, other in zip(words, words[1:], strict=False)]
    pauses = [gap for gap in gaps if gap[1] - gap[0] >= _PAUSE]
    with plain_style():
        from matplotlib.figure import Figure as Drawing

        figure = Drawing(figsize=(WIDTH, 2.9), dpi=100)
        axes = figure.add_axes([0.09, 0.2, 0.89, 0.5 if words else 0.66])
        axes.imshow(
            heard,
            origin="lower",
            aspect="auto",
            cmap="Blues_r",
            interpolation="nearest",
            extent=(0, heard.shape[1] / 25, 0, 1),
        )
        axes.set(xlabel="seconds", ylabel="pitch", yticks=[0, 1], yticklabels=["low", "high"])
        axes.set_title(label(title, 90), loc="left", fontsize=11, pad=50 if words else 6)
        for start, end, text in words + pauses:
            colour = ACCENT if text == "pause" else INK
            axes.plot([start, end], [1.06, 1.06], color=colour, linewidth=3, clip_on=False, solid_capstyle="butt")
            lines = textwrap.fill(text, max(6, int(86 * (end - start) / seconds)))
            weight = "bold" if text == "pause" else "normal"
            axes.text(
                (start + end) / 2, 1.12, lines, size=9, color=colour, weight=weight, ha="center", parse_math=False
            )
        said = " ".join(f"{start:.1f} to {end:.1f}: {text}." for start, end, text in sorted(words + pauses))
        alt = (
            f"Spectrogram, {seconds:.1f} seconds, pitch from low to high. Bright stripes where words are, dark between."
        )
        return show(figure, alt=f"{alt} {said}".strip())


def boxes(one, other) -> Figure:
    """Two boxes `{"xmin": …, "ymin": …, "xmax": …, "ymax": …}` on a grid of pixels, and what they share."""
    from matplotlib.patches import Rectangle

    size = max(max(box["xmax"], box["ymax"]) for box in (one, other)) + 1
    shared = {key: (max if "min" in key else min)(one[key], other[key]) for key in one}
    with plain_style():
        from matplotlib.figure import Figure as Drawing

        figure = Drawing(figsize=(WIDTH, 2.6), dpi=100)
        axes = figure.add_axes([0.08, 0.18, 0.9, 0.7])
        looks = ((one, "encoder", "one", 0.12), (other, "decoder", "other", 0.12), (shared, "value", "shared", 0.6))
        for box, role, name, depth in looks:
            wide, high = box["xmax"] - box["xmin"], box["ymax"] - box["ymin"]
            if min(wide, high) <= 0:
                continue
            place, colour = (box["xmin"], box["ymin"]), COLOURS[role]
            axes.add_patch(Rectangle(place, wide, high, facecolor=tint(colour, depth), edgecolor=colour, linewidth=2.5))
            left = box["xmin"] if name == "one" else box["xmax"] if name == "other" else box["xmin"] + wide / 2
            side = {"one": "left", "other": "right"}.get(name, "center")
            axes.text(
                left, box["ymax"] + 0.22 if name != "shared" else box["ymin"] + high / 2, name, ha=side, va="center"
            )
        axes.set(xlim=(-0.5, size), ylim=(size - 0.5, -0.5), xticks=range(size), yticks=range(size), aspect="equal")
        axes.set(xlabel="x", ylabel="y")
        axes.grid(color=MUTED, alpha=0.3)
        alt = "; ".join(f"{name} {', '.join(f'{key} {box[key]}' for key in box)}" for box, _, name, _ in looks)
        return show(figure, alt=f"Boxes on a grid, y counted downwards: {alt}.")


def photo(picture, alt: str, height: int = 170) -> Figure:
    """A photo, made small for the page."""
    import io

    small = picture.convert("RGB").resize((round(height * picture.width / picture.height), height))
    buffer = io.BytesIO()
    small.quantize(32).save(buffer, "png", optimize=True)
    return Figure(buffer.getvalue(), alt)


def _coarse(strength):
    """Means of 2 pitches and 4 moments, in 16 steps: what one sees at page width, and a tenth of the bytes."""
    pitches, moments = strength.shape[0] // 2, strength.shape[1] // 4
    cut = strength[: 2 * pitches, : 4 * moments].reshape(pitches, 2, moments, 4).mean(axis=(1, 3))
    low, span = cut.min(), max(cut.max() - cut.min(), 1e-9)
    return ((cut - low) / span * 16).round()


def _smooth(picture):
    """The strokes behind the 8 × 8 blocks, as an eye would draw them."""
    import numpy as np
    from PIL import Image

    small = picture.convert("L").resize((8, 8), Image.Resampling.BOX)
    fine = np.asarray(small.resize((128, 128), Image.Resampling.BICUBIC), dtype="float64")
    return 20 * (fine / 20).round()  # few greys: an eye sees no difference, and the page stays small


def _grey(seen):
    span = seen.max() - seen.min()
    return (seen - seen.min()) * (255 / span if span else 0)


def _count(seen, patch: int) -> int:
    return (seen.shape[0] // patch) * (seen.shape[1] // patch)


def _image(axes, values, left, bottom, side):
    edges = (left, left + side, bottom, bottom + side)
    axes.imshow(values, cmap="gray", vmin=0, vmax=255, extent=edges, aspect="auto", interpolation="nearest")
    axes.plot(
        [left, left + side, left + side, left, left],
        [bottom, bottom, bottom + side, bottom + side, bottom],
        color=MUTED,
    )
    axes.set(xlim=(0, axes.figure.get_figwidth()), ylim=(0, axes.figure.get_figheight()))


def _cut(axes, left, side, rows, columns):
    from matplotlib.patches import Rectangle

    for row in range(rows):
        for column in range(columns):
            x, y = left + side * column / columns, 0.08 + side * (1 - (row + 1) / rows)
            axes.add_patch(
                Rectangle((x, y), side / columns, side / rows, fill=False, edgecolor=ACCENT, linewidth=2.2, zorder=3)
            )
            back = {"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": MUTED, "linewidth": 0.5}
            axes.text(
                x + 0.045,
                y + side / rows - 0.045,
                str(row * columns + column + 1),
                size=9,
                color=INK,
                ha="left",
                va="top",
                bbox=back,
                zorder=4,
            )
