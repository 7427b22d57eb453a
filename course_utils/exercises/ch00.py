"""Exercises of notebook 00, start here: pins, formats, parameters, memory."""

from .answers import as_number, call, describe
from .records import Choice, Exercise, Option, Wrong


def _check_count(answer) -> str | None:
    import torch
    from torch import nn

    linear = nn.Linear(3, 5)  # 15 weights and 5 biases
    pair = nn.Sequential(nn.Linear(2, 4), nn.Linear(4, 1, bias=False))  # 8 + 4, then 4
    frozen = nn.Linear(3, 5).requires_grad_(False)
    cube = nn.ParameterList([nn.Parameter(torch.zeros(2, 3, 4))])
    half, norm = nn.Linear(3, 5).half(), nn.BatchNorm1d(6)  # two bytes a number; 13 more numbers that are no parameters
    for model, right in ((linear, 20), (pair, 16), (cube, 24), (frozen, 20), (half, 20), (norm, 12)):
        value = call(answer, model)
        count = as_number(value)
        shown = f"For a model with {right} parameters your function"
        if count is None:
            return f"{shown} should return a whole number; given: {describe(value)}."
        if count == right:
            continue
        sizes = [parameter.numel() for parameter in model.parameters()]
        if count == len(sizes):
            return f"{shown} returned {count:.0f}: that counts the tensors, not the numbers in them. Try `numel()`."
        if count == 4 * right:
            return f"{shown} returned {count:.0f}: those are bytes. A parameter in float32 takes four."
        if model is cube:
            return f"{shown} returned {count:g}: its tensor has three dimensions. `numel()` counts whatever the shape."
        if count == sum(len(p) for p in model.parameters()):
            return f"{shown} returned {count:.0f}: that counts only the rows of a tensor."
        if model is linear and count in sizes:
            return f"{shown} returned {count:.0f}: that is one of its two tensors, weights and biases. Add up both."
        if model is frozen:
            return f"{shown} returned {count:.0f}: frozen parameters (`requires_grad=False`) belong to the model too."
        if model is half:
            return f"{shown} returned {count:g}: its numbers take two bytes each (float16). Do not count by bytes."
        if model is norm:
            return (
                f"{shown} returned {count:g}: what `model.parameters()` does not list, such as buffers, does not count."
            )
        return f"{shown} returned {count:g}."
    return None


def _check_megabytes(answer) -> str | None:
    cases = ((1_000_000, "float32", 4.0), (135_000_000, "bfloat16", 270.0), (7_000_000_000, "int8", 7000.0))
    cases += ((1_000_000, "float16", 2.0), (300_000, "int8", 0.3))
    for parameters, dtype, right in cases:
        value = call(answer, parameters, dtype)
        size = as_number(value)
        shown = f"{parameters:,} parameters in {dtype} take {right:,g} MB"
        if size is None:
            return f"{shown}, but your function should return a number; given: {describe(value)}."
        if abs(size - right) < 1e-6 * right:
            continue
        if abs(size - 8 * right) < 1e-6 * right:
            return f"{shown}, and you have {size:,.0f}: those are bits. A byte has eight of them."
        if abs(size - right * 1e6 / 2**20) < 1e-3 * right:
            return (
                f"{shown}, and you have {size:,.1f}: a megabyte (MB) is 10**6 bytes; 2**20 bytes are a mebibyte (MiB)."
            )
        if abs(size - right * 1e6) < 1e-3 * right:
            return f"{shown}, and you have {size:,.0f}: that is the number of bytes; divide by a million."
        if dtype != "float32" and abs(size - parameters * 4 / 1e6) < 1e-6 * right:
            return f"{shown}, and you have {size:,.0f}: four bytes a number are float32's."
        if abs(size - parameters / 1e6) < 1e-6 * right:
            return f"{shown}, and you have {size:,g}: that is one byte a number."
        if abs(size - right / 1e3) < 1e-4 * right:
            return f"{shown}, and you have {size:,g}: those are gigabytes."
        if right < 1 and size == round(size):
            return f"{shown}, and you have {size:,g}: keep the decimals (`/`, not `//` or `round`)."
        return f"{shown}, and you have {size:,.3f}."
    return None


EXERCISES = [
    Choice(
        id="0.1",
        title="What was missing?",
        minutes=2,
        difficulty="easy",
        question=(
            'Two colleagues run `pipeline("text-classification", model="owner/name")` a year apart, with the same '
            "library, and get different labels for the same sentence. What was missing in the call?"
        ),
        options={
            "a": Option(
                "`device=0`, because a GPU computes other numbers than a CPU",
                "A GPU changes the last digits of a score, not the labels of clear sentences. Look for what can "
                "change on the Hub within a year.",
            ),
            "b": Option(
                "`revision=...`, because a repository on the Hub can get new weights at any time",
                "Right: without a revision you get the newest commit of the repository. A full commit names exactly "
                "one set of weights.",
                correct=True,
            ),
            "c": Option(
                "a seed, the start of the random numbers, because a classifier is random",
                "A classifier in evaluation mode draws no random numbers: the same weights and the same text give the "
                "same scores. Only sampling, as in text generation, needs a seed.",
            ),
            "d": Option(
                "`dtype=...`, because the precision decides the label",
                "Precision moves scores by fractions of a percent. It does not explain other labels for clear "
                "sentences.",
            ),
        },
        hints=(
            "Which of the four things can somebody else change without your knowing?",
            "For a model from the Hub, the line that `checkpoint` prints shows it in brackets.",
        ),
    ),
    Choice(
        id="0.2",
        title="Which file would you open?",
        minutes=2,
        difficulty="easy",
        question=(
            "A stranger sends you four files, each said to hold the weights of a model. Which one can you load "
            "without letting the file run a program on your computer?"
        ),
        options={
            "a": Option(
                "`pytorch_model.bin`",
                "A `.bin` file of PyTorch is a pickle: unpickling may call any function the file names.",
            ),
            "b": Option(
                "`model.pkl`",
                "Pickle is a small language of its own, and loading a pickle means running it.",
            ),
            "c": Option(
                "`modeling_custom.py`, for `trust_remote_code=True`, which runs the Python file of a repository",
                "That is a program, and `trust_remote_code=True` is your permission to run it.",
            ),
            "d": Option(
                "`model.safetensors`",
                "Right: a safetensors file is a table of names, shapes and numbers. Nothing in it can be executed.",
                correct=True,
            ),
        },
        hints=(
            "Three of the four are programs in disguise, or openly so.",
            "You have just read the header of the fourth kind.",
        ),
    ),
    Exercise(
        id="0.3",
        title="Count the parameters",
        minutes=5,
        difficulty="easy",
        starter="def count_parameters(model):\n    ...",
        answer="count_parameters",
        check=_check_count,
        expects="a function that takes a model and returns a whole number",
        hints=(
            "`model.parameters()` goes through the tensors of a model one by one.",
            "Each tensor knows how many numbers it holds: `tensor.numel()`. Add them up with `sum`.",
        ),
        solution="def count_parameters(model):\n    return sum(tensor.numel() for tensor in model.parameters())",
        wrong=(
            Wrong(
                "def count_parameters(model):\n    return len(list(model.parameters()))",
                "that counts the tensors, not the numbers in them",
            ),
            Wrong(
                "def count_parameters(model):\n    return sum(len(t) for t in model.parameters())",
                "counts only the rows of a tensor",
            ),
            Wrong(
                "def count_parameters(model):\n    return sum(t.nbytes for t in model.parameters())",
                "those are bytes",
            ),
            Wrong(
                "def count_parameters(model):\n"
                "    return sum(t.numel() for t in model.parameters() if t.requires_grad)",
                "frozen parameters",
            ),
        ),
        alternatives=(
            "def count_parameters(model):\n"
            "    total = 0\n"
            "    for name, tensor in model.named_parameters():\n"
            "        total += tensor.shape.numel()\n"
            "    return total",
        ),
    ),
    Exercise(
        id="0.4",
        title="Will it fit?",
        minutes=5,
        difficulty="easy",
        starter="def megabytes(parameters, dtype):\n    ...",
        answer="megabytes",
        check=_check_megabytes,
        expects="a function that takes a number of parameters and the name of a precision, and returns a number",
        hints=(
            "The digits in the name are the bits of one number: float32 has 32, int8 has 8. A byte has 8 bits.",
            "Look the bytes up in a dictionary, multiply, and divide by 10**6. bfloat16 takes as much as float16.",
        ),
        solution=(
            "def megabytes(parameters, dtype):\n"
            '    size = {"float32": 4, "float16": 2, "bfloat16": 2, "int8": 1}[dtype]  # bytes\n'
            "    return parameters * size / 10**6"
        ),
        wrong=(
            Wrong(
                "def megabytes(parameters, dtype):\n"
                '    size = {"float32": 32, "float16": 16, "bfloat16": 16, "int8": 8}[dtype]\n'
                "    return parameters * size / 10**6",
                "those are bits",
            ),
            Wrong(
                "def megabytes(parameters, dtype):\n"
                '    size = {"float32": 4, "float16": 2, "bfloat16": 2, "int8": 1}[dtype]\n'
                "    return parameters * size / 2**20",
                "2**20 bytes are a mebibyte",
            ),
            Wrong(
                "def megabytes(parameters, dtype):\n    return parameters * 4 / 10**6",
                "four bytes a number are float32's",
            ),
            Wrong(
                "def megabytes(parameters, dtype):\n"
                '    return parameters * {"float32": 4, "float16": 2, "bfloat16": 2, "int8": 1}[dtype]',
                "that is the number of bytes",
            ),
            Wrong(
                'def megabytes(parameters, dtype):\n    return parameters * {"float32": 4}[dtype] / 10**6',
                "KeyError",
                status="error in your code",
            ),
        ),
        alternatives=(
            "import re\n\n"
            "def megabytes(parameters, dtype):\n"
            '    bits = int(re.search(r"[0-9]+", dtype).group())\n'
            "    return parameters * bits // 8 / 1e6",
        ),
    ),
]
