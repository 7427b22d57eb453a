"""The build: sources become notebooks, the same ones every time, and nothing broken is ever written."""

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import nbformat
import psutil
import pytest

from course_utils.authoring import notebooks, rules, sources
from course_utils.build import main
from course_utils.errors import CourseError
from course_utils.exercises import Choice, Option

ROOT = Path(__file__).parents[1]
RECORDS = {
    "7.1": SimpleNamespace(
        id="7.1",
        title="Double it",
        minutes=3,
        difficulty="easy",
        starter="def double(x):\n    ...",
        answer="double",
        solution="def double(x):\n    return 2 * x",
    ),
    "7.2": Choice(
        id="7.2",
        title="Which one?",
        minutes=2,
        difficulty="medium",
        question="What does *softmax* return?",
        options={"a": Option("Probabilities", "Right.", True), "b": Option("Logits", "Those go in.")},
        hints=("Think.", "Again."),
    ),
}
SOURCE = """\
# Seven

{badges}

```python
def check(exercise, answer):
    print("correct" if answer == "a" or callable(answer) and answer(2) == 4 else "not attempted")
```

### Exercise 7.1
Write `double`.

```python exercise="7.1"
```

### Exercise 7.2
Think first.

```python exercise="7.2"
```

```python tags=["nbval-ignore-output"]
print(0.123)
```

```python tags=["raises-exception"]
import json

json.loads("{")
```
"""
PUBLIC = sources.Course("ada/course", "main")


def copy_pyproject(folder: Path) -> None:
    """The project's own settings, without a public address whether it has one or not."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    sources.set_repository("", folder / "pyproject.toml")


@pytest.fixture
def course(tmp_path):
    """A course of one small notebook in a folder of its own."""
    (tmp_path / "notebooks" / "source").mkdir(parents=True)
    (tmp_path / "notebooks" / "source" / "07_seven.md").write_text(SOURCE, "utf-8")
    copy_pyproject(tmp_path)
    return tmp_path


def source_of(course: Path) -> Path:
    return course / "notebooks" / "source" / "07_seven.md"


def run(course: Path, *arguments: str) -> int:
    return main([*arguments], notebooks=course / "notebooks", root=course, records=RECORDS)


def expanded(folder: Path, **options):
    settings = {"records": RECORDS, "course": sources.Course()} | options
    return sources.expand(source_of(folder), **settings)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The course above, built once for the tests that only read it."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "notebooks" / "source").mkdir(parents=True)
    (folder / "notebooks" / "source" / "07_seven.md").write_text(SOURCE, "utf-8")
    copy_pyproject(folder)
    assert run(folder) == 0
    return folder


def copy_of(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "copy"))


def test_exercises_are_filled_in_from_their_records(course):
    cells = expanded(course).cells
    assert cells[2].source == "### Exercise 7.1: Double it\n\n*3 minutes · easy*\n\nWrite `double`."
    assert cells[3].source == 'def double(x):\n    ...\n\ncheck("7.1", double)'
    assert cells[4].source.endswith(
        "Think first.\n\nWhat does *softmax* return?\n\n- **a.** Probabilities\n- **b.** Logits"
    )
    assert cells[5].source == f'{RECORDS["7.2"].starter}\ncheck("7.2", answer)'
    assert [c.id for c in cells if c.id.startswith("exercise")] == ["exercise-7-1", "exercise-7-2"]


def test_the_solution_edition_differs_in_the_exercise_cells_only(course):
    starter, solution = expanded(course).cells, expanded(course, solutions=True).cells
    changed = [a.id for a, b in zip(starter, solution, strict=True) if a != b]
    assert changed == ["exercise-7-1", "exercise-7-2"]
    assert solution[3].source == 'def double(x):\n    return 2 * x\n\ncheck("7.1", double)'


def test_a_quiz_is_one_cell_and_in_the_solution_edition_a_cell_a_question(course):
    records = RECORDS | {"7.2": replace(RECORDS["7.2"], topic="Softmax")}
    text = SOURCE.replace("### Exercise 7.2\n", "").replace('exercise="7.2"', 'quiz="Softmax"')
    source_of(course).write_text(text, "utf-8")
    learner, solved = (expanded(course, records=records, solutions=solutions) for solutions in (False, True))
    (cell,) = [c for c in learner.cells if c.source == 'quiz("Softmax")']
    assert cell.metadata == {"questions": ["7.2"]}
    assert rules.exercise_ids(learner) == rules.exercise_ids(solved) == ["7.1", "7.2"]
    assert 'answer = "a"\ncheck("7.2", answer)' in [c.source for c in solved.cells]
    for odd in (' tags=["x"]\n', "\nprint()\n"):  # one with a tag would keep its buttons in the solution edition
        source_of(course).write_text(text.replace('quiz="Softmax"\n', f'quiz="Softmax"{odd}'), "utf-8")
        with pytest.raises(CourseError, match="a quiz cell is empty"):
            expanded(course, records=records, solutions=True)
    source_of(course).write_text(text.replace("Softmax", "Softness"), "utf-8")
    with pytest.raises(CourseError, match="uses the quiz 'Softness', which no question has as its topic"):
        expanded(course, records=records)


def test_badges_and_a_glossary_that_colab_can_open_come_with_the_public_address_only(course):
    private, public = (expanded(course, course=address).cells[0].source for address in (sources.Course(), PUBLIC))
    assert private == f"# Seven\n\n{sources.GLOSSARY}"
    for part in ("[![Open in Colab](", "[![Open in Binder](", "ada/course", "07_seven.ipynb", sources.GLOSSARY):
        assert part in public
    assert "(https://github.com/ada/course/blob/main/notebooks/glossary.md)" in public


def test_the_setup_cell_depends_on_the_address_in_one_line_only(course):
    source_of(course).write_text(SOURCE + "\n```python setup\n```\n", "utf-8")
    private, public = (expanded(course, course=address).cells[-1] for address in (sources.Course(), PUBLIC))
    assert private.id == public.id == "setup"
    lines = zip(private.source.splitlines(), public.source.splitlines(), strict=True)
    assert [after.split("  #")[0] for before, after in lines if before != after] == ['repo = "ada/course"']
    assert len(public.source.splitlines()) <= 12
    assert "git+https://github.com/{repo}@main " in public.source


def test_cell_ids_are_valid_unique_and_survive_an_insertion(course):
    before = [c.id for c in expanded(course).cells]
    source_of(course).write_text(SOURCE.replace("### Exercise 7.2", "New.\n\n\nNew.\n\n\n### Exercise 7.2"), "utf-8")
    after = [c.id for c in expanded(course).cells]
    assert len(set(after)) == len(after) == len(before) + 2
    assert set(before) < set(after)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", i) for i in after)


def test_an_unknown_exercise_is_named(course):
    with pytest.raises(CourseError, match=r"07_seven\.md uses exercise 7\.2"):
        expanded(course, records={"7.1": RECORDS["7.1"]})


def test_an_exercise_without_its_heading_is_refused(course):
    source_of(course).write_text(SOURCE.replace("### Exercise 7.2\n", ""), "utf-8")
    with pytest.raises(CourseError, match=r"exercise 7\.2 needs a heading above"):
        expanded(course)


def test_a_built_notebook_is_clean(built):
    text = (built / "notebooks" / "07_seven.ipynb").read_text("utf-8")
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    code = [c for c in notebook.cells if c.cell_type == "code"]
    assert [c.execution_count for c in code] == [1, 2, 3, 4, 5]
    assert text.endswith("}\n") and not text.endswith("\n\n")
    assert notebook.metadata.kernelspec.name == "python3" and "version" not in notebook.metadata.language_info
    assert set(notebook.metadata) == {"kernelspec", "language_info", "course"}
    assert all("execution" not in c.metadata for c in code)
    error = code[-1].outputs[0]
    assert error.ename == "JSONDecodeError" and "site-packages" not in "".join(error.traceback)


def test_building_twice_gives_the_same_bytes_and_check_agrees(built, tmp_path, capsys):
    course = copy_of(built, tmp_path)
    target = course / "notebooks" / "07_seven.ipynb"
    first = target.read_bytes()
    assert run(course, "07") == 0
    assert target.read_bytes() == first
    assert run(course, "--check") == 0, capsys.readouterr()


def test_the_solution_edition_goes_elsewhere_and_is_strict(built, tmp_path):
    course = copy_of(built, tmp_path)
    source = source_of(course)
    source.write_text(source.read_text("utf-8") + "\n```python\nimport os\n\nprint(os.environ['COURSE_STRICT'])\n```\n")
    before = (course / "notebooks" / "07_seven.ipynb").read_bytes()
    assert run(course, "--solutions", str(tmp_path / "solved")) == 0
    assert (course / "notebooks" / "07_seven.ipynb").read_bytes() == before
    solved = (tmp_path / "solved" / "07_seven.ipynb").read_text("utf-8")
    assert solved.count('"correct\\n"') == 2 and '"not attempted\\n"' not in solved


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import sys\n\nprint('careful', file=sys.stderr)", "writes to stderr: careful"),
        ("import os\n\nprint(os.getcwd())", "shows a path of this machine"),
        ("import sys\n\nsys.executable", "shows a path of this machine"),
        ("print(('x' * 99 + '\\n') * 5_000)", "more than 400,000"),
    ],
)
def test_a_notebook_that_must_not_be_committed_is_not_written(built, tmp_path, capfd, cell, sentence):
    course = copy_of(built, tmp_path)
    source_of(course).write_text(f"# Bad\n\n```python\n{cell}\n```\n", "utf-8")
    target = course / "notebooks" / "07_seven.ipynb"
    before = target.read_bytes()
    assert run(course) == 1
    said = capfd.readouterr().err
    assert "07_seven.ipynb: " in said and "cell 1" in said or "bytes" in said
    assert sentence in said
    assert target.read_bytes() == before
    assert [p.name for p in target.parent.iterdir() if p.is_file()] == ["07_seven.ipynb"]


def test_an_expected_error_that_does_not_come_is_an_objection(course):
    notebook = expanded(course)
    assert any("raises nothing" in problem for problem in rules.objections(notebook, "07_seven"))


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (lambda text: text.replace('"0.123\\n"', '"0.124\\n"'), "changed by hand"),
        (lambda text: text.replace('"execution_count": 2', '"execution_count": 7'), "changed by hand"),
        (lambda text: text, None),
        (lambda text: text.replace("Think first.", "Think last."), "stale: cell 4 differs"),
        (lambda text: text.replace("nbval-ignore-output", "nbval-skip"), "stale: cell 6 differs"),
        (lambda text: text.replace('"kernelspec": {', '"widgets": {}, "kernelspec": {'), "changed by hand"),
    ],
)
def test_check_sees_every_hand_edit(built, tmp_path, capsys, edit, why):
    course = copy_of(built, tmp_path)
    target = course / "notebooks" / "07_seven.ipynb"
    target.write_text(edit(target.read_text("utf-8")), "utf-8")
    assert run(course, "--check") == int(why is not None)
    if why:
        assert f"07_seven.ipynb {'was' if 'hand' in why else 'is'} {why}" in capsys.readouterr().out


def test_check_sees_what_changed_behind_a_notebook(built, tmp_path, capsys):
    course = copy_of(built, tmp_path)
    changed = RECORDS | {"7.1": SimpleNamespace(**vars(RECORDS["7.1"]) | {"title": "Triple it"})}
    assert main(["--check"], notebooks=course / "notebooks", root=course, records=changed) == 1
    assert "07_seven.ipynb is stale: cell 2" in capsys.readouterr().out
    (course / "notebooks" / "source" / "08_new.md").write_text("# New\n")
    (course / "notebooks" / "stray.ipynb").write_text("{}")
    assert run(course, "--check") == 1
    assert capsys.readouterr().out.startswith("08_new.ipynb is missing\nstray.ipynb has no source\n")
    source_of(course).write_text(SOURCE + "\nMore.\n", "utf-8")
    assert run(course, "--check", "07") == 1
    assert "it has 8 cells, its source has 9" in capsys.readouterr().out


def test_the_repository_is_one_line_of_pyproject(built, tmp_path, capsys):
    course = copy_of(built, tmp_path)
    pyproject = course / "pyproject.toml"
    before = pyproject.read_text("utf-8")
    for bad in ("ada", "ada/course/x", 'ada/c"', "https://github.com/ada/course", "ada/co urse"):
        assert run(course, "--check", "--repository", bad) == 1
        assert "OWNER/NAME" in capsys.readouterr().err
    assert pyproject.read_text("utf-8") == before
    assert run(course, "--check", "--repository", "ada/course") == 1
    assert "07_seven.ipynb is stale: cell 0" in capsys.readouterr().out
    after = pyproject.read_text("utf-8")
    different = [b for a, b in zip(before.splitlines(), after.splitlines(), strict=True) if a != b]
    assert sources.read_course(pyproject) == PUBLIC and different == ['repository = "ada/course"']
    sources.set_repository("", pyproject)
    assert sources.read_course(pyproject).repository == ""


URLS = {
    "https://github.com/ada/course": "ada/course",
    "https://github.com/ada/course.git": "ada/course",
    "https://ada:secret@github.com/ada/course.py/": "ada/course.py",
    "git@github.com:ada/course.git": "ada/course",
    "ssh://git@github.com/ada/course": "ada/course",
    "https://gitlab.com/ada/course": "",
    "https://github.com.example.org/ada/course": "",
    "git@notgithub.com:ada/course": "",
    "../course": "",
}


def with_remote(folder: Path, url: str) -> Path:
    for command in (["init", "--quiet"], ["remote", "add", "origin", url]):
        subprocess.run(["git", "-C", str(folder), *command], check=True)
    return folder


@pytest.mark.parametrize("url", URLS)
def test_the_address_of_a_git_remote(tmp_path, url):
    assert sources.remote_repository(tmp_path) == ""
    assert sources.remote_repository(with_remote(tmp_path, url)) == URLS[url]


def test_without_git_there_is_no_remote(tmp_path, monkeypatch):
    with_remote(tmp_path, "https://github.com/ada/course")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert sources.remote_repository(tmp_path) == ""


def test_a_remote_is_used_only_when_asked_for(built, tmp_path, capsys):
    course = copy_of(built, tmp_path)
    assert run(course, "--check", "--repository", "auto") == 1
    assert "should be on github.com" in capsys.readouterr().err
    with_remote(course, "git@github.com:ada/course.git")
    assert run(course, "--check") == 0, "CI must not depend on the remote of a clone"
    assert "this clone comes from ada/course" in capsys.readouterr().out
    assert run(course, "--repository", "auto") == 0
    assert sources.read_course(course / "pyproject.toml") == PUBLIC
    capsys.readouterr()
    assert run(course, "--check") == 0 and "Note" not in capsys.readouterr().out


def test_an_unknown_notebook_is_refused_with_the_names_there_are(course, capsys):
    assert run(course, "99") == 1
    assert "No notebook source is called '99'; there is: 07_seven." in capsys.readouterr().err


@pytest.mark.parametrize("code", ["1 + 1", "1 / 0"])
def test_no_kernel_is_left_behind(course, code, capfd):
    source_of(course).write_text(f"# One\n\n```python\n{code}\n```\n", "utf-8")
    before = psutil.Process().children()
    assert run(course) == ("/" in code)
    assert psutil.Process().children() == before


def test_a_kernel_gets_nothing_of_the_users(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_STRICT", "1")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("COURSE_MODELS", "hub")
    monkeypatch.setenv("COURSE_PROGRESS", "mine.json")
    environment = notebooks.kernel_environment(tmp_path)
    assert "COURSE_STRICT" not in environment and "HF_HUB_OFFLINE" not in environment
    assert environment["COURSE_MODELS"] == "offline"
    assert environment["COURSE_PROGRESS"] == str(tmp_path / "progress.json")
    assert notebooks.kernel_environment(tmp_path, strict=True)["COURSE_STRICT"] == "1"


def test_importing_the_build_is_light():
    heavy = "nbformat", "nbclient", "jupytext", "torch"
    code = f"import sys, course_utils.build; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


def nbval(folder: Path) -> subprocess.CompletedProcess:
    options = f"--nbval --nbval-current-env --nbval-cell-timeout=120 --nbval-sanitize-with={ROOT}/tests/sanitize.cfg"
    (folder / "pytest.ini").write_text(f"[pytest]\naddopts = {options}\n", "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)


@pytest.mark.slow
def test_nbval_passes_as_built_and_fails_when_one_digit_of_an_output_changes(tmp_path):
    source = tmp_path / "notebooks" / "source" / "07_seven.md"
    source.parent.mkdir(parents=True)
    source.write_text("# Tiny\n\n```python\nprint(f'{2 / 3:.3f}')\n```\n\n```python\n1 / 3\n```\n")
    target = tmp_path / "07_seven.ipynb"
    sources.build(source, target, records={}, course=sources.Course())
    passed = nbval(tmp_path)
    assert passed.returncode == 0 and "2 passed" in passed.stdout, passed.stdout
    stored = target.read_text("utf-8")
    changed = stored.replace('"0.667', '"0.668').replace("0.3333333333333333", "0.3333333333333334")
    assert sum(a != b for a, b in zip(stored, changed, strict=True)) == 2
    target.write_text(changed, "utf-8")
    failed = nbval(tmp_path)
    assert failed.returncode == 1 and "2 failed" in failed.stdout, failed.stdout
