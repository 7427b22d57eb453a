"""Companion package of the course: it chooses checkpoints and devices and checks answers.

It never hides what a chapter teaches: the learner calls `transformers` directly. Names are imported
on first use, so that `import course_utils` is instant and works where torch is missing.
"""

from .lazy import lazy_names

__version__ = "0.1.0"

_PUBLIC = {
    "checkpoint": "models",
    "checkpoint_table": "models",
    "prefetch": "models",
    "tasks": "models",
    "choose_device": "models",
    "release": "models",
    "setup": "models",
    "machine_report": "doctor",
    "check": "exercises",
    "hint": "exercises",
    "solution": "exercises",
    "progress": "exercises",
    "scores": "exercises",
    "quiz": "exercises",
    "sample": "samples",
    "show": "pictures",
    "Table": "pictures",
    "CourseError": "errors",
}
__all__ = [*_PUBLIC, "__version__"]
__getattr__, __dir__ = lazy_names(__name__, _PUBLIC)
