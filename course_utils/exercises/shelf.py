"""Where the records stand: `find("6.3")`, and `all_exercises()` for whoever wants them all.

Exercise 6.3 is the `EXERCISE` of `chapters/ch06/e3_….py`, in the chapter's folder or one below it; a question of
notebook 06 stands in `quiz/06.md`. A deeper page has a letter, so 0b.1 is `ch00b/e1_….py`. Looking one up reads its own
file only.
"""

import re
from functools import cache
from importlib import import_module
from pathlib import Path

from ..describing import code, safe_repr
from ..errors import CourseError
from .answers import as_text
from .questions import FOLDER, read_quiz
from .records import Choice, Exercise

_HOME = Path(__file__).with_name("chapters")


@cache
def all_exercises() -> tuple[Exercise | Choice, ...]:
    """Every record, in the order of the ids."""
    records = [_exercise(path) for path in _files().values()]
    records += [question for path in sorted(FOLDER.glob("*.md")) for question in _questions(path)]
    ids = [record.id for record in records]
    if twice := next((id for id in ids if ids.count(id) > 1), None):
        raise CourseError(f"Exercise {twice} is there twice: in chapters and in the quiz.")
    return tuple(sorted(records, key=_place))


def chapter_of(record: Exercise | Choice) -> str:
    """The chapter as the id has it: "6", or "0b" for a deeper page."""
    return record.id.split(".")[0]


def chapter_name(text: str) -> str | None:
    """The chapter that "06", "ch6", "6" or "00b" stands for, as ids have it; None where it is no such text."""
    found = re.fullmatch(r"(?:ch)?0*(\d+)([a-z]?)", text.strip().lower())
    return found[1] + found[2] if found else None


def _place(record: Exercise | Choice) -> tuple[int, str, int]:
    """Where an id stands in the order of the pages: 0.4, 0b.1, 1.1."""
    chapter, number = record.id.split(".")
    return int(re.match(r"\d+", chapter)[0]), chapter, int(number)


def find(exercise_id) -> Exercise | Choice:
    """The record with this id; CourseError says what to write instead if there is none."""
    import difflib

    text = as_text(exercise_id)
    if text in (files := _files()):
        return _exercise(files[text])
    records = {record.id: record for record in all_exercises()}
    if text in records:
        return records[text]
    if text is None:
        shown = safe_repr(exercise_id, 40)
        example = shown if shown in records else next(iter(records), "2.3")
        raise CourseError(f"Write the id as text: {code(chr(34) + example + chr(34))}; given: {code(shown)}.")
    near = difflib.get_close_matches(text[:50], records, n=1, cutoff=0.4)
    advice = "`progress()` lists all exercises."
    if near:
        advice = f'Did you mean `"{near[0]}"` ({records[near[0]].title})?'
    raise CourseError(f"There is no exercise {code(safe_repr(text, 40))}. {advice}")


def _files() -> dict[str, Path]:
    """id -> file of each exercise, read off the names."""
    found: dict[str, Path] = {}
    for path in sorted(_HOME.glob("ch[0-9][0-9]*/**/e[0-9]*_*.py")):
        id = f"{chapter_name(path.relative_to(_HOME).parts[0])}.{path.name[1:].split('_')[0]}"
        if id in found:
            raise CourseError(f"Exercise {id} is there twice: in {found[id].name} and {path.name}")
        found[id] = path
    return found


@cache
def _exercise(path: Path) -> Exercise:
    name = ".".join(path.relative_to(_HOME).with_suffix("").parts)
    try:
        record = import_module(f"{__package__}.chapters.{name}").EXERCISE
    except Exception as error:
        raise CourseError(f"{path.name} gives no EXERCISE: {type(error).__name__}: {error}") from error
    if _files().get(record.id) != path:
        raise CourseError(f"{path.name} of {path.parent.name} holds exercise {record.id}: name and id should agree")
    return record


def _questions(path: Path) -> list[Choice]:
    questions = read_quiz(path)
    for question in questions:
        chapter = chapter_name(path.stem)
        if not re.fullmatch(rf"{chapter}\.[1-9]\d*", question.id):
            raise CourseError(f"quiz/{path.name}: id {question.id!r} should look like {chapter}.1")
    return questions
