"""What the draws of exercise 8.3 look like: the distribution of right ones, and of those after likely slips."""

from collections import Counter
from itertools import product

from .shared import by_rank, filtered, softmax

_ROUNDING = 1e-9


def _nucleus(probabilities, p, crossing=True) -> list[float]:
    """Top-p; `crossing=False` drops the token at which the sum crosses p."""
    kept, total = set(), 0.0
    for i in by_rank(probabilities):
        if total > p - _ROUNDING or (not crossing and kept and total + probabilities[i] > p + _ROUNDING):
            break
        kept.add(i)
        total += probabilities[i]
    return filtered(probabilities, kept)


def _best(probabilities, k) -> list[float]:
    return filtered(probabilities, by_rank(probabilities)[:k])


def _heated(probabilities, temperature) -> list[float]:
    powers = [probability ** (1 / temperature) for probability in probabilities]
    return [power / sum(powers) for power in powers]


def possible(logits, temperature, k, p) -> dict[str, list[float]]:
    """The right distribution under the key "", and those of likely slips under their sentences."""
    plain, scaled = softmax(logits), softmax([logit / temperature for logit in logits])
    right = _nucleus(_best(scaled, k), p)
    uniform = [float(probability > 0) / sum(q > 0 for q in right) for probability in right]
    return {
        "": right,
        "Your draws are those of temperature 1, whatever `temperature` says: it divides the *logits*; after softmax, "
        "dividing changes nothing once the probabilities sum to 1 again.": _nucleus(_best(plain, k), p),
        "Your draws fit two softmaxes, one on the other: the temperature divides the logits, and softmax then comes "
        "once.": _nucleus(_best(softmax([probability / temperature for probability in plain]), k), p),
        "You multiplied by the temperature: the logits are divided by it, so that a high one makes them more alike.": (
            _nucleus(_best(softmax([logit * temperature for logit in logits]), k), p)
        ),
        "The temperature came last in your draws: it comes first, because it decides how many tokens top-p keeps.": (
            _heated(_nucleus(_best(plain, k), p), temperature)
        ),
        "The temperature works twice in your draws: divide the logits by it once.": _heated(right, temperature),
        "In your draws p is a share of the whole vocabulary: top-k comes first, what it leaves is scaled to sum to 1, "
        "and p is a share of that.": _best(_nucleus(scaled, p), k),
        "The token that crosses p never comes in your draws, though the sum needs it to reach p.": (
            _nucleus(_best(scaled, k), p, crossing=False)
        ),
        "Your draws know no top-k: less likely tokens than the first k came.": _nucleus(scaled, p),
        "Your draws know no top-p: tokens came that it should have removed.": _best(scaled, k),
        "Your draws know neither filter: all tokens came.": scaled,
        "All tokens that are left come equally often: draw each with its probability.": uniform,
        "Always the likeliest token came: that is greedy; draw from the probabilities.": (
            [float(probability == max(right)) for probability in right]
        ),
        "Your draws number the tokens by rank, not by their place in the vocabulary.": sorted(right, reverse=True),
    }


def distance(counts, probabilities) -> float:
    """Pearson's chi-square over its bound (about one in a million): fits below 1."""
    if any(count for count, probability in zip(counts, probabilities, strict=True) if probability == 0):
        return float("inf")
    total = sum(counts)
    pairs = [(count, total * probability) for count, probability in zip(counts, probabilities, strict=True)]
    cells = [(count - wanted) ** 2 / wanted for count, wanted in pairs if wanted]
    freedom = len(cells) - 1
    return sum(cells) / (freedom + 5 * (2 * freedom) ** 0.5 + 15)


def linked(draws, probabilities) -> int:
    """How far apart draws stand that depend on each other; 0 if none do."""
    import torch

    pairs = [p * q for p in probabilities for q in probabilities]
    for start in (0, 1):
        found = Counter(zip(draws[start::2], draws[start + 1 :: 2], strict=False))
        if distance([found[pair] for pair in product(range(len(probabilities)), repeat=2)], pairs) >= 1:
            return 1
    tokens = torch.tensor(draws)
    same, triple = (sum(probability**n for probability in probabilities) for n in (2, 3))
    for lag in range(1, len(draws) // 3):
        length = len(draws) - lag
        alike = (tokens[lag:] == tokens[:-lag]).sum().item()
        deviation = (length * (same * (1 - same) + 2 * (triple - same**2))) ** 0.5
        if abs(alike - length * same) > 8 * deviation:
            return lag
    return 0


def too_even(counts) -> bool:
    """Are the counts of several calls nearly the same? By chance that comes once in a billion checks."""
    pairs = [(counts[i], counts[j]) for i in range(len(counts)) for j in range(i)]
    return all(sum((a - b) ** 2 / (a + b) for a, b in zip(x, y, strict=True) if a + b) < 0.2 for x, y in pairs)
