"""Exercises that answer back: `check`, `hint`, `solution`, `progress` and, for the quiz, `quiz` and `scores`.

Learners use those. Authors write one record an exercise in `chapters`, and questions in `quiz`
(see `records`); checks look at answers through the helpers in `answers`.
"""

from .display import Result
from .engine import check, hint, solution
from .progress_store import progress_file
from .progress_table import progress
from .quiz_form import quiz
from .quiz_scores import scores
from .records import Choice, Exercise, Option, Wrong, changed
from .shelf import all_exercises

__all__ = [
    "Choice",
    "Exercise",
    "Option",
    "Result",
    "Wrong",
    "all_exercises",
    "changed",
    "check",
    "hint",
    "progress",
    "progress_file",
    "quiz",
    "scores",
    "solution",
]
