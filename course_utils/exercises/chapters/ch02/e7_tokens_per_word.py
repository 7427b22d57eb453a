"""2.7 What a foreign word costs."""

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong

_NEW_GENERATOR = (
    "from transformers import pipeline\nfrom course_utils import checkpoint\n"
    'generator = pipeline("text-generation", **checkpoint("text-generation"))\n'
    'prompt = "In this course, we will teach you how to"\n'
    'german = "In diesem Kurs, bringen wir euch bei, wie man"'
)


class _EveryThree:
    """A tokenizer simple enough to check by hand: words in pieces of three letters."""

    def tokenize(self, text):
        return [word[i : i + 3] for word in text.split() for i in range(0, len(word), 3)]

    def __call__(self, text, add_special_tokens=True, **options):
        from transformers import BatchEncoding

        tokens = self.tokenize(text)
        tokens = ["[CLS]", *tokens, "[SEP]"] if add_special_tokens else tokens
        return BatchEncoding({"input_ids": list(range(len(tokens))), "attention_mask": [1] * len(tokens)})

    def encode(self, text, **options):
        return self(text, **options)["input_ids"]


def _check_tokens_per_word(answer) -> str | None:
    text = "wir  bringen euch nichts bei"  # 1 + 3 + 2 + 2 + 1 tokens, 5 words
    value = call(answer, _EveryThree(), text)
    got = as_number(value)
    if got is None:
        return f"Your function should return one number; given: {describe(value)}."
    if close(got, 9 / 5):
        other = as_number(call(answer, _EveryThree(), "Haus"))
        return None if close(other, 2.0) else f"For one word of two tokens the answer is 2.0; given: {other}."
    if close(got, 5 / 9):
        return "That is words per token: divide the number of tokens by the number of words."
    if close(got, 11 / 5):
        return "You counted the two special tokens too: `tokenizer.tokenize(text)` gives the tokens of the text alone."
    if close(got, 9):
        return "That is the number of tokens; divide it by the number of words."
    if close(got, 5):
        return "That is the number of words; divide the number of tokens by it."
    if close(got, 9 / len(text)):
        return "You divided by the number of letters: words are the pieces of `text.split()`."
    if close(got, 9 / 6):
        return "Two spaces made an empty word: `text.split()` without an argument takes any run of spaces as one."
    if close(got, 1):
        return "You divided with `//`, which drops the fraction: use `/`."
    return f"Nine tokens for five words make 1.8; given: {got:g}."


EXERCISE = Exercise(
    id="2.7",
    title="What a foreign word costs",
    minutes=4,
    difficulty="easy",
    starter="def tokens_per_word(tokenizer, text):\n    ...",
    answer="tokens_per_word",
    check=_check_tokens_per_word,
    context=_NEW_GENERATOR,
    expects="a function that returns one number",
    hints=(
        "`tokenizer.tokenize(text)` and `text.split()` are lists: how long are they?",
        "Divide the first length by the second with `/`.",
    ),
    solution=(
        "def tokens_per_word(tokenizer, text):\n    return len(tokenizer.tokenize(text)) / len(text.split())\n\n"
        "for text in (prompt, german):\n    print(round(tokens_per_word(generator.tokenizer, text), 1))"
    ),
    wrong=(
        Wrong(
            "def tokens_per_word(tokenizer, text):\n    return len(text.split()) / len(tokenizer.tokenize(text))",
            "That is words per token",
        ),
        Wrong(
            "def tokens_per_word(tokenizer, text):\n    return len(tokenizer(text)['input_ids']) / len(text.split())",
            "the two special tokens",
        ),
        Wrong(
            "def tokens_per_word(tokenizer, text):\n    return len(tokenizer.tokenize(text))",
            "divide it by the number of words",
        ),
        Wrong(
            "def tokens_per_word(tokenizer, text):\n    return len(tokenizer.tokenize(text)) / len(text)",
            "by the number of letters",
        ),
        Wrong(
            "def tokens_per_word(tokenizer, text):\n    return len(tokenizer.tokenize(text)) / len(text.split(' '))",
            "Two spaces made an empty word",
        ),
        Wrong(
            "def tokens_per_word(tokenizer, text):\n    return len(tokenizer.tokenize(text)) // len(text.split())",
            "drops the fraction",
        ),
    ),
    alternatives=(
        "import torch\n\n"
        "def tokens_per_word(tokenizer, text):\n"
        "    counts = [len(tokenizer.tokenize(word)) for word in text.split()]\n"
        "    return torch.tensor(counts).float().mean()",
    ),
)
