"""8b.4 A reward that can be verified."""

from course_utils.describing import attempt, describe, is_a, is_array, size
from course_utils.exercises.answers import as_number, call
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import known_slip

from .shared import slips, wrong_answers

_REWARD = (
    "import re\n\n"
    "def reward(text, truth):\n"
    '    numbers = re.findall(r"[0-9]+", text)\n'
    "    if not numbers:\n"
    "        return 0\n"
    "    if int(numbers[-1]) == truth:\n"
    "        return 1\n"
    "    return 0"
)
_LAST = "int(numbers[-1]) == truth"
_MISTAKES = (
    (
        ((_LAST, "int(numbers[0]) == truth"),),
        "You look at the first number. The answer is the last number of the text.",
    ),
    (
        ((_LAST, "str(truth) in numbers"),),
        "You pay for a true number anywhere in the text. Only the last number is the answer.",
    ),
    (
        ((_LAST, "str(truth) in text"),),
        "You look for the digits anywhere in the text: 12 is also found in 112. Compare whole numbers, and only the "
        "last one.",
    ),
    (
        ((_LAST, "numbers[-1].endswith(str(truth))"),),
        "You compare only the last digits: 112 ends in 12 and is another number.",
    ),
    (
        ((_LAST, "numbers[-1] == truth"),),
        "Your reward is 0 for every text. Do you compare a text with a number? `'12' == 12` is never true; `int` makes "
        "a number of a text.",
    ),
    (
        ((_LAST, "int(text.strip()[-1]) == truth if text.strip()[-1].isdigit() else False"),),
        "You look at the last character of the text. A full stop may follow the number, and a number may have several "
        "digits.",
    ),
    ((("return 0", "return 1"),), "Your reward is 1 for every text. It should be 0 if the answer is wrong."),
    (
        ((_LAST, "int(numbers[-1]) != truth"),),
        "It is turned round: right numbers earn 0, wrong numbers earn 1.",
    ),
    (
        (("return 0", "return 1 "), ("        return 1\n    return 1 ", "        return 0\n    return 1")),
        "It is turned round: texts with the right answer earn 0, all others 1.",
    ),
    (
        (("if not numbers:\n        return 0", "if not numbers:\n        return 1"),),
        "A text without a number earns 1; it should earn 0.",
    ),
    (
        (("if not numbers:\n        return 0", 'numbers = numbers or ["0"]'),),
        "Where there is no number, you go on with 0. So a text without a number is paid if the right answer is 0.",
    ),
    (
        ((_LAST, "max(map(int, numbers)) == truth"),),
        "You look at the largest number. The answer is the last number of the text.",
    ),
    (
        (("[0-9]+", "[0-9]"),),
        "You find single digits, not numbers: a number is a run of digits, `[0-9]+` with a plus.",
    ),
    ((("return 1", "return -1"),), "Right answers should earn 1; yours earn -1."),
    ((("    return 0", "    return -1"),), "Wrong answers should earn 0; yours earn -1."),
    ((("return 1", "return int(numbers[-1])"),), "The reward of a right answer is 1, not the number itself."),
    (((_LAST, "True"),), "You pay for any number. Compare the last one with `truth`."),
)
_CASES = (
    ("4 + 8 = 12. The answer is 12.", 12),
    ("The answer is 12", 12),
    ("4 + 8 = 12. The answer is 13.", 12),
    ("The answer is 112.", 12),
    ("I do not know.", 12),
    ("It is 7. No, wait: it is 9.", 9),
    ("It is 9. No, wait: it is 7.", 9),
    ("", 3),
    ("5 apples and 3 pears are 8 fruits, as I said.", 8),
    ("Maybe 120 or 20, I would say.", 20),
    ("x = 40.", 0),
    ("It costs 250 euros.", 250),
    ("That makes 13.", 12),
    ("0", 0),
    ("I do not know.", 0),
    ("Please look into room B-7.", 7),
    ("The train leaves at 10.30.", 30),
    ("One of these is right: 5,8", 8),
    ("It is 12cm long.", 12),
    ("That was in 1989.", 1989),
)


def _read(value) -> float | None:
    one = attempt(value.item) if is_array(value) and attempt(size, value) == 1 else value
    return float(one) if is_a(one, bool) else as_number(one)


def _check(answer) -> str | None:
    from .shared import made

    for text, truth in _CASES:
        value = call(answer, text, truth)
        if _read(value) is None:
            return f"Return 1 or 0; for the text {text!r} yours returned {describe(value)}."
        right = made(_REWARD, "reward")(text, truth)
        if _read(value) != right:
            return known_slip(answer, _CASES, slips(_REWARD, "reward", _MISTAKES), _read) or (
                f"For the text {text!r} and the truth {truth} the reward is {right}; given: {describe(value)}."
            )
    return None


EXERCISE = Exercise(
    id="8b.4",
    title="A reward that can be verified",
    minutes=6,
    difficulty="easy",
    starter="import re\n\n\ndef reward(text, truth):\n    ...",
    answer="reward",
    check=_check,
    expects="a function that takes a text and a whole number, and returns 1 or 0",
    hints=(
        "What do you do with a text in which there is no number at all?",
        "`re.findall` gives a list of texts. The last entry of a list is `numbers[-1]`; an empty list has none.",
        '`return 1 if numbers and int(numbers[-1]) == truth else 0`, with `numbers = re.findall(r"[0-9]+", text)`.',
    ),
    solution=_REWARD,
    why="The program does not read how the answer came about. It takes the last number, makes a number of its digits, "
    "and compares. So anybody gets the same reward for the same text.",
    wrong=(
        *wrong_answers(_REWARD, _MISTAKES),
        Wrong(
            changed(_REWARD, ("    if not numbers:\n        return 0\n", "")),
            "IndexError",
            status="error in your code",
        ),
        Wrong(changed(_REWARD, ("return 1", 'return "right"')), "Return 1 or 0; for the text"),
    ),
    also_wrong=(
        changed(_REWARD, ("[0-9]+", "[0-9]{1,2}")),
        changed(_REWARD, ("[0-9]+", "-?[0-9]+")),
        changed(_REWARD, ("[0-9]+", "[0-9.]*[0-9]"), ("int(", "float(")),
        changed(_REWARD, ("[0-9]+", r"\b[0-9]+\b")),
        changed(_REWARD, ("    return 0", "    return 0.5")),
        'def reward(text, truth):\n    return 1 if text.rstrip(".").endswith(f" {truth}") else 0',
    ),
    alternatives=(
        'import re\n\ndef reward(text, truth):\n    numbers = re.findall(r"\\d+", text)\n'
        "    return bool(numbers) and int(numbers[-1]) == truth",
        "def reward(text, truth):\n"
        '    kept = "".join(sign if sign.isdigit() else " " for sign in text).split()\n'
        "    return float(kept[-1:] == [str(truth)])",
        'import re\n\ndef reward(text, truth):\n    found = re.search(r"(\\d+)\\D*$", text)\n'
        "    return int(found is not None and int(found.group(1)) == truth)",
    ),
    note="No person and no second model was needed. That is why such rewards can be given a million times.",
)
