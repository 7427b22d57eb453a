"""What several exercises of notebook 07, transfer learning share."""

NN = "import torch\nfrom torch import nn\nfrom torch.nn import functional as F"
