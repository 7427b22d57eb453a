"""Exercises of notebook 05, architectures: what each family can see, span corruption, chat text, choosing."""

from .answers import as_list, as_number, as_text, call, close, describe, is_a, shape
from .objects import attempt, code, is_array, safe_repr
from .records import Exercise, Wrong


def _exact(text: str) -> str:
    return code(safe_repr(text, 240), 260)


# --- 5.1 which states change ----------------------------------------------------------------------------------


def _numbers(value) -> list | None:
    """The numbers of a list, tuple, set or range in rising order; None for anything else."""
    items = list(value) if is_a(value, set, frozenset, range) else as_list(value)
    if items is None or not all(as_number(item) is not None for item in items):
        return None
    return sorted(as_number(item) for item in items)


def _check_changed(answer) -> str | None:
    def given(source, target, place):
        value = call(answer, source, target, place)
        found = _numbers(value)
        return found, f"`states_changed({source}, {target}, {place})` gives {describe(value)}"

    value, shown = given(4, 0, 1)
    if value is None:
        return f"Your function should return a list of whole numbers, but {shown}."
    if value == [1]:
        return "You return the replaced token only; the other states that look at it change, too."
    if value == [0, 2, 3]:
        return "The state of the replaced token itself is missing: every token looks at itself, too."
    if value == [1, 2, 3]:
        return "In an encoder every state looks both ways: those before the replaced token change as well."
    if value != [0, 1, 2, 3]:
        return f"With four tokens in an encoder all four states change, but {shown}."
    value, shown = given(0, 5, 2)
    if value == [0, 1, 2, 3, 4]:
        return "A state of a decoder looks back only: those before the replaced token cannot know of it."
    if value == [0, 1, 2]:
        return "Those are the tokens that state 2 looks at; asked are the states that look at token 2."
    if value == [3, 4]:
        return "In the decoder the replaced token's own state is missing: it changes, and the later ones."
    if value != [2, 3, 4]:
        return f"In a decoder alone the states 2, 3 and 4 change, but {shown}."
    value, shown = given(3, 4, 1)
    if value == [0, 1, 2]:
        return "Every state of the decoder looks at the encoder's: after a change in the source they change as well."
    if value != [0, 1, 2, 3, 4, 5, 6]:
        return f"After a change in the source all seven states change, but {shown}."
    value, shown = given(3, 4, 5)
    if value in ([0, 1, 2, 5, 6], [0, 1, 2, 3, 4, 5, 6]):
        return "The encoder never sees the target: a change there leaves the source's states as they are."
    if value == [2, 3]:
        return "The numbering goes on after the source: the first target token has the number `source`, not 0."
    if value != [5, 6]:
        return f"After a change at place 5, in the target, the states 5 and 6 change, but {shown}."
    value, shown = given(3, 4, 3)
    return (
        None if value == [3, 4, 5, 6] else f"Place 3 is the first token of the target, so 3 to 6 change, but {shown}."
    )


_CHANGED = (
    "def states_changed(source, target, place):\n"
    "    everything = list(range(source + target))\n"
    "    return everything if place < source else everything[place:]"
)

# --- 5.2 the family from its traces ---------------------------------------------------------------------------


def _check_family(answer) -> str | None:
    import torch

    def both(source, target):
        table = torch.ones(source + target, source + target, dtype=torch.bool).tril()
        table[:source, :source] = True
        return table

    full, triangle = torch.ones(4, 4, dtype=torch.bool), torch.ones(5, 5, dtype=torch.bool).tril()
    near = torch.ones(6, 6, dtype=torch.bool).triu(-1)  # nobody sees further back than one token
    bridge = both(6, 3)
    bridge[:6, :6] = near.tril(1)  # the source sees its neighbours only
    cases = {
        "full": (full, "encoder"),
        "triangle": (triangle, "decoder"),
        "both": (both(5, 2), "encoder-decoder"),
        "window": (near.tril(), "decoder"),
        "local": (near.tril(1), "encoder"),
        "one": (both(4, 1), "encoder-decoder"),
        "bridge": (bridge, "encoder-decoder"),
        "lopsided": (torch.ones(6, 6, dtype=torch.bool).triu(-2).tril(1), "encoder"),
    }
    said = {}
    for name, (table, _) in cases.items():
        said[name] = as_text(call(answer, table))
        if said[name] not in ("encoder", "decoder", "encoder-decoder"):
            given = describe(call(answer, table))
            return f"Your function should return `encoder`, `decoder` or `encoder-decoder`; given: {given}."
    if said["full"] != "encoder":
        return "Where every state sees every token, it is an encoder."
    if said["triangle"] != "decoder":
        if as_text(call(answer, triangle.T)) == "decoder":
            return "Turned round: a row is the state that looks; in a decoder nothing stands *right* of the diagonal."
        if said["triangle"] == "encoder-decoder":
            return "A decoder's triangle has an empty corner as well: first ask whether any state sees a later token."
        return "A triangle on and below the diagonal is a decoder: no state sees a later token."
    slips = {
        ("both", "decoder"): (
            "With a source of five tokens the first state sees the fifth: a target looks back only, a source both ways."
        ),
        ("both", "encoder"): (
            "A source of five tokens and a target of two is missed: try every place where the target may begin."
        ),
        ("window", "encoder-decoder"): (
            "A decoder that sees only its neighbour on the left is a decoder still: nobody sees a later token."
        ),
        ("window", "encoder"): "Here no state sees a later token, so it is a decoder, however little it sees.",
        ("local", "encoder-decoder"): (
            "An encoder may see its neighbours only, to both sides; there is no place where a target begins."
        ),
        ("local", "decoder"): "Here states see the next token, and a decoder never does.",
        ("one", "encoder"): "A target of a single token is missed: the last place where it may begin is `n - 1`.",
        ("one", "decoder"): "A source of four tokens sees itself both ways, even with a target of one token.",
        ("bridge", "encoder"): (
            "In an encoder-decoder, too, the source may see near tokens only: what counts is that it never sees the "
            "target."
        ),
        ("bridge", "decoder"): "Here states of the source see the next token, and a decoder never does.",
        ("lopsided", "encoder-decoder"): (
            "An encoder may see further to one side than to the other; ask where a target could begin."
        ),
        ("lopsided", "decoder"): "Here states see the next token; a decoder never does, however far they look back.",
    }
    wrong = [(name, said[name]) for name, (_, right) in cases.items() if said[name] != right]
    return slips[wrong[0]] if wrong else None


_FAMILY = (
    "def family_of(seen):\n"
    "    n = len(seen)\n"
    "    if not seen.triu(1).any():  # right of the diagonal: later tokens\n"
    '        return "decoder"\n'
    "    if any(not seen[:start, start:].any() for start in range(1, n)):  # where the target may begin\n"
    '        return "encoder-decoder"\n'
    '    return "encoder"'
)

# --- 5.3 few-shot prompt --------------------------------------------------------------------------------------

_YOUNG = (("Animal", "Young"), [("cow", "calf"), ("cat", "kitten")], "dog")
_CITY = (("City", "Country"), [("Oslo", "Norway"), ("Lima", "Peru"), ("Cairo", "Egypt")], "Rome")


def _few_shot(names, examples, text) -> str:
    parts = [f"{names[0]}: {a}\n{names[1]}: {b}" for a, b in examples]
    return "\n\n".join([*parts, f"{names[0]}: {text}\n{names[1]}:"])


def _check_few_shot(answer) -> str | None:
    value = call(answer, *_YOUNG)
    if not is_a(value, str):
        return f"Your function should return the prompt as text; given: {describe(value)}."
    right = _few_shot(*_YOUNG)
    if value != right:
        if value == right + " ":
            return (
                "The prompt ends in a space. This model's words begin with their space (` puppy` is one token), so "
                "after yours the likely one can no longer come (it wrote `10-year`): end with the colon."
            )
        if value == right.removesuffix(":"):
            return "The last line ends with a colon."
        if value.rstrip() == right:
            return "The prompt should end with the colon: nothing, not even a new line, comes after it."
        if value == right.replace("\n\nAnimal: dog", "\nAnimal: dog"):
            return "Before the new case comes an empty line, too."
        if value == right.replace("\n\n", "\n"):
            return "Put an empty line between the examples: it tells the model where one ends."
        if "dog" not in value:
            return "The new case is missing: the prompt has to end with it, its second line open."
        if value == right.removesuffix("\nYoung:"):
            return "The last line is missing: open the answer with `Young:`, or the model may write anything."
        if value.startswith("Animal: dog") and "kitten" in value:
            return "The new case stands first; the model continues the end, so the examples come before it."
        if value == _few_shot(_YOUNG[0], _YOUNG[1][::-1], _YOUNG[2]):
            return "Keep the examples in their order: the answers may depend on it."
        if "kitten" not in value or "calf" not in value:
            return "An example is missing, or its answer is: show all of them, each with both lines."
        return f"Expected {_exact(right)}; given: {describe(value)}."
    value = call(answer, *_CITY)
    if value != _few_shot(*_CITY):
        return f"With other names and examples it goes wrong: is anything fixed in your code? Given: {describe(value)}."
    return None


_FEW_SHOT = (
    "def few_shot(names, examples, text):\n"
    "    first, second = names\n"
    '    parts = [f"{first}: {given}\\n{second}: {wanted}" for given, wanted in examples]\n'
    '    return "\\n\\n".join(parts + [f"{first}: {text}\\n{second}:"])'
)

# --- 5.4 chat text --------------------------------------------------------------------------------------------

_SYSTEM = "You are a clerk."
_TALK = (
    [{"role": "user", "content": "Hello!"}],
    [
        {"role": "user", "content": "Is it open?"},
        {"role": "assistant", "content": "Yes."},
        {"role": "user", "content": "Until when?"},
    ],
    [{"role": "system", "content": "Answer in one word."}, {"role": "user", "content": "Two and two?"}],
)


def _chat_text(messages, system) -> str:
    if messages[0]["role"] != "system":
        messages = [{"role": "system", "content": system}, *messages]
    turns = [f"<|im_start|>{message['role']}\n{message['content']}<|im_end|>\n" for message in messages]
    return "".join(turns) + "<|im_start|>assistant\n"


def _check_chat(answer) -> str | None:
    value = call(answer, _TALK[0], _SYSTEM)
    if not is_a(value, str):
        return f"Your function should return one text; given: {describe(value)}."
    right = _chat_text(_TALK[0], _SYSTEM)
    if value != right:
        opening = "<|im_start|>assistant\n"
        if value == right.removesuffix(opening):
            return (
                "The answer is not opened: without `<|im_start|>assistant` and a new line at the end, the model may "
                "go on as the user."
            )
        if value in (right.rstrip("\n") + "<|im_end|>\n", right + "<|im_end|>\n"):
            return "You closed the assistant's turn before it began: what is to be written stays open."
        if value == right.rstrip("\n"):
            return "After the last `assistant` comes a new line, as after every role."
        if _SYSTEM.lower() not in value.lower():
            return "The system message is missing: this conversation brings none, so `system` goes in front."
        if value == right.replace("<|im_end|>", ""):
            return "The turns are not closed: each ends with `<|im_end|>`."
        if value == right.replace("<|im_end|>\n", "<|im_end|>"):
            return "Each `<|im_end|>` is followed by a new line."
        if value == right.replace("\nHello!", " Hello!").replace("\nYou are", " You are"):
            return "Between the role and the text stands a new line, not a space."
        return f"Expected {_exact(right)}; given: {describe(value)}."
    value, right = call(answer, _TALK[1], _SYSTEM), _chat_text(_TALK[1], _SYSTEM)
    if value != right:
        if "<|im_start|>user\nYes." in str(value):
            return "You made every turn the user's: take the role out of the message."
        if "Is it open?" not in str(value):
            return (
                "Earlier turns are missing: the model remembers nothing, so the whole conversation is sent each time."
            )
        return f"With three turns, expected {_exact(right)}; given: {describe(value)}."
    value, right = call(answer, _TALK[2], _SYSTEM), _chat_text(_TALK[2], _SYSTEM)
    if value != right and _SYSTEM in str(value):
        return "A conversation that begins with its own system message needs no second one."
    return None if value == right else f"With a system message, expected {_exact(right)}; given: {describe(value)}."


_CHAT = (
    "def chat_text(messages, system):\n"
    '    if messages[0]["role"] != "system":\n'
    '        messages = [{"role": "system", "content": system}] + messages\n'
    '    text = ""\n'
    "    for message in messages:\n"
    "        text += f\"<|im_start|>{message['role']}\\n{message['content']}<|im_end|>\\n\"\n"
    '    return text + "<|im_start|>assistant\\n"'
)

# --- 5.5 span corruption --------------------------------------------------------------------------------------

_SPACES = "One space between two words, and none at the beginning or the end of a text."
_WORDS = ["the", "night", "train", "to", "Vienna", "leaves", "at", "ten", "from", "platform", "four"]


def _check_corrupt(answer) -> str | None:
    value = call(answer, list(_WORDS), [(1, 2), (6, 1)])
    pair = as_list(value)
    if pair is None or len(pair) != 2:
        return f"Your function should return two texts, the input and the target; given: {describe(value)}."
    if any(is_a(part, list) for part in pair):
        return 'Those are lists of words: join each with `" ".join(...)`.'
    source, target = (as_text(part) for part in pair)
    if source is None or target is None:
        return f"Your function should return two texts, the input and the target; given: {describe(value)}."
    if list(pair) != [_single_spaced(part) for part in pair]:
        return _SPACES
    full = "<extra_id_0> night train <extra_id_1> at <extra_id_2>"
    if "<extra_id_" not in source and "extra_id_" in source:
        return "A sentinel is written with its brackets, `<extra_id_0>`."
    if "<extra_id_" not in source:
        return "The input has no sentinels: each missing span leaves one `<extra_id_…>` behind."
    if source.startswith(("the <extra_id_0> <extra_id_1> to", "the <extra_id_0> <extra_id_0> to")):
        return "You put a sentinel for every *word*; one stands for a whole span, whatever its length."
    if source.count("<extra_id_0>") > 1:
        return "The same sentinel stands for both spans: number them, or the target cannot say which is which."
    if source == "the <extra_id_1> to Vienna leaves <extra_id_2> ten from platform four":
        return "Your sentinels count from 1; the first one is `<extra_id_0>`."
    if source.startswith("the <extra_id_0> train"):
        return "Of the span (1, 2) only `night` is gone: a span is start and length, not start and end, so two words."
    if source == "the <extra_id_0> Vienna leaves <extra_id_1> from platform four":
        return "Your spans are one word too long: `words[start : start + length]` leaves its end out."
    if source == "the <extra_id_0> to Vienna leaves at <extra_id_1> from platform four":
        return "After the first replacement the places have moved: build a new list, or begin with the last span."
    if source == "the <extra_id_0> to Vienna leaves <extra_id_1>":
        return "The words after the last span are missing."
    if source == full:
        return "The two are swapped: first the input, then the target."
    if source != "the <extra_id_0> to Vienna leaves <extra_id_1> ten from platform four":
        return f"For the spans (1, 2) and (6, 1) the input is not right: {describe(source)}."
    if "Vienna" in target:
        return "The target repeats words that the input still has: it holds the missing ones only."
    if target == full.removesuffix(" <extra_id_2>"):
        return "The target lacks the last sentinel: one more, `<extra_id_2>` here, says that nothing follows."
    if "<extra_id_" not in target:
        return "The target needs the sentinels, too: each stands in front of the words that it replaced."
    if target.startswith("night"):
        return "In the target a sentinel stands in front of its words, not behind them."
    if target.endswith("</s>"):
        return "The target ends with one more sentinel, `<extra_id_2>` here; `</s>` is added by the tokenizer."
    if target != full:
        return f"The input is right; the target should not be {describe(target)}."
    edges = as_list(call(answer, list(_WORDS), [(0, 1), (3, 2), (9, 2)]))
    right = [
        "<extra_id_0> night train <extra_id_1> leaves at ten from <extra_id_2>",
        "<extra_id_0> the <extra_id_1> to Vienna <extra_id_2> platform four <extra_id_3>",
    ]
    if edges != right:
        if attempt(lambda: [_single_spaced(part) for part in edges]) == right:
            return _SPACES
        return f"Three spans, one at the start and one at the end, go wrong: {describe(edges)}."
    again = as_list(call(answer, ["no", "no", "no", "yes", "no"], [(1, 1)]))
    if again != ["no <extra_id_0> no yes no", "<extra_id_0> no <extra_id_1>"]:
        return "When a word comes more than once it goes wrong: replace by place, not by the word itself."
    return None


def _single_spaced(text: str) -> str:
    return " ".join(text.split())


_CORRUPT = (
    "def corrupt(words, spans):\n"
    "    source, target, place = [], [], 0\n"
    "    for number, (start, length) in enumerate(spans):\n"
    '        sentinel = f"<extra_id_{number}>"\n'
    "        source += words[place:start] + [sentinel]\n"
    "        target += [sentinel] + words[start : start + length]\n"
    "        place = start + length\n"
    "    source += words[place:]\n"
    '    target.append(f"<extra_id_{len(spans)}>")\n'
    '    return " ".join(source), " ".join(target)'
)

# --- 5.6 do the weights fit? ----------------------------------------------------------------------------------


def _module(generator, **sizes):
    """A small model whose weights have these names and shapes, with random values."""
    import torch
    from transformers import PreTrainedConfig

    module = torch.nn.Module()
    for name, size in sizes.items():
        module.register_parameter(name, torch.nn.Parameter(torch.randn(size, generator=generator)))
    module.config = PreTrainedConfig()  # the same for all
    module.num_parameters = lambda: sum(weight.numel() for weight in module.parameters())
    return module


def _check_fit(answer) -> str | None:
    import torch

    random = torch.Generator().manual_seed(0)  # not the one that the learner's cells use
    base = {"embed": (6, 4), "head": (3, 4)}
    cases = (
        (base, base, True),
        (base, {"embed": (6, 4), "head": (4, 3)}, False),
        (base, {"embed": (6, 4), "output": (3, 4)}, False),
        (base, base | {"bias": (3,)}, False),
        (base | {"bias": (3,)}, base, False),
        (base, dict(reversed(base.items())), True),
        (base, {"embed": (3, 4), "head": (6, 4)}, False),
        (base, {"embed": (6, 4), "head": (3, 5)}, False),
    )
    given = []
    for one, other, _ in cases:
        value = call(answer, _module(random, **one), _module(random, **other))
        value = attempt(value.item) if is_array(value) and shape(value) == () else value
        if type(value) is not bool:
            return f"Your function should return True or False; given: {describe(value)}."
        given.append(value)
    slips = {
        (True, True, True, True, True): (
            "Yours says True to everything of the same class and configuration: they are the plan; compare the weights."
        ),
        (True, True, True, False, False): (
            "The number of parameters is not enough: 3 times 4 are as many as 4 times 3, and names may differ."
        ),
        (True, True, False, False, False): "The same names are not enough: `[3, 4]` does not fit into `[4, 3]`.",
        (True, False, True, False, False): "The same shapes are not enough: a weight goes where its *name* is.",
        (True, False, False, True, False): "The second model has a weight that the first lacks: it would stay random.",
        (True, False, False, False, True): "The first model has a weight for which the second has no place.",
        (True, False, False, True, True): "`zip` stops at the shorter of the two: a weight too many goes unnoticed.",
        (True, False, True, True, True): (
            "The shapes alone are not enough: a weight goes where its *name* is; and `zip` stops at the shorter."
        ),
    }
    if given == [not fits for _, _, fits in cases]:
        return "Turned round: True says that the weights fit."
    if not given[0]:
        return (
            "Two models with the same names and shapes fit, whatever their *values* are: that is what a checkpoint "
            "replaces."
        )
    if tuple(given[:5]) in slips:
        return slips[tuple(given[:5])]
    wrong = [(one, other, fits) for (one, other, fits), said in zip(cases, given, strict=True) if said != fits]
    if wrong == [cases[5]]:
        return "The order of the weights does not matter: each goes where its name is."
    if wrong:
        one, other, fits = wrong[0]
        return f"For weights `{one}` and `{other}` the answer is {fits}."
    return None


_FIT = (
    "def weights_fit(one, other):\n"
    "    shapes = [{name: w.shape for name, w in model.state_dict().items()} for model in (one, other)]\n"
    "    return shapes[0] == shapes[1]"
)

# --- 5.7 keys and values to keep ------------------------------------------------------------------------------

_GROUPED = {"num_hidden_layers": 30, "num_attention_heads": 9, "num_key_value_heads": 3, "hidden_size": 576}
_WIDE = {"num_hidden_layers": 4, "num_attention_heads": 8, "num_key_value_heads": 2, "hidden_size": 320, "head_dim": 64}
_PLAIN = {"num_hidden_layers": 12, "num_attention_heads": 12, "hidden_size": 384}


def _check_kept(answer) -> str | None:
    from transformers import PreTrainedConfig

    value = as_number(call(answer, PreTrainedConfig(**_GROUPED), 10))
    if value is None:
        shown = describe(call(answer, PreTrainedConfig(**_GROUPED), 10))
        return f"Your function should return one number; given: {shown}."
    if close(value, 11_520):
        return "That is one token: ten tokens need ten times as much."
    if close(value, 57_600):
        return "You counted keys or values; both are kept, hence the factor 2."
    if close(value, 345_600):
        return "That is nine heads of 64 (or three of 192): the keys and values have three, each 576 / 9 = 64 wide."
    if close(value, 288_000):
        return "You counted the queries, too: only keys and values are kept."
    if close(value, 3_840):
        return "You counted one layer; each layer keeps its own."
    if close(value, 1_800):
        return "You counted heads; each keeps `head_dim` numbers, here 576 / 9 = 64."
    if close(value, 2 * 30 * 576 * 10 * 9 * 3) or close(value, 2 * 30 * 3 * 576 * 10):
        return "A head is not as wide as the model: it has `hidden_size // num_attention_heads` numbers."
    if not close(value, 115_200):
        return f"30 layers, 3 key/value heads of 64 numbers and 10 tokens make 115,200; given: {describe(value)}."
    value = as_number(call(answer, PreTrainedConfig(**_WIDE), 1))
    if close(value, 2 * 4 * 2 * 40):
        return "This configuration names `head_dim`, 64: where it is given, it counts, not 320 / 8."
    if not close(value, 1_024):
        return f"4 layers, 2 key/value heads with a `head_dim` of 64, one token: 1,024; given: {describe(value)}."
    value = as_number(call(answer, PreTrainedConfig(**_PLAIN), 2))
    if close(value, 2 * 12 * 12 * 64 * 2):
        return "Without `head_dim` a head has `hidden_size // num_attention_heads` numbers; not every head has 64."
    if not close(value, 2 * 12 * 12 * 32 * 2):
        return (
            "Without `num_key_value_heads` in the configuration each of the 12 heads has keys and values of its own: "
            f"18,432 numbers for two tokens; given: {describe(value)}."
        )
    return None


_KEPT = (
    "def numbers_kept(config, tokens):\n"
    "    heads = config.num_attention_heads\n"
    '    pairs = getattr(config, "num_key_value_heads", heads)\n'
    '    width = getattr(config, "head_dim", config.hidden_size // heads)\n'
    "    return 2 * config.num_hidden_layers * pairs * width * tokens"
)

# --- 5.8 choosing ---------------------------------------------------------------------------------------------

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


_TORCH = "import torch"

EXERCISES = [
    Exercise(
        id="5.1",
        title="Which states change?",
        minutes=8,
        difficulty="medium",
        starter="def states_changed(source, target, place):\n    ...",
        answer="states_changed",
        check=_check_changed,
        expects="a function that returns a list of whole numbers",
        hints=(
            "Two cases: `place` lies in the source (`place < source`), or in the target.",
            "A change in the source reaches everything; one in the target reaches its own place and those after it.",
        ),
        solution=_CHANGED,
        wrong=(
            Wrong(_CHANGED.replace("everything if place < source else ", ""), "every state looks both ways"),
            Wrong(_CHANGED.replace(" if place < source else everything[place:]", ""), "looks back only"),
            Wrong("def states_changed(source, target, place):\n    return [place]", "the replaced token only"),
            Wrong(
                _CHANGED.replace("everything[place:]", "everything[source : place + 1]"),
                "the tokens that state 2 looks at",
            ),
            Wrong(_CHANGED.replace("everything if", "everything[:source] if"), "Every state of the decoder looks"),
            Wrong(
                _CHANGED.replace("else everything[place:]", "else everything[:source] + everything[place:]"),
                "The encoder never sees the target",
            ),
            Wrong(_CHANGED.replace("else everything[place:]", "else everything[place + 1 :]"), "later ones"),
            Wrong(_CHANGED.replace("place < source", "place <= source"), "so 3 to 6 change"),
            Wrong(
                "def states_changed(source, target, place):\n"
                "    if place < source:\n"
                "        return list(range(source + target))\n"
                "    return list(range(place - source, target))",
                "The numbering goes on after the source",
            ),
        ),
        alternatives=(
            "def states_changed(source, target, place):\n"
            "    return {state for state in range(source + target) if place < source or state >= place}",
            "def states_changed(source, target, place):\n"
            "    return range(0 if place < source else place, source + target)",
        ),
        note="Mask and changes are two sides of one thing: a row says what a state sees, a column who sees the token.",
    ),
    Exercise(
        id="5.2",
        title="The family from its traces",
        minutes=10,
        difficulty="hard",
        starter="def family_of(seen):\n    ...",
        answer="family_of",
        check=_check_family,
        context=_TORCH,
        expects="a function that returns the name of a family",
        hints=(
            "Whether any state sees a later token settles the decoder: `seen.triu(1)` keeps what lies right of the "
            "diagonal.",
            "In an encoder-decoder there is a place `start` where the target begins: `seen[:start, start:]` is empty, "
            "because no state of the source sees the target. Try all.",
        ),
        solution=_FAMILY,
        wrong=(
            Wrong(_FAMILY.replace("triu(1)", "tril(-1)"), "Turned round"),
            Wrong(
                "def family_of(seen):\n"
                "    if any(not seen[:start, start:].any() for start in range(1, len(seen))):\n"
                '        return "encoder-decoder"\n'
                '    return "encoder" if seen.triu(1).any() else "decoder"',
                "has an empty corner as well",
            ),
            Wrong(
                'def family_of(seen):\n    return "encoder" if seen[0].all() else "decoder"',
                "the first state sees the fifth",
            ),
            Wrong(_FAMILY.replace("range(1, n)", "[n // 2]"), "every place where the target may begin"),
            Wrong(
                _FAMILY.replace("not seen.triu(1).any()", "torch.equal(seen, torch.ones_like(seen).tril())"),
                "its neighbour on the left",
            ),
            Wrong(
                _FAMILY.replace("any(not seen[:start, start:].any() for start in range(1, n))", "not seen.all()"),
                "An encoder may see its neighbours only",
            ),
            Wrong(_FAMILY.replace("range(1, n)", "range(1, n - 1)"), "A target of a single token"),
            Wrong(
                _FAMILY.replace("if any(not seen", "if any(seen[:start, :start].all() and not seen").replace(
                    "range(1, n)", "range(2, n)"
                ),
                "what counts is that it never sees the target",
            ),
            Wrong(
                _FAMILY.replace(
                    "any(not seen[:start, start:].any() for start in range(1, n))", "not torch.equal(seen, seen.T)"
                ),
                "further to one side",
            ),
        ),
        alternatives=(
            "def family_of(seen):\n"
            "    rows = seen.tolist()\n"
            "    last = [max(j for j, yes in enumerate(row) if yes) for row in rows]  # seen last\n"
            "    if all(j <= i for i, j in enumerate(last)):\n"
            '        return "decoder"\n'
            "    borders = [i for i in range(1, len(rows)) if max(last[:i]) < i]\n"
            '    return "encoder-decoder" if borders else "encoder"',
            "def family_of(seen):\n"
            '    names = {(False, False): "decoder", (True, False): "encoder-decoder", (True, True): "encoder"}\n'
            "    return names[seen.triu(1).any().item(), seen[:-1, -1].any().item()]  # later tokens, the last one",
        ),
        note=(
            "With a source of a single token an encoder-decoder looks like a decoder: traces show what is seen, not "
            "what a model is called."
        ),
    ),
    Exercise(
        id="5.3",
        title="A few-shot prompt",
        minutes=5,
        difficulty="easy",
        starter="def few_shot(names, examples, text):\n    ...",
        answer="few_shot",
        check=_check_few_shot,
        expects="a function that returns one text",
        hints=(
            "Make one text of two lines for each example, then the open one, and join them all.",
            '`"\\n\\n".join(parts)` puts an empty line between the parts, and none at the end.',
        ),
        solution=_FEW_SHOT,
        wrong=(
            Wrong(_FEW_SHOT.replace('{second}:"]', '{second}: "]'), "The prompt ends in a space"),
            Wrong(_FEW_SHOT.replace('{second}:"]', '{second}:\\n"]'), "not even a new line"),
            Wrong(_FEW_SHOT.replace('"\\n\\n".join', '"\\n".join'), "Put an empty line"),
            Wrong(
                _FEW_SHOT.replace('(parts + [f"', '(parts) + (f"\\n').replace('{second}:"])', '{second}:")'),
                "Before the new case",
            ),
            Wrong(_FEW_SHOT.replace('{second}:"]', '{second}"]'), "The last line ends with a colon"),
            Wrong(_FEW_SHOT.replace(' + [f"{first}: {text}\\n{second}:"]', ""), "The new case is missing"),
            Wrong(_FEW_SHOT.replace("{text}\\n{second}:", "{text}"), "The last line is missing"),
            Wrong(
                _FEW_SHOT.replace(
                    'parts + [f"{first}: {text}\\n{second}:"]', '[f"{first}: {text}\\n{second}:"] + parts'
                ),
                "stands first",
            ),
            Wrong(_FEW_SHOT.replace("in examples]", "in examples[:1]]"), "An example is missing"),
            Wrong(_FEW_SHOT.replace("first, second = names", 'first, second = "Animal", "Young"'), "is anything fixed"),
        ),
        alternatives=(
            "def few_shot(names, examples, text):\n"
            '    prompt = ""\n'
            "    for given, wanted in examples:\n"
            '        prompt += names[0] + ": " + given + "\\n" + names[1] + ": " + wanted + "\\n\\n"\n'
            '    return prompt + names[0] + ": " + text + "\\n" + names[1] + ":"',
        ),
    ),
    Exercise(
        id="5.4",
        title="What a chat template writes",
        minutes=7,
        difficulty="medium",
        starter="def chat_text(messages, system):\n    ...",
        answer="chat_text",
        check=_check_chat,
        expects="a function that returns one text",
        hints=(
            "First see whether `messages[0]` is a system message; if not, put one with `system` as content in front.",
            "Each turn is `<|im_start|>`, the role, a new line, the content, `<|im_end|>`, a new line; the last one is "
            "opened and left open.",
        ),
        solution=_CHAT,
        wrong=(
            Wrong(_CHAT.replace('text + "<|im_start|>assistant\\n"', "text"), "The answer is not opened"),
            Wrong(_CHAT.replace('assistant\\n"', 'assistant\\n<|im_end|>\\n"'), "You closed the assistant's turn"),
            Wrong(_CHAT.replace('assistant\\n"', 'assistant"'), "After the last `assistant`"),
            Wrong(_CHAT.replace("= [{", "= messages or [{"), "The system message is missing"),
            Wrong(_CHAT.replace("{message['content']}<|im_end|>", "{message['content']}"), "The turns are not closed"),
            Wrong(_CHAT.replace("<|im_end|>\\n", "<|im_end|>"), "is followed by a new line"),
            Wrong(_CHAT.replace("{message['role']}\\n", "{message['role']} "), "not a space"),
            Wrong(
                _CHAT.replace("{message['role']}", "{'system' if message is messages[0] else 'user'}"),
                "You made every turn the user's",
            ),
            Wrong(_CHAT.replace("in messages:", "in messages[:1] + messages[-1:]:"), "Earlier turns are missing"),
            Wrong(_CHAT.replace('messages[0]["role"] != "system"', "True"), "needs no second one"),
        ),
        alternatives=(
            "def chat_text(messages, system):\n"
            '    turns = [(m["role"], m["content"]) for m in messages]\n'
            '    if turns[0][0] != "system":\n'
            '        turns.insert(0, ("system", system))\n'
            '    parts = ["<|im_start|>" + "\\n".join(turn) + "<|im_end|>" for turn in turns]\n'
            '    return "\\n".join([*parts, "<|im_start|>assistant", ""])',
        ),
    ),
    Exercise(
        id="5.5",
        title="Span corruption by hand",
        minutes=12,
        difficulty="medium",
        starter="def corrupt(words, spans):\n    ...",
        answer="corrupt",
        check=_check_corrupt,
        expects="a function that returns two texts",
        hints=(
            "Go through the spans with `enumerate`, and remember where the last one ended.",
            "For each: the input gets the words since the last span and the sentinel; the target gets the sentinel and "
            "`words[start : start + length]`. Afterwards the input gets the rest, the target one more sentinel.",
        ),
        solution=_CORRUPT,
        wrong=(
            Wrong(_CORRUPT.replace('    target.append(f"<extra_id_{len(spans)}>")\n', ""), "lacks the last sentinel"),
            Wrong(_CORRUPT.replace("<extra_id_{number}>", "<extra_id_0>"), "The same sentinel stands for both"),
            Wrong(
                _CORRUPT.replace("<extra_id_{number}>", "<extra_id_{number + 1}>").replace(
                    "{len(spans)}", "{len(spans) + 1}"
                ),
                "count from 1",
            ),
            Wrong(
                "def corrupt(words, spans):\n"
                "    missing = [i for start, length in spans for i in range(start, start + length)]\n"
                '    name = {i: f"<extra_id_{n}>" for n, i in enumerate(missing)}\n'
                '    source = " ".join(name.get(i, word) for i, word in enumerate(words))\n'
                '    target = " ".join(f"{name[i]} {words[i]}" for i in missing)\n'
                '    return source, target + f" <extra_id_{len(missing)}>"',
                "for every *word*",
            ),
            Wrong(
                _CORRUPT.replace(
                    "[sentinel] + words[start : start + length]", "words[start : start + length] + [sentinel]"
                ),
                "not behind them",
            ),
            Wrong(
                _CORRUPT.replace("[sentinel] + words[start", "words[place:start] + [sentinel] + words[start").replace(
                    "words[place:start] + [sentinel] + words", "words[:start] + [sentinel] + words"
                ),
                "that the input still has",
            ),
            Wrong(
                _CORRUPT.replace("words[place:start] + [sentinel]", "words[place:start]"), "The input has no sentinels"
            ),
            Wrong(
                _CORRUPT.replace("start + length", "length"),
                "start and length, not start and end",
            ),
            Wrong(_CORRUPT.replace("start + length", "start + length + 1"), "one word too long"),
            Wrong(_CORRUPT.replace('" ".join(target)', '" ".join(target) + " "'), "One space between two words"),
            Wrong(
                _CORRUPT.replace('" ".join(source), " ".join(target)', '" ".join(target), " ".join(source)'),
                "The two are swapped",
            ),
            Wrong(_CORRUPT.replace("    source += words[place:]\n", ""), "words after the last span"),
            Wrong(_CORRUPT.replace("<extra", "extra").replace("}>", "}"), "with its brackets"),
            Wrong(
                "def corrupt(words, spans):\n"
                "    source, target = list(words), []\n"
                "    for number, (start, length) in enumerate(spans):\n"
                '        target += [f"<extra_id_{number}>"] + words[start : start + length]\n'
                '        source[start : start + length] = [f"<extra_id_{number}>"]\n'
                '    return " ".join(source), " ".join(target + [f"<extra_id_{len(spans)}>"])',
                "the places have moved",
            ),
            Wrong(
                "def corrupt(words, spans):\n"
                "    source, target = list(words), []\n"
                "    for number, (start, length) in enumerate(spans):\n"
                '        target += [f"<extra_id_{number}>"] + words[start : start + length]\n'
                "        first = source.index(words[start])\n"
                '        source[first : first + length] = [f"<extra_id_{number}>"]\n'
                '    return " ".join(source), " ".join(target + [f"<extra_id_{len(spans)}>"])',
                "replace by place",
            ),
        ),
        alternatives=(
            "def corrupt(words, spans):\n"
            "    source, target = list(words), []\n"
            "    for number in range(len(spans) - 1, -1, -1):  # from the end, so that the places stay\n"
            "        start, length = spans[number]\n"
            '        target = [f"<extra_id_{number}>", *words[start : start + length], *target]\n'
            '        source[start : start + length] = [f"<extra_id_{number}>"]\n'
            '    return [" ".join(source), " ".join([*target, f"<extra_id_{len(spans)}>"])]',
        ),
        note="A sentinel hides how long its span is; BERT's mask tokens, one a piece, give that away.",
    ),
    Exercise(
        id="5.6",
        title="Would the weights fit?",
        minutes=6,
        difficulty="medium",
        starter="def weights_fit(one, other):\n    ...",
        answer="weights_fit",
        check=_check_fit,
        context=_TORCH,
        expects="a function that returns True or False",
        hints=(
            "`model.state_dict()` is a dictionary from the name of each weight to its tensor.",
            "Make a dictionary from name to shape for each model, and compare the two.",
        ),
        solution=_FIT,
        wrong=(
            Wrong(
                "def weights_fit(one, other):\n"
                "    return type(one) is type(other) and one.config.to_dict() == other.config.to_dict()",
                "of the same class and configuration",
            ),
            Wrong(
                "def weights_fit(one, other):\n    return one.num_parameters() == other.num_parameters()",
                "The number of parameters",
            ),
            Wrong(
                "def weights_fit(one, other):\n"
                "    pairs = zip(one.state_dict().items(), other.state_dict().items())\n"
                "    return all(name == also and a.shape == b.shape for (name, a), (also, b) in pairs)",
                "a weight too many goes unnoticed",
            ),
            Wrong(
                "def weights_fit(one, other):\n"
                "    return all(a.shape == b.shape for a, b in zip(one.parameters(), other.parameters()))",
                "The shapes alone",
            ),
            Wrong(
                "def weights_fit(one, other):\n    return one.state_dict().keys() == other.state_dict().keys()",
                "The same names are not enough",
            ),
            Wrong(
                "def weights_fit(one, other):\n"
                "    shapes = [[w.shape for w in model.state_dict().values()] for model in (one, other)]\n"
                "    return shapes[0] == shapes[1]",
                "The same shapes are not enough",
            ),
            Wrong(
                "def weights_fit(one, other):\n"
                "    a, b = one.state_dict(), other.state_dict()\n"
                "    return all(name in b and b[name].shape == a[name].shape for name in a)",
                "that the first lacks",
            ),
            Wrong(
                "def weights_fit(one, other):\n"
                "    a, b = one.state_dict(), other.state_dict()\n"
                "    return all(name in a and b[name].shape == a[name].shape for name in b)",
                "has no place",
            ),
            Wrong(
                "def weights_fit(one, other):\n"
                "    a, b = one.state_dict(), other.state_dict()\n"
                "    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)",
                "whatever their *values* are",
            ),
            Wrong(_FIT.replace("return ", "return not "), "Turned round"),
            Wrong(
                _FIT.replace("[{name: w.shape", "[[(name, w.shape)").replace("()} for", "()] for"), "The order of the"
            ),
            Wrong(_FIT.replace("w.shape for", "w.shape[0] for"), "'head': (3, 5)"),
        ),
        alternatives=(
            "def weights_fit(one, other):\n"
            "    a, b = dict(one.named_parameters()), dict(other.named_parameters())\n"
            "    return set(a) == set(b) and all(a[name].shape == b[name].shape for name in a)",
        ),
        note=(
            "Fitting is not yet the same architecture: 12 heads of 32 and 6 of 64 have weights of the same shapes. "
            "So a checkpoint brings its config.json along."
        ),
    ),
    Exercise(
        id="5.7",
        title="How many keys and values?",
        minutes=6,
        difficulty="medium",
        starter="def numbers_kept(config, tokens):\n    ...",
        answer="numbers_kept",
        check=_check_kept,
        expects="a function that returns one number",
        hints=(
            "Keys and values, in each layer, in each key/value head, for each token: a product of five factors.",
            '`getattr(config, "num_key_value_heads", heads)` takes the number from the configuration, or `heads` where '
            "it has none.",
        ),
        solution=_KEPT,
        wrong=(
            Wrong(_KEPT.replace("2 * ", ""), "You counted keys or values"),
            Wrong(_KEPT.replace("* pairs", "* heads"), "That is nine heads of 64 (or three of 192)"),
            Wrong(
                _KEPT.replace("* pairs", "* (heads + 2 * pairs)").replace("2 * config", "config"), "the queries, too"
            ),
            Wrong(_KEPT.replace("config.num_hidden_layers * ", ""), "You counted one layer"),
            Wrong(_KEPT.replace("* width ", ""), "You counted heads"),
            Wrong(_KEPT.replace(" * tokens", ""), "That is one token"),
            Wrong(
                _KEPT.replace('getattr(config, "head_dim", config.hidden_size // heads)', "config.hidden_size"),
                "not as wide as the model",
            ),
            Wrong(
                _KEPT.replace(
                    'getattr(config, "head_dim", config.hidden_size // heads)', "config.hidden_size // heads"
                ),
                "where it is given",
            ),
            Wrong(
                _KEPT.replace('"num_key_value_heads", heads', '"num_key_value_heads", 1'),
                "keys and values of its own",
            ),
            Wrong(
                _KEPT.replace('getattr(config, "num_key_value_heads", heads)', "config.num_key_value_heads"),
                "AttributeError",
                status="error in your code",
            ),
            Wrong(_KEPT.replace("config.hidden_size // heads", "64"), "not every head has 64"),
        ),
        alternatives=(
            "def numbers_kept(config, tokens):\n"
            "    has = config.to_dict()\n"
            '    heads = has["num_attention_heads"]\n'
            '    width = has.get("head_dim", has["hidden_size"] // heads)\n'
            '    return 2 * tokens * has["num_hidden_layers"] * has.get("num_key_value_heads", heads) * width',
            "def numbers_kept(config, tokens):\n"
            "    heads = config.num_attention_heads\n"
            '    if hasattr(config, "head_dim"):\n'
            "        width = config.head_dim\n"
            "    else:\n"
            "        width = config.hidden_size / heads\n"
            '    groups = config.num_key_value_heads if hasattr(config, "num_key_value_heads") else heads\n'
            "    return tokens * groups * width * config.num_hidden_layers * 2",
        ),
        note="SmolLM2 keeps 11,520 numbers a token; with nine sets of keys and values it would be 34,560.",
    ),
    Exercise(
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
            _dictionary(
                {case: family.title() + ("-only" if "-" not in family else "") for case, family in _RIGHT.items()}
            ),
            "families = dict(spam='encoder', drugs='encoder', contract='encoder', assistant='decoder', "
            "keyboard='decoder', errands='decoder', subtitles='encoder decoder', minutes='encoder decoder')",
        ),
        note="Each is the first family to try. What is best on your texts, only a measurement says.",
    ),
]
