"""2.1 Which answers need a second look?"""

from course_utils.exercises.answers import as_list, call, close, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import known_slip


def _results(*pairs: tuple[str, float]) -> list[dict]:
    return [{"label": label, "score": score} for label, score in pairs]


_P, _N = "POSITIVE", "NEGATIVE"
_CASES = (
    (_results((_P, 0.99), (_P, 0.60), (_P, 0.90), (_P, 0.51), (_P, 0.97)), 0.9),
    (_results((_N, 0.55), (_P, 0.72), (_N, 0.55), (_P, 0.698), (_N, 0.98)), 0.7),
    (_results(("sport", 0.2), ("art", 0.5), ("art", 0.31), ("law", 0.3)), 0.3),
    (_results((_N, 0.999), (_P, 0.9949)), 0.995),
    (_results((_N, 0.97), (_P, 0.8)), 0.6),
    (_results(*[(_N, score / 20) for score in range(19, 0, -1)]), 0.52),
    ([], 0.9),
)


def _right(results, threshold) -> list[int]:
    return [i for i, result in enumerate(results) if result["score"] < threshold]


_SLIPS = (
    (
        lambda rs, t: [i for i, r in enumerate(rs) if r["score"] <= t],
        "A score that equals the threshold does not lie below it.",
    ),
    (
        lambda rs, t: [i for i, r in enumerate(rs) if r["score"] > t],
        "Those are the sure answers; the doubtful ones score below the threshold.",
    ),
    (
        lambda rs, t: [i for i, r in enumerate(rs) if r["score"] >= t],
        "Those are the answers that are not below the threshold; you want the others.",
    ),
    (lambda rs, t: [r["score"] for r in rs if r["score"] < t], "Those are the scores: return their positions."),
    (lambda rs, t: [i + 1 for i in _right(rs, t)], "You count from one; positions in Python start at zero."),
    (lambda rs, t: _right(rs, t)[:1], "You return the first one only; look through all results."),
    (lambda rs, t: _right(rs, 0.9), "You took 0.9 whatever the threshold is."),
    (
        lambda rs, t: [rs.index(r) for r in rs if r["score"] < t],
        "Two results can be the same, and `index` finds only the first of them.",
    ),
)


def _check_doubtful(answer) -> str | None:
    for results, threshold in _CASES:
        value, right = call(answer, results, threshold), _right(results, threshold)
        got = as_list(value)
        shown = ", ".join(f"{r['label']} {r['score']}" for r in results) or "no results at all"
        shown = (
            f"For {shown} and the threshold {threshold} the doubtful positions are `{right}`; given: {describe(value)}."
        )
        if got is None:
            return f"{shown} Return a list of positions."
        if any(is_a(item, dict) for item in got):
            return f"{shown} Those are the results themselves; return their positions in the list."
        if any(is_a(item, bool) for item in got):
            return f"{shown} You say yes or no for each result; return the positions."
        if not close(got, right):
            says = known_slip(answer, _CASES, _SLIPS, as_list)
            if says is None and all(is_a(item, int, float) for item in got) and close(sorted(got), right):
                says = "The right positions, but in another order: the smallest comes first."
            return f"{shown} {says}" if says else shown
    return None


_HEAD = "def doubtful(results, threshold):\n"
_SOLUTION = _HEAD + '    return [i for i, result in enumerate(results) if result["score"] < threshold]'


EXERCISE = Exercise(
    id="2.1",
    title="Which answers need a second look?",
    minutes=5,
    difficulty="easy",
    starter="def doubtful(results, threshold):\n    ...",
    answer="doubtful",
    check=_check_doubtful,
    expects="a function that returns a list of positions",
    hints=(
        "Go through the results one by one. What do you need of each: its label, its score, its position?",
        "`enumerate(results)` gives each result together with its position.",
        'Keep the position where `result["score"] < threshold`.',
    ),
    solution=_SOLUTION,
    why="`enumerate` counts along while the loop looks at the scores, so the position is at hand when a score "
    "turns out to be low. The label plays no part.",
    wrong=(
        Wrong(changed(_SOLUTION, ("<", ">")), "Those are the sure answers"),
        Wrong(changed(_SOLUTION, ("<", ">=")), "Those are the answers that are not below"),
        Wrong(changed(_SOLUTION, ("<", "<=")), "A score that equals the threshold"),
        Wrong(_HEAD + '    return [r for r in results if r["score"] < threshold]', "Those are the results themselves"),
        Wrong(_HEAD + '    return [r["score"] for r in results if r["score"] < threshold]', "Those are the scores"),
        Wrong(_HEAD + '    return [r["score"] < threshold for r in results]', "yes or no"),
        Wrong(changed(_SOLUTION, ("enumerate(results)", "enumerate(results, 1)")), "You count from one"),
        Wrong(changed(_SOLUTION, ("threshold]", "0.9]")), "You took 0.9"),
        Wrong(changed(_SOLUTION, ("[i for", "[results.index(result) for")), "`index` finds only the first"),
        Wrong(changed(_SOLUTION, ("threshold]", "threshold][::-1]")), "in another order"),
        Wrong(changed(_SOLUTION, ("threshold]", "threshold][:1]")), "the first one only"),
        Wrong(changed(_SOLUTION, ('["score"]', '["scores"]')), "KeyError", status="error in your code"),
    ),
    also_wrong=(
        changed(_SOLUTION, ('result["score"]', 'round(result["score"], 2)')),
        changed(_SOLUTION, ("threshold]", 'threshold and result["label"] == "POSITIVE"]')),
        changed(
            _SOLUTION,
            ('result["score"]', '(1 - result["score"] if result["label"] == "NEGATIVE" else result["score"])'),
        ),
        changed(_SOLUTION, ("enumerate(results)", "list(enumerate(results))[1:]")),
        _HEAD + '    places = {r["score"]: i for i, r in enumerate(results)}\n'
        "    return sorted(i for score, i in places.items() if score < threshold)",
        changed(_SOLUTION, ("return", "found ="), ("threshold]", "threshold]\n    if found:\n        return found")),
        _HEAD + '    return {i for i, r in enumerate(results) if r["score"] < threshold}',
    ),
    alternatives=(
        _HEAD + "    found = []\n"
        "    for position in range(len(results)):\n"
        '        if not results[position]["score"] >= threshold:\n'
        "            found.append(position)\n"
        "    return tuple(found)",
        "import numpy as np\n\n"
        + _HEAD
        + '    return np.where(np.array([r["score"] for r in results]) < threshold)[0]',
    ),
)
