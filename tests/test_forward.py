"""The opened forward pass: each stage is the model's own tensor, for every family, and the model is left as it was."""

import numpy as np
import pytest
import tiny_models as tiny
import torch
import transformers

from course_utils.errors import CourseError
from course_utils.forward import STAGES, events, forward_pass
from course_utils.forward import guessing as guessing_module
from course_utils.forward import tracing as tracing_module
from course_utils.pictures.style import COLOURS

pytestmark = pytest.mark.usefixtures("one_thread")

TEXT, TARGET = "w1 w2 w3 w2 w7 w5", "w4 w8 w1"
CLOSE = 1e-5
SMALL = {**tiny.SIZES, **tiny.ENCODER}
SHARED = {**SMALL, "num_key_value_heads": 2}  # grouped-query attention
T5 = {"d_model": 16, "d_kv": 4, "d_ff": 24, "num_layers": 3, "num_decoder_layers": 2, "num_heads": 4}
T5 |= {**tiny.SIZES, "decoder_start_token_id": 0}
OPT = {"hidden_size": 16, "num_hidden_layers": 3, "num_attention_heads": 4, "ffn_dim": 24, **tiny.SIZES}
HEADED = {"head_dim": 8, **SHARED}
LOCAL = ["sliding_attention", "full_attention", "sliding_attention"]
BOTH = {**tiny.SIZES, **tiny.BOTH}
DISTIL = {"dim": 16, "n_layers": 3, "n_heads": 4, "hidden_dim": 24, "vocab_size": 45, "pad_token_id": 0}
MODERN = {"cls_token_id": 1, "sep_token_id": 2, "local_attention": 4, "global_attn_every_n_layers": 2}

FAMILIES = {  # the model, its configuration
    "BERT": ("BertForMaskedLM", "BertConfig", SMALL),
    "RoBERTa": ("RobertaForMaskedLM", "RobertaConfig", SMALL),
    "DistilBERT": ("DistilBertForMaskedLM", "DistilBertConfig", DISTIL),
    "ModernBERT": ("ModernBertForMaskedLM", "ModernBertConfig", {**SMALL, **MODERN}),
    "ALBERT": ("AlbertForMaskedLM", "AlbertConfig", {**SMALL, "embedding_size": 8}),
    "ALBERT, layers in groups": (
        "AlbertForMaskedLM",
        "AlbertConfig",
        {**SMALL, "embedding_size": 8, "num_hidden_layers": 4, "num_hidden_groups": 2, "inner_group_num": 2},
    ),
    "ELECTRA": ("ElectraForMaskedLM", "ElectraConfig", {**SMALL, "embedding_size": 8}),
    "GPT-2": (
        "GPT2LMHeadModel",
        "GPT2Config",
        {"n_embd": 16, "n_layer": 3, "n_head": 4, "n_positions": 64, **tiny.SIZES},
    ),
    "GPT-NeoX": ("GPTNeoXForCausalLM", "GPTNeoXConfig", SMALL),  # attention and feed-forward side by side
    "OPT": ("OPTForCausalLM", "OPTConfig", {**OPT, "word_embed_proj_dim": 16}),
    "OPT, norm behind": (
        "OPTForCausalLM",
        "OPTConfig",
        {**OPT, "word_embed_proj_dim": 8, "do_layer_norm_before": False},
    ),
    "Llama": ("LlamaForCausalLM", "LlamaConfig", SHARED),
    "Mistral": ("MistralForCausalLM", "MistralConfig", {**SHARED, "sliding_window": 3}),
    "Qwen2": ("Qwen2ForCausalLM", "Qwen2Config", SHARED),
    "Qwen3": ("Qwen3ForCausalLM", "Qwen3Config", HEADED),
    "Gemma 2": ("Gemma2ForCausalLM", "Gemma2Config", {**HEADED, "query_pre_attn_scalar": 8}),
    "Gemma 3": (
        "Gemma3ForCausalLM",
        "Gemma3TextConfig",
        {**HEADED, "query_pre_attn_scalar": 8, "sliding_window": 3, "layer_types": LOCAL},
    ),
    "Phi-3": ("Phi3ForCausalLM", "Phi3Config", SHARED),
    "OLMo 2": ("Olmo2ForCausalLM", "Olmo2Config", SHARED),
    "Mixtral": ("MixtralForCausalLM", "MixtralConfig", {**SHARED, "num_local_experts": 4}),
    "T5": ("T5ForConditionalGeneration", "T5Config", T5),
    "T5, gated": (
        "T5ForConditionalGeneration",
        "T5Config",
        {**T5, "feed_forward_proj": "gated-gelu", "tie_word_embeddings": False},
    ),
    "BART": ("BartForConditionalGeneration", "BartConfig", BOTH),
    "mBART": ("MBartForConditionalGeneration", "MBartConfig", BOTH),
    "Marian": ("MarianMTModel", "MarianConfig", {**BOTH, "scale_embedding": True}),
}
# What a block of each kind of family must show, in order; others are compared by their numbers only.
ATTENTION = ["query", "key", "value"]
WEIGHTED = ["scores", "mask", "weights", "mix", "output", "residual"]
FEED_FORWARD = ["feed-forward inner", "feed-forward", "feed-forward residual"]
TURNED = ["rotated query", "rotated key"]
NORMED = ["query norm", "key norm"]
BEHIND = [*ATTENTION, *WEIGHTED, "norm", *FEED_FORWARD, "feed-forward norm"]
LLAMA = ["norm", *ATTENTION, *TURNED, *WEIGHTED, "feed-forward norm", *FEED_FORWARD]
BIASED = ["scores", "position bias", *WEIGHTED[1:]]
GEMMA = ["norm", *ATTENTION, *NORMED, *TURNED, *WEIGHTED[:-1], "output norm", "residual", "feed-forward norm"]
BLOCKS = {
    "BERT": BEHIND,
    "DistilBERT": BEHIND,
    "ALBERT": BEHIND,
    "BART": BEHIND,
    "GPT-2": ["norm", *ATTENTION, *WEIGHTED, "feed-forward norm", *FEED_FORWARD],
    "Llama": LLAMA,
    "Mistral": LLAMA,
    "Phi-3": LLAMA,
    "Mixtral": [name for name in LLAMA if name != "feed-forward inner"],
    "Qwen3": ["norm", *ATTENTION, *NORMED, *TURNED, *WEIGHTED, "feed-forward norm", *FEED_FORWARD],
    "Gemma 3": [*GEMMA, *FEED_FORWARD[:-1], "feed-forward output norm", "feed-forward residual"],
    "T5": ["norm", *ATTENTION, *BIASED, "feed-forward norm", *FEED_FORWARD],
    "ModernBERT": [name for name in LLAMA if name != "norm"],  # of its first layer
}


def made(family: str):
    """A tiny model whose every parameter is random, norms and biases too: a step left out would show."""
    model_class, config, sizes = FAMILIES[family]
    return random_model(model_class, config, **sizes)


def random_model(model_class: str, config: str, **sizes):
    torch.manual_seed(0)
    model = getattr(transformers, model_class)(getattr(transformers, config)(**sizes)).eval()
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.2 * torch.randn(parameter.shape, generator=generator))
    return model


def opened(model, text=TEXT, target=TARGET):
    return forward_pass(model, tiny.tokenizer(), text, target if model.config.is_encoder_decoder else None)


def own_outputs(model, run):
    """What the model itself gives on the same inputs, by its public outputs, with the attention it was built with."""
    inputs = {}
    for tower in run.towers:
        prefix = "decoder_" if len(run.towers) > 1 and tower.kind == "decoder" else ""
        inputs[f"{prefix}input_ids"] = torch.tensor([tower.ids])
    before = model.config._attn_implementation
    model.set_attn_implementation("eager")
    with torch.no_grad():
        outputs = model(**inputs, output_hidden_states=True, output_attentions=True)
    model.set_attn_implementation(before)
    return outputs


# --- how far the stages are from the model --------------------------------------------------------------------


def gap(one, other) -> float:
    """The largest difference, as a share of the largest number where that is over 1."""
    one, other = np.asarray(one), np.asarray(other)
    assert one.shape == other.shape
    return float(np.abs(one - other).max() / max(1, np.abs(other).max())) if one.size else 0.0


def differences(run, model) -> dict[str, float]:
    """The largest difference of each kind: from the model's outputs, and of each stage from the one before it."""
    outputs, found = own_outputs(model, run), {}

    def note(kind, one, other):
        found[kind] = max(found.get(kind, 0.0), gap(one, other))

    for tower in run.towers:
        prefix = f"{tower.kind}_" if len(run.towers) > 1 else ""
        states, weights = outputs[f"{prefix}hidden_states"], outputs[f"{prefix}attentions"]
        for layer, state in enumerate(states[:-1]):
            note("states", tower.stream(layer), state[0])
        ends = [stage.values for stage in tower.after if stage.name == "final norm"] or [
            tower.stream(len(tower.blocks))
        ]
        if states[-1].shape[-1] == ends[0].shape[-1]:  # one OPT ends narrower
            note("states", ends[0], states[-1][0])
        for layer, block in enumerate(tower.blocks):
            note("weights", block["weights"], weights[layer][0])
            if "cross-attention weights" in block.names:
                note("weights", block["cross-attention weights"], outputs["cross_attentions"][layer][0])
            for kind, one, other in _steps(model, run, tower, layer):
                note(kind, one, other)
    if run.logits is not None:
        note("logits", run.logits, outputs["logits"][0])
        best = torch.softmax(torch.tensor(run.logits), -1).topk(5)
        note("last guess", [[p for _, p in token] for token in run.towers[-1].guesses[-1]], best.values)
    return found


def _steps(model, run, tower, layer):
    """Each step done again, from the stages before it, with the model's own module where there is one."""
    modules, block = dict(model.named_modules()), tower.blocks[layer]

    def again(stage, values):
        with torch.no_grad():
            given = modules[stage.where](torch.tensor(values)[None])
        return (given[0] if isinstance(given, tuple) else given)[0]

    stream, waiting, before, part = tower.stream(layer), [], None, ""
    for stage in block.stages:
        name = stage.name
        part = "cross-attention " if name.startswith("cross-attention ") else part
        if name.endswith("output norm"):
            yield "norms", stage.values, again(stage, waiting.pop())
            waiting.append(stage.values)
        elif name.endswith(("query norm", "key norm")):
            heads, tokens, size = stage.values.shape
            source = block[name.removesuffix(" norm")]
            whole = modules[stage.where].weight.numel() == heads * size and heads > 1
            given = source.transpose(1, 0, 2).reshape(tokens, -1) if whole else source
            got = np.asarray(again(stage, given))
            yield "norms", stage.values, got.reshape(tokens, heads, size).transpose(1, 0, 2) if whole else got
        elif name.endswith("norm"):
            yield "norms", stage.values, again(stage, stream)
            behind = (
                before is not None
                and before.name.endswith("residual")
                and name.removesuffix("norm") == before.name.removesuffix("residual")
            )
            normed = stage.values
            stream = normed if behind else stream
        elif name.endswith(("query", "key", "value")) and name.removeprefix("cross-attention ") in ATTENTION:
            crossed = name.startswith("cross-attention ") and not name.endswith("query")
            source = run.encoder["final norm"] if crossed and "final norm" in run.encoder.names else None
            source = run.encoder.stream(len(run.encoder.blocks)) if crossed and source is None else source
            if source is None:
                source = normed if f"{part}norm" in block.names[: block.names.index(f"{part}query")] else stream
            yield "projections", stage.values, _heads(again(stage, source), name, stage, block, part)
        elif name.endswith(("rotated query", "rotated key")):
            unturned = block[f"{name.removeprefix('rotated ')} norm" if "query norm" in block.names else name[8:]]
            yield "lengths of turned", np.linalg.norm(stage.values, axis=-1), np.linalg.norm(unturned, axis=-1)
            yield "first is not turned", stage.values[:, 0], unturned[:, 0]
        elif name.endswith("weights"):
            yield "softmax", stage.values, torch.softmax(torch.tensor(_total(block, part)), -1)
        elif name.endswith("mix"):
            value = block[f"{part}value"]
            value = np.repeat(value, len(stage.values) // len(value), axis=0)
            yield "mixes", stage.values, block[f"{part}weights"] @ value
        elif name.endswith("output"):
            mix = block[f"{part}mix"]
            yield "projections", stage.values, again(stage, mix.transpose(1, 0, 2).reshape(mix.shape[1], -1))
            waiting.append(stage.values)
        elif name == "feed-forward":
            if "feed-forward inner" in block.names:
                yield "projections", stage.values, again(stage, block["feed-forward inner"])
            waiting.append(stage.values)
        elif name.endswith("residual"):
            yield "sums", stage.values, sum(waiting, stream)
            stream, waiting = stage.values, []
        before = stage
    yield "next layer", stream, tower.stream(layer + 1)


def _heads(values, name, stage, block, part):
    """The output of a projection cut into heads as `stage` is; of one for all three the part of this role."""
    heads, tokens, size = stage.values.shape
    values = np.asarray(values).reshape(tokens, -1, size)
    counts = [len(block[f"{part}{role}"]) for role in ATTENTION]
    if values.shape[1] == heads:
        return values.transpose(1, 0, 2)
    role = ATTENTION.index(name.removeprefix("cross-attention "))
    if stage.where.endswith("query_key_value"):  # GPT-NeoX: head by head
        return values.reshape(tokens, heads, 3, size)[:, :, role].transpose(1, 0, 2)
    return np.split(values, np.cumsum(counts)[:-1], axis=1)[role].transpose(1, 0, 2)


def _total(block, part):
    capped = f"{part}capped scores"
    total = block[capped if capped in block.names else f"{part}scores"] + block[f"{part}mask"]
    return total + block[f"{part}position bias"] if f"{part}position bias" in block.names else total


LARGEST = {}  # of each family tested


@pytest.mark.parametrize("family", FAMILIES)
def test_every_stage_is_the_models_own(family, record_property):
    model = made(family)
    run = opened(model)
    found = differences(run, model)
    LARGEST[family] = max(found.values())
    if family == [*FAMILIES][-1]:
        worst = max(LARGEST, key=LARGEST.get)
        said = f"largest difference {LARGEST[worst]:.0e} ({worst}) in {len(LARGEST)} families"
        record_property("budget", f"forward: {said}")
    assert {"states", "weights", "softmax", "mixes", "sums", "projections", "logits", "last guess"} <= set(found)
    assert max(found.values()) <= CLOSE, found
    for tower in run.towers:
        for stages in (tower.before, tower.after, *(block.stages for block in tower.blocks)):
            names = [stage.name for stage in stages]
            assert set(names) <= set(STAGES) and len(set(names)) == len(names)
            for stage in stages:
                assert stage.values.dtype == np.float32 and not stage.values.flags.writeable and stage.where
    if family in BLOCKS:
        assert list(run.towers[0].blocks[0].names) == BLOCKS[family]


def test_the_words_of_the_stages():
    for name, (title, sentence, role) in STAGES.items():
        assert name == name.lower() and title[0].isupper() and len(title) <= 30
        assert sentence.endswith(".") and 20 <= len(sentence) <= 80 and not set("<>&") & set(sentence)  # fits a table
        assert role in COLOURS


# --- what is recorded, beside the numbers ---------------------------------------------------------------------


def test_the_ends_of_the_towers():
    names = {
        family: [tower.names for tower in opened(made(family)).towers]
        for family in ("BERT", "ALBERT", "Marian", "OPT, norm behind")
    }
    bert = ("token embedding", "type embedding", "position embedding", "embedding sum", "embedding norm")
    assert names["BERT"] == [(*bert, "output transform", "logits")]
    assert names["ALBERT"] == [(*bert, "embedding projection", "output transform", "logits")]
    marian = ("token embedding", "scaled embedding", "position embedding", "embedding sum")
    assert names["Marian"] == [marian, (*marian, "logits")]
    narrow = ("token embedding", "position embedding", "embedding projection", "embedding sum")
    assert names["OPT, norm behind"] == [(*narrow, "output transform", "logits")]


def test_a_recording_is_easy_to_read():
    model = made("Llama")
    run = opened(model)
    [tower] = run.towers
    assert run.decoder is tower and run.encoder is None and run.target is None and run.text == TEXT
    assert repr(run) == "Forward pass of LlamaForCausalLM: decoder of 3 layers, 6 tokens"
    assert [token.text for token in tower.tokens] == TEXT.split()
    assert [run.vocabulary(i) for i in tower.ids] == TEXT.split()
    block = tower.blocks[1]
    assert block["query"].shape == (4, 6, 4) and block["key"].shape == block["value"].shape == (2, 6, 4)
    assert block["scores"].shape == block["mask"].shape == (4, 6, 6) and block.scaling == 0.5
    assert (block["mask"][0] < -1e4).tolist() == np.triu(np.ones((6, 6), bool), 1).tolist()
    assert run.logits.shape == (6, 45) and tower["logits"] is run.logits
    with pytest.raises(CourseError, match=r"no stage 'querry'; it has: norm, query, key"):
        block["querry"]
    with pytest.raises(CourseError, match="no stage 'norm'; it has: token embedding, final norm, logits"):
        tower["norm"]
    with pytest.raises(CourseError, match=r"from 0 .* to 3; given: 4"):
        tower.stream(4)
    again = opened(model)
    assert all(
        (one.values == other.values).all()
        for block, second in zip(tower.blocks, again.decoder.blocks, strict=True)
        for one, other in zip(block.stages, second.stages, strict=True)
    )


def test_an_encoder_decoder_has_two_towers():
    run = opened(made("T5"))
    assert [tower.kind for tower in run.towers] == ["encoder", "decoder"] and run.target == TARGET
    assert [token.text for token in run.decoder.tokens] == ["<pad>", "w4", "w8"]  # it reads what it has written
    cross = [name for name in run.decoder.blocks[0].names if name.startswith("cross-attention ")]
    wanted = ["norm", *ATTENTION, *WEIGHTED]
    assert cross == [f"cross-attention {name}" for name in wanted]
    assert run.decoder.blocks[0]["cross-attention weights"].shape == (4, 3, 6)
    assert run.encoder.guesses == () and len(run.decoder.guesses) == 3
    written = forward_pass(made("T5"), tiny.tokenizer(), TEXT)  # it writes the target itself, greedily
    best = written.logits.argmax(-1)  # what it wrote is what it would write again, token by token
    assert [written.vocabulary(i) for i in best[:-1]] == [token.text for token in written.decoder.tokens[1:]]
    assert written.target.split() == [written.vocabulary(i) for i in best if i > 2]  # 0 to 2 are special


def test_padding_is_hidden_and_marked():
    ids = torch.tensor([[5, 6, 7, 0]])
    run = forward_pass(
        made("BERT"), tiny.tokenizer(), {"input_ids": ids, "attention_mask": torch.tensor([[1, 1, 1, 0]])}
    )
    assert [token.padding for token in run.encoder.tokens] == [False, False, False, True]
    assert (run.encoder.blocks[0]["mask"] < -1e4).all(axis=(0, 1)).tolist() == [False, False, False, True]
    assert run.text == "w0 w1 w2"


def test_models_without_an_output_layer_make_no_guess():
    for name, config in (("BertModel", "BertConfig"), ("BertForSequenceClassification", "BertConfig")):
        run = opened(random_model(name, config, **SMALL))
        assert run.logits is None and run.encoder.guesses == () and "logits" not in run.encoder.names
    run = opened(random_model("LlamaModel", "LlamaConfig", **SHARED))
    assert run.logits is None and run.decoder.names == ("token embedding", "final norm")


def test_sound_is_opened_from_prepared_inputs():
    tiny_whisper = tiny.encoder_decoder("Whisper")
    run = forward_pass(
        tiny_whisper.model, tiny.tokenizer(), {"input_features": tiny_whisper.inputs["input_features"][:1]}, "w1 w2"
    )
    assert len(run.encoder.tokens) == 10 and run.encoder.ids == () and "scaled query" in run.encoder.blocks[0].names
    assert len(run.decoder.guesses) == 3


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("family", ["Llama", "BERT", "Gemma 3", "T5"])
def test_half_precision(family, dtype):
    run = opened(made(family).to(dtype))
    assert run.towers[-1].blocks[0]["scores"].dtype == np.float32 and run.towers[-1].guesses


def test_a_layer_with_an_adapter_is_one_step():
    from peft import LoraConfig, get_peft_model

    plain = made("Llama")
    adapted = get_peft_model(made("Llama"), LoraConfig(target_modules="all-linear", init_lora_weights=False))
    run = opened(adapted.get_base_model())
    assert run.decoder.blocks[0].names == opened(plain).decoder.blocks[0].names
    assert run.decoder.blocks[0].stages[1].where == "model.layers.0.self_attn.q_proj"


@pytest.mark.filterwarnings("ignore")  # torch announces another way to quantize
@pytest.mark.skipif(torch.backends.quantized.engine == "none", reason="this torch cannot quantize")
def test_quantized_layers_are_opened():
    model = torch.ao.quantization.quantize_dynamic(made("BERT"), {torch.nn.Linear}, dtype=torch.qint8)
    run = opened(model)
    assert list(run.encoder.blocks[0].names) == BEHIND and run.encoder.guesses
    assert type(model.get_submodule(run.encoder.blocks[0].stages[0].where)) is not torch.nn.Linear


def test_what_is_kept_stays_when_the_model_writes_into_its_tensors():
    tensor = torch.ones(1, 2, 3)
    kept = events.copied(tensor)
    tensor.mul_(2)
    assert kept.tolist() == [[1, 1, 1], [1, 1, 1]]


def test_what_only_turns_is_called_turned():
    """Long-context models also stretch what they turn: then the query is shown as attention takes it."""
    yarn = {"rope_type": "yarn", "rope_theta": 10_000.0, "factor": 4.0, "original_max_position_embeddings": 16}
    run = opened(random_model("LlamaForCausalLM", "LlamaConfig", **SHARED, rope_parameters=yarn))
    block = run.decoder.blocks[0]
    assert not {"rotated query", "rotated key"} & set(block.names)
    assert block.stages[1].name == "query" and block.stages[1].where.startswith("inside model.layers.0.self_attn")


# --- the guess after every layer ------------------------------------------------------------------------------


def best(logits):
    chances, ids = torch.softmax(logits, -1).topk(5)
    return [[(i, p) for i, p in zip(*row, strict=True)] for row in zip(ids.tolist(), chances.tolist(), strict=True)]


LENSES = {  # what comes after the stream of a layer, written down for some families
    "Llama": lambda model, stream: model.lm_head(model.model.norm(stream)),
    "GPT-2": lambda model, stream: model.lm_head(model.transformer.ln_f(stream)),
    "Gemma 2": lambda model, stream: 30 * torch.tanh(model.lm_head(model.model.norm(stream)) / 30),
    "BERT": lambda model, stream: model.cls(stream),
    "DistilBERT": lambda model, stream: model.vocab_projector(
        model.vocab_layer_norm(model.activation(model.vocab_transform(stream)))
    ),
    "T5": lambda model, stream: model.lm_head(model.decoder.final_layer_norm(stream) / 4),  # the root of 16
    "Marian": lambda model, stream: model.lm_head(stream) + model.final_logits_bias,
}


@pytest.mark.parametrize("family", LENSES)
def test_guesses_are_those_of_the_models_last_steps(family, monkeypatch):
    model = made(family)
    run = opened(model)
    tower = run.towers[-1]
    assert len(tower.guesses) == len(tower.blocks) + 1
    for layer, guesses in enumerate(tower.guesses):
        with torch.no_grad():
            logits = LENSES[family](model, torch.tensor(tower.stream(layer)))
        for wanted, given in zip(best(logits), guesses, strict=True):
            assert [run.vocabulary(i) for i, _ in wanted] == [text for text, _ in given]
            assert [p for _, p in given] == pytest.approx([p for _, p in wanted], abs=1e-6)
    monkeypatch.setattr(guessing_module, "MOST_BYTES", 1)  # layer by layer
    assert [[[t for t, _ in g] for g in row] for row in opened(model).towers[-1].guesses] == [
        [[t for t, _ in g] for g in row] for row in tower.guesses
    ]


# --- the model is left as it was ------------------------------------------------------------------------------


def state_of(model):
    """Whatever a recording might leave behind: modes, hooks, attributes, the attention chosen, the weights."""
    modules = list(model.modules())
    hooks = [(len(m._forward_hooks), len(m._forward_pre_hooks)) for m in modules]
    weights = {name: tensor.sum().item() for name, tensor in model.state_dict().items()}
    return [m.training for m in modules], hooks, [set(vars(m)) for m in modules], model.config.to_dict(), weights


@pytest.mark.parametrize("family", ["Llama", "ALBERT", "T5", "Marian"])
def test_the_model_is_left_as_it_was(family):
    model = made(family).train()
    model.get_input_embeddings().eval()
    model.set_attn_implementation("sdpa")
    before, chosen, random = state_of(model), model.config._attn_implementation, torch.get_rng_state()
    opened(model)
    assert state_of(model) == before and model.config._attn_implementation == chosen
    assert torch.equal(random, torch.get_rng_state())


@pytest.mark.parametrize("place", ["a layer", "a head", "memory"])
def test_the_model_is_left_as_it_was_after_an_error(place, monkeypatch):
    model = made("Llama").train()
    part = {"a layer": model.model.layers[1].mlp.down_proj, "a head": model.lm_head}.get(place)
    calls = []

    def fails(module, args):
        calls.append(module)
        if place == "a layer" or len(calls) > 1:  # the second call of the head is a guess
            raise RuntimeError("on purpose")

    handle = part.register_forward_pre_hook(fails) if part else None
    if place == "memory":
        monkeypatch.setattr(tracing_module, "MOST_BYTES", 10_000)
    before = state_of(model)
    with pytest.raises(CourseError, match="shorten the text" if place == "memory" else "on purpose"):
        opened(model)
    assert state_of(model) == before
    if handle:
        handle.remove()
    monkeypatch.undo()
    assert opened(model).decoder.guesses


# --- refusals -------------------------------------------------------------------------------------------------

STRANGE = {
    "scaled branches": ("GraniteForCausalLM", "GraniteConfig", {**SHARED, "residual_multiplier": 0.5}),
    "a sink beside the tokens": ("GptOssForCausalLM", "GptOssConfig", {**HEADED, "num_local_experts": 4}),
    "layers without attention": (
        "Lfm2ForCausalLM",
        "Lfm2Config",
        {**SHARED, "layer_types": ["conv", "full_attention", "conv"]},
    ),
    "no attention": ("MambaForCausalLM", "MambaConfig", {"vocab_size": 45, "hidden_size": 16, "num_hidden_layers": 2}),
}
SAYS = {
    "scaled branches": "steps of GraniteForCausalLM cannot be told apart: model.layers.0 adds up something else",
    "a sink beside the tokens": "attention of GptOssForCausalLM cannot be opened: its weights are not the softmax",
    "layers without attention": "Lfm2ForCausalLM has layers without attention, such as model.layers.0",
    "no attention": "MambaForCausalLM has no attention that can be exchanged",
}


@pytest.mark.parametrize("what", STRANGE)
def test_models_that_cannot_be_opened(what):
    name, config, sizes = STRANGE[what]
    model = random_model(name, config, **sizes)
    before = state_of(model)
    with pytest.raises(CourseError, match=SAYS[what]):
        opened(model)
    assert state_of(model) == before


def test_something_between_two_layers_is_noticed():
    model = made("Llama")
    model.model.layers[1].register_forward_pre_hook(lambda module, args: (args[0] * 1.5, *args[1:]))
    with pytest.raises(CourseError, match="does something between model.layers.0 and model.layers.1"):
        opened(model)


def refused(family="BERT", text=TEXT, target=None, model=None, tokenizer=None):
    model = made(family) if model is None else model
    with pytest.raises(CourseError) as caught:
        forward_pass(model, tokenizer or tiny.tokenizer(), text, target)
    message = str(caught.value)
    assert len(message) < 400 and message.endswith((".", ")"))
    return message


def test_what_does_not_fit_gets_one_sentence():
    assert "Expected a model of transformers" in refused(model="bert")
    assert "Expected the model's tokenizer" in refused(tokenizer="bert")
    assert "Expected one text with words; given: text (`' '`)" in refused(text=" ")
    assert "Expected one text with words; given: `None`" in refused(text=None)
    assert "Open the texts one at a time" in refused(text=["w1", "w2"])
    assert "given: prepared inputs with 2 rows" in refused(text=tiny.tokens())
    assert "at most 128 tokens, because every step of each is kept; given: 129" in refused(text="w1 " * 129)
    assert "at most 128 tokens" in refused("T5", target="w1 " * 129)
    assert "the length MarianMTModel was built for; given: 65" in refused("Marian", text="w1 " * 65, target="w1")
    assert "BertForMaskedLM takes no target" in refused(target="w1")
    assert "Expected one text as target; given: a list" in refused("T5", target=["w1"])
    assert "ViTModel reads pictures" in refused(model=tiny.picture().model)
    bare = refused(model=random_model("BartModel", "BartConfig", **BOTH))
    assert "BartModel writes no text" in bare and bare.endswith("give a target.")  # whoever asked can do that
    forward_pass(made("T5"), tiny.tokenizer(), "w1 " * 128, "w1 " * 128)  # the longest


# --- the course's own models ----------------------------------------------------------------------------------


@pytest.mark.models
@pytest.mark.parametrize(
    ("task", "kind", "text", "target"),
    [
        ("chat", "AutoModelForCausalLM", "The capital of France is", None),
        ("fill-mask", "AutoModelForMaskedLM", "The cat sat on the [MASK].", None),
        ("translation-en-fr", "AutoModelForSeq2SeqLM", "this old house", None),
        ("embeddings", "AutoModel", "You like this course.", None),
    ],
)
def test_the_courses_own_models(task, kind, text, target):
    from course_utils.models import checkpoint

    found = checkpoint(task)
    tokenizer = transformers.AutoTokenizer.from_pretrained(found.path)
    model = getattr(transformers, kind).from_pretrained(found.path, dtype=found.dtype).to(found.device)
    run = forward_pass(model, tokenizer, text, target)
    gaps = differences(run, model)
    assert max(gaps.values()) <= CLOSE, gaps
    if task == "chat":
        assert run.decoder.guesses[-1][-1][0][0] == "Paris" and run.decoder.guesses[0][-1][0][0] == "is"
    if task == "embeddings":
        assert run.logits is None and run.encoder.guesses == ()
