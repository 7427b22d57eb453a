"""A recorded forward pass that shows itself: what `forward_pass` returns."""

from dataclasses import dataclass

from ..pictures import Figure
from ..shown import Shown
from .page import Page, page
from .recording import ForwardPass
from .static import picture


@dataclass(frozen=True, eq=False, repr=False)
class Opened(ForwardPass, Shown):
    """A forward pass with its picture and its page; in a notebook it shows the page."""

    def picture(self, layer: int | None = None, head: int | None = None, token: int | None = None) -> Figure:
        """The way of one token through one layer, as a picture with a table."""
        return picture(self, layer, head, token)

    def page(self, **options) -> Page:
        """The page to step through; its options are those of `page.page`: the layers to keep, where to begin."""
        return page(self, **options)

    def plain(self) -> str:
        return self.page().plain()

    def html(self) -> str:
        return self.page().html()

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return self.page()._repr_mimebundle_(include, exclude)  # made once for both forms
