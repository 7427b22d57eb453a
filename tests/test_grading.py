"""A folder of submissions becomes verdicts, a table and a page, whatever is in it; a run that was stopped goes on.

The class is made by `synthetic_submissions.py`; with 200 of them, and speeds: `benchmarks/grading.py`.
"""

import csv
import json
import os
import shutil
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest
import synthetic_submissions as synthetic

from course_utils.errors import CourseError
from course_utils.workshop.grading import batch, crews, reports, verdicts
from course_utils.workshop.grading import command as grading
from course_utils.workshop.grading.batch import Task
from course_utils.workshop.grading.crews import Here, PageFailed
from course_utils.workshop.grading.isolation import Limits
from course_utils.workshop.grading.submissions import Graded, Row, Submission

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the limits on learners' code are those of Linux")
PAGE = "00b_tensors"
ATTACKS = ("os._exit in the cell", "patched course_utils")
ONLY = ("0b.1", "0b.2")  # of seven exercises; the others are not begun
FILES = ("a text", "a link out of the folder", "duplicated cells", "forged outputs")


# --- from a folder to a page ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """(folder, what is expected, output folder) of eight submissions of one page, graded by two workers."""
    folder = tmp_path_factory.mktemp("room") / "class"
    expected = synthetic.make(folder, 8, pages=(PAGE,), attacks=ATTACKS, files=FILES, only=ONLY)
    out = folder.with_name("out")
    assert grading.main([str(folder), "--out", str(out), "--seconds", "10", "--workers", "1"]) == 0
    return folder, expected, out


def table(path: Path) -> list[dict]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def of_table(path: Path) -> dict[str, Graded]:
    """The verdicts as the table has them, by file."""
    found = {}
    for file in {line["file"] for line in table(path)}:
        lines = [line for line in table(path) if line["file"] == file]
        rows = tuple(
            Row(line["exercise"], line["status"], line["message"]) for line in lines if line["status"] != reports.UNREAD
        )
        notes = (lines[0]["notes"], *(line["message"] for line in lines if not rows))
        found[file.lstrip("'")] = Graded(lines[0]["learner"], file, lines[0]["notebook"], rows, notes)
    return found


@LINUX
def test_every_verdict_is_as_expected(room):
    _, expected, out = room
    found = of_table(out / "verdicts.csv")
    assert [line for one in expected for line in synthetic.differences(one, found.get(one.file))] == []
    assert found.keys() == {one.file for one in expected}
    kinds = Counter(one.kind for one in expected)
    assert kinds == {**dict.fromkeys((*ATTACKS, *FILES), 1), "answers": 2}


@LINUX
def test_it_goes_on_where_it_stopped(room, monkeypatch, capsys):
    """Of the verdicts on disk one is lost and one is broken: these two are judged again, nothing else."""
    folder, _, out = room
    before = (out / "verdicts.csv").read_text("utf-8")
    kept = sorted((out / "verdicts").glob("*.json"))
    kept[0].unlink()
    kept[1].write_text(kept[1].read_text("utf-8")[:-20], "utf-8")
    judged = []

    def run(tasks, crew, limits, heard):
        for task in tasks:
            judged.append(task.key)
            heard(batch.Verdict(task, Graded("", "", PAGE, (Row("0b.1", "correct", "Again."),)), final=True))

    monkeypatch.setattr(grading, "run", run)
    again = [str(folder), "--out", str(out), "--seconds", "10"]
    assert grading.main(again) == 0
    assert sorted(judged) == [path.stem for path in kept[:2]]
    assert f"{len(kept) - 2} verdicts from before; 2 to judge." in capsys.readouterr().out
    assert grading.main(again) == 0 and len(judged) == 2  # now all are there
    assert (out / "verdicts.csv").read_text("utf-8") != before
    assert grading.main([*again, "--again"]) == 0 and len(judged) == 2 + len(kept)
    assert grading.main([*again[:-1], "11"]) == 0 and len(judged) == 2 + 2 * len(kept)  # other limits: other verdicts


def test_alike_is_judged_once_and_counts_for_both(tmp_path, monkeypatch):
    folder = tmp_path / "class"
    (one,) = synthetic.make(folder, 1, pages=(PAGE,), attacks=(), files=())
    (folder / "Copy").mkdir()
    shutil.copy(folder / one.file, folder / "Copy" / "mine.ipynb")
    tasks = []
    row = Row("0b.1", "correct", "That is right.")

    def run(given, crew, limits, heard):
        for task in given:
            tasks.append(task)
            heard(batch.Verdict(task, Graded("", "", PAGE, (row,)), final=True))

    monkeypatch.setattr(grading, "run", run)
    monkeypatch.setattr(sys, "platform", "linux")
    grading.main([str(folder)])
    lines = table(tmp_path / "class-graded" / "verdicts.csv")
    assert len(tasks) == 1 and {line["learner"] for line in lines} == {one.file.split("/")[0], "Copy"}
    assert all("The very same file was handed in 2 times: " in line["notes"] for line in lines)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "Expected a folder of submitted notebooks; nowhere is none"),
        ([".", "--seconds", "0"], "--seconds: expected 1 to 3600 for one answer; given: 0."),
        ([".", "--memory", "0"], "--memory: expected 0.25 to 1000 GB"),
        ([".", "--workers", "0"], "--workers: expected 1 to 256 processes; given: 0."),
        (["."], "There is no notebook below"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(arguments, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(CourseError, match="^" + words.replace(".", r"\.").replace("(", r"\(")):
        grading.main(arguments)
    assert list(tmp_path.iterdir()) == []


def test_copies_of_the_system_and_links_to_folders_are_passed_over(tmp_path):
    (tmp_path / "out").mkdir()
    for name in ("a/.ipynb_checkpoints/x.ipynb", "__MACOSX/a/._x.ipynb", "a/._x.ipynb", "out/y.ipynb", "a/X.IPYNB"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}", "utf-8")
    (tmp_path / "all.zip").write_bytes(b"PK")
    if sys.platform != "win32":
        (tmp_path / "elsewhere").symlink_to(Path(__file__).parent)
    found = grading.find(tmp_path, tmp_path / "out")
    assert found.paths == [tmp_path / "a" / "X.IPYNB"]
    assert found.zipped == 1 and found.packed == " 1 packed file lies there: unpack it first."
    assert found.links == (sys.platform != "win32")


# --- verdicts on disk -------------------------------------------------------------------------------------


def test_two_runs_do_not_write_into_one_folder(tmp_path):
    store = verdicts.Store(tmp_path)
    with pytest.raises(CourseError, match="Another `grade` is at work"):
        verdicts.Store(tmp_path)
    store.close()
    verdicts.Store(tmp_path).close()


def test_a_verdict_counts_for_this_content_edition_and_limits_only(monkeypatch):
    limits = Limits()
    keys = {verdicts.key_of("a", limits), verdicts.key_of("b", limits), verdicts.key_of("a", Limits(seconds=9))}
    monkeypatch.setattr(verdicts, "edition", lambda: "another")
    assert len(keys | {verdicts.key_of("a", limits)}) == 4


def test_the_edition_covers_what_makes_a_verdict():
    """A change in any of these makes the verdicts on disk count no more; one in what only shows them does not."""
    from course_utils.exercises import answers, engine, shelf
    from course_utils.workshop.grading import cells, ground, isolation, pages, running, submissions

    files = {path.resolve() for path in verdicts._judging()}
    judge = (answers, engine, cells, ground, isolation, pages, running, submissions)
    assert [module.__name__ for module in judge if Path(module.__file__).resolve() not in files] == []
    assert Path(shelf.find("0b.1").check.__code__.co_filename).resolve() in files
    assert verdicts.NOTEBOOKS.joinpath(f"{PAGE}.ipynb").resolve() in files
    assert {"linux.py", "stations.py", "warden.py", "remote.py", "wire.py"} <= {path.name for path in files}
    assert not files & {Path(module.__file__).resolve() for module in (batch, crews, grading, reports, verdicts)}


# --- a worker that dies -----------------------------------------------------------------------------------

LIMITS = Limits(seconds=1)


class Threads:
    """A crew of this process: `judge` may raise what a dying worker's future raises."""

    def __init__(self, workers: int = 2):
        self.ended, self._slots, self._pool = [], list(range(workers)), ThreadPoolExecutor(workers)
        self.gone = False

    def slots(self):
        return [] if self.gone else self._slots

    def submit(self, slot, function, *arguments):
        return self._pool.submit(function, *arguments)

    def end(self, slot, future):
        self.ended.append(slot)

    def close(self):
        self._pool.shutdown()


def task(name: str, notebook: str = "p") -> Task:
    return Task(name, Submission(name, f"{name}.ipynb", notebook, {}))


def run(tasks, judge, monkeypatch, crew=None) -> dict[str, batch.Verdict]:
    monkeypatch.setattr(batch, "judge", judge)
    monkeypatch.setattr(batch, "_TICK", 0.01)
    heard = {}
    batch.run(tasks, crew or Threads(), LIMITS, lambda verdict: heard.setdefault(verdict.task.key, verdict))
    return heard


def judged(submission, limits, status="correct"):
    row = Row("1.1", status, "")
    return Graded(submission.learner, submission.file, submission.notebook, (row,)).to_json(), ("a clock",)


def test_a_worker_that_dies_costs_only_what_it_was_at(monkeypatch):
    """`twice` ends its worker every time, `once` only while others run; both are tried again, alone, at the end."""
    at, most, tried = [], Counter(), Counter()

    def judge(submission, limits):
        name = submission.learner
        at.append(name)
        tried[name] += 1
        time.sleep(0.005)
        most[name] = max(most[name], len(at))
        at.remove(name)
        if name == "twice" or name == "once" and tried[name] == 1:
            raise BrokenProcessPool("died")
        return judged(submission, limits)

    names = ["twice", "once", *map(str, range(20))]
    crew = Threads()
    heard = run([task(name) for name in names], judge, monkeypatch, crew)
    assert heard.keys() == set(names) and all(heard[name].final for name in names[1:])
    assert tried == {**dict.fromkeys(map(str, range(20)), 1), "twice": 2, "once": 2} and len(crew.ended) == 3
    assert not heard["twice"].final and heard["twice"].graded.rows == ()
    assert heard["twice"].graded.notes == (
        "Could not be judged, twice: its worker died; then, alone: its worker died.",
    )
    assert heard["once"].in_force == ("a clock",)


def test_a_page_that_fails_is_not_tried_for_everybody(monkeypatch):
    tried = []

    def judge(submission, limits):
        tried.append(submission.learner)
        if submission.notebook == "broken":
            raise PageFailed("broken does not run on this machine: no weights.")
        return judged(submission, limits)

    heard = run([task(str(n), "broken") for n in range(10)] + [task("a")], judge, monkeypatch, Threads(1))
    assert len(heard) == 11 and len(tried) == 2 and heard["a"].final
    assert {heard[str(n)].graded.notes[-1] for n in range(10)} == {"broken does not run on this machine: no weights."}


def test_a_worker_that_hangs_is_ended(monkeypatch):
    stop = threading.Event()

    def judge(submission, limits):
        if submission.learner == "hangs":
            stop.wait(20)
        return judged(submission, limits)

    monkeypatch.setattr(batch, "_longest", lambda task, limits: 0.05)
    monkeypatch.setattr(batch, "PAGE_SECONDS", 0)
    crew = Threads(3)
    heard = run([task("hangs"), task("a"), task("b")], judge, monkeypatch, crew)
    stop.set()
    assert heard["a"].final and heard["b"].final and not heard["hangs"].final
    assert "it was not through in time; then, alone: it was not through in time." in heard["hangs"].graded.notes[0]


def test_without_any_worker_it_ends_with_a_sentence(monkeypatch):
    monkeypatch.setattr(batch, "NOBODY_SECONDS", 0.05)
    crew = Threads()
    crew.gone = True
    with pytest.raises(CourseError, match="All workers of the cluster have gone. Started again, this goes on"):
        run([task("a")], judged, monkeypatch, crew)


def test_what_a_person_must_look_at_is_tried_again_by_the_next_run(monkeypatch):
    heard = run([task("a")], lambda *given: judged(*given, status="look at it"), monkeypatch)
    assert not heard["a"].final and heard["a"].graded.rows


def test_a_worker_stays_with_its_page():
    """Three workers: each page is made once, but for the large one, which the others share when theirs are through."""
    plan = batch._Plan()
    for notebook, count in {"large": 60, "small": 2, "other": 4}.items():
        for number in range(count):
            plan.add(task(f"{notebook} {number}", notebook))
    turns = {0: [], 1: [], 2: []}
    while plan.waiting:
        for slot in turns:
            if found := plan.take(slot, turns):
                turns[slot].append(found.notebook)
    pages = {slot: list(dict.fromkeys(all)) for slot, all in turns.items()}
    assert pages == {0: ["large"], 1: ["other", "large"], 2: ["small", "large"]}
    assert max(map(len, turns.values())) - min(map(len, turns.values())) <= 2


def test_a_few_that_are_left_are_not_worth_another_page():
    plan = batch._Plan()
    for number in range(batch.SHARED):
        plan.add(task(str(number)))
    assert plan.take(0, (0, 1)) and plan.take(1, (0, 1)) is None
    assert plan.take(1, (1,))  # the first one has gone


def test_a_process_that_dies_is_followed_by_another():
    crew = Here(1)
    try:
        first = crew.submit(0, os.getpid).result(20)
        with pytest.raises(BrokenProcessPool):
            crew.submit(0, os._exit, 3).result(20)
        crew.end(0, None)
        second = crew.submit(0, os.getpid).result(20)
        assert len({first, second, os.getpid()}) == 3
    finally:
        crew.close()
    import psutil

    assert not psutil.pid_exists(second)


def test_dask_does_the_same(monkeypatch):
    """A cluster inside this process; two processes and 200 submissions: `benchmarks/grading.py`."""
    from distributed import LocalCluster

    monkeypatch.setattr(batch, "judge", judged)
    heard = {}
    options = {"processes": False, "dashboard_address": None, "n_workers": 2, "threads_per_worker": 1}
    with LocalCluster(**options) as cluster:
        crew = crews.Cluster(cluster.scheduler_address, verdicts.edition)
        assert len(crew.slots()) == 2
        batch.run(
            [task(str(n)) for n in range(6)], crew, LIMITS, lambda verdict: heard.setdefault(verdict.task.key, verdict)
        )
        crew.close()
        with pytest.raises(CourseError, match="The same edition of the course is needed everywhere"):
            crews.Cluster(cluster.scheduler_address, lambda: threading.current_thread().name)
    assert sorted(heard) == list("012345") and all(verdict.final for verdict in heard.values())


def test_no_scheduler_is_one_sentence():
    with pytest.raises(CourseError, match="Expected a Dask scheduler with workers at tcp://127.0.0.1:9, such as"):
        crews.Cluster("tcp://127.0.0.1:9", verdicts.edition, seconds=0.2)


# --- the reports ------------------------------------------------------------------------------------------

EVIL = "<img src=x onerror=alert(1)>"
NAMES = ("=1+1", "\t=2", EVIL, "Zoë", "＝cmd")


def written(out: Path) -> dict[str, Path]:
    rows = (
        Row("0b.1", "correct", "That is right.\nA second line."),
        Row("0b.2", "not yet", f"Given: `{EVIL}` and *so*, 1.5."),
        Row("0b.3", "stopped", "=HYPERLINK(1)"),
    )
    graded = [Graded(name, f"{name}/x.ipynb", PAGE, rows, (f"A note {EVIL}",)) for name in NAMES]
    better = Graded("Zoë", "Zoë/again.ipynb", PAGE, (Row("0b.2", "correct", "That is right."),))
    graded += [better, Graded("Nobody", "Nobody/y.ipynb", "", (), ("It is no notebook.",))]
    return reports.write(out, graded, title=EVIL, limits=LIMITS, edition="1+a", in_force=("a clock",))


def test_no_cell_is_a_formula_and_nothing_is_lost(tmp_path):
    lines = table(written(tmp_path)["Table"])
    assert len(lines) == 3 * len(NAMES) + 2
    assert {line["learner"] for line in lines} == {"'=1+1", "'\t=2", EVIL, "Zoë", "'＝cmd", "Nobody"}
    assert not any(value.lstrip()[:1] in tuple("=+-@＝") and value for line in lines for value in line.values())
    unread = next(line for line in lines if line["learner"] == "Nobody")
    assert unread["status"] == "not read" and unread["message"] == "It is no notebook."
    assert lines[0]["message"].count("\n") == 0


def test_of_an_exercise_that_came_twice_the_better_verdict_counts(tmp_path):
    lines = {line["learner"]: line for line in table(written(tmp_path)["Summary"])}
    assert (lines["Zoë"]["files"], lines["Zoë"]["correct"], lines["Zoë"]["not yet"]) == ("2", "2", "0")
    assert (lines[EVIL]["correct"], lines[EVIL]["not yet"], lines[EVIL]["stopped"]) == ("1", "1", "1")
    assert lines["Nobody"]["files not read"] == "1"


def test_the_page_escapes_what_it_shows_and_counts_sentences(tmp_path):
    text = written(tmp_path)["Page"].read_text("utf-8")
    assert EVIL not in text and "&lt;img src=x onerror=alert(1)&gt;" in text
    assert "4 ×: Given: <code>" in text and "<em>so</em>" in text
    assert "http" not in text.replace("http-equiv", "") and "a clock" in text and "1 seconds, 2 GB" in text


@pytest.mark.browser
def test_the_page_sorts_folds_and_fits(browser, tmp_path):
    from axe_playwright_python.sync_playwright import Axe

    path = written(tmp_path)["Page"]
    for scheme, width in (("light", 1280), ("dark", 390)):
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        problems: list[str] = []
        page.on("dialog", lambda dialog, said=problems: (said.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error, said=problems: said.append(str(error)))
        page.on("request", lambda request, said=problems: said.append(request.url.split("#")[0]))
        page.goto(path.as_uri())
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"][:100]) for rule in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        table = page.get_by_role("table").first
        correct = table.get_by_role("button", name="correct")
        correct.click()
        correct.click()
        assert table.get_by_role("rowheader").first.inner_text() == "Zoë"
        assert table.get_by_role("columnheader", name="correct").get_attribute("aria-sort") == "descending"
        table.get_by_role("link", name="Zoë").click()
        page.locator("details[open]").get_by_text("That is right.").first.wait_for()
        page.close()
        assert set(problems) == {path.as_uri()}


def test_progress_says_how_far_and_how_long(capsys):
    progress = grading.Progress(3)
    progress._start -= 60
    progress._done = 1
    assert progress.line(time.monotonic()) == "1 of 3, 1 a minute, about 2 minutes left"
    progress._done = 3
    assert progress.line(time.monotonic()) == "3 of 3, 3 a minute, 1.0 minutes in all"


def test_a_verdict_goes_through_json():
    graded = Graded("a", "b", "c", (Row("1", "correct", "\ud800 \x00"),), ("n",), 1.5)
    assert Graded.from_json(json.loads(json.dumps(graded.to_json()))) == graded
