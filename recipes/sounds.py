"""Train the course's sound classifier: a small Audio Spectrogram Transformer, from scratch, on sounds made here.

    python recipes/sounds.py --out FOLDER

Eight kinds of sound are put together with numpy out of random pitches, lengths, rhythms, noise and loudness; no
recording is used. The test sounds take their numbers from parts of each range that training leaves out.
The card of the result is course_utils/weights/sounds/README.md.
"""

from __future__ import annotations

import argparse
import time
import wave
from pathlib import Path

import loop
import numpy as np

SEED = 7
RATE = 16_000  # samples a second
FRAMES = 200  # the model hears two seconds, a frame every 10 ms
MELS = 32

# ------------------------------------------------------------------------------------------------- random numbers


class Draw:
    """Random numbers out of ranges, each of which is cut into tenths.

    Training never uses the third, sixth and ninth tenth of any range; "unseen" uses only those; "outside" goes
    beyond both ends by up to a tenth of the range.
    """

    def __init__(self, seed: int, part: str = "training"):
        self.rng = np.random.default_rng(seed)
        self.tenths = {"training": [0, 1, 3, 4, 6, 7, 9], "unseen": [2, 5, 8], "outside": [-1, 10]}[part]

    def __call__(self, low: float, high: float) -> float:
        return low + (high - low) * (self.rng.choice(self.tenths) + self.rng.random()) / 10

    def log(self, low: float, high: float) -> float:
        """The same for frequencies, which we hear by their ratios."""
        return float(np.exp(self(np.log(low), np.log(high))))

    def count(self, low: int, high: int) -> int:
        return int(self.rng.integers(low, high + 1))

    def either(self) -> bool:
        return bool(self.rng.random() < 0.5)

    def noise(self, count: int) -> np.ndarray:
        return self.rng.standard_normal(count)


# --------------------------------------------------------------------------------------------------------- sounds
# Each function makes `count` samples of one kind of sound.


def seconds(count: int) -> np.ndarray:
    return np.arange(count) / RATE


def tone(frequency) -> np.ndarray:
    """A sine wave whose frequency may change from sample to sample."""
    return np.sin(2 * np.pi * np.cumsum(frequency) / RATE)


def shape(sound: np.ndarray, response) -> np.ndarray:
    """A filter: `response` says how strongly each frequency (in Hz) passes."""
    frequencies = np.fft.rfftfreq(len(sound), 1 / RATE)
    return np.fft.irfft(np.fft.rfft(sound) * response(frequencies), len(sound))


def put(sound: np.ndarray, piece: np.ndarray, at: float) -> None:
    """Add a piece to a sound, `at` seconds from its start; what reaches beyond the end is cut off."""
    start = max(int(at * RATE), 0)
    room = max(len(sound) - start, 0)
    sound[start : start + len(piece)] += piece[:room]


def swell(count: int, edge: float = 0.01) -> np.ndarray:
    """From silence to full and back again within `edge` seconds each, so that nothing clicks."""
    steps = np.minimum(np.arange(count), np.arange(count)[::-1]) / (edge * RATE)
    return np.minimum(steps, 1.0)


def bell(count: int, draw: Draw) -> np.ndarray:
    """One to three strokes; the partials are no multiples of the pitch, high ones die away first."""
    pitch, decay = draw.log(350, 1600), draw(0.25, 1.0)
    sound, at = np.zeros(count), draw(0, 0.3)
    for _ in range(draw.count(1, 3)):
        t = seconds(count)
        stroke = sum(
            draw(0.3, 1.0) / ratio * np.exp(-t * ratio / decay) * np.sin(2 * np.pi * pitch * ratio * t)
            for ratio in (0.5, 1.0, 1.19, 1.56, 2.0, 2.66, 3.76, 4.1)
            if pitch * ratio < RATE / 2
        )
        put(sound, stroke, at)
        at += draw(0.3, 0.9)
    return sound


def bird(count: int, draw: Draw) -> np.ndarray:
    """Short whistles that slide up or down, some of them trilled."""
    sound, at = np.zeros(count), draw(0, 0.2)
    centre, trill = draw.log(2200, 5000), draw(15, 45) if draw.either() else 0.0
    while at < count / RATE:
        length = int(draw(0.04, 0.22) * RATE)
        slide = np.linspace(0, draw(-0.35, 0.35), length)
        flutter = 0.06 * np.sin(2 * np.pi * trill * seconds(length))
        put(sound, tone(centre * (1 + slide + flutter)) * swell(length) * draw(0.5, 1), at)
        at += length / RATE + draw(0.03, 0.25)
    return sound


def siren(count: int, draw: Draw) -> np.ndarray:
    """A loud tone that glides between two pitches, or jumps between them."""
    low, ratio, speed = draw.log(450, 800), draw(1.3, 2.2), draw.log(0.4, 3.0)
    turn = np.sin(2 * np.pi * (speed * seconds(count) + draw(0, 1)))
    if draw.either():
        turn = np.sign(turn)
    pitch = low * ratio ** ((turn + 1) / 2)
    return tone(pitch) + draw(0.2, 0.6) * tone(2 * pitch) + draw(0.1, 0.4) * tone(3 * pitch)


def rain(count: int, draw: Draw) -> np.ndarray:
    """A steady hiss and drops."""
    edge = draw.log(300, 1500)
    hiss = shape(draw.noise(count), lambda f: f / (f + edge))
    drops = np.zeros(count)
    for _ in range(int(draw(10, 80) * count / RATE)):
        length = int(draw(0.003, 0.012) * RATE)
        drop = draw.noise(length) * np.exp(-np.arange(length) * 5 / length)
        put(drops, drop, draw.rng.random() * count / RATE)
    return hiss + draw(0.5, 3) * drops


def heartbeat(count: int, draw: Draw) -> np.ndarray:
    """Two low thumps a beat, the second one softer."""
    period, pitch = 60 / draw(55, 140), draw(40, 85)
    t = seconds(int(0.25 * RATE))
    thump = np.exp(-t / draw(0.02, 0.05)) * np.sin(2 * np.pi * pitch * t)
    sound, at, softer = np.zeros(count), draw(0, 0.2), draw(0.4, 0.8)
    while at < count / RATE:
        put(sound, thump, at)
        put(sound, softer * thump, at + 0.35 * period)
        at += period
    return sound


def engine(count: int, draw: Draw) -> np.ndarray:
    """A rough low hum: many harmonics of a wandering pitch, and hiss that pulses with it."""
    t = seconds(count)
    pitch = draw.log(35, 130) * (1 + draw(-0.3, 0.3) * t / t[-1] + 0.02 * np.sin(2 * np.pi * draw(2, 8) * t))
    turn = np.cumsum(pitch) / RATE
    pulse = turn % 1 - 0.5
    edge = draw.log(300, 1500)
    hum = pulse + draw(0.1, 0.5) * draw.noise(count) * (0.5 + pulse)
    return shape(hum * (1 + 0.3 * np.sin(np.pi * turn)), lambda f: 1 / (1 + (f / edge) ** 2))


# The two lowest resonances of the vocal tract, in Hz, for a, e, i, o, u.
VOWELS = ((730, 1090), (530, 1840), (270, 2290), (570, 840), (300, 870))


def voice(count: int, draw: Draw) -> np.ndarray:
    """Sung or spoken syllables: pulses of the vocal cords through the resonances of a vowel."""
    sound, at = np.zeros(count), draw(0, 0.2)
    pitch, size = draw.log(90, 300), draw(0.9, 1.2)
    while at < count / RATE:
        length = int(draw(0.12, 0.5) * RATE)
        t = seconds(length)
        glide = 1 + draw(-0.2, 0.2) * t / t[-1] + 0.02 * np.sin(2 * np.pi * 5.5 * t)
        turn = np.cumsum(pitch * glide) / RATE
        pulses = np.diff(np.floor(turn), prepend=0) + 0.01 * draw.noise(length)
        resonances = [*VOWELS[draw.count(0, 4)], 2600]

        def vowel(f, resonances=resonances):
            peaks = [0.7**n / (1 + ((f - size * r) / 90) ** 2) for n, r in enumerate(resonances)]
            return sum(peaks) / (1 + f / 800)

        put(sound, shape(pulses, vowel) * swell(length, 0.03) * draw(0.5, 1), at)
        at += length / RATE + draw(0.02, 0.2)
    return sound


def telephone(count: int, draw: Draw) -> np.ndarray:
    """Pairs of steady tones: a dial tone, a ringing tone or keys being pressed."""
    t = seconds(count)
    if draw.either():  # one pair, without end or with pauses
        low = draw(340, 450)
        pair = tone(np.full(count, low)) + tone(np.full(count, low * draw(1.05, 1.3)))
        period = draw(0.4, 1.2)
        return pair if draw.either() else pair * ((t / period + draw(0, 1)) % 1 < 0.6)
    sound, at, length, pause = np.zeros(count), draw(0, 0.2), int(draw(0.06, 0.2) * RATE), draw(0.04, 0.15)
    while at < count / RATE:
        key = tone(np.full(length, draw(690, 950))) + tone(np.full(length, draw(1200, 1650)))
        put(sound, key * swell(length, 0.004), at)
        at += length / RATE + pause
    return sound


KINDS = (bell, bird, siren, rain, heartbeat, engine, voice, telephone)
LABELS = tuple(kind.__name__ for kind in KINDS)


def make(label: str, draw: Draw) -> np.ndarray:
    """One sound of 1 to 2.2 seconds, somewhat noisy, between faint and loud: float32 from -1 to 1."""
    count = int(draw(1.0, 2.2) * RATE)
    sound = KINDS[LABELS.index(label)](count, draw)
    sound = sound / np.abs(sound).max()
    noise = shape(draw.noise(count), lambda f: 1 / np.sqrt(1 + f / draw.log(100, 8000)))
    sound = sound + noise / noise.std() * sound.std() * 10 ** (-draw(12, 40) / 20)
    return (sound / np.abs(sound).max() * 10 ** (-draw(3, 26) / 20)).astype(np.float32)


def make_set(each: int, seed: int, part: str) -> tuple[list[np.ndarray], list[str]]:
    """`each` sounds of every kind, with their labels."""
    draw = Draw(seed, part)
    labels = [label for _ in range(each) for label in LABELS]
    return [make(label, draw) for label in labels], labels


def write_wav(path: Path, sound: np.ndarray) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((sound * 32767).astype("<i2").tobytes())


# ---------------------------------------------------------------------------------------------------------- model


def feature_extractor():
    """Two seconds of sound to a picture [frames, mels] of how loud each band of frequencies is."""
    from transformers import ASTFeatureExtractor

    return ASTFeatureExtractor(sampling_rate=RATE, num_mel_bins=MELS, max_length=FRAMES)


def new_model():
    from transformers import ASTConfig, ASTForAudioClassification

    return ASTForAudioClassification(
        ASTConfig(
            num_mel_bins=MELS,
            max_length=FRAMES,
            patch_size=16,
            frequency_stride=16,
            time_stride=8,  # 2 × 24 patches, which overlap in time
            hidden_size=64,
            num_hidden_layers=4,
            num_attention_heads=4,
            intermediate_size=128,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            initializer_range=0.05,  # 0.02 is meant for layers ten times as wide
            id2label=dict(enumerate(LABELS)),
            label2id={label: number for number, label in enumerate(LABELS)},
        )
    )


def train(options: argparse.Namespace):
    """The trained model in evaluation mode and the number of steps."""
    import torch
    from transformers import get_cosine_schedule_with_warmup

    started = time.process_time()
    sounds, labels = make_set(options.each, options.seed, "training")
    print(f"{len(sounds)} sounds, CPU {time.process_time() - started:.0f} s", flush=True)
    extract = feature_extractor()
    features = torch.cat([extract(s, sampling_rate=RATE, return_tensors="pt")["input_values"] for s in sounds])
    answers = torch.tensor([LABELS.index(label) for label in labels])
    print(f"features {list(features.shape)}, CPU {time.process_time() - started:.0f} s", flush=True)

    model = new_model()
    generator = torch.Generator().manual_seed(options.seed)
    steps = options.epochs * (len(features) // options.batch_size)
    optimizer = torch.optim.AdamW(model.parameters(), lr=options.lr, weight_decay=0.05)
    schedule = get_cosine_schedule_with_warmup(optimizer, steps // 20, steps)

    def batches():
        for _ in range(options.epochs):
            order = torch.randperm(len(features), generator=generator)
            for chosen in order.split(options.batch_size):
                if len(chosen) == options.batch_size:
                    louder = 0.1 * torch.randn(len(chosen), 1, 1, generator=generator)
                    yield {"input_values": features[chosen] + louder, "labels": answers[chosen]}

    return loop.train(model, batches(), optimizer, schedule, options, loss_of=loop.smoothed)


# -------------------------------------------------------------------------------------------------------- quality


def classify(folder: Path, sounds: list[np.ndarray]) -> list[str]:
    from transformers import pipeline

    classifier = pipeline("audio-classification", model=str(folder), device="cpu", dtype="float32")
    return [classifier({"raw": sound, "sampling_rate": RATE}, top_k=1)[0]["label"] for sound in sounds]


def main(arguments: list[str] | None = None) -> None:
    parser = loop.parser(__doc__, epochs=15, batch_size=32, lr=1e-3, seed=SEED)
    parser.add_argument("--samples", type=Path, help="write one unseen sound of each kind into this folder, too")
    parser.add_argument("--each", type=int, default=200, help="training sounds of each kind")
    options = parser.parse_args(arguments)

    started = loop.start(options)
    model, steps = train(options)
    if not loop.is_main():
        return
    loop.cost(started, steps)
    print(f"{model.num_parameters()} parameters")
    model.save_pretrained(options.out)
    feature_extractor().save_pretrained(options.out)

    for part in ("unseen", "outside"):
        sounds, labels = make_set(40, 20260101, part)
        found = classify(options.out, sounds)
        right = sum(f == label for f, label in zip(found, labels, strict=True))
        print(f"{part}: {right} of {len(labels)}  {100 * right / len(labels):.1f} %")
        for label in LABELS:
            mistakes = [f for f, wanted in zip(found, labels, strict=True) if wanted == label != f]
            print(f"  {label:10s} {40 - len(mistakes)} of 40  {' '.join(mistakes)}")
    if options.samples:
        options.samples.mkdir(parents=True, exist_ok=True)
        for sound, label in zip(*make_set(1, 20260102, "unseen"), strict=True):
            write_wav(options.samples / f"{label}.wav", sound)


if __name__ == "__main__":
    main()
