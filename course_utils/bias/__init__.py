"""Bias of a language model, measured with its uncertainty: sentences that differ in the group only, and what changes.

`probe` scores candidate words with two groups in many templates; `summary`, `interval` and `permutation_p` do the same
statistics for any paired differences. The numbers describe one model on these templates: nothing about people, and a
difference near zero does not show that a model is fair. Only `probe` and `log_probabilities` need torch.
"""

from .likelihood import log_probabilities
from .probing import probe, summary
from .result import Bias
from .statistics import interval, permutation_p

__all__ = ["Bias", "interval", "log_probabilities", "permutation_p", "probe", "summary"]
