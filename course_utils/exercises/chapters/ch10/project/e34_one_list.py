"""10.34 One list out of three sources."""

from course_utils.exercises.answers import as_list, as_text, call, describe
from course_utils.exercises.records import Exercise, Wrong, changed

_ROWS = [
    {"week": "1", "text": " Is it   open? ", "kind": "question"},
    {"week": "4", "text": "The lamp is out.", "kind": "fault"},
    {"week": "5", "text": "", "kind": ""},
    {"week": "5", "text": "  ", "kind": ""},
    {"week": "5", "text": "THE LAMP IS  OUT.", "kind": ""},
    {"week": "5", "text": "Lovely!", "kind": ""},
]


_CARDS = [
    {"picture": "a.png", "note": "The lamp is out."},
    {"picture": "b.png", "note": "The lamp is out."},
    {"picture": "a.png", "note": "The lamp is out. "},
]


_CALLS = ["one.flac", "two.flac"]


_SEEN = {"a.png": "three", "b.png": "seven"}


_HEARD = {"one.flac": " Is it open?", "two.flac": "May I come?"}


_RECORDS = [
    ("Is it open?", "comment", "question"),
    ("The lamp is out.", "comment", "fault"),
    ("Lovely!", "comment", None),
    ("Room three: The lamp is out.", "card", None),
    ("Room seven: The lamp is out.", "card", None),
    ("May I come?", "call", None),
]


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


def _check_gather(answer) -> str | None:
    value = call(answer, _ROWS, _CARDS, _CALLS, _SEEN.get, _HEARD.get)
    rows = as_list(value)
    keys = {"text", "source", "kind"}
    if rows is None or not all(type(row) is dict and row.keys() >= keys for row in rows):
        return (
            f"Your function should return a list of dictionaries with text, source and kind; given: {describe(value)}."
        )
    got = [(row["text"], row["source"], row["kind"]) for row in rows]
    if got == _RECORDS:
        return None
    texts = [text for text, _, _ in got]
    if not all(as_text(text) is not None for text in texts):
        return "Every `text` should be text."
    if not all(type(source) is str for _, source, _ in got):
        return "Every `source` should be text: comment, card or call."
    if any(text != " ".join(text.split()) for text in texts):
        return "Some texts keep spaces at their ends, or several in a row: `' '.join(text.split())` leaves one."
    if any(not text.strip() for text in texts):
        return "There is a record without any text: leave empty messages out."
    if any(kind == "" for _, _, kind in got):
        return "A message without a label should have the kind None; yours has an empty text."
    if len(set(texts)) < len(texts):
        return "The same text is there twice: keep the first only, also when the copies come from different sources."
    if len({text.lower() for text in texts}) < len(texts):
        return "Two texts differ in capitals only: compare `text.lower()`, and keep the first."
    if not rows:
        return "Your list is empty: there are comments, cards and calls to put into it."
    small = [text.lower() for text in texts]
    if not any("three" in text for text in small):
        return (
            "The number of the room is missing: a card's text is `Room three: The lamp is out.`, with what `see` says."
        )
    if sum("lamp" in text for text in small) < 3:
        return "Two cards with the same note about different rooms are two faults: add the room, then look for copies."
    if "may i come?" not in small:
        return "The calls are missing: their text is what `hear(call)` returns."
    if sorted(text for text, _, _ in _RECORDS) != sorted(texts):
        return f"Expected the texts {[text for text, _, _ in _RECORDS]}; given: {texts}."
    if {source for _, source, _ in got} != {"comment", "card", "call"}:
        return "`source` should say where a message came from: comment, card or call."
    if sorted(got, key=str) != sorted(_RECORDS, key=str):
        return "The texts are right; `source` or `kind` is not that of its message."
    return "All records are there; put them in the order comments, cards, calls."


EXERCISE = Exercise(
    id="10.34",
    title="One list out of three sources",
    minutes=10,
    difficulty="medium",
    starter="def gather(rows, cards, calls, see, hear):\n    ...",
    answer="gather",
    check=_check_gather,
    expects="a function that returns a list of dictionaries",
    hints=(
        "First make one list of triples (text, source, kind) out of all three, then clean and sift it in one loop.",
        "`' '.join(text.split())` cleans; a set of the texts seen so far, in small letters, finds copies. If that "
        "set begins as `{''}`, empty messages go, too.",
    ),
    solution=_GATHER,
    wrong=(
        Wrong(changed(_GATHER, ('{""}', "set()")), "There is a record without any text"),
        Wrong(changed(_GATHER, ('" ".join(text.split())', "text")), "Some texts keep spaces"),
        Wrong(changed(_GATHER, (" or None) for row", ") for row")), "A message without a label should have"),
        Wrong(changed(_GATHER, ("            known.add(text.lower())\n", "")), "The same text is there twice"),
        Wrong(changed(_GATHER, ("text.lower()", "text")), "Two texts differ in capitals only"),
        Wrong(
            changed(_GATHER, ("f\"Room {see(card['picture'])}: {card['note']}\"", 'card["note"]')),
            "The number of the room",
        ),
        Wrong(
            "def gather(rows, cards, calls, see, hear):\n"
            "    notes = {card['note'].strip(): card['picture'] for card in reversed(cards)}\n"
            "    sources = [(row['text'], 'comment', row['kind'] or None) for row in rows]\n"
            "    sources += [(f'Room {see(picture)}: {note}', 'card', None) for note, picture in notes.items()]\n"
            "    sources += [(hear(call), 'call', None) for call in calls]\n"
            "    records = {}\n"
            "    for text, source, kind in sources:\n"
            "        text = ' '.join(text.split())\n"
            "        if text:\n"
            "            records.setdefault(text.lower(), {'text': text, 'source': source, 'kind': kind})\n"
            "    return list(records.values())",
            "are two faults",
        ),
        Wrong(
            changed(_GATHER, ('    found += [(hear(call), "call", None) for call in calls]\n', "")),
            "The calls are missing",
        ),
        Wrong(changed(_GATHER, ('"source": source', '"source": "comment"')), "`source` should say"),
        Wrong(changed(_GATHER, ('"text": text,', '"text": text.lower(),')), "Expected the texts"),
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
