"""3.6 One list out of several."""

from course_utils.exercises.answers import as_list, as_number, as_text, call, close, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import known_slip

_CASES = (
    ([[("tea", 0.9), ("milk", 0.3)], [("jam", 0.5)], [("milk", 0.4), ("tea", 0.2)]], 4),
    ([[("a", 0.3)], [("b", 0.4)], [("a", 0.6), ("b", 0.1)], [("c", 0.5)]], 2),
    ([[], [("drawer", 0.62), ("hours", 0.55)]], 9),
    ([[("cake", 0.9)], [("Cake", 0.7), ("bread", 0.301), ("soup", -0.2)]], 4),
    ([[("tea", 0.5), ("milk", 0.2)], [("jam", 0.5), ("salt", 0.1)]], 3),
    ([[("a", 0.9), ("b", 0.8), ("c", 0.7), ("d", 0.6)], [("e", 0.1)]], 3),
    ([[("x", 0.8), ("y", 0.4), ("z", 0.1)], [("w", 0.6), ("x", 0.5)], [("v", 0.7), ("y", 0.5)]], 4),
    ([[("only", 0.6)]], 0),
    ([], 3),
)


_MERGE = (
    "def merge(rankings, count):\n"
    "    best = {}\n"
    "    for hits in rankings:\n"
    "        for text, score in hits:\n"
    "            best[text] = max(score, best.get(text, score))\n"
    "    return sorted(best.items(), key=lambda hit: hit[1], reverse=True)[:count]"
)


def _merged(rankings, count, keep=max, key=lambda hit: -hit[1]) -> list[list]:
    """The right list, or with another way to `keep` one of a text's scores, or another order."""
    found: dict = {}
    for text, score in (hit for hits in rankings for hit in hits):
        found.setdefault(text, []).append(score)
    hits = [[text, keep(scores)] for text, scores in found.items()]
    return (hits if key is None else sorted(hits, key=key))[:count]


_SLIPS = (
    (lambda r, n: _merged(r, 99), "Your list is not cut: return at most `count` pairs."),
    (
        lambda r, n: _merged(r, n, keep=lambda scores: scores[0]),
        "A text keeps the score of the source that came first; keep its highest one.",
    ),
    (
        lambda r, n: _merged(r, n, keep=lambda scores: scores[-1]),
        "A text keeps the score of the source that came last; keep its highest one.",
    ),
    (lambda r, n: _merged(r, n, keep=sum), "You added up the scores of the sources; keep the highest one."),
    (
        lambda r, n: _merged(r, n, keep=lambda scores: sum(scores) / len(scores)),
        "You took the mean of the scores of the sources; keep the highest one.",
    ),
    (
        lambda r, n: _merged(r, n, key=lambda hit: hit[1]),
        "Your list begins with the weakest hit: the best one comes first.",
    ),
    (
        lambda r, n: _merged(r, n, key=lambda hit: hit[0]),
        "Your list is in the order of the alphabet: sort by the score, the second of the pair.",
    ),
    (
        lambda r, n: _merged(r, 99, key=lambda hit: hit[0])[::-1][:n],
        "Your list is in the order of the alphabet, from the end: sort by the score, the second of the pair.",
    ),
    (
        lambda r, n: _merged(r, n, key=None),
        "The hits stand in the order in which they were found: sort them all by their score.",
    ),
    (
        lambda r, n: [text for text, _ in _merged(r, n)],
        "Those are the texts alone; return pairs of text and score.",
    ),
    (
        lambda r, n: [[score, text] for text, score in _merged(r, n)],
        "The pairs are the wrong way round: the text comes first, then its score.",
    ),
)


def _why_wrong(value, rankings, count) -> str | None:
    """What is wrong with this list, in a few words; texts with the same score may stand in any order."""
    rows = as_list(value)
    if rows is None or not all(is_a(row, list) and len(row) == 2 for row in rows):
        return "a list of pairs `(text, score)` is wanted"
    texts, scores = [as_text(text) for text, _ in rows], [as_number(score) for _, score in rows]
    best = dict(_merged(rankings, None))
    wrong = [text for text, score in zip(texts, scores, strict=True) if not close(score, best.get(text))]
    strange = next((text for text in texts if text not in best), "")
    if strange != "":
        return f"{strange!r} is in none of the rankings"
    if len(set(texts)) < len(texts):
        twice = next(text for text in texts if texts.count(text) > 1)
        return f"{twice!r} is there more than once"
    if wrong:
        return f"the highest score of {wrong[0]!r} is {best[wrong[0]]}"
    if len(rows) != min(count, len(best)):
        return f"{min(count, len(best))} pairs are wanted"
    if not close(scores, sorted(best.values(), reverse=True)[:count]):
        return "the best ones should stand there, the best first"
    return None


def _check_merge(answer) -> str | None:
    for rankings, count in _CASES:
        value = call(answer, rankings, count)
        wrong = _why_wrong(value, rankings, count)
        if wrong:
            right = [tuple(hit) for hit in _merged(rankings, count)]
            return known_slip(answer, _CASES, _SLIPS, as_list) or (
                f"For `rankings = {rankings}` and `count = {count}` expected `{right}`; given: "
                f"{describe(value)}: {wrong}."
            )
    return None


EXERCISE = Exercise(
    id="3.6",
    title="One list out of several",
    minutes=10,
    difficulty="medium",
    starter="def merge(rankings, count):\n    ...",
    answer="merge",
    check=_check_merge,
    expects="a function that returns a list of pairs",
    why="A dictionary has each text once, and `max` keeps its highest score. After that one sort by the score, "
    "from the "
    "highest down, puts the hits of all sources in order.",
    hints=(
        "One text comes from two sources, with 0.4 and 0.5. Which structure of Python keeps each text only once?",
        "Go through all hits of all rankings, and note for each text the higher of its old and its new score. "
        "Then sort.",
        "`best.get(text, score)` gives the old score, or the new one if there is none. "
        "`sorted(best.items(), key=lambda hit: hit[1], reverse=True)` puts the highest score first.",
    ),
    solution=_MERGE,
    wrong=(
        Wrong(
            "def merge(rankings, count):\n"
            "    hits = [hit for ranking in rankings for hit in ranking]\n"
            "    return sorted(hits, key=lambda hit: hit[1], reverse=True)[:count]",
            "'milk' is there more than once",
        ),
        Wrong(changed(_MERGE, ("[:count]", "")), "Your list is not cut"),
        Wrong(changed(_MERGE, ("max(score, best.get(text, score))", "best.get(text, score)")), "that came first"),
        Wrong(changed(_MERGE, ("max(score, best.get(text, score))", "score")), "that came last"),
        Wrong(
            changed(_MERGE, ("max(score, best.get(text, score))", "score + best.get(text, 0)")),
            "You added up the scores",
        ),
        Wrong(changed(_MERGE, (", reverse=True", "")), "begins with the weakest hit"),
        Wrong(changed(_MERGE, ("key=lambda hit: hit[1], ", "")), "from the end"),
        Wrong(changed(_MERGE, ("key=lambda hit: hit[1], reverse=True", "")), "alphabet: sort"),
        Wrong(
            changed(_MERGE, ("sorted(best.items(), key=lambda hit: hit[1], reverse=True)", "list(best.items())")),
            "in which they were found",
        ),
        Wrong(
            changed(_MERGE, ("return sorted(", "return [text for text, _ in sorted("), ("[:count]", "][:count]")),
            "the texts alone",
        ),
        Wrong(
            changed(_MERGE, ("return sorted(", "return [hit[::-1] for hit in sorted("), ("[:count]", "][:count]")),
            "the wrong way round",
        ),
        Wrong(changed(_MERGE, ("return ", "return dict("), ("[:count]", "[:count])")), "a list of pairs"),
        Wrong(
            changed(_MERGE, ("max(score, best.get(text, score))", "(score + best.get(text, score)) / 2")),
            "You took the mean",
        ),
    ),
    also_wrong=(
        changed(_MERGE, ("best.get(text, score))", "best.get(text, 0))")),
        changed(_MERGE, ("[:count]", "[:count] if count else list(best.items())")),
        changed(_MERGE, ("best[text] = max(score, best.get(text, score))", "best[text.lower()] = score")),
        changed(_MERGE, ("    best = {}", "    first = rankings[0]\n    best = {}")),
        changed(_MERGE, ("in hits:", "in hits[: -(-count // max(1, len(rankings)))]:")),
        changed(_MERGE, ("in hits:", "in [hit for hit in hits if hit[1] >= 0.35]:")),
        changed(_MERGE, ("max(score,", "round(max(score,"), ("score))", "score)), 2)")),
        # cut before the repeated texts are left out
        "def merge(rankings, count):\n"
        "    hits = sorted((hit for hits in rankings for hit in hits), key=lambda hit: hit[1])[-count:]\n"
        "    return sorted(dict(hits).items(), key=lambda hit: -hit[1])",
        # by score: of two texts with the same one, one is lost
        "def merge(rankings, count):\n"
        "    by_score = {score: text for hits in rankings for text, score in hits}\n"
        "    found = {}\n"
        "    for score in sorted(by_score, reverse=True):\n"
        "        found.setdefault(by_score[score], score)\n"
        "    return list(found.items())[:count]",
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
        changed(_MERGE, ("key=lambda hit: hit[1], reverse=True", "key=lambda hit: (-hit[1], hit[0])")),
        changed(_MERGE, ("in hits:", "in hits[:count]:")),
    ),
)
