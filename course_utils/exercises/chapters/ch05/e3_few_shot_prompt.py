"""5.3 A few-shot prompt."""

from course_utils.exercises.answers import call, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed

from .shared import exact

_YOUNG = (("Animal", "Young"), [("cow", "calf"), ("cat", "kitten")], "dog")

_OTHERS = (
    (("City", "Country"), [("Oslo", "Norway"), ("Lima", "Peru"), ("Cairo", "Egypt")], "Rome"),
    (("Word", "Opposite"), [("hot", "cold")], "Small"),
    (("English", "French"), [(f"{n}", f"no. {n}") for n in ["one", "two", "three", "four", "five", "six"]], "seven"),
    (("Word", "Meaning"), [("bank", "money"), ("bank", "river"), ("bat", "money")], "bank"),
    (("English", "German"), [("yes", "ja"), ("no", "nein"), ("yes", "ja")], "no"),
    (("Code", "Result"), [("'%d %%' % 5", "5 %"), ("'{}'.format({3})", "{3}")], "'{0}'"),
    (("Question", "Answer"), [], "Who wrote Hamlet?"),
    (("Line", "Indented"), [("a = 1", " a = 1"), ("b = 2 ", " b = 2 ")], " c = 3 "),
)


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
    given = call(answer, *_YOUNG)
    if not is_a(given, str):
        return f"Your function should return the prompt as text; given: {describe(given)}."
    value, right = str.__str__(given), _few_shot(*_YOUNG)
    if value != right:
        return _slip(value, right) or f"Expected {exact(right)}; given: {exact(value)}."
    for names, examples, text in _OTHERS:
        given, right = call(answer, names, examples, text), _few_shot(names, examples, text)
        value = str.__str__(given) if is_a(given, str) else None
        if value != right:
            if names[1] == "Indented":  # spaces side by side would be shown as one
                return "All texts should stay as they are, also the spaces at their ends."
            which = f"`few_shot({names}, {examples}, {text!r})`" if len(examples) < 4 else f"{len(examples)} examples"
            shown = describe(given) if value is None else exact(value)
            return f"The first test is right, but for {which} expected {exact(right)}; given: {shown}."
    return None


def _slip(value: str, right: str) -> str | None:
    """What is told of this text; each but the last two tests one exact text."""
    case, lines = "\n\nAnimal: dog", right.split("\n")
    slips = (
        (
            right + " ",
            "The prompt ends in a space. This model's words begin with their space (` puppy` is one token), so after "
            "yours the likely one can no longer come (it wrote `10-year`): end with the colon.",
        ),
        (right.removesuffix(":"), "The last line should end with a colon."),
        (right + "\n", "The prompt should end with the colon: nothing, not even a new line, comes after it."),
        (right + "\n\n", "The prompt should end with the colon: no new lines come after it."),
        (right.replace(case, case[1:]), "Before the new case comes an empty line, too."),
        (right.replace("\n\n", "\n"), "Put an empty line after each example: it tells the model where one ends."),
        (right.replace(": ", ":"), "After each colon but the last comes a space."),
        (right.removesuffix("\nYoung:"), "The last line is missing: open the answer with `Young:`."),
        (
            right.removesuffix(f"{case}\nYoung:"),
            "The new case is missing: the prompt ends with it, its second line open.",
        ),
        (
            right.removesuffix("Animal: dog\nYoung:"),
            "The new case is missing: after the last empty line it comes, its second line open.",
        ),
        ("\n".join([*lines[-2:], "", *lines[:-3]]), "The new case stands first; the examples come before it."),
        (_few_shot(_YOUNG[0], _YOUNG[1][::-1], _YOUNG[2]), "Keep the order of the examples: answers may depend on it."),
        (right.replace("Animal: dog\nYoung:", "Young: dog\nAnimal:"), "In the new case the two names are swapped."),
    )
    meant = next((sentence for slip, sentence in slips if value == slip), None)
    missing = next((word for pair in _YOUNG[1] for word in pair if word not in value.lower()), None)
    return meant or (missing and f"`{missing}`, of the examples, is missing: show all of them, each with both lines.")


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
        "Write the prompt for one example on paper. Where are the spaces, and which characters are the last ones?",
        "Make one string of two lines for each example, then one for the new case, and join all of them.",
        '`"\\n\\n".join(parts)` puts an empty line between the parts, and none at the end.',
    ),
    solution=_FEW_SHOT,
    why=(
        "Each example becomes a text of two lines, and the new case is one more, whose second line stops at the colon. "
        "`join` puts the empty lines between them, so nothing follows the last colon."
    ),
    wrong=(
        Wrong(changed(_FEW_SHOT, ('{second}:"]', '{second}: "]')), "The prompt ends in a space"),
        Wrong(changed(_FEW_SHOT, ('{second}:"]', '{second}:\\n"]')), "not even a new line"),
        Wrong(changed(_FEW_SHOT, ('"\\n\\n".join', '"\\n".join')), "Put an empty line"),
        Wrong(
            changed(_FEW_SHOT, ('(parts + [f"', '(parts) + (f"\\n'), ('{second}:"])', '{second}:")')),
            "Before the new case",
        ),
        Wrong(changed(_FEW_SHOT, ('{second}:"]', '{second}"]')), "The last line should end with a colon"),
        Wrong(changed(_FEW_SHOT, (' + [f"{first}: {text}\\n{second}:"]', "")), "the prompt ends with it"),
        Wrong(
            changed(_FEW_SHOT, ('f"{first}: {text}\\n{second}:"', '""')),
            "after the last empty line it comes",
        ),
        Wrong(changed(_FEW_SHOT, ("{text}\\n{second}:", "{text}")), "The last line is missing"),
        Wrong(
            changed(
                _FEW_SHOT, ('parts + [f"{first}: {text}\\n{second}:"]', '[f"{first}: {text}\\n{second}:"] + parts')
            ),
            "stands first",
        ),
        Wrong(changed(_FEW_SHOT, ("in examples]", "in examples[::-1]]")), "Keep the order"),
        Wrong(changed(_FEW_SHOT, ("{first}: {text}\\n{second}:", "{second}: {text}\\n{first}:")), "names are swapped"),
        Wrong(changed(_FEW_SHOT, (": {", ":{")), "After each colon"),
        Wrong(changed(_FEW_SHOT, ("in examples]", "in examples[:1]]")), "`cat`, of the examples, is missing"),
        Wrong(changed(_FEW_SHOT, ("first, second = names", 'first, second = "Animal", "Young"')), "`few_shot(('City'"),
        Wrong(changed(_FEW_SHOT, ("in examples]", "in examples[:3]]")), "6 examples"),
        Wrong(changed(_FEW_SHOT, ("in examples]", "in dict(examples).items()]")), "('bank', 'river')"),
        Wrong(
            changed(_FEW_SHOT, ('"\\n\\n".join(parts + [', '"\\n\\n".join(parts) + "\\n\\n" + "".join([')),
            "`few_shot(('Question', 'Answer'), [],",
        ),
        Wrong(
            "def few_shot(names, examples, text):\n"
            '    shots = "".join(f"{{0}}: {a}\\n{{1}}: {b}\\n\\n" for a, b in examples)\n'
            '    return (shots + "{0}: " + text + "\\n{1}:").format(*names)',
            "ValueError",
            status="error in your code",
        ),
    ),
    also_wrong=(
        changed(_FEW_SHOT, ("in examples]", "in dict.fromkeys(examples)]")),
        changed(_FEW_SHOT, ("{text}", "{text.strip()}")),
        changed(_FEW_SHOT, ("{wanted}", "{wanted.strip()}")),
        changed(_FEW_SHOT, ("{given}", "{given.capitalize()}"), ("{text}", "{text.capitalize()}")),
        changed(_FEW_SHOT, ("{wanted}", "{wanted.lower()}")),
        changed(_FEW_SHOT, ("{text}", "{text.lower()}")),
        changed(_FEW_SHOT, ("first, second = names", 'first, second = "City", "Country"')),
        changed(_FEW_SHOT, ("in examples]", "in sorted(set(examples))]")),
        "def few_shot(names, examples, text):\n"
        '    return "\\n".join(f"{a} -> {b}" for a, b in [*examples, (text, "")])',
    ),
    alternatives=(
        "def few_shot(names, examples, text):\n"
        '    prompt = ""\n'
        "    for given, wanted in examples:\n"
        '        prompt += names[0] + ": " + given + "\\n" + names[1] + ": " + wanted + "\\n\\n"\n'
        '    return prompt + names[0] + ": " + text + "\\n" + names[1] + ":"',
        "def few_shot(names, examples, text):\n"
        '    cases = [*examples, (text, "")]\n'
        '    return "\\n\\n".join("%s: %s\\n%s: %s" % (names[0], a, names[1], b) for a, b in cases)[:-1]',
    ),
)
