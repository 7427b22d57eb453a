"""What several exercises of notebook 08, text generation share."""

from course_utils.exercises.answers import as_list, call, close, shape

TORCH = "import torch\n"


PROBS = [0.1, 0.4, 0.05, 0.3, 0.15]


def vector(value, length: int) -> list | None:
    """The numbers of a list or tensor `[length]`; None for anything else."""
    numbers = as_list(value)
    if shape(value) != (length,) or numbers is None:
        return None
    return [float(number) for number in numbers]


def kept(numbers) -> set[int]:
    return {i for i, number in enumerate(numbers) if number != 0}


def filtered(probabilities, kept) -> list[float]:
    """Zero outside `kept`, scaled to sum to 1."""
    total = sum(probabilities[i] for i in kept)
    return [probability / total if i in kept else 0.0 for i, probability in enumerate(probabilities)]


def differs_from_library(answer, warper, setting) -> bool:
    """On 300 random scores, none of them equal: is the result another one than that of the library's filter?"""
    import torch

    scores = 3 * torch.randn(1, 300, generator=torch.Generator().manual_seed(1))
    right = warper(setting)(None, scores).softmax(-1)[0]
    return not close(call(answer, scores.softmax(-1)[0], setting), right, tol=1e-5)
