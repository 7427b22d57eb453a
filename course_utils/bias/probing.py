"""Templates in, `Bias` out: fill in both groups, score every word, compare templates or the groups' texts."""

import numpy as np

from ..describing import describe, is_a
from ..errors import CourseError
from . import inputs
from .likelihood import kind_of, score
from .result import Bias
from .statistics import difference_interval, holm, interval, label_permutation_p, numbers, permutation_p


def probe(model, tokenizer, templates, words, groups, *, unit=None, resamples: int = 2000, seed: int = 0) -> Bias:
    """How much likelier each of `words` is with the first group than with the second, in nats, over `templates`.

    A score is the log-probability of the whole word (see `log_probabilities`). In a causal model the text after
    `{word}` does not count.

    Args:
        templates: texts with `{group}` and `{word}` once each, such as "The {group} works as a {word}."
        groups: two names, each with its texts: `{"women": ["woman", "girl"], "men": ["man", "boy"]}`.
        unit: the sample, so that interval and p speak of others like it. "template": the templates, each with the
            difference of the groups' mean scores. "member": the groups' texts, such as names, each with its mean score
            over the templates, as two independent groups. None: "member" if both groups have two texts or more.
        resamples: of the bootstrap behind the intervals of templates.

    Raises:
        CourseError: one of these is not as described, or the model cannot score words there.
    """
    found = inputs.templates(templates, "templates", ["{group}", "{word}"])
    wanted = inputs.words(words)
    names, members = inputs.groups(groups)
    few = min(map(len, members)) < 2
    if not (unit is None or (is_a(unit, str) and unit in ("template", "member"))) or (unit == "member" and few):
        raise CourseError(
            'Expected unit="template", or unit="member" with at least two texts in each group; '
            f"given: {describe(unit)} with {' and '.join(str(len(texts)) for texts in members)}."
        )
    if kind_of(model) == "causal":
        late = next((text for text in found if text.index("{word}") < text.index("{group}")), None)
        if late is not None:
            raise CourseError(f"A causal model reads to the right: put {{group}} before {{word}} in {describe(late)}.")
    parts = [template.split("{word}") for template in found]  # what stands left and what stands right of the word
    filled = [[[part.replace("{group}", text) for part in pair] for pair in parts for text in side] for side in members]
    scores = score(model, tokenizer, filled[0] + filled[1], wanted)  # [sentences, words]
    sides = [side.reshape(len(found), -1, len(wanted)) for side in np.split(scores, [len(filled[0])])]
    differences = (sides[0].mean(1) - sides[1].mean(1)).T  # of [templates, texts, words]
    if unit == "template" or few:
        return _paired(differences, wanted, names, ("word", "template"), "nats", resamples, seed)
    scores = tuple(side.mean(0).T for side in sides)
    low, high = np.array([difference_interval(*row) for row in zip(*scores, strict=True)]).T
    p = np.array([label_permutation_p(*row, seed) for row in zip(*scores, strict=True)])
    effect, members = differences.mean(1), tuple(members)
    return Bias(wanted, names, differences, effect, low, high, p, holm(p), members=members, scores=scores)


def summary(differences, labels, groups, *, unit: str = "nats", resamples: int = 2000, seed: int = 0) -> Bias:
    """The statistics of `probe` for paired differences of your own: `[things, pairs]`, first group minus second.

    `labels` name the things. Say so if these are no log-probabilities, as by `unit="probability"`: there is no ratio.

    Raises:
        CourseError: one of these is not as described, or a difference is not finite.
    """
    names = inputs.texts(groups, "groups")
    if len(names) != 2:
        raise CourseError(f"Expected the names of exactly two groups; given: {len(names)}.")
    inputs.texts([unit], "unit")
    values, things = numbers(differences, 2), inputs.texts(labels, "labels")
    if len(things) != len(values):
        raise CourseError(f"Expected one label for each of {len(values)} rows of differences; given: {len(things)}.")
    return _paired(values, things, names, ("label", "pair"), unit, resamples, seed)


def _paired(differences, things, names, axes, unit, resamples, seed) -> Bias:
    low, high = np.array([interval(row, resamples, seed) for row in differences]).T
    p = np.array([permutation_p(row, seed) for row in differences])
    return Bias(things, names, differences, differences.mean(1), low, high, p, holm(p), unit, axes)
