"""`progress().share()`: a learner who wants to tells where she stands, by a line to paste or a file in a shared folder.

Nothing is sent anywhere. Before she shares, what a class counts (the known mistake of the last answer, and when that
was) stays in the memory of the kernel; from then on it is noted in the progress file, until `share(False)`. Her choice
and a label drawn by chance stand in a file of their own beside it. `share_code` makes the line, `share_folder` puts it
where others look.
"""

import json
import os
import re
import secrets
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ..describing import attempt, code, describe, is_a, one_line
from ..errors import CourseError
from . import progress_store as store
from . import share_folder
from .display import Card
from .records import Choice, Exercise, chosen_letters
from .share_code import LONGEST_NAME, Seen, Shared, write
from .shelf import find

_PATIENCE = 0.1  # seconds that a check waits for the shared folder
_FIRST_PATIENCE = 3.0  # that `share` itself waits
_LONG = 5.0  # after these seconds a folder that does not answer is told
_LONG_LINE = 200  # characters
_QUESTION = re.compile(r"[a-f](, [a-f])*")
_WHAT = (
    "It tells, of each exercise you tried: solved or not, how many tries, how many hints you saw, which known mistake "
    "your last wrong answer made (of a question: the letters you chose), and how long ago the last try was."
)
_lately: dict[str, dict] = {}  # the last tries of this kernel, kept here while nothing is shared
_said: set[str] = set()  # notes about the folder that were said, so that each is said once
_here: list["Sharing"] = []  # the choice, where it could not be saved


@dataclass(frozen=True)
class Sharing:
    """What the learner chose; `folder` "" for codes to paste, `chapter` "" for all of them."""

    learner: int
    on: bool = False
    name: str = ""
    folder: str = ""
    chapter: str = ""


def noted(record: Exercise | Choice, answer, status: str, message: str) -> dict:
    """What a check notes of a try beside status and count: nothing, unless the learner shares. Never raises."""
    last: dict = {"minute": int(time.time() // 60)}
    if status == "not attempted":
        return {}
    if status != "correct":
        last["slip"] = attempt(diagnosis, record, message, answer, default="")
    if (chosen := attempt(_choice)) is not None and chosen.on:
        return last
    _lately[record.id] = _lately.get(record.id, {}) | last
    return {}


def diagnosis(record: Exercise | Choice, message: str, answer=None) -> str:
    """The known mistake behind a check's sentence: its `slip`, else its place in `record.wrong`; "" if it is none.

    Of a question it is the letters chosen: "b", or "a, c".
    """
    if isinstance(record, Choice):
        return ", ".join(sorted(chosen_letters(answer, record.options) or ()))
    found = [(len(wrong.says), place) for place, wrong in enumerate(record.wrong) if wrong.says in message]
    if not found:
        return ""
    place = max(found)[1]  # the longest is the most exact
    return record.wrong[place].slip or str(place)


def after_check() -> store.Notes:
    """Write the line again where a folder was chosen. Never raises; a trouble is said once."""
    try:
        chosen = _choice()
        if chosen is None or not (chosen.on and chosen.folder):
            return ()
        trouble = _put(chosen, _line(chosen, chosen.chapter), _PATIENCE)
        if trouble is None and share_folder.waited() > _LONG:
            trouble = "does not answer"
        if trouble == "":
            _said.clear()
        if not trouble or trouble in _said:
            return ()
        _said.add(trouble)
        what = f"The shared folder {_shown(chosen.folder)} {trouble}, so nobody sees this try there."
        return (f"{what} `progress().share(False)` ends sharing.",)
    except Exception:
        return ()


def share(folder=None, name=None, chapter: str = "") -> Card:
    """What `Progress.share` does and says; `chapter` limits it to one."""
    try:
        if folder is False:
            return _end()
        before = _choice() or Sharing(secrets.randbelow(2**20))
        chosen = replace(before, on=True, name=before.name if name is None else _name(name))
        if folder is None or folder is True:
            return _code_card(chosen, chapter, _keep(chosen))
        chosen = replace(chosen, folder=_folder(folder), chapter=chapter)
        return _folder_card(chosen, before)
    except CourseError as error:
        return Card(heading="Progress: nothing changed", text=str(error))
    except Exception as error:
        return Card(heading="Progress: nothing changed", text=f"Something went wrong here ({type(error).__name__}).")


def _code_card(chosen: Sharing, chapter: str, notes: store.Notes) -> Card:
    text = [
        "Copy this line, if you want to, and give it to whoever leads the class, for example in the chat.",
        _WHAT,
        _never(chosen) + " Nothing is sent anywhere: the line goes where you put it.",
    ]
    if chosen.folder:
        notes += (
            f"It is also written into {_shown(chosen.folder)} at each check; `progress().share(False)` ends that.",
        )
    line, heading = _line(chosen, chapter), "Progress: a line to share" + (f" for chapter {chapter}" if chapter else "")
    if len(line) > _LONG_LINE and not chapter:
        notes += ("Too long? `progress(6).share()` tells of chapter 6 alone.",)
    return Card(heading=heading, text="\n".join(text), code=line, notes=notes)


def _folder_card(chosen: Sharing, before: Sharing) -> Card:
    line = _line(chosen, chosen.chapter)
    if (trouble := _put(chosen, line, _FIRST_PATIENCE)) != "":
        if trouble is None:
            trouble = "does not answer"
            if not (before.on and before.folder == chosen.folder):
                _take_back(chosen, 0)  # it may answer later, when she has been told that nothing is shared
        raise CourseError(f"The folder {_shown(chosen.folder)} {trouble}: ask whoever leads the class for its name.")
    if before.on and before.folder not in ("", chosen.folder):
        _take_back(before, _PATIENCE)
    notes = _keep(chosen)
    text = [
        f"The line below now stands in {code(_label(chosen) + '.txt')} of the folder {_shown(chosen.folder)}, and each "
        "`check` writes it again. Whoever can open that folder can read it.",
        _WHAT,
        _never(chosen) + " Nothing is sent anywhere else.",
    ]
    heading = "Progress: shared in a folder" + (f", chapter {chosen.chapter}" if chosen.chapter else "")
    notes += ("`progress().share(False)` ends it and takes the file away.",)
    return Card(heading=heading, text="\n".join(text), code=line, notes=notes)


def _never(chosen: Sharing) -> str:
    who = f"your name: you are `{_label(chosen)}` in it"
    if chosen.name:
        who = f"more of you than your label `{_label(chosen)}` and the name you gave, {code(chosen.name)}"
    return f"It never tells the Python you wrote, what it gives, anything of your machine, or {who}."


def _end() -> Card:
    before, heading = _choice(), "Progress: sharing ended"
    if before is None or not before.on:
        return Card(heading=heading, text="Nothing was shared, and nothing is.")
    notes = _keep(Sharing(before.learner)) + store.save_last(None)
    _lately.clear()
    said = "Lines that you pasted somewhere stay there."
    if before.folder:
        taken = "was taken away" if _take_back(before, _FIRST_PATIENCE) == "" else "could not be taken away"
        said = f"Your file in {_shown(before.folder)} {taken}. {said}"
    return Card(heading=heading, text=f"From now on nothing is shared. {said}", notes=notes)


# --- the choice -------------------------------------------------------------------------------------------


def _file() -> Path:
    path = store.progress_file()
    return path.with_name(f"{path.stem}.sharing.json")


def _choice() -> Sharing | None:
    """What was chosen; None if nothing ever was, or if the file says nothing sound."""
    path = _file()
    if _here or not path.is_file() or path.stat().st_size > 10_000:
        return _here[-1] if _here else None
    found = attempt(lambda: Sharing(**json.loads(path.read_text("utf-8"))))
    like = Sharing(0)
    sound = found and all(type(getattr(found, key)) is type(value) for key, value in asdict(like).items())
    return found if sound and 0 <= found.learner < 2**20 else None


def _keep(chosen: Sharing) -> store.Notes:
    notes = store.save_last(dict(_lately)) if _lately and chosen.on else ()
    _here[:] = []
    try:
        path = _file()
        path.parent.mkdir(parents=True, exist_ok=True)
        share_folder.replace_text(path, json.dumps(asdict(chosen)))
    except Exception:
        _here.append(chosen)
        notes += ("Your choice could not be saved: it lasts as long as this kernel.",)
    return notes


def _name(given) -> str:
    name = one_line(given) if is_a(given, str) else None
    if name is None or len(attempt(name.encode, default=b"x" * 100)) > LONGEST_NAME or not name.isprintable():
        raise CourseError(f'Expected a short name, such as `name="Ada"`; given: {describe(given)}.')
    return name


def _folder(given) -> str:
    name = attempt(os.fspath, given)
    if not is_a(name, str) or not name.strip() or "\0" in name or attempt(name.encode) is None:
        raise CourseError(f'Expected the name of a folder, such as `share("class")`; given: {describe(given)}.')
    return str(Path(name).expanduser().absolute())


# --- the line and its file --------------------------------------------------------------------------------


def _label(chosen: Sharing) -> str:
    return Shared(chosen.learner, 0).label


def _line(chosen: Sharing, chapter: str) -> str:
    """The code of all exercises tried, or of those of one chapter, as it is now."""
    now, seen = int(time.time()), {}
    for exercise_id, entry in store.read()[0].items():
        entry = _lately.get(exercise_id, {}) | entry
        if entry["tries"] and exercise_id.startswith(f"{chapter}." if chapter else ""):
            minutes = max(now // 60 - entry["minute"], 0) if "minute" in entry else None
            slip = attempt(_number, exercise_id, entry.get("slip", ""), default=0)
            seen[exercise_id] = Seen(entry["status"], entry["tries"], entry["hints"], slip, minutes)
    return write(Shared(chosen.learner, now, chosen.name, seen))


def _number(exercise_id: str, slip: str) -> int:
    """A diagnosis as a code has it; 0: none."""
    if _QUESTION.fullmatch(slip):
        return sum(2 ** "abcdef".index(letter) for letter in slip.split(", "))
    if not slip or slip.isdigit():
        return int(slip or -1) + 1
    return 1 + [wrong.slip for wrong in find(exercise_id).wrong].index(slip)


def _put(chosen: Sharing, line: str, seconds: float) -> str | None:
    return share_folder.put(Path(chosen.folder, f"{_label(chosen)}.txt"), line + "\n", seconds)


def _take_back(chosen: Sharing, seconds: float) -> str | None:
    return share_folder.take_back(Path(chosen.folder, f"{_label(chosen)}.txt"), seconds)


def _shown(folder: str) -> str:
    """The folder by its last name: the whole path may name its owner, and pages are shown around."""
    return code(Path(folder).name or folder)
