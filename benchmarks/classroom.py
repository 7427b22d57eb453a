"""A class of 60 synthetic learners on the page of `course.py class`: `python benchmarks/classroom.py [FOLDER]`.

They work through chapter 6 for 40 minutes at different speeds (seeded), fail with the known mistakes of its exercises,
and share codes into a folder, in which other things lie too. Measured: what sharing costs a check, how long codes are,
what the page costs, how soon a change is seen, what a hostile folder costs. Pictures of the page (light, dark, grey,
phone) go into FOLDER, if one is named; axe-core looks at each.
"""

import os
import random
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
SCRATCH = tempfile.TemporaryDirectory()
os.environ |= {"COURSE_MODELS": "offline", "COURSE_PROGRESS": str(Path(SCRATCH.name, "progress.json"))}

import lab  # noqa: E402 (the settings come first)
from axe_playwright_python.sync_playwright import Axe  # noqa: E402
from reporting import conclusion, report, title, verdict  # noqa: E402

from course_utils.exercises import Choice, all_exercises, check, progress  # noqa: E402
from course_utils.exercises.share_code import Seen, Shared, write  # noqa: E402
from course_utils.exercises.share_folder import replace_text  # noqa: E402
from course_utils.workshop.classroom import class_view  # noqa: E402
from course_utils.workshop.classroom.class_page import Server  # noqa: E402
from course_utils.workshop.classroom.class_state import Folder  # noqa: E402

LEARNERS, CHAPTER, NAMES = 60, "6", ("Ada", "Grace", "Ada", "Ünal <b>", "Mei")
SIZES = {"light": (1280, 900), "dark": (1280, 900), "grey": (1280, 900), "phone": (390, 844), "phone dark": (390, 844)}


def timeline(number: int) -> list[tuple[float, str, str, int, int]]:
    """(minute, exercise, status, slip, hints) of every try of one learner, in 40 minutes and beyond."""
    draw = random.Random(number)
    speed, minute, tries = draw.lognormvariate(0, 0.4), draw.uniform(0, 4), []
    for record in [one for one in all_exercises() if one.id.split(".")[0] == CHAPTER]:
        hard = {"easy": 0.3, "medium": 0.5, "hard": 0.65}[record.difficulty]
        minute, hints = minute + speed * record.minutes * 0.4, 0
        while draw.random() < hard:
            slip = slip_of(record, draw)
            tries.append((minute, record.id, "error in your code" if draw.random() < 0.15 else "not yet", slip, hints))
            hints = min(hints + (draw.random() < 0.4), len(record.hints))
            minute += speed * draw.expovariate(1 / 3)
        if draw.random() < 0.06:  # left open
            continue
        tries.append((minute, record.id, "correct", 0, hints))
    return tries


def slip_of(record, draw: random.Random) -> int:
    """A known mistake, the first ones more often; none in one of four."""
    if draw.random() < 0.25:
        return 0
    if isinstance(record, Choice):
        return 2 ** draw.choice([n for n, letter in enumerate(record.options) if letter not in record.right])
    return 1 + min(int(draw.expovariate(0.5)), len(record.wrong) - 1)


def code_at(number: int, minute: float) -> str:
    """What learner `number` shares at this minute of the class, as if it were now."""
    seen: dict[str, Seen] = {}
    for at, exercise, status, slip, hints in timeline(number):
        if at <= minute:
            before = seen.get(exercise, Seen("not yet", 0))
            seen[exercise] = Seen(status, before.tries + 1, hints, slip or before.slip, int(minute - at))
    name = NAMES[number] if number < len(NAMES) else ""
    return write(Shared(random.Random(number).randrange(2**20), int(time.time()), name, seen))


def share_all(folder: Path, minute: float) -> None:
    """Two of three write into the folder, the others paste into one chat."""
    chat = []
    for number in range(LEARNERS):
        line = code_at(number, minute)
        if number % 3:
            replace_text(folder / f"learner {number}.txt", line + "\n")
        else:
            chat.append(f"10:{number:02} from somebody: here it is `{line}`.")
    replace_text(folder / "chat.txt", "\n".join(chat))


def strew(folder: Path) -> None:
    """What lies in such folders beside codes."""
    (folder / "cut.txt").write_text(code_at(1, 20)[:-3])
    (folder / "half.txt").write_text("")
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(2000))
    (folder / "<img src=x onerror=alert(1)>.txt").write_text("nothing")
    (folder / "my-progress.json").write_text('{"version": 1, "exercises": {}}')
    (folder / "old.txt").write_text("TC9-abcdefghijkmnop")


def main() -> None:
    pictures = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    with SCRATCH, tempfile.TemporaryDirectory() as place:
        folder = Path(place, "class")
        folder.mkdir()
        cost_of_sharing(folder)
        lengths()
        the_page(folder, pictures)
        a_hostile_folder(Path(place))
    conclusion()


def cost_of_sharing(folder: Path) -> None:
    title("What sharing costs a check (milliseconds, median of 50)")
    question = next(one for one in all_exercises() if isinstance(one, Choice))
    off = timed(lambda: check(question.id, question.right[0]))
    progress().share()
    code = timed(lambda: check(question.id, question.right[0]))
    progress().share(folder)
    on = timed(lambda: check(question.id, question.right[0]))
    (folder / "later").mkdir()
    progress().share(folder / "later")
    (folder / "later" / next(iter(os.listdir(folder / "later")))).unlink()
    (folder / "later").rmdir()
    gone = timed(lambda: check(question.id, question.right[0]))
    progress().share(False)
    report(
        "not shared / code / folder / gone", " / ".join(f"{1000 * seconds:.1f}" for seconds in (off, code, on, gone))
    )
    verdict("a folder adds", 1000 * (on - off), 50, "ms")


def timed(function) -> float:
    spent = []
    for _ in range(50):
        start = time.perf_counter()
        function()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def lengths() -> None:
    title("How long codes are (characters)")
    codes = [code_at(number, 40) for number in range(LEARNERS)]
    report(
        "60 learners after 40 minutes",
        f"median {statistics.median(map(len, codes)):.0f}, longest {max(map(len, codes))}",
    )
    ten = {f"{CHAPTER}.{n}": Seen("not yet", 100, 7, 63, 1440) for n in range(1, 11)}
    verdict(
        "ten exercises, each value at its largest", len(write(Shared(2**20 - 1, int(time.time()), "", ten))), 60, ""
    )
    everything = {one.id: Seen("not yet", 9, 2, 3, 60) for one in all_exercises()}
    report(f"all {len(everything)} exercises", str(len(write(Shared(1, int(time.time()), "", everything)))))


def the_page(folder: Path, pictures: Path | None) -> None:
    title("The page: 60 learners, 6 files that are no codes")
    strew(folder)
    share_all(folder, 25)
    watched = Folder(folder)
    for name in ("first look", "look without a change"):
        start = time.perf_counter()
        state = watched.look()
        report(name, f"{1000 * (time.perf_counter() - start):.1f} ms, {len(state.learners)} learners")
    start = time.perf_counter()
    html = class_view.part(state, CHAPTER, True, "class")
    html = class_view.part(state, CHAPTER, True, "class")
    report(
        "HTML of the part that is renewed", f"{500 * (time.perf_counter() - start):.1f} ms, {len(html):,} characters"
    )
    server = Server(watched)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with lab.chromium() as browser:
            look_at_it(browser, server, folder, pictures)
    finally:
        server.shutdown()
        server.server_close()


def look_at_it(browser, server: Server, folder: Path, pictures: Path | None) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(server.address)
    waits = []
    for minute in (30, 35, 40):
        before = page.locator("[data-key=table]").inner_text()
        start = time.perf_counter()
        share_all(folder, minute)
        while page.locator("[data-key=table]").inner_text() == before:
            page.wait_for_timeout(50)
        waits.append(time.perf_counter() - start)
    verdict("a change is seen after (worst of 3)", max(waits), class_view.SECONDS + 2, "s")
    page.close()
    for name, (width, height) in SIZES.items():
        scheme = "dark" if "dark" in name else "light"
        page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        for part, address in {"chapter": f"?chapter={CHAPTER}&labels=1", "all": "?chapter=all"}.items():
            page.goto(server.address + address)
            found = Axe().run(page).response["violations"]
            wide = page.evaluate("document.documentElement.scrollWidth") - width
            verdict(f"{name}, {part}: axe-core, violations", len(found), 0, "")
            verdict(f"{name}, {part}: wider than the window", max(wide, 0), 0, "pixels")
            if pictures:
                if name == "grey":
                    page.evaluate("document.documentElement.style.filter = 'grayscale(1)'")
                pictures.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=pictures / f"class {name} {part}.png", full_page=True)
        page.close()


def a_hostile_folder(place: Path) -> None:
    title("Folders that somebody filled on purpose: seconds for one look")
    for name, fill in HOSTILE.items():
        folder = place / name
        folder.mkdir()
        fill(folder)
        start = time.perf_counter()
        state = Folder(folder).look()
        seconds = time.perf_counter() - start
        verdict(f"{name}: {len(state.learners)} learners, {len(state.troubles)} notes", seconds, 6, "s")
        start = time.perf_counter()
        class_view.part(state, "", False, "x")
        report("its page", f"{time.perf_counter() - start:.2f} s")


def forged(folder: Path) -> None:
    """Sound codes that no learner made."""
    now, draw = int(time.time()), random.Random(0)
    seen = {f"6.{n}": Seen("not yet", 3, 1, 1, 5) for n in range(1, 11)}
    one = [write(Shared(draw.randrange(2**20), now, "", seen)) for _ in range(5_000)]
    (folder / "forged.txt").write_text("\n".join(one))


HOSTILE = {
    "5,000 codes in one file": forged,
    "2 MB of letters": lambda folder: (folder / "a.txt").write_text("a" * 1_999_000),
    "2 MB of long words": lambda folder: (folder / "a.txt").write_text(("TC1-" + "z" * 1900 + " ") * 1_000),
    "2,500 files": lambda folder: [(folder / f"{n}.txt").write_text("hello") for n in range(2_500)],
    "40 files of 1.9 MB": lambda folder: [(folder / f"{n}.txt").write_text("wörter " * 240_000) for n in range(40)],
}


if __name__ == "__main__":
    main()
