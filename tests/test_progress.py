"""Progress survives two kernels, a broken file and a folder nobody can write to."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from course_utils.exercises import Choice, Option, check, hint, progress, progress_file, shelf
from course_utils.exercises import progress_store as store

ROOT = Path(__file__).parents[1]
LETTER = Choice(
    id="9.1",
    title="One letter",
    minutes=2,
    difficulty="easy",
    question="Which?",
    options={"a": Option("x", "Not a.", False), "b": Option("y", "Yes, b.", True), "c": Option("z", "Not c.")},
    hints=("Look.", "Look again."),
)


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    """The progress file of this test, and three exercises in two chapters."""
    import dataclasses

    more = [dataclasses.replace(LETTER, id=i, title=f"Letter <{i}>") for i in ("9.2", "10.1")]
    monkeypatch.setattr(shelf, "all_exercises", lambda: (LETTER, *more))
    monkeypatch.setattr(shelf, "_files", dict)
    monkeypatch.setattr("course_utils.exercises.progress_table.all_exercises", lambda: (LETTER, *more))
    monkeypatch.setattr(store, "_unsaved", {})
    monkeypatch.setattr(store, "_said", set())
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    path = tmp_path / "home" / "progress.json"
    monkeypatch.setenv("COURSE_PROGRESS", str(path))
    return path


def entries(path) -> dict:
    return json.loads(path.read_text())["exercises"]


def test_results_are_kept_and_solved_stays_solved(file):
    check("9.1")
    assert not file.exists(), "nothing is written before the first attempt"
    check("9.1", "a")
    assert entries(file) == {"9.1": {"status": "not yet", "tries": 1, "hints": 0}}
    hint("9.1")
    check("9.1", "b")
    check("9.1", "c")
    check("9.1")
    assert entries(file) == {"9.1": {"status": "correct", "tries": 2, "hints": 1}}, "tries after that do not count"
    assert [path.name for path in file.parent.iterdir() if path.suffix != ".lock"] == ["progress.json"]


def test_the_table_says_what_is_solved(file):
    check("9.1", "b")
    check("10.1", "c")
    shown = progress()
    assert (shown.solved, shown.minutes_left) == (1, 4)
    assert str(shown).splitlines() == [
        "1 of 3 exercises solved, about 4 minutes left",
        "Chapter 9: 1 of 2 solved",
        "  9.1   One letter     solved              2 minutes",
        "  9.2   Letter <9.2>   not attempted       2 minutes",
        "Chapter 10: 0 of 1 solved",
        "  10.1  Letter <10.1>  not yet             2 minutes",
    ]
    table = shown._repr_mimebundle_()["text/html"]
    assert "<caption" in table and table.count('scope="col"') == 4 and table.count('scope="row"') == 3
    assert "Letter &lt;9.2&gt;" in table and "1 of 3 exercises solved" in table
    assert len(progress(10).rows) == len(progress("ch10").rows) == 1
    assert "Expected a chapter with exercises (9, 10)" in str(progress("banana"))


BROKEN = {
    "bad JSON": b'{"version": 1, "exercises"',
    "empty": b"",
    "not UTF-8": b"\xff\xfe\x00",
    "a list": b"[1, 2]",
    "other shape": b'{"version": 1, "exercises": {"9.1": 5}}',
    "unknown status": b'{"exercises": {"9.1": {"status": "<b>", "tries": 1, "hints": 0}}}',
    "negative count": b'{"exercises": {"9.1": {"status": "correct", "tries": -1, "hints": 0}}}',
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_kept_aside_and_said(file, content):
    file.parent.mkdir()
    file.write_bytes(content)
    first = check("9.1", "b")
    assert first.status == "correct" and "kept as progress.broken-1.json" in str(first)
    assert (file.parent / "progress.broken-1.json").read_bytes() == content
    assert "broken" not in str(check("9.1", "b")) and entries(file)["9.1"]["status"] == "correct"
    file.write_bytes(content)
    assert "kept as progress.broken-2.json" in str(progress())


def test_a_folder_in_its_place_is_kept_aside(file):
    file.mkdir(parents=True)
    assert "kept as progress.broken-1.json" in str(check("9.1", "b"))
    assert file.is_file() and (file.parent / "progress.broken-1.json").is_dir()


def test_where_nothing_can_be_written_checks_still_answer(file, monkeypatch, tmp_path):
    (tmp_path / "home").write_text("a file where the folder should be")
    first, second = check("9.1", "a"), check("9.1", "b")
    assert first.status == "not yet" and "could not be saved" in str(first)
    assert second.status == "correct" and "could not be saved" not in str(second), "said once"
    assert "Hint 1".lower() in str(hint("9.1")).lower() and "hint 2" in str(hint("9.1"))
    assert progress().solved == 1, "progress lasts as long as the kernel"
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "elsewhere.json"))
    check("9.2", "b")
    assert entries(tmp_path / "elsewhere.json")["9.1"]["status"] == "correct", "and is saved once it can be"


def test_a_full_disk_leaves_the_old_file(file, monkeypatch):
    check("9.1", "b")
    before = file.read_bytes()
    monkeypatch.setattr(store.json, "dump", lambda *args, **kwargs: (_ for _ in ()).throw(OSError(28, "full")))
    assert "could not be saved" in str(check("9.2", "b"))
    assert file.read_bytes() == before
    assert sorted(p.name for p in file.parent.iterdir() if p.suffix != ".lock") == ["progress.json"]


def test_the_file_is_replaced_in_one_step(file, monkeypatch):
    check("9.1", "b")
    before = file.read_bytes()

    def crash(source, target):
        assert "9.2" in Path(source).read_text() and Path(target) == file
        raise OSError("power cut")

    monkeypatch.setattr(store.os, "replace", crash)
    assert "could not be saved" in str(check("9.2", "b")) and file.read_bytes() == before


def test_a_device_is_never_renamed(monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", os.devnull)
    monkeypatch.setattr(Path, "rename", lambda *args: pytest.fail("renamed a device"))
    assert check("9.1", "b").status == "correct"
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize("value", ["\0", "~no-such-user/x.json", "x" * 5000])
def test_any_setting_is_survived(value, monkeypatch):
    if "\0" in value:
        monkeypatch.setattr(store, "progress_file", lambda: Path(value))
    else:
        monkeypatch.setenv("COURSE_PROGRESS", value)
    assert check("9.1", "b").status == "correct"
    for shown in (progress(), progress(reset=True), progress(export=value), progress(load=value)):
        assert str(shown)


def test_the_lock_is_not_waited_for_forever(file, monkeypatch):
    monkeypatch.setattr(store, "_LOCK_SECONDS", 0.1)
    file.parent.mkdir()
    with store._lock(file):
        assert "could not be saved" in str(check("9.1", "b"))


def test_export_and_starting_afresh(file, tmp_path):
    check("9.1", "b")
    copy = tmp_path / "copy.json"
    assert "copy.json" in str(progress(export=copy)) and entries(copy) == entries(file)
    progress(export=str(copy))
    precious = tmp_path / "thesis.txt"
    precious.write_text("years of work")
    assert "holds something else" in str(progress(export=precious)) and precious.read_text() == "years of work"
    for bad in (tmp_path, tmp_path / "no" / "folder.json", 5, object()):
        assert "nothing done" in str(progress(export=bad))
    assert "kept as progress.old-1.json" in str(progress(reset=True))
    assert progress().solved == 0 and (file.parent / "progress.old-1.json").exists()
    assert "nothing to reset" in str(progress(reset=True))


def saved(path, **results) -> Path:
    """A copy as `progress(export=…)` writes it; results are {"9_1": "status tries hints"}."""
    found = {key.replace("_", "."): value.rsplit(" ", 2) for key, value in results.items()}
    rows = {key: {"status": a, "tries": int(b), "hints": int(c)} for key, (a, b, c) in found.items()}
    path.write_text(json.dumps({"version": 1, "exercises": rows}))
    return path


def test_a_copy_is_brought_back_on_another_machine(file, tmp_path, monkeypatch):
    check("9.1", "a")
    check("9.1", "b")
    hint("9.2")
    copy = tmp_path / "copy.json"
    assert "load" in str(progress(export=str(copy)))
    before = entries(file)
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "other machine" / "progress.json"))
    assert progress().solved == 0
    shown = str(progress(load=str(copy)))
    assert "brought back" in shown and "has 2 exercises" in shown and str(tmp_path / "other") not in shown
    assert entries(progress_file()) == before and progress().solved == 1
    progress(load=copy)
    assert entries(progress_file()) == before, "bringing it back twice changes nothing"


MERGED = {  # what is here, what the copy has, what is kept
    "solved here": ("correct 2 1", "not yet 9 0", "correct 2 1"),
    "solved there": ("not yet 9 0", "correct 2 1", "correct 2 1"),
    "more tries there": ("error in your code 1 2", "not yet 3 0", "not yet 3 2"),
    "more tries here": ("error in your code 3 0", "not yet 1 2", "error in your code 3 2"),
    "equal": ("error in your code 1 0", "not yet 1 0", "error in your code 1 0"),
    "only a hint there": ("not yet 1 0", "not attempted 0 2", "not yet 1 2"),
}


@pytest.mark.parametrize(("here", "there", "kept"), MERGED.values(), ids=MERGED)
def test_of_each_exercise_the_better_result_is_kept(file, tmp_path, here, there, kept):
    file.parent.mkdir()
    saved(file, **{"9_1": here, "9_2": "correct 1 0"})
    progress(load=saved(tmp_path / "copy.json", **{"9_1": there, "10_1": "not yet 1 0"}))
    wanted = saved(tmp_path / "wanted.json", **{"9_1": kept, "9_2": "correct 1 0", "10_1": "not yet 1 0"})
    assert entries(file) == entries(wanted)


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_file_that_is_no_copy_changes_nothing(file, tmp_path, content):
    check("9.1", "b")
    before, other = file.read_bytes(), tmp_path / "other.json"
    other.write_bytes(content)
    shown = str(progress(load=str(other)))
    assert "nothing done" in shown and "is not a copy" in shown and "Error" not in shown
    assert file.read_bytes() == before and other.read_bytes() == content
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["other.json"]


def test_what_cannot_be_brought_back_is_said_in_a_sentence(file, tmp_path):
    for given, part in [
        (tmp_path / "none.json", "There is no file"),
        (tmp_path, "is not a copy"),
        (5, "Expected the name of a file"),
        ("x" * 5000, "file `xxx"),
    ]:
        shown = str(progress(load=given))
        assert "nothing done" in shown and part in shown and len(shown) < 300, shown
    both = str(progress(load="a.json", reset=True))
    assert "one thing at a time" in both and not file.exists()


def test_a_copy_is_merged_where_nothing_can_be_written_or_the_own_file_is_broken(file, tmp_path):
    copy = saved(tmp_path / "copy.json", **{"9_1": "correct 1 0"})
    (tmp_path / "home").write_text("a file where the folder should be")
    assert "could not be saved" in str(progress(load=copy)) and progress().solved == 1
    (tmp_path / "home").unlink()
    file.parent.mkdir()
    file.write_bytes(b"{")
    shown = str(progress(load=copy))
    assert "kept as progress.broken-1.json" in shown and entries(file)["9.1"]["status"] == "correct"


def test_without_a_setting_it_is_the_users_data_folder(monkeypatch):
    monkeypatch.delenv("COURSE_PROGRESS")
    assert progress_file().name == "progress.json" and "transformers-course" in str(progress_file())


WRITER = """
import sys
from course_utils.exercises import progress_store as store
for n in range(50):
    entry, notes = store.save_result(f"{sys.argv[1]}.{n}", "correct")
    assert not notes, notes
    store.save_result("1.1", "not yet")
"""


def test_two_processes_lose_none_of_each_others_results(file):
    kernels = [
        subprocess.Popen([sys.executable, "-c", WRITER, name], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for name in ("2", "3")
    ]
    errors = [kernel.communicate(timeout=120)[1] for kernel in kernels]
    assert [kernel.returncode for kernel in kernels] == [0, 0], errors
    found = entries(file)
    assert len(found) == 101 and found["1.1"]["tries"] == 100


def test_two_threads_lose_none_of_each_others_results(file):
    def work(chapter):
        for n in range(20):
            store.save_result(f"{chapter}.{n}", "correct")

    threads = [threading.Thread(target=work, args=(chapter,)) for chapter in (2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(entries(file)) == 40
