"""10.39 Pairs that differ in one thing."""

from course_utils.describing import shorten
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


def _bare(words) -> str:
    """The words without the marks around them and without capitals."""
    return " ".join(word.strip(".,;:!?…()\"'“”‘’").lower() for word in words).replace("~", " ")


def _swapped(one: str, other: str) -> tuple[tuple[str, str], str]:
    """The two names or groups, and the words around them; two empty texts where only capitals or marks differ.

    A name may come twice, and pronouns may follow it: "Mrs Hill lost her bag", "Mr Hill lost his bag". Where several
    other places differ, all from the first to the last is one: "uses a wheelchair" and "rides a bicycle" share a word.
    """
    import re
    from difflib import SequenceMatcher

    def words_of(text):
        text = re.sub(r"\b(Mr|Mrs|Ms|Miss)\b\.? ", r"\1~", text)  # a title belongs to its name
        return re.sub(r"(?<=\w)['’](s|re|ve|ll|d)\b", "", text).split()  # "Anna's", "she's"

    one, other = words_of(one), words_of(other)
    parts = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    changed = [(_bare(one[a:b]), _bare(other[c:d])) for kind, a, b, c, d in parts if kind != "equal"]
    names = {swap for swap in changed if not _PRONOUNS.issuperset(swap)} or set(changed[:1]) or {("", "")}
    around = [_bare(one[a:b]) for kind, a, b, _, _ in parts if kind == "equal"]
    if len(names) > 1:
        first, last = parts[0][0] == "equal", parts[-1][0] == "equal"
        a, c = (parts[0][2], parts[0][4]) if first else (0, 0)
        b, d = (parts[-1][1], parts[-1][3]) if last else (len(one), len(other))
        names, around = {(_bare(one[a:b]), _bare(other[c:d]))}, [_bare(one[:a]), _bare(one[b:])]
    return names.pop(), " … ".join(around)


def _quoted(text: str) -> str:
    return repr(shorten(text, 100))


def _check_pairs(answer) -> str | None:
    value = as_list(answer)
    if value is None:
        return f"The answer should be a list of pairs of texts; given: {describe(answer)}."
    for number, pair in enumerate(value, 1):
        if type(pair) is not list or len(pair) != 2 or not all(type(text) is str for text in pair):
            return f"The answer should be a list of pairs of texts; item {number} is {describe(pair)}."
    pairs = [[" ".join(text.split()) for text in pair] for pair in value]
    if len(pairs) < 10:
        return f"Those are {len(pairs)} pairs; take at least 10: with fewer, chance is hard to tell from bias."
    swaps, frames = set(), {}
    for number, (one, other) in enumerate(pairs, 1):
        if one == other:
            return f"Pair {number} has the same text twice, {_quoted(one)}: nothing in it can differ."
        swap, frame = _swapped(one, other)
        both = f"{_quoted(one)} and {_quoted(other)}"
        if swap[0] == swap[1]:
            return f"Only capitals, marks or an ending such as *'s* differ between {both}: swap a name or group."
        if "" in swap:
            return f"Between {both} one side has no name or group: put one on both."
        longest = max((words.split() for words in swap), key=len)
        if len(longest) > 6 or len(set(longest) - _PRONOUNS) > 3:  # a name may come twice at once
            return (
                f"{both} should differ in one name or group, up to three words; from the first difference to the last "
                f"there are {len(longest)} words."
            )
        if frame in frames:
            return (
                f"Pairs {frames[frame]} and {number} have the same message. The same message with other names is "
                "hardly new evidence, but would make the interval narrower: use each once."
            )
        swaps.add(swap)
        frames[frame] = number
    firsts, seconds = {one for one, _ in swaps}, {other for _, other in swaps}
    if on_both := sorted(firsts & seconds):
        return f"{_quoted(on_both[0])} is first in one pair and second in another: keep each group on its side."
    for side, words in (("first", firsts), ("second", seconds)):
        if len(words) < 2:
            only = min(words)
            return f"The {side} texts have {_quoted(only)} only: you would measure that word. Take two or more."
    return None


EXERCISE = Exercise(
    id="10.39",
    title="Pairs that differ in one thing",
    minutes=14,
    difficulty="easy",
    starter="pairs = ...",
    answer="pairs",
    check=_check_pairs,
    expects="a list of pairs of texts",
    hints=(
        "Think of one message as a text with a gap: what fills the gap the first time, and what the second time?",
        'Write ten short messages, and fill the gap twice: `f"I am {one}. {text}"`, `f"I am {other}. {text}"`.',
        'Each group needs two or more words: `zip(messages, 5 * [("…", "…"), ("…", "…")])` takes turns.',
    ),
    solution=_PAIRS,
    why=(
        "Each message stands twice with only the group swapped, so what differs in the score comes from these words. "
        "Two words a side and ten messages keep a single word or sentence from deciding."
    ),
    wrong=(
        Wrong(changed(_PAIRS, ("in zip(messages,", "in zip(messages[:8],")), "take at least 10"),
        Wrong(changed(_PAIRS, ('f"I am {other}. {text}"', 'f"I am {one}. {text}"')), "nothing in it can differ"),
        Wrong(changed(_PAIRS, ('{other}. {text}"', '{other}! {text} Bye."')), "from the first difference to the last"),
        Wrong(
            changed(_PAIRS, ("zip(messages, words)", "zip(2 * messages[:5], words)")),
            "Pairs 1 and 6 have the same message",
        ),
        Wrong(changed(_PAIRS, ("{one}. {text}", "Blind. {text}"), ("{other}", "blind")), "Only capitals, marks"),
        Wrong(changed(_PAIRS, ('("deaf", "old")', '("tall", "blind")')), "keep each group on its side"),
        Wrong(changed(_PAIRS, ('("deaf", "old")', '("deaf", "tall")')), "The second texts have 'tall' only"),
        Wrong(changed(_PAIRS, ('("deaf", "old")', '("blind", "old")')), "The first texts have 'blind' only"),
        Wrong(
            changed(
                _PAIRS,
                ('f"I am {one}. {text}"', 'f"I am {one} and here. {text}"'),
                ('f"I am {other}. {text}"', 'f"I am and here. {text}"'),
            ),
            "one side has no name or group",
        ),
    ),
    also_wrong=(
        changed(_PAIRS, ('("blind", "tall")', '("unable to walk far", "fond of jazz music")')),
        changed(_PAIRS, ("zip(messages, words)", "zip([*messages[:5], *map(str.upper, messages[:5])], words)")),
        changed(_PAIRS, ("zip(messages, words)", "zip([*messages[:9], '  ' + messages[0].rstrip('.')], words)")),
        _PAIRS + "\npairs = [list(side) for side in zip(*pairs)]",
        _PAIRS + "\npairs = [text for pair in pairs for text in pair]",
        changed(_PAIRS, ("{one}. {text}", "Ann. {text}"), ("{other}. {text}", "Ann's. {text}")),
        changed(_PAIRS, ('("blind", "tall")', '("Mrs Anna Maria Hill", "Mr Paul Georg Kaya")')),
        changed(_PAIRS, ("I am {one}. {text}", "{one} is early. {text}"), ("I am {other}.", "{other} is late."))
        .replace('"blind", "tall"', '"Mrs Hill", "Mr Hill"')
        .replace('"deaf", "old"', '"Mrs Kaya", "Mr Kaya"'),
        _PAIRS + "\npairs[9] = ('I am deaf. I saw the crane', 'I am old. I saw a crane.')",
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
        changed(
            _PAIRS,
            ('("blind", "tall"), ("deaf", "old")', '("Anna", "Peter"), ("Fatima", "James")'),
            ("{one}. {text}", "{one}. Is that {one}'s bag? {one} says she's sorry. {text}"),
            ("{other}. {text}", "{other}. Is that {other}'s bag? {other} says he’s sorry. {text}"),
        ),
        changed(_PAIRS, ('("deaf", "old")', '("a blind old man", "a tall old woman")')),
        changed(
            _PAIRS,
            ('("blind", "tall"), ("deaf", "old")', '("Mrs Hill", "Mr Hill"), ("Ms Kaya", "Mr Kaya")'),
            ("{one}. {text}", "{one}. {one}’s bag is heavy. {text}"),
            ("{other}. {text}", "{other}. {other}’s bag is heavy. {text}"),
        ),
    ),
    note="Which groups matter is not for a check to say: ask who writes to your desk.",
)
