"""Bias of a language model, measured with its uncertainty: sentences that differ in the group only, and what changes.

`probe` scores candidate words with two groups in many templates. The others do the same statistics for numbers of your
own: paired differences, two independent lists, many p-values. The numbers describe one model on these templates:
nothing about people, and a difference near zero does not show that a model is fair.
"""

from .likelihood import log_probabilities
from .probing import probe, summary
from .result import Bias
from .statistics import difference_interval, holm, interval, label_permutation_p, permutation_p

__all__ = ["Bias", "difference_interval", "holm", "interval", "label_permutation_p", "log_probabilities"]
__all__ += ["permutation_p", "probe", "summary"]
