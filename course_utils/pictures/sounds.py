"""`listen`: a sound that one can play on the page, small enough to be stored in it."""

import base64
import io
from dataclasses import dataclass
from html import escape
from pathlib import Path

from ..describing import attempt, describe, is_a
from ..errors import CourseError
from ..shown import Shown

_LONGEST = 30  # seconds
# MP3, because every browser plays it. Lossy, and good enough for ears: models get the samples themselves.
_FORMAT, _MEDIA = "MP3", "audio/mpeg"


@dataclass(frozen=True)
class Sound(Shown):
    """A player for a sound; where a page has no player (GitHub, a notebook not trusted), its text says what to do."""

    data: bytes
    seconds: float
    caption: str = ""

    def plain(self) -> str:
        return f"[sound, {self.seconds:.1f} seconds{': ' + self.caption if self.caption else ''}]"

    def html(self) -> str:
        data = base64.b64encode(self.data).decode("ascii")
        name = escape(self.caption or "a sound")
        advice = "No player or no sound here? Run this cell in JupyterLab or Colab."
        return (
            f'<figure><audio controls preload="metadata" aria-label="{name}" src="data:{_MEDIA};base64,{data}"></audio>'
            f"<figcaption>{name}, {self.seconds:.1f} seconds. <small>{advice}</small></figcaption></figure>"
        )


def listen(what, rate: int | None = None, caption: str = "") -> Sound:
    """A player for a sound.

    Args:
        what: the path of a sound file, or an array of samples between -1 and 1: `[samples]` or `[samples, channels]`.
        rate: samples a second, with an array.
        caption: what one will hear; read aloud by screen readers.

    Raises:
        CourseError: there is no such sound, or it is longer than 30 seconds, or it is empty.
    """
    import numpy as np
    import soundfile

    if is_a(what, str) or isinstance(what, Path):
        found = attempt(lambda: soundfile.read(what, dtype="float32"))
        if found is None:
            raise CourseError(f"listen() found no sound in the file {describe(str(what))}: pass the path of a sound.")
        samples, rate = found
    else:
        samples = attempt(lambda: np.asarray(what, dtype="float32"))
        if samples is None or samples.ndim not in (1, 2):
            raise CourseError(f"listen() expects a path, or samples and their rate; it got {describe(what)}.")
        if not is_a(rate, int) or not 8_000 <= rate <= 48_000:
            raise CourseError(f"listen() needs the rate of the samples, 8000 to 48000 a second; got {describe(rate)}.")
    seconds = len(samples) / rate
    if not 0 < seconds <= _LONGEST:
        raise CourseError(f"listen() plays sounds of up to {_LONGEST} seconds; this one has {seconds:.1f}.")
    samples = samples.mean(axis=1) if samples.ndim == 2 else samples
    buffer = io.BytesIO()
    # A voice needs few bits: at this level a second takes some 3 KB.
    soundfile.write(buffer, np.clip(samples, -1, 1), rate, format=_FORMAT, compression_level=0.95)
    return Sound(buffer.getvalue(), seconds, caption)
