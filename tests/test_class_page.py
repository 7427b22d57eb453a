"""The page of a class counts what learners share, whatever else lies in the folder, and shows it in a browser."""

import http.client
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from course_utils import CourseError
from course_utils.exercises import Choice, all_exercises, share_code
from course_utils.exercises.share_code import Seen, Shared, write
from course_utils.exercises.share_folder import replace_text
from course_utils.exercises.shelf import find
from course_utils.workshop.classroom import class_page, class_state, class_view
from course_utils.workshop.classroom.class_state import Folder, Line

ROOT = Path(__file__).parents[1]
WRONG = find("6.1").wrong


def code(learner: int, seen: dict[str, Seen], name: str = "", ago: float = 0, edition: int = -1) -> str:
    """What a learner shared `ago` seconds before now."""
    return write(Shared(learner, int(time.time() - ago), name, seen, edition))


def put(folder: Path, name: str, *codes: str) -> None:
    replace_text(folder / name, "\n".join(codes) + "\n")


def line(state: class_state.Class, id: str) -> Line:
    return next(line for line in state.lines(id.split(".")[0]) if line.id == id)


SOLVED, STUCK = Seen("correct", 2, 0, 3, 20), Seen("not yet", 4, 1, 3, 12)


# --- counting ---------------------------------------------------------------------------------------------


def test_started_solved_tries_mistake_and_who_waits(tmp_path):
    put(tmp_path, "1.txt", code(1, {"6.1": SOLVED, "6.2": SOLVED}))
    put(tmp_path, "2.txt", code(2, {"6.1": STUCK}, name="Ada", ago=300))
    put(tmp_path, "3.txt", code(3, {"6.1": Seen("error in your code", 9, 0, 1, 3)}))
    put(tmp_path, "4.txt", code(4, {"6.1": Seen("not yet", 1, 0, 0, None)}))
    state = Folder(tmp_path, 10).look()
    assert len(state.learners) == 4 and state.troubles == () and state.chapters() == ["6"] == [state.busiest()]
    first = line(state, "6.1")
    assert (first.started, first.solved, first.unsolved, first.tries) == (4, 1, 3, 3.0)
    assert (first.slip, first.slips) == (f"“{WRONG[2].says}”", 2)
    (waiting,) = first.waiting
    assert (waiting.who, waiting.minutes, waiting.hints, waiting.slip) == ("Ada", 17, 1, f"“{WRONG[2].says}”")
    assert line(state, "6.2").started == 1 and line(state, "6.3") == Line("6.3", find("6.3").title, 0, 0, 0.0)


def test_the_newest_code_of_a_learner_counts_chapter_by_chapter(tmp_path):
    old, new = code(1, {"6.1": STUCK, "1.2": SOLVED}, ago=600), code(1, {"6.1": SOLVED, "6.2": STUCK}, ago=60)
    for order in ((old, new), (new, old)):
        put(tmp_path, "chat.txt", *(f"10:00 somebody: {code}" for code in order))
        state = Folder(tmp_path).look()
        assert len(state.learners) == 1 and line(state, "6.1").solved == 1 and line(state, "1.2").solved == 1
    assert line(state, "6.2").waiting[0].minutes == 13
    put(tmp_path, "now.txt", code(1, {"6.1": SOLVED, "6.2": SOLVED}))
    assert line(Folder(tmp_path).look(), "6.2").unsolved == 0


def test_who_has_been_silent_for_hours_waits_no_more(tmp_path):
    put(tmp_path, "1.txt", code(1, {"6.1": STUCK}, ago=12_000))
    state = Folder(tmp_path).look()
    assert line(state, "6.1").unsolved == 1 and line(state, "6.1").waiting == ()


def test_the_chapter_of_the_latest_tries_is_shown(tmp_path):
    for learner in range(3):
        put(
            tmp_path,
            f"{learner}.txt",
            code(learner, {"1.2": Seen("not yet", 1, 0, 0, 40), "6.1": Seen("correct", 1, 0, 0, 2)}),
        )
    put(tmp_path, "3.txt", code(3, {"1.2": STUCK}))
    assert Folder(tmp_path).look().busiest() == "6"


def test_two_with_one_name_are_told_apart(tmp_path):
    put(tmp_path, "1.txt", *(code(n, {"6.1": STUCK}, name="Ada") for n in (1, 2)), code(3, {"6.1": STUCK}, name="Mei"))
    who = {one.who for one in line(Folder(tmp_path).look(), "6.1").waiting}
    assert who == {"Ada (learner-00001)", "Ada (learner-00002)", "Mei"}


def test_mistakes_are_not_told_of_another_version(tmp_path):
    put(tmp_path, "1.txt", code(1, {"6.1": STUCK}, edition=(share_code.edition() + 77) % 256))
    state = Folder(tmp_path).look()
    assert line(state, "6.1").slip == "" and line(state, "6.1").unsolved == 1
    assert "another version of the course: 1" in class_view.part(state, "", False, "class")


def test_of_a_question_the_choice_is_told(tmp_path):
    question = next(
        one for one in all_exercises() if isinstance(one, Choice) and not one.several and "b" not in one.right
    )
    put(tmp_path, "1.txt", code(1, {question.id: Seen("not yet", 1, 0, 2, 1)}))
    assert line(Folder(tmp_path).look(), question.id).slip.startswith("chose b “")


def test_a_mistake_beyond_the_records_is_none(tmp_path):
    put(tmp_path, "1.txt", code(1, {"6.1": Seen("not yet", 1, 0, 63, 1), "6.9": Seen("not yet", 1, 0, 32, 1)}))
    state = Folder(tmp_path).look()
    assert line(state, "6.1").slip == line(state, "6.9").slip == ""


# --- what lies in the folder ------------------------------------------------------------------------------


def of_a_pipe(path: Path) -> None:
    os.mkfifo(path)


STRANGE = {
    "empty": (lambda path: path.write_text(""), "empty"),
    "a text": (lambda path: path.write_text("hello"), "no code in it"),
    "half a code": (lambda path: path.write_text(code(9, {"6.1": STUCK})[:-4]), "a damaged code"),
    "two cut codes": (
        lambda path: path.write_text(f"{code(9, {})[:-4]} {code(8, {})[:-4]}"),
        "2 times: a damaged code",
    ),
    "a later form": (lambda path: path.write_text("TC2-abcdefghij"), "another version of the course (TC2)"),
    "no text": (lambda path: path.write_bytes(random.Random(0).randbytes(50_000)), "no code in it (not a text)"),
    "zeros": (lambda path: path.write_bytes(bytes(500_000)), "no code in it"),
    "huge": (lambda path: path.write_bytes(b"x" * 2_000_001), "larger than 2 MB"),
    "a copy of progress": (
        lambda path: path.write_text('{"version": 1, "exercises": {}}'),
        "a copy of somebody's progress",
    ),
    "a folder": (Path.mkdir, "a folder"),
    "another course": (
        lambda path: path.write_text(code(9, {"60.1": STUCK})),
        "exercises that this version of the course lacks",
    ),
    "the future": (lambda path: path.write_text(code(9, {}, ago=-200_000)), "made in the future"),
}
if os.name != "nt":
    STRANGE["a pipe"] = (of_a_pipe, "something that is not a file")
    STRANGE["a link"] = (lambda path: path.symlink_to("/etc/hostname"), "a link")
    STRANGE["a link to itself"] = (lambda path: path.symlink_to(path), "a link")
    STRANGE["a link to an endless file"] = (lambda path: path.symlink_to("/dev/zero"), "a link")


@pytest.mark.parametrize(("make", "reason"), STRANGE.values(), ids=STRANGE)
def test_what_is_no_code_is_named_and_hinders_nobody(tmp_path, make, reason):
    put(tmp_path, "good.txt", code(1, {"6.1": SOLVED}))
    make(tmp_path / "strange.txt")
    (tmp_path / ".hidden").write_text("not looked at")
    state = Folder(tmp_path).look()
    assert line(state, "6.1").solved == 1 and len(state.troubles) == 1
    assert reason in state.troubles[0][1], state.troubles
    assert reason.split(":")[0].replace("'", "&#39;") in class_view.part(state, "", False, "class")


def test_a_text_of_a_windows_program_is_read(tmp_path):
    for n, encoding in enumerate(("utf-16", "utf-8-sig", "latin-1")):
        (tmp_path / f"{n}.txt").write_bytes(f"Übung: {code(n, {'6.1': SOLVED})}".encode(encoding))
    assert len(Folder(tmp_path).look().learners) == 3


def test_a_file_is_read_again_only_when_it_changed(tmp_path, monkeypatch):
    put(tmp_path, "1.txt", code(1, {"6.1": STUCK}, ago=60))
    read, folder = [], Folder(tmp_path)
    whole = class_state._codes_in_file
    monkeypatch.setattr(class_state, "_codes_in_file", lambda path: (read.append(path.name), whole(path))[1])
    first = folder.look()
    assert 55 < time.time() - first.changed < 65, "before the page looked: when the newest code was made"
    put(tmp_path, "2.txt", code(2, {"6.1": STUCK}))
    second = folder.look()
    assert folder.look() == second and read == ["1.txt", "2.txt"] and time.time() - second.changed < 30
    (tmp_path / "1.txt").unlink()
    assert [learner.number for learner in folder.look().learners] == [2]


def test_a_folder_that_vanishes_is_said_and_comes_back(tmp_path):
    (tmp_path / "class").mkdir()
    folder = Folder(tmp_path / "class")
    (tmp_path / "class").rmdir()
    assert "the folder cannot be read" in folder.look().troubles[0][1]
    (tmp_path / "class").mkdir()
    put(tmp_path / "class", "1.txt", code(1, {"6.1": SOLVED}))
    assert folder.look().troubles == () and len(folder.look().learners) == 1


def test_a_flood_of_files_is_read_bit_by_bit(tmp_path, monkeypatch):
    monkeypatch.setattr(class_state, "MOST_FILES", 5)
    for n in range(8):
        put(tmp_path, f"{n}.txt", code(n, {"6.1": SOLVED}))
    state = Folder(tmp_path).look()
    assert len(state.learners) == 5 and "only the first 5 are read" in state.troubles[0][1]
    monkeypatch.setattr(class_state, "_SECONDS", -1)
    folder = Folder(tmp_path)
    assert [reason for _, reason in folder.look().troubles][1:] == ["not read yet"] * 5
    monkeypatch.setattr(class_state, "_SECONDS", 5)
    assert len(folder.look().learners) == 5


# --- the HTML ---------------------------------------------------------------------------------------------

EVIL = '<img src=x onerror="alert(1)">'


def test_what_comes_out_of_a_file_is_escaped(tmp_path):
    put(tmp_path, "1.txt", code(1, {"6.1": STUCK}, name=EVIL), code(2, {"6.1": STUCK}, name="\u202eabc\x07"))
    (tmp_path / ("<b>&.txt" if os.name != "nt" else "b&.txt")).write_text("x")
    state = Folder(tmp_path).look()
    html = class_view.page(state, "6", True, EVIL, "nonce") + class_view.part(
        Folder(tmp_path / "no").look(), EVIL, True, EVIL
    )
    assert "&lt;img src=x onerror=" in html and "<img" not in html and "<b>" not in html
    assert "\u202e" not in html and "\x07" not in html


def test_labels_are_not_in_the_page_unless_asked_for(tmp_path):
    put(tmp_path, "1.txt", code(1, {"6.1": STUCK}, name="Ada"), code(2, {"6.1": STUCK}))
    state = Folder(tmp_path).look()
    hidden, shown = (class_view.page(state, "6", labels, "class", "n") for labels in (False, True))
    assert "Ada" not in hidden and "learner-00002" not in hidden and "Show labels" in hidden
    assert "Ada" in shown and "learner-00002" in shown and "Hide labels" in shown


def test_the_worst_exercise_comes_first_and_an_empty_folder_says_how_to_begin(tmp_path):
    assert 'progress().share("class")' in class_view.part(Folder(tmp_path).look(), "", False, "class")
    put(tmp_path, "1.txt", *(code(n, {"6.1": SOLVED, "6.2": STUCK}) for n in range(3)), code(9, {"6.1": STUCK}))
    html = " ".join(class_view.part(Folder(tmp_path).look(), "", False, "class").split())
    assert f"Look here first: <strong>6.2 {find('6.2').title}</strong>" in html
    assert "3 of the 3 who began it have not solved it yet; 3 of them wait long." in html
    assert "3 solved, 1 not yet" in html and 'width="75.0%"' in html
    put(tmp_path, "1.txt", code(1, {"6.1": SOLVED}))
    assert "Whatever was begun in chapter 6 is solved" in class_view.part(Folder(tmp_path).look(), "6", False, "class")
    assert "All chapters" in class_view.part(Folder(tmp_path).look(), "all", False, "class")


# --- the server -------------------------------------------------------------------------------------------


@pytest.fixture
def served(tmp_path):
    """A page of this folder, on a port of this machine."""
    (tmp_path / "class").mkdir()
    with class_page.Server(Folder(tmp_path / "class")) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def ask(server, path: str = "/", method: str = "GET", host: str | None = None):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.putrequest(method, path, skip_host=True)
    if host != "":
        connection.putheader("Host", host or f"127.0.0.1:{server.server_port}")
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer, body


def test_only_this_machine_under_its_own_name_is_answered(served):
    assert served.server_address[0] == "127.0.0.1"
    for host in (None, "localhost:9999", "127.0.0.1"):
        assert ask(served, host=host)[0].status == 200
    for host in ("", "example.org", "127.0.0.1.example.org", "example.org:80@127.0.0.1x", "[", "[::1]x"):
        answer, body = ask(served, "/part", host=host)
        assert answer.status == 403 and "learner" not in body, host
    assert ask(served, "/../etc/passwd")[0].status == 404
    assert ask(served, "/part?chapter=%3Cb%3E&labels=%ff&labels=1&x")[0].status == 200
    answer, body = ask(served, method="HEAD")
    assert answer.status == 200 and body == "" and "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert ask(served, method="POST")[0].status == 501


def test_a_mistake_of_ours_is_told_and_a_browser_that_leaves_is_not(served, monkeypatch, capsys):
    for problem, told in ((BrokenPipeError(), False), (ValueError("a mistake"), True)):

        def fail(*_, problem=problem):
            raise problem

        monkeypatch.setattr(class_page._Handler, "_answer", fail)
        with pytest.raises(http.client.RemoteDisconnected):
            ask(served)
        assert ("Traceback" in capsys.readouterr().err) == told


def test_the_command_serves_until_it_is_stopped(tmp_path):
    put(tmp_path, "1.txt", code(1, {"6.1": SOLVED}))
    command = [sys.executable, "-m", "course_utils.workshop", "class", str(tmp_path), "--port", "0", "--no-browser"]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        address = process.stdout.readline().split()[5]
        connection = http.client.HTTPConnection(address.split("/")[2], timeout=20)
        connection.request("GET", "/")
        assert "1 learner" in connection.getresponse().read().decode()
        connection.close()
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=20)[1]
        assert process.returncode == 130 and "Traceback" not in said and "Stopped" in said
    finally:
        process.kill()
        process.communicate()


def test_what_cannot_be_served_gets_a_sentence(tmp_path, served):
    cases = {
        (str(tmp_path / "none"),): "Expected a folder",
        (str(tmp_path), "--minutes", "0"): "Expected 1 to 180 minutes",
        (str(tmp_path), "--port", "99999"): "Expected a free port",
        (str(tmp_path), "--port", str(served.server_port)): "Expected a free port",
    }
    for arguments, said in cases.items():
        with pytest.raises(CourseError, match=said):
            class_page.main([*arguments, "--no-browser"])


# --- in a browser -----------------------------------------------------------------------------------------


@pytest.fixture
def open_page(browser, served):
    """open_page(address, …) -> a page; no request may leave the server, and nothing may go wrong in its script."""
    opened, problems = [], []

    def open_it(address: str = "", **settings):
        page = browser.new_context(**settings).new_page()
        opened.append(page)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: (problems.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda line: problems.append(line.text) if "Content Security" in line.text else None)
        page.on(
            "request", lambda one: None if one.url.startswith((served.address, "data:")) else problems.append(one.url)
        )
        page.goto(served.address + address)
        return page

    yield open_it
    for page in opened:
        page.context.close()
    assert problems == []


@pytest.mark.browser
def test_what_is_new_appears_and_nothing_jumps(open_page, served, monkeypatch):
    monkeypatch.setattr(class_view, "SECONDS", 0.1)
    monkeypatch.setattr(class_page, "_FRESH", 0.0)
    folder = served.folder.path
    put(folder, "1.txt", *(code(n, {"6.1": STUCK, "1.2": SOLVED}, name=EVIL) for n in range(20)), "TC1-broken")
    page = open_page("?labels=1&chapter=6", viewport={"width": 900, "height": 500})
    assert page.locator("[data-key=waiting] tbody tr").count() == class_view.MOST_WAITING
    page.locator("summary").click()
    page.evaluate("window.scrollTo(0, 300); document.querySelector('[data-key=head]').kept = true")
    page.locator("summary").focus()
    page.evaluate("document.querySelector('[data-key=chapters]').kept = true")
    before = page.evaluate("scrollY")
    put(folder, "2.txt", code(77, {"6.1": SOLVED}), "TC1-broken")
    page.get_by_text("21 learners").wait_for()
    page.get_by_text("1 solved, 20 not yet").wait_for()
    assert page.evaluate("scrollY") == before and page.locator("details[open] li").count() == 2
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY", "the focus stays where it was"
    kept = "key => document.querySelector(`[data-key=${key}]`).kept === true"
    assert page.evaluate(kept, "chapters") and not page.evaluate(kept, "head"), "what has not changed is not touched"


@pytest.mark.browser
def test_the_page_stays_in_its_chapter_and_can_be_steered_by_keyboard(open_page, served, monkeypatch):
    monkeypatch.setattr(class_view, "SECONDS", 0.1)
    page = open_page()
    page.get_by_text("Nothing to show yet").wait_for()
    put(served.folder.path, "1.txt", code(1, {"6.1": STUCK, "1.2": Seen("not yet", 1, 0, 0, 90)}, name="Ada"))
    page.wait_for_url("**chapter=6*")
    assert page.get_by_text("Ada").count() == 0
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Ada").first.wait_for()
    page.get_by_role("link", name="All").press("Enter")
    page.get_by_role("heading", name="All chapters").wait_for()
    assert page.get_by_role("row").count() == 3
    page.get_by_role("link", name="Chapter 1").click()
    page.get_by_role("heading", name="Chapter 1").wait_for()
    assert "labels=1" in page.url
    served.shutdown()
    served.server_close()
    page.get_by_text("No answer from course.py since").wait_for()
    assert page.get_by_role("heading", name="Chapter 1").count() == 1


@pytest.mark.browser
def test_it_reads_well_light_and_dark_wide_and_narrow(open_page, served):
    put(
        served.folder.path,
        "1.txt",
        *(code(n, {"6.1": STUCK, "6.2": SOLVED, "6.9": Seen("not yet", 1, 0, 1, 1)}) for n in range(3)),
        "TC1-broken",
    )
    page = open_page("?chapter=6&labels=1")
    looks = ((1280, "light", "rgb(255, 255, 255)"), (390, "dark", "rgb(20, 25, 31)"))
    for width, scheme, paper in looks:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == paper
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert Axe().run(page).response["violations"] == []
        bars = page.locator("tbody .bar .solved").evaluate_all(
            "all => all.map(bar => bar.getBoundingClientRect().width)"
        )
        assert bars[0] == 0 and bars[1] > 100


@pytest.mark.browser
def test_without_a_script_it_is_whole_and_renews_itself(open_page, served):
    put(served.folder.path, "1.txt", code(1, {"6.1": STUCK}))
    page = open_page(java_script_enabled=False)
    assert page.locator("tbody tr").count() == len([one for one in all_exercises() if one.id.startswith("6.")]) + 1
    assert f'<meta http-equiv="refresh" content="{class_view.SECONDS}">' in page.content()
