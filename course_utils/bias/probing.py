"""Templates in, `Bias` out: fill in both groups, score every word, take the difference in each template."""

import numpy as np

from ..describing import describe
from ..errors import CourseError
from . import inputs
from .likelihood import kind_of, score
from .result import Bias
from .statistics import flip_test, interval, numbers, size


def probe(model, tokenizer, templates, words, groups, *, resamples: int = 2000, seed: int = 0) -> Bias:
    """How much likelier each of `words` is with the first group than with the second, in nats, over `templates`.

    A template's score with a group is the log-probability of the whole word (see `log_probabilities`), averaged over
    the group's texts; the difference is the first group's score minus the second's. In a causal model the text after
    `{word}` does not count.

    Args:
        templates: texts with `{group}` and `{word}` once each, such as "The {group} works as a {word}."
        groups: two names, each with its texts: `{"women": ["woman", "girl"], "men": ["man", "boy"]}`.
        resamples: of the bootstrap behind the intervals.

    Raises:
        CourseError: one of these is not as described, or the model cannot score words there.
    """
    found = inputs.templates(templates, "templates", ["{group}", "{word}"])
    wanted = inputs.words(words)
    names, members = inputs.groups(groups)
    if kind_of(model) == "causal":
        late = next((text for text in found if text.index("{word}") < text.index("{group}")), None)
        if late is not None:
            raise CourseError(
                "A causal model reads from left to right, so {group} should stand before {word}; "
                f"given: {describe(late)}."
            )
    filled = [[_fill(template, text) for template in found for text in texts] for texts in members]
    scores = score(model, tokenizer, filled[0] + filled[1], wanted)  # [sentences, words]
    sides = np.split(scores, [len(filled[0])])
    first, second = (side.reshape(len(found), -1, len(wanted)).mean(1) for side in sides)  # [templates, words]
    return _bias((first - second).T, wanted, names, ("word", "template"), "nats", resamples, seed)


def summary(differences, labels, groups, *, unit: str = "nats", resamples: int = 2000, seed: int = 0) -> Bias:
    """The statistics of `probe` for differences of your own: `[things, pairs]`, first group minus second.

    `labels` name the things, `groups` the two groups. Say so if the differences are no log-probabilities, such as
    `unit="probability"`: then there is no ratio.

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
    return _bias(values, things, names, ("label", "pair"), unit, resamples, seed)


def _bias(differences, things, names, axes, unit, resamples, seed) -> Bias:
    values = numbers(differences, 2)
    low, high = np.array([interval(row, resamples, seed) for row in values]).T
    p, corrected = flip_test(values, seed)
    return Bias(things, names, values, values.mean(1), low, high, p, corrected, size(values), unit, axes)


def _fill(template: str, text: str) -> tuple[str, str]:
    """What stands left and what stands right of the word."""
    left, right = template.split("{word}")
    return left.replace("{group}", text), right.replace("{group}", text)
