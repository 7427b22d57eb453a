"""INSTRUCTOR.md's generated parts: what each page holds, its stumbling blocks, the room's table, the links.

    python -m course_utils.workshop.guide            # some minutes: judges the wrong answers of every record anew
    python -m course_utils.workshop.guide --check    # seconds: what is stale, missing, or does not add up

The stumbling blocks are what `check` says to the first wrong answers of each record, those that its author expected
first. Everything else of the page is written by hand, and `plans` holds it against the notebooks.
"""

import argparse
import contextlib
import linecache
import re
import sys
from pathlib import Path

from ..authoring.notebooks import ROOT
from ..errors import CourseError
from ..exercises.records import Choice, Exercise
from ..exercises.shelf import all_exercises
from . import plans
from .room import PAGES, needs

GUIDE = ROOT / "INSTRUCTOR.md"
SAYINGS, LONGEST = 3, 260  # sentences an exercise, characters of one
MOST_CELLS = 6  # that an exercise needs and that are named one by one
ROOMS, LINES = (10, 30, 60), (50, 200, 1000)  # seats; megabits a second
_PART = re.compile(r"(<!-- made by guide: ([\w ]+) -->)(.*?)(<!-- end -->)", re.S)
_ENTRY = re.compile(r"(?m)^- \*\*(\S+) (.+)\*\* \((\d+) min\)\n((?:  - .+\n)+)")
# A page's row in the README: its number, and the hours that a newcomer takes alone.
_HOURS = re.compile(r"(?m)^\| \[(\d\d[a-z]?) [^\]]+\]\(\S+\)(?: \(deeper\))? \| .+ \| ([\d.]+) \|$")
# Up to here a message tells the input and what came; after it, the cause.
_FIGURES = re.compile(r"`\)[:.] ")


def main(arguments: list[str], guide: Path = GUIDE) -> int:
    """The command line; 0 when all is as it should be."""
    parser = argparse.ArgumentParser(
        prog="python -m course_utils.workshop.guide", description="Write the generated parts of INSTRUCTOR.md."
    )
    parser.add_argument("--check", action="store_true", help="only say what is stale or wrong; exit 1 if anything is")
    options = parser.parse_args(arguments)
    if not guide.exists():
        missing = f"Expected {guide.name} beside course.py, in a copy of the repository; there is none here."
        print(missing, file=sys.stderr)
        return 1
    if not options.check:
        fresh, pages = {}, plans.read_pages()
        for page in pages.values():
            print(f"{page.number}: judging wrong answers to {len(page.exercises)} exercises", flush=True)
            fresh[f"stumbles {page.number}"] = stumbles(page)
        text = guide.read_text("utf-8")  # only now: somebody may have written meanwhile
        with contextlib.suppress(CourseError):  # `problems` says it below
            fresh |= cheap_parts(text, pages)
        guide.write_text(filled(text, fresh), "utf-8", newline="\n")
    text = guide.read_text("utf-8")
    found = problems(text)
    print("\n".join(found) or f"{guide.name}: {len(plans.tables(text, *plans.PLAN))} plans, all as the pages say.")
    if found and options.check:
        print("Mend the text, or run `python -m course_utils.workshop.guide`, which writes the generated parts.")
    return int(bool(found))


def problems(text: str) -> list[str]:
    """What is wrong in the text of INSTRUCTOR.md, a sentence each; judges nothing anew."""
    pages = plans.read_pages()
    try:
        fresh = cheap_parts(text, pages)
    except CourseError as problem:
        return [*plans.problems(text, pages), str(problem)]
    there = dict(parts(text))
    found = plans.problems(text, pages)
    wanted = fresh.keys() | {f"stumbles {number}" for number in pages}
    found += [f"The part {name!r} is missing." for name in sorted(wanted - there.keys())]
    found += [f"Nobody makes the part {name!r}." for name in sorted(there.keys() - wanted)]
    found += [f"The part {name!r} is stale." for name in sorted(fresh) if there.get(name, fresh[name]) != fresh[name]]
    for number, page in pages.items():
        found += _stale_stumbles(there.get(f"stumbles {number}", ""), page)
    return found


def parts(text: str) -> list[tuple[str, str]]:
    """(name, what stands between the markers) of every generated part."""
    return [(found[2], found[3]) for found in _PART.finditer(text)]


def filled(text: str, fresh: dict[str, str]) -> str:
    """The text with new generated parts; a part that is not in `fresh` stays as it is."""

    def new(found: re.Match) -> str:
        return found[1] + fresh[found[2]] + found[4] if found[2] in fresh else found[0]

    return _PART.sub(new, text)


def cheap_parts(text: str, pages: dict[str, plans.Page]) -> dict[str, str]:
    """Everything that is generated in no time: the facts of each page, minutes of sections, the room, the links."""
    alone = hours((ROOT / "README.md").read_text("utf-8"))
    if missing := sorted((pages.keys() - PAGES.keys()) | (pages.keys() - alone.keys())):
        raise CourseError(f"Page {missing[0]} needs its hours in the README, and what it takes in PAGES of room.py.")
    glance = {row[0].strip("[]"): row for _, rows in plans.tables(text, *plans.GLANCE) for row in rows}
    fresh = {
        f"facts {number}": _facts(page, alone[number], glance.get(number, [""] * 5)) for number, page in pages.items()
    }
    named = [(number, heading) for number, heading in plans.labels(text) if number in pages]
    fresh["links"] = "\n" + "".join(
        f"[{number}{': ' + heading if heading else ''}]: {plans.link(pages[number], heading)}\n"
        for number, heading in named
        if not heading or heading in pages[number].headings
    )
    return fresh | {"room": _room(), "memory": _memory(text), "sections": _sections(text, pages)}


def hours(readme: str) -> dict[str, float]:
    """How long a newcomer takes alone for each page, as the README's table says."""
    return {number: float(text) for number, text in _HOURS.findall(readme)}


def _facts(page: plans.Page, alone: float, glance: list[str]) -> str:
    seconds, gigabytes = PAGES[page.number]
    _, teach, practise, _, goal = glance
    room = f"In a room: {teach} minutes to teach, {practise} to practise. Alone, a newcomer takes {alone:g} hours."
    lines = [f"**Goal:** {goal}.", f"{room} All cells run in {seconds} seconds and {gigabytes:.2f} GB."]
    for name, ids in (("Exercises", page.core), ("Optional", page.optional)):
        if ids:
            listed = ", ".join(f"{id} *{_record(id).title}* ({_record(id).minutes} min)" for id in ids)
            lines.append(f"{name}: {listed}.")
    if quiz := [each for each in all_exercises() if isinstance(each, Choice) and each.topic in page.quiz]:
        minutes = sum(each.minutes for each in quiz)
        lines.append(f"The quiz: {len(quiz)} questions in {len(page.quiz)} topics ({minutes} min).")
    lines += [f"Asks the Hub, unless `COURSE_MODELS=offline`: {heading}." for heading in plans.asks_the_hub(page)]
    needed: dict[tuple, list[str]] = {}
    for id, cells in plans.cells_needed(page).items():
        if id in page.core:
            needed.setdefault(tuple(cells), []).append(id)
    for cells, ids in sorted(needed.items(), key=lambda item: len(item[0])):
        listed = ", ".join(cells) if len(cells) <= MOST_CELLS else f"{len(cells)} cells above, so run all above"
        lines.append(f"To run before {', '.join(ids)}: the set-up cell{f'; {listed}' if cells else ' alone'}.")
    return "\n" + "\\\n".join(lines) + "\n\n"


def _sections(text: str, pages: dict[str, plans.Page]) -> str:
    """What the plans give to each section, or to some sections together: the fewest and the most minutes."""
    given: dict[tuple, set[int]] = {}
    rows = [row for kind in (plans.PLAN, plans.BLOCKS) for _, table in plans.tables(text, *kind) for row in table]
    for row in rows:
        named = tuple((number, heading) for number, heading in plans.LABEL.findall(row[2]) if heading)
        if named and row[1].isdecimal() and not row[2].startswith("break"):
            given.setdefault(named, set()).add(int(row[1]))

    def place(named: tuple) -> tuple:
        number, heading = named[0]
        known = pages[number].headings if number in pages else ()
        return number, known.index(heading) if heading in known else 0, len(named)

    lines = ["<details><summary>Minutes of each section, in all plans</summary>", ""]
    lines += ["| section, or sections together | minutes |", "|---|---|"]
    for named in sorted(given, key=place):
        fewest, most = min(given[named]), max(given[named])
        where = ", ".join(f"[{number}: {heading}]" for number, heading in named)
        lines.append(f"| {where} | {fewest}{f' to {most}' if most > fewest else ''} |")
    return "\n" + "\n".join([*lines, "", "</details>"]) + "\n\n"


def _room() -> str:
    """Seats against lines: how long until everybody has everything."""
    one = needs(1, 1)
    lines = [f"| seats | together | {' | '.join(f'{line} Mbit/s' for line in LINES)} | with a bundle |"]
    lines.append("|---|---|" + "---|" * (len(LINES) + 1))
    for seats in ROOMS:
        times = [f"{needs(seats, line).minutes:.0f} min" for line in LINES]
        lines.append(f"| {seats} | {seats * one.seat_mb / 1000:.1f} GB | {' | '.join(times)} | 0 |")
    parts = f"{one.packages_mb} MB of packages, {one.weights_mb} MB of weights and texts"
    said = [f"A seat downloads {one.seat_mb} MB: {parts}."]
    said += [f"The usual checkpoints of the Hub are {one.usual_mb / 1000:.1f} GB more, if somebody runs all cells.", ""]
    return "\n" + "\n".join(said + lines) + "\n\n"


def _memory(text: str) -> str:
    """One machine for all: the memory of everybody's kernels, with one page open, and with a plan's pages left open."""
    core = [page for page in PAGES if page.isdigit()]
    light, heavy = min(core, key=_gigabytes), max(core, key=_gigabytes)
    rows = next((rows for heading, rows in plans.tables(text, *plans.PLAN) if heading.startswith("Three hours")), [])
    taught = sorted({number for row in rows for number, _ in plans.labels(row[2]) if number in PAGES})
    cases = {"everybody on 06": ["06"], f"everybody on {heavy}, the heaviest": [heavy]}
    cases[f"{', '.join(taught)} all left open"] = taught
    lines = [
        f"A core page's Python process takes {_gigabytes(light):.1f} to {_gigabytes(heavy):.1f} GB at its peak.",
        "",
    ]
    lines += [f"| seats | {' | '.join(cases)} |", "|---|" + "---|" * len(cases)]
    for seats in ROOMS:
        sums = [f"{needs(seats, 1).memory_gb(*pages):.0f} GB" for pages in cases.values()]
        lines.append(f"| {seats} | {' | '.join(sums)} |")
    return "\n" + "\n".join(lines) + "\n\n"


def _gigabytes(page: str) -> float:
    return PAGES[page][1]


# --- stumbling blocks -------------------------------------------------------------------------------------


def stumbles(page: plans.Page) -> str:
    """The folded list of a page: for each exercise, what `check` says to its first wrong answers."""
    lines = []
    for id in page.exercises:
        record = _record(id)
        if isinstance(record, Exercise) and (said := sayings(record)):
            lines.append(f"- **{id} {record.title}** ({record.minutes} min)")
            lines += [f"  - {sentence}" for sentence in said]
    summary = "<summary>Stumbling blocks: what <code>check</code> says to likely mistakes</summary>"
    return f"\n<details>{summary}\n\n" + "\n".join(lines) + "\n\n</details>\n\n" if lines else "\n"


def sayings(record: Exercise) -> list[str]:
    """Up to three sentences for the first wrong answers of a record; those with numbers of one input only in need."""
    chosen: list[str] = []
    spare: list[str] = []
    for wrong, message in _judged(record):  # judged one by one, and no more than are needed
        sentence = cause(message, wrong.says)
        cut = re.search(r"(?:^|\s)'[^']*$|^[^']*[.?!]'", sentence)  # in the middle of a quotation
        known = any(sentence[:24].lower() == other[:24].lower() for other in chosen + spare)
        if wrong.status != "not yet" or cut or known or len(sentence) > LONGEST:
            continue
        figures = re.search(r"(?i)given[: ]|tensor\(|\[[-\d.]+, |you returned a", sentence)
        (spare if figures else chosen).append(sentence)
        if len(chosen) == SAYINGS:
            break
    return chosen if len(chosen) > 1 else (chosen + spare)[:SAYINGS]


def cause(message: str, says: str) -> str:
    """The part of a message that says the cause: the sentence with `says`, and the next while it stays short."""
    message = " ".join(message.split())
    message = message.split(" By the way, your function never uses")[0]
    at = message.find(says)
    starts = [found.end() for found in _FIGURES.finditer(message) if found.end() <= at]
    if not starts and at > LONGEST // 4:  # a long way before the cause: begin at its own sentence
        starts = [found.end() for found in re.finditer(r"[.?] ", message) if found.end() <= at]
    start = starts[-1] if starts else 0
    ends = [found.end() for found in re.finditer(r"[.?!](?= |$)", message) if found.end() >= at + len(says)]
    end = ends[0] if ends else len(message)
    if len(ends) > 1 and ends[1] - start <= LONGEST * 2 // 3:
        end = ends[1]
    text = message[start:end]
    return _escaped(text[:1].upper() + text[1:] if start else text)


def _judged(record: Exercise):
    """(wrong answer, message) of a record's wrong answers, judged as the learner's would be."""
    from ..exercises.engine import judge

    context: dict = {}
    exec(compile(record.context, f"<context of {record.id}>", "exec"), context)
    for number, wrong in enumerate(record.wrong):
        name, namespace = f"<answer {number} to {record.id}>", dict(context)
        linecache.cache[name] = (len(wrong.code), None, wrong.code.splitlines(keepends=True), name)
        if torch := sys.modules.get("torch"):  # not loaded for a page that needs none
            torch.manual_seed(0)  # some answers are sampled
        exec(compile(wrong.code, name, "exec"), namespace)
        yield wrong, judge(record, eval(record.answer, namespace))[1]


def _stale_stumbles(body: str, page: plans.Page) -> list[str]:
    """What a page's list says that its records do not, or does not say."""
    found, seen = [], []
    for id, title, minutes, lines in _ENTRY.findall(body):
        record = _record(id) if id in page.exercises else None
        seen.append(id)
        if not record or (record.title, record.minutes) != (title, int(minutes)):
            found.append(f"Page {page.number}: its stumbling blocks call {id} {title!r}, {minutes} minutes.")
            continue
        says = [_escaped(wrong.says).lower() for wrong in record.wrong]
        for sentence in re.findall(r"(?m)^  - (.+)$", lines):
            if not any(piece in sentence.lower() for piece in says):
                found.append(f"Page {page.number}: {id} no longer says {sentence!r}.")
    wanted = [id for id in page.exercises if not isinstance(_record(id), Choice)]
    if seen != wanted:
        found.append(
            f"Page {page.number}: its stumbling blocks are of {', '.join(seen) or 'nothing'}; expected {wanted}."
        )
    return found


def _record(id: str) -> Exercise | Choice:
    return next(record for record in all_exercises() if record.id == id)  # `find` looks at the disk each time


def _escaped(text: str) -> str:
    """Safe in Markdown: signs of HTML outside of code become entities."""
    pieces = text.split("`")
    return "`".join(
        piece if i % 2 else piece.replace("<", "&lt;").replace(">", "&gt;") for i, piece in enumerate(pieces)
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
