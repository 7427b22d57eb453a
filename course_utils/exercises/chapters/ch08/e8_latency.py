"""8.8 How long does one wait?"""

from itertools import permutations
from statistics import median

from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import TORCH, compare, vector

_LATENCY = (
    "def latency(start, arrivals):\n"
    "    first, last, count = arrivals[0], arrivals[-1], len(arrivals)\n"
    "    each = (last - first) / (count - 1) if count > 1 else 0\n"
    "    return first - start, each, count / (last - start)"
)

_CASES = (  # seconds
    (10.0, [10.8, 10.9, 11.1, 11.5, 11.6]),
    (5.0, [6.0, 8.0, 9.0, 13.0]),
    (2.0, [2.25, 4.0, 4.5]),
    (0.0, [0.012345, 0.023457, 0.031111]),  # nothing that can be rounded
    (1.0, [1.5, 1.9]),
    (3.0, [3.5]),
)


def _right(start, arrivals) -> tuple[float, float, float]:
    first, last, count = arrivals[0], arrivals[-1], len(arrivals)
    return first - start, (last - first) / (count - 1) if count > 1 else 0.0, count / (last - start)


def _first(rule):
    return lambda start, arrivals: (rule(start, arrivals), ..., ...)


def _each(rule):
    """Anything may come where a single token leaves no gap."""
    return lambda start, arrivals: (..., rule(start, arrivals) if len(arrivals) > 1 else ..., ...)


def _rate(rule):
    return lambda start, arrivals: (..., ..., rule(start, arrivals) if len(arrivals) > 1 else ...)


def _gaps(a) -> list[float]:
    return [later - earlier for earlier, later in zip(a, a[1:], strict=False)]


def _order(places):
    return lambda start, arrivals: tuple(_right(start, arrivals)[place] for place in places)


_OTHER_ORDER = "Three right numbers in another order: first token, time per token, throughput."
_RULES = (
    *((_order(places), _OTHER_ORDER) for places in permutations(range(3))),
    (
        _first(lambda s, a: a[0]),
        "The time to the first token counts from `start`: your first number is the time on the clock.",
    ),
    (
        _first(lambda s, a: s - a[0]),
        "The time to the first token is negative in your result: the later time comes first.",
    ),
    (
        _each(lambda s, a: (a[-1] - a[0]) / len(a)),
        "Five tokens have four gaps between them: divide by the number of gaps.",
    ),
    (
        _each(lambda s, a: (a[-1] - s) / len(a)),
        "The wait for the first token is prefill: it does not belong to the time per *further* token.",
    ),
    (
        _each(lambda s, a: (a[-1] - s) / (len(a) - 1)),
        "The number of gaps is right, but they begin at the first token, not at the start.",
    ),
    (
        _each(lambda s, a: a[-1] - a[0]),
        "Your second number is the time from the first token to the last: a mean is asked.",
    ),
    (_each(lambda s, a: _gaps(a)[0]), "Your second number is the first gap alone: asked is the mean of all."),
    (_each(lambda s, a: _gaps(a)[-1]), "Your second number is the last gap alone: asked is the mean of all."),
    (_each(lambda s, a: median(_gaps(a))), "Your second number is the median of the gaps: asked is their mean."),
    (
        _rate(lambda s, a: (len(a) - 1) / (a[-1] - a[0])),
        "Throughput is not 1 / time per token: whoever waits, waits for the prefill, too.",
    ),
    (
        _rate(lambda s, a: (len(a) - 1) / (a[-1] - s)),
        "Throughput: the first token is one of the tokens, too, so do not leave it out.",
    ),
    (_rate(lambda s, a: len(a) / (a[-1] - a[0])), "Throughput counts from the start, not from the first token."),
    (_rate(lambda s, a: len(a) / a[-1]), "Throughput: the time counts from `start`, not from 0 on the clock."),
    (_rate(lambda s, a: (a[-1] - s) / len(a)), "Your third number is seconds a token; throughput is tokens a second."),
)


def _three(value, *case) -> list | None:
    return vector(value, 3)


def _check_latency(answer) -> str | None:
    return compare(answer, _CASES, _right, _RULES, _three, "three numbers, in a tuple or list")


EXERCISE = Exercise(
    id="8.8",
    title="How long does one wait?",
    minutes=5,
    difficulty="easy",
    starter="def latency(start, arrivals):\n    ...",
    answer="latency",
    check=_check_latency,
    context=TORCH,
    expects="a function that returns three numbers",
    hints=(
        "Draw a line with the start at 2 s and tokens at 3, 4 and 6 s: which piece of it belongs to which of the three "
        "numbers?",
        "The first number needs `start` and the first arrival, the second the arrivals alone, the third `start`, the "
        "last arrival and the number of tokens.",
        "Between *n* tokens lie *n* - 1 gaps, so their mean is `(arrivals[-1] - arrivals[0]) / (n - 1)`. With a single "
        "token there is none: write 0 for it, before you divide by 0.",
    ),
    solution=_LATENCY,
    why="The gaps add up to the time from the first token to the last, so their mean needs only these two. The "
    "throughput counts every token and the whole wait, prefill included.",
    wrong=(
        Wrong(changed(_LATENCY, ("/ (count - 1)", "/ count")), "have four gaps"),
        Wrong(changed(_LATENCY, ("(last - first) / (count - 1)", "(last - start) / count")), "*further* token"),
        Wrong(changed(_LATENCY, ("(last - first) / (count - 1)", "arrivals[1] - first")), "the first gap alone"),
        Wrong(changed(_LATENCY, ("(last - first) / (count - 1)", "last - arrivals[-2]")), "the last gap alone"),
        Wrong(
            "import statistics\n"
            + changed(
                _LATENCY,
                ("(last - first) / (count - 1)", "statistics.median(b - a for a, b in zip(arrivals, arrivals[1:]))"),
            ),
            "the median of the gaps",
        ),
        Wrong(changed(_LATENCY, ("(last - first)", "(last - start)")), "but they begin at the first token"),
        Wrong(changed(_LATENCY, (" / (count - 1)", "")), "a mean is asked"),
        Wrong(changed(_LATENCY, ("first - start,", "first,")), "is the time on the clock"),
        Wrong(changed(_LATENCY, ("first - start,", "start - first,")), "is negative in your result"),
        Wrong(changed(_LATENCY, ("count / (last - start)", "1 / each if each else 0")), "not 1 / time per token"),
        Wrong(changed(_LATENCY, ("count / (last - start)", "(count - 1) / (last - start)")), "do not leave it out"),
        Wrong(
            changed(_LATENCY, ("count / (last - start)", "count / (last - first) if count > 1 else 0")),
            "not from the first token",
        ),
        Wrong(changed(_LATENCY, ("count / (last - start)", "count / last")), "not from 0 on the clock"),
        Wrong(changed(_LATENCY, ("count / (last - start)", "(last - start) / count")), "is seconds a token"),
        Wrong(
            changed(
                _LATENCY,
                ("first - start, each, count / (last - start)", "first - start, count / (last - start), each"),
            ),
            "in another order",
        ),
        Wrong(changed(_LATENCY, (" if count > 1 else 0", "")), "ZeroDivisionError", status="error in your code"),
    ),
    also_wrong=(
        changed(_LATENCY, ("count > 1", "count > 2")),
        changed(_LATENCY, ("else 0", "else float('nan')")),
        changed(_LATENCY, ("else 0", "else first - start")),
        changed(
            _LATENCY,
            ("return first", "return tuple(round(x, 3) for x in (first"),
            ("(last - start)", "(last - start)))"),
        ),
        changed(_LATENCY, ("first, last", "first = arrivals.pop(0)\n    last"), ("= arrivals[0], arr", "= arr")),
        changed(_LATENCY, ("arrivals[0], arrivals[-1], len(arrivals)", "arrivals[0], arrivals[-1], 5")),
    ),
    alternatives=(
        "def latency(start, arrivals):\n"
        "    gaps = [b - a for a, b in zip(arrivals, arrivals[1:])]\n"
        "    mean = sum(gaps) / len(gaps) if gaps else 0.0\n"
        "    return [arrivals[0] - start, mean, len(arrivals) / (arrivals[-1] - start)]",
        "def latency(start, arrivals):\n"
        "    times = torch.tensor(arrivals) - start\n"
        "    each = times.diff().mean() if len(times) > 1 else torch.tensor(0.0)\n"
        "    return torch.stack([times[0], each, len(times) / times[-1]])",
    ),
    note="A chat needs a short first wait and a steady flow; a nightly job only throughput.",
)
