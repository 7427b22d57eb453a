"""See and measure attention in any Hugging Face model: capture it, draw it, count with it, cut heads out of it.

    from course_utils.attention import capture, heat_map
    record = capture(model, tokenizer, "You like this course")
    heat_map(record, layer=3, head=7)

Names are imported on first use.
"""

from ..lazy import lazy_names

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
    "bertviz_view": "bridge",
}
__all__ = list(_PUBLIC)
__getattr__, __dir__ = lazy_names(__name__, _PUBLIC)
