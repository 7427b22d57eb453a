"""The line of text that a learner may share, `TC1-…`: made and read here, some 60 characters for ten exercises.

It holds what `Seen` and `Shared` say and nothing else. The values are the digits of one large number, each with a base
of its own, followed by a checksum and written with letters and digits alone, so that no chat changes them. A checksum
finds slips of the hand; it is no signature, and anybody can make a code.
"""

import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

PREFIX = "TC1-"
LONGEST_NAME = 60  # bytes
MOST_CODES = 20_000  # looked at in one text
_LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"  # without 0, O, I and l, which look alike
_STATUSES = ("correct", "not yet", "error in your code")
_TRIES = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 30, 50, 100)  # rounded down to one of these
_MINUTES = (*range(7), 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 90, 120, 180, 360, 720, 1440)  # the same
_CHAPTERS, _NUMBERS, _HINTS, _SLIPS, _GROUPS, _CHECK = 64, 128, 8, 64, 64, 2**24
_LEARNERS, _EDITIONS, _MOMENTS = 2**20, 2**8, 2**30
_START = 1767225600  # 2026-01-01, in seconds since 1970
_ID = re.compile(r"(\d{1,2})([a-g]?)\.(\d{1,3})", re.ASCII)
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")  # what some chats put into long words
# With its prefix, also where it was cut; without it, as a double click may leave the prefix out.
_CODE = re.compile(
    r"(?<![0-9A-Za-z])(?:(TC\d{1,3})[-\u2010-\u2015]([0-9A-Za-z]{6,2000})|([0-9A-Za-z]{16,1000}))(?![0-9A-Za-z])",
    re.IGNORECASE,
)


class Unreadable(ValueError):
    """A text is no code; the message says why, as a few words: "a damaged code (…)"."""


@dataclass(frozen=True)
class Seen:
    """One exercise that was tried, as a code tells it.

    `slip` is 0 where the last mistake is not known. Of an exercise it is the place of the `Wrong`, from 1 on; of a
    question the letters chosen, a + b + c as 1 + 2 + 4. `minutes` have passed since the last try; None: not known.
    """

    status: str
    tries: int
    hints: int = 0
    slip: int = 0
    minutes: int | None = None


@dataclass(frozen=True)
class Shared:
    """What one code holds; `made` counts seconds since 1970, `learner` is a number drawn by chance."""

    learner: int
    made: int
    name: str = ""
    seen: dict[str, Seen] = field(default_factory=dict)
    edition: int = -1  # -1: this one

    @property
    def label(self) -> str:
        return f"learner-{self.learner:05x}"

    @property
    def of_this_edition(self) -> bool:
        return self.edition in (-1, edition())


@cache
def edition() -> int:
    """A number for the text of all records: where they differ, the places of wrong answers may differ, too."""
    here, digest = Path(__file__).parent, hashlib.sha256()
    for path in sorted([*here.glob("chapters/**/*.py"), *here.glob("quiz/*.md")], key=lambda path: path.as_posix()):
        digest.update(path.read_text("utf-8").encode())  # as text: git may write other line ends on Windows
    return digest.digest()[0]


def write(shared: Shared) -> str:
    """The code. Exercises with an id of another form than 6.3 or 6b.3 are left out."""
    digits = [
        (shared.learner % _LEARNERS, _LEARNERS),
        (min(max(shared.made - _START, 0), _MOMENTS - 1), _MOMENTS),
        (edition() if shared.edition == -1 else shared.edition, _EDITIONS),
    ]
    name = shared.name.encode()[:LONGEST_NAME]
    digits += [(len(name), LONGEST_NAME + 1), *((byte, 256) for byte in name)]
    groups = _grouped(shared.seen)
    digits.append((len(groups), _GROUPS))
    for (chapter, letter), numbers in groups.items():
        last = max(numbers)
        digits += [(chapter, _CHAPTERS), (" abcdefg".index(letter or " "), 8), (last - 1, _NUMBERS)]
        digits.append((sum(2 ** (number - 1) for number in numbers), 2**last))
        for number in sorted(numbers):
            digits += _digits(numbers[number])
    number = 1
    for digit, base in reversed(digits):
        number = number * base + digit
    number, text = number * _CHECK + _check(number), ""
    while number:
        number, digit = divmod(number, len(_LETTERS))
        text = _LETTERS[digit] + text
    return PREFIX + text


def read(text: str) -> Shared:
    """What a code holds, given with or without its prefix. Raises Unreadable."""
    number, letters = 0, text.removeprefix(PREFIX)
    for letter in letters:
        number = number * len(_LETTERS) + _LETTERS.find(letter)
    number, check = divmod(max(number, 0), _CHECK)
    if not number or check != _check(number) or set(letters) - set(_LETTERS):
        raise Unreadable("a damaged code (a character is missing or changed)")

    def take(base: int) -> int:
        nonlocal number
        number, digit = divmod(number, base)
        return digit

    learner, made, version = take(_LEARNERS), take(_MOMENTS) + _START, take(_EDITIONS)
    try:
        name = bytes(take(256) for _ in range(take(LONGEST_NAME + 1))).decode()
        seen = {}
        for _ in range(take(_GROUPS)):
            chapter, letter, last = take(_CHAPTERS), " abcdefg"[take(8)].strip(), take(_NUMBERS) + 1
            tried = take(2**last)
            numbers = [place + 1 for place in range(last) if tried >> place & 1]
            seen |= {f"{chapter}{letter}.{place}": _seen(take) for place in numbers}
    except ValueError:  # no UTF-8
        number = 0
    if number != 1:
        raise Unreadable("a code that the course did not make")
    return Shared(learner, made, name, seen, version)


def codes_in(text: str) -> Iterator[Shared | Unreadable]:
    """Every code in a text, such as a chat; an Unreadable for each that has the prefix and is none."""
    for count, found in enumerate(_CODE.finditer(_UNSEEN.sub("", text))):
        if count == MOST_CODES:
            yield Unreadable(f"more than {MOST_CODES:,} codes or long words (the rest was not looked at)")
            return
        prefix, code, bare = found.groups()
        try:
            if prefix and f"{prefix.upper()}-" != PREFIX:
                raise Unreadable(f"a code of another version of the course ({prefix.upper()})")
            yield read(code or bare)
        except Unreadable as problem:
            if prefix:
                yield problem


def _grouped(seen: dict[str, Seen]) -> dict[tuple[int, str], dict[int, Seen]]:
    """{(6, "b"): {3: …}} for 6b.3, what cannot be written left out."""
    groups: dict[tuple[int, str], dict[int, Seen]] = {}
    for exercise_id, one in seen.items():
        found = _ID.fullmatch(exercise_id)
        if found and one.status in _STATUSES and int(found[1]) < _CHAPTERS and 0 < int(found[3]) <= _NUMBERS:
            groups.setdefault((int(found[1]), found[2]), {})[int(found[3])] = one
    return dict(sorted(groups.items())[: _GROUPS - 1])


def _digits(one: Seen) -> list[tuple[int, int]]:
    """How one exercise is written; `_seen` reads it."""
    minutes = len(_MINUTES) if one.minutes is None else _step(one.minutes, _MINUTES)
    return [
        (_STATUSES.index(one.status), len(_STATUSES)),
        (_step(one.tries, _TRIES), len(_TRIES)),
        (min(max(one.hints, 0), _HINTS - 1), _HINTS),
        (one.slip if 0 < one.slip < _SLIPS else 0, _SLIPS),
        (minutes, len(_MINUTES) + 1),
    ]


def _seen(take) -> Seen:
    status, tries, hints, slip = _STATUSES[take(len(_STATUSES))], _TRIES[take(len(_TRIES))], take(_HINTS), take(_SLIPS)
    minutes = take(len(_MINUTES) + 1)
    return Seen(status, tries, hints, slip, _MINUTES[minutes] if minutes < len(_MINUTES) else None)


def _step(value: int, steps: tuple[int, ...]) -> int:
    """The place of the largest step that is not above the value."""
    return max((place for place, step in enumerate(steps) if step <= value), default=0)


def _check(number: int) -> int:
    return zlib.crc32(number.to_bytes(number.bit_length() // 8 + 1, "big")) % _CHECK
