"""Exercises that answer back: `check`, `hint`, `solution`, `progress` and, for the quiz, `scores`.

Learners use those five. Authors write one record an exercise in `ch*.py` (see `records`), whose checks look
at answers through the helpers in `answers`.
"""

from .display import Result
from .engine import check, hint, solution
from .overview import progress
from .records import Choice, Exercise, Option, Wrong, all_exercises
from .scoring import scores
from .store import progress_file

__all__ = [
    "Choice",
    "Exercise",
    "Option",
    "Result",
    "Wrong",
    "all_exercises",
    "check",
    "hint",
    "progress",
    "progress_file",
    "scores",
    "solution",
]
