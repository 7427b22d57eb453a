"""What a model gets of a picture and of a sound: digits smoothed for our eyes, their patches, a photo, a spectrogram.

For the pages on pictures and speech. The models read the files themselves; smoothing is only for people.
"""

import textwrap

from ..describing import attempt, describe
from ..errors import CourseError
from .figures import Figure, label, show
from .style import ACCENT, COLOURS, INK, MUTED, PAPER, WIDTH, canvas, plain_style, tint, write

_MOST = 6  # digits side by side
_PAUSE = 0.25  # seconds between two words that are called a pause


def digits(pictures, names) -> Figure:
    """Handwritten digits, each twice: sharpened for our eyes, and as the 8 × 8 pixels that the model gets.

    One digit stands beside its pixels; of several, the pixels stand in a second row.
    """
    pictures, names = list(pictures), [str(name) for name in names]
    if not 1 <= len(pictures) == len(names) <= _MOST:
        raise CourseError(f"digits() expects one to {_MOST} pictures and a name for each; it got {len(pictures)}.")
    alone = len(pictures) == 1
    step = 2.6 if alone else min(2.1, (WIDTH - 0.9) / len(pictures))
    side = step - 0.3
    with plain_style():
        figure, axes = canvas(5.6 if alone else 0.9 + step * len(pictures), side + 0.65 if alone else 2 * side + 0.5)
        for number, (picture, name) in enumerate(zip(pictures, names, strict=True)):
            left = step * number + (0.1 if alone else 0.95)
            bottom = 0.32 if alone else side + 0.14
            _image(axes, _smooth(picture), left, bottom, side)
            write(axes, left + side / 2, bottom + side + 0.17, label(name, 26), size=10 if alone else 9, bold=True)
            _image(axes, _pixels(picture), left + (step if alone else 0), bottom if alone else 0.06, side)
        if alone:
            write(axes, 0.1 + side / 2, 0.15, "for our eyes")
            write(axes, 0.1 + step + side / 2, 0.15, "8 × 8 pixels, for the model")
        else:
            write(axes, 0.45, 1.5 * side + 0.14, "for our\neyes", size=9)
            write(axes, 0.45, 0.5 * side + 0.06, "8 × 8, for\nthe model", size=9)
        said = f"Handwritten digits: {'; '.join(names)}. Each is drawn twice: sharp, and as 8 by 8 pixels."
        return show(figure, alt=said)


def patches(pixels, patch: int) -> Figure:
    """A digit twice: as the model's pixels `[height, width]`, and cut into numbered patches."""
    import numpy as np

    seen = attempt(lambda: np.asarray(pixels, dtype="float64"))
    if seen is None or seen.ndim != 2 or seen.shape[0] % patch or seen.shape[1] % patch:
        raise CourseError(
            f"patches() expects pixels [height, width] in whole patches of {patch}; got {describe(pixels)}."
        )
    height, width = seen.shape
    side = 2.3
    with plain_style():
        figure, axes = canvas(5.6, side + 0.45)
        for number, title in enumerate((f"{height} × {width} pixels", f"{_count(seen, patch)} patches = tokens")):
            left = 0.1 + 2.6 * number
            _image(axes, _grey(seen), left, 0.06, side)
            write(axes, left + side / 2, side + 0.24, title, bold=True)
        _cut(axes, left, side, height // patch, width // patch)
        alt = f"A digit twice: as {height} by {width} grey pixels; and cut into {_count(seen, patch)} "
        return show(figure, alt=f"{alt}numbered patches of {patch} by {patch} pixels, row by row.")


def spectrogram(features, seconds: float, *, title: str = "", words=()) -> Figure:
    """The part of a log-mel spectrogram `[pitches, hundredths of a second]` in which there is sound.

    Args:
        words: what is said when, as `(start, end, text)` in seconds: it stands above the picture.
            The pauses between are marked in the picture.
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
        for start, end, text in words:
            axes.plot([start, end], [1.06, 1.06], color=INK, linewidth=3, clip_on=False, solid_capstyle="butt")
            lines = textwrap.fill(text, max(6, int(86 * (end - start) / seconds)))
            axes.text((start + end) / 2, 1.12, lines, size=9, color=INK, ha="center", parse_math=False)
        for start, end, text in pauses:
            axes.axvspan(start, end, facecolor=PAPER, alpha=0.35, edgecolor="none")
            axes.axvline(start, color=PAPER, linewidth=1.5)
            axes.axvline(end, color=PAPER, linewidth=1.5)
            back = {"boxstyle": "square,pad=0.1", "facecolor": PAPER, "edgecolor": "none"}
            axes.text(
                (start + end) / 2, 0.5, text, size=9, weight="bold", rotation=90, ha="center", va="center", bbox=back
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
    """Means of 2 pitches and 4 moments, in 12 steps: what one sees at page width, and a tenth of the bytes."""
    pitches, moments = strength.shape[0] // 2, strength.shape[1] // 4
    cut = strength[: 2 * pitches, : 4 * moments].reshape(pitches, 2, moments, 4).mean(axis=(1, 3))
    low, span = cut.min(), max(cut.max() - cut.min(), 1e-9)
    return ((cut - low) / span * 12).round()


def _pixels(picture):
    """The 8 × 8 pixels of a picture, shrunk as the image processor of our digits model does it."""
    import numpy as np
    from PIL import Image

    return np.asarray(picture.convert("L").resize((8, 8), Image.Resampling.BILINEAR), dtype="float64")


def _smooth(picture):
    """The strokes behind the 8 × 8 blocks, as an eye would draw them: smooth lines with sharp edges."""
    import numpy as np
    from PIL import Image

    small = picture.convert("L").resize((8, 8), Image.Resampling.BOX)
    fine = np.asarray(small.resize((192, 192), Image.Resampling.BICUBIC), dtype="float64")
    sharp = np.clip((fine - 85) / 90, 0, 1) * 255
    return 51 * (sharp / 51).round()  # few greys: an eye sees no difference, and the page stays small


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
    from matplotlib.patheffects import withStroke

    for row in range(rows):
        for column in range(columns):
            x, y = left + side * column / columns, 0.06 + side * (1 - (row + 1) / rows)
            axes.add_patch(
                Rectangle((x, y), side / columns, side / rows, fill=False, edgecolor=ACCENT, linewidth=2.2, zorder=3)
            )
            axes.text(
                x + 0.04,
                y + side / rows - 0.03,
                str(row * columns + column + 1),
                size=9,
                color="white",
                weight="bold",
                ha="left",
                va="top",
                path_effects=[withStroke(linewidth=2, foreground=INK)],
                zorder=4,
            )
