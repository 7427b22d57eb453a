"""8.3 A whole sampler."""

from course_utils.exercises.answers import call, describe
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import TORCH, filtered, vector

_LOGITS = [0.2, 2.0, -0.6, 1.5, 0.9, -1.5, 1.1, 0.5]


_DRAWS = 2_000


_SEEDS = (1, 2, 3)


_SETTINGS = ((2.0, 8, 1.0), (1.0, 4, 1.0), (1.0, 8, 0.7), (1.6, 5, 0.75), (0.5, 6, 0.9))  # temperature, k, p


_DRAW = (
    "def draw(logits, temperature, k, p, count):\n"
    "    probabilities = torch.softmax(logits / temperature, dim=-1)\n"
    "    ordered, places = probabilities.sort(descending=True)\n"
    "    ordered[k:] = 0\n"
    "    ordered = ordered / ordered.sum()\n"
    "    ordered[ordered.cumsum(0) - ordered >= p] = 0\n"
    "    return places[torch.multinomial(ordered, count, replacement=True)]"
)


def _softmax(logits) -> list[float]:
    import torch

    return torch.tensor(logits, dtype=torch.float64).softmax(0).tolist()


def _nucleus(probabilities, p, crossing=True) -> list[float]:
    """Top-p; `crossing=False` drops the token at which the sum crosses p."""
    kept, total = set(), 0.0
    for i in sorted(range(len(probabilities)), key=lambda i: -probabilities[i]):
        if total >= p or (not crossing and kept and total + probabilities[i] > p):
            break
        kept.add(i)
        total += probabilities[i]
    return filtered(probabilities, kept)


def _best(probabilities, k) -> list[float]:
    return filtered(probabilities, set(sorted(range(len(probabilities)), key=lambda i: -probabilities[i])[:k]))


def _heated(probabilities, temperature) -> list[float]:
    powers = [probability ** (1 / temperature) for probability in probabilities]
    return [power / sum(powers) for power in powers]


def _possible(logits, temperature, k, p) -> dict[str, list[float]]:
    """The right distribution under the key "", and those of likely slips under their sentences."""
    plain, scaled = _softmax(logits), _softmax([logit / temperature for logit in logits])
    right = _nucleus(_best(scaled, k), p)
    uniform = [float(probability > 0) / sum(q > 0 for q in right) for probability in right]
    return {
        "": right,
        "Your draws ignore the temperature: it divides the *logits*; after softmax, dividing changes nothing once the "
        "probabilities sum to 1 again.": _nucleus(_best(plain, k), p),
        "You took softmax twice: the temperature divides the logits, and softmax then comes once.": (
            _nucleus(_best(_softmax([probability / temperature for probability in plain]), k), p)
        ),
        "You multiplied by the temperature: the logits are divided by it, so that a high one makes them more alike.": (
            _nucleus(_best(_softmax([logit * temperature for logit in logits]), k), p)
        ),
        "The temperature came last in your draws: it comes first, because it decides how many tokens top-p keeps.": (
            _heated(_nucleus(_best(plain, k), p), temperature)
        ),
        "Your draws put top-p before top-k: here the k likeliest come first, and p is a share of what they left.": (
            _best(_nucleus(scaled, p), k)
        ),
        "The token that crosses p never comes in your draws, though the sum needs it to reach p.": (
            _nucleus(_best(scaled, k), p, crossing=False)
        ),
        "Your draws know no top-k: less likely tokens than the first k came.": _nucleus(scaled, p),
        "Your draws know no top-p: tokens came that it should have removed.": _best(scaled, k),
        "Your draws know neither filter: all tokens came.": scaled,
        "All tokens that are left come equally often: draw each with its probability.": uniform,
        "Always the same token came: that is greedy; draw from the probabilities.": (
            [float(probability == max(right)) for probability in right]
        ),
        "Your draws number the tokens by rank, not by their place in the vocabulary.": sorted(right, reverse=True),
    }


def _distance(counts, probabilities) -> float:
    """Pearson's chi-square over its bound (about one in a million): fits below 1."""
    if any(count for count, probability in zip(counts, probabilities, strict=True) if probability == 0):
        return float("inf")
    total = sum(counts)
    pairs = [(count, total * probability) for count, probability in zip(counts, probabilities, strict=True)]
    cells = [(count - expected) ** 2 / expected for count, expected in pairs if expected]
    freedom = len(cells) - 1
    return sum(cells) / (freedom + 5 * (2 * freedom) ** 0.5 + 15)


def _drawn(answer, logits, temperature, k, p) -> tuple[list | None, object]:
    """All draws of the fixed seeds, each seed's in a list; None and the value if they are no draws."""
    import random

    import numpy as np
    import torch

    draws = []
    for seed in _SEEDS:
        torch.manual_seed(seed)
        random.seed(seed)
        np.random.seed(seed)
        value = call(answer, torch.tensor(logits), temperature, k, p, _DRAWS)
        numbers = vector(value, _DRAWS)
        if numbers is None or not all(number in range(len(logits)) for number in numbers):
            return None, value
        draws.append(numbers)
    return draws, None


def _check_draw(answer) -> str | None:
    size, seen, misses = len(_LOGITS), [], []
    fits = {said: 0.0 for said in _possible(_LOGITS, *_SETTINGS[0])}
    for settings in _SETTINGS:
        draws, value = _drawn(answer, _LOGITS, *settings)
        if draws is None:
            wanted = f"`count` = {_DRAWS} whole numbers from 0 to {size - 1}"
            return f"Your function should return {wanted}; given: {describe(value)}."
        if draws[0] == draws[1] and len(set(draws[0])) > 1:
            return "Every call draws the same tokens: do not set a seed inside the function."
        counts = [sum(numbers.count(token) for numbers in draws) for token in range(size)]
        seen.append(counts)
        misses.append(_distance(counts, _possible(_LOGITS, *settings)[""]))
        for said, distribution in _possible(_LOGITS, *settings).items():
            fits[said] = max(fits[said], _distance(counts, distribution))
    said = min(fits, key=fits.get) if fits[""] >= 1 else ""
    if fits[said] < 1:
        return said or None
    wrong = max(range(len(_SETTINGS)), key=lambda i: misses[i])
    temperature, k, p = _SETTINGS[wrong]
    given = ", ".join(f"{count / sum(seen[wrong]):.2f}" for count in seen[wrong])
    asked = f"temperature {temperature}, k = {k}, p = {p}"
    return f"With {asked}, the tokens 0 to 7 came with the shares {given}: that is not the distribution asked for."


EXERCISE = Exercise(
    id="8.3",
    title="A whole sampler",
    minutes=12,
    difficulty="hard",
    starter="def draw(logits, temperature, k, p, count):\n    ...",
    answer="draw",
    check=_check_draw,
    context=TORCH,
    expects="a function that returns as many token ids as `count` says",
    hints=(
        "Temperature first, then softmax, then your two filters in this order; each works on what the one before "
        "left. You may call `top_k` and `top_p`.",
        "`torch.multinomial(probabilities, count, replacement=True)` draws places with their probabilities.",
    ),
    solution=_DRAW,
    wrong=(
        Wrong(
            changed(
                _DRAW,
                ("torch.softmax(logits / temperature, dim=-1)", "torch.softmax(logits, dim=-1) / temperature"),
            ),
            "ignore the temperature",
        ),
        Wrong(
            changed(_DRAW, ("logits / temperature", "torch.softmax(logits, dim=-1) / temperature")),
            "You took softmax twice",
        ),
        Wrong(changed(_DRAW, ("logits / temperature", "logits * temperature")), "You multiplied by"),
        Wrong(
            changed(
                _DRAW,
                ("logits / temperature", "logits"),
                ("torch.multinomial(ordered", "torch.multinomial(ordered ** (1 / temperature)"),
            ),
            "The temperature came last",
        ),
        Wrong(
            changed(
                _DRAW,
                ("    ordered[k:] = 0\n    ordered = ordered / ordered.sum()\n", ""),
                ("    return", "    ordered[k:] = 0\n    return"),
            ),
            "top-p before top-k",
        ),
        Wrong(changed(_DRAW, (".cumsum(0) - ordered >= p", ".cumsum(0) > p + 1e-6")), "that crosses p never comes"),
        Wrong(changed(_DRAW, ("    ordered[k:] = 0\n", "")), "know no top-k"),
        Wrong(changed(_DRAW, ("    ordered[ordered.cumsum(0) - ordered >= p] = 0\n", "")), "know no top-p"),
        Wrong(
            "def draw(logits, temperature, k, p, count):\n"
            "    return torch.multinomial((logits / temperature).softmax(-1), count, replacement=True)",
            "neither filter",
        ),
        Wrong(changed(_DRAW, ("multinomial(ordered", "multinomial((ordered > 0).float()")), "equally often"),
        Wrong(
            "def draw(logits, temperature, k, p, count):\n    return logits.argmax().repeat(count)",
            "that is greedy",
        ),
        Wrong(changed(_DRAW, ("places[torch.multinomial", "(torch.multinomial"), ("=True)]", "=True))")), "by rank"),
        Wrong(changed(_DRAW, ("count):\n", "count):\n    torch.manual_seed(0)\n")), "do not set a seed"),
        Wrong(changed(_DRAW, (", replacement=True", "")), "without replacement", status="error in your code"),
        Wrong(changed(_DRAW, ("ordered, count, replacement=True", "ordered, 1")), "whole numbers from 0 to 7"),
    ),
    alternatives=(
        "import random\n"
        "def draw(logits, temperature, k, p, count):\n"
        "    shares = (logits.double() / temperature).softmax(-1).tolist()\n"
        "    best = sorted(range(len(shares)), key=lambda i: -shares[i])[:k]\n"
        "    total, kept, seen = sum(shares[i] for i in best), [], 0.0\n"
        "    for i in best:\n"
        "        if seen < p:\n"
        "            kept.append(i)\n"
        "            seen += shares[i] / total\n"
        "    return random.choices(kept, [shares[i] for i in kept], k=count)",
        "from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper\n"
        "def draw(logits, temperature, k, p, count):\n"
        "    scores = logits[None]\n"
        "    for warper in (TemperatureLogitsWarper(temperature), TopKLogitsWarper(k), TopPLogitsWarper(p)):\n"
        "        scores = warper(None, scores)\n"
        "    return torch.multinomial(scores.softmax(-1)[0], count, replacement=True)",
    ),
    note="Judged by chi-square on 6,000 draws for each of five settings; `generate` uses the same order.",
)
