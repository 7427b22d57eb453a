"""The learner's progress: one JSON file on the learner's own machine, written by nobody else.

It holds, for each exercise tried, a status and two counts; once the learner shares (see `sharing`), also the slip and
the minute of the last try. Every change reads, changes and replaces the file under a lock, so two kernels lose nothing
of each other. A broken file is renamed, never deleted; what is not ours (a folder, a device, a file of another kind) is
left alone. Where nothing can be written, progress lasts as long as the kernel. Functions return notes to show to the
learner.
"""

import json
import math
import os
import stat
import threading
from functools import cache
from itertools import count
from pathlib import Path

from .display import STATUSES

_LOCK_SECONDS = 5
_MOST_BYTES = 1_000_000  # of a copy: ours have some 20 000
# A number of thousands of digits can be read, but one more cannot be written. 10**9 minutes are 1900 years.
_MOST = {"tries": 10**6, "hints": 10**6, "minute": 10**9}
_STATUSES = [status for status in STATUSES if status != "unknown exercise"]  # a list: the file may ask for any type
_LAST = {"slip", "minute"}  # of the last try; a file has them only where progress was shared
_unsaved: dict[str, dict] = {}  # what could not be written yet, in this kernel
_said: set[str] = set()  # notes that are said once a kernel

Entries = dict[str, dict]  # {"2.3": {"status": "not yet", "tries": 2, "hints": 1}}
Notes = tuple[str, ...]


class Refused(ValueError):
    """A path names something that is not ours to read, move or replace; the text says what: "a folder"."""


class Broken(Refused):
    """A .json file that is no sound progress file; `sound` holds the entries that could be read."""

    def __init__(self, what: str, sound: Entries) -> None:
        super().__init__(what)
        self.sound = sound


def progress_file() -> Path:
    """Where progress is kept: COURSE_PROGRESS, or the user's data folder. Links are followed."""
    if chosen := os.environ.get("COURSE_PROGRESS", "").strip():
        return _real(_absolute(chosen))
    import platformdirs

    return _real(Path(platformdirs.user_data_dir("transformers-course"), "progress.json"))


def refusal(error: Refused) -> str:
    """The sentence on a progress file that is left alone."""
    return f"The progress file (COURSE_PROGRESS) names {error}; name a file such as `progress.json`."


def read() -> tuple[Entries, Notes]:
    """Everything known about the learner's progress."""
    return _update(None)


def save_result(exercise_id: str, status: str, last: dict | None = None) -> tuple[dict, Notes]:
    """Note one checked answer. An exercise once solved stays solved, and its tries are counted no further.

    `last` is what sharing tells of the try: {"slip": "3", "minute": 29743210}, the minutes counted from 1970.
    """
    if status == "not attempted":
        entries, notes = _update(None)
    else:
        tried = {"status": status, "tries": 1, "hints": 0} | (last or {})
        entries, notes = _update(lambda entries: _merge(entries, exercise_id, tried, add=True))
    return entries.get(exercise_id, _new()), notes


def save_hint(exercise_id: str, number: int) -> Notes:
    """Note that hint `number` was shown."""
    seen = {"status": "not attempted", "tries": 0, "hints": number}
    return _update(lambda entries: _merge(entries, exercise_id, seen))[1]


def save_last(found: dict[str, dict] | None) -> Notes:
    """Add what is known of the last tries, {id: what `save_result` takes}, to what the file has; None: take it out."""

    def change(entries: Entries) -> None:
        for id, entry in entries.items():
            entries[id] = {key: entry[key] for key in _new()} if found is None else found.get(id, {}) | entry

    return _update(change)[1]


def export_to(path: Path) -> Notes:
    """Write a copy to `path`, merged with an earlier copy there. Raises OSError, Refused for anything else there."""
    entries, notes = read()
    path = _real(path)
    if earlier := _load(path, _MOST_BYTES):
        _add_better(entries, earlier)
        notes += ("An earlier copy was there: of each exercise, the better result is kept.",)
    _write(path, entries)
    return notes


def load_from(path: Path) -> tuple[int, Notes]:
    """Merge a copy that `export_to` wrote; the number of exercises in it. Raises OSError, Refused."""
    path = _real(path)
    if not _is_file(path):
        raise FileNotFoundError(path)
    try:
        loaded = _load(path, _MOST_BYTES)
    except Broken as error:
        if not error.sound:
            raise
        loaded = error.sound
    return len(loaded), _update(lambda entries: _add_better(entries, loaded))[1]


def start_afresh() -> str | None:
    """Keep the file aside under a new name and return that name; None if there was none. Raises OSError, Refused."""
    path, name = progress_file(), None
    if _is_file(path):
        _read_only(path)  # Refused where the file is not ours to move; a broken one may be moved
        with _lock(path):
            name = _keep_aside(path, "old")
    _unsaved.clear()
    return name


def _update(change) -> tuple[Entries, Notes]:
    """Read the entries; with a `change(entries)`, apply it and write them."""
    notes, loaded = [], {}
    try:
        path = progress_file()
        found = _read_only(path)  # Refused before a lock file is made beside what is not ours
        if change is None and found is not None:
            return _with(found, None), ()
        path.parent.mkdir(parents=True, exist_ok=True)
        with _lock(path):
            try:
                loaded = _load(path)
            except Broken as error:
                loaded, name = error.sound, _keep_aside(path, "broken")
                rest = " with what could be read" if loaded else ""
                notes.append(f"Your progress file could not be read. It is kept as {name}; a new one begins{rest}.")
            entries = _with(loaded, change)
            if change is not None or loaded:
                _write(path, entries)
                _unsaved.clear()
    except Exception as error:  # a folder nobody may write to, a full disk, a lock that never opens ...
        entries = _with(loaded, change)
        _unsaved.update(entries)
        if isinstance(error, Refused):
            note = f"Progress could not be saved. {refusal(error)}"
        else:
            note = (
                f"Progress could not be saved ({type(error).__name__}), answers are checked all the same: "
                "set COURSE_PROGRESS to a file that can be written."
            )
        if note not in _said:
            _said.add(note)
            notes.append(note)
    return entries, tuple(notes)


def _read_only(path: Path) -> Entries | None:
    """The entries without a lock, which needs a folder that can be written; None if the file is broken.

    Writes replace the file in one step, so what is read is always whole.
    """
    try:
        return _load(path)
    except Broken:
        return None


def _with(loaded: Entries, change) -> Entries:
    entries = dict(loaded)
    for exercise_id, entry in _unsaved.items():
        _merge(entries, exercise_id, entry)
    if change is not None:
        change(entries)
    return entries


@cache
def _absolute(chosen: str) -> Path:
    """Found once a process: after os.chdir, a relative name must still mean the same file."""
    return Path(chosen).expanduser().absolute()


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # Path.resolve raises for a link to itself, in some versions of Python


def _is_file(path: Path) -> bool:
    """Is there a regular file at this real path? False if there is nothing yet; Refused if anything else is there."""
    try:
        mode = os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    if stat.S_ISREG(mode):
        return True
    if stat.S_ISDIR(mode):
        raise Refused("a folder")
    raise Refused("a link that leads to itself" if stat.S_ISLNK(mode) else "something that is not a file")


def _load(path: Path, most_bytes: float = math.inf) -> Entries:
    """The entries of a file; none if there is no file; Broken or Refused if it holds anything else."""
    if not _is_file(path):
        return {}
    if path.stat().st_size > most_bytes:
        raise Refused("a file that is too large for a copy")
    try:
        data = json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError):  # not UTF-8, not JSON, nested too deeply
        data = None
    ours = type(data) is dict and data.keys() == {"version", "exercises"} and data["version"] == 1
    ours = ours and type(data["exercises"]) is dict
    entries = data["exercises"] if ours else {}
    sound = {exercise_id: _bounded(entry) for exercise_id, entry in entries.items() if _sound(entry)}
    if ours and len(sound) == len(entries):
        return sound
    what = "a file that holds something else"
    raise Broken(what, sound) if path.suffix.lower() == ".json" else Refused(what)


def _sound(entry) -> bool:
    if type(entry) is not dict or not _new().keys() <= entry.keys() <= _new().keys() | _LAST:
        return False
    counts, slip = [entry[key] for key in _MOST if key in entry], entry.get("slip", "")
    texts = entry["status"] in _STATUSES and type(slip) is str and len(slip) <= 60
    return texts and all(type(n) is int and n >= 0 for n in counts)


def _bounded(entry: dict) -> dict:
    return entry | {key: min(entry[key], most) for key, most in _MOST.items() if key in entry}


def _write(path: Path, entries: Entries) -> None:
    temporary = path.with_name(f".{os.getpid()}-{threading.get_ident()}.tmp")  # short, as `path` may be long
    try:
        with open(temporary, "w", encoding="utf-8") as file:
            json.dump({"version": 1, "exercises": entries}, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _keep_aside(path: Path, word: str) -> str:
    for n in count(1):
        aside = path.with_name(f"{path.stem}.{word}-{n}{path.suffix}")
        if not os.path.lexists(aside):
            path.rename(aside)
            return aside.name


def _lock(path: Path):
    from filelock import FileLock

    return FileLock(f"{path}.lock", timeout=_LOCK_SECONDS)


def _new() -> dict:
    return {"status": "not attempted", "tries": 0, "hints": 0}


def _merge(entries: Entries, exercise_id: str, new: dict, *, add: bool = False) -> None:
    old = entries.get(exercise_id, _new())
    status = new["status"] if new["tries"] else old["status"]
    tries = old["tries"] + new["tries"] if add else max(old["tries"], new["tries"])
    last = {} if add and not _last(new) else _last(old)  # of a try of which nothing is told, an older slip is not true
    last |= _last(new)
    if old["status"] == "correct":
        status, tries, last = old["status"], old["tries"], _last(old)
    entries[exercise_id] = {"status": status, "tries": tries, "hints": max(old["hints"], new["hints"]), **last}


def _last(entry: dict) -> dict:
    return {key: entry[key] for key in _LAST & entry.keys()}


def _add_better(entries: Entries, others: Entries) -> None:
    """Keep the better result of each exercise: solved before unsolved, then more tries, else what is in `entries`."""
    for exercise_id, other in others.items():
        mine = entries.get(exercise_id, _new())
        better = max(mine, other, key=lambda one: (one["status"] == "correct", one["tries"]))  # equal: mine
        entries[exercise_id] = better | {"hints": max(mine["hints"], other["hints"])}
