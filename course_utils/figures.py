"""Show a matplotlib figure with a text for those who cannot see it.

A picture output of Jupyter has no place for alternative text, and SVG vanishes in a notebook that is not
trusted. A `<figure>` with a PNG inside keeps both.
"""

import base64
import html
import io
from dataclasses import dataclass

from .errors import CourseError


@dataclass(frozen=True)
class Figure:
    """A PNG picture and its alternative text."""

    png: bytes
    alt: str

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        data = base64.b64encode(self.png).decode("ascii")
        picture = f'<img alt="{html.escape(self.alt)}" src="data:image/png;base64,{data}">'
        return {"text/plain": f"[picture: {self.alt}]", "text/html": f"<figure>{picture}</figure>"}


def show(figure, alt: str) -> Figure:
    """A matplotlib `figure` as a picture with the alternative text `alt`; end a cell with it.

    The figure is closed, so that Jupyter does not draw it a second time. Its background is white in
    light and dark themes alike, so axes and labels stay readable.

    Raises:
        CourseError: `figure` is not a matplotlib figure, or `alt` is not a text that says something.
    """
    import matplotlib.pyplot as plt
    from matplotlib.figure import Figure as Drawing

    if not isinstance(figure, Drawing):
        raise CourseError(
            f"show() expects a matplotlib figure, but got a {type(figure).__name__}: pass what `plt.figure()` or "
            "`plt.subplots()` gave you."
        )
    if not isinstance(alt, str) or not alt.strip():
        raise CourseError('show() expects a text that says what the picture shows: pass alt="...".')
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=100, facecolor="white", bbox_inches="tight", metadata={"Software": None})
    plt.close(figure)
    return Figure(buffer.getvalue(), alt.strip())
