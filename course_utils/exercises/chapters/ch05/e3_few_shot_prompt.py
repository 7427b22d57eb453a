"""5.3 A few-shot prompt."""

from course_utils.exercises.answers import call, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import exact

_YOUNG = (("Animal", "Young"), [("cow", "calf"), ("cat", "kitten")], "dog")


_CITY = (("City", "Country"), [("Oslo", "Norway"), ("Lima", "Peru"), ("Cairo", "Egypt")], "Rome")


_FEW_SHOT = (
    "def few_shot(names, examples, text):\n"
    "    first, second = names\n"
    '    parts = [f"{first}: {given}\\n{second}: {wanted}" for given, wanted in examples]\n'
    '    return "\\n\\n".join(parts + [f"{first}: {text}\\n{second}:"])'
)


def _few_shot(names, examples, text) -> str:
    parts = [f"{names[0]}: {a}\n{names[1]}: {b}" for a, b in examples]
    return "\n\n".join([*parts, f"{names[0]}: {text}\n{names[1]}:"])


def _check_few_shot(answer) -> str | None:
    value = call(answer, *_YOUNG)
    if not is_a(value, str):
        return f"Your function should return the prompt as text; given: {describe(value)}."
    right = _few_shot(*_YOUNG)
    if value != right:
        if value == right + " ":
            return (
                "The prompt ends in a space. This model's words begin with their space (` puppy` is one token), so "
                "after yours the likely one can no longer come (it wrote `10-year`): end with the colon."
            )
        if value == right.removesuffix(":"):
            return "The last line ends with a colon."
        if value.rstrip() == right:
            return "The prompt should end with the colon: nothing, not even a new line, comes after it."
        if value == right.replace("\n\nAnimal: dog", "\nAnimal: dog"):
            return "Before the new case comes an empty line, too."
        if value == right.replace("\n\n", "\n"):
            return "Put an empty line between the examples: it tells the model where one ends."
        if "dog" not in value:
            return "The new case is missing: the prompt has to end with it, its second line open."
        if value == right.removesuffix("\nYoung:"):
            return "The last line is missing: open the answer with `Young:`, or the model may write anything."
        if value.startswith("Animal: dog") and "kitten" in value:
            return "The new case stands first; the model continues the end, so the examples come before it."
        if value == _few_shot(_YOUNG[0], _YOUNG[1][::-1], _YOUNG[2]):
            return "Keep the examples in their order: the answers may depend on it."
        if "kitten" not in value or "calf" not in value:
            return "An example is missing, or its answer is: show all of them, each with both lines."
        return f"Expected {exact(right)}; given: {describe(value)}."
    value = call(answer, *_CITY)
    if value != _few_shot(*_CITY):
        return f"With other names and examples it goes wrong: is anything fixed in your code? Given: {describe(value)}."
    return None


EXERCISE = Exercise(
    id="5.3",
    title="A few-shot prompt",
    minutes=5,
    difficulty="easy",
    starter="def few_shot(names, examples, text):\n    ...",
    answer="few_shot",
    check=_check_few_shot,
    expects="a function that returns one text",
    hints=(
        "Make one text of two lines for each example, then the open one, and join them all.",
        '`"\\n\\n".join(parts)` puts an empty line between the parts, and none at the end.',
    ),
    solution=_FEW_SHOT,
    wrong=(
        Wrong(changed(_FEW_SHOT, ('{second}:"]', '{second}: "]')), "The prompt ends in a space"),
        Wrong(changed(_FEW_SHOT, ('{second}:"]', '{second}:\\n"]')), "not even a new line"),
        Wrong(changed(_FEW_SHOT, ('"\\n\\n".join', '"\\n".join')), "Put an empty line"),
        Wrong(
            changed(_FEW_SHOT, ('(parts + [f"', '(parts) + (f"\\n'), ('{second}:"])', '{second}:")')),
            "Before the new case",
        ),
        Wrong(changed(_FEW_SHOT, ('{second}:"]', '{second}"]')), "The last line ends with a colon"),
        Wrong(changed(_FEW_SHOT, (' + [f"{first}: {text}\\n{second}:"]', "")), "The new case is missing"),
        Wrong(changed(_FEW_SHOT, ("{text}\\n{second}:", "{text}")), "The last line is missing"),
        Wrong(
            changed(
                _FEW_SHOT, ('parts + [f"{first}: {text}\\n{second}:"]', '[f"{first}: {text}\\n{second}:"] + parts')
            ),
            "stands first",
        ),
        Wrong(changed(_FEW_SHOT, ("in examples]", "in examples[:1]]")), "An example is missing"),
        Wrong(changed(_FEW_SHOT, ("first, second = names", 'first, second = "Animal", "Young"')), "is anything fixed"),
    ),
    alternatives=(
        "def few_shot(names, examples, text):\n"
        '    prompt = ""\n'
        "    for given, wanted in examples:\n"
        '        prompt += names[0] + ": " + given + "\\n" + names[1] + ": " + wanted + "\\n\\n"\n'
        '    return prompt + names[0] + ": " + text + "\\n" + names[1] + ":"',
    ),
)
