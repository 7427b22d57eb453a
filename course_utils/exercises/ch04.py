"""Exercises of notebook 04, how Transformers work: labels out of text, losses, parameters, compute and carbon."""

from .answers import as_list, as_number, call, close, describe, is_a
from .records import Choice, Exercise, Option, Wrong

_TORCH = "import torch\nfrom torch.nn import functional as F"

# --- 4.1 pairs for causal language modelling ------------------------------------------------------------------


def _check_pairs(answer) -> str | None:
    ids = [12, 7, 7, 30]
    right = [[ids[:i], ids[i]] for i in range(1, 4)]
    value = call(answer, ids)
    if as_list(value) is None:
        return f"Your function should return a list of pairs; given: {describe(value)}."
    if not close(value, right):
        slips = (
            ([[[], 12], *right], "The first pair has an empty context: begin with the second token as the label."),
            (right[:-1], "The last pair is missing: the last token is a label, too."),
            (
                [[ids[: i + 1], ids[i]] for i in range(1, 4)],
                "The label stands in its own context: end the slice one earlier.",
            ),
            (
                [[ids[:i], ids[i - 1]] for i in range(1, 4)],
                "Your labels are the last token of the context, not the next one.",
            ),
            (
                [[[ids[i - 1]], ids[i]] for i in range(1, 4)],
                "Your contexts hold one token; they hold all tokens so far.",
            ),
            ([[ids[i - 1], ids[i]] for i in range(1, 4)], "Your contexts hold one token; they hold all tokens so far."),
            ([[ids, ids[i]] for i in range(1, 4)], "Every context is the whole text: the model would see the answers."),
            (
                [[ids[:3], ids[i]] for i in range(1, 4)],
                "All contexts are one and the same list, which grew: copy it for each pair.",
            ),
            (
                [[ids[:i], ids[i + 1]] for i in range(3)],
                "Your contexts are one token too short: the token just before the label belongs to them.",
            ),
            ([[ids[i], ids[:i]] for i in range(1, 4)], "The two sides are swapped: first the context, then the label."),
            (
                [[ids[i:], ids[i - 1]] for i in range(1, 4)],
                "Your contexts are what comes after; take what comes before.",
            ),
        )
        for slip, sentence in slips:
            if close(value, slip):
                return sentence
        return f"For `{ids}` the pairs are `{[(c, label) for c, label in right]}`; given: {describe(value)}."
    longer = list(range(20, 32))
    if not close(call(answer, longer), [[longer[:i], longer[i]] for i in range(1, 12)]):
        return "It is right for four tokens, but not for twelve: every context holds *all* tokens so far."
    if not close(call(answer, [5]), []):
        return f"One token alone gives no pair, an empty list; given: {describe(call(answer, [5]))}."
    return None


# --- 4.2 perplexity -------------------------------------------------------------------------------------------


def _check_perplexity(answer) -> str | None:
    import torch

    logits = torch.tensor(
        [
            [2.0, 0.5, -1.0, 0.0],
            [0.0, 1.5, 0.3, -0.7],
            [1.0, -2.0, 0.4, 0.9],
            [-0.5, 0.8, 2.2, 0.1],
            [0.3, 0.2, -1.2, 1.7],
        ]
    )  # [tokens, vocabulary]
    labels = torch.tensor([1, 0, -100, 2, 3])
    logs = logits.log_softmax(-1)

    def mean(scores, targets):
        return sum(scores[i, t] for i, t in enumerate(targets.tolist()) if t >= 0) / int((targets >= 0).sum())

    loss = -mean(logs[:-1], labels[1:])
    value = as_number(call(answer, logits, labels))
    if value is None:
        return f"Your function should return one number; given: {describe(call(answer, logits, labels))}."
    if close(value, loss.exp().item(), 1e-4):
        other, ids = logits.flip(1)[[4, 0, 2]] * 3, torch.tensor([2, 3, 0])
        wanted = (-mean(other.log_softmax(-1)[:-1], ids[1:])).exp().item()
        again = as_number(call(answer, other, ids))
        if close(again, wanted, 1e-4):
            return None
        return f"For a text of three tokens, all of which count, it is {wanted:.3f}; given: {describe(again)}."
    kept = labels >= 0
    columns = logits.log_softmax(0)
    chances = logits.softmax(-1)
    slips = (
        (loss, "That is the loss, the mean negative logarithm: the perplexity is `exp` of it."),
        (1 / loss.exp(), "Upside down: take the logarithms with a minus sign."),
        (
            (-mean(logs[:-1], labels[1:].where(labels[1:] != 0, -100))).exp(),
            "Token 0 is a token like any other: only labels of -100 do not count.",
        ),
        (2**loss, "You took the logarithm to the base e and raised 2 to it: use `exp`."),
        (-mean(logs, labels), "No shift, and no `exp`: the logits at position i are about the label at i + 1."),
        ((-mean(logs, labels)).exp(), "There is no shift: the logits at position i are about the label at i + 1."),
        ((-mean(logs[1:], labels[:-1])).exp(), "You shifted the other way: drop the last logits and the first label."),
        (
            (-mean(columns[:-1], labels[1:])).exp(),
            "Your softmax goes over the tokens; it should go over the vocabulary, `dim=-1`.",
        ),
        (
            (-mean(logits[:-1].log_softmax(0), labels[1:])).exp(),
            "Your softmax goes over the tokens; it should go over the vocabulary, `dim=-1`.",
        ),
        ((3 * loss).exp(), "You added the losses up: take their mean before `exp`."),
        ((loss * 3 / 4).exp(), "You divided by all labels: those of -100 do not count."),
        ((-mean(logs[:-1], labels[1:].clamp(min=0))).exp(), "You turned -100 into token 0: leave those positions out."),
        (
            (-mean(logs[kept][:-1], labels[kept][1:])).exp(),
            "Shift first, then leave out -100: else logits and labels of different places meet.",
        ),
        (mean((-logs[:-1]).exp(), labels[1:]), "Take the mean first, then `exp`."),
        (1 / mean(chances[:-1], labels[1:]), "You averaged the probabilities; average their logarithms."),
        (
            (-mean(chances[:-1].log_softmax(-1), labels[1:])).exp(),
            "Softmax was applied twice: `cross_entropy` wants logits.",
        ),
    )
    for slip, sentence in slips:
        if close(value, float(slip), 1e-4):
            return sentence
    return f"For the five tokens of the test it is {loss.exp().item():.3f}; given: {describe(value)}."


# --- 4.3 masking ----------------------------------------------------------------------------------------------


def _check_masking(answer) -> str | None:
    ids, positions, mask = [101, 15, 15, 8, 40, 102], [2, 4], 103
    hidden = [101, 15, 103, 8, 103, 102]
    labels = [-100, -100, 15, -100, 40, -100]
    value = as_list(call(answer, ids, positions, mask))
    if close(value, [list(pair) for pair in zip(hidden, labels, strict=True)]):
        return "Return two lists, not a list of pairs: `return inputs, labels`."
    if value is None or len(value) != 2:
        return f"Your function should return two lists, inputs and labels; given: {describe(value)}."
    if close(value, [labels, hidden]):
        return "The two are swapped: first the inputs, then the labels."
    inputs, targets = value
    if not all(is_a(part, list) for part in value):
        return f"Your function should return two lists, inputs and labels; given: {describe(value)}."
    if close(inputs, targets) and not close(inputs, ids):
        return "Inputs and labels are one and the same list: make two."
    if not close(inputs, hidden):
        slips = (
            (ids, "The inputs still show the hidden tokens: put `mask_id` at each position."),
            ([101, 103, 103, 8, 103, 102], "You hid every 15: go by position, not by token."),
            ([101, 103, 15, 103, 40, 102], "You hid one place too early: positions count from 0."),
            ([101, 15, 103, 8, 40, 102], "Only the first position is hidden: go through all of them."),
            ([101, 15, 103, 103, 103, 102], "You hid what lies between as well: only the places in `positions`."),
            ([101, 103, 15, 8, 103, 102], "You looked a token up with `index`, which finds its first place only."),
            ([103, 103, 15, 103, 40, 103], "You hid the tokens that should stay visible, and the other way round."),
        )
        for slip, sentence in slips:
            if close(inputs, slip):
                return sentence
        return f"The inputs should be `{hidden}`; given: {describe(inputs)}."
    slips = (
        (ids, "Your labels name every token: the visible ones would count, too. They get -100."),
        ([0, 0, 15, 0, 40, 0], "A label of 0 is a token like any other; `cross_entropy` leaves out -100."),
        ([101, 15, -100, 8, -100, 102], "Your labels name the visible tokens; the hidden ones are to be guessed."),
        (
            [-100, -100, 103, -100, 103, -100],
            "Your labels hold the mask token: read the originals before you hide them.",
        ),
        ([-100, 15, 15, -100, 40, -100], "A token that is hidden in one place only has one label: go by position."),
        ([15, 40], "The labels need one entry for each token, -100 where nothing is hidden."),
    )
    for slip, sentence in slips:
        if close(targets, slip):
            return sentence
    if not close(targets, labels):
        return f"The labels should be `{labels}`; given: {describe(targets)}."
    again = as_list(call(answer, [5, 9, 9, 4, 9], [4, 1], 50))
    if not close(again, [[5, 50, 9, 4, 50], [-100, 9, -100, -100, 9]]):
        return (
            f"For `[5, 9, 9, 4, 9]`, the positions `[4, 1]` and a mask of 50 it goes wrong; given: {describe(again)}."
        )
    none = as_list(call(answer, [7, 9], [], 3))
    if not close(none, [[7, 9], [-100, -100]]):
        return f"With no position nothing is hidden and all labels are -100; given: {describe(none)}."
    return None


# --- 4.5 parameters of a layer --------------------------------------------------------------------------------


def _check_layer(answer) -> str | None:
    value = as_number(call(answer, 7, 19))
    if value is None:
        return f"Your function should return one number; given: {describe(call(answer, 7, 19))}."
    if close(value, 544):
        real = as_number(call(answer, 384, 1536))
        if close(real, 1_774_464, 1e-9):
            return None
        return f"With 384 and 1,536 a layer has 1,774,464 parameters; given: {describe(real)}."
    slips = {
        462: "Those are the six matrices alone: add the biases and the two layer norms.",
        490: "Short by the biases of all six matrices, or by those of the feed-forward part and the layer norms.",
        516: "4 · hidden numbers are missing: either the biases of attention or the two layer norms.",
        518: "The biases of the feed-forward part are missing: `inner` and `hidden` numbers.",
        530: "The layer norms are counted by half: there are two, and each has a weight and a bias.",
        488: "You counted three square matrices: query, key, value and the output projection make four.",
        404: "The feed-forward part has a second matrix, back from `inner` to `hidden`.",
        532: "The bias of the first feed-forward matrix is as long as its output, `inner`.",
        556: "The bias of the second feed-forward matrix is as long as its output, `hidden`.",
        679: "You took `inner` for four times `hidden`; use the argument.",
        588: "12 · hidden² is the rule of thumb for `inner` four times `hidden`; here every number counts.",
    }
    for slip, sentence in slips.items():
        if close(value, slip):
            return sentence
    return f"With 7 and 19 a layer has 544 parameters; given: {describe(value)}."


# --- 4.6 GPU hours --------------------------------------------------------------------------------------------


def _check_hours(answer) -> str | None:
    value = as_number(call(answer, 1e9, 2e10, 1e14, 0.4))
    if value is None:
        return f"Your function should return one number; given: {describe(call(answer, 1e9, 2e10, 1e14, 0.4))}."
    right = 6 * 1e9 * 2e10 / (1e14 * 0.4) / 3600
    if close(value, right, 1e-6):
        other = as_number(call(answer, 7e9, 2e12, 312e12, 0.5))
        if close(other, 6 * 7e9 * 2e12 / 156e12 / 3600, 1e-6):
            return None
        return f"It is right for one case and not for another: use all four arguments; given: {describe(other)}."
    slips = (
        (right * 3600, "Those are seconds: an hour has 3,600."),
        (right * 60, "Those are minutes: an hour has 3,600 seconds."),
        (right / 24, "Those are days."),
        (right * 3600 * 3600, "You multiplied by 3,600; an hour has 3,600 seconds: divide."),
        (right / 6, "The six is missing: six operations for each parameter and token."),
        (right / 3, "Two operations per parameter and token are for generating; training takes six."),
        (right * 0.4, "The share is missing: a GPU reaches only a part of its peak."),
        (right * 0.16, "You multiplied by the share; the smaller it is, the longer it takes: divide."),
        (right / 2e10, "The tokens are missing: every one of them costs six operations a parameter."),
        (right / 1e9, "The parameters are missing: each takes part in six operations a token."),
        (1 / right / 3600**2, "Upside down: operations divided by operations a second are seconds."),
        (round(right), "Do not round: one hour more or less matters for a small model."),
    )
    for slip, sentence in slips:
        if close(value / slip, 1, 1e-6):  # the quotient, as some are tiny
            return sentence
    return f"The first test takes {right:.1f} hours; given: {describe(value)}."


# --- 4.7 carbon -----------------------------------------------------------------------------------------------


def _check_carbon(answer) -> str | None:
    value = as_number(call(answer, 300, 10, 50, 1.5))
    if value is None:
        return f"Your function should return one number; given: {describe(call(answer, 300, 10, 50, 1.5))}."
    if close(value, 225, 1e-6):
        other = as_number(call(answer, 25, 0.5, 700, 1.0))
        if close(other, 8.75, 1e-6):
            return None
        return f"25 W for half an hour at 700 g per kWh and a PUE of 1 are 8.75 g; given: {describe(other)}."
    slips = {
        225_000: "A thousand times too much: 300 W are 0.3 kW.",
        150: "The PUE is missing: the building needs power, too.",
        150_000: "A thousand times too much, and without the PUE: 300 W are 0.3 kW.",
        100: "You divided by the PUE; it makes the bill larger: multiply.",
        0.225: "Those are kilograms; return grams.",
        4.5: "That is the energy in kWh: multiply it by the carbon intensity.",
        4500: "Watts times hours are Wh: divide by 1,000, then multiply by the intensity.",
        22.5: "The hours are missing.",
        375: "A PUE of 1.5 is a factor, not an extra 150 %.",
        0.09: "You divided by the intensity; kWh times g per kWh gives g.",
        810_000: "You turned the hours into seconds; kW times hours gives kWh.",
    }
    for slip, sentence in slips.items():
        if close(value, slip, 1e-6):
            return sentence
    return f"300 W for ten hours at 50 g per kWh and a PUE of 1.5 are 225 g; given: {describe(value)}."


_PAIRS = "def causal_pairs(ids):\n    return [(ids[:i], ids[i]) for i in range(1, len(ids))]"
_PERPLEXITY = (
    "def perplexity(logits, labels):\n"
    "    loss = F.cross_entropy(logits[:-1], labels[1:])  # leaves out labels of -100\n"
    "    return loss.exp().item()"
)
_BY_HAND = (
    "def perplexity(logits, labels):\n"
    "    logits, labels = logits[:-1], labels[1:]\n"
    "    counted = labels != -100\n"
    "    logs = logits.log_softmax(-1)[counted]\n"
    "    losses = -logs[torch.arange(len(logs)), labels[counted]]\n"
    "    return losses.mean().exp().item()"
)
_MASKING = (
    "def mask_tokens(ids, positions, mask_id):\n"
    "    inputs = [mask_id if i in positions else token for i, token in enumerate(ids)]\n"
    "    labels = [token if i in positions else -100 for i, token in enumerate(ids)]\n"
    "    return inputs, labels"
)
_LAYER = (
    "def layer_parameters(hidden, inner):\n"
    "    attention = 4 * (hidden * hidden + hidden)\n"
    "    feed_forward = (hidden * inner + inner) + (inner * hidden + hidden)\n"
    "    norms = 2 * (hidden + hidden)\n"
    "    return attention + feed_forward + norms"
)
_HOURS = (
    "def gpu_hours(parameters, tokens, peak, share):\n"
    "    seconds = 6 * parameters * tokens / (peak * share)\n"
    "    return seconds / 3600"
)
_CARBON = (
    "def carbon(watts, hours, intensity, pue):\n"
    "    energy = watts / 1000 * hours * pue  # kWh\n"
    "    return energy * intensity"
)

EXERCISES = [
    Exercise(
        id="4.1",
        title="Labels out of a text",
        minutes=6,
        difficulty="easy",
        starter="def causal_pairs(ids):\n    ...",
        answer="causal_pairs",
        check=_check_pairs,
        expects="a function that returns a list of pairs",
        hints=(
            "`ids[:i]` are the tokens before position i. At which position does the first label stand?",
            "A loop over `range(1, len(ids))`; each pair is a slice and one token.",
        ),
        solution=_PAIRS,
        wrong=(
            Wrong(_PAIRS.replace("range(1, ", "range("), "empty context"),
            Wrong(_PAIRS.replace("len(ids))", "len(ids) - 1)"), "The last pair is missing"),
            Wrong(_PAIRS.replace("ids[:i]", "ids[:i + 1]"), "stands in its own context"),
            Wrong(_PAIRS.replace("ids[i])", "ids[i - 1])"), "the last token of the context, not the next"),
            Wrong("def causal_pairs(ids):\n    return list(zip(ids, ids[1:]))", "Your contexts hold one token"),
            Wrong(
                _PAIRS.replace("ids[i]) for i in range(1, len(ids))", "ids[i + 1]) for i in range(len(ids) - 1)"),
                "one token too short",
            ),
            Wrong(_PAIRS.replace("ids[:i]", "ids"), "Every context is the whole text"),
            Wrong(
                "def causal_pairs(ids):\n"
                "    pairs, context = [], []\n"
                "    for before, after in zip(ids, ids[1:]):\n"
                "        context.append(before)\n"
                "        pairs.append((context, after))\n"
                "    return pairs",
                "one and the same list",
            ),
            Wrong(_PAIRS.replace("(ids[:i], ids[i])", "(ids[i], ids[:i])"), "The two sides are swapped"),
            Wrong(_PAIRS.replace("(ids[:i], ids[i])", "(ids[i:], ids[i - 1])"), "what comes after"),
            Wrong(_PAIRS.replace("ids[:i]", "ids[max(0, i - 8) : i]"), "not for twelve"),
        ),
        alternatives=(
            "def causal_pairs(ids):\n"
            "    pairs, context = [], []\n"
            "    for token in ids:\n"
            "        if context:\n"
            "            pairs.append([list(context), token])\n"
            "        context.append(token)\n"
            "    return pairs",
        ),
        note="A model computes all pairs of a text at once: the causal mask of notebook 05 keeps the future hidden.",
    ),
    Exercise(
        id="4.2",
        title="Perplexity by hand",
        minutes=12,
        difficulty="medium",
        starter="def perplexity(logits, labels):\n    ...",
        answer="perplexity",
        check=_check_perplexity,
        context=_TORCH,
        expects="a function that takes logits and labels and returns one number",
        hints=(
            "Shift first: which row of logits has no label, and which label has no row? Drop both.",
            "`F.cross_entropy(logits, labels)` is the mean of the negative logarithms of the labels' probabilities, "
            "and leaves out labels of -100. What turns it into a perplexity?",
        ),
        solution=_PERPLEXITY,
        wrong=(
            Wrong(_PERPLEXITY.replace("[:-1]", "").replace("[1:]", ""), "There is no shift"),
            Wrong(_PERPLEXITY.replace("logits[:-1], labels[1:]", "logits[1:], labels[:-1]"), "shifted the other way"),
            Wrong(_PERPLEXITY.replace("loss.exp()", "loss"), "That is the loss"),
            Wrong(_PERPLEXITY.replace("loss.exp().item()", "2 ** loss.item()"), "to the base e and raised 2"),
            Wrong(_PERPLEXITY.replace("labels[1:])", 'labels[1:], reduction="sum")'), "You added the losses up"),
            Wrong(
                _PERPLEXITY.replace("labels[1:])", 'labels[1:], reduction="none").mean()'), "You divided by all labels"
            ),
            Wrong(_PERPLEXITY.replace("(logits[:-1]", "(logits[:-1].softmax(-1)"), "Softmax was applied twice"),
            Wrong(_BY_HAND.replace("log_softmax(-1)", "log_softmax(0)"), "over the tokens"),
            Wrong(
                _BY_HAND.replace("log_softmax(-1)", "softmax(-1)").replace(
                    "losses.mean().exp().item()", "1 / -losses.mean().item()"
                ),
                "You averaged the probabilities",
            ),
            Wrong(_BY_HAND.replace("= -logs", "= logs"), "Upside down"),
            Wrong(_BY_HAND.replace("!= -100", "> 0"), "Token 0 is a token like any other"),
            Wrong(
                _PERPLEXITY.replace("labels[1:])", 'labels[1:], reduction="sum") / 3'),
                "three tokens, all of which count",
            ),
            Wrong(
                "def perplexity(logits, labels):\n    return F.cross_entropy(logits, labels).item()",
                "No shift, and no `exp`",
            ),
            Wrong(_PERPLEXITY.replace("labels[1:])", "labels[1:].clamp(min=0))"), "You turned -100 into token 0"),
            Wrong(
                "def perplexity(logits, labels):\n"
                "    logits, labels = logits[labels != -100], labels[labels != -100]\n"
                "    return F.cross_entropy(logits[:-1], labels[1:]).exp().item()",
                "Shift first, then leave out",
            ),
            Wrong(_BY_HAND.replace("losses.mean().exp()", "losses.exp().mean()"), "Take the mean first"),
        ),
        alternatives=(
            _BY_HAND,
            "def perplexity(logits, labels):\n"
            "    total, count = 0.0, 0\n"
            "    for row, label in zip(logits, labels[1:].tolist()):\n"
            "        if label >= 0:\n"
            "            total += row.logsumexp(0) - row[label]\n"
            "            count += 1\n"
            "    return torch.exp(total / count)",
        ),
        note="A model that finds all 49,152 tokens of SmolLM2 equally likely would have a perplexity of 49,152.",
    ),
    Exercise(
        id="4.3",
        title="Hide tokens, keep the answers",
        minutes=8,
        difficulty="medium",
        starter="def mask_tokens(ids, positions, mask_id):\n    ...",
        answer="mask_tokens",
        check=_check_masking,
        expects="a function that returns two lists",
        hints=(
            "Both lists are as long as `ids`. At a hidden position, what does each of them hold? And elsewhere?",
            "`[... if i in positions else ... for i, token in enumerate(ids)]`, twice.",
        ),
        solution=_MASKING,
        wrong=(
            Wrong(
                _MASKING.replace(
                    "labels = [token if i in positions else -100 for i, token in enumerate(ids)]", "labels = list(ids)"
                ),
                "Your labels name every token",
            ),
            Wrong(_MASKING.replace("else -100", "else 0"), "A label of 0 is a token"),
            Wrong(
                _MASKING.replace("[token if i in positions else -100", "[-100 if i in positions else token"),
                "Your labels name the visible tokens",
            ),
            Wrong(
                "def mask_tokens(ids, positions, mask_id):\n"
                "    inputs = ids\n"
                "    for i in positions:\n"
                "        inputs[i] = mask_id\n"
                "    return inputs, [ids[i] if i in positions else -100 for i in range(len(ids))]",
                "Your labels hold the mask token",
            ),
            Wrong(_MASKING.replace("[mask_id if i in positions else token", "[token"), "still show the hidden tokens"),
            Wrong(
                _MASKING.replace("mask_id if i in positions", "mask_id if token in [ids[p] for p in positions]"),
                "You hid every 15",
            ),
            Wrong(_MASKING.replace("enumerate(ids)", "enumerate(ids, 1)"), "positions count from 0"),
            Wrong(_MASKING.replace("[mask_id if", "[103 if"), "a mask of 50"),
            Wrong(_MASKING.replace("i in positions", "min(positions) <= i <= max(positions)"), "what lies between"),
            Wrong(
                _MASKING.replace(
                    "inputs = [mask_id if i in positions",
                    "p = [ids.index(ids[i]) for i in positions]\n    inputs = [mask_id if i in p",
                ),
                "with `index`",
            ),
            Wrong(_MASKING.replace("return inputs, labels", "return list(zip(inputs, labels))"), "not a list of pairs"),
            Wrong(
                "def mask_tokens(ids, positions, mask_id):\n"
                "    inputs = labels = list(ids)\n"
                "    for i, token in enumerate(ids):\n"
                "        inputs[i] = mask_id if i in positions else token\n"
                "        labels[i] = token if i in positions else -100\n"
                "    return inputs, labels",
                "one and the same list",
            ),
            Wrong(_MASKING.replace("return inputs, labels", "return labels, inputs"), "The two are swapped"),
            Wrong(
                _MASKING.replace("return inputs, labels", "return inputs, [ids[i] for i in positions]"),
                "one entry for each token",
            ),
        ),
        alternatives=(
            "def mask_tokens(ids, positions, mask_id):\n"
            "    inputs, labels = list(ids), [-100] * len(ids)\n"
            "    for i in positions:\n"
            "        inputs[i], labels[i] = mask_id, ids[i]\n"
            "    return [inputs, labels]",
            "import torch\n\n"
            "def mask_tokens(ids, positions, mask_id):\n"
            "    inputs, labels = torch.tensor(ids), torch.full((len(ids),), -100)\n"
            "    labels[positions] = inputs[positions]\n"
            "    inputs[positions] = mask_id\n"
            "    return inputs, labels",
        ),
        note="-100 is what PyTorch's `cross_entropy` ignores; the data collators of transformers use it, too.",
    ),
    Choice(
        id="4.4",
        title="Ten million letters",
        minutes=3,
        difficulty="easy",
        question=(
            "An archive has ten million letters, as plain text. Nobody has ever labelled one of them. Which of the "
            "three families can be *pretrained* on them?"
        ),
        options={
            "a": Option(
                "Decoders only: they predict the next token",
                "Decoders can, but they are not alone: a hidden token of a letter is a label just as the next one is.",
            ),
            "b": Option(
                "Encoders only: they were made to read",
                "Encoders can, but they are not alone: the next token of a letter is a label just as a hidden one is.",
            ),
            "c": Option(
                "None: the letters need labels first",
                "Labels by people are for fine-tuning. Pretraining takes its labels from the text itself.",
            ),
            "d": Option(
                "All three",
                "Right: the next token, a hidden token, or a hidden piece of the text are labels that every text "
                "brings along.",
                correct=True,
            ),
        },
        hints=(
            "Where did the labels in 4.1 and 4.3 come from?",
            "Sections 3 and 4 made labels for two of the families; T5 and BART learn by repairing damaged text.",
        ),
    ),
    Exercise(
        id="4.5",
        title="Count a layer",
        minutes=10,
        difficulty="medium",
        starter="def layer_parameters(hidden, inner):\n    ...",
        answer="layer_parameters",
        check=_check_layer,
        expects="a function that returns one number",
        hints=(
            "A matrix from a to b has a · b weights and a bias of b numbers. Count the four of attention first.",
            "Feed-forward: `hidden * inner + inner`, and then back. The two norms have `2 * hidden` numbers each.",
        ),
        solution=_LAYER,
        wrong=(
            Wrong(
                "def layer_parameters(hidden, inner):\n    return 4 * hidden**2 + 2 * hidden * inner",
                "the six matrices alone",
            ),
            Wrong(
                "def layer_parameters(hidden, inner):\n    return 4 * hidden**2 + 2 * hidden * inner + 4 * hidden",
                "biases of all six",
            ),
            Wrong(_LAYER.replace(" + norms", ""), "either the biases of attention or the two layer norms"),
            Wrong(
                _LAYER.replace("(hidden * inner + inner) + (inner * hidden + hidden)", "2 * hidden * inner"),
                "The biases of the feed-forward part are missing",
            ),
            Wrong(_LAYER.replace("2 * (hidden + hidden)", "2 * hidden"), "counted by half"),
            Wrong(_LAYER.replace("4 * (", "3 * ("), "three square matrices"),
            Wrong(_LAYER.replace(" + (inner * hidden + hidden)", ""), "a second matrix, back"),
            Wrong(_LAYER.replace("hidden * inner + inner", "hidden * inner + hidden"), "first feed-forward matrix"),
            Wrong(_LAYER.replace("inner * hidden + hidden", "inner * hidden + inner"), "second feed-forward matrix"),
            Wrong("def layer_parameters(hidden, inner):\n    return 12 * hidden**2", "rule of thumb"),
            Wrong(_LAYER.replace("    attention", "    inner = 4 * hidden\n    attention", 1), "use the argument"),
        ),
        alternatives=(
            "def layer_parameters(hidden, inner):\n    return hidden * (4 * hidden + 2 * inner + 9) + inner",
            "import torch\n\n"
            "def layer_parameters(hidden, inner):\n"
            "    layer = torch.nn.TransformerEncoderLayer(hidden, nhead=1, dim_feedforward=inner)\n"
            "    return sum(tensor.numel() for tensor in layer.parameters())",
        ),
        note="The number of heads does not matter: heads share the same four matrices, each with its own slice.",
    ),
    Exercise(
        id="4.6",
        title="How long does training take?",
        minutes=6,
        difficulty="medium",
        starter="def gpu_hours(parameters, tokens, peak, share):\n    ...",
        answer="gpu_hours",
        check=_check_hours,
        expects="a function that returns one number",
        hints=(
            "How many operations in all, and how many does one GPU really do in a second?",
            "`peak * share` operations a second; an hour has 3,600 seconds.",
        ),
        solution=_HOURS,
        wrong=(
            Wrong(_HOURS.replace(" / 3600", ""), "Those are seconds"),
            Wrong(_HOURS.replace("/ 3600", "* 3600"), "You multiplied by 3,600"),
            Wrong(_HOURS.replace("6 * ", ""), "The six is missing"),
            Wrong(_HOURS.replace("3600", "60"), "Those are minutes"),
            Wrong(_HOURS.replace("6 *", "2 *"), "training takes six"),
            Wrong(_HOURS.replace("(peak * share)", "peak"), "The share is missing"),
            Wrong(_HOURS.replace("/ (peak * share)", "/ peak * share"), "You multiplied by the share"),
            Wrong(_HOURS.replace(" * tokens", ""), "The tokens are missing"),
            Wrong(_HOURS.replace(" * parameters", ""), "The parameters are missing"),
            Wrong(
                _HOURS.replace("6 * parameters * tokens / (peak * share)", "peak * share / (6 * parameters * tokens)"),
                "Upside down",
            ),
            Wrong(_HOURS.replace("seconds / 3600", "round(seconds / 3600)"), "Do not round"),
            Wrong(_HOURS.replace("/ 3600", "/ 3600 / 24"), "Those are days"),
        ),
        alternatives=(
            "def gpu_hours(parameters, tokens, peak, share):\n"
            "    tokens_per_hour = peak * share * 3600 / (6 * parameters)\n"
            "    return tokens / tokens_per_hour",
        ),
        note="With 7e9, 2e12, 312e12 (an A100) and 0.4 it gives about 187,000; the paper on Llama 2 7B counts 184,320.",
    ),
    Exercise(
        id="4.7",
        title="The carbon of a run",
        minutes=5,
        difficulty="easy",
        starter="def carbon(watts, hours, intensity, pue):\n    ...",
        answer="carbon",
        check=_check_carbon,
        expects="a function that returns one number",
        hints=(
            "First the energy, in kWh: a kilowatt is a thousand watts, and kWh are kilowatts times hours.",
            "Energy times PUE is what the meter of the building counts; times the intensity gives grams.",
        ),
        solution=_CARBON,
        wrong=(
            Wrong(_CARBON.replace("watts / 1000", "watts"), "A thousand times too much: 300 W"),
            Wrong(_CARBON.replace(" * pue", ""), "The PUE is missing"),
            Wrong(_CARBON.replace("watts / 1000", "watts").replace(" * pue", ""), "and without the PUE"),
            Wrong(_CARBON.replace("* pue", "/ pue"), "You divided by the PUE"),
            Wrong(_CARBON.replace("energy * intensity", "energy * intensity / 1000"), "Those are kilograms"),
            Wrong(_CARBON.replace("energy * intensity", "energy"), "That is the energy"),
            Wrong(_CARBON.replace("energy * intensity", "energy").replace(" / 1000", ""), "hours are Wh"),
            Wrong(_CARBON.replace(" * hours", ""), "The hours are missing"),
            Wrong(_CARBON.replace("* pue", "* (1 + pue)"), "not an extra 150 %"),
            Wrong(_CARBON.replace("energy * intensity", "energy / intensity"), "You divided by the intensity"),
            Wrong(_CARBON.replace("* hours", "* hours * 3600"), "hours into seconds"),
        ),
        alternatives=(
            "def carbon(watts, hours, intensity, pue):\n"
            "    joules = watts * hours * 3600\n"
            "    return joules / 3.6e6 * intensity * pue",
        ),
        note=(
            "BLOOM took 1,082,990 hours of GPUs of 400 W at 57 g per kWh: with a PUE of 1 these are the 24.7 tonnes of "
            "its paper (arXiv 2211.02001). SmolLM2-135M comes to a third of a tonne at 369 g and a PUE of 1.1; "
            "or to more, as small models reach less than 0.4 of the peak."
        ),
    ),
]
