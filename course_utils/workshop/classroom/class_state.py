"""Where the class stands: the codes in a folder, whose they are, and what they say of each exercise.

Any file may lie there: what learners' `progress().share("FOLDER")` writes, a chat pasted into a text file, and what has
nothing to do with it. A file is read again only when it has changed. Of a learner the newest code counts, chapter by
chapter. Whatever cannot be used is named with its reason, and nothing in a file can stop the rest.
"""

import os
import stat
import statistics
import textwrap
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from ...exercises import Choice, all_exercises
from ...exercises.share_code import Seen, Shared, Unreadable, codes_in
from ...exercises.shelf import chapter_of

MOST_FILES = 2_000
MOST_BYTES = 2_000_000  # of one file; a chat of 10,000 lines has some 1,000,000
_DAY = 86_400
_GONE = 180  # minutes: after these nobody waits any more
_SECONDS = 2.0  # for reading in one look; what is left comes in the next


@dataclass(frozen=True)
class Waiting:
    """Somebody who tried, is not through, and has tried nothing for `minutes`."""

    who: str
    exercise: str
    minutes: int
    hints: int
    slip: str


@dataclass(frozen=True)
class Line:
    """What the class did with one exercise; `tries` is the median of those who tried."""

    id: str
    title: str
    started: int
    solved: int
    tries: float
    slip: str = ""  # the commonest known mistake, in words
    slips: int = 0  # how many made it last
    waiting: tuple[Waiting, ...] = ()

    @property
    def unsolved(self) -> int:
        return self.started - self.solved


@dataclass
class Learner:
    """One learner: of each exercise what the newest code said, and when that was, in seconds since 1970."""

    number: int
    name: str = ""
    made: int = 0
    seen: dict[str, tuple[Seen, int]] = field(default_factory=dict)
    same_edition: bool = True


@dataclass(frozen=True)
class Class:
    """The class at one moment. `troubles` are (file, reason)."""

    learners: tuple[Learner, ...] = ()
    troubles: tuple[tuple[str, str], ...] = ()
    changed: float = 0.0  # when a file last changed, in seconds since 1970; 0: never
    patience: int = 10  # minutes after which somebody waits long

    @property
    def other_editions(self) -> int:
        return sum(not learner.same_edition for learner in self.learners)

    def chapters(self) -> list[str]:
        """The chapters in which somebody tried something, in the order of the course."""
        tried = {id for learner in self.learners for id in learner.seen}
        return list(dict.fromkeys(chapter_of(record) for record in all_exercises() if record.id in tried))

    def busiest(self) -> str:
        """The chapter in which most learners made their last try; "" if there is none."""
        last = Counter(
            min(learner.seen, key=lambda id: _age(*learner.seen[id])).split(".")[0] for learner in self._busy()
        )
        known = self.chapters()
        return max(known, key=lambda chapter: last[chapter], default="")

    def lines(self, chapter: str) -> list[Line]:
        """Every exercise of a chapter."""
        return [self._line(record) for record in all_exercises() if chapter_of(record) == chapter]

    def _busy(self) -> list[Learner]:
        return [learner for learner in self.learners if learner.seen]

    def _line(self, record) -> Line:
        tried = [(learner, *learner.seen[record.id]) for learner in self.learners if record.id in learner.seen]
        if not tried:
            return Line(record.id, record.title, 0, 0, 0.0)
        said = Counter(in_words(record, one, learner) for learner, one, _ in tried)
        del said[""]
        slip, slips = max(said.items(), key=lambda item: item[1], default=("", 0))
        waiting = [
            Waiting(self.name(learner), record.id, _age(one, made), one.hints, in_words(record, one, learner))
            for learner, one, made in tried
            if one.status != "correct" and self.patience <= _age(one, made) <= _GONE
        ]
        waiting.sort(key=lambda one: -one.minutes)
        solved = sum(one.status == "correct" for _, one, _ in tried)
        tries = statistics.median(one.tries for _, one, _ in tried)
        return Line(record.id, record.title, len(tried), solved, tries, slip, slips, tuple(waiting))

    def name(self, learner: Learner) -> str:
        """The name given, or the label; with the label where two gave the same name."""
        label = Shared(learner.number, 0).label
        if not learner.name:
            return label
        same = sum(other.name == learner.name for other in self.learners)
        return learner.name if same == 1 else f"{learner.name} ({label})"


def in_words(record, one: Seen, learner: Learner) -> str:
    """The mistake that a code tells of, in the words of the exercise's check; "" where it is not known."""
    if not one.slip or not learner.same_edition:
        return ""
    if isinstance(record, Choice):
        chosen = [letter for place, letter in enumerate("abcdef") if one.slip >> place & 1 and letter in record.options]
        text = (
            f" “{textwrap.shorten(record.options[chosen[0]].text, 80, placeholder=' …')}”" if len(chosen) == 1 else ""
        )
        return f"chose {', '.join(chosen)}{text}" if chosen else ""
    if one.slip > len(record.wrong):
        return ""
    wrong = record.wrong[one.slip - 1]
    return f"{wrong.slip}: “{wrong.says}”" if wrong.slip else f"“{wrong.says}”"


def _age(one: Seen, made: int) -> int:
    """Minutes since the last try, at least; where that is not known, too many to wait for anything."""
    passed = max(int(time.time()) - made, 0) // 60
    return _GONE + 1 + passed if one.minutes is None else one.minutes + passed


class Folder:
    """Looks into a folder, again and again."""

    def __init__(self, path: Path, patience: int = 10) -> None:
        self.path, self.patience = path, patience
        self._read: dict[str, tuple[tuple, list[Shared | Unreadable]]] = {}
        self._changed, self._first = 0.0, True
        self._known = {record.id for record in all_exercises()}

    def look(self) -> Class:
        """The class as the folder shows it now."""
        troubles: list[tuple[str, str]] = []
        try:
            with os.scandir(self.path) as found:
                entries = sorted((e for e in found if not e.name.startswith(".")), key=lambda e: e.name)
        except OSError as error:
            entries = []
            troubles.append((self.path.name, f"the folder cannot be read ({type(error).__name__})"))
        if len(entries) > MOST_FILES:
            troubles.append((self.path.name, f"{len(entries):,} files; only the first {MOST_FILES:,} are read"))
        before, self._read, until = self._read, {}, time.monotonic() + _SECONDS
        codes: list[Shared] = []
        for entry in entries[:MOST_FILES]:
            found = self._codes_of(entry, before, until)
            codes += [code for code in found if isinstance(code, Shared)]
            bad = Counter(str(code) for code in found if isinstance(code, Unreadable))
            troubles += [(entry.name, reason if n == 1 else f"{n} times: {reason}") for reason, n in bad.items()]
        if not self._first and {n: mark for n, (mark, _) in before.items()} != {
            n: m for n, (m, _) in self._read.items()
        }:
            self._changed = time.time()
        return self._sorted_out(codes, troubles)

    def _codes_of(self, entry: os.DirEntry, before: dict, until: float) -> list[Shared | Unreadable]:
        name = entry.name
        try:
            state = entry.stat(follow_symlinks=False)
            mark = (state.st_mtime_ns, state.st_size, state.st_ino)
            if name not in before or before[name][0] != mark:
                if time.monotonic() > until:
                    return [Unreadable("not read yet")]
                before = {name: (mark, _codes_in_file(Path(entry.path)))}
            self._read[name] = before[name]
        except OSError as error:
            return [Unreadable(f"cannot be read ({type(error).__name__})")]
        return self._read[name][1]

    def _sorted_out(self, codes: list[Shared], troubles: list[tuple[str, str]]) -> Class:
        learners: dict[int, Learner] = {}
        now, newest, early, strange = time.time(), 0, 0, 0
        for code in sorted(codes, key=lambda code: (code.made, sum(one.tries for one in code.seen.values()))):
            if code.made > now + _DAY:
                early += 1
                continue
            made = min(code.made, int(now))
            newest = max(newest, made)
            learner = learners.setdefault(code.learner, Learner(code.learner))
            learner.name, learner.made, learner.same_edition = code.name, made, code.of_this_edition
            chapters = {id.split(".")[0] for id in code.seen}
            kept = {id: one for id, one in learner.seen.items() if id.split(".")[0] not in chapters}
            known = {id: (one, made) for id, one in code.seen.items() if id in self._known}
            strange += len(known) < len(code.seen)
            learner.seen = kept | known
        if early:
            troubles.append((f"{early} codes" if early > 1 else "one code", "made in the future: is a clock wrong?"))
        if strange:
            troubles.append(
                (f"{strange} codes" if strange > 1 else "one code", "exercises that this version of the course lacks")
            )
        if self._first:
            self._changed, self._first = newest, False
        return Class(tuple(learners.values()), tuple(troubles), self._changed, self.patience)


def _codes_in_file(path: Path) -> list[Shared | Unreadable]:
    """The codes of one file, or why there are none. Raises OSError."""
    # Without these a pipe would be waited for, and a link would lead anywhere. Windows has neither.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    if path.is_symlink():
        return [Unreadable("a link, which is not followed")]
    if path.is_dir():
        return [Unreadable("a folder, into which nobody looks")]
    with open(os.open(path, flags), "rb") as file:
        state = os.fstat(file.fileno())
        if not stat.S_ISREG(state.st_mode):
            return [Unreadable("something that is not a file")]
        if state.st_size > MOST_BYTES:
            return [Unreadable(f"larger than {MOST_BYTES // 10**6} MB, so it was not read")]
        data = file.read(MOST_BYTES)
    if not data.strip():
        return [Unreadable("empty")]
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")  # as some Windows programs save a text
    found = list(codes_in(data.decode("utf-16" if wide else "utf-8", "replace")))
    if found:
        return found
    if b'"exercises"' in data and b'"version"' in data:
        return [Unreadable("a copy of somebody's progress: ask for `progress().share()`")]
    return [Unreadable("no code in it" + (" (not a text)" if b"\0" in data and not wide else ""))]
