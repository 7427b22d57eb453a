"""Submitted notebooks are read, never run: whose, which page, which answers, and a sentence on whatever is odd."""

import json
import os
from pathlib import Path

import pytest

from course_utils.errors import CourseError
from course_utils.exercises.shelf import find
from course_utils.workshop.grading.cells import checked_ids, read_code, same_code
from course_utils.workshop.grading.pages import Cell, Page, Pages
from course_utils.workshop.grading.submissions import Graded, Row, read_submission

ROOT = Path(__file__).parents[1]
PAGES = Pages.of_course()
TENSORS = "00b_tensors"


def notebook(*cells, **more) -> dict:
    """A notebook of (id, code) cells."""
    made = [
        {"cell_type": "code", "id": id, "source": code, "metadata": {}, "outputs": [], "execution_count": None}
        for id, code in cells
    ]
    return {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5} | more


def answered(id: str, code: str | None = None) -> tuple[str, str]:
    record = find(id)
    return f"exercise-{id}".replace(".", "-"), f'{code or record.solution}\ncheck("{id}", {record.answer})'


def written(path: Path, *cells) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook(*cells)), "utf-8")
    return path


def read(tmp_path, *cells, name="ada.ipynb"):
    return read_submission(written(tmp_path / name, *cells), PAGES, tmp_path)


# --- the page and the learner -----------------------------------------------------------------------------


def test_the_learners_own_page_is_read_as_it_is(tmp_path):
    """Every page of the course, unanswered: each exercise is found, none counts as attempted, nothing is odd."""
    for name, page in PAGES.by_name.items():
        path = tmp_path / "ada" / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes((ROOT / "notebooks" / f"{name}.ipynb").read_bytes())
        submission = read_submission(path, PAGES, tmp_path)
        assert (submission.notebook, submission.learner) == (name, "ada")
        assert tuple(submission.answers) == page.exercises
        assert not any(answer.attempted for answer in submission.answers.values())
        assert all("buttons" in note for note in submission.notes) and len(submission.notes) == bool(page.quiz)


def test_the_page_is_told_by_its_exercises_not_by_its_file(tmp_path):
    submission = read(tmp_path, answered("0b.1"), answered("0b.2"), answered("6.1"), name="06_attention.ipynb")
    assert submission.notebook == TENSORS and list(submission.answers) == ["0b.1", "0b.2"]
    assert submission.notes == ("From another page or edition, not graded here: 6.1 (now on 06_attention).",)


@pytest.mark.parametrize(
    ("path", "learner"),
    [
        ("ada.ipynb", "ada"),
        ("ada_00b_tensors.ipynb", "ada"),
        ("00b_tensors.ipynb", "00b_tensors"),
        ("ada/00b_tensors.ipynb", "ada"),
        ("Ada Lovelace_1815_file/week 1/00b_tensors (2).ipynb", "Ada Lovelace_1815_file"),
        ("<b>ada\u202e.ipynb", "<b>ada\ufffd"),
    ],
)
def test_whose_it_is(tmp_path, path, learner):
    assert read(tmp_path, answered("0b.1"), name=path).learner == learner


# --- the answers ------------------------------------------------------------------------------------------


def test_an_edited_id_is_found_by_its_check(tmp_path):
    (_, code), (_, second) = answered("0b.1"), answered("0b.2")
    submission = read(tmp_path, ("f00", code), ("exercise-0b-3", second))
    assert [id for id, answer in submission.answers.items() if answer.attempted] == ["0b.1", "0b.2"]
    lost, wrong = sorted(submission.notes, reverse=True)
    assert "0b.1 has lost its id" in lost and "id of 0b.3 checks 0b.2" in wrong


def test_of_two_cells_the_last_that_was_changed_counts(tmp_path):
    starter = find("0b.1").starter
    one, two = "def last_column(t):\n    return 1", "def last_column(t):\n    return 2"
    cells = [answered("0b.1", one), ("copy", answered("0b.1", two)[1]), ("copy-2", answered("0b.1", starter)[1])]
    submission = read(tmp_path, *cells)
    assert "return 2" in submission.answers["0b.1"].code
    assert "0b.1 is answered in 2 different cells: the last one counts." in submission.notes


def test_outputs_and_other_cells_are_never_looked_at(tmp_path):
    """Also a forged output, and a cell that would replace `check`."""
    path = written(tmp_path / "a.ipynb", ("x", "check = print"), answered("0b.1", "def last_column(t): return 1"))
    forged = json.loads(path.read_text())
    forged["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "Exercise 0b.1: correct"}]
    path.write_text(json.dumps(forged))
    submission = read_submission(path, PAGES, tmp_path)
    assert "check = print" not in str(submission) and "correct" not in str(submission)


def test_a_helper_in_a_cell_of_its_own_is_named(tmp_path):
    code = "def last_column(table):\n    return helper(table)"
    submission = read(tmp_path, ("own", "def helper(t):\n    return t[:, -1]"), answered("0b.1", code))
    (note,) = submission.notes
    assert note.startswith("0b.1 uses `helper`, which a cell of the learner's own makes.")
    assert submission.elsewhere == {"0b.1": ("helper",)}
    own = "def last_column(table):\n    row = table[:, -1]\n    return row"
    assert read(tmp_path, ("scratch", "row, table = 1, 2"), answered("0b.1", own)).notes == ()


def test_another_edition(tmp_path):
    submission = read(tmp_path, answered("0b.1"), ("exercise-0b-77", 'x = 1\ncheck("0b.77", x)'))
    assert submission.notes == ("This edition has no exercise 0b.77: the cell was left out.",)
    with pytest.raises(CourseError, match=r"no exercise of this edition.*99\.1"):
        read(tmp_path, ("exercise-99-1", 'check("99.1", 1)'))


def test_code_that_is_no_python_gets_its_line(tmp_path):
    submission = read(tmp_path, answered("0b.1", "x = 1\ndef last_column(table:\n    return 1"))
    assert submission.answers["0b.1"].problem == (
        "The cell is no Python: SyntaxError: '(' was never closed, in line 2 of the cell: `def last_column(table:`."
    )


@pytest.mark.parametrize(
    ("code", "runs", "note"),
    [
        ("%time x = f(2)\ny = 1", "x = f(2)\ny = 1", ""),
        ("x = %time f(2)\ny = 1", "x = f(2)\ny = 1", ""),
        ("%%time\nx = 1", "\nx = 1", ""),
        ("def f():\n    !rm -rf /\n    return 1", "def f():\n    None\n    return 1", "`!rm -rf /` is a command"),
        ("files = !ls\nx = 1", "files = None\nx = 1", "`!ls` is a command"),
        ("%pip install x\ny = 1", "None\ny = 1", "`%pip install x` is a command"),
        ("f?\ny = 'é!'", "None\ny = 'é!'", ""),
        ("text = '''\n!ls\n%cd\n'''", "text = '''\n!ls\n%cd\n'''", ""),
    ],
)
def test_magics_are_taken_as_ipython_means_them(code, runs, note):
    answer, notes = read_code("0b.1", code)
    assert answer.code.strip("\n") == runs.strip("\n") and not answer.problem
    assert answer.code.count("\n") == code.rstrip("\n").count("\n"), "lines keep their numbers"
    assert [note in said for said in notes] == ([True] if note else [])


def test_a_cell_of_another_language_is_named():
    assert read_code("0b.1", "%%bash\nls")[0].problem == "The cell begins with `%%bash`, so it is not run as Python."


def test_what_counts_as_the_starter():
    starter = "def f(x):\n    ...\n"
    for same in (starter, "# mine\ndef f( x ):\n  ...", 'def f(x):\n    ...\n\ncheck("0b.1", f)', "", "# nothing"):
        assert same_code(same, starter, "f")
    for changed in ("def f(x):\n    return 1", 'check("0b.1", g)', "def f(x:", "def f(x):\n    ...\nf(2)"):
        assert not same_code(changed, starter, "f")
    assert same_code('a, b = ...\ncheck("0.1", a, b)', "a, b = ...", "(a, b)")


def test_the_ids_that_a_cell_checks():
    assert checked_ids('r = check("6.3", f)\nprint(course_utils.check(" 2.10 ", g))') == ["6.3", "2.10"]
    assert checked_ids("# check('6.3', f)\n'check(\"6.4\")'\nmycheck('6.5', f)") == []
    assert checked_ids('def f(:\ncheck("6.3", f)') == ["6.3"], "also in code that is no Python"


# --- what is no notebook ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"Dear teacher, my answers are", r"its JSON breaks off or has an error \(line 1\)"),
        (json.dumps(notebook(answered("0b.1"))).encode()[:-40], "its JSON breaks off"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "not text in UTF-8"),
        (b"[" * 200_000, "its depth"),
        (b"[1, 2]", "no list of cells"),
        (json.dumps({"worksheets": [], "nbformat": 3}).encode(), "no notebook of format 4"),
        (json.dumps(notebook()).encode(), "has no exercise of this edition of the course"),
        (b'{"cells": [1, null, {"cell_type": "code", "source": 7}, {"cell_type": "code"}]}', "has no exercise"),
    ],
)
def test_what_is_no_notebook_gets_one_sentence(tmp_path, content, says):
    path = tmp_path / "x.ipynb"
    path.write_bytes(content)
    with pytest.raises(CourseError, match=says) as caught:
        read_submission(path, PAGES, tmp_path)
    assert str(caught.value).count("\n") == 0 and str(tmp_path) not in str(caught.value)


def test_a_folder_a_missing_and_a_huge_file(tmp_path):
    (tmp_path / "folder.ipynb").mkdir()
    with open(tmp_path / "huge.ipynb", "wb") as file:
        file.truncate(30_000_000)
    for name, says in (("folder", "is a folder|cannot be read"), ("none", "cannot be read"), ("huge", "30 MB")):
        with pytest.raises(CourseError, match=says):
            read_submission(tmp_path / f"{name}.ipynb", PAGES, tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with a name, and links need rights")
def test_a_pipe_and_links(tmp_path):
    os.mkfifo(tmp_path / "pipe.ipynb")
    with pytest.raises(CourseError, match="no ordinary file"):
        read_submission(tmp_path / "pipe.ipynb", PAGES, tmp_path)
    outside = written(tmp_path / "outside.ipynb", answered("0b.1"))
    handed_in = tmp_path / "in"
    inside = written(handed_in / "ada" / "a.ipynb", answered("0b.1"))
    (handed_in / "out.ipynb").symlink_to(outside)
    (handed_in / "friend").symlink_to(tmp_path)
    (handed_in / "round.ipynb").symlink_to("round.ipynb")
    (handed_in / "good.ipynb").symlink_to(inside)
    for name, says in (("out", "outside the folder"), ("friend/outside", "outside the folder"), ("round", "cannot be")):
        with pytest.raises(CourseError, match=says):
            read_submission(handed_in / f"{name}.ipynb", PAGES, handed_in)
    assert read_submission(handed_in / "good.ipynb", PAGES, handed_in).notebook == TENSORS


# --- verdicts and pages as data ---------------------------------------------------------------------------


def test_a_verdict_survives_json():
    graded = Graded("Zoë", "z.ipynb", TENSORS, (Row("0b.1", "stopped", "é\u2028", 0.5),), ("a note",), 1.25)
    assert Graded.from_json(graded.to_json()) == graded
    for text in ("", "[]", "{}", '{"rows": [{"x": 1}]}', "null"):
        with pytest.raises(CourseError, match="Expected a verdict"):
            Graded.from_json(text)


def test_a_page_is_known_by_its_name():
    assert Pages.of([Page("x", (Cell("", "0b.1"),))]).home == {"0b.1": "x"}
    with pytest.raises(CourseError, match="no page 'y'"):
        PAGES["y"]
