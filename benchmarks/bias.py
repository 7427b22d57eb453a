"""What intervals and p-values of names are worth, on scores whose truth is known: `python benchmarks/bias.py`.

A score is that of a name in a template: names differ by 0.5 nats (standard deviation), templates by 0.5, each pair of
both by another 0.3; the first list is 0 or 0.8 nats higher in truth. 600 such tables a line. Then lists of unequal
length, and ten words at once with Holm's correction.
"""

import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from reporting import report, title  # noqa: E402 (the path comes first)
from test_bias_names import by_names, by_templates, drawn, shares  # noqa: E402

from course_utils.bias import holm  # noqa: E402

SEEDS = 600
ANALYSES = {"templates": by_templates, "names": by_names}


def main() -> None:
    start = time.perf_counter()
    cases = {"10 + 10 names": {}, "6 + 6 names": {"names": (6, 6)}}
    for kind in ("normal", "skewed", "unequal", "one skewed"):
        for case, how in cases.items():
            title(f"{case}, {kind}: the sample is …")
            for name, analysis in ANALYSES.items():
                line(name, analysis, {**how, "kind": kind})
    for sizes, which in (((6, 20), "longer"), ((20, 6), "shorter")):
        title(f"6 and 20 names, the {which} list spreads three times wider: the sample is …")
        line("names", by_names, {"names": sizes, "kind": "unequal"})
    title("Ten words without any effect: a table has a false alarm")
    for name, analysis in ANALYSES.items():
        words(name, analysis)
    print(f"\n{time.perf_counter() - start:.0f} seconds")


def line(name: str, analysis, how: dict) -> None:
    _, alarms = shares(analysis, 0.0, SEEDS, **how)
    held, power = shares(analysis, 0.8, SEEDS, **how)
    report(name, f"interval holds the truth {held:.1%}; false alarms {alarms:.1%}; effects found {power:.1%}")


def words(name: str, analysis) -> None:
    """Each word has names and templates of its own, so the words are independent."""
    alone = anywhere = 0
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        p = np.array([analysis(drawn(rng, 0.0), 0.0)[1] for _ in range(10)])
        alone += p.min() < 0.05
        anywhere += holm(p).min() < 0.05
    report(name, f"{alone / SEEDS:.1%} without a correction, {anywhere / SEEDS:.1%} with Holm's")


if __name__ == "__main__":
    main()
