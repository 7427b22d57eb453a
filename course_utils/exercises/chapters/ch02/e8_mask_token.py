"""2.8 The right mask token."""

from types import SimpleNamespace

from course_utils.exercises.answers import Slip, as_text, call, describe, is_a
from course_utils.exercises.records import Exercise, Wrong


class _Fill:
    """A stand-in for a fill-mask pipeline, with a mask token that nobody can guess."""

    def __init__(self, token: str, words: tuple[str, ...]):
        self.tokenizer = SimpleNamespace(
            mask_token=token,
            mask_token_id=7,
            special_tokens_map={"mask_token": token},
            decode=lambda ids, **options: words[(ids if is_a(ids, int) else ids[0]) - 100],
        )
        self.words = words
        self.seen: list[str] = []

    def __call__(self, inputs=None, *args, top_k=5, **options):
        text = inputs[0] if is_a(inputs, list) else inputs
        self.seen.append(text)
        if (as_text(text) or "").count(self.tokenizer.mask_token) != 1:
            raise ValueError(f"No mask_token ({self.tokenizer.mask_token}) found on the input")
        scores = [0.5, 0.3, 0.1]
        rows = [
            {
                "score": score,
                "token": 100 + i,
                "token_str": word,
                "sequence": text.replace(self.tokenizer.mask_token, word.strip()),
            }
            for i, (score, word) in enumerate(zip(scores, self.words, strict=True))
        ][:top_k]
        return [rows] if is_a(inputs, list) else rows


def _check_fill_gap(answer) -> str | None:
    fill = _Fill("<gap-5>", (" bread", " milk", " news"))
    try:
        value = call(answer, fill, "She went out to buy some ___ today.")
    except Slip as slip:
        if "No mask_token" not in slip.message:
            raise
        seen = as_text(fill.seen[-1]) or ""
        if "___" in seen:
            return "The text still had its gap `___` when it reached the model: replace it by the mask token."
        return (
            "The model of this test writes its mask as `<gap-5>`, and your text had another one: "
            "ask `fill.tokenizer.mask_token`."
        )
    if is_a(value, list) or is_a(value, dict):
        return f"Return only the word: it stands under `token_str` of the first result; given: {describe(value)}."
    got = as_text(value)
    if got is None:
        return f"Return the best word as text; given: {describe(value)}."
    if str.__str__(value) == " bread":
        return "The word came back as `' bread'`: some models keep the space before a word, so strip it."
    if got == "She went out to buy some bread today.":
        return "That is the whole sentence; return only the word that fills the gap."
    if got != "bread":
        return f"The best word of this test is bread; given: {describe(value)}."
    other = as_text(call(answer, _Fill("[MASK]", ("door", "window", "gate")), "Please close the ___."))
    return None if other == "door" else f"For another model the best word is door; given: {describe(other)}."


EXERCISE = Exercise(
    id="2.8",
    title="The right mask token",
    minutes=6,
    difficulty="easy",
    starter="def fill_gap(fill, text):\n    ...",
    answer="fill_gap",
    check=_check_fill_gap,
    expects="a function that returns one word",
    hints=(
        'A pipeline carries its tokenizer: `text.replace("___", fill.tokenizer.mask_token)`.',
        'The results are sorted: `[0]["token_str"]` is the best word; `.strip()` takes the space away.',
    ),
    solution=(
        "def fill_gap(fill, text):\n"
        '    results = fill(text.replace("___", fill.tokenizer.mask_token))\n'
        '    return results[0]["token_str"].strip()'
    ),
    wrong=(
        Wrong(
            'def fill_gap(fill, text):\n    return fill(text.replace("___", "[MASK]"))[0]["token_str"].strip()',
            "ask `fill.tokenizer.mask_token`",
        ),
        Wrong(
            'def fill_gap(fill, text):\n    return fill(text)[0]["token_str"].strip()',
            "still had its gap",
        ),
        Wrong(
            "def fill_gap(fill, text):\n"
            '    return fill(text.replace("___", fill.tokenizer.mask_token))[0]["token_str"]',
            "so strip it",
        ),
        Wrong(
            'def fill_gap(fill, text):\n    return fill(text.replace("___", fill.tokenizer.mask_token))[0]["sequence"]',
            "That is the whole sentence",
        ),
        Wrong(
            'def fill_gap(fill, text):\n    return fill(text.replace("___", fill.tokenizer.mask_token))',
            "Return only the word",
        ),
        Wrong(
            "def fill_gap(fill, text):\n"
            '    return fill(text.replace("___", fill.tokenizer.mask_token))[-1]["token_str"].strip()',
            "The best word of this test is bread",
        ),
    ),
    alternatives=(
        "def fill_gap(fill, text):\n"
        "    mask = fill.tokenizer.mask_token\n"
        '    (best,) = fill([mask.join(text.split("___"))], top_k=1)[0]\n'
        '    return best["token_str"].lstrip()',
    ),
)
