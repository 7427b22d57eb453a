"""Moves every control of a page after the whole page has run, as a learner does who comes back to one."""

import json

from nbformat.v4 import new_code_cell

# Runs in the kernel of the page. Every control takes every value it can have (a slider its ends, a text box some
# texts). What is shown must be a picture, a table or a sentence that the view meant, never an error it did not expect.
_DRIVE = """
import gc as _gc, json as _json, time as _time
from course_utils.pictures.trying import Trial as _Trial

def _values(control):
    if hasattr(control, "_options_values"):
        return list(control._options_values)
    if hasattr(control, "min"):
        return [control.min, control.max]
    if isinstance(control.value, bool):
        return [not control.value, control.value]
    return ["", "Zwölf Boxkämpfer <b>there</b> jagen Viktor über den Deich.", "word " * 2000, control.value]

_said = []
for _trial in [thing for thing in _gc.get_objects() if type(thing) is _Trial]:
    for _name, _control in _trial.controls.items():
        for _value in _values(_control):
            _start = _time.perf_counter()
            _trial.set(**{_name: _value})
            _ms = round(1000 * (_time.perf_counter() - _start))
            _said.append([_name, str(_value)[:40], _ms, str(_trial.shown)[:300], _trial.box.children[-1].value[-2000:]])
print(_json.dumps(_said))
"""


def driving_cell():
    return new_code_cell(_DRIVE, id="controls")


def moves(cell) -> list[list]:
    """What the cell found: name and value of a control, milliseconds, what is shown as a text, and the end as HTML."""
    printed = "".join(output.text for output in cell.outputs if output.get("name") == "stdout")
    return json.loads(printed.splitlines()[-1])


def problems(cell) -> list[str]:
    """Each move that did not end in something that the view meant."""
    return [
        f"{name}={value!r}: {said}"
        for name, value, _, said, html in moves(cell)
        if "This did not work" in said or "<b>there" in html or not said.strip()
    ]
