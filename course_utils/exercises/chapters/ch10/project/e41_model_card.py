"""10.41 The model card."""

import re

from course_utils.describing import attempt, describe, is_a
from course_utils.exercises.answers import as_text, call
from course_utils.exercises.records import Exercise, Wrong, changed

_MEASURED = (
    {"accuracy": 0.83, "tested": 47, "effect": -0.62, "low": -0.91, "high": -0.34},
    {"accuracy": 0.71, "tested": 53, "effect": 0.18, "low": -0.07, "high": 0.43},
)


_NOT_FOR = (
    r"\b(not?|never)\b[^.\n]{0,30}\b(for|use|used)\b|n't use|n't be used|out of scope|unsuitable|must not|may not"
)


_LAST = "Not for decisions about people."


_TURNED = "low {measured['high']:.2f}, high {measured['low']:.2f}"


_LIMITS = "Limits: short English comments only; irony fails; what was heard or read wrongly stays wrong."


_CARD = """\
from huggingface_hub import ModelCard, ModelCardData

def write_card(measured):
    about = ModelCardData(
        license="apache-2.0", language="en", base_model="sentence-transformers/all-MiniLM-L6-v2"
    )
    text = f\"\"\"# Feedback desk: question, fault, wish or thanks

Data: a linear head on MiniLM, from 116 invented comments to a museum, weeks 1 to 3, CC BY 4.0.

Quality: accuracy {measured['accuracy']:.2f} on {measured['tested']} comments of week 4.

Bias: "I am blind" or "deaf" against "tall" or "old" moves the log-odds of *fault*
by {measured['effect']:.2f}, 95 % interval {measured['low']:.2f} to {measured['high']:.2f}.

Limits: short English comments only; irony fails; what was heard or read wrongly stays wrong.

Not for decisions about people.
\"\"\"
    return ModelCard(f"---\\n{about}\\n---\\n{text}")"""


def _check_card(answer) -> str | None:
    for number, measured in enumerate(_MEASURED):
        value = call(answer, measured)
        parts = attempt(_card_parts, value)
        if parts is None:
            return f"Return a `ModelCard`, made of a text that begins with settings; given: {describe(value)}."
        data, body = parts
        if problem := _wrong_settings(data) or _wrong_text(body, measured) or _wrong_numbers(body, measured, number):
            return problem
    return None


def _card_parts(value) -> tuple[dict, str] | None:
    """The settings on top of a card, and its text; None for anything but a card with such a top."""
    import yaml
    from huggingface_hub import ModelCard

    text = as_text(value.content) if is_a(value, ModelCard) else None
    if text is None or not text.startswith("---") or len(text) > 50_000:
        return None
    top, mark, body = text[3:].partition("\n---")
    data = attempt(yaml.safe_load, top)
    return (data, body) if mark and type(data) is dict else None


def _wrong_settings(data: dict) -> str | None:
    licence, base = data.get("license"), data.get("base_model")
    if licence is None:
        return "The card has no licence among its settings: `license=` in `ModelCardData`, in American spelling."
    if not re.match(r"(apache|mit)\b", str(licence[0] if type(licence) is list and licence else licence).lower()):
        return f"The licence in the settings is {licence!r}; the museum asks for MIT or Apache."
    if "minilm" not in str(base).lower():
        return "The settings should name the body that was taken: `base_model=` with all-MiniLM-L6-v2."
    return None


def _wrong_text(body: str, measured: dict) -> str | None:
    """What the text of the card does not say; None: nothing."""
    if "more information needed" in body.lower():
        return "There is a field nobody filled in: [More Information Needed]."
    said = re.sub(r"\n\s*(?=[\n#|*-])", " . ", body.replace("**", ""))  # paragraphs and lines of a list are apart
    said = " ".join(said.lower().replace("-", " ").replace("’", "'").split())
    # A title is no statement.
    if not re.search(r"comment|feedback|message", re.sub(r"^# .*", "", body.strip().lower())):
        return "The text does not name the *comments* or *messages* that the model learned from."
    many = r"(?<![\d.])(\d+)(?![\d.]) (?:[a-z]+ ){0,3}?(?:comment|message|example|text|label)"
    numbers = {float(word) for word in re.findall(many, said)} - {0.0, *measured.values()}
    if not numbers and not re.search(r"\bweeks\b|week (1|one)\b|hundred", said):
        return "The text does not say from how much it learned: give a number of comments, or the weeks."
    if not re.search(_NOT_FOR, said):
        return "The text has no *not for*: write these words, and what the model should not be used for."
    if _nothing_after("not for", said) or re.search(r"\bnot for\W+(nothing|none|n/a|unknown)\b", said):
        return "After *not for* nothing is named: for which use would a mistake of this model be bad?"
    limits = [found.start() for found in re.finditer(r"\blimit", said)]
    if not limits:
        return "The text has no *limits*: write this word, and what the model cannot do."
    if _nothing_after(r"limit\w*", said):
        return "Nothing stands after the word *limits*, before the next part or the end: which limits did you see?"
    if all(_denied(said, place) for place in limits):
        return "The text says that there are no limits, or leaves them open. Every model has some: which did you see?"
    return None


def _nothing_after(word: str, said: str) -> bool:
    """Does the end, a heading of the same level or another of these words follow at once, wherever the word stands?"""
    at_once = rf"(?:(#+) *)?\b{word}\b[^\w#]*(?=$|\1 |#* *(?:not for|limits?|limitations?)\b)"
    empty = len(re.findall(at_once, said))
    return empty > 0 and empty == len(re.findall(rf"\b{word}\b", said))


def _denied(said: str, place: int) -> bool:
    """Is this mention of limits one of "no limits", "limits: none", "the limits are not known"?"""
    before, after = re.split(r"[.,!?:;|#(]", said[:place])[-1].split()[-3:], said[place:].partition(" ")[2][:80]
    if re.search(r"\b(except|but|besides|other than)\b", after):
        return False
    end = r"\W*($|[.,;!|]|so far|yet|known|at all|to us|to me)"
    nothing = rf"\W*((there )?(are|is) )?(none|nothing|unknown|not known|n/a|tbd|todo|no){end}"
    return bool({"no", "not", "without", "any", "zero", "never"} & set(before)) or bool(re.match(nothing, after))


def _wrong_numbers(body: str, measured: dict, number: int) -> str | None:
    for name, value in measured.items():
        if not _places(body, name, value):
            other = _MEASURED[1 - number][name]
            if number == 1 and _places(body, name, other):
                return f"For {name!r} the text holds {other}, of an earlier call, where {value} was measured."
            if name == "accuracy" and re.search(rf"(?<!\d){value} ?(%|percent|per cent)", body):
                return f"The accuracy is a share: {value} is {100 * value:.0f} %, not {value} %."
            if value < 0 and _places(body, name, -value):
                return f"For {name!r} {value} was measured; the text holds that number without its minus sign."
            more = " (with at least one decimal)" if name in ("effect", "low", "high") else ""
            return f"The text does not hold the number of {name!r}, here {value}{more}; all five are needed."
    lows, highs = (_places(body, name, measured[name]) for name in ("low", "high"))
    if max(highs) < min(lows):
        return f"The interval runs from {measured['high']} to {measured['low']}: the low end comes first."
    return None


def _places(body: str, name: str, number: float) -> list[int]:
    """Where the number stands, rounded or not, with either minus sign; the accuracy may be in percent."""
    found = []
    body = re.sub(r"(?<=\d)-(?=-?\d)", " to ", body.replace("−", "-"))  # "-0.9--0.3" is an interval
    for match in re.finditer(r"(?<![\w-])(?<!\d\.)-?\d+(?:\.\d+)?", body):
        word, line = float(match[0]), body[match.end() :].partition("\n")[0]
        decimals = len(match[0].partition(".")[2])
        wanted, share = number, True
        if name == "accuracy":
            share = not re.match(r" ?(%|percent|per cent)", line)
            wanted = number if share and word <= 1 else 100 * number
        half = 0.5 * 10**-decimals + 1e-9
        if abs(word - wanted) <= half and (decimals or wanted != number or number == int(number)):
            found.append(match.start())
    return found


EXERCISE = Exercise(
    id="10.41",
    title="The model card",
    minutes=15,
    difficulty="medium",
    starter="def write_card(measured):\n    ...",
    answer="write_card",
    check=_check_card,
    expects="a function that takes a dictionary and returns a ModelCard",
    hints=(
        "Which part of the card can stand there before anything is measured, and which has to be filled in?",
        "As in notebook 07, section 7: `ModelCardData(license=…, base_model=…)` between two `---`, then text.",
        "All five numbers of `measured` belong into the text, as `{measured['low']:.2f}` in an f-string; then say "
        "what it learned from, its limits, and what it is not for.",
    ),
    solution=_CARD,
    why=(
        "Settings are for programs that search, the text is for people who decide. The numbers come from `measured`, "
        "so a new measurement cannot leave an old number in the card."
    ),
    wrong=(
        Wrong(changed(_CARD, ("return ModelCard(", "return (")), "Return a `ModelCard`"),
        Wrong(changed(_CARD, ('license="apache-2.0", ', "")), "The card has no licence"),
        Wrong(changed(_CARD, ('"apache-2.0"', '"gpl-3.0"')), "'gpl-3.0'"),
        Wrong(
            changed(_CARD, ('base_model="sentence-transformers/all-MiniLM-L6-v2"', "library_name='torch'")),
            "should name the body",
        ),
        Wrong(changed(_CARD, ("Not for decisions about people.", "")), "has no *not for*"),
        Wrong(
            changed(_CARD, (_LIMITS, "")),
            "has no *limits*",
        ),
        Wrong(changed(_CARD, (_LIMITS, "There are no limits known to us.")), "Every model has some"),
        Wrong(changed(_CARD, ("Limits:", "[More Information Needed] Limits:")), "nobody filled in"),
        Wrong(
            changed(
                _CARD,
                ("from 116 invented comments to a museum, weeks 1 to 3", "from data of a museum"),
                ("comments of week 4", "sentences"),
                ("short English comments", "English"),
                ("Feedback desk", "Desk"),
            ),
            "does not name the *comments*",
        ),
        Wrong(
            changed(_CARD, ("from 116 invented comments to a museum, weeks 1 to 3", "for a museum")), "from how much"
        ),
        Wrong(changed(_CARD, ("{measured['effect']:.2f}", "{abs(measured['effect']):.2f}")), "without its minus sign"),
        Wrong(changed(_CARD, ("{measured['effect']:.2f}", "some")), "the number of 'effect'"),
        Wrong(changed(_CARD, ("{measured['accuracy']:.2f}", "0.83")), "of an earlier call"),
        Wrong(changed(_CARD, ("{measured['accuracy']:.2f}", "{measured['accuracy']:.2f} %")), "0.83 is 83 %"),
        Wrong(
            changed(_CARD, (", 95 % interval {measured['low']:.2f} to {measured['high']:.2f}", "")),
            "the number of 'low'",
        ),
        Wrong(
            changed(
                _CARD, ("{measured['low']:.2f} to {measured['high']:.2f}", "{measured['high']} to {measured['low']}")
            ),
            "the low end comes first",
        ),
        Wrong(
            changed(_CARD, (_LIMITS, ""), (_LAST, _LAST + "\n\n## Limits\n")), "Nothing stands after the word *limits*"
        ),
        Wrong(changed(_CARD, (_LAST, "\n\n## Not for\n")), "After *not for* nothing is named"),
    ),
    also_wrong=(
        *(
            changed(_CARD, (_LIMITS, text))
            for text in (
                "Limits: none.",
                "We do not know of any limits.",
                "Limits: there are none.",
                "It has no limits.",
                "Without any limits.",
                "## Limits\n\nUnknown.\n",
                "Unlimited.",
                "See the limits.",
                "## Limits\n\n## More\n",
            )
        ),
        changed(_CARD, ("{measured['low']:.2f} to {measured['high']:.2f}", _TURNED)),
        changed(_CARD, ("{measured['low']:.2f} to {measured['high']:.2f}", _TURNED.replace("low ", "most often "))),
        changed(_CARD, ("Not for decisions about people.", "Not for: nothing.")),
        changed(_CARD, ("license=", "licence=")),
        changed(_CARD, ("{measured['effect']:.2f}", "{measured['effect']:.0f}")),
        changed(_CARD, ("{measured['tested']}", "some")),
        changed(_CARD, ("---\\n{about}\\n---\\n", "{about}\\n")),
    ),
    alternatives=(
        "from huggingface_hub import ModelCard\n\n"
        "def write_card(measured):\n"
        "    lines = ['---', 'license: mit', 'base_model: all-MiniLM-L6-v2', '---', '# Sorter']\n"
        "    lines += ['From comments, weeks 1 to 3.', 'Must not be used for staff.', 'Limits: cannot see irony.']\n"
        "    lines += [f'| {name} | {value} |' for name, value in measured.items()]\n"
        "    return ModelCard('\\n'.join(lines))",
        "from huggingface_hub import ModelCard\n\n"
        "def write_card(measured):\n"
        "    top = '---\\nlicense: MIT\\nbase_model: [sentence-transformers/all-MiniLM-L6-v2]\\n---\\n'\n"
        "    found = ' '.join(f'{name} {round(value, 1):+}' for name, value in measured.items())\n"
        "    found = found.replace('accuracy', f\"accuracy {measured['accuracy']:.0%}\")\n"
        "    text = '## Training data\\n80 of the messages.\\n## Out-of-Scope Use\\nPeople.\\n'\n"
        "    return ModelCard(top + text + '## Limitations\\nNo irony, no French.\\n' + found)",
        changed(
            _CARD, (_LIMITS, "It reads no irony.\n\n- Limits: what it was told in irony, and French\n- Not for staff")
        ),
        changed(_CARD, (_LIMITS, "Limits: none of the examples was ironic, so irony fails.")),
        changed(_CARD, (_LIMITS, "\n## Limits\n\n### Language\n\nEnglish.\n\n## Not for\n\n### People\n\nNo staff.\n")),
        changed(_CARD, (_LIMITS, "## Limits\n\nNothing in French is understood.\n")),
        changed(_CARD, (_LIMITS, "It has no limits in length, but limits in language: only English.")),
        changed(_CARD, ("{measured['accuracy']:.2f}", "{100 * measured['accuracy']:.1f} per cent")),
        changed(
            _CARD,
            (_LIMITS, "\n# Limits\n\nNo irony.\n"),
            (_LAST, "# Not for\n\nDecisions about people."),
            ("{measured['low']:.2f} to {measured['high']:.2f}", "{measured['low']:.2f}-{measured['high']:.2f}"),
        ),
    ),
    note="Read it as a stranger would: could you decide with it whether to use this model?",
)
