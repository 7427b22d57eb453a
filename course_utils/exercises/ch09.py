"""Exercises of notebook 09, bias and limits: scores of words, true pairs, statistics, swaps, calibration, cards."""

import re
from os.path import commonprefix

from .answers import as_list, as_number, as_text, call, close, describe, is_a, shape
from .records import Choice, Exercise, Option, Wrong

_NUMPY = "import numpy as np\n"

# --- 9.1 the log-probability of a word of several pieces ------------------------------------------------------


def _toy_model():
    """A causal model over twelve tokens whose logits depend on every token read so far, the last most."""
    from types import SimpleNamespace

    import torch

    generator = torch.Generator().manual_seed(9)
    table = 3 * torch.randn(12, 12, generator=generator)

    class Toy(torch.nn.Module):
        device = table.device

        def __init__(self):
            super().__init__()
            self.table = torch.nn.Parameter(table)  # some ask the parameters for the device

        def forward(self, input_ids, **others):
            read = table[input_ids]  # [batch, tokens, vocabulary]
            before = read.cumsum(1) - read
            return SimpleNamespace(logits=read + before.roll(1, -1) / 2)

    return Toy()


def _check_word(answer) -> str | None:
    import torch

    model, context, word = _toy_model(), [3, 8, 1, 5], [7, 2, 10]
    value = call(answer, model, context, word)
    number = as_number(value)
    if number is None:
        return f"Your function should return one number, the log-probability of the word; given: {describe(value)}."
    steps = model(torch.tensor([context + word])).logits[0].log_softmax(-1)
    pieces = [steps[3 + i, piece].item() for i, piece in enumerate(word)]
    inside = [steps[i, token].item() for i, token in enumerate(context[1:])]
    late = [steps[4 + i, piece].item() for i, piece in enumerate(word)]
    alone = model(torch.tensor([word])).logits[0].log_softmax(-1)
    apart = [steps[3, piece].item() for piece in word]
    raw = model(torch.tensor([context + word])).logits[0]
    for guess, says in (
        (pieces[0], "That is the first piece only; a word of three pieces is three steps: add them all."),
        (
            sum(pieces) / 3,
            "That is the mean of the pieces; the probability of the word is the product, so add the logs.",
        ),
        (sum(pieces) + sum(inside), "You scored the context, too: add only the pieces of the word."),
        (sum(late), "You look one place too far: the logits at position i are about token i + 1."),
        (sum(apart), "All pieces were scored right after the context; each must see the pieces before it."),
        (sum(alone[i, piece].item() for i, piece in enumerate(word[1:])), "The context is missing: put it in front."),
        (-sum(pieces), "That is the loss; the log-probability of a word is below zero."),
        (sum(pieces) / 0.6931472, "Those are bits; use the natural logarithm, as `log_softmax` does."),
        (sum(raw[3 + i, piece].item() for i, piece in enumerate(word)), "Those are logits: `log_softmax` first."),
        (sum(torch.tensor(pieces).exp()).item(), "You added probabilities; add their logarithms."),
        (torch.tensor(pieces).sum().exp().item(), "That is the probability; return its natural logarithm."),
    ):
        if close(number / guess, 1, 1e-3):  # relative: a probability is nearly 0
            return says
    if not close(number, sum(pieces), 1e-3):
        return f"Expected {sum(pieces):.3f} for a word of three pieces after four tokens; given: {describe(value)}."
    if not close(as_number(call(answer, model, [4], [6])), model(torch.tensor([[4]])).logits[0, 0].log_softmax(-1)[6]):
        return "For a word of one piece after a single token it goes wrong."
    return None


# --- 9.2 pairs that differ in the group only ------------------------------------------------------------------

# Words for a woman and for a man; "her" has two partners. Endings count too: *granddaughter*, *boys*.
_PARTNERS = """woman man, women men, girl boy, she he, her his, her him, hers his, herself himself, female male,
mother father, mum dad, mom dad, mummy daddy, mommy daddy, ma pa, grandma granddad, grandma grandad, granny grandpa,
sister brother, daughter son, aunt uncle, auntie uncle, niece nephew, wife husband, wives husbands, bride groom,
bride bridegroom, fiancée fiancé, widow widower, girlfriend boyfriend, lady gentleman, ladies gentlemen, lady lord,
madam sir, mrs mr, ms mr, miss mr, gal guy, lass lad, queen king, princess prince, duchess duke, heroine hero,
actress actor, waitress waiter, stewardess steward, hostess host, nun monk, witch wizard,
princesses princes, heroines heroes, actresses actors, waitresses waiters"""
_BOTH = {tuple(pair.split()) for pair in _PARTNERS.split(",")}
_PRONOUNS = {"she", "he", "her", "his", "him", "hers", "herself", "himself"}


def _check_pairs(answer) -> str | None:
    given = as_list(answer)
    if given is None or not all(is_a(pair, list, tuple) and len(pair) == 2 for pair in given):
        return f"`pairs` should be a list of pairs of sentences; given: {describe(answer)}."
    pairs = [tuple(as_text(side) for side in pair) for pair in given[:100]]
    if any(not side for pair in pairs for side in pair):
        return "Each pair holds two texts, and neither may be empty."
    if any(len(side) > 500 for pair in pairs for side in pair):
        return "One sentence a side is enough: keep each below 500 characters."
    stories = []
    for first, second in pairs:
        a, b = _split(first), _split(second)
        if says := _pair_problem(a, b):
            return f"{says} Your pair: {first[:60]!r}, {second[:60]!r}."
        stories.append([x.lower() for x, y in zip(a[1::2], b[1::2], strict=True) if x == y])
    if any(story in stories[:i] for i, story in enumerate(stories)):
        return "Two of your pairs tell the same story: change more than the woman."
    return f"Four pairs are wanted; given: {len(pairs)}." if len(pairs) < 4 else None


def _split(text: str) -> list[str]:
    """Words at the odd places, what stands between them at the even ones."""
    return re.split(r"([^\W_]+)", text)


def _pair_problem(a: list[str], b: list[str]) -> str | None:
    if a == b:
        return "The two sentences are the same."
    if len(a) != len(b):
        return "The two sentences do not have the same number of words, so more than the group differs."
    if a[::2] != b[::2]:
        return "The marks or spaces between the words differ, and a model sees those, too."
    for x, y in zip(a[1::2], b[1::2], strict=True):
        if _partners(y, x):
            return "The woman comes first, in every pair and in every word."
        if x != y and not _partners(x, y):
            return f"More than the group differs, or it is a pair unknown here: {x!r} against {y!r}."
    same = sorted({x.lower() for x, y in zip(a[1::2], b[1::2], strict=True) if x == y} & _PRONOUNS)
    if same:
        return (
            f"{same[0]!r} stands in both sentences: if it means the woman or the man, change it; if it means "
            "somebody else, name them."
        )
    return None


def _partners(woman: str, man: str) -> bool:
    if (woman.istitle(), woman.isupper()) != (man.istitle(), man.isupper()):
        return False
    a, b = woman.lower(), man.lower()
    if (a, b) not in _BOTH and a[-1] == b[-1] == "s":
        a, b = a[:-1], b[:-1]
    start = len(commonprefix((a, b)))  # *step* mother, *business* woman
    return bool({(a, b), (a[start:], b[start:])} & _BOTH)


# --- 9.3 a bootstrap interval ---------------------------------------------------------------------------------

_SKEWED = [0.1, 0.3, 0.2, 0.9, 1.4, 0.6, 0.4, 2.8, 0.7, 1.1, 0.5, 1.9, 0.8, 3.6, 0.2, 1.2]


def _check_bootstrap(answer) -> str | None:
    import numpy as np

    values = np.array(_SKEWED)
    value = call(answer, values)
    ends = as_list(value)
    if ends is None or shape(ends) != (2,) or not np.isfinite(np.array(ends, dtype=float)).all():
        return f"Your function should return two numbers, the low and the high end; given: {describe(value)}."
    low, high = (float(end) for end in ends)
    error = values.std() / len(values) ** 0.5
    wide, middle = (high - low) / error, (low + high) / 2 - values.mean()
    if low > high:
        return "The ends are swapped: return the low one first."
    if wide < 0.05:
        return "Both ends are the same: draw with replacement, so that some values come twice and others not at all."
    if abs(middle + values.mean()) < 0.35 * error:
        return "Your interval is centred on 0, and so is about the errors; return the percentiles of the means."
    if wide > 8:
        return "That is the spread of the values; take the mean of each resample, and the percentiles of the means."
    expected = f"Expected about 0.62 and 1.56 for {_SKEWED[:4]} and so on; given: {low:.2f} and {high:.2f}."
    if abs(middle) > 0.5 * error:
        return expected
    if wide > 5.2:
        return "The interval is too wide: each resample should be as large as the data."
    if wide < 1.5:
        return "The interval is far too narrow: each resample should have as many values as the data, not more."
    if wide < 2.6:
        return "That is one standard error to each side, about 68 %; 95 % lie between the percentiles 2.5 and 97.5."
    if wide < 3.55:
        return "That is a 90 % interval: cut off 2.5 % on each side."
    if wide > 4.4:
        return expected
    for data, says, (bottom, low), (high, top) in (
        # One of sixteen: means are 0, 1/16, 2/16 …, a skew that no interval of mean and standard error shows.
        ([0.0] * 15 + [1.0], "fifteen zeros and a one expected 0.00 and 0.19", (-1e-6, 1e-6), (0.15, 0.3)),
        (np.tile(values, 4) + 100, "64 values expected about 100.80 and 101.29", (100.75, 100.86), (101.22, 101.36)),
    ):
        value = call(answer, np.array(data))
        ends = as_list(value)
        if shape(ends) != (2,) or not (bottom <= ends[0] <= low and high <= ends[1] <= top):
            return (
                f"For {says}; given: {describe(ends or value)}. Return the percentiles of the means themselves, each "
                "of as many values as there are, drawn with replacement."
            )
    return None


# --- 9.4 a permutation test by flipped signs ------------------------------------------------------------------


def _check_flips(answer) -> str | None:
    import numpy as np

    # Sums of these numbers are exact, so that whoever compares without a tolerance is right, too.
    mixed = [2.0, 1.5, -0.25, -0.5, 1.75, -0.125, 0.25, -0.375]
    known = _share_of_flips(mixed)
    numbers = []
    for data in (mixed, [0.25, 1.125, 0.5, 0.75, 1.0, 0.375], [-1.0] * 6):
        value = call(answer, np.array(data))
        numbers.append(as_number(value))
        if numbers[-1] is None or not 0 <= numbers[-1] <= 1:
            return (
                f"Your function should return one number from 0 to 1, a share of all flips; given: {describe(value)}."
            )
    p, positive, negative = numbers
    if positive == 0 or negative == 0:
        return (
            "You returned 0, but no flip at all, which is one of the possible ones, already gives the observed mean: "
            "count means that are at least as large."
        )
    if positive > 0.99 and negative > 0.99:
        return (
            "Every trial was as far from 0 as the data: shuffling does not change a mean, nor does one sign for all; "
            "flip each sign on its own."
        )
    if abs(positive - 63 / 64) < 0.03 or abs(positive - 62 / 64) < 0.03:
        return "You counted the flips with a smaller mean; count those that are at least as extreme."
    if abs(positive - 1 / 64) < 0.009 and negative > 0.9:
        return "You looked at one side only, so that a negative difference never counts: compare without the sign."
    if max(abs(positive - 1 / 64), abs(negative - 1 / 64)) < 0.009 and abs(p - known / 2) < 0.02:
        return (
            "You looked at one side only: compare the means without their signs, `abs`. (And each sign is 1 or -1; "
            "with 1 and 0 it looks the same.)"
        )
    if max(abs(positive - 2 / 64), abs(negative - 2 / 64)) > 0.015:
        return f"For six positive differences 2 flips of 64 are as extreme, p = 0.031; given: {positive:.3f}."
    if abs(p - known) > 0.045:
        return f"For {mixed} expected {known:.3f}, or near it; given: {p:.3f}."
    return None


def _share_of_flips(values) -> float:
    from itertools import product

    means = [abs(sum(v * s for v, s in zip(values, signs, strict=True))) for signs in product((1, -1), repeat=8)]
    return sum(mean >= abs(sum(values)) - 1e-9 for mean in means) / len(means)


# --- 9.5 Holm -------------------------------------------------------------------------------------------------


def _check_holm(answer) -> str | None:
    p = [0.04, 0.001, 0.3, 0.012, 0.011, 0.6]
    right = [0.12, 0.006, 0.6, 0.055, 0.055, 0.6]
    value = call(answer, p)
    found = as_list(value)
    if found is None or shape(found) != (6,):
        return f"Your function should return as many numbers as it gets; given: {describe(value)}."
    order = sorted(range(6), key=lambda i: p[i])
    uncapped = [0.12, 0.006, 0.6, 0.055, 0.055, 0.6]
    for guess, says in (
        (p, "Nothing was corrected: with six words the smallest p is multiplied by 6."),
        ([min(1, 6 * x) for x in p], "That is Bonferroni, every p times 6; Holm multiplies the next ones by 5, 4, 3 …"),
        ([6 * x for x in p], "Every p was multiplied by 6, even beyond 1; Holm multiplies the next ones by 5, 4, 3 …"),
        ([right[i] for i in order], "Your results are sorted by size; keep the order in which the p came."),
        ([0.12, 0.006, 0.6, 0.048, 0.055, 0.6], "A larger p came out below a smaller one: take the largest so far."),
        (
            [0.16, 0.001, 1.5, 0.036, 0.022, 3.6],
            "You multiplied the smallest by 1 and the largest by 6: the other way.",
        ),
        ([0.06, 0.006, 0.36, 0.024, 0.033, 0.6], "That is n / rank, as for false discoveries (Benjamini-Hochberg)."),
        ([0.06, 0.006, 0.36, 0.024, 0.024, 0.6], "That is n / rank, as for false discoveries (Benjamini-Hochberg)."),
    ):
        if close(found, guess, 1e-4):
            return says
    if not close(found, uncapped, 1e-4):
        return f"For {p} expected {right}; given: {describe(value)}."
    many = call(answer, [0.9, 0.8, 0.7])
    if not close(many, [1, 1, 1]):
        return f"No probability is above 1: for 0.9, 0.8 and 0.7 all three are 1; given: {describe(many)}."
    equal = call(answer, [0.02, 0.5, 0.02])
    if not close(equal, [0.06, 0.5, 0.06]):
        return f"For two equal p in [0.02, 0.5, 0.02] expected [0.06, 0.5, 0.06]; given: {describe(equal)}."
    return None


# --- 9.6 swap the group words ---------------------------------------------------------------------------------

_SWAPS = {"woman": "man", "she": "he", "her": "his", "mother": "father", "girl": "boy"}
_SWAPPED = (
    ("The woman walks home.", "The man walks home."),
    ("My father cooks.", "My mother cooks."),
    ("She knows that he is here.", "He knows that she is here."),
    ("Another human theme: the she-wolf.", "Another human theme: the he-wolf."),
    ("A boy, his  mother\nand her friend.", "A girl, her  father\nand his friend."),
    ("WOMAN AND BOY", "MAN AND GIRL"),
)


def _check_swap(answer) -> str | None:
    results = [as_text(call(answer, text, _SWAPS)) for text, _ in _SWAPPED]
    if None in results:
        return "Your function should return a text."
    if max(map(len, results)) > 200:
        return "Your function should return the text once, with some words swapped; a far longer one came out."
    rights = [right for _, right in _SWAPPED]
    if results == rights:
        other = as_text(call(answer, "A girl sees the queen.", {"queen": "king"}))
        if other != "A girl sees the king.":
            return f'Swap what `partners` says: with {{"queen": "king"}} "A girl sees the queen." became {other!r}.'
        return None
    if any(part in result.lower() for result in results for part in ("tshe", "sshe", "hise", "wowo", "huwo")):
        return f"Whole words only: *she* and *the* hold *he*, *woman* holds *man*; given: {results[0]!r}."
    if results[0].lower() == _SWAPPED[0][0].lower():
        return f"Nothing was swapped in {_SWAPPED[0][0]!r}, or swapped and swapped back: go through the text once."
    if results[1] == _SWAPPED[1][0]:
        return f"{_SWAPPED[1][0]!r} should become {rights[1]!r}: the swap goes both ways."
    if results[2].lower() == rights[2].lower() and results[2] != rights[2] or results[2].startswith("She"):
        return f"A capital was lost, or hid a word from you: {_SWAPPED[2][0]!r} became {results[2]!r}."
    if "she-wolf" in results[3]:
        return f"A word may also end at a hyphen or a comma: {_SWAPPED[3][0]!r} became {results[3]!r}."
    if results[:5] == rights[:5]:
        return f"A word all in capitals keeps them: {_SWAPPED[5][0]!r} became {results[5]!r}."
    i = next(i for i, result in enumerate(results) if result != rights[i])
    return f"{_SWAPPED[i][0]!r} should become {rights[i]!r}; given: {results[i]!r}."


# --- 9.7 expected calibration error ---------------------------------------------------------------------------


def _check_calibration(answer) -> str | None:
    import numpy as np

    # Three bins; in the second, and between the second and third, wider or narrower bins give something else.
    sure = np.array([0.55] * 10 + [0.81] * 10 + [0.89] * 10 + [0.97] * 60)
    right = np.array([1] * 8 + [0] * 2 + [1] * 18 + [0] * 2 + [1] * 48 + [0] * 12)
    value = call(answer, sure, right)
    number = as_number(value)
    if number is None:
        return f"Your function should return one number; given: {describe(value)}."
    gaps, sizes = np.array([0.25, 0.05, -0.17]), np.array([10, 20, 60])  # share right minus confidence
    for guess, says in (
        (abs(gaps).mean(), "Every bin counted the same; weigh each gap by the share of the sentences in its bin."),
        (
            abs(gaps).sum() / 10,
            "You divided by the number of bins; weigh each gap by the share of the sentences in it.",
        ),
        (abs(gaps).sum(), "You added up the gaps; weigh each one by the share of the sentences in its bin."),
        (abs(gaps).max(), "That is the largest gap; the mean over all sentences is wanted."),
        (abs((gaps * sizes).sum()) / 90, "Gaps of opposite sign cancelled out: take each one without its sign first."),
        ((gaps * sizes).sum() / 90, "Gaps of opposite sign cancelled out: take each one without its sign first."),
        (-(gaps * sizes).sum() / 90, "Gaps of opposite sign cancelled out: take each one without its sign first."),
        ((abs(gaps) * sizes).sum(), "Divide by the number of all sentences."),
        ((gaps**2 * sizes).sum() / 90, "You squared the gaps; take them without their sign."),
        (abs(sure - right).mean(), "Compare bins, not single sentences: one answer is either right or wrong."),
    ):
        if close(number, guess, 1e-3):
            return says
    if number != number:
        return "NaN came out: an empty bin has no mean, so leave it out."
    if not close(number, (abs(gaps) * sizes).sum() / 90, 1e-3):
        return f"Expected {(abs(gaps) * sizes).sum() / 90:.3f} here, with bins of a tenth each; given: {number:.3f}."
    if not close(as_number(call(answer, np.array([1.0, 1.0, 0.55, 0.55]), np.array([1, 0, 1, 1]))), 0.475, 1e-3):
        return "A confidence of exactly 1 belongs to the last bin; yours leaves it out."
    return None


# --- 9.8 temperature ------------------------------------------------------------------------------------------


def _check_temperature(answer) -> str | None:
    import torch
    from torch.nn import functional as F

    generator = torch.Generator().manual_seed(2)
    labels, places = torch.randint(0, 2, (400,), generator=generator), torch.arange(400)
    # Half too sure, with 17 of 20 right, half too modest, with 19 of 20: the mean confidence, the Brier score and the
    # spread of the logits would each give a T far from that of the cross-entropy.
    margin = torch.where(places < 200, 6.0, 1.0) + 0.2 * torch.randn(400, generator=generator)
    chosen = torch.where(places % 20 >= torch.where(places < 200, 3, 1), labels, 1 - labels)
    soft = 3 * torch.randn(400, 1, generator=generator) + margin[:, None] * F.one_hot(chosen, 2)
    grid = torch.linspace(0.1, 10, 991)
    found = []
    for factor in (2.0, 0.25):
        value = call(answer, factor * soft, labels)
        number = as_number(value)
        if number is None or not number > 0:
            return f"Your function should return one number above 0; given: {describe(value)}."
        losses = torch.stack([F.cross_entropy(factor * soft / t, labels) for t in grid])
        found.append((number, grid[losses.argmin()].item(), losses.min().item()))
    (sharp, best, least), (flat, low, _) = found
    if abs(sharp - best) < 0.15 * best and abs(flat - low) < 0.15 * low:
        return None
    if abs(sharp - 1 / best) < 0.15 / best:
        return f"That is 1 / T: divide the logits by T, do not multiply. Expected about {best:.1f}; given: {sharp:.2f}."
    if close(sharp, least, 2e-2):
        return "You returned the lowest loss; return the T that reaches it."
    if close(sharp, flat, 1e-3):
        return (
            f"You returned {sharp:.3g} for two sets of logits, one eight times the other, but T grows with them: look "
            "at `F.cross_entropy(logits / T, labels)`; accuracy does not change with T."
        )
    if abs(sharp - best) < 0.15 * best:
        return f"Logits can be too small, too: T may be below 1. Expected about {low:.2f}; given: {flat:.2f}."
    if sharp < best and abs(flat - low) < 0.15 * low:
        return f"Search further: these logits need T of about {best:.1f}; given: {sharp:.2f}."
    return f"Expected a T of about {best:.1f}, where the mean cross-entropy is lowest; given: {sharp:.2f}."


# --- 9.9 what a card leaves out -------------------------------------------------------------------------------

_CARD = """---
license: mit
---
# A model of letters

## Uses
Sorts letters of one museum.

## Out-of-scope use

[More Information Needed]

## Training data
4,000 letters; their authors are under ## Bias and limits
of the sheet.

## Evaluation

## Contact sheet
One page a letter.

## Environmental impact
[More Information Needed]
About 3 grams, we think.
"""
_PARTS = ["Uses", "Training data", "Out-of-scope use", "Evaluation", "Environmental impact", "Bias and limits"]
_PARTS += ["Contact"]


def _check_card(answer) -> str | None:
    value = call(answer, _CARD, _PARTS)
    found = as_list(value)
    if found is None or not all(as_text(part) is not None for part in found):
        return f"Your function should return a list of titles; given: {describe(value)}."
    found = [as_text(part) for part in found]
    right = ["Out-of-scope use", "Evaluation", "Bias and limits", "Contact"]
    if found == right:
        if as_list(call(answer, "# Two\n\n## Uses\nNone.\n\n## Limits\n", ["Limits", "Uses"])) == ["Limits"]:
            return None
        return "For a card of two parts it goes wrong: the last one, `Limits`, has no text."
    if found and not set(found) & set(right):
        return f"Those are the parts that are there; return the missing ones. Given: {describe(value)}."
    if set(found) <= {"Bias and limits", "Contact"}:
        return "You looked at the titles only; a part without a text is missing, too."
    if "Environmental impact" in found:
        return "`Environmental impact` has a sentence beside the empty words: it is not missing."
    for part, says in (
        ("Contact", "`Contact`, which has no title in the card at all (`Contact sheet` is another one), is missing."),
        ("Bias and limits", "A title is a line: `## Bias and limits` in the middle of a sentence is none."),
        ("Evaluation", "`Evaluation` has a title and nothing beneath: it is missing, too."),
        ("Out-of-scope use", "`[More Information Needed]` is no text: a part with nothing else is missing."),
    ):
        if part not in found:
            return says
    if extra := [part for part in _PARTS if part in found and part not in right]:
        return f"`{extra[0]}` has a text: it is not missing."
    if sorted(found) == sorted(right):
        return "Keep the order of `parts`."
    return f"Expected {right}; given: {describe(value)}."


_WORD = (
    "def log_probability(model, context, word):\n"
    "    with torch.no_grad():\n"
    "        logits = model(torch.tensor([context + word])).logits[0]  # [tokens, vocabulary]\n"
    "    scores = logits.log_softmax(-1)\n"
    "    start = len(context) - 1\n"
    "    return sum(scores[start + i, piece].item() for i, piece in enumerate(word))"
)
_PAIRS = (
    "pairs = [\n"
    '    ("The woman next door waters the garden.", "The man next door waters the garden."),\n'
    '    ("My aunt left her bag on the train.", "My uncle left his bag on the train."),\n'
    '    ("She reads the paper at six.", "He reads the paper at six."),\n'
    '    ("Mrs Hill teaches the girls and the boys.", "Mr Hill teaches the girls and the boys."),\n'
    "]"
)
_PAIRS = _PAIRS.replace("teaches the girls and the boys", "opens the shop on Mondays")
_BOOT = (
    "def bootstrap(differences):\n"
    "    rng = np.random.default_rng(0)\n"
    "    means = [rng.choice(differences, len(differences)).mean() for _ in range(2000)]\n"
    "    return np.percentile(means, 2.5), np.percentile(means, 97.5)"
)
_FLIPS = (
    "from itertools import product\n\n"
    "def flip_test(differences):\n"
    "    observed = abs(np.mean(differences))\n"
    "    means = [abs(np.mean(differences * np.array(signs))) for signs in product((1, -1), repeat=len(differences))]\n"
    "    return np.mean(np.array(means) >= observed - 1e-9)"
)
_HOLM = (
    "def holm(p):\n"
    "    corrected, largest = [0] * len(p), 0\n"
    "    for rank, i in enumerate(sorted(range(len(p)), key=lambda i: p[i])):\n"
    "        largest = max(largest, min(1, p[i] * (len(p) - rank)))\n"
    "        corrected[i] = largest\n"
    "    return corrected"
)
_SWAP = (
    "import re\n\n"
    "def swap(text, partners):\n"
    "    both = partners | {b: a for a, b in partners.items()}\n"
    "    def other(match):\n"
    "        word = match.group()\n"
    "        new = both.get(word.lower(), word)\n"
    "        if new == word:\n"
    "            return word\n"
    "        return new.upper() if word.isupper() and len(word) > 1 else new.capitalize() if word.istitle() else new\n"
    '    return re.sub(r"\\w+", other, text)'
)
_ECE = (
    "def calibration_error(confidence, right):\n"
    "    error = 0\n"
    "    for low in np.arange(10) / 10:\n"
    "        inside = (confidence > low) & (confidence <= low + 0.1)\n"
    "        if inside.any():\n"
    "            error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())\n"
    "    return error"
)
_HEAT = (
    "def temperature(logits, labels):\n"
    "    choices = torch.linspace(0.1, 10, 500)\n"
    "    losses = torch.stack([F.cross_entropy(logits / t, labels) for t in choices])\n"
    "    return choices[losses.argmin()].item()"
)
_MISSING = (
    "def missing(card, parts):\n"
    "    texts = {}\n"
    '    for section in card.split("\\n## ")[1:]:\n'
    '        title, _, text = section.partition("\\n")\n'
    '        texts[title.strip()] = text.replace("[More Information Needed]", "").strip()\n'
    "    return [part for part in parts if not texts.get(part)]"
)

EXERCISES = [
    Exercise(
        id="9.1",
        title="A word of several pieces",
        minutes=8,
        difficulty="medium",
        starter="def log_probability(model, context, word):\n    ...",
        answer="log_probability",
        check=_check_word,
        context="import torch",
        expects="a function that takes a model and two lists of token ids and returns a number",
        hints=(
            "One call is enough: `model(torch.tensor([context + word])).logits[0]` holds all the steps.",
            "The first piece is predicted at the last place of the context, `len(context) - 1`; add the `log_softmax` "
            "of each piece at the place before it.",
        ),
        solution=_WORD,
        wrong=(
            Wrong(
                _WORD.replace(
                    "sum(scores[start + i, piece].item() for i, piece in enumerate(word))",
                    "scores[start, word[0]].item()",
                ),
                "That is the first piece only",
            ),
            Wrong(_WORD + " / len(word)", "That is the mean of the pieces"),
            Wrong(
                _WORD.replace("start = len(context) - 1", "start = 0").replace(
                    "enumerate(word)", "enumerate((context + word)[1:])"
                ),
                "You scored the context, too",
            ),
            Wrong(_WORD.replace("len(context) - 1", "len(context)"), "You look one place too far"),
            Wrong(_WORD.replace("start + i, piece", "start, piece"), "All pieces were scored right after the context"),
            Wrong(
                _WORD.replace("[context + word]", "[word]")
                .replace("len(context) - 1", "0")
                .replace("enumerate(word)", "enumerate(word[1:])"),
                "The context is missing",
            ),
            Wrong(_WORD.replace("return sum", "return -sum"), "That is the loss"),
            Wrong(_WORD.replace("logits.log_softmax(-1)", "logits"), "Those are logits"),
            Wrong(_WORD.replace("log_softmax", "softmax"), "You added probabilities"),
        ),
        alternatives=(
            "def log_probability(model, context, word):\n"
            "    total = 0.0\n"
            "    for i, piece in enumerate(word):\n"
            "        logits = model(torch.tensor([context + word[:i]])).logits[0, -1]\n"
            "        total = total + logits.log_softmax(-1)[piece].detach()\n"
            "    return total",
        ),
        note="Scored by its first piece, a rare word would share the score of all words that begin like it.",
    ),
    Exercise(
        id="9.2",
        title="Pairs that are pairs",
        minutes=6,
        difficulty="easy",
        starter="pairs = ...",
        answer="pairs",
        check=_check_pairs,
        expects="a list of pairs of sentences",
        hints=(
            "Write the sentence about a woman, copy it, and change only the words that name her.",
            "A pronoun, *her* or *she*, belongs to the group and changes, too. Use no names: *sister*, *aunt*, *she*.",
        ),
        solution=_PAIRS,
        wrong=(
            Wrong(
                _PAIRS.replace("My uncle left his", "My uncle lost his"),
                "it is a pair unknown here: 'left' against 'lost'",
            ),
            Wrong(_PAIRS.replace("My uncle left his", "My uncle left her"), "stands in both sentences"),
            Wrong(_PAIRS.replace('"He reads the paper at six."', '"He reads the paper, at six!"'), "marks or spaces"),
            Wrong(_PAIRS.replace("He reads the", "He often reads the"), "do not have the same number of words"),
            Wrong(_PAIRS.replace("He reads the", "She reads the"), "The two sentences are the same"),
            Wrong(
                _PAIRS.replace(
                    '("She reads the paper at six.", "He reads the paper at six.")',
                    '("He reads the paper at six.", "She reads the paper at six.")',
                ),
                "The woman comes first",
            ),
            Wrong(
                _PAIRS.replace("My aunt left her bag on the train", "The girl next door waters the garden").replace(
                    "My uncle left his bag on the train", "The boy next door waters the garden"
                ),
                "tell the same story",
            ),
            Wrong("pairs = [('She works.', 'He works.')]", "Four pairs are wanted"),
            Wrong("pairs = ['The woman works.', 'The man works.']", "`pairs` should be a list of pairs"),
        ),
        alternatives=(
            "things = ['a letter', 'the news', 'a poem', 'a long list']\n"
            "pairs = [[f'{who} wrote {thing}.' for who in ('My sister', 'My brother')] for thing in things]",
            "women = ['The girl\u2019s dog barks.', 'My mother-in-law paints.', 'BUSINESSWOMEN MEET.', 'Yes, Madam.']\n"
            "men = ['The boy\u2019s dog barks.', 'My father-in-law paints.', 'BUSINESSMEN MEET.', 'Yes, Sir.']\n"
            "pairs = list(zip(women, men))",
        ),
        note="Pairs are easily spoilt: Blodgett et al. 2021 list what went wrong in four known collections.",
    ),
    Exercise(
        id="9.3",
        title="How far the mean may lie off",
        minutes=8,
        difficulty="medium",
        starter="def bootstrap(differences):\n    ...",
        answer="bootstrap",
        check=_check_bootstrap,
        context=_NUMPY,
        expects="a function that takes an array and returns two numbers",
        hints=(
            "`np.random.default_rng(0).choice(differences, len(differences))` draws with replacement.",
            "Keep the mean of each of 2,000 draws; `np.percentile(means, [2.5, 97.5])` are the ends.",
        ),
        solution=_BOOT,
        wrong=(
            Wrong(_BOOT.replace("len(differences))", "len(differences), replace=False)"), "draw with replacement"),
            Wrong(
                _BOOT.replace(
                    "np.percentile(means, 2.5), np.percentile(means, 97.5)",
                    "np.percentile(differences, 2.5), np.percentile(differences, 97.5)",
                ),
                "That is the spread of the values",
            ),
            Wrong(_BOOT.replace("2.5)", "5)").replace("97.5", "95"), "That is a 90 % interval"),
            Wrong(
                _BOOT.replace(
                    "return np.percentile(means, 2.5), np.percentile(means, 97.5)",
                    "return np.mean(means) - np.std(means), np.mean(means) + np.std(means)",
                ),
                "one standard error to each side",
            ),
            Wrong(
                _BOOT.replace(
                    "np.percentile(means, 2.5), np.percentile(means, 97.5)",
                    "np.percentile(means, 97.5), np.percentile(means, 2.5)",
                ),
                "The ends are swapped",
            ),
            Wrong(
                _BOOT.replace(
                    "rng.choice(differences, len(differences)).mean()",
                    "rng.choice(differences - np.mean(differences), len(differences)).mean()",
                ),
                "centred on 0",
            ),
            Wrong(
                _BOOT.replace("rng.choice(differences, len(differences))", "rng.choice(differences, 10)").replace(
                    "10)", "8)"
                ),
                "each resample should be as large as the data",
            ),
            Wrong(
                _BOOT.replace("rng.choice(differences, len(differences))", "rng.choice(differences, 2000)"),
                "far too narrow",
            ),
            Wrong(
                "def bootstrap(differences):\n"
                "    error = np.std(differences) / len(differences) ** 0.5\n"
                "    return np.mean(differences) - 1.96 * error, np.mean(differences) + 1.96 * error",
                "For fifteen zeros and a one",
            ),
            Wrong(_BOOT.replace("differences, len(differences)", "differences, 16"), "For 64 values"),
        ),
        alternatives=(
            "def bootstrap(differences):\n"
            "    places = np.random.randint(0, len(differences), (4000, len(differences)))\n"
            "    return np.quantile(differences[places].mean(axis=1), [0.025, 0.975])",
            "import random\n\ndef bootstrap(differences):\n"
            "    n = len(differences)\n"
            "    means = sorted(sum(random.choices(list(differences), k=n)) / n for _ in range(2000))\n"
            "    return [means[50], means[-51]]",
        ),
        note="`bias.interval` goes one step further: it divides each mean by its own standard error (bootstrap-t), "
        "which is truer for few values.",
    ),
    Exercise(
        id="9.4",
        title="Flip the signs",
        minutes=8,
        difficulty="medium",
        starter="def flip_test(differences):\n    ...",
        answer="flip_test",
        check=_check_flips,
        context=_NUMPY,
        expects="a function that takes an array and returns a number",
        hints=(
            "`itertools.product((1, -1), repeat=n)` gives all 2ⁿ rows of signs.",
            "Count how often the mean of `differences * signs`, without its sign, is at least as large as the observed "
            "one, and divide by the number of rows.",
        ),
        solution=_FLIPS,
        wrong=(
            Wrong(_FLIPS.replace(">= observed - 1e-9", "> observed + 1e-9"), "You returned 0"),
            Wrong(
                "def flip_test(differences):\n    rng = np.random.default_rng(0)\n"
                "    means = [abs(rng.permutation(differences).mean()) for _ in range(2000)]\n"
                "    return np.mean(np.array(means) >= abs(differences.mean()) - 1e-9)",
                "shuffling does not change a mean",
            ),
            Wrong(
                _FLIPS.replace("abs(np.mean(differences * np.array(signs)))", "np.mean(differences * np.array(signs))"),
                "You looked at one side only: compare",
            ),
            Wrong(_FLIPS.replace("abs(", "("), "so that a negative difference never counts"),
            Wrong(_FLIPS.replace(">= observed - 1e-9", "< observed - 1e-9"), "with a smaller mean"),
            Wrong("def flip_test(differences):\n    return min(1, 2 * 0.5 ** len(differences))", "For [2.0, 1.5"),
            Wrong(
                _FLIPS.replace("in product(", "in list(product(").replace("(differences))]", "(differences)))[1:]]"),
                "For six",
            ),
            Wrong("def flip_test(differences):\n    return float('nan')", "from 0 to 1"),
        ),
        alternatives=(
            "def flip_test(differences):\n"
            "    rng = np.random.default_rng(0)\n"
            "    signs = rng.choice([-1, 1], (20000, len(differences)))\n"
            "    sums = abs((signs * differences).sum(1))\n"
            "    return (1 + (sums >= abs(differences.sum()) - 1e-9).sum()) / 20001",
        ),
        note="With n templates p cannot fall below 2 / 2ⁿ: with four templates never below 0.125.",
    ),
    Exercise(
        id="9.5",
        title="Many words at once",
        minutes=8,
        difficulty="medium",
        starter="def holm(p):\n    ...",
        answer="holm",
        check=_check_holm,
        expects="a function that takes a list of numbers and returns a list of numbers",
        hints=(
            "`sorted(range(len(p)), key=lambda i: p[i])` gives the places, smallest p first; the factor is n for the "
            "first, n - 1 for the second, and so on.",
            "Keep the largest product so far, at most 1, and write it to the place where that p stood.",
        ),
        solution=_HOLM,
        wrong=(
            Wrong("def holm(p):\n    return [min(1, x * len(p)) for x in p]", "That is Bonferroni"),
            Wrong(
                _HOLM.replace("max(largest, min(1, p[i] * (len(p) - rank)))", "min(1, p[i] * (len(p) - rank))"),
                "take the largest so far",
            ),
            Wrong(_HOLM.replace("return corrected", "return sorted(corrected)"), "sorted by size"),
            Wrong(
                _HOLM.replace("min(1, p[i] * (len(p) - rank))", "p[i] * (len(p) - rank)"), "No probability is above 1"
            ),
            Wrong(_HOLM.replace("max(largest, min(1, p[i] * (len(p) - rank)))", "p[i] * (rank + 1)"), "the other way"),
            Wrong(
                _HOLM.replace("max(largest, min(1, p[i] * (len(p) - rank)))", "p[i] * len(p) / (rank + 1)"),
                "as for false discoveries",
            ),
            Wrong("def holm(p):\n    return p", "Nothing was corrected"),
            Wrong(
                _HOLM.replace("sorted(range(len(p)), key=lambda i: p[i])", "map(p.index, sorted(p))"),
                "For two equal p",
            ),
        ),
        alternatives=(
            "import numpy as np\n\n"
            "def holm(p):\n"
            "    p = np.array(p)\n"
            "    order = p.argsort()\n"
            "    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)).clip(max=1)\n"
            "    corrected = np.empty(len(p))\n"
            "    corrected[order] = steps\n"
            "    return corrected",
        ),
        note="The tables of `probe` use max-T, which also takes into account that the words are related.",
    ),
    Exercise(
        id="9.6",
        title="Swap the groups",
        minutes=12,
        difficulty="hard",
        starter="def swap(text, partners):\n    ...",
        answer="swap",
        check=_check_swap,
        expects="a function that takes a text and a dictionary and returns a text",
        hints=(
            "Turn the dictionary round, too, and go through the text once: "
            '`re.sub(r"\\w+", function, text)` calls your function with each whole word, `match.group()`.',
            "Look up `word.lower()`, then give the new word the capitals of the old (`isupper`, `istitle`).",
        ),
        solution=_SWAP,
        wrong=(
            Wrong(
                "import re\n\ndef swap(text, partners):\n    both = partners | {b: a for a, b in partners.items()}\n"
                "    return re.sub('|'.join(both), lambda match: both[match.group()], text)",
                "Whole words only",
            ),
            Wrong(
                "import re\n\ndef swap(text, partners):\n"
                "    for a, b in list(partners.items()) + [(b, a) for a, b in partners.items()]:\n"
                '        text = re.sub(rf"\\b{a}\\b", b, text)\n'
                "    return text",
                "Nothing was swapped",
            ),
            Wrong(
                _SWAP.replace("partners | {b: a for a, b in partners.items()}", "partners"),
                "the swap goes both ways",
            ),
            Wrong(_SWAP.replace("new.capitalize() if word.istitle() else new", "new"), "A capital was lost"),
            Wrong(_SWAP.replace(r"\w+", r"\S+"), "A word may also end at a hyphen"),
            Wrong(
                _SWAP.replace("new.upper() if word.isupper() and len(word) > 1 else ", "").replace(
                    "word.istitle()", "word[0].isupper()"
                ),
                "A word all in capitals",
            ),
            Wrong(
                _SWAP.replace("re.sub(", "' '.join(re.sub(").replace(
                    "other, text)", "other, part) for part in text.split())"
                ),
                "mother\\nand",
            ),
            Wrong(_SWAP.replace("partners | {b", 'partners | {"girl": "boy"} | {b'), "Swap what `partners` says"),
        ),
        alternatives=(
            "import re\n\ndef swap(text, partners):\n"
            "    both = dict(partners)\n"
            "    both.update((b, a) for a, b in partners.items())\n"
            "    for case in (str.upper, str.capitalize):\n"
            "        both.update({case(a): case(b) for a, b in list(both.items()) if a.islower()})\n"
            '    return "".join(both.get(piece, piece) for piece in re.split(r"(\\W+)", text))',
        ),
        note="One list of partners is a choice, too: *her* is also *him*, and many people are in no pair at all.",
    ),
    Exercise(
        id="9.7",
        title="Expected calibration error",
        minutes=8,
        difficulty="medium",
        starter="def calibration_error(confidence, right):\n    ...",
        answer="calibration_error",
        check=_check_calibration,
        context=_NUMPY,
        expects="a function that takes two arrays and returns a number",
        hints=(
            "For each bin a mask: `(confidence > low) & (confidence <= low + 0.1)`; skip it if `not mask.any()`.",
            "Add `mask.mean()`, the share of the sentences in the bin, times the gap between the two means, `abs`.",
        ),
        solution=_ECE,
        wrong=(
            Wrong(_ECE.replace("inside.mean() * ", "0.1 * "), "You divided by the number of bins"),
            Wrong(_ECE.replace("inside.mean() * ", ""), "You added up the gaps"),
            Wrong(
                _ECE.replace("error += inside.mean() * abs(", "error = max(error, abs(").replace(
                    "inside].mean())\n", "inside].mean()))\n"
                ),
                "That is the largest gap",
            ),
            Wrong(_ECE.replace("abs(right", "(right"), "Gaps of opposite sign"),
            Wrong(
                _ECE.replace("arange(10) / 10", "arange(15) / 15").replace("+ 0.1", "+ 1 / 15"), "bins of a tenth each"
            ),
            Wrong(_ECE.replace("inside.mean() * ", "inside.sum() * "), "Divide by the number of all sentences"),
            Wrong(
                "def calibration_error(confidence, right):\n    return abs(confidence - right).mean()",
                "Compare bins, not single sentences",
            ),
            Wrong(
                _ECE.replace("        if inside.any():\n    ", "").replace("error += inside", "error += inside"),
                "NaN came out",
            ),
            Wrong(
                _ECE.replace(
                    "(confidence > low) & (confidence <= low + 0.1)", "(confidence >= low) & (confidence < low + 0.1)"
                ),
                "A confidence of exactly 1",
            ),
        ),
        alternatives=(
            "def calibration_error(confidence, right):\n"
            "    bins = np.minimum((np.asarray(confidence) * 10).astype(int), 9)\n"
            "    sums = np.bincount(bins, np.asarray(right, float) - np.asarray(confidence, float))\n"
            "    return np.abs(sums).sum() / len(bins)",
        ),
        note="Guo et al. 2017 (arXiv 1706.04599) use 15 bins; name the number of bins with the result.",
    ),
    Exercise(
        id="9.8",
        title="Cool it down",
        minutes=8,
        difficulty="medium",
        starter="def temperature(logits, labels):\n    ...",
        answer="temperature",
        check=_check_temperature,
        context="import torch\nfrom torch.nn import functional as F",
        expects="a function that takes two tensors and returns a number",
        hints=(
            "Try many values of T, from 0.1 to 10, and keep the one with the lowest loss.",
            "The loss of one T is `F.cross_entropy(logits / T, labels)`.",
        ),
        solution=_HEAT,
        wrong=(
            Wrong(_HEAT.replace("logits / t", "logits * t"), "That is 1 / T"),
            Wrong(_HEAT.replace("choices[losses.argmin()]", "losses.min()"), "You returned the lowest loss"),
            Wrong(
                _HEAT.replace(
                    "losses = torch.stack([F.cross_entropy(logits / t, labels) for t in choices])",
                    "shares = torch.stack([((logits / t).argmax(1) == labels).float().mean() for t in choices])",
                ).replace("losses.argmin()", "shares.argmax()"),
                "accuracy does not change",
            ),
            Wrong(_HEAT.replace("linspace(0.1, 10, 500)", "linspace(1, 10, 500)"), "T may be below 1"),
            Wrong(_HEAT.replace("linspace(0.1, 10, 500)", "linspace(0.1, 2, 500)"), "Search further"),
            Wrong(
                _HEAT.replace(
                    "F.cross_entropy(logits / t, labels)",
                    "((logits / t).softmax(1).amax(1).mean() - (logits.argmax(1) == labels).float().mean()).abs()",
                ),
                "where the mean cross-entropy is lowest",
            ),
        ),
        alternatives=(
            "def temperature(logits, labels):\n"
            "    scale = torch.zeros(1, requires_grad=True)\n"
            "    optimizer = torch.optim.LBFGS([scale], max_iter=100)\n"
            "    def closure():\n"
            "        optimizer.zero_grad()\n"
            "        loss = F.cross_entropy(logits / scale.exp(), labels)\n"
            "        loss.backward()\n"
            "        return loss\n"
            "    optimizer.step(closure)\n"
            "    return scale.exp()",
        ),
        note="Choose T on sentences that are neither for training nor for the test: one number, but it is learned.",
    ),
    Exercise(
        id="9.9",
        title="What the card leaves out",
        minutes=8,
        difficulty="medium",
        starter="def missing(card, parts):\n    ...",
        answer="missing",
        check=_check_card,
        expects="a function that takes a text and a list and returns a list",
        hints=(
            'All titles here are lines that begin with "## ": `card.split("\\n## ")[1:]` cuts before each.',
            "Take the line of the title off, drop `[More Information Needed]`, and see whether anything is left.",
        ),
        solution=_MISSING,
        wrong=(
            Wrong(
                'def missing(card, parts):\n    return [part for part in parts if f"## {part}" not in card]',
                "You looked at the titles only",
            ),
            Wrong(
                _MISSING.replace('.replace("[More Information Needed]", "")', ""),
                "`[More Information Needed]` is no text",
            ),
            Wrong(
                _MISSING.replace("not texts.get(part)", "part in texts and not texts[part]"),
                "which has no title in the card at all",
            ),
            Wrong(_MISSING.replace("if not texts", "if texts"), "Those are the parts that are there"),
            Wrong(_MISSING.replace('"\\n## "', '"## "'), "in the middle of a sentence"),
            Wrong(
                _MISSING.replace(
                    "return [part for part in parts if not texts.get(part)]",
                    "for part in parts:\n        if texts.get(part):\n            parts.remove(part)\n    return parts",
                ),
                "`Training data` has a text",
            ),
            Wrong(
                _MISSING.replace("return [part for part in parts", "return [part for part in sorted(parts)"),
                "Keep the order",
            ),
            Wrong(
                _MISSING.replace(
                    'text.replace("[More Information Needed]", "").strip()',
                    '"" if "[More Information Needed]" in text else text.strip()',
                ),
                "has a sentence beside the empty words",
            ),
            Wrong(
                _MISSING.replace('.replace("[More Information Needed]", "")', "").replace(
                    "not texts.get(part)", 'texts.get(part, "[More Information Needed]") == "[More Information Needed]"'
                ),
                "`Evaluation` has a title",
            ),
        ),
        alternatives=(
            "import re\n\ndef missing(card, parts):\n"
            "    found = []\n"
            "    for part in parts:\n"
            '        match = re.search(rf"(?ms)^## {re.escape(part)}\\s*\\n(.*?)(?=^## |\\Z)", card)\n'
            '        text = match.group(1) if match else ""\n'
            '        if not text.replace("[More Information Needed]", "").split():\n'
            "            found.append(part)\n"
            "    return found",
        ),
    ),
    Choice(
        id="9.10",
        title="A report on bias",
        minutes=3,
        difficulty="easy",
        question=(
            'A team reports: "We compared 20 occupations between *woman* and *man* in four templates by sign flips; no '
            'p was below 0.05. Our chat model is free of gender bias." What is the matter?'
        ),
        options={
            "a": Option(
                "Nothing: twenty words and no finding",
                "No finding is not a finding of nothing: look at what the test could have seen.",
            ),
            "b": Option(
                "With four templates no p can be below 0.05, and a chat may be biased where no occupation is named",
                "Four signs can be flipped in 16 ways, so p is at least 2/16 = 0.125. And a probe sees one kind of "
                "sentence; what the model does to people in use it cannot see.",
                correct=True,
            ),
            "c": Option(
                "They forgot to correct for twenty words",
                "A correction only makes p larger: it could not have found more.",
            ),
            "d": Option(
                "They should have used more words",
                "More words give more chances of a false alarm, not a smaller p for any of them.",
            ),
        },
        hints=("How many ways are there to flip four signs?", "What is a probe a measure of, and what not?"),
    ),
]
