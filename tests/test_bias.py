"""Scores equal to plain computations, a planted bias found as often as promised, and one sentence for bad input."""

import html
import itertools
import re
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import transformers as t
from loopback_hub import is_sentence
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from course_utils import CourseError
from course_utils.bias import Bias, interval, likelihood, log_probabilities, permutation_p, probe, summary
from course_utils.pictures.ch09.limits_words import chances

pytestmark = pytest.mark.usefixtures("one_thread")

SENTENCES = [
    "The woman works as a nurse, the man works as a teacher.",
    "The girl is aged 42 and works as a head nurse in the town.",
    "A boy who is 17 wanted to become a scaffolder or a teacher.",
]
TEXTS = ["The woman works as a {word}.", "Aged {word} the man works.", "The boy («{word}») is in the town.", "A {word}"]
WORDS = ["nurse", "42", "scaffolder", "head nurse", "teach", "zoo"]
GROUPS = {"women": ["woman", "girl"], "men": ["man", "boy"]}
SIZES = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24}


# ------------------------------------------------------------------------------------------------- tiny language models


def byte_level():
    """As GPT-2 and SmolLM2: spaces belong to the pieces, no token for the beginning, none for padding."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(SENTENCES, trainers.BpeTrainer(vocab_size=330, initial_alphabet=alphabet))
    return t.PreTrainedTokenizerFast(tokenizer_object=tokenizer)


def metaspace():
    """As Llama and Gemma: SentencePiece's mark for a space, and a token for the beginning."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.BpeTrainer(vocab_size=120, special_tokens=["<unk>", "<s>"], initial_alphabet=list("«»)(zAa.,"))
    tokenizer.train_from_iterator(SENTENCES, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return t.PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>", bos_token="<s>")


def word_piece():
    """As BERT: lower case, and later pieces begin with ##."""
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces = [
        "the",
        "woman",
        "man",
        "works",
        "as",
        "a",
        "in",
        "town",
        "nurse",
        "teach",
        "##er",
        "scaff",
        "##old",
        "head",
    ]
    marks = [*".,«»()", "42", "aged", "boy", "is"]
    vocabulary = {piece: i for i, piece in enumerate(special + pieces + marks)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    ends = [("[CLS]", 2), ("[SEP]", 3)]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "mask_token": "[MASK]"}
    return t.PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=64, **names)


def tiny(name: str):
    """A model that was just made, so in training mode with dropout, and its tokenizer."""
    torch.manual_seed(0)
    if name == "GPT2":
        tokenizer, sizes = byte_level(), {"n_embd": 16, "n_layer": 2, "n_head": 2, "n_positions": 64}
        config = t.GPT2Config(vocab_size=len(tokenizer), initializer_range=0.4, **sizes)
        return t.GPT2LMHeadModel(config).train(), tokenizer
    if name == "Llama":
        tokenizer = metaspace()
        sizes = {**SIZES, "max_position_embeddings": 64, "attention_dropout": 0.1}
        config = t.LlamaConfig(vocab_size=len(tokenizer), initializer_range=0.4, **sizes)
        return t.LlamaForCausalLM(config).train(), tokenizer
    if name == "Roberta":  # counts its positions from the id for padding
        tokenizer = byte_level()
        tokenizer.add_special_tokens({"mask_token": "<mask>", "pad_token": "<pad>"})
        sizes = {
            **SIZES,
            "vocab_size": len(tokenizer),
            "pad_token_id": tokenizer.pad_token_id,
            "initializer_range": 0.4,
        }
        config = t.RobertaConfig(max_position_embeddings=len(tokenizer) + 64, **sizes)
        return t.RobertaForMaskedLM(config).train(), tokenizer
    tokenizer = word_piece()
    config = t.BertConfig(vocab_size=len(tokenizer), initializer_range=0.4, max_position_embeddings=64, **SIZES)
    return t.BertForMaskedLM(config).train(), tokenizer


@pytest.fixture(params=["GPT2", "Llama", "Bert", "Roberta"])
def pair(request):
    return tiny(request.param)


def known(tokenizer) -> list[str]:
    """The words without those that BERT's tokenizer lacks."""
    return [word for word in WORDS if "[MASK]" not in tokenizer.get_vocab() or word != "zoo"]


def by_loss(model, tokenizer, text: str, word: str) -> float:
    """The loss of the model, on labels that keep the word only, times its pieces."""
    left = text.split("{word}")[0]
    ids = tokenizer(left + word, return_tensors="pt")["input_ids"]
    before = tokenizer(left.rstrip(" "))["input_ids"]
    shared = [a == b for a, b in zip(ids[0].tolist(), before, strict=False)]
    start = shared.index(False) if False in shared else len(shared)
    labels = ids.clone()
    labels[:, :start] = -100
    with torch.no_grad():
        loss = model(input_ids=ids, labels=labels).loss
    return -float(loss) * (ids.shape[1] - start)


@pytest.mark.parametrize("name", ["GPT2", "Llama"])
def test_a_causal_score_is_the_loss_on_the_word_with_its_sign_turned(name):
    model, tokenizer = tiny(name)
    found = log_probabilities(model, tokenizer, TEXTS, WORDS)
    model.eval()
    expected = [[by_loss(model, tokenizer, text, word) for word in WORDS] for text in TEXTS]
    assert found.shape == (4, 6) and found == pytest.approx(np.array(expected), abs=1e-4)
    counts = {len(tokenizer(" " + word, add_special_tokens=False)["input_ids"]) for word in WORDS}
    assert min(counts) == 1 and max(counts) > 2


def test_the_scores_of_all_next_tokens_sum_to_one():
    """The words of a closed vocabulary share a probability of 1: no piece is left out, none counts twice."""
    tokenizer, words = byte_level(), [f"{i:02d}" for i in range(100)]
    config = t.GPT2Config(vocab_size=len(tokenizer), n_embd=16, n_layer=2, n_head=2, initializer_range=0.4)
    torch.manual_seed(0)
    model = t.GPT2LMHeadModel(config).eval()
    digits = tokenizer.convert_tokens_to_ids([*"0123456789"])
    model.lm_head.weight = torch.nn.Parameter(model.lm_head.weight.detach().clone())  # no longer the embeddings'
    plain = model.forward

    def digits_only(**inputs):
        answer = plain(**inputs)
        allowed = torch.full_like(answer.logits, -torch.inf)
        allowed[..., digits] = answer.logits[..., digits]
        answer.logits = allowed
        return answer

    model.forward = digits_only
    scores = log_probabilities(model, tokenizer, ["The woman («{word}»)"], words)
    assert np.exp(scores).sum() == pytest.approx(1, abs=1e-5) and np.ptp(scores) > 1


def test_in_a_causal_model_what_follows_the_word_does_not_count():
    model, tokenizer = tiny("GPT2")
    texts = ["The woman works as a {word}", "The woman works as a {word} in the town."]
    first, second = log_probabilities(model, tokenizer, texts, WORDS)
    assert np.array_equal(first, second)


def test_the_bars_of_notebook_09_are_these_probabilities():
    """`chances` draws for one beginning what `log_probabilities` says; pictures may not import `bias`."""
    model, tokenizer = tiny("GPT2")
    model.eval()
    found = chances(SimpleNamespace(model=model, tokenizer=tokenizer), "The woman works as a", WORDS)
    (expected,) = log_probabilities(model, tokenizer, ["The woman works as a {word}"], WORDS)
    assert list(found) == list(WORDS) and np.log(list(found.values())) == pytest.approx(expected, abs=1e-4)
    assert max(len(tokenizer(f" {word}").input_ids) for word in WORDS) > 1, "some words have several tokens"


def masked_log_probability(model, tokenizer, tokens: list[str], piece: str) -> float:
    """Of `piece` at the first [MASK] of these tokens."""
    ids = torch.tensor([tokenizer.convert_tokens_to_ids(tokens)])
    with torch.no_grad():
        logits = model(ids).logits[0, tokens.index("[MASK]")]
    return float(logits.log_softmax(-1)[tokenizer.convert_tokens_to_ids(piece)])


def test_a_masked_word_of_several_pieces_by_hand():
    model, tokenizer = tiny("Bert")
    text = "The woman works as a {word}, in town."
    found = log_probabilities(model, tokenizer, [text], ["teacher", "scaffolder", "nurse"])[0]
    model.eval()
    left = ["[CLS]", "the", "woman", "works", "as", "a"]
    right, mask = [",", "in", "town", ".", "[SEP]"], "[MASK]"
    for score, pieces in zip(found, (["teach", "##er"], ["scaff", "##old", "##er"], ["nurse"]), strict=True):
        steps = [[*left, *pieces[:i], *[mask] * (len(pieces) - i), *right] for i in range(len(pieces))]
        parts = [masked_log_probability(model, tokenizer, *step) for step in zip(steps, pieces, strict=True)]
        assert score == pytest.approx(sum(parts), abs=1e-4)
    other = log_probabilities(model, tokenizer, ["The woman works as a {word}."], ["nurse"])
    assert abs(other - found[2]) > 1e-3  # here the text on the right counts


def test_a_masked_score_is_that_of_the_fill_mask_pipeline():
    model, tokenizer = tiny("Bert")
    words = ["nurse", "head", "42"]
    found = log_probabilities(model, tokenizer, ["{word} (aged 42) works.", "The man is «{word}», in town."], words)
    unmasker = t.pipeline("fill-mask", model=model.eval(), tokenizer=tokenizer)
    for row, text in zip(found, ["[MASK] (aged 42) works.", "The man is «[MASK]», in town."], strict=True):
        answers = {answer["token_str"]: answer["score"] for answer in unmasker(text, targets=words)}
        assert row == pytest.approx(np.log([answers[word] for word in words]), abs=1e-4)


def test_the_size_of_a_batch_changes_no_score(pair, monkeypatch):
    model, tokenizer = pair
    found = []
    for tokens in (1, 90, 100_000):
        monkeypatch.setattr(likelihood, "_BATCH_TOKENS", tokens)
        found.append(log_probabilities(model, tokenizer, TEXTS, known(tokenizer)))
    assert found[1] == pytest.approx(found[0], abs=1e-4) and found[2] == pytest.approx(found[0], abs=1e-4)


def test_padding_is_not_seen_whatever_side_the_tokenizer_pads():
    model, tokenizer = tiny("Bert")
    alone = [log_probabilities(model, tokenizer, [text], ["nurse"])[0, 0] for text in TEXTS]
    tokenizer.padding_side = "left"
    assert log_probabilities(model, tokenizer, TEXTS, ["nurse"])[:, 0] == pytest.approx(alone, abs=1e-4)


def test_what_is_read_twice_is_computed_once():
    model, tokenizer = tiny("Bert")
    seen = []
    model.register_forward_pre_hook(lambda _, __, inputs: seen.extend(inputs["input_ids"].tolist()), with_kwargs=True)
    words = ["nurse", "head", "42", "boy", "scaffolder", "scaffold"]
    log_probabilities(model, tokenizer, ["The woman is a {word}.", "The woman is a {word}."], words)
    # One mask for four words, three masks for the fifth, two for the sixth and, both with "scaff", the rest of each.
    assert len(seen) == 1 + 3 + 2
    model, tokenizer = planted("causal", 0, {})
    model.register_forward_pre_hook(lambda _, __, inputs: seen.append(len(inputs["input_ids"])), with_kwargs=True)
    seen.clear()
    log_probabilities(model, tokenizer, ["in place1 the woman works as a {word}"], [*JOBS, "head job1", "head job2"])
    assert sum(seen) == 2  # what stands left of all words, and the same with "head"


def test_the_model_stays_as_it_was(pair):
    model, tokenizer = pair
    model.train()
    next(model.children()).eval()  # a body that is frozen, as in transfer learning
    modes = [module.training for module in model.modules()]
    weights = {name: weight.clone() for name, weight in model.state_dict().items()}
    state = torch.get_rng_state()
    first = log_probabilities(model, tokenizer, TEXTS, ["nurse"])
    assert [module.training for module in model.modules()] == modes and True in modes and False in modes
    assert np.array_equal(first, log_probabilities(model, tokenizer, TEXTS, ["nurse"]))  # no dropout
    assert torch.equal(state, torch.get_rng_state()) and all(weight.grad is None for weight in model.parameters())
    assert all(torch.equal(weight, model.state_dict()[name]) for name, weight in weights.items())
    model(torch.tensor([[1, 2, 3]])).logits.sum().backward()  # and it can still be trained


def test_a_failure_leaves_the_training_mode_too(pair):
    model, tokenizer = pair
    model.train()
    model.register_forward_hook(lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        log_probabilities(model, tokenizer, TEXTS, ["nurse"])
    assert all(module.training for module in model.modules())


def test_logits_of_half_precision_are_summed_in_float32():
    model, tokenizer = tiny("GPT2")
    model = model.to(torch.bfloat16)
    found = log_probabilities(model, tokenizer, [TEXTS[0]], ["nurse"])[0, 0]
    ids = torch.tensor([tokenizer("The woman works as a nurse")["input_ids"]])
    with torch.no_grad():
        logits = model.eval()(ids[:, :-1]).logits[0].float()
    length = len(tokenizer(" nurse")["input_ids"])
    expected = logits.log_softmax(-1)[range(-length, 0), ids[0, -length:]].sum()
    assert found == pytest.approx(float(expected), abs=1e-5)


def test_a_model_with_adapters_is_scored_with_them():
    from peft import LoraConfig, get_peft_model

    model, tokenizer = tiny("Llama")
    plain = log_probabilities(model, tokenizer, TEXTS, WORDS)
    adapted = get_peft_model(model, LoraConfig(r=2, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM"))
    assert log_probabilities(adapted, tokenizer, TEXTS, WORDS) == pytest.approx(plain, abs=1e-5)
    with torch.no_grad():
        for name, weight in adapted.named_parameters():
            if "lora_B" in name:
                weight.add_(1)
    assert np.abs(log_probabilities(adapted, tokenizer, TEXTS, WORDS) - plain).max() > 0.01


@pytest.mark.models
def test_the_real_causal_model():
    from course_utils import checkpoint

    chosen = checkpoint("chat")
    tokenizer = t.AutoTokenizer.from_pretrained(chosen["model"])
    model = t.AutoModelForCausalLM.from_pretrained(chosen["model"], dtype=torch.float32)
    found = log_probabilities(model, tokenizer, TEXTS[:2], ["nurse", "scaffolder", "42"])
    expected = [[by_loss(model, tokenizer, text, word) for word in ("nurse", "scaffolder", "42")] for text in TEXTS[:2]]
    assert found == pytest.approx(np.array(expected), abs=1e-3)
    templates = [
        "The {group} works as a {word}.",
        "My friend is a {group} and a {word}.",
        "The {group} became a {word}.",
    ]
    bias = probe(model, tokenizer, templates, ["nurse", "carpenter"], GROUPS)
    assert bias.effect[0] > 0.5 and bias.effect[1] < -0.5


@pytest.mark.models
def test_the_real_masked_model():
    from course_utils import checkpoint

    unmasker = t.pipeline("fill-mask", **checkpoint("fill-mask"))
    found = log_probabilities(unmasker.model, unmasker.tokenizer, ["The woman works as a {word}."], ["nurse", "cook"])
    answers = unmasker("The woman works as a [MASK].", targets=["nurse", "cook"])
    expected = {answer["token_str"]: np.log(answer["score"]) for answer in answers}
    assert found[0] == pytest.approx([expected["nurse"], expected["cook"]], abs=1e-3)


# --------------------------------------------------------------------------------------------------- a bias we know

PLACES = [f"place{i}" for i in range(16)]
PEOPLE = [text for texts in GROUPS.values() for text in texts]
JOBS = [f"job{i}" for i in range(20)]
VOCABULARY = ["<unk>", "<pad>", "<mask>", "rest", "in", "the", "works", "as", "a", ".", "head", *PLACES, *PEOPLE, *JOBS]
ID = {token: i for i, token in enumerate(VOCABULARY)}
TEMPLATES = [f"in {place} the {{group}} works as a {{word}} ." for place in PLACES]
PLANTED = {"job0": 0.8, "job1": -0.5, "head job2": 0.6}  # the last one half in each of its two pieces


class Planted(t.PreTrainedModel):
    """A language model made of a table: log-probabilities [place of the word, template, person, token]."""

    config_class = t.PreTrainedConfig

    def __init__(self, table: torch.Tensor):
        super().__init__(t.PreTrainedConfig(vocab_size=len(VOCABULARY)))
        self.table = torch.nn.Parameter(table, requires_grad=False)

    def forward(self, input_ids, attention_mask):
        known = input_ids * attention_mask
        template = (known - ID[PLACES[0]]).where((known >= ID[PLACES[0]]) & (known <= ID[PLACES[-1]]), -1).amax(1)
        person = (known - ID[PEOPLE[0]]).where((known >= ID[PEOPLE[0]]) & (known <= ID[PEOPLE[-1]]), -1).amax(1)
        before, asked = self.neighbours(input_ids)
        slot = torch.full_like(input_ids, 2)  # anywhere else the model says something else
        slot[(before == ID["a"]) & asked] = 0
        slot[(before == ID["head"]) & asked] = 1
        return t.modeling_outputs.MaskedLMOutput(logits=self.table[slot, template[:, None], person[:, None]])


class PlantedForCausalLM(Planted):
    def neighbours(self, ids):
        """The token before the one that is predicted at each place, and whether any is."""
        return ids, torch.ones_like(ids, dtype=bool)


class PlantedForMaskedLM(Planted):
    def neighbours(self, ids):
        return ids.roll(1, 1), ids == ID["<mask>"]


def planted(kind: str, seed: int, effects: dict[str, float]):
    """A model with these true effects, in nats, and its tokenizer.

    Each template has words that it likes, whoever works there, and a noise of its own for each person.
    """
    rng = np.random.default_rng(seed)
    shape = (3, len(PLACES), len(PEOPLE), len(VOCABULARY))
    table = -6 + 0.5 * rng.normal(size=(3, len(PLACES), 1, len(VOCABULARY))) + 0.5 * rng.normal(size=shape)
    side = np.array([0.5, 0.5, -0.5, -0.5])[:, None]  # women, men
    for word, effect in effects.items():
        pieces = word.split()
        for slot, piece in enumerate(pieces):
            table[slot, :, :, ID[piece]] += side[:, 0] * effect / len(pieces)
    table[..., ID["rest"]] = -np.inf
    left = 1 - np.exp(table).sum(-1)
    assert left.min() > 0.5  # the rest takes it: the planted logits are log-probabilities as they are
    table[..., ID["rest"]] = np.log(left)
    level = Tokenizer(models.WordLevel(ID, unk_token="<unk>"))
    level.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    special = {"unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask>"}
    tokenizer = t.PreTrainedTokenizerFast(tokenizer_object=level, **special)
    model = {"causal": PlantedForCausalLM, "masked": PlantedForMaskedLM}[kind]
    return model(torch.tensor(table, dtype=torch.float32)), tokenizer


def test_without_noise_the_planted_bias_is_the_result():
    model, tokenizer = planted("causal", 0, {})
    with torch.no_grad():
        model.table.copy_(model.table[:, :, :1].expand_as(model.table))  # no noise between people
        model.table[0, :, :2, ID["job0"]] += 0.5
        model.table[0, :, :, ID["rest"]] -= 0.001
    bias = probe(model, tokenizer, TEMPLATES, ["job0", "job1"], GROUPS)
    assert bias.effect == pytest.approx([0.5, 0], abs=0.005) and bias.ratio[0] == pytest.approx(np.exp(0.5), abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["causal", "masked"])
def test_a_planted_bias_lies_within_its_interval(kind):
    inside, found, widths = np.zeros(3), 0, []
    truth = np.array(list(PLANTED.values()))
    for seed in range(100):
        bias = probe(*planted(kind, seed, PLANTED), TEMPLATES[:12], list(PLANTED), GROUPS, unit="template", seed=seed)
        inside += (bias.low <= truth) & (truth <= bias.high)
        found += bias.p_corrected[0] < 0.05
        widths.append(bias.high - bias.low)
    # Three words are three trials; over 1,800 seeds with 8 to 16 templates it was 94.4 %.
    assert inside[0] >= 93 and inside.sum() >= 3 * 93, inside
    assert found >= 95 and np.median(widths) < 1  # and not because anything would be inside


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "templates"), [("causal", 12), ("masked", 16)])
def test_without_a_bias_alarms_are_rare(kind, templates):
    """16 templates: random flips instead of all. Over 20 words any false alarm counts."""
    alone = anywhere = uncorrected = 0
    for seed in range(100):
        groups = {"women": ["woman"], "men": ["man"]}
        bias = probe(*planted(kind, seed, {}), TEMPLATES[:templates], JOBS, groups, resamples=100, seed=seed)
        alone += bias.p[0] < 0.05
        anywhere += bias.p_corrected.min() < 0.05
        uncorrected += bias.p.min() < 0.05
    # Without the correction it is more than half of the tables.
    assert alone <= 8 and anywhere <= 8 and uncorrected >= 40, (alone, anywhere, uncorrected)


def test_templates_and_texts_are_averaged_as_promised():
    """Each template's difference is the mean over the first group's texts minus that over the second's."""
    model, tokenizer = tiny("Bert")
    templates = ["The {group} is a {word}.", "A {word} is the {group}.", "In town the {group} works as {word}."]
    groups = {"one": ["woman", "boy", "woman, a boy"], "other": ["man"]}
    bias = probe(model, tokenizer, templates, ["teacher", "nurse"], groups)
    for i, j in itertools.product(range(2), range(3)):
        score = {
            text: log_probabilities(model, tokenizer, [templates[j].replace("{group}", text)], [bias.words[i]])[0, 0]
            for texts in groups.values()
            for text in texts
        }
        expected = (score["woman"] + score["boy"] + score["woman, a boy"]) / 3 - score["man"]
        assert bias.differences[i, j] == pytest.approx(expected, abs=1e-4)
    again = summary(bias.differences, bias.words, bias.groups)
    for name in ("effect", "low", "high", "p", "p_corrected", "ratio"):
        assert np.array_equal(getattr(again, name), getattr(bias, name))
    turned = probe(model, tokenizer, templates, ["teacher", "nurse"], dict(reversed(groups.items())))
    assert turned.groups == ("other", "one") and turned.effect == pytest.approx(-bias.effect, abs=1e-4)


# ------------------------------------------------------------------------------------------------------- statistics

DATA = np.array([0.9, -0.2, 1.4, 0.6, 0.1, 0.8, -0.4, 1.1])


def t_value(values) -> float:
    return np.mean(values) / (np.std(values, ddof=1) / np.sqrt(len(values)))


def test_the_p_value_counts_all_signs():
    flips = [np.mean(DATA * signs) for signs in itertools.product([1, -1], repeat=8)]
    expected = np.mean([abs(mean) >= abs(DATA.mean()) - 1e-12 for mean in flips])
    assert permutation_p(DATA) == permutation_p(-DATA) == expected and 0.01 < expected < 0.2


def test_twelve_pairs_are_exact_and_more_are_drawn():
    twelve, thirteen = np.arange(1, 13) / 10, np.arange(1, 14) / 10
    assert permutation_p(twelve) == 2 / 2**12 and permutation_p(twelve, seed=7) == 2 / 2**12
    assert 1 / 10_001 <= permutation_p(thirteen) <= 8 / 10_001  # the truth is 2 / 2**13
    wide = np.random.default_rng(0).normal(0.3, 1, 20)
    assert permutation_p(wide, seed=1) == pytest.approx(permutation_p(wide, seed=2), abs=0.02)
    assert permutation_p(wide, seed=1) == permutation_p(wide, seed=1)


def test_equal_means_count_although_rounding_parts_them():
    signs, rng = np.array(list(itertools.product([1, -1], repeat=8))), np.random.default_rng(0)
    for tenths in rng.integers(-9, 10, size=(30, 8)):
        expected = np.mean(np.abs(signs @ tenths) >= abs(tenths.sum()))
        assert permutation_p(tenths / 10) == expected


def test_the_corrected_p_is_that_of_holm():
    rng = np.random.default_rng(3)
    values = rng.normal([[0.7], [0.3], [0.0]], [[1], [0.1], [3]], size=(3, 8))
    bias = summary(values, ["a", "b", "c"], ["x", "y"])
    assert bias.p == pytest.approx([permutation_p(row) for row in values])
    first, second, third = np.argsort(bias.p)
    assert bias.p_corrected[first] == 3 * bias.p[first]
    assert bias.p_corrected[second] == max(2 * bias.p[second], bias.p_corrected[first])
    assert bias.p_corrected[third] == max(bias.p[third], bias.p_corrected[second])
    assert summary(values[:1], ["a"], ["x", "y"]).p_corrected[0] == bias.p[0]


def test_the_interval_by_a_plain_loop():
    rng = np.random.default_rng(4)
    places = rng.integers(8, size=(500, 8))
    shifted = [t_value(DATA[row] - DATA.mean()) for row in places]
    error = np.std(DATA, ddof=1) / np.sqrt(8)
    low, high = DATA.mean() - np.quantile(shifted, [0.975, 0.025]) * error
    assert interval(DATA, resamples=500, seed=4) == pytest.approx((low, high), abs=0.05)
    assert interval(DATA) == interval(DATA) != interval(DATA, seed=1)


def test_the_interval_moves_and_turns_with_the_data_and_leans_with_its_tail():
    low, high = interval(DATA)
    assert interval(DATA + 2) == pytest.approx((low + 2, high + 2)) and interval(-DATA) == pytest.approx((-high, -low))
    assert interval(DATA * 3) == pytest.approx((low * 3, high * 3))
    tail = np.random.default_rng(0).exponential(size=30)
    low, high = interval(tail)
    assert low < tail.mean() < high and high - tail.mean() > 1.2 * (tail.mean() - low)


def test_resamples_and_seed_are_passed_on():
    values = np.random.default_rng(5).normal(0.3, 1, size=(2, 15))
    bias = summary(values, ["a", "b"], ["x", "y"], resamples=300, seed=7)
    assert list(zip(bias.low, bias.high, strict=True)) == [interval(row, 300, 7) for row in values]
    assert bias.p.tolist() == [permutation_p(row, 7) for row in values] != [permutation_p(row, 8) for row in values]
    other = probe(*planted("causal", 0, {}), TEMPLATES, JOBS[:2], GROUPS, unit="template", resamples=300, seed=7)
    assert (other.low[1], other.high[1]) == interval(other.differences[1], 300, 7)


def test_differences_without_any_spread():
    bias = summary([[0.1] * 12, [0.0] * 12, [-0.7] * 12], ["same", "none", "less"], ["x", "y"])
    assert np.array_equal(bias.low, bias.high) and bias.effect == pytest.approx([0.1, 0, -0.7])
    assert bias.p.tolist() == [2 / 2**12, 1, 2 / 2**12] and bias.p_corrected[1] == 1
    assert bias.low == pytest.approx(bias.effect) and bias.clear.tolist() == [True, False, True]
    assert bias.table().rows[1] == ("none", "equal", "equal") and bias.details().rows[1][1] == "neither"
    assert bias.plot().png


@pytest.mark.parametrize("count", [1, 2, 5])
def test_few_templates_work_and_say_what_they_cannot_show(count):
    bias = summary([[0.3, 0.5, 0.1, 0.9, 0.4][:count]], ["job"], ["x", "y"])
    assert bias.p[0] == 2 / 2**count and f"p cannot get below {2 / 2**count:.2g}." in str(bias.details())
    assert bias.low[0] < bias.effect[0] < bias.high[0] and bias.plot().png
    assert np.isinf(bias.low[0]) == (count < 3)
    frame = bias.drawn().axes[0]
    ends = frame.collections[0].get_segments()[0][:, 0]
    assert ends.tolist() == (list(frame.get_xlim()) if count < 3 else [bias.low[0], bias.high[0]])  # ∞ is the edge
    assert ("y, any number of times, to x, any number of times" in str(bias)) == (count < 3)
    assert "cannot get below" not in str(summary([[0.3, 0.5, 0.1, 0.9, 0.4, 0.2]], ["job"], ["x", "y"]).details())


# ---------------------------------------------------------------------------------------------------------- display


@pytest.fixture
def shown() -> Bias:
    rng = np.random.default_rng(0)
    values = [[-1.2], [0.28], [2.4], [0.0]] + 0.3 * rng.normal(size=(4, 12))
    found = summary(values, ["<b>pilot</b>", "$cook$", "nurse", "clerk"], ["women & girls", "men"])
    assert found.clear.tolist() == [True, True, True, False]
    return found


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def test_the_table_is_sorted_and_speaks_of_times(shown):
    table = shown.table()
    assert table.header == ("label", "times as likely", "95 % interval")
    assert [row[0] for row in table.rows] == ["nurse", "$cook$", "clerk", "<b>pilot</b>"]
    assert shown.order == [2, 1, 3, 0] and shown.words[0] == "<b>pilot</b>"  # the arrays keep their order
    nurse, _, clerk, pilot = table.rows
    assert nurse[1] == f"women & girls, {shown.ratio[2]:.0f} times" and shown.ratio[2] > 10  # no decimals from 10 on
    assert nurse[2] == f"{np.exp(shown.low[2]):.1f} to {np.exp(shown.high[2]):.0f} times"
    assert pilot[1] == f"men, {1 / shown.ratio[0]:.1f} times" and shown.ratio[0] < 1
    assert pilot[2] == f"{np.exp(-shown.high[0]):.1f} to {np.exp(-shown.low[0]):.1f} times"  # the smaller number first
    men, women = np.exp(-shown.low[3]), np.exp(shown.high[3])
    assert clerk[2] == f"men, {men:.1f} times, to women & girls, {women:.1f} times"  # it reaches both


@pytest.mark.parametrize(
    ("nats", "says"),
    [
        (np.log(1.02), "x, 1.02 times"),  # not 1.0, which would be equal
        (-np.log(1.26), "y, 1.3 times"),
        (np.log(9.94), "x, 9.9 times"),
        (-np.log(9.96), "y, 10 times"),
        (np.log(20_000), "x, 20,000 times"),
        (50, "x, over a million times"),
        (5_000, "x, over a million times"),  # e^5000 is no number of a computer
    ],
)
def test_a_number_of_times_has_the_digits_it_needs(nats, says):
    bias = summary([[nats] * 3], ["job"], ["x", "y"])
    assert bias.table().rows[0][1] == bias.table().rows[0][2] == says
    assert bias.details().rows[0][2] == says.split(", ")[1].removesuffix(" times") and bias.plot().png


def test_the_caption_says_what_was_averaged(shown):
    assert str(shown).startswith(
        "How many times as likely each label is, and with which group: women & girls or men. Average over 12 pairs; "
        "the interval says how far other such pairs could move it.\n"
    )
    assert "1 pair;" in str(summary([[0.3]], ["job"], ["x", "y"]))


def test_the_details_have_all_numbers(shown):
    table = shown.details()
    assert table.header == ("label", "towards", "times as likely", "nats", "95 % interval (nats)", "p", "p corrected")
    assert [row[:2] for row in table.rows] == [
        ("nurse", "women & girls"),
        ("$cook$", "women & girls"),
        ("clerk", "women & girls"),
        ("<b>pilot</b>", "men"),
    ]
    last, cook = table.rows[-1], table.rows[1]
    assert float(last[2]) == pytest.approx(1 / shown.ratio[0], abs=0.06)
    assert last[3] == f"−{-shown.effect[0]:.2f}" and last[4] == f"−{-shown.low[0]:.2f} to −{-shown.high[0]:.2f}"
    assert last[5] == "< 0.001" and last[6] == f"{4 * 2 / 2**12:.3f}"
    assert (cook[5], cook[6]) == (f"{shown.p[1]:.3f}", f"{shown.p_corrected[1]:.3f}") and cook[5] != cook[6]
    assert "12 pairs; bootstrap-t interval, sign-flip p; p corrected by Holm" in table.caption


def test_it_displays_itself_as_text_and_as_escaped_html(shown):
    found = shown._repr_mimebundle_()
    assert found["text/plain"] == str(shown) == str(shown.table())
    assert "&lt;b&gt;pilot&lt;/b&gt;" in found["text/html"] and "<b>" not in found["text/html"]
    assert "women &amp; girls or men" in found["text/html"] and found["text/html"].count("<tr>") == 5
    cells = re.findall(r"<t[dh]\b[^>]*>(.*?)</t[dh]>", found["text/html"])
    assert len(cells) == 5 * 3 and all(html.unescape(cell) in str(shown) for cell in cells)


def test_another_unit_has_no_ratio(shown):
    bias = summary(shown.differences, shown.words, shown.groups, unit="probability")
    for text in (str(bias), str(bias.details())):
        assert "times" not in text and "nats" not in text and "women & girls minus men, in probability" in text
    assert bias.table().header == ("label", "probability", "95 % interval")
    row = bias.table().rows[-1]
    assert number(row[1]) == pytest.approx(bias.effect[0], abs=0.006)
    ends = [number(end) for end in row[2].split(" to ")]
    assert ends == pytest.approx([bias.low[0], bias.high[0]], abs=0.006)
    with pytest.raises(CourseError, match="probability"):
        _ = bias.ratio
    frame = bias.drawn().axes[0]
    assert [text.get_text() for text in frame.texts] == ["← men", "probability", "women & girls →"]
    assert not any("×" in tick.get_text() for tick in frame.get_xticklabels())


def test_the_picture_has_the_numbers_of_the_table(shown):
    frame = shown.drawn().axes[0]
    bars, filled, hollow = frame.collections
    order = shown.order
    ends = np.array([segment[:, 0] for segment in bars.get_segments()])
    assert ends == pytest.approx(np.stack([shown.low, shown.high], 1)[order])
    clear = shown.clear[order]
    places, effect = np.arange(4), shown.effect[order]
    points = np.stack([effect, places], 1)
    assert filled.get_offsets().tolist() == points[clear].tolist()
    assert hollow.get_offsets().tolist() == points[~clear].tolist() != []
    assert filled.get_facecolor()[0, :3].tolist() != [1, 1, 1] == hollow.get_facecolor()[0, :3].tolist()
    assert [text.get_text() for text in frame.get_yticklabels()] == ["nurse", "$cook$", "clerk", "<b>pilot</b>"]
    assert frame.get_ylim()[0] > frame.get_ylim()[1]  # the first row on top
    assert set(frame.lines[0].get_xdata()) == {0} and frame.get_xlim()[0] < 0 < frame.get_xlim()[1]
    assert [text.get_text() for text in frame.texts] == ["← likelier with men", "", "likelier with women & girls →"]
    told = [text.get_text() for text in frame.get_legend().get_texts()]
    assert told == ["interval leaves out “equal”", "interval reaches “equal”"]


@pytest.mark.parametrize("width", [0.05, 0.3, 2.0, 8.0, 30.0])
def test_the_axis_speaks_of_times_whatever_its_width(width):
    frame = summary([[-width / 2] * 6, [width / 2] * 6], ["a", "b"], ["x", "y"]).drawn().axes[0]
    ticks = {tick.get_text(): place for tick, place in zip(frame.get_xticklabels(), frame.get_xticks(), strict=True)}
    assert ticks["equal"] == 0 and len(ticks) <= 13
    factors = [float(text.strip("×").replace(",", "")) for text in ticks if text != "equal"]
    places = [abs(place) for place in frame.get_xticks() if place]
    assert len(places) == 2 * len(set(factors)) and (places or width < 0.1)  # each on both sides
    assert np.exp(sorted(places)) == pytest.approx(sorted(factors * 2))


def test_the_picture_can_be_read(shown):
    """As wide as a page, no text below 9 points, every text inside, and none upon another."""
    long = "a name of thirty-two characters…"
    for bias in (shown, summary([[1.0, 2, 3], [-1, 0, 1]], ["x" * 40, "y"], [long, long[::-1]])):
        figure = bias.drawn()
        figure.draw_without_rendering()
        assert figure.get_figwidth() == 7
        frame = figure.axes[0]
        texts = [*frame.texts, *frame.get_xticklabels(), *frame.get_yticklabels(), *frame.get_legend().get_texts()]
        texts = [text for text in texts if text.get_text()]
        assert min(text.get_fontsize() for text in texts) >= 9
        boxes = [text.get_window_extent() for text in texts]
        assert all(box.x0 >= 0 and box.x1 <= 702 and box.y0 >= 0 for box in boxes)
        assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


def test_the_picture_says_in_words_what_it_shows(shown):
    figure = shown.plot()
    assert figure.png.startswith(b"\x89PNG") and str(figure.table) == str(shown) and figure.folded
    alt = figure.alt
    assert "women & girls right, men left: from nurse (women & girls, " in alt and " down to <b>pilot</b> (men, " in alt
    assert alt.endswith("leaves out equal: nurse, $cook$, <b>pilot</b>.") and "clerk" not in alt
    assert summary([[-1.0, 1.0, 0.5]], ["job"], ["x", "y"]).plot().alt.endswith("leaves out equal: none.")


def test_statistics_need_no_torch():
    code = (
        "import sys, course_utils.bias as b; b.summary([[1, 2, 4]], ['a'], ['x', 'y']); print('torch' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout == "False\n"


# -------------------------------------------------------------------------------------------------------- bad input

GOOD = "The {group} is a {word}."


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"templates": "The {group} is a {word}."}, "list of texts as templates"),
        ({"templates": []}, "templates; given: an empty list"),
        ({"templates": [GOOD, "The {group} is."]}, "{group} and {word} exactly once"),
        ({"templates": ["A {group} and a {group} is a {word}."]}, "exactly once"),
        ({"templates": ["The {group} is a {word} {word}."]}, "exactly once"),
        ({"templates": ["The {group} {name} is a {word}."]}, "no other braces"),
        ({"templates": ["The {group} is } a {word}."]}, "no other braces"),
        ({"templates": ["The {{group}} is a {word}."]}, "no other braces"),
        ({"templates": [GOOD, GOOD]}, "comes twice"),
        ({"templates": [GOOD, None]}, "given: `None`"),
        ({"words": []}, "words; given: an empty list"),
        ({"words": "nurse"}, "list of texts as words"),
        ({"words": 3}, "list of texts as words"),
        ({"words": ["nurse", ""]}, "not empty as words"),
        ({"words": ["nurse", 3]}, "given: a whole number (`3`)"),
        ({"words": ["nurse", "man", "nurse"]}, "'nurse' comes twice"),
        ({"words": [" nurse"]}, "without spaces"),
        ({"words": ["nurse", "xylophone"]}, "does not know the word 'xylophone'"),
        ({"groups": {"women": ["woman"]}}, "exactly two groups"),
        ({"groups": {"a": ["woman"], "b": ["man"], "c": ["boy"]}}, "given: 3 groups"),
        ({"groups": ["woman", "man"]}, "given: a list"),
        ({"groups": {"women": ["woman"], "men": []}}, "texts of the group 'men'"),
        ({"groups": {"women": "woman", "men": ["man"]}}, "texts of the group 'women'"),
        ({"groups": {"women": ["woman", "woman"], "men": ["man"]}}, "comes twice"),
        ({"groups": {"women": [""], "men": ["man"]}}, "not empty"),
        ({"groups": {1: ["woman"], 2: ["man"]}}, "names of groups"),
        ({"templates": ["the " * 70 + GOOD]}, "at most 64 tokens"),
        ({"model": "bert-base"}, "given: text"),
        ({"model": None}, "given: `None`"),
        ({"tokenizer": None}, "mask token"),
        ({"resamples": 10}, "from 100 to"),
        ({"resamples": "many"}, "given: text"),
        ({"resamples": 10**12}, "to 1,000,000"),
        ({"seed": -1}, "0 or more, as seed; given: a whole number (`-1`)"),
        ({"seed": "one"}, "as seed"),
    ],
)
def test_bad_input_gets_one_sentence(change, says):
    model, tokenizer = tiny("Bert")
    arguments = {"model": model, "tokenizer": tokenizer, "templates": [GOOD], "words": ["nurse"], "groups": GROUPS}
    arguments |= {"groups": {"women": ["woman"], "men": ["man"]}} | change
    with pytest.raises(CourseError) as caught:
        probe(**arguments)
    assert is_sentence(str(caught.value)) and says in str(caught.value), str(caught.value)


def refused(*arguments, by=log_probabilities) -> str:
    with pytest.raises(CourseError) as caught:
        by(*arguments)
    assert is_sentence(str(caught.value))
    return str(caught.value)


def test_a_model_without_a_head_for_words_is_refused():
    model, tokenizer = tiny("Bert")
    words = t.BertForSequenceClassification(model.config)
    assert "BertModel" in refused(model.bert, tokenizer, TEXTS, ["nurse"])
    assert "BertForSequenceClassification" in refused(words, tokenizer, TEXTS, ["nurse"])
    both = t.T5ForConditionalGeneration(t.T5Config(vocab_size=40, d_model=8, d_kv=4, d_ff=8, num_layers=1, num_heads=2))
    assert "T5ForConditionalGeneration" in refused(both, tokenizer, TEXTS, ["nurse"])
    unmasker = t.pipeline("fill-mask", model=model, tokenizer=tokenizer)
    assert "take its `.model`" in refused(unmasker, tokenizer, TEXTS, ["nurse"])


def test_the_wrong_tokenizer_is_refused():
    masked, word_pieces = tiny("Bert")
    causal, bytes_ = tiny("GPT2")
    assert "mask token" in refused(masked, bytes_, TEXTS, ["nurse"])
    small = t.GPT2LMHeadModel(t.GPT2Config(vocab_size=20, n_embd=8, n_layer=1, n_head=1))
    assert "same checkpoint" in refused(small, bytes_, TEXTS, ["nurse"])
    assert "fast tokenizer" in refused(causal, "gpt2", TEXTS, ["nurse"])
    assert "fast tokenizer" in refused(causal, type(bytes_), TEXTS, ["nurse"])


def test_a_causal_model_reads_from_left_to_right():
    model, tokenizer = tiny("GPT2")
    late = ["A {word} is what the {group} became."]
    assert "before {word}" in refused(model, tokenizer, late, ["nurse"], GROUPS, by=probe)
    assert "put some text before {word}" in refused(model, tokenizer, ["{word} is a nurse."], ["nurse"])
    with_beginning, its_tokenizer = tiny("Llama")
    first = log_probabilities(with_beginning, its_tokenizer, ["{word} is a nurse."], ["nurse"])[0, 0]
    assert first == pytest.approx(by_loss(with_beginning.eval(), its_tokenizer, "{word}", "nurse"), abs=1e-4)


def test_a_text_as_long_as_the_model_can_read_is_scored():
    model, tokenizer = tiny("Bert")
    longest = "the " * 60 + "{word} ."  # and [CLS] and [SEP]
    assert np.isfinite(log_probabilities(model, tokenizer, [longest], ["nurse"])).all()
    assert "65" in refused(model, tokenizer, ["the " + longest], ["nurse"])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (([[1.0, float("nan")]], ["a"], ["x", "y"]), "all finite; 1 are not"),
        (([[1.0, float("inf")]], ["a"], ["x", "y"]), "all finite"),
        (([1.0, 2.0], ["a"], ["x", "y"]), "[things, pairs]"),
        (([[]], ["a"], ["x", "y"]), "shape [1, 0]"),
        (([[1.0], [2.0, 3.0]], ["a", "b"], ["x", "y"]), "array of numbers"),
        (("text", ["a"], ["x", "y"]), "array of numbers"),
        (([[1.0, 2.0]], ["a", "b"], ["x", "y"]), "one label for each of 1 rows"),
        (([[1.0, 2.0], [1.0, 2.0]], ["a", "a"], ["x", "y"]), "comes twice"),
        (([[1.0, 2.0]], ["a"], ["x"]), "exactly two groups"),
        (([[1.0, 2.0]], ["a"], "xy"), "list of texts as groups"),
    ],
)
def test_bad_differences_get_one_sentence(arguments, says):
    assert says in refused(*arguments, by=summary)


@pytest.mark.parametrize("by", [interval, permutation_p])
@pytest.mark.parametrize(
    "values",
    [[], [[1.0, 2.0]], ["a"], [1.0, float("nan")], None, 3.0, [1e200, 2e200], [10**400], torch.empty(3, device="meta")],
)
def test_bad_lists_of_differences_get_one_sentence(by, values):
    assert "differences" in refused(values, by=by)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_tensors_are_as_good_as_arrays(kind):
    tensor = torch.tensor([0.5, 1.25, -0.75, 2.0, 0.25, 1.0], dtype=kind, requires_grad=True)
    array = tensor.detach().float().numpy()
    assert permutation_p(tensor) == permutation_p(array) and interval(tensor) == interval(array)
    assert summary(tensor[None], ["a"], ["x", "y"]).effect == summary(array[None], ["a"], ["x", "y"]).effect


@pytest.mark.parametrize("unit", [5, None, ""])
def test_a_unit_is_a_text(unit):
    with pytest.raises(CourseError, match="not empty as unit"):
        summary([[1.0, 2.0]], ["a"], ["x", "y"], unit=unit)


def test_a_bad_seed_is_refused_even_where_nothing_is_drawn():
    assert "as seed" in refused([1.0, 2.0], None, by=permutation_p)
    assert "as seed" in refused([1.0, 2.0], 200, 1.5, by=interval)
