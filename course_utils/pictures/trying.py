"""`try_it`: controls that call a view, and a picture that follows them.

The one pattern for every widget of the course. A cell stores two outputs: the picture of the first state with its
table, as `show` makes it, and a sentence in place of the controls. So GitHub, nbconvert and a reopened page lose
nothing. Where a kernel and ipywidgets are there, the controls appear, and the picture moves below them.
"""

import hashlib
import inspect
from collections.abc import Mapping
from html import escape

from ..describing import describe, is_a
from ..errors import CourseError
from ..shown import Shown

_WIDGET = "application/vnd.jupyter.widget-view+json"
LONGEST = 1_000  # characters in a text box: a view should answer at once, and models have a longest text


class Still:
    """What a cell stores beside a widget: a picture or a text that steps aside where the widget is alive.

    A style in the live part hides it, `aside`, so that it comes back when the live part ends.
    """

    def __init__(self, first: Shown | str):
        self.first = first
        self._name = f"course-still-{hashlib.sha256(str(first).encode()).hexdigest()[:10]}"
        self.aside = f"<style>.{self._name}{{display:none}}</style>"

    def display_with(self, box, instead: str) -> None:
        """Show both; `instead` is what stands in place of the controls where there is no kernel."""
        from IPython.display import display

        still = {"text/plain": str(self.first), "text/html": f'<div class="{self._name}">{_html(self.first)}</div>'}
        display(still, raw=True)
        # Written out, because version 7 of ipywidgets has no `_repr_mimebundle_` to take it from.
        view = {"version_major": 2, "version_minor": 0, "model_id": box.model_id}
        display({"text/plain": instead, _WIDGET: view}, raw=True)


class Trial:
    """What `try_it` returns: shows itself in a cell. `set` moves controls from code, `shown` is what they give."""

    def __init__(self, view, controls: dict):
        import ipywidgets

        self._view, self.controls = view, controls
        self.first = self.shown = self._call()
        self._still = Still(self.first)
        self._live = ipywidgets.HTML()
        self.box = ipywidgets.VBox([*controls.values(), self._live])
        self._draw()
        for control in controls.values():
            control.observe(self._moved, "value")

    def set(self, **values) -> "Trial":
        """Move controls, as a learner does: `set(threshold=0.5)`."""
        for name, value in values.items():
            if name not in self.controls:
                raise CourseError(f"There is no control {name!r}; there is: {', '.join(self.controls)}.")
            self.controls[name].value = value
        return self

    def _moved(self, change):
        self.shown = self._call()
        self._draw()

    def _call(self) -> Shown | str:
        for control in self.controls.values():
            if is_a(control.value, str) and hasattr(control, "placeholder"):
                if not control.value.strip():
                    return f"Write something into the box {control.description!r}, then press Enter."
                if len(control.value) > LONGEST:
                    return f"This text has {len(control.value):,} characters. Try one of up to {LONGEST:,}."
        try:
            made = self._view(**{name: control.value for name, control in self.controls.items()})
        except CourseError as error:
            return str(error)
        except Exception as error:  # a view of the page or of the learner: her page stays alive, and says what it was
            return f"This did not work ({type(error).__name__}: {error}). Try another value."
        return made if isinstance(made, Shown) or is_a(made, str) else str(made)

    def _draw(self):
        # Jupyter fits pictures of an output to a narrow window, but not those of a widget.
        style = ".course-live img{max-width:100%;height:auto} .course-live figure{margin:0}"
        self._live.value = (
            f'{self._still.aside}<style>{style}</style><div class="course-live">{_html(self.shown)}</div>'
        )

    def _ipython_display_(self):
        names = ", ".join(control.description for control in self.controls.values())
        self._still.display_with(self.box, f"Run this cell to get the controls: {names}.")


def try_it(view, **controls) -> Trial:
    """Controls whose values go to `view`, and the picture that `view` returns.

    Args:
        view: a function whose arguments have the names of the controls. It returns a `Figure`, a `Table`, another
            `Shown`, or a text. A CourseError that it raises is shown as its sentence.
        controls: a text makes a text box, a list a drop-down, a dictionary one that shows the keys and passes the
            values, True or False a check box, and two or three numbers `(low, high)` or `(low, high, step)` a slider.
            Where a control begins: at the text itself, at the first entry, or at the default value of the argument.
            An empty text box, or a text of over 1,000 characters, never reaches `view`: a sentence says what to do.

    Raises:
        CourseError: `view` cannot be called, or its arguments are not the controls, or a control is of no known kind.
    """
    if not callable(view):
        raise CourseError(f"try_it() expects a function first; it got {describe(view)}.")
    if not controls:
        raise CourseError('try_it() expects a control for each argument of the function, such as text="Hello".')
    try:
        bound = inspect.signature(view).bind(**controls)
    except TypeError as error:
        raise CourseError(
            f"try_it() passes its controls ({', '.join(controls)}) to the function by name, but: {error}."
        ) from None
    defaults = inspect.signature(view).parameters
    made = {}
    for name in bound.arguments:
        start = defaults[name].default if name in defaults else inspect.Parameter.empty
        made[name] = _control(name, controls[name], None if start is inspect.Parameter.empty else start)
    return Trial(view, made)


def _control(name: str, wish, start):
    """The widget for one argument: only controls that exist in ipywidgets 7.7 and 8."""
    import ipywidgets as widgets

    look = {
        "description": name.replace("_", " "),
        "style": {"description_width": "110px"},
        "layout": widgets.Layout(width="min(640px, 98%)"),
    }
    if is_a(wish, bool):
        return widgets.Checkbox(value=wish, **look)
    if is_a(wish, str):
        # On Enter, not on each letter: half a word is another text, and each answer takes a model.
        return widgets.Text(value=wish, continuous_update=False, placeholder="write, then press Enter", **look)
    if isinstance(wish, Mapping) and wish:
        return widgets.Dropdown(options=list(wish.items()), **look)
    if is_a(wish, list) and wish:
        return widgets.Dropdown(options=wish, value=start if start in wish else wish[0], **look)
    if is_a(wish, tuple) and len(wish) in (2, 3) and all(is_a(number, int, float) for number in wish):
        low, high, step = (*wish, 1 if all(is_a(number, int) for number in wish) else (wish[1] - wish[0]) / 20)[:3]
        slider = widgets.IntSlider if all(is_a(x, int) for x in (low, high, step)) else widgets.FloatSlider
        if low < high and step > 0:
            inside = start if is_a(start, int, float) and low <= start <= high else low
            return slider(value=inside, min=low, max=high, step=step, **look)
    raise CourseError(
        f"try_it() makes controls from a text, a list, a dictionary, True or False, or two or three numbers; "
        f"{name} is {describe(wish)}."
    )


def _html(shown) -> str:
    return shown.html() if isinstance(shown, Shown) else f"<p>{escape(str(shown))}</p>"
