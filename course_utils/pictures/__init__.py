"""Pictures, sounds and controls for pages, each with a text and a table for those who cannot see, hear or move it.

`show` and `Table` for a picture of one's own; `bars`, `meter`, `text_map`, `flow`, `listen` make one; `try_it` puts
controls to a picture. Here stands what several chapters draw: `figures`, `charts`, `diagrams` (boxes and arrows),
`machines` (the Transformer and one of its layers), `grids` (tensors), `likelier` (what `bias` measures), `tokens`,
`steps`, `seen` (pictures and sounds), `prompting`, `comparing`, `noticing`, `loops`, `learning_live`, `curves_sure`,
`curves_paired`, `looking`, `sounds`, all on the colours and shapes of `style`. What one chapter draws stands on its
shelf: `ch06` has what 06, 06b and 06c draw.
"""

from ..lazy import lazy_names
from .figures import Figure, Table, label, readable, show

# Found when first used: a page that only shows a figure of its own needs none of the rest.
_LATER = {
    "bars": "charts",
    "meter": "charts",
    "text_map": "charts",
    "flow": "diagrams",
    "listen": "sounds",
    "try_it": "trying",
    "token_strip": "tokens",
    "pipeline_steps": "steps",
    "tensors": "grids",
    "machine": "machines",
    "block": "machines",
}
__all__ = ["Figure", "Table", "label", "readable", "show", *_LATER]
__getattr__, __dir__ = lazy_names(__name__, _LATER)
