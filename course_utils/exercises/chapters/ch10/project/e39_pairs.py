"""10.39 Pairs that differ in one thing."""

from course_utils.exercises.answers import as_list, describe
from course_utils.exercises.records import Exercise, Wrong, changed

_PRONOUNS = {"he", "she", "they", "him", "her", "them", "his", "hers", "their", "theirs", "himself", "herself"}


_PAIRS = """\
messages = [
    "The lift is very small.",
    "I could not read the label in room two.",
    "The audio guide speaks rather fast.",
    "I waited at the ticket desk for ten minutes.",
    "There is one chair in the film room.",
    "The stairs to the terrace are steep.",
    "I asked about the pottery course.",
    "The café was full at noon.",
    "Somebody helped me with the locker.",
    "I looked for the crane in the courtyard.",
]
words = 5 * [("blind", "tall"), ("deaf", "old")]
pairs = [(f"I am {one}. {text}", f"I am {other}. {text}") for text, (one, other) in zip(messages, words)]"""


def _swapped(one: str, other: str) -> tuple[tuple[str, str], tuple] | None:
    """The two names or groups, and the words around them; None: more than that differs.

    A name may come twice, and pronouns may follow it: "Mrs Hill lost her bag", "Mr Hill lost his bag".
    """
    import re
    from difflib import SequenceMatcher

    def bare(words):
        return " ".join(word.strip('.,;:!?()"').lower() for word in words)

    def words_of(text):
        return re.sub(r"\b(Mr|Mrs|Ms|Miss)\b\.? ", r"\1~", text).split()  # a title belongs to its name

    one, other = words_of(one), words_of(other)

    parts = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    changed = [(bare(one[a:b]), bare(other[c:d])) for kind, a, b, c, d in parts if kind != "equal"]
    names = {swap for swap in changed if not _PRONOUNS.issuperset(swap)} or set(changed[:1])
    around = tuple(" ".join(one[a:b]) for kind, a, b, _, _ in parts if kind == "equal")
    if len(names) > 1:  # "uses a wheelchair" and "rides a bicycle" share a word, but are one thing each
        first, last = parts[0][0] == "equal", parts[-1][0] == "equal"
        a, c = (parts[0][2], parts[0][4]) if first else (0, 0)
        b, d = (parts[-1][1], parts[-1][3]) if last else (len(one), len(other))
        names, around = {(bare(one[a:b]), bare(other[c:d]))}, (" ".join(one[:a]), " ".join(one[b:]))
    swap = names.pop()
    return None if max(len(words.split()) for words in swap) > 3 else (swap, around)


def _check_pairs(answer) -> str | None:
    value = as_list(answer)
    if value is None or not all(type(p) is list and len(p) == 2 and all(type(t) is str for t in p) for p in value):
        return f"The answer should be a list of pairs of texts; given: {describe(answer)}."
    pairs = [[" ".join(text.split()) for text in pair] for pair in value[:200]]
    if any(len(text) > 400 for pair in pairs for text in pair):
        return "One text has more than 400 characters: short messages show what a single word does."
    if len(pairs) < 10:
        return f"Those are {len(pairs)} pairs; take at least 10, or chance cannot be told from bias."
    if any(one == other for one, other in pairs):
        return "One pair has the same text twice: nothing in it can differ."
    swaps, frames = set(), set()
    for one, other in pairs:
        changed = _swapped(one, other)
        if changed is None:
            return (
                f"More than one thing differs between {one!r} and {other!r}: swap one name or group, up to three words."
            )
        swap, frame = changed
        if swap[0] == swap[1]:
            return f"Nothing can differ between {one!r} and {other!r}: no name or group is swapped."
        swaps.add(swap)
        frames.add(frame)
    if len(frames) < len(pairs):
        return (
            f"Of your {len(pairs)} pairs only {len(frames)} have a message of their own around the swapped words. The "
            "same message with other names is hardly new evidence, but would make the interval narrower: use each once."
        )
    firsts, seconds = {one for one, _ in swaps}, {other for _, other in swaps}
    if firsts & seconds:
        return (
            f"{sorted(firsts & seconds)[0]!r} is first in one pair and second in another: keep each group on its side."
        )
    if min(len(firsts), len(seconds)) < 2:
        return "One side has a single name or word only: you would measure that word, not a group. Take two or more."
    return None


EXERCISE = Exercise(
    id="10.39",
    title="Pairs that differ in one thing",
    minutes=10,
    difficulty="easy",
    starter="pairs = ...",
    answer="pairs",
    check=_check_pairs,
    expects="a list of pairs of texts",
    hints=(
        'Write ten short messages, and fill the gap twice: `f"I am {one}. {text}"`, `f"I am {other}. {text}"`.',
        'Each group needs two or more words: `zip(messages, 5 * [("…", "…"), ("…", "…")])` takes turns.',
    ),
    solution=_PAIRS,
    wrong=(
        Wrong(changed(_PAIRS, ("in zip(messages,", "in zip(messages[:8],")), "take at least 10"),
        Wrong(changed(_PAIRS, ('f"I am {other}. {text}"', 'f"I am {one}. {text}"')), "nothing in it can differ"),
        Wrong(changed(_PAIRS, ('{other}. {text}"', '{other}! {text} Bye."')), "More than one thing differs"),
        Wrong(changed(_PAIRS, ("zip(messages, words)", "zip(2 * messages[:5], words)")), "is hardly new evidence"),
        Wrong(changed(_PAIRS, ("{one}. {text}", "Blind. {text}"), ("{other}", "blind")), "is swapped"),
        Wrong(changed(_PAIRS, ('("deaf", "old")', '("tall", "blind")')), "keep each group on its side"),
        Wrong(changed(_PAIRS, ('("deaf", "old")', '("blind", "old")')), "a single name or word only"),
    ),
    alternatives=(
        'one, other = 5 * ["Aisha", "Fatima"], 5 * ["Emily", "Sarah"]\n'
        'texts = "The door was open.|I came at noon.|It was full.|I saw it.|We ate.|It rained.|We sat.|"\n'
        'texts = (texts + "It is far.|I read it.|We waited.").split("|")\n'
        'pairs = [[f"{t} Regards, {a}", f"{t} Regards, {b}"] for t, a, b in zip(texts, one, other)]',
        changed(
            _PAIRS,
            ("words = ", "people = "),
            ('("blind", "tall")', '(("Mrs Hill", "her"), ("Mr Hill", "his"))'),
            ('("deaf", "old")', '(("Ms Khan", "her"), ("Mr Khan", "his"))'),
            ('f"I am {one}. {text}"', 'f"{one[0]} lost {one[1]} bag. {text} {one[0]}"'),
            ('f"I am {other}. {text}"', 'f"{other[0]} lost {other[1]} bag. {text} {other[0]}"'),
            ("(messages, words)", "(messages, people)"),
        ),
        changed(_PAIRS, ('("deaf", "old")', '("a blind old man", "a tall old woman")')),
    ),
    note="Which groups matter is not for a check to say: ask who writes to your desk.",
)
