"""The learner's progress: one JSON file on the learner's own machine, written by nobody else.

It holds, for each exercise tried, a status and two counts. Every change reads, changes and replaces the
file under a lock, so two kernels lose nothing of each other. A broken file is renamed, never deleted. Where
nothing can be written, progress lasts as long as the kernel. Functions return notes to show to the learner.
"""

import json
import os
from itertools import count
from pathlib import Path

from .display import STATUSES

_LOCK_SECONDS = 5
_STATUSES = STATUSES.keys() - {"unknown exercise"}
_unsaved: dict[str, dict] = {}  # what could not be written yet, in this kernel
_said: set[str] = set()  # notes that are said once a kernel

Entries = dict[str, dict]  # {"2.3": {"status": "not yet", "tries": 2, "hints": 1}}
Notes = tuple[str, ...]


def progress_file() -> Path:
    """Where progress is kept: COURSE_PROGRESS, or the user's data folder."""
    if chosen := os.environ.get("COURSE_PROGRESS", "").strip():
        return Path(chosen).expanduser().resolve()
    import platformdirs

    return Path(platformdirs.user_data_dir("transformers-course")).resolve() / "progress.json"


def read() -> tuple[Entries, Notes]:
    """Everything known about the learner's progress."""
    return _update(None)


def save_result(exercise_id: str, status: str) -> tuple[dict, Notes]:
    """Note one checked answer. An exercise once solved stays solved, and its tries are counted no further."""
    if status == "not attempted":
        entries, notes = _update(None)
    else:
        tried = {"status": status, "tries": 1, "hints": 0}
        entries, notes = _update(lambda entries: _merge(entries, exercise_id, tried, add=True))
    return entries.get(exercise_id, _new()), notes


def save_hint(exercise_id: str, number: int) -> Notes:
    """Note that hint `number` was shown."""
    seen = {"status": "not attempted", "tries": 0, "hints": number}
    return _update(lambda entries: _merge(entries, exercise_id, seen))[1]


def export_to(path: Path) -> Notes:
    """Write a copy to `path`; refuses to replace anything but an earlier copy. Raises OSError, ValueError."""
    entries, notes = read()
    _load(path)
    _write(path, entries)
    return notes


def load_from(path: Path) -> tuple[int, Notes]:
    """Merge a copy that `export_to` wrote; the number of exercises in it. Raises OSError, ValueError.

    The better result of each exercise is kept: solved before unsolved, then more tries, else what is here.
    """
    if not path.exists():
        raise FileNotFoundError(path)
    loaded = _load(path)

    def add(entries: Entries) -> None:
        for exercise_id, entry in loaded.items():
            mine = entries.get(exercise_id, _new())
            better = max(mine, entry, key=lambda one: (one["status"] == "correct", one["tries"]))  # equal: mine
            entries[exercise_id] = better | {"hints": max(mine["hints"], entry["hints"])}

    return len(loaded), _update(add)[1]


def start_afresh() -> str | None:
    """Keep the file aside under a new name and return that name; None if there was none. Raises OSError."""
    _unsaved.clear()
    path = progress_file()
    if not os.path.lexists(path):
        return None
    with _lock(path):
        return _keep_aside(path, "old")


def _update(change) -> tuple[Entries, Notes]:
    """Read the entries; with a `change(entries)`, apply it and write them."""
    notes, loaded = [], {}
    try:
        path = progress_file()
        if change is None and (found := _read_only(path)) is not None:
            return _with(found, None), ()
        path.parent.mkdir(parents=True, exist_ok=True)
        with _lock(path):
            try:
                loaded = _load(path)
            except ValueError:
                name = _keep_aside(path, "broken")
                notes.append(f"Your progress file could not be read. It is kept as {name}; a new one begins.")
            entries = _with(loaded, change)
            if change is not None:
                _write(path, entries)
                _unsaved.clear()
    except Exception as error:  # a folder nobody may write to, a full disk, a lock that never opens ...
        entries = _with(loaded, change)
        _unsaved.update(entries)
        if "unsaved" not in _said:
            _said.add("unsaved")
            notes.append(
                f"Progress could not be saved ({type(error).__name__}), answers are checked all the same: "
                "set COURSE_PROGRESS to a file that can be written."
            )
    return entries, tuple(notes)


def _read_only(path: Path) -> Entries | None:
    """The entries without a lock, which needs a folder that can be written; None if the file is broken.

    Writes replace the file in one step, so what is read is always whole.
    """
    try:
        return _load(path)
    except ValueError:
        return None


def _with(loaded: Entries, change) -> Entries:
    entries = dict(loaded)
    for exercise_id, entry in _unsaved.items():
        _merge(entries, exercise_id, entry)
    if change is not None:
        change(entries)
    return entries


def _load(path: Path) -> Entries:
    """The entries of a file; none if there is no file; ValueError if it holds anything else."""
    if not path.exists():
        return {}
    if path.is_dir():
        raise ValueError("a folder")
    if not path.is_file():  # a device or a pipe: not ours to read or rename
        raise OSError("not a regular file")
    try:
        data = json.loads(path.read_text("utf-8-sig"))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    entries = data.get("exercises") if type(data) is dict else None
    if type(entries) is not dict or not all(map(_sound, entries.values())):
        raise ValueError("not a progress file")
    return entries


def _sound(entry) -> bool:
    counts = [entry.get("tries"), entry.get("hints")] if type(entry) is dict else [None]
    return all(type(n) is int and n >= 0 for n in counts) and entry.get("status") in _STATUSES


def _write(path: Path, entries: Entries) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
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
    if old["status"] == "correct":
        status, tries = old["status"], old["tries"]
    entries[exercise_id] = {"status": status, "tries": tries, "hints": max(old["hints"], new["hints"])}
