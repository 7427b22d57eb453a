"""Pictures, sounds and controls for pages, each with a text and a table for those who cannot see, hear or move it.

`show` and `Table` for a picture of one's own; `bars`, `meter`, `text_map`, `flow`, `listen` make one; `try_it` puts
controls to a picture. What several pages draw: `figures`, `charts`, `diagrams` (boxes and arrows),
`machines` (the Transformer and one of its layers), `grids` and
`tensor_views` (tensors), `tokens`, `sounds`, all on the colours and shapes of `style`. What one page draws: 00
`word_scores`, `inside`, `sizes`; 01 `prompting`, `loops`, `angles`, `comparing`; 02 `steps`, `pairs`, `writing`,
`merging`; 02b `spans`; 03 `seen`, `searching`, `answering`; 04 `deepening`, `hops`,
`two_ways`, `losses`, `dinner`, `history`, `costs`; 05 `noticing`, `masks`,
`lessons`, `choosing`, `paired`; 06 `glances`, `heads`,
`made`, `mixing`; 06b
`rotating`, `building`, `variants`; 06c `looking`, `ways`; 07 `learning`, `learning_live`,
`learning_ways`, and `curves_sure` of 07b; 08 `sampling`,
`sampling_beams`, `caches`; 07b `curves_sure`, `curves_paired`,
`curves_words`, `curves_data`, `curves_training`; 08b `assistants`,
`assistants_preferences`, `assistants_votes`, `assistants_levels`.
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
