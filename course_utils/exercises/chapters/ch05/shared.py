"""What several exercises of notebook 05, architectures share."""

from course_utils.describing import code, safe_repr


def exact(text: str) -> str:
    return code(safe_repr(text, 240), 260)


TORCH = "import torch"
