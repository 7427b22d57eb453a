"""8.3 A whole sampler."""

from course_utils.exercises.answers import call, describe, shape
from course_utils.exercises.records import Exercise, Wrong, changed

from .sampling import distance, linked, possible, too_even
from .shared import TORCH, vector

_LOGITS = [0.2, 2.0, -0.6, 1.5, 0.9, -1.5, 1.1, 0.5]
_FEW = [-1.0, -3.0, 0.4, -0.3, -0.8]

_DRAWS = 2_001
_CALLS = 3  # with each setting

_SETTINGS = (  # logits, temperature, k, p
    (_LOGITS, 2.0, 8, 1.0),
    (_LOGITS, 1.0, 4, 1.0),
    (_LOGITS, 1.0, 50, 0.7),
    (_LOGITS, 1.6, 5, 0.75),
    (_LOGITS, 0.5, 6, 0.9),
    (_FEW, 1.3, 4, 0.8),
)

_DRAW = (
    "def draw(logits, temperature, k, p, count):\n"
    "    probabilities = torch.softmax(logits / temperature, dim=-1)\n"
    "    ordered, places = probabilities.sort(descending=True)\n"
    "    ordered[k:] = 0\n"
    "    ordered = ordered / ordered.sum()\n"
    "    ordered[ordered.cumsum(0) - ordered >= p] = 0\n"
    "    return places[torch.multinomial(ordered, count, replacement=True)]"
)


def _draws(answer, logits, temperature, k, p, count=_DRAWS) -> list[int] | str:
    """The ids of one call, or the sentence about what is none."""
    import torch

    value = call(answer, torch.tensor(logits), temperature, k, p, count)
    numbers = vector(value, count)
    if numbers is None or not all(number in range(len(logits)) for number in numbers):
        wanted = f"`count` whole numbers from 0 to {len(logits) - 1}"
        here = f"here `count` is {count}, and `logits` has {len(logits)} numbers"
        form = "" if shape(value) in (None, (count,)) else f" of the shape {shape(value)}"
        return f"Your function should return {wanted} ({here}); given: {describe(value)}{form}."
    return [int(number) for number in numbers]


def _seed() -> None:
    """Once for the whole check: the same answer hears the same sentence, and yet no call is like the one before."""
    import random

    import numpy as np
    import torch

    for seed in (torch.manual_seed, random.seed, np.random.seed):
        seed(1)


def _check_draw(answer) -> str | None:
    _seed()
    shares, misses, first = [], [], []
    fits = dict.fromkeys(possible(*_SETTINGS[0]), 0.0)
    for settings in _SETTINGS:
        draws = []
        for _ in range(_CALLS):
            draws.append(_draws(answer, *settings))
            if type(draws[-1]) is str:
                return draws[-1]
        first = first or draws
        counts = [sum(numbers.count(token) for numbers in draws) for token in range(len(settings[0]))]
        shares.append([count / sum(counts) for count in counts])
        misses.append(distance(counts, possible(*settings)[""]))
        for said, distribution in possible(*settings).items():
            fits[said] = max(fits[said], distance(counts, distribution))
    return _of_calls(answer, first) or _of_shares(fits, shares, misses) or _of_order(sum(first, []))


def _of_calls(answer, draws) -> str | None:
    """A sentence about several calls: all alike, or not with as many draws as asked for."""
    if all(len(set(numbers)) == 1 for numbers in draws):
        if len({numbers[0] for numbers in draws}) > 1:
            return "All draws of one call are the same token: draw `count` times, each draw by itself."
        return None  # greedy, perhaps
    if too_even([[numbers.count(token) for token in range(len(_LOGITS))] for numbers in draws]):
        return (
            "In several calls every token came as often as in the others, exactly or nearly so, and that is not "
            "chance: each call draws anew. Is a seed set in the function?"
        )
    for count in (1, 7):
        numbers = _draws(answer, *_SETTINGS[3], count=count)
        if type(numbers) is str:
            return numbers
    return None


def _of_shares(fits, shares, misses) -> str | None:
    said = min(fits, key=fits.get) if fits[""] >= 1 else ""
    if fits[said] < 1:
        return said or None
    wrong = max(range(len(_SETTINGS)), key=lambda i: misses[i])
    logits, temperature, k, p = _SETTINGS[wrong]
    given, asked = (", ".join(f"{s:.2f}" for s in row) for row in (shares[wrong], possible(*_SETTINGS[wrong])[""]))
    return (
        f"For the logits {logits} with temperature {temperature}, k = {k}, p = {p}, the tokens 0 to {len(logits) - 1} "
        f"should come with the shares {asked}; in {_DRAWS * _CALLS:,} draws yours came with {given}."
    )


def _of_order(draws) -> str | None:
    if lag := linked(draws, possible(*_SETTINGS[0])[""]):
        apart = "that follow each other" if lag == 1 else f"that stand {lag} apart"
        return (
            f"Each token comes as often as it should, but draws {apart} depend on each other: knowing one, you could "
            "guess the other better than by chance."
        )
    return None


EXERCISE = Exercise(
    id="8.3",
    title="A whole sampler",
    minutes=10,
    difficulty="medium",
    starter="def draw(logits, temperature, k, p, count):\n    ...",
    answer="draw",
    check=_check_draw,
    context=TORCH,
    expects="a function that returns as many token ids as `count` says",
    hints=(
        "Which steps work on logits, which on probabilities? Write down the steps of the text first, one in each line.",
        "Temperature, then softmax, then your two filters in this order; each works on what the one before left. You "
        "may call `top_k` and `top_p`, which scale to a sum of 1 themselves.",
        "`torch.multinomial(probabilities, count, replacement=True)` draws positions with their probabilities. If you "
        "sorted before, a position is a rank: look up which token stands there.",
    ),
    solution=_DRAW,
    why="The temperature works on the logits, so softmax comes after it. Both filters are cuts in the sorted list: k "
    "tokens, then, scaled to a sum of 1, those before which the sum is below p. `multinomial` scales what is left "
    "by itself and draws ranks; `places` makes ids of them.",
    wrong=(
        Wrong(
            changed(
                _DRAW,
                ("torch.softmax(logits / temperature, dim=-1)", "torch.softmax(logits, dim=-1) / temperature"),
            ),
            "of temperature 1",
        ),
        Wrong(
            changed(_DRAW, ("logits / temperature", "torch.softmax(logits, dim=-1) / temperature")),
            "fit two softmaxes",
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
            "share of the whole vocabulary",
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
        Wrong(changed(_DRAW, ("count):\n", "count):\n    torch.manual_seed(0)\n")), "is not chance"),
        Wrong(changed(_DRAW, (", replacement=True", "")), "without replacement", status="error in your code"),
        Wrong(changed(_DRAW, ("ordered, count, replacement=True", "ordered, 1")), "whole numbers from 0 to 7"),
        Wrong(
            changed(_DRAW, ("ordered, count, replacement=True)]", "ordered, 1)].repeat(count)")),
            "All draws of one call",
        ),
        Wrong(
            changed(_DRAW, ("torch.multinomial(ordered", "torch.multinomial(ordered ** (1 / temperature)")),
            "works twice",
        ),
        Wrong(
            changed(_DRAW, ("return ", "return sorted("), ("=True)]", "=True)].tolist())")), "that follow each other"
        ),
        Wrong(
            changed(
                _DRAW, ("places[", "places.repeat(2)["), ("count, rep", "(count + 1) // 2, rep"), ("=True)]", "=True)]")
            )
            + "[:count].repeat(2)[:count]",
            "that stand 1001 apart",
        ),
        Wrong(
            changed(
                _DRAW,
                ("    probabilities = ", "    logits /= temperature\n    probabilities = "),
                ("logits / t", "logits * 1 / t"),
            ),
            "in place",
        ),
    ),
    also_wrong=(
        changed(_DRAW, ("    ordered = ordered / ordered.sum()\n", "")),
        changed(_DRAW, ("count, replacement", "count // 2 * 2, replacement")),
        changed(_DRAW, ("ordered[k:]", "ordered[4:]")),
        changed(_DRAW, ("    return places[torch.multinomial(ordered, count, replacement=True)]", ""))
        + "    each = (ordered / ordered.sum() * count).round().long()\n"
        "    each[0] += count - each.sum()\n"
        "    return places.repeat_interleave(each)[torch.randperm(count)]",
        changed(_DRAW, ("    return places[torch.multinomial(ordered, count, replacement=True)]", ""))
        + "    grid = ((torch.arange(count) + torch.rand(())) / count)[torch.randperm(count)]\n"
        "    return places[torch.searchsorted((ordered / ordered.sum()).cumsum(0), grid).clamp(max=len(places) - 1)]",
        changed(_DRAW, ("    return", "    torch.manual_seed(torch.initial_seed())\n    return")),
        changed(_DRAW, ("    return places[torch.multinomial(ordered, count, replacement=True)]", ""))
        + "    u = torch.rand(count // 2 + 1)\n"
        "    u = torch.stack([u, 1 - u], dim=1).flatten()[:count]\n"
        "    return places[torch.searchsorted((ordered / ordered.sum()).cumsum(0), u).clamp(max=len(places) - 1)]",
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
    note="Judged by chi-square on 6,003 draws for each of six settings; `generate` uses the same order.",
)
