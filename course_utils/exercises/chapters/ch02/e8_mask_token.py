"""2.8 The right mask token."""

from course_utils.exercises.answers import Slip, as_text, call, describe, is_a
from course_utils.exercises.records import Exercise, Wrong, changed

_CASES = (  # the mask token of the model, a text, the best word as its vocabulary writes it: Ġ is a space
    ("<gap-5>", "We met on ___ and went home today.", "ĠMondayĠ"),
    ("[MASK]", "Please close the ___.", "window"),  # the last of the results in the alphabet
    ("<special1>", "___ is a door with a door.", "Ġdoor"),
)


def _fill_mask(mask: str, text: str, best: str):
    """A real fill-mask pipeline for one text, with a tiny model that knows one answer.

    Any other text than this one, with one mask for its gap, gets another word: so a check sees what reached the model.
    """
    import torch
    from tokenizers import Tokenizer
    from tokenizers.decoders import ByteLevel as Spaces
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import BertConfig, BertForMaskedLM, FillMaskPipeline, PreTrainedTokenizerFast
    from transformers.modeling_outputs import MaskedLMOutput

    masked = text.replace("___", mask)
    cut = ByteLevel(add_prefix_space=False)
    words = [word for part in text.split("___") for word, _ in cut.pre_tokenize_str(part)]
    words += ["Ġ", "ĠĠ", *(f"Ġ{word}" for word in words)]  # with more spaces than in the text
    vocabulary = dict.fromkeys(["[UNK]", "[PAD]", mask, *words, "pepper", "salt", best, "sugar", "soap"])
    made = Tokenizer(WordLevel({word: i for i, word in enumerate(vocabulary)}, "[UNK]"))
    made.pre_tokenizer, made.decoder = cut, Spaces()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=made, unk_token="[UNK]", pad_token="[PAD]", mask_token=mask)
    size = len(vocabulary)
    sizes = {"hidden_size": 4, "num_hidden_layers": 1, "num_attention_heads": 1, "intermediate_size": 4}
    model = BertForMaskedLM(BertConfig(vocab_size=size, max_position_embeddings=64, **sizes)).eval()

    def squeezed(ids) -> str:  # more or fewer spaces are no mistake
        return "".join(tokenizer.decode([token for token in ids if token != tokenizer.pad_token_id]).split())

    known = squeezed(tokenizer(masked).input_ids)

    def forward(input_ids=None, **options):
        logits = torch.zeros(*input_ids.shape, size)
        others = tokenizer.convert_tokens_to_ids(["pepper", "salt", "sugar", "soap"])
        logits[..., others] = torch.tensor([4.0, 3.0, 2.0, 1.0])
        for i, row in enumerate(input_ids.tolist()):
            if squeezed(row) == known:
                logits[i, :, tokenizer.convert_tokens_to_ids(best)] = 6.0
        return MaskedLMOutput(logits=logits)

    model.forward = forward

    class Fill(FillMaskPipeline):
        seen: str | None = None  # the last text that the pipeline was given

        def __call__(self, inputs, **options):
            first = inputs[0] if is_a(inputs, list) and inputs else inputs
            self.seen = as_text(first)
            return super().__call__(inputs, **options)

    return Fill(model=model, tokenizer=tokenizer, device="cpu")


def _what_reached(fill, text: str, mask: str) -> str | None:
    """A sentence on the text that reached the pipeline, if its masks are not as they should be."""
    if fill.seen is None:
        return None
    count = fill.seen.count(mask)
    if count == 1:
        return None
    if not count and "___" in fill.seen:
        return "The text still had its gap `___` when it reached the model: replace it by the mask token."
    if not count:
        return (
            f"The model of this check writes its mask as `{mask}`, and the text that reached it has no such mask: "
            f"{fill.seen!r}. Ask `fill.tokenizer.mask_token`."
        )
    return (
        f"The text that reached the model has {count} masks: {fill.seen!r}. The three signs `___` are one gap: replace "
        "all three by one mask."
    )


def _check_fill_gap(answer) -> str | None:
    for mask, text, best in _CASES:
        fill, word = _fill_mask(mask, text, best), best.strip("Ġ")
        try:
            value = call(answer, fill, text)
        except Slip:
            if reached := _what_reached(fill, text, mask):
                return reached
            raise
        if value == word and is_a(value, str):
            continue
        if reached := _what_reached(fill, text, mask):
            return reached
        if is_a(value, list) or is_a(value, dict):
            return f"Return only the best word, as text: `token_str` of the best result; given: {describe(value)}."
        got = as_text(value)
        if got is None:
            return f"Return the best word as text; given: {describe(value)}."
        if got == word:
            return f"The word came back as {value!r}: some vocabularies keep spaces around a word, so strip it."
        sent = "" if fill.seen in (None, text.replace("___", mask)) else f" The text that reached it was {fill.seen!r}."
        return f"For {text!r} the best word of this check's model is {word!r}; given: {describe(value)}.{sent}"
    return None


_FILL = (
    "def fill_gap(fill, text):\n"
    '    results = fill(text.replace("___", fill.tokenizer.mask_token))\n'
    '    return results[0]["token_str"].strip()'
)


EXERCISE = Exercise(
    id="2.8",
    title="The right mask token",
    minutes=6,
    difficulty="easy",
    starter="def fill_gap(fill, text):\n    ...",
    answer="fill_gap",
    check=_check_fill_gap,
    expects="a function that returns one word",
    why="Every tokenizer knows its own mask token, so the code works for `[MASK]`, `<mask>` and any other. The "
    "results come "
    "sorted, the best one first.",
    hints=(
        "Which object knows how its model writes the mask? The text of the exercise names it.",
        "Replace the gap by the mask token, give the text to `fill`, and look at the first of the results.",
        '`text.replace("___", fill.tokenizer.mask_token)` makes the text; `[0]["token_str"]` is the best word, and '
        "`.strip()` takes the spaces away.",
    ),
    solution=_FILL,
    wrong=(
        Wrong(changed(_FILL, ("fill.tokenizer.mask_token", '"[MASK]"')), "has no such mask"),
        Wrong(changed(_FILL, ('text.replace("___", fill.tokenizer.mask_token)', "text")), "still had its gap"),
        Wrong(changed(_FILL, ('"___"', '"_"')), "The text that reached the model has 3 masks"),
        Wrong(changed(_FILL, (".strip()", "")), "so strip it"),
        Wrong(changed(_FILL, ('["token_str"].strip()', '["sequence"]')), "given: text (`'We met on"),
        Wrong(changed(_FILL, ('[0]["token_str"].strip()', "")), "Return only the best word"),
        Wrong(
            changed(_FILL, ("[0]", "[-1]")), "the best word of this check's model is 'Monday'; given: text (`'soap'`)"
        ),
        Wrong(
            changed(_FILL, ('text.replace("___", fill', 'text.split("___")[0] + (fill')),
            "The text that reached it was 'We met on <gap-5>'",
        ),
        Wrong(changed(_FILL, ('"token_str"].strip()', '"token"]')), "Return the best word as text"),
    ),
    also_wrong=(
        changed(_FILL, (".strip()", ".strip().lower()")),
        changed(_FILL, (".strip()", ".lstrip()")),
        changed(_FILL, ('["token_str"].strip()', '["token_str"][1:-1]')),
        # the new word as the one that the text does not have
        "def fill_gap(fill, text):\n"
        '    best = fill(text.replace("___", fill.tokenizer.mask_token))[0]["sequence"]\n'
        "    return [word for word in best.split() if word not in text.split()][0].strip('.')",
        changed(_FILL, ('"___"', '" ___ "')),
        # the first result in the alphabet, the last one, that of the smallest id
        *(
            changed(_FILL, ("results = ", "results = sorted("), ("mask_token))", f"mask_token)), key=lambda r: {key})"))
            for key in ('r["token_str"]', 'r["token_str"].strip()', '-ord(r["token_str"].strip()[0])', 'r["token"]')
        ),
    ),
    alternatives=(
        changed(_FILL, ("fill.tokenizer.mask_token", "f' {fill.tokenizer.mask_token} '")),
        "def fill_gap(fill, text):\n"
        "    mask = fill.tokenizer.mask_token\n"
        '    (best,) = fill(mask.join(text.split("___")), top_k=1)\n'
        '    return best["token_str"].strip(" ")',
        "import torch\n\n"
        "def fill_gap(fill, text):\n"
        "    tokenizer = fill.tokenizer\n"
        '    inputs = tokenizer(text.replace("___", tokenizer.mask_token), return_tensors="pt").to(fill.device)\n'
        "    with torch.no_grad():\n"
        "        logits = fill.model(**inputs).logits[0]\n"
        "    place = (inputs.input_ids[0] == tokenizer.mask_token_id).nonzero()[0, 0]\n"
        "    return tokenizer.decode([logits[place].argmax().item()]).strip()",
        "def fill_gap(fill, text):\n"
        '    results = fill([text.replace("___", fill.tokenizer.mask_token)], top_k=2)\n'
        "    results = results[0] if isinstance(results[0], list) else results\n"
        '    best = max(results, key=lambda result: result["score"])\n'
        '    return fill.tokenizer.decode([best["token"]]).strip()',
    ),
)
