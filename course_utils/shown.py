"""The base of everything a cell can show: complete plain text, and HTML."""

from .describing import for_console


class Shown:
    """Subclasses give `plain()` and `html()`. A notebook stores both, so that nothing is lost where HTML is."""

    def __str__(self) -> str:
        return for_console(self.plain())

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/plain": self.plain(), "text/html": self.html()}
