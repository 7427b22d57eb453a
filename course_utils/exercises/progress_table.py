"""`progress()`: a table of all exercises, what is solved, and how many minutes are left."""

import os
from dataclasses import dataclass
from pathlib import Path

from ..describing import attempt, code, describe, is_a
from ..errors import CourseError
from . import progress_store as store
from . import sharing
from .display import Card, Shown, table, table_cell, table_row
from .shelf import all_exercises, chapter_name, chapter_of


@dataclass(frozen=True)
class Row:
    id: str
    title: str
    status: str
    minutes: int
    chapter: str

    @property
    def time(self) -> str:
        return f"{self.minutes} minute{'' if self.minutes == 1 else 's'}"


@dataclass(frozen=True)
class Progress(Shown):
    """The exercises with their status, chapter by chapter."""

    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    chapter: str = ""  # the one that was asked for

    def share(self, folder=None, *, name=None) -> Card:
        """Tell whoever leads the class where you stand, if you want to: a line of text to paste into a chat.

        `progress(6).share()` tells of chapter 6 alone. `progress().share("FOLDER")` writes the line into a file of a
        shared folder, and so does each later `check`, until `progress().share(False)`. You are `learner-7f3a2`, drawn
        by chance, unless you give a name: `progress().share(name="Ada")`. The answer says what the line tells and what
        it never tells. Nothing is sent anywhere. Never raises.
        """
        return sharing.share(folder, name, self.chapter)

    @property
    def solved(self) -> int:
        return sum(row.status == "solved" for row in self.rows)

    @property
    def minutes_left(self) -> int:
        return sum(row.minutes for row in self.rows if row.status != "solved")

    @property
    def caption(self) -> str:
        return f"{self.solved} of {len(self.rows)} exercises solved, about {self.minutes_left} minutes left"

    def chapters(self) -> list[tuple[str, list[Row]]]:
        """('Chapter 2: 1 of 6 solved', rows) for each chapter."""
        groups = []
        for chapter in dict.fromkeys(row.chapter for row in self.rows):
            rows = [row for row in self.rows if row.chapter == chapter]
            solved = sum(row.status == "solved" for row in rows)
            groups.append((f"Chapter {chapter}: {solved} of {len(rows)} solved", rows))
        return groups

    def plain(self) -> str:
        lines, width = [self.caption], max((len(row.title) for row in self.rows), default=0)
        for heading, rows in self.chapters():
            lines.append(heading)
            lines += [f"  {row.id:<5} {row.title:<{width}}  {row.status:<18}  {row.time}" for row in rows]
        return "\n".join([*lines, *self.notes])

    def html(self) -> str:
        body = table_row([table_cell("th", name, 'scope="col"') for name in ("Exercise", "Title", "Status", "Time")])
        for heading, rows in self.chapters():
            body += "</tbody><tbody>" + table_row([table_cell("th", heading, 'scope="rowgroup" colspan="4"')])
            for row in rows:
                cells = [table_cell("td", text) for text in (row.title, row.status, row.time)]
                body += table_row([table_cell("th", row.id, 'scope="row"'), *cells])
        return table(self.caption, body, self.notes)


@dataclass(frozen=True, kw_only=True)
class Said(Card):
    """What `progress` says in place of the table. Where it was a trouble, sharing says it again."""

    trouble: bool = True

    def share(self, folder=None, *, name=None) -> Card:
        """As `Progress.share`, for `progress(load="my-progress.json").share()`."""
        return self if self.trouble else sharing.share(folder, name)


def progress(chapter=None, *, export=None, load=None, reset: bool = False) -> Progress | Said:
    """Your exercises, what is solved, and the minutes left.

    `progress(2)` shows one chapter. `progress(export="my-progress.json")` writes a copy to that file, and
    `progress(load="my-progress.json")` brings it back, on any machine. Both keep the better result of each exercise.
    `progress().share()` makes a short code for whoever leads a class, if you want to share one.
    `progress(reset=True)` starts afresh; the old file is kept beside the new one. Nothing leaves your
    machine unless you share it. Never raises: what went wrong is said in what it shows.
    """
    try:
        if reset is not True and reset is not False:
            raise CourseError(f"Expected `reset=True`; given: {describe(reset)}.")
        if sum((reset is True, export is not None, load is not None)) > 1:
            raise CourseError("Ask for one thing at a time: `export`, `load` or `reset`.")
        if reset is True:
            name = store.start_afresh()
            kept = f"The old file is kept as {name}." if name else "There was nothing to reset."
            return Said(heading="Progress: starting afresh", text=kept, trouble=False)
        if export is not None:
            return _write_copy(_file_name(export))
        if load is not None:
            return _bring_back(_file_name(load))
        records, name = all_exercises(), ""
        if chapter is not None:
            name = attempt(lambda: chapter_name(str(chapter)))
            chosen = [record for record in records if chapter_of(record) == name]
            if not chosen:
                known = ", ".join(dict.fromkeys(map(chapter_of, records)))
                text = f"Expected a chapter with exercises ({known}); given: {describe(chapter)}."
                return Said(heading="Progress: unknown chapter", text=text)
            records = chosen
        entries, notes = store.read()
        rows = []
        for record in records:
            status = entries.get(record.id, {}).get("status", "not attempted")
            status = "solved" if status == "correct" else status
            rows.append(Row(record.id, record.title, status, record.minutes, chapter_of(record)))
        return Progress(tuple(rows), notes, name)
    except CourseError as error:
        return Said(heading="Progress: nothing done", text=str(error))
    except store.Refused as error:
        return Said(heading="Progress: nothing done", text=store.refusal(error))
    except Exception as error:
        text = f"The progress file could not be used ({type(error).__name__}): set COURSE_PROGRESS to another one."
        return Said(heading="Progress: nothing done", text=text)


def _file_name(given) -> str:
    name = attempt(os.fspath, given)
    if not is_a(name, str):
        raise CourseError(f'Expected the name of a file, such as `"my-progress.json"`; given: {describe(given)}.')
    if not name.strip() or "\0" in name or attempt(name.encode) is None:  # half a character cannot be encoded
        raise CourseError(f"{describe(name)} is not a possible name of a file: use letters, digits, `-` and `.`.")
    return name


def _write_copy(name: str) -> Said:
    try:
        notes = store.export_to(Path(name).expanduser())
    except store.Refused as error:
        raise CourseError(f"{code(name)} names {error}, which is left alone: choose another name.") from None
    except Exception as error:  # a folder that is not there, a full disk ...
        what = f"The file {code(name)} could not be written: {type(error).__name__}."
        raise CourseError(f"{what} Choose another name or folder.") from None
    text = f"See {code(name)}. `progress(load=…)` brings it back, on another machine too."
    return Said(heading="Progress: copy written", text=text, notes=notes, trouble=False)


def _bring_back(name: str) -> Said:
    try:
        number, notes = store.load_from(Path(name).expanduser())
    except FileNotFoundError:
        raise CourseError(f"There is no file {code(name)} here. Look at its name, or upload it first.") from None
    except store.Refused as error:
        what = f"{code(name)} names {error}: it is not a copy that `progress(export=…)` wrote."
        raise CourseError(f"{what} Choose another file.") from None
    except Exception as error:  # a file that may not be read, a name that is too long ...
        what = f"The file {code(name)} could not be read: {type(error).__name__}."
        raise CourseError(f"{what} Choose another file.") from None
    exercises = f"{number} exercise{'' if number == 1 else 's'}"
    text = f"{code(name)} has {exercises}; of each, the better result is kept. `progress()` shows the table."
    return Said(heading="Progress: brought back", text=text, notes=notes, trouble=False)
