"""10.34 One list out of three sources."""

from course_utils.exercises.answers import as_list, as_text, call, describe
from course_utils.exercises.records import Exercise, Wrong, changed

_GATHER = """\
def gather(rows, cards, calls, see, hear):
    found = [(row["text"], "comment", row["kind"] or None) for row in rows]
    found += [(f"Room {see(card['picture'])}: {card['note']}", "card", None) for card in cards]
    found += [(hear(call), "call", None) for call in calls]
    records, known = [], {""}
    for text, source, kind in found:
        text = " ".join(text.split())
        if text.lower() not in known:
            known.add(text.lower())
            records.append({"text": text, "source": source, "kind": kind})
    return records"""


_BY_NOTE = """\
def gather(rows, cards, calls, see, hear):
    notes = {card['note'].strip(): card['picture'] for card in reversed(cards)}
    sources = [(row['text'], 'comment', row['kind'] or None) for row in rows]
    sources += [(f'Room {see(picture)}: {note}', 'card', None) for note, picture in notes.items()]
    sources += [(hear(call), 'call', None) for call in calls]
    records = {}
    for text, source, kind in sources:
        text = ' '.join(text.split())
        if text:
            records.setdefault(text.lower(), {'text': text, 'source': source, 'kind': kind})
    return list(records.values())"""


_LAST_WINS = changed(
    _BY_NOTE,
    ("records.setdefault(text.lower(), {", "records[text.lower()] = ({"),
    ("notes = {", "notes = {}  # {"),
    ("in notes.items()]", "in []] + [(f\"Room {see(c['picture'])}: {c['note']}\", 'card', None) for c in cards]"),
)


_FILLED = changed(  # the missing label of the first record is taken from its copy
    _BY_NOTE,
    ("records.setdefault(", "record = records.setdefault("),
    ("    return list", "            record['kind'] = record['kind'] or kind\n    return list"),
)


_KEYS = ("text", "source", "kind")


def _rows(*texts: str) -> list[dict]:
    """Comments as in the file; `text|kind` has a label."""
    parts = [text.partition("|") for text in texts]
    return [{"week": "1", "text": text, "kind": kind} for text, _, kind in parts]


def _cards(*notes: str) -> list[dict]:
    return [{"picture": place, "note": note} for place, _, note in (note.partition("|") for note in notes)]


# (rows, cards, what is heard in each call, records, what this case is about). Each case asks for one thing more.
_CASES = (
    (
        _rows("Is it open?|question", "It is cold.|fault"),
        _cards("a.png|The lamp is out."),
        ["May I come"],
        [
            ("Is it open?", "comment", "question"),
            ("It is cold.", "comment", "fault"),
            ("Room three: The lamp is out.", "card", None),
            ("May I come", "call", None),
        ],
        "two comments, a card and a call",
    ),
    (
        _rows("Lovely!|thanks", "More light."),
        [],
        [],
        [("Lovely!", "comment", "thanks"), ("More light.", "comment", None)],
        "a comment with the empty text as its label",
    ),
    (
        _rows(" It   is \t cold.\n|fault"),
        _cards("b.png| The  lamp is out. "),
        ["  May  I come "],
        [
            ("It is cold.", "comment", "fault"),
            ("Room seven: The lamp is out.", "card", None),
            ("May I come", "call", None),
        ],
        "texts with several spaces: one space between words, none at the ends",
    ),
    (_rows("", " \n ", "Lovely!|thanks"), [], ["", "  "], [("Lovely!", "comment", "thanks")],
     "empty messages, also such that are only spaces"),
    (
        _rows("It is cold.|fault", "More light.", "It is  cold. |wish"),
        _cards("a.png|It is cold.", "b.png|It is cold.", "c.png|It is cold."),
        ["May I come", "More light.", "May I come"],
        [
            ("It is cold.", "comment", "fault"),
            ("More light.", "comment", None),
            ("Room three: It is cold.", "card", None),
            ("Room seven: It is cold.", "card", None),
            ("May I come", "call", None),
        ],
        "the same text again, some time later or from another source: only the first stays, as it is",
    ),
    (
        _rows("More LIGHT.|wish", "more light.", "MORE LIGHT.|fault"),
        _cards("a.png|the bell?", "c.png|The bell?"),
        ["more Light."],
        [("More LIGHT.", "comment", "wish"), ("Room three: the bell?", "card", None)],
        "texts that are the same but for capitals: only the first stays, with its capitals",
    ),
    (_rows("More light.", "more light.|wish"), [], [], [("More light.", "comment", None)],
     "a comment without a label, and then its copy with one: the first stays as it is"),
    (
        _rows("Is it open?|question", "Is it open", "Is it open!"),
        [],
        ["is it open?", "Is it, open?"],
        [
            ("Is it open?", "comment", "question"),
            ("Is it open", "comment", None),
            ("Is it open!", "comment", None),
            ("Is it, open?", "call", None),
        ],
        "texts that differ in more than capitals: they all stay",
    ),
)  # fmt: skip


def _check_gather(answer) -> str | None:
    for rows, cards, heard, records, about in _CASES:
        seen = {"a.png": "three", "b.png": "seven", "c.png": "three"}
        said = {f"call {number}.flac": text for number, text in enumerate(heard, 1)}

        def see(picture, seen=seen):
            return seen[picture]

        def hear(name, said=said):
            return said[name]

        value = call(answer, rows, cards, [*said], see, hear)
        if problem := _compare(value, records, about):
            return problem
    return None


def _compare(value, records, about: str) -> str | None:
    """What is wrong with the list that came for this case; None: nothing."""
    found = as_list(value)
    if found is None or not all(type(row) is dict for row in found):
        return f"Your function should return a list of dictionaries; given: {describe(value)}."
    for row in found:
        if absent := [key for key in _KEYS if key not in row]:
            return f"One record has no {absent[0]!r}; each needs text, source and kind. Given: {describe(row)}."
        if more := sorted(map(str, row.keys() - {*_KEYS})):
            return f"One record has the key {more[0]!r}, too; it needs text, source and kind only."
        if as_text(row["text"]) is None:
            return f"Every `text` should be text; given: {describe(row['text'])}."
    got = [tuple(row[key] for key in _KEYS) for row in found]
    if got == records:
        return None
    case = f"Given {about}."
    texts, wanted = [text for text, *_ in got], [text for text, *_ in records]
    if sorted(texts) != sorted(wanted):
        return f"{case} Expected the texts {wanted}; given: {texts}."
    for one in got:
        right = next(record for record in records if record[0] == one[0])
        for key, mine, its in zip(_KEYS[1:], one[1:], right[1:], strict=True):
            if mine != its:
                return f"{case} The {key} of {one[0]!r} should be {its!r}; given: {describe(mine)}."
    return f"{case} All records are there, in another order: expected the texts as {wanted}; given: {texts}."


EXERCISE = Exercise(
    id="10.34",
    title="One list out of three sources",
    minutes=12,
    difficulty="medium",
    starter="def gather(rows, cards, calls, see, hear):\n    ...",
    answer="gather",
    check=_check_gather,
    expects="a function that returns a list of dictionaries",
    hints=(
        "What happens to one message, from whichever source: which steps are the same for all? Then what differs?",
        "First make one list of triples (text, source, kind) out of all three, then clean and sift it in one loop.",
        "`' '.join(text.split())` cleans; a set of the texts seen so far, in small letters, finds copies. If that "
        "set begins as `{''}`, empty messages go, too.",
    ),
    solution=_GATHER,
    why=(
        "All three sources become triples of one form, so that cleaning and looking for copies is written once. The "
        "set remembers small letters for the comparison, while the record keeps the text as it was written."
    ),
    wrong=(
        Wrong(changed(_GATHER, ('{""}', "set()")), "such that are only spaces"),
        Wrong(changed(_GATHER, ('" ".join(text.split())', "text")), "texts with several spaces"),
        Wrong(changed(_GATHER, (" or None) for row", ") for row")), "The kind of 'More light.' should be None"),
        Wrong(
            changed(_GATHER, ("            known.add(text.lower())\n", "")), "some time later or from another source"
        ),
        Wrong(changed(_GATHER, ("text.lower()", "text")), "the same but for capitals"),
        Wrong(
            changed(_GATHER, ("text.lower()", "text.lower().strip('.?!')"), ('{""}', '{"", None}')),
            "differ in more than capitals",
        ),
        Wrong(
            changed(_GATHER, ("f\"Room {see(card['picture'])}: {card['note']}\"", 'card["note"]')),
            "given: ['Is it open?', 'It is cold.', 'The lamp is out.', 'May I come']",
        ),
        Wrong(
            changed(_GATHER, ('    found += [(hear(call), "call", None) for call in calls]\n', "")),
            "given: ['Is it open?', 'It is cold.', 'Room three: The lamp is out.'].",
        ),
        Wrong(
            changed(_GATHER, ('"source": source', '"source": "comment"')),
            "The source of 'Room three: The lamp is out.' should be 'card'",
        ),
        Wrong(changed(_GATHER, ('"text": text,', '"text": text.lower(),')), "given: ['is it open?'"),
        Wrong(changed(_GATHER, ('"source": source, ', "")), "has no 'source'"),
        Wrong(changed(_GATHER, ("return records", "return records[::-1]")), "in another order"),
    ),
    also_wrong=(
        _BY_NOTE,
        _BY_NOTE.replace("card['note'].strip(): card['picture']", "card['picture']: card['note']").replace(
            "for note, picture in", "for picture, note in"
        ),
        changed(_GATHER, ("for row in rows]", "for row in rows if row['kind']]")),
        changed(_GATHER, ('" ".join(text.split())', "text.strip().replace('  ', ' ')")),
        changed(
            _GATHER,
            (
                "if text.lower() not in known",
                "if text and not (records and records[-1]['text'].lower() == text.lower())",
            ),
        ),
        _LAST_WINS,
        _FILLED,
        changed(_GATHER, ('"kind": kind}', '"kind": kind, "week": None}')),
    ),
    alternatives=(
        "def gather(rows, cards, calls, see, hear):\n"
        "    records = {}\n"
        "    def add(text, source, kind=None):\n"
        "        text = ' '.join(text.split())\n"
        "        if text:\n"
        "            records.setdefault(text.lower(), dict(text=text, source=source, kind=kind or None))\n"
        "    for row in rows:\n"
        "        add(row['text'], 'comment', row['kind'])\n"
        "    for card in cards:\n"
        "        add('Room ' + see(card['picture']) + ': ' + card['note'], 'card')\n"
        "    for call in calls:\n"
        "        add(hear(call), 'call')\n"
        "    return list(records.values())",
    ),
    note="A copy in both halves of a split would have been a leak (exercise 7.1).",
)
