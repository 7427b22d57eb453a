"""2.7 What a foreign word costs."""

from course_utils.exercises.answers import as_number, call, close, describe
from course_utils.exercises.records import Exercise, Wrong, changed
from course_utils.exercises.slips import known_slip

_TOKENIZER = (
    "from transformers import AutoTokenizer\nfrom course_utils import checkpoint\n"
    'smol = AutoTokenizer.from_pretrained(checkpoint("text-generation").path)\n'
    'english = "The weather is beautiful today."\n'
    'german = "Das Wetter ist heute schön."'
)


_TEXTS = (
    "Wir  bringen euch bei, wie wir bei euch - und nur bei euch - lernen",
    "Haus",
    "To be or not to be:\nthat is it",
    " Ein Haus ist ein Haus ",
)


def _tokenizer(special: bool):
    """A tokenizer to check by hand: a capital letter is one token, and so are any three other characters.

    Spaces count, as in SmolLM2's tokenizer, so that words cut one by one make other tokens than the text.
    """
    from tokenizers import Regex, Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Split
    from tokenizers.processors import TemplateProcessing
    from transformers import PreTrainedTokenizerFast

    cut = Split(Regex(r"[A-Z]|[^A-Z]{1,3}"), "isolated")
    words = [text.lower() for text in _TEXTS] + [word for text in _TEXTS for word in text.split()]
    pieces = {piece for text in (*_TEXTS, *words) for piece, _ in cut.pre_tokenize_str(text)}
    vocabulary = ["[UNK]", "[CLS]", "[SEP]", "[PAD]", *sorted(pieces)]
    made = Tokenizer(WordLevel({piece: i for i, piece in enumerate(vocabulary)}, "[UNK]"))
    made.pre_tokenizer = cut
    if special:  # as BERT's; SmolLM2's adds none
        made.post_processor = TemplateProcessing("[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)])
    return PreTrainedTokenizerFast(
        tokenizer_object=made, unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", pad_token="[PAD]"
    )


def _tokens(tokenizer, text) -> int:
    return len(tokenizer.tokenize(text))


def _words(text) -> int:
    return len(text.split())


_SLIPS = (
    (
        lambda t, text: _words(text) / _tokens(t, text),
        "That is words per token: divide the number of tokens by the number of words.",
    ),
    (
        lambda t, text: len(t(text).input_ids) / _words(text),
        "You counted special tokens too. Some tokenizers add them in `tokenizer(text)`; "
        "`tokenizer.tokenize(text)` gives the "
        "tokens of the text alone.",
    ),
    (_tokens, "That is the number of tokens; divide it by the number of words."),
    (lambda t, text: _words(text), "That is the number of words; divide the number of tokens by it."),
    (
        lambda t, text: _tokens(t, text) / len(text),
        "You divided by the number of characters: words are the pieces of `text.split()`.",
    ),
    (
        lambda t, text: _tokens(t, text) / len(text.split(" ")),
        "`split(' ')` makes an empty word of two spaces, and a line break does not end a word. `text.split()` "
        "without an "
        "argument cuts at any run of them.",
    ),
    (
        lambda t, text: sum(_tokens(t, word) for word in text.split()) / _words(text),
        "You cut each word on its own. Give the tokenizer the whole text: a space can belong to a token.",
    ),
    (
        lambda t, text: _tokens(t, text) // _words(text),
        "Your result has lost its fraction, as with `//`: divide with `/`.",
    ),
    (
        lambda t, text: round(_tokens(t, text) / _words(text), 1),
        "You rounded to one digit: return the exact number, and round where you print it.",
    ),
    (
        lambda t, text: len(set(t.tokenize(text))) / _words(text),
        "A token that comes twice in the text counts twice: count the list, not a set.",
    ),
    (
        lambda t, text: _tokens(t, text) / len(set(text.split())),
        "A word that comes twice in the text counts twice: count the list, not a set.",
    ),
    (
        lambda t, text: _tokens(t, text.lower()) / _words(text),
        "Your tokens are those of the text in small letters. Give the tokenizer the text as it is.",
    ),
    (lambda t, text: len(text) / _tokens(t, text), "That is characters per token. Tokens per word is asked for."),
)


def _check_tokens_per_word(answer) -> str | None:
    plain, special = _tokenizer(False), _tokenizer(True)
    cases = [(plain if i % 2 else special, text) for i, text in enumerate(_TEXTS)]
    for tokenizer, text in cases:
        value = call(answer, tokenizer, text)
        tokens, words = _tokens(tokenizer, text), _words(text)
        if as_number(value) is None:
            return f"Your function should return one number; given: {describe(value)}."
        if not close(as_number(value), tokens / words):
            return known_slip(answer, cases, _SLIPS) or (
                f"The tokenizer of this check cuts {text!r} into {tokens} tokens, and `split()` into {words} "
                f"words: that "
                f"makes {tokens / words:.4g}; given: {describe(value)}."
            )
    return None


_PER_WORD = "def tokens_per_word(tokenizer, text):\n    return len(tokenizer.tokenize(text)) / len(text.split())"


EXERCISE = Exercise(
    id="2.7",
    title="What a foreign word costs",
    minutes=5,
    difficulty="easy",
    starter="def tokens_per_word(tokenizer, text):\n    ...",
    answer="tokens_per_word",
    check=_check_tokens_per_word,
    context=_TOKENIZER,
    expects="a function that returns one number",
    why="Both calls give a list, and the length of a list is how many there are. The tokenizer gets the whole "
    "text, because "
    "a space can be a part of a token.",
    hints=(
        "Print the tokens of `german`, and its words. How many are there of each?",
        "`tokenizer.tokenize(text)` and `text.split()` are lists: `len` counts them.",
        "Divide the first length by the second with `/`.",
    ),
    solution=_PER_WORD + "\n\nfor text in (english, german):\n    print(round(tokens_per_word(smol, text), 1))",
    wrong=(
        Wrong(
            "def tokens_per_word(tokenizer, text):\n    return len(text.split()) / len(tokenizer.tokenize(text))",
            "That is words per token",
        ),
        Wrong(
            changed(_PER_WORD, ("tokenizer.tokenize(text)", "tokenizer(text)['input_ids']")),
            "You counted special tokens too",
        ),
        Wrong(changed(_PER_WORD, (" / len(text.split())", "")), "divide it by the number of words"),
        Wrong(changed(_PER_WORD, ("len(tokenizer.tokenize(text)) / ", "")), "That is the number of words"),
        Wrong(changed(_PER_WORD, ("text.split()", "text")), "by the number of characters"),
        Wrong(changed(_PER_WORD, ("split()", "split(' ')")), "an empty word of two spaces"),
        Wrong(
            changed(
                _PER_WORD, ("len(tokenizer.tokenize(text))", "sum(len(tokenizer.tokenize(w)) for w in text.split())")
            ),
            "You cut each word on its own",
        ),
        Wrong(changed(_PER_WORD, (" / ", " // ")), "as with `//`"),
        Wrong(changed(_PER_WORD, ("return len", "return round(len"), ("split())", "split()), 1)")), "You rounded"),
        Wrong(
            changed(_PER_WORD, ("tokenizer.tokenize(text)", "set(tokenizer.tokenize(text))")),
            "A token that comes twice",
        ),
        Wrong(changed(_PER_WORD, ("text.split()", "set(text.split())")), "A word that comes twice"),
        Wrong(changed(_PER_WORD, ("tokenize(text)", "tokenize(text.lower())")), "the text in small letters"),
        Wrong(
            "def tokens_per_word(tokenizer, text):\n    return len(text) / len(tokenizer.tokenize(text))",
            "characters per token",
        ),
        Wrong(changed(_PER_WORD, ("tokenizer.tokenize", "smol.tokenize")), "The tokenizer of this check"),
    ),
    also_wrong=(
        changed(_PER_WORD, ("len(tokenizer.tokenize(text))", "(len(tokenizer(text)['input_ids']) - 2)")),
        changed(_PER_WORD, ("tokenize(text)", "tokenize(text.strip())")),
        "import re\n" + changed(_PER_WORD, ("text.split()", "re.findall(r'\\w+', text)")),
        changed(_PER_WORD, ("len(text.split())", "(text.count(' ') + 1)")),
        changed(_PER_WORD, ("(text)", "(english)")),
    ),
    alternatives=(
        "import torch\n\n"
        "def tokens_per_word(tokenizer, text):\n"
        "    ids = tokenizer(text, add_special_tokens=False, return_tensors='pt').input_ids\n"
        "    return torch.tensor(ids.shape[1] / len(text.split()))",
        "def tokens_per_word(tokenizer, text):\n"
        "    tokens = tokenizer.encode(text, add_special_tokens=False)\n"
        "    return sum(1 for token in tokens) / max(len(text.split()), 1)",
    ),
)
