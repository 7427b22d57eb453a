"""3.6 One list out of several."""

from course_utils.exercises.answers import as_list, as_text, call, close, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed

_HITS = (
    [("opening hours", 0.81), ("tickets", 0.40), ("workshop", 0.15)],
    [("drawer three", 0.62), ("opening hours", 0.55)],
    [("memo oven", 0.70), ("tickets", 0.52)],
)


_MERGED = [("opening hours", 0.81), ("memo oven", 0.70), ("drawer three", 0.62), ("tickets", 0.52)]


_MERGE = (
    "def merge(rankings, count):\n"
    "    best = {}\n"
    "    for hits in rankings:\n"
    "        for text, score in hits:\n"
    "            best[text] = max(score, best.get(text, score))\n"
    "    return sorted(best.items(), key=lambda hit: hit[1], reverse=True)[:count]"
)


def _check_merge(answer) -> str | None:
    rankings = [list(hits) for hits in _HITS]
    value = call(answer, rankings, 4)
    got = as_list(value)
    if got is None or not all(is_a(hit, list) and len(hit) == 2 and as_text(hit[0]) is not None for hit in got):
        if got and all(as_text(hit) is not None for hit in got):
            return "Those are the texts alone; return pairs of text and score."
        return f"Your function should return a list of pairs `(text, score)`; given: {describe(value)}."
    names = [as_text(text) for text, _ in got]
    scores = dict(zip(names, (score for _, score in got), strict=True))
    if len(set(names)) < len(names):
        return f"{names[-1] if names.count(names[-1]) > 1 else names[0]!r} is there more than once: keep it once."
    if len(names) == 5:
        return "Five hits came back, four were asked for: cut the list at `count`."
    if close(got, _MERGED):
        if as_list(call(answer, [[], list(_HITS[1])], 9)) != [["drawer three", 0.62], ["opening hours", 0.55]]:
            return "If there are fewer hits than `count`, or a source found nothing, return those that there are."
        return None
    if close(scores.get("tickets"), 0.40):
        return "'tickets' has the score of the source that came first, 0.40; keep the highest, 0.52."
    if close(scores.get("opening hours"), 0.55):
        return "'opening hours' has the score of the source that came last, 0.55; keep the highest, 0.81."
    if close(scores.get("opening hours"), 1.36):
        return "You added up the scores of the sources; keep the highest one."
    if names == ["opening hours", "tickets", "workshop", "drawer three"]:
        return "The hits stand one source after the other: sort them all by their score."
    if close(got, [list(hit) for hit in _MERGED[::-1]]) or names[:1] == ["workshop"]:
        return "Your list begins with the weakest hit: sort with `reverse=True`."
    if names == sorted(names):
        return "Your list is in the order of the alphabet: sort by the score, the second of the pair."
    return f"Expected {_MERGED}; given: {describe(value)}."


EXERCISE = Exercise(
    id="3.6",
    title="One list out of several",
    minutes=8,
    difficulty="medium",
    starter="def merge(rankings, count):\n    ...",
    answer="merge",
    check=_check_merge,
    expects="a function that returns a list of pairs",
    hints=(
        "A dictionary from text to score keeps each text once; `max` keeps the higher score.",
        "`sorted(best.items(), key=lambda hit: hit[1], reverse=True)` puts the highest score first.",
    ),
    solution=_MERGE,
    wrong=(
        Wrong(
            "def merge(rankings, count):\n"
            "    hits = [hit for ranking in rankings for hit in ranking]\n"
            "    return sorted(hits, key=lambda hit: hit[1], reverse=True)[:count]",
            "is there more than once",
        ),
        Wrong(changed(_MERGE, ("[:count]", "")), "cut the list at `count`"),
        Wrong(changed(_MERGE, ("max(score, best.get(text, score))", "best.get(text, score)")), "that came first, 0.40"),
        Wrong(changed(_MERGE, ("max(score, best.get(text, score))", "score")), "that came last, 0.55"),
        Wrong(
            changed(_MERGE, ("max(score, best.get(text, score))", "score + best.get(text, 0)")),
            "You added up the scores",
        ),
        Wrong(changed(_MERGE, (", reverse=True", "")), "begins with the weakest hit"),
        Wrong(
            changed(_MERGE, ("sorted(best.items(), key=lambda hit: hit[1], reverse=True)", "list(best.items())")),
            "one source after the other",
        ),
        Wrong(
            changed(_MERGE, ("return sorted(", "return [text for text, _ in sorted("), ("[:count]", "][:count]")),
            "the texts alone",
        ),
    ),
    alternatives=(
        "def merge(rankings, count):\n"
        "    ordered = sorted((hit for hits in rankings for hit in hits), key=lambda hit: -hit[1])\n"
        "    seen, merged = set(), []\n"
        "    for text, score in ordered:\n"
        "        if text not in seen:\n"
        "            seen.add(text)\n"
        "            merged.append([text, score])\n"
        "    return merged[:count]",
    ),
)
