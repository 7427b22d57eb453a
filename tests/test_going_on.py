"""`yours_or_ours`: the learner's function where it is right, else ours, and it says which; nothing is noted down."""

import pytest
import torch

from course_utils.errors import CourseError
from course_utils.exercises.going_on import solved, yours_or_ours
from course_utils.exercises.progress_store import progress_file
from course_utils.exercises.shelf import find


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))


def mine(x, weight, eps=1e-5):
    return torch.nn.functional.rms_norm(x, x.shape[-1:], weight, eps)


def test_a_right_function_stays(capsys):
    assert yours_or_ours("6b.1", mine) is mine
    assert "rms_norm: yours" in capsys.readouterr().out


@pytest.mark.parametrize("answer", [..., None, 3, lambda x, weight, eps=0: x, lambda: 1 / 0])
def test_else_it_is_ours(answer, capsys):
    found = yours_or_ours("6b.1", answer)
    assert "rms_norm: ours" in capsys.readouterr().out
    x = torch.tensor([[3.0, 4.0]])
    assert torch.allclose(found(x, torch.ones(2)), mine(x, torch.ones(2)))


def test_ours_stays_ours_when_the_cell_runs_again(capsys):
    yours_or_ours("6b.1", yours_or_ours("6b.1", ...))
    assert capsys.readouterr().out.count("ours") == 2


def test_the_solution_brings_the_parts_that_it_builds_on():
    layer = solved(find("6b.6"))
    assert layer.solution_of == "6b.6" and "one_block" in layer.__globals__


def test_nothing_is_noted_down():
    yours_or_ours("6b.1", mine)
    assert not progress_file().exists()


@pytest.mark.parametrize("id", ["6.9", "6.11"])  # a letter, a list
def test_only_functions_can_go_on(id):
    with pytest.raises(CourseError, match="ask for a function"):
        yours_or_ours(id, ...)


def test_an_answer_that_has_every_attribute_is_no_solution_of_ours(capsys):
    class Odd:
        def __getattr__(self, name):
            return torch.zeros(2)

        def __call__(self, x, weight, eps=1e-5):
            return mine(x, weight, eps)

    yours_or_ours("6b.1", Odd())
    assert "rms_norm: yours" in capsys.readouterr().out


@pytest.mark.parametrize("change", [lambda x: x.double(), lambda x: x.tolist(), lambda x: x.numpy()])
def test_a_result_that_the_next_cells_cannot_take_is_not_passed_on(change, capsys):
    yours_or_ours("6b.1", lambda x, weight, eps=1e-5: change(mine(x, weight, eps)))
    assert "rms_norm: ours" in capsys.readouterr().out
