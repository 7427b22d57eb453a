"""Exercises of notebook 08, text generation: filters, draws, penalties, beams, stops, the cached loop, its costs."""

from functools import cache

from .answers import as_list, as_number, call, close, describe, is_a, shape
from .objects import attempt
from .records import Exercise, Wrong

_TORCH = "import torch\n"
_PROBS = [0.1, 0.4, 0.05, 0.3, 0.15]


def _vector(value, length: int) -> list | None:
    """The numbers of a list or tensor `[length]`; None for anything else."""
    numbers = as_list(value)
    if shape(value) != (length,) or numbers is None:
        return None
    return [float(number) for number in numbers]


def _kept(numbers) -> set[int]:
    return {i for i, number in enumerate(numbers) if number != 0}


def _filtered(probabilities, kept) -> list[float]:
    """Zero outside `kept`, scaled to sum to 1."""
    total = sum(probabilities[i] for i in kept)
    return [probability / total if i in kept else 0.0 for i, probability in enumerate(probabilities)]


def _differs_from_library(answer, warper, setting) -> bool:
    """On 300 random scores, none of them equal: is the result another one than that of the library's filter?"""
    import torch

    scores = 3 * torch.randn(1, 300, generator=torch.Generator().manual_seed(1))
    right = warper(setting)(None, scores).softmax(-1)[0]
    return not close(call(answer, scores.softmax(-1)[0], setting), right, tol=1e-5)


# --- 8.1 top-k ------------------------------------------------------------------------------------------------


def _check_top_k(answer) -> str | None:
    import torch
    from transformers import TopKLogitsWarper

    value = call(answer, torch.tensor(_PROBS), 2)
    found = _vector(value, 5)
    if found is None:
        if shape(value) == (2,):
            return "You return the two largest only: all five tokens keep their places, the others with 0."
        return f"Your function should return a tensor as long as `probabilities`; given: {describe(value)}."
    if any(number != number for number in found):
        return "There is a NaN in your result: it comes from dividing zero by zero, or from infinities."
    if not close(found, _filtered(_PROBS, {1, 3})):
        if close(found, [0, 0.4, 0, 0.3, 0]):
            return "What is left sums to 0.7: divide by that, so that it is a distribution again."
        if close(found, [4 / 7, 3 / 7, 0, 0, 0]):
            return "Your result is sorted, so nobody knows which token is which: keep the places."
        if _kept(found) == {0, 2}:
            return "You kept the two *least* likely tokens."
        if _kept(found) == {1, 3}:
            return "The right tokens are left, but their ratio changed: 0.4 to 0.3 stays 4 to 3 (no second softmax)."
        if len(_kept(found)) == 5:
            return "No token was removed: with k = 2, three of the five get exactly 0."
        return f"Of {_PROBS} with k = 2, tokens 1 and 3 stay, with 4/7 and 3/7; given: {describe(value)}."
    tied = [0.3, 0.2, 0.2, 0.2, 0.1]
    found = _vector(call(answer, torch.tensor(tied), 2), 5) or []
    if len(_kept(found)) == 4:
        return "Three tokens share the second place, and you kept all of them: exactly k stay, whichever of the equals."
    if len(_kept(found)) == 1:
        return "Three tokens share the second place, and you dropped all of them: exactly k stay, k = 2 here."
    if len(_kept(found)) != 2 or not close(found, _filtered(tied, _kept(found))) or 0 not in _kept(found):
        return f"Of {tied} with k = 2, token 0 and one of the three equals stay; given: {describe(found)}."
    found = _vector(call(answer, torch.tensor(_PROBS), 9), 5)
    if not close(found, _PROBS):
        return "With k larger than the vocabulary nothing is removed."
    differs = _differs_from_library(answer, TopKLogitsWarper, 40)
    return "On 300 tokens with k = 40 your result is not that of the library." if differs else None


_TOP_K = (
    "def top_k(probabilities, k):\n"
    "    best = probabilities.topk(min(k, len(probabilities))).indices\n"
    "    kept = torch.zeros_like(probabilities)\n"
    "    kept[best] = probabilities[best]\n"
    "    return kept / kept.sum()"
)

# --- 8.2 top-p ------------------------------------------------------------------------------------------------

_HALVES = [0.125, 0.5, 0.25, 0.125]


def _check_top_p(answer) -> str | None:
    import torch
    from transformers import TopPLogitsWarper

    value = call(answer, torch.tensor(_PROBS), 0.8)
    found = _vector(value, 5)
    if found is None:
        return f"Your function should return a tensor as long as `probabilities`; given: {describe(value)}."
    if any(number != number for number in found) or not _kept(found):
        return "No token is left: p bounds the *sum* of the likeliest tokens, not the probability of a single one."
    if not close(found, _filtered(_PROBS, {1, 3, 4})):
        slips = {
            frozenset({1, 3}): (
                "You dropped the token that crosses p: 0.4 and 0.3 sum to 0.7, less than 0.8, so 0.15 stays as well."
            ),
            frozenset({0, 1, 3, 4}): (
                "One token too many: 0.4, 0.3 and 0.15 have reached 0.8 already, so the next one goes."
            ),
            frozenset({0, 1, 2, 3}): "You added up in the order of the vocabulary: start at the likeliest token.",
            frozenset({0, 1, 2}): (
                "You removed by rank in a tensor that is not sorted: `places` says where each sorted token belongs."
            ),
            frozenset({1}): "You compared each token with the likeliest one; that is min-p.",
            frozenset({0, 1, 2, 3, 4}): "Every token is left: add up from the likeliest down, not from the rarest up.",
        }
        if close(found, [0, 0.4, 0, 0.3, 0.15]):
            return "What is left sums to 0.85: divide by that, so that it is a distribution again."
        if close(found, sorted(_filtered(_PROBS, {1, 3, 4}), reverse=True)):
            return "Your result is sorted, so nobody knows which token is which: put each back into its place."
        said = slips.get(frozenset(_kept(found)))
        return said or f"Of {_PROBS} with p = 0.8, tokens 1, 3 and 4 stay; given: {describe(value)}."
    found = _vector(call(answer, torch.tensor(_HALVES), 0.75), 4) or []
    if not close(found, _filtered(_HALVES, {1, 2})):
        return "0.5 and 0.25 reach p = 0.75 exactly: that is enough, and no further token stays."
    found = _vector(call(answer, torch.tensor(_PROBS), 0.1), 5)
    if not close(found, [0, 1, 0, 0, 0]):
        return "With p = 0.1 the likeliest token alone is more than p, and it stays."
    found = _vector(call(answer, torch.tensor(_PROBS), 1.0), 5)
    if not close(found, _PROBS):
        return "With p = 1 nothing is removed."
    differs = _differs_from_library(answer, TopPLogitsWarper, 0.9)
    return "On 300 tokens with p = 0.9 your result is not that of the library." if differs else None


_TOP_P = (
    "def top_p(probabilities, p):\n"
    "    ordered, places = probabilities.sort(descending=True)\n"
    "    before = ordered.cumsum(0) - ordered  # the sum of all that are likelier\n"
    "    ordered[before >= p] = 0\n"
    "    kept = torch.zeros_like(probabilities)\n"
    "    kept[places] = ordered\n"
    "    return kept / kept.sum()"
)

# --- 8.3 draws ------------------------------------------------------------------------------------------------

_LOGITS = [0.2, 2.0, -0.6, 1.5, 0.9, -1.5, 1.1, 0.5]
_DRAWS = 2_000
_SEEDS = (1, 2, 3)
_SETTINGS = ((2.0, 8, 1.0), (1.0, 4, 1.0), (1.0, 8, 0.7), (1.6, 5, 0.75), (0.5, 6, 0.9))  # temperature, k, p


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
    return _filtered(probabilities, kept)


def _best(probabilities, k) -> list[float]:
    return _filtered(probabilities, set(sorted(range(len(probabilities)), key=lambda i: -probabilities[i])[:k]))


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
        numbers = _vector(value, _DRAWS)
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


_DRAW = (
    "def draw(logits, temperature, k, p, count):\n"
    "    probabilities = torch.softmax(logits / temperature, dim=-1)\n"
    "    ordered, places = probabilities.sort(descending=True)\n"
    "    ordered[k:] = 0\n"
    "    ordered = ordered / ordered.sum()\n"
    "    ordered[ordered.cumsum(0) - ordered >= p] = 0\n"
    "    return places[torch.multinomial(ordered, count, replacement=True)]"
)

# --- 8.4 presence and frequency -------------------------------------------------------------------------------

_SCORES = [2.0, -1.0, 0.5, 0.0, 3.0]
_WRITTEN = [1, 4, 4, 1, 4]


def _penalised(scores, written, presence, frequency) -> list[float]:
    counts = [written.count(token) for token in range(len(scores))]
    return [s - frequency * count - presence * (count > 0) for s, count in zip(scores, counts, strict=True)]


def _check_penalise(answer) -> str | None:
    import torch

    value = call(answer, torch.tensor(_SCORES), _WRITTEN, 0.5, 0.25)
    found = _vector(value, 5)
    if found is None:
        return f"Your function should return a tensor as long as `scores`; given: {describe(value)}."
    if not close(found, _penalised(_SCORES, _WRITTEN, 0.5, 0.25)):
        slips = (
            ([2, 0, 0.5, 0, 4.25], "The sign is wrong: you made the tokens likelier that were written already."),
            (_SCORES, "Nothing changed: tokens 1 and 4 were written, and lose some of their score."),
            ([2, -2.5, 0.5, 0, 0.75], "The presence penalty is taken once a token, however often it was written."),
            ([2, -1.75, 0.5, 0, 2.25], "The frequency penalty is taken once for *each time* a token was written."),
            ([2, -1.5, 0.5, 0, 2.25], "The presence penalty is missing from your scores."),
            ([2, -1.5, 0.5, 0, 2.5], "The frequency penalty is missing from your scores."),
            ([2, -1.6, 0.5, 0, 2.35], "You took the *share* of each token; asked is how many times it was written."),
            ([1.5, -2, 0, -0.5, 1.75], "Tokens that were never written lost the presence penalty, too."),
            ([2, 0, 0.5, 0, 1.75], "Negative scores went up: subtract from every score, whatever its sign."),
        )
        said = [sentence for slip, sentence in slips if close(found, slip)]
        right = _penalised(_SCORES, _WRITTEN, 0.5, 0.25)
        return said[0] if said else f"For scores {_SCORES}, written {_WRITTEN}, 0.5 and 0.25: {right}, not {found}."
    if not close(call(answer, torch.tensor(_SCORES), [], 0.5, 0.25), _SCORES):
        return "Before the first token is written no score changes."
    value = call(answer, torch.tensor(_SCORES), [0, 0, 2], -1.0, 2.0)
    if not close(value, _penalised(_SCORES, [0, 0, 2], -1.0, 2.0)):
        return f"With a presence penalty of -1 (it invites tokens back) and a frequency of 2: given {describe(value)}."
    return None


_PENALISE = (
    "def penalise(scores, written, presence, frequency):\n"
    "    counts = torch.tensor([written.count(token) for token in range(len(scores))])\n"
    "    return scores - frequency * counts - presence * (counts > 0)"
)

# --- 8.5 the best beam ----------------------------------------------------------------------------------------

_BEAMS = (
    ([[-0.9, -0.9], [-1.0, -0.5, -1.1], [-0.4, -0.3, -0.9, -0.9, -0.5]], 0.0, 0),
    ([[-0.9, -0.9], [-1.0, -0.5, -1.1], [-0.4, -0.3, -0.9, -0.9, -0.5]], 1.0, 2),
    ([[-0.2, -0.2], [-0.1, -0.1, -0.3], [-0.5, -0.5, -0.5, -0.5, -0.5]], 1.0, 1),
    ([[-0.2, -0.2], [-0.1, -0.1, -0.45], [-0.5, -0.5, -0.5, -0.5, -0.5]], 2.0, 1),
    ([[-0.6], [-0.2, -0.3]], 2.0, 1),
    ([[-0.3, -0.3], [-0.1, -0.1, -0.5]], -1.0, 0),
)


def _check_beams(answer) -> str | None:
    found = []
    for beams, penalty, _ in _BEAMS:
        value = call(answer, beams, penalty)
        if as_number(value) not in range(len(beams)):
            return f"Your function should return the place of the best beam, 0, 1 or 2; given: {describe(value)}."
        found.append(int(as_number(value)))
    slips = {tuple(_place(rule, beams, penalty) for beams, penalty, _ in _BEAMS): sentence for rule, sentence in _RULES}
    right = tuple(place for _, _, place in _BEAMS)
    if tuple(found) == right:
        return None
    if said := slips.get(tuple(found)):
        return said
    wrong = next(i for i in range(len(_BEAMS)) if found[i] != right[i])
    beams, penalty, place = _BEAMS[wrong]
    return f"Of {beams} with a length penalty of {penalty}, beam {place} is best; given: {found[wrong]}."


def _place(rule, beams, penalty) -> int:
    scores = [rule(beam, penalty) for beam in beams]
    return scores.index(max(scores))


_RULES = (
    (lambda b, a: sum(b), "You compare the sums: each is divided by the length, to the power of `length_penalty`."),
    (lambda b, a: sum(b) / len(b), "You take the mean, whatever `length_penalty` says: it is the power of the length."),
    (lambda b, a: (sum(b) / len(b)) ** a, "You raised the mean to the power: only the length is raised."),
    (lambda b, a: sum(b) * len(b) ** a, "You multiply by the power of the length, and so punish long beams."),
    (
        lambda b, a: -sum(b) / len(b) ** a,
        "You chose the *worst* beam: log-probabilities are negative, the largest wins.",
    ),
    (lambda b, a: b[-1], "You look at the last token only: a beam counts with all its tokens."),
    (lambda b, a: max(b), "You look at the best token of each beam: a beam counts with all its tokens."),
    (lambda b, a: -len(b), "You took the shortest beam."),
    (lambda b, a: len(b), "You took the longest beam."),
    (lambda b, a: sum(2.718281828459045**x for x in b) / len(b) ** a, "You added probabilities; logarithms are added."),
)

_BEST_BEAM = (
    "def best_beam(beams, length_penalty):\n"
    "    scores = [sum(beam) / len(beam) ** length_penalty for beam in beams]\n"
    "    return scores.index(max(scores))"
)

# --- 8.6 stop strings -----------------------------------------------------------------------------------------

_PIECES = ["Blue", ",", " I", " think", ".", "\n", "\n", "Question", ":", " And", " the", " sea", "?"]


def _check_until(answer) -> str | None:
    value = call(answer, _PIECES, ["\n\nQuestion:"])
    if not is_a(value, str):
        return f"Your function should return one text; given: {describe(value)}."
    whole, right = "".join(_PIECES), "Blue, I think."
    if value != right:
        if value == whole:
            return "You searched piece by piece: this stop string is spread over four pieces, so join them first."
        if value == right + "\n\nQuestion:":
            return "The stop string itself is still there: the text ends *before* it."
        if value.strip() == right:
            return "Only what stands before the stop string is asked for, unchanged: neither more nor less white space."
        if value == right + "\n\nQuestion: And the sea?":
            return "Nothing was cut."
        return f"Before the stop string stands {right!r}; given: {describe(value)}."
    value = call(answer, _PIECES, ["sky", "zebra"])
    if value == whole[:-1]:
        return "Without a stop string in the text the last character is lost: `find` gives -1 when it finds nothing."
    if value != whole:
        return "Without a stop string in the text all of it is returned."
    if call(answer, _PIECES, ["?", " think", ","]) != "Blue":
        return "Several stop strings: the one that comes first in the *text* ends it, not the first of the list."
    if call(answer, _PIECES, []) != whole:
        return "With an empty list of stop strings nothing is cut."
    if call(answer, ["a b", " c b", "\n"], ["b"]) != "a ":
        return "A stop string that comes twice ends the text where it comes *first*; the space before it stays."
    if call(answer, ["\n", "a b "], ["c"]) != "\na b ":
        return "White space at the beginning and the end belongs to the text: leave it as it is."
    return None if call(answer, ["b", "a"], ["b"]) == "" else "The text may begin with a stop string: nothing is left."


_UNTIL = (
    "def until(pieces, stops):\n"
    '    text = "".join(pieces)\n'
    "    found = [text.find(stop) for stop in stops if stop in text]\n"
    "    return text[: min(found, default=len(text))]"
)

# --- 8.7 the cached loop --------------------------------------------------------------------------------------

_STEPS = 8


@cache
def _tiny_llama():
    """A Llama with large random weights: an error of one position changes what it writes."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    sizes = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "vocab_size": 97}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 64}
    torch.manual_seed(4)
    model = LlamaForCausalLM(LlamaConfig(initializer_range=0.6, eos_token_id=None, **sizes, **heads)).eval()
    ids = torch.tensor([[5, 17, 80, 33, 2], [61, 9, 9, 44, 71]])
    with torch.no_grad():
        right = ids
        for _ in range(_STEPS):
            right = torch.cat([right, model(right).logits[:, -1:].argmax(-1)], dim=1)
    return model, ids, right.tolist()


def _watched(answer):
    """The value of the learner's loop, and of each call of the model: tokens read, cached, positions, last tokens."""
    import torch

    model, ids, _ = _tiny_llama()
    calls = []

    def look(module, args, kwargs):
        read = args[0] if args else kwargs.get("input_ids", kwargs.get("inputs_embeds"))
        past, positions = kwargs.get("past_key_values"), kwargs.get("position_ids")
        given = None if positions is None else set(positions.flatten().tolist())
        calls.append((read.shape[1], 0 if past is None else past.get_seq_length(), given, read[:, -1].tolist()))

    def refuse(*args, **kwargs):
        raise RuntimeError("this exercise writes the loop itself, without `generate`")

    watch, model.generate = model.register_forward_pre_hook(look, with_kwargs=True), refuse
    try:
        with torch.no_grad():
            return call(answer, model, ids, _STEPS), calls
    finally:
        watch.remove()
        del model.generate


def _check_loop(answer) -> str | None:
    _, ids, right = _tiny_llama()
    value, calls = _watched(answer)
    found, prompt = as_list(value), ids.shape[1]
    if shape(value) == (len(ids), _STEPS):
        return "You return the new tokens only: the prompt comes first, `[rows, tokens + steps]`."
    if shape(value) is None or len(shape(value)) != 2 or len(found) != len(ids):
        return f"Your function should return a tensor `[rows, tokens + steps]`; given: {describe(value)}."
    if len(found[0]) != prompt + _STEPS:
        return f"{_STEPS} new tokens were asked for; yours has {len(found[0]) - prompt}."
    read = [tokens for tokens, *_ in calls]
    later = calls[1:]
    if max(read, default=0) < prompt or sum(read) == 0:
        if found == right:
            return "The tokens are right, but the prompt went in piece by piece: prefill reads all of it in one call."
        return "The prompt never went into the model as a whole: the first call reads all of it."
    if any(past and tokens > 1 for tokens, past, *_ in later):
        return "You gave the cache *and* the whole text: what is cached must not be read again, only the new token."
    if any(tokens > 1 for tokens, *_ in later):
        if found == right:
            return "The tokens are right, but every step read the whole text again: hand on `past_key_values`."
        return "Every step read the whole text again, without a cache."
    if any(past == 0 for _, past, *_ in later):
        return "A step read its token without the cache: the model saw that token and nothing before it."
    for _, past, positions, _ in later:
        if positions is not None and positions != {past}:
            return (
                f"Your position is off: with {past} tokens in the cache the new one stands at position {past}, "
                f"because counting begins at 0, not at {max(positions)}."
            )
    if any(past != prompt + step for step, (_, past, *_) in enumerate(later)):
        return "The cache does not grow by one each step: hand every call the cache of the call before."
    if found == right:
        return None
    if later and later[0][3] == ids[:, -1].tolist():
        return "Your first decode call reads the prompt's last token again; its logits came with the prefill already."
    if found[0][prompt:-1] == right[0][prompt + 1 :]:
        return "The first new token is missing: the logits of the prefill choose it already."
    if found[0][prompt:] == right[0][prompt:]:
        return "The first row is right, the second is not: take the best token of *each* row."
    return f"For the first prompt expected {right[0][prompt:]} as new tokens; given: {found[0][prompt:]}."


_LOOP = (
    "@torch.no_grad()\n"
    "def cached_greedy(model, ids, steps):\n"
    "    out = model(ids)\n"
    "    for step in range(steps):\n"
    "        new = out.logits[:, -1:].argmax(-1)  # [rows, 1]\n"
    "        ids = torch.cat([ids, new], dim=1)\n"
    "        if step < steps - 1:\n"
    "            out = model(new, past_key_values=out.past_key_values)\n"
    "    return ids"
)

# --- 8.8 latency ----------------------------------------------------------------------------------------------


def _check_latency(answer) -> str | None:
    start, arrivals = 100.0, [100.8, 100.9, 101.1, 101.5, 101.6]  # seconds
    value = call(answer, start, arrivals)
    found = _vector(value, 3)
    if found is None:
        return f"Your function should return three numbers; given: {describe(value)}."
    first, each, rate = found
    if close(found, [0.8, 5 / 1.6, 0.2]) or close(found, [0.2, 0.8, 5 / 1.6]):
        return "Three right numbers in another order: first token, time per token, throughput."
    if not close(first, 0.8):
        if close(first, 100.8):
            return "The time to the first token counts from `start`, not from when the clock was zero."
        return f"The first token came 0.8 s after the start; given: {first:.4g}."
    if not close(each, 0.2):
        slips = {
            0.1: "That is a single gap: asked is the mean of all four.",
            0.16: "Five tokens have four gaps between them: divide by one less than the number of tokens.",
            0.32: "The wait for the first token is prefill: it does not belong to the time per *further* token.",
            0.4: "Four gaps, but they begin at the first token, not at the start.",
            0.8: "That is the time from the first token to the last: divide it by the number of gaps.",
        }
        said = [sentence for slip, sentence in slips.items() if close(each, slip)]
        return said[0] if said else f"Each further token took 0.2 s; given: {each:.4g}."
    if not close(rate, 5 / 1.6):
        slips = {
            5.0: "Throughput is not 1 / time per token: whoever waits, waits for the prefill, too.",
            4 / 1.6: "The first token counts as well: five were written.",
            5 / 0.8: "Throughput counts from the start, not from the first token.",
            1.6 / 5: "That is seconds a token; throughput is tokens a second.",
        }
        said = [sentence for slip, sentence in slips.items() if close(rate, slip)]
        return said[0] if said else f"Five tokens in 1.6 s are 3.125 a second; given: {rate:.4g}."
    value = call(answer, 3.0, [3.5])
    return None if close(value, [0.5, 0.0, 2.0]) else f"A single token: (0.5, 0, 2.0), not {describe(value)}."


_LATENCY = (
    "def latency(start, arrivals):\n"
    "    first, last, count = arrivals[0], arrivals[-1], len(arrivals)\n"
    "    each = (last - first) / (count - 1) if count > 1 else 0\n"
    "    return first - start, each, count / (last - start)"
)

# --- 8.9 a conversation that fits -----------------------------------------------------------------------------


def _check_fit(answer) -> str | None:
    def given(system, turns, limit, new):
        value = call(answer, system, turns, limit, new)
        found = list(value) if is_a(value, range) else as_list(value)
        return found, describe(value)

    turns = [30, 25, 60, 10, 20]
    found, shown = given(10, turns, 100, 20)  # 70 left: 20 + 10, then 60 is too long
    if found is None or not all(as_number(place) is not None for place in found):
        return f"Your function should return the list of the turns kept; given: {shown}."
    if found != [3, 4]:
        slips = {
            (2, 3, 4): "Too much is kept: 90 tokens, the system's 10 and the 20 still to be written make 120.",
            (4, 5): "The places are counted from 0: the first turn has place 0.",
            (1, 3, 4): "You left one turn out and took an older one: without what lies between, it makes no sense.",
            (0, 1): "You kept the oldest turns: the newest matter most.",
            (4, 3): "The right turns, but the newest first: keep them in their order.",
            (20, 10): "You return lengths; asked are the places of the turns, counted from 0.",
            (10, 20): "You return lengths; asked are the places of the turns, counted from 0.",
            (): "You gave up the whole conversation: drop turns one by one, the oldest first.",
        }
        said = attempt(lambda: slips.get(tuple(int(place) for place in found)))
        return said or f"System 10, turns {turns}, limit 100, 20 to write: turns 3 and 4 stay; given: {shown}."
    found, shown = given(40, [25, 20, 10], 100, 20)  # 40 left
    if found == [0, 1, 2]:
        return "Too much is kept: the system message fills part of the context, too."
    if found != [1, 2]:
        return f"System 40, turns [25, 20, 10], limit 100, 20 to write: turns 1 and 2 stay; given: {shown}."
    found, shown = given(10, [50, 20, 10], 100, 10)
    if found == [1, 2]:
        return "100 of 100 tokens is exactly full, and still fits."
    if found != [0, 1, 2]:
        return f"When everything fits, everything stays; given: {shown}."
    found, shown = given(10, [90], 100, 20)
    return None if found == [] else f"When not even the last turn fits, nothing stays; given: {shown}."


_FIT = (
    "def turns_kept(system, turns, limit, new):\n"
    "    room = limit - system - new\n"
    "    first = len(turns)\n"
    "    while first > 0 and sum(turns[first - 1 :]) <= room:\n"
    "        first -= 1\n"
    "    return list(range(first, len(turns)))"
)

_SORTED = "    ordered, places = probabilities.sort(descending=True)\n"
_PLAIN_DRAW = "    return torch.multinomial(kept / kept.sum(), count, replacement=True)"


def _changed(code: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        if old not in code:
            raise ValueError(f"{old!r} is not in the solution")
        code = code.replace(old, new)
    return code


EXERCISES = [
    Exercise(
        id="8.1",
        title="Top-k, and exactly k",
        minutes=7,
        difficulty="medium",
        starter="def top_k(probabilities, k):\n    ...",
        answer="top_k",
        check=_check_top_k,
        context=_TORCH,
        expects="a function that returns a tensor of probabilities",
        hints=(
            "`probabilities.topk(k).indices` names exactly k places, also when several are equal; k may be too large.",
            "Begin with `torch.zeros_like(probabilities)`, copy the k best into their places, divide by the sum.",
        ),
        solution=_TOP_K,
        wrong=(
            Wrong(_changed(_TOP_K, (" / kept.sum()", "")), "sums to 0.7"),
            Wrong(
                "def top_k(probabilities, k):\n    best = probabilities.topk(k).values\n    return best / best.sum()",
                "the two largest only",
            ),
            Wrong(
                "def top_k(probabilities, k):\n"
                "    ordered = probabilities.sort(descending=True).values\n"
                "    ordered[k:] = 0\n"
                "    return ordered / ordered.sum()",
                "is sorted",
            ),
            Wrong(
                _changed(_TOP_K, ("len(probabilities))", "len(probabilities)), largest=False")), "*least* likely tokens"
            ),
            Wrong(
                "def top_k(probabilities, k):\n"
                "    edge = probabilities.topk(min(k, len(probabilities))).values[-1]\n"
                "    scores = probabilities.masked_fill(probabilities < edge, -torch.inf)\n"
                "    return scores.softmax(-1)",
                "no second softmax",
            ),
            Wrong(
                _changed(_TOP_K, ("kept / kept.sum()", "kept.softmax(-1)")),
                "No token was removed",
            ),
            Wrong(
                "def top_k(probabilities, k):\n"
                "    edge = probabilities.topk(min(k, len(probabilities))).values[-1]\n"
                "    kept = torch.where(probabilities >= edge, probabilities, 0)\n"
                "    return kept / kept.sum()",
                "and you kept all of them",
            ),
            Wrong(
                "def top_k(probabilities, k):\n"
                "    edge = probabilities.sort(descending=True).values[min(k, len(probabilities) - 1)]\n"
                "    kept = torch.where(probabilities > edge, probabilities, 0)\n"
                "    return kept / kept.sum()",
                "and you dropped all of them",
            ),
            Wrong(_changed(_TOP_K, ("min(k, len(probabilities))", "k")), "out of range", status="error in your code"),
        ),
        alternatives=(
            "def top_k(probabilities, k):\n"
            "    order = sorted(range(len(probabilities)), key=lambda i: -probabilities[i])\n"
            "    kept = [p.item() if i in order[:k] else 0.0 for i, p in enumerate(probabilities)]\n"
            "    return torch.tensor([p / sum(kept) for p in kept])",
            "def top_k(probabilities, k):\n"
            "    place = probabilities.argsort(descending=True).argsort()\n"
            "    kept = probabilities * (place < k)\n"
            "    return kept / kept.sum()",
        ),
        note="transformers compares with the k-th score and keeps all that equal it: among real scores, ties are rare.",
    ),
    Exercise(
        id="8.2",
        title="Top-p, the nucleus",
        minutes=10,
        difficulty="medium",
        starter="def top_p(probabilities, p):\n    ...",
        answer="top_p",
        check=_check_top_p,
        context=_TORCH,
        expects="a function that returns a tensor of probabilities",
        hints=(
            "`ordered, places = probabilities.sort(descending=True)`; `cumsum(0)` adds up. A token stays if the sum of "
            "those *before* it is still less than p.",
            "`ordered.cumsum(0) - ordered` is the sum before. `kept[places] = ordered` puts each back into its place.",
        ),
        solution=_TOP_P,
        wrong=(
            Wrong(_changed(_TOP_P, ("ordered.cumsum(0) - ordered", "ordered.cumsum(0)")), "that crosses p"),
            Wrong(
                "def top_p(probabilities, p):\n"
                "    ordered, places = probabilities.sort(descending=True)\n"
                "    count = int((ordered.cumsum(0) < p).sum()) + 2\n"
                "    kept = torch.zeros_like(probabilities)\n"
                "    kept[places[:count]] = ordered[:count]\n"
                "    return kept / kept.sum()",
                "One token too many",
            ),
            Wrong(_changed(_TOP_P, (" / kept.sum()", "")), "sums to 0.85"),
            Wrong(
                "def top_p(probabilities, p):\n"
                "    ordered = probabilities.sort(descending=True).values\n"
                "    kept = torch.where(ordered.cumsum(0) - ordered < p, probabilities, 0)\n"
                "    return kept / kept.sum()",
                "`places` says where",
            ),
            Wrong(_changed(_TOP_P, ("kept[places] = ordered", "kept = ordered")), "Your result is sorted"),
            Wrong(
                "def top_p(probabilities, p):\n"
                "    kept = torch.where(probabilities >= p, probabilities, 0)\n"
                "    return kept / kept.sum()",
                "No token is left",
            ),
            Wrong(
                "def top_p(probabilities, p):\n"
                "    kept = torch.where(probabilities >= p * probabilities.max(), probabilities, 0)\n"
                "    return kept / kept.sum()",
                "that is min-p",
            ),
            Wrong(
                "def top_p(probabilities, p):\n"
                "    before = probabilities.cumsum(0) - probabilities\n"
                "    kept = torch.where(before < p, probabilities, 0)\n"
                "    return kept / kept.sum()",
                "order of the vocabulary",
            ),
            Wrong(_changed(_TOP_P, ("descending=True", "descending=False")), "not from the rarest up"),
            Wrong(_changed(_TOP_P, (">= p", "> p")), "exactly: that is enough"),
        ),
        alternatives=(
            "def top_p(probabilities, p):\n"
            "    kept, total = torch.zeros_like(probabilities), 0.0\n"
            "    for i in probabilities.argsort(descending=True):\n"
            "        if total < p:\n"
            "            kept[i] = probabilities[i]\n"
            "            total += probabilities[i].item()\n"
            "    return kept / kept.sum()",
            "def top_p(probabilities, p):\n"
            "    ordered, places = probabilities.sort(descending=True)\n"
            "    count = int((ordered.cumsum(0) < p).sum()) + 1\n"
            "    kept = torch.zeros_like(probabilities).index_copy(0, places[:count], ordered[:count])\n"
            "    return kept / kept.sum()",
        ),
        note="The set is called the nucleus, and the method nucleus sampling (arXiv 1904.09751).",
    ),
    Exercise(
        id="8.3",
        title="A whole sampler",
        minutes=12,
        difficulty="hard",
        starter="def draw(logits, temperature, k, p, count):\n    ...",
        answer="draw",
        check=_check_draw,
        context=_TORCH,
        expects="a function that returns as many token ids as `count` says",
        hints=(
            "Temperature first, then softmax, then your two filters in this order; each works on what the one before "
            "left. You may call `top_k` and `top_p`.",
            "`torch.multinomial(probabilities, count, replacement=True)` draws places with their probabilities.",
        ),
        solution=_DRAW,
        wrong=(
            Wrong(
                _changed(
                    _DRAW,
                    ("torch.softmax(logits / temperature, dim=-1)", "torch.softmax(logits, dim=-1) / temperature"),
                ),
                "ignore the temperature",
            ),
            Wrong(
                _changed(_DRAW, ("logits / temperature", "torch.softmax(logits, dim=-1) / temperature")),
                "You took softmax twice",
            ),
            Wrong(_changed(_DRAW, ("logits / temperature", "logits * temperature")), "You multiplied by"),
            Wrong(
                _changed(
                    _DRAW,
                    ("logits / temperature", "logits"),
                    ("torch.multinomial(ordered", "torch.multinomial(ordered ** (1 / temperature)"),
                ),
                "The temperature came last",
            ),
            Wrong(
                _changed(
                    _DRAW,
                    ("    ordered[k:] = 0\n    ordered = ordered / ordered.sum()\n", ""),
                    ("    return", "    ordered[k:] = 0\n    return"),
                ),
                "top-p before top-k",
            ),
            Wrong(
                _changed(_DRAW, (".cumsum(0) - ordered >= p", ".cumsum(0) > p + 1e-6")), "that crosses p never comes"
            ),
            Wrong(_changed(_DRAW, ("    ordered[k:] = 0\n", "")), "know no top-k"),
            Wrong(_changed(_DRAW, ("    ordered[ordered.cumsum(0) - ordered >= p] = 0\n", "")), "know no top-p"),
            Wrong(
                "def draw(logits, temperature, k, p, count):\n"
                "    return torch.multinomial((logits / temperature).softmax(-1), count, replacement=True)",
                "neither filter",
            ),
            Wrong(_changed(_DRAW, ("multinomial(ordered", "multinomial((ordered > 0).float()")), "equally often"),
            Wrong(
                "def draw(logits, temperature, k, p, count):\n    return logits.argmax().repeat(count)",
                "that is greedy",
            ),
            Wrong(
                _changed(_DRAW, ("places[torch.multinomial", "(torch.multinomial"), ("=True)]", "=True))")), "by rank"
            ),
            Wrong(_changed(_DRAW, ("count):\n", "count):\n    torch.manual_seed(0)\n")), "do not set a seed"),
            Wrong(_changed(_DRAW, (", replacement=True", "")), "without replacement", status="error in your code"),
            Wrong(_changed(_DRAW, ("ordered, count, replacement=True", "ordered, 1")), "whole numbers from 0 to 7"),
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
    ),
    Exercise(
        id="8.4",
        title="Presence and frequency",
        minutes=7,
        difficulty="medium",
        starter="def penalise(scores, written, presence, frequency):\n    ...",
        answer="penalise",
        check=_check_penalise,
        context=_TORCH,
        expects="a function that returns a tensor of scores",
        hints=(
            "Count how often each token of the vocabulary stands in `written`; most counts are 0.",
            "`scores - frequency * counts - presence * (counts > 0)`, with `counts` as a tensor as long as `scores`.",
        ),
        solution=_PENALISE,
        wrong=(
            Wrong(
                _changed(_PENALISE, ("- frequency", "+ frequency"), ("- presence", "+ presence")), "The sign is wrong"
            ),
            Wrong(
                "def penalise(scores, written, presence, frequency):\n    return scores",
                "Nothing changed",
            ),
            Wrong(_changed(_PENALISE, ("presence * (counts > 0)", "presence * counts")), "once a token"),
            Wrong(_changed(_PENALISE, ("frequency * counts", "frequency * (counts > 0)")), "for *each time*"),
            Wrong(_changed(_PENALISE, (" - presence * (counts > 0)", "")), "presence penalty is missing"),
            Wrong(_changed(_PENALISE, (" - frequency * counts", "")), "frequency penalty is missing"),
            Wrong(_changed(_PENALISE, ("* counts", "* counts / max(len(written), 1)")), "You took the *share*"),
            Wrong(_changed(_PENALISE, ("presence * (counts > 0)", "presence")), "that were never written"),
            Wrong(
                "def penalise(scores, written, presence, frequency):\n"
                "    counts = torch.tensor([written.count(token) for token in range(len(scores))])\n"
                "    lost = frequency * counts + presence * (counts > 0)\n"
                "    return torch.where(scores < 0, scores + lost, scores - lost)",
                "Negative scores went up",
            ),
        ),
        alternatives=(
            "from collections import Counter\n"
            "def penalise(scores, written, presence, frequency):\n"
            "    scores = scores.clone()\n"
            "    for token, count in Counter(written).items():\n"
            "        scores[token] -= presence + frequency * count\n"
            "    return scores",
            "def penalise(scores, written, presence, frequency):\n"
            "    counts = torch.bincount(torch.tensor(written, dtype=torch.long), minlength=len(scores))\n"
            "    return scores - frequency * counts - presence * counts.clamp(max=1)",
        ),
        note="So OpenAI's API defines the two; servers differ in whether the prompt counts as written.",
    ),
    Exercise(
        id="8.5",
        title="The best beam",
        minutes=5,
        difficulty="easy",
        starter="def best_beam(beams, length_penalty):\n    ...",
        answer="best_beam",
        check=_check_beams,
        expects="a function that returns the place of the best beam",
        hints=(
            "The score of one beam is `sum(beam) / len(beam) ** length_penalty`.",
            "Make the list of all scores, then `scores.index(max(scores))`.",
        ),
        solution=_BEST_BEAM,
        wrong=(
            Wrong(_changed(_BEST_BEAM, (" / len(beam) ** length_penalty", "")), "You compare the sums"),
            Wrong(_changed(_BEST_BEAM, (" ** length_penalty", "")), "You take the mean"),
            Wrong(
                _changed(_BEST_BEAM, ("sum(beam) / len(beam) **", "(sum(beam) / len(beam)) **")), "You raised the mean"
            ),
            Wrong(_changed(_BEST_BEAM, (" / len", " * len")), "You multiply by"),
            Wrong(_changed(_BEST_BEAM, ("max(", "min(")), "the *worst* beam"),
            Wrong(_changed(_BEST_BEAM, ("sum(beam) / len(beam) ** length_penalty", "beam[-1]")), "the last token only"),
            Wrong(
                _changed(_BEST_BEAM, ("sum(beam) / len(beam) ** length_penalty", "max(beam)")), "the best token of each"
            ),
            Wrong(
                "import math\n" + _changed(_BEST_BEAM, ("sum(beam)", "sum(math.exp(x) for x in beam)")),
                "You added probabilities",
            ),
        ),
        alternatives=(
            "def best_beam(beams, length_penalty):\n"
            "    best, place = None, None\n"
            "    for i, beam in enumerate(beams):\n"
            "        score = sum(beam) * len(beam) ** -length_penalty\n"
            "        if best is None or score > best:\n"
            "            best, place = score, i\n"
            "    return place",
        ),
        note="Sums are negative: dividing by more brings them nearer to 0, so a larger penalty favours *longer* texts.",
    ),
    Exercise(
        id="8.6",
        title="Stop strings across tokens",
        minutes=6,
        difficulty="medium",
        starter="def until(pieces, stops):\n    ...",
        answer="until",
        check=_check_until,
        expects="a function that returns one text",
        hints=(
            'A stop string need not be one piece: join the pieces with `"".join(pieces)` first.',
            "`text.find(stop)` is the place where it begins, -1 if it is not there; cut at the smallest real place.",
        ),
        solution=_UNTIL,
        wrong=(
            Wrong(
                "def until(pieces, stops):\n"
                '    text = ""\n'
                "    for piece in pieces:\n"
                "        if any(stop in piece for stop in stops):\n"
                "            break\n"
                "        text += piece\n"
                "    return text",
                "You searched piece by piece",
            ),
            Wrong(
                "def until(pieces, stops):\n"
                '    text = ""\n'
                "    for piece in pieces:\n"
                "        text += piece\n"
                "        if any(stop in text for stop in stops):\n"
                "            break\n"
                "    return text",
                "is still there",
            ),
            Wrong(
                "def until(pieces, stops):\n"
                '    text = "".join(pieces)\n'
                "    return text[: min([text.find(stop) for stop in stops], default=len(text))]",
                "the last character is lost",
            ),
            Wrong(
                "def until(pieces, stops):\n"
                '    text = "".join(pieces)\n'
                "    for stop in stops:\n"
                "        if stop in text:\n"
                "            return text[: text.index(stop)]\n"
                "    return text",
                "not the first of the list",
            ),
            Wrong(_changed(_UNTIL, ("text.find(stop)", "text.rfind(stop)")), "where it comes *first*"),
            Wrong(
                "def until(pieces, stops):\n"
                '    text = "".join(pieces)\n'
                "    found = [text.find(stop) for stop in stops]\n"
                "    return text[: min([place for place in found if place > 0], default=len(text))]",
                "may begin with a stop string",
            ),
            Wrong(_changed(_UNTIL, ('"".join(pieces)', '"".join(pieces).strip()')), "White space at the beginning"),
            Wrong(_changed(_UNTIL, ("default=len(text))]", "default=len(text))].split()")), "should return one text"),
            Wrong(_changed(_UNTIL, (", default=len(text)", "")), "empty", status="error in your code"),
        ),
        alternatives=(
            "def until(pieces, stops):\n"
            '    text = "".join(pieces)\n'
            "    for stop in stops:\n"
            "        text = text.split(stop)[0]\n"
            "    return text",
            "def until(pieces, stops):\n"
            '    text = "".join(pieces)\n'
            "    for end in range(len(text)):\n"
            "        if any(text.startswith(stop, end) for stop in stops):\n"
            "            return text[:end]\n"
            "    return text",
        ),
        note="While streaming, the last characters must wait until they can no longer begin a stop string.",
    ),
    Exercise(
        id="8.7",
        title="Decode with a cache",
        minutes=12,
        difficulty="hard",
        starter="@torch.no_grad()\ndef cached_greedy(model, ids, steps):\n    ...",
        answer="cached_greedy",
        check=_check_loop,
        context=_TORCH,
        expects="a function that returns the ids of the prompts and of the new tokens",
        hints=(
            "Prefill: `out = model(ids)`. Then each step: `new = out.logits[:, -1:].argmax(-1)`, `[rows, 1]`, joined "
            "to `ids` with `torch.cat([ids, new], dim=1)`.",
            "Decode: `out = model(new, past_key_values=out.past_key_values)` reads one token a row; the model knows "
            "its position by the length of the cache.",
        ),
        solution=_LOOP,
        wrong=(
            Wrong(
                _changed(_LOOP, ("model(new, past_key_values=out.past_key_values)", "model(ids)")),
                "read the whole text again: hand on",
            ),
            Wrong(_changed(_LOOP, ("model(new, ", "model(ids, ")), "*and* the whole text"),
            Wrong(_changed(_LOOP, (", past_key_values=out.past_key_values", "")), "without the cache: the model saw"),
            Wrong(
                _changed(
                    _LOOP,
                    ("model(new, ", "model(new, position_ids=torch.full_like(new, ids.shape[1]), "),
                ),
                "Your position is off",
            ),
            Wrong(_changed(_LOOP, ("out.logits[:, -1:]", "out.logits[:, :1]")), "expected"),
            Wrong(
                _changed(
                    _LOOP, ("out.logits[:, -1:].argmax(-1)", "out.logits[:1, -1:].argmax(-1).repeat(len(ids), 1)")
                ),
                "take the best token of *each* row",
            ),
            Wrong(
                "@torch.no_grad()\n"
                "def cached_greedy(model, ids, steps):\n"
                "    cache = model(ids).past_key_values\n"
                "    for _ in range(steps):\n"
                "        out = model(ids[:, -1:], past_key_values=cache)\n"
                "        ids = torch.cat([ids, out.logits.argmax(-1)], dim=1)\n"
                "    return ids",
                "the prompt's last token again",
            ),
            Wrong(
                "@torch.no_grad()\n"
                "def cached_greedy(model, ids, steps):\n"
                "    out = model(ids)\n"
                "    for _ in range(steps):\n"
                "        new = out.logits[:, -1:].argmax(-1)\n"
                "        out = model(new, past_key_values=out.past_key_values)\n"
                "        ids = torch.cat([ids, out.logits.argmax(-1)], dim=1)\n"
                "    return ids",
                "The first new token is missing",
            ),
            Wrong(_changed(_LOOP, ("return ids", "return ids[:, -steps:]")), "the new tokens only"),
            Wrong(_changed(_LOOP, ("range(steps)", "range(steps - 1)")), "new tokens were asked for"),
            Wrong(
                _changed(_LOOP, ("    return ids", "    return ids[0]")),
                "should return a tensor",
            ),
            Wrong(
                _changed(
                    _LOOP,
                    (
                        "    out = model(ids)\n",
                        "    out = model(ids[:, :1])\n"
                        "    for i in range(1, ids.shape[1]):\n"
                        "        out = model(ids[:, i : i + 1], past_key_values=out.past_key_values)\n",
                    ),
                ),
                "went in piece by piece",
            ),
            Wrong(
                _changed(_LOOP, ("    out = model(ids)\n", "    out = model(ids[:, -1:])\n")),
                "never went into the model as a whole",
            ),
            Wrong(
                "def cached_greedy(model, ids, steps):\n"
                "    return model.generate(ids, max_new_tokens=steps, do_sample=False)",
                "without `generate`",
                status="error in your code",
            ),
        ),
        alternatives=(
            "from transformers import DynamicCache\n"
            "def cached_greedy(model, ids, steps):\n"
            "    cache, new = DynamicCache(), ids\n"
            "    for _ in range(steps):\n"
            "        with torch.no_grad():\n"
            "            logits = model(input_ids=new, past_key_values=cache, use_cache=True).logits\n"
            "        new = logits[:, -1].argmax(-1, keepdim=True)\n"
            "        ids = torch.cat([ids, new], dim=-1)\n"
            "    return ids",
            "@torch.no_grad()\n"
            "def cached_greedy(model, ids, steps):\n"
            "    out, written = model(ids, logits_to_keep=1), [ids]\n"
            "    for step in range(steps):\n"
            "        written.append(out.logits[:, -1:].argmax(-1))\n"
            "        place = torch.full_like(written[-1], ids.shape[1] + step)\n"
            "        out = model(written[-1], past_key_values=out.past_key_values, position_ids=place)\n"
            "    return torch.cat(written, dim=1)",
        ),
        note="Checked on a tiny Llama with random weights; the next cell holds it against `generate` on SmolLM2.",
    ),
    Exercise(
        id="8.8",
        title="How long does one wait?",
        minutes=5,
        difficulty="easy",
        starter="def latency(start, arrivals):\n    ...",
        answer="latency",
        check=_check_latency,
        expects="a function that returns three numbers",
        hints=(
            "The first number needs `start` and the first arrival, the second the arrivals alone, the third all.",
            "Between *n* tokens lie *n* - 1 gaps; with a single token there is none, and the time per token is 0.",
        ),
        solution=_LATENCY,
        wrong=(
            Wrong(_changed(_LATENCY, ("/ (count - 1)", "/ count")), "have four gaps"),
            Wrong(_changed(_LATENCY, ("(last - first) / (count - 1)", "(last - start) / count")), "*further* token"),
            Wrong(_changed(_LATENCY, ("(last - first) / (count - 1)", "arrivals[1] - first")), "a single gap"),
            Wrong(_changed(_LATENCY, ("(last - first)", "(last - start)")), "but they begin at the first token"),
            Wrong(_changed(_LATENCY, (" / (count - 1)", "")), "divide it by the number of gaps"),
            Wrong(_changed(_LATENCY, ("first - start,", "first,")), "when the clock was zero"),
            Wrong(_changed(_LATENCY, ("count / (last - start)", "1 / each if each else 0")), "not 1 / time per token"),
            Wrong(_changed(_LATENCY, ("count / (last - start)", "(count - 1) / (last - start)")), "five were written"),
            Wrong(
                _changed(_LATENCY, ("count / (last - start)", "count / (last - first) if count > 1 else 0")),
                "not from the first token",
            ),
            Wrong(_changed(_LATENCY, ("count / (last - start)", "(last - start) / count")), "That is seconds a token"),
            Wrong(
                _changed(
                    _LATENCY,
                    ("first - start, each, count / (last - start)", "first - start, count / (last - start), each"),
                ),
                "in another order",
            ),
            Wrong(_changed(_LATENCY, (" if count > 1 else 0", "")), "ZeroDivisionError", status="error in your code"),
        ),
        alternatives=(
            "def latency(start, arrivals):\n"
            "    gaps = [b - a for a, b in zip(arrivals, arrivals[1:])]\n"
            "    mean = sum(gaps) / len(gaps) if gaps else 0.0\n"
            "    return [arrivals[0] - start, mean, len(arrivals) / (arrivals[-1] - start)]",
        ),
        note="A chat needs a short first wait and a steady flow; a nightly job only throughput.",
    ),
    Exercise(
        id="8.9",
        title="A conversation that fits",
        minutes=6,
        difficulty="medium",
        starter="def turns_kept(system, turns, limit, new):\n    ...",
        answer="turns_kept",
        check=_check_fit,
        expects="a function that returns a list of places",
        hints=(
            "The room for turns is what the limit leaves after the system message and the tokens to be written.",
            "Go from the newest turn back, adding up, and stop at the first that no longer fits.",
        ),
        solution=_FIT,
        wrong=(
            Wrong(_changed(_FIT, (" - new", "")), "still to be written"),
            Wrong(_changed(_FIT, (" - system", "")), "the system message fills"),
            Wrong(_changed(_FIT, ("<= room", "< room")), "exactly full"),
            Wrong(_changed(_FIT, ("range(first, len(turns))", "range(first + 1, len(turns) + 1)")), "has place 0"),
            Wrong(
                "def turns_kept(system, turns, limit, new):\n"
                "    room, kept = limit - system - new, []\n"
                "    for place in range(len(turns) - 1, -1, -1):\n"
                "        if turns[place] <= room:\n"
                "            kept.insert(0, place)\n"
                "            room -= turns[place]\n"
                "    return kept",
                "and took an older one",
            ),
            Wrong(
                "def turns_kept(system, turns, limit, new):\n"
                "    room, last = limit - system - new, 0\n"
                "    while last < len(turns) and sum(turns[: last + 1]) <= room:\n"
                "        last += 1\n"
                "    return list(range(last))",
                "You kept the oldest turns",
            ),
            Wrong(
                _changed(_FIT, ("list(range(first, len(turns)))", "list(range(len(turns) - 1, first - 1, -1))")),
                "the newest first",
            ),
            Wrong(_changed(_FIT, ("list(range(first, len(turns)))", "turns[first:]")), "You return lengths"),
            Wrong(
                "def turns_kept(system, turns, limit, new):\n"
                "    fits = system + sum(turns) + new <= limit\n"
                "    return list(range(len(turns))) if fits else []",
                "You gave up",
            ),
        ),
        alternatives=(
            "def turns_kept(system, turns, limit, new):\n"
            "    kept = list(range(len(turns)))\n"
            "    while kept and system + new + sum(turns[i] for i in kept) > limit:\n"
            "        kept.pop(0)\n"
            "    return kept",
        ),
        note="Dropping is the simplest remedy; others summarise the old turns, or look up what is needed.",
    ),
]
