"""5.8 Eight jobs, three families."""

from course_utils.exercises.answers import as_text, describe, is_a
from course_utils.exercises.records import Exercise, Wrong

# case: (a family to try first, {another family: why it is not}); a family that is in neither is right, too
_CASES = {
    "spam": (
        "encoder",
        {
            "decoder": "Nothing new has to be written, one of two labels is given: the table has an encoder for that.",
            "encoder-decoder": "Spam or not is a label, no new text: the decoder half would have nothing to write.",
        },
    ),
    "assistant": (
        "decoder",
        {
            "encoder": "The assistant has to write whole answers; an encoder trained to fill single gaps stammers.",
            "encoder-decoder": (
                "In a conversation the answer becomes part of the next input: one text that is continued suits it, and "
                "the table has a decoder for it."
            ),
        },
    ),
    "subtitles": (
        "encoder-decoder",
        {
            "encoder": "A new text must be written, in another language; an encoder is trained to fill single gaps.",
            "decoder": (
                "One complete text becomes another: the second question. For translation on a small computer the "
                "table's small translators come first."
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
            "encoder": "Nothing stands after the cursor yet, and the next words are asked: a decoder predicts them.",
            "encoder-decoder": "The new words continue the very text that was typed: no second text, no second half.",
        },
    ),
    "recording": (
        "encoder-decoder",
        {
            "encoder": "The English words are nowhere in the recording: a new text must be written, word after word.",
            "decoder": (
                "The sound is one complete input, and the English text another: the second question. Whisper does it."
            ),
        },
    ),
    "contract": (
        "encoder",
        {
            "decoder": "The sentence has to be shown as it stands; a decoder writes, and may invent one.",
            "encoder-decoder": "The answer is a piece of the contract: find its first and last word, write nothing.",
        },
    ),
    "new_tasks": (
        "decoder",
        {
            "encoder": "For a new task an encoder mostly gets a new head and training; here is no training.",
        },
    ),
}


_RIGHT = {case: family for case, (family, _) in _CASES.items()}


def _check_families(answer) -> str | None:
    if not is_a(answer, dict):
        return f"The answer should be a dictionary from case to family; given: {describe(answer)}."
    given = {as_text(key): value for key, value in dict.items(answer)}
    for case, (_, slips) in _CASES.items():
        if case not in given:
            return f"The case `{case}` is missing."
        family = (as_text(given[case]) or "").lower().replace(" ", "-").replace("_", "-").removesuffix("-only")
        if family not in ("encoder", "decoder", "encoder-decoder"):
            known = "`encoder`, `decoder` or `encoder-decoder`"
            return f"For `{case}` write {known}; given: {describe(given[case])}."
        if family in slips:
            return f"`{case}`: {slips[family]}"
    return None


def _dictionary(families: dict) -> str:
    return "families = {\n" + "".join(f'    "{case}": "{family}",\n' for case, family in families.items()) + "}"


EXERCISE = Exercise(
    id="5.8",
    title="Eight jobs, three families",
    minutes=5,
    difficulty="medium",
    starter="families = {\n" + "".join(f'    "{case}": ...,\n' for case in _RIGHT) + "}",
    answer="families",
    check=_check_families,
    expects="a dictionary from case to family",
    hints=(
        "Put the two questions of section 8 to each job, one after the other.",
        "Ask first: must the model write anything new? If not, it is an encoder.",
        "If it writes: is there a complete input of another kind (another language, a sound)? Then "
        "encoder-decoder. Does it go on with the text it has read? Then decoder.",
    ),
    solution=_dictionary(_RIGHT),
    why=(
        "Three jobs only label or find what stands there, two turn one complete sequence into another, and three "
        "continue a text. For `new_tasks` an encoder-decoder that was trained on many tasks is right, too."
    ),
    wrong=(
        *(
            Wrong(_dictionary(_RIGHT | {case: family}), sentence)
            for case, (_, slips) in _CASES.items()
            for family, sentence in slips.items()
        ),
        Wrong(_dictionary(_RIGHT | {"spam": "BERT"}), "For `spam` write"),
        Wrong(_dictionary({case: _RIGHT[case] for case in [*_RIGHT][:-1]}), "`new_tasks` is missing"),
        Wrong(f"families = {[*_RIGHT.values()]}", "should be a dictionary"),
    ),
    also_wrong=tuple(
        _dictionary(dict.fromkeys(_RIGHT, family)) for family in ("encoder", "decoder", "encoder-decoder")
    ),
    alternatives=(
        _dictionary(_RIGHT | {"new_tasks": "encoder-decoder"}),
        _dictionary({case: family.title() + ("-only" if "-" not in family else "") for case, family in _RIGHT.items()}),
        "families = dict(spam='encoder', drugs='encoder', contract='encoder', assistant='decoder', "
        "keyboard='decoder', new_tasks='decoder', subtitles='encoder decoder', recording='encoder decoder')",
    ),
    note="Each is a family to try first. What is best on your texts, only a measurement says.",
)
