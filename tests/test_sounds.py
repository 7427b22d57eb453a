"""`listen`: a player that every browser plays, with a text where there is none, and sentences for bad input."""

import base64
import io
import re

import numpy as np
import pytest
import soundfile

from course_utils import CourseError, sample
from course_utils.pictures import listen

TONE = np.sin(np.arange(16_000) / 5).astype("float32") / 2


def test_a_file_becomes_a_small_sound_of_the_same_length():
    shown = listen(sample("audio/kennedy_1.flac"), caption="a <speech>")._repr_mimebundle_()
    assert shown["text/plain"] == "[sound, 7.9 seconds: a <speech>]"
    data = base64.b64decode(re.search(r'src="data:audio/mpeg;base64,([^"]+)"', shown["text/html"])[1])
    heard, rate = soundfile.read(io.BytesIO(data))
    raw, original = soundfile.read(sample("audio/kennedy_1.flac"))
    assert rate == original and abs(len(heard) / rate - len(raw) / original) < 0.2
    assert len(data) < 60_000
    # The same sound: its loudness over time goes up and down with the original's.
    short = min(len(heard), len(raw)) // 1600 * 1600
    loud = [np.abs(x[:short]).reshape(-1, 1600).mean(1) for x in (heard, raw)]
    assert np.corrcoef(*loud)[0, 1] > 0.9
    assert "<speech>" not in shown["text/html"] and "Run this cell" in shown["text/html"]


def test_an_array_needs_its_rate_and_stereo_is_mixed():
    assert listen(TONE, 16_000).seconds == 1
    assert listen(np.stack([TONE, TONE], 1), rate=16_000).seconds == 1


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: listen("nowhere.flac"), "found no sound in the file"),
        (lambda: listen(TONE), "needs the rate"),
        (lambda: listen(TONE, rate=3), "8000 to 48000 a second"),
        (lambda: listen(TONE[:0], 16_000), "this one has 0.0"),
        (lambda: listen(np.zeros(31 * 8_000), 8_000), "up to 30 seconds; this one has 31.0"),
        (lambda: listen({}, 8_000), "expects a path, or samples and their rate"),
    ],
)
def test_bad_input_gets_a_sentence(call, says):
    with pytest.raises(CourseError, match=says):
        call()
