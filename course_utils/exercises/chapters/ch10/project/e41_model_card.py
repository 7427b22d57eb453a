"""10.41 The model card."""

from course_utils.describing import attempt
from course_utils.exercises.answers import as_text, call, describe
from course_utils.exercises.records import Exercise, Wrong, changed

_MEASURED = (
    {"accuracy": 0.83, "tested": 47, "effect": -0.62, "low": -0.91, "high": -0.34},
    {"accuracy": 0.71, "tested": 53, "effect": 0.18, "low": -0.07, "high": 0.43},
)


_PARTS = (
    (("comment", "feedback", "message"), "what the model learned from: the museum's comments"),
    (("weeks", "week 1", "week one", "116", "hundred"), "how much it learned from: weeks 1 to 3, 116 comments"),
    (
        ("not for", "not be used", "not use", "n't use", "must not", "may not", "out of scope", "never", "unsuitable")
        + ("not intended", "not meant", "not suit", "not to be", "not made for", "no use for"),
        "what it is not for",
    ),
    (
        ("limit", "fail", "cannot", "can't", "does not", "weak", "mistake", "problem", "struggle")
        + ("wrong ", "wrong.", "miss"),
        "where it fails, its limits",
    ),
)


_CARD = """\
from huggingface_hub import ModelCard, ModelCardData

def write_card(measured):
    about = ModelCardData(
        license="apache-2.0", language="en", base_model="sentence-transformers/all-MiniLM-L6-v2"
    )
    text = f\"\"\"# Feedback desk: question, fault, wish or thanks

Data: a linear head on MiniLM, from 116 invented comments to a museum, weeks 1 to 3, CC BY 4.0.
Quality: accuracy {measured['accuracy']:.2f} on {measured['tested']} comments of week 4.
Bias: {measured['effect']:.2f}, 95 % interval {measured['low']:.2f} to {measured['high']:.2f}.
Limits: short English comments only; irony fails; what was heard or read wrongly stays wrong.
Not for decisions about people.
\"\"\"
    return ModelCard(f"---\\n{about}\\n---\\n{text}")"""


def _card_parts(value) -> tuple[dict, str] | None:
    """The settings on top of a card, and its text; None if it has no such top."""
    import yaml

    text = as_text(attempt(lambda: value.content)) or as_text(value)
    if text is None or not text.startswith("---") or len(text) > 50_000:
        return None
    top, mark, body = text[3:].partition("\n---")
    data = attempt(yaml.safe_load, top)
    return (data, body) if mark and type(data) is dict else None


def _holds(body: str, number: float) -> bool:
    """Is the number there, as a share or in percent, rounded to any decimals, with either minus sign?"""
    import re

    for word in re.findall(r"(?<!\w)(?<!\d\.)-?\d+(?:\.\d+)?", body.replace("−", "-")):
        found, decimals = float(word), len(word.partition(".")[2])
        half = 0.5 * 10**-decimals + 1e-9
        if (decimals or number == int(number)) and abs(found - number) <= half or abs(found - 100 * number) <= half:
            return True
    return False


def _check_card(answer) -> str | None:
    for measured in _MEASURED:
        value = call(answer, measured)
        parts = attempt(_card_parts, value)
        if parts is None:
            return (
                f"Return a `ModelCard`, or text that begins with settings between two `---`; given: {describe(value)}."
            )
        data, body = parts
        if "more information needed" in body.lower():
            return "There is a field nobody filled in: [More Information Needed]."
        if as_text(data.get("license")) is None:
            return "The card has no licence: `license=` in `ModelCardData`."
        if as_text(data["license"]).lower() not in ("apache-2.0", "mit", "cc-by-4.0"):
            return f"The licence {data['license']!r} does not fit: MiniLM is apache-2.0, the comments are cc-by-4.0."
        if "minilm" not in str(data.get("base_model", "")).lower():
            return "The settings should name the body that was taken: `base_model=` with all-MiniLM-L6-v2."
        said = "\n".join(line for line in body.splitlines() if not line.startswith("# "))  # a title is no statement
        said = " ".join(said.lower().replace("-", " ").replace("’", "'").split())
        for words, what in _PARTS:
            if not any(word in said for word in words):
                return f"The text does not say {what}."
        for name, number in measured.items():
            if not _holds(body, number):
                other = next(m for m in _MEASURED if m is not measured)
                if measured is _MEASURED[1] and _holds(body, other[name]):
                    return f"The number for {name!r} does not change with what was measured: read it from `measured`."
                return f"The text does not hold {name!r}, here {number}: it needs all five numbers of `measured`."
    return None


EXERCISE = Exercise(
    id="10.41",
    title="The model card",
    minutes=12,
    difficulty="medium",
    starter="def write_card(measured):\n    ...",
    answer="write_card",
    check=_check_card,
    expects="a function that takes a dictionary and returns a ModelCard",
    hints=(
        "As in notebook 07, section 4: `ModelCardData(license=…, base_model=…)` between two `---`, then text.",
        "All five numbers of `measured` belong into the text, as `{measured['low']:.2f}` in an f-string; then say "
        "what it learned from, its limits, and what it is not for.",
    ),
    solution=_CARD,
    wrong=(
        Wrong(
            changed(_CARD, ("---\\n{about}\\n---\\n", ""), ("return ModelCard(", "return (")),
            "begins with settings",
        ),
        Wrong(changed(_CARD, ('license="apache-2.0", ', "")), "The card has no licence"),
        Wrong(changed(_CARD, ('"apache-2.0"', '"gpl-3.0"')), "does not fit"),
        Wrong(
            changed(_CARD, ('base_model="sentence-transformers/all-MiniLM-L6-v2"', "library_name='torch'")),
            "should name the body",
        ),
        Wrong(changed(_CARD, ("Not for decisions about people.", "")), "what it is not for"),
        Wrong(
            changed(
                _CARD,
                ("Limits: short English comments only; irony fails; what was heard or read wrongly stays wrong.", ""),
            ),
            "where it fails, its limits",
        ),
        Wrong(changed(_CARD, ("Limits:", "[More Information Needed] Limits:")), "nobody filled in"),
        Wrong(
            changed(
                _CARD,
                ("from 116 invented comments to a museum, weeks 1 to 3, CC BY 4.0", "from data of a museum"),
                ("comments of week 4", "sentences"),
                ("short English comments", "English"),
                ("Feedback desk", "Desk"),
            ),
            "what the model learned from",
        ),
        Wrong(changed(_CARD, ("from 116 invented comments to a museum, weeks 1 to 3", "for a museum")), "how much it"),
        Wrong(changed(_CARD, ("{measured['effect']:.2f}", "{abs(measured['effect']):.2f}")), "does not hold 'effect'"),
        Wrong(changed(_CARD, ("{measured['accuracy']:.2f}", "0.83")), "does not change with what was measured"),
        Wrong(
            changed(_CARD, (", 95 % interval {measured['low']:.2f} to {measured['high']:.2f}", "")),
            "The text does not hold 'low'",
        ),
    ),
    alternatives=(
        "def write_card(measured):\n"
        "    lines = ['---', 'license: mit', 'base_model: all-MiniLM-L6-v2', '---', '# Sorter']\n"
        "    lines += ['From comments, weeks 1 to 3.', 'Must not be used for staff.', 'Cannot see irony.']\n"
        "    lines += [f'{name}: {100 * value:.0f} %' for name, value in measured.items()]\n"
        "    return '\\n'.join([*lines, f\"Tested: {measured['tested']}.\"])",
        "def write_card(measured):\n"
        "    top = '---\\nlicense: MIT\\nbase_model: [sentence-transformers/all-MiniLM-L6-v2]\\n---\\n'\n"
        "    found = ' '.join(f'{name} {round(value, 1):+}' for name, value in measured.items())\n"
        "    found = found.replace('accuracy', f\"accuracy {measured['accuracy']:.0%}\")\n"
        "    text = '## Training data\\nMessages of the first three weeks.\\n## Out-of-Scope Use\\nPeople.\\n'\n"
        "    return top + text + 'It gets irony wrong.\\n' + found",
    ),
    note="Read it as a stranger would: could you decide with it whether to use this model?",
)
