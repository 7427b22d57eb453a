"""Reads the quiz questions: Markdown files in the folder `quiz`, one a notebook, into `Choice` records.

A question is a heading with its id and title, a list of facts, the question, its choices with a box each (`[x]`: right)
and the explanation quoted below, and the hints:

    ## 6.9 What may you write?
    - minutes: 3
    - difficulty: medium

    Which sentence do the measurements support?

    - [ ] a. Head 1.1 understands French.
      > Nothing here measures understanding.
    - [x] b. …
      > …

    Hints:

    1. Which one was tested?
    2. …

`topic` and `section` (where to read again: `05_architectures.ipynb#9. Choosing`) stand beside `minutes` in a quiz whose
questions count in `scores()`.
"""

import re
from pathlib import Path

from ..errors import CourseError
from .records import Choice, Option

FOLDER = Path(__file__).with_name("quiz")
_QUESTION = re.compile(
    r"(?P<id>\d+[a-z]?\.\d+) (?P<title>[^\n]+)\n+(?P<facts>(?:- \w+: [^\n]+\n)+)\n(?P<question>.+?)\n\n"
    r"(?P<options>(?:- \[[ x]\] [a-z]\. [^\n]+\n  > [^\n]+\n)+)\nHints:\n\n(?P<hints>(?:\d+\. [^\n]+\n)+)",
    re.DOTALL,
)
_OPTION = re.compile(r"- \[([ x])\] ([a-z])\. ([^\n]+)\n  > ([^\n]+)\n")
_FACTS = {"minutes", "difficulty", "topic", "section"}


def read_quiz(path: Path) -> list[Choice]:
    """The questions of one file, in its order. Raises CourseError for what is no question of the form above."""
    _, *parts = re.split(r"(?m)^## ", path.read_text("utf-8"))
    return [_question(part, path.name) for part in parts]


def _question(text: str, file: str) -> Choice:
    found = _QUESTION.fullmatch(text.strip() + "\n")
    if found is None:
        title = text.splitlines()[0][:60]
        raise CourseError(
            f"{file}: {title!r} is no question as exercises/questions.py describes it: compare it with others."
        )
    facts = dict(re.findall(r"- (\w+): ([^\n]+)", found["facts"]))
    options = {
        letter: Option(text, explanation, box == "x")
        for box, letter, text, explanation in _OPTION.findall(found["options"])
    }
    if not {"minutes", "difficulty"} <= facts.keys() <= _FACTS or not facts["minutes"].isdigit():
        raise CourseError(
            f"{file}: {found['id']} needs `minutes` and `difficulty`, and knows {', '.join(_FACTS)} only."
        )
    if not any(option.correct for option in options.values()):
        raise CourseError(f"{file}: {found['id']} has no choice that is right: mark it with [x].")
    return Choice(
        **{**facts, "minutes": int(facts["minutes"])},
        id=found["id"],
        title=found["title"],
        question=found["question"],
        options=options,
        hints=tuple(re.findall(r"(?m)^\d+\. (.+)$", found["hints"])),
    )
