"""See and measure attention in any Hugging Face model: capture it, draw it, count with it, cut heads out of it.

    from course_utils.attention import capture, heat_map
    record = capture(model, tokenizer, "You like this course")
    heat_map(record, layer=3, head=7)

Names are imported on first use.
"""

from importlib import import_module

_PUBLIC = {
    "Map": "record",
    "Record": "record",
    "Token": "record",
    "capture": "capturing",
    "capture_generation": "capturing",
    "cut_heads": "heads",
    "head_damage": "heads",
    "entropy": "statistics",
    "distance": "statistics",
    "previous_token": "statistics",
    "first_token": "statistics",
    "induction": "statistics",
    "rollout": "statistics",
    "value_weighted": "statistics",
    "heat_map": "views",
    "overview": "views",
    "token_lines": "views",
    "alignment": "views",
    "head_grid": "views",
    "explorer": "exploring",
    "browse": "controls",
    "bertviz_view": "bridge",
}
__all__ = list(_PUBLIC)


def __getattr__(name: str):
    if name not in _PUBLIC:
        raise AttributeError(f"module 'course_utils.attention' has no attribute {name!r}")
    value = getattr(import_module(f".{_PUBLIC[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
