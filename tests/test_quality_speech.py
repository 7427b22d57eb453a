"""What is promised of speech recognition: few wrong words on the course's own clips, of people and of a synthesiser."""

import json
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.models

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "course_utils" / "samples"
CLIPS = [json.loads(line) for line in (ROOT / "tests" / "data" / "speech.jsonl").read_text("utf-8").splitlines()]
# Whisper writes most numbers in figures.
NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
FIGURES = {word: str(number) for number, word in enumerate(NUMBERS)}


def words(text):
    """Lower case, no punctuation, a hyphen as a space, small numbers in figures."""
    return [FIGURES.get(word, word) for word in re.findall(r"[a-z0-9']+", text.lower())]


def word_errors(said, heard):
    """The fewest words to replace, insert or delete that turn `said` into `heard` (Levenshtein)."""
    row = list(range(len(heard) + 1))  # errors of the words of `said` so far against each beginning of `heard`
    for i, word in enumerate(said, 1):
        above, row = row, [i]
        for j, other in enumerate(heard, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (word != other)))
    return row[-1]


@pytest.fixture(scope="module")
def recognise():
    from transformers import pipeline

    from course_utils import checkpoint

    return pipeline("automatic-speech-recognition", **checkpoint("speech-recognition"))


def sound(clip):
    import soundfile

    samples, rate = soundfile.read(SAMPLES / clip["file"], dtype="float32")
    return {"raw": samples, "sampling_rate": rate}


@pytest.fixture(scope="module")
def heard(recognise):
    """Each clip with its wrong words, the words it has, and what was heard with one beam.

    The pipeline's own search keeps five beams: twice the time, and no more errors on any of these clips.
    """
    rows = []
    for clip in CLIPS:
        text = recognise(sound(clip), generate_kwargs={"num_beams": 1})["text"]
        rows.append((clip, word_errors(words(clip["text"]), words(text)), len(words(clip["text"])), text))
        kind = "synthetic" if clip["synthetic"] else "real"
        print(f"{clip['file'][6:-5]:20} {kind:9} {rows[-1][1]} of {rows[-1][2]:2} wrong: {text.strip()}")
    return rows


def test_word_errors_are_counted():
    assert words("Mr. Ill-disposed said: TEN o'clock!") == ["mr", "ill", "disposed", "said", "10", "o'clock"]
    said = words("ask not what your country can do")
    assert word_errors(said, said) == 0
    assert word_errors(said, []) == 7
    assert word_errors(said, words("ask what your county can do it")) == 3  # one deleted, one replaced, one inserted


def test_the_clips_are_short_mono_and_small():
    import soundfile

    files = {clip["file"] for clip in CLIPS}
    assert len(files) >= 12 and sum(not clip["synthetic"] for clip in CLIPS) >= 6
    assert sum((SAMPLES / file).stat().st_size for file in files) <= 1_200_000
    for file in files:
        info = soundfile.info(SAMPLES / file)
        assert (info.format, info.samplerate, info.channels) == ("FLAC", 16_000, 1)
        assert 2 <= info.duration <= 8


@pytest.mark.parametrize("kinds", [(True, False), (False,), (True,)], ids=["all", "real", "synthetic"])
def test_at_most_twelve_words_in_a_hundred_are_wrong(heard, kinds):
    rows = [row for row in heard if row[0]["synthetic"] in kinds]
    assert sum(wrong for _, wrong, _, _ in rows) / sum(total for _, _, total, _ in rows) <= 0.12


def test_five_beams_hear_at_least_as_well_as_one(recognise, heard):
    clip, wrong, _, _ = heard[0]
    assert word_errors(words(clip["text"]), words(recognise(sound(clip))["text"])) <= wrong


def test_times_run_from_the_start_to_the_end_of_the_clip(recognise):
    (clip,) = [clip for clip in CLIPS if clip["file"].endswith("austen_3.flac")]
    chunks = recognise(sound(clip), return_timestamps="word")["chunks"]
    assert words("".join(chunk["text"] for chunk in chunks)) == words(clip["text"])
    times = [time for chunk in chunks for time in chunk["timestamp"]]
    assert times == sorted(times) and times[0] >= 0 and 5 < times[-1] <= 6.1
