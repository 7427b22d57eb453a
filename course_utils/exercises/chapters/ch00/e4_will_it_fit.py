"""0.4 Will it fit?"""

from course_utils.exercises.answers import as_number, call, describe
from course_utils.exercises.records import Exercise, Wrong


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
)
