"""8.8 How long does one wait?"""

from course_utils.exercises.answers import call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import vector

_LATENCY = (
    "def latency(start, arrivals):\n"
    "    first, last, count = arrivals[0], arrivals[-1], len(arrivals)\n"
    "    each = (last - first) / (count - 1) if count > 1 else 0\n"
    "    return first - start, each, count / (last - start)"
)


def _check_latency(answer) -> str | None:
    start, arrivals = 100.0, [100.8, 100.9, 101.1, 101.5, 101.6]  # seconds
    value = call(answer, start, arrivals)
    found = vector(value, 3)
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


EXERCISE = Exercise(
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
        Wrong(changed(_LATENCY, ("/ (count - 1)", "/ count")), "have four gaps"),
        Wrong(changed(_LATENCY, ("(last - first) / (count - 1)", "(last - start) / count")), "*further* token"),
        Wrong(changed(_LATENCY, ("(last - first) / (count - 1)", "arrivals[1] - first")), "a single gap"),
        Wrong(changed(_LATENCY, ("(last - first)", "(last - start)")), "but they begin at the first token"),
        Wrong(changed(_LATENCY, (" / (count - 1)", "")), "divide it by the number of gaps"),
        Wrong(changed(_LATENCY, ("first - start,", "first,")), "when the clock was zero"),
        Wrong(changed(_LATENCY, ("count / (last - start)", "1 / each if each else 0")), "not 1 / time per token"),
        Wrong(changed(_LATENCY, ("count / (last - start)", "(count - 1) / (last - start)")), "five were written"),
        Wrong(
            changed(_LATENCY, ("count / (last - start)", "count / (last - first) if count > 1 else 0")),
            "not from the first token",
        ),
        Wrong(changed(_LATENCY, ("count / (last - start)", "(last - start) / count")), "That is seconds a token"),
        Wrong(
            changed(
                _LATENCY,
                ("first - start, each, count / (last - start)", "first - start, count / (last - start), each"),
            ),
            "in another order",
        ),
        Wrong(changed(_LATENCY, (" if count > 1 else 0", "")), "ZeroDivisionError", status="error in your code"),
    ),
    alternatives=(
        "def latency(start, arrivals):\n"
        "    gaps = [b - a for a, b in zip(arrivals, arrivals[1:])]\n"
        "    mean = sum(gaps) / len(gaps) if gaps else 0.0\n"
        "    return [arrivals[0] - start, mean, len(arrivals) / (arrivals[-1] - start)]",
    ),
    note="A chat needs a short first wait and a steady flow; a nightly job only throughput.",
)
