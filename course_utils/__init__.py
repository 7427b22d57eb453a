"""Companion package of the course: it chooses checkpoints and devices and checks answers.

It never hides what a chapter teaches: the learner calls `transformers` directly. Names are imported
on first use, so that `import course_utils` is instant and works where torch is missing.
"""

from importlib import import_module

__version__ = "0.1.0"

_PUBLIC = {
    "checkpoint": "checkpoints",
    "prefetch": "checkpoints",
    "choose_device": "devices",
    "machine_report": "devices",
    "release": "devices",
    "setup": "devices",
    "check": "exercises",
    "hint": "exercises",
    "solution": "exercises",
    "progress": "exercises",
    "sample": "samples",
    "show": "figures",
    "CourseError": "errors",
}
__all__ = [*_PUBLIC, "__version__"]


def __getattr__(name: str):
    if name not in _PUBLIC:
        raise AttributeError(f"module 'course_utils' has no attribute {name!r}")
    value = getattr(import_module(f".{_PUBLIC[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
