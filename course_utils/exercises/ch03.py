"""Exercises of notebook 03, beyond text: pictures, sound, embeddings, boxes, and one search over all of them."""

from .answers import as_list, as_number, as_text, call, close, describe, is_a, shape
from .records import Choice, Exercise, Option, Wrong

# --- 3.1 tokens of a picture ----------------------------------------------------------------------------------


def _check_tokens(answer) -> str | None:
    value = as_number(call(answer, 32, 48, 8))
    if value is None:
        return f"Your function should return one number; given: {describe(call(answer, 32, 48, 8))}."
    if close(value, 25):
        usual = as_number(call(answer, 224, 224, 16))
        if close(usual, 197):
            return None
        return f"A picture of 224 by 224 points in patches of 16 by 16 makes 197 tokens; given: {describe(usual)}."
    if close(value, 24):
        return "Those are the 24 patches; the model puts one more token, [CLS], in front of them."
    if close(value, 17) or close(value, 37):
        return "Your picture came out square: this one has four rows of six patches, so use both height and width."
    if close(value, 192) or close(value, 193):
        return "You divided the number of points by one side of a patch; a patch has `patch * patch` points."
    if close(value, 10) or close(value, 11):
        return "You added the rows and the columns; multiply them, as for the tiles of a floor."
    if close(value, 73) or close(value, 72):
        return "You counted a patch in each of the three colours: one patch holds all of its channels."
    return f"A picture of 32 by 48 points in patches of 8 by 8 makes 25 tokens; given: {describe(value)}."


# --- 3.2 seconds ----------------------------------------------------------------------------------------------


def _check_seconds(answer) -> str | None:
    import numpy as np

    value = as_number(call(answer, np.zeros(24_000), 16_000))
    if value is None:
        return f"Your function should return one number; given: {describe(call(answer, np.zeros(24_000), 16_000))}."
    if close(value, 1.5):
        stereo = as_number(call(answer, np.zeros((20_000, 2)), 8_000))
        if close(stereo, 2.5):
            return None
        if close(stereo, 5.0):
            return "With two channels your clip is twice as long: count the rows of `[samples, channels]` only."
        if close(stereo, 0.00025):
            return "With two channels you counted the channels: the samples are the first dimension."
        if close(stereo, 1.25):
            return "You used 16,000 for every clip: the second argument says how many samples a second has."
        return f"20,000 samples in two channels at 8,000 a second last 2.5 seconds; given: {describe(stereo)}."
    if close(value, 1) or close(value, 2):
        return "24,000 samples at 16,000 a second are a second and a half: do not round (`//` does)."
    if close(value, 2 / 3, 1e-2):
        return "Upside down: divide the number of samples by the rate."
    if close(value, 1500):
        return "Those are milliseconds; return seconds."
    if close(value, 384_000_000):
        return "You multiplied; samples divided by samples a second gives seconds."
    return f"24,000 samples at 16,000 a second last 1.5 seconds; given: {describe(value)}."


# --- 3.3 word error rate --------------------------------------------------------------------------------------


def _check_errors(answer) -> str | None:
    said = ["ask", "not", "what", "your", "country", "can", "do"]
    heard = ["ask", "what", "your", "county", "can", "do", "it"]
    value = as_number(call(answer, said, said))
    if value is None or not close(value, 0):
        return f"A perfect transcript has a rate of 0; given: {describe(call(answer, said, said))}."
    value = as_number(call(answer, said, heard))
    if close(value, 3):
        return "That is the number of errors; divide it by the number of words that were said."
    if close(value, 6 / 7, 1e-2):
        return (
            "You compared word by word: after the lost *not* every word stands one place too early. "
            "Allow deletions and insertions."
        )
    if close(value, 4 / 7, 1e-2):
        return "You counted a replaced word as two errors, one deleted and one inserted; a replacement is one."
    if close(value, 2 / 7, 1e-2):
        return "You counted the words that are missing; the *it* that nobody said is an error, too."
    if not close(value, 3 / 7, 1e-2):
        return f"Here one word is lost, one replaced and one added: 3 / 7, about 0.43; given: {describe(value)}."
    value = as_number(call(answer, ["thank", "you"], ["thank", "you", "so", "very", "much"]))
    if close(value, 3 / 5, 1e-2):
        return "You divided by the number of words heard; divide by the number of words said."
    if close(value, 1):
        return "A rate may be above 1: three words added to two make 1.5. Do not cut it off."
    if not close(value, 1.5, 1e-2):
        return f"Three words added to two that were said make a rate of 1.5; given: {describe(value)}."
    value = as_number(call(answer, ["a", "b"], ["b", "a"]))
    if close(value, 0):
        return "The order counts: *b a* for *a b* is not a perfect transcript."
    if not close(value, 1):
        return f"For *a b* heard as *b a* the rate is 1 (two words replaced); given: {describe(value)}."
    if not close(as_number(call(answer, ["yes", "yes"], ["yes"])), 0.5):
        return "A word that is said twice and heard once is an error: do not use sets of words."
    return None


# --- 3.4 mean pooling -----------------------------------------------------------------------------------------


def _check_pool(answer) -> str | None:
    import torch

    states = torch.tensor([[[1.0, 2.0], [3.0, 6.0], [8.0, -2.0]], [[2.0, 0.0], [4.0, 4.0], [90.0, 60.0]]])
    mask = torch.tensor([[1, 1, 1], [1, 1, 0]])  # the last token of the second text is padding
    right = torch.tensor([[4.0, 2.0], [3.0, 2.0]])
    value = call(answer, states, mask)
    if shape(value) != (2, 2):
        given = f"the shape `{list(shape(value))}`" if shape(value) else describe(value)
        if shape(value) == (2, 3):
            return "You averaged over the hidden dimension; the tokens are dimension 1 of `[texts, tokens, hidden]`."
        if shape(value) == (3, 2):
            return "You averaged over the texts; the tokens are dimension 1 of `[texts, tokens, hidden]`."
        return f"Two texts with hidden size 2 should give `[2, 2]`; given: {given}."
    real = states * mask.unsqueeze(-1)
    if close(value, right, 1e-3):
        left = call(answer, states.flip(1), mask.flip(1))
        if close(left, right, 1e-3):
            return None
        return (
            "It goes wrong where the padding stands in front, as some tokenizers put it: "
            "use the mask itself, not only how many ones it has."
        )
    if close(value, real.sum(1) / mask.sum(1), 1e-3):
        return "Your division goes along the wrong dimension: `mask.sum(1, keepdim=True)` has the shape `[texts, 1]`."
    if close(value, states.sum(1) / mask.sum(1, keepdim=True), 1e-3):
        return "You divide by the right number, but the sum has the padding in it: multiply by the mask first."
    if close(value, real.sum(1) / mask.sum(), 1e-3):
        return "You divided by the number of tokens of both texts together: count them for each text, `mask.sum(1)`."
    if close(value, states.mean(1), 1e-3):
        return "The padding was averaged too: the second text has two real tokens, and its third holds only noise."
    if close(value, real.sum(1), 1e-3):
        return "That is the sum over the real tokens; divide by how many there are."
    if close(value, real.mean(1), 1e-3):
        return "You left the padding out of the sum but counted it in the division: count the ones of each text's mask."
    if close(value, states[:, 0], 1e-3):
        return "That is the first token, [CLS]: some models use it, this one was trained with the mean."
    if close(value, real.amax(1), 1e-3) or close(value, states.amax(1), 1e-3):
        return "That is the largest value of each dimension; take the mean."
    return f"Expected [[4, 2], [3, 2]] for the test states; given: {describe(value)}."


# --- 3.5 intersection over union ------------------------------------------------------------------------------


def _box(xmin, ymin, xmax, ymax) -> dict:
    return {"xmin": xmin, "ymin": ymin, "xmax": xmax, "ymax": ymax}


def _check_overlap(answer) -> str | None:
    one, other = _box(0, 0, 4, 4), _box(2, 1, 6, 5)  # 16 and 16 points, 6 of them shared
    value = as_number(call(answer, one, other))
    if value is None:
        return f"Your function should return one number; given: {describe(call(answer, one, other))}."
    if close(value, 6 / 32, 1e-3):
        return "Your union has the shared part in it twice: subtract it once from the sum of the two areas."
    if close(value, 6):
        return "That is the shared area; divide it by the area that the two boxes cover together."
    if close(value, 6 / 16, 1e-3):
        return "You divided by the area of one box; divide by the area that both cover together."
    if close(value, 12 / 38, 1e-2):
        return "You counted the border points twice (`+ 1` on each side); these boxes are measured without it."
    if not close(value, 6 / 26, 1e-3):
        return f"For boxes of 16 points each that share 6, expected 6 / 26, about 0.23; given: {describe(value)}."
    if not close(as_number(call(answer, one, one)), 1):
        return "A box and itself should give 1."
    for apart, where in ((_box(6, 0, 9, 4), "side by side"), (_box(0, 7, 4, 9), "above each other")):
        value = as_number(call(answer, one, apart))
        if value is not None and value < 0:
            return f"Boxes {where} that do not touch give {value:.2f}: a side of the shared part cannot be negative."
        if not close(value, 0):
            return f"Boxes {where} that do not touch give 0; given: {describe(value)}."
    value = as_number(call(answer, one, _box(6, 7, 9, 9)))
    if not close(value, 0):
        return (
            f"Boxes that are apart both ways give {describe(value)}: two negative sides multiply to a positive area. "
            "Cut each side off at 0."
        )
    if not close(as_number(call(answer, _box(0, 0, 10, 2), _box(1, 0, 3, 2))), 0.2, 1e-3):
        return "For a box inside another, 4 points of 20, expected 0.2: use all eight corner numbers."
    return None


# --- 3.6 merge hits -------------------------------------------------------------------------------------------

_HITS = (
    [("opening hours", 0.81), ("tickets", 0.40), ("workshop", 0.15)],
    [("drawer three", 0.62), ("opening hours", 0.55)],
    [("memo oven", 0.70), ("tickets", 0.52)],
)
_MERGED = [("opening hours", 0.81), ("memo oven", 0.70), ("drawer three", 0.62), ("tickets", 0.52)]


def _check_merge(answer) -> str | None:
    rankings = [list(hits) for hits in _HITS]
    value = call(answer, rankings, 4)
    got = as_list(value)
    if got is None or not all(is_a(hit, list) and len(hit) == 2 and as_text(hit[0]) is not None for hit in got):
        if got and all(as_text(hit) is not None for hit in got):
            return "Those are the texts alone; return pairs of text and score."
        return f"Your function should return a list of pairs `(text, score)`; given: {describe(value)}."
    names = [as_text(text) for text, _ in got]
    scores = dict(zip(names, (score for _, score in got), strict=True))
    if len(set(names)) < len(names):
        return f"{names[-1] if names.count(names[-1]) > 1 else names[0]!r} is there more than once: keep it once."
    if len(names) == 5:
        return "Five hits came back, four were asked for: cut the list at `count`."
    if close(got, _MERGED):
        if as_list(call(answer, [[], list(_HITS[1])], 9)) != [["drawer three", 0.62], ["opening hours", 0.55]]:
            return "If there are fewer hits than `count`, or a source found nothing, return those that there are."
        return None
    if close(scores.get("tickets"), 0.40):
        return "'tickets' has the score of the source that came first, 0.40; keep the highest, 0.52."
    if close(scores.get("opening hours"), 0.55):
        return "'opening hours' has the score of the source that came last, 0.55; keep the highest, 0.81."
    if close(scores.get("opening hours"), 1.36):
        return "You added up the scores of the sources; keep the highest one."
    if names == ["opening hours", "tickets", "workshop", "drawer three"]:
        return "The hits stand one source after the other: sort them all by their score."
    if close(got, [list(hit) for hit in _MERGED[::-1]]) or names[:1] == ["workshop"]:
        return "Your list begins with the weakest hit: sort with `reverse=True`."
    if names == sorted(names):
        return "Your list is in the order of the alphabet: sort by the score, the second of the pair."
    return f"Expected {_MERGED}; given: {describe(value)}."


_NUMPY = "import numpy as np"
_TORCH = "import torch"
_ERRORS = (
    "def word_error_rate(said, heard):\n"
    "    row = list(range(len(heard) + 1))  # from no word said to each beginning of heard\n"
    "    for i, word in enumerate(said, 1):\n"
    "        above, row = row, [i]\n"
    "        for j, other in enumerate(heard, 1):\n"
    "            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (word != other)))\n"
    "    return row[-1] / len(said)"
)
_OVERLAP = (
    "def overlap(one, other):\n"
    '    width = min(one["xmax"], other["xmax"]) - max(one["xmin"], other["xmin"])\n'
    '    height = min(one["ymax"], other["ymax"]) - max(one["ymin"], other["ymin"])\n'
    "    shared = max(width, 0) * max(height, 0)\n"
    '    area = lambda box: (box["xmax"] - box["xmin"]) * (box["ymax"] - box["ymin"])\n'
    "    return shared / (area(one) + area(other) - shared)"
)
_MERGE = (
    "def merge(rankings, count):\n"
    "    best = {}\n"
    "    for hits in rankings:\n"
    "        for text, score in hits:\n"
    "            best[text] = max(score, best.get(text, score))\n"
    "    return sorted(best.items(), key=lambda hit: hit[1], reverse=True)[:count]"
)

EXERCISES = [
    Exercise(
        id="3.1",
        title="How many tokens is a picture?",
        minutes=4,
        difficulty="easy",
        starter="def picture_tokens(height, width, patch):\n    ...",
        answer="picture_tokens",
        check=_check_tokens,
        expects="a function that returns one number",
        hints=(
            "How many patches fit into one row, and how many rows are there?",
            "`(height // patch) * (width // patch)` patches, and one token that is no patch.",
        ),
        solution=(
            "def picture_tokens(height, width, patch):\n    return (height // patch) * (width // patch) + 1  # [CLS]"
        ),
        wrong=(
            Wrong(
                "def picture_tokens(height, width, patch):\n    return (height // patch) * (width // patch)",
                "the model puts one more token",
            ),
            Wrong(
                "def picture_tokens(height, width, patch):\n    return (height // patch) ** 2 + 1",
                "Your picture came out square",
            ),
            Wrong(
                "def picture_tokens(height, width, patch):\n    return height * width // patch + 1",
                "You divided the number of points",
            ),
            Wrong(
                "def picture_tokens(height, width, patch):\n    return height // patch + width // patch + 1",
                "You added the rows and the columns",
            ),
            Wrong(
                "def picture_tokens(height, width, patch):\n    return 3 * (height // patch) * (width // patch) + 1",
                "in each of the three colours",
            ),
        ),
        alternatives=(
            "def picture_tokens(height, width, patch):\n    return 1 + height * width / patch**2",
            "def picture_tokens(height, width, patch):\n"
            "    corners = [(y, x) for y in range(0, height, patch) for x in range(0, width, patch)]\n"
            "    return len(corners) + 1",
        ),
        note="The usual ViT cuts 224 by 224 points into patches of 16 by 16: 197 tokens, about as many as 150 words.",
    ),
    Exercise(
        id="3.2",
        title="How long is the clip?",
        minutes=3,
        difficulty="easy",
        starter="def seconds(samples, rate):\n    ...",
        answer="seconds",
        check=_check_seconds,
        context=_NUMPY,
        expects="a function that returns one number",
        hints=(
            "The rate says how many samples one second has.",
            "`len(samples)` or `samples.shape[0]` counts the first dimension only.",
        ),
        solution="def seconds(samples, rate):\n    return samples.shape[0] / rate",
        wrong=(
            Wrong("def seconds(samples, rate):\n    return samples.size / rate", "your clip is twice as long"),
            Wrong("def seconds(samples, rate):\n    return samples.shape[-1] / rate", "you counted the channels"),
            Wrong("def seconds(samples, rate):\n    return len(samples) // rate", "do not round"),
            Wrong("def seconds(samples, rate):\n    return rate / len(samples)", "Upside down"),
            Wrong("def seconds(samples, rate):\n    return len(samples) / 16_000", "You used 16,000 for every clip"),
            Wrong("def seconds(samples, rate):\n    return 1000 * len(samples) / rate", "Those are milliseconds"),
        ),
        alternatives=(
            "def seconds(samples, rate):\n    return len(samples) / rate",
            "def seconds(samples, rate):\n    return np.float32(sum(1 for row in samples) / rate)",
        ),
    ),
    Exercise(
        id="3.3",
        title="Word error rate",
        minutes=15,
        difficulty="hard",
        starter="def word_error_rate(said, heard):\n    ...",
        answer="word_error_rate",
        check=_check_errors,
        expects="a function that returns one number",
        hints=(
            "Keep a table: `errors[i][j]` for the first `i` words said against the first `j` words heard. "
            "`errors[i][0]` is `i`, `errors[0][j]` is `j`.",
            "`errors[i][j]` is the smallest of `errors[i - 1][j] + 1` (lost), `errors[i][j - 1] + 1` (added), and "
            "`errors[i - 1][j - 1]` plus 1 if the two words differ.",
        ),
        solution=_ERRORS,
        wrong=(
            Wrong(_ERRORS.replace(" / len(said)", ""), "That is the number of errors"),
            Wrong(_ERRORS.replace("/ len(said)", "/ len(heard)"), "by the number of words heard"),
            Wrong(_ERRORS.replace("+ (word != other)", "+ 2 * (word != other)"), "You counted a replaced word as two"),
            Wrong(
                _ERRORS.replace("return row[-1] / len(said)", "return min(1, row[-1] / len(said))"),
                "A rate may be above 1",
            ),
            Wrong(
                "def word_error_rate(said, heard):\n"
                "    wrong = sum(a != b for a, b in zip(said, heard)) + abs(len(said) - len(heard))\n"
                "    return wrong / len(said)",
                "You compared word by word",
            ),
            Wrong(
                "def word_error_rate(said, heard):\n    return sum(word not in heard for word in said) / len(said)",
                "You counted the words that are missing",
            ),
        ),
        alternatives=(
            "from functools import cache\n\n"
            "def word_error_rate(said, heard):\n"
            "    @cache\n"
            "    def errors(i, j):\n"
            "        if not i or not j:\n"
            "            return i + j\n"
            "        same = errors(i - 1, j - 1) + (said[i - 1] != heard[j - 1])\n"
            "        return min(same, errors(i - 1, j) + 1, errors(i, j - 1) + 1)\n"
            "    return errors(len(said), len(heard)) / len(said)",
        ),
        note="Before counting, people put both texts into small letters and drop the punctuation.",
    ),
    Exercise(
        id="3.4",
        title="Mean pooling with a mask",
        minutes=8,
        difficulty="medium",
        starter="def mean_pool(states, mask):\n    ...",
        answer="mean_pool",
        check=_check_pool,
        context=_TORCH,
        expects="a function that takes states and mask and returns one vector per text",
        hints=(
            "Give the mask a third dimension, `mask.unsqueeze(-1)`, and multiply: padding becomes zero.",
            "Sum over dimension 1, and divide by the number of real tokens of each text, `mask.sum(1, keepdim=True)`.",
        ),
        solution=(
            "def mean_pool(states, mask):\n"
            "    real = mask.unsqueeze(-1)  # [texts, tokens, 1]\n"
            "    return (states * real).sum(dim=1) / real.sum(dim=1)  # [texts, hidden]"
        ),
        wrong=(
            Wrong("def mean_pool(states, mask):\n    return states.mean(dim=1)", "The padding was averaged too"),
            Wrong("def mean_pool(states, mask):\n    return states[:, 0]", "That is the first token"),
            Wrong(
                "def mean_pool(states, mask):\n    return (states * mask.unsqueeze(-1)).sum(1)",
                "divide by how many there are",
            ),
            Wrong(
                "def mean_pool(states, mask):\n    return (states * mask.unsqueeze(-1)).mean(1)",
                "counted it in the division",
            ),
            Wrong(
                "def mean_pool(states, mask):\n    return (states * mask.unsqueeze(-1)).sum(1) / mask.sum(1)",
                "along the wrong dimension",
            ),
            Wrong(
                "def mean_pool(states, mask):\n    return states.sum(1) / mask.sum(1, keepdim=True)",
                "the sum has the padding in it",
            ),
            Wrong(
                "def mean_pool(states, mask):\n"
                "    return torch.stack([s[: m.sum()].mean(0) for s, m in zip(states, mask)])",
                "the padding stands in front",
            ),
            Wrong("def mean_pool(states, mask):\n    return states.mean(dim=-1)", "over the hidden dimension"),
            Wrong("def mean_pool(states, mask):\n    return states.mean(dim=0)", "You averaged over the texts"),
        ),
        alternatives=(
            "def mean_pool(states, mask):\n    return torch.stack([s[m.bool()].mean(0) for s, m in zip(states, mask)])",
            "def mean_pool(states, mask):\n"
            '    total = torch.einsum("bth,bt->bh", states, mask.float())\n'
            "    return total / mask.sum(1)[:, None]",
        ),
    ),
    Exercise(
        id="3.5",
        title="How well do two boxes agree?",
        minutes=8,
        difficulty="medium",
        starter="def overlap(one, other):\n    ...",
        answer="overlap",
        check=_check_overlap,
        expects="a function that returns one number",
        hints=(
            "The shared part begins at the larger `xmin` and ends at the smaller `xmax`; the same for y.",
            "If a side of the shared part comes out negative, the boxes do not touch: use `max(side, 0)`.",
        ),
        solution=_OVERLAP,
        wrong=(
            Wrong(_OVERLAP.replace(" - shared)", ")"), "the shared part in it twice"),
            Wrong(_OVERLAP.replace("shared / (area(one) + area(other) - shared)", "shared"), "That is the shared area"),
            Wrong(_OVERLAP.replace("(area(one) + area(other) - shared)", "area(one)"), "by the area of one box"),
            Wrong(
                _OVERLAP.replace("max(width, 0) * max(height, 0)", "width * height"),
                "cannot be negative",
            ),
            Wrong(
                _OVERLAP.replace("max(width, 0) * max(height, 0)", "max(width * height, 0)"),
                "two negative sides",
            ),
            Wrong(
                "def overlap(one, other):\n"
                '    x = min(one["xmax"], other["xmax"]) - max(one["xmin"], other["xmin"]) + 1\n'
                '    y = min(one["ymax"], other["ymax"]) - max(one["ymin"], other["ymin"]) + 1\n'
                "    shared = max(x, 0) * max(y, 0)\n"
                '    area = lambda b: (b["xmax"] - b["xmin"] + 1) * (b["ymax"] - b["ymin"] + 1)\n'
                "    return shared / (area(one) + area(other) - shared)",
                "the border points",
            ),
        ),
        alternatives=(
            "def overlap(one, other):\n"
            "    def cells(box):\n"
            '        xs, ys = range(box["xmin"], box["xmax"]), range(box["ymin"], box["ymax"])\n'
            "        return {(x, y) for x in xs for y in ys}\n"
            "    return len(cells(one) & cells(other)) / len(cells(one) | cells(other))",
        ),
        note="This is the intersection over union, IoU: detectors are graded by how often it reaches 0.5 or more.",
    ),
    Exercise(
        id="3.6",
        title="One list out of several",
        minutes=8,
        difficulty="medium",
        starter="def merge(rankings, count):\n    ...",
        answer="merge",
        check=_check_merge,
        expects="a function that returns a list of pairs",
        hints=(
            "A dictionary from text to score keeps each text once; `max` keeps the higher score.",
            "`sorted(best.items(), key=lambda hit: hit[1], reverse=True)` puts the highest score first.",
        ),
        solution=_MERGE,
        wrong=(
            Wrong(
                "def merge(rankings, count):\n"
                "    hits = [hit for ranking in rankings for hit in ranking]\n"
                "    return sorted(hits, key=lambda hit: hit[1], reverse=True)[:count]",
                "is there more than once",
            ),
            Wrong(_MERGE.replace("[:count]", ""), "cut the list at `count`"),
            Wrong(
                _MERGE.replace("max(score, best.get(text, score))", "best.get(text, score)"), "that came first, 0.40"
            ),
            Wrong(_MERGE.replace("max(score, best.get(text, score))", "score"), "that came last, 0.55"),
            Wrong(
                _MERGE.replace("max(score, best.get(text, score))", "score + best.get(text, 0)"),
                "You added up the scores",
            ),
            Wrong(_MERGE.replace(", reverse=True", ""), "begins with the weakest hit"),
            Wrong(
                _MERGE.replace("sorted(best.items(), key=lambda hit: hit[1], reverse=True)", "list(best.items())"),
                "one source after the other",
            ),
            Wrong(
                _MERGE.replace("return sorted(", "return [text for text, _ in sorted(").replace(
                    "[:count]", "][:count]"
                ),
                "the texts alone",
            ),
        ),
        alternatives=(
            "def merge(rankings, count):\n"
            "    ordered = sorted((hit for hits in rankings for hit in hits), key=lambda hit: -hit[1])\n"
            "    seen, merged = set(), []\n"
            "    for text, score in ordered:\n"
            "        if text not in seen:\n"
            "            seen.add(text)\n"
            "            merged.append([text, score])\n"
            "    return merged[:count]",
        ),
    ),
    Choice(
        id="3.7",
        title="The wrong drawer",
        minutes=3,
        difficulty="medium",
        question=(
            'Asked "In which drawer are the keys of the gate?", the collection says *drawer one*, with a similarity of '
            "0.82. It is drawer two: the classifier misread the photo, with a score of 0.84. (It read the nine "
            "rightly, with 0.61.) What would have helped?"
        ),
        options={
            "a": Option(
                "A higher threshold in the search",
                "The passage fits the question very well, and is false all the same: similarity says nothing about "
                "truth. A threshold above 0.82 would refuse nearly every right answer, too.",
            ),
            "b": Option(
                "Leaving out photos that the classifier reads with a score below 0.7",
                "That leaves out the nine, which was right, and keeps this one, which was wrong: a score is not the "
                "chance of being right.",
            ),
            "c": Option(
                "A person who compares each photo with its text once, before they are indexed",
                "Right: an error is caught where it is made, or by comparing with the source. That is why the source "
                "stays with each passage.",
                correct=True,
            ),
            "d": Option(
                "A better question-answering model",
                "It would read *drawer one* out of the passage, faultlessly: the error is in the text it is given.",
            ),
        },
        hints=(
            "At which step did the error come in, and who could still see it after that?",
            "Look at the two scores of the classifier: which of them belongs to the right reading?",
        ),
    ),
]
