"""`try_it`: controls of the right kind, a picture that follows, a stored page that loses nothing, kind sentences."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course_utils import CourseError
from course_utils.authoring.notebooks import clean, execute
from course_utils.pictures import bars, try_it

WIDGET = "application/vnd.jupyter.widget-view+json"


def view(text, share=0.3, kind="a", loud=False):
    if text == "no":
        raise CourseError("Write a text <b>first</b>.")
    return bars({text.upper() if loud else text: share}, title=kind)


def made():
    return try_it(view, text="hello", share=(0.0, 1.0, 0.1), kind=["a", "b"], loud=False)


def test_each_wish_makes_its_control():
    kinds = {name: type(control).__name__ for name, control in made().controls.items()}
    assert kinds == {"text": "Text", "share": "FloatSlider", "kind": "Dropdown", "loud": "Checkbox"}
    assert type(try_it(lambda n: str(n), n=(1, 5)).controls["n"]).__name__ == "IntSlider"
    assert try_it(lambda n: str(n), n={"one": 1, "two": 2}).set(n=2).shown == "2"


def test_a_control_begins_at_the_default_of_its_argument():
    assert made().controls["share"].value == 0.3
    assert try_it(lambda n=3: str(n), n=(1, 5)).first == "3"
    assert try_it(lambda n: str(n), n=(2, 5)).first == "2"
    assert try_it(lambda kind="b": kind, kind=["a", "b"]).first == "b"


def test_the_picture_follows_the_controls():
    trial = made()
    assert trial.first.alt == "Bars (a): hello 0.30."
    assert trial.set(share=0.5, loud=True).shown.alt == "Bars (a): HELLO 0.50."
    assert trial.set(kind="b", text="x").shown.alt == "Bars (b): X 0.50."
    assert trial.first.alt == "Bars (a): hello 0.30."
    assert trial.shown.html() in trial.box.children[-1].value


def test_what_goes_wrong_is_a_sentence_and_the_next_move_works():
    trial = made().set(text="  ")
    assert trial.shown == "Write something into the box 'text', then press Enter."
    assert trial.set(text="word " * 300).shown == "This text has 1,500 characters. Try one of up to 1,000."
    trial.set(text="no")
    assert trial.shown == "Write a text <b>first</b>."
    assert "&lt;b&gt;first" in trial.box.children[-1].value and "<b>" not in trial.box.children[-1].value
    assert trial.set(text="again").shown.alt == "Bars (a): again 0.30."
    broken = try_it(lambda n: str(1 // n), n=(0, 3))
    assert (
        broken.first == "This did not work (ZeroDivisionError: integer division or modulo by zero). Try another value."
    )
    assert broken.set(n=1).shown == "1"


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: try_it("hello"), "expects a function first"),
        (lambda: try_it(view), "a control for each argument"),
        (lambda: try_it(view, words="x"), "by name, but"),
        (lambda: try_it(lambda n: n, n=(5, 1)), "n is a tuple"),
        (lambda: try_it(lambda n: n, n=[]), "n is a"),
        (lambda: try_it(lambda n: n, n=None), "True or False, or two or three numbers"),
        (lambda: made().set(size=3), "no control 'size'; there is: text, share, kind, loud"),
    ],
)
def test_bad_input_gets_a_sentence(call, says):
    with pytest.raises(CourseError, match=says):
        call()


def test_old_widgets_are_shown_too(monkeypatch):
    """ipywidgets 7, which Colab has, gives a widget no `_repr_mimebundle_`."""
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    trial = made()
    monkeypatch.delattr("ipywidgets.Widget._repr_mimebundle_")
    trial._ipython_display_()
    assert shown[1][WIDGET]["model_id"] == trial.box.model_id and "<img" in shown[0]["text/html"]


@pytest.mark.slow
def test_a_stored_page_has_the_picture_and_a_sentence_and_no_widget():
    """What GitHub, nbconvert and a reopened page show, and what nbval compares: no random model id is left."""
    code = "from course_utils.pictures import bars, try_it\ntry_it(lambda n=2: bars({'n': n}, axis='n'), n=(1, 5))"
    notebook = new_notebook(cells=[new_code_cell(code)])
    execute(notebook)
    assert any(WIDGET in output.data for output in notebook.cells[0].outputs)
    picture, controls = clean(notebook).cells[0].outputs
    assert "<img" in picture.data["text/html"] and "<table" in picture.data["text/html"]
    assert controls.data == {"text/plain": "Run this cell to get the controls: n."}
    assert "widgets" not in notebook.metadata and WIDGET not in nbformat.writes(notebook)
