"""Exercises of notebook 02, second half: gaps, labels for words, answers, summaries and translations."""

from types import SimpleNamespace

from .answers import Slip, as_list, as_number, as_text, call, close, describe, is_a
from .records import Exercise, Wrong

# --- 2.7 tokens per word --------------------------------------------------------------------------------------


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


# --- 2.8 fill a gap ------------------------------------------------------------------------------------------


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


# --- 2.9 log-likelihood --------------------------------------------------------------------------------------


def _toy_causal():
    """Three tokens; the logits at a position depend on the token there, so that every shift shows."""
    import torch

    table = torch.tensor([[0.0, 1.0, 3.0], [2.0, 0.0, 1.0], [1.0, 4.0, 0.0]])

    class Toy(torch.nn.Module):
        device = torch.device("cpu")

        def forward(self, input_ids=None, labels=None, **options):
            from transformers.modeling_outputs import CausalLMOutput

            logits = table[input_ids]
            if labels is None:
                return CausalLMOutput(logits=logits)
            loss = torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten())
            return CausalLMOutput(loss=loss, logits=logits)

    return Toy(), table


def _check_log_likelihood(answer) -> str | None:
    import torch

    model, table = _toy_causal()
    row = [0, 2, 1, 1, 0]
    value = call(answer, model, torch.tensor([row]))
    got = as_number(value)
    logs = table.log_softmax(-1)
    steps = [logs[a, b].item() for a, b in zip(row, row[1:], strict=False)]
    if got is None:
        return f"Your function should return one number; given: {describe(value)}."
    if close(got, sum(steps), 1e-3):
        short = as_number(call(answer, model, torch.tensor([[2, 1]])))
        if close(short, logs[2, 1].item(), 1e-3):
            return None
        return f"For a sentence of two tokens there is one step, here {logs[2, 1]:.3f}; given: {short:g}."
    if close(got, -sum(steps), 1e-3):
        return "That is the loss: the log-likelihood is the sum without the minus sign."
    if close(got, sum(steps) / 4, 1e-3) or close(got, -sum(steps) / 4, 1e-3):
        return "That is the mean over the tokens; the sum was asked for, so that whole sentences can be compared."
    if close(got, sum(logs[a, a].item() for a in row), 1e-3):
        return "You scored each token with the logits at its own place: those at position i are about token i + 1."
    if close(got, sum(logs[b, a].item() for a, b in zip(row, row[1:], strict=False)), 1e-3):
        return "You shifted the wrong way: take `logits[:, :-1]` for the tokens `ids[:, 1:]`."
    if close(got, sum(table[a, b].item() for a, b in zip(row, row[1:], strict=False)), 1e-3):
        return "You added the logits themselves: turn them into logarithms of probabilities with `log_softmax` first."
    if close(got, sum(torch.tensor(steps).exp().tolist()), 1e-3):
        return "You added the probabilities; add their logarithms."
    if close(got, torch.tensor(steps).sum().exp().item(), 1e-3):
        return "That is the probability of the sentence: it becomes 0 for long ones, so return its logarithm."
    return f"For the test sentence the sum is {sum(steps):.3f}; given: {got:g}."


# --- 2.10 group labels ----------------------------------------------------------------------------------------


def _spans(value) -> list[tuple] | None:
    rows = as_list(value)
    if rows is None or not all(is_a(row, list) and len(row) == 3 for row in rows):
        return None
    return [(as_text(kind), as_number(start), as_number(end)) for kind, start, end in rows]


def _check_group(answer) -> str | None:
    def run(*labels):
        value = call(answer, list(labels))
        return value, _spans(value)

    value, got = run("O", "B-PER", "I-PER", "O", "B-LOC", "O")
    if got is None:
        return f"Return a list of tuples `(type, start, end)`; given: {describe(value)}."
    if got == [("PER", 1, 2), ("LOC", 4, 4)]:
        return "Your `end` is the last word itself; it should be the position after it, as in a Python slice."
    if got == [("PER", 1, 2), ("PER", 2, 3), ("LOC", 4, 5)]:
        return "Each word became a name of its own: an `I-` continues the name before it."
    if got == [("B-PER", 1, 3), ("B-LOC", 4, 5)]:
        return "The type is what follows the dash: `label[2:]` of `B-PER` is PER."
    if got != [("PER", 1, 3), ("LOC", 4, 5)]:
        return f"O B-PER I-PER O B-LOC O holds a person, words 1 to 3, and a place, 4 to 5; given: {describe(value)}."
    value, got = run("B-ORG", "I-ORG", "O")
    if got != [("ORG", 0, 2)]:
        return (
            f"A name that begins at position 0 is lost: 0 counts as False, ask `is not None`; given: {describe(value)}."
        )
    value, got = run("O", "B-ORG", "I-ORG")
    if got != [("ORG", 1, 3)]:
        return f"A name that reaches the end is lost: after the loop one may still be open; given: {describe(value)}."
    value, got = run("B-PER", "B-PER", "I-PER")
    if got != [("PER", 0, 1), ("PER", 1, 3)]:
        return f"Two names of the same type side by side became one: a `B-` begins a new one; given: {describe(value)}."
    value, got = run("B-PER", "I-LOC", "O")
    if got is None or any(span == ("PER", 0, 2) for span in got):
        return "B-PER followed by I-LOC became one person: an `I-` of another type does not continue the name."
    if ("PER", 0, 1) not in got:
        return f"In B-PER I-LOC O, the person at word 0 is lost or has another type; given: {describe(value)}."
    value, got = run("B-PER", "O", "I-PER")
    if got is None or ("PER", 0, 1) not in got:
        return (
            f"In B-PER O I-PER the name ends at the O: an `I-` continues the label before it; given: {describe(value)}."
        )
    value, got = run("O", "O")
    return None if got == [] else f"Without any name the list is empty; given: {describe(value)}."


# --- 2.11 one word, two tags ----------------------------------------------------------------------------------


def _check_two_tags(answer) -> str | None:
    rows = answer if is_a(answer, list) else None
    if rows is None or not all(is_a(row, dict) and "word" in row for row in rows):
        return f"Expected the list that `pos(sentence)` returns; given: {describe(answer)}."
    pairs = [
        (word, as_text(row.get("entity_group") or row.get("entity")))
        for row in rows
        for word in (as_text(row["word"]) or "").lower().split()
    ]
    tags: dict[str, set] = {}
    for word, tag in pairs:
        tags.setdefault(word, set()).add(tag)
    if any(len(found) > 1 and word[:1].isalpha() for word, found in tags.items()):
        return None
    often = [word for word in tags if word[:1].isalpha() and [w for w, _ in pairs].count(word) > 1]
    if often:
        return (
            f"The word {often[0]!r} stands there more than once, always tagged {next(iter(tags[often[0]]))}: "
            "let it play two parts, such as a thing and an action."
        )
    return "No word stands there twice: repeat one, the second time as another part of speech."


# --- 2.12 best span -------------------------------------------------------------------------------------------


def _check_best_span(answer) -> str | None:
    import torch

    start, end = torch.full((30,), -4.0), torch.full((30,), -4.0)
    start[9], start[4], start[2] = 5.0, 4.0, 4.5  # the best start has no good end after it
    end[3], end[6], end[25] = 6.0, 4.5, 5.0

    def run(a, b, *rest):
        value = call(answer, a, b, *rest)
        found = as_list(value)
        pair = [as_number(x) for x in found] if found is not None and len(found) == 2 else None
        if pair is None or None in pair:
            raise Slip("not yet", f"Return two positions `(i, j)`; given: {describe(value)}.")
        return tuple(int(x) for x in pair)

    got = run(start, end)
    if got == (9, 3):
        return "Your answer ends before it starts: the best start and the best end need not belong together."
    if got == (9, 25):
        return "From 9 to 25 are seventeen tokens: at most `longest` are allowed, the first and the last included."
    if got[0] == 9:
        return "You fixed the best start first; another start has a better sum with its end: compare all pairs."
    if got == (3, 2):
        return "Those are (end, start): return the start first."
    if got != (2, 3):
        return f"The best allowed pair of the test is (2, 3) with the sum 10.5; given: {got}."
    flat = torch.zeros(30)
    first, last = flat.clone(), flat.clone()
    first[5], last[19], last[20] = 3.0, 2.0, 9.0
    got = run(first, last)
    if got == (5, 20):
        return "From 5 to 20 are sixteen tokens, one more than `longest` allows: `j - i + 1` is the number of tokens."
    if got not in ((6, 20), *((i, 20) for i in range(6, 21))):
        return f"With the test's logits the best pairs end at 20 and start after 5; given: {got}."
    got = run(first, last, 16)
    if got != (5, 20):
        return f"With `longest=16` the pair (5, 20) is allowed and the best; given: {got}."
    first, last = flat - 20, flat - 20
    first[20], first[10], last[0], last[12] = -10.0, -11.0, -10.0, -17.0
    got = run(first, last)
    if got != (10, 12):
        return (
            "With logits that are all below zero the best pair is (10, 12), with -28: it holds neither the best start, "
            f"20, nor the best end, 0; given: {got}."
        )
    one = torch.tensor([0.0, 3.0, 0.0])
    got = run(one, one)
    return None if got == (1, 1) else f"An answer of one token is allowed, here (1, 1); given: {got}."


# --- 2.13 invented numbers ------------------------------------------------------------------------------------


def _check_invented(answer) -> str | None:
    def run(source, summary):
        value = call(answer, source, summary)
        found = as_list(sorted(value) if is_a(value, set) else value)
        if found is None:
            raise Slip("not yet", f"Return a list of numbers as texts; given: {describe(value)}.")
        return found

    source = "In 2016 the plant had 40 workers and made 6.5 tons a day."
    got = run(source, "The plant has 40 workers, 16 machines, and output grew by 6.8 % to 12 tons.")
    if got == ["16", "6.8", "12"]:
        again = run("Sales fell.", "Sales fell by 3 % in May and by 3 % in June, or 3.5 in all.")
        if again not in (["3", "3", "3.5"], ["3", "3.5"]):
            return f"The second test's summary invents 3 and 3.5; given: {describe(again)}."
        kept = run("A ton costs 7.25 francs.", "It costs 7.25 francs.")
        if kept != []:
            return f"7.25 stands in both texts, so nothing is invented; given: {describe(kept)}."
        parts = run("It grew by 6.5 in 2016.", "It grew by 5 in 2016.")
        if parts != ["5"]:
            return f"5 is invented although the source has 6.5, and 2016 is not; given: {describe(parts)}."
        return None
    if got == []:
        return "The list is empty: for the test the invented numbers are 16, 6.8 and 12."
    if got == ["40"]:
        return "Those are the numbers that the source does have; return the others."
    if got == ["40", "16", "6.8", "12"]:
        return "Those are all numbers of the summary: leave out the ones that stand in the source."
    if got == ["6.8", "12"]:
        return "16 is missing: it is hidden in 2016, but as a number of its own the source does not have it."
    if close(got, [16.0, 6.8, 12.0]):
        return "Return the numbers as they are written, as texts: `'16'`, not 16."
    if got == ["2016", "6.5"]:
        return "Those are in the source and not in the summary: it is the other way round."
    if got and "6.8" not in got and {"6", "8"} & set(map(str, got)):
        return "6.8 fell into two numbers: the pattern needs its part for the decimals, `(?:\\.\\d+)?`."
    if sorted(map(str, got)) == ["12", "16", "6.8"]:
        return "The right numbers, but not in the order of the summary: a set forgets the order."
    return f"For the test the invented numbers are 16, 6.8 and 12; given: {describe(got)}."


# --- 2.14 into languages --------------------------------------------------------------------------------------


def _check_into_languages(answer) -> str | None:
    asked: list = []

    def to(name):
        def translate(text):
            asked.append((name, text))
            return f"{name}: {text}"

        return translate

    names = ["French", "German", "Dutch"]
    value = call(answer, "The house is small.", {name: to(name) for name in names})
    right = {name: f"{name}: The house is small." for name in names}
    if close(value, right):
        other = call(answer, "Hello.", {"Swiss": to("Swiss")})
        if not close(other, {"Swiss": "Swiss: Hello."}):
            return f"For another text and language it goes wrong: use the two arguments; given: {describe(other)}."
        empty = call(answer, "Hello.", {})
        return (
            None if close(empty, {}) else f"Without any translator the dictionary is empty; given: {describe(empty)}."
        )
    if is_a(value, list, tuple) and len(as_list(value) or ()) == 3:
        return "The translations came as a list: a dictionary says which language each of them is."
    if not is_a(value, dict):
        return f"Return a dictionary from language to translation; given: {describe(value)}."
    got = dict(value)
    if any(callable(x) for x in got.values()):
        return "The dictionary holds the functions themselves: call each one with the text."
    if set(got) == set(right.values()):
        return "Keys and values are swapped: the language is the key."
    if set(got) != set(names):
        return f"The keys should be the three languages {', '.join(names)}; given: {describe(list(got))}."
    if any((as_text(x) or "").count(":") > 1 for x in got.values()):
        return "You translated a translation: give each function the original text."
    if any(as_text(x) is None for x in got.values()):
        return f"Each value should be a text; for German it is {describe(got.get('German'))}."
    if len({as_text(x) for x in got.values()}) == 1:
        return "All languages got the same translation: call the function that belongs to each."
    return f"For German the value should be 'German: The house is small.'; given: {describe(got.get('German'))}."


_TORCH = "import torch"
_NEW_GENERATOR = (
    "from transformers import pipeline\nfrom course_utils import checkpoint\n"
    'generator = pipeline("text-generation", **checkpoint("text-generation"))\n'
    'prompt = "In this course, we will teach you how to"\n'
    'german = "In diesem Kurs, bringen wir euch bei, wie man"'
)
_POS = (
    "from transformers import pipeline\nfrom course_utils import checkpoint\n"
    'pos = pipeline("token-classification", **checkpoint("pos"), aggregation_strategy="simple")'
)
_LIKELIHOOD = "def log_likelihood(model, ids):\n    with torch.no_grad():\n"
_GROUP = (
    "def group(labels):\n"
    "    names, start = [], None\n"
    '    for i, label in enumerate(labels + ["O"]):  # the last O closes an open name\n'
    '        if start is not None and label != "I-" + labels[start][2:]:\n'
    "            names.append((labels[start][2:], start, i))\n"
    "            start = None\n"
    '        if label.startswith("B-"):\n'
    "            start = i\n"
    "    return names"
)
_SPAN = (
    "def best_span(start, end, longest=15):\n"
    "    pairs = [(i, j) for i in range(len(start)) for j in range(i, min(i + longest, len(end)))]\n"
    "    return max(pairs, key=lambda pair: (start[pair[0]] + end[pair[1]]).item())"
)
_NUMBERS = (
    "import re\n\n"
    "def numbers(text):\n"
    '    return re.findall(r"\\d+(?:\\.\\d+)?", text)\n\n'
    "def invented_numbers(source, summary):\n"
)

EXERCISES = [
    Exercise(
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
                "def tokens_per_word(tokenizer, text):\n"
                "    return len(tokenizer(text)['input_ids']) / len(text.split())",
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
                "def tokens_per_word(tokenizer, text):\n"
                "    return len(tokenizer.tokenize(text)) / len(text.split(' '))",
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
    ),
    Exercise(
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
                "def fill_gap(fill, text):\n"
                '    return fill(text.replace("___", fill.tokenizer.mask_token))[0]["sequence"]',
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
    ),
    Exercise(
        id="2.9",
        title="How likely is a sentence?",
        minutes=12,
        difficulty="hard",
        starter="def log_likelihood(model, ids):\n    ...",
        answer="log_likelihood",
        check=_check_log_likelihood,
        context=_TORCH,
        expects="a function that returns one number",
        hints=(
            "`log_softmax(-1)` turns logits into logarithms of probabilities; drop the last position: it is about a "
            "token that is not there.",
            "`table[0, range(n), ids[0, 1:]]` or `gather` picks one entry for each position; then `.sum().item()`.",
        ),
        solution=_LIKELIHOOD
        + (
            "        logits = model(ids).logits[0, :-1]  # [tokens - 1, vocabulary]\n"
            "    steps = logits.log_softmax(-1).gather(1, ids[0, 1:, None])  # [tokens - 1, 1]\n"
            "    return steps.sum().item()"
        ),
        wrong=(
            Wrong(
                _LIKELIHOOD
                + "        logs = model(ids).logits[0].log_softmax(-1)\n"
                + "    return logs.gather(1, ids[0, :, None]).sum().item()",
                "logits at its own place",
            ),
            Wrong(
                _LIKELIHOOD
                + "        logs = model(ids).logits[0, 1:].log_softmax(-1)\n"
                + "    return logs.gather(1, ids[0, :-1, None]).sum().item()",
                "You shifted the wrong way",
            ),
            Wrong(
                _LIKELIHOOD
                + "        logs = model(ids).logits[0, :-1].log_softmax(-1)\n"
                + "    return logs.gather(1, ids[0, 1:, None]).mean().item()",
                "That is the mean over the tokens",
            ),
            Wrong(
                _LIKELIHOOD
                + "        logs = model(ids).logits[0, :-1]\n"
                + "    return logs.gather(1, ids[0, 1:, None]).sum().item()",
                "the logits themselves",
            ),
            Wrong(
                _LIKELIHOOD
                + "        p = model(ids).logits[0, :-1].softmax(-1)\n"
                + "    return p.gather(1, ids[0, 1:, None]).sum().item()",
                "You added the probabilities",
            ),
            Wrong(
                _LIKELIHOOD
                + "        logs = model(ids).logits[0, :-1].log_softmax(-1)\n"
                + "    return -logs.gather(1, ids[0, 1:, None]).sum().item()",
                "without the minus sign",
            ),
            Wrong(
                _LIKELIHOOD
                + "        p = model(ids).logits[0, :-1].softmax(-1)\n"
                + "    return p.gather(1, ids[0, 1:, None]).prod().item()",
                "That is the probability of the sentence",
            ),
        ),
        alternatives=(
            _LIKELIHOOD
            + "        logits = model(ids).logits\n"
            + "    return -torch.nn.functional.cross_entropy(logits[0, :-1], ids[0, 1:], reduction='sum')",
            _LIKELIHOOD
            + "        logs = torch.log(torch.softmax(model(ids).logits[0], -1))\n"
            + "    return sum(logs[i, token].item() for i, token in enumerate(ids[0, 1:]))",
        ),
    ),
    Exercise(
        id="2.10",
        title="From labels to names",
        minutes=12,
        difficulty="hard",
        starter="def group(labels):\n    ...",
        answer="group",
        check=_check_group,
        expects="a function that returns a list of tuples",
        hints=(
            "Remember where the open name began; it ends at the first label that does not continue it.",
            "`label[:2]` is `B-` or `I-`, `label[2:]` the type. After the loop, a name may still be open.",
        ),
        solution=_GROUP,
        wrong=(
            Wrong(_GROUP.replace('labels + ["O"]', "labels"), "A name that reaches the end"),
            Wrong(_GROUP.replace("if start is not None and", "if start and"), "A name that begins at position 0"),
            Wrong(_GROUP.replace("start, i))", "start, i - 1))"), "`end` is the last word itself"),
            Wrong(
                'def group(labels):\n    return [(x[2:], i, i + 1) for i, x in enumerate(labels) if x != "O"]',
                "Each word became a name of its own",
            ),
            Wrong(
                "def group(labels):\n"
                "    names, kind, start = [], None, 0\n"
                '    for i, label in enumerate(labels + ["O"]):\n'
                "        if label[2:] != (kind or ''):\n"
                "            if kind:\n"
                "                names.append((kind, start, i))\n"
                "            kind, start = label[2:], i\n"
                "    return names",
                "Two names of the same type side by side",
            ),
            Wrong(
                _GROUP.replace('label != "I-" + labels[start][2:]', 'not label.startswith("I-")'),
                "B-PER followed by I-LOC",
            ),
            Wrong(
                _GROUP.replace("(labels[start][2:], start, i)", "(labels[start], start, i)"), "what follows the dash"
            ),
        ),
        alternatives=(
            "def group(labels):\n"
            "    names = []\n"
            "    for i, label in enumerate(labels):\n"
            "        mark, _, kind = label.partition('-')\n"
            "        if mark == 'B':\n"
            "            names.append([kind, i, i + 1])\n"
            "        elif mark == 'I' and names and names[-1][0] == kind and names[-1][2] == i:\n"
            "            names[-1][2] = i + 1\n"
            "    return names",
        ),
    ),
    Exercise(
        id="2.11",
        title="One word, two parts of speech",
        minutes=5,
        difficulty="easy",
        starter='answer = ...  # pos("your sentence")',
        answer="answer",
        check=_check_two_tags,
        context=_POS,
        expects="the list that `pos(sentence)` returns",
        hints=(
            "Many English words are both a noun and a verb: work, walk, answer, love.",
            'Put them into different places: "I walk the dog every morning after a long walk."',
        ),
        solution='sentence = "They work hard because the work is fun."\nanswer = pos(sentence)',
        wrong=(
            Wrong('answer = pos("The dog sleeps under the table.")', "always tagged DET"),
            Wrong('answer = pos("Dogs sleep a lot.")', "No word stands there twice"),
            Wrong('answer = pos("Dogs chase dogs.")', "'dogs' stands there more than once"),
            Wrong(
                'answer = "They work hard because the work is fun."', "Expected the list that `pos(sentence)` returns"
            ),
        ),
        alternatives=('answer = [dict(r) for r in pos("Please answer me, because I need an answer.")]',),
    ),
    Exercise(
        id="2.12",
        title="The best pair of start and end",
        minutes=10,
        difficulty="medium",
        starter="def best_span(start, end, longest=15):\n    ...",
        answer="best_span",
        check=_check_best_span,
        context=_TORCH,
        expects="a function that returns two positions",
        hints=(
            "For each start `i` the ends to try are `i`, `i + 1`, … up to `i + longest - 1`, and not beyond the text.",
            "Keep the pair with the largest `start[i] + end[j]` so far.",
        ),
        solution=_SPAN,
        wrong=(
            Wrong(
                "def best_span(start, end, longest=15):\n    return start.argmax().item(), end.argmax().item()",
                "Your answer ends before it starts",
            ),
            Wrong(
                "def best_span(start, end, longest=15):\n"
                "    i = start.argmax().item()\n    return i, i + end[i : i + longest].argmax().item()",
                "You fixed the best start first",
            ),
            Wrong(
                "def best_span(start, end, longest=15):\n"
                "    i = start.argmax().item()\n    return i, i + end[i:].argmax().item()",
                "From 9 to 25 are seventeen tokens",
            ),
            Wrong(
                "def best_span(start, end, longest=15):\n"
                "    j = end.argmax().item()\n"
                "    first = max(0, j - longest + 1)\n"
                "    return first + start[first : j + 1].argmax().item(), j",
                "it holds neither the best start",
            ),
            Wrong(_SPAN.replace("i + longest,", "i + longest + 1,"), "one more than `longest` allows"),
            Wrong(_SPAN.replace("i + longest,", "i + 15,"), "With `longest=16`"),
            Wrong(_SPAN.replace("range(i, min", "range(i + 1, min"), "An answer of one token is allowed"),
            Wrong(_SPAN.replace("return max(", "i, j = max(") + "\n    return j, i", "return the start first"),
        ),
        alternatives=(
            "def best_span(start, end, longest=15):\n"
            "    sums = start[:, None] + end[None, :]\n"
            "    allowed = torch.ones_like(sums).triu() * torch.ones_like(sums).tril(longest - 1)\n"
            "    best = sums.masked_fill(allowed == 0, -1e9).argmax()\n"
            "    return torch.stack([best // len(end), best % len(end)])",
        ),
    ),
    Exercise(
        id="2.13",
        title="Numbers that came from nowhere",
        minutes=6,
        difficulty="easy",
        starter="import re\n\n\ndef invented_numbers(source, summary):\n    ...",
        answer="invented_numbers",
        check=_check_invented,
        expects="a function that returns a list of texts",
        hints=(
            "Find the numbers of both texts with the same pattern, then compare the two lists.",
            'A number is invented if it is not in the *list* of the source: `"16" in "2016"` is True for texts.',
        ),
        solution=_NUMBERS + "    known = numbers(source)\n    return [n for n in numbers(summary) if n not in known]",
        wrong=(
            Wrong(
                _NUMBERS + "    return [n for n in numbers(summary) if n not in source]",
                "16 is missing",
            ),
            Wrong(
                _NUMBERS + "    return [n for n in numbers(summary) if n in numbers(source)]",
                "Those are the numbers that the source does have",
            ),
            Wrong(_NUMBERS + "    return numbers(summary)", "all numbers of the summary"),
            Wrong(
                _NUMBERS + "    return [n for n in numbers(summary) if n not in source.split()]",
                "5 is invented although the source has 6.5",
            ),
            Wrong(
                _NUMBERS + "    return [n for n in numbers(source) if n not in numbers(summary)]",
                "it is the other way round",
            ),
            Wrong(
                _NUMBERS + "    return [float(n) for n in numbers(summary) if n not in numbers(source)]",
                "as they are written",
            ),
            Wrong(
                (_NUMBERS + "    return [n for n in numbers(summary) if n not in numbers(source)]").replace(
                    "(?:\\.\\d+)?", ""
                ),
                "fell into two numbers",
            ),
            Wrong(
                _NUMBERS + "    return sorted(set(numbers(summary)) - set(numbers(source)))",
                "not in the order of the summary",
            ),
        ),
        alternatives=(
            "import re\n\n"
            "def invented_numbers(source, summary):\n"
            "    found = lambda text: [m.group() for m in re.finditer(r'[0-9]+(\\.[0-9]+)?', text)]\n"
            "    rest = []\n"
            "    for number in found(summary):\n"
            "        if number not in set(found(source)) and number not in rest:\n"
            "            rest.append(number)\n"
            "    return rest",
        ),
    ),
    Exercise(
        id="2.14",
        title="One sentence, several languages",
        minutes=4,
        difficulty="easy",
        starter="def into_languages(text, translators):\n    ...",
        answer="into_languages",
        check=_check_into_languages,
        expects="a function that returns a dictionary",
        hints=(
            "`translators.items()` gives each language together with its function.",
            "A function from a dictionary is called like any other: `translators[language](text)`.",
        ),
        solution=(
            "def into_languages(text, translators):\n"
            "    return {language: translate(text) for language, translate in translators.items()}"
        ),
        wrong=(
            Wrong(
                "def into_languages(text, translators):\n"
                "    return [translate(text) for translate in translators.values()]",
                "came as a list",
            ),
            Wrong("def into_languages(text, translators):\n    return dict(translators)", "the functions themselves"),
            Wrong(
                "def into_languages(text, translators):\n"
                "    return {language: f('The house is small.') for language, f in translators.items()}",
                "use the two arguments",
            ),
            Wrong(
                "def into_languages(text, translators):\n"
                "    result = {}\n"
                "    for language, translate in translators.items():\n"
                "        text = translate(text)\n"
                "        result[language] = text\n"
                "    return result",
                "You translated a translation",
            ),
            Wrong(
                "def into_languages(text, translators):\n"
                "    first = list(translators.values())[0](text) if translators else ''\n"
                "    return {language: first for language in translators}",
                "All languages got the same translation",
            ),
            Wrong(
                "def into_languages(text, translators):\n    return {f(text): name for name, f in translators.items()}",
                "Keys and values are swapped",
            ),
        ),
        alternatives=(
            "def into_languages(text, translators):\n"
            "    found = {}\n"
            "    for name in translators:\n"
            "        found[name] = translators[name](text)\n"
            "    return found",
        ),
    ),
]
