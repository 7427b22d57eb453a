"""Train the course's image classifier: a small Vision Transformer, from scratch, on scikit-learn's handwritten digits.

    pip install scikit-learn
    python recipes/digits.py --out FOLDER

The data set is the 1,797 grey pictures of 8 × 8 points that scikit-learn carries (UCI, Optical Recognition of
Handwritten Digits, CC BY 4.0). A quarter is held out for the measurement; training shifts, turns and stretches the
rest. The card of the result is course_utils/weights/digits/README.md.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import loop
import numpy as np

SEED = 7
LABELS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SIDE = 8  # what the model sees, whatever the size of the picture
HELD_OUT = 450
SHOWN = 64  # the size of a sample picture, large enough to look at
PIXELS_SHA256 = "8f26b2bd9d135c256808f68f14fdabddde6d9c7f869ae419704b051f0f14b3b3"


# ---------------------------------------------------------------------------------------------------- pictures


def load_digits() -> tuple[np.ndarray, np.ndarray]:
    """All pictures [1797, 8, 8], bytes from 0 (paper) to 255 (ink), and their digits [1797]."""
    from sklearn import datasets

    digits = datasets.load_digits()
    pixels = digits.images.astype(np.uint8)  # 0 to 16: how many of 16 dots of the scanned form were black
    if hashlib.sha256(pixels.tobytes()).hexdigest() != PIXELS_SHA256:
        raise SystemExit("These are not the digits that this recipe knows: another version of scikit-learn's data?")
    return np.round(pixels * (255 / 16)).astype(np.uint8), digits.target


def split(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the pictures to train on and of those held out; always the same ones."""
    order = np.random.default_rng(20260101).permutation(count)
    return np.sort(order[HELD_OUT:]), np.sort(order[:HELD_OUT])


def as_picture(pixels: np.ndarray, side: int = SHOWN):
    """One digit as a Pillow picture, each point a square."""
    from PIL import Image

    return Image.fromarray(pixels).resize((side, side), Image.Resampling.NEAREST)


def vary(pixels, generator):
    """Slightly moved, turned and stretched copies of `pixels` [n, 8, 8], as the model sees them: [n, 3, 8, 8].

    Every other batch is drawn large and made small again, as the image processor does with a picture of another
    size: that blurs it a little.
    """
    import torch
    from torch.nn.functional import affine_grid, grid_sample, interpolate

    count = len(pixels)
    if torch.rand(1, generator=generator).item() < 0.5:
        pictures, drawn = pixels[:, None], SIDE
    else:
        pictures, drawn = interpolate(pixels[:, None], scale_factor=4, mode="nearest"), 4 * SIDE

    def between(low, high, *shape):
        return low + (high - low) * torch.rand(count, *shape, generator=generator)

    angle, scale, slant = between(-0.2, 0.2), between(0.9, 1.12, 2), between(-0.15, 0.15)
    turn = torch.stack([angle.cos(), -angle.sin() + slant, angle.sin(), angle.cos()], dim=1).view(count, 2, 2)
    shift = between(-0.25, 0.25, 2)  # of half the side: one point
    matrix = torch.cat([turn * scale[:, :, None], shift[:, :, None]], dim=2)
    grid = affine_grid(matrix, [count, 1, drawn, drawn], align_corners=False)
    pictures = grid_sample(pictures, grid, align_corners=False)
    if drawn != SIDE:
        pictures = interpolate(pictures, size=(SIDE, SIDE), mode="bilinear", antialias=True)
    return normalise(pictures.expand(-1, 3, -1, -1))


def normalise(pictures):
    """Bytes to numbers from -1 to 1, as the image processor does."""
    return pictures / 127.5 - 1


# ------------------------------------------------------------------------------------------------------- model


def new_model():
    from transformers import ViTConfig, ViTForImageClassification

    return ViTForImageClassification(
        ViTConfig(
            image_size=SIDE,
            patch_size=2,  # 16 patches of 2 × 2 points
            hidden_size=64,
            num_hidden_layers=4,
            num_attention_heads=4,
            intermediate_size=128,
            initializer_range=0.05,  # 0.02 is meant for layers ten times as wide
            id2label=dict(enumerate(LABELS)),
            label2id={label: number for number, label in enumerate(LABELS)},
        )
    )


def image_processor():
    """Any picture to [3, 8, 8]. The pipeline makes every picture RGB, so the model has three equal channels."""
    from transformers import ViTImageProcessorPil

    return ViTImageProcessorPil(
        size={"height": SIDE, "width": SIDE}, do_convert_rgb=True, image_mean=[0.5] * 3, image_std=[0.5] * 3
    )


def train(pixels: np.ndarray, digits: np.ndarray, options: argparse.Namespace):
    """The trained model in evaluation mode and the number of steps."""
    import torch
    from transformers import get_cosine_schedule_with_warmup

    model = new_model()
    pictures, answers = torch.from_numpy(pixels).float(), torch.from_numpy(digits).long()
    generator = torch.Generator().manual_seed(options.seed)
    per_epoch = len(pictures) // options.batch_size
    steps = options.epochs * per_epoch
    optimizer = torch.optim.AdamW(model.parameters(), lr=options.lr, weight_decay=0.05)
    schedule = get_cosine_schedule_with_warmup(optimizer, steps // 20, steps)

    def batches():
        for _ in range(options.epochs):
            order = torch.randperm(len(pictures), generator=generator)
            for chosen in order[: per_epoch * options.batch_size].view(per_epoch, -1):
                yield {"pixel_values": vary(pictures[chosen], generator), "labels": answers[chosen]}

    return loop.train(model, batches(), optimizer, schedule, options, loss_of=loop.smoothed)


# ----------------------------------------------------------------------------------------------------- quality


def classify(folder: Path, pictures: list) -> list[str]:
    from transformers import pipeline

    classifier = pipeline("image-classification", model=str(folder), device="cpu", dtype="float32")
    return [found[0]["label"] for found in classifier(pictures, batch_size=64)]


def choose_samples(found: list[str], answers: np.ndarray) -> list[int]:
    """Places in the held-out set: the first recognised picture of each digit, and the first two mistaken ones."""
    right = [label == LABELS[digit] for label, digit in zip(found, answers, strict=True)]
    firsts = [next(i for i, digit in enumerate(answers) if digit == wanted and right[i]) for wanted in range(10)]
    return firsts + [i for i, is_right in enumerate(right) if not is_right][:2]


def main(arguments: list[str] | None = None) -> None:
    parser = loop.parser(__doc__, epochs=100, batch_size=32, lr=1e-3, seed=SEED)
    parser.add_argument("--held-out", type=Path, help="write the held-out pictures to this .npz file, too")
    parser.add_argument("--samples", type=Path, help="write twelve held-out pictures into this folder, too")
    options = parser.parse_args(arguments)

    pixels, digits = load_digits()
    kept, held_out = split(len(pixels))
    started = loop.start(options)
    model, steps = train(pixels[kept], digits[kept], options)
    if not loop.is_main():
        return
    loop.cost(started, steps)
    print(f"{model.num_parameters()} parameters")
    model.save_pretrained(options.out)
    image_processor().save_pretrained(options.out)

    answers = digits[held_out]
    for side in (SIDE, SHOWN):
        found = classify(options.out, [as_picture(picture, side) for picture in pixels[held_out]])
        right = sum(label == LABELS[digit] for label, digit in zip(found, answers, strict=True))
        print(f"held out, {side:2d} × {side:2d} points: {right} of {len(answers)}  {100 * right / len(answers):.1f} %")
    if options.held_out:
        np.savez_compressed(options.held_out, pixels=pixels[held_out], digits=answers.astype(np.uint8))
    if options.samples:
        options.samples.mkdir(parents=True, exist_ok=True)
        for place in choose_samples(found, answers):
            name = f"{LABELS[answers[place]]}-{held_out[place]:04d}.png"
            as_picture(pixels[held_out[place]]).save(options.samples / name, optimize=True)


if __name__ == "__main__":
    main()
