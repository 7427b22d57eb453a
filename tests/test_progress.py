"""Progress survives two kernels, a broken file and a folder nobody can write to."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
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


@pytest.mark.parametrize(
    ("said", "chapter"),
    [
        ("6", "6"),
        ("06", "6"),
        ("ch6", "6"),
        ("00b", "0b"),
        ("0b", "0b"),
        ("0", "0"),
        ("10", "10"),
        ("b", None),
        ("", None),
    ],
)
def test_a_chapter_can_be_named_as_its_page_or_as_its_ids(said, chapter):
    assert shelf.chapter_name(said) == chapter


BROKEN = {
    "bad JSON": b'{"version": 1, "exercises"',
    "empty": b"",
    "not UTF-8": b"\xff\xfe\x00",
    "a list": b"[1, 2]",
    "other shape": b'{"version": 1, "exercises": {"9.1": 5}}',
    "unknown status": b'{"version": 1, "exercises": {"9.1": {"status": "<b>", "tries": 1, "hints": 0}}}',
    "status is a list": b'{"version": 1, "exercises": {"9.1": {"status": ["correct"], "tries": 1, "hints": 0}}}',
    "negative count": b'{"version": 1, "exercises": {"9.1": {"status": "correct", "tries": -1, "hints": 0}}}',
    "deep": b"[" * 100_000,
    "no version": b'{"exercises": {}}',
    "somebody's plan": b'{"version": 1, "plan": "years of work", "exercises": {}}',
    "somebody's entries": b'{"version": 1, "exercises": {"9.1": {"status": "correct", "tries": 1, "hints": 0, "": 1}}}',
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


NOT_OURS = {
    "a folder": Path.mkdir,
    "a link that leads to itself": lambda path: path.symlink_to(path),
    "a file that holds something else": lambda path: path.write_text("years of work"),
}
if hasattr(os, "mkfifo"):  # a pipe stands for a device, which no test may risk; Windows has neither among its files
    NOT_OURS["something that is not a file"] = os.mkfifo


@pytest.mark.parametrize("action", [lambda: check("9.1", "b"), lambda: progress(reset=True), progress])
@pytest.mark.parametrize("kind", NOT_OURS)
def test_what_is_not_ours_is_left_alone_and_said(tmp_path, monkeypatch, action, kind):
    place = tmp_path / "paper.tex"
    monkeypatch.setenv("COURSE_PROGRESS", str(place))
    NOT_OURS[kind](place)
    before = (found := os.lstat(place)).st_ino, found.st_mode, found.st_mtime_ns
    shown = str(action())
    assert f"names {kind}; name a file such as" in shown, shown
    after = (found := os.lstat(place)).st_ino, found.st_mode, found.st_mtime_ns
    assert os.listdir(tmp_path) == ["paper.tex"] and after == before
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "mine.json"))
    assert "could not be saved" not in str(check("9.2", "b")) and "9.2" in entries(tmp_path / "mine.json")


def test_the_sound_entries_of_a_broken_file_go_on(file, tmp_path):
    file.parent.mkdir()
    sound = {"status": "correct", "tries": 1, "hints": 0}
    text = json.dumps({"version": 1, "exercises": {"9.1": sound, "9.2": sound | {"status": ["correct"]}}})
    copy = tmp_path / "copy.json"
    for path in (file, copy):
        path.write_text(text)
    shown = str(progress())
    assert "kept as progress.broken-1.json" in shown and "with what could be read" in shown and "1 of 3" in shown
    assert entries(file) == {"9.1": sound} and (file.parent / "progress.broken-1.json").read_text() == text
    file.unlink()
    assert "has 1 exercise;" in str(progress(load=copy)) and entries(file) == {"9.1": sound}


@pytest.mark.parametrize("digits", [7, 4300])
def test_a_count_without_end_hinders_no_later_save(file, tmp_path, digits):
    copy = saved(tmp_path / "copy.json", **{"9_1": "not yet 7 0"})
    copy.write_text(copy.read_text().replace("7", "9" * digits))
    assert "has 1 exercise;" in str(progress(load=copy))
    assert "could not be saved" not in str(check("9.1", "a")) + str(check("9.2", "a"))
    assert entries(file)["9.1"]["tries"] == 10**6 and progress().notes == ()
    check("9.1", "b")
    assert entries(file)["9.1"]["status"] == "correct"


def test_a_relative_file_stays_the_same_file(tmp_path, monkeypatch):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("COURSE_PROGRESS", f"relative to {tmp_path.name}.json")
    monkeypatch.chdir(tmp_path / "one")
    check("9.1", "b")
    monkeypatch.chdir(tmp_path / "two")
    check("9.2", "b")
    assert entries(tmp_path / "one" / f"relative to {tmp_path.name}.json").keys() == {"9.1", "9.2"}
    assert os.listdir(tmp_path / "two") == []


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


@pytest.mark.parametrize("fault", ["a lock that is held", "a folder nobody may write to"])
def test_a_reset_that_fails_loses_nothing(file, tmp_path, monkeypatch, fault):
    check("9.1", "b")
    monkeypatch.setattr(store, "_LOCK_SECONDS", 0.1)
    with store._lock(file), monkeypatch.context() as patch:
        assert "could not be saved" in str(check("9.2", "b"))
        if fault != "a lock that is held":
            patch.setattr(store, "_lock", lambda path: (_ for _ in ()).throw(PermissionError(path)))
        assert "nothing done" in str(progress(reset=True))
        assert progress().solved == 2
    assert "kept as progress.old-1.json" in str(progress(reset=True)) and progress().solved == 0


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


def test_a_richer_copy_is_not_made_poorer(file, tmp_path):
    copy = saved(tmp_path / "copy.json", **{"9_1": "correct 2 1", "9_2": "not yet 1 0"})
    check("9.2", "b")
    shown = str(progress(export=copy))
    assert "An earlier copy was there" in shown
    wanted = saved(tmp_path / "wanted.json", **{"9_1": "correct 2 1", "9_2": "correct 1 0"})
    assert entries(copy) == entries(wanted) and entries(file).keys() == {"9.2"}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_nothing_but_a_sound_copy_is_replaced(tmp_path, content):
    other = tmp_path / "other.json"
    other.write_bytes(content)
    check("9.1", "b")
    assert "holds something else" in str(progress(export=other)) and other.read_bytes() == content


def test_a_copy_is_written_through_a_link(file, tmp_path, monkeypatch):
    check("9.1", "b")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "drive").mkdir()
    link, loop = tmp_path / "link.json", tmp_path / "loop.json"
    link.symlink_to(Path("drive", "copy.json"))
    loop.symlink_to(loop)
    for _ in range(2):  # where there is no copy, and where there is one
        assert "copy written" in str(progress(export=link))
        assert link.is_symlink() and entries(tmp_path / "drive" / "copy.json") == entries(file)
    for shown in (progress(export=loop.name), progress(load=loop.name)):
        assert "`loop.json` names a link that leads to itself" in str(shown)
    assert loop.is_symlink()


@pytest.mark.skipif(os.name == "nt", reason="Windows allows 260 characters for the whole path")
def test_a_copy_may_have_a_long_name(file, tmp_path):
    check("9.1", "b")
    copy = tmp_path / ("x" * 245 + ".json")
    assert "copy written" in str(progress(export=copy)) and entries(copy) == entries(file)


def test_a_huge_file_is_not_read(tmp_path):
    check("9.1", "b")
    huge = tmp_path / "huge.json"
    huge.write_text("{" + " " * 1_000_000 + json.dumps({"version": 1, "exercises": {}})[1:])
    for shown in (progress(load=huge), progress(export=huge)):
        assert "nothing done" in str(shown) and "names a file that is too large for a copy" in str(shown)


@pytest.mark.parametrize("name", ["\ud800.json", "a\0b.json", "", " "])
def test_an_impossible_name_is_said(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    for shown in (progress(export=name), progress(load=name)):
        assert "is not a possible name of a file" in str(shown)
        assert str(shown).encode(), "it can be printed"
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("given", ["yes", 1, np.True_, None, object()])
def test_a_reset_that_is_not_true_is_said(file, given):
    check("9.1", "b")
    shown = str(progress(reset=given))
    assert "nothing done" in shown and "Expected `reset=True`; given: " in shown and progress().solved == 1


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
