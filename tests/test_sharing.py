"""Sharing is the learner's choice: a short code, or a file in a folder, that tells what its card says and no more."""

import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from course_utils.exercises import Choice, Exercise, all_exercises, check, hint, progress, share_folder, sharing
from course_utils.exercises import progress_store as store
from course_utils.exercises.answers import Slip
from course_utils.exercises.share_code import Seen, Shared, Unreadable, codes_in, read, write
from course_utils.exercises.shelf import find

ROOT = Path(__file__).parents[1]
NOW = 1_796_000_000
ONE = Seen("not yet", 3, 1, 5, 10)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """The folder of this test's progress file, in a kernel that has just begun."""
    for name, fresh in (("_lately", {}), ("_said", set()), ("_here", [])):
        monkeypatch.setattr(sharing, name, fresh)
    for name, fresh in (("_unsaved", {}), ("_said", set())):
        monkeypatch.setattr(store, name, fresh)
    monkeypatch.setattr(share_folder, "_messenger", share_folder._Messenger())
    monkeypatch.delenv("COURSE_STRICT", raising=False)
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "home" / "progress.json"))
    return tmp_path / "home"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "class").mkdir()
    return tmp_path / "class"


def entries(home) -> dict:
    return json.loads((home / "progress.json").read_text())["exercises"]


def told(card) -> Shared:
    """What the code in a card tells."""
    (found,) = codes_in(str(card))
    return found


def file_in(folder) -> Shared:
    (path,) = folder.iterdir()
    (found,) = codes_in(path.read_text())
    return found


# --- the code ---------------------------------------------------------------------------------------------


def some_code(draw: random.Random) -> Shared:
    ids = [record.id for record in all_exercises()]
    seen = {
        id: Seen(
            draw.choice(("correct", "not yet", "error in your code")),
            draw.choice((1, 2, 9, 10, 100)),
            draw.randrange(8),
            draw.randrange(64),
            draw.choice((None, 0, 6, 60, 1440)),
        )
        for id in draw.sample(ids, draw.randrange(len(ids)))
    }
    return Shared(draw.randrange(2**20), NOW + draw.randrange(10**6), draw.choice(("", "Ada", "Ünal 東")), seen, 7)


@pytest.mark.parametrize("seed", range(20))
def test_a_code_gives_back_what_went_in(seed):
    shared = some_code(random.Random(seed))
    code = write(shared)
    assert read(code) == shared and re.fullmatch(r"TC1-[0-9A-Za-z]+", code)


def test_values_between_the_steps_are_rounded_down():
    (seen,) = read(write(Shared(1, NOW, "", {"6b.3": Seen("not yet", 17, 99, 99, 59)}))).seen.values()
    assert seen == Seen("not yet", 15, 7, 0, 50), "an unknown slip is none"


def test_ten_exercises_take_sixty_characters_at_most():
    worst = {f"6.{n}": Seen("error in your code", 100, 7, 63, 1440) for n in range(1, 11)}
    assert len(write(Shared(2**20 - 1, NOW, "", worst))) <= 60


def test_foreign_ids_are_left_out():
    ids = ("banana", "6.0", "6.999", "99.1", "6z.1", "6.١")
    assert read(write(Shared(1, NOW, "", dict.fromkeys(ids, ONE) | {"6.1": ONE}))).seen.keys() == {"6.1"}


def test_every_slip_of_the_hand_is_noticed():
    code = write(Shared(77, NOW, "Ada", {f"6.{n}": ONE for n in range(1, 6)}))
    letters = "123456789ABCabcxyzIl0O"
    changed = [
        code[:i] + letter + code[i + 1 :] for i in range(4, len(code)) for letter in letters if letter != code[i]
    ]
    changed += [code[:i] + code[i + 1 :] for i in range(4, len(code))]
    changed += [code[:n] for n in range(5, len(code))] + [code + "1", code.lower(), code.upper()]
    for wrong in changed:
        with pytest.raises(Unreadable):
            read(wrong)


def test_numbers_that_the_course_did_not_make_are_refused():
    """The checksum is right, as anybody can compute it; what is in the number is not."""
    from course_utils.exercises import share_code

    draw = random.Random(0)
    for _ in range(300):
        number = draw.getrandbits(draw.randrange(90, 700)) | 1 << 89
        number, text = number * share_code._CHECK + share_code._check(number), ""
        while number:
            number, digit = divmod(number, 58)
            text = share_code._LETTERS[digit] + text
        try:
            shared = read(text)
        except Unreadable:
            continue
        assert read(write(shared)) == shared


CODE = write(Shared(77, NOW, "", {"6.1": ONE}))
CHATS = {
    "a sentence": f"10:02 From Ada: here it is {CODE}, thanks",
    "marks": f"> `{CODE}`.",
    "quotes": f'"{CODE}"',
    "without its prefix": CODE.removeprefix("TC1-"),
    "a long hyphen": CODE.replace("-", "–"),
    "hidden characters": CODE[:20] + "\u200b" + CODE[20:] + "\ufeff",
}


@pytest.mark.parametrize("chat", CHATS.values(), ids=CHATS)
def test_codes_are_found_in_a_chat(chat):
    assert [shared.learner for shared in codes_in(f"hello\n{chat}\nbye")] == [77]


@pytest.mark.parametrize(
    ("chat", "said"),
    [(CODE[:-2], "damaged"), ("TC9-abcdefgh", "another version of the course (TC9)"), (CODE.lower(), "damaged")],
)
def test_what_looks_like_a_code_and_is_none_gets_a_reason(chat, said):
    (found,) = codes_in(f"see {chat} !")
    assert isinstance(found, Unreadable) and said in str(found)


def test_long_words_are_no_codes():
    assert (
        list(
            codes_in(
                "Donaudampfschifffahrtsgesellschaft " + "x" * 5000 + " TC1-… https://example.org/aaaaaaaaaaaaaaaaaaaaaa"
            )
        )
        == []
    )


# --- which mistake it was ---------------------------------------------------------------------------------


@pytest.mark.parametrize("record", [find(id) for id in ("0.4", "3.2")], ids=lambda record: record.id)
def test_each_known_mistake_is_told_by_its_place(record):
    for place, wrong in enumerate(record.wrong):
        space: dict = {}
        exec(f"{record.context}\n{wrong.code}", space)
        try:
            said = record.check(eval(record.answer, space))
        except Slip as slip:
            said = slip.message
        assert sharing.diagnosis(record, said) == str(place)
    assert sharing.diagnosis(record, "a sentence that no known mistake gets") == ""


def test_a_mistake_with_a_name_is_told_by_its_name(monkeypatch, home):
    import dataclasses

    record = find("0.4")
    named = dataclasses.replace(record, wrong=(record.wrong[0], dataclasses.replace(record.wrong[1], slip="2**20")))
    assert sharing.diagnosis(named, f"so {named.wrong[1].says}.") == "2**20"
    monkeypatch.setattr(sharing, "find", lambda id: named)
    assert sharing._number("0.4", "2**20") == 2


def test_of_a_question_it_is_the_letters(home):
    several = next(record for record in all_exercises() if isinstance(record, Choice) and record.several)
    progress().share()
    check(several.id, "c, a")
    assert entries(home)[several.id]["slip"] == "a, c"
    assert told(progress().share()).seen[several.id].slip == 0b101


# --- the choice -------------------------------------------------------------------------------------------


def wrong_size(parameters, dtype):
    return parameters * 4 / 10**6


def test_who_never_shares_has_a_file_as_before(home, folder):
    check("0.4", wrong_size)
    check("0.2", "c")
    assert entries(home)["0.4"] == {"status": "not yet", "tries": 1, "hints": 0}
    assert {path.name for path in home.iterdir()} == {"progress.json", "progress.json.lock"} and not [*folder.iterdir()]


def test_the_first_code_tells_of_the_tries_before_it(home):
    check("0.4", wrong_size)
    hint("0.4")
    check("0.2", "c")
    check("0.2", "d")
    check("1.2", ...)
    seen = told(progress().share()).seen
    right = find("0.2").right[0]
    assert seen["0.4"] == Seen("not yet", 1, 1, 3, 0)
    assert seen["0.2"] == Seen("correct" if right == "d" else "not yet", 2, 0, 4 if right == "d" else 8, 0)
    assert seen.keys() == {"0.4", "0.2"}
    assert entries(home)["0.4"].keys() == {"status", "tries", "hints", "slip", "minute"}, "and another kernel knows it"


def test_a_try_of_which_nothing_is_known_leaves_no_old_slip(home):
    progress().share()
    check("0.4", wrong_size)
    check("0.4", lambda parameters, dtype: parameters * 0.123)
    assert told(progress().share()).seen["0.4"] == Seen("not yet", 2, 0, 0, 0)


def test_minutes_are_counted_from_the_last_try(home, monkeypatch):
    progress().share()
    check("0.4", wrong_size)
    minute = entries(home)["0.4"]["minute"]
    monkeypatch.setattr(sharing.time, "time", lambda: 60 * (minute + 31))
    assert told(progress().share()).seen["0.4"].minutes == 30


def test_a_label_is_drawn_once_and_a_name_only_given(home):
    first, second = told(progress().share()), told(progress().share())
    assert first.learner == second.learner and first.name == "" and first.label in str(progress().share())
    named = progress().share(name=" Ada ")
    assert told(named).name == "Ada" and "the name you gave, `Ada`" in str(named)
    assert told(progress().share()).name == "Ada", "kept"
    assert told(progress().share(name="")).name == "" and told(progress().share()).learner == first.learner


def test_the_card_says_what_is_told_and_what_never_is(folder):
    for card in (progress().share(), progress().share(folder)):
        text = str(card)
        for part in ("how many tries", "how many hints", "known mistake", "letters you chose", "how long ago"):
            assert part in text
        assert "never tells the Python you wrote" in text and "your name" in text and "Nothing is sent anywhere" in text
        assert str(folder) not in text, "a path may name its owner"


def test_one_chapter_alone(folder):
    check("0.4", wrong_size)
    check("1.1", "a")
    assert told(progress(1).share()).seen.keys() == {"1.1"} and told(progress("00").share()).seen.keys() == {"0.4"}
    assert told(progress().share()).seen.keys() == {"0.4", "1.1"}
    progress(0).share(folder)
    check("1.1", "b")
    assert file_in(folder).seen.keys() == {"0.4"}


KERNEL = "from course_utils import check; check('0.2', 'a'); print(check('0.2', 'c'))"


def test_a_folder_is_written_at_each_check_of_any_kernel_until_she_ends_it(folder, home):
    progress().share(folder, name="Ada")
    assert file_in(folder).seen == {}
    check("0.4", wrong_size)
    assert file_in(folder).seen.keys() == {"0.4"} and file_in(folder).name == "Ada"
    done = subprocess.run([sys.executable, "-c", KERNEL], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert file_in(folder).seen["0.2"].tries == 2
    (path,) = folder.iterdir()
    assert path.name == f"{file_in(folder).label}.txt" and path.read_text().count("\n") == 1
    assert os.name == "nt" or path.stat().st_mode & 0o777 == 0o644, "another user leads the class"
    shown = progress().share(False)
    assert "Your file in `class` was taken away" in str(shown) and not [*folder.iterdir()]
    assert {*map(len, entries(home).values())} == {3}, "what was noted for sharing is gone from the progress file, too"
    check("0.4", wrong_size)
    assert not [*folder.iterdir()] and entries(home)["0.4"] == {"status": "not yet", "tries": 2, "hints": 0}
    assert "Ada" not in (home / "progress.sharing.json").read_text()
    assert "Nothing was shared" in str(progress().share(False))


def test_another_folder_takes_the_place_of_the_first(folder, tmp_path):
    (tmp_path / "other").mkdir()
    progress().share(folder)
    progress().share(str(tmp_path / "other"))
    check("0.4", wrong_size)
    assert file_in(tmp_path / "other").seen.keys() == {"0.4"} and not [*folder.iterdir()]


# --- what goes wrong --------------------------------------------------------------------------------------


def test_a_folder_that_vanished_is_said_once(folder):
    progress().share(folder)
    next(folder.iterdir()).unlink()
    folder.rmdir()
    first, second = check("0.2", "c"), check("0.2", "c")
    assert first.status == second.status == "not yet" and not folder.exists()
    assert "The shared folder `class` is not there" in str(first) and "shared folder" not in str(second)
    folder.mkdir()
    assert "shared folder" not in str(check("0.2", "c")) and file_in(folder).seen["0.2"].tries == 3


def test_a_folder_that_never_answers_holds_up_no_check(folder, monkeypatch):
    progress().share(folder)
    stuck, replace = threading.Event(), share_folder.replace_text
    monkeypatch.setattr(share_folder, "replace_text", lambda *given: (stuck.wait(20), replace(*given)))
    monkeypatch.setattr(sharing, "_LONG", 0.2)
    monkeypatch.setattr(sharing, "_FIRST_PATIENCE", 0.2)
    said, start = [], time.monotonic()
    for _ in range(5):
        said.append(str(check("0.2", "c")))
        time.sleep(0.05)
    assert time.monotonic() - start < 5, "each waits a tenth of a second at most"
    assert sum("does not answer" in text for text in said) == 1
    stuck.set()
    wait_for_the_folder()
    assert file_in(folder).seen["0.2"].tries == 5, "the newest comes through when the folder is back"


def wait_for_the_folder() -> None:
    deadline = time.monotonic() + 10
    while share_folder.waited() and time.monotonic() < deadline:
        time.sleep(0.01)


def test_a_folder_that_answers_too_late_gets_nothing(folder, monkeypatch):
    slow, replace = threading.Event(), share_folder.replace_text
    monkeypatch.setattr(sharing, "_FIRST_PATIENCE", 0.1)
    with monkeypatch.context() as patch:
        patch.setattr(share_folder, "replace_text", lambda *given: (slow.wait(20), replace(*given)))
        shown = str(progress().share(folder))
        slow.set()
        wait_for_the_folder()
    assert "Progress: nothing changed" in shown and "does not answer" in shown
    check("0.2", "c")
    assert not [*folder.iterdir()]


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_a_link_that_somebody_planted_is_replaced_not_followed(folder, tmp_path):
    progress().share(folder)
    (path,) = folder.iterdir()
    precious = tmp_path / "thesis.txt"
    precious.write_text("years of work")
    path.unlink()
    path.symlink_to(precious)
    check("0.2", "c")
    assert precious.read_text() == "years of work" and not path.is_symlink() and file_in(folder).seen


def test_what_cannot_be_shared_is_said_and_changes_nothing(folder, home, tmp_path):
    (tmp_path / "a file").write_text("x")
    cases = [
        ({"folder": tmp_path / "none"}, "The folder `none` is not there"),
        ({"folder": tmp_path / "a file"}, "The folder `a file` cannot be written"),
        ({"folder": 5}, "Expected the name of a folder"),
        ({"folder": ""}, "Expected the name of a folder"),
        ({"folder": "a\0b"}, "Expected the name of a folder"),
        ({"folder": "\ud800"}, "Expected the name of a folder"),
        ({"name": 5}, "Expected a short name"),
        ({"name": "x" * 100}, "Expected a short name"),
        ({"name": "\u202eadA"}, "Expected a short name"),
        ({"name": "\ud800"}, "Expected a short name"),
    ]
    for given, part in cases:
        shown = progress().share(**given)
        assert "Progress: nothing changed" in str(shown) and part in str(shown), given
    check("0.4", wrong_size)
    assert entries(home)["0.4"].keys() == {"status", "tries", "hints"} and not [*folder.iterdir()]
    assert "unknown chapter" in str(progress("banana").share())


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"learner": "x", "on": true}',
        '{"learner": 1, "on": 1}',
        '{"on": true}',
        '{"learner": -5, "on": true}',
    ],
)
def test_a_choice_that_cannot_be_read_shares_nothing(home, folder, content):
    home.mkdir()
    (home / "progress.sharing.json").write_text(content)
    assert check("0.4", wrong_size).status == "not yet"
    assert entries(home)["0.4"].keys() == {"status", "tries", "hints"}
    assert told(progress().share(folder)).seen.keys() == {"0.4"}, "and she can choose again"


def test_where_nothing_can_be_written_the_choice_lasts_as_long_as_the_kernel(home, folder):
    home.write_text("a file where the folder should be")
    shown = progress().share(folder)
    assert "as long as this kernel" in str(shown)
    check("0.4", wrong_size)
    assert file_in(folder).seen.keys() == {"0.4"}
    progress().share(False)
    check("0.4", wrong_size)
    assert not [*folder.iterdir()]


def test_to_end_it_holds_where_the_file_cannot_be_written(home, folder, monkeypatch):
    progress().share(folder)
    with monkeypatch.context() as patch:
        patch.setattr(share_folder, "replace_text", lambda *given: (_ for _ in ()).throw(PermissionError()))
        assert "From now on nothing is shared" in str(progress().share(False))
    check("0.4", wrong_size)
    assert not [*folder.iterdir()]


# --- the progress file ------------------------------------------------------------------------------------

PLAIN = {"status": "not yet", "tries": 2, "hints": 1}
FULL = PLAIN | {"slip": "3", "minute": 29_000_000}


def saved(path, entry) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"version": 1, "exercises": {"0.4": entry}}))
    return path


def test_files_with_and_without_the_new_keys_are_exported_and_brought_back(home, tmp_path):
    for n, entry in enumerate((PLAIN, FULL, PLAIN | {"minute": 5})):
        saved(home / "progress.json", entry)
        copy = tmp_path / f"{n}.json"
        assert (
            "copy written" in str(progress(export=copy)) and json.loads(copy.read_text())["exercises"]["0.4"] == entry
        )
        assert "kept as progress.old" in str(progress(reset=True))
        assert "has 1 exercise" in str(progress(load=copy)) and entries(home)["0.4"] == entry
        hint("0.4")
        assert entries(home)["0.4"] == entry | {"hints": 2}


def test_a_slip_that_was_brought_back_is_gone_after_the_next_try(home):
    saved(home / "progress.json", FULL)
    check("0.4", wrong_size)
    assert entries(home)["0.4"] == PLAIN | {"tries": 3}


def test_a_better_copy_brings_its_own_slip(home, tmp_path):
    saved(home / "progress.json", FULL)
    better = FULL | {"tries": 5, "slip": "7", "minute": 29_000_009}
    progress(load=saved(tmp_path / "copy.json", better))
    assert entries(home)["0.4"] == better


@pytest.mark.parametrize("more", [{"slip": 3}, {"minute": "5"}, {"minute": -1}, {"slip": "x" * 100}, {"other": 1}])
def test_new_keys_that_are_not_sound_are_kept_aside(home, more):
    saved(home / "progress.json", PLAIN | more)
    assert "kept as progress.broken-1.json" in str(progress())


def test_a_minute_without_end_hinders_nothing(home):
    saved(home / "progress.json", PLAIN | {"minute": 10**4000})
    assert "could not be saved" not in str(check("0.4", wrong_size))
    assert told(progress().share()).seen["0.4"].minutes == 0


def test_solved_stays_as_it_was(home):
    progress().share()
    check("0.4", wrong_size)
    check("0.4", eval_solution("0.4"))
    before = entries(home)["0.4"]
    check("0.4", lambda parameters, dtype: parameters / 10**6)
    assert entries(home)["0.4"] == before and before["slip"] == "2" and before["status"] == "correct"


def eval_solution(id: str):
    record, space = find(id), {}
    assert isinstance(record, Exercise)
    exec(record.solution, space)
    return eval(record.answer, space)
