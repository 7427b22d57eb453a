"""Every committed notebook keeps every rule of `course_utils.authoring.rules`, and every rule can fail."""

import copy
import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course_utils.authoring import rules as hygiene
from course_utils.authoring import sources
from course_utils.build import main

ROOT = Path(__file__).parents[1]
COMMITTED = sorted((ROOT / "notebooks").glob("*.ipynb"))
NOTEBOOKS = {path.stem: nbformat.read(path, as_version=4) for path in COMMITTED}
each_notebook = pytest.mark.parametrize("name", NOTEBOOKS)
PICTURE = "data:image/png;base64,iVBORw0KGgo="


def test_there_are_notebooks():
    assert {path.stem for path in sources.select([])} == set(NOTEBOOKS) != set()


@each_notebook
@pytest.mark.parametrize("rule", hygiene.RULES, ids=lambda rule: rule.__name__)
def test_notebook_keeps_the_rule(name, rule):
    assert rule(NOTEBOOKS[name], name) == []


@each_notebook
def test_links_are_alive(name):
    assert hygiene.dead_links(NOTEBOOKS[name], ROOT / "notebooks", ROOT) == []


@each_notebook
def test_exercises_are_in_their_chapter(name):
    assert hygiene.misplaced_exercises(NOTEBOOKS[name], name, list(sources.load_records())) == []


def test_every_exercise_has_one_page():
    assert hygiene.homeless_exercises(NOTEBOOKS, list(sources.load_records())) == []


def test_the_setup_cell_is_the_same_everywhere():
    assert hygiene.different_setups(NOTEBOOKS) == []


def test_notebooks_are_as_built(capsys):
    assert main(["--check"]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=" ".join)
def test_code_and_notebooks_pass_the_linter(command):
    command = [sys.executable, "-m", "ruff", *command, "--no-cache", "."]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


# --- every rule can fail ----------------------------------------------------------------------------------


def good():
    """A notebook that keeps every rule."""
    code = [new_code_cell("from course_utils import setup", id="setup", execution_count=1)]
    for n in range(2, 16):
        code.append(
            new_code_cell(
                f"print({n})",
                execution_count=n,
                id=f"exercise-7-{n - 1}" if n <= 5 else f"code-{n}",
                outputs=[new_output("stream", name="stdout", text=f"{n}\n")],
            )
        )
    code[-1].metadata["tags"] = ["raises-exception"]
    code[-1].outputs = [new_output("error", ename="ValueError", evalue="no", traceback=["ValueError: no"])]
    text = [new_markdown_cell(f"## Part {n}\n\n" + "word " * 80 + "[home](07_seven.md)") for n in range(14)]
    title = new_markdown_cell(f"# Seven\n\n![a heat map]({PICTURE})\n\n```bash\n# no heading\n```")
    return new_notebook(cells=[title, *(c for pair in zip(code, text, strict=False) for c in pair), code[-1]])


def change(**changes):
    """A breaking edit: attributes of the third code cell."""
    return lambda notebook: hygiene.code_cells(notebook)[2].update(changes)


def shows(data=None, **output):
    """A breaking edit: an output of the third code cell."""
    form = (
        new_output("display_data", data=data)
        if data
        else new_output(**{"output_type": "stream", "name": "stdout"} | output)
    )
    return change(outputs=[form])


def first_text(text):
    return lambda notebook: notebook.cells[0].update(source=text)


def tag_all(notebook):
    for cell in hygiene.code_cells(notebook)[:2]:
        cell.metadata["tags"] = ["nbval-ignore-output"]


def expect_nothing(notebook):
    hygiene.code_cells(notebook)[-1].outputs = []


def second_title(notebook):
    notebook.cells.append(new_markdown_cell("# Eight"))


def title_later(notebook):
    notebook.cells.insert(0, new_markdown_cell("Welcome."))


def leap(notebook):
    notebook.cells[2].source = "#### Deep"


def widget_state(notebook):
    notebook.metadata["widgets"] = {}


error = new_output("error", ename="ValueError", evalue="no", traceback=[])
R = hygiene
BROKEN = [
    (R.executed_in_order, change(execution_count=9)),
    (R.executed_in_order, change(execution_count=None)),
    (R.errors_are_announced, change(outputs=[error])),
    (R.errors_are_announced, expect_nothing),
    (R.nothing_on_stderr, shows(name="stderr", text="careful")),
    (R.outputs_are_compared, tag_all),
    (R.outputs_are_compared, lambda n: [c.update(source="# NBVAL_SKIP") for c in R.code_cells(n)[:2]]),
    (R.one_title_first, second_title),
    (R.one_title_first, title_later),
    (R.one_title_first, first_text("Seven")),
    (R.headings_do_not_leap, leap),
    (R.no_sentence_becomes_a_list, first_text("# Seven\n\nAll numbers sum to\n1. Try it.")),
    (R.no_sentence_becomes_a_list, first_text("# Seven\n\nFirst one thing\n- then another.")),
    (R.pictures_have_alt_text, first_text(f"# Seven\n\n![]({PICTURE})")),
    (R.pictures_have_alt_text, first_text(f'# Seven\n\n<img src="{PICTURE}">')),
    (R.pictures_have_alt_text, shows({"image/png": "iVBORw0KGgo="})),
    (R.pictures_have_alt_text, shows({"text/html": f'<figure><img alt="" src="{PICTURE}"></figure>'})),
    (R.cells_are_short, change(source="x = 1\n" * 13)),
    (R.no_widget_state, widget_state),
    (R.no_widget_state, shows({"application/vnd.jupyter.widget-view+json": {}, "text/plain": "Run this cell."})),
    (R.small_enough, shows(text="x" * 500_000)),
    (R.nothing_nbval_trips_over, change(source="plot();\n")),
    (R.nothing_nbval_trips_over, change(source="clear_output()")),
    (R.nothing_nbval_trips_over, change(source="out = widgets.Output()")),
    (R.no_progress_bars, shows(text="Loading:  40%|████      | 4/10 [00:01<00:02, 3.9it/s]")),
    (R.no_progress_bars, shows({"text/plain": "model.safetensors: 12.3MB/s"})),
    (R.no_machine_paths, shows(text=f"saved to {Path.cwd()}/x")),
    (R.no_machine_paths, shows({"text/html": f"<code>{sys.prefix}</code>"})),
    (R.no_machine_paths, change(source=f"open('{Path.home()}/x')")),
]


@pytest.mark.parametrize("rule", hygiene.RULES, ids=lambda rule: rule.__name__)
def test_a_good_notebook_keeps_the_rule(rule):
    assert rule(good(), "07_seven") == []


@pytest.mark.parametrize(("rule", "break_it"), BROKEN, ids=lambda value: getattr(value, "__name__", ""))
def test_a_bad_notebook_is_caught(rule, break_it):
    notebook = good()
    break_it(notebook)
    assert rule(notebook, "07_seven") != []


def test_every_rule_is_broken_once():
    assert {rule for rule, _ in BROKEN} == set(hygiene.RULES)


def test_a_path_is_found_as_an_error_message_writes_it(monkeypatch):
    """On Windows: `C:\\\\Users\\\\Ada`. Here a folder's name may hold a backslash just as well."""
    here = Path.cwd() / "Users\\Ada"
    monkeypatch.setenv("COURSE_CACHE", str(here))
    for written in (f"saved to {here}", f"No such file: {str(here)!r}", json.dumps({"path": str(here)})):
        notebook = good()
        shows(text=written)(notebook)
        assert any("Ada" in found for found in hygiene.no_machine_paths(notebook, "07_seven")), written


def test_dead_links_are_caught(tmp_path):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    notebook = good()
    assert hygiene.dead_links(notebook, folder, tmp_path) == ["dead link: 07_seven.md"] * 14
    (folder / "07_seven.md").write_text("here")
    assert hygiene.dead_links(notebook, folder, tmp_path) == []
    (tmp_path.parent / "outside.md").write_text("out")
    notebook.cells[0].source += "\n[out](../../outside.md) [a](#part) [w](https://example.org)"
    assert hygiene.dead_links(notebook, folder, tmp_path) == ["dead link: ../../outside.md"]


def test_misplaced_exercises_are_caught():
    ids = ["7.1", "7.2", "7.3", "7.4", "8.1"]
    assert hygiene.misplaced_exercises(good(), "07_seven", ids) == []
    assert hygiene.misplaced_exercises(good(), "07b_more", ids) == []
    assert "exercise 7.4 belongs to another chapter" in hygiene.misplaced_exercises(good(), "08_eight", ids)
    assert hygiene.misplaced_exercises(good(), "07_seven", ids[:3]) == ["exercise 7.4 is not known"]
    deeper = good()
    hygiene.code_cells(deeper)[1].id = "exercise-7b-1"
    assert "exercise 7b.1 belongs to another chapter" in hygiene.misplaced_exercises(deeper, "07_seven", [*ids, "7b.1"])
    assert hygiene.misplaced_exercises(deeper, "07b_more", [*ids, "7b.1"]) == []
    assert hygiene.misplaced_exercises(good(), "08b_later", ids) == []
    assert "exercise 7.4 belongs to another chapter" in hygiene.misplaced_exercises(good(), "06b_earlier", ids)
    twice = good()
    hygiene.code_cells(twice)[7].id = "exercise-7-1"
    assert hygiene.misplaced_exercises(twice, "07_seven", ids) == ["exercise 7.1 comes 2 times"]
    few = good()
    few.cells = few.cells[:6]
    assert hygiene.misplaced_exercises(few, "07_seven", ids[:2])[-1] == "2 exercises, at least four are wanted"


def test_homeless_exercises_are_caught():
    ids = ["7.1", "7.2", "7.3", "7.4"]
    assert hygiene.homeless_exercises({"07_seven": good()}, ids) == []
    assert hygiene.homeless_exercises({"07_seven": good()}, [*ids, "7.5"]) == ["exercise 7.5 is on no page"]
    both = hygiene.homeless_exercises({"07_seven": good(), "07b_more": good()}, ids[:1])
    assert both == ["exercise 7.1 is on 07_seven, 07b_more"]


def test_the_questions_of_a_quiz_cell_count():
    notebook = good()
    hygiene.code_cells(notebook)[5].metadata["questions"] = ["7.5", "7.6"]
    assert {"7.5", "7.6"} < set(hygiene.exercise_ids(notebook))
    assert "exercise 7.6 is not known" in hygiene.misplaced_exercises(notebook, "07_seven", ["7.5"])


def test_different_setup_cells_are_caught():
    one, other = good(), good()
    assert hygiene.different_setups({"a": one, "b": other}) == []
    hygiene.code_cells(other)[0].source += "\nprint()"
    assert hygiene.different_setups({"a": one, "b": other}) == ["2 different set-up cells"]
    hygiene.code_cells(other)[0].id = "else"
    assert hygiene.different_setups({"a": one, "b": other}) == ["b has 0 set-up cells, one is needed"]


def test_the_linter_reads_notebooks(tmp_path):
    notebook = copy.deepcopy(good())
    hygiene.code_cells(notebook)[2].source = "import os\n\nprint(undefined)"
    (tmp_path / "bad.ipynb").write_text(json.dumps(notebook))
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--config", str(ROOT / "pyproject.toml")]
    done = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 1 and "F821" in done.stdout
