"""What several exercises of notebook 02, pipelines share."""

TORCH = "import torch"
