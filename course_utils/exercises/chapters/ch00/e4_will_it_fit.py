"""0.4 Will it fit?"""

from course_utils.exercises.answers import as_number, call, describe
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import known_slip

_BYTES = {"float32": 4, "float16": 2, "bfloat16": 2, "int8": 1, "int4": 0.5}
_EACH = {4: "4 bytes", 2: "2 bytes", 1: "1 byte", 0.5: "half a byte"}
_CASES = (
    (1_000_000, "float32"),
    (135_000_000, "bfloat16"),
    (7_000_000_000, "int8"),
    (1_000_000, "float16"),
    (136_000_000, "int4"),
    (300_000, "int8"),  # from here on only the decimals are new
    (22_713_986, "float32"),
    (1_234, "int8"),
    (123_456_749, "int8"),
    (1, "bfloat16"),
    (4_321_987, "int4"),
)


def _right(parameters, dtype) -> float:
    return parameters * _BYTES[dtype] / 10**6


_SLIPS = (
    (lambda n, d: 8 * _right(n, d), "those are bits. A byte has eight of them."),
    (lambda n, d: _right(n, d) * 1e6 / 2**20, "a megabyte (MB) is 10**6 bytes; 2**20 bytes are a mebibyte (MiB)."),
    (lambda n, d: 1e6 * _right(n, d), "that is the number of bytes; divide by a million."),
    (lambda n, d: 4 * n / 1e6, "you take four bytes for a number in any precision; only float32 needs four."),
    (
        lambda n, d: n * (_BYTES[d] if d != "int4" else 1) / 1e6,
        "int4 has 4 bits, and a byte has 8: that is half a byte.",
    ),
    (lambda n, d: n / 1e6, "you take one byte for a number in any precision; only int8 takes just one."),
    (lambda n, d: _right(n, d) / 1e3, "those are gigabytes."),
    (lambda n, d: 4 * _right(n, d), "that is four times as much. Only the weights count here, not the training."),
)


def _check_megabytes(answer) -> str | None:
    for number, (parameters, dtype) in enumerate(_CASES):
        value, right = call(answer, parameters, dtype), _right(parameters, dtype)
        size = as_number(value)
        shown = f"{parameters:,} parameter{'s' if parameters > 1 else ''} in {dtype} take {right:.9g} MB"
        if size is None:
            return f"{shown}, but your function should return a number; given: {describe(value)}."
        if abs(size - right) < 1e-6 * right:
            continue
        says = known_slip(answer, _CASES, _SLIPS)
        if says:
            return f"{shown}, and you have {describe(value)}: {says}"
        if number >= 5:
            return f"{shown}, and you have {describe(value)}. Are decimals lost? `//`, `int` and `round` do that."
        return f"{shown}, {_EACH[_BYTES[dtype]]} each; you have {describe(value)}."
    return None


_HEAD = "def megabytes(parameters, dtype):\n"
_SOLUTION = (
    _HEAD + '    size = {"float32": 4, "float16": 2, "bfloat16": 2, "int8": 1, "int4": 0.5}[dtype]\n'
    "    return parameters * size / 10**6"
)


EXERCISE = Exercise(
    id="0.4",
    title="Will it fit?",
    minutes=5,
    difficulty="easy",
    starter="def megabytes(parameters, dtype):\n    ...",
    answer="megabytes",
    check=_check_megabytes,
    expects="a function that takes a number of parameters and the name of a precision, and returns a number",
    hints=(
        "How many bytes does one number take in each of the five precisions? A byte has 8 bits.",
        "The digits in the name are the bits of one number: float32 has 32, int8 has 8. Half a byte is 0.5 bytes.",
        "Look the bytes up in a dictionary, multiply, and divide by 10**6. bfloat16 takes as much as float16.",
    ),
    solution=_SOLUTION,
    why="The bits in the name of the precision, divided by eight, are the bytes of one number. Times the number "
    "of parameters that is all bytes, and a million bytes are a megabyte.",
    wrong=(
        Wrong(
            changed(_SOLUTION, (": 4", ": 32"), (": 2", ": 16"), (": 1,", ": 8,"), (": 0.5", ": 4")),
            "those are bits",
        ),
        Wrong(changed(_SOLUTION, ("10**6", "2**20")), "2**20 bytes are a mebibyte"),
        Wrong(_HEAD + "    return parameters * 4 / 10**6", "four bytes for a number in any precision"),
        Wrong(changed(_SOLUTION, (": 0.5", ": 1")), "that is half a byte"),
        Wrong(_HEAD + "    return parameters / 10**6", "one byte for a number in any precision"),
        Wrong(changed(_SOLUTION, (" / 10**6", "")), "that is the number of bytes"),
        Wrong(changed(_SOLUTION, ("10**6", "10**9")), "those are gigabytes"),
        Wrong(changed(_SOLUTION, ("size / ", "size * 4 / ")), "that is four times as much"),
        Wrong(
            changed(_SOLUTION, ('"bfloat16": 2', '"bfloat16": 3')),
            "take 270 MB, 2 bytes each; you have a number (`405.0`)",
        ),
        Wrong(changed(_SOLUTION, ("size / 10", "size // 10")), "take 0.3 MB, and you have a whole number (`0`). Are"),
        Wrong(
            changed(_SOLUTION, ("parameters * size / 10**6", "round(parameters * size / 10**6, 2)")),
            "take 90.855944 MB, and you have a number (`90.86`). Are",
        ),
        Wrong(
            changed(_SOLUTION, ("parameters * size / 10**6", 'f"{parameters * size / 10**6} MB"')),
            "but your function should return a number; given: text",
        ),
        Wrong(
            _HEAD + '    return parameters * {"float32": 4}[dtype] / 10**6',
            "KeyError",
            status="error in your code",
        ),
    ),
    also_wrong=(
        changed(_SOLUTION, ("parameters * size / 10**6", "round(parameters * size / 10**6, 4)")),
        changed(_SOLUTION, ("parameters *", "parameters // 10**6 *"), (" / 10**6", "")),
        changed(_SOLUTION, ("[dtype]", '.get(dtype[:7], 1) if dtype != "bfloat16" else 1')),
    ),
    alternatives=(
        "import re\n\n" + _HEAD + '    bits = int(re.search(r"[0-9]+", dtype).group())\n'
        "    return parameters * bits / 8 / 1e6",
        "import torch\n\n" + _HEAD + '    size = 0.5 if dtype == "int4" else getattr(torch, dtype).itemsize\n'
        "    return torch.tensor(parameters * size, dtype=torch.float64) / 1e6",
        "from fractions import Fraction\n\n"
        + _HEAD
        + '    bits = 32 if "32" in dtype else 16 if "16" in dtype else int(dtype[-1])\n'
        "    return Fraction(parameters * bits, 8_000_000)",
    ),
)
