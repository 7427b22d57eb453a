"""5.8 Eight jobs, three families."""

from course_utils.exercises.answers import as_text, describe, is_a
from course_utils.exercises.records import Exercise, Wrong

# case: (right family, {wrong family: its sentence})
_CASES = {
    "spam": (
        "encoder",
        {
            "decoder": "Spam or not is one of two labels: a decoder can be asked, but nothing new has to be written.",
            "encoder-decoder": "Spam or not is a label, no new text: the decoder half would have nothing to do.",
        },
    ),
    "assistant": (
        "decoder",
        {
            "encoder": "The assistant has to write its answers, and an encoder cannot write.",
            "encoder-decoder": (
                "In a conversation the answer becomes part of the next input: one stream that is continued suits it."
            ),
        },
    ),
    "subtitles": (
        "encoder-decoder",
        {
            "encoder": "The subtitles must be written in another language, and an encoder writes nothing.",
            "decoder": (
                "For one pair of languages a small model that reads the whole line both ways, then writes, is the "
                "first choice; a decoder needs to be far larger."
            ),
        },
    ),
    "drugs": (
        "encoder",
        {
            "decoder": "Each word gets a label, and what it is may depend on the words after it: read both ways.",
            "encoder-decoder": "The drugs stand in the note already: label its words instead of writing them again.",
        },
    ),
    "keyboard": (
        "decoder",
        {
            "encoder": "Nothing stands after the cursor yet, and the next words have to be written.",
            "encoder-decoder": "The new words continue the very text that was typed: no second text, no second half.",
        },
    ),
    "minutes": (
        "encoder-decoder",
        {
            "encoder": "The English words are nowhere in the recording: they must be written, and an encoder cannot.",
            "decoder": "The input is sound, whole before the first word: read all of it, then write, as Whisper does.",
        },
    ),
    "contract": (
        "encoder",
        {
            "decoder": "The clause has to be shown as it stands; a decoder writes, and may invent one.",
            "encoder-decoder": "The answer is a piece of the contract: find its first and last word, write nothing.",
        },
    ),
    "errands": (
        "decoder",
        {
            "encoder": "An encoder needs a head and training for each task; here are four examples and no training.",
            "encoder-decoder": (
                "New tasks by a handful of examples in the prompt: that is what large decoders are known for."
            ),
        },
    ),
}


_RIGHT = {case: family for case, (family, _) in _CASES.items()}


def _check_families(answer) -> str | None:
    if not is_a(answer, dict):
        return f"The answer should be a dictionary from case to family; given: {describe(answer)}."
    given = {as_text(key): as_text(value) for key, value in dict.items(answer)}
    for case, (right, slips) in _CASES.items():
        if case not in given:
            return f"The case `{case}` is missing."
        family = given[case].lower().replace(" ", "-").replace("_", "-").removesuffix("-only") if given[case] else None
        if family == right:
            continue
        if family not in slips:
            known = "`encoder`, `decoder` or `encoder-decoder`"
            return f"For `{case}` write {known}; given: {describe(answer.get(case))}."
        return f"`{case}`: {slips[family]}"
    return None


def _dictionary(families: dict) -> str:
    return "families = {\n" + "".join(f'    "{case}": "{family}",\n' for case, family in families.items()) + "}"


EXERCISE = Exercise(
    id="5.8",
    title="Eight jobs, three families",
    minutes=8,
    difficulty="medium",
    starter="families = {\n" + "".join(f'    "{case}": ...,\n' for case in _RIGHT) + "}",
    answer="families",
    check=_check_families,
    expects="a dictionary from case to family",
    hints=(
        "Ask first: must the model write anything new? If not, it is an encoder.",
        "If it writes: is there a complete input of another kind (another language, a sound)? Then "
        "encoder-decoder. Does it go on with the text it has read? Then decoder.",
    ),
    solution=_dictionary(_RIGHT),
    wrong=tuple(
        Wrong(_dictionary(_RIGHT | {case: family}), sentence)
        for case, (_, slips) in _CASES.items()
        for family, sentence in slips.items()
    ),
    alternatives=(
        _dictionary({case: family.title() + ("-only" if "-" not in family else "") for case, family in _RIGHT.items()}),
        "families = dict(spam='encoder', drugs='encoder', contract='encoder', assistant='decoder', "
        "keyboard='decoder', errands='decoder', subtitles='encoder decoder', minutes='encoder decoder')",
    ),
    note="Each is the first family to try. What is best on your texts, only a measurement says.",
)
