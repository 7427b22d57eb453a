"""2.1 Which answers need a second look?"""

from course_utils.exercises.answers import as_list, call, close, describe, is_a
from course_utils.exercises.records import Exercise, Wrong


def _check_doubtful(answer) -> str | None:
    scores = [0.99, 0.60, 0.90, 0.51, 0.97]
    results = [{"label": "POSITIVE", "score": score} for score in scores]
    value = call(answer, results, 0.9)
    got = as_list(value)
    if got is None:
        return f"Your function should return a list of positions; given: {describe(value)}."
    if close(got, [1, 3]):
        if as_list(call(answer, [], 0.9)) != []:
            return "For an empty list of results, return an empty list."
        pairs = (("NEGATIVE", 0.55), ("POSITIVE", 0.72), ("NEGATIVE", 0.55), ("POSITIVE", 0.698))
        got = as_list(call(answer, [{"label": label, "score": score} for label, score in pairs], 0.7))
        if close(got, [0, 2, 3]):
            return None
        return (
            "With the threshold 0.7 and the scores [0.55, 0.72, 0.55, 0.698] the positions are `[0, 2, 3]`, "
            f"whatever the labels; given: {describe(got)}."
        )
    if close(got, [1, 2, 3]):
        return "A score equal to the threshold is not below it: with scores 0.9 and threshold 0.9 nothing is in doubt."
    if close(got, [0, 4]) or close(got, [0, 2, 4]):
        return "Those are the positions of the sure answers; the doubtful ones score below the threshold."
    if close(got, [0.60, 0.51]):
        return "Those are the scores themselves; return their positions in the list, here `[1, 3]`."
    if got and all(is_a(item, dict) for item in got):
        return "Those are the results themselves; return their positions in the list, here `[1, 3]`."
    if close(got, [2, 4]):
        return "You count from one; positions in Python start at zero."
    return f"For the scores {scores} and the threshold 0.9 the doubtful positions are `[1, 3]`; given: {describe(got)}."


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
        "`enumerate(results)` gives each result together with its position.",
        'Keep the position where `result["score"] < threshold`.',
    ),
    solution=(
        "def doubtful(results, threshold):\n"
        '    return [i for i, result in enumerate(results) if result["score"] < threshold]'
    ),
    wrong=(
        Wrong(
            "def doubtful(results, threshold):\n"
            '    return [i for i, result in enumerate(results) if result["score"] > threshold]',
            "Those are the positions of the sure answers",
        ),
        Wrong(
            "def doubtful(results, threshold):\n"
            '    return [i for i, result in enumerate(results) if result["score"] <= threshold]',
            "A score equal to the threshold is not below it",
        ),
        Wrong(
            "def doubtful(results, threshold):\n"
            '    return [result for result in results if result["score"] < threshold]',
            "Those are the results themselves",
        ),
        Wrong(
            'def doubtful(results, threshold):\n    return [r["score"] for r in results if r["score"] < threshold]',
            "Those are the scores themselves",
        ),
        Wrong(
            "def doubtful(results, threshold):\n"
            '    return [i for i, r in enumerate(results, 1) if r["score"] < threshold]',
            "You count from one",
        ),
        Wrong(
            'def doubtful(results, threshold):\n    return [i for i, r in enumerate(results) if r["score"] < 0.9]',
            "With the threshold 0.7",
        ),
        Wrong(
            "def doubtful(results, threshold):\n"
            '    return [i for i, r in enumerate(results) if r["scores"] < threshold]',
            "KeyError",
            status="error in your code",
        ),
    ),
    alternatives=(
        "def doubtful(results, threshold):\n"
        "    found = []\n"
        "    for position in range(len(results)):\n"
        '        if not results[position]["score"] >= threshold:\n'
        "            found.append(position)\n"
        "    return tuple(found)",
    ),
)
