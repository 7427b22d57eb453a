"""What a learner may pass: lists of texts, templates with slots, two groups. Everything else gets one sentence."""

import re

from ..describing import describe
from ..errors import CourseError
from ..pictures import readable

_SLOTS = re.compile(r"\{[^{}]*\}|[{}]")


def texts(values, what: str, *, unique: bool = True) -> tuple[str, ...]:
    """`values` as a tuple of texts that are not empty; `unique` refuses one given twice, which would count double."""
    if isinstance(values, str) or not hasattr(values, "__iter__"):
        raise CourseError(f"Expected a list of texts as {what}; given: {describe(values)}.")
    values = tuple(values)
    if not values:
        raise CourseError(f"Expected at least one text as {what}; given: an empty list.")
    wrong = [value for value in values if not isinstance(value, str) or not value.strip()]
    if wrong:
        raise CourseError(f"Expected only texts that are not empty as {what}; given: {describe(wrong[0])}.")
    double = next((value for i, value in enumerate(values) if value in values[:i]), None)
    if unique and double is not None:
        raise CourseError(f"Each of the {what} should be given once, but {readable(double)!r} comes twice.")
    return values


def words(values) -> tuple[str, ...]:
    found = texts(values, "words")
    loose = next((word for word in found if word != word.strip()), None)
    if loose is not None:
        raise CourseError(f"Expected words without spaces around them; given: {describe(loose)}.")
    return found


def templates(values, what: str, slots: list[str], *, unique: bool = True) -> tuple[str, ...]:
    """Texts that contain each of these `slots` (sorted) exactly once and no other braces."""
    found = texts(values, what, unique=unique)
    wrong = next((text for text in found if sorted(_SLOTS.findall(text)) != slots), None)
    if wrong is not None:
        raise CourseError(
            f"Expected {' and '.join(slots)} exactly once in each of the {what}, and no other braces; "
            f"given: {describe(wrong)}."
        )
    return found


def groups(values) -> tuple[tuple[str, str], list[tuple[str, ...]]]:
    """The two names, and the texts of each."""
    if not isinstance(values, dict) or len(values) != 2:
        given = f"{len(values)} groups" if isinstance(values, dict) else f"a {type(values).__name__}"
        raise CourseError(
            f'Expected a dict of exactly two groups, such as {{"women": ["woman"], "men": ["man"]}}; given: {given}.'
        )
    names = texts(values, "names of groups")
    return names, [texts(members, f"texts of the group {readable(name)!r}") for name, members in values.items()]
