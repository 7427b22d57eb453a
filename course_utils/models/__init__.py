"""Which checkpoint, where from, where it runs: `checkpoint`, `prefetch`, `choose_device`, `release`, `setup`, `tasks`.

`checkpoints` chooses; `catalog` says what exists, `overview` shows it as a table; `hub` and `offline` give a verified
local folder; `devices` says where a model runs, and `loaded` is what other packages need of a model in memory. Names
are imported on first use.
"""

from ..lazy import lazy_names

_PUBLIC = {
    "Checkpoint": "checkpoints",
    "checkpoint": "checkpoints",
    "checkpoint_table": "overview",
    "prefetch": "prefetch",
    "tasks": "catalog",
    "choose_device": "devices",
    "release": "devices",
    "setup": "devices",
}
__all__ = list(_PUBLIC)
__getattr__, __dir__ = lazy_names(__name__, _PUBLIC)
