"""`course.py reset`: the notebook comes back as it was built, wherever that can be had; the learner's is never lost."""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from course_utils.authoring import sources
from course_utils.authoring.notebooks import METADATA, to_text
from course_utils.errors import CourseError
from course_utils.workshop import resetting

SOURCE = "# Attention\n\n```python\n1 + 1\n```\n"
MINE = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


def built(text="1 + 1", shows="2"):
    """The text of a notebook as the build writes it: with outputs, and with the digest of itself."""
    cell = new_code_cell(text, id="one", execution_count=1)
    cell.outputs = [new_output("execute_result", {"text/plain": shows}, execution_count=1)]
    notebook = new_notebook(cells=[cell], metadata=METADATA, nbformat_minor=5)
    notebook.metadata["course"] = {"digest": sources.digest(notebook)}
    return to_text(notebook)


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    """A folder with one notebook, as it was built; no git, and nothing kept."""
    folder = tmp_path / "notebooks"
    (folder / "source").mkdir(parents=True)
    (folder / "source" / "06_attention.md").write_text(SOURCE, "utf-8")
    (folder / "06_attention.ipynb").write_text(built(), "utf-8")
    monkeypatch.setattr(resetting, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(resetting, "load_records", dict)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    return folder


def git(folder, *arguments):
    who = ("-c", "user.name=A", "-c", "user.email=a@b.invalid", "-c", "commit.gpgsign=false", "-c", "core.hooksPath=")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True, timeout=60)


def commit(folder):
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "a")


def reset(notebooks):
    return resetting.reset(notebooks / "source" / "06_attention.md", notebooks)


def work(notebooks, text=MINE):
    (notebooks / "06_attention.ipynb").write_text(text, "utf-8")


def read(notebooks, name="06_attention"):
    return (notebooks / f"{name}.ipynb").read_text("utf-8")


def test_a_notebook_that_is_as_it_was_is_left_alone(notebooks, capsys):
    assert not reset(notebooks)
    assert "nothing to do" in capsys.readouterr().out
    assert len(list(notebooks.glob("*.ipynb"))) == 1


def test_the_real_notebooks_are_known_as_they_were_built():
    """What the build writes and what `reset` takes as pristine is the same."""
    smallest = min((sources.NOTEBOOKS).glob("[01]*.ipynb"), key=lambda path: path.stat().st_size)
    command = ["git", "-C", str(sources.ROOT), "show", f"HEAD:notebooks/{smallest.name}"]  # as released
    text = subprocess.run(command, capture_output=True, timeout=60).stdout.decode("utf-8")
    text = text or smallest.read_text("utf-8")
    assert resetting.is_pristine(text)
    assert not resetting.is_pristine(text.replace("import", "Import", 1))


def test_git_gives_it_back_with_its_outputs_and_mine_is_kept(notebooks, capsys):
    git(notebooks.parent, "init", "-q")
    commit(notebooks.parent)
    work(notebooks)
    assert reset(notebooks)
    assert read(notebooks) == built() and read(notebooks, "06_attention.mine-1") == MINE
    assert capsys.readouterr().out == "06_attention.ipynb is as it was. Yours is 06_attention.mine-1.ipynb.\n"


def test_a_learner_who_committed_gets_the_one_before(notebooks):
    git(notebooks.parent, "init", "-q")
    commit(notebooks.parent)
    for text in (MINE, built().replace('"2"', '"3"')):
        work(notebooks, text)
        commit(notebooks.parent)
    assert reset(notebooks)
    assert read(notebooks) == built()


def test_no_copy_is_ever_overwritten(notebooks):
    resetting.KEPT.mkdir()
    (resetting.KEPT / "06_attention.ipynb").write_text(built(), "utf-8")
    (notebooks / "06_attention.mine-2.ipynb").write_text("another", "utf-8")
    for number in (1, 3):
        work(notebooks, f"attempt {number}")
        assert reset(notebooks)
        assert read(notebooks, f"06_attention.mine-{number}") == f"attempt {number}"
    assert read(notebooks, "06_attention.mine-2") == "another" and read(notebooks) == built()


def test_what_open_kept_serves_where_there_is_no_git(notebooks, monkeypatch):
    resetting.keep(notebooks, resetting.KEPT)
    (notebooks / "06_attention.ipynb").unlink()
    monkeypatch.setenv("PATH", "")
    assert reset(notebooks)
    assert read(notebooks) == built()
    assert not list(notebooks.glob("*mine*"))


def test_only_what_is_as_it_was_is_kept(notebooks):
    resetting.keep(notebooks, resetting.KEPT)
    work(notebooks)
    resetting.keep(notebooks, resetting.KEPT)
    assert (resetting.KEPT / "06_attention.ipynb").read_text("utf-8") == built()


@pytest.mark.parametrize("mine", [MINE, "no notebook at all", "\x00"])
def test_at_last_the_source_serves_without_outputs_and_that_is_said(notebooks, capsys, mine):
    work(notebooks, mine)
    assert reset(notebooks)
    found = nbformat.reads(read(notebooks), as_version=4)
    assert [cell.source for cell in found.cells] == ["# Attention", "1 + 1"] and not found.cells[1].outputs
    assert "outputs are missing, and come back when you run" in capsys.readouterr().out
    assert read(notebooks, "06_attention.mine-1") == mine


def test_without_jupytext_a_sentence_says_what_to_do(notebooks, monkeypatch):
    monkeypatch.setitem(sys.modules, "jupytext", None)
    work(notebooks)
    with pytest.raises(CourseError, match="pip install jupytext"):
        reset(notebooks)
    assert read(notebooks) == MINE and not list(notebooks.glob("*mine*"))


@pytest.mark.parametrize("operation", ["open", "replace"])
def test_a_folder_or_file_that_cannot_be_written_changes_nothing(notebooks, monkeypatch, operation):
    """A read-only folder refuses the copy; a file that another program holds, on Windows, the replacement."""
    work(notebooks)
    real = Path.open

    def refuse(path, *arguments, **options):
        if operation == "open" and arguments[:1] != ("xb",):
            return real(path, *arguments, **options)
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, operation, refuse)
    with pytest.raises(CourseError, match=r"could not be written \(Permission denied\): close it in every other"):
        reset(notebooks)
    monkeypatch.undo()
    assert read(notebooks) == MINE
    assert [path.name for path in notebooks.iterdir() if path.is_file()] == ["06_attention.ipynb"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [([], "expects the number of a notebook"), (["77"], "No notebook source is called '77'"), ([""], "No notebook")],
)
def test_bad_input_is_one_sentence(monkeypatch, words, sentence):
    monkeypatch.setattr(resetting, "reset", lambda *rest: pytest.fail("nothing may be changed"))
    with pytest.raises(CourseError, match=sentence):
        resetting.main(words)


def test_all_means_every_notebook_and_an_open_page_is_told_to_reload(monkeypatch, capsys):
    seen = []
    monkeypatch.setattr(resetting, "reset", lambda source, folder: seen.append(source.stem) or True)
    assert resetting.main(["all"]) == 0 and len(seen) == len(sources.select([]))
    said = capsys.readouterr().out
    assert "Reload Notebook from Disk" in said and said.count("\n") == 2
    monkeypatch.setattr(resetting, "reset", lambda source, folder: False)
    assert resetting.main(["06b", "08_text_generation"]) == 0 and capsys.readouterr().out == ""


def test_the_command_reaches_the_module(tmp_path):
    command = [sys.executable, "-m", "course_utils.workshop", "reset", "6 7"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert done.returncode == 1 and "No notebook source is called '6 7'" in done.stderr
    assert "Traceback" not in done.stderr and shutil.which("git")
